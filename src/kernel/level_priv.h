/* SPDX-License-Identifier: Apache-2.0
 * kernel/level_priv.h - the tables of the levels, each in a file of its own. */
#ifndef WEIR_KERNEL_LEVEL_PRIV_H
#define WEIR_KERNEL_LEVEL_PRIV_H

#include "kernel/table.h"

extern const KernelTable kernel_table_plain;
/* Code of these runs only after kernel_level_best has asked the CPU. */
#if defined(__x86_64__)
extern const KernelTable kernel_table_avx2;
extern const KernelTable kernel_table_avx512;
#endif

#endif

/* SPDX-License-Identifier: Apache-2.0
 * kernel/level_avx512.c - the kernels for CPUs with AVX-512 F, BW, DQ, VL and VBMI2. */
#if defined(__x86_64__)
#include "kernel/level_priv.h"

#define TABLE kernel_table_avx512
#include "kernel/table.tmpl.h"
#endif

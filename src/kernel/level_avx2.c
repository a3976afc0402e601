/* SPDX-License-Identifier: Apache-2.0
 * kernel/level_avx2.c - the kernels for CPUs with AVX2, BMI2 and FMA. */
#if defined(__x86_64__)
#include "kernel/level_priv.h"

#define TABLE kernel_table_avx2
#include "kernel/table.tmpl.h"
#endif

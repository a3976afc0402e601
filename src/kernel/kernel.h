/* SPDX-License-Identifier: Apache-2.0
 * kernel/kernel.h - the typed loops, as tables of functions, one table per CPU level.
 *
 *     const KernelTable *kernels = kernel_table(kernel_level_best());
 *     kernels->select_bits(bits, count, rows);
 *
 * The database object holds the table chosen when it was opened and passes it down; nothing else
 * looks at the CPU. The plain C table is complete; a faster level differs from it only in speed
 * (kernel_test.c runs every entry of every level against the plain one on random data).
 * Kernels take restrict pointers and counts, allocate nothing, know no NULLs unless their name says so;
 * inputs may be read up to the next multiple of 64 bytes. Threads: pure functions. */
#ifndef WEIR_KERNEL_KERNEL_H
#define WEIR_KERNEL_KERNEL_H

#include "column/array.h"

typedef enum KernelLevel { KERNEL_PLAIN, KERNEL_AVX2, KERNEL_AVX512, KERNEL_LEVEL_COUNT } KernelLevel;

typedef struct KernelTable KernelTable; /* kernel/table.h */

/* The highest level this CPU runs. */
KernelLevel kernel_level_best(void);

/* A level the CPU does not run gives the best below it. */
const KernelTable *kernel_table(KernelLevel level);

const char *kernel_level_name(KernelLevel level);

#endif

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
 * inputs may be read up to the next multiple of 64 bytes (what a Frame gives out has that room).
 * kernel_test prints what each costs on this machine, in picoseconds a row.
 *
 * Threads: pure functions. */
#ifndef WEIR_KERNEL_KERNEL_H
#define WEIR_KERNEL_KERNEL_H

#include "column/array.h"

/* Sets of instructions, each more than the one before. KERNEL_PLAIN is what the compiler's baseline has (on
 * x86-64 SSE2, so even it is not scalar). Which instructions a level stands for: cmake/flags.cmake, and the
 * check in kernel.c, which must name the same. */
typedef enum KernelLevel { KERNEL_PLAIN, KERNEL_AVX2, KERNEL_AVX512, KERNEL_LEVEL_COUNT } KernelLevel;

typedef struct KernelTable KernelTable; /* kernel/table.h */

/* The highest level this CPU runs. Asks the CPU each time: call once, when a database is opened. */
KernelLevel kernel_level_best(void);

/* A level the CPU does not run gives the best below it. Constant data, valid for ever. */
const KernelTable *kernel_table(KernelLevel level);

/* "plain", "avx2", "avx512"; static storage. */
const char *kernel_level_name(KernelLevel level);

#endif

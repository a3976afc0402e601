/* SPDX-License-Identifier: Apache-2.0
 * kernel/kernel.c - which table a CPU gets. */
#include "kernel/kernel.h"

#include "kernel/level_priv.h"

KernelLevel kernel_level_best(void) {
#if defined(__x86_64__)
    bool avx2 =
        __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("fma");
    if (!avx2) return KERNEL_PLAIN;
    /* Every subset that level_avx512.c is compiled with: the first 512-bit CPUs lack some. */
    bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                  __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
                  __builtin_cpu_supports("avx512vbmi2");
    return avx512 ? KERNEL_AVX512 : KERNEL_AVX2;
#else
    return KERNEL_PLAIN;
#endif
}

const KernelTable *kernel_table(KernelLevel level) {
    ASSERT(level < KERNEL_LEVEL_COUNT);
#if defined(__x86_64__)
    /* Asked for more than the CPU has (a setting, a test): the best it has. */
    KernelLevel best = kernel_level_best();
    if (level > best) level = best;
    if (level == KERNEL_AVX512) return &kernel_table_avx512;
    if (level == KERNEL_AVX2) return &kernel_table_avx2;
#endif
    return &kernel_table_plain;
}

const char *kernel_level_name(KernelLevel level) {
    ASSERT(level < KERNEL_LEVEL_COUNT);
    static const char *const names[KERNEL_LEVEL_COUNT] = {"plain", "avx2", "avx512"};
    return names[level];
}

/* SPDX-License-Identifier: Apache-2.0
 * bench/bench.h - time a piece of work, print a line for bench/run.py.
 *
 *     double ours, plain;
 *     BENCH_BEST(ours, row_count, run_ours());      best of several rounds, ns per row
 *     BENCH_BEST(plain, row_count, run_plain());
 *     bench_line("filter + project", ours, NULL, 0, "plain C loop", plain, "0.3x", "0.7x");
 *     bench_more("filter + project", "other peer", other);
 *
 * Run a piece once untimed first when its first run is special (page faults). */
#ifndef WEIR_BENCH_BENCH_H
#define WEIR_BENCH_BENCH_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { BENCH_ROUNDS = 5 };

static inline double bench_now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* The shortest of BENCH_ROUNDS, divided by `rows`: what the machine can do when nothing else runs. */
#define BENCH_BEST(result, rows, ...)                                          \
    do {                                                                       \
        double bench_best = 1e300;                                             \
        for (int bench_round = 0; bench_round < BENCH_ROUNDS; bench_round++) { \
            double bench_start = bench_now_ns();                               \
            __VA_ARGS__;                                                       \
            double bench_time = bench_now_ns() - bench_start;                  \
            if (bench_time < bench_best) bench_best = bench_time;              \
        }                                                                      \
        (result) = bench_best / (double)(rows);                                \
    } while (0)

/* Keeps a value, and the work that made it, from being optimised away. */
#define BENCH_KEEP(value) __asm__ volatile("" : : "r,m"(value) : "memory")

static inline int bench_compare(const void *a, const void *b) {
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

/* The value below which `part` (0..1) of the times lie; sorts them. */
static inline double bench_percentile(double *times, size_t count, double part) {
    qsort(times, count, sizeof(*times), bench_compare);
    return times[(size_t)((double)(count - 1) * part)];
}

/* peer_name, limit_name NULL: there is none. */
static inline void bench_line(const char *work, double ours, const char *peer_name, double peer,
                              const char *limit_name, double limit, const char *floor, const char *aim) {
    printf("%s\t%.4g\t", work, ours);
    printf(peer_name == NULL ? "\t\t" : "%s\t%.4g\t", peer_name, peer);
    printf(limit_name == NULL ? "\t\t" : "%s\t%.4g\t", limit_name, limit);
    printf("%s\t%s\n", floor, aim);
    fflush(stdout);
}

/* One more peer of a work already printed. */
static inline void bench_more(const char *work, const char *peer_name, double peer) {
    printf("%s\t\t%s\t%.4g\n", work, peer_name, peer);
    fflush(stdout);
}

#endif

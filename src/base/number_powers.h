/* SPDX-License-Identifier: Apache-2.0
 * base/number_powers.h - powers of ten to 128 bits, the table under base/number.c.
 *
 * 10^k = (high * 2^64 + low + rest) * 2^(floor(k * log2(10)) - 127) with 0 <= rest < 1; rest is 0 for
 * 0 <= k <= 55. The top bit of high is set.
 *
 * The range is what doubles need: 10^-342 times 19 digits is below the smallest, 10^324 is what the shortest
 * text of the smallest is divided by. number_test computes every row anew with whole numbers. */
#ifndef WEIR_BASE_NUMBER_POWERS_H
#define WEIR_BASE_NUMBER_POWERS_H

#include <stdint.h>

enum {
    NUMBER_POWER_MIN = -342,
    NUMBER_POWER_MAX = 324,
    NUMBER_POWER_COUNT = NUMBER_POWER_MAX - NUMBER_POWER_MIN + 1
};
enum { NUMBER_POWER_EXACT_MAX = 55 };

/* Row k - NUMBER_POWER_MIN: high word, low word. */
extern const uint64_t number_powers[NUMBER_POWER_COUNT][2];

#endif

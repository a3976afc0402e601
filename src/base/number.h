/* SPDX-License-Identifier: Apache-2.0
 * base/number.h - numbers to text and back, independent of the host's locale.
 *
 * Written as PostgreSQL 15 writes them: integers plainly; floating point as the shortest
 * digits that read back to the same value (0.1, 1e+20, 1e-05, NaN, -Infinity).
 * Read in two ways: `number_parse_*` takes a whole text under PostgreSQL's rules (white space
 * around, a sign, inf, infinity, nan); `number_scan_*` takes a number of JSON's grammar at
 * the head of a longer input, as fast as it can.
 *
 *     char room[NUMBER_DOUBLE_SIZE_MAX];
 *     size_t size = number_write_double(room, 0.1);            "0.1"
 *
 *     NumberResult result = number_parse_i64(text, &value);
 *     if (result != NUMBER_OK) return number_error(err, result, "bigint", text);
 *
 * All reading rounds correctly (to nearest, ties to even). Threads: no state. */
#ifndef WEIR_BASE_NUMBER_H
#define WEIR_BASE_NUMBER_H

#include "base/text.h"

/* Room that the `out` of a write needs; texts are never longer, but a write may touch all of it. */
enum { NUMBER_I64_SIZE_MAX = 24, NUMBER_DOUBLE_SIZE_MAX = 40, NUMBER_FLOAT_SIZE_MAX = 40 };

/* The ways in which taking a number can end, here and in base/decimal.h. */
typedef enum NumberResult {
    NUMBER_OK = 0,
    NUMBER_INVALID,          /* the text is not a number */
    NUMBER_OUT_OF_RANGE,     /* it is one, but too large, or too small to be told from zero */
    NUMBER_DIVISION_BY_ZERO, /* base/decimal.h only */
} NumberResult;

/* PostgreSQL's message and code for a result that is not OK: `type` is a name such as "bigint", "double
 * precision". */
Status number_error(Error *err, NumberResult result, const char *type, Str text);

/* Each writes to `out`, without a zero byte, and returns the bytes written. -0 is "-0"; a whole double has no point
 * ("100000"). An exponent of at least two digits from 1e+15 on (float: 1e+06), and below 0.0001. */
size_t number_write_i64(char *out, int64_t value);
size_t number_write_u64(char *out, uint64_t value);
size_t number_write_double(char *out, double value);
size_t number_write_float(char *out, float value);

/* The same at the end of a Text. text_append_i64 is in base/text.h. */
void text_append_u64(Text *text, uint64_t value);
void text_append_double(Text *text, double value);
void text_append_float(Text *text, float value);

/* The whole text, white space around it allowed; *out is set only when OK. Integers: a sign and decimal digits, as
 * many zeros in front as one likes; no point, no exponent. Floating point: what rounds to an infinity, or to zero with
 * digits that are not zero, is OUT_OF_RANGE, as in PostgreSQL. */
NODISCARD NumberResult number_parse_i64(Str text, int64_t *out);
NODISCARD NumberResult number_parse_i32(Str text, int32_t *out);
NODISCARD NumberResult number_parse_i16(Str text, int16_t *out);
NODISCARD NumberResult number_parse_u64(Str text, uint64_t *out);
NODISCARD NumberResult number_parse_double(Str text, double *out);
NODISCARD NumberResult number_parse_float(Str text, float *out);

/* The greatest common divisor, by Euclid; of 0 and x it is x. */
uint64_t number_gcd(uint64_t a, uint64_t b);

/* A JSON number at [at, end): -? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?
 * Returns the byte after it, NULL when none starts there. Beyond the range of double *out is an
 * infinity, below it zero; a caller that must tell asks for the infinity, and whether a zero has other
 * digits. Reads no byte at or past `end`. */
const char *number_scan_double(const char *at, const char *end, double *out);

/* The integer part alone: -? (0 | [1-9][0-9]*). NULL when none starts there or it passes int64; what
 * follows (a fraction, an exponent, anything) is the caller's to look at. */
const char *number_scan_i64(const char *at, const char *end, int64_t *out);

/* Digits of the shortest decimal that reads back to `value` (finite, > 0): value ~ *digits * 10^*exponent,
 * no trailing zeros in *digits. */
void number_shortest_double(double value, uint64_t *digits, int32_t *exponent);
void number_shortest_float(float value, uint32_t *digits, int32_t *exponent);

/* digits * 10^exponent, rounded once. */
double number_compose_double(uint64_t digits, int64_t exponent);

/* `value` (finite, > 0) rounded to `significant` decimal digits (1..17), correctly: %.15g of C, which is how
 * PostgreSQL casts float8 to numeric. Conventions of number_shortest_double. */
void number_round_double(double value, int significant, uint64_t *digits, int32_t *exponent);

#endif

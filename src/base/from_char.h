/* SPDX-License-Identifier: Apache-2.0
 * base/from_char.h - numbers and times read by a pattern: PostgreSQL's to_timestamp, to_date, to_number. The
 * patterns are those of to_char.h, in the other direction.
 *
 *     TimePattern pattern;
 *     TRY(time_pattern_compile(arena, STR("DD Mon YYYY"), &pattern, err));
 *     TRY(from_char_timestamp(STR("5 Dec 2000"), &pattern, 0, &timestamp, err));
 *
 * Errors are PostgreSQL's: INVALID_DATETIME (22007) for a text that does not have the pattern's form,
 * DATETIME_OUT_OF_RANGE (22008) for a field or date that does not exist, INVALID_ZONE_OFFSET (22009).
 * Threads: no state. */
#ifndef WEIR_BASE_FROM_CHAR_H
#define WEIR_BASE_FROM_CHAR_H

#include "base/to_char.h"
#include "base/zone.h"

/* What the clock of `zone` shows, unless the text has TZH. */
Status from_char_timestamp(Str text, const TimePattern *pattern, const Zone *zone, int64_t *out,
                           Error *err);
/* A time that the text has is read, checked and dropped. */
Status from_char_date(Str text, const TimePattern *pattern, int32_t *out, Error *err);

/* Digits after the point that a number read by the pattern may have, 0 .. 38: the scale that the result's
 * type needs. */
int number_pattern_scale(const NumberPattern *pattern);
/* At `scale` (0 .. 38), rounded. INVALID_TEXT without a digit, NUMERIC_OUT_OF_RANGE when there are more
 * digits than the pattern has places or a NUMERIC holds, NOT_SUPPORTED for EEEE and RN, which only to_char
 * knows. */
Status from_char_decimal(Str text, const NumberPattern *pattern, int scale, Decimal *out, Error *err);

#endif

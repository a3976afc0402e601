/* SPDX-License-Identifier: Apache-2.0
 * base/to_char.h - numbers and times shown by a pattern: PostgreSQL's to_char.
 *
 *     TimePattern pattern;
 *     TRY(time_pattern_compile(arena, STR("YYYY-MM-DD HH24:MI:SS.MS"), &pattern, err));
 *     to_char_timestamp(&text, &pattern, timestamp, 0, STR(""));            once per value
 *
 *     NumberPattern pattern;
 *     TRY(number_pattern_compile(arena, STR("FM999,999.00"), &pattern, err));
 *     TRY(to_char_decimal(&text, &pattern, price, err));
 *
 * Names are English, the decimal point is a point, the group separator a comma. A pattern lives in its arena.
 * Text receives the result; a Text that failed is the caller's to notice. Threads: patterns are read only. */
#ifndef WEIR_BASE_TO_CHAR_H
#define WEIR_BASE_TO_CHAR_H

#include "base/calendar.h"
#include "base/decimal.h"
#include "base/interval.h"

typedef struct PatternNode PatternNode;

/* A pattern of times, read once. Both directions use it. */
typedef struct TimePattern {
    const PatternNode *nodes;
    uint32_t count;
} TimePattern;

/* Every text is a pattern: what is no word stands for itself. Fails with OUT_OF_MEMORY only. */
Status time_pattern_compile(Arena *arena, Str pattern, TimePattern *out, Error *err);

/* A finite timestamp (UTC), shown `offset_s` east of UTC; `zone_name` is what TZ gives. */
void to_char_timestamp(Text *text, const TimePattern *pattern, int64_t timestamp, int32_t offset_s, Str zone_name);

/* INVALID_DATETIME when the pattern asks for what only a date has. */
Status to_char_interval(Text *text, const TimePattern *pattern, Interval interval, Error *err);

/* What a pattern of a number says, read once. */
typedef struct NumberPattern {
    const PatternNode *nodes;
    uint32_t count;
    uint32_t flags;
    int32_t before;        /* digits before the point */
    int32_t after;         /* and after it */
    int32_t shift;         /* V: powers of ten */
    int32_t sign_place;    /* of S: 0 none, -1 before, 1 after */
    int32_t sign_position; /* digits before S */
    int32_t zero_start;    /* position of the first 0, from 0 */
    int32_t zero_end;
} NumberPattern;

/* SYNTAX (42601) for signs that contradict each other, LIMIT beyond 10,000 bytes, OUT_OF_MEMORY. */
Status number_pattern_compile(Arena *arena, Str pattern, NumberPattern *out, Error *err);

/* NUMERIC_OUT_OF_RANGE when V or EEEE asks for more digits than there are. */
Status to_char_decimal(Text *text, const NumberPattern *pattern, DecimalScaled value, Error *err);
/* 15 significant digits, as PostgreSQL. Cannot fail but for the Text; a value with too many digits is all
 * #. */
Status to_char_double(Text *text, const NumberPattern *pattern, double value, Error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0
 * base/to_char.h - text by pattern: to_char, to_timestamp, to_date, to_number.
 *
 *     TRY(to_char_timestamp(&text, timestamp, 0, STR("YYYY-MM-DD HH24:MI:SS.MS"), err));
 *     TRY(to_char_decimal(&text, price, STR("FM999,999.00"), err));
 *
 * Patterns are PostgreSQL's, names are English. Text receives the result; a Text that failed is the caller's
 * to notice. Threads: no state. */
#ifndef WEIR_BASE_TO_CHAR_H
#define WEIR_BASE_TO_CHAR_H

#include "base/calendar.h"
#include "base/decimal.h"
#include "base/interval.h"

/* Finite timestamps (UTC), shown `zone_offset_seconds` east of UTC; the caller gives NULL for infinite ones.
 */
Status to_char_timestamp(Text *text, int64_t timestamp, int32_t zone_offset_seconds, Str pattern, Error *err);
Status to_char_interval(Text *text, Interval interval, Str pattern, Error *err);

Status to_char_i64(Text *text, int64_t value, Str pattern, Error *err);
Status to_char_decimal(Text *text, DecimalScaled value, Str pattern, Error *err);
Status to_char_double(Text *text, double value, Str pattern, Error *err);

/* A text read under a pattern. Without a zone in it, local time `zone_offset_seconds` east of UTC. */
Status to_timestamp_parse(Str text, Str pattern, int32_t zone_offset_seconds, int64_t *out, Error *err);
Status to_date_parse(Str text, Str pattern, int32_t *out, Error *err);
/* The value at the scale that the pattern has. */
Status to_number_parse(Str text, Str pattern, DecimalScaled *out, Error *err);

#endif

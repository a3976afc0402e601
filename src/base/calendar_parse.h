/* SPDX-License-Identifier: Apache-2.0
 * base/calendar_parse.h - dates and times in all the forms that PostgreSQL takes.
 *
 * '2026-11-24 10:00:00.123456+02', '20261124T100000', 'Nov 24 2026', '24-Nov-2026', '11/24/2026' (month
 * first), 'J2461369', '2026.328', '10:00 PM', '44-03-15 BC', 'epoch', 'infinity', 'allballs'. 'now', 'today',
 * 'tomorrow', 'yesterday' are the caller's (they read a clock).
 *
 *     TRY(calendar_parse_timestamp(text, NULL, &timestamp, err));
 *
 * Each tries the fast ISO layouts first. Errors are PostgreSQL's: INVALID_DATETIME (22007) for the form,
 * DATETIME_OUT_OF_RANGE (22008) for a field or a value, INVALID_ZONE_OFFSET (22009). *out is set only on
 * success. Texts over 128 bytes are none of these forms.
 *
 * Threads: no state but that of `zones`. */
#ifndef WEIR_BASE_CALENDAR_PARSE_H
#define WEIR_BASE_CALENDAR_PARSE_H

#include "base/calendar.h"
#include "base/zone.h"

/* A time after the date is allowed and dropped. */
Status calendar_parse_date(Str text, int32_t *out, Error *err);

/* A zone after the time is allowed and dropped, as is a date before it. */
Status calendar_parse_time(Str text, int64_t *out, Error *err);

/* Text with an offset or zone is taken to UTC. `zones` (NULL: none) knows the names of zones, '2026-11-24 10:00
 * Europe/Berlin'. */
Status calendar_parse_timestamp(Str text, ZoneSource *zones, int64_t *out, Error *err);
/* The same, named "timestamp with time zone" in messages; text without a zone is what the clock of `zone` shows. */
Status calendar_parse_timestamptz(Str text, const Zone *zone, ZoneSource *zones, int64_t *out, Error *err);

/* The offset of 'UTC', 'Z', 'EST', '+02', '-05:30', ..., seconds east; false when it is none of these. Names
 * of zones (Europe/Paris) are those of base/zone.h. */
NODISCARD bool calendar_parse_zone(Str text, int32_t *offset_seconds);

#endif

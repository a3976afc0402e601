/* SPDX-License-Identifier: Apache-2.0
 * expr/zone_priv.h - a zone as an argument: AT TIME ZONE, date_trunc, make_timestamptz.
 *
 *     ZoneClock clock;
 *     TRY(zone_clock_from_text(call->context, STR("Europe/Berlin"), &clock, err));
 *     int64_t local = timestamp + zone_clock_ahead(&clock, timestamp);
 *
 * Threads: a clock remembers where it was last; one each. */
#ifndef WEIR_EXPR_ZONE_PRIV_H
#define WEIR_EXPR_ZONE_PRIV_H

#include "base/calendar.h"
#include "expr/text_priv.h"

/* As AT TIME ZONE reads it: an abbreviation, a name, a rule; a number alone counts west of UTC, as POSIX has it. */
NODISCARD Status zone_clock_from_text(const EvalContext *context, Str name, ZoneClock *out, Error *err);
/* As make_timestamptz reads it: a number counts east of UTC and has a sign. */
NODISCARD Status zone_clock_from_iso_text(const EvalContext *context, Str name, ZoneClock *out, Error *err);
/* INVALID_ARGUMENT for one with months or days. */
NODISCARD Status zone_clock_from_interval(Interval interval, ZoneClock *out, Error *err);
/* That of a ZONED function: the session's, as it was bound. */
static inline ZoneClock zone_clock_of_call(const FunctionCall *call) {
    return zone_clock_of(call->zone);
}

/* Microseconds that the clock is ahead of UTC at a finite timestamp. */
static inline int64_t zone_clock_ahead(ZoneClock *clock, int64_t timestamp) {
    return zone_clock_offset_at(clock, calendar_second_of(timestamp)) * CALENDAR_SECOND;
}

/* What the clock shows then, as if it were a TIMESTAMP; infinities as they are. */
static inline int64_t zone_clock_show(ZoneClock *clock, int64_t timestamp) {
    return calendar_timestamp_is_finite(timestamp) ? timestamp + zone_clock_ahead(clock, timestamp) : timestamp;
}

/* Microseconds that it is ahead of UTC when it shows `local`. */
static inline int64_t zone_clock_ahead_of_local(ZoneClock *clock, int64_t local) {
    return zone_clock_offset_of_local(clock, calendar_second_of(local)) * CALENDAR_SECOND;
}

#endif

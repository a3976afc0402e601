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

typedef struct ZoneClock {
    const Zone *zone; /* NULL: span always */
    ZoneSpan span;    /* of the last timestamp asked for */
} ZoneClock;

/* As AT TIME ZONE reads it: an abbreviation, a name, a rule; a number alone counts west of UTC, as POSIX has it. */
NODISCARD Status zone_clock_from_text(const EvalContext *context, Str name, ZoneClock *out, Error *err);
/* As make_timestamptz reads it: a number counts east of UTC and has a sign. */
NODISCARD Status zone_clock_from_iso_text(const EvalContext *context, Str name, ZoneClock *out, Error *err);
/* INVALID_ARGUMENT for one with months or days. */
NODISCARD Status zone_clock_from_interval(Interval interval, ZoneClock *out, Error *err);
/* That of a ZONED function: the session's, as it was bound. */
static inline ZoneClock zone_clock_of_call(const FunctionCall *call) {
    return call->zone == NULL ? (ZoneClock){.span = {INT64_MIN, INT64_MAX, 0, {0}}} : (ZoneClock){.zone = call->zone};
}

/* Microseconds that the clock is ahead of UTC at a finite timestamp. */
static inline int64_t zone_clock_ahead(ZoneClock *clock, int64_t timestamp) {
    if (clock->zone != NULL) {
        int64_t seconds = calendar_second_of(timestamp);
        if (seconds < clock->span.start || seconds >= clock->span.end)
            clock->span = zone_span_at(clock->zone, seconds);
    }
    return clock->span.offset_s * CALENDAR_SECOND;
}

/* The same when the clock shows `local`. */
int64_t zone_clock_ahead_of_local(const ZoneClock *clock, int64_t local);

#endif

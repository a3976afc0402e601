/* SPDX-License-Identifier: Apache-2.0
 * base/zone.h - named time zones: how far a zone's clock is from UTC, and when that changes.
 *
 *     Zone *zone;
 *     TRY(zone_read(arena, STR("Europe/Berlin"), bytes, &zone, err));   a TZif file, as in /usr/share/zoneinfo
 *     ZoneSpan span = zone_span_at(zone, seconds);                  offset there, and for how long it holds
 *     int32_t offset = zone_offset_of_local(zone, local_seconds);   of what a clock on the wall shows
 *
 * Where a function takes a zone, NULL is UTC: what has no zone of its own pays nothing for those that have.
 * Files are read by whoever owns a ZoneSource (io/zones.h); below, a source is asked by name.
 * Owner: a zone lives in its arena. Threads: a zone is read only; a source is used by one thread at a
 * time. */
#ifndef WEIR_BASE_ZONE_H
#define WEIR_BASE_ZONE_H

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

enum { ZONE_NAME_SIZE_MAX = 255, ZONE_FILE_SIZE_MAX = 64 * 1024 }; /* bytes; files of today are below 4 KiB */

typedef struct Zone Zone;

/* The seconds [start, end) since 1970 in which the offset holds; INT64_MIN and INT64_MAX: no end. */
typedef struct ZoneSpan {
    int64_t start, end;
    int32_t offset_s;  /* east of UTC */
    Str abbreviation; /* "CEST", "+02", or nothing; lives as long as the zone */
} ZoneSpan;

/* IO when the bytes are no TZif file (RFC 8536), or one that counts leap seconds. Name and bytes may go
 * afterwards. Any bytes are safe: what contradicts itself is refused. */
NODISCARD Status zone_read(Arena *arena, Str name, Str bytes, Zone **out, Error *err);

/* A zone written as a rule of POSIX: "CET-1CEST,M3.5.0,M10.5.0/3", "XYZ+5". *out is NULL when it is none. Its name is
 * the rule in upper case, as PostgreSQL has it. */
NODISCARD Status zone_from_rule(Arena *arena, Str rule, Zone **out, Error *err);

/* Always so far east of UTC: a rule "<+02>-02", less than seven days. */
NODISCARD Status zone_from_offset(Arena *arena, int32_t offset_s, Zone **out, Error *err);

/* "Europe/Berlin", "<+02>-02"; lives as long as the zone. */
Str zone_name(const Zone *zone);

/* True of those of zone_from_rule and zone_from_offset: their names are known to POSIX, and to nobody else. */
bool zone_is_rule(const Zone *zone);

/* A deep copy, for who keeps it longer than its source does; NULL when memory is refused, or of NULL. */
Zone *zone_copy(Arena *arena, const Zone *zone);

/* By name: they show the same clock. */
bool zone_equal(const Zone *a, const Zone *b);

/* A binary search over the zone's changes; callers that convert many times use a ZoneClock. Seconds are those of any
 * timestamp. */
ZoneSpan zone_span_at(const Zone *zone, int64_t seconds);

/* Seconds east of UTC at a timestamp (microseconds); 0 at infinity. */
int32_t zone_offset_at(const Zone *zone, int64_t timestamp);

/* As PostgreSQL: what a clock skips is counted as before the change, what it shows twice as after it. */
int32_t zone_offset_of_local(const Zone *zone, int64_t local_seconds);

/* A zone that remembers where it was asked last, for many times near one another; one for each thread. */
typedef struct ZoneClock {
    const Zone *zone; /* NULL: span always */
    ZoneSpan span;    /* of the last time asked for */
} ZoneClock;

ZoneClock zone_clock_of(const Zone *zone);

static inline int32_t zone_clock_offset_at(ZoneClock *clock, int64_t seconds) {
    if (clock->zone != NULL && (seconds < clock->span.start || seconds >= clock->span.end))
        clock->span = zone_span_at(clock->zone, seconds);
    return clock->span.offset_s;
}

/* As zone_offset_of_local; quick where the clock's span holds for days around. */
int32_t zone_clock_offset_of_local(ZoneClock *clock, int64_t local_seconds);

/* Where zones come from. `name` in any case; *out is valid until the next call. INVALID_ARGUMENT (22023) when
 * there is no such zone. */
typedef struct ZoneSource {
    Status (*find)(struct ZoneSource *source, Str name, const Zone **out, Error *err);
} ZoneSource;

/* The same, for a source that may be NULL: it knows no zone. */
NODISCARD Status zone_find(ZoneSource *source, Str name, const Zone **out, Error *err);

#endif

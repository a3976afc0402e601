/* SPDX-License-Identifier: Apache-2.0
 * base/zone.h - named time zones: how far a zone's clock is from UTC, and when that changes.
 *
 *     Zone *zone;
 *     TRY(zone_read(arena, bytes_of_the_file, &zone, err));         a TZif file, as in /usr/share/zoneinfo
 *     ZoneSpan span = zone_span_at(zone, seconds);                  offset there, and for how long it holds
 *     int32_t offset = zone_offset_of_local(zone, local_seconds);   of what a clock on the wall shows
 *
 * Files are read by whoever owns a ZoneSource (db does, through io); below, a source is asked by name.
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
    int32_t offset_s; /* east of UTC */
} ZoneSpan;

/* IO when the bytes are no TZif file (RFC 8536), or one that counts leap seconds. The bytes may go
 * afterwards. Any bytes are safe: what contradicts itself is refused. */
NODISCARD Status zone_read(Arena *arena, Str bytes, Zone **out, Error *err);

/* A zone written as a rule of POSIX: "CET-1CEST,M3.5.0,M10.5.0/3", "XYZ+5". *out is NULL when it is none. */
NODISCARD Status zone_from_rule(Arena *arena, Str rule, Zone **out, Error *err);

/* A binary search over the zone's changes; callers that convert many times keep the span and ask again when
 * they leave it. Seconds are those of any timestamp. */
ZoneSpan zone_span_at(const Zone *zone, int64_t seconds);

/* As PostgreSQL: what a clock skips is counted as before the change, what it shows twice as after it. */
int32_t zone_offset_of_local(const Zone *zone, int64_t local_seconds);

/* Where zones come from. `name` in any case; *out is valid until the next call. INVALID_ARGUMENT (22023) when
 * there is no such zone. */
typedef struct ZoneSource {
    Status (*find)(struct ZoneSource *source, Str name, const Zone **out, Error *err);
} ZoneSource;

/* The same, for a source that may be NULL: it knows no zone. */
NODISCARD Status zone_find(ZoneSource *source, Str name, const Zone **out, Error *err);

#endif

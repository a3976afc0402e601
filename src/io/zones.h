/* SPDX-License-Identifier: Apache-2.0
 * io/zones.h - the system's time zone data, read through io and kept while the database is open.
 *
 *     Zones zones;
 *     zones_init(&zones, io, memory);
 *     TRY(zone_find(&zones.source, STR("Europe/Berlin"), &zone, err));
 *
 * Names are found in any case; what is no file may be a rule of POSIX ("CET-1CEST"). A name is looked for once, found
 * or not. A zone is valid until the next is looked for; who keeps it makes a copy. Threads: one at a time. */
#ifndef WEIR_IO_ZONES_H
#define WEIR_IO_ZONES_H

#include "base/vector.h"
#include "base/zone.h"
#include "io/io.h"

/* A name that was looked for, as it was written then. */
typedef struct ZoneEntry {
    Str name;
    const Zone *zone; /* NULL: there is none */
} ZoneEntry;

typedef struct Zones {
    ZoneSource source; /* first: what zone_find is given */
    Io *io;
    Arena arena; /* zones and names */
    VECTOR(ZoneEntry) entries;
} Zones;

/* For "did you mean": the name of a zone that is there and nearest to `name`, in the arena; empty when none is near. Reads the
 * folder with all below it, some milliseconds: for messages only. */
Str zones_suggest(Zones *zones, Arena *arena, Str name);

/* Reads nothing yet. `io` and `memory` outlive it. */
void zones_init(Zones *zones, Io *io, Memory *memory);
/* All zones given are gone. Safe on zeroed memory. */
void zones_deinit(Zones *zones);

#endif

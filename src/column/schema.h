/* SPDX-License-Identifier: Apache-2.0
 * column/schema.h - the names and types of a batch's columns.
 *
 * Plain data, usually in the arena of the object it describes, which owns the names too. Names are UTF-8, and
 * two fields may have the same one (SELECT 1 AS a, 2 AS a). Threads: immutable once made. */
#ifndef WEIR_COLUMN_SCHEMA_H
#define WEIR_COLUMN_SCHEMA_H

#include "base/zone.h"
#include "column/type.h"

enum { SCHEMA_COLUMN_COUNT_MAX = 1600 }; /* PostgreSQL's MaxHeapAttributeNumber */

/* One column: its name and what its values are. */
typedef struct Field {
    Str name;
    Type type;
    bool not_null; /* never NULL: promised by the source or the definition, checked where rows enter */
} Field;

typedef struct Schema {
    const Field *fields;
    uint32_t count;
    const Zone *zone; /* by whose clock texts of TIMESTAMPTZ are read and written; NULL: UTC. The values do not depend on it */
} Schema;

/* Index of the first field of exactly that name; -1 when there is none. Looks at each: callers that ask per
 * record keep the answer. */
int32_t schema_find(const Schema *schema, Str name);

/* As schema_find, else the only field equal without regard to the case of ASCII letters; -1 also when there
 * are several. For the names in CSV headers and JSON members. */
int32_t schema_find_ignore_case(const Schema *schema, Str name);

/* May rows of `now` be read by who expects `before`: the same names and types in the same order, and no NULLs where none were promised? */
bool schema_fits(const Schema *before, const Schema *now);

/* A deep copy in the arena; fields is NULL (with count > 0) when memory is refused. */
Schema schema_copy(Arena *arena, const Schema *schema);

#endif

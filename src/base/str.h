/* SPDX-License-Identifier: Apache-2.0
 * base/str.h - a slice of bytes that owns nothing.
 *
 *     Str name = STR("symbol");
 *     if (str_equal(name, column->name)) ...
 *
 * Not terminated by a zero byte; may hold any bytes. Valid as long as what it points into. An empty slice may
 * have data NULL; functions that use NULL to say "refused" or "none" say so.
 *
 * Threads: no state. */
#ifndef WEIR_BASE_STR_H
#define WEIR_BASE_STR_H

#include <string.h>

#include "base/arena.h"

/* Passed by value: two registers. */
typedef struct Str {
    const char *data;
    size_t size;
} Str;

/* Of a string literal only: sizeof counts its bytes. */
#define STR(literal) ((Str){(literal), sizeof(literal) - 1})
/* For "%.*s" of text_format and error_set. Below 2 GiB: the size becomes an int. */
#define STR_ARGS(str) (int)(str).size, (str).data

/* A slice of bytes that the caller keeps alive. */
static inline Str str_from(const char *data, size_t size) {
    return (Str){data, size};
}

/* Of a zero-terminated string; NULL gives the empty slice. */
static inline Str str_from_c(const char *text) {
    return (Str){text, text == NULL ? 0 : strlen(text)};
}

/* The same bytes. Of user's text too: SQL compares texts byte by byte, as PostgreSQL under C collation. */
static inline bool str_equal(Str a, Str b) {
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

/* By bytes, a shorter prefix first: < 0, 0, > 0. */
int str_compare(Str a, Str b);

/* ASCII letters compare without case; other bytes must be the same. For keywords, options and names of SQL;
 * text of users goes through base/utf8.h. */
bool str_equal_ignore_case(Str a, Str b);

/* Every text starts and ends with the empty one. */
bool str_starts_with(Str str, Str prefix);
bool str_ends_with(Str str, Str suffix);
bool str_ends_with_ignore_case(Str str, Str suffix);

/* Offset of the first occurrence, -1 when there is none. The empty needle is at 0. */
ptrdiff_t str_find(Str str, Str needle);

/* A copy in the arena, followed by a zero byte; data is NULL when memory is refused. */
Str str_copy(Arena *arena, Str str);

/* The same lower-cased (ASCII letters only). */
Str str_copy_lower(Arena *arena, Str str);

/* Without leading and trailing ASCII white space. */
Str str_trim(Str str);

/* Number of edits (insert, delete, replace, swap neighbours; case ignored) between two names of at most
 * STR_DISTANCE_SIZE_MAX bytes; longer names give INT_MAX. For "did you mean". */
enum { STR_DISTANCE_SIZE_MAX = 64 };
int str_distance(Str a, Str b);

/* The candidate nearest to `name` that is near enough to be a slip; empty when none is.
 * Call once per candidate with *best empty and *best_distance INT_MAX at the start. The first of equally near
 * ones stays.
 *
 *     Str best = {0};
 *     int distance = INT_MAX;
 *     for (uint32_t i = 0; i < count; i++) str_suggest(name, names[i], &best, &distance);
 *     if (best.size > 0) error_add_hint(err, "Did you mean \"%.*s\"?", STR_ARGS(best)); */
void str_suggest(Str name, Str candidate, Str *best, int *best_distance);

#endif

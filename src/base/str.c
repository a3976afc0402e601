/* SPDX-License-Identifier: Apache-2.0
 * base/str.c - comparison, search and copies of slices. */
#include "base/str.h"

#include <limits.h>

int str_compare(Str a, Str b) {
    size_t common = a.size < b.size ? a.size : b.size;
    int order = common == 0 ? 0 : memcmp(a.data, b.data, common);
    if (order != 0) return order;
    return (a.size > b.size) - (a.size < b.size);
}

static char ascii_lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool str_equal_ignore_case(Str a, Str b) {
    DEBUG_ASSERT(a.data != NULL || a.size == 0);
    DEBUG_ASSERT(b.data != NULL || b.size == 0);
    if (a.size != b.size) return false;
    for (size_t i = 0; i < a.size; i++)
        if (ascii_lower(a.data[i]) != ascii_lower(b.data[i])) return false;
    return true;
}

bool str_starts_with(Str str, Str prefix) {
    return str.size >= prefix.size && str_equal(str_from(str.data, prefix.size), prefix);
}

bool str_ends_with(Str str, Str suffix) {
    return str.size >= suffix.size &&
           str_equal(str_from(str.data + str.size - suffix.size, suffix.size), suffix);
}

bool str_ends_with_ignore_case(Str str, Str suffix) {
    return str.size >= suffix.size && str_equal_ignore_case(str_from(str.data + str.size - suffix.size, suffix.size), suffix);
}

ptrdiff_t str_find(Str str, Str needle) {
    DEBUG_ASSERT(str.data != NULL || str.size == 0);
    if (needle.size == 0) return 0;
    if (needle.size > str.size) return -1;
    /* glibc's two-way search: linear for any needle a user may send. */
    const char *found = memmem(str.data, str.size, needle.data, needle.size);
    return found == NULL ? -1 : found - str.data;
}

Str str_copy(Arena *arena, Str str) {
    ASSERT(str.data != NULL || str.size == 0);
    char *copy = arena_alloc(arena, str.size + 1);
    if (copy == NULL) return (Str){NULL, 0};
    if (str.size > 0) memcpy(copy, str.data, str.size);
    copy[str.size] = '\0';
    return (Str){copy, str.size};
}

Str str_copy_lower(Arena *arena, Str str) {
    Str copy = str_copy(arena, str);
    for (size_t i = 0; copy.data != NULL && i < copy.size; i++)
        ((char *)copy.data)[i] = ascii_lower(copy.data[i]);
    return copy;
}

static bool ascii_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

Str str_trim(Str str) {
    DEBUG_ASSERT(str.data != NULL || str.size == 0);
    while (str.size > 0 && ascii_space(str.data[0])) str.data++, str.size--;
    while (str.size > 0 && ascii_space(str.data[str.size - 1])) str.size--;
    return str;
}

static int min_int(int a, int b) {
    return a < b ? a : b;
}

/* Optimal string alignment distance (restricted Damerau-Levenshtein), three rows at a time. */
int str_distance(Str a, Str b) {
    if (a.size > STR_DISTANCE_SIZE_MAX || b.size > STR_DISTANCE_SIZE_MAX) return INT_MAX;
    /* Names of the catalog and of the grammar: a long one is no slip of another. */
    int rows[3][STR_DISTANCE_SIZE_MAX + 1];
    int *before = rows[0], *above = rows[1], *row = rows[2];
    for (size_t j = 0; j <= b.size; j++) above[j] = (int)j;
    for (size_t i = 1; i <= a.size; i++) {
        row[0] = (int)i;
        for (size_t j = 1; j <= b.size; j++) {
            char x = ascii_lower(a.data[i - 1]), y = ascii_lower(b.data[j - 1]);
            row[j] = min_int(min_int(above[j], row[j - 1]) + 1, above[j - 1] + (x != y));
            bool swapped =
                i > 1 && j > 1 && x == ascii_lower(b.data[j - 2]) && ascii_lower(a.data[i - 2]) == y;
            if (swapped) row[j] = min_int(row[j], before[j - 2] + 1);
        }
        int *oldest = before;
        before = above;
        above = row;
        row = oldest;
    }
    return above[b.size];
}

void str_suggest(Str name, Str candidate, Str *best, int *best_distance) {
    ASSERT(best != NULL && best_distance != NULL);
    int distance = str_distance(name, candidate);
    size_t longer = name.size > candidate.size ? name.size : candidate.size;
    /* A slip or two: a word that shares half its letters by chance is no help. */
    int allowed = longer <= 3 ? 1 : longer <= 6 ? 2 : 3;
    if (distance > allowed || (size_t)distance >= longer || distance >= *best_distance) return;
    *best = candidate;
    *best_distance = distance;
}

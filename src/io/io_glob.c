/* SPDX-License-Identifier: Apache-2.0
 * io/io_glob.c - from a pattern to the files it names.
 *
 * The pattern is taken part by part between slashes, each step turning a list of paths into
 * the list one level deeper. Written here because the C library's glob sorts and matches by
 * the host's locale and cannot see simulated files. */
#include <errno.h>
#include <string.h>
#include <stdlib.h>

#include "base/vector.h"
#include "io/io.h"
#include "io/io_priv.h"

typedef VECTOR(Str) PathList;

bool io_glob_is_pattern(Str pattern) {
    for (size_t i = 0; i < pattern.size; i++)
        if (pattern.data[i] == '*' || pattern.data[i] == '?' || pattern.data[i] == '[') return true;
    return false;
}

/* Matches one byte against the set that opens at pattern[*at]; moves *at behind it. A set without end is a
 * plain '['. */
static bool glob_set_match(Str pattern, size_t *at, char c) {
    DEBUG_ASSERT(*at < pattern.size && pattern.data[*at] == '[');
    size_t i = *at + 1;
    bool negated = i < pattern.size && (pattern.data[i] == '!' || pattern.data[i] == '^');
    if (negated) i++;
    bool found = false;
    /* As in the shell: "[^" is taken beside "[!", ranges go by bytes, and nothing is escaped. */
    /* A ] that comes first stands for itself. */
    for (size_t first = i; i < pattern.size && (pattern.data[i] != ']' || i == first); i++) {
        unsigned char low = (unsigned char)pattern.data[i], high = low;
        if (i + 2 < pattern.size && pattern.data[i + 1] == '-' && pattern.data[i + 2] != ']') {
            high = (unsigned char)pattern.data[i + 2];
            i += 2;
        }
        found = found || (low <= (unsigned char)c && (unsigned char)c <= high);
    }
    if (i >= pattern.size) {
        *at += 1;
        return c == '[';
    }
    *at = i + 1;
    return found != negated;
}

/* One part of a path against one part of a pattern; going back only to the last star keeps it linear per
 * star. */
static bool glob_match(Str pattern, Str name) {
    DEBUG_ASSERT(str_find(name, STR("/")) < 0); /* one part: a star must not reach over a slash */
    size_t at = 0, i = 0, star = SIZE_MAX, star_name = 0;
    if (name.size > 0 && name.data[0] == '.' && (pattern.size == 0 || pattern.data[0] != '.')) return false;
    while (i < name.size) {
        size_t next = at;
        bool matched = false;
        if (at < pattern.size && pattern.data[at] == '*') {
            star = at++;
            star_name = i;
            continue;
        }
        if (at < pattern.size && pattern.data[at] == '[') {
            matched = glob_set_match(pattern, &next, name.data[i]);
        } else if (at < pattern.size) {
            matched = pattern.data[at] == '?' || pattern.data[at] == name.data[i];
            next = at + 1;
        }
        /* The last star gives up one more byte of the name; earlier ones need not be tried again. */
        if (matched) {
            at = next;
            i++;
        } else if (star != SIZE_MAX) {
            at = star + 1;
            i = ++star_name;
        } else {
            return false;
        }
    }
    while (at < pattern.size && pattern.data[at] == '*') at++;
    return at == pattern.size;
}

typedef struct GlobStep {
    Arena *arena;
    Str part;
    Str prefix; /* directory with its slash, or empty */
    PathList *found;
    Status status;
} GlobStep;

static bool glob_add(GlobStep *step, Str name) {
    if (step->found->count >= IO_GLOB_COUNT_MAX) {
        step->status = STATUS_LIMIT;
        return false;
    }
    char *path = arena_alloc(step->arena, step->prefix.size + name.size + 1);
    /* Until both allocations are made: the visitor's false says only that something was refused. */
    step->status = STATUS_OUT_OF_MEMORY;
    if (path == NULL) return false;
    if (step->prefix.size > 0) memcpy(path, step->prefix.data, step->prefix.size);
    memcpy(path + step->prefix.size, name.data, name.size);
    path[step->prefix.size + name.size] = '\0';
    if (!arena_vector_push(step->found, step->arena, (Str){path, step->prefix.size + name.size}))
        return false;
    step->status = STATUS_OK;
    return true;
}

static bool glob_visit(void *context, Str name) {
    GlobStep *step = context;
    return !glob_match(step->part, name) || glob_add(step, name);
}

static Status glob_error(Error *err, const char *verb, Str path, int result) {
    ASSERT(result < 0);
    const char *reason = strerrordesc_np(-result);
    return error_set(err, STATUS_IO, "could not %s \"%.*s\": %s", verb, STR_ARGS(path),
                     reason == NULL ? "unknown error" : reason);
}

/* The paths of `bases` with `part` (and the slash before it) behind each, as far as they may exist. */
static Status glob_step(Io *io, Arena *arena, const PathList *bases, Str slash, Str part, PathList *found,
                        Error *err) {
    for (size_t i = 0; i < bases->count; i++) {
        Str base = bases->items[i];
        char *prefix = arena_alloc(arena, base.size + slash.size + 1);
        TRY_ALLOC(prefix);
        if (base.size > 0) memcpy(prefix, base.data, base.size);
        if (slash.size > 0) memcpy(prefix + base.size, slash.data, slash.size);
        prefix[base.size + slash.size] = '\0';
        GlobStep step = {arena, part, {prefix, base.size + slash.size}, found, STATUS_OK};
        /* Without a sign the name is taken unseen, so that a directory need not be readable, only passable.
         */
        int result = 0;
        ASSERT(step.status == STATUS_OK);
        if (!io_glob_is_pattern(part)) {
            glob_add(&step, part);
        } else if (step.prefix.size < IO_PATH_SIZE_MAX) { /* a longer one can name nothing that exists */
            result = io->calls->list(io, prefix, glob_visit, &step);
        }
        if (step.status == STATUS_OUT_OF_MEMORY) return error_out_of_memory(err);
        if (step.status == STATUS_LIMIT)
            return error_set(err, STATUS_LIMIT, "a pattern names more than %d files", IO_GLOB_COUNT_MAX);
        /* `*` names files too; where the pattern goes on below them they are simply no match. */
        bool absent = result == -ENOENT || result == -ENOTDIR;
        if (result < 0 && !absent) return glob_error(err, "read directory", step.prefix, result);
    }
    return STATUS_OK;
}

static int glob_compare(const void *a, const void *b) {
    return str_compare(*(const Str *)a, *(const Str *)b);
}

/* Parts without a sign were added unseen; only what exists stays. A path below a plain file does not exist,
 * though the system has an errno of its own for it; nor does one too long for the system. */
static Status glob_keep_existing(Io *io, PathList *found, Error *err) {
    size_t kept = 0;
    for (size_t i = 0; i < found->count; i++) {
        IoStat stat;
        Str path = found->items[i];
        ASSERT(path.data[path.size] == '\0'); /* glob_add */
        int result = path.size < IO_PATH_SIZE_MAX ? io->calls->stat(io, path.data, -1, &stat) : -ENAMETOOLONG;
        bool absent = result == -ENOENT || result == -ENOTDIR || result == -ENAMETOOLONG;
        if (result < 0 && !absent) return glob_error(err, "stat file", path, result);
        if (result == 0) found->items[kept++] = path;
    }
    found->count = kept;
    return STATUS_OK;
}

Status io_glob(Io *io, Str pattern, Arena *arena, Str **paths_out, size_t *count_out, Error *err) {
    ASSERT(io != NULL);
    ASSERT(paths_out != NULL && count_out != NULL);
    if (pattern.size >= IO_PATH_SIZE_MAX)
        return error_set(err, STATUS_LIMIT, "a pattern of %zu bytes is too long (the limit is %d)",
                         pattern.size, IO_PATH_SIZE_MAX - 1);
    if (memchr(pattern.data, '\0', pattern.size) != NULL)
        return error_set(err, STATUS_IO, "a file name contains a zero byte");
    PathList bases = {0};
    if (!arena_vector_push(&bases, arena, (Str){"", 0})) return error_out_of_memory(err);
    size_t at = 0;
    while (at < pattern.size) {
        size_t part = at;
        while (part < pattern.size && pattern.data[part] == '/') part++;
        size_t end = part;
        while (end < pattern.size && pattern.data[end] != '/') end++;
        PathList found = {0};
        TRY(glob_step(io, arena, &bases, str_from(pattern.data + at, part - at),
                      str_from(pattern.data + part, end - part), &found, err));
        bases = found;
        at = end;
    }
    ASSERT(at == pattern.size);
    if (pattern.size == 0) bases.count = 0; /* the base "" would be the working directory */
    TRY(glob_keep_existing(io, &bases, err));
    ASSERT(bases.count <= IO_GLOB_COUNT_MAX);
    if (bases.count > 0) qsort(bases.items, bases.count, sizeof(Str), glob_compare);
    *paths_out = bases.items;
    *count_out = bases.count;
    return STATUS_OK;
}

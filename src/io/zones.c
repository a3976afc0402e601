/* SPDX-License-Identifier: Apache-2.0
 * io/zones.c - a zone's name to its file, and the file to a Zone. */
#include "io/zones.h"

#include <limits.h>

#include "base/text.h"

#define ZONE_FOLDER "/usr/share/zoneinfo"
enum {
    ZONE_COUNT_MAX = 1024, /* more names than there are zones: then all is forgotten */
    READ_SIZE = ZONE_FILE_SIZE_MAX + 1,
};

/* Letters, digits, and what stands between them in names of zones: nothing that leaves the folder. */
static bool is_file_name(Str name) {
    if (name.size == 0 || name.size > ZONE_NAME_SIZE_MAX || name.data[name.size - 1] == '/') return false;
    for (size_t i = 0; i < name.size; i++) {
        char c = name.data[i], lower = (char)(c | 32);
        bool letter = lower >= 'a' && lower <= 'z', digit = c >= '0' && c <= '9';
        if (c == '/' && (i == 0 || name.data[i - 1] == '/')) return false;
        if (!letter && !digit && c != '/' && c != '_' && c != '-' && c != '+') return false;
    }
    return true;
}

/* "/usr/share/zoneinfo/[eE][uU]...": the name in any case. */
static Str pattern_of(Arena *arena, Str name) {
    size_t folder_size = sizeof(ZONE_FOLDER);
    char *out = arena_alloc(arena, folder_size + 4 * name.size);
    if (out == NULL) return (Str){0};
    memcpy(out, ZONE_FOLDER "/", folder_size);
    size_t at = folder_size;
    for (size_t i = 0; i < name.size; i++) {
        char c = name.data[i], lower = (char)(c | 32);
        if (lower >= 'a' && lower <= 'z') {
            out[at++] = '[', out[at++] = lower, out[at++] = (char)(lower - 32), out[at++] = ']';
        } else {
            out[at++] = c;
        }
    }
    return str_from(out, at);
}

/* One byte more than a zone may have, so that zone_read sees that there is too much. */
static Status file_read(Zones *zones, Str path, char *bytes, size_t *size, Error *err) {
    IoFile file;
    size_t more = 1;
    *size = 0;
    TRY(io_open(zones->io, path, IO_OPEN_READ, &file, err));
    Status status = STATUS_OK;
    while (status == STATUS_OK && more > 0 && *size < READ_SIZE) {
        status = io_read(&file, bytes + *size, READ_SIZE - *size, &more, err);
        if (status == STATUS_OK) *size += more;
    }
    Error ignored;
    (void)io_close(&file, &ignored);
    return status;
}

static Status file_load(Zones *zones, Str path, Zone **out, Error *err) {
    Memory *memory = zones->arena.memory;
    size_t size;
    char *bytes = memory_alloc(memory, READ_SIZE);
    TRY_ALLOC(bytes);
    Status status = file_read(zones, path, bytes, &size, err);
    bool is_zone = status == STATUS_OK && str_starts_with(str_from(bytes, size), STR("TZif")); /* or some text beside them */
    Str name = str_from(path.data + sizeof(ZONE_FOLDER), path.size - sizeof(ZONE_FOLDER));
    if (is_zone) status = zone_read(&zones->arena, name, str_from(bytes, size), out, err);
    memory_free(memory, bytes, READ_SIZE);
    return status;
}

/* *out stays NULL when the folder has no such file. */
static Status find_file(Zones *zones, Str name, Zone **out, Error *err) {
    Str *paths, pattern = pattern_of(&zones->arena, name);
    size_t count;
    IoStat stat;
    TRY_ALLOC(pattern.data);
    TRY(io_glob(zones->io, pattern, &zones->arena, &paths, &count, err));
    if (count == 0) return STATUS_OK;
    TRY(io_stat(zones->io, paths[0], &stat, err));
    if (stat.kind != IO_KIND_FILE) return STATUS_OK; /* a folder: Europe */
    return file_load(zones, paths[0], out, err);
}

/* A machine without the data knows no name at all: then the message says what to install. */
static Status not_recognized(Zones *zones, Str name, Error *err) {
    Error ignored;
    IoStat stat;
    bool has_data = io_stat(zones->io, STR(ZONE_FOLDER), &stat, &ignored) == STATUS_OK;
    if (name.size > ZONE_NAME_SIZE_MAX) name.size = ZONE_NAME_SIZE_MAX;
    const char *why = has_data ? "" : ": this machine has no time zone data in " ZONE_FOLDER " (package tzdata)";
    return error_set(err, STATUS_INVALID_ARGUMENT, "time zone \"%.*s\" not recognized%s", STR_ARGS(name), why);
}

/* A file first: "EST5EDT" is one, and a rule too. */
static Status zones_load(Zones *zones, Str name, Zone **out, Error *err) {
    *out = NULL;
    if (is_file_name(name)) TRY(find_file(zones, name, out, err));
    return *out != NULL ? STATUS_OK : zone_from_rule(&zones->arena, name, out, err);
}

static Status zones_find(ZoneSource *source, Str name, const Zone **out, Error *err) {
    Zones *zones = (Zones *)source;
    for (size_t i = 0; i < zones->entries.count; i++) {
        const ZoneEntry *entry = &zones->entries.items[i];
        if (!str_equal_ignore_case(entry->name, name)) continue;
        *out = entry->zone;
        return *out != NULL ? STATUS_OK : not_recognized(zones, name, err);
    }
    /* Names come from data ('... Mars/Base'): without a bound every wrong one would stay. Zones given before are no longer valid
     * after this call anyway. */
    if (zones->entries.count >= ZONE_COUNT_MAX) {
        zones->entries.count = 0;
        arena_reset(&zones->arena);
    }
    Zone *zone;
    if (name.size > ZONE_NAME_SIZE_MAX) return not_recognized(zones, name, err);
    TRY(zones_load(zones, name, &zone, err));
    ZoneEntry entry = {str_copy(&zones->arena, name), zone};
    TRY_ALLOC(entry.name.data);
    if (!vector_push(&zones->entries, zones->arena.memory, entry)) return error_out_of_memory(err);
    *out = zone;
    return zone != NULL ? STATUS_OK : not_recognized(zones, name, err);
}

Str zones_suggest(Zones *zones, Arena *arena, Str name) {
    static const char *const PATTERNS[] = {ZONE_FOLDER "/*", ZONE_FOLDER "/*/*", ZONE_FOLDER "/*/*/*"};
    Str best = {0};
    int distance = INT_MAX;
    for (size_t i = 0; i < sizeof(PATTERNS) / sizeof(PATTERNS[0]); i++) {
        Str *paths;
        size_t count;
        Error ignored;
        if (io_glob(zones->io, str_from_c(PATTERNS[i]), arena, &paths, &count, &ignored) != STATUS_OK) continue;
        for (size_t j = 0; j < count; j++) {
            Str known = str_from(paths[j].data + sizeof(ZONE_FOLDER), paths[j].size - sizeof(ZONE_FOLDER));
            /* The same zones once more, and with leap seconds, which are refused. */
            if (!str_starts_with(known, STR("posix")) && !str_starts_with(known, STR("right"))) str_suggest(name, known, &best, &distance);
        }
    }
    return best;
}

void zones_init(Zones *zones, Io *io, Memory *memory) {
    *zones = (Zones){.source = {.find = zones_find}, .io = io};
    arena_init(&zones->arena, memory);
}

void zones_deinit(Zones *zones) {
    Memory *memory = zones->arena.memory;
    if (memory == NULL) return;
    vector_deinit(&zones->entries, memory);
    arena_deinit(&zones->arena);
}

/* SPDX-License-Identifier: Apache-2.0
 * db/file_use.c - files are the same when device and number are. */
#include "db/file_use.h"

#include "connect/connector.h"

static bool is_same(const weir_db *db, const IoStat *file, Str path) {
    IoStat other;
    Error ignored; /* a file that is not there is not this one */
    return io_stat(db->io, path, &other, &ignored) == STATUS_OK && other.device == file->device &&
           other.node == file->node;
}

static bool uses(const weir_db *db, const Object *object, const IoStat *file, Arena *arena) {
    Str path = object->connector == NULL ? (Str){0} : connector_path(object->connector, object->options);
    if (path.size == 0) return false;
    if (object->relation.kind != RELATION_SOURCE) return is_same(db, file, path);
    Str *paths;
    size_t count;
    Error ignored;
    if (io_glob(db->io, path, arena, &paths, &count, &ignored) != STATUS_OK) return false;
    bool found = false;
    for (size_t i = 0; i < count && !found; i++) found = is_same(db, file, paths[i]);
    return found;
}

static bool is_stream(IoFile stream, const IoStat *file) {
    IoStat stat;
    Error ignored; /* a stream that the process was started without */
    return io_file_stat(&stream, &stat, &ignored) == STATUS_OK && stat.device == file->device && stat.node == file->node;
}

/* weir .. < data.json: opening it for writing would empty it before it is read, also as a script. */
static Status check_streams(const weir_db *db, const IoStat *file, Str path, Error *err) {
    IoFile input, output;
    io_stdin(db->io, &input);
    io_stdout(db->io, &output);
    bool is_input = is_stream(input, file);
    if (!is_input && !is_stream(output, file)) return STATUS_OK;
    (void)error_set(err, STATUS_INVALID_OPTION, "standard %s \"%.*s\"", is_input ? "input reads" : "output writes", STR_ARGS(path));
    return error_add_hint(err, "%s", is_input ? "Write to another file." : "Write to another file; path = '-' is standard output.");
}

Status file_use_check(const weir_db *db, const Object *sink, Error *err) {
    Str path = connector_path(sink->connector, sink->options);
    IoStat file;
    Error ignored;
    if (path.size == 0 || io_stat(db->io, path, &file, &ignored) != STATUS_OK || file.kind != IO_KIND_FILE)
        return STATUS_OK; /* what else may be wrong with it, opening tells */
    TRY(check_streams(db, &file, path, err));
    Arena arena;
    arena_init(&arena, sink->arena.memory);
    const Object *user = NULL;
    for (size_t i = 0; i < db->objects.count && user == NULL; i++)
        if (db->objects.items[i] != sink && uses(db, db->objects.items[i], &file, &arena))
            user = db->objects.items[i];
    arena_deinit(&arena);
    if (user == NULL) return STATUS_OK;
    bool is_source = user->relation.kind == RELATION_SOURCE;
    (void)error_set(err, STATUS_INVALID_OPTION, "%s \"%.*s\" %s \"%.*s\"", is_source ? "source" : "sink",
                    STR_ARGS(user->relation.name), is_source ? "reads" : "writes", STR_ARGS(path));
    return error_add_hint(err, "%s", is_source ? "Write to another file." : "Write to another file, or UNION ALL both queries into one sink.");
}

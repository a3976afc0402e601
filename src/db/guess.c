/* SPDX-License-Identifier: Apache-2.0
 * db/guess.c - the head of an input, and what it makes of a definition. */
#include "db/guess.h"

enum { HEAD_WAIT_MS = 50 }; /* between two looks at the interrupt */

/* ---- heads ---- */

/* What has come so far may be a header alone: its rows are on their way. */
static bool has_record(weir_db *db, const FormatOptions *csv, SourceHead *head) {
    if (head->is_end || head->bytes.size >= INFER_HEAD_SIZE_MAX) return true;
    Arena arena;
    arena_init(&arena, &db->memory);
    bool found = infer_has_record(text_str(&head->bytes), csv, &arena);
    arena_deinit(&arena);
    return found;
}

static Status read_head(weir_db *db, IoFile *file, const FormatOptions *csv, SourceHead *head, Error *err) {
    for (bool is_enough = false; !is_enough;) {
        TRY(flow_check_interrupt(db->flow, err));
        TRY(source_head_read(head, file, HEAD_WAIT_MS, &is_enough, err));
        is_enough = is_enough && has_record(db, csv, head);
    }
    return STATUS_OK;
}

static Status read_stdin(weir_db *db, const FormatOptions *csv, Error *err) {
    if (db->stdin_head.bytes.size > 0 || db->stdin_head.is_end) return STATUS_OK;
    IoFile file;
    io_stdin(db->io, &file);
    return read_head(db, &file, csv, &db->stdin_head, err);
}

Status guess_read_stdin(weir_db *db, Error *err) {
    return read_stdin(db, NULL, err);
}

/* What is read of a pipe would be missing when the source reads it. */
static Status check_file(Io *io, Str name, const Option *path, Error *err) {
    IoStat stat;
    TRY(io_stat(io, name, &stat, err));
    if (stat.kind == IO_KIND_FILE) return STATUS_OK;
    error_set_at(err, STATUS_WRONG_OBJECT_TYPE, path->position, "the columns of \"%.*s\" cannot be guessed: it is no plain file",
                 STR_ARGS(name));
    return error_add_hint(err, "Name them: CREATE SOURCE name (column type, ..).");
}

static Status read_file_head(weir_db *db, Str name, const Option *path, const FormatOptions *csv, SourceHead *head, Error *err) {
    IoFile file;
    TRY(check_file(db->io, name, path, err)); /* first: opening a pipe would wait for its other end */
    TRY(io_open(db->io, name, IO_OPEN_READ, &file, err));
    Status status = read_head(db, &file, csv, head, err);
    io_close(&file, &(Error){0});
    return status;
}

/* The first of the files that a pattern names. */
static Status find_file(weir_db *db, Arena *arena, Str path, Str *out, Error *err) {
    Str *names;
    size_t count;
    TRY(io_glob(db->io, path, arena, &names, &count, err));
    if (count == 0) return error_set(err, STATUS_FILE_NOT_FOUND, "no file matches \"%.*s\"", STR_ARGS(path));
    *out = names[0];
    return STATUS_OK;
}

/* ---- options ---- */

/* What the statement says of CSV; the rest is guessed. */
static Status read_options(OptionList options, FormatOptions *csv, Error *err) {
    TRY(format_options_read(FORMAT_CSV, options, csv, err));
    if (option_find(options, STR("delimiter")) == NULL) csv->delimiter = '\0';
    return STATUS_OK;
}

static Status add_character(Arena *arena, const char *key, char value, Option *out, Error *err) {
    char *copy = arena_copy(arena, &value, 1);
    TRY_ALLOC(copy);
    *out = (Option){str_from_c(key), str_from(copy, 1), -1};
    return STATUS_OK;
}

Status guess_add_options(const Inference *inference, Arena *arena, OptionList *options, Error *err) {
    const FormatOptions *guessed = &inference->options;
    Option *items = ARENA_ARRAY(arena, Option, options->count + GUESS_OPTION_COUNT_MAX);
    TRY_ALLOC(items);
    uint32_t count = options->count;
    if (count > 0) memcpy(items, options->items, count * sizeof(*items));
    if (option_find(*options, STR("format")) == NULL) items[count++] = (Option){STR("format"), str_from_c(format_name(guessed->format)), -1};
    if (guessed->format == FORMAT_CSV && option_find(*options, STR("delimiter")) == NULL)
        TRY(add_character(arena, "delimiter", guessed->delimiter, &items[count++], err));
    if (guessed->format == FORMAT_CSV && guessed->comment != '\0' && option_find(*options, STR("comment")) == NULL)
        TRY(add_character(arena, "comment", guessed->comment, &items[count++], err));
    ASSERT(count <= options->count + GUESS_OPTION_COUNT_MAX);
    *options = (OptionList){items, count};
    return STATUS_OK;
}

static Status check_format(const Inference *inference, OptionList options, Error *err) {
    const Option *format = option_find(options, STR("format"));
    FormatId said;
    if (format == NULL || !format_find(format->value, &said) || said == inference->options.format) return STATUS_OK;
    return error_set_at(err, STATUS_BAD_RECORD, format->position, "the input is %s, not %s: its columns cannot be guessed",
                        format_name(inference->options.format), format_name(said));
}

/* ---- columns ---- */

Status guess_take_columns(const Inference *inference, Arena *arena, Relation *relation, Error *err) {
    relation->column_count = inference->schema.count;
    relation->columns = ARENA_ARRAY(arena, PlanColumn, relation->column_count + 1);
    TRY_ALLOC(relation->columns);
    for (uint32_t i = 0; i < relation->column_count; i++)
        relation->columns[i] = (PlanColumn){.name = inference->schema.fields[i].name, .type = inference->schema.fields[i].type, .is_guessed = true};
    return STATUS_OK;
}

static Status guess_from(Str head, const FormatOptions *csv, Arena *arena, OptionList *options, Relation *relation, Error *err) {
    Inference inference;
    TRY(infer_schema(head, csv, arena, &inference, err));
    TRY(check_format(&inference, *options, err));
    TRY(guess_take_columns(&inference, arena, relation, err));
    return guess_add_options(&inference, arena, options, err);
}

Status guess_columns(weir_db *db, Arena *arena, const Connector *connector, OptionList *options, Relation *relation, Error *err) {
    const Option *path = option_find(*options, STR("path"));
    ASSERT(path != NULL); /* connector_check */
    FormatOptions csv;
    TRY(read_options(*options, &csv, err));
    if (connector_is_stdin(connector, *options)) {
        TRY(read_stdin(db, &csv, err));
        return guess_from(text_str(&db->stdin_head.bytes), &csv, arena, options, relation, err);
    }
    Str name = path->value;
    SourceHead head;
    source_head_init(&head, &db->memory);
    Status status = io_glob_is_pattern(name) ? find_file(db, arena, name, &name, err) : STATUS_OK;
    if (status == STATUS_OK) status = read_file_head(db, name, path, &csv, &head, err);
    if (status == STATUS_OK) status = guess_from(text_str(&head.bytes), &csv, arena, options, relation, err);
    source_head_deinit(&head);
    return status == STATUS_OK ? status : error_locate(err, path->position);
}

/* SPDX-License-Identifier: Apache-2.0
 * shell/load.c - rows of a file into a table: sqlite's .import, psql's \copy. */
#include "shell/load.h"

#include "base/vector.h"
#include "format/infer.h"
#include "shell/answer.h"
#include "shell/run.h"
#include "shell/word.h"

typedef struct Column {
    Str name;
    Str type;
    Str field; /* what the file has for it */
} Column;

typedef struct Load {
    Shell *shell;
    Arena arena;
    const char *source; /* the command, in quotes: what messages about records name */
    Str table;          /* as written: it may be quoted */
    Str path;
    Text options; /* of the source, behind its path */
    VECTOR(Column) columns;
    VECTOR(Str) wanted;  /* names that the command lists; empty: all */
    bool is_by_position; /* the first line of the file is passed over, whatever names are in it */
    bool has_to_match;   /* .. but has to have the names of the columns, in their order */
    bool is_out_of_memory;
} Load;

static void load_init(Load *load, Shell *shell, const char *source) {
    *load = (Load){.shell = shell, .source = source};
    arena_init(&load->arena, &shell->memory);
    text_init(&load->options, &shell->memory);
}

static void load_deinit(Load *load) {
    text_deinit(&load->options);
    arena_deinit(&load->arena);
}

/* ---- statements ---- */

/* One of those around the INSERT: it shows nothing. */
static Status execute(Shell *shell, const Text *sql, Error *err) {
    weir_error *error = NULL;
    if (sql->failed) return error_out_of_memory(err);
    interrupt_begin(&shell->interrupt, shell->conn);
    Status status = shell_take_error(weir_exec(shell->conn, sql->data, (ptrdiff_t)sql->size, &error), &error, err);
    interrupt_end(&shell->interrupt);
    return status;
}

static void append_quoted(Text *text, Str value) {
    text_append_char(text, '\'');
    for (size_t i = 0; i < value.size; i++) text_append_repeated(text, value.data[i], value.data[i] == '\'' ? 2 : 1);
    text_append_char(text, '\'');
}

static void append_columns(Text *text, const Load *load, bool with_types) {
    for (size_t i = 0; i < load->columns.count; i++) {
        const Column *column = &load->columns.items[i];
        text_append_c(text, i == 0 ? "(" : ", ");
        infer_append_name(text, with_types ? column->field : column->name);
        if (with_types) text_append_format(text, " %.*s", STR_ARGS(column->type));
    }
    text_append_c(text, ") ");
}

static void take_column(void *context, const Batch *batch, size_t row) {
    Load *load = context;
    Column column = {.name = str_copy(&load->arena, answer_text(batch, 0, row)), .type = str_copy(&load->arena, answer_text(batch, 1, row))};
    column.field = column.name;
    bool has_room = column.name.data != NULL && column.type.data != NULL && arena_vector_push(&load->columns, &load->arena, column);
    load->is_out_of_memory |= !has_room;
}

static Status describe(Load *load, Str relation, Error *err) {
    Text sql;
    text_init(&sql, &load->shell->memory);
    text_append_format(&sql, "DESCRIBE %.*s", STR_ARGS(relation));
    Status status = sql.failed ? error_out_of_memory(err) : answer_each_row(load->shell, text_str(&sql), take_column, load, err);
    text_deinit(&sql);
    return status == STATUS_OK && load->is_out_of_memory ? error_out_of_memory(err) : status;
}

/* Those that the command lists, in its order: a file without a header has its fields so. */
static Status choose_columns(Load *load, Error *err) {
    Column *chosen = ARENA_ARRAY(&load->arena, Column, load->wanted.count);
    if (load->wanted.count == 0) return STATUS_OK;
    TRY_ALLOC(chosen);
    for (size_t i = 0; i < load->wanted.count; i++) {
        Str name = load->wanted.items[i];
        for (size_t c = 0; c < load->columns.count; c++)
            if (str_equal(load->columns.items[c].name, name)) chosen[i] = load->columns.items[c];
        if (chosen[i].name.size == 0)
            return error_set_at(err, STATUS_UNDEFINED_COLUMN, -1, "column \"%.*s\" of relation \"%.*s\" does not exist", STR_ARGS(name),
                                STR_ARGS(load->table));
    }
    load->columns.items = chosen;
    load->columns.count = load->columns.capacity = load->wanted.count;
    return STATUS_OK;
}

static Status create_source(Load *load, bool has_columns, Error *err) {
    Text sql;
    text_init(&sql, &load->shell->memory);
    text_append_format(&sql, "CREATE SOURCE %s ", load->source);
    if (has_columns) append_columns(&sql, load, true);
    text_append_c(&sql, "WITH (connector = 'file', on_error = 'stop', path = ");
    append_quoted(&sql, load->path);
    text_append_format(&sql, "%.*s)", STR_ARGS(text_str(&load->options)));
    Status status = execute(load->shell, &sql, err);
    text_deinit(&sql);
    return status;
}

static Status make_table(Load *load, Error *err) {
    TRY(describe(load, str_from_c(load->source), err));
    Text sql;
    text_init(&sql, &load->shell->memory);
    text_append_format(&sql, "CREATE TABLE %.*s ", STR_ARGS(load->table));
    append_columns(&sql, load, true);
    Status status = execute(load->shell, &sql, err);
    text_deinit(&sql);
    return status;
}

static Status insert(Load *load, Error *err) {
    Text sql;
    text_init(&sql, &load->shell->memory);
    text_append_format(&sql, "INSERT INTO %.*s ", STR_ARGS(load->table));
    append_columns(&sql, load, false);
    text_append_format(&sql, "SELECT * FROM %s", load->source);
    Status status = sql.failed ? error_out_of_memory(err) : run_sql(load->shell, text_str(&sql), load->shell->display.mode, err);
    text_deinit(&sql);
    return status;
}

static void drop(Shell *shell, const char *kind, Str name) {
    Text sql;
    text_init(&sql, &shell->memory);
    text_append_format(&sql, "DROP %s %.*s", kind, STR_ARGS(name));
    Error ignored = {0};
    Status status = execute(shell, &sql, &ignored);
    (void)status; /* what went wrong before is what is told */
    text_deinit(&sql);
}

static Status run_with_table(Load *load, bool is_made, Error *err) {
    TRY(create_source(load, !is_made, err));
    Status status = is_made ? make_table(load, err) : STATUS_OK;
    if (status == STATUS_OK) {
        status = insert(load, err);
        if (status != STATUS_OK && is_made) drop(load->shell, "TABLE", load->table);
    }
    drop(load->shell, "SOURCE", str_from_c(load->source));
    return status;
}

/* The fields of the file, by its first line, are those of the columns in their order. */
static Status take_fields(Load *load, Error *err) {
    const Column *columns = load->columns.items;
    size_t count = load->columns.count;
    load->columns.items = NULL;
    load->columns.count = load->columns.capacity = 0;
    TRY(describe(load, str_from_c(load->source), err));
    if (load->columns.count != count)
        return error_set_at(err, STATUS_BAD_RECORD, -1, "the first line of \"%.*s\" has %zu fields, not %zu, one for each column",
                            STR_ARGS(load->path), load->columns.count, count);
    for (size_t i = 0; i < count; i++) {
        Column *column = &load->columns.items[i];
        if (load->has_to_match && !str_equal(column->field, columns[i].name))
            return error_set_at(err, STATUS_BAD_RECORD, -1, "field %zu of the first line of \"%.*s\" is \"%.*s\", not \"%.*s\" (header match)",
                                i + 1, STR_ARGS(load->path), STR_ARGS(column->field), STR_ARGS(columns[i].name));
        column->name = columns[i].name;
        column->type = columns[i].type;
    }
    return STATUS_OK;
}

/* How the file names them: a source without columns tells. A file of nothing has no rows either. */
static Status guess_fields(Load *load, Error *err) {
    IoStat stat;
    bool is_there = io_stat(load->shell->io, load->path, &stat, err) == STATUS_OK; /* else a pattern, or the source tells */
    if (is_there && stat.kind == IO_KIND_FILE && stat.size == 0) return STATUS_OK;
    if (is_there && stat.kind != IO_KIND_FILE) {
        error_set_at(err, STATUS_NOT_SUPPORTED, -1, "\\copy with a header reads plain files alone");
        return error_add_hint(err, "Leave the first line out on its way, as with tail -n +2, and header too.");
    }
    TRY(create_source(load, false, err));
    Status status = take_fields(load, err);
    drop(load->shell, "SOURCE", str_from_c(load->source));
    return status;
}

static Status run(Load *load, bool may_make_table, Error *err) {
    Status status = describe(load, load->table, err);
    bool is_missing = status == STATUS_UNDEFINED_TABLE;
    if (status == STATUS_OK) status = choose_columns(load, err);
    if (status == STATUS_OK && load->is_by_position) status = guess_fields(load, err);
    if (status == STATUS_OK || (is_missing && may_make_table)) status = run_with_table(load, is_missing, err);
    err->position = -1; /* it points into a statement that nobody wrote */
    return status;
}

/* The table that run would make, without rows. */
static Status define(Load *load, bool may_make_table, Error *err) {
    Status status = describe(load, load->table, err);
    if (status == STATUS_UNDEFINED_TABLE && may_make_table) {
        status = create_source(load, false, err);
        if (status == STATUS_OK) {
            status = make_table(load, err);
            drop(load->shell, "SOURCE", str_from_c(load->source));
        }
    }
    err->position = -1;
    return status;
}

/* ---- words ---- */

/* Of a list: names, "(),". */
static Str next_word(Str *rest) {
    return word_take(rest, STR(";"), STR("(),"));
}

/* The name of a file or table may have marks in it. */
static Str next_name(Str *rest) {
    return word_take(rest, STR(";"), STR(""));
}

static bool is_mark(Str word) {
    return str_equal(word, STR("(")) || str_equal(word, STR(")")) || str_equal(word, STR(","));
}

/* Without quotes of that kind, doubled ones once. */
static Str unquote(Load *load, Str word, char quote) {
    if (word.size < 2 || word.data[0] != quote || word.data[word.size - 1] != quote) return word;
    char *bytes = arena_alloc(&load->arena, word.size);
    load->is_out_of_memory |= bytes == NULL;
    size_t size = 0;
    for (size_t i = 1; bytes != NULL && i + 1 < word.size; i++) {
        bytes[size++] = word.data[i];
        i += word.data[i] == quote;
    }
    return str_from(bytes, size);
}

/* A name as SQL reads it. */
static Str name_of(Load *load, Str word) {
    if (word.size > 0 && word.data[0] == '"') return unquote(load, word, '"');
    Str lower = str_copy_lower(&load->arena, word);
    load->is_out_of_memory |= lower.data == NULL;
    return lower;
}

static Status no_more(Str rest, Error *err) {
    rest = str_trim(rest);
    while (rest.size > 0 && (rest.data[0] == ';' || word_is_blank(rest.data[0]))) rest = str_from(rest.data + 1, rest.size - 1);
    return rest.size == 0 ? STATUS_OK : error_set_at(err, STATUS_SYNTAX, -1, "\"%.*s\" has no place here", STR_ARGS(rest));
}

/* ---- .import ---- */

/* Without a format a source goes by such an ending. */
static bool says_format(Str path) {
    static const char *const ENDINGS[] = {".json", ".ndjson", ".jsonl", ".csv", ".tsv"};
    for (size_t i = 0; i < sizeof(ENDINGS) / sizeof(ENDINGS[0]); i++)
        if (str_ends_with(path, str_from_c(ENDINGS[i]))) return true;
    return false;
}

static Status parse_import(Load *load, Str rest, Error *err) {
    Str word = next_name(&rest);
    bool is_csv = str_equal(word, STR("--csv")) || str_equal(word, STR("-csv"));
    if (is_csv) word = next_name(&rest);
    if (str_starts_with(word, STR("--"))) {
        error_set_at(err, STATUS_NOT_SUPPORTED, -1, ".import %.*s is not supported", STR_ARGS(word));
        return error_add_hint(err, "The first line of a CSV names its columns; for one without: \\copy TABLE FROM 'FILE' csv.");
    }
    load->path = unquote(load, unquote(load, word, '"'), '\'');
    load->table = next_name(&rest);
    if (load->table.size == 0) {
        error_set_at(err, STATUS_SYNTAX, -1, "the names of a file and of a table must follow");
        return error_add_hint(err, ".import trades.csv trades");
    }
    if (is_csv || !says_format(load->path)) text_append_c(&load->options, ", format = 'csv'");
    return no_more(rest, err);
}

/* ---- \copy ---- */

static Status parse_names(Load *load, Str *rest, Error *err) {
    for (bool more = true; more;) {
        Str name = name_of(load, next_word(rest)), mark = next_word(rest);
        more = str_equal(mark, STR(","));
        if (name.size == 0 || (!more && !str_equal(mark, STR(")")))) return error_set_at(err, STATUS_SYNTAX, -1, "a list of columns is not closed");
        if (!arena_vector_push(&load->wanted, &load->arena, name)) return error_out_of_memory(err);
    }
    return STATUS_OK;
}

static Status parse_source(Load *load, Str *rest, Error *err) {
    load->table = next_word(rest);
    Str word = next_word(rest);
    if (str_equal(word, STR("("))) {
        TRY(parse_names(load, rest, err));
        word = next_word(rest);
    }
    if (load->table.size == 0 || str_equal(load->table, STR("(")) || str_equal_ignore_case(word, STR("TO"))) {
        error_set_at(err, STATUS_NOT_SUPPORTED, -1, "\\copy is there only as TABLE FROM 'FILE' csv");
        return error_add_hint(err, "\\o FILE writes results to a file, in the format of \\mode.");
    }
    if (!str_equal_ignore_case(word, STR("FROM"))) return error_set_at(err, STATUS_SYNTAX, -1, "FROM and the name of a file must follow");
    word = next_name(rest);
    load->path = unquote(load, word, '\'');
    bool is_other = str_equal_ignore_case(word, STR("stdin")) || str_equal_ignore_case(word, STR("pstdin")) ||
                    str_equal_ignore_case(word, STR("program"));
    if (is_other || word.size == 0) return error_set_at(err, STATUS_NOT_SUPPORTED, -1, "\\copy reads files alone");
    return STATUS_OK;
}

static bool is_false(Str word) {
    return str_equal_ignore_case(word, STR("false")) || str_equal_ignore_case(word, STR("off")) || str_equal(word, STR("0"));
}

static bool is_true(Str word) {
    return str_equal_ignore_case(word, STR("true")) || str_equal_ignore_case(word, STR("on")) || str_equal(word, STR("1")) ||
           str_equal_ignore_case(word, STR("match"));
}

/* delimiter, null, quote, escape: [AS] 'value'. False: it is none of them. */
static bool take_text_option(Load *load, Str word, Str *rest, bool *has_delimiter) {
    static const char *const NAMES[] = {"delimiter", "null", "quote", "escape"};
    for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++) {
        if (!str_equal_ignore_case(word, str_from_c(NAMES[i]))) continue;
        Str value = next_word(rest);
        if (str_equal_ignore_case(value, STR("AS"))) value = next_word(rest);
        bool is_tab = str_equal_ignore_case(value, STR("E'\\t'"));
        text_append_format(&load->options, ", %s = ", NAMES[i]);
        *has_delimiter |= i == 0;
        append_quoted(&load->options, is_tab ? STR("\t") : unquote(load, value, '\''));
        return true;
    }
    return false;
}

/* Both of psql's forms, word by word. */
static Status parse_options(Load *load, Str *rest, Error *err) {
    Str format = {0};
    bool has_header = false, has_delimiter = false;
    for (Str word = next_word(rest); word.size > 0; word = next_word(rest)) {
        if (is_mark(word) || str_equal_ignore_case(word, STR("WITH")) || take_text_option(load, word, rest, &has_delimiter)) continue;
        if (str_equal_ignore_case(word, STR("csv"))) {
            format = STR("csv");
        } else if (str_equal_ignore_case(word, STR("format"))) {
            format = unquote(load, next_word(rest), '\'');
        } else if (str_equal_ignore_case(word, STR("header"))) {
            Str after = *rest, value = next_word(&after);
            has_header = !is_false(value);
            load->has_to_match = str_equal_ignore_case(value, STR("match"));
            if (is_false(value) || is_true(value)) *rest = after;
        } else {
            return error_set_at(err, STATUS_NOT_SUPPORTED, -1, "\\copy with %.*s is not supported", STR_ARGS(word));
        }
    }
    bool is_csv = str_equal_ignore_case(format, STR("csv")), is_json = str_equal_ignore_case(format, STR("json"));
    if (!is_csv && !is_json) {
        error_set_at(err, STATUS_NOT_SUPPORTED, -1, "\\copy reads CSV and JSON");
        return error_add_hint(err, "\\copy TABLE FROM 'FILE' csv header");
    }
    load->is_by_position = is_csv && has_header;
    if (is_csv && !has_delimiter) text_append_c(&load->options, ", delimiter = ','"); /* as psql: it is not guessed */
    text_append_c(&load->options, is_json ? ", format = 'json'" : has_header ? ", format = 'csv', header = true" : ", format = 'csv', header = false");
    return no_more(*rest, err);
}

static Status parse_copy(Load *load, Str rest, Error *err) {
    TRY(parse_source(load, &rest, err));
    return parse_options(load, &rest, err);
}

/* ---- both ---- */

typedef Status (*Parse)(Load *load, Str rest, Error *err);
typedef Status (*Run)(Load *load, bool may_make_table, Error *err);

static Status parse_and_run(Shell *shell, Str line, Parse parse, Run then, bool is_import, Error *err) {
    Load load;
    load_init(&load, shell, is_import ? "\".import\"" : "\"\\copy\"");
    Status status = parse(&load, line, err);
    if (status == STATUS_OK) status = load.is_out_of_memory ? error_out_of_memory(err) : then(&load, is_import, err);
    load_deinit(&load);
    return status;
}

Status load_import(Shell *shell, Str line, Error *err) {
    return parse_and_run(shell, line, parse_import, run, true, err);
}

Status load_copy(Shell *shell, Str line, Error *err) {
    return parse_and_run(shell, line, parse_copy, run, false, err);
}

Status load_check_import(Shell *shell, Str line, Error *err) {
    return parse_and_run(shell, line, parse_import, define, true, err);
}

Status load_check_copy(Shell *shell, Str line, Error *err) {
    return parse_and_run(shell, line, parse_copy, define, false, err);
}

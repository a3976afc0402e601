/* SPDX-License-Identifier: Apache-2.0
 * format/infer.c - format, names and types from the first bytes.
 *
 * Whatever the format, a record is a list of fields, and a field's values are seen one after the other; each
 * can only widen the guess (infer_priv.h). */
#include "format/infer.h"

#include "base/utf8.h"
#include "base/vector.h"
#include "format/infer_priv.h"

enum {
    DELIMITER_COUNT = 4,
    DELIMITER_LINE_COUNT_MAX = 100, /* lines looked at to guess it */
};

typedef struct InferColumn {
    Str name;
    Guess guess;
} InferColumn;

typedef struct InferColumns {
    Arena *arena;
    InferColumn *items;
    size_t count;
    size_t capacity;
    const char *input; /* its first byte */
    bool is_cut;       /* more than is looked at */
    bool has_cr_alone; /* and no line feed */
    const char *bad;   /* where the first record that is no JSON breaks; NULL: none did */
} InferColumns;

/* ---- columns ---- */

/* As dead letters count, from 0. */
static size_t offset_of(const InferColumns *columns, const char *at) {
    ASSERT(at >= columns->input);
    return (size_t)(at - columns->input);
}

/* A value of the field `name`: widens its column's guess, or begins a column. */
static Status columns_see(InferColumns *columns, Str name, Guess value, Error *err) {
    for (size_t i = 0; i < columns->count; i++) {
        if (!str_equal(columns->items[i].name, name)) continue;
        guess_widen(&columns->items[i].guess, value);
        return STATUS_OK;
    }
    if (columns->count == SCHEMA_COLUMN_COUNT_MAX)
        return error_set(err, STATUS_LIMIT, "the input has more than %d fields", SCHEMA_COLUMN_COUNT_MAX);
    Str copy = str_copy(columns->arena, name);
    TRY_ALLOC(copy.data);
    if (!arena_vector_push(columns, columns->arena, (InferColumn){copy, value}))
        return error_out_of_memory(err);
    return STATUS_OK;
}

static Status columns_finish(const InferColumns *columns, Schema *out, Error *err) {
    Field *fields = ARENA_ARRAY(columns->arena, Field, columns->count);
    TRY_ALLOC(fields);
    for (size_t i = 0; i < columns->count; i++)
        fields[i] = (Field){.name = columns->items[i].name, .type = guess_type(&columns->items[i].guess)};
    ASSERT(columns->count <= SCHEMA_COLUMN_COUNT_MAX);
    *out = (Schema){fields, (uint32_t)columns->count};
    return STATUS_OK;
}

/* ---- JSON: just enough of the grammar to step over values; the decoder judges them later ---- */

typedef struct JsonCursor {
    const char *at;
    const char *end;
    bool bad; /* not JSON, or cut */
} JsonCursor;

static bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void cursor_space(JsonCursor *cursor) {
    while (cursor->at < cursor->end && is_space(*cursor->at)) cursor->at++;
}

/* Takes `c` after white space. */
static bool cursor_take(JsonCursor *cursor, char c) {
    cursor_space(cursor);
    if (cursor->at == cursor->end || *cursor->at != c) return false;
    cursor->at++;
    return true;
}

/* A string between its quotes, escapes as written. */
static Str cursor_string(JsonCursor *cursor) {
    DEBUG_ASSERT(*cursor->at == '"');
    const char *start = ++cursor->at;
    while (cursor->at < cursor->end && *cursor->at != '"') cursor->at += *cursor->at == '\\' ? 2 : 1;
    if (cursor->at >= cursor->end) {
        cursor->bad = true;
        cursor->at = cursor->end;
        return (Str){"", 0};
    }
    return str_from(start, (size_t)(cursor->at++ - start));
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* The code unit of four hexadecimal digits; 0 when they are not all there. */
static uint32_t hex_unit(Str text, size_t at) {
    uint32_t unit = 0;
    for (size_t i = at; i < at + 4; i++) {
        int digit = i < text.size ? hex_digit(text.data[i]) : -1;
        if (digit < 0) return 0;
        unit = unit << 4 | (uint32_t)digit;
    }
    return unit;
}

/* A field's name without its escapes, as the decoder will see it; data NULL when memory is refused. Escapes
 * that are none leave a name that no field has. */
static Str unescape_name(Arena *arena, Str name) {
    /* Each escape is longer than what it stands for; a \u cut off at the end gives one character more. */

    static const char plain[] = "b\bf\fn\nr\rt\t";
    char *start = arena_alloc(arena, name.size + UTF8_CHARACTER_SIZE_MAX), *out = start;
    if (start == NULL) return (Str){0};
    for (size_t i = 0; i < name.size; i++) {
        if (name.data[i] != '\\' || i + 1 == name.size) {
            *out++ = name.data[i];
            continue;
        }
        char c = name.data[++i];
        if (c == 'u') {
            uint32_t unit = hex_unit(name, i + 1), low = unit >> 10 == 0x36 ? hex_unit(name, i + 7) : 0;
            bool is_pair = low >> 10 == 0x37;
            out += utf8_encode(out, is_pair ? 0x10000 + ((unit & 0x3FF) << 10) + (low & 0x3FF) : unit);
            i += is_pair ? 10 : 4;
            continue;
        }
        const char *found = strchr(plain, c);
        *out++ = found != NULL && (found - plain) % 2 == 0 && c != '\0' ? found[1] : c;
    }
    return str_from(start, (size_t)(out - start));
}

/* Over an object or array by counting brackets, strings apart; which bracket closes which is not looked at. */
static void cursor_nested(JsonCursor *cursor) {
    DEBUG_ASSERT(*cursor->at == '{' || *cursor->at == '['); /* so that depth is never below 0 */
    size_t depth = 0;
    while (cursor->at < cursor->end) {
        char c = *cursor->at;
        if (c == '"') {
            cursor_string(cursor);
            continue;
        }
        cursor->at++;
        if (c == '{' || c == '[') depth++;
        if ((c == '}' || c == ']') && --depth == 0) return;
    }
    cursor->bad = true;
}

/* What one value is taken for, the cursor behind it; a null is no guess. */
static Guess cursor_value(JsonCursor *cursor) {
    cursor_space(cursor);
    if (cursor->at == cursor->end) {
        cursor->bad = true;
        return (Guess){0};
    }
    if (*cursor->at == '"') return guess_time(cursor_string(cursor));
    if (*cursor->at == '{' || *cursor->at == '[') {
        cursor_nested(cursor);
        return (Guess){.type = TYPE_JSONB};
    }
    const char *start = cursor->at;
    while (cursor->at < cursor->end && !is_space(*cursor->at) && *cursor->at != ',' && *cursor->at != '}')
        cursor->at++;
    Str word = str_from(start, (size_t)(cursor->at - start));
    if (str_equal(word, STR("null"))) return (Guess){0};
    if (str_equal(word, STR("true")) || str_equal(word, STR("false"))) return (Guess){.type = TYPE_BOOLEAN};
    Guess number = guess_number(word);
    if (number.type == TYPE_TEXT) {
        cursor->bad = true;
        cursor->at = start;
    }
    return number;
}

/* One object, `{` next. Its fields count only when all of it can be read: first a look, then the columns. */
static Status see_object(JsonCursor *cursor, InferColumns *columns, Error *err) {
    if (!cursor_take(cursor, '{')) cursor->bad = true;
    if (cursor->bad || cursor_take(cursor, '}')) return STATUS_OK;
    do {
        cursor_space(cursor);
        cursor->bad = cursor->at == cursor->end || *cursor->at != '"';
        if (cursor->bad) break;
        Str name = cursor_string(cursor);
        if (cursor->bad || !cursor_take(cursor, ':')) break;
        Guess value = cursor_value(cursor);
        if (cursor->bad) break;
        if (columns == NULL) continue;
        if (memchr(name.data, '\\', name.size) != NULL) name = unescape_name(columns->arena, name);
        TRY_ALLOC(name.data);
        TRY(columns_see(columns, name, value, err));
    } while (cursor_take(cursor, ','));
    if (!cursor->bad && !cursor_take(cursor, '}')) cursor->bad = true;
    return STATUS_OK;
}

/* `is_line`: nothing may follow it. */
static Status see_whole_object(JsonCursor *cursor, bool is_line, InferColumns *columns, bool *is_read, Error *err) {
    JsonCursor start = *cursor;
    TRY(see_object(cursor, NULL, err));
    if (is_line) cursor_space(cursor);
    *is_read = !cursor->bad && (!is_line || cursor->at == cursor->end);
    return *is_read ? see_object(&start, columns, err) : STATUS_OK;
}

/* Elements of the one array, up to the first that cannot be read: behind it nothing says where the next begins. */
static Status infer_array(Str head, InferColumns *columns, size_t *count, Error *err) {
    JsonCursor cursor = {.at = head.data, .end = head.data + head.size};
    bool is_read;
    cursor_take(&cursor, '[');
    do {
        TRY(see_whole_object(&cursor, false, columns, &is_read, err));
        *count += is_read;
        if (!is_read && columns->bad == NULL) columns->bad = cursor.at;
    } while (is_read && *count < INFER_RECORD_COUNT_MAX && cursor_take(&cursor, ','));
    return STATUS_OK;
}

/* Lines, whichever can be read: one that cannot is a dead letter later, and no reason to know nothing. */
static Status infer_lines(Str head, InferColumns *columns, size_t *count, Error *err) {
    const char *at = head.data, *end = head.data + head.size;
    while (at < end && *count < INFER_RECORD_COUNT_MAX) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        if (stop == NULL) stop = end;
        JsonCursor cursor = {.at = at, .end = stop};
        bool is_read;
        TRY(see_whole_object(&cursor, true, columns, &is_read, err));
        if (is_read)
            ++*count;
        else if (columns->bad == NULL)
            columns->bad = cursor.at;
        at = stop + 1;
    }
    return STATUS_OK;
}

/* What is wrong with lines that cannot be told apart, where that is what is wrong. */
static Status check_lines(const InferColumns *columns, bool is_first_cut, Error *err) {
    if (columns->has_cr_alone) {
        error_set(err, STATUS_BAD_RECORD, "the lines of the input end in CR alone: LF or CR LF is needed");
        return error_add_hint(err, "Make them so on the way: tr '\\r' '\\n' < FILE | weir ..");
    }
    if (!columns->is_cut || !is_first_cut) return STATUS_OK;
    error_set(err, STATUS_BAD_RECORD, "the first record is longer than %d bytes: its columns cannot be guessed", INFER_HEAD_SIZE_MAX);
    return error_add_hint(err, "Name them: CREATE SOURCE name (column type, ..).");
}

static Status infer_json(Str head, bool is_array, InferColumns *columns, Error *err) {
    size_t count = 0;
    TRY(is_array ? infer_array(head, columns, &count, err) : infer_lines(head, columns, &count, err));
    if (columns->count > 0) return STATUS_OK;
    JsonCursor cursor = {.at = head.data, .end = head.data + head.size};
    if (is_array && cursor_take(&cursor, '[') && cursor_take(&cursor, ']'))
        return error_set(err, STATUS_BAD_RECORD, "the input is an empty array: its columns cannot be told");
    if (count > 0)
        return error_set(err, STATUS_BAD_RECORD, "the JSON objects at the start of the input have no fields");
    TRY(check_lines(columns, columns->bad == head.data + head.size, err));
    error_set(err, STATUS_BAD_RECORD, "no JSON object can be read at the start of the input (byte offset %zu)",
              offset_of(columns, columns->bad == NULL ? head.data : columns->bad));
    return error_add_hint(err, "Each line must hold one object, as jq -c . FILE writes them; or the input is one array of objects.");
}

/* ---- CSV ---- */

typedef struct CsvField {
    Str text; /* between its quotes, escapes as they stand */
    bool is_quoted;
} CsvField;

/* Behind the opening quote: the closing one, or the end. */
static const char *find_close(const char *at, const char *end, const FormatOptions *csv) {
    while (at < end) {
        bool escapes = *at == csv->escape && at + 1 < end && (at[1] == csv->quote || (csv->escape != csv->quote && at[1] == csv->escape));
        if (escapes)
            at += 2;
        else if (*at == csv->quote)
            return at;
        else
            at++;
    }
    return end;
}

/* The field at *at, moved behind its delimiter or line end; *ended tells which. */
static CsvField csv_field(const char **at, const char *end, const FormatOptions *csv, bool *ended) {
    DEBUG_ASSERT(*at <= end);
    const char *start = *at, *stop = start;
    bool is_quoted = start < end && *start == csv->quote;
    if (is_quoted) stop = find_close(++start, end, csv);
    const char *after = stop;
    while (after < end && *after != csv->delimiter && *after != '\n') after++;
    if (!is_quoted) stop = after;
    *ended = after == end || *after == '\n';
    *at = after < end ? after + 1 : end;
    if (!is_quoted && *ended && stop > start && stop[-1] == '\r') stop--;
    return (CsvField){str_from(start, (size_t)(stop - start)), is_quoted};
}

/* A line that is no record, and is passed over. */
static bool csv_pass(const char **at, const char *end, const FormatOptions *csv) {
    if (csv->comment == '\0' || *at == end || **at != csv->comment) return false;
    const char *stop = memchr(*at, '\n', (size_t)(end - *at));
    *at = stop == NULL ? end : stop + 1;
    return true;
}

/* To the first line that is neither blank nor a comment. */
static void csv_begin(const char **at, const char *end, const FormatOptions *csv) {
    while (csv_pass(at, end, csv) || (*at < end && (**at == '\n' || **at == '\r'))) *at += *at < end && (**at == '\n' || **at == '\r');
}

/* Of one line, *at moved to the next. */
static size_t count_fields(const char **at, const char *end, const FormatOptions *csv) {
    size_t count = 0;
    bool ended = false;
    for (; !ended; count++) csv_field(at, end, csv, &ended);
    return count;
}

/* Lines that have as many fields as the first, when that has several; else 0. */
static size_t score_delimiter(Str head, const FormatOptions *csv) {
    const char *at = head.data, *end = head.data + head.size;
    while (csv_pass(&at, end, csv)) continue;
    size_t wanted = count_fields(&at, end, csv), score = 1;
    if (wanted < 2) return 0;
    for (size_t line = 1; at < end && line < DELIMITER_LINE_COUNT_MAX; line++)
        score += csv_pass(&at, end, csv) || count_fields(&at, end, csv) == wanted;
    return score;
}

static char guess_delimiter(Str head, const FormatOptions *csv) {
    static const char delimiters[DELIMITER_COUNT] = {',', ';', '\t', '|'};
    char best = ',';
    size_t best_score = 0;
    /* Of equally good ones the first: the comma is the commonest. */
    for (int i = 0; i < DELIMITER_COUNT; i++) {
        FormatOptions tried = *csv;
        tried.delimiter = delimiters[i];
        size_t score = score_delimiter(head, &tried);
        if (score <= best_score) continue;
        best_score = score;
        best = delimiters[i];
    }
    return best;
}

/* Do lines that begin with # stand above one that does not, and is one of them split otherwise? A header may begin with # too. */
static bool begins_with_comments(Str head, const FormatOptions *csv) {
    const char *at = head.data, *end = head.data + head.size, *line = at;
    bool differs = false;
    FormatOptions tried = *csv;
    tried.comment = '#';
    csv_begin(&at, end, &tried);
    if (*head.data != '#' || at == end) return false;
    if (csv->delimiter == '\0') tried.delimiter = guess_delimiter(head, &tried);
    const char *first = at;
    size_t count = count_fields(&at, end, &tried);
    while (line < first) {
        bool is_comment = *line == '#';
        size_t found = count_fields(&line, end, &tried);
        differs |= is_comment && found != count;
    }
    return differs;
}

/* What is given, or what the head shows where nothing is. */
static FormatOptions csv_options(Str head, const FormatOptions *given) {
    FormatOptions csv = format_options_default(FORMAT_CSV);
    csv.delimiter = '\0';
    if (given != NULL) csv = *given;
    if (csv.comment == '\0' && begins_with_comments(head, &csv)) csv.comment = '#';
    if (csv.delimiter == '\0') csv.delimiter = guess_delimiter(head, &csv);
    return csv;
}

/* Without its escapes, in the arena when it has some; data NULL when memory is refused. */
static Str csv_unescape(Arena *arena, const CsvField *field, const FormatOptions *csv) {
    Str text = field->text;
    if (!field->is_quoted || text.size == 0 || memchr(text.data, csv->escape, text.size) == NULL) return text;
    char *start = arena_alloc(arena, text.size), *out = start;
    if (start == NULL) return (Str){0};
    for (size_t i = 0; i < text.size; i++) {
        bool escapes = text.data[i] == csv->escape && i + 1 < text.size && (text.data[i + 1] == csv->quote || text.data[i + 1] == csv->escape);
        *out++ = text.data[i += escapes];
    }
    return str_from(start, (size_t)(out - start));
}

static Status check_name(const InferColumns *columns, Str name, const char *start, Error *err) {
    bool is_printable = utf8_is_valid(name); /* once: a header may be a megabyte without a delimiter */
    for (size_t i = 0; i < name.size; i++)
        is_printable &= (unsigned char)name.data[i] >= ' ' && name.data[i] != 127;
    if (is_printable) return STATUS_OK;
    return error_set(err, STATUS_BAD_RECORD, "the input is neither JSON nor CSV: its first line is not UTF-8 text (byte offset %zu)",
                     offset_of(columns, start));
}

static Status see_header(const char **at, const char *end, const FormatOptions *csv, InferColumns *columns, Error *err) {
    bool ended = false;
    while (!ended) {
        const char *start = *at;
        size_t before = columns->count;
        char room[32];
        CsvField field = csv_field(at, end, csv, &ended);
        Str name = csv_unescape(columns->arena, &field, csv);
        TRY_ALLOC(name.data);
        name = str_trim(name);
        if (csv->header) TRY(check_name(columns, name, start, err));
        /* A field without a name still needs one to be counted by. */
        if (name.size == 0 || !csv->header) name = str_from(room, text_format(room, sizeof(room), "column%zu", before + 1));
        TRY(columns_see(columns, name, (Guess){0}, err));
        if (columns->count == before) {
            error_set(err, STATUS_BAD_RECORD, "the header names \"%.*s\" twice (byte offset %zu)", STR_ARGS(name), offset_of(columns, start));
            return error_add_hint(err, "Name the columns: CREATE SOURCE name (column type, ..). Of two fields of one name the first is then read.");
        }
    }
    return STATUS_OK;
}

/* As the decoder takes it: what is NULL says nothing, and an empty text that is none is a text. */
static Guess guess_csv_field(const CsvField *field, const FormatOptions *csv) {
    if (!field->is_quoted && str_equal(field->text, csv->null_text)) return (Guess){0};
    return field->text.size == 0 ? (Guess){.type = TYPE_TEXT} : guess_field(field->text);
}

static void see_records(const char *at, const char *end, const FormatOptions *csv, InferColumns *columns) {
    for (size_t record = 0; at < end && record < INFER_RECORD_COUNT_MAX; record++) {
        if (csv_pass(&at, end, csv)) continue;
        bool ended = *at == '\n' || (*at == '\r' && at + 1 < end && at[1] == '\n');
        if (ended) at += 1 + (*at == '\r');
        for (size_t i = 0; !ended; i++) {
            CsvField field = csv_field(&at, end, csv, &ended);
            if (i < columns->count) guess_widen(&columns->items[i].guess, guess_csv_field(&field, csv));
        }
    }
}

static Status infer_csv(Str head, const FormatOptions *csv, InferColumns *columns, Error *err) {
    const char *at = head.data, *end = head.data + head.size;
    if (str_starts_with(head, STR("\x1f\x8b")) || str_starts_with(head, STR("\x28\xb5\x2f\xfd"))) {
        error_set(err, STATUS_INPUT_NOT_SUPPORTED, "the input is compressed, which is not supported yet");
        return error_add_hint(err, "Unpack it on its way: zcat FILE | weir ..");
    }
    const char *zero = memchr(head.data, '\0', head.size);
    if (zero != NULL) {
        error_set(err, STATUS_BAD_RECORD, "the input is neither JSON nor CSV: it holds zero bytes (byte offset %zu)", offset_of(columns, zero));
        bool is_utf16 = str_starts_with(head, STR("\xFF\xFE")) || str_starts_with(head, STR("\xFE\xFF"));
        return is_utf16 ? error_add_hint(err, "It is UTF-16. Make it UTF-8 on its way: iconv -f UTF-16 -t UTF-8 FILE | weir ..") : err->status;
    }
    TRY(check_lines(columns, memchr(head.data, '\n', head.size) == NULL, err));
    csv_begin(&at, end, csv);
    const char *first = at;
    TRY(see_header(&at, end, csv, columns, err));
    see_records(csv->header ? at : first, end, csv, columns);
    return STATUS_OK;
}

/* ---- both ---- */

/* Behind what stands before the first record; *is_array: JSON in one array. */
static Str begin_head(Str head, bool *is_array, bool *is_json) {
    if (str_starts_with(head, STR("\xEF\xBB\xBF"))) head = str_from(head.data + 3, head.size - 3);
    while (head.size > 0 && is_space(*head.data)) head = str_from(head.data + 1, head.size - 1);
    *is_array = head.size > 0 && *head.data == '[';
    *is_json = *is_array || (head.size > 0 && *head.data == '{');
    size_t whole = head.size;
    while (whole > 0 && head.data[whole - 1] != '\n') whole--;
    /* A line that is cut may end within a number or a name; an array's last element that is cut is found
     * bad. */
    if (whole > 0 && !*is_array) head.size = whole;
    return head;
}

/* A CR between others, and no LF. */
static bool has_cr_alone(Str head) {
    const char *cr = head.size == 0 ? NULL : memchr(head.data, '\r', head.size);
    return cr != NULL && cr + 1 < head.data + head.size && memchr(head.data, '\n', head.size) == NULL;
}

bool infer_has_record(Str head, const FormatOptions *csv, Arena *arena) {
    ASSERT(head.data != NULL || head.size == 0);
    InferColumns columns = {.arena = arena, .input = head.data};
    bool is_array, is_json;
    size_t count = 0;
    Error ignored;
    head = begin_head(head, &is_array, &is_json);
    if (is_json) {
        Status status = is_array ? infer_array(head, &columns, &count, &ignored) : infer_lines(head, &columns, &count, &ignored);
        return status != STATUS_OK || columns.count > 0;
    }
    if (head.size == 0) return false;
    if (memchr(head.data, '\0', head.size) != NULL) return true;
    const char *at = head.data, *end = head.data + head.size;
    FormatOptions options = csv_options(head, csv);
    csv_begin(&at, end, &options);
    if (options.header) count_fields(&at, end, &options);
    while (csv_pass(&at, end, &options)) continue;
    return at < end;
}

Status infer_schema(Str head, const FormatOptions *csv, Arena *arena, Inference *out, Error *err) {
    ASSERT(head.data != NULL || head.size == 0);
    InferColumns columns = {.arena = arena, .input = head.data, .is_cut = head.size >= INFER_HEAD_SIZE_MAX};
    bool is_array, is_json;
    head = begin_head(head, &is_array, &is_json);
    columns.has_cr_alone = has_cr_alone(head);
    if (head.size == 0)
        return error_set(err, STATUS_BAD_RECORD, "the input is empty: its columns cannot be told");
    out->options = is_json ? format_options_default(FORMAT_JSON) : csv_options(head, csv);
    TRY(is_json ? infer_json(head, is_array, &columns, err) : infer_csv(head, &out->options, &columns, err));
    return columns_finish(&columns, &out->schema, err);
}

/* ---- DDL ---- */

/* Names that the grammar needs for itself. More quotes than needed do no harm. */
static bool is_reserved(Str name) {
    static const char *const words[] = {
        "all",          "analyse",      "analyze",      "and",
        "any",          "array",        "as",           "asc",
        "asymmetric",   "between",      "bigint",       "bit",
        "boolean",      "both",         "case",         "cast",
        "char",         "character",    "check",        "coalesce",
        "collate",      "column",       "constraint",   "create",
        "cross",        "current_date", "current_time", "current_timestamp",
        "current_user", "dec",          "decimal",      "default",
        "deferrable",   "desc",         "distinct",     "do",
        "else",         "emit",         "end",          "except",
        "exists",       "extract",      "false",        "fetch",
        "filter",       "float",        "for",          "foreign",
        "from",         "full",         "grant",        "greatest",
        "group",        "grouping",     "having",       "hop",
        "in",           "initially",    "inner",        "inout",
        "int",          "integer",      "intersect",    "interval",
        "into",         "is",           "isnull",       "join",
        "lateral",      "leading",      "least",        "left",
        "like",         "limit",        "localtime",    "localtimestamp",
        "natural",      "none",         "not",          "notnull",
        "null",         "nullif",       "numeric",      "offset",
        "on",           "only",         "or",           "order",
        "out",          "outer",        "over",         "overlaps",
        "overlay",      "placing",      "position",     "precision",
        "primary",      "real",         "references",   "returning",
        "right",        "row",          "select",       "session",
        "session_user", "setof",        "similar",      "smallint",
        "some",         "substring",    "symmetric",    "table",
        "tablesample",  "then",         "time",         "timestamp",
        "to",           "trailing",     "treat",        "trim",
        "true",         "tumble",       "cumulate",     "union",
        "unique",       "user",         "using",        "values",
        "varchar",      "variadic",     "verbose",      "watermark",
        "when",         "where",        "window",       "with",
        "within",
    };
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (str_equal(name, str_from_c(words[i]))) return true;
    return false;
}

static bool is_plain_name(Str name) {
    for (size_t i = 0; i < name.size; i++) {
        char c = name.data[i];
        bool is_letter = (c >= 'a' && c <= 'z') || c == '_';
        if (!is_letter && (i == 0 || c < '0' || c > '9')) return false;
    }
    return name.size > 0 && !is_reserved(name);
}

static void append_quoted(Text *text, Str value, char quote) {
    text_append_char(text, quote);
    for (size_t i = 0; i < value.size; i++) {
        if (value.data[i] == quote) text_append_char(text, quote);
        text_append_char(text, value.data[i]);
    }
    text_append_char(text, quote);
}

bool infer_is_value(Str name) {
    for (size_t i = 0; i < name.size; i++)
        if (memchr("\"'{}[]", name.data[i], 6) != NULL) return true;
    return name.size > 0 && guess_field(name).type != TYPE_TEXT;
}

void infer_append_name(Text *text, Str name) {
    if (is_plain_name(name))
        text_append(text, name);
    else
        append_quoted(text, name, '"');
}

static const char *ddl_type(TypeId type) {
    switch (type) {
        case TYPE_NUMERIC: return "NUMERIC";
        case TYPE_BOOLEAN: return "BOOLEAN";
        case TYPE_BIGINT: return "BIGINT";
        case TYPE_DOUBLE: return "DOUBLE PRECISION";
        case TYPE_DATE: return "DATE";
        case TYPE_TIMESTAMP: return "TIMESTAMP";
        case TYPE_TIMESTAMPTZ: return "TIMESTAMPTZ";
        case TYPE_JSONB: return "JSONB";
        default: return "TEXT";
    }
}

void infer_append_ddl(Text *text, Str source_name, Str path, const Inference *inference) {
    ASSERT(inference->schema.count > 0);
    const FormatOptions *options = &inference->options;
    text_append_c(text, "CREATE SOURCE ");
    infer_append_name(text, source_name);
    text_append_c(text, " (");
    for (uint32_t i = 0; i < inference->schema.count; i++) {
        const Field *field = &inference->schema.fields[i];
        if (i > 0) text_append_c(text, ", ");
        infer_append_name(text, field->name);
        text_append_format(text, " %s", ddl_type((TypeId)field->type.id));
        if (field->type.id == TYPE_NUMERIC) text_append_format(text, "(%d, %d)", field->type.precision, field->type.scale);
    }
    text_append_c(text, ")\n  WITH (connector = 'file', path = ");
    append_quoted(text, path, '\'');
    text_append_format(text, ", format = '%s'", format_name(options->format));
    if (options->format == FORMAT_CSV && options->delimiter != ',')
        text_append_format(text, ", delimiter = '%s%c'", options->delimiter == '\t' ? "\\" : "",
                           options->delimiter == '\t' ? 't' : options->delimiter);
    if (options->format == FORMAT_CSV && options->comment != '\0') text_append_format(text, ", comment = '%c'", options->comment);
    text_append_char(text, ')');
}

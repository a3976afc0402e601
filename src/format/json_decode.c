/* SPDX-License-Identifier: Apache-2.0
 * format/json_decode.c - JSON records into columns, without a tree.
 *
 * Records of one producer look alike: the same keys in the same order with the same spacing. The bytes from
 * the end of one value to the start of the next are remembered as a step of the record's shape:
 *
 *     {"auction":1007,"bidder":20,"price":99}
 *     ^^^^^^^^^^^    ^^^^^^^^^^  ^^^^^^^^^                 steps 0, 1, 2 with their columns
 *
 * A record is read against the shape: where the bytes are those of the step, key, colon and comma are done
 * with one comparison and the column is known. Where they are not, the key is read and looked up, and the
 * walk goes on at the step behind that column. Records that keep differing make the shape be learned anew.
 *
 * No scan here looks at the end of the block: it ends in a line feed, which no value can hold. What fails in
 * the last line of a block that may grow is not bad, it is not all there yet, and is read again from its
 * start. */
#include "format/json_priv.h"

enum { SHAPE_MISS_COST = 2, SHAPE_MISS_SCORE_MAX = 32 };
STATIC_ASSERT(SHAPE_MISS_SCORE_MAX / SHAPE_MISS_COST <= 16,
              "a new shape is learned after 17 misses in a row");

/* ---- names ---- */

/* Equal names, whatever their case, have equal hashes. */
static uint32_t name_hash(Str name) {
    uint64_t hash = name.size * 0x9E3779B97F4A7C15;
    for (size_t at = 0; at < name.size; at += 8) {
        uint64_t word = 0;
        size_t rest = name.size - at;
        memcpy(&word, name.data + at, rest < 8 ? rest : 8);
        word |= 0x2020202020202020 >> (rest < 8 ? 64 - 8 * rest : 0);
        hash = (hash ^ word) * 0xFF51AFD7ED558CCD;
        hash ^= hash >> 32;
    }
    return (uint32_t)hash;
}

static void name_table_add(JsonState *json, Str name, uint32_t column) {
    uint32_t slot = name_hash(name) & json->name_mask;
    ASSERT(column < json->name_mask); /* the table is at most half full: a search ends at a free slot */
    while (json->name_table[slot] != 0) slot = (slot + 1) & json->name_mask;
    json->name_table[slot] = column + 1;
}

Status json_init(Decoder *decoder, Error *err) {
    uint32_t size = 16;
    ASSERT(decoder->column_count <= SCHEMA_COLUMN_COUNT_MAX);
    while (size < 2 * decoder->column_count) size *= 2;
    decoder->json.name_table = ARENA_ARRAY(&decoder->arena, uint32_t, size);
    TRY_ALLOC(decoder->json.name_table);
    decoder->json.name_mask = size - 1;
    decoder->json.run =
        __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") ? json_run_avx2 : json_run;
    for (uint32_t i = 0; i < decoder->column_count; i++)
        name_table_add(&decoder->json, decoder->columns[i].name, i);
    return STATUS_OK;
}

typedef struct JsonField {
    int32_t column; /* -1: none */
    bool is_exact;
} JsonField;

/* The column of exactly that name, else the only one equal without regard to case. */
static JsonField field_find(const Decoder *decoder, Str name) {
    DEBUG_ASSERT((decoder->json.name_mask & (decoder->json.name_mask + 1)) ==
                 0); /* a power of two less one */
    const JsonState *json = &decoder->json;
    JsonField other = {-1, false};
    uint32_t other_count = 0, slot = name_hash(name) & json->name_mask;
    for (; json->name_table[slot] != 0; slot = (slot + 1) & json->name_mask) {
        uint32_t column = json->name_table[slot] - 1;
        Str candidate = decoder->columns[column].name;
        if (str_equal(candidate, name)) return (JsonField){(int32_t)column, true};
        if (!str_equal_ignore_case(candidate, name)) continue;
        other.column = (int32_t)column;
        other_count++;
    }
    return other_count == 1 ? other : (JsonField){-1, false};
}

static const char *set_field(Decoder *decoder, JsonField field, const char *at) {
    if (field.column < 0) return json_skip(decoder, at);
    uint32_t word = (uint32_t)field.column / 64;
    uint64_t bit = 1ULL << (field.column % 64);
    /* An exact name wins over one in another case, whichever comes first. */
    if (field.is_exact)
        decoder->seen[word] |= bit;
    else if (decoder->seen[word] & bit)
        return json_skip(decoder, at);
    else
        decoder->seen_other[word] |= bit;
    return json_set(decoder, &decoder->columns[field.column], at);
}

/* ---- the shape ---- */

/* Notes the bytes [from, to) before a value as the next step. */
static void shape_learn(JsonState *json, const char *from, const char *to, JsonField field) {
    DEBUG_ASSERT(from <= to);
    Shape *shape = &json->learning;
    size_t size = (size_t)(to - from);
    if (shape->count == SHAPE_STEP_COUNT_MAX) {
        shape->is_whole = false;
        return;
    }
    bool fits = size <= SHAPE_LITERAL_SIZE_MAX;
    ShapeStep *step = &shape->steps[shape->count++];
    STATIC_ASSERT(SHAPE_LITERAL_SIZE_MAX <= 32, "a bit of the mask for each byte");
    *step =
        (ShapeStep){.size = fits ? (uint32_t)size : 0, .column = field.column, .is_exact = field.is_exact};
    if (fits) memcpy(step->literal, from, size);
    step->mask = (uint32_t)((1ULL << step->size) - 1);
    /* A step that does not fit matches nothing: its field is read the long way each time. */
    shape->is_whole &= fits;
    shape->steps[shape->count] = (ShapeStep){0};
}

static void shape_clear(Shape *shape) {
    shape->count = shape->miss_score = 0;
    shape->is_whole = true;
    shape->steps[0] = (ShapeStep){0};
    memset(shape->seen, 0, sizeof(shape->seen));
}

static void shape_begin(JsonState *json) {
    json->is_learning = json->shape.count == 0 || json->shape.miss_score > SHAPE_MISS_SCORE_MAX;
    if (json->is_learning) shape_clear(&json->learning);
}

static ShapeKind kind_of(Type type) {
    switch ((TypeId)type.id) {
        case TYPE_BIGINT: return SHAPE_I64;
        case TYPE_INTEGER: return SHAPE_I32;
        case TYPE_SMALLINT: return SHAPE_I16;
        case TYPE_DOUBLE: return SHAPE_F64;
        case TYPE_BOOLEAN: return SHAPE_BOOL;
        case TYPE_TEXT: return SHAPE_TEXT;
        case TYPE_VARCHAR: return type.length == 0 ? SHAPE_TEXT : SHAPE_OTHER;
        case TYPE_TIMESTAMP:
        case TYPE_TIMESTAMPTZ: return SHAPE_TIMESTAMP;
        default: return SHAPE_OTHER;
    }
}

static bool shape_has_exact(const Shape *shape, int32_t column) {
    for (uint32_t i = 0; i < shape->count; i++)
        if (shape->steps[i].column == column && shape->steps[i].is_exact) return true;
    return false;
}

/* What can be said of records that have all the steps. */
static void shape_compile(Shape *shape, Decoder *decoder) {
    uint32_t filled_count = 0;
    for (uint32_t i = 0; i < shape->count; i++) {
        ShapeStep *step = &shape->steps[i];
        step->kind = SHAPE_SKIP;
        if (step->column < 0 || (!step->is_exact && shape_has_exact(shape, step->column))) continue;
        step->target = &decoder->columns[step->column];
        Type type = step->target->type;
        step->kind = (uint8_t)(column_is_zoned(decoder, type) ? SHAPE_OTHER : kind_of(type));
        filled_count += !bits_get(shape->seen, (size_t)step->column);
        bits_set(shape->seen, (size_t)step->column);
    }
    /* Then a record that matches needs no look at which columns it has filled. */
    shape->has_all_columns = filled_count == decoder->column_count;
}

static void shape_end(Decoder *decoder, bool missed) {
    JsonState *json = &decoder->json;
    if (json->is_learning) {
        json->shape = json->learning;
        ASSERT(json->shape.count <= SHAPE_STEP_COUNT_MAX);
        shape_compile(&json->shape, decoder);
    } else if (missed) {
        json->shape.miss_score += SHAPE_MISS_COST;
    } else if (json->shape.miss_score > 0) {
        json->shape.miss_score--;
    }
}

void json_restart(Decoder *decoder) {
    /* Steps learned in an array may hold line feeds. */
    if (decoder->json.mode != JSON_LINES) shape_clear(&decoder->json.shape);
    decoder->json.mode = JSON_UNDECIDED;
    decoder->json.extent = (JsonExtent){0};
    decoder->json.element = 0;
}

/* Where to go on after a field that the step did not foresee. */
static const ShapeStep *shape_find(const Shape *shape, const ShapeStep *step, int32_t column) {
    DEBUG_ASSERT(step >= shape->steps && step <= shape->steps + shape->count);
    /* The first step has the opening brace, which comes once. */
    if (step == shape->steps && shape->count > 0) step++;
    if (column < 0) return step;
    for (const ShapeStep *later = step; later < shape->steps + shape->count; later++)
        if (later->column == column) return later + 1;
    return step;
}

/* ---- records ---- */

/* { or a comma, then a key and its colon, up to the value. */
static const char *read_key(Decoder *decoder, const char *at, JsonField *field) {
    JsonText key;
    at = json_skip_space(decoder, at);
    if (*at != '"') return json_fail(decoder, at, "a field name");
    at = json_scan_text(decoder, at, &key);
    if (at == NULL) return NULL;
    Str name = str_from(key.start, key.size);
    if (key.escaped) {
        name = json_unescape(decoder, &key);
        if (name.data == NULL) return NULL;
    }
    *field = field_find(decoder, name);
    if (field->column < 0) decoder_note_unknown(decoder, name);
    at = json_skip_space(decoder, at);
    if (*at != ':') return json_fail(decoder, at, "a colon");
    return json_skip_space(decoder, at + 1);
}

/* Behind a value or the opening brace: the next key, or the end (then *ended). */
static const char *read_separator(Decoder *decoder, const char *at, bool is_first, bool *ended) {
    at = json_skip_space(decoder, at);
    if (is_first) {
        if (*at != '{') return json_fail(decoder, at, "an object");
        at = json_skip_space(decoder, at + 1);
        *ended = *at == '}';
        return at + *ended;
    }
    *ended = *at == '}';
    if (*at == ',' || *ended) return at + 1;
    return json_fail(decoder, at, "a comma or }");
}

/* One object; the byte behind it, NULL with decoder->error when it is none. */
static const char *read_object(Decoder *decoder, const char *at) {
    JsonState *json = &decoder->json;
    shape_begin(json);
    /* While learning, start at the step that matches nothing: every key is read and noted. */
    const ShapeStep *step = json->is_learning ? &json->shape.steps[json->shape.count] : json->shape.steps;
    bool is_first = true, missed = false;
    JsonField field = {-1, false};
    for (;; is_first = false) {
        if (json_step_matches(step, at)) {
            field = (JsonField){step->column, step->is_exact};
            DEBUG_ASSERT(step <
                         json->shape.steps + json->shape.count); /* the one behind the last matches nothing */
            /* There may be more space than the step has. */
            at = set_field(decoder, field, json_skip_space(decoder, at + step->size));
            if (at == NULL) return NULL;
            step++;
            continue;
        }
        if (*at == '}' && !is_first) {
            at++;
            break;
        }
        const char *from = at;
        bool ended = false;
        at = read_separator(decoder, at, is_first, &ended);
        if (at == NULL) return NULL;
        if (ended) break;
        at = read_key(decoder, at, &field);
        if (at == NULL) return NULL;
        if (json->is_learning) shape_learn(json, from, at, field);
        step = shape_find(&json->shape, step, field.column);
        missed = true;
        at = set_field(decoder, field, at);
        if (at == NULL) return NULL;
    }
    shape_end(decoder, missed);
    return at;
}

static void forget_fields(Decoder *decoder) {
    memset(decoder->seen, 0, decoder->seen_words * sizeof(uint64_t));
    memset(decoder->seen_other, 0, decoder->seen_words * sizeof(uint64_t));
}

/* What a record that was read comes to. */
typedef enum JsonOutcome { JSON_GOOD, JSON_BAD, JSON_BLANK } JsonOutcome;

/* The record in a line; *stop_out is its line feed. */
static JsonOutcome read_line(Decoder *decoder, const char *start, const char **stop_out) {
    const char *at = json_skip_space(decoder, start);
    if (*at == '\n') {
        *stop_out = at;
        return JSON_BLANK;
    }
    at = read_object(decoder, at);
    if (at != NULL) {
        at = json_skip_space(decoder, at);
        *stop_out = at;
        if (*at == '\n') return JSON_GOOD;
        json_fail(decoder, at, "the end of the line");
    }
    /* The line feed that the block ends in is there to be found. */
    *stop_out = memchr(start, '\n', (size_t)(decoder->input->end - start) + 1);
    return JSON_BAD;
}

/* Judges a record that is all there, [start, stop). */
static Status end_record(Decoder *decoder, JsonOutcome outcome, int64_t record, const char *start,
                         const char *stop, Error *err) {
    DEBUG_ASSERT(start <= stop && stop <= decoder->input->end);
    if ((size_t)(stop - start) > decoder->record_size_max) {
        decoder_error_too_long(decoder);
        outcome = JSON_BAD;
    }
    if (outcome == JSON_BLANK) return STATUS_OK;
    if (outcome == JSON_GOOD && decoder_end_row(decoder, record)) return STATUS_OK;
    if (decoder->scratch.failed) return error_out_of_memory(err);
    return decoder_add_letter(decoder, record, decoder_offset(decoder, start),
                              str_from(start, (size_t)(stop - start)), err);
}

static bool has_line_end(const Decoder *decoder) {
    const DecoderInput *input = decoder->input;
    if (decoder->scanned == 0 || input->is_end) return true;
    const char *from = input->at + decoder->scanned;
    return memchr(from, '\n', (size_t)(input->end - from)) != NULL;
}

static Status read_lines(Decoder *decoder, uint32_t row_count_max, Error *err) {
    DecoderInput *input = decoder->input;
    if (decoder->is_skipping) TRY(decoder_skip_line(decoder, err));
    if (!has_line_end(decoder)) return decoder_wait(decoder, decoder->line, err);
    while (input->at < input->end && decoder_has_room(decoder, row_count_max)) {
        const char *start = input->at, *stop;
        /* The fast way first, as far as it goes; what it leaves is read here, one record, and so on in
         * turn. */
        if (decoder->json.shape.is_whole && decoder->json.shape.count > 0) {
            decoder->json.run(decoder, row_count_max);
            start = input->at;
            if (start == input->end || !decoder_has_room(decoder, row_count_max)) break;
        }
        JsonOutcome outcome = read_line(decoder, start, &stop);
        if (stop == input->end && !input->is_end) {
            forget_fields(decoder);
            return decoder_wait(decoder, decoder->line, err);
        }
        TRY(end_record(decoder, outcome, decoder->line, start, stop, err));
        decoder_consume(decoder, stop == input->end ? stop : stop + 1);
        decoder->line++;
    }
    return STATUS_OK;
}

/* ---- one array of objects ---- */

static bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool ends_scalar(char c) {
    return is_space(c) || c == ',' || c == '[' || c == ']' || c == '{' || c == '}' || c == '"';
}

/* Goes on looking for the end of the value at `start`; NULL when it is not there. */
static const char *extent_find(JsonExtent *extent, const char *start, const char *end) {
    ASSERT(extent->scanned <= (size_t)(end - start));
    const char *at = start + extent->scanned;
    DEBUG_ASSERT(at <= end);
    for (; at < end; at++) {
        char c = *at;
        if (extent->in_string) {
            bool closes = c == '"' && !extent->escaped;
            extent->escaped = c == '\\' && !extent->escaped;
            if (!closes) continue;
            extent->in_string = false;
            if (extent->depth == 0) return at + 1;
        } else if (extent->depth == 0 && (at > start || extent->begun) && ends_scalar(c)) {
            return at;
        } else if (c == '"') {
            extent->in_string = true;
        } else if (c == '{' || c == '[') {
            extent->depth++;
        } else if ((c == '}' || c == ']') && extent->depth > 0 && --extent->depth == 0) {
            return at + 1;
        }
    }
    extent->scanned = (size_t)(end - start);
    extent->begun |= end > start;
    return NULL;
}

static void element_done(Decoder *decoder, const char *stop) {
    ASSERT(decoder->json.mode != JSON_LINES);
    decoder_consume(decoder, stop);
    decoder->json.extent = (JsonExtent){0};
    decoder->json.mode = JSON_ARRAY_NEXT;
}

/* What follows an array is read as lines, numbered on. */
static void array_end(Decoder *decoder) {
    ASSERT(decoder->json.element >= 0);
    shape_clear(&decoder->json.shape);
    decoder->json.mode = JSON_LINES;
    decoder->line = decoder->json.element + 1;
}

/* The input has ended, with or without the start of an element before its end. */
static Status array_cut(Decoder *decoder, Error *err) {
    DecoderInput *input = decoder->input;
    uint64_t offset = decoder->offset;
    Str rest = str_from(input->at, (size_t)(input->end - input->at));
    decoder_consume(decoder, input->end);
    if (decoder->is_skipping) {
        array_end(decoder);
        return decoder_end_skip(decoder, err);
    }
    error_set(&decoder->error, STATUS_BAD_RECORD, "invalid JSON: the input ends inside the array");
    if (rest.size > decoder->record_size_max) decoder_error_too_long(decoder);
    TRY(decoder_add_letter(decoder, ++decoder->json.element, offset, rest, err));
    array_end(decoder);
    return STATUS_OK;
}

static JsonOutcome read_element(Decoder *decoder, const char *start, const char *stop) {
    DEBUG_ASSERT(start <= stop);
    if (decoder->json.mode == JSON_ARRAY_NEXT) {
        json_fail(decoder, start, "a comma or ]");
        return JSON_BAD;
    }
    /* Fails at `stop` at the latest: what an object has open is closed there. */
    const char *at = *start == '{' ? read_object(decoder, start) : json_fail(decoder, start, "an object");
    if (at == NULL) return JSON_BAD;
    if (at == stop) return JSON_GOOD;
    json_fail(decoder, at, "the end of the element");
    return JSON_BAD;
}

/* The element's end is not there yet. */
static Status element_wait(Decoder *decoder, Error *err) {
    JsonState *json = &decoder->json;
    if (decoder->input->is_end) return array_cut(decoder, err);
    bool was_skipping = decoder->is_skipping;
    if (was_skipping)
        decoder_consume(decoder, decoder->input->end);
    else
        TRY(decoder_wait(decoder, json->element + 1, err));
    if (!decoder->is_skipping) return STATUS_OK;
    /* What is skipped has been taken off the input, so the scan goes on at its front. */
    json->element += !was_skipping;
    json->extent.scanned = 0;
    return STATUS_OK;
}

/* At or inside an element. */
static Status read_array_value(Decoder *decoder, bool *waits, Error *err) {
    JsonState *json = &decoder->json;
    const char *start = decoder->input->at;
    const char *stop = extent_find(&json->extent, start, decoder->input->end);
    *waits = stop == NULL;
    if (stop == NULL) return element_wait(decoder, err);
    if (decoder->is_skipping) {
        element_done(decoder, stop);
        return decoder_end_skip(decoder, err);
    }
    JsonOutcome outcome = read_element(decoder, start, stop);
    json->element++;
    TRY(end_record(decoder, outcome, json->element, start, stop, err));
    element_done(decoder, stop);
    return STATUS_OK;
}

/* Between elements, at a byte that is no space: true when it was the comma or the end. */
static bool read_array_mark(Decoder *decoder) {
    JsonState *json = &decoder->json;
    char c = *decoder->input->at;
    bool is_comma = c == ',' && json->mode == JSON_ARRAY_NEXT;
    if (c != ']' && !is_comma) return false;
    decoder_consume(decoder, decoder->input->at + 1);
    if (is_comma)
        json->mode = JSON_ARRAY_VALUE;
    else
        array_end(decoder);
    return true;
}

static Status read_array(Decoder *decoder, uint32_t row_count_max, Error *err) {
    DecoderInput *input = decoder->input;
    bool waits = false;
    while (!waits && decoder->json.mode != JSON_LINES && decoder_has_room(decoder, row_count_max)) {
        bool between = !decoder->is_skipping && decoder->scanned == 0;
        const char *at = input->at;
        while (between && at < input->end && is_space(*at)) at++;
        if (at != input->at) decoder_consume(decoder, at);
        if (at == input->end) return input->is_end ? array_cut(decoder, err) : STATUS_OK;
        if (between && read_array_mark(decoder)) continue;
        TRY(read_array_value(decoder, &waits, err));
    }
    return STATUS_OK;
}

/* Lines or an array, by the first byte that is no space. False: there is none yet. */
static bool decide_mode(Decoder *decoder) {
    DecoderInput *input = decoder->input;
    const char *at = input->at;
    while (at < input->end && is_space(*at)) at++;
    /* White space as long as a record may be is one: there an array would begin too late for any split. */
    bool has_byte = at < input->end;
    if (!has_byte && !input->is_end && (size_t)(at - input->at) <= decoder->record_size_max) return false;
    bool is_near = (size_t)(at - input->at) <= decoder->record_size_max;
    decoder->json.mode = has_byte && is_near && *at == '[' ? JSON_ARRAY_FIRST : JSON_LINES;
    if (decoder->json.mode == JSON_ARRAY_FIRST) decoder_consume(decoder, at + 1);
    return true;
}

Status json_read(Decoder *decoder, uint32_t row_count_max, DecoderState *state, Error *err) {
    DecoderInput *input = decoder->input;
    JsonState *json = &decoder->json;
    *state = DECODER_EMPTY;
    ASSERT(row_count_max > 0);
    if (json->mode == JSON_UNDECIDED && !decide_mode(decoder)) return STATUS_OK;
    if (json->mode != JSON_LINES) TRY(read_array(decoder, row_count_max, err));
    if (json->mode == JSON_LINES) TRY(read_lines(decoder, row_count_max, err));
    bool is_full = !decoder_has_room(decoder, row_count_max);
    ASSERT(decoder->row <= row_count_max);
    /* An array that the input's end has cut is still to be told of. */
    bool is_cut = input->is_end && json->mode != JSON_LINES;
    if (is_full && (input->at < input->end || is_cut)) *state = DECODER_MORE;
    return STATUS_OK;
}

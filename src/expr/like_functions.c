/* SPDX-License-Identifier: Apache-2.0
 * expr/like_functions.c - LIKE and ILIKE.
 *
 * A pattern is cut at its percent signs into segments of fixed length:
 *
 *     'ab%c_d%e'      "ab" at the start, "c_d" anywhere, "e" at the end
 *
 * The first and the last are tried where they must be, those between are each searched for as far left as
 * they can be. Nothing is tried twice, so a match takes time linear in the text (times a segment's length
 * where it has underscores). Bytes are compared: in UTF-8 a character never starts inside another. */
#include "base/utf8.h"
#include "expr/like.h"
#include "expr/text_priv.h"

typedef struct Segment {
    Str bytes;       /* without escapes; an underscore stands for itself where `any` says so */
    const bool *any; /* per byte: matches any one character; NULL: none does */
} Segment;

typedef struct LikePattern {
    Segment *segments;
    uint32_t count;
    bool open_start; /* starts with % */
    bool open_end;
    bool dangling; /* ends in an escape character: an error for texts that reach it, as in PostgreSQL */
} LikePattern;

/* ---- patterns ---- */

typedef struct Compile {
    LikePattern *pattern;
    char *bytes;
    bool *any;
    size_t size;  /* written */
    size_t start; /* of the open segment */
    bool has_any;
} Compile;

/* What stands between two percent signs is one segment; nothing between them is none. */
static void segment_end(Compile *compile) {
    DEBUG_ASSERT(compile->size >= compile->start);
    LikePattern *pattern = compile->pattern;
    if (compile->size > compile->start)
        pattern->segments[pattern->count++] =
            (Segment){.bytes = str_from(compile->bytes + compile->start, compile->size - compile->start),
                      .any = compile->has_any ? compile->any + compile->start : NULL};
    compile->start = compile->size;
    compile->has_any = false;
}

static void segment_add(Compile *compile, char byte, bool any) {
    DEBUG_ASSERT(compile->start <= compile->size);
    compile->bytes[compile->size] = byte;
    compile->any[compile->size++] = any;
    compile->has_any |= any;
}

/* A dangling escape becomes "_%": what gets that far has a text left for it. */
static Status like_compile(Arena *arena, Str text, LikePattern *out, Error *err) {
    *out = (LikePattern){.segments = ARENA_ARRAY(arena, Segment, text.size + 1)};
    Compile compile = {
        .pattern = out, .bytes = arena_alloc(arena, text.size + 1), .any = arena_alloc(arena, text.size + 1)};
    if (out->segments == NULL || compile.bytes == NULL || compile.any == NULL)
        return error_out_of_memory(err);
    out->open_start = text.size > 0 && text.data[0] == '%';
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        out->open_end = c == '%';
        if (c == '%') {
            segment_end(&compile);
        } else if (c == '\\' && i + 1 == text.size) {
            out->dangling = out->open_end = true;
            segment_add(&compile, '_', true);
        } else if (c == '\\') {
            segment_add(&compile, text.data[++i], false);
        } else {
            segment_add(&compile, c, c == '_');
        }
    }
    segment_end(&compile);
    return STATUS_OK;
}

/* ---- matching ---- */

/* The segment at the head of [at, end): where it ends, NULL when it is not there. */
static const char *segment_match(const Segment *segment, const char *at, const char *end) {
    size_t size = segment->bytes.size;
    if (segment->any == NULL)
        return (size_t)(end - at) >= size && memcmp(at, segment->bytes.data, size) == 0 ? at + size : NULL;
    for (size_t i = 0; i < size; i++) {
        if (at >= end) return NULL;
        if (segment->any[i])
            at += utf8_size_of((unsigned char)*at);
        else if (*at++ != segment->bytes.data[i])
            return NULL;
    }
    return at <= end ? at : NULL;
}

/* The segment at the tail of [at, end): where it begins. */
static const char *segment_match_last(const Segment *segment, const char *at, const char *end) {
    size_t size = segment->bytes.size;
    for (size_t i = size; segment->any != NULL && i-- > 0;) {
        if (end <= at) return NULL;
        end--;
        while (segment->any[i] && end > at && ((unsigned char)*end & 0xC0) == 0x80) end--;
        if (!segment->any[i] && *end != segment->bytes.data[i]) return NULL;
    }
    if (segment->any != NULL) return end;
    return (size_t)(end - at) >= size && memcmp(end - size, segment->bytes.data, size) == 0 ? end - size
                                                                                            : NULL;
}

/* The leftmost place of a segment in [at, end): where it ends. */
static const char *segment_search(const Segment *segment, const char *at, const char *end) {
    if (segment->any == NULL) {
        ptrdiff_t found = str_find(str_from(at, (size_t)(end - at)), segment->bytes);
        return found < 0 ? NULL : at + found + segment->bytes.size;
    }
    for (; at < end; at += utf8_size_of((unsigned char)*at)) {
        const char *after = segment_match(segment, at, end);
        if (after != NULL) return after;
    }
    return NULL;
}

/* First and last segment at their ends of the text, the others one after the other, each at its first place: that leaves the most for
 * those that follow. */
static bool like_match(const LikePattern *pattern, Str text) {
    /* No text at all is matched by nothing but percent signs; also not by a dangling escape, whose "_" wants a character. */
    if (text.size == 0) return pattern->count == 0;
    const char *at = text.data, *end = text.data + text.size;
    uint32_t first = 0, last = pattern->count;
    if (last == 0) return pattern->open_start;
    if (!pattern->open_start) {
        at = segment_match(&pattern->segments[first++], at, end);
        if (at == NULL) return false;
        if (first == last) return pattern->open_end || at == end;
    }
    ASSERT(first < last);
    ASSERT(at <= end);
    if (!pattern->open_end) {
        end = segment_match_last(&pattern->segments[--last], at, end);
        DEBUG_ASSERT(end == NULL || end >= at); /* it does not overlap what the start took */
        if (end == NULL) return false;
    }
    for (; first < last && at != NULL; first++) at = segment_search(&pattern->segments[first], at, end);
    return at != NULL;
}

/* ---- kernels ---- */

typedef struct LikeCall {
    FunctionCall *call;
    bool fold;
    bool constant;
    bool compiled;
    ArenaMark mark;
    LikePattern pattern;
    Text text; /* ILIKE: the row's text and pattern in lower case */
    Text lower_pattern;
} LikeCall;

/* The pattern of a row: once when it is constant. */
static Status like_prepare(LikeCall *like, uint32_t row, Error *err) {
    if (like->constant && like->compiled) return STATUS_OK;
    Arena *arena = &like->call->frame->arena;
    if (like->compiled && !like->constant) arena_rewind(arena, like->mark);
    like->mark = arena_mark(arena);
    Str text = text_at(like->call, 1, row);
    if (like->fold) {
        text_reset(&like->lower_pattern);
        utf8_append_lower(&like->lower_pattern, text);
        if (like->lower_pattern.failed) return error_out_of_memory(err);
        text = text_str(&like->lower_pattern);
    }
    like->compiled = true;
    return like_compile(arena, text, &like->pattern, err);
}

/* ILIKE folds the text and compares it with a pattern that was folded. */
static Status like_row(LikeCall *like, uint32_t row, uint64_t *bits, Error *err) {
    DEBUG_ASSERT(!call_is_null(like->call, row));
    TRY(like_prepare(like, row, err));
    Str text = text_at(like->call, 0, row);
    if (like->fold) {
        text_reset(&like->text);
        utf8_append_lower(&like->text, text);
        if (like->text.failed) return error_out_of_memory(err);
        text = text_str(&like->text);
    }
    if (!like_match(&like->pattern, text)) return STATUS_OK;
    if (!like->pattern.dangling) {
        bits_set(bits, row);
        return STATUS_OK;
    }
    /* what the failure holds is in the arena: a pattern after it must not rewind over it */
    like->compiled = false;
    return function_call_fail(like->call, row, err, STATUS_INVALID_ESCAPE,
                              "LIKE pattern must not end with escape character");
}

/* One segment, no underscore, the pattern constant: prefix, suffix, equal or contained. */
static bool like_is_simple(const LikeCall *like) {
    const LikePattern *pattern = &like->pattern;
    return like->constant && !like->fold && pattern->count == 1 && pattern->segments[0].any == NULL &&
           !pattern->dangling;
}

/* 'x', 'x%', '%x', '%x%' without _ : one comparison or search per row. */
static void like_simple(const LikeCall *like, uint64_t *bits) {
    ASSERT(like->pattern.count == 1);
    ASSERT(like->pattern.segments[0].bytes.size > 0);
    ASSERT(like->constant);
    const FunctionCall *call = like->call;
    const Array *texts = &call->arguments[0]->array;
    const View *views = array_views(texts);
    Str part = like->pattern.segments[0].bytes;
    bool open_start = like->pattern.open_start, open_end = like->pattern.open_end;
    for (uint32_t row = 0; row < call->row_count; row++) {
        if (call_is_null(call, row) || views[row].size < part.size) continue;
        Str text = view_text(&views[row], texts->data);
        bool found = open_start && open_end ? str_find(text, part) >= 0
                     : open_start ? memcmp(text.data + text.size - part.size, part.data, part.size) == 0
                                  : (open_end || text.size == part.size) &&
                                        memcmp(text.data, part.data, part.size) == 0;
        bits[row / 64] |= (uint64_t)found << (row % 64);
    }
}

/* A constant pattern is compiled once, before the rows. */
static Status like_run(LikeCall *like, uint64_t *bits, Error *err) {
    FunctionCall *call = like->call;
    if (like->constant) TRY(like_prepare(like, 0, err));
    if (like_is_simple(like) && !call->arguments[0]->constant) {
        like_simple(like, bits);
        return STATUS_OK;
    }
    for (uint32_t row = 0; row < call->row_count; row++)
        if (!call_is_null(call, row)) TRY(like_row(like, row, bits, err));
    return STATUS_OK;
}

/* NOT LIKE turns all bits, those of NULL rows too, which mean nothing. */
static Status like_rows(FunctionCall *call, bool fold, bool negated, Error *err) {
    ASSERT(call->argument_count == 2);
    LikeCall like = {.call = call, .fold = fold, .constant = call->arguments[1]->constant};
    uint64_t *bits = call_bits(call);
    TRY_ALLOC(bits);
    memset(bits, 0, bits_size(call->row_count));
    text_scratch(call, &like.text);
    text_scratch(call, &like.lower_pattern);
    Status status = like_run(&like, bits, err);
    text_deinit(&like.text);
    text_deinit(&like.lower_pattern);
    for (size_t i = 0; negated && i < bits_word_count(call->row_count); i++) bits[i] = ~bits[i];
    return status;
}
Status text_like(FunctionCall *call, Error *err) {
    return like_rows(call, false, false, err);
}
Status text_not_like(FunctionCall *call, Error *err) {
    return like_rows(call, false, true, err);
}
Status text_ilike(FunctionCall *call, Error *err) {
    return like_rows(call, true, false, err);
}
Status text_not_ilike(FunctionCall *call, Error *err) {
    return like_rows(call, true, true, err);
}

static Status matches(Arena *arena, Str text, Str pattern, bool *out, Error *err) {
    LikePattern compiled;
    TRY(like_compile(arena, pattern, &compiled, err));
    *out = like_match(&compiled, text);
    if (!*out || !compiled.dangling) return STATUS_OK;
    return error_set(err, STATUS_INVALID_ESCAPE, "LIKE pattern must not end with escape character");
}

Status like_matches(Arena *arena, Str text, Str pattern, bool fold, bool *out, Error *err) {
    ArenaMark mark = arena_mark(arena);
    if (!fold) {
        Status status = matches(arena, text, pattern, out, err);
        arena_rewind(arena, mark);
        return status;
    }
    Text lower, lower_pattern;
    text_init(&lower, arena->memory);
    text_init(&lower_pattern, arena->memory);
    utf8_append_lower(&lower, text);
    utf8_append_lower(&lower_pattern, pattern);
    bool complete = !lower.failed && !lower_pattern.failed;
    Status status = complete ? matches(arena, text_str(&lower), text_str(&lower_pattern), out, err)
                             : error_out_of_memory(err);
    text_deinit(&lower);
    text_deinit(&lower_pattern);
    arena_rewind(arena, mark);
    return status;
}

/* LIKE .. ESCAPE e: the pattern as it reads with a backslash for e. */
static void append_escaped(Text *out, Str pattern, Str escape) {
    DEBUG_ASSERT(utf8_length(escape) <= 1);
    bool after_escape = false;
    for (size_t i = 0; i < pattern.size; i++) {
        bool is_escape = escape.size > 0 && !after_escape && pattern.size - i >= escape.size &&
                         memcmp(pattern.data + i, escape.data, escape.size) == 0;
        if (is_escape) {
            text_append_char(out, '\\');
            i += escape.size - 1;
        } else {
            if (pattern.data[i] == '\\' && !after_escape) text_append_char(out, '\\');
            text_append_char(out, pattern.data[i]);
        }
        after_escape = is_escape;
    }
}

static Status like_escape_row(FunctionCall *call, uint32_t row, Text *out, bool *is_null, Error *err) {
    Str pattern = text_at(call, 0, row), escape = text_at(call, 1, row);
    if (utf8_length(escape) > 1) {
        *is_null = true;
        return function_call_fail(call, row, err, STATUS_INVALID_ESCAPE, "invalid escape string");
    }
    if (str_equal(escape, STR("\\")))
        text_append(out, pattern);
    else
        append_escaped(out, pattern, escape);
    return STATUS_OK;
}
Status text_like_escape(FunctionCall *call, Error *err) {
    return text_build(call, like_escape_row, err);
}

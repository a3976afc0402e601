/* SPDX-License-Identifier: Apache-2.0
 * expr/regexp_functions.c - regular expressions: ~, substring, regexp_*.
 *
 * PCRE2 under PostgreSQL's defaults: a dot takes a newline too, ^ and $ are the ends of the text, letters are
 * Unicode's. Tcl's \y \m \M \Y \Z are put in PCRE2's words. A constant pattern is compiled once per call; of
 * patterns that vary the last one is kept. Work per match is limited, so that a hostile pattern fails its row
 * and nothing else. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/utf8.h"
#include "expr/similar_priv.h"
#include "expr/text_priv.h"

enum {
    REGEXP_MATCH_COUNT_MAX = 2000000, /* PCRE2's match limit */
    REGEXP_HEAP_KIB_MAX = 32 << 10,
    REGEXP_JIT_ROW_COUNT_MIN = 64, /* machine code pays off from here */
};

/* One call's state: everything of PCRE2 is made in the frame's memory, so that the database's limit holds for it too. */
typedef struct Regexp {
    FunctionCall *call;
    pcre2_general_context *general;
    pcre2_match_context *limits;
    pcre2_code *code;
    pcre2_match_data *data;
    Text pattern; /* the one compiled, and its flags */
    Text flags;
    Text translated;
    bool constant; /* pattern and flags are */
    bool ready;
    bool global;         /* flag g */
    bool similar;        /* a pattern of SIMILAR TO, the flags its escape */
    Error failure;       /* of the pattern: every row with it fails */
    const size_t *match; /* after regexp_find: start and end of the match, of group 1, ... */
} Regexp;

/* ---- memory ---- */

/* PCRE2 frees without a size: it stands in front. */
static void *regexp_alloc(size_t size, void *context) {
    if (size > SIZE_MAX / 2) return NULL;
    STATIC_ASSERT(MEMORY_ALIGNMENT >= sizeof(size_t), "the size fits in front, and what follows stays aligned");
    size_t *block = memory_alloc(context, size + MEMORY_ALIGNMENT);
    if (block == NULL) return NULL;
    *block = size + MEMORY_ALIGNMENT;
    return (char *)block + MEMORY_ALIGNMENT;
}
static void regexp_free(void *pointer, void *context) {
    if (pointer == NULL) return;
    size_t *block = (size_t *)((char *)pointer - MEMORY_ALIGNMENT);
    ASSERT(*block > MEMORY_ALIGNMENT);
    memory_free(context, block, *block);
}

/* Safe after a regexp_init that failed: each takes NULL. */
static void regexp_deinit(Regexp *regexp) {
    pcre2_match_data_free(regexp->data);
    pcre2_code_free(regexp->code);
    pcre2_match_context_free(regexp->limits);
    pcre2_general_context_free(regexp->general);
    text_deinit(&regexp->pattern);
    text_deinit(&regexp->flags);
    text_deinit(&regexp->translated);
}

/* All that PCRE2 allocates is charged; a pattern that goes wild ends at the limits, and its row fails. */
static Status regexp_init(Regexp *regexp, FunctionCall *call, Error *err) {
    *regexp = (Regexp){.call = call};
    text_scratch(call, &regexp->pattern);
    text_scratch(call, &regexp->flags);
    text_scratch(call, &regexp->translated);
    regexp->general =
        pcre2_general_context_create(regexp_alloc, regexp_free, buffer_pool_memory(call->frame->pool));
    TRY_ALLOC(regexp->general);
    regexp->limits = pcre2_match_context_create(regexp->general);
    TRY_ALLOC(regexp->limits);
    pcre2_set_match_limit(regexp->limits, REGEXP_MATCH_COUNT_MAX);
    pcre2_set_heap_limit(regexp->limits, REGEXP_HEAP_KIB_MAX);
    return STATUS_OK;
}

/* ---- compiling ---- */

typedef struct Options {
    uint32_t pcre;
    bool lines;     /* ^ and $ at newlines */
    bool dot_lines; /* a dot stops at newlines */
    bool global;
} Options;

/* PostgreSQL's letters (its manual, 9.7.3.4); later ones go over earlier ones. */
static Status parse_flag(Str flags, size_t at, Options *options, Error *err) {
    ASSERT(at < flags.size);
    switch (flags.data[at]) {
        case 'g': options->global = true; break;
        case 'i': options->pcre |= PCRE2_CASELESS; break;
        case 'c': options->pcre &= ~(uint32_t)PCRE2_CASELESS; break;
        case 'm':
        case 'n': options->lines = options->dot_lines = true; break;
        case 'p': options->lines = false, options->dot_lines = true; break;
        case 'w': options->lines = true, options->dot_lines = false; break;
        case 's': options->lines = options->dot_lines = false; break;
        case 'x': options->pcre |= PCRE2_EXTENDED; break;
        case 'q': options->pcre |= PCRE2_LITERAL; break;
        case 'e':
        case 't': break;
        case 'b':
            return error_set(err, STATUS_NOT_SUPPORTED,
                             "regular expression option \"b\" is not supported yet");
        default:
            return error_set(err, STATUS_INVALID_ARGUMENT, "invalid regular expression option: \"%.*s\"",
                             (int)utf8_slice(str_from(flags.data + at, flags.size - at), 0, 1).size,
                             flags.data + at);
    }
    return STATUS_OK;
}

/* PCRE2's word for an escape that it does not have; NULL: it has it. */
static const char *translate_escape(char c) {
    switch (c) {
        case 'y': return "\\b";
        case 'Y': return "\\B";
        case 'm': return "\\b(?=\\w)";
        case 'M': return "\\b(?<=\\w)";
        case 'Z': return "\\z";
        default: return NULL;
    }
}

/* PostgreSQL's escapes that PCRE2 writes otherwise: \y \Y \m \M \Z. */
static void translate(Str pattern, Text *out) {
    bool in_set = false; /* between [ and ], where \y and its like mean nothing */
    size_t set_start = 0;
    for (size_t i = 0; i < pattern.size; i++) {
        char c = pattern.data[i];
        const char *word = NULL;
        if (c == '\\' && i + 1 < pattern.size) {
            if (!in_set) word = translate_escape(pattern.data[i + 1]);
            if (word == NULL) text_append(out, str_from(pattern.data + i, 2));
            if (word != NULL) text_append_c(out, word);
            i++;
            continue;
        }
        if (c == '[' && !in_set) {
            in_set = true;
            set_start = i + (i + 1 < pattern.size && pattern.data[i + 1] == '^' ? 2 : 1);
        } else if (c == ']' && in_set && i > set_start) {
            in_set = false;
        }
        text_append_char(out, c);
    }
}

/* What stands before the expression itself: ***: (it is one as always), (?letters) with its flags. */
static Status take_prefix(Str *pattern, Options *options, Error *err) {
    if (str_starts_with(*pattern, STR("***:"))) *pattern = str_from(pattern->data + 4, pattern->size - 4);
    if (!str_starts_with(*pattern, STR("(?"))) return STATUS_OK;
    ASSERT(pattern->size >= 2);
    size_t end = 2;
    while (end < pattern->size && memchr("bceimnpqstwx", pattern->data[end], 12) != NULL) end++;
    if (end == 2 || end >= pattern->size || pattern->data[end] != ')') return STATUS_OK;
    for (size_t i = 2; i < end; i++) TRY(parse_flag(*pattern, i, options, err));
    *pattern = str_from(pattern->data + end + 1, pattern->size - end - 1);
    return STATUS_OK;
}

/* To PCRE2's pattern and options: SIMILAR TO by its own translation, *** and (?..) prefixes taken off, the rest translated. */
static Status compile_code(Regexp *regexp, Options options, Error *err) {
    Str pattern = text_str(&regexp->pattern);
    if (regexp->similar) {
        TRY(similar_translate(pattern, text_str(&regexp->flags), &regexp->translated, err));
        if (regexp->translated.failed) return error_out_of_memory(err);
        pattern = text_str(&regexp->translated);
    } else if (str_starts_with(pattern, STR("***="))) {
        options.pcre |= PCRE2_LITERAL;
        pattern = str_from(pattern.data + 4, pattern.size - 4);
    } else if ((options.pcre & PCRE2_LITERAL) == 0) {
        TRY(take_prefix(&pattern, &options, err));
    }
    if (!regexp->similar && (options.pcre & PCRE2_LITERAL) == 0) {
        translate(pattern, &regexp->translated);
        if (regexp->translated.failed) return error_out_of_memory(err);
        pattern = text_str(&regexp->translated);
    }
    uint32_t pcre = options.pcre | PCRE2_UTF;
    if ((pcre & PCRE2_LITERAL) == 0)
        pcre |= PCRE2_UCP | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C |
                (options.lines ? PCRE2_MULTILINE : 0) | (options.dot_lines ? 0 : PCRE2_DOTALL);
    pcre2_compile_context *context = pcre2_compile_context_create(regexp->general);
    TRY_ALLOC(context);
    int code = 0;
    size_t offset = 0;
    regexp->code = pcre2_compile((const unsigned char *)(pattern.size == 0 ? "" : pattern.data), pattern.size,
                                 pcre, &code, &offset, context);
    pcre2_compile_context_free(context);
    if (regexp->code != NULL) return STATUS_OK;
    if (code == PCRE2_ERROR_HEAP_FAILED) return error_out_of_memory(err);
    char reason[ERROR_MESSAGE_SIZE_MAX / 2];
    if (pcre2_get_error_message(code, (unsigned char *)reason, sizeof(reason)) < 0) reason[0] = 0;
    return error_set(err, STATUS_INVALID_REGEX, "invalid regular expression: %s", reason);
}

/* Machine code pays only where the pattern is asked of many rows. */
static Status regexp_compile(Regexp *regexp, uint32_t pcre, const char *function, Error *err) {
    ASSERT(regexp->code == NULL && regexp->data == NULL); /* else it would be lost */
    Options options = {.pcre = pcre};
    Str flags = text_str(&regexp->flags);
    for (size_t i = 0; i < flags.size && !regexp->similar; i++) TRY(parse_flag(flags, i, &options, err));
    if (options.global && function != NULL)
        return error_set(err, STATUS_INVALID_ARGUMENT, "%s() does not support the \"global\" option",
                         function);
    regexp->global = options.global;
    TRY(compile_code(regexp, options, err));
    if (regexp->call->row_count >= REGEXP_JIT_ROW_COUNT_MIN)
        (void)pcre2_jit_compile(regexp->code, PCRE2_JIT_COMPLETE);
    regexp->data = pcre2_match_data_create_from_pattern(regexp->code, regexp->general);
    TRY_ALLOC(regexp->data);
    return STATUS_OK;
}

/* What a call asks of patterns. */
typedef struct RegexpForm {
    uint32_t pcre;        /* PCRE2_CASELESS for ~* */
    int flags_argument;   /* -1: none */
    const char *function; /* whose name says that g makes no sense; NULL: it does */
    bool similar;         /* a pattern of SIMILAR TO; the flags are its escape */
} RegexpForm;

static Str flags_of(const FunctionCall *call, const RegexpForm *form, uint32_t row) {
    bool given = form->flags_argument >= 0 && (uint32_t)form->flags_argument < call->argument_count;
    if (given) return text_at(call, (uint32_t)form->flags_argument, row);
    return form->similar ? STR("\\") : STR("");
}

static bool form_is_constant(const FunctionCall *call, const RegexpForm *form) {
    bool has_flags = form->flags_argument >= 0 && (uint32_t)form->flags_argument < call->argument_count;
    return call->arguments[1]->constant && (!has_flags || call->arguments[form->flags_argument]->constant);
}

/* Makes the row's pattern ready; *ok is false when the row has failed with it. */
static Status regexp_prepare(Regexp *regexp, const RegexpForm *form, uint32_t row, bool *ok, Error *err) {
    FunctionCall *call = regexp->call;
    if (!(regexp->ready && regexp->constant)) {
        Str pattern = text_at(call, 1, row), flags = flags_of(call, form, row);
        if (!regexp->ready || !str_equal(pattern, text_str(&regexp->pattern)) ||
            !str_equal(flags, text_str(&regexp->flags))) {
            pcre2_match_data_free(regexp->data);
            pcre2_code_free(regexp->code);
            regexp->data = NULL, regexp->code = NULL;
            text_reset(&regexp->pattern), text_reset(&regexp->flags), text_reset(&regexp->translated);
            text_append(&regexp->pattern, pattern);
            text_append(&regexp->flags, flags);
            if (regexp->pattern.failed || regexp->flags.failed) return error_out_of_memory(err);
            error_reset(&regexp->failure);
            regexp->similar = form->similar;
            Status status = regexp_compile(regexp, form->pcre, form->function, &regexp->failure);
            if (status == STATUS_OUT_OF_MEMORY) return error_out_of_memory(err);
            regexp->constant = form_is_constant(call, form);
            regexp->ready = true;
        }
    }
    *ok = regexp->failure.status == STATUS_OK;
    return *ok ? STATUS_OK : call_fail_with(call, row, &regexp->failure, err);
}

/* ---- matching ---- */

/* The first match at or after `from`: true, and regexp->match. *ok is false when the row has failed. */
static Status regexp_find(Regexp *regexp, uint32_t row, Str text, size_t from, bool *found, bool *ok,
                          Error *err) {
    const unsigned char *subject = (const unsigned char *)(text.size == 0 ? "" : text.data);
    *found = false;
    ASSERT(from <= text.size);
    ASSERT(regexp->code != NULL); /* regexp_prepare said ok */
    int result =
        pcre2_match(regexp->code, subject, text.size, from, PCRE2_NO_UTF_CHECK, regexp->data, regexp->limits);
    /* The machine code has a small stack of its own; the interpreter takes the heap, within the limit. */
    if (result == PCRE2_ERROR_JIT_STACKLIMIT)
        result = pcre2_match(regexp->code, subject, text.size, from, PCRE2_NO_UTF_CHECK | PCRE2_NO_JIT,
                             regexp->data, regexp->limits);
    if (result == PCRE2_ERROR_NOMATCH) return STATUS_OK;
    if (result >= 0) {
        regexp->match = pcre2_get_ovector_pointer(regexp->data);
        *found = true;
        return STATUS_OK;
    }
    if (result == PCRE2_ERROR_NOMEMORY) return error_out_of_memory(err);
    *ok = false;
    return function_call_fail(regexp->call, row, err, STATUS_INVALID_REGEX,
                              "regular expression failed: it takes too many steps or too much memory");
}

/* The next of all matches; *search moves behind it, by one character at least. */
static Status regexp_next(Regexp *regexp, uint32_t row, Str text, size_t *search, bool *found, bool *ok,
                          Error *err) {
    *found = false;
    if (*search > text.size) return STATUS_OK;
    TRY(regexp_find(regexp, row, text, *search, found, ok, err));
    if (!*found) return STATUS_OK;
    *search = regexp->match[1];
    if (regexp->match[0] != regexp->match[1]) return STATUS_OK;
    /* An empty match is not found twice at one place. */
    *search += *search < text.size ? utf8_size_of((unsigned char)text.data[*search]) : 1;
    return STATUS_OK;
}

static uint32_t group_count(const Regexp *regexp) {
    uint32_t count = 0;
    (void)pcre2_pattern_info(regexp->code, PCRE2_INFO_CAPTURECOUNT, &count);
    return count;
}

/* Bytes of a group; data NULL when it took no part. PCRE2 lets \K put a start behind its end: none then. */
static Str group_of(const Regexp *regexp, Str text, uint32_t group) {
    if (group > group_count(regexp)) return (Str){0};
    ASSERT(regexp->match != NULL); /* only after a match */
    size_t start = regexp->match[2 * group], end = regexp->match[2 * group + 1];
    if (start == PCRE2_UNSET || start > end || end > text.size) return (Str){0};
    return str_from(text.size == 0 ? "" : text.data + start, end - start);
}

/* A call's rows, one after the other, with the pattern ready. */
typedef Status (*RegexpRow)(Regexp *regexp, uint32_t row, void *out, Error *err);

/* Rows whose pattern or flags are wrong have failed in regexp_prepare. */
static Status regexp_each(Regexp *regexp, const RegexpForm *form, RegexpRow row_of, void *out, Error *err) {
    FunctionCall *call = regexp->call;
    for (uint32_t row = 0; row < call->row_count; row++) {
        if (call_is_null(call, row)) continue;
        bool ok;
        TRY(regexp_prepare(regexp, form, row, &ok, err));
        if (ok) TRY(row_of(regexp, row, out, err));
    }
    return STATUS_OK;
}

static Status regexp_rows(FunctionCall *call, const RegexpForm *form, RegexpRow row_of, void *out,
                          Error *err) {
    Regexp regexp;
    Status status = regexp_init(&regexp, call, err);
    if (status == STATUS_OK) status = regexp_each(&regexp, form, row_of, out, err);
    regexp_deinit(&regexp);
    return status;
}

/* ---- ~ ---- */

static Status match_row(Regexp *regexp, uint32_t row, void *out, Error *err) {
    bool found, ok = true;
    TRY(regexp_find(regexp, row, text_at(regexp->call, 0, row), 0, &found, &ok, err));
    if (found) bits_set(out, row);
    return STATUS_OK;
}

static Status match_rows(FunctionCall *call, const RegexpForm *form, bool negated, Error *err) {
    uint64_t *bits = call_bits(call);
    TRY_ALLOC(bits);
    memset(bits, 0, bits_size(call->row_count));
    TRY(regexp_rows(call, form, match_row, bits, err));
    for (size_t i = 0; negated && i < bits_word_count(call->row_count); i++) bits[i] = ~bits[i];
    return STATUS_OK;
}
Status regexp_match(FunctionCall *call, Error *err) {
    return match_rows(call, &(RegexpForm){.flags_argument = -1}, false, err);
}
Status regexp_not_match(FunctionCall *call, Error *err) {
    return match_rows(call, &(RegexpForm){.flags_argument = -1}, true, err);
}
Status regexp_match_any_case(FunctionCall *call, Error *err) {
    return match_rows(call, &(RegexpForm){.pcre = PCRE2_CASELESS, .flags_argument = -1}, false, err);
}
Status regexp_not_match_any_case(FunctionCall *call, Error *err) {
    return match_rows(call, &(RegexpForm){.pcre = PCRE2_CASELESS, .flags_argument = -1}, true, err);
}
Status regexp_like(FunctionCall *call, Error *err) {
    return match_rows(call, &(RegexpForm){.flags_argument = 2, .function = "regexp_like"}, false, err);
}
/* a SIMILAR TO b [ESCAPE c] */
Status regexp_similar(FunctionCall *call, Error *err) {
    return match_rows(call, &(RegexpForm){.flags_argument = 2, .similar = true}, false, err);
}

/* ---- counting and finding ---- */

/* Fails the row when an integer argument is less than `least` or more than `most`. */
static Status integer_argument(FunctionCall *call, uint32_t argument, uint32_t row, const char *name,
                               int32_t least, int32_t most, int32_t *out, bool *ok, Error *err) {
    if (argument >= call->argument_count) return STATUS_OK;
    *out = i32_at(call, argument, row);
    if (!*ok || (*out >= least && *out <= most)) return STATUS_OK;
    *ok = false;
    return function_call_fail(call, row, err, STATUS_INVALID_ARGUMENT,
                              "invalid value for parameter \"%s\": %d", name, *out);
}

/* Offset of character `start` (from 1); beyond the text's end when it has not so many. */
static size_t start_offset(Str text, int32_t start) {
    DEBUG_ASSERT(start >= 1);
    size_t offset = utf8_offset(text, (size_t)start - 1);
    if (offset == text.size && (size_t)start - 1 > utf8_length(text)) return text.size + 1;
    return offset;
}

/* Matches that do not overlap. */
static Status count_row(Regexp *regexp, uint32_t row, void *out, Error *err) {
    FunctionCall *call = regexp->call;
    Str text = text_at(call, 0, row);
    int32_t start = 1, count = 0;
    bool ok = true, found = true;
    TRY(integer_argument(call, 2, row, "start", 1, INT32_MAX, &start, &ok, err));
    if (!ok) return STATUS_OK;
    size_t search = start_offset(text, start);
    while (found && ok) {
        TRY(regexp_next(regexp, row, text, &search, &found, &ok, err));
        count += found;
    }
    ((int32_t *)out)[row] = count;
    return STATUS_OK;
}

static Status integer_rows(FunctionCall *call, const RegexpForm *form, RegexpRow row_of, Error *err) {
    int32_t *out = call_values(call, sizeof(*out));
    TRY_ALLOC(out);
    memset(out, 0, call->row_count * sizeof(*out));
    return regexp_rows(call, form, row_of, out, err);
}
Status regexp_count(FunctionCall *call, Error *err) {
    return integer_rows(call, &(RegexpForm){.flags_argument = 3, .function = "regexp_count"}, count_row, err);
}

/* The nth match from `start`, arguments 2 and 3. */
static Status find_nth(Regexp *regexp, uint32_t row, Str text, int32_t start, int32_t n, bool *found,
                       bool *ok, Error *err) {
    size_t search = start_offset(text, start);
    *found = true;
    for (int32_t i = 0; i < n && *found && *ok; i++)
        TRY(regexp_next(regexp, row, text, &search, found, ok, err));
    *found = *found && *ok;
    return STATUS_OK;
}

/* The place of the nth match, or of a group in it, in characters from 1; 0: there is none. */
static Status instr_row(Regexp *regexp, uint32_t row, void *out, Error *err) {
    FunctionCall *call = regexp->call;
    Str text = text_at(call, 0, row);
    int32_t start = 1, n = 1, end = 0, group = 0;
    bool ok = true, found;
    TRY(integer_argument(call, 2, row, "start", 1, INT32_MAX, &start, &ok, err));
    TRY(integer_argument(call, 3, row, "n", 1, INT32_MAX, &n, &ok, err));
    TRY(integer_argument(call, 4, row, "endoption", 0, 1, &end, &ok, err));
    TRY(integer_argument(call, 6, row, "subexpr", 0, INT32_MAX, &group, &ok, err));
    if (!ok) return STATUS_OK;
    TRY(find_nth(regexp, row, text, start, n, &found, &ok, err));
    Str part = found ? group_of(regexp, text, (uint32_t)group) : (Str){0};
    if (part.data == NULL) return STATUS_OK;
    size_t before = text.size == 0 ? 0 : (size_t)(part.data - text.data) + (end == 1 ? part.size : 0);
    ((int32_t *)out)[row] = (int32_t)utf8_length(str_from(text.data, before)) + 1;
    return STATUS_OK;
}
Status regexp_instr(FunctionCall *call, Error *err) {
    return integer_rows(call, &(RegexpForm){.flags_argument = 5, .function = "regexp_instr"}, instr_row, err);
}

/* ---- parts ---- */

/* A slice of argument 0, or NULL where nothing matched. */
static Status set_part(FunctionCall *call, uint32_t row, View *views, Str part, Error *err) {
    if (part.data != NULL) {
        views[row] = part.size == 0 ? (View){0} : text_cut(call, 0, row, part);
        return STATUS_OK;
    }
    uint64_t *validity = call_own_validity(call);
    TRY_ALLOC(validity);
    bits_clear(validity, row);
    return STATUS_OK;
}

static Status substring_row(Regexp *regexp, uint32_t row, void *out, Error *err) {
    Str text = text_at(regexp->call, 0, row);
    bool found, ok = true;
    TRY(regexp_find(regexp, row, text, 0, &found, &ok, err));
    if (!ok) return STATUS_OK;
    Str part = found ? group_of(regexp, text, group_count(regexp) > 0) : (Str){0};
    return set_part(regexp->call, row, out, part, err);
}
Status regexp_substring(FunctionCall *call, Error *err) {
    View *views = text_share(call, 0);
    TRY_ALLOC(views);
    return regexp_rows(call, &(RegexpForm){.flags_argument = -1}, substring_row, views, err);
}

/* SUBSTRING(a SIMILAR b ESCAPE c) */
Status regexp_substring_similar(FunctionCall *call, Error *err) {
    View *views = text_share(call, 0);
    TRY_ALLOC(views);
    return regexp_rows(call, &(RegexpForm){.flags_argument = 2, .similar = true}, substring_row, views, err);
}

/* The nth match, or a group in it. */
static Status substr_row(Regexp *regexp, uint32_t row, void *out, Error *err) {
    FunctionCall *call = regexp->call;
    Str text = text_at(call, 0, row);
    int32_t start = 1, n = 1, group = 0;
    bool ok = true, found;
    TRY(integer_argument(call, 2, row, "start", 1, INT32_MAX, &start, &ok, err));
    TRY(integer_argument(call, 3, row, "n", 1, INT32_MAX, &n, &ok, err));
    TRY(integer_argument(call, 5, row, "subexpr", 0, INT32_MAX, &group, &ok, err));
    if (!ok) return STATUS_OK;
    TRY(find_nth(regexp, row, text, start, n, &found, &ok, err));
    if (!ok) return STATUS_OK;
    return set_part(call, row, out, found ? group_of(regexp, text, (uint32_t)group) : (Str){0}, err);
}
Status regexp_substr(FunctionCall *call, Error *err) {
    View *views = text_share(call, 0);
    TRY_ALLOC(views);
    return regexp_rows(call, &(RegexpForm){.flags_argument = 4, .function = "regexp_substr"}, substr_row,
                       views, err);
}

/* ---- replacing ---- */

typedef struct Replace {
    ArrayBuilder builder;
    Text scratch;
    bool extended; /* start and n are arguments 3 and 4 */
} Replace;

/* \1 .. \9 are groups, \& the match, \\ a backslash. */
static void append_replacement(const Regexp *regexp, Str text, Str replacement, Text *out) {
    for (size_t i = 0; i < replacement.size; i++) {
        char c = replacement.data[i], next = i + 1 < replacement.size ? replacement.data[i + 1] : 0;
        if (c != '\\' || !((next >= '1' && next <= '9') || next == '&' || next == '\\')) {
            text_append_char(out, c);
            continue;
        }
        if (next == '\\')
            text_append_char(out, '\\');
        else
            text_append(out, group_of(regexp, text, next == '&' ? 0 : (uint32_t)(next - '0')));
        i++;
    }
}

/* n: the match to replace, 0 all. */
static Status append_replaced(Regexp *regexp, uint32_t row, size_t search, int32_t n, Text *out, bool *ok,
                              Error *err) {
    Str text = text_at(regexp->call, 0, row), replacement = text_at(regexp->call, 2, row);
    size_t copied = 0;
    bool found = true;
    for (int32_t i = 1; found && !out->failed; i++) {
        TRY(regexp_next(regexp, row, text, &search, &found, ok, err));
        if (!found || (n != 0 && i != n)) continue;
        size_t start = regexp->match[0] < copied ? copied : regexp->match[0];
        text_append(out, str_from(text.data + copied, start - copied));
        append_replacement(regexp, text, replacement, out);
        copied = regexp->match[1] < start ? start : regexp->match[1];
        if (n != 0) break;
    }
    if (text.size > copied) text_append(out, str_from(text.data + copied, text.size - copied));
    return STATUS_OK;
}

/* Rows that are NULL or fail are skipped by regexp_each: the builder is brought up to the row. */
static void replace_catch_up(Replace *replace, uint32_t row) {
    while (replace->builder.length < row) array_builder_null(&replace->builder);
}

/* n = 0: all matches. The flag g means that too, unless n is given. */
static Status replace_row(Regexp *regexp, uint32_t row, void *context, Error *err) {
    Replace *replace = context;
    FunctionCall *call = regexp->call;
    int32_t start = 1, n = 1;
    bool ok = true;
    replace_catch_up(replace, row);
    if (replace->extended) {
        TRY(integer_argument(call, 3, row, "start", 1, INT32_MAX, &start, &ok, err));
        TRY(integer_argument(call, 4, row, "n", 0, INT32_MAX, &n, &ok, err));
    }
    if (regexp->global && !(replace->extended && call->argument_count > 4)) n = 0;
    if (ok)
        TRY(append_replaced(regexp, row, start_offset(text_at(call, 0, row), start), n, &replace->scratch,
                            &ok, err));
    if (ok) return text_emit(call, row, &replace->builder, &replace->scratch, err);
    text_reset(&replace->scratch);
    return STATUS_OK;
}

/* Rows that were passed over (NULL, failed) are filled in by replace_catch_up: a builder takes its rows in turn. */
static Status replace_rows(FunctionCall *call, bool extended, Error *err) {
    Replace replace = {.extended = extended};
    TRY(call_builder(call, &replace.builder, err));
    text_scratch(call, &replace.scratch);
    Status status =
        regexp_rows(call, &(RegexpForm){.flags_argument = extended ? 5 : 3}, replace_row, &replace, err);
    text_deinit(&replace.scratch);
    replace_catch_up(&replace, call->row_count);
    return status == STATUS_OK ? call_finish(call, &replace.builder, err) : status;
}
Status regexp_replace(FunctionCall *call, Error *err) {
    return replace_rows(call, false, err);
}
Status regexp_replace_from(FunctionCall *call, Error *err) {
    return replace_rows(call, true, err);
}

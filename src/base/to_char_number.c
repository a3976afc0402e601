/* SPDX-License-Identifier: Apache-2.0
 * base/to_char_number.c - to_char of numbers.
 *
 * The number is written plainly first ("1234.50", without its sign), then walked along the pattern, a digit
 * per 9 or 0:
 *
 *     S9,999.99      pattern           before 4, after 2
 *     +1,234.50      result            each place: a space, a zero, a digit, the point, or nothing (FM)
 *
 * The sign stands before the first digit, at the end, or where MI, PL, SG say. */
#include <math.h>

#include "base/number_pattern_priv.h"

enum { ROMAN_WIDTH = 15, ROMAN_MAX = 3999, DOUBLE_DIGITS = 15 };

/* ---- walking along it ---- */

typedef struct Walk {
    const NumberPattern *pattern;
    Text *text;
    uint32_t flags;
    int32_t sign_place;
    Str number; /* digits and point */
    size_t at;  /* of the next of them */
    char sign;  /* '+' or '-' */
    bool sign_written;
    bool in_number; /* a digit has been written */
    int32_t spaces; /* places before the number's first digit */
    int32_t place;  /* places walked */
    int32_t place_count;
    ptrdiff_t last; /* FM: the last character of the number that counts; -1: all do */
} Walk;

static bool has(const Walk *walk, uint32_t flag) {
    return (walk->flags & flag) != 0;
}

static char number_char(const Walk *walk, size_t at) {
    return at < walk->number.size ? walk->number.data[at] : 0;
}

/* FM: of 1.500 the 5; the point when there are only zeros. Places with 0 keep theirs. */
static ptrdiff_t last_relevant(const Walk *walk) {
    ptrdiff_t last = str_find(walk->number, STR("."));
    if (last < 0) return -1;
    for (size_t i = (size_t)last + 1; i < walk->number.size; i++)
        if (walk->number.data[i] != '0') last = (ptrdiff_t)i;
    if (walk->pattern->zero_end > walk->spaces) {
        ptrdiff_t kept = (ptrdiff_t)walk->number.size - 1, zero = walk->pattern->zero_end - walk->spaces;
        if (zero < kept) kept = zero;
        if (last < kept) last = kept;
    }
    return last;
}

static bool point_is_last(const Walk *walk) {
    return walk->last >= 0 && number_char(walk, (size_t)walk->last) == '.';
}

/* Of 0.5 under 9.9 the zero is not shown. */
static bool hides_zero(const Walk *walk) {
    return !has(walk, HAS_ZERO) && walk->at == 0 && number_char(walk, 0) == '0' && walk->pattern->after != 0;
}

/* Before the first digit or leading zero: once, and only where S, PR or nothing says where the sign stands. */
static void write_sign(Walk *walk) {
    bool due =
        walk->place >= walk->spaces || (has(walk, HAS_ZERO) && walk->pattern->zero_start == walk->place);
    if (walk->sign_written || !due || (hides_zero(walk) && !point_is_last(walk))) return;
    if (has(walk, HAS_S)) {
        if (walk->sign_place != SIGN_BEFORE) return;
        text_append_char(walk->text, walk->sign);
    } else if (has(walk, HAS_BRACKET)) {
        text_append_char(walk->text, walk->sign == '+' ? ' ' : '<');
    } else if (walk->sign == '-') {
        text_append_char(walk->text, '-');
    } else if (!has(walk, HAS_FILL)) {
        text_append_char(walk->text, ' ');
    }
    walk->sign_written = true;
}

/* The next digit of the number; under FM those past the last that counts are left out. */
static void write_digit(Walk *walk, NumberKey key) {
    bool fill = has(walk, HAS_FILL);
    if (walk->last >= 0 && (ptrdiff_t)walk->at > walk->last && key != KEY_0) return;
    if (!hides_zero(walk)) {
        char digit = number_char(walk, walk->at);
        if (digit != 0) text_append_char(walk->text, digit);
        walk->in_number = true;
    } else if (!fill) {
        text_append_char(walk->text, ' ');
    } else if (point_is_last(walk)) {
        text_append_char(walk->text, '0');
    }
}

/* Behind the last place: the bracket of PR, or an S that stands there. */
static void write_end(Walk *walk) {
    int32_t end = walk->place_count + (walk->spaces != 0) + has(walk, HAS_POINT);
    if (walk->last >= 0 && walk->last == (ptrdiff_t)walk->at) end = walk->place;
    if (walk->place + 1 != end) return;
    if (walk->sign_written && has(walk, HAS_BRACKET))
        text_append_char(walk->text, walk->sign == '+' ? ' ' : '>');
    else if (has(walk, HAS_S) && walk->sign_place == SIGN_AFTER)
        text_append_char(walk->text, walk->sign);
}

/* A 9, a 0 or the point. */
static void write_place(Walk *walk, NumberKey key) {
    DEBUG_ASSERT(key == KEY_9 || key == KEY_0 || key == KEY_POINT || key == KEY_D);
    if (has(walk, HAS_ROMAN)) return;
    walk->in_number = false;
    write_sign(walk);
    bool zero = has(walk, HAS_ZERO) && walk->pattern->zero_start <= walk->place;
    if (walk->place < walk->spaces && !zero) {
        if (!has(walk, HAS_FILL)) text_append_char(walk->text, ' ');
    } else if (walk->place < walk->spaces) {
        text_append_char(walk->text, '0');
        walk->in_number = true;
    } else {
        if (number_char(walk, walk->at) == '.') {
            if (!point_is_last(walk) || has(walk, HAS_FILL)) text_append_char(walk->text, '.');
        } else {
            write_digit(walk, key);
        }
        if (walk->at < walk->number.size) walk->at++;
    }
    write_end(walk);
    walk->place++;
}

/* FM leaves out what is not written; otherwise a blank keeps the columns of a list straight. */
static void write_or_space(const Walk *walk, bool written, char c) {
    if (written || !has(walk, HAS_FILL)) text_append_char(walk->text, written ? c : ' ');
}

static void write_roman(const Walk *walk, const PatternNode *node) {
    size_t size = walk->number.size;
    if (!has(walk, HAS_FILL) && size < ROMAN_WIDTH) text_append_repeated(walk->text, ' ', ROMAN_WIDTH - size);
    for (size_t i = 0; i < size; i++) {
        char c = walk->number.data[i];
        text_append_char(walk->text, node->case_ == CASE_LOWER && c >= 'A' ? (char)(c + 32) : c);
    }
}

static void write_node(Walk *walk, const PatternNode *node) {
    switch ((NumberKey)node->key) {
        case KEY_9:
        case KEY_0:
        case KEY_POINT:
        case KEY_D: write_place(walk, (NumberKey)node->key); break;
        case KEY_COMMA:
        case KEY_G: write_or_space(walk, walk->in_number, ','); break;
        case KEY_L: text_append_char(walk->text, ' '); break;
        case KEY_RN: write_roman(walk, node); break;
        case KEY_TH:
            if (has(walk, HAS_ROMAN | HAS_POINT) || walk->sign == '-' || number_char(walk, 0) == '#') break;
            text_append_c(walk->text, pattern_ordinal(walk->number, node->case_ == CASE_UPPER));
            break;
        case KEY_MI: write_or_space(walk, walk->sign == '-', '-'); break;
        case KEY_PL: write_or_space(walk, walk->sign == '+', '+'); break;
        case KEY_SG: text_append_char(walk->text, walk->sign); break;
        case KEY_B:
        case KEY_C:
        case KEY_EEEE:
        case KEY_FM:
        case KEY_PR:
        case KEY_SP:
        case KEY_S:
        case KEY_V: break;
    }
}

/* `number` without its sign, at most `before` digits before the point. */
static void walk_number(Text *text, const NumberPattern *pattern, Str number, char sign, int32_t spaces) {
    ASSERT(spaces >= 0); /* places without a digit: walk_digits turns what does not fit into # */
    ASSERT(sign == '+' || sign == '-');
    Walk walk = {.pattern = pattern,
                 .text = text,
                 .flags = pattern->flags,
                 .sign_place = pattern->sign_place,
                 .number = number,
                 .sign = sign,
                 .spaces = spaces,
                 .place_count = pattern->before + pattern->shift + pattern->after - 1,
                 .last = -1};
    if (has(&walk, HAS_PL | HAS_MI)) {
        walk.sign_written = !(has(&walk, HAS_PL) && !has(&walk, HAS_MI));
    } else {
        if (sign != '-' && has(&walk, HAS_FILL)) walk.flags &= ~(uint32_t)HAS_BRACKET;
        walk.sign_written = sign == '+' && has(&walk, HAS_FILL) && !has(&walk, HAS_S);
        if (walk.sign_place == SIGN_BEFORE && pattern->before + pattern->shift == pattern->sign_position)
            walk.sign_place = SIGN_AFTER;
    }
    if (has(&walk, HAS_FILL) && has(&walk, HAS_POINT)) walk.last = last_relevant(&walk);
    if (!walk.sign_written && spaces == 0) walk.place_count++;
    for (uint32_t i = 0; i < pattern->count; i++) {
        if (pattern->nodes[i].key == NODE_LITERAL)
            text_append(text, pattern->nodes[i].text);
        else
            write_node(&walk, &pattern->nodes[i]);
    }
}

/* ---- numbers to digits ---- */

/* Digits before the point beyond those that the pattern has: all places are #. */
static void walk_digits(Text *text, const NumberPattern *pattern, Text *number, char sign) {
    ptrdiff_t point = str_find(text_str(number), STR("."));
    int32_t before = (int32_t)(point < 0 ? (ptrdiff_t)number->size : point),
            room = pattern->before + pattern->shift;
    if (before > room) {
        text_reset(number);
        text_append_repeated(number, '#', (size_t)room);
        text_append_char(number, '.');
        text_append_repeated(number, '#', (size_t)pattern->after);
        before = room;
    }
    if (!number->failed) walk_number(text, pattern, text_str(number), sign, room - before);
}

static void walk_roman(Text *text, const NumberPattern *pattern, int64_t value, Text *number) {
    static const struct {
        int value;
        const char *name;
    } romans[] = {{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"},
                  {40, "XL"},  {10, "X"},   {9, "IX"},  {5, "V"},    {4, "IV"},  {1, "I"}};
    if (value < 1 || value > ROMAN_MAX) text_append_repeated(number, '#', ROMAN_WIDTH);
    for (size_t i = 0; i < sizeof(romans) / sizeof(romans[0]) && value >= 1 && value <= ROMAN_MAX;) {
        if (value < romans[i].value) {
            i++;
            continue;
        }
        text_append_c(number, romans[i].name);
        value -= romans[i].value;
    }
    if (!number->failed) walk_number(text, pattern, text_str(number), '+', 0);
}

/* digits * 10^exponent, all of them significant, as d.dde+xx with `after` digits. */
static void append_exponent(Text *text, Str digits, int64_t exponent, int32_t after, bool negative) {
    DEBUG_ASSERT(digits.size > 0);
    text_append_char(text, negative ? '-' : ' ');
    text_append(text, str_from(digits.data, 1));
    if (after > 0) {
        size_t given = digits.size - 1 < (size_t)after ? digits.size - 1 : (size_t)after;
        text_append_char(text, '.');
        text_append(text, str_from(digits.data + 1, given));
        text_append_repeated(text, '0', (size_t)after - given);
    }
    exponent += (int64_t)digits.size - 1;
    int64_t size = exponent < 0 ? -exponent : exponent;
    text_append_c(text, exponent < 0 ? "e-" : "e+");
    if (size < 10) text_append_char(text, '0');
    text_append_i64(text, size);
}

static void decimal_exponent(Text *text, const NumberPattern *pattern, DecimalScaled value) {
    DEBUG_ASSERT(pattern->after >= 0);
    char room[DECIMAL_SIZE_MAX];
    Decimal magnitude = value.value < 0 ? -value.value : value.value;
    size_t size = decimal_write(room, magnitude, 0);
    int32_t dropped = (int32_t)size - (pattern->after + 1);
    int64_t exponent = -value.scale;
    if (magnitude == 0) exponent = 0;
    if (dropped > 0 && decimal_rescale((DecimalScaled){magnitude, dropped}, 0, &magnitude)) {
        /* Rounding 9.99 up gives one digit more: 10.0, whose last zero append_exponent cuts. */
        size = decimal_write(room, magnitude, 0);
        exponent += dropped;
    }
    append_exponent(text, str_from(room, size), exponent, pattern->after, value.value < 0);
}

static Status to_char_decimal_in(Text *text, const NumberPattern *pattern, DecimalScaled value, Text *number,
                                 Error *err) {
    int64_t whole = 0;
    if ((pattern->flags & HAS_EXPONENT) != 0) {
        decimal_exponent(text, pattern, value);
        return STATUS_OK;
    }
    if ((pattern->flags & HAS_ROMAN) != 0) {
        if (!decimal_to_i64(value, &whole)) whole = 0;
        walk_roman(text, pattern, whole, number);
        return STATUS_OK;
    }
    for (int32_t i = 0; i < pattern->shift; i++)
        if (value.scale > 0)
            value.scale--;
        else if (!decimal_multiply(value.value, 10, 0, &value.value))
            return error_set(err, STATUS_NUMERIC_OUT_OF_RANGE, "numeric field overflow");
    char room[DECIMAL_SIZE_MAX];
    int scale = value.scale < pattern->after ? value.scale : pattern->after;
    Decimal rounded = 0;
    if (!decimal_rescale(value, scale, &rounded))
        return error_set(err, STATUS_NUMERIC_OUT_OF_RANGE, "numeric field overflow");
    text_append(number, str_from(room, decimal_write(room, rounded < 0 ? -rounded : rounded, scale)));
    if (scale == 0 && pattern->after > 0) text_append_char(number, '.');
    text_append_repeated(number, '0', (size_t)(pattern->after - scale));
    walk_digits(text, pattern, number, rounded < 0 ? '-' : '+');
    return STATUS_OK;
}

Status to_char_decimal(Text *text, const NumberPattern *pattern, DecimalScaled value, Error *err) {
    DEBUG_ASSERT(value.scale >= 0 && value.scale <= DECIMAL_SCALE_MAX);
    Text number;
    text_init(&number, text->memory);
    Status status = to_char_decimal_in(text, pattern, value, &number, err);
    if (number.failed) text->failed = true;
    text_deinit(&number);
    return status;
}

static void double_exponent(Text *text, const NumberPattern *pattern, double value) {
    char room[NUMBER_I64_SIZE_MAX];
    uint64_t digits = 0;
    int32_t exponent = 0, significant = pattern->after + 1 < 17 ? pattern->after + 1 : 17;
    if (!isfinite(value)) {
        text_append_char(text, ' ');
        text_append_repeated(text, '#', (size_t)pattern->before);
        text_append_char(text, '.');
        text_append_repeated(text, '#', (size_t)pattern->after + 4);
        return;
    }
    DEBUG_ASSERT(significant >= 1);
    if (value != 0) number_round_double(fabs(value), significant, &digits, &exponent);
    append_exponent(text, str_from(room, number_write_u64(room, digits)), exponent, pattern->after,
                    signbit(value));
}

/* The value in units of 10^-after, rounded once from its exact binary value; false when it has more than 38
 * digits. */
static bool round_double(double value, int32_t before, int32_t after, Decimal *out) {
    DEBUG_ASSERT(after >= 0);
    uint64_t digits = 0;
    int32_t exponent = -after;
    if (before + after > 0)
        number_round_double(value, before + after, &digits, &exponent);
    else if (before + after == 0)
        digits = value > 0.5 * decimal_to_double(1, after);
    *out = 0;
    if (digits == 0) return true;
    int32_t shift = exponent + after;
    if (shift < 0 || shift > DECIMAL_DIGIT_COUNT_MAX) return false;
    return decimal_multiply((Decimal)digits, decimal_power_of_ten(shift), 0, out);
}

/* "123.45": the value to `after` digits, but no more than 15 in all. */
static void append_double(Text *number, double value, int32_t after) {
    DEBUG_ASSERT(value > 0 && isfinite(value));
    uint64_t digits;
    int32_t exponent, before = 0;
    Decimal rounded;
    char room[DECIMAL_SIZE_MAX];
    number_round_double(value, DOUBLE_DIGITS, &digits, &exponent);
    for (uint64_t rest = digits; rest > 0; rest /= 10) before++;
    before += exponent;
    int32_t shown = before < 1 ? 1 : before;
    if (shown >= DOUBLE_DIGITS)
        after = 0;
    else if (shown + after > DOUBLE_DIGITS)
        after = DOUBLE_DIGITS - shown;
    int32_t significant = shown > DOUBLE_DIGITS + 2 ? DOUBLE_DIGITS + 2 : before;
    if (round_double(value, significant, after, &rounded))
        text_append(number, str_from(room, decimal_write(room, rounded, after)));
    else
        text_append_repeated(number, '9', (size_t)shown); /* more digits than any pattern of use has */
}

static void to_char_double_in(Text *text, const NumberPattern *pattern, double value, Text *number) {
    if ((pattern->flags & HAS_EXPONENT) != 0) {
        double_exponent(text, pattern, value);
        return;
    }
    if ((pattern->flags & HAS_ROMAN) != 0) {
        double rounded = rint(value);
        walk_roman(text, pattern, rounded >= 1 && rounded <= ROMAN_MAX ? (int64_t)rounded : 0, number);
        return;
    }
    for (int32_t i = 0; i < pattern->shift; i++) value *= 10;
    if (isnan(value))
        text_append_c(number, "NaN");
    else if (isinf(value))
        text_append_c(number, "Infinity");
    else if (value == 0)
        text_append_char(number, '0');
    else
        append_double(number, fabs(value), pattern->after);
    if (value == 0 && pattern->after > 0) {
        text_append_char(number, '.');
        text_append_repeated(number, '0', (size_t)pattern->after);
    }
    walk_digits(text, pattern, number, signbit(value) && !isnan(value) ? '-' : '+');
}

Status to_char_double(Text *text, const NumberPattern *pattern, double value, Error *err) {
    Text number;
    text_init(&number, text->memory);
    to_char_double_in(text, pattern, value, &number);
    if (number.failed) text->failed = true;
    text_deinit(&number);
    return STATUS_OK;
}

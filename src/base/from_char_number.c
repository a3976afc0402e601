/* SPDX-License-Identifier: Apache-2.0
 * base/from_char_number.c - numbers read by a pattern.
 *
 * Each 9 or 0 of the pattern takes a digit, the point, or a sign before or behind; a comma is skipped where
 * there is one; a character takes one of the text, whatever it is. What has been read is then a number, or an
 * error. */
#include "base/from_char.h"
#include "base/number_pattern_priv.h"
#include "base/number_priv.h"
#include "base/utf8.h"

typedef struct Walk {
    const NumberPattern *pattern;
    const char *at, *end;
    char sign; /* 0: none yet */
    bool has_point;
    int32_t before, after; /* digits read */
    Decimal value;         /* of them */
    bool overflow;
} Walk;

static bool has(const Walk *walk, uint32_t flag) {
    return (walk->pattern->flags & flag) != 0;
}

static bool take_sign(Walk *walk) {
    bool found = walk->at < walk->end && (*walk->at == '-' || *walk->at == '+');
    if (found) walk->sign = *walk->at++;
    return found;
}

static void take_sign_before(Walk *walk, NumberKey key) {
    if (walk->sign != 0 || (key != KEY_9 && key != KEY_0) || walk->before + walk->after > 0) return;
    if (has(walk, HAS_S) && walk->pattern->sign_place == SIGN_BEFORE) {
        (void)take_sign(walk);
    } else if (*walk->at == '<' && has(walk, HAS_BRACKET)) {
        walk->sign = '-';
        walk->at++;
    } else {
        (void)take_sign(walk);
    }
}

static void add_digit(Walk *walk, char c) {
    DEBUG_ASSERT(number_is_digit(c));
    Decimal next;
    if (!decimal_multiply(walk->value, 10, 0, &next) ||
        !decimal_fits(next += c - '0', DECIMAL_DIGIT_COUNT_MAX))
        walk->overflow = true;
    else
        walk->value = next;
    walk->before += !walk->has_point;
    walk->after += walk->has_point;
}

/* A sign behind the last digit: S takes one only where no digit follows, MI and PL one that stands where a
 * digit could. */
static void take_sign_behind(Walk *walk, bool is_read) {
    if (walk->sign != 0 || walk->before + walk->after == 0) return;
    if (has(walk, HAS_S)) {
        const char *at = walk->at;
        if (!is_read || at + 1 >= walk->end || number_is_digit(at[1])) return;
        walk->at++;
        /* The caller steps over one character: over the sign, when there was one. */
        walk->at = take_sign(walk) ? walk->at - 1 : at;
    } else if (!is_read && has(walk, HAS_PL | HAS_MI) && (*walk->at == '-' || *walk->at == '+')) {
        walk->sign = *walk->at;
    }
}

/* A 9, a 0 or the point; stops at what it has read, which the caller steps over. */
static void take_place(Walk *walk, NumberKey key) {
    DEBUG_ASSERT(walk->at < walk->end);
    bool is_read = false;
    if (*walk->at == ' ') walk->at++;
    if (walk->at == walk->end) return;
    take_sign_before(walk, key);
    if (walk->at == walk->end) return;
    if (number_is_digit(*walk->at)) {
        if (walk->has_point && walk->after == walk->pattern->after) return;
        add_digit(walk, *walk->at);
        is_read = true;
    } else if (*walk->at == '.' && has(walk, HAS_POINT) && !walk->has_point) {
        walk->has_point = is_read = true;
    }
    take_sign_behind(walk, is_read);
}

static void step(Walk *walk) {
    if (walk->at >= walk->end) return;
    size_t size = utf8_size_of((unsigned char)*walk->at), left = (size_t)(walk->end - walk->at);
    walk->at += size < left ? size : left;
}

/* Up to `count` characters that cannot be part of a number. */
static void skip_others(Walk *walk, int count) {
    for (; count > 0 && walk->at < walk->end && strchr("0123456789.,+-", *walk->at) == NULL; count--)
        step(walk);
}

/* MI, PL, SG: one of the signs, or something in its place. */
static void take_sign_key(Walk *walk, const char *signs) {
    if (*walk->at != '\0' && strchr(signs, *walk->at) != NULL)
        walk->sign = *walk->at++;
    else
        skip_others(walk, 1);
}

static void take_node(Walk *walk, const PatternNode *node) {
    bool in_number = !has(walk, HAS_FILL); /* a comma without digits before it counts, but not under FM */
    switch ((NumberKey)node->key) {
        case KEY_9:
        case KEY_0:
        case KEY_POINT:
        case KEY_D:
            take_place(walk, (NumberKey)node->key);
            if (walk->at < walk->end) walk->at++;
            break;
        case KEY_COMMA:
        case KEY_G:
            if (in_number && *walk->at == ',') walk->at++;
            break;
        case KEY_L: skip_others(walk, 1); break;
        case KEY_TH:
            if (!has(walk, HAS_POINT)) skip_others(walk, 2);
            break;
        case KEY_MI: take_sign_key(walk, "-"); break;
        case KEY_PL: take_sign_key(walk, "+"); break;
        case KEY_SG: take_sign_key(walk, "-+"); break;
        case KEY_B:
        case KEY_C:
        case KEY_EEEE:
        case KEY_FM:
        case KEY_PR:
        case KEY_RN:
        case KEY_SP:
        case KEY_S:
        case KEY_V: break;
    }
}

static Status check_pattern(const NumberPattern *pattern, Error *err) {
    if ((pattern->flags & HAS_EXPONENT) != 0)
        return error_set(err, STATUS_NOT_SUPPORTED, "\"EEEE\" not supported for input");
    if ((pattern->flags & HAS_ROMAN) != 0)
        return error_set(err, STATUS_NOT_SUPPORTED, "\"RN\" not supported for input");
    return STATUS_OK;
}

int number_pattern_scale(const NumberPattern *pattern) {
    int scale = pattern->after + pattern->shift;
    return scale < DECIMAL_SCALE_MAX ? scale : DECIMAL_SCALE_MAX;
}

Status from_char_decimal(Str text, const NumberPattern *pattern, int scale, Decimal *out, Error *err) {
    DEBUG_ASSERT(scale >= 0 && scale <= DECIMAL_SCALE_MAX);
    DEBUG_ASSERT(pattern->nodes != NULL || pattern->count == 0);
    Walk walk = {.pattern = pattern, .at = text.data, .end = text.data + text.size};
    TRY(check_pattern(pattern, err));
    for (uint32_t i = 0; i < pattern->count && walk.at < walk.end; i++) {
        if (pattern->nodes[i].key == NODE_LITERAL)
            step(&walk);
        else
            take_node(&walk, &pattern->nodes[i]);
    }
    DEBUG_ASSERT(walk.at <= walk.end);
    if (walk.before + walk.after == 0)
        return error_set(err, STATUS_INVALID_TEXT, "invalid input syntax for type numeric: \"%c\"",
                         walk.sign == 0 ? ' ' : walk.sign);
    int32_t from = walk.after + pattern->shift;
    DEBUG_ASSERT(walk.value >= 0); /* the sign is kept apart */
    Decimal value = walk.sign == '-' ? -walk.value : walk.value;
    int32_t room = pattern->before + pattern->shift + walk.after; /* leading zeros take none */
    bool fits = !walk.overflow && from <= DECIMAL_SCALE_MAX;
    if (room < DECIMAL_DIGIT_COUNT_MAX && !decimal_fits(walk.value, room)) fits = false;
    if (!fits || !decimal_rescale((DecimalScaled){value, from}, scale, out))
        return error_set(err, STATUS_NUMERIC_OUT_OF_RANGE, "numeric field overflow");
    return STATUS_OK;
}

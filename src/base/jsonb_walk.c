/* SPDX-License-Identifier: Apache-2.0
 * base/jsonb_walk.c - reading the shown texts and the keys of JSON values: jsonb_parse has checked them.
 *
 * Recursion goes as deep as the value, which is at most JSONB_DEPTH_MAX. */
#include "base/jsonb_priv.h"

JsonbKind jsonb_kind(Str value) {
    ASSERT(value.size > 0);
    switch (value.data[0]) {
        case '{': return JSONB_OBJECT;
        case '[': return JSONB_ARRAY;
        case '"': return JSONB_STRING;
        case 't':
        case 'f': return JSONB_BOOLEAN;
        case 'n': return JSONB_NULL;
        default: return JSONB_NUMBER;
    }
}

const char *jsonb_kind_name(JsonbKind kind) {
    switch (kind) {
        case JSONB_NULL: return "null";
        case JSONB_BOOLEAN: return "boolean";
        case JSONB_NUMBER: return "number";
        case JSONB_STRING: return "string";
        case JSONB_ARRAY: return "array";
        case JSONB_OBJECT: return "object";
    }
    return "";
}

/* ---- members ---- */

const char *jsonb_skip_string(const char *at, const char *end) {
    DEBUG_ASSERT(*at == '"');
    for (at++; at < end && *at != '"'; at++)
        if (*at == '\\') at++;
    ASSERT(at < end);
    return at + 1;
}

/* Behind the value at `at`. */
static const char *skip_value(const char *at, const char *end) {
    uint32_t depth = 0;
    do {
        ASSERT(at < end);
        switch (*at) {
            case '"': at = jsonb_skip_string(at, end); break;
            case '{':
            case '[': depth++, at++; break;
            case '}':
            case ']': depth--, at++; break;
            default:
                /* Of a number or a word all, or what stands between members. */
                at++;
                while (at < end && *at != ',' && *at != ']' && *at != '}' && *at != '"' && *at != '{' && *at != '[') at++;
        }
    } while (depth > 0);
    return at;
}

JsonbWalk jsonb_walk(Str value) {
    JsonbKind kind = jsonb_kind(value);
    if (kind != JSONB_ARRAY && kind != JSONB_OBJECT) return (JsonbWalk){0};
    ASSERT(value.size >= 2);
    return (JsonbWalk){value.data + 1, value.data + value.size - 1, kind == JSONB_OBJECT};
}

bool jsonb_next(JsonbWalk *walk, JsonbMember *out) {
    if (walk->at == walk->end) return false;
    const char *at = walk->at;
    *out = (JsonbMember){0};
    if (walk->is_object) {
        const char *stop = jsonb_skip_string(at, walk->end);
        out->key = str_from(at, (size_t)(stop - at));
        at = stop + 2; /* ": " */
    }
    const char *stop = skip_value(at, walk->end);
    out->value = str_from(at, (size_t)(stop - at));
    walk->at = stop == walk->end ? stop : stop + 2; /* ", " */
    ASSERT(walk->at <= walk->end);
    return true;
}

int64_t jsonb_count(Str value) {
    JsonbMember member;
    int64_t count = 0;
    for (JsonbWalk walk = jsonb_walk(value); jsonb_next(&walk, &member);) count++;
    return count;
}

bool jsonb_string_is(Str string, Str text) {
    DEBUG_ASSERT(string.size >= 2);
    const char *at = string.data + 1, *end = string.data + string.size - 1;
    if ((size_t)(end - at) < text.size) return false;
    for (size_t i = 0; i < text.size; i++)
        if (at == end || jsonb_read_byte(&at) != text.data[i]) return false;
    return at == end;
}

bool jsonb_field(Str value, Str key, Str *out) {
    if (jsonb_kind(value) != JSONB_OBJECT) return false;
    JsonbMember member;
    for (JsonbWalk walk = jsonb_walk(value); jsonb_next(&walk, &member);) {
        if (!jsonb_string_is(member.key, key)) continue;
        *out = member.value;
        return true;
    }
    return false;
}

bool jsonb_element(Str value, int64_t index, Str *out) {
    if (jsonb_kind(value) != JSONB_ARRAY) return false;
    if (index < 0) index += jsonb_count(value);
    if (index < 0) return false;
    JsonbMember member;
    for (JsonbWalk walk = jsonb_walk(value); jsonb_next(&walk, &member); index--) {
        if (index > 0) continue;
        *out = member.value;
        return true;
    }
    return false;
}

bool jsonb_has_key_or_string(Str value, Str key) {
    Str ignored;
    JsonbMember member;
    if (jsonb_kind(value) == JSONB_OBJECT) return jsonb_field(value, key, &ignored);
    if (jsonb_kind(value) == JSONB_STRING) return jsonb_string_is(value, key);
    for (JsonbWalk walk = jsonb_walk(value); jsonb_next(&walk, &member);)
        if (jsonb_kind(member.value) == JSONB_STRING && jsonb_string_is(member.value, key)) return true;
    return false;
}

/* As PostgreSQL's strtoint: white space before it, a sign, digits to the end; it fits an int32. */
static bool parse_index(Str text, int64_t *out) {
    size_t i = 0;
    while (i < text.size && (text.data[i] == ' ' || (text.data[i] >= '\t' && text.data[i] <= '\r'))) i++;
    bool is_negative = i < text.size && text.data[i] == '-';
    if (i < text.size && (text.data[i] == '-' || text.data[i] == '+')) i++;
    if (i == text.size) return false;
    int64_t value = 0;
    for (; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') return false;
        value = value * 10 + (text.data[i] - '0');
        if (value > (int64_t)INT32_MAX + is_negative) return false;
    }
    *out = is_negative ? -value : value;
    return true;
}

bool jsonb_step(Str value, Str key, Str *out) {
    int64_t index;
    if (jsonb_kind(value) == JSONB_OBJECT) return jsonb_field(value, key, out);
    return jsonb_kind(value) == JSONB_ARRAY && parse_index(key, &index) && jsonb_element(value, index, out);
}

static bool is_container(Str value) {
    return jsonb_kind(value) == JSONB_ARRAY || jsonb_kind(value) == JSONB_OBJECT;
}

/* ---- order ---- */

static int compare_digits(Str a, Str b) {
    const char *point_a = memchr(a.data, '.', a.size), *point_b = memchr(b.data, '.', b.size);
    size_t whole_a = point_a == NULL ? a.size : (size_t)(point_a - a.data);
    size_t whole_b = point_b == NULL ? b.size : (size_t)(point_b - b.data);
    /* No zeros in front, so more digits are a larger number; none behind, so fractions order as texts do. */
    if (whole_a != whole_b) return whole_a < whole_b ? -1 : 1;
    return str_compare(a, b);
}

static int compare_numbers(Str a, Str b) {
    bool a_negative = a.data[0] == '-', b_negative = b.data[0] == '-';
    if (a_negative != b_negative) return a_negative ? -1 : 1;
    if (!a_negative) return compare_digits(a, b);
    return compare_digits(str_from(b.data + 1, b.size - 1), str_from(a.data + 1, a.size - 1));
}

/* By the bytes that they stand for. */
static int compare_strings(Str a, Str b) {
    const char *x = a.data + 1, *x_end = a.data + a.size - 1, *y = b.data + 1, *y_end = b.data + b.size - 1;
    while (x < x_end && y < y_end) {
        int difference = (unsigned char)jsonb_read_byte(&x) - (unsigned char)jsonb_read_byte(&y);
        if (difference != 0) return difference;
    }
    return (x < x_end) - (y < y_end);
}

static int compare_members(Str a, Str b);

static int compare_values(Str a, Str b) {
    static const uint8_t RANKS[] = {[JSONB_NULL] = 0, [JSONB_STRING] = 1, [JSONB_NUMBER] = 2, [JSONB_BOOLEAN] = 3, [JSONB_ARRAY] = 4, [JSONB_OBJECT] = 5};
    JsonbKind kind = jsonb_kind(a), other = jsonb_kind(b);
    if (kind != other) return RANKS[kind] < RANKS[other] ? -1 : 1;
    switch (kind) {
        case JSONB_NULL: return 0;
        case JSONB_BOOLEAN: return (a.data[0] == 't') - (b.data[0] == 't');
        case JSONB_NUMBER: return compare_numbers(a, b);
        case JSONB_STRING: return compare_strings(a, b);
        case JSONB_ARRAY:
        case JSONB_OBJECT: break;
    }
    return compare_members(a, b);
}

static int compare_members(Str a, Str b) {
    int64_t count_a = jsonb_count(a), count_b = jsonb_count(b);
    if (count_a != count_b) return count_a < count_b ? -1 : 1;
    JsonbWalk walk_a = jsonb_walk(a), walk_b = jsonb_walk(b);
    JsonbMember x, y;
    while (jsonb_next(&walk_a, &x) && jsonb_next(&walk_b, &y)) {
        int order = x.key.size > 0 ? compare_strings(x.key, y.key) : 0;
        if (order == 0) order = compare_values(x.value, y.value);
        if (order != 0) return order;
    }
    return 0;
}

int jsonb_compare(Str a, Str b) {
    bool is_scalar = !is_container(a);
    if (is_scalar == !is_container(b)) return compare_values(a, b);
    /* To PostgreSQL a scalar on its own is a list of one: less than others of one element, but greater than the empty array. */
    int order = str_equal(is_scalar ? b : a, STR("[]")) ? 1 : -1;
    return is_scalar ? order : -order;
}

/* ---- containment ---- */

static bool array_has(Str array, Str value);

/* Every field of `b`, in `a`: both are in the same order, so one walk over each is enough. */
static bool object_contains(Str a, Str b) {
    JsonbWalk walk_a = jsonb_walk(a), walk_b = jsonb_walk(b);
    JsonbMember x, y;
    while (jsonb_next(&walk_b, &y)) {
        do {
            if (!jsonb_next(&walk_a, &x)) return false;
        } while (!str_equal(x.key, y.key));
        if (jsonb_kind(x.value) != jsonb_kind(y.value) || !jsonb_contains(x.value, y.value)) return false;
    }
    return true;
}

/* An element that is the scalar, or one that contains the array or object. */
static bool array_has(Str array, Str value) {
    JsonbMember member;
    for (JsonbWalk walk = jsonb_walk(array); jsonb_next(&walk, &member);) {
        if (jsonb_kind(member.value) != jsonb_kind(value)) continue;
        if (is_container(value) ? jsonb_contains(member.value, value) : str_equal(member.value, value)) return true;
    }
    return false;
}

bool jsonb_contains(Str a, Str b) {
    JsonbKind kind = jsonb_kind(a);
    /* PostgreSQL's exception: an array contains a scalar that is one of its elements. */
    if (kind == JSONB_ARRAY && !is_container(b)) return array_has(a, b);
    if (kind != jsonb_kind(b)) return false;
    if (kind == JSONB_OBJECT) return object_contains(a, b);
    if (kind != JSONB_ARRAY) return str_equal(a, b);
    JsonbMember member;
    for (JsonbWalk walk = jsonb_walk(b); jsonb_next(&walk, &member);)
        if (!array_has(a, member.value)) return false;
    return true;
}

/* ---- texts ---- */

char jsonb_read_byte(const char **at) {
    const char *from = *at;
    if (*from != '\\') {
        *at = from + 1;
        return *from;
    }
    *at = from + 2;
    switch (from[1]) {
        case 'b': return '\b';
        case 'f': return '\f';
        case 'n': return '\n';
        case 'r': return '\r';
        case 't': return '\t';
        case 'u': /* 00 and two digits, which are lower case */
            *at = from + 6;
            return (char)((from[4] - '0') << 4 | (from[5] <= '9' ? from[5] - '0' : from[5] - 'a' + 10));
        default: return from[1];
    }
}

void jsonb_append_escaped(Text *out, char c) {
    static const char hex[] = "0123456789abcdef";
    static const char shorts[] = "\"\"\\\\\bb\ff\nn\rr\tt";
    for (size_t i = 0; shorts[i] != '\0'; i += 2) {
        if (shorts[i] != c) continue;
        text_append(out, str_from((const char[]){'\\', shorts[i + 1]}, 2));
        return;
    }
    text_append(out, str_from((const char[]){'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]}, 6));
}

void jsonb_append_plain(Text *out, Str value) {
    if (jsonb_kind(value) != JSONB_STRING) {
        text_append(out, value);
        return;
    }
    const char *at = value.data + 1, *end = value.data + value.size - 1;
    while (at < end) {
        const char *escape = memchr(at, '\\', (size_t)(end - at));
        text_append(out, str_from(at, (size_t)((escape == NULL ? end : escape) - at)));
        if (escape == NULL) return;
        at = escape;
        text_append_char(out, jsonb_read_byte(&at));
    }
}

void jsonb_append_string(Text *out, Str text) {
    text_append_char(out, '"');
    size_t start = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (!jsonb_must_escape(text.data[i])) continue;
        text_append(out, str_from(text.data + start, i - start));
        jsonb_append_escaped(out, text.data[i]);
        start = i + 1;
    }
    if (start < text.size) text_append(out, str_from(text.data + start, text.size - start));
    text_append_char(out, '"');
}

static void append_pretty(Text *out, Str value, size_t depth) {
    ASSERT(depth <= JSONB_DEPTH_MAX);
    JsonbWalk walk = jsonb_walk(value);
    if (!is_container(value)) {
        text_append(out, value);
        return;
    }
    text_append_char(out, value.data[0]);
    JsonbMember member;
    for (bool is_first = true; jsonb_next(&walk, &member); is_first = false) {
        text_append_c(out, is_first ? "\n" : ",\n");
        text_append_repeated(out, ' ', 4 * (depth + 1));
        if (member.key.size > 0) {
            text_append(out, member.key);
            text_append_c(out, ": ");
        }
        append_pretty(out, member.value, depth + 1);
    }
    text_append_char(out, '\n');
    text_append_repeated(out, ' ', 4 * depth);
    text_append_char(out, value.data[value.size - 1]);
}

void jsonb_append_pretty(Text *out, Str value) {
    append_pretty(out, value, 0);
}

void jsonb_begin_member(Text *out, Str key, bool *is_first) {
    if (!*is_first) text_append_c(out, ", ");
    *is_first = false;
    text_append(out, key);
    if (key.size > 0) text_append_c(out, ": ");
}

void jsonb_append_stripped(Text *out, Str value) {
    if (!is_container(value)) {
        text_append(out, value);
        return;
    }
    JsonbWalk walk = jsonb_walk(value);
    JsonbMember member;
    text_append_char(out, value.data[0]);
    for (bool is_first = true; jsonb_next(&walk, &member);) {
        if (member.key.size > 0 && jsonb_kind(member.value) == JSONB_NULL) continue;
        jsonb_begin_member(out, member.key, &is_first);
        jsonb_append_stripped(out, member.value);
    }
    text_append_char(out, value.data[value.size - 1]);
}

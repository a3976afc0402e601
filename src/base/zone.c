/* SPDX-License-Identifier: Apache-2.0
 * base/zone.c - TZif files (RFC 8536) and rules of POSIX.
 *
 *     header      "TZif" version 15x0, six counts of 4 bytes each: ut, std, leap, time, type, char
 *     data        times (4 bytes each), type of each (1), types (offset 4, is_dst 1, name 1), names,
 *                 leap seconds, ...
 *     header      from version 2 on: again, with times of 8 bytes
 *     data
 *     footer      newline, a rule for what comes after the last time, newline
 *
 * Numbers are big-endian. Type 0 holds before the first time. */
#include "base/zone.h"

#include "base/calendar.h"
#include "base/number_priv.h"

enum { HEADER_SIZE = 44, TYPE_SIZE = 6, TIME_COUNT_MAX = 2000, DAY_S = 86400, RULE_SIZE_MAX = 127 };

/* When a year's offset changes: `day_of_year` 1..365 without leap days, 0..365 with them, or the week's nth
 * weekday of a month, 5 the last. `time_s` is local and may be negative or more than a day. */
typedef enum RuleKind { RULE_JULIAN, RULE_DAY, RULE_MONTH } RuleKind;
typedef struct RuleDay {
    RuleKind kind;
    int32_t month, week, day;
    int32_t time_s;
} RuleDay;

typedef struct Rule {
    int32_t standard_s, summer_s; /* east of UTC */
    bool has_summer;
    RuleDay start, end; /* of summer */
} Rule;

struct Zone {
    const int64_t *times;
    const int32_t *offsets; /* from times[i] on */
    uint32_t count;
    int32_t first_s; /* before times[0] */
    bool has_rule;
    Rule rule; /* after the last */
};

/* ---- rules ---- */

typedef struct Cursor {
    const char *at, *end;
} Cursor;

static char peek(const Cursor *cursor) {
    return cursor->at < cursor->end ? *cursor->at : '\0';
}

static bool take(Cursor *cursor, char c) {
    if (peek(cursor) != c || cursor->at == cursor->end) return false;
    cursor->at++;
    return true;
}

/* An abbreviation, letters or anything in <>; the size is what was between. */
static bool take_name(Cursor *cursor, size_t *size) {
    bool quoted = take(cursor, '<');
    const char *start = cursor->at;
    for (; cursor->at < cursor->end; cursor->at++) {
        char c = *cursor->at;
        if (quoted ? c == '>' : number_is_digit(c) || c == ',' || c == '-' || c == '+') break;
    }
    *size = (size_t)(cursor->at - start);
    return !quoted || take(cursor, '>');
}

static bool take_number(Cursor *cursor, int32_t least, int32_t most, int32_t *out) {
    DEBUG_ASSERT(least >= 0 && most < INT32_MAX / 10); /* checked after each digit: no overflow in between */
    int32_t value = 0;
    if (!number_is_digit(peek(cursor))) return false;
    for (; number_is_digit(peek(cursor)); cursor->at++) {
        value = value * 10 + (*cursor->at - '0');
        if (value > most) return false;
    }
    *out = value;
    return value >= least;
}

/* [+-]hh[:mm[:ss]] */
static bool take_time(Cursor *cursor, int32_t *out) {
    enum { HOUR_MAX = 24 * 7 - 1 };
    bool negative = take(cursor, '-');
    if (!negative) (void)take(cursor, '+');
    int32_t hour, minute = 0, second = 0;
    if (!take_number(cursor, 0, HOUR_MAX, &hour)) return false;
    if (take(cursor, ':') && !take_number(cursor, 0, 59, &minute)) return false;
    if (take(cursor, ':') && !take_number(cursor, 0, 60, &second)) return false;
    int32_t seconds = hour * 3600 + minute * 60 + second;
    *out = negative ? -seconds : seconds;
    return true;
}

/* Jn, n, or Mm.w.d, and /time */
static bool take_day(Cursor *cursor, RuleDay *out) {
    DEBUG_ASSERT(cursor->at <= cursor->end);
    *out = (RuleDay){.time_s = 2 * 3600};
    if (take(cursor, 'J')) {
        out->kind = RULE_JULIAN;
        if (!take_number(cursor, 1, 365, &out->day)) return false;
    } else if (take(cursor, 'M')) {
        out->kind = RULE_MONTH;
        if (!take_number(cursor, 1, 12, &out->month) || !take(cursor, '.')) return false;
        if (!take_number(cursor, 1, 5, &out->week) || !take(cursor, '.')) return false;
        if (!take_number(cursor, 0, 6, &out->day)) return false;
    } else {
        out->kind = RULE_DAY;
        if (!take_number(cursor, 0, 365, &out->day)) return false;
    }
    return !take(cursor, '/') || take_time(cursor, &out->time_s);
}

static bool take_summer(Cursor *cursor, Rule *rule) {
    /* POSIX leaves it to the implementation; PostgreSQL and the time zone database take the USA's rule. */
    static const char usual[] = ",M3.2.0,M11.1.0"; /* what a rule without days means */
    size_t name_size;
    int32_t offset_s;
    if (!take_name(cursor, &name_size) || name_size == 0) return false;
    rule->has_summer = true;
    rule->summer_s = rule->standard_s + 3600;
    bool days = peek(cursor) == ',' || peek(cursor) == ';';
    if (cursor->at < cursor->end && !days) {
        if (!take_time(cursor, &offset_s)) return false;
        rule->summer_s = -offset_s;
    }
    Cursor fallback = {usual, usual + sizeof(usual) - 1};
    if (cursor->at == cursor->end) cursor = &fallback;
    if (!take(cursor, ',') && !take(cursor, ';')) return false;
    return take_day(cursor, &rule->start) && take(cursor, ',') && take_day(cursor, &rule->end) &&
           cursor->at == cursor->end;
}

static bool rule_parse(Str text, Rule *out) {
    Cursor cursor = {text.data, text.data + text.size};
    size_t name_size;
    int32_t offset_s;
    *out = (Rule){0};
    if (text.size > RULE_SIZE_MAX || !take_name(&cursor, &name_size)) return false;
    if (!take_time(&cursor, &offset_s)) return false;
    /* POSIX counts west of UTC as positive; we count east. */
    out->standard_s = -offset_s;
    return cursor.at == cursor.end || take_summer(&cursor, out);
}

/* The second of a year's change, in UTC when `offset_s` holds before it. */
static int64_t day_in_year(const RuleDay *rule, int32_t year, int32_t offset_s) {
    DEBUG_ASSERT(rule->kind != RULE_MONTH || (rule->month >= 1 && rule->month <= 12));
    int64_t days = calendar_days_from_civil((CivilDate){year, 1, 1});
    switch (rule->kind) {
        case RULE_JULIAN: days += rule->day - 1 + (rule->day >= 60 && calendar_is_leap_year(year)); break;
        case RULE_DAY: days += rule->day; break;
        case RULE_MONTH: {
            days = calendar_days_from_civil((CivilDate){year, rule->month, 1});
            int64_t weekday = (days + CALENDAR_JULIAN_OFFSET + 1) % 7;
            int64_t day = (rule->day - weekday + 7) % 7 + (rule->week - 1) * 7;
            /* The fifth is the last, and a month may have four. */
            while (day >= calendar_days_in_month(year, rule->month)) day -= 7;
            days += day;
            break;
        }
    }
    return days * DAY_S + rule->time_s - offset_s;
}

/* Changes of the years around `seconds`: the last that is not after it, and the first that is. */
static ZoneSpan rule_span_at(const Rule *rule, int64_t seconds) {
    ZoneSpan span = {INT64_MIN, INT64_MAX, rule->standard_s};
    if (!rule->has_summer) return span;
    int64_t day = seconds / DAY_S - (seconds % DAY_S < 0);
    int32_t year = calendar_civil_from_days(day).year;
    /* A change's time may lie days before or after its day, so the neighbouring years count. */
    for (int32_t i = year - 1; i <= year + 1; i++) {
        int64_t changes[2] = {day_in_year(&rule->start, i, rule->standard_s),
                              day_in_year(&rule->end, i, rule->summer_s)};
        for (int to_standard = 0; to_standard < 2; to_standard++) {
            int64_t change = changes[to_standard];
            if (change > seconds && change < span.end) span.end = change;
            if (change > seconds || change < span.start) continue;
            span.start = change;
            span.offset_s = to_standard ? rule->standard_s : rule->summer_s;
        }
    }
    DEBUG_ASSERT(span.start <= seconds || !rule->has_summer);
    return span;
}

Status zone_from_rule(Arena *arena, Str text, Zone **out, Error *err) {
    Rule rule;
    *out = NULL;
    if (!rule_parse(text, &rule)) return STATUS_OK;
    Zone *zone = ARENA_NEW(arena, Zone);
    TRY_ALLOC(zone);
    zone->has_rule = true;
    zone->rule = rule;
    zone->first_s = rule.standard_s;
    *out = zone;
    return STATUS_OK;
}

/* ---- files ---- */

static int64_t read_big_endian(const char *at, size_t size) {
    DEBUG_ASSERT(size == 4 || size == 8);
    uint64_t value = (signed char)at[0] < 0 ? UINT64_MAX : 0;
    for (size_t i = 0; i < size; i++) value = value << 8 | (unsigned char)at[i];
    return (int64_t)value;
}

typedef struct Header {
    char version;
    uint32_t ut_count, std_count, leap_count, time_count, type_count, name_size;
} Header;

static bool header_read(Str bytes, Header *out) {
    uint32_t counts[6];
    if (bytes.size < HEADER_SIZE || !str_starts_with(bytes, STR("TZif"))) return false;
    for (size_t i = 0; i < 6; i++) {
        counts[i] = (uint32_t)read_big_endian(bytes.data + 20 + 4 * i, 4);
        /* Bounded here, so that data_size cannot overflow. */
        if (counts[i] > ZONE_FILE_SIZE_MAX) return false;
    }
    *out = (Header){bytes.data[4], counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]};
    return true;
}

static size_t data_size(const Header *header, size_t time_size) {
    return header->time_count * (time_size + 1) + header->type_count * TYPE_SIZE + header->name_size +
           header->leap_count * (time_size + 4) + header->std_count + header->ut_count;
}

static bool is_offset(int32_t seconds) {
    return seconds > -2 * DAY_S && seconds < 2 * DAY_S;
}

/* A block of data into the zone; false when it contradicts itself. */
static bool data_read(Arena *arena, const Header *header, const char *at, size_t time_size, Zone *zone,
                      bool *refused) {
    DEBUG_ASSERT(time_size == 4 || time_size == 8);
    uint32_t count = header->time_count;
    int64_t *times = ARENA_ARRAY(arena, int64_t, count);
    int32_t *offsets = ARENA_ARRAY(arena, int32_t, count);
    *refused = times == NULL || offsets == NULL;
    if (*refused) return false;
    /* Leap seconds would make the file's seconds differ from ours. */
    if (header->type_count == 0 || header->leap_count != 0 || count > TIME_COUNT_MAX) return false;
    const char *types_of = at + count * time_size, *types = types_of + count;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t type = (unsigned char)types_of[i];
        if (type >= header->type_count) return false;
        times[i] = read_big_endian(at + i * time_size, time_size);
        if (i > 0 && times[i] <= times[i - 1]) return false;
        offsets[i] = (int32_t)read_big_endian(types + type * TYPE_SIZE, 4);
        if (!is_offset(offsets[i])) return false;
    }
    zone->first_s = (int32_t)read_big_endian(types, 4);
    if (!is_offset(zone->first_s)) return false;
    ASSERT(count <= TIME_COUNT_MAX);
    zone->times = times;
    zone->offsets = offsets;
    zone->count = count;
    return true;
}

/* The rule between two newlines; an empty one says nothing. */
static bool footer_read(Str footer, Zone *zone) {
    if (footer.size < 2 || footer.data[0] != '\n') return false;
    Str rest = str_from(footer.data + 1, footer.size - 1);
    ptrdiff_t end = str_find(rest, STR("\n"));
    if (end <= 0) return end == 0;
    zone->has_rule = rule_parse(str_from(rest.data, (size_t)end), &zone->rule);
    return zone->has_rule;
}

static bool file_read(Arena *arena, Str bytes, Zone *zone, bool *refused) {
    Header header;
    *refused = false;
    if (bytes.size > ZONE_FILE_SIZE_MAX || !header_read(bytes, &header)) return false;
    size_t size = HEADER_SIZE + data_size(&header, 4);
    if (size > bytes.size) return false;
    /* The first block's times are 32 bits and end in 2038: readers of version 2 skip it (RFC 8536, 3). */
    if (header.version < '2') return data_read(arena, &header, bytes.data + HEADER_SIZE, 4, zone, refused);
    bytes = str_from(bytes.data + size, bytes.size - size);
    if (!header_read(bytes, &header)) return false;
    size = HEADER_SIZE + data_size(&header, 8);
    if (size > bytes.size) return false;
    return data_read(arena, &header, bytes.data + HEADER_SIZE, 8, zone, refused) &&
           footer_read(str_from(bytes.data + size, bytes.size - size), zone);
}

Status zone_read(Arena *arena, Str bytes, Zone **out, Error *err) {
    bool refused;
    Zone *zone = ARENA_NEW(arena, Zone);
    TRY_ALLOC(zone);
    if (!file_read(arena, bytes, zone, &refused))
        return refused ? error_out_of_memory(err)
                       : error_set(err, STATUS_IO, "time zone data is damaged or counts leap seconds");
    *out = zone;
    return STATUS_OK;
}

/* ---- use ---- */

ZoneSpan zone_span_at(const Zone *zone, int64_t seconds) {
    ASSERT(zone != NULL);
    uint32_t low = 0, high = zone->count;
    while (low < high) { /* the first time after `seconds` */
        uint32_t middle = low + (high - low) / 2;
        if (zone->times[middle] <= seconds)
            low = middle + 1;
        else
            high = middle;
    }
    int64_t end = low < zone->count ? zone->times[low] : INT64_MAX;
    if (low == 0 && zone->count > 0) return (ZoneSpan){INT64_MIN, end, zone->first_s};
    ZoneSpan last = {INT64_MIN, end, zone->first_s};
    if (low > 0) last = (ZoneSpan){zone->times[low - 1], end, zone->offsets[low - 1]};
    if (low < zone->count || !zone->has_rule) return last;
    ZoneSpan span = rule_span_at(&zone->rule, seconds);
    if (span.start > last.start || zone->count == 0) return span;
    last.end = span.end; /* the rule has not changed anything yet */
    return last;
}

int32_t zone_offset_of_local(const Zone *zone, int64_t local_seconds) {
    ASSERT(zone != NULL);
    ZoneSpan before = zone_span_at(zone, local_seconds - DAY_S);
    if (before.end == INT64_MAX) return before.offset_s;
    int32_t after_s = zone_span_at(zone, before.end).offset_s;
    /* The two readings of the local time. Both before the change, or both after: no doubt. In the gap (no
     * such time) and in the overlap (twice) PostgreSQL takes the standard time. */
    int64_t by_before = local_seconds - before.offset_s, by_after = local_seconds - after_s;
    if (by_before < before.end && by_after < before.end) return before.offset_s;
    if (by_before > before.end && by_after >= before.end) return after_s;
    return by_before > by_after ? before.offset_s : after_s;
}

Status zone_find(ZoneSource *source, Str name, const Zone **out, Error *err) {
    if (source != NULL) return source->find(source, name, out, err);
    return error_set(err, STATUS_INVALID_ARGUMENT, "time zone \"%.*s\" not recognized", STR_ARGS(name));
}

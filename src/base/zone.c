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
#include "base/text.h"

enum { HEADER_SIZE = 44, TYPE_SIZE = 6, TIME_COUNT_MAX = 2000, DAY_S = 86400, RULE_SIZE_MAX = 127 };

/* When a year's offset changes: `day_of_year` 1..365 without leap days, 0..365 with them, or the week's nth
 * weekday of a month, 5 the last. `time_s` is local and may be negative or more than a day. */
typedef enum RuleKind { RULE_JULIAN, RULE_DAY, RULE_MONTH } RuleKind;
typedef struct RuleDay {
    RuleKind kind;
    int32_t month, week, day;
    int32_t time_s;
} RuleDay;

/* An offset and what it is called. */
typedef struct ZoneType {
    int32_t offset_s; /* east of UTC */
    Str abbreviation;
} ZoneType;

typedef struct Rule {
    ZoneType standard, summer;
    bool has_summer;
    RuleDay start, end; /* of summer */
} Rule;

struct Zone {
    Str name;
    const ZoneType *types; /* types[0] is that before times[0] */
    uint32_t type_count;   /* 1 or more */
    const int64_t *times;
    const uint8_t *type_of; /* from times[i] on */
    uint32_t count;
    bool is_rule; /* its name is one */
    bool has_rule;
    Rule rule; /* after the last */
};

/* ---- rules ---- */

/* What of a rule has not been read. */
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

/* An abbreviation, letters or anything in <>. */
static bool take_name(Cursor *cursor, Str *out) {
    bool quoted = take(cursor, '<');
    const char *start = cursor->at;
    for (; cursor->at < cursor->end; cursor->at++) {
        char c = *cursor->at;
        if (quoted ? c == '>' : number_is_digit(c) || c == ',' || c == '-' || c == '+') break;
    }
    *out = str_from(start, (size_t)(cursor->at - start));
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

/* The abbreviation and offset of summer time (an hour more than the standard's, if it is not said), then the days. */
static bool take_summer(Cursor *cursor, Rule *rule) {
    /* POSIX leaves it to the implementation; PostgreSQL and the time zone database take the USA's rule. */
    static const char usual[] = ",M3.2.0,M11.1.0"; /* what a rule without days means */
    int32_t offset_s;
    if (!take_name(cursor, &rule->summer.abbreviation) || rule->summer.abbreviation.size == 0) return false;
    rule->has_summer = true;
    rule->summer.offset_s = rule->standard.offset_s + 3600;
    bool days = peek(cursor) == ',' || peek(cursor) == ';';
    if (cursor->at < cursor->end && !days) {
        if (!take_time(cursor, &offset_s)) return false;
        rule->summer.offset_s = -offset_s;
    }
    Cursor fallback = {usual, usual + sizeof(usual) - 1};
    if (cursor->at == cursor->end) cursor = &fallback;
    if (!take(cursor, ',') && !take(cursor, ';')) return false;
    return take_day(cursor, &rule->start) && take(cursor, ',') && take_day(cursor, &rule->end) &&
           cursor->at == cursor->end;
}

/* Abbreviations are those of `text`. */
static bool rule_parse(Str text, Rule *out) {
    Cursor cursor = {text.data, text.data + text.size};
    int32_t offset_s;
    *out = (Rule){0};
    if (text.size > RULE_SIZE_MAX || !take_name(&cursor, &out->standard.abbreviation)) return false;
    if (!take_time(&cursor, &offset_s)) return false;
    /* POSIX counts west of UTC as positive; we count east. */
    out->standard.offset_s = -offset_s;
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

static ZoneSpan span_of(const ZoneType *type, int64_t start, int64_t end) {
    return (ZoneSpan){start, end, type->offset_s, type->abbreviation};
}

/* Changes of the years around `seconds`: the last that is not after it, and the first that is. */
static ZoneSpan rule_span_at(const Rule *rule, int64_t seconds) {
    ZoneSpan span = span_of(&rule->standard, INT64_MIN, INT64_MAX);
    if (!rule->has_summer) return span;
    int64_t day = seconds / DAY_S - (seconds % DAY_S < 0);
    int32_t year = calendar_civil_from_days(day).year;
    DEBUG_ASSERT(year > INT32_MIN + 1 && year < INT32_MAX - 1);
    /* A change's time may lie days before or after its day, so the neighbouring years count. */
    for (int32_t i = year - 1; i <= year + 1; i++) {
        int64_t changes[2] = {day_in_year(&rule->start, i, rule->standard.offset_s),
                              day_in_year(&rule->end, i, rule->summer.offset_s)};
        for (int to_standard = 0; to_standard < 2; to_standard++) {
            int64_t change = changes[to_standard];
            if (change > seconds && change < span.end) span.end = change;
            if (change > seconds || change < span.start) continue;
            span = span_of(to_standard ? &rule->standard : &rule->summer, change, span.end);
        }
    }
    DEBUG_ASSERT(span.start <= seconds || !rule->has_summer);
    return span;
}

Status zone_from_rule(Arena *arena, Str text, Zone **out, Error *err) {
    *out = NULL;
    if (text.size > RULE_SIZE_MAX) return STATUS_OK;
    Zone *zone = ARENA_NEW(arena, Zone);
    char *name = arena_alloc(arena, text.size + 1);
    if (zone == NULL || name == NULL) return error_out_of_memory(err);
    for (size_t i = 0; i < text.size; i++)
        name[i] = text.data[i] >= 'a' && text.data[i] <= 'z' ? (char)(text.data[i] - 32) : text.data[i];
    zone->name = str_from(name, text.size);
    zone->is_rule = zone->has_rule = rule_parse(zone->name, &zone->rule);
    if (!zone->has_rule) return STATUS_OK;
    zone->types = &zone->rule.standard;
    zone->type_count = 1;
    *out = zone;
    return STATUS_OK;
}

/* "+02", "-05:30", "+09:18:59". */
static size_t offset_write(char *out, size_t room, int32_t offset_s) {
    int32_t size = offset_s < 0 ? -offset_s : offset_s;
    size_t at = text_format(out, room, "%c%s%d", offset_s < 0 ? '-' : '+', size < 36000 ? "0" : "", size / 3600);
    if (size % 3600 != 0) at += text_format(out + at, room - at, ":%d%d", size / 600 % 6, size / 60 % 10);
    if (size % 60 != 0) at += text_format(out + at, room - at, ":%d%d", size / 10 % 6, size % 10);
    return at;
}

Status zone_from_offset(Arena *arena, int32_t offset_s, Zone **out, Error *err) {
    char room[40]; /* two of "+167:59:59" and <> */
    ASSERT(offset_s > -7 * DAY_S && offset_s < 7 * DAY_S);
    size_t at = 0;
    room[at++] = '<';
    at += offset_write(room + at, sizeof(room) - at, offset_s);
    room[at++] = '>';
    at += offset_write(room + at, sizeof(room) - at, offset_s);
    /* The second one counts west. */
    char *sign = memchr(room, '>', at);
    sign[1] = offset_s < 0 ? '+' : '-';
    return zone_from_rule(arena, str_from(room, at), out, err);
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

/* Wider than any zone has been; RFC 8536 has no bound, and sums with timestamps need one. */
static bool is_offset(int32_t seconds) {
    return seconds > -2 * DAY_S && seconds < 2 * DAY_S;
}

/* The offsets of a block, and their abbreviations: zero-ended, in one text behind them. */
static bool types_read(Arena *arena, const Header *header, const char *at, Zone *zone, bool *refused) {
    Str names = str_copy(arena, str_from(at + header->type_count * TYPE_SIZE, header->name_size));
    ZoneType *types = ARENA_ARRAY(arena, ZoneType, header->type_count);
    *refused = types == NULL || names.data == NULL;
    if (*refused || header->type_count == 0) return false;
    for (uint32_t i = 0; i < header->type_count; i++, at += TYPE_SIZE) {
        size_t start = (unsigned char)at[5];
        types[i].offset_s = (int32_t)read_big_endian(at, 4);
        if (!is_offset(types[i].offset_s) || start >= names.size) return false;
        const char *end = memchr(names.data + start, '\0', names.size - start);
        if (end == NULL) return false;
        types[i].abbreviation = str_from(names.data + start, (size_t)(end - names.data) - start);
    }
    zone->types = types;
    zone->type_count = header->type_count;
    return true;
}

/* A block of data into the zone; false when it contradicts itself. */
static bool data_read(Arena *arena, const Header *header, const char *at, size_t time_size, Zone *zone,
                      bool *refused) {
    DEBUG_ASSERT(time_size == 4 || time_size == 8);
    uint32_t count = header->time_count;
    int64_t *times = ARENA_ARRAY(arena, int64_t, count);
    const uint8_t *type_of = arena_copy(arena, at + count * time_size, count);
    *refused = times == NULL || type_of == NULL;
    if (*refused) return false;
    /* Leap seconds would make the file's seconds differ from ours. */
    if (header->leap_count != 0 || count > TIME_COUNT_MAX) return false;
    for (uint32_t i = 0; i < count; i++) {
        if (type_of[i] >= header->type_count) return false;
        times[i] = read_big_endian(at + i * time_size, time_size);
        if (i > 0 && times[i] <= times[i - 1]) return false;
    }
    zone->times = times;
    zone->type_of = type_of;
    zone->count = count;
    return types_read(arena, header, at + count * (time_size + 1), zone, refused);
}

/* The rule between two newlines; an empty one says nothing. */
static bool footer_read(Arena *arena, Str footer, Zone *zone, bool *refused) {
    if (footer.size < 2 || footer.data[0] != '\n') return false;
    Str rest = str_from(footer.data + 1, footer.size - 1);
    ptrdiff_t end = str_find(rest, STR("\n"));
    if (end <= 0) return end == 0;
    rest = str_copy(arena, str_from(rest.data, (size_t)end));
    *refused = rest.data == NULL;
    zone->has_rule = !*refused && rule_parse(rest, &zone->rule);
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
           footer_read(arena, str_from(bytes.data + size, bytes.size - size), zone, refused);
}

Status zone_read(Arena *arena, Str name, Str bytes, Zone **out, Error *err) {
    bool refused;
    Zone *zone = ARENA_NEW(arena, Zone);
    TRY_ALLOC(zone);
    zone->name = str_copy(arena, name);
    TRY_ALLOC(zone->name.data);
    if (!file_read(arena, bytes, zone, &refused))
        return refused ? error_out_of_memory(err)
                       : error_set(err, STATUS_IO, "time zone data is damaged or counts leap seconds");
    *out = zone;
    return STATUS_OK;
}

/* ---- use ---- */

static const ZoneType utc = {0, {"UTC", 3}};

Str zone_name(const Zone *zone) {
    return zone == NULL ? utc.abbreviation : zone->name;
}

bool zone_is_rule(const Zone *zone) {
    return zone != NULL && zone->is_rule;
}

bool zone_equal(const Zone *a, const Zone *b) {
    return a == b || str_equal(zone_name(a), zone_name(b));
}

/* Its abbreviation points into the text of the zone that is copied. */
static bool type_copy(Arena *arena, ZoneType *type) {
    type->abbreviation = str_copy(arena, type->abbreviation);
    return type->abbreviation.data != NULL;
}

Zone *zone_copy(Arena *arena, const Zone *zone) {
    Zone *copy = zone == NULL ? NULL : arena_copy(arena, zone, sizeof(*zone));
    if (copy == NULL) return NULL;
    ZoneType *types = arena_copy(arena, zone->types, zone->type_count * sizeof(*types));
    copy->name = str_copy(arena, zone->name);
    copy->types = types;
    if (zone->count > 0) {
        copy->times = arena_copy(arena, zone->times, zone->count * sizeof(*zone->times));
        copy->type_of = arena_copy(arena, zone->type_of, zone->count);
        if (copy->times == NULL || copy->type_of == NULL) return NULL;
    }
    bool done = types != NULL && copy->name.data != NULL && type_copy(arena, &copy->rule.standard) &&
                type_copy(arena, &copy->rule.summer);
    for (uint32_t i = 0; done && i < zone->type_count; i++) done = type_copy(arena, &types[i]);
    return done ? copy : NULL;
}

ZoneSpan zone_span_at(const Zone *zone, int64_t seconds) {
    if (zone == NULL) return span_of(&utc, INT64_MIN, INT64_MAX);
    DEBUG_ASSERT(zone->type_count > 0);
    uint32_t low = 0, high = zone->count;
    while (low < high) { /* the first time after `seconds` */
        uint32_t middle = low + (high - low) / 2;
        if (zone->times[middle] <= seconds)
            low = middle + 1;
        else
            high = middle;
    }
    int64_t end = low < zone->count ? zone->times[low] : INT64_MAX;
    ZoneSpan last = low == 0 ? span_of(&zone->types[0], INT64_MIN, end)
                             : span_of(&zone->types[zone->type_of[low - 1]], zone->times[low - 1], end);
    /* Before the first time, or between two, the file knows. Behind the last one the rule goes on, from its own first change; a zone
     * that is only a rule has no times. */
    if (low == 0 && zone->count > 0) return last;
    if (low < zone->count || !zone->has_rule) return last;
    ZoneSpan span = rule_span_at(&zone->rule, seconds);
    if (span.start > last.start || zone->count == 0) return span;
    last.end = span.end; /* the rule has not changed anything yet */
    return last;
}

int32_t zone_offset_at(const Zone *zone, int64_t timestamp) {
    if (zone == NULL || !calendar_timestamp_is_finite(timestamp)) return 0;
    return zone_span_at(zone, calendar_second_of(timestamp)).offset_s;
}

int32_t zone_offset_of_local(const Zone *zone, int64_t local_seconds) {
    if (zone == NULL) return 0;
    /* A day back is before any change that could matter: offsets of files are below two days, and then the next span is asked. */
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

ZoneClock zone_clock_of(const Zone *zone) {
    ZoneClock clock = {.zone = zone}; /* an empty span: the first time finds its own */
    if (zone == NULL) clock.span = span_of(&utc, INT64_MIN, INT64_MAX);
    return clock;
}

int32_t zone_clock_offset_of_local(ZoneClock *clock, int64_t local_seconds) {
    enum { DOUBT_S = 8 * DAY_S }; /* offsets are below seven days: before that a change does not matter */
    if (clock->zone == NULL) return clock->span.offset_s;
    int32_t before = zone_clock_offset_at(clock, local_seconds - DAY_S);
    int64_t end = clock->span.end;
    return end == INT64_MAX || local_seconds < end - DOUBT_S ? before : zone_offset_of_local(clock->zone, local_seconds);
}

Status zone_find(ZoneSource *source, Str name, const Zone **out, Error *err) {
    if (source != NULL) return source->find(source, name, out, err);
    return error_set(err, STATUS_INVALID_ARGUMENT, "time zone \"%.*s\" not recognized", STR_ARGS(name));
}

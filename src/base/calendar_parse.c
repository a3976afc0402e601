/* SPDX-License-Identifier: Apache-2.0
 * base/calendar_parse.c - the general reader of dates and times, after the fast layouts have declined.
 *
 * Two steps, as in PostgreSQL, whose rules these are. The text is cut into fields by shape alone:
 *
 *     NUMBER   20261124   100000   2026.328       TIME   10:00:00.5
 *     DATE     2026-11-24   24-nov-2026           ZONE   +02:00   -8
 *     WORD     nov   tue   pm   bc   utc   t   j  (lower case)
 *
 * Then each field takes its meaning from its shape and from what is known so far: the first short number is a
 * month, the next a day, the next a year; a long one is YYYYMMDD, or HHMMSS once the date is known. */
#include "base/calendar_parse.h"

#include "base/number.h"
#include "base/number_priv.h"

enum { TEXT_SIZE_MAX = 128, FIELD_COUNT_MAX = 25 };
STATIC_ASSERT(TEXT_SIZE_MAX < (int)ERROR_MESSAGE_SIZE_MAX / 2, "a message shows the whole text");

/* Longer than the longest form with room for white space; PostgreSQL's buffer is MAXDATELEN + MAXDATEFIELDS. A piece of
 * text has at most one field per two bytes, so the second bound is PostgreSQL's own: MAXDATEFIELDS. */
typedef enum FieldKind {
    FIELD_NUMBER,
    FIELD_DATE,
    FIELD_TIME,
    FIELD_ZONE,
    FIELD_WORD,
    FIELD_SIGNED_WORD
} FieldKind;

/* A piece of the text, lower case, without white space. */
typedef struct Field {
    FieldKind kind;
    Str text;
} Field;

/* REPORTED: the error says it already. */
typedef enum Fault { FAULT_NONE, FAULT_SYNTAX, FAULT_FIELD, FAULT_ZONE, FAULT_REPORTED } Fault;

/* A text that is one word and names a time of its own. */
typedef enum Special { SPECIAL_NONE, SPECIAL_EPOCH, SPECIAL_INFINITY, SPECIAL_MINUS_INFINITY } Special;

/* What has been said. A second word on the same part is an error, also when it says the same. */
enum { HAS_YEAR = 1, HAS_MONTH = 2, HAS_DAY = 4, HAS_TIME = 8, HAS_DATE = HAS_YEAR | HAS_MONTH | HAS_DAY };
enum { ONCE_WEEKDAY = 1, ONCE_MERIDIEM = 2, ONCE_ERA = 4 };
typedef enum Meridiem { MERIDIEM_NONE, MERIDIEM_AM, MERIDIEM_PM } Meridiem;

/* What is known so far. */
typedef struct Reading {
    unsigned has;
    int64_t year, month, day, day_of_year;
    int64_t hour, minute, second, microsecond;
    int64_t julian_day;
    int32_t offset_seconds;
    const Zone *zone; /* NULL: offset_seconds it is */
    ZoneSource *zones;
    Error *err; /* of looking one up */
    Special special;
    Meridiem meridiem;
    bool started;    /* a field with a meaning was read: a date in one field has to come first */
    bool date_leads; /* the date is one field, the first, and a plain time follows: TIME takes that */
    bool time_only;  /* TIME is asked for */
    unsigned once;   /* ONCE_ of what may come only once */
    bool has_zone, has_julian, has_day_of_year, before_christ, text_month, short_year;
    char next; /* 'j': the next number is a Julian day; 't': the next is a time; 0 */
} Reading;

typedef enum WordKind {
    WORD_MONTH,
    WORD_WEEKDAY,
    WORD_ZONE,
    WORD_MERIDIEM,
    WORD_ERA,
    WORD_SPECIAL,
    WORD_NEXT,
    WORD_NOISE,
    WORD_MIDNIGHT
} WordKind;

typedef struct Word {
    const char *name;
    WordKind kind;
    int32_t value; /* a zone's: seconds east */
} Word;

/* Searched from the top for each word of a text that the fast layouts did not take; months and days, which are asked for
 * most, stand first. 'sun' .. 'saturday', 'epoch' .. 'julian' are words of dates, the rest zones. */
static const Word words[] = {
    {"jan", WORD_MONTH, 1},
    {"january", WORD_MONTH, 1},
    {"feb", WORD_MONTH, 2},
    {"february", WORD_MONTH, 2},
    {"mar", WORD_MONTH, 3},
    {"march", WORD_MONTH, 3},
    {"apr", WORD_MONTH, 4},
    {"april", WORD_MONTH, 4},
    {"may", WORD_MONTH, 5},
    {"jun", WORD_MONTH, 6},
    {"june", WORD_MONTH, 6},
    {"jul", WORD_MONTH, 7},
    {"july", WORD_MONTH, 7},
    {"aug", WORD_MONTH, 8},
    {"august", WORD_MONTH, 8},
    {"sep", WORD_MONTH, 9},
    {"sept", WORD_MONTH, 9},
    {"september", WORD_MONTH, 9},
    {"oct", WORD_MONTH, 10},
    {"october", WORD_MONTH, 10},
    {"nov", WORD_MONTH, 11},
    {"november", WORD_MONTH, 11},
    {"dec", WORD_MONTH, 12},
    {"december", WORD_MONTH, 12},
    {"sun", WORD_WEEKDAY, 0},
    {"sunday", WORD_WEEKDAY, 0},
    {"mon", WORD_WEEKDAY, 1},
    {"monday", WORD_WEEKDAY, 1},
    {"tue", WORD_WEEKDAY, 2},
    {"tues", WORD_WEEKDAY, 2},
    {"tuesday", WORD_WEEKDAY, 2},
    {"wed", WORD_WEEKDAY, 3},
    {"weds", WORD_WEEKDAY, 3},
    {"wednesday", WORD_WEEKDAY, 3},
    {"thu", WORD_WEEKDAY, 4},
    {"thur", WORD_WEEKDAY, 4},
    {"thurs", WORD_WEEKDAY, 4},
    {"thursday", WORD_WEEKDAY, 4},
    {"fri", WORD_WEEKDAY, 5},
    {"friday", WORD_WEEKDAY, 5},
    {"sat", WORD_WEEKDAY, 6},
    {"saturday", WORD_WEEKDAY, 6},
    {"am", WORD_MERIDIEM, MERIDIEM_AM},
    {"pm", WORD_MERIDIEM, MERIDIEM_PM},
    {"ad", WORD_ERA, 0},
    {"bc", WORD_ERA, 1},
    {"epoch", WORD_SPECIAL, SPECIAL_EPOCH},
    {"infinity", WORD_SPECIAL, SPECIAL_INFINITY},
    {"t", WORD_NEXT, 't'},
    {"j", WORD_NEXT, 'j'},
    {"jd", WORD_NEXT, 'j'},
    {"julian", WORD_NEXT, 'j'},
    {"at", WORD_NOISE, 0},
    {"on", WORD_NOISE, 0},
    {"allballs", WORD_MIDNIGHT, 0},
    /* abbreviations with one meaning in PostgreSQL's default set */
    {"utc", WORD_ZONE, 0},
    {"gmt", WORD_ZONE, 0},
    {"ut", WORD_ZONE, 0},
    {"z", WORD_ZONE, 0},
    {"zulu", WORD_ZONE, 0},
    {"wet", WORD_ZONE, 0},
    {"bst", WORD_ZONE, 3600},
    {"cet", WORD_ZONE, 3600},
    {"cest", WORD_ZONE, 7200},
    {"met", WORD_ZONE, 3600},
    {"mest", WORD_ZONE, 7200},
    {"eet", WORD_ZONE, 7200},
    {"eest", WORD_ZONE, 10800},
    {"msk", WORD_ZONE, 10800},
    {"ist", WORD_ZONE, 7200},
    {"sast", WORD_ZONE, 7200},
    {"eat", WORD_ZONE, 10800},
    {"pkt", WORD_ZONE, 18000},
    {"hkt", WORD_ZONE, 28800},
    {"awst", WORD_ZONE, 28800},
    {"jst", WORD_ZONE, 32400},
    {"kst", WORD_ZONE, 32400},
    {"acst", WORD_ZONE, 34200},
    {"acdt", WORD_ZONE, 37800},
    {"aest", WORD_ZONE, 36000},
    {"aedt", WORD_ZONE, 39600},
    {"nzst", WORD_ZONE, 43200},
    {"nzdt", WORD_ZONE, 46800},
    {"nst", WORD_ZONE, -12600},
    {"ndt", WORD_ZONE, -9000},
    {"ast", WORD_ZONE, -14400},
    {"adt", WORD_ZONE, -10800},
    {"est", WORD_ZONE, -18000},
    {"edt", WORD_ZONE, -14400},
    {"cst", WORD_ZONE, -21600},
    {"cdt", WORD_ZONE, -18000},
    {"mst", WORD_ZONE, -25200},
    {"mdt", WORD_ZONE, -21600},
    {"pst", WORD_ZONE, -28800},
    {"pdt", WORD_ZONE, -25200},
    {"akst", WORD_ZONE, -32400},
    {"akdt", WORD_ZONE, -28800},
    {"hst", WORD_ZONE, -36000},
    {"acsst", WORD_ZONE, 37800},
    {"act", WORD_ZONE, -18000},
    {"acwst", WORD_ZONE, 31500},
    {"aesst", WORD_ZONE, 39600},
    {"aft", WORD_ZONE, 16200},
    {"almst", WORD_ZONE, 25200},
    {"almt", WORD_ZONE, 21600},
    {"amt", WORD_ZONE, -14400},
    {"awsst", WORD_ZONE, 32400},
    {"azost", WORD_ZONE, 0},
    {"azot", WORD_ZONE, -3600},
    {"bdst", WORD_ZONE, 7200},
    {"bdt", WORD_ZONE, 21600},
    {"bnt", WORD_ZONE, 28800},
    {"bort", WORD_ZONE, 28800},
    {"bot", WORD_ZONE, -14400},
    {"bra", WORD_ZONE, -10800},
    {"brst", WORD_ZONE, -7200},
    {"brt", WORD_ZONE, -10800},
    {"btt", WORD_ZONE, 21600},
    {"cadt", WORD_ZONE, 37800},
    {"cast", WORD_ZONE, 34200},
    {"cct", WORD_ZONE, 28800},
    {"cetdst", WORD_ZONE, 7200},
    {"chadt", WORD_ZONE, 49500},
    {"chast", WORD_ZONE, 45900},
    {"chut", WORD_ZONE, 36000},
    {"clst", WORD_ZONE, -10800},
    {"cot", WORD_ZONE, -18000},
    {"cxt", WORD_ZONE, 25200},
    {"ddut", WORD_ZONE, 36000},
    {"eetdst", WORD_ZONE, 10800},
    {"egst", WORD_ZONE, 0},
    {"egt", WORD_ZONE, -3600},
    {"fet", WORD_ZONE, 10800},
    {"fjst", WORD_ZONE, 46800},
    {"fjt", WORD_ZONE, 43200},
    {"fnst", WORD_ZONE, -3600},
    {"fnt", WORD_ZONE, -7200},
    {"galt", WORD_ZONE, -21600},
    {"gamt", WORD_ZONE, -32400},
    {"gft", WORD_ZONE, -10800},
    {"gilt", WORD_ZONE, 43200},
    {"ict", WORD_ZONE, 25200},
    {"idt", WORD_ZONE, 10800},
    {"irt", WORD_ZONE, 12600},
    {"jayt", WORD_ZONE, 32400},
    {"kdt", WORD_ZONE, 36000},
    {"kgst", WORD_ZONE, 21600},
    {"lhst", WORD_ZONE, 37800},
    {"ligt", WORD_ZONE, 36000},
    {"mart", WORD_ZONE, -34200},
    {"mesz", WORD_ZONE, 7200},
    {"metdst", WORD_ZONE, 7200},
    {"mez", WORD_ZONE, 3600},
    {"mht", WORD_ZONE, 43200},
    {"mmt", WORD_ZONE, 23400},
    {"mpt", WORD_ZONE, 36000},
    {"msd", WORD_ZONE, 14400},
    {"must", WORD_ZONE, 18000},
    {"mut", WORD_ZONE, 14400},
    {"mvt", WORD_ZONE, 18000},
    {"myt", WORD_ZONE, 28800},
    {"nft", WORD_ZONE, -12600},
    {"npt", WORD_ZONE, 20700},
    {"nzt", WORD_ZONE, 43200},
    {"pet", WORD_ZONE, -18000},
    {"pgt", WORD_ZONE, 36000},
    {"pht", WORD_ZONE, 28800},
    {"pkst", WORD_ZONE, 21600},
    {"pmdt", WORD_ZONE, -7200},
    {"pmst", WORD_ZONE, -10800},
    {"pont", WORD_ZONE, 39600},
    {"pwt", WORD_ZONE, 32400},
    {"pyst", WORD_ZONE, -10800},
    {"ret", WORD_ZONE, 14400},
    {"sadt", WORD_ZONE, 37800},
    {"sct", WORD_ZONE, 14400},
    {"taht", WORD_ZONE, -36000},
    {"tft", WORD_ZONE, 18000},
    {"tjt", WORD_ZONE, 18000},
    {"tot", WORD_ZONE, 46800},
    {"trut", WORD_ZONE, 36000},
    {"tvt", WORD_ZONE, 43200},
    {"uct", WORD_ZONE, 0},
    {"ulast", WORD_ZONE, 32400},
    {"uyst", WORD_ZONE, -7200},
    {"uyt", WORD_ZONE, -10800},
    {"uzst", WORD_ZONE, 21600},
    {"uzt", WORD_ZONE, 18000},
    {"vut", WORD_ZONE, 39600},
    {"wadt", WORD_ZONE, 28800},
    {"wakt", WORD_ZONE, 43200},
    {"wast", WORD_ZONE, 25200},
    {"wat", WORD_ZONE, 3600},
    {"wdt", WORD_ZONE, 32400},
    {"wetdst", WORD_ZONE, 3600},
    {"wft", WORD_ZONE, 43200},
    {"wgst", WORD_ZONE, -7200},
    {"wgt", WORD_ZONE, -10800},
    {"xjt", WORD_ZONE, 21600},
    {"yapt", WORD_ZONE, 36000},
    {"yekst", WORD_ZONE, 21600},
};

static const Word *find_word(Str name) {
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (str_equal(str_from_c(words[i].name), name)) return &words[i];
    return NULL;
}

/* ASCII alone, whatever the locale: PostgreSQL's scanner of dates sees bytes too. */
static bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}
static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
static char to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}
static bool is_date_delimiter(char c) {
    return c == '-' || c == '/' || c == '.';
}

/* ---- Text to fields. `at` walks lower-cased text that ends in a zero byte. */

static const char *skip_digits(const char *at) {
    while (number_is_digit(*at)) at++;
    return at;
}

/* At a digit. "10:00:00.5" a time; "2026-11-24", "24-nov-2026", "24/11" a date; "2026.328", "20261124" a number; two points
 * ("24.11.2026") make it a date again. */
static const char *cut_number(const char *at, FieldKind *kind) {
    DEBUG_ASSERT(number_is_digit(*at));
    at = skip_digits(at);
    *kind = FIELD_NUMBER;
    if (*at == ':') {
        *kind = FIELD_TIME;
        while (number_is_digit(*at) || *at == ':' || *at == '.') at++;
        return at;
    }
    if (!is_date_delimiter(*at)) return at;
    char delimiter = *at++;
    if (!number_is_digit(*at)) {
        *kind = FIELD_DATE;
        while (number_is_digit(*at) || is_letter(*at) || *at == delimiter) at++;
        return at;
    }
    *kind = delimiter == '.' ? FIELD_NUMBER : FIELD_DATE;
    at = skip_digits(at);
    if (*at != delimiter) return at;
    *kind = FIELD_DATE;
    while (number_is_digit(*at) || *at == delimiter) at++;
    return at;
}

/* At a letter. A word alone; with what delimits dates behind it ("nov-24-2026", "europe/berlin") a FIELD_DATE, whose
 * meaning take_field finds out. */
static const char *cut_word(const char *at, FieldKind *kind) {
    DEBUG_ASSERT(is_letter(*at));
    const char *start = at;
    while (is_letter(*at)) at++;
    *kind = FIELD_WORD;
    const Word *word = find_word(str_from(start, (size_t)(at - start)));
    bool is_zone = word == NULL || word->kind == WORD_ZONE; /* or the start of one: pst8pdt, utc+3 */
    /* "y2026" begins a number of its own; "utc+3" and "pst8pdt" go on as one name. */
    bool is_unit = at - start == 1 && strchr("dhmsy", *start) != NULL;
    bool glued = is_zone && !is_unit && (*at == '+' || number_is_digit(*at));
    bool delimited = is_date_delimiter(*at);
    if (glued || delimited) {
        *kind = FIELD_DATE;
        while (*at != '\0' && (is_date_delimiter(*at) || is_letter(*at) || number_is_digit(*at) ||
                               *at == '+' || *at == '_' || *at == ':'))
            at++;
    }
    return at;
}

/* At a sign: an offset ("+02:00", "- 8"), or a signed word ("-infinity"). NULL when neither follows. */
static const char *cut_signed(const char **start, FieldKind *kind) {
    DEBUG_ASSERT(**start == '+' || **start == '-');
    char *after = (char *)*start + 1, sign = **start;
    while (is_space(*after)) after++;
    after[-1] = sign; /* white space between sign and digits goes */
    *start = after - 1;
    const char *at = after;
    if (number_is_digit(*at)) {
        *kind = FIELD_ZONE;
        while (number_is_digit(*at) || *at == ':' || *at == '.' || *at == '-') at++;
        return at;
    }
    *kind = FIELD_SIGNED_WORD;
    while (is_letter(*at)) at++;
    return at == after ? NULL : at;
}

/* Returns the number of fields, -1 when the text has none of these shapes. `room` is changed on the way. */
static int cut_fields(char *room, Field *fields) {
    DEBUG_ASSERT(room != NULL && fields != NULL);
    int count = 0;
    const char *at = room;
    while (*at != '\0') {
        if (is_space(*at)) {
            at++;
            continue;
        }
        if (count == FIELD_COUNT_MAX) return -1;
        FieldKind kind;
        const char *start = at;
        if (number_is_digit(*at)) {
            at = cut_number(at, &kind);
        } else if (*at == '.') {
            if (!number_is_digit(at[1])) return -1;
            kind = FIELD_NUMBER;
            at = skip_digits(at + 1);
        } else if (is_letter(*at)) {
            at = cut_word(at, &kind);
        } else if (*at == '+' || *at == '-') {
            at = cut_signed(&start, &kind);
            if (at == NULL) return -1;
        } else if (*at > ' ' && *at < 127) {
            at++; /* other punctuation separates */
            continue;
        } else {
            return -1;
        }
        fields[count++] = (Field){kind, str_from(start, (size_t)(at - start))};
    }
    return count;
}

/* ---- Fields to meaning. */

/* A whole number of at most 10 digits. */
static bool to_integer(Str text, int64_t *out) {
    enum { DIGITS_MAX = 10 };
    if (text.size == 0 || text.size > DIGITS_MAX) return false;
    int64_t value = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (!number_is_digit(text.data[i])) return false;
        value = value * 10 + (text.data[i] - '0');
    }
    *out = value;
    return true;
}

/* ".5" in microseconds, rounded to even. */
static bool to_fraction(Str text, int64_t *out) {
    double value;
    if (text.size == 0 || text.data[0] != '.') return false;
    if (text.size == 1) {
        *out = 0;
        return true;
    }
    for (size_t i = 1; i < text.size; i++)
        if (!number_is_digit(text.data[i])) return false;
    if (number_parse_double(text, &value) != NUMBER_OK) value = 0;
    *out = (int64_t)__builtin_rint(value * 1e6);
    return true;
}

static Fault take_part(Reading *reading, unsigned part, int64_t *field, int64_t value) {
    DEBUG_ASSERT((part & (part - 1)) == 0); /* one of HAS_ */
    if (reading->has & part) return FAULT_SYNTAX;
    reading->has |= part;
    *field = value;
    return FAULT_NONE;
}

static Fault take_year(Reading *reading, int64_t value, size_t digit_count) {
    /* Two digits or fewer are a year near now, by the rule of check_date. */
    reading->short_year = digit_count <= 2;
    return take_part(reading, HAS_YEAR, &reading->year, value);
}

/* YYYYMMDD, YYMMDD; then HHMMSS, HHMM. A fraction makes it a time. */
static Fault take_run(Reading *reading, Str text) {
    Str whole = text;
    ptrdiff_t point = str_find(text, STR("."));
    if (point >= 0) whole.size = (size_t)point;
    int64_t value;
    if (!to_integer(whole, &value)) return FAULT_SYNTAX;
    if (point < 0 && (reading->has & HAS_DATE) != HAS_DATE) {
        if (whole.size < 6 || (reading->has & HAS_DATE) != 0) return FAULT_SYNTAX;
        reading->has |= HAS_DATE;
        reading->day = value % 100;
        reading->month = value / 100 % 100;
        reading->year = value / 10000;
        reading->short_year = whole.size == 6;
        return FAULT_NONE;
    }
    if ((reading->has & HAS_TIME) || (whole.size != 6 && whole.size != 4)) return FAULT_SYNTAX;
    if (point >= 0 &&
        !to_fraction(str_from(text.data + point, text.size - whole.size), &reading->microsecond))
        return FAULT_SYNTAX;
    if (whole.size == 4) value *= 100;
    reading->has |= HAS_TIME;
    reading->hour = value / 10000;
    reading->minute = value / 100 % 100;
    reading->second = value % 100;
    return FAULT_NONE;
}

/* A number whose place tells what it is (DateStyle MDY). */
static Fault take_number(Reading *reading, Str text) {
    int64_t value;
    ptrdiff_t point = str_find(text, STR("."));
    if (point > 2) return take_run(reading, text);
    if (point >= 0) return FAULT_SYNTAX;
    if (!to_integer(text, &value)) return FAULT_SYNTAX;
    unsigned date = reading->has & HAS_DATE;
    if (text.size == 3 && date == HAS_YEAR && value >= 1 && value <= 366) {
        reading->has |= HAS_MONTH | HAS_DAY;
        reading->has_day_of_year = true;
        reading->day_of_year = value;
        return FAULT_NONE;
    }
    switch (date) {
        case 0:
            if (text.size >= 3) return take_year(reading, value, text.size);
            return take_part(reading, HAS_MONTH, &reading->month, value);
        case HAS_YEAR: return take_part(reading, HAS_MONTH, &reading->month, value);
        case HAS_MONTH:
            if (reading->text_month && text.size >= 3) return take_year(reading, value, text.size);
            return take_part(reading, HAS_DAY, &reading->day, value);
        case HAS_YEAR | HAS_MONTH:
            if (reading->text_month && text.size >= 3 && reading->short_year) {
                reading->day = reading->year; /* "24 nov 2026": what looked like a year was the day */
                reading->year = value;
                reading->short_year = false;
                reading->has |= HAS_DAY;
                return FAULT_NONE;
            }
            return take_part(reading, HAS_DAY, &reading->day, value);
        case HAS_DAY: return take_part(reading, HAS_MONTH, &reading->month, value);
        case HAS_MONTH | HAS_DAY: return take_year(reading, value, text.size);
        default: return take_run(reading, text);
    }
}

/* "24 nov", "nov 24": the number before a name was a day. */
static Fault take_month_name(Reading *reading, int32_t month) {
    DEBUG_ASSERT(month >= 1 && month <= 12);
    if ((reading->has & HAS_MONTH) && !reading->text_month && !(reading->has & HAS_DAY) &&
        reading->month >= 1 && reading->month <= 31) {
        reading->day = reading->month; /* "24 nov": what looked like a month was the day */
        reading->has |= HAS_DAY;
        reading->has &= ~(unsigned)HAS_MONTH;
    }
    reading->text_month = true;
    return take_part(reading, HAS_MONTH, &reading->month, month);
}

/* Numbers and a month's name with delimiters between. The name is taken first: it fixes what the numbers can
 * be. */
static Fault take_date(Reading *reading, Str text) {
    DEBUG_ASSERT(text.size > 0); /* a field is never empty: its first byte chose its kind */
    Str parts[3];
    int count = 0;
    for (size_t at = 0; at < text.size;) {
        if (!number_is_digit(text.data[at]) && !is_letter(text.data[at])) {
            at++;
            continue;
        }
        size_t start = at;
        bool letters = is_letter(text.data[at]);
        while (at < text.size && (letters ? is_letter(text.data[at]) : number_is_digit(text.data[at]))) at++;
        if (count == 3) return FAULT_SYNTAX;
        parts[count++] = str_from(text.data + start, at - start);
    }
    for (int i = 0; i < count; i++) {
        if (!is_letter(parts[i].data[0])) continue;
        const Word *word = find_word(parts[i]);
        if (word == NULL || word->kind != WORD_MONTH) return FAULT_SYNTAX;
        Fault fault = take_month_name(reading, word->value);
        if (fault != FAULT_NONE) return fault;
        parts[i].size = 0;
    }
    for (int i = 0; i < count; i++) {
        if (parts[i].size == 0) continue;
        Fault fault = take_number(reading, parts[i]);
        if (fault != FAULT_NONE) return fault;
    }
    return (reading->has & HAS_DATE) == HAS_DATE ? FAULT_NONE : FAULT_SYNTAX;
}

/* h:mm, h:mm:ss[.f]; mm:ss.f without hours. */
static Fault take_time(Reading *reading, Str text) {
    if (reading->has & HAS_TIME) return FAULT_SYNTAX;
    int64_t parts[3] = {0, 0, 0};
    int count = 0;
    size_t at = 0;
    while (at < text.size && count < 3) {
        size_t start = at;
        while (at < text.size && number_is_digit(text.data[at])) at++;
        if (!to_integer(str_from(text.data + start, at - start), &parts[count])) return FAULT_SYNTAX;
        count++;
        if (at == text.size || text.data[at] != ':') break;
        if (count == 3 || (count == 2 && at + 1 == text.size)) return FAULT_SYNTAX;
        at++;
    }
    if (count == 1) count = 2; /* "4:" is an hour */
    int64_t fraction = 0;
    if (at < text.size && !to_fraction(str_from(text.data + at, text.size - at), &fraction))
        return FAULT_SYNTAX;
    bool no_hour = count == 2 && at < text.size;
    reading->hour = no_hour ? 0 : parts[0];
    reading->minute = no_hour ? parts[0] : parts[1];
    reading->second = no_hour ? parts[1] : parts[2];
    reading->microsecond = fraction;
    reading->has |= HAS_TIME;
    return FAULT_NONE;
}

/* +hh, +hhmm, +hh:mm, +hh:mm:ss. */
static Fault take_offset(Reading *reading, Str text) {
    DEBUG_ASSERT(text.size > 0 && (text.data[0] == '+' || text.data[0] == '-'));
    if (reading->has_zone) return FAULT_SYNTAX;
    bool west = text.data[0] == '-';
    int64_t parts[3] = {0, 0, 0};
    int count = 0;
    Str rest = str_from(text.data + 1, text.size - 1);
    for (size_t at = 0; count < 3;) {
        size_t start = at;
        while (at < rest.size && number_is_digit(rest.data[at])) at++;
        if (!to_integer(str_from(rest.data + start, at - start), &parts[count])) return FAULT_SYNTAX;
        count++;
        if (at == rest.size) break;
        if (rest.data[at] != ':' || count == 3) return FAULT_SYNTAX;
        at++;
    }
    if (count == 1 && rest.size > 2) { /* hhmm */
        parts[1] = parts[0] % 100;
        parts[0] /= 100;
    }
    if (parts[0] > 15 || parts[1] > 59 || parts[2] > 59) return FAULT_ZONE;
    int32_t seconds = (int32_t)(parts[0] * 3600 + parts[1] * 60 + parts[2]);
    /* POSIX zones count west as positive; in a time's text the sign is ISO's. */
    reading->offset_seconds = west ? -seconds : seconds;
    reading->has_zone = true;
    return FAULT_NONE;
}

/* A name that only the database of zones knows; FAULT_REPORTED with its error when it does not either. */
static Fault take_zone_name(Reading *reading, Str text) {
    if (reading->has_zone) return FAULT_SYNTAX;
    if (zone_find(reading->zones, text, &reading->zone, reading->err) != STATUS_OK) return FAULT_REPORTED;
    reading->has_zone = true;
    return FAULT_NONE;
}

/* Letters alone may be a zone (Japan) or nothing at all. */
static Fault take_unknown_word(Reading *reading, Str text) {
    if (reading->zones == NULL) return FAULT_SYNTAX;
    Fault fault = take_zone_name(reading, text);
    return fault == FAULT_REPORTED && reading->err->status == STATUS_INVALID_ARGUMENT ? FAULT_SYNTAX : fault;
}

/* A weekday, am or pm, ad or bc: the second is one too many. */
static Fault take_once(Reading *reading, unsigned what) {
    bool again = (reading->once & what) != 0;
    reading->once |= what;
    return again ? FAULT_SYNTAX : FAULT_NONE;
}

static Fault take_word(Reading *reading, Str text, bool last) {
    const Word *word = find_word(text);
    if (word == NULL) return take_unknown_word(reading, text);
    switch (word->kind) {
        case WORD_MONTH: return take_month_name(reading, word->value);
        case WORD_WEEKDAY: /* taken for granted, as PostgreSQL does */
            if (reading->time_only) return FAULT_SYNTAX;
            return take_once(reading, ONCE_WEEKDAY);
        case WORD_ZONE:
            if (reading->has_zone) return FAULT_SYNTAX;
            reading->offset_seconds = word->value;
            reading->has_zone = true;
            return FAULT_NONE;
        case WORD_MERIDIEM: reading->meridiem = (Meridiem)word->value; return take_once(reading, ONCE_MERIDIEM);
        case WORD_ERA: reading->before_christ = word->value; return take_once(reading, ONCE_ERA);
        case WORD_SPECIAL: reading->special = (Special)word->value; return FAULT_NONE;
        case WORD_NOISE: return FAULT_NONE;
        case WORD_NEXT:
            if (last) return FAULT_SYNTAX;
            reading->next = (char)word->value;
            return FAULT_NONE;
        case WORD_MIDNIGHT:
            if ((reading->has & HAS_TIME) || reading->has_zone) return FAULT_SYNTAX;
            reading->has |= HAS_TIME;
            reading->has_zone = true; /* of UTC */
            return FAULT_NONE;
    }
    return FAULT_SYNTAX;
}

/* The number behind a t (a time: "t040506") or a j (a Julian day: "j2461369"). */
static Fault take_after_prefix(Reading *reading, Str text) {
    DEBUG_ASSERT(reading->next == 't' || reading->next == 'j');
    char prefix = reading->next;
    reading->next = 0;
    if (prefix == 't') return take_run(reading, text);
    if ((reading->has & HAS_DATE) || !to_integer(text, &reading->julian_day)) return FAULT_SYNTAX;
    reading->has |= HAS_DATE;
    reading->has_julian = true;
    return FAULT_NONE;
}

/* In order: year and day of year ("2026.328", "2026.11"), a run with a fraction ("100000.5"), a run of six digits or more
 * while date or time is open, else a part by its place. */
static Fault take_plain_number(Reading *reading, Str text) {
    ptrdiff_t point = str_find(text, STR("."));
    bool has_date = (reading->has & HAS_DATE) == HAS_DATE, has_time = reading->has & HAS_TIME;
    if (point >= 0 && !(reading->has & HAS_DATE))
        return reading->started ? FAULT_SYNTAX : take_date(reading, text);
    if (point > 2) return take_run(reading, text);
    if (text.size >= 6 && (!has_date || !has_time)) return take_run(reading, text);
    return take_number(reading, text);
}

/* "102030-08" once the date is known. */
static Fault take_run_and_offset(Reading *reading, Str text) {
    ptrdiff_t dash = str_find(text, STR("-"));
    if (dash < 0) return FAULT_SYNTAX;
    size_t size = (size_t)dash;
    Fault fault = take_offset(reading, str_from(text.data + size, text.size - size));
    return fault == FAULT_NONE ? take_run(reading, str_from(text.data, size)) : fault;
}

static Fault take_field(Reading *reading, Field field, bool last) {
    switch (field.kind) {
        case FIELD_DATE:
            if ((reading->has & HAS_MONTH) && (reading->has & HAS_DAY))
                return is_letter(field.text.data[0]) ? take_zone_name(reading, field.text)
                                                     : take_run_and_offset(reading, field.text);
            return reading->started ? FAULT_SYNTAX : take_date(reading, field.text);
        case FIELD_TIME:
            if (reading->next == 't') reading->next = 0;
            return take_time(reading, field.text);
        case FIELD_ZONE: return take_offset(reading, field.text);
        case FIELD_NUMBER:
            if (reading->next != 0) return take_after_prefix(reading, field.text);
            return take_plain_number(reading, field.text);
        case FIELD_WORD: return take_word(reading, field.text, last);
        case FIELD_SIGNED_WORD:
            if (!str_equal(str_from(field.text.data + 1, field.text.size - 1), STR("infinity")))
                return FAULT_SYNTAX;
            reading->special = field.text.data[0] == '-' ? SPECIAL_MINUS_INFINITY : SPECIAL_INFINITY;
            return FAULT_NONE;
    }
    return FAULT_SYNTAX;
}

/* ---- Checks, once all is read. */

/* Second 60 is taken, and is the next minute: PostgreSQL's leap second. */
static Fault check_time(Reading *reading) {
    if (reading->meridiem != MERIDIEM_NONE) {
        if (reading->hour > 12) return FAULT_FIELD;
        if (reading->meridiem == MERIDIEM_AM && reading->hour == 12) reading->hour = 0;
        if (reading->meridiem == MERIDIEM_PM && reading->hour != 12) reading->hour += 12;
    }
    if (reading->minute > 59 || reading->second > 60 || reading->hour > 24) return FAULT_FIELD;
    bool past = reading->minute > 0 || reading->second > 0 || reading->microsecond > 0;
    return reading->hour == 24 && past ? FAULT_FIELD : FAULT_NONE;
}

/* Turns the year as written into the astronomical one: '44-03-15 BC' is year -43, '26-11-24' 2026. */
static Fault check_date(Reading *reading) {
    if (reading->has_julian) return FAULT_NONE;
    if (reading->year > INT32_MAX) return FAULT_FIELD; /* years are counted in 32 bits from here on */
    if (reading->before_christ) {
        if (reading->year <= 0) return FAULT_FIELD;
        reading->year = 1 - reading->year;
    } else if (reading->short_year) {
        reading->year += reading->year < 70 ? 2000 : reading->year < 100 ? 1900 : 0;
    } else if (reading->year <= 0) {
        return FAULT_FIELD;
    }
    if (reading->has_day_of_year) return FAULT_NONE;
    if (reading->month < 1 || reading->month > 12 || reading->day < 1) return FAULT_FIELD;
    return reading->day > calendar_days_in_month((int32_t)reading->year, (int32_t)reading->month)
               ? FAULT_FIELD
               : FAULT_NONE;
}

static bool is_noise(Field field) {
    const Word *word = field.kind == FIELD_WORD ? find_word(field.text) : NULL;
    return word != NULL && word->kind == WORD_NOISE;
}

/* Starts from `reading`: what is known beforehand. */
static Fault read_fields(Str text, Reading *reading) {
    DEBUG_ASSERT(text.data != NULL || text.size == 0);
    char room[TEXT_SIZE_MAX + 1];
    Field fields[FIELD_COUNT_MAX];
    if (text.size > TEXT_SIZE_MAX) return FAULT_SYNTAX;
    for (size_t i = 0; i < text.size; i++) {
        /* The walk below ends at a zero byte, so there may be no other. */
        room[i] = to_lower(text.data[i]);
        if (room[i] == '\0') return FAULT_SYNTAX;
    }
    room[text.size] = '\0';
    int count = cut_fields(room, fields);
    if (count <= 0) return FAULT_SYNTAX;
    reading->date_leads = count >= 2 && fields[0].kind == FIELD_DATE &&
                          (fields[1].kind == FIELD_TIME || fields[count - 1].kind == FIELD_DATE);
    /* From left to right, each by what is known so far: the order in which PostgreSQL decides. */
    for (int i = 0; i < count; i++) {
        Fault fault = take_field(reading, fields[i], i + 1 == count);
        if (fault != FAULT_NONE) return fault;
        reading->started |= !is_noise(fields[i]);
    }
    if (reading->special != SPECIAL_NONE) return count == 1 ? FAULT_NONE : FAULT_SYNTAX;
    if (reading->next != 0) return FAULT_SYNTAX;
    Fault fault = check_time(reading);
    /* A time alone is fine here: who asked for a date looks at `has`. */
    if (fault == FAULT_NONE && (reading->has & HAS_DATE) == HAS_DATE) fault = check_date(reading);
    return fault;
}

/* Of a reading that has a date and passed check_date; a day of year past the year's end goes on into the next. */
static int64_t reading_days(const Reading *reading) {
    if (reading->has_julian) return reading->julian_day - CALENDAR_JULIAN_OFFSET;
    ASSERT(reading->year >= INT32_MIN && reading->year <= INT32_MAX); /* check_date */
    if (reading->has_day_of_year)
        return calendar_days_from_civil((CivilDate){(int32_t)reading->year, 1, 1}) + reading->day_of_year - 1;
    return calendar_days_from_civil(
        (CivilDate){(int32_t)reading->year, (int32_t)reading->month, (int32_t)reading->day});
}

static int64_t reading_time(const Reading *reading) {
    DEBUG_ASSERT(reading->hour >= 0 && reading->hour <= 24); /* check_time */
    DEBUG_ASSERT(reading->microsecond >= 0 && reading->microsecond <= CALENDAR_SECOND); /* .9999999 rounds up */
    return reading->hour * CALENDAR_HOUR + reading->minute * CALENDAR_MINUTE +
           reading->second * CALENDAR_SECOND + reading->microsecond;
}

/* As much of the text as a message can hold. */
static Str shown(Str text) {
    return str_from(text.data, text.size < TEXT_SIZE_MAX ? text.size : TEXT_SIZE_MAX);
}

static Status report(Fault fault, const char *type, Str text, Error *err) {
    ASSERT(fault != FAULT_NONE);
    text = shown(text);
    switch (fault) {
        case FAULT_NONE: return STATUS_OK;
        case FAULT_SYNTAX: break;
        case FAULT_FIELD:
            return error_set(err, STATUS_DATETIME_OUT_OF_RANGE,
                             "date/time field value out of range: \"%.*s\"", STR_ARGS(text));
        case FAULT_ZONE:
            return error_set(err, STATUS_INVALID_ZONE_OFFSET, "time zone displacement out of range: \"%.*s\"",
                             STR_ARGS(text));
        case FAULT_REPORTED: return err->status;
    }
    return error_set(err, STATUS_INVALID_DATETIME, "invalid input syntax for type %s: \"%.*s\"", type,
                     STR_ARGS(text));
}

/* The date exists, and the type does not reach it. */
static Status report_range(const char *type, Str text, Error *err) {
    text = shown(text);
    return error_set(err, STATUS_DATETIME_OUT_OF_RANGE, "%s out of range: \"%.*s\"", type, STR_ARGS(text));
}

Status calendar_parse_date(Str text, int32_t *out, Error *err) {
    const char *end = text.data + text.size;
    if (text.size > 0 && calendar_scan_date(text.data, end, out) == end) return STATUS_OK;
    Reading reading = {.err = err};
    Fault fault = read_fields(text, &reading);
    bool known = reading.special != SPECIAL_NONE || (reading.has & HAS_DATE) == HAS_DATE;
    if (fault == FAULT_NONE && !known) fault = FAULT_SYNTAX;
    if (fault != FAULT_NONE) return report(fault, "date", text, err);
    int64_t days = 0;
    switch (reading.special) {
        case SPECIAL_NONE: days = reading_days(&reading); break;
        case SPECIAL_EPOCH: break;
        case SPECIAL_INFINITY: *out = CALENDAR_DATE_INFINITY; return STATUS_OK;
        case SPECIAL_MINUS_INFINITY: *out = CALENDAR_DATE_MINUS_INFINITY; return STATUS_OK;
    }
    if (!calendar_date_is_valid(days)) return report_range("date", text, err);
    *out = (int32_t)days;
    return STATUS_OK;
}

Status calendar_parse_time(Str text, int64_t *out, Error *err) {
    const char *end = text.data + text.size;
    if (text.size > 0 && calendar_scan_time(text.data, end, out) == end) return STATUS_OK;
    Reading reading = {.err = err, .time_only = true};
    Fault fault = read_fields(text, &reading);
    bool stray_date = (reading.has & HAS_DATE) && !reading.date_leads;
    if (fault == FAULT_NONE && (reading.has & HAS_TIME) && stray_date) {
        fault = FAULT_SYNTAX;
    } else if (fault != FAULT_NONE || !(reading.has & HAS_TIME)) {
        /* A run of digits was taken for a date: once more, as if the date were known. */
        Reading again = {.has = HAS_DATE, .has_julian = true, .err = err, .time_only = true};
        Fault fault_again = read_fields(text, &again);
        if (again.has & HAS_TIME) {
            fault = fault_again;
            reading = again;
        } else if (!(reading.has & HAS_TIME) && fault == FAULT_FIELD) {
            fault = FAULT_SYNTAX; /* of a date, and none was asked for */
        }
    }
    if (fault == FAULT_NONE && (reading.special != SPECIAL_NONE || !(reading.has & HAS_TIME)))
        fault = FAULT_SYNTAX;
    if (fault != FAULT_NONE) return report(fault, "time", text, err);
    int64_t time = reading_time(&reading);
    if (time > CALENDAR_DAY) return report(FAULT_FIELD, "time", text, err);
    *out = time;
    return STATUS_OK;
}

/* East of UTC, by what the text says or else by the session. */
static int32_t reading_offset(const Reading *reading, int64_t days, const Zone *zone) {
    if (reading->zone == NULL && reading->has_zone) return reading->offset_seconds;
    return zone_offset_of_local(reading->zone != NULL ? reading->zone : zone,
                                days * (CALENDAR_DAY / CALENDAR_SECOND) + reading_time(reading) / CALENDAR_SECOND);
}

/* `zone` NULL: a text without a zone is UTC's, and the fast layouts, which do not tell whether they saw an offset, may answer. */
static Status parse_timestamp(Str text, const Zone *zone, ZoneSource *zones, const char *type, int64_t *out, Error *err) {
    const char *end = text.data + text.size;
    DEBUG_ASSERT(out != NULL && err != NULL);
    bool iso = text.size > 0 && zone == NULL; /* whether it names an offset is not told */
    if (iso && calendar_scan_timestamp(text.data, end, out) == end) return STATUS_OK;
    Reading reading = {.err = err, .zones = zones};
    Fault fault = read_fields(text, &reading);
    bool known = reading.special != SPECIAL_NONE || (reading.has & HAS_DATE) == HAS_DATE;
    if (fault == FAULT_NONE && !known) fault = FAULT_SYNTAX;
    if (fault != FAULT_NONE) return report(fault, type, text, err);
    switch (reading.special) {
        case SPECIAL_NONE: break;
        case SPECIAL_EPOCH: *out = 0; return STATUS_OK;
        case SPECIAL_INFINITY: *out = CALENDAR_TIMESTAMP_INFINITY; return STATUS_OK;
        case SPECIAL_MINUS_INFINITY: *out = CALENDAR_TIMESTAMP_MINUS_INFINITY; return STATUS_OK;
    }
    int64_t days = reading_days(&reading);
    /* Before a zone is asked: its rules count the years around in 32 bits, and years up to 2^31 pass check_date. What an offset could
     * still bring into the range stays. */
    enum { OFFSET_DAYS_MAX = 8 };
    if (days < CALENDAR_DATE_MIN - OFFSET_DAYS_MAX || days > CALENDAR_DATE_MAX) return report_range("timestamp", text, err);
    int32_t offset = reading_offset(&reading, days, zone);
    /* Wide: years up to 2^31 pass check_date, and their microseconds do not fit 64 bits. */
    __int128 timestamp = (__int128)days * CALENDAR_DAY + reading_time(&reading) - offset * CALENDAR_SECOND;
    if (timestamp < CALENDAR_TIMESTAMP_MIN || timestamp > CALENDAR_TIMESTAMP_MAX)
        return report_range("timestamp", text, err);
    *out = (int64_t)timestamp;
    return STATUS_OK;
}

Status calendar_parse_timestamp(Str text, ZoneSource *zones, int64_t *out, Error *err) {
    return parse_timestamp(text, NULL, zones, "timestamp", out, err);
}

Status calendar_parse_timestamptz(Str text, const Zone *zone, ZoneSource *zones, int64_t *out, Error *err) {
    return parse_timestamp(text, zone, zones, "timestamp with time zone", out, err);
}

bool calendar_parse_zone(Str text, int32_t *offset_seconds) {
    DEBUG_ASSERT(offset_seconds != NULL);
    enum { NAME_SIZE_MAX = 16 };
    char room[NAME_SIZE_MAX];
    text = str_trim(text);
    if (text.size == 0 || text.size > NAME_SIZE_MAX) return false;
    Reading reading = {0};
    if (text.data[0] == '+' || text.data[0] == '-') {
        if (take_offset(&reading, text) != FAULT_NONE) return false;
        *offset_seconds = reading.offset_seconds;
        return true;
    }
    for (size_t i = 0; i < text.size; i++) room[i] = to_lower(text.data[i]);
    const Word *word = find_word(str_from(room, text.size));
    if (word == NULL || word->kind != WORD_ZONE) return false;
    *offset_seconds = word->value;
    return true;
}

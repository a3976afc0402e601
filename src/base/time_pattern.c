/* SPDX-License-Identifier: Apache-2.0
 * base/time_pattern.c - the words of a pattern of times. */
#include "base/time_pattern_priv.h"

static const PatternKeyword keywords[] = {
    {"A.D.", KEY_AD_DOTS, 0},
    {"A.M.", KEY_AM_DOTS, 0},
    {"AD", KEY_AD, 0},
    {"AM", KEY_AM, 0},
    {"B.C.", KEY_AD_DOTS, 0},
    {"BC", KEY_AD, 0},
    {"CC", KEY_CC, KEYWORD_DIGITS},
    {"DAY", KEY_DAY, KEYWORD_CAPITAL},
    {"DDD", KEY_DDD, KEYWORD_DIGITS | KEYWORD_GREGORIAN},
    {"DD", KEY_DD, KEYWORD_DIGITS | KEYWORD_GREGORIAN},
    {"DY", KEY_DY, KEYWORD_CAPITAL},
    {"D", KEY_D, KEYWORD_DIGITS | KEYWORD_GREGORIAN},
    {"FF1", KEY_FF1, KEYWORD_DIGITS},
    {"FF2", KEY_FF2, KEYWORD_DIGITS},
    {"FF3", KEY_FF3, KEYWORD_DIGITS},
    {"FF4", KEY_FF4, KEYWORD_DIGITS},
    {"FF5", KEY_FF5, KEYWORD_DIGITS},
    {"FF6", KEY_FF6, KEYWORD_DIGITS},
    {"FX", KEY_FX, 0},
    {"HH24", KEY_HH24, KEYWORD_DIGITS},
    {"HH12", KEY_HH12, KEYWORD_DIGITS},
    {"HH", KEY_HH12, KEYWORD_DIGITS},
    {"IDDD", KEY_IDDD, KEYWORD_DIGITS | KEYWORD_ISO_WEEK},
    {"ID", KEY_ID, KEYWORD_DIGITS | KEYWORD_ISO_WEEK},
    {"IW", KEY_IW, KEYWORD_DIGITS | KEYWORD_ISO_WEEK},
    {"IYYY", KEY_IYYY, KEYWORD_DIGITS | KEYWORD_ISO_WEEK},
    {"IYY", KEY_IYY, KEYWORD_DIGITS | KEYWORD_ISO_WEEK},
    {"IY", KEY_IY, KEYWORD_DIGITS | KEYWORD_ISO_WEEK},
    {"I", KEY_I, KEYWORD_DIGITS | KEYWORD_ISO_WEEK},
    {"J", KEY_J, KEYWORD_DIGITS},
    {"MI", KEY_MI, KEYWORD_DIGITS},
    {"MM", KEY_MM, KEYWORD_DIGITS | KEYWORD_GREGORIAN},
    {"MONTH", KEY_MONTH, KEYWORD_CAPITAL | KEYWORD_GREGORIAN},
    {"MON", KEY_MON, KEYWORD_CAPITAL | KEYWORD_GREGORIAN},
    {"MS", KEY_MS, KEYWORD_DIGITS},
    {"OF", KEY_OF, 0},
    {"P.M.", KEY_AM_DOTS, 0},
    {"PM", KEY_AM, 0},
    {"Q", KEY_Q, KEYWORD_DIGITS},
    {"RM", KEY_RM, KEYWORD_GREGORIAN},
    {"SSSSS", KEY_SSSS, KEYWORD_DIGITS},
    {"SSSS", KEY_SSSS, KEYWORD_DIGITS},
    {"SS", KEY_SS, KEYWORD_DIGITS},
    {"TZH", KEY_TZH, 0},
    {"TZM", KEY_TZM, KEYWORD_DIGITS},
    {"TZ", KEY_TZ, 0},
    {"US", KEY_US, KEYWORD_DIGITS},
    {"WW", KEY_WW, KEYWORD_DIGITS | KEYWORD_GREGORIAN},
    {"W", KEY_W, KEYWORD_DIGITS | KEYWORD_GREGORIAN},
    {"Y,YYY", KEY_Y_YYY, KEYWORD_DIGITS | KEYWORD_GREGORIAN},
    {"YYYY", KEY_YYYY, KEYWORD_DIGITS | KEYWORD_GREGORIAN},
    {"YYY", KEY_YYY, KEYWORD_DIGITS | KEYWORD_GREGORIAN},
    {"YY", KEY_YY, KEYWORD_DIGITS | KEYWORD_GREGORIAN},
    {"Y", KEY_Y, KEYWORD_DIGITS | KEYWORD_GREGORIAN},
};

const char *const pattern_month_names[12] = {"January",   "February", "March",    "April",
                                            "May",       "June",     "July",     "August",
                                            "September", "October",  "November", "December"};
const char *const pattern_day_names[7] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                         "Thursday", "Friday", "Saturday"};
const char *const pattern_roman_months[12] = {"I",   "II",   "III", "IV", "V",  "VI",
                                             "VII", "VIII", "IX",  "X",  "XI", "XII"};

Status time_pattern_compile(Arena *arena, Str pattern, TimePattern *out, Error *err) {
    ASSERT(pattern.data != NULL || pattern.size == 0);
    STATIC_ASSERT(KEY_FF6 - KEY_FF1 == 5, "FF1 .. FF6 stand together: their place is their number of digits");
    STATIC_ASSERT(KEY_Y <= UINT8_MAX, "a key fits its node");
    return pattern_split(arena, pattern, keywords, sizeof(keywords) / sizeof(keywords[0]), true, &out->nodes,
                         &out->count, err);
}

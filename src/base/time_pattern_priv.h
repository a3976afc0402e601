/* SPDX-License-Identifier: Apache-2.0
 * base/time_pattern_priv.h - the words of a pattern of times, for both directions: to_char and from_char.
 *
 * time_pattern.c lists them with what they say of the date; to_char_time.c writes each, from_char_time.c
 * reads each. */
#ifndef WEIR_BASE_TIME_PATTERN_PRIV_H
#define WEIR_BASE_TIME_PATTERN_PRIV_H

#include "base/to_char_priv.h"

/* PatternNode.key. KEY_FF1 .. KEY_FF6 stand together: their place is their number of digits. */
typedef enum TimeKey {
    KEY_AD_DOTS = 1,
    KEY_AM_DOTS,
    KEY_AD,
    KEY_AM,
    KEY_CC,
    KEY_DAY,
    KEY_DDD,
    KEY_DD,
    KEY_DY,
    KEY_D,
    KEY_FF1,
    KEY_FF2,
    KEY_FF3,
    KEY_FF4,
    KEY_FF5,
    KEY_FF6,
    KEY_FX,
    KEY_HH24,
    KEY_HH12,
    KEY_IDDD,
    KEY_ID,
    KEY_IW,
    KEY_IYYY,
    KEY_IYY,
    KEY_IY,
    KEY_I,
    KEY_J,
    KEY_MI,
    KEY_MS,
    KEY_MM,
    KEY_MONTH,
    KEY_MON,
    KEY_OF,
    KEY_Q,
    KEY_RM,
    KEY_SSSS,
    KEY_SS,
    KEY_TZH,
    KEY_TZM,
    KEY_TZ,
    KEY_US,
    KEY_WW,
    KEY_W,
    KEY_Y_YYY,
    KEY_YYYY,
    KEY_YYY,
    KEY_YY,
    KEY_Y,
} TimeKey;

/* English, capitalised; shown as the pattern was written. Roman months are PostgreSQL's RM: I is January. */
extern const char *const pattern_month_names[12];
extern const char *const pattern_day_names[7]; /* from Sunday */
extern const char *const pattern_roman_months[12];

#endif

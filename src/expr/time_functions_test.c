/* SPDX-License-Identifier: Apache-2.0
 * Recorded from PostgreSQL 15. */
#include "expr/test_harness.h"

/* clang-format off */
static const RecordedCall times[] = {
    {"extract", {{TYPE_TEXT, "microseconds"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "56789000"},
    {"date_part", {{TYPE_TEXT, "microseconds"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "56789000"},
    {"extract", {{TYPE_TEXT, "milliseconds"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "56789.000"},
    {"date_part", {{TYPE_TEXT, "milliseconds"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "56789"},
    {"extract", {{TYPE_TEXT, "second"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "56.789000"},
    {"date_part", {{TYPE_TEXT, "second"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "56.789"},
    {"extract", {{TYPE_TEXT, "minute"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "34"},
    {"date_part", {{TYPE_TEXT, "minute"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "34"},
    {"extract", {{TYPE_TEXT, "hour"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "12"},
    {"date_part", {{TYPE_TEXT, "hour"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "12"},
    {"extract", {{TYPE_TEXT, "day"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "29"},
    {"date_part", {{TYPE_TEXT, "day"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "29"},
    {"extract", {{TYPE_TEXT, "week"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "9"},
    {"date_part", {{TYPE_TEXT, "week"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "9"},
    {"extract", {{TYPE_TEXT, "month"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "2"},
    {"date_part", {{TYPE_TEXT, "month"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "2"},
    {"extract", {{TYPE_TEXT, "quarter"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "1"},
    {"date_part", {{TYPE_TEXT, "quarter"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "1"},
    {"extract", {{TYPE_TEXT, "year"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "2024"},
    {"date_part", {{TYPE_TEXT, "year"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "2024"},
    {"extract", {{TYPE_TEXT, "decade"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "202"},
    {"date_part", {{TYPE_TEXT, "decade"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "202"},
    {"extract", {{TYPE_TEXT, "century"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "21"},
    {"date_part", {{TYPE_TEXT, "century"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "21"},
    {"extract", {{TYPE_TEXT, "millennium"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "3"},
    {"date_part", {{TYPE_TEXT, "millennium"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "3"},
    {"extract", {{TYPE_TEXT, "dow"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "4"},
    {"date_part", {{TYPE_TEXT, "dow"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "4"},
    {"extract", {{TYPE_TEXT, "isodow"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "4"},
    {"date_part", {{TYPE_TEXT, "isodow"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "4"},
    {"extract", {{TYPE_TEXT, "doy"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "60"},
    {"date_part", {{TYPE_TEXT, "doy"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "60"},
    {"extract", {{TYPE_TEXT, "isoyear"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "2024"},
    {"date_part", {{TYPE_TEXT, "isoyear"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "2024"},
    {"extract", {{TYPE_TEXT, "julian"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "2460370.52426839120370370370"},
    {"date_part", {{TYPE_TEXT, "julian"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "2460370.524268391"},
    {"extract", {{TYPE_TEXT, "epoch"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "1709210096.789000"},
    {"date_part", {{TYPE_TEXT, "epoch"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "1709210096.789"},
    {"date_trunc", {{TYPE_TEXT, "microseconds"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "2024-02-29 12:34:56.789"},
    {"date_trunc", {{TYPE_TEXT, "milliseconds"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "2024-02-29 12:34:56.789"},
    {"date_trunc", {{TYPE_TEXT, "second"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "2024-02-29 12:34:56"},
    {"date_trunc", {{TYPE_TEXT, "minute"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "2024-02-29 12:34:00"},
    {"date_trunc", {{TYPE_TEXT, "hour"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "2024-02-29 12:00:00"},
    {"date_trunc", {{TYPE_TEXT, "day"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "2024-02-29 00:00:00"},
    {"date_trunc", {{TYPE_TEXT, "week"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "2024-02-26 00:00:00"},
    {"date_trunc", {{TYPE_TEXT, "month"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "2024-02-01 00:00:00"},
    {"date_trunc", {{TYPE_TEXT, "quarter"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "2024-01-01 00:00:00"},
    {"date_trunc", {{TYPE_TEXT, "year"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "2024-01-01 00:00:00"},
    {"date_trunc", {{TYPE_TEXT, "decade"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "2020-01-01 00:00:00"},
    {"date_trunc", {{TYPE_TEXT, "century"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "2001-01-01 00:00:00"},
    {"date_trunc", {{TYPE_TEXT, "millennium"}, {TYPE_TIMESTAMP, "2024-02-29 12:34:56.789"}}, "2001-01-01 00:00:00"},
    {"extract", {{TYPE_TEXT, "microseconds"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "500000"},
    {"date_part", {{TYPE_TEXT, "microseconds"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "500000"},
    {"extract", {{TYPE_TEXT, "milliseconds"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "500.000"},
    {"date_part", {{TYPE_TEXT, "milliseconds"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "500"},
    {"extract", {{TYPE_TEXT, "second"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "0.500000"},
    {"date_part", {{TYPE_TEXT, "second"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "0.5"},
    {"extract", {{TYPE_TEXT, "minute"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "0"},
    {"date_part", {{TYPE_TEXT, "minute"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "0"},
    {"extract", {{TYPE_TEXT, "hour"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "0"},
    {"date_part", {{TYPE_TEXT, "hour"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "0"},
    {"extract", {{TYPE_TEXT, "day"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "1"},
    {"date_part", {{TYPE_TEXT, "day"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "1"},
    {"extract", {{TYPE_TEXT, "week"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "53"},
    {"date_part", {{TYPE_TEXT, "week"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "53"},
    {"extract", {{TYPE_TEXT, "month"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "1"},
    {"date_part", {{TYPE_TEXT, "month"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "1"},
    {"extract", {{TYPE_TEXT, "quarter"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "1"},
    {"date_part", {{TYPE_TEXT, "quarter"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "1"},
    {"extract", {{TYPE_TEXT, "year"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "1960"},
    {"date_part", {{TYPE_TEXT, "year"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "1960"},
    {"extract", {{TYPE_TEXT, "decade"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "196"},
    {"date_part", {{TYPE_TEXT, "decade"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "196"},
    {"extract", {{TYPE_TEXT, "century"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "20"},
    {"date_part", {{TYPE_TEXT, "century"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "20"},
    {"extract", {{TYPE_TEXT, "millennium"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "2"},
    {"date_part", {{TYPE_TEXT, "millennium"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "2"},
    {"extract", {{TYPE_TEXT, "dow"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "5"},
    {"date_part", {{TYPE_TEXT, "dow"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "5"},
    {"extract", {{TYPE_TEXT, "isodow"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "5"},
    {"date_part", {{TYPE_TEXT, "isodow"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "5"},
    {"extract", {{TYPE_TEXT, "doy"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "1"},
    {"date_part", {{TYPE_TEXT, "doy"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "1"},
    {"extract", {{TYPE_TEXT, "isoyear"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "1959"},
    {"date_part", {{TYPE_TEXT, "isoyear"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "1959"},
    {"extract", {{TYPE_TEXT, "julian"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "2436935.00000578703703703704"},
    {"date_part", {{TYPE_TEXT, "julian"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "2436935.0000057872"},
    {"extract", {{TYPE_TEXT, "epoch"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "-315619199.500000"},
    {"date_part", {{TYPE_TEXT, "epoch"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "-315619199.5"},
    {"date_trunc", {{TYPE_TEXT, "microseconds"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "1960-01-01 00:00:00.5"},
    {"date_trunc", {{TYPE_TEXT, "milliseconds"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "1960-01-01 00:00:00.5"},
    {"date_trunc", {{TYPE_TEXT, "second"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "1960-01-01 00:00:00"},
    {"date_trunc", {{TYPE_TEXT, "minute"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "1960-01-01 00:00:00"},
    {"date_trunc", {{TYPE_TEXT, "hour"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "1960-01-01 00:00:00"},
    {"date_trunc", {{TYPE_TEXT, "day"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "1960-01-01 00:00:00"},
    {"date_trunc", {{TYPE_TEXT, "week"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "1959-12-28 00:00:00"},
    {"date_trunc", {{TYPE_TEXT, "month"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "1960-01-01 00:00:00"},
    {"date_trunc", {{TYPE_TEXT, "quarter"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "1960-01-01 00:00:00"},
    {"date_trunc", {{TYPE_TEXT, "year"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "1960-01-01 00:00:00"},
    {"date_trunc", {{TYPE_TEXT, "decade"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "1960-01-01 00:00:00"},
    {"date_trunc", {{TYPE_TEXT, "century"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "1901-01-01 00:00:00"},
    {"date_trunc", {{TYPE_TEXT, "millennium"}, {TYPE_TIMESTAMP, "1960-01-01 00:00:00.5"}}, "1001-01-01 00:00:00"},
    {"extract", {{TYPE_TEXT, "microseconds"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "59999999"},
    {"date_part", {{TYPE_TEXT, "microseconds"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "59999999"},
    {"extract", {{TYPE_TEXT, "milliseconds"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "59999.999"},
    {"date_part", {{TYPE_TEXT, "milliseconds"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "59999.999"},
    {"extract", {{TYPE_TEXT, "second"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "59.999999"},
    {"date_part", {{TYPE_TEXT, "second"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "59.999999"},
    {"extract", {{TYPE_TEXT, "minute"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "59"},
    {"date_part", {{TYPE_TEXT, "minute"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "59"},
    {"extract", {{TYPE_TEXT, "hour"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "23"},
    {"date_part", {{TYPE_TEXT, "hour"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "23"},
    {"extract", {{TYPE_TEXT, "day"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "15"},
    {"date_part", {{TYPE_TEXT, "day"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "15"},
    {"extract", {{TYPE_TEXT, "week"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "11"},
    {"date_part", {{TYPE_TEXT, "week"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "11"},
    {"extract", {{TYPE_TEXT, "month"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "3"},
    {"date_part", {{TYPE_TEXT, "month"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "3"},
    {"extract", {{TYPE_TEXT, "quarter"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "1"},
    {"date_part", {{TYPE_TEXT, "quarter"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "1"},
    {"extract", {{TYPE_TEXT, "year"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "-44"},
    {"date_part", {{TYPE_TEXT, "year"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "-44"},
    {"extract", {{TYPE_TEXT, "decade"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "-5"},
    {"date_part", {{TYPE_TEXT, "decade"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "-5"},
    {"extract", {{TYPE_TEXT, "century"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "-1"},
    {"date_part", {{TYPE_TEXT, "century"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "-1"},
    {"extract", {{TYPE_TEXT, "millennium"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "-1"},
    {"date_part", {{TYPE_TEXT, "millennium"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "-1"},
    {"extract", {{TYPE_TEXT, "dow"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "5"},
    {"date_part", {{TYPE_TEXT, "dow"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "5"},
    {"extract", {{TYPE_TEXT, "isodow"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "5"},
    {"date_part", {{TYPE_TEXT, "isodow"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "5"},
    {"extract", {{TYPE_TEXT, "doy"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "74"},
    {"date_part", {{TYPE_TEXT, "doy"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "74"},
    {"extract", {{TYPE_TEXT, "isoyear"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "-44"},
    {"date_part", {{TYPE_TEXT, "isoyear"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "-44"},
    {"extract", {{TYPE_TEXT, "julian"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "1705428.99999999998842592593"},
    {"date_part", {{TYPE_TEXT, "julian"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "1705429"},
    {"extract", {{TYPE_TEXT, "epoch"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "-63517737600.000001"},
    {"date_part", {{TYPE_TEXT, "epoch"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "-63517737600"},
    {"date_trunc", {{TYPE_TEXT, "microseconds"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "0044-03-15 23:59:59.999999 BC"},
    {"date_trunc", {{TYPE_TEXT, "milliseconds"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "0044-03-15 23:59:59.999 BC"},
    {"date_trunc", {{TYPE_TEXT, "second"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "0044-03-15 23:59:59 BC"},
    {"date_trunc", {{TYPE_TEXT, "minute"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "0044-03-15 23:59:00 BC"},
    {"date_trunc", {{TYPE_TEXT, "hour"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "0044-03-15 23:00:00 BC"},
    {"date_trunc", {{TYPE_TEXT, "day"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "0044-03-15 00:00:00 BC"},
    {"date_trunc", {{TYPE_TEXT, "week"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "0044-03-11 00:00:00 BC"},
    {"date_trunc", {{TYPE_TEXT, "month"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "0044-03-01 00:00:00 BC"},
    {"date_trunc", {{TYPE_TEXT, "quarter"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "0044-01-01 00:00:00 BC"},
    {"date_trunc", {{TYPE_TEXT, "year"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "0044-01-01 00:00:00 BC"},
    {"date_trunc", {{TYPE_TEXT, "decade"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "0051-01-01 00:00:00 BC"},
    {"date_trunc", {{TYPE_TEXT, "century"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "0100-01-01 00:00:00 BC"},
    {"date_trunc", {{TYPE_TEXT, "millennium"}, {TYPE_TIMESTAMP, "0044-03-15 23:59:59.999999 BC"}}, "1000-01-01 00:00:00 BC"},
    {"extract", {{TYPE_TEXT, "hour"}, {TYPE_TIMESTAMPTZ, "2020-01-01 00:00+02"}}, "22"},
    {"extract", {{TYPE_TEXT, "epoch"}, {TYPE_TIMESTAMPTZ, "2020-01-01 00:00+02"}}, "1577829600.000000"},
    {"extract", {{TYPE_TEXT, "timezone"}, {TYPE_TIMESTAMPTZ, "2020-01-01 00:00+02"}}, "0"},
    {"extract", {{TYPE_TEXT, "year"}, {TYPE_TIMESTAMPTZ, "2020-01-01 00:00+02"}}, "2019"},
    {"extract", {{TYPE_TEXT, "year"}, {TYPE_DATE, "2020-05-06"}}, "2020"},
    {"extract", {{TYPE_TEXT, "epoch"}, {TYPE_DATE, "2020-05-06"}}, "1588723200"},
    {"extract", {{TYPE_TEXT, "dow"}, {TYPE_DATE, "2020-05-06"}}, "3"},
    {"extract", {{TYPE_TEXT, "julian"}, {TYPE_DATE, "2020-05-06"}}, "2458976"},
    {"extract", {{TYPE_TEXT, "hour"}, {TYPE_DATE, "2020-05-06"}}, "!unit \"hour\" not supported for type date"},
    {"date_part", {{TYPE_TEXT, "year"}, {TYPE_TIMESTAMP, "infinity"}}, "Infinity"},
    {"date_part", {{TYPE_TEXT, "year"}, {TYPE_TIMESTAMP, "-infinity"}}, "-Infinity"},
    {"date_part", {{TYPE_TEXT, "year"}, {TYPE_DATE, "infinity"}}, "Infinity"},
    {"date_part", {{TYPE_TEXT, "hour"}, {TYPE_TIMESTAMP, "infinity"}}, NULL},
    {"date_part", {{TYPE_TEXT, "hour"}, {TYPE_TIMESTAMP, "-infinity"}}, NULL},
    {"date_part", {{TYPE_TEXT, "epoch"}, {TYPE_TIMESTAMP, "infinity"}}, "Infinity"},
    {"date_part", {{TYPE_TEXT, "epoch"}, {TYPE_TIMESTAMP, "-infinity"}}, "-Infinity"},
    {"date_part", {{TYPE_TEXT, "epoch"}, {TYPE_DATE, "infinity"}}, "Infinity"},
    {"extract", {{TYPE_TEXT, "hour"}, {TYPE_TIME, "10:20:30.5"}}, "10"},
    {"extract", {{TYPE_TEXT, "second"}, {TYPE_TIME, "10:20:30.5"}}, "30.500000"},
    {"extract", {{TYPE_TEXT, "epoch"}, {TYPE_TIME, "10:20:30.5"}}, "37230.500000"},
    {"extract", {{TYPE_TEXT, "day"}, {TYPE_TIME, "10:20:30.5"}}, "!unit \"day\" not supported for type time without time zone"},
    {"extract", {{TYPE_TEXT, "year"}, {TYPE_INTERVAL, "1 year 14 mons 40 days 30:00:01.5"}}, "2"},
    {"extract", {{TYPE_TEXT, "month"}, {TYPE_INTERVAL, "1 year 14 mons 40 days 30:00:01.5"}}, "2"},
    {"extract", {{TYPE_TEXT, "day"}, {TYPE_INTERVAL, "1 year 14 mons 40 days 30:00:01.5"}}, "40"},
    {"extract", {{TYPE_TEXT, "hour"}, {TYPE_INTERVAL, "1 year 14 mons 40 days 30:00:01.5"}}, "30"},
    {"extract", {{TYPE_TEXT, "second"}, {TYPE_INTERVAL, "1 year 14 mons 40 days 30:00:01.5"}}, "1.500000"},
    {"extract", {{TYPE_TEXT, "epoch"}, {TYPE_INTERVAL, "1 year 14 mons 40 days 30:00:01.5"}}, "71863201.500000"},
    {"extract", {{TYPE_TEXT, "week"}, {TYPE_INTERVAL, "1 year 14 mons 40 days 30:00:01.5"}}, "!unit \"week\" not supported for type interval"},
    {"date_part", {{TYPE_TEXT, "foo"}, {TYPE_TIMESTAMP, "2020-01-01"}}, "!unit \"foo\" not recognized for type timestamp without time zone"},
    {"date_trunc", {{TYPE_TEXT, "foo"}, {TYPE_TIMESTAMP, "2020-01-01"}}, "!unit \"foo\" not recognized for type timestamp without time zone"},
    {"date_trunc", {{TYPE_TEXT, "dow"}, {TYPE_TIMESTAMP, "2020-01-01"}}, "!unit \"dow\" not recognized for type timestamp without time zone"},
    {"date_trunc", {{TYPE_TEXT, "day"}, {TYPE_TIMESTAMP, "infinity"}}, "infinity"},
    {"date_trunc", {{TYPE_TEXT, "day"}, {TYPE_TIMESTAMPTZ, "2020-01-01 22:34"}, {TYPE_TEXT, "-05"}}, "2020-01-01 19:00:00+00"},
    {"date_trunc", {{TYPE_TEXT, "month"}, {TYPE_INTERVAL, "1 year 14 mons 3 days"}}, "2 years 2 mons"},
    {"date_trunc", {{TYPE_TEXT, "week"}, {TYPE_INTERVAL, "1 day"}}, "!unit \"week\" not supported for type interval"},
    {"date_bin", {{TYPE_INTERVAL, "15 minutes"}, {TYPE_TIMESTAMP, "2020-02-11 15:44:17"}, {TYPE_TIMESTAMP, "2001-01-01"}}, "2020-02-11 15:30:00"},
    {"date_bin", {{TYPE_INTERVAL, "15 minutes"}, {TYPE_TIMESTAMP, "1999-02-11 15:44:17"}, {TYPE_TIMESTAMP, "2001-01-01 00:02:30"}}, "1999-02-11 15:32:30"},
    {"date_bin", {{TYPE_INTERVAL, "1 day"}, {TYPE_TIMESTAMP, "2020-01-01"}, {TYPE_TIMESTAMP, "2021-01-01"}}, "2020-01-01 00:00:00"},
    {"date_bin", {{TYPE_INTERVAL, "1 month"}, {TYPE_TIMESTAMP, "2020-01-01"}, {TYPE_TIMESTAMP, "2020-01-01"}}, "!timestamps cannot be binned into intervals containing months or years"},
    {"date_bin", {{TYPE_INTERVAL, "0"}, {TYPE_TIMESTAMP, "2020-01-01"}, {TYPE_TIMESTAMP, "2020-01-01"}}, "!stride must be greater than zero"},
    {"age", {{TYPE_TIMESTAMP, "2001-04-10"}, {TYPE_TIMESTAMP, "1957-06-13"}}, "43 years 9 mons 27 days"},
    {"age", {{TYPE_TIMESTAMP, "2020-01-31"}, {TYPE_TIMESTAMP, "2020-03-01"}}, "-1 mons -1 days"},
    {"make_date", {{TYPE_INTEGER, "-44"}, {TYPE_INTEGER, "3"}, {TYPE_INTEGER, "15"}}, "0044-03-15 BC"},
    {"make_date", {{TYPE_INTEGER, "2020"}, {TYPE_INTEGER, "13"}, {TYPE_INTEGER, "1"}}, "!date field value out of range: 2020-13-01"},
    {"make_date", {{TYPE_INTEGER, "0"}, {TYPE_INTEGER, "1"}, {TYPE_INTEGER, "1"}}, "!date field value out of range: 0-01-01"},
    {"make_time", {{TYPE_INTEGER, "8"}, {TYPE_INTEGER, "15"}, {TYPE_DOUBLE, "23.5"}}, "08:15:23.5"},
    {"make_time", {{TYPE_INTEGER, "25"}, {TYPE_INTEGER, "0"}, {TYPE_DOUBLE, "0"}}, "!time field value out of range: 25:00:00"},
    {"make_timestamp", {{TYPE_INTEGER, "2013"}, {TYPE_INTEGER, "7"}, {TYPE_INTEGER, "15"}, {TYPE_INTEGER, "8"}, {TYPE_INTEGER, "15"}, {TYPE_DOUBLE, "23.5"}}, "2013-07-15 08:15:23.5"},
    {"make_interval", {{TYPE_INTEGER, "1"}, {TYPE_INTEGER, "2"}, {TYPE_INTEGER, "3"}, {TYPE_INTEGER, "4"}, {TYPE_INTEGER, "5"}, {TYPE_INTEGER, "6"}, {TYPE_DOUBLE, "7.5"}}, "1 year 2 mons 25 days 05:06:07.5"},
    {"to_timestamp", {{TYPE_DOUBLE, "1.5"}}, "1970-01-01 00:00:01.5+00"},
    {"to_timestamp", {{TYPE_DOUBLE, "NaN"}}, "!timestamp cannot be NaN"},
    {"to_timestamp", {{TYPE_DOUBLE, "1e20"}}, "!timestamp out of range: \"1e+20\""},
    {"+", {{TYPE_TIMESTAMP, "2020-01-31"}, {TYPE_INTERVAL, "1 month"}}, "2020-02-29 00:00:00"},
    {"+", {{TYPE_INTERVAL, "1 month"}, {TYPE_TIMESTAMP, "2020-01-31"}}, "2020-02-29 00:00:00"},
    {"-", {{TYPE_TIMESTAMP, "2020-03-31"}, {TYPE_INTERVAL, "1 month"}}, "2020-02-29 00:00:00"},
    {"-", {{TYPE_TIMESTAMP, "2020-03-31"}, {TYPE_TIMESTAMP, "2020-03-01 12:00"}}, "29 days 12:00:00"},
    {"-", {{TYPE_TIMESTAMP, "infinity"}, {TYPE_TIMESTAMP, "2020-03-01 12:00"}}, "!cannot subtract infinite timestamps"},
    {"+", {{TYPE_TIMESTAMPTZ, "2020-01-31"}, {TYPE_INTERVAL, "1 day"}}, "2020-02-01 00:00:00+00"},
    {"-", {{TYPE_TIMESTAMPTZ, "2020-01-31"}, {TYPE_INTERVAL, "1 day"}}, "2020-01-30 00:00:00+00"},
    {"+", {{TYPE_DATE, "2020-01-01"}, {TYPE_INTEGER, "5"}}, "2020-01-06"},
    {"-", {{TYPE_DATE, "2020-01-01"}, {TYPE_INTEGER, "5"}}, "2019-12-27"},
    {"+", {{TYPE_INTEGER, "5"}, {TYPE_DATE, "2020-01-01"}}, "2020-01-06"},
    {"+", {{TYPE_DATE, "5874897-12-31"}, {TYPE_INTEGER, "1"}}, "!date out of range"},
    {"+", {{TYPE_DATE, "infinity"}, {TYPE_INTEGER, "1"}}, "infinity"},
    {"-", {{TYPE_DATE, "2020-03-01"}, {TYPE_DATE, "2020-01-01"}}, "60"},
    {"-", {{TYPE_DATE, "infinity"}, {TYPE_DATE, "2020-01-01"}}, "!cannot subtract infinite dates"},
    {"+", {{TYPE_DATE, "2020-01-31"}, {TYPE_INTERVAL, "1 month"}}, "2020-02-29 00:00:00"},
    {"-", {{TYPE_DATE, "2020-01-01"}, {TYPE_INTERVAL, "1 hour"}}, "2019-12-31 23:00:00"},
    {"+", {{TYPE_DATE, "2020-01-01"}, {TYPE_TIME, "10:00"}}, "2020-01-01 10:00:00"},
    {"+", {{TYPE_TIME, "10:00"}, {TYPE_INTERVAL, "15 hours"}}, "01:00:00"},
    {"-", {{TYPE_TIME, "01:00"}, {TYPE_INTERVAL, "2 hours"}}, "23:00:00"},
    {"-", {{TYPE_TIME, "10:00"}, {TYPE_TIME, "11:30"}}, "-01:30:00"},
    {"+", {{TYPE_INTERVAL, "1 day"}, {TYPE_INTERVAL, "2 hours"}}, "1 day 02:00:00"},
    {"-", {{TYPE_INTERVAL, "1 day"}, {TYPE_INTERVAL, "2 hours"}}, "1 day -02:00:00"},
    {"-", {{TYPE_INTERVAL, "1 day 2 hours"}}, "-1 days -02:00:00"},
    {"*", {{TYPE_INTERVAL, "1 month"}, {TYPE_DOUBLE, "1.5"}}, "1 mon 15 days"},
    {"*", {{TYPE_DOUBLE, "2"}, {TYPE_INTERVAL, "1 day"}}, "2 days"},
    {"/", {{TYPE_INTERVAL, "1 month"}, {TYPE_DOUBLE, "2"}}, "15 days"},
    {"/", {{TYPE_INTERVAL, "1 day"}, {TYPE_DOUBLE, "0"}}, "!division by zero"},
    {"*", {{TYPE_INTERVAL, "1 day"}, {TYPE_DOUBLE, "1e300"}}, "!interval out of range"},
    {"justify_days", {{TYPE_INTERVAL, "35 days"}}, "1 mon 5 days"},
    {"justify_hours", {{TYPE_INTERVAL, "27 hours"}}, "1 day 03:00:00"},
    {"justify_interval", {{TYPE_INTERVAL, "1 mon -1 hour"}}, "29 days 23:00:00"},
    {"isfinite", {{TYPE_DATE, "infinity"}}, "f"},
    {"isfinite", {{TYPE_TIMESTAMP, "2020-01-01"}}, "t"},
    {"timezone", {{TYPE_TEXT, "UTC"}, {TYPE_TIMESTAMP, "2020-01-01"}}, "2020-01-01 00:00:00+00"},
    {"timezone", {{TYPE_TEXT, "+02"}, {TYPE_TIMESTAMPTZ, "2020-01-01"}}, "2019-12-31 22:00:00"},
    {"timezone", {{TYPE_TEXT, "EST"}, {TYPE_TIMESTAMP, "2020-01-01"}}, "2020-01-01 05:00:00+00"},
    {"timezone", {{TYPE_INTERVAL, "-05:30"}, {TYPE_TIMESTAMP, "2020-01-01"}}, "2020-01-01 05:30:00+00"},
    {"timezone", {{TYPE_TEXT, "foo"}, {TYPE_TIMESTAMP, "2020-01-01"}}, "!time zone \"foo\" not recognized"},
    {"timezone", {{TYPE_INTERVAL, "1 day"}, {TYPE_TIMESTAMP, "2020-01-01"}}, "!interval time zone \"1 day\" must not include months or days"},
    {"to_char", {{TYPE_TIMESTAMP, "2024-02-29 13:04:05.067"}, {TYPE_TEXT, "YYYY-MM-DD HH24:MI:SS.MS"}}, "2024-02-29 13:04:05.067"},
    {"to_char", {{TYPE_TIMESTAMP, "infinity"}, {TYPE_TEXT, "YYYY"}}, NULL},
    {"to_char", {{TYPE_TIMESTAMPTZ, "2024-02-29 13:04:05+00"}, {TYPE_TEXT, "HH12:MI AM TZ"}}, "01:04 PM UTC"},
    {"to_char", {{TYPE_INTERVAL, "100 hours"}, {TYPE_TEXT, "HH24:MI"}}, "100:00"},
    {"to_char", {{TYPE_INTERVAL, "100 hours"}, {TYPE_TEXT, "Day"}}, "!invalid format specification for an interval value"},
    {"to_char", {{TYPE_INTEGER, "-485"}, {TYPE_TEXT, "999PR"}}, "<485>"},
    {"to_char", {{TYPE_BIGINT, "21"}, {TYPE_TEXT, "FM99th"}}, "21st"},
    {"to_char", {{TYPE_DOUBLE, "148.5"}, {TYPE_TEXT, "999.99"}}, " 148.50"},
    {"to_char", {{TYPE_INTEGER, "1"}, {TYPE_TEXT, "9.9.9"}}, "!multiple decimal points"},
};
/* clang-format on */

static void check_all(const RecordedCall *calls, size_t count) {
    for (size_t i = 0; i < count; i++) {
        check_recorded(&calls[i], false);
        check_recorded(&calls[i], true);
    }
}
#define CHECK_ALL(calls) check_all(calls, sizeof(calls) / sizeof((calls)[0]))

static void test_times(void **state) {
    CHECK_ALL(times);
}

/* Constant fields over a column take loops of their own: they agree with one row at a time. */
static void test_columns(void **state) {
    static const char *const fields[] = {"microseconds", "second", "minute", "hour",  "day", "dow",
                                         "week",         "month",  "year",   "epoch", "doy"};
    Bench b;
    bench_init(&b);
    const char *values =
        "2024-02-29 12:34:56.789,1960-01-01 00:00:00.5,NULL,infinity,-infinity,0044-03-15 23:59:59 BC,"
        "4714-11-24 00:00:00 BC,294246-12-31 23:59:59.999999,1970-01-01 00:00:00,1969-12-31 23:59:59";
    (void)bench_column_separated(&b, type_of(TYPE_TIMESTAMP), values, ',');
    Text names;
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        text_init(&names, &b.memory);
        for (int row = 0; row < 10; row++) text_append_format(&names, row > 0 ? ",%s" : "%s", fields[i]);
        text_append_char(&names, 0);
        uint32_t column = bench_column_separated(&b, type_of(TYPE_TEXT), names.data, ',');
        text_deinit(&names);
        static const char *const functions[] = {"date_part", "date_trunc"};
        for (size_t f = 0; f < 2; f++) {
            const Expr *whole = call2(&b, functions[f], lit(&b, type_of(TYPE_TEXT), fields[i]), col(&b, 0));
            CHECK(&b, whole, bench_eval(&b, call2(&b, functions[f], col(&b, column), col(&b, 0))));
        }
    }
    bench_deinit(&b);
}

static void test_bins(void **state) {
    Bench b;
    bench_init(&b);
    (void)bench_column_separated(&b, type_of(TYPE_TIMESTAMP),
                                 "2020-02-11 15:44:17,1999-02-11 15:44:17,NULL,infinity,2001-01-01 00:02:30",
                                 ',');
    const Expr *stride = lit(&b, type_of(TYPE_INTERVAL), "15 minutes");
    const Expr *origin = lit(&b, type_of(TYPE_TIMESTAMP), "2001-01-01 00:02:30");
    CHECK(&b, call3(&b, "date_bin", stride, col(&b, 0), origin),
          "2020-02-11 15:32:30 1999-02-11 15:32:30 NULL infinity 2001-01-01 00:02:30");
    bench_deinit(&b);
}

/* Days and months go by the session's clock. */
static void test_session_zone(void **state) {
    Bench b;
    bench_init(&b);
    bench_set_zone(&b, 2 * 3600);
    (void)bench_column_separated(&b, type_of(TYPE_TIMESTAMPTZ), "2020-01-31 23:00+00", ',');
    CHECK(&b, call2(&b, "date_part", lit(&b, type_of(TYPE_TEXT), "hour"), col(&b, 0)), "1");
    CHECK(&b, call2(&b, "date_part", lit(&b, type_of(TYPE_TEXT), "timezone"), col(&b, 0)), "7200");
    CHECK(&b, call2(&b, "date_trunc", lit(&b, type_of(TYPE_TEXT), "day"), col(&b, 0)),
          "2020-01-31 22:00:00+00");
    CHECK(&b, call2(&b, "+", col(&b, 0), lit(&b, type_of(TYPE_INTERVAL), "1 month")),
          "2020-02-29 23:00:00+00");
    CHECK(&b, call2(&b, "to_char", col(&b, 0), lit(&b, type_of(TYPE_TEXT), "DD HH24 TZH:TZM OF TZ")),
          "01 01 +02:00 +02 +02");
    bench_deinit(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_columns),
        cmocka_unit_test(test_bins),
        cmocka_unit_test(test_session_zone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

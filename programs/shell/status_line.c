/* SPDX-License-Identifier: Apache-2.0
 * shell/status_line.c - the figures of a running database in one line. */
#include "shell/status_line.h"

#include "base/number.h"

#define MEASURE_NS    INT64_C(500000000)
#define SECOND_NS     1e9
#define SEPARATOR     " | "
#define US_PER_SECOND 1000000

void status_line_init(StatusLine *line, Shell *shell, int64_t now_ns) {
    weir_stats stats = WEIR_STATS_INIT;
    weir_get_stats(shell->db, &stats);
    *line = (StatusLine){.measured_ns = now_ns, .measured_rows = stats.rows_in, .rows_first = stats.rows_in};
}

bool status_line_is_stale(const StatusLine *line, int64_t now_ns) {
    return now_ns - line->measured_ns >= MEASURE_NS;
}

void status_line_write_count(Text *text, uint64_t count) {
    char digits[NUMBER_I64_SIZE_MAX];
    size_t size = number_write_u64(digits, count);
    for (size_t i = 0; i < size; i++) {
        if (i > 0 && (size - i) % 3 == 0) text_append_char(text, ',');
        text_append_char(text, digits[i]);
    }
}

/* One digit after the point. */
static void write_tenths(Text *text, int64_t tenths) {
    text_append_format(text, "%lld.%c", (long long)(tenths / 10), (char)('0' + tenths % 10));
}

void status_line_write_bytes(Text *text, int64_t bytes) {
    static const char *const units[] = {"KB", "MB", "GB", "TB"};
    if (bytes < 1000) {
        text_append_format(text, "%lld byte%s", (long long)bytes, bytes == 1 ? "" : "s");
        return;
    }
    int unit = 0;
    int64_t tenths = bytes / 100;
    for (; tenths >= 10000 && unit < 3; unit++) tenths /= 1000;
    write_tenths(text, tenths);
    text_append_format(text, " %s", units[unit]);
}

static void write_watermark(Text *text, const weir_stats *stats) {
    if (stats->watermark_us == INT64_MIN || stats->event_time_max_us == INT64_MIN) return;
    text_append_c(text, SEPARATOR "watermark ");
    if (stats->watermark_us == INT64_MAX) {
        text_append_c(text, "at the end");
        return;
    }
    int64_t lag_us = stats->event_time_max_us - stats->watermark_us;
    write_tenths(text, (lag_us < 0 ? 0 : lag_us) / (US_PER_SECOND / 10));
    text_append_c(text, " s behind");
}

void status_line_write(StatusLine *line, Shell *shell, int64_t now_ns, bool is_paused, Text *text) {
    weir_stats stats = WEIR_STATS_INIT;
    if (weir_get_stats(shell->db, &stats) != WEIR_OK) return;
    int64_t elapsed_ns = now_ns - line->measured_ns;
    if (elapsed_ns >= MEASURE_NS) {
        line->rate = (double)(stats.rows_in - line->measured_rows) * SECOND_NS / (double)elapsed_ns;
        line->measured_ns = now_ns;
        line->measured_rows = stats.rows_in;
    }
    status_line_write_count(text, (uint64_t)(line->rate + 0.5));
    text_append_c(text, " rows/s" SEPARATOR);
    status_line_write_count(text, stats.rows_in - line->rows_first);
    text_append_c(text, " rows");
    write_watermark(text, &stats);
    text_append_c(text, SEPARATOR "state ");
    status_line_write_bytes(text, stats.state_bytes);
    if (stats.rows_late > 0) {
        text_append_c(text, SEPARATOR);
        status_line_write_count(text, stats.rows_late);
        text_append_c(text, " late");
    }
    text_append_c(text, is_paused ? SEPARATOR "paused, space goes on" : SEPARATOR "space pauses, q stops");
}

/* SPDX-License-Identifier: Apache-2.0
 * shell/demo.c - `weir demo`. Event time runs sixty times as fast as the clock, so that a minute of trades
 * closes every second. */
#include "shell/demo.h"

#include <unistd.h>

#include "shell/exit.h"
#include "shell/live.h"
#include "shell/printer.h"
#include "shell/report.h"
#include "shell/run.h"

enum { DEMO_WAIT_MS = 50, PATH_SIZE_MAX = 4096 };

/* 100,000 rows a second; 600 microseconds of event time from one to the next. */
#define DEMO_SOURCE                                                                                  \
    "CREATE SOURCE trades (symbol TEXT, price DOUBLE PRECISION, qty BIGINT, ts TIMESTAMP,\n"         \
    "                      WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)\n"                          \
    "  WITH (connector = 'generator', rows_per_second = 100000, step = '600 microseconds', start = " \
    "'2024-01-01 00:00:02',\n"                                                                       \
    "        disorder = '2 seconds', fields.symbol.keys = 8, fields.price.min = 90,\n"               \
    "        fields.price.max = 110, fields.qty.min = 1, fields.qty.max = 500)"

#define DEMO_QUERY                                                                                           \
    "SELECT symbol, window_start, window_end, round(CAST(sum(price * qty) / sum(qty) AS NUMERIC(18,4)), 4) " \
    "AS vwap,\n"                                                                                             \
    "       sum(qty) AS volume, count(*) AS trades\n"                                                        \
    "  FROM TUMBLE(trades, ts, INTERVAL '1' MINUTE)\n"                                                       \
    " GROUP BY symbol, window_start, window_end\n"

enum { COLUMN_SYMBOL, COLUMN_WINDOW_START };

static Status run_text(Shell *shell, const char *sql, Error *err) {
    return run_sql(shell, str_from_c(sql), MODE_AUTO, err);
}

static Status prepare(Shell *shell, const char *sql, weir_stmt **stmt, Error *err) {
    weir_error *error = NULL;
    return shell_take_error(weir_prepare(shell->conn, sql, -1, stmt, NULL, &error), &error, err);
}

/* ---- with a terminal ---- */

static Status watch(Shell *shell, Answer *answer, int64_t seconds, Error *err) {
    Mode mode = shell->display.mode == MODE_AUTO ? MODE_BOX : shell->display.mode;
    LiveOptions options = {
        .mode = mode,
        .has_key = true,
        .key_column = COLUMN_SYMBOL,
        .order_column = COLUMN_WINDOW_START,
        .seconds = seconds,
    };
    return live_show(shell, answer, &options, err);
}

/* ---- without ---- */

static Status print_rows(Shell *shell, Answer *answer, Printer *printer, int64_t seconds, Error *err) {
    int64_t end_ns = io_clock_monotonic_ns(shell->io) + seconds * 1000000000;
    while (io_clock_monotonic_ns(shell->io) < end_ns) {
        if (answer_would_wait(answer)) {
            printer_pause(printer);
            interrupt_wait(&shell->interrupt, -1, DEMO_WAIT_MS);
            if (!interrupt_seen(&shell->interrupt)) continue;
        }
        Batch batch;
        TRY(answer_next(answer, &batch, err));
        printer_batch(printer, &batch);
        TRY(run_output_status(shell, err));
    }
    return STATUS_OK;
}

static Status print(Shell *shell, Answer *answer, int64_t seconds, Error *err) {
    Printer printer;
    Mode mode = shell->display.mode == MODE_AUTO ? MODE_JSONL : shell->display.mode;
    if (mode == MODE_ARROW) return error_set_at(err, STATUS_NOT_SUPPORTED, -1, "weir demo has no mode arrow");
    TRY(printer_begin(&printer, &shell->out, &answer->all, mode, &shell->display, err));
    Status status = print_rows(shell, answer, &printer, seconds, err);
    if (status == STATUS_OK || status == STATUS_INTERRUPTED) printer_end(&printer);
    printer_deinit(&printer);
    return status;
}

/* ---- both ---- */

static bool is_for_eyes(const Shell *shell) {
    Mode mode = shell->display.mode;
    return shell_has_terminal(shell) && (mode == MODE_AUTO || mode == MODE_TABLE || mode == MODE_BOX);
}

static Status run_query(Shell *shell, int64_t seconds, Error *err) {
    bool watches = is_for_eyes(shell);
    weir_stmt *stmt = NULL;
    Answer answer;
    TRY(prepare(shell, watches ? DEMO_QUERY "  EMIT ON UPDATE" : DEMO_QUERY "  EMIT ON WINDOW CLOSE", &stmt,
                err));
    Status status = answer_open(&answer, shell, stmt, err);
    if (status == STATUS_OK) {
        status = watches ? watch(shell, &answer, seconds, err)
                         : print(shell, &answer, seconds < 0 ? DEMO_SECONDS : seconds, err);
        answer_close(&answer);
    }
    weir_stmt_free(stmt);
    return status;
}

/* Where this very program lies. */
static Str own_path(char *room, size_t size) {
    ssize_t found = readlink("/proc/self/exe", room, size);
    return found <= 0 ? STR("weir") : str_from(room, (size_t)found);
}

static void write_farewell(Shell *shell) {
    char room[PATH_SIZE_MAX];
    Str path = own_path(room, sizeof(room));
    report_line(shell, "\nThat was %.*s. Try next:\n", STR_ARGS(path));
    report_line(shell, "  weir                                         a prompt; \\? lists its commands");
    report_line(shell, "  echo '{\"a\":1}' | weir -c 'SELECT a + 1 FROM stdin'");
    report_line(shell, "  weir explain -c 'SELECT 1'                   how a statement would run");
}

static Status run_demo(Shell *shell, const Options *options, Error *err) {
    TRY(run_text(shell, DEMO_SOURCE, err));
    if (is_for_eyes(shell)) report_line(shell, "%s\n\n%s  EMIT ON UPDATE\n", DEMO_SOURCE, DEMO_QUERY);
    interrupt_begin(&shell->interrupt, shell->conn);
    Status status = run_query(shell, options->seconds, err);
    interrupt_end(&shell->interrupt);
    return status;
}

int demo_main(Shell *shell, const Options *options) {
    Error err = {0};
    Status status = run_demo(shell, options, &err);
    if (shell->out.status == STATUS_DONE) return EXIT_OK;
    bool is_stopped = status == STATUS_INTERRUPTED && interrupt_take(&shell->interrupt);
    if (status != STATUS_OK && !is_stopped) {
        report_error(shell, &err);
        return exit_of_status(status);
    }
    if (atomic_load(&shell->interrupt.is_terminated)) return EXIT_TERMINATED;
    write_farewell(shell);
    return EXIT_OK;
}

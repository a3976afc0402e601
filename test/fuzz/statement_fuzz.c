/* SPDX-License-Identifier: Apache-2.0
 * Property: whatever statements are run, one after the other, nothing crashes, leaks or hangs: each succeeds, or fails with a message
 * and a SQLSTATE, and the database can be closed after. The world is simulated: no file or stream outside is reached.
 *
 * Statements that run long are interrupted as Ctrl-C would; one that does not stop then is found by the fuzzer's own timeout. */
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/time.h>

#include "base/str.h"
#include "db/life.h"
#include "io/io_sim.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MEMORY_MAX = 64 << 20, BATCH_COUNT_MAX = 16, STATEMENT_COUNT_MAX = 64, PARAMETER_COUNT_MAX = 64, STATEMENT_MS_MAX = 200 };

static weir_conn *running; /* what the alarm interrupts */

static void interrupt(int signal) {
    (void)signal;
    if (running != NULL) weir_interrupt(running);
}

static void set_alarm(int milliseconds) {
    struct itimerval timer = {.it_value = {.tv_usec = milliseconds * 1000}};
    ASSERT(setitimer(ITIMER_REAL, &timer, NULL) == 0);
}

static void check_error(weir_error *error) {
    ASSERT(error != NULL);
    ASSERT(weir_error_message(error)[0] != '\0');
    ASSERT(strlen(weir_error_sqlstate(error)) == 5);
    weir_error_free(error);
}

/* A value that fits each parameter, as far as one of these does; of `round` 1 NULLs. */
static void bind_values(weir_stmt *stmt, int round) {
    static const char *const texts[] = {"1", "t", "2024-02-29 12:34:56", "12:00", "{\"a\": [1, null]}", "a text that is longer than a view can hold", "-7.25",
                                        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"};
    int count = weir_stmt_param_count(stmt), text_count = sizeof(texts) / sizeof(texts[0]);
    for (int i = 1; i <= count && i <= PARAMETER_COUNT_MAX; i++) {
        bool is_bound = weir_bind(stmt, (uint32_t)i, round == 1 ? weir_null() : weir_i64(37 * i % 20 - 3), NULL) == WEIR_OK;
        for (int k = 0; k < text_count && !is_bound; k++)
            is_bound = weir_bind(stmt, (uint32_t)i, weir_text(texts[(i + k) % text_count], -1), NULL) == WEIR_OK;
    }
}

/* Some batches of what a statement gives, each with its values under ASan's eyes as the export copied them. */
static void read_rows(weir_stmt *stmt) {
    struct ArrowArrayStream stream;
    weir_error *error = NULL;
    if (weir_query(stmt, &stream, &error) != WEIR_OK) {
        check_error(error);
        return;
    }
    for (int i = 0; i < BATCH_COUNT_MAX; i++) {
        struct ArrowArray batch;
        if (stream.get_next(&stream, &batch) != 0) {
            ASSERT(stream.get_last_error(&stream) != NULL);
            break;
        }
        if (batch.release == NULL) break;
        batch.release(&batch);
    }
    stream.release(&stream);
}

static void run_all(weir_conn *conn, const char *text, size_t size) {
    const char *at = text, *end = text + size;
    for (int i = 0; i < STATEMENT_COUNT_MAX && at < end; i++) {
        weir_stmt *stmt = NULL;
        weir_error *error = NULL;
        const char *tail = end;
        set_alarm(STATEMENT_MS_MAX);
        if (weir_prepare(conn, at, end - at, &stmt, &tail, &error) == WEIR_OK) {
            if (stmt == NULL) break;
            for (int round = 0; round < (weir_stmt_param_count(stmt) > 0 ? 2 : 1); round++) {
                bind_values(stmt, round);
                read_rows(stmt);
            }
            weir_stmt_free(stmt);
        } else {
            check_error(error);
            ptrdiff_t skipped = weir_complete(at, end - at);
            tail = skipped > 0 ? at + skipped : end;
        }
        ASSERT(tail > at && tail <= end);
        at = tail;
    }
    set_alarm(0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static bool is_set_up;
    if (!is_set_up) signal(SIGALRM, interrupt);
    is_set_up = true;
    Memory memory;
    IoSim sim;
    Error err;
    weir_db *db;
    memory_init(&memory, 0);
    if (!io_sim_init(&sim, &memory, 7)) return 0;
    Status status = life_begin(&sim.io, MEMORY_MAX, &db, &err);
    ASSERT(status == STATUS_OK);
    int connected = weir_connect(db, &running, NULL);
    ASSERT(connected == WEIR_OK);
    run_all(running, (const char *)data, size);
    weir_conn *conn = running;
    running = NULL;
    weir_disconnect(conn);
    int closed = weir_close(db, NULL);
    ASSERT(closed == WEIR_OK);
    io_sim_deinit(&sim);
    memory_deinit(&memory);
    return 0;
}

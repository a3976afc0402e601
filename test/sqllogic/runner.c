/* SPDX-License-Identifier: Apache-2.0
 * sqllogic/runner.c - runs files of SQL tests; the form is in sqllogic/slt.h.
 *
 *     sqllogic [--batch-rows N] file.slt ...
 *
 * Prints "file:line: message" for each failure and ends in a line "N passed, N failed[, N skipped]". With
 * --batch-rows every database cuts its input into batches of N rows: results must be the same. */
#include "io/io.h"
#include "sqllogic/engine.h"

/* The whole file in `text`. */
static Status read_file(Io *io, Str path, Text *text, Error *err) {
    IoFile file;
    TRY(io_open(io, path, IO_OPEN_READ, &file, err));
    Status status = STATUS_OK;
    for (size_t size = 1; status == STATUS_OK && size > 0;) {
        char *room = text_reserve(text, IO_READ_SIZE);
        status = room == NULL ? error_out_of_memory(err) : io_read(&file, room, IO_READ_SIZE, &size, err);
        if (status == STATUS_OK) text->size += size;
    }
    (void)io_close(&file, &(Error){0});
    return status;
}

static void run_file(Io *io, const char *path, const SltEngine *engine, Memory *memory, SltReport *report) {
    Error err = {0};
    Text text;
    text_init(&text, memory);
    if (read_file(io, str_from_c(path), &text, &err) == STATUS_OK) {
        slt_run(path, text_str(&text), engine, memory, report);
    } else {
        report->failed_count++;
        text_append_format(report->out, "%s\n", err.message);
    }
    text_deinit(&text);
}

static void flush(Io *io, Text *out) {
    IoFile file;
    io_stdout(io, &file);
    ASSERT(io_write(&file, out->data, out->size, &(Error){0}) == STATUS_OK);
    text_reset(out);
}

int main(int argc, char **argv) {
    Io *io = io_real();
    Memory memory;
    memory_init(&memory, 0);
    Text out;
    text_init(&out, &memory);
    WeirEngine weir = {.memory = &memory};
    char prelude[64];
    int first = 1;
    if (argc > 2 && str_equal(str_from_c(argv[1]), STR("--batch-rows"))) {
        text_format(prelude, sizeof(prelude), "SET batch_rows = %s", argv[2]);
        weir.prelude = prelude;
        first = 3;
    }
    SltEngine engine = weir_engine(&weir);
    SltReport report = {.out = &out};
    for (int i = first; i < argc; i++) {
        run_file(io, argv[i], &engine, &memory, &report);
        flush(io, &out);
    }
    text_append_format(&out, "%zu passed, %zu failed", report.passed_count, report.failed_count);
    if (report.skipped_count > 0) text_append_format(&out, ", %zu skipped", report.skipped_count);
    text_append_char(&out, '\n');
    flush(io, &out);
    text_deinit(&out);
    memory_deinit(&memory);
    return report.failed_count > 0;
}

/* SPDX-License-Identifier: Apache-2.0
 * shell/arrow_print.c - writes the rows of one result as an Arrow IPC stream: mode arrow. */
#include "shell/arrow_print.h"

#include "format/arrow_write.h"

typedef struct Print {
    Output *out;
    Answer *answer;
    bool is_begun; /* the schema is written */
} Print;

static Status begin(Print *print, Error *err) {
    if (print->is_begun) return STATUS_OK;
    print->is_begun = true;
    return arrow_write_schema(output_text(print->out), &print->answer->arrow, err);
}

static void write_rows(Print *print, const struct ArrowArray *array) {
    for (int64_t from = 0; from < array->length; output_spill(print->out))
        from += arrow_write_batch(output_text(print->out), &print->answer->arrow, array, from);
}

static Status write_all(Print *print, Error *err) {
    for (;;) {
        struct ArrowArray array;
        if (answer_would_wait(print->answer)) {
            TRY(begin(print, err));
            output_flush(print->out);
        }
        Status status = answer_next_arrow(print->answer, &array, err);
        if (status == STATUS_DONE) return begin(print, err);
        TRY(status);
        status = begin(print, err);
        if (status == STATUS_OK) write_rows(print, &array);
        array.release(&array);
        TRY(status);
        if (print->out->status != STATUS_OK) return STATUS_OK;
    }
}

Status arrow_print(Output *out, Answer *answer, Error *err) {
    Print print = {out, answer, false};
    Status status = write_all(&print, err);
    if (print.is_begun) arrow_write_end(output_text(out));
    output_flush(out);
    TRY(status);
    if (out->status != STATUS_OK) *err = out->error;
    return out->status;
}

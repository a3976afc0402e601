/* SPDX-License-Identifier: Apache-2.0
 * shell/answer.c - the rows of a running statement, batch by batch. */
#include "shell/answer.h"

#include "base/calendar_parse.h"

static Status start(Answer *answer, weir_stmt *stmt, Error *err) {
    weir_error *error = NULL;
    return shell_take_error(weir_query(stmt, &answer->stream, &error), &error, err);
}

static Status read_schema(Answer *answer, weir_stmt *stmt, Error *err) {
    weir_error *error = NULL;
    TRY(shell_take_error(weir_stmt_schema(stmt, &answer->arrow, &error), &error, err));
    TRY(arrow_import_init(&answer->import, &answer->arena, &answer->arrow, err));
    answer->all = answer->columns = answer->import.schema;
    if (answer_has_weights(answer)) {
        ASSERT(answer->columns.count > 0);
        answer->columns.count--;
    }
    answer->schema = &answer->columns;
    answer->key_count = weir_stmt_key(stmt, answer->key, ANSWER_KEY_COUNT_MAX);
    /* Longer keys are as good as none here: rows are then told apart as a whole. */
    if (answer->key_count > ANSWER_KEY_COUNT_MAX) answer->key_count = 0;
    return STATUS_OK;
}

/* The zone that the library names for its TIMESTAMPTZ columns: all of a result have the same. */
static Status read_zone(Answer *answer, Shell *shell, Error *err) {
    const Zone *zone = NULL;
    for (int64_t i = 0; i < answer->arrow.n_children && zone == NULL; i++) {
        Str format = str_from_c(answer->arrow.children[i]->format);
        if (!str_starts_with(format, STR("tsu:")) || format.size == 4) continue;
        Str name = str_from(format.data + 4, format.size - 4);
        int32_t offset_s;
        Zone *fixed = NULL;
        bool is_offset = name.size == 6 && (name.data[0] == '+' || name.data[0] == '-'); /* "+05:30"; POSIX's rules may begin so too */
        if (str_equal(name, STR("UTC"))) return STATUS_OK;
        if (is_offset && calendar_parse_zone(name, &offset_s)) {
            TRY(zone_from_offset(&answer->arena, offset_s, &fixed, err));
            zone = fixed;
        } else {
            TRY(zone_find(&shell->zones.source, name, &zone, err));
            zone = zone_copy(&answer->arena, zone);
            TRY_ALLOC(zone);
        }
    }
    answer->all.zone = answer->columns.zone = zone;
    return STATUS_OK;
}

static Status open_parts(Answer *answer, Shell *shell, weir_stmt *stmt, Error *err) {
    if (answer_has_rows(answer)) {
        answer->pool = buffer_pool_create(&shell->memory);
        TRY_ALLOC(answer->pool);
        TRY(frame_init(&answer->frame, answer->pool, err));
        answer->has_frame = true;
        TRY(read_schema(answer, stmt, err));
        TRY(read_zone(answer, shell, err));
    }
    return start(answer, stmt, err);
}

Status answer_open(Answer *answer, Shell *shell, weir_stmt *stmt, Error *err) {
    *answer = (Answer){.flags = weir_stmt_flags(stmt)};
    arena_init(&answer->arena, &shell->memory);
    Status status = open_parts(answer, shell, stmt, err);
    if (status != STATUS_OK) answer_close(answer);
    return status;
}

void answer_close(Answer *answer) {
    if (answer->has_frame) frame_deinit(&answer->frame);
    if (answer->stream.release != NULL) answer->stream.release(&answer->stream);
    if (answer->arrow.release != NULL) answer->arrow.release(&answer->arrow);
    buffer_pool_destroy(answer->pool);
    arena_deinit(&answer->arena);
    *answer = (Answer){0};
}

static Status stream_error(Answer *answer, Error *err) {
    weir_error *error = weir_stream_error(&answer->stream);
    return shell_take_error(error == NULL ? WEIR_IO : weir_error_code(error), &error, err);
}

Status answer_next_arrow(Answer *answer, struct ArrowArray *array, Error *err) {
    *array = (struct ArrowArray){0};
    if (answer->stream.get_next(&answer->stream, array) != 0) return stream_error(answer, err);
    return array->release == NULL ? STATUS_DONE : STATUS_OK;
}

Status answer_next(Answer *answer, Batch *batch, Error *err) {
    struct ArrowArray array;
    ASSERT(answer->has_frame);
    frame_reset(&answer->frame);
    TRY(answer_next_arrow(answer, &array, err));
    return arrow_import_batch(&answer->import, &answer->frame, &array, batch, err);
}

bool answer_would_wait(Answer *answer) {
    return weir_stream_would_wait(&answer->stream) == 1;
}

int64_t answer_weight(const Answer *answer, const Batch *batch, size_t row) {
    return answer_has_weights(answer) ? array_i64(&batch->columns[batch->column_count - 1])[row] : 1;
}

static Status take_rows(Answer *answer, AnswerTake *take, void *context, Error *err) {
    for (;;) {
        Batch batch;
        Status status = answer_next(answer, &batch, err);
        if (status == STATUS_DONE) return STATUS_OK;
        TRY(status);
        for (size_t row = 0; row < batch.row_count; row++) take(context, &batch, row);
    }
}

Status answer_each_row(Shell *shell, Str sql, AnswerTake *take, void *context, Error *err) {
    weir_error *error = NULL;
    weir_stmt *stmt = NULL;
    Answer answer;
    TRY(shell_take_error(weir_prepare(shell->conn, sql.data, (ptrdiff_t)sql.size, &stmt, NULL, &error), &error, err));
    if (stmt == NULL) return STATUS_OK;
    Status status = answer_open(&answer, shell, stmt, err);
    if (status == STATUS_OK) {
        status = take_rows(&answer, take, context, err);
        answer_close(&answer);
    }
    weir_stmt_free(stmt);
    return status;
}

Str answer_text(const Batch *batch, uint32_t column, size_t row) {
    const Array *array = &batch->columns[column];
    return array_is_null(array, row) ? (Str){0} : array_text(array, row);
}

/* SPDX-License-Identifier: Apache-2.0
 * op/window.c - assigns rows to fixed windows: appends window_start and window_end.
 *
 * TUMBLE and sliced HOP give one row per row; HOP and CUMULATE a row per window, several output batches
 * per input batch, so the input is kept until the last has gone. Of the windows of a row only those are made
 * that had not closed when it was read; a row whose windows have all closed goes on in its last one, for the
 * aggregate to find it late. Rows that come without a bound though they may be late (from a view) get the
 * operator's watermark for one here, as the aggregate would give it: else it would find a row late once for
 * each window that has closed, and in time for the others. */
#include "op/event_time.h"

typedef struct WindowOp {
    const WindowSpec *spec;
    int64_t size; /* of the pieces made here: the slice when sliced */
    int64_t slide;
    int64_t close_delay; /* a window is closed for a row when its end + this is not after the row's bound */
    int64_t watermark;
    bool judges_late; /* several windows per row, which may come late without a bound */
    /* several windows per row: the input under way */
    Batch input;
    bool is_kept;
    int64_t *times;
    uint32_t row;       /* next row */
    int64_t next_start; /* its next window; meaningful when in_row */
    bool in_row;
    Memory *memory;
} WindowOp;

Status window_init(Op *op, const OpContext *context, Error *err) {
    WindowOp *window = ARENA_NEW(&op->arena, WindowOp);
    TRY_ALLOC(window);
    const PlanNode *input = op->node->inputs[0];
    window->spec = &op->node->window;
    ASSERT(window->spec->time_column < input->column_count);
    ASSERT(op->node->column_count == input->column_count + 2);
    ASSERT(!window->spec->sliced || window->spec->kind == WINDOW_HOP);
    window->memory = context->memory;
    window->size = window->spec->size;
    window->slide = window->spec->kind == WINDOW_TUMBLE ? window->spec->size : window->spec->slide;
    if (window->spec->sliced) window->size = window->slide = (int64_t)number_gcd((uint64_t)window->spec->size, (uint64_t)window->spec->slide);
    const PlanColumn *time = &input->columns[window->spec->time_column];
    window->close_delay =
        window->spec->lateness + (time->has_watermark ? time->watermark_delay - time->window_lateness : 0);
    ASSERT(window->size > 0);
    ASSERT(window->slide > 0);
    ASSERT(window->spec->size % window->size == 0); /* slices tile the window */
    window->watermark = WATERMARK_MIN;
    bool single = window->spec->kind == WINDOW_TUMBLE || window->spec->sliced;
    window->judges_late =
        !op->mode.snapshot && !single && time->has_watermark && late_is_judged_here(op->node->inputs[0]);
    op->impl = window;
    return STATUS_OK;
}

static void drop_input(WindowOp *window) {
    if (!window->is_kept) return;
    batch_unkeep(&window->input, window->memory);
    memory_free(window->memory, window->times, BATCH_ROW_COUNT_MAX * sizeof(int64_t));
    window->times = NULL;
    window->is_kept = false;
}

void window_deinit(Op *op) {
    drop_input(op->impl);
}

size_t window_memory(const Op *op) {
    const WindowOp *window = op->impl;
    return window->is_kept ? batch_byte_count(&window->input) + BATCH_ROW_COUNT_MAX * sizeof(int64_t) : 0;
}

/* The multiple of step (from offset) at or before time; % alone would round times before 1970 the wrong way. */
static int64_t floor_multiple(int64_t time, int64_t step, int64_t offset) {
    int64_t rest = (time - offset) % step;
    DEBUG_ASSERT(step > 0);
    return time - (rest < 0 ? rest + step : rest);
}

/* Are all times in [start, start + size)? Signs of differences, which are the same as comparisons this far
 * from the ends of int64 (event_time.h) and which every x86-64 vectorises. */
static bool all_within(const int64_t *restrict times, uint32_t count, int64_t start, int64_t size) {
    int64_t outside = 0, last = start + size - 1;
    for (uint32_t i = 0; i < count; i++) outside |= (times[i] - start) | (last - times[i]);
    return outside >= 0;
}

/* Start and end of the piece of `size` that holds each time: as a rule the same for all, or the one before.
 */
static void assign_starts(const int64_t *restrict times, uint32_t count, int64_t size, int64_t offset,
                          int64_t *restrict starts, int64_t *restrict ends) {
    int64_t start = floor_multiple(times[0], size, offset);
    bool same = all_within(times, count, start, size);
    for (uint32_t i = 0; !same && i < count; i++) {
        if ((uint64_t)(times[i] - start) >= (uint64_t)size) start = floor_multiple(times[i], size, offset);
        starts[i] = start;
    }
    for (uint32_t i = 0; same && i < count; i++) starts[i] = start;
    for (uint32_t i = 0; i < count; i++) {
        DEBUG_ASSERT(starts[i] <= times[i] && times[i] < starts[i] + size);
        ends[i] = starts[i] + size;
    }
}

/* Input columns, then two of int64. */
static Status append_columns(const Op *op, Frame *frame, const Batch *batch, int64_t *starts,
                             Buffer *starts_owner, int64_t *ends, Buffer *ends_owner, Batch *out,
                             Error *err) {
    Array *columns = FRAME_ARRAY(frame, Array, batch->column_count + 2);
    TRY_ALLOC(columns);
    ASSERT(batch->column_count + 2 == op->node->column_count);
    memcpy(columns, batch->columns, batch->column_count * sizeof(Array));
    uint32_t at = batch->column_count;
    columns[at] = (Array){.type = op->node->columns[at].type,
                          .length = batch->row_count,
                          .values = starts,
                          .values_owner = starts_owner};
    columns[at + 1] = (Array){.type = op->node->columns[at + 1].type,
                              .length = batch->row_count,
                              .values = ends,
                              .values_owner = ends_owner};
    *out = *batch;
    out->columns = columns;
    out->column_count = at + 2;
    return STATUS_OK;
}

/* Every row is in one window: the batch with two columns more, nothing copied. */
static Status push_single(Op *op, const OpContext *context, const Batch *batch, const int64_t *times,
                          OpOutput *out, Error *err) {
    const WindowOp *window = op->impl;
    Frame *frame = context->frame;
    Buffer *starts_owner, *ends_owner;
    int64_t *starts = frame_alloc(frame, batch->row_count * sizeof(int64_t), &starts_owner);
    int64_t *ends = frame_alloc(frame, batch->row_count * sizeof(int64_t), &ends_owner);
    TRY_ALLOC(starts);
    TRY_ALLOC(ends);
    assign_starts(times, batch->row_count, window->size, window->spec->offset, starts, ends);
    return append_columns(op, frame, batch, starts, starts_owner, ends, ends_owner, &out->batch, err);
}

/* The windows of one row in order: HOP by start; CUMULATE, whose windows share a start, by end. */
static int64_t first_piece(const WindowOp *window, int64_t time) {
    const WindowSpec *spec = window->spec;
    if (spec->kind == WINDOW_HOP)
        return floor_multiple(time - spec->size, spec->slide, spec->offset) + spec->slide;
    int64_t start = floor_multiple(time, spec->size, spec->offset);
    return start + (time - start) / spec->slide * spec->slide + spec->slide; /* the first end after time */
}

/* A piece is the start of a HOP window, the end of a CUMULATE window. */
static void piece_ends(const WindowSpec *spec, int64_t time, int64_t piece, int64_t *start, int64_t *end) {
    if (spec->kind == WINDOW_HOP) {
        *start = piece;
        *end = piece + spec->size;
    } else {
        *start = floor_multiple(time, spec->size, spec->offset);
        *end = piece < *start + spec->size ? piece : *start + spec->size;
    }
}

static bool is_piece(const WindowSpec *spec, int64_t time, int64_t piece) {
    if (spec->kind == WINDOW_HOP) return piece <= time;
    return piece < floor_multiple(time, spec->size, spec->offset) + spec->size + spec->slide;
}

/* The next output batch of rows times windows. */
static Status emit_pieces(Op *op, const OpContext *context, OpOutput *out, Error *err) {
    WindowOp *window = op->impl;
    const WindowSpec *spec = window->spec;
    Frame *frame = context->frame;
    Buffer *starts_owner, *ends_owner;
    uint32_t *rows = frame_alloc(frame, BATCH_ROW_COUNT_MAX * sizeof(uint32_t), NULL), count = 0;
    int64_t *starts = frame_alloc(frame, BATCH_ROW_COUNT_MAX * sizeof(int64_t), &starts_owner);
    int64_t *ends = frame_alloc(frame, BATCH_ROW_COUNT_MAX * sizeof(int64_t), &ends_owner);
    TRY_ALLOC(rows);
    TRY_ALLOC(starts);
    TRY_ALLOC(ends);
    const int64_t *bounds = window->input.meta[META_BOUND];
    while (window->row < window->input.row_count && count < BATCH_ROW_COUNT_MAX) {
        int64_t time = window->times[window->row];
        if (!window->in_row) window->next_start = first_piece(window, time);
        window->in_row = is_piece(spec, time, window->next_start);
        if (!window->in_row) {
            window->row++;
            continue;
        }
        piece_ends(spec, time, window->next_start, &starts[count], &ends[count]);
        DEBUG_ASSERT(starts[count] <= time && time < ends[count]);
        window->next_start += spec->slide;
        DEBUG_ASSERT(starts[count] <= time && time < ends[count]);
        bool closed = bounds != NULL && bounds[window->row] != WATERMARK_MIN &&
                      ends[count] + window->close_delay <= bounds[window->row];
        bool is_last = !is_piece(spec, time, window->next_start);
        if (closed && !is_last) continue; /* the last is made even so: by it the aggregate finds the row late */
        rows[count++] = window->row;
    }
    if (window->row < window->input.row_count) out->progress = OP_MORE;
    if (count == 0) return STATUS_OK;
    Batch gathered; /* shares the kept input's buffers, which therefore stay until the next push */
    TRY(batch_gather(&window->input, frame, rows, count, &gathered, err));
    return append_columns(op, frame, &gathered, starts, starts_owner, ends, ends_owner, &out->batch, err);
}

/* The batch stays until its last window has left. Room for the times of the largest batch, whatever this one's
 * size: drop_input then knows the size to give back. */
static Status keep_input(WindowOp *window, const Batch *batch, const int64_t *times, Error *err) {
    drop_input(window);
    window->times = memory_alloc(window->memory, BATCH_ROW_COUNT_MAX * sizeof(int64_t));
    TRY_ALLOC(window->times);
    Status status = batch_keep(batch, window->memory, &window->input, err);
    window->is_kept = status == STATUS_OK;
    if (!window->is_kept) {
        memory_free(window->memory, window->times, BATCH_ROW_COUNT_MAX * sizeof(int64_t));
        return status;
    }
    ASSERT(batch->row_count <= BATCH_ROW_COUNT_MAX);
    memcpy(window->times, times, batch->row_count * sizeof(int64_t));
    window->row = 0;
    window->in_row = false;
    return STATUS_OK;
}

bool window_is_stateless(const Op *op) {
    return !((const WindowOp *)op->impl)->judges_late;
}

void window_watermark(Op *op, int64_t watermark) {
    WindowOp *window = op->impl;
    if (watermark > window->watermark) window->watermark = watermark;
}

Status window_push(Op *op, const OpContext *context, const Batch *batch, OpOutput *out, Error *err) {
    WindowOp *window = op->impl;
    Batch bounded = *batch, usable;
    const int64_t *times = NULL;
    if (window->judges_late) TRY(late_set_bounds(context, batch, window->watermark, &bounded, err));
    TRY(event_time_rows(op, context, &bounded, window->spec->time_column, window->spec->size - 1, &usable, &times,
                        err));
    if (usable.row_count == 0) return STATUS_OK;
    if (window->spec->kind == WINDOW_TUMBLE || window->spec->sliced)
        return push_single(op, context, &usable, times, out, err);
    TRY(keep_input(window, &usable, times, err));
    return emit_pieces(op, context, out, err);
}

Status window_resume(Op *op, const OpContext *context, OpOutput *out, Error *err) {
    return emit_pieces(op, context, out, err);
}

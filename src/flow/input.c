/* SPDX-License-Identifier: Apache-2.0
 * flow/input.c - partitions and their watermarks. */
#include "flow/input.h"

#include "base/calendar.h"

void input_init(Input *input, Graph *graph, const Relation *relation) {
    *input = (Input){
        .graph = graph, .relation = relation, .watermark = WATERMARK_MIN, .event_time_max = INT64_MIN};
}

void input_deinit(Input *input) {
    vector_deinit(&input->scans, input->graph->context.memory);
    vector_deinit(&input->partitions, input->graph->context.memory);
}

/* Only what has time can hold time back. */
static bool has_idle_timeout(const Input *input) {
    return input->idle_timeout_us > 0 && input->relation->time_column >= 0;
}

static void note_active(Input *input, InputPartition *partition, int64_t now_ns) {
    partition->active_ns = input->active_ns = now_ns;
    partition->is_idle = input->is_idle = false;
    partition->is_seen = true;
    input->is_touched = true;
}

Status input_add_scan(Input *input, FlowNode *scan, Error *err) {
    ASSERT(scan->port_count == 1);
    ASSERT(scan->op.node->kind == PLAN_SCAN);
    if (!vector_push(&input->scans, input->graph->context.memory, scan)) return error_out_of_memory(err);
    if (input->active_ns == 0 && has_idle_timeout(input)) input->active_ns = io_clock_monotonic_ns(input->graph->context.io);
    graph_watermark(scan, 0, input->watermark, input->is_ended);
    graph_idle(scan, 0, input->is_idle);
    return STATUS_OK;
}

void input_remove_scan(Input *input, const FlowNode *scan) {
    vector_remove(&input->scans, scan);
}

/* --- rows ------------------------------------------------------------------------------------- */

/* Has given nothing, and holds nothing back. */
static const InputPartition FRESH = {.event_time_max = INT64_MIN, .watermark = WATERMARK_MIN, .is_idle = true};

/* Numbers are dense: those below it that have shown nothing yet are made too, and hold nothing back. */
static Status partition_at(Input *input, uint32_t number, InputPartition **out, Error *err) {
    while (input->partitions.count <= number) {
        /* Unless they are known to exist: see least_watermark. */
        if (!vector_push(&input->partitions, input->graph->context.memory, FRESH))
            return error_out_of_memory(err);
    }
    ASSERT(number < input->partitions.count);
    *out = &input->partitions.items[number];
    return STATUS_OK;
}

/* Event times in microseconds. NULLs, and rows that are taken back, have the earliest time there is: they move nothing. */
static Status event_times(const Batch *batch, uint32_t time_column, Frame *frame, const int64_t **out, Error *err) {
    ASSERT(time_column < batch->column_count);
    const Array *column = &batch->columns[time_column];
    if (column->type.id != TYPE_DATE && column->validity == NULL && batch->meta[META_WEIGHT] == NULL) {
        *out = array_i64(column);
        return STATUS_OK;
    }
    int64_t *times = frame_alloc(frame, column->length * sizeof(int64_t), NULL);
    TRY_ALLOC(times);
    for (uint32_t i = 0; i < column->length; i++) {
        int64_t time =
            column->type.id == TYPE_DATE ? calendar_start_of_day(array_i32(column)[i]) : array_i64(column)[i];
        times[i] = array_is_null(column, i) || batch_weight(batch, i) <= 0 ? INT64_MIN : time;
    }
    *out = times;
    return STATUS_OK;
}

typedef struct TimeRange {
    int64_t least;
    int64_t most;
} TimeRange;

/* Do the times never go back? The common case, told without comparing minima. */
static bool is_rising(const int64_t *restrict times, uint32_t count) {
    uint64_t falls = 0;
    for (uint32_t i = 1; i < count; i++) falls |= (uint64_t)(times[i] < times[i - 1]);
    return falls == 0;
}

static TimeRange time_range(const int64_t *restrict times, uint32_t count) {
    TimeRange range = {INT64_MAX, INT64_MIN};
    for (uint32_t i = 0; i < count; i++) {
        range.least = times[i] < range.least ? times[i] : range.least;
        range.most = times[i] > range.most ? times[i] : range.most;
    }
    return range;
}

/* Times that no window takes move nothing either: one 'infinity' would close all windows, for good. */
static Status drop_far_times(Frame *frame, uint32_t count, const int64_t **times, Error *err) {
    int64_t *near = frame_alloc(frame, count * sizeof(int64_t), NULL);
    TRY_ALLOC(near);
    for (uint32_t i = 0; i < count; i++) near[i] = (*times)[i] > EVENT_TIME_REACH ? INT64_MIN : (*times)[i];
    *times = near;
    return STATUS_OK;
}

static int64_t behind(int64_t time, int64_t delay) {
    int64_t watermark;
    return __builtin_sub_overflow(time, delay, &watermark) ? WATERMARK_MIN : watermark;
}

/* The bound of each row: a running maximum. False: no row is behind its bound. */
static bool running_bounds(const int64_t *restrict times, uint32_t count, int64_t watermark, int64_t delay,
                           int64_t *restrict bounds) {
    bool any = false;
    for (uint32_t i = 0; i < count; i++) {
        bounds[i] = watermark;
        any |= times[i] < watermark;
        int64_t next = behind(times[i], delay);
        watermark = next > watermark ? next : watermark;
    }
    return any;
}

/* Adds bounds to the batch if one of its rows may be late, and moves the partition on. */
static Status take_times(Input *input, InputPartition *partition, Frame *frame, Batch *batch, Error *err) {
    ASSERT(batch->row_count > 0);
    ASSERT((uint32_t)input->relation->time_column < batch->column_count);
    const Relation *relation = input->relation;
    const int64_t *times = NULL;
    TRY(event_times(batch, (uint32_t)relation->time_column, frame, &times, err));
    bool rising = is_rising(times, batch->row_count);
    TimeRange range =
        rising ? (TimeRange){times[0], times[batch->row_count - 1]} : time_range(times, batch->row_count);
    if (range.most > EVENT_TIME_REACH) {
        TRY(drop_far_times(frame, batch->row_count, &times, err));
        rising = is_rising(times, batch->row_count);
        range = time_range(times, batch->row_count);
    }
    ASSERT(relation->watermark_delay >= 0);
    ASSERT(range.least <= range.most);
    /* A partition that is new, or was idle, may lie behind what the input has promised to its readers: that promise is kept. */
    int64_t before = partition->watermark > input->watermark ? partition->watermark : input->watermark;
    int64_t after = behind(range.most, relation->watermark_delay);
    if (after < before) after = before;
    /* Rising times never fall behind a watermark that they move themselves (its delay is not negative). */
    if (range.least < (rising ? before : after) && range.most != INT64_MIN) {
        Buffer *owner;
        int64_t *bounds = frame_alloc(frame, batch->row_count * sizeof(int64_t), &owner);
        TRY_ALLOC(bounds);
        if (running_bounds(times, batch->row_count, before, relation->watermark_delay, bounds)) {
            batch->meta[META_BOUND] = bounds;
            batch->meta_owner[META_BOUND] = owner;
        }
    }
    if (range.most > partition->event_time_max) partition->event_time_max = range.most;
    if (range.most > input->event_time_max) input->event_time_max = range.most;
    ASSERT(after >= before);
    /* Rows without a time leave a new partition at WATERMARK_MIN: it holds the others back until it has said something, or is idle. */
    if (range.most != INT64_MIN && after > partition->watermark) partition->watermark = after;
    return STATUS_OK;
}

Status input_note(Input *input, Frame *frame, const Batch *batch, uint32_t number, int64_t now_ns,
                  Batch *timed, Error *err) {
    InputPartition *partition;
    TRY(partition_at(input, number, &partition, err));
    note_active(input, partition, now_ns);
    input->row_count += batch->row_count;
    *timed = *batch;
    return input->relation->time_column >= 0 ? take_times(input, partition, frame, timed, err) : STATUS_OK;
}

/* Least over the partitions that count; what it was when there is none, as nothing says how far time has come. */
static int64_t least_watermark(const Input *input) {
    int64_t least = WATERMARK_MAX;
    bool any = false;
    if (input->is_ended || input->relation->time_column < 0) return input->watermark;
    if (input->partition_count_known > input->partitions.count) return input->watermark;
    for (size_t i = 0; i < input->partitions.count; i++) {
        const InputPartition *partition = &input->partitions.items[i];
        if (!partition->is_seen && i < input->partition_count_known) return input->watermark; /* not read yet */
        if (partition->is_ended || partition->is_idle) continue;
        any = true;
        if (partition->watermark < least) least = partition->watermark;
    }
    /* An idle partition that gives rows again may lie behind the input's watermark: it does not draw it back. */
    return any && least > input->watermark ? least : input->watermark;
}

/* A scan has taken only the first rows of the batch: its time is what they say, as if the input had been cut behind
 * them. `before`: the partition's watermark before the batch. */
static Status stop_time(Input *input, FlowNode *scan, Frame *frame, const Batch *batch, uint32_t taken,
                        InputPartition *partition, int64_t before, Error *err) {
    ASSERT(taken <= batch->row_count);
    if (input->relation->time_column < 0) return STATUS_OK;
    const int64_t *times = NULL;
    TRY(event_times(batch, (uint32_t)input->relation->time_column, frame, &times, err));
    int64_t after = partition->watermark;
    int64_t then = taken == 0 ? WATERMARK_MIN
                              : behind(time_range(times, taken).most, input->relation->watermark_delay);
    partition->watermark = then > before ? then : before;
    graph_watermark(scan, 0, least_watermark(input), false);
    partition->watermark = after;
    return STATUS_OK;
}

Status input_push(Input *input, Frame *frame, const Batch *batch, uint32_t number, int64_t now_ns,
                  Error *err) {
    Batch timed;
    InputPartition *partition;
    TRY(partition_at(input, number, &partition, err));
    int64_t before = partition->watermark;
    TRY(input_note(input, frame, batch, number, now_ns, &timed, err));
    for (size_t i = 0; i < input->scans.count; i++) {
        FlowNode *scan = input->scans.items[i];
        bool was_running = graph_is_running(scan);
        uint32_t taken;
        TRY(graph_feed(input->graph, scan, &timed, &taken, err));
        if (was_running && !graph_is_running(scan))
            TRY(stop_time(input, scan, frame, &timed, taken, partition, before, err));
    }
    return STATUS_OK;
}

Status input_push_changes(Input *input, const Batch *batch, Error *err) {
    uint32_t ignored;
    input->is_touched = true;
    for (size_t i = 0; i < input->scans.count; i++)
        TRY(graph_feed(input->graph, input->scans.items[i], batch, &ignored, err));
    return STATUS_OK;
}

/* --- time ------------------------------------------------------------------------------------- */

Status input_promise(Input *input, uint32_t number, int64_t watermark, int64_t now_ns, Error *err) {
    InputPartition *partition;
    TRY(partition_at(input, number, &partition, err));
    if (watermark > partition->watermark) partition->watermark = watermark;
    note_active(input, partition, now_ns);
    return STATUS_OK;
}

Status input_partition_end(Input *input, uint32_t number, Error *err) {
    InputPartition *partition;
    TRY(partition_at(input, number, &partition, err));
    partition->is_ended = partition->is_seen = true;
    input->is_touched = true;
    return STATUS_OK;
}

Status input_partition_open(Input *input, uint32_t *number, Error *err) {
    InputPartition *partition;
    uint32_t free = input->partition_free > 0 ? input->partition_free : 1;
    while (free < input->partitions.count && input->partitions.items[free].is_open) free++;
    TRY(partition_at(input, free, &partition, err));
    ASSERT(!partition->is_seen); /* input_partition_close has made it fresh */
    partition->is_open = true;
    input->partition_free = free + 1;
    *number = free;
    return STATUS_OK;
}

void input_partition_close(Input *input, uint32_t number) {
    ASSERT(number > 0 && number < input->partitions.count);
    InputPartition *partition = &input->partitions.items[number];
    ASSERT(partition->is_open);
    /* Neither one that has ended nor a fresh one counts for the watermark. */
    input->is_touched |= partition->is_seen;
    *partition = FRESH;
    if (number < input->partition_free) input->partition_free = number;
}

void input_end(Input *input) {
    /* Partitions that have not said their end have none any more: nothing is read behind the last. */
    input->is_ended = input->is_touched = true;
    input->watermark = WATERMARK_MAX;
}

void input_set_watermark(Input *input, int64_t watermark, bool ended) {
    if (watermark <= input->watermark && ended == input->is_ended) return;
    if (watermark > input->watermark) input->watermark = watermark;
    input->is_ended |= ended;
    input->is_touched = true;
}

/* In nanoseconds, and so that it can be added to the clock: beyond 146 years it might as well be for ever. */
static int64_t idle_timeout_ns(const Input *input) {
    const int64_t most_ns = INT64_MAX / 2;
    return input->idle_timeout_us < most_ns / 1000 ? input->idle_timeout_us * 1000 : most_ns;
}

bool input_check_idle(Input *input, int64_t now_ns) {
    if (!has_idle_timeout(input)) return false;
    bool changed = !input->is_idle && !input->is_ended && input->active_ns != 0 && now_ns - input->active_ns > idle_timeout_ns(input);
    input->is_idle |= changed;
    for (size_t i = 0; i < input->partitions.count; i++) {
        InputPartition *partition = &input->partitions.items[i];
        bool silent = now_ns - partition->active_ns > idle_timeout_ns(input);
        if (partition->is_idle || partition->is_ended || !silent) continue;
        partition->is_idle = changed = true;
    }
    input->is_touched |= changed;
    return changed;
}

int64_t input_idle_due(const Input *input) {
    int64_t due = INT64_MAX;
    size_t active = 0;
    if (!has_idle_timeout(input)) return INT64_MAX;
    for (size_t i = 0; i < input->partitions.count; i++) {
        const InputPartition *partition = &input->partitions.items[i];
        if (partition->is_idle || partition->is_ended) continue;
        int64_t at = partition->active_ns + idle_timeout_ns(input) + 1;
        due = at < due ? at : due;
        active++;
    }
    return active > 1 ? due : INT64_MAX; /* the last one to turn idle moves nothing */
}

int64_t input_silence_due(const Input *input) {
    if (!has_idle_timeout(input) || input->is_idle || input->is_ended || input->active_ns == 0) return INT64_MAX;
    return input->active_ns + idle_timeout_ns(input) + 1;
}

void input_epoch_end(Input *input) {
    if (!input->is_touched) return;
    input->is_touched = false;
    int64_t settled = least_watermark(input);
    ASSERT(settled >= input->watermark); /* never back */
    input->watermark = settled;
    for (size_t i = 0; i < input->scans.count; i++) {
        FlowNode *scan = input->scans.items[i];
        if (!graph_is_running(scan)) continue;
        scan->is_touched = true;
        graph_watermark(scan, 0, input->watermark, input->is_ended);
        graph_idle(scan, 0, input->is_idle);
    }
}

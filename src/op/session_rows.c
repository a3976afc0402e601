/* SPDX-License-Identifier: Apache-2.0
 * op/session_rows.c - arrays of rows per key, cut into sessions. */
#include "op/session_rows.h"

#include "op/session.h"

typedef struct RowItem {
    int64_t time;
    int64_t weight; /* below zero only inside an epoch */
} RowItem;
STATIC_ASSERT(sizeof(RowItem) == 16, "the cells behind it are words");

static RowItem *item_at(const SessionRows *rows, const SessionKey *key, uint32_t index) {
    DEBUG_ASSERT(index <= key->capacity); /* the place behind the last is where rows are moved to */
    return (RowItem *)(key->rows + (size_t)index * rows->item_size);
}
static void *item_cells(const RowItem *item) {
    return (void *)(uintptr_t)(item + 1);
}

/* --- set-up --------------------------------------------------------------------------------------------- */

static void need_column(SessionRows *rows, Type *types, const PlanNode *input, int32_t column) {
    if (column < 0) return;
    for (uint32_t i = 0; i < rows->cells.count; i++)
        if (rows->columns[i] == (uint32_t)column) return;
    ASSERT((uint32_t)column < input->column_count);
    types[rows->cells.count] = input->columns[column].type;
    rows->columns[rows->cells.count++] = (uint32_t)column;
}

static void need_columns(SessionRows *rows, Type *types, const PlanNode *input, const PlanAggregate *aggregate) {
    need_column(rows, types, input, aggregate->column);
    need_column(rows, types, input, aggregate->filter);
    need_column(rows, types, input, aggregate->delimiter);
    for (uint32_t i = 0; i < aggregate->order_count; i++)
        need_column(rows, types, input, (int32_t)aggregate->order[i].column);
}

Status session_rows_init(SessionRows *rows, Op *op, const OpContext *context, Error *err) {
    const AggregateSpec *spec = &op->node->aggregate;
    uint32_t most = 3 * spec->aggregate_count + spec->order_count;
    for (uint32_t i = 0; i < spec->aggregate_count; i++) most += spec->aggregates[i].order_count;
    *rows = (SessionRows){.columns = ARENA_ARRAY(&op->arena, uint32_t, most + 1)};
    Type *types = ARENA_ARRAY(&op->arena, Type, most + 1);
    TRY_ALLOC(rows->columns);
    TRY_ALLOC(types);
    for (uint32_t i = 0; i < spec->aggregate_count; i++)
        need_columns(rows, types, op->node->inputs[0], &spec->aggregates[i]);
    for (uint32_t i = 0; i < spec->order_count; i++)
        need_column(rows, types, op->node->inputs[0], (int32_t)spec->order[i]);
    TRY(cell_layout_init(&rows->cells, &op->arena, types, rows->cells.count, err));
    rows->item_size = (uint32_t)sizeof(RowItem) + rows->cells.size;
    ASSERT(rows->cells.count <= most);
    ASSERT(rows->item_size % 8 == 0);
    state_heap_init(&rows->heap, context->io, context->memory);
    return STATUS_OK;
}

void session_rows_deinit(SessionRows *rows, Memory *memory) {
    vector_deinit(&rows->touched, memory);
    state_heap_deinit(&rows->heap);
}

size_t session_rows_memory(const SessionRows *rows) {
    return rows->size + state_heap_memory(&rows->heap) + rows->touched.capacity * sizeof(uint32_t);
}

void session_rows_drop_key(SessionRows *rows, SessionKey *key, Memory *memory) {
    for (uint32_t i = 0; i < key->count; i++)
        cells_free(&rows->cells, item_cells(item_at(rows, key, i)), &rows->heap);
    memory_free(memory, key->rows, (size_t)key->capacity * rows->item_size);
    ASSERT(rows->size >= (size_t)key->capacity * rows->item_size);
    rows->size -= (size_t)key->capacity * rows->item_size;
    key->rows = NULL;
    key->count = key->capacity = 0;
}

/* An empty span of dirty times: the caller widens it. */
static Status touch_key(Op *op, SessionKey *key, uint32_t record, Error *err) {
    SessionOp *sessions = op->impl;
    if (key->is_touched) return STATUS_OK;
    if (!vector_push(&sessions->rows.touched, op->memory, record)) return error_out_of_memory(err);
    key->is_touched = 1;
    key->dirty_first = INT64_MAX;
    key->dirty_last = INT64_MIN;
    return STATUS_OK;
}

/* --- rows in -------------------------------------------------------------------------------------------- */

/* Index of the key's first row that is not before `time`. */
static uint32_t first_row(const SessionRows *rows, const SessionKey *key, int64_t time) {
    uint32_t low = 0, high = key->count;
    if (high > 0 && item_at(rows, key, high - 1)->time < time) return high;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (item_at(rows, key, middle)->time < time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Room for one more. */
static Status reserve_row(SessionRows *rows, SessionKey *key, Memory *memory, Error *err) {
    if (key->count < key->capacity) return STATUS_OK;
    if (key->capacity > UINT32_MAX / 4)
        return error_set(err, STATUS_LIMIT, "more than %u rows of one key in open sessions", UINT32_MAX / 4);
    uint32_t capacity = key->capacity == 0 ? 4 : 2 * key->capacity;
    char *grown = memory_realloc(memory, key->rows, (size_t)key->capacity * rows->item_size,
                                 (size_t)capacity * rows->item_size);
    TRY_ALLOC(grown);
    rows->size += (size_t)(capacity - key->capacity) * rows->item_size;
    key->rows = grown;
    key->capacity = capacity;
    return STATUS_OK;
}

/* Takes over the long texts of `cells`. */
static Status add_row(SessionRows *rows, SessionKey *key, const RowItem *item, const void *cells,
                      Memory *memory, Error *err) {
    uint32_t at = first_row(rows, key, item->time);
    for (; at < key->count && item_at(rows, key, at)->time == item->time; at++) {
        RowItem *held = item_at(rows, key, at);
        if (!cells_equal(&rows->cells, item_cells(held), cells, &rows->heap)) continue;
        held->weight += item->weight;
        cells_free(&rows->cells, cells, &rows->heap);
        return STATUS_OK;
    }
    Status status = reserve_row(rows, key, memory, err);
    if (status != STATUS_OK) {
        cells_free(&rows->cells, cells, &rows->heap);
        return status;
    }
    DEBUG_ASSERT(at <= key->count && key->count < key->capacity);
    RowItem *to = item_at(rows, key, at);
    memmove((char *)to + rows->item_size, to, (size_t)(key->count - at) * rows->item_size);
    *to = *item;
    if (rows->cells.size > 0) memcpy(item_cells(to), cells, rows->cells.size);
    key->count++;
    return STATUS_OK;
}

/* The cells of a batch's rows, dense in the frame. */
static Status write_cells(SessionRows *rows, const OpContext *context, const Batch *batch, char **out,
                          Error *err) {
    size_t size = rows->cells.size;
    char *cells = frame_alloc(context->frame, batch->row_count * size + 8, NULL);
    void **records = frame_alloc(context->frame, batch->row_count * sizeof(void *), NULL);
    TRY_ALLOC(cells);
    TRY_ALLOC(records);
    memset(cells, 0, batch->row_count * size);
    for (uint32_t row = 0; row < batch->row_count; row++) records[row] = cells + row * size;
    for (uint32_t i = 0; i < rows->cells.count; i++)
        TRY(cells_write(&rows->cells, i, &batch->columns[rows->columns[i]], NULL, batch->row_count, records,
                        &rows->heap, err));
    *out = cells;
    return STATUS_OK;
}

static bool is_late(const SessionOp *sessions, const SessionKey *key, int64_t time, int64_t bound) {
    int64_t closed_last = session_closed_last(sessions->spec, bound), from = time - sessions->spec->gap;
    if (time >= closed_last) return false;
    uint32_t at = key_sessions_find(&sessions->set, &key->sessions, from > closed_last ? from : closed_last);
    return at == key->sessions.count ||
           session_at(&sessions->set, key_session_id(&key->sessions, at))->start > time + sessions->spec->gap;
}

static SessionKey *found_key(const SessionOp *sessions, const GroupsFound *found, uint32_t row) {
    return (SessionKey *)((char *)found->values[row] + sessions->groups.owner_offset);
}

Status session_rows_push(Op *op, const OpContext *context, const Batch *batch, const int64_t *times,
                         const int64_t *bounds, const GroupsFound *found, OpOutput *out, Error *err) {
    SessionOp *sessions = op->impl;
    SessionRows *rows = &sessions->rows;
    ASSERT(sessions->keeps_rows);
    LateSplit split;
    Batch timely;
    TRY(late_split_init(&split, context->frame, batch->row_count, err));
    for (uint32_t row = 0; row < batch->row_count; row++)
        late_split_add(
            &split, row,
            bounds != NULL && is_late(sessions, found_key(sessions, found, row), times[row], bounds[row]));
    TRY(late_split_finish(&split, op, context, sessions->spec, batch, &timely, out, err));
    for (size_t i = 0; i < found->created_count;
         i++) { /* a key without timely rows goes at the epoch's end */
        uint32_t row = found->created[i];
        TRY(touch_key(op, found_key(sessions, found, row), found->ids[row], err));
    }
    char *cells = NULL;
    if (timely.row_count > 0) TRY(write_cells(rows, context, &timely, &cells, err));
    for (uint32_t i = 0; i < split.timely_count; i++) {
        uint32_t row = split.timely[i];
        SessionKey *key = found_key(sessions, found, row);
        TRY(touch_key(op, key, found->ids[row], err));
        RowItem item = {times[row], batch_weight(batch, row)};
        if (item.time < key->dirty_first) key->dirty_first = item.time;
        if (item.time > key->dirty_last) key->dirty_last = item.time;
        TRY(add_row(rows, key, &item, cells + (size_t)i * rows->cells.size, op->memory, err));
    }
    return STATUS_OK;
}

/* --- rows to sessions ----------------------------------------------------------------------------------- */

/* Rows and the sessions that they go to, until there are enough for a batch. */
typedef struct Filling {
    uint32_t count;
    const void **cells;
    int64_t *weights;
    void **values;
    uint32_t *ids;
} Filling;

/* Rows of many sessions are added up a batch at a time. */
static Status filling_init(Filling *filling, Frame *frame, Error *err) {
    *filling = (Filling){.cells = frame_alloc(frame, BATCH_ROW_COUNT_MAX * sizeof(void *), NULL),
                         .weights = frame_alloc(frame, BATCH_ROW_COUNT_MAX * sizeof(int64_t), NULL),
                         .values = frame_alloc(frame, BATCH_ROW_COUNT_MAX * sizeof(void *), NULL),
                         .ids = frame_alloc(frame, BATCH_ROW_COUNT_MAX * sizeof(uint32_t), NULL)};
    bool complete =
        filling->cells != NULL && filling->weights != NULL && filling->values != NULL && filling->ids != NULL;
    return complete ? STATUS_OK : error_out_of_memory(err);
}

/* The kept rows as a batch of the input: columns that no aggregate reads stay zeroed, and nobody looks at them. */
static Status flush(Op *op, const OpContext *context, Filling *filling, Error *err) {
    SessionOp *sessions = op->impl;
    SessionRows *rows = &sessions->rows;
    uint32_t count = filling->count, column_count = op->node->inputs[0]->column_count;
    ASSERT(count <= BATCH_ROW_COUNT_MAX);
    filling->count = 0;
    if (count == 0) return STATUS_OK;
    Array *columns = FRAME_ARRAY(context->frame, Array, column_count + 1);
    TRY_ALLOC(columns);
    for (uint32_t i = 0; i < rows->cells.count; i++)
        TRY(cells_read(&rows->cells, i, filling->cells, count, &rows->heap, context->frame,
                       &columns[rows->columns[i]], err));
    Batch batch = {.row_count = count, .column_count = column_count, .columns = columns};
    batch.meta[META_WEIGHT] = filling->weights;
    return groups_update(&sessions->groups, context, &batch, filling->values, filling->ids, err);
}

/* Rows that have come to nothing go; those below zero were late. */
static void drop_empty_rows(Op *op, SessionRows *rows, SessionKey *key) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < key->count; i++) {
        RowItem *item = item_at(rows, key, i);
        if (item->weight > 0) {
            if (kept < i) memcpy(item_at(rows, key, kept), item, rows->item_size);
            kept++;
            continue;
        }
        /* Below zero at the epoch's end: the row it was to take back had gone with its session. */
        op->late_count += item->weight < 0;
        cells_free(&rows->cells, item_cells(item), &rows->heap);
    }
    key->count = kept;
}

/* A session is no more: what it showed is taken back. */
static Status end_session(Op *op, SessionKey *key, uint32_t index, Error *err) {
    SessionOp *sessions = op->impl;
    Session *session = session_at(&sessions->set, key_session_id(&key->sessions, index));
    if (session->is_shown) TRY(session_touch(op, sessions, session, err));
    session_unlist(&sessions->set, &key->sessions, index);
    session_free_contents(sessions, session);
    session_let_go(&sessions->set, session);
    return STATUS_OK;
}

/* Rows [first, last] are one session; *at: the key's first session that is not before them. */
static Status cut_session(Op *op, const OpContext *context, SessionKey *key, uint32_t record, uint32_t first,
                          uint32_t last, uint32_t *at, Filling *filling, Error *err) {
    SessionOp *sessions = op->impl;
    SessionRows *rows = &sessions->rows;
    int64_t start = item_at(rows, key, first)->time, end = item_at(rows, key, last)->time,
            gap = sessions->spec->gap;
    ASSERT(first <= last);
    ASSERT(last < key->count);
    ASSERT(filling->count < BATCH_ROW_COUNT_MAX); /* a full one has left */
    Session *session = NULL;
    while (*at < key->sessions.count) {
        session = session_at(&sessions->set, key_session_id(&key->sessions, *at));
        if (session->start == start && session->last == end) break;
        if (session->start > end) {
            session = NULL;
            break;
        }
        TRY(end_session(op, key, *at, err));
        session = NULL;
    }
    bool is_clean = session != NULL && (end + gap < key->dirty_first || start - gap > key->dirty_last);
    if (session == NULL) TRY(session_open(&sessions->set, &key->sessions, record, end, &session, err));
    session->start = start;
    ++*at;
    if (is_clean) return STATUS_OK;
    session_free_contents(sessions, session);
    TRY(session_touch(op, sessions, session, err));
    for (uint32_t i = first; i <= last; i++) {
        const RowItem *item = item_at(rows, key, i);
        filling->cells[filling->count] = item_cells(item);
        filling->weights[filling->count] = item->weight;
        filling->values[filling->count] = session_value(session);
        filling->ids[filling->count++] = session->id;
        if (filling->count == BATCH_ROW_COUNT_MAX) TRY(flush(op, context, filling, err));
    }
    return STATUS_OK;
}

/* Rows lie by rising time: a run in which no two neighbours are further apart than the gap is a session. Sessions, too, are listed by time;
 * `at` is the next that has not been met, and what is left behind the last run has no rows. */
static Status settle_key(Op *op, const OpContext *context, uint32_t record, Filling *filling, Error *err) {
    SessionOp *sessions = op->impl;
    SessionRows *rows = &sessions->rows;
    SessionKey *key = session_key(sessions, record);
    ASSERT(key->is_touched);
    drop_empty_rows(op, rows, key);
    uint32_t at = 0;
    for (uint32_t first = 0, last; first < key->count; first = last + 1) {
        last = first;
        while (last + 1 < key->count &&
               item_at(rows, key, last + 1)->time - item_at(rows, key, last)->time <= sessions->spec->gap)
            last++;
        TRY(cut_session(op, context, key, record, first, last, &at, filling, err));
    }
    while (at < key->sessions.count) TRY(end_session(op, key, at, err));
    return STATUS_OK;
}

Status session_rows_settle(Op *op, const OpContext *context, Error *err) {
    SessionOp *sessions = op->impl;
    ASSERT(sessions->keeps_rows);
    if (sessions->rows.touched.count == 0) return STATUS_OK;
    Filling filling;
    TRY(filling_init(&filling, context->frame, err));
    for (size_t i = 0; i < sessions->rows.touched.count; i++)
        TRY(settle_key(op, context, sessions->rows.touched.items[i], &filling, err));
    return flush(op, context, &filling, err);
}

/* --- rows go -------------------------------------------------------------------------------------------- */

Status session_rows_close(Op *op, const Session *session, Error *err) {
    SessionOp *sessions = op->impl;
    SessionRows *rows = &sessions->rows;
    SessionKey *key = session_key(sessions, session->record);
    TRY(touch_key(op, key, session->record, err));
    uint32_t first = first_row(rows, key, session->start), end = first_row(rows, key, session->last + 1);
    ASSERT(first < end); /* a session holds rows until it closes */
    for (uint32_t i = first; i < end; i++)
        cells_free(&rows->cells, item_cells(item_at(rows, key, i)), &rows->heap);
    memmove(item_at(rows, key, first), item_at(rows, key, end), (size_t)(key->count - end) * rows->item_size);
    key->count -= end - first;
    return STATUS_OK;
}

void session_rows_forget_keys(Op *op) {
    SessionOp *sessions = op->impl;
    for (size_t i = 0; i < sessions->rows.touched.count; i++) {
        uint32_t record = sessions->rows.touched.items[i];
        SessionKey *key = session_key(sessions, record);
        ASSERT(key->is_touched);
        key->is_touched = 0;
        if (key->count > 0) continue;
        ASSERT(key->sessions.count == 0); /* a session holds rows */
        session_rows_drop_key(&sessions->rows, key, op->memory);
        groups_delete(&sessions->groups, &record, 1);
    }
    sessions->rows.touched.count = 0;
}

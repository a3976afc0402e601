/* SPDX-License-Identifier: Apache-2.0
 * op/session.c - SESSION: rows of a key that follow each other within the gap, as one group.
 *
 * A row that reaches an open session (is at most the gap before its start or after its last event) joins it;
 * one that reaches two makes them one; one that reaches none opens its own. Each row of a batch is first
 * given its session, in order; then the accumulators take in the batch column by column, as in AGGREGATE;
 * sessions that became one are merged last, which is the same since adding up does not mind the order.
 *
 * A session leaves as an AGGREGATE's group does: once, at its close; or as changes, at the epochs' ends; or
 * at the end of the input. For a row, a session is closed when its end + lateness is before the row's bound,
 * whether or not an epoch's end has come between: so it does not matter how the input is cut. Input that
 * takes rows back keeps them: op/session_rows.h cuts its sessions anew at the epoch's end. */
#include "op/session.h"

#include "op/changes.h"
#include "op/event_time.h"

enum { SESSION_OUTPUT_COUNT_MAX = 2048 }; /* sessions per output batch */
STATIC_ASSERT(2 * SESSION_OUTPUT_COUNT_MAX <= BATCH_ROW_COUNT_MAX, "a change is at most two rows");

/* --- set-up --------------------------------------------------------------------------------------------- */

/* What is shown: both ends and the aggregates. */
static Status init_shown(SessionOp *sessions, const PlanNode *node, Arena *arena, Error *err) {
    const AggregateSpec *spec = sessions->spec;
    uint32_t count = spec->aggregate_count + 2;
    Type *types = ARENA_ARRAY(arena, Type, count);
    TRY_ALLOC(types);
    for (uint32_t i = 0; i < count; i++) types[i] = node->columns[spec->group_count + i].type;
    return cell_layout_init(&sessions->shown, arena, types, count, err);
}

Status session_init(Op *op, const OpContext *context, Error *err) {
    SessionOp *sessions = ARENA_NEW(&op->arena, SessionOp);
    TRY_ALLOC(sessions);
    const AggregateSpec *spec = &op->node->aggregate;
    sessions->spec = spec;
    ASSERT(spec->gap > 0);
    ASSERT(spec->lateness >= 0);
    ASSERT(op->node->column_count == spec->group_count + 2 + spec->aggregate_count);
    sessions->watermark = WATERMARK_MIN;
    sessions->closes = spec->close == CLOSE_WINDOW && !op->mode.snapshot;
    sessions->judges_late = sessions->closes && late_is_judged_here(op->node->inputs[0]);
    sessions->changes = !op->mode.snapshot && !(spec->emit_on_close && sessions->closes);
    sessions->keeps_rows = op->node->inputs[0]->change == CHANGE_WEIGHTED;
    if (sessions->changes) TRY(init_shown(sessions, op->node, &op->arena, err));
    if (sessions->keeps_rows) TRY(session_rows_init(&sessions->rows, op, context, err));
    GroupsOptions options = {.owner_size = sessions->keeps_rows ? sizeof(SessionKey) : sizeof(KeySessions),
                             .window_first = -1,
                             .values_outside = true};
    Status status = groups_init(&sessions->groups, &op->arena, op->node, &options, context, err);
    if (status != STATUS_OK) {
        if (sessions->keeps_rows) session_rows_deinit(&sessions->rows, context->memory);
        return status;
    }
    session_set_init(&sessions->set, context->memory, sessions->groups.value_size, sessions->shown.size,
                     sessions->closes);
    op->impl = sessions;
    return STATUS_OK;
}

/* Lists and rows lie outside the records, which the state frees without a look. */
static void free_key_lists(SessionOp *sessions, Memory *memory) {
    uint32_t ids[256];
    size_t count;
    StateCursor cursor = {0};
    while ((count = state_scan(&sessions->groups.state, &cursor, ids, 256)) > 0)
        for (size_t i = 0; i < count; i++) {
            SessionKey *key = session_key(sessions, ids[i]);
            key_sessions_deinit(&key->sessions, memory);
            if (sessions->keeps_rows) session_rows_drop_key(&sessions->rows, key, memory);
        }
}

void session_free_contents(SessionOp *sessions, Session *session) {
    void *value = session_value(session);
    ASSERT(session->is_used);
    groups_free_results(&sessions->groups, value, session->id);
    memset(value, 0, sessions->groups.value_size);
}

void session_deinit(Op *op) {
    SessionOp *sessions = op->impl;
    if (sessions == NULL) return;
    for (uint32_t id = 0; id < sessions->set.id_count; id++) {
        Session *session = session_at(&sessions->set, id);
        if (!session->is_used) continue;
        session_free_contents(sessions, session);
        cells_free(&sessions->shown, session_cells(&sessions->set, session), &sessions->groups.state.heap);
    }
    free_key_lists(sessions, op->memory);
    if (sessions->keeps_rows) session_rows_deinit(&sessions->rows, op->memory);
    session_set_deinit(&sessions->set);
    vector_deinit(&sessions->merges, op->memory);
    vector_deinit(&sessions->touched, op->memory);
    groups_deinit(&sessions->groups);
}

size_t session_memory(const Op *op) {
    const SessionOp *sessions = op->impl;
    size_t total = groups_memory(&sessions->groups) + session_set_memory(&sessions->set);
    if (sessions->keeps_rows) total += session_rows_memory(&sessions->rows);
    return total + sessions->touched.capacity * sizeof(uint32_t) +
           sessions->merges.capacity * sizeof(SessionMerge);
}

/* --- a row's session ------------------------------------------------------------------------------------ */

Status session_touch(Op *op, SessionOp *sessions, Session *session, Error *err) {
    if (!sessions->changes || session->is_pending) return STATUS_OK;
    if (!vector_push(&sessions->touched, op->memory, session->id)) return error_out_of_memory(err);
    session->is_pending = true;
    return STATUS_OK;
}

/* `from` becomes part of `to`; its accumulators follow when the batch has been added. */
static Status join_sessions(Op *op, SessionOp *sessions, KeySessions *key, Session *to, uint32_t from_index,
                            Error *err) {
    ASSERT(from_index < key->count);
    Session *from = session_at(&sessions->set, key_session_id(key, from_index));
    ASSERT(from != to && from->record == to->record);
    if (!vector_push(&sessions->merges, op->memory, (SessionMerge){to->id, from->id}))
        return error_out_of_memory(err);
    if (from->is_shown) TRY(session_touch(op, sessions, from, err));
    if (from->start < to->start) to->start = from->start;
    if (from->last > to->last) to->last = from->last;
    session_unlist(&sessions->set, key, from_index);
    return STATUS_OK;
}

/* The session that takes in an event of the key at `time`; NULL: none reaches it. closed_last: sessions with
 * an earlier last event have closed for this row. */
static Status find_reached(Op *op, SessionOp *sessions, KeySessions *key, int64_t time, int64_t closed_last,
                           Session **out, Error *err) {
    int64_t gap = sessions->spec->gap, from = time - gap;
    uint32_t first = key_sessions_find(&sessions->set, key, from > closed_last ? from : closed_last), at = first;
    *out = NULL;
    /* A row of another partition, whose bound lies further back, may still reach what this row passes over. */
    if (first > 0 && session_at(&sessions->set, key_session_id(key, first - 1))->last >= from)
        sessions->may_overlap = true;
    for (uint32_t next = first; next < key->count;) {
        Session *reached = session_at(&sessions->set, key_session_id(key, next));
        ASSERT(reached->last >= from);
        ASSERT(reached->last >= closed_last);
        if (reached->start > time + gap) {
            if (!sessions->may_overlap) break; /* those behind it start later still */
            next++;
        } else if (*out == NULL) {
            *out = reached;
            at = next++;
        } else {
            TRY(join_sessions(op, sessions, key, *out, next, err));
        }
    }
    if (*out == NULL) return STATUS_OK;
    ASSERT((*out)->is_open && (*out)->start <= (*out)->last);
    if (time < (*out)->start) (*out)->start = time;
    if (time > (*out)->last) (*out)->last = time;
    session_relist(&sessions->set, key, at);
    return STATUS_OK;
}

/* What one row meets. */
typedef struct SessionRow {
    int64_t time;
    uint32_t record;
    int64_t closed_last; /* sessions with an earlier last event have closed; a row so early that it would open
                            one of these is late */
} SessionRow;

/* NULL: the row is late. */
static Status assign_slow(Op *op, SessionOp *sessions, KeySessions *key, const SessionRow *row, Session **out,
                          Error *err) {
    TRY(find_reached(op, sessions, key, row->time, row->closed_last, out, err));
    if (*out != NULL || row->time < row->closed_last) return STATUS_OK;
    return session_open(&sessions->set, key, row->record, row->time, out, err);
}

/* The newest session takes most rows. */
static inline Session *newest_if_reached(const SessionOp *sessions, const KeySessions *key, int64_t time,
                                         int64_t closed_last) {
    if (key->count == 0) return NULL;
    Session *newest = session_at(&sessions->set, key_session_id(key, key->count - 1));
    int64_t from = time - sessions->spec->gap;
    if (time < newest->start || newest->last < from || newest->last < closed_last) return NULL;
    if (key->count == 1) return newest;
    /* One before it that is reached too (see find_reached) becomes part of it. */
    const Session *before = session_at(&sessions->set, key_session_id(key, key->count - 2));
    return before->last >= from && before->last >= closed_last ? NULL : newest;
}

int64_t session_closed_last(const AggregateSpec *spec, int64_t bound) {
    if (bound == WATERMARK_MIN || bound == WATERMARK_MAX) return bound;
    int64_t behind;
    return __builtin_sub_overflow(bound, spec->time_delay + spec->lateness + spec->gap, &behind)
               ? WATERMARK_MIN
               : behind;
}

/* Rows and the sessions they were given. */
typedef struct SessionBatch {
    const int64_t *times;
    const int64_t *bounds; /* NULL: no row is late */
    GroupsFound found;     /* values: the records'; rewritten with the sessions' */
    uint32_t *ids;         /* sessions */
    LateSplit split;       /* only with bounds */
} SessionBatch;

/* Every row to its session: most to the key's newest, without a search. From here on found.values are the sessions' values and no longer
 * the keys'; ids of rows that are late mean nothing. */
static Status assign_rows(Op *op, SessionBatch *rows, uint32_t count, Error *err) {
    SessionOp *sessions = op->impl;
    uint32_t offset = sessions->groups.owner_offset;
    int64_t closed_last = WATERMARK_MIN;
    for (uint32_t row = 0; row < count; row++) {
        KeySessions *key = &((SessionKey *)((char *)rows->found.values[row] + offset))->sessions;
        int64_t time = rows->times[row];
        if (rows->bounds != NULL) closed_last = session_closed_last(sessions->spec, rows->bounds[row]);
        Session *session = newest_if_reached(sessions, key, time, closed_last);
        if (session != NULL) {
            if (time > session->last) session->last = time;
        } else {
            SessionRow this_row = {time, rows->found.ids[row], closed_last};
            TRY(assign_slow(op, sessions, key, &this_row, &session, err));
        }
        if (rows->bounds != NULL) late_split_add(&rows->split, row, session == NULL);
        if (session == NULL) continue;
        TRY(session_touch(op, sessions, session, err));
        rows->ids[row] = session->id;
        rows->found.values[row] = session_value(session);
    }
    return STATUS_OK;
}

/* Leaves the timely rows' values and ids dense. */
static void keep_timely(SessionBatch *rows) {
    for (uint32_t i = 0; i < rows->split.timely_count; i++) {
        uint32_t row = rows->split.timely[i];
        DEBUG_ASSERT(row >= i); /* rows ascend: none is overwritten before it has been read */
        rows->found.values[i] = rows->found.values[row];
        rows->ids[i] = rows->ids[row];
    }
}

/* After the batch's rows have been added up, each in the session that it was given: only then do accumulators hold what is to be merged.
 * In order: of a chain (c into b, b into a) each takes in what came before. */
static Status merge_joined(SessionOp *sessions, Error *err) {
    for (size_t i = 0; i < sessions->merges.count; i++) {
        Session *to = session_at(&sessions->set, sessions->merges.items[i].to);
        Session *from = session_at(&sessions->set, sessions->merges.items[i].from);
        ASSERT(!from->is_open); /* unlisted when it was joined; `to` may itself have been joined since */
        TRY(groups_merge(&sessions->groups, session_value(to), to->id, session_value(from), from->id, err));
        session_free_contents(sessions, from);
        session_let_go(&sessions->set, from);
    }
    sessions->merges.count = 0;
    return STATUS_OK;
}

static void forget_key_if_empty(SessionOp *sessions, uint32_t record) {
    if (session_key(sessions, record)->sessions.count == 0) groups_delete(&sessions->groups, &record, 1);
}

/* Keys that were made for rows that then came too late. */
static void forget_created(SessionOp *sessions, const GroupsFound *found) {
    for (size_t i = 0; i < found->created_count; i++)
        forget_key_if_empty(sessions, found->ids[found->created[i]]);
}

Status session_push(Op *op, const OpContext *context, const Batch *batch, OpOutput *out, Error *err) {
    SessionOp *sessions = op->impl;
    Batch bounded = *batch, usable, timely;
    SessionBatch rows = {0};
    if (sessions->judges_late) TRY(late_set_bounds(context, batch, sessions->watermark, &bounded, err));
    TRY(event_time_rows(op, context, &bounded, sessions->spec->time_column, 0, &usable, &rows.times, err));
    ASSERT(sessions->next == 0);         /* the last epoch has left whole */
    ASSERT(sessions->merges.count == 0); /* the last batch has been merged: a row that joins two sessions is timely */
    uint32_t count = usable.row_count;
    if (count == 0) return STATUS_OK;
    TRY(groups_found_init(&rows.found, &sessions->groups, context->frame, usable.row_count, err));
    TRY(groups_find(&sessions->groups, context, &usable, &rows.found, err));
    rows.ids = frame_alloc(context->frame, count * sizeof(uint32_t), NULL);
    TRY_ALLOC(rows.ids);
    if (sessions->closes) rows.bounds = usable.meta[META_BOUND];
    if (sessions->keeps_rows)
        return session_rows_push(op, context, &usable, rows.times, rows.bounds, &rows.found, out, err);
    if (rows.bounds != NULL) TRY(late_split_init(&rows.split, context->frame, count, err));
    TRY(assign_rows(op, &rows, count, err));
    TRY(late_split_finish(&rows.split, op, context, sessions->spec, &usable, &timely, out, err));
    if (rows.split.late_count > 0) {
        keep_timely(&rows);
        forget_created(sessions, &rows.found);
    }
    if (timely.row_count == 0) return STATUS_OK;
    TRY(groups_update(&sessions->groups, context, &timely, rows.found.values, rows.ids, err));
    return merge_joined(sessions, err);
}

/* --- rows out ------------------------------------------------------------------------------------------- */

/* last + gap cannot overflow: see EVENT_TIME_REACH. */
static Status read_ends(const SessionOp *sessions, Session *const *list, uint32_t count, Frame *frame,
                        Array *columns, Error *err) {
    int64_t *starts = frame_alloc(frame, count * sizeof(int64_t), &columns[0].values_owner);
    int64_t *ends = frame_alloc(frame, count * sizeof(int64_t), &columns[1].values_owner);
    TRY_ALLOC(starts);
    TRY_ALLOC(ends);
    for (uint32_t i = 0; i < count; i++) {
        starts[i] = list[i]->start;
        ends[i] = list[i]->last + sessions->spec->gap;
    }
    columns[0].values = starts;
    columns[1].values = ends;
    return STATUS_OK;
}

/* The rows of sessions; errors as in groups_read_results. */
static Status read_sessions(Op *op, const OpContext *context, Session *const *list, uint32_t count,
                            Batch *out, const RowError ***errors, Error *err) {
    SessionOp *sessions = op->impl;
    uint32_t group_count = sessions->spec->group_count;
    ASSERT(count > 0 && count <= SESSION_OUTPUT_COUNT_MAX);
    Frame *frame = context->frame;
    uint32_t *records = frame_alloc(frame, count * sizeof(uint32_t), NULL),
             *ids = frame_alloc(frame, count * sizeof(uint32_t), NULL);
    const void **values = frame_alloc(frame, count * sizeof(void *), NULL);
    Array *columns = FRAME_ARRAY(frame, Array, op->node->column_count);
    TRY_ALLOC(records);
    TRY_ALLOC(ids);
    TRY_ALLOC(values);
    TRY_ALLOC(columns);
    for (uint32_t i = 0; i < count; i++) {
        records[i] = list[i]->record;
        ids[i] = list[i]->id;
        values[i] = session_value(list[i]);
    }
    TRY(groups_read_keys(&sessions->groups, context, records, count, columns, err));
    for (uint32_t i = 0; i < 2; i++)
        columns[group_count + i] = (Array){.type = op->node->columns[group_count + i].type, .length = count};
    TRY(read_ends(sessions, list, count, frame, columns + group_count, err));
    TRY(groups_read_results(&sessions->groups, context, values, ids, count, columns + group_count + 2, errors,
                            err));
    *out = (Batch){.row_count = count, .column_count = op->node->column_count, .columns = columns};
    return STATUS_OK;
}

/* Whole sessions, those that failed left out. */
static Status emit_sessions(Op *op, const OpContext *context, Session *const *list, uint32_t count,
                            Batch *out, Error *err) {
    Batch whole;
    const RowError **errors;
    TRY(read_sessions(op, context, list, count, &whole, &errors, err));
    *out = whole;
    if (errors == NULL) return STATUS_OK;
    uint32_t *rows = frame_alloc(context->frame, count * sizeof(uint32_t), NULL), kept = 0;
    TRY_ALLOC(rows);
    for (uint32_t i = 0; i < count; i++)
        if (errors[i] == NULL)
            rows[kept++] = i;
        else
            TRY(op_row_error(op, context, op->node, &whole, i, errors[i], err));
    return batch_gather(&whole, context->frame, rows, kept, out, err);
}

/* It has left, or its last state is shown: nothing will ask for it again. */
static Status close_session(Op *op, Session *session, Error *err) {
    SessionOp *sessions = op->impl;
    SessionKey *key = session_key(sessions, session->record);
    ASSERT(session->is_open);
    ASSERT(!session->is_pending); /* what changed of it has left before it closes */
    if (sessions->keeps_rows) TRY(session_rows_close(op, session, err));
    session_unlist(&sessions->set, &key->sessions, key_sessions_index(&key->sessions, session->id));
    session_free_contents(sessions, session);
    cells_free(&sessions->shown, session_cells(&sessions->set, session), &sessions->groups.state.heap);
    if (!sessions->keeps_rows) forget_key_if_empty(sessions, session->record);
    session_let_go(&sessions->set, session);
    return STATUS_OK;
}

static Session **session_list(Frame *frame) {
    return frame_alloc(frame, SESSION_OUTPUT_COUNT_MAX * sizeof(Session *), NULL);
}

/* The next batch of sessions that have closed. */
static Status emit_closed(Op *op, const OpContext *context, OpOutput *out, Error *err) {
    SessionOp *sessions = op->impl;
    int64_t closed_last = session_closed_last(sessions->spec, sessions->watermark);
    if (!session_set_has_due(&sessions->set, closed_last)) return STATUS_OK;
    Session **list = session_list(context->frame);
    TRY_ALLOC(list);
    uint32_t count = 0;
    while (count < SESSION_OUTPUT_COUNT_MAX &&
           (list[count] = session_set_take_due(&sessions->set, closed_last)) != NULL)
        count++;
    ASSERT(count > 0); /* one was due */
    TRY(emit_sessions(op, context, list, count, &out->batch, err));
    for (uint32_t i = 0; i < count; i++) TRY(close_session(op, list[i], err));
    out->progress = session_set_has_due(&sessions->set, closed_last) ? OP_MORE : OP_DONE;
    return STATUS_OK;
}

/* The next batch of all sessions. */
static Status emit_all(Op *op, const OpContext *context, OpOutput *out, Error *err) {
    SessionOp *sessions = op->impl;
    ASSERT(op->mode.snapshot);
    ASSERT(sessions->next <= sessions->set.id_count);
    Session **list = session_list(context->frame);
    TRY_ALLOC(list);
    uint32_t count = 0;
    while (count < SESSION_OUTPUT_COUNT_MAX && sessions->next < sessions->set.id_count) {
        Session *session = session_at(&sessions->set, sessions->next++);
        if (session->is_open) list[count++] = session;
    }
    if (count > 0) TRY(emit_sessions(op, context, list, count, &out->batch, err));
    out->progress = sessions->next < sessions->set.id_count ? OP_MORE : OP_DONE;
    return STATUS_OK;
}

/* --- changes out ---------------------------------------------------------------------------------------- */

/* Sessions that are open no more are in the list as well: what they showed is taken back, and results are read of them in vain. */
static Status changed_rows(Op *op, const OpContext *context, Session *const *list, uint32_t count,
                           ChangeRows *out, Error *err) {
    SessionOp *sessions = op->impl;
    void **cells = frame_alloc(context->frame, count * sizeof(void *), NULL);
    uint8_t *was_shown = frame_alloc(context->frame, count, NULL),
            *is_alive = frame_alloc(context->frame, count, NULL);
    TRY_ALLOC(cells);
    TRY_ALLOC(was_shown);
    TRY_ALLOC(is_alive);
    Batch whole;
    const RowError **errors;
    TRY(read_sessions(op, context, list, count, &whole, &errors, err));
    for (uint32_t i = 0; i < count; i++) {
        bool failed = list[i]->is_open && errors != NULL && errors[i] != NULL;
        if (failed) TRY(op_row_error(op, context, op->node, &whole, i, errors[i], err));
        cells[i] = session_cells(&sessions->set, list[i]);
        was_shown[i] = list[i]->is_shown;
        is_alive[i] = list[i]->is_open && !failed;
    }
    *out = (ChangeRows){.now = whole.columns,
                        .column_count = op->node->column_count,
                        .kept_from = sessions->spec->group_count,
                        .count = count,
                        .cells = cells,
                        .was_shown = was_shown,
                        .is_alive = is_alive};
    return STATUS_OK;
}

/* The change has left: a session that was merged away is done with. */
static void settle(SessionOp *sessions, Session *session, bool is_shown) {
    ASSERT(!is_shown || session->is_open);
    ASSERT(session->is_pending); /* listed once: it could not be let go meanwhile */
    session->is_shown = is_shown;
    session->is_pending = false;
    if (session->is_open) return;
    void *cells = session_cells(&sessions->set, session);
    cells_free(&sessions->shown, cells, &sessions->groups.state.heap);
    if (sessions->shown.size > 0) memset(cells, 0, sessions->shown.size);
    session_let_go(&sessions->set, session);
}

/* The next `count` touched sessions. */
static Status emit_touched(Op *op, const OpContext *context, uint32_t count, Batch *out, Error *err) {
    SessionOp *sessions = op->impl;
    Session **list = session_list(context->frame);
    TRY_ALLOC(list);
    for (uint32_t i = 0; i < count; i++)
        list[i] = session_at(&sessions->set, sessions->touched.items[sessions->next + i]);
    ChangeRows rows;
    TRY(changed_rows(op, context, list, count, &rows, err));
    TRY(changes_emit(&rows, &sessions->shown, &sessions->groups.state.heap, context->frame, out, err));
    for (uint32_t i = 0; i < count; i++) settle(sessions, list[i], rows.is_alive[i]);
    return STATUS_OK;
}

/* As in op/aggregate.c: what changed leaves first, then sessions close without a word. */
static Status emit_changes(Op *op, const OpContext *context, OpOutput *out, Error *err) {
    SessionOp *sessions = op->impl;
    ASSERT(sessions->next <= sessions->touched.count);
    size_t left = sessions->touched.count - sessions->next;
    uint32_t count = left < SESSION_OUTPUT_COUNT_MAX ? (uint32_t)left : SESSION_OUTPUT_COUNT_MAX;
    if (count > 0) TRY(emit_touched(op, context, count, &out->batch, err));
    sessions->next += count;
    if (sessions->next < sessions->touched.count) {
        out->progress = OP_MORE;
        return STATUS_OK;
    }
    sessions->touched.count = sessions->next = 0;
    int64_t closed_last = session_closed_last(sessions->spec, sessions->watermark);
    Session *session;
    while ((session = session_set_take_due(&sessions->set, closed_last)) != NULL)
        TRY(close_session(op, session, err));
    return STATUS_OK;
}

/* --- epochs --------------------------------------------------------------------------------------------- */

void session_watermark(Op *op, int64_t watermark) {
    SessionOp *sessions = op->impl;
    if (watermark > sessions->watermark) sessions->watermark = watermark;
}

/* window_end follows the watermark by its column's delay; window_start is promised nothing (plan/node.c), so
 * that open sessions hold nobody back. */
int64_t session_watermark_out(const Op *op, int64_t watermark) {
    return watermark;
}

static Status emit_next(Op *op, const OpContext *context, OpOutput *out, Error *err) {
    const SessionOp *sessions = op->impl;
    if (op->mode.snapshot) return emit_all(op, context, out, err);
    TRY(sessions->changes ? emit_changes(op, context, out, err) : emit_closed(op, context, out, err));
    if (sessions->keeps_rows && out->progress == OP_DONE) session_rows_forget_keys(op);
    return STATUS_OK;
}

/* Sessions are what the rows say, then leave. */
static Status settle_and_emit(Op *op, const OpContext *context, OpOutput *out, Error *err) {
    const SessionOp *sessions = op->impl;
    if (sessions->keeps_rows) TRY(session_rows_settle(op, context, err));
    return emit_next(op, context, out, err);
}

Status session_epoch_end(Op *op, const OpContext *context, OpOutput *out, Error *err) {
    return op->mode.snapshot ? STATUS_OK : settle_and_emit(op, context, out, err);
}

Status session_end(Op *op, const OpContext *context, OpOutput *out, Error *err) {
    return op->mode.snapshot ? settle_and_emit(op, context, out, err) : STATUS_OK;
}

Status session_resume(Op *op, const OpContext *context, OpOutput *out, Error *err) {
    return emit_next(op, context, out, err);
}

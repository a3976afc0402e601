/* SPDX-License-Identifier: Apache-2.0
 * db/subscription.c - changes to the user, by callback or from a queue. */
#include "db/subscription.h"

#include "column/arrow.h"
#include "db/error_object.h"
#include "db/handle.h"
#include "db/halt.h"
#include "db/sources.h"

enum { SUBSCRIPTION_QUEUE_BATCH_MAX = 1024 };

struct weir_batch {
    struct ArrowArray array; /* owned */
    weir_batch_info info;
    weir_batch *next; /* queue */
};

struct weir_sub {
    Deferred deferred; /* first: its end */
    weir_stmt *stmt;
    FlowQuery *query;
    Frame frame; /* of what callbacks look at */
    Object *late;
    weir_sub_options options;
    weir_batch *first; /* queue, oldest first */
    weir_batch *last;
    size_t queue_count;
    bool is_started; /* the first epoch, the snapshot, is over */
    bool is_ended;
    bool is_flushed; /* what EVERY held before a failure has left */
    bool is_failed;  /* the failure has been told: nothing is delivered any more */
    IoFile event;            /* of weir_sub_fd */
    _Atomic(int) has_event;
    _Atomic(int) is_cancelled;
    _Atomic(int) is_freed; /* by its user, maybe in a callback: nothing is delivered any more */
    weir_sub *next;        /* of the database */
};

static weir_db *sub_db(const weir_sub *sub) {
    return sub->stmt->conn->db;
}

Status subscription_check_room(const weir_db *db, Error *err) {
    for (const weir_sub *sub = db->subscriptions; sub != NULL; sub = sub->next)
        if (sub->options.callback == NULL && sub->queue_count >= sub->options.queue_batch_max &&
            !sub->is_failed && !atomic_load(&sub->is_cancelled) && !atomic_load(&sub->is_freed))
            return error_set(err, STATUS_BUSY, "a subscription's queue of %zu batch%s is full",
                             sub->options.queue_batch_max, sub->options.queue_batch_max == 1 ? "" : "es");
    return STATUS_OK;
}

/* --- delivery --------------------------------------------------------------------------------- */

static void queue_add(weir_sub *sub, weir_batch *batch) {
    if (sub->last == NULL)
        sub->first = batch;
    else
        sub->last->next = batch;
    sub->last = batch;
    sub->queue_count++;
}

static weir_batch_info batch_info(const weir_sub *sub) {
    return (weir_batch_info){
        .epoch = sub_db(sub)->flow->epoch + 1,
        .watermark_us = sub->query == NULL ? INT64_MIN : sub->query->query.root->watermark,
        .is_snapshot = !sub->is_started};
}

/* A callback looks at the rows where they lie. */
static Status call_back(weir_sub *sub, const Batch *batch, ArrowExportOptions options, Error *err) {
    weir_batch borrowed = {.info = batch_info(sub)};
    frame_reset(&sub->frame);
    TRY(arrow_view_batch(&sub->frame, batch, options, &borrowed.array, err));
    sub->options.callback(sub->options.user, &borrowed);
    return STATUS_OK;
}

static Status sub_batch(void *context, const Batch *batch, Error *err) {
    weir_sub *sub = context;
    if (atomic_load(&sub->is_freed) || sub->is_failed) return STATUS_OK;
    ArrowExportOptions options = {.weights = (sub->stmt->flags & WEIR_STMT_WEIGHTS) != 0};
    if (sub->options.callback != NULL) return call_back(sub, batch, options, err);
    weir_batch *made = handle_alloc(sizeof(*made));
    TRY_ALLOC(made);
    Status status = arrow_export_batch(sub_db(sub)->pool, batch, options, &made->array, err);
    if (status != STATUS_OK) {
        handle_free(made, sizeof(*made));
        return status;
    }
    made->info = batch_info(sub);
    queue_add(sub, made);
    return STATUS_OK;
}

/* Batches of the epoch under way do not count; callbacks have seen theirs. */
static void sub_forget(void *context) {
    weir_sub *sub = context;
    uint64_t epoch = sub_db(sub)->flow->epoch + 1;
    weir_batch *last = NULL, *batch = sub->first;
    for (; batch != NULL && batch->info.epoch < epoch; batch = batch->next) last = batch;
    if (last == NULL)
        sub->first = NULL;
    else
        last->next = NULL;
    sub->last = last;
    while (batch != NULL) {
        weir_batch *next_batch = batch->next;
        weir_batch_free(batch);
        sub->queue_count--;
        batch = next_batch;
    }
}

static Status sub_end(void *context, Error *err) {
    ((weir_sub *)context)->is_ended = true;
    return STATUS_OK;
}

/* --- open and close --------------------------------------------------------------------------- */

static Status prepare_subscription(weir_conn *conn, Str text, weir_stmt **out, Error *err) {
    size_t size;
    TRY(statement_prepare_subscription(conn, text, out, &size, err));
    if (*out == NULL) return error_set(err, STATUS_SYNTAX, "a subscription needs a name or a query");
    return STATUS_OK;
}

static Status start(weir_sub *sub, Error *err) {
    weir_db *db = sub_db(sub);
    const Plan *plan = sub->stmt->plan;
    FlowOutput output = {.context = sub, .on_error = sub->stmt->conn->on_error, .batch = sub_batch, .end = sub_end, .forget = sub_forget},
               late_output;
    TRY(halt_check(db, plan, true, err));
    TRY(frame_init(&sub->frame, db->pool, err));
    TRY(object_late_table(db, plan, &sub->late, &late_output, err));
    Status status = object_hold_streams(db, plan, err);
    if (status == STATUS_OK) {
        status =
            flow_start(db->flow, plan, &output, sub->late == NULL ? NULL : &late_output, &sub->query, err);
        if (status != STATUS_OK) object_release_streams(db, plan);
    }
    sub->is_started = true;
    db->notice_offset = 0;
    if (status == STATUS_OK) object_give_notices(db, plan);
    if (status == STATUS_OK)
        object_pin(plan, sub->late);
    else if (sub->late != NULL)
        object_destroy(db, sub->late);
    return status;
}

static void drop_queue(weir_sub *sub) {
    while (sub->first != NULL) {
        weir_batch *batch = sub->first;
        sub->first = batch->next;
        weir_batch_free(batch);
    }
    sub->last = NULL;
}

int weir_subscribe(weir_conn *conn, const char *query, const weir_sub_options *options, weir_sub **out,
                   weir_error **error) {
    Error err;
    if (conn == NULL || query == NULL || out == NULL)
        return error_misuse(error,
                            "weir_subscribe needs a connection, a query and a place for the subscription");
    weir_sub_options taken;
    if (!handle_take_options(options, &taken, sizeof(taken))) return error_misuse(error, "weir_sub_options need their struct_size");
    weir_db *db = conn->db;
    if (!database_enter(db)) return error_busy(error);
    conn_retain(conn);
    weir_sub *sub = handle_alloc(sizeof(*sub));
    Status status = sub == NULL ? error_out_of_memory(&err)
                                : prepare_subscription(conn, str_from_c(query), &sub->stmt, &err);
    if (status == STATUS_OK) {
        sub->options = taken;
        if (sub->options.queue_batch_max == 0) sub->options.queue_batch_max = SUBSCRIPTION_QUEUE_BATCH_MAX;
        status = start(sub, &err);
        if (status != STATUS_OK) {
            drop_queue(sub);
            if (sub->frame.pool != NULL) frame_deinit(&sub->frame);
            statement_release(sub->stmt);
        }
    }
    if (status != STATUS_OK) {
        handle_free(sub, sizeof(*sub));
    } else {
        sub->next = db->subscriptions;
        db->subscriptions = sub;
        *out = sub;
    }
    database_leave(db);
    conn_release(conn);
    return error_give(status, &err, error);
}

static void sub_close(Deferred *deferred) {
    weir_sub *sub = (weir_sub *)deferred;
    weir_db *db = sub_db(sub);
    for (weir_sub **at = &db->subscriptions; *at != NULL; at = &(*at)->next)
        if (*at == sub) {
            *at = sub->next;
            break;
        }
    flow_stop(db->flow, sub->query);
    object_release_streams(db, sub->stmt->plan);
    object_unpin(sub->stmt->plan, sub->late);
    drop_queue(sub);
    frame_deinit(&sub->frame);
    if (atomic_load(&sub->has_event)) {
        Error ignored;
        (void)io_close(&sub->event, &ignored);
        db->event_count--;
    }
    statement_release(sub->stmt);
    handle_free(sub, sizeof(*sub));
}

void weir_sub_free(weir_sub *sub) {
    if (sub == NULL) return;
    weir_conn *conn = sub->stmt->conn;
    conn_retain(conn); /* database_defer still needs its database */
    atomic_store(&sub->is_freed, 1);
    sub->deferred.run = sub_close;
    database_defer(conn->db, &sub->deferred);
    conn_release(conn);
}

void weir_sub_cancel(weir_sub *sub) {
    if (sub == NULL) return;
    atomic_store(&sub->is_cancelled, 1);
    if (atomic_load(&sub->has_event)) io_event_set(&sub->event, true);
}

/* --- file descriptors ------------------------------------------------------------------------- */

/* Would weir_sub_next give a batch, the end or an error without waiting? */
static bool has_news(const weir_sub *sub) {
    return sub->first != NULL || sub->is_ended || query_is_full(&sub->query->query) || atomic_load(&sub->is_cancelled) ||
           flow_query_has_halted(sub->query) ||
           halt_find(sub_db(sub), sub->stmt->plan) != NULL;
}

void subscription_set_events(const weir_db *db) {
    for (weir_sub *sub = db->subscriptions; sub != NULL; sub = sub->next) {
        if (!atomic_load(&sub->has_event)) continue;
        io_event_set(&sub->event, has_news(sub));
        /* cancelled by another thread after the look */
        if (atomic_load(&sub->is_cancelled)) io_event_set(&sub->event, true);
    }
}

int weir_sub_fd(weir_sub *sub, int *out, weir_error **error) {
    Error err;
    if (sub == NULL || out == NULL) return error_misuse(error, "weir_sub_fd needs a subscription and a place for the descriptor");
    weir_db *db = sub_db(sub);
    if (!database_enter(db)) return error_busy(error);
    Status status = STATUS_OK;
    if (!atomic_load(&sub->has_event)) {
        status = io_event_open(db->io, STR("event"), &sub->event, &err);
        if (status == STATUS_OK) atomic_store(&sub->has_event, 1);
        db->event_count += status == STATUS_OK;
    }
    database_leave(db);
    if (status == STATUS_OK) *out = sub->event.handle;
    return error_give(status, &err, error);
}

int weir_sub_schema(weir_sub *sub, struct ArrowSchema *out, weir_error **error) {
    if (sub == NULL || out == NULL) return error_misuse(error, "weir_sub_schema needs a subscription and a place for the schema");
    return weir_stmt_schema(sub->stmt, out, error);
}

/* --- reading ---------------------------------------------------------------------------------- */

enum { WAIT_INSIDE_NS = 50000000, WAIT_OUTSIDE_MS = 2 };

/* Nothing comes by itself: other threads may come in and push. */
static Status wait_outside(weir_db *db, Error *err) {
    database_leave(db);
    Status status = io_poll(db->io, NULL, 0, WAIT_OUTSIDE_MS, err);
    Error ignored;
    while (!database_enter(db)) (void)!io_poll(db->io, NULL, 0, 1, &ignored);
    return status;
}

/* Runs what is due, or waits a little. */
static Status wait_for_batch(weir_db *db, int64_t left_ns, bool *did_something, Error *err) {
    FlowProgress progress;
    int64_t wait_ns = left_ns < WAIT_INSIDE_NS ? left_ns : WAIT_INSIDE_NS;
    TRY(database_step(db, 0, &progress, err));
    if (!progress.did_something && wait_ns > 0) {
        if (progress.all_ended) return wait_outside(db, err);
        TRY(database_step(db, wait_ns, &progress, err));
    }
    *did_something = progress.did_something;
    return STATUS_OK;
}

/* A row has ended the query, or halted something below it: told when the queue is empty, EVERY's last rows included. */
static Status check_failure(weir_sub *sub, Error *err) {
    weir_db *db = sub_db(sub);
    Error failure;
    Status status = STATUS_OK;
    if (flow_query_has_halted(sub->query)) {
        failure = sub->query->halt.failure;
        status = failure.status;
    } else {
        status = halt_check(db, sub->stmt->plan, false, &failure);
    }
    if (status == STATUS_OK) return status;
    if (!sub->is_flushed) TRY(flow_flush(db->flow, sub->query, err));
    sub->is_flushed = true;
    if (sub->first != NULL) return STATUS_OK;
    sub->is_failed = true;
    *err = failure;
    return status;
}

static Status next(weir_sub *sub, int64_t timeout_ns, weir_batch **out, Error *err) {
    weir_db *db = sub_db(sub);
    int64_t until = io_deadline_ns(db->io, timeout_ns);
    for (;;) {
        if (atomic_load(&sub->is_cancelled))
            return error_set(err, STATUS_INTERRUPTED, "the subscription was cancelled");
        if (sub->first != NULL) {
            *out = sub->first;
            sub->first = (*out)->next;
            if (sub->first == NULL) sub->last = NULL;
            sub->queue_count--;
            return STATUS_OK;
        }
        TRY(check_failure(sub, err));
        if (sub->first != NULL) continue;
        if (query_is_full(&sub->query->query)) {
            TRY(flow_flush(db->flow, sub->query, err)); /* what EVERY holds back */
            sub->is_ended = true;
            if (sub->first != NULL) continue;
        }
        if (sub->is_ended) return error_set(err, STATUS_DONE, "all input of the subscription has ended, or its LIMIT is reached");
        sources_want(db, sub->stmt->plan);
        bool did_something = false;
        int64_t left = until == INT64_MAX ? INT64_MAX : until - io_clock_monotonic_ns(db->io);
        TRY(wait_for_batch(db, left, &did_something, err));
        bool late = until != INT64_MAX && io_clock_monotonic_ns(db->io) >= until;
        if (late && sub->first == NULL && !did_something)
            return error_set(err, STATUS_TIMEOUT, "no batch came in time");
    }
}

int weir_sub_next(weir_sub *sub, int64_t timeout_ns, weir_batch **out, weir_error **error) {
    Error err;
    if (sub == NULL || out == NULL) return error_misuse(error, "weir_sub_next needs a subscription and a place for the batch");
    weir_db *db = sub_db(sub);
    bool is_inside = timeout_ns == 0 ? database_enter(db) : database_enter_until(db, io_deadline_ns(db->io, timeout_ns));
    if (!is_inside) return error_busy(error);
    weir_batch *batch = NULL;
    Status status = next(sub, timeout_ns, &batch, &err);
    database_leave(db);
    if (status == STATUS_OK) *out = batch;
    if (status == STATUS_TIMEOUT || status == STATUS_DONE) return (int)status; /* outcomes, not failures */
    return error_give(status, &err, error);
}

const struct ArrowArray *weir_batch_view(const weir_batch *batch, weir_batch_info *info) {
    if (batch == NULL) return NULL;
    if (info != NULL) *info = batch->info;
    return &batch->array;
}

void weir_batch_move(weir_batch *batch, struct ArrowArray *out) {
    if (batch == NULL || out == NULL) return;
    *out = batch->array;
    batch->array = (struct ArrowArray){0};
}

void weir_batch_free(weir_batch *batch) {
    if (batch == NULL) return;
    if (batch->array.release != NULL) batch->array.release(&batch->array);
    handle_free(batch, sizeof(*batch));
}

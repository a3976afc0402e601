/* SPDX-License-Identifier: Apache-2.0
 * db/subscription.c - changes to the user, by callback or from a queue. */
#include "db/delivery.h"
#include "db/error_object.h"
#include "db/halt.h"
#include "db/handle.h"
#include "db/object.h"
#include "db/sources.h"
#include "db/statement.h"
#include "db/turn.h"

struct weir_sub {
    Deferred deferred; /* first: its end */
    weir_stmt *stmt;
    Delivery delivery;
    Object *late;
    bool is_flushed; /* what EVERY held before a failure has left */
};

static weir_db *sub_db(const weir_sub *sub) {
    return sub->stmt->conn->db;
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
    Delivery *delivery = &sub->delivery;
    const Plan *plan = sub->stmt->plan;
    FlowOutput output = delivery_output(delivery, sub->stmt->conn->on_error);
    TRY(halt_check(db, plan, true, err));
    TRY(object_start_query(db, plan, &output, &sub->late, &delivery->query, err));
    delivery->is_started = true;
    db->notice_offset = 0;
    object_give_notices(db, plan);
    object_pin(plan, sub->late);
    delivery_enlist(delivery, plan);
    return STATUS_OK;
}

/* On failure nothing of it is left. */
static Status sub_open(weir_sub *sub, weir_conn *conn, Str query, const weir_sub_options *options, Error *err) {
    TRY(prepare_subscription(conn, query, &sub->stmt, err));
    bool has_weights = (sub->stmt->flags & WEIR_STMT_WEIGHTS) != 0;
    Status status = delivery_init(&sub->delivery, conn->db, options, has_weights, err);
    if (status == STATUS_OK) {
        status = start(sub, err);
        if (status != STATUS_OK) delivery_deinit(&sub->delivery);
    }
    if (status != STATUS_OK) statement_release(sub->stmt);
    return status;
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
    if (!turn_enter(db)) return error_busy(error);
    conn_retain(conn);
    weir_sub *sub = handle_alloc(sizeof(*sub));
    Status status = sub == NULL ? error_out_of_memory(&err) : sub_open(sub, conn, str_from_c(query), &taken, &err);
    if (status == STATUS_OK)
        *out = sub;
    else
        handle_free(sub, sizeof(*sub));
    turn_leave(db);
    conn_release(conn);
    return error_give(status, &err, error);
}

static void sub_close(Deferred *deferred) {
    weir_sub *sub = (weir_sub *)deferred;
    const Plan *plan = sub->stmt->plan;
    delivery_delist(&sub->delivery);
    object_stop_query(sub_db(sub), plan, sub->delivery.query);
    object_unpin(plan, sub->late);
    delivery_deinit(&sub->delivery);
    statement_release(sub->stmt);
    handle_free(sub, sizeof(*sub));
}

void weir_sub_free(weir_sub *sub) {
    if (sub == NULL) return;
    weir_conn *conn = sub->stmt->conn;
    conn_retain(conn); /* turn_defer still needs its database */
    delivery_free(&sub->delivery);
    sub->deferred.run = sub_close;
    turn_defer(conn->db, &sub->deferred);
    conn_release(conn);
}

void weir_sub_cancel(weir_sub *sub) {
    if (sub != NULL) delivery_cancel(&sub->delivery);
}

int weir_sub_fd(weir_sub *sub, int *out, weir_error **error) {
    Error err;
    if (sub == NULL || out == NULL) return error_misuse(error, "weir_sub_fd needs a subscription and a place for the descriptor");
    weir_db *db = sub_db(sub);
    if (!turn_enter(db)) return error_busy(error);
    Status status = delivery_open_event(&sub->delivery, out, &err);
    turn_leave(db);
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
    turn_leave(db);
    Status status = io_poll(db->io, NULL, 0, WAIT_OUTSIDE_MS, err);
    Error ignored;
    /* The call has begun: it cannot end with BUSY, so it waits for as long as the others' calls take. */
    while (!turn_enter(db)) (void)!io_poll(db->io, NULL, 0, 1, &ignored);
    return status;
}

/* Runs what is due, or waits a little. */
static Status wait_for_batch(weir_db *db, int64_t left_ns, bool *did_something, Error *err) {
    FlowProgress progress;
    int64_t wait_ns = left_ns < WAIT_INSIDE_NS ? left_ns : WAIT_INSIDE_NS;
    TRY(turn_step(db, 0, &progress, err));
    if (!progress.did_something && wait_ns > 0) {
        if (progress.all_ended) return wait_outside(db, err);
        TRY(turn_step(db, wait_ns, &progress, err));
    }
    *did_something = progress.did_something;
    return STATUS_OK;
}

/* A row has ended the query, or halted something below it: told when the queue is empty, EVERY's last rows included. */
static Status check_failure(weir_sub *sub, Error *err) {
    weir_db *db = sub_db(sub);
    Delivery *delivery = &sub->delivery;
    Error failure;
    Status status = STATUS_OK;
    if (flow_query_has_halted(delivery->query)) {
        failure = delivery->query->halt.failure;
        status = failure.status;
    } else {
        status = halt_check(db, sub->stmt->plan, false, &failure);
    }
    if (status == STATUS_OK) return status;
    if (!sub->is_flushed) TRY(flow_flush(db->flow, delivery->query, err));
    sub->is_flushed = true;
    if (delivery->first != NULL) return STATUS_OK;
    delivery->is_failed = true;
    *err = failure;
    return status;
}

static Status next(weir_sub *sub, int64_t timeout_ns, weir_batch **out, Error *err) {
    weir_db *db = sub_db(sub);
    Delivery *delivery = &sub->delivery;
    int64_t until = io_deadline_ns(db->io, timeout_ns);
    for (;;) {
        if (atomic_load(&delivery->is_cancelled))
            return error_set(err, STATUS_INTERRUPTED, "the subscription was cancelled");
        *out = delivery_take(delivery);
        if (*out != NULL) return STATUS_OK;
        TRY(check_failure(sub, err));
        if (delivery->first != NULL) continue;
        if (query_is_full(&delivery->query->query)) {
            TRY(flow_flush(db->flow, delivery->query, err)); /* what EVERY holds back */
            delivery->is_ended = true;
            if (delivery->first != NULL) continue;
        }
        if (delivery->is_ended) return error_set(err, STATUS_DONE, "all input of the subscription has ended, or its LIMIT is reached");
        sources_want(db, sub->stmt->plan);
        bool did_something = false;
        int64_t left = until == INT64_MAX ? INT64_MAX : until - io_clock_monotonic_ns(db->io);
        TRY(wait_for_batch(db, left, &did_something, err));
        bool late = until != INT64_MAX && io_clock_monotonic_ns(db->io) >= until;
        if (late && delivery->first == NULL && !did_something)
            return error_set(err, STATUS_TIMEOUT, "no batch came in time");
    }
}

int weir_sub_next(weir_sub *sub, int64_t timeout_ns, weir_batch **out, weir_error **error) {
    Error err;
    if (sub == NULL || out == NULL) return error_misuse(error, "weir_sub_next needs a subscription and a place for the batch");
    weir_db *db = sub_db(sub);
    bool is_inside = timeout_ns == 0 ? turn_enter(db) : turn_enter_until(db, io_deadline_ns(db->io, timeout_ns));
    if (!is_inside) return error_busy(error);
    weir_batch *batch = NULL;
    Status status = next(sub, timeout_ns, &batch, &err);
    turn_leave(db);
    if (status == STATUS_OK) *out = batch;
    if (status == STATUS_TIMEOUT || status == STATUS_DONE) return (int)status; /* outcomes, not failures */
    return error_give(status, &err, error);
}

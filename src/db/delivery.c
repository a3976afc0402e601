/* SPDX-License-Identifier: Apache-2.0
 * db/delivery.c - batches from the flow to the user's side. */
#include "db/delivery.h"

#include "db/halt.h"
#include "db/handle.h"

enum { DELIVERY_QUEUE_BATCH_MAX = 1024 };

struct weir_batch {
    struct ArrowArray array; /* owned */
    weir_batch_info info;
    weir_batch *next; /* queue */
};

/* --- batches ---------------------------------------------------------------------------------- */

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

/* --- from the flow ---------------------------------------------------------------------------- */

static void queue_add(Delivery *delivery, weir_batch *batch) {
    ASSERT((delivery->last == NULL) == (delivery->count == 0));
    if (delivery->last == NULL)
        delivery->first = batch;
    else
        delivery->last->next = batch;
    delivery->last = batch;
    delivery->count++;
}

static weir_batch_info batch_info(const Delivery *delivery) {
    return (weir_batch_info){.epoch = delivery->db->flow->epoch + 1,
                             .watermark_us = delivery->query == NULL ? INT64_MIN : delivery->query->query.root->watermark,
                             .is_snapshot = !delivery->is_started};
}

/* A callback looks at the rows where they lie. */
static Status call_back(Delivery *delivery, const Batch *batch, ArrowExportOptions options, Error *err) {
    weir_batch borrowed = {.info = batch_info(delivery)};
    frame_reset(&delivery->frame);
    TRY(arrow_view_batch(&delivery->frame, batch, options, &borrowed.array, err));
    delivery->options.callback(delivery->options.user, &borrowed);
    return STATUS_OK;
}

static Status take_batch(void *context, const Batch *batch, Error *err) {
    Delivery *delivery = context;
    if (atomic_load(&delivery->is_freed) || delivery->is_failed) return STATUS_OK;
    ArrowExportOptions options = {.weights = delivery->has_weights};
    if (delivery->options.callback != NULL) return call_back(delivery, batch, options, err);
    weir_batch *made = handle_alloc(sizeof(*made));
    TRY_ALLOC(made);
    Status status = arrow_export_batch(delivery->db->pool, batch, options, &made->array, err);
    if (status != STATUS_OK) {
        handle_free(made, sizeof(*made));
        return status;
    }
    made->info = batch_info(delivery);
    queue_add(delivery, made);
    return STATUS_OK;
}

/* Batches of the epoch under way do not count; callbacks have seen theirs. */
static void forget(void *context) {
    Delivery *delivery = context;
    uint64_t epoch = delivery->db->flow->epoch + 1;
    weir_batch *last = NULL, *batch = delivery->first;
    for (; batch != NULL && batch->info.epoch < epoch; batch = batch->next) last = batch;
    if (last == NULL)
        delivery->first = NULL;
    else
        last->next = NULL;
    delivery->last = last;
    while (batch != NULL) {
        weir_batch *next_batch = batch->next;
        weir_batch_free(batch);
        delivery->count--;
        batch = next_batch;
    }
}

static Status end(void *context, Error *err) {
    ((Delivery *)context)->is_ended = true;
    return STATUS_OK;
}

FlowOutput delivery_output(Delivery *delivery, OnError on_error) {
    ASSERT(delivery->options.queue_batch_max > 0);
    return (FlowOutput){.context = delivery, .on_error = on_error, .batch = take_batch, .end = end, .forget = forget};
}

/* --- to the user ------------------------------------------------------------------------------ */

weir_batch *delivery_take(Delivery *delivery) {
    weir_batch *batch = delivery->first;
    if (batch == NULL) return NULL;
    ASSERT(delivery->count > 0);
    delivery->first = batch->next;
    if (delivery->first == NULL) delivery->last = NULL;
    delivery->count--;
    return batch;
}

/* Its reader will come: those who cannot be full are called back, or read no more. */
static bool is_full(const Delivery *delivery) {
    if (delivery->options.callback != NULL || delivery->count < delivery->options.queue_batch_max) return false;
    return !delivery->is_failed && !atomic_load(&delivery->is_cancelled) && !atomic_load(&delivery->is_freed);
}

Status delivery_check_room(const weir_db *db, Error *err) {
    for (const Delivery *delivery = db->deliveries; delivery != NULL; delivery = delivery->next)
        if (is_full(delivery))
            return error_set(err, STATUS_BUSY, "a subscription's queue of %zu batch%s is full", delivery->options.queue_batch_max,
                             delivery->options.queue_batch_max == 1 ? "" : "es");
    return STATUS_OK;
}

/* Would weir_sub_next give a batch, the end or an error without waiting? */
static bool has_news(const Delivery *delivery) {
    return delivery->first != NULL || delivery->is_ended || query_is_full(&delivery->query->query) ||
           atomic_load(&delivery->is_cancelled) || flow_query_has_halted(delivery->query) ||
           halt_find(delivery->db, delivery->plan) != NULL;
}

void delivery_set_events(const weir_db *db) {
    for (Delivery *delivery = db->deliveries; delivery != NULL; delivery = delivery->next) {
        if (!atomic_load(&delivery->has_event)) continue;
        io_event_set(&delivery->event, has_news(delivery));
        /* cancelled by another thread after the look */
        if (atomic_load(&delivery->is_cancelled)) io_event_set(&delivery->event, true);
    }
}

Status delivery_open_event(Delivery *delivery, int *out, Error *err) {
    if (!atomic_load(&delivery->has_event)) {
        TRY(io_event_open(delivery->db->io, STR("event"), &delivery->event, err));
        atomic_store(&delivery->has_event, 1);
        delivery->db->event_count++;
    }
    *out = delivery->event.handle;
    return STATUS_OK;
}

void delivery_free(Delivery *delivery) {
    atomic_store(&delivery->is_freed, 1);
}

void delivery_cancel(Delivery *delivery) {
    atomic_store(&delivery->is_cancelled, 1);
    if (atomic_load(&delivery->has_event)) io_event_set(&delivery->event, true);
}

/* --- life ------------------------------------------------------------------------------------- */

Status delivery_init(Delivery *delivery, weir_db *db, const weir_sub_options *options, bool has_weights, Error *err) {
    *delivery = (Delivery){.db = db, .options = *options, .has_weights = has_weights};
    if (options->queue_batch_max == 0) delivery->options.queue_batch_max = DELIVERY_QUEUE_BATCH_MAX;
    return frame_init(&delivery->frame, db->pool, err);
}

void delivery_enlist(Delivery *delivery, const Plan *plan) {
    ASSERT(delivery->query != NULL); /* looked at whenever the database is left */
    delivery->plan = plan;
    delivery->next = delivery->db->deliveries;
    delivery->db->deliveries = delivery;
}

void delivery_delist(Delivery *delivery) {
    Delivery **at = &delivery->db->deliveries;
    while (*at != NULL && *at != delivery) at = &(*at)->next;
    ASSERT(*at == delivery);
    *at = delivery->next;
}

void delivery_deinit(Delivery *delivery) {
    while (delivery->first != NULL) weir_batch_free(delivery_take(delivery));
    frame_deinit(&delivery->frame);
    if (!atomic_load(&delivery->has_event)) return;
    Error ignored;
    (void)io_close(&delivery->event, &ignored);
    delivery->db->event_count--;
}

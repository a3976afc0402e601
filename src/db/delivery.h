/* SPDX-License-Identifier: Apache-2.0
 * db/delivery.h - what comes between a maintained query and the user of a subscription: the queue, or the callback.
 *
 *     delivery_init(&delivery, db, options, has_weights);
 *     FlowOutput output = delivery_output(&delivery, on_error);      the query gives its rows here
 *     ... object_start_query ...
 *     delivery_enlist(&delivery, plan);                              from here on a full queue holds the whole database back
 *     batch = delivery_take(&delivery);                              weir_sub_next
 *     delivery_delist(&delivery);  delivery_deinit(&delivery);
 *
 * Batches that wait in a queue belong to it, those taken to the user, who may keep them longer than the database lives. Threads: inside
 * the database, but for delivery_free and delivery_cancel, which any thread may call. */
#ifndef WEIR_DB_DELIVERY_H
#define WEIR_DB_DELIVERY_H

#include "column/arrow.h"
#include "db/database.h"

struct Delivery {
    weir_db *db;
    const Plan *plan; /* borrowed from the statement */
    FlowQuery *query; /* NULL while the first epoch, the snapshot, is being made */
    weir_sub_options options;
    bool has_weights;
    bool is_started; /* the snapshot is over */
    bool is_ended;   /* nothing more will come */
    bool is_failed;  /* the failure has been told: nothing is delivered any more */
    Frame frame;     /* of what callbacks look at */
    weir_batch *first; /* queue, oldest first */
    weir_batch *last;
    size_t count;
    IoFile event; /* of weir_sub_fd: readable while there is something for weir_sub_next */
    _Atomic(int) has_event;
    _Atomic(int) is_cancelled;
    _Atomic(int) is_freed; /* by its user, maybe in a callback: nothing is delivered any more */
    Delivery *next;        /* of the database */
};

/* `options` are taken over; a queue_batch_max of 0 is made the default. OUT_OF_MEMORY; then there is nothing to deinit. */
NODISCARD Status delivery_init(Delivery *delivery, weir_db *db, const weir_sub_options *options, bool has_weights, Error *err);

/* The query has been stopped: what waits is dropped, the descriptor closed. */
void delivery_deinit(Delivery *delivery);

/* Where the query's rows go; the delivery may not move from here on. */
FlowOutput delivery_output(Delivery *delivery, OnError on_error);

/* Among the database's, whose queues hold it back and whose descriptors it sets. */
void delivery_enlist(Delivery *delivery, const Plan *plan);
void delivery_delist(Delivery *delivery);

/* The oldest batch that waits, now the caller's; NULL: none does. */
weir_batch *delivery_take(Delivery *delivery);

/* Nothing is delivered any more; weir_sub_next ends with INTERRUPTED after delivery_cancel. */
void delivery_free(Delivery *delivery);
void delivery_cancel(Delivery *delivery);

/* The descriptor of weir_sub_fd, made the first time it is asked for. */
NODISCARD Status delivery_open_event(Delivery *delivery, int *out, Error *err);

/* BUSY while a queue of the database is full: nothing may be pushed before it has been read from. */
NODISCARD Status delivery_check_room(const weir_db *db, Error *err);

/* Sets the descriptors of all: whoever leaves the database does. */
void delivery_set_events(const weir_db *db);

#endif

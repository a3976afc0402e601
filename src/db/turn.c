/* SPDX-License-Identifier: Apache-2.0
 * db/turn.c - ways in, on and out.
 *
 * What the one inside owes the others is done on the way out: warnings of what has halted, what was deferred, descriptors. */
#include "db/turn.h"

#include "db/delivery.h"
#include "db/failed_rows.h"
#include "db/halt.h"
#include "db/sources.h"

enum { ENTER_LOOK_COUNT = 1000 }; /* some microseconds */

#define SOURCE_WAIT_NS INT64_C(100000000) /* between two looks at the interrupt */

bool turn_enter(weir_db *db) {
    int expected = 0;
    if (!atomic_compare_exchange_strong(&db->is_inside, &expected, 1)) return false;
    atomic_store_explicit(&db->inside_thread, io_thread_number(), memory_order_relaxed);
    return true;
}

/* Most calls are over in microseconds: a look or two before the thread sleeps. There is no queue: who comes first after the other has left
 * gets in, and a thread that waits long is one that others push past. */
bool turn_enter_until(weir_db *db, int64_t deadline_ns) {
    for (uint32_t look = 0; !turn_enter(db); look++) {
        /* Only this thread can have written its own number. */
        if (atomic_load_explicit(&db->inside_thread, memory_order_relaxed) == io_thread_number()) return false;
        if (look < ENTER_LOOK_COUNT) continue;
        Error ignored;
        int wait_ms = io_wait_ms(db->io, deadline_ns);
        if (wait_ms == 0 || io_poll(db->io, NULL, 0, 1, &ignored) != STATUS_OK) return turn_enter(db);
    }
    return true;
}

static void run_deferred(weir_db *db) {
    Deferred *deferred = atomic_exchange(&db->deferred, NULL);
    /* Taken all at once: what is deferred from now on is for turn_leave's next round. */
    while (deferred != NULL) {
        Deferred *next = deferred->next;
        deferred->run(deferred);
        deferred = next;
    }
}

void turn_leave(weir_db *db) {
    ASSERT(atomic_load(&db->is_inside) == 1);
    do {
        halt_tell(db); /* may call the user's notice: while still inside, so that a call from there is refused */
        run_deferred(db);
        if (db->event_count > 0) delivery_set_events(db);
        db->flow->interrupt = NULL;
        atomic_store_explicit(&db->inside_thread, 0, memory_order_relaxed);
        atomic_store(&db->is_inside, 0);
        /* What was deferred since it ran counts on whoever was inside. The caller's handle still keeps the database. */
    } while (atomic_load(&db->deferred) != NULL && turn_enter(db));
}

void turn_defer(weir_db *db, Deferred *deferred) {
    ASSERT(deferred->run != NULL);
    /* On the stack first: whoever is inside runs it when leaving, else this thread does. */
    deferred->next = atomic_load(&db->deferred);
    while (!atomic_compare_exchange_weak(&db->deferred, &deferred->next, deferred)) continue;
    if (turn_enter(db)) turn_leave(db);
}

Status turn_step(weir_db *db, int64_t timeout_ns, FlowProgress *progress, Error *err) {
    ASSERT(atomic_load(&db->is_inside) == 1);
    *progress = (FlowProgress){0};
    TRY(delivery_check_room(db, err));
    failed_rows_tell(db);
    return flow_step(db->flow, timeout_ns, progress, err);
}

Status turn_wait_for_sources(weir_db *db, const Plan *plan, Error *err) {
    sources_want(db, plan);
    if (plan != NULL) sources_seek_present(db, plan);
    while (sources_are_waited_for(db, plan)) {
        FlowProgress progress;
        TRY(flow_check_interrupt(db->flow, err));
        TRY(turn_step(db, SOURCE_WAIT_NS, &progress, err));
    }
    return plan == NULL ? halt_check_told(db, err) : halt_check(db, plan, true, err);
}

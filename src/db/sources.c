/* SPDX-License-Identifier: Apache-2.0
 * db/sources.c - from a plan down to sources, by way of the plans of views, streams and late tables. */
#include "db/sources.h"

static void mark_relations(const Plan *plan) {
    for (uint32_t i = 0; i < plan->relation_count; i++)
        if (plan->relations[i]->kind != RELATION_SYSTEM) object_of(plan->relations[i])->is_below = true;
}

/* What its rows are made by: of a late table, the plan whose late rows it takes. NULL: rows come from outside. */
static const Plan *plan_behind(const weir_db *db, const Object *object) {
    if (object->plan != NULL || object->relation.kind != RELATION_LATE) return object->plan;
    for (size_t i = 0; i < db->objects.count; i++)
        if (db->objects.items[i]->late == object) return db->objects.items[i]->plan;
    return NULL;
}

/* Plans read what was made before them, so one pass from the newest object to the oldest comes by each once, however many ways lead
 * there. */
static void mark_below(const weir_db *db, const Plan *plan) {
    for (size_t i = 0; i < db->objects.count; i++) db->objects.items[i]->is_below = plan == NULL;
    if (plan == NULL) return;
    mark_relations(plan);
    for (size_t i = db->objects.count; i > 0; i--) {
        const Object *object = db->objects.items[i - 1];
        const Plan *behind = object->is_below ? plan_behind(db, object) : NULL;
        if (behind != NULL) mark_relations(behind);
    }
}

bool sources_is_below(const weir_db *db, const Plan *plan, const Object *object) {
    mark_below(db, plan);
    return object->is_below;
}

static bool reads_dead_letters(const Plan *plan) {
    for (uint32_t i = 0; plan != NULL && i < plan->relation_count; i++)
        if (plan->relations[i]->kind == RELATION_SYSTEM && plan->relations[i]->schema.size > 0) return true;
    return false;
}

/* Sources that are marked. */
static bool is_source_wanted(const Plan *plan, const Object *object) {
    if (object->relation.kind != RELATION_SOURCE || object->flow == NULL || object->flow->reader == NULL)
        return false;
    bool is_kept = object->flow->feed != NULL && plan != NULL; /* a SELECT reads what the source stores */
    if (object->flow->input->scans.count == 0 && !is_kept) return false;
    return reads_dead_letters(plan) || object->is_below;
}

void sources_want(weir_db *db, const Plan *plan) {
    mark_below(db, plan);
    for (size_t i = 0; i < db->objects.count; i++)
        if (is_source_wanted(plan, db->objects.items[i])) flow_want(db->objects.items[i]->flow);
}

void sources_seek_present(const weir_db *db, const Plan *plan) {
    ASSERT(plan != NULL);
    mark_below(db, plan);
    for (size_t i = 0; i < db->objects.count; i++)
        if (is_source_wanted(plan, db->objects.items[i])) reader_seek_present(db->objects.items[i]->flow->reader);
}

/* It has not ended; one without an end: what was there has not been read yet. */
static bool is_source_behind(const Plan *plan, const Object *object) {
    const Reader *reader = object->flow->reader;
    return object->relation.bounded ? !reader->is_ended : plan != NULL && reader->seeks_present;
}

bool sources_are_waited_for(const weir_db *db, const Plan *plan) {
    mark_below(db, plan);
    for (size_t i = 0; i < db->objects.count; i++) {
        const Object *object = db->objects.items[i];
        if (is_source_wanted(plan, object) && is_source_behind(plan, object) && !flow_relation_has_halted(object->flow)) return true;
    }
    return false;
}

bool sources_feed(const weir_db *db, const Plan *plan) {
    mark_below(db, plan);
    for (size_t i = 0; i < db->objects.count; i++) {
        const Object *object = db->objects.items[i];
        if (is_source_wanted(plan, object) && !object->flow->reader->is_ended) return true;
    }
    return false;
}

bool source_is_endless(const Object *object) {
    bool has_reader = object->relation.kind == RELATION_SOURCE && object->flow != NULL && object->flow->reader != NULL;
    return has_reader && !object->relation.bounded;
}

bool sources_are_endless(const weir_db *db, const Plan *plan) {
    mark_below(db, plan);
    for (size_t i = 0; i < db->objects.count; i++)
        if (db->objects.items[i]->is_below && source_is_endless(db->objects.items[i])) return true;
    return false;
}

bool sources_wait_for_pushes(const weir_db *db, const Plan *plan) {
    bool waits = false;
    if (sources_are_endless(db, plan)) return false;
    for (size_t i = 0; i < db->objects.count; i++)
        waits |= db->objects.items[i]->is_below && db->objects.items[i]->relation.kind == RELATION_SOURCE && db->objects.items[i]->relation.pushed;
    return waits;
}

bool sources_have_ended(const weir_db *db, const Plan *plan) {
    mark_below(db, plan);
    for (size_t i = 0; i < db->objects.count; i++) {
        const Object *object = db->objects.items[i];
        if (object->relation.kind != RELATION_SOURCE || object->flow == NULL || !object->is_below) continue;
        if (object->flow->reader == NULL || !object->flow->reader->is_ended) return false;
    }
    return true;
}

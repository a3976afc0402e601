/* SPDX-License-Identifier: Apache-2.0
 * db/sources.c - from a plan down to sources, by way of the plans of views, streams and late tables. */
#include "db/sources.h"

#include "db/halt.h"

enum { SOURCES_DEPTH_MAX = 64 }; /* views over views looked through */

static bool is_under(const Plan *plan, const Object *object) {
    if (plan == NULL) return true;
    for (uint32_t i = 0; i < plan->relation_count; i++)
        if (plan->relations[i] == &object->relation) return true;
    return false;
}

/* Sources below the views and tables that a plan reads are listed in those objects' plans. */
bool sources_is_below(const weir_db *db, const Plan *plan, const Object *source, uint32_t depth) {
    if (is_under(plan, source)) return true;
    for (size_t i = 0; plan != NULL && depth < SOURCES_DEPTH_MAX && i < db->objects.count; i++) {
        const Object *object = db->objects.items[i];
        const Plan *through = object->plan;
        for (size_t k = 0; through == NULL && object->relation.kind == RELATION_LATE && k < db->objects.count;
             k++)
            if (db->objects.items[k]->late == object) through = db->objects.items[k]->plan;
        if (through != NULL && is_under(plan, object) && sources_is_below(db, through, source, depth + 1))
            return true;
    }
    return false;
}

static bool reads_dead_letters(const Plan *plan) {
    for (uint32_t i = 0; plan != NULL && i < plan->relation_count; i++)
        if (plan->relations[i]->kind == RELATION_SYSTEM && plan->relations[i]->schema.size > 0) return true;
    return false;
}

static bool is_source_wanted(const weir_db *db, const Plan *plan, const Object *object) {
    if (object->relation.kind != RELATION_SOURCE || object->flow == NULL || object->flow->reader == NULL)
        return false;
    bool is_kept = object->flow->feed != NULL && plan != NULL; /* a SELECT reads what the source stores */
    if (object->flow->input->scans.count == 0 && !is_kept) return false;
    return reads_dead_letters(plan) || sources_is_below(db, plan, object, 0);
}

void sources_want(weir_db *db, const Plan *plan) {
    for (size_t i = 0; i < db->objects.count; i++)
        if (is_source_wanted(db, plan, db->objects.items[i])) flow_want(db->objects.items[i]->flow);
}

bool sources_are_waited_for(const weir_db *db, const Plan *plan) {
    for (size_t i = 0; i < db->objects.count; i++) {
        const Object *object = db->objects.items[i];
        if (is_source_wanted(db, plan, object) && object->relation.bounded && !object->flow->reader->is_ended &&
            !flow_relation_has_halted(object->flow))
            return true;
    }
    return false;
}

bool sources_feed(const weir_db *db, const Plan *plan) {
    if (halt_find(db, plan) != NULL) return false;
    for (size_t i = 0; i < db->objects.count; i++) {
        const Object *object = db->objects.items[i];
        if (is_source_wanted(db, plan, object) && !object->flow->reader->is_ended) return true;
    }
    return false;
}

bool sources_have_ended(const weir_db *db, const Plan *plan) {
    for (size_t i = 0; i < db->objects.count; i++) {
        const Object *object = db->objects.items[i];
        if (object->relation.kind != RELATION_SOURCE || object->flow == NULL ||
            !sources_is_below(db, plan, object, 0))
            continue;
        if (object->flow->reader == NULL || !object->flow->reader->is_ended) return false;
    }
    return true;
}

/* SPDX-License-Identifier: Apache-2.0
 * db/halt.c - who has halted, and who knows. */
#include "db/halt.h"

#include "db/sources.h"

const Error *halt_failure(const Object *object) {
    if (object->failure.status != STATUS_OK) return &object->failure;
    if (object->query != NULL && flow_query_has_halted(object->query)) return &object->query->halt.failure;
    bool is_source = object->relation.kind == RELATION_SOURCE && object->flow != NULL;
    return is_source && flow_relation_has_halted(object->flow) ? &object->flow->failure : NULL;
}

static Status tell(Object *object, Error *err) {
    object->halt_news = HALT_TOLD;
    *err = *halt_failure(object);
    return err->status;
}

Status halt_check_object(Object *object, Error *err) {
    return halt_failure(object) == NULL ? STATUS_OK : tell(object, err);
}

Object *halt_find(const weir_db *db, const Plan *plan) {
    for (size_t i = 0; i < db->objects.count && db->flow->halt_count > 0; i++) {
        Object *object = db->objects.items[i];
        if (halt_failure(object) != NULL && sources_is_below(db, plan, object)) return object;
    }
    return NULL;
}

Status halt_check(weir_db *db, const Plan *plan, bool hint, Error *err) {
    Object *object = halt_find(db, plan);
    if (object == NULL) return STATUS_OK;
    Status status = tell(object, err);
    return hint ? error_add_hint(err, "on_error = 'stop' has halted it: DROP and CREATE it again, or with on_error = 'skip' or 'dead_letter'.")
                : status;
}

Status halt_check_told(weir_db *db, Error *err) {
    for (size_t i = 0; i < db->objects.count && db->flow->halt_count > 0; i++) {
        Object *object = db->objects.items[i];
        if (object->halt_news == HALT_UNTOLD && halt_failure(object) != NULL) return tell(object, err);
    }
    return STATUS_OK;
}

/* Somebody is reading it, or what is made of it, and will be told. */
static bool is_being_read(const weir_db *db, const Object *object) {
    if (object->pin_count > 0) return true;
    for (size_t i = 0; i < db->objects.count; i++) {
        const Object *other = db->objects.items[i];
        if (other->pin_count > 0 && other->plan != NULL && sources_is_below(db, other->plan, object)) return true;
    }
    return false;
}

void halt_tell(weir_db *db) {
    for (size_t i = 0; i < db->objects.count && db->flow->halt_count > 0; i++) {
        Object *object = db->objects.items[i];
        const Error *failure = object->halt_news == HALT_TOLD ? NULL : halt_failure(object);
        if (failure == NULL) continue;
        object->halt_news = is_being_read(db, object) ? HALT_LEFT : HALT_TOLD;
        if (object->halt_news == HALT_LEFT) continue;
        database_notice(db, WEIR_WARNING, str_from_c(failure->message), STR(""), -1);
    }
}

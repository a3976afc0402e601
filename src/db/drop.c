/* SPDX-License-Identifier: Apache-2.0
 * db/drop.c - all that is named goes, and what depends on it, or nothing does. */
#include "db/drop.h"

#include "db/object.h"

enum { CASCADE_TOLD_MAX = 100 }; /* objects that a notice names, as PostgreSQL's does */

static Status reads(weir_db *db, const Object *object, const Relation *relation, bool *out, Error *err) {
    *out = object_reads(object->plan, relation);
    if (object->relation.kind != RELATION_VIEW) return STATUS_OK;
    Arena arena;
    const Plan *plan = NULL;
    arena_init(&arena, &db->memory);
    Status status = object_bind_view(db, object, &arena, &plan, err);
    *out |= status == STATUS_OK && object_reads(plan, relation);
    arena_deinit(&arena);
    return status;
}

/* What one DROP takes away: dependents stand before what they depend on. */
typedef struct Doomed {
    VECTOR(Object *) named; /* by the statement */
    VECTOR(Object *) seen;
    VECTOR(Object *) order;
    bool cascade;
} Doomed;

static void doomed_deinit(Doomed *doomed, Memory *memory) {
    vector_deinit(&doomed->named, memory);
    vector_deinit(&doomed->seen, memory);
    vector_deinit(&doomed->order, memory);
}

static bool is_in(Object *const *items, size_t count, const Object *object) {
    for (size_t i = 0; i < count; i++)
        if (items[i] == object) return true;
    return false;
}

static Status depends_on_it(const Object *object, const Object *dependent, const AstName *name, Error *err) {
    (void)error_set_at(err, STATUS_DEPENDENT_OBJECTS, name->span.start,
                       "cannot drop %s %.*s because other objects depend on it",
                       object_kind_name(object->relation.kind), STR_ARGS(object->relation.name));
    (void)error_add_detail(err, "%s %.*s depends on it", object_kind_name(dependent->relation.kind),
                           STR_ARGS(dependent->relation.name));
    return error_add_hint(err, "Use DROP ... CASCADE to drop the dependent objects too.");
}

static Status collect(weir_db *db, Doomed *doomed, Object *object, const AstName *name, Error *err);

/* Those that read the object, or whose late rows go to it; `owner`: a late table that goes with its query
 * does not keep it. */
static Status collect_dependents(weir_db *db, Doomed *doomed, const Object *object, const Object *owner,
                                 const AstName *name, Error *err) {
    for (size_t i = db->objects.count; i > 0; i--) {
        Object *other = db->objects.items[i - 1];
        bool dependent = other->late == object;
        if (other == object || other == owner) continue;
        if (!dependent) TRY(reads(db, other, &object->relation, &dependent, err));
        if (!dependent) continue;
        if (!doomed->cascade && !is_in(doomed->named.items, doomed->named.count, other))
            return depends_on_it(object, other, name, err);
        TRY(collect(db, doomed, other, name, err));
    }
    return STATUS_OK;
}

/* Depth is bounded by the number of objects, each of which is seen once. */
static Status collect(weir_db *db, Doomed *doomed, Object *object, const AstName *name, Error *err) {
    if (is_in(doomed->seen.items, doomed->seen.count, object)) return STATUS_OK;
    bool room = vector_push(&doomed->seen, &db->memory, object) &&
                vector_reserve(&doomed->order, &db->memory, db->objects.count);
    if (!room) return error_out_of_memory(err);
    if (object->pin_count > 0)
        return error_set_at(err, STATUS_BUSY, name->span.start,
                            "\"%.*s\" is being read by a subscription or a running query",
                            STR_ARGS(object->relation.name));
    TRY(collect_dependents(db, doomed, object, NULL, name, err));
    Object *late = object->late;
    if (late != NULL && !is_in(doomed->seen.items, doomed->seen.count, late)) {
        if (late->pin_count > 0)
            return error_set_at(err, STATUS_BUSY, name->span.start,
                                "\"%.*s\" is being read by a subscription or a running query",
                                STR_ARGS(late->relation.name));
        TRY(collect_dependents(db, doomed, late, object, name, err));
        if (!vector_push(&doomed->seen, &db->memory, late)) return error_out_of_memory(err);
        doomed->order.items[doomed->order.count++] = late;
    }
    doomed->order.items[doomed->order.count++] = object;
    return STATUS_OK;
}

static bool is_in_public(const AstQualifiedName *name) {
    return name->count == 1 || (name->count == 2 && str_equal(name->items[0].str, STR("public")));
}

/* [weir_catalog.]dead_letters and its like. */
static bool is_system_table(const weir_db *db, const AstQualifiedName *qualified) {
    Str name = ast_name_last(qualified)->str;
    for (size_t i = 0; i < db->catalog.relations.count; i++) {
        const Relation *relation = db->catalog.relations.items[i];
        if (relation->kind != RELATION_SYSTEM || !str_equal(relation->name, name)) continue;
        return qualified->count == 1 || str_equal(qualified->items[0].str, relation->schema);
    }
    return false;
}

/* The object a name of DROP means; *out NULL: none, and IF EXISTS. */
static Status find_named(weir_db *db, const AstDrop *drop, const AstQualifiedName *qualified, Object **out,
                         Error *err) {
    const AstName *name = ast_name_last(qualified);
    Object *object = *out = is_in_public(qualified) ? object_find(db, name->str) : NULL;
    RelationKind kind = object_kind_of(drop->relation);
    if (object == NULL && is_system_table(db, qualified))
        return error_set_at(err, STATUS_WRONG_OBJECT_TYPE, name->span.start,
                            "\"%.*s\" is a system table: it cannot be dropped", STR_ARGS(name->str));
    if (object == NULL && drop->if_exists) {
        char message[256];
        size_t size = text_format(message, sizeof(message), "%s \"%.*s\" does not exist, skipping",
                                  object_kind_name(kind), STR_ARGS(name->str));
        database_notice(db, WEIR_NOTICE, str_from(message, size), STR(""), -1);
        return STATUS_OK;
    }
    if (object == NULL) return object_missing(db, object_kind_name(kind), qualified, err);
    return object_check_kind(&object->relation, drop->relation, name, err);
}

static Status collect_all(weir_db *db, const AstDrop *drop, Doomed *doomed, Error *err) {
    for (uint32_t i = 0; i < drop->names.count; i++) {
        Object *object = NULL;
        TRY(find_named(db, drop, &drop->names.items[i], &object, err));
        if (object != NULL && !vector_push(&doomed->named, &db->memory, object))
            return error_out_of_memory(err);
    }
    for (uint32_t i = 0; i < drop->names.count; i++) {
        const AstName *name = ast_name_last(&drop->names.items[i]);
        Object *object = is_in_public(&drop->names.items[i]) ? object_find(db, name->str) : NULL;
        if (object != NULL) TRY(collect(db, doomed, object, name, err));
    }
    return STATUS_OK;
}

static bool is_named(const Doomed *doomed, const Object *object) {
    return is_in(doomed->named.items, doomed->named.count, object);
}

/* What goes beside what was named, as PostgreSQL says it. */
static void notice_cascade(weir_db *db, const Doomed *doomed) {
    Text text;
    size_t count = 0, told = 0;
    for (size_t i = 0; i < doomed->order.count; i++) count += !is_named(doomed, doomed->order.items[i]);
    if (count == 0 || !doomed->cascade) return;
    text_init(&text, &db->memory);
    text_append_c(&text, "drop cascades to ");
    if (count > 1) text_append_format(&text, "%zu other objects: ", count);
    for (size_t i = doomed->order.count; i > 0 && told < CASCADE_TOLD_MAX; i--) {
        const Relation *relation = &doomed->order.items[i - 1]->relation;
        if (is_named(doomed, doomed->order.items[i - 1])) continue;
        text_append_format(&text, "%s%s %.*s", told == 0 ? "" : ", ", object_kind_name(relation->kind), STR_ARGS(relation->name));
        told++;
    }
    if (told < count) text_append_format(&text, " and %zu more", count - told);
    if (!text.failed) database_notice(db, WEIR_NOTICE, text_str(&text), STR(""), -1);
    text_deinit(&text);
}

/* All that is named goes, or nothing does. */
Status drop_run(weir_db *db, const AstDrop *drop, Error *err) {
    Doomed doomed = {.cascade = drop->cascade};
    Status status = collect_all(db, drop, &doomed, err);
    if (status == STATUS_OK) notice_cascade(db, &doomed);
    for (size_t i = 0; i < doomed.order.count && status == STATUS_OK; i++)
        object_destroy(db, doomed.order.items[i]);
    doomed_deinit(&doomed, &db->memory);
    return status;
}

/* SPDX-License-Identifier: Apache-2.0
 * plan/bind.c - places in the text, notices, and what is put off: shared by the files of the binder. */
#include "plan/bind_priv.h"

void bind_init(Bind *bind, Binder *binder) {
    ASSERT(binder->arena != NULL);
    ASSERT(binder->catalog != NULL);
    ASSERT(binder->pool != NULL);
    *bind =
        (Bind){.binder = binder, .arena = binder->arena, .catalog = binder->catalog, .text = binder->text, .zone = binder->zone, .literal_zone = binder->zone};
}

void bind_deinit(Bind *bind) {
    if (bind->has_frame) frame_deinit(&bind->frame);
    bind->has_frame = false;
}

Status bind_frame(Bind *bind, Frame **out, Error *err) {
    if (!bind->has_frame) TRY(frame_init(&bind->frame, bind->binder->pool, err));
    bind->has_frame = true;
    *out = &bind->frame;
    return STATUS_OK;
}

SqlSpan bind_span(const Bind *bind, AstSpan span) {
    if (bind->inlined == NULL) return (SqlSpan){(int32_t)span.start, (int32_t)span.end, NULL};
    SqlSpan outer = bind->inlined_span;
    bool is_made = bind->text.size < span.end; /* a tree that define.c has made has no text */
    SqlOrigin *origin = is_made ? NULL : ARENA_NEW(bind->arena, SqlOrigin);
    if (origin == NULL) return outer; /* also when memory is refused: it only says more */
    *origin = (SqlOrigin){.kind = bind->inlined->kind == RELATION_STREAM ? "stream" : "view",
                          .name = bind->inlined->name,
                          .text = bind->text,
                          .start = (int32_t)span.start,
                          .end = (int32_t)span.end};
    return (SqlSpan){outer.start, outer.end, origin};
}

int64_t bind_position(const Bind *bind, uint32_t position) {
    return bind->inlined != NULL ? bind->inlined_span.start : (int64_t)position;
}

Str bind_fragment(const Bind *bind, AstSpan span) {
    if (span.end > bind->text.size || span.start >= span.end) return (Str){0}; /* a tree that define.c has made has no text */
    return (Str){bind->text.data + span.start, span.end - span.start};
}

void bind_defer(Bind *bind, uint32_t position, const char *what) {
    if (bind->has_deferred) return;
    bind->has_deferred = true;
    (void)error_set_at(&bind->deferred, STATUS_NOT_SUPPORTED, bind_position(bind, position),
                       "%s not supported yet", what);
}

Status bind_notice(Bind *bind, uint32_t position, Str message, Str hint, Error *err) {
    ASSERT(bind->notices.count <= PLAN_NOTICE_COUNT_MAX);
    if (bind->notices.count == PLAN_NOTICE_COUNT_MAX) return STATUS_OK;
    /* Once is enough: a view used twice gives the same advice twice. */
    for (size_t i = 0; i < bind->notices.count; i++)
        if (str_equal(bind->notices.items[i].message, message)) return STATUS_OK;
    PlanNotice notice = {message, hint, (int32_t)position};
    if (!arena_vector_push(&bind->notices, bind->arena, notice)) return error_out_of_memory(err);
    return STATUS_OK;
}

Status bind_use_relation(Bind *bind, const Relation *relation, Error *err) {
    for (size_t i = 0; i < bind->relations.count; i++)
        if (bind->relations.items[i] == relation) return STATUS_OK;
    if (!arena_vector_push(&bind->relations, bind->arena, relation)) return error_out_of_memory(err);
    return STATUS_OK;
}

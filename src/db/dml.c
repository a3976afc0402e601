/* SPDX-License-Identifier: Apache-2.0
 * db/dml.c - rows are computed first, then applied, then seen. */
#include "db/dml.h"

#include "base/utf8.h"
#include "db/result.h"
#include "db/halt.h"

Status dml_target(weir_db *db, const AstQualifiedName *name, bool only_tables, Object **out, Error *err) {
    const AstName *last = &name->items[name->count - 1];
    Str schema = name->count > 1 ? name->items[name->count - 2].str : (Str){0};
    const Relation *relation = name->count > 2 ? NULL : catalog_find(&db->catalog, schema, last->str);
    if (relation == NULL) return object_missing(db, "relation", name, err);
    bool takes_rows = relation->kind == RELATION_TABLE ||
                      (!only_tables && relation->kind == RELATION_SOURCE && relation->pushed);
    if (!takes_rows) {
        (void)error_set_at(err, STATUS_WRONG_OBJECT_TYPE, last->span.start,
                           "cannot change rows of %s \"%.*s\"", object_kind_name(relation->kind),
                           STR_ARGS(last->str));
        return error_add_hint(err, only_tables
                                       ? "Only a table's rows can be taken away."
                                       : "Only a table, or a source without a connector, takes rows.");
    }
    if (only_tables && relation->append_only) {
        (void)error_set_at(err, STATUS_WRONG_OBJECT_TYPE, last->span.start, "cannot take away or change rows of append-only table \"%.*s\"",
                           STR_ARGS(last->str));
        return error_add_hint(err, "Its rows come by INSERT and stay; a table without APPEND ONLY may be changed.");
    }
    *out = object_of(relation);
    return STATUS_OK;
}

void dml_rollback(Object *object) {
    if (object->flow->feed != NULL) feed_forget(object->flow->feed);
}

static Status null_value(const Relation *relation, const PlanColumn *column, Error *err) {
    return error_set(err, STATUS_NOT_NULL_VIOLATION,
                     "null value in column \"%.*s\" of relation \"%.*s\" violates not-null constraint",
                     STR_ARGS(column->name), STR_ARGS(relation->name));
}

static bool fits_length(const Array *texts, int32_t length_max) {
    for (uint32_t row = 0; row < texts->length; row++) {
        if (array_is_null(texts, row)) continue;
        Str text = array_text(texts, row);
        if (text.size > (size_t)length_max && utf8_length(text) > (size_t)length_max) return false;
    }
    return true;
}

Status dml_check_columns(const Relation *relation, const Batch *batch, Error *err) {
    for (uint32_t i = 0; i < relation->column_count; i++) {
        const PlanColumn *column = &relation->columns[i];
        if (column->not_null && array_null_count(&batch->columns[i]) > 0) return null_value(relation, column, err);
        bool has_length = column->type.id == TYPE_VARCHAR && column->type.length > 0;
        if (has_length && !fits_length(&batch->columns[i], column->type.length))
            return error_set(err, STATUS_STRING_TRUNCATION, "value too long for type character varying(%d)",
                             column->type.length);
    }
    return STATUS_OK;
}

static Status duplicate_key(const Relation *relation, const Batch *batch, uint32_t row, Memory *memory,
                            Error *err) {
    Text names, values;
    text_init(&names, memory);
    text_init(&values, memory);
    for (uint32_t i = 0; i < relation->key_count; i++) {
        const char *separator = i == 0 ? "" : ", ";
        text_append_format(&names, "%s%.*s", separator, STR_ARGS(relation->columns[relation->key[i]].name));
        text_append_c(&values, separator);
        array_value_text(&batch->columns[relation->key[i]], row, &values);
    }
    (void)error_set(err, STATUS_UNIQUE_VIOLATION, "duplicate key value violates unique constraint \"%.*s%s\"",
                    STR_ARGS(relation->key_name.size > 0 ? relation->key_name : relation->name),
                    relation->key_name.size > 0 ? "" : "_pkey");
    (void)error_add_detail(err, "Key (%.*s)=(%.*s) already exists.", STR_ARGS(text_str(&names)),
                           STR_ARGS(text_str(&values)));
    text_deinit(&names);
    text_deinit(&values);
    return err->status;
}

Status dml_check_keys(weir_db *db, Object *object, Error *err) {
    Rows *rows = object->flow->feed == NULL ? NULL : &object->flow->feed->rows;
    if (rows == NULL || !rows->is_keyed) return STATUS_OK;
    Frame *frame = &object->flow->feed->frame;
    Batch row;
    frame_reset(frame);
    TRY(rows_find_excess(rows, frame, &row, err));
    return row.row_count == 0 ? STATUS_OK : duplicate_key(&object->relation, &row, 0, &db->memory, err);
}

Status dml_check_running(Object *object, Error *err) {
    const Error *failure = halt_failure(object);
    if (failure == NULL) return STATUS_OK;
    object->halt_news = HALT_TOLD;
    *err = *failure;
    return err->status;
}

Status dml_insert_batch(weir_db *db, Object *object, const Batch *batch, uint32_t partition, Error *err) {
    if (object->relation.kind == RELATION_SOURCE)
        return flow_push(db->flow, object->flow, batch, partition, NULL, err);
    Feed *feed = object->flow->feed;
    if (feed->rows.is_keyed) {
        int64_t row;
        feed_announce(feed);
        frame_reset(&feed->frame);
        TRY(rows_find_conflict(&feed->rows, &feed->frame, batch, &row, err));
        if (row >= 0) return duplicate_key(&object->relation, batch, (uint32_t)row, &db->memory, err);
    }
    return object->relation.append_only ? feed_append(feed, batch, partition, err) : feed_apply(feed, batch, NULL, err);
}

/* All rows of a plan, kept: nothing is changed before they are all there. */
typedef struct Rowset {
    VECTOR(Batch) batches;
} Rowset;

static void rowset_drop(weir_db *db, Rowset *set) {
    for (size_t i = 0; i < set->batches.count; i++) batch_unkeep(&set->batches.items[i], &db->memory);
    vector_deinit(&set->batches, &db->memory);
}

static Status rowset_fill(weir_db *db, Result *result, Rowset *set, Error *err) {
    for (;;) {
        Batch batch;
        bool ended;
        TRY(result_next(result, &batch, &ended, err));
        if (ended) return STATUS_OK;
        if (batch.row_count == 0) {
            TRY(result_wait(result, INT64_C(100000000), err));
            continue;
        }
        if (!vector_reserve(&set->batches, &db->memory, 1)) return error_out_of_memory(err);
        TRY(batch_keep(&batch, &db->memory, &set->batches.items[set->batches.count], err));
        set->batches.count++;
    }
}

static Status rowset_read(weir_db *db, const Plan *plan, Rowset *set, Error *err) {
    Result result;
    *set = (Rowset){0};
    TRY(result_open_snapshot(db, plan, &result, err));
    Status status = rowset_fill(db, &result, set, err);
    result_close(&result);
    if (status != STATUS_OK) rowset_drop(db, set);
    return status;
}

/* Ends the statement: what it did becomes an epoch, or is undone. */
static Status finish(weir_db *db, Object *object, Rowset *set, Status status, Error *err) {
    rowset_drop(db, set);
    if (status == STATUS_OK) return flow_epoch_end(db->flow, err);
    dml_rollback(object);
    return status;
}

Status dml_insert(weir_db *db, Object *object, const Plan *plan, int64_t position, Error *err) {
    Rowset set;
    TRY(dml_check_running(object, err));
    TRY(rowset_read(db, plan, &set, err));
    Status status = STATUS_OK;
    frame_reset(&db->flow->frame);
    for (size_t i = 0; i < set.batches.count && status == STATUS_OK; i++)
        status = dml_check_columns(&object->relation, &set.batches.items[i], err);
    for (size_t i = 0; i < set.batches.count && status == STATUS_OK; i++)
        status = dml_insert_batch(db, object, &set.batches.items[i], 0, err);
    status = finish(db, object, &set, status, err);
    if (status == STATUS_OK) status = dml_check_running(object, err); /* one of the rows has halted it */
    return status == STATUS_OK ? status : error_locate(err, position);
}

/* Takes the batch's rows away; `frame` is for their weights. */
static Status withdraw(Feed *feed, Frame *frame, Batch batch, Error *err) {
    int64_t *weights = frame_alloc(frame, batch.row_count * sizeof(int64_t), NULL);
    TRY_ALLOC(weights);
    for (uint32_t row = 0; row < batch.row_count; row++) weights[row] = -1;
    batch.meta[META_WEIGHT] = weights;
    batch.meta_owner[META_WEIGHT] = NULL;
    return feed_apply(feed, &batch, NULL, err);
}

Status dml_delete(weir_db *db, Object *object, const Plan *plan, Error *err) {
    Rowset set;
    TRY(rowset_read(db, plan, &set, err));
    Status status = STATUS_OK;
    for (size_t i = 0; i < set.batches.count && status == STATUS_OK; i++) {
        frame_reset(&db->flow->frame);
        status = withdraw(object->flow->feed, &db->flow->frame, set.batches.items[i], err);
    }
    return finish(db, object, &set, status, err);
}

/* Half of the columns: the rows as they were, or as they are to be. */
static Batch half_of(const Batch *batch, uint32_t first, uint32_t count) {
    Batch half = *batch;
    half.columns = batch->columns + first;
    half.column_count = count;
    return half;
}

/* All old rows go before the first new one comes, so that keys may change places. */
Status dml_update(weir_db *db, Object *object, const Plan *plan, int64_t position, Error *err) {
    Rowset set;
    TRY(rowset_read(db, plan, &set, err));
    uint32_t count = object->relation.column_count;
    Status status = STATUS_OK;
    for (size_t i = 0; i < set.batches.count && status == STATUS_OK; i++) {
        Batch now = half_of(&set.batches.items[i], count, count);
        status = dml_check_columns(&object->relation, &now, err);
    }
    for (size_t i = 0; i < set.batches.count && status == STATUS_OK; i++) {
        frame_reset(&db->flow->frame);
        status =
            withdraw(object->flow->feed, &db->flow->frame, half_of(&set.batches.items[i], 0, count), err);
    }
    for (size_t i = 0; i < set.batches.count && status == STATUS_OK; i++) {
        Batch now = half_of(&set.batches.items[i], count, count);
        status = feed_apply(object->flow->feed, &now, NULL, err);
    }
    if (status == STATUS_OK) status = dml_check_keys(db, object, err);
    status = finish(db, object, &set, status, err);
    return status == STATUS_OK ? status : error_locate(err, position);
}

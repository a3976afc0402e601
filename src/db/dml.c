/* SPDX-License-Identifier: Apache-2.0
 * db/dml.c - rows are computed first, then applied, then seen. */
#include "db/dml.h"

#include "base/utf8.h"
#include "db/result.h"
#include "db/halt.h"

enum { SHOWN_VALUE_SIZE_MAX = 64 }; /* of a row that is named in an error */

Status dml_target(weir_db *db, const AstQualifiedName *name, bool only_tables, Object **out, Error *err) {
    const AstName *last = ast_name_last(name);
    Str schema = ast_name_qualifier(name);
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

/* "Failing row contains (1, null, ..)." */
static void add_failing_row(Memory *memory, const Batch *batch, uint32_t column_count, uint32_t row, const Zone *zone, Error *err) {
    Text text;
    text_init(&text, memory);
    for (uint32_t i = 0; i < column_count; i++) {
        text_append_c(&text, i == 0 ? "" : ", ");
        size_t start = text.size;
        if (array_is_null(&batch->columns[i], row))
            text_append_c(&text, "null");
        else
            array_value_text_in_zone(&batch->columns[i], row, zone, &text);
        if (text.failed || text.size - start <= SHOWN_VALUE_SIZE_MAX) continue;
        text.size = start + utf8_valid_size(str_from(text.data + start, SHOWN_VALUE_SIZE_MAX));
        text_append_c(&text, "...");
    }
    if (!text.failed) (void)error_add_detail(err, "Failing row contains (%.*s).", STR_ARGS(text_str(&text)));
    text_deinit(&text);
}

/* The first row with a NULL where none may be; its first such column. */
static const PlanColumn *find_null(const Relation *relation, const Batch *batch, uint32_t *row) {
    const PlanColumn *first = NULL;
    for (uint32_t i = 0; i < relation->column_count; i++) {
        const Array *array = &batch->columns[i];
        if (!relation->columns[i].not_null || array_null_count(array) == 0) continue;
        uint32_t at = 0;
        while (!array_is_null(array, at)) at++;
        if (first == NULL || at < *row) {
            first = &relation->columns[i];
            *row = at;
        }
    }
    return first;
}

static bool fits_length(const Array *texts, int32_t length_max) {
    for (uint32_t row = 0; row < texts->length; row++) {
        if (array_is_null(texts, row)) continue;
        Str text = array_text(texts, row);
        if (text.size > (size_t)length_max && utf8_length(text) > (size_t)length_max) return false;
    }
    return true;
}

Status dml_check_columns(const Object *object, const Batch *batch, const Zone *zone, Error *err) {
    const Relation *relation = &object->relation;
    for (uint32_t i = 0; i < relation->column_count; i++) {
        const PlanColumn *column = &relation->columns[i];
        bool has_length = column->type.id == TYPE_VARCHAR && column->type.length > 0;
        if (has_length && !fits_length(&batch->columns[i], column->type.length))
            return error_set(err, STATUS_STRING_TRUNCATION, "value too long for type character varying(%d)",
                             column->type.length);
    }
    uint32_t row = 0;
    const PlanColumn *column = find_null(relation, batch, &row);
    if (column == NULL) return STATUS_OK;
    (void)error_set(err, STATUS_NOT_NULL_VIOLATION, "null value in column \"%.*s\" of relation \"%.*s\" violates not-null constraint",
                    STR_ARGS(column->name), STR_ARGS(relation->name));
    add_failing_row(&object->db->memory, batch, relation->column_count, row, zone, err);
    return err->status;
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

/* Rows kept: nothing is changed before they are all there. */
typedef struct Rowset {
    VECTOR(Batch) batches;
} Rowset;

static void rowset_drop(weir_db *db, Rowset *set) {
    for (size_t i = 0; i < set->batches.count; i++) batch_unkeep(&set->batches.items[i], &db->memory);
    vector_deinit(&set->batches, &db->memory);
}

static Status rowset_keep(weir_db *db, Rowset *set, const Batch *batch, Error *err) {
    ASSERT(batch->row_count > 0);
    if (!vector_reserve(&set->batches, &db->memory, 1)) return error_out_of_memory(err);
    TRY(batch_keep(batch, &db->memory, &set->batches.items[set->batches.count], err));
    set->batches.count++;
    return STATUS_OK;
}

static Status rowset_fill(weir_db *db, Result *result, Rowset *set, Error *err) {
    for (;;) {
        Batch batch;
        bool ended;
        TRY(result_next(result, &batch, &ended, err));
        if (ended) return STATUS_OK;
        if (batch.row_count > 0)
            TRY(rowset_keep(db, set, &batch, err));
        else
            TRY(result_wait(result, INT64_C(100000000), err));
    }
}

/* The rows of a plan; on failure those there are so far are the caller's to drop. */
static Status rowset_read(weir_db *db, const Plan *plan, ParameterValues *values, Rowset *set, Error *err) {
    Result result;
    TRY(result_open_snapshot(db, plan, values, &result, err));
    Status status = rowset_fill(db, &result, set, err);
    result_close(&result);
    return status;
}

/* --- rows as a relation ----------------------------------------------------------------------- */

static Status scan_rows(void *context, Frame *frame, uint64_t *position, Batch *out, Error *err) {
    const DmlRows *rows = context;
    *out = *position < rows->count ? rows->batches[(*position)++] : (Batch){0};
    return STATUS_OK;
}

Status dml_rows_make(Arena *arena, const PlanColumn *columns, uint32_t column_count, DmlRows **out, Error *err) {
    DmlRows *rows = ARENA_NEW(arena, DmlRows);
    TRY_ALLOC(rows);
    PlanColumn *own = arena_copy(arena, columns, column_count * sizeof(*columns));
    TRY_ALLOC(own);
    for (uint32_t i = 0; i < column_count; i++) own[i].has_watermark = false;
    rows->relation = (Relation){.kind = RELATION_SYSTEM,
                                .name = {"\0returned", 9} /* no statement can spell it */,
                                .columns = own,
                                .column_count = column_count,
                                .bounded = true,
                                .time_column = -1,
                                .runtime = &rows->runtime};
    rows->runtime = (FlowRelation){.relation = &rows->relation, .scan = scan_rows, .scan_context = rows};
    *out = rows;
    return STATUS_OK;
}

static Status read_over(weir_db *db, const Plan *plan, ParameterValues *values, DmlRows *rows, const Batch *batches, size_t count, Rowset *out, Error *err) {
    rows->batches = batches;
    rows->count = count;
    Status status = rowset_read(db, plan, values, out, err);
    rows->count = 0;
    return status;
}

/* --- a statement's work ----------------------------------------------------------------------- */

/* What a statement does, worked out before any of it is done. */
typedef struct Work {
    Rowset read;     /* rows of its plan */
    Rowset pairs;    /* ON CONFLICT DO UPDATE: rows that are there beside those that were to be inserted, and the pair's number */
    int64_t pair_count;
    Rowset changed;  /* UPDATE, DO UPDATE: rows as they are beside those they become; UPDATE's are `read` */
    Rowset inserted; /* ON CONFLICT: the rows that conflict with none; else these are `read` */
    Rowset returned; /* rows of RETURNING */
} Work;

/* Half of the columns: the rows as they were, or as they are to be; one column more, behind both, is left out. */
static Batch half_of(const Batch *batch, bool second) {
    Batch half = *batch;
    half.column_count = batch->column_count / 2;
    half.columns = batch->columns + (second ? half.column_count : 0);
    return half;
}

/* RETURNING, over whole rows (inserted, deleted) and over those changed, as they are to be. */
static Status work_return(weir_db *db, const DmlChange *change, Work *work, const Rowset *whole, const Rowset *changed, Error *err) {
    if (change->returning == NULL) return STATUS_OK;
    VECTOR(Batch) all = {0};
    size_t whole_count = whole == NULL ? 0 : whole->batches.count, changed_count = changed == NULL ? 0 : changed->batches.count;
    if (!vector_reserve(&all, &db->memory, (uint32_t)(whole_count + changed_count + 1))) return error_out_of_memory(err);
    for (size_t i = 0; i < whole_count; i++) all.items[all.count++] = whole->batches.items[i];
    for (size_t i = 0; i < changed_count; i++) all.items[all.count++] = half_of(&changed->batches.items[i], true);
    Status status = read_over(db, change->returning, change->values, change->returned, all.items, all.count, &work->returned, err);
    vector_deinit(&all, &db->memory);
    return status;
}

static int64_t rowset_count(const Rowset *set) {
    int64_t count = 0;
    for (size_t i = 0; i < set->batches.count; i++) count += set->batches.items[i].row_count;
    return count;
}

/* Ends the statement: what it did becomes an epoch and RETURNING's rows the result, or all is undone. */
static Status finish(weir_db *db, Object *object, DmlChange *change, Work *work, Status status, Result *out, Error *err) {
    if (status == STATUS_OK)
        status = flow_epoch_end(db->flow, err);
    else
        dml_rollback(object);
    const Rowset *whole = change->on_conflict == AST_CONFLICT_ERROR ? &work->read : &work->inserted;
    change->row_count = rowset_count(whole) + rowset_count(&work->changed);
    ASSERT(work->changed.batches.count == 0 || change->on_conflict == AST_CONFLICT_UPDATE); /* UPDATE's are `read` */
    rowset_drop(db, &work->read);
    rowset_drop(db, &work->pairs);
    rowset_drop(db, &work->changed);
    rowset_drop(db, &work->inserted);
    if (status != STATUS_OK || change->returning == NULL) {
        rowset_drop(db, &work->returned);
        return status;
    }
    *out = (Result){.kind = RESULT_KEPT, .db = db, .plan = change->returning};
    out->queue.items = work->returned.batches.items;
    out->queue.count = work->returned.batches.count;
    out->queue.capacity = work->returned.batches.capacity;
    return STATUS_OK;
}

/* Takes the batch's rows away; `frame` is for their weights. */
static Status withdraw(Feed *feed, Frame *frame, Batch batch, Error *err) {
    ASSERT(feed != NULL); /* only tables' rows are taken back by statements */
    int64_t *weights = frame_alloc(frame, batch.row_count * sizeof(int64_t), NULL);
    TRY_ALLOC(weights);
    for (uint32_t row = 0; row < batch.row_count; row++) weights[row] = -1;
    batch.meta[META_WEIGHT] = weights;
    batch.meta_owner[META_WEIGHT] = NULL;
    return feed_apply(feed, &batch, NULL, err);
}

/* Between batches: a statement over many rows may be cancelled as long as it can be undone, which rows of a source, being in the graph at
 * once, cannot. */
static Status check_cancelled(const Object *object, Error *err) {
    return object->relation.kind == RELATION_SOURCE ? STATUS_OK : flow_check_interrupt(object->db->flow, err);
}

/* All old rows go before the first new one comes, so that keys may change places. */
static Status withdraw_old(weir_db *db, Object *object, const Rowset *changed, Error *err) {
    for (size_t i = 0; i < changed->batches.count; i++) {
        TRY(check_cancelled(object, err));
        frame_reset(&db->flow->frame);
        TRY(withdraw(object->flow->feed, &db->flow->frame, half_of(&changed->batches.items[i], false), err));
    }
    return STATUS_OK;
}

static Status apply_new(Object *object, const Rowset *changed, Error *err) {
    for (size_t i = 0; i < changed->batches.count; i++) {
        Batch now = half_of(&changed->batches.items[i], true);
        TRY(check_cancelled(object, err));
        TRY(feed_apply(object->flow->feed, &now, NULL, err));
    }
    return dml_check_keys(object->db, object, err);
}

static Status check_new(const Object *object, const Rowset *changed, Error *err) {
    for (size_t i = 0; i < changed->batches.count; i++) {
        Batch now = half_of(&changed->batches.items[i], true);
        TRY(dml_check_columns(object, &now, object->db->zone, err));
    }
    return STATUS_OK;
}

/* --- ON CONFLICT ------------------------------------------------------------------------------ */

static Status second_time(Error *err) {
    (void)error_set(err, STATUS_CARDINALITY, "ON CONFLICT DO UPDATE command cannot affect row a second time");
    return error_add_hint(err, "Ensure that no rows proposed for insertion within the same command have duplicate constrained values.");
}

/* The row that is there, the one that was to be inserted, and the pair's number. */
static Status keep_pairs(weir_db *db, Object *object, const Batch *proposed, Work *work, Error *err) {
    Frame *frame = &db->flow->frame;
    uint32_t count = proposed->column_count;
    Batch stored;
    Array *columns = FRAME_ARRAY(frame, Array, 2 * (size_t)count + 1);
    TRY_ALLOC(columns);
    TRY(rows_read_stored(&object->flow->feed->rows, frame, proposed, &stored, err));
    memcpy(columns, stored.columns, count * sizeof(Array));
    memcpy(columns + count, proposed->columns, count * sizeof(Array));
    columns[2 * count] = (Array){.type = type_of(TYPE_BIGINT), .length = proposed->row_count};
    int64_t *numbers = frame_alloc(frame, proposed->row_count * sizeof(int64_t), &columns[2 * count].values_owner);
    TRY_ALLOC(numbers);
    for (uint32_t i = 0; i < proposed->row_count; i++) numbers[i] = work->pair_count++;
    columns[2 * count].values = numbers;
    Batch pair = {.row_count = proposed->row_count, .column_count = 2 * count + 1, .columns = columns};
    return rowset_keep(db, &work->pairs, &pair, err);
}

/* The batch's rows that meet no row, and those that meet one: these go beside it, or, with DO NOTHING, nowhere. */
static Status split_batch(weir_db *db, Object *object, const DmlChange *change, const Batch *batch, Work *work, Error *err) {
    Frame *frame = &db->flow->frame;
    frame_reset(frame);
    uint8_t *states = frame_alloc(frame, batch->row_count, NULL);
    uint32_t *fresh = frame_alloc(frame, batch->row_count * sizeof(uint32_t), NULL), fresh_count = 0;
    uint32_t *met = frame_alloc(frame, batch->row_count * sizeof(uint32_t), NULL), met_count = 0;
    if (states == NULL || fresh == NULL || met == NULL) return error_out_of_memory(err);
    TRY(rows_mark_keys(&object->flow->feed->rows, frame, batch, NULL, states, err));
    for (uint32_t row = 0; row < batch->row_count; row++) {
        if (states[row] == ROWS_KEY_NEW) fresh[fresh_count++] = row;
        if (states[row] == ROWS_KEY_STORED) met[met_count++] = row;
        if (states[row] == ROWS_KEY_REPEATED && change->on_conflict == AST_CONFLICT_UPDATE) return second_time(err);
    }
    Batch some;
    if (fresh_count > 0) {
        TRY(batch_gather(batch, frame, fresh, fresh_count, &some, err));
        TRY(rowset_keep(db, &work->inserted, &some, err));
    }
    if (met_count == 0 || change->on_conflict != AST_CONFLICT_UPDATE) return STATUS_OK;
    TRY(batch_gather(batch, frame, met, met_count, &some, err));
    return keep_pairs(db, object, &some, work, err);
}

/* In the order of the pairs: no pair may follow one that has changed its row. `is_changed`: by number. */
static Status check_order(weir_db *db, Object *object, const Rowset *pairs, const uint8_t *is_changed, Error *err) {
    Frame *frame = &db->flow->frame;
    for (size_t i = 0; i < pairs->batches.count; i++) {
        Batch old = half_of(&pairs->batches.items[i], false);
        frame_reset(frame);
        uint8_t *states = frame_alloc(frame, old.row_count, NULL);
        TRY_ALLOC(states);
        TRY(rows_mark_keys(&object->flow->feed->rows, frame, &old, is_changed, states, err));
        for (uint32_t row = 0; row < old.row_count; row++)
            if (states[row] == ROWS_KEY_REPEATED) return second_time(err);
        is_changed += old.row_count;
    }
    return STATUS_OK;
}

/* No row may be changed twice. */
static Status check_once(weir_db *db, Object *object, const Work *work, Error *err) {
    size_t size = (size_t)work->pair_count + 1;
    uint8_t *is_changed = memory_alloc_zeroed(&db->memory, size);
    TRY_ALLOC(is_changed);
    for (size_t i = 0; i < work->changed.batches.count; i++) {
        const Batch *changed = &work->changed.batches.items[i];
        const int64_t *numbers = array_i64(&changed->columns[changed->column_count - 1]);
        for (uint32_t row = 0; row < changed->row_count; row++) {
            DEBUG_ASSERT(numbers[row] >= 0 && numbers[row] < work->pair_count);
            is_changed[numbers[row]] = 1;
        }
    }
    Status status = check_order(db, object, &work->pairs, is_changed, err);
    memory_free(&db->memory, is_changed, size);
    return status;
}

static Status settle_conflicts(weir_db *db, Object *object, const DmlChange *change, Work *work, Error *err) {
    for (size_t i = 0; i < work->read.batches.count; i++)
        TRY(split_batch(db, object, change, &work->read.batches.items[i], work, err));
    if (change->on_conflict != AST_CONFLICT_UPDATE) return STATUS_OK;
    TRY(read_over(db, change->conflict, change->values, change->pairs, work->pairs.batches.items, work->pairs.batches.count, &work->changed, err));
    TRY(check_once(db, object, work, err));
    return check_new(object, &work->changed, err);
}

static Status find_conflicts(weir_db *db, Object *object, const DmlChange *change, Work *work, Error *err) {
    feed_announce(object->flow->feed);
    Status status = settle_conflicts(db, object, change, work, err);
    rows_clear_marks(&object->flow->feed->rows);
    return status;
}

/* --- the statements --------------------------------------------------------------------------- */

static Status insert_rows(weir_db *db, Object *object, const DmlChange *change, Work *work, Error *err) {
    bool may_meet = change->on_conflict != AST_CONFLICT_ERROR;
    TRY(rowset_read(db, change->rows, change->values, &work->read, err));
    for (size_t i = 0; i < work->read.batches.count; i++)
        TRY(dml_check_columns(object, &work->read.batches.items[i], db->zone, err));
    if (may_meet) TRY(find_conflicts(db, object, change, work, err));
    const Rowset *inserted = may_meet ? &work->inserted : &work->read;
    TRY(work_return(db, change, work, inserted, &work->changed, err));
    TRY(withdraw_old(db, object, &work->changed, err));
    frame_reset(&db->flow->frame);
    for (size_t i = 0; i < inserted->batches.count; i++) {
        TRY(check_cancelled(object, err));
        TRY(dml_insert_batch(db, object, &inserted->batches.items[i], 0, err));
    }
    return work->changed.batches.count > 0 ? apply_new(object, &work->changed, err) : STATUS_OK;
}

Status dml_insert(weir_db *db, Object *object, DmlChange *change, Result *out, Error *err) {
    Work work = {0};
    TRY(halt_check_object(object, err));
    Status status = insert_rows(db, object, change, &work, err);
    status = finish(db, object, change, &work, status, out, err);
    if (status == STATUS_OK) {
        status = halt_check_object(object, err); /* one of the rows has halted it */
        if (status != STATUS_OK) result_close(out);
    }
    return status == STATUS_OK ? status : error_locate(err, change->position);
}

static Status delete_rows(weir_db *db, Object *object, const DmlChange *change, Work *work, Error *err) {
    TRY(rowset_read(db, change->rows, change->values, &work->read, err));
    TRY(work_return(db, change, work, &work->read, NULL, err));
    for (size_t i = 0; i < work->read.batches.count; i++) {
        TRY(check_cancelled(object, err));
        frame_reset(&db->flow->frame);
        TRY(withdraw(object->flow->feed, &db->flow->frame, work->read.batches.items[i], err));
    }
    return STATUS_OK;
}

Status dml_delete(weir_db *db, Object *object, DmlChange *change, Result *out, Error *err) {
    Work work = {0};
    Status status = delete_rows(db, object, change, &work, err);
    return finish(db, object, change, &work, status, out, err);
}

static Status update_rows(weir_db *db, Object *object, const DmlChange *change, Work *work, Error *err) {
    TRY(rowset_read(db, change->rows, change->values, &work->read, err));
    TRY(check_new(object, &work->read, err));
    TRY(work_return(db, change, work, NULL, &work->read, err));
    TRY(withdraw_old(db, object, &work->read, err));
    return apply_new(object, &work->read, err);
}

Status dml_update(weir_db *db, Object *object, DmlChange *change, Result *out, Error *err) {
    Work work = {0};
    Status status = update_rows(db, object, change, &work, err);
    status = finish(db, object, change, &work, status, out, err);
    return status == STATUS_OK ? status : error_locate(err, change->position);
}

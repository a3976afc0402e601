/* SPDX-License-Identifier: Apache-2.0
 * store/cells.c - loops per width; texts one by one.
 *
 * NULL bits are written for all rows before the values: a value under a NULL is written too, and means
 * nothing. Only a text under a NULL must be empty, since giving a record back frees what its text cells refer
 * to without looking at NULL bits. A text cell is emptied before its bytes are appended, so that a refused
 * append leaves no reference that would be freed twice. */
#include "store/cells.h"

#include "column/jsonb_view.h"

Status cell_layout_init(CellLayout *layout, Arena *arena, const Type *types, uint32_t count, Error *err) {
    ASSERT(types != NULL || count == 0);
    *layout = (CellLayout){.count = count};
    if (count == 0) return STATUS_OK;
    layout->cells = ARENA_ARRAY(arena, Cell, count);
    TRY_ALLOC(layout->cells);
    layout->size = (count + 63) / 64 * 8;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t width = type_cell_size(types[i]);
        if (width == 0)
            return error_set(err, STATUS_NOT_SUPPORTED, "values of type %s cannot be stored yet",
                             type_name(types[i].id));
        layout->cells[i] = (Cell){.type = types[i], .offset = layout->size};
        layout->size += width;
        layout->has_text |= type_layout(types[i]) == LAYOUT_VIEW;
    }
    ASSERT(layout->size % 8 == 0);
    if (layout->size > STATE_RECORD_SIZE_MAX / 2)
        return error_set(err, STATUS_LIMIT, "a stored row would take %u bytes, the limit is %d", layout->size,
                         STATE_RECORD_SIZE_MAX / 2);
    return STATUS_OK;
}

static void write_nulls(const CellLayout *layout, uint32_t column, const Array *array, const uint32_t *rows,
                        uint32_t count, void *const *records) {
    for (uint32_t i = 0; i < count; i++)
        cell_set_null(layout, column, records[i], array_is_null(array, rows == NULL ? i : rows[i]));
}

/* What an array holds under a NULL is undefined: equal rows would differ in it. */
static void clear_nulls(const CellLayout *layout, uint32_t column, uint32_t count, void *const *records) {
    const Cell *cell = &layout->cells[column];
    for (uint32_t i = 0; i < count; i++)
        if (cell_is_null(layout, column, records[i]))
            memset((char *)records[i] + cell->offset, 0, type_cell_size(cell->type));
}

/* The cell is zeroed before the heap is asked: where that fails the record holds no text, and can be freed. */
static Status write_text(uint32_t offset, const Array *array, const uint32_t *rows, uint32_t count,
                         void *const *records, StateHeap *heap, Error *err) {
    for (uint32_t i = 0; i < count; i++) {
        uint32_t row = rows == NULL ? i : rows[i];
        StateText *cell = (StateText *)((char *)records[i] + offset);
        *cell = (StateText){0};
        if (array_is_null(array, row)) continue;
        Str text = array_text(array, row);
        StateText made;
        state_text_set(&made, text);
        if (text.size > STATE_TEXT_INLINE_SIZE_MAX)
            TRY(state_heap_append(heap, text.data, text.size, &made.ref, err));
        *cell = made;
    }
    return STATUS_OK;
}

#define WRITE_LOOP(value)                                           \
    for (uint32_t i = 0; i < count; i++) {                          \
        uint32_t row = rows == NULL ? i : rows[i];                  \
        uint64_t *cell = (uint64_t *)((char *)records[i] + offset); \
        *cell = (value);                                            \
    }

static uint64_t word_of_float(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof(bits));
    return bits;
}

Status cells_write(const CellLayout *layout, uint32_t column, const Array *array, const uint32_t *rows,
                   uint32_t count, void *const *records, StateHeap *heap, Error *err) {
    DEBUG_ASSERT(column < layout->count);
    uint32_t offset = layout->cells[column].offset;
    DEBUG_ASSERT(type_layout(array->type) == type_layout(layout->cells[column].type));
    DEBUG_ASSERT(rows != NULL || count <= array->length);
    DEBUG_ASSERT(heap != NULL || type_layout(array->type) != LAYOUT_VIEW);
    write_nulls(layout, column, array, rows, count, records);
    switch (type_layout(array->type)) {
        case LAYOUT_BIT: WRITE_LOOP(bits_get(array_bits(array), row)); break;
        case LAYOUT_I16: WRITE_LOOP((uint64_t)(int64_t)array_i16(array)[row]); break;
        case LAYOUT_I32: WRITE_LOOP((uint64_t)(int64_t)array_i32(array)[row]); break;
        case LAYOUT_F32: WRITE_LOOP(word_of_float(array_f32(array)[row])); break;
        case LAYOUT_I64:
        case LAYOUT_F64: WRITE_LOOP((uint64_t)array_i64(array)[row]); break;
        case LAYOUT_I128:
        case LAYOUT_INTERVAL:
        case LAYOUT_BYTES16:
            for (uint32_t i = 0; i < count; i++) {
                uint32_t row = rows == NULL ? i : rows[i];
                memcpy((char *)records[i] + offset, (const char *)array->values + (size_t)row * 16, 16);
            }
            break;
        case LAYOUT_VIEW: return write_text(offset, array, rows, count, records, heap, err);
        case LAYOUT_NESTED: return error_set(err, STATUS_INTERNAL, "nested value in a cell");
    }
    if (array->validity != NULL) clear_nulls(layout, column, count, records);
    return STATUS_OK;
}

/* A double goes as its bits, which keeps NaNs and -0 as they are; an i64 builder writes the same 8 bytes. */
static void read_one(ArrayBuilder *builder, TypeLayout kind, const char *at, const StateHeap *heap) {
    uint64_t word;
    memcpy(&word, at, sizeof(word));
    switch (kind) {
        case LAYOUT_BIT: array_builder_bool(builder, word != 0); break;
        case LAYOUT_I16: array_builder_i16(builder, (int16_t)word); break;
        case LAYOUT_I32: array_builder_i32(builder, (int32_t)word); break;
        case LAYOUT_I64:
        case LAYOUT_F64: array_builder_i64(builder, (int64_t)word); break;
        case LAYOUT_F32: {
            uint32_t bits = (uint32_t)word;
            float value;
            memcpy(&value, &bits, sizeof(value));
            array_builder_f32(builder, value);
            break;
        }
        case LAYOUT_I128:
        case LAYOUT_INTERVAL:
        case LAYOUT_BYTES16: array_builder_bytes16(builder, at); break;
        case LAYOUT_VIEW: array_builder_text(builder, state_text_get(heap, (const StateText *)at)); break;
        case LAYOUT_NESTED: break;
    }
}

/* Eight or sixteen bytes per value, none of them NULL: the whole column at once. */
static Status read_plain(const Cell *cell, const void *const *records, uint32_t count, Frame *frame,
                         Array *out, Error *err) {
    *out = (Array){.type = cell->type, .length = count};
    ASSERT(type_cell_size(cell->type) == 8 || type_cell_size(cell->type) == 16);
    if (type_cell_size(cell->type) == 8) {
        uint64_t *values = frame_alloc(frame, count * sizeof(*values), &out->values_owner);
        TRY_ALLOC(out->values = values);
        for (uint32_t i = 0; i < count; i++) memcpy(&values[i], (const char *)records[i] + cell->offset, 8);
    } else {
        char *values = frame_alloc(frame, (size_t)count * 16, &out->values_owner);
        TRY_ALLOC(out->values = values);
        for (uint32_t i = 0; i < count; i++)
            memcpy(values + (size_t)i * 16, (const char *)records[i] + cell->offset, 16);
    }
    return STATUS_OK;
}

static bool is_plain(TypeLayout layout) {
    return layout == LAYOUT_I64 || layout == LAYOUT_F64 || layout == LAYOUT_I128 ||
           layout == LAYOUT_INTERVAL || layout == LAYOUT_BYTES16;
}

Status cells_read(const CellLayout *layout, uint32_t column, const void *const *records, uint32_t count,
                  const StateHeap *heap, Frame *frame, Array *out, Error *err) {
    ASSERT(column < layout->count);
    ASSERT(records != NULL || count == 0);
    ArrayBuilder builder;
    const Cell *cell = &layout->cells[column];
    TypeLayout kind = type_layout(cell->type);
    bool has_null = false;
    for (uint32_t i = 0; i < count; i++) has_null |= cell_is_null(layout, column, records[i]);
    if (!has_null && is_plain(kind)) return read_plain(cell, records, count, frame, out, err);
    TRY(array_builder_init(&builder, frame, cell->type, count, err));
    for (uint32_t i = 0; i < count; i++) {
        if (cell_is_null(layout, column, records[i]))
            array_builder_null(&builder);
        else
            read_one(&builder, kind, (const char *)records[i] + cell->offset, heap);
    }
    return array_builder_finish(&builder, out, err);
}

static bool text_equal(const StateText *a, const StateText *b, const StateHeap *heap) {
    return str_equal(state_text_get(heap, a), state_text_get(heap, b));
}

bool cells_equal(const CellLayout *layout, const void *a, const void *b, const StateHeap *heap) {
    /* NULL bits and cells at once: cells under a NULL are zero (clear_nulls). */
    if (!layout->has_text) return memcmp(a, b, layout->size) == 0;
    if (memcmp(a, b, (layout->count + 63) / 64 * 8) != 0) return false;
    for (uint32_t i = 0; i < layout->count; i++) {
        const void *x = cell_at(layout, i, a), *y = cell_at(layout, i, b);
        bool equal = type_layout(layout->cells[i].type) == LAYOUT_VIEW
                         ? text_equal(x, y, heap)
                         : memcmp(x, y, type_cell_size(layout->cells[i].type)) == 0;
        if (!equal) return false;
    }
    return true;
}

void cell_free(const CellLayout *layout, uint32_t column, const void *record, StateHeap *heap) {
    DEBUG_ASSERT(column < layout->count);
    if (type_layout(layout->cells[column].type) != LAYOUT_VIEW) return;
    const StateText *text = cell_at(layout, column, record);
    if (text->size > STATE_TEXT_INLINE_SIZE_MAX) state_heap_free(heap, text->ref, text->size);
}

void cells_free(const CellLayout *layout, const void *record, StateHeap *heap) {
    for (uint32_t i = 0; layout->has_text && i < layout->count; i++) cell_free(layout, i, record, heap);
}

void cell_array(const CellLayout *layout, uint32_t column, const void *record, const StateHeap *heap,
                CellArray *out) {
    DEBUG_ASSERT(column < layout->count);
    const Cell *cell = &layout->cells[column];
    const char *at = (const char *)record + cell->offset;
    *out = (CellArray){.array = {.type = cell->type, .length = 1}};
    out->array.values = &out->value;
    if (cell_is_null(layout, column, record)) {
        out->array.validity = &out->validity;
        return;
    }
    memcpy(&out->value, at, type_cell_size(cell->type));
    if (type_layout(cell->type) != LAYOUT_VIEW) return;
    Str text = state_text_get(heap, (const StateText *)at);
    out->data = (ViewData){.bytes = text.data, .size = text.size};
    out->array.data = &out->data;
    out->array.data_count = 1;
    out->value.view = view_make(text, 0, 0);
}

Status cells_copy(const CellLayout *layout, const void *from, void *to, StateHeap *heap, Error *err) {
    if (!layout->has_text) {
        if (layout->size > 0) memcpy(to, from, layout->size);
        return STATUS_OK;
    }
    CellArray cell;
    for (uint32_t i = 0; i < layout->count; i++) {
        cell_array(layout, i, from, heap, &cell);
        TRY(cells_write(layout, i, &cell.array, NULL, 1, &to, heap, err));
    }
    return STATUS_OK;
}

static int order_i64(int64_t a, int64_t b) {
    return a < b ? -1 : a > b;
}

/* Of values that are equal: -0 before 0; intervals by months, then days; JSON values by what is shown. */
static int compare_spelling(const Array *a, size_t row_a, const Array *b) {
    if (!type_has_spellings(a->type)) return 0;
    TypeLayout layout = type_layout(a->type);
    if (layout == LAYOUT_F32) return order_i64(array_i32(a)[row_a], array_i32(b)[0]);
    if (layout == LAYOUT_F64) return order_i64(array_i64(a)[row_a], array_i64(b)[0]);
    if (layout == LAYOUT_VIEW) return str_compare(jsonb_array_shown(a, row_a), jsonb_array_shown(b, 0));
    Interval x = array_interval(a)[row_a], y = array_interval(b)[0];
    return x.months != y.months ? order_i64(x.months, y.months) : order_i64(x.days, y.days);
}

int cell_compare(const CellLayout *layout, uint32_t column, const Array *array, size_t row,
                 const void *record, const StateHeap *heap) {
    CellArray held;
    DEBUG_ASSERT(!array_is_null(array, row) && !cell_is_null(layout, column, record));
    cell_array(layout, column, record, heap, &held);
    int order = array_value_compare(array, row, &held.array, 0);
    return order != 0 ? order : compare_spelling(array, row, &held.array);
}

/* Both NULL: 0. */
static int compare_one(const CellLayout *layout, uint32_t column, const Array *array, size_t row, const void *record,
                       const StateHeap *heap, bool by_spelling) {
    bool is_null = array_is_null(array, row), held_null = cell_is_null(layout, column, record);
    if (is_null || held_null) return is_null - held_null;
    CellArray held;
    cell_array(layout, column, record, heap, &held);
    return by_spelling ? compare_spelling(array, row, &held.array) : array_value_compare(array, row, &held.array, 0);
}

int cells_compare(const CellLayout *layout, const Array *const *columns, size_t row, const void *record,
                  const StateHeap *heap) {
    for (int by_spelling = 0; by_spelling < 2; by_spelling++)
        for (uint32_t i = 0; i < layout->count; i++) {
            int order = compare_one(layout, i, columns[i], row, record, heap, by_spelling);
            if (order != 0) return order;
        }
    return 0;
}

static int compare_one_of_records(const CellLayout *layout, uint32_t column, const void *a, const void *b,
                                  const StateHeap *heap, bool by_spelling) {
    CellArray value;
    cell_array(layout, column, a, heap, &value);
    return compare_one(layout, column, &value.array, 0, b, heap, by_spelling);
}

int cell_compare_records(const CellLayout *layout, uint32_t column, const void *a, const void *b, const StateHeap *heap) {
    return compare_one_of_records(layout, column, a, b, heap, false);
}

int cells_compare_records(const CellLayout *layout, const void *a, const void *b, const StateHeap *heap) {
    for (int by_spelling = 0; by_spelling < 2; by_spelling++)
        for (uint32_t i = 0; i < layout->count; i++) {
            int order = compare_one_of_records(layout, i, a, b, heap, by_spelling);
            if (order != 0) return order;
        }
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0
 * op/join_texts.c - a merge sort over the cells of a group's rows, then one text of them. */
#include "op/join_texts.h"

static const RowError TOO_LONG = {STATUS_LIMIT, {"the joined text is longer than 1 GB", 35}, SQL_SPAN_NONE};

/* Bottom up; `other` has room for as many. Returns which of the two holds the rows in order. */
static ValueRow *sort_rows(const JoinTexts *join, ValueRow *rows, ValueRow *other, uint32_t count) {
    for (uint32_t width = 1; width < count; width *= 2) {
        for (uint32_t from = 0; from < count; from += 2 * width) {
            uint32_t middle = from + width < count ? from + width : count;
            uint32_t end = from + 2 * width < count ? from + 2 * width : count;
            uint32_t left = from, right = middle;
            for (uint32_t to = from; to < end; to++) {
                bool take_left = left < middle && (right == end || value_set_compare(join->set, rows[left].cells, rows[right].cells) <= 0);
                other[to] = rows[take_left ? left++ : right++];
            }
        }
        ValueRow *sorted = other;
        other = rows;
        rows = sorted;
    }
    return rows;
}

static Str text_of(const JoinTexts *join, uint32_t column, const void *cells) {
    const CellLayout *cell = &join->set->cell;
    if (cell_is_null(cell, column, cells)) return (Str){0};
    return state_text_get(&join->set->values.heap, cell_at(cell, column, cells));
}

/* Bytes of all rows joined, less the first delimiter; JOINED_SIZE_MAX + 1 where there are more than that. */
static size_t joined_size(const JoinTexts *join, const ValueRow *rows, uint32_t count) {
    uint32_t last = join->set->cell.count - 1;
    size_t size = 0;
    for (uint32_t i = 0; i < count; i++) {
        size_t text = text_of(join, last, rows[i].cells).size, delimiter = text_of(join, last - 1, rows[i].cells).size;
        size_t times = join->distinct ? 1 : (size_t)rows[i].count, one = text + delimiter;
        if (one > 0 && times > (JOINED_SIZE_MAX + 1 - size) / one) return JOINED_SIZE_MAX + 1;
        size += times * one - (i == 0 ? delimiter : 0);
    }
    return size;
}

static void append(char **at, Str text) {
    if (text.size > 0) memcpy(*at, text.data, text.size);
    *at += text.size;
}

/* A row's delimiter stands before its text, so that the first row's is not used: as in PostgreSQL. */
static Status join_rows(const JoinTexts *join, const ValueRow *rows, uint32_t count, ArrayBuilder *builder, bool *fits,
                        Error *err) {
    ASSERT(count > 0);
    size_t size = joined_size(join, rows, count);
    *fits = size <= JOINED_SIZE_MAX;
    if (!*fits) {
        array_builder_null(builder);
        return STATUS_OK;
    }
    uint32_t last = join->set->cell.count - 1;
    char *room = array_builder_text_reserve(builder, size + 1), *at = room;
    TRY_ALLOC(room);
    bool is_first = true;
    for (uint32_t i = 0; i < count; i++) {
        Str text = text_of(join, last, rows[i].cells), delimiter = text_of(join, last - 1, rows[i].cells);
        for (int64_t times = join->distinct ? 1 : rows[i].count; times > 0; times--) {
            if (!is_first) append(&at, delimiter);
            append(&at, text);
            is_first = false;
        }
    }
    ASSERT((size_t)(at - room) == size);
    array_builder_text_commit(builder, size);
    return STATUS_OK;
}

Status join_texts(const JoinTexts *join, const uint32_t *groups, uint32_t count, Frame *frame, Array *out,
                  const RowError ***errors, Error *err) {
    ASSERT(join->set->used && join->set->wants_rows);
    ASSERT(groups != NULL || count == 0);
    ASSERT(join->set->cell.count >= 2);
    ArrayBuilder builder;
    Type type = join->set->cell.cells[join->set->cell.count - 1].type;
    TRY(array_builder_init(&builder, frame, type, count, err));
    for (uint32_t i = 0; i < count; i++) {
        ValueRow *rows;
        uint32_t row_count;
        bool fits = true;
        TRY(value_set_rows(join->set, groups[i], frame, &rows, &row_count, err));
        if (row_count == 0)
            array_builder_null(&builder);
        else
            TRY(join_rows(join, sort_rows(join, rows, rows + row_count, row_count), row_count, &builder, &fits, err));
        if (!fits) TRY(row_error_place(frame, count, i, (RowError){TOO_LONG.status, TOO_LONG.message, join->span}, errors, err));
    }
    return array_builder_finish(&builder, out, err);
}

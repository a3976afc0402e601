/* SPDX-License-Identifier: Apache-2.0
 * column/jsonb_view.h - the keys and the shown texts of a column of JSONB, which are slices of its values (base/jsonb.h).
 *
 *     Str text = jsonb_array_shown(&array, row);            what to write, and what to read members from
 *     if (jsonb_array_has_zeros(&array)) ...                 some value is shown otherwise than its key: seldom
 *     views[i] = jsonb_view_key(&views[i], array.data);     what it is equal by, still in the buffers of the array
 *
 * Nothing is allocated. A Str is borrowed as array_text's is; a View points into the same data buffers as the one it was made of.
 *
 * Threads: pure functions over the caller's memory. */
#ifndef WEIR_COLUMN_JSONB_VIEW_H
#define WEIR_COLUMN_JSONB_VIEW_H

#include "base/jsonb.h"
#include "column/array.h"

STATIC_ASSERT(JSONB_MARK != 0, "an empty view, as stands under a NULL, has no mark");

static inline Str jsonb_array_shown(const Array *array, size_t row) {
    DEBUG_ASSERT(array->type.id == TYPE_JSONB);
    return jsonb_shown(array_text(array, row));
}

static inline Str jsonb_array_key(const Array *array, size_t row) {
    DEBUG_ASSERT(array->type.id == TYPE_JSONB);
    return jsonb_key(array_text(array, row));
}

/* The first byte is in the view, also of a long value. */
static inline bool jsonb_view_has_zeros(const View *view) {
    return view->inlined[0] == JSONB_MARK;
}

bool jsonb_views_have_zeros(const View *views, uint32_t count);

static inline bool jsonb_array_has_zeros(const Array *array) {
    return array->type.id == TYPE_JSONB && jsonb_views_have_zeros(array_views(array), array->length);
}

View jsonb_view_shown(const View *view, const ViewData *data);
View jsonb_view_key(const View *view, const ViewData *data);

#endif

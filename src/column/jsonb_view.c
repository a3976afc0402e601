/* SPDX-License-Identifier: Apache-2.0
 * column/jsonb_view.c - values of JSONB cut to their parts. */
#include "column/jsonb_view.h"

bool jsonb_views_have_zeros(const View *views, uint32_t count) {
    bool has = false;
    for (uint32_t i = 0; i < count; i++) has |= jsonb_view_has_zeros(&views[i]);
    return has;
}

View jsonb_view_shown(const View *view, const ViewData *data) {
    if (!jsonb_view_has_zeros(view)) return *view;
    return view_slice(view, data, jsonb_shown(view_text(view, data)));
}

View jsonb_view_key(const View *view, const ViewData *data) {
    if (!jsonb_view_has_zeros(view)) return *view;
    return view_slice(view, data, jsonb_key(view_text(view, data)));
}

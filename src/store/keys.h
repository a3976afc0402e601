/* SPDX-License-Identifier: Apache-2.0
 * store/keys.h - row keys (column/rowkey.h) as the keys of a State: making such a state, reading keys back.
 *
 * A key that is passed in points to the caller's long texts; in a record it refers to the state's heap. */
#ifndef WEIR_STORE_KEYS_H
#define WEIR_STORE_KEYS_H

#include "column/rowkey.h"
#include "store/state.h"

/* A state whose keys have that layout, which outlives it (it is the hash's context). `value_size`: bytes, a
 * multiple of 8. `arena` is used during the call only. Errors as state_init's.
 *
 *     rowkey_encode(&layout, columns, row_count, keys, hashes);
 *     TRY(state_upsert_batch(&state, keys, hashes, row_count, &out, err));
 *     ...
 *     TRY(keys_read(&layout, 0, &state, ids, count, &frame, &column, err)); */
NODISCARD Status keys_state_init(State *state, const RowKeyLayout *keys, uint32_t value_size, Arena *arena,
                                 Io *io, Memory *memory, Error *err);

/* Key cell `cell` of records as an array in the frame, of the layout's type for it; long texts are copied, so
 * the array outlives the records. Not for types that have spellings (type_has_spellings), unless the layout keeps them. */
NODISCARD Status keys_read(const RowKeyLayout *keys, uint32_t cell, const State *state, const uint32_t *ids,
                           uint32_t count, Frame *frame, Array *out, Error *err);

#endif

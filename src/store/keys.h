/* SPDX-License-Identifier: Apache-2.0
 * store/keys.h - row keys (column/rowkey.h) as the keys of a State: making such a state, reading keys back.
 *
 * A key that is passed in points to the caller's long texts; in a record it refers to the state's heap. */
#ifndef WEIR_STORE_KEYS_H
#define WEIR_STORE_KEYS_H

#include "column/rowkey.h"
#include "store/state.h"

/* A state whose keys have that layout, which outlives it. `arena` is used during the call only. */
NODISCARD Status keys_state_init(State *state, const RowKeyLayout *keys, uint32_t value_size, Arena *arena,
                                 Io *io, Memory *memory, Error *err);

/* True when the key cell of such a type tells values of the same key apart no more (-0 and 0, '1 month' and
 * '30 days'): who must give the value back as it came keeps it beside the key. */
bool keys_lose_spelling(Type type);

/* Key cell `cell` of records as an array in the frame; long texts are copied. */
NODISCARD Status keys_read(const RowKeyLayout *keys, uint32_t cell, const State *state, const uint32_t *ids,
                           uint32_t count, Frame *frame, Array *out, Error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0
 * db/handle.c - a Memory for the moment of each call: the heap has one door. */
#include "db/handle.h"

#include <string.h>

void *handle_alloc(size_t size) {
    Memory memory;
    memory_init(&memory, 0);
    return memory_alloc_zeroed(&memory, size);
}

void handle_free(void *handle, size_t size) {
    if (handle == NULL) return;
    Memory memory;
    memory_init(&memory, 0);
    if (!memory_charge(&memory, size)) return;
    memory_free(&memory, handle, size);
    memory_deinit(&memory);
}

bool handle_take_options(const void *options, void *out, size_t size) {
    size_t given = 0;
    memset(out, 0, size);
    if (options == NULL) return true;
    memcpy(&given, options, sizeof(given));
    if (given < sizeof(given)) return false;
    memcpy(out, options, given < size ? given : size);
    return true;
}

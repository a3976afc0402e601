/* SPDX-License-Identifier: Apache-2.0
 * db/handle.h - memory of things that the user holds, which may outlive every database. */
#ifndef WEIR_DB_HANDLE_H
#define WEIR_DB_HANDLE_H

#include "base/memory.h"

/* Zeroed; NULL when refused. Charged to nothing. */
NODISCARD void *handle_alloc(size_t size);
void handle_free(void *handle, size_t size); /* NULL is fine */

/* A struct of options, which starts with its size, into `size` bytes of ours; what the user's does not have yet is zero, and all of it for
 * NULL. False when there is no size: its initialiser was not used. */
bool handle_take_options(const void *options, void *out, size_t size);

#endif

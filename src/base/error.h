/* SPDX-License-Identifier: Apache-2.0
 * base/error.h - a status code for every call, an error object for the reader.
 *
 * A fallible function returns Status and takes `Error *err` last. On failure it fills
 * the object and returns its code; on success the object is untouched. The caller owns
 * the object (usually on its stack); nothing in it points elsewhere.
 *
 *     Error err = {0};
 *     if (parse(text, &tree, &err) != STATUS_OK) report(&err);
 *
 * A message says what is wrong in one line and names the thing; a detail gives the values; a hint says what
 * to do. Messages are PostgreSQL's where it has one. What does not fit the sizes below is cut at a character.
 *
 * Position is a byte offset into the statement's text, from 0; -1 when there is none.
 * Threads: an Error belongs to one thread at a time. */
#ifndef WEIR_BASE_ERROR_H
#define WEIR_BASE_ERROR_H

#include <stdarg.h>

#include "base/assert.h"

#define NODISCARD __attribute__((warn_unused_result))

/* A row of error.def each. STATUS_OK is 0. */
typedef enum Status {
#define ERROR(name, number, sqlstate, text) STATUS_##name = number,
#include "base/error.def"
#undef ERROR
} Status;

enum { ERROR_MESSAGE_SIZE_MAX = 512, ERROR_DETAIL_SIZE_MAX = 256, ERROR_HINT_SIZE_MAX = 256 };

/* Some 1 KiB: on a stack or in an object, not one per row. Undefined until a call has failed, unless
 * error_reset. */
typedef struct Error {
    Status status;
    int64_t position; /* byte offset in the SQL text, -1: none; meaningful when status is not OK */
    char message[ERROR_MESSAGE_SIZE_MAX];
    char detail[ERROR_DETAIL_SIZE_MAX];
    char hint[ERROR_HINT_SIZE_MAX];
} Error;

/* Fills `err` (detail and hint empty, no position) and returns `status`, so that a caller can
 * `return error_set(err, ...)`. The format is that of text_format in base/text.h. */
Status error_set(Error *err, Status status, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The same with a position in the statement's text. */
Status error_set_at(Error *err, Status status, int64_t position, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Add to an error already set; each returns err->status. */
Status error_add_detail(Error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));
Status error_add_hint(Error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Gives an error that has no position the one given; returns err->status. The first to know the place wins: a leaf that
 * can tell the byte within a literal does so, and callers locate what comes without. */
Status error_locate(Error *err, int64_t position);

/* The one text for exhausted memory. */
Status error_out_of_memory(Error *err);

/* As if nothing had failed: STATUS_OK, empty texts, no position. For objects that live on after a failure; a call does
 * not need a clean Error. */
void error_reset(Error *err);

/* "42703" for STATUS_UNDEFINED_COLUMN; static storage. */
const char *status_sqlstate(Status status);

/* "UNDEFINED_COLUMN"; static storage. */
const char *status_name(Status status);

/* The one macro that forwards a failure. What the function holds (texts, vectors, files) is not given back: arenas
 * are, by their owners; others use one cleanup label instead. */
#define TRY(call)                                                            \
    do {                                                                     \
        Status try_status = (call);                                          \
        if (__builtin_expect(try_status != STATUS_OK, 0)) return try_status; \
    } while (0)

/* Forwards exhausted memory when an allocation gave NULL; needs `err` in scope. */
#define TRY_ALLOC(pointer)                                                           \
    do {                                                                             \
        if (__builtin_expect((pointer) == NULL, 0)) return error_out_of_memory(err); \
    } while (0)

#endif

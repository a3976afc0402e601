/* SPDX-License-Identifier: Apache-2.0
 * base/error.c - filling the error object. */
#include "base/error.h"

#include "base/text.h"
STATIC_ASSERT(STATUS_OK == 0, "zeroed memory is no error");

static Status error_fill(Error *err, Status status, int64_t position, const char *format, va_list args) {
    ASSERT(err != NULL);
    ASSERT(status != STATUS_OK);
    err->status = status;
    err->position = position;
    /* A detail or hint of an earlier error must not stay beside this message. */
    err->detail[0] = '\0';
    err->hint[0] = '\0';
    text_vformat(err->message, sizeof(err->message), format, args);
    return status;
}

Status error_set(Error *err, Status status, const char *format, ...) {
    va_list args;
    va_start(args, format);
    error_fill(err, status, -1, format, args);
    va_end(args);
    return status;
}

Status error_set_at(Error *err, Status status, int64_t position, const char *format, ...) {
    ASSERT(position >= -1);
    va_list args;
    va_start(args, format);
    error_fill(err, status, position, format, args);
    va_end(args);
    return status;
}

Status error_add_detail(Error *err, const char *format, ...) {
    ASSERT(err->status != STATUS_OK); /* adds to an error, does not make one */
    va_list args;
    va_start(args, format);
    text_vformat(err->detail, sizeof(err->detail), format, args);
    va_end(args);
    return err->status;
}

Status error_add_hint(Error *err, const char *format, ...) {
    ASSERT(err->status != STATUS_OK);
    va_list args;
    va_start(args, format);
    text_vformat(err->hint, sizeof(err->hint), format, args);
    va_end(args);
    return err->status;
}

Status error_locate(Error *err, int64_t position) {
    ASSERT(position >= -1);
    ASSERT(err->status != STATUS_OK);
    if (err->position < 0) err->position = position;
    return err->status;
}

Status error_out_of_memory(Error *err) {
    return error_set(err, STATUS_OUT_OF_MEMORY, "out of memory");
}

void error_reset(Error *err) {
    ASSERT(err != NULL);
    err->status = STATUS_OK;
    err->position = -1;
    err->message[0] = err->detail[0] = err->hint[0] = '\0';
}

const char *status_sqlstate(Status status) {
    switch (status) {
#define ERROR(name, number, sqlstate, text) \
    case STATUS_##name:                     \
        return sqlstate;
#include "base/error.def"
#undef ERROR
    }
    return "XX000";
}

const char *status_name(Status status) {
    switch (status) {
#define ERROR(name, number, sqlstate, text) \
    case STATUS_##name:                     \
        return #name;
#include "base/error.def"
#undef ERROR
    }
    return "UNKNOWN";
}

/* SPDX-License-Identifier: Apache-2.0
 * db/error_object.c - an Error on the heap. */
#include "db/error_object.h"

#include "db/handle.h"

struct weir_error {
    Error error;
};

/* When there is no memory even for the error: one constant object says so. */
static const weir_error NO_MEMORY = {
    {.status = STATUS_OUT_OF_MEMORY, .position = -1, .message = "out of memory"}};

int error_give(Status status, const Error *err, weir_error **out) {
    /* One that the caller still holds stays theirs. */
    if (status == STATUS_OK || out == NULL || *out != NULL) return (int)status;
    weir_error *made = handle_alloc(sizeof(*made));
    if (made == NULL) {
        *out = (weir_error *)(uintptr_t)&NO_MEMORY;
        return (int)status;
    }
    made->error = *err;
    made->error.status = status;
    *out = made;
    return (int)status;
}

int error_busy(weir_error **out) {
    Error err = {.position = -1};
    return error_give(
        error_set(&err, STATUS_BUSY,
                  "the database is in use: by another thread, or by the call that runs this callback"),
        &err, out);
}

int error_misuse(weir_error **out, const char *message) {
    Error err = {.position = -1};
    return error_give(error_set(&err, STATUS_MISUSE, "%s", message), &err, out);
}

/* NULL is no error. */

int weir_error_code(const weir_error *error) {
    return error == NULL ? WEIR_OK : (int)error->error.status;
}

const char *weir_error_sqlstate(const weir_error *error) {
    return status_sqlstate(error == NULL ? STATUS_OK : error->error.status);
}

const char *weir_error_message(const weir_error *error) {
    return error == NULL ? "" : error->error.message;
}

const char *weir_error_detail(const weir_error *error) {
    return error == NULL ? "" : error->error.detail;
}

const char *weir_error_hint(const weir_error *error) {
    return error == NULL ? "" : error->error.hint;
}

int64_t weir_error_position(const weir_error *error) {
    return error == NULL ? -1 : error->error.position;
}

void weir_error_free(weir_error *error) {
    if (error != &NO_MEMORY) handle_free(error, sizeof(*error));
}

/* SPDX-License-Identifier: Apache-2.0
 * db/error_object.h - from Status and Error to the public error object. */
#ifndef WEIR_DB_ERROR_OBJECT_H
#define WEIR_DB_ERROR_OBJECT_H

#include <weir.h>

#include "base/error.h"

/* Fills *out (may be NULL) when status is a failure, and returns status as a public code. */
int error_give(Status status, const Error *err, weir_error **out);

/* A second thread came in, or a callback called back. */
int error_busy(weir_error **out);

/* A rule of weir.h was broken. */
int error_misuse(weir_error **out, const char *message);

#endif

/* SPDX-License-Identifier: Apache-2.0
 * db/parameters.h - the values of a statement's parameters, $1, $2 ..
 *
 *     TRY(parameters_make(&stmt->arena, count, &stmt->parameters, err));                  types: found out by the binder
 *     TRY(parameter_values_set(db, &stmt->values, &stmt->parameters, n, &place, &value, err));
 *     TRY(parameter_values_check(stmt->values, &stmt->parameters, err));                  a run: all have one
 *
 * Values belong to the statement and stay until they are changed. A run that is still being read holds on to those it began with: then
 * the statement gets a copy of its own before the next change.
 * Threads: inside the database; given back from any. */
#ifndef WEIR_DB_PARAMETERS_H
#define WEIR_DB_PARAMETERS_H

#include "db/database.h"
#include "db/value.h"

typedef struct ParameterValues ParameterValues;

/* `count` parameters whose types are not known yet, in the arena. */
NODISCARD Status parameters_make(Arena *arena, uint32_t count, Parameters *out, Error *err);

/* A column "$1" .. for each, in the arena. `zone`: shown with TIMESTAMPTZ. */
NODISCARD Status parameters_schema(Arena *arena, const Parameters *parameters, const Zone *zone, Schema *out, Error *err);

/* $(index + 1) has this value from now on; *values is made when it is NULL. On failure the old value stays. Errors: of value_append. */
NODISCARD Status parameter_values_set(weir_db *db, ParameterValues **values, const Parameters *parameters, uint32_t index, const Zone *zone,
                                      const weir_value *value, Error *err);

/* UNDEFINED_PARAMETER: the first that has no value. `values` may be NULL. */
NODISCARD Status parameter_values_check(const ParameterValues *values, const Parameters *parameters, Error *err);

/* One array of length 1 for each, for EvalContext; NULL when there are none. */
const Array *parameter_values_arrays(const ParameterValues *values);

/* Counted; NULL is fine. */
void parameter_values_retain(ParameterValues *values);
void parameter_values_release(ParameterValues *values);

#endif

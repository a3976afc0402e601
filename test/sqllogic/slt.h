/* SPDX-License-Identifier: Apache-2.0
 * sqllogic/slt.h - SQL tests in sqllogictest form.
 *
 * A file is a list of records separated by empty lines; `#` starts a comment line. Each file
 * runs in a database of its own, each record is one test.
 *
 *     statement ok                    the statement (or several) runs
 *     CREATE TABLE t (a BIGINT)
 *
 *     statement error 42703           it fails with this SQLSTATE ...
 *     SELECT b FROM t
 *
 *     statement error no such column  ... or with "SQLSTATE: message" matching this pattern (PCRE2);
 *     SELECT b FROM t                 `query error` is the same
 *
 *     query TI rowsort per_symbol     a letter for each column; nosort (default), rowsort, valuesort;
 *     SELECT symbol, n FROM v         a label: all queries with it give the same result
 *     ----
 *     A    1                          one line a row: values as PostgreSQL prints them, separated by
 *     B    NULL                       tabs (exact) or white space (runs count as one space);
 *                                     (empty) is the empty text; \n \t \\ stand for their characters
 *
 * With valuesort every value stands on a line of its own. `skipif NAME` and `onlyif NAME` before a
 * record look at the engine's name; `halt` ends the file; `hash-threshold` is ignored. */
#ifndef WEIR_TEST_SQLLOGIC_SLT_H
#define WEIR_TEST_SQLLOGIC_SLT_H

#include "base/text.h"

/* What a run gave: rows of text, or an error. Everything points into the arena of the run. */
typedef struct SltResult {
    size_t column_count; /* 0: a statement without rows */
    size_t row_count;
    Str *values; /* row by row; data NULL stands for SQL NULL */
    bool failed;
    Str sqlstate;
    Str message;
} SltResult;

/* The seam to what executes SQL. `run` executes all statements of `sql`; the result is the last one's. */
typedef struct SltEngine {
    const char *name; /* for skipif and onlyif */
    void *context;
    bool (*open)(void *context, Text *reason); /* a fresh, empty database; on false, why not */
    void (*run)(void *context, Str sql, Arena *arena, SltResult *result);
    void (*close)(void *context);
} SltEngine;

typedef struct SltReport {
    size_t passed_count;
    size_t failed_count;
    size_t skipped_count;
    Text *out; /* "file:line: message" and what was expected and found, for each failure */
} SltReport;

/* Runs every record of one file; failures are reported and the run goes on. */
void slt_run(const char *file, Str text, const SltEngine *engine, Memory *memory, SltReport *report);

#endif

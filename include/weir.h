/* SPDX-License-Identifier: Apache-2.0
 * weir.h - a streaming SQL database in one library.
 *
 * Declare sources, views and sinks in SQL; push rows; read results that are always up to date.
 *
 *     weir_db *db; weir_conn *conn; weir_error *error = NULL;
 *     weir_open(":memory:", NULL, &db, &error);
 *     weir_connect(db, &conn, &error);
 *     weir_exec(conn, "CREATE SOURCE trades (symbol TEXT, price DOUBLE PRECISION, qty BIGINT, ts TIMESTAMP,"
 *                     "                      WATERMARK FOR ts AS ts - INTERVAL '5' SECOND);"
 *                     "CREATE MATERIALIZED VIEW volume AS SELECT symbol, sum(qty) AS qty FROM trades GROUP BY symbol",
 *               -1, &error);
 *     weir_writer *writer;
 *     weir_writer_open(conn, "trades", &writer, &error);
 *     weir_value row[] = {weir_text("ACME", -1), weir_f64(10.5), weir_i64(100), weir_i64(1700000000000000)};
 *     weir_writer_row(writer, row, 4, &error);
 *     weir_writer_flush(writer, NULL, &error);
 *
 * THE RULES
 *
 *  0. Every argument is needed unless said otherwise: NULL instead is WEIR_MISUSE; of functions that return something else it gives what an
 *     empty thing would (no error, no statement: "", 0, NULL).
 *  1. Handles are opaque and come through an out-parameter that is set only on WEIR_OK. Every free takes NULL. A child keeps its parent
 *     alive inside: any order of freeing is safe. weir_close refuses (WEIR_BUSY) while children of the database are open.
 *  2. `error` may be NULL; else it must point to NULL (an error that still stands there is left, and the new one not told), and on
 *     failure the caller owns the error (weir_error_free). There is no "last error" anywhere.
 *  3. The database runs on the caller's thread: a call returns when every view and subscriber has seen what it did. A weir_db may be
 *     used from several threads, one at a time: a second thread inside gets WEIR_BUSY and nothing has happened; calls with a timeout_ns
 *     wait that long for the first to come out.
 *     weir_interrupt and weir_sub_cancel may be called from any thread at any time, also from a signal handler.
 *  4. Strings going in are copied before the call returns. Strings coming out live until the handle they came from is freed or used again,
 *     unless the function says that the caller frees them with weir_mem_free. Sizes of text are in bytes; -1 means
 *     "ends at the zero byte". Text is UTF-8 without zero bytes, and checked: 22021.
 *  5. Arrow: push moves (array->release is NULL afterwards, on success and on error alike; only WEIR_BUSY and WEIR_INTERRUPTED leave it
 *     untouched for a retry); view borrows until the batch is freed; move transfers. Buffers handed out are immutable, shared, 64-byte
 *     aligned (the bytes that views of text and binary point to may begin anywhere), and may be kept after weir_close.
 *  6. Structs of options start with their size, set by their initialiser (a size of 0 is WEIR_MISUSE); NULL means defaults.
 *  7. Where a call may wait it takes timeout_ns: 0 tries, < 0 waits for ever. Nothing else waits.
 *  8. Callbacks run inside weir_writer_*, weir_exec, weir_query's stream, weir_step and weir_sub_next, on the caller's thread; they may
 *     free handles of the same database, and must call nothing else of it (WEIR_BUSY).
 *  9. Rows of a changelog carry their weight in a last column "__weight" (int64): +1 the row is there now, -1 it is no more.
 * 10. Times are microseconds since 1970-01-01 UTC. Nothing is written to standard streams, no signal handler is installed, the locale is
 *     neither read nor set.
 *
 * Every status is a number below 100 and has one SQLSTATE; error.def in the sources lists them all. */
#ifndef WEIR_H
#define WEIR_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef WEIR_API
#define WEIR_API __attribute__((visibility("default")))
#endif

#define WEIR_VERSION "0.1.0"
#define WEIR_VERSION_NUMBER 100 /* major * 10000 + minor * 100 + patch */

/* The version of the library that is running, as WEIR_VERSION_NUMBER. */
WEIR_API uint32_t weir_libversion(void);

/* What calls return. 0 is success; WEIR_TIMEOUT and WEIR_DONE are outcomes; the rest are failures with an error object. */
enum {
    WEIR_OK = 0,
    WEIR_BUSY = 1,        /* another thread is inside, or a queue is full: the call has done nothing, and may be made again. Also: something
                             is still in use (DROP, weir_close), or the caller is a callback: its message says which */
    WEIR_TIMEOUT = 2,     /* the time given was not enough */
    WEIR_DONE = 3,        /* no more rows will come */
    WEIR_INTERRUPTED = 4, /* weir_interrupt or weir_sub_cancel */
    WEIR_OUT_OF_MEMORY = 10,
    WEIR_IO = 11,
    WEIR_FILE_NOT_FOUND = 12,
    WEIR_MISUSE = 15,
    WEIR_SYNTAX = 20,
    WEIR_NOT_SUPPORTED = 21
};

typedef struct weir_db weir_db;
typedef struct weir_conn weir_conn;
typedef struct weir_stmt weir_stmt;
typedef struct weir_writer weir_writer;
typedef struct weir_sub weir_sub;
typedef struct weir_batch weir_batch;
typedef struct weir_error weir_error;

/* --- Arrow C data and stream interface (https://arrow.apache.org/docs/format/CDataInterface.html) ---------- */

#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE
#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
    const char *format;
    const char *name;
    const char *metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema **children;
    struct ArrowSchema *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};

struct ArrowArray {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void **buffers;
    struct ArrowArray **children;
    struct ArrowArray *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};
#endif

#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE
struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
    const char *(*get_last_error)(struct ArrowArrayStream *);
    void (*release)(struct ArrowArrayStream *);
    void *private_data;
};
#endif

/* --- errors ------------------------------------------------------------------------------------------------ */

/* The parts of an error; each is never NULL, empty when there is none. Of a NULL error: WEIR_OK, "00000", "". */
WEIR_API int weir_error_code(const weir_error *error);             /* the status */
WEIR_API const char *weir_error_sqlstate(const weir_error *error); /* five characters */
WEIR_API const char *weir_error_message(const weir_error *error);
WEIR_API const char *weir_error_detail(const weir_error *error); /* of a row that failed: which; the view whose text holds what failed */
WEIR_API const char *weir_error_hint(const weir_error *error);

/* Byte offset in the text given to the call that failed; -1 when there is none. */
WEIR_API int64_t weir_error_position(const weir_error *error);
WEIR_API void weir_error_free(weir_error *error);

/* For memory that a function says is freed with it. */
WEIR_API void weir_mem_free(void *memory);

/* --- database and connections ------------------------------------------------------------------------------ */

typedef struct weir_open_options {
    size_t struct_size;
    int64_t memory_max; /* bytes; 0: no limit; < 0 is WEIR_MISUSE. What needs more fails with WEIR_OUT_OF_MEMORY and what is held stays: DROP gives some back,
                           while SELECT and DELETE may need some themselves */
} weir_open_options;
#define WEIR_OPEN_OPTIONS_INIT {sizeof(weir_open_options), 0}

/* `uri`: ":memory:"; a database in a directory is WEIR_NOT_SUPPORTED yet. */
WEIR_API int weir_open(const char *uri, const weir_open_options *options, weir_db **out, weir_error **error);

/* WEIR_BUSY while a connection, statement, stream, writer or subscription is open. NULL is fine. */
WEIR_API int weir_close(weir_db *db, weir_error **error);

/* The caller reads standard input itself (a script, say): statements that would read it fail, naming the reason. */
WEIR_API void weir_stdin_taken(weir_db *db);

WEIR_API int weir_connect(weir_db *db, weir_conn **out, weir_error **error);
WEIR_API void weir_disconnect(weir_conn *conn);

/* The statement running on the connection, or the next one if none runs, ends with WEIR_INTERRUPTED. */
WEIR_API void weir_interrupt(weir_conn *conn);

/* Runs what is due: reads files, fires timers. Returns when nothing more is ready and `timeout_ns` has passed, or
 * earlier once something was done. WEIR_DONE: no source will ever give more by itself. An object that on_error = 'stop' halts meanwhile
 * is no failure of this call: its readers get the error, or a warning tells it (weir_set_notice). */
WEIR_API int weir_step(weir_db *db, int64_t timeout_ns, weir_error **error);

/* Messages for the user that are no errors: a notice about state that grows, a warning about a column that no record has, the definition
 * of a source that was guessed (FROM stdin), a warning about the first dead letter of a source without an end, or that goes on for long,
 * or that an object has halted (on_error = 'stop') and nobody reads it. `position` as in errors; hint may be NULL. Called as rule 8
 * says. NULL fn: none. */
enum { WEIR_NOTICE = 0, WEIR_WARNING = 1, WEIR_DEFINITION = 2 };
typedef void (*weir_notice_fn)(void *user, int kind, const char *message, const char *hint, int64_t position);
WEIR_API void weir_set_notice(weir_db *db, weir_notice_fn fn, void *user);

/* Figures of the running database. */
typedef struct weir_stats {
    size_t struct_size;
    uint64_t epoch;            /* of the last change that is visible */
    uint64_t rows_in;          /* rows of sources, read or pushed, since the database was opened */
    uint64_t rows_late;        /* rows that came too late for every window they belong to: once for each query that left them out */
    uint64_t dead_letters;     /* records and rows that could not be used */
    int64_t watermark_us;      /* the least of all sources and tables that have one; INT64_MIN: none, INT64_MAX: all ended */
    int64_t event_time_max_us; /* the highest event time seen; INT64_MIN: none */
    int64_t state_bytes;       /* of operators, views and tables */
    int64_t memory_bytes;      /* in use, state included */
    uint64_t rows_late_dropped; /* of rows_late: those that went to no table of LATE DATA TO */
    uint64_t rows_skipped;     /* of dead_letters: those of on_error = 'skip', of which only the number is kept */
    uint64_t objects_halted;   /* sources, streams, views and sinks that on_error = 'stop' has halted and that are still there */
    uint64_t sinks_fed;        /* sinks to which weir_step may still bring rows: a source under them has a connector and has not ended */
    uint64_t sources_halted;   /* of objects_halted: sources */
    uint64_t sinks_on_stdout;  /* sinks that write to standard output */
    uint64_t dead_letters_told; /* of dead_letters: those that a warning has named (weir_set_notice) */
} weir_stats;
#define WEIR_STATS_INIT {sizeof(weir_stats), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}
WEIR_API int weir_get_stats(weir_db *db, weir_stats *stats);

/* --- statements -------------------------------------------------------------------------------------------- */

/* Runs a script of statements separated by semicolons; stops at the first error, also WEIR_BUSY: what came before it has been done. Rows
 * they give are read and dropped; a script's end waits for bounded sources that feed views or sinks (sources without an end are read by
 * weir_step: sinks_fed), and fails when an object halts meanwhile (on_error = 'stop'). A statement whose rows halt a view or sink is itself
 * good. */
WEIR_API int weir_exec(weir_conn *conn, const char *sql, ptrdiff_t size, weir_error **error);

/* Size of the first statement of `sql` with the semicolon that ends it; 0: no statement is complete yet. Knows quotes and comments and
 * no grammar; for those who read statements from a pipe or a prompt. */
WEIR_API ptrdiff_t weir_complete(const char *sql, ptrdiff_t size);

/* Reads the first statement of `sql`; *tail (may be NULL) points behind its semicolon. *out is NULL when there is none (only white space
 * and comments). The statement is bound here: unknown names and wrong types are errors of this call. Where columns
 * are guessed (FROM stdin, a file's source without columns) it reads the first records, and waits for those of standard input.
 * Parameters, $1, $2 .., may stand where a value may, in SELECT, INSERT, UPDATE and DELETE: see weir_bind. Their types are found out here, as
 * PostgreSQL does: from what they stand beside, as that of a quoted literal; $1::int says it. One whose type nothing tells is 42P18. */
WEIR_API int weir_prepare(weir_conn *conn, const char *sql, ptrdiff_t size, weir_stmt **out, const char **tail,
                          weir_error **error);
WEIR_API void weir_stmt_free(weir_stmt *stmt);

/* Facts about a statement, for those who show results. */
enum {
    WEIR_STMT_ROWS = 1,       /* gives rows */
    WEIR_STMT_CONTINUOUS = 2, /* gives changes as they come: EMIT or SUBSCRIBE */
    WEIR_STMT_WEIGHTS = 4,    /* last column is __weight */
    WEIR_STMT_ORDERED = 8,
    WEIR_STMT_ON_UPDATE = 16, /* rows replace the one of the same key: see weir_stmt_key */
    WEIR_STMT_PUSHED = 32     /* continuous, and waits for rows that only INSERT or a writer of this process can bring */
};
WEIR_API int weir_stmt_flags(const weir_stmt *stmt);

/* Columns that identify a row of the result: their count, up to `capacity` of their numbers in columns; 0: the whole row does. */
WEIR_API int weir_stmt_key(const weir_stmt *stmt, int *columns, int capacity);

/* A struct schema, one child per column; the caller releases it. A TIMESTAMPTZ has the connection's time zone (SET TIME ZONE); its
 * values are in UTC. */
WEIR_API int weir_stmt_schema(weir_stmt *stmt, struct ArrowSchema *out, weir_error **error);

/* Runs the statement. `out` gives its rows batch by batch, as each is final (continuous: as each epoch ends); a statement without rows
 * has run when this returns, and `out` gives none. A continuous query that on_error = 'stop' ends fails after its last rows. get_next
 * returns an errno value on failure; weir_stream_error tells the rest. (Of EBUSY there is no more to tell: another thread, or the callback
 * that this call was made from, is inside the database; nothing has happened, and it may be called again.) The stream keeps what it needs:
 * the statement may be freed. Each call runs the statement anew, and streams of one statement do not disturb each other. When what it
 * reads has been dropped and made again with other columns it fails (0A000): weir_stmt_schema stays true. */
WEIR_API int weir_query(weir_stmt *stmt, struct ArrowArrayStream *out, weir_error **error);

/* Rows that the statement's last run has inserted, changed or deleted, known when weir_query returns: INSERT, UPDATE, DELETE and TRUNCATE,
 * with RETURNING too; rows that ON CONFLICT DO NOTHING left out are not among them. -1: it has not run, failed, or is another statement.
 *
 *     weir_query(stmt, &stream, &error);
 *     printf("%lld rows changed", (long long)weir_stmt_changes(stmt)); */
WEIR_API int64_t weir_stmt_changes(const weir_stmt *stmt);

/* The error of the stream's last get_next that failed; the caller owns it. NULL when there was none. */
WEIR_API weir_error *weir_stream_error(struct ArrowArrayStream *stream);

/* True (1) when get_next would have to wait for input: time to flush what has been printed. */
WEIR_API int weir_stream_would_wait(struct ArrowArrayStream *stream);

/* --- values, parameters and writers ------------------------------------------------------------------------------------ */

enum { WEIR_NULL, WEIR_BOOL, WEIR_I64, WEIR_F64, WEIR_TEXT, WEIR_BYTES };

typedef struct weir_value {
    int kind;
    union {
        int boolean;
        int64_t i64; /* any number or time: DATE as days, TIME and timestamps as microseconds, their extreme integers as infinity;
                        what is out of the type's range is 22003 or 22008 */
        double f64;
        struct {
            const char *data;
            size_t size;
        } text; /* TEXT; any other type in PostgreSQL's text form */
    } as;
} weir_value;

static inline weir_value weir_null(void) {
    weir_value value = {WEIR_NULL, {0}};
    return value;
}
static inline weir_value weir_bool(int boolean) {
    weir_value value = {WEIR_BOOL, {0}};
    value.as.boolean = boolean;
    return value;
}
static inline weir_value weir_i64(int64_t i64) {
    weir_value value = {WEIR_I64, {0}};
    value.as.i64 = i64;
    return value;
}
static inline weir_value weir_f64(double f64) {
    weir_value value = {WEIR_F64, {0}};
    value.as.f64 = f64;
    return value;
}
static inline weir_value weir_text(const char *data, ptrdiff_t size) {
    weir_value value = {WEIR_TEXT, {0}};
    value.as.text.data = data;
    if (size < 0) size = data == NULL ? 1 : (ptrdiff_t)__builtin_strlen(data); /* a size without bytes is WEIR_MISUSE */
    value.as.text.size = (size_t)size;
    return value;
}

/* $number of the statement (from 1) has this value from now on, in each weir_query that follows, until it is bound again; weir_null() is a
 * value too. A statement that is run again with other values is neither read nor bound anew, and streams that are still being read keep
 * the values they began with. What is no value of the parameter's type fails as in weir_writer_row (42804, 22003, 22008, 22P02, 22021 ..)
 * and leaves the old one; NUMERIC takes up to 38 digits, and each place of the parameter rounds to those it wants. 42P02: the statement
 * has no such parameter, or (weir_query) one of them has no value.
 *
 *     weir_prepare(conn, "SELECT name FROM users WHERE id = $1", -1, &stmt, NULL, &error);
 *     weir_bind(stmt, 1, weir_i64(42), &error);
 *     weir_query(stmt, &stream, &error); */
WEIR_API int weir_bind(weir_stmt *stmt, uint32_t number, weir_value value, weir_error **error);

/* No parameter has a value any more. */
WEIR_API int weir_clear_bindings(weir_stmt *stmt, weir_error **error);

/* Parameters of the statement: the highest n of its $n; 0: none. */
WEIR_API int weir_stmt_param_count(const weir_stmt *stmt);

/* A struct schema, one child "$1", "$2" .. per parameter with its type (of NUMERIC the one without digits given); the caller releases it. */
WEIR_API int weir_stmt_param_schema(weir_stmt *stmt, struct ArrowSchema *out, weir_error **error);

/* A writer adds rows to a source that has no connector, or to a table. `name` as in SQL: Trades is trades, "Trades" in quotes is not. A
 * TIMESTAMPTZ given as text that names no zone goes by the time zone that the connection had when the writer was opened. */
WEIR_API int weir_writer_open(weir_conn *conn, const char *name, weir_writer **out, weir_error **error);

/* The schema that rows must have; the caller releases it. */
WEIR_API int weir_writer_schema(weir_writer *writer, struct ArrowSchema *out, weir_error **error);

/* One epoch: when it returns, every view and subscriber has seen the rows. `schema` NULL: unchanged since the last push (the first: that
 * of weir_writer_schema). Columns are matched by name, first with and then without regard to case; one that is left out has its DEFAULT, else NULL, one
 * that is not the relation's is 42703, one that comes twice 42701. A row that is NULL as a whole has NULL in every column. A column
 * "__weight" int64 may take rows back (of a relation without a key: as they are spelled, -0 and '1 month' too). Types: the column's own
 * in any of Arrow's forms, or one that it holds without loss (integers as wider ones, as NUMERIC and as floats that have them all, float
 * as DOUBLE, decimals of no greater scale, null as anything); else 42804. REFERENCE.md lists them, "Types". Values out of range are
 * 22003 and 22008, text that is none 22021: then no row is taken. When a subscriber's queue is full it waits for another thread to make
 * room (weir_sub_next), then WEIR_BUSY. */
WEIR_API int weir_writer_push(weir_writer *writer, struct ArrowArray *batch, const struct ArrowSchema *schema,
                              int64_t timeout_ns, weir_error **error);

/* Buffers one row (one value per column). A full buffer is pushed first. */
WEIR_API int weir_writer_row(weir_writer *writer, const weir_value *values, size_t count, weir_error **error);

/* Pushes what is buffered, all or nothing; *epoch (may be NULL) is the epoch it became visible in. Rows that cannot be pushed (a key
 * that is there, a relation that was dropped) are gone with the error; with WEIR_BUSY they stay. */
WEIR_API int weir_writer_flush(weir_writer *writer, uint64_t *epoch, weir_error **error);

/* Promises that no row before `event_time_us` will come through this writer any more. The source's watermark is that of its slowest
 * writer: one that has nothing to say holds it back until it promises too, is freed, or has been idle for idle_timeout (which weir_step
 * measures). */
WEIR_API int weir_writer_watermark(weir_writer *writer, int64_t event_time_us, weir_error **error);

/* Buffered rows are pushed first; who wants to know whether they could be calls weir_writer_flush before. */
WEIR_API void weir_writer_free(weir_writer *writer);

/* --- subscriptions ----------------------------------------------------------------------------------------- */

typedef struct weir_batch_info {
    uint64_t epoch;
    int64_t watermark_us;  /* of the query when the epoch began; INT64_MIN: none */
    int is_snapshot;       /* rows that were there when the subscription began */
} weir_batch_info;

/* Called for each batch instead of queueing it; the batch is borrowed for the call. */
typedef void (*weir_sub_fn)(void *user, const weir_batch *batch);

typedef struct weir_sub_options {
    size_t struct_size;
    weir_sub_fn callback;   /* NULL: batches are queued for weir_sub_next */
    void *user;
    size_t queue_batch_max; /* 0: 1024. A full queue makes writers WEIR_BUSY */
} weir_sub_options;
#define WEIR_SUB_OPTIONS_INIT {sizeof(weir_sub_options), NULL, NULL, 0}

/* `query`: the name of a table, view or stream (SUBSCRIBE name), or a SELECT that can be maintained. */
WEIR_API int weir_subscribe(weir_conn *conn, const char *query, const weir_sub_options *options, weir_sub **out,
                            weir_error **error);
WEIR_API int weir_sub_schema(weir_sub *sub, struct ArrowSchema *out, weir_error **error);

/* The next batch; runs weir_step while it waits, and lets other threads in to push. WEIR_TIMEOUT, WEIR_DONE (all input has ended, or a
 * LIMIT is reached), WEIR_INTERRUPTED (cancelled). When on_error = 'stop' has halted the query, or what it reads: after the last batch
 * the error that did, from then on; nothing is queued any more and no writer waits for it. A subscription with a callback asks here too. */
WEIR_API int weir_sub_next(weir_sub *sub, int64_t timeout_ns, weir_batch **out, weir_error **error);
WEIR_API void weir_sub_cancel(weir_sub *sub);

/* A file descriptor for poll, epoll or select: readable (POLLIN) exactly while a batch is queued, the input has ended, on_error = 'stop'
 * has halted it, or it was cancelled, so that weir_sub_next does not wait. Only look at it: do not read, write or close it; it goes with
 * weir_sub_free. Sources with a connector and timers (EMIT EVERY) do nothing while you poll: who has some calls weir_step, too.
 *
 *     int fd;
 *     weir_sub_fd(sub, &fd, &error);
 *     struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
 *     while (poll(&poll_fd, 1, -1) >= 0 && weir_sub_next(sub, -1, &batch, &error) == WEIR_OK) ... another thread pushes ...
 */
WEIR_API int weir_sub_fd(weir_sub *sub, int *out, weir_error **error);
WEIR_API void weir_sub_free(weir_sub *sub);

/* Borrowed until the batch is freed; info may be NULL. */
WEIR_API const struct ArrowArray *weir_batch_view(const weir_batch *batch, weir_batch_info *info);

/* Transfers the rows; the batch must still be freed. */
WEIR_API void weir_batch_move(weir_batch *batch, struct ArrowArray *out);
WEIR_API void weir_batch_free(weir_batch *batch);

#ifdef __cplusplus
}
#endif

#endif

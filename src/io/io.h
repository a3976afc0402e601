/* SPDX-License-Identifier: Apache-2.0
 * io/io.h - the only door to the outside: clock, randomness, files, pages.
 *
 * An Io is chosen when a database is opened: `io_real()`, or the simulated twin of
 * io/io_sim.h, where time stands still, files live in memory and faults happen on
 * request. Everything above is passed an Io and cannot tell which one it is.
 *
 *     IoFile file;
 *     TRY(io_open(io, STR("trades.ndjson"), IO_OPEN_READ, &file, err));
 *     TRY(io_read(&file, buffer, sizeof(buffer), &size, err));      size 0: end of file
 *
 * Errors name the file: 58P01 'could not open file "x": No such file or directory'; other
 * faults are 58030. Interrupted calls are repeated, short writes are continued.
 * Owner:   an IoFile is the caller's and is closed by the caller; its path is borrowed and must outlive it.
 * Threads: io_real() may be shared; an IoFile belongs to one thread at a time. */
#ifndef WEIR_IO_IO_H
#define WEIR_IO_IO_H

#include "base/str.h"

enum {
    IO_PATH_SIZE_MAX = 4096,   /* bytes with the final zero byte: Linux's PATH_MAX */
    IO_GLOB_COUNT_MAX = 65536, /* files one pattern may name */
    IO_POLL_COUNT_MAX = 64,    /* files one wait may name */
    IO_READ_SIZE = 256 * 1024, /* a good size for buffers of io_read; up to 1 MiB gains a little more */
};

/* What every call below has in common:
 *
 * - A Status call leaves its outputs undefined unless it gives STATUS_OK, and fills `err` only then.
 * - A path is bytes as the system takes them, relative to the working directory or absolute. An empty one is
 *   STATUS_FILE_NOT_FOUND, one of IO_PATH_SIZE_MAX bytes or more STATUS_LIMIT, one with a zero byte is
 *   STATUS_IO.
 * - Nothing is buffered: each io_read and io_write is at least one call to the system. */

/* The world behind the door; its calls are in io/io_priv.h. */
typedef struct Io {
    const struct IoCalls *calls;
} Io;

/* The real world. One constant object; nothing to free. */
Io *io_real(void);

/* ---- clock and randomness: cannot fail ---- */

/* Wall clock, microseconds since 1970-01-01 UTC. It may jump, forwards and back: for what a user reads and
 * for comparing with event times, never for measuring how long something took. */
int64_t io_clock_us(Io *io);

/* Nanoseconds since some start; never goes back, and stands still while the machine sleeps. For durations and
 * deadlines; of no meaning to another process. */
int64_t io_clock_monotonic_ns(Io *io);

/* The monotonic time `timeout_ns` from now; INT64_MAX, which never comes, when that is below 0 (for ever) or too
 * far to be written. */
int64_t io_deadline_ns(Io *io, int64_t timeout_ns);

/* What to give io_poll to wait until a deadline: at most an hour, after which the caller looks again; -1 for
 * INT64_MAX; 0 when it has passed. Rounded up, so that the deadline has passed afterwards. */
int io_wait_ms(Io *io, int64_t deadline_ns);

/* Fills `size` bytes: from the system's generator (good enough for keys; waits only while a machine that has
 * just started has gathered no randomness), or from the simulation's seed. A call to the system each time:
 * draw a seed here, not one number per row. */
void io_random(Io *io, void *bytes, size_t size);
uint64_t io_random_u64(Io *io);

/* ---- files ---- */

typedef enum IoOpen {
    IO_OPEN_READ,
    IO_OPEN_APPEND,   /* created when missing; every write goes to the end */
    IO_OPEN_TRUNCATE, /* created when missing, emptied when not */
} IoOpen;

typedef struct IoFile {
    Io *io;
    Str path;   /* borrowed, for messages */
    int handle; /* the world's own number; -1 when closed */
    bool owned; /* io_close releases the handle; false for the standard streams */
} IoFile;

typedef enum IoKind {
    IO_KIND_FILE,
    IO_KIND_DIRECTORY,
    IO_KIND_PIPE, /* a pipe or socket: reading may have to wait */
    IO_KIND_TERMINAL,
    IO_KIND_OTHER,
} IoKind;

/* (device, node) tells two files apart whatever their names: a log that was rotated has another node. Numbers
 * of files that are gone are given again, so a pair means something only while one side of it is held open.
 * `size` is that of a plain file; of pipes and terminals it says nothing. A character device opened by path
 * and not by handle is IO_KIND_OTHER even if it is a terminal. */
typedef struct IoStat {
    uint64_t device;
    uint64_t node;
    uint64_t size;       /* bytes */
    int64_t modified_us; /* microseconds since 1970 UTC */
    IoKind kind;
} IoStat;

/* Fills `file`, also on failure: then it is closed, and io_close on it does nothing. A file that is created
 * may be read and written by all whom the umask lets. A directory can be opened for reading; io_read then
 * fails. A named pipe is opened at once: for reading it is not ready (io_poll) until its first writer has come,
 * and io_read would find its end; for writing it is STATUS_TIMEOUT while nobody reads it, to be tried again. */
NODISCARD Status io_open(Io *io, Str path, IoOpen mode, IoFile *file, Error *err);

/* The standard streams, named "stdin", "stdout", "stderr" in messages; closing one only closes the IoFile.
 * They cannot fail: a stream that the process was started without fails on its first use. */
void io_stdin(Io *io, IoFile *file);
void io_stdout(Io *io, IoFile *file);
void io_stderr(Io *io, IoFile *file);

/* Up to `size` bytes from where the last read ended. A pipe gives what is there and waits only when
 * nothing is; *size_out 0 means the end (a file that has grown since gives more on the next call). size >
 * 0. */
NODISCARD Status io_read(IoFile *file, void *bytes, size_t size, size_t *size_out, Error *err);

/* Up to `size` bytes from `offset`, short only at the end of the file; does not move io_read's place. Pipes
 * and terminals have no offsets: STATUS_IO. */
NODISCARD Status io_read_at(IoFile *file, uint64_t offset, void *bytes, size_t size, size_t *size_out,
                            Error *err);

/* All of the bytes. STATUS_DONE when the reader of a pipe has gone (no signal is raised); STATUS_IO else.
 * After a failure some of the bytes may have been written. */
NODISCARD Status io_write(IoFile *file, const void *bytes, size_t size, Error *err);

/* Returns when everything written is on the device; milliseconds on a disk. The first failure is final: Linux
 * marks the pages that could not be written clean, so a second call would say OK about bytes that are
 * lost. */
NODISCARD Status io_sync(IoFile *file, Error *err);

/* Gives up the handle whatever the status; safe on a closed file. A failure means that bytes written earlier
 * may not have reached the disk (network file systems say so only here); nothing about the file can be done
 * then. */
Status io_close(IoFile *file, Error *err);

/* Of an open file, or of what a path names (links followed). STATUS_FILE_NOT_FOUND when the path names
 * nothing. */
NODISCARD Status io_file_stat(IoFile *file, IoStat *stat, Error *err);
NODISCARD Status io_stat(Io *io, Str path, IoStat *stat, Error *err);

/* `to` is replaced in one step if it exists: whoever opens it finds the old file or the new one. Errors name
 * `from`. Not across file systems. */
NODISCARD Status io_rename(Io *io, Str from, Str to, Error *err);

/* The name goes; the bytes stay until the last handle is closed. Not for directories. */
NODISCARD Status io_unlink(Io *io, Str path, Error *err);

typedef struct IoPoll {
    IoFile *file;
    bool ready; /* out: a read would return at once (data, end or error) */
} IoPoll;

/* Waits until one of `count` files can be read or `timeout_ms` has passed (0: only looks, -1: no limit).
 * A signal ends the wait with nothing ready: look at the time again, the wait may have been short. count 0
 * sleeps; count <= IO_POLL_COUNT_MAX. Plain files are always ready.
 * A simulated wait in which nothing becomes ready moves the virtual clock on by the timeout. */
NODISCARD Status io_poll(Io *io, IoPoll *items, size_t count, int timeout_ms, Error *err);

/* A number for the calling thread, not 0; two that run have two. The same in every world. */
uint64_t io_thread_number(void);

/* The way to wake another thread's io_poll.
 *
 *     TRY(io_event_open(io, STR("wake"), &event, err));
 *     IoPoll items[] = {{.file = &source}, {.file = &event}};
 *     TRY(io_poll(io, items, 2, -1, err));            the other thread: io_event_set(&event, true)
 *     if (items[1].ready) io_event_set(&event, false);
 *
 * A handle that io_poll, and whoever else polls for reading, finds ready while it is set; in the real world a
 * file descriptor. It starts not set; setting it twice is setting it once. Closed with io_close. `path`: for
 * messages. io_event_set may be called from any thread and from a signal handler, and cannot fail. */
NODISCARD Status io_event_open(Io *io, Str path, IoFile *event, Error *err);
void io_event_set(IoFile *event, bool is_set);

/* The existing files (and directories) that a pattern names, sorted by bytes, each once, list and paths in
 * the arena; a path has a zero byte behind it. In any part between slashes `*` is any run, `?` any one byte,
 * `[a-z]` or `[!a-z]` one of a set; a leading dot must be written. A path without these signs gives itself if
 * it exists. No match is an empty list, not an error; over IO_GLOB_COUNT_MAX is STATUS_LIMIT, and a directory
 * on the way that may not be read is STATUS_IO. Costs a listing per directory passed and a stat per file
 * named. */
NODISCARD Status io_glob(Io *io, Str pattern, Arena *arena, Str **paths_out, size_t *count_out, Error *err);

/* True when io_glob would treat `pattern` as more than one plain path. */
bool io_glob_is_pattern(Str pattern);

/* ---- pages ---- */

enum { IO_PAGE_SIZE = 4096, IO_PAGE_SIZE_HUGE = 2 * 1024 * 1024 };

/* For large blocks: small ones come from Memory or an Arena, since a page is the least that is taken here.
 * `size` zeroed bytes (rounded up to IO_PAGE_SIZE), charged to `memory`; NULL when refused. From
 * IO_PAGE_SIZE_HUGE on the block is aligned to it and backed by huge pages where the system has them. Pages
 * cost real memory when first touched. */
NODISCARD void *io_pages_alloc(Io *io, Memory *memory, size_t size);

/* `size` and `memory` as given to the alloc (the world keeps no record of either); `pages` may be NULL. */
void io_pages_free(Io *io, Memory *memory, void *pages, size_t size);

/* Zeroed pages in a row whose number grows. Address space is taken ahead of them, so that they seldom move
 * and growing in small steps is cheap; huge pages as above. {0} is an empty span.
 *
 *     IoSpan span = {0};
 *     if (!io_span_grow(io, memory, &span, record_count * record_size)) return error_out_of_memory(err);
 *     Record *records = (Record *)span.bytes;         good until the next io_span_grow
 *     io_span_free(io, memory, &span);
 *
 * Hold offsets, not addresses: debug builds and the simulation move a span each time it grows, to find out
 * who kept one. */
typedef struct IoSpan {
    char *bytes;
    size_t size;     /* bytes, a multiple of IO_PAGE_SIZE, charged */
    size_t reserved; /* bytes of address space */
} IoSpan;

/* At least `size` bytes; never shrinks. What is there stays, but may move: `bytes` changes. False: refused,
 * the span has its old size and contents, and `bytes` is to be read again all the same. */
NODISCARD bool io_span_grow(Io *io, Memory *memory, IoSpan *span, size_t size);
/* The span is empty then; freeing an empty one does nothing. */
void io_span_free(Io *io, Memory *memory, IoSpan *span);

#endif

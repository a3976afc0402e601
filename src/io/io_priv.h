/* SPDX-License-Identifier: Apache-2.0
 * io/io_priv.h - what a world offers: thin calls that answer like system calls.
 *
 * Each gives a count or 0, or a negated errno. Repeating interrupted calls, continuing
 * short ones and wording errors is done once, above, in io.c; so the simulated world's
 * faults test the very code that runs over the real one.
 *
 * What a world may rely on, since io.c sees to it: paths are not empty, end in a zero byte and are shorter
 * than IO_PATH_SIZE_MAX; handles are >= 0 and of this world; sizes of pages are multiples of IO_PAGE_SIZE and
 * > 0. What io.c relies on: a count is never more than was asked for, and a write of one or more bytes never
 * gives 0 (the loop around it would not end). */
#ifndef WEIR_IO_IO_PRIV_H
#define WEIR_IO_IO_PRIV_H

#include "io/io.h"

/* Takes one name found in a directory, without its path; false stops the listing. The name is the world's and
 * gone after the call. "." and ".." may come (patterns pass them over with all names that start with a
 * dot). */
typedef bool IoNameVisitor(void *context, Str name);

/* Rows in the order of io.h. A new call needs both forms: there is no "not offered", and no member is
 * NULL. */
struct IoCalls {
    int64_t (*clock_us)(Io *io);
    int64_t (*clock_monotonic_ns)(Io *io);
    void (*random)(Io *io, void *bytes, size_t size);

    /* Files. May give -EINTR, and then have done nothing. */
    int (*open)(Io *io, const char *path, IoOpen mode); /* the handle; -EAGAIN: a pipe that nobody reads */
    int64_t (*read)(Io *io, int handle, void *bytes, size_t size);
    int64_t (*read_at)(Io *io, int handle, uint64_t offset, void *bytes, size_t size);
    int64_t (*write)(Io *io, int handle, const void *bytes, size_t size);
    int (*sync)(Io *io, int handle);
    int (*close)(Io *io, int handle);
    int (*stat)(Io *io, const char *path, int handle, IoStat *stat); /* path NULL: of the handle */
    int (*rename)(Io *io, const char *from, const char *to);
    int (*unlink)(Io *io, const char *path);
    int (*list)(Io *io, const char *directory, IoNameVisitor *visitor, void *context); /* "" is here */
    /* Waiting. A world that cannot be woken answers -EDEADLK rather than wait for ever. */
    int (*poll)(Io *io, IoPoll *items, size_t count, int timeout_ms); /* sets ready */
    int (*event_open)(Io *io);                                        /* the handle of an event, not ready */
    void (*event_set)(Io *io, int handle, bool is_set);               /* async-signal-safe */

    /* Pages: charged to `memory` before they are taken, NULL or false when either is refused; no errno. */
    void *(*pages_alloc)(Io *io, Memory *memory, size_t size);
    void (*pages_free)(Io *io, Memory *memory, void *pages, size_t size);
    bool (*span_grow)(Io *io, Memory *memory, IoSpan *span,
                      size_t size); /* size: rounded, larger than it is */
    void (*span_free)(Io *io, Memory *memory, IoSpan *span);
};

#endif

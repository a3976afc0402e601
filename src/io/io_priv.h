/* SPDX-License-Identifier: Apache-2.0
 * io/io_priv.h - what a world offers: thin calls that answer like system calls.
 *
 * Each gives a count or 0, or a negated errno. Repeating interrupted calls, continuing
 * short ones and wording errors is done once, above, in io.c; so the simulated world's
 * faults test the very code that runs over the real one. */
#ifndef WEIR_IO_IO_PRIV_H
#define WEIR_IO_IO_PRIV_H

#include "io/io.h"

/* Takes one name found in a directory; false stops the listing. */
typedef bool IoNameVisitor(void *context, Str name);

struct IoCalls {
    int64_t (*clock_us)(Io *io);
    int64_t (*clock_monotonic_ns)(Io *io);
    void (*random)(Io *io, void *bytes, size_t size);

    int (*open)(Io *io, const char *path, IoOpen mode); /* the handle */
    int64_t (*read)(Io *io, int handle, void *bytes, size_t size);
    int64_t (*read_at)(Io *io, int handle, uint64_t offset, void *bytes, size_t size);
    int64_t (*write)(Io *io, int handle, const void *bytes, size_t size);
    int (*sync)(Io *io, int handle);
    int (*close)(Io *io, int handle);
    int (*stat)(Io *io, const char *path, int handle, IoStat *stat); /* path NULL: of the handle */
    int (*rename)(Io *io, const char *from, const char *to);
    int (*unlink)(Io *io, const char *path);
    int (*list)(Io *io, const char *directory, IoNameVisitor *visitor, void *context); /* "" is here */
    int (*poll)(Io *io, IoPoll *items, size_t count, int timeout_ms);                  /* sets ready */
    int (*event_open)(Io *io);                          /* the handle of an event, not ready */
    void (*event_set)(Io *io, int handle, bool is_set); /* async-signal-safe */

    void *(*pages_alloc)(Io *io, Memory *memory, size_t size);
    void (*pages_free)(Io *io, Memory *memory, void *pages, size_t size);
    bool (*span_grow)(Io *io, Memory *memory, IoSpan *span,
                      size_t size); /* size: rounded, larger than it is */
    void (*span_free)(Io *io, Memory *memory, IoSpan *span);
};

#endif

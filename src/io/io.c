/* SPDX-License-Identifier: Apache-2.0
 * io/io.c - what is the same in every world: loops over partial calls, and the words of errors. */
#include "io/io.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "io/io_priv.h"

int64_t io_clock_us(Io *io) {
    ASSERT(io != NULL);
    return io->calls->clock_us(io);
}

int64_t io_clock_monotonic_ns(Io *io) {
    return io->calls->clock_monotonic_ns(io);
}

int64_t io_deadline_ns(Io *io, int64_t timeout_ns) {
    int64_t deadline_ns;
    if (timeout_ns < 0 || __builtin_add_overflow(io_clock_monotonic_ns(io), timeout_ns, &deadline_ns))
        return INT64_MAX;
    return deadline_ns;
}

int io_wait_ms(Io *io, int64_t deadline_ns) {
    enum { WAIT_MS_MAX = 3600000 };
    if (deadline_ns == INT64_MAX) return -1;
    /* Both are >= 0, so the difference is in range. */
    int64_t left_ns = deadline_ns - io_clock_monotonic_ns(io);
    if (left_ns <= 0) return 0;
    return left_ns / 1000000 >= WAIT_MS_MAX ? WAIT_MS_MAX : (int)((left_ns + 999999) / 1000000);
}

void io_random(Io *io, void *bytes, size_t size) {
    ASSERT(bytes != NULL || size == 0);
    io->calls->random(io, bytes, size);
}

uint64_t io_random_u64(Io *io) {
    ASSERT(io != NULL);
    uint64_t value;
    io->calls->random(io, &value, sizeof(value));
    return value;
}

/* ---- errors ---- */

/* In PostgreSQL's words, with the reason as the C library has it untranslated: strerror hangs on the
 * locale. */
static Status io_error(Error *err, const char *verb, Str path, int64_t result) {
    ASSERT(result < 0);
    int number = (int)-result;
    const char *reason = strerrordesc_np(number);
    return error_set(err, number == ENOENT ? STATUS_FILE_NOT_FOUND : STATUS_IO,
                     "could not %s file \"%.*s\": %s", verb, STR_ARGS(path),
                     reason == NULL ? "unknown error" : reason);
}

/* System calls take zero-terminated paths; the buffer is the caller's. */
static Status io_path(Str path, char buffer[IO_PATH_SIZE_MAX], Error *err) {
    ASSERT(path.data != NULL || path.size == 0);
    if (path.size == 0) return error_set(err, STATUS_FILE_NOT_FOUND, "a file name is empty");
    if (path.size >= IO_PATH_SIZE_MAX)
        return error_set(err, STATUS_LIMIT, "a file name of %zu bytes is too long (the limit is %d)",
                         path.size, IO_PATH_SIZE_MAX - 1);
    if (memchr(path.data, '\0', path.size) != NULL)
        return error_set(err, STATUS_IO, "a file name contains a zero byte");
    memcpy(buffer, path.data, path.size);
    buffer[path.size] = '\0';
    return STATUS_OK;
}

/* ---- files ---- */

Status io_open(Io *io, Str path, IoOpen mode, IoFile *file, Error *err) {
    ASSERT(io != NULL);
    ASSERT(mode <= IO_OPEN_TRUNCATE);
    /* Closed until it is open: callers close what they have on every way out. */
    *file = (IoFile){.io = io, .path = path, .handle = -1};
    char name[IO_PATH_SIZE_MAX];
    TRY(io_path(path, name, err));
    int handle;
    do handle = io->calls->open(io, name, mode);
    while (handle == -EINTR);
    if (handle == -EAGAIN) return error_set(err, STATUS_TIMEOUT, "nobody reads the pipe \"%.*s\"", STR_ARGS(path));
    if (handle < 0) return io_error(err, "open", path, handle);
    file->handle = handle;
    file->owned = true;
    ASSERT(file->handle >= 0);
    return STATUS_OK;
}

void io_stdin(Io *io, IoFile *file) {
    *file = (IoFile){.io = io, .path = STR("stdin"), .handle = 0};
}

void io_stdout(Io *io, IoFile *file) {
    *file = (IoFile){.io = io, .path = STR("stdout"), .handle = 1};
}

void io_stderr(Io *io, IoFile *file) {
    *file = (IoFile){.io = io, .path = STR("stderr"), .handle = 2};
}

Status io_read(IoFile *file, void *bytes, size_t size, size_t *size_out, Error *err) {
    ASSERT(bytes != NULL);
    ASSERT(file->handle >= 0);
    ASSERT(size > 0);
    ASSERT(size_out != NULL); /* size 0 could not be told from the end */
    int64_t result;
    do result = file->io->calls->read(file->io, file->handle, bytes, size);
    while (result == -EINTR);
    if (result < 0) return io_error(err, "read", file->path, result);
    ASSERT((size_t)result <= size);
    *size_out = (size_t)result;
    return STATUS_OK;
}

Status io_read_at(IoFile *file, uint64_t offset, void *bytes, size_t size, size_t *size_out, Error *err) {
    ASSERT(bytes != NULL || size == 0);
    ASSERT(offset <= INT64_MAX); /* off_t is signed: a larger one would be refused as a negative one */
    ASSERT(file->handle >= 0);
    size_t done = 0;
    while (done < size) {
        int64_t result = file->io->calls->read_at(file->io, file->handle, offset + done, (char *)bytes + done,
                                                  size - done);
        if (result == -EINTR) continue;
        if (result < 0) return io_error(err, "read", file->path, result);
        if (result == 0) break;
        ASSERT((size_t)result <= size - done);
        done += (size_t)result;
    }
    *size_out = done;
    ASSERT(*size_out <= size);
    return STATUS_OK;
}

Status io_write(IoFile *file, const void *bytes, size_t size, Error *err) {
    ASSERT(bytes != NULL || size == 0);
    ASSERT(file->handle >= 0);
    size_t done = 0;
    while (done < size) {
        int64_t result =
            file->io->calls->write(file->io, file->handle, (const char *)bytes + done, size - done);
        if (result == -EINTR) continue;
        if (result == -EPIPE)
            return error_set(err, STATUS_DONE, "the reader of \"%.*s\" has gone", STR_ARGS(file->path));
        if (result < 0) return io_error(err, "write", file->path, result);
        if (NEVER(result == 0)) return io_error(err, "write", file->path, -EIO);
        ASSERT((size_t)result <= size - done);
        done += (size_t)result;
    }
    return STATUS_OK;
}

Status io_sync(IoFile *file, Error *err) {
    ASSERT(file->handle >= 0);
    /* Not repeated, not even when interrupted: see the header on second calls. */
    int result = file->io->calls->sync(file->io, file->handle);
    return result < 0 ? io_error(err, "sync", file->path, result) : STATUS_OK;
}

Status io_close(IoFile *file, Error *err) {
    if (file->handle < 0) return STATUS_OK;
    int result = file->owned ? file->io->calls->close(file->io, file->handle) : 0;
    /* The standard streams stay open: others in the process write to them too. */
    file->handle = -1;
    /* On Linux the handle is gone also when close was interrupted: trying again could close another's. */
    if (result < 0 && result != -EINTR) return io_error(err, "close", file->path, result);
    return STATUS_OK;
}

Status io_file_stat(IoFile *file, IoStat *stat, Error *err) {
    ASSERT(stat != NULL);
    ASSERT(file->handle >= 0);
    int result = file->io->calls->stat(file->io, NULL, file->handle, stat);
    return result < 0 ? io_error(err, "stat", file->path, result) : STATUS_OK;
}

Status io_stat(Io *io, Str path, IoStat *stat, Error *err) {
    ASSERT(stat != NULL);
    char name[IO_PATH_SIZE_MAX];
    TRY(io_path(path, name, err));
    int result = io->calls->stat(io, name, -1, stat);
    return result < 0 ? io_error(err, "stat", path, result) : STATUS_OK;
}

Status io_rename(Io *io, Str from, Str to, Error *err) {
    char name[IO_PATH_SIZE_MAX], target[IO_PATH_SIZE_MAX];
    TRY(io_path(from, name, err));
    TRY(io_path(to, target, err));
    int result = io->calls->rename(io, name, target);
    return result < 0 ? io_error(err, "rename", from, result) : STATUS_OK;
}

Status io_unlink(Io *io, Str path, Error *err) {
    char name[IO_PATH_SIZE_MAX];
    TRY(io_path(path, name, err));
    int result = io->calls->unlink(io, name);
    return result < 0 ? io_error(err, "remove", path, result) : STATUS_OK;
}

Status io_poll(Io *io, IoPoll *items, size_t count, int timeout_ms, Error *err) {
    ASSERT(timeout_ms >= -1);
    ASSERT(items != NULL || count == 0);
    ASSERT(count <= IO_POLL_COUNT_MAX);
    for (size_t i = 0; i < count; i++) {
        ASSERT(items[i].file->io == io); /* handles of another world mean other files here */
        ASSERT(items[i].file->handle >= 0);
        items[i].ready = false;
    }
    int result = io->calls->poll(io, items, count, timeout_ms);
    ASSERT(result <= (int)count);
    /* Not waited again: who waits with a signal handler wants to look at what it did. */
    if (result >= 0 || result == -EINTR) return STATUS_OK;
    return io_error(err, "wait for", count > 0 ? items[0].file->path : STR(""), result);
}

/* ---- events ---- */

Status io_event_open(Io *io, Str path, IoFile *event, Error *err) {
    int result = io->calls->event_open(io);
    if (result < 0) return io_error(err, "open", path, result);
    ASSERT(event != NULL);
    *event = (IoFile){.io = io, .path = path, .handle = result, .owned = true};
    return STATUS_OK;
}

uint64_t io_thread_number(void) {
    return (uint64_t)pthread_self();
}

void io_event_set(IoFile *event, bool is_set) {
    ASSERT(event->handle >= 0);
    event->io->calls->event_set(event->io, event->handle, is_set);
}

/* ---- pages ---- */

STATIC_ASSERT((IO_PAGE_SIZE & (IO_PAGE_SIZE - 1)) == 0, "rounding is masking");
STATIC_ASSERT(IO_PAGE_SIZE_HUGE % IO_PAGE_SIZE == 0, "a huge page is whole pages");
STATIC_ASSERT(IO_READ_SIZE % IO_PAGE_SIZE == 0, "a read fills whole pages");

static size_t io_pages_round(size_t size) {
    return (size + IO_PAGE_SIZE - 1) & ~(size_t)(IO_PAGE_SIZE - 1);
}

void *io_pages_alloc(Io *io, Memory *memory, size_t size) {
    ASSERT(memory != NULL);
    ASSERT(size > 0);
    if (size > (size_t)INT64_MAX / 2) return NULL; /* rounding up would wrap; Memory counts in int64 */
    return io->calls->pages_alloc(io, memory, io_pages_round(size));
}

void io_pages_free(Io *io, Memory *memory, void *pages, size_t size) {
    ASSERT(size > 0 || pages == NULL);
    if (pages != NULL) io->calls->pages_free(io, memory, pages, io_pages_round(size));
}

bool io_span_grow(Io *io, Memory *memory, IoSpan *span, size_t size) {
    ASSERT((span->bytes == NULL) == (span->size == 0));
    ASSERT(span->size % IO_PAGE_SIZE == 0);
    if (size <= span->size) return true;
    if (size > (size_t)INT64_MAX / 4) return false; /* twice as much address space may be asked for */
    if (!io->calls->span_grow(io, memory, span, io_pages_round(size))) return false;
    ASSERT(span->size >= size);
    ASSERT(span->size <= span->reserved);
    return true;
}

void io_span_free(Io *io, Memory *memory, IoSpan *span) {
    if (span->bytes != NULL) io->calls->span_free(io, memory, span);
    *span = (IoSpan){0};
}

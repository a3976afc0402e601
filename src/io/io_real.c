/* SPDX-License-Identifier: Apache-2.0
 * io/io_real.c - the real world: Linux system calls. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "io/io.h"
#include "io/io_priv.h"

STATIC_ASSERT(IO_PATH_SIZE_MAX == PATH_MAX, "io_path lets through what the system takes");
STATIC_ASSERT(sizeof(off_t) == sizeof(int64_t), "files over 2 GiB are read at any offset");

static int64_t real_clock_us(Io *io) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t real_clock_monotonic_ns(Io *io) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void real_random(Io *io, void *bytes, size_t size) {
    size_t done = 0;
    while (done < size) {
        ssize_t result = getrandom((char *)bytes + done, size - done, 0);
        /* Without flags it can fail only by a signal, and a caller could do nothing about more. */
        ASSERT(result >= 0 || errno == EINTR);
        if (result > 0) done += (size_t)result;
    }
}

/* Without O_NONBLOCK opening a named pipe waits for its other end, and no one could end that. With it a writer without a
 * reader is told ENXIO; so is one who opens a socket, which no waiting helps. */
static int real_open_refused(const char *path, int error_number) {
    struct stat found;
    bool is_pipe = error_number == ENXIO && stat(path, &found) == 0 && S_ISFIFO(found.st_mode);
    return is_pipe ? -EAGAIN : -error_number;
}

static int real_open(Io *io, const char *path, IoOpen mode) {
    /* Handles of a library are no business of programs that its host starts. */
    int flags = O_CLOEXEC | O_NONBLOCK;
    switch (mode) {
        case IO_OPEN_READ: flags |= O_RDONLY; break;
        case IO_OPEN_APPEND: flags |= O_WRONLY | O_CREAT | O_APPEND; break;
        case IO_OPEN_TRUNCATE: flags |= O_WRONLY | O_CREAT | O_TRUNC; break;
    }
    int handle = open(path, flags, 0666);
    if (handle < 0) return real_open_refused(path, errno);
    if (fcntl(handle, F_SETFL, flags & O_APPEND) == 0) return handle; /* reads and writes wait again */
    int error_number = errno;
    close(handle);
    return -error_number;
}

static int64_t real_read(Io *io, int handle, void *bytes, size_t size) {
    ssize_t result = read(handle, bytes, size);
    return result < 0 ? -errno : result;
}

static int64_t real_read_at(Io *io, int handle, uint64_t offset, void *bytes, size_t size) {
    ssize_t result = pread(handle, bytes, size, (off_t)offset);
    return result < 0 ? -errno : result;
}

/* A library may not change what the process does with SIGPIPE, so the signal is held back around the call
 * and, if this call raised it, taken away before it can be delivered. A write that the reader's going cuts
 * short raises it too, although it succeeds. */
static int64_t real_write(Io *io, int handle, const void *bytes, size_t size) {
    sigset_t pipe_only, before, pending;
    sigemptyset(&pipe_only);
    sigaddset(&pipe_only, SIGPIPE);
    sigpending(&pending);
    bool was_pending = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_only, &before);
    ssize_t result = write(handle, bytes, size);
    int error_number = errno;
    ASSERT(result < 0 || (size_t)result <= size);
    /* One that was pending before is the host's own and has to reach it. */
    bool may_be_raised = result < 0 ? error_number == EPIPE : (size_t)result < size;
    if (may_be_raised && !was_pending) sigtimedwait(&pipe_only, NULL, &(struct timespec){0});
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return result < 0 ? -error_number : result;
}

static int real_sync(Io *io, int handle) {
    return fsync(handle) < 0 ? -errno : 0;
}

static int real_close(Io *io, int handle) {
    return close(handle) < 0 ? -errno : 0;
}

static IoKind real_kind(const struct stat *found, int handle) {
    if (S_ISREG(found->st_mode)) return IO_KIND_FILE;
    if (S_ISDIR(found->st_mode)) return IO_KIND_DIRECTORY;
    if (S_ISFIFO(found->st_mode) || S_ISSOCK(found->st_mode)) return IO_KIND_PIPE;
    if (S_ISCHR(found->st_mode) && handle >= 0 && isatty(handle)) return IO_KIND_TERMINAL;
    return IO_KIND_OTHER;
}

static int real_stat(Io *io, const char *path, int handle, IoStat *out) {
    struct stat found;
    if ((path != NULL ? stat(path, &found) : fstat(handle, &found)) < 0) return -errno;
    *out = (IoStat){
        .device = found.st_dev,
        .node = found.st_ino,
        .size = (uint64_t)found.st_size,
        .modified_us = (int64_t)found.st_mtim.tv_sec * 1000000 + found.st_mtim.tv_nsec / 1000,
        .kind = real_kind(&found, handle),
    };
    return 0;
}

static int real_rename(Io *io, const char *from, const char *to) {
    return rename(from, to) < 0 ? -errno : 0;
}

static int real_unlink(Io *io, const char *path) {
    return unlink(path) < 0 ? -errno : 0;
}

static int real_list(Io *io, const char *directory, IoNameVisitor *visitor, void *context) {
    DIR *stream = opendir(directory[0] == '\0' ? "." : directory);
    if (stream == NULL) return -errno;
    struct dirent *entry;
    errno = 0;
    while ((entry = readdir(stream)) != NULL) {
        if (!visitor(context, str_from_c(entry->d_name))) break;
        errno = 0;
    }
    int result = entry == NULL ? -errno : 0;
    closedir(stream);
    return result;
}

static int real_poll(Io *io, IoPoll *items, size_t count, int timeout_ms) {
    DEBUG_ASSERT(count <= IO_POLL_COUNT_MAX);
    struct pollfd fds[IO_POLL_COUNT_MAX];
    for (size_t i = 0; i < count; i++)
        fds[i] = (struct pollfd){.fd = items[i].file->handle, .events = POLLIN};
    int result = poll(fds, (nfds_t)count, timeout_ms);
    if (result < 0) return -errno;
    for (size_t i = 0; i < count; i++) items[i].ready = fds[i].revents != 0;
    return result;
}

static int real_event_open(Io *io) {
    int handle = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return handle < 0 ? -errno : handle;
}

/* The counter is above 0 while set. A write that it has no room for finds it set; a read of 0 finds it not. A
 * signal handler's errno is kept. */
static void real_event_set(Io *io, int handle, bool is_set) {
    int before = errno;
    DEBUG_ASSERT(handle >= 0);
    uint64_t value = 1;
    ssize_t result;
    do result = is_set ? write(handle, &value, sizeof(value)) : read(handle, &value, sizeof(value));
    while (result < 0 && errno == EINTR);
    errno = before;
}

/* `flags` to add to those of mmap. Huge pages need an aligned address: map more, and give back
 * what sticks out. Pages are zeroed by the kernel, and none is real until it is touched. */
static void *real_map(size_t size, int flags) {
    DEBUG_ASSERT(size > 0 && size % IO_PAGE_SIZE == 0); /* io_pages_round */
    size_t slack = size >= IO_PAGE_SIZE_HUGE ? IO_PAGE_SIZE_HUGE : 0;
    char *mapped = mmap(NULL, size + slack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
    if (mapped == MAP_FAILED) return NULL;
    if (slack == 0) return mapped;
    size_t head = (size_t)(-(uintptr_t)mapped & (IO_PAGE_SIZE_HUGE - 1));
    if (head > 0) munmap(mapped, head);
    if (slack - head > 0) munmap(mapped + head + size, slack - head);
    ASSERT((uintptr_t)(mapped + head) % IO_PAGE_SIZE_HUGE == 0);
    madvise(mapped + head, size, MADV_HUGEPAGE);
    /* A hint: without huge pages it is only slower. */
    return mapped + head;
}

static void *real_pages_alloc(Io *io, Memory *memory, size_t size) {
    if (!memory_charge(memory, size)) return NULL;
    ASSERT(size % IO_PAGE_SIZE == 0);
    void *pages = real_map(size, 0);
    if (pages == NULL) memory_discharge(memory, size);
    return pages;
}

static void real_pages_free(Io *io, Memory *memory, void *pages, size_t size) {
    memory_discharge(memory, size);
    munmap(pages, size);
}

enum { SPAN_RESERVED_MIN = 1024 * 1024 };

/* In debug builds a span moves whenever it grows, so that who kept an address is found out. */
static size_t span_reserved(size_t size) {
#ifdef WEIR_DEBUG
    return size;
#else
    return size * 2 < SPAN_RESERVED_MIN ? SPAN_RESERVED_MIN : size * 2;
#endif
}

/* The pages to the start of a larger mapping: the system only changes where it finds them, or, where it cannot, they
 * are copied. A span is one mapping, open to its end, since several could not be moved at once by every kernel;
 * pages not touched cost nothing. */
static bool real_span_move(IoSpan *span, size_t size) {
    size_t reserved = span_reserved(size);
    char *bytes = real_map(reserved, MAP_NORESERVE);
    if (bytes == NULL) bytes = real_map(reserved = size, MAP_NORESERVE); /* address space may be scarce */
    if (bytes == NULL) return false;
    bool moved = span->size == 0;
#if defined(__linux__)
    moved = moved ||
            mremap(span->bytes, span->reserved, reserved, MREMAP_MAYMOVE | MREMAP_FIXED, bytes) == bytes;
#endif
    if (!moved) {
        memcpy(bytes, span->bytes, span->size);
        munmap(span->bytes, span->reserved);
    }
    if (reserved >= IO_PAGE_SIZE_HUGE) madvise(bytes, reserved, MADV_HUGEPAGE); /* what moved in brought its own mode */
    span->bytes = bytes;
    span->reserved = reserved;
    return true;
}

static bool real_span_grow(Io *io, Memory *memory, IoSpan *span, size_t size) {
    size_t more = size - span->size;
    if (!memory_charge(memory, more)) return false;
    if (size > span->reserved && !real_span_move(span, size)) {
        memory_discharge(memory, more);
        return false;
    }
    span->size = size;
    return true;
}

static void real_span_free(Io *io, Memory *memory, IoSpan *span) {
    memory_discharge(memory, span->size);
    munmap(span->bytes, span->reserved);
}

static const struct IoCalls real_calls = {
    .clock_us = real_clock_us,
    .clock_monotonic_ns = real_clock_monotonic_ns,
    .random = real_random,
    .open = real_open,
    .read = real_read,
    .read_at = real_read_at,
    .write = real_write,
    .sync = real_sync,
    .close = real_close,
    .stat = real_stat,
    .rename = real_rename,
    .unlink = real_unlink,
    .list = real_list,
    .poll = real_poll,
    .event_open = real_event_open,
    .event_set = real_event_set,
    .pages_alloc = real_pages_alloc,
    .pages_free = real_pages_free,
    .span_grow = real_span_grow,
    .span_free = real_span_free,
};

/* Const, yet handed out as Io *: nothing writes through it, and a simulation's Io is not const. */
static const Io real_world = {.calls = &real_calls};

Io *io_real(void) {
    return (Io *)&real_world;
}

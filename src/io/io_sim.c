/* SPDX-License-Identifier: Apache-2.0
 * io/io_sim.c - the simulated world: files in memory, a clock that waits, faults on request. */
#include "io/io_sim.h"

#include <errno.h>
#include <string.h>

#include "io/io_priv.h"

enum { SIM_STREAM_COUNT = 3 }; /* nodes and handles 0, 1, 2 */

#define SIM_CLOCK_START_US 1704067200000000LL /* 2024-01-01 00:00:00 UTC */

STATIC_ASSERT(offsetof(IoSim, io) == 0, "an Io * of a simulation is its IoSim *");

/* The simulation around its Io. */
static IoSim *sim_of(Io *io) {
    DEBUG_ASSERT(io->calls != NULL && io->calls->clock_us != NULL);
    return (IoSim *)io;
}

/* Steps a 64-bit counter by the golden ratio and mixes it (splitmix64). */
static uint64_t sim_next(IoSim *sim) {
    uint64_t value = sim->random += 0x9E3779B97F4A7C15ULL;
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9ULL;
    value = (value ^ value >> 27) * 0x94D049BB133111EBULL;
    return value ^ value >> 31;
}

/* Counts the call; 0, or the negated errno that the test asked for. */
static int sim_fault(IoSim *sim, IoSimCall call) {
    uint64_t number = ++sim->call_counts[call];
    return sim->faults[call].at == number ? -sim->faults[call].error_number : 0;
}

static bool sim_interrupted(IoSim *sim) {
    ASSERT(sim->interrupt_every != 1); /* would never end */
    return sim->interrupt_every > 0 && ++sim->interrupt_clock % sim->interrupt_every == 0;
}

/* At most `limit` of `size`, the part chosen by the seed. */
static size_t sim_part(IoSim *sim, size_t size, size_t limit) {
    if (limit == 0 || size == 0) return size;
    size_t part = 1 + (size_t)(sim_next(sim) % limit);
    ASSERT(part > 0); /* a call that moves nothing would say that the file has ended */
    return part < size ? part : size;
}

/* ---- nodes ---- */

static void node_destroy(IoSim *sim, IoSimNode *node) {
    memory_free(sim->memory, (void *)node->path.data, node->path.size);
    memory_free(sim->memory, node->bytes, node->capacity);
    memory_free(sim->memory, node, sizeof(*node));
}

static IoSimNode *node_create(IoSim *sim, Str path, IoKind kind) {
    ASSERT(path.size > 0);
    if (!vector_reserve(&sim->nodes, sim->memory, 1)) return NULL;
    IoSimNode *node = memory_alloc_zeroed(sim->memory, sizeof(*node));
    if (node == NULL) return NULL;
    char *name = memory_alloc(sim->memory, path.size);
    if (name == NULL) {
        memory_free(sim->memory, node, sizeof(*node));
        return NULL;
    }
    memcpy(name, path.data, path.size);
    node->path = (Str){name, path.size};
    node->kind = kind;
    node->number = ++sim->node_count_made;
    node->modified_us = sim->clock_us;
    return sim->nodes.items[sim->nodes.count++] = node;
}

/* From the list; the streams are found only when `first` is 0. */
static IoSimNode *node_find_from(const IoSim *sim, size_t first, Str path) {
    for (size_t i = first; i < sim->nodes.count; i++)
        if (path.size > 0 && str_equal(sim->nodes.items[i]->path, path)) return sim->nodes.items[i];
    return NULL;
}

static IoSimNode *node_find(const IoSim *sim, Str path) {
    return node_find_from(sim, SIM_STREAM_COUNT, path);
}

static void node_forget(IoSim *sim, IoSimNode *node) {
    ASSERT(node->open_count == 0);
    size_t i = 0;
    /* It is there: every node is in the list from its making on. */
    while (sim->nodes.items[i] != node) i++;
    ASSERT(i >= SIM_STREAM_COUNT); /* the streams stay */
    for (; i + 1 < sim->nodes.count; i++) sim->nodes.items[i] = sim->nodes.items[i + 1];
    sim->nodes.count--;
    node_destroy(sim, node);
}

/* The name goes at once, the bytes with the last handle. */
static void node_unlink(IoSim *sim, IoSimNode *node) {
    ASSERT(node->path.size > 0); /* once */
    memory_free(sim->memory, (void *)node->path.data, node->path.size);
    node->path = (Str){NULL, 0};
    if (node->open_count == 0) node_forget(sim, node);
}

static bool node_append(IoSim *sim, IoSimNode *node, const void *bytes, size_t size) {
    if (node->capacity - node->size < size) {
        size_t capacity = node->capacity * 2 + size;
        char *grown = memory_realloc(sim->memory, node->bytes, node->capacity, capacity);
        if (grown == NULL) return false;
        node->bytes = grown;
        node->capacity = capacity;
    }
    if (size > 0) memcpy(node->bytes + node->size, bytes, size);
    node->size += size;
    ASSERT(node->size <= node->capacity);
    node->modified_us = sim->clock_us;
    return true;
}

/* ---- the calls ---- */

static int64_t sim_clock_us(Io *io) {
    return sim_of(io)->clock_us;
}

static int64_t sim_clock_monotonic_ns(Io *io) {
    return sim_of(io)->clock_monotonic_ns;
}

static void sim_random(Io *io, void *bytes, size_t size) {
    for (size_t done = 0; done < size; done += 8) {
        uint64_t value = sim_next(sim_of(io));
        memcpy((char *)bytes + done, &value, size - done < 8 ? size - done : 8);
    }
}

/* The lowest free number, as the system does: code that keeps a closed handle meets another's file. */
static int sim_handle_take(IoSim *sim, IoSimNode *node, IoOpen mode) {
    size_t handle = SIM_STREAM_COUNT;
    while (handle < sim->handles.count && sim->handles.items[handle].node != NULL) handle++;
    if (handle == sim->handles.count && !vector_push(&sim->handles, sim->memory, (IoSimHandle){0}))
        return -ENOMEM;
    sim->handles.items[handle] = (IoSimHandle){.node = node, .mode = mode};
    node->open_count++;
    return (int)handle;
}

static int sim_open(Io *io, const char *path, IoOpen mode) {
    IoSim *sim = sim_of(io);
    if (sim_interrupted(sim)) return -EINTR;
    int fault = sim_fault(sim, IO_SIM_OPEN);
    if (fault < 0) return fault;
    IoSimNode *node = node_find(sim, str_from_c(path));
    if (node == NULL && mode == IO_OPEN_READ) return -ENOENT;
    if (node == NULL) node = node_create(sim, str_from_c(path), IO_KIND_FILE);
    if (node == NULL) return -ENOMEM;
    int handle = sim_handle_take(sim, node, mode);
    if (handle >= 0 && mode == IO_OPEN_TRUNCATE) node->size = 0;
    return handle;
}

/* An open one; a handle that was closed, or never given, is a bug of the code under test and stops it. */
static IoSimHandle *sim_handle(IoSim *sim, int handle) {
    ASSERT(handle >= 0 && (size_t)handle < sim->handles.count);
    ASSERT(sim->handles.items[handle].node != NULL);
    return &sim->handles.items[handle];
}

/* The bytes from `offset` on, as many as the test lets one read give. */
static int64_t sim_copy_out(IoSim *sim, const IoSimNode *node, uint64_t offset, void *bytes, size_t size) {
    if (offset >= node->size) return 0;
    DEBUG_ASSERT(size > 0);

    size_t there = node->size - (size_t)offset;
    size_t part = sim_part(sim, there < size ? there : size, sim->read_size_max);
    memcpy(bytes, node->bytes + offset, part);
    return (int64_t)part;
}

static int64_t sim_read(Io *io, int number, void *bytes, size_t size) {
    IoSim *sim = sim_of(io);
    if (sim_interrupted(sim)) return -EINTR;
    int fault = sim_fault(sim, IO_SIM_READ);
    if (fault < 0) return fault;
    IoSimHandle *handle = sim_handle(sim, number);
    if (number >= SIM_STREAM_COUNT && handle->mode != IO_OPEN_READ) return -EBADF;
    int64_t count = sim_copy_out(sim, handle->node, handle->offset, bytes, size);
    if (count == 0 && handle->node->kind == IO_KIND_PIPE && !handle->node->ended)
        return -EAGAIN; /* a real read would wait for ever: nobody else runs */
    handle->offset += (size_t)count;
    return count;
}

static int64_t sim_read_at(Io *io, int number, uint64_t offset, void *bytes, size_t size) {
    IoSim *sim = sim_of(io);
    if (sim_interrupted(sim)) return -EINTR;
    int fault = sim_fault(sim, IO_SIM_READ);
    if (fault < 0) return fault;
    IoSimHandle *handle = sim_handle(sim, number);
    if (handle->node->kind == IO_KIND_PIPE) return -ESPIPE;
    return sim_copy_out(sim, handle->node, offset, bytes, size);
}

/* How many of `size` more bytes the disk takes. */
static size_t sim_disk_room(const IoSim *sim, size_t size) {
    size_t used = 0;
    if (sim->disk_size_max == 0) return size;
    for (size_t i = 0; i < sim->nodes.count; i++)
        if (sim->nodes.items[i]->kind == IO_KIND_FILE) used += sim->nodes.items[i]->size;
    size_t room = used < sim->disk_size_max ? sim->disk_size_max - used : 0;
    return room < size ? room : size;
}

static int64_t sim_write(Io *io, int number, const void *bytes, size_t size) {
    IoSim *sim = sim_of(io);
    if (sim_interrupted(sim)) return -EINTR;
    int fault = sim_fault(sim, IO_SIM_WRITE);
    if (fault < 0) return fault;
    IoSimHandle *handle = sim_handle(sim, number);
    if (number >= SIM_STREAM_COUNT && handle->mode == IO_OPEN_READ) return -EBADF;
    if (handle->node->reader_gone) return -EPIPE;
    size_t part = sim_part(sim, size, sim->write_size_max);
    if (handle->node->kind == IO_KIND_FILE) {
        part = sim_disk_room(sim, part);
        if (part == 0) return -ENOSPC;
    }
    return node_append(sim, handle->node, bytes, part) ? (int64_t)part : -ENOMEM;
}

static int sim_sync(Io *io, int number) {
    sim_handle(sim_of(io), number);
    return sim_fault(sim_of(io), IO_SIM_SYNC);
}

static int sim_close(Io *io, int number) {
    IoSim *sim = sim_of(io);
    IoSimHandle *handle = sim_handle(sim, number);
    IoSimNode *node = handle->node;
    handle->node = NULL;
    if (--node->open_count == 0 && node->path.size == 0) node_forget(sim, node);
    return sim_fault(sim, IO_SIM_CLOSE);
}

/* Directories are not made; one exists when a file is in it. */
static bool sim_is_directory(const IoSim *sim, Str path) {
    for (size_t i = SIM_STREAM_COUNT; i < sim->nodes.count; i++) {
        Str name = sim->nodes.items[i]->path;
        if (name.size > path.size && str_starts_with(name, path) &&
            (name.data[path.size] == '/' || path.data[path.size - 1] == '/'))
            return true;
    }
    return false;
}

static int sim_stat(Io *io, const char *path, int number, IoStat *out) {
    IoSim *sim = sim_of(io);
    int fault = sim_fault(sim, IO_SIM_STAT);
    if (fault < 0) return fault;
    const IoSimNode *node = path == NULL ? sim_handle(sim, number)->node : node_find(sim, str_from_c(path));
    if (node == NULL && sim_is_directory(sim, str_from_c(path))) {
        *out = (IoStat){.device = 1, .kind = IO_KIND_DIRECTORY};
        return 0;
    }
    if (node == NULL) return -ENOENT;
    *out = (IoStat){.device = 1,
                    .node = node->number,
                    .size = node->size,
                    .modified_us = node->modified_us,
                    .kind = node->kind};
    return 0;
}

static int sim_rename(Io *io, const char *from, const char *to) {
    IoSim *sim = sim_of(io);
    int fault = sim_fault(sim, IO_SIM_RENAME);
    if (fault < 0) return fault;
    IoSimNode *node = node_find(sim, str_from_c(from));
    if (node == NULL) return -ENOENT;
    Str target = str_from_c(to);
    if (str_equal(node->path, target)) return 0;
    char *name = memory_alloc(sim->memory, target.size);
    if (name == NULL) return -ENOMEM;
    memcpy(name, target.data, target.size);
    IoSimNode *replaced = node_find(sim, target);
    if (replaced != NULL) node_unlink(sim, replaced);
    ASSERT(node_find(sim, target) == NULL); /* one file to a name */
    memory_free(sim->memory, (void *)node->path.data, node->path.size);
    node->path = (Str){name, target.size};
    return 0;
}

static int sim_unlink(Io *io, const char *path) {
    IoSim *sim = sim_of(io);
    int fault = sim_fault(sim, IO_SIM_UNLINK);
    if (fault < 0) return fault;
    IoSimNode *node = node_find(sim, str_from_c(path));
    if (node == NULL) return -ENOENT;
    node_unlink(sim, node);
    return 0;
}

/* The name of node i inside the directory, cut before a further slash; empty when it is not there. */
static Str sim_name_in(const IoSim *sim, size_t i, Str directory) {
    Str path = sim->nodes.items[i]->path;
    if (!str_starts_with(path, directory)) return (Str){NULL, 0};
    Str name = {path.data + directory.size, path.size - directory.size};
    ptrdiff_t slash = str_find(name, STR("/"));
    if (slash >= 0) name.size = (size_t)slash;
    return name;
}

static int sim_list(Io *io, const char *path, IoNameVisitor *visitor, void *context) {
    IoSim *sim = sim_of(io);
    int fault = sim_fault(sim, IO_SIM_LIST);
    if (fault < 0) return fault;
    Str directory = str_from_c(path);
    bool any = directory.size == 0;
    for (size_t i = SIM_STREAM_COUNT; i < sim->nodes.count; i++) {
        Str name = sim_name_in(sim, i, directory);
        if (name.size == 0) continue;
        any = true;
        bool seen = false;
        for (size_t k = SIM_STREAM_COUNT; k < i && !seen; k++)
            seen = str_equal(sim_name_in(sim, k, directory), name);
        if (!seen && !visitor(context, name)) break;
    }
    return any ? 0 : -ENOENT;
}

static int sim_poll(Io *io, IoPoll *items, size_t count, int timeout_ms) {
    IoSim *sim = sim_of(io);
    if (sim_interrupted(sim)) return -EINTR;
    int fault = sim_fault(sim, IO_SIM_POLL);
    if (fault < 0) return fault;
    int ready = 0;
    for (size_t i = 0; i < count; i++) {
        const IoSimHandle *handle = sim_handle(sim, items[i].file->handle);
        const IoSimNode *node = handle->node;
        items[i].ready = node->kind != IO_KIND_PIPE || node->ended || handle->offset < node->size;
        ready += items[i].ready;
    }
    if (ready == 0 && timeout_ms < 0) return -EDEADLK; /* nothing can ever come */
    if (ready == 0) io_sim_advance(sim, (int64_t)timeout_ms * 1000);
    return ready;
}

/* A pipe without a name, of one byte while set. */
static int sim_event_open(Io *io) {
    IoSim *sim = sim_of(io);
    int fault = sim_fault(sim, IO_SIM_OPEN);
    if (fault < 0) return fault;
    IoSimNode *node = node_create(sim, STR("event"), IO_KIND_PIPE);
    if (node == NULL) return -ENOMEM;
    int handle = sim_handle_take(sim, node, IO_OPEN_READ);
    node_unlink(sim, node);
    return handle;
}

static void sim_event_set(Io *io, int handle, bool is_set) {
    sim_handle(sim_of(io), handle)->node->size = is_set;
}

static void *sim_pages_alloc(Io *io, Memory *memory, size_t size) {
    if (sim_fault(sim_of(io), IO_SIM_PAGES) < 0) return NULL;
    return memory_alloc_zeroed(memory, size);
}

static void sim_pages_free(Io *io, Memory *memory, void *pages, size_t size) {
    memory_free(memory, pages, size);
}

/* Moves each time, so that who kept an address of before is found out. */
static bool sim_span_grow(Io *io, Memory *memory, IoSpan *span, size_t size) {
    if (sim_fault(sim_of(io), IO_SIM_PAGES) < 0) return false;
    char *bytes = memory_alloc_zeroed(memory, size);
    if (bytes == NULL) return false;
    if (span->size > 0) memcpy(bytes, span->bytes, span->size);
    memory_free(memory, span->bytes, span->size);
    *span = (IoSpan){bytes, size, size};
    return true;
}

static void sim_span_free(Io *io, Memory *memory, IoSpan *span) {
    memory_free(memory, span->bytes, span->size);
}

static const struct IoCalls sim_calls = {
    .clock_us = sim_clock_us,
    .clock_monotonic_ns = sim_clock_monotonic_ns,
    .random = sim_random,
    .open = sim_open,
    .read = sim_read,
    .read_at = sim_read_at,
    .write = sim_write,
    .sync = sim_sync,
    .close = sim_close,
    .stat = sim_stat,
    .rename = sim_rename,
    .unlink = sim_unlink,
    .list = sim_list,
    .poll = sim_poll,
    .event_open = sim_event_open,
    .event_set = sim_event_set,
    .pages_alloc = sim_pages_alloc,
    .pages_free = sim_pages_free,
    .span_grow = sim_span_grow,
    .span_free = sim_span_free,
};

/* ---- what tests do ---- */

static bool sim_add_stream(IoSim *sim, Str name) {
    if (!vector_reserve(&sim->handles, sim->memory, 1)) return false;
    IoSimNode *node = node_create(sim, name, IO_KIND_PIPE);
    if (node == NULL) return false;
    node->open_count = 1;
    sim->handles.items[sim->handles.count++] = (IoSimHandle){.node = node};
    return true;
}

bool io_sim_init(IoSim *sim, Memory *memory, uint64_t seed) {
    *sim = (IoSim){.io = {&sim_calls}, .memory = memory, .clock_us = SIM_CLOCK_START_US, .random = seed};
    if (sim_add_stream(sim, STR("stdin")) && sim_add_stream(sim, STR("stdout")) &&
        sim_add_stream(sim, STR("stderr")))
        return true;
    io_sim_deinit(sim);
    return false;
}

void io_sim_deinit(IoSim *sim) {
    for (size_t i = 0; i < sim->nodes.count; i++) node_destroy(sim, sim->nodes.items[i]);
    vector_deinit(&sim->nodes, sim->memory);
    vector_deinit(&sim->handles, sim->memory);
}

void io_sim_advance(IoSim *sim, int64_t us) {
    ASSERT(us >= 0);
    sim->clock_us += us;
    sim->clock_monotonic_ns += us * 1000;
}

void io_sim_fail(IoSim *sim, IoSimCall call, uint64_t nth, int error_number) {
    ASSERT((size_t)call < sizeof(sim->faults) / sizeof(sim->faults[0]));
    ASSERT(nth > 0);
    ASSERT(error_number > 0);
    sim->faults[call] = (IoSimFault){sim->call_counts[call] + nth, error_number};
}

bool io_sim_put(IoSim *sim, Str path, Str bytes) {
    IoSimNode *old = node_find(sim, path);
    IoSimNode *node = node_create(sim, path, IO_KIND_FILE);
    if (node == NULL) return false;
    if (!node_append(sim, node, bytes.data, bytes.size)) {
        node_forget(sim, node);
        return false;
    }
    if (old != NULL) node_unlink(sim, old);
    return true;
}

bool io_sim_append(IoSim *sim, Str path, Str bytes) {
    IoSimNode *node = node_find_from(sim, 0, path);
    ASSERT(node != NULL);
    return node_append(sim, node, bytes.data, bytes.size);
}

bool io_sim_pipe(IoSim *sim, Str path) {
    ASSERT(node_find(sim, path) == NULL);
    return node_create(sim, path, IO_KIND_PIPE) != NULL;
}

void io_sim_end(IoSim *sim, Str path) {
    IoSimNode *node = node_find_from(sim, 0, path);
    ASSERT(node != NULL);
    node->ended = true;
}

void io_sim_leave(IoSim *sim, Str path) {
    IoSimNode *node = node_find_from(sim, 0, path);
    ASSERT(node != NULL);
    node->reader_gone = true;
}

Str io_sim_bytes(const IoSim *sim, Str path) {
    const IoSimNode *node = node_find_from(sim, 0, path);
    if (node == NULL) return (Str){NULL, 0};
    return (Str){node->size == 0 ? "" : node->bytes, node->size};
}

/* SPDX-License-Identifier: Apache-2.0
 * io/io_test.c - one body of tests over both worlds, then what only the simulation can do. */
#include "io/io.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/text.h"
#include "io/io_sim.h"

typedef struct World {
    Memory memory;
    IoSim sim;
    Io *io;
    Arena arena;
    char directory[64];
} World;

static void world_init(World *world, bool real) {
    memory_init(&world->memory, 0);
    arena_init(&world->arena, &world->memory);
    assert_true(io_sim_init(&world->sim, &world->memory, 7));
    world->io = real ? io_real() : &world->sim.io;
    memcpy(world->directory, "/tmp/weir_io_XXXXXX", 20);
    if (real) assert_non_null(mkdtemp(world->directory));
}

static void world_deinit(World *world) {
    if (world->io == io_real()) assert_int_equal(rmdir(world->directory), 0);
    io_sim_deinit(&world->sim);
    arena_deinit(&world->arena);
    memory_deinit(&world->memory);
}

static Str world_path(World *world, const char *name) {
    char buffer[128];
    size_t size = text_format(buffer, sizeof(buffer), "%s/%s", world->directory, name);
    return str_copy(&world->arena, str_from(buffer, size));
}

static void put(World *world, Str path, Str bytes) {
    Error err;
    IoFile file;
    assert_int_equal(io_open(world->io, path, IO_OPEN_TRUNCATE, &file, &err), STATUS_OK);
    assert_int_equal(io_write(&file, bytes.data, bytes.size, &err), STATUS_OK);
    assert_int_equal(io_close(&file, &err), STATUS_OK);
}

/* All of the file by repeated reads of at most `step` bytes. */
static size_t take(World *world, Str path, char *bytes, size_t size_max, size_t step) {
    Error err;
    IoFile file;
    size_t done = 0, part = 1;
    assert_int_equal(io_open(world->io, path, IO_OPEN_READ, &file, &err), STATUS_OK);
    while (part > 0) {
        size_t room = size_max - done < step ? size_max - done : step;
        assert_true(room > 0);
        assert_int_equal(io_read(&file, bytes + done, room, &part, &err), STATUS_OK);
        done += part;
    }
    assert_int_equal(io_close(&file, &err), STATUS_OK);
    return done;
}

/* ---- both worlds ---- */

static void check_clock(World *world) {
    int64_t wall = io_clock_us(world->io), before = io_clock_monotonic_ns(world->io);
    assert_true(wall >= 1704067200000000LL);
    Error err;
    assert_int_equal(io_poll(world->io, NULL, 0, 5, &err), STATUS_OK);
    assert_true(io_clock_monotonic_ns(world->io) >= before + 4500000);
    assert_true(io_clock_us(world->io) > wall);
}

static void check_deadlines(World *world) {
    assert_true(io_deadline_ns(world->io, -1) == INT64_MAX);
    assert_true(io_deadline_ns(world->io, INT64_MAX) == INT64_MAX); /* a caller's way to say for ever */
    int64_t now = io_clock_monotonic_ns(world->io), soon = io_deadline_ns(world->io, 5000000);
    assert_true(soon >= now + 5000000);
    assert_in_range(io_wait_ms(world->io, soon), 0, 5);
    assert_int_equal(io_wait_ms(world->io, now - 1), 0);
    assert_int_equal(io_wait_ms(world->io, INT64_MAX), -1);
    assert_int_equal(io_wait_ms(world->io, INT64_MAX - 1), 3600000);
}

static void check_random(World *world) {
    unsigned char bytes[37] = {0}, zero[37] = {0};
    io_random(world->io, bytes, sizeof(bytes));
    assert_memory_not_equal(bytes, zero, sizeof(bytes));
    assert_int_not_equal(io_random_u64(world->io), io_random_u64(world->io));
}

static void check_events(World *world) {
    Error err;
    IoFile event;
    assert_int_equal(io_event_open(world->io, STR("event"), &event, &err), STATUS_OK);
    for (int i = 0; i < 8; i++) {
        IoPoll poll = {.file = &event};
        bool is_set = i % 4 >= 2; /* twice each: setting what is set changes nothing */
        io_event_set(&event, is_set);
        assert_int_equal(io_poll(world->io, &poll, 1, 0, &err), STATUS_OK);
        assert_int_equal(poll.ready, is_set);
    }
    assert_int_equal(io_close(&event, &err), STATUS_OK);
}

static void check_files(World *world) {
    Error err;
    Str path = world_path(world, "a.txt"), other = world_path(world, "b.txt");
    char bytes[64];
    size_t size;
    IoFile file;
    put(world, path, STR("hello"));
    assert_int_equal(take(world, path, bytes, sizeof(bytes), 2), 5);
    assert_memory_equal(bytes, "hello", 5);

    assert_int_equal(io_open(world->io, path, IO_OPEN_APPEND, &file, &err), STATUS_OK);
    assert_int_equal(io_write(&file, " world", 6, &err), STATUS_OK);
    assert_int_equal(io_sync(&file, &err), STATUS_OK);
    assert_int_equal(io_read(&file, bytes, 1, &size, &err), STATUS_IO);
    assert_int_equal(io_close(&file, &err), STATUS_OK);
    assert_int_equal(io_close(&file, &err), STATUS_OK);

    assert_int_equal(io_open(world->io, path, IO_OPEN_READ, &file, &err), STATUS_OK);
    assert_int_equal(io_read_at(&file, 6, bytes, sizeof(bytes), &size, &err), STATUS_OK);
    assert_int_equal(size, 5);
    assert_memory_equal(bytes, "world", 5);
    assert_int_equal(io_read_at(&file, 100, bytes, 1, &size, &err), STATUS_OK);
    assert_int_equal(size, 0);
    IoStat before, after;
    assert_int_equal(io_file_stat(&file, &before, &err), STATUS_OK);
    assert_int_equal(before.size, 11);
    assert_int_equal(before.kind, IO_KIND_FILE);
    IoPoll poll = {.file = &file};
    assert_int_equal(io_poll(world->io, &poll, 1, 0, &err), STATUS_OK);
    assert_true(poll.ready);

    /* a rotated log: the name goes on, the open file is the old one */
    assert_int_equal(io_rename(world->io, path, other, &err), STATUS_OK);
    put(world, path, STR("new"));
    assert_int_equal(io_stat(world->io, path, &after, &err), STATUS_OK);
    assert_true(before.node != after.node || before.device != after.device);
    assert_int_equal(io_stat(world->io, other, &after, &err), STATUS_OK);
    assert_true(before.node == after.node && before.device == after.device);

    /* unlinked while open: the bytes stay readable */
    assert_int_equal(io_unlink(world->io, other, &err), STATUS_OK);
    assert_int_equal(io_read(&file, bytes, sizeof(bytes), &size, &err), STATUS_OK);
    assert_true(size > 0);
    assert_int_equal(io_close(&file, &err), STATUS_OK);
    assert_int_equal(io_unlink(world->io, path, &err), STATUS_OK);
}

static void check_grow(World *world) {
    Error err;
    Str path = world_path(world, "grow");
    char bytes[8];
    size_t size;
    IoFile file;
    put(world, path, STR(""));
    assert_int_equal(io_open(world->io, path, IO_OPEN_READ, &file, &err), STATUS_OK);
    assert_int_equal(io_read(&file, bytes, 8, &size, &err), STATUS_OK);
    assert_int_equal(size, 0);
    put(world, path, STR("x"));
    assert_int_equal(io_read(&file, bytes, 8, &size, &err), STATUS_OK);
    assert_int_equal(size, 1);
    assert_int_equal(io_close(&file, &err), STATUS_OK);
    assert_int_equal(io_unlink(world->io, path, &err), STATUS_OK);
}

static void check_missing(World *world) {
    Error err;
    IoFile file;
    IoStat stat;
    Str path = world_path(world, "none");
    assert_int_equal(io_open(world->io, path, IO_OPEN_READ, &file, &err), STATUS_FILE_NOT_FOUND);
    assert_string_equal(status_sqlstate(err.status), "58P01");
    assert_non_null(strstr(err.message, "could not open file \"/tmp/weir_io_"));
    assert_non_null(strstr(err.message, "/none\": No such file or directory"));
    assert_int_equal(io_close(&file, &err), STATUS_OK);
    assert_int_equal(io_stat(world->io, path, &stat, &err), STATUS_FILE_NOT_FOUND);
    assert_int_equal(io_unlink(world->io, path, &err), STATUS_FILE_NOT_FOUND);
    assert_int_equal(io_rename(world->io, path, path, &err), STATUS_FILE_NOT_FOUND);
    assert_int_equal(io_open(world->io, STR(""), IO_OPEN_READ, &file, &err), STATUS_FILE_NOT_FOUND);
    assert_int_equal(io_open(world->io, STR("a\0b"), IO_OPEN_READ, &file, &err), STATUS_IO);
    char long_path[IO_PATH_SIZE_MAX];
    memset(long_path, 'a', sizeof(long_path));
    Str too_long = {long_path, sizeof(long_path)};
    assert_int_equal(io_open(world->io, too_long, IO_OPEN_READ, &file, &err), STATUS_LIMIT);
}

static void check_glob_is(World *world, const char *pattern, const char *expected) {
    Error err;
    Str *paths;
    size_t count;
    assert_int_equal(io_glob(world->io, world_path(world, pattern), &world->arena, &paths, &count, &err),
                     STATUS_OK);
    Text text;
    text_init(&text, &world->memory);
    size_t prefix = strlen(world->directory) + 1;
    for (size_t i = 0; i < count; i++) {
        text_append(&text, str_from(paths[i].data + prefix, paths[i].size - prefix));
        text_append_char(&text, ' ');
    }
    text_append_char(&text, '\0');
    assert_string_equal(text.data, expected);
    text_deinit(&text);
}

static void check_glob(World *world) {
    static const char *const names[] = {"t2.csv", "t1.csv", "t10.csv", ".hidden.csv", "[x].csv", "u.json"};
    Error err;
    for (size_t i = 0; i < 6; i++) put(world, world_path(world, names[i]), STR("1"));
    check_glob_is(world, "*.csv", "[x].csv t1.csv t10.csv t2.csv ");
    check_glob_is(world, "t?.csv", "t1.csv t2.csv ");
    check_glob_is(world, "t[2-9].csv", "t2.csv ");
    check_glob_is(world, "t[!2-9]*.csv", "t1.csv t10.csv ");
    check_glob_is(world, "*t*1*c*v", "t1.csv t10.csv ");
    check_glob_is(world, "[[]x].csv", "[x].csv ");
    check_glob_is(world, "t1.csv", "t1.csv ");
    check_glob_is(world, "t3.csv", "");
    check_glob_is(world, "*.xml", "");
    check_glob_is(world, "none*/x", "");
    check_glob_is(world, ".*.csv", ".hidden.csv ");
    check_glob_is(world, "u.json/*", "");
    check_glob_is(world, "*/t1.csv", ""); /* a file where a directory should be: no match, and no error */
    assert_true(io_glob_is_pattern(STR("a*")));
    assert_false(io_glob_is_pattern(STR("a/b.csv")));
    /* a sign in a middle part */
    Str *paths;
    size_t count;
    Text pattern;
    text_init(&pattern, &world->memory);
    text_append_format(&pattern, "/tm?/%s/t1.c*", world->directory + 5);
    assert_int_equal(io_glob(world->io, text_str(&pattern), &world->arena, &paths, &count, &err), STATUS_OK);
    assert_int_equal(count, 1);
    assert_true(str_equal(paths[0], world_path(world, "t1.csv")));
    text_deinit(&pattern);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(io_unlink(world->io, world_path(world, names[i]), &err), STATUS_OK);
}

static void check_pages(World *world) {
    static const size_t sizes[] = {1, 4096, 5000, IO_PAGE_SIZE_HUGE, IO_PAGE_SIZE_HUGE + 1};
    for (size_t i = 0; i < 5; i++) {
        int64_t before = world->memory.bytes_in_use;
        char *pages = io_pages_alloc(world->io, &world->memory, sizes[i]);
        assert_non_null(pages);
        assert_true(world->memory.bytes_in_use >= before + (int64_t)sizes[i]);
        for (size_t at = 0; at < sizes[i]; at += 512) assert_int_equal(pages[at], 0);
        memset(pages, 1, sizes[i]);
        if (world->io == io_real() && sizes[i] >= IO_PAGE_SIZE_HUGE)
            assert_int_equal((uintptr_t)pages % IO_PAGE_SIZE_HUGE, 0);
        io_pages_free(world->io, &world->memory, pages, sizes[i]);
        assert_int_equal(world->memory.bytes_in_use, before);
    }
    io_pages_free(world->io, &world->memory, NULL, 1);
    world->memory.fail_at = 1;
    assert_null(io_pages_alloc(world->io, &world->memory, 4096));
    assert_null(io_pages_alloc(world->io, &world->memory, SIZE_MAX / 2));
}

/* Grown step by step past every reservation, what was written stays and what is new is zero. */
static void check_spans(World *world) {
    IoSpan span = {0};
    int64_t before = world->memory.bytes_in_use;
    size_t size = 1, filled = 0;
    for (; size < 3u * IO_PAGE_SIZE_HUGE; size += size / 3 + IO_PAGE_SIZE) {
        assert_true(io_span_grow(world->io, &world->memory, &span, size));
        assert_true(span.size >= size && span.size < size + IO_PAGE_SIZE);
        assert_int_equal(world->memory.bytes_in_use, before + (int64_t)span.size);
        for (size_t at = 0; at < span.size; at += 1024) assert_int_equal(span.bytes[at], at < filled ? 7 : 0);
        memset(span.bytes + filled, 7, span.size - filled);
        filled = span.size;
    }
    IoSpan same = span;
    assert_true(io_span_grow(world->io, &world->memory, &span, 1));
    assert_int_equal(span.size, same.size);
    assert_false(io_span_grow(world->io, &world->memory, &span, SIZE_MAX / 2));
    world->memory.fail_at = 1;
    assert_false(io_span_grow(world->io, &world->memory, &span, span.size + 1));
    world->memory.fail_at = 0;
    assert_memory_equal(&span, &same, sizeof(span));
    assert_int_equal(span.bytes[span.size - 1], 7);
    io_span_free(world->io, &world->memory, &span);
    assert_null(span.bytes);
    io_span_free(world->io, &world->memory, &span);
    assert_int_equal(world->memory.bytes_in_use, before);
}

static void check_world(bool real) {
    static void (*const checks[])(World *) = {check_clock, check_deadlines, check_random,  check_events,
                                              check_files, check_grow,      check_missing, check_glob,
                                              check_pages, check_spans};
    for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++) {
        World world;
        world_init(&world, real);
        checks[i](&world);
        world_deinit(&world);
    }
}

static void test_real(void **context) {
    check_world(true);
}

static void test_simulated(void **context) {
    check_world(false);
}

/* ---- the real world only ---- */

static void test_pipe(void **context) {
    Error err;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    IoFile reader = {.io = io_real(), .path = STR("pipe"), .handle = ends[0], .owned = true};
    IoFile writer = {.io = io_real(), .path = STR("pipe"), .handle = ends[1], .owned = true};
    IoStat stat;
    assert_int_equal(io_file_stat(&reader, &stat, &err), STATUS_OK);
    assert_int_equal(stat.kind, IO_KIND_PIPE);
    IoPoll poll = {.file = &reader};
    assert_int_equal(io_poll(io_real(), &poll, 1, 1, &err), STATUS_OK);
    assert_false(poll.ready);
    assert_int_equal(io_write(&writer, "abc", 3, &err), STATUS_OK);
    assert_int_equal(io_poll(io_real(), &poll, 1, -1, &err), STATUS_OK);
    assert_true(poll.ready);
    char bytes[16];
    size_t size;
    assert_int_equal(io_read(&reader, bytes, sizeof(bytes), &size, &err), STATUS_OK);
    assert_int_equal(size, 3);
    assert_int_equal(io_close(&reader, &err), STATUS_OK);
    assert_int_equal(io_write(&writer, "abc", 3, &err), STATUS_DONE); /* and no SIGPIPE */
    assert_int_equal(io_close(&writer, &err), STATUS_OK);
    assert_int_equal(io_open(io_real(), STR("/"), IO_OPEN_TRUNCATE, &reader, &err), STATUS_IO);
    assert_non_null(strstr(err.message, "Is a directory"));
}

/* Opened at once: the reader is not ready before a writer has come, a writer is told to come again. */
static void test_named_pipe(void **context) {
    char directory[] = "/tmp/weir_io_XXXXXX", path[64];
    assert_non_null(mkdtemp(directory));
    (void)snprintf(path, sizeof(path), "%s/pipe", directory);
    assert_int_equal(mkfifo(path, 0600), 0);
    Error err;
    IoFile reader, writer;
    assert_int_equal(io_open(io_real(), str_from_c(path), IO_OPEN_TRUNCATE, &writer, &err), STATUS_TIMEOUT);
    assert_int_equal(io_open(io_real(), str_from_c(path), IO_OPEN_READ, &reader, &err), STATUS_OK);
    IoPoll poll = {.file = &reader};
    assert_int_equal(io_poll(io_real(), &poll, 1, 20, &err), STATUS_OK);
    assert_false(poll.ready);
    assert_int_equal(io_open(io_real(), str_from_c(path), IO_OPEN_APPEND, &writer, &err), STATUS_OK);
    assert_int_equal(fcntl(writer.handle, F_GETFL) & O_NONBLOCK, 0);
    assert_int_equal(fcntl(reader.handle, F_GETFL) & O_NONBLOCK, 0);
    assert_int_equal(io_poll(io_real(), &poll, 1, 20, &err), STATUS_OK);
    assert_false(poll.ready);
    assert_int_equal(io_write(&writer, "abc", 3, &err), STATUS_OK);
    char bytes[16];
    size_t size;
    assert_int_equal(io_read(&reader, bytes, sizeof(bytes), &size, &err), STATUS_OK);
    assert_int_equal(size, 3);
    assert_int_equal(io_close(&writer, &err), STATUS_OK);
    assert_int_equal(io_poll(io_real(), &poll, 1, -1, &err), STATUS_OK);
    assert_int_equal(io_read(&reader, bytes, sizeof(bytes), &size, &err), STATUS_OK);
    assert_int_equal(size, 0);
    assert_int_equal(io_close(&reader, &err), STATUS_OK);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(directory), 0);
}

/* ---- the simulation only ---- */

static void test_sim_parts(void **context) {
    World world;
    world_init(&world, false);
    char bytes[4000], back[4001];
    for (size_t i = 0; i < sizeof(bytes); i++) bytes[i] = (char)(i * 7);
    for (uint64_t seed = 1; seed < 20; seed++) {
        world.sim.random = seed;
        world.sim.read_size_max = 1 + seed * 13 % 100;
        world.sim.write_size_max = 1 + seed * 17 % 100;
        world.sim.interrupt_every = 2 + seed % 3;
        put(&world, STR("f"), str_from(bytes, sizeof(bytes)));
        assert_int_equal(take(&world, STR("f"), back, sizeof(back), 64), sizeof(bytes));
        assert_memory_equal(bytes, back, sizeof(bytes));
        Error err;
        IoFile file;
        size_t size;
        assert_int_equal(io_open(world.io, STR("f"), IO_OPEN_READ, &file, &err), STATUS_OK);
        assert_int_equal(io_read_at(&file, 10, back, 3000, &size, &err), STATUS_OK);
        assert_int_equal(size, 3000);
        assert_memory_equal(bytes + 10, back, 3000);
        assert_int_equal(io_close(&file, &err), STATUS_OK);
    }
    world_deinit(&world);
}

static void test_sim_faults(void **context) {
    World world;
    world_init(&world, false);
    Error err;
    IoFile file;
    char byte;
    size_t size;
    io_sim_fail(&world.sim, IO_SIM_OPEN, 1, EACCES);
    assert_int_equal(io_open(world.io, STR("f"), IO_OPEN_TRUNCATE, &file, &err), STATUS_IO);
    assert_string_equal(err.message, "could not open file \"f\": Permission denied");
    assert_int_equal(io_open(world.io, STR("f"), IO_OPEN_TRUNCATE, &file, &err), STATUS_OK);
    io_sim_fail(&world.sim, IO_SIM_WRITE, 2, EIO);
    assert_int_equal(io_write(&file, "a", 1, &err), STATUS_OK);
    assert_int_equal(io_write(&file, "b", 1, &err), STATUS_IO);
    assert_string_equal(err.message, "could not write file \"f\": Input/output error");
    assert_int_equal(io_write(&file, "c", 1, &err), STATUS_OK);
    world.sim.disk_size_max = 4;
    assert_int_equal(io_write(&file, "defg", 4, &err), STATUS_IO);
    assert_non_null(strstr(err.message, "No space left on device"));
    assert_true(str_equal(io_sim_bytes(&world.sim, STR("f")), STR("acde")));
    io_sim_fail(&world.sim, IO_SIM_SYNC, 1, EIO);
    assert_int_equal(io_sync(&file, &err), STATUS_IO);
    io_sim_fail(&world.sim, IO_SIM_CLOSE, 1, EIO);
    assert_int_equal(io_close(&file, &err), STATUS_IO);
    assert_int_equal(io_open(world.io, STR("f"), IO_OPEN_READ, &file, &err), STATUS_OK);
    io_sim_fail(&world.sim, IO_SIM_READ, 1, EIO);
    assert_int_equal(io_read(&file, &byte, 1, &size, &err), STATUS_IO);
    assert_int_equal(io_write(&file, "x", 1, &err), STATUS_IO);
    assert_int_equal(io_close(&file, &err), STATUS_OK);
    io_sim_fail(&world.sim, IO_SIM_PAGES, 1, ENOMEM);
    assert_null(io_pages_alloc(world.io, &world.memory, 1));
    io_sim_fail(&world.sim, IO_SIM_LIST, 1, EACCES);
    Str *paths;
    assert_int_equal(io_glob(world.io, STR("*"), &world.arena, &paths, &size, &err), STATUS_IO);
    world_deinit(&world);
}

static void test_sim_pipes(void **context) {
    World world;
    world_init(&world, false);
    Error err;
    IoFile in, out;
    char bytes[8];
    size_t size;
    io_stdin(world.io, &in);
    io_stdout(world.io, &out);
    IoPoll poll = {.file = &in};
    int64_t before = io_clock_us(world.io);
    assert_int_equal(io_poll(world.io, &poll, 1, 250, &err), STATUS_OK);
    assert_false(poll.ready);
    assert_int_equal(io_clock_us(world.io), before + 250000);
    assert_int_equal(io_poll(world.io, &poll, 1, -1, &err), STATUS_IO);
    assert_int_equal(io_read(&in, bytes, 8, &size, &err), STATUS_IO);
    assert_true(io_sim_append(&world.sim, STR("stdin"), STR("abc")));
    assert_int_equal(io_poll(world.io, &poll, 1, -1, &err), STATUS_OK);
    assert_true(poll.ready);
    assert_int_equal(io_read(&in, bytes, 8, &size, &err), STATUS_OK);
    assert_int_equal(size, 3);
    io_sim_end(&world.sim, STR("stdin"));
    assert_int_equal(io_poll(world.io, &poll, 1, -1, &err), STATUS_OK);
    assert_true(poll.ready);
    assert_int_equal(io_read(&in, bytes, 8, &size, &err), STATUS_OK);
    assert_int_equal(size, 0);
    assert_int_equal(io_close(&in, &err), STATUS_OK);
    assert_int_equal(io_write(&out, "x", 1, &err), STATUS_OK);
    assert_true(str_equal(io_sim_bytes(&world.sim, STR("stdout")), STR("x")));
    io_sim_leave(&world.sim, STR("stdout"));
    assert_int_equal(io_write(&out, "y", 1, &err), STATUS_DONE);
    assert_true(io_sim_pipe(&world.sim, STR("p")));
    io_sim_advance(&world.sim, 10);
    world_deinit(&world);
}

static void test_sim_same_seed(void **context) {
    Memory memory;
    IoSim a, b;
    memory_init(&memory, 0);
    assert_true(io_sim_init(&a, &memory, 5) && io_sim_init(&b, &memory, 5));
    for (int i = 0; i < 100; i++) assert_int_equal(io_random_u64(&a.io), io_random_u64(&b.io));
    io_sim_deinit(&a);
    io_sim_deinit(&b);
    memory_deinit(&memory);
}

/* Memory refused at every turn: no leak, no crash. */
static void test_sim_memory(void **context) {
    for (int64_t nth = 1; nth < 60; nth++) {
        World world;
        world_init(&world, false);
        Error err;
        IoFile file;
        Str *paths;
        size_t count;
        world.memory.fail_at = nth;
        bool done = io_sim_put(&world.sim, STR("d/a"), STR("12")) &&
                    io_sim_put(&world.sim, STR("d/a"), STR("3")) && io_sim_pipe(&world.sim, STR("p")) &&
                    io_rename(world.io, STR("d/a"), STR("d/b"), &err) == STATUS_OK &&
                    io_glob(world.io, STR("d/*"), &world.arena, &paths, &count, &err) == STATUS_OK;
        if (done && io_open(world.io, STR("d/c"), IO_OPEN_TRUNCATE, &file, &err) == STATUS_OK) {
            if (io_write(&file, "xyz", 3, &err) == STATUS_OK) assert_int_equal(count, 1);
            assert_int_equal(io_close(&file, &err), STATUS_OK);
        }
        world.memory.fail_at = 0;
        world_deinit(&world);
        IoSim sim;
        memory_init(&world.memory, 0);
        world.memory.fail_at = nth;
        if (io_sim_init(&sim, &world.memory, 1)) io_sim_deinit(&sim);
        memory_deinit(&world.memory);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_real),          cmocka_unit_test(test_simulated),
        cmocka_unit_test(test_pipe),
        cmocka_unit_test(test_named_pipe),          cmocka_unit_test(test_sim_parts),
        cmocka_unit_test(test_sim_faults),    cmocka_unit_test(test_sim_pipes),
        cmocka_unit_test(test_sim_same_seed), cmocka_unit_test(test_sim_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0
 * io/io_sim.h - the simulated twin of io/io.h: same calls, no outside.
 *
 * The clock moves only when told to, randomness comes from a seed, files live in memory,
 * and reads, writes and faults behave as the test asks. Same seed, same run.
 *
 *     IoSim sim;
 *     io_sim_init(&sim, memory, 42);
 *     io_sim_put(&sim, STR("in.csv"), STR("a,b\n1,2\n"));
 *     sim.read_size_max = 3;                          reads give 1 to 3 bytes
 *     io_sim_fail(&sim, IO_SIM_WRITE, 2, ENOSPC);     the second write from now
 *     run(&sim.io);
 *     io_sim_deinit(&sim);
 *
 * Owner: everything is charged to `memory`. Threads: one at a time. */
#ifndef WEIR_IO_IO_SIM_H
#define WEIR_IO_IO_SIM_H

#include "base/vector.h"
#include "io/io.h"

typedef enum IoSimCall {
    IO_SIM_OPEN,
    IO_SIM_READ, /* also reads at an offset */
    IO_SIM_WRITE,
    IO_SIM_SYNC,
    IO_SIM_CLOSE,
    IO_SIM_STAT,
    IO_SIM_RENAME,
    IO_SIM_UNLINK,
    IO_SIM_LIST,
    IO_SIM_POLL,
    IO_SIM_PAGES, /* refused, whatever the errno */
    IO_SIM_CALL_COUNT,
} IoSimCall;

typedef struct IoSimFault {
    uint64_t at;      /* call number that fails; 0: none */
    int error_number; /* EIO, ENOSPC, ... */
} IoSimFault;

typedef struct IoSimNode {
    Str path; /* own copy; size 0: unlinked, kept while handles are open */
    char *bytes;
    size_t size, capacity;
    uint64_t number; /* what stat calls the node */
    int64_t modified_us;
    IoKind kind;
    bool ended;       /* pipes: the writer has closed */
    bool reader_gone; /* pipes: writing gives EPIPE */
    uint32_t open_count;
} IoSimNode;

typedef struct IoSimHandle {
    IoSimNode *node; /* NULL: free */
    size_t offset;
    IoOpen mode;
} IoSimHandle;

typedef struct IoSim {
    Io io; /* first: an Io * of a simulation is its IoSim * */
    Memory *memory;
    int64_t clock_us;           /* wall clock; set freely */
    int64_t clock_monotonic_ns; /* moved by io_sim_advance and by waits */
    uint64_t random;            /* state of the generator */

    size_t read_size_max;     /* > 0: each read gives 1 to this many bytes */
    size_t write_size_max;    /* > 0: each write takes 1 to this many bytes */
    uint64_t interrupt_every; /* > 1: every nth open, read, write and poll is interrupted (EINTR) */
    size_t disk_size_max;     /* > 0: bytes of all plain files; beyond: ENOSPC */

    uint64_t call_counts[IO_SIM_CALL_COUNT];
    IoSimFault faults[IO_SIM_CALL_COUNT];
    uint64_t interrupt_clock;
    uint64_t node_count_made;
    VECTOR(IoSimNode *) nodes;
    VECTOR(IoSimHandle) handles; /* 0, 1, 2 are the standard streams */
} IoSim;

/* The clock starts at 2024-01-01 00:00:00 UTC. Standard input is an open, empty pipe. False when memory is
 * refused. */
NODISCARD bool io_sim_init(IoSim *sim, Memory *memory, uint64_t seed);
void io_sim_deinit(IoSim *sim);

/* Both clocks move on. */
void io_sim_advance(IoSim *sim, int64_t us);

/* The nth call of this kind from now (1: the next) fails with the errno. One fault per kind at a time. */
void io_sim_fail(IoSim *sim, IoSimCall call, uint64_t nth, int error_number);

/* Makes or replaces a plain file (a new node, as when a log is rotated). False when memory is refused. */
NODISCARD bool io_sim_put(IoSim *sim, Str path, Str bytes);

/* Another process appends to a file or pipe. "stdin" names standard input. */
NODISCARD bool io_sim_append(IoSim *sim, Str path, Str bytes);

/* A named pipe; io_sim_append feeds it, io_sim_end closes the writing side, io_sim_leave the reading side. */
NODISCARD bool io_sim_pipe(IoSim *sim, Str path);
void io_sim_end(IoSim *sim, Str path);
void io_sim_leave(IoSim *sim, Str path);

/* What a file holds now; data NULL when there is none. "stdout" and "stderr" give what was written to them.
 * Valid until the next write to it. */
Str io_sim_bytes(const IoSim *sim, Str path);

#endif

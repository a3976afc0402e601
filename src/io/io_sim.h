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
 * What differs from the real world: there are no directories, one "exists" when a file's name starts with it
 * and a slash; permissions and links are not known; a read that would wait for ever is -EAGAIN and such a
 * poll -EDEADLK, since nobody else runs; a rename is not undone by a crash, nor is a write that was never
 * synced.
 *
 * A loop over all faults, as the tests of a connector write it:
 *
 *     for (uint64_t nth = 1;; nth++) {
 *         io_sim_fail(&sim, IO_SIM_READ, nth, EIO);
 *         if (run(&sim.io) == STATUS_OK) break;       the run made fewer than nth reads: all are tried
 *     }
 *
 * Owner: everything is charged to `memory`. Threads: one at a time; no call is safe beside another. */
#ifndef WEIR_IO_IO_SIM_H
#define WEIR_IO_IO_SIM_H

#include "base/vector.h"
#include "io/io.h"

/* What can be made to fail, and is counted. Clocks, randomness and io_event_set cannot fail. */
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

/* The one call of a kind that fails; it is not taken back afterwards, but its number does not come again. */
typedef struct IoSimFault {
    uint64_t at;      /* call number that fails; 0: none */
    int error_number; /* EIO, ENOSPC, ... */
} IoSimFault;

/* A file or pipe. Kept in one list and found by looking at each: tests have few. */
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

/* What an IoFile's handle numbers: several may be open on one node, each with its own place. */
typedef struct IoSimHandle {
    IoSimNode *node; /* NULL: free */
    size_t offset;
    IoOpen mode;
} IoSimHandle;

/* The knobs (clocks, sizes, interrupt_every) may be set and changed at any time; the rest is read only. */
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

/* Both clocks move on by us >= 0. To let only the wall clock jump, set clock_us. */
void io_sim_advance(IoSim *sim, int64_t us);

/* The nth call of this kind from now (1: the next) fails with the errno, given as a positive number. One
 * fault per kind at a time: a second call replaces the first. The failing call does nothing else, but for a
 * close, which closes. Interrupted calls are not counted. */
void io_sim_fail(IoSim *sim, IoSimCall call, uint64_t nth, int error_number);

/* Makes or replaces a plain file (a new node, as when a log is rotated). False when memory is refused. */
NODISCARD bool io_sim_put(IoSim *sim, Str path, Str bytes);

/* Another process appends to a file or pipe, which must exist. "stdin" names standard input. */
NODISCARD bool io_sim_append(IoSim *sim, Str path, Str bytes);

/* A named pipe, whose name is not taken; io_sim_append feeds it, io_sim_end closes the writing side (reads
 * then come to an end), io_sim_leave the reading side (writes then give STATUS_DONE). */
NODISCARD bool io_sim_pipe(IoSim *sim, Str path);
void io_sim_end(IoSim *sim, Str path);
void io_sim_leave(IoSim *sim, Str path);

/* What a file holds now; data NULL when there is none. "stdout" and "stderr" give what was written to them.
 * Valid until the next write to it. */
Str io_sim_bytes(const IoSim *sim, Str path);

#endif

/* SPDX-License-Identifier: Apache-2.0
 * shell/interrupt.h - Ctrl-C, without a signal handler.
 *
 * SIGINT and SIGTERM are held back and read from a descriptor by a thread of their own, so that a statement
 * can be interrupted however long it computes. While a statement runs the first signal interrupts it, the
 * second ends the process; between statements a signal is only noted. A process that writes to a pipe whose reader
 * takes nothing ends a second after the first.
 *
 *     interrupt_begin(&interrupt, conn);
 *     ... run ...
 *     interrupt_end(&interrupt);
 *     if (interrupt_take(&interrupt)) ...           was there one since the last time?
 *
 * The same thread looks whether anybody still reads what a statement writes, however long no rows come.
 *
 * Threads: everything here is called by the main thread. */
#ifndef WEIR_SHELL_INTERRUPT_H
#define WEIR_SHELL_INTERRUPT_H

#include <pthread.h>
#include <stdatomic.h>
#include <termios.h>

#include "base/error.h"
#include "weir.h"

typedef struct Interrupt {
    pthread_t thread;
    pthread_mutex_t mutex; /* over conn */
    weir_conn *conn;       /* with a statement running; NULL: none */
    int reader_fd;         /* what it writes to, while that is watched; -1: not */
    int signal_fd;
    int turn_fd; /* tells the thread to look at reader_fd and is_ending */
    int wake_fd; /* readable from a signal on until interrupt_take */
    _Atomic(int) count;
    _Atomic(bool) is_terminated; /* a SIGTERM was among them */
    _Atomic(bool) has_reader_gone;
    _Atomic(bool) is_ending;
    bool is_watching;
    bool has_terminal;
    struct termios terminal; /* as found, to leave it so when the process ends in the middle */
} Interrupt;

NODISCARD Status interrupt_init(Interrupt *interrupt, Error *err);
void interrupt_deinit(Interrupt *interrupt);

void interrupt_begin(Interrupt *interrupt, weir_conn *conn);
void interrupt_end(Interrupt *interrupt);

/* Until interrupt_end the statement is interrupted also when nobody is left to read from the pipe `fd`. */
void interrupt_watch_reader(Interrupt *interrupt, int fd);

/* Has it happened by now? */
bool interrupt_has_reader_gone(int fd);

/* Was that what ended the statement, and not a signal? */
bool interrupt_is_by_reader(const Interrupt *interrupt);

/* Was there a signal? Stays true until taken. */
bool interrupt_seen(const Interrupt *interrupt);
bool interrupt_take(Interrupt *interrupt);

/* Waits until `fd` (-1: none) can be read, a signal comes, or the time is over; true: fd can be read. */
bool interrupt_wait(Interrupt *interrupt, int fd, int timeout_ms);

#endif

/* SPDX-License-Identifier: Apache-2.0
 * shell/interrupt.c - Ctrl-C, without a signal handler. */
#include "shell/interrupt.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "shell/exit.h"
#include "shell/terminal.h"

/* Milliseconds from a signal on, after which nobody waits any more for a reader of standard output that takes nothing. */
enum { STUCK_MS = 1000 };
enum { READER_GONE = POLLERR | POLLHUP }; /* what a pipe's writing end says by itself, asked for nothing */

static void raise_event(int fd) {
    uint64_t one = 1;
    ssize_t size = write(fd, &one, sizeof(one));
    (void)size; /* full: it is readable, which is all we want */
}

static void lower_event(int fd) {
    uint64_t drained;
    while (read(fd, &drained, sizeof(drained)) > 0) continue;
}

/* The statement does not end, or takes too long for whoever is waiting. */
static void end_process(Interrupt *interrupt) {
    if (interrupt->has_terminal) {
        tcsetattr(STDIN_FILENO, TCSANOW, &interrupt->terminal);
        ssize_t size = write(STDERR_FILENO, TERMINAL_RESTORE "\n", sizeof(TERMINAL_RESTORE));
        (void)size;
    }
    _exit(atomic_load(&interrupt->is_terminated) ? EXIT_TERMINATED : EXIT_INTERRUPTED);
}

static void receive(Interrupt *interrupt, const struct signalfd_siginfo *info) {
    if (info->ssi_signo == SIGTERM) atomic_store(&interrupt->is_terminated, true);
    /* Counted before the library is told: a statement that ends by it finds the reason. */
    int before = atomic_fetch_add(&interrupt->count, 1);
    pthread_mutex_lock(&interrupt->mutex);
    bool is_running = interrupt->conn != NULL;
    if (is_running) weir_interrupt(interrupt->conn);
    pthread_mutex_unlock(&interrupt->mutex);
    raise_event(interrupt->wake_fd);
    if (is_running && before > 0) end_process(interrupt);
}

static void lose_reader(Interrupt *interrupt, int fd, short said) {
    pthread_mutex_lock(&interrupt->mutex);
    if (interrupt->reader_fd == fd) {
        interrupt->reader_fd = -1;
        bool has_gone = (said & READER_GONE) != 0;
        if (has_gone) atomic_store(&interrupt->has_reader_gone, true);
        if (has_gone && interrupt->conn != NULL) weir_interrupt(interrupt->conn);
    }
    pthread_mutex_unlock(&interrupt->mutex);
}

/* The main thread may be inside a write that will never end: only the process's end ends that. A terminal that is stopped goes on. */
static void end_if_stuck(Interrupt *interrupt) {
    struct pollfd output = {.fd = STDOUT_FILENO, .events = POLLOUT};
    if (atomic_load(&interrupt->count) == 0 || isatty(STDOUT_FILENO)) return;
    if (poll(&output, 1, 0) == 0) end_process(interrupt);
}

static int reader_of(Interrupt *interrupt) {
    pthread_mutex_lock(&interrupt->mutex);
    int fd = interrupt->reader_fd;
    pthread_mutex_unlock(&interrupt->mutex);
    return fd;
}

static void *watch(void *context) {
    Interrupt *interrupt = context;
    struct pollfd fds[] = {{.fd = interrupt->signal_fd, .events = POLLIN},
                           {.fd = interrupt->turn_fd, .events = POLLIN},
                           {.events = 0}};
    int timeout_ms = -1;
    for (;;) {
        fds[2].fd = reader_of(interrupt);
        int ready = poll(fds, 3, timeout_ms);
        if (ready == 0) end_if_stuck(interrupt);
        timeout_ms = -1;
        if (ready <= 0) continue;
        if (fds[1].revents != 0) lower_event(interrupt->turn_fd);
        if (atomic_load(&interrupt->is_ending)) return NULL;
        if (fds[2].revents != 0) lose_reader(interrupt, fds[2].fd, fds[2].revents);
        struct signalfd_siginfo info;
        if (fds[0].revents != 0 && read(interrupt->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
            receive(interrupt, &info);
        if (fds[0].revents != 0) timeout_ms = STUCK_MS;
    }
}

Status interrupt_init(Interrupt *interrupt, Error *err) {
    *interrupt = (Interrupt){.reader_fd = -1};
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    sigset_t pipe_only; /* a reader that goes is told of by write */
    sigemptyset(&pipe_only);
    sigaddset(&pipe_only, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_only, NULL);
    interrupt->has_terminal = tcgetattr(STDIN_FILENO, &interrupt->terminal) == 0;
    interrupt->signal_fd = signalfd(-1, &signals, SFD_CLOEXEC);
    interrupt->turn_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    interrupt->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    pthread_mutex_init(&interrupt->mutex, NULL);
    if (interrupt->signal_fd < 0 || interrupt->turn_fd < 0 || interrupt->wake_fd < 0 ||
        pthread_create(&interrupt->thread, NULL, watch, interrupt) != 0)
        return error_set(err, STATUS_IO, "could not watch for signals");
    interrupt->is_watching = true;
    return STATUS_OK;
}

void interrupt_deinit(Interrupt *interrupt) {
    if (!interrupt->is_watching) return;
    atomic_store(&interrupt->is_ending, true);
    raise_event(interrupt->turn_fd);
    pthread_join(interrupt->thread, NULL);
    pthread_mutex_destroy(&interrupt->mutex);
    close(interrupt->signal_fd);
    close(interrupt->turn_fd);
    close(interrupt->wake_fd);
}

static void set_conn(Interrupt *interrupt, weir_conn *conn) {
    pthread_mutex_lock(&interrupt->mutex);
    interrupt->conn = conn;
    interrupt->reader_fd = -1;
    pthread_mutex_unlock(&interrupt->mutex);
}

void interrupt_begin(Interrupt *interrupt, weir_conn *conn) {
    set_conn(interrupt, conn);
}

void interrupt_end(Interrupt *interrupt) {
    set_conn(interrupt, NULL);
}

void interrupt_watch_reader(Interrupt *interrupt, int fd) {
    pthread_mutex_lock(&interrupt->mutex);
    interrupt->reader_fd = fd;
    pthread_mutex_unlock(&interrupt->mutex);
    raise_event(interrupt->turn_fd);
}

bool interrupt_has_reader_gone(int fd) {
    struct pollfd output = {.fd = fd};
    return poll(&output, 1, 0) > 0 && (output.revents & READER_GONE) != 0;
}

bool interrupt_is_by_reader(const Interrupt *interrupt) {
    return atomic_load(&interrupt->has_reader_gone) && !interrupt_seen(interrupt);
}

bool interrupt_seen(const Interrupt *interrupt) {
    return atomic_load(&interrupt->count) > 0;
}

bool interrupt_take(Interrupt *interrupt) {
    lower_event(interrupt->wake_fd);
    return atomic_exchange(&interrupt->count, 0) > 0;
}

bool interrupt_wait(Interrupt *interrupt, int fd, int timeout_ms) {
    struct pollfd fds[] = {{.fd = interrupt->wake_fd, .events = POLLIN}, {.fd = fd, .events = POLLIN}};
    return poll(fds, 2, timeout_ms) > 0 && fds[1].revents != 0;
}

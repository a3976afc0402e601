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

static void raise_event(int fd) {
    uint64_t one = 1;
    ssize_t size = write(fd, &one, sizeof(one));
    (void)size; /* full: it is readable, which is all we want */
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

static void *watch(void *context) {
    Interrupt *interrupt = context;
    struct pollfd fds[] = {{.fd = interrupt->signal_fd, .events = POLLIN},
                           {.fd = interrupt->stop_fd, .events = POLLIN}};
    for (;;) {
        if (poll(fds, 2, -1) < 0) continue;
        if (fds[1].revents != 0) return NULL;
        struct signalfd_siginfo info;
        if (read(interrupt->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
            receive(interrupt, &info);
    }
}

Status interrupt_init(Interrupt *interrupt, Error *err) {
    *interrupt = (Interrupt){0};
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
    interrupt->stop_fd = eventfd(0, EFD_CLOEXEC);
    interrupt->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    pthread_mutex_init(&interrupt->mutex, NULL);
    if (interrupt->signal_fd < 0 || interrupt->stop_fd < 0 || interrupt->wake_fd < 0 ||
        pthread_create(&interrupt->thread, NULL, watch, interrupt) != 0)
        return error_set(err, STATUS_IO, "could not watch for signals");
    interrupt->is_watching = true;
    return STATUS_OK;
}

void interrupt_deinit(Interrupt *interrupt) {
    if (!interrupt->is_watching) return;
    raise_event(interrupt->stop_fd);
    pthread_join(interrupt->thread, NULL);
    pthread_mutex_destroy(&interrupt->mutex);
    close(interrupt->signal_fd);
    close(interrupt->stop_fd);
    close(interrupt->wake_fd);
}

static void set_conn(Interrupt *interrupt, weir_conn *conn) {
    pthread_mutex_lock(&interrupt->mutex);
    interrupt->conn = conn;
    pthread_mutex_unlock(&interrupt->mutex);
}

void interrupt_begin(Interrupt *interrupt, weir_conn *conn) {
    set_conn(interrupt, conn);
}

void interrupt_end(Interrupt *interrupt) {
    set_conn(interrupt, NULL);
}

bool interrupt_seen(const Interrupt *interrupt) {
    return atomic_load(&interrupt->count) > 0;
}

bool interrupt_take(Interrupt *interrupt) {
    uint64_t drained;
    while (read(interrupt->wake_fd, &drained, sizeof(drained)) > 0) continue;
    return atomic_exchange(&interrupt->count, 0) > 0;
}

bool interrupt_wait(Interrupt *interrupt, int fd, int timeout_ms) {
    struct pollfd fds[] = {{.fd = interrupt->wake_fd, .events = POLLIN}, {.fd = fd, .events = POLLIN}};
    return poll(fds, 2, timeout_ms) > 0 && fds[1].revents != 0;
}

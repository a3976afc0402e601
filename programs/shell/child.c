/* SPDX-License-Identifier: Apache-2.0
 * shell/child.c - commands of the system's shell: the pager, and what \! runs. */
#include "shell/child.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SIGNAL_WAIT_MS = 200 };

/* The shell blocks the signals that it reads itself; the child is to have them, also where whoever started the shell ignored them (nohup), which
 * those read are not. */
pid_t child_start(const char *command, int input) {
    char *const arguments[] = {(char[]){"sh"}, (char[]){"-c"}, (char *)(uintptr_t)command, NULL};
    pid_t pid = 0;
    sigset_t none, taken;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t actions;
    sigemptyset(&none);
    sigemptyset(&taken);
    sigaddset(&taken, SIGINT);
    sigaddset(&taken, SIGQUIT);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &taken);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    if (posix_spawn(&pid, "/bin/sh", &actions, &attributes, arguments, environ) != 0) pid = 0;
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return pid;
}

bool child_wait(pid_t pid) {
    int status = 0;
    ASSERT(pid > 0);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
    return WIFSIGNALED(status);
}

Status child_run(Shell *shell, Str command, Error *err) {
    if (command.size == 0) return error_set_at(err, STATUS_SYNTAX, -1, "a command must follow");
    Text text;
    text_init(&text, &shell->memory);
    text_append_format(&text, "%.*s%c", STR_ARGS(command), '\0');
    output_flush(&shell->out);
    pid_t pid = text.failed ? 0 : child_start(text.data, STDIN_FILENO);
    text_deinit(&text);
    if (pid == 0) return error_set_at(err, STATUS_IO, -1, "/bin/sh could not be run");
    /* A Ctrl-C comes to both; the child may be gone before the shell has noted it. */
    if (child_wait(pid)) (void)interrupt_wait(&shell->interrupt, -1, SIGNAL_WAIT_MS);
    /* It was meant for the child; a script ends by it all the same. */
    if (shell->is_prompt) (void)interrupt_take(&shell->interrupt);
    return interrupt_seen(&shell->interrupt) ? error_set(err, STATUS_INTERRUPTED, "interrupted") : STATUS_OK;
}

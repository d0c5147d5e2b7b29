/*
 * A QEMU process that is driven by qtest commands, many at a time
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "machine.h"

/* Of the host; guests that keep it busy for longer have hung it. */
#define ANSWER_SECONDS 60

/* Few enough that neither side fills its pipe before the other reads. */
#define BATCH 200

/* In lists of commands; qtest has none, so it is QMP's. */
#define RESET_COMMAND "system_reset"

/*
 * In lists of commands: wait for all answers.  QEMU's bottom halves run then,
 * so it is a part of what happened.
 */
#define SYNC_COMMAND "sync"

/* In lists of commands: what is between them is timed. */
#define BEGIN_COMMAND "time_begin"
#define END_COMMAND "time_end"

/* The monitor is this descriptor of QEMU's. */
#define MONITOR 3

struct Machine {
    pid_t pid;
    int to;
    int from;
    int monitor;
    bool negotiated;            /* capabilities of @monitor */
    GString *batch;
    unsigned count;             /* commands in @batch */
    uint64_t *out[BATCH];
    char have[4096];            /* bytes of the answers, not yet read */
    size_t first;
    size_t last;
    GPtrArray *commands;
    double begin;               /* processor time; negative: not timed */
    double longest;
    char *end;                  /* once it does not answer */
};

static void G_GNUC_NORETURN run(char *const *argv, const char *errors,
                                const int *in, const int *out, int monitor)
{
    int err = open(errors, O_WRONLY | O_CREAT | O_TRUNC, 0644);

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(in[0], 0);
    dup2(out[1], 1);
    if (err >= 0) {
        dup2(err, 2);
    }
    if (monitor == MONITOR) {
        fcntl(monitor, F_SETFD, 0);
    } else {
        dup2(monitor, MONITOR);
    }
    execvp(argv[0], argv);
    g_printerr("cannot run %s: %s\n", argv[0], g_strerror(errno));
    _exit(127);
}

Machine *machine_start(char *const *argv, const char *errors)
{
    Machine *m = g_new0(Machine, 1);
    int in[2], out[2], monitor[2];

    signal(SIGPIPE, SIG_IGN);
    if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC) ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, monitor)) {
        g_error("no pipe: %s", g_strerror(errno));
    }
    m->pid = fork();
    if (m->pid < 0) {
        g_error("no process: %s", g_strerror(errno));
    }
    if (m->pid == 0) {
        run(argv, errors, in, out, monitor[1]);
    }
    close(in[0]);
    close(out[1]);
    close(monitor[1]);
    m->to = in[1];
    m->from = out[0];
    m->monitor = monitor[0];
    m->begin = -1;
    m->batch = g_string_new(NULL);
    m->commands = g_ptr_array_new_with_free_func(g_free);
    return m;
}

void machine_free(Machine *m)
{
    if (m->pid) {
        kill(m->pid, SIGKILL);
        waitpid(m->pid, NULL, 0);
    }
    close(m->to);
    close(m->from);
    close(m->monitor);
    g_string_free(m->batch, TRUE);
    g_ptr_array_free(m->commands, TRUE);
    g_free(m->end);
    g_free(m);
}

/* It has ended, or must. */
static void give_up(Machine *m, const char *why)
{
    int status;

    if (why) {
        kill(m->pid, SIGKILL);
    }
    waitpid(m->pid, &status, 0);
    m->pid = 0;
    if (why) {
        m->end = g_strdup(why);
    } else if (WIFSIGNALED(status)) {
        m->end = g_strdup_printf("QEMU ended by signal %d (%s)",
                                 WTERMSIG(status),
                                 strsignal(WTERMSIG(status)));
    } else {
        m->end = g_strdup_printf("QEMU ended with status %d",
                                 WEXITSTATUS(status));
    }
}

static bool send_batch(Machine *m)
{
    size_t done = 0;

    while (done < m->batch->len) {
        ssize_t n = write(m->to, m->batch->str + done, m->batch->len - done);

        if (n < 0 && errno != EINTR) {
            give_up(m, NULL);
            return false;
        }
        done += MAX(n, 0);
    }
    g_string_truncate(m->batch, 0);
    return true;
}

/* One more line of answers into @line; false if none comes. */
static bool get_line(Machine *m, GString *line)
{
    struct pollfd ready = { .fd = m->from, .events = POLLIN };
    ssize_t n;

    g_string_truncate(line, 0);
    for (;;) {
        while (m->first < m->last) {
            char c = m->have[m->first++];

            if (c == '\n') {
                return true;
            }
            g_string_append_c(line, c);
        }
        n = poll(&ready, 1, ANSWER_SECONDS * 1000);
        if (n == 0) {
            give_up(m, "QEMU does not answer any more");
            return false;
        }
        n = read(m->from, m->have, sizeof(m->have));
        if (n <= 0) {
            give_up(m, NULL);
            return false;
        }
        m->first = 0;
        m->last = n;
    }
}

bool machine_sync(Machine *m)
{
    g_autoptr(GString) line = g_string_new(NULL);
    unsigned i = 0;

    if (m->end || !m->count) {
        return !m->end;
    }
    if (!send_batch(m)) {
        return false;
    }
    while (i < m->count) {
        if (!get_line(m, line)) {
            return false;
        }
        if (g_str_has_prefix(line->str, "IRQ")) {
            continue;           /* no answer but news */
        }
        if (m->out[i] && g_str_has_prefix(line->str, "OK ")) {
            *m->out[i] = g_ascii_strtoull(line->str + 3, NULL, 0);
        }
        i++;
    }
    m->count = 0;
    g_ptr_array_add(m->commands, g_strdup(SYNC_COMMAND));
    return true;
}

static void put(Machine *m, char *line, uint64_t *out)
{
    if (m->end) {
        g_free(line);
        return;
    }
    g_string_append(m->batch, line);
    g_string_append_c(m->batch, '\n');
    g_ptr_array_add(m->commands, line);
    m->out[m->count++] = out;
    if (m->count == BATCH) {
        machine_sync(m);
    }
}

static char suffix(unsigned size)
{
    return size == 1 ? 'b' : size == 2 ? 'w' : size == 4 ? 'l' : 'q';
}

void machine_write(Machine *m, uint64_t addr, uint64_t val, unsigned size)
{
    put(m, g_strdup_printf("write%c 0x%" G_GINT64_MODIFIER "x 0x%"
                           G_GINT64_MODIFIER "x", suffix(size), addr, val),
        NULL);
}

void machine_write_words(Machine *m, uint64_t addr, const uint64_t *words,
                         unsigned count)
{
    GString *line = g_string_new(NULL);

    g_string_printf(line, "write 0x%" G_GINT64_MODIFIER "x 0x%x 0x", addr,
                    count * 8);
    for (unsigned i = 0; i < count; i++) {
        g_string_append_printf(line, "%016" G_GINT64_MODIFIER "x",
                               GUINT64_SWAP_LE_BE(words[i]));
    }
    put(m, g_string_free(line, FALSE), NULL);
}

/*
 * Seconds of processor time of QEMU's main thread: unlike the time that
 * passes, it does not depend on what else the host does.
 */
static double main_thread_time(const Machine *m)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/task/%d/stat",
                                            (int)m->pid, (int)m->pid);
    g_autofree char *text = NULL;
    unsigned long user = 0, system = 0;
    const char *at;

    if (g_file_get_contents(path, &text, NULL, NULL)) {
        /* The name, in parentheses, may hold spaces. */
        at = strrchr(text, ')');
        if (!at || sscanf(at, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u"
                          " %lu %lu", &user, &system) != 2) {
            g_error("cannot read %s", path);
        }
    }
    return (double)(user + system) / sysconf(_SC_CLK_TCK);
}

void machine_time_begin(Machine *m)
{
    if (machine_sync(m)) {
        m->begin = main_thread_time(m);
        g_ptr_array_add(m->commands, g_strdup(BEGIN_COMMAND));
    }
}

void machine_time_end(Machine *m)
{
    if (machine_sync(m) && m->begin >= 0) {
        m->longest = MAX(m->longest, main_thread_time(m) - m->begin);
        m->begin = -1;
        g_ptr_array_add(m->commands, g_strdup(END_COMMAND));
    }
}

void machine_read(Machine *m, uint64_t addr, uint64_t *out, unsigned size)
{
    put(m, g_strdup_printf("read%c 0x%" G_GINT64_MODIFIER "x", suffix(size),
                           addr), out);
}

void machine_zero(Machine *m, uint64_t addr, uint64_t bytes)
{
    put(m, g_strdup_printf("memset 0x%" G_GINT64_MODIFIER "x 0x%"
                           G_GINT64_MODIFIER "x 0x0", addr, bytes), NULL);
}

void machine_outl(Machine *m, uint16_t port, uint32_t val)
{
    put(m, g_strdup_printf("outl 0x%x 0x%x", port, val), NULL);
}

void machine_step(Machine *m, int64_t ns)
{
    put(m, g_strdup_printf("clock_step %" G_GINT64_FORMAT, ns), NULL);
}

/* Say @command to the monitor and wait until @news is among what it says. */
static bool monitor_command(Machine *m, const char *command, const char *news)
{
    struct pollfd ready = { .fd = m->monitor, .events = POLLIN };
    g_autoptr(GString) said = g_string_new(NULL);
    size_t length = strlen(command);
    char bytes[512];
    ssize_t n;

    if (write(m->monitor, command, length) != (ssize_t)length) {
        give_up(m, NULL);
        return false;
    }
    while (!strstr(said->str, news)) {
        if (poll(&ready, 1, ANSWER_SECONDS * 1000) == 0) {
            give_up(m, "QEMU does not answer its monitor");
            return false;
        }
        n = read(m->monitor, bytes, sizeof(bytes));
        if (n <= 0) {
            give_up(m, NULL);
            return false;
        }
        g_string_append_len(said, bytes, n);
    }
    return true;
}

bool machine_reset(Machine *m)
{
    if (!machine_sync(m)) {
        return false;
    }
    g_ptr_array_add(m->commands, g_strdup(RESET_COMMAND));
    if (!m->negotiated) {
        m->negotiated = monitor_command(
            m, "{\"execute\":\"qmp_capabilities\"}\n", "\"return\"");
    }
    /* The event, with this reason, is the last that a reset does. */
    return m->negotiated &&
           monitor_command(m, "{\"execute\":\"system_reset\"}\n",
                           "host-qmp-system-reset");
}

void machine_line(Machine *m, const char *line)
{
    if (!strcmp(line, RESET_COMMAND)) {
        machine_reset(m);
    } else if (!strcmp(line, SYNC_COMMAND)) {
        machine_sync(m);
    } else if (!strcmp(line, BEGIN_COMMAND)) {
        machine_time_begin(m);
    } else if (!strcmp(line, END_COMMAND)) {
        machine_time_end(m);
    } else {
        put(m, g_strdup(line), NULL);
    }
}

const char *machine_end(const Machine *m)
{
    return m->end;
}

double machine_longest(const Machine *m)
{
    return m->longest;
}

uint64_t machine_memory(const Machine *m)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/status", (int)m->pid);
    g_autofree char *text = NULL;
    const char *at;

    if (!m->pid || !g_file_get_contents(path, &text, NULL, NULL)) {
        return 0;
    }
    at = strstr(text, "VmRSS:");
    return at ? g_ascii_strtoull(at + strlen("VmRSS:"), NULL, 10) : 0;
}

const GPtrArray *machine_commands(const Machine *m)
{
    return m->commands;
}

void machine_forget(Machine *m)
{
    g_ptr_array_set_size(m->commands, 0);
}

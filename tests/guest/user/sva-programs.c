// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Guest test library: programs of others
 *
 * A shell script does not tell how each of its commands ended, and must not be
 * changed: so it is traced, with all that it starts.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "programs.h"
#include "sva.h"

#define ARGS_MAX	32
#define ALIVE_MAX	64	/* at a time, of the processes of a script */
#define OUTPUT		"/tmp/output"
#define LINES_FAILED	12
#define LINES_END	120
#define OPTIONS		(PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | \
			 PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL)

/**
 * struct program - a process that has executed a program
 * @pid: process, 0: free
 * @words: its command
 * @begin: when it began, in ms
 * @output: how much had been printed then
 */
struct program {
	pid_t pid;
	char words[384];
	uint64_t begin;
	off_t output;
};

static struct program alive[ALIVE_MAX];

void programs_enter(const char *root)
{
	static const char *const dirs[] = { "dev", "proc", "sys" };
	char path[64], target[64];

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		snprintf(path, sizeof(path), "/%s", dirs[i]);
		snprintf(target, sizeof(target), "%s/%s", root, dirs[i]);
		if (mount(path, target, NULL, MS_BIND | MS_REC, NULL))
			sva_error("mount of %s: %s", target, strerror(errno));
	}
	if (chroot(root) || chdir("/"))
		sva_error("chroot %s: %s", root, strerror(errno));
	setenv("PATH", "/usr/sbin:/usr/bin", 1);
}

static struct program *find(pid_t pid)
{
	for (unsigned int i = 0; i < ALIVE_MAX; i++)
		if (alive[i].pid == pid)
			return &alive[i];
	return NULL;
}

static off_t printed(void)
{
	struct stat st;

	return stat(OUTPUT, &st) ? 0 : st.st_size;
}

/* The last @max lines of what was printed behind @from. */
static void report_output(off_t from, unsigned int max)
{
	FILE *f = fopen(OUTPUT, "re");
	unsigned int lines = 0, nr = 0;
	char *line = NULL, *last;
	size_t size = 0;

	if (!f)
		return;
	fseeko(f, from, SEEK_SET);
	while (getline(&line, &size, f) >= 0)
		lines++;
	fseeko(f, from, SEEK_SET);
	while (getline(&line, &size, f) >= 0) {
		if (nr++ + max < lines)
			continue;
		line[strcspn(line, "\n")] = '\0';
		/* Of a line that was overwritten its last form counts. */
		last = strrchr(line, '\r');
		sva_fact("output %s", last ? last + 1 : line);
	}
	free(line);
	fclose(f);
}

/* The command of a process as one line. */
static void read_words(pid_t pid, char *words, size_t size)
{
	char path[32];
	ssize_t n = -1;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, words, size - 1);
		close(fd);
	}
	if (n < 0)
		sva_error("%s: %s", path, strerror(errno));
	words[n] = '\0';
	for (ssize_t i = 0; i < n - 1; i++)
		if (words[i] == '\0' || words[i] == '\n')
			words[i] = ' ';
}

static void began(pid_t pid)
{
	struct program *p = find(pid);

	if (!p)
		p = find(0);
	if (!p)
		sva_error("more than %u programs at a time", ALIVE_MAX);
	p->pid = pid;
	p->begin = sva_now_ms();
	p->output = printed();
	read_words(pid, p->words, sizeof(p->words));
}

static void ended(pid_t pid, int status)
{
	struct program *p = find(pid);

	if (!p)		/* a part of a script, no program */
		return;
	sva_fact("exec %d %llu %s", status,
		 (unsigned long long)(sva_now_ms() - p->begin), p->words);
	if (status)
		report_output(p->output, LINES_FAILED);
	p->pid = 0;
}

/* Lets a process go on that has stopped. */
static void resume(pid_t pid, int wstatus)
{
	int signal = WSTOPSIG(wstatus), event = wstatus >> 16;

	if (event == PTRACE_EVENT_EXEC)
		began(pid);
	if (event == PTRACE_EVENT_STOP && signal != SIGTRAP) {
		ptrace(PTRACE_LISTEN, pid, NULL, NULL);
		return;
	}
	/* It may have been killed meanwhile. */
	ptrace(PTRACE_CONT, pid, NULL, event ? 0l : (long)signal);
}

static _Noreturn void execute(const char *line, int go)
{
	char *copy = strdup(line), *save = NULL, *argv[ARGS_MAX + 1] = { NULL };
	unsigned int n = 0;
	char *tok, c;
	int fd;

	for (tok = strtok_r(copy, " ", &save); tok && n < ARGS_MAX;
	     tok = strtok_r(NULL, " ", &save))
		argv[n++] = tok;
	fd = open("/dev/null", O_RDONLY);
	dup2(fd, STDIN_FILENO);
	fd = open(OUTPUT, O_WRONLY | O_CREAT | O_APPEND, 0644);
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	/* Until this process is traced. */
	if (read(go, &c, 1) == 1)
		execvp(argv[0], argv);
	dprintf(STDERR_FILENO, "%s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

static pid_t start(const char *line)
{
	int go[2];
	pid_t pid;

	if (pipe2(go, O_CLOEXEC))
		sva_error("pipe: %s", strerror(errno));
	pid = fork();
	if (!pid)
		execute(line, go[0]);
	if (pid < 0)
		sva_error("fork: %s", strerror(errno));
	if (ptrace(PTRACE_SEIZE, pid, NULL, (long)OPTIONS))
		sva_error("ptrace: %s", strerror(errno));
	if (write(go[1], "", 1) != 1)
		sva_error("pipe: %s", strerror(errno));
	close(go[0]);
	close(go[1]);
	return pid;
}

int programs_run(const char *line)
{
	int wstatus, status = -1, now;
	pid_t pid, first;

	unlink(OUTPUT);
	first = start(line);
	while ((pid = waitpid(-1, &wstatus, __WALL)) > 0 || errno == EINTR) {
		if (pid <= 0)
			continue;
		if (WIFSTOPPED(wstatus)) {
			resume(pid, wstatus);
			continue;
		}
		now = WIFEXITED(wstatus) ? WEXITSTATUS(wstatus) :
					   128 + WTERMSIG(wstatus);
		ended(pid, now);
		if (pid == first)
			status = now;
	}
	report_output(0, LINES_END);
	return status;
}

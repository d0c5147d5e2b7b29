// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Guest test library: time and processes
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sva.h"

#define MULTIPLIER_MAX	100u

uint64_t sva_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000ull + ts.tv_nsec / 1000000;
}

static unsigned int multiplier(void)
{
	static unsigned int times;
	const char *word;

	if (!times) {
		word = getenv("SVA_TIMEOUT_MULTIPLIER");
		times = word ? strtoul(word, NULL, 10) : 1;
		if (!times || times > MULTIPLIER_MAX)
			sva_error("unusable SVA_TIMEOUT_MULTIPLIER: %s", word);
	}
	return times;
}

unsigned int sva_timeout_ms(unsigned int ms)
{
	return ms * multiplier();
}

uint64_t sva_deadline(unsigned int ms)
{
	return sva_now_ms() + sva_timeout_ms(ms);
}

void sva_sleep_ms(unsigned int ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000l };

	while (nanosleep(&ts, &ts) && errno == EINTR)
		;
}

unsigned int sva_cpus(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n > 0 ? n : 1;
}

void sva_run_on(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	/* Without it the test is weaker, but still right. */
	if (sched_setaffinity(0, sizeof(set), &set))
		sched_yield();
}

void sva_flush_lazy_mm(void)
{
	unsigned int n = sva_cpus();
	cpu_set_t all;

	CPU_ZERO(&all);
	for (unsigned int i = 0; i < n; i++) {
		CPU_SET(i, &all);
		sva_run_on(i);
	}
	sched_setaffinity(0, sizeof(all), &all);
}

int sva_steal_fd(pid_t pid, int fd)
{
	int pidfd = syscall(SYS_pidfd_open, pid, 0);
	int copy;

	if (pidfd < 0)
		sva_error("pidfd_open: %s", strerror(errno));
	copy = syscall(SYS_pidfd_getfd, pidfd, fd, 0);
	if (copy < 0)
		sva_error("pidfd_getfd: %s", strerror(errno));
	close(pidfd);
	return copy;
}

bool sva_thread_over(pid_t pid, pid_t tid)
{
	char path[64], state = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", pid, tid);
	f = fopen(path, "re");
	if (!f)
		return true;
	/* A zombie: a leader whose threads live on, or nobody has reaped it. */
	if (fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
		state = 'X';
	fclose(f);
	return state == 'Z' || state == 'X';
}

int sva_reap(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			sva_error("waitpid: %s", strerror(errno));
	return status;
}

int sva_signal_of(void (*work)(void *), void *arg)
{
	pid_t pid = fork();
	int status;

	if (pid < 0)
		sva_error("fork: %s", strerror(errno));
	if (!pid) {
		work(arg);
		_exit(0);
	}
	status = sva_reap(pid);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

void sva_kill(pid_t pid)
{
	int status;

	if (kill(pid, SIGKILL))
		sva_error("kill: %s", strerror(errno));
	status = sva_reap(pid);
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
		sva_error("the victim ended before it was killed, status 0x%x",
			  status);
}

/*
 * The last user of the mm may be a worker of the kernel that handles a fault,
 * long after the process was reaped: so ask the driver.
 */
bool sva_wait_mm_gone(const struct sva_dev *dev, unsigned int ms)
{
	const uint32_t want = SVA_ACCEL_MM_GONE | SVA_ACCEL_MM_EMPTY;
	uint64_t end = sva_deadline(ms);
	struct sva_accel_info info;

	for (;;) {
		sva_info(dev, &info);
		if ((info.flags & want) == want)
			return true;
		if (sva_now_ms() > end)
			return false;
		sva_sleep_ms(1);
	}
}

void *sva_shared(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		sva_error("no shared memory: %s", strerror(errno));
	return p;
}

_Noreturn static void child_main(int ready, int go, void (*work)(void *),
				 void *arg)
{
	char c = 0;

	/* No process may outlive a scenario that was ended. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	work(arg);
	if (write(ready, &c, 1) != 1)
		_exit(SVA_EXIT_SETUP);
	while (read(go, &c, 1) < 0 && errno == EINTR)
		;
	_exit(0);
}

void sva_child_start(struct sva_child *child, void (*work)(void *), void *arg)
{
	int ready[2], go[2];
	pid_t pid;

	if (pipe2(ready, O_CLOEXEC) || pipe2(go, O_CLOEXEC))
		sva_error("pipe: %s", strerror(errno));
	/* @child may be in shared memory: only the parent writes it. */
	pid = fork();
	if (pid < 0)
		sva_error("fork: %s", strerror(errno));
	if (!pid) {
		close(ready[0]);
		close(go[1]);
		child_main(ready[1], go[0], work, arg);
	}
	close(ready[1]);
	close(go[0]);
	child->pid = pid;
	child->ready = ready[0];
	child->go = go[1];
}

void sva_child_wait(struct sva_child *child, unsigned int ms)
{
	struct pollfd pfd = { .fd = child->ready, .events = POLLIN };
	int n, status = 0;
	char c;

	do {
		n = poll(&pfd, 1, sva_timeout_ms(ms));
	} while (n < 0 && errno == EINTR);
	if (n > 0 && read(child->ready, &c, 1) == 1)
		return;
	if (!n)
		sva_error("a process of the test hangs, pid %d", child->pid);

	waitpid(child->pid, &status, 0);
	/* It has printed the reason, unless it crashed. */
	if (WIFEXITED(status) && WEXITSTATUS(status) == SVA_EXIT_SETUP)
		exit(SVA_EXIT_SETUP);
	sva_error("a process of the test ended, status 0x%x", status);
}

void sva_child_end(struct sva_child *child)
{
	int status;

	close(child->go);
	close(child->ready);
	status = sva_reap(child->pid);
	if (status)
		sva_error("a process of the test ended with status 0x%x",
			  status);
}

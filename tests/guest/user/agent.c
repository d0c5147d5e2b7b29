// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sva-scenario --agent: does to a running scenario what the host says
 *
 * The host stops the machine at some event and sends a word.  This process has
 * a higher priority than all others, so that on one processor everything else
 * stays where the event found it until the word has been obeyed.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "sva.h"

#define DRIVER		"/sys/bus/pci/drivers/sva_accel"
#define SCENARIO	"sva-scenario"
#define PROCESSES_MAX	256

struct process {
	pid_t pid, parent;
};

static char device[sizeof(DRIVER) + 32];

/* The processes of the scenario, the first one included. */
static unsigned int processes(struct process *found)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	unsigned int n = 0;

	while (dir && n < PROCESSES_MAX && (entry = readdir(dir))) {
		char path[300], name[32];
		FILE *f;

		if (entry->d_name[0] < '0' || entry->d_name[0] > '9')
			continue;
		snprintf(path, sizeof(path), "/proc/%s/stat", entry->d_name);
		f = fopen(path, "re");
		if (f && fscanf(f, "%d (%31[^)]) %*c %d", &found[n].pid, name,
				&found[n].parent) == 3)
			n += !strcmp(name, SCENARIO);
		if (f)
			fclose(f);
	}
	if (dir)
		closedir(dir);
	return n;
}

static bool is_parent(const struct process *found, unsigned int n, pid_t pid)
{
	for (unsigned int i = 0; i < n; i++)
		if (found[i].parent == pid)
			return true;
	return false;
}

/* Those that use the device have no children; others wait for them. */
static void kill_all(void)
{
	static struct process found[PROCESSES_MAX];
	unsigned int n = processes(found), killed = 0;

	for (unsigned int i = 0; i < n; i++)
		if (!is_parent(found, n, found[i].pid))
			killed += !kill(found[i].pid, SIGKILL);
	sva_note("agent: processes killed: %u", killed);
}

static void reset_function(void)
{
	char path[sizeof(device) + 8];
	int fd, error = 0;

	snprintf(path, sizeof(path), "%s/reset", device);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "1", 1) != 1)
		error = errno;
	if (fd >= 0)
		close(fd);
	sva_note("agent: reset: %s", error ? strerror(error) : "done");
}

static void take_away(void)
{
	sva_slot_off(device);
	sva_note("agent: the slot has no power");
}

static void obey(const char *word)
{
	static const struct {
		const char *word;
		void (*fn)(void);
	} words[] = {
		{ "kill",	kill_all },
		{ "flr",	reset_function },
		{ "loss",	take_away },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(word, words[i].word))
			words[i].fn();
}

static void find_device(void)
{
	DIR *dir = opendir(DRIVER);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (strchr(entry->d_name, ':'))
			snprintf(device, sizeof(device), DRIVER "/%.16s",
				 entry->d_name);
	if (dir)
		closedir(dir);
}

void agent_run(void)
{
	struct sched_param param = {
		.sched_priority = sched_get_priority_max(SCHED_FIFO),
	};
	char word[32];

	find_device();
	prctl(PR_SET_NAME, "sva-agent");
	if (mlockall(MCL_CURRENT | MCL_FUTURE) ||
	    sched_setscheduler(0, SCHED_FIFO, &param))
		sva_error("agent: %s", strerror(errno));
	sva_note("agent: ready");
	while (sva_read_line(word, sizeof(word)))
		obey(word);
	exit(0);
}

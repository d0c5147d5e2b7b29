// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario enqcmd: work is submitted by ENQCMD, under the PASID of the thread
 *
 * The kernel loads IA32_PASID when ENQCMD of a bound process raises #GP, and
 * switches it with the rest of the thread's state.  The target is the portal
 * of sva-portal-testdev, which only records what arrives, so the PASID is seen
 * that the processor sent, also where no device would accept it.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "direct-store.h"
#include "sva.h"
#include "sva-modes.h"

#if defined(__x86_64__)

#define PCI		"/sys/bus/pci/devices"
#define IDS		"0x1234:0x5359"	/* sva-portal-testdev */
#define BAR_SIZE	8192
#define PORTAL		4096
#define JOB_MS		60000
#define SWITCHERS_MAX	8

/* Registers, 64 bits each. */
enum { ROOM, POSTED, ACCEPTED, RETRIED };
/* First words of what was accepted, by slot of the portal. */
#define SLOTS		64

/* Slots of the cases; the switchers have those from 16 on. */
enum { MAIN, FULL, THREAD, CHILD, OWN, STALE, NEVER, SWITCHER = 16 };

#define PASID_OF(word)	((unsigned int)((word) & 0xfffff))
#define PRIV_OF(word)	((unsigned int)((word) >> 31 & 1))

static volatile uint64_t *bar;

/* What a process or thread tells, in shared memory. */
struct report {
	int zf;
	unsigned int pasid;	/* of its bond */
};

/* Processes that take turns; in shared memory. */
struct turns {
	unsigned int processes;
	unsigned int rounds;
	unsigned int started;
	unsigned int ready;
	unsigned int wrong;	/* submissions with another PASID */
	unsigned int state;	/* times that a vector register was wrong */
	unsigned int pasid[SWITCHERS_MAX];
};

static volatile uint64_t *slot_word(unsigned int slot)
{
	return bar + SLOTS + slot;
}

/* ZF: 1 if the device does not take it. */
static int enqcmd(unsigned int slot)
{
	static _Thread_local uint64_t command[8] __attribute__((aligned(64)));

	command[1] = slot;
	return sva_enqcmd((volatile char *)bar + PORTAL + 64 * slot, command);
}

static void movdir64b(unsigned int slot, const uint64_t words[8])
{
	sva_movdir64b((volatile char *)bar + PORTAL + 64 * slot, words);
}

static bool read_line(const char *device, const char *file, char *line, int size)
{
	char path[300];
	bool good;
	FILE *f;

	snprintf(path, sizeof(path), PCI "/%s/%s", device, file);
	f = fopen(path, "re");
	good = f && fgets(line, size, f);
	if (f)
		fclose(f);
	if (good)
		line[strcspn(line, "\n")] = 0;
	return good;
}

static bool is_portal(const char *device)
{
	char vendor[16], id[16], ids[40];

	if (!read_line(device, "vendor", vendor, sizeof(vendor)) ||
	    !read_line(device, "device", id, sizeof(id)))
		return false;
	snprintf(ids, sizeof(ids), "%s:%s", vendor, id);
	return !strcmp(ids, IDS);
}

static void map_portal(const char *device)
{
	char path[300];
	int fd;

	snprintf(path, sizeof(path), PCI "/%s/enable", device);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "1", 1) != 1)
		sva_error("%s: %s", path, strerror(errno));
	close(fd);
	snprintf(path, sizeof(path), PCI "/%s/resource0", device);
	fd = open(path, O_RDWR | O_CLOEXEC);
	bar = mmap(NULL, BAR_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (bar == MAP_FAILED)
		sva_error("%s: %s", path, strerror(errno));
	close(fd);
}

static void find_portal(void)
{
	DIR *dir = opendir(PCI);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)) && !bar)
		if (is_portal(entry->d_name))
			map_portal(entry->d_name);
	if (!bar)
		sva_error("there is no sva-portal-testdev");
	closedir(dir);
	bar[ROOM] = UINT64_MAX;
}

static void fact_accepted(const char *who, unsigned int slot, int zf)
{
	uint64_t word = *slot_word(slot);

	sva_fact("%s.zf %d", who, zf);
	sva_fact("%s.pasid %u", who, PASID_OF(word));
	sva_fact("%s.priv %u", who, PRIV_OF(word));
}

static void work_never(void *arg)
{
	struct report *r = arg;

	r->zf = enqcmd(NEVER);
}

static void work_child(void *arg)
{
	struct report *r = arg;

	r->zf = enqcmd(CHILD);
}

static void work_own(void *arg)
{
	struct report *r = arg;
	struct sva_dev dev;

	sva_open(&dev, SVA_MODE_ASKING);
	r->pasid = dev.pasid;
	r->zf = enqcmd(OWN);
	sva_close(&dev);
}

static void *thread_main(void *arg)
{
	struct report *r = arg;

	r->zf = enqcmd(THREAD);
	return NULL;
}

static void by_movdir64b(void)
{
	uint64_t words[8] = { 0x1122334455667788, 1, 2, 3, 4, 5, 6, 7 };
	uint64_t before = bar[POSTED];

	movdir64b(MAIN, words);
	sva_fact("direct.posted %d", (int)(bar[POSTED] - before));
	sva_ok(*slot_word(MAIN) == words[0], "MOVDIR64B arrives as it is");
}

static void by_main(void)
{
	int zf = enqcmd(MAIN);

	fact_accepted("main", MAIN, zf);
	sva_ok(!zf, "ENQCMD of the thread that bound is accepted");
	bar[ROOM] = 0;
	zf = enqcmd(FULL);
	sva_fact("full.zf %d", zf);
	sva_fact("full.retried %d", (int)bar[RETRIED]);
	bar[ROOM] = UINT64_MAX;
}

static void by_thread(void)
{
	struct report r = { 0 };
	pthread_t thread;

	if (pthread_create(&thread, NULL, thread_main, &r) ||
	    pthread_join(thread, NULL))
		sva_error("no thread");
	fact_accepted("thread", THREAD, r.zf);
}

static void by_child(void)
{
	struct report *r = sva_shared(sizeof(*r));

	sva_fact("child.signal %d", sva_signal_of(work_child, r));
	sva_fact("child.accepted %d", !!*slot_word(CHILD));
	sva_fact("own.signal %d", sva_signal_of(work_own, r));
	sva_fact("own.bond %u", r->pasid);
	fact_accepted("own", OWN, r->zf);
}

/* Lets others run, and says whether YMM15 was kept over that. */
static bool yield_keeps_state(uint64_t pattern)
{
	uint64_t low, high;
	long ret = 24;		/* sched_yield */

	__asm__ volatile("vmovq %3, %%xmm15\n\t"
		     "vpunpcklqdq %%xmm15, %%xmm15, %%xmm15\n\t"
		     "vinsertf128 $1, %%xmm15, %%ymm15, %%ymm15\n\t"
		     "syscall\n\t"
		     "vmovq %%xmm15, %1\n\t"
		     "vextractf128 $1, %%ymm15, %%xmm15\n\t"
		     "vmovq %%xmm15, %2\n\t"
		     "vzeroupper"
		     : "+a"(ret), "=&r"(low), "=&r"(high) : "r"(pattern)
		     : "rcx", "r11", "memory", "xmm15", "cc");
	return low == pattern && high == pattern;
}

static unsigned int next(unsigned int *counter)
{
	return __atomic_fetch_add(counter, 1, __ATOMIC_SEQ_CST);
}

/* All on one processor, each with a slot and a bond of its own. */
static void switcher(void *arg)
{
	struct turns *t = arg;
	unsigned int nr = next(&t->started);
	volatile uint64_t *word = slot_word(SWITCHER + nr);
	struct sva_dev dev;

	sva_open(&dev, SVA_MODE_ASKING);
	t->pasid[nr] = dev.pasid;
	sva_run_on(0);
	next(&t->ready);
	while (__atomic_load_n(&t->ready, __ATOMIC_SEQ_CST) < t->processes)
		sched_yield();
	for (unsigned int i = 0; i < t->rounds; i++) {
		if (!yield_keeps_state((uint64_t)dev.pasid << 32 | i))
			next(&t->state);
		*word = 0;
		if (enqcmd(SWITCHER + nr) || *word != dev.pasid)
			next(&t->wrong);
	}
	sva_close(&dev);
}

static void by_turns(unsigned int n, unsigned int rounds)
{
	struct turns *t = sva_shared(sizeof(*t));
	struct sva_child child[SWITCHERS_MAX];
	unsigned int same = 0;

	t->processes = n;
	t->rounds = rounds;
	for (unsigned int i = 0; i < n; i++)
		sva_child_start(&child[i], switcher, t);
	for (unsigned int i = 0; i < n; i++)
		sva_child_wait(&child[i], JOB_MS);
	/* Those that started later have the pipes of the others. */
	for (unsigned int i = n; i-- > 0; )
		sva_child_end(&child[i]);
	for (unsigned int i = 0; i < n; i++)
		for (unsigned int j = 0; j < i; j++)
			same += t->pasid[i] == t->pasid[j];
	sva_fact("switch.processes %u", n);
	sva_fact("switch.rounds %u", rounds);
	sva_fact("switch.wrong %u", t->wrong);
	sva_fact("switch.state %u", t->state);
	sva_fact("switch.same %u", same);
}

/* The thread keeps its IA32_PASID when the last bond ends. */
static void by_stale(void)
{
	struct report *r = sva_shared(sizeof(*r));
	int zf = enqcmd(STALE);

	fact_accepted("stale", STALE, zf);
	sva_fact("other.signal %d", sva_signal_of(work_own, r));
	sva_fact("other.bond %u", r->pasid);
	zf = enqcmd(STALE);
	sva_fact("stale.again %u", PASID_OF(*slot_word(STALE)));
}

static void scenario_enqcmd(void)
{
	unsigned int n = sva_opt_num("processes", 4);
	unsigned int rounds = sva_opt_num("rounds", 500);
	struct report *r = sva_shared(sizeof(*r));
	struct sva_dev dev;

	sva_opt_check();
	if (!n || n > SWITCHERS_MAX)
		sva_error("processes= is 1 to %d", SWITCHERS_MAX);
	find_portal();
	by_movdir64b();
	sva_fact("never.signal %d", sva_signal_of(work_never, r));
	sva_fact("never.accepted %d", !!*slot_word(NEVER));

	sva_open(&dev, SVA_MODE_ASKING);
	sva_fact("mode " SVA_MODE_ASKING_NAME);
	sva_fact("pasid %u", dev.pasid);
	sva_stage("bound");
	by_main();
	by_thread();
	by_child();
	by_turns(n, rounds);
	sva_stage("submitted");
	sva_close(&dev);
	sva_stage("unbound");
	by_stale();
	sva_stage("done");
}

#else

static void scenario_enqcmd(void)
{
	sva_error("ENQCMD is an instruction of x86-64");
}

#endif

SVA_SCENARIO("enqcmd", scenario_enqcmd);

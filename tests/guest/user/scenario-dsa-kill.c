// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario dsa-kill: a process dies with jobs in queues of Intel DSA that fault
 * Scenario dsa-exit: the same, and nobody else has its files
 *
 * The driver stops the queues when the last file is closed.  In dsa-kill this
 * process has copies of the files, so that the queues go on for a dead address
 * space; work comes by way of the PCI device then.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <unistd.h>

#include "dsa.h"
#include "sva.h"

#define COPY_SIZE	MIB
#define BUFFER_SIZE	(2 * MIB)
#define BUFFER_PAGES	(BUFFER_SIZE / 4096)
#define JOB_SIZE	(512 * KIB)
#define JOB_MS		60000
#define GONE_MS		60000
#define PUMP_MS		20
#define IDLE_MS		500
#define KEEP_ATTEMPTS	4u
#define REUSE_ATTEMPTS	20u
#define REUSE_SEED	0xa11ce00000000000ull

/* What the victim does next. */
enum step { BEGIN, OPEN, COPY, BUFFER, QUEUE };

/* The queues of the victim: DSA_ASKING to DSA_SHARED. */
#define FILES	(DSA_SHARED + 1)
/* Jobs for each of them: as many as it holds, less one. */
static const unsigned int jobs[FILES] = { 31, 15, 15, 31 };

/* In shared memory. */
struct victim {
	struct sva_child child;
	int attached;		/* System V memory, which tells when it dies */
	enum step go;
	enum step done;
	struct dsa_file theirs[FILES];
	struct dsa_file ours[FILES];
	uint32_t pasid;
	struct dsa_copy copy;
	void *address;
	bool pfns_known;
	uint64_t pfns[BUFFER_PAGES];
	bool spread;		/* each record is in a page of its own */
};

static void wait_step(const enum step *which, enum step step)
{
	uint64_t end = sva_deadline(JOB_MS);

	while (__atomic_load_n(which, __ATOMIC_SEQ_CST) < step) {
		if (sva_now_ms() > end)
			sva_error("step %d of the victim takes too long", step);
		sva_sleep_ms(1);
	}
}

static void set_step(enum step *which, enum step step)
{
	__atomic_store_n(which, step, __ATOMIC_SEQ_CST);
}

/* The device touches it, so that its pages are there and known. */
static void make_buffer(struct victim *v)
{
	static dsa_record record DSA_RECORD_ALIGNED;
	dsa_desc desc;

	v->address = sva_map(v->address, BUFFER_SIZE, PROT_READ | PROT_WRITE);
	desc = dsa_fill(&record, v->address, 0, BUFFER_SIZE, DSA_FLAGS_BLOCK);
	if (dsa_run(&v->theirs[DSA_ASKING], &desc, &record) !=
	    DSA_COMP_SUCCESS)
		sva_error("filling the buffer: status 0x%x", record.status);
	v->pfns_known = sva_pfns(v->address, BUFFER_PAGES, v->pfns);
}

/* Copies into memory that nobody has touched, one after the other. */
static void queue_faulting(struct victim *v, enum dsa_queue queue,
			   const void *src)
{
	static dsa_record record[2][32] DSA_RECORD_ALIGNED;

	for (unsigned int i = 0; i < jobs[queue]; i++) {
		dsa_record *there = v->spread ?
			sva_map(NULL, 4096, PROT_READ | PROT_WRITE) :
			&record[queue == DSA_SHARED][i];
		void *dst = sva_map(NULL, JOB_SIZE, PROT_READ | PROT_WRITE);
		dsa_desc desc = dsa_move(there, dst, src, JOB_SIZE,
					 DSA_FLAGS_BLOCK);

		dsa_submit_to(v->theirs[queue].portal, queue, &desc);
	}
}

/* The others cannot ask for pages: they write where pages are. */
static void queue_writes(struct victim *v, enum dsa_queue queue)
{
	static dsa_record record[2][16] DSA_RECORD_ALIGNED;

	for (unsigned int i = 0; i < jobs[queue]; i++) {
		dsa_desc desc = dsa_fill(&record[queue == DSA_ATS][i],
					 v->address, i, BUFFER_SIZE, DSA_FLAGS);

		memset(&record[queue == DSA_ATS][i], 0, sizeof(dsa_record));
		dsa_submit_to(v->theirs[queue].portal, queue, &desc);
	}
}

static void victim_main(void *arg)
{
	struct victim *v = arg;
	void *src;

	if (shmat(v->attached, NULL, 0) == (void *)-1)
		sva_error("shmat: %s", strerror(errno));
	for (enum dsa_queue queue = 0; queue < FILES; queue++)
		dsa_open(&v->theirs[queue], queue);
	v->pasid = dsa_queue_pasid(DSA_ASKING);
	set_step(&v->done, OPEN);
	wait_step(&v->go, COPY);
	dsa_copy_untouched(&v->theirs[DSA_SHARED], COPY_SIZE, NULL, &v->copy);
	set_step(&v->done, COPY);
	wait_step(&v->go, BUFFER);
	make_buffer(v);
	set_step(&v->done, BUFFER);
	src = sva_map(NULL, JOB_SIZE, PROT_READ | PROT_WRITE);
	sva_pattern(src, JOB_SIZE, 1);
	wait_step(&v->go, QUEUE);
	queue_writes(v, DSA_ATS);
	queue_writes(v, DSA_UNTRANSLATED);
	queue_faulting(v, DSA_ASKING, src);
	queue_faulting(v, DSA_SHARED, src);
	set_step(&v->done, QUEUE);
	for (;;)
		pause();
}

static void copied(const struct victim *v)
{
	uint8_t status = v->copy.status;

	sva_fact("copy.status 0x%02x", status);
	sva_fact("copy.bytes %lu", status == DSA_COMP_SUCCESS ? COPY_SIZE : 0);
	sva_fact("data.different %llu", (unsigned long long)v->copy.different);
	sva_ok(status == DSA_COMP_SUCCESS && !v->copy.different,
	       "a copy between never-touched buffers is right");
	sva_stage("copied");
}

static struct victim *start(bool hold)
{
	struct victim *v = sva_shared(sizeof(*v));

	v->spread = !hold;
	v->attached = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);
	if (v->attached < 0)
		sva_error("shmget: %s (CONFIG_SYSVIPC?)", strerror(errno));
	sva_child_start(&v->child, victim_main, v);
	wait_step(&v->done, OPEN);
	for (enum dsa_queue queue = 0; hold && queue < FILES; queue++) {
		v->ours[queue] = v->theirs[queue];
		v->ours[queue].portal = NULL;
		v->ours[queue].fd = sva_steal_fd(v->child.pid,
						 v->theirs[queue].fd);
	}
	sva_fact("mode untranslated+ats+ats-pri");
	sva_fact("pid %d", v->child.pid);
	sva_fact("pasid %u", v->pasid);
	sva_stage("opened");
	set_step(&v->go, COPY);
	wait_step(&v->done, COPY);
	copied(v);
	set_step(&v->go, BUFFER);
	wait_step(&v->done, BUFFER);
	sva_map(v->address, BUFFER_SIZE, PROT_NONE);
	sva_fact("victim.address 0x%llx",
		 (unsigned long long)(uintptr_t)v->address);
	sva_fact("victim.pages %lu", BUFFER_PAGES);
	sva_stage("bound");
	return v;
}

/* Jobs that no engine has taken when the process is killed. */
static void kill_now(struct victim *v)
{
	unsigned int left[FILES];

	set_step(&v->go, QUEUE);
	wait_step(&v->done, QUEUE);
	for (enum dsa_queue queue = 0; queue < FILES; queue++)
		left[queue] = dsa_queue_occupancy(queue);
	sva_kill(v->child.pid);
	for (enum dsa_queue queue = 0; queue < FILES; queue++)
		sva_fact("queued.%s %u", dsa_queue_names[queue], left[queue]);
}

/* Whether exit_mmap() has freed all that was mapped. */
static bool gone(const struct victim *v)
{
	struct shmid_ds info;

	if (shmctl(v->attached, IPC_STAT, &info))
		sva_error("shmctl: %s", strerror(errno));
	return !info.shm_nattch;
}

/* The last user may be a worker of the kernel that handles a fault. */
static void wait_gone(const struct victim *v, uint64_t begin)
{
	uint64_t end = sva_deadline(GONE_MS);

	while (!gone(v) && sva_now_ms() < end)
		sva_sleep_ms(1);
	if (gone(v))
		sva_fact("gone.wait-ms %llu",
			 (unsigned long long)(sva_now_ms() - begin));
	else
		sva_fact("gone.wait-ms -1");
	if (!sva_ok(gone(v), "the address space goes away"))
		sva_error("the address space is still there after %u ms",
			  GONE_MS);
	shmctl(v->attached, IPC_RMID, NULL);
}

static void wait_idle(void)
{
	bool idle = true;

	for (enum dsa_queue queue = 0; queue < FILES; queue++)
		idle &= dsa_wait_empty(queue, JOB_MS);
	sva_ok(idle, "all jobs come to an end");
}

/* One job for each dedicated queue, to a page of the dead process. */
static void pump(const struct victim *v, void *const portals[FILES],
		 unsigned int n)
{
	const dsa_record *record = v->address;
	void *page = (char *)v->address + n % BUFFER_PAGES * 4096;

	for (enum dsa_queue queue = 0; queue < DSA_SHARED; queue++) {
		dsa_desc desc = dsa_fill(record, page, ~0ull, 4096,
					 queue == DSA_ASKING ?
					 DSA_FLAGS_BLOCK : DSA_FLAGS);

		dsa_submit_to(portals[queue], queue, &desc);
	}
}

static void go_on(const struct victim *v)
{
	uint64_t end = sva_now_ms() + sva_opt_num("gone", 2000);
	void *portals[FILES];
	unsigned int n = 0;

	for (enum dsa_queue queue = 0; queue < DSA_SHARED; queue++)
		portals[queue] = dsa_device_portal(queue);
	do {
		pump(v, portals, n++);
		sva_sleep_ms(PUMP_MS);
	} while (sva_now_ms() < end);
	for (enum dsa_queue queue = 0; queue < DSA_SHARED; queue++)
		munmap(portals[queue], 4096);
	wait_idle();
	sva_fact("gone.submitted %u", n * DSA_SHARED);
}

static struct {
	struct sva_fill fill;
	unsigned int freed;
	unsigned int other;
} reuse;

static void check_reuse(void)
{
	unsigned int freed, other;

	sva_fill_check(&reuse.fill, &freed, &other);
	reuse.freed += freed;
	reuse.other += other;
	sva_fact("reuse.changed %u", reuse.freed);
	sva_fact("reuse.changed-other %u", reuse.other);
	sva_ok(!freed && !other,
	       "memory that was freed and reused does not change");
}

static void take_freed(struct victim *v)
{
	sva_fill(&reuse.fill, v->pfns, v->pfns_known ? BUFFER_PAGES : 0,
		 sva_opt_num("fill", 256) * MIB);
	sva_fact("reuse.method %s", v->pfns_known ? "pfn" : "none");
	sva_fact("reuse.pages %u", reuse.fill.found);
}

struct other {
	struct sva_child child;
	void *address;
	uint32_t want;
	bool last;
	int error;
	uint32_t pasid;
	uint64_t changed;
	struct dsa_copy copy;
};

static void other_main(void *arg)
{
	struct other *o = arg;
	struct dsa_file file;

	o->error = dsa_try_open(&file, DSA_SHARED_PLAIN);
	if (o->error)
		return;
	o->pasid = dsa_own_pasid();
	dsa_close(&file);
}

/* Other processes bind; none may get the PASID. */
static void keep(const struct victim *v)
{
	struct other *o = sva_shared(sizeof(*o));
	unsigned int taken = 0, busy = 0;

	for (unsigned int i = 0; i < KEEP_ATTEMPTS; i++) {
		sva_flush_lazy_mm();
		sva_child_start(&o->child, other_main, o);
		sva_child_wait(&o->child, JOB_MS);
		sva_child_end(&o->child);
		busy += o->error == EBUSY;
		taken += !o->error && o->pasid == v->pasid;
	}
	sva_fact("kept.attempts %u", KEEP_ATTEMPTS);
	sva_fact("kept.taken %u", taken);
	sva_fact("kept.busy %u", busy);
	sva_ok(!taken && !busy,
	       "no other process gets PASID %u before the unbind", v->pasid);
}

static void next_main(void *arg)
{
	struct other *o = arg;
	struct dsa_file file;
	void *buf;

	dsa_open_when_free(&file, DSA_ASKING);
	o->pasid = dsa_queue_pasid(DSA_ASKING);
	if (o->pasid != o->want && !o->last) {
		dsa_close(&file);
		return;
	}
	/* Where the victim had its buffer: a translation that survived hits. */
	munmap(o->address, BUFFER_SIZE);
	buf = sva_map(o->address, BUFFER_SIZE, PROT_READ | PROT_WRITE);
	sva_pattern(buf, BUFFER_SIZE, REUSE_SEED);
	sva_sleep_ms(IDLE_MS);
	o->changed = sva_pattern_pages(buf, BUFFER_SIZE, REUSE_SEED);
	munmap(buf, BUFFER_SIZE);
	dsa_copy_untouched(&file, COPY_SIZE, o->address, &o->copy);
}

/* A new process gets the PASID. */
static void next_process(const struct victim *v)
{
	struct other *o = sva_shared(sizeof(*o));
	unsigned int attempt = 0;

	o->address = v->address;
	o->want = v->pasid;
	for (;;) {
		o->last = ++attempt == REUSE_ATTEMPTS;
		sva_flush_lazy_mm();
		sva_child_start(&o->child, next_main, o);
		sva_child_wait(&o->child, JOB_MS);
		if (o->pasid == o->want || o->last)
			break;
		sva_child_end(&o->child);
		sva_sleep_ms(100);
	}
	sva_fact("reused.pid %d", o->child.pid);
	sva_fact("reused.pasid %u", o->pasid);
	sva_fact("reused.same %d", o->pasid == o->want);
	sva_fact("reused.attempts %u", attempt);
	sva_fact("reused.changed %llu", (unsigned long long)o->changed);
	sva_fact("reused.copy.status 0x%02x", o->copy.status);
	sva_fact("reused.data.different %llu",
		 (unsigned long long)o->copy.different);
	sva_ok(o->pasid == o->want, "a new process gets PASID %u again",
	       o->want);
	sva_ok(!o->changed, "nothing changes the memory of the new process");
	sva_ok(o->copy.status == DSA_COMP_SUCCESS && !o->copy.different,
	       "a copy in the new process uses its own memory");
	sva_stage("reused");
	sva_child_end(&o->child);
}

/* The device was not told that the PASID is no longer bound. */
static void write_late(const struct victim *v)
{
	void *portal = dsa_device_portal(DSA_UNTRANSLATED);
	dsa_desc desc = dsa_fill(v->address, v->address, ~0ull, 4096,
				 DSA_FLAGS);
	unsigned int freed, other, lines;

	sva_wait_quiet_log();
	lines = sva_fault_lines();
	dsa_queue_set_pasid(DSA_UNTRANSLATED, v->pasid);
	dsa_submit_to(portal, DSA_UNTRANSLATED, &desc);
	if (!dsa_wait_empty(DSA_UNTRANSLATED, JOB_MS))
		sva_error("a job after the unbind is not taken");
	sva_wait_fault_line(lines);
	munmap(portal, 4096);
	sva_fill_check(&reuse.fill, &freed, &other);
	sva_fact("late.changed %u", freed + other);
	sva_ok(!freed && !other, "a write after unbind changes nothing");
	sva_stage("late");
}

static void unbind(struct victim *v)
{
	uint64_t begin = sva_now_ms();

	for (enum dsa_queue queue = 0; queue < FILES; queue++)
		dsa_close(&v->ours[queue]);
	sva_fact("unbind.ms %llu", (unsigned long long)(sva_now_ms() - begin));
	check_reuse();
	sva_stage("unbound");
}

static void scenario_dsa_kill(void)
{
	uint64_t begin;
	struct victim *v;

	sva_opt_num("gone", 0);
	sva_opt_num("fill", 0);
	sva_opt_check();
	dsa_set_up();
	v = start(true);
	begin = sva_now_ms();
	kill_now(v);
	wait_gone(v, begin);
	wait_idle();
	sva_stage("exited");
	take_freed(v);
	go_on(v);
	check_reuse();
	keep(v);
	sva_stage("mm-gone");
	unbind(v);
	write_late(v);
	next_process(v);
}
SVA_SCENARIO("dsa-kill", scenario_dsa_kill);

/*
 * The portal of the victim is memory that has the file: it is closed when the
 * address space goes, which may be after the process has been reaped.
 */
static void scenario_dsa_exit(void)
{
	bool released = true;
	struct victim *v;
	uint64_t begin;

	sva_opt_check();
	dsa_set_up();
	v = start(false);
	begin = sva_now_ms();
	kill_now(v);
	wait_gone(v, begin);
	for (enum dsa_queue queue = 0; queue < FILES; queue++)
		released &= dsa_wait_released(queue, GONE_MS);
	if (released)
		sva_fact("released.wait-ms %llu",
			 (unsigned long long)(sva_now_ms() - begin));
	else
		sva_fact("released.wait-ms -1");
	sva_ok(released, "the queues are free again");
	sva_stage("unbound");
	next_process(v);
}
SVA_SCENARIO("dsa-exit", scenario_dsa_exit);

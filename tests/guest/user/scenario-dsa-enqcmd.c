// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario dsa-enqcmd: who can submit to a shared queue, under whose PASID
 *
 * IA32_PASID is of the thread.  A thread that never bound has the PASID of its
 * process; a process that never bound, and the child of one that did, have none;
 * and a thread keeps it when the last bond of its process has ended.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "dsa.h"
#include "sva.h"

#define WORD		0x2222222222222222ull
#define JOB_MS		60000
#define EMPTY_MS	10000

static void *portals[DSA_QUEUES];

/* What a process or thread tells, in shared memory. */
struct report {
	bool accepted;
	uint8_t status;
	bool right;
	uint32_t pasid;
};

/* One job that writes a page, to the shared queue of this file. */
static void job(struct report *r, const struct dsa_file *file)
{
	static _Thread_local dsa_record record DSA_RECORD_ALIGNED;
	uint64_t *page = sva_map(NULL, 4096, PROT_READ | PROT_WRITE);
	dsa_desc desc = dsa_fill(&record, page, WORD, 4096, DSA_FLAGS_BLOCK);

	memset(&record, 0, sizeof(record));
	r->accepted = dsa_submit_to(file->portal, DSA_SHARED, &desc);
	r->status = r->accepted ? dsa_wait(&record, JOB_MS) : 0;
	r->right = *(volatile uint64_t *)page == WORD;
	munmap(page, 4096);
}

static void report(const char *who, const struct report *r)
{
	sva_fact("%s.accepted %d", who, r->accepted);
	sva_fact("%s.status 0x%02x", who, r->status);
	sva_fact("%s.right %d", who, r->right);
}

/* By way of the PCI device: no file of a process that is not bound. */
static void work_unbound(void *r)
{
	struct dsa_file file = { DSA_SHARED, -1, portals[DSA_SHARED] };

	job(r, &file);
}

static void work_own(void *arg)
{
	struct report *r = arg;
	struct dsa_file file;

	dsa_open(&file, DSA_SHARED);
	r->pasid = dsa_own_pasid();
	job(r, &file);
	dsa_close(&file);
}

static void tried(const char *who, void (*work)(void *))
{
	struct report *r = sva_shared(sizeof(*r));

	sva_fact("%s.signal %d", who, sva_signal_of(work, r));
	report(who, r);
	sva_fact("%s.bond %u", who, r->pasid);
}

struct by_thread {
	const struct dsa_file *file;
	struct report r;
};

static void *thread_main(void *arg)
{
	struct by_thread *t = arg;

	job(&t->r, t->file);
	return NULL;
}

static void by_thread(const struct dsa_file *file)
{
	struct by_thread t = { .file = file };
	pthread_t thread;

	if (pthread_create(&thread, NULL, thread_main, &t) ||
	    pthread_join(thread, NULL))
		sva_error("no thread");
	report("thread", &t.r);
}

static void by_main(const struct dsa_file *file)
{
	struct report r;

	job(&r, file);
	report("main", &r);
	sva_ok(r.accepted && r.status == DSA_COMP_SUCCESS && r.right,
	       "a job of the thread that bound is done");
}

/* The thread keeps its IA32_PASID when the last bond has ended. */
static void by_stale(void)
{
	static const enum dsa_queue queues[] = { DSA_SHARED, DSA_SHARED_PLAIN };
	static dsa_record record[ARRAY_SIZE(queues)] DSA_RECORD_ALIGNED;
	unsigned int lines = sva_fault_lines(), changed = 0, accepted = 0;
	bool empty = true;
	uint64_t *page;

	page = sva_map(NULL, 4096, PROT_READ | PROT_WRITE);
	sva_touch_pages(page, 4096);
	for (size_t i = 0; i < ARRAY_SIZE(queues); i++) {
		dsa_desc desc = dsa_fill(&record[i], page, WORD, 4096,
					 queues[i] == DSA_SHARED ?
					 DSA_FLAGS_BLOCK : DSA_FLAGS);

		accepted += dsa_submit_to(portals[queues[i]], queues[i], &desc);
		empty &= dsa_wait_empty(queues[i], EMPTY_MS);
	}
	sva_wait_fault_line(lines);
	for (unsigned int i = 0; i < 4096 / 8; i++)
		changed += ((volatile uint64_t *)page)[i] != 0;
	for (size_t i = 0; i < ARRAY_SIZE(queues); i++)
		changed += record[i].status != 0;
	sva_fact("stale.accepted %u", accepted);
	sva_fact("late.changed %u", changed);
	sva_ok(empty, "jobs after the unbind come to an end");
	sva_ok(!changed, "jobs after the unbind change nothing");
}

static void scenario_dsa_enqcmd(void)
{
	struct dsa_file shared, plain;
	uint32_t pasid;

	sva_opt_check();
	dsa_set_up();
	portals[DSA_SHARED] = dsa_device_portal(DSA_SHARED);
	portals[DSA_SHARED_PLAIN] = dsa_device_portal(DSA_SHARED_PLAIN);
	tried("never", work_unbound);
	dsa_open(&shared, DSA_SHARED);
	dsa_open(&plain, DSA_SHARED_PLAIN);
	pasid = dsa_own_pasid();
	sva_fact("mode ats-pri+untranslated");
	sva_fact("pasid %u", pasid);
	sva_stage("bound");
	by_main(&shared);
	by_thread(&shared);
	tried("child", work_unbound);
	tried("own", work_own);
	sva_stage("submitted");
	dsa_close(&plain);
	dsa_close(&shared);
	sva_stage("unbound");
	by_stale();
	sva_stage("late");
	/* As long as this process lives nobody else has its PASID. */
	tried("other", work_own);
	sva_stage("done");
}
SVA_SCENARIO("dsa-enqcmd", scenario_dsa_enqcmd);

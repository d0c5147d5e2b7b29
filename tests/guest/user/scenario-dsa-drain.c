// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario dsa-drain: jobs of one PASID are drained, then aborted
 *
 * Two processes have jobs in one shared queue, which wait for pages: the kernel
 * does not answer page requests meanwhile.  The driver drains a PASID when a
 * file is closed; the commands are given to the device here, since no file of
 * the driver's gives one.
 */
#define _GNU_SOURCE
#include <string.h>

#include "dsa.h"
#include "rt-hog.h"
#include "sva.h"

#define PRQ_CPU		1u
#define JOBS_MAX	64u
#define SIZE		(4 * 4096ul)
#define OTHER_JOBS	2u
#define SEED		0xd5a0000ull
#define JOB_MS		60000
#define WAIT_MS		300
#define WARM_UP		2

/* Jobs of one process, and the memory they write, in memory of their own. */
struct jobs {
	dsa_record *record;
	char *dst[JOBS_MAX];
	unsigned int n;
};

static void *src;

static void jobs_init(struct jobs *j)
{
	if (!j->record)
		j->record = sva_map(NULL, 4096, PROT_READ | PROT_WRITE);
	memset(j->record, 0, 4096);
	j->n = 0;
}

/* Into memory that nobody has touched; false: there is no room. */
static bool jobs_add(struct jobs *j, const struct dsa_file *file)
{
	dsa_desc desc;

	j->dst[j->n] = sva_map(NULL, SIZE, PROT_READ | PROT_WRITE);
	desc = dsa_move(&j->record[j->n], j->dst[j->n], src, SIZE,
			DSA_FLAGS_BLOCK);
	if (!dsa_submit_to(file->portal, file->queue, &desc))
		return false;
	j->n++;
	return true;
}

static unsigned int jobs_with(const struct jobs *j, uint8_t status)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < j->n; i++)
		n += j->record[i].status == status;
	return n;
}

static unsigned int jobs_wrong(const struct jobs *j, uint64_t seed)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < j->n; i++)
		n += !!sva_pattern_diff(j->dst[i], SIZE, seed);
	return n;
}

/* Bytes of the destinations that are not zero. */
static unsigned int jobs_changed(const struct jobs *j)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < j->n; i++)
		for (size_t at = 0; at < SIZE; at++)
			n += j->dst[i][at] != 0;
	return n;
}

static void jobs_end(struct jobs *j)
{
	for (unsigned int i = 0; i < j->n; i++)
		munmap(j->dst[i], SIZE);
}

/* The other process; requests and answers in shared memory. */
struct other {
	struct sva_child child;
	uint32_t pasid;
	unsigned int submit;	/* rounds that it shall have submitted */
	unsigned int submitted;
	unsigned int done;	/* jobs that were completed and right */
};

static void until(const unsigned int *word, unsigned int value)
{
	uint64_t end = sva_deadline(JOB_MS);

	while (__atomic_load_n(word, __ATOMIC_SEQ_CST) < value) {
		if (sva_now_ms() > end)
			sva_error("the other process takes too long");
		sva_sleep_ms(1);
	}
}

static void set(unsigned int *word, unsigned int value)
{
	__atomic_store_n(word, value, __ATOMIC_SEQ_CST);
}

static void other_round(struct other *o, const struct dsa_file *file,
			struct jobs *j, unsigned int round)
{
	until(&o->submit, round);
	jobs_init(j);
	while (j->n < OTHER_JOBS)
		if (!jobs_add(j, file))
			sva_error("the shared queue takes nothing");
	set(&o->submitted, round);
	for (unsigned int i = 0; i < j->n; i++)
		dsa_wait(&j->record[i], JOB_MS);
	set(&o->done, o->done + jobs_with(j, DSA_COMP_SUCCESS) -
	    jobs_wrong(j, SEED));
}

static void other_main(void *arg)
{
	struct other *o = arg;
	struct dsa_file file;
	struct jobs j = { 0 };

	dsa_open(&file, DSA_SHARED);
	o->pasid = dsa_own_pasid();
	set(&o->submitted, 1);
	other_round(o, &file, &j, 2);
	other_round(o, &file, &j, 3);
	dsa_close(&file);
}

/* Both processes have jobs that wait for a page. */
static void submit(struct other *o, unsigned int round,
		   const struct dsa_file *file, struct jobs *j, unsigned int n)
{
	set(&o->submit, round);
	until(&o->submitted, round);
	jobs_init(j);
	while (j->n < n && jobs_add(j, file))
		;
	sva_sleep_ms(WAIT_MS);
}

/* Gives a command while nothing can end, then lets the kernel answer. */
static void command(const char *name, unsigned int code, uint32_t pasid,
		    struct rt_hog *hog)
{
	bool begun = dsa_command_begin(code, pasid);

	sva_sleep_ms(WAIT_MS);
	sva_fact("%s.early %d", name, !dsa_command_active());
	rt_hog_end(hog);
	sva_fact("%s.code %d", name, begun ? dsa_command_end(JOB_MS) : -1);
}

static void drained(struct other *o, const struct dsa_file *file,
		    struct jobs *j, uint32_t pasid)
{
	struct rt_hog hog = { 0 };
	bool full;

	rt_hog_prepare(&hog);
	rt_hog_others(&hog);
	submit(o, 2, file, j, JOBS_MAX);
	full = j->n < JOBS_MAX;
	command("drain", DSA_DRAIN_PASID, pasid, &hog);
	sva_fact("drain.completed %u", jobs_with(j, DSA_COMP_SUCCESS));
	sva_fact("drain.jobs %u", j->n);
	sva_fact("drain.wrong %u", jobs_wrong(j, SEED));
	sva_fact("full.retried %d", full);
	jobs_end(j);
}

static void aborted(struct other *o, const struct dsa_file *file,
		    struct jobs *j, uint32_t pasid)
{
	struct rt_hog hog = { 0 };

	rt_hog_prepare(&hog);
	rt_hog_others(&hog);
	submit(o, 3, file, j, 16);
	command("abort", DSA_ABORT_PASID, pasid, &hog);
	sva_fact("abort.jobs %u", j->n);
	sva_sleep_ms(WAIT_MS);
	sva_fact("abort.without-record %u", jobs_with(j, DSA_COMP_NONE));
	sva_fact("abort.changed %u", jobs_changed(j));
	jobs_end(j);
}

static void scenario_dsa_drain(void)
{
	struct other *o = sva_shared(sizeof(*o));
	struct dsa_copy copy;
	struct dsa_file file;
	struct jobs j = { 0 };
	uint32_t pasid;

	sva_opt_check();
	dsa_set_up();
	src = sva_map(NULL, SIZE, PROT_READ | PROT_WRITE);
	sva_pattern(src, SIZE, SEED);
	sva_steer_page_requests(PRQ_CPU);
	dsa_open(&file, DSA_SHARED);
	pasid = dsa_own_pasid();
	for (int i = 0; i < WARM_UP; i++)
		dsa_copy_untouched(&file, SIZE, NULL, &copy);
	sva_child_start(&o->child, other_main, o);
	until(&o->submitted, 1);
	sva_fact("mode ats-pri");
	sva_fact("pasid %u", pasid);
	sva_fact("other.pasid %u", o->pasid);
	sva_stage("bound");
	drained(o, &file, &j, pasid);
	sva_stage("drained");
	aborted(o, &file, &j, pasid);
	sva_child_wait(&o->child, JOB_MS);
	sva_child_end(&o->child);
	sva_fact("other.jobs %u", 2 * OTHER_JOBS);
	sva_fact("other.done %u", o->done);
	dsa_copy_untouched(&file, SIZE, NULL, &copy);
	sva_fact("again.status 0x%02x", copy.status);
	sva_fact("again.different %llu", (unsigned long long)copy.different);
	sva_ok(copy.status == DSA_COMP_SUCCESS && !copy.different,
	       "a copy works after the abort");
	sva_stage("done");
	dsa_close(&file);
	sva_stage("unbound");
}
SVA_SCENARIO("dsa-drain", scenario_dsa_drain);

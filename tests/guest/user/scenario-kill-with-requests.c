// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenarios kill-with-requests and kill-with-queued-requests: page requests are
 * open, or requests stalled, when the process dies
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "rt-hog.h"
#include "sva.h"
#include "sva-modes.h"

/* A stalled request is in the IOMMU and cannot be held in the device. */
#ifdef __aarch64__
#define BREAK_DEFAULT	"storm"
#define REFUSED		SVA_CNT_ABORTS
#else
#define BREAK_DEFAULT	"in-prg"
#define REFUSED		SVA_CNT_PRG_INVALID
#endif

#define HELD_MS		10000
#define ANSWER_MS	30000
#define STORM_MS	100
#define ERROR_MS	10000

static uint32_t hold;
static uint32_t pages;

static void prepare(struct sva_victim *v)
{
	struct sva_dev *dev = &v->theirs[0];
	struct sva_desc desc;

	v->address = sva_map(NULL, v->size, PROT_READ | PROT_WRITE);
	sva_count(dev, &v->copy.before);
	sva_reg_write(dev, SVA_CTX_PRG_PAGES, pages);
	sva_reg_write(dev, SVA_CTX_BREAK_MASK, hold);
	desc = sva_touch_desc(dev, v->address, v->size, 1, 0);
	desc.flags &= ~SVA_DF_KEEP_GOING;
	sva_submit(dev, &desc);
	/*
	 * A request of a storm may be refused when the memory of a process
	 * that exits is still mapped.  Without a page for it the completion
	 * record fails even then, and the device tells its driver.
	 */
	if (!hold && munmap((void *)(uintptr_t)dev->cpl,
			    SVA_RING_SLOTS * sizeof(*dev->cpl)))
		sva_error("munmap: %s", strerror(errno));
}

static void parse(struct sva_victim *v)
{
	const char *name = sva_opt("break", BREAK_DEFAULT);

	if (!strcmp(name, "in-prg"))
		hold = SVA_BREAK_IN_PRG;
	else if (!strcmp(name, "after-prg"))
		hold = SVA_BREAK_AFTER_PRG;
	else if (strcmp(name, "storm"))
		sva_error("no such breakpoint: %s", name);
	pages = sva_opt_num("pages", 4);
	sva_opt_check();
	/* A stream of requests must not end before the kill. */
	if (!hold)
		v->size = VICTIM_PAGES_MAX * 4096ul;
}

static void held(struct sva_victim *v)
{
	struct sva_counts now;

	if (hold) {
		if (!sva_wait_reg(&v->dev[0], SVA_CTX_BREAK_AT, hold, hold,
				  HELD_MS))
			sva_error("the device does not hold the request");
	} else {
		sva_sleep_ms(STORM_MS);
	}
	sva_fact("held.point 0x%llx", (unsigned long long)
		 sva_reg_read(&v->dev[0], SVA_CTX_BREAK_AT));
	sva_count(&v->dev[0], &now);
	sva_fact_delta("before", &v->dev[0], &v->copy.before, &now);
	/* The storm goes on while the host looks. */
	if (hold)
		sva_stage("held");
}

static void answered(struct sva_victim *v, struct sva_counts *before,
		     uint64_t stalls)
{
	struct sva_dev *dev = &v->dev[0];
	struct sva_accel_info info;
	struct sva_counts after;
	uint64_t begin = sva_now_ms();
	bool done;

	sva_reg_write(dev, SVA_CTX_BREAK_MASK, 0);
	sva_reg_write(dev, SVA_CTX_RELEASE, 1);
	done = sva_wait_reg(dev, SVA_CTX_RUNNING, 1, 0, ANSWER_MS);
	sva_count(dev, &after);
	sva_fact_delta("answer", dev, before, &after);
	sva_fact("delta.answer.dev.stalls %llu",
		 (unsigned long long)(sva_count_stalls(dev) - stalls));
	sva_fact("answer.wait-ms %llu",
		 (unsigned long long)(sva_now_ms() - begin));
	sva_fact("answer.done %d", done);
	sva_wait_error(dev, &info, done ? ERROR_MS : 0);
	sva_fact("job.error 0x%02x", info.err_status & SVA_ERRST_CODE);

	sva_ok(done, "every request gets an answer");
	sva_ok(after.v[REFUSED] > before->v[REFUSED],
	       "requests of the dead process are refused");
	sva_ok(after.v[SVA_CNT_PRG_FAILURE] == before->v[SVA_CNT_PRG_FAILURE],
	       "no page request is answered Response Failure");
	sva_stage("answered");
}

static void scenario_kill_with_requests(void)
{
	struct sva_victim *v = sva_victim_new(64 * KIB);
	struct sva_counts before;
	uint64_t stalls;

	v->prepare = prepare;
	v->n = 1;
	v->modes[0] = SVA_MODE_ASKING;
	parse(v);

	sva_victim_start(v);
	held(v);
	sva_count(&v->dev[0], &before);
	stalls = sva_count_stalls(&v->dev[0]);
	if (!sva_reg_read(&v->dev[0], SVA_CTX_RUNNING))
		sva_error("the page requests ended before the kill");
	sva_victim_kill(v);
	if (hold) {
		sva_stage("mm-gone");
		sva_count(&v->dev[0], &before);
	}
	answered(v, &before, stalls);
	sva_victim_unbind(v);
	sva_stage("unbound");
	sva_victim_reuse(v);
}
SVA_SCENARIO("kill-with-requests", scenario_kill_with_requests);

/* -- keep the kernel from emptying its queue -- */

#define PRQ_THREAD_CPU	1u
#define WARM_UP		2
#define QUEUED_MS	10000
#define MORE_MS		1000
#define STAY_MS		200

/* Its thread follows the interrupt when it has run. */
static void run_queue_thread(void)
{
	struct sva_copy copy;
	struct sva_dev dev;

	sva_open(&dev, SVA_MODE_ASKING);
	for (int i = 0; i < WARM_UP; i++)
		sva_copy_untouched(&dev, 64 * KIB, NULL, &copy);
	sva_close(&dev);
}

static uint64_t answers(const struct sva_counts *counts)
{
	return counts->v[SVA_CNT_PRG_SUCCESS] + counts->v[SVA_CNT_PRG_INVALID] +
	       counts->v[SVA_CNT_PRG_FAILURE];
}

/*
 * A device may ask for fewer pages at once: then it sends the next group when
 * this one is answered.
 */
static void queued(struct sva_victim *v)
{
	uint64_t deadline = sva_deadline(QUEUED_MS);
	const struct sva_counts *before = &v->copy.before;
	uint64_t sent = 0, seen;
	struct sva_counts now;

	do {
		seen = sent;
		sva_sleep_ms(1);
		sva_count(&v->dev[0], &now);
		sent = now.v[SVA_CNT_PAGE_REQS] - before->v[SVA_CNT_PAGE_REQS];
		if (!seen && sent)
			deadline = sva_deadline(MORE_MS);
	} while (sent < pages && sva_now_ms() < deadline);
	sva_sleep_ms(STAY_MS);
	sva_count(&v->dev[0], &now);
	sva_fact("queued.requests %llu", (unsigned long long)sent);
	sva_fact("queued.answers %llu",
		 (unsigned long long)(answers(&now) - answers(before)));
	sva_stage("queued");
}

static void scenario_kill_with_queued_requests(void)
{
	struct sva_victim *v = sva_victim_new(64 * KIB);
	struct rt_hog keepers = { 0 };
	struct sva_counts before;

	pages = sva_opt_num("pages", 8);
	sva_opt_check();
	v->prepare = prepare;
	v->n = 1;
	v->modes[0] = SVA_MODE_ASKING;

	sva_steer_page_requests(PRQ_THREAD_CPU);
	run_queue_thread();
	rt_hog_prepare(&keepers);
	rt_hog_others(&keepers);
	sva_victim_start(v);
	queued(v);
	sva_victim_kill(v);
	sva_count(&v->dev[0], &before);
	rt_hog_end(&keepers);
	answered(v, &before, 0);
	sva_victim_unbind(v);
	sva_stage("unbound");
	sva_victim_reuse(v);
}
SVA_SCENARIO("kill-with-queued-requests", scenario_kill_with_queued_requests);

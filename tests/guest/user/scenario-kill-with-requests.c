// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario kill-with-requests: page requests are open, or requests stalled, when
 * the process dies
 */
#define _GNU_SOURCE
#include <string.h>

#include "sva.h"
#include "sva-modes.h"

/* A stalled request is nowhere to be held: it is the IOMMU's. */
#ifdef __aarch64__
#define HOLD_DEFAULT	"storm"
#define REFUSED		SVA_CNT_ABORTS
#else
#define HOLD_DEFAULT	"in-prg"
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
	sva_reg_write(dev, SVA_CTX_HOLD_MASK, hold);
	desc = sva_touch_desc(dev, v->address, v->size, 1, 0);
	desc.flags &= ~SVA_DF_KEEP_GOING;
	sva_submit(dev, &desc);
}

static void parse(struct sva_victim *v)
{
	const char *name = sva_opt("hold", HOLD_DEFAULT);

	if (!strcmp(name, "in-prg"))
		hold = SVA_HOLD_IN_PRG;
	else if (!strcmp(name, "after-prg"))
		hold = SVA_HOLD_AFTER_PRG;
	else if (strcmp(name, "storm"))
		sva_error("no such point to hold at: %s", name);
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
		if (!sva_wait_reg(&v->dev[0], SVA_CTX_HELD, hold, hold,
				  HELD_MS))
			sva_error("the device does not hold the request");
	} else {
		sva_sleep_ms(STORM_MS);
	}
	sva_fact("held.point 0x%llx", (unsigned long long)
		 sva_reg_read(&v->dev[0], SVA_CTX_HELD));
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

	sva_reg_write(dev, SVA_CTX_HOLD_MASK, 0);
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

void scenario_kill_with_requests(void)
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

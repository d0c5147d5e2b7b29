// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario prq-overflow: more page requests than the queue of the IOMMU holds
 * Scenario evtq-full: more stalls than its event queue holds
 *
 * Many contexts ask for many pages each, against their allocation, while
 * programs of the highest priority keep all processors: the kernel cannot empty
 * the queue until they let go.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "rt-hog.h"
#include "sva.h"

#define PAGE		4096ul
#define CONTEXTS	120u
#define PAGES		32u	/* the most that a group may have */
#define PART		(PAGES * PAGE)
#define JOB_MS		60000
/* Twice what Linux makes the queue; each context can stall once. */
#ifdef __aarch64__
#define ASKED		SVA_CNT_STALLS
#define ENOUGH		CONTEXTS
#else
#define ASKED		SVA_CNT_PAGE_REQS
#define ENOUGH		4096u
#endif
/* After that real-time programs are stopped. */
#define MOST_MS		900

static struct storm {
	struct sva_dev dev[CONTEXTS];
	char *buf;
	unsigned int asked;
	unsigned int rounds;
	unsigned int ended;
	unsigned int unserved;
	unsigned int failed;
	unsigned int wrong;
	struct sva_counts before;
	struct sva_counts after;
	struct rt_hog hog;
} s;

/* Page requests, or stalls, of the device since power-on. */
static uint64_t requests(void)
{
	struct sva_accel_reg reg = {
		.offset = SVA_REG_COUNTERS + 8 * ASKED,
		.flags = SVA_ACCEL_REG_GLOBAL,
	};

	if (ioctl(s.dev[0].fd, SVA_ACCEL_REG, &reg))
		sva_error("reading a counter: %s", strerror(errno));
	return reg.value;
}

/* For at least @ms, and until more was sent than the queue holds. */
static void hog(unsigned int ms, uint64_t begin)
{
	uint64_t now = sva_now_ms(), least = now + ms, most = now + MOST_MS;

	while ((now < least || requests() - begin < ENOUGH) && now < most)
		now = sva_now_ms();
}

/* Each context writes a word into each of its pages, once. */
static uint32_t write_part(unsigned int i, uint64_t value)
{
	struct sva_desc desc;

	desc = sva_touch_desc(&s.dev[i], s.buf + i * PART, PART, 1, 0);
	desc.src = value;
	return sva_submit(&s.dev[i], &desc);
}

static void inject(uint32_t bits)
{
	for (unsigned int i = 0; i < CONTEXTS; i++)
		sva_reg_write(&s.dev[i], SVA_CTX_INJECT, bits);
}

/* All jobs must end, with any status. */
static void storm(unsigned int ms)
{
	uint32_t nr[CONTEXTS];
	uint64_t begin = requests();

	if (madvise(s.buf, CONTEXTS * PART, MADV_DONTNEED))
		sva_error("madvise: %s", strerror(errno));
	inject(SVA_INJECT_PRG_EXCESS);
	rt_hog_prepare(&s.hog);
	rt_hog_begin(&s.hog);
	for (unsigned int i = 0; i < CONTEXTS; i++)
		nr[i] = write_part(i, s.rounds);
	hog(ms, begin);
	rt_hog_end(&s.hog);

	for (unsigned int i = 0; i < CONTEXTS; i++) {
		struct sva_completion cpl = sva_wait(&s.dev[i], nr[i], JOB_MS);

		s.ended += cpl.status != SVA_ST_NONE;
		s.unserved += cpl.result;
	}
	inject(0);
}

/* Everything works as before. */
static void calm(void)
{
	uint64_t value = 0xca10000000000000ull + s.rounds;
	uint32_t nr[CONTEXTS];

	if (madvise(s.buf, CONTEXTS * PART, MADV_DONTNEED))
		sva_error("madvise: %s", strerror(errno));
	for (unsigned int i = 0; i < CONTEXTS; i++)
		nr[i] = write_part(i, value);
	for (unsigned int i = 0; i < CONTEXTS; i++) {
		struct sva_completion cpl = sva_wait(&s.dev[i], nr[i], JOB_MS);

		s.failed += cpl.status != SVA_ST_SUCCESS || cpl.result;
	}
	for (size_t at = 0; at < CONTEXTS * PART; at += PAGE)
		s.wrong += memcmp(s.buf + at, &value, 8) != 0;
}

/* The ring is not under test: fork() must not make it read-only. */
static void begin(void)
{
	for (unsigned int i = 0; i < CONTEXTS; i++) {
		struct sva_dev *dev = &s.dev[i];

		sva_open(dev, SVA_MODE_ASKING);
		sva_reg_write(dev, SVA_CTX_PRG_PAGES, PAGES);
		madvise(dev->ring, SVA_RING_SLOTS * sizeof(*dev->ring),
			MADV_DONTFORK);
		madvise((void *)(uintptr_t)dev->cpl,
			SVA_RING_SLOTS * sizeof(*dev->cpl), MADV_DONTFORK);
	}
	s.buf = sva_map(NULL, CONTEXTS * PART, PROT_READ | PROT_WRITE);
	madvise(s.buf, CONTEXTS * PART, MADV_DONTFORK);
	sva_fact("mode " SVA_MODE_ASKING_NAME);
	sva_fact("pid %d", getpid());
	sva_fact("pasid %u", s.dev[0].pasid);
	sva_stage("bound");
}

static void report(void)
{
	sva_fact("rounds %u", s.rounds);
	sva_fact("rounds.asked %u", s.asked);
	sva_fact("contexts %u", CONTEXTS);
	sva_fact("storm.jobs %u", s.rounds * CONTEXTS);
	sva_fact("storm.ended %u", s.ended);
	sva_fact("storm.unserved %u", s.unserved);
	sva_fact("after.failed %u", s.failed);
	sva_fact("after.wrong %u", s.wrong);
	sva_fact_delta_device("storm", &s.before, &s.after);
	sva_ok(s.ended == s.rounds * CONTEXTS, "no job waits for ever");
	sva_ok(!s.failed && !s.wrong, "the device works when the storm is over");
}

static void scenario_prq_overflow(void)
{
	unsigned int ms = sva_opt_num("hog", 50);

	s.asked = sva_opt_num("rounds", 2);
	sva_opt_check();
	if (!s.asked)
		sva_error("unusable number of rounds");

	begin();
	sva_count_device(&s.dev[0], &s.before);
	while (s.rounds < s.asked && s.ended == s.rounds * CONTEXTS &&
	       !s.failed) {
		s.rounds++;
		storm(ms);
		calm();
	}
	sva_count_device(&s.dev[0], &s.after);
	report();
	sva_stage("done");

	for (unsigned int i = 0; i < CONTEXTS; i++)
		sva_close(&s.dev[i]);
	sva_stage("unbound");
}
SVA_SCENARIO("prq-overflow", scenario_prq_overflow);
SVA_SCENARIO("evtq-full", scenario_prq_overflow);

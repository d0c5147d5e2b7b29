// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario completion: ends of jobs are told by interrupt, or found by polling
 *
 * Other contexts keep the device busy meanwhile.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sva.h"

#define PAGE		4096ul
#define LOAD_PAGES	64ul
#define BURST		(SVA_RING_SLOTS - 4)
#define JOB_MS		30000
#define EVENT_MS	10000
#define SEED		0xc0de000000000000ull

/* Order matters: a late interrupt must not count for the next phase. */
enum kind {
	POLLED,		/* no job has an interrupt */
	SINGLE,		/* each has, one job at a time */
	LAST,		/* many at a time, only the last one has */
	EACH,		/* many at a time, all have */
	KINDS,
};

static const char *const names[KINDS] = {
	[POLLED]	= "polled",
	[SINGLE]	= "single",
	[LAST]		= "last",
	[EACH]		= "each",
};

static struct {
	struct sva_writers load;
	struct sva_dev dev[SVA_MODES];
	unsigned int rounds;
	char *src;
	char *dst;
	unsigned int jobs[KINDS];
	unsigned int wanted[KINDS];	/* interrupts asked for */
	uint64_t events[KINDS];
	uint64_t sent[KINDS];
	unsigned int late[KINDS];	/* waits that ended without one */
	unsigned int bad;		/* records that are wrong, or missing */
} c;

/* Interrupts that the driver has counted for a context. */
static uint64_t events(const struct sva_dev *dev)
{
	struct sva_accel_info info;

	sva_info(dev, &info);
	return info.events;
}

/* Reading acknowledges the count: afterwards poll() waits. */
static void forget(struct sva_dev *dev)
{
	struct pollfd pfd = { .fd = dev->fd, .events = POLLIN };
	uint64_t n;

	if (poll(&pfd, 1, 0) == 1 &&
	    read(dev->fd, &n, sizeof(n)) != sizeof(n))
		sva_error("read: %s", strerror(errno));
}

/* Sleeps until an interrupt came. */
static bool wait_event(struct sva_dev *dev)
{
	struct pollfd pfd = { .fd = dev->fd, .events = POLLIN };
	uint64_t n;

	return poll(&pfd, 1, EVENT_MS) == 1 &&
	       read(dev->fd, &n, sizeof(n)) == sizeof(n);
}

static uint32_t copy(struct sva_dev *dev, unsigned int i, bool irq)
{
	struct sva_desc desc;

	desc = sva_copy_desc(dev, c.src, c.dst + i * PAGE, PAGE);
	if (irq)
		desc.flags |= SVA_DF_IRQ;
	return sva_submit(dev, &desc);
}

/* @ms: 0 if the job must be over already. */
static void check(struct sva_dev *dev, uint32_t nr, unsigned int ms)
{
	struct sva_completion cpl = sva_wait(dev, nr, ms);

	c.bad += cpl.status != SVA_ST_SUCCESS || cpl.id != nr ||
		 cpl.bytes != PAGE;
}

static void single(void)
{
	uint32_t nr[SVA_MODES];

	for (unsigned int i = 0; i < c.load.n; i++)
		nr[i] = copy(&c.dev[i], i, true);
	for (unsigned int i = 0; i < c.load.n; i++) {
		bool told = wait_event(&c.dev[i]);

		c.late[SINGLE] += !told;
		check(&c.dev[i], nr[i], told ? 0 : JOB_MS);
	}
}

static void burst(enum kind kind)
{
	uint32_t first[SVA_MODES];

	for (unsigned int i = 0; i < c.load.n; i++) {
		first[i] = c.dev[i].tail;
		for (unsigned int k = 0; k < BURST; k++)
			copy(&c.dev[i], i, kind == EACH ||
			     (kind == LAST && k == BURST - 1));
	}
	for (unsigned int i = 0; i < c.load.n; i++) {
		struct sva_dev *dev = &c.dev[i];
		uint32_t last = first[i] + BURST - 1;
		/* The next message must not merge with this one. */
		bool told = kind != LAST || wait_event(dev);

		/* Several messages may come to one event. */
		while (kind != POLLED && told &&
		       sva_wait(dev, last, 0).status == SVA_ST_NONE)
			told = wait_event(dev);
		c.late[kind] += !told;
		for (unsigned int k = 0; k < BURST; k++)
			check(dev, first[i] + k,
			      told && kind != POLLED ? 0 : JOB_MS);
	}
}

/* Interrupts that the driver has counted for all contexts. */
static uint64_t all_events(void)
{
	uint64_t n = 0;

	for (unsigned int i = 0; i < c.load.n; i++)
		n += events(&c.dev[i]);
	return n;
}

static void run_kind(enum kind kind)
{
	struct sva_counts before, after;
	uint64_t begin, end;

	for (unsigned int i = 0; i < c.load.n; i++)
		forget(&c.dev[i]);
	begin = all_events();
	sva_count_device(&c.dev[0], &before);
	for (unsigned int r = 0; r < c.rounds; r++) {
		if (kind == SINGLE)
			single();
		else
			burst(kind);
		c.jobs[kind] += c.load.n * (kind == SINGLE ? 1 : BURST);
		c.wanted[kind] += c.load.n * (kind == EACH ? BURST :
					      kind != POLLED);
	}
	/* The last ones are in flight; some may have merged. */
	sva_sleep_ms(50);
	end = sva_now_ms() + (kind == EACH ? 0 : EVENT_MS);
	while (all_events() - begin < c.wanted[kind] && sva_now_ms() < end)
		sva_sleep_ms(10);
	c.events[kind] = all_events() - begin;
	sva_count_device(&c.dev[0], &after);
	c.sent[kind] = after.v[SVA_CNT_INTERRUPTS] -
		       before.v[SVA_CNT_INTERRUPTS];
}

static void begin(const char *modes, unsigned int interval_us)
{
	char *buf;

	sva_writers_open(&c.load, modes);
	for (unsigned int i = 0; i < c.load.n; i++)
		sva_open(&c.dev[i], c.load.modes[i]);
	sva_stage("bound");

	c.src = sva_map(NULL, PAGE, PROT_READ | PROT_WRITE);
	c.dst = sva_map(NULL, SVA_MODES * PAGE, PROT_READ | PROT_WRITE);
	sva_pattern(c.src, PAGE, SEED);
	sva_touch_pages(c.dst, SVA_MODES * PAGE);
	buf = sva_map(NULL, LOAD_PAGES * PAGE, PROT_READ | PROT_WRITE);
	sva_touch_pages(buf, LOAD_PAGES * PAGE);
	sva_writers_write(&c.load, buf, LOAD_PAGES * PAGE, interval_us);
}

static void report(void)
{
	unsigned int different = 0;

	for (unsigned int i = 0; i < c.load.n; i++)
		different += sva_pattern_diff(c.dst + i * PAGE, PAGE, SEED);
	sva_fact("rounds %u", c.rounds);
	sva_fact("records.bad %u", c.bad);
	sva_fact("data.different %u", different);
	for (unsigned int k = 0; k < KINDS; k++) {
		sva_fact("%s.jobs %u", names[k], c.jobs[k]);
		sva_fact("%s.wanted %u", names[k], c.wanted[k]);
		sva_fact("%s.events %llu", names[k],
			 (unsigned long long)c.events[k]);
		sva_fact("%s.sent %llu", names[k],
			 (unsigned long long)c.sent[k]);
		sva_fact("%s.late %u", names[k], c.late[k]);
		sva_ok(!c.late[k], "%s: nobody waits in vain", names[k]);
	}
	sva_ok(!c.bad && !different, "all records and copies are right");
}

static void scenario_completion(void)
{
	const char *modes = sva_writers_options();
	unsigned int interval_us = sva_opt_num("interval", 200);
	struct sva_window window = { 0 };

	c.rounds = sva_opt_num("rounds", 50);
	sva_opt_check();
	if (!c.rounds)
		sva_error("unusable number of rounds");

	begin(modes, interval_us);
	sva_window_open(&window, &c.load);
	for (unsigned int k = 0; k < KINDS; k++)
		run_kind(k);
	sva_window_close(&window, &c.load);
	sva_writers_stop(&c.load);
	report();
	sva_window_report(&window, &c.load, "load");
	sva_stage("done");

	for (unsigned int i = 0; i < c.load.n; i++)
		sva_close(&c.dev[i]);
	sva_writers_close(&c.load);
	sva_stage("unbound");
}
SVA_SCENARIO("completion", scenario_completion);

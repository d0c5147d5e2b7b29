// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario fork: copy on write while the device writes
 *
 * Two contexts for each mode: one writes for ever, also while fork() makes the
 * pages read-only, the other writes a new value when it is told to.  What the
 * second one writes must reach the parent and never the child, whoever of the
 * two keeps the page that both had.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sva.h"
#include "sva-modes.h"

#define PAGE		4096ul
#define PAGES_MAX	64u
#define JOB_MS		30000
#define COPY_SIZE	(16 * PAGE)
#define SEED		0xf02c000000000000ull
/* Where in a page the device writes: the first byte is for the processor. */
#define WORD_FOREVER	64
#define WORD_STEP	128

enum phase {
	PHASE_FORKED,
	PHASE_SEEN,	/* the child has stored its contents */
	PHASE_WRITTEN,	/* the device wrote since */
	PHASE_OWN,	/* the child wrote something of its own */
	PHASE_AGAIN,	/* the device wrote once more */
};

/* What the child finds, in shared memory. */
struct report {
	volatile unsigned int phase;
	unsigned int changed;
	unsigned int doorbell;
	int mmap_errno;
	unsigned int owner;
	uint32_t pasid;
	struct sva_copy copy;
};

static struct family {
	struct sva_writers forever;
	struct sva_dev step[SVA_MODES];
	char *buf;
	size_t size;
	uint64_t value;
	struct report *child;
	unsigned int rounds;
	unsigned int changed;
	unsigned int wrong;
	unsigned int failed;
	unsigned int inherited;
	struct sva_window window;
} f;

static void advance(enum phase phase)
{
	__atomic_store_n(&f.child->phase, phase, __ATOMIC_SEQ_CST);
}

static void await(enum phase phase)
{
	uint64_t end = sva_deadline(JOB_MS);

	while (__atomic_load_n(&f.child->phase, __ATOMIC_SEQ_CST) != phase) {
		if (sva_now_ms() > end)
			sva_error("parent and child wait for each other");
		sva_sleep_ms(1);
	}
}

/* A part of the buffer for each mode. */
static char *part(unsigned int i)
{
	return f.buf + i * f.size;
}

static size_t whole(void)
{
	return f.forever.n * f.size;
}

/* Modes that can must end the sharing with page requests. */
static void touch_where_needed(void)
{
	for (unsigned int i = 0; i < f.forever.n; i++)
		if (f.forever.modes[i] != SVA_MODE_ASKING)
			sva_touch_pages(part(i), f.size);
}

/* The device writes a new value; the parent must see it in every page. */
static void step(void)
{
	uint32_t nr[SVA_MODES];

	f.value++;
	touch_where_needed();
	for (unsigned int i = 0; i < f.forever.n; i++) {
		struct sva_desc desc;

		desc = sva_touch_desc(&f.step[i], part(i) + WORD_STEP,
				      f.size - WORD_STEP, 1, 0);
		desc.src = f.value;
		nr[i] = sva_submit(&f.step[i], &desc);
	}
	for (unsigned int i = 0; i < f.forever.n; i++) {
		struct sva_completion cpl = sva_wait(&f.step[i], nr[i],
						     JOB_MS);

		f.failed += cpl.status != SVA_ST_SUCCESS || cpl.result;
		for (size_t at = WORD_STEP; at < f.size; at += PAGE)
			f.wrong += memcmp(part(i) + at, &f.value, 8) != 0;
	}
}

static unsigned int count_changed(const char *seen)
{
	unsigned int n = 0;

	for (size_t at = 0; at < whole(); at += PAGE)
		n += memcmp(f.buf + at, seen + at, PAGE) != 0;
	return n;
}

/* What the child inherited must be useless. */
static void try_parents_context(struct report *r)
{
	struct sva_dev *dev = &f.step[0];
	void *doorbell = (void *)(uintptr_t)dev->doorbell;
	struct sva_accel_info info;
	struct sva_dev own;

	r->doorbell = !msync(doorbell, PAGE, MS_ASYNC) || errno != ENOMEM;
	sva_info(dev, &info);
	r->owner = !!(info.flags & SVA_ACCEL_OWNER);
	r->mmap_errno = 0;
	if (mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, dev->fd,
		 info.doorbell) == MAP_FAILED)
		r->mmap_errno = errno;

	sva_open(&own, SVA_MODE_ASKING);
	r->pasid = own.pasid;
	sva_copy_untouched(&own, COPY_SIZE, NULL, &r->copy);
	sva_close(&own);
}

static void child_main(void *arg)
{
	struct report *r = arg;
	char *seen = sva_map(NULL, whole(), PROT_READ | PROT_WRITE);

	memcpy(seen, f.buf, whole());
	advance(PHASE_SEEN);
	await(PHASE_WRITTEN);
	r->changed = count_changed(seen);

	sva_pattern(f.buf, whole(), SEED);
	advance(PHASE_OWN);
	await(PHASE_AGAIN);
	r->changed += sva_pattern_pages(f.buf, whole(), SEED);
	try_parents_context(r);
}

static void fork_once(void)
{
	struct sva_child child;
	struct report *r = f.child;

	memset(r, 0, sizeof(*r));
	sva_window_open(&f.window, &f.forever);
	sva_child_start(&child, child_main, r);
	await(PHASE_SEEN);
	step();
	step();
	sva_writers_wait_written(&f.forever, 8 * f.size / PAGE);
	advance(PHASE_WRITTEN);
	await(PHASE_OWN);
	step();
	advance(PHASE_AGAIN);
	sva_child_wait(&child, JOB_MS);
	sva_window_close(&f.window, &f.forever);
	sva_child_end(&child);
	step();

	f.rounds++;
	f.changed += r->changed;
	f.inherited += r->doorbell || r->owner || r->mmap_errno != EPERM;
}

/* The ring is not under test: parent and child must not share it. */
static void keep_ring(struct sva_dev *dev)
{
	if (madvise(dev->ring, SVA_RING_SLOTS * sizeof(*dev->ring),
		    MADV_DONTFORK) ||
	    madvise((void *)(uintptr_t)dev->cpl,
		    SVA_RING_SLOTS * sizeof(*dev->cpl), MADV_DONTFORK))
		sva_error("madvise: %s", strerror(errno));
}

static void begin(const char *modes)
{
	sva_writers_open(&f.forever, modes);
	for (unsigned int i = 0; i < f.forever.n; i++) {
		sva_open(&f.step[i], f.forever.modes[i]);
		keep_ring(&f.step[i]);
		keep_ring(&f.forever.dev[i]);
	}
	sva_stage("bound");

	f.child = sva_shared(sizeof(*f.child));
	f.buf = sva_map(NULL, whole(), PROT_READ | PROT_WRITE);
	sva_touch_pages(f.buf, whole());
}

static void write_forever(unsigned int interval_us)
{
	for (unsigned int i = 0; i < f.forever.n; i++) {
		struct sva_dev *dev = &f.forever.dev[i];
		struct sva_desc desc;

		desc = sva_touch_desc(dev, part(i) + WORD_FOREVER,
				      f.size - WORD_FOREVER, 0, interval_us);
		sva_submit(dev, &desc);
	}
	sva_writers_wait_written(&f.forever, 8 * f.size / PAGE);
	step();
}

static void report(void)
{
	struct report *r = f.child;

	sva_fact("rounds %u", f.rounds);
	sva_fact("range.address 0x%llx",
		 (unsigned long long)(uintptr_t)f.buf);
	sva_fact("range.bytes %zu", whole());
	sva_fact("steps %llu", (unsigned long long)f.value);
	sva_fact("steps.failed %u", f.failed);
	sva_fact("parent.wrong %u", f.wrong);
	sva_fact("child.changed %u", f.changed);
	sva_fact("child.inherited %u", f.inherited);
	sva_fact("child.doorbell %u", r->doorbell);
	sva_fact("child.owner %u", r->owner);
	sva_fact("child.mmap-errno %d", r->mmap_errno);
	sva_fact("child.pasid %u", r->pasid);
	sva_fact("child.copy.status 0x%02x", r->copy.cpl.status);
	sva_fact("child.data.different %llu",
		 (unsigned long long)r->copy.different);
	sva_window_report(&f.window, &f.forever, "fork");
	sva_ok(!f.wrong, "the parent sees what the device writes");
	sva_ok(!f.changed, "the child does not");
	sva_ok(!f.inherited, "the child cannot use the parent's context");
}

static void scenario_fork(void)
{
	const char *modes = sva_writers_options();
	unsigned int rounds = sva_opt_num("rounds", 10);
	unsigned int interval_us = sva_opt_num("interval", 2000);
	unsigned int pages = sva_opt_num("pages", 16);

	sva_opt_check();
	if (!rounds || !pages || pages > PAGES_MAX)
		sva_error("unusable number of rounds or pages");
	f.size = pages * PAGE;

	begin(modes);
	write_forever(interval_us);
	while (f.rounds < rounds)
		fork_once();
	sva_writers_stop(&f.forever);
	report();
	sva_stage("done");

	for (unsigned int i = 0; i < f.forever.n; i++)
		sva_close(&f.step[i]);
	sva_writers_close(&f.forever);
	sva_stage("unbound");
}
SVA_SCENARIO("fork", scenario_fork);

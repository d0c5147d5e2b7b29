// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Guest test programs: the kernel replaces pages while the device uses them
 *
 * The kernel may replace the pages of a process at any time without an effect on
 * their users.  Two contexts for each mode: one writes into every page for ever,
 * so that the device has translations at any moment; the other adds to words,
 * each by one at a time, so that a write that is lost, or made to the old
 * page, leaves a word that is too small.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "page-migration.h"
#include "sva-modes.h"

#define PAGE		4096ul
#define FILL_LIMIT	(48 * MIB)
#define JOB_MS		60000
#define SEED		0x4e01000000000000ull
/* In each page: the device's two words, then what nobody changes. */
#define WORD_FOREVER	64
#define WORD_COUNT	128
#define REST		256
/* Each addition has a delay behind it; both fit into the ring. */
#define ADDS		(SVA_RING_SLOTS / 2 - 4)
#define ADD_DELAY_NS	300000ull
#define HEAD_START_US	1500
#define MPOL_DEFAULT	0
#define MPOL_BIND	2

/* Additions that were given to the device. */
struct batch {
	uint32_t nr[SVA_MODES][ADDS];
	unsigned int page[ADDS];
};

static unsigned int pages(const struct page_migration *r)
{
	return r->scene->pages;
}

char *page_migration_part(const struct page_migration *r, unsigned int i)
{
	return r->buf + i * r->part;
}

size_t page_migration_whole(const struct page_migration *r)
{
	return r->forever.n * r->part;
}

static uint64_t forever_value(int mode)
{
	return 0xf02e000000000000ull | (unsigned int)mode;
}

static char *rest(const struct page_migration *r, unsigned int i, unsigned int page)
{
	return page_migration_part(r, i) + page * PAGE + REST;
}

static uint64_t rest_seed(unsigned int i, unsigned int page)
{
	return SEED + ((uint64_t)i << 40) + ((uint64_t)page << 20);
}

static void fill_rest(struct page_migration *r)
{
	for (unsigned int i = 0; i < r->forever.n; i++)
		for (unsigned int p = 0; p < pages(r); p++)
			sva_pattern(rest(r, i, p), PAGE - REST, rest_seed(i, p));
	memset(r->count, 0, sizeof(r->count));
	memset(r->dropped, 0, sizeof(r->dropped));
}

void page_migration_drop(struct page_migration *r, unsigned int page)
{
	for (unsigned int i = 0; i < r->forever.n; i++) {
		if (madvise(page_migration_part(r, i) + page * PAGE, PAGE,
			    MADV_DONTNEED))
			sva_error("madvise: %s", strerror(errno));
		r->count[i][page] = 0;
	}
	r->dropped[page] = true;
}

static void touch_where_needed(struct page_migration *r)
{
	for (unsigned int i = 0; i < r->forever.n; i++)
		if (r->forever.modes[i] != SVA_MODE_ASKING)
			sva_touch_pages(page_migration_part(r, i), r->part);
}

static void batch_begin(struct page_migration *r, struct batch *b)
{
	struct sva_desc delay = {
		.opcode = SVA_OP_DELAY,
		.size = ADD_DELAY_NS,
	};

	/* The first two pages are left to the events. */
	for (unsigned int k = 0; k < ADDS; k++)
		b->page[k] = 2 + (r->round + k * pages(r) / ADDS) %
			     (pages(r) - 2);
	for (unsigned int k = 0; k < ADDS; k++) {
		for (unsigned int i = 0; i < r->forever.n; i++) {
			struct sva_dev *dev = &r->adder[i];
			char *word = page_migration_part(r, i) + b->page[k] * PAGE +
				     WORD_COUNT;
			struct sva_desc add = sva_copy_desc(dev, NULL, word, 8);

			add.opcode = SVA_OP_FETCH_ADD;
			add.src = 1;
			b->nr[i][k] = sva_submit(dev, &add);
			sva_submit(dev, &delay);
		}
	}
}

/* Status that a mode without page requests may get for a missing page. */
static bool refusal(int mode, uint8_t status)
{
	return (mode == SVA_MODE_UNTRANSLATED && mode != SVA_MODE_ASKING &&
		status == SVA_ST_ACCESS_ABORTED) ||
	       (mode == SVA_MODE_ATS && status == SVA_ST_PAGE_FAULT);
}

/* @certain: each of them must have been done. */
static void batch_end(struct page_migration *r, struct batch *b,
		      struct page_migration_sum *sum, bool certain)
{
	for (unsigned int i = 0; i < r->forever.n; i++) {
		for (unsigned int k = 0; k < ADDS; k++) {
			uint32_t *count = &r->count[i][b->page[k]];
			struct sva_completion cpl;

			cpl = sva_wait(&r->adder[i], b->nr[i][k], JOB_MS);
			if (cpl.status == SVA_ST_SUCCESS) {
				sum->wrong += cpl.result != *count;
				++*count;
				sum->adds++;
			} else if (!certain && refusal(r->forever.modes[i],
						       cpl.status)) {
				sum->refused++;
			} else {
				sum->failed++;
			}
		}
	}
}

static bool page_good(struct page_migration *r, unsigned int i, unsigned int p)
{
	const char *page = page_migration_part(r, i) + p * PAGE;
	uint64_t forever = forever_value(r->forever.modes[i]);
	uint64_t count = r->count[i][p];

	if (memcmp(page + WORD_FOREVER, &forever, 8) ||
	    memcmp(page + WORD_COUNT, &count, 8))
		return false;
	if (!r->dropped[p])
		return !sva_pattern_diff(page + REST, PAGE - REST,
					 rest_seed(i, p));
	for (size_t at = REST; at < PAGE; at++)
		if (page[at])
			return false;
	return true;
}

static void check_pages(struct page_migration *r, struct page_migration_sum *sum)
{
	for (unsigned int i = 0; i < r->forever.n; i++) {
		for (unsigned int p = 0; p < pages(r); p++) {
			if (page_good(r, i, p))
				continue;
			if (!sum->wrong++)
				sva_note("mode %s, page %u is wrong",
					 sva_mode_names[r->forever.modes[i]], p);
		}
	}
}

static void frames(struct page_migration *r, uint64_t *pfns)
{
	if (!sva_pfns(r->buf, page_migration_whole(r) / PAGE, pfns))
		sva_error("the kernel does not tell page frame numbers");
}

/* Frames that are not behind the same page any more. */
static unsigned int old_frames(const uint64_t *before, const uint64_t *after,
			       unsigned int n, uint64_t *old)
{
	unsigned int found = 0;

	for (unsigned int p = 0; p < n; p++)
		if (before[p] && before[p] != after[p])
			old[found++] = before[p];
	return found;
}

static void from_node(int node)
{
	unsigned long mask = node < 0 ? 0 : 1ul << node;

	if (syscall(SYS_set_mempolicy, node < 0 ? MPOL_DEFAULT : MPOL_BIND,
		    node < 0 ? NULL : &mask, node < 0 ? 0 : 8 * sizeof(mask)) &&
	    node >= 0)
		sva_error("set_mempolicy: %s", strerror(errno));
}

static bool happen(struct page_migration *r, unsigned int nr)
{
	static uint64_t before[SVA_MODES * PAGE_MIGRATION_PAGES_MAX];
	static uint64_t after[SVA_MODES * PAGE_MIGRATION_PAGES_MAX];
	static uint64_t old[SVA_MODES * PAGE_MIGRATION_PAGES_MAX];
	const struct page_migration_event *event = &r->scene->event[nr];
	struct page_migration_sum *sum = &r->sum[nr];
	unsigned int n, changed, other;
	struct sva_fill fill;
	struct batch batch;

	frames(r, before);
	sva_window_open(&sum->window, &r->forever);
	batch_begin(r, &batch);
	usleep(HEAD_START_US);
	event->happen(r);
	frames(r, after);
	n = old_frames(before, after, page_migration_whole(r) / PAGE, old);

	from_node(event->node);
	sva_fill(&fill, old, event->frees ? n : 0,
		 event->frees && n ? FILL_LIMIT : 0);
	from_node(-1);
	batch_end(r, &batch, sum, false);

	touch_where_needed(r);
	sva_writers_wait_written(&r->forever, 2 * 8 * pages(r));
	batch_begin(r, &batch);
	batch_end(r, &batch, sum, true);
	sva_window_close(&sum->window, &r->forever);

	check_pages(r, sum);
	sva_fill_check(&fill, &changed, &other);
	sum->replaced += n;
	sum->found += fill.found;
	sum->changed += changed;
	sum->other += other;
	sva_fill_free(&fill);
	return !sum->wrong && !sum->failed && !sum->changed && !sum->other;
}

static void begin(struct page_migration *r, const char *modes)
{
	sva_writers_open(&r->forever, modes);
	for (unsigned int i = 0; i < r->forever.n; i++)
		sva_open(&r->adder[i], r->forever.modes[i]);
	sva_stage("bound");

	r->part = pages(r) * PAGE;
	r->buf = r->scene->map(page_migration_whole(r));
	fill_rest(r);
}

static void write_forever(struct page_migration *r, unsigned int interval_us)
{
	for (unsigned int i = 0; i < r->forever.n; i++) {
		struct sva_dev *dev = &r->forever.dev[i];
		struct sva_desc desc;

		desc = sva_touch_desc(dev, page_migration_part(r, i) + WORD_FOREVER,
				      r->part - WORD_FOREVER, 0, interval_us);
		desc.src = forever_value(dev->mode);
		sva_submit(dev, &desc);
	}
}

static bool round_once(struct page_migration *r)
{
	bool good = true;

	if (r->scene->prepare) {
		r->scene->prepare(r);
		fill_rest(r);
	}
	sva_writers_wait_written(&r->forever, 2 * 8 * pages(r));
	for (unsigned int i = 0; i < r->scene->events && good; i++)
		good = happen(r, i);
	return good;
}

static void report_event(const struct page_migration *r, unsigned int nr)
{
	const char *name = r->scene->event[nr].name;
	const struct page_migration_sum *sum = &r->sum[nr];

	sva_fact("%s.replaced %u", name, sum->replaced);
	sva_fact("%s.found %u", name, sum->found);
	sva_fact("%s.changed %u", name, sum->changed);
	sva_fact("%s.changed-other %u", name, sum->other);
	sva_fact("%s.adds %u", name, sum->adds);
	sva_fact("%s.refused %u", name, sum->refused);
	sva_fact("%s.failed %u", name, sum->failed);
	sva_fact("%s.wrong %u", name, sum->wrong);
	sva_window_report(&sum->window, &r->forever, name);
	sva_ok(!sum->wrong, "%s: no write of the device is lost", name);
	sva_ok(!sum->failed, "%s: the device can write afterwards", name);
	sva_ok(!sum->changed && !sum->other,
	       "%s: the old pages do not change", name);
}

void page_migration_run(const struct page_migration_scene *scene,
			void (*report)(const struct page_migration *r))
{
	const char *modes = sva_writers_options();
	unsigned int interval_us = sva_opt_num("interval", scene->interval_us);
	unsigned int asked = sva_opt_num("rounds", scene->rounds);
	static struct page_migration r;

	if (scene->modes)
		modes = sva_opt("modes", scene->modes);
	sva_opt_check();
	if (!asked)
		sva_error("unusable number of rounds");
	r.scene = scene;

	begin(&r, modes);
	write_forever(&r, interval_us);
	while (r.round < asked) {
		/* One broken round is enough. */
		r.round++;
		if (!round_once(&r))
			break;
	}
	sva_writers_stop(&r.forever);

	sva_fact("rounds %u", r.round);
	sva_fact("rounds.asked %u", asked);
	sva_fact("range.address 0x%llx",
		 (unsigned long long)(uintptr_t)r.buf);
	sva_fact("range.bytes %zu", page_migration_whole(&r));
	for (unsigned int i = 0; i < scene->events; i++)
		report_event(&r, i);
	if (report)
		report(&r);
	sva_stage("done");

	for (unsigned int i = 0; i < r.forever.n; i++)
		sva_close(&r.adder[i]);
	sva_writers_close(&r.forever);
	sva_stage("unbound");
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario ksm: equal pages are merged, and the device writes to one of them
 *
 * The device writes to one buffer; its twin has the same contents and is never
 * named in a job.  Once the kernel has merged the two, a write must end the
 * sharing first.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sva.h"

#define PAGE		4096ul
#define PAGES_MAX	64u
#define JOB_MS		30000
#define MERGE_MS	60000
#define SEED		0x6500000000000000ull
#define WORD		64
#define KSM		"/sys/kernel/mm/ksm/"

static struct ksm {
	struct sva_writers readers;
	struct sva_dev writer[SVA_MODES];
	char *buf;
	char *twin;
	char *copy;
	size_t part;
	unsigned int asked;
	unsigned int rounds;
	uint64_t value;
	unsigned int merged;
	unsigned int tried;
	unsigned int refused;
	unsigned int failed;
	unsigned int wrong;
	unsigned int twin_changed;
	unsigned int reads;
	unsigned int bad_reads;
	unsigned int unmerged;
	struct sva_counts asked_for;
	uint64_t stalls;
} k;

static size_t whole(void)
{
	return k.readers.n * k.part;
}

static void ksm_set(const char *name, const char *value)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), KSM "%s", name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		sva_error("%s: %s (KSM)", path, strerror(errno));
	close(fd);
}

/* One pass of the device over its part; writes may be refused. */
static struct sva_completion pass(unsigned int i)
{
	struct sva_desc desc;

	desc = sva_touch_desc(&k.writer[i], k.buf + i * k.part + WORD,
			      k.part - WORD, 1, 0);
	desc.src = k.value;
	return sva_run(&k.writer[i], &desc, JOB_MS);
}

static void pass_allowed(unsigned int i)
{
	struct sva_completion cpl = pass(i);

	k.failed += cpl.status != SVA_ST_SUCCESS || cpl.result;
}

/* The buffer holds what the device wrote last, its twin what @twin says. */
static void check(uint64_t twin)
{
	for (size_t at = 0; at < whole(); at += PAGE) {
		uint64_t seed = SEED + ((uint64_t)k.rounds << 40) + (at << 8);
		bool rest[2];

		rest[0] = sva_pattern_diff(k.buf + at + WORD + 8,
					   PAGE - WORD - 8, seed);
		rest[1] = sva_pattern_diff(k.twin + at + WORD + 8,
					   PAGE - WORD - 8, seed);
		k.wrong += memcmp(k.buf + at + WORD, &k.value, 8) || rest[0];
		k.twin_changed += memcmp(k.twin + at + WORD, &twin, 8) ||
				  rest[1];
	}
}

/* Equal contents, with the device's translations for writing still there. */
static void make_equal(void)
{
	k.value++;
	for (size_t at = 0; at < whole(); at += PAGE) {
		uint64_t seed = SEED + ((uint64_t)k.rounds << 40) + (at << 8);

		memset(k.buf + at, 0, WORD);
		memset(k.twin + at, 0, WORD);
		sva_pattern(k.buf + at + WORD + 8, PAGE - WORD - 8, seed);
		sva_pattern(k.twin + at + WORD + 8, PAGE - WORD - 8, seed);
		memcpy(k.twin + at + WORD, &k.value, 8);
	}
	for (unsigned int i = 0; i < k.readers.n; i++)
		pass_allowed(i);
}

/* Pages of the buffer that have the frame of their twin. */
static unsigned int shared_pages(void)
{
	static uint64_t mine[SVA_MODES * PAGES_MAX];
	static uint64_t twins[SVA_MODES * PAGES_MAX];
	unsigned int n = whole() / PAGE, found = 0;

	if (!sva_pfns(k.buf, n, mine) || !sva_pfns(k.twin, n, twins))
		sva_error("the kernel does not tell page frame numbers");
	for (unsigned int p = 0; p < n; p++)
		found += mine[p] && mine[p] == twins[p];
	return found;
}

static void merge(int advice)
{
	if (madvise(k.buf, whole(), advice) ||
	    madvise(k.twin, whole(), advice))
		sva_error("madvise: %s (KSM)", strerror(errno));
}

static void wait_merged(void)
{
	uint64_t end = sva_deadline(MERGE_MS);

	ksm_set("run", "1");
	merge(MADV_MERGEABLE);
	while (shared_pages() < whole() / PAGE) {
		if (sva_now_ms() > end)
			sva_error("only %u of %zu pages were merged",
				  shared_pages(), whole() / PAGE);
		sva_sleep_ms(10);
	}
	/* Pages are not merged again before they were written to. */
	ksm_set("run", "0");
	k.merged += whole() / PAGE;
}

/* Shared pages can be read. */
static void read_shared(void)
{
	for (unsigned int i = 0; i < k.readers.n; i++) {
		char *part = k.buf + i * k.part;
		struct sva_completion cpl;
		struct sva_desc desc;

		memset(k.copy, 0, k.part);
		desc = sva_copy_desc(&k.writer[i], part, k.copy, k.part);
		cpl = sva_run(&k.writer[i], &desc, JOB_MS);
		k.reads++;
		k.bad_reads += cpl.status != SVA_ST_SUCCESS ||
			       memcmp(k.copy, part, k.part) != 0;
	}
}

/* The page requests that ended the sharing, and their answers. */
static void pass_that_asks(unsigned int i)
{
	struct sva_counts before, after;
	uint64_t stalls = sva_count_stalls(&k.writer[i]);

	sva_count(&k.writer[i], &before);
	pass_allowed(i);
	sva_count(&k.writer[i], &after);
	for (unsigned int c = 0; c < SVA_CNT_CTX_MAX; c++)
		k.asked_for.v[c] += after.v[c] - before.v[c];
	k.stalls += sva_count_stalls(&k.writer[i]) - stalls;
}

/* A mode that asks for pages ends the sharing; the others must be refused. */
static void write_shared(void)
{
	uint64_t before = k.value++;

	for (unsigned int i = 0; i < k.readers.n; i++) {
		if (k.readers.modes[i] == SVA_MODE_ASKING) {
			pass_that_asks(i);
			continue;
		}
		k.tried += k.part / PAGE;
		k.refused += pass(i).result;
		sva_touch_pages(k.buf + i * k.part, k.part);
		pass_allowed(i);
	}
	check(before);
}

/* The kernel ends the sharing by itself while the device writes. */
static void unmerge(void)
{
	uint32_t nr[SVA_MODES];
	uint64_t before;

	make_equal();
	wait_merged();
	before = k.value++;
	for (unsigned int i = 0; i < k.readers.n; i++) {
		struct sva_desc desc;

		desc = sva_touch_desc(&k.writer[i], k.buf + i * k.part + WORD,
				      k.part - WORD, 10, 500);
		desc.src = k.value;
		nr[i] = sva_submit(&k.writer[i], &desc);
	}
	merge(MADV_UNMERGEABLE);
	k.unmerged += whole() / PAGE - shared_pages();
	for (unsigned int i = 0; i < k.readers.n; i++) {
		struct sva_completion cpl = sva_wait(&k.writer[i], nr[i],
						     JOB_MS);

		k.failed += cpl.status != SVA_ST_SUCCESS;
		/* Each has a page of its own now, but may only read it. */
		if (k.readers.modes[i] == SVA_MODE_ASKING)
			k.failed += cpl.result != 0;
		else
			sva_touch_pages(k.buf + i * k.part, k.part);
		pass_allowed(i);
	}
	check(before);
}

static bool good(void)
{
	return !k.twin_changed && !k.wrong;
}

static void read_forever(unsigned int interval_us)
{
	for (unsigned int i = 0; i < k.readers.n; i++) {
		struct sva_desc desc;

		desc = sva_touch_desc(&k.readers.dev[i], k.buf + i * k.part,
				      k.part, 0, interval_us);
		desc.flags &= ~SVA_DF_TOUCH_WRITE;
		sva_submit(&k.readers.dev[i], &desc);
	}
}

static void report(void)
{
	static const struct sva_counts none;

	sva_fact("rounds %u", k.rounds);
	sva_fact("rounds.asked %u", k.asked);
	sva_fact("range.address 0x%llx",
		 (unsigned long long)(uintptr_t)k.buf);
	sva_fact("range.bytes %zu", whole());
	sva_fact("pages.merged %u", k.merged);
	sva_fact("pages.unmerged %u", k.unmerged);
	sva_fact("pages.wrong %u", k.wrong);
	sva_fact("twin.changed %u", k.twin_changed);
	sva_fact("passes.failed %u", k.failed);
	sva_fact("reads %u", k.reads);
	sva_fact("reads.bad %u", k.bad_reads);
	sva_fact("writes.tried %u", k.tried);
	sva_fact("writes.refused %u", k.refused);
	for (unsigned int i = 0; i < k.readers.n; i++)
		if (k.readers.modes[i] == SVA_MODE_ASKING)
			sva_fact_delta("shared", &k.writer[i], &none,
				       &k.asked_for);
	sva_fact("delta.shared.dev.stalls %llu", (unsigned long long)k.stalls);
	sva_ok(!k.twin_changed, "the twin does not change");
	sva_ok(!k.wrong, "what the device writes is in its own buffer");
}

static void begin(const char *modes, unsigned int pages)
{
	sva_writers_open(&k.readers, modes);
	for (unsigned int i = 0; i < k.readers.n; i++)
		sva_open(&k.writer[i], k.readers.modes[i]);
	sva_stage("bound");

	ksm_set("pages_to_scan", "5000");
	ksm_set("sleep_millisecs", "5");
	/* Or pages that could not be merged at once are skipped for long. */
	ksm_set("smart_scan", "0");
	k.part = pages * PAGE;
	k.buf = sva_map(NULL, whole(), PROT_READ | PROT_WRITE);
	/* A gap, or the two would be one mapping. */
	sva_map(NULL, PAGE, PROT_NONE);
	k.twin = sva_map(NULL, whole(), PROT_READ | PROT_WRITE);
	k.copy = sva_map(NULL, k.part, PROT_READ | PROT_WRITE);
	sva_touch_pages(k.copy, k.part);
}

static void scenario_ksm(void)
{
	const char *modes = sva_writers_options();
	unsigned int interval_us = sva_opt_num("interval", 5000);
	unsigned int pages = sva_opt_num("pages", 16);

	k.asked = sva_opt_num("rounds", 3);
	sva_opt_check();
	if (!k.asked || !pages || pages > PAGES_MAX)
		sva_error("unusable number of rounds or pages");

	begin(modes, pages);
	make_equal();
	read_forever(interval_us);
	while (k.rounds < k.asked && good()) {
		k.rounds++;
		make_equal();
		wait_merged();
		read_shared();
		write_shared();
		/* Wrong pages would not be merged again. */
		if (good())
			unmerge();
	}
	sva_writers_stop(&k.readers);
	ksm_set("run", "2");
	report();
	sva_stage("done");

	for (unsigned int i = 0; i < k.readers.n; i++)
		sva_close(&k.writer[i]);
	sva_writers_close(&k.readers);
	sva_stage("unbound");
}
SVA_SCENARIO("ksm", scenario_ksm);

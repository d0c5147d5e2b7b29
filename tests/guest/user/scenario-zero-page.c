// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario zero-page: the device writes where the zero page is mapped
 *
 * Pages that were read and never written are mapped to the zero page, which all
 * processes share.  A write of the device must not reach it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "sva.h"
#include "sva-modes.h"

#define PAGE		4096ul
#define PAGES_MAX	128u
#define JOB_MS		30000
#define WORD		64

static struct {
	struct sva_writers writers;
	char *buf;
	char *witness;	/* read by the processor, never written */
	char *copy;
	size_t part;
	unsigned int asked;
	unsigned int rounds;
	unsigned int zero;
	unsigned int tried;
	unsigned int refused;
	unsigned int failed;
	unsigned int wrong;
	unsigned int changed;
	unsigned int reads;
	unsigned int bad_reads;
	struct sva_counts asking;
	uint64_t stalls;
} z;

static size_t whole(void)
{
	return z.writers.n * z.part;
}

static bool all_zero(const void *p, size_t size)
{
	const volatile uint64_t *word = p;
	uint64_t any = 0;

	for (size_t i = 0; i < size / 8; i++)
		any |= word[i];
	return !any;
}

static void forget(void *p, size_t size)
{
	if (madvise(p, size, MADV_DONTNEED))
		sva_error("madvise: %s", strerror(errno));
}

/* By the device where it can bring the page in, else after the processor. */
static void read_part(unsigned int i)
{
	char *part = z.buf + i * z.part;
	struct sva_completion cpl;
	struct sva_desc desc;

	if (z.writers.modes[i] != SVA_MODE_ASKING)
		all_zero(part, z.part);
	memset(z.copy, 0xff, z.part);
	desc = sva_copy_desc(&z.writers.dev[i], part, z.copy, z.part);
	cpl = sva_run(&z.writers.dev[i], &desc, JOB_MS);
	z.reads++;
	z.bad_reads += cpl.status != SVA_ST_SUCCESS ||
		       !all_zero(z.copy, z.part);
}

/* Number of pages that are mapped to the zero page, as the witness is. */
static unsigned int zero_pages(void)
{
	static uint64_t pfns[SVA_MODES * PAGES_MAX];
	unsigned int n = whole() / PAGE, found = 0;
	uint64_t zero;

	if (!sva_pfns(z.witness, 1, &zero) || !sva_pfns(z.buf, n, pfns))
		sva_error("the kernel does not tell page frame numbers");
	for (unsigned int p = 0; p < n; p++)
		found += zero && pfns[p] == zero;
	return found;
}

static struct sva_completion pass(unsigned int i, uint64_t value)
{
	struct sva_desc desc;

	desc = sva_touch_desc(&z.writers.dev[i], z.buf + i * z.part + WORD,
			      z.part - WORD, 1, 0);
	desc.src = value;
	return sva_run(&z.writers.dev[i], &desc, JOB_MS);
}

static void pass_allowed(unsigned int i, uint64_t value)
{
	struct sva_completion cpl = pass(i, value);

	z.failed += cpl.status != SVA_ST_SUCCESS || cpl.result;
}

static void write_part(unsigned int i, uint64_t value)
{
	struct sva_counts before, after;
	uint64_t stalls;

	if (z.writers.modes[i] != SVA_MODE_ASKING) {
		z.tried += z.part / PAGE;
		z.refused += pass(i, value).result;
		sva_touch_pages(z.buf + i * z.part, z.part);
		pass_allowed(i, value);
		return;
	}
	stalls = sva_count_stalls(&z.writers.dev[i]);
	sva_count(&z.writers.dev[i], &before);
	pass_allowed(i, value);
	sva_count(&z.writers.dev[i], &after);
	for (unsigned int c = 0; c < SVA_CNT_CTX_MAX; c++)
		z.asking.v[c] += after.v[c] - before.v[c];
	z.stalls += sva_count_stalls(&z.writers.dev[i]) - stalls;
}

static void check(uint64_t value)
{
	for (size_t at = 0; at < whole(); at += PAGE) {
		char *page = z.buf + at;

		z.wrong += memcmp(page + WORD, &value, 8) ||
			   !all_zero(page, WORD) ||
			   !all_zero(page + WORD + 8, PAGE - WORD - 8);
		z.changed += !all_zero(z.witness + at, PAGE);
	}
	/* New mappings get the same zero page. */
	forget(z.witness, whole());
	z.changed += !all_zero(z.witness, whole());
}

static void round_once(void)
{
	uint64_t value = 0x0e20000000000000ull + ++z.rounds;

	forget(z.buf, whole());
	all_zero(z.witness, whole());
	for (unsigned int i = 0; i < z.writers.n; i++)
		read_part(i);
	z.zero += zero_pages();
	for (unsigned int i = 0; i < z.writers.n; i++)
		write_part(i, value);
	check(value);
}

static void report(void)
{
	static const struct sva_counts none;

	sva_fact("rounds %u", z.rounds);
	sva_fact("rounds.asked %u", z.asked);
	sva_fact("range.address 0x%llx",
		 (unsigned long long)(uintptr_t)z.buf);
	sva_fact("range.bytes %zu", whole());
	sva_fact("pages %zu", z.rounds * whole() / PAGE);
	sva_fact("pages.zero %u", z.zero);
	sva_fact("pages.wrong %u", z.wrong);
	sva_fact("witness.changed %u", z.changed);
	sva_fact("passes.failed %u", z.failed);
	sva_fact("reads %u", z.reads);
	sva_fact("reads.bad %u", z.bad_reads);
	sva_fact("writes.tried %u", z.tried);
	sva_fact("writes.refused %u", z.refused);
	for (unsigned int i = 0; i < z.writers.n; i++)
		if (z.writers.modes[i] == SVA_MODE_ASKING)
			sva_fact_delta("shared", &z.writers.dev[i], &none,
				       &z.asking);
	sva_fact("delta.shared.dev.stalls %llu", (unsigned long long)z.stalls);
	sva_ok(!z.changed, "the zero page holds zeros");
	sva_ok(!z.wrong && !z.bad_reads, "the device reads zeros, and what it writes is there");
}

static void scenario_zero_page(void)
{
	const char *modes = sva_writers_options();
	unsigned int pages = sva_opt_num("pages", 32);

	z.asked = sva_opt_num("rounds", 5);
	sva_opt_check();
	if (!z.asked || !pages || pages > PAGES_MAX)
		sva_error("unusable number of rounds or pages");

	sva_writers_open(&z.writers, modes);
	sva_stage("bound");

	z.part = pages * PAGE;
	z.buf = sva_map(NULL, whole(), PROT_READ | PROT_WRITE);
	z.witness = sva_map(NULL, whole(), PROT_READ | PROT_WRITE);
	z.copy = sva_map(NULL, z.part, PROT_READ | PROT_WRITE);
	while (z.rounds < z.asked && !z.changed && !z.wrong)
		round_once();
	sva_writers_stop(&z.writers);
	report();
	sva_stage("done");

	sva_writers_close(&z.writers);
	sva_stage("unbound");
}
SVA_SCENARIO("zero-page", scenario_zero_page);

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario mprotect: the right to write goes away while the device writes
 *
 * The memory is shared and mapped a second time, so that it can be filled and
 * checked while it is read-only at the addresses that the device uses.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "huge.h"
#include "sva.h"

#define PAGE		4096ul
#define PAGES_MAX	128u
#define SETTLE_MS	10
#define JOB_MS		30000
#define REFUSALS	4
#define SEED		0x90ec000000000000ull

struct protect {
	bool huge;
	struct sva_writers writers;
	struct sva_dev reader[SVA_MODES];
	char *buf;
	char *alias;
	char *copy;
	size_t size;
	unsigned int asked;
	unsigned int rounds;
	unsigned int changed;
	unsigned int reads;
	unsigned int bad_reads;
	struct sva_window writable;
	struct sva_window readonly;
};

static char *map_file(int file, size_t size)
{
	char *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);

	if (p == MAP_FAILED)
		sva_error("cannot map a file: %s", strerror(errno));
	return p;
}

/* With huge pages the second one of two: the other one stays as it is. */
static void map_twice(struct protect *p)
{
	size_t skip = p->huge ? HUGE_SIZE : 0;
	int file;

	if (p->huge)
		huge_pool(2);
	file = memfd_create("mprotect", MFD_CLOEXEC |
			    (p->huge ? MFD_HUGETLB : 0));
	if (file < 0 || ftruncate(file, skip + p->size))
		sva_error("memfd_create: %s", strerror(errno));
	p->buf = map_file(file, skip + p->size) + skip;
	p->alias = map_file(file, skip + p->size) + skip;
	p->copy = sva_map(NULL, p->size, PROT_READ | PROT_WRITE);
	sva_touch_pages(p->buf, p->size);
	sva_touch_pages(p->alias, p->size);
}

static void protect(struct protect *p, int prot)
{
	if (mprotect(p->buf, p->size, prot))
		sva_error("mprotect: %s", strerror(errno));
}

static void write_allowed(struct protect *p)
{
	sva_touch_pages(p->buf, p->size);
	sva_window_open(&p->writable, &p->writers);
	sva_writers_wait_written(&p->writers, 2 * 8 * (p->size / PAGE));
	sva_window_close(&p->writable, &p->writers);
}

/* Reads go through the same addresses in each mode. */
static bool read_allowed(struct protect *p)
{
	bool all = true;

	for (unsigned int i = 0; i < p->writers.n; i++) {
		struct sva_completion cpl;
		struct sva_desc desc;
		bool good;

		memset(p->copy, 0, p->size);
		desc = sva_copy_desc(&p->reader[i], p->buf, p->copy, p->size);
		cpl = sva_run(&p->reader[i], &desc, JOB_MS);
		good = cpl.status == SVA_ST_SUCCESS &&
		       !sva_pattern_diff(p->copy, p->size, SEED);
		p->reads++;
		p->bad_reads += !good;
		all &= good;
	}
	return all;
}

static bool write_denied(struct protect *p)
{
	bool refused, readable;
	size_t changed;

	protect(p, PROT_READ);
	sva_window_open(&p->readonly, &p->writers);
	sva_pattern(p->alias, p->size, SEED);
	refused = sva_writers_wait_refused(&p->writers, REFUSALS);
	sva_sleep_ms(SETTLE_MS);
	sva_window_close(&p->readonly, &p->writers);

	readable = read_allowed(p);
	changed = sva_pattern_pages(p->alias, p->size, SEED);
	p->changed += changed;
	return refused && readable && !changed;
}

static void report(struct protect *p)
{
	sva_fact("rounds %u", p->rounds);
	sva_fact("rounds.asked %u", p->asked);
	sva_fact("range.address 0x%llx",
		 (unsigned long long)(uintptr_t)p->buf);
	sva_fact("range.bytes %zu", p->size);
	sva_fact("pages.changed %u", p->changed);
	sva_fact("reads %u", p->reads);
	sva_fact("reads.bad %u", p->bad_reads);
	sva_window_report(&p->writable, &p->writers, "writable");
	sva_window_report(&p->readonly, &p->writers, "readonly");
	sva_ok(!p->changed, "memory that is read-only does not change");
	sva_ok(!p->bad_reads, "memory that is read-only can be read");
}

static void run(struct protect *p, unsigned int interval_us)
{
	map_twice(p);
	sva_writers_write(&p->writers, p->buf, p->size, interval_us);
	for (;;) {
		write_allowed(p);
		p->rounds++;
		/* One broken round is enough. */
		if (!write_denied(p) || p->rounds == p->asked)
			break;
		protect(p, PROT_READ | PROT_WRITE);
	}
	sva_writers_stop(&p->writers);
	report(p);
}

static void scenario_mprotect(void)
{
	const char *modes = sva_writers_options();
	bool huge = sva_opt_num("huge", 0);
	unsigned int interval_us = sva_opt_num("interval", huge ? 20000 : 2000);
	unsigned int pages = huge ? HUGE_PAGES : sva_opt_num("pages", 16);
	static struct protect p;

	p.huge = huge;
	p.asked = sva_opt_num("rounds", huge ? 5 : 25);
	sva_opt_check();
	if (!p.asked || !pages || (!huge && pages > PAGES_MAX))
		sva_error("unusable number of rounds or pages");
	p.size = pages * PAGE;

	sva_writers_open(&p.writers, modes);
	for (unsigned int i = 0; i < p.writers.n; i++)
		sva_open(&p.reader[i], p.writers.modes[i]);
	sva_stage("bound");

	run(&p, interval_us);
	sva_stage("done");

	for (unsigned int i = 0; i < p.writers.n; i++)
		sva_close(&p.reader[i]);
	sva_writers_close(&p.writers);
	sva_stage("unbound");
}
SVA_SCENARIO("mprotect", scenario_mprotect);

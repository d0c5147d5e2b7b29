// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario segfault: addresses that the process itself could not use
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sva.h"
#include "sva-modes.h"

#define PAGE	4096ul
#define SIZE	(4 * PAGE)
#define JOB_MS	30000
#define GONE_MS	20000
#define SEED	0x5e6f000000000000ull

enum target {
	UNMAPPED,
	READONLY,
	PROTNONE,
	PARTIAL,
	UNTOUCHED,
};

static const struct segv_case {
	const char *name;
	enum target target;
	bool write;
	bool nonblocking;
	size_t bytes;
} cases[] = {
	{ "write-unmapped",	UNMAPPED,	true,	false,	0 },
	{ "read-unmapped",	UNMAPPED,	false,	false,	0 },
	{ "write-readonly",	READONLY,	true,	false,	0 },
	{ "write-protnone",	PROTNONE,	true,	false,	0 },
	{ "read-protnone",	PROTNONE,	false,	false,	0 },
	{ "copy-partial",	PARTIAL,	true,	false,	SIZE / 2 },
	{ "nonblocking",	UNTOUCHED,	true,	true,	0 },
};

/* Four pages of which the last ones, or all, are not for the device. */
static char *make_target(enum target target)
{
	char *p = sva_map(NULL, SIZE, PROT_READ | PROT_WRITE);

	if (target != UNTOUCHED)
		sva_pattern(p, SIZE, SEED);
	switch (target) {
	case UNMAPPED:
		munmap(p, SIZE);
		break;
	case READONLY:
		mprotect(p, SIZE, PROT_READ);
		break;
	case PROTNONE:
		mprotect(p, SIZE, PROT_NONE);
		break;
	case PARTIAL:
		munmap(p + SIZE / 2, SIZE / 2);
		break;
	case UNTOUCHED:
		break;
	}
	return p;
}

static uint8_t expected_status(const struct sva_dev *dev, bool nonblocking)
{
	switch (dev->mode) {
	case SVA_MODE_UNTRANSLATED:
		return SVA_ST_ACCESS_ABORTED;
	case SVA_MODE_ATS:
		return SVA_ST_PAGE_FAULT;
	default:
		return nonblocking ? SVA_ST_PAGE_FAULT : SVA_ST_INVALID_REQUEST;
	}
}

static void report(const struct segv_case *c, const struct sva_dev *dev,
		   const struct sva_completion *cpl, const char *target)
{
	uint64_t addr = (uintptr_t)target + c->bytes;

	sva_fact("case.%s.status 0x%02x", c->name, cpl->status);
	sva_fact("case.%s.address 0x%llx", c->name,
		 (unsigned long long)cpl->fault_addr);
	sva_fact("case.%s.address-expected 0x%llx", c->name,
		 (unsigned long long)addr);
	sva_fact("case.%s.write %u", c->name, cpl->fault_write);
	sva_fact("case.%s.bytes %llu", c->name,
		 (unsigned long long)cpl->bytes);
	sva_fact("case.%s.bytes-expected %zu", c->name, c->bytes);
	sva_ok(cpl->status == expected_status(dev, c->nonblocking),
	       "%s: the record has the right status", c->name);
	sva_ok(cpl->fault_addr == addr && cpl->fault_write == c->write &&
	       cpl->bytes == c->bytes,
	       "%s: the record has the right address and count", c->name);
}

static void good_copy(const struct segv_case *c, struct sva_dev *dev)
{
	char *buf = sva_map(NULL, 2 * SIZE, PROT_READ | PROT_WRITE);
	struct sva_desc desc = sva_copy_desc(dev, buf, buf + SIZE, SIZE);
	struct sva_completion cpl;
	bool alive;

	sva_pattern(buf, SIZE, SEED);
	sva_touch_pages(buf + SIZE, SIZE);
	cpl = sva_run(dev, &desc, JOB_MS);
	alive = cpl.status == SVA_ST_SUCCESS &&
		!sva_pattern_diff(buf + SIZE, SIZE, SEED);
	sva_fact("case.%s.alive %d", c->name, alive);
	sva_ok(alive, "%s: process and context go on", c->name);
	munmap(buf, 2 * SIZE);
}

static void run_case(const struct segv_case *c, struct sva_dev *dev)
{
	char *other = sva_map(NULL, SIZE, PROT_READ | PROT_WRITE);
	struct sva_counts before, after;
	struct sva_completion cpl;
	struct sva_desc desc;
	char *target;

	sva_pattern(other, SIZE, SEED);
	target = make_target(c->target);
	desc = c->write ? sva_copy_desc(dev, other, target, SIZE) :
			  sva_copy_desc(dev, target, other, SIZE);
	if (c->nonblocking)
		desc.flags &= ~SVA_DF_BLOCK_ON_FAULT;

	sva_count(dev, &before);
	cpl = sva_run(dev, &desc, JOB_MS);
	sva_count(dev, &after);
	report(c, dev, &cpl, target);
	sva_fact_delta(c->name, dev, &before, &after);
	if (c->target != UNMAPPED)
		munmap(target, SIZE);
	munmap(other, SIZE);
	good_copy(c, dev);
}

/*
 * A process that accesses a good and a bad address, and ends.  The kernel must
 * have dropped the references to its address space that it took meanwhile.
 */
struct ending {
	struct sva_child child;
	struct sva_dev dev;
	uint8_t bad;
	uint8_t good;
};

static void ending_main(void *arg)
{
	char *mem = sva_map(NULL, 3 * PAGE, PROT_READ | PROT_WRITE);
	struct ending *e = arg;
	struct sva_desc desc;

	sva_open(&e->dev, SVA_MODE_ASKING);
	sva_touch_pages(mem, PAGE);
	munmap(mem + 2 * PAGE, PAGE);
	desc = sva_copy_desc(&e->dev, mem, mem + PAGE, PAGE);
	e->good = sva_run(&e->dev, &desc, JOB_MS).status;
	desc = sva_copy_desc(&e->dev, mem, mem + 2 * PAGE, PAGE);
	e->bad = sva_run(&e->dev, &desc, JOB_MS).status;
}

static void process_ends(void)
{
	struct ending *e = sva_shared(sizeof(*e));
	uint64_t begin;
	struct sva_dev dev;
	bool gone;

	sva_child_start(&e->child, ending_main, e);
	sva_child_wait(&e->child, JOB_MS);
	/* The bond lasts until this one is closed, too. */
	sva_attach(&dev, sva_steal_fd(e->child.pid, e->dev.fd), SVA_MODE_ASKING);
	begin = sva_now_ms();
	sva_child_end(&e->child);
	gone = sva_wait_mm_gone(&dev, GONE_MS);
	sva_fact("ending.good 0x%02x", e->good);
	sva_fact("ending.bad 0x%02x", e->bad);
	sva_fact("ending.gone-ms %lld",
		 gone ? (long long)(sva_now_ms() - begin) : -1);
	sva_ok(gone, "the address space of a process that ends goes away");
	sva_close(&dev);
}

static void scenario_segfault(void)
{
	int mode = sva_mode_parse(sva_opt("mode", SVA_MODE_ASKING_NAME));
	struct sva_dev dev;

	sva_opt_check();
	sva_open(&dev, mode);
	sva_fact("mode %s", sva_mode_names[mode]);
	sva_fact("%s.context %u", sva_mode_names[mode], dev.context);
	sva_fact("pid %d", getpid());
	sva_fact("pasid %u", dev.pasid);
	sva_stage("bound");

	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++)
		/* Requests that stall have no non-blocking flag. */
		if (!cases[i].nonblocking || !SVA_MODE_STALLS(mode))
			run_case(&cases[i], &dev);
	process_ends();
	sva_stage("done");

	sva_close(&dev);
	sva_stage("unbound");
}
SVA_SCENARIO("segfault", scenario_segfault);

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Guest test programs: DMA while the victim's address space exits
 *
 * Three contexts of one process work at once, one for each way to reach
 * memory, so that one exit tests all of them.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <unistd.h>

#include "sva.h"
#include "sva-modes.h"

#define COPY_SIZE	MIB
#define BOUND_MS	300
#define JOB_MS		60000
#define GONE_MS		60000
#define FREE_MS		300

static struct {
	unsigned int interval_us;
	struct sva_fill fill;
	unsigned int freed;
	unsigned int other;
} d;

struct sva_victim *sva_workload_new(const char *modes)
{
	struct sva_victim *v = sva_victim_new(sva_opt_num("size", 2048) * KIB);

	v->prepare = sva_workload_prepare;
	v->n = sva_modes_parse(sva_opt("modes", modes), v->modes);
	d.interval_us = sva_opt_num("interval", 100000);
	sva_opt_num("gone", 0);
	sva_opt_num("late", 0);
	sva_opt_num("fill", 0);
	return v;
}

/* The context for the copy: one that asks for pages, if there is one. */
static unsigned int copier(const struct sva_victim *v)
{
	for (unsigned int i = 0; i < v->n; i++)
		if (v->modes[i] == SVA_MODE_ASKING)
			return i;
	return 0;
}

void sva_workload_touch(struct sva_victim *v, void *buf, size_t size)
{
	struct sva_dev *dev = &v->theirs[copier(v)];
	struct sva_completion cpl;
	struct sva_desc desc;

	if (dev->mode != SVA_MODE_ASKING) {
		sva_touch_pages(buf, size);
		return;
	}
	desc = sva_touch_desc(dev, buf, size, 1, 0);
	cpl = sva_run(dev, &desc, JOB_MS);
	if (cpl.status != SVA_ST_SUCCESS || cpl.result)
		sva_error("touching the buffer: status 0x%x, %llu failed",
			  cpl.status, (unsigned long long)cpl.result);
}

void sva_workload_prepare(struct sva_victim *v)
{
	struct sva_desc desc;

	sva_copy_untouched(&v->theirs[copier(v)], COPY_SIZE, NULL, &v->copy);

	v->address = sva_map(v->address, v->size, PROT_READ | PROT_WRITE);
	sva_workload_touch(v, v->address, v->size);
	for (unsigned int i = 0; i < v->n; i++) {
		size_t offset = 8 * v->modes[i];

		desc = sva_touch_desc(&v->theirs[i],
				      (char *)v->address + offset,
				      v->size - offset, 0, d.interval_us);
		sva_submit(&v->theirs[i], &desc);
	}
	v->pfns_known = sva_pfns(v->address, v->size / 4096, v->pfns);
}

static size_t fill_limit(void)
{
	unsigned long kib = sva_meminfo("MemAvailable");
	unsigned long most = sva_opt_num("fill", 256);

	return kib / 2 < most * KIB ? kib / 2 * KIB : most * MIB;
}

/* Whether this process has the victim's files. */
static bool held(const struct sva_victim *v)
{
	return v->dev[0].fd >= 0;
}

unsigned int sva_workload_running(const struct sva_victim *v)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < v->n; i++)
		n += sva_reg_read(&v->dev[i], SVA_CTX_RUNNING) & 1;
	return n;
}

/* One window of time, with the counters before and after it. */
static void window(struct sva_victim *v, const struct sva_dev *watch,
		   const char *name, void (*what)(struct sva_victim *),
		   unsigned int ms)
{
	struct sva_counts before[SVA_MODES], after[SVA_MODES], dev[2];
	unsigned int n = held(v) ? v->n : 0;

	sva_count_device(watch, &dev[0]);
	for (unsigned int i = 0; i < n; i++)
		sva_count(&v->dev[i], &before[i]);
	if (what)
		what(v);
	else
		sva_sleep_ms(ms);
	for (unsigned int i = 0; i < n; i++)
		sva_count(&v->dev[i], &after[i]);
	sva_count_device(watch, &dev[1]);

	for (unsigned int i = 0; i < n; i++)
		sva_fact_delta(name, &v->dev[i], &before[i], &after[i]);
	sva_fact_delta_device(name, &dev[0], &dev[1]);
}

void sva_workload_bound(struct sva_victim *v)
{
	sva_victim_start(v);
	sva_copy_report(&v->dev[copier(v)], &v->copy);
	window(v, &v->dev[0], "bound", NULL, BOUND_MS);
	sva_ok(sva_workload_running(v) == v->n,
	       "the device works in %u contexts", v->n);
	sva_stage("bound");
}

void sva_workload_check(void)
{
	unsigned int freed, other;

	sva_fill_check(&d.fill, &freed, &other);
	d.freed += freed;
	d.other += other;
	sva_fact("reuse.changed %u", d.freed);
	sva_fact("reuse.changed-other %u", d.other);
	sva_ok(!freed && !other,
	       "memory that was freed and reused does not change");
}

void sva_workload_fill(struct sva_victim *v, size_t limit)
{
	sva_fill(&d.fill, v->pfns, v->pfns_known ? v->size / 4096 : 0,
		 limit ? limit : fill_limit());
	sva_fact("reuse.method %s", v->pfns_known ? "pfn" : "none");
	sva_fact("reuse.pages %u", d.fill.found);
	sva_fact("reuse.filled-kib %lu",
		 d.fill.chunks * (SVA_FILL_CHUNK / KIB));
}

void sva_workload_free(void)
{
	sva_fill_free(&d.fill);
}

void sva_workload_watch(struct sva_victim *v, const struct sva_dev *watch)
{
	if (!d.fill.chunks)
		sva_workload_fill(v, 0);
	window(v, watch, "gone", NULL, sva_opt_num("gone", 2000));
	if (held(v)) {
		sva_fact("gone.running %u", sva_workload_running(v));
		sva_ok(sva_workload_running(v) == v->n,
		       "the device goes on without the address space");
	}
	sva_workload_check();
}

void sva_workload_gone(struct sva_victim *v, const struct sva_dev *watch)
{
	static const uint32_t kinds[] = {
		SVA_PROBE_ATS, SVA_PROBE_PRG, SVA_PROBE_WRITE, SVA_PROBE_READ,
	};

	sva_workload_watch(v, watch);
	for (unsigned int i = 0; i < ARRAY_SIZE(kinds); i++)
		sva_probe(watch, "gone", kinds[i], v->pasid,
			  (uintptr_t)v->address);
}

void sva_workload_stop_late(const struct sva_victim *v, unsigned int nr,
			    unsigned int ms)
{
	const struct sva_dev *dev = &v->dev[nr];

	sva_reg_write(dev, SVA_CTX_STOP_DELAY, sva_opt_num("late", ms));
	sva_reg_write(dev, SVA_CTX_INJECT, SVA_INJECT_LATE_STOP);
}

void sva_workload_unbind(struct sva_victim *v, const struct sva_dev *watch,
			 void (*unbind)(struct sva_victim *v))
{
	window(v, watch, "unbind", unbind, 0);
	sva_workload_check();
}

void sva_workload_late(const struct sva_victim *v, const struct sva_dev *watch)
{
	unsigned int freed, other, lines;

	sva_wait_quiet_log();
	lines = sva_fault_lines();
	sva_probe(watch, "late", SVA_PROBE_WRITE, v->pasid,
		  (uintptr_t)v->address);
	sva_wait_fault_line(lines);
	sva_fill_check(&d.fill, &freed, &other);
	sva_fact("late.changed %u", freed + other);
	sva_ok(!freed && !other, "a write after unbind changes nothing");
	sva_stage("late");
}

void sva_workload_wait_refused(struct sva_victim *v, const struct sva_dev *watch,
			       uint64_t begin)
{
	static const unsigned int refusals[] = {
		SVA_CNT_ABORTS, SVA_CNT_ATS_NO_ACCESS, SVA_CNT_ATS_ERROR,
	};
	struct sva_counts now, before;

	sva_count_device(watch, &before);
	for (;;) {
		uint64_t n = 0;

		sva_count_device(watch, &now);
		for (unsigned int i = 0; i < ARRAY_SIZE(refusals); i++)
			n += now.v[refusals[i]] - before.v[refusals[i]];
		if (n >= v->n)
			break;
		if (sva_now_ms() > begin + sva_timeout_ms(GONE_MS))
			sva_error("the device was refused nothing in %u ms",
				  GONE_MS);
		sva_sleep_ms(1);
	}
	/* The translation is removed first, then the pages are freed. */
	sva_sleep_ms(FREE_MS);
	sva_fact("gone.wait-ms %llu",
		 (unsigned long long)(sva_now_ms() - begin));
}

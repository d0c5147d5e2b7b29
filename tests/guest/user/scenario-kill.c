// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario kill: the device writes for ever, its process is killed
 *
 * Three contexts of one process work at once, one for each way to reach
 * memory, so that one kill shows what becomes of all of them.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <unistd.h>

#include "sva.h"

#define COPY_SIZE	MIB
#define BOUND_MS	300
#define JOB_MS		60000

static unsigned int interval_us;

/* The context for the copy: one with page requests, if there is one. */
static unsigned int copier(const struct sva_victim *v)
{
	for (unsigned int i = 0; i < v->n; i++)
		if (v->modes[i] == SVA_MODE_ATS_PRI)
			return i;
	return 0;
}

static void touch_once(struct sva_victim *v)
{
	struct sva_dev *dev = &v->theirs[copier(v)];
	struct sva_completion cpl;
	struct sva_desc desc;

	if (dev->mode != SVA_MODE_ATS_PRI) {
		sva_touch_pages(v->address, v->size);
		return;
	}
	desc = sva_touch_desc(dev, v->address, v->size, 1, 0);
	cpl = sva_run(dev, &desc, JOB_MS);
	if (cpl.status != SVA_ST_SUCCESS || cpl.result)
		sva_error("touching the buffer: status 0x%x, %llu failed",
			  cpl.status, (unsigned long long)cpl.result);
}

static void prepare(struct sva_victim *v)
{
	struct sva_desc desc;

	sva_copy_untouched(&v->theirs[copier(v)], COPY_SIZE, NULL, &v->copy);

	v->address = sva_map(NULL, v->size, PROT_READ | PROT_WRITE);
	touch_once(v);
	for (unsigned int i = 0; i < v->n; i++) {
		size_t offset = 8 * v->modes[i];

		desc = sva_touch_desc(&v->theirs[i],
				      (char *)v->address + offset,
				      v->size - offset, 0, interval_us);
		sva_submit(&v->theirs[i], &desc);
	}
	v->pfns_known = sva_pfns(v->address, v->size / 4096, v->pfns);
}

static size_t fill_limit(void)
{
	unsigned long kib = 0, most = sva_opt_num("fill", 256);
	char line[128];
	FILE *f = fopen("/proc/meminfo", "re");

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "MemAvailable: %lu kB", &kib) == 1)
			break;
	if (f)
		fclose(f);
	if (!kib)
		sva_error("cannot read /proc/meminfo");
	return kib / 2 < most * KIB ? kib / 2 * KIB : most * MIB;
}

static unsigned int count_running(struct sva_victim *v)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < v->n; i++)
		n += sva_reg_read(&v->dev[i], SVA_CTX_RUNNING) & 1;
	return n;
}

/* One window of time, with the counters before and after it. */
static void window(struct sva_victim *v, const char *name,
		   void (*what)(struct sva_victim *), unsigned int ms)
{
	struct sva_counts before[SVA_MODES], after[SVA_MODES], dev[2];

	sva_count_device(&v->dev[0], &dev[0]);
	for (unsigned int i = 0; i < v->n; i++)
		sva_count(&v->dev[i], &before[i]);
	if (what)
		what(v);
	else
		sva_sleep_ms(ms);
	for (unsigned int i = 0; i < v->n; i++)
		sva_count(&v->dev[i], &after[i]);
	sva_count_device(&v->dev[0], &dev[1]);

	for (unsigned int i = 0; i < v->n; i++)
		sva_fact_delta(name, &v->dev[i], &before[i], &after[i]);
	sva_fact_delta_device(name, &dev[0], &dev[1]);
}

static void bound(struct sva_victim *v)
{
	sva_victim_start(v);
	sva_copy_report(&v->dev[copier(v)], &v->copy);
	window(v, "bound", NULL, BOUND_MS);
	sva_ok(count_running(v) == v->n, "the device works in %u contexts",
	       v->n);
	sva_stage("bound");
}

static unsigned int changed_freed, changed_other;

static void check_fill(struct sva_fill *fill)
{
	unsigned int freed, other;

	sva_fill_check(fill, &freed, &other);
	changed_freed += freed;
	changed_other += other;
	sva_fact("reuse.changed %u", changed_freed);
	sva_fact("reuse.changed-other %u", changed_other);
	sva_ok(!freed && !other,
	       "memory that was freed and reused does not change");
}

static void mm_gone(struct sva_victim *v, struct sva_fill *fill)
{
	static const uint32_t kinds[] = {
		SVA_PROBE_ATS, SVA_PROBE_PRG, SVA_PROBE_WRITE, SVA_PROBE_READ,
	};
	uint64_t addr = (uintptr_t)v->address;

	sva_victim_kill(v);
	sva_fill(fill, v->pfns, v->pfns_known ? v->size / 4096 : 0,
		 fill_limit());
	sva_fact("reuse.method %s", v->pfns_known ? "pfn" : "none");
	sva_fact("reuse.pages %u", fill->found);
	sva_fact("reuse.filled-kib %lu",
		 fill->chunks * (SVA_FILL_CHUNK / KIB));

	window(v, "gone", NULL, sva_opt_num("gone", 2000));
	sva_fact("gone.running %u", count_running(v));
	sva_ok(count_running(v) == v->n,
	       "the device goes on without the address space");
	check_fill(fill);
	for (unsigned int i = 0; i < ARRAY_SIZE(kinds); i++)
		sva_probe(&v->dev[0], "gone", kinds[i], v->dev[0].pasid, addr);
	sva_stage("mm-gone");
}

static void unbound(struct sva_victim *v, struct sva_fill *fill)
{
	/* One late context is enough: the driver stops one after the other. */
	sva_reg_write(&v->dev[0], SVA_CTX_STOP_DELAY,
		      sva_opt_num("late", 1500));
	sva_reg_write(&v->dev[0], SVA_CTX_INJECT, SVA_INJECT_LATE_STOP);
	window(v, "unbind", sva_victim_unbind, 0);
	check_fill(fill);
	sva_ok(!count_running(v), "the device is at rest after unbind");
	sva_stage("unbound");
}

static void late(struct sva_victim *v, struct sva_fill *fill)
{
	unsigned int freed, other;

	sva_wait_quiet_log();
	sva_probe(&v->dev[0], "late", SVA_PROBE_WRITE, v->dev[0].pasid,
		  (uintptr_t)v->address);
	sva_sleep_ms(100);
	sva_fill_check(fill, &freed, &other);
	sva_fact("late.changed %u", freed + other);
	sva_ok(!freed && !other, "a write after unbind changes nothing");
	sva_stage("late");
}

void scenario_kill(void)
{
	struct sva_victim *v = sva_victim_new(sva_opt_num("size", 2048) * KIB);
	struct sva_fill fill;

	v->prepare = prepare;
	v->n = sva_modes_parse(sva_opt("modes", "untranslated:ats:ats-pri"),
			       v->modes);
	interval_us = sva_opt_num("interval", 100000);
	sva_opt_num("gone", 0);
	sva_opt_num("late", 0);
	sva_opt_num("fill", 0);
	sva_opt_check();

	bound(v);
	mm_gone(v, &fill);
	unbound(v, &fill);
	late(v, &fill);
	sva_victim_reuse(v);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario late: the device works after unbind
 *
 * It claimed to have stopped, or the driver did not stop it.  The process lives
 * and its buffer stays mapped: any write to it after unbind got past the IOMMU.
 */
#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sva.h"

#define BOUND_MS	300
#define TRIES	20
#define INTERVAL_US	100000
#define SEED		0x1a7e000000000000ull

static const struct how {
	const char *name;
	uint32_t inject;
	uint32_t order;
	bool running;
	const char *text;
} hows[] = {
	{ "ignore-stop", SVA_INJECT_IGNORE_STOP, SVA_ACCEL_STOP_UNBIND, true,
	  "the device goes on although it said it stopped" },
	{ "no-stop", 0, SVA_ACCEL_UNBIND_ONLY, true,
	  "the device goes on because the driver did not stop it" },
	{ "unbind-first", 0, SVA_ACCEL_UNBIND_STOP, false,
	  "the driver stops the device after unbind" },
};

static const struct how *parse_how(void)
{
	const char *name = sva_opt("how", hows[0].name);

	for (unsigned int i = 0; i < ARRAY_SIZE(hows); i++)
		if (!strcmp(hows[i].name, name))
			return &hows[i];
	sva_error("how=%s is not known", name);
}

static void begin(struct sva_dev *dev, void *buf, size_t size)
{
	struct sva_counts before, after;
	unsigned int tries = TRIES;
	struct sva_desc desc;

	sva_touch_pages(buf, size);
	desc = sva_touch_desc(dev, buf, size, 0, INTERVAL_US);
	sva_submit(dev, &desc);
	sva_count(dev, &before);
	/* On a busy host our clock and the device's can differ a lot. */
	do {
		sva_sleep_ms(BOUND_MS);
		sva_count(dev, &after);
	} while (after.v[SVA_CNT_ACCESSES] ==
		 before.v[SVA_CNT_ACCESSES] && --tries);
	sva_fact_delta("bound", dev, &before, &after);
	if (!sva_reg_read(dev, SVA_CTX_RUNNING))
		sva_error("the device does not work");
	sva_stage("bound");
}

static void unbind(struct sva_dev *dev, const struct how *how)
{
	uint32_t status;
	int ret;

	sva_wait_quiet_log();
	sva_reg_write(dev, SVA_CTX_INJECT, how->inject);
	ret = sva_unbind(dev, how->order);
	if (ret)
		sva_error("unbind: error %d", -ret);
	status = sva_reg_read(dev, SVA_CTX_CMD_STATUS);
	sva_fact("stop.status %u",
		 (status & SVA_CMDST_RESULT) >> SVA_CMDST_RESULT_SHIFT);
}

static void check(struct sva_dev *dev, const struct how *how, void *buf,
		  size_t size, unsigned int ms)
{
	struct sva_counts before, after;
	unsigned int lines;
	size_t changed;
	bool running;

	sva_count(dev, &before);
	sva_sleep_ms(ms);
	sva_count(dev, &after);
	running = sva_reg_read(dev, SVA_CTX_RUNNING) & 1;
	sva_fact_delta("late", dev, &before, &after);
	sva_fact("late.running %d", running);
	sva_probe(dev, "late", SVA_PROBE_PRG, dev->pasid, (uintptr_t)buf);
	/* Nobody has bound the device itself. */
	sva_probe(dev, "nobody", SVA_PROBE_PRG, SVA_PROBE_NO_PASID,
		  (uintptr_t)buf);
	lines = sva_fault_lines();
	sva_probe(dev, "late", SVA_PROBE_WRITE, dev->pasid, (uintptr_t)buf);
	sva_wait_fault_line(lines);
	changed = sva_pattern_pages(buf, size, SEED);
	sva_fact("late.changed %zu", changed);
	sva_ok(running == how->running, "%s", how->text);
	sva_ok(!changed, "what it writes after unbind does not arrive");
	sva_stage("late");
}

static void scenario_late(void)
{
	int mode = sva_mode_parse(sva_opt("mode", "untranslated"));
	size_t size = sva_opt_num("size", 2048) * KIB;
	unsigned int ms = sva_opt_num("late", 1000);
	const struct how *how = parse_how();
	struct sva_dev dev;
	void *buf;

	sva_opt_check();
	if (!size || size % 4096)
		sva_error("size must be a multiple of 4 KiB");

	sva_open(&dev, mode);
	buf = sva_map(NULL, size, PROT_READ | PROT_WRITE);
	sva_fact("how %s", how->name);
	sva_fact("mode %s", sva_mode_names[mode]);
	sva_fact("%s.context %u", sva_mode_names[mode], dev.context);
	sva_fact("pid %d", getpid());
	sva_fact("pasid %u", dev.pasid);

	begin(&dev, buf, size);
	unbind(&dev, how);
	sva_pattern(buf, size, SEED);
	sva_stage("unbound");
	check(&dev, how, buf, size, ms);
	sva_close(&dev);
	sva_stage("stopped");
}
SVA_SCENARIO("late", scenario_late);

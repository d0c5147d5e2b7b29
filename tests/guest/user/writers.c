// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Guest test programs: contexts of this process that write side by side
 *
 * One for each translation mode, so that one change of the address space
 * shows what becomes of all of them.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sva.h"
#include "sva-modes.h"

#define WRITTEN_MS	30000
#define REFUSED_MS	5000
#define STOP_MS		30000

static bool stale;

const char *sva_writers_options(void)
{
	stale = sva_opt_num("stale", 0);
	return sva_opt("modes", SVA_ALL_MODES(":"));
}

void sva_writers_open(struct sva_writers *writers, const char *list)
{
	char modes[64] = "";

	memset(writers, 0, sizeof(*writers));
	writers->n = sva_modes_parse(list, writers->modes);
	for (unsigned int i = 0; i < writers->n; i++) {
		const char *name = sva_mode_names[writers->modes[i]];

		sva_open(&writers->dev[i], writers->modes[i]);
		sva_fact("%s.context %u", name, writers->dev[i].context);
		snprintf(modes + strlen(modes), sizeof(modes) - strlen(modes),
			 "%s%s", i ? "+" : "", name);
		if (writers->dev[i].pasid != writers->dev[0].pasid)
			sva_error("one process has two PASIDs");
	}
	sva_fact("mode %s", modes);
	sva_fact("pid %d", getpid());
	sva_fact("pasid %u", writers->dev[0].pasid);
	if (stale)
		sva_inject(&writers->dev[0], SVA_GINJECT_STALE_ATC);
}

void sva_writers_write(struct sva_writers *writers, void *buf, size_t size,
		       unsigned int interval_us)
{
	for (unsigned int i = 0; i < writers->n; i++) {
		/* A word of its own for each mode. */
		size_t offset = 8 * writers->modes[i];
		struct sva_desc desc;

		desc = sva_touch_desc(&writers->dev[i], (char *)buf + offset,
				      size - offset, 0, interval_us);
		sva_submit(&writers->dev[i], &desc);
	}
}

static uint64_t counter(const struct sva_dev *dev, unsigned int nr)
{
	return sva_reg_read(dev, SVA_CTX_COUNTERS + 8 * nr);
}

static uint64_t refusals(const struct sva_dev *dev)
{
	if (dev->mode == SVA_MODE_UNTRANSLATED)
		return counter(dev, SVA_CNT_ABORTS);
	if (dev->mode == SVA_MODE_ATS)
		return counter(dev, SVA_CNT_ATS_NO_ACCESS) +
		       counter(dev, SVA_CNT_ATS_PARTIAL);
	return counter(dev, SVA_CNT_PRG_INVALID);
}

static uint64_t written(const struct sva_dev *dev)
{
	return counter(dev, SVA_CNT_BYTES_WRITTEN);
}

/* Waits until a sum of counters grew by @by in each context. */
static bool wait_growth(struct sva_writers *writers,
			uint64_t (*value)(const struct sva_dev *dev),
			uint64_t by, unsigned int ms)
{
	uint64_t goal[SVA_MODES], end = sva_deadline(ms);

	for (unsigned int i = 0; i < writers->n; i++)
		goal[i] = value(&writers->dev[i]) + by;
	for (unsigned int i = 0; i < writers->n; i++)
		while (value(&writers->dev[i]) < goal[i]) {
			if (sva_now_ms() > end)
				return false;
			sva_sleep_ms(1);
		}
	return true;
}

void sva_writers_wait_written(struct sva_writers *writers, uint64_t bytes)
{
	if (!wait_growth(writers, written, bytes, WRITTEN_MS))
		sva_error("the device does not write");
}

bool sva_writers_try_written(struct sva_writers *writers, uint64_t bytes,
			     unsigned int ms)
{
	return wait_growth(writers, written, bytes, ms);
}

bool sva_writers_wait_refused(struct sva_writers *writers, uint64_t times)
{
	return wait_growth(writers, refusals, times, REFUSED_MS);
}

void sva_writers_stop(struct sva_writers *writers)
{
	if (stale)
		sva_inject(&writers->dev[0], 0);
	for (unsigned int i = 0; i < writers->n; i++) {
		int ret = sva_command(&writers->dev[i], SVA_CMD_ABORT, STOP_MS);

		if (ret)
			sva_error("context %u does not stop: %d",
				  writers->dev[i].context, ret);
	}
}

void sva_writers_enable(struct sva_writers *writers)
{
	for (unsigned int i = 0; i < writers->n; i++) {
		int ret = sva_command(&writers->dev[i], SVA_CMD_ENABLE, STOP_MS);

		if (ret)
			sva_error("context %u is not enabled again: %d",
				  writers->dev[i].context, ret);
		writers->dev[i].tail = 0;
	}
	if (stale)
		sva_inject(&writers->dev[0], SVA_GINJECT_STALE_ATC);
}

void sva_writers_close(struct sva_writers *writers)
{
	for (unsigned int i = 0; i < writers->n; i++)
		sva_close(&writers->dev[i]);
}

void sva_window_open(struct sva_window *window, const struct sva_writers *writers)
{
	for (unsigned int i = 0; i < writers->n; i++)
		sva_count(&writers->dev[i], &window->mark[i]);
	window->stalls_mark = sva_count_stalls(&writers->dev[0]);
}

void sva_window_close(struct sva_window *window, const struct sva_writers *writers)
{
	struct sva_counts now;

	window->stalls += sva_count_stalls(&writers->dev[0]) -
			  window->stalls_mark;
	for (unsigned int i = 0; i < writers->n; i++) {
		sva_count(&writers->dev[i], &now);
		for (unsigned int c = 0; c < SVA_CNT_CTX_MAX; c++)
			window->sum[i].v[c] += now.v[c] - window->mark[i].v[c];
	}
}

void sva_window_report(const struct sva_window *window,
		       const struct sva_writers *writers, const char *name)
{
	static const struct sva_counts zero;

	for (unsigned int i = 0; i < writers->n; i++)
		sva_fact_delta(name, &writers->dev[i], &zero, &window->sum[i]);
	sva_fact("delta.%s.dev.stalls %llu", name,
		 (unsigned long long)window->stalls);
}

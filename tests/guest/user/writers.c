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

const char *sva_crew_options(void)
{
	stale = sva_opt_num("stale", 0);
	return sva_opt("modes", SVA_ALL_MODES(":"));
}

void sva_crew_open(struct sva_crew *crew, const char *list)
{
	char modes[64] = "";

	memset(crew, 0, sizeof(*crew));
	crew->n = sva_modes_parse(list, crew->modes);
	for (unsigned int i = 0; i < crew->n; i++) {
		const char *name = sva_mode_names[crew->modes[i]];

		sva_open(&crew->dev[i], crew->modes[i]);
		sva_fact("%s.context %u", name, crew->dev[i].context);
		snprintf(modes + strlen(modes), sizeof(modes) - strlen(modes),
			 "%s%s", i ? "+" : "", name);
		if (crew->dev[i].pasid != crew->dev[0].pasid)
			sva_error("one process has two PASIDs");
	}
	sva_fact("mode %s", modes);
	sva_fact("pid %d", getpid());
	sva_fact("pasid %u", crew->dev[0].pasid);
	if (stale)
		sva_inject(&crew->dev[0], SVA_GINJECT_STALE_ATC);
}

void sva_crew_write(struct sva_crew *crew, void *buf, size_t size,
		    unsigned int interval_us)
{
	for (unsigned int i = 0; i < crew->n; i++) {
		/* A word of its own for each mode. */
		size_t offset = 8 * crew->modes[i];
		struct sva_desc desc;

		desc = sva_touch_desc(&crew->dev[i], (char *)buf + offset,
				      size - offset, 0, interval_us);
		sva_submit(&crew->dev[i], &desc);
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
static bool wait_growth(struct sva_crew *crew,
			uint64_t (*value)(const struct sva_dev *dev),
			uint64_t by, unsigned int ms)
{
	uint64_t goal[SVA_MODES], end = sva_deadline(ms);

	for (unsigned int i = 0; i < crew->n; i++)
		goal[i] = value(&crew->dev[i]) + by;
	for (unsigned int i = 0; i < crew->n; i++)
		while (value(&crew->dev[i]) < goal[i]) {
			if (sva_now_ms() > end)
				return false;
			sva_sleep_ms(1);
		}
	return true;
}

void sva_crew_wait_written(struct sva_crew *crew, uint64_t bytes)
{
	if (!wait_growth(crew, written, bytes, WRITTEN_MS))
		sva_error("the device does not write");
}

bool sva_crew_try_written(struct sva_crew *crew, uint64_t bytes,
			  unsigned int ms)
{
	return wait_growth(crew, written, bytes, ms);
}

bool sva_crew_wait_refused(struct sva_crew *crew, uint64_t times)
{
	return wait_growth(crew, refusals, times, REFUSED_MS);
}

void sva_crew_stop(struct sva_crew *crew)
{
	if (stale)
		sva_inject(&crew->dev[0], 0);
	for (unsigned int i = 0; i < crew->n; i++) {
		int ret = sva_command(&crew->dev[i], SVA_CMD_ABORT, STOP_MS);

		if (ret)
			sva_error("context %u does not stop: %d",
				  crew->dev[i].context, ret);
	}
}

void sva_crew_enable(struct sva_crew *crew)
{
	for (unsigned int i = 0; i < crew->n; i++) {
		int ret = sva_command(&crew->dev[i], SVA_CMD_ENABLE, STOP_MS);

		if (ret)
			sva_error("context %u is not enabled again: %d",
				  crew->dev[i].context, ret);
		crew->dev[i].tail = 0;
	}
	if (stale)
		sva_inject(&crew->dev[0], SVA_GINJECT_STALE_ATC);
}

void sva_crew_close(struct sva_crew *crew)
{
	for (unsigned int i = 0; i < crew->n; i++)
		sva_close(&crew->dev[i]);
}

void sva_window_open(struct sva_window *window, const struct sva_crew *crew)
{
	for (unsigned int i = 0; i < crew->n; i++)
		sva_count(&crew->dev[i], &window->mark[i]);
	window->stalls_mark = sva_count_stalls(&crew->dev[0]);
}

void sva_window_close(struct sva_window *window, const struct sva_crew *crew)
{
	struct sva_counts now;

	window->stalls += sva_count_stalls(&crew->dev[0]) -
			  window->stalls_mark;
	for (unsigned int i = 0; i < crew->n; i++) {
		sva_count(&crew->dev[i], &now);
		for (unsigned int c = 0; c < SVA_CNT_CTX_MAX; c++)
			window->sum[i].v[c] += now.v[c] - window->mark[i].v[c];
	}
}

void sva_window_report(const struct sva_window *window,
		       const struct sva_crew *crew, const char *name)
{
	static const struct sva_counts zero;

	for (unsigned int i = 0; i < crew->n; i++)
		sva_fact_delta(name, &crew->dev[i], &zero, &window->sum[i]);
	sva_fact("delta.%s.dev.stalls %llu", name,
		 (unsigned long long)window->stalls);
}

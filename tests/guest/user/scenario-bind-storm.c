// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario bind-storm: many processes, one after the other, bind and unbind
 *
 * Afterwards no PASID, context or memory may be lost.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sva.h"
#include "sva-modes.h"
#include "client.h"

#define PAGE		4096ul
/* Rounds after which caches of the kernel are filled. */
#define WARM_UP		60
#define SETTLE_MS	1000

/* Free pages that processors keep for themselves, in KiB. */
static unsigned long percpu_pages(void)
{
	FILE *f = fopen("/proc/zoneinfo", "re");
	unsigned long pages, sum = 0;
	char line[128];

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, " count: %lu", &pages) == 1)
			sum += pages;
	if (!f)
		sva_error("cannot read /proc/zoneinfo");
	fclose(f);
	return sum * PAGE / KIB;
}

/* Memory that the kernel can reclaim at once does not count. */
static void report_memory(const char *when)
{
	int fd = open("/proc/sys/vm/drop_caches", O_WRONLY | O_CLOEXEC);

	sva_flush_lazy_mm();
	sva_sleep_ms(SETTLE_MS);
	if (fd < 0 || write(fd, "3", 1) != 1)
		sva_error("cannot drop caches: %s", strerror(errno));
	close(fd);
	sva_fact("memory.%s.available %lu", when,
		 sva_meminfo("MemAvailable") + percpu_pages());
	sva_fact("memory.%s.slab %lu", when, sva_meminfo("SUnreclaim"));
}

static void warm_up(struct sva_client *g)
{
	for (unsigned int i = 0; i < WARM_UP; i++)
		sva_client_run(g, i % SVA_MODE_COUNT, true);
	report_memory("before");
}

static void storm(struct sva_client *g, unsigned int rounds)
{
	uint32_t highest = 0;
	unsigned int failed = 0, left = 0;
	uint64_t different = 0;

	for (unsigned int i = 0; i < rounds; i++) {
		sva_client_run(g, i % SVA_MODE_COUNT, true);
		left += g->left;
		if (g->pasid > highest)
			highest = g->pasid;
		failed += g->status != SVA_ST_SUCCESS;
		different += g->different;
	}
	sva_fact("rounds %u", rounds);
	sva_fact("copies.failed %u", failed);
	sva_fact("data.different %llu", (unsigned long long)different);
	sva_fact("requests.left %u", left);
	sva_fact("pasid.highest %u", highest);
	sva_ok(!failed && !different, "each process has its copy made");
}

static void scenario_bind_storm(void)
{
	unsigned int rounds = sva_opt_num("rounds", 1000);
	struct sva_client *g = sva_shared(sizeof(*g));
	uint32_t first;

	sva_opt_check();
	if (!rounds)
		sva_error("unusable number of rounds");

	warm_up(g);
	sva_client_run(g, SVA_MODE_ASKING, false);
	first = g->pasid;
	sva_fact("pid %d", getpid());
	sva_fact("pasid %u", first);
	sva_stage("begin");

	storm(g, rounds);
	sva_stage("unbound");

	report_memory("after");
	sva_client_pasid(g, SVA_MODE_ASKING, first);
	sva_client_contexts(g->contexts);
	sva_stage("done");
}
SVA_SCENARIO("bind-storm", scenario_bind_storm);

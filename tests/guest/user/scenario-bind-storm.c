// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario bind-storm: many processes, one after the other, bind and unbind
 *
 * Afterwards nothing may be used up: neither PASIDs nor contexts nor memory.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sva.h"
#include "sva-modes.h"

#define PAGE		4096ul
#define SIZE		(2 * PAGE)
#define JOB_MS		60000
#define SEED		0xb19d000000000000ull
#define ATTEMPTS	20
#define CONTEXTS_MAX	1024
/* Rounds after which caches of the kernel have what they need. */
#define WARM_UP		60
#define SETTLE_MS	1000

/* One process, in shared memory. */
struct guest {
	int mode;
	uint32_t pasid;
	uint32_t contexts;
	uint8_t status;
	uint64_t different;
};

static void guest_main(void *arg)
{
	struct guest *g = arg;
	char *buf = sva_map(NULL, 2 * SIZE, PROT_READ | PROT_WRITE);
	struct sva_accel_info info;
	struct sva_desc desc;
	struct sva_dev dev;

	sva_open(&dev, g->mode);
	sva_info(&dev, &info);
	g->pasid = dev.pasid;
	g->contexts = info.contexts;
	sva_pattern(buf, SIZE, SEED + dev.pasid);
	if (g->mode != SVA_MODE_ASKING)
		sva_touch_pages(buf + SIZE, SIZE);
	desc = sva_copy_desc(&dev, buf, buf + SIZE, SIZE);
	g->status = sva_run(&dev, &desc, JOB_MS).status;
	g->different = sva_pattern_diff(buf + SIZE, SIZE, SEED + dev.pasid);
	/* At exit the address space would go before the bond. */
	sva_close(&dev);
}

static void visit(struct guest *g, int mode)
{
	struct sva_child child;

	memset(g, 0, sizeof(*g));
	g->mode = mode;
	sva_child_start(&child, guest_main, g);
	sva_child_wait(&child, JOB_MS);
	sva_child_end(&child);
}

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

/* What the kernel can give back at once does not count. */
static void report_memory(const char *when)
{
	int fd = open("/proc/sys/vm/drop_caches", O_WRONLY | O_CLOEXEC);

	sva_visit_cpus();
	sva_sleep_ms(SETTLE_MS);
	if (fd < 0 || write(fd, "3", 1) != 1)
		sva_error("cannot drop caches: %s", strerror(errno));
	close(fd);
	sva_fact("memory.%s.available %lu", when,
		 sva_meminfo("MemAvailable") + percpu_pages());
	sva_fact("memory.%s.slab %lu", when, sva_meminfo("SUnreclaim"));
}

static void warm_up(struct guest *g)
{
	for (unsigned int i = 0; i < WARM_UP; i++)
		visit(g, i % SVA_MODE_COUNT);
	report_memory("before");
}

static void storm(struct guest *g, unsigned int rounds)
{
	uint32_t highest = 0;
	unsigned int failed = 0;
	uint64_t different = 0;

	for (unsigned int i = 0; i < rounds; i++) {
		visit(g, i % SVA_MODE_COUNT);
		if (g->pasid > highest)
			highest = g->pasid;
		failed += g->status != SVA_ST_SUCCESS;
		different += g->different;
	}
	sva_fact("rounds %u", rounds);
	sva_fact("copies.failed %u", failed);
	sva_fact("data.different %llu", (unsigned long long)different);
	sva_fact("pasid.highest %u", highest);
	sva_ok(!failed && !different, "each process has its copy made");
}

/* The last reference to an mm is dropped when a CPU feels like it. */
static void find_pasid(struct guest *g, uint32_t want)
{
	unsigned int attempt = 0;

	do {
		sva_visit_cpus();
		sva_sleep_ms(attempt ? 100 : 0);
		visit(g, SVA_MODE_ASKING);
	} while (g->pasid > want && ++attempt < ATTEMPTS);
	sva_fact("pasid.after %u", g->pasid);
	sva_ok(g->pasid <= want, "PASIDs are free again");
}

static void open_all(unsigned int contexts)
{
	static int fds[CONTEXTS_MAX];
	unsigned int n = 0;

	if (contexts > CONTEXTS_MAX)
		sva_error("the device has %u contexts", contexts);
	while (n < contexts) {
		fds[n] = open(sva_node, O_RDWR | O_CLOEXEC);
		if (fds[n] < 0)
			break;
		n++;
	}
	sva_fact("contexts %u", contexts);
	sva_fact("contexts.open %u", n);
	sva_fact("contexts.errno %d", n < contexts ? errno : 0);
	sva_ok(n == contexts, "all contexts are free again");
	while (n)
		close(fds[--n]);
}

void scenario_bind_storm(void)
{
	unsigned int rounds = sva_opt_num("rounds", 1000);
	struct guest *g = sva_shared(sizeof(*g));
	uint32_t first;

	sva_opt_check();
	if (!rounds)
		sva_error("unusable number of rounds");

	warm_up(g);
	visit(g, SVA_MODE_ASKING);
	first = g->pasid;
	sva_fact("pid %d", getpid());
	sva_fact("pasid %u", first);
	sva_stage("begin");

	storm(g, rounds);
	sva_stage("unbound");

	report_memory("after");
	find_pasid(g, first);
	open_all(g->contexts);
	sva_stage("done");
}

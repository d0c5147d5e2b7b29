// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Guest test library: short-lived users of the device
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "sva.h"
#include "sva-modes.h"
#include "visit.h"

#define SIZE		(2 * 4096ul)
#define SEED		0xb19d000000000000ull
#define JOB_MS		60000
#define ATTEMPTS	20
#define CONTEXTS_MAX	1024

static void guest_main(void *arg)
{
	struct sva_visit *g = arg;
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

void sva_visit(struct sva_visit *g, int mode)
{
	struct sva_child child;

	memset(g, 0, sizeof(*g));
	g->mode = mode;
	sva_child_start(&child, guest_main, g);
	sva_child_wait(&child, JOB_MS);
	sva_child_end(&child);
}

/* The last reference to an mm is dropped when a CPU feels like it. */
void sva_visit_pasid(struct sva_visit *g, uint32_t want)
{
	unsigned int attempt = 0;

	do {
		sva_visit_cpus();
		sva_sleep_ms(attempt ? 100 : 0);
		sva_visit(g, SVA_MODE_ASKING);
	} while (g->pasid > want && ++attempt < ATTEMPTS);
	sva_fact("pasid.after %u", g->pasid);
	sva_ok(g->pasid <= want, "PASIDs are free again");
}

void sva_visit_contexts(unsigned int contexts)
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

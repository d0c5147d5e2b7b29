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
#include "client.h"

#define SIZE		(2 * 4096ul)
#define SEED		0xb19d000000000000ull
#define JOB_MS		60000
#define ATTEMPTS	20
/* The most requests of a group. */
#define GROUP		32u
#define CONTEXTS_MAX	1024

/* The kernel keeps them until the group is complete, or until the unbind. */
static unsigned int leave_group(struct sva_dev *dev)
{
	const uint64_t counter = SVA_CTX_COUNTERS + 8 * SVA_CNT_PAGE_REQS;
	uint64_t first = sva_reg_read(dev, counter), end = sva_deadline(JOB_MS);
	const size_t size = GROUP * 4096ul;
	struct sva_desc desc;
	void *buf;

	buf = sva_map(NULL, size, PROT_READ | PROT_WRITE);
	desc = sva_touch_desc(dev, buf, size, 1, 0);
	sva_reg_write(dev, SVA_CTX_PRG_PAGES, GROUP);
	sva_reg_write(dev, SVA_CTX_INJECT,
		      SVA_INJECT_PRG_NO_LAST | SVA_INJECT_NO_WAIT);
	sva_submit(dev, &desc);
	while (sva_reg_read(dev, counter) < first + GROUP - 1) {
		if (sva_now_ms() > end)
			sva_error("the device does not ask for pages");
		sva_sleep_ms(0);
	}
	if (sva_command(dev, SVA_CMD_ABORT, JOB_MS))
		sva_error("context %u does not stop", dev->context);
	return sva_reg_read(dev, counter) - first;
}

static void guest_main(void *arg)
{
	struct sva_client *g = arg;
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
	if (g->leave && g->mode == SVA_MODE_ATS_PRI)
		g->left = leave_group(&dev);
	/* At exit the address space would go before the bond. */
	sva_close(&dev);
}

void sva_client_run(struct sva_client *g, int mode, bool leave)
{
	struct sva_child child;

	memset(g, 0, sizeof(*g));
	g->mode = mode;
	g->leave = leave;
	sva_child_start(&child, guest_main, g);
	sva_child_wait(&child, JOB_MS);
	sva_child_end(&child);
}

/* A CPU may keep the last reference to an mm for a while (lazy mm). */
void sva_client_pasid(struct sva_client *g, int mode, uint32_t want)
{
	unsigned int attempt = 0;

	do {
		sva_flush_lazy_mm();
		sva_sleep_ms(attempt ? 100 : 0);
		sva_client_run(g, mode, false);
	} while (g->pasid > want && ++attempt < ATTEMPTS);
	sva_fact("pasid.after %u", g->pasid);
	sva_ok(g->pasid <= want, "PASIDs are free again");
}

void sva_client_contexts(unsigned int contexts)
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

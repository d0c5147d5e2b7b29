// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario page-request-denied: the device sends a page request that it may not send
 *
 * PRI is off, but the IOMMU has a queue for them, and the kernel an answer.
 */
#include <unistd.h>

#include "sva.h"
#include "sva-modes.h"

#define PAGE		4096ul
#define COPY_SIZE	(64 * KIB)
#define PROBE_MS	10000

/* enum sva_probe_result; 0: no answer. */
static uint32_t request(const struct sva_dev *dev, const void *page)
{
	uint32_t status;

	sva_reg_write(dev, SVA_CTX_PROBE_PASID, dev->pasid | SVA_CFG_PASID_EN);
	sva_reg_write(dev, SVA_CTX_PROBE_ADDR, (uintptr_t)page);
	sva_reg_write(dev, SVA_CTX_PROBE_CTRL,
		      SVA_PROBE_PRG | SVA_PROBE_FORCE);
	sva_wait_reg(dev, SVA_CTX_PROBE_STATUS, SVA_PROBEST_DONE,
		     SVA_PROBEST_DONE, PROBE_MS);
	status = sva_reg_read(dev, SVA_CTX_PROBE_STATUS);
	return status & SVA_PROBEST_DONE ? status & SVA_PROBEST_RESULT : 0;
}

static void scenario_page_request_denied(void)
{
	static struct sva_copy copy;
	struct sva_dev dev;
	uint32_t status;
	char *buf;

	sva_opt_check();
	sva_open(&dev, SVA_MODE_ASKING);
	sva_fact("mode %s", sva_mode_names[dev.mode]);
	sva_fact("pid %d", getpid());
	sva_fact("pasid %u", dev.pasid);
	sva_stage("bound");

	buf = sva_map(NULL, PAGE, PROT_READ | PROT_WRITE);
	status = request(&dev, buf);
	sva_fact("request.status 0x%02x", status);
	/* A function that got Response Failure sends no more. */
	sva_fact("request.again 0x%02x", request(&dev, buf));
	sva_fact("resident %ld", sva_resident(buf, PAGE));
	sva_copy_untouched(&dev, COPY_SIZE, NULL, &copy);
	sva_copy_report(&dev, &copy);
	sva_ok(status, "the request is answered");
	sva_stage("done");

	sva_close(&dev);
	sva_stage("unbound");
}
SVA_SCENARIO("page-request-denied", scenario_page_request_denied);

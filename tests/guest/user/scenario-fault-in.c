// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario fault-in: a copy between buffers that are not in memory
 */
#define _GNU_SOURCE
#include <unistd.h>

#include "sva.h"
#include "sva-modes.h"

#define WARM_SIZE	(16 * 4096ul)
#define JOB_MS		30000

/* Memory that the device has translations of when the bond ends. */
static void warm_up(struct sva_dev *dev, int mode, void *buf)
{
	struct sva_completion cpl;
	struct sva_desc desc;

	sva_open(dev, mode);
	desc = sva_touch_desc(dev, buf, WARM_SIZE, 1, 0);
	cpl = sva_run(dev, &desc, JOB_MS);
	sva_fact("warm.%s.status 0x%02x", sva_mode_names[mode], cpl.status);
	sva_ok(cpl.status == SVA_ST_SUCCESS, "mode %s: the device writes",
	       sva_mode_names[mode]);
}

static void scenario_fault_in(void)
{
	struct sva_dev iotlb, atc;
	void *buf;
	int mode = sva_mode_parse(sva_opt("mode", SVA_MODE_ASKING_NAME));
	size_t size = sva_opt_num("size", 1024) * KIB;
	struct sva_copy copy;
	struct sva_dev dev;

	sva_opt_check();
	if (!size || size % 4096)
		sva_error("size must be a multiple of 4 KiB");

	sva_open(&dev, mode);
	sva_fact("mode %s", sva_mode_names[mode]);
	sva_fact("%s.context %u", sva_mode_names[mode], dev.context);
	sva_fact("pid %d", getpid());
	sva_fact("pasid %u", dev.pasid);
	sva_stage("bound");

	sva_copy_untouched(&dev, size, NULL, &copy);
	sva_copy_report(&dev, &copy);
	buf = sva_map(NULL, WARM_SIZE, PROT_READ | PROT_WRITE);
	sva_touch_pages(buf, WARM_SIZE);
	warm_up(&iotlb, SVA_MODE_UNTRANSLATED, buf);
	warm_up(&atc, SVA_MODE_ATS, buf);
	sva_stage("done");

	sva_close(&iotlb);
	sva_close(&atc);
	sva_close(&dev);
	sva_stage("unbound");
}
SVA_SCENARIO("fault-in", scenario_fault_in);

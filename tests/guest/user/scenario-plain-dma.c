// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario plain-dma: the accelerator without PASIDs, behind whatever is there
 *
 * Needs the driver, but neither an IOMMU nor SVA: addresses are physical, so
 * an IOMMU has to let them through (iommu.passthrough=1).
 */
#define _GNU_SOURCE
#include "plain.h"

static void scenario_plain_dma(void)
{
	struct plain_result r;

	sva_opt_check();
	plain_begin();
	r = plain_access();
	sva_fact("plain.pages %u", PLAIN_PAGES);
	sva_fact("plain.writes %u", r.wrote);
	sva_fact("plain.arrived %u", r.arrived);
	sva_fact("plain.reads %u", r.readback);
	sva_ok(r.wrote == PLAIN_PAGES && r.arrived == PLAIN_PAGES &&
	       r.readback == PLAIN_PAGES,
	       "%u words written and read at physical addresses", PLAIN_PAGES);
	sva_stage("done");
}
SVA_SCENARIO("plain-dma", scenario_plain_dma);

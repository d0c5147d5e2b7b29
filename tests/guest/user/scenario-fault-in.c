// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario fault-in: a copy between buffers that are not in memory
 */
#define _GNU_SOURCE
#include <unistd.h>

#include "sva.h"
#include "sva-modes.h"

void scenario_fault_in(void)
{
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
	sva_stage("done");

	sva_close(&dev);
	sva_stage("unbound");
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario dontneed: pages that a process gave back
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sva.h"

#define JOB_MS	30000
#define SEED		0xd07eed0000000000ull

static void dontneed(void)
{
	int mode = sva_mode_parse(sva_opt("mode", SVA_MODE_ASKING_NAME));
	size_t size = sva_opt_num("size", 64) * KIB;
	struct sva_completion before, after;
	struct sva_desc desc;
	struct sva_dev dev;
	char *buf, *zeros;

	sva_opt_check();
	if (!size || size % 4096)
		sva_error("size must be a multiple of 4 KiB");
	buf = sva_map(NULL, size, PROT_READ | PROT_WRITE);
	zeros = sva_map(NULL, size, PROT_READ | PROT_WRITE);
	sva_pattern(buf, size, SEED);

	sva_open(&dev, mode);
	sva_fact("mode %s", sva_mode_names[mode]);
	sva_fact("%s.context %u", sva_mode_names[mode], dev.context);
	sva_fact("pid %d", getpid());
	sva_fact("pasid %u", dev.pasid);
	sva_stage("bound");

	desc = sva_copy_desc(&dev, buf, zeros, size);
	desc.opcode = SVA_OP_COMPARE;
	before = sva_run(&dev, &desc, JOB_MS);
	if (madvise(buf, size, MADV_DONTNEED))
		sva_error("madvise: %s", strerror(errno));
	after = sva_run(&dev, &desc, JOB_MS);
	sva_fact("before.status 0x%02x", before.status);
	sva_fact("after.status 0x%02x", after.status);
	sva_fact("after.different %llu", (unsigned long long)after.result);
	sva_ok(before.status && after.status, "both comparisons ended");
	sva_stage("done");

	sva_close(&dev);
	sva_stage("unbound");
}
SVA_SCENARIO("dontneed", dontneed);

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario no-bind: the machine cannot do SVA, or not all of it
 *
 * A process tries to bind again and again.  Each attempt gives the reason; if
 * one succeeds, the bond must work.
 */
#define _GNU_SOURCE
#include <string.h>
#include <unistd.h>

#include "sva.h"

#define PAGE		4096ul
#define SIZE		(2 * PAGE)
#define JOB_MS		60000
#define SEED		0x00b1d00000000000ull

static char *buf;

/* Number of the error, 0 if there was a bond. */
static int attempt(void)
{
	struct sva_dev dev;
	int error = sva_try_open(&dev, SVA_MODE_UNTRANSLATED);

	if (error)
		return error;
	sva_close(&dev);
	return 0;
}

/* A mode that the device was not allowed gives an error at once. */
static void use(int mode)
{
	const char *name = sva_mode_names[mode];
	struct sva_completion cpl = { 0 };
	struct sva_desc desc;
	struct sva_dev dev;
	size_t different;
	int result;

	sva_bind(&dev, mode);
	result = sva_command(&dev, SVA_CMD_ENABLE, JOB_MS);
	sva_fact("enable.%s %d", name, result);
	if (!result) {
		sva_pattern(buf, SIZE, SEED + mode);
		memset(buf + SIZE, 0, SIZE);
		desc = sva_copy_desc(&dev, buf, buf + SIZE, SIZE);
		cpl = sva_run(&dev, &desc, JOB_MS);
	}
	different = sva_pattern_diff(buf + SIZE, SIZE, SEED + mode);
	sva_fact("copy.%s.status 0x%02x", name, cpl.status);
	sva_fact("copy.%s.different %zu", name, different);
	if (!result)
		sva_ok(cpl.status == SVA_ST_SUCCESS && !different,
		       "a copy in mode %s", name);
	sva_close(&dev);
}

static void scenario_no_bind(void)
{
	unsigned int attempts = sva_opt_num("attempts", 100);
	const char *what = sva_opt("case", "");
	unsigned int others = 0;
	int error;

	sva_opt_check();
	if (!attempts)
		sva_error("unusable number of attempts");
	buf = sva_map(NULL, 2 * SIZE, PROT_READ | PROT_WRITE);
	sva_fact("case %s", what);
	sva_stage("begin");

	error = attempt();
	for (unsigned int i = 1; i < attempts; i++)
		others += attempt() != error;
	sva_fact("attempts %u", attempts);
	sva_fact("bind.errno %d", error);
	sva_fact("bind.other-errno %u", others);
	sva_ok(!others, "each attempt has the same end");
	for (int mode = 0; !error && mode < SVA_MODES; mode++)
		use(mode);
	sva_stage("done");
}
SVA_SCENARIO("no-bind", scenario_no_bind);

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Runs one scenario: sva-scenario [--host] [--node DEV] NAME[,KEY=VALUE...]
 *
 * With --host it waits for an answer at each stage.
 */
#define _GNU_SOURCE
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "sva.h"

#define HEAP_READY	(512 * 1024)
#define STACK_READY	(128 * 1024)

/* The linker's names for the begin and the end of the section. */
extern const struct sva_scenario __start_sva_scenarios[];
extern const struct sva_scenario __stop_sva_scenarios[];

#define for_each_scenario(s) \
	for (s = __start_sva_scenarios; s < __stop_sva_scenarios; s++)

static int usage(const char *prog)
{
	const struct sva_scenario *s;

	fprintf(stderr,
		"usage: %s [--host] [--node DEV] NAME[,KEY=VALUE...]\nNAME:",
		prog);
	for_each_scenario(s)
		fprintf(stderr, " %s", s->name);
	fprintf(stderr, "\n");
	return SVA_EXIT_SETUP;
}

/*
 * A page that a scenario frees may be the next one that this program gets,
 * and a device that is wrong writes to it: take what is needed before.
 */
static void take_memory(void)
{
	volatile char stack[STACK_READY];

	for (unsigned int i = 0; i < sizeof(stack); i += 4096)
		stack[i] = 0;

	mallopt(M_MMAP_THRESHOLD, 2 * HEAP_READY);
	mallopt(M_TRIM_THRESHOLD, 2 * HEAP_READY);
	free(malloc(HEAP_READY));
	mlockall(MCL_CURRENT);
	munlockall();
}

int main(int argc, char **argv)
{
	const struct sva_scenario *s;
	bool host = false;
	char *name, *options;
	int i;

	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		if (!strcmp(argv[i], "--agent"))
			agent_run();
		else if (!strcmp(argv[i], "--host"))
			host = true;
		else if (!strcmp(argv[i], "--node") && i + 1 < argc)
			snprintf(sva_node, sizeof(sva_node), "%s", argv[++i]);
		else if (!strcmp(argv[i], SVA_EXEC_IMAGE) && i + 1 < argc)
			scenario_exec_image(atoi(argv[i + 1]));
		else
			return usage(argv[0]);
	}
	if (i != argc - 1)
		return usage(argv[0]);

	name = strdup(argv[i]);
	options = strchr(name, ',');
	if (options)
		*options++ = '\0';
	sva_out_init(host);
	sva_opt_init(options ? options : "");
	take_memory();

	for_each_scenario(s) {
		if (strcmp(s->name, name))
			continue;
		s->run();
		sva_out_end();
		return 0;
	}
	sva_error("no such scenario: %s", name);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Runs one scenario: sva-scenario [--host] [--node DEV] NAME[,KEY=VALUE...]
 *
 * With --host it waits for an answer at each stage.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "sva.h"

static const struct {
	const char *name;
	void (*run)(void);
} scenarios[] = {
	{ "smoke",		scenario_smoke },
	{ "fault-in",		scenario_fault_in },
	{ "kill",		scenario_kill },
	{ "kill-two-devices",	scenario_kill_two_devices },
	{ "kill-with-requests",	scenario_kill_with_requests },
	{ "kill-with-queued-requests", scenario_kill_with_queued_requests },
	{ "late",		scenario_late },
	{ "stall-across-exit",	scenario_stall_across_exit },
	{ "resume-storm",	scenario_resume_storm },
	{ "page-request-denied", scenario_page_request_denied },
	{ "segfault",		scenario_segfault },
	{ "munmap-race",	scenario_munmap_race },
	{ "mprotect",		scenario_mprotect },
	{ "fork",		scenario_fork },
	{ "isolation",		scenario_isolation },
	{ "bind-storm",		scenario_bind_storm },
	{ "two-mms",		scenario_two_mms },
	{ "daemonise",		scenario_daemonise },
	{ "exec",		scenario_exec },
	{ "threads",		scenario_threads },
	{ "two-devices",	scenario_two_devices },
	{ "oom",		scenario_oom },
	{ "oom-reaper",		scenario_oom_reaper },
	{ "pasid-width",	scenario_pasid_width },
	{ "no-bind",		scenario_no_bind },
	{ "kernel-pasid",	scenario_kernel_pasid },
	{ "thp",		scenario_thp },
	{ "swap",		scenario_swap },
	{ "migrate",		scenario_migrate },
	{ "ats-resident",	scenario_ats_resident },
	{ "ksm",		scenario_ksm },
	{ "userfaultfd",	scenario_userfaultfd },
	{ "prq-overflow",	scenario_prq_overflow },
	{ "evtq-full",		scenario_prq_overflow },
	{ "zero-page",		scenario_zero_page },
	{ "mlock",		scenario_mlock },
	{ "completion",		scenario_completion },
	{ "truncate",		scenario_truncate },
	{ "hugetlb",		scenario_hugetlb },
	{ "flr",		scenario_flr },
	{ "flr-after-exit",	scenario_flr_after_exit },
	{ "driver-unbind",	scenario_driver_unbind },
	{ "hot-unplug",		scenario_hot_unplug },
	{ "uio",		scenario_uio },
	{ "uio-exit",		scenario_uio_exit },
	{ "uio-twice",		scenario_uio_twice },
	{ "iommufd",		scenario_iommufd },
	{ "iommufd-faults",	scenario_iommufd_faults },
	{ "iommufd-nested",	scenario_iommufd_nested },
	{ "dma",		scenario_dma },
	{ "plain-dma",		scenario_plain_dma },
	{ "bench-faults",	scenario_bench_faults },
	{ "bench-bind",		scenario_bench_bind },
};

static int usage(const char *prog)
{
	fprintf(stderr,
		"usage: %s [--host] [--node DEV] NAME[,KEY=VALUE...]\nNAME:",
		prog);
	for (unsigned int i = 0; i < ARRAY_SIZE(scenarios); i++)
		fprintf(stderr, " %s", scenarios[i].name);
	fprintf(stderr, "\n");
	return SVA_EXIT_SETUP;
}

int main(int argc, char **argv)
{
	bool host = false;
	char *name, *options;
	int i;

	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		if (!strcmp(argv[i], "--host"))
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

	for (unsigned int s = 0; s < ARRAY_SIZE(scenarios); s++) {
		if (strcmp(scenarios[s].name, name))
			continue;
		scenarios[s].run();
		sva_out_end();
		return 0;
	}
	sva_error("no such scenario: %s", name);
}

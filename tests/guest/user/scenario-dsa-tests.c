// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenarios dsa-user-tests, dsa-config-tests, dsa-dmadev: test suites of others
 * for Intel DSA
 *
 * Debian's packages lie below /debian, as they are.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "programs.h"
#include "sva.h"

#define ROOT		"/debian"
#define ACCEL_CONFIG	"/usr/libexec/accel-config/test/"
#define HUGE_PAGES	"/dev/hugepages"
#define HUGE_COUNT	"128"

/* What a system does when it is installed and boots. */
static void boot(void)
{
	sva_opt("corrupt", NULL);	/* of the host, too */
	sva_opt_check();
	programs_enter(ROOT);
	if (programs_run("depmod") || programs_run("modprobe idxd"))
		sva_error("idxd cannot be loaded");
	sva_stage("ready");
}

static void run(const char *line)
{
	sva_ok(!programs_run(line), "%s ends with status 0", line);
}

/* The script ends at the first test that fails: its queues are still there. */
static void each_operation(void)
{
	static const char *const codes[] = {
		"0x0", "0x2", "0x3", "0x4", "0x5", "0x6", "0x9", "0x10", "0x11",
		"0x12", "0x13", "0x14", "0x15", "0x20",
	};
	char line[128];

	for (unsigned int i = 0; i < ARRAY_SIZE(codes); i++) {
		snprintf(line, sizeof(line), ACCEL_CONFIG
			 "dsa_test -w 0 -l 4096 -o %s -f 0x1 t200", codes[i]);
		programs_run(line);
	}
}

static void scenario_user(void)
{
	boot();
	run(ACCEL_CONFIG "dsa_user_test_runner.sh");
	if (sva_opt("corrupt", NULL))
		each_operation();
	sva_stage("done");
}
SVA_SCENARIO("dsa-user-tests", scenario_user);

static void scenario_config(void)
{
	boot();
	run(ACCEL_CONFIG "dsa_config_test_runner.sh");
	sva_stage("done");
}
SVA_SCENARIO("dsa-config-tests", scenario_config);

static void huge_pages(void)
{
	static const char path[] = "/proc/sys/vm/nr_hugepages";
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, HUGE_COUNT, strlen(HUGE_COUNT)) < 0)
		sva_error("%s: %s", path, strerror(errno));
	close(fd);
	mkdir(HUGE_PAGES, 0755);
	if (mount("hugetlbfs", HUGE_PAGES, "hugetlbfs", 0, NULL))
		sva_error(HUGE_PAGES ": %s", strerror(errno));
}

static void scenario_dmadev(void)
{
	boot();
	run("accel-config config-engine dsa0/engine0.0 -g 0");
	/* DPDK takes queues whose name begins so. */
	run("accel-config config-wq dsa0/wq0.0 -g 0 -s 128 -p 10 -m dedicated "
	    "-y user -d user -n dpdk_tests -b 1 -c 256");
	run("accel-config enable-device dsa0");
	run("accel-config enable-wq dsa0/wq0.0");
	setenv("DPDK_TEST", "dmadev_autotest", 1);
	run("dpdk-test -l 0 --no-pci --iova-mode=va --no-huge -m 256");
	sva_stage("small");
	huge_pages();
	run("dpdk-test -l 0 --no-pci --iova-mode=va -m 128");
	unsetenv("DPDK_TEST");
	sva_stage("huge");
	run("accel-config disable-device dsa0");
	sva_stage("done");
}
SVA_SCENARIO("dsa-dmadev", scenario_dmadev);

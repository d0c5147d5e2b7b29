// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario domain-type: the domain for requests without PASID changes
 *
 * From pass-through to one in which nothing is mapped, and back, while the
 * driver is gone: /sys/kernel/iommu_groups/N/type.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "plain.h"
#include "removal.h"

#define DRIVER	"/sys/bus/pci/drivers/sva_accel"

static const struct {
	const char *type;
	/* When the domain has changed, and when it was used. */
	const char *changed;
	const char *used;
} rounds[] = {
	{ "identity", "begin", "before" },
	{ "DMA", "changed", "translated" },
	{ "identity", "changed-back", "after" },
};

static void fact_type(const char *when, const char *path)
{
	char type[32] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, type, sizeof(type) - 1) <= 0)
		sva_error("reading %s: %s", path, strerror(errno));
	close(fd);
	type[strcspn(type, "\n")] = '\0';
	sva_fact("%s.type %s", when, type);
}

static void change(const char *device, const char *path, const char *type)
{
	sysfs_write(DRIVER "/unbind", device);
	wait_node(false);
	sysfs_write(path, type);
	sysfs_write(DRIVER "/bind", device);
	wait_node(true);
}

static void use(const char *when)
{
	struct plain_rights rights = plain_ask();
	struct plain_result r = plain_access();

	sva_fact("%s.pages %u", when, PLAIN_PAGES);
	sva_fact("%s.granted %u", when, rights.granted);
	sva_fact("%s.refused %u", when, rights.refused);
	sva_fact("%s.writes %u", when, r.wrote);
	sva_fact("%s.arrived %u", when, r.arrived);
	sva_fact("%s.reads %u", when, r.readback);
}

static void scenario_domain_type(void)
{
	char path[96];
	const char *device;

	sva_opt_check();
	device = plain_begin();
	snprintf(path, sizeof(path),
		 "/sys/bus/pci/devices/%s/iommu_group/type", device);
	for (unsigned int i = 0; i < ARRAY_SIZE(rounds); i++) {
		change(device, path, rounds[i].type);
		fact_type(rounds[i].used, path);
		sva_stage(rounds[i].changed);
		use(rounds[i].used);
		sva_stage(rounds[i].used);
	}
	sva_ok(true, "the type of the domain changed %zu times",
	       ARRAY_SIZE(rounds));
}
SVA_SCENARIO("domain-type", scenario_domain_type);

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenarios hot-unplug, other-slot: the device is unplugged while processes are
 * bound
 *
 * The host asks for it at the stage "unplug"; with how=surprise the slot loses
 * its power without notice to the driver. The host plugs a new device in at
 * the stage "plug". In other-slot that is a slot that was empty so far.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "removal.h"

#define CAP_POINTER	0x34
#define CAP_PCIE	0x10
#define SLOT_CONTROL	0x18	/* in that capability */
#define POWER_OFF	0x0400
#define INDICATOR_OFF	0x0300
#define INTERRUPT	0x0020
#define SLOT_MS		2000

/* Of a function in the first 256 bytes of its configuration space. */
static uint8_t find_cap(int fd, uint8_t id)
{
	uint8_t pos, head[2];

	if (pread(fd, &pos, 1, CAP_POINTER) != 1)
		return 0;
	/* No capability is smaller than 4 bytes: so the list ends. */
	for (unsigned int i = 0; pos >= 0x40 && i < 48; i++) {
		if (pread(fd, head, 2, pos) != 2)
			return 0;
		if (head[0] == id)
			return pos;
		pos = head[1];
	}
	return 0;
}

static void write_control(int fd, uint8_t cap, uint16_t value)
{
	if (pwrite(fd, &value, 2, cap + SLOT_CONTROL) != 2)
		sva_error("slot control: %s", strerror(errno));
}

/*
 * Turns the power of the slot off behind the kernel's back, which removes the
 * device in this machine.  The interrupt comes when the power is back: the
 * kernel finds the slot as it left it, and empty.
 */
static void pull_out(const struct removal *o)
{
	char path[PATH_MAX], port[PATH_MAX + 16];
	uint16_t control;
	uint8_t cap;
	int fd;

	if (!realpath(sysfs_device(o), path))
		sva_error("%s: %s", sysfs_device(o), strerror(errno));
	*strrchr(path, '/') = '\0';
	snprintf(port, sizeof(port), "%s/config", path);
	fd = open(port, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		sva_error("%s: %s", port, strerror(errno));
	cap = find_cap(fd, CAP_PCIE);
	if (!cap || pread(fd, &control, 2, cap + SLOT_CONTROL) != 2)
		sva_error("the device is not behind a port");
	write_control(fd, cap, (control | POWER_OFF | INDICATOR_OFF) &
		      ~INTERRUPT);
	write_control(fd, cap, control);
	close(fd);
}

/* Until another one is there, and the process is at an end. */
static void go_on(struct removal *o)
{
	wait_node(false);
	removal_wait_unbound(o);
	removal_look(o);
	/* A slot without power is left alone for a second. */
	sva_sleep_ms(SLOT_MS);
	sva_stage("plug");
	wait_node(true);
	removal_again(o);
	removal_end(o);
}

static void scenario_hot_unplug(void)
{
	const char *how = sva_opt("how", "asked");
	bool surprise = !strcmp(how, "surprise");
	struct removal *o;

	sva_opt_check();
	if (!surprise && strcmp(how, "asked"))
		sva_error("how=%s is not known", how);
	o = removal_begin(false);
	if (surprise)
		pull_out(o);
	else
		sva_stage("unplug");
	go_on(o);
}
SVA_SCENARIO("hot-unplug", scenario_hot_unplug);

static void scenario_other_slot(void)
{
	struct removal *o;

	sva_opt_check();
	o = removal_begin(false);
	/* Firmware says of each slot whether the device in it may stall. */
	o->mode = SVA_MODE_ATS;
	sva_stage("unplug");
	go_on(o);
}
SVA_SCENARIO("other-slot", scenario_other_slot);

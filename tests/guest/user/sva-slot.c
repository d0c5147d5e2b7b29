// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Guest test library: the slot that a device is in
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

#include "sva.h"

#define CAP_POINTER	0x34
#define CAP_PCIE	0x10
#define SLOT_CONTROL	0x18	/* in that capability */
#define POWER_OFF	0x0400
#define INDICATOR_OFF	0x0300
#define INTERRUPT	0x0020

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
void sva_slot_off(const char *device)
{
	char path[PATH_MAX], port[PATH_MAX + 16];
	uint16_t control;
	uint8_t cap;
	int fd;

	if (!realpath(device, path))
		sva_error("%s: %s", device, strerror(errno));
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

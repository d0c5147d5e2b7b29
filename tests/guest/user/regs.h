/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The device without sva_accel.ko: it is taken from it, and what that does with
 * registers is done here, for programs under another driver.
 */
#ifndef REGS_H
#define REGS_H

#include "sva.h"

/* Of a context that sends requests without PASID. */
#define REGS_NO_PASID	UINT32_MAX

/**
 * regs_take - take the device from sva_accel.ko and give it to another driver
 * @driver: name in /sys/bus/pci/drivers; @hint: what it takes to have it
 *
 * Gives the PCI address.
 */
const char *regs_take(const char *driver, const char *hint);
/* Where BAR 0 is mapped from now on. */
void regs_use(void *bar);
/* The next context is another one than it would be. */
void regs_skip_context(void);
/* Context of a file of this process; one that came from elsewhere gets the next. */
uint32_t regs_context(int fd);
/* What the parent knows of files is not true in a new process. */
void regs_forget_files(void);
int regs_command(uint32_t context, struct sva_accel_cmd *cmd);
/* INFO, RING, CMD, REG and ORDER of sva_accel_uapi.h; else -1 and ENOTTY. */
int regs_ioctl(uint32_t context, uint32_t pasid, unsigned long request,
	       void *arg);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The device without sva_accel.ko: for programs under another driver, this does
 * with registers what that driver does.
 */
#ifndef REGS_H
#define REGS_H

#include "sva.h"

/* Of a context that sends requests without PASID. */
#define REGS_NO_PASID	UINT32_MAX

/**
 * regs_take - take the device from sva_accel.ko and give it to another driver
 * @driver: name in /sys/bus/pci/drivers; @hint: what the kernel needs for it
 *
 * Gives the PCI address.
 */
const char *regs_take(const char *driver, const char *hint);
/* Where BAR 0 is mapped from now on. */
void regs_use(void *bar);
/* Skips one context. */
void regs_skip_context(void);
/* Context of a file of this process; one that came from elsewhere gets the next. */
uint32_t regs_context(int fd);
/* Forgets the files of the parent; for a new process. */
void regs_forget_files(void);
int regs_command(uint32_t context, struct sva_accel_cmd *cmd);
/* INFO, RING, CMD, REG and ORDER of sva_accel_uapi.h; else -1 and ENOTTY. */
int regs_ioctl(uint32_t context, uint32_t pasid, unsigned long request,
	       void *arg);

#endif

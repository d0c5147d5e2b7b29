// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Guest test library: the device without sva_accel.ko
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "regs.h"

#define PCI		"/sys/bus/pci"
#define FILES_MAX	256

static char device[16];
static volatile uint8_t *regs;
/* Context of each file, plus one. */
static uint32_t contexts[FILES_MAX];
static uint32_t used;

void regs_use(void *bar)
{
	regs = bar;
}

void regs_skip_context(void)
{
	used++;
}

uint32_t regs_context(int fd)
{
	if (fd < 0 || fd >= FILES_MAX)
		sva_error("too many files");
	if (!contexts[fd])
		contexts[fd] = ++used;
	return contexts[fd] - 1;
}

void regs_forget_files(void)
{
	memset(contexts, 0, sizeof(contexts));
}

/* Of the 64-bit ones the counters, and what is listed in the driver, too. */
static bool is_wide(const struct sva_accel_reg *reg)
{
	if (reg->flags & SVA_ACCEL_REG_GLOBAL)
		return reg->offset >= SVA_REG_COUNTERS;
	return reg->offset >= SVA_CTX_COUNTERS ||
	       reg->offset == SVA_CTX_RING_BASE ||
	       reg->offset == SVA_CTX_ERR_ADDR ||
	       reg->offset == SVA_CTX_PROBE_ADDR ||
	       reg->offset == SVA_CTX_PROBE_DATA;
}

static void access_reg(uint32_t context, struct sva_accel_reg *reg)
{
	volatile uint8_t *p = regs + (reg->flags & SVA_ACCEL_REG_GLOBAL ?
				      reg->offset :
				      SVA_CTX(context, reg->offset));
	bool write = reg->flags & SVA_ACCEL_REG_WRITE;

	if (is_wide(reg) && write)
		*(volatile uint64_t *)p = reg->value;
	else if (is_wide(reg))
		reg->value = *(volatile uint64_t *)p;
	else if (write)
		*(volatile uint32_t *)p = reg->value;
	else
		reg->value = *(volatile uint32_t *)p;
}

static uint64_t reg_read(uint32_t context, uint32_t offset)
{
	struct sva_accel_reg reg = { .offset = offset };

	access_reg(context, &reg);
	return reg.value;
}

static void reg_write(uint32_t context, uint32_t offset, uint64_t value)
{
	struct sva_accel_reg reg = {
		.offset = offset, .flags = SVA_ACCEL_REG_WRITE, .value = value,
	};

	access_reg(context, &reg);
}

int regs_command(uint32_t context, struct sva_accel_cmd *cmd)
{
	uint64_t end = sva_now_ms() + cmd->timeout_ms;

	reg_write(context, SVA_CTX_CMD, cmd->cmd);
	while ((cmd->status = reg_read(context, SVA_CTX_CMD_STATUS)) &
	       SVA_CMDST_BUSY) {
		if (sva_now_ms() > end) {
			errno = ETIMEDOUT;
			return -1;
		}
		sva_sleep_ms(1);
	}
	return 0;
}

static void fill_info(uint32_t context, uint32_t pasid,
		      struct sva_accel_info *info)
{
	memset(info, 0, sizeof(*info));
	info->version = SVA_ACCEL_API_VERSION;
	info->context = context;
	info->pasid = pasid;
	info->contexts = *(volatile uint32_t *)(regs + SVA_REG_CAP) & 0xffff;
	info->running = reg_read(context, SVA_CTX_RUNNING);
	snprintf(info->pci_name, sizeof(info->pci_name), "%s", device);
}

static void configure(uint32_t context, uint32_t pasid,
		      const struct sva_accel_ring *ring)
{
	uint32_t config = ring->mode << SVA_CFG_MODE_SHIFT;

	if (pasid != REGS_NO_PASID)
		config |= pasid | SVA_CFG_PASID_EN;
	reg_write(context, SVA_CTX_CFG, config);
	reg_write(context, SVA_CTX_RING_BASE, ring->base);
	reg_write(context, SVA_CTX_RING_SIZE, ring->log2_entries);
}

int regs_ioctl(uint32_t context, uint32_t pasid, unsigned long request,
	       void *arg)
{
	switch (request) {
	case SVA_ACCEL_INFO:
		fill_info(context, pasid, arg);
		return 0;
	case SVA_ACCEL_RING:
		configure(context, pasid, arg);
		return 0;
	case SVA_ACCEL_CMD:
		return regs_command(context, arg);
	case SVA_ACCEL_REG:
		access_reg(context, arg);
		return 0;
	case SVA_ACCEL_ORDER:
		return 0;
	default:
		errno = ENOTTY;
		return -1;
	}
}

static void write_sysfs(const char *path, const char *text, const char *hint)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t len = strlen(text);

	if (fd < 0 || write(fd, text, len) != len)
		sva_error("writing %s: %s (%s?)", path, strerror(errno), hint);
	close(fd);
}

static void find_device(void)
{
	struct sva_accel_info info;
	struct sva_dev dev = { .fd = sva_driver->open() };

	if (dev.fd < 0)
		sva_error("cannot open %s: %s", sva_node, strerror(errno));
	sva_info(&dev, &info);
	snprintf(device, sizeof(device), "%s", info.pci_name);
	close(dev.fd);
}

const char *regs_take(const char *driver, const char *hint)
{
	char path[96];

	find_device();
	write_sysfs(PCI "/drivers/sva_accel/unbind", device, hint);
	snprintf(path, sizeof(path), PCI "/devices/%s/driver_override", device);
	write_sysfs(path, driver, hint);
	write_sysfs(PCI "/drivers_probe", device, hint);
	return device;
}

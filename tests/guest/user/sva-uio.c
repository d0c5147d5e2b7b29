// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Guest test library: the device under uio_pci_generic_sva
 *
 * That driver binds the process that opens it, tells the PASID in sysfs, maps
 * BARs, and unbinds when the last file is closed; it knows nothing of
 * contexts.  What sva_accel.ko does of these is done here, with registers.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sva.h"
#include "uio.h"

#define PCI		"/sys/bus/pci"
#define NODE		"/dev/uio0"
#define PAGE		4096u
#define FILES_MAX	256
#define NODE_MS		20000

static char device[16];
static volatile uint8_t *regs;
static size_t regs_size;
/* Context of each file, plus one; a file that came from elsewhere gets the next. */
static uint32_t contexts[FILES_MAX];
static uint32_t used;
/* The file that this process opened, if it is the owner. */
static int file = -1;
static pid_t owner;

static uint32_t context_of(int fd)
{
	if (fd < 0 || fd >= FILES_MAX)
		sva_error("too many files");
	if (!contexts[fd])
		contexts[fd] = ++used;
	return contexts[fd] - 1;
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

static int run_command(uint32_t context, struct sva_accel_cmd *cmd)
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

static uint32_t read_pasid(void)
{
	char path[96];
	unsigned int pasid;
	FILE *f;

	snprintf(path, sizeof(path), PCI "/devices/%s/pasid", device);
	f = fopen(path, "re");
	if (!f || fscanf(f, "%u", &pasid) != 1)
		sva_error("no PASID in %s", path);
	fclose(f);
	return pasid;
}

static void fill_info(uint32_t context, struct sva_accel_info *info)
{
	memset(info, 0, sizeof(*info));
	info->version = SVA_ACCEL_API_VERSION;
	info->context = context;
	info->pasid = read_pasid();
	info->contexts = *(volatile uint32_t *)(regs + SVA_REG_CAP) & 0xffff;
	info->running = reg_read(context, SVA_CTX_RUNNING);
	snprintf(info->pci_name, sizeof(info->pci_name), "%s", device);
}

void uio_skip_context(void)
{
	used++;
}

void uio_close(void)
{
	/* A mapping holds the file, too. */
	munmap((void *)(uintptr_t)regs, regs_size);
	close(file);
	owner = 0;
}

void uio_let_go(const struct sva_dev *dev)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0 || dup3(null, dev->fd, O_CLOEXEC) < 0)
		sva_error("/dev/null: %s", strerror(errno));
	close(null);
}

/* Stops the context; the bond ends with the last file of it. */
static int stop_and_close(const struct sva_dev *dev)
{
	struct sva_accel_cmd cmd = { .cmd = SVA_CMD_ABORT, .timeout_ms = 60000 };
	int ret = run_command(context_of(dev->fd), &cmd);

	uio_let_go(dev);
	return ret;
}

static int uio_ioctl(const struct sva_dev *dev, unsigned long request,
		     void *arg)
{
	uint32_t context = context_of(dev->fd);
	const struct sva_accel_ring *ring = arg;

	switch (request) {
	case SVA_ACCEL_INFO:
		fill_info(context, arg);
		return 0;
	case SVA_ACCEL_RING:
		reg_write(context, SVA_CTX_CFG, read_pasid() | SVA_CFG_PASID_EN |
			  ring->mode << SVA_CFG_MODE_SHIFT);
		reg_write(context, SVA_CTX_RING_BASE, ring->base);
		reg_write(context, SVA_CTX_RING_SIZE, ring->log2_entries);
		return 0;
	case SVA_ACCEL_CMD:
		return run_command(context, arg);
	case SVA_ACCEL_REG:
		access_reg(context, arg);
		return 0;
	case SVA_ACCEL_ORDER:
		return 0;
	case SVA_ACCEL_UNBIND:
		return stop_and_close(dev);
	default:
		errno = ENOTTY;
		return -1;
	}
}

static void map_regs(int fd)
{
	void *p = mmap(NULL, regs_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		       0);

	if (p == MAP_FAILED)
		sva_error("cannot map BAR 0: %s", strerror(errno));
	regs = p;
}

/* A process opens the device once: the driver knows one bond only. */
static int uio_open(void)
{
	int fd;

	if (owner == getpid())
		return dup(file);
	file = open(NODE, O_RDWR | O_CLOEXEC);
	if (file < 0)
		return -1;
	owner = getpid();
	/* What the parent knows of files is not true here. */
	memset(contexts, 0, sizeof(contexts));
	/* As a program of this driver does it. */
	map_regs(file);
	fd = dup(file);
	return fd;
}

static void *uio_doorbell(const struct sva_dev *dev,
			  const struct sva_accel_info *info)
{
	size_t offset = (size_t)info->context * SVA_DB_STRIDE;
	char *p = mmap(NULL, offset + PAGE, PROT_READ | PROT_WRITE, MAP_SHARED,
		       dev->fd, SVA_ACCEL_BAR_DOORBELL * PAGE);

	if (p == MAP_FAILED)
		return p;
	if (offset)
		munmap(p, offset);
	return p + offset;
}

static const struct sva_driver uio_driver = {
	uio_open, uio_ioctl, uio_doorbell,
};

static void write_sysfs(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t len = strlen(text);

	if (fd < 0 || write(fd, text, len) != len)
		sva_error("writing %s: %s (CONFIG_UIO_PCI_GENERIC_SVA?)", path,
			  strerror(errno));
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

void uio_take_over(void)
{
	uint64_t end = sva_deadline(NODE_MS);
	struct stat st;
	char path[96];
	int fd;

	find_device();
	write_sysfs(PCI "/drivers/sva_accel/unbind", device);
	snprintf(path, sizeof(path), PCI "/devices/%s/driver_override", device);
	write_sysfs(path, "uio_pci_sva");
	write_sysfs(PCI "/drivers_probe", device);
	while (access(NODE, F_OK)) {
		if (sva_now_ms() > end)
			sva_error("%s does not come", NODE);
		sva_sleep_ms(10);
	}

	/* A file of the driver's would keep the bond of another process. */
	snprintf(path, sizeof(path), PCI "/devices/%s/resource%u", device,
		 SVA_ACCEL_BAR_REGS);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st))
		sva_error("%s: %s", path, strerror(errno));
	regs_size = st.st_size;
	map_regs(fd);
	close(fd);
	sva_driver = &uio_driver;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Guest test library: the device under uio_pci_generic_sva
 *
 * That driver binds the process that opens it, tells the PASID in sysfs, maps
 * BARs, and unbinds when the last file is closed; it knows nothing of
 * contexts.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "regs.h"
#include "uio.h"

#define PCI		"/sys/bus/pci"
#define NODE		"/dev/uio0"
#define PAGE		4096u
#define NODE_MS		20000

static const char *device;
static void *regs;
static size_t regs_size;
/* The file that this process opened, if it is the owner. */
static int file = -1;
static pid_t owner;

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

void uio_close(void)
{
	/* A mapping holds the file, too. */
	munmap(regs, regs_size);
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
	int ret = regs_command(regs_context(dev->fd), &cmd);

	uio_let_go(dev);
	return ret;
}

static int uio_ioctl(const struct sva_dev *dev, unsigned long request,
		     void *arg)
{
	bool bound = request == SVA_ACCEL_INFO || request == SVA_ACCEL_RING;

	if (request == SVA_ACCEL_UNBIND)
		return stop_and_close(dev);
	return regs_ioctl(regs_context(dev->fd), bound ? read_pasid() : 0,
			  request, arg);
}

static void map_regs(int fd)
{
	void *p = mmap(NULL, regs_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		       0);

	if (p == MAP_FAILED)
		sva_error("cannot map BAR 0: %s", strerror(errno));
	regs = p;
	regs_use(p);
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
	regs_forget_files();
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

void uio_take_over(void)
{
	uint64_t end = sva_deadline(NODE_MS);
	struct stat st;
	char path[96];
	int fd;

	device = regs_take("uio_pci_sva", "CONFIG_UIO_PCI_GENERIC_SVA");
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

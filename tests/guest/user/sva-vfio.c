// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Guest test library: the device under vfio-pci, address spaces by iommufd
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "vfio.h"

#define PAGE		4096u
#define NODE_MS		20000
#define JOB_MS		30000
#define HINT		"CONFIG_VFIO_PCI, CONFIG_VFIO_DEVICE_CDEV"
#define PCI_COMMAND	4
#define COMMAND_ON	0x6	/* memory and bus master */

static int file = -1;
static int iommu = -1;
static uint32_t device;
static uint32_t next_pasid = REGS_NO_PASID;
/* PASID that a context was opened with. */
static uint32_t pasids[256];

static struct vfio_region region(uint32_t index)
{
	struct vfio_region r = { .size = sizeof(r), .index = index };

	if (ioctl(file, VFIO_GET_REGION, &r))
		sva_error("vfio region %u: %s", index, strerror(errno));
	return r;
}

static int vfio_open(void)
{
	int fd = dup(file);

	if (fd >= 0)
		pasids[regs_context(fd) % ARRAY_SIZE(pasids)] = next_pasid;
	return fd;
}

static int vfio_ioctl(const struct sva_dev *dev, unsigned long request,
		      void *arg)
{
	uint32_t context = regs_context(dev->fd);

	return regs_ioctl(context, pasids[context % ARRAY_SIZE(pasids)],
			  request, arg);
}

static void *map(uint32_t index, size_t offset, size_t size)
{
	return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file,
		    region(index).offset + offset);
}

static void *vfio_doorbell(const struct sva_dev *dev,
			   const struct sva_accel_info *info)
{
	(void)dev;
	return map(SVA_ACCEL_BAR_DOORBELL,
		   (size_t)info->context * SVA_DB_STRIDE, PAGE);
}

static const struct sva_driver vfio_driver = {
	vfio_open, vfio_ioctl, vfio_doorbell,
};

/* The file of the device that has the address. */
static void open_device(const char *address)
{
	uint64_t end = sva_deadline(NODE_MS);
	char path[320];
	const struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/vfio-dev",
		 address);
	while (file < 0) {
		dir = opendir(path);
		while (dir && file < 0 && (entry = readdir(dir))) {
			char node[300];

			snprintf(node, sizeof(node), "/dev/vfio/devices/%s",
				 entry->d_name);
			if (entry->d_name[0] != '.')
				file = open(node, O_RDWR | O_CLOEXEC);
		}
		if (dir)
			closedir(dir);
		if (file < 0 && sva_now_ms() > end)
			sva_error("no file for %s (" HINT "?)", address);
		sva_sleep_ms(10);
	}
}

static void switch_on(void)
{
	uint16_t command = COMMAND_ON;
	struct vfio_region config = region(VFIO_REGION_CONFIG);

	if (pwrite(file, &command, sizeof(command),
		   config.offset + PCI_COMMAND) != sizeof(command))
		sva_error("PCI command register: %s", strerror(errno));
}

void vfio_take_over(void)
{
	struct vfio_bind bind = { .size = sizeof(bind) };
	void *regs;

	open_device(regs_take("vfio-pci", HINT));
	iommu = open("/dev/iommu", O_RDWR | O_CLOEXEC);
	if (iommu < 0)
		sva_error("/dev/iommu: %s (CONFIG_IOMMUFD?)", strerror(errno));
	bind.iommufd = iommu;
	if (ioctl(file, VFIO_BIND, &bind))
		sva_error("binding to iommufd: %s", strerror(errno));
	device = bind.device;

	regs = map(SVA_ACCEL_BAR_REGS, 0, region(SVA_ACCEL_BAR_REGS).length);
	if (regs == MAP_FAILED)
		sva_error("cannot map BAR 0: %s", strerror(errno));
	regs_use(regs);
	switch_on();
	sva_driver = &vfio_driver;
}

void vfio_use_pasid(uint32_t pasid)
{
	next_pasid = pasid;
}

uint32_t vfio_device(void)
{
	return device;
}

int vfio_attach(uint32_t pasid, uint32_t table)
{
	struct vfio_attach arg = { .size = sizeof(arg), .table = table };

	if (pasid != REGS_NO_PASID) {
		arg.flags = VFIO_WITH_PASID;
		arg.pasid = pasid;
	}
	return ioctl(file, VFIO_ATTACH, &arg) ? errno : 0;
}

int vfio_detach(uint32_t pasid)
{
	struct vfio_detach arg = { .size = sizeof(arg) };

	if (pasid != REGS_NO_PASID) {
		arg.flags = VFIO_WITH_PASID;
		arg.pasid = pasid;
	}
	return ioctl(file, VFIO_DETACH, &arg) ? errno : 0;
}

uint32_t iommufd_new_ioas(void)
{
	struct iommufd_ioas arg = { .size = sizeof(arg) };

	if (ioctl(iommu, IOMMUFD_IOAS_ALLOC, &arg))
		sva_error("new IOAS: %s", strerror(errno));
	return arg.id;
}

void iommufd_map_at(uint32_t ioas, void *memory, size_t size, uintptr_t iova)
{
	struct iommufd_map arg = {
		.size = sizeof(arg),
		.flags = IOMMUFD_MAP_FIXED | IOMMUFD_MAP_READ |
			 IOMMUFD_MAP_WRITE,
		.ioas = ioas,
		.memory = (uintptr_t)memory,
		.length = size,
		.iova = iova,
	};

	if (ioctl(iommu, IOMMUFD_IOAS_MAP, &arg))
		sva_error("mapping %zu bytes at 0x%lx: %s", size,
			  (unsigned long)iova, strerror(errno));
}

void iommufd_map(uint32_t ioas, void *memory, size_t size)
{
	iommufd_map_at(ioas, memory, size, (uintptr_t)memory);
}

void iommufd_map_rings(uint32_t ioas, const struct sva_dev *dev)
{
	iommufd_map(ioas, dev->ring, PAGE);
	iommufd_map(ioas, (void *)(uintptr_t)dev->cpl, PAGE);
}

void iommufd_unmap(uint32_t ioas, const void *iova, size_t size)
{
	struct iommufd_unmap arg = {
		.size = sizeof(arg),
		.ioas = ioas,
		.iova = (uintptr_t)iova,
		.length = size,
	};

	if (ioctl(iommu, IOMMUFD_IOAS_UNMAP, &arg) || arg.length != size)
		sva_error("unmapping %zu bytes: %s", size, strerror(errno));
}

int iommufd_new_hwpt(struct iommufd_hwpt *hwpt)
{
	hwpt->size = sizeof(*hwpt);
	hwpt->device = device;
	return ioctl(iommu, IOMMUFD_HWPT_ALLOC, hwpt) ? errno : 0;
}

uint32_t iommufd_pasid_hwpt(uint32_t ioas, uint32_t fault)
{
	struct iommufd_hwpt hwpt = {
		.flags = IOMMUFD_HWPT_PASID |
			 (fault ? IOMMUFD_HWPT_FAULTS : 0),
		.parent = ioas,
		.fault = fault,
	};
	int error = iommufd_new_hwpt(&hwpt);

	if (error)
		sva_error("page table for PASIDs: %s", strerror(error));
	return hwpt.id;
}

struct iommufd_fault_queue iommufd_new_faults(void)
{
	struct iommufd_fault_queue arg = { .size = sizeof(arg) };

	if (ioctl(iommu, IOMMUFD_FAULT_ALLOC, &arg))
		sva_error("new fault queue: %s", strerror(errno));
	return arg;
}

bool iommufd_next_fault(const struct iommufd_fault_queue *queue,
			struct iommufd_fault *fault, unsigned int ms)
{
	struct pollfd poll_fd = { .fd = queue->file, .events = POLLIN };

	memset(fault, 0, sizeof(*fault));
	return poll(&poll_fd, 1, sva_timeout_ms(ms)) == 1 &&
	       read(queue->file, fault, sizeof(*fault)) == sizeof(*fault);
}

int iommufd_answer(const struct iommufd_fault_queue *queue, uint32_t cookie,
		   uint32_t code)
{
	struct iommufd_answer answer = { .cookie = cookie, .code = code };

	return write(queue->file, &answer, sizeof(answer)) == sizeof(answer) ?
		0 : errno;
}

int iommufd_invalidate_s1(uint32_t hwpt, const void *address, uint64_t pages)
{
	struct iommufd_vtd_s1_range range = {
		.address = (uintptr_t)address,
		.pages = pages,
	};
	struct iommufd_invalidate arg = {
		.size = sizeof(arg),
		.hwpt = hwpt,
		.entries = (uintptr_t)&range,
		.entry_size = sizeof(range),
		.count = 1,
	};

	return ioctl(iommu, IOMMUFD_HWPT_INVALIDATE, &arg) ? errno : 0;
}

struct vfio_space vfio_new_space(uint32_t pasid, uint32_t fault)
{
	struct vfio_space space = {
		.ioas = iommufd_new_ioas(), .pasid = pasid,
	};
	int error;

	space.hwpt = iommufd_pasid_hwpt(space.ioas, fault);
	error = vfio_attach(pasid, space.hwpt);
	if (error)
		sva_error("attaching PASID 0x%x: %s", pasid, strerror(error));
	return space;
}

void vfio_open_in(const struct vfio_space *space, struct sva_dev *dev,
		  int mode)
{
	vfio_use_pasid(space->pasid);
	sva_open(dev, mode);
	iommufd_map_rings(space->ioas, dev);
}

void vfio_copy(const char *name, struct sva_dev *dev, const void *src,
	       void *dst, size_t size)
{
	struct sva_desc desc = sva_copy_desc(dev, src, dst, size);
	const char *mode = sva_mode_names[dev->mode];
	struct sva_completion cpl;

	memset(dst, 0, size);
	cpl = sva_run(dev, &desc, JOB_MS);
	sva_fact("%s.%s.status 0x%02x", name, mode, cpl.status);
	sva_fact("%s.%s.different %d", name, mode, !!memcmp(src, dst, size));
}

void vfio_touch(const char *name, struct sva_dev *dev, void *dst)
{
	struct sva_desc desc = sva_touch_desc(dev, dst, PAGE, 1, 0);
	struct sva_completion cpl = sva_run(dev, &desc, JOB_MS);
	const char *mode = sva_mode_names[dev->mode];

	sva_fact("%s.%s.status 0x%02x", name, mode, cpl.status);
	sva_fact("%s.%s.failed %llu", name, mode,
		 (unsigned long long)cpl.result);
}

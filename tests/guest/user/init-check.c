// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * init: check that everything that the scenarios need is there
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hw/sva/accel-abi.h"
#include "init.h"
#include "sva_accel_uapi.h"

#define PCI		"/sys/bus/pci/devices"
#define NODE		"/dev/sva-accel0"
#define DRIVER		"/lib/sva_accel.ko"
#define NODE_MS		3000

#ifdef __aarch64__
#define IOMMU_HINT	"CONFIG_ARM_SMMU_V3"
#define SVA_HINT	"CONFIG_ARM_SMMU_V3_SVA"
#else
#define IOMMU_HINT	"CONFIG_INTEL_IOMMU, intel_iommu=on,sm_on"
#define SVA_HINT	"CONFIG_INTEL_IOMMU_SVM, intel_iommu=on,sm_on"
#endif

/* Linux never enables PRI behind an SMMUv3, see arm_smmu_handle_ppr(). */
#ifdef __aarch64__
#define NEEDS_PRI	false
#else
#define NEEDS_PRI	true
#endif

/* Enable bits of the extended capabilities. */
static const struct cap {
	const char *name;
	uint16_t id;
	uint8_t control;
	uint8_t bit;
	bool needed;
	const char *hint;
} caps[] = {
	{ "pasid", 0x1b, 6, 0, true,
	  "CONFIG_PCI_PASID; scalable mode of the IOMMU; ACS of the ports" },
	{ "ats", 0x0f, 6, 15, true,
	  "CONFIG_PCI_ATS; no pci=noats; the IOMMU's ATS support" },
	{ "pri", 0x13, 4, 0, NEEDS_PRI,
	  "CONFIG_PCI_PRI; page requests of the IOMMU" },
};

static bool find_device(char *name, size_t size)
{
	DIR *dir = opendir(PCI);
	const struct dirent *ent;
	char path[320], vendor[32], device[32];
	bool found = false;

	while (dir && !found && (ent = readdir(dir))) {
		snprintf(path, sizeof(path), PCI "/%s/vendor", ent->d_name);
		if (!read_line(path, vendor, sizeof(vendor)))
			continue;
		snprintf(path, sizeof(path), PCI "/%s/device", ent->d_name);
		if (!read_line(path, device, sizeof(device)))
			continue;
		found = strtoul(vendor, NULL, 16) == SVA_ACCEL_VENDOR_ID &&
			strtoul(device, NULL, 16) == SVA_ACCEL_DEVICE_ID;
		if (found)
			snprintf(name, size, "%.31s", ent->d_name);
	}
	if (dir)
		closedir(dir);
	return found;
}

static uint32_t config_read(int fd, unsigned int offset, unsigned int size)
{
	uint8_t b[4] = { 0 };

	if (pread(fd, b, size, offset) != (ssize_t)size)
		return 0;
	return b[0] | b[1] << 8 | b[2] << 16 | (uint32_t)b[3] << 24;
}

static unsigned int find_cap(int fd, uint16_t id)
{
	unsigned int pos = 0x100;
	uint32_t header;

	/* No capability is smaller than 8 bytes: so the list ends. */
	for (unsigned int i = 0; i < (4096 - 256) / 8 && pos >= 0x100; i++) {
		header = config_read(fd, pos, 4);
		if ((header & 0xffff) == id)
			return pos;
		pos = header >> 20;
	}
	return 0;
}

/*
 * Behind an SMMUv3 Linux enables ATS together with the first PASID if the
 * function's own domain is pass-through.
 */
static bool is_needed(const struct cap *cap, const char *device)
{
#ifdef __aarch64__
	char path[128], type[32];

	snprintf(path, sizeof(path), PCI "/%s/iommu_group/type", device);
	if (!strcmp(cap->name, "ats") &&
	    read_line(path, type, sizeof(type)) && !strcmp(type, "identity"))
		return false;
#else
	(void)device;
#endif
	return cap->needed;
}

static bool check_caps(const char *device, char *error, size_t size)
{
	char path[128];
	bool good = true;
	int fd;

	snprintf(path, sizeof(path), PCI "/%s/config", device);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		snprintf(error, size, "cannot open %s: %s", path,
			 strerror(errno));
		return false;
	}
	for (unsigned int i = 0; i < sizeof(caps) / sizeof(caps[0]); i++) {
		const struct cap *c = &caps[i];
		unsigned int pos = find_cap(fd, c->id);
		bool on = pos && (config_read(fd, pos + c->control, 2) >>
				  c->bit & 1);

		ctl_line("@fact device.%s %s", c->name,
			 on ? "on" : pos ? "off" : "absent");
		if (on || !good || !is_needed(c, device))
			continue;
		if (pos)
			snprintf(error, size,
				 "the kernel did not enable %s of %s (%s)",
				 c->name, device, c->hint);
		else
			snprintf(error, size, "%s has no %s capability",
				 device, c->name);
		good = false;
	}
	close(fd);
	return good;
}

static bool check_group(const char *device, char *error, size_t size)
{
	char path[128], target[256];
	const char *group;
	ssize_t n;

	snprintf(path, sizeof(path), PCI "/%s/iommu_group", device);
	n = readlink(path, target, sizeof(target) - 1);
	if (n < 0) {
		snprintf(error, size, "%s is behind no IOMMU (%s)", device,
			 IOMMU_HINT);
		return false;
	}
	target[n] = '\0';
	group = strrchr(target, '/');
	ctl_line("@fact device.iommu-group %s", group ? group + 1 : target);
	return true;
}

static const char *bind_hint(int error)
{
	switch (error) {
	case EOPNOTSUPP:
		return "the kernel has no SVA: CONFIG_IOMMU_SVA, " SVA_HINT;
	case ENODEV:
		return "the IOMMU or its driver cannot do SVA: " SVA_HINT
		       "; see the kernel log";
	case EINVAL:
		return "PASID, ATS or PRI of the device is not enabled";
	case ENOSPC:
	case EOVERFLOW:
		return "no PASID that the device can have";
	default:
		return "see the kernel log";
	}
}

/*
 * In a process of its own: a PASID stays with an address space as long as
 * that lives, and init lives for ever.
 */
static bool try_bind(char *error, size_t size)
{
	struct sva_accel_info info;
	int status, fd;
	pid_t pid = fork();

	if (!pid) {
		fd = open(NODE, O_RDWR | O_CLOEXEC);
		if (fd < 0)
			_exit(errno);
		if (ioctl(fd, SVA_ACCEL_INFO, &info))
			_exit(errno);
		ctl_line("@fact setup.pasid %u", info.pasid);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid) {
		snprintf(error, size, "cannot try a bind: %s",
			 strerror(errno));
		return false;
	}
	if (!status)
		return true;
	status = WIFEXITED(status) ? WEXITSTATUS(status) : EIO;
	ctl_line("@fact setup.bind-errno %d", status);
	snprintf(error, size, "bind fails: %s (%s)", strerror(status),
		 bind_hint(status));
	return false;
}

static bool load_driver(char *error, size_t size)
{
	if (access(NODE, F_OK) && !access(DRIVER, F_OK) &&
	    !load_module(DRIVER, "", error, size))
		return false;
	for (unsigned int ms = 0; access(NODE, F_OK); ms += 20) {
		if (ms >= NODE_MS) {
			snprintf(error, size, access(DRIVER, F_OK) ?
				 "there is no driver: %s is missing" :
				 "the driver did not make " NODE
				 " (see the kernel log)", DRIVER);
			return false;
		}
		usleep(20000);
	}
	ctl_line("@fact device.node " NODE);
	return true;
}

static bool check_pci(char *device, size_t device_size, char *error,
		      size_t size)
{
	if (access(PCI, F_OK)) {
		snprintf(error, size, "no PCI in this kernel (CONFIG_PCI, "
			 "CONFIG_SYSFS)");
		return false;
	}
	if (!find_device(device, device_size)) {
		snprintf(error, size, "no sva-accel in this machine");
		return false;
	}
	ctl_line("@fact device %s", device);
	return true;
}

bool check_driver(char *error, size_t size)
{
	char device[32];

	return check_pci(device, sizeof(device), error, size) &&
	       load_driver(error, size);
}

bool check_device(char *error, size_t size)
{
	char device[32], cap_error[256];
	bool caps_good;

	if (!check_pci(device, sizeof(device), error, size) ||
	    !check_group(device, error, size) || !load_driver(error, size))
		return false;

	/* Check this with a driver bound: kernels before 6.16 enable PRI for it. */
	caps_good = check_caps(device, cap_error, sizeof(cap_error));
	if (!try_bind(error, size))
		return false;
	if (!caps_good)
		snprintf(error, size, "%s", cap_error);
	return caps_good;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Guest test library: Intel DSA, its work queues and their files
 *
 * The kernel's driver is configured by way of sysfs.  Two pieces of the device
 * are used past the driver, through the BARs that sysfs offers: registers that
 * say what it does not tell, and the portal of a queue whose process is dead,
 * which stands for a device that has not stopped.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dsa.h"
#include "sva.h"

#define DEVICES		"/sys/bus/dsa/devices"
#define DRIVERS		"/sys/bus/dsa/drivers"
#define DEVICE		"dsa0"
#define PAGE		4096ul
#define BAR0_SIZE	0x10000ul
#define FREE_MS		10000
#define COMMAND_MS	10000

/* 9.2 */
#define WQCAP		0x20
#define OFFSETS		0x60
#define CMD		0xa0
#define CMDSTS		0xa8
#define CMD_CODE_SHIFT	20
#define CMDSTS_ACTIVE	(1u << 31)
#define CMDSTS_ERROR	0xffu
/* 9.2.24: dwords of WQCFG */
#define WQ_PASID	2
#define WQ_PASID_EN	(1u << 28)
#define WQ_STATUS	6
#define WQ_OCCUPANCY	0xffffu
/* 9.3: a queue has four pages, the second one is the limited portal. */
#define PORTAL_PAGES	4
#define PORTAL_LIMITED	1

const char *const dsa_queue_names[DSA_QUEUES] = {
	[DSA_ASKING] = "dedicated",
	[DSA_ATS] = "ats",
	[DSA_UNTRANSLATED] = "untranslated",
	[DSA_SHARED] = "shared",
	[DSA_SHARED_PLAIN] = "shared-untranslated",
	[DSA_SPARE] = "spare",
};

/* Each group has an engine: none waits for the page faults of another one. */
static const struct queue {
	unsigned int group;
	bool shared;
	bool ats;
	bool prs;
	const char *size;
} queues[DSA_QUEUES] = {
	[DSA_ASKING] = { 0, false, true, true, "32" },
	[DSA_ATS] = { 1, false, true, false, "16" },
	[DSA_UNTRANSLATED] = { 1, false, false, false, "16" },
	[DSA_SHARED] = { 2, true, true, true, "32" },
	[DSA_SHARED_PLAIN] = { 3, true, false, false, "16" },
	[DSA_SPARE] = { 3, false, true, true, "8" },
};

static volatile uint32_t *regs;

static void put(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		sva_error("%s: cannot write %s: %s", path, value,
			  strerror(errno));
	close(fd);
}

static void put_wq(enum dsa_queue queue, const char *name, const char *value)
{
	char path[96];

	snprintf(path, sizeof(path), DEVICES "/" DEVICE "/wq0.%u/%s", queue,
		 name);
	put(path, value);
}

static void configure(enum dsa_queue nr)
{
	const struct queue *q = &queues[nr];
	char group[4];

	snprintf(group, sizeof(group), "%u", q->group);
	put_wq(nr, "group_id", group);
	put_wq(nr, "mode", q->shared ? "shared" : "dedicated");
	put_wq(nr, "type", "user");
	put_wq(nr, "name", dsa_queue_names[nr]);
	put_wq(nr, "driver_name", "user");
	put_wq(nr, "size", q->size);
	if (q->shared)
		put_wq(nr, "threshold", q->size);
	put_wq(nr, "priority", "10");
	put_wq(nr, "ats_disable", q->ats ? "0" : "1");
	put_wq(nr, "prs_disable", q->prs ? "0" : "1");
	if (q->prs)
		put_wq(nr, "block_on_fault", "1");
}

static void *map_bar(unsigned int bar, off_t offset, size_t size)
{
	char path[80];
	void *p;
	int fd;

	snprintf(path, sizeof(path), DEVICES "/" DEVICE "/../resource%u", bar);
	fd = open(path, O_RDWR | O_CLOEXEC);
	p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);
	if (p == MAP_FAILED)
		sva_error("%s: %s", path, strerror(errno));
	close(fd);
	return p;
}

void *dsa_device_portal(enum dsa_queue queue)
{
	return map_bar(2, (queue * PORTAL_PAGES + PORTAL_LIMITED) * PAGE, PAGE);
}

void dsa_set_up(void)
{
	char path[96], name[16];

	if (access(DEVICES "/" DEVICE, F_OK))
		sva_error("no " DEVICE " in " DEVICES ": no Intel DSA, or not "
			  "its driver (CONFIG_INTEL_IDXD)");
	for (unsigned int group = 0; group < 4; group++) {
		snprintf(path, sizeof(path),
			 DEVICES "/" DEVICE "/engine0.%u/group_id", group);
		snprintf(name, sizeof(name), "%u", group);
		put(path, name);
	}
	for (enum dsa_queue queue = 0; queue < DSA_QUEUES; queue++)
		configure(queue);
	put(DRIVERS "/idxd/bind", DEVICE);
	for (enum dsa_queue queue = 0; queue < DSA_QUEUES; queue++) {
		snprintf(name, sizeof(name), "wq0.%u", queue);
		put(DRIVERS "/user/bind", name);
	}
	regs = map_bar(0, 0, BAR0_SIZE);
}

int dsa_try_open(struct dsa_file *file, enum dsa_queue queue)
{
	char path[32];

	snprintf(path, sizeof(path), "/dev/dsa/wq0.%u", queue);
	file->queue = queue;
	file->portal = NULL;
	file->fd = open(path, O_RDWR | O_CLOEXEC);
	if (file->fd < 0)
		return errno;
	file->portal = mmap(NULL, PAGE, PROT_WRITE, MAP_SHARED | MAP_POPULATE,
			    file->fd, 0);
	if (file->portal == MAP_FAILED)
		sva_error("cannot map the portal of %s: %s", path,
			  strerror(errno));
	return 0;
}

/* EOPNOTSUPP tells the host which kernels refuse SVA. */
static void check_open(enum dsa_queue queue, int error)
{
	if (!error)
		return;
	sva_fact("setup.bind-errno %d", error);
	sva_error("cannot open queue %s (bind): %s", dsa_queue_names[queue],
		  strerror(error));
}

void dsa_open(struct dsa_file *file, enum dsa_queue queue)
{
	check_open(queue, dsa_try_open(file, queue));
}

void dsa_open_when_free(struct dsa_file *file, enum dsa_queue queue)
{
	uint64_t end = sva_deadline(FREE_MS);
	int error;

	while ((error = dsa_try_open(file, queue)) == EBUSY &&
	       sva_now_ms() < end)
		sva_sleep_ms(1);
	check_open(queue, error);
}

void dsa_close(struct dsa_file *file)
{
	if (file->portal)
		munmap(file->portal, PAGE);
	if (file->fd >= 0)
		close(file->fd);
	file->portal = NULL;
	file->fd = -1;
}

/* The table of queues is where the device likes it (9.2.7). */
static volatile uint32_t *wq_config(enum dsa_queue queue, unsigned int dword)
{
	unsigned int table = (regs[OFFSETS / 4] >> 16) * 0x100;
	unsigned int size = 32u << (regs[WQCAP / 4] >> 24 & 0xf);

	return &regs[(table + queue * size) / 4 + dword];
}

uint32_t dsa_queue_pasid(enum dsa_queue queue)
{
	uint32_t word = *wq_config(queue, WQ_PASID);

	return word & WQ_PASID_EN ? word >> 8 & 0xfffff : 0;
}

uint32_t dsa_own_pasid(void)
{
	struct dsa_file file;
	uint32_t pasid;

	dsa_open_when_free(&file, DSA_SPARE);
	pasid = dsa_queue_pasid(DSA_SPARE);
	dsa_close(&file);
	if (!pasid)
		sva_error("a queue that is open has no PASID");
	return pasid;
}

unsigned int dsa_queue_occupancy(enum dsa_queue queue)
{
	return *wq_config(queue, WQ_STATUS) & WQ_OCCUPANCY;
}

bool dsa_wait_empty(enum dsa_queue queue, unsigned int ms)
{
	uint64_t end = sva_deadline(ms);

	while (dsa_queue_occupancy(queue)) {
		if (sva_now_ms() > end)
			return false;
		sva_sleep_ms(1);
	}
	return true;
}

static unsigned int clients(enum dsa_queue queue)
{
	unsigned int n;
	char path[80];
	FILE *f;

	snprintf(path, sizeof(path), DEVICES "/" DEVICE "/wq0.%u/clients",
		 queue);
	f = fopen(path, "re");
	if (!f || fscanf(f, "%u", &n) != 1)
		sva_error("%s: %s", path, strerror(errno));
	fclose(f);
	return n;
}

bool dsa_wait_released(enum dsa_queue queue, unsigned int ms)
{
	uint64_t end = sva_deadline(ms);

	while (clients(queue)) {
		if (sva_now_ms() > end)
			return false;
		sva_sleep_ms(1);
	}
	return true;
}

bool dsa_command_active(void)
{
	return regs[CMDSTS / 4] & CMDSTS_ACTIVE;
}

bool dsa_command_begin(unsigned int code, uint32_t operand)
{
	if (dsa_command_active())
		return false;
	regs[CMD / 4] = code << CMD_CODE_SHIFT | operand;
	return true;
}

int dsa_command_end(unsigned int ms)
{
	uint64_t end = sva_deadline(ms);

	while (dsa_command_active()) {
		if (sva_now_ms() > end)
			return -1;
		sva_sleep_ms(1);
	}
	return regs[CMDSTS / 4] & CMDSTS_ERROR;
}

static void command(unsigned int code, uint32_t operand)
{
	int error = dsa_command_begin(code, operand) ?
		    dsa_command_end(COMMAND_MS) : -1;

	if (error)
		sva_error("command %u of the device: error %d", code, error);
}

void dsa_queue_set_pasid(enum dsa_queue queue, uint32_t pasid)
{
	volatile uint32_t *word = wq_config(queue, WQ_PASID);

	command(DSA_DISABLE_WQ, 1u << queue);
	*word = (*word & ~(0xfffffu << 8)) | pasid << 8 | WQ_PASID_EN;
	command(DSA_ENABLE_WQ, queue);
}

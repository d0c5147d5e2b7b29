// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Guest test library: work contexts of the accelerator
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sva.h"

#define PAGE		4096u

const char *const sva_mode_names[SVA_MODES] = {
	[SVA_MODE_UNTRANSLATED]	= "untranslated",
	[SVA_MODE_ATS]		= "ats",
	[SVA_MODE_ATS_PRI]	= "ats-pri",
};

char sva_node[32] = "/dev/sva-accel0";

int sva_mode_parse(const char *name)
{
	for (int i = 0; i < SVA_MODES; i++)
		if (!strcmp(name, sva_mode_names[i]))
			return i;
	sva_error("no such translation mode: %s", name);
}

unsigned int sva_modes_parse(const char *list, int modes[SVA_MODES])
{
	char *copy = strdup(list), *save = NULL, *tok;
	unsigned int n = 0;

	for (tok = strtok_r(copy, ":", &save); tok;
	     tok = strtok_r(NULL, ":", &save)) {
		if (n == SVA_MODES)
			sva_error("too many modes: %s", list);
		modes[n++] = sva_mode_parse(tok);
	}
	free(copy);
	if (!n)
		sva_error("no translation mode given");
	return n;
}

static int our_open(void)
{
	return open(sva_node, O_RDWR | O_CLOEXEC);
}

static int our_ioctl(const struct sva_dev *dev, unsigned long request,
		     void *arg)
{
	return ioctl(dev->fd, request, arg);
}

static void *our_doorbell(const struct sva_dev *dev,
			  const struct sva_accel_info *info)
{
	return mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, dev->fd,
		    info->doorbell);
}

static const struct sva_driver our_driver = {
	our_open, our_ioctl, our_doorbell,
};

const struct sva_driver *sva_driver = &our_driver;

void sva_info(const struct sva_dev *dev, struct sva_accel_info *info)
{
	if (sva_driver->ioctl(dev, SVA_ACCEL_INFO, info))
		sva_error("info ioctl: %s", strerror(errno));
	if (info->version != SVA_ACCEL_API_VERSION)
		sva_error("the driver has interface version %u, not %u",
			  info->version, SVA_ACCEL_API_VERSION);
}

void sva_attach(struct sva_dev *dev, int fd, int mode)
{
	struct sva_accel_info info;

	memset(dev, 0, sizeof(*dev));
	dev->fd = fd;
	dev->mode = mode;
	sva_info(dev, &info);
	dev->pasid = info.pasid;
	dev->context = info.context;
}

static void *map_anonymous(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (p == MAP_FAILED)
		sva_error("no memory: %s", strerror(errno));
	memset(p, 0, size);
	return p;
}

void sva_open(struct sva_dev *dev, int mode)
{
	int error = sva_try_open(dev, mode);

	if (error)
		sva_error("cannot open %s (bind): %s", sva_node,
			  strerror(error));
}

/* Everything but the command; 0 or the error number of the bind. */
static int set_up(struct sva_dev *dev, int mode)
{
	struct sva_accel_info info;
	struct sva_accel_ring ring;
	void *p;
	int fd;

	fd = sva_driver->open();
	if (fd < 0)
		return errno;
	sva_attach(dev, fd, mode);
	sva_info(dev, &info);

	p = sva_driver->doorbell(dev, &info);
	if (p == MAP_FAILED)
		sva_error("cannot map the doorbell: %s", strerror(errno));
	dev->doorbell = p;
	dev->ring = map_anonymous(SVA_RING_SLOTS * sizeof(*dev->ring));
	dev->cpl = map_anonymous(SVA_RING_SLOTS * sizeof(*dev->cpl));

	ring.base = (uintptr_t)dev->ring;
	ring.log2_entries = SVA_RING_LOG2;
	ring.mode = mode;
	if (sva_driver->ioctl(dev, SVA_ACCEL_RING, &ring))
		sva_error("ring ioctl: %s", strerror(errno));
	return 0;
}

void sva_bind(struct sva_dev *dev, int mode)
{
	int error = set_up(dev, mode);

	if (error)
		sva_error("cannot open %s (bind): %s", sva_node,
			  strerror(error));
}

int sva_try_open(struct sva_dev *dev, int mode)
{
	int ret = set_up(dev, mode);

	if (ret)
		return ret;
	ret = sva_command(dev, SVA_CMD_ENABLE, 5000);
	if (ret)
		sva_error("context %u, mode %s: enable gives %d", dev->context,
			  sva_mode_names[mode], ret);
	return 0;
}

void sva_close(struct sva_dev *dev)
{
	if (dev->doorbell) {
		munmap((void *)(uintptr_t)dev->doorbell, PAGE);
		munmap(dev->ring, SVA_RING_SLOTS * sizeof(*dev->ring));
		munmap((void *)(uintptr_t)dev->cpl,
		       SVA_RING_SLOTS * sizeof(*dev->cpl));
	}
	if (dev->fd >= 0 && close(dev->fd))
		sva_error("close: %s", strerror(errno));
	memset(dev, 0, sizeof(*dev));
	dev->fd = -1;
}

bool sva_wait_error(const struct sva_dev *dev, struct sva_accel_info *info,
		    unsigned int ms)
{
	uint64_t deadline = sva_deadline(ms);

	for (;;) {
		sva_info(dev, info);
		if (info->err_status & SVA_ERRST_VALID)
			return true;
		if (sva_now_ms() >= deadline)
			return false;
		sva_sleep_ms(1);
	}
}

uint64_t sva_reg_read(const struct sva_dev *dev, uint32_t offset)
{
	struct sva_accel_reg reg = { .offset = offset };

	if (sva_driver->ioctl(dev, SVA_ACCEL_REG, &reg))
		sva_error("reading register 0x%x: %s", offset,
			  strerror(errno));
	return reg.value;
}

void sva_reg_write(const struct sva_dev *dev, uint32_t offset, uint64_t value)
{
	struct sva_accel_reg reg = {
		.offset = offset,
		.flags = SVA_ACCEL_REG_WRITE,
		.value = value,
	};

	if (sva_driver->ioctl(dev, SVA_ACCEL_REG, &reg))
		sva_error("writing register 0x%x: %s", offset,
			  strerror(errno));
}

void sva_inject(const struct sva_dev *dev, uint32_t bits)
{
	struct sva_accel_reg reg = {
		.offset = SVA_REG_INJECT,
		.flags = SVA_ACCEL_REG_WRITE | SVA_ACCEL_REG_GLOBAL,
		.value = bits,
	};

	if (sva_driver->ioctl(dev, SVA_ACCEL_REG, &reg))
		sva_error("writing the injections: %s", strerror(errno));
}

bool sva_wait_reg(const struct sva_dev *dev, uint32_t offset, uint64_t mask,
		  uint64_t value, unsigned int ms)
{
	uint64_t end = sva_deadline(ms);

	while ((sva_reg_read(dev, offset) & mask) != value) {
		if (sva_now_ms() > end)
			return false;
		usleep(200);
	}
	return true;
}

int sva_command(const struct sva_dev *dev, uint32_t cmd, unsigned int ms)
{
	struct sva_accel_cmd arg = { .cmd = cmd, .timeout_ms = sva_timeout_ms(ms) };

	if (sva_driver->ioctl(dev, SVA_ACCEL_CMD, &arg))
		return -errno;
	return (arg.status & SVA_CMDST_RESULT) >> SVA_CMDST_RESULT_SHIFT;
}

int sva_unbind(const struct sva_dev *dev, uint32_t order)
{
	if (sva_driver->ioctl(dev, SVA_ACCEL_ORDER, &order))
		return -errno;
	return sva_driver->ioctl(dev, SVA_ACCEL_UNBIND, NULL) ? -errno : 0;
}

uint32_t sva_submit(struct sva_dev *dev, const struct sva_desc *desc)
{
	uint32_t nr = dev->tail++;
	uint32_t slot = nr % SVA_RING_SLOTS;
	struct sva_desc d = *desc;

	d.id = nr;
	d.flags |= SVA_DF_COMPLETION;
	d.completion = (uintptr_t)&dev->cpl[slot];
	dev->cpl[slot].status = SVA_ST_NONE;
	dev->ring[slot] = d;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	dev->doorbell[SVA_DB_TAIL / 4] = dev->tail;
	return nr;
}

struct sva_completion sva_wait(struct sva_dev *dev, uint32_t nr,
			       unsigned int ms)
{
	volatile struct sva_completion *cpl = &dev->cpl[nr % SVA_RING_SLOTS];
	uint64_t end = sva_deadline(ms);
	struct sva_completion none = { 0 };

	while (cpl->status == SVA_ST_NONE) {
		if (sva_now_ms() > end)
			return none;
		usleep(200);
	}
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	return *(struct sva_completion *)(uintptr_t)cpl;
}

struct sva_completion sva_run(struct sva_dev *dev, const struct sva_desc *desc,
			      unsigned int ms)
{
	return sva_wait(dev, sva_submit(dev, desc), ms);
}

static uint16_t mode_flags(const struct sva_dev *dev)
{
	return dev->mode == SVA_MODE_ATS_PRI ? SVA_DF_BLOCK_ON_FAULT : 0;
}

struct sva_desc sva_copy_desc(const struct sva_dev *dev, const void *src,
			      void *dst, size_t size)
{
	return (struct sva_desc) {
		.opcode = SVA_OP_COPY,
		.flags = mode_flags(dev),
		.src = (uintptr_t)src,
		.dst = (uintptr_t)dst,
		.size = size,
	};
}

struct sva_desc sva_touch_desc(const struct sva_dev *dev, void *dst,
			       size_t size, uint64_t rounds,
			       unsigned int interval_us)
{
	return (struct sva_desc) {
		.opcode = SVA_OP_TOUCH,
		.flags = mode_flags(dev) | SVA_DF_TOUCH_WRITE |
			 SVA_DF_KEEP_GOING,
		/* The word that is written tells the mode. */
		.src = 0xdead000000000000ull | dev->mode,
		.dst = (uintptr_t)dst,
		.size = size,
		.stride = PAGE,
		.rounds = rounds,
		.interval = interval_us,
	};
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario kernel-pasid: a PASID of the kernel's own beside one of a process
 *
 * The driver has a page of its memory mapped where the process has one of its
 * own.  The PASID alone decides which of the two the device reaches.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "sva.h"

#define PAGE		4096ul
#define JOB_MS		60000
#define ATTEMPTS	20u
#define KEPT		4u
#define SEED		0x6e41000000000000ull
#define KERNEL_WORD	0x1234567890abcdefull
/* What sva_probe() writes. */
#define PROBE_WORD	0xdead00000000ffffull

static uint64_t *buf;

static uint64_t kernel(const struct sva_dev *dev, uint32_t op, uint64_t value)
{
	struct sva_accel_kernel arg = {
		.op = op, .iova = (uintptr_t)buf, .value = value,
	};

	if (ioctl(dev->fd, SVA_ACCEL_KERNEL, &arg))
		sva_error("kernel ioctl %u: %s", op, strerror(errno));
	return op == SVA_ACCEL_KERNEL_ATTACH ? arg.pasid : arg.value;
}

static void start_words(const struct sva_dev *dev)
{
	sva_pattern(buf, PAGE, SEED);
	kernel(dev, SVA_ACCEL_KERNEL_WRITE, KERNEL_WORD);
}

static void use_kernels(const struct sva_dev *dev, uint32_t pasid)
{
	uint64_t at = (uintptr_t)buf;

	start_words(dev);
	sva_probe(dev, "kernel", SVA_PROBE_READ, pasid, at);
	sva_fact("kernel.read %d", sva_reg_read(dev, SVA_CTX_PROBE_DATA) ==
		 KERNEL_WORD);
	sva_probe(dev, "kernel", SVA_PROBE_ATS, pasid, at);
	sva_probe(dev, "kernel", SVA_PROBE_WRITE, pasid, at);
	sva_fact("kernel.written %d",
		 kernel(dev, SVA_ACCEL_KERNEL_READ, 0) == PROBE_WORD);
	sva_fact("kernel.others %zu", sva_pattern_pages(buf, PAGE, SEED));
}

static void use_process(const struct sva_dev *dev)
{
	start_words(dev);
	sva_probe(dev, "process", SVA_PROBE_WRITE, dev->pasid,
		  (uintptr_t)buf);
	sva_fact("process.written %d", *buf == PROBE_WORD);
	sva_fact("process.others %d",
		 kernel(dev, SVA_ACCEL_KERNEL_READ, 0) != KERNEL_WORD);
}

static void visit_main(void *arg)
{
	struct sva_dev dev;

	sva_open(&dev, SVA_MODE_UNTRANSLATED);
	*(uint32_t *)arg = dev.pasid;
	sva_close(&dev);
}

static uint32_t bind_once(void)
{
	static uint32_t *pasid;
	struct sva_child child;

	if (!pasid)
		pasid = sva_shared(sizeof(*pasid));
	sva_flush_lazy_mm();
	sva_child_start(&child, visit_main, pasid);
	sva_child_wait(&child, JOB_MS);
	sva_child_end(&child);
	return *pasid;
}

static void client_main(void *arg)
{
	struct sva_dev dev;

	sva_open(&dev, SVA_MODE_UNTRANSLATED);
	*(uint32_t *)arg = dev.pasid;
}

/*
 * The kernel gives the lowest number that is free.  One below @pasid may have
 * become free since: each process keeps its own until one has got @pasid.
 */
static uint32_t bind_until(uint32_t pasid)
{
	uint32_t *got = sva_shared(ATTEMPTS * sizeof(*got));
	struct sva_child child[ATTEMPTS];
	unsigned int n = 0;

	do {
		sva_child_start(&child[n], client_main, &got[n]);
		sva_child_wait(&child[n], JOB_MS);
	} while (got[n++] != pasid && n < ATTEMPTS);
	/* A process inherits the pipes of those before it. */
	for (unsigned int i = n; i--;)
		sva_child_end(&child[i]);
	return got[n - 1];
}

static void keep(uint32_t pasid)
{
	unsigned int taken = 0;

	for (unsigned int i = 0; i < KEPT; i++)
		taken += bind_once() == pasid;
	sva_fact("kept.attempts %u", KEPT);
	sva_fact("kept.taken %u", taken);
	sva_ok(!taken, "no process gets the kernel's PASID");
}

static void unmapped(const struct sva_dev *dev, uint32_t pasid)
{
	unsigned int lines;

	kernel(dev, SVA_ACCEL_KERNEL_WRITE, KERNEL_WORD);
	kernel(dev, SVA_ACCEL_KERNEL_UNMAP, 0);
	lines = sva_fault_lines();
	sva_probe(dev, "unmapped", SVA_PROBE_WRITE, pasid, (uintptr_t)buf);
	sva_wait_fault_line(lines);
	sva_probe(dev, "unmapped", SVA_PROBE_ATS, pasid, (uintptr_t)buf);
	sva_fact("unmapped.changed %d",
		 kernel(dev, SVA_ACCEL_KERNEL_READ, 0) != KERNEL_WORD);
	sva_stage("unmapped");
}

static void late(const struct sva_dev *dev, uint32_t pasid)
{
	unsigned int lines;
	size_t changed;

	sva_pattern(buf, PAGE, SEED);
	sva_wait_quiet_log();
	lines = sva_fault_lines();
	sva_probe(dev, "late", SVA_PROBE_WRITE, pasid, (uintptr_t)buf);
	sva_wait_fault_line(lines);
	changed = sva_pattern_pages(buf, PAGE, SEED);
	sva_fact("late.changed %zu", changed);
	sva_ok(!changed, "a write after the detach changes nothing");
	sva_stage("late");
}

static void scenario_kernel_pasid(void)
{
	uint32_t pasid, next;
	struct sva_dev dev;

	sva_opt_check();
	buf = sva_map(NULL, PAGE, PROT_READ | PROT_WRITE);
	sva_pattern(buf, PAGE, SEED);
	sva_open(&dev, SVA_MODE_UNTRANSLATED);
	pasid = kernel(&dev, SVA_ACCEL_KERNEL_ATTACH, 0);
	sva_fact("pid %d", getpid());
	sva_fact("pasid %u", pasid);
	sva_fact("process.pasid %u", dev.pasid);
	sva_ok(pasid != dev.pasid, "kernel and process have different PASIDs");
	sva_stage("bound");

	use_kernels(&dev, pasid);
	use_process(&dev);
	keep(pasid);
	sva_stage("used");
	unmapped(&dev, pasid);

	kernel(&dev, SVA_ACCEL_KERNEL_DETACH, 0);
	sva_stage("unbound");
	late(&dev, pasid);

	next = bind_until(pasid);
	sva_fact("reused.pasid %u", next);
	sva_ok(next == pasid, "a process gets the PASID that was the kernel's");
	sva_close(&dev);
	sva_stage("done");
}
SVA_SCENARIO("kernel-pasid", scenario_kernel_pasid);

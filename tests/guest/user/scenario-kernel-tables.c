// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario kernel-tables: a page table of the kernel half is freed
 *
 * The tables that a PASID is bound to lead to the kernel's as well.  A function
 * that asks for an address there is refused, but the IOMMU may keep what it has
 * read on the way.  Then the table that leads to that address goes away.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "sva.h"

/* What is owed must be done before the table is used for something else. */
#define WAIT_MS		400
#define PAGE		4096ul

static uint64_t tables(const struct sva_dev *dev, uint32_t op)
{
	struct sva_accel_tables arg = { .op = op };

	if (ioctl(dev->fd, SVA_ACCEL_TABLES, &arg))
		sva_error("tables ioctl %u: %s", op, strerror(errno));
	return arg.value;
}

/* The device works for the process meanwhile. */
static bool is_served(const struct sva_dev *dev, unsigned int number,
		      const void *page)
{
	uint32_t status;
	char when[24];

	snprintf(when, sizeof(when), "process-%u", number);
	status = sva_probe(dev, when, SVA_PROBE_READ, dev->pasid,
			   (uintptr_t)page);
	return status && !(status & SVA_PROBEST_RESULT);
}

static bool is_refused(const struct sva_dev *dev, unsigned int number,
		       uint64_t addr)
{
	unsigned int lines = sva_fault_lines();
	uint32_t status;
	char when[24];

	snprintf(when, sizeof(when), "kernel-%u", number);
	status = sva_probe(dev, when, SVA_PROBE_READ, dev->pasid, addr);
	sva_wait_fault_line(lines);
	return (status & SVA_PROBEST_RESULT) == SVA_PROBE_ABORTED;
}

static void scenario_kernel_tables(void)
{
	unsigned int asked = sva_opt_num("rounds", 3), refused = 0, freed = 0;
	unsigned int served = 0;
	struct sva_dev dev;
	char *page;

	sva_opt_check();
	if (!asked)
		sva_error("unusable number of rounds");
	page = sva_map(NULL, PAGE, PROT_READ | PROT_WRITE);
	memset(page, 1, PAGE);
	sva_open(&dev, SVA_MODE_UNTRANSLATED);
	sva_fact("pid %d", getpid());
	sva_fact("pasid %u", dev.pasid);
	sva_stage("bound");

	for (unsigned int i = 0; i < asked; i++) {
		uint64_t addr = tables(&dev, SVA_ACCEL_TABLES_SMALL);

		served += is_served(&dev, i, page);
		refused += is_refused(&dev, 2 * i, addr);
		freed += tables(&dev, SVA_ACCEL_TABLES_HUGE);
		sva_sleep_ms(WAIT_MS);
		refused += is_refused(&dev, 2 * i + 1, addr);
		tables(&dev, SVA_ACCEL_TABLES_FREE);
	}
	sva_fact("rounds %u", asked);
	sva_fact("probes.served %u", served);
	sva_fact("probes.refused %u", refused);
	sva_fact("tables.freed %u", freed);
	sva_ok(refused == 2 * asked, "the device reaches nothing of the kernel's");
	sva_stage("done");

	sva_close(&dev);
	sva_stage("unbound");
}
SVA_SCENARIO("kernel-tables", scenario_kernel_tables);

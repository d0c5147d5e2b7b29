// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario plain-dma: the accelerator without PASIDs, behind whatever is there
 *
 * Needs the driver, but neither an IOMMU nor SVA: addresses are physical, so
 * an IOMMU has to let them through (iommu.passthrough=1).  The registers are
 * mapped past the driver, which gives contexts to bonds only.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sva.h"

#define PCI		"/sys/bus/pci/devices"
#define REGS_SIZE	0x2000	/* the global registers and some contexts */
#define VALUE		0x5356412d444d4131ull
#define PAGES		16

static volatile uint8_t *regs;

static void reg_write(uint32_t reg, uint32_t value)
{
	*(volatile uint32_t *)(regs + SVA_CTX(0, reg)) = value;
}

static void reg_write64(uint32_t reg, uint64_t value)
{
	reg_write(reg, (uint32_t)value);
	reg_write(reg + 4, value >> 32);
}

static uint32_t reg_read(uint32_t reg)
{
	return *(volatile uint32_t *)(regs + SVA_CTX(0, reg));
}

static bool is_accel(const char *name)
{
	char path[320], text[32] = "";
	unsigned long id[2];
	int fd;

	for (unsigned int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), PCI "/%s/%s", name,
			 i ? "device" : "vendor");
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
			return false;
		close(fd);
		id[i] = strtoul(text, NULL, 16);
	}
	return id[0] == SVA_ACCEL_VENDOR_ID && id[1] == SVA_ACCEL_DEVICE_ID;
}

static void map_registers(void)
{
	DIR *dir = opendir(PCI);
	const struct dirent *ent;
	char path[320] = "";
	int fd;

	while (dir && !path[0] && (ent = readdir(dir)))
		if (ent->d_name[0] != '.' && is_accel(ent->d_name))
			snprintf(path, sizeof(path), PCI "/%s/resource%u",
				 ent->d_name, SVA_ACCEL_BAR_REGS);
	if (!path[0])
		sva_error("no sva-accel in this machine");
	closedir(dir);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		sva_error("%s: %s", path, strerror(errno));
	regs = mmap(NULL, REGS_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (regs == MAP_FAILED)
		sva_error("cannot map %s: %s", path, strerror(errno));
	close(fd);
}

static uint32_t probe(uint32_t kind, uint64_t addr, uint64_t data)
{
	reg_write(SVA_CTX_PROBE_PASID, 0);
	reg_write64(SVA_CTX_PROBE_ADDR, addr);
	reg_write64(SVA_CTX_PROBE_DATA, data);
	reg_write(SVA_CTX_PROBE_CTRL, kind);
	return reg_read(SVA_CTX_PROBE_STATUS) & SVA_PROBEST_RESULT;
}

static void scenario_plain_dma(void)
{
	size_t page = sysconf(_SC_PAGESIZE);
	unsigned int wrote = 0, arrived = 0, readback = 0;
	uint64_t pfns[PAGES], data;
	volatile uint64_t *word;
	char *mem;

	sva_opt_check();
	map_registers();
	mem = mmap(NULL, PAGES * page, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE | MAP_LOCKED,
		   -1, 0);
	if (mem == MAP_FAILED || !sva_pfns(mem, PAGES, pfns))
		sva_error("physical addresses are not known "
			  "(CONFIG_PROC_PAGE_MONITOR)");

	for (unsigned int i = 0; i < PAGES; i++) {
		word = (uint64_t *)(mem + i * page + 8 * i);
		data = pfns[i] * page + 8 * i;
		wrote += probe(SVA_PROBE_WRITE, data, VALUE + i) == SVA_PROBE_OK;
		arrived += *word == VALUE + i;
		*word = ~VALUE - i;
		if (probe(SVA_PROBE_READ, data, 0) != SVA_PROBE_OK)
			continue;
		data = reg_read(SVA_CTX_PROBE_DATA) |
		       (uint64_t)reg_read(SVA_CTX_PROBE_DATA + 4) << 32;
		readback += data == ~VALUE - i;
	}
	sva_fact("plain.pages %u", PAGES);
	sva_fact("plain.writes %u", wrote);
	sva_fact("plain.arrived %u", arrived);
	sva_fact("plain.reads %u", readback);
	sva_ok(wrote == PAGES && arrived == PAGES && readback == PAGES,
	       "%u words written and read at physical addresses", PAGES);
	sva_stage("done");
}
SVA_SCENARIO("plain-dma", scenario_plain_dma);

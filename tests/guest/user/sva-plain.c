// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Guest test library: single requests of the accelerator without PASID
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

#include "plain.h"

#define PCI		"/sys/bus/pci/devices"
#define REGS_SIZE	0x2000	/* the global registers and some contexts */
#define VALUE		0x5356412d444d4131ull

static char address[32];
static volatile uint8_t *regs;
static uint64_t pfns[PLAIN_PAGES];
static size_t page;
static char *mem;

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
	char path[320];
	int fd;

	while (dir && !address[0] && (ent = readdir(dir)))
		if (ent->d_name[0] != '.' && is_accel(ent->d_name))
			snprintf(address, sizeof(address), "%.31s",
				 ent->d_name);
	if (!address[0])
		sva_error("no sva-accel in this machine");
	closedir(dir);
	snprintf(path, sizeof(path), PCI "/%s/resource%u", address,
		 SVA_ACCEL_BAR_REGS);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		sva_error("%s: %s", path, strerror(errno));
	regs = mmap(NULL, REGS_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (regs == MAP_FAILED)
		sva_error("cannot map %s: %s", path, strerror(errno));
	close(fd);
}

const char *plain_begin(void)
{
	map_registers();
	page = sysconf(_SC_PAGESIZE);
	mem = mmap(NULL, PLAIN_PAGES * page, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE | MAP_LOCKED,
		   -1, 0);
	if (mem == MAP_FAILED || !sva_pfns(mem, PLAIN_PAGES, pfns))
		sva_error("physical addresses are not known "
			  "(CONFIG_PROC_PAGE_MONITOR)");
	return address;
}

/* Status of a request. */
static uint32_t probe(uint32_t kind, uint64_t addr, uint64_t data)
{
	reg_write(SVA_CTX_PROBE_PASID, 0);
	reg_write64(SVA_CTX_PROBE_ADDR, addr);
	reg_write64(SVA_CTX_PROBE_DATA, data);
	reg_write(SVA_CTX_PROBE_CTRL, kind);
	return reg_read(SVA_CTX_PROBE_STATUS);
}

static bool is_ok(uint32_t status)
{
	return (status & SVA_PROBEST_RESULT) == SVA_PROBE_OK;
}

struct plain_result plain_access(void)
{
	struct plain_result r = { 0 };
	volatile uint64_t *word;
	uint64_t data;

	for (unsigned int i = 0; i < PLAIN_PAGES; i++) {
		word = (uint64_t *)(mem + i * page + 8 * i);
		data = pfns[i] * page + 8 * i;
		r.wrote += is_ok(probe(SVA_PROBE_WRITE, data, VALUE + i));
		r.arrived += *word == VALUE + i;
		*word = ~VALUE - i;
		if (!is_ok(probe(SVA_PROBE_READ, data, 0)))
			continue;
		data = reg_read(SVA_CTX_PROBE_DATA) |
		       (uint64_t)reg_read(SVA_CTX_PROBE_DATA + 4) << 32;
		r.readback += data == ~VALUE - i;
	}
	return r;
}

struct plain_rights plain_ask(void)
{
	struct plain_rights r = { 0 };
	uint32_t status, rights;

	for (unsigned int i = 0; i < PLAIN_PAGES; i++) {
		status = probe(SVA_PROBE_ATS, pfns[i] * page, 0);
		rights = status >> SVA_PROBEST_RIGHTS_SHIFT & 3;
		r.granted += is_ok(status) && rights == 3;
		r.refused += is_ok(status) && !rights;
	}
	return r;
}

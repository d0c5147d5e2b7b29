// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario dma: ordinary DMA of virtio devices behind the IOMMU
 *
 * Needs neither the accelerator nor its driver.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/fs.h>

#include "net.h"
#include "sva.h"

#define PART	(4 * MIB)	/* checked first, then written */
#define CHUNK	(256 * KIB)
#define STEP	0x9e3779b97f4a7c15ull

static void transfer(int fd, void *buf, size_t pos, bool write)
{
	ssize_t n = write ? pwrite(fd, buf, CHUNK, pos) :
			    pread(fd, buf, CHUNK, pos);

	if (n != (ssize_t)CHUNK)
		sva_error("disk %s at %zu: %s", write ? "write" : "read", pos,
			  n < 0 ? strerror(errno) : "too short");
}

/* Numbers that are not what they must be, in one part of the disk. */
static unsigned long check_part(int fd, uint64_t *buf, size_t part,
				uint64_t invert)
{
	unsigned long bad = 0;
	uint64_t want = 1;

	for (size_t pos = 0; pos < PART; pos += CHUNK) {
		transfer(fd, buf, part + pos, false);
		for (size_t i = 0; i < CHUNK / 8; i++, want += STEP)
			bad += buf[i] != (want ^ invert);
	}
	return bad;
}

static void write_part(int fd, uint64_t *buf)
{
	uint64_t value = 1;

	for (size_t pos = 0; pos < PART; pos += CHUNK) {
		for (size_t i = 0; i < CHUNK / 8; i++, value += STEP)
			buf[i] = ~value;
		transfer(fd, buf, PART + pos, true);
	}
	if (fsync(fd))
		sva_error("fsync: %s", strerror(errno));
}

static void test_disk(const char *name)
{
	unsigned long bad_read, bad_readback;
	char path[64];
	uint64_t size;
	uint64_t *buf;
	int fd;

	snprintf(path, sizeof(path), "/dev/%s", name);
	fd = open(path, O_RDWR | O_DIRECT | O_CLOEXEC);
	if (fd < 0)
		sva_error("cannot open %s: %s (CONFIG_VIRTIO_BLK?)", path,
			  strerror(errno));
	if (ioctl(fd, BLKGETSIZE64, &size) || size < 2 * PART)
		sva_error("%s is smaller than 8 MiB", path);
	buf = aligned_alloc(4096, CHUNK);
	if (!buf)
		sva_error("no memory");

	sva_fact("disk.size-kib %llu", (unsigned long long)(size / KIB));
	bad_read = check_part(fd, buf, 0, 0);
	write_part(fd, buf);
	bad_readback = check_part(fd, buf, PART, ~0ull);
	sva_fact("disk.bad-read %lu", bad_read);
	sva_fact("disk.bad-readback %lu", bad_readback);
	sva_ok(!bad_read, "the disk is read right");
	sva_ok(!bad_readback, "what was written is read back");
	free(buf);
	close(fd);
}

static void parse_addr(const char *key, const char *fallback,
		       struct in_addr *addr)
{
	const char *text = sva_opt(key, fallback);

	if (!inet_aton(text, addr))
		sva_error("%s=%s is not an address", key, text);
}

static void test_net(struct net *net, const char *how, unsigned int rounds)
{
	net_up(net);
	if (!strcmp(how, "arp"))
		net_arp(net, rounds);
	else if (!strcmp(how, "ping"))
		net_ping(net, rounds);
	else
		sva_error("net=%s: not arp, ping or none", how);
	sva_fact("net.sent %u", net->sent);
	sva_fact("net.good %u", net->good);
	/* Slow is not wrong, and the first answer may come late. */
	sva_ok(net->good && net->good + 2 >= net->sent,
	       "%u of %u requests are answered", net->good, net->sent);
}

static void join_blanks(char *line)
{
	char *out = line;

	for (char *in = line; *in && *in != '\n'; in++)
		if (*in != ' ' || (out > line && out[-1] != ' '))
			*out++ = *in;
	*out = '\0';
}

static void fact_interrupts(void)
{
	FILE *f = fopen("/proc/interrupts", "re");
	char line[1024];

	while (f && fgets(line, sizeof(line), f)) {
		if (!strstr(line, "virtio"))
			continue;
		join_blanks(line);
		sva_fact("irq %s", line);
	}
	if (f)
		fclose(f);
}

static void fact_iommu(const char *disk, const char *ifname)
{
	DIR *dir = opendir("/sys/kernel/iommu_groups");
	const struct dirent *ent;
	unsigned int groups = 0;
	char path[128];

	while (dir && (ent = readdir(dir)))
		groups += ent->d_name[0] != '.';
	if (dir)
		closedir(dir);
	sva_fact("iommu.groups %u", groups);

	snprintf(path, sizeof(path), "/sys/block/%s/device/../iommu_group",
		 disk);
	sva_fact("dma.disk-iommu %d", !access(path, F_OK));
	snprintf(path, sizeof(path), "/sys/class/net/%s/device/../iommu_group",
		 ifname);
	sva_fact("dma.net-iommu %d", !access(path, F_OK));
}

void scenario_dma(void)
{
	const char *disk = sva_opt("disk", "vda");
	const char *how = sva_opt("net", "arp");
	unsigned int rounds = sva_opt_num("rounds", 64);
	struct net net = { .ifname = sva_opt("if", "eth0") };

	parse_addr("addr", "10.0.2.15", &net.addr);
	parse_addr("peer", "10.0.2.2", &net.peer);
	sva_opt_check();

	if (strcmp(disk, "none"))
		test_disk(disk);
	if (strcmp(how, "none"))
		test_net(&net, how, rounds);
	fact_interrupts();
	fact_iommu(disk, net.ifname);
	sva_stage("done");
}

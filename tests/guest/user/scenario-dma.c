// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario dma: ordinary DMA of disks and networks behind the IOMMU
 *
 * Needs neither the accelerator nor its driver.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
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
#define PROBE_MS	20000
#define DEVICES_MAX	4
#define NET		"/sys/class/net"

static void transfer(int fd, void *buf, size_t pos, bool write)
{
	ssize_t n = write ? pwrite(fd, buf, CHUNK, pos) :
			    pread(fd, buf, CHUNK, pos);

	if (n != (ssize_t)CHUNK)
		sva_error("disk %s at %zu: %s", write ? "write" : "read", pos,
			  n < 0 ? strerror(errno) : "too short");
}

/* Wrong numbers in one part of the disk. */
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

/* Devices are probed while we run. */
static int open_disk(const char *name)
{
	uint64_t end = sva_deadline(PROBE_MS);
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/dev/%s", name);
	for (;;) {
		fd = open(path, O_RDWR | O_DIRECT | O_CLOEXEC);
		if (fd >= 0)
			return fd;
		if (sva_now_ms() > end)
			sva_error("cannot open %s: %s (CONFIG_VIRTIO_BLK, "
				  "CONFIG_BLK_DEV_NVME?)", path,
				  strerror(errno));
		sva_sleep_ms(20);
	}
}

static void test_disk(const char *name)
{
	unsigned long bad_read, bad_readback;
	int fd = open_disk(name);
	uint64_t size;
	uint64_t *buf;

	if (ioctl(fd, BLKGETSIZE64, &size) || size < 2 * PART)
		sva_error("%s is smaller than 8 MiB", name);
	buf = aligned_alloc(4096, CHUNK);
	if (!buf)
		sva_error("no memory");

	sva_fact("disk.%s.size-kib %llu", name,
		 (unsigned long long)(size / KIB));
	bad_read = check_part(fd, buf, 0, 0);
	write_part(fd, buf);
	bad_readback = check_part(fd, buf, PART, ~0ull);
	sva_fact("disk.%s.bad-read %lu", name, bad_read);
	sva_fact("disk.%s.bad-readback %lu", name, bad_readback);
	sva_ok(!bad_read, "%s is read right", name);
	sva_ok(!bad_readback, "what was written to %s is read back", name);
	free(buf);
	close(fd);
}

/*
 * What kind of domain the device has: the first directory on the way up that
 * has an IOMMU group is the device's.
 */
static void fact_domain(const char *class, const char *name,
			const char *fact)
{
	char dir[PATH_MAX], path[PATH_MAX + 32], type[32] = "none";
	unsigned int ctrl;
	FILE *f = NULL;
	char *slash;

	/* With multipath the disk is not below a controller. */
	if (sscanf(name, "nvme%u", &ctrl) == 1)
		snprintf(path, sizeof(path), "/sys/class/nvme/nvme%u", ctrl);
	else
		snprintf(path, sizeof(path), "%s/%s", class, name);
	if (!realpath(path, dir))
		sva_error("%s: %s", path, strerror(errno));
	while (!f && (slash = strrchr(dir, '/')) && slash != dir) {
		snprintf(path, sizeof(path), "%s/iommu_group/type", dir);
		f = fopen(path, "re");
		*slash = '\0';
	}
	if (f) {
		if (fscanf(f, "%31s", type) != 1)
			sva_error("%s cannot be read", path);
		fclose(f);
	}
	sva_fact("dma.%s.domain %s", fact, type);
}

static void parse_addr(const char *key, const char *fallback,
		       struct in_addr *addr)
{
	const char *text = sva_opt(key, fallback);

	if (!inet_aton(text, addr))
		sva_error("%s=%s is not an address", key, text);
}

static bool is_driver(const char *ifname, const char *driver)
{
	char path[320], target[256];
	const char *last;
	ssize_t n;

	snprintf(path, sizeof(path), NET "/%s/device/driver", ifname);
	n = readlink(path, target, sizeof(target) - 1);
	if (n < 0)
		return false;
	target[n] = '\0';
	last = strrchr(target, '/');
	return last && !strcmp(last + 1, driver);
}

static bool find_interface(const char *name, char *ifname, size_t size)
{
	DIR *dir = opendir(NET);
	const struct dirent *ent;
	bool found = false;

	while (dir && !found && (ent = readdir(dir))) {
		found = ent->d_name[0] != '.' &&
			(!strcmp(ent->d_name, name) ||
			 is_driver(ent->d_name, name));
		if (found)
			snprintf(ifname, size, "%.15s", ent->d_name);
	}
	if (dir)
		closedir(dir);
	return found;
}

/* The order of the interfaces is the kernel's: so a driver names one, too. */
static void wait_interface(const char *name, char *ifname, size_t size)
{
	uint64_t end = sva_deadline(PROBE_MS);

	while (!find_interface(name, ifname, size)) {
		if (sva_now_ms() > end)
			sva_error("no network interface %s (CONFIG_VIRTIO_NET, "
				  "CONFIG_E1000E?)", name);
		sva_sleep_ms(20);
	}
}

static void test_net(const char *name, unsigned int nr, const char *how,
		     unsigned int rounds)
{
	char ifname[16];
	struct net net = { .ifname = ifname };

	wait_interface(name, ifname, sizeof(ifname));
	parse_addr("addr", "10.0.2.15", &net.addr);
	parse_addr("peer", "10.0.2.2", &net.peer);
	/* Each interface has a network of its own. */
	net.addr.s_addr = htonl(ntohl(net.addr.s_addr) + (nr << 8));
	net.peer.s_addr = htonl(ntohl(net.peer.s_addr) + (nr << 8));
	net_up(&net);
	if (!strcmp(how, "arp"))
		net_arp(&net, rounds);
	else if (!strcmp(how, "ping"))
		net_ping(&net, rounds);
	else
		sva_error("net=%s: not arp, ping or none", how);
	sva_fact("net.%s.sent %u", name, net.sent);
	sva_fact("net.%s.good %u", name, net.good);
	/* Generous: the first answer may come late. */
	sva_ok(net.good && net.good + 2 >= net.sent,
	       "%u of %u requests are answered through %s", net.good,
	       net.sent, name);
	fact_domain(NET, ifname, name);
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
		if (!strstr(line, "PCI-MSI"))
			continue;
		join_blanks(line);
		sva_fact("irq %s", line);
	}
	if (f)
		fclose(f);
}

static void fact_groups(void)
{
	DIR *dir = opendir("/sys/kernel/iommu_groups");
	const struct dirent *ent;
	unsigned int groups = 0;

	while (dir && (ent = readdir(dir)))
		groups += ent->d_name[0] != '.';
	if (dir)
		closedir(dir);
	sva_fact("iommu.groups %u", groups);
}

/* Names of a list "A:B"; gives their number. */
static unsigned int split(const char *list, char *names[], unsigned int max)
{
	char *save = NULL, *tok;
	unsigned int n = 0;

	for (tok = strtok_r(strdup(list), ":", &save); tok;
	     tok = strtok_r(NULL, ":", &save)) {
		if (n == max)
			sva_error("too many names: %s", list);
		names[n++] = tok;
	}
	return n;
}

static void scenario_dma(void)
{
	const char *disk = sva_opt("disk", "vda");
	const char *ifs = sva_opt("if", "virtio_net");
	const char *how = sva_opt("net", "arp");
	unsigned int rounds = sva_opt_num("rounds", 64);
	char *disks[DEVICES_MAX], *nets[DEVICES_MAX];
	unsigned int n_disks, n_nets;

	sva_opt("addr", NULL);
	sva_opt("peer", NULL);
	sva_opt_check();

	n_disks = strcmp(disk, "none") ? split(disk, disks, DEVICES_MAX) : 0;
	n_nets = strcmp(how, "none") ? split(ifs, nets, DEVICES_MAX) : 0;
	sva_fact("disks %s", n_disks ? disk : "none");
	sva_fact("nets %s", n_nets ? ifs : "none");
	for (unsigned int i = 0; i < n_disks; i++) {
		test_disk(disks[i]);
		fact_domain("/sys/block", disks[i], disks[i]);
	}
	for (unsigned int i = 0; i < n_nets; i++)
		test_net(nets[i], i, how, rounds);
	fact_interrupts();
	fact_groups();
	sva_stage("done");
}
SVA_SCENARIO("dma", scenario_dma);

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario swap: pages are swapped out while the device writes
 *
 * With huge=1 they are made huge pages right before.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/swap.h>
#include <unistd.h>

#include "huge.h"
#include "page-migration.h"

#define PAGE		4096u
#define SWAP_DEVICE	"/dev/zram0"
#define SWAP_SIZE	(64 * MIB)
#define BUFFER_PAGES	48
#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT	21
#endif

/* The first page of a swap area, as far as it is not zero. */
struct swap_header {
	char boot[1024];
	uint32_t version;
	uint32_t last_page;
	uint32_t bad_pages;
	char unused[PAGE - 1024 - 12 - 10];
	char magic[10];
};

_Static_assert(sizeof(struct swap_header) == PAGE, "one page");

static unsigned long begin_out, begin_in;
static bool huge;

static void write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		sva_error("%s: %s (ZRAM)", path, strerror(errno));
	close(fd);
}

static void swap_on(void)
{
	struct swap_header header = {
		.version = 1,
		.last_page = SWAP_SIZE / PAGE - 1,
		.magic = { 'S', 'W', 'A', 'P', 'S', 'P', 'A', 'C', 'E', '2' },
	};
	char size[32];
	int fd;

	snprintf(size, sizeof(size), "%lu", SWAP_SIZE);
	write_text("/sys/block/zram0/disksize", size);
	fd = open(SWAP_DEVICE, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, &header, sizeof(header)) != sizeof(header) ||
	    close(fd))
		sva_error("%s: %s", SWAP_DEVICE, strerror(errno));
	if (swapon(SWAP_DEVICE, 0))
		sva_error("swapon: %s (SWAP)", strerror(errno));
}

static unsigned long vmstat(const char *name)
{
	FILE *f = fopen("/proc/vmstat", "re");
	unsigned long value = 0;
	char key[64];

	if (!f)
		sva_error("no /proc/vmstat: %s", strerror(errno));
	while (fscanf(f, "%63s %lu", key, &value) == 2)
		if (!strcmp(key, name))
			break;
	fclose(f);
	return value;
}

static void *map(size_t size)
{
	swap_on();
	begin_out = vmstat("pswpout");
	begin_in = vmstat("pswpin");
	return huge ? huge_map(size) :
	       sva_map(NULL, size, PROT_READ | PROT_WRITE);
}

static void page_out(struct page_migration *r)
{
	if (huge)
		huge_collapse(r->buf, page_migration_whole(r));
	if (madvise(r->buf, page_migration_whole(r), MADV_PAGEOUT))
		sva_error("MADV_PAGEOUT: %s", strerror(errno));
}

static void report(const struct page_migration *r)
{
	unsigned long out = vmstat("pswpout") - begin_out;
	unsigned long in = vmstat("pswpin") - begin_in;

	sva_fact("swapped.out %lu", out);
	sva_fact("swapped.in %lu", in);
	sva_ok(out && in, "pages were swapped out, and came back");
	munmap(r->buf, page_migration_whole(r));
	if (swapoff(SWAP_DEVICE))
		sva_error("swapoff: %s", strerror(errno));
	write_text("/sys/block/zram0/reset", "1");
}

static void scenario_swap(void)
{
	static const struct page_migration_event events[] = {
		{ "pageout", page_out, .frees = true, .node = -1 },
	};
	static struct page_migration_scene scene = {
		.rounds = 6,
		.interval_us = 50000,
		.pages = BUFFER_PAGES,
		.map = map,
		.event = events,
		.events = ARRAY_SIZE(events),
	};

	huge = sva_opt_num("huge", 0);
	if (huge) {
		scene.rounds = 3;
		scene.pages = HUGE_PAGES;
	}
	page_migration_run(&scene, report);
}
SVA_SCENARIO("swap", scenario_swap);

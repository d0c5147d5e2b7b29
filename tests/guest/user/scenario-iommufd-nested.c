// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario iommufd-nested: a first stage of a program's own over a second stage
 *
 * As a hypervisor does it for its guest.  VT-d 5.10 section 3.8: the tables
 * are those of the processor, and their addresses go through the second stage.
 */
#define _GNU_SOURCE
#include <string.h>

#include "vfio.h"

#define PAGE		4096u
#define SIZE		(4 * PAGE)
#define SEED		0x2e57000000000000ull
#define PASID		0x104
#define STOP_MS		10000

#define LEVELS		4
#define ENTRIES		512
#define TABLES		32
/* Present, writable, for user mode, accessed, dirty. */
#define ENTRY		0x67ull

struct world {
	struct vfio_space space;
	struct sva_dev plain, ats;
	char *src, *dst;
	/* Tables; the first one is the root. */
	uint64_t (*tables)[ENTRIES];
	unsigned int used;
};

static uint64_t *entry_of(struct world *w, const void *address)
{
	uint64_t *table = w->tables[0], *entry;

	for (unsigned int level = LEVELS; ; level--) {
		entry = &table[(uintptr_t)address >> (3 + 9 * level) &
			       (ENTRIES - 1)];
		if (level == 1)
			return entry;
		if (!*entry) {
			if (w->used == TABLES)
				sva_error("too few tables");
			*entry = (uintptr_t)w->tables[w->used++] | ENTRY;
		}
		table = (uint64_t *)(uintptr_t)(*entry & -(uint64_t)PAGE);
	}
}

/* In both stages; the addresses are the same in all three spaces. */
static void map(struct world *w, const volatile void *memory, size_t size)
{
	char *p = (char *)(uintptr_t)memory;

	iommufd_map(w->space.ioas, p, size);
	for (size_t at = 0; at < size; at += PAGE)
		*entry_of(w, p + at) = (uintptr_t)(p + at) | ENTRY;
}

static void open_context(struct world *w, struct sva_dev *dev, int mode)
{
	vfio_use_pasid(PASID);
	sva_open(dev, mode);
	map(w, dev->ring, PAGE);
	map(w, dev->cpl, PAGE);
}

static void attach(struct world *w)
{
	struct iommufd_hwpt parent = { .flags = IOMMUFD_HWPT_PARENT };
	struct iommufd_vtd_s1 s1 = {
		.tables = (uintptr_t)w->tables, .bits = 48,
	};
	struct iommufd_hwpt nested = {
		.flags = IOMMUFD_HWPT_PASID,
		.data_type = IOMMUFD_DATA_VTD_S1,
		.data_length = sizeof(s1),
		.data = (uintptr_t)&s1,
	};

	w->space.ioas = parent.parent = iommufd_new_ioas();
	sva_fact("parent.errno %d", iommufd_new_hwpt(&parent));
	nested.parent = parent.id;
	sva_fact("nested.errno %d", iommufd_new_hwpt(&nested));
	w->space.hwpt = nested.id;
	iommufd_map(w->space.ioas, w->tables, TABLES * PAGE);
	sva_fact("attach.errno %d", vfio_attach(PASID, nested.id));
}

static void scenario_iommufd_nested(void)
{
	struct world w = {
		.src = sva_map(NULL, SIZE, PROT_READ | PROT_WRITE),
		.dst = sva_map(NULL, SIZE, PROT_READ | PROT_WRITE),
		.tables = sva_map(NULL, TABLES * PAGE, PROT_READ | PROT_WRITE),
		.used = 1,
	};

	sva_opt_check();
	sva_pattern(w.src, SIZE, SEED);
	memset(w.tables, 0, TABLES * PAGE);
	vfio_take_over();
	attach(&w);
	open_context(&w, &w.plain, SVA_MODE_UNTRANSLATED);
	open_context(&w, &w.ats, SVA_MODE_ATS);
	map(&w, w.src, SIZE);
	map(&w, w.dst, SIZE);
	sva_fact("pasid %u", PASID);
	sva_fact("mode untranslated+ats");
	sva_stage("bound");

	vfio_copy("copy", &w.plain, w.src, w.dst, SIZE);
	vfio_copy("copy", &w.ats, w.src, w.dst, SIZE);
	sva_stage("mapped");

	/* The guest of the hypervisor takes a page away. */
	sva_pattern(w.dst, SIZE, SEED);
	*(volatile uint64_t *)entry_of(&w, w.dst) = 0;
	sva_fact("rounds 1");
	sva_fact("invalidate.errno %d",
		 iommufd_invalidate_s1(w.space.hwpt, w.dst, 1));
	vfio_touch("unmapped", &w.plain, w.dst);
	vfio_touch("unmapped", &w.ats, w.dst);
	sva_fact("unmapped.changed %zu", sva_pattern_pages(w.dst, SIZE, SEED));
	sva_stage("unmapped");

	sva_fact("detach.errno %d", vfio_detach(PASID));
	sva_ok(!sva_command(&w.plain, SVA_CMD_ABORT, STOP_MS) &&
	       !sva_command(&w.ats, SVA_CMD_ABORT, STOP_MS),
	       "the contexts stop");
	sva_stage("detached");
}
SVA_SCENARIO("iommufd-nested", scenario_iommufd_nested);

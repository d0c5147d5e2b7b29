// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario iommufd: address spaces that a program makes, under vfio-pci
 */
#define _GNU_SOURCE
#include <string.h>

#include "vfio.h"

#define PAGE		4096u
#define SIZE		(16 * PAGE)
#define SEED		0x10ad000000000000ull
#define PASID_OURS	0x101
#define PASID_OTHER	0x102
#define ERROR_MS	10000

/* Both modes that need no page requests, and one of a second space. */
struct world {
	struct vfio_space ours, other;
	struct sva_dev plain, ats, theirs;
	char *src, *dst;
	/* The second space's memory at the address of @dst. */
	char *alias;
};

static void fact_changed(const char *name, const struct world *w)
{
	sva_fact("%s.ours-changed %zu", name,
		 sva_pattern_pages(w->dst, SIZE, SEED));
	sva_fact("%s.alias-changed %zu", name,
		 sva_pattern_pages(w->alias, SIZE, SEED));
	sva_pattern(w->dst, SIZE, SEED);
	sva_pattern(w->alias, SIZE, SEED);
}

static void mapped(struct world *w)
{
	w->ours = vfio_new_space(PASID_OURS, 0);
	iommufd_map(w->ours.ioas, w->src, SIZE);
	iommufd_map(w->ours.ioas, w->dst, SIZE);
	vfio_open_in(&w->ours, &w->plain, SVA_MODE_UNTRANSLATED);
	vfio_open_in(&w->ours, &w->ats, SVA_MODE_ATS);
	sva_fact("pasid %u", PASID_OURS);
	sva_fact("mode untranslated+ats");
	sva_stage("bound");

	vfio_copy("copy", &w->plain, w->src, w->dst, SIZE);
	vfio_copy("copy", &w->ats, w->src, w->dst, SIZE);
	sva_stage("mapped");
}

static void isolated(struct world *w)
{
	w->other = vfio_new_space(PASID_OTHER, 0);
	iommufd_map_at(w->other.ioas, w->alias, SIZE, (uintptr_t)w->dst);
	vfio_open_in(&w->other, &w->theirs, SVA_MODE_ATS);
	sva_pattern(w->dst, SIZE, SEED);
	sva_pattern(w->alias, SIZE, SEED);

	vfio_touch("other", &w->theirs, w->dst);
	fact_changed("other", w);
	sva_stage("isolated");
}

static void unmapped(struct world *w)
{
	sva_fact("rounds 1");
	iommufd_unmap(w->ours.ioas, w->dst, SIZE);
	vfio_touch("unmapped", &w->plain, w->dst);
	vfio_touch("unmapped", &w->ats, w->dst);
	fact_changed("unmapped", w);
	sva_stage("unmapped");
}

/* The PASID gets the other space while it is in use. */
static void replaced(struct world *w)
{
	iommufd_map_rings(w->other.ioas, &w->plain);
	iommufd_map_rings(w->other.ioas, &w->ats);
	sva_fact("replace.errno %d", vfio_attach(PASID_OURS, w->other.hwpt));
	vfio_touch("replaced", &w->plain, w->dst);
	vfio_touch("replaced", &w->ats, w->dst + PAGE);
	fact_changed("replaced", w);
	sva_stage("replaced");
}

/* The rings are out of reach, too, so that the contexts stop with an error. */
static void fact_lost(struct sva_dev *dev, void *dst)
{
	struct sva_desc desc = sva_touch_desc(dev, dst, PAGE, 1, 0);

	sva_submit(dev, &desc);
	sva_fact("detached.%s.error %d", sva_mode_names[dev->mode],
		 sva_wait_reg(dev, SVA_CTX_ERR_STATUS, SVA_ERRST_VALID,
			      SVA_ERRST_VALID, ERROR_MS));
}

static void detached(struct world *w)
{
	sva_fact("detach.errno %d", vfio_detach(PASID_OURS));
	fact_lost(&w->plain, w->dst);
	fact_lost(&w->ats, w->dst);
	fact_changed("detached", w);
	/* The other one still works. */
	vfio_touch("kept", &w->theirs, w->dst);
	fact_changed("kept", w);
	sva_stage("detached");
}

static void without_pasid(struct world *w)
{
	struct vfio_space space = vfio_new_space(REGS_NO_PASID, 0);
	struct sva_dev dev;

	iommufd_map(space.ioas, w->src, SIZE);
	iommufd_map(space.ioas, w->dst, SIZE);
	vfio_open_in(&space, &dev, SVA_MODE_UNTRANSLATED);
	vfio_copy("no-pasid", &dev, w->src, w->dst, SIZE);
	sva_ok(!sva_command(&dev, SVA_CMD_ABORT, ERROR_MS),
	       "a context without PASID stops");
	sva_stage("no-pasid");
}

static void scenario_iommufd(void)
{
	struct world w = {
		.src = sva_map(NULL, SIZE, PROT_READ | PROT_WRITE),
		.dst = sva_map(NULL, SIZE, PROT_READ | PROT_WRITE),
		.alias = sva_map(NULL, SIZE, PROT_READ | PROT_WRITE),
	};

	sva_opt_check();
	sva_pattern(w.src, SIZE, SEED + 1);
	vfio_take_over();
	mapped(&w);
	isolated(&w);
	unmapped(&w);
	replaced(&w);
	detached(&w);
	without_pasid(&w);
}
SVA_SCENARIO("iommufd", scenario_iommufd);

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario iommufd-faults: a program answers the faults of a device itself
 */
#define _GNU_SOURCE
#include <string.h>

#include "vfio.h"

#define PAGE		4096u
#define SEED		0xfa17000000000000ull
#define PASID		0x103
#define FAULT_MS	10000
#define JOB_MS		30000

struct world {
	struct iommufd_fault_queue queue;
	struct vfio_space space;
	struct sva_dev dev;
	char *src;
	/* Three pages that are not mapped. */
	char *holes;
};

/* Starts a copy to a missing page; returns its fault. */
static uint32_t provoke(struct world *w, const char *name, char *hole,
			struct iommufd_fault *fault)
{
	struct sva_desc desc = sva_copy_desc(&w->dev, w->src, hole, PAGE);
	uint32_t job = sva_submit(&w->dev, &desc);

	sva_fact("%s.faults %d", name,
		 iommufd_next_fault(&w->queue, fault, FAULT_MS));
	sva_fact("%s.fault.device %d", name, fault->device == vfio_device());
	sva_fact("%s.fault.pasid %d", name,
		 fault->flags & IOMMUFD_FAULT_WITH_PASID ?
		 (int)fault->pasid : -1);
	sva_fact("%s.fault.address %d", name,
		 (fault->address & -(uint64_t)PAGE) == (uintptr_t)hole);
	sva_fact("%s.fault.write %d", name,
		 !!(fault->access & IOMMUFD_FAULT_WRITE));
	sva_fact("%s.fault.last %d", name,
		 !!(fault->flags & IOMMUFD_FAULT_LAST));
	return job;
}

static void answer(struct world *w, const char *name, uint32_t job,
		   const struct iommufd_fault *fault, uint32_t code)
{
	struct sva_completion cpl;

	sva_fact("%s.answer.errno %d", name,
		 iommufd_answer(&w->queue, fault->cookie, code));
	cpl = sva_wait(&w->dev, job, JOB_MS);
	sva_fact("%s.status 0x%02x", name, cpl.status);
	/* A cookie is valid for one answer. */
	sva_fact("%s.again.errno %d", name,
		 iommufd_answer(&w->queue, fault->cookie, code));
}

static void served(struct world *w)
{
	struct iommufd_fault fault;
	uint32_t job = provoke(w, "served", w->holes, &fault);

	iommufd_map(w->space.ioas, w->holes, PAGE);
	answer(w, "served", job, &fault, IOMMUFD_ANSWER_SUCCESS);
	sva_fact("served.different %d", !!memcmp(w->src, w->holes, PAGE));
	sva_stage("served");
}

static void refused(struct world *w)
{
	struct iommufd_fault fault;
	uint32_t job = provoke(w, "refused", w->holes + PAGE, &fault);

	answer(w, "refused", job, &fault, IOMMUFD_ANSWER_INVALID);
	sva_stage("refused");
}

/* The PASID is detached while a fault of it waits; nobody answers it but the kernel. */
static void orphaned(struct world *w)
{
	struct sva_counts before, after;
	struct iommufd_fault fault;

	sva_count(&w->dev, &before);
	provoke(w, "orphan", w->holes + 2 * PAGE, &fault);
	sva_fact("detach.errno %d", vfio_detach(PASID));
	sva_fact("orphan.over %d",
		 sva_wait_reg(&w->dev, SVA_CTX_ERR_STATUS, SVA_ERRST_VALID,
			      SVA_ERRST_VALID, FAULT_MS));
	sva_fact("orphan.answer.errno %d",
		 iommufd_answer(&w->queue, fault.cookie,
				IOMMUFD_ANSWER_SUCCESS));
	sva_count(&w->dev, &after);
	sva_fact_delta("orphan", &w->dev, &before, &after);
	sva_ok(!sva_command(&w->dev, SVA_CMD_ABORT, FAULT_MS),
	       "the context stops");
	sva_stage("detached");
}

static void scenario_iommufd_faults(void)
{
	struct world w = {
		.src = sva_map(NULL, PAGE, PROT_READ | PROT_WRITE),
		.holes = sva_map(NULL, 3 * PAGE, PROT_READ | PROT_WRITE),
	};

	sva_opt_check();
	sva_pattern(w.src, PAGE, SEED);
	vfio_take_over();
	w.queue = iommufd_new_faults();
	w.space = vfio_new_space(PASID, w.queue.id);
	iommufd_map(w.space.ioas, w.src, PAGE);
	vfio_open_in(&w.space, &w.dev, SVA_MODE_ASKING);
	/* A group of one is one fault. */
	sva_reg_write(&w.dev, SVA_CTX_PRG_PAGES, 1);
	sva_fact("pasid %u", PASID);
	sva_fact("mode %s", sva_mode_names[SVA_MODE_ASKING]);
	sva_stage("bound");

	served(&w);
	refused(&w);
	orphaned(&w);
}
SVA_SCENARIO("iommufd-faults", scenario_iommufd_faults);

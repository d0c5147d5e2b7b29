/*
 * VT-d unit: invalidation queue
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_VTD_INV_H
#define HW_SVA_VTD_INV_H

#include "regs.h"
#include "tlb.h"

/* -- descriptors (inv-desc.c) -- */

/* A decoded descriptor; which members are valid depends on the type. */
typedef struct SvaVtdDesc {
    SvaVtdScope scope;
    SvaVtdWait wait;            /* without generation */
    SvaAtcInvalidation atc;     /* without ITag */
    SvaPageResponse response;
    bool iec_global;
    uint32_t iec_index;
    uint32_t iec_mask;
} SvaVtdDesc;

/* When the unit has to carry out a descriptor, if it takes liberties. */
typedef enum SvaVtdRunTime {
    SVA_VTD_RUN_NOW,
    SVA_VTD_RUN_LATE,           /* its own caches: before the wait completes */
    SVA_VTD_RUN_AFTER,          /* device-TLBs: when those before it are done */
} SvaVtdRunTime;

/*
 * @run:   returns how many entries of caches it looked at
 * @ready: NULL, or: is there room to run one now?  Else it stays at the head.
 */
typedef struct SvaVtdDescType {
    const char *name;
    uint64_t ecap;              /* capability that the descriptor needs */
    uint64_t defined0;
    uint64_t defined1;
    SvaVtdCounter counter;
    bool scalable;              /* exists in scalable mode only */
    /* IQERCD.IQEI, SVA_VTD_IQEI_NONE if valid. */
    unsigned (*decode)(const SvaVtd *vtd, const uint64_t *qw,
                       SvaVtdDesc *out);
    unsigned (*run)(SvaVtd *vtd, const SvaVtdDesc *desc);
    bool (*ready)(const SvaVtd *vtd);
    SvaVtdRunTime when;
} SvaVtdDescType;

/*
 * Decode and validate SVA_VTD_DESC_WORDS words, those beyond the width of the
 * queue being 0; @type is set if the result is SVA_VTD_IQEI_NONE.
 */
unsigned sva_vtd_desc_decode(const SvaVtd *vtd, const uint64_t *qw,
                             const SvaVtdDescType **type, SvaVtdDesc *out);

/* -- page responses (prq.c) -- */

/* Software answers a page request group. */
unsigned sva_vtd_prq_response(SvaVtd *vtd, const SvaVtdDesc *desc);

/* -- waits (wait.c) -- */

/* Is there room for one more? */
bool sva_vtd_wait_ready(const SvaVtd *vtd);
unsigned sva_vtd_wait_run(SvaVtd *vtd, const SvaVtdDesc *desc);
/* Complete what can be: an ATS invalidation has been completed. */
void sva_vtd_wait_check(SvaVtd *vtd);
/* An ATS invalidation will never be. */
void sva_vtd_wait_abort(SvaVtd *vtd);
/* Software wrote QIE=0: the queue stops when nothing waits any more. */
void sva_vtd_wait_stop(SvaVtd *vtd);
void sva_vtd_wait_reset(SvaVtd *vtd);

/* -- device-TLBs (devtlb.c) -- */

/* Is there room for one more invalidation? */
bool sva_vtd_devtlb_ready(const SvaVtd *vtd);
unsigned sva_vtd_devtlb_run(SvaVtd *vtd, const SvaVtdDesc *desc);
/* Some were not completed in time, the oldest by function @rid. */
void sva_vtd_devtlb_expired(SvaVtd *vtd, uint16_t rid);
void sva_vtd_inval_done(SvaIommu *iommu, uint16_t rid, uint32_t itag);

/* -- the queue (inv-queue.c) -- */

/*
 * Fetch and run what can be, one slice at most; to be called when something
 * has changed.
 */
void sva_vtd_queue_run(SvaVtd *vtd);
/* Do that soon, from the timer. */
void sva_vtd_queue_defer(SvaVtd *vtd);
/* SvaTimerFn: the next slice. */
void sva_vtd_queue_slice(void *opaque);
void sva_vtd_queue_enable(SvaVtd *vtd);
void sva_vtd_queue_reset(SvaVtd *vtd);
/* Software wrote FSTS, perhaps to clear IQE, ICE or ITE. */
void sva_vtd_queue_errors_cleared(SvaVtd *vtd);
/* What the end of an ATC invalidation means to the queue. */
extern const SvaAtcInvalOps sva_vtd_queue_atc_ops;

#endif

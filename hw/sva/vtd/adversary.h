/*
 * VT-d unit: liberties that VT-d permits and real units rarely take
 *
 * What permits each is in docs/system/adversary.rst.  Functions below that take
 * a unit may be called only if it has an adversary.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_VTD_ADVERSARY_H
#define HW_SVA_VTD_ADVERSARY_H

#include "../core/early.h"
#include "inv.h"

/* Invalidations that may be put off. */
#define SVA_VTD_LATE     16
#define SVA_VTD_BINDINGS 64

typedef struct SvaVtdLate {
    const SvaVtdDescType *type;
    SvaVtdDesc desc;
    uint64_t words[2];
} SvaVtdLate;

/*
 * By what tags the IOTLB serves requests of a function with a PASID.
 *
 * @ats:  translation requests, too; @supervisor: privileged ones, too
 * @last: the last of its entries that may; UINT64_MAX: any
 */
typedef struct SvaVtdBinding {
    bool used;
    bool snoop;
    bool ats;
    bool supervisor;
    uint8_t kind;
    uint16_t domain;
    uint16_t rid;
    uint32_t pasid;
    uint64_t last;
} SvaVtdBinding;

/*
 * @ops:         those of the unit, which speculates before it serves
 * @contexts, @pasids: entries as they were read before, by their cache's keys
 * @late:        invalidations to be carried out, in order
 * @hold_until:  waits do not complete before
 * @fills:       entries that were put into the IOTLB
 */
struct SvaVtdAdversary {
    SvaAdversary core;
    SvaIommuOps ops;
    SvaConfigCache *contexts;
    SvaConfigCache *pasids;
    SvaVtdLate late[SVA_VTD_LATE];
    unsigned late_count;
    int64_t hold_until;
    SvaTimer *hold_timer;
    SvaVtdBinding bindings[SVA_VTD_BINDINGS];
    uint64_t fills;
};

static inline bool sva_vtd_takes(const SvaVtd *vtd, SvaLiberty liberty)
{
    return G_UNLIKELY(vtd->adversary) &&
           sva_adversary_takes(&vtd->adversary->core, liberty);
}

/* -- the unit (adversary.c) -- */

/* Takes the place of the unit's operations. */
void sva_vtd_adversary_init(SvaVtd *vtd);
void sva_vtd_adversary_reset(SvaVtd *vtd);
void sva_vtd_adversary_free(SvaVtd *vtd);

/* -- what is kept of context and PASID entries (kept.c) -- */

/* Present entries that were read just now. */
void sva_vtd_kept_context(SvaVtd *vtd, uint16_t rid, uint64_t *qw,
                          unsigned words);
void sva_vtd_kept_pasid(SvaVtd *vtd, uint16_t rid, uint32_t pasid,
                        uint64_t *qw);
/* @cfg serves requests of @rid, whose context entry is @ctx. */
void sva_vtd_kept_binding(SvaVtd *vtd, uint16_t rid,
                          const SvaVtdContext *ctx,
                          const SvaVtdTransCfg *cfg);
/* Does the IOTLB serve @req, whatever the tables say? */
bool sva_vtd_kept_lookup(SvaVtd *vtd, const SvaRequest *req,
                         SvaMapping *out);
/* Caches are invalidated. */
void sva_vtd_kept_drop_contexts(SvaVtd *vtd, const SvaVtdScope *scope);
void sva_vtd_kept_drop_pasids(SvaVtd *vtd, const SvaVtdScope *scope);
void sva_vtd_kept_drop_all(SvaVtd *vtd);

/* -- what is done late (late.c) -- */

/* As @type->run(); @qw: the words of the descriptor. */
unsigned sva_vtd_late_run(SvaVtd *vtd, const SvaVtdDescType *type,
                          const SvaVtdDesc *desc, const uint64_t *qw);
/* Carry out all that was put off. */
void sva_vtd_late_flush(SvaVtd *vtd);
/* A wait could complete: shall it now? */
bool sva_vtd_late_wait(SvaVtd *vtd);
/* Is it not yet time for waits? */
bool sva_vtd_late_holds(const SvaVtd *vtd);

#endif

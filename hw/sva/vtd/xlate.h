/*
 * VT-d unit: from requests to translations
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_VTD_XLATE_H
#define HW_SVA_VTD_XLATE_H

#include "regs.h"
#include "structs.h"

/* -- tables (context.c, pasid.c) -- */

/*
 * @out belongs to the cache, see SvaVtdTransCfg; it is set without fault only,
 * @fpd in any case.
 */
SvaFault sva_vtd_context_get(SvaVtd *vtd, uint16_t rid,
                             const SvaVtdContext **out, bool *fpd);
/* The entry of @cfg->pasid; FPD is ORed to @cfg->fpd in any case. */
SvaFault sva_vtd_pasid_get(SvaVtd *vtd, uint16_t rid,
                           const SvaVtdContext *ctx, SvaVtdTransCfg *cfg);

/*
 * The words of an entry, in units of 128 bits: a store of software that
 * changes one of them as a whole is seen as a whole (VT-d rev 5.10,
 * chapter 9, 5.1.4).  false: that is no memory.
 */
static inline bool sva_vtd_read_entry(SvaVtd *vtd, uint64_t pa, uint64_t *qw,
                                      unsigned words)
{
    unsigned i;

    /* The first one first: it is where software writes Present last. */
    for (i = 0; i < words; i += 2) {
        if (!sva_env_read128(vtd->iommu.env, pa + 8 * i, &qw[i])) {
            return false;
        }
    }
    return true;
}

/* Second-stage tables of width code @aw; false if not in SAGAW. */
bool sva_vtd_second_stage(const SvaVtd *vtd, unsigned aw, SvaPtConfig *pt);

/* -- lookup (lookup.c) -- */

/*
 * Is this request of this function allowed, by RTADDR and its context entry,
 * and which PASID does it use?  @page_request: @req stands for one.
 * @cfg->fpd is valid in any case, @ctx and @cfg->pasid without fault
 * only.
 */
SvaFault sva_vtd_admit(SvaVtd *vtd, const SvaRequest *req, bool page_request,
                       const SvaVtdContext **ctx, SvaVtdTransCfg *cfg);
/* @out->fpd is valid in any case, the rest without fault only. */
SvaFault sva_vtd_lookup(SvaVtd *vtd, const SvaRequest *req,
                        SvaVtdTransCfg *out);

/* A hit counts as one in each cache behind the uTLB. */
bool sva_vtd_utlb_lookup(SvaVtd *vtd, const SvaRequest *req,
                         SvaMapping *out);
/* Of IOTLB hits only: a page that is used once does not get here. */
void sva_vtd_utlb_insert(SvaVtd *vtd, const SvaRequest *req,
                         const SvaMapping *map);

/* To be called before anything of @pasid is dropped from a cache. */
static inline void sva_vtd_utlb_invalidate(SvaVtd *vtd, uint32_t pasid)
{
    sva_utlb_invalidate_tag(&vtd->utlb, pasid);
    sva_utlb_invalidate_tag(&vtd->utlb, 0);     /* by RID_PASID */
}

/* -- translation (translate.c) -- */

/*
 * Translate the address of @req for SvaAccess bits @want, from the IOTLB or
 * by a walk.  For a translation request missing rights are left out, see
 * sva_pt_walk().
 */
SvaFault sva_vtd_map(SvaVtd *vtd, const SvaVtdTransCfg *cfg,
                     const SvaRequest *req, uint8_t want,
                     SvaMapping *out);

void sva_vtd_translate(SvaIommu *iommu, const SvaRequest *req,
                       SvaTranslation *out);
void sva_vtd_check_translated(SvaIommu *iommu, const SvaRequest *req,
                              SvaTranslation *out);
bool sva_vtd_peek(const SvaIommu *iommu, const SvaRequest *req, SvaHit *out);

/* -- ATS and PRI (ats.c, prq.c) -- */

void sva_vtd_ats_request(SvaIommu *iommu, const SvaRequest *req,
                         SvaAtsCompletion *out);
void sva_vtd_page_request(SvaIommu *iommu, const SvaPageRequest *req);

/* -- cached.c -- */

void sva_vtd_cached(SvaIommu *iommu, SvaCachedFn *tell, void *opaque);

#endif

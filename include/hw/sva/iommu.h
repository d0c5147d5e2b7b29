/*
 * SvaIommu: what an IOMMU model offers to the PCI side, and what it asks
 *
 * Upward (SvaIommuOps) the PCI side hands in requests of functions; downward
 * (SvaFabric) the IOMMU sends messages to functions.  Both IOMMUs are
 * environment-free behind this interface.
 *
 * Re-entrancy: the IOMMU may call the fabric from within any upward call but
 * translate() and peek(); the fabric may answer an invalidation from within
 * atc_invalidate() by calling inval_done().  Nothing else may re-enter.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_IOMMU_H
#define HW_SVA_IOMMU_H

#include "hw/sva/env.h"
#include "hw/sva/fabric.h"
#include "hw/sva/types.h"

typedef struct SvaIommu SvaIommu;

/*
 * An entry of a cache of the IOMMU that it may still use.
 *
 * @config: the entry of a PASID (PASID entry, CD) that leads to page tables;
 *          else a translation by the first stage
 * @rid:    of @config: the function
 * @tag:    PASID; of a translation by an SMMU: ASID
 */
typedef struct SvaCached {
    bool config;
    uint16_t rid;
    uint32_t tag;
} SvaCached;

typedef void SvaCachedFn(const SvaCached *cached, void *opaque);

typedef struct SvaIommuOps {
    /*
     * Untranslated request (@req->at is SVA_AT_UNTRANSLATED).  Faults are
     * recorded by the IOMMU.  A request that stalls is over for the
     * IOMMU; its function waits for stall_end().
     */
    void (*translate)(SvaIommu *iommu, const SvaRequest *req,
                      SvaTranslation *out);
    /* Translation request (ATS).  Always answers in @out. */
    void (*ats_request)(SvaIommu *iommu, const SvaRequest *req,
                        SvaAtsCompletion *out);
    /*
     * May a translated request (@req->at is SVA_AT_TRANSLATED) pass?  Its
     * address is physical and comes back as it is, or was translated by the
     * first of two stages only (SMMUv3 split-stage ATS) and comes back
     * translated.  It never stalls, and its PASID is not looked up.
     *
     * An operation of its own, although @req->at tells the two kinds apart:
     * translate() runs for every access, and promises other things.
     */
    void (*check_translated)(SvaIommu *iommu, const SvaRequest *req,
                             SvaTranslation *out);
    /*
     * What would translate() or check_translated() say?  false: call them.
     * It answers what a cache answers with SVA_OK, and only if nobody wants to
     * hear of that.  Nothing has been counted then: whoever makes the request
     * adds 1 to SvaIommu.hits.  The one operation that may run at the same time
     * as others; its answer is from an instant within the call, so that it is
     * none that was invalidated before.  NULL: it never knows.
     */
    bool (*peek)(const SvaIommu *iommu, const SvaRequest *req, SvaHit *out);
    /*
     * Page request message.  Posted: the answer, if there is one, comes as
     * page_response(), possibly before this call returns.
     */
    void (*page_request)(SvaIommu *iommu, const SvaPageRequest *req);
    /* Completion of SvaAtcInvalidation.itag by function @rid. */
    void (*inval_done)(SvaIommu *iommu, uint16_t rid, uint32_t itag);
    /* Register access; what is not allowed reads 0 and writes nothing. */
    uint64_t (*mmio_read)(SvaIommu *iommu, uint64_t off, unsigned size);
    void (*mmio_write)(SvaIommu *iommu, uint64_t off, uint64_t val,
                       unsigned size);
    /* Call @tell for all entries of the caches. */
    void (*cached)(SvaIommu *iommu, SvaCachedFn *tell, void *opaque);
} SvaIommuOps;

/* @hits: requests made by peek(); with the BQL */
struct SvaIommu {
    const SvaIommuOps *ops;
    SvaEnv *env;
    SvaFabric fabric;
    uint64_t hits[SVA_HIT_KINDS];
};

#define SVA_HIT(kind)        (1u << SVA_HIT_##kind)
#define SVA_HIT_UNTRANSLATED (SVA_HIT(PLAIN) | SVA_HIT(PASID))

/* Requests made by peek(); @kinds: a set of SVA_HIT(). */
static inline uint64_t sva_iommu_hits(const SvaIommu *iommu, unsigned kinds)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < SVA_HIT_KINDS; i++) {
        sum += kinds >> i & 1 ? iommu->hits[i] : 0;
    }
    return sum;
}

#endif

/*
 * SvaIommu: what an IOMMU model offers to the PCI side, and what it asks
 *
 * Upward (SvaIommuOps) the PCI side hands in requests of functions; downward
 * (SvaFabricOps) the IOMMU sends messages to functions.  Both IOMMUs are
 * environment-free behind this interface.
 *
 * Re-entrancy: the IOMMU may call the fabric from within any upward call but
 * translate(); the fabric may answer an invalidation from within
 * atc_invalidate() by calling inval_done().  Nothing else may re-enter.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_IOMMU_H
#define HW_SVA_IOMMU_H

#include "hw/sva/env.h"
#include "hw/sva/types.h"

typedef struct SvaIommu SvaIommu;

typedef struct SvaIommuOps {
    /*
     * Untranslated request (@req->at is SVA_AT_UNTRANSLATED).  Faults are
     * recorded by the IOMMU.
     */
    void (*translate)(SvaIommu *iommu, const SvaRequest *req,
                      SvaTranslation *out);
    /* Translation request (ATS).  Always answers in @out. */
    void (*ats_request)(SvaIommu *iommu, const SvaRequest *req,
                        SvaAtsCompletion *out);
    /* May this translated request pass?  Its address is used as it is. */
    SvaOutcome (*translated)(SvaIommu *iommu, const SvaRequest *req);
    /*
     * Page request message.  Posted: the answer, if there is one, comes as
     * page_response(), possibly before this call returns.
     */
    void (*page_request)(SvaIommu *iommu, const SvaPageRequest *req);
    /* Completion of SvaAtcInvalidation.ticket by function @rid. */
    void (*inval_done)(SvaIommu *iommu, uint16_t rid, uint32_t ticket);
} SvaIommuOps;

typedef struct SvaFabricOps {
    /*
     * Deliver an invalidate request.  false: there is no such function, or
     * its ATS is disabled; the ticket is then void.
     */
    bool (*atc_invalidate)(void *fabric, const SvaAtcInvalidation *inv);
    /* Deliver a PRG response; lost without a trace if nobody is there. */
    void (*page_response)(void *fabric, const SvaPageResponse *rsp);
} SvaFabricOps;

struct SvaIommu {
    const SvaIommuOps *ops;
    SvaEnv *env;
    const SvaFabricOps *fabric_ops;
    void *fabric;
};

#endif

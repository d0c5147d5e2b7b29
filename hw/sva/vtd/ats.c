/*
 * VT-d unit: translation requests (ATS)
 *
 * VT-d rev 5.10, 4.2.3 and 7.1; PCIe ATS "Translation Completion".
 * A missing page is no fault here: the answer is Success with the rights that
 * the tables grant, or with R=W=0.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "../core/ats.h"
#include "xlate.h"

/*
 * NW=1 never gets W, also where the page is dirty already (VT-d rev 5.10,
 * 4.2.3).
 */
static void grant(const SvaRequest *req, SvaAtsCompletion *out)
{
    out->map.access &= SVA_READ | (req->access & SVA_WRITE);
    sva_ats_grant(req, out);
}

/* Apart, so that requests without fault need not be copied into a report. */
static void answer_fault(SvaVtd *vtd, const SvaRequest *req, SvaFault fault,
                         bool fpd, SvaAtsCompletion *out)
{
    SvaVtdFaultReport report = { .fault = fault, .fpd = fpd, .req = *req };

    sva_vtd_fault_report(vtd, &report);
    sva_vtd_fault_answer(req, fault, out);
}

static void answer(SvaVtd *vtd, const SvaRequest *req, SvaAtsCompletion *out)
{
    SvaVtdTransCfg cfg;
    SvaFault fault;

    if (sva_vtd_utlb_lookup(vtd, req, &out->map)) {
        grant(req, out);
        return;
    }
    fault = sva_vtd_lookup(vtd, req, &cfg);
    if (sva_fault_is_none(fault)) {
        if (!req->pasid.valid && sva_vtd_in_interrupt_range(req->addr)) {
            /* Table 30, S.1 and S.2: after the tables, and no fault. */
            sva_ats_interrupt(req, out);
            return;
        }
        fault = sva_vtd_map(vtd, &cfg, req, req->access, &out->map);
    }
    if (sva_fault_is_none(fault)) {
        grant(req, out);
    } else {
        answer_fault(vtd, req, fault, cfg.fpd, out);
    }
}

void sva_vtd_ats_request(SvaIommu *iommu, const SvaRequest *req,
                         SvaAtsCompletion *out)
{
    SvaVtd *vtd = sva_vtd_of(iommu);

    if (!sva_vtd_gsts(vtd, R_VTD_GCMD_TE_MASK)) {
        /* Translation is disabled: no service, and no fault record. */
        sva_ats_refuse(SVA_ATS_UR, out);
    } else {
        answer(vtd, req, out);
    }
    sva_ats_answered(&vtd->agent, req, out);
}

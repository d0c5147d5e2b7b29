/*
 * VT-d unit: translation requests (ATS)
 *
 * VT-d 5.10 section 4.2.3 and section 7.1; PCIe ATS "Translation Completion".
 * Conditions of a page are not faults here: the answer is Success with the
 * rights that there are, perhaps none.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "../core/ats.h"
#include "internal.h"

static void count_answer(SvaVtd *vtd, const SvaRequest *req,
                         const SvaAtsCompletion *out)
{
    uint8_t want = req->access & (SVA_READ | SVA_WRITE | SVA_EXEC);
    SvaVtdCounter counter = SVA_VTD_CNT_ATS_GRANTED;

    if (out->status != SVA_ATS_SUCCESS) {
        counter = SVA_VTD_CNT_ATS_ERRORS;
    } else if (!(out->access & (SVA_READ | SVA_WRITE))) {
        counter = SVA_VTD_CNT_ATS_NO_ACCESS;
    } else if (want & ~out->access) {
        counter = SVA_VTD_CNT_ATS_PARTIAL;
    }
    sva_vtd_count(vtd, counter);
}

/*
 * NW=1 never gets W, also where the page is dirty already (VT-d 5.10 section
 * 4.2.3).
 */
static SvaAtsGrant grant_of(const SvaRequest *req, const SvaVtdMapping *map)
{
    uint8_t rights = SVA_READ | (req->access & SVA_WRITE);

    return (SvaAtsGrant) {
        .addr = map->addr,
        .mask = map->mask,
        .access = map->access & rights,
        .snoop = map->snoop,
    };
}

static bool utlb_hit(SvaVtd *vtd, const SvaRequest *req, SvaAtsGrant *grant)
{
    SvaVtdMapping map;

    if (!sva_vtd_utlb_lookup(vtd, req, &map)) {
        return false;
    }
    *grant = grant_of(req, &map);
    return true;
}

static void answer(SvaVtd *vtd, const SvaRequest *req, SvaAtsCompletion *out)
{
    SvaVtdFaultReport report = { .req = *req };
    SvaVtdTarget target;
    SvaVtdMapping map;
    SvaAtsGrant grant;

    if (utlb_hit(vtd, req, &grant)) {
        sva_ats_from_grant(req, &grant, out);
        return;
    }
    report.fault = sva_vtd_lookup(vtd, req, &target);
    report.fpd = target.fpd;
    if (sva_fault_is_none(report.fault)) {
        if (!req->pasid.valid && sva_vtd_in_interrupt_range(req->addr)) {
            /* Table 30, S.1 and S.2: after the tables, and no fault. */
            sva_ats_interrupt(req, out);
            return;
        }
        report.fault = sva_vtd_map(vtd, &target, req, req->access, &map);
    }
    if (sva_fault_is_none(report.fault)) {
        grant = grant_of(req, &map);
        sva_ats_from_grant(req, &grant, out);
    } else {
        sva_vtd_fault_report(vtd, &report);
        sva_vtd_fault_answer(req, report.fault, out);
    }
}

void sva_vtd_ats_request(SvaIommu *iommu, const SvaRequest *req,
                         SvaAtsCompletion *out)
{
    SvaVtd *vtd = sva_vtd_of(iommu);
    uint64_t hits = vtd->counters[SVA_VTD_CNT_IOTLB_HITS];

    sva_vtd_count(vtd, SVA_VTD_CNT_ATS_REQUESTS);
    if (!sva_vtd_gsts(vtd, R_VTD_GCMD_TE_MASK)) {
        /* No translation service now, and nothing to report. */
        sva_ats_refuse(SVA_ATS_UR, out);
    } else {
        answer(vtd, req, out);
    }
    count_answer(vtd, req, out);
    sva_emit(iommu->env, .kind = SVA_EV_ATS, .rid = req->rid,
             .pasid = req->pasid, .addr = req->addr, .access = req->access,
             .granted = out->access, .code = out->status,
             .cached = vtd->counters[SVA_VTD_CNT_IOTLB_HITS] != hits,
             .data0 = out->addr, .data1 = out->mask);
}

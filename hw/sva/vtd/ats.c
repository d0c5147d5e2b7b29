/*
 * VT-d unit: translation requests (ATS)
 *
 * Intel VT-d rev 4.x, "Device-TLB in Scalable Mode", "Translation Faults";
 * PCIe ATS "Translation Completion".  Conditions of a page are not faults
 * here: the answer is Success with the rights that there are, perhaps none.
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
    } else if (out->access == SVA_NONE) {
        counter = SVA_VTD_CNT_ATS_NO_ACCESS;
    } else if (want & ~out->access) {
        counter = SVA_VTD_CNT_ATS_PARTIAL;
    }
    sva_vtd_count(vtd, counter);
}

/* Serve the request for as much as the PASID entry lets through. */
static SvaFault map_page(SvaVtd *vtd, const SvaVtdTarget *target,
                         const SvaRequest *req, SvaAtsGrant *grant)
{
    uint8_t denied = target->space->execute ? 0 : SVA_EXEC;
    SvaVtdMapping map;
    SvaFault fault = sva_vtd_map(vtd, target, req, req->access & ~denied,
                                 &map);

    if (sva_fault_is_none(fault)) {
        *grant = (SvaAtsGrant) {
            .addr = map.addr,
            .mask = map.mask,
            .access = map.access & ~denied,
            .snoop = map.snoop,
        };
    }
    return fault;
}

static bool is_known(SvaVtd *vtd, const SvaRequest *req, SvaAtsGrant *grant)
{
    SvaVtdMapping map;

    if (!sva_vtd_known(vtd, req, &map)) {
        return false;
    }
    *grant = (SvaAtsGrant) {
        .addr = map.addr,
        .mask = map.mask,
        .access = map.access,
        .snoop = map.snoop,
    };
    return true;
}

static void answer(SvaVtd *vtd, const SvaRequest *req, SvaAtsCompletion *out)
{
    SvaVtdFaultReport report = { .req = *req };
    SvaVtdTarget target;
    SvaAtsGrant grant;

    if (is_known(vtd, req, &grant)) {
        sva_ats_from_grant(req, &grant, out);
        return;
    }
    report.fault = sva_vtd_lookup(vtd, req, &target);
    report.fpd = target.fpd;
    if (sva_fault_is_none(report.fault)) {
        if (!req->pasid.valid && sva_vtd_in_interrupt_range(req->addr)) {
            /* Interrupts are sent as untranslated requests: U=1. */
            sva_ats_untranslated_only(req, out);
            return;
        }
        report.fault = map_page(vtd, &target, req, &grant);
    }
    if (sva_fault_is_none(report.fault)) {
        sva_ats_from_grant(req, &grant, out);
    } else {
        sva_vtd_fault_report(vtd, &report);
        sva_ats_from_fault(report.fault, out);
    }
}

void sva_vtd_ats_request(SvaIommu *iommu, const SvaRequest *req,
                         SvaAtsCompletion *out)
{
    SvaVtd *vtd = sva_vtd_of(iommu);
    uint64_t hits = vtd->counters[SVA_VTD_CNT_IOTLB_HITS];

    sva_vtd_count(vtd, SVA_VTD_CNT_ATS_REQUESTS);
    if (!sva_vtd_gsts(vtd, SVA_VTD_GCMD_TE)) {
        /* No translation service now, and nothing to report. */
        sva_ats_no_access(out);
        out->status = SVA_ATS_UR;
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

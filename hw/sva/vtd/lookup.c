/*
 * VT-d unit: from a request to the tables that serve it
 *
 * Intel VT-d rev 4.x, "Address Translation": root and context entry, checks
 * of the request against the context entry, PASID directory and PASID entry,
 * checks against the PASID entry, in this order.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "internal.h"

static SvaFault check_legacy(const SvaVtdContext *ctx, const SvaRequest *req)
{
    if (req->pasid.valid) {
        return sva_vtd_fault(SVA_VTD_FR_RTA_PASID);
    }
    if (req->at != SVA_AT_UNTRANSLATED && !ctx->ats) {
        return sva_vtd_fault(SVA_VTD_FR_LCT_ATS);
    }
    return SVA_NO_FAULT;
}

SvaFault sva_vtd_check_context(const SvaVtdContext *ctx,
                               const SvaRequest *req, uint32_t *pasid)
{
    if (ctx->legacy) {
        *pasid = 0;
        return check_legacy(ctx, req);
    }
    if (req->at != SVA_AT_UNTRANSLATED && !ctx->ats) {
        return sva_vtd_fault(SVA_VTD_FR_SCT_DTE);
    }
    if (!req->pasid.valid) {
        /* ECAP.RPS=1 */
        *pasid = ctx->rid_pasid;
        return ctx->rid_pasid < ctx->pasids ? SVA_NO_FAULT
               : sva_vtd_fault(SVA_VTD_FR_SCT_RID);
    }
    *pasid = req->pasid.id;
    if (!ctx->pasid_enable) {
        return sva_vtd_fault(SVA_VTD_FR_SCT_PASIDE);
    }
    if (req->pasid.id >= ctx->pasids) {
        return sva_vtd_fault(SVA_VTD_FR_SCT_PDTS);
    }
    return SVA_NO_FAULT;
}

/*
 * Execute and supervisor requests.  Unverified: SRE and ERE bind only where
 * there is a first stage; second stage and pass-through take such a request
 * as an ordinary one.
 */
static SvaFault check_privileges(const SvaVtdSpace *space,
                                 const SvaRequest *req)
{
    if (!req->pasid.valid || !sva_vtd_has_first_stage(space)) {
        return SVA_NO_FAULT;
    }
    if (req->access & SVA_PRIV && !space->supervisor) {
        return sva_vtd_fault(SVA_VTD_FR_SPT_SRE);
    }
    if (req->access & SVA_EXEC && !space->execute &&
        req->at != SVA_AT_TRANSLATION) {
        /* A translation request is served, but without Exe. */
        return sva_vtd_fault(SVA_VTD_FR_SPT_ERE);
    }
    return SVA_NO_FAULT;
}

bool sva_vtd_known(SvaVtd *vtd, const SvaRequest *req, SvaVtdMapping *out)
{
    SvaFrontAnswer answer;

    if (!sva_front_known(&vtd->front, req, &answer)) {
        return false;
    }
    /* It stands for what it saves. */
    sva_vtd_count(vtd, SVA_VTD_CNT_CONTEXT_HITS);
    vtd->counters[SVA_VTD_CNT_PASID_HITS] +=
        sva_vtd_ttm(vtd) != SVA_VTD_TTM_LEGACY;
    sva_vtd_count(vtd, SVA_VTD_CNT_IOTLB_HITS);
    *out = (SvaVtdMapping) {
        .addr = answer.addr,
        .mask = answer.mask,
        .access = answer.access,
        .snoop = answer.flag,
    };
    return true;
}

void sva_vtd_remember(SvaVtd *vtd, const SvaRequest *req,
                      const SvaVtdMapping *map)
{
    SvaFrontAnswer answer = {
        .addr = map->addr,
        .mask = map->mask,
        .access = map->access,
        .flag = map->snoop,
        /* Which PASID serves a request that has none is not known here. */
        .group = req->pasid.id,
    };

    sva_front_remember(&vtd->front, req, &answer);
}

SvaFault sva_vtd_lookup(SvaVtd *vtd, const SvaRequest *req, SvaVtdTarget *out)
{
    const SvaVtdContext *ctx = NULL;
    SvaFault fault = sva_vtd_context_get(vtd, req->rid, &ctx, &out->fpd);

    out->pasid = 0;
    if (!sva_fault_is_none(fault)) {
        return fault;
    }
    fault = sva_vtd_check_context(ctx, req, &out->pasid);
    if (!sva_fault_is_none(fault)) {
        return fault;
    }
    if (ctx->legacy) {
        out->space = &ctx->space;
        return check_privileges(out->space, req);
    }
    fault = sva_vtd_pasid_get(vtd, req->rid, ctx, out);
    return sva_fault_is_none(fault) ? check_privileges(out->space, req)
                                    : fault;
}

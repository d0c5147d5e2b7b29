/*
 * VT-d unit: from a request to the tables that serve it
 *
 * VT-d rev 5.10, 3.4 and Table 30: RTADDR, root and context entry, checks
 * of the request against the context entry, PASID directory and PASID entry,
 * checks against the PASID entry, in this order.  Unverified (U4): the first
 * condition met is the one that is reported.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "adversary.h"
#include "xlate.h"

/* RTADDR is checked before all tables (Table 30, RTA.1 to RTA.3). */
static SvaFault check_mode(const SvaVtd *vtd, const SvaRequest *req,
                           bool page_request)
{
    switch (sva_vtd_ttm(vtd)) {
    case SVA_VTD_TTM_LEGACY:
        return page_request ? sva_vtd_fault(SVA_VTD_FR_RTA_PRQ)
               : req->pasid.valid ? sva_vtd_fault(SVA_VTD_FR_RTA_PASID)
               : SVA_NO_FAULT;
    case SVA_VTD_TTM_SCALABLE:
        return vtd->config.scalable ? SVA_NO_FAULT
                                    : sva_vtd_fault(SVA_VTD_FR_RTA_TTM);
    default:
        /* Reserved, or abort-DMA mode, which ECAP.ADMS=0 rules out. */
        return sva_vtd_fault(SVA_VTD_FR_RTA_TTM);
    }
}

/* A legacy entry may be in the cache still when the mode has changed. */
static SvaFault check_legacy(const SvaVtdContext *ctx, const SvaRequest *req,
                             bool page_request)
{
    if (page_request) {
        return sva_vtd_fault(SVA_VTD_FR_RTA_PRQ);
    }
    if (req->pasid.valid) {
        return sva_vtd_fault(SVA_VTD_FR_RTA_PASID);
    }
    if (req->at != SVA_AT_UNTRANSLATED && !ctx->ats) {
        return sva_vtd_fault(SVA_VTD_FR_LCT_ATS);
    }
    return SVA_NO_FAULT;
}

/* In the order of the rows SCT.5 to SCT.9, SGN.10. */
static SvaFault check_pasid(const SvaVtd *vtd, const SvaVtdContext *ctx,
                            const SvaRequest *req, bool page_request)
{
    uint32_t pasid = req->pasid.id;

    if (!ctx->pasid_enable) {
        return sva_vtd_fault(SVA_VTD_FR_SCT_PASIDE);
    }
    if (pasid >= ctx->pasids) {
        return sva_vtd_fault(SVA_VTD_FR_SCT_PDTS);
    }
    if (page_request && !ctx->page_requests) {
        return sva_vtd_fault(SVA_VTD_FR_SCT_PRE);
    }
    if (pasid == ctx->rid_pasid) {
        /* It serves requests without PASID. */
        return sva_vtd_fault(SVA_VTD_FR_SCT_RID);
    }
    return !page_request && pasid >> vtd->config.pasid_bits
           ? sva_vtd_fault(SVA_VTD_FR_SGN_PSS) : SVA_NO_FAULT;
}

static SvaFault check_scalable(const SvaVtd *vtd, const SvaVtdContext *ctx,
                               const SvaRequest *req, bool page_request)
{
    if (req->at != SVA_AT_UNTRANSLATED && !ctx->ats) {
        return sva_vtd_fault(SVA_VTD_FR_SCT_DTE);
    }
    if (req->pasid.valid) {
        return check_pasid(vtd, ctx, req, page_request);
    }
    return page_request && !ctx->page_requests
           ? sva_vtd_fault(SVA_VTD_FR_SCT_PRE) : SVA_NO_FAULT;
}

SvaFault sva_vtd_admit(SvaVtd *vtd, const SvaRequest *req, bool page_request,
                       const SvaVtdContext **ctx, SvaVtdTransCfg *cfg)
{
    SvaFault fault = check_mode(vtd, req, page_request);

    cfg->fpd = false;
    cfg->page_requests = false;
    cfg->pasid = 0;
    if (sva_fault_is_none(fault)) {
        fault = sva_vtd_context_get(vtd, req->rid, ctx, &cfg->fpd);
    }
    if (!sva_fault_is_none(fault)) {
        return fault;
    }
    if ((*ctx)->legacy) {
        return check_legacy(*ctx, req, page_request);
    }
    cfg->page_requests = (*ctx)->page_requests;
    /* ECAP.RPS=1 */
    cfg->pasid = req->pasid.valid ? req->pasid.id : (*ctx)->rid_pasid;
    return check_scalable(vtd, *ctx, req, page_request);
}

/*
 * SRE counts whatever PGTT is (VT-d rev 5.10, 9.6).  With ECAP.ERS=0 nothing
 * executes, and the PASID prefix must not ask for it.
 */
static SvaFault check_privileges(const SvaVtdPasidEntry *entry,
                                 const SvaRequest *req)
{
    if (!req->pasid.valid) {
        return SVA_NO_FAULT;    /* a user request: ECAP.RPRIVS=0 */
    }
    if (req->access & SVA_EXEC) {
        return sva_vtd_fault(SVA_VTD_FR_SPT_ERE);
    }
    if (req->access & SVA_PRIV && !entry->supervisor) {
        return sva_vtd_fault(SVA_VTD_FR_SPT_SRE);
    }
    return SVA_NO_FAULT;
}

bool sva_vtd_utlb_lookup(SvaVtd *vtd, const SvaRequest *req,
                         SvaMapping *out)
{
    SvaUtlbEntry entry;

    if (!sva_utlb_lookup(&vtd->utlb, req, &entry)) {
        return G_UNLIKELY(vtd->adversary) &&
               sva_vtd_kept_lookup(vtd, req, out);
    }
    /* Count the lookups that this hit replaces. */
    sva_vtd_count(vtd, SVA_VTD_CNT_CONTEXT_HITS);
    vtd->counters[SVA_VTD_CNT_PASID_HITS] += entry.flag;
    sva_vtd_count(vtd, SVA_VTD_CNT_IOTLB_HITS);
    /* By members: the compiler would copy through memory what it just made. */
    *out = (SvaMapping) {
        .addr = entry.map.addr,
        .mask = entry.map.mask,
        .access = entry.map.access,
        .snoop = entry.map.snoop,
        .cached = true,
    };
    return true;
}

void sva_vtd_utlb_insert(SvaVtd *vtd, const SvaRequest *req,
                         const SvaMapping *map)
{
    SvaUtlbEntry entry = {
        .map = *map,
        /* RID_PASID of a request without PASID is not known here. */
        .tag = req->pasid.id,
        .flag = sva_vtd_ttm(vtd) != SVA_VTD_TTM_LEGACY,
    };

    sva_utlb_insert(&vtd->utlb, req, &entry);
}

static uint64_t changes(const SvaVtd *vtd)
{
    return sva_config_cache_changes(vtd->contexts) +
           sva_config_cache_changes(vtd->pasids);
}

/* With an adversary, entries are read early and kept: it is asked each time. */
static bool may_repeat(const SvaVtd *vtd, const SvaRequest *req)
{
    return G_LIKELY(!vtd->adversary) && sva_utlb_may_hold(req);
}

static bool repeat_last(SvaVtd *vtd, const SvaRequest *req,
                        SvaVtdTransCfg *out)
{
    const SvaVtdLast *last = &vtd->last;

    if (last->requester != sva_utlb_key(req).requester ||
        last->changes != changes(vtd) || last->root != vtd->root ||
        !may_repeat(vtd, req)) {
        return false;
    }
    sva_vtd_count(vtd, SVA_VTD_CNT_CONTEXT_HITS);
    vtd->counters[SVA_VTD_CNT_PASID_HITS] += !last->legacy;
    *out = (SvaVtdTransCfg) {
        .entry = last->entry, .pasid = last->pasid, .fpd = last->fpd,
        .page_requests = last->page_requests,
    };
    return true;
}

static void remember_last(SvaVtd *vtd, const SvaRequest *req,
                          const SvaVtdTransCfg *cfg, bool legacy)
{
    if (may_repeat(vtd, req)) {
        vtd->last = (SvaVtdLast) {
            .requester = sva_utlb_key(req).requester,
            .changes = changes(vtd), .root = vtd->root,
            .entry = cfg->entry, .pasid = cfg->pasid, .fpd = cfg->fpd,
            .page_requests = cfg->page_requests, .legacy = legacy,
        };
    }
}

/* The entry that serves @req of a function that is described by @ctx. */
static SvaFault choose_entry(SvaVtd *vtd, const SvaRequest *req,
                             const SvaVtdContext *ctx, SvaVtdTransCfg *out)
{
    SvaFault fault;

    if (ctx->legacy) {
        out->entry = &ctx->entry;
        return SVA_NO_FAULT;
    }
    fault = sva_vtd_pasid_get(vtd, req->rid, ctx, out);
    if (G_UNLIKELY(vtd->adversary) && sva_fault_is_none(fault) &&
        req->pasid.valid) {
        sva_vtd_kept_binding(vtd, req->rid, ctx, out);
    }
    return sva_fault_is_none(fault) ? check_privileges(out->entry, req)
                                    : fault;
}

SvaFault sva_vtd_lookup(SvaVtd *vtd, const SvaRequest *req, SvaVtdTransCfg *out)
{
    const SvaVtdContext *ctx = NULL;
    SvaFault fault;

    if (repeat_last(vtd, req, out)) {
        return SVA_NO_FAULT;
    }
    fault = sva_vtd_admit(vtd, req, false, &ctx, out);
    if (sva_fault_is_none(fault)) {
        fault = choose_entry(vtd, req, ctx, out);
    }
    if (sva_fault_is_none(fault)) {
        remember_last(vtd, req, out, ctx->legacy);
    }
    return fault;
}

/*
 * VT-d unit: root and context entries, legacy and scalable mode
 *
 * VT-d rev 5.10, 9.1 to 9.4.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "../core/pt-vtdss.h"
#include "adversary.h"
#include "xlate.h"

/* The table pointer in a present root entry, or half of one. */
static SvaFault decode_root(const SvaVtd *vtd, uint64_t word, bool scalable,
                            uint64_t *table)
{
    if (!(word & R_VTD_ROOT_P_MASK)) {
        return sva_vtd_fault(scalable ? SVA_VTD_FR_SRT_P : SVA_VTD_FR_LRT_P);
    }
    if (word & (SVA_VTD_ROOT_RSVD | sva_vtd_above_haw(vtd))) {
        return sva_vtd_fault(scalable ? SVA_VTD_FR_SRT_RSVD
                                      : SVA_VTD_FR_LRT_RSVD);
    }
    *table = word & SVA_VTD_ADDR;
    return SVA_NO_FAULT;
}

bool sva_vtd_second_stage(const SvaVtd *vtd, unsigned aw, SvaPtConfig *pt)
{
    unsigned bits = 30 + 9 * aw;

    if (aw < SVA_VTD_AW_MIN || aw > SVA_VTD_AW_MAX ||
        bits > vtd->config.aw_bits) {
        return false;
    }
    pt->fmt = &sva_pt_vtdss;
    pt->levels = aw + 2;
    pt->addr_bits = vtd->config.haw_bits;
    pt->input_bits = bits;
    pt->flags |= SVA_PT_2M | SVA_PT_1G | SVA_PT_SNP;
    return true;
}

static SvaFault decode_legacy(const SvaVtd *vtd, const uint64_t *qw,
                              SvaVtdContext *out)
{
    unsigned tt = FIELD_EX64(qw[0], VTD_LCTX0, TT);
    SvaVtdPasidEntry *entry = &out->entry;

    if (qw[0] & (SVA_VTD_LCTX0_RSVD | sva_vtd_above_haw(vtd)) ||
        qw[1] & SVA_VTD_LCTX1_RSVD) {
        return sva_vtd_fault(SVA_VTD_FR_LCT_RSVD);
    }
    /* Pass-through needs a supported AW, too, but is not limited by it. */
    if (tt > SVA_VTD_TT_PASS ||
        (tt == SVA_VTD_TT_ALL && !vtd->config.device_iotlb) ||
        (tt == SVA_VTD_TT_PASS && !vtd->config.pt) ||
        !sva_vtd_second_stage(vtd, FIELD_EX64(qw[1], VTD_LCTX1, AW),
                              &entry->pt)) {
        return sva_vtd_fault(SVA_VTD_FR_LCT_INVALID);
    }
    out->legacy = true;
    out->ats = tt == SVA_VTD_TT_ALL;
    entry->kind = tt == SVA_VTD_TT_PASS ? SVA_TLB_PASS : SVA_TLB_SECOND;
    if (tt == SVA_VTD_TT_PASS) {
        entry->pt.input_bits = vtd->config.haw_bits;    /* LGN.1.3 */
    }
    entry->pt.root = qw[0] & SVA_VTD_ADDR;
    entry->domain = FIELD_EX64(qw[1], VTD_LCTX1, DID);
    entry->reasons = &sva_vtd_legacy_reasons;
    return SVA_NO_FAULT;
}

/* A field whose capability is missing is reserved: 42h, not 43h. */
static uint64_t scalable_reserved(const SvaVtd *vtd)
{
    return SVA_VTD_SCTX0_RSVD |
           (vtd->config.device_iotlb ? 0 : R_VTD_SCTX0_DTE_MASK) |
           (vtd->config.pasid_bits ? 0 : R_VTD_SCTX0_PASIDE_MASK) |
           (vtd->config.pri ? 0 : R_VTD_SCTX0_PRE_MASK);
}

static SvaFault decode_scalable(const SvaVtd *vtd, const uint64_t *qw,
                                SvaVtdContext *out)
{
    unsigned pdts = FIELD_EX64(qw[0], VTD_SCTX0, PDTS);

    if (qw[0] & (scalable_reserved(vtd) | sva_vtd_above_haw(vtd)) ||
        qw[1] & SVA_VTD_SCTX1_RSVD || qw[2] || qw[3]) {
        return sva_vtd_fault(SVA_VTD_FR_SCT_RSVD);
    }
    out->ats = qw[0] & R_VTD_SCTX0_DTE_MASK;
    out->pasid_enable = qw[0] & R_VTD_SCTX0_PASIDE_MASK;
    out->page_requests = qw[0] & R_VTD_SCTX0_PRE_MASK;
    out->dir = qw[0] & SVA_VTD_ADDR;
    out->rid_pasid = FIELD_EX64(qw[1], VTD_SCTX1, RID_PASID);
    out->pasids = 1u << (pdts + 7 + SVA_VTD_PDE_SHIFT);
    /* Checked for every request, also if it uses neither. */
    if ((out->page_requests && !out->ats) || out->rid_pasid >= out->pasids) {
        return sva_vtd_fault(SVA_VTD_FR_SCT_INVALID);
    }
    return SVA_NO_FAULT;
}

static void announce(SvaVtd *vtd, SvaEntryType type, uint16_t rid,
                     uint64_t pa, const uint64_t *qw, unsigned words)
{
    sva_event_entry(vtd->iommu.env, type, rid, SVA_NO_PASID, pa, qw, words);
}

static SvaFault fetch_legacy(SvaVtd *vtd, uint16_t rid, SvaVtdContext *out)
{
    uint64_t pa = (vtd->root & SVA_VTD_ADDR) + (rid >> 8) * SVA_VTD_ROOT_BYTES;
    uint64_t qw[SVA_VTD_LCTX_BYTES / 8], table = 0;
    SvaFault fault;

    if (!sva_vtd_read_entry(vtd, pa, qw, 2)) {
        return sva_vtd_fault(SVA_VTD_FR_LRT_ACCESS);
    }
    announce(vtd, SVA_ENTRY_VTD_ROOT, rid, pa, qw, 2);
    fault = decode_root(vtd, qw[0], false, &table);
    if (sva_fault_is_none(fault) && qw[0] & R_VTD_ROOT_P_MASK && qw[1]) {
        fault = sva_vtd_fault(SVA_VTD_FR_LRT_RSVD);
    }
    if (!sva_fault_is_none(fault)) {
        return fault;
    }
    pa = table + (rid & 0xff) * SVA_VTD_LCTX_BYTES;
    if (!sva_vtd_read_entry(vtd, pa, qw, 2)) {
        return sva_vtd_fault(SVA_VTD_FR_LCT_ACCESS);
    }
    announce(vtd, SVA_ENTRY_VTD_CONTEXT, rid, pa, qw, 2);
    out->fpd = qw[0] & R_VTD_LCTX0_FPD_MASK;
    if (!(qw[0] & R_VTD_LCTX0_P_MASK)) {
        return sva_vtd_fault(SVA_VTD_FR_LCT_P);
    }
    return decode_legacy(vtd, qw, out);
}

static SvaFault fetch_scalable(SvaVtd *vtd, uint16_t rid, SvaVtdContext *out)
{
    unsigned devfn = rid & 0xff, half = devfn / SVA_VTD_SCTX_PER_TABLE;
    uint64_t pa = (vtd->root & SVA_VTD_ADDR) + (rid >> 8) * SVA_VTD_ROOT_BYTES;
    uint64_t qw[SVA_VTD_SCTX_BYTES / 8], table = 0;
    SvaFault fault;

    if (!sva_vtd_read_entry(vtd, pa, qw, 2)) {
        return sva_vtd_fault(SVA_VTD_FR_SRT_ACCESS);
    }
    /* Each half is an entry of its own. */
    announce(vtd, SVA_ENTRY_VTD_ROOT, rid, pa + 8 * half, &qw[half], 1);
    fault = decode_root(vtd, qw[half], true, &table);
    if (!sva_fault_is_none(fault)) {
        return fault;
    }
    pa = table + devfn % SVA_VTD_SCTX_PER_TABLE * SVA_VTD_SCTX_BYTES;
    if (!sva_vtd_read_entry(vtd, pa, qw, 4)) {
        return sva_vtd_fault(SVA_VTD_FR_SCT_ACCESS);
    }
    if (G_UNLIKELY(vtd->adversary) && qw[0] & R_VTD_SCTX0_P_MASK) {
        sva_vtd_kept_context(vtd, rid, qw, 4);
    }
    announce(vtd, SVA_ENTRY_VTD_CONTEXT, rid, pa, qw, 4);
    out->fpd = qw[0] & R_VTD_SCTX0_FPD_MASK;
    if (!(qw[0] & R_VTD_SCTX0_P_MASK)) {
        return sva_vtd_fault(SVA_VTD_FR_SCT_P);
    }
    return decode_scalable(vtd, qw, out);
}

static SvaFault fetch(SvaVtd *vtd, uint16_t rid, SvaVtdContext *out)
{
    memset(out, 0, sizeof(*out));
    sva_vtd_count(vtd, SVA_VTD_CNT_CONTEXT_FETCHES);
    return sva_vtd_ttm(vtd) == SVA_VTD_TTM_LEGACY
           ? fetch_legacy(vtd, rid, out) : fetch_scalable(vtd, rid, out);
}

SvaFault sva_vtd_context_get(SvaVtd *vtd, uint16_t rid,
                             const SvaVtdContext **out, bool *fpd)
{
    const SvaVtdContext *cached = sva_config_cache_lookup(vtd->contexts, rid);
    SvaVtdContext ctx;
    SvaFault fault;

    if (G_LIKELY(cached && !sva_vtd_takes(vtd, SVA_LIBERTY_EARLY))) {
        sva_vtd_count(vtd, SVA_VTD_CNT_CONTEXT_HITS);
        *out = cached;
        *fpd = cached->fpd;
        return SVA_NO_FAULT;
    }
    fault = fetch(vtd, rid, &ctx);
    *fpd = ctx.fpd;
    if (sva_fault_is_none(fault)) {
        /* Cache only what is present and valid, also with CAP.CM=1. */
        *out = sva_config_cache_insert(vtd->contexts, rid, &ctx);
    }
    return fault;
}

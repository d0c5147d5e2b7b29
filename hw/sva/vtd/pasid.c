/*
 * VT-d unit: PASID directory and PASID table
 *
 * VT-d rev 5.10, 9.5 and 9.6.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "../core/pt-x86.h"
#include "adversary.h"
#include "xlate.h"

static SvaFault decode_first(const SvaVtd *vtd, const uint64_t *qw,
                             SvaVtdPasidEntry *out)
{
    unsigned mode = FIELD_EX64(qw[2], VTD_PTE2, FSPM);
    bool five = mode == SVA_VTD_FSPM_5LEVEL;

    if (mode > SVA_VTD_FSPM_5LEVEL || (five && !vtd->config.first_level_5)) {
        return sva_vtd_fault(SVA_VTD_FR_SPT_INVALID);
    }
    out->kind = SVA_TLB_FIRST;
    out->reasons = &sva_vtd_first_reasons;
    out->pt = (SvaPtConfig) {
        .fmt = &sva_pt_x86,
        .root = qw[2] & SVA_VTD_ADDR,
        .levels = five ? 5 : 4,
        .addr_bits = vtd->config.haw_bits,
        .flags = SVA_PT_AD | SVA_PT_2M | SVA_PT_1G |
                 (qw[1] & R_VTD_PTE1_PWSNP_MASK ? 0 : SVA_PT_NON_COHERENT) |
                 (qw[2] & R_VTD_PTE2_WPE_MASK ? SVA_PT_WPE : 0) |
                 (qw[2] & R_VTD_PTE2_EAFE_MASK ? SVA_PT_EAFE : 0),
    };
    return SVA_NO_FAULT;
}

static SvaFault decode_second_tables(const SvaVtd *vtd, const uint64_t *qw,
                                     SvaPtConfig *pt)
{
    unsigned aw = FIELD_EX64(qw[0], VTD_PTE0, AW);
    bool ad = qw[0] & R_VTD_PTE0_SSADE_MASK;

    if (!sva_vtd_second_stage(vtd, aw, pt)) {
        return sva_vtd_fault(SVA_VTD_FR_SPT_INVALID);
    }
    pt->root = qw[0] & SVA_VTD_ADDR;
    if (ad) {
        pt->flags |= SVA_PT_AD;
        pt->flags |= qw[1] & R_VTD_PTE1_PWSNP_MASK ? 0 : SVA_PT_NON_COHERENT;
    }
    return SVA_NO_FAULT;
}

static SvaFault decode_second(const SvaVtd *vtd, const uint64_t *qw,
                              SvaVtdPasidEntry *out)
{
    out->kind = SVA_TLB_SECOND;
    out->reasons = &sva_vtd_second_reasons;
    return decode_second_tables(vtd, qw, &out->pt);
}

static SvaFault decode_nested(const SvaVtd *vtd, const uint64_t *qw,
                              SvaVtdPasidEntry *out)
{
    SvaFault fault;

    if (!vtd->config.nested) {
        return sva_vtd_fault(SVA_VTD_FR_SPT_INVALID);
    }
    fault = decode_second_tables(vtd, qw, &out->second);
    if (sva_fault_is_none(fault)) {
        fault = decode_first(vtd, qw, out);
    }
    out->kind = SVA_TLB_NESTED;
    /* FSPTPTR is an input address of the second stage (SPT.4.4). */
    return sva_fault_is_none(fault) && out->pt.root >> out->second.input_bits
           ? sva_vtd_fault(SVA_VTD_FR_SPT_INVALID) : fault;
}

static SvaFault decode_pass(const SvaVtd *vtd, SvaVtdPasidEntry *out)
{
    if (!vtd->config.pt) {
        return sva_vtd_fault(SVA_VTD_FR_SPT_INVALID);
    }
    out->kind = SVA_TLB_PASS;
    out->reasons = &sva_vtd_second_reasons;
    out->pt.input_bits = vtd->config.haw_bits;
    return SVA_NO_FAULT;
}

static uint64_t unless(const SvaVtd *vtd, uint64_t capability, uint64_t bits)
{
    return vtd->ecap & capability ? 0 : bits;
}

/*
 * For every PGTT: bits that are always reserved, and fields whose capability is
 * missing.  Other fields that PGTT does not use are ignored.
 */
static bool has_reserved(const SvaVtd *vtd, const uint64_t *qw)
{
    const uint64_t masks[] = {
        SVA_VTD_PTE0_RSVD | sva_vtd_above_haw(vtd) |
        unless(vtd, R_VTD_ECAP_SSADS_MASK, R_VTD_PTE0_SSADE_MASK),
        SVA_VTD_PTE1_RSVD |
        unless(vtd, R_VTD_ECAP_SMPWCS_MASK, R_VTD_PTE1_PWSNP_MASK),
        SVA_VTD_PTE2_RSVD | sva_vtd_above_haw(vtd) |
        unless(vtd, R_VTD_ECAP_SRS_MASK, R_VTD_PTE2_SRE_MASK) |
        unless(vtd, R_VTD_ECAP_EAFS_MASK, R_VTD_PTE2_EAFE_MASK),
    };
    unsigned i;

    for (i = 0; i < SVA_VTD_PTE_WORDS; i++) {
        if (qw[i] & (i < G_N_ELEMENTS(masks) ? masks[i] : UINT64_MAX)) {
            return true;
        }
    }
    return false;
}

static SvaFault decode_entry(const SvaVtd *vtd, const uint64_t *qw,
                             SvaVtdPasidEntry *out)
{
    SvaFault fault;

    if (has_reserved(vtd, qw)) {
        return sva_vtd_fault(SVA_VTD_FR_SPT_RSVD);
    }
    switch (FIELD_EX64(qw[0], VTD_PTE0, PGTT)) {
    case SVA_VTD_PGTT_FIRST:
        fault = decode_first(vtd, qw, out);
        break;
    case SVA_VTD_PGTT_SECOND:
        fault = decode_second(vtd, qw, out);
        break;
    case SVA_VTD_PGTT_PASS:
        fault = decode_pass(vtd, out);
        break;
    case SVA_VTD_PGTT_NESTED:
        fault = decode_nested(vtd, qw, out);
        break;
    default:
        return sva_vtd_fault(SVA_VTD_FR_SPT_INVALID);
    }
    out->domain = FIELD_EX64(qw[1], VTD_PTE1, DID);
    out->snoop = qw[1] & R_VTD_PTE1_PGSNP_MASK;
    out->supervisor = qw[2] & R_VTD_PTE2_SRE_MASK;
    return fault;
}

static SvaFault fetch_entry(SvaVtd *vtd, uint64_t table, uint16_t rid,
                            uint32_t pasid, SvaVtdPasidEntry *out)
{
    uint64_t pa = table + (pasid & SVA_VTD_PTE_INDEX) * SVA_VTD_PTE_BYTES;
    uint64_t qw[SVA_VTD_PTE_WORDS];

    if (!sva_vtd_read_entry(vtd, pa, qw, SVA_VTD_PTE_WORDS)) {
        return sva_vtd_fault(SVA_VTD_FR_SPT_ACCESS);
    }
    if (G_UNLIKELY(vtd->adversary) && qw[0] & R_VTD_PTE0_P_MASK) {
        sva_vtd_kept_pasid(vtd, rid, pasid, qw);
    }
    sva_event_entry(vtd->iommu.env, SVA_ENTRY_VTD_PASID, rid, sva_pasid(pasid),
                    pa, qw, SVA_VTD_PTE_WORDS);
    out->fpd |= !!(qw[0] & R_VTD_PTE0_FPD_MASK);
    if (!(qw[0] & R_VTD_PTE0_P_MASK)) {
        return sva_vtd_fault(SVA_VTD_FR_SPT_P);
    }
    return decode_entry(vtd, qw, out);
}

static SvaFault fetch(SvaVtd *vtd, const SvaVtdContext *ctx, uint16_t rid,
                      uint32_t pasid, SvaVtdPasidEntry *out)
{
    uint64_t pa = ctx->dir + (pasid >> SVA_VTD_PDE_SHIFT) * SVA_VTD_PDE_BYTES;
    uint64_t pde;

    if (!sva_env_read64(vtd->iommu.env, pa, &pde)) {
        return sva_vtd_fault(SVA_VTD_FR_SPD_ACCESS);
    }
    sva_event_entry(vtd->iommu.env, SVA_ENTRY_VTD_PASID_DIR, rid,
                    sva_pasid(pasid), pa, &pde, 1);
    out->fpd = pde & R_VTD_PDE_FPD_MASK;
    if (!(pde & R_VTD_PDE_P_MASK)) {
        return sva_vtd_fault(SVA_VTD_FR_SPD_P);
    }
    if (pde & (SVA_VTD_PDE_RSVD | sva_vtd_above_haw(vtd))) {
        return sva_vtd_fault(SVA_VTD_FR_SPD_RSVD);
    }
    return fetch_entry(vtd, pde & SVA_VTD_ADDR, rid, pasid, out);
}

SvaFault sva_vtd_pasid_get(SvaVtd *vtd, uint16_t rid,
                           const SvaVtdContext *ctx, SvaVtdTransCfg *cfg)
{
    uint64_t key = (uint64_t)rid << SVA_PASID_BITS | cfg->pasid;
    const SvaVtdPasidEntry *cached = sva_config_cache_lookup(vtd->pasids, key);
    SvaVtdPasidEntry entry;
    SvaFault fault;

    if (G_LIKELY(cached && !sva_vtd_takes(vtd, SVA_LIBERTY_EARLY))) {
        sva_vtd_count(vtd, SVA_VTD_CNT_PASID_HITS);
        cfg->entry = cached;
        cfg->fpd |= cached->fpd;
        return SVA_NO_FAULT;
    }
    memset(&entry, 0, sizeof(entry));
    sva_vtd_count(vtd, SVA_VTD_CNT_PASID_FETCHES);
    fault = fetch(vtd, ctx, rid, cfg->pasid, &entry);
    cfg->fpd |= entry.fpd;
    if (sva_fault_is_none(fault)) {
        /* With CM=0 an entry that is not present must not be cached. */
        cfg->entry = sva_config_cache_insert(vtd->pasids, key, &entry);
    }
    return fault;
}

/*
 * VT-d unit: invalidation by register
 *
 * VT-d rev 5.10, "Context Command Register", "IOTLB Invalidate
 * Register", "Invalidate Address Register".  Works in legacy mode while the
 * invalidation queue is disabled; otherwise the command does nothing and
 * reports the actual granularity 0.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "regs.h"
#include "tlb.h"

/* CIRG, IIRG and the actual granularities: 0 is reserved, or failure. */
#define GRAN_GLOBAL 1
#define GRAN_DOMAIN 2
#define GRAN_NARROW 3           /* device, page */

static bool is_allowed(SvaVtd *vtd)
{
    if (sva_vtd_gsts(vtd, R_VTD_GCMD_QIE_MASK) ||
        sva_vtd_ttm(vtd) != SVA_VTD_TTM_LEGACY) {
        sva_guest_error(vtd->iommu.env, "vtd: register-based invalidation "
                        "with queue enabled or in scalable mode");
        return false;
    }
    sva_vtd_count(vtd, SVA_VTD_CNT_REG_INVALIDATIONS);
    return true;
}

/* As the descriptor for the same; drains are done in any case. */
static void announce(SvaVtd *vtd, unsigned type, unsigned gran,
                     const SvaVtdScope *scope, uint64_t iva)
{
    uint64_t qw = FIELD_DP64(0, VTD_DESC0, TYPE_LO, type);

    qw = FIELD_DP64(qw, VTD_DESC0, G, gran);
    qw = FIELD_DP64(qw, VTD_DESC0, DID, scope->domain);
    qw = FIELD_DP64(qw, VTD_DESC0, SID, scope->rid);
    qw = FIELD_DP64(qw, VTD_DESC0, FM, scope->fm);
    sva_emit(vtd->iommu.env, .kind = SVA_EV_COMMAND,
             .command = { .words = { qw, iva }, .type = type });
}

/* Software will see ICC, or IVT, clear. */
static void announce_end(SvaVtd *vtd)
{
    sva_emit(vtd->iommu.env, .kind = SVA_EV_WAIT_DONE);
}

void sva_vtd_context_command(SvaVtd *vtd)
{
    uint64_t cmd = sva_vtd_reg64(vtd, A_VTD_CCMD);
    unsigned gran = FIELD_EX64(cmd, VTD_CCMD, CIRG);
    SvaVtdScope scope = {
        .gran = gran == GRAN_GLOBAL ? SVA_VTD_GRAN_GLOBAL
                : gran == GRAN_DOMAIN ? SVA_VTD_GRAN_DOMAIN
                                      : SVA_VTD_GRAN_DEVICE,
        .domain = FIELD_EX64(cmd, VTD_CCMD, DID),
        .rid = FIELD_EX64(cmd, VTD_CCMD, SID),
        .fm = FIELD_EX64(cmd, VTD_CCMD, FM),
    };

    if (!(cmd & R_VTD_CCMD_ICC_MASK)) {
        return;
    }
    cmd = FIELD_DP64(cmd, VTD_CCMD, ICC, 0);
    cmd = FIELD_DP64(cmd, VTD_CCMD, CAIG, 0);
    if (is_allowed(vtd) && gran) {
        announce(vtd, SVA_VTD_DESC_CONTEXT, gran, &scope, 0);
        sva_vtd_drop_contexts(vtd, &scope);
        announce_end(vtd);
        cmd = FIELD_DP64(cmd, VTD_CCMD, CAIG, gran);
    }
    sva_vtd_set64(vtd, A_VTD_CCMD, cmd);
}

void sva_vtd_iotlb_command(SvaVtd *vtd)
{
    uint64_t cmd = sva_vtd_reg64(vtd, A_VTD_IOTLB);
    uint64_t iva = sva_vtd_reg64(vtd, A_VTD_IVA);
    unsigned gran = FIELD_EX64(cmd, VTD_IOTLB, IIRG);
    unsigned am = FIELD_EX64(iva, VTD_IVA, AM);
    SvaVtdScope scope = {
        .gran = gran == GRAN_GLOBAL ? SVA_VTD_GRAN_GLOBAL
                : gran == GRAN_DOMAIN ? SVA_VTD_GRAN_DOMAIN
                                      : SVA_VTD_GRAN_PAGE,
        .domain = FIELD_EX64(cmd, VTD_IOTLB, DID),
        .addr = iva & SVA_PAGE_MASK,
        .leaf_only = iva & R_VTD_IVA_IH_MASK,
        .mask = sva_vtd_am_mask(am),
    };

    if (!(cmd & R_VTD_IOTLB_IVT_MASK)) {
        return;
    }
    cmd = FIELD_DP64(cmd, VTD_IOTLB, IVT, 0);
    cmd = FIELD_DP64(cmd, VTD_IOTLB, IAIG, 0);
    if (gran == GRAN_NARROW && am > SVA_VTD_MAMV) {
        gran = 0;               /* ignored (VT-d rev 5.10, 11.4.6.3) */
    }
    if (is_allowed(vtd) && gran) {
        announce(vtd, SVA_VTD_DESC_IOTLB, gran, &scope,
                 gran == GRAN_NARROW ? iva : 0);
        sva_vtd_drop_iotlb(vtd, &scope);
        announce_end(vtd);
        cmd = FIELD_DP64(cmd, VTD_IOTLB, IAIG, gran);
    }
    sva_vtd_set64(vtd, A_VTD_IOTLB, cmd);
}

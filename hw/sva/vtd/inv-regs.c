/*
 * VT-d unit: invalidation by register
 *
 * Intel VT-d 5.10, "Context Command Register", "IOTLB Invalidate
 * Register", "Invalidate Address Register".  For legacy mode, while the
 * invalidation queue is off; otherwise the command completes with nothing
 * done, which the actual granularity 0 says.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "internal.h"

/* CIRG, IIRG and the actual granularities: 0 is reserved, or failure. */
#define GRAN_GLOBAL 1
#define GRAN_DOMAIN 2
#define GRAN_NARROW 3           /* device, page */

static bool is_allowed(SvaVtd *vtd)
{
    if (sva_vtd_gsts(vtd, SVA_VTD_GCMD_QIE) ||
        sva_vtd_ttm(vtd) != SVA_VTD_TTM_LEGACY) {
        sva_guest_error(vtd->iommu.env, "vtd: register-based invalidation "
                        "with queue enabled or in scalable mode");
        return false;
    }
    sva_vtd_count(vtd, SVA_VTD_CNT_REG_INVALIDATIONS);
    return true;
}

void sva_vtd_context_command(SvaVtd *vtd)
{
    uint64_t cmd = sva_vtd_reg64(vtd, SVA_VTD_REG_CCMD);
    unsigned gran = (cmd & SVA_VTD_CCMD_CIRG) >> SVA_VTD_CCMD_CIRG_SHIFT;
    SvaVtdScope scope = {
        .gran = gran == GRAN_GLOBAL ? SVA_VTD_GRAN_GLOBAL
                : gran == GRAN_DOMAIN ? SVA_VTD_GRAN_DOMAIN
                                      : SVA_VTD_GRAN_DEVICE,
        .domain = cmd,
        .rid = cmd >> SVA_VTD_CCMD_SID_SHIFT,
        .fm = cmd >> SVA_VTD_CCMD_FM_SHIFT & 3,
    };

    if (!(cmd & SVA_VTD_CCMD_ICC)) {
        return;
    }
    cmd &= ~(SVA_VTD_CCMD_ICC | SVA_VTD_CCMD_CAIG);
    if (is_allowed(vtd) && gran) {
        sva_vtd_drop_contexts(vtd, &scope);
        cmd |= (uint64_t)gran << SVA_VTD_CCMD_CAIG_SHIFT;
    }
    sva_vtd_set64(vtd, SVA_VTD_REG_CCMD, cmd);
}

void sva_vtd_iotlb_command(SvaVtd *vtd)
{
    uint64_t cmd = sva_vtd_reg64(vtd, SVA_VTD_REG_IOTLB);
    uint64_t iva = sva_vtd_reg64(vtd, SVA_VTD_REG_IVA);
    unsigned gran = (cmd & SVA_VTD_IOTLB_IIRG) >> SVA_VTD_IOTLB_IIRG_SHIFT;
    unsigned am = iva & SVA_VTD_IVA_AM;
    SvaVtdScope scope = {
        .gran = gran == GRAN_GLOBAL ? SVA_VTD_GRAN_GLOBAL
                : gran == GRAN_DOMAIN ? SVA_VTD_GRAN_DOMAIN
                                      : SVA_VTD_GRAN_PAGE,
        .domain = cmd >> SVA_VTD_IOTLB_DID_SHIFT,
        .addr = iva & SVA_PAGE_MASK,
        .mask = sva_vtd_am_mask(am),
    };

    if (!(cmd & SVA_VTD_IOTLB_IVT)) {
        return;
    }
    cmd &= ~(SVA_VTD_IOTLB_IVT | SVA_VTD_IOTLB_IAIG);
    if (gran == GRAN_NARROW && am > SVA_VTD_MAMV) {
        gran = 0;               /* ignored (VT-d 5.10 section 11.4.6.3) */
    }
    if (is_allowed(vtd) && gran) {
        sva_vtd_drop_iotlb(vtd, &scope);
        cmd |= (uint64_t)gran << SVA_VTD_IOTLB_IAIG_SHIFT;
    }
    sva_vtd_set64(vtd, SVA_VTD_REG_IOTLB, cmd);
}

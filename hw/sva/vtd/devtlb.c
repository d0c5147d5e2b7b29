/*
 * VT-d unit: invalidations of device-TLBs
 *
 * VT-d rev 5.10, 6.5.2.5 (descriptor) and 6.5.2 (ICE, ITE).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "inv.h"

bool sva_vtd_devtlb_ready(const SvaVtd *vtd)
{
    return sva_atc_inval_ready(&vtd->atc);
}

/*
 * An invalidation that cannot be delivered completes at once.  Unverified
 * (U14): a real unit may wait for the time-out instead.
 */
unsigned sva_vtd_devtlb_run(SvaVtd *vtd, const SvaVtdDesc *desc)
{
    return sva_atc_inval_send(&vtd->atc, &desc->atc);
}

void sva_vtd_inval_done(SvaIommu *iommu, uint16_t rid, uint32_t itag)
{
    SvaVtd *vtd = sva_vtd_of(iommu);

    if (!sva_vtd_gsts(vtd, R_VTD_GCMD_TE_MASK)) {
        /* It is answered UR, so the invalidation times out (4.2.1). */
        sva_guest_error(iommu->env, "vtd: the completion of an ATS "
                        "invalidation is lost, translation is disabled");
        sva_vtd_count(vtd, SVA_VTD_CNT_ATC_LOST);
        return;
    }
    if (!sva_atc_inval_completed(&vtd->atc, rid, itag) &&
        sva_vtd_gsts(vtd, R_VTD_GCMD_QIE_MASK)) {
        sva_vtd_set64(vtd, A_VTD_IQERCD,
                      FIELD_DP64(sva_vtd_reg64(vtd, A_VTD_IQERCD),
                                 VTD_IQERCD, ICESID, rid));
        sva_vtd_event_raise(vtd, SVA_VTD_EVENT_FAULT, R_VTD_FSTS_ICE_MASK);
    }
}

void sva_vtd_devtlb_expired(SvaVtd *vtd, uint16_t rid)
{
    if (!(sva_vtd_reg32(vtd, A_VTD_FSTS) & R_VTD_FSTS_ITE_MASK)) {
        sva_vtd_set64(vtd, A_VTD_IQERCD,
                      FIELD_DP64(sva_vtd_reg64(vtd, A_VTD_IQERCD),
                                 VTD_IQERCD, ITESID, rid));
    }
    sva_vtd_wait_abort(vtd);
    sva_vtd_event_raise(vtd, SVA_VTD_EVENT_FAULT, R_VTD_FSTS_ITE_MASK);
}

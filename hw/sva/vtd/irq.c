/*
 * VT-d unit: event interrupts
 *
 * VT-d rev 5.10, "Fault Event Control Register", "Invalidation Event
 * Control Register", "Page Request Event Control Register".  The three
 * sources share one scheme: a new condition sets IP, which is sent at once
 * or, with IM=1, when software unmasks; nothing is sent if software took back
 * every status bit before that.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "regs.h"

/*
 * @conditions: status bits that are conditions for an event
 * @others:     that are none, but as long as one is set there is no new event
 *              and a pending one is not taken back: FSTS.PFO (VT-d
 *              rev 5.10, 7.3)
 */
typedef struct SourceRow {
    uint16_t control;           /* data, address and upper address follow */
    uint16_t status;
    uint32_t conditions;
    uint32_t others;
    SvaVtdCounter counter;
} SourceRow;

static const SourceRow sources[] = {
    [SVA_VTD_EVENT_FAULT] = {
        A_VTD_FECTL, A_VTD_FSTS,
        R_VTD_FSTS_PPF_MASK | R_VTD_FSTS_IQE_MASK | R_VTD_FSTS_ICE_MASK |
        R_VTD_FSTS_ITE_MASK, R_VTD_FSTS_PFO_MASK, SVA_VTD_CNT_EVENTS_FAULT,
    },
    [SVA_VTD_EVENT_INVALIDATION] = {
        A_VTD_IECTL, A_VTD_ICS, R_VTD_ICS_IWC_MASK, 0,
        SVA_VTD_CNT_EVENTS_INVALIDATION,
    },
    [SVA_VTD_EVENT_PAGE] = {
        A_VTD_PECTL, A_VTD_PRS,
        R_VTD_PRS_PPR_MASK | R_VTD_PRS_PRO_MASK, 0, SVA_VTD_CNT_EVENTS_PAGE,
    },
};

static void set_pending(SvaVtd *vtd, const SourceRow *src, bool pending)
{
    uint32_t control = sva_vtd_reg32(vtd, src->control);

    control &= ~R_VTD_FECTL_IP_MASK;
    sva_vtd_set32(vtd, src->control,
                  control | (pending ? R_VTD_FECTL_IP_MASK : 0));
}

static void send_if_pending(SvaVtd *vtd, const SourceRow *src)
{
    uint32_t control = sva_vtd_reg32(vtd, src->control);
    uint64_t addr;

    if (!(control & R_VTD_FECTL_IP_MASK) || (control & R_VTD_FECTL_IM_MASK)) {
        return;
    }
    set_pending(vtd, src, false);
    addr = sva_vtd_reg32(vtd, src->control + 8) |
           (uint64_t)sva_vtd_reg32(vtd, src->control + 12) << 32;
    /*
     * The upper half belongs to the destination.  Unverified (U2): a message
     * to any other address, such as one of its own registers, is lost.
     */
    if (!sva_vtd_in_interrupt_range((uint32_t)addr)) {
        sva_guest_error(vtd->iommu.env, "vtd: an event is lost, 0x%" PRIx64
                        " is no address of interrupts", addr);
        return;
    }
    sva_vtd_count(vtd, src->counter);
    vtd->iommu.env->ops->msi(vtd->iommu.env, addr,
                             sva_vtd_reg32(vtd, src->control + 4));
}

void sva_vtd_event_raise(SvaVtd *vtd, SvaVtdEvent source, uint32_t bits)
{
    const SourceRow *src = &sources[source];
    uint32_t status = sva_vtd_reg32(vtd, src->status);

    sva_vtd_set32(vtd, src->status, status | bits);
    if (!(bits & src->conditions) ||
        status & (src->conditions | src->others)) {
        return;
    }
    set_pending(vtd, src, true);
    send_if_pending(vtd, src);
}

void sva_vtd_event_control(SvaVtd *vtd, SvaVtdEvent source)
{
    send_if_pending(vtd, &sources[source]);
}

void sva_vtd_event_cleared(SvaVtd *vtd, SvaVtdEvent source)
{
    const SourceRow *src = &sources[source];

    if (!(sva_vtd_reg32(vtd, src->status) &
          (src->conditions | src->others))) {
        set_pending(vtd, src, false);
    }
}

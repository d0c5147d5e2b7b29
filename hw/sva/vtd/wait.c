/*
 * VT-d unit: wait descriptors
 *
 * VT-d rev 5.10, 6.5.2.9 (descriptor) and 6.5.2.12 (ordering).  A wait
 * completes when the ATS invalidations before it have been completed; all else
 * is done when a descriptor has run.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "adversary.h"
#include "inv.h"

static void finish_wait(SvaVtd *vtd, const SvaVtdWait *wait)
{
    uint32_t data = GUINT32_TO_LE(wait->data);

    if (G_UNLIKELY(vtd->adversary)) {
        sva_vtd_late_flush(vtd);
    }
    sva_vtd_count(vtd, SVA_VTD_CNT_WAITS);
    if (wait->page_drain) {
        /*
         * Nothing to drain: the call that brings a page request or a response
         * has queued or sent it when it returns.
         */
        sva_vtd_count(vtd, SVA_VTD_CNT_WAITS_PAGE_DRAIN);
    }
    if (wait->fence) {
        sva_vtd_count(vtd, SVA_VTD_CNT_WAITS_FENCE);
    }
    /* Who follows the events knows it before software can. */
    sva_emit(vtd->iommu.env, .kind = SVA_EV_WAIT_DONE, .addr = wait->addr,
             .wait.word = wait->raw);
    if (wait->status_write &&
        !sva_env_write(vtd->iommu.env, wait->addr, &data, sizeof(data))) {
        sva_guest_error(vtd->iommu.env, "vtd: wait status address 0x%" PRIx64
                        " is not memory", wait->addr);
    }
    if (wait->interrupt) {
        sva_vtd_event_raise(vtd, SVA_VTD_EVENT_INVALIDATION,
                            R_VTD_ICS_IWC_MASK);
    }
}

/* GSTS shows the queue as enabled until the last wait that was fetched. */
static void stop_if_idle(SvaVtd *vtd)
{
    if (vtd->iq_stopping && !vtd->wait_count) {
        vtd->iq_stopping = false;
        sva_vtd_set_status(vtd, R_VTD_GCMD_QIE_MASK, false);
        sva_vtd_set64(vtd, A_VTD_IQH, 0);
    }
}

void sva_vtd_wait_stop(SvaVtd *vtd)
{
    vtd->iq_stopping = true;
    stop_if_idle(vtd);
}

/* Generations grow, so stop at the first wait that is not done. */
void sva_vtd_wait_check(SvaVtd *vtd)
{
    SvaVtdWait wait;

    if (G_UNLIKELY(vtd->adversary) && sva_vtd_late_holds(vtd)) {
        return;
    }
    while (vtd->wait_count &&
           sva_atc_inval_done(&vtd->atc,
                              vtd->waits[vtd->wait_first].generation)) {
        wait = vtd->waits[vtd->wait_first];
        vtd->wait_first = (vtd->wait_first + 1) % SVA_VTD_WAITS;
        vtd->wait_count--;
        vtd->fences -= wait.fence;
        finish_wait(vtd, &wait);
    }
    stop_if_idle(vtd);
}

void sva_vtd_wait_abort(SvaVtd *vtd)
{
    vtd->counters[SVA_VTD_CNT_WAITS_ABORTED] += vtd->wait_count;
    vtd->wait_count = 0;
    vtd->fences = 0;
    stop_if_idle(vtd);
}

bool sva_vtd_wait_ready(const SvaVtd *vtd)
{
    return vtd->wait_count < SVA_VTD_WAITS &&
           sva_atc_inval_fence_ready(&vtd->atc);
}

unsigned sva_vtd_wait_run(SvaVtd *vtd, const SvaVtdDesc *desc)
{
    SvaVtdWait wait = desc->wait;
    unsigned slot;

    wait.generation = sva_atc_inval_fence(&vtd->atc);
    if (sva_atc_inval_done(&vtd->atc, wait.generation) &&
        (G_LIKELY(!vtd->adversary) || sva_vtd_late_wait(vtd))) {
        finish_wait(vtd, &wait);
        return 0;
    }
    slot = (vtd->wait_first + vtd->wait_count) % SVA_VTD_WAITS;
    vtd->waits[slot] = wait;
    vtd->wait_count++;
    vtd->fences += wait.fence;
    sva_vtd_count(vtd, SVA_VTD_CNT_WAITS_DELAYED);
    return 0;
}

void sva_vtd_wait_reset(SvaVtd *vtd)
{
    vtd->wait_first = 0;
    vtd->wait_count = 0;
    vtd->fences = 0;
    vtd->iq_stopping = false;
}

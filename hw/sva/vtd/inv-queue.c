/*
 * VT-d unit: invalidation queue
 *
 * VT-d rev 5.10, 6.5.2 "Queued Invalidation Interface", "Queued
 * Invalidation Ordering Considerations", "Invalidation Queue Errors".
 *
 * Descriptors run in order as they are fetched, but an ATS invalidation stays
 * outstanding until the function completes it.  A wait descriptor completes
 * when the invalidations before it have been completed.  Unless it is a fence
 * it does not hold up the descriptors behind it: the function may need a page
 * response behind the wait to go on.  Fetching stops while there is no room for
 * another wait or invalidation.  It also stops after a slice of work, and a
 * timer continues it, so that a long queue does not block the machine.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "adversary.h"
#include "inv.h"

#define STOPPING_ERRORS (R_VTD_FSTS_IQE_MASK | R_VTD_FSTS_ITE_MASK)

static uint32_t head(const SvaVtd *vtd)
{
    return sva_vtd_reg64(vtd, A_VTD_IQH);
}

static bool is_wide(const SvaVtd *vtd)
{
    return (1u << vtd->iq.entry_log2) == SVA_VTD_DESC_WORDS * 8;
}

/* @qw: the descriptor, NULL: none was fetched */
static void queue_error(SvaVtd *vtd, unsigned iqei, const uint64_t *qw)
{
    uint64_t info = sva_vtd_reg64(vtd, A_VTD_IQERCD);

    info = FIELD_DP64(info, VTD_IQERCD, IQEI, iqei);
    sva_vtd_set64(vtd, A_VTD_IQERCD, info);
    sva_vtd_count(vtd, SVA_VTD_CNT_QUEUE_ERRORS);
    sva_emit(vtd->iommu.env, .kind = SVA_EV_COMMAND_ERROR,
             .command = {
                 .words = { qw ? qw[0] : 0, qw ? qw[1] : 0 },
                 .type = qw ? FIELD_EX64(qw[0], VTD_DESC0, TYPE_LO) : 0,
                 .code = iqei,
             });
    sva_vtd_event_raise(vtd, SVA_VTD_EVENT_FAULT, R_VTD_FSTS_IQE_MASK);
}

/* Is there a descriptor that may be fetched?  Reports a bad tail. */
static bool may_fetch(SvaVtd *vtd)
{
    uint64_t tail = sva_vtd_reg64(vtd, A_VTD_IQT);

    if (!sva_vtd_gsts(vtd, R_VTD_GCMD_QIE_MASK) || vtd->iq_stopping ||
        vtd->fences ||
        sva_vtd_reg32(vtd, A_VTD_FSTS) & STOPPING_ERRORS) {
        return false;
    }
    if (!sva_ring_offset_valid(&vtd->iq, tail)) {
        queue_error(vtd, tail >= sva_ring_bytes(&vtd->iq)
                         ? SVA_VTD_IQEI_TAIL : SVA_VTD_IQEI_ALIGN, NULL);
        return false;
    }
    return !sva_ring_empty(head(vtd), tail);
}

/*
 * May descriptors of this width be in the queue?  Scalable mode has wide ones
 * only; legacy mode takes both (VT-d rev 5.10, 11.4.9.9).  Unverified (U17):
 * the code for modes that the unit does not have.
 */
static unsigned mode_error(const SvaVtd *vtd)
{
    bool scalable = vtd->ecap & R_VTD_ECAP_SMTS_MASK;

    if (is_wide(vtd) && !scalable) {
        return SVA_VTD_IQEI_WIDTH;
    }
    if (sva_vtd_ttm(vtd) == SVA_VTD_TTM_LEGACY) {
        return SVA_VTD_IQEI_NONE;
    }
    if (sva_vtd_ttm(vtd) != SVA_VTD_TTM_SCALABLE || !scalable) {
        /* Reserved, or a mode that the unit lacks: ADMS=0, SMTS=0. */
        return SVA_VTD_IQEI_MODE;
    }
    return is_wide(vtd) ? SVA_VTD_IQEI_NONE : SVA_VTD_IQEI_WIDTH;
}

static bool fetch(SvaVtd *vtd, uint64_t *qw)
{
    uint64_t raw[SVA_VTD_DESC_WORDS] = { 0 };
    unsigned iqei = mode_error(vtd), i;

    if (iqei != SVA_VTD_IQEI_NONE) {
        sva_guest_error(vtd->iommu.env, "vtd: queue of %u-byte descriptors "
                        "with TTM %u, error %u", 1u << vtd->iq.entry_log2,
                        sva_vtd_ttm(vtd), iqei);
        queue_error(vtd, iqei, NULL);
        return false;
    }
    if (!sva_env_read(vtd->iommu.env, sva_ring_addr(&vtd->iq, head(vtd)),
                      raw, (size_t)1 << vtd->iq.entry_log2)) {
        queue_error(vtd, SVA_VTD_IQEI_FETCH, NULL);
        return false;
    }
    for (i = 0; i < SVA_VTD_DESC_WORDS; i++) {
        qw[i] = GUINT64_FROM_LE(raw[i]);
    }
    return true;
}

/*
 * Run the descriptor at the head and add its cost to @spent.  false: it stays
 * there for now.
 */
static bool run_one(SvaVtd *vtd, unsigned *spent)
{
    uint64_t qw[SVA_VTD_DESC_WORDS];
    const SvaVtdDescType *type = NULL;
    SvaVtdDesc desc;
    unsigned iqei;

    if (!fetch(vtd, qw)) {
        return false;
    }
    iqei = sva_vtd_desc_decode(vtd, qw, &type, &desc);
    if (iqei != SVA_VTD_IQEI_NONE) {
        sva_guest_error(vtd->iommu.env, "vtd: bad descriptor 0x%" PRIx64
                        " 0x%" PRIx64 ", error %u", qw[0], qw[1], iqei);
        queue_error(vtd, iqei, qw);
        return false;
    }
    if (type->ready && !type->ready(vtd)) {
        return false;
    }
    sva_vtd_count(vtd, type->counter);
    sva_vtd_set64(vtd, A_VTD_IQH,
                  sva_ring_next(&vtd->iq, head(vtd)));
    sva_emit(vtd->iommu.env, .kind = SVA_EV_COMMAND,
             .command = {
                 .words = { qw[0], qw[1] },
                 .type = FIELD_EX64(qw[0], VTD_DESC0, TYPE_LO),
             });
    *spent += SVA_SLICE_PER_COMMAND +
              (G_UNLIKELY(vtd->adversary)
               ? sva_vtd_late_run(vtd, type, &desc, qw)
               : type->run(vtd, &desc));
    return true;
}

void sva_vtd_queue_run(SvaVtd *vtd)
{
    unsigned spent = 0;

    if (vtd->iq_running) {
        /* A completion within a descriptor: the running loop goes on. */
        return;
    }
    vtd->iq_running = true;
    while (spent < SVA_SLICE && may_fetch(vtd) && run_one(vtd, &spent)) {
        ;
    }
    vtd->iq_running = false;
    if (spent >= SVA_SLICE && may_fetch(vtd)) {
        sva_vtd_count(vtd, SVA_VTD_CNT_QUEUE_DEFERRED);
        sva_vtd_queue_defer(vtd);
    }
}

/*
 * Use a time in the future: while the clock stands still, as with -icount, the
 * timer loop would run a timer that is due again and again.
 */
void sva_vtd_queue_defer(SvaVtd *vtd)
{
    const SvaEnvOps *ops = vtd->iommu.env->ops;

    ops->timer_at(vtd->slice_timer, ops->now(vtd->iommu.env) + 1);
}

void sva_vtd_queue_slice(void *opaque)
{
    sva_vtd_wait_check(opaque);         /* of a unit that was saved so */
    sva_vtd_queue_run(opaque);
}

void sva_vtd_queue_enable(SvaVtd *vtd)
{
    uint64_t iqa = sva_vtd_reg64(vtd, A_VTD_IQA);

    if (vtd->iq_stopping) {
        vtd->iq_stopping = false;
        return;
    }
    vtd->iq = (SvaRing) {
        .base = iqa & SVA_VTD_ADDR,
        .size_log2 = SVA_PAGE_SHIFT + FIELD_EX64(iqa, VTD_IQA, QS),
        .entry_log2 = iqa & R_VTD_IQA_DW_MASK ? 5 : 4,
    };
    sva_vtd_set64(vtd, A_VTD_IQH, 0);
    sva_vtd_queue_run(vtd);
}

void sva_vtd_queue_errors_cleared(SvaVtd *vtd)
{
    uint32_t status = sva_vtd_reg32(vtd, A_VTD_FSTS);
    uint64_t info = sva_vtd_reg64(vtd, A_VTD_IQERCD);

    if (!(status & R_VTD_FSTS_IQE_MASK)) {
        info = FIELD_DP64(info, VTD_IQERCD, IQEI, SVA_VTD_IQEI_NONE);
    }
    if (!(status & R_VTD_FSTS_ITE_MASK)) {
        info = FIELD_DP64(info, VTD_IQERCD, ITESID, 0);
    }
    if (!(status & R_VTD_FSTS_ICE_MASK)) {
        info = FIELD_DP64(info, VTD_IQERCD, ICESID, 0);
    }
    sva_vtd_set64(vtd, A_VTD_IQERCD, info);
    sva_vtd_queue_run(vtd);
}

void sva_vtd_queue_reset(SvaVtd *vtd)
{
    sva_atc_inval_reset(&vtd->atc);
    sva_vtd_wait_reset(vtd);
    vtd->iommu.env->ops->timer_cancel(vtd->slice_timer);
    vtd->iq = (SvaRing) { .size_log2 = SVA_PAGE_SHIFT, .entry_log2 = 4 };
}

static void request_closed(void *opaque)
{
    sva_vtd_wait_check(opaque);
    sva_vtd_queue_run(opaque);
}

static void request_expired(void *opaque, uint16_t rid)
{
    sva_vtd_devtlb_expired(opaque, rid);
}

const SvaAtcInvalOps sva_vtd_queue_atc_ops = {
    .closed = request_closed,
    .expired = request_expired,
};

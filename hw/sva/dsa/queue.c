/*
 * sva-dsa: work queues and portals
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "bytes.h"
#include "irq.h"
#include "queue.h"
#include "report.h"
#include "run-queue.h"

SvaPasid sva_dsa_queue_pasid(const DsaWq *wq, uint32_t word)
{
    if (!(wq->cfg[1] & DSA_WQ1_PASID_EN)) {
        return SVA_NO_PASID;
    }
    return sva_pasid(dsa_wq_dedicated(wq)
                     ? wq->cfg[1] >> DSA_WQ1_PASID_SHIFT & DSA_PASID_MASK
                     : word & DSA_PASID_MASK);
}

void sva_dsa_queues_lay_out(SvaDsa *dsa)
{
    uint32_t base = 0;

    for (unsigned i = 0; i < dsa->config.wqs; i++) {
        DsaWq *wq = &dsa->wq[i];

        wq->base = base;
        wq->head = 0;
        wq->count = 0;
        wq->turns = 0;
        base += dsa_wq_size(wq);
    }
}

static DsaEntry *queue_entry(const SvaDsa *dsa, const DsaWq *wq, uint32_t n)
{
    return &dsa->entries[wq->base + (wq->head + n) % dsa_wq_size(wq)];
}

const DsaEntry *sva_dsa_queue_peek(const SvaDsa *dsa, unsigned wq)
{
    return dsa->wq[wq].count ? queue_entry(dsa, &dsa->wq[wq], 0) : NULL;
}

const DsaEntry *sva_dsa_queue_at(const SvaDsa *dsa, unsigned wq, uint32_t n)
{
    return queue_entry(dsa, &dsa->wq[wq], n);
}

void sva_dsa_queue_put(SvaDsa *dsa, unsigned index, const DsaEntry *entry,
                       const uint8_t *desc)
{
    DsaWq *wq = &dsa->wq[index];
    DsaEntry *to = queue_entry(dsa, wq, wq->count++);

    *to = *entry;
    memcpy(to->desc, desc, sizeof(to->desc));
}

void sva_dsa_queue_pop(SvaDsa *dsa, unsigned index)
{
    DsaWq *wq = &dsa->wq[index];

    wq->head = (wq->head + 1) % dsa_wq_size(wq);
    wq->count--;
    sva_dsa_queue_check_occupancy(dsa, index);
}

/* 9.2.24: at or below the limit, once until software has acknowledged it. */
void sva_dsa_queue_check_occupancy(SvaDsa *dsa, unsigned index)
{
    DsaWq *wq = &dsa->wq[index];

    if (wq->state != DSA_WQ_ENABLED || !(wq->cfg[2] & DSA_WQ2_INT_ENABLE) ||
        wq->cfg[3] & DSA_WQ3_INT_DONE ||
        wq->count > (wq->cfg[2] & DSA_WQ2_LIMIT) >> DSA_WQ2_LIMIT_SHIFT) {
        return;
    }
    wq->cfg[3] |= DSA_WQ3_INT_DONE;
    sva_dsa_irq_handle(dsa, wq->cfg[2] & DSA_WQ2_HANDLE);
}

/* -- commands -- */

static bool entry_matches(const SvaDsa *dsa, unsigned index, uint32_t n,
                          const DsaFilter *filter)
{
    const DsaWq *wq = &dsa->wq[index];
    const DsaEntry *entry = queue_entry(dsa, wq, n);

    return sva_dsa_filter_match(filter, index,
                                sva_dsa_queue_pasid(wq,
                                                    dsa_get32(entry->desc)),
                                entry->seq);
}

bool sva_dsa_queues_have(const SvaDsa *dsa, const DsaFilter *filter)
{
    for (unsigned i = 0; i < dsa->config.wqs; i++) {
        for (uint32_t n = 0; n < dsa->wq[i].count; n++) {
            if (entry_matches(dsa, i, n, filter)) {
                return true;
            }
        }
    }
    return false;
}

void sva_dsa_queues_drop(SvaDsa *dsa, const DsaFilter *filter)
{
    for (unsigned i = 0; i < dsa->config.wqs; i++) {
        DsaWq *wq = &dsa->wq[i];
        uint32_t kept = 0;

        for (uint32_t n = 0; n < wq->count; n++) {
            if (entry_matches(dsa, i, n, filter)) {
                sva_dsa_count(dsa, DSA_CNT_ABORTED);
                continue;
            }
            if (kept != n) {
                *queue_entry(dsa, wq, kept) = *queue_entry(dsa, wq, n);
            }
            kept++;
        }
        wq->count = kept;
        sva_dsa_queue_check_occupancy(dsa, i);
    }
}

/* -- portals (5.3, 9.3) -- */

static bool portal_dropped(SvaDsa *dsa, bool deferrable)
{
    sva_dsa_count(dsa, deferrable ? DSA_CNT_RETRIED : DSA_CNT_DROPPED);
    return false;
}

static bool queue_has_room(const DsaWq *wq, unsigned portal)
{
    uint32_t most = dsa_wq_size(wq);

    if (!dsa_wq_dedicated(wq) && portal & DSA_PORTAL_LIMITED) {
        most = MIN(most, wq->cfg[0] >> DSA_WQ0_THRESHOLD_SHIFT & 0xffff);
    }
    return wq->count < most;
}


bool sva_dsa_submit(SvaDsa *dsa, uint64_t offset, const uint8_t *desc,
                    bool deferrable)
{
    uint64_t page = offset / SVA_PAGE_SIZE;
    uint64_t index = page / 4;
    unsigned portal = page % 4;
    DsaWq *wq = &dsa->wq[index % DSA_WQS_MAX];

    /* There is no Interrupt Message Storage, thus no portal for it. */
    if (dsa->fn.busy || offset % DSA_DESC_BYTES ||
        index >= dsa->config.wqs || portal & DSA_PORTAL_IMS ||
        wq->state != DSA_WQ_ENABLED || dsa->state != DSA_ENABLED ||
        dsa_wq_dedicated(wq) == deferrable) {
        return portal_dropped(dsa, deferrable);
    }
    if (!queue_has_room(wq, portal)) {
        if (!deferrable) {
            sva_dsa_report_full(dsa, (unsigned)index);
        }
        return portal_dropped(dsa, deferrable);
    }
    sva_dsa_queue_put(dsa, (unsigned)index, &(DsaEntry) {
        .seq = dsa->seq++, .portal = (uint8_t)portal,
    }, desc);
    sva_dsa_count(dsa, DSA_CNT_ACCEPTED);
    sva_dsa_arm(dsa, 0);
    return true;
}

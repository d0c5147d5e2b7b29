/*
 * Calls of an IOMMU, under its fabric's lock
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_PCI_IOMMU_CALL_H
#define HW_SVA_PCI_IOMMU_CALL_H

#include "fabric.h"

/*
 * What our own endpoints send holds the BQL, and so do registers and timers.  A
 * device in an iothread does not: QEMU waits for such a thread with the BQL
 * held, so the thread must never wait for the BQL.  This lock is where the two
 * meet.  Order: BQL, then the lock; nobody waits for another thread below it.
 *
 * The lock is dropped between a translation and the access that it is for.  It
 * must not happen that the guest is told that an invalidation is complete, and
 * the access comes after that.
 *
 * - With the BQL held until the access is over, it cannot: the IOMMU fetches
 *   commands, and completes waits, from register writes, timers and bottom
 *   halves, all of which hold the BQL.  If the access itself writes such a
 *   register, it has been made; the next one is translated anew.
 *
 * - A device in an iothread may still be at the old page, and so may any that
 *   has mapped it with QEMU's DMA functions.  RCU, or a reference to the
 *   region, keeps the memory.  QEMU gives an IOMMU no way to wait for such
 *   devices; the same is true of its own IOMMUs.
 *
 * What a cache of the IOMMU answers takes no lock (SvaIommuOps.peek), in no
 * thread.  With the BQL held until the access is over, the above is true of it
 * as well; so it is of an iothread, which learns from peek() what was true when
 * it asked.
 *
 * The lock is not recursive.  An IOMMU sends messages from within its calls,
 * and one of them may be answered at once: an invalidate request, see iommu.h.
 * That answer comes in by the same thread, which has the lock, and does not
 * take it (SvaPciFabric.delivering).  All else that would come in again waits:
 * memory requests, which no port may send then (SvaPortClientOps), messages to
 * others (post.h), interrupts, and writes to other than RAM (env-qemu.c).
 *
 * Events are emitted under it, from any thread.  The lock of the event bus
 * comes after it, and nobody waits for anything below that (event.h).
 */
static inline void sva_pci_lock(SvaPciFabric *fabric)
{
    sva_pci_lock_take(&fabric->lock);
}

static inline void sva_pci_unlock(SvaPciFabric *fabric)
{
    sva_pci_lock_drop(&fabric->lock);
}

/*
 * Where may an untranslated or translated request go?  Without the lock, if a
 * cache has the answer; false: ask by sva_pci_iommu_request().
 */
static inline bool sva_pci_iommu_peek(SvaPciFabric *fabric,
                                      const SvaRequest *req, SvaHit *out)
{
    const SvaIommu *iommu = fabric->iommu;

    return likely(iommu->ops->peek) && iommu->ops->peek(iommu, req, out);
}

/* So many requests with that answer are made now.  With the BQL. */
static inline void sva_pci_iommu_hit(SvaPciFabric *fabric, SvaHitKind kind,
                                     unsigned requests)
{
    fabric->iommu->hits[kind] += requests;
}

/* Untranslated or translated request, as @req->at says; with the BQL. */
static inline void sva_pci_iommu_request(SvaPciFabric *fabric,
                                         const SvaRequest *req,
                                         SvaTranslation *out)
{
    const SvaIommuOps *ops = fabric->iommu->ops;

    sva_pci_lock(fabric);
    if (req->at == SVA_AT_TRANSLATED) {
        ops->check_translated(fabric->iommu, req, out);
    } else {
        ops->translate(fabric->iommu, req, out);
    }
    sva_pci_unlock(fabric);
}

static inline void sva_pci_iommu_ats_request(SvaPciFabric *fabric,
                                             const SvaRequest *req,
                                             SvaAtsCompletion *out)
{
    sva_pci_lock(fabric);
    fabric->iommu->ops->ats_request(fabric->iommu, req, out);
    sva_pci_unlock(fabric);
}

static inline void sva_pci_iommu_page_request(SvaPciFabric *fabric,
                                              const SvaPageRequest *req)
{
    sva_pci_lock(fabric);
    fabric->iommu->ops->page_request(fabric->iommu, req);
    sva_pci_unlock(fabric);
}

/* Perhaps from within the invalidate request; with the BQL. */
static inline void sva_pci_iommu_inval_done(SvaPciFabric *fabric,
                                            uint16_t rid, uint32_t itag)
{
    bool within = fabric->delivering;

    if (!within) {
        sva_pci_lock(fabric);
    }
    fabric->iommu->ops->inval_done(fabric->iommu, rid, itag);
    if (!within) {
        sva_pci_unlock(fabric);
    }
}

static inline uint64_t sva_pci_iommu_read(SvaPciFabric *fabric, uint64_t off,
                                          unsigned size)
{
    uint64_t val;

    sva_pci_lock(fabric);
    val = fabric->iommu->ops->mmio_read(fabric->iommu, off, size);
    sva_pci_unlock(fabric);
    return val;
}

#endif

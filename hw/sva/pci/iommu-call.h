/*
 * Calls of an IOMMU, under its fabric's lock
 *
 * Requests of our own endpoints, registers and timers hold the BQL, which would
 * do.  A device in an iothread holds none: QEMU waits for such a thread with
 * the BQL held, so that it must never wait for the BQL.  The lock is for those
 * two to meet.  Order: BQL, then the lock; nobody waits for another thread
 * below the lock.
 *
 * The lock is recursive: an IOMMU may send a message from within a call, and
 * the function answer it at once, see iommu.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_PCI_IOMMU_CALL_H
#define HW_SVA_PCI_IOMMU_CALL_H

#include "qemu/main-loop.h"
#include "fabric.h"

static inline void sva_pci_lock(SvaPciFabric *fabric)
{
    qemu_rec_mutex_lock(&fabric->lock);
}

static inline void sva_pci_unlock(SvaPciFabric *fabric)
{
    qemu_rec_mutex_unlock(&fabric->lock);
}

/*
 * The same for callers that may be without the BQL.  They emit no events: the
 * listeners of events are not prepared for it.
 */
static inline void sva_pci_lock_any(SvaPciFabric *fabric)
{
    qemu_rec_mutex_lock(&fabric->lock);
    if (unlikely(!bql_locked())) {
        fabric->env.env.bus = NULL;
    }
}

static inline void sva_pci_unlock_any(SvaPciFabric *fabric)
{
    fabric->env.env.bus = fabric->bus;
    qemu_rec_mutex_unlock(&fabric->lock);
}

#endif

/*
 * SvaPciLock: the lock around a model that threads without the BQL may call
 *
 * It is not recursive: a thread that has it must not ask for it again.  Builds
 * with CONFIG_DEBUG_MUTEX or a sanitizer end where one does; others would wait
 * for ever.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_PCI_LOCK_H
#define HW_SVA_PCI_LOCK_H

#include "qemu/atomic.h"
#include "qemu/thread.h"

#if !defined(SVA_PCI_LOCK_CHECKED) &&                                   \
    (defined(CONFIG_DEBUG_MUTEX) || defined(__SANITIZE_ADDRESS__) ||    \
     defined(__SANITIZE_THREAD__))
#define SVA_PCI_LOCK_CHECKED 1
#endif

/* @holder: the thread that has it, or NULL; only where that is checked */
typedef struct SvaPciLock {
    QemuMutex mutex;
    GThread *holder;
} SvaPciLock;

static inline void sva_pci_lock_init(SvaPciLock *lock)
{
    qemu_mutex_init(&lock->mutex);
    lock->holder = NULL;
}

static inline void sva_pci_lock_take(SvaPciLock *lock)
{
#ifdef SVA_PCI_LOCK_CHECKED
    g_assert(qatomic_read(&lock->holder) != g_thread_self());
#endif
    qemu_mutex_lock(&lock->mutex);
#ifdef SVA_PCI_LOCK_CHECKED
    qatomic_set(&lock->holder, g_thread_self());
#endif
}

static inline void sva_pci_lock_drop(SvaPciLock *lock)
{
#ifdef SVA_PCI_LOCK_CHECKED
    g_assert(qatomic_read(&lock->holder) == g_thread_self());
    qatomic_set(&lock->holder, NULL);
#endif
    qemu_mutex_unlock(&lock->mutex);
}

#endif

/*
 * sva-dsa: a descriptor in a slot, from its checks to its completion
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_DSA_JOB_H
#define HW_SVA_DSA_JOB_H

#include "model.h"

/* Begin with @entry of WQ @wq; the slot is idle. */
void sva_dsa_job_start(DsaSlot *slot, unsigned wq, const DsaEntry *entry);

/* false: it can do nothing until it is woken, or is idle. */
bool sva_dsa_job_step(DsaSlot *slot);

/* Must the slot be stepped once another one has become idle? */
static inline bool sva_dsa_job_waits_for_others(const DsaSlot *slot)
{
    return slot->phase == DSA_SLOT_DRAIN ||
           slot->phase == DSA_SLOT_EVENT_WAIT;
}

#endif

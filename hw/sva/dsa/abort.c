/*
 * sva-dsa: descriptors that a command is about
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "abort.h"
#include "queue.h"
#include "run-queue.h"

void sva_dsa_abort(SvaDsa *dsa, const DsaFilter *filter)
{
    sva_dsa_queues_drop(dsa, filter);
    for (unsigned i = 0; i < sva_dsa_slots(dsa); i++) {
        DsaSlot *slot = &dsa->slot[i];

        if (slot->phase != DSA_SLOT_IDLE &&
            sva_dsa_filter_match(filter, slot->wq, slot->pasid, slot->seq)) {
            slot->quit = true;
            sva_dsa_wake(slot);
        }
    }
}

bool sva_dsa_busy_with(const SvaDsa *dsa, const DsaFilter *filter)
{
    for (unsigned i = 0; i < sva_dsa_slots(dsa); i++) {
        const DsaSlot *slot = &dsa->slot[i];

        if (slot->phase != DSA_SLOT_IDLE &&
            sva_dsa_filter_match(filter, slot->wq, slot->pasid, slot->seq)) {
            return true;
        }
    }
    return sva_dsa_queues_have(dsa, filter);
}

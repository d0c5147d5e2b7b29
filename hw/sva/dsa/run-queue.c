/*
 * sva-dsa: slots that can go on, and when they do
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "run-queue.h"

void sva_dsa_arm(SvaDsa *dsa, int64_t delay)
{
    dsa->env->ops->timer_at(dsa->timer, dsa->env->ops->now(dsa->env) + delay);
}

void sva_dsa_wake(DsaSlot *slot)
{
    if (!slot->queued) {
        slot->queued = true;
        g_queue_push_tail_link(&slot->dsa->run_queue, &slot->run_link);
        sva_dsa_arm(slot->dsa, 0);
    }
}

DsaSlot *sva_dsa_next_slot(SvaDsa *dsa)
{
    GList *link = g_queue_pop_head_link(&dsa->run_queue);
    DsaSlot *slot = link ? link->data : NULL;

    if (slot) {
        slot->queued = false;
    }
    return slot;
}

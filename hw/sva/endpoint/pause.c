/*
 * Pauses of accesses
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "access.h"
#include "pause.h"

void sva_pause_begin(SvaFunction *fn, int64_t delay)
{
    if (!fn->pausing) {
        fn->pausing = true;
        fn->env->ops->timer_at(fn->pause_timer,
                               fn->env->ops->now(fn->env) + delay);
    }
}

void sva_pause_timer(void *opaque)
{
    SvaFunction *fn = opaque;

    fn->pausing = false;
    for (unsigned i = 0; i < fn->accesses->len; i++) {
        const SvaMemAccess *access = g_ptr_array_index(fn->accesses, i);

        if (access->stage == SVA_ACCESS_GROUP_ANSWERED) {
            fn->ops->wake(access->owner, SVA_ACCESS_WAIT_RESPONSE);
        }
    }
    sva_page_groups_kick(fn);
}

void sva_pause_reset(SvaFunction *fn)
{
    fn->pausing = false;
    fn->env->ops->timer_cancel(fn->pause_timer);
}

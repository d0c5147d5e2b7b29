/*
 * What a function tells those who listen to events
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "announce.h"

void sva_function_announce(SvaFunction *fn)
{
    if (fn->said_ats == fn->ats_enable && fn->said_pri == fn->pri_enable) {
        return;
    }
    fn->said_ats = fn->ats_enable;
    fn->said_pri = fn->pri_enable;
    sva_emit(fn->env, .kind = SVA_EV_FUNCTION, .rid = sva_function_rid(fn),
             .function = { .ats = fn->ats_enable, .pri = fn->pri_enable });
}

void sva_function_flush_atc(SvaFunction *fn)
{
    sva_atc_flush(fn->atc);
    sva_emit(fn->env, .kind = SVA_EV_DROP, .rid = sva_function_rid(fn),
             .drop.caches = SVA_DROP_ATC);
}

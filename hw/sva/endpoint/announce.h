/*
 * What a function tells those who listen to events
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_ENDPOINT_ANNOUNCE_H
#define HW_SVA_ENDPOINT_ANNOUNCE_H

#include "function.h"
#include "hw/sva/event.h"

/* ATS or PRI may have been enabled or disabled (SVA_EV_FUNCTION). */
void sva_function_announce(SvaFunction *fn);

/*
 * Accesses go by an entry of the ATC: count them and announce the first, at
 * @addr.  There is but one if it is stale, or if somebody wants to hear of
 * hits.
 */
static inline void sva_function_hit(const SvaFunction *fn, void *owner,
                                    const SvaAtcEntry *hit, uint64_t addr,
                                    uint8_t rights, unsigned accesses)
{
    sva_function_count(fn, owner, SVA_FN_ATC_HITS, accesses);
    if (hit->stale) {
        sva_function_count(fn, owner, SVA_FN_ATC_STALE_HITS, 1);
    }
    sva_emit_request(fn->env, !hit->stale, .kind = SVA_EV_ATC_HIT,
                     .rid = sva_function_rid(fn), .pasid = hit->pasid,
                     .addr = addr, .access = rights, .atc_hit = {
                         .pa = sva_atc_entry_pa(hit, addr),
                         .stale = hit->stale,
                     });
}

/* Drop the whole ATC, without an invalidate request (SVA_EV_DROP). */
void sva_function_flush_atc(SvaFunction *fn);

#endif

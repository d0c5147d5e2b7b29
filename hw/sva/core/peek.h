/*
 * What a uTLB tells without the lock, for SvaIommuOps.peek()
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_CORE_PEEK_H
#define HW_SVA_CORE_PEEK_H

#include "hw/sva/event.h"
#include "utlb.h"

/*
 * An untranslated request.  Whoever listens on @bus may want to hear of hits,
 * which only the unit itself announces.  SvaUtlbEntry.flag: it went by a table
 * of PASIDs.
 */
static inline bool sva_peek_page(const SvaUtlb *utlb, const SvaEventBus *bus,
                                 const SvaRequest *req, SvaHit *out)
{
    SvaUtlbEntry entry;

    if (sva_event_bus_wants(bus, true) || !sva_utlb_peek(utlb, req, &entry)) {
        return false;
    }
    *out = (SvaHit) {
        .addr = entry.map.addr,
        .mask = entry.map.mask,
        .kind = entry.flag ? SVA_HIT_PASID : SVA_HIT_PLAIN,
        .access = entry.map.access,
    };
    return true;
}

#endif

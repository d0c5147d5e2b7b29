/*
 * What page-table walks are asked, of all formats
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_CORE_PT_QUERY_H
#define HW_SVA_CORE_PT_QUERY_H

#include "hw/sva/types.h"

typedef struct SvaWalkView SvaWalkView;

/*
 * @va:      address to translate
 * @want:    SvaAccess bits; SVA_PRIV: a privileged request
 * @useful:  for sva_vmsa_walk() with @partial: without one of these rights the
 *           others are as good as none; 0: any right will do
 * @upper:   bits that the tables do not translate and @va is without
 * @pasid, @rid: who asks, for events
 * @partial: false, memory requests: a right in @want that is missing fails the
 *           walk.  true, translation requests: it is left out of the result,
 *           and the walk fails only if no right at all is left.
 * @views:   the walk cache for each stage of a walk, see walk-cache.h: that of
 *           the only stage, or of the first and the second.  NULL: no caches
 */
typedef struct SvaPtQuery {
    uint64_t va;
    const SvaWalkView *views;
    uint64_t upper;
    SvaPasid pasid;
    uint16_t rid;
    uint8_t want;
    uint8_t useful;
    bool partial;
} SvaPtQuery;

#endif

/*
 * Liberties of a function: how often each is taken, and what permits it
 *
 * Everything here keeps the rules.  What breaks them is in misbehaviour.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_ENDPOINT_ADVERSARY_H
#define HW_SVA_ENDPOINT_ADVERSARY_H

#include "function.h"

#define SVA_ADVERSARY_US 1000u

/*
 * An ATC may hold a translation until it is told to drop it (PCIe r6 10.3 "ATS
 * Invalidation"): sva_atc_never_replace().
 */

/*
 * Translations may be asked for in advance (10.2.2 "Translation Requests"):
 * those of pages near the one that is needed.
 */
static inline bool sva_adversary_prefetches(const SvaFunction *fn)
{
    return sva_adversary_chance(fn->adversary, 4);
}

/* Never in another table of the last level but one. */
static inline uint64_t sva_adversary_neighbour(const SvaFunction *fn,
                                               uint64_t page)
{
    uint64_t distance = (1 + sva_adversary_below(fn->adversary, 4)) *
                        SVA_PAGE_SIZE;
    uint64_t other = sva_adversary_chance(fn->adversary, 2) ? page - distance
                                                            : page + distance;

    return (other ^ page) >> 30 ? page : other;
}

/*
 * ns until an invalidate request is carried out and completed, or 0.  The old
 * translation may be used until then, and completions need not come in the
 * order of the requests (10.3.3 "Invalidate Completion Semantics", 10.3.6
 * "Invalidate Ordering Semantics").
 */
static inline int64_t sva_adversary_inval_delay(const SvaFunction *fn)
{
    GRand *adversary = fn->adversary;

    if (!adversary || sva_adversary_chance(adversary, 4)) {
        return 0;
    }
    return (int64_t)(1 + sva_adversary_below(adversary, 100)) *
           SVA_ADVERSARY_US *
           (sva_adversary_chance(adversary, 32) ? 30 : 1);
}

/*
 * Groups are independent of each other and may be held back (10.4 "Page
 * Request Services").
 */
static inline bool sva_adversary_holds_group(const SvaFunction *fn)
{
    return sva_adversary_chance(fn->adversary, 4);
}

static inline unsigned sva_adversary_next_group(const SvaFunction *fn)
{
    unsigned groups = fn->credit_queue.length;

    return groups ? sva_adversary_below(fn->adversary, groups) : 0;
}

/*
 * A group may have as many requests as credits allow, in any order (10.4.1
 * "Page Request Message"): as many as @most, or as chosen.
 */
static inline unsigned sva_adversary_group_pages(const SvaFunction *fn,
                                                 unsigned most)
{
    return fn->adversary && sva_adversary_chance(fn->adversary, 2)
           ? 1 + sva_adversary_below(fn->adversary, 8) : most;
}

static inline bool sva_adversary_turns_group(const SvaFunction *fn)
{
    return sva_adversary_chance(fn->adversary, 2);
}

/*
 * Nothing says when a response is acted upon, nor that a page is not asked
 * for again then (10.4.2 "Page Request Group Response").
 */
static inline bool sva_adversary_hears_late(const SvaFunction *fn)
{
    return sva_adversary_chance(fn->adversary, 4);
}

static inline bool sva_adversary_retries(const SvaFunction *fn)
{
    return sva_adversary_chance(fn->adversary, 8);
}

/* ns that held groups and responses not acted upon wait. */
static inline int64_t sva_adversary_pause(const SvaFunction *fn)
{
    return (int64_t)(1 + sva_adversary_below(fn->adversary, 500)) *
           SVA_ADVERSARY_US;
}

#endif

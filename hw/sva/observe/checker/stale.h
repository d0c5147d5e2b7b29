/*
 * What caches may have left that is not what the tables say now
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_CHECKER_STALE_H
#define HW_SVA_OBSERVE_CHECKER_STALE_H

#include "query.h"

/* Is @word what was read at @pa just now? */
typedef bool SvaCheckSameFn(void *opaque, uint64_t pa, uint64_t word);

/*
 * A translation that came from a cache, and what memory says instead.
 *
 * @addr: input address by which tables are walked
 * @ipas: nested: addresses that the second stage translates on the way
 * @atc:  it may have been the ATC of the function
 * @same: is true of the entries that make up the translation of now
 */
typedef struct SvaCheckUse {
    uint64_t addr;
    const uint64_t *ipas;
    unsigned ipa_count;
    SvaPasid pasid;
    uint16_t rid;
    bool atc;
    SvaCheckSameFn *same;
    void *opaque;
} SvaCheckUse;

/*
 * May a cache translate so by something else than the entries of now, and why?
 * So it is as long as a copy of another entry may be left, whether software
 * owes something for it or not.  What has changed is known to be owed
 * afterwards.
 */
SvaCheckDoubt sva_check_may_be_stale(SvaChecker *c, const SvaCheckUse *use);

#endif

/*
 * Debts: old contents of entries of which copies may be left
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_CHECKER_DEBT_H
#define HW_SVA_OBSERVE_CHECKER_DEBT_H

#include "internal.h"

/* What was in the slot is now @now. */
void sva_check_debt_slot(SvaChecker *c, SvaCheckSlot *slot,
                         const SvaCheckEntry *now);
/*
 * The same of a node, which is an old content from here on.  @seen: what was
 * made of it was made until then.
 */
void sva_check_debt_node(SvaChecker *c, SvaCheckNode *node,
                         const SvaCheckEntry *now, uint64_t seen);

/* Its node goes with it. */
void sva_check_debt_remove(SvaChecker *c, SvaCheckDebt *debt,
                           SvaObligationEnd end);

/*
 * The first thing on the list of what is owed of which a copy is left.
 *
 * @addr, @last: input addresses of a translation that is left, or 0..UINT64_MAX
 */
typedef struct SvaCheckOpen {
    SvaCheckOwed owed;
    uint64_t addr;
    uint64_t last;
} SvaCheckOpen;

/* Something is left; @open may be NULL. */
bool sva_check_debt_lives(SvaChecker *c, const SvaCheckDebt *debt,
                          SvaCheckOpen *open);

/* Invalidations are complete: tell which of the latest have ended by that. */
void sva_check_debts_settle(SvaChecker *c);

/* May the configuration caches have a copy of it? */
bool sva_check_debt_cached(const SvaChecker *c, const SvaCheckDebt *debt);

#endif

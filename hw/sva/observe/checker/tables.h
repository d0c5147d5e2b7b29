/*
 * Is the table at an address still that of the same address space?
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_CHECKER_TABLES_H
#define HW_SVA_OBSERVE_CHECKER_TABLES_H

#include "internal.h"

/*
 * @slot becomes bound to the tables at @target, by @now: are they those that it
 * was bound to before?  What they have is remembered.
 */
bool sva_check_tables_same(SvaChecker *c, SvaCheckSlot *slot,
                           const SvaCheckEntry *now, uint64_t target);

#endif

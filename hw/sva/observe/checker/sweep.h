/*
 * What time brings: obligations that are late, entries to be looked at again
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_CHECKER_SWEEP_H
#define HW_SVA_OBSERVE_CHECKER_SWEEP_H

#include "internal.h"

#define SVA_CHECK_TICK_NS (10 * 1000000ll)

/* A number of entries, each in its turn, and what is due. */
void sva_check_sweep(SvaChecker *c);

/* Forget the oldest entries until there are no more than allowed. */
void sva_check_sweep_limit(SvaChecker *c);

/* While the unit was off no time was counted; what is owed is so from now. */
void sva_check_sweep_restart(SvaChecker *c);

#endif

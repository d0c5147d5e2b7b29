/*
 * Obligations as they are told to others: begin and end of each
 *
 * Neighbouring entries that change together are told as one.  Nothing is kept
 * for that, and nothing looked at, while nobody listens; and what is told
 * makes no difference to what is reported.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_CHECKER_OBLIGATION_H
#define HW_SVA_OBSERVE_CHECKER_OBLIGATION_H

#include "internal.h"

void sva_check_obligations_init(SvaChecker *c);
void sva_check_obligations_free(SvaChecker *c);

/* @debt has begun; @owed: what is to be done for it. */
void sva_check_obligation_begin(SvaChecker *c, SvaCheckDebt *debt,
                                const SvaCheckOwed *owed, unsigned count);
/* It has ended, or is not kept any longer; a second time does nothing. */
void sva_check_obligation_end(SvaChecker *c, SvaCheckDebt *debt,
                              SvaObligationEnd end);
/* It was reported as not met, and has no end. */
void sva_check_obligation_break(SvaChecker *c, SvaCheckDebt *debt);

/* For reports; 0: it was not told. */
uint64_t sva_check_obligation_id(const SvaCheckDebt *debt);

#endif

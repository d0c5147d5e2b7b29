/*
 * Invalidations: what they make the checker look at, and what they drop
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_CHECKER_APPLY_H
#define HW_SVA_OBSERVE_CHECKER_APPLY_H

#include "internal.h"

/* It was issued: look at the entries that it names. */
void sva_check_apply_look(SvaChecker *c, const SvaCheckInval *inval);

/* It is complete. */
void sva_check_apply(SvaChecker *c, const SvaCheckIssued *issued);

/* SVA_EV_DROP, and ATS switched off. */
void sva_check_apply_drop(SvaChecker *c, const SvaEvent *event);

#endif

/*
 * Grants: what an ATC may hold of what the TLB has
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_CHECKER_GRANT_H
#define HW_SVA_OBSERVE_CHECKER_GRANT_H

#include "internal.h"

/* @event: SVA_EV_ATS, which grants @user something */
void sva_check_grant(SvaChecker *c, SvaCheckUser *user, const SvaEvent *event);

#endif

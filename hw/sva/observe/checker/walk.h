/*
 * Requests: what the IOMMU reads for them, and what comes of it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_CHECKER_WALK_H
#define HW_SVA_OBSERVE_CHECKER_WALK_H

#include "internal.h"

void sva_check_walk_entry(SvaChecker *c, const SvaEvent *event);
void sva_check_walk_fill(SvaChecker *c, const SvaEvent *event);
/* The unit does something else: it was for nothing. */
void sva_check_walk_abandon(SvaChecker *c);
/* What became of the request that the entries were read for. */
void sva_check_walk_end(SvaChecker *c, const SvaEvent *event);

#endif

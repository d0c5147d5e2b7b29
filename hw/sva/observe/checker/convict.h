/*
 * Reports of what was owed and not done
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_CHECKER_CONVICT_H
#define HW_SVA_OBSERVE_CHECKER_CONVICT_H

#include "debt.h"

extern const SvaCheckTopic sva_check_topic_inval;

/* It is open for longer than the limit. */
void sva_check_convict_late(SvaChecker *c, const SvaCheckDebt *debt,
                            const SvaCheckOpen *open);
/* Its place holds something else, @now. */
void sva_check_convict_reuse(SvaChecker *c, const SvaCheckDebt *debt,
                             const SvaCheckOpen *open,
                             const SvaCheckEntry *now);
/* Another table is walked under the tag of @space; a copy of @node is left. */
void sva_check_convict_tag(SvaChecker *c, const SvaCheckUser *user,
                           const SvaCheckSpace *space,
                           const SvaCheckNode *node, uint64_t target);
/* ATS of the function was switched while something is owed. */
void sva_check_convict_ats(SvaChecker *c, const SvaCheckDebt *debt,
                           const SvaCheckOpen *open);

#endif

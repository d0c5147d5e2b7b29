/*
 * Checker: topics of SMMUv3 alone
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_CHECKER_RULES_SMMU_H
#define HW_SVA_OBSERVE_CHECKER_RULES_SMMU_H

#include "rule.h"

extern const SvaCheckTopic sva_check_topic_smmu_asid;
extern const SvaCheckTopic sva_check_topic_smmu_entry;
extern const SvaCheckTopic sva_check_topic_smmu_queue;

#endif

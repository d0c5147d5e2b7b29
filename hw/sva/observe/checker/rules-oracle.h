/*
 * Topic: is what the IOMMU does what its tables say?
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_CHECKER_RULES_ORACLE_H
#define HW_SVA_OBSERVE_CHECKER_RULES_ORACLE_H

#include "rule.h"

extern const SvaCheckTopic sva_check_topic_oracle;

#endif

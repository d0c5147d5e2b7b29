/*
 * Rules: stalls
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_CHECKER_RULES_STALL_H
#define HW_SVA_OBSERVE_CHECKER_RULES_STALL_H

#include "violation.h"

extern const SvaCheckTopic sva_check_topic_stall;

#endif

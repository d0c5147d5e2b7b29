/*
 * Rules: life cycle of a bond
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_CHECKER_RULES_LIFE_H
#define HW_SVA_OBSERVE_CHECKER_RULES_LIFE_H

#include "violation.h"

extern const SvaCheckTopic sva_check_topic_life;

#endif

/*
 * Topics of the checker that are about VT-d only
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_CHECKER_RULES_VTD_H
#define HW_SVA_OBSERVE_CHECKER_RULES_VTD_H

#include "violation.h"

extern const SvaCheckTopic sva_check_topic_vtd_queue;
extern const SvaCheckTopic sva_check_topic_vtd_root;
extern const SvaCheckTopic sva_check_topic_vtd_entry;
extern const SvaCheckTopic sva_check_topic_vtd_domain;

#endif

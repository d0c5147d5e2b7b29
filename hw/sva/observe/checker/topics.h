/*
 * What the checker consists of: architectures and topics
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_CHECKER_TOPICS_H
#define HW_SVA_OBSERVE_CHECKER_TOPICS_H

#include "rule.h"

/* NULL: events of this architecture are not judged. */
extern const SvaCheckArch *const sva_check_archs[SVA_REGS_ARCHS];

/* NULL behind the last. */
extern const SvaCheckTopic *const sva_check_topics[];

#endif

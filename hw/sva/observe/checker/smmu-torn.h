/*
 * Checker, SMMUv3: what a reader of single words may see of an update
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_CHECKER_SMMU_TORN_H
#define HW_SVA_OBSERVE_CHECKER_SMMU_TORN_H

#include "smmu-entry.h"

typedef struct SvaCheckSmmuTorn {
    uint64_t mix[SVA_CHECK_SMMU_WORDS];
    const char *illegal;        /* NULL: legal, but neither of the two */
} SvaCheckSmmuTorn;

/*
 * Is there a mix of words of @old and @now, both of one place, that is valid,
 * and is neither of them in what counts?  The unit may read words in any order
 * and keep them until CMD_CFGI_* and CMD_SYNC: G.b 3.21.3.
 *
 * @cd: a CD reached by @ste, which may be NULL; else an STE
 */
bool sva_check_smmu_torn(const SvaCheckSmmuUnit *u, bool cd,
                         const SvaCheckSmmuSte *ste, const uint64_t *old,
                         const uint64_t *now, SvaCheckSmmuTorn *out);

#endif

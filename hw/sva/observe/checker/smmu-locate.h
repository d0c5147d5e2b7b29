/*
 * Checker, SMMUv3: where the tables in guest memory have an STE or a CD
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_CHECKER_SMMU_LOCATE_H
#define HW_SVA_OBSERVE_CHECKER_SMMU_LOCATE_H

#include "hw/sva/env.h"
#include "smmu-entry.h"

/* Of STEs and CDs: words that have fields. */
#define SVA_CHECK_SMMU_READ 5

/* false: there is none. */
bool sva_check_smmu_locate_ste(SvaEnv *env, const SvaCheckSmmuUnit *u,
                               uint32_t sid, uint64_t *pa);
/* false: there is none, or stage 2 has to translate its address. */
bool sva_check_smmu_locate_cd(SvaEnv *env, const SvaCheckSmmuUnit *u,
                              const SvaCheckSmmuSte *ste, uint32_t ssid,
                              uint64_t *pa);
/* All words of an entry; those without fields are 0. */
bool sva_check_smmu_read(SvaEnv *env, uint64_t pa,
                         uint64_t words[SVA_CHECK_SMMU_WORDS]);
/* The STE as it is now; false: it cannot be read. */
bool sva_check_smmu_read_ste(SvaEnv *env, const SvaCheckSmmuUnit *u,
                             uint32_t sid, SvaCheckSmmuSte *out);

#endif

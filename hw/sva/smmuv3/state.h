/*
 * SMMUv3 unit: its state, to be saved and restored
 *
 * The architectural state, flat and without pointers.  Caches are left out,
 * as a unit may drop them at any time, and so are counters.  Whoever changes
 * the meaning of a member changes the version.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_SMMUV3_STATE_H
#define HW_SVA_SMMUV3_STATE_H

#include "stall.h"

#define SVA_SMMU_STATE_VERSION 1

/*
 * @regs:    register file, queue positions included
 * @sync_waits, @sync_generation, @sync: CMD_SYNC that waits
 * @inval_expired: the next one fails, because of a time-out
 * @atc:     ATS invalidations that functions have not completed
 * @stalls:  stalled transactions
 */
typedef struct SvaSmmuSaved {
    uint32_t version;
    uint32_t regs[SVA_SMMU_REG_BYTES / 4];
    bool sync_waits;
    bool inval_expired;
    uint64_t sync_generation;
    uint64_t sync[2];
    SvaAtcInvalState atc;
    SvaSmmuStallsState stalls;
} SvaSmmuSaved;

/* Not to be called from within a call of the unit. */
void sva_smmu_save(const SvaSmmu *smmu, SvaSmmuSaved *out);

/*
 * Take over @in, of a unit with the same configuration.  The queue goes on, and
 * unrecorded stalls are sent again, by timers: nothing of that
 * happens within this call.
 *
 * NULL, or why @in cannot be taken; the unit is in reset state then.
 */
const char *sva_smmu_load(SvaSmmu *smmu, const SvaSmmuSaved *in);

#endif

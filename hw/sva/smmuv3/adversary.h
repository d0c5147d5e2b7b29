/*
 * SMMUv3: liberties that the architecture permits and real units rarely take
 *
 * What permits each is in docs/system/adversary.rst.  Functions below may be
 * called only if the unit has an adversary.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_SMMUV3_ADVERSARY_H
#define HW_SVA_SMMUV3_ADVERSARY_H

#include "../core/early.h"
#include "cmd.h"
#include "tlb.h"

/* Commands that may be put off. */
#define SVA_SMMU_LATE 16

typedef struct SvaSmmuLate {
    const SvaSmmuCmdRow *row;
    uint64_t cmd[2];
} SvaSmmuLate;

/*
 * @ops:        those of the unit, which speculates before it serves
 * @kept:       structures as they were read before, see kept.c
 * @late:       commands to be carried out
 * @holding:    the CMD_SYNC at RD does not begin before @hold_until
 */
struct SvaSmmuAdversary {
    SvaAdversary core;
    SvaIommuOps ops;
    SvaConfigCache *kept;
    SvaSmmuLate late[SVA_SMMU_LATE];
    unsigned late_count;
    bool holding;
    int64_t hold_until;
    SvaTimer *hold_timer;
};

static inline bool sva_smmu_takes(const SvaSmmu *smmu, SvaLiberty liberty)
{
    return G_UNLIKELY(smmu->adversary) &&
           sva_adversary_takes(&smmu->adversary->core, liberty);
}

/* -- the unit (adversary.c) -- */

/* Takes the place of the unit's operations. */
void sva_smmu_adversary_init(SvaSmmu *smmu);
void sva_smmu_adversary_reset(SvaSmmu *smmu);
void sva_smmu_adversary_free(SvaSmmu *smmu);

/* -- structures, valid or not (kept.c) -- */

typedef enum SvaSmmuKept {
    SVA_SMMU_KEPT_STE,
    SVA_SMMU_KEPT_L1STD,        /* the StreamID is that of the first STE */
    SVA_SMMU_KEPT_CD,
    SVA_SMMU_KEPT_L1CD,         /* the index is that of the first CD */
} SvaSmmuKept;

/* @words, @count of them, were read just now, without an abort. */
void sva_smmu_kept_read(SvaSmmu *smmu, SvaSmmuKept kind, uint32_t sid,
                        uint32_t index, uint64_t *words, unsigned count);
void sva_smmu_kept_drop(SvaSmmu *smmu, const SvaSmmuConfigScope *scope);

/* -- what is done late (late.c) -- */

/* As @row->run(). */
unsigned sva_smmu_late_run(SvaSmmu *smmu, const SvaSmmuCmdRow *row,
                           const uint64_t *cmd);
/* Carry out all that was put off, in any order. */
void sva_smmu_late_flush(SvaSmmu *smmu);
/* Is it not yet time for the CMD_SYNC at RD?  If it is, flush. */
bool sva_smmu_late_holds(SvaSmmu *smmu);

#endif

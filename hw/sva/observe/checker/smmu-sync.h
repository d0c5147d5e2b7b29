/*
 * Checker, SMMUv3: which commands a completed CMD_SYNC has covered
 *
 * Commands are named by the sequence number of their event.  A unit begins no
 * command before a CMD_SYNC in front of it is complete (IHI 0070 G.b 4.7.3), so
 * that one CMD_SYNC is open at most.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_CHECKER_SMMU_SYNC_H
#define HW_SVA_OBSERVE_CHECKER_SMMU_SYNC_H

#include "rule.h"

/* @begun: CMD_SYNC that is open, 0: none; @done: last one that completed */
typedef struct SvaCheckSmmuSync {
    uint64_t begun;
    uint64_t done;
} SvaCheckSmmuSync;

static inline void sva_check_smmu_sync_event(SvaCheckSmmuSync *sync,
                                             const SvaEvent *event)
{
    if (event->kind == SVA_EV_COMMAND && event->command.type == 0x46) {
        sync->begun = event->seq;
    } else if (event->kind == SVA_EV_WAIT_DONE && sync->begun) {
        sync->done = sync->begun;
        sync->begun = 0;
    }
}

/* Commands of one kind: the last one, and the last one that is covered. */
typedef struct SvaCheckSmmuMark {
    uint64_t last;
    uint64_t covered;
} SvaCheckSmmuMark;

/* The last one that CMD_SYNC has covered, 0: none. */
static inline uint64_t sva_check_smmu_covered(const SvaCheckSmmuMark *mark,
                                              const SvaCheckSmmuSync *sync)
{
    return mark->last < sync->done ? mark->last : mark->covered;
}

static inline void sva_check_smmu_mark(SvaCheckSmmuMark *mark,
                                       const SvaCheckSmmuSync *sync,
                                       uint64_t seq)
{
    mark->covered = sva_check_smmu_covered(mark, sync);
    mark->last = seq;
}

#endif

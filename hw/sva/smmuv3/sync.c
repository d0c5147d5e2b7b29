/*
 * SMMUv3: CMD_SYNC
 *
 * IHI 0070 G.b, "CMD_SYNC".
 *
 * It stays at RD until every ATS invalidation before it has been completed:
 * all else is done when a command is consumed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "cmd.h"
#include "queue.h"

static unsigned signal_of(const uint64_t *cmd)
{
    return FIELD_EX64(cmd[0], SMMU_CMD0, CS);
}

bool sva_smmu_sync_legal(const uint64_t *cmd)
{
    return signal_of(cmd) != SVA_SMMU_CS_ILLEGAL;
}

bool sva_smmu_sync_ready(SvaSmmu *smmu, const uint64_t *cmd)
{
    if (smmu->inval_expired) {
        smmu->inval_expired = false;
        sva_smmu_cmdq_error(smmu, SVA_SMMU_CERROR_ATC_INV_SYNC, cmd);
        return false;
    }
    return sva_atc_inval_fence_ready(&smmu->atc);
}

/* Consumption is visible before the signal.  An event needs no signal. */
static void finish(SvaSmmu *smmu, const uint64_t *cmd)
{
    SvaSmmuQueue q = sva_smmu_cmdq(smmu);
    uint64_t addr = cmd[1] & R_SMMU_CMD1_MSIADDR_MASK;

    /* Who follows the events knows it before software can. */
    sva_emit(smmu->iommu.env, .kind = SVA_EV_WAIT_DONE, .addr = addr,
             .wait.word = cmd[0]);
    sva_smmu_cmdq_advance(smmu, &q);
    sva_smmu_count(smmu, SVA_SMMU_CNT_WAITS);
    if (signal_of(cmd) == SVA_SMMU_CS_IRQ) {
        sva_smmu_interrupt_sync(smmu, addr,
                                FIELD_EX64(cmd[0], SMMU_CMD0, MSIDATA));
    }
}

void sva_smmu_sync_check(SvaSmmu *smmu)
{
    uint64_t cmd[2] = { smmu->sync[0], smmu->sync[1] };

    if (smmu->sync_waits &&
        sva_atc_inval_done(&smmu->atc, smmu->sync_generation)) {
        smmu->sync_waits = false;
        finish(smmu, cmd);
    }
}

bool sva_smmu_sync_begin(SvaSmmu *smmu, const uint64_t *cmd)
{
    smmu->sync[0] = cmd[0];
    smmu->sync[1] = cmd[1];
    smmu->sync_generation = sva_atc_inval_fence(&smmu->atc);
    smmu->sync_waits = true;
    sva_smmu_sync_check(smmu);
    if (smmu->sync_waits) {
        sva_smmu_count(smmu, SVA_SMMU_CNT_WAITS_DELAYED);
    }
    return !smmu->sync_waits;
}

void sva_smmu_sync_expired(SvaSmmu *smmu)
{
    if (smmu->sync_waits) {
        smmu->sync_waits = false;
        sva_smmu_cmdq_error(smmu, SVA_SMMU_CERROR_ATC_INV_SYNC, smmu->sync);
    } else {
        smmu->inval_expired = true;
    }
}

void sva_smmu_sync_cancel(SvaSmmu *smmu)
{
    smmu->sync_waits = false;
}

/*
 * SMMUv3: commands that take their time
 *
 * IHI 0070 G.b, 4.7.3: the effects of commands between two CMD_SYNCs have no
 * order, and are there when the second is complete.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "adversary.h"

static void put_off(SvaSmmu *smmu, const SvaSmmuCmdRow *row,
                    const uint64_t *cmd)
{
    SvaSmmuAdversary *adv = smmu->adversary;

    if (adv->late_count == SVA_SMMU_LATE) {
        sva_smmu_late_flush(smmu);
    }
    adv->late[adv->late_count++] = (SvaSmmuLate) {
        .row = row, .cmd = { cmd[0], cmd[1] },
    };
}

/* Entries may have been read since the command was announced. */
static unsigned carry_out(SvaSmmu *smmu, const SvaSmmuCmdRow *row,
                          const uint64_t *cmd)
{
    unsigned looked = row->run(smmu, cmd);

    sva_emit(smmu->iommu.env, .kind = SVA_EV_INVALIDATED,
             .command = {
                 .words = { cmd[0], cmd[1] },
                 .type = cmd[0] & R_SMMU_CMD0_OPCODE_MASK,
             });
    return looked;
}

unsigned sva_smmu_late_run(SvaSmmu *smmu, const SvaSmmuCmdRow *row,
                           const uint64_t *cmd)
{
    SvaAdversary *core = &smmu->adversary->core;

    sva_adversary_wake(core);
    sva_adversary_speculate(core);
    if (row->late && sva_smmu_takes(smmu, SVA_LIBERTY_LATE)) {
        put_off(smmu, row, cmd);
        return 0;
    }
    return row->late ? carry_out(smmu, row, cmd) : row->run(smmu, cmd);
}

void sva_smmu_late_flush(SvaSmmu *smmu)
{
    SvaSmmuAdversary *adv = smmu->adversary;

    while (adv->late_count) {
        unsigned i = sva_adversary_below(adv->core.rand, adv->late_count);
        SvaSmmuLate late = adv->late[i];

        adv->late[i] = adv->late[--adv->late_count];
        carry_out(smmu, late.row, late.cmd);
        sva_adversary_speculate(&adv->core);
    }
}

bool sva_smmu_late_holds(SvaSmmu *smmu)
{
    SvaSmmuAdversary *adv = smmu->adversary;
    const SvaEnvOps *ops = smmu->iommu.env->ops;
    int64_t now = ops->now(smmu->iommu.env);

    if (!adv->holding) {
        adv->holding = true;
        adv->hold_until = now + sva_adversary_delay(&adv->core);
    }
    if (now < adv->hold_until) {
        ops->timer_at(adv->hold_timer, adv->hold_until);
        return true;
    }
    adv->holding = false;
    sva_smmu_late_flush(smmu);
    return false;
}

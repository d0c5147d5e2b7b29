/*
 * SMMUv3: writing to the queues that software reads, errors of commands
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "queue.h"

bool sva_smmu_queue_put(SvaSmmu *smmu, const SvaSmmuQueue *q,
                        unsigned prod_reg, const uint64_t *words)
{
    size_t bytes = (size_t)1 << q->entry_log2;
    uint32_t flag = sva_smmu_reg32(smmu, prod_reg) & R_SMMU_Q_PTR_OVFLG_MASK;
    uint64_t raw[4];
    unsigned i;

    for (i = 0; i < bytes / 8; i++) {
        raw[i] = GUINT64_TO_LE(words[i]);
    }
    if (!sva_env_write(smmu->iommu.env, sva_smmu_queue_addr(q, q->prod), raw,
                       bytes)) {
        sva_guest_error(smmu->iommu.env, "smmuv3: queue at 0x%" PRIx64
                        " is not memory", q->base);
        return false;
    }
    sva_smmu_set32(smmu, prod_reg, flag | sva_smmu_queue_next(q, q->prod));
    return true;
}

void sva_smmu_cmdq_error(SvaSmmu *smmu, SvaSmmuCmdError error,
                         const uint64_t *cmd)
{
    uint32_t cons = sva_smmu_reg32(smmu, A_SMMU_CMDQ_CONS);

    sva_smmu_set32(smmu, A_SMMU_CMDQ_CONS,
                   FIELD_DP32(cons, SMMU_CMDQ_CONS, ERR, error));
    if (error != SVA_SMMU_CERROR_ATC_INV_SYNC) {
        sva_smmu_count(smmu, SVA_SMMU_CNT_QUEUE_ERRORS);
    }
    sva_emit(smmu->iommu.env, .kind = SVA_EV_COMMAND_ERROR,
             .command = {
                 .words = { cmd ? cmd[0] : 0, cmd ? cmd[1] : 0 },
                 .type = cmd ? cmd[0] & R_SMMU_CMD0_OPCODE_MASK : 0,
                 .code = error,
             });
    sva_smmu_gerror(smmu, R_SMMU_GERROR_CMDQ_MASK);
}

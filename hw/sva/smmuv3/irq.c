/*
 * SMMUv3: interrupts and global errors
 *
 * IHI 0070 G.b, "Interrupts and notifications", "SMMU_GERROR".  All sources are
 * edges.  A source has a wired interrupt and, if software has given it an
 * address, a message; neither excludes the other.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "regs.h"

/* @config: offset of the IRQ_CFG group; @abort: GERROR bit */
typedef struct SourceRow {
    uint16_t config;
    uint8_t enable;
    uint8_t abort;
} SourceRow;

static const SourceRow sources[SVA_SMMU_IRQ_COUNT] = {
    [SVA_SMMU_IRQ_EVENTQ] = {
        A_SMMU_EVENTQ_IRQ_CFG0, R_SMMU_IRQ_CTRL_EVENTQ_MASK,
        R_SMMU_GERROR_MSI_EVENTQ_MASK,
    },
    [SVA_SMMU_IRQ_PRIQ] = {
        A_SMMU_PRIQ_IRQ_CFG0, R_SMMU_IRQ_CTRL_PRIQ_MASK,
        R_SMMU_GERROR_MSI_PRIQ_MASK,
    },
    [SVA_SMMU_IRQ_GERROR] = {
        A_SMMU_GERROR_IRQ_CFG0, R_SMMU_IRQ_CTRL_GERROR_MASK,
        R_SMMU_GERROR_MSI_GERROR_MASK,
    },
};

static void pulse(SvaSmmu *smmu, SvaSmmuIrq line)
{
    if (smmu->host_ops && smmu->host_ops->irq) {
        smmu->host_ops->irq(smmu->host, line);
    }
}

/* A message is a write of four bytes, to memory as well. */
static void message(SvaSmmu *smmu, uint64_t addr, uint32_t data,
                    uint32_t abort)
{
    const SvaSmmuHostOps *ops = smmu->host_ops;
    uint32_t raw = GUINT32_TO_LE(data);

    if (sva_env_write(smmu->iommu.env, addr, &raw, sizeof(raw)) ||
        (ops && ops->message && ops->message(smmu->host, addr, data))) {
        return;
    }
    sva_guest_error(smmu->iommu.env, "smmuv3: nobody takes messages at "
                    "0x%" PRIx64, addr);
    sva_smmu_gerror(smmu, abort);
}

void sva_smmu_interrupt(SvaSmmu *smmu, SvaSmmuIrq line)
{
    const SourceRow *src = &sources[line];
    uint64_t addr = sva_smmu_reg64(smmu, src->config);

    if (!(sva_smmu_reg32(smmu, A_SMMU_IRQ_CTRLACK) & src->enable)) {
        return;
    }
    /* Without messages the address cannot be set and is 0. */
    if (addr) {
        message(smmu, addr,
                sva_smmu_reg32(smmu, src->config + SVA_SMMU_IRQ_CFG1),
                src->abort);
    }
    pulse(smmu, line);
}

void sva_smmu_interrupt_sync(SvaSmmu *smmu, uint64_t addr, uint32_t data)
{
    /* The address of a register cannot be too large, that of a command can. */
    uint64_t bits = (1ull << smmu->config.oas) - 1;

    if (smmu->config.msi && addr) {
        message(smmu, addr & bits, data, R_SMMU_GERROR_MSI_CMDQ_MASK);
    }
    pulse(smmu, SVA_SMMU_IRQ_CMD_SYNC);
}

bool sva_smmu_gerror_active(const SvaSmmu *smmu, uint32_t bit)
{
    return (sva_smmu_reg32(smmu, A_SMMU_GERROR) ^
            sva_smmu_reg32(smmu, A_SMMU_GERRORN)) & bit;
}

void sva_smmu_gerror(SvaSmmu *smmu, uint32_t bit)
{
    if (sva_smmu_gerror_active(smmu, bit)) {
        return;
    }
    sva_smmu_set32(smmu, A_SMMU_GERROR,
                   sva_smmu_reg32(smmu, A_SMMU_GERROR) ^ bit);
    sva_smmu_count(smmu, SVA_SMMU_CNT_GERRORS);
    if (bit != R_SMMU_GERROR_MSI_GERROR_MASK) {
        /* No message about a message of GERROR that failed. */
        sva_smmu_interrupt(smmu, SVA_SMMU_IRQ_GERROR);
    }
}

/*
 * SMMUv3: registers, global errors and interrupts
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_SMMUV3_REGS_H
#define HW_SVA_SMMUV3_REGS_H

#include "hw/sva/event.h"
#include "smmuv3.h"

static inline SvaSmmu *sva_smmu_of(SvaIommu *iommu)
{
    return (SvaSmmu *)iommu;    /* it is the first member */
}

static inline void sva_smmu_count(SvaSmmu *smmu, SvaSmmuCounter counter)
{
    smmu->counters[counter]++;
}

/* Offsets are those of spec-regs.h; page 1 is page 0. */

static inline uint32_t sva_smmu_reg32(const SvaSmmu *smmu, unsigned off)
{
    return smmu->regs[(off & SVA_SMMU_PAGE_OFFSET) / 4];
}

static inline uint64_t sva_smmu_reg64(const SvaSmmu *smmu, unsigned off)
{
    return sva_smmu_reg32(smmu, off) |
           (uint64_t)sva_smmu_reg32(smmu, off + 4) << 32;
}

static inline void sva_smmu_set32(SvaSmmu *smmu, unsigned off, uint32_t val)
{
    /* Others may look at CR0ACK, see SvaIommuOps.peek(). */
    __atomic_store_n(&smmu->regs[(off & SVA_SMMU_PAGE_OFFSET) / 4], val,
                     __ATOMIC_RELAXED);
}

static inline bool sva_smmu_enabled(const SvaSmmu *smmu)
{
    return sva_smmu_reg32(smmu, A_SMMU_CR0ACK) & R_SMMU_CR0_SMMUEN_MASK;
}

void sva_smmu_regs_reset(SvaSmmu *smmu);
/* Registers that translation depends on have taken effect (SVA_EV_REGS). */
void sva_smmu_regs_announce(SvaSmmu *smmu);

/* Bits of the word at @off that software can set, whatever is enabled. */
uint32_t sva_smmu_regs_writable(const SvaSmmu *smmu, unsigned off);

/* -- global errors and interrupts (irq.c) -- */

void sva_smmu_gerror(SvaSmmu *smmu, uint32_t bit);
bool sva_smmu_gerror_active(const SvaSmmu *smmu, uint32_t bit);
/* Message and pulse of @line, if it is enabled; not of CMD_SYNC. */
void sva_smmu_interrupt(SvaSmmu *smmu, SvaSmmuIrq line);
/* Completion of a CMD_SYNC by interrupt; @addr 0: no message. */
void sva_smmu_interrupt_sync(SvaSmmu *smmu, uint64_t addr, uint32_t data);

#endif

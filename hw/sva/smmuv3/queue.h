/*
 * SMMUv3: queue arithmetic
 *
 * A pointer is an index and, above it, a wrap bit; bits above that are
 * ignored.  All entries can be in use.  IHI 0070 G.b, "SMMU circular queues".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_SMMUV3_QUEUE_H
#define HW_SVA_SMMUV3_QUEUE_H

#include "regs.h"

/*
 * @base:       of entry 0
 * @prod, @cons: index and wrap bit
 * @log2:       entries, 0..19
 * @entry_log2: bytes of an entry
 */
typedef struct SvaSmmuQueue {
    uint64_t base;
    uint32_t prod;
    uint32_t cons;
    uint8_t log2;
    uint8_t entry_log2;
} SvaSmmuQueue;

/* Bits of a pointer that count. */
static inline uint32_t sva_smmu_queue_mask(const SvaSmmuQueue *q)
{
    return (2u << q->log2) - 1;
}

/*
 * The queue whose registers are @base_reg and @prod_reg, and RD behind it.
 * LOG2SIZE beyond @max_log2 counts as that, and the base as aligned.
 */
static inline SvaSmmuQueue
sva_smmu_queue(const SvaSmmu *smmu, unsigned base_reg, unsigned prod_reg,
               unsigned max_log2, unsigned entry_log2)
{
    uint64_t base = sva_smmu_reg64(smmu, base_reg);
    SvaSmmuQueue q = {
        .log2 = MIN(base & R_SMMU_Q_BASE_LOG2SIZE_MASK, max_log2),
        .entry_log2 = entry_log2,
    };

    /* An address is a multiple of 32 already. */
    q.base = base & R_SMMU_Q_BASE_ADDR_MASK &
             ~((1ull << (q.log2 + q.entry_log2)) - 1);
    q.prod = sva_smmu_reg32(smmu, prod_reg) & sva_smmu_queue_mask(&q);
    q.cons = sva_smmu_reg32(smmu, prod_reg + 4) & sva_smmu_queue_mask(&q);
    return q;
}

static inline SvaSmmuQueue sva_smmu_cmdq(const SvaSmmu *smmu)
{
    return sva_smmu_queue(smmu, A_SMMU_CMDQ_BASE,
                          A_SMMU_CMDQ_PROD, smmu->config.cmdq_bits,
                          SVA_SMMU_CMD_LOG2);
}

static inline SvaSmmuQueue sva_smmu_eventq(const SvaSmmu *smmu)
{
    return sva_smmu_queue(smmu, A_SMMU_EVENTQ_BASE,
                          A_SMMU_EVENTQ_PROD, smmu->config.eventq_bits,
                          SVA_SMMU_EVENT_LOG2);
}

static inline SvaSmmuQueue sva_smmu_priq(const SvaSmmu *smmu)
{
    return sva_smmu_queue(smmu, A_SMMU_PRIQ_BASE,
                          A_SMMU_PRIQ_PROD, smmu->config.priq_bits,
                          SVA_SMMU_PRI_LOG2);
}

/* Entries in use; more than there are if software has set it up wrongly. */
static inline uint32_t sva_smmu_queue_used(const SvaSmmuQueue *q)
{
    return (q->prod - q->cons) & sva_smmu_queue_mask(q);
}

/* Entries that may be written. */
static inline uint32_t sva_smmu_queue_room(const SvaSmmuQueue *q)
{
    uint32_t used = sva_smmu_queue_used(q), all = 1u << q->log2;

    return used < all ? all - used : 0;
}

static inline uint32_t sva_smmu_queue_next(const SvaSmmuQueue *q,
                                           uint32_t pointer)
{
    return (pointer + 1) & sva_smmu_queue_mask(q);
}

static inline uint64_t sva_smmu_queue_addr(const SvaSmmuQueue *q,
                                           uint32_t pointer)
{
    uint64_t index = pointer & ((1u << q->log2) - 1);

    return q->base + (index << q->entry_log2);
}

/* The command at RD is consumed; ERR is CERROR_NONE from then on. */
static inline void sva_smmu_cmdq_advance(SvaSmmu *smmu, const SvaSmmuQueue *q)
{
    sva_smmu_set32(smmu, A_SMMU_CMDQ_CONS,
                   sva_smmu_queue_next(q, q->cons));
}

/*
 * The command at RD fails: CMDQ_CONS.ERR, GERROR.CMDQ_ERR.  @cmd: its words,
 * NULL: it could not be read.
 */
void sva_smmu_cmdq_error(SvaSmmu *smmu, SvaSmmuCmdError error,
                         const uint64_t *cmd);

/*
 * Write an entry at PROD and move that, in this order.  false: it could not
 * be written, and PROD is where it was.
 */
bool sva_smmu_queue_put(SvaSmmu *smmu, const SvaSmmuQueue *q,
                        unsigned prod_reg, const uint64_t *words);

#endif

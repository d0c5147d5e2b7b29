/*
 * SMMUv3: command queue, the fetch loop
 *
 * IHI 0070 G.b, "Command queue", "Command errors".
 *
 * Commands run in order when they are fetched.  A CMD_SYNC that waits holds up
 * what is behind it.  After a slice of work the queue continues from a timer,
 * so that the rest of the machine gets its turn.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "adversary.h"
#include "cmd.h"
#include "queue.h"

static void announce(SvaSmmu *smmu, const uint64_t *cmd)
{
    sva_emit(smmu->iommu.env, .kind = SVA_EV_COMMAND,
             .command = {
                 .words = { cmd[0], cmd[1] },
                 .type = cmd[0] & R_SMMU_CMD0_OPCODE_MASK,
             });
}

static bool may_fetch(SvaSmmu *smmu, const SvaSmmuQueue *q)
{
    if (!(sva_smmu_reg32(smmu, A_SMMU_CR0ACK) &
          R_SMMU_CR0_CMDQEN_MASK) || smmu->sync_waits ||
        sva_smmu_gerror_active(smmu, R_SMMU_GERROR_CMDQ_MASK)) {
        return false;
    }
    if (sva_smmu_queue_used(q) > 1u << q->log2) {
        sva_guest_error(smmu->iommu.env, "smmuv3: command queue of %u "
                        "entries, PROD 0x%" PRIx32 " CONS 0x%" PRIx32,
                        1u << q->log2, q->prod, q->cons);
        return false;
    }
    return sva_smmu_queue_used(q);
}

static bool fetch(SvaSmmu *smmu, const SvaSmmuQueue *q, uint64_t *cmd)
{
    uint64_t raw[2];

    if (!sva_env_read(smmu->iommu.env, sva_smmu_queue_addr(q, q->cons), raw,
                      sizeof(raw))) {
        sva_smmu_cmdq_error(smmu, SVA_SMMU_CERROR_ABT, NULL);
        return false;
    }
    cmd[0] = GUINT64_FROM_LE(raw[0]);
    cmd[1] = GUINT64_FROM_LE(raw[1]);
    return true;
}

static bool illegal(SvaSmmu *smmu, const uint64_t *cmd)
{
    sva_guest_error(smmu->iommu.env, "smmuv3: illegal command 0x%" PRIx64
                    " 0x%" PRIx64, cmd[0], cmd[1]);
    sva_smmu_cmdq_error(smmu, SVA_SMMU_CERROR_ILL, cmd);
    return false;
}

/* true: go on with what is behind it. */
static bool run_sync(SvaSmmu *smmu, const uint64_t *cmd)
{
    if (G_UNLIKELY(smmu->adversary) && sva_smmu_late_holds(smmu)) {
        return false;
    }
    if (!sva_smmu_sync_ready(smmu, cmd)) {
        return false;
    }
    announce(smmu, cmd);
    return sva_smmu_sync_begin(smmu, cmd);
}

/*
 * Run the command at RD and add its cost to @spent.  false: it stays there for
 * now.
 */
static bool run_one(SvaSmmu *smmu, const SvaSmmuQueue *q, unsigned *spent)
{
    const SvaSmmuCmdRow *row;
    uint64_t cmd[2];

    *spent += SVA_SLICE_PER_COMMAND;
    if (!fetch(smmu, q, cmd)) {
        return false;
    }
    if (cmd[0] & R_SMMU_CMD0_SSEC_MASK) {
        return illegal(smmu, cmd);
    }
    if ((cmd[0] & R_SMMU_CMD0_OPCODE_MASK) == SVA_SMMU_CMD_SYNC) {
        return sva_smmu_sync_legal(cmd) ? run_sync(smmu, cmd)
                                        : illegal(smmu, cmd);
    }
    row = sva_smmu_cmd_decode(smmu, cmd);
    if (!row) {
        return illegal(smmu, cmd);
    }
    if (row->ready && !row->ready(smmu)) {
        return false;
    }
    sva_smmu_cmdq_advance(smmu, q);
    sva_smmu_count(smmu, row->counter);
    announce(smmu, cmd);
    if (row->run) {
        unsigned looked = G_UNLIKELY(smmu->adversary)
                          ? sva_smmu_late_run(smmu, row, cmd)
                          : row->run(smmu, cmd);

        smmu->counters[SVA_SMMU_CNT_LOOKED_AT] += looked;
        *spent += looked;
    }
    return true;
}

void sva_smmu_cmdq_run(SvaSmmu *smmu)
{
    SvaSmmuQueue q = sva_smmu_cmdq(smmu);
    unsigned spent = 0;

    if (smmu->cmdq_running) {
        /* Called from within a command by a completion: the loop continues. */
        return;
    }
    smmu->cmdq_running = true;
    while (spent < SVA_SLICE && may_fetch(smmu, &q) &&
           run_one(smmu, &q, &spent)) {
        q = sva_smmu_cmdq(smmu);
    }
    smmu->cmdq_running = false;
    if (spent >= SVA_SLICE && may_fetch(smmu, &q)) {
        sva_smmu_count(smmu, SVA_SMMU_CNT_QUEUE_DEFERRED);
        sva_smmu_cmdq_defer(smmu);
    }
}

static void request_closed(void *opaque)
{
    sva_smmu_sync_check(opaque);
    sva_smmu_cmdq_run(opaque);
}

static void request_expired(void *opaque, uint16_t rid G_GNUC_UNUSED)
{
    sva_smmu_sync_expired(opaque);
    sva_smmu_cmdq_run(opaque);          /* it may wait for room */
}

const SvaAtcInvalOps sva_smmu_cmdq_atc_ops = {
    .closed = request_closed,
    .expired = request_expired,
};

/*
 * One nanosecond later: while the clock stands still, as it may with -icount,
 * timers that are due run one after the other.
 */
void sva_smmu_cmdq_defer(SvaSmmu *smmu)
{
    const SvaEnvOps *ops = smmu->iommu.env->ops;

    ops->timer_at(smmu->cmdq_timer, ops->now(smmu->iommu.env) + 1);
}

void sva_smmu_cmdq_timer(void *opaque)
{
    sva_smmu_cmdq_run(opaque);
}

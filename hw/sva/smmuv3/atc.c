/*
 * SMMUv3: CMD_ATC_INV, and how functions answer it
 *
 * IHI 0070 G.b, "ATS invalidation".  A command is outstanding until the
 * function has completed it; CMD_SYNC waits for that.  When the table of
 * outstanding ones is full the queue waits.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "cmd.h"

#define NS_PER_MS 1000000ll

/* A span that is larger than all there is: CERROR_ILL (a choice). */
bool sva_smmu_atc_legal(const SvaSmmu *smmu G_GNUC_UNUSED,
                        const uint64_t *cmd)
{
    return (cmd[1] & SVA_SMMU_CMD1_SIZE) <= SVA_SMMU_CMD1_SIZE_ALL;
}

bool sva_smmu_atc_ready(const SvaSmmu *smmu)
{
    return sva_outstanding_count(smmu->outstanding) < SVA_SMMU_OUTSTANDING;
}

void sva_smmu_atc_arm_timer(SvaSmmu *smmu)
{
    const SvaEnvOps *ops = smmu->iommu.env->ops;
    int64_t deadline = sva_outstanding_deadline(smmu->outstanding);

    if (deadline == INT64_MAX) {
        ops->timer_cancel(smmu->timer);
    } else {
        ops->timer_at(smmu->timer, deadline);
    }
}

static SvaAtcInvalidation decode(const SvaSmmu *smmu, const uint64_t *cmd)
{
    unsigned size = cmd[1] & SVA_SMMU_CMD1_SIZE;
    SvaPasid pasid = sva_smmu_cmd_pasid(smmu, cmd);
    SvaAtcInvalidation inv = {
        .mask = size == SVA_SMMU_CMD1_SIZE_ALL
                ? UINT64_MAX : (SVA_PAGE_SIZE << size) - 1,
        .pasid = pasid,
        .rid = sva_smmu_cmd_sid(cmd),
        .global = pasid.valid && cmd[0] & SVA_SMMU_CMD0_GLOBAL,
    };

    inv.addr = cmd[1] & SVA_SMMU_CMD1_ADDR & ~inv.mask;
    return inv;
}

static uint32_t open_request(SvaSmmu *smmu, uint16_t rid)
{
    SvaEnv *env = smmu->iommu.env;

    return sva_outstanding_open(smmu->outstanding, rid, env->ops->now(env) +
                           smmu->config.inval_timeout * NS_PER_MS);
}

/* The end of a CMD_SYNC says that no translation is in use, whoever has it. */
void sva_smmu_atc_forget(SvaSmmu *smmu)
{
    SvaIommu *iommu = &smmu->iommu;

    iommu->fabric.ops->forget(iommu->fabric.opaque,
                              open_request(smmu, SVA_RID_COPIES));
    sva_smmu_atc_arm_timer(smmu);
}

unsigned sva_smmu_run_atc_inv(SvaSmmu *smmu, const uint64_t *cmd)
{
    SvaIommu *iommu = &smmu->iommu;
    SvaAtcInvalidation inv = decode(smmu, cmd);

    if (!sva_smmu_enabled(smmu) ||
        sva_smmu_cmd_sid(cmd) >> SVA_SMMU_SID_BITS) {
        return 0;
    }
    inv.itag = open_request(smmu, inv.rid);
    sva_smmu_count(smmu, SVA_SMMU_CNT_ATC_INVALIDATIONS);
    sva_emit(iommu->env, .kind = SVA_EV_ATC_INV, .rid = inv.rid,
             .pasid = inv.pasid, .addr = inv.addr, .data0 = inv.mask,
             .data1 = inv.itag);
    if (!iommu->fabric.ops ||
        !iommu->fabric.ops->atc_invalidate(iommu->fabric.opaque, &inv)) {
        /* As an answer of UR: it completes without error. */
        sva_smmu_count(smmu, SVA_SMMU_CNT_ATC_UNDELIVERED);
        sva_outstanding_close(smmu->outstanding, inv.itag, inv.rid);
    }
    sva_smmu_atc_arm_timer(smmu);
    return sva_slice_atc(inv.mask);
}

void sva_smmu_inval_done(SvaIommu *iommu, uint16_t rid, uint32_t itag)
{
    SvaSmmu *smmu = sva_smmu_of(iommu);

    if (!sva_outstanding_close(smmu->outstanding, itag, rid)) {
        /* The architecture has no error for it. */
        sva_smmu_count(smmu, SVA_SMMU_CNT_ATC_UNEXPECTED);
        return;
    }
    if (rid != SVA_RID_COPIES) {
        sva_smmu_count(smmu, SVA_SMMU_CNT_ATC_COMPLETIONS);
        sva_emit(iommu->env, .kind = SVA_EV_ATC_INV_DONE, .rid = rid,
                 .data1 = itag);
    }
    sva_smmu_atc_arm_timer(smmu);
    sva_smmu_sync_check(smmu);
    sva_smmu_cmdq_run(smmu);
}

void sva_smmu_atc_timer(void *opaque)
{
    SvaSmmu *smmu = opaque;
    int64_t now = smmu->iommu.env->ops->now(smmu->iommu.env);
    bool expired = false;
    uint16_t rid;

    while (sva_outstanding_expire(smmu->outstanding, now, &rid) !=
           SVA_NO_ITAG) {
        sva_smmu_count(smmu, SVA_SMMU_CNT_ATC_TIMEOUTS);
        expired = true;
    }
    sva_smmu_atc_arm_timer(smmu);
    if (expired) {
        sva_smmu_sync_expired(smmu);
        sva_smmu_cmdq_run(smmu);        /* it may wait for an ITag */
    }
}

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

/* A span larger than the address space: CERROR_ILL (a choice). */
bool sva_smmu_atc_legal(const SvaSmmu *smmu G_GNUC_UNUSED,
                        const uint64_t *cmd)
{
    return (cmd[1] & R_SMMU_CMD1_SIZE_MASK) <= SVA_SMMU_CMD1_SIZE_ALL;
}

bool sva_smmu_atc_ready(const SvaSmmu *smmu)
{
    return sva_atc_inval_ready(&smmu->atc);
}

static SvaAtcInvalidation decode(const SvaSmmu *smmu, const uint64_t *cmd)
{
    unsigned size = cmd[1] & R_SMMU_CMD1_SIZE_MASK;
    SvaPasid pasid = sva_smmu_cmd_pasid(smmu, cmd);
    SvaAtcInvalidation inv = {
        .mask = size == SVA_SMMU_CMD1_SIZE_ALL
                ? UINT64_MAX : (SVA_PAGE_SIZE << size) - 1,
        .pasid = pasid,
        .rid = sva_smmu_cmd_sid(cmd),
        .global = pasid.valid && cmd[0] & R_SMMU_CMD0_GLOBAL_MASK,
    };

    inv.addr = cmd[1] & R_SMMU_CMD1_ADDR_MASK & ~inv.mask;
    return inv;
}

/* A request that no function takes completes without error, as with UR. */
unsigned sva_smmu_run_atc_inv(SvaSmmu *smmu, const uint64_t *cmd)
{
    SvaAtcInvalidation inv = decode(smmu, cmd);

    if (!sva_smmu_enabled(smmu) ||
        sva_smmu_cmd_sid(cmd) >> SVA_SMMU_SID_BITS) {
        return 0;
    }
    return sva_atc_inval_send(&smmu->atc, &inv);
}

/* The architecture has no error for a completion of no request. */
void sva_smmu_inval_done(SvaIommu *iommu, uint16_t rid, uint32_t itag)
{
    sva_atc_inval_completed(&sva_smmu_of(iommu)->atc, rid, itag);
}

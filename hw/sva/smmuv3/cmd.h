/*
 * SMMUv3: commands, one row for each
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_SMMUV3_CMD_H
#define HW_SVA_SMMUV3_CMD_H

#include "regs.h"

/*
 * @exists: has the unit this command?  NULL: always
 * @legal:  are its fields?  NULL: always
 * @ready:  can it run now?  NULL: always
 * @late:   its effect may come later, until the next CMD_SYNC is complete
 * @run:    NULL: nothing to do; returns how many entries of caches and tables
 *          it looked at, or what is worth as much
 */
typedef struct SvaSmmuCmdRow {
    uint8_t opcode;
    SvaSmmuCounter counter;
    bool (*exists)(const SvaSmmuConfig *config);
    bool (*legal)(const SvaSmmu *smmu, const uint64_t *cmd);
    bool (*ready)(const SvaSmmu *smmu);
    unsigned (*run)(SvaSmmu *smmu, const uint64_t *cmd);
    bool late;
} SvaSmmuCmdRow;

/* The row of a legal command but CMD_SYNC, NULL: CERROR_ILL. */
const SvaSmmuCmdRow *sva_smmu_cmd_decode(const SvaSmmu *smmu,
                                         const uint64_t *cmd);

static inline uint32_t sva_smmu_cmd_sid(const uint64_t *cmd)
{
    return FIELD_EX64(cmd[0], SMMU_CMD0, SID);
}

static inline uint32_t sva_smmu_cmd_ssid(const uint64_t *cmd)
{
    return FIELD_EX64(cmd[0], SMMU_CMD0, SSID);
}

/* Without substreams a command with SSV=1 is taken as one without. */
static inline SvaPasid sva_smmu_cmd_pasid(const SvaSmmu *smmu,
                                          const uint64_t *cmd)
{
    return cmd[0] & R_SMMU_CMD0_SSV_MASK && smmu->config.ssid_bits
           ? sva_pasid(sva_smmu_cmd_ssid(cmd)) : SVA_NO_PASID;
}

/* -- configuration and TLB (inv.c) -- */

unsigned sva_smmu_run_cfgi(SvaSmmu *smmu, const uint64_t *cmd);
/* Is the range of a TLBI_* by address one? */
bool sva_smmu_tlbi_legal(const SvaSmmu *smmu, const uint64_t *cmd);
unsigned sva_smmu_run_tlbi(SvaSmmu *smmu, const uint64_t *cmd);

/* -- device TLBs (devtlb.c) -- */

void sva_smmu_inval_done(SvaIommu *iommu, uint16_t rid, uint32_t itag);
bool sva_smmu_atc_legal(const SvaSmmu *smmu, const uint64_t *cmd);
bool sva_smmu_atc_ready(const SvaSmmu *smmu);
unsigned sva_smmu_run_atc_inv(SvaSmmu *smmu, const uint64_t *cmd);

/* -- page responses (pri.c) -- */

bool sva_smmu_pri_resp_legal(const SvaSmmu *smmu, const uint64_t *cmd);
unsigned sva_smmu_run_pri_resp(SvaSmmu *smmu, const uint64_t *cmd);

/* -- CMD_SYNC (sync.c) -- */

/* Is its CS a signal? */
bool sva_smmu_sync_legal(const uint64_t *cmd);
/*
 * Can it begin?  false: there is no room to wait, or it fails because of an
 * ATS invalidation that timed out before; that is recorded then.
 */
bool sva_smmu_sync_ready(SvaSmmu *smmu, const uint64_t *cmd);
/* The command at RD.  true: it is complete, go on with what is behind it. */
bool sva_smmu_sync_begin(SvaSmmu *smmu, const uint64_t *cmd);
/* An ATS invalidation has been completed: complete a CMD_SYNC that waits. */
void sva_smmu_sync_check(SvaSmmu *smmu);
/* One timed out: the CMD_SYNC that waits fails, or else the next one. */
void sva_smmu_sync_expired(SvaSmmu *smmu);
/* CMDQEN 1->0: a CMD_SYNC that waits was not consumed. */
void sva_smmu_sync_cancel(SvaSmmu *smmu);

/* -- command queue (cmdq.c) -- */

/*
 * Fetch and run what can be, one slice at most; to be called when something
 * has changed.
 */
void sva_smmu_cmdq_run(SvaSmmu *smmu);

/* What the end of an ATC invalidation means to the queue. */
extern const SvaAtcInvalOps sva_smmu_cmdq_atc_ops;
/* Run the queue a moment later, if there is something to run then. */
void sva_smmu_cmdq_defer(SvaSmmu *smmu);
void sva_smmu_cmdq_timer(void *opaque);

#endif

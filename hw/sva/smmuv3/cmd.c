/*
 * SMMUv3: table of commands
 *
 * IHI 0070 G.b, "Commands".  Each command is a row of a table.  An illegal
 * command stops the queue with CERROR_ILL even if it would have no effect;
 * reserved fields are ignored.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "cmd.h"
#include "stall.h"

static bool has_stage1(const SvaSmmuConfig *c)
{
    return c->stage1;
}

static bool has_stage2(const SvaSmmuConfig *c)
{
    return c->stage2;
}

static bool has_hyp(const SvaSmmuConfig *c)
{
    return c->stage1 && c->stage2;
}

static bool has_ats(const SvaSmmuConfig *c)
{
    return c->ats;
}

static bool has_pri(const SvaSmmuConfig *c)
{
    return c->pri;
}

static bool has_stalls(const SvaSmmuConfig *c)
{
    return c->stall_model != SVA_SMMU_STALL_NONE;
}

/* -- stalls -- */

static unsigned run_resume(SvaSmmu *smmu, const uint64_t *cmd)
{
    SvaStallAction action = cmd[0] & R_SMMU_CMD0_AC_MASK ? SVA_STALL_RETRY
                            : cmd[0] & R_SMMU_CMD0_AB_MASK ? SVA_STALL_ABORT
                            : SVA_STALL_RAZ_WI;

    return sva_smmu_stall_resume(smmu, sva_smmu_cmd_sid(cmd),
                                 cmd[1] & R_SMMU_CMD1_STAG_MASK, action);
}

static unsigned run_stall_term(SvaSmmu *smmu, const uint64_t *cmd)
{
    return sva_smmu_stall_term(smmu, sva_smmu_cmd_sid(cmd));
}

/* -- rows -- */

#define PREFETCH(op)                                                    \
    { .opcode = SVA_SMMU_CMD_PREFETCH_##op,                             \
      .counter = SVA_SMMU_CNT_CMD_PREFETCH }
#define TLBI(op, has, is_legal)                                         \
    { SVA_SMMU_CMD_TLBI_##op, SVA_SMMU_CNT_CMD_TLBI, has, is_legal,     \
      NULL, sva_smmu_run_tlbi, true }
#define CFGI(op, has)                                                   \
    { SVA_SMMU_CMD_CFGI_##op, SVA_SMMU_CNT_CMD_CFGI, has, NULL, NULL,   \
      sva_smmu_run_cfgi, true }

static const SvaSmmuCmdRow rows[] = {
    PREFETCH(CONFIG),
    PREFETCH(ADDR),
    CFGI(STE, NULL),
    CFGI(STE_RANGE, NULL),
    CFGI(CD, has_stage1),
    CFGI(CD_ALL, has_stage1),
    TLBI(NH_ALL, has_stage1, NULL),
    TLBI(NH_ASID, has_stage1, NULL),
    TLBI(NH_VA, has_stage1, sva_smmu_tlbi_legal),
    TLBI(NH_VAA, has_stage1, sva_smmu_tlbi_legal),
    TLBI(EL2_ALL, has_hyp, NULL),
    TLBI(EL2_ASID, has_hyp, NULL),
    TLBI(EL2_VA, has_hyp, sva_smmu_tlbi_legal),
    TLBI(EL2_VAA, has_hyp, sva_smmu_tlbi_legal),
    TLBI(S12_VMALL, has_stage2, NULL),
    TLBI(S2_IPA, has_stage2, sva_smmu_tlbi_legal),
    TLBI(NSNH_ALL, NULL, NULL),
    { SVA_SMMU_CMD_ATC_INV, SVA_SMMU_CNT_CMD_ATC_INV, has_ats,
      sva_smmu_atc_legal, sva_smmu_atc_ready, sva_smmu_run_atc_inv, false },
    { SVA_SMMU_CMD_PRI_RESP, SVA_SMMU_CNT_CMD_PRI_RESP, has_pri,
      sva_smmu_pri_resp_legal, NULL, sva_smmu_run_pri_resp, false },
    { SVA_SMMU_CMD_RESUME, SVA_SMMU_CNT_CMD_RESUME, has_stalls,
      NULL, NULL, run_resume, false },
    { SVA_SMMU_CMD_STALL_TERM, SVA_SMMU_CNT_CMD_STALL_TERM, has_stalls,
      NULL, NULL, run_stall_term, false },
};

const SvaSmmuCmdRow *sva_smmu_cmd_decode(const SvaSmmu *smmu,
                                         const uint64_t *cmd)
{
    const SvaSmmuCmdRow *row;
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        row = &rows[i];
        if (row->opcode != (cmd[0] & R_SMMU_CMD0_OPCODE_MASK)) {
            continue;
        }
        if ((row->exists && !row->exists(&smmu->config)) ||
            (row->legal && !row->legal(smmu, cmd))) {
            return NULL;
        }
        return row;
    }
    return NULL;
}

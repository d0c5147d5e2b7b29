/*
 * SMMUv3 unit: saving and restoring
 *
 * A stream is checked like guest input: what the model relies on must be
 * possible.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "cmd.h"
#include "regs.h"
#include "tlb.h"
#include "state.h"

void sva_smmu_save(const SvaSmmu *smmu, SvaSmmuSaved *out)
{
    memset(out, 0, sizeof(*out));
    out->version = SVA_SMMU_STATE_VERSION;
    memcpy(out->regs, smmu->regs, sizeof(out->regs));
    out->sync_waits = smmu->sync_waits;
    out->inval_expired = smmu->inval_expired;
    if (smmu->sync_waits) {
        out->sync_generation = smmu->sync_generation;
        out->sync[0] = smmu->sync[0];
        out->sync[1] = smmu->sync[1];
    }
    sva_atc_inval_save(&smmu->atc, &out->atc);
    sva_smmu_stalls_save(smmu, &out->stalls);
}

static uint32_t saved32(const SvaSmmuSaved *in, unsigned off)
{
    return in->regs[(off & SVA_SMMU_PAGE_OFFSET) / 4];
}

/* Bits of a register that the unit itself sets. */
static uint32_t own_bits(const SvaSmmu *smmu, unsigned off)
{
    switch (off) {
    case A_SMMU_GERROR:
        return sva_smmu_regs_writable(smmu, A_SMMU_GERRORN);
    case A_SMMU_CMDQ_CONS:
        return R_SMMU_CMDQ_CONS_ERR_MASK;
    default:
        return 0;
    }
}

/* @in against a unit in reset state: constants have their values there. */
static const char *registers_error(const SvaSmmu *smmu,
                                   const SvaSmmuSaved *in)
{
    unsigned off;

    if (in->version != SVA_SMMU_STATE_VERSION) {
        return "the state is of another version";
    }
    for (off = A_SMMU_IDR0; off <= A_SMMU_AIDR; off += 4) {
        if (saved32(in, off) != sva_smmu_reg32(smmu, off)) {
            return "the state is of a unit with other options";
        }
    }
    if (saved32(in, A_SMMU_CR0ACK) != saved32(in, A_SMMU_CR0) ||
        saved32(in, A_SMMU_IRQ_CTRLACK) !=
        saved32(in, A_SMMU_IRQ_CTRL)) {
        return "an update is not complete";
    }
    for (; off < SVA_SMMU_REG_BYTES; off += 4) {
        if (off != A_SMMU_CR0ACK && off != A_SMMU_IRQ_CTRLACK &&
            saved32(in, off) & ~(sva_smmu_regs_writable(smmu, off) |
                                 own_bits(smmu, off))) {
            return "a register has bits that do not exist";
        }
    }
    return NULL;
}

static const char *queue_error(const SvaSmmuSaved *in)
{
    if (in->sync_waits &&
        (!(saved32(in, A_SMMU_CR0) & R_SMMU_CR0_CMDQEN_MASK) ||
         (in->sync[0] & R_SMMU_CMD0_OPCODE_MASK) != SVA_SMMU_CMD_SYNC ||
         in->sync_generation > in->atc.table.next_generation ||
         !in->atc.table.count)) {
        return "impossible CMD_SYNC";
    }
    if ((in->stalls.recorded_count || in->stalls.unrecorded_count) &&
        !(saved32(in, A_SMMU_CR0) & R_SMMU_CR0_SMMUEN_MASK)) {
        return "stalled transactions of a unit that is off";
    }
    return NULL;
}

const char *sva_smmu_load(SvaSmmu *smmu, const SvaSmmuSaved *in)
{
    const char *error;

    sva_smmu_reset(smmu);
    error = registers_error(smmu, in);
    if (!error) {
        error = queue_error(in);
    }
    if (!error && !sva_atc_inval_restore(&smmu->atc, &in->atc)) {
        error = "impossible outstanding invalidations";
    }
    if (!error && !sva_smmu_stalls_restore(smmu, &in->stalls)) {
        error = "impossible stalled transactions";
    }
    if (error) {
        sva_smmu_reset(smmu);
        return error;
    }
    memcpy(smmu->regs, in->regs, sizeof(smmu->regs));
    sva_smmu_regs_announce(smmu);
    smmu->sync_waits = in->sync_waits;
    smmu->sync_generation = in->sync_generation;
    smmu->sync[0] = in->sync[0];
    smmu->sync[1] = in->sync[1];
    smmu->inval_expired = in->inval_expired;
    sva_smmu_cmdq_defer(smmu);
    return NULL;
}

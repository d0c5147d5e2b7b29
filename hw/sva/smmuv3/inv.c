/*
 * SMMUv3: what CMD_CFGI_* and CMD_TLBI_* drop
 *
 * IHI 0070 G.b, "Configuration structure invalidation", "TLB invalidation".
 * An SMMU may drop more than a command names.  This one drops exactly that, so
 * that software that invalidates too little is found out.  Of translations TTL
 * is ignored: their entries do not record the level.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "cmd.h"
#include "tlb.h"

/* -- configuration -- */

static SvaSmmuConfigScope stream_range(const uint64_t *cmd)
{
    unsigned range = cmd[1] & R_SMMU_CMD1_RANGE_MASK;
    uint32_t sid = sva_smmu_cmd_sid(cmd), mask;

    if (range == SVA_SMMU_CMD1_RANGE_ALL) {
        return (SvaSmmuConfigScope) { .all = true, .sid_last = UINT32_MAX };
    }
    mask = (2u << range) - 1;
    return (SvaSmmuConfigScope) {
        .sid = sid & ~mask, .sid_last = sid | mask,
    };
}

unsigned sva_smmu_run_cfgi(SvaSmmu *smmu, const uint64_t *cmd)
{
    unsigned opcode = cmd[0] & R_SMMU_CMD0_OPCODE_MASK;
    uint32_t sid = sva_smmu_cmd_sid(cmd);
    SvaSmmuConfigScope scope = { .sid = sid, .sid_last = sid };

    switch (opcode) {
    case SVA_SMMU_CMD_CFGI_STE_RANGE:
        scope = stream_range(cmd);
        break;
    case SVA_SMMU_CMD_CFGI_CD:
        scope.leaf = cmd[1] & R_SMMU_CMD1_LEAF_MASK;
        scope.one_cd = true;
        scope.ssid = sva_smmu_cmd_ssid(cmd);
        scope.cd_only = true;
        break;
    case SVA_SMMU_CMD_CFGI_CD_ALL:
        scope.cd_only = true;
        break;
    default:                    /* CMD_CFGI_STE */
        scope.leaf = cmd[1] & R_SMMU_CMD1_LEAF_MASK;
        break;
    }
    return sva_smmu_drop_config(smmu, &scope);
}

/* -- TLB -- */

/* Flags of ScopeRow */
typedef enum Flags {
    HYP     = 1 << 0,
    S1      = 1 << 1,
    S2      = 1 << 2,
    ASID    = 1 << 3,
    GLOBALS = 1 << 4,
    VMID    = 1 << 5,
    VA      = 1 << 6,
    IPA     = 1 << 7,
} Flags;

static uint8_t scope_flags(unsigned opcode)
{
    switch (opcode) {
    case SVA_SMMU_CMD_TLBI_NH_ALL:
        return S1 | VMID;
    case SVA_SMMU_CMD_TLBI_NH_ASID:
        return S1 | VMID | ASID;
    case SVA_SMMU_CMD_TLBI_NH_VA:
        return S1 | VMID | ASID | GLOBALS | VA;
    case SVA_SMMU_CMD_TLBI_NH_VAA:
        return S1 | VMID | VA;
    case SVA_SMMU_CMD_TLBI_EL2_ALL:
        return HYP | S1;
    case SVA_SMMU_CMD_TLBI_EL2_ASID:
        return HYP | S1 | ASID;
    case SVA_SMMU_CMD_TLBI_EL2_VA:
        return HYP | S1 | ASID | GLOBALS | VA;
    case SVA_SMMU_CMD_TLBI_EL2_VAA:
        return HYP | S1 | VA;
    case SVA_SMMU_CMD_TLBI_S12_VMALL:
        return S1 | S2 | VMID;
    case SVA_SMMU_CMD_TLBI_S2_IPA:
        return S2 | VMID | IPA;
    default:                    /* CMD_TLBI_NSNH_ALL */
        return S1 | S2;
    }
}

static unsigned num(const uint64_t *cmd)
{
    return FIELD_EX64(cmd[0], SMMU_CMD0, NUM);
}

static unsigned scale(const uint64_t *cmd)
{
    return FIELD_EX64(cmd[0], SMMU_CMD0, SCALE);
}

/* log2 of the granule, 0: one address, with whatever maps it. */
static unsigned granule(const SvaSmmu *smmu, const uint64_t *cmd)
{
    static const uint8_t shifts[] = { 0, 12, 14, 16 };

    return smmu->config.ril ? shifts[FIELD_EX64(cmd[1], SMMU_CMD1, TG)]
                            : 0;
}

/* TTL; 16 KiB has no block of level 1 without DS: G.b 4.4.1.1. */
static unsigned ttl(const SvaSmmu *smmu, const uint64_t *cmd)
{
    unsigned level = FIELD_EX64(cmd[1], SMMU_CMD1, TTL);

    return level == 1 && granule(smmu, cmd) == 14 ? 0 : level;
}

bool sva_smmu_tlbi_legal(const SvaSmmu *smmu, const uint64_t *cmd)
{
    return !granule(smmu, cmd) || num(cmd) || scale(cmd) || ttl(smmu, cmd);
}

/*
 * (NUM + 1) * 2^SCALE granules from Address on: any number, not a power of
 * two.  At most 2^52 bytes, and no wrap at the top.
 */
static void set_range(const SvaSmmu *smmu, const uint64_t *cmd,
                      uint64_t addr, SvaSmmuTlbScope *scope)
{
    unsigned shift = granule(smmu, cmd);
    uint64_t bytes = (num(cmd) + 1ull) << (scale(cmd) + shift);

    scope->by_addr = true;
    scope->leaf = cmd[1] & R_SMMU_CMD1_LEAF_MASK;
    /* TTL is the level of the leaf: tables are above it (G.b 4.4.1.1). */
    scope->tables = shift
                    ? sva_vmsa_table_orders(shift, ttl(smmu, cmd)
                                                   ? ttl(smmu, cmd) : 3)
                    : 0;
    scope->first = addr;
    scope->last = !shift ? addr
                  : addr > UINT64_MAX - (bytes - 1) ? UINT64_MAX
                  : addr + (bytes - 1);
}

unsigned sva_smmu_run_tlbi(SvaSmmu *smmu, const uint64_t *cmd)
{
    uint8_t flags = scope_flags(cmd[0] & R_SMMU_CMD0_OPCODE_MASK);
    uint16_t asid = FIELD_EX64(cmd[0], SMMU_CMD0, ASID);
    SvaSmmuTlbScope scope = {
        .hyp = flags & HYP,
        .stage1 = flags & S1,
        .stage2 = flags & S2,
        .by_asid = flags & ASID,
        .globals = flags & GLOBALS,
        /* Without stage 2 there are no VMIDs. */
        .by_vmid = flags & VMID && smmu->config.stage2,
        .asid = smmu->config.asid_bits == 16 ? asid : asid & 0xff,
        .vmid = FIELD_EX64(cmd[0], SMMU_CMD0, VMID),
    };

    if ((cmd[0] & R_SMMU_CMD0_OPCODE_MASK) == SVA_SMMU_CMD_TLBI_EL2_VA &&
        !(sva_smmu_reg32(smmu, A_SMMU_CR2) & R_SMMU_CR2_E2H_MASK)) {
        scope.by_asid = false;  /* EL2 without E2H has no ASIDs */
    }
    if (flags & VA) {
        set_range(smmu, cmd, cmd[1] & R_SMMU_CMD1_ADDR_MASK, &scope);
    } else if (flags & IPA) {
        set_range(smmu, cmd, cmd[1] & R_SMMU_CMD1_IPA_MASK, &scope);
    }
    return sva_smmu_drop_tlb(smmu, &scope);
}

/*
 * Checker, SMMUv3: commands, one row for each
 *
 * IHI 0070 G.b, chapter 4.  What a command reaches is its minimum: a unit may
 * drop more, and software must not rely on it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "smmu-command.h"
#include "smmu-field.h"

/* Flags of Row */
enum {
    STE     = 1 << 0,
    CD      = 1 << 1,
    ONE_CD  = 1 << 2,
    RANGE   = 1 << 3,           /* of streams */
    LEAF    = 1 << 4,           /* has the bit */
    HYP     = 1 << 5,
    S1      = 1 << 6,
    S2      = 1 << 7,
    ASID    = 1 << 8,
    GLOBALS = 1 << 9,
    VMID    = 1 << 10,
    VA      = 1 << 11,
    IPA     = 1 << 12,
};

/* What a unit must have. */
typedef enum Needs {
    NONE,
    HAS_S1P,
    HAS_S2P,
    HAS_HYP,
    HAS_ATS,
    HAS_PRI,
    HAS_STALLS,
    HAS_MPAM,
    HAS_DPT,
} Needs;

typedef struct Row {
    uint8_t opcode;
    uint8_t kind;
    uint8_t needs;
    uint16_t flags;
    const char *name;
} Row;

#define CFGI SVA_CHECK_SMMU_CFGI
#define TLBI SVA_CHECK_SMMU_TLBI
#define OTHER SVA_CHECK_SMMU_OTHER_CMD

static const Row rows[] = {
    { 0x01, OTHER, NONE, 0, "CMD_PREFETCH_CONFIG" },
    { 0x02, OTHER, NONE, 0, "CMD_PREFETCH_ADDR" },
    { 0x03, CFGI, NONE, STE | CD | LEAF, "CMD_CFGI_STE" },
    { 0x04, CFGI, NONE, STE | CD | RANGE, "CMD_CFGI_STE_RANGE" },
    { 0x05, CFGI, HAS_S1P, CD | ONE_CD | LEAF, "CMD_CFGI_CD" },
    { 0x06, CFGI, HAS_S1P, CD, "CMD_CFGI_CD_ALL" },
    { 0x07, OTHER, HAS_MPAM, 0, "CMD_CFGI_VMS_PIDM" },
    { 0x10, TLBI, HAS_S1P, S1 | VMID, "CMD_TLBI_NH_ALL" },
    { 0x11, TLBI, HAS_S1P, S1 | VMID | ASID, "CMD_TLBI_NH_ASID" },
    { 0x12, TLBI, HAS_S1P, S1 | VMID | ASID | GLOBALS | VA | LEAF,
      "CMD_TLBI_NH_VA" },
    { 0x13, TLBI, HAS_S1P, S1 | VMID | VA | LEAF, "CMD_TLBI_NH_VAA" },
    { 0x20, TLBI, HAS_HYP, HYP | S1, "CMD_TLBI_EL2_ALL" },
    { 0x21, TLBI, HAS_HYP, HYP | S1 | ASID, "CMD_TLBI_EL2_ASID" },
    { 0x22, TLBI, HAS_HYP, HYP | S1 | ASID | GLOBALS | VA | LEAF,
      "CMD_TLBI_EL2_VA" },
    { 0x23, TLBI, HAS_HYP, HYP | S1 | VA | LEAF, "CMD_TLBI_EL2_VAA" },
    { 0x28, TLBI, HAS_S2P, S1 | S2 | VMID, "CMD_TLBI_S12_VMALL" },
    { 0x2a, TLBI, HAS_S2P, S2 | VMID | IPA | LEAF, "CMD_TLBI_S2_IPA" },
    { 0x30, TLBI, NONE, S1 | S2, "CMD_TLBI_NSNH_ALL" },
    { 0x40, SVA_CHECK_SMMU_ATC_INV, HAS_ATS, 0, "CMD_ATC_INV" },
    { 0x41, SVA_CHECK_SMMU_PRI_RESP, HAS_PRI, 0, "CMD_PRI_RESP" },
    { 0x44, SVA_CHECK_SMMU_RESUME, HAS_STALLS, 0, "CMD_RESUME" },
    { 0x45, SVA_CHECK_SMMU_STALL_TERM, HAS_STALLS, 0, "CMD_STALL_TERM" },
    { 0x46, SVA_CHECK_SMMU_SYNC, NONE, 0, "CMD_SYNC" },
    { 0x70, OTHER, HAS_DPT, 0, "CMD_DPTI_ALL" },
    { 0x73, OTHER, HAS_DPT, 0, "CMD_DPTI_PA" },
};

static bool has(const SvaCheckSmmuUnit *u, unsigned needs)
{
    switch (needs) {
    case HAS_S1P:
        return u->s1p;
    case HAS_S2P:
        return u->s2p;
    case HAS_HYP:
        return u->hyp;
    case HAS_ATS:
        return u->ats;
    case HAS_PRI:
        return u->pri;
    case HAS_STALLS:
        return u->stall != SVA_CHECK_SMMU_STALL_NEVER;
    case HAS_MPAM:
        return u->mpam;
    case HAS_DPT:
        return u->dpt;
    default:
        return true;
    }
}

static const Row *find(unsigned opcode)
{
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (rows[i].opcode == opcode) {
            return &rows[i];
        }
    }
    return NULL;
}

/* -- fields -- */

static void take_streams(const Row *row, const uint64_t *words,
                         SvaCheckSmmuCommand *out)
{
    unsigned range = sva_check_bits(words[1], 0, 5);
    uint32_t mask = range == 31 ? UINT32_MAX : (2u << range) - 1;

    if (row->flags & RANGE) {
        out->sid_last = out->sid | mask;
        out->sid &= ~mask;
    }
    out->leaf = row->flags & LEAF && words[1] & 1;
}

/* G.b 4.4.1.1: by NUM, SCALE and TG, in units that offer ranges. */
static const char *take_address(const SvaCheckSmmuUnit *u,
                                const uint64_t *words, bool ipa,
                                SvaCheckSmmuCommand *out)
{
    static const uint8_t granules[4] = { 0, 12, 14, 16 };
    unsigned num = sva_check_bits(words[0], 12, 5);
    unsigned scale = sva_check_bits(words[0], 20, 5);
    uint64_t bytes;

    out->by_addr = true;
    out->leaf = words[1] & 1;
    out->first = words[1] & (ipa ? 0x000ffffffffff000ull
                                 : 0xfffffffffffff000ull);
    out->last = out->first;
    out->granule = u->ril ? granules[sva_check_bits(words[1], 10, 2)] : 0;
    if (!out->granule) {
        return NULL;
    }
    out->ttl = sva_check_bits(words[1], 8, 2);
    if (out->ttl == 1 && out->granule == 14 && !u->ds) {
        out->ttl = 0;           /* there are no blocks of level 1 */
    }
    if (!num && !scale && !out->ttl) {
        return "NUM=0, SCALE=0 and TTL=0b00 with TG, which is reserved";
    }
    bytes = (num + 1ull) << (scale + out->granule);
    out->last = out->first > UINT64_MAX - (bytes - 1)
                ? UINT64_MAX : out->first + (bytes - 1);
    return NULL;
}

static const char *take_tlb(const SvaCheckSmmuUnit *u, const Row *row,
                            const uint64_t *words, SvaCheckSmmuCommand *out)
{
    out->hyp = row->flags & HYP;
    out->stage1 = row->flags & S1;
    out->stage2 = row->flags & S2;
    /* EL2 without E2H has no ASIDs, a unit without stage 2 no VMIDs. */
    out->by_asid = row->flags & ASID && !(out->hyp && !u->e2h);
    out->globals = out->by_asid && row->flags & GLOBALS;
    out->by_vmid = row->flags & VMID && u->s2p;
    out->asid = sva_check_bits(words[0], 48, u->asid16 ? 16 : 8);
    out->vmid = sva_check_bits(words[0], 32, u->vmid16 ? 16 : 8);
    if (row->flags & (VA | IPA)) {
        return take_address(u, words, row->flags & IPA, out);
    }
    return NULL;
}

static const char *take_atc(const SvaCheckSmmuUnit *u, const uint64_t *words,
                            SvaCheckSmmuCommand *out)
{
    unsigned size = sva_check_bits(words[1], 0, 6);
    uint64_t mask;

    out->has_ssid = u->ssid_bits && sva_check_bits(words[0], 11, 1);
    out->global = out->has_ssid && sva_check_bits(words[0], 9, 1);
    if (size > 52) {
        return "Size is larger than 52";
    }
    mask = size == 52 ? UINT64_MAX : (4096ull << size) - 1;
    out->by_addr = true;
    out->first = words[1] & ~mask & 0xfffffffffffff000ull;
    out->last = out->first | mask;
    return NULL;
}

static const char *take(const SvaCheckSmmuUnit *u, const Row *row,
                        const uint64_t *words, SvaCheckSmmuCommand *out)
{
    switch (row->kind) {
    case SVA_CHECK_SMMU_CFGI:
        take_streams(row, words, out);
        return NULL;
    case SVA_CHECK_SMMU_TLBI:
        return take_tlb(u, row, words, out);
    case SVA_CHECK_SMMU_ATC_INV:
        return take_atc(u, words, out);
    case SVA_CHECK_SMMU_PRI_RESP:
        out->has_ssid = u->ssid_bits && sva_check_bits(words[0], 11, 1);
        return sva_check_bits(words[1], 12, 2) == 3 ? "Resp is reserved"
                                                    : NULL;
    case SVA_CHECK_SMMU_SYNC:
        return sva_check_bits(words[0], 12, 2) == 3 ? "CS is reserved"
                                                    : NULL;
    default:
        return NULL;
    }
}

const char *sva_check_smmu_command(const SvaCheckSmmuUnit *u,
                                   const uint64_t words[2],
                                   SvaCheckSmmuCommand *out)
{
    const Row *row = find(sva_check_bits(words[0], 0, 8));
    uint32_t sid = sva_check_bits(words[0], 32, 32);

    *out = (SvaCheckSmmuCommand) {
        .name = row ? row->name : "command",
        .sid = sid,
        .sid_last = sid,
        .ssid = sva_check_bits(words[0], 12, 20),
    };
    if (!row) {
        return "its opcode is reserved";
    }
    if (!has(u, row->needs)) {
        return "the unit does not have it";
    }
    if (sva_check_bits(words[0], 10, 1)) {
        return "SSec=1 in a Non-secure queue";
    }
    out->kind = row->kind;
    out->ste = row->flags & STE;
    out->cd = row->flags & CD;
    out->one_cd = row->flags & ONE_CD;
    return take(u, row, words, out);
}

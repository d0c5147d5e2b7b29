/*
 * Checker, SMMUv3: the architecture's table of functions
 *
 * IHI 0070 G.b, 3.21 "Structure access rules and update procedures", 4.3, 4.4,
 * 4.5, chapter 5; Arm DDI 0487 for page tables.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "arch.h"
#include "smmu-command.h"
#include "smmu-desc.h"
#include "smmu-entry.h"

#define KIND_BIT(kind) (1u << SVA_FILL_SMMU_##kind)

/* -- page tables -- */

static bool in_tables(const SvaCheckEntry *entry)
{
    return entry->type == SVA_ENTRY_SMMU_STAGE1 ||
           entry->type == SVA_ENTRY_SMMU_STAGE2;
}

/* The granule follows from what a descriptor of @level spans. */
static unsigned granule_of(const SvaCheckEntry *entry)
{
    unsigned above = 3 - MIN(entry->level, 3u);
    unsigned granule = (entry->shift + 3 * above) / (above + 1);

    return granule == 14 || granule == 16 ? granule : 12;
}

static SvaCheckSmmuWalk walk_of(const uint64_t *regs,
                                const SvaCheckEntry *entry)
{
    uint64_t idr3 = regs[SVA_REGS_SMMU_IDR3];

    return (SvaCheckSmmuWalk) {
        .granule = granule_of(entry),
        .bbml = sva_check_bits(idr3, 11, 2),
        .stage2 = entry->type == SVA_ENTRY_SMMU_STAGE2,
        .wide = sva_check_bits(idr3, 32, 3) >= 6,
    };
}

static SvaCheckSmmuDesc desc_of(const uint64_t *regs,
                                const SvaCheckEntry *entry)
{
    SvaCheckSmmuWalk walk = walk_of(regs, entry);
    SvaCheckSmmuDesc desc;

    sva_check_smmu_desc(&walk, entry->level, entry->words[0], &desc);
    return desc;
}

/* -- first levels of the stream table and of CD tables -- */

#define L1STD_SPAN(word)  sva_check_bits(word, 0, 5)
#define L1STD_L2PTR 0x000fffffffffffc0ull
#define L1CD_V      1ull
#define L1CD_L2PTR  0x000ffffffffff000ull

static uint64_t upper_used(const SvaCheckEntry *entry)
{
    uint64_t word = entry->words[0];

    if (entry->type == SVA_ENTRY_SMMU_L1CD) {
        return word & L1CD_V ? word & (L1CD_L2PTR | L1CD_V) : 0;
    }
    return L1STD_SPAN(word) ? word & (L1STD_L2PTR | 0x1f) : 0;
}

static bool is_upper(const SvaCheckEntry *entry)
{
    return entry->type == SVA_ENTRY_SMMU_L1STD ||
           entry->type == SVA_ENTRY_SMMU_L1CD;
}

/* -- compare -- */

static void used_of(const uint64_t *regs, const SvaCheckEntry *entry,
                    uint64_t *used)
{
    SvaCheckSmmuUnit unit;

    if (entry->type == SVA_ENTRY_SMMU_CD) {
        sva_check_smmu_cd_used(entry->words, used);
    } else {
        sva_check_smmu_unit(regs, &unit);
        sva_check_smmu_ste_used(&unit, entry->words, used);
    }
}

/*
 * An entry with V=0 may be cached as well, so that its becoming valid owes
 * something; what else is written while V=0 owes nothing yet.
 */
static SvaCheckChange compare_config(const uint64_t *regs,
                                     const SvaCheckEntry *old,
                                     const SvaCheckEntry *now)
{
    uint64_t before[SVA_CHECK_SMMU_WORDS], after[SVA_CHECK_SMMU_WORDS];

    if (is_upper(old)) {
        return upper_used(old) == upper_used(now) ? SVA_CHANGE_NONE
                                                  : SVA_CHANGE;
    }
    used_of(regs, old, before);
    used_of(regs, now, after);
    return memcmp(before, after, sizeof(before)) ? SVA_CHANGE
                                                 : SVA_CHANGE_NONE;
}

static SvaCheckChange compare(const uint64_t *regs, const SvaCheckEntry *old,
                              const SvaCheckEntry *now)
{
    SvaCheckSmmuWalk walk;

    if (!in_tables(old)) {
        return compare_config(regs, old, now);
    }
    walk = walk_of(regs, old);
    switch (sva_check_smmu_desc_diff(&walk, old->level, old->words[0],
                                     now->words[0])) {
    case SVA_CHECK_SMMU_SAME:
        return SVA_CHANGE_NONE;
    case SVA_CHECK_SMMU_MORE:
        return SVA_CHANGE_UPGRADE;
    default:
        return SVA_CHANGE;
    }
}

/* -- what an entry says -- */

static bool present(const uint64_t *regs, const SvaCheckEntry *entry)
{
    switch (entry->type) {
    case SVA_ENTRY_SMMU_STE:
        /* V=1, Config=0b1xx */
        return (entry->words[0] & 0x9) == 0x9;
    case SVA_ENTRY_SMMU_CD:
        return sva_check_bits(entry->words[0], 31, 1);
    case SVA_ENTRY_SMMU_L1STD:
    case SVA_ENTRY_SMMU_L1CD:
        return upper_used(entry);
    default:
        return desc_of(regs, entry).kind != SVA_CHECK_SMMU_FAULT;
    }
}

static bool leaf(const uint64_t *regs, const SvaCheckEntry *entry)
{
    return in_tables(entry) &&
           desc_of(regs, entry).kind == SVA_CHECK_SMMU_LEAF;
}

static uint64_t ste_target(const uint64_t *regs, const SvaCheckEntry *entry)
{
    SvaCheckSmmuUnit unit;
    SvaCheckSmmuSte ste;

    sva_check_smmu_unit(regs, &unit);
    sva_check_smmu_ste(&unit, entry->words, &ste);
    return ste.stage1 ? ste.context : ste.stage2 ? ste.s2.base : UINT64_MAX;
}

static uint64_t cd_target(const SvaCheckEntry *entry)
{
    uint64_t word = entry->words[0];

    if (!sva_check_bits(word, 14, 1)) {
        return entry->words[1] & 0x000ffffffffffff0ull;
    }
    return sva_check_bits(word, 30, 1)
           ? UINT64_MAX : entry->words[2] & 0x000ffffffffffff0ull;
}

static uint64_t target(const uint64_t *regs, const SvaCheckEntry *entry)
{
    if (!present(regs, entry)) {
        return UINT64_MAX;
    }
    switch (entry->type) {
    case SVA_ENTRY_SMMU_STE:
        return ste_target(regs, entry);
    case SVA_ENTRY_SMMU_CD:
        return cd_target(entry);
    case SVA_ENTRY_SMMU_L1STD:
        return entry->words[0] & L1STD_L2PTR;
    case SVA_ENTRY_SMMU_L1CD:
        return entry->words[0] & L1CD_L2PTR;
    default:
        return desc_of(regs, entry).addr;
    }
}

/* Behind stage 2 it is not at the address that the CD has. */
static unsigned first(const uint64_t *regs, const SvaCheckEntry *entry,
                      const SvaCheckEntry *context, SvaCheckEntry *out)
{
    SvaCheckSmmuTables *half;
    SvaCheckSmmuUnit unit;
    SvaCheckSmmuSte ste;
    SvaCheckSmmuCd cd;
    unsigned shift;

    sva_check_smmu_unit(regs, &unit);
    sva_check_smmu_cd(&unit, entry->words, &cd);
    half = &cd.half[0];
    if (entry->type != SVA_ENTRY_SMMU_CD || !context || half->off ||
        half->start < 0) {
        return 0;
    }
    sva_check_smmu_ste(&unit, context->words, &ste);
    shift = half->granule + (half->granule - 3) * (3 - half->start);
    *out = (SvaCheckEntry) {
        .type = SVA_ENTRY_SMMU_STAGE1, .count = 1, .level = half->start,
        .shift = shift,
    };
    return !ste.stage1 || ste.stage2 ? 0 : 1u << (64 - half->tsz - shift);
}

/*
 * G.b 3.21.3: structures may be cached, valid or not; 3.21.1: descriptors that
 * are valid.
 */
static uint8_t cached(const uint64_t *regs, const SvaCheckEntry *entry)
{
    switch (entry->type) {
    case SVA_ENTRY_SMMU_L1STD:
    case SVA_ENTRY_SMMU_STE:
        return SVA_DROP_CONFIG;
    case SVA_ENTRY_SMMU_L1CD:
    case SVA_ENTRY_SMMU_CD:
        return SVA_DROP_PASID;
    default:
        return desc_of(regs, entry).kind == SVA_CHECK_SMMU_TABLE
               ? SVA_DROP_WALK : 0;
    }
}

static SvaCheckBind bind_of(const uint64_t *regs G_GNUC_UNUSED,
                            const SvaCheckEntry *entry)
{
    uint64_t word = entry->words[0];

    if (entry->type == SVA_ENTRY_SMMU_L1STD ||
        entry->type == SVA_ENTRY_SMMU_L1CD) {
        return SVA_BIND_UNKNOWN;
    }
    if (!sva_check_bits(word, 31, 1)) {
        return SVA_BIND_UNBOUND;
    }
    /* Both halves off: every address is F_TRANSLATION, which R=0 hides. */
    return sva_check_bits(word, 14, 1) && sva_check_bits(word, 30, 1)
           ? SVA_BIND_QUIESCED : SVA_BIND_BOUND;
}

/* Configuration is named by stream: 4.3. */
static int32_t domain(const uint64_t *regs G_GNUC_UNUSED,
                      const SvaCheckEntry *entry G_GNUC_UNUSED)
{
    return -1;
}

/* CD 0, if there is no other or S1DSS says so (5.2). */
static int32_t rid_pasid(const uint64_t *regs, const SvaCheckEntry *entry)
{
    SvaCheckSmmuUnit unit;
    SvaCheckSmmuSte ste;

    sva_check_smmu_unit(regs, &unit);
    sva_check_smmu_ste(&unit, entry->words, &ste);
    return ste.stage1 && (!ste.cd_bits || ste.s1dss == 2) ? 0 : -1;
}

/* Of the worlds that have VMIDs; global translations have tags of their own. */
static SvaCheckTag tag(const uint64_t *regs, const SvaCheckEntry *entry,
                       const SvaCheckEntry *context,
                       SvaPasid pasid G_GNUC_UNUSED)
{
    SvaCheckTag out = { .valid = false };
    SvaCheckSmmuUnit unit;
    SvaCheckSmmuSte ste;

    sva_check_smmu_unit(regs, &unit);
    if (!context) {
        return out;
    }
    sva_check_smmu_ste(&unit, context->words, &ste);
    out.domain = ste.has_vmid ? ste.vmid : 0;
    out.valid = ste.world == SVA_CHECK_SMMU_EL1;
    if (entry->type != SVA_ENTRY_SMMU_CD) {
        out.kind = SVA_FILL_SMMU_STAGE2;
    } else {
        out.kind = ste.stage2 ? SVA_FILL_SMMU_COMBINED : SVA_FILL_SMMU_STAGE1;
        out.asid = sva_check_bits(entry->words[0], 48, 16);
    }
    return out;
}

static uint64_t second(const uint64_t *regs,
                       const SvaCheckEntry *entry G_GNUC_UNUSED,
                       const SvaCheckEntry *context)
{
    SvaCheckSmmuUnit unit;
    SvaCheckSmmuSte ste;

    sva_check_smmu_unit(regs, &unit);
    if (!context) {
        return UINT64_MAX;
    }
    sva_check_smmu_ste(&unit, context->words, &ste);
    return ste.stage2 ? ste.s2.base : UINT64_MAX;
}

/* SPLIT; 64 or 1024 CDs, as S1Fmt says, or any number of up to 1024. */
static unsigned span(const uint64_t *regs, SvaEntryType type,
                     const SvaCheckEntry *entry)
{
    SvaCheckSmmuUnit unit;
    SvaCheckSmmuSte ste;

    sva_check_smmu_unit(regs, &unit);
    if (type == SVA_ENTRY_SMMU_L1STD) {
        return unit.strtab_split;
    }
    if (entry) {
        sva_check_smmu_ste(&unit, entry->words, &ste);
    }
    return entry && ste.s1fmt == 1 ? 6 : 10;
}

static bool enabled(const uint64_t *regs)
{
    return regs[SVA_REGS_SMMU_CR0ACK] & 1;
}

/* -- what a change owes -- */

/* The kind of change decides which rows of the table below count. */
enum {
    OF_L1STD     = 1 << 0,
    OF_STE       = 1 << 1,
    OF_STE_RANGE = 1 << 2,      /* Config, CD table: answers of each PASID */
    OF_STE_PLAIN = 1 << 3,      /* what requests without PASID get */
    OF_STE_TLB   = 1 << 4,      /* fields that translations are cached with */
    OF_L1CD      = 1 << 5,
    OF_CD        = 1 << 6,
    OF_CD_TLB    = 1 << 7,
    OF_CD_ANSWER = 1 << 8,      /* unbound, another ASID */
    OF_TABLE     = 1 << 9,
    OF_LEAF      = 1 << 10,
    OF_S2_TABLE  = 1 << 11,
    OF_S2_LEAF   = 1 << 12,
};

/* In the order in which it must come: 3.21.1, 3.21.3, 3.9.1, 4.3.8. */
static const struct {
    unsigned of;
    SvaCheckOwed owed;
} owed_rows[] = {
    { OF_L1STD, { SVA_DROP_CONFIG, SVA_SCOPE_ENTRY,
                  "CMD_CFGI_STE with Leaf=0" } },
    { OF_STE, { SVA_DROP_CONFIG, SVA_SCOPE_ENTRY, "CMD_CFGI_STE" } },
    { OF_L1CD, { SVA_DROP_PASID, SVA_SCOPE_ENTRY,
                 "CMD_CFGI_CD with Leaf=0" } },
    { OF_CD, { SVA_DROP_PASID, SVA_SCOPE_ENTRY, "CMD_CFGI_CD" } },
    { OF_STE_TLB, { SVA_DROP_TLB, SVA_SCOPE_FUNCTION,
                    "CMD_TLBI_S12_VMALL" } },
    { OF_CD_TLB, { SVA_DROP_TLB, SVA_SCOPE_PASID, "CMD_TLBI_NH_ASID" } },
    { OF_TABLE, { SVA_DROP_WALK, SVA_SCOPE_RANGE,
                  "CMD_TLBI_NH_VA with Leaf=0" } },
    { OF_S2_TABLE, { SVA_DROP_WALK, SVA_SCOPE_RANGE,
                     "CMD_TLBI_S2_IPA with Leaf=0" } },
    { OF_TABLE | OF_LEAF, { SVA_DROP_TLB, SVA_SCOPE_RANGE,
                            "CMD_TLBI_NH_VA" } },
    { OF_S2_TABLE | OF_S2_LEAF, { SVA_DROP_TLB, SVA_SCOPE_RANGE,
                                  "CMD_TLBI_S2_IPA and CMD_TLBI_NH_ALL" } },
    { OF_STE_TLB | OF_STE_RANGE, { SVA_DROP_ATC, SVA_SCOPE_FUNCTION,
                                   "CMD_ATC_INV" } },
    { OF_STE_PLAIN, { SVA_DROP_ATC, SVA_SCOPE_PASID,
                      "CMD_ATC_INV with SSV=0" } },
    { OF_CD_TLB | OF_CD_ANSWER, { SVA_DROP_ATC, SVA_SCOPE_PASID,
                                  "CMD_ATC_INV" } },
    { OF_TABLE | OF_LEAF | OF_S2_TABLE | OF_S2_LEAF,
      { SVA_DROP_ATC, SVA_SCOPE_RANGE, "CMD_ATC_INV" } },
};

static unsigned ste_change(const uint64_t *regs, const uint64_t *old,
                           const uint64_t *now)
{
    unsigned of = OF_STE;
    SvaCheckSmmuUnit unit;
    SvaCheckSmmuSte before, after;

    sva_check_smmu_unit(regs, &unit);
    sva_check_smmu_ste(&unit, old, &before);
    sva_check_smmu_ste(&unit, now, &after);
    if (!after.valid || after.abort || !before.valid) {
        /* Entries may stay: G.b 3.21.3.  A function with ATS off has none. */
        return of;
    }
    if (sva_check_smmu_ste_tlb(&unit, old, now)) {
        of |= OF_STE_TLB;
    }
    if (before.stage1 != after.stage1 || before.stage2 != after.stage2 ||
        (before.stage1 && (before.context != after.context ||
                           before.cd_bits != after.cd_bits ||
                           before.s1fmt != after.s1fmt))) {
        of |= OF_STE_RANGE;
    } else if (before.stage1 && before.s1dss != after.s1dss) {
        of |= OF_STE_PLAIN;
    }
    return of;
}

static unsigned cd_change(const uint64_t *old, const uint64_t *now)
{
    bool was = sva_check_bits(old[0], 31, 1);
    bool is = sva_check_bits(now[0], 31, 1);

    if (!was) {
        return OF_CD;
    }
    if (!is || sva_check_bits(old[0], 48, 16) !=
               sva_check_bits(now[0], 48, 16)) {
        /* Translations of the old ASID may stay until it is used again. */
        return OF_CD | OF_CD_ANSWER;
    }
    return OF_CD | (sva_check_smmu_cd_tlb(old, now) ? OF_CD_TLB : 0);
}

static unsigned change_of(const uint64_t *regs, const SvaCheckEntry *old,
                          const SvaCheckEntry *now)
{
    switch (old->type) {
    case SVA_ENTRY_SMMU_L1STD:
        return OF_L1STD;
    case SVA_ENTRY_SMMU_STE:
        return ste_change(regs, old->words, now->words);
    case SVA_ENTRY_SMMU_L1CD:
        return OF_L1CD;
    case SVA_ENTRY_SMMU_CD:
        return cd_change(old->words, now->words);
    case SVA_ENTRY_SMMU_STAGE1:
        return leaf(regs, old) ? OF_LEAF : OF_TABLE;
    case SVA_ENTRY_SMMU_STAGE2:
        return leaf(regs, old) ? OF_S2_LEAF : OF_S2_TABLE;
    default:
        return 0;
    }
}

static unsigned owed(const uint64_t *regs, const SvaCheckEntry *old,
                     const SvaCheckEntry *now,
                     SvaCheckOwed out[SVA_CHECK_OWED])
{
    unsigned of = 0, n = 0, i;

    if (compare(regs, old, now) == SVA_CHANGE) {
        of = change_of(regs, old, now);
    }
    for (i = 0; i < G_N_ELEMENTS(owed_rows) && n < SVA_CHECK_OWED; i++) {
        if (owed_rows[i].of & of) {
            out[n++] = owed_rows[i].owed;
        }
    }
    return n;
}

/* -- commands -- */

static void drop_config(const SvaCheckSmmuCommand *cmd, SvaCheckInval *out)
{
    *out = (SvaCheckInval) {
        .caches = (cmd->ste ? SVA_DROP_CONFIG : 0) |
                  (cmd->cd ? SVA_DROP_PASID : 0),
        .last = UINT64_MAX,
        .by_rid = true,
        .rid = cmd->sid,
        .rid_mask = cmd->sid ^ MIN(cmd->sid_last, 0xffffu),
        .by_pasid = cmd->one_cd,
        .leaf = cmd->leaf,
    };
    if (cmd->one_cd) {
        out->pasid = sva_pasid(cmd->ssid);
    }
}

static void drop_tlb(const SvaCheckSmmuCommand *cmd, SvaCheckInval *out)
{
    *out = (SvaCheckInval) {
        .caches = SVA_DROP_TLB | (cmd->leaf ? 0 : SVA_DROP_WALK),
        .addr = cmd->by_addr ? cmd->first : 0,
        .last = cmd->by_addr ? cmd->last : UINT64_MAX,
        .by_domain = cmd->by_vmid,
        .domain = cmd->vmid,
        .by_asid = cmd->by_asid,
        .asid = cmd->asid,
        .leaf = cmd->leaf,
    };
    if (cmd->hyp) {
        out->kinds = KIND_BIT(HYP);
    } else {
        out->kinds = (cmd->stage1 ? KIND_BIT(STAGE1) | KIND_BIT(COMBINED)
                                  : 0) |
                     (cmd->stage2 ? KIND_BIT(STAGE2) : 0);
    }
}

/* Global entries have tags of their own: with ASET, and without. */
static void drop_tlb_and_globals(const SvaCheckSmmuCommand *cmd,
                                 SvaCheckCommand *out)
{
    static const uint32_t tags[] = {
        SVA_FILL_SMMU_GLOBAL, SVA_FILL_SMMU_GLOBAL | SVA_FILL_SMMU_ASET,
    };
    unsigned i;

    drop_tlb(cmd, &out->invals[out->count++]);
    for (i = 0; cmd->globals && i < G_N_ELEMENTS(tags); i++) {
        out->invals[out->count] = out->invals[0];
        out->invals[out->count++].asid = tags[i];
    }
}

static void drop_atc(const SvaCheckSmmuCommand *cmd, SvaCheckInval *out)
{
    *out = (SvaCheckInval) {
        .caches = SVA_DROP_ATC,
        .addr = cmd->first,
        .last = cmd->last,
        .by_rid = true,
        .rid = cmd->sid,
        .by_pasid = !cmd->global,
        .pasid = cmd->has_ssid ? sva_pasid(cmd->ssid) : SVA_NO_PASID,
    };
}

static void command(const uint64_t *regs, const SvaEvent *event,
                    SvaCheckCommand *out)
{
    SvaCheckSmmuUnit unit;
    SvaCheckSmmuCommand cmd;

    *out = (SvaCheckCommand) { .count = 0 };
    sva_check_smmu_unit(regs, &unit);
    if (sva_check_smmu_command(&unit, event->command.words, &cmd)) {
        return;
    }
    out->wait = cmd.kind == SVA_CHECK_SMMU_SYNC;
    if (cmd.kind == SVA_CHECK_SMMU_TLBI) {
        drop_tlb_and_globals(&cmd, out);
    } else if (cmd.sid > 0xffff) {
        return;                 /* of no function */
    } else if (cmd.kind == SVA_CHECK_SMMU_CFGI) {
        drop_config(&cmd, &out->invals[out->count++]);
    } else if (cmd.kind == SVA_CHECK_SMMU_ATC_INV) {
        drop_atc(&cmd, &out->invals[out->count++]);
    }
}

const SvaCheckArch sva_check_smmu = {
    .name = "SMMUv3",
    .any_part = true,
    .unordered = true,          /* between two CMD_SYNCs: 4.7.3 */
    .compare = compare,
    .present = present,
    .leaf = leaf,
    .target = target,
    .cached = cached,
    .bind = bind_of,
    .domain = domain,
    .context = SVA_ENTRY_SMMU_STE,
    .first = first,
    .rid_pasid = rid_pasid,
    .tag = tag,
    .second = second,
    .span = span,
    .enabled = enabled,
    .owed = owed,
    .command = command,
};

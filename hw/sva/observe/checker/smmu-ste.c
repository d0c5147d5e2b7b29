/*
 * Checker, SMMUv3: stream table entries
 *
 * IHI 0070 G.b, 5.2 "STE, Stream Table Entry", 5.2.2 "Validity of STE"; which
 * fields the TLB keeps: 3.21.3, 4.3.8.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "smmu-entry.h"

/* When a field means something. */
enum {
    USE_ALWAYS,
    USE_ENABLED,                /* Config=0b1xx */
    USE_STAGE1,
    USE_STAGE2,
    USE_VMID,                   /* stage 1 or 2, at EL1 */
};

static const SvaCheckSmmuField fields[] = {
    { "V",            0,  0,  1, USE_ALWAYS, false },
    { "Config",       0,  1,  3, USE_ALWAYS, false },
    { "S1Fmt",        0,  4,  2, USE_STAGE1, false },
    { "S1ContextPtr", 0,  6, 46, USE_STAGE1, false },
    { "S1CDMax",      0, 59,  5, USE_STAGE1, false },
    { "S1DSS",        1,  0,  2, USE_STAGE1, false },
    { "S1CIR",        1,  2,  2, USE_STAGE1, false },
    { "S1COR",        1,  4,  2, USE_STAGE1, false },
    { "S1CSH",        1,  6,  2, USE_STAGE1, false },
    { "PPAR",         1, 18,  1, USE_ENABLED, false },
    { "MEV",          1, 19,  1, USE_ENABLED, false },
    { "S2FWB",        1, 25,  1, USE_STAGE2, true },
    { "S1STALLD",     1, 27,  1, USE_STAGE1, false },
    { "EATS",         1, 28,  2, USE_ENABLED, false },
    { "STRW",         1, 30,  2, USE_STAGE1, false },
    { "MemAttr",      1, 32,  4, USE_ENABLED, false },
    { "MTCFG",        1, 36,  1, USE_ENABLED, false },
    { "ALLOCCFG",     1, 37,  4, USE_ENABLED, false },
    { "SHCFG",        1, 44,  2, USE_ENABLED, false },
    { "NSCFG",        1, 46,  2, USE_ENABLED, false },
    { "PRIVCFG",      1, 48,  2, USE_ENABLED, false },
    { "INSTCFG",      1, 50,  2, USE_ENABLED, false },
    { "S2VMID",       2,  0, 16, USE_VMID,   true },
    { "S2T0SZ",       2, 32,  6, USE_STAGE2, true },
    { "S2SL0",        2, 38,  2, USE_STAGE2, true },
    { "S2IR0",        2, 40,  2, USE_STAGE2, true },
    { "S2OR0",        2, 42,  2, USE_STAGE2, true },
    { "S2SH0",        2, 44,  2, USE_STAGE2, true },
    { "S2TG",         2, 46,  2, USE_STAGE2, true },
    { "S2PS",         2, 48,  3, USE_STAGE2, true },
    { "S2AA64",       2, 51,  1, USE_STAGE2, true },
    { "S2ENDI",       2, 52,  1, USE_STAGE2, true },
    { "S2AFFD",       2, 53,  1, USE_STAGE2, true },
    { "S2PTW",        2, 54,  1, USE_STAGE2, true },
    { "S2HD",         2, 55,  1, USE_STAGE2, true },
    { "S2HA",         2, 56,  1, USE_STAGE2, true },
    { "S2S",          2, 57,  1, USE_STAGE2, false },
    { "S2R",          2, 58,  1, USE_STAGE2, false },
    { "S2TTB",        3,  4, 48, USE_STAGE2, true },
};

/* -- what it says -- */

static uint8_t world_of(const SvaCheckSmmuUnit *u, const uint64_t *words)
{
    unsigned config = sva_check_bits(words[0], 1, 3);

    /* STRW counts for stage 1 alone, where EL2 exists. */
    if (!u->hyp || config != 5 || sva_check_bits(words[1], 30, 2) != 2) {
        return SVA_CHECK_SMMU_EL1;
    }
    return u->e2h ? SVA_CHECK_SMMU_E2H : SVA_CHECK_SMMU_EL2;
}

static void take_stage2(const SvaCheckSmmuUnit *u, const uint64_t *words,
                        SvaCheckSmmuTables *s2)
{
    unsigned sl0 = sva_check_bits(words[2], 38, 2);

    s2->stage2 = true;
    s2->base = words[3] & 0x000ffffffffffff0ull;
    s2->tsz = sva_check_bits(words[2], 32, 6);
    s2->granule = sva_check_smmu_granule(u, sva_check_bits(words[2], 46, 2));
    /* S2SL0=0b11: small tables, or another field, which are not offered */
    s2->start = sl0 == 3 ? -1 : (s2->granule == 12 ? 2 : 3) - (int)sl0;
}

void sva_check_smmu_ste(const SvaCheckSmmuUnit *u, const uint64_t *words,
                        SvaCheckSmmuSte *out)
{
    unsigned config = sva_check_bits(words[0], 1, 3);

    *out = (SvaCheckSmmuSte) {
        .valid = words[0] & 1,
        .abort = !(config & 4),
        .context = words[0] & 0x000fffffffffffc0ull,
        .s1fmt = sva_check_bits(words[0], 4, 2),
        .s1dss = sva_check_bits(words[1], 0, 2),
        .cd_bits = u->ssid_bits ? sva_check_bits(words[0], 59, 5) : 0,
        .eats = u->ats && config & 3 ? sva_check_bits(words[1], 28, 2) : 0,
        .stalls_off = sva_check_bits(words[1], 27, 1),
        .world = world_of(u, words),
        .vmid = sva_check_bits(words[2], 0, 16),
    };
    out->stage1 = out->valid && !out->abort && config & 1;
    out->stage2 = out->valid && !out->abort && config & 2;
    out->has_vmid = u->s2p && out->world == SVA_CHECK_SMMU_EL1 &&
                    (out->stage1 || out->stage2);
    if (!out->has_vmid) {
        out->vmid = 0;
    }
    if (out->stage2) {
        take_stage2(u, words, &out->s2);
    }
}

/* -- is it legal -- */

static const char *bad_ats(const SvaCheckSmmuUnit *u, const uint64_t *words)
{
    unsigned config = sva_check_bits(words[0], 1, 3);
    unsigned eats = sva_check_bits(words[1], 28, 2);
    bool s2s = sva_check_bits(words[2], 57, 1);

    if (!u->ats || !(config & 3) || u->dpt) {
        return NULL;
    }
    if (eats == 2 && (config != 7 || s2s || u->ns1ats)) {
        return "EATS=0b10 needs both stages, and S2S=0";
    }
    return eats == 1 && config & 2 && s2s ? "EATS=0b01 with S2S=1" : NULL;
}

static const char *bad_stage1(const SvaCheckSmmuUnit *u,
                              const uint64_t *words)
{
    unsigned fmt = sva_check_bits(words[0], 4, 2);
    unsigned max = u->ssid_bits ? sva_check_bits(words[0], 59, 5) : 0;

    if (!u->s1p) {
        return "Config asks for stage 1, which is not there";
    }
    if (max > u->ssid_bits) {
        return "S1CDMax is larger than IDR1.SSIDSIZE";
    }
    if (max && (fmt == 1 || fmt == 2) && !u->cd2l) {
        return "S1Fmt asks for two levels, which are not there";
    }
    if (sva_check_bits(words[1], 27, 1) &&
        u->stall != SVA_CHECK_SMMU_STALL_CHOICE) {
        return "S1STALLD=1 although IDR0.STALL_MODEL leaves no choice";
    }
    /* Stage 2 checks what is an intermediate address. */
    return !(words[0] & 4) && (words[0] & 0x000fffffffffffc0ull) >> u->oas
           ? "S1ContextPtr is beyond the output size" : NULL;
}

static const char *bad_s2_size(const SvaCheckSmmuUnit *u,
                               const SvaCheckSmmuTables *s2)
{
    unsigned widest = s2->granule == 16 ? 12 : 16, index = s2->granule - 3;
    int top;

    if (!s2->granule) {
        return "S2TG is reserved or not offered";
    }
    if (s2->tsz < MAX(widest, 64u - u->oas) || (!u->stt && s2->tsz > 39)) {
        return "S2T0SZ is out of range";
    }
    if (s2->start < 0) {
        return "S2SL0 is reserved";
    }
    /* The first table: at least one bit, at most 16 tables in one. */
    top = 64 - s2->tsz - s2->granule - (3 - s2->start) * (int)index;
    return top < 1 || top > (int)index + 4
           ? "S2SL0, S2T0SZ and S2TG do not fit" : NULL;
}

static const char *bad_stage2(const SvaCheckSmmuUnit *u,
                              const uint64_t *words)
{
    bool ha = sva_check_bits(words[2], 56, 1);
    bool hd = sva_check_bits(words[2], 55, 1);
    bool s2s = sva_check_bits(words[2], 57, 1);
    SvaCheckSmmuTables s2;
    const char *why;
    unsigned bits;

    if (!u->s2p) {
        return "Config asks for stage 2, which is not there";
    }
    if (s2s ? u->stall == SVA_CHECK_SMMU_STALL_NEVER
        : u->stall == SVA_CHECK_SMMU_STALL_ALWAYS) {
        return "S2S against IDR0.STALL_MODEL";
    }
    if (!sva_check_bits(words[2], 51, 1)) {
        return "S2AA64=0, which is not offered";
    }
    if (sva_check_bits(words[2], 52, 1) ? !u->endian_be : !u->endian_le) {
        return "S2ENDI against IDR0.TTENDIAN";
    }
    if ((ha && !u->httu) || (hd && u->httu < 2)) {
        return "S2HA or S2HD without IDR0.HTTU";
    }
    take_stage2(u, words, &s2);
    why = bad_s2_size(u, &s2);
    if (why) {
        return why;
    }
    bits = sva_check_smmu_output_bits(u, sva_check_bits(words[2], 48, 3));
    bits = s2.granule == 16 ? bits : MIN(bits, 48u);
    return s2.base >> bits ? "S2TTB is beyond the output size" : NULL;
}

static const char *bad_world(const SvaCheckSmmuUnit *u,
                             const uint64_t *words)
{
    SvaCheckSmmuSte ste;

    if (u->hyp && sva_check_bits(words[0], 1, 3) == 5 &&
        sva_check_bits(words[1], 30, 1)) {
        return "STRW is reserved";
    }
    sva_check_smmu_ste(u, words, &ste);
    return ste.has_vmid && ste.vmid > 0xff && !u->vmid16
           ? "S2VMID is wider than 8 bits" : NULL;
}

const char *sva_check_smmu_ste_illegal(const SvaCheckSmmuUnit *u,
                                       const uint64_t *words)
{
    unsigned config = sva_check_bits(words[0], 1, 3);
    const char *why = NULL;

    if (!(words[0] & 1) || !(config & 4)) {
        return NULL;
    }
    if (config & 1) {
        why = bad_stage1(u, words);
    }
    if (!why && config & 2) {
        why = bad_stage2(u, words);
    }
    if (!why) {
        why = bad_ats(u, words);
    }
    return why ? why : bad_world(u, words);
}

/* -- what counts in it -- */

static bool is_used(const SvaCheckSmmuSte *ste, const SvaCheckSmmuField *f)
{
    switch (f->use) {
    case USE_ENABLED:
        return ste->valid && !ste->abort;
    case USE_STAGE1:
        return ste->stage1;
    case USE_STAGE2:
        return ste->stage2;
    case USE_VMID:
        return ste->has_vmid;
    default:
        return ste->valid || !f->lsb;       /* V=0: V alone */
    }
}

void sva_check_smmu_ste_used(const SvaCheckSmmuUnit *u, const uint64_t *words,
                             uint64_t *used)
{
    SvaCheckSmmuSte ste;
    unsigned i;

    sva_check_smmu_ste(u, words, &ste);
    memset(used, 0, SVA_CHECK_SMMU_WORDS * sizeof(*used));
    for (i = 0; i < G_N_ELEMENTS(fields); i++) {
        if (is_used(&ste, &fields[i])) {
            used[fields[i].word] |= words[fields[i].word] &
                                    sva_check_field_mask(&fields[i]);
        }
    }
}

const SvaCheckSmmuField *sva_check_smmu_ste_tlb(const SvaCheckSmmuUnit *u,
                                                const uint64_t *before,
                                                const uint64_t *now)
{
    SvaCheckSmmuSte old, new;
    unsigned i;

    sva_check_smmu_ste(u, before, &old);
    sva_check_smmu_ste(u, now, &new);
    for (i = 0; i < G_N_ELEMENTS(fields); i++) {
        if (fields[i].tlb && is_used(&old, &fields[i]) &&
            is_used(&new, &fields[i]) &&
            sva_check_field(before, &fields[i]) !=
            sva_check_field(now, &fields[i])) {
            return &fields[i];
        }
    }
    return NULL;
}

/*
 * Checker, SMMUv3: context descriptors
 *
 * IHI 0070 G.b, 5.4 "CD, Context Descriptor", 5.4.2 "Validity of CD"; which
 * fields the TLB keeps: 3.21.3, 4.3.8.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "smmu-entry.h"

/* When a field means something. */
enum {
    USE_ALWAYS,
    USE_VALID,
    USE_HALF0,                  /* EPD0=0 */
    USE_HALF1,
};

static const SvaCheckSmmuField fields[] = {
    { "T0SZ",  0,  0,  6, USE_HALF0, true },
    { "TG0",   0,  6,  2, USE_HALF0, true },
    { "IR0",   0,  8,  2, USE_HALF0, true },
    { "OR0",   0, 10,  2, USE_HALF0, true },
    { "SH0",   0, 12,  2, USE_HALF0, true },
    { "EPD0",  0, 14,  1, USE_VALID, true },
    { "ENDI",  0, 15,  1, USE_VALID, true },
    { "T1SZ",  0, 16,  6, USE_HALF1, true },
    { "TG1",   0, 22,  2, USE_HALF1, true },
    { "IR1",   0, 24,  2, USE_HALF1, true },
    { "OR1",   0, 26,  2, USE_HALF1, true },
    { "SH1",   0, 28,  2, USE_HALF1, true },
    { "EPD1",  0, 30,  1, USE_VALID, true },
    { "V",     0, 31,  1, USE_ALWAYS, false },
    { "IPS",   0, 32,  3, USE_VALID, true },
    { "AFFD",  0, 35,  1, USE_VALID, true },
    { "WXN",   0, 36,  1, USE_VALID, true },
    { "UWXN",  0, 37,  1, USE_VALID, true },
    { "TBI0",  0, 38,  1, USE_HALF0, true },
    { "TBI1",  0, 39,  1, USE_HALF1, true },
    { "PAN",   0, 40,  1, USE_VALID, true },
    { "AA64",  0, 41,  1, USE_VALID, true },
    { "HD",    0, 42,  1, USE_VALID, true },
    { "HA",    0, 43,  1, USE_VALID, true },
    { "S",     0, 44,  1, USE_VALID, false },
    { "R",     0, 45,  1, USE_VALID, false },
    { "A",     0, 46,  1, USE_VALID, false },
    { "ASET",  0, 47,  1, USE_VALID, true },
    { "ASID",  0, 48, 16, USE_VALID, true },
    { "NSCFG0", 1, 0,  1, USE_HALF0, true },
    { "HAD0",  1,  1,  1, USE_HALF0, true },
    { "E0PD0", 1,  2,  1, USE_HALF0, true },
    { "HAFT",  1,  3,  1, USE_VALID, true },
    { "TTB0",  1,  4, 48, USE_HALF0, true },
    { "NSCFG1", 2, 0,  1, USE_HALF1, true },
    { "HAD1",  2,  1,  1, USE_HALF1, true },
    { "E0PD1", 2,  2,  1, USE_HALF1, true },
    { "TTB1",  2,  4, 48, USE_HALF1, true },
    { "MAIR",  3,  0, 64, USE_VALID, true },
    { "AMAIR", 4,  0, 64, USE_VALID, true },
};

/* -- what it says -- */

/* TG1 has another encoding than TG0: 0b01 16 KiB, 0b10 4 KiB, 0b11 64 KiB. */
static unsigned tg1_as_tg0(unsigned tg1)
{
    static const uint8_t tg0[4] = { 3, 2, 0, 1 };

    return tg0[tg1 & 3];
}

static void take_half(const SvaCheckSmmuUnit *u, const uint64_t *words,
                      unsigned n, SvaCheckSmmuTables *half)
{
    unsigned shift = 16 * n;
    unsigned tg = sva_check_bits(words[0], 6 + shift, 2);

    half->off = sva_check_bits(words[0], 14 + shift, 1);
    half->tsz = sva_check_bits(words[0], shift, 6);
    half->granule = sva_check_smmu_granule(u, n ? tg1_as_tg0(tg) : tg);
    half->base = words[1 + n] & 0x000ffffffffffff0ull;
    half->start = sva_check_smmu_start_level(half->granule, half->tsz);
}

void sva_check_smmu_cd(const SvaCheckSmmuUnit *u, const uint64_t *words,
                       SvaCheckSmmuCd *out)
{
    *out = (SvaCheckSmmuCd) {
        .valid = sva_check_bits(words[0], 31, 1),
        .asid = sva_check_bits(words[0], 48, 16),
        .aset = sva_check_bits(words[0], 47, 1),
        .abort = sva_check_bits(words[0], 46, 1),
        .record = sva_check_bits(words[0], 45, 1),
        .stall = sva_check_bits(words[0], 44, 1),
    };
    take_half(u, words, 0, &out->half[0]);
    take_half(u, words, 1, &out->half[1]);
}

/* -- is it legal -- */

static const char *bad_faults(const SvaCheckSmmuUnit *u,
                              const SvaCheckSmmuSte *ste,
                              const SvaCheckSmmuCd *cd)
{
    if (cd->stall && ste && ste->stalls_off) {
        return "S=1 although STE.S1STALLD=1";
    }
    if (cd->stall ? u->stall == SVA_CHECK_SMMU_STALL_NEVER
        : u->stall == SVA_CHECK_SMMU_STALL_ALWAYS) {
        return "S against IDR0.STALL_MODEL";
    }
    return !cd->abort && u->term_model ? "A=0 with IDR0.TERM_MODEL=1" : NULL;
}

static const char *bad_half(const SvaCheckSmmuUnit *u,
                            const SvaCheckSmmuTables *half, unsigned ips)
{
    bool large = half->granule == 16 || u->ds;
    unsigned least = u->vax && large ? 12 : 16;
    unsigned most = !u->stt ? 39 : half->granule == 16 ? 47 : 48;
    unsigned bits = sva_check_smmu_output_bits(u, ips);

    if (!half->granule) {
        return "TGx is reserved or not offered";
    }
    if (half->tsz < least || half->tsz > most) {
        return "TxSZ is out of range";
    }
    bits = large ? bits : MIN(bits, 48u);
    return half->base >> bits ? "TTBx is beyond the output size" : NULL;
}

static const char *bad_halves(const SvaCheckSmmuUnit *u,
                              const SvaCheckSmmuSte *ste,
                              const SvaCheckSmmuCd *cd, unsigned ips)
{
    /* At EL2 EPDx has no effect, and without E2H there is one half. */
    bool el2 = ste && ste->world != SVA_CHECK_SMMU_EL1;
    bool one = ste && ste->world == SVA_CHECK_SMMU_EL2;
    const char *why = NULL;

    if (el2 || !cd->half[0].off) {
        why = bad_half(u, &cd->half[0], ips);
    }
    if (!why && !one && (el2 || !cd->half[1].off)) {
        why = bad_half(u, &cd->half[1], ips);
    }
    return why;
}

const char *sva_check_smmu_cd_illegal(const SvaCheckSmmuUnit *u,
                                      const SvaCheckSmmuSte *ste,
                                      const uint64_t *words)
{
    bool ha = sva_check_bits(words[0], 43, 1);
    bool hd = sva_check_bits(words[0], 42, 1);
    SvaCheckSmmuCd cd;
    const char *why;

    sva_check_smmu_cd(u, words, &cd);
    if (!cd.valid) {
        return NULL;
    }
    if (!sva_check_bits(words[0], 41, 1)) {
        return "AA64=0, which is not offered";
    }
    if (sva_check_bits(words[0], 15, 1) ? !u->endian_be : !u->endian_le) {
        if (!cd.half[0].off || !cd.half[1].off) {
            return "ENDI against IDR0.TTENDIAN";
        }
    }
    if ((ha && !u->httu) || (hd && u->httu < 2)) {
        return "HA or HD without IDR0.HTTU";
    }
    if (cd.asid > 0xff && !u->asid16) {
        return "ASID is wider than 8 bits";
    }
    why = bad_faults(u, ste, &cd);
    return why ? why : bad_halves(u, ste, &cd,
                                  sva_check_bits(words[0], 32, 3));
}

/* -- what counts in it -- */

static bool is_used(const uint64_t *words, const SvaCheckSmmuField *f)
{
    bool valid = sva_check_bits(words[0], 31, 1);

    switch (f->use) {
    case USE_VALID:
        return valid;
    case USE_HALF0:
        return valid && !sva_check_bits(words[0], 14, 1);
    case USE_HALF1:
        return valid && !sva_check_bits(words[0], 30, 1);
    default:
        return true;
    }
}

void sva_check_smmu_cd_used(const uint64_t *words, uint64_t *used)
{
    unsigned i;

    memset(used, 0, SVA_CHECK_SMMU_WORDS * sizeof(*used));
    for (i = 0; i < G_N_ELEMENTS(fields); i++) {
        if (is_used(words, &fields[i])) {
            used[fields[i].word] |= words[fields[i].word] &
                                    sva_check_field_mask(&fields[i]);
        }
    }
}

/* Do two CDs of one ASID disagree?  EPDx differs while software goes on. */
const SvaCheckSmmuField *sva_check_smmu_cd_clash(const uint64_t *a,
                                                 const uint64_t *b)
{
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(fields); i++) {
        const SvaCheckSmmuField *f = &fields[i];

        if (f->tlb && is_used(a, f) && is_used(b, f) &&
            sva_check_field(a, f) != sva_check_field(b, f) &&
            !(f->word == 0 && (f->lsb == 14 || f->lsb == 30))) {
            return f;
        }
    }
    return NULL;
}

const SvaCheckSmmuField *sva_check_smmu_cd_tlb(const uint64_t *before,
                                               const uint64_t *now)
{
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(fields); i++) {
        if (fields[i].tlb && is_used(before, &fields[i]) &&
            is_used(now, &fields[i]) &&
            sva_check_field(before, &fields[i]) !=
            sva_check_field(now, &fields[i])) {
            return &fields[i];
        }
    }
    return NULL;
}

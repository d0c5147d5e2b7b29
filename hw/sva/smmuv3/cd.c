/*
 * SMMUv3: context descriptor tables and context descriptors
 *
 * IHI 0070 G.b, "Context Descriptor table", "Context Descriptor", "Validity of
 * CD".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "adversary.h"
#include "xlate.h"

/* A table of CDs below one of L1CDs: 64 in 4 KiB, 1024 in 64 KiB */
#define LEAF_BITS_4K  6
#define LEAF_BITS_64K 10

/* -- where it is -- */

typedef struct Fetch {
    SvaSmmu *smmu;
    const SvaSmmuSte *ste;
    uint32_t sid;
    uint32_t index;
} Fetch;

/* Physical address of a structure, which no page boundary cuts. */
static SvaSmmuFault locate(const Fetch *f, uint64_t addr, uint64_t *pa)
{
    SvaSmmuTransCfg cfg = { .ste = f->ste };
    SvaWalkView views[2];
    SvaPtQuery query = {
        .va = addr, .rid = f->sid, .pasid = sva_pasid(f->index),
    };
    SvaVmsaResult res;

    *pa = addr;
    if (!f->ste->stage2) {
        return SVA_SMMU_NO_FAULT;
    }
    query.views = sva_smmu_walk_views(f->smmu, &cfg, 0, views);
    sva_vmsa_locate(f->smmu->iommu.env, &f->ste->s2, &query, &res);
    if (res.status != SVA_VMSA_OK) {
        return sva_smmu_walk_fault(&res, SVA_SMMU_CLASS_CD);
    }
    *pa = res.map.addr;
    return SVA_SMMU_NO_FAULT;
}

/* An L1CD has a copy for every 64 CDs, whatever it covers. */
static void keep(const Fetch *f, SvaEntryType type, uint64_t *qw,
                 unsigned words)
{
    bool first = type == SVA_ENTRY_SMMU_L1CD;

    sva_smmu_kept_read(f->smmu, first ? SVA_SMMU_KEPT_L1CD
                                      : SVA_SMMU_KEPT_CD,
                       f->sid, first ? f->index >> LEAF_BITS_4K << LEAF_BITS_4K
                                     : f->index, qw, words);
}

static SvaSmmuFault read_words(const Fetch *f, SvaEntryType type,
                               uint64_t addr, uint64_t *qw, unsigned words)
{
    SvaSmmuFault fault;
    uint64_t pa;
    unsigned i;

    fault = locate(f, addr, &pa);
    for (i = 0; i < words && !sva_smmu_is_fault(&fault); i++) {
        if (sva_smmu_beyond_oas(f->smmu, pa) ||
            !sva_env_read64(f->smmu->iommu.env, pa + 8 * i, &qw[i])) {
            fault = sva_smmu_fault(SVA_SMMU_F_CD_FETCH);
            fault.fetch = pa;   /* of the structure: G.b 7.3.10 */
        }
    }
    if (G_UNLIKELY(f->smmu->adversary) && !sva_smmu_is_fault(&fault)) {
        keep(f, type, qw, words);
    }
    if (!sva_smmu_is_fault(&fault)) {
        sva_event_entry(f->smmu->iommu.env, type, f->sid,
                        sva_pasid(f->index), pa, qw, words);
    }
    return fault;
}

static SvaSmmuFault bad_substream(const Fetch *f)
{
    return (SvaSmmuFault) {
        .event = SVA_SMMU_C_BAD_SUBSTREAMID,
        .ssid = f->index,
    };
}

/* Bits below the size of the table are ignored. */
static uint64_t table_base(uint64_t addr, unsigned log2)
{
    return addr >> log2 << log2;
}

static SvaSmmuFault find_by_two_levels(const Fetch *f, unsigned leaf_bits,
                                       uint64_t *addr)
{
    unsigned l1_bits = f->ste->cd_bits > leaf_bits
                       ? f->ste->cd_bits - leaf_bits : 0;
    uint64_t base = table_base(f->ste->context, MAX(l1_bits + 3, 6));
    uint64_t l1cd;
    SvaSmmuFault fault = read_words(f, SVA_ENTRY_SMMU_L1CD, base +
                                    (f->index >> leaf_bits) *
                                    SVA_SMMU_L1CD_BYTES, &l1cd, 1);

    if (sva_smmu_is_fault(&fault)) {
        return fault;
    }
    /* Stage 2 checks the width of intermediate addresses. */
    if (!(l1cd & R_SMMU_L1CD_V_MASK) ||
        (!f->ste->stage2 &&
         sva_smmu_beyond_oas(f->smmu, l1cd & R_SMMU_L1CD_L2PTR_MASK))) {
        return bad_substream(f);
    }
    *addr = table_base(l1cd & R_SMMU_L1CD_L2PTR_MASK, leaf_bits + 6) +
            (f->index & ((1u << leaf_bits) - 1)) * SVA_SMMU_CD_BYTES;
    return SVA_SMMU_NO_FAULT;
}

static SvaSmmuFault find(const Fetch *f, uint64_t *addr)
{
    if (f->ste->cd_bits && f->ste->s1fmt == SVA_SMMU_S1FMT_4K) {
        return find_by_two_levels(f, LEAF_BITS_4K, addr);
    }
    if (f->ste->cd_bits && f->ste->s1fmt == SVA_SMMU_S1FMT_64K) {
        return find_by_two_levels(f, LEAF_BITS_64K, addr);
    }
    *addr = table_base(f->ste->context, f->ste->cd_bits + 6) +
            (uint64_t)f->index * SVA_SMMU_CD_BYTES;
    return SVA_SMMU_NO_FAULT;
}

/* -- what it says -- */

/* TG1 numbers granules in another way than TG0 does. */
static unsigned tg1_as_tg0(unsigned tg1)
{
    static const uint8_t tg0[4] = { 3, 2, 0, 1 };

    return tg0[tg1];
}

static uint32_t table_flags(const SvaSmmu *smmu, const SvaSmmuSte *ste,
                            uint64_t cd0, unsigned granule)
{
    bool ha = cd0 & R_SMMU_CD0_HA_MASK;

    return (granule == 16 && smmu->config.oas == 52 ? SVA_VMSA_PA52 : 0) |
           (ha ? SVA_VMSA_HA : 0) |
           (ha && cd0 & R_SMMU_CD0_HD_MASK ? SVA_VMSA_HD : 0) |
           (!ha && cd0 & R_SMMU_CD0_AFFD_MASK ? SVA_VMSA_AFFD : 0) |
           (cd0 & R_SMMU_CD0_WXN_MASK ? SVA_VMSA_WXN : 0) |
           (cd0 & R_SMMU_CD0_PAN_MASK ? SVA_VMSA_PAN : 0) |
           (ste->world == SVA_SMMU_WORLD_EL2 ? SVA_VMSA_ONE_EL : 0);
}

/* Raw fields of one half. */
typedef struct RawHalf {
    uint64_t ttb;
    unsigned tsz;
    unsigned tg;                /* as TG0 */
    bool had;
    bool epd;
    bool tbi;
} RawHalf;

static RawHalf raw_half(const uint64_t *qw, unsigned half)
{
    if (half == 0) {
        return (RawHalf) {
            .ttb = qw[1] & R_SMMU_CD1_TTB0_MASK,
            .tsz = FIELD_EX64(qw[0], SMMU_CD0, T0SZ),
            .tg = FIELD_EX64(qw[0], SMMU_CD0, TG0),
            .had = qw[1] & R_SMMU_CD1_HAD0_MASK,
            .epd = qw[0] & R_SMMU_CD0_EPD0_MASK,
            .tbi = qw[0] & R_SMMU_CD0_TBI0_MASK,
        };
    }
    return (RawHalf) {
        .ttb = qw[2] & R_SMMU_CD2_TTB1_MASK,
        .tsz = FIELD_EX64(qw[0], SMMU_CD0, T1SZ),
        .tg = tg1_as_tg0(FIELD_EX64(qw[0], SMMU_CD0, TG1)),
        .had = qw[2] & R_SMMU_CD2_HAD1_MASK,
        .epd = qw[0] & R_SMMU_CD0_EPD1_MASK,
        .tbi = qw[0] & R_SMMU_CD0_TBI1_MASK,
    };
}

/* EL2 without E2H has the lower half only, and no EPD0. */
static bool decode_half(const SvaSmmu *smmu, const SvaSmmuSte *ste,
                        const uint64_t *qw, unsigned half, SvaSmmuHalf *out)
{
    RawHalf raw = raw_half(qw, half);
    SvaVmsaTables *pt = &out->pt;

    out->disabled = ste->world == SVA_SMMU_WORLD_EL2 ? half == 1 : raw.epd;
    out->ignore_top = raw.tbi;
    if (out->disabled) {
        return true;            /* nothing else counts */
    }
    pt->granule = sva_smmu_granule(&smmu->config, raw.tg);
    if (!pt->granule || raw.tsz < SVA_SMMU_TXSZ_MIN ||
        raw.tsz > SVA_SMMU_TXSZ_MAX) {
        return false;
    }
    pt->input_bits = 64 - raw.tsz;
    pt->start_level = sva_vmsa_start_level(pt->granule, pt->input_bits);
    pt->flags = table_flags(smmu, ste, qw[0], pt->granule) |
                (raw.had ? SVA_VMSA_HAD : 0);
    pt->base = raw.ttb;
    pt->output_bits = sva_smmu_output_bits(
        &smmu->config, FIELD_EX64(qw[0], SMMU_CD0, IPS), pt->granule);
    return !(pt->base >> pt->output_bits);
}

static bool may_stall_so(const SvaSmmu *smmu, const SvaSmmuSte *ste,
                         bool stall)
{
    switch (smmu->config.stall_model) {
    case SVA_SMMU_STALL_BOTH:
        return !(stall && ste->stall_disabled);
    case SVA_SMMU_STALL_NONE:
        return !stall;
    default:
        return stall;
    }
}

SvaSmmuFault sva_smmu_cd_decode(const SvaSmmu *smmu, const SvaSmmuSte *ste,
                                const uint64_t qw[SVA_SMMU_CD_WORDS],
                                SvaSmmuCd *out)
{
    uint16_t asid = FIELD_EX64(qw[0], SMMU_CD0, ASID);
    bool good = qw[0] & R_SMMU_CD0_V_MASK && qw[0] & R_SMMU_CD0_AA64_MASK;
    unsigned half;

    memset(out, 0, sizeof(*out));
    out->aset = qw[0] & R_SMMU_CD0_ASET_MASK;
    out->abort = qw[0] & R_SMMU_CD0_A_MASK;
    out->record = qw[0] & R_SMMU_CD0_R_MASK;
    out->stall = qw[0] & R_SMMU_CD0_S_MASK;
    if (ste->world != SVA_SMMU_WORLD_EL2) {
        out->asid = asid;
    }
    good &= may_stall_so(smmu, ste, out->stall) &&
            (out->asid <= 0xff ||
             sva_smmu_idr0(smmu, R_SMMU_IDR0_ASID16_MASK)) &&
            !sva_smmu_lacks_httu(&smmu->config, qw[0] & R_SMMU_CD0_HA_MASK,
                                 qw[0] & R_SMMU_CD0_HD_MASK);
    for (half = 0; half < 2; half++) {
        good = good && decode_half(smmu, ste, qw, half, &out->half[half]);
    }
    /* The byte order of tables that are not walked does not matter. */
    good = good && (!(qw[0] & R_SMMU_CD0_ENDI_MASK) ||
                    (out->half[0].disabled && out->half[1].disabled));
    return good ? SVA_SMMU_NO_FAULT : sva_smmu_fault(SVA_SMMU_C_BAD_CD);
}

SvaSmmuFault sva_smmu_cd_get(SvaSmmu *smmu, const SvaSmmuSte *ste,
                             uint32_t sid, uint32_t index,
                             const SvaSmmuCd **out)
{
    Fetch f = { .smmu = smmu, .ste = ste, .sid = sid, .index = index };
    uint64_t key = sva_smmu_cd_key(sid, index);
    uint64_t qw[SVA_SMMU_CD_WORDS], addr;
    SvaSmmuFault fault;
    SvaSmmuCd cd;

    *out = sva_config_cache_lookup(smmu->cds, key);
    if (G_LIKELY(*out && !sva_smmu_takes(smmu, SVA_LIBERTY_EARLY))) {
        sva_smmu_count(smmu, SVA_SMMU_CNT_CD_HITS);
        return SVA_SMMU_NO_FAULT;
    }
    *out = NULL;
    sva_smmu_count(smmu, SVA_SMMU_CNT_CD_FETCHES);
    fault = find(&f, &addr);
    if (!sva_smmu_is_fault(&fault)) {
        fault = read_words(&f, SVA_ENTRY_SMMU_CD, addr, qw,
                           SVA_SMMU_CD_WORDS);
    }
    if (!sva_smmu_is_fault(&fault)) {
        fault = sva_smmu_cd_decode(smmu, ste, qw, &cd);
    }
    if (!sva_smmu_is_fault(&fault)) {
        *out = sva_config_cache_insert(smmu->cds, key, &cd);
    }
    return fault;
}

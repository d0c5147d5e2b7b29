/*
 * SMMUv3: stream table entries
 *
 * IHI 0070 G.b, "Stream Table Entry", "Validity of STE", "StreamWorld".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "xlate.h"

/* S2TG and TG0: 4, 64 and 16 KiB. */
unsigned sva_smmu_granule(const SvaSmmuConfig *config, unsigned tg)
{
    switch (tg) {
    case 0:
        return config->gran4k ? 12 : 0;
    case 1:
        return config->gran64k ? 16 : 0;
    case 2:
        return config->gran16k ? 14 : 0;
    default:
        return 0;
    }
}

unsigned sva_smmu_output_bits(const SvaSmmuConfig *config, unsigned ps,
                              unsigned granule)
{
    static const uint8_t bits[8] = { 32, 36, 40, 42, 44, 48, 52, 56 };
    unsigned most = MIN(config->oas, granule == 16 ? 52 : 48);

    return MIN(bits[ps & 7], most);
}

bool sva_smmu_lacks_httu(const SvaSmmuConfig *config, bool ha, bool hd)
{
    return (ha && config->httu < 1) || (hd && config->httu < 2);
}

static bool decode_world(const SvaSmmu *smmu, const uint64_t *qw,
                         SvaSmmuSte *ste)
{
    unsigned strw = FIELD_EX64(qw[1], SMMU_STE1, STRW);
    uint32_t cr2 = sva_smmu_reg32(smmu, A_SMMU_CR2);

    ste->world = SVA_SMMU_WORLD_EL1;
    if (!sva_smmu_idr0(smmu, R_SMMU_IDR0_HYP_MASK) || !ste->stage1 ||
        ste->stage2) {
        return true;            /* STRW is not used */
    }
    if (strw == SVA_SMMU_STRW_EL2) {
        ste->world = cr2 & R_SMMU_CR2_E2H_MASK ? SVA_SMMU_WORLD_E2H
                                            : SVA_SMMU_WORLD_EL2;
    }
    return !(strw & 1);
}

static bool decode_vmid(const SvaSmmu *smmu, const uint64_t *qw,
                        SvaSmmuSte *ste)
{
    uint16_t vmid = FIELD_EX64(qw[2], SMMU_STE2, S2VMID);

    if (!smmu->config.stage2 || ste->world != SVA_SMMU_WORLD_EL1 ||
        !(ste->stage1 || ste->stage2)) {
        return true;
    }
    ste->vmid = vmid;
    return vmid <= 0xff || sva_smmu_idr0(smmu, R_SMMU_IDR0_VMID16_MASK);
}

/* Config=0b100 has none, whatever EATS is. */
static bool decode_ats(const SvaSmmu *smmu, const uint64_t *qw,
                       SvaSmmuSte *ste)
{
    unsigned eats = FIELD_EX64(qw[1], SMMU_STE1, EATS);

    if (!smmu->config.ats || !(ste->stage1 || ste->stage2)) {
        return true;
    }
    switch (eats) {
    case SVA_SMMU_EATS_FULL:
        ste->eats = eats;
        return !(ste->stage2 && ste->s2_stall);
    case SVA_SMMU_EATS_SPLIT:
        ste->eats = eats;
        return ste->stage1 && ste->stage2 && !ste->s2_stall;
    default:
        return true;
    }
}

static bool decode_stage1(const SvaSmmu *smmu, const uint64_t *qw,
                          SvaSmmuSte *ste)
{
    const SvaSmmuConfig *config = &smmu->config;
    unsigned cd_bits = FIELD_EX64(qw[0], SMMU_STE0, S1CDMAX);

    ste->context = qw[0] & R_SMMU_STE0_S1CONTEXTPTR_MASK;
    ste->s1fmt = FIELD_EX64(qw[0], SMMU_STE0, S1FMT);
    ste->s1dss = FIELD_EX64(qw[1], SMMU_STE1, S1DSS);
    ste->stall_disabled = qw[1] & R_SMMU_STE1_S1STALLD_MASK;
    ste->cd_bits = config->ssid_bits ? cd_bits : 0;
    if (!config->stage1 || ste->cd_bits > config->ssid_bits) {
        return false;
    }
    if (ste->stall_disabled && config->stall_model != SVA_SMMU_STALL_BOTH) {
        return false;
    }
    /* Stage 2 checks the width of intermediate addresses. */
    return ste->stage2 || !sva_smmu_beyond_oas(smmu, ste->context);
}

/* Level at which a walk starts by S2TG and S2SL0, or -1. */
static int start_level(unsigned granule, unsigned sl0)
{
    if (sl0 == 3) {
        return -1;              /* small tables, LPA2, reserved */
    }
    return (granule == 12 ? 2 : 3) - (int)sl0;
}

static bool decode_s2_size(const SvaSmmu *smmu, const uint64_t *qw,
                           SvaVmsaTables *s2)
{
    unsigned t0sz = FIELD_EX64(qw[2], SMMU_STE2, S2T0SZ);
    unsigned least = s2->granule == 16 ? 12 : SVA_SMMU_TXSZ_MIN;
    int level = start_level(s2->granule,
                            FIELD_EX64(qw[2], SMMU_STE2, S2SL0));
    int bits;

    /* Intermediate addresses are as wide as output addresses: TTF=2. */
    if (t0sz < MAX(least, 64u - smmu->config.oas) ||
        t0sz > SVA_SMMU_TXSZ_MAX || level < 0) {
        return false;
    }
    s2->input_bits = 64 - t0sz;
    s2->start_level = level;
    bits = sva_vmsa_start_bits(s2);
    return bits >= 1 && bits <= s2->granule - 3 + 4;
}

static uint32_t s2_flags(const SvaSmmu *smmu, const uint64_t *qw,
                         unsigned granule)
{
    bool ha = qw[2] & R_SMMU_STE2_S2HA_MASK;
    bool hd = ha && qw[2] & R_SMMU_STE2_S2HD_MASK;

    return SVA_VMSA_STAGE2 |
           (granule == 16 && smmu->config.oas == 52 ? SVA_VMSA_PA52 : 0) |
           (ha ? SVA_VMSA_HA : 0) |
           (hd ? SVA_VMSA_HD : 0) |
           (!ha && qw[2] & R_SMMU_STE2_S2AFFD_MASK ? SVA_VMSA_AFFD : 0) |
           (qw[1] & R_SMMU_STE1_S2FWB_MASK ? SVA_VMSA_FWB : 0) |
           (qw[2] & R_SMMU_STE2_S2PTW_MASK ? SVA_VMSA_PTW : 0);
}

static bool decode_stage2(const SvaSmmu *smmu, const uint64_t *qw,
                          SvaSmmuSte *ste)
{
    const SvaSmmuConfig *config = &smmu->config;
    SvaVmsaTables *s2 = &ste->s2;

    ste->s2_record = qw[2] & R_SMMU_STE2_S2R_MASK;
    ste->s2_stall = qw[2] & R_SMMU_STE2_S2S_MASK;
    if (!config->stage2 ||
        (ste->s2_stall && config->stall_model == SVA_SMMU_STALL_NONE) ||
        (!ste->s2_stall && config->stall_model == SVA_SMMU_STALL_FORCED)) {
        return false;
    }
    if (!(qw[2] & R_SMMU_STE2_S2AA64_MASK) || qw[2] & R_SMMU_STE2_S2ENDI_MASK ||
        sva_smmu_lacks_httu(config, qw[2] & R_SMMU_STE2_S2HA_MASK,
                            qw[2] & R_SMMU_STE2_S2HD_MASK)) {
        return false;
    }
    s2->granule = sva_smmu_granule(config,
                                   FIELD_EX64(qw[2], SMMU_STE2, S2TG));
    if (!s2->granule || !decode_s2_size(smmu, qw, s2)) {
        return false;
    }
    s2->flags = s2_flags(smmu, qw, s2->granule);
    s2->base = qw[3] & R_SMMU_STE3_S2TTB_MASK;
    s2->output_bits = sva_smmu_output_bits(
        config, FIELD_EX64(qw[2], SMMU_STE2, S2PS), s2->granule);
    return !(s2->base >> s2->output_bits);
}

/* Two-level CD tables need IDR0.CD2L where there are substreams. */
static bool has_format(const SvaSmmu *smmu, const SvaSmmuSte *ste)
{
    bool two_level = ste->s1fmt == SVA_SMMU_S1FMT_4K ||
                     ste->s1fmt == SVA_SMMU_S1FMT_64K;

    return !two_level || !ste->cd_bits ||
           sva_smmu_idr0(smmu, R_SMMU_IDR0_CD2L_MASK);
}

SvaSmmuFault sva_smmu_ste_decode(const SvaSmmu *smmu,
                                 const uint64_t qw[SVA_SMMU_STE_WORDS],
                                 SvaSmmuSte *out)
{
    unsigned config = FIELD_EX64(qw[0], SMMU_STE0, CONFIG);
    bool good = qw[0] & R_SMMU_STE0_V_MASK;

    memset(out, 0, sizeof(*out));
    out->abort = !(config & SVA_SMMU_CONFIG_ENABLED);
    out->ppar = smmu->config.pri && smmu->config.ssid_bits &&
                qw[1] & R_SMMU_STE1_PPAR_MASK;
    if (good && !out->abort) {
        out->stage1 = config & SVA_SMMU_CONFIG_S1;
        out->stage2 = config & SVA_SMMU_CONFIG_S2;
        out->privcfg = FIELD_EX64(qw[1], SMMU_STE1, PRIVCFG);
        out->instcfg = FIELD_EX64(qw[1], SMMU_STE1, INSTCFG);
        good = (!out->stage1 || decode_stage1(smmu, qw, out)) &&
               (!out->stage2 || decode_stage2(smmu, qw, out)) &&
               decode_world(smmu, qw, out) && decode_vmid(smmu, qw, out) &&
               decode_ats(smmu, qw, out) && has_format(smmu, out);
    }
    return good ? SVA_SMMU_NO_FAULT : sva_smmu_fault(SVA_SMMU_C_BAD_STE);
}

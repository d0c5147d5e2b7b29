/*
 * SMMUv3: configuration and the ID registers made from it
 *
 * IHI 0070 G.b, "SMMU_IDR0" to "SMMU_AIDR".  Only what works is advertised.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "../core/adversary.h"
#include "ids.h"

#define QUEUE_BITS_MAX 19

/* A function has a minute to answer, and half of one to spare (PCIe ATS). */
#define INVAL_TIMEOUT_MS 90000

const SvaSmmuConfig sva_smmu_default_config = {
    .ssid_bits = 16,
    .oas = 48,
    .asid_bits = 16,
    .stall_model = SVA_SMMU_STALL_BOTH,
    .httu = 2,
    .bbml = 2,
    .cmdq_bits = QUEUE_BITS_MAX,
    .eventq_bits = QUEUE_BITS_MAX,
    .priq_bits = QUEUE_BITS_MAX,
    .stall_max = 1024,
    .iotlb_entries = 1u << 17,
    .walk_entries = 4096,
    .config_entries = 1u << 17,
    .inval_timeout = INVAL_TIMEOUT_MS,
    .stage1 = true,
    .stage2 = true,
    .gran4k = true,
    .gran16k = true,
    .gran64k = true,
    .ats = true,
    .pri = true,
    .ril = true,
    .msi = true,
    .cohacc = true,
};

static const uint8_t oas_bits[] = { 32, 36, 40, 42, 44, 48, 52 };

/* Encoding in IDR5.OAS, negative: there is none. */
static int encode_oas(unsigned bits)
{
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(oas_bits); i++) {
        if (oas_bits[i] == bits) {
            return i;
        }
    }
    return -1;
}

static const char *sizes_error(const SvaSmmuConfig *c)
{
    if (c->ssid_bits > SVA_PASID_BITS) {
        return "ssid-bits must be at most 20";
    }
    if (encode_oas(c->oas) < 0) {
        return "oas must be 32, 36, 40, 42, 44, 48 or 52";
    }
    if (c->asid_bits != 8 && c->asid_bits != 16) {
        return "asid-bits must be 8 or 16";
    }
    if (c->cmdq_bits > QUEUE_BITS_MAX || c->eventq_bits > QUEUE_BITS_MAX ||
        c->priq_bits > QUEUE_BITS_MAX) {
        return "cmdq-bits, eventq-bits and priq-bits must be at most 19";
    }
    if (c->iotlb_entries < 16 || c->iotlb_entries > 1u << 20) {
        return "iotlb-size must be 16 to 1048576";
    }
    if (c->walk_entries &&
        (c->walk_entries < 16 || c->walk_entries > 1u << 20)) {
        return "walk-cache must be 0, or 16 to 1048576";
    }
    if (c->config_entries < 16 || c->config_entries > 1u << 20) {
        return "config-cache-size must be 16 to 1048576";
    }
    if (c->inval_timeout < 1) {
        return "inval-timeout must be at least 1";
    }
    return sva_adversary_error(c->adversary, c->adversary_only);
}

static const char *features_error(const SvaSmmuConfig *c)
{
    if (!c->stage1 && !c->stage2) {
        return "stage1=on or stage2=on is needed";
    }
    if (!c->gran4k && !c->gran16k && !c->gran64k) {
        return "one granule is needed at least; use gran4k=on";
    }
    if (c->oas == 52 && !c->gran64k) {
        return "oas=52 needs gran64k=on; or use oas=48";
    }
    if (c->httu > 2) {
        return "httu must be 0, 1 or 2";
    }
    if (c->bbml > 2) {
        return "bbml must be 0, 1 or 2";
    }
    if (c->pri && !c->ats) {
        return "pri=on needs ats=on; or use pri=off";
    }
    if (c->ssid_bits && !c->stage1) {
        return "SubstreamIDs need stage1=on; or use ssid-bits=0";
    }
    return NULL;
}

static const char *stalls_error(const SvaSmmuConfig *c)
{
    if (c->stall_model > SVA_SMMU_STALL_FORCED) {
        return "stall-model must be 0, 1 or 2";
    }
    if (c->stall_model == SVA_SMMU_STALL_NONE && c->stall_max) {
        return "stall-max must be 0 without stalls";
    }
    if (c->stall_model != SVA_SMMU_STALL_NONE &&
        (c->stall_max < 1 || c->stall_max > SVA_SMMU_STALLS_MAX)) {
        return "stall-max must be 1 to 4096";
    }
    return NULL;
}

const char *sva_smmu_config_error(const SvaSmmuConfig *c)
{
    const char *error = sizes_error(c);

    if (!error) {
        error = features_error(c);
    }
    return error ? error : stalls_error(c);
}

static uint32_t when(bool condition, uint32_t bits)
{
    return condition ? bits : 0;
}

static bool is_nested(const SvaSmmuConfig *c)
{
    return c->stage1 && c->stage2;
}

uint32_t sva_smmu_idr0_value(const SvaSmmuConfig *c)
{
    return when(c->stage2, R_SMMU_IDR0_S2P_MASK | R_SMMU_IDR0_VMID16_MASK) |
           when(c->stage1, R_SMMU_IDR0_S1P_MASK) |
           FIELD_DP32(0, SMMU_IDR0, TTF, SVA_SMMU_TTF_AARCH64) |
           when(c->cohacc, R_SMMU_IDR0_COHACC_MASK) |
           FIELD_DP32(0, SMMU_IDR0, HTTU, c->httu) |
           when(is_nested(c), R_SMMU_IDR0_HYP_MASK) |
           when(c->ats, R_SMMU_IDR0_ATS_MASK) |
           when(c->asid_bits == 16, R_SMMU_IDR0_ASID16_MASK) |
           when(c->msi, R_SMMU_IDR0_MSI_MASK) |
           R_SMMU_IDR0_SEV_MASK |
           when(c->pri, R_SMMU_IDR0_PRI_MASK) |
           when(c->ssid_bits, R_SMMU_IDR0_CD2L_MASK) |
           FIELD_DP32(0, SMMU_IDR0, TTENDIAN, SVA_SMMU_TTENDIAN_LE) |
           FIELD_DP32(0, SMMU_IDR0, STALL, c->stall_model) |
           FIELD_DP32(0, SMMU_IDR0, ST_LEVEL, SVA_SMMU_ST_LEVEL_2);
}

uint32_t sva_smmu_idr1_value(const SvaSmmuConfig *c)
{
    return FIELD_DP32(0, SMMU_IDR1, SIDSIZE, SVA_SMMU_SID_BITS) |
           FIELD_DP32(0, SMMU_IDR1, SSIDSIZE, c->ssid_bits) |
           when(c->pri, FIELD_DP32(0, SMMU_IDR1, PRIQS, c->priq_bits)) |
           FIELD_DP32(0, SMMU_IDR1, EVENTQS, c->eventq_bits) |
           FIELD_DP32(0, SMMU_IDR1, CMDQS, c->cmdq_bits) |
           R_SMMU_IDR1_PERMS_OVR_MASK;
}

uint32_t sva_smmu_idr3_value(const SvaSmmuConfig *c)
{
    return when(c->stage1, R_SMMU_IDR3_HAD_MASK) |
           when(c->stage2, R_SMMU_IDR3_XNX_MASK | R_SMMU_IDR3_FWB_MASK) |
           when(c->ril, R_SMMU_IDR3_RIL_MASK) |
           FIELD_DP32(0, SMMU_IDR3, BBML, c->bbml);
}

uint32_t sva_smmu_idr5_value(const SvaSmmuConfig *c)
{
    return encode_oas(c->oas) |
           when(c->gran4k, R_SMMU_IDR5_GRAN4K_MASK) |
           when(c->gran16k, R_SMMU_IDR5_GRAN16K_MASK) |
           when(c->gran64k, R_SMMU_IDR5_GRAN64K_MASK) |
           FIELD_DP32(0, SMMU_IDR5, STALL_MAX, c->stall_max);
}

/* v3.2 has range invalidation, FWB and BBML; Hyp is there when it can be. */
uint32_t sva_smmu_aidr_value(const SvaSmmuConfig *c)
{
    return c->ril && c->bbml && c->stage2 ? 2 : 1;
}

/*
 * VT-d unit: configuration and the capability registers made from it
 *
 * VT-d rev 5.10, 11.4.2 and 11.4.3.  Only what works is advertised.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "../core/adversary.h"
#include "regs.h"

/* PCIe ATS allows a function 60 s (+50 %) to complete an invalidation. */
#define INVAL_TIMEOUT_MS 90000

const SvaVtdConfig sva_vtd_default_config = {
    .aw_bits = 48,
    .haw_bits = 48,
    .pasid_bits = 20,
    .fault_records = 8,
    .iotlb_entries = 1u << 17,
    .walk_entries = 4096,
    .config_entries = 1024,
    .inval_timeout = INVAL_TIMEOUT_MS,
    .scalable = true,
    .coherent_walks = true,
    .first_level_5 = true,
    .pri = true,
    .supervisor = true,
    .second_ad = true,
    .nested = true,
    .device_iotlb = true,
    .pt = true,
    .intremap = true,
    .eim = true,
};

static const char *sizes_error(const SvaVtdConfig *c)
{
    if (c->aw_bits != 39 && c->aw_bits != 48 && c->aw_bits != 57) {
        return "aw-bits must be 39, 48 or 57";
    }
    if (c->haw_bits < 36 || c->haw_bits > 52) {
        return "the host address width must be 36 to 52 bits";
    }
    if (c->haw_bits > c->aw_bits) {
        /* VT-d rev 5.10, 11.4.2: MGAW is at least the HAW. */
        return "aw-bits must not be below the host address width";
    }
    if (c->pasid_bits > SVA_PASID_BITS) {
        return "pasid-bits must be at most 20";
    }
    if (c->fault_records < 1 || c->fault_records > SVA_VTD_FRCD_MAX) {
        return "fault-records must be 1 to 64";
    }
    if (c->iotlb_entries < 16 || c->iotlb_entries > 1u << 20) {
        return "iotlb-size must be 16 to 1048576";
    }
    if (c->walk_entries &&
        (c->walk_entries < 16 || c->walk_entries > 1u << 20)) {
        return "walk-cache must be 0, or 16 to 1048576";
    }
    if (c->config_entries < 16 || c->config_entries > 1u << 20) {
        return "other caches must have 16 to 1048576 entries";
    }
    if (c->inval_timeout < 1) {
        return "inval-timeout must be at least 1";
    }
    return sva_adversary_error(c->adversary, c->adversary_only);
}

const char *sva_vtd_config_error(const SvaVtdConfig *c)
{
    const char *error = sizes_error(c);

    if (error) {
        return error;
    }
    if (c->pri && !c->device_iotlb) {
        return "pri=on needs device-iotlb=on; or use pri=off";
    }
    if (c->pri && !c->scalable) {
        return "pri=on needs scalable-mode=on; or use pri=off";
    }
    if (c->pri && !c->pasid_bits) {
        return "pri=on needs PASIDs; set pasid-bits to 1 to 20, or use pri=off";
    }
    if (c->eim && !c->intremap) {
        return "eim=on needs intremap=on; or use eim=off";
    }
    return NULL;
}

static uint64_t when(bool condition, uint64_t bits)
{
    return condition ? bits : 0;
}

static unsigned sagaw(const SvaVtdConfig *c)
{
    return SVA_VTD_SAGAW_39 | (c->aw_bits >= 48 ? SVA_VTD_SAGAW_48 : 0) |
           (c->aw_bits >= 57 ? SVA_VTD_SAGAW_57 : 0);
}

uint64_t sva_vtd_cap(const SvaVtdConfig *c)
{
    uint64_t cap = when(c->caching_mode, R_VTD_CAP_CM_MASK) |
                   R_VTD_CAP_ZLR_MASK | R_VTD_CAP_PSI_MASK |
                   R_VTD_CAP_DWD_MASK | R_VTD_CAP_DRD_MASK |
                   when(c->scalable, R_VTD_CAP_FS1GP_MASK) |
                   when(c->scalable && c->first_level_5,
                        R_VTD_CAP_FS5LP_MASK) |
                   when(c->esirtps, R_VTD_CAP_ESIRTPS_MASK) |
                   when(c->esrtps, R_VTD_CAP_ESRTPS_MASK);

    cap = FIELD_DP64(cap, VTD_CAP, ND, SVA_VTD_ND);
    cap = FIELD_DP64(cap, VTD_CAP, SAGAW, sagaw(c));
    cap = FIELD_DP64(cap, VTD_CAP, MGAW, c->aw_bits - 1);
    cap = FIELD_DP64(cap, VTD_CAP, FRO, A_VTD_FRCD0 / 16);
    cap = FIELD_DP64(cap, VTD_CAP, SSLPS, SVA_VTD_SSLPS_2M | SVA_VTD_SSLPS_1G);
    cap = FIELD_DP64(cap, VTD_CAP, NFR, c->fault_records - 1);
    return FIELD_DP64(cap, VTD_CAP, MAMV, SVA_VTD_MAMV);
}

static uint64_t scalable_ecap(const SvaVtdConfig *c)
{
    bool coherent = c->coherent_walks;
    uint64_t ecap = R_VTD_ECAP_SMTS_MASK |
                    when(coherent, R_VTD_ECAP_SMPWCS_MASK |
                                   R_VTD_ECAP_EAFS_MASK) |
                    when(coherent && c->second_ad, R_VTD_ECAP_SSADS_MASK) |
                    when(c->nested, R_VTD_ECAP_NEST_MASK) |
                    R_VTD_ECAP_SSTS_MASK | R_VTD_ECAP_FSTS_MASK |
                    R_VTD_ECAP_RPS_MASK;

    if (c->pasid_bits) {
        ecap |= R_VTD_ECAP_PASID_MASK |
                when(c->supervisor, R_VTD_ECAP_SRS_MASK) |
                when(c->pri, R_VTD_ECAP_PRS_MASK | R_VTD_ECAP_PDS_MASK);
        ecap = FIELD_DP64(ecap, VTD_ECAP, PSS, c->pasid_bits - 1);
    }
    return ecap;
}

uint64_t sva_vtd_ecap(const SvaVtdConfig *c)
{
    uint64_t ecap = R_VTD_ECAP_C_MASK | R_VTD_ECAP_QI_MASK |
                    when(c->device_iotlb, R_VTD_ECAP_DT_MASK) |
                    when(c->intremap, R_VTD_ECAP_IR_MASK) |
                    when(c->eim, R_VTD_ECAP_EIM_MASK) |
                    when(c->pt, R_VTD_ECAP_PT_MASK) |
                    R_VTD_ECAP_SC_MASK |
                    when(c->device_iotlb, R_VTD_ECAP_NWFS_MASK);

    ecap = FIELD_DP64(ecap, VTD_ECAP, IRO, A_VTD_IVA / 16);
    ecap = FIELD_DP64(ecap, VTD_ECAP, MHMV, c->intremap ? SVA_VTD_MHMV : 0);
    return c->scalable ? ecap | scalable_ecap(c) : ecap;
}

/*
 * VT-d unit: configuration and the capability registers made from it
 *
 * VT-d 5.10 section 11.4.2 and section 11.4.3.  Only what works is advertised.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "internal.h"

/* A function has a minute to answer, and half of one to spare (PCIe ATS). */
#define INVAL_TIMEOUT_MS 90000

const SvaVtdConfig sva_vtd_default_config = {
    .aw_bits = 48,
    .haw_bits = 48,
    .pasid_bits = 20,
    .fault_records = 8,
    .iotlb_entries = 1u << 17,
    .config_entries = 1024,
    .inval_timeout = INVAL_TIMEOUT_MS,
    .scalable = true,
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
        /* VT-d 5.10 section 11.4.2: MGAW is at least the HAW. */
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
    if (c->config_entries < 16 || c->config_entries > 1u << 20) {
        return "other caches must have 16 to 1048576 entries";
    }
    if (c->inval_timeout < 1) {
        return "inval-timeout must be at least 1";
    }
    return NULL;
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

uint64_t sva_vtd_cap(const SvaVtdConfig *c)
{
    return SVA_VTD_CAP_ND(SVA_VTD_ND) |
           when(c->caching_mode, SVA_VTD_CAP_CM) |
           SVA_VTD_CAP_SAGAW_39 |
           when(c->aw_bits >= 48, SVA_VTD_CAP_SAGAW_48) |
           when(c->aw_bits >= 57, SVA_VTD_CAP_SAGAW_57) |
           SVA_VTD_CAP_MGAW(c->aw_bits) |
           SVA_VTD_CAP_ZLR |
           SVA_VTD_CAP_FRO(SVA_VTD_REG_FRCD) |
           SVA_VTD_CAP_SSLPS_2M | SVA_VTD_CAP_SSLPS_1G |
           SVA_VTD_CAP_PSI |
           SVA_VTD_CAP_NFR(c->fault_records) |
           SVA_VTD_CAP_MAMV(SVA_VTD_MAMV) |
           SVA_VTD_CAP_DWD | SVA_VTD_CAP_DRD |
           when(c->scalable, SVA_VTD_CAP_FS1GP) |
           when(c->scalable && c->first_level_5, SVA_VTD_CAP_FS5LP) |
           when(c->esirtps, SVA_VTD_CAP_ESIRTPS) |
           when(c->esrtps, SVA_VTD_CAP_ESRTPS);
}

uint64_t sva_vtd_ecap(const SvaVtdConfig *c)
{
    uint64_t ecap = SVA_VTD_ECAP_C |
                    SVA_VTD_ECAP_QI |
                    when(c->device_iotlb, SVA_VTD_ECAP_DT) |
                    when(c->intremap, SVA_VTD_ECAP_IR |
                                      SVA_VTD_ECAP_MHMV(SVA_VTD_MHMV)) |
                    when(c->eim, SVA_VTD_ECAP_EIM) |
                    when(c->pt, SVA_VTD_ECAP_PT) |
                    SVA_VTD_ECAP_SC |
                    SVA_VTD_ECAP_IRO(SVA_VTD_REG_IVA) |
                    when(c->device_iotlb, SVA_VTD_ECAP_NWFS);

    if (c->scalable) {
        ecap |= SVA_VTD_ECAP_SMTS |
                SVA_VTD_ECAP_EAFS |
                when(c->second_ad, SVA_VTD_ECAP_SSADS) |
                when(c->nested, SVA_VTD_ECAP_NEST) |
                SVA_VTD_ECAP_SSTS | SVA_VTD_ECAP_FSTS |
                SVA_VTD_ECAP_SMPWCS |
                SVA_VTD_ECAP_RPS;
    }
    if (c->scalable && c->pasid_bits) {
        ecap |= SVA_VTD_ECAP_PASID |
                SVA_VTD_ECAP_PSS(c->pasid_bits) |
                when(c->supervisor, SVA_VTD_ECAP_SRS) |
                when(c->pri, SVA_VTD_ECAP_PRS | SVA_VTD_ECAP_PDS);
    }
    return ecap;
}

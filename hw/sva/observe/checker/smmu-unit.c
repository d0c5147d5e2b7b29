/*
 * Checker, SMMUv3: what a unit can do and how it is set, from its registers
 *
 * IHI 0070 G.b, 6.3.1 to 6.3.6, 6.3.9, 6.3.12, 6.3.24, 6.3.25.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "smmu-field.h"
#include "smmu-unit.h"

static uint8_t output_width(unsigned oas)
{
    static const uint8_t bits[8] = { 32, 36, 40, 42, 44, 48, 52, 56 };

    return bits[oas & 7];
}

static void take_idr0(uint64_t idr0, SvaCheckSmmuUnit *u)
{
    unsigned endian = sva_check_bits(idr0, 21, 2);

    u->s2p = sva_check_bits(idr0, 0, 1);
    u->s1p = sva_check_bits(idr0, 1, 1);
    u->httu = sva_check_bits(idr0, 6, 2);
    u->hyp = sva_check_bits(idr0, 9, 1);
    u->ats = sva_check_bits(idr0, 10, 1);
    u->ns1ats = sva_check_bits(idr0, 11, 1);
    u->asid16 = sva_check_bits(idr0, 12, 1);
    u->pri = sva_check_bits(idr0, 16, 1);
    u->vmid16 = sva_check_bits(idr0, 18, 1);
    u->cd2l = sva_check_bits(idr0, 19, 1);
    u->endian_le = endian == 0 || endian == 2;
    u->endian_be = endian == 0 || endian == 3;
    u->stall = sva_check_bits(idr0, 24, 2);
    u->term_model = sva_check_bits(idr0, 26, 1);
}

static void take_idr1(uint64_t idr1, SvaCheckSmmuUnit *u)
{
    u->sid_bits = sva_check_bits(idr1, 0, 6);
    u->ssid_bits = sva_check_bits(idr1, 6, 5);
}

static void take_idr3(uint64_t idr3, SvaCheckSmmuUnit *u)
{
    u->had = sva_check_bits(idr3, 2, 1);
    u->mpam = sva_check_bits(idr3, 7, 1);
    u->fwb = sva_check_bits(idr3, 8, 1);
    u->stt = sva_check_bits(idr3, 9, 1);
    u->ril = sva_check_bits(idr3, 10, 1);
    u->bbml = sva_check_bits(idr3, 11, 2);
    u->dpt = sva_check_bits(idr3, 15, 1);
}

static void take_idr5(uint64_t idr5, SvaCheckSmmuUnit *u)
{
    u->oas = output_width(sva_check_bits(idr5, 0, 3));
    u->granules = (uint32_t)(sva_check_bits(idr5, 4, 1) << 12 |
                             sva_check_bits(idr5, 5, 1) << 14 |
                             sva_check_bits(idr5, 6, 1) << 16);
    u->ds = sva_check_bits(idr5, 7, 1);
    u->vax = sva_check_bits(idr5, 10, 2);
}

void sva_check_smmu_unit(const uint64_t words[8], SvaCheckSmmuUnit *out)
{
    *out = (SvaCheckSmmuUnit) {
        .strtab = words[0] & 0x000fffffffffffc0ull,
        .strtab_log2 = sva_check_bits(words[1], 0, 6),
        .strtab_split = sva_check_bits(words[1], 16, 2) == 1
                        ? sva_check_bits(words[1], 6, 5) : 0,
        .enabled = sva_check_bits(words[4], 0, 1),
        .atschk = sva_check_bits(words[4], 4, 1),
        .e2h = sva_check_bits(words[5], 0, 1),
    };
    take_idr0(sva_check_bits(words[2], 0, 32), out);
    take_idr1(sva_check_bits(words[2], 32, 32), out);
    take_idr3(sva_check_bits(words[3], 0, 32), out);
    take_idr5(sva_check_bits(words[3], 32, 32), out);
}

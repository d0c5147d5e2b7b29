/*
 * Checker, SMMUv3: what a unit can do and how it is set, from its registers
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_CHECKER_SMMU_UNIT_H
#define HW_SVA_OBSERVE_CHECKER_SMMU_UNIT_H

#include <stdbool.h>
#include <stdint.h>

typedef enum SvaCheckSmmuStallModel {
    SVA_CHECK_SMMU_STALL_CHOICE,        /* IDR0.STALL_MODEL=0b00 */
    SVA_CHECK_SMMU_STALL_NEVER,
    SVA_CHECK_SMMU_STALL_ALWAYS,
} SvaCheckSmmuStallModel;

/*
 * @granules: bit n: a granule of 2^n bytes is offered
 * @oas:      width of output addresses
 * @stall:    SvaCheckSmmuStallModel
 */
typedef struct SvaCheckSmmuUnit {
    uint32_t granules;
    uint8_t oas;
    uint8_t ssid_bits;
    uint8_t sid_bits;
    uint8_t httu;
    uint8_t bbml;
    uint8_t stall;
    bool s1p;
    bool s2p;
    bool hyp;
    bool ats;
    bool ns1ats;
    bool pri;
    bool asid16;
    bool vmid16;
    bool cd2l;
    bool endian_le;             /* little endian is offered */
    bool endian_be;
    bool term_model;
    bool had;
    bool stt;
    bool ril;
    bool fwb;
    bool ds;
    bool vax;
    bool mpam;
    bool dpt;
    bool enabled;               /* SMMUEN */
    bool atschk;
    bool e2h;
    uint64_t strtab;            /* STRTAB_BASE.ADDR */
    uint8_t strtab_log2;
    uint8_t strtab_split;       /* 0: linear */
} SvaCheckSmmuUnit;

/* From the words of SVA_EV_REGS. */
void sva_check_smmu_unit(const uint64_t words[8], SvaCheckSmmuUnit *out);

#endif

/*
 * SMMUv3: decoded stream table entries and context descriptors
 *
 * Made by ste.c and cd.c, and valid: what cannot be has become a fault there.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_SMMUV3_STRUCTS_H
#define HW_SVA_SMMUV3_STRUCTS_H

#include "../core/pt-vmsa64.h"

/* StreamWorld, as far as it has to do with the Non-secure state. */
typedef enum SvaSmmuWorld {
    SVA_SMMU_WORLD_EL1,
    SVA_SMMU_WORLD_EL2,         /* one privilege, no ASIDs */
    SVA_SMMU_WORLD_E2H,         /* EL2 with ASIDs and two privileges */
} SvaSmmuWorld;

/*
 * A stream table entry with V=1.
 *
 * @abort:      Config=0b0xx: nothing else counts
 * @stage1, @stage2: of Config
 * @world:      SvaSmmuWorld
 * @eats:       STE.EATS, 0 where it has no effect whatever CR0.ATSCHK is
 * @s1fmt, @s1dss, @cd_bits: CD table; @cd_bits: S1CDMax, 0: one CD only
 * @context:    S1ContextPtr
 * @stall_disabled: S1STALLD
 * @privcfg, @instcfg: overrides
 * @vmid:       S2VMID, 0 in worlds that have none
 * @s2:         stage-2 tables, if @stage2
 * @s2_record, @s2_stall: S2R, S2S
 */
typedef struct SvaSmmuSte {
    SvaVmsaTables s2;
    uint64_t context;
    uint16_t vmid;
    uint8_t world;
    uint8_t eats;
    uint8_t s1fmt;
    uint8_t s1dss;
    uint8_t cd_bits;
    uint8_t privcfg;
    uint8_t instcfg;
    bool abort;
    bool stage1;
    bool stage2;
    bool stall_disabled;
    bool ppar;
    bool s2_record;
    bool s2_stall;
} SvaSmmuSte;

/* Half of the addresses: those with bit 55 clear, or set. */
typedef struct SvaSmmuHalf {
    SvaVmsaTables pt;
    bool disabled;              /* EPDx */
    bool ignore_top;            /* TBIx */
} SvaSmmuHalf;

/* A context descriptor. */
typedef struct SvaSmmuCd {
    SvaSmmuHalf half[2];
    uint16_t asid;              /* 0 in worlds without ASIDs */
    bool aset;
    bool abort;                 /* A */
    bool record;                /* R */
    bool stall;                 /* S */
} SvaSmmuCd;

/*
 * Tables that serve a request: its STE and, unless stage 1 is bypassed, CD.
 * They belong to the caches.
 */
typedef struct SvaSmmuTransCfg {
    const SvaSmmuSte *ste;
    const SvaSmmuCd *cd;        /* NULL: no stage 1 */
} SvaSmmuTransCfg;

#endif

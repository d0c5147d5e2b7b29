/*
 * Checker, SMMUv3: stream table entries and context descriptors
 *
 * Decoded anew from IHI 0070 G.b, chapter 5, so that the checker does not share
 * a mistake of the model.  What is ILLEGAL has a reason in words.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_CHECKER_SMMU_ENTRY_H
#define HW_SVA_OBSERVE_CHECKER_SMMU_ENTRY_H

#include "smmu-field.h"
#include "smmu-unit.h"

#define SVA_CHECK_SMMU_WORDS 8      /* of an STE, of a CD */

/* -- tables that an entry points at -- */

/*
 * Root of VMSAv8-64 tables.
 *
 * @granule: log2, 0: reserved or not offered
 * @start:   level of the first table, negative: there is none
 */
typedef struct SvaCheckSmmuTables {
    uint64_t base;
    uint8_t granule;
    uint8_t tsz;
    int8_t start;
    bool stage2;
    bool off;                   /* EPDx */
} SvaCheckSmmuTables;

/* Level at which stage 1 starts with @tsz. */
int sva_check_smmu_start_level(unsigned granule, unsigned tsz);
/* log2 of the granule that TG0, S2TG say; 0: reserved or not offered. */
unsigned sva_check_smmu_granule(const SvaCheckSmmuUnit *u, unsigned tg);
/* log2 of the size of a table's contents: 1 << this is too large for @ps. */
unsigned sva_check_smmu_output_bits(const SvaCheckSmmuUnit *u, unsigned ps);

/* -- STE -- */

typedef enum SvaCheckSmmuWorld {
    SVA_CHECK_SMMU_EL1,
    SVA_CHECK_SMMU_EL2,         /* no ASIDs */
    SVA_CHECK_SMMU_E2H,
} SvaCheckSmmuWorld;

/* @cd_bits: log2 of the entries of the CD table; @has_vmid: @vmid is a tag */
typedef struct SvaCheckSmmuSte {
    SvaCheckSmmuTables s2;
    uint64_t context;
    uint16_t vmid;
    uint8_t world;
    uint8_t s1fmt;
    uint8_t s1dss;
    uint8_t cd_bits;
    uint8_t eats;
    bool valid;
    bool abort;                 /* Config=0b0xx */
    bool stage1;
    bool stage2;
    bool has_vmid;
    bool stalls_off;            /* S1STALLD */
} SvaCheckSmmuSte;

void sva_check_smmu_ste(const SvaCheckSmmuUnit *u, const uint64_t *words,
                        SvaCheckSmmuSte *out);
/* NULL: it is legal, or V=0; else what is wrong with it.  G.b 5.2.2 */
const char *sva_check_smmu_ste_illegal(const SvaCheckSmmuUnit *u,
                                       const uint64_t *words);
/* @words with all bits cleared that mean nothing in it. */
void sva_check_smmu_ste_used(const SvaCheckSmmuUnit *u, const uint64_t *words,
                             uint64_t *used);
/*
 * First field of which translations are cached that is used in @before and
 * differs in @now; NULL: none.
 */
const SvaCheckSmmuField *sva_check_smmu_ste_tlb(const SvaCheckSmmuUnit *u,
                                                const uint64_t *before,
                                                const uint64_t *now);

/* -- CD -- */

typedef struct SvaCheckSmmuCd {
    SvaCheckSmmuTables half[2];
    uint16_t asid;
    bool valid;
    bool aset;
    bool abort;                 /* A */
    bool record;                /* R */
    bool stall;                 /* S */
} SvaCheckSmmuCd;

void sva_check_smmu_cd(const SvaCheckSmmuUnit *u, const uint64_t *words,
                       SvaCheckSmmuCd *out);
/* @ste: that it is reached by; NULL: not known, as of stage 1 at EL1. */
const char *sva_check_smmu_cd_illegal(const SvaCheckSmmuUnit *u,
                                      const SvaCheckSmmuSte *ste,
                                      const uint64_t *words);
void sva_check_smmu_cd_used(const uint64_t *words, uint64_t *used);
/*
 * First field of which translations are cached that is used in both and
 * differs, EPDx apart.
 */
const SvaCheckSmmuField *sva_check_smmu_cd_clash(const uint64_t *a,
                                                 const uint64_t *b);
const SvaCheckSmmuField *sva_check_smmu_cd_tlb(const uint64_t *before,
                                               const uint64_t *now);

#endif

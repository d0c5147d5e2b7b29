/*
 * Oracle: what a request has to get, by the words of the tables
 *
 * Two slow translators without caches, one for each architecture, written from
 * the specifications.  They share no code with the models that they judge
 * (scripts/check-layers.py), so that a mistake would have to be made twice.
 *
 * The words come from whoever asks: from memory, or from what a model said
 * that it read, so that tables which change meanwhile make no difference.
 * Nothing is written; what hardware has to write is part of the answer.
 *
 * VT-d rev 5.10, chapters 3, 4 and 9, Table 30; IHI 0070 G.b, chapters 3, 5
 * and 13; Arm DDI 0487, "The AArch64 Virtual Memory System Architecture".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_ORACLE_ORACLE_H
#define HW_SVA_OBSERVE_ORACLE_ORACLE_H

#include "hw/sva/types.h"

/* What is known of a word. */
typedef enum SvaOracleRead {
    SVA_ORACLE_READ,            /* all of it */
    SVA_ORACLE_NO_MEMORY,       /* there is none at that address */
    SVA_ORACLE_NOT_READ,        /* nothing */
} SvaOracleRead;

/*
 * Where words come from; part of a struct of the owner.
 *
 * @read:     the word at @pa, which is 8-byte aligned
 * @writable: could hardware write it?  NULL: always
 */
typedef struct SvaOracleSource SvaOracleSource;
struct SvaOracleSource {
    SvaOracleRead (*read)(const SvaOracleSource *source, uint64_t pa,
                          uint64_t *word);
    bool (*writable)(const SvaOracleSource *source, uint64_t pa);
};

/* Registers of SVA_EV_REGS, in the order of its words */
#define SVA_ORACLE_REGS 8

enum {
    SVA_ORACLE_VTD_RTADDR,      /* as latched */
    SVA_ORACLE_VTD_CAP,
    SVA_ORACLE_VTD_ECAP,
    SVA_ORACLE_VTD_GSTS,
    SVA_ORACLE_VTD_HAW,         /* width of host addresses; 0: as CAP.MGAW */
};

enum {
    SVA_ORACLE_SMMU_STRTAB_BASE,
    SVA_ORACLE_SMMU_STRTAB_BASE_CFG,
    SVA_ORACLE_SMMU_IDR0_1,     /* IDR1 in bits 63:32 */
    SVA_ORACLE_SMMU_IDR3_5,
    SVA_ORACLE_SMMU_CR0_1,
    SVA_ORACLE_SMMU_CR2,
};

typedef enum SvaOracleOutcome {
    SVA_ORACLE_GRANTED,
    SVA_ORACLE_REFUSED,
    SVA_ORACLE_UNKNOWN,         /* a word is needed that is not known */
} SvaOracleOutcome;

/* Where a request is refused, roughly: what two tables of reasons share. */
typedef enum SvaOracleStage {
    SVA_ORACLE_STAGE_NONE,
    SVA_ORACLE_STAGE_UNIT,      /* registers, interrupt requests */
    SVA_ORACLE_STAGE_FUNCTION,  /* root and context entry; L1STD and STE */
    SVA_ORACLE_STAGE_PASID,     /* PASID directory and entry; L1CD and CD */
    SVA_ORACLE_STAGE_TABLES,    /* page tables cannot be used, or map nothing */
    SVA_ORACLE_STAGE_RIGHTS,    /* they do not grant this */
    SVA_ORACLE_STAGE_OUTPUT,    /* the result is no address to go to */
} SvaOracleStage;

/* A word that hardware has to change; 5 entries of 5 levels, twice. */
#define SVA_ORACLE_UPDATES 64

typedef struct SvaOracleUpdate {
    uint64_t pa;
    uint64_t before;
    uint64_t after;
} SvaOracleUpdate;

/*
 * Pages that the second stage is asked for: tables of the first stage, of
 * configuration, and the result.
 */
#define SVA_ORACLE_IPAS 16

/*
 * @reason:  refused: fault reason (VT-d), event number (SMMUv3), as in
 *           SVA_EV_FAULT; 0: it is refused without one
 * @word:    SVA_ORACLE_UNKNOWN: address of the word that is missing
 * @walked:  page tables map the address: @tables, @rights and @dirty are valid
 * @tables:  what they say, as it may be cached.  @mask: the largest range,
 *           hardware may use a smaller one.  No write right where a dirty flag
 *           would have to be set for it.
 * @rights:  the same, whatever the dirty flag is
 * @map:     granted: the answer
 * @status, @untranslated_only: answer to a translation request
 * @fpd:     VT-d: faults of this request are not recorded
 * @stall:   SMMUv3, refused: the transaction is suspended, if it can be
 * @raz_wi:  SMMUv3, refused: it ends with success all the same; VT-d: as a
 *           zero-length read of the interrupt range does
 * @silent:  SMMUv3, refused: without event
 * @dirty:   the page is dirty, by now
 * @nested:  it takes two stages
 * @ipas:    nested: what the second stage translated on the way, each page once
 * @priv:    page tables were asked for a privileged access
 * @updates: in the order of the walk, with those of a walk that is refused
 */
typedef struct SvaOracleAnswer {
    SvaOracleOutcome outcome;
    uint16_t reason;
    uint64_t word;
    SvaMapping tables;
    SvaMapping map;
    SvaAtsStatus status;
    uint8_t rights;
    bool untranslated_only;
    bool walked;
    bool fpd;
    bool stall;
    bool raz_wi;
    bool silent;
    bool dirty;
    bool nested;
    bool priv;
    unsigned ipa_count;
    uint64_t ipas[SVA_ORACLE_IPAS];
    unsigned update_count;
    SvaOracleUpdate updates[SVA_ORACLE_UPDATES];
} SvaOracleAnswer;

/*
 * In SvaRequest.access of an untranslated request: it asks for nothing, and
 * @out->tables has what a cache may hold; with SVA_PRIV, for those that are
 * privileged for whatever reason.
 */
#define SVA_ORACLE_ANY 0x80

/*
 * What becomes of a request, SvaRequest.at: SVA_AT_UNTRANSLATED or
 * SVA_AT_TRANSLATION; SMMUv3: SVA_AT_TRANSLATED of split-stage ATS, whose
 * addresses stage 2 translates.  @regs: words of SVA_EV_REGS.
 */
void sva_oracle_vtd(const uint64_t regs[SVA_ORACLE_REGS],
                    const SvaOracleSource *source, const SvaRequest *req,
                    SvaOracleAnswer *out);
void sva_oracle_smmu(const uint64_t regs[SVA_ORACLE_REGS],
                     const SvaOracleSource *source, const SvaRequest *req,
                     SvaOracleAnswer *out);

/* The stage of a reason; what is no reason is of SVA_ORACLE_STAGE_NONE. */
SvaOracleStage sva_oracle_vtd_stage(unsigned reason);
SvaOracleStage sva_oracle_smmu_stage(unsigned reason);

#endif

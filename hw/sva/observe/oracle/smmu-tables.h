/*
 * Oracle: page tables of VMSAv8-64
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_ORACLE_SMMU_TABLES_H
#define HW_SVA_OBSERVE_ORACLE_SMMU_TABLES_H

#include "oracle.h"

/* Event numbers of faults of page tables (IHI 0070 G.b, 7.3) */
enum {
    ORACLE_WALK_EABT   = 0x0b,
    ORACLE_TRANSLATION = 0x10,
    ORACLE_ADDR_SIZE   = 0x11,
    ORACLE_ACCESS      = 0x12,
    ORACLE_PERMISSION  = 0x13,
};

/*
 * The tables of one stage, and how they are to be read.
 *
 * @under:    stage 2, which translates the addresses of stage 1
 * @granule, @input, @output: log2 sizes: page, input and output addresses
 * @start:    level of the first look-up
 * @wide:     addresses of 52 bits in tables of 64 KiB
 * @two:      stage 2
 * @hierarchy: table descriptors limit permissions (HAD=0)
 * @one_el:   no unprivileged accesses
 * @ptw:      no tables of stage 1 in Device memory; @fwb: as S2FWB=1 has it
 */
typedef struct OracleVmsa {
    const struct OracleVmsa *under;
    uint64_t base;
    uint8_t granule;
    uint8_t input;
    uint8_t output;
    uint8_t start;
    bool wide;
    bool two;
    bool ha;
    bool hd;
    bool affd;
    bool hierarchy;
    bool wxn;
    bool pan;
    bool one_el;
    bool ptw;
    bool fwb;
} OracleVmsa;

/*
 * @want, @useful: SvaAccess rights; SVA_PRIV in @want: privileged.  @partial:
 * of a translation request, any of @useful will do.
 */
typedef struct OracleVmsaQuery {
    uint64_t addr;
    uint8_t want;
    uint8_t useful;
    bool partial;
} OracleVmsaQuery;

/*
 * @ipa: what stage 1 resulted in.  After a fault: @second: it is of stage 2,
 * @table: it met a table on its way, not the address asked for.
 */
typedef struct OracleVmsaLeaf {
    uint64_t addr;
    uint64_t mask;
    uint64_t ipa;
    uint8_t rights;
    uint8_t cacheable;
    bool dirty;
    bool second;
    bool table;
} OracleVmsaLeaf;

/* Level at which stage 1 of this granule and input size starts. */
unsigned oracle_vmsa_start(unsigned granule, unsigned input);
/* Bits that index the first table. */
int oracle_vmsa_first_bits(const OracleVmsa *t);

/* Event number, or 0. */
unsigned oracle_vmsa_walk(const SvaOracleSource *source, const OracleVmsa *t,
                          const OracleVmsaQuery *query, SvaOracleAnswer *out,
                          OracleVmsaLeaf *leaf);
/* Where a structure is whose address goes through stage 2. */
unsigned oracle_vmsa_structure(const SvaOracleSource *source,
                               const OracleVmsa *stage2, uint64_t ipa,
                               SvaOracleAnswer *out, OracleVmsaLeaf *leaf);

#endif

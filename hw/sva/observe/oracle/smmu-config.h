/*
 * Oracle: SMMUv3 stream table entries and context descriptors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_ORACLE_SMMU_CONFIG_H
#define HW_SVA_OBSERVE_ORACLE_SMMU_CONFIG_H

#include "smmu-tables.h"

/* Event numbers of configurations (IHI 0070 G.b, 7.3) */
enum {
    ORACLE_BAD_STREAMID    = 0x02,
    ORACLE_STE_FETCH       = 0x03,
    ORACLE_BAD_STE         = 0x04,
    ORACLE_BAD_ATS_TREQ    = 0x05,
    ORACLE_STREAM_DISABLED = 0x06,
    ORACLE_BAD_SUBSTREAMID = 0x08,
    ORACLE_CD_FETCH        = 0x09,
    ORACLE_BAD_CD          = 0x0a,
};

/* What the unit is, and the request that is judged. */
typedef struct OracleSmmu {
    const SvaOracleSource *source;
    const SvaRequest *req;
    SvaOracleAnswer *out;
    uint64_t strtab;
    uint32_t strtab_cfg;
    uint32_t idr0;
    uint32_t idr1;
    uint32_t idr3;
    uint32_t idr5;
    uint32_t cr0;
    uint32_t cr2;
    unsigned oas;
} OracleSmmu;

/*
 * An STE that is legal.
 *
 * @aborts: Config[2]=0, nothing else counts
 * @eats:   effective, but for CR0.ATSCHK
 * @el2, @e2h: StreamWorld is not NS-EL1
 */
typedef struct OracleSte {
    uint64_t qw[4];
    OracleVmsa stage2;
    unsigned cd_bits;
    unsigned eats;
    bool aborts;
    bool s1;
    bool s2;
    bool el2;
    bool e2h;
} OracleSte;

typedef struct OracleCd {
    uint64_t qw[3];
    OracleVmsa half[2];
    bool disabled[2];
} OracleCd;

/* Event number, or 0: find the STE of the request. */
unsigned oracle_smmu_ste(const OracleSmmu *u, OracleSte *ste);
/* The CD of @index.  @leaf: of the fault, if stage 2 refused. */
unsigned oracle_smmu_cd(const OracleSmmu *u, const OracleSte *ste,
                        uint32_t index, OracleCd *cd, OracleVmsaLeaf *leaf);

#endif

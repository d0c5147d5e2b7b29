/*
 * Stream table, context descriptors and page tables for tests of the SMMUv3
 *
 * Everything is written as raw words.  The words below are literals from the
 * layouts in IHI 0070 G.b; a test ORs or XORs what it is about.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_UNIT_SMMU_TABLES_H
#define TESTS_UNIT_SMMU_TABLES_H

#include "smmu-fixture.h"

#define SMMU_CDS        0x2000000   /* linear, 256 CDs */
#define SMMU_TTB        0x3000000   /* stage 1: 4 KiB, 48 bits, level 0 */
#define SMMU_S2TTB      0x4000000   /* stage 2: 4 KiB, 39 bits, level 1 */
#define SMMU_TABLES     0x5000000   /* below the top, as needed */

/* STE: V, Config=0b101, CD table of 2^8; S1DSS=0b10, EATS=0b01 */
#define SMMU_STE0       (0x400000000000000bull | SMMU_CDS)
#define SMMU_STE1       0x10000002ull
/* Stage 2: S2R, S2AA64, S2PS=48 bits, S2SL0=1, S2T0SZ=25 */
#define SMMU_STE2       0x040d005900000000ull
#define SMMU_STE3       ((uint64_t)SMMU_S2TTB)
/* Config=0b111, 0b110, 0b100 */
#define SMMU_STE0_BOTH  (SMMU_STE0 | 0x4)
#define SMMU_STE0_S2    0xdull
#define SMMU_STE0_NONE  0x9ull

/* CD: V, AA64, A, R, ASET, IPS=48 bits, T0SZ=16, 4 KiB, EPD1 */
#define SMMU_CD0(asid)  (0x0000e205c0000010ull | (uint64_t)(asid) << 48)
#define SMMU_CD1        ((uint64_t)SMMU_TTB)
#define SMMU_CD0_S      0x0000100000000000ull
#define SMMU_CD0_R      0x0000200000000000ull
#define SMMU_CD0_A      0x0000400000000000ull
#define SMMU_CD0_ASET   0x0000800000000000ull
#define SMMU_CD0_HA     0x0000080000000000ull
#define SMMU_CD0_HD     0x0000040000000000ull

/* Leaf of stage 1: AF, nG, AP[1], page; user may read, write, execute */
#define SMMU_PTE        0xc43ull
#define SMMU_PTE_RO     0xcc3ull
/* Leaf of stage 2: AF, S2AP=0b11, normal memory, page */
#define SMMU_S2PTE      0x4ffull
#define SMMU_S2PTE_RO   0x47full

/*
 * A started unit: stream SMMU_RID has a CD table with CD 0 and CD 1, ASIDs 10h
 * and 11h, both with the tables at SMMU_TTB.
 */
SmmuFixture *smmu_tables_start(const SvaSmmuConfig *config);

void smmu_ste(SmmuFixture *f, uint32_t sid, uint64_t qw0, uint64_t qw1,
              uint64_t qw2, uint64_t qw3);
void smmu_cd(SmmuFixture *f, uint32_t index, uint64_t qw0, uint64_t qw1,
             uint64_t qw2);

/*
 * Address of the descriptor for @va of @level in tables of 4 KiB at @root that
 * start at level @start; tables on the way are made.
 */
uint64_t smmu_desc(SmmuFixture *f, uint64_t root, unsigned start,
                   unsigned level, uint64_t va);
/* A page in the tables at SMMU_TTB. */
void smmu_map(SmmuFixture *f, uint64_t va, uint64_t pa, uint64_t attrs);
/* A page in the tables at SMMU_S2TTB. */
void smmu_map_s2(SmmuFixture *f, uint64_t ipa, uint64_t pa, uint64_t attrs);
/* @len bytes from @addr on by themselves. */
void smmu_map_s2_identity(SmmuFixture *f, uint64_t addr, uint64_t len);

/* CFGI_ALL and TLBI_NSNH_ALL, TLBI_EL2_ALL */
void smmu_forget(SmmuFixture *f);

/* -- checks -- */

/* An untranslated request that reaches @pa. */
void smmu_expect_ok(SmmuFixture *f, SvaPasid pasid, uint64_t addr,
                    uint8_t access, uint64_t pa);
/* ... that is aborted, with this record and no other. */
void smmu_expect_event(SmmuFixture *f, SvaPasid pasid, uint64_t addr,
                       uint8_t access, uint64_t qw0, uint64_t qw1,
                       uint64_t qw3);
/* ... that ends in @outcome, without a record. */
void smmu_expect_silent(SmmuFixture *f, SvaPasid pasid, uint64_t addr,
                        uint8_t access, SvaOutcome outcome);
/* The answer to a translation request. */
void smmu_expect_ats(SmmuFixture *f, SvaPasid pasid, uint64_t addr,
                     uint8_t access, SvaAtsStatus status, uint8_t granted,
                     uint64_t pa);

/* Word 0 of a record: event @id of SMMU_RID, with or without SubstreamID */
#define SMMU_EVT0(id)         (0x0000011000000000ull | (id))
#define SMMU_EVT0_P(id, ssid) (SMMU_EVT0(id) | 0x800 | (ssid) << 12)
/* Word 1: CLASS=IN, RnW, S2, CLASS=TT */
#define SMMU_EVT1_IN          0x0000020000000000ull
#define SMMU_EVT1_TT          0x0000010000000000ull
#define SMMU_EVT1_READ        0x0000000800000000ull
#define SMMU_EVT1_STAGE2      0x0000008000000000ull

#endif

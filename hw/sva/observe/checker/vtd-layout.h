/*
 * Checker, VT-d: structures in memory
 *
 * VT-d rev 5.10, chapter 9.  A digit in a name is the quadword of the field.
 * Written for the checker alone: it must not share a mistake with the models.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_CHECKER_VTD_LAYOUT_H
#define HW_SVA_OBSERVE_CHECKER_VTD_LAYOUT_H

#include "hw/registerfields.h"

#define CHECK_VTD_POINTER       0xfffffffffffff000ull
/* Bit 0 and bit 1 of entries of all tables above the page tables */
#define CHECK_VTD_P             1ull
#define CHECK_VTD_FPD           2ull

/* Context entry, legacy mode (9.3) */
FIELD(CHECK_LCTX0, TT, 2, 2)
FIELD(CHECK_LCTX1, AW, 0, 3)
FIELD(CHECK_LCTX1, DID, 8, 16)
#define CHECK_VTD_TT_PASS       2

/* Context entry, scalable mode (9.4) */
FIELD(CHECK_SCTX0, DTE, 2, 1)
FIELD(CHECK_SCTX0, PASIDE, 3, 1)
FIELD(CHECK_SCTX0, PRE, 4, 1)
FIELD(CHECK_SCTX0, PDTS, 9, 3)
FIELD(CHECK_SCTX1, RID_PASID, 0, 20)

/* PASID table entry (9.6) */
FIELD(CHECK_PASID0, AW, 2, 3)
FIELD(CHECK_PASID0, PGTT, 6, 3)
FIELD(CHECK_PASID0, SSADE, 9, 1)
FIELD(CHECK_PASID1, DID, 0, 16)
FIELD(CHECK_PASID1, PWSNP, 23, 1)
FIELD(CHECK_PASID1, PGSNP, 24, 1)
FIELD(CHECK_PASID1, CD, 25, 1)
FIELD(CHECK_PASID1, EMTE, 26, 1)
FIELD(CHECK_PASID1, PAT, 32, 32)
FIELD(CHECK_PASID2, SRE, 0, 1)
FIELD(CHECK_PASID2, FSPM, 2, 2)
FIELD(CHECK_PASID2, WPE, 4, 1)
FIELD(CHECK_PASID2, EAFE, 7, 1)

/* First stage (9.7): an x86-64 page table */
#define CHECK_FIRST_RW          (1ull << 1)
#define CHECK_FIRST_US          (1ull << 2)
#define CHECK_FIRST_TYPE        (3ull << 3)     /* PWT, PCD */
#define CHECK_FIRST_D           (1ull << 6)
#define CHECK_FIRST_PAT         (1ull << 7)     /* of a 4 KiB page */
#define CHECK_FIRST_PAT_LARGE   (1ull << 12)
/* Second stage (9.8) */
#define CHECK_SECOND_R          (1ull << 0)
#define CHECK_SECOND_W          (1ull << 1)
#define CHECK_SECOND_TYPE       (0xfull << 3)   /* EMT, IPAT */
#define CHECK_SECOND_D          (1ull << 9)
#define CHECK_SECOND_SNP        (1ull << 11)
/* Both: PS in entries of level 2 and 3, addresses */
#define CHECK_TABLE_PS          (1ull << 7)
#define CHECK_TABLE_ADDR        0x000ffffffffff000ull

#endif

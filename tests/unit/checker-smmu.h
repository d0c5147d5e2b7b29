/*
 * Words for tests of the checker's SMMUv3 side
 *
 * Literals from the layouts in IHI 0070 G.b; a test ORs or XORs what it is
 * about.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_UNIT_CHECKER_SMMU_H
#define TESTS_UNIT_CHECKER_SMMU_H

#include "hw/sva/event.h"

/* S2P, S1P, HTTU=2, Hyp, ATS, ASID16, PRI, VMID16, CD2L, little endian */
#define CHECK_IDR0 0x084d769bull
#define CHECK_IDR1 0x00000410ull        /* 16-bit StreamIDs, SubstreamIDs */
#define CHECK_IDR3 0x00001514ull        /* HAD, XNX, FWB, RIL, BBML=2 */
#define CHECK_IDR5 0x00000075ull        /* 48 bits, all granules */

/* SVA_EV_REGS: linear table of 2^16 at 0x1000000, SMMUEN, ATSCHK */
#define CHECK_REGS                                              \
    { 0x1000000, 0x10, CHECK_IDR1 << 32 | CHECK_IDR0,           \
      CHECK_IDR5 << 32 | CHECK_IDR3, 0x1f, 0, 0, 0 }

/* V, Config=0b101, S1CDMax=8, table at 0x2000000; S1DSS=0b10, EATS=0b01 */
#define CHECK_STE { 0x400000000200000bull, 0x10000002ull }
/* Stage 2: S2R, S2AA64, S2PS=48 bits, S2SL0=1, S2T0SZ=25, 0x4000000 */
#define CHECK_STE2 0x040d005900000000ull
#define CHECK_STE3 0x0000000004000000ull

/* V, AA64, A, R, ASET, ASID=0x10, IPS=48 bits, T0SZ=16, 4 KiB, EPD1 */
#define CHECK_CD0 0x0010e205c0000010ull
#define CHECK_CD { CHECK_CD0, 0x3000000ull, 0, 0xffull }
#define CHECK_CD_EPD0 0x4000ull
#define CHECK_CD_R    0x0000200000000000ull
#define CHECK_CD_V    0x80000000ull

/* Page of stage 1: AF, nG, AP[1], user may read, write, execute */
#define CHECK_PTE(pa) ((pa) | 0xc43ull)

#endif

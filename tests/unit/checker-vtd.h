/*
 * Registers of a VT-d unit, as the checker hears of them, for unit tests
 *
 * Literals from VT-d rev 5.10, 11.4.2 and 11.4.3.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_UNIT_CHECKER_VTD_H
#define TESTS_UNIT_CHECKER_VTD_H

#include "hw/sva/event.h"

/* ND=6, SAGAW 39 and 48 bits, MGAW 48 bits, MAMV 18, FS5LP, ESRTPS */
#define CHECK_VTD_CAP           0x90120000002f0606ull
/* ND=6, SAGAW 39 and 48 bits, MGAW 48 bits, MAMV 18 */
#define CHECK_VTD_CAP_OLD       0x00120000002f0606ull
#define CHECK_VTD_CAP_CM        0x80ull
/*
 * QI, DT, PT, SC, NEST, PRS, SRS, EAFS, 20 bits of PASID, PASID, PDS, SMTS,
 * SSADS, SSTS, FSTS, SMPWCS, RPS
 */
#define CHECK_VTD_ECAP          0x0003ed9ca40000c6ull
#define CHECK_VTD_SSADS         (1ull << 45)
#define CHECK_VTD_MTS           (1ull << 25)

/* Scalable mode, 48 bits of host address */
static inline void check_vtd_regs(uint64_t regs[SVA_EVENT_WORDS])
{
    memset(regs, 0, 8 * SVA_EVENT_WORDS);
    regs[0] = 0x10400;
    regs[1] = CHECK_VTD_CAP;
    regs[2] = CHECK_VTD_ECAP;
    regs[3] = 1ull << 31;
    regs[4] = 48;
}

#endif

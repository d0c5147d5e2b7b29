/*
 * Checker, VT-d: what a unit can do and how it is set, from its registers
 *
 * VT-d rev 5.10, 11.4.2 (CAP), 11.4.3 (ECAP), 11.4.4.2 (GSTS), 11.4.5
 * (RTADDR).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/registerfields.h"
#include "hw/sva/event.h"
#include "vtd-unit.h"

FIELD(CAP, ND, 0, 3)                    /* domain IDs have 4 + 2 * ND bits */
FIELD(CAP, CM, 7, 1)
FIELD(CAP, SAGAW, 8, 5)                 /* bit n: AW=n */
FIELD(CAP, MAMV, 48, 6)
FIELD(CAP, FS5LP, 60, 1)
FIELD(CAP, ESRTPS, 63, 1)
FIELD(ECAP, DT, 2, 1)
FIELD(ECAP, PT, 6, 1)
FIELD(ECAP, SC, 7, 1)
FIELD(ECAP, MTS, 25, 1)
FIELD(ECAP, NEST, 26, 1)
FIELD(ECAP, PRS, 29, 1)
FIELD(ECAP, SRS, 31, 1)
FIELD(ECAP, EAFS, 34, 1)
FIELD(ECAP, PASID, 40, 1)
FIELD(ECAP, DIT, 41, 1)
FIELD(ECAP, PDS, 42, 1)
FIELD(ECAP, SSADS, 45, 1)
FIELD(ECAP, SSTS, 46, 1)
FIELD(ECAP, FSTS, 47, 1)
FIELD(ECAP, SMPWCS, 48, 1)
FIELD(ECAP, RPS, 49, 1)
FIELD(GSTS, TES, 31, 1)
FIELD(RTADDR, TTM, 10, 2)

#define ROOT_TABLE      0xfffffffffffff000ull

static void read_cap(uint64_t cap, SvaCheckVtdUnit *out)
{
    out->domains = (1u << MIN(4 + 2 * FIELD_EX64(cap, CAP, ND), 16)) - 1;
    out->widths = FIELD_EX64(cap, CAP, SAGAW);
    out->mamv = FIELD_EX64(cap, CAP, MAMV);
    out->caching_mode = FIELD_EX64(cap, CAP, CM);
    out->level5 = FIELD_EX64(cap, CAP, FS5LP);
    out->root_keeps_caches = !FIELD_EX64(cap, CAP, ESRTPS);
}

static void read_ecap(uint64_t ecap, SvaCheckVtdUnit *out)
{
    out->devtlb = FIELD_EX64(ecap, ECAP, DT);
    out->pass = FIELD_EX64(ecap, ECAP, PT);
    out->snoop = FIELD_EX64(ecap, ECAP, SC);
    out->memory_types = FIELD_EX64(ecap, ECAP, MTS);
    out->nested = FIELD_EX64(ecap, ECAP, NEST);
    out->page_requests = FIELD_EX64(ecap, ECAP, PRS);
    out->supervisor = FIELD_EX64(ecap, ECAP, SRS);
    out->extended_accessed = FIELD_EX64(ecap, ECAP, EAFS);
    out->pasids = FIELD_EX64(ecap, ECAP, PASID);
    out->source_pfsid = FIELD_EX64(ecap, ECAP, DIT);
    out->page_drain = FIELD_EX64(ecap, ECAP, PDS);
    out->second_ad = FIELD_EX64(ecap, ECAP, SSADS);
    out->second = FIELD_EX64(ecap, ECAP, SSTS);
    out->first = FIELD_EX64(ecap, ECAP, FSTS);
    out->walk_snoop = FIELD_EX64(ecap, ECAP, SMPWCS);
    out->rid_pasid = FIELD_EX64(ecap, ECAP, RPS);
}

void sva_check_vtd_unit(const uint64_t *words, SvaCheckVtdUnit *out)
{
    uint64_t rtaddr = words[SVA_REGS_VTD_RTADDR];

    memset(out, 0, sizeof(*out));
    read_cap(words[SVA_REGS_VTD_CAP], out);
    read_ecap(words[SVA_REGS_VTD_ECAP], out);
    out->enabled = FIELD_EX64(words[SVA_REGS_VTD_GSTS], GSTS, TES);
    out->mode = FIELD_EX64(rtaddr, RTADDR, TTM);
    out->root = rtaddr & ROOT_TABLE;
    out->haw = words[SVA_REGS_VTD_HAW];
}

/*
 * Checker, VT-d: what may be in a present entry
 *
 * VT-d rev 5.10, 9.1 to 9.6: reserved bits, those of missing capabilities
 * included, and values that are not valid.  An entry that breaks these rules
 * is torn, or a mistake of software.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "vtd-layout.h"
#include "vtd-legal.h"

#define ROOT_RSVD       0xffeull        /* 11:1 */
#define DIR_RSVD        0xffcull        /* 11:2 */
#define LCTX0_RSVD      0xff0ull        /* 11:4 */
#define LCTX1_RSVD      0xffffffffff000080ull   /* 127:88, 71 */
/* 8:5: HPTE and EPTR too, ECAP.HPTS and ECAP.PTRS are not looked at */
#define SCTX0_RSVD      0x1e0ull
#define SCTX1_RSVD      0xfffffffffff00000ull   /* RID_PRIV too */
#define PASID0_RSVD     0xc20ull        /* 11:10, 5 */
#define PASID1_RSVD     0x00000000f87f0000ull   /* 95:91, 86:80 */
#define PASID2_RSVD     0xf02ull        /* 139:136, 129 */

static const char reserved[] = "a reserved bit is set";

static uint64_t unless(bool capable, uint64_t bits)
{
    return capable ? 0 : bits;
}

static const char *root_illegal(const SvaCheckVtdUnit *unit, const uint64_t *w)
{
    bool upper = unit->mode == SVA_CHECK_VTD_LEGACY && w[1];

    return upper || w[0] & (ROOT_RSVD | sva_check_vtd_above_haw(unit))
           ? reserved : NULL;
}

static const char *dir_illegal(const SvaCheckVtdUnit *unit, const uint64_t *w)
{
    return w[0] & (DIR_RSVD | sva_check_vtd_above_haw(unit)) ? reserved : NULL;
}

static const char *legacy_illegal(const SvaCheckVtdUnit *unit,
                                  const uint64_t *w)
{
    unsigned tt = FIELD_EX64(w[0], CHECK_LCTX0, TT);
    unsigned aw = FIELD_EX64(w[1], CHECK_LCTX1, AW);

    if (w[0] & (LCTX0_RSVD | sva_check_vtd_above_haw(unit)) ||
        w[1] & LCTX1_RSVD ||
        FIELD_EX64(w[1], CHECK_LCTX1, DID) & ~unit->domains) {
        return reserved;
    }
    if (tt == 3 || (tt == 1 && !unit->devtlb) ||
        (tt == CHECK_VTD_TT_PASS && !unit->pass)) {
        return "TT is not valid";
    }
    return unit->widths >> aw & 1 ? NULL : "AW is not supported";
}

static const char *scalable_illegal(const SvaCheckVtdUnit *unit,
                                    const uint64_t *w)
{
    uint64_t rsvd0 = SCTX0_RSVD | sva_check_vtd_above_haw(unit) |
                     unless(unit->devtlb, R_CHECK_SCTX0_DTE_MASK) |
                     unless(unit->pasids, R_CHECK_SCTX0_PASIDE_MASK) |
                     unless(unit->page_requests, R_CHECK_SCTX0_PRE_MASK);
    unsigned pdts = FIELD_EX64(w[0], CHECK_SCTX0, PDTS);

    if (w[0] & rsvd0 || w[2] || w[3] ||
        w[1] & (SCTX1_RSVD |
                unless(unit->rid_pasid, R_CHECK_SCTX1_RID_PASID_MASK))) {
        return reserved;
    }
    if (FIELD_EX64(w[0], CHECK_SCTX0, PRE) &&
        !FIELD_EX64(w[0], CHECK_SCTX0, DTE)) {
        return "PRE is set without DTE";
    }
    return FIELD_EX64(w[1], CHECK_SCTX1, RID_PASID) >> (pdts + 13)
           ? "RID_PASID is beyond the PASID directory" : NULL;
}

static const char *context_illegal(const SvaCheckVtdUnit *unit,
                                   const uint64_t *w)
{
    return unit->mode == SVA_CHECK_VTD_LEGACY ? legacy_illegal(unit, w)
                                              : scalable_illegal(unit, w);
}

static bool pasid_reserved(const SvaCheckVtdUnit *unit, const uint64_t *w)
{
    uint64_t above = sva_check_vtd_above_haw(unit);
    uint64_t rsvd0 = PASID0_RSVD | above |
                     unless(unit->second, R_CHECK_PASID0_AW_MASK |
                                          CHECK_VTD_POINTER) |
                     unless(unit->second && unit->second_ad,
                            R_CHECK_PASID0_SSADE_MASK);
    uint64_t rsvd1 = PASID1_RSVD | (uint16_t)~unit->domains |
                     unless(unit->walk_snoop, R_CHECK_PASID1_PWSNP_MASK) |
                     unless(unit->snoop, R_CHECK_PASID1_PGSNP_MASK) |
                     unless(unit->memory_types, R_CHECK_PASID1_CD_MASK |
                                                R_CHECK_PASID1_EMTE_MASK |
                                                R_CHECK_PASID1_PAT_MASK);
    uint64_t rsvd2 = PASID2_RSVD | above |
                     unless(unit->supervisor, R_CHECK_PASID2_SRE_MASK) |
                     unless(unit->first, R_CHECK_PASID2_FSPM_MASK |
                                         R_CHECK_PASID2_WPE_MASK |
                                         CHECK_VTD_POINTER) |
                     unless(unit->extended_accessed,
                            R_CHECK_PASID2_EAFE_MASK);

    /* Words 3 to 7 hold the host permission table, ECAP.HPTS=0. */
    return w[0] & rsvd0 || w[1] & rsvd1 || w[2] & rsvd2 ||
           w[3] || w[4] || w[5] || w[6] || w[7];
}

static bool pgtt_valid(const SvaCheckVtdUnit *unit, unsigned pgtt)
{
    switch (pgtt) {
    case SVA_CHECK_VTD_FIRST:
        return unit->first;
    case SVA_CHECK_VTD_SECOND:
        return unit->second;
    case SVA_CHECK_VTD_NESTED:
        return unit->nested;
    case SVA_CHECK_VTD_PASS:
        return unit->pass;
    default:
        return false;
    }
}

static const char *pasid_illegal(const SvaCheckVtdUnit *unit,
                                 const uint64_t *w)
{
    SvaCheckVtdPasid entry;

    if (pasid_reserved(unit, w)) {
        return reserved;
    }
    sva_check_vtd_pasid(w, &entry);
    if (!pgtt_valid(unit, entry.pgtt)) {
        return "PGTT is not valid";
    }
    if (sva_check_vtd_has_second(entry.pgtt) &&
        !(unit->widths >> entry.aw & 1)) {
        return "AW is not supported";
    }
    return entry.fspm > unit->level5 ? "FSPM is not valid" : NULL;
}

const char *sva_check_vtd_illegal(const SvaCheckVtdUnit *unit,
                                  SvaEntryType type, const uint64_t *words)
{
    switch (type) {
    case SVA_ENTRY_VTD_ROOT:
        return root_illegal(unit, words);
    case SVA_ENTRY_VTD_CONTEXT:
        return context_illegal(unit, words);
    case SVA_ENTRY_VTD_PASID_DIR:
        return dir_illegal(unit, words);
    case SVA_ENTRY_VTD_PASID:
        return pasid_illegal(unit, words);
    default:
        return NULL;
    }
}

/*
 * Checker, VT-d: entries of tables
 *
 * VT-d rev 5.10, chapter 9.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "vtd-entry.h"
#include "vtd-layout.h"

void sva_check_vtd_pasid(const uint64_t *w, SvaCheckVtdPasid *out)
{
    unsigned pgtt = FIELD_EX64(w[0], CHECK_PASID0, PGTT);

    *out = (SvaCheckVtdPasid) {
        .pgtt = pgtt,
        .domain = FIELD_EX64(w[1], CHECK_PASID1, DID),
    };
    if (sva_check_vtd_has_first(pgtt)) {
        out->first = w[2] & CHECK_VTD_POINTER;
        out->fspm = FIELD_EX64(w[2], CHECK_PASID2, FSPM);
        out->extended_accessed = FIELD_EX64(w[2], CHECK_PASID2, EAFE);
    }
    if (sva_check_vtd_has_second(pgtt)) {
        out->second = w[0] & CHECK_VTD_POINTER;
        out->aw = FIELD_EX64(w[0], CHECK_PASID0, AW);
        out->second_ad = FIELD_EX64(w[0], CHECK_PASID0, SSADE);
    }
}

unsigned sva_check_vtd_entry_words(const SvaCheckVtdUnit *unit,
                                   SvaEntryType type)
{
    switch (type) {
    case SVA_ENTRY_VTD_ROOT:
        return unit->mode == SVA_CHECK_VTD_LEGACY ? 2 : 1;
    case SVA_ENTRY_VTD_CONTEXT:
        return unit->mode == SVA_CHECK_VTD_LEGACY ? 2 : 4;
    case SVA_ENTRY_VTD_PASID:
        return 8;
    default:
        return 1;
    }
}

bool sva_check_vtd_present(SvaEntryType type, const uint64_t *words)
{
    return words[0] & (type == SVA_ENTRY_VTD_SECOND
                       ? CHECK_SECOND_R | CHECK_SECOND_W : CHECK_VTD_P);
}

bool sva_check_vtd_leaf(unsigned level, uint64_t word)
{
    /* PS is reserved above level 3, and something else at level 1. */
    return level == 1 || (level <= 3 && word & CHECK_TABLE_PS);
}

static uint64_t context_target(const SvaCheckVtdUnit *unit,
                               const uint64_t *w)
{
    return unit->mode == SVA_CHECK_VTD_LEGACY &&
           FIELD_EX64(w[0], CHECK_LCTX0, TT) == CHECK_VTD_TT_PASS
           ? UINT64_MAX : w[0] & CHECK_VTD_POINTER;
}

static uint64_t pasid_target(const uint64_t *w)
{
    SvaCheckVtdPasid entry;

    sva_check_vtd_pasid(w, &entry);
    return sva_check_vtd_has_first(entry.pgtt) ? entry.first
           : sva_check_vtd_has_second(entry.pgtt) ? entry.second
           : UINT64_MAX;
}

static uint64_t table_target(unsigned level, uint64_t word)
{
    unsigned shift = SVA_PAGE_SHIFT;

    if (sva_check_vtd_leaf(level, word)) {
        shift += 9 * (level - 1);
    }
    return word & CHECK_TABLE_ADDR & UINT64_MAX << shift;
}

uint64_t sva_check_vtd_target(const SvaCheckVtdUnit *unit, SvaEntryType type,
                              unsigned level, const uint64_t *words)
{
    if (!sva_check_vtd_present(type, words)) {
        return UINT64_MAX;
    }
    switch (type) {
    case SVA_ENTRY_VTD_CONTEXT:
        return context_target(unit, words);
    case SVA_ENTRY_VTD_PASID:
        return pasid_target(words);
    case SVA_ENTRY_VTD_FIRST:
    case SVA_ENTRY_VTD_SECOND:
        return table_target(level, words[0]);
    default:
        return words[0] & CHECK_VTD_POINTER;
    }
}

bool sva_check_vtd_pass(const SvaCheckVtdUnit *unit, SvaEntryType type,
                        const uint64_t *words)
{
    if (type == SVA_ENTRY_VTD_PASID) {
        return FIELD_EX64(words[0], CHECK_PASID0, PGTT) == SVA_CHECK_VTD_PASS;
    }
    return type == SVA_ENTRY_VTD_CONTEXT &&
           unit->mode == SVA_CHECK_VTD_LEGACY &&
           FIELD_EX64(words[0], CHECK_LCTX0, TT) == CHECK_VTD_TT_PASS;
}

int32_t sva_check_vtd_domain(const SvaCheckVtdUnit *unit, SvaEntryType type,
                             const uint64_t *words)
{
    if (!(words[0] & CHECK_VTD_P)) {
        return -1;
    }
    if (type == SVA_ENTRY_VTD_PASID) {
        return FIELD_EX64(words[1], CHECK_PASID1, DID);
    }
    return type == SVA_ENTRY_VTD_CONTEXT && unit->mode == SVA_CHECK_VTD_LEGACY
           ? (int32_t)FIELD_EX64(words[1], CHECK_LCTX1, DID) : -1;
}

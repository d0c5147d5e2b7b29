/*
 * Checker, VT-d: what a change of a table entry amounts to
 *
 * VT-d rev 5.10, chapter 9 (fields that count), 6.5.3.3 and 6.5.3.5 (which
 * changes need no invalidation).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "vtd-compare.h"
#include "vtd-layout.h"
#include "vtd-legal.h"

/*
 * Bits that the unit looks at, of an entry above the page tables.  P and FPD
 * are in all but the root entry; reserved bits count: they make it a fault.
 */
static void significant(const SvaCheckVtdUnit *unit, SvaEntryType type,
                        const uint64_t *w, uint64_t *mask)
{
    unsigned i;

    for (i = 0; i < sva_check_vtd_entry_words(unit, type); i++) {
        mask[i] = UINT64_MAX;
    }
    if (type == SVA_ENTRY_VTD_CONTEXT && unit->mode == SVA_CHECK_VTD_LEGACY) {
        mask[1] &= ~0x78ull;            /* 70:67 */
        if (FIELD_EX64(w[0], CHECK_LCTX0, TT) == CHECK_VTD_TT_PASS) {
            mask[0] &= ~CHECK_VTD_POINTER;
        }
    }
}

/* Of a PASID entry: each stage has fields that the others ignore (9.6). */
static void significant_pasid(unsigned pgtt, uint64_t *mask)
{
    if (!sva_check_vtd_has_second(pgtt)) {
        mask[0] &= ~(R_CHECK_PASID0_AW_MASK | R_CHECK_PASID0_SSADE_MASK |
                     CHECK_VTD_POINTER);
        mask[1] &= ~R_CHECK_PASID1_EMTE_MASK;
    }
    mask[2] &= ~0x60ull;                /* 134:133 */
    if (!sva_check_vtd_has_first(pgtt)) {
        mask[2] &= ~(R_CHECK_PASID2_FSPM_MASK | R_CHECK_PASID2_WPE_MASK |
                     R_CHECK_PASID2_EAFE_MASK | CHECK_VTD_POINTER);
    }
}

static SvaCheckChange compare_config(const SvaCheckVtdUnit *unit,
                                        SvaEntryType type,
                                        const uint64_t *old,
                                        const uint64_t *now)
{
    uint64_t mask[SVA_EVENT_WORDS] = { 0 };
    unsigned i;

    significant(unit, type, old, mask);
    if (type == SVA_ENTRY_VTD_PASID) {
        significant_pasid(FIELD_EX64(old[0], CHECK_PASID0, PGTT), mask);
    }
    for (i = 0; i < sva_check_vtd_entry_words(unit, type); i++) {
        if ((old[i] ^ now[i]) & mask[i]) {
            return SVA_CHANGE;
        }
    }
    return SVA_CHANGE_NONE;
}

/*
 * Bits of a first-stage entry that caches hold.  Not A and EA, which tell
 * software of use and change no translation: cleared without an invalidation
 * they may stay clear (6.2.4.1).
 */
static uint64_t first_bits(const SvaCheckVtdUnit *unit, unsigned level,
                           uint64_t word)
{
    uint64_t bits = CHECK_VTD_P | CHECK_FIRST_RW | CHECK_FIRST_US |
                    CHECK_TABLE_ADDR;

    if (level == 2 || level == 3) {
        bits |= CHECK_TABLE_PS;
    }
    if (sva_check_vtd_leaf(level, word)) {
        bits |= CHECK_FIRST_D;
    }
    if (unit->memory_types) {
        return bits | CHECK_FIRST_TYPE | (level == 1 ? CHECK_FIRST_PAT : 0);
    }
    return level > 1 && sva_check_vtd_leaf(level, word)
           ? bits & ~CHECK_FIRST_PAT_LARGE : bits;
}

static uint64_t second_bits(const SvaCheckVtdUnit *unit, unsigned level,
                            uint64_t word)
{
    uint64_t bits = CHECK_SECOND_R | CHECK_SECOND_W | CHECK_TABLE_ADDR;

    if (level == 2 || level == 3) {
        bits |= CHECK_TABLE_PS;
    }
    if (sva_check_vtd_leaf(level, word)) {
        bits |= (unit->snoop ? CHECK_SECOND_SNP : 0) |
                (unit->second_ad ? CHECK_SECOND_D : 0) |
                (unit->memory_types ? CHECK_SECOND_TYPE : 0);
    }
    return bits;
}

/*
 * D 0->1 owes nothing: whoever holds the page as clean walks again to write.
 * The processor sets D of a shared first-stage table by itself.
 */
static SvaCheckChange compare_bits(uint64_t old, uint64_t now,
                                      uint64_t bits, uint64_t dirty,
                                      uint64_t upgrades)
{
    uint64_t diff = (old ^ now) & bits;

    if (!(old & dirty)) {
        diff &= ~dirty;
    }
    if (!diff) {
        return SVA_CHANGE_NONE;
    }
    return diff & (old | ~upgrades) ? SVA_CHANGE
                                    : SVA_CHANGE_UPGRADE;
}

bool sva_check_vtd_remembered(const SvaCheckVtdUnit *unit, SvaEntryType type,
                              const uint64_t *words)
{
    return sva_check_vtd_present(type, words) &&
           !sva_check_vtd_illegal(unit, type, words);
}

static SvaCheckChange compare_any(const SvaCheckVtdUnit *unit,
                                  SvaEntryType type, unsigned level,
                                  const uint64_t *old, const uint64_t *now)
{
    switch (type) {
    case SVA_ENTRY_VTD_FIRST:
        if (!sva_check_vtd_present(type, now)) {
            return SVA_CHANGE;
        }
        return compare_bits(old[0], now[0], first_bits(unit, level, old[0]),
                            CHECK_FIRST_D, CHECK_FIRST_RW | CHECK_FIRST_US);
    case SVA_ENTRY_VTD_SECOND:
        /* With CM=1 nothing may be skipped; R 0->1 never may. */
        return compare_bits(old[0], now[0], second_bits(unit, level, old[0]),
                            CHECK_SECOND_D,
                            unit->caching_mode ? 0 : CHECK_SECOND_W);
    default:
        return compare_config(unit, type, old, now);
    }
}

SvaCheckChange sva_check_vtd_compare(const SvaCheckVtdUnit *unit,
                                     SvaEntryType type, unsigned level,
                                     const uint64_t *old, const uint64_t *now)
{
    if (sva_check_vtd_remembered(unit, type, old)) {
        return compare_any(unit, type, level, old, now);
    }
    /* No cache holds it (6.2.2, 6.2.3, 6.2.4.1). */
    return memcmp(old, now, sva_check_vtd_entry_words(unit, type) * 8)
           ? SVA_CHANGE_UPGRADE : SVA_CHANGE_NONE;
}

/*
 * Checker, VT-d: entries of tables
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_CHECKER_VTD_ENTRY_H
#define HW_SVA_OBSERVE_CHECKER_VTD_ENTRY_H

#include "arch.h"
#include "vtd-unit.h"

/* PASID Granular Translation Type of a PASID entry */
typedef enum SvaCheckVtdPgtt {
    SVA_CHECK_VTD_FIRST = 1,
    SVA_CHECK_VTD_SECOND,
    SVA_CHECK_VTD_NESTED,
    SVA_CHECK_VTD_PASS,
} SvaCheckVtdPgtt;

/* A PASID entry; fields that its PGTT ignores are 0. */
typedef struct SvaCheckVtdPasid {
    uint64_t first;             /* FSPTPTR */
    uint64_t second;            /* SSPTPTR */
    uint16_t domain;
    uint8_t pgtt;               /* SvaCheckVtdPgtt, or what it holds */
    uint8_t aw;
    uint8_t fspm;
    bool second_ad;             /* SSADE */
    bool extended_accessed;     /* EAFE */
} SvaCheckVtdPasid;

void sva_check_vtd_pasid(const uint64_t *words, SvaCheckVtdPasid *out);

static inline bool sva_check_vtd_has_first(unsigned pgtt)
{
    return pgtt == SVA_CHECK_VTD_FIRST || pgtt == SVA_CHECK_VTD_NESTED;
}

static inline bool sva_check_vtd_has_second(unsigned pgtt)
{
    return pgtt == SVA_CHECK_VTD_SECOND || pgtt == SVA_CHECK_VTD_NESTED;
}

/* How many words of memory an entry has. */
unsigned sva_check_vtd_entry_words(const SvaCheckVtdUnit *unit,
                                   SvaEntryType type);

/*
 * Present, by its own bits.  Of the second stage: readable or writable.
 */
bool sva_check_vtd_present(SvaEntryType type, const uint64_t *words);

/* Does an entry of a page table map memory, and not lead to another table? */
bool sva_check_vtd_leaf(unsigned level, uint64_t word);

/* Where the next table or the page is, UINT64_MAX: nowhere. */
uint64_t sva_check_vtd_target(const SvaCheckVtdUnit *unit, SvaEntryType type,
                              unsigned level, const uint64_t *words);

/* Does an entry of the last table before page tables say there are none? */
bool sva_check_vtd_pass(const SvaCheckVtdUnit *unit, SvaEntryType type,
                        const uint64_t *words);

/* Domain ID that caches are tagged with, -1: the entry names none. */
int32_t sva_check_vtd_domain(const SvaCheckVtdUnit *unit, SvaEntryType type,
                             const uint64_t *words);

#endif

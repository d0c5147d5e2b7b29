/*
 * VT-d unit: decoded entries of tables
 *
 * Tables are fetched as raw words and decoded by context.c, pasid.c and intr.c;
 * no other file sees a raw word.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_VTD_STRUCTS_H
#define HW_SVA_VTD_STRUCTS_H

#include "fault.h"
#include "vtd.h"

/*
 * A PASID entry: how addresses are translated.  What a context entry says of
 * it in legacy mode is decoded into one, too.
 *
 * @pt:        tables; with SVA_TLB_PASS only @pt.input_bits counts
 * @second:    with SVA_TLB_NESTED: what translates the addresses of @pt
 * @kind:      SvaTlbKind
 * @snoop:     PGSNP
 * @fpd:       FPD of the entry and of those before it, context excepted
 */
typedef struct SvaVtdPasidEntry {
    SvaPtConfig pt;
    SvaPtConfig second;
    const SvaVtdWalkReasons *reasons;
    uint16_t domain;
    uint8_t kind;
    bool supervisor;
    bool snoop;
    bool fpd;
} SvaVtdPasidEntry;

/* Has a first stage part in it?  Such translations belong to a PASID. */
static inline bool sva_vtd_has_first_stage(const SvaVtdPasidEntry *entry)
{
    return entry->kind == SVA_TLB_FIRST || entry->kind == SVA_TLB_NESTED;
}

/*
 * What a function may do, decoded from its context entry.
 *
 * @ats:       translation and translated requests (DTE, or TT=01)
 * @dir, @pasids: PASID directory and the number of PASIDs it can hold
 * @rid_pasid: PASID of requests without PASID
 * @legacy:    legacy mode: @entry is valid, there are no PASIDs
 */
typedef struct SvaVtdContext {
    bool legacy;
    bool fpd;
    bool ats;
    bool pasid_enable;
    bool page_requests;
    uint32_t pasids;
    uint32_t rid_pasid;
    uint64_t dir;
    SvaVtdPasidEntry entry;
} SvaVtdContext;

/*
 * Translation config: what serves a request.
 *
 * @entry: belongs to a cache and is valid until an entry is added to it or
 *         dropped
 * @pasid: the PASID that is used for it
 * @fpd:   OR of the FPD bits on the way
 * @page_requests: the function may send them
 */
typedef struct SvaVtdTransCfg {
    const SvaVtdPasidEntry *entry;
    uint32_t pasid;
    bool fpd;
    bool page_requests;
} SvaVtdTransCfg;

/* An interrupt remapping table entry; @sound: no reserved bit is set. */
typedef struct SvaVtdIrte {
    SvaVtdMessage message;
    uint16_t sid;
    uint8_t sq;
    uint8_t svt;
    bool present;
    bool sound;
    bool fpd;
} SvaVtdIrte;

#endif

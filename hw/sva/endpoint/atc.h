/*
 * Address translation cache of a function
 *
 * Bounded and set-associative, with entries of any size that a translation
 * completion can have (its S field).  A lookup takes one probe for each size
 * that there are entries of; everything else is bounded by the size of the
 * cache.
 *
 * PCIe r6 10.2.3 "Translation Completion", 10.3 "ATC and ATS": 10.3.7 "ATC
 * behaviour".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_ENDPOINT_ATC_H
#define HW_SVA_ENDPOINT_ATC_H

#include <glib.h>
#include "hw/sva/types.h"

#define SVA_ATC_ENTRIES_MIN 4
#define SVA_ATC_ENTRIES_MAX (1u << 20)

typedef struct SvaAtc SvaAtc;

/*
 * A translation of a naturally aligned range.
 *
 * @page:   any page of the range; aligned down to it when stored
 * @pa:     what @page translates to; aligned down when stored
 * @access: rights granted
 * @order:  the range has 2^(12 + order) bytes
 * @untranslated_only: the range is to be accessed untranslated (U=1)
 * @stale:  should have been dropped
 */
typedef struct SvaAtcEntry {
    uint64_t page;
    uint64_t pa;
    SvaPasid pasid;
    uint8_t access;
    uint8_t order;
    bool untranslated_only;
    bool stale;
} SvaAtcEntry;

/* Size - 1 of its range. */
static inline uint64_t sva_atc_entry_mask(const SvaAtcEntry *entry)
{
    return entry->order >= 64 - SVA_PAGE_SHIFT
           ? UINT64_MAX : (SVA_PAGE_SIZE << entry->order) - 1;
}

/* What @addr, an address of its range, translates to. */
static inline uint64_t sva_atc_entry_pa(const SvaAtcEntry *entry,
                                        uint64_t addr)
{
    return entry->pa | (addr & sva_atc_entry_mask(entry));
}

/* @entries is rounded up to a power of two. */
SvaAtc *sva_atc_new(unsigned entries);
void sva_atc_free(SvaAtc *atc);

/*
 * From now on a full cache grows, as far as SVA_ATC_ENTRIES_MAX, before it
 * replaces anything.
 */
void sva_atc_never_replace(SvaAtc *atc);

/* The translation of @addr, or NULL; valid until the cache changes. */
const SvaAtcEntry *sva_atc_lookup(const SvaAtc *atc, SvaPasid pasid,
                                  uint64_t addr);

/*
 * The translation of @addr will be looked up soon: have the host bring it
 * nearer, if it is there.
 */
void sva_atc_expect(const SvaAtc *atc, SvaPasid pasid, uint64_t addr);

/* Replaces entries of SvaAtcEntry.page, whatever their size. */
void sva_atc_insert(SvaAtc *atc, const SvaAtcEntry *entry);

/*
 * Both return how many entries were dropped.  An entry of which a part is
 * invalidated goes as a whole.
 */
unsigned sva_atc_invalidate(SvaAtc *atc, const SvaAtcInvalidation *inv);
unsigned sva_atc_flush(SvaAtc *atc);

/* Drop nothing: mark the entries, and return how many there are. */
unsigned sva_atc_mark_stale(SvaAtc *atc, const SvaAtcInvalidation *inv);

/* Called for each entry that is held and not stale. */
typedef void SvaAtcVisitFn(const SvaAtcEntry *entry, void *opaque);

/* One pass over the cache. */
void sva_atc_visit(const SvaAtc *atc, SvaAtcVisitFn *visit, void *opaque);

/*
 * Changes with every invalidation and flush: a translation obtained at
 * another generation may be stale.
 */
uint64_t sva_atc_generation(const SvaAtc *atc);

#endif

/*
 * IOTLB: bounded cache of finished translations
 *
 * Entries are tagged with the domain, the address space, the kind of
 * translation and the privilege of the requests they serve.  Lookup takes
 * constant time and allocates nothing.  An insertion into a full set replaces
 * its oldest entry, or doubles a cache that is half full and has not reached
 * its size yet.  An invalidation of everything takes one pass over the keys, 16
 * bytes for each entry; a cache that was larger than its use becomes smaller
 * then.
 *
 * A result without any right is not a translation and must not be inserted:
 * not-present is never cached.  An entry may hold fewer rights than a request
 * wants; the caller then walks the tables again and inserts the new result.
 *
 * VT-d rev 5.10, 6.2 "Address Translation Caches", 6.5.2 "Queued Invalidation".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_CORE_IOTLB_H
#define HW_SVA_CORE_IOTLB_H

#include "dropped.h"
#include "hw/sva/event.h"

/* Which tables made the translation, for units without kinds of their own. */
typedef enum SvaTlbKind {
    SVA_TLB_FIRST,              /* first stage only */
    SVA_TLB_SECOND,             /* second stage only, legacy mode too */
    SVA_TLB_PASS,               /* pass-through */
    SVA_TLB_NESTED,             /* first stage over second stage */
    SVA_TLB_KINDS
} SvaTlbKind;

#define SVA_TLB_KIND_BIT(kind) (1u << (kind))
#define SVA_TLB_ALL_KINDS      ((1u << SVA_TLB_KINDS) - 1)

/*
 * @asid:   address space: PASID, 0 for translations that have none (legacy
 *          mode), or ASID; 0..SVA_PASID_MAX
 * @domain: domain ID, VMID
 * @kind:   SvaTlbKind, or a number of the unit's, below SVA_TLB_KINDS;
 *          invalidations choose by it
 * @priv:   1: for requests with SVA_PRIV, 0: for the others.  Rights differ by
 *          privilege, so the two never share an entry.
 */
typedef struct SvaTlbTag {
    uint32_t asid;
    uint16_t domain;
    uint8_t kind;
    uint8_t priv;
} SvaTlbTag;

/*
 * @iova: any address of the range; aligned down when stored
 * @table: of walk caches, see walk-cache.h; 0 else
 * @map:  translation of @iova; its address is aligned down when stored.
 *        @map.access: rights that may be granted without another walk, not
 *        SVA_PRIV.  @map.block: an invalidation that names any address of the
 *        block drops the piece.  @map.snoop: the cache does not look at it.
 */
typedef struct SvaTlbEntry {
    SvaTlbTag tag;
    uint64_t iova;
    uint64_t table;
    SvaMapping map;
} SvaTlbEntry;

/*
 * What to drop: entries whose kind is in @kinds (SVA_TLB_KIND_BIT) and that
 * agree in domain and address space, where asked for, and that, or the block
 * that they are pieces of, overlap [@addr & ~@mask, @addr | @mask] in at least
 * one byte.
 *
 * @mask:     UINT64_MAX: any address; else size - 1 of a power of two
 * @by_range: instead of that, [@addr, @last]
 * @orders:   bit n: entries of 2^(12 + n) bytes; 0: of any size
 */
typedef struct SvaTlbScope {
    unsigned kinds;
    bool by_domain;
    bool by_asid;
    uint16_t domain;
    uint32_t asid;
    bool by_range;
    uint64_t addr;
    uint64_t mask;
    uint64_t last;
    uint64_t orders;
} SvaTlbScope;

typedef struct SvaIotlb SvaIotlb;

/* What @entry says of @iova, which it covers. */
static inline SvaMapping sva_tlb_entry_map(const SvaTlbEntry *entry,
                                           uint64_t iova)
{
    SvaMapping map = entry->map;

    map.addr |= iova & map.mask;
    map.cached = true;
    return map;
}

/*
 * A cache for up to @entries entries (rounded up to a power of two,
 * 16..2^20).  It is small at first.
 */
SvaIotlb *sva_iotlb_new(unsigned entries);
void sva_iotlb_free(SvaIotlb *tlb);

/* Drop all entries and shrink to the initial size. */
void sva_iotlb_reset(SvaIotlb *tlb);

/*
 * The entry for @tag that covers @iova, or NULL.  It is valid until the next
 * insertion or invalidation.  If there are entries of several sizes the
 * smallest is returned.
 */
const SvaTlbEntry *sva_iotlb_lookup(const SvaIotlb *tlb, const SvaTlbTag *tag,
                                    uint64_t iova);

/*
 * Insert, replacing an entry with the same tag, range and size.  false: an
 * entry without rights, or with a @mask that is no size, is not inserted.
 */
bool sva_iotlb_insert(SvaIotlb *tlb, const SvaTlbEntry *entry);

/* Announce (SVA_EV_FILL) that @entry, made for @req, was inserted. */
static inline void sva_tlb_filled(SvaEnv *env, const SvaRequest *req,
                                  const SvaTlbEntry *entry)
{
    sva_emit(env, .kind = SVA_EV_FILL, .rid = req->rid, .pasid = req->pasid,
             .addr = entry->iova,
             .fill = {
                 .map = entry->map, .asid = entry->tag.asid,
                 .domain = entry->tag.domain, .kind = entry->tag.kind,
                 .priv = entry->tag.priv,
             });
}

/*
 * Drop what is in @scope; an entry that overlaps is dropped as a whole.
 *
 * With a domain, SvaDropped.looked is at most the number of its entries, and
 * with an address space that of this owner's, or for either, for each owner,
 * the number of pages in the range (as wide as the largest block; times the
 * sizes, kinds and privileges that the owner has entries of) if that is less;
 * and one for each owner, of other domains whose hash is the same too.  Without
 * a domain it is one pass over the cache at most; nothing is looked at where
 * everything goes.
 */
SvaDropped sva_iotlb_invalidate(SvaIotlb *tlb, const SvaTlbScope *scope);

/* Called for each entry that is held; it may not change the cache. */
typedef void SvaTlbVisitFn(const SvaTlbEntry *entry, void *opaque);

/* One pass over the cache. */
void sva_iotlb_visit(const SvaIotlb *tlb, SvaTlbVisitFn *visit, void *opaque);

/* Number of entries held. */
unsigned sva_iotlb_count(const SvaIotlb *tlb);

#endif

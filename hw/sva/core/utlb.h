/*
 * Micro-TLB (uTLB): answers to requests, in front of all other caches
 *
 * A translation takes the tables of the function, those of the PASID, and the
 * IOTLB.  Each has a cache, and with many PASIDs in use each of these costs a
 * fetch from the host's memory.  The uTLB keeps the whole answer in half of
 * one cache line.  A miss is not an answer: the caller looks further.  It may
 * drop more than an invalidation names, never less.
 *
 * An entry has two tags, which invalidations name: one known from the request,
 * and one known from the tables only.  Each tag has a generation, and so has
 * the uTLB; an entry is valid as long as none of the three has changed since
 * the insertion.  An invalidation is one addition, however much is held.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_CORE_UTLB_H
#define HW_SVA_CORE_UTLB_H

#include "hw/sva/types.h"

#define SVA_UTLB_WAYS 2
#define SVA_UTLB_TAGS 4096u
#define SVA_UTLB_LINE 64

#define SVA_UTLB_TAG_SHIFT 52
#define SVA_UTLB_ADDR (SVA_PAGE_MASK & ((1ull << SVA_UTLB_TAG_SHIFT) - 1))

/*
 * @requester: number that the owner gives to a kind of requester, not 0
 * @addr:      any address of the page
 * @tag:       first tag, of which the low bits count
 */
typedef struct SvaUtlbKey {
    uint64_t requester;
    uint64_t addr;
    uint32_t tag;
} SvaUtlbKey;

/*
 * @map:  translation of SvaUtlbKey.addr, without SVA_PRIV; @map.block is not
 *        kept
 * @tag:  second tag, of which the low bits count; the same as SvaUtlbKey.tag
 *        if there is none
 * @flag: one bit of the owner's
 */
typedef struct SvaUtlbEntry {
    SvaMapping map;
    uint32_t tag;
    bool flag;
} SvaUtlbEntry;

/*
 * @data: access in bits 2:0, flag in 3, log2(size) - 12 in 9:4, snoop in 10,
 *        address in 51:12, second tag in 63:52, where no physical address has
 *        a bit
 */
typedef struct SvaUtlbWay {
    uint64_t requester;         /* 0: unused */
    uint64_t page;
    uint64_t generation;        /* of the insertion */
    uint64_t data;
} SvaUtlbWay;

/* Sizes that it can have: 2^0 to 2^19 sets. */
#define SVA_UTLB_SIZES 20

/* The sets of one size; their number never changes. */
typedef struct SvaUtlbTable {
    SvaUtlbWay *ways;           /* SVA_UTLB_WAYS in a cache line */
    uint32_t shift;             /* 64 - log2(sets) */
    uint32_t sets;
    void *raw;
} SvaUtlbTable;

/*
 * Private but for the inline functions.
 *
 * One thread at a time may change it; others may look at the same time, with
 * sva_utlb_peek().  What they find is what it held at one instant of the call:
 * all words are read between two looks at a sequence counter, which is odd
 * while they change.  So who begins to look after an invalidation has returned
 * does not find what that has dropped.
 *
 * @tables: by size, kept until the end: somebody may be looking
 */
typedef struct SvaUtlb {
    uint32_t sequence;          /* odd: it is being changed */
    uint32_t max_sets;          /* it grows to these */
    SvaUtlbTable *table;        /* the one in use */
    uint64_t generation;        /* invalidations of everything */
    uint32_t inserts;           /* since @evictions was looked at */
    uint32_t evictions;         /* of entries that may have been valid */
    uint64_t tags[SVA_UTLB_TAGS];   /* generation of each tag */
    SvaUtlbTable *tables[SVA_UTLB_SIZES];
} SvaUtlb;

/* For up to @entries, 16..2^20; small at first. */
void sva_utlb_init(SvaUtlb *utlb, unsigned entries);
void sva_utlb_free(SvaUtlb *utlb);

/* Drop all entries and shrink to the initial size. */
void sva_utlb_reset(SvaUtlb *utlb);

/*
 * Words that others may look at.  A load is not overtaken by what comes after
 * it, nor a store by what came before: that is what the sequence counter needs,
 * and it costs nothing on x86.
 */
#define sva_utlb_load(word) __atomic_load_n(&(word), __ATOMIC_ACQUIRE)
#define sva_utlb_store(word, to) __atomic_store_n(&(word), (to), \
                                                  __ATOMIC_RELEASE)

static inline void sva_utlb_change_begin(SvaUtlb *utlb)
{
    __atomic_store_n(&utlb->sequence, utlb->sequence + 1, __ATOMIC_RELAXED);
}

static inline void sva_utlb_change_end(SvaUtlb *utlb)
{
    sva_utlb_store(utlb->sequence, utlb->sequence + 1);
}

static inline void sva_utlb_invalidate_tag(SvaUtlb *utlb, uint32_t tag)
{
    uint64_t *generation = &utlb->tags[tag % SVA_UTLB_TAGS];

    sva_utlb_change_begin(utlb);
    sva_utlb_store(*generation, *generation + 1);
    sva_utlb_change_end(utlb);
}

static inline void sva_utlb_invalidate_all(SvaUtlb *utlb)
{
    sva_utlb_change_begin(utlb);
    sva_utlb_store(utlb->generation, utlb->generation + 1);
    sva_utlb_change_end(utlb);
}

/* The generations only grow, so no earlier sum comes again. */
static inline uint64_t sva_utlb_generation(const SvaUtlb *utlb,
                                           uint32_t first, uint32_t second)
{
    return sva_utlb_load(utlb->generation) +
           sva_utlb_load(utlb->tags[first % SVA_UTLB_TAGS]) +
           sva_utlb_load(utlb->tags[second % SVA_UTLB_TAGS]);
}

static inline SvaUtlbWay *sva_utlb_set(const SvaUtlb *utlb,
                                       const SvaUtlbKey *key)
{
    const SvaUtlbTable *table = sva_utlb_load(utlb->table);
    uint64_t hash = (key->addr >> SVA_PAGE_SHIFT ^
                     key->requester * 0x9e3779b97f4a7c15ull) *
                    0xd6e8feb86659fd93ull;

    return &table->ways[(hash >> table->shift) * SVA_UTLB_WAYS];
}

/* false: a miss; @out is not touched. */
static inline bool sva_utlb_get(const SvaUtlb *utlb, const SvaUtlbKey *key,
                                SvaUtlbEntry *out)
{
    const SvaUtlbWay *way = sva_utlb_set(utlb, key);
    uint64_t page = key->addr >> SVA_PAGE_SHIFT;
    unsigned i;

    for (i = 0; i < SVA_UTLB_WAYS; i++, way++) {
        uint64_t data = sva_utlb_load(way->data);
        uint32_t tag = data >> SVA_UTLB_TAG_SHIFT;

        if (sva_utlb_load(way->requester) == key->requester &&
            sva_utlb_load(way->page) == page &&
            sva_utlb_load(way->generation) ==
            sva_utlb_generation(utlb, key->tag, tag)) {
            unsigned order = data >> 4 & 63;

            out->map = (SvaMapping) {
                .addr = (data & SVA_UTLB_ADDR) | (key->addr & ~SVA_PAGE_MASK),
                .mask = ~(~0ull << order << SVA_PAGE_SHIFT),
                .access = data & 7,
                .snoop = data >> 10 & 1,
                .cached = true,
            };
            out->flag = data >> 3 & 1;
            out->tag = tag;
            return true;
        }
    }
    return false;
}

/* Allocates when it grows, which it does as often as it doubles. */
void sva_utlb_put(SvaUtlb *utlb, const SvaUtlbKey *key,
                  const SvaUtlbEntry *entry);

/* -- requests -- */

/*
 * Everything but access rights that an answer depends on.  Whether translated
 * requests may pass depends on the function alone; its answer has no address.
 */
static inline SvaUtlbKey sva_utlb_key(const SvaRequest *req)
{
    return (SvaUtlbKey) {
        .requester = 1ull << 63 | (uint64_t)req->at << 49 |
                     (uint64_t)req->pasid.valid << 48 |
                     (uint64_t)req->pasid.id << 16 | req->rid,
        .addr = req->at == SVA_AT_TRANSLATED ? 0 : req->addr,
        .tag = req->pasid.id,
    };
}

/* Answers to other requests are not kept. */
static inline bool sva_utlb_may_hold(const SvaRequest *req)
{
    return !(req->access & (SVA_PRIV | SVA_EXEC));
}

/*
 * A hit is an entry with all rights that @req wants.  Software adds rights
 * without an invalidation, so an entry that lacks one is no refusal.
 * Requests without PASID share a tag with those of PASID 0.
 */
static inline bool sva_utlb_lookup(const SvaUtlb *utlb, const SvaRequest *req,
                                   SvaUtlbEntry *out)
{
    SvaUtlbKey key = sva_utlb_key(req);

    return sva_utlb_get(utlb, &key, out) && sva_utlb_may_hold(req) &&
           !(req->access & ~out->map.access);
}

/* The same while another thread may change it, which counts as a miss. */
static inline bool sva_utlb_peek(const SvaUtlb *utlb, const SvaRequest *req,
                                 SvaUtlbEntry *out)
{
    uint32_t sequence = sva_utlb_load(utlb->sequence);

    return !(sequence & 1) && sva_utlb_lookup(utlb, req, out) &&
           __atomic_load_n(&utlb->sequence, __ATOMIC_RELAXED) == sequence;
}

static inline void sva_utlb_insert(SvaUtlb *utlb, const SvaRequest *req,
                                   const SvaUtlbEntry *entry)
{
    SvaUtlbKey key = sva_utlb_key(req);

    if (sva_utlb_may_hold(req)) {
        sva_utlb_put(utlb, &key, entry);
    }
}

#endif

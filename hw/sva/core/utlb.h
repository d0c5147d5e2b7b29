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

/* Private but for the inline functions. */
typedef struct SvaUtlb {
    SvaUtlbWay *ways;           /* SVA_UTLB_WAYS in a cache line */
    uint32_t shift;             /* 64 - log2(sets) */
    uint32_t sets;
    uint32_t max_sets;          /* it grows to these */
    uint32_t inserts;           /* since @evictions was looked at */
    uint32_t evictions;         /* of entries that may have been valid */
    uint64_t generation;        /* invalidations of everything */
    uint64_t tags[SVA_UTLB_TAGS];   /* generation of each tag */
    void *raw;
} SvaUtlb;

/* For up to @entries, 16..2^20; small at first. */
void sva_utlb_init(SvaUtlb *utlb, unsigned entries);
void sva_utlb_free(SvaUtlb *utlb);

/* Drop all entries and shrink to the initial size. */
void sva_utlb_reset(SvaUtlb *utlb);

static inline void sva_utlb_invalidate_tag(SvaUtlb *utlb, uint32_t tag)
{
    utlb->tags[tag % SVA_UTLB_TAGS]++;
}

static inline void sva_utlb_invalidate_all(SvaUtlb *utlb)
{
    utlb->generation++;
}

/* The generations only grow, so no earlier sum comes again. */
static inline uint64_t sva_utlb_generation(const SvaUtlb *utlb,
                                           uint32_t first, uint32_t second)
{
    return utlb->generation + utlb->tags[first % SVA_UTLB_TAGS] +
           utlb->tags[second % SVA_UTLB_TAGS];
}

static inline SvaUtlbWay *sva_utlb_set(const SvaUtlb *utlb,
                                       const SvaUtlbKey *key)
{
    uint64_t hash = (key->addr >> SVA_PAGE_SHIFT ^
                     key->requester * 0x9e3779b97f4a7c15ull) *
                    0xd6e8feb86659fd93ull;

    return &utlb->ways[(hash >> utlb->shift) * SVA_UTLB_WAYS];
}

/* false: a miss; @out is not touched. */
static inline bool sva_utlb_get(const SvaUtlb *utlb, const SvaUtlbKey *key,
                                SvaUtlbEntry *out)
{
    const SvaUtlbWay *way = sva_utlb_set(utlb, key);
    uint64_t page = key->addr >> SVA_PAGE_SHIFT;
    unsigned i;

    for (i = 0; i < SVA_UTLB_WAYS; i++, way++) {
        uint32_t tag = way->data >> SVA_UTLB_TAG_SHIFT;

        if (way->requester == key->requester && way->page == page &&
            way->generation == sva_utlb_generation(utlb, key->tag, tag)) {
            unsigned order = way->data >> 4 & 63;

            out->map = (SvaMapping) {
                .addr = (way->data & SVA_UTLB_ADDR) |
                        (key->addr & ~SVA_PAGE_MASK),
                .mask = ~(~0ull << order << SVA_PAGE_SHIFT),
                .access = way->data & 7,
                .snoop = way->data >> 10 & 1,
                .cached = true,
            };
            out->flag = way->data >> 3 & 1;
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

/* Everything but access rights that an answer depends on. */
static inline SvaUtlbKey sva_utlb_key(const SvaRequest *req)
{
    return (SvaUtlbKey) {
        .requester = 1ull << 63 |
                     (uint64_t)(req->at != SVA_AT_UNTRANSLATED) << 49 |
                     (uint64_t)req->pasid.valid << 48 |
                     (uint64_t)req->pasid.id << 16 | req->rid,
        .addr = req->addr,
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

static inline void sva_utlb_insert(SvaUtlb *utlb, const SvaRequest *req,
                                   const SvaUtlbEntry *entry)
{
    SvaUtlbKey key = sva_utlb_key(req);

    if (sva_utlb_may_hold(req)) {
        sva_utlb_put(utlb, &key, entry);
    }
}

#endif

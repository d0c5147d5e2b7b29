/*
 * Front cache: finished answers to requests, in front of all other caches
 *
 * A translation takes the tables of the function, those of the PASID, and the
 * IOTLB; each is a cache of its own, and with many PASIDs in use each costs a
 * fetch from memory of the host.  Here one line of memory holds the whole
 * answer.  It is a shortcut and nothing else: what it does not know is asked
 * behind it, and it forgets too much rather than too little.
 *
 * Who asks is a word of the owner's.  Everything that an invalidation can
 * name is a group, or all groups at once.  An answer is of two groups: one
 * that the request tells, and one that only the tables tell.  It is stamped
 * with the number of times that either was forgotten, so that forgetting is
 * one addition however much is held.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_CORE_FRONT_CACHE_H
#define HW_SVA_CORE_FRONT_CACHE_H

#include "hw/sva/types.h"

#define SVA_FRONT_WAYS   2
#define SVA_FRONT_GROUPS 4096u
#define SVA_FRONT_LINE   64

#define SVA_FRONT_GROUP_SHIFT 52
#define SVA_FRONT_ADDR   (SVA_PAGE_MASK & ((1ull << SVA_FRONT_GROUP_SHIFT) - 1))

/*
 * @who:   the owner's word for the kind of request, not 0
 * @addr:  any address of the page
 * @group: number of the group, of which the low bits count
 */
typedef struct SvaFrontKey {
    uint64_t who;
    uint64_t addr;
    uint32_t group;
} SvaFrontKey;

/*
 * @addr:   what SvaFrontKey.addr translates to
 * @mask:   size - 1 of the range that is translated alike; 4 KiB or larger,
 *          or UINT64_MAX
 * @access: SvaAccess bits granted, without SVA_PRIV
 * @flag:   one bit of the owner's
 * @group:  number of the second group, of which the low bits count; the same
 *          as SvaFrontKey.group if there is none
 */
typedef struct SvaFrontAnswer {
    uint64_t addr;
    uint64_t mask;
    uint8_t access;
    bool flag;
    uint32_t group;
} SvaFrontAnswer;

/*
 * Packed: access in bits 2:0 of @data, flag in 3, log2(size) - 12 in 9:4,
 * group in 63:52, where no physical address has a bit.
 */
typedef struct SvaFrontWay {
    uint64_t who;               /* 0: unused */
    uint64_t page;
    uint64_t stamp;
    uint64_t data;
} SvaFrontWay;

/* Private but for the inline function. */
typedef struct SvaFrontCache {
    SvaFrontWay *ways;          /* SVA_FRONT_WAYS in a line of memory */
    uint32_t shift;             /* 64 - log2(lines) */
    uint32_t lines;
    uint32_t most;              /* lines that it grows to */
    uint32_t puts;              /* insertions since the last look at @lost */
    uint32_t lost;              /* answers that made room for others */
    uint64_t epoch;             /* times that all was forgotten */
    uint64_t groups[SVA_FRONT_GROUPS];
    void *raw;
} SvaFrontCache;

/* For up to @answers, 16..2^20; small at first. */
void sva_front_init(SvaFrontCache *front, unsigned answers);
void sva_front_free(SvaFrontCache *front);

/* Forget everything, and be small again. */
void sva_front_reset(SvaFrontCache *front);

static inline void sva_front_forget_group(SvaFrontCache *front,
                                          uint32_t group)
{
    front->groups[group % SVA_FRONT_GROUPS]++;
}

static inline void sva_front_forget_all(SvaFrontCache *front)
{
    front->epoch++;
}

/* No part ever decreases, so no earlier sum comes again. */
static inline uint64_t sva_front_stamp(const SvaFrontCache *front,
                                       uint32_t first, uint32_t second)
{
    return front->epoch + front->groups[first % SVA_FRONT_GROUPS] +
           front->groups[second % SVA_FRONT_GROUPS];
}

static inline SvaFrontWay *sva_front_line(const SvaFrontCache *front,
                                          const SvaFrontKey *key)
{
    uint64_t hash = (key->addr >> SVA_PAGE_SHIFT ^
                     key->who * 0x9e3779b97f4a7c15ull) *
                    0xd6e8feb86659fd93ull;

    return &front->ways[(hash >> front->shift) * SVA_FRONT_WAYS];
}

/* false: not known; @out is not touched. */
static inline bool sva_front_get(const SvaFrontCache *front,
                                 const SvaFrontKey *key, SvaFrontAnswer *out)
{
    const SvaFrontWay *way = sva_front_line(front, key);
    uint64_t page = key->addr >> SVA_PAGE_SHIFT;
    unsigned i;

    for (i = 0; i < SVA_FRONT_WAYS; i++, way++) {
        uint32_t group = way->data >> SVA_FRONT_GROUP_SHIFT;

        if (way->who == key->who && way->page == page &&
            way->stamp == sva_front_stamp(front, key->group, group)) {
            unsigned order = way->data >> 4 & 63;

            out->addr = (way->data & SVA_FRONT_ADDR) |
                        (key->addr & ~SVA_PAGE_MASK);
            out->mask = ~(~0ull << order << SVA_PAGE_SHIFT);
            out->access = way->data & 7;
            out->flag = way->data >> 3 & 1;
            out->group = group;
            return true;
        }
    }
    return false;
}

/* Remember; allocates when it grows, which it does as often as it doubles. */
void sva_front_put(SvaFrontCache *front, const SvaFrontKey *key,
                   const SvaFrontAnswer *answer);

/* -- answers to requests -- */

/* Everything but access rights that an answer depends on. */
static inline SvaFrontKey sva_front_key(const SvaRequest *req)
{
    return (SvaFrontKey) {
        .who = 1ull << 63 | (uint64_t)(req->at != SVA_AT_UNTRANSLATED) << 49 |
               (uint64_t)req->pasid.valid << 48 |
               (uint64_t)req->pasid.id << 16 | req->rid,
        .addr = req->addr,
        .group = req->pasid.id,
    };
}

/* Answers to other requests are not kept. */
static inline bool sva_front_is_plain(const SvaRequest *req)
{
    return !(req->access & (SVA_PRIV | SVA_EXEC));
}

/*
 * Is the answer known, with all rights that @req wants?  Software adds rights
 * without an invalidation, so that what an answer lacks proves nothing.
 * Requests without PASID are a group with those of PASID 0.
 */
static inline bool sva_front_known(const SvaFrontCache *front,
                                   const SvaRequest *req, SvaFrontAnswer *out)
{
    SvaFrontKey key = sva_front_key(req);

    return sva_front_get(front, &key, out) && sva_front_is_plain(req) &&
           !(req->access & ~out->access);
}

static inline void sva_front_remember(SvaFrontCache *front,
                                      const SvaRequest *req,
                                      const SvaFrontAnswer *answer)
{
    SvaFrontKey key = sva_front_key(req);

    if (sva_front_is_plain(req)) {
        sva_front_put(front, &key, answer);
    }
}

#endif

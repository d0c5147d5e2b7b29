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
 * name is a group, or all groups at once: an answer is stamped with the
 * number of times that its group was forgotten, so that forgetting is one
 * addition however much is held.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_CORE_FRONT_CACHE_H
#define HW_SVA_CORE_FRONT_CACHE_H

#include "hw/sva/types.h"

#define SVA_FRONT_WAYS   2
#define SVA_FRONT_GROUPS 4096u
#define SVA_FRONT_LINE   64

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
 */
typedef struct SvaFrontAnswer {
    uint64_t addr;
    uint64_t mask;
    uint8_t access;
    bool flag;
} SvaFrontAnswer;

/* Packed: access in bits 2:0 of @data, flag in 3, log2(size) - 12 in 9:4. */
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

/* Neither part ever decreases, so no earlier sum comes again. */
static inline uint64_t sva_front_stamp(const SvaFrontCache *front,
                                       uint32_t group)
{
    return front->epoch + front->groups[group % SVA_FRONT_GROUPS];
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
    uint64_t stamp = sva_front_stamp(front, key->group);
    unsigned i;

    for (i = 0; i < SVA_FRONT_WAYS; i++, way++) {
        if (way->who == key->who && way->page == page &&
            way->stamp == stamp) {
            unsigned order = way->data >> 4 & 63;

            out->addr = (way->data & SVA_PAGE_MASK) |
                        (key->addr & ~SVA_PAGE_MASK);
            out->mask = ~(~0ull << order << SVA_PAGE_SHIFT);
            out->access = way->data & 7;
            out->flag = way->data >> 3 & 1;
            return true;
        }
    }
    return false;
}

/* Remember; allocates when it grows, which it does as often as it doubles. */
void sva_front_put(SvaFrontCache *front, const SvaFrontKey *key,
                   const SvaFrontAnswer *answer);

#endif

/*
 * IOTLB: set-associative, flat arrays, one probe per page size in use
 *
 * The keys of a set fill one cache line and lie apart from the entries, so
 * that a hit touches two lines and a miss one for each page size.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "iotlb.h"

#define WAYS        4
#define LINE        64
#define ORDERS      53          /* sizes 2^12 .. 2^64 */
#define OWNERS      1024        /* counters by hash of domain and PASID */
#define MIN_ENTRIES 16u
#define MAX_ENTRIES (1u << 20)

/*
 * SvaTlbKey.tag: everything but the address.  The order (size 2^(12+order))
 * is part of it, so that one comparison settles the tag.  0: free.
 */
#define KEY_PASID_SHIFT  0
#define KEY_DOMAIN_SHIFT 20
#define KEY_KIND_SHIFT   36
#define KEY_PRIV_SHIFT   39
#define KEY_ORDER_SHIFT  40
#define KEY_VALID        (1ull << 63)

#define KEY_KIND_MASK    7u
#define KEY_ORDER_MASK   63u

typedef struct SvaTlbKey {
    uint64_t tag;
    uint64_t page;              /* address >> (12 + order) */
} SvaTlbKey;

QEMU_BUILD_BUG_ON(sizeof(SvaTlbKey) * WAYS != LINE);

struct SvaIotlb {
    SvaTlbKey *keys;            /* WAYS for each set, cache line aligned */
    SvaTlbEntry *entries;       /* same index as keys */
    uint64_t orders;            /* bit n: by_order[n] != 0 */
    uint32_t sets;
    uint32_t set_shift;         /* 64 - log2(sets) */
    uint32_t count;
    uint32_t by_order[ORDERS];
    uint32_t by_kind[SVA_TLB_KINDS];
    uint32_t by_priv[2];
    uint32_t by_owner[OWNERS];
    uint8_t *victims;           /* for each set: way to replace next */
    void *keys_raw;
};

static inline uint64_t tag_word(const SvaTlbTag *tag)
{
    return KEY_VALID |
           (uint64_t)(tag->pasid & SVA_PASID_MAX) << KEY_PASID_SHIFT |
           (uint64_t)tag->domain << KEY_DOMAIN_SHIFT |
           (uint64_t)(tag->kind & KEY_KIND_MASK) << KEY_KIND_SHIFT |
           (uint64_t)!!tag->priv << KEY_PRIV_SHIFT;
}

static inline SvaTlbKey make_key(uint64_t tag, unsigned order, uint64_t iova)
{
    return (SvaTlbKey) {
        .tag = tag | (uint64_t)order << KEY_ORDER_SHIFT,
        .page = iova >> SVA_PAGE_SHIFT >> order,
    };
}

/* Index of the first way of the set. */
static inline size_t key_set(const SvaIotlb *tlb, SvaTlbKey key)
{
    uint64_t hash = (key.page ^ key.tag * 0x9e3779b97f4a7c15ull) *
                    0xd6e8feb86659fd93ull;

    /* Every bit of the key reaches the upper bits of a product. */
    return (size_t)(hash >> tlb->set_shift) * WAYS;
}

static inline unsigned owner_hash(uint32_t pasid, uint16_t domain)
{
    return ((pasid ^ (uint32_t)domain << 8) * 0x9e3779b1u) >> 22;
}

/* Index of @key, or -1. */
static inline ptrdiff_t find(const SvaIotlb *tlb, SvaTlbKey key)
{
    size_t set = key_set(tlb, key);
    const SvaTlbKey *way = &tlb->keys[set];
    unsigned i;

    for (i = 0; i < WAYS; i++) {
        if (way[i].tag == key.tag && way[i].page == key.page) {
            return (ptrdiff_t)(set + i);
        }
    }
    return -1;
}

SvaIotlb *sva_iotlb_new(unsigned entries)
{
    SvaIotlb *tlb = g_new0(SvaIotlb, 1);
    size_t size = MIN_ENTRIES;

    while (size < entries && size < MAX_ENTRIES) {
        size *= 2;
    }
    tlb->sets = size / WAYS;
    tlb->set_shift = 64 - __builtin_ctz(tlb->sets);
    tlb->keys_raw = g_malloc0(size * sizeof(SvaTlbKey) + LINE);
    tlb->keys = (void *)(((uintptr_t)tlb->keys_raw + LINE - 1) &
                         ~(uintptr_t)(LINE - 1));
    tlb->entries = g_new0(SvaTlbEntry, size);
    tlb->victims = g_new0(uint8_t, size / WAYS);
    return tlb;
}

void sva_iotlb_free(SvaIotlb *tlb)
{
    if (tlb) {
        g_free(tlb->keys_raw);
        g_free(tlb->entries);
        g_free(tlb->victims);
        g_free(tlb);
    }
}

void sva_iotlb_reset(SvaIotlb *tlb)
{
    size_t size = (size_t)tlb->sets * WAYS;

    memset(tlb->keys, 0, size * sizeof(SvaTlbKey));
    memset(tlb->by_order, 0, sizeof(tlb->by_order));
    memset(tlb->by_kind, 0, sizeof(tlb->by_kind));
    memset(tlb->by_priv, 0, sizeof(tlb->by_priv));
    memset(tlb->by_owner, 0, sizeof(tlb->by_owner));
    tlb->orders = 0;
    tlb->count = 0;
}

const SvaTlbEntry *sva_iotlb_lookup(const SvaIotlb *tlb, const SvaTlbTag *tag,
                                    uint64_t iova)
{
    uint64_t word = tag_word(tag);
    uint64_t orders;

    for (orders = tlb->orders; orders; orders &= orders - 1) {
        unsigned order = (unsigned)__builtin_ctzll(orders);
        ptrdiff_t i = find(tlb, make_key(word, order, iova));

        if (G_LIKELY(i >= 0)) {
            return &tlb->entries[i];
        }
    }
    return NULL;
}

/* The order of a size mask, or -1 if it is none. */
static int mask_order(uint64_t mask)
{
    if ((mask & (mask + 1)) || mask < SVA_PAGE_SIZE - 1) {
        return -1;
    }
    return __builtin_popcountll(mask) - SVA_PAGE_SHIFT;
}

static void account(SvaIotlb *tlb, const SvaTlbEntry *entry, int delta)
{
    unsigned order = (unsigned)mask_order(entry->mask);

    tlb->count += delta;
    tlb->by_kind[entry->tag.kind] += delta;
    tlb->by_priv[entry->tag.priv] += delta;
    tlb->by_owner[owner_hash(entry->tag.pasid, entry->tag.domain)] += delta;
    tlb->by_order[order] += delta;
    if (tlb->by_order[order]) {
        tlb->orders |= 1ull << order;
    } else {
        tlb->orders &= ~(1ull << order);
    }
}

static void drop(SvaIotlb *tlb, size_t i)
{
    tlb->keys[i].tag = 0;
    account(tlb, &tlb->entries[i], -1);
}

/* A place for @key: its own, a free one, or that of the oldest of the set. */
static size_t place(SvaIotlb *tlb, SvaTlbKey key)
{
    size_t set = key_set(tlb, key);
    ptrdiff_t found = find(tlb, key);
    uint8_t *victim;
    size_t i;

    if (found >= 0) {
        drop(tlb, (size_t)found);
        return (size_t)found;
    }
    for (i = set; i < set + WAYS; i++) {
        if (!tlb->keys[i].tag) {
            return i;
        }
    }
    victim = &tlb->victims[set / WAYS];
    i = set + *victim;
    *victim = (*victim + 1) % WAYS;
    drop(tlb, i);
    return i;
}

void sva_iotlb_insert(SvaIotlb *tlb, const SvaTlbEntry *entry)
{
    int order = mask_order(entry->mask);
    SvaTlbEntry *slot;
    SvaTlbKey key;
    size_t i;

    if (order < 0 || entry->tag.kind >= SVA_TLB_KINDS ||
        !(entry->access & (SVA_READ | SVA_WRITE | SVA_EXEC))) {
        return;
    }
    key = make_key(tag_word(&entry->tag), (unsigned)order, entry->iova);
    i = place(tlb, key);
    slot = &tlb->entries[i];
    *slot = *entry;
    slot->tag.pasid &= SVA_PASID_MAX;
    slot->tag.priv = !!entry->tag.priv;
    slot->iova &= ~entry->mask;
    slot->addr &= ~entry->mask;
    tlb->keys[i] = key;
    account(tlb, slot, 1);
}

/* Kinds of the scope of which there are entries at all. */
static unsigned live_kinds(const SvaIotlb *tlb, const SvaTlbScope *scope)
{
    unsigned kind, live = 0;

    for (kind = 0; kind < SVA_TLB_KINDS; kind++) {
        if (scope->kinds & SVA_TLB_KIND_BIT(kind) && tlb->by_kind[kind]) {
            live |= SVA_TLB_KIND_BIT(kind);
        }
    }
    return live;
}

/* Look every page of the range up; ends early when more than @budget. */
static bool probe_pages(SvaIotlb *tlb, SvaTlbTag *tag, const SvaTlbScope *scope,
                        uint64_t *budget, unsigned *dropped)
{
    uint64_t word = tag_word(tag);
    uint64_t orders;

    for (orders = tlb->orders; orders; orders &= orders - 1) {
        unsigned order = (unsigned)__builtin_ctzll(orders);
        SvaTlbKey key = make_key(word, order, scope->addr & ~scope->mask);
        uint64_t pages = (scope->mask >> SVA_PAGE_SHIFT >> order) + 1;

        if (pages > *budget) {
            return false;
        }
        *budget -= pages;
        for (; pages; pages--, key.page++) {
            ptrdiff_t i = find(tlb, key);

            if (i >= 0) {
                drop(tlb, (size_t)i);
                (*dropped)++;
            }
        }
    }
    return true;
}

/*
 * Invalidate by lookups, if that is cheaper than a pass over the cache; it is
 * for the small ranges that software invalidates most.  false: not done, or
 * not done completely.
 */
static bool invalidate_by_probe(SvaIotlb *tlb, const SvaTlbScope *scope,
                                unsigned kinds, unsigned *dropped)
{
    uint64_t budget = tlb->sets / 4;
    SvaTlbTag tag = { .pasid = scope->pasid, .domain = scope->domain };

    if (!scope->by_domain || !scope->by_pasid || scope->mask == UINT64_MAX) {
        return false;
    }
    for (tag.kind = 0; tag.kind < SVA_TLB_KINDS; tag.kind++) {
        if (!(kinds & SVA_TLB_KIND_BIT(tag.kind))) {
            continue;
        }
        for (tag.priv = 0; tag.priv < 2; tag.priv++) {
            if (tlb->by_priv[tag.priv] &&
                !probe_pages(tlb, &tag, scope, &budget, dropped)) {
                return false;
            }
        }
    }
    return true;
}

static unsigned invalidate_by_scan(SvaIotlb *tlb, const SvaTlbScope *scope,
                                   unsigned kinds)
{
    size_t size = (size_t)tlb->sets * WAYS;
    uint64_t care = KEY_VALID, want = KEY_VALID;
    unsigned dropped = 0;
    size_t i;

    if (scope->by_domain) {
        care |= 0xffffull << KEY_DOMAIN_SHIFT;
        want |= (uint64_t)scope->domain << KEY_DOMAIN_SHIFT;
    }
    if (scope->by_pasid) {
        care |= (uint64_t)SVA_PASID_MAX << KEY_PASID_SHIFT;
        want |= (uint64_t)(scope->pasid & SVA_PASID_MAX) << KEY_PASID_SHIFT;
    }
    for (i = 0; i < size; i++) {
        uint64_t tag = tlb->keys[i].tag;
        const SvaTlbEntry *entry = &tlb->entries[i];

        if ((tag & care) == want &&
            kinds >> (tag >> KEY_KIND_SHIFT & KEY_KIND_MASK) & 1 &&
            !((entry->iova ^ scope->addr) & ~(entry->mask | scope->mask))) {
            drop(tlb, i);
            dropped++;
        }
    }
    return dropped;
}

unsigned sva_iotlb_invalidate(SvaIotlb *tlb, const SvaTlbScope *scope)
{
    unsigned kinds = live_kinds(tlb, scope);
    unsigned dropped = 0;

    if (!kinds) {
        return 0;
    }
    if (scope->by_domain && scope->by_pasid &&
        !tlb->by_owner[owner_hash(scope->pasid & SVA_PASID_MAX,
                                  scope->domain)]) {
        return 0;
    }
    if (!invalidate_by_probe(tlb, scope, kinds, &dropped)) {
        dropped += invalidate_by_scan(tlb, scope, kinds);
    }
    return dropped;
}

unsigned sva_iotlb_count(const SvaIotlb *tlb)
{
    return tlb->count;
}

/*
 * IOTLB: set-associative, flat arrays, one probe per page size in use
 *
 * The keys of a set fill one cache line and lie apart from the entries, so
 * that a hit touches two lines and a miss one for each page size.  Entries of
 * one domain and PASID are chained, for their invalidation.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "chains.h"
#include "iotlb.h"

#define WAYS        4
#define LINE        64
#define ORDERS      53          /* sizes 2^12 .. 2^64 */
#define DOMAINS     1024        /* counters by hash of domain and kind */
#define MIN_ENTRIES 16u
#define MAX_ENTRIES (1u << 20)
#define FIRST_SIZE  1024u       /* it grows from here */

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

typedef struct SvaTlbSlot {
    SvaTlbEntry entry;
    SvaChainLink link;          /* to others of the domain and PASID */
    uint64_t unused[2];
} SvaTlbSlot;

QEMU_BUILD_BUG_ON(sizeof(SvaTlbSlot) != LINE);

struct SvaIotlb {
    SvaTlbKey *keys;            /* WAYS for each set, cache line aligned */
    SvaTlbSlot *slots;          /* same index as keys, aligned too */
    uint64_t orders;            /* bit n: by_order[n] != 0 */
    uint32_t sets;
    uint32_t set_shift;         /* 64 - log2(sets) */
    uint32_t most;              /* size that it grows to */
    uint32_t count;
    uint32_t by_order[ORDERS];
    uint32_t by_priv[2];
    uint32_t by_domain[DOMAINS];
    SvaChains owners;
    uint8_t *victims;           /* for each set: way to replace next */
    void *raw;
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

static inline uint32_t owner_hash(uint32_t pasid, uint16_t domain)
{
    return pasid ^ (uint32_t)domain << 16;
}

static inline unsigned domain_hash(uint16_t domain, unsigned kind)
{
    return (domain * SVA_TLB_KINDS + kind) % DOMAINS;
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

static void alloc_sets(SvaIotlb *tlb, uint32_t size)
{
    tlb->sets = size / WAYS;
    tlb->set_shift = 64 - (uint32_t)__builtin_ctz(tlb->sets);
    tlb->raw = g_malloc0(size * (sizeof(SvaTlbKey) + sizeof(SvaTlbSlot)) +
                         LINE);
    tlb->keys = (void *)(((uintptr_t)tlb->raw + LINE - 1) &
                         ~(uintptr_t)(LINE - 1));
    tlb->slots = (void *)(tlb->keys + size);
    tlb->victims = g_new0(uint8_t, tlb->sets);
    sva_chains_init(&tlb->owners, size, &tlb->slots->link,
                    sizeof(SvaTlbSlot));
}

static void free_sets(SvaIotlb *tlb)
{
    g_free(tlb->raw);
    g_free(tlb->victims);
    sva_chains_free(&tlb->owners);
}

SvaIotlb *sva_iotlb_new(unsigned entries)
{
    SvaIotlb *tlb = g_new0(SvaIotlb, 1);

    tlb->most = MIN_ENTRIES;
    while (tlb->most < entries && tlb->most < MAX_ENTRIES) {
        tlb->most *= 2;
    }
    alloc_sets(tlb, MIN(tlb->most, FIRST_SIZE));
    return tlb;
}

void sva_iotlb_free(SvaIotlb *tlb)
{
    if (tlb) {
        free_sets(tlb);
        g_free(tlb);
    }
}

void sva_iotlb_reset(SvaIotlb *tlb)
{
    uint32_t most = tlb->most;

    free_sets(tlb);
    memset(tlb, 0, sizeof(*tlb));
    tlb->most = most;
    alloc_sets(tlb, MIN(most, FIRST_SIZE));
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
            return &tlb->slots[i].entry;
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
    /* Not a count of bits: that is a call where the host may lack it. */
    return (mask == UINT64_MAX ? 64 : __builtin_ctzll(mask + 1)) -
           SVA_PAGE_SHIFT;
}

static void account(SvaIotlb *tlb, const SvaTlbEntry *entry, int delta)
{
    unsigned order = (unsigned)mask_order(entry->mask);

    tlb->count += delta;
    tlb->by_domain[domain_hash(entry->tag.domain, entry->tag.kind)] += delta;
    tlb->by_priv[entry->tag.priv] += delta;
    tlb->by_order[order] += delta;
    if (tlb->by_order[order]) {
        tlb->orders |= 1ull << order;
    } else {
        tlb->orders &= ~(1ull << order);
    }
}

static inline uint32_t owner_of(const SvaTlbEntry *entry)
{
    return owner_hash(entry->tag.pasid, entry->tag.domain);
}

static void drop(SvaIotlb *tlb, size_t i)
{
    tlb->keys[i].tag = 0;
    sva_chain_remove(&tlb->owners, owner_of(&tlb->slots[i].entry), (uint32_t)i);
    account(tlb, &tlb->slots[i].entry, -1);
}

/* A free way of the set at @set, or -1. */
static ptrdiff_t free_way(const SvaIotlb *tlb, size_t set)
{
    size_t i;

    for (i = set; i < set + WAYS; i++) {
        if (!tlb->keys[i].tag) {
            return (ptrdiff_t)i;
        }
    }
    return -1;
}

/* Twice the size: what a set holds goes to two of them. */
static void grow(SvaIotlb *tlb)
{
    SvaIotlb old = *tlb;
    size_t size = (size_t)old.sets * WAYS, from;

    alloc_sets(tlb, (uint32_t)size * 2);
    for (from = 0; from < size; from++) {
        if (old.keys[from].tag) {
            size_t to = (size_t)free_way(tlb, key_set(tlb, old.keys[from]));

            tlb->keys[to] = old.keys[from];
            tlb->slots[to].entry = old.slots[from].entry;
            sva_chain_add(&tlb->owners, owner_of(&tlb->slots[to].entry),
                          (uint32_t)to);
        }
    }
    free_sets(&old);
}

/* A place for @key: its own, a free one, or that of the oldest of the set. */
static size_t place(SvaIotlb *tlb, SvaTlbKey key)
{
    ptrdiff_t i = find(tlb, key);
    uint8_t *victim;

    if (i >= 0) {
        drop(tlb, (size_t)i);
        return (size_t)i;
    }
    i = free_way(tlb, key_set(tlb, key));
    if (i < 0 && tlb->sets * WAYS < tlb->most &&
        tlb->count >= tlb->sets * WAYS / 2) {
        grow(tlb);
        i = free_way(tlb, key_set(tlb, key));
    }
    if (i < 0) {
        victim = &tlb->victims[key_set(tlb, key) / WAYS];
        i = (ptrdiff_t)key_set(tlb, key) + *victim;
        *victim = (*victim + 1) % WAYS;
        drop(tlb, (size_t)i);
    }
    return (size_t)i;
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
    slot = &tlb->slots[i].entry;
    *slot = *entry;
    slot->tag.pasid &= SVA_PASID_MAX;
    slot->tag.priv = !!entry->tag.priv;
    slot->iova &= ~entry->mask;
    slot->addr &= ~entry->mask;
    tlb->keys[i] = key;
    sva_chain_add(&tlb->owners, owner_of(slot), (uint32_t)i);
    account(tlb, slot, 1);
}

/* Kinds of the scope of which there may be entries. */
static unsigned live_kinds(const SvaIotlb *tlb, const SvaTlbScope *scope)
{
    unsigned kind, live = 0;

    for (kind = 0; kind < SVA_TLB_KINDS; kind++) {
        if (scope->kinds & SVA_TLB_KIND_BIT(kind) &&
            (!scope->by_domain ||
             tlb->by_domain[domain_hash(scope->domain, kind)])) {
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
 * Invalidate by lookups, for the small ranges that software invalidates most.
 * false: not done, or not done completely, since the owner has fewer entries
 * than the range has pages.
 */
static bool invalidate_by_probe(SvaIotlb *tlb, const SvaTlbScope *scope,
                                unsigned kinds, uint64_t budget,
                                unsigned *dropped)
{
    SvaTlbTag tag = { .pasid = scope->pasid, .domain = scope->domain };

    if (scope->mask == UINT64_MAX) {
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

/* A scope as a comparison of SvaTlbKey.tag. */
typedef struct TagMatch {
    uint64_t care;
    uint64_t want;
    unsigned kinds;
} TagMatch;

static TagMatch match_tags(const SvaTlbScope *scope, unsigned kinds)
{
    TagMatch m = { .care = KEY_VALID, .want = KEY_VALID, .kinds = kinds };

    if (scope->by_domain) {
        m.care |= 0xffffull << KEY_DOMAIN_SHIFT;
        m.want |= (uint64_t)scope->domain << KEY_DOMAIN_SHIFT;
    }
    if (scope->by_pasid) {
        m.care |= (uint64_t)SVA_PASID_MAX << KEY_PASID_SHIFT;
        m.want |= (uint64_t)(scope->pasid & SVA_PASID_MAX) << KEY_PASID_SHIFT;
    }
    return m;
}

static bool is_in_range(const SvaTlbEntry *entry, const SvaTlbScope *scope)
{
    if (scope->by_range) {
        return entry->iova <= scope->last &&
               (entry->iova | entry->mask) >= scope->addr;
    }
    return !((entry->iova ^ scope->addr) & ~(entry->mask | scope->mask));
}

static bool drop_if(SvaIotlb *tlb, size_t i, const TagMatch *m,
                    const SvaTlbScope *scope)
{
    uint64_t tag = tlb->keys[i].tag;
    const SvaTlbEntry *entry = &tlb->slots[i].entry;

    if ((tag & m->care) != m->want ||
        !(m->kinds >> (tag >> KEY_KIND_SHIFT & KEY_KIND_MASK) & 1) ||
        !is_in_range(entry, scope)) {
        return false;
    }
    drop(tlb, i);
    return true;
}

static unsigned invalidate_chain(SvaIotlb *tlb, uint32_t first,
                                 const TagMatch *m, const SvaTlbScope *scope)
{
    unsigned dropped = 0;
    uint32_t i, next;

    for (i = first; i != SVA_CHAIN_END; i = next) {
        next = sva_chain_link(&tlb->owners, i)->next;
        dropped += drop_if(tlb, i, m, scope);
    }
    return dropped;
}

/* A cache that has become empty is small again, and soon in the processor's. */
static unsigned invalidate_all(SvaIotlb *tlb, const TagMatch *m,
                               const SvaTlbScope *scope)
{
    size_t size = (size_t)tlb->sets * WAYS, i;
    unsigned dropped = 0;

    for (i = 0; i < size && tlb->count; i++) {
        dropped += drop_if(tlb, i, m, scope);
    }
    if (dropped && !tlb->count) {
        sva_iotlb_reset(tlb);
    }
    return dropped;
}

unsigned sva_iotlb_invalidate(SvaIotlb *tlb, const SvaTlbScope *scope)
{
    unsigned kinds = live_kinds(tlb, scope);
    TagMatch match = match_tags(scope, kinds);
    unsigned dropped = 0;
    const SvaChainHead *chain;

    if (!kinds) {
        return 0;
    }
    if (!scope->by_domain || !scope->by_pasid || scope->by_range) {
        return invalidate_all(tlb, &match, scope);
    }
    chain = sva_chain(&tlb->owners, owner_hash(scope->pasid & SVA_PASID_MAX,
                                               scope->domain));
    if (!invalidate_by_probe(tlb, scope, kinds, chain->count, &dropped)) {
        dropped += invalidate_chain(tlb, chain->first, &match, scope);
    }
    return dropped;
}

void sva_iotlb_visit(const SvaIotlb *tlb, SvaTlbVisitFn *visit, void *opaque)
{
    size_t i, size = (size_t)tlb->sets * WAYS;

    for (i = 0; i < size; i++) {
        if (tlb->keys[i].tag) {
            visit(&tlb->slots[i].entry, opaque);
        }
    }
}

unsigned sva_iotlb_count(const SvaIotlb *tlb)
{
    return tlb->count;
}

/*
 * IOTLB: set-associative, flat arrays, one probe per page size in use
 *
 * The keys of a set fill one cache line and lie apart from the entries, so
 * that a hit touches two lines and a miss one for each page size.  Entries of
 * one domain and address space are chained to their owner, for their
 * invalidation.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "iotlb.h"
#include "tlb-owners.h"

#define WAYS        4
#define LINE        64
#define ORDERS      53          /* sizes 2^12 .. 2^64 */
#define MIN_ENTRIES 16u
#define MAX_ENTRIES (1u << 20)
#define FIRST_SIZE  1024u       /* it grows from here */

/*
 * SvaTlbKey.tag: everything but the address.  The order (size 2^(12+order))
 * is part of it, so that one comparison settles the tag.  0: free.
 */
#define KEY_ASID_SHIFT  0
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
    SvaChainLink link;          /* to others of the owner */
    uint32_t owner;
    uint32_t unused;
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
    uint32_t by_kind[SVA_TLB_KINDS];
    SvaChainLinks links;        /* of the slots */
    SvaTlbOwners owners;
    uint8_t *victims;           /* for each set: way to replace next */
    void *raw;
};

static inline uint64_t tag_word(const SvaTlbTag *tag)
{
    return KEY_VALID |
           (uint64_t)(tag->asid & SVA_PASID_MAX) << KEY_ASID_SHIFT |
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
    tlb->links = sva_chain_links(&tlb->slots->link, sizeof(SvaTlbSlot));
    sva_tlb_owners_init(&tlb->owners, size);
}

static void free_sets(SvaIotlb *tlb)
{
    g_free(tlb->raw);
    g_free(tlb->victims);
    sva_tlb_owners_free(&tlb->owners);
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
    unsigned order = (unsigned)mask_order(entry->map.mask);

    tlb->count += delta;
    tlb->by_kind[entry->tag.kind] += delta;
    tlb->by_order[order] += delta;
    if (tlb->by_order[order]) {
        tlb->orders |= 1ull << order;
    } else {
        tlb->orders &= ~(1ull << order);
    }
}

/* The entry at @i is one of its owner's from now on. */
static void own(SvaIotlb *tlb, size_t i)
{
    SvaTlbSlot *slot = &tlb->slots[i];
    SvaTlbOwner *owner = sva_tlb_owner_get(&tlb->owners,
                                           slot->entry.tag.domain,
                                           slot->entry.tag.asid);

    owner->orders |= 1ull << mask_order(slot->entry.map.mask);
    owner->kinds |= 1u << slot->entry.tag.kind;
    owner->privs |= 1u << slot->entry.tag.priv;
    owner->block = MAX(owner->block, slot->entry.map.block);
    slot->owner = sva_tlb_owner_index(&tlb->owners, owner);
    sva_chain_push(&tlb->links, &owner->entries, (uint32_t)i);
}

static void drop(SvaIotlb *tlb, size_t i)
{
    SvaTlbOwner *owner = &tlb->owners.owners[tlb->slots[i].owner];

    tlb->keys[i].tag = 0;
    sva_chain_take(&tlb->links, &owner->entries, (uint32_t)i);
    if (!owner->entries.count) {
        sva_tlb_owner_put(&tlb->owners, owner);
    }
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
            own(tlb, to);
        }
    }
    free_sets(&old);
}

/* A place for @key, which is not there: free, or that of the set's oldest. */
static size_t place(SvaIotlb *tlb, SvaTlbKey key)
{
    ptrdiff_t i = free_way(tlb, key_set(tlb, key));
    uint8_t *victim;

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

static void store(SvaTlbEntry *slot, const SvaTlbEntry *entry)
{
    *slot = *entry;
    slot->tag.asid &= SVA_PASID_MAX;
    slot->tag.priv = !!entry->tag.priv;
    slot->iova &= ~entry->map.mask;
    slot->map.addr &= ~entry->map.mask;
}

bool sva_iotlb_insert(SvaIotlb *tlb, const SvaTlbEntry *entry)
{
    int order = mask_order(entry->map.mask);
    SvaTlbKey key;
    ptrdiff_t i;

    if (order < 0 || entry->tag.kind >= SVA_TLB_KINDS ||
        !(entry->map.access & SVA_RWX)) {
        return false;
    }
    key = make_key(tag_word(&entry->tag), (unsigned)order, entry->iova);
    i = find(tlb, key);
    if (i >= 0) {
        SvaTlbOwner *owner = &tlb->owners.owners[tlb->slots[i].owner];

        store(&tlb->slots[i].entry, entry);
        owner->block = MAX(owner->block, entry->map.block);
        return true;
    }
    i = (ptrdiff_t)place(tlb, key);
    store(&tlb->slots[i].entry, entry);
    tlb->keys[i] = key;
    own(tlb, (size_t)i);
    account(tlb, &tlb->slots[i].entry, 1);
    return true;
}

/* -- invalidation -- */

/* A scope with its range as first and last byte. */
typedef struct Scope {
    const SvaTlbScope *tags;
    uint64_t first;
    uint64_t last;
} Scope;

static Scope scope_of(const SvaTlbScope *scope)
{
    return (Scope) {
        .tags = scope,
        .first = scope->by_range ? scope->addr : scope->addr & ~scope->mask,
        .last = scope->by_range ? scope->last : scope->addr | scope->mask,
    };
}

static bool is_everywhere(const Scope *s)
{
    return s->first == 0 && s->last == UINT64_MAX;
}

/* Size - 1 of a block of 2^@log2 bytes; 0: 0 */
static inline uint64_t block_mask(unsigned log2)
{
    return log2 < 64 ? (1ull << log2) - 1 : UINT64_MAX;
}

/* Kind, size and range; who it belongs to is the caller's business. */
static bool is_in_scope(const SvaTlbEntry *entry, const Scope *s)
{
    uint64_t named = entry->map.mask | block_mask(entry->map.block);
    uint64_t orders = s->tags->orders;

    return s->tags->kinds >> entry->tag.kind & 1 &&
           (G_LIKELY(!orders) || orders >> mask_order(entry->map.mask) & 1) &&
           (entry->iova & ~named) <= s->last &&
           (entry->iova | named) >= s->first;
}

static void drop_if(SvaIotlb *tlb, size_t i, const Scope *s, SvaDropped *done)
{
    if (is_in_scope(&tlb->slots[i].entry, s)) {
        drop(tlb, i);
        done->count++;
    }
}

static inline uint64_t page_of(uint64_t addr, unsigned order)
{
    return addr >> SVA_PAGE_SHIFT >> order;
}

/* Lookups that find every entry of @owner in the range. */
static uint64_t count_probes(const SvaTlbOwner *owner, const Scope *s)
{
    unsigned tags = (unsigned)__builtin_popcount(owner->kinds &
                                                 s->tags->kinds) *
                    (unsigned)__builtin_popcount(owner->privs);
    uint64_t orders, pages = 0;

    for (orders = owner->orders; orders; orders &= orders - 1) {
        unsigned order = (unsigned)__builtin_ctzll(orders);

        pages += page_of(s->last, order) - page_of(s->first, order) + 1;
    }
    return pages * tags;
}

/* Pieces of blocks lie @wide, and go if their block is in @s. */
static void probe_pages(SvaIotlb *tlb, uint64_t word, uint64_t orders,
                        const Scope *wide, const Scope *s, SvaDropped *done)
{
    for (; orders; orders &= orders - 1) {
        unsigned order = (unsigned)__builtin_ctzll(orders);
        uint64_t pages = page_of(wide->last, order) -
                         page_of(wide->first, order) + 1;
        SvaTlbKey key = make_key(word, order, wide->first);

        for (; pages; pages--, key.page++) {
            ptrdiff_t i = find(tlb, key);

            if (i >= 0) {
                drop_if(tlb, (size_t)i, s, done);
            }
        }
    }
}

static void probe(SvaIotlb *tlb, const SvaTlbOwner *owner, const Scope *wide,
                  const Scope *s, SvaDropped *done)
{
    SvaTlbOwner was = *owner;   /* it goes with its last entry */
    SvaTlbTag tag = { .asid = was.asid, .domain = was.domain };

    for (tag.kind = 0; tag.kind < SVA_TLB_KINDS; tag.kind++) {
        for (tag.priv = 0; tag.priv < 2; tag.priv++) {
            if (was.kinds & s->tags->kinds & SVA_TLB_KIND_BIT(tag.kind) &&
                was.privs & 1u << tag.priv) {
                probe_pages(tlb, tag_word(&tag), was.orders, wide, s, done);
            }
        }
    }
}

/*
 * One pass over the cache, for an owner who has much of it: its entries lie in
 * a row there, where its chain leads to and fro.  What stays is chained anew.
 */
static void scan_owner(SvaIotlb *tlb, SvaTlbOwner *owner, const Scope *s,
                       SvaDropped *done)
{
    uint32_t me = sva_tlb_owner_index(&tlb->owners, owner);
    uint32_t left = owner->entries.count, i;

    sva_chain_clear(&owner->entries);
    for (i = 0; left; i++) {
        if (!tlb->keys[i].tag || tlb->slots[i].owner != me) {
            continue;
        }
        left--;
        if (is_in_scope(&tlb->slots[i].entry, s)) {
            tlb->keys[i].tag = 0;
            account(tlb, &tlb->slots[i].entry, -1);
            done->count++;
        } else {
            sva_chain_push(&tlb->links, &owner->entries, i);
        }
    }
    if (!owner->entries.count) {
        sva_tlb_owner_put(&tlb->owners, owner);
    }
}

static void invalidate_owner(SvaIotlb *tlb, SvaTlbOwner *owner,
                             const Scope *s, SvaDropped *done)
{
    uint64_t block = block_mask(owner->block), probes;
    Scope wide = {
        .tags = s->tags, .first = s->first & ~block, .last = s->last | block,
    };
    uint32_t much = MAX(tlb->sets * WAYS / 8, FIRST_SIZE), i, next;

    probes = count_probes(owner, &wide);
    done->looked += (unsigned)MIN(probes, owner->entries.count);
    if (owner->entries.count >= much && probes >= much) {
        scan_owner(tlb, owner, s, done);
        return;
    }
    if (probes < owner->entries.count) {
        probe(tlb, owner, &wide, s, done);
        return;
    }
    for (i = owner->entries.first; i != SVA_CHAIN_END; i = next) {
        next = sva_chain_link_at(&tlb->links, i)->next;
        drop_if(tlb, i, s, done);
    }
}

static void invalidate_domain(SvaIotlb *tlb, const Scope *s, SvaDropped *done)
{
    const SvaChains *domains = &tlb->owners.domains;
    uint32_t i = sva_chain(domains, s->tags->domain)->first, next;

    for (; i != SVA_CHAIN_END; i = next) {
        SvaTlbOwner *owner = &tlb->owners.owners[i];

        next = sva_chain_link(domains, i)->next;
        done->looked++;
        if (owner->domain == s->tags->domain) {
            invalidate_owner(tlb, owner, s, done);
        }
    }
}

/* One pass over the cache. */
static void invalidate_any(SvaIotlb *tlb, const Scope *s, SvaDropped *done)
{
    size_t size = (size_t)tlb->sets * WAYS, i;

    for (i = 0; i < size && tlb->count; i++) {
        if (tlb->keys[i].tag && (!s->tags->by_asid ||
            tlb->slots[i].entry.tag.asid == s->tags->asid)) {
            drop_if(tlb, i, s, done);
        }
    }
    done->looked += (unsigned)i;
}

/* Is there no entry but of the kinds of the scope? */
static bool has_all_kinds(const SvaIotlb *tlb, const SvaTlbScope *scope)
{
    unsigned kind;

    for (kind = 0; kind < SVA_TLB_KINDS; kind++) {
        if (tlb->by_kind[kind] && !(scope->kinds & SVA_TLB_KIND_BIT(kind))) {
            return false;
        }
    }
    return true;
}

static SvaDropped invalidate_all(SvaIotlb *tlb)
{
    SvaDropped done = { .count = tlb->count, .looked = 1 };

    if (tlb->count) {
        sva_iotlb_reset(tlb);
    }
    return done;
}

SvaDropped sva_iotlb_invalidate(SvaIotlb *tlb, const SvaTlbScope *scope)
{
    Scope s = scope_of(scope);
    SvaDropped done = { .looked = 1 };
    SvaTlbOwner *owner;

    if (scope->by_domain && scope->by_asid) {
        owner = sva_tlb_owner_find(&tlb->owners, scope->domain,
                                   scope->asid & SVA_PASID_MAX);
        if (owner) {
            invalidate_owner(tlb, owner, &s, &done);
        }
        return done;
    }
    if (!scope->by_domain && !scope->by_asid && !scope->orders &&
        is_everywhere(&s) && has_all_kinds(tlb, scope)) {
        return invalidate_all(tlb);
    }
    if (scope->by_domain) {
        invalidate_domain(tlb, &s, &done);
    } else {
        invalidate_any(tlb, &s, &done);
    }
    /* Empty, it is small again, and soon in the processor's cache. */
    if (!tlb->count && tlb->sets * WAYS > FIRST_SIZE) {
        sva_iotlb_reset(tlb);
    }
    return done;
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

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
#include "iotlb-key.h"
#include "iotlb-span.h"
#include "tlb-owners.h"

#define WAYS        4
#define LINE        64
#define ORDERS      53          /* sizes 2^12 .. 2^64 */
#define MIN_ENTRIES 16u
#define MAX_ENTRIES (1u << 20)
#define FIRST_SIZE  1024u       /* it grows from here */

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
    uint32_t peak;              /* @count at most, since it was empty */
    uint32_t by_order[ORDERS];
    uint32_t by_kind[SVA_TLB_KINDS];
    SvaChainLinks links;        /* of the slots */
    SvaTlbOwners owners;
    uint8_t *victims;           /* for each set: way to replace next */
    void *raw;
};

/* Index of the first way of the set. */
static inline size_t key_set(const SvaIotlb *tlb, SvaTlbKey key)
{
    uint64_t hash = (key.page ^ key.tag * 0x9e3779b97f4a7c15ull) *
                    0xd6e8feb86659fd93ull;

    /* Every bit of the key reaches the upper bits of a product. */
    return (size_t)(hash >> tlb->set_shift) * WAYS;
}

/* Index of @key, whose set is at @set, or -1. */
static inline ptrdiff_t find_in(const SvaIotlb *tlb, size_t set, SvaTlbKey key)
{
    const SvaTlbKey *way = &tlb->keys[set];
    unsigned i;

    for (i = 0; i < WAYS; i++) {
        if (way[i].tag == key.tag && way[i].page == key.page) {
            return (ptrdiff_t)(set + i);
        }
    }
    return -1;
}

static inline ptrdiff_t find(const SvaIotlb *tlb, SvaTlbKey key)
{
    return find_in(tlb, key_set(tlb, key), key);
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

static void count_none(SvaIotlb *tlb)
{
    memset(tlb->by_order, 0, sizeof(tlb->by_order));
    memset(tlb->by_kind, 0, sizeof(tlb->by_kind));
    tlb->orders = 0;
    tlb->count = 0;
}

/* From now on it has another size, and nothing in it. */
static void resize(SvaIotlb *tlb, uint32_t size)
{
    free_sets(tlb);
    alloc_sets(tlb, size);
    count_none(tlb);
    tlb->peak = 0;
}

void sva_iotlb_reset(SvaIotlb *tlb)
{
    resize(tlb, MIN(tlb->most, FIRST_SIZE));
}

const SvaTlbEntry *sva_iotlb_lookup(const SvaIotlb *tlb, const SvaTlbTag *tag,
                                    uint64_t iova)
{
    uint64_t word = sva_tlb_tag_word(tag);
    uint64_t orders;

    for (orders = tlb->orders; orders; orders &= orders - 1) {
        unsigned order = (unsigned)__builtin_ctzll(orders);
        ptrdiff_t i = find(tlb, sva_tlb_key(word, order, iova));

        if (G_LIKELY(i >= 0)) {
            return &tlb->slots[i].entry;
        }
    }
    /* A walk and an insertion follow. */
    __builtin_prefetch(&tlb->slots[key_set(tlb, sva_tlb_key(word, 0, iova))]);
    return NULL;
}

/* The entry at @i was added, or will be dropped. */
static void account(SvaIotlb *tlb, size_t i, int delta)
{
    unsigned order = sva_tlb_key_order(tlb->keys[i]);

    tlb->count += delta;
    tlb->by_kind[tlb->slots[i].entry.tag.kind] += delta;
    tlb->by_order[order] += delta;
    if (tlb->by_order[order]) {
        tlb->orders |= 1ull << order;
    } else {
        tlb->orders &= ~(1ull << order);
    }
}

/* @owner has an entry with that key. */
static void note(SvaTlbOwner *owner, SvaTlbKey key, const SvaTlbEntry *entry)
{
    owner->orders |= 1ull << sva_tlb_key_order(key);
    owner->kinds |= 1u << entry->tag.kind;
    owner->privs |= 1u << entry->tag.priv;
    owner->block = MAX(owner->block, entry->map.block);
}

/* The entry at @i is one of its owner's from now on. */
static void own(SvaIotlb *tlb, size_t i)
{
    SvaTlbSlot *slot = &tlb->slots[i];
    SvaTlbOwner *owner = sva_tlb_owner_get(&tlb->owners,
                                           slot->entry.tag.domain,
                                           slot->entry.tag.asid);

    note(owner, tlb->keys[i], &slot->entry);
    slot->owner = sva_tlb_owner_index(&tlb->owners, owner);
    sva_chain_push(&tlb->links, &owner->entries, (uint32_t)i);
}

static void drop(SvaIotlb *tlb, size_t i)
{
    SvaTlbOwner *owner = &tlb->owners.owners[tlb->slots[i].owner];

    account(tlb, i, -1);
    tlb->keys[i].tag = 0;
    sva_chain_take(&tlb->links, &owner->entries, (uint32_t)i);
    if (!owner->entries.count) {
        sva_tlb_owner_put(&tlb->owners, owner);
    }
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

static bool may_grow(const SvaIotlb *tlb)
{
    return tlb->sets * WAYS < tlb->most && tlb->count >= tlb->sets * WAYS / 2;
}

/* By members, see sva_mapping_copy(). */
static inline void store(SvaTlbEntry *slot, const SvaTlbEntry *entry)
{
    uint64_t mask = entry->map.mask;

    slot->tag.asid = entry->tag.asid & SVA_PASID_MAX;
    slot->tag.domain = entry->tag.domain;
    slot->tag.kind = entry->tag.kind;
    slot->tag.priv = !!entry->tag.priv;
    slot->iova = entry->iova & ~mask;
    slot->table = entry->table;
    sva_mapping_copy(&slot->map, &entry->map);
    slot->map.addr &= ~mask;
}

/* Place @i is free. */
static void add(SvaIotlb *tlb, size_t i, SvaTlbKey key,
                const SvaTlbEntry *entry)
{
    store(&tlb->slots[i].entry, entry);
    tlb->keys[i] = key;
    own(tlb, i);
    account(tlb, i, 1);
    tlb->peak = MAX(tlb->peak, tlb->count);
}

/* The entry at @i gives way; it has the same key, or all others are newer. */
static void replace(SvaIotlb *tlb, size_t i, SvaTlbKey key,
                    const SvaTlbEntry *entry)
{
    SvaTlbSlot *slot = &tlb->slots[i];
    SvaTlbOwner *owner = &tlb->owners.owners[slot->owner];

    if ((tlb->keys[i].tag ^ key.tag) & ~SVA_TLB_KEY_PRIV) {
        drop(tlb, i);
        add(tlb, i, key, entry);
        return;
    }
    /* Owner, kind and size stay, and so do all chains and sums. */
    store(&slot->entry, entry);
    tlb->keys[i] = key;
    note(owner, key, &slot->entry);
}

static void replace_oldest(SvaIotlb *tlb, size_t set, SvaTlbKey key,
                           const SvaTlbEntry *entry)
{
    uint8_t *victim = &tlb->victims[set / WAYS];

    replace(tlb, set + *victim, key, entry);
    *victim = (*victim + 1) % WAYS;
}

bool sva_iotlb_insert(SvaIotlb *tlb, const SvaTlbEntry *entry)
{
    int order = sva_tlb_mask_order(entry->map.mask);
    SvaTlbKey key;
    ptrdiff_t i;
    size_t set;

    if (order < 0 || entry->tag.kind >= SVA_TLB_KINDS ||
        !(entry->map.access & SVA_RWX)) {
        return false;
    }
    key = sva_tlb_key(sva_tlb_tag_word(&entry->tag), (unsigned)order,
                      entry->iova);
    set = key_set(tlb, key);
    i = find_in(tlb, set, key);
    if (i >= 0) {
        replace(tlb, (size_t)i, key, entry);
        return true;
    }
    i = free_way(tlb, set);
    if (i < 0 && may_grow(tlb)) {
        grow(tlb);
        set = key_set(tlb, key);
        i = free_way(tlb, set);
    }
    if (i >= 0) {
        add(tlb, (size_t)i, key, entry);
    } else {
        replace_oldest(tlb, set, key, entry);
    }
    return true;
}

/* -- invalidation -- */

static void drop_if(SvaIotlb *tlb, size_t i, const SvaTlbSpan *s,
                    SvaDropped *done)
{
    if (sva_tlb_span_has(s, &tlb->slots[i].entry)) {
        drop(tlb, i);
        done->count++;
    }
}

static inline uint64_t page_of(uint64_t addr, unsigned order)
{
    return addr >> SVA_PAGE_SHIFT >> order;
}

/* Lookups that find every entry of @owner in the range. */
static uint64_t count_probes(const SvaTlbOwner *owner, const SvaTlbSpan *s)
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
                        const SvaTlbSpan *wide, const SvaTlbSpan *s,
                        SvaDropped *done)
{
    for (; orders; orders &= orders - 1) {
        unsigned order = (unsigned)__builtin_ctzll(orders);
        uint64_t pages = page_of(wide->last, order) -
                         page_of(wide->first, order) + 1;
        SvaTlbKey key = sva_tlb_key(word, order, wide->first);

        for (; pages; pages--, key.page++) {
            ptrdiff_t i = find(tlb, key);

            if (i >= 0) {
                drop_if(tlb, (size_t)i, s, done);
            }
        }
    }
}

static void probe(SvaIotlb *tlb, const SvaTlbOwner *owner,
                  const SvaTlbSpan *wide, const SvaTlbSpan *s,
                  SvaDropped *done)
{
    SvaTlbOwner was = *owner;   /* it goes with its last entry */
    SvaTlbTag tag = { .asid = was.asid, .domain = was.domain };

    for (tag.kind = 0; tag.kind < SVA_TLB_KINDS; tag.kind++) {
        for (tag.priv = 0; tag.priv < 2; tag.priv++) {
            if (was.kinds & s->tags->kinds & SVA_TLB_KIND_BIT(tag.kind) &&
                was.privs & 1u << tag.priv) {
                probe_pages(tlb, sva_tlb_tag_word(&tag), was.orders, wide, s,
                            done);
            }
        }
    }
}

/*
 * One pass over the cache, for an owner who has much of it: its entries lie in
 * a row there, where its chain leads to and fro.  What stays is chained anew.
 */
static void scan_owner(SvaIotlb *tlb, SvaTlbOwner *owner, const SvaTlbSpan *s,
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
        if (sva_tlb_span_has(s, &tlb->slots[i].entry)) {
            account(tlb, i, -1);
            tlb->keys[i].tag = 0;
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
                             const SvaTlbSpan *s, SvaDropped *done)
{
    uint64_t block = sva_tlb_block_mask(owner->block), probes;
    SvaTlbSpan wide = {
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

static void invalidate_domain(SvaIotlb *tlb, const SvaTlbSpan *s,
                              SvaDropped *done)
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
static void invalidate_any(SvaIotlb *tlb, const SvaTlbSpan *s, SvaDropped *done)
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

/*
 * It is empty.  It keeps the size that it has had use for and soon has again,
 * since growing takes as long as all insertions; what it has not used is given
 * back by halves, so that the rest lies close together.
 */
static void emptied(SvaIotlb *tlb)
{
    uint32_t size = tlb->sets * WAYS;

    if (tlb->peak && tlb->peak < size / 8 && size > FIRST_SIZE) {
        resize(tlb, size / 2);
    }
    tlb->peak = 0;
}

static SvaDropped invalidate_all(SvaIotlb *tlb)
{
    SvaDropped done = { .count = tlb->count, .looked = 1 };

    if (tlb->count) {
        memset(tlb->keys, 0, (size_t)tlb->sets * WAYS * sizeof(SvaTlbKey));
        sva_tlb_owners_clear(&tlb->owners);
        count_none(tlb);
    }
    emptied(tlb);
    return done;
}

SvaDropped sva_iotlb_invalidate(SvaIotlb *tlb, const SvaTlbScope *scope)
{
    SvaTlbSpan s = sva_tlb_span(scope);
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
        sva_tlb_span_is_all(&s) && has_all_kinds(tlb, scope)) {
        return invalidate_all(tlb);
    }
    if (scope->by_domain) {
        invalidate_domain(tlb, &s, &done);
    } else {
        invalidate_any(tlb, &s, &done);
    }
    if (!tlb->count) {
        emptied(tlb);
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

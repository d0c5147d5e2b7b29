/*
 * Address translation cache of a function
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "atc.h"

#define ATC_WAYS 4
#define ATC_ORDERS (64 - SVA_PAGE_SHIFT + 1)
#define HOST_LINE 64

/*
 * An empty slot grants nothing: R=W=0 is never cached.  Sets begin with a line
 * of the host's cache, so that no entry lies in two of them.
 */
typedef struct AtcSet {
    SvaAtcEntry way[ATC_WAYS];
} AtcSet;

QEMU_BUILD_BUG_ON(sizeof(AtcSet) % HOST_LINE);

struct SvaAtc {
    AtcSet *sets;               /* within @memory */
    void *memory;
    uint8_t *next;              /* way of each set that is replaced next */
    unsigned set_count;         /* power of two */
    bool grows;
    uint64_t generation;
    uint64_t orders;            /* bit n: by_order[n] != 0 */
    unsigned by_order[ATC_ORDERS];
};

static void atc_allocate(SvaAtc *atc, unsigned set_count)
{
    atc->set_count = set_count;
    atc->memory = g_malloc0_n((size_t)set_count + 1, sizeof(AtcSet));
    atc->sets = (AtcSet *)(((uintptr_t)atc->memory + HOST_LINE - 1) &
                           ~(uintptr_t)(HOST_LINE - 1));
    atc->next = g_new0(uint8_t, set_count);
}

SvaAtc *sva_atc_new(unsigned entries)
{
    SvaAtc *atc = g_new0(SvaAtc, 1);
    unsigned set_count = 1;

    while (set_count * ATC_WAYS < entries) {
        set_count *= 2;
    }
    atc_allocate(atc, set_count);
    return atc;
}

void sva_atc_never_replace(SvaAtc *atc)
{
    atc->grows = true;
}

void sva_atc_free(SvaAtc *atc)
{
    if (atc) {
        g_free(atc->memory);
        g_free(atc->next);
        g_free(atc);
    }
}

/* Number of the range of 2^(12 + @order) bytes that @addr is in. */
static inline uint64_t atc_range(uint64_t addr, unsigned order)
{
    return addr >> SVA_PAGE_SHIFT >> order;
}

/* Neighbouring ranges of a PASID share no set; PASIDs are spread apart. */
static inline AtcSet *atc_set(const SvaAtc *atc, SvaPasid pasid,
                              uint64_t addr, unsigned order)
{
    uint64_t key = atc_range(addr, order);

    key += (uint64_t)(pasid.id + pasid.valid + order) * 0x9e3779b1u;
    return &atc->sets[key & (atc->set_count - 1)];
}

static inline SvaAtcEntry *atc_find(const SvaAtc *atc, SvaPasid pasid,
                                    uint64_t addr, unsigned order)
{
    AtcSet *set = atc_set(atc, pasid, addr, order);

    for (unsigned i = 0; i < ATC_WAYS; i++) {
        SvaAtcEntry *entry = &set->way[i];

        if (entry->access && entry->order == order &&
            !atc_range(entry->page ^ addr, order) &&
            sva_pasid_equal(entry->pasid, pasid)) {
            return entry;
        }
    }
    return NULL;
}

const SvaAtcEntry *sva_atc_lookup(const SvaAtc *atc, SvaPasid pasid,
                                  uint64_t addr)
{
    for (uint64_t orders = atc->orders; orders; orders &= orders - 1) {
        unsigned order = (unsigned)__builtin_ctzll(orders);
        const SvaAtcEntry *entry = atc_find(atc, pasid, addr, order);

        if (entry) {
            return entry;
        }
    }
    return NULL;
}

/* Those of the smallest size are the most. */
void sva_atc_expect(const SvaAtc *atc, SvaPasid pasid, uint64_t addr)
{
    const AtcSet *set;

    if (atc->orders) {
        set = atc_set(atc, pasid, addr,
                      (unsigned)__builtin_ctzll(atc->orders));
        __builtin_prefetch(&set->way[0]);
        __builtin_prefetch(&set->way[ATC_WAYS - 1]);
    }
}

static void atc_account(SvaAtc *atc, unsigned order, int by)
{
    atc->by_order[order] += by;
    if (atc->by_order[order]) {
        atc->orders |= 1ull << order;
    } else {
        atc->orders &= ~(1ull << order);
    }
}

static void atc_drop(SvaAtc *atc, SvaAtcEntry *entry)
{
    entry->access = SVA_NONE;
    atc_account(atc, entry->order, -1);
}

static SvaAtcEntry *atc_unused(AtcSet *set)
{
    for (unsigned i = 0; i < ATC_WAYS; i++) {
        if (!set->way[i].access) {
            return &set->way[i];
        }
    }
    return NULL;
}

/* Each set becomes two, so that there is room for all of it. */
static bool atc_grow(SvaAtc *atc)
{
    SvaAtc old = *atc;

    if (!atc->grows || atc->set_count >= SVA_ATC_ENTRIES_MAX / ATC_WAYS) {
        return false;
    }
    atc_allocate(atc, 2 * old.set_count);
    for (unsigned i = 0; i < old.set_count * ATC_WAYS; i++) {
        const SvaAtcEntry *entry = &old.sets[i / ATC_WAYS].way[i % ATC_WAYS];

        if (entry->access) {
            *atc_unused(atc_set(atc, entry->pasid, entry->page,
                                entry->order)) = *entry;
        }
    }
    g_free(old.memory);
    g_free(old.next);
    return true;
}

/* A slot for a new entry like @entry. */
static SvaAtcEntry *atc_slot(SvaAtc *atc, const SvaAtcEntry *entry)
{
    AtcSet *set = atc_set(atc, entry->pasid, entry->page, entry->order);
    SvaAtcEntry *slot;
    uint8_t *next;

    while (!(slot = atc_unused(set)) && atc_grow(atc)) {
        set = atc_set(atc, entry->pasid, entry->page, entry->order);
    }
    if (slot) {
        return slot;
    }
    next = &atc->next[set - atc->sets];
    *next = (*next + 1) % ATC_WAYS;
    atc_drop(atc, &set->way[*next]);
    return &set->way[*next];
}

/* Else the smallest would be found, and asked about again and again. */
static void atc_replace(SvaAtc *atc, const SvaAtcEntry *entry)
{
    for (uint64_t orders = atc->orders; orders; orders &= orders - 1) {
        SvaAtcEntry *other = atc_find(atc, entry->pasid, entry->page,
                                      (unsigned)__builtin_ctzll(orders));

        if (other) {
            atc_drop(atc, other);
        }
    }
}

void sva_atc_insert(SvaAtc *atc, const SvaAtcEntry *entry)
{
    SvaAtcEntry *slot;

    atc_replace(atc, entry);
    slot = atc_slot(atc, entry);
    *slot = *entry;
    slot->page &= ~sva_atc_entry_mask(entry);
    slot->pa &= ~sva_atc_entry_mask(entry);
    atc_account(atc, entry->order, 1);
}

/* What to do to an entry that an invalidation names. */
typedef void AtcFn(SvaAtc *atc, SvaAtcEntry *entry);

static void atc_mark(SvaAtc *atc G_GNUC_UNUSED, SvaAtcEntry *entry)
{
    entry->stale = true;
}

/* Both ends of a range are inclusive: it may end with the address space. */
static bool atc_covers(const SvaAtcInvalidation *inv, const SvaAtcEntry *entry)
{
    return entry->access &&
           (inv->addr & ~inv->mask) <=
           (entry->page | sva_atc_entry_mask(entry)) &&
           entry->page <= (inv->addr | inv->mask) &&
           (inv->global ? entry->pasid.valid
                        : sva_pasid_equal(entry->pasid, inv->pasid));
}

static unsigned atc_sweep(SvaAtc *atc, const SvaAtcInvalidation *inv,
                          AtcFn *fn)
{
    unsigned covered = 0;

    for (unsigned i = 0; i < atc->set_count * ATC_WAYS; i++) {
        SvaAtcEntry *entry = &atc->sets[i / ATC_WAYS].way[i % ATC_WAYS];

        if (atc_covers(inv, entry)) {
            fn(atc, entry);
            covered++;
        }
    }
    return covered;
}

/* How many ranges of a size that there are entries of does @inv touch? */
static uint64_t atc_count_ranges(const SvaAtc *atc,
                                 const SvaAtcInvalidation *inv)
{
    uint64_t count = 0;

    for (uint64_t orders = atc->orders; orders; orders &= orders - 1) {
        count += atc_range(inv->mask,
                           (unsigned)__builtin_ctzll(orders)) + 1;
    }
    return count;
}

static unsigned atc_probe(SvaAtc *atc, const SvaAtcInvalidation *inv,
                          AtcFn *fn)
{
    uint64_t first = inv->addr & ~inv->mask;
    unsigned covered = 0;

    for (uint64_t orders = atc->orders; orders; orders &= orders - 1) {
        unsigned order = (unsigned)__builtin_ctzll(orders);

        for (uint64_t i = 0; i <= atc_range(inv->mask, order); i++) {
            SvaAtcEntry *entry = atc_find(atc, inv->pasid, first +
                                          (i << SVA_PAGE_SHIFT << order),
                                          order);

            if (entry) {
                fn(atc, entry);
                covered++;
            }
        }
    }
    return covered;
}

/* Small ranges are looked up one by one, others sweep the table. */
static unsigned atc_each(SvaAtc *atc, const SvaAtcInvalidation *inv, AtcFn *fn)
{
    return inv->global || atc_count_ranges(atc, inv) > atc->set_count
           ? atc_sweep(atc, inv, fn) : atc_probe(atc, inv, fn);
}

unsigned sva_atc_mark_stale(SvaAtc *atc, const SvaAtcInvalidation *inv)
{
    return atc_each(atc, inv, atc_mark);
}

unsigned sva_atc_invalidate(SvaAtc *atc, const SvaAtcInvalidation *inv)
{
    atc->generation++;
    return atc_each(atc, inv, atc_drop);
}

unsigned sva_atc_flush(SvaAtc *atc)
{
    unsigned dropped = 0;

    atc->generation++;
    for (unsigned i = 0; i < ATC_ORDERS; i++) {
        dropped += atc->by_order[i];
    }
    if (dropped) {
        memset(atc->sets, 0, atc->set_count * sizeof(AtcSet));
        memset(atc->by_order, 0, sizeof(atc->by_order));
        atc->orders = 0;
    }
    return dropped;
}

void sva_atc_visit(const SvaAtc *atc, SvaAtcVisitFn *visit, void *opaque)
{
    for (unsigned i = 0; i < atc->set_count * ATC_WAYS; i++) {
        const SvaAtcEntry *entry = &atc->sets[i / ATC_WAYS].way[i % ATC_WAYS];

        if (entry->access && !entry->stale) {
            visit(entry, opaque);
        }
    }
}

uint64_t sva_atc_generation(const SvaAtc *atc)
{
    return atc->generation;
}

/*
 * Address translation cache of a function
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "atc.h"

#define ATC_WAYS 4
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

/* Neighbouring pages of a PASID share no set; PASIDs are spread apart. */
static AtcSet *atc_set(const SvaAtc *atc, SvaPasid pasid, uint64_t addr)
{
    uint64_t key = addr >> SVA_PAGE_SHIFT;

    key += (uint64_t)(pasid.id + pasid.valid) * 0x9e3779b1u;
    return &atc->sets[key & (atc->set_count - 1)];
}

static SvaAtcEntry *atc_find(const SvaAtc *atc, SvaPasid pasid, uint64_t addr)
{
    AtcSet *set = atc_set(atc, pasid, addr);
    uint64_t page = addr & SVA_PAGE_MASK;

    for (unsigned i = 0; i < ATC_WAYS; i++) {
        SvaAtcEntry *entry = &set->way[i];

        if (entry->access && entry->page == page &&
            sva_pasid_equal(entry->pasid, pasid)) {
            return entry;
        }
    }
    return NULL;
}

const SvaAtcEntry *sva_atc_lookup(const SvaAtc *atc, SvaPasid pasid,
                                  uint64_t addr)
{
    return atc_find(atc, pasid, addr);
}

void sva_atc_expect(const SvaAtc *atc, SvaPasid pasid, uint64_t addr)
{
    const AtcSet *set = atc_set(atc, pasid, addr);

    __builtin_prefetch(&set->way[0]);
    __builtin_prefetch(&set->way[ATC_WAYS - 1]);
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
            *atc_unused(atc_set(atc, entry->pasid, entry->page)) = *entry;
        }
    }
    g_free(old.memory);
    g_free(old.next);
    return true;
}

static SvaAtcEntry *atc_slot(SvaAtc *atc, SvaPasid pasid, uint64_t page)
{
    AtcSet *set = atc_set(atc, pasid, page);
    SvaAtcEntry *unused;
    uint8_t *next;

    while (!(unused = atc_unused(set)) && atc_grow(atc)) {
        set = atc_set(atc, pasid, page);
    }
    if (unused) {
        return unused;
    }
    next = &atc->next[set - atc->sets];
    *next = (*next + 1) % ATC_WAYS;
    return &set->way[*next];
}

void sva_atc_insert(SvaAtc *atc, const SvaAtcEntry *entry)
{
    SvaAtcEntry *slot = atc_find(atc, entry->pasid, entry->page);

    if (!slot) {
        slot = atc_slot(atc, entry->pasid, entry->page);
    }
    *slot = *entry;
    slot->page &= SVA_PAGE_MASK;
}

/* Both ends of a range are inclusive: it may end with the address space. */
static bool atc_covers(const SvaAtcInvalidation *inv, const SvaAtcEntry *entry)
{
    uint64_t first = inv->addr & ~inv->mask;

    return entry->access &&
           entry->page >= (first & SVA_PAGE_MASK) &&
           entry->page <= (first | inv->mask) &&
           (inv->global ? entry->pasid.valid
                        : sva_pasid_equal(entry->pasid, inv->pasid));
}

static unsigned atc_sweep(SvaAtc *atc, const SvaAtcInvalidation *inv)
{
    unsigned dropped = 0;

    for (unsigned i = 0; i < atc->set_count; i++) {
        for (unsigned j = 0; j < ATC_WAYS; j++) {
            SvaAtcEntry *entry = &atc->sets[i].way[j];

            if (atc_covers(inv, entry)) {
                entry->access = SVA_NONE;
                dropped++;
            }
        }
    }
    return dropped;
}

unsigned sva_atc_mark_stale(SvaAtc *atc, const SvaAtcInvalidation *inv)
{
    unsigned marked = 0;

    for (unsigned i = 0; i < atc->set_count; i++) {
        for (unsigned j = 0; j < ATC_WAYS; j++) {
            SvaAtcEntry *entry = &atc->sets[i].way[j];

            if (atc_covers(inv, entry)) {
                entry->stale = true;
                marked++;
            }
        }
    }
    return marked;
}

/* Small ranges are looked up page by page, others sweep the table. */
unsigned sva_atc_invalidate(SvaAtc *atc, const SvaAtcInvalidation *inv)
{
    uint64_t pages = (inv->mask >> SVA_PAGE_SHIFT) + 1;
    uint64_t first = inv->addr & ~inv->mask & SVA_PAGE_MASK;
    unsigned dropped = 0;

    atc->generation++;
    if (inv->global || pages > atc->set_count) {
        return atc_sweep(atc, inv);
    }
    for (uint64_t i = 0; i < pages; i++) {
        SvaAtcEntry *entry = atc_find(atc, inv->pasid,
                                      first + (i << SVA_PAGE_SHIFT));

        if (entry) {
            entry->access = SVA_NONE;
            dropped++;
        }
    }
    return dropped;
}

unsigned sva_atc_flush(SvaAtc *atc)
{
    unsigned dropped = 0;

    atc->generation++;
    for (unsigned i = 0; i < atc->set_count; i++) {
        for (unsigned j = 0; j < ATC_WAYS; j++) {
            dropped += atc->sets[i].way[j].access != SVA_NONE;
            atc->sets[i].way[j].access = SVA_NONE;
        }
    }
    return dropped;
}

void sva_atc_visit(const SvaAtc *atc, SvaAtcVisitFn *visit, void *opaque)
{
    for (unsigned i = 0; i < atc->set_count; i++) {
        for (unsigned j = 0; j < ATC_WAYS; j++) {
            const SvaAtcEntry *entry = &atc->sets[i].way[j];

            if (entry->access && !entry->stale) {
                visit(entry, opaque);
            }
        }
    }
}

uint64_t sva_atc_generation(const SvaAtc *atc)
{
    return atc->generation;
}

/*
 * Fuzz: IOTLB against a plain list
 *
 * The list forgets nothing, the cache may: what the cache returns must be in
 * the list as it was inserted, and an invalidation must leave nothing behind
 * that it covers and take nothing that it does not.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "fuzz.h"
#include "hw/sva/core/iotlb.h"

enum { OP_SIZE, OP_INSERT, OP_LOOKUP, OP_INVALIDATE, OP_RESET, OP_FILL };

const char *const fuzz_ops[] = {
    "SIZE", "INSERT", "LOOKUP", "INVALIDATE", "RESET", "FILL", NULL
};

typedef struct World {
    SvaIotlb *tlb;
    GArray *list;               /* SvaTlbEntry, as they are stored */
} World;

static uint64_t order_mask(unsigned order)
{
    return order >= 52 ? UINT64_MAX : (SVA_PAGE_SIZE << order) - 1;
}

static unsigned make_order(FuzzInput *in)
{
    static const uint8_t orders[] = { 0, 9, 18, 1, 2, 27, 40, 51, 52 };

    return fuzz_pick(in, orders);
}

/* Few addresses, close to each other and to both ends. */
static uint64_t make_iova(FuzzInput *in)
{
    uint8_t b = fuzz_u8(in);
    uint64_t va = (b & 7ull) << 12 | (b >> 3 & 3ull) << 21 |
                  (b >> 5 & 1ull) << 30 | (b >> 6 & 1 ? 0x123 : 0);

    return b & 0x80 ? ~va : va;
}

static SvaTlbTag make_tag(FuzzInput *in)
{
    static const uint32_t pasids[] = { 0, 1, SVA_PASID_MAX, 0x12345 };
    static const uint16_t domains[] = { 0, 1, 0xffff, 0x100 };
    uint8_t b = fuzz_u8(in);

    return (SvaTlbTag) {
        .asid = pasids[b & 3],
        .domain = domains[b >> 2 & 3],
        .kind = b >> 4 & 3,
        .priv = b >> 6 & 1,
    };
}

static bool same_tag(const SvaTlbTag *a, const SvaTlbTag *b)
{
    return a->asid == b->asid && a->domain == b->domain &&
           a->kind == b->kind && !a->priv == !b->priv;
}

/* Remember what the cache may return from now on. */
static void remember(World *w, const SvaTlbEntry *entry)
{
    SvaTlbEntry stored = *entry;

    stored.iova &= ~stored.map.mask;
    stored.map.addr &= ~stored.map.mask;
    for (unsigned i = 0; i < w->list->len; i++) {
        SvaTlbEntry *old = &g_array_index(w->list, SvaTlbEntry, i);

        if (same_tag(&old->tag, &stored.tag) && old->iova == stored.iova &&
            old->map.mask == stored.map.mask) {
            *old = stored;
            return;
        }
    }
    g_array_append_val(w->list, stored);
}

static const SvaTlbEntry *check_lookup(World *w, const SvaTlbTag *tag,
                                       uint64_t iova)
{
    const SvaTlbEntry *got = sva_iotlb_lookup(w->tlb, tag, iova);

    if (!got) {
        return NULL;
    }
    g_assert_true(same_tag(&got->tag, tag));
    g_assert_cmphex(got->iova, ==, iova & ~got->map.mask);
    for (unsigned i = 0; i < w->list->len; i++) {
        const SvaTlbEntry *e = &g_array_index(w->list, SvaTlbEntry, i);

        if (same_tag(&e->tag, tag) && e->iova == got->iova &&
            e->map.mask == got->map.mask) {
            g_assert_cmphex(got->map.addr, ==, e->map.addr);
            g_assert_cmphex(got->map.access, ==, e->map.access);
            g_assert_cmphex(got->map.snoop, ==, e->map.snoop);
            return got;
        }
    }
    fuzz_fail("returned an entry that was never inserted, or was dropped");
}

static void insert(World *w, const SvaTlbEntry *entry)
{
    const SvaTlbEntry *got;
    unsigned before = sva_iotlb_count(w->tlb);

    sva_iotlb_insert(w->tlb, entry);
    if (!(entry->map.access & (SVA_READ | SVA_WRITE | SVA_EXEC)) ||
        entry->map.mask & (entry->map.mask + 1)) {
        g_assert_cmpuint(sva_iotlb_count(w->tlb), ==, before);
        return;
    }
    remember(w, entry);
    got = check_lookup(w, &entry->tag, entry->iova);
    /* It is there, unless a smaller one is in front of it. */
    g_assert_nonnull(got);
    g_assert_cmphex(got->map.mask, <=, entry->map.mask);
}

static void op_insert(World *w, FuzzInput *in)
{
    SvaTlbEntry entry = { .tag = make_tag(in) };

    entry.iova = make_iova(in);
    entry.map.mask = order_mask(make_order(in));
    entry.map.access = fuzz_u8(in);
    entry.map.addr = (uint64_t)fuzz_u8(in) << 32;
    entry.map.snoop = entry.map.access >> 7;
    entry.map.block = entry.map.access >> 6 & 1 ? 21 : 0;
    if (entry.map.access == 0x55) {
        entry.map.mask ^= 0x2000;   /* no size */
    }
    insert(w, &entry);
}

/* Many neighbours, so that sets overflow. */
static void op_fill(World *w, FuzzInput *in)
{
    SvaTlbEntry entry = { .tag = make_tag(in), .map.access = SVA_READ };
    uint64_t iova = make_iova(in);
    unsigned order = make_order(in), n = fuzz_u8(in) & 31;

    entry.map.mask = order_mask(order);
    while (n--) {
        entry.iova = iova;
        entry.map.addr = iova ^ 0x5500000000;
        insert(w, &entry);
        iova += entry.map.mask + 1;
    }
}

static bool in_scope(const SvaTlbScope *scope, const SvaTlbEntry *e)
{
    uint64_t first = scope->by_range ? scope->addr
                                     : scope->addr & ~scope->mask;
    uint64_t last = scope->by_range ? scope->last
                                    : scope->addr | scope->mask;
    uint64_t named = e->map.mask | ((1ull << e->map.block) - 1);

    return (scope->kinds & 1u << e->tag.kind) &&
           (!scope->by_domain || e->tag.domain == scope->domain) &&
           (!scope->by_asid || e->tag.asid == scope->asid) &&
           (e->iova & ~named) <= last && (e->iova | named) >= first;
}

static void op_invalidate(World *w, FuzzInput *in)
{
    SvaTlbTag tag = make_tag(in);
    uint8_t how = fuzz_u8(in);
    SvaTlbScope scope = {
        .kinds = how & 0xf, .by_domain = how & 0x10, .by_asid = how & 0x20,
        .domain = tag.domain, .asid = tag.asid, .addr = make_iova(in),
    };
    unsigned before = sva_iotlb_count(w->tlb), in_list = 0;
    SvaDropped done;

    scope.mask = order_mask(make_order(in));
    scope.by_range = how & 0x40;
    scope.last = scope.addr | scope.mask;
    done = sva_iotlb_invalidate(w->tlb, &scope);
    g_assert_cmpuint(sva_iotlb_count(w->tlb), ==, before - done.count);
    if (scope.by_domain) {
        /* Its entries, or fewer lookups; and owners, who have entries. */
        g_assert_cmpuint(done.looked, <=, 2 * before + 1);
    }
    for (unsigned i = w->list->len; i--;) {
        if (in_scope(&scope, &g_array_index(w->list, SvaTlbEntry, i))) {
            g_array_remove_index_fast(w->list, i);
            in_list++;
        }
    }
    g_assert_cmpuint(done.count, <=, in_list);
}

/* What was not dropped has to answer; the list says what that may be. */
static void check_all(World *w)
{
    unsigned found = 0;

    for (unsigned i = 0; i < w->list->len; i++) {
        SvaTlbEntry e = g_array_index(w->list, SvaTlbEntry, i);

        found += check_lookup(w, &e.tag, e.iova) != NULL;
        check_lookup(w, &e.tag, e.iova | e.map.mask);
    }
    g_assert_cmpuint(sva_iotlb_count(w->tlb), <=, w->list->len);
    g_assert_true(found > 0 || sva_iotlb_count(w->tlb) == 0);
}

static void step(World *w, FuzzInput *in)
{
    SvaTlbTag tag;

    switch (fuzz_u8(in) & FUZZ_OP_MASK) {
    case OP_SIZE:
        sva_iotlb_free(w->tlb);
        w->tlb = sva_iotlb_new(1u << (fuzz_u8(in) % 12));
        g_array_set_size(w->list, 0);
        break;
    case OP_INSERT:
        op_insert(w, in);
        break;
    case OP_LOOKUP:
        tag = make_tag(in);
        check_lookup(w, &tag, make_iova(in));
        break;
    case OP_INVALIDATE:
        op_invalidate(w, in);
        break;
    case OP_RESET:
        sva_iotlb_reset(w->tlb);
        g_array_set_size(w->list, 0);
        break;
    case OP_FILL:
        op_fill(w, in);
        break;
    default:
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FuzzInput in = { data, size };
    World w = {
        .tlb = sva_iotlb_new(16),
        .list = g_array_new(FALSE, FALSE, sizeof(SvaTlbEntry)),
    };

    for (unsigned i = 0; in.left && i < FUZZ_MAX_OPS; i++) {
        step(&w, &in);
    }
    check_all(&w);
    sva_iotlb_free(w.tlb);
    g_array_free(w.list, TRUE);
    return 0;
}

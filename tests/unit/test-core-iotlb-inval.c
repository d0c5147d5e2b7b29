/*
 * Tests of the IOTLB: what an invalidation drops
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "iotlb-fixture.h"

static void test_one_byte_of_overlap_drops_a_large_page(void)
{
    static const uint64_t masks[] = { SIZE_2M, SIZE_1G };
    size_t i;

    for (i = 0; i < ARRAY_SIZE(masks); i++) {
        SvaIotlb *tlb = sva_iotlb_new(64);
        SvaTlbScope inside = pages(1, 0x40000000 + masks[i] - 0xfff, SIZE_4K);
        SvaTlbScope after = pages(1, 0x40000001 + masks[i], SIZE_4K);

        put(tlb, tag1, 0x40000000, masks[i]);
        g_assert_cmpuint(sva_iotlb_invalidate(tlb, &after).count, ==, 0);
        g_assert_true(has(tlb, tag1, 0x40000000));
        g_assert_cmpuint(sva_iotlb_invalidate(tlb, &inside).count, ==, 1);
        g_assert_false(has(tlb, tag1, 0x40000000));
        sva_iotlb_free(tlb);
    }
}

static void test_range_drops_what_lies_inside(void)
{
    SvaIotlb *tlb = sva_iotlb_new(64);
    SvaTlbScope scope = pages(1, 0x200000, SIZE_2M);

    put(tlb, tag1, 0x1ff000, SIZE_4K);
    put(tlb, tag1, 0x200000, SIZE_4K);
    put(tlb, tag1, 0x3ff000, SIZE_4K);
    put(tlb, tag1, 0x400000, SIZE_4K);
    g_assert_cmpuint(sva_iotlb_invalidate(tlb, &scope).count, ==, 2);
    g_assert_true(has(tlb, tag1, 0x1ff000));
    g_assert_false(has(tlb, tag1, 0x200000));
    g_assert_false(has(tlb, tag1, 0x3ff000));
    g_assert_true(has(tlb, tag1, 0x400000));
    sva_iotlb_free(tlb);
}

/* Any first and last byte, with and without a PASID. */
static void test_range_that_is_no_power_of_two(void)
{
    unsigned by_asid;

    for (by_asid = 0; by_asid < 2; by_asid++) {
        SvaIotlb *tlb = sva_iotlb_new(64);
        SvaTlbScope scope = pages(1, 0x1fffff, SIZE_4K);

        scope.by_asid = by_asid;
        scope.by_range = true;
        scope.last = 0x203000;
        put(tlb, tag1, 0x1fe000, SIZE_4K);
        put(tlb, tag1, 0x1ff000, SIZE_4K);
        put(tlb, tag1, 0x201000, SIZE_4K);
        put(tlb, tag1, 0x203000, SIZE_4K);
        put(tlb, tag1, 0x204000, SIZE_4K);
        put(tlb, tag1, 0x200000, SIZE_2M);
        g_assert_cmpuint(sva_iotlb_invalidate(tlb, &scope).count, ==, 4);
        g_assert_true(has(tlb, tag1, 0x1fe000));
        g_assert_true(has(tlb, tag1, 0x204000));
        sva_iotlb_free(tlb);
    }
}

static void test_low_bits_of_the_address_are_ignored(void)
{
    SvaIotlb *tlb = sva_iotlb_new(64);
    SvaTlbScope scope = pages(1, 0x2ab000, SIZE_2M);

    put(tlb, tag1, 0x200000, SIZE_4K);
    g_assert_cmpuint(sva_iotlb_invalidate(tlb, &scope).count, ==, 1);
    sva_iotlb_free(tlb);
}

/* AM 52 is 2^64 bytes; 51 is half of it. */
static void test_address_mask_of_any_size(void)
{
    unsigned am;

    for (am = 0; am <= 52; am++) {
        SvaIotlb *tlb = sva_iotlb_new(64);
        uint64_t mask = am == 52 ? UINT64_MAX : (1ull << (am + 12)) - 1;
        SvaTlbScope scope = pages(1, 0x7f0000401000, mask);
        bool other = mask >= 0x8000000000000000;

        put(tlb, tag1, 0x7f0000401000, SIZE_4K);
        put(tlb, tag1, 0xffffffffffe00000, SIZE_2M);
        g_assert_cmpuint(sva_iotlb_invalidate(tlb, &scope).count, ==,
                         1 + other);
        g_assert_false(has(tlb, tag1, 0x7f0000401000));
        g_assert_cmpint(has(tlb, tag1, 0xffffffffffe00000), ==, !other);
        sva_iotlb_free(tlb);
    }
}

static void test_both_privileges_are_dropped(void)
{
    SvaIotlb *tlb = sva_iotlb_new(64);
    SvaTlbScope scope = pages(1, 0x1000, SIZE_4K);
    SvaTlbTag priv = tag1;

    priv.priv = 1;
    put(tlb, tag1, 0x1000, SIZE_4K);
    put(tlb, priv, 0x1000, SIZE_4K);
    g_assert_cmpuint(sva_iotlb_invalidate(tlb, &scope).count, ==, 2);
    /* Anything but 0 is privileged. */
    priv.priv = SVA_PRIV;
    put(tlb, priv, 0x1000, SIZE_4K);
    priv.priv = 1;
    g_assert_true(has(tlb, priv, 0x1000));
    g_assert_cmpuint(sva_iotlb_invalidate(tlb, &scope).count, ==, 1);
    g_assert_cmpuint(sva_iotlb_count(tlb), ==, 0);
    sva_iotlb_free(tlb);
}

/* The rows of VT-d's table: what each descriptor drops, one entry a kind. */
static void test_kinds_limit_the_scope(void)
{
    static const struct {
        SvaTlbScope scope;
        bool left[SVA_TLB_KINDS];   /* first, second, pass, nested */
    } rows[] = {
        /* IOTLB global */
        { { .kinds = 0xf, .mask = UINT64_MAX }, { 0, 0, 0, 0 } },
        { { .kinds = 0xd, .mask = UINT64_MAX }, { 0, 1, 0, 0 } },
        /* IOTLB domain */
        { { .kinds = 0xf, .by_domain = true, .domain = 7,
            .mask = UINT64_MAX }, { 0, 0, 0, 0 } },
        { { .kinds = 0xf, .by_domain = true, .domain = 8,
            .mask = UINT64_MAX }, { 1, 1, 1, 1 } },
        /* IOTLB page, its second-stage half; any PASID */
        { { .kinds = 0x6, .by_domain = true, .domain = 7, .addr = 0x1000,
            .mask = 0xfff }, { 1, 0, 0, 1 } },
        { { .kinds = 0x6, .by_domain = true, .domain = 7, .addr = 0x2000,
            .mask = 0xfff }, { 1, 1, 1, 1 } },
        /* PASID-based IOTLB, page and all in PASID */
        { { .kinds = 0x9, .by_domain = true, .by_asid = true, .domain = 7,
            .asid = 1, .addr = 0x1000, .mask = 0xfff }, { 0, 1, 1, 0 } },
        { { .kinds = 0xf, .by_domain = true, .by_asid = true, .domain = 7,
            .asid = 1, .mask = UINT64_MAX }, { 0, 0, 0, 0 } },
        { { .kinds = 0xf, .by_domain = true, .by_asid = true, .domain = 7,
            .asid = 2, .mask = UINT64_MAX }, { 1, 1, 1, 1 } },
        /* by PASID alone */
        { { .kinds = 0xf, .by_asid = true, .asid = 1,
            .mask = UINT64_MAX }, { 0, 0, 0, 0 } },
        { { .kinds = 0xf, .by_asid = true, .asid = 3,
            .mask = UINT64_MAX }, { 1, 1, 1, 1 } },
        { { .kinds = 0, .mask = UINT64_MAX }, { 1, 1, 1, 1 } },
    };
    size_t i;
    unsigned kind;

    for (i = 0; i < ARRAY_SIZE(rows); i++) {
        SvaIotlb *tlb = sva_iotlb_new(64);
        SvaTlbTag tag = tag1;

        for (kind = 0; kind < SVA_TLB_KINDS; kind++) {
            tag.kind = kind;
            put(tlb, tag, 0x1000, SIZE_4K);
        }
        sva_iotlb_invalidate(tlb, &rows[i].scope);
        for (kind = 0; kind < SVA_TLB_KINDS; kind++) {
            tag.kind = kind;
            g_test_message("row %zu kind %u", i, kind);
            g_assert_cmpint(has(tlb, tag, 0x1000), ==, rows[i].left[kind]);
        }
        sva_iotlb_free(tlb);
    }
}

/* -- random operations against a plain list -- */

static bool plain_overlaps(const SvaTlbEntry *e, const SvaTlbScope *s)
{
    uint64_t first = s->by_range ? s->addr : s->addr & ~s->mask;
    uint64_t last = s->by_range ? s->last : s->addr | s->mask;

    return (s->kinds >> e->tag.kind & 1) &&
           (!s->by_domain || s->domain == e->tag.domain) &&
           (!s->by_asid || s->asid == e->tag.asid) &&
           e->iova <= last && (e->iova | e->map.mask) >= first;
}

/* Dense at the bottom, so that small ranges meet entries. */
static uint64_t random_page(GRand *rand)
{
    return (uint64_t)g_rand_int_range(rand, 0,
                                      g_rand_boolean(rand) ? 64 : 1 << 19)
           << 12;
}

static SvaTlbEntry random_entry(GRand *rand)
{
    static const uint64_t masks[] = { SIZE_4K, SIZE_2M, SIZE_1G };
    uint64_t mask = masks[g_rand_int_range(rand, 0, 3)];
    uint64_t iova = random_page(rand);

    return (SvaTlbEntry) {
        .tag = {
            .asid = (uint32_t)g_rand_int_range(rand, 0, 4),
            .domain = (uint16_t)g_rand_int_range(rand, 0, 2),
            .kind = (uint8_t)g_rand_int_range(rand, 0, SVA_TLB_KINDS),
            .priv = (uint8_t)g_rand_int_range(rand, 0, 2),
        },
        .iova = iova & ~mask, .map.mask = mask, .map.addr = iova & ~mask,
        .map.access = R,
    };
}

static SvaTlbScope random_scope(GRand *rand)
{
    unsigned am = (unsigned)g_rand_int_range(rand, 0,
                                             g_rand_boolean(rand) ? 7 : 53);

    SvaTlbScope scope = {
        .kinds = (unsigned)g_rand_int_range(rand, 0, 16),
        .by_domain = g_rand_int_range(rand, 0, 4),
        .by_asid = g_rand_int_range(rand, 0, 4),
        .domain = (uint16_t)g_rand_int_range(rand, 0, 2),
        .asid = (uint32_t)g_rand_int_range(rand, 0, 4),
        .addr = random_page(rand),
        .mask = am == 52 ? UINT64_MAX : (1ull << (am + 12)) - 1,
        .by_range = g_rand_boolean(rand),
    };

    scope.last = scope.addr + (random_page(rand) | ~SVA_PAGE_MASK);
    return scope;
}

static void check_invalidate(SvaIotlb *tlb, GArray *plain, GRand *rand)
{
    SvaTlbScope scope = random_scope(rand);
    unsigned before = sva_iotlb_count(tlb);
    unsigned dropped = sva_iotlb_invalidate(tlb, &scope).count;
    unsigned i;

    g_assert_cmpuint(sva_iotlb_count(tlb), ==, before - dropped);
    for (i = plain->len; i-- > 0;) {
        if (plain_overlaps(&g_array_index(plain, SvaTlbEntry, i), &scope)) {
            g_array_remove_index_fast(plain, i);
        }
    }
}

/*
 * Whatever the cache still holds the list holds too: nothing survives an
 * invalidation.  The reverse is not true, since the cache is small.
 */
static void check_subset(const SvaIotlb *tlb, const GArray *plain)
{
    GHashTable *seen = g_hash_table_new(NULL, NULL);
    unsigned i;

    for (i = 0; i < plain->len; i++) {
        const SvaTlbEntry *e = &g_array_index(plain, SvaTlbEntry, i);
        const SvaTlbEntry *hit = sva_iotlb_lookup(tlb, &e->tag, e->iova);

        if (hit) {
            g_assert_cmphex(hit->iova, ==, e->iova & ~hit->map.mask);
            g_hash_table_add(seen, (gpointer)hit);
        }
    }
    g_assert_cmpuint(g_hash_table_size(seen), <=, sva_iotlb_count(tlb));
    g_hash_table_destroy(seen);
}

static void check_against_a_plain_list(unsigned entries)
{
    GRand *rand = g_rand_new_with_seed(7);
    SvaIotlb *tlb = sva_iotlb_new(entries);
    GArray *plain = g_array_new(false, false, sizeof(SvaTlbEntry));
    unsigned round, i;

    for (round = 0; round < 300; round++) {
        for (i = 0; i < 30; i++) {
            SvaTlbEntry e = random_entry(rand);

            sva_iotlb_insert(tlb, &e);
            g_array_append_val(plain, e);
        }
        check_invalidate(tlb, plain, rand);
        check_subset(tlb, plain);
        for (i = 0; i < 200; i++) {
            SvaTlbEntry e = random_entry(rand);
            const SvaTlbEntry *hit = sva_iotlb_lookup(tlb, &e.tag, e.iova);
            bool found = false;
            unsigned n;

            for (n = 0; hit && n < plain->len && !found; n++) {
                const SvaTlbEntry *p = &g_array_index(plain, SvaTlbEntry, n);

                found = !memcmp(&p->tag, &hit->tag, sizeof(p->tag)) &&
                        p->iova == hit->iova && p->map.mask == hit->map.mask;
            }
            g_assert_true(!hit || found);
        }
    }
    g_array_free(plain, true);
    g_rand_free(rand);
    sva_iotlb_free(tlb);
}

static void test_small_cache_agrees_with_a_plain_list(void)
{
    check_against_a_plain_list(64);
}

/* Large enough for invalidation by lookups. */
static void test_large_cache_agrees_with_a_plain_list(void)
{
    check_against_a_plain_list(8192);
}

static void test_small_range_in_a_large_cache(void)
{
    SvaIotlb *tlb = sva_iotlb_new(8192);
    SvaTlbScope scope = pages(1, 0x10000, 0xffff);
    SvaTlbTag other = tag1;
    unsigned i;

    other.asid = 2;
    for (i = 0; i < 64; i++) {
        put(tlb, tag1, (uint64_t)i << 12, SIZE_4K);
        put(tlb, other, (uint64_t)i << 12, SIZE_4K);
    }
    g_assert_cmpuint(sva_iotlb_invalidate(tlb, &scope).count, ==, 16);
    put(tlb, tag1, 0, SIZE_2M);
    put(tlb, tag1, 0x200000, SIZE_2M);
    put(tlb, tag1, 0x1f000, SIZE_4K);
    g_assert_cmpuint(sva_iotlb_invalidate(tlb, &scope).count, ==, 2);
    for (i = 0; i < 64; i++) {
        g_assert_cmpint(has(tlb, tag1, (uint64_t)i << 12), ==,
                        i < 16 || i >= 32);
        g_assert_true(has(tlb, other, (uint64_t)i << 12));
    }
    g_assert_true(has(tlb, tag1, 0x200000));
    sva_iotlb_free(tlb);
}

/* An entry that took the place of another of its PASID is found as well. */
static void test_a_privileged_entry_in_a_full_cache_is_dropped(void)
{
    SvaIotlb *tlb = sva_iotlb_new(16);
    SvaTlbScope scope = pages(1, 0x100000, SIZE_4K);
    SvaTlbTag priv = tag1;
    unsigned i;

    priv.priv = 1;
    for (i = 0; i < 64; i++) {
        put(tlb, tag1, (uint64_t)i << 12, SIZE_4K);
    }
    g_assert_cmpuint(sva_iotlb_count(tlb), ==, 16);
    put(tlb, priv, 0x100000, SIZE_4K);
    g_assert_cmpuint(sva_iotlb_count(tlb), ==, 16);
    g_assert_cmpuint(sva_iotlb_invalidate(tlb, &scope).count, ==, 1);
    g_assert_false(has(tlb, priv, 0x100000));
    sva_iotlb_free(tlb);
}

static void fill(SvaIotlb *tlb, uint32_t asid, unsigned pages)
{
    SvaTlbTag tag = tag1;
    unsigned i;

    tag.asid = asid;
    for (i = 0; i < pages; i++) {
        put(tlb, tag, (uint64_t)i << 12, SIZE_4K);
    }
}

static void empty(SvaIotlb *tlb)
{
    SvaTlbScope all = { .kinds = SVA_TLB_ALL_KINDS, .mask = UINT64_MAX };

    g_assert_cmpuint(sva_iotlb_count(tlb), ==,
                     sva_iotlb_invalidate(tlb, &all).count);
    g_assert_cmpuint(sva_iotlb_count(tlb), ==, 0);
    g_assert_false(has(tlb, tag1, 0));
}

/*
 * It keeps the size that it has grown to, and gives it back by halves: nothing
 * of before shows in either.
 */
static void test_what_was_emptied_is_as_new(void)
{
    static const unsigned use[] = { 8000, 4000, 300, 20, 1, 20, 8000 };
    SvaIotlb *tlb = sva_iotlb_new(16384);
    unsigned i, held;

    for (i = 0; i < ARRAY_SIZE(use); i++) {
        SvaTlbScope two = pages(2, 0, UINT64_MAX);
        SvaTlbScope one = pages(1, 0, UINT64_MAX);

        fill(tlb, 2, use[i]);
        g_assert_cmpuint(sva_iotlb_count(tlb), >=, use[i] - use[i] / 8);
        empty(tlb);
        g_assert_cmpuint(sva_iotlb_invalidate(tlb, &two).looked, ==, 1);
        fill(tlb, 1, use[i]);
        held = sva_iotlb_count(tlb);
        fill(tlb, 2, 1);
        g_assert_true(has(tlb, tag1, 0));
        g_assert_cmpuint(sva_iotlb_invalidate(tlb, &two).count, ==, 1);
        g_assert_cmpuint(sva_iotlb_invalidate(tlb, &one).count, >=, held - 1);
        g_assert_cmpuint(sva_iotlb_count(tlb), ==, 0);
        empty(tlb);
    }
    sva_iotlb_free(tlb);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *path;
        GTestFunc fn;
    } tests[] = {
        { "one-byte-of-overlap-drops-a-large-page",
          test_one_byte_of_overlap_drops_a_large_page },
        { "range-drops-what-lies-inside", test_range_drops_what_lies_inside },
        { "range-that-is-no-power-of-two",
          test_range_that_is_no_power_of_two },
        { "low-bits-of-the-address-are-ignored",
          test_low_bits_of_the_address_are_ignored },
        { "address-mask-of-any-size", test_address_mask_of_any_size },
        { "both-privileges-are-dropped", test_both_privileges_are_dropped },
        { "kinds-limit-the-scope", test_kinds_limit_the_scope },
        { "small-cache-agrees-with-a-plain-list",
          test_small_cache_agrees_with_a_plain_list },
        { "large-cache-agrees-with-a-plain-list",
          test_large_cache_agrees_with_a_plain_list },
        { "small-range-in-a-large-cache", test_small_range_in_a_large_cache },
        { "a-privileged-entry-in-a-full-cache-is-dropped",
          test_a_privileged_entry_in_a_full_cache_is_dropped },
        { "what-was-emptied-is-as-new", test_what_was_emptied_is_as_new },
    };
    size_t i;

    g_test_init(&argc, &argv, NULL);
    for (i = 0; i < ARRAY_SIZE(tests); i++) {
        g_autofree char *path = g_strdup_printf("/iotlb/%s", tests[i].path);

        g_test_add_func(path, tests[i].fn);
    }
    return g_test_run();
}

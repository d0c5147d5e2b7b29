/*
 * Tests of the IOTLB: tags, sizes, scopes
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/sva/core/iotlb.h"

#define R SVA_READ
#define W SVA_WRITE

#define SIZE_4K 0xfffull
#define SIZE_2M 0x1fffffull
#define SIZE_1G 0x3fffffffull

static const SvaTlbTag tag1 = { .pasid = 1, .domain = 7,
                                .kind = SVA_TLB_FIRST };

static SvaTlbEntry entry(SvaTlbTag tag, uint64_t iova, uint64_t mask,
                         uint64_t addr)
{
    return (SvaTlbEntry) {
        .tag = tag, .iova = iova, .mask = mask, .addr = addr,
        .access = R | W,
    };
}

static void put(SvaIotlb *tlb, SvaTlbTag tag, uint64_t iova, uint64_t mask)
{
    SvaTlbEntry e = entry(tag, iova, mask, iova);

    sva_iotlb_insert(tlb, &e);
}

static bool has(const SvaIotlb *tlb, SvaTlbTag tag, uint64_t iova)
{
    return sva_iotlb_lookup(tlb, &tag, iova) != NULL;
}

/* Page-in-PASID scope of domain 7. */
static SvaTlbScope pages(uint32_t pasid, uint64_t addr, uint64_t mask)
{
    return (SvaTlbScope) {
        .kinds = SVA_TLB_KIND_BIT(SVA_TLB_FIRST) |
                 SVA_TLB_KIND_BIT(SVA_TLB_NESTED),
        .by_domain = true, .by_pasid = true,
        .domain = 7, .pasid = pasid, .addr = addr, .mask = mask,
    };
}

static void test_hit_returns_the_whole_entry(void)
{
    SvaIotlb *tlb = sva_iotlb_new(64);
    SvaTlbEntry e = entry(tag1, 0x7f0000401abc, SIZE_4K, 0x70005abc);
    const SvaTlbEntry *hit;

    e.access = R;
    e.flags = SVA_TLB_SNOOP;
    g_assert_null(sva_iotlb_lookup(tlb, &tag1, 0x7f0000401000));
    sva_iotlb_insert(tlb, &e);
    hit = sva_iotlb_lookup(tlb, &tag1, 0x7f0000401fff);
    g_assert_nonnull(hit);
    g_assert_cmphex(hit->iova, ==, 0x7f0000401000);
    g_assert_cmphex(hit->mask, ==, 0xfff);
    g_assert_cmphex(hit->addr, ==, 0x70005000);
    g_assert_cmphex(hit->access, ==, R);
    g_assert_cmphex(hit->flags, ==, SVA_TLB_SNOOP);
    g_assert_cmpuint(hit->tag.pasid, ==, 1);
    g_assert_cmpuint(hit->tag.domain, ==, 7);
    g_assert_cmphex(sva_tlb_entry_addr(hit, 0x7f0000401fff), ==, 0x70005fff);
    g_assert_null(sva_iotlb_lookup(tlb, &tag1, 0x7f0000402000));
    g_assert_null(sva_iotlb_lookup(tlb, &tag1, 0x7f0000400fff));
    sva_iotlb_free(tlb);
}

static void test_every_part_of_the_tag_separates(void)
{
    static const SvaTlbTag others[] = {
        { .pasid = 2, .domain = 7, .kind = SVA_TLB_FIRST },
        { .pasid = 0xfffff, .domain = 7, .kind = SVA_TLB_FIRST },
        { .pasid = 1, .domain = 8, .kind = SVA_TLB_FIRST },
        { .pasid = 1, .domain = 0xffff, .kind = SVA_TLB_FIRST },
        { .pasid = 1, .domain = 7, .kind = SVA_TLB_SECOND },
        { .pasid = 1, .domain = 7, .kind = SVA_TLB_PASS },
        { .pasid = 1, .domain = 7, .kind = SVA_TLB_NESTED },
        { .pasid = 1, .domain = 7, .kind = SVA_TLB_FIRST, .priv = 1 },
    };
    SvaIotlb *tlb = sva_iotlb_new(64);
    size_t i, j;

    put(tlb, tag1, 0x1000, SIZE_4K);
    for (i = 0; i < ARRAY_SIZE(others); i++) {
        for (j = i; j < ARRAY_SIZE(others); j++) {
            g_assert_false(has(tlb, others[j], 0x1000));
        }
        put(tlb, others[i], 0x1000, SIZE_4K);
        g_assert_true(has(tlb, others[i], 0x1000));
    }
    g_assert_cmpuint(sva_iotlb_count(tlb), ==, 9);
    sva_iotlb_free(tlb);
}

static void test_two_pasids_of_a_domain_are_separate(void)
{
    SvaIotlb *tlb = sva_iotlb_new(64);
    SvaTlbTag tag2 = tag1;
    SvaTlbScope scope = pages(1, 0, UINT64_MAX);

    tag2.pasid = 2;
    put(tlb, tag1, 0x1000, SIZE_4K);
    put(tlb, tag2, 0x1000, SIZE_4K);
    g_assert_cmpuint(sva_iotlb_invalidate(tlb, &scope), ==, 1);
    g_assert_false(has(tlb, tag1, 0x1000));
    g_assert_true(has(tlb, tag2, 0x1000));
    sva_iotlb_free(tlb);
}

static void test_sizes_live_side_by_side(void)
{
    SvaIotlb *tlb = sva_iotlb_new(64);
    const SvaTlbEntry *hit;

    put(tlb, tag1, 0x40000000, SIZE_1G);
    put(tlb, tag1, 0x40200000, SIZE_2M);
    put(tlb, tag1, 0x40201000, SIZE_4K);
    hit = sva_iotlb_lookup(tlb, &tag1, 0x40201234);
    g_assert_cmphex(hit->mask, ==, SIZE_4K);
    hit = sva_iotlb_lookup(tlb, &tag1, 0x40202234);
    g_assert_cmphex(hit->mask, ==, SIZE_2M);
    hit = sva_iotlb_lookup(tlb, &tag1, 0x7fffffff);
    g_assert_cmphex(hit->mask, ==, SIZE_1G);
    g_assert_null(sva_iotlb_lookup(tlb, &tag1, 0x80000000));
    sva_iotlb_free(tlb);
}

static void test_one_entry_may_cover_everything(void)
{
    SvaIotlb *tlb = sva_iotlb_new(64);
    SvaTlbScope scope = pages(1, 0x123456789000, SIZE_4K);
    const SvaTlbEntry *hit;

    put(tlb, tag1, 0, UINT64_MAX);
    hit = sva_iotlb_lookup(tlb, &tag1, 0xfedcba9876543210);
    g_assert_nonnull(hit);
    g_assert_cmphex(sva_tlb_entry_addr(hit, 0xfedcba9876543210), ==,
                    0xfedcba9876543210);
    g_assert_cmpuint(sva_iotlb_invalidate(tlb, &scope), ==, 1);
    g_assert_false(has(tlb, tag1, 0));
    sva_iotlb_free(tlb);
}

static void test_no_rights_are_never_cached(void)
{
    SvaIotlb *tlb = sva_iotlb_new(64);
    SvaTlbEntry e = entry(tag1, 0x1000, SIZE_4K, 0x1000);

    e.access = SVA_NONE;
    sva_iotlb_insert(tlb, &e);
    e.access = SVA_PRIV;
    sva_iotlb_insert(tlb, &e);
    g_assert_cmpuint(sva_iotlb_count(tlb), ==, 0);
    g_assert_false(has(tlb, tag1, 0x1000));
    sva_iotlb_free(tlb);
}

static void test_what_is_no_translation_is_refused(void)
{
    SvaIotlb *tlb = sva_iotlb_new(64);
    SvaTlbTag bad = tag1;

    put(tlb, tag1, 0, 0x7ff);
    put(tlb, tag1, 0, 0);
    put(tlb, tag1, 0, 0x2fff);
    bad.kind = SVA_TLB_KINDS;
    put(tlb, bad, 0, SIZE_4K);
    g_assert_cmpuint(sva_iotlb_count(tlb), ==, 0);
    sva_iotlb_free(tlb);
}

static void test_new_rights_replace_the_entry(void)
{
    SvaIotlb *tlb = sva_iotlb_new(64);
    SvaTlbEntry e = entry(tag1, 0x1000, SIZE_4K, 0x5000);

    e.access = R;
    sva_iotlb_insert(tlb, &e);
    e.access = R | W;
    e.addr = 0x6000;
    sva_iotlb_insert(tlb, &e);
    g_assert_cmpuint(sva_iotlb_count(tlb), ==, 1);
    g_assert_cmphex(sva_iotlb_lookup(tlb, &tag1, 0x1000)->access, ==, R | W);
    g_assert_cmphex(sva_iotlb_lookup(tlb, &tag1, 0x1000)->addr, ==, 0x6000);
    sva_iotlb_free(tlb);
}

static void test_number_of_entries_is_bounded(void)
{
    SvaIotlb *tlb = sva_iotlb_new(256);
    SvaTlbScope all = { .kinds = SVA_TLB_ALL_KINDS, .mask = UINT64_MAX };
    unsigned i, n, hits = 0;

    for (i = 0; i < 100000; i++) {
        put(tlb, tag1, (uint64_t)i << 12, SIZE_4K);
        g_assert_true(has(tlb, tag1, (uint64_t)i << 12));
    }
    n = sva_iotlb_count(tlb);
    g_assert_cmpuint(n, <=, 256);
    /* It is used well, too. */
    g_assert_cmpuint(n, >, 240);
    for (i = 0; i < 100000; i++) {
        hits += has(tlb, tag1, (uint64_t)i << 12);
    }
    g_assert_cmpuint(hits, ==, n);
    g_assert_cmpuint(sva_iotlb_invalidate(tlb, &all), ==, n);
    g_assert_cmpuint(sva_iotlb_count(tlb), ==, 0);
    sva_iotlb_free(tlb);
}

static void test_working_set_of_half_the_size_stays(void)
{
    SvaIotlb *tlb = sva_iotlb_new(1024);
    unsigned i, hits = 0;

    for (i = 0; i < 512; i++) {
        SvaTlbTag tag = { .pasid = i % 16, .domain = 1 };

        put(tlb, tag, 0x7f0000000000 + ((uint64_t)i << 12), SIZE_4K);
    }
    for (i = 0; i < 512; i++) {
        SvaTlbTag tag = { .pasid = i % 16, .domain = 1 };

        hits += has(tlb, tag, 0x7f0000000000 + ((uint64_t)i << 12));
    }
    g_assert_cmpuint(hits, >, 480);
    sva_iotlb_free(tlb);
}

static void test_reset_drops_everything(void)
{
    SvaIotlb *tlb = sva_iotlb_new(64);

    put(tlb, tag1, 0x1000, SIZE_4K);
    put(tlb, tag1, 0x40000000, SIZE_1G);
    sva_iotlb_reset(tlb);
    g_assert_cmpuint(sva_iotlb_count(tlb), ==, 0);
    g_assert_false(has(tlb, tag1, 0x1000));
    g_assert_false(has(tlb, tag1, 0x40000000));
    put(tlb, tag1, 0x1000, SIZE_4K);
    g_assert_true(has(tlb, tag1, 0x1000));
    sva_iotlb_free(tlb);
    sva_iotlb_free(NULL);
}

/* -- invalidation -- */

static void test_one_byte_of_overlap_drops_a_large_page(void)
{
    static const uint64_t masks[] = { SIZE_2M, SIZE_1G };
    size_t i;

    for (i = 0; i < ARRAY_SIZE(masks); i++) {
        SvaIotlb *tlb = sva_iotlb_new(64);
        SvaTlbScope inside = pages(1, 0x40000000 + masks[i] - 0xfff, SIZE_4K);
        SvaTlbScope after = pages(1, 0x40000001 + masks[i], SIZE_4K);

        put(tlb, tag1, 0x40000000, masks[i]);
        g_assert_cmpuint(sva_iotlb_invalidate(tlb, &after), ==, 0);
        g_assert_true(has(tlb, tag1, 0x40000000));
        g_assert_cmpuint(sva_iotlb_invalidate(tlb, &inside), ==, 1);
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
    g_assert_cmpuint(sva_iotlb_invalidate(tlb, &scope), ==, 2);
    g_assert_true(has(tlb, tag1, 0x1ff000));
    g_assert_false(has(tlb, tag1, 0x200000));
    g_assert_false(has(tlb, tag1, 0x3ff000));
    g_assert_true(has(tlb, tag1, 0x400000));
    sva_iotlb_free(tlb);
}

static void test_low_bits_of_the_address_are_ignored(void)
{
    SvaIotlb *tlb = sva_iotlb_new(64);
    SvaTlbScope scope = pages(1, 0x2ab000, SIZE_2M);

    put(tlb, tag1, 0x200000, SIZE_4K);
    g_assert_cmpuint(sva_iotlb_invalidate(tlb, &scope), ==, 1);
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
        g_assert_cmpuint(sva_iotlb_invalidate(tlb, &scope), ==, 1 + other);
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
    g_assert_cmpuint(sva_iotlb_invalidate(tlb, &scope), ==, 2);
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
        { { .kinds = 0x9, .by_domain = true, .by_pasid = true, .domain = 7,
            .pasid = 1, .addr = 0x1000, .mask = 0xfff }, { 0, 1, 1, 0 } },
        { { .kinds = 0xf, .by_domain = true, .by_pasid = true, .domain = 7,
            .pasid = 1, .mask = UINT64_MAX }, { 0, 0, 0, 0 } },
        { { .kinds = 0xf, .by_domain = true, .by_pasid = true, .domain = 7,
            .pasid = 2, .mask = UINT64_MAX }, { 1, 1, 1, 1 } },
        /* by PASID alone */
        { { .kinds = 0xf, .by_pasid = true, .pasid = 1,
            .mask = UINT64_MAX }, { 0, 0, 0, 0 } },
        { { .kinds = 0xf, .by_pasid = true, .pasid = 3,
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
    uint64_t first = s->addr & ~s->mask, last = s->addr | s->mask;

    return (s->kinds >> e->tag.kind & 1) &&
           (!s->by_domain || s->domain == e->tag.domain) &&
           (!s->by_pasid || s->pasid == e->tag.pasid) &&
           e->iova <= last && (e->iova | e->mask) >= first;
}

static SvaTlbEntry random_entry(GRand *rand)
{
    static const uint64_t masks[] = { SIZE_4K, SIZE_2M, SIZE_1G };
    uint64_t mask = masks[g_rand_int_range(rand, 0, 3)];
    uint64_t iova = (uint64_t)g_rand_int_range(rand, 0, 1 << 19) << 12;

    return (SvaTlbEntry) {
        .tag = {
            .pasid = (uint32_t)g_rand_int_range(rand, 0, 4),
            .domain = (uint16_t)g_rand_int_range(rand, 0, 2),
            .kind = (uint8_t)g_rand_int_range(rand, 0, SVA_TLB_KINDS),
            .priv = (uint8_t)g_rand_int_range(rand, 0, 2),
        },
        .iova = iova & ~mask, .mask = mask, .addr = iova & ~mask,
        .access = R,
    };
}

static SvaTlbScope random_scope(GRand *rand)
{
    unsigned am = (unsigned)g_rand_int_range(rand, 0, 53);

    return (SvaTlbScope) {
        .kinds = (unsigned)g_rand_int_range(rand, 0, 16),
        .by_domain = g_rand_int_range(rand, 0, 4),
        .by_pasid = g_rand_int_range(rand, 0, 4),
        .domain = (uint16_t)g_rand_int_range(rand, 0, 2),
        .pasid = (uint32_t)g_rand_int_range(rand, 0, 4),
        .addr = (uint64_t)g_rand_int_range(rand, 0, 1 << 19) << 12,
        .mask = am == 52 ? UINT64_MAX : (1ull << (am + 12)) - 1,
    };
}

static void check_invalidate(SvaIotlb *tlb, GArray *plain, GRand *rand)
{
    SvaTlbScope scope = random_scope(rand);
    unsigned before = sva_iotlb_count(tlb);
    unsigned dropped = sva_iotlb_invalidate(tlb, &scope);
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
            g_assert_cmphex(hit->iova, ==, e->iova & ~hit->mask);
            g_hash_table_add(seen, (gpointer)hit);
        }
    }
    g_assert_cmpuint(g_hash_table_size(seen), <=, sva_iotlb_count(tlb));
    g_hash_table_destroy(seen);
}

static void test_agrees_with_a_plain_list(void)
{
    GRand *rand = g_rand_new_with_seed(7);
    SvaIotlb *tlb = sva_iotlb_new(512);
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
                        p->iova == hit->iova && p->mask == hit->mask;
            }
            g_assert_true(!hit || found);
        }
    }
    g_array_free(plain, true);
    g_rand_free(rand);
    sva_iotlb_free(tlb);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *path;
        GTestFunc fn;
    } tests[] = {
        { "hit-returns-the-whole-entry", test_hit_returns_the_whole_entry },
        { "every-part-of-the-tag-separates",
          test_every_part_of_the_tag_separates },
        { "two-pasids-of-a-domain-are-separate",
          test_two_pasids_of_a_domain_are_separate },
        { "sizes-live-side-by-side", test_sizes_live_side_by_side },
        { "one-entry-may-cover-everything",
          test_one_entry_may_cover_everything },
        { "no-rights-are-never-cached", test_no_rights_are_never_cached },
        { "what-is-no-translation-is-refused",
          test_what_is_no_translation_is_refused },
        { "new-rights-replace-the-entry", test_new_rights_replace_the_entry },
        { "number-of-entries-is-bounded", test_number_of_entries_is_bounded },
        { "working-set-of-half-the-size-stays",
          test_working_set_of_half_the_size_stays },
        { "reset-drops-everything", test_reset_drops_everything },
        { "one-byte-of-overlap-drops-a-large-page",
          test_one_byte_of_overlap_drops_a_large_page },
        { "range-drops-what-lies-inside", test_range_drops_what_lies_inside },
        { "low-bits-of-the-address-are-ignored",
          test_low_bits_of_the_address_are_ignored },
        { "address-mask-of-any-size", test_address_mask_of_any_size },
        { "both-privileges-are-dropped", test_both_privileges_are_dropped },
        { "kinds-limit-the-scope", test_kinds_limit_the_scope },
        { "agrees-with-a-plain-list", test_agrees_with_a_plain_list },
    };
    size_t i;

    g_test_init(&argc, &argv, NULL);
    for (i = 0; i < ARRAY_SIZE(tests); i++) {
        g_autofree char *path = g_strdup_printf("/iotlb/%s", tests[i].path);

        g_test_add_func(path, tests[i].fn);
    }
    return g_test_run();
}

/*
 * Tests of the IOTLB: tags, sizes, replacement
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "iotlb-fixture.h"

static void test_hit_returns_the_whole_entry(void)
{
    SvaIotlb *tlb = sva_iotlb_new(64);
    SvaTlbEntry e = entry(tag1, 0x7f0000401abc, SIZE_4K, 0x70005abc);
    const SvaTlbEntry *hit;

    e.map.access = R;
    e.map.snoop = true;
    g_assert_null(sva_iotlb_lookup(tlb, &tag1, 0x7f0000401000));
    sva_iotlb_insert(tlb, &e);
    hit = sva_iotlb_lookup(tlb, &tag1, 0x7f0000401fff);
    g_assert_nonnull(hit);
    g_assert_cmphex(hit->iova, ==, 0x7f0000401000);
    g_assert_cmphex(hit->map.mask, ==, 0xfff);
    g_assert_cmphex(hit->map.addr, ==, 0x70005000);
    g_assert_cmphex(hit->map.access, ==, R);
    g_assert_true(hit->map.snoop);
    g_assert_cmpuint(hit->tag.asid, ==, 1);
    g_assert_cmpuint(hit->tag.domain, ==, 7);
    g_assert_cmphex(sva_tlb_entry_map(hit, 0x7f0000401fff).addr, ==,
                    0x70005fff);
    g_assert_null(sva_iotlb_lookup(tlb, &tag1, 0x7f0000402000));
    g_assert_null(sva_iotlb_lookup(tlb, &tag1, 0x7f0000400fff));
    sva_iotlb_free(tlb);
}

static void test_every_part_of_the_tag_separates(void)
{
    static const SvaTlbTag others[] = {
        { .asid = 2, .domain = 7, .kind = SVA_TLB_FIRST },
        { .asid = 0xfffff, .domain = 7, .kind = SVA_TLB_FIRST },
        { .asid = 1, .domain = 8, .kind = SVA_TLB_FIRST },
        { .asid = 1, .domain = 0xffff, .kind = SVA_TLB_FIRST },
        { .asid = 1, .domain = 7, .kind = SVA_TLB_SECOND },
        { .asid = 1, .domain = 7, .kind = SVA_TLB_PASS },
        { .asid = 1, .domain = 7, .kind = SVA_TLB_NESTED },
        { .asid = 1, .domain = 7, .kind = SVA_TLB_FIRST, .priv = 1 },
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

    tag2.asid = 2;
    put(tlb, tag1, 0x1000, SIZE_4K);
    put(tlb, tag2, 0x1000, SIZE_4K);
    g_assert_cmpuint(sva_iotlb_invalidate(tlb, &scope).count, ==, 1);
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
    g_assert_cmphex(hit->map.mask, ==, SIZE_4K);
    hit = sva_iotlb_lookup(tlb, &tag1, 0x40202234);
    g_assert_cmphex(hit->map.mask, ==, SIZE_2M);
    hit = sva_iotlb_lookup(tlb, &tag1, 0x7fffffff);
    g_assert_cmphex(hit->map.mask, ==, SIZE_1G);
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
    g_assert_cmphex(sva_tlb_entry_map(hit, 0xfedcba9876543210).addr, ==,
                    0xfedcba9876543210);
    g_assert_cmpuint(sva_iotlb_invalidate(tlb, &scope).count, ==, 1);
    g_assert_false(has(tlb, tag1, 0));
    sva_iotlb_free(tlb);
}

static void test_no_rights_are_never_cached(void)
{
    SvaIotlb *tlb = sva_iotlb_new(64);
    SvaTlbEntry e = entry(tag1, 0x1000, SIZE_4K, 0x1000);

    e.map.access = SVA_NONE;
    sva_iotlb_insert(tlb, &e);
    e.map.access = SVA_PRIV;
    sva_iotlb_insert(tlb, &e);
    g_assert_cmpuint(sva_iotlb_count(tlb), ==, 0);
    g_assert_false(has(tlb, tag1, 0x1000));
    sva_iotlb_free(tlb);
}

static void test_one_right_is_enough(void)
{
    static const uint8_t rights[] = { R, W, SVA_EXEC };
    SvaIotlb *tlb = sva_iotlb_new(64);
    size_t i;

    for (i = 0; i < ARRAY_SIZE(rights); i++) {
        SvaTlbEntry e = entry(tag1, i << 12, SIZE_4K, 0x1000);

        e.map.access = rights[i];
        sva_iotlb_insert(tlb, &e);
        g_assert_cmphex(sva_iotlb_lookup(tlb, &tag1, i << 12)->map.access, ==,
                        rights[i]);
    }
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
    uint64_t page;

    /* More often than there are places, so that each one is replaced. */
    for (page = 0; page < 1000; page++) {
        SvaTlbEntry e = entry(tag1, page << 12, SIZE_4K, 0x5000);
        unsigned count;

        e.map.access = R;
        sva_iotlb_insert(tlb, &e);
        count = sva_iotlb_count(tlb);
        e.map.access = R | W;
        e.map.addr = 0x6000;
        sva_iotlb_insert(tlb, &e);
        g_assert_cmpuint(sva_iotlb_count(tlb), ==, count);
        g_assert_cmphex(sva_iotlb_lookup(tlb, &tag1, page << 12)->map.access,
                        ==, R | W);
        g_assert_cmphex(sva_iotlb_lookup(tlb, &tag1, page << 12)->map.addr, ==,
                        0x6000);
    }
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
    g_assert_cmpuint(sva_iotlb_invalidate(tlb, &all).count, ==, n);
    g_assert_cmpuint(sva_iotlb_count(tlb), ==, 0);
    sva_iotlb_free(tlb);
}

static void test_oldest_of_a_full_set_goes_first(void)
{
    SvaIotlb *tlb = sva_iotlb_new(256);
    unsigned i, hits = 0;

    for (i = 0; i < 100000; i++) {
        put(tlb, tag1, (uint64_t)i << 12, SIZE_4K);
    }
    /* 64 pages on 64 sets of four places: nearly all are still there. */
    for (i = 100000 - 64; i < 100000; i++) {
        hits += has(tlb, tag1, (uint64_t)i << 12);
    }
    g_assert_cmpuint(hits, >=, 60);
    sva_iotlb_free(tlb);
}

static void test_working_set_of_half_the_size_stays(void)
{
    SvaIotlb *tlb = sva_iotlb_new(1024);
    unsigned i, hits = 0;

    for (i = 0; i < 512; i++) {
        SvaTlbTag tag = { .asid = i % 16, .domain = 1 };

        put(tlb, tag, 0x7f0000000000 + ((uint64_t)i << 12), SIZE_4K);
    }
    for (i = 0; i < 512; i++) {
        SvaTlbTag tag = { .asid = i % 16, .domain = 1 };

        hits += has(tlb, tag, 0x7f0000000000 + ((uint64_t)i << 12));
    }
    g_assert_cmpuint(hits, >, 480);
    sva_iotlb_free(tlb);
}

/* It doubles more than once on the way, and loses nothing by that. */
static void test_growing_keeps_every_entry(void)
{
    SvaIotlb *tlb = sva_iotlb_new(1u << 16);
    SvaTlbScope one = pages(0, 0, UINT64_MAX);
    unsigned i, hits = 0;

    for (i = 0; i < 20000; i++) {
        SvaTlbTag tag = { .asid = i, .domain = 7 };

        put(tlb, tag, 0x7f0000000000, SIZE_4K);
    }
    for (i = 0; i < 20000; i++) {
        SvaTlbTag tag = { .asid = i, .domain = 7 };

        hits += has(tlb, tag, 0x7f0000000000);
    }
    g_assert_cmpuint(hits, ==, sva_iotlb_count(tlb));
    /* Full sets of a cache that is not half full lose some. */
    g_assert_cmpuint(hits, >, 18000);
    /* The chains have come along. */
    for (i = 0; i < 20000; i++) {
        one.asid = i;
        hits -= sva_iotlb_invalidate(tlb, &one).count;
    }
    g_assert_cmpuint(hits, ==, 0);
    g_assert_cmpuint(sva_iotlb_count(tlb), ==, 0);
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

static void tell(const SvaTlbEntry *entry, void *opaque)
{
    uint64_t *sum = opaque;

    sum[entry->tag.asid] += entry->iova;
}

static void test_every_entry_is_visited_once(void)
{
    SvaIotlb *tlb = sva_iotlb_new(4096);
    SvaTlbScope scope = pages(1, 0x1000, 0xfff);
    uint64_t sum[3] = { 0 }, i;
    SvaTlbTag tag2 = tag1;

    tag2.asid = 2;
    sva_iotlb_visit(tlb, tell, sum);
    g_assert_cmphex(sum[1] | sum[2], ==, 0);
    for (i = 1; i <= 1500; i++) {   /* it grows */
        put(tlb, i & 1 ? tag1 : tag2, i << 12, SIZE_4K);
    }
    put(tlb, tag2, 0x40000000, SIZE_2M);
    g_assert_cmpuint(sva_iotlb_count(tlb), ==, 1501);
    sva_iotlb_invalidate(tlb, &scope);
    sva_iotlb_visit(tlb, tell, sum);
    /* 3 + 5 + ... + 1499; 2 + 4 + ... + 1500 */
    g_assert_cmphex(sum[1], ==, 562499ull << 12);
    g_assert_cmphex(sum[2], ==, (563250ull << 12) + 0x40000000);
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
        { "one-right-is-enough", test_one_right_is_enough },
        { "what-is-no-translation-is-refused",
          test_what_is_no_translation_is_refused },
        { "new-rights-replace-the-entry", test_new_rights_replace_the_entry },
        { "number-of-entries-is-bounded", test_number_of_entries_is_bounded },
        { "oldest-of-a-full-set-goes-first",
          test_oldest_of_a_full_set_goes_first },
        { "working-set-of-half-the-size-stays",
          test_working_set_of_half_the_size_stays },
        { "growing-keeps-every-entry", test_growing_keeps_every_entry },
        { "reset-drops-everything", test_reset_drops_everything },
        { "every-entry-is-visited-once", test_every_entry_is_visited_once },
    };
    size_t i;

    g_test_init(&argc, &argv, NULL);
    for (i = 0; i < ARRAY_SIZE(tests); i++) {
        g_autofree char *path = g_strdup_printf("/iotlb/%s", tests[i].path);

        g_test_add_func(path, tests[i].fn);
    }
    return g_test_run();
}

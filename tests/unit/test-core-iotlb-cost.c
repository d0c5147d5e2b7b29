/*
 * Tests of hw/sva/core/iotlb.h: what an invalidation looks at
 *
 * A guest chooses the descriptors, so each has a bound; it is stated here for
 * a cache that is full of other things.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "iotlb-fixture.h"

#define ENTRIES 32768u
#define OTHERS  4096u           /* entries of others */
#define OWN     512u            /* entries of PASID 1 in domain 7 */

static SvaTlbTag tag_of(uint32_t pasid, uint16_t domain)
{
    return (SvaTlbTag) {
        .asid = pasid, .domain = domain, .kind = SVA_TLB_FIRST,
    };
}

/* Entries of PASID 1, domain 7 from address 0, in a crowd of @pasids. */
static SvaIotlb *crowd(uint32_t pasids)
{
    SvaIotlb *tlb = sva_iotlb_new(ENTRIES);
    unsigned i;

    for (i = 0; i < OTHERS; i++) {
        put(tlb, tag_of(2 + i % pasids, 8), (uint64_t)i << 12, SIZE_4K);
    }
    for (i = 0; i < OWN; i++) {
        put(tlb, tag1, (uint64_t)i << 12, SIZE_4K);
    }
    return tlb;
}

static void check(SvaIotlb *tlb, SvaTlbScope scope, unsigned count,
                  unsigned most)
{
    SvaDropped done = sva_iotlb_invalidate(tlb, &scope);

    g_assert_cmpuint(done.count, ==, count);
    g_assert_cmpuint(done.looked, >=, MAX(count, 1));
    g_assert_cmpuint(done.looked, <=, most);
}

static void test_one_pasid_costs_its_own_entries(void)
{
    SvaIotlb *tlb = crowd(1);

    check(tlb, pages(1, 0, UINT64_MAX), OWN, OWN + 1);
    check(tlb, pages(1, 0, UINT64_MAX), 0, 1);
    sva_iotlb_free(tlb);
}

static void test_a_page_costs_a_lookup_for_each_size(void)
{
    SvaIotlb *tlb = crowd(1);

    check(tlb, pages(1, 0x5000, SIZE_4K), 1, 2);
    check(tlb, pages(1, 0x5000, SIZE_4K), 0, 2);
    put(tlb, tag1, 0x40000000, SIZE_2M);
    check(tlb, pages(1, 0x6000, SIZE_4K), 1, 3);
    check(tlb, pages(1, 0x10000, 0xffff), 16, 18);
    sva_iotlb_free(tlb);
}

/* NUM and SCALE of the SMMUv3: any number of pages. */
static void test_a_range_costs_its_pages(void)
{
    SvaIotlb *tlb = crowd(1);
    SvaTlbScope scope = pages(1, 0x3000, 0);

    scope.by_range = true;
    scope.last = 0x9fff;
    check(tlb, scope, 7, 8);
    scope.last = UINT64_MAX;
    check(tlb, scope, OWN - 10, OWN + 1);
    check(tlb, pages(1, 0, UINT64_MAX), 3, 4);
    sva_iotlb_free(tlb);
}

/* The widest range that is not everything, at an address where nothing is. */
static void test_a_wide_range_costs_the_entries(void)
{
    SvaIotlb *tlb = crowd(1);

    check(tlb, pages(1, 1ull << 63, (1ull << 62) - 1), 0, OWN + 1);
    sva_iotlb_free(tlb);
}

static void test_a_domain_costs_its_entries(void)
{
    SvaIotlb *tlb = crowd(16);
    SvaTlbScope scope = pages(1, 0, UINT64_MAX);

    scope.by_asid = false;
    check(tlb, scope, OWN, OWN + 1 + 1 + 16);
    sva_iotlb_free(tlb);
}

/* Any PASID of a domain: each has OTHERS / 16 entries. */
static void test_a_page_of_a_domain_costs_its_pasids(void)
{
    SvaIotlb *tlb = crowd(16);
    SvaTlbScope scope = pages(1, 0x20000, SIZE_4K);

    scope.by_asid = false;
    scope.domain = 8;
    check(tlb, scope, 1, 16 + 16 + 1 + 1);
    sva_iotlb_free(tlb);
}

static void test_everything_costs_nothing(void)
{
    SvaIotlb *tlb = crowd(16);
    SvaTlbScope scope = { .kinds = SVA_TLB_ALL_KINDS, .mask = UINT64_MAX };

    g_assert_cmpuint(sva_iotlb_count(tlb), >, OWN);
    g_assert_cmpuint(sva_iotlb_invalidate(tlb, &scope).looked, ==, 1);
    g_assert_cmpuint(sva_iotlb_count(tlb), ==, 0);
    sva_iotlb_free(tlb);
}

static void test_all_of_some_kinds_is_one_pass_at_most(void)
{
    SvaIotlb *tlb = crowd(16);
    SvaTlbScope scope = {
        .kinds = SVA_TLB_KIND_BIT(SVA_TLB_SECOND), .mask = UINT64_MAX,
    };

    check(tlb, scope, 0, ENTRIES + 1);
    sva_iotlb_free(tlb);
}

static unsigned count_of(const SvaIotlb *tlb, SvaTlbTag tag, uint64_t first,
                         uint64_t pages)
{
    unsigned n = 0;

    for (; pages; pages--, first += 0x1000) {
        n += has(tlb, tag, first);
    }
    return n;
}

/* One that has most of the cache: what stays can be found by the next one. */
static void test_a_large_owner_loses_what_is_named(void)
{
    SvaIotlb *tlb = crowd(1);
    SvaTlbTag other = tag_of(2, 8), second = tag1;
    unsigned low, high, others, i;
    SvaTlbScope scope = pages(1, 0, 0);

    second.kind = SVA_TLB_SECOND;
    for (i = OWN; i < 16384; i++) {
        put(tlb, i % 4 ? tag1 : second, (uint64_t)i << 12, SIZE_4K);
    }
    low = count_of(tlb, tag1, 0, 8192);
    high = count_of(tlb, tag1, 8192ull << 12, 8192);
    others = count_of(tlb, other, 0, OTHERS);
    i = count_of(tlb, second, 0, 16384);
    g_assert_cmpuint(low, >, 5000);
    g_assert_cmpuint(high, >, 5000);
    g_assert_cmpuint(low + high + others + i, ==, sva_iotlb_count(tlb));
    scope.by_range = true;
    scope.last = (8192ull << 12) - 1;
    check(tlb, scope, low, low + high + i + 1);
    g_assert_cmpuint(count_of(tlb, tag1, 0, 8192), ==, 0);
    g_assert_cmpuint(count_of(tlb, tag1, 8192ull << 12, 8192), ==, high);
    g_assert_cmpuint(count_of(tlb, second, 0, 16384), ==, i);
    g_assert_cmpuint(count_of(tlb, other, 0, OTHERS), ==, others);
    check(tlb, pages(1, 0, UINT64_MAX), high, high + i + 1);
    scope = pages(1, 0, UINT64_MAX);
    scope.kinds = SVA_TLB_ALL_KINDS;
    check(tlb, scope, i, i + 1);
    check(tlb, scope, 0, 1);
    g_assert_cmpuint(sva_iotlb_count(tlb), ==, others);
    sva_iotlb_free(tlb);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *path;
        GTestFunc fn;
    } tests[] = {
        { "one-pasid-costs-its-own-entries",
          test_one_pasid_costs_its_own_entries },
        { "a-page-costs-a-lookup-for-each-size",
          test_a_page_costs_a_lookup_for_each_size },
        { "a-range-costs-its-pages", test_a_range_costs_its_pages },
        { "a-wide-range-costs-the-entries",
          test_a_wide_range_costs_the_entries },
        { "a-domain-costs-its-entries", test_a_domain_costs_its_entries },
        { "a-page-of-a-domain-costs-its-pasids",
          test_a_page_of_a_domain_costs_its_pasids },
        { "a-large-owner-loses-what-is-named",
          test_a_large_owner_loses_what_is_named },
        { "everything-costs-nothing", test_everything_costs_nothing },
        { "all-of-some-kinds-is-one-pass-at-most",
          test_all_of_some_kinds_is_one_pass_at_most },
    };
    size_t i;

    g_test_init(&argc, &argv, NULL);
    for (i = 0; i < ARRAY_SIZE(tests); i++) {
        g_autofree char *path = g_strdup_printf("/core/iotlb/cost/%s",
                                                tests[i].path);

        g_test_add_func(path, tests[i].fn);
    }
    return g_test_run();
}

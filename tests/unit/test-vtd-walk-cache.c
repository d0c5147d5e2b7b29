/*
 * VT-d: which invalidations reach the paging-structure caches
 *
 * Every case fills them, lets every table of pages be another one, sends one
 * descriptor and looks which pages that nobody has accessed yet are found by
 * the old table and which by the new one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "vtd-fixture.h"

#define P(n) sva_pasid(n)

#define OLD     0x10000000ull
#define NEW     0x20000000ull
#define REGION  0x200000ull     /* of one table of pages */

/* As in test-vtd-inv.c: PASID 4 and 5 have second-stage tables. */
#define PROBES 7

static const struct Probe {
    uint32_t pasid;
    uint64_t region;
} probes[PROBES] = {
    { 1, 0 }, { 1, REGION }, { 2, 0 }, { 3, 0 },
    { 4, 0 }, { 4, REGION }, { 5, 0 },
};

/* Pages 1 to 15 of a region. */
static void fill_table(VtdFixture *f, uint64_t root, uint64_t region,
                       uint64_t base)
{
    uint64_t page;

    for (page = region + 0x1000; page < region + 0x10000; page += 0x1000) {
        fake_put64(f->env, vtd_entry(f, root, 4, 1, page), base | page | 7);
    }
}

static void map_all(VtdFixture *f, uint64_t base)
{
    static const uint64_t roots[] = { VTD_FIRST, VTD_SECOND };
    unsigned i;

    for (i = 0; i < 4; i++) {
        fake_put64(f->env, vtd_entry(f, roots[i % 2], 4, 2, i / 2 * REGION),
                   0);
        fill_table(f, roots[i % 2], i / 2 * REGION, base);
    }
}

static SvaVtdConfig config(void)
{
    SvaVtdConfig c = sva_vtd_default_config;

    c.walk_entries = 64;
    return c;
}

static VtdFixture *filled(void)
{
    SvaVtdConfig c = config();
    VtdFixture *f = vtd_fixture_scalable(&c);
    unsigned i;

    vtd_pasid(f, 1, VTD_FIRST0, 0x800001, VTD_FIRST2);
    vtd_pasid(f, 2, VTD_FIRST0, 0x800001, VTD_FIRST2);
    vtd_pasid(f, 3, VTD_FIRST0, 0x800002, VTD_FIRST2);
    vtd_pasid(f, 4, VTD_SECOND | 0x89, 1, 0);
    vtd_pasid(f, 5, VTD_SECOND | 0x89, 2, 0);
    map_all(f, OLD);
    for (i = 0; i < PROBES; i++) {
        vtd_expect_ok(f, P(probes[i].pasid), probes[i].region + 0x1000,
                      SVA_READ, OLD + probes[i].region + 0x1000);
    }
    map_all(f, NEW);
    return f;
}

/* Bit n: probe n finds page @page, which is used for this once, anew. */
static unsigned renewed(VtdFixture *f, unsigned page)
{
    unsigned i, bits = 0;

    for (i = 0; i < PROBES; i++) {
        SvaTranslation t = vtd_translate(f, P(probes[i].pasid),
                                         probes[i].region + page * 0x1000,
                                         SVA_READ);

        g_assert_cmpint(t.outcome, ==, SVA_OK);
        bits |= (t.map.addr >= NEW) << i;
    }
    return bits;
}

static void test_granularity(void)
{
    static const struct {
        uint64_t qw0, qw1;
        unsigned renewed;
    } cases[] = {
        { 0x11, 0, 0x00 },                      /* context cache */
        { 0x37, 0, 0x00 },                      /* PASID cache */
        { 0x12, 0, 0x7f },                      /* IOTLB global */
        { 0x22 | 1 << 16, 0, 0x37 },            /* domain 1 */
        { 0x22 | 2 << 16, 0, 0x48 },            /* domain 2 */
        { 0x22 | 3 << 16, 0, 0x00 },
        /* By page: the first stage's all, whatever IH is. */
        { 0x32 | 1 << 16, 0x9000, 0x17 },
        { 0x32 | 1 << 16, 0x9000 | 0x40, 0x07 },
        { 0x32 | 1 << 16, REGION | 9, 0x27 },
        { 0x32 | 2 << 16, REGION, 0x08 },
        { 0x32 | 2 << 16, 10, 0x48 },
        { 0x32 | 3 << 16, 0x9000, 0x00 },
        /* By PASID: never the second stage's. */
        { 0x26 | 1 << 16 | 1ull << 32, 0, 0x03 },
        { 0x26 | 2 << 16 | 1ull << 32, 0, 0x00 },
        { 0x26 | 1 << 16 | 4ull << 32, 0, 0x00 },
        /* By page of a PASID: any page of the region, but not with IH. */
        { 0x36 | 1 << 16 | 1ull << 32, 0x1ff000, 0x01 },
        { 0x36 | 1 << 16 | 1ull << 32, 0x1ff000 | 0x40, 0x00 },
        { 0x36 | 1 << 16 | 1ull << 32, 0x9000 | 1, 0x01 },
        { 0x36 | 1 << 16 | 1ull << 32, 10, 0x03 },
        { 0x36 | 1 << 16 | 1ull << 32, 10 | 0x40, 0x00 },
        { 0x36 | 1 << 16 | 1ull << 32, 2 * REGION, 0x00 },
        { 0x36 | 1 << 16 | 1ull << 32, 63, 0x03 },
        { 0x36 | 1 << 16 | 2ull << 32, 0x9000, 0x04 },
        { 0x36 | 1 << 16 | 4ull << 32, 0x9000, 0x00 },
        { 0x36 | 2 << 16 | 1ull << 32, 0x9000, 0x00 },
    };
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        VtdFixture *f = filled();

        g_test_message("%" PRIx64 " %" PRIx64, cases[i].qw0, cases[i].qw1);
        g_assert_cmphex(renewed(f, 2), ==, 0);
        vtd_submit(f, cases[i].qw0, cases[i].qw1);
        g_assert_cmphex(vtd_read32(f, 0x34), ==, 0);
        g_assert_cmphex(renewed(f, 3), ==, cases[i].renewed);
        vtd_fixture_free(f);
    }
}

/* Second-stage entries have no PASID: what one has made serves another. */
static void test_second_stage_is_shared_by_the_domain(void)
{
    VtdFixture *f = filled();

    vtd_pasid(f, 6, VTD_SECOND | 0x89, 1, 0);
    vtd_pasid(f, 7, VTD_SECOND | 0x89, 3, 0);
    vtd_expect_ok(f, P(6), 0x2000, SVA_READ, OLD | 0x2000);
    vtd_expect_ok(f, P(7), 0x2000, SVA_READ, NEW | 0x2000);
    vtd_fixture_free(f);
}

static VtdFixture *renewed_tables(const SvaVtdConfig *c)
{
    VtdFixture *f = vtd_fixture_scalable(c);

    vtd_bind(f, 1);
    map_all(f, OLD);
    vtd_expect_ok(f, P(1), 0x1000, SVA_READ, OLD | 0x1000);
    map_all(f, NEW);
    return f;
}

/* walk-cache=0: there are none, and everything is new at once. */
static void test_off(void)
{
    SvaVtdConfig c = sva_vtd_default_config;
    VtdFixture *f;

    c.walk_entries = 0;
    f = renewed_tables(&c);
    vtd_expect_ok(f, P(1), 0x2000, SVA_READ, NEW | 0x2000);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_WALK_HITS), ==, 0);
    vtd_fixture_free(f);
}

static void test_on_by_default(void)
{
    VtdFixture *f = renewed_tables(NULL);

    vtd_expect_ok(f, P(1), 0x2000, SVA_READ, OLD | 0x2000);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_WALK_HITS), ==, 1);
    vtd_submit(f, 0x12, 0);
    vtd_expect_ok(f, P(1), 0x3000, SVA_READ, NEW | 0x3000);
    vtd_fixture_free(f);
}

static void test_counters(void)
{
    VtdFixture *f = filled();

    renewed(f, 2);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_WALK_HITS), >=, PROBES);
    vtd_submit(f, 0x12, 0);
    /* Three levels for each set of tables; two of them have two regions. */
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_WALK_DROPPED), ==,
                     4 + 3 + 3 + 4 + 3);
    vtd_fixture_free(f);
}

static void test_reset_forgets(void)
{
    VtdFixture *f = filled();

    vtd_level(f, 1u << 31, false);      /* SMTS=1: drops everything */
    vtd_level(f, 1u << 31, true);
    g_assert_cmphex(renewed(f, 2), ==, 0x7f);
    vtd_fixture_free(f);
}

/* The page request is one for page 9: what would serve it goes before. */
static void test_page_request_drops_what_covers_its_page(void)
{
    VtdFixture *f = filled();

    vtd_page_request(f, P(1), 0x9000, 1, true);
    g_assert_cmphex(renewed(f, 2), ==, 0x01);
    vtd_page_request(f, P(4), REGION, 1, true);
    g_assert_cmphex(renewed(f, 3), ==, 0x21);
    vtd_fixture_free(f);
}

/* Register-based invalidation, with its own IH. */
static void test_by_register(void)
{
    SvaVtdConfig c = config();
    VtdFixture *f = vtd_fixture_legacy(&c, VTD_SECOND | 1, 1 << 8 | 2);

    vtd_level(f, 1u << 26, false);
    map_all(f, OLD);
    vtd_expect_ok(f, SVA_NO_PASID, 0x1000, SVA_READ, OLD | 0x1000);
    map_all(f, NEW);
    vtd_write64(f, 0x500, 0x9000 | 0x40);
    vtd_write64(f, 0x508, 1ull << 63 | 3ull << 60 | 1ull << 32);
    vtd_expect_ok(f, SVA_NO_PASID, 0x2000, SVA_READ, OLD | 0x2000);
    vtd_write64(f, 0x500, 0x9000);
    vtd_write64(f, 0x508, 1ull << 63 | 3ull << 60 | 1ull << 32);
    vtd_expect_ok(f, SVA_NO_PASID, 0x3000, SVA_READ, NEW | 0x3000);
    vtd_fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/vtd/walk-cache/granularity", test_granularity);
    g_test_add_func("/vtd/walk-cache/shared",
                    test_second_stage_is_shared_by_the_domain);
    g_test_add_func("/vtd/walk-cache/off", test_off);
    g_test_add_func("/vtd/walk-cache/default", test_on_by_default);
    g_test_add_func("/vtd/walk-cache/counters", test_counters);
    g_test_add_func("/vtd/walk-cache/disable", test_reset_forgets);
    g_test_add_func("/vtd/walk-cache/page-request",
                    test_page_request_drops_what_covers_its_page);
    g_test_add_func("/vtd/walk-cache/register", test_by_register);
    return g_test_run();
}

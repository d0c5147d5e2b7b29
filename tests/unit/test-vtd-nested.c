/*
 * VT-d: nested translation, a first stage over a second stage
 *
 * The first-stage tables are at guest physical 0xa0000 to 0xa3000, which the
 * second stage puts at 0x60000 to 0x63000.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "vtd-fixture.h"

#define P(n) sva_pasid(n)

/* PASID entry words: nested, second stage with 4 levels; SSADE */
#define NEST0 (VTD_SECOND | 0xc9ull)
#define SSADE 0x200ull
#define NEST1 0x800001ull
#define NEST2 0xa0000ull

static uint64_t second_entry(VtdFixture *f, uint64_t gpa)
{
    return vtd_entry(f, VTD_SECOND, 4, 1, gpa);
}

/* @bits: 1 R, 2 W */
static void place(VtdFixture *f, uint64_t gpa, uint64_t pa, unsigned bits)
{
    fake_put64(f->env, second_entry(f, gpa), pa | bits);
}

/* Guest virtual 0x1000 is guest physical 0xd1000, which is at 0x7d1000. */
static VtdFixture *nested(const SvaVtdConfig *config)
{
    VtdFixture *f = vtd_fixture_scalable(config);
    unsigned i;

    vtd_pasid(f, 1, NEST0, NEST1, NEST2);
    for (i = 0; i < 4; i++) {
        place(f, 0xa0000 + i * 0x1000, 0x60000 + i * 0x1000, 3);
    }
    fake_put64(f->env, 0x60000, 0xa1007);
    fake_put64(f->env, 0x61000, 0xa2007);
    fake_put64(f->env, 0x62000, 0xa3007);
    fake_put64(f->env, 0x63008, 0xd1007);
    place(f, 0xd1000, 0x7d1000, 3);
    return f;
}

static void expect_ok(VtdFixture *f, uint64_t addr, uint8_t access, uint64_t pa)
{
    SvaTranslation t = vtd_translate(f, P(1), addr, access);

    g_assert_cmphex(vtd_fault(f, NULL, NULL), ==, 0);
    g_assert_cmpuint(t.outcome, ==, SVA_OK);
    g_assert_cmphex(t.map.addr, ==, pa);
    g_assert_cmphex(access & SVA_RW & ~t.map.access, ==, 0);
}

static void expect_fault(VtdFixture *f, uint64_t addr, uint8_t access,
                         unsigned reason)
{
    SvaTranslation t = vtd_translate(f, P(1), addr, access);
    uint64_t low, high;

    g_assert_cmpuint(t.outcome, ==, SVA_ABORT);
    g_assert_cmphex(vtd_fault(f, &low, &high), ==, reason);
    g_assert_cmphex(low, ==, addr & 0xfffffffff000ull);
    g_assert_cmphex(high >> 40 & 0xfffff, ==, 1);
}

static void test_translates_tables_and_result(void)
{
    VtdFixture *f = nested(NULL);
    SvaTranslation t = vtd_translate(f, P(1), 0x1234, SVA_READ);

    g_assert_cmphex(t.map.addr, ==, 0x7d1234);
    g_assert_cmphex(t.map.mask, ==, 0xfff);
    g_assert_cmphex(fake_get64(f->env, 0x60000), ==, 0xa1027);
    g_assert_cmphex(fake_get64(f->env, 0x63008), ==, 0xd1027);
    /* Without D the cached entry may not serve a write. */
    g_assert_cmphex(t.map.access & SVA_WRITE, ==, 0);
    expect_ok(f, 0x1234, SVA_WRITE, 0x7d1234);
    g_assert_cmphex(fake_get64(f->env, 0x63008), ==, 0xd1067);
    expect_ok(f, 0x1000, SVA_RW, 0x7d1000);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_IOTLB_MISSES), ==, 2);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_IOTLB_HITS), ==, 1);
    /* Nothing was read where the guest physical addresses would be. */
    g_assert_cmphex(fake_get64(f->env, 0xa0000), ==, 0);
    /* No accessed bits in the second stage without SSADE. */
    g_assert_cmphex(fake_get64(f->env, second_entry(f, 0xd1000)), ==, 0x7d1003);
    vtd_fixture_free(f);
}

static void test_reasons_of_table_lookups(void)
{
    VtdFixture *f;
    unsigned i;

    /* Beyond the host address width, which is that of the second stage. */
    f = nested(NULL);
    vtd_pasid(f, 1, NEST0, NEST1, 1ull << 48);
    expect_fault(f, 0x1000, SVA_READ, 0x5a);
    vtd_fixture_free(f);
    f = nested(NULL);
    fake_put64(f->env, 0x61000, 1ull << 48 | 7);
    expect_fault(f, 0x1000, SVA_READ, 0x72);
    vtd_fixture_free(f);

    for (i = 0; i < 4; i++) {
        uint64_t gpa = 0xa0000 + i * 0x1000, pa = 0x60000 + i * 0x1000;

        f = nested(NULL);
        place(f, gpa, 0, 0);
        expect_fault(f, 0x1000, SVA_WRITE, i ? 0x76 : 0x75);
        place(f, gpa, pa, 2);
        expect_fault(f, 0x1000, SVA_READ, i ? 0x76 : 0x75);
        place(f, gpa, pa, 1);
        expect_fault(f, 0x1000, SVA_READ, 0x77);
        place(f, gpa, pa, 3);
        fake_env_hole(f->env, pa, 0x1000);
        expect_fault(f, 0x1000, SVA_READ, i ? 0x70 : 0x73);
        vtd_fixture_free(f);
    }
}

/* Reading a table needs no write right while there is nothing to set. */
static void test_update_needs_the_write_right(void)
{
    VtdFixture *f = nested(NULL);

    expect_ok(f, 0x1000, SVA_READ, 0x7d1000);
    place(f, 0xa3000, 0x63000, 1);
    vtd_submit(f, 0x12, 0);
    expect_ok(f, 0x1000, SVA_READ, 0x7d1000);
    expect_fault(f, 0x1000, SVA_WRITE, 0x77);
    place(f, 0xa3000, 0x63000, 3);
    expect_ok(f, 0x1000, SVA_WRITE, 0x7d1000);
    vtd_fixture_free(f);
}

static void test_reasons_of_the_first_stage(void)
{
    VtdFixture *f = nested(NULL);

    expect_fault(f, 0x2000, SVA_READ, 0x71);
    expect_fault(f, 0x0000800000000000, SVA_READ, 0x80);
    fake_put64(f->env, 0x63018, 0xd1003);
    expect_fault(f, 0x3000, SVA_READ, 0x81);
    fake_put64(f->env, 0x63020, 0xd1005);
    expect_fault(f, 0x4000, SVA_WRITE, 0x85);
    expect_ok(f, 0x4000, SVA_READ, 0x7d1000);
    fake_put64(f->env, 0x60008, 0x87);
    expect_fault(f, 1ull << 39, SVA_READ, 0x72);
    expect_fault(f, 0x1000, SVA_READ | SVA_EXEC, 0x5c);
    expect_fault(f, 0x1000, SVA_READ | SVA_PRIV, 0x5d);
    fake_env_read_only(f->env, 0x63000, 0x1000);
    expect_fault(f, 0x1000, SVA_READ, 0x91);
    vtd_pasid(f, 1, NEST0, 1, NEST2);     /* no PWSNP */
    vtd_submit(f, 0x37, 0);
    expect_fault(f, 0x1000, SVA_READ, 0x90);
    vtd_fixture_free(f);
}

static void test_reasons_of_the_result(void)
{
    VtdFixture *f = nested(NULL);

    fake_put64(f->env, 0x63010, 1ull << 48 | 7);
    expect_fault(f, 0x2000, SVA_READ, 0x72);
    place(f, 0xd1000, 0x7d1000, 1);
    expect_fault(f, 0x1000, SVA_WRITE, 0x85);
    expect_ok(f, 0x1000, SVA_READ, 0x7d1000);
    vtd_submit(f, 0x12, 0);
    place(f, 0xd1000, 0x7d1000, 2);
    expect_fault(f, 0x1000, SVA_READ, 0x86);
    expect_ok(f, 0x1000, SVA_WRITE, 0x7d1000);
    vtd_submit(f, 0x12, 0);
    place(f, 0xd1000, 0, 0);
    g_assert_cmpuint(vtd_translate(f, P(1), 0x1000, SVA_READ).outcome,
                     ==, SVA_ABORT);
    vtd_fault(f, NULL, NULL);
    place(f, 0xd1000, 0xfee00000, 3);
    expect_fault(f, 0x1000, SVA_WRITE, 0x87);
    vtd_fixture_free(f);
}

/* What is wrong with the second-stage tables themselves. */
static void test_reasons_of_second_stage_tables(void)
{
    VtdFixture *f = nested(NULL);

    place(f, 0xd1000, 0x10000000000000 | 0x7d1000, 3);
    expect_ok(f, 0x1000, SVA_READ, 0x7d1000);   /* 63:52 are ignored */
    vtd_submit(f, 0x12, 0);
    /* PS where there is none, found for a table and for the result. */
    fake_put64(f->env, VTD_SECOND + 8, 0x83);
    fake_put64(f->env, 0x63010, 1ull << 39 | 7);
    expect_fault(f, 0x2000, SVA_READ, 0x7a);
    fake_put64(f->env, 0x62008, 1ull << 39 | 7);
    expect_fault(f, 0x200000, SVA_READ, 0x7a);
    fake_put64(f->env, VTD_SECOND + 8, 0x700000003);
    fake_env_hole(f->env, 0x700000000, 0x1000);
    vtd_submit(f, 0x12, 0);
    expect_fault(f, 0x2000, SVA_READ, 0x78);
    expect_fault(f, 0x200000, SVA_READ, 0x78);
    fake_env_hole(f->env, VTD_SECOND, 0x1000);
    vtd_submit(f, 0x12, 0);
    expect_fault(f, 0x1000, SVA_READ, 0x7b);
    vtd_fixture_free(f);
}

static void test_accessed_and_dirty_bits_of_the_second_stage(void)
{
    VtdFixture *f = nested(NULL);

    vtd_pasid(f, 1, NEST0 | SSADE, NEST1, NEST2);
    expect_ok(f, 0x1000, SVA_READ, 0x7d1000);
    /* The tables were written: their accessed bits. */
    g_assert_cmphex(fake_get64(f->env, second_entry(f, 0xa0000)), ==, 0x60303);
    g_assert_cmphex(fake_get64(f->env, second_entry(f, 0xa3000)), ==, 0x63303);
    g_assert_cmphex(fake_get64(f->env, second_entry(f, 0xd1000)), ==, 0x7d1103);
    expect_ok(f, 0x1000, SVA_WRITE, 0x7d1000);
    g_assert_cmphex(fake_get64(f->env, second_entry(f, 0xd1000)), ==, 0x7d1303);
    vtd_fixture_free(f);

    /* The second stage is used first, so its reason is reported. */
    f = nested(NULL);
    vtd_pasid(f, 1, NEST0 | SSADE, 1, NEST2);
    expect_fault(f, 0x1000, SVA_READ, 0x7c);
    vtd_fixture_free(f);
    f = nested(NULL);
    vtd_pasid(f, 1, NEST0 | SSADE, NEST1, NEST2);
    fake_env_read_only(f->env, VTD_SECOND, 0x1000);
    expect_fault(f, 0x1000, SVA_READ, 0x7d);
    vtd_fixture_free(f);
}

/* The smaller of two pages is what the answer is good for. */
static void test_page_sizes(void)
{
    static const uint64_t sizes[] = { 1ull << 12, 1ull << 21, 1ull << 30 };
    uint64_t va = 0x40000000, gpa = 0x80000000, pa = 0x140000000;
    uint64_t off = 0x12345678;
    unsigned i, j;

    for (i = 0; i < 3; i++) {
        for (j = 0; j < 3; j++) {
            VtdFixture *f = nested(NULL);
            uint64_t low = off & ~0xfffull, ps1 = i ? 0x80 : 0;
            uint64_t ps2 = j ? 0x80 : 0;
            SvaTranslation t;

            /* First stage: 1 GiB, 2 MiB, or 4 KiB in the tables there are. */
            fake_put64(f->env, 0x61008, i == 2 ? gpa | 0x87 : 0xa2007);
            fake_put64(f->env, 0x62000 + (off >> 21) * 8, i == 1
                       ? (gpa + (off & ~0x1fffffull)) | 7 | ps1 : 0xa3007);
            fake_put64(f->env, 0x63000 + (off >> 12 & 0x1ff) * 8,
                       (gpa + low) | 7);
            fake_put64(f->env, vtd_entry(f, VTD_SECOND, 4, j + 1,
                                       gpa + off),
                       ((pa + off) & ~(sizes[j] - 1)) | 3 | ps2);
            t = vtd_translate(f, P(1), va + off, SVA_RW);
            g_test_message("%u %u", i, j);
            g_assert_cmpuint(t.outcome, ==, SVA_OK);
            g_assert_cmphex(t.map.addr, ==, pa + off);
            g_assert_cmphex(t.map.mask, ==, MIN(sizes[i], sizes[j]) - 1);
            /* From the IOTLB the same. */
            t = vtd_translate(f, P(1), va + off + 4, SVA_RW);
            g_assert_cmphex(t.map.addr, ==, pa + off + 4);
            g_assert_cmphex(t.map.mask, ==, MIN(sizes[i], sizes[j]) - 1);
            g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_IOTLB_HITS), ==, 1);
            vtd_fixture_free(f);
        }
    }
}

static void test_five_levels_and_three(void)
{
    SvaVtdConfig c = sva_vtd_default_config;
    VtdFixture *f;
    unsigned i;

    f = nested(&c);
    vtd_pasid(f, 1, NEST0, NEST1, 0xa4000 | 4);
    place(f, 0xa4000, 0x64000, 3);
    fake_put64(f->env, 0x64000, 0xa0007);
    expect_ok(f, 0x1000, SVA_RW, 0x7d1000);
    vtd_fixture_free(f);

    f = nested(&c);
    /* FSPTPTR, a table and a page beyond the 39 bits of the second stage. */
    vtd_pasid(f, 1, 0x22000 | 0xc5ull, NEST1, 1ull << 39);
    expect_fault(f, 0x1000, SVA_READ, 0x5b);
    vtd_pasid(f, 1, 0x22000 | 0xc5ull, NEST1, NEST2);
    fake_put64(f->env, 0x22000, 0xc0003);
    fake_put64(f->env, 0xc0000, 0xc1003);
    fake_put64(f->env, 0xc1000 + 0xa0 * 8, 0x60003);
    expect_fault(f, 0x1000, SVA_READ, 0x76);
    fake_put64(f->env, 0x60000, 1ull << 39 | 7);
    expect_fault(f, 0x1000, SVA_READ, 0x74);
    for (i = 1; i < 4; i++) {
        fake_put64(f->env, 0xc1000 + (0xa0 + i) * 8, 0x60003 + i * 0x1000);
    }
    fake_put64(f->env, 0x60000, 0xa1007);
    fake_put64(f->env, 0x63008, 1ull << 39 | 7);
    expect_fault(f, 0x1000, SVA_READ, 0x74);
    vtd_fixture_free(f);
}

/* A page that both stages grant some right to, but not the same. */
static void test_rights_are_those_of_both_stages(void)
{
    VtdFixture *f = nested(NULL);
    SvaAtsCompletion out;

    place(f, 0xd1000, 0x7d1000, 1);
    out = vtd_ats(f, P(1), 0x1000, SVA_RW);
    g_assert_cmpuint(out.status, ==, SVA_ATS_SUCCESS);
    g_assert_cmphex(out.map.access & SVA_RW, ==, SVA_READ);
    g_assert_cmphex(out.map.addr, ==, 0x7d1000);
    vtd_submit(f, 0x12, 0);
    fake_put64(f->env, 0x63008, 0xd1005);
    place(f, 0xd1000, 0x7d1000, 2);
    out = vtd_ats(f, P(1), 0x1000, SVA_RW);
    g_assert_cmpuint(out.status, ==, SVA_ATS_SUCCESS);
    g_assert_cmphex(out.map.access, ==, SVA_NONE);
    g_assert_cmphex(vtd_fault(f, NULL, NULL), ==, 0);
    vtd_fixture_free(f);
}

/*
 * VT-d 5.10 section 3.6.2: accessed bits may be set for a request that ends in
 * a fault, dirty bits not; nor by a translation request that gets no W.
 */
static void test_no_dirty_bit_where_the_second_stage_denies(void)
{
    VtdFixture *f = nested(NULL);

    place(f, 0xd1000, 0x7d1000, 1);
    expect_fault(f, 0x1000, SVA_WRITE, 0x85);
    g_assert_cmphex(fake_get64(f->env, 0x63008) & 0x40, ==, 0);
    g_assert_cmphex(vtd_ats(f, P(1), 0x1000, SVA_RW).map.access, ==,
                    SVA_READ);
    g_assert_cmphex(fake_get64(f->env, 0x63008), ==, 0xd1027);
    vtd_submit(f, 0x12, 0);
    place(f, 0xd1000, 0x7d1000, 2);
    expect_fault(f, 0x1000, SVA_RW, 0x86);
    g_assert_cmphex(fake_get64(f->env, 0x63008), ==, 0xd1027);
    place(f, 0xd1000, 0x7d1000, 3);
    g_assert_cmphex(vtd_ats(f, P(1), 0x1000, SVA_RW).map.access, ==,
                    SVA_RW);
    g_assert_cmphex(fake_get64(f->env, 0x63008), ==, 0xd1067);
    vtd_fixture_free(f);
}

/* VT-d 5.10 section 3.8.1: tables are read by R and W, and stay clean. */
static void test_tables_are_read_by_both_rights_with_ssade(void)
{
    VtdFixture *f = nested(NULL);

    /* Without SSADE R will do once the accessed bits are set. */
    expect_ok(f, 0x1000, SVA_READ, 0x7d1000);
    place(f, 0xa3000, 0x63000, 1);
    vtd_submit(f, 0x12, 0);
    expect_ok(f, 0x1000, SVA_READ, 0x7d1000);
    vtd_pasid(f, 1, NEST0 | SSADE, NEST1, NEST2);
    vtd_submit(f, 0x37, 0);
    vtd_submit(f, 0x12, 0);
    expect_fault(f, 0x1000, SVA_READ, 0x76);
    place(f, 0xa3000, 0x63000, 3);
    place(f, 0xa0000, 0x60000, 1);
    vtd_submit(f, 0x12, 0);
    expect_fault(f, 0x1000, SVA_READ, 0x75);
    place(f, 0xa0000, 0x60000, 3);
    expect_ok(f, 0x1000, SVA_READ, 0x7d1000);
    g_assert_cmphex(fake_get64(f->env, second_entry(f, 0xa0000)), ==, 0x60103);
    g_assert_cmphex(fake_get64(f->env, second_entry(f, 0xa3000)), ==, 0x63103);
    vtd_fixture_free(f);
}

static void test_supervisor_requests(void)
{
    VtdFixture *f = nested(NULL);

    /* SRE, without WPE and with it. */
    fake_put64(f->env, 0x63008, 0xd1001);
    vtd_pasid(f, 1, NEST0, NEST1, NEST2 | 1);
    expect_ok(f, 0x1000, SVA_WRITE | SVA_PRIV, 0x7d1000);
    expect_fault(f, 0x1000, SVA_READ, 0x81);
    vtd_pasid(f, 1, NEST0, NEST1, NEST2 | 0x11);
    vtd_submit(f, 0x37, 0);
    vtd_submit(f, 0x12, 0);
    expect_fault(f, 0x1000, SVA_WRITE | SVA_PRIV, 0x85);
    vtd_fixture_free(f);
}

static void test_pasid_entry(void)
{
    static const struct {
        uint64_t qw0, qw1, qw2;
        unsigned reason;
    } rows[] = {
        { VTD_SECOND | 0xc1, NEST1, NEST2, 0x5b },    /* AW 0 */
        { VTD_SECOND | 0xcd, NEST1, NEST2, 0x5b },    /* AW 57 */
        { NEST0, NEST1, NEST2 | 8, 0x5b },              /* FSPM 2 */
        { NEST0 | 0x400, NEST1, NEST2, 0x5a },
        { NEST0, NEST1, NEST2 | 0x100, 0x5a },
        { NEST0 | 1ull << 52, NEST1, NEST2, 0x5a },
    };
    SvaVtdConfig c = sva_vtd_default_config;
    VtdFixture *f = nested(NULL);
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        vtd_pasid(f, 1, rows[i].qw0, rows[i].qw1, rows[i].qw2);
        expect_fault(f, 0x1000, SVA_READ, rows[i].reason);
    }
    vtd_fixture_free(f);
    c.second_ad = false;
    f = nested(&c);
    vtd_pasid(f, 1, NEST0 | SSADE, NEST1, NEST2);
    expect_fault(f, 0x1000, SVA_READ, 0x5a);
    vtd_fixture_free(f);
    c.nested = false;
    f = nested(&c);
    expect_fault(f, 0x1000, SVA_READ, 0x5b);
    g_assert_cmphex(vtd_read64(f, 0x10) & 1 << 26, ==, 0);
    vtd_fixture_free(f);
}

/*
 * PASID 1 and 2 share domain 1, PASID 3 is of domain 2; bit n - 1 of the
 * mask: PASID n walks again.
 */
static void test_invalidation(void)
{
    static const struct {
        uint64_t qw0, qw1;
        unsigned dropped;
    } rows[] = {
        { 0x12, 0, 7 },
        { 0x22 | 1 << 16, 0, 3 },
        { 0x22 | 2 << 16, 0, 4 },
        /* By page in the domain: every nested entry, wherever it is. */
        { 0x32 | 1 << 16, 0x7000000, 3 },
        { 0x26 | 1 << 16 | 1ull << 32, 0, 1 },
        { 0x26 | 1 << 16 | 3ull << 32, 0, 0 },
        { 0x36 | 1 << 16 | 2ull << 32, 0x1000, 2 },
        { 0x36 | 1 << 16 | 2ull << 32, 0xd1000, 0 },
        { 0x37, 0, 0 },
        { 0x11, 0, 0 },
    };
    unsigned i, n;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        VtdFixture *f = nested(NULL);
        unsigned dropped = 0;

        vtd_pasid(f, 2, NEST0, NEST1, NEST2);
        vtd_pasid(f, 3, NEST0, NEST1 + 1, NEST2);
        for (n = 1; n <= 3; n++) {
            vtd_translate(f, P(n), 0x1000, SVA_READ);
        }
        vtd_submit(f, rows[i].qw0, rows[i].qw1);
        for (n = 1; n <= 3; n++) {
            uint64_t misses = vtd_count(f, SVA_VTD_CNT_IOTLB_MISSES);

            vtd_translate(f, P(n), 0x1000, SVA_READ);
            dropped |= (vtd_count(f, SVA_VTD_CNT_IOTLB_MISSES) - misses)
                       << (n - 1);
        }
        g_test_message("%u", i);
        g_assert_cmphex(dropped, ==, rows[i].dropped);
        vtd_fixture_free(f);
    }
}

/* VT-d 5.10 Table 27: PASID 1 and 2 are of domain 1, PASID 3 is not. */
static void test_page_request_drops_its_domain(void)
{
    VtdFixture *f = nested(NULL);
    uint64_t misses;
    unsigned n;

    vtd_pasid(f, 2, NEST0, NEST1, NEST2);
    vtd_pasid(f, 3, NEST0, NEST1 + 1, NEST2);
    for (n = 1; n <= 3; n++) {
        vtd_translate(f, P(n), 0x1000, SVA_READ);
    }
    misses = vtd_count(f, SVA_VTD_CNT_IOTLB_MISSES);
    vtd_page_request(f, P(1), 0x7000, 0, true);
    vtd_translate(f, P(3), 0x1000, SVA_READ);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_IOTLB_MISSES), ==, misses);
    vtd_translate(f, P(1), 0x1000, SVA_READ);
    vtd_translate(f, P(2), 0x1000, SVA_READ);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_IOTLB_MISSES), ==, misses + 2);
    vtd_fixture_free(f);
}

/* Let each access to memory fail in turn; how many it takes. */
static unsigned failing_accesses(const SvaVtdConfig *config)
{
    unsigned n, before = 0;

    for (n = 1; ; n++) {
        VtdFixture *f = nested(config);
        SvaTranslation t;

        vtd_pasid(f, 1, NEST0 | SSADE, NEST1, NEST2);
        fake_env_fail_nth(f->env, n);
        t = vtd_translate(f, P(1), 0x1000, SVA_WRITE);
        if (t.outcome == SVA_OK) {
            vtd_fixture_free(f);
            break;
        }
        g_assert_cmphex(vtd_fault(f, NULL, NULL), !=, 0);
        before = n;
        vtd_fixture_free(f);
    }
    return before;
}

static void test_any_failing_access_is_a_fault(void)
{
    SvaVtdConfig c = sva_vtd_default_config;
    unsigned accesses;

    c.walk_entries = 0;
    /* 4 tables, read and updated, each by a walk of 4 levels; the result. */
    accesses = failing_accesses(&c);
    g_assert_cmpuint(accesses, >, 4 * (4 + 1 + 4 + 1) + 4);
    g_assert_cmpuint(accesses, <, 100);
    /* By the paging-structure caches each but the first walk is of one. */
    accesses = failing_accesses(NULL);
    g_assert_cmpuint(accesses, >, 4 * (1 + 1 + 1 + 1) + 1);
    g_assert_cmpuint(accesses, <, 4 * (4 + 1 + 4 + 1) + 4);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CASE(fn) g_test_add_func("/vtd/nested/" #fn, test_##fn)
    CASE(translates_tables_and_result);
    CASE(reasons_of_table_lookups);
    CASE(update_needs_the_write_right);
    CASE(reasons_of_the_first_stage);
    CASE(reasons_of_the_result);
    CASE(reasons_of_second_stage_tables);
    CASE(accessed_and_dirty_bits_of_the_second_stage);
    CASE(page_sizes);
    CASE(five_levels_and_three);
    CASE(rights_are_those_of_both_stages);
    CASE(no_dirty_bit_where_the_second_stage_denies);
    CASE(tables_are_read_by_both_rights_with_ssade);
    CASE(supervisor_requests);
    CASE(pasid_entry);
    CASE(invalidation);
    CASE(page_request_drops_its_domain);
    CASE(any_failing_access_is_a_fault);
    return g_test_run();
}

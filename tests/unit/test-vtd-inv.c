/*
 * VT-d: what each invalidation drops, and what it leaves
 *
 * Every case fills all caches, changes every table behind the unit's back,
 * sends one descriptor and looks which answers are old and which are new.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "vtd-fixture.h"

#define P(n) sva_pasid(n)

/*
 * PASID  tables        DID
 *   1    first stage    1
 *   2    first stage    1
 *   3    first stage    2
 *   4    second stage   1
 *   5    second stage   2
 */
#define PROBES 8

static const struct Probe {
    uint32_t pasid;
    uint64_t addr;
} probes[PROBES] = {
    { 1, 0x1000 }, { 1, 0x200000 }, { 2, 0x1000 }, { 3, 0x1000 },
    { 4, 0x1000 }, { 4, 0x200000 }, { 5, 0x1000 }, { 1, 0x40000000 },
};

#define OLD 0x10000000ull
#define NEW 0x20000000ull

static void map_all(VtdFixture *f, uint64_t base)
{
    static const uint64_t pages[] = { 0x1000, 0x200000 };
    unsigned i;

    for (i = 0; i < 2; i++) {
        vtd_map(f, pages[i], base + pages[i], true);
        vtd_map_second(f, pages[i], base + pages[i], true);
    }
    /* A 2 MiB page. */
    fake_put64(f->env, vtd_entry(f, VTD_FIRST, 4, 2, 0x40000000),
               base | 0x87);
}

static VtdFixture *filled(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    unsigned i;

    vtd_pasid(f, 1, VTD_FIRST0, 0x800001, VTD_FIRST2);
    vtd_pasid(f, 2, VTD_FIRST0, 0x800001, VTD_FIRST2);
    vtd_pasid(f, 3, VTD_FIRST0, 0x800002, VTD_FIRST2);
    vtd_pasid(f, 4, VTD_SECOND | 0x89, 1, 0);
    vtd_pasid(f, 5, VTD_SECOND | 0x89, 2, 0);
    map_all(f, OLD);
    for (i = 0; i < PROBES; i++) {
        vtd_translate(f, P(probes[i].pasid), probes[i].addr, SVA_READ);
    }
    map_all(f, NEW);
    return f;
}

/* Bit n: probe n gets the new translation. */
static unsigned renewed(VtdFixture *f)
{
    unsigned i, bits = 0;
    SvaTranslation t;

    for (i = 0; i < PROBES; i++) {
        t = vtd_translate(f, P(probes[i].pasid), probes[i].addr,
                          SVA_READ);
        g_assert_cmpuint(t.outcome, ==, SVA_OK);
        bits |= (t.map.addr >= NEW) << i;
    }
    return bits;
}

static void test_iotlb_granularity(void)
{
    static const struct {
        uint64_t qw0, qw1;
        unsigned renewed;
    } cases[] = {
        { 0x11, 0, 0x00 },                      /* context cache */
        { 0x37, 0, 0x00 },                      /* PASID cache */
        { 0x12, 0, 0xff },                      /* IOTLB global */
        { 0x22 | 1 << 16, 0, 0xb7 },            /* domain 1 */
        { 0x22 | 2 << 16, 0, 0x48 },            /* domain 2 */
        { 0x22 | 3 << 16, 0, 0x00 },
        /* Page 1 of domain 1: of 4 only this, of 1 and 2 everything. */
        { 0x32 | 1 << 16, 0x1000, 0x97 },
        { 0x32 | 1 << 16, 0x1000 | 9, 0x97 },
        { 0x32 | 1 << 16, 0x3000 | 10, 0xb7 },  /* low bits are ignored */
        { 0x32 | 2 << 16, 0x9000, 0x08 },
        { 0x32 | 2 << 16, 0x1000, 0x48 },
        /* PASID 1 of domain 1, all of it and by pages. */
        { 0x26 | 1 << 16 | 1ull << 32, 0, 0x83 },
        { 0x26 | 2 << 16 | 1ull << 32, 0, 0x00 },
        /* Second stage: with its PASID, but not by pages. */
        { 0x26 | 1 << 16 | 4ull << 32, 0, 0x30 },
        { 0x26 | 2 << 16 | 4ull << 32, 0, 0x00 },
        { 0x36 | 1 << 16 | 1ull << 32, 0x1000, 0x01 },
        { 0x36 | 1 << 16 | 1ull << 32, 0x2000, 0x00 },
        { 0x36 | 1 << 16 | 1ull << 32, 0x2000 | 1, 0x00 },
        { 0x36 | 1 << 16 | 1ull << 32, 0x0 | 1, 0x01 },
        { 0x36 | 1 << 16 | 1ull << 32, 0x0 | 10, 0x03 },
        { 0x36 | 1 << 16 | 1ull << 32, 0x0 | 19, 0x83 },
        { 0x36 | 1 << 16 | 1ull << 32, 0x0 | 35, 0x83 },
        { 0x36 | 1 << 16 | 1ull << 32, 0x0 | 51, 0x83 },
        { 0x36 | 1 << 16 | 1ull << 32, 0xffff800000000000 | 35, 0x00 },
        { 0x36 | 1 << 16 | 1ull << 32, 0xffff800000000000 | 63, 0x83 },
        { 0x36 | 1 << 16 | 4ull << 32, 0x1000, 0x00 },
        /* One byte of a large page drops all of it. */
        { 0x36 | 1 << 16 | 1ull << 32, 0x400ff000, 0x80 },
        { 0x36 | 1 << 16 | 1ull << 32, 0x1000 | 1 << 6, 0x01 },  /* IH */
    };
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        VtdFixture *f = filled();

        g_test_message("%" PRIx64 " %" PRIx64, cases[i].qw0, cases[i].qw1);
        g_assert_cmphex(renewed(f), ==, 0);
        vtd_submit(f, cases[i].qw0, cases[i].qw1);
        g_assert_cmphex(vtd_read32(f, 0x34), ==, 0);
        g_assert_cmphex(renewed(f), ==, cases[i].renewed);
        vtd_fixture_free(f);
    }
}

/* An answer for a request without PASID is one of RID_PASID. */
static void test_pasid_of_requests_without_one(void)
{
    VtdFixture *f = filled();
    uint64_t addr;

    vtd_pasid(f, 0, VTD_SECOND | 0x89, 1, 0);
    vtd_map_second(f, 0x1000, OLD, true);
    vtd_translate(f, SVA_NO_PASID, 0x1000, SVA_READ);
    vtd_map_second(f, 0x1000, NEW, true);
    addr = vtd_translate(f, SVA_NO_PASID, 0x1000, SVA_READ).map.addr;
    g_assert_cmphex(addr, ==, OLD);
    vtd_submit(f, 0x26 | 1 << 16 | 4ull << 32, 0);
    addr = vtd_translate(f, SVA_NO_PASID, 0x1000, SVA_READ).map.addr;
    g_assert_cmphex(addr, ==, OLD);
    vtd_submit(f, 0x26 | 1 << 16, 0);
    addr = vtd_translate(f, SVA_NO_PASID, 0x1000, SVA_READ).map.addr;
    g_assert_cmphex(addr, ==, NEW);
    vtd_fixture_free(f);
}

/* Of a unit with scalable mode; one without keeps them. */
static void test_disabling_translation_drops_all(void)
{
    SvaVtdConfig c = sva_vtd_default_config;
    VtdFixture *f = filled();
    unsigned i;

    vtd_level(f, 1u << 31, false);
    vtd_level(f, 1u << 31, true);
    g_assert_cmphex(renewed(f), ==, 0xff);
    vtd_fixture_free(f);
    for (i = 0; i < 2; i++) {
        c.scalable = c.pri = i;
        f = vtd_fixture_legacy(&c, VTD_SECOND | 1, 0x702);
        vtd_map_second(f, 0x1000, OLD, true);
        vtd_translate(f, SVA_NO_PASID, 0x1000, SVA_READ);
        vtd_map_second(f, 0x1000, NEW, true);
        vtd_level(f, 1u << 31, false);
        vtd_level(f, 1u << 31, true);
        g_assert_cmphex(vtd_translate(f, SVA_NO_PASID, 0x1000,
                                      SVA_READ).map.addr, ==,
                        i ? NEW : OLD);
        vtd_fixture_free(f);
    }
}

static void test_limits_of_second_stage_invalidation(void)
{
    VtdFixture *f = filled();

    vtd_submit(f, 0x32 | 1 << 16, 18);
    g_assert_cmphex(vtd_read32(f, 0x34), ==, 0);
    vtd_submit(f, 0x32 | 1 << 16, 19);
    g_assert_cmphex(vtd_read32(f, 0x34), ==, 0x10);
    vtd_fixture_free(f);
}

/* -- PASID cache and context cache -- */

/* PASIDs whose entry, now gone, is not seen any more; bit n: PASID n. */
static unsigned lost(VtdFixture *f)
{
    unsigned pasid, bits = 0;

    for (pasid = 1; pasid <= 5; pasid++) {
        bits |= (vtd_translate(f, P(pasid), 0x1000, SVA_READ).outcome
                 == SVA_ABORT) << pasid;
        vtd_fault(f, NULL, NULL);
    }
    return bits;
}

static void test_pasid_cache_granularity(void)
{
    static const struct {
        uint64_t qw0, qw1;
        unsigned lost;
    } cases[] = {
        { 0x11, 0, 0x00 }, { 0x12, 0, 0x00 },   /* the others leave it */
        { 0x37, 0, 0x3e },
        { 0x07 | 1 << 16, 0, 0x16 },
        { 0x07 | 2 << 16, 0, 0x28 },
        { 0x17 | 1 << 16 | 1ull << 32, 0, 0x02 },
        { 0x17 | 2 << 16 | 1ull << 32, 0, 0x00 },
        { 0x17 | 2 << 16 | 5ull << 32, 0, 0x20 },
    };
    unsigned i, pasid;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        VtdFixture *f = filled();

        for (pasid = 1; pasid <= 5; pasid++) {
            vtd_pasid(f, pasid, 0, 0, 0);
        }
        g_assert_cmphex(lost(f), ==, 0);
        vtd_submit(f, cases[i].qw0, cases[i].qw1);
        g_assert_cmphex(lost(f), ==, cases[i].lost);
        vtd_fixture_free(f);
    }
}

static void test_context_cache_granularity(void)
{
    static const struct {
        uint64_t qw0;
        bool lost;
    } cases[] = {
        { 0x11, true },
        { 0x31 | 0x0110ull << 32, true },
        { 0x31 | 0x0111ull << 32, false },
        { 0x31 | 0x0210ull << 32, false },
        { 0x31 | 0x0114ull << 32, false },
        { 0x31 | 0x0114ull << 32 | 1ull << 48, true },
        { 0x31 | 0x0116ull << 32 | 1ull << 48, false },
        { 0x31 | 0x0116ull << 32 | 2ull << 48, true },
        { 0x31 | 0x0117ull << 32 | 2ull << 48, false },
        { 0x31 | 0x0117ull << 32 | 3ull << 48, true },
        { 0x31 | 0x0118ull << 32 | 3ull << 48, false },
        { 0x37, false },
        { 0x12, false },
    };
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        VtdFixture *f = filled();

        vtd_context(f, 0, 0);
        g_assert_cmphex(lost(f), ==, 0);
        vtd_submit(f, cases[i].qw0, 0);
        g_assert_cmphex(lost(f), ==, cases[i].lost ? 0x3e : 0);
        vtd_fixture_free(f);
    }
}

static void test_legacy_context_cache_by_domain(void)
{
    VtdFixture *f = vtd_fixture_legacy(NULL, VTD_SECOND | 1, 0x702);
    uint64_t pa = VTD_CONTEXT + (VTD_RID & 0xff) * 16;

    vtd_map_second(f, 0x1000, 0xa000, true);
    vtd_translate(f, SVA_NO_PASID, 0x1000, SVA_READ);
    fake_put64(f->env, pa, 0);
    vtd_submit(f, 0x21 | 8 << 16, 0);
    g_assert_cmpuint(vtd_translate(f, SVA_NO_PASID, 0x1000,
                                   SVA_READ).outcome, ==, SVA_OK);
    vtd_submit(f, 0x21 | 7 << 16, 0);
    g_assert_cmpuint(vtd_translate(f, SVA_NO_PASID, 0x1000,
                                   SVA_READ).outcome, ==, SVA_ABORT);
    vtd_fixture_free(f);
}

/* Entry gone and PASID cache invalid: the IOTLB is not asked any more. */
static void test_teardown_sequence_of_linux(void)
{
    VtdFixture *f = filled();

    f->complete = true;
    vtd_pasid(f, 1, 0, 0, 0);
    vtd_put(f, 0x0000000100010017, 0);
    vtd_put(f, 0x2000000a5, VTD_STATUS);
    vtd_put(f, 0x0000000100010026, 0);
    vtd_put(f, 0x2000000a5, VTD_STATUS + 4);
    vtd_put(f, 0x0000000101100008, 0x7ffffffffffff800);
    vtd_put(f, 0x2000000a5, VTD_STATUS + 8);
    vtd_kick(f);
    g_assert_cmphex(vtd_status(f, 2), ==, 2);
    g_assert_cmphex(lost(f), ==, 0x02);
    g_assert_cmpuint(f->inv_count, ==, 1);
    g_assert_cmphex(f->invs[0].mask, ==, UINT64_MAX);
    g_assert_true(sva_pasid_equal(f->invs[0].pasid, P(1)));
    g_assert_false(f->invs[0].global);
    vtd_fixture_free(f);
}

/* -- messages -- */

static void test_device_tlb_invalidations_reach_the_function(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    vtd_submit(f, 0x3 | (uint64_t)VTD_RID << 32, 0x5000);
    g_assert_cmphex(f->invs[0].rid, ==, VTD_RID);
    g_assert_cmphex(f->invs[0].addr, ==, 0x5000);
    g_assert_cmphex(f->invs[0].mask, ==, 0xfff);
    g_assert_false(f->invs[0].pasid.valid);
    vtd_submit(f, 0x8 | VTD_RID << 16 | 7ull << 32, 0x200ff801);
    g_assert_cmphex(f->invs[1].addr, ==, 0x20000000);
    g_assert_cmphex(f->invs[1].mask, ==, 0x1fffff);
    g_assert_true(sva_pasid_equal(f->invs[1].pasid, P(7)));
    g_assert_true(f->invs[1].global);
    g_assert_cmpuint(f->invs[0].itag, !=, f->invs[1].itag);
    vtd_fixture_free(f);
}

static void test_interrupt_entry_cache_is_the_owners(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    vtd_submit(f, 0x4, 0);
    g_assert_cmpuint(f->iec_count, ==, 1);
    g_assert_true(f->iec_global);
    vtd_submit(f, 0x14 | 3ull << 27 | 0x1230ull << 32, 0);
    g_assert_cmpuint(f->iec_count, ==, 2);
    g_assert_false(f->iec_global);
    g_assert_cmphex(f->iec_index, ==, 0x1230);
    g_assert_cmpuint(f->iec_mask, ==, 3);
    vtd_submit(f, 0x14 | 16ull << 27, 0);
    g_assert_cmphex(vtd_read32(f, 0x34), ==, 0x10);
    vtd_fixture_free(f);
}

/* What one request was allowed says nothing about another kind. */
static void test_known_answer_is_of_the_same_kind_of_request(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    /* PASIDE=0, DTE=0, RID_PASID 0 */
    vtd_context(f, VTD_DIR | 1 | 7 << 9, 0);
    vtd_bind(f, 0);
    vtd_map(f, 0x1000, 0xa000, true);
    g_assert_cmphex(vtd_translate(f, SVA_NO_PASID, 0x1000,
                                  SVA_READ).map.addr, ==, 0xa000);
    g_assert_cmpuint(vtd_translate(f, P(0), 0x1000, SVA_READ).outcome,
                     ==, SVA_ABORT);
    g_assert_cmphex(vtd_fault(f, NULL, NULL), ==, 0x45);
    g_assert_cmpuint(vtd_ats(f, SVA_NO_PASID, 0x1000, SVA_READ).status,
                     ==, SVA_ATS_UR);
    g_assert_cmphex(vtd_fault(f, NULL, NULL), ==, 0x44);
    g_assert_cmphex(vtd_translate(f, SVA_NO_PASID, 0x1000,
                                  SVA_READ).map.addr, ==, 0xa000);
    vtd_fixture_free(f);
}

/*
 * Whatever names a translation makes the unit look at its tables again, and
 * what names another one does not.
 */
static void test_a_known_answer_is_forgotten_with_its_parts(void)
{
    static const struct {
        uint64_t qw0, qw1;
        bool forgotten;
    } rows[] = {
        /* context cache and PASID cache: the IOTLB still answers */
        { 1 | 1 << 4, 0, false },
        { 7 | 3 << 4, 0, false },
        { 7 | 1 << 4 | 1ull << 16 | 1ull << 32, 0, false },
        /* IOTLB: global, domain, another domain */
        { 2 | 1 << 4, 0, true },
        { 2 | 2 << 4 | 1ull << 16, 0, true },
        { 2 | 2 << 4 | 2ull << 16, 0, false },
        /* PASID-based: all of PASID 1 and 2, a page, another page */
        { 6 | 2 << 4 | 1ull << 16 | 1ull << 32, 0, true },
        { 6 | 2 << 4 | 1ull << 16 | 2ull << 32, 0, false },
        { 6 | 3 << 4 | 1ull << 16 | 1ull << 32, 0x1000, true },
        { 6 | 3 << 4 | 1ull << 16 | 1ull << 32, 0x2000, false },
    };
    size_t i;

    for (i = 0; i < ARRAY_SIZE(rows); i++) {
        VtdFixture *f = vtd_fixture_scalable(NULL);
        uint64_t want = rows[i].forgotten ? 0xb000 : 0xa000;

        vtd_bind(f, 1);
        vtd_map(f, 0x1000, 0xa000, true);
        vtd_translate(f, P(1), 0x1000, SVA_READ);
        vtd_ats(f, P(1), 0x1000, SVA_READ);
        vtd_map(f, 0x1000, 0xb000, true);
        vtd_submit(f, rows[i].qw0, rows[i].qw1);
        g_test_message("row %zu", i);
        g_assert_cmphex(vtd_translate(f, P(1), 0x1000, SVA_READ).map.addr,
                        ==, want);
        g_assert_cmphex(vtd_ats(f, P(1), 0x1000, SVA_READ).map.addr, ==,
                        want);
        vtd_fixture_free(f);
    }
}

/* The PASID of requests without PASID is not part of the request. */
static void test_requests_by_rid_pasid_are_forgotten_with_it(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    vtd_context(f, VTD_DIR | 0x1d | 7 << 9, 5);
    vtd_bind(f, 5);
    vtd_map(f, 0x1000, 0xa000, true);
    g_assert_cmphex(vtd_translate(f, SVA_NO_PASID, 0x1000,
                                  SVA_READ).map.addr, ==, 0xa000);
    vtd_map(f, 0x1000, 0xb000, true);
    g_assert_cmphex(vtd_translate(f, SVA_NO_PASID, 0x1000,
                                  SVA_READ).map.addr, ==, 0xa000);
    vtd_submit(f, 6 | 2 << 4 | 1ull << 16 | 5ull << 32, 0);
    g_assert_cmphex(vtd_translate(f, SVA_NO_PASID, 0x1000,
                                  SVA_READ).map.addr, ==, 0xb000);
    vtd_fixture_free(f);
}

/* A walk for more rights replaces what other functions' requests know too. */
static void test_a_replaced_entry_is_forgotten(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    vtd_bind(f, 1);
    vtd_map(f, 0x1000, 0xa000, false);
    g_assert_cmphex(vtd_translate(f, P(1), 0x1000, SVA_READ).map.addr, ==,
                    0xa000);
    g_assert_cmphex(vtd_ats(f, P(1), 0x1000, SVA_READ).map.addr, ==,
                    0xa000);
    vtd_map(f, 0x1000, 0xb000, true);
    g_assert_cmphex(vtd_translate(f, P(1), 0x1000, SVA_WRITE).map.addr, ==,
                    0xb000);
    g_assert_cmphex(vtd_ats(f, P(1), 0x1000, SVA_READ).map.addr, ==,
                    0xb000);
    vtd_fixture_free(f);
}

/* -- what is left, for statistics -- */

typedef struct Held {
    unsigned configs;           /* bit n: PASID n */
    unsigned translations[6];
} Held;

static void tell(const SvaCached *cached, void *opaque)
{
    Held *held = opaque;

    g_assert_cmpuint(cached->tag, <, 6);
    if (cached->config) {
        g_assert_cmphex(cached->rid, ==, VTD_RID);
        held->configs |= 1u << cached->tag;
    } else {
        held->translations[cached->tag]++;
    }
}

static Held held(VtdFixture *f)
{
    Held h = { 0 };

    f->vtd.iommu.ops->cached(&f->vtd.iommu, tell, &h);
    return h;
}

/* PASIDs 4 and 5 have no first stage. */
static void test_what_is_held_of_pasids(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    Held h = held(f);

    g_assert_cmphex(h.configs, ==, 0);
    vtd_fixture_free(f);

    f = filled();
    h = held(f);
    g_assert_cmphex(h.configs, ==, 0x0e);
    g_assert_cmpuint(h.translations[1], ==, 3);
    g_assert_cmpuint(h.translations[2], ==, 1);
    g_assert_cmpuint(h.translations[3], ==, 1);
    g_assert_cmpuint(h.translations[4] + h.translations[5], ==, 0);
    vtd_submit(f, 0x36 | 1 << 16 | 1ull << 32, 0x1000);
    g_assert_cmpuint(held(f).translations[1], ==, 2);
    g_assert_cmphex(held(f).configs, ==, 0x0e);
    vtd_submit(f, 0x17 | 1 << 16 | 1ull << 32, 0);
    vtd_submit(f, 0x26 | 1 << 16 | 1ull << 32, 0);
    h = held(f);
    g_assert_cmphex(h.configs, ==, 0x0c);
    g_assert_cmpuint(h.translations[1], ==, 0);
    g_assert_cmpuint(h.translations[2], ==, 1);
    vtd_fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CASE(fn) g_test_add_func("/vtd/inv/" #fn, test_##fn)
    CASE(iotlb_granularity);
    CASE(pasid_of_requests_without_one);
    CASE(disabling_translation_drops_all);
    CASE(limits_of_second_stage_invalidation);
    CASE(pasid_cache_granularity);
    CASE(context_cache_granularity);
    CASE(legacy_context_cache_by_domain);
    CASE(teardown_sequence_of_linux);
    CASE(device_tlb_invalidations_reach_the_function);
    CASE(interrupt_entry_cache_is_the_owners);
    CASE(known_answer_is_of_the_same_kind_of_request);
    CASE(a_known_answer_is_forgotten_with_its_parts);
    CASE(requests_by_rid_pasid_are_forgotten_with_it);
    CASE(a_replaced_entry_is_forgotten);
    CASE(what_is_held_of_pasids);
    return g_test_run();
}

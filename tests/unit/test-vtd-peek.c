/*
 * VT-d: what the caches know is told without asking the unit
 *
 * Each request of the fixture looks first, and compares (vtd-fixture.c).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "vtd-fixture.h"

#define P1 sva_pasid(1)
#define VA 0x7123ull
#define PA 0x50000000ull

static bool knows(VtdFixture *f, SvaPasid pasid, uint64_t addr,
                  uint8_t access, uint8_t at, SvaHit *out)
{
    SvaRequest req = {
        .addr = addr, .pasid = pasid, .rid = VTD_RID, .access = access,
        .at = at,
    };

    return f->vtd.iommu.ops->peek(&f->vtd.iommu, &req, out);
}

static bool knows_page(VtdFixture *f)
{
    SvaHit hit;
    bool known = knows(f, P1, VA, SVA_READ, SVA_AT_UNTRANSLATED, &hit);

    if (known) {
        g_assert_cmphex(hit.addr, ==, PA | 0x123);
        g_assert_cmpint(hit.kind, ==, SVA_HIT_PASID);
    }
    return known;
}

static bool knows_function(VtdFixture *f, uint64_t addr)
{
    SvaHit hit;
    bool known = knows(f, SVA_NO_PASID, addr, SVA_WRITE, SVA_AT_TRANSLATED,
                       &hit);

    if (known) {
        g_assert_cmphex(hit.addr, ==, addr);
        g_assert_cmpint(hit.kind, ==, SVA_HIT_CONFIG);
    }
    return known;
}

static void use(VtdFixture *f)
{
    vtd_expect_ok(f, P1, VA, SVA_READ, PA | 0x123);
    vtd_expect_ok(f, P1, VA, SVA_READ, PA | 0x123);
    g_assert_cmpint(vtd_translated(f, 0x123456789), ==, SVA_OK);
}

static VtdFixture *used(const SvaVtdConfig *config)
{
    VtdFixture *f = vtd_fixture_scalable(config);

    f->env->env.bus = NULL;     /* nobody listens */
    vtd_bind(f, 1);
    vtd_map(f, VA & SVA_PAGE_MASK, PA, false);
    use(f);
    return f;
}

static void test_a_page_is_known_once_it_was_used(void)
{
    VtdFixture *f = used(NULL);
    SvaHit hit;

    g_assert_true(knows_page(f));
    g_assert_false(knows(f, P1, VA, SVA_WRITE, SVA_AT_UNTRANSLATED, &hit));
    g_assert_false(knows(f, P1, VA, SVA_READ | SVA_PRIV,
                         SVA_AT_UNTRANSLATED, &hit));
    g_assert_false(knows(f, sva_pasid(2), VA, SVA_READ, SVA_AT_UNTRANSLATED,
                         &hit));
    vtd_submit(f, 0x26 | 1 << 16 | 1ull << 32, 0);
    g_assert_false(knows_page(f));
    vtd_fixture_free(f);
}

/* With all of the page that it is in, and with what else it may be used for. */
static void test_the_size_of_a_large_page_is_known(void)
{
    VtdFixture *f = used(NULL);
    SvaHit hit;
    unsigned i;

    fake_put64(f->env, vtd_entry(f, VTD_FIRST, 4, 2, 0x40200000),
               0x80000000 | 0x87);
    for (i = 0; i < 3; i++) {
        vtd_expect_ok(f, P1, 0x40345678, SVA_WRITE, 0x80145678);
    }
    g_assert_true(knows(f, P1, 0x40345678, SVA_READ, SVA_AT_UNTRANSLATED,
                        &hit));
    g_assert_cmphex(hit.addr, ==, 0x80145678);
    g_assert_cmphex(hit.mask, ==, 0x1fffff);
    g_assert_cmpint(hit.access & SVA_RW, ==, SVA_RW);
    g_assert_true(knows(f, P1, VA, SVA_READ, SVA_AT_UNTRANSLATED, &hit));
    g_assert_cmphex(hit.mask, ==, 0xfff);
    g_assert_cmpint(hit.access & SVA_RW, ==, SVA_READ);
    vtd_fixture_free(f);
}

static void test_a_function_is_known_by_any_address(void)
{
    VtdFixture *f = used(NULL);
    SvaHit hit;

    g_assert_true(knows_function(f, 0x1000));
    g_assert_true(knows_function(f, 0xfedcba987));
    /* Beyond the width of host addresses, and interrupts. */
    g_assert_false(knows_function(f, 1ull << 48));
    g_assert_false(knows_function(f, 0xfee00000));
    /* A translated request with a PASID is none. */
    g_assert_false(knows(f, P1, 0x1000, SVA_READ, SVA_AT_TRANSLATED, &hit));
    vtd_submit(f, 0x11, 0);
    g_assert_false(knows_function(f, 0x1000));
    g_assert_false(knows_page(f));
    vtd_fixture_free(f);
}

static void test_nothing_is_known_without_translation(void)
{
    VtdFixture *f = used(NULL);
    SvaHit hit;

    g_assert_false(knows(f, SVA_NO_PASID, 0xfee00000, SVA_WRITE,
                         SVA_AT_UNTRANSLATED, &hit));
    vtd_write32(f, 0x18, vtd_read32(f, 0x1c) & 0x7fffffff);     /* TE */
    g_assert_false(knows_page(f));
    g_assert_false(knows_function(f, 0x1000));
    vtd_fixture_free(f);
}

/*
 * Only a unit with scalable mode forgets everything when TE is cleared (VT-d
 * rev 5.10, 11.4.4.1).  The other one's caches stay as they are, and a request
 * goes to its own address all the same.
 */
static void test_what_is_still_cached_without_translation_is_not_told(void)
{
    SvaVtdConfig config = sva_vtd_default_config;
    VtdFixture *f;
    SvaHit hit;

    config.pri = config.scalable = false;
    f = vtd_fixture_legacy(&config, VTD_SECOND | 1, 0x702);
    f->env->env.bus = NULL;
    vtd_map_second(f, VA & SVA_PAGE_MASK, PA, false);
    for (unsigned i = 0; i < 2; i++) {
        vtd_expect_ok(f, SVA_NO_PASID, VA, SVA_READ, PA | 0x123);
    }
    g_assert_true(knows(f, SVA_NO_PASID, VA, SVA_READ, SVA_AT_UNTRANSLATED,
                        &hit));
    g_assert_cmphex(hit.addr, ==, PA | 0x123);
    vtd_level(f, 1u << 31, false);      /* TE */
    g_assert_false(knows(f, SVA_NO_PASID, VA, SVA_READ, SVA_AT_UNTRANSLATED,
                         &hit));
    vtd_expect_ok(f, SVA_NO_PASID, VA, SVA_READ, VA);
    vtd_level(f, 1u << 31, true);
    g_assert_true(knows(f, SVA_NO_PASID, VA, SVA_READ, SVA_AT_UNTRANSLATED,
                        &hit));
    vtd_fixture_free(f);
}

static void ignore(void *opaque G_GNUC_UNUSED,
                   const SvaEvent *event G_GNUC_UNUSED)
{
}

static void test_nothing_is_known_while_hits_are_heard(void)
{
    VtdFixture *f = used(NULL);
    SvaEventSink sink = { .fn = ignore };
    SvaEventBus bus;

    sva_event_bus_init(&bus);
    f->env->env.bus = &bus;
    g_assert_true(knows_page(f));
    sva_event_bus_add(&bus, &sink);
    g_assert_false(knows_page(f));
    sva_event_bus_remove(&bus, &sink);
    sink.no_hits = true;
    sva_event_bus_add(&bus, &sink);
    g_assert_true(knows_page(f));
    sva_event_bus_remove(&bus, &sink);
    f->env->env.bus = NULL;
    sva_event_bus_destroy(&bus);
    vtd_fixture_free(f);
}

static void test_an_adversary_tells_nothing(void)
{
    SvaVtdConfig config = sva_vtd_default_config;
    VtdFixture *f;

    config.adversary = 1;
    f = vtd_fixture_scalable(&config);
    g_assert_null(f->vtd.iommu.ops->peek);
    vtd_fixture_free(f);
}

static void test_hits_count_like_those_that_were_asked_for(void)
{
    static const SvaVtdCounter counters[] = {
        SVA_VTD_CNT_TRANSLATIONS, SVA_VTD_CNT_CONTEXT_HITS,
        SVA_VTD_CNT_PASID_HITS, SVA_VTD_CNT_IOTLB_HITS,
        SVA_VTD_CNT_TRANSLATED,
    };
    VtdFixture *f = used(NULL);
    uint64_t before[G_N_ELEMENTS(counters)], asked;

    for (unsigned i = 0; i < G_N_ELEMENTS(counters); i++) {
        before[i] = vtd_count(f, counters[i]);
    }
    vtd_translate(f, P1, VA, SVA_READ);
    vtd_translated(f, 0x1000);
    f->vtd.iommu.hits[SVA_HIT_PASID]++;
    f->vtd.iommu.hits[SVA_HIT_CONFIG]++;
    for (unsigned i = 0; i < G_N_ELEMENTS(counters); i++) {
        asked = counters[i] == SVA_VTD_CNT_CONTEXT_HITS ? 2 : 1;
        g_assert_cmpuint(vtd_count(f, counters[i]) - before[i], ==,
                         2 * asked);
    }
    vtd_fixture_free(f);
}

static const SvaVtdConfig *small(SvaVtdConfig *config)
{
    *config = sva_vtd_default_config;
    config->iotlb_entries = 16;
    return config;
}

/* A page that only the uTLB has: the TLB holds less than was used since. */
static void test_what_was_looked_for_is_not_looked_for_again(void)
{
    SvaVtdConfig config;
    VtdFixture *f = used(small(&config));
    SvaRequest req = {
        .addr = VA, .pasid = P1, .rid = VTD_RID, .access = SVA_READ,
        .at = SVA_AT_UNTRANSLATED,
    };
    SvaTranslation out;
    uint64_t misses;

    for (unsigned i = 1; i < 100; i++) {
        vtd_map(f, (VA & SVA_PAGE_MASK) + (i << 12), PA + (i << 12), false);
        vtd_expect_ok(f, P1, VA + (i << 12), SVA_READ,
                       (PA | 0x123) + (i << 12));
    }
    g_assert_true(knows_page(f));
    misses = vtd_count(f, SVA_VTD_CNT_IOTLB_MISSES);
    f->vtd.iommu.ops->translate(&f->vtd.iommu, &req, &out);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_IOTLB_MISSES), ==, misses);
    req.peeked = true;
    f->vtd.iommu.ops->translate(&f->vtd.iommu, &req, &out);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_IOTLB_MISSES), ==, misses + 1);
    g_assert_cmpint(out.outcome, ==, SVA_OK);
    g_assert_cmphex(out.map.addr, ==, PA | 0x123);
    vtd_fixture_free(f);
}

#define ADD(name) g_test_add_func("/vtd/peek/" #name, test_##name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(a_page_is_known_once_it_was_used);
    ADD(the_size_of_a_large_page_is_known);
    ADD(a_function_is_known_by_any_address);
    ADD(nothing_is_known_without_translation);
    ADD(what_is_still_cached_without_translation_is_not_told);
    ADD(nothing_is_known_while_hits_are_heard);
    ADD(an_adversary_tells_nothing);
    ADD(what_was_looked_for_is_not_looked_for_again);
    ADD(hits_count_like_those_that_were_asked_for);
    return g_test_run();
}

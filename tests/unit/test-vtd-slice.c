/*
 * VT-d: what one register write makes the unit do has a bound
 *
 * Descriptors that look at much are done in slices, one in the register write
 * and the others later.  The bound of a slice is stated here: 65,536 entries,
 * and what the last descriptor looks at, which is the IOTLB at most.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/sva/vtd/state.h"
#include "vtd-fixture.h"

#define P(n) sva_pasid(n)

#define SLICE   65536u
#define PAGES   20000u          /* that the IOTLB holds, at least */
#define ENTRIES 32768u          /* of the IOTLB */
#define MANY    30u             /* descriptors, to take ten slices */

/* PASID 1 of domain 1, half of all addresses, where nothing is mapped */
#define PIOTLB0 0x100010036ull
#define PIOTLB1 0x8000000000000033ull

#define QIE     (1u << 26)

/* How much the unit looked at, slice by slice. */
typedef struct Watch {
    VtdFixture *f;
    uint64_t slices;
    uint64_t start;             /* what had been looked at before */
    uint64_t most;              /* in one slice */
} Watch;

static void note(Watch *w)
{
    uint64_t looked = vtd_count(w->f, SVA_VTD_CNT_LOOKED_AT);

    if (vtd_count(w->f, SVA_VTD_CNT_QUEUE_DEFERRED) != w->slices) {
        w->slices = vtd_count(w->f, SVA_VTD_CNT_QUEUE_DEFERRED);
        w->start = looked;
    }
    w->most = MAX(w->most, looked - w->start);
}

static void watch(FakeEnv *f, FakeAccess kind, uint64_t pa, void *opaque)
{
    (void)f;
    if (kind == FAKE_READ && pa - VTD_QUEUE < 0x1000) {
        note(opaque);
    }
}

static VtdFixture *filled(void)
{
    SvaVtdConfig c = sva_vtd_default_config;
    VtdFixture *f;
    unsigned i;

    c.iotlb_entries = ENTRIES;
    f = vtd_fixture_scalable(&c);
    vtd_bind(f, 1);
    for (i = 0; i < PAGES + 2000; i++) {
        vtd_map(f, (uint64_t)i << 12, 0x10000000, true);
        vtd_translate(f, P(1), (uint64_t)i << 12, SVA_READ);
    }
    g_assert_cmpuint(sva_iotlb_count(f->vtd.iotlb), >=, PAGES);
    return f;
}

static void put_many(VtdFixture *f, unsigned n)
{
    while (n--) {
        vtd_put(f, PIOTLB0, PIOTLB1);
    }
}

static void put_wait(VtdFixture *f, unsigned n)
{
    vtd_put(f, 0x200000025ull, VTD_STATUS + 4 * n);
}

static void test_one_write_does_one_slice(void)
{
    VtdFixture *f = filled();
    Watch w = { .f = f };
    uint64_t done;

    put_many(f, MANY);
    put_wait(f, 0);
    fake_env_set_hook(f->env, watch, &w);
    vtd_kick(f);
    note(&w);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_LOOKED_AT), >=, SLICE - 4096);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_LOOKED_AT), <=,
                     SLICE + ENTRIES);
    g_assert_cmphex(vtd_read64(f, 0x80), !=, f->tail);
    g_assert_cmphex(vtd_status(f, 0), ==, 0);
    /* Each in its own time. */
    done = vtd_count(f, SVA_VTD_CNT_DESC_PIOTLB);
    fake_env_advance(f->env, 0);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_DESC_PIOTLB), ==, done);
    fake_env_advance(f->env, 1);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_DESC_PIOTLB), >, done);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_DESC_PIOTLB), <, MANY);
    fake_env_advance(f->env, 1000);
    note(&w);
    g_assert_cmpuint(w.most, <=, SLICE + ENTRIES);
    g_assert_cmpuint(w.slices, >=, MANY * PAGES / (SLICE + ENTRIES));
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_DESC_PIOTLB), ==, MANY);
    g_assert_cmphex(vtd_read64(f, 0x80), ==, f->tail);
    g_assert_cmphex(vtd_status(f, 0), ==, 2);
    vtd_fixture_free(f);
}

/* Each write starts a slice, and none of them a longer one. */
static void test_waits_keep_their_place(void)
{
    VtdFixture *f = filled();

    put_many(f, 2);
    put_wait(f, 0);
    put_many(f, MANY);
    put_wait(f, 1);
    vtd_kick(f);
    g_assert_cmphex(vtd_status(f, 0), ==, 2);
    g_assert_cmphex(vtd_status(f, 1), ==, 0);
    vtd_wait(f, 2, 0);
    g_assert_cmphex(vtd_status(f, 2), ==, 0);
    fake_env_advance(f->env, 1000);
    g_assert_cmphex(vtd_status(f, 1), ==, 2);
    g_assert_cmphex(vtd_status(f, 2), ==, 2);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_DESC_PIOTLB), ==, MANY + 2);
    vtd_fixture_free(f);
}

static void test_cheap_descriptors_take_no_slices(void)
{
    VtdFixture *f = filled();
    unsigned i;

    for (i = 0; i < 120; i++) {
        vtd_put(f, 0x100010036ull, (uint64_t)i << 12);
    }
    put_wait(f, 0);
    vtd_kick(f);
    g_assert_cmphex(vtd_status(f, 0), ==, 2);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_QUEUE_DEFERRED), ==, 0);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_IOTLB_DROPPED), ==, 120);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_LOOKED_AT), <, 1000);
    vtd_fixture_free(f);
}

/* A function may look at its whole cache for it. */
static void test_wide_device_tlb_invalidations(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    unsigned i;

    f->complete = true;
    for (i = 0; i < 127; i++) {
        vtd_put(f, 0x3 | (uint64_t)VTD_RID << 32, 0x7ffffffffffff001);
    }
    vtd_kick(f);
    g_assert_cmpuint(f->inv_count, >=, SLICE / 1040);
    g_assert_cmpuint(f->inv_count, <=, SLICE / 1024 + 1);
    fake_env_advance(f->env, 1000);
    g_assert_cmpuint(f->inv_count, ==, 127);
    vtd_fixture_free(f);
}

/* One pass over a PASID cache that has grown counts, too. */
static void test_passes_over_the_pasid_cache_count(void)
{
    VtdFixture *f = filled();
    uint64_t before = vtd_count(f, SVA_VTD_CNT_LOOKED_AT);

    vtd_submit(f, 0x20007, 0);    /* domain 2, of which nothing is */
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_LOOKED_AT), >=, before + 1024);
    before = vtd_count(f, SVA_VTD_CNT_LOOKED_AT);
    vtd_submit(f, 0x17 | 1 << 16 | 1ull << 32, 0);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_LOOKED_AT), <=, before + 2);
    vtd_fixture_free(f);
}

static void test_disabled_queue_stays_where_it_is(void)
{
    VtdFixture *f = filled();

    put_many(f, MANY);
    vtd_kick(f);
    vtd_level(f, QIE, false);
    g_assert_cmphex(vtd_read32(f, 0x1c) & QIE, ==, 0);
    fake_env_advance(f->env, 1000000);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_DESC_PIOTLB), <, MANY);
    vtd_fixture_free(f);
}

static void test_reset_ends_it(void)
{
    VtdFixture *f = filled();

    put_many(f, MANY);
    vtd_kick(f);
    sva_vtd_reset(&f->vtd);
    fake_env_clear(f->env);
    fake_env_advance(f->env, 1000000);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_DESC_PIOTLB), <, MANY);
    g_assert_cmphex(vtd_read32(f, 0x34), ==, 0);
    vtd_fixture_free(f);
}

/* The unit that takes over has an empty IOTLB, and goes on by itself. */
static void test_saved_between_two_slices(void)
{
    VtdFixture *f = filled();
    g_autofree SvaVtdSaved *s = g_new(SvaVtdSaved, 1);
    unsigned done;

    put_many(f, MANY);
    put_wait(f, 0);
    vtd_kick(f);
    done = vtd_count(f, SVA_VTD_CNT_DESC_PIOTLB);
    g_assert_cmpuint(done, <, MANY);
    sva_vtd_save(&f->vtd, s);
    g_assert_cmpstr(sva_vtd_load(&f->vtd, s), ==, NULL);
    g_assert_cmphex(vtd_status(f, 0), ==, 0);
    fake_env_advance(f->env, 1000);
    g_assert_cmphex(vtd_status(f, 0), ==, 2);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_DESC_PIOTLB), ==, MANY);
    vtd_fixture_free(f);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *path;
        GTestFunc fn;
    } tests[] = {
        { "one-write-does-one-slice", test_one_write_does_one_slice },
        { "waits-keep-their-place", test_waits_keep_their_place },
        { "cheap-descriptors-take-no-slices",
          test_cheap_descriptors_take_no_slices },
        { "wide-device-tlb-invalidations",
          test_wide_device_tlb_invalidations },
        { "passes-over-the-pasid-cache-count",
          test_passes_over_the_pasid_cache_count },
        { "disabled-queue-stays-where-it-is",
          test_disabled_queue_stays_where_it_is },
        { "reset-ends-it", test_reset_ends_it },
        { "saved-between-two-slices", test_saved_between_two_slices },
    };
    size_t i;

    g_test_init(&argc, &argv, NULL);
    for (i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_autofree char *path = g_strdup_printf("/vtd/slice/%s",
                                                tests[i].path);

        g_test_add_func(path, tests[i].fn);
    }
    return g_test_run();
}

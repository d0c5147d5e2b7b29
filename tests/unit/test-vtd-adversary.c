/*
 * VT-d: each liberty of the adversary, seen by its effect
 *
 * A liberty is taken at moments that the seed chooses: a test looks for a seed
 * that shows the effect, and that no seed breaks what software is promised.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "vtd-fixture.h"
#include "hw/sva/vtd/state.h"
#include "hw/sva/core/adversary.h"

#define P(n)   sva_pasid(n)
#define SEEDS  64

#define OLD    0x10000000ull
#define NEW    0x20000000ull
#define OTHER  0x100000         /* another top table */

/* PASID 1: domain 1, first stage, pages 1 to 15 at OLD, 2 MiB at 1 GiB. */
static VtdFixture *start(unsigned liberty, uint32_t seed)
{
    SvaVtdConfig c = sva_vtd_default_config;
    VtdFixture *f;
    uint64_t page;

    c.adversary = seed;
    c.adversary_only = SVA_LIBERTY_BIT(liberty);
    f = vtd_fixture_scalable(&c);
    vtd_bind(f, 1);
    for (page = 0x1000; page < 0x10000; page += 0x1000) {
        vtd_map(f, page, OLD + page, true);
    }
    fake_put64(f->env, vtd_entry(f, VTD_FIRST, 4, 2, 0x40000000),
               OLD | 0x87);
    return f;
}

/* Wait, and see that it comes to an end. */
static void sync_queue(VtdFixture *f)
{
    fake_put64(f->env, VTD_STATUS, 0);
    vtd_wait(f, 0, 0);
    fake_env_advance(f->env, 400000);
    g_assert_cmpuint(vtd_status(f, 0), ==, 2);
}

/* PASID-cache, P_IOTLB by PASID and by page, of domain 1, PASID 1 */
static void drop_pasid(VtdFixture *f)
{
    vtd_submit(f, 0x17 | 1 << 16 | 1ull << 32, 0);
}

static void drop_iotlb(VtdFixture *f)
{
    vtd_submit(f, 0x26 | 1 << 16 | 1ull << 32, 0);
}

static void drop_page(VtdFixture *f, uint64_t page)
{
    vtd_submit(f, 0x36 | 1 << 16 | 1ull << 32, page);
}

static bool reaches(VtdFixture *f, uint64_t addr, uint64_t pa)
{
    SvaTranslation t = vtd_translate(f, P(1), addr, SVA_READ);

    return t.outcome == SVA_OK && t.map.addr == pa;
}

/* -- the liberties -- */

static bool speculates(uint32_t seed)
{
    VtdFixture *f = start(SVA_LIBERTY_SPECULATE, seed);
    uint64_t pte = vtd_entry(f, VTD_FIRST, 4, 1, 0x4000), accessed;
    unsigned i;

    for (i = 0; i < 8; i++) {
        g_assert_true(reaches(f, 0x3000, OLD + 0x3000));
        fake_env_advance(f->env, 400000);
    }
    accessed = fake_get64(f->env, pte);
    /* Marked as accessed if it was translated, and never as dirty. */
    g_assert_cmphex(accessed & ~0x20ull, ==, (OLD + 0x4000) | 7);
    fake_put64(f->env, pte, 0);
    if (reaches(f, 0x4000, OLD + 0x4000)) {
        g_assert_cmphex(accessed & 0x20, ==, 0x20);
    } else {
        g_assert_cmphex(vtd_fault(f, NULL, NULL), !=, 0);
        accessed = 0;
    }
    /* What it did not find out nobody gets to know. */
    g_assert_cmpuint(vtd_fault(f, NULL, NULL), ==, 0);
    vtd_fixture_free(f);
    return accessed;
}

static bool is_early(uint32_t seed)
{
    VtdFixture *f = start(SVA_LIBERTY_EARLY, seed);
    bool torn = false;
    unsigned i;

    g_assert_true(reaches(f, 0x1000, OLD + 0x1000));
    /* Another table, and another domain, without an invalidation. */
    fake_put64(f->env, vtd_entry(f, OTHER, 4, 1, 0x2000),
               NEW | 0x2007);
    vtd_pasid(f, 1, VTD_FIRST0, 0x800002, OTHER);
    fake_env_clear(f->env);
    for (i = 0; i < 8 && !torn; i++) {
        vtd_submit(f, 0x12, 0);
        reaches(f, 0x2000, 0);
        if (fake_env_event_count(f->env, SVA_EV_FILL)) {
            const SvaEvent *e = fake_env_event(f->env, SVA_EV_FILL, 0);

            torn = (e->fill.map.addr >= NEW) != (e->fill.domain == 2);
        }
        fake_env_clear(f->env);
    }
    vtd_submit(f, 0x37, 0);             /* of whatever domain it is now */
    vtd_submit(f, 0x12, 0);
    sync_queue(f);
    fake_env_clear(f->env);
    g_assert_true(reaches(f, 0x2000, NEW + 0x2000));
    g_assert_cmpuint(fake_env_event(f->env, SVA_EV_FILL, 0)->fill.domain, ==,
                     2);
    vtd_fixture_free(f);
    return torn;
}

/* An entry that is not present yet is never put together of pieces. */
static void test_no_piece_of_an_absent_entry(void)
{
    uint32_t seed;
    unsigned i;

    for (seed = 1; seed <= SEEDS; seed++) {
        VtdFixture *f = start(SVA_LIBERTY_EARLY, seed);

        vtd_pasid(f, 2, 0, 0, 0);
        for (i = 0; i < 8; i++) {
            vtd_translate(f, P(2), 0x1000, SVA_READ);
            g_assert_cmpuint(vtd_fault(f, NULL, NULL), ==, 0x59);
        }
        vtd_bind(f, 2);
        for (i = 0; i < 8; i++) {
            vtd_expect_ok(f, P(2), 0x1000, SVA_READ, OLD + 0x1000);
        }
        vtd_fixture_free(f);
    }
}

static bool is_late(uint32_t seed)
{
    VtdFixture *f = start(SVA_LIBERTY_LATE, seed);
    const SvaEvent *e;
    bool late;

    g_assert_true(reaches(f, 0x1000, OLD + 0x1000));
    vtd_map(f, 0x1000, NEW + 0x1000, true);
    drop_page(f, 0x1000);
    late = reaches(f, 0x1000, OLD + 0x1000);
    sync_queue(f);
    /* Who follows the events is told when it was. */
    g_assert_cmpuint(fake_env_event_count(f->env, SVA_EV_INVALIDATED), ==, 1);
    e = fake_env_event(f->env, SVA_EV_INVALIDATED, 0);
    g_assert_cmpuint(e->command.type, ==, 6);
    g_assert_cmpuint(e->seq, <,
                     fake_env_event(f->env, SVA_EV_WAIT_DONE, 0)->seq);
    g_assert_true(reaches(f, 0x1000, NEW + 0x1000));
    vtd_fixture_free(f);
    return late;
}

/* Before a device-TLB is told, the IOTLB has nothing to fill it with. */
static void test_device_tlb_comes_after_the_iotlb(void)
{
    uint32_t seed;

    for (seed = 1; seed <= SEEDS; seed++) {
        VtdFixture *f = start(SVA_LIBERTY_LATE, seed);

        g_assert_true(reaches(f, 0x1000, OLD + 0x1000));
        vtd_map(f, 0x1000, NEW + 0x1000, true);
        drop_page(f, 0x1000);
        vtd_submit(f, 0x8 | (uint64_t)VTD_RID << 16 | 1ull << 32, 0x1000);
        g_assert_cmpuint(f->inv_count, ==, 1);
        g_assert_true(reaches(f, 0x1000, NEW + 0x1000));
        vtd_complete(f, 0);
        vtd_fixture_free(f);
    }
}

static bool waits_long(uint32_t seed)
{
    VtdFixture *f = start(SVA_LIBERTY_WAIT, seed);
    bool waits;

    vtd_wait(f, 1, 0);
    waits = vtd_status(f, 1) != 2;
    /* One behind it does not come before it. */
    vtd_wait(f, 2, 0);
    g_assert_true(!waits || vtd_status(f, 2) != 2);
    fake_env_advance(f->env, 300001);
    g_assert_cmpuint(vtd_status(f, 1), ==, 2);
    fake_env_advance(f->env, 300001);
    g_assert_cmpuint(vtd_status(f, 2), ==, 2);
    vtd_fixture_free(f);
    return waits;
}

/* It is time, but the timer of the first has not fired yet. */
static void test_waits_keep_their_order(void)
{
    unsigned waiting = 0;
    uint32_t seed;

    for (seed = 1; seed <= SEEDS; seed++) {
        VtdFixture *f = start(SVA_LIBERTY_WAIT, seed);

        vtd_wait(f, 1, 0);
        f->env->now += 400000;
        vtd_wait(f, 2, 0);
        waiting += vtd_status(f, 1) != 2;
        g_assert_true(vtd_status(f, 1) == 2 || vtd_status(f, 2) != 2);
        fake_env_advance(f->env, 400000);
        g_assert_cmpuint(vtd_status(f, 1), ==, 2);
        g_assert_cmpuint(vtd_status(f, 2), ==, 2);
        vtd_fixture_free(f);
    }
    g_assert_cmpuint(waiting, >, 0);
}

/* A fence holds up what is behind it, and a queue stops behind its waits. */
static void test_waits_end(void)
{
    uint32_t seed;

    for (seed = 1; seed <= SEEDS; seed++) {
        VtdFixture *f = start(SVA_LIBERTY_WAIT, seed);
        unsigned i;

        for (i = 0; i < 20; i++) {
            vtd_wait(f, i, i % 3 ? 0 : 0x40);
        }
        fake_env_advance(f->env, 20 * 300001);
        for (i = 0; i < 20; i++) {
            g_assert_cmpuint(vtd_status(f, i), ==, 2);
        }
        vtd_wait(f, 20, 0);
        vtd_level(f, 1u << 26, false);
        fake_env_advance(f->env, 300001);
        g_assert_cmphex(vtd_read32(f, 0x1c) & 1u << 26, ==, 0);
        g_assert_cmpuint(vtd_status(f, 20), ==, 2);
        vtd_fixture_free(f);
    }
}

/* What waits when the unit is saved comes to an end where it is restored. */
static void test_waits_are_saved(void)
{
    SvaVtdSaved *saved = g_new(SvaVtdSaved, 1);
    unsigned waiting = 0;
    uint32_t seed;

    for (seed = 1; seed <= SEEDS; seed++) {
        VtdFixture *f = start(SVA_LIBERTY_WAIT, seed);

        vtd_wait(f, 1, 0);
        waiting += vtd_status(f, 1) != 2;
        sva_vtd_save(&f->vtd, saved);
        g_assert_null(sva_vtd_load(&f->vtd, saved));
        fake_env_advance(f->env, 2);
        g_assert_cmpuint(vtd_status(f, 1), ==, 2);
        vtd_fixture_free(f);
    }
    g_assert_cmpuint(waiting, >, 0);
    g_free(saved);
}

/* After P=0 and the PASID cache, before the IOTLB */
static bool serves_alone(uint32_t seed)
{
    VtdFixture *f = start(SVA_LIBERTY_ALONE, seed);
    bool served;

    g_assert_true(reaches(f, 0x1000, OLD + 0x1000));
    vtd_pasid(f, 1, 0, 0, 0);
    drop_pasid(f);
    sync_queue(f);
    served = reaches(f, 0x1000, OLD + 0x1000);
    /* A page that was not there is not found by anybody. */
    g_assert_false(reaches(f, 0x2000, OLD + 0x2000));
    drop_iotlb(f);
    sync_queue(f);
    g_assert_false(reaches(f, 0x1000, OLD + 0x1000));
    vtd_fixture_free(f);
    return served;
}

static bool has_stale_rights(uint32_t seed)
{
    VtdFixture *f = start(SVA_LIBERTY_STALE_RIGHTS, seed);
    SvaAtsCompletion c;
    bool stale;

    vtd_map(f, 0x1000, OLD + 0x1000, false);
    c = vtd_ats(f, P(1), 0x1000, SVA_READ);
    g_assert_cmphex(c.map.access, ==, SVA_READ);
    vtd_map(f, 0x1000, OLD + 0x1000, true);
    c = vtd_ats(f, P(1), 0x1000, SVA_RW);
    stale = c.map.access == SVA_READ;
    /* Who does not ask for the page, or cannot, is not refused. */
    f->final = true;
    c = vtd_ats(f, P(1), 0x1000, SVA_RW);
    g_assert_cmphex(c.map.access, ==, SVA_RW);
    f->final = false;
    vtd_expect_ok(f, P(1), 0x1000, SVA_RW, OLD + 0x1000);
    /* Who asks gets it. */
    vtd_page_request(f, P(1), 0x1000, 1, true);
    c = vtd_ats(f, P(1), 0x1000, SVA_RW);
    g_assert_cmphex(c.map.access, ==, SVA_RW);
    vtd_fixture_free(f);
    return stale;
}

/* A page that is only clean is writable. */
static void test_clean_is_no_missing_right(void)
{
    uint32_t seed;

    for (seed = 1; seed <= SEEDS; seed++) {
        VtdFixture *f = start(SVA_LIBERTY_STALE_RIGHTS, seed);
        SvaAtsCompletion c = vtd_ats(f, P(1), 0x1000, SVA_READ);

        g_assert_cmphex(c.map.access, ==, SVA_READ);
        c = vtd_ats(f, P(1), 0x1000, SVA_RW);
        g_assert_cmphex(c.map.access, ==, SVA_RW);
        vtd_fixture_free(f);
    }
}

static bool splits(uint32_t seed)
{
    VtdFixture *f = start(SVA_LIBERTY_SPLIT, seed);
    bool split;

    g_assert_true(reaches(f, 0x40000000, OLD));
    g_assert_true(reaches(f, 0x40001000, OLD + 0x1000));
    fake_put64(f->env, vtd_entry(f, VTD_FIRST, 4, 2, 0x40000000),
               NEW | 0x87);
    drop_page(f, 0x40000000);
    sync_queue(f);
    g_assert_true(reaches(f, 0x40000000, NEW));
    split = reaches(f, 0x40001000, OLD + 0x1000);
    drop_page(f, 0x40000000 | 9);
    sync_queue(f);
    g_assert_true(reaches(f, 0x40001000, NEW + 0x1000));
    vtd_fixture_free(f);
    return split;
}

static bool drops(uint32_t seed)
{
    VtdFixture *f = start(SVA_LIBERTY_DROP, seed);
    bool renewed = false;
    unsigned i;

    g_assert_true(reaches(f, 0x1000, OLD + 0x1000));
    vtd_map(f, 0x1000, NEW + 0x1000, true);
    for (i = 0; i < 64 && !renewed; i++) {
        fake_env_advance(f->env, 300001);
        renewed = reaches(f, 0x1000, NEW + 0x1000);
    }
    vtd_fixture_free(f);
    return renewed;
}

static const struct {
    const char *name;
    bool (*shows)(uint32_t seed);
} liberties[] = {
    { "speculate", speculates },
    { "early", is_early },
    { "late", is_late },
    { "wait", waits_long },
    { "alone", serves_alone },
    { "stale-rights", has_stale_rights },
    { "split", splits },
    { "drop", drops },
};

QEMU_BUILD_BUG_ON(G_N_ELEMENTS(liberties) != SVA_LIBERTIES);

/* Some seeds show it, and each does so every time. */
static void test_liberty(const void *opaque)
{
    bool (*shows)(uint32_t seed) = liberties[GPOINTER_TO_UINT(opaque)].shows;
    unsigned shown = 0;
    uint32_t seed;

    for (seed = 1; seed <= SEEDS; seed++) {
        bool first = shows(seed);

        g_assert_cmpint(shows(seed), ==, first);
        shown += first;
    }
    g_assert_cmpuint(shown, >, 0);
}

/* With all of them, that the seed chooses: the same seed, the same events. */
static char *events_of(uint32_t seed)
{
    SvaVtdConfig c = sva_vtd_default_config;
    GString *text = g_string_new(NULL);
    VtdFixture *f;
    unsigned i;

    c.adversary = seed;
    f = vtd_fixture_scalable(&c);
    vtd_bind(f, 1);
    for (i = 1; i < 16; i++) {
        vtd_map(f, i * 0x1000, OLD + i * 0x1000, true);
        vtd_translate(f, P(1), i * 0x1000, SVA_READ);
        drop_page(f, i * 0x1000);
        vtd_wait(f, 0, 0);
        fake_env_advance(f->env, 100000);
    }
    for (i = 0; i < f->env->events->len; i++) {
        const SvaEvent *e = &g_array_index(f->env->events, SvaEvent, i);

        g_string_append_printf(text, "%" PRId64 " %s %" PRIx64 "\n", e->time,
                               sva_event_kind_name(e->kind), e->addr);
    }
    vtd_fixture_free(f);
    return g_string_free(text, false);
}

static void test_runs_can_be_repeated(void)
{
    unsigned different = 0;
    uint32_t seed;

    for (seed = 1; seed <= SEEDS; seed++) {
        g_autofree char *first = events_of(seed);
        g_autofree char *again = events_of(seed);
        g_autofree char *other = events_of(seed + 1);

        g_assert_cmpstr(first, ==, again);
        different += strcmp(first, other) != 0;
    }
    g_assert_cmpuint(different, >, SEEDS / 2);
}

/* -- software that means no good -- */

static uint64_t any_word(GRand *rand)
{
    uint64_t word = (uint64_t)g_rand_int(rand) << 32 | g_rand_int(rand);

    /* Often one that leads to a table. */
    return g_rand_boolean(rand) ? word : (word & 0x3ff000) | 0x7;
}

static void hostile_step(VtdFixture *f, GRand *rand)
{
    static const uint8_t types[] = { 0x1, 0x2, 0x5, 0x6, 0x7, 0x8 };
    uint64_t before = f->env->accesses;

    switch (g_rand_int_range(rand, 0, 4)) {
    case 0:
        vtd_submit(f, (any_word(rand) & ~0xfull) |
                      types[g_rand_int_range(rand, 0, G_N_ELEMENTS(types))],
                   any_word(rand));
        if (vtd_read32(f, 0x34) & 0x70) {
            fake_put64(f->env, VTD_QUEUE + vtd_read64(f, 0x80), 0x25);
            fake_put64(f->env, VTD_QUEUE + vtd_read64(f, 0x80) + 8,
                       VTD_STATUS);
            vtd_write32(f, 0x34, 0x70);
        }
        break;
    case 1:
        fake_put64(f->env, 0x10000 + (any_word(rand) & 0xfff8),
                   any_word(rand));
        break;
    case 2:
        vtd_ats(f, P(g_rand_int_range(rand, 0, 4)), any_word(rand), SVA_RW);
        break;
    default:
        vtd_translate(f, P(g_rand_int_range(rand, 0, 4)), any_word(rand),
                      SVA_RW);
        break;
    }
    g_assert_cmpuint(f->env->accesses - before, <, 20000);
    fake_env_advance(f->env, g_rand_int_range(rand, 0, 100000));
}

/* Whatever it does, no step takes long. */
static void test_hostile_software(void)
{
    uint32_t seed;
    unsigned i;

    for (seed = 1; seed <= SEEDS; seed++) {
        SvaVtdConfig c = sva_vtd_default_config;
        GRand *rand = g_rand_new_with_seed(seed);
        VtdFixture *f;

        c.adversary = seed;
        f = vtd_fixture_scalable(&c);
        f->complete = true;
        vtd_bind(f, 1);
        vtd_pasid(f, 2, VTD_SECOND | 0xc9, 0x800001, VTD_FIRST);
        for (i = 0; i < 300; i++) {
            hostile_step(f, rand);
        }
        g_rand_free(rand);
        vtd_fixture_free(f);
    }
}

int main(int argc, char **argv)
{
    unsigned i;

    g_test_init(&argc, &argv, NULL);
    for (i = 0; i < G_N_ELEMENTS(liberties); i++) {
        g_autofree char *path = g_strdup_printf("/vtd/adversary/%s",
                                                liberties[i].name);

        g_test_add_data_func(path, GUINT_TO_POINTER(i), test_liberty);
    }
    g_test_add_func("/vtd/adversary/early/absent",
                    test_no_piece_of_an_absent_entry);
    g_test_add_func("/vtd/adversary/late/device-tlb",
                    test_device_tlb_comes_after_the_iotlb);
    g_test_add_func("/vtd/adversary/wait/end", test_waits_end);
    g_test_add_func("/vtd/adversary/wait/order", test_waits_keep_their_order);
    g_test_add_func("/vtd/adversary/wait/saved", test_waits_are_saved);
    g_test_add_func("/vtd/adversary/stale-rights/clean",
                    test_clean_is_no_missing_right);
    g_test_add_func("/vtd/adversary/repeat", test_runs_can_be_repeated);
    g_test_add_func("/vtd/adversary/hostile", test_hostile_software);
    return g_test_run();
}

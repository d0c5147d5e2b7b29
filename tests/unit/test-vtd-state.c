/*
 * VT-d: saving and restoring
 *
 * Another unit in the same world takes over what the first one was doing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/sva/vtd/state.h"
#include "vtd-fixture.h"

#define P(n) sva_pasid(n)
#define ITE  0x40
#define ICE  0x20

static SvaVtdSaved *saved(VtdFixture *f)
{
    SvaVtdSaved *s = g_new(SvaVtdSaved, 1);

    sva_vtd_save(&f->vtd, s);
    return s;
}

/* Nothing is lost, and nothing added. */
static void assert_same(const SvaVtdSaved *a, const SvaVtdSaved *b)
{
    unsigned i;

    g_assert_cmpmem(a->regs, sizeof(a->regs), b->regs, sizeof(b->regs));
    g_assert_cmphex(a->root, ==, b->root);
    g_assert_cmphex(a->irta, ==, b->irta);
    g_assert_cmpuint(a->irta_entries, ==, b->irta_entries);
    g_assert_cmphex(a->iq_base, ==, b->iq_base);
    g_assert_cmpuint(a->iq_size_log2, ==, b->iq_size_log2);
    g_assert_cmpuint(a->iq_entry_log2, ==, b->iq_entry_log2);
    g_assert_cmpint(a->iq_stopping, ==, b->iq_stopping);
    g_assert_cmpuint(a->fault_next, ==, b->fault_next);
    g_assert_cmpuint(a->atc.table.next_generation, ==,
                     b->atc.table.next_generation);
    g_assert_cmphex(a->atc.table.itag_base, ==, b->atc.table.itag_base);
    g_assert_cmpuint(a->atc.table.count, ==, b->atc.table.count);
    for (i = 0; i < a->atc.table.count; i++) {
        g_assert_cmpuint(a->atc.open[i].generation, ==,
                         b->atc.open[i].generation);
        g_assert_cmpint(a->atc.open[i].deadline, ==, b->atc.open[i].deadline);
        g_assert_cmphex(a->atc.open[i].itag, ==, b->atc.open[i].itag);
        g_assert_cmphex(a->atc.open[i].rid, ==, b->atc.open[i].rid);
    }
    g_assert_cmpuint(a->wait_count, ==, b->wait_count);
    for (i = 0; i < a->wait_count; i++) {
        g_assert_cmpuint(a->waits[i].generation, ==, b->waits[i].generation);
        g_assert_cmphex(a->waits[i].raw, ==, b->waits[i].raw);
        g_assert_cmphex(a->waits[i].addr, ==, b->waits[i].addr);
    }
}

/* Replace the unit by a fresh one and load. */
static void move_to_fresh_unit(VtdFixture *f)
{
    SvaVtdSaved *s = saved(f), *again;
    SvaVtdConfig config = f->vtd.config;
    SvaIommu old = f->vtd.iommu;
    const SvaVtdHostOps *ops = f->vtd.host_ops;

    sva_vtd_finalize(&f->vtd);
    g_assert_true(sva_vtd_init(&f->vtd, &f->env->env, &config));
    f->vtd.iommu.fabric.ops = old.fabric.ops;
    f->vtd.iommu.fabric.opaque = old.fabric.opaque;
    sva_vtd_set_host(&f->vtd, ops, f);
    g_assert_cmpstr(sva_vtd_load(&f->vtd, s), ==, NULL);
    again = saved(f);
    assert_same(s, again);
    g_free(again);
    g_free(s);
}

static void invalidate(VtdFixture *f)
{
    vtd_submit(f, 0x3 | (uint64_t)VTD_RID << 32, 0x1000);
}

static void test_wait_completes_after_the_move(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    invalidate(f);
    invalidate(f);
    vtd_wait(f, 0, 0x10);         /* IF */
    vtd_complete(f, 1);
    move_to_fresh_unit(f);
    g_assert_cmpuint(vtd_status(f, 0), ==, 0);
    vtd_complete(f, 0);
    g_assert_cmpuint(vtd_status(f, 0), ==, 2);
    g_assert_cmphex(vtd_read32(f, 0x34), ==, 0);
    g_assert_cmpuint(vtd_msis(f, VTD_MSI_INVAL), ==, 1);
    /* The queue goes on where it was. */
    vtd_wait(f, 1, 0);
    g_assert_cmpuint(vtd_status(f, 1), ==, 2);
    vtd_fixture_free(f);
}

static void test_several_waits_keep_their_order(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    unsigned i;

    for (i = 0; i < 3; i++) {
        invalidate(f);
        vtd_wait(f, i, 0);
    }
    vtd_complete(f, 1);
    move_to_fresh_unit(f);
    vtd_complete(f, 0);
    g_assert_cmpuint(vtd_status(f, 0), ==, 2);
    g_assert_cmpuint(vtd_status(f, 1), ==, 2);
    g_assert_cmpuint(vtd_status(f, 2), ==, 0);
    vtd_complete(f, 2);
    g_assert_cmpuint(vtd_status(f, 2), ==, 2);
    vtd_fixture_free(f);
}

/* A wait behind which nothing is fetched. */
static void test_fence_holds_after_the_move(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    invalidate(f);
    vtd_wait(f, 0, 0x40);
    vtd_wait(f, 1, 0);
    g_assert_cmphex(vtd_read64(f, 0x80), ==, 0x40);
    move_to_fresh_unit(f);
    vtd_kick(f);
    g_assert_cmphex(vtd_read64(f, 0x80), ==, 0x40);
    vtd_complete(f, 0);
    g_assert_cmphex(vtd_read64(f, 0x80), ==, 0x60);
    g_assert_cmpuint(vtd_status(f, 0), ==, 2);
    g_assert_cmpuint(vtd_status(f, 1), ==, 2);
    vtd_fixture_free(f);
}

static void test_queue_that_is_stopping(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    invalidate(f);
    vtd_wait(f, 0, 0);
    vtd_level(f, 1u << 26, false);
    g_assert_cmphex(vtd_read32(f, 0x1c) & 1u << 26, !=, 0);
    move_to_fresh_unit(f);
    vtd_complete(f, 0);
    g_assert_cmphex(vtd_read32(f, 0x1c) & 1u << 26, ==, 0);
    g_assert_cmpuint(vtd_status(f, 0), ==, 2);
    vtd_fixture_free(f);
}

static void test_time_out_comes_when_it_would_have(void)
{
    SvaVtdConfig c = sva_vtd_default_config;
    VtdFixture *f;

    c.inval_timeout = 10;
    f = vtd_fixture_scalable(&c);
    invalidate(f);
    vtd_wait(f, 0, 0);
    fake_env_advance(f->env, 6000000);
    move_to_fresh_unit(f);
    fake_env_advance(f->env, 3999999);
    g_assert_cmphex(vtd_read32(f, 0x34), ==, 0);
    fake_env_advance(f->env, 1);
    g_assert_cmphex(vtd_read32(f, 0x34) & ITE, ==, ITE);
    g_assert_cmphex(vtd_read64(f, 0xb0) >> 32 & 0xffff, ==, VTD_RID);
    g_assert_cmpuint(vtd_status(f, 0), ==, 0);
    vtd_fixture_free(f);
}

/* A completion that came before the move is unexpected after it. */
static void test_itags_are_not_used_again(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    invalidate(f);
    vtd_complete(f, 0);
    move_to_fresh_unit(f);
    invalidate(f);
    g_assert_cmpuint(f->invs[0].itag, !=, f->invs[1].itag);
    vtd_complete(f, 0);
    g_assert_cmphex(vtd_read32(f, 0x34) & ICE, ==, ICE);
    vtd_wait(f, 0, 0);
    g_assert_cmpuint(vtd_status(f, 0), ==, 0);
    vtd_complete(f, 1);
    g_assert_cmpuint(vtd_status(f, 0), ==, 2);
    vtd_fixture_free(f);
}

static void test_table_full_of_requests(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    unsigned i;

    for (i = 0; i < SVA_ATC_INVAL_MAX; i++) {
        invalidate(f);
    }
    vtd_complete(f, 0);
    vtd_complete(f, 7);
    move_to_fresh_unit(f);
    invalidate(f);
    invalidate(f);
    invalidate(f);                      /* waits for an ITag */
    g_assert_cmpuint(f->inv_count, ==, SVA_ATC_INVAL_MAX + 2);
    vtd_complete(f, 1);
    g_assert_cmpuint(f->inv_count, ==, SVA_ATC_INVAL_MAX + 3);
    vtd_fixture_free(f);
}

/* Latched tables, not those that the registers show. */
static void test_tables_in_use(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    SvaVtdMessage in = { .addr = 0xfee00030 }, out;
    uint64_t values[0x1000 / 4];
    unsigned i;

    vtd_bind(f, 1);
    vtd_map(f, 0x1000, 0xa000, true);
    vtd_translate(f, P(1), 0x1000, SVA_READ);
    vtd_write64(f, 0xb8, 0x80007);
    vtd_command(f, 1u << 24);
    vtd_level(f, 1u << 25, true);
    vtd_write64(f, 0xb8, 0);
    vtd_write64(f, 0x20, 0x123000);
    fake_put64(f->env, 0x80010, 0x0000050000310001);
    vtd_translate(f, P(2), 0x5000, SVA_WRITE);    /* a record */
    for (i = 0; i < 0x1000; i += 4) {
        values[i / 4] = vtd_read32(f, i);
    }
    f->intremap_count = 0;
    move_to_fresh_unit(f);
    for (i = 0; i < 0x1000; i += 4) {
        g_assert_cmphex(vtd_read32(f, i), ==, values[i / 4]);
    }
    g_assert_cmphex(f->intremap.root, ==, 0x80000);
    g_assert_cmpuint(f->intremap.entries, ==, 256);
    g_assert_true(f->intremap.enabled);
    g_assert_true(sva_vtd_interrupt(&f->vtd, VTD_RID, &in, &out));
    g_assert_cmphex(out.addr, ==, 0xfee05000);
    /* Caches are empty: the page has moved. */
    vtd_map(f, 0x1000, 0xb000, true);
    g_assert_cmphex(vtd_translate(f, P(1), 0x1000, SVA_READ).map.addr, ==,
                    0xb000);
    /* The next record is the second. */
    vtd_translate(f, P(3), 0x6000, SVA_WRITE);
    g_assert_cmphex(vtd_read64(f, 0x618) >> 40 & 0xfffff, ==, 3);
    vtd_fixture_free(f);
}

static void expect_refused(VtdFixture *f, SvaVtdSaved *s, const char *why)
{
    VtdFixture *fresh = vtd_fixture_new(NULL);
    unsigned off;

    g_assert_cmpstr(sva_vtd_load(&f->vtd, s), ==, why);
    for (off = 0; off < 0x1000; off += 4) {
        g_assert_cmphex(vtd_read32(f, off), ==, vtd_read32(fresh, off));
    }
    vtd_fixture_free(fresh);
    sva_vtd_save(&f->vtd, s);
}

static const char queue[] = "impossible invalidation queue";
static const char tables[] = "impossible tables";
static const char outstanding[] = "impossible outstanding invalidations";

static void test_impossible_states_are_refused(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    SvaVtdSaved *good, *s = g_new(SvaVtdSaved, 1);

    invalidate(f);
    invalidate(f);
    vtd_wait(f, 0, 0);
    good = saved(f);
#define BAD(member, value, why) do {                                    \
    *s = *good;                                                         \
    s->member = value;                                                  \
    expect_refused(f, s, why);                                          \
} while (0)
    BAD(version, 0, "the state is of another version");
    BAD(version, 2, "the state is of another version");
    BAD(regs[2], 0, "the state is of a unit with other options");
    BAD(regs[5], 0, "the state is of a unit with other options");
    BAD(regs[7], 1u << 27, "impossible status");
    BAD(regs[0x54 / 4], 1, "a register that does not exist has a value");
    BAD(root, 1, tables);
    BAD(root, 1ull << 52, tables);
    BAD(irta, 7, tables);
    BAD(irta_entries, 3, tables);
    BAD(irta_entries, 1u << 17, tables);
    BAD(fault_next, 8, tables);
    BAD(iq_size_log2, 11, queue);
    BAD(iq_size_log2, 20, queue);
    BAD(iq_entry_log2, 3, queue);
    BAD(iq_entry_log2, 6, queue);
    BAD(iq_base, 0x10, queue);
    BAD(regs[0x80 / 4], 0x10, queue);
    BAD(regs[0x80 / 4], 0x1000, queue);
    BAD(wait_count, SVA_VTD_WAITS + 1,
        "impossible number of wait descriptors");
    BAD(waits[0].generation, 3, "impossible wait descriptor");
    BAD(atc.table.count, SVA_ATC_INVAL_MAX + 1, outstanding);
    BAD(atc.table.count, 3, outstanding);
    BAD(atc.table.next_generation, 2 - 1, "impossible wait descriptor");
    BAD(atc.open[1].itag, good->atc.open[0].itag, outstanding);
    BAD(atc.open[1].itag, 0, outstanding);
    BAD(atc.open[1].generation, 0, outstanding);
    BAD(atc.open[1].generation, 2, outstanding);
    BAD(atc.open[1].deadline, -1, outstanding);
#undef BAD
    *s = *good;
    s->wait_count = 0;
    s->iq_stopping = true;
    expect_refused(f, s, queue);
    g_assert_cmpstr(sva_vtd_load(&f->vtd, good), ==, NULL);
    vtd_complete(f, 0);
    vtd_complete(f, 1);
    g_assert_cmpuint(vtd_status(f, 0), ==, 2);
    g_free(good);
    g_free(s);
    vtd_fixture_free(f);
}

/* Whatever is in the state, loading and going on is safe. */
static void test_any_state_is_safe(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    SvaVtdSaved *good, *s = g_new(SvaVtdSaved, 1);
    GRand *rand = g_rand_new_with_seed(1);
    unsigned i, taken = 0;

    invalidate(f);
    vtd_wait(f, 0, 0);
    good = saved(f);
    for (i = 0; i < 4000; i++) {
        size_t at = g_rand_int(rand) % 0x200;

        if (g_rand_boolean(rand)) {
            at = offsetof(SvaVtdSaved, root) + at % 0x80;
        }
        *s = *good;
        /* Not a bool, which has two values only. */
        if (at != offsetof(SvaVtdSaved, iq_stopping)) {
            ((uint8_t *)s)[at] ^= 1 << g_rand_int_range(rand, 0, 8);
        }
        taken += !sva_vtd_load(&f->vtd, s);
        vtd_write64(f, 0x88, g_rand_int(rand) & 0xfe0);
        vtd_translate(f, P(1), 0x1000, SVA_READ);
        vtd_page_request(f, P(1), 0x1000, 1, true);
        f->vtd.iommu.ops->inval_done(&f->vtd.iommu, VTD_RID,
                                     good->atc.open[0].itag);
    }
    g_assert_cmpuint(taken, >, 1000);
    g_assert_cmpuint(taken, <, 4000);
    g_rand_free(rand);
    g_free(good);
    g_free(s);
    vtd_fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CASE(fn) g_test_add_func("/vtd/state/" #fn, test_##fn)
    CASE(wait_completes_after_the_move);
    CASE(several_waits_keep_their_order);
    CASE(fence_holds_after_the_move);
    CASE(queue_that_is_stopping);
    CASE(time_out_comes_when_it_would_have);
    CASE(itags_are_not_used_again);
    CASE(table_full_of_requests);
    CASE(tables_in_use);
    CASE(impossible_states_are_refused);
    CASE(any_state_is_safe);
    return g_test_run();
}

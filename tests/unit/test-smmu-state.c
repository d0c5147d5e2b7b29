/*
 * SMMUv3: saving and restoring
 *
 * Another unit in the same world takes over what the first one was doing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/sva/smmuv3/state.h"
#include "smmu-tables.h"

#define MS 1000000ll

static SvaSmmuSaved *saved(SmmuFixture *f)
{
    SvaSmmuSaved *s = g_new(SvaSmmuSaved, 1);

    sva_smmu_save(&f->smmu, s);
    return s;
}

/* Nothing is lost, and nothing added. */
static void assert_same(const SvaSmmuSaved *a, const SvaSmmuSaved *b)
{
    const SvaSmmuStallsState *s = &a->stalls, *t = &b->stalls;
    unsigned i;

    g_assert_cmpmem(a->regs, sizeof(a->regs), b->regs, sizeof(b->regs));
    g_assert_true(a->sync_waits == b->sync_waits);
    g_assert_true(a->inval_expired == b->inval_expired);
    g_assert_cmphex(a->sync_generation, ==, b->sync_generation);
    g_assert_cmphex(a->sync[0], ==, b->sync[0]);
    g_assert_cmphex(a->sync[1], ==, b->sync[1]);
    g_assert_cmpuint(a->atc.table.next_generation, ==,
                     b->atc.table.next_generation);
    g_assert_cmphex(a->atc.table.itag_base, ==, b->atc.table.itag_base);
    g_assert_cmpuint(a->atc.table.count, ==, b->atc.table.count);
    for (i = 0; i < a->atc.table.count; i++) {
        g_assert_cmphex(a->atc.open[i].itag, ==, b->atc.open[i].itag);
        g_assert_cmpint(a->atc.open[i].deadline, ==, b->atc.open[i].deadline);
    }
    g_assert_cmpuint(s->recorded_count, ==, t->recorded_count);
    g_assert_cmpuint(s->unrecorded_count, ==, t->unrecorded_count);
    g_assert_cmpmem(s->recorded, s->recorded_count * sizeof(*s->recorded),
                    t->recorded, t->recorded_count * sizeof(*s->recorded));
    g_assert_cmpmem(s->unrecorded, s->unrecorded_count * sizeof(*s->unrecorded),
                    t->unrecorded,
                     t->unrecorded_count * sizeof(*s->unrecorded));
    g_assert_cmpmem(s->stags, sizeof(s->stags), t->stags, sizeof(t->stags));
}

/* Replace the unit by a fresh one and load; the old one tells nobody. */
static void move_to_fresh_unit(SmmuFixture *f)
{
    SvaSmmuSaved *s = saved(f), *again;
    SvaSmmuConfig config = f->smmu.config;
    SvaIommu old = f->smmu.iommu;
    const SvaSmmuHostOps *ops = f->smmu.host_ops;

    sva_smmu_finalize(&f->smmu);
    g_assert_true(sva_smmu_init(&f->smmu, &f->env->env, &config));
    f->smmu.iommu.fabric.ops = old.fabric.ops;
    f->smmu.iommu.fabric.opaque = old.fabric.opaque;
    sva_smmu_set_host(&f->smmu, ops, f);
    g_assert_cmpstr(sva_smmu_load(&f->smmu, s), ==, NULL);
    again = saved(f);
    assert_same(s, again);
    g_free(again);
    g_free(s);
}

static SmmuFixture *fixture(unsigned stall_max)
{
    SvaSmmuConfig c = sva_smmu_default_config;

    c.inval_timeout = 10;
    c.stall_max = stall_max;
    return smmu_tables_start(&c);
}

/* Stalls at an address that nothing maps. */
static void stall(SmmuFixture *f, uint32_t cookie)
{
    g_assert_cmpuint(smmu_patient(f, sva_pasid(1), 0x7000, SVA_READ,
                                  cookie).outcome, ==, SVA_STALL);
}

static void let_stall(SmmuFixture *f)
{
    smmu_cd(f, 1, SMMU_CD0(0x11) | SMMU_CD0_S, SMMU_CD1, 0);
    smmu_forget(f);
}

static void test_sync_completes_after_the_move(void)
{
    SmmuFixture *f = fixture(4);

    smmu_invalidate(f);
    smmu_invalidate(f);
    smmu_sync_to(f, 0);
    smmu_sync_to(f, 1);
    smmu_complete(f, 1);
    move_to_fresh_unit(f);
    g_assert_cmphex(smmu_word(f, 0), ==, 0);
    smmu_kick(f);
    g_assert_cmphex(smmu_word(f, 0), ==, 0);
    smmu_complete(f, 0);
    g_assert_cmphex(smmu_word(f, 0), ==, 1);
    g_assert_cmphex(smmu_word(f, 1), ==, 2);
    g_assert_true(smmu_idle(f));
    smmu_fixture_free(f);
}

/* A queue that was not through with what it had. */
static void test_queue_goes_on(void)
{
    SmmuFixture *f = fixture(4);
    unsigned i;

    smmu_write32(f, 0x20, 0x1);
    smmu_write64(f, 0x90, 0x10000000 | 13);
    for (i = 0; i < 8192; i++) {
        fake_put64(f->env, 0x10000000 + i * 16, 0x01);
    }
    smmu_write32(f, 0x98, 8191);
    smmu_write32(f, 0x9c, 0);
    smmu_write32(f, 0x20, 0x9);
    g_assert_cmphex(smmu_read32(f, 0x9c), ==, 4096);
    move_to_fresh_unit(f);
    g_assert_cmphex(smmu_read32(f, 0x9c), ==, 4096);
    fake_env_advance(f->env, 1000);
    g_assert_cmphex(smmu_read32(f, 0x9c), ==, 8191);
    smmu_fixture_free(f);
}

static void test_time_out_comes_when_it_would_have(void)
{
    SmmuFixture *f = fixture(4);

    smmu_invalidate(f);
    smmu_sync_to(f, 0);
    fake_env_advance(f->env, 6 * MS);
    move_to_fresh_unit(f);
    fake_env_advance(f->env, 4 * MS - 1);
    g_assert_cmphex(smmu_read32(f, 0x60), ==, 0);
    fake_env_advance(f->env, 1);
    g_assert_cmphex(smmu_read32(f, 0x60), ==, 1);
    g_assert_cmphex(smmu_cerror(f), ==, 3);
    smmu_fixture_free(f);
}

static void test_time_out_that_is_to_be_told(void)
{
    SmmuFixture *f = fixture(4);

    smmu_invalidate(f);
    fake_env_advance(f->env, 20 * MS);
    move_to_fresh_unit(f);
    smmu_sync_to(f, 0);
    g_assert_cmphex(smmu_cerror(f), ==, 3);
    smmu_fixture_free(f);
}

static void test_error_of_the_queue(void)
{
    SmmuFixture *f = fixture(4);

    smmu_submit(f, 0xff, 0);
    move_to_fresh_unit(f);
    g_assert_cmphex(smmu_cerror(f), ==, 1);
    smmu_invalidate(f);
    g_assert_cmpuint(f->inv_count, ==, 0);
    fake_put64(f->env, SMMU_CMDQ + 16 * (f->prod - 2), 0x46);
    g_assert_cmphex(smmu_gerror(f), ==, 1);
    g_assert_cmpuint(f->inv_count, ==, 1);
    smmu_fixture_free(f);
}

/* Answers, in another order, reach those who stalled before. */
static void test_stalls(void)
{
    SmmuFixture *f = fixture(3);
    uint64_t w[4], stags[3];
    unsigned i;

    let_stall(f);
    for (i = 0; i < 5; i++) {
        stall(f, 10 + i);
    }
    for (i = 0; i < 3; i++) {
        g_assert_cmphex(smmu_event(f, w), ==, 0x10);
        stags[i] = w[1] & 0xffff;
    }
    smmu_submit(f, 0x44 | (uint64_t)SMMU_RID << 32, stags[1]);
    g_assert_cmpuint(f->end_count, ==, 2);      /* one that was unrecorded */
    stall(f, 13);
    move_to_fresh_unit(f);
    g_assert_cmpuint(f->end_count, ==, 2);
    smmu_submit(f, 0x44 | (uint64_t)SMMU_RID << 32, stags[1]);
    g_assert_cmpuint(f->end_count, ==, 2);
    smmu_submit(f, 0x2044 | (uint64_t)SMMU_RID << 32, stags[2]);
    g_assert_cmpuint(f->end_count, ==, 4);
    g_assert_cmphex(f->ends[2].cookie, ==, 12);
    g_assert_cmpuint(f->ends[2].action, ==, SVA_STALL_ABORT);
    g_assert_cmphex(f->ends[3].cookie, ==, 14);
    g_assert_cmpuint(f->ends[3].action, ==, SVA_STALL_RETRY);
    smmu_fixture_free(f);
}

/* Room that was there when it was saved is used. */
static void test_unrecorded_are_sent_again(void)
{
    SmmuFixture *f = fixture(2);
    SvaSmmuSaved *s;
    unsigned i;

    let_stall(f);
    for (i = 0; i < 5; i++) {
        stall(f, i);
    }
    s = saved(f);
    s->stalls.recorded_count = 0;
    g_assert_cmpstr(sva_smmu_load(&f->smmu, s), ==, NULL);
    f->end_count = 0;
    fake_env_advance(f->env, 1000);
    g_assert_cmpuint(f->end_count, ==, 2);
    fake_env_advance(f->env, MS);
    g_assert_cmpuint(f->end_count, ==, 3);
    g_assert_cmphex(f->ends[2].cookie, ==, 4);
    g_free(s);
    smmu_fixture_free(f);
}

static void test_stags_go_on(void)
{
    SmmuFixture *f = fixture(1);
    uint64_t w[4], first;

    let_stall(f);
    stall(f, 1);
    smmu_event(f, w);
    first = w[1] & 0xffff;
    smmu_submit(f, 0x44 | (uint64_t)SMMU_RID << 32, first);
    move_to_fresh_unit(f);
    stall(f, 2);
    smmu_event(f, w);
    g_assert_cmphex(w[1] & 0xffff, !=, first);
    smmu_fixture_free(f);
}

static void test_registers_and_caches(void)
{
    SmmuFixture *f = fixture(4);
    uint32_t values[0x100 / 4];
    unsigned off;

    smmu_map(f, 0x1000, 0xa000, SMMU_PTE);
    smmu_expect_ok(f, sva_pasid(1), 0x1000, SVA_READ, 0xa000);
    smmu_translate(f, sva_pasid(1), 0x9000, SVA_READ);    /* record */
    for (off = 0; off < 0x100; off += 4) {
        values[off / 4] = smmu_read32(f, off);
    }
    move_to_fresh_unit(f);
    for (off = 0; off < 0x100; off += 4) {
        g_assert_cmphex(smmu_read32(f, off), ==, values[off / 4]);
    }
    g_assert_cmphex(smmu_event(f, NULL), ==, 0x10);
    /* Caches are empty: the page has moved. */
    smmu_map(f, 0x1000, 0xb000, SMMU_PTE);
    smmu_expect_ok(f, sva_pasid(1), 0x1000, SVA_READ, 0xb000);
    smmu_fixture_free(f);
}

/* -- what cannot have been saved -- */

static void expect_refused(SmmuFixture *f, const SvaSmmuSaved *s,
                           const char *why)
{
    SvaSmmuConfig config = f->smmu.config;
    SmmuFixture *fresh = smmu_fixture_new(&config);
    unsigned off;

    g_assert_cmpstr(sva_smmu_load(&f->smmu, s), ==, why);
    for (off = 0; off < 0x100; off += 4) {
        g_assert_cmphex(smmu_read32(f, off), ==, smmu_read32(fresh, off));
    }
    smmu_fixture_free(fresh);
}

static const char options[] = "the state is of a unit with other options";
static const char bits[] = "a register has bits that do not exist";
static const char update[] = "an update is not complete";
static const char sync[] = "impossible CMD_SYNC";
static const char outstanding[] = "impossible outstanding invalidations";
static const char stalls[] = "impossible stalled transactions";

static void test_impossible_states_are_refused(void)
{
    SmmuFixture *f = fixture(3);
    SvaSmmuSaved *good, *s = g_new(SvaSmmuSaved, 1);

    let_stall(f);
    stall(f, 1);
    stall(f, 2);
    smmu_invalidate(f);
    smmu_invalidate(f);
    smmu_sync_to(f, 0);
    good = saved(f);
#define BAD(member, value, why) do {                                    \
    *s = *good;                                                         \
    s->member = value;                                                  \
    expect_refused(f, s, why);                                          \
} while (0)
    BAD(version, 0, "the state is of another version");
    BAD(version, 2, "the state is of another version");
    BAD(regs[0], 0, options);
    BAD(regs[1], good->regs[1] ^ 1, options);
    BAD(regs[2], 1, options);
    BAD(regs[7], 1, options);
    BAD(regs[9], 0, update);                    /* CR0ACK */
    BAD(regs[0x54 / 4], 0, update);
    BAD(regs[0x30 / 4], 1, bits);
    BAD(regs[0x60 / 4], 2, bits);               /* GERROR */
    BAD(regs[0x80 / 4], 1, bits);
    BAD(regs[0x84 / 4], 1u << 16, bits);
    BAD(regs[0x9c / 4], 1u << 31, bits);
    BAD(regs[0xf8 / 4], 1, bits);
    BAD(sync[0], 0x45, sync);
    BAD(sync_generation, good->atc.table.next_generation + 1, sync);
    BAD(atc.table.count, 0, sync);
    BAD(atc.table.count, SVA_ATC_INVAL_MAX + 1, outstanding);
    BAD(atc.table.count, 3, outstanding);
    BAD(atc.open[1].itag, good->atc.open[0].itag, outstanding);
    BAD(stalls.recorded_count, 3, stalls);
    BAD(stalls.recorded_count, 4, stalls);
    BAD(stalls.recorded_count, UINT32_MAX, stalls);
    BAD(stalls.unrecorded_count, SVA_SMMU_UNRECORDED_MAX + 1, stalls);
    BAD(stalls.recorded[1].stag, good->stalls.recorded[0].stag, stalls);
    BAD(stalls.recorded[1].stag, good->stalls.recorded[1].stag ^ 0x4000,
        stalls);
    BAD(stalls.stags[1], good->stalls.stags[1] ^ 1, stalls);
#undef BAD
    *s = *good;
    s->regs[8] = s->regs[9] = 0x15;             /* CMDQEN=0 */
    expect_refused(f, s, sync);
    s->regs[8] = s->regs[9] = 0x1c;             /* SMMUEN=0 */
    expect_refused(f, s, "stalled transactions of a unit that is off");
    g_assert_cmpstr(sva_smmu_load(&f->smmu, good), ==, NULL);
    smmu_complete(f, 0);
    smmu_complete(f, 1);
    g_assert_cmphex(smmu_word(f, 0), ==, 1);
    g_free(good);
    g_free(s);
    smmu_fixture_free(f);
}

/* A state with stalls, for a unit that has none. */
static void test_stalls_without_the_feature(void)
{
    SvaSmmuConfig c = sva_smmu_default_config;
    SmmuFixture *f;
    SvaSmmuSaved *s;

    c.stall_model = SVA_SMMU_STALL_NONE;
    c.stall_max = 0;
    f = smmu_fixture_start(&c);
    s = saved(f);
    g_assert_cmpstr(sva_smmu_load(&f->smmu, s), ==, NULL);
    s->stalls.unrecorded_count = 1;
    expect_refused(f, s, stalls);
    s->stalls.unrecorded_count = 0;
    s->stalls.recorded_count = 1;
    expect_refused(f, s, stalls);
    g_free(s);
    smmu_fixture_free(f);
}

/* Whatever is in the state, loading and going on is safe. */
static void test_any_state_is_safe(void)
{
    SmmuFixture *f = fixture(3);
    SvaSmmuSaved *good, *s = g_new(SvaSmmuSaved, 1);
    GRand *rand = g_rand_new_with_seed(1);
    unsigned i, taken = 0;

    let_stall(f);
    for (i = 0; i < 5; i++) {
        stall(f, i);
    }
    smmu_invalidate(f);
    smmu_sync_to(f, 0);
    good = saved(f);
    for (i = 0; i < 3000; i++) {
        size_t at = g_rand_int(rand) % 0x180;

        if (g_rand_boolean(rand)) {
            at = offsetof(SvaSmmuSaved, stalls) + at % 0x40;
        }
        *s = *good;
        /* Not a bool, which has two values only. */
        if (at != offsetof(SvaSmmuSaved, sync_waits) &&
            at != offsetof(SvaSmmuSaved, inval_expired)) {
            ((uint8_t *)s)[at] ^= 1 << g_rand_int_range(rand, 0, 8);
        }
        taken += !sva_smmu_load(&f->smmu, s);
        smmu_write32(f, 0x98, g_rand_int(rand) & 0x1ff);
        smmu_patient(f, sva_pasid(1), 0x7000, SVA_READ, i);
        smmu_page_request(f, sva_pasid(1), 0x1000, SVA_READ, 1, true);
        f->smmu.iommu.ops->inval_done(&f->smmu.iommu, SMMU_RID,
                                      good->atc.open[0].itag);
        fake_env_advance(f->env, MS);
    }
    g_assert_cmpuint(taken, >, 500);
    g_assert_cmpuint(taken, <, 3000);
    g_rand_free(rand);
    g_free(good);
    g_free(s);
    smmu_fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CASE(fn) g_test_add_func("/smmu/state/" #fn, test_##fn)
    CASE(sync_completes_after_the_move);
    CASE(queue_goes_on);
    CASE(time_out_comes_when_it_would_have);
    CASE(time_out_that_is_to_be_told);
    CASE(error_of_the_queue);
    CASE(stalls);
    CASE(unrecorded_are_sent_again);
    CASE(stags_go_on);
    CASE(registers_and_caches);
    CASE(impossible_states_are_refused);
    CASE(stalls_without_the_feature);
    CASE(any_state_is_safe);
    return g_test_run();
}

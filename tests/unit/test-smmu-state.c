/*
 * SMMUv3: saving and restoring
 *
 * Another unit in the same world takes over what the first one was doing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/sva/smmuv3/internal.h"
#include "hw/sva/smmuv3/state.h"
#include "smmu-tables.h"

#define MS 1000000ll

static SvaSmmuSaved *saved(SmmuBench *b)
{
    SvaSmmuSaved *s = g_new(SvaSmmuSaved, 1);

    sva_smmu_save(&b->smmu, s);
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
    g_assert_cmphex(a->sync_epoch, ==, b->sync_epoch);
    g_assert_cmphex(a->sync[0], ==, b->sync[0]);
    g_assert_cmphex(a->sync[1], ==, b->sync[1]);
    g_assert_cmpuint(a->tickets.next_seq, ==, b->tickets.next_seq);
    g_assert_cmphex(a->tickets.generation, ==, b->tickets.generation);
    g_assert_cmpuint(a->tickets.count, ==, b->tickets.count);
    for (i = 0; i < a->tickets.count; i++) {
        g_assert_cmphex(a->open[i].number, ==, b->open[i].number);
        g_assert_cmpint(a->open[i].deadline, ==, b->open[i].deadline);
    }
    g_assert_cmpuint(s->recorded_count, ==, t->recorded_count);
    g_assert_cmpuint(s->held_count, ==, t->held_count);
    g_assert_cmpmem(s->recorded, s->recorded_count * sizeof(*s->recorded),
                    t->recorded, t->recorded_count * sizeof(*s->recorded));
    g_assert_cmpmem(s->held, s->held_count * sizeof(*s->held),
                    t->held, t->held_count * sizeof(*s->held));
    g_assert_cmpmem(s->stags, sizeof(s->stags), t->stags, sizeof(t->stags));
}

/* Replace the unit by a fresh one and load; the old one tells nobody. */
static void move_to_fresh_unit(SmmuBench *b)
{
    SvaSmmuSaved *s = saved(b), *again;
    SvaSmmuConfig config = b->smmu.config;
    SvaIommu old = b->smmu.iommu;
    const SvaSmmuHostOps *ops = b->smmu.host_ops;

    sva_smmu_finalize(&b->smmu);
    g_assert_true(sva_smmu_init(&b->smmu, &b->f->env, &config));
    b->smmu.iommu.fabric_ops = old.fabric_ops;
    b->smmu.iommu.fabric = old.fabric;
    sva_smmu_set_host(&b->smmu, ops, b);
    g_assert_cmpstr(sva_smmu_load(&b->smmu, s), ==, NULL);
    again = saved(b);
    assert_same(s, again);
    g_free(again);
    g_free(s);
}

static SmmuBench *bench(unsigned stall_max)
{
    SvaSmmuConfig c = sva_smmu_default_config;

    c.inval_timeout = 10;
    c.stall_max = stall_max;
    return smmu_tables_start(&c);
}

/* Stalls at an address that nothing maps. */
static void stall(SmmuBench *b, uint32_t cookie)
{
    g_assert_cmpuint(smmu_bench_patient(b, sva_pasid(1), 0x7000, SVA_READ,
                                        cookie).outcome, ==, SVA_STALL);
}

static void let_stall(SmmuBench *b)
{
    smmu_cd(b, 1, SMMU_CD0(0x11) | SMMU_CD0_S, SMMU_CD1, 0);
    smmu_forget(b);
}

static void test_sync_completes_after_the_move(void)
{
    SmmuBench *b = bench(4);

    smmu_bench_invalidate(b);
    smmu_bench_invalidate(b);
    smmu_bench_sync_to(b, 0);
    smmu_bench_sync_to(b, 1);
    smmu_bench_complete(b, 1);
    move_to_fresh_unit(b);
    g_assert_cmphex(smmu_bench_word(b, 0), ==, 0);
    smmu_bench_kick(b);
    g_assert_cmphex(smmu_bench_word(b, 0), ==, 0);
    smmu_bench_complete(b, 0);
    g_assert_cmphex(smmu_bench_word(b, 0), ==, 1);
    g_assert_cmphex(smmu_bench_word(b, 1), ==, 2);
    g_assert_true(smmu_bench_idle(b));
    smmu_bench_free(b);
}

/* A queue that was not through with what it had. */
static void test_queue_goes_on(void)
{
    SmmuBench *b = bench(4);
    unsigned i;

    smmu_write32(b, 0x20, 0x1);
    smmu_write64(b, 0x90, 0x10000000 | 13);
    for (i = 0; i < 8192; i++) {
        fake_put64(b->f, 0x10000000 + i * 16, 0x01);
    }
    smmu_write32(b, 0x98, 8191);
    smmu_write32(b, 0x9c, 0);
    smmu_write32(b, 0x20, 0x9);
    g_assert_cmphex(smmu_read32(b, 0x9c), ==, 4096);
    move_to_fresh_unit(b);
    g_assert_cmphex(smmu_read32(b, 0x9c), ==, 4096);
    fake_env_advance(b->f, 1000);
    g_assert_cmphex(smmu_read32(b, 0x9c), ==, 8191);
    smmu_bench_free(b);
}

static void test_time_out_comes_when_it_would_have(void)
{
    SmmuBench *b = bench(4);

    smmu_bench_invalidate(b);
    smmu_bench_sync_to(b, 0);
    fake_env_advance(b->f, 6 * MS);
    move_to_fresh_unit(b);
    fake_env_advance(b->f, 4 * MS - 1);
    g_assert_cmphex(smmu_read32(b, 0x60), ==, 0);
    fake_env_advance(b->f, 1);
    g_assert_cmphex(smmu_read32(b, 0x60), ==, 1);
    g_assert_cmphex(smmu_bench_cerror(b), ==, 3);
    smmu_bench_free(b);
}

static void test_time_out_that_is_to_be_told(void)
{
    SmmuBench *b = bench(4);

    smmu_bench_invalidate(b);
    fake_env_advance(b->f, 20 * MS);
    move_to_fresh_unit(b);
    smmu_bench_sync_to(b, 0);
    g_assert_cmphex(smmu_bench_cerror(b), ==, 3);
    smmu_bench_free(b);
}

static void test_error_of_the_queue(void)
{
    SmmuBench *b = bench(4);

    smmu_bench_submit(b, 0xff, 0);
    move_to_fresh_unit(b);
    g_assert_cmphex(smmu_bench_cerror(b), ==, 1);
    smmu_bench_invalidate(b);
    g_assert_cmpuint(b->inv_count, ==, 0);
    fake_put64(b->f, SMMU_CMDQ + 16 * (b->prod - 2), 0x46);
    g_assert_cmphex(smmu_bench_gerror(b), ==, 1);
    g_assert_cmpuint(b->inv_count, ==, 1);
    smmu_bench_free(b);
}

/* Answers, in another order, reach those who stalled before. */
static void test_stalls(void)
{
    SmmuBench *b = bench(3);
    uint64_t w[4], stags[3];
    unsigned i;

    let_stall(b);
    for (i = 0; i < 5; i++) {
        stall(b, 10 + i);
    }
    for (i = 0; i < 3; i++) {
        g_assert_cmphex(smmu_bench_event(b, w), ==, 0x10);
        stags[i] = w[1] & 0xffff;
    }
    smmu_bench_submit(b, 0x44 | (uint64_t)SMMU_RID << 32, stags[1]);
    g_assert_cmpuint(b->end_count, ==, 2);      /* one that was held */
    stall(b, 13);
    move_to_fresh_unit(b);
    g_assert_cmpuint(b->end_count, ==, 2);
    smmu_bench_submit(b, 0x44 | (uint64_t)SMMU_RID << 32, stags[1]);
    g_assert_cmpuint(b->end_count, ==, 2);
    smmu_bench_submit(b, 0x2044 | (uint64_t)SMMU_RID << 32, stags[2]);
    g_assert_cmpuint(b->end_count, ==, 4);
    g_assert_cmphex(b->ends[2].cookie, ==, 12);
    g_assert_cmpuint(b->ends[2].action, ==, SVA_STALL_ABORT);
    g_assert_cmphex(b->ends[3].cookie, ==, 14);
    g_assert_cmpuint(b->ends[3].action, ==, SVA_STALL_RETRY);
    smmu_bench_free(b);
}

/* Room that was there when it was saved is used. */
static void test_held_are_sent_again(void)
{
    SmmuBench *b = bench(2);
    SvaSmmuSaved *s;
    unsigned i;

    let_stall(b);
    for (i = 0; i < 5; i++) {
        stall(b, i);
    }
    s = saved(b);
    s->stalls.recorded_count = 0;
    g_assert_cmpstr(sva_smmu_load(&b->smmu, s), ==, NULL);
    b->end_count = 0;
    fake_env_advance(b->f, 1000);
    g_assert_cmpuint(b->end_count, ==, 2);
    fake_env_advance(b->f, MS);
    g_assert_cmpuint(b->end_count, ==, 3);
    g_assert_cmphex(b->ends[2].cookie, ==, 4);
    g_free(s);
    smmu_bench_free(b);
}

static void test_stags_go_on(void)
{
    SmmuBench *b = bench(1);
    uint64_t w[4], first;

    let_stall(b);
    stall(b, 1);
    smmu_bench_event(b, w);
    first = w[1] & 0xffff;
    smmu_bench_submit(b, 0x44 | (uint64_t)SMMU_RID << 32, first);
    move_to_fresh_unit(b);
    stall(b, 2);
    smmu_bench_event(b, w);
    g_assert_cmphex(w[1] & 0xffff, !=, first);
    smmu_bench_free(b);
}

static void test_registers_and_caches(void)
{
    SmmuBench *b = bench(4);
    uint32_t values[0x100 / 4];
    unsigned off;

    smmu_map(b, 0x1000, 0xa000, SMMU_PTE);
    smmu_expect_ok(b, sva_pasid(1), 0x1000, SVA_READ, 0xa000);
    smmu_bench_translate(b, sva_pasid(1), 0x9000, SVA_READ);    /* record */
    for (off = 0; off < 0x100; off += 4) {
        values[off / 4] = smmu_read32(b, off);
    }
    move_to_fresh_unit(b);
    for (off = 0; off < 0x100; off += 4) {
        g_assert_cmphex(smmu_read32(b, off), ==, values[off / 4]);
    }
    g_assert_cmphex(smmu_bench_event(b, NULL), ==, 0x10);
    /* Caches are empty: the page has moved. */
    smmu_map(b, 0x1000, 0xb000, SMMU_PTE);
    smmu_expect_ok(b, sva_pasid(1), 0x1000, SVA_READ, 0xb000);
    smmu_bench_free(b);
}

/* -- what cannot have been saved -- */

static void expect_refused(SmmuBench *b, const SvaSmmuSaved *s,
                           const char *why)
{
    SvaSmmuConfig config = b->smmu.config;
    SmmuBench *fresh = smmu_bench_new(&config);
    unsigned off;

    g_assert_cmpstr(sva_smmu_load(&b->smmu, s), ==, why);
    for (off = 0; off < 0x100; off += 4) {
        g_assert_cmphex(smmu_read32(b, off), ==, smmu_read32(fresh, off));
    }
    smmu_bench_free(fresh);
}

static const char options[] = "the state is of a unit with other options";
static const char bits[] = "a register has bits that do not exist";
static const char update[] = "an update is not complete";
static const char sync[] = "impossible CMD_SYNC";
static const char tickets[] = "impossible outstanding invalidations";
static const char stalls[] = "impossible stalled transactions";

static void test_impossible_states_are_refused(void)
{
    SmmuBench *b = bench(3);
    SvaSmmuSaved *good, *s = g_new(SvaSmmuSaved, 1);

    let_stall(b);
    stall(b, 1);
    stall(b, 2);
    smmu_bench_invalidate(b);
    smmu_bench_invalidate(b);
    smmu_bench_sync_to(b, 0);
    good = saved(b);
#define BAD(member, value, why) do {                                    \
    *s = *good;                                                         \
    s->member = value;                                                  \
    expect_refused(b, s, why);                                          \
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
    BAD(sync_epoch, good->tickets.next_seq + 1, sync);
    BAD(tickets.count, 0, sync);
    BAD(tickets.count, SVA_SMMU_TICKETS + 1, tickets);
    BAD(tickets.count, 3, tickets);
    BAD(open[1].number, good->open[0].number, tickets);
    BAD(stalls.recorded_count, 3, stalls);
    BAD(stalls.recorded_count, 4, stalls);
    BAD(stalls.recorded_count, UINT32_MAX, stalls);
    BAD(stalls.held_count, SVA_SMMU_HELD_MAX + 1, stalls);
    BAD(stalls.recorded[1].stag, good->stalls.recorded[0].stag, stalls);
    BAD(stalls.recorded[1].stag, good->stalls.recorded[1].stag ^ 0x4000,
        stalls);
    BAD(stalls.stags[1], good->stalls.stags[1] ^ 1, stalls);
#undef BAD
    *s = *good;
    s->regs[8] = s->regs[9] = 0x15;             /* CMDQEN=0 */
    expect_refused(b, s, sync);
    s->regs[8] = s->regs[9] = 0x1c;             /* SMMUEN=0 */
    expect_refused(b, s, "stalled transactions of a unit that is off");
    g_assert_cmpstr(sva_smmu_load(&b->smmu, good), ==, NULL);
    smmu_bench_complete(b, 0);
    smmu_bench_complete(b, 1);
    g_assert_cmphex(smmu_bench_word(b, 0), ==, 1);
    g_free(good);
    g_free(s);
    smmu_bench_free(b);
}

/* A state with stalls, for a unit that has none. */
static void test_stalls_without_the_feature(void)
{
    SvaSmmuConfig c = sva_smmu_default_config;
    SmmuBench *b;
    SvaSmmuSaved *s;

    c.stall_model = SVA_SMMU_STALL_NONE;
    c.stall_max = 0;
    b = smmu_bench_start(&c);
    s = saved(b);
    g_assert_cmpstr(sva_smmu_load(&b->smmu, s), ==, NULL);
    s->stalls.held_count = 1;
    expect_refused(b, s, stalls);
    s->stalls.held_count = 0;
    s->stalls.recorded_count = 1;
    expect_refused(b, s, stalls);
    g_free(s);
    smmu_bench_free(b);
}

/* Whatever is in the state, loading and going on is safe. */
static void test_any_state_is_safe(void)
{
    SmmuBench *b = bench(3);
    SvaSmmuSaved *good, *s = g_new(SvaSmmuSaved, 1);
    GRand *rand = g_rand_new_with_seed(1);
    unsigned i, taken = 0;

    let_stall(b);
    for (i = 0; i < 5; i++) {
        stall(b, i);
    }
    smmu_bench_invalidate(b);
    smmu_bench_sync_to(b, 0);
    good = saved(b);
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
        taken += !sva_smmu_load(&b->smmu, s);
        smmu_write32(b, 0x98, g_rand_int(rand) & 0x1ff);
        smmu_bench_patient(b, sva_pasid(1), 0x7000, SVA_READ, i);
        smmu_bench_page_request(b, sva_pasid(1), 0x1000, SVA_READ, 1, true);
        b->smmu.iommu.ops->inval_done(&b->smmu.iommu, SMMU_RID,
                                      good->open[0].number);
        fake_env_advance(b->f, MS);
    }
    g_assert_cmpuint(taken, >, 500);
    g_assert_cmpuint(taken, <, 3000);
    g_rand_free(rand);
    g_free(good);
    g_free(s);
    smmu_bench_free(b);
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
    CASE(held_are_sent_again);
    CASE(stags_go_on);
    CASE(registers_and_caches);
    CASE(impossible_states_are_refused);
    CASE(stalls_without_the_feature);
    CASE(any_state_is_safe);
    return g_test_run();
}

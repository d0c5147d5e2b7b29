/*
 * Test of the accelerator: states that are not to be taken
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "accel-fixture.h"

#define RW (SVA_READ | SVA_WRITE)
#define MS 1000000ll
#define DST 0x20000ull
#define LEN 0x2800u

/* Page requests for the destination; the source is there. */
static const struct sva_desc copy = {
    .opcode = SVA_OP_COPY,
    .flags = SVA_DF_COMPLETION | SVA_DF_BLOCK_ON_FAULT,
    .src = 0x10000, .dst = DST, .size = LEN,
};

static void submit_copy(AccelFixture *f, unsigned ctx, enum sva_mode mode)
{
    accel_enable(f, ctx, mode);
    accel_map(f, ctx, copy.src, LEN, RW);
    accel_submit(f, ctx, copy);
}

/* As rich as possible: group, waiter, breakpoint, delayed stop, pause. */
static AccelFixture *busy_fixture(void)
{
    AccelFixture *f = accel_fixture_new();

    accel_fixture_set_pri(f, true, 1);
    submit_copy(f, 0, SVA_MODE_ATS_PRI);
    submit_copy(f, 1, SVA_MODE_ATS_PRI);
    accel_write(f, 2, SVA_CTX_BREAK_MASK, SVA_BREAK_BEFORE_ACCESS);
    accel_write(f, 2, SVA_CTX_INJECT, SVA_INJECT_LATE_STOP);
    accel_write(f, 2, SVA_CTX_STOP_DELAY, 100);
    submit_copy(f, 2, SVA_MODE_UNTRANSLATED);
    accel_write(f, 2, SVA_CTX_CMD, SVA_CMD_ABORT);
    accel_enable(f, 3, SVA_MODE_ATS);
    accel_map(f, 3, DST, 0x2000, RW);
    accel_submit(f, 3, (struct sva_desc) {
        .opcode = SVA_OP_TOUCH, .flags = SVA_DF_COMPLETION, .dst = DST,
        .size = 0x2000, .stride = 0x1000, .interval = 1000,
    });
    sva_accel_write(f->a, SVA_REG_INJECT, SVA_GINJECT_KEEP_INVAL, 4);
    fake_port_invalidate(f->p, &(SvaAtcInvalidation) {
        .mask = UINT64_MAX, .pasid = sva_pasid(1), .itag = 5,
    });
    return f;
}

static const char other[] = "the state is of a device with other options";
static const char groups[] = "impossible page request groups";
static const char lost[] = "a page request group that is not outstanding";
static const char regs[] = "impossible registers of a context";
static const char group[] = "impossible page request group";
static const char ring[] = "impossible ring of a context";
static const char job[] = "impossible job";
static const char mem_access[] = "impossible access";
static const char queue[] = "impossible queue of contexts";
static const char stuck[] = "a context that waits for nothing";

/* Registers of a device to which nothing has happened. */
static void assert_reset(AccelFixture *f)
{
    g_assert_cmphex(sva_accel_read(f->a, SVA_REG_IRQ_MASK, 4), ==, 3);
    g_assert_cmphex(sva_accel_read(f->a, SVA_REG_INVAL_HELD, 4), ==, 0);
    g_assert_cmphex(sva_function_pri_status(f->fn), ==, SVA_PRI_STOPPED);
    for (unsigned i = 0; i < ACCEL_CONTEXTS; i++) {
        g_assert_cmphex(accel_read(f, i, SVA_CTX_CFG), ==, 0);
        g_assert_cmphex(accel_read(f, i, SVA_CTX_STATE), ==, 0);
        g_assert_cmphex(accel_read(f, i, SVA_CTX_TAIL), ==, 0);
        g_assert_cmphex(accel_read(f, i, SVA_CTX_PRG_PAGES), ==, 1);
        g_assert_cmphex(accel_read(f, i, SVA_CTX_RUNNING), ==, 0);
        g_assert_cmphex(accel_count(f, i, SVA_CNT_XLATE_REQS), ==, 0);
    }
    accel_forget_log(f);
    fake_env_advance(f->env, 1000 * MS);
    accel_assert_log(f, "");
}

static void refuse(AccelFixture *f, const SvaAccelSaved *s, const char *why)
{
    g_assert_cmpstr(sva_accel_load(f->a, s), ==, why);
    assert_reset(f);
}

/* Set @member of the good state, and see that it is refused. */
#define BAD(member, value, why) do {                                    \
        uint64_t was_ = s->member;                                      \
                                                                        \
        s->member = value;                                              \
        refuse(f, s, why);                                              \
        s->member = was_;                                               \
    } while (0)

static void test_an_impossible_function_is_refused(void)
{
    AccelFixture *f = busy_fixture();
    g_autofree SvaAccelSaved *s = accel_save(f);

    BAD(version, 0, "the state is of another version");
    BAD(version, 1, "the state is of another version");
    BAD(version, 3, "the state is of another version");
    BAD(options[0], 5, other);
    BAD(options[1], 19, other);
    BAD(options[2], 63, other);
    BAD(contexts, 3, other);
    BAD(fn.flags, 0x40, "impossible registers");
    BAD(irq_cause, 4, "impossible registers");
    BAD(irq_mask, 4, "impossible registers");
    BAD(inject, 8, "impossible registers");
    BAD(inject, 0, "impossible invalidation");
    BAD(fn.late_count, 33, "impossible number of invalidations");
    BAD(fn.late[0].withheld, 2, "impossible invalidation");
    BAD(fn.late[0].left, UINT64_MAX, "impossible invalidation");
    BAD(fn.prg.allocation, 65, groups);
    BAD(fn.prg.free_count, 512, groups);
    BAD(fn.prg.free_count, 1u << 30, groups);
    BAD(fn.prg.free[0], s->fn.prg.free[1], groups);
    BAD(fn.prg.free[0], 512, groups);
    BAD(fn.prg.requests[0], 0, groups);
    BAD(fn.prg.requests[0], 2, lost);
    BAD(fn.prg.pasid[0], 2u << 20, groups);
    BAD(fn.prg.pasid[0], 1, groups);
    BAD(fn.prg.pasid[0], 1u << 20 | 2, lost);
    BAD(fn.prg.pasid[9], 1u << 20, groups);
    BAD(fn.flags, 0x1f, "page request groups after a Response Failure");
    BAD(run_count, 5, queue);
    BAD(run_count, 4, queue);
    BAD(fn.waiting_count, 5, queue);
    BAD(fn.waiting_count, 2, "a context that needs no credit waits for one");
    BAD(fn.waiting_count, 0, stuck);
    BAD(fn.waiting[0], 4, queue);
    g_assert_cmpstr(sva_accel_load(f->a, s), ==, NULL);
    accel_fixture_free(f);
}

static void test_an_impossible_context_is_refused(void)
{
    AccelFixture *f = busy_fixture();
    g_autofree SvaAccelSaved *s = accel_save(f);

    BAD(ctx[0].reg[1], 1, regs);
    BAD(ctx[0].reg[SVA_CTX_PRG_PAGES / 4], 0, regs);
    BAD(ctx[0].reg[SVA_CTX_PRG_PAGES / 4], 33, regs);
    BAD(ctx[0].reg[SVA_CTX_INJECT / 4], 0x200, regs);
    BAD(ctx[0].reg[SVA_CTX_RING_BASE / 4], 0x100020, regs);
    BAD(ctx[0].reg[SVA_CTX_RING_SIZE / 4], 13, ring);
    BAD(ctx[0].reg[SVA_CTX_CFG / 4], 0x03100001, ring);
    BAD(ctx[0].reg[SVA_CTX_CFG / 4], 0x00100001, mem_access);
    BAD(ctx[0].tail, 65, ring);
    BAD(ctx[0].head, s->ctx[0].tail, ring);     /* with a job at work */
    BAD(ctx[0].state, 5, regs);
    BAD(ctx[0].cmd_status, 1u << 30, regs);
    BAD(ctx[0].cmd_status, 0x80000002, job);
    BAD(ctx[0].flags, 0x40, regs);
    BAD(ctx[0].group.prgi, 512, group);
    BAD(ctx[0].group.prgi, 7, lost);
    BAD(ctx[0].group.count, 33, group);
    BAD(ctx[0].group.sent, 2, group);
    BAD(ctx[0].group.withheld, 2, group);
    BAD(ctx[0].group.sent, 0, mem_access);
    BAD(ctx[0].group.flags, 0, mem_access);
    BAD(ctx[0].group.flags, 8, group);
    BAD(ctx[0].group.access, 4, group);
    BAD(ctx[0].group.pasid, 1, group);
    BAD(ctx[0].phase, 4, job);
    BAD(ctx[0].phase, 0, job);
    BAD(ctx[0].part, 2, job);
    BAD(ctx[0].bytes, LEN, job);
    BAD(ctx[0].bytes, LEN + 1, job);
    BAD(ctx[0].desc[0], SVA_OP_MAX, job);
    BAD(ctx[0].desc[0], SVA_OP_NOP, job);
    BAD(ctx[0].stop, 3, job);
    BAD(ctx[0].wait, 5, stuck);
    BAD(ctx[0].wait, 6, job);
    BAD(ctx[0].wait, 0, stuck);
    BAD(ctx[0].held, 1, job);
    BAD(ctx[0].stage, 6, mem_access);
    BAD(ctx[0].stage, 5, mem_access);
    BAD(ctx[0].retries, 17, mem_access);
    BAD(ctx[2].held, 3, job);
    BAD(ctx[2].delayed_stop, 0, job);
    BAD(ctx[2].stop_left, 1ull << 63, job);
    BAD(ctx[2].stage, 0, mem_access);
    BAD(ctx[3].wait_left, 1ull << 63, job);
    BAD(ctx[3].offset, 4, job);
    g_assert_cmpstr(sva_accel_load(f->a, s), ==, NULL);
    accel_fixture_free(f);
}

/* What may come after a load, all at once. */
static void live_on(AccelFixture *f, GRand *rand)
{
    for (unsigned i = 0; i < ACCEL_CONTEXTS; i++) {
        accel_write(f, i, SVA_CTX_RELEASE, 1);
        fake_port_respond(f->p, sva_pasid(i + 1), g_rand_int(rand) % 4,
                          SVA_PRG_SUCCESS);
        accel_ring(f, i);
    }
    fake_env_advance(f->env, 3 * MS);
    sva_accel_write(f->a, SVA_REG_INJECT, 0, 4);
    for (unsigned i = 0; i < ACCEL_CONTEXTS; i++) {
        accel_write(f, i, SVA_CTX_INJECT, 0);
        accel_write(f, i, SVA_CTX_CMD, SVA_CMD_ABORT);
    }
    fake_env_advance(f->env, 3 * MS);
    accel_forget_log(f);
    fake_env_clear(f->env);
}

/* Whatever is in the state, loading it and going on is safe. */
static void test_any_state_is_safe(void)
{
    AccelFixture *f = busy_fixture();
    g_autofree SvaAccelSaved *good = accel_save(f);
    size_t size = sizeof(*good) + ACCEL_CONTEXTS * sizeof(SvaCtxSaved);
    g_autofree SvaAccelSaved *s = g_malloc(size);
    GRand *rand = g_rand_new_with_seed(1);
    unsigned taken = 0;

    for (unsigned i = 0; i < 4000; i++) {
        /* Mostly the contexts, and of those not the data. */
        size_t ctx = offsetof(SvaAccelSaved, ctx) +
                     i % ACCEL_CONTEXTS * sizeof(SvaCtxSaved);
        size_t at = i % 5 ? ctx + g_rand_int(rand) %
                                  offsetof(SvaCtxSaved, data)
                          : g_rand_int(rand) % offsetof(SvaAccelSaved, ctx);

        memcpy(s, good, size);
        ((uint8_t *)s)[at] ^= 1 << g_rand_int_range(rand, 0, 8);
        if (sva_accel_load(f->a, s)) {
            continue;
        }
        taken++;
        live_on(f, rand);
    }
    g_assert_cmpuint(taken, >, 500);
    g_assert_cmpuint(taken, <, 3500);
    g_rand_free(rand);
    accel_fixture_free(f);
}

#define ADD(name) g_test_add_func("/accel/state-bad/" #name, test_##name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(an_impossible_function_is_refused);
    ADD(an_impossible_context_is_refused);
    ADD(any_state_is_safe);
    return g_test_run();
}

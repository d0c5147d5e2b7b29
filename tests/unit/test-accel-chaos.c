/*
 * Test of the accelerator with all misbehaviour at once, in any order
 *
 * Whatever was injected: when it is switched off, the contexts are aborted
 * and what is due was answered, nothing is left over.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "accel-fixture.h"

#define SEEDS 300
#define STEPS 500
#define RW (SVA_READ | SVA_WRITE)

typedef struct Chaos {
    AccelFixture *f;
    GRand *rand;
    unsigned itags;           /* sent */
    unsigned done;              /* completions seen */
} Chaos;

static unsigned pick(Chaos *c, unsigned n)
{
    return g_rand_int_range(c->rand, 0, n);
}

static void count_done(FakePort *p, const char *tlp, void *opaque)
{
    Chaos *c = opaque;

    (void)p;
    c->done += g_str_has_prefix(tlp, "ic ");
}

static void submit(Chaos *c, unsigned ctx)
{
    struct sva_desc desc = {
        .opcode = pick(c, SVA_OP_MAX),
        .flags = SVA_DF_COMPLETION | SVA_DF_BLOCK_ON_FAULT,
        .src = 0x10000, .dst = 0x12000 + pick(c, 2) * 0x1000,
        .size = pick(c, 2) ? 8 : 0x2000, .stride = 8, .rounds = 3,
    };

    if (c->f->tail[ctx] - accel_read(c->f, ctx, SVA_CTX_HEAD) < 64) {
        accel_put(c->f, ctx, desc);
        accel_ring(c->f, ctx);
    }
}

static void enable(Chaos *c, unsigned ctx)
{
    static const enum sva_mode modes[] = {
        SVA_MODE_UNTRANSLATED, SVA_MODE_ATS, SVA_MODE_ATS_PRI,
        SVA_MODE_ATS_PRI,
    };
    uint32_t cfg = (ctx + 1) | 1u << 20 | modes[pick(c, 4)] << 24;

    accel_map(c->f, ctx, ACCEL_RING, 4096, RW);
    accel_map(c->f, ctx, ACCEL_CPL, 4096, RW);
    accel_write(c->f, ctx, SVA_CTX_CFG, cfg);
    accel_write(c->f, ctx, SVA_CTX_RING_BASE, ACCEL_RING);
    accel_write(c->f, ctx, SVA_CTX_RING_SIZE, 6);
    accel_write(c->f, ctx, SVA_CTX_PRG_PAGES, 1 + pick(c, 32));
    accel_write(c->f, ctx, SVA_CTX_CMD, SVA_CMD_ENABLE);
    c->f->tail[ctx] = accel_read(c->f, ctx, SVA_CTX_TAIL);
}

static void invalidate(Chaos *c, unsigned ctx)
{
    fake_port_invalidate(c->f->p, &(SvaAtcInvalidation) {
        .addr = 0x10000, .mask = 0xffff, .pasid = sva_pasid(ctx + 1),
        .itag = c->itags++,
    });
}

static void probe(Chaos *c, unsigned ctx)
{
    accel_write(c->f, ctx, SVA_CTX_PROBE_PASID, 1u << 20 | (pick(c, 4) + 1));
    accel_write(c->f, ctx, SVA_CTX_PROBE_ADDR, 0x14000);
    accel_write(c->f, ctx, SVA_CTX_PROBE_CTRL, pick(c, 0x200));
}

/* FLR forgets what was withheld; CTRL.RESET sends it. */
static void reset(Chaos *c)
{
    AccelFixture *f = c->f;

    if (pick(c, 2)) {
        sva_accel_write(f->a, SVA_REG_CTRL, SVA_CTRL_RESET, 4);
        return;
    }
    c->itags -= sva_accel_read(f->a, SVA_REG_INVAL_HELD, 4);
    sva_accel_reset(f->a);
    sva_function_set_bus_master(f->fn, true);
    sva_function_set_pasid(f->fn, true);
    sva_function_set_ats(f->fn, true);
    accel_fixture_set_pri(f, true, 4);
}

static void platform(Chaos *c, unsigned ctx)
{
    static const unsigned codes[] = { 0, 0, 0, 1, 1, 15 };

    switch (pick(c, 20)) {
    case 0:
        reset(c);
        break;
    case 1:
        sva_function_set_ats(c->f->fn, false);
        sva_function_set_ats(c->f->fn, true);
        break;
    case 2:
        sva_function_set_pasid(c->f->fn, false);
        sva_function_set_pasid(c->f->fn, true);
        break;
    case 3:
    case 4:
        accel_map(c->f, ctx, 0x10000 + pick(c, 5) * 0x1000, 0x1000,
                  pick(c, 4));
        break;
    case 5:
        accel_fixture_set_pri(c->f, pick(c, 4), pick(c, 8));
        sva_function_clear_pri_status(c->f->fn, 3);
        break;
    case 6:
        c->f->p->prg_policy = pick(c, 2) ? FAKE_PRG_MAP : FAKE_PRG_SILENT;
        break;
    default:
        fake_port_respond(c->f->p, sva_pasid(ctx + 1), pick(c, 24),
                          codes[pick(c, 6)]);
        break;
    }
}

static void step(Chaos *c)
{
    unsigned ctx = pick(c, ACCEL_CONTEXTS);
    AccelFixture *f = c->f;

    switch (pick(c, 12)) {
    case 0:
        accel_write(f, ctx, SVA_CTX_INJECT, pick(c, 0x200));
        break;
    case 1:
        sva_accel_write(f->a, SVA_REG_INJECT, pick(c, 8), 4);
        sva_accel_write(f->a, SVA_REG_INVAL_DELAY, pick(c, 2), 4);
        break;
    case 2:
        accel_write(f, ctx, SVA_CTX_BREAK_MASK, pick(c, 4) ? 0 : pick(c, 64));
        break;
    case 3:
        accel_write(f, ctx, SVA_CTX_RELEASE, 1);
        break;
    case 4:
        accel_write(f, ctx, SVA_CTX_CMD, 2 + pick(c, 2));
        break;
    case 5:
        enable(c, ctx);
        break;
    case 6:
        invalidate(c, ctx);
        break;
    case 7:
        probe(c, ctx);
        break;
    case 8:
        platform(c, ctx);
        break;
    case 9:
        accel_move(f);
        break;
    default:
        submit(c, ctx);
        break;
    }
    fake_env_advance(f->env, pick(c, 3) * 400000);
    accel_forget_log(f);
}

static void answer_all(AccelFixture *f)
{
    for (unsigned prgi = 0; prgi < SVA_PRGI_COUNT; prgi++) {
        for (unsigned pasid = 1; pasid <= ACCEL_CONTEXTS; pasid++) {
            fake_port_respond(f->p, sva_pasid(pasid), prgi, 1);
        }
    }
    accel_run(f);
}

static void finish(Chaos *c)
{
    AccelFixture *f = c->f;

    f->p->prg_policy = FAKE_PRG_SILENT;
    accel_fixture_set_pri(f, true, 32);
    sva_function_clear_pri_status(f->fn, 3);
    sva_accel_write(f->a, SVA_REG_INJECT, 0, 4);
    for (unsigned i = 0; i < ACCEL_CONTEXTS; i++) {
        accel_write(f, i, SVA_CTX_INJECT, 0);
        accel_write(f, i, SVA_CTX_BREAK_MASK, 0);
        accel_write(f, i, SVA_CTX_CMD, SVA_CMD_ABORT);
    }
    /* Turns of contexts are a microsecond apart; invalidations take longer. */
    fake_env_advance(f->env, 4000000);
    answer_all(f);
    for (unsigned i = 0; i < ACCEL_CONTEXTS; i++) {
        g_assert_cmphex(accel_read(f, i, SVA_CTX_RUNNING), ==, 0);
        g_assert_cmphex(accel_read(f, i, SVA_CTX_STATE), ==, 0);
        g_assert_cmphex(accel_read(f, i, SVA_CTX_CMD_STATUS) >> 31, ==, 0);
    }
    g_assert_cmphex(sva_accel_read(f->a, SVA_REG_INVAL_HELD, 4), ==, 0);
    g_assert_cmpuint(c->done, ==, c->itags);
    accel_fixture_set_pri(f, false, 32);
    g_assert_cmphex(sva_function_pri_status(f->fn) & SVA_PRI_STOPPED, ==,
                    SVA_PRI_STOPPED);
}

static void chaos(bool adversary)
{
    for (uint32_t seed = 1; seed <= SEEDS; seed++) {
        Chaos c = {
            .f = accel_fixture_adversary(adversary ? seed : 0),
            .rand = g_rand_new_with_seed(seed),
        };

        g_test_message("seed %u", seed);
        c.f->p->hook = count_done;
        c.f->p->hook_opaque = &c;
        for (unsigned i = 0; i < STEPS; i++) {
            step(&c);
        }
        finish(&c);
        g_rand_free(c.rand);
        accel_fixture_free(c.f);
    }
}

static void test_nothing_is_left_over(void)
{
    chaos(false);
}

static void test_nothing_is_left_over_of_an_adversary(void)
{
    chaos(true);
}

#define ADD(name) g_test_add_func("/accel/chaos/" #name, test_##name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(nothing_is_left_over);
    ADD(nothing_is_left_over_of_an_adversary);
    return g_test_run();
}

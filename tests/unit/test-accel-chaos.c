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
    Bench *b;
    GRand *rand;
    unsigned tickets;           /* sent */
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

    if (c->b->tail[ctx] - bench_read(c->b, ctx, SVA_CTX_HEAD) < 64) {
        bench_put(c->b, ctx, desc);
        bench_ring(c->b, ctx);
    }
}

static void enable(Chaos *c, unsigned ctx)
{
    static const enum sva_mode modes[] = {
        SVA_MODE_UNTRANSLATED, SVA_MODE_ATS, SVA_MODE_ATS_PRI,
        SVA_MODE_ATS_PRI,
    };
    uint32_t cfg = (ctx + 1) | 1u << 20 | modes[pick(c, 4)] << 24;

    bench_map(c->b, ctx, ACCEL_RING, 4096, RW);
    bench_map(c->b, ctx, ACCEL_CPL, 4096, RW);
    bench_write(c->b, ctx, SVA_CTX_CFG, cfg);
    bench_write(c->b, ctx, SVA_CTX_RING_BASE, ACCEL_RING);
    bench_write(c->b, ctx, SVA_CTX_RING_SIZE, 6);
    bench_write(c->b, ctx, SVA_CTX_PRG_PAGES, 1 + pick(c, 32));
    bench_write(c->b, ctx, SVA_CTX_CMD, SVA_CMD_ENABLE);
    c->b->tail[ctx] = bench_read(c->b, ctx, SVA_CTX_TAIL);
}

static void invalidate(Chaos *c, unsigned ctx)
{
    fake_port_invalidate(c->b->p, &(SvaAtcInvalidation) {
        .addr = 0x10000, .mask = 0xffff, .pasid = sva_pasid(ctx + 1),
        .ticket = c->tickets++,
    });
}

static void probe(Chaos *c, unsigned ctx)
{
    bench_write(c->b, ctx, SVA_CTX_PROBE_PASID, 1u << 20 | (pick(c, 4) + 1));
    bench_write(c->b, ctx, SVA_CTX_PROBE_ADDR, 0x14000);
    bench_write(c->b, ctx, SVA_CTX_PROBE_CTRL, pick(c, 0x200));
}

/* FLR forgets what was kept back; CTRL.RESET sends it. */
static void reset(Chaos *c)
{
    Bench *b = c->b;

    if (pick(c, 2)) {
        sva_accel_write(b->a, SVA_REG_CTRL, SVA_CTRL_RESET, 4);
        return;
    }
    c->tickets -= sva_accel_read(b->a, SVA_REG_INVAL_HELD, 4);
    sva_accel_reset(b->a);
    sva_accel_set_bus_master(b->a, true);
    sva_accel_set_pasid(b->a, true);
    sva_accel_set_ats(b->a, true);
    bench_set_pri(b, true, 4);
}

static void platform(Chaos *c, unsigned ctx)
{
    static const unsigned codes[] = { 0, 0, 0, 1, 1, 15 };

    switch (pick(c, 20)) {
    case 0:
        reset(c);
        break;
    case 1:
        sva_accel_set_ats(c->b->a, false);
        sva_accel_set_ats(c->b->a, true);
        break;
    case 2:
        sva_accel_set_pasid(c->b->a, false);
        sva_accel_set_pasid(c->b->a, true);
        break;
    case 3:
    case 4:
        bench_map(c->b, ctx, 0x10000 + pick(c, 5) * 0x1000, 0x1000,
                  pick(c, 4));
        break;
    case 5:
        bench_set_pri(c->b, pick(c, 4), pick(c, 8));
        sva_accel_clear_pri_status(c->b->a, 3);
        break;
    case 6:
        c->b->p->prg_policy = pick(c, 2) ? FAKE_PRG_MAP : FAKE_PRG_SILENT;
        break;
    default:
        fake_port_respond(c->b->p, sva_pasid(ctx + 1), pick(c, 24),
                          codes[pick(c, 6)]);
        break;
    }
}

static void step(Chaos *c)
{
    unsigned ctx = pick(c, ACCEL_CONTEXTS);
    Bench *b = c->b;

    switch (pick(c, 12)) {
    case 0:
        bench_write(b, ctx, SVA_CTX_INJECT, pick(c, 0x200));
        break;
    case 1:
        sva_accel_write(b->a, SVA_REG_INJECT, pick(c, 8), 4);
        sva_accel_write(b->a, SVA_REG_INVAL_DELAY, pick(c, 2), 4);
        break;
    case 2:
        bench_write(b, ctx, SVA_CTX_HOLD_MASK, pick(c, 4) ? 0 : pick(c, 64));
        break;
    case 3:
        bench_write(b, ctx, SVA_CTX_RELEASE, 1);
        break;
    case 4:
        bench_write(b, ctx, SVA_CTX_CMD, 2 + pick(c, 2));
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
        bench_move(b);
        break;
    default:
        submit(c, ctx);
        break;
    }
    fake_env_advance(b->f, pick(c, 3) * 400000);
    bench_forget_log(b);
}

static void answer_all(Bench *b)
{
    for (unsigned prgi = 0; prgi < SVA_PRGI_COUNT; prgi++) {
        for (unsigned pasid = 1; pasid <= ACCEL_CONTEXTS; pasid++) {
            fake_port_respond(b->p, sva_pasid(pasid), prgi, 1);
        }
    }
    bench_run(b);
}

static void finish(Chaos *c)
{
    Bench *b = c->b;

    b->p->prg_policy = FAKE_PRG_SILENT;
    bench_set_pri(b, true, 32);
    sva_accel_clear_pri_status(b->a, 3);
    sva_accel_write(b->a, SVA_REG_INJECT, 0, 4);
    for (unsigned i = 0; i < ACCEL_CONTEXTS; i++) {
        bench_write(b, i, SVA_CTX_INJECT, 0);
        bench_write(b, i, SVA_CTX_HOLD_MASK, 0);
        bench_write(b, i, SVA_CTX_CMD, SVA_CMD_ABORT);
    }
    /* Turns of contexts are a microsecond apart. */
    fake_env_advance(b->f, 1000000);
    answer_all(b);
    for (unsigned i = 0; i < ACCEL_CONTEXTS; i++) {
        g_assert_cmphex(bench_read(b, i, SVA_CTX_RUNNING), ==, 0);
        g_assert_cmphex(bench_read(b, i, SVA_CTX_STATE), ==, 0);
        g_assert_cmphex(bench_read(b, i, SVA_CTX_CMD_STATUS) >> 31, ==, 0);
    }
    g_assert_cmphex(sva_accel_read(b->a, SVA_REG_INVAL_HELD, 4), ==, 0);
    g_assert_cmpuint(c->done, ==, c->tickets);
    bench_set_pri(b, false, 32);
    g_assert_cmphex(sva_accel_pri_status(b->a) & SVA_PRI_STOPPED, ==,
                    SVA_PRI_STOPPED);
}

static void test_nothing_is_left_over(void)
{
    for (uint32_t seed = 1; seed <= SEEDS; seed++) {
        Chaos c = { .b = bench_new(), .rand = g_rand_new_with_seed(seed) };

        g_test_message("seed %u", seed);
        c.b->p->hook = count_done;
        c.b->p->hook_opaque = &c;
        for (unsigned i = 0; i < STEPS; i++) {
            step(&c);
        }
        finish(&c);
        g_rand_free(c.rand);
        bench_free(c.b);
    }
}

#define ADD(name) g_test_add_func("/accel/chaos/" #name, test_##name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(nothing_is_left_over);
    return g_test_run();
}

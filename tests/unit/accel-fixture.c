/*
 * Bench of the sva-accel unit tests
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "accel-fixture.h"

static SvaPasid pasid_of(unsigned ctx)
{
    return sva_pasid(ctx + 1);
}

void bench_set_pri(Bench *b, bool enable, uint32_t allocation)
{
    sva_accel_set_pri(b->a, &(SvaPriControl) { .allocation = allocation });
    sva_accel_set_pri(b->a, &(SvaPriControl) {
        .enable = enable, .allocation = allocation,
    });
}

static const SvaAccelConfig config = {
    .contexts = ACCEL_CONTEXTS, .pasid_bits = 20, .atc_entries = 64,
    .pri_capacity = 64,
};

Bench *bench_new(void)
{
    Bench *b = g_new0(Bench, 1);

    b->f = fake_env_new();
    b->a = sva_accel_new(&b->f->env, &config);
    b->p = fake_port_new(b->f, &sva_accel_client_ops, b->a);
    sva_accel_attach(b->a, &b->p->port);
    sva_accel_set_bus_master(b->a, true);
    sva_accel_set_pasid(b->a, true);
    sva_accel_set_ats(b->a, true);
    bench_set_pri(b, true, 32);
    return b;
}

void bench_free(Bench *b)
{
    sva_accel_free(b->a);
    fake_port_free(b->p);
    fake_env_free(b->f);
    g_free(b);
}

SvaAccelSaved *bench_save(Bench *b)
{
    SvaAccelSaved *saved = sva_accel_saved_new(b->a);

    sva_accel_save(b->a, saved);
    return saved;
}

void bench_move(Bench *b)
{
    size_t size = sizeof(SvaAccelSaved) +
                  ACCEL_CONTEXTS * sizeof(SvaCtxSaved);
    g_autofree SvaAccelSaved *before = bench_save(b);
    g_autofree SvaAccelSaved *after = NULL;

    sva_accel_free(b->a);
    fake_env_advance(b->f, 1000000007);
    b->a = sva_accel_new(&b->f->env, &config);
    b->p->port.client = b->a;
    sva_accel_attach(b->a, &b->p->port);
    g_assert_cmpstr(sva_accel_load(b->a, before), ==, NULL);
    after = bench_save(b);
    g_assert_cmpmem(before, size, after, size);
}

uint32_t bench_read(Bench *b, unsigned ctx, unsigned reg)
{
    return sva_accel_read(b->a, SVA_CTX(ctx, reg), 4);
}

uint64_t bench_read64(Bench *b, unsigned ctx, unsigned reg)
{
    return sva_accel_read(b->a, SVA_CTX(ctx, reg), 8);
}

static bool is_wide(unsigned reg)
{
    return reg == SVA_CTX_RING_BASE || reg == SVA_CTX_PROBE_ADDR ||
           reg == SVA_CTX_PROBE_DATA;
}

void bench_write(Bench *b, unsigned ctx, unsigned reg, uint64_t value)
{
    sva_accel_write(b->a, SVA_CTX(ctx, reg), value, is_wide(reg) ? 8 : 4);
}

uint64_t bench_count(Bench *b, unsigned ctx, enum sva_counter which)
{
    return bench_read64(b, ctx, SVA_CTX_COUNTERS + 8 * which);
}

void bench_map(Bench *b, unsigned ctx, uint64_t va, uint64_t len,
               uint8_t access)
{
    fake_port_map(b->p, pasid_of(ctx), va, len, access);
}

void bench_fill(Bench *b, unsigned ctx, uint64_t va, const void *data,
                size_t len)
{
    fake_put(b->f, fake_port_pa(pasid_of(ctx), va), data, len);
}

void bench_get(Bench *b, unsigned ctx, uint64_t va, void *data, size_t len)
{
    fake_get(b->f, fake_port_pa(pasid_of(ctx), va), data, len);
}

void bench_enable(Bench *b, unsigned ctx, enum sva_mode mode)
{
    uint32_t cfg = (ctx + 1) | 1u << 20 | (uint32_t)mode << 24;

    bench_map(b, ctx, ACCEL_RING, 4096, SVA_READ | SVA_WRITE);
    bench_map(b, ctx, ACCEL_CPL, 4096, SVA_READ | SVA_WRITE);
    bench_write(b, ctx, SVA_CTX_CFG, cfg);
    bench_write(b, ctx, SVA_CTX_RING_BASE, ACCEL_RING);
    bench_write(b, ctx, SVA_CTX_RING_SIZE, 6);
    bench_write(b, ctx, SVA_CTX_VECTOR, ctx + 1);
    bench_write(b, ctx, SVA_CTX_CMD, SVA_CMD_ENABLE);
    g_assert_cmphex(bench_read(b, ctx, SVA_CTX_CFG), ==, cfg);
    g_assert_cmphex(bench_read64(b, ctx, SVA_CTX_RING_BASE), ==, ACCEL_RING);
    g_assert_cmphex(bench_read(b, ctx, SVA_CTX_CMD_STATUS), ==, 1);
    sva_accel_write(b->a, SVA_REG_IRQ_CAUSE, ~0u, 4);
    b->tail[ctx] = 0;
    bench_forget_log(b);
}

static struct sva_desc desc_to_le(struct sva_desc desc)
{
    desc.flags = GUINT16_TO_LE(desc.flags);
    desc.id = GUINT32_TO_LE(desc.id);
    desc.src = GUINT64_TO_LE(desc.src);
    desc.dst = GUINT64_TO_LE(desc.dst);
    desc.size = GUINT64_TO_LE(desc.size);
    desc.completion = GUINT64_TO_LE(desc.completion);
    desc.stride = GUINT64_TO_LE(desc.stride);
    desc.rounds = GUINT64_TO_LE(desc.rounds);
    desc.interval = GUINT32_TO_LE(desc.interval);
    desc.reserved1 = GUINT32_TO_LE(desc.reserved1);
    return desc;
}

void bench_put(Bench *b, unsigned ctx, struct sva_desc desc)
{
    unsigned i = b->tail[ctx]++ % 64;
    struct sva_completion none = { 0 };

    if (desc.completion == 0) {
        desc.completion = ACCEL_CPL + i * 32;
    }
    desc = desc_to_le(desc);
    bench_fill(b, ctx, ACCEL_CPL + i * 32, &none, sizeof(none));
    bench_fill(b, ctx, ACCEL_RING + i * 64, &desc, sizeof(desc));
}

void bench_ring(Bench *b, unsigned ctx)
{
    sva_accel_doorbell_write(b->a, ctx * 0x1000, b->tail[ctx], 4);
}

void bench_run(Bench *b)
{
    fake_env_advance(b->f, 0);
}

void bench_submit(Bench *b, unsigned ctx, struct sva_desc desc)
{
    bench_put(b, ctx, desc);
    bench_ring(b, ctx);
    bench_run(b);
}

struct sva_completion bench_cpl(Bench *b, unsigned ctx, unsigned i)
{
    struct sva_completion cpl;

    bench_get(b, ctx, ACCEL_CPL + i % 64 * 32, &cpl, sizeof(cpl));
    cpl.id = GUINT32_FROM_LE(cpl.id);
    cpl.bytes = GUINT64_FROM_LE(cpl.bytes);
    cpl.fault_addr = GUINT64_FROM_LE(cpl.fault_addr);
    cpl.result = GUINT64_FROM_LE(cpl.result);
    return cpl;
}

void bench_forget_log(Bench *b)
{
    g_free(fake_port_take_log(b->p));
}

/*
 * Fixture of the sva-accel unit tests
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "accel-fixture.h"

static SvaPasid pasid_of(unsigned ctx)
{
    return sva_pasid(ctx + 1);
}

void accel_fixture_set_pri(AccelFixture *f, bool enable, uint32_t allocation)
{
    sva_function_set_pri(f->fn, &(SvaPriControl) { .allocation = allocation });
    sva_function_set_pri(f->fn, &(SvaPriControl) {
        .enable = enable, .allocation = allocation,
    });
}

static void make_accel(AccelFixture *f)
{
    SvaAccelConfig config = {
        .contexts = ACCEL_CONTEXTS, .pasid_bits = 20, .atc_entries = 64,
        .pri_capacity = 64, .adversary = f->adversary,
    };

    f->a = sva_accel_new(&f->env->env, &config);
    f->fn = sva_accel_function(f->a);
}

AccelFixture *accel_fixture_new(void)
{
    return accel_fixture_adversary(0);
}

AccelFixture *accel_fixture_adversary(uint32_t seed)
{
    AccelFixture *f = g_new0(AccelFixture, 1);

    f->env = fake_env_new();
    f->adversary = seed;
    make_accel(f);
    f->p = fake_port_new(f->env, &sva_function_client_ops, f->fn);
    sva_function_attach(sva_accel_function(f->a), &f->p->port);
    sva_function_set_bus_master(f->fn, true);
    sva_function_set_pasid(f->fn, true);
    sva_function_set_ats(f->fn, true);
    accel_fixture_set_pri(f, true, 32);
    return f;
}

void accel_fixture_free(AccelFixture *f)
{
    sva_accel_free(f->a);
    fake_port_free(f->p);
    fake_env_free(f->env);
    g_free(f);
}

SvaAccelSaved *accel_save(AccelFixture *f)
{
    SvaAccelSaved *saved = sva_accel_saved_new(f->a);

    sva_accel_save(f->a, saved);
    return saved;
}

void accel_move(AccelFixture *f)
{
    size_t size = sizeof(SvaAccelSaved) +
                  ACCEL_CONTEXTS * sizeof(SvaCtxSaved);
    g_autofree SvaAccelSaved *before = accel_save(f);
    g_autofree SvaAccelSaved *after = NULL;

    sva_accel_free(f->a);
    fake_env_advance(f->env, 1000000007);
    make_accel(f);
    f->p->port.client = f->fn;
    sva_function_attach(sva_accel_function(f->a), &f->p->port);
    g_assert_cmpstr(sva_accel_load(f->a, before), ==, NULL);
    after = accel_save(f);
    g_assert_cmpmem(before, size, after, size);
}

uint32_t accel_read(AccelFixture *f, unsigned ctx, unsigned reg)
{
    return sva_accel_read(f->a, SVA_CTX(ctx, reg), 4);
}

uint64_t accel_read64(AccelFixture *f, unsigned ctx, unsigned reg)
{
    return sva_accel_read(f->a, SVA_CTX(ctx, reg), 8);
}

static bool is_wide(unsigned reg)
{
    return reg == SVA_CTX_RING_BASE || reg == SVA_CTX_PROBE_ADDR ||
           reg == SVA_CTX_PROBE_DATA;
}

void accel_write(AccelFixture *f, unsigned ctx, unsigned reg, uint64_t value)
{
    sva_accel_write(f->a, SVA_CTX(ctx, reg), value, is_wide(reg) ? 8 : 4);
}

uint64_t accel_count(AccelFixture *f, unsigned ctx, enum sva_counter which)
{
    return accel_read64(f, ctx, SVA_CTX_COUNTERS + 8 * which);
}

void accel_map(AccelFixture *f, unsigned ctx, uint64_t va, uint64_t len,
               uint8_t access)
{
    fake_port_map(f->p, pasid_of(ctx), va, len, access);
}

void accel_fill(AccelFixture *f, unsigned ctx, uint64_t va, const void *data,
                size_t len)
{
    fake_put(f->env, fake_port_pa(pasid_of(ctx), va), data, len);
}

void accel_get(AccelFixture *f, unsigned ctx, uint64_t va, void *data,
               size_t len)
{
    fake_get(f->env, fake_port_pa(pasid_of(ctx), va), data, len);
}

void accel_enable(AccelFixture *f, unsigned ctx, enum sva_mode mode)
{
    uint32_t cfg = (ctx + 1) | 1u << 20 | (uint32_t)mode << 24;

    accel_map(f, ctx, ACCEL_RING, 4096, SVA_READ | SVA_WRITE);
    accel_map(f, ctx, ACCEL_CPL, 4096, SVA_READ | SVA_WRITE);
    accel_write(f, ctx, SVA_CTX_CFG, cfg);
    accel_write(f, ctx, SVA_CTX_RING_BASE, ACCEL_RING);
    accel_write(f, ctx, SVA_CTX_RING_SIZE, 6);
    accel_write(f, ctx, SVA_CTX_VECTOR, ctx + 1);
    accel_write(f, ctx, SVA_CTX_CMD, SVA_CMD_ENABLE);
    g_assert_cmphex(accel_read(f, ctx, SVA_CTX_CFG), ==, cfg);
    g_assert_cmphex(accel_read64(f, ctx, SVA_CTX_RING_BASE), ==, ACCEL_RING);
    g_assert_cmphex(accel_read(f, ctx, SVA_CTX_CMD_STATUS), ==, 1);
    sva_accel_write(f->a, SVA_REG_IRQ_CAUSE, ~0u, 4);
    f->tail[ctx] = 0;
    accel_forget_log(f);
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

void accel_put(AccelFixture *f, unsigned ctx, struct sva_desc desc)
{
    unsigned i = f->tail[ctx]++ % 64;
    struct sva_completion none = { 0 };

    if (desc.completion == 0) {
        desc.completion = ACCEL_CPL + i * 32;
    }
    desc = desc_to_le(desc);
    accel_fill(f, ctx, ACCEL_CPL + i * 32, &none, sizeof(none));
    accel_fill(f, ctx, ACCEL_RING + i * 64, &desc, sizeof(desc));
}

void accel_ring(AccelFixture *f, unsigned ctx)
{
    sva_accel_doorbell_write(f->a, ctx * 0x1000, f->tail[ctx], 4);
}

void accel_run(AccelFixture *f)
{
    fake_env_advance(f->env, 0);
}

void accel_submit(AccelFixture *f, unsigned ctx, struct sva_desc desc)
{
    accel_put(f, ctx, desc);
    accel_ring(f, ctx);
    accel_run(f);
}

struct sva_completion accel_cpl(AccelFixture *f, unsigned ctx, unsigned i)
{
    struct sva_completion cpl;

    accel_get(f, ctx, ACCEL_CPL + i % 64 * 32, &cpl, sizeof(cpl));
    cpl.id = GUINT32_FROM_LE(cpl.id);
    cpl.bytes = GUINT64_FROM_LE(cpl.bytes);
    cpl.fault_addr = GUINT64_FROM_LE(cpl.fault_addr);
    cpl.result = GUINT64_FROM_LE(cpl.result);
    return cpl;
}

void accel_forget_log(AccelFixture *f)
{
    g_free(fake_port_take_log(f->p));
}

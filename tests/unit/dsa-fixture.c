/*
 * Fixture of the sva-dsa unit tests
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "dsa-fixture.h"

void dsa_set_pri(DsaFixture *f, bool enable)
{
    sva_function_set_pri(f->fn, &(SvaPriControl) {
        .enable = enable, .allocation = 32,
    });
}

void dsa_remake(DsaFixture *f)
{
    sva_dsa_free(f->d);
    f->d = sva_dsa_new(&f->env->env, &f->config);
    f->fn = sva_dsa_function(f->d);
    f->p->port.client = f->fn;
    sva_function_attach(f->fn, &f->p->port);
    sva_function_set_bus_master(f->fn, true);
    sva_function_set_pasid(f->fn, true);
    sva_function_set_ats(f->fn, true);
    dsa_set_pri(f, true);
}

SvaDsaSaved *dsa_save(DsaFixture *f)
{
    SvaDsaSaved *saved = sva_dsa_saved_new(f->d);

    sva_dsa_save(f->d, saved);
    return saved;
}

void dsa_move(DsaFixture *f)
{
    g_autofree SvaDsaSaved *before = dsa_save(f);
    g_autofree SvaDsaSaved *after = NULL;
    size_t size = sva_dsa_saved_size(f->d);

    sva_dsa_free(f->d);
    f->d = sva_dsa_new(&f->env->env, &f->config);
    f->fn = sva_dsa_function(f->d);
    f->p->port.client = f->fn;
    sva_function_attach(f->fn, &f->p->port);
    g_assert_cmpstr(sva_dsa_load(f->d, before), ==, NULL);
    after = dsa_save(f);
    g_assert_cmpmem(before, size, after, size);
}

DsaFixture *dsa_fixture_raw(void)
{
    DsaFixture *f = g_new0(DsaFixture, 1);

    f->env = fake_env_new();
    f->config = (SvaDsaConfig) {
        .wqs = 8, .groups = 4, .engines = 4, .wq_size = 128,
        .xfer_shift = 31, .batch_shift = 10, .vectors = 9,
        .function = { .atc_entries = 64, .pri_capacity = 64 },
    };
    f->p = fake_port_new(f->env, &sva_function_client_ops, NULL);
    dsa_remake(f);
    dsa_map(f, DSA_CR, 0x1000);
    return f;
}

void dsa_enable(DsaFixture *f)
{
    dsa_config_wq(f, DSA_DEDICATED, 8, true);
    dsa_config_wq(f, DSA_SHARED, 8, false);
    dsa_config_group(f, 0, 3, 1);
    g_assert_cmphex(dsa_command(f, DSA_CMD_ENABLE_DEVICE, 0), ==, 0);
    g_assert_cmphex(dsa_command(f, DSA_CMD_ENABLE_WQ, 0), ==, 0);
    g_assert_cmphex(dsa_command(f, DSA_CMD_ENABLE_WQ, 1), ==, 0);
    g_free(fake_port_take_log(f->p));
}

DsaFixture *dsa_fixture_new(void)
{
    DsaFixture *f = dsa_fixture_raw();

    dsa_enable(f);
    return f;
}

DsaFixture *dsa_fixture_log(void)
{
    DsaFixture *f = dsa_fixture_raw();

    dsa_set_pri(f, false);
    fake_port_map(f->p, SVA_NO_PASID, 0x10000, 0x1000, DSA_RW);
    dsa_write64(f, DSA_EVLCFG, 0x10000);
    dsa_write64(f, DSA_EVLCFG + 8, 64);
    dsa_write32(f, DSA_GENCFG, DSA_GENCFG_EVL | 96);
    dsa_write32(f, DSA_GENCTRL, DSA_GENCTRL_EVL_INT);
    dsa_enable(f);
    return f;
}

void dsa_fixture_free(DsaFixture *f)
{
    sva_dsa_free(f->d);
    fake_port_free(f->p);
    fake_env_free(f->env);
    g_free(f);
}

uint32_t dsa_read32(DsaFixture *f, unsigned reg)
{
    return (uint32_t)sva_dsa_read(f->d, reg, 4);
}

uint64_t dsa_read64(DsaFixture *f, unsigned reg)
{
    return sva_dsa_read(f->d, reg, 8);
}

void dsa_write32(DsaFixture *f, unsigned reg, uint32_t value)
{
    sva_dsa_write(f->d, reg, value, 4);
}

void dsa_write64(DsaFixture *f, unsigned reg, uint64_t value)
{
    sva_dsa_write(f->d, reg, value, 8);
}

void dsa_config_wq(DsaFixture *f, unsigned wq, unsigned size, bool dedicated)
{
    unsigned base = DSA_WQCFG + wq * 64;
    uint32_t control = DSA_WQ1_PASID_EN | 1 << DSA_WQ1_PRIORITY_SHIFT;

    if (f->fn->pri_enable) {
        control |= DSA_WQ1_BLOCK_ON_FAULT;
    }
    if (dedicated) {
        control |= DSA_WQ1_DEDICATED | 5u << DSA_WQ1_PASID_SHIFT;
    }
    dsa_write32(f, base, size);
    dsa_write32(f, base + 4, size - 1);
    dsa_write32(f, base + 8, control);
    dsa_write32(f, base + 12, 10u << 5 | 21);
}

void dsa_config_group(DsaFixture *f, unsigned group, uint64_t wqs,
                      uint64_t engines)
{
    dsa_write64(f, DSA_GRPCFG + group * 64, wqs);
    dsa_write64(f, DSA_GRPCFG + group * 64 + 32, engines);
}

void dsa_run(DsaFixture *f)
{
    fake_env_advance(f->env, 1000000);
}

uint32_t dsa_command(DsaFixture *f, DsaCommand code, uint32_t operand)
{
    dsa_write32(f, DSA_CMD, (uint32_t)code << DSA_CMD_CODE_SHIFT | operand);
    dsa_run(f);
    return dsa_read32(f, DSA_CMDSTS);
}

DsaRaw dsa_desc(DsaFixture *f, unsigned op, uint32_t flags, uint64_t src,
                uint64_t dst, uint32_t size)
{
    DsaRaw desc = { 0 };

    dsa_put32(desc.b, 5);
    dsa_put32(desc.b + 4, flags | op << 24);
    if (flags & DSA_FLAG_CR_VALID) {
        dsa_put64(desc.b + 8, DSA_CR + 32 * f->records++);
    }
    dsa_put64(desc.b + 16, src);
    dsa_put64(desc.b + 24, dst);
    dsa_put32(desc.b + 32, size);
    return desc;
}

bool dsa_submit(DsaFixture *f, unsigned wq, const DsaRaw *desc)
{
    return sva_dsa_submit(f->d, (wq * 4 + 1) * SVA_PAGE_SIZE, desc->b,
                          wq == DSA_SHARED);
}

const uint8_t *dsa_record(DsaFixture *f, const DsaRaw *desc)
{
    static uint8_t record[DSA_RECORD_BYTES];

    dsa_get(f, dsa_get64(desc->b + 8), record, sizeof(record));
    return record;
}

uint8_t dsa_status(DsaFixture *f, const DsaRaw *desc)
{
    return dsa_record(f, desc)[0];
}

const uint8_t *dsa_execute(DsaFixture *f, const DsaRaw *desc)
{
    g_assert_true(dsa_submit(f, DSA_DEDICATED, desc));
    dsa_run(f);
    return dsa_record(f, desc);
}

void dsa_map(DsaFixture *f, uint64_t va, uint64_t len)
{
    fake_port_map(f->p, DSA_PASID, va, len, DSA_RW);
}

/* Page by page: FakePort scatters them. */
void dsa_put(DsaFixture *f, uint64_t va, const void *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        fake_put(f->env, fake_port_pa(DSA_PASID, va + i),
                 (const uint8_t *)data + i, 1);
    }
}

void dsa_get(DsaFixture *f, uint64_t va, void *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        fake_get(f->env, fake_port_pa(DSA_PASID, va + i), (uint8_t *)data + i,
                 1);
    }
}

void dsa_pattern(DsaFixture *f, uint64_t va, size_t len, uint8_t seed)
{
    for (size_t i = 0; i < len; i++) {
        uint8_t byte = (uint8_t)((i * 7 + (i >> 8)) ^ seed);

        fake_put(f->env, fake_port_pa(DSA_PASID, va + i), &byte, 1);
    }
}

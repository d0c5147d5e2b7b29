/*
 * Driving sva-accel by hand
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "libsva-accel.h"

#define RING_LOG2   6
#define RING_SIZE   (1u << RING_LOG2)

static void set_bar(SvaTest *t, unsigned n, uint32_t addr)
{
    unsigned off = 0x10 + 4 * n;

    sva_cfg_write(t, SVA_TEST_DEVFN, off, 4, addr);
    g_assert_cmphex(sva_cfg_read(t, SVA_TEST_DEVFN, off, 4), ==, addr);
}

void acc_map_bars(SvaTest *t)
{
    set_bar(t, 0, ACC_BAR0);
    set_bar(t, 2, ACC_BAR2);
    set_bar(t, 4, ACC_BAR4);
    sva_cfg_write(t, SVA_TEST_DEVFN, 0x04, 2, 0x0006);
    g_assert_cmphex(sva_cfg_read(t, SVA_TEST_DEVFN, 0x04, 2), ==, 0x0006);
    g_assert_cmphex(acc_read32(t, SVA_REG_MAGIC), ==, 0x43415653);
}

static void set_cfg(SvaTest *t, unsigned off, unsigned size, uint32_t val)
{
    sva_cfg_write(t, SVA_TEST_DEVFN, off, size, val);
    g_assert_cmphex(sva_cfg_read(t, SVA_TEST_DEVFN, off, size), ==, val);
}

void acc_enable_caps(SvaTest *t, uint32_t prg_allocation)
{
    t->cap_pasid = sva_cfg_ext_cap(t, SVA_TEST_DEVFN, 0x1b);
    t->cap_ats = sva_cfg_ext_cap(t, SVA_TEST_DEVFN, 0x0f);
    t->cap_pri = sva_cfg_ext_cap(t, SVA_TEST_DEVFN, 0x13);
    g_assert_cmphex(t->cap_pasid, !=, 0);
    g_assert_cmphex(t->cap_ats, !=, 0);
    g_assert_cmphex(t->cap_pri, !=, 0);
    set_cfg(t, t->cap_pasid + 6, 2, 0x0001);
    set_cfg(t, t->cap_ats + 6, 2, 0x8000);
    set_cfg(t, t->cap_pri + 12, 4, prg_allocation);
    set_cfg(t, t->cap_pri + 4, 2, 0x0001);
}

void acc_start(SvaTest *t)
{
    acc_map_bars(t);
    acc_enable_caps(t, 32);
}

uint32_t acc_read32(SvaTest *t, unsigned off)
{
    return qtest_readl(t->qts, ACC_BAR0 + off);
}

uint64_t acc_read64(SvaTest *t, unsigned off)
{
    return qtest_readq(t->qts, ACC_BAR0 + off);
}

void acc_write32(SvaTest *t, unsigned off, uint32_t val)
{
    qtest_writel(t->qts, ACC_BAR0 + off, val);
}

void acc_write64(SvaTest *t, unsigned off, uint64_t val)
{
    qtest_writeq(t->qts, ACC_BAR0 + off, val);
}

void acc_set32(SvaTest *t, unsigned off, uint32_t val)
{
    acc_write32(t, off, val);
    g_assert_cmphex(acc_read32(t, off), ==, val);
}

void acc_set64(SvaTest *t, unsigned off, uint64_t val)
{
    acc_write64(t, off, val);
    g_assert_cmphex(acc_read64(t, off), ==, val);
}

uint32_t acc_command(SvaTest *t, const AccContext *c, uint32_t cmd)
{
    uint32_t status;

    acc_write32(t, SVA_CTX(c->n, SVA_CTX_CMD), cmd);
    sva_wait_until(t, !((status = acc_read32(t, SVA_CTX(c->n,
                         SVA_CTX_CMD_STATUS))) & SVA_CMDST_BUSY));
    g_assert_cmphex(status & SVA_CMDST_CMD, ==, cmd);
    return (status & SVA_CMDST_RESULT) >> SVA_CMDST_RESULT_SHIFT;
}

void acc_enable(SvaTest *t, AccContext *c)
{
    c->tail = 0;
    acc_set32(t, SVA_CTX(c->n, SVA_CTX_CFG),
              c->pasid | (c->pasid_en ? SVA_CFG_PASID_EN : 0) |
              c->mode << SVA_CFG_MODE_SHIFT);
    acc_set64(t, SVA_CTX(c->n, SVA_CTX_RING_BASE), c->ring);
    acc_set32(t, SVA_CTX(c->n, SVA_CTX_RING_SIZE), RING_LOG2);
    g_assert_cmphex(acc_command(t, c, SVA_CMD_ENABLE), ==, SVA_CMDRES_OK);
    g_assert_cmphex(acc_read32(t, SVA_CTX(c->n, SVA_CTX_STATE)), ==,
                    SVA_CTX_ENABLED);
}

void acc_submit(SvaTest *t, AccContext *c, const struct sva_desc *d)
{
    uint64_t at = c->ring_pa + c->tail % RING_SIZE * 64;

    sva_put64(t, at, d->opcode | (uint64_t)d->flags << 16 |
                     (uint64_t)d->id << 32);
    sva_put64(t, at + 0x08, d->src);
    sva_put64(t, at + 0x10, d->dst);
    sva_put64(t, at + 0x18, d->size);
    sva_put64(t, at + 0x20, d->completion);
    sva_put64(t, at + 0x28, d->stride);
    sva_put64(t, at + 0x30, d->rounds);
    sva_put64(t, at + 0x38, d->interval);
    c->tail++;
    qtest_writel(t->qts, ACC_BAR2 + c->n * SVA_DB_STRIDE + SVA_DB_TAIL,
                 c->tail);
}

struct sva_completion acc_completion(SvaTest *t, uint64_t pa)
{
    uint64_t word;

    sva_wait_until(t, (word = sva_get64(t, pa)) & 0xff);
    return (struct sva_completion) {
        .status = word,
        .fault_write = word >> 8,
        .reserved0 = word >> 16,
        .id = word >> 32,
        .bytes = sva_get64(t, pa + 8),
        .fault_addr = sva_get64(t, pa + 16),
        .result = sva_get64(t, pa + 24),
    };
}

uint32_t acc_probe(SvaTest *t, const AccContext *c, uint32_t kind,
                   uint64_t addr, uint64_t *data)
{
    acc_set32(t, SVA_CTX(c->n, SVA_CTX_PROBE_PASID),
              c->pasid | (c->pasid_en ? SVA_CFG_PASID_EN : 0));
    acc_set64(t, SVA_CTX(c->n, SVA_CTX_PROBE_ADDR), addr);
    if (data) {
        acc_set64(t, SVA_CTX(c->n, SVA_CTX_PROBE_DATA), *data);
    }
    acc_write32(t, SVA_CTX(c->n, SVA_CTX_PROBE_CTRL), kind);
    if (data) {
        *data = acc_read64(t, SVA_CTX(c->n, SVA_CTX_PROBE_DATA));
    }
    return acc_read32(t, SVA_CTX(c->n, SVA_CTX_PROBE_STATUS));
}

/*
 * Driving sva-dsa by hand, behind sva-vtd
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "libsva-dsa.h"

uint32_t dsa_reg(Dsa *d, unsigned off)
{
    return qtest_readl(d->t->qts, DSA_REGS + off);
}

void dsa_set_reg(Dsa *d, unsigned off, uint64_t val)
{
    qtest_writeq(d->t->qts, DSA_REGS + off, val);
}

uint32_t dsa_command(Dsa *d, uint32_t cmd)
{
    qtest_writel(d->t->qts, DSA_REGS + R_CMD, cmd);
    sva_wait_until(d->t, !(dsa_reg(d, R_CMDSTS) & 0x80000000u));
    return dsa_reg(d, R_CMDSTS);
}

uint64_t dsa_map(Dsa *d, uint64_t va, uint64_t pa)
{
    return vtd_map(d->t, d->pgd, va, pa, PTE_P | PTE_W | PTE_U);
}

void dsa_map_bars(Dsa *d)
{
    sva_cfg_write(d->t, DSA_DEVFN, 0x10, 4, DSA_REGS);
    sva_cfg_write(d->t, DSA_DEVFN, 0x18, 4, DSA_PORTALS);
    sva_cfg_write(d->t, DSA_DEVFN, 0x20, 4, DSA_MSIX);
    sva_cfg_write(d->t, DSA_DEVFN, 0x04, 2, 0x0006);
}

void dsa_enable_caps(Dsa *d)
{
    SvaTest *t = d->t;
    unsigned pri = sva_cfg_ext_cap(t, DSA_DEVFN, 0x13);

    sva_cfg_write(t, DSA_DEVFN, sva_cfg_ext_cap(t, DSA_DEVFN, 0x1b) + 6, 2, 1);
    sva_cfg_write(t, DSA_DEVFN, sva_cfg_ext_cap(t, DSA_DEVFN, 0x0f) + 6, 2,
                  0x8000);
    sva_cfg_write(t, DSA_DEVFN, pri + 12, 4, 8);
    sva_cfg_write(t, DSA_DEVFN, pri + 4, 2, 1);
}

void dsa_configure(Dsa *d)
{
    dsa_map_bars(d);
    dsa_enable_caps(d);
    dsa_set_reg(d, R_WQCFG, 16);
    dsa_set_reg(d, R_WQCFG + 8, (21ull | 10 << 5) << 32 | 0x10000013 |
                                DSA_PASID << 8);
    dsa_set_reg(d, R_GRPCFG, 1);
    dsa_set_reg(d, R_GRPCFG + 32, 1);
    g_assert_cmphex(dsa_command(d, C_ENABLE), ==, 0);
    g_assert_cmphex(dsa_command(d, C_ENABLE_WQ), ==, 0);
}

void dsa_start(Dsa *d, const char *args)
{
    SvaTest *t = sva_board_start(&sva_board_q35, "", args);

    *d = (Dsa) {
        .t = t,
        .pgd = sva_alloc(t, 0x1000),
        .src = sva_alloc(t, 0x2000),
        .dst = sva_alloc(t, 0x2000),
        .cr = sva_alloc(t, 0x1000),
    };
    vtd_start(t);
    sva_put64(t, t->context_table + 32 * DSA_DEVFN, t->pasid_dir | 0x1d);
    dsa_map(d, DSA_SRC_VA, d->src);
    dsa_map(d, DSA_SRC_VA + 0x1000, d->src + 0x1000);
    dsa_map(d, DSA_DST_VA, d->dst);
    dsa_map(d, DSA_CR_VA, d->cr);
    d->pte = dsa_map(d, DSA_DST_VA + 0x1000, d->dst + 0x1000);
    sva_put64(t, d->pte, 0);
    sva_fill(t, d->src, 0x2000, 1);
    vtd_bind(t, DSA_PASID, d->pgd);
    dsa_configure(d);
}

void dsa_submit_words(Dsa *d, unsigned wq, const uint64_t words[8])
{
    for (unsigned i = 0; i < 8; i++) {
        qtest_writeq(d->t->qts, DSA_PORTALS + 0x4000 * wq + 0x1000 + 8 * i,
                     words[i]);
    }
}

void dsa_submit(Dsa *d, unsigned n, uint32_t len)
{
    const uint64_t words[8] = {
        0x0300000e00000000ull, DSA_CR_VA + 32 * n, DSA_SRC_VA, DSA_DST_VA, len,
    };

    sva_put64(d->t, d->cr + 32 * n, 0);
    dsa_submit_words(d, 0, words);
}

uint8_t dsa_status(Dsa *d, unsigned n)
{
    return sva_get64(d->t, d->cr + 32 * n);
}

void dsa_flr(Dsa *d)
{
    unsigned exp = sva_cfg_cap(d->t, DSA_DEVFN, 0x10);

    sva_cfg_write(d->t, DSA_DEVFN, exp + 8, 2, 0x8000);
}

void dsa_respond(Dsa *d, uint64_t qw0, uint64_t qw1, unsigned code)
{
    vtd_submit(d->t, 9 | 1 << 4 | code << 12 | DSA_RID << 16 |
                     (qw0 & 0xfffff00000000ull), qw1 & 0xffc);
    vtd_sync(d->t);
}

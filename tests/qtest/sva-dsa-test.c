/*
 * sva-dsa behind sva-vtd: BARs, configuration space, page requests, FLR and
 * migration.  The operations are tests of the model (tests/unit/test-dsa-*).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "libsva-migrate.h"
#include "libsva-vtd.h"
#include "qobject/qdict.h"

#define DEVFN       0x28
#define RID         0x0028
#define REGS        0x28000000u
#define PORTALS     0x28100000u
#define MSIX        0x28200000u
#define PASID       9
#define SRC_VA      0x7f1000000000ull
#define DST_VA      0x7f1000100000ull
#define CR_VA       0x7f1000200000ull

/* Registers */
#define R_VERSION   0x00
#define R_GENSTS    0x90
#define R_CMD       0xa0
#define R_CMDSTS    0xa8
#define R_SWERR     0xc0
#define R_GRPCFG    0x1000
#define R_WQCFG     0x2000

/* Commands, with their operand */
#define C_ENABLE    0x00100000u
#define C_ENABLE_WQ 0x00600000u
#define C_ABORT_ALL 0x00400000u

#define ARGS " -device sva-dsa,id=dsa,addr=5,x-merge-writes=on"

/* Physical addresses; @pte: of the second page of the destination */
typedef struct Dsa {
    SvaTest *t;
    uint64_t pgd;
    uint64_t src;
    uint64_t dst;
    uint64_t cr;
    uint64_t pte;
} Dsa;

static uint32_t reg(Dsa *d, unsigned off)
{
    return qtest_readl(d->t->qts, REGS + off);
}

static void set_reg(Dsa *d, unsigned off, uint64_t val)
{
    qtest_writeq(d->t->qts, REGS + off, val);
}

static uint32_t command(Dsa *d, uint32_t cmd)
{
    qtest_writel(d->t->qts, REGS + R_CMD, cmd);
    sva_wait_until(d->t, !(reg(d, R_CMDSTS) & 0x80000000u));
    return reg(d, R_CMDSTS);
}

static uint64_t map(Dsa *d, uint64_t va, uint64_t pa)
{
    return vtd_map(d->t, d->pgd, va, pa, PTE_P | PTE_W | PTE_U);
}

/* As at boot: BARs and enables, then a dedicated WQ with the PASID. */
static void configure(Dsa *d)
{
    SvaTest *t = d->t;
    unsigned pri = sva_cfg_ext_cap(t, DEVFN, 0x13);

    sva_cfg_write(t, DEVFN, 0x10, 4, REGS);
    sva_cfg_write(t, DEVFN, 0x18, 4, PORTALS);
    sva_cfg_write(t, DEVFN, 0x20, 4, MSIX);
    sva_cfg_write(t, DEVFN, 0x04, 2, 0x0006);
    sva_cfg_write(t, DEVFN, sva_cfg_ext_cap(t, DEVFN, 0x1b) + 6, 2, 1);
    sva_cfg_write(t, DEVFN, sva_cfg_ext_cap(t, DEVFN, 0x0f) + 6, 2, 0x8000);
    sva_cfg_write(t, DEVFN, pri + 12, 4, 8);
    sva_cfg_write(t, DEVFN, pri + 4, 2, 1);
    set_reg(d, R_WQCFG, 16);
    set_reg(d, R_WQCFG + 8, (21ull | 10 << 5) << 32 | 0x10000013 |
                            PASID << 8);
    set_reg(d, R_GRPCFG, 1);
    set_reg(d, R_GRPCFG + 32, 1);
    g_assert_cmphex(command(d, C_ENABLE), ==, 0);
    g_assert_cmphex(command(d, C_ENABLE_WQ), ==, 0);
}

/* The first page of the destination is there, the second one is not. */
static void dsa_start_with(Dsa *d, const char *args)
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
    sva_put64(t, t->context_table + 32 * DEVFN, t->pasid_dir | 0x1d);
    map(d, SRC_VA, d->src);
    map(d, SRC_VA + 0x1000, d->src + 0x1000);
    map(d, DST_VA, d->dst);
    map(d, CR_VA, d->cr);
    d->pte = map(d, DST_VA + 0x1000, d->dst + 0x1000);
    sva_put64(t, d->pte, 0);
    sva_fill(t, d->src, 0x2000, 1);
    vtd_bind(t, PASID, d->pgd);
    configure(d);
}

static void dsa_start(Dsa *d)
{
    dsa_start_with(d, ARGS);
}

/* Memory Move of @len bytes that blocks on faults, record @n. */
static void submit(Dsa *d, unsigned n, uint32_t len)
{
    const uint64_t words[8] = {
        0x0300000e00000000ull, CR_VA + 32 * n, SRC_VA, DST_VA, len,
    };

    sva_put64(d->t, d->cr + 32 * n, 0);
    for (unsigned i = 0; i < 8; i++) {
        qtest_writeq(d->t->qts, PORTALS + 0x1000 + 8 * i, words[i]);
    }
}

static uint8_t status(Dsa *d, unsigned n)
{
    return sva_get64(d->t, d->cr + 32 * n);
}

/* Answer the page request for the second page, which must be the next one. */
static void respond(Dsa *d, unsigned code)
{
    uint64_t qw0, qw1;

    sva_wait_until(d->t, !vtd_prq_empty(d->t));
    vtd_prq_pop(d->t, &qw0, &qw1);
    g_assert_cmphex(qw0 >> 32 & 0xfffff, ==, PASID);
    g_assert_cmphex(qw1 & ~0xfffull, ==, DST_VA + 0x1000);
    vtd_submit(d->t, 9 | 1 << 4 | code << 12 | RID << 16 |
                     (uint64_t)PASID << 32, qw1 & 0xffc);
    vtd_sync(d->t);
}

static void test_identity(void)
{
    Dsa d;

    dsa_start(&d);
    g_assert_cmphex(sva_cfg_read(d.t, DEVFN, 0x00, 4), ==, 0x0b258086);
    g_assert_cmphex(sva_cfg_read(d.t, DEVFN, 0x08, 4) >> 8, ==, 0x088000);
    g_assert_cmphex(reg(&d, R_VERSION), ==, 0x200);
    /* Nine vectors: the device and eight WQs. */
    g_assert_cmphex(sva_cfg_read(d.t, DEVFN, sva_cfg_cap(d.t, DEVFN, 0x11) +
                                 2, 2) & 0x7ff, ==, 8);
    g_assert_cmphex(qtest_readq(d.t->qts, PORTALS), ==, 0);
    sva_test_end(d.t);
}

static void test_copy(void)
{
    Dsa d;

    dsa_start(&d);
    submit(&d, 0, 0x1000);
    sva_wait_until(d.t, status(&d, 0));
    g_assert_cmphex(status(&d, 0), ==, 1);
    sva_assert_filled(d.t, d.dst, 0x1000, 1);
    g_assert_cmpuint(sva_qom(d.t, "dsa", "count-completed"), ==, 1);
    vtd_assert_no_fault(d.t);
    sva_test_end(d.t);
}

static void test_page_request(void)
{
    Dsa d;

    dsa_start(&d);
    submit(&d, 0, 0x2000);
    sva_wait_until(d.t, !vtd_prq_empty(d.t));
    g_assert_cmphex(status(&d, 0), ==, 0);
    map(&d, DST_VA + 0x1000, d.dst + 0x1000);
    respond(&d, 0);
    sva_wait_until(d.t, status(&d, 0));
    g_assert_cmphex(status(&d, 0), ==, 1);
    sva_assert_filled(d.t, d.dst, 0x2000, 1);
    g_assert_cmpuint(sva_qom(d.t, "dsa", "count-page-requests"), ==, 1);
    sva_test_end(d.t);
}

static void test_refused_page(void)
{
    Dsa d;

    dsa_start(&d);
    submit(&d, 0, 0x2000);
    respond(&d, 1);
    sva_wait_until(d.t, status(&d, 0));
    g_assert_cmphex(status(&d, 0), ==, 0x84);
    g_assert_cmphex(sva_get64(d.t, d.cr) >> 32, ==, 0x1000);
    g_assert_cmphex(sva_get64(d.t, d.cr + 8), ==, DST_VA + 0x1000);
    sva_test_end(d.t);
}

static void test_abort(void)
{
    Dsa d;

    dsa_start(&d);
    submit(&d, 0, 0x2000);
    sva_wait_until(d.t, !vtd_prq_empty(d.t));
    qtest_writel(d.t->qts, REGS + R_CMD, C_ABORT_ALL);
    qtest_clock_step(d.t->qts, 1000000);
    g_assert_cmphex(reg(&d, R_CMDSTS), ==, 0x80000000);
    respond(&d, 1);
    sva_wait_until(d.t, !reg(&d, R_CMDSTS));
    g_assert_cmphex(status(&d, 0), ==, 0);
    sva_test_end(d.t);
}

/* FLR while it waits for a page, then all over again. */
static void test_flr(void)
{
    unsigned exp;
    Dsa d;

    dsa_start(&d);
    submit(&d, 0, 0x2000);
    sva_wait_until(d.t, !vtd_prq_empty(d.t));
    exp = sva_cfg_cap(d.t, DEVFN, 0x10);
    sva_cfg_write(d.t, DEVFN, exp + 8, 2, 0x8000);
    g_assert_cmphex(sva_cfg_read(d.t, DEVFN, 0x04, 2) & 6, ==, 0);
    configure(&d);
    respond(&d, 0);
    map(&d, DST_VA + 0x1000, d.dst + 0x1000);
    g_assert_cmphex(status(&d, 0), ==, 0);
    submit(&d, 1, 0x2000);
    sva_wait_until(d.t, status(&d, 1));
    g_assert_cmphex(status(&d, 1), ==, 1);
    sva_assert_filled(d.t, d.dst, 0x2000, 1);
    sva_test_end(d.t);
}

static void test_halt(void)
{
    Dsa d;

    dsa_start(&d);
    sva_cfg_write(d.t, DEVFN, 0x04, 2, 0x0002);
    g_assert_cmphex(reg(&d, R_GENSTS), ==, 3);
    g_assert_cmphex(reg(&d, R_SWERR), ==, 0x5101);
    sva_test_end(d.t);
}

static void test_migration(void)
{
    g_autofree char *args = sva_board_args(&sva_board_q35, "", ARGS);
    Dsa d;

    dsa_start(&d);
    submit(&d, 0, 0x2000);
    submit(&d, 1, 0x1000);
    sva_wait_until(d.t, !vtd_prq_empty(d.t));
    g_assert_true(sva_test_move(d.t, args));
    g_assert_cmphex(status(&d, 0), ==, 0);
    map(&d, DST_VA + 0x1000, d.dst + 0x1000);
    respond(&d, 0);
    sva_wait_until(d.t, status(&d, 0));
    g_assert_cmphex(status(&d, 0), ==, 1);
    sva_assert_filled(d.t, d.dst, 0x2000, 1);
    g_assert_cmphex(status(&d, 1), ==, 1);
    submit(&d, 2, 0x2000);
    sva_wait_until(d.t, status(&d, 2));
    g_assert_cmphex(status(&d, 2), ==, 1);
    sva_test_end(d.t);
}

static void test_migration_to_other_options(void)
{
    g_autofree char *args = sva_board_args(&sva_board_q35, "",
                                           ARGS ",engines=2");
    Dsa d;

    dsa_start(&d);
    g_assert_false(sva_test_move(d.t, args));
    sva_test_end(d.t);
}

static void test_corruption(void)
{
    Dsa d;

    dsa_start_with(&d, ARGS ",x-corrupt=on");
    submit(&d, 0, 0x1000);
    sva_wait_until(d.t, status(&d, 0));
    g_assert_cmphex(sva_get64(d.t, d.dst), ==, sva_get64(d.t, d.src) ^ 1);
    sva_test_end(d.t);
}

/* A guest that knows nothing of it. */
static void test_garbage(void)
{
    static const uint32_t bases[] = { 0, 0x400, 0x1000, 0x2000, 0xf000 };
    GRand *rnd = g_rand_new_with_seed(1);
    Dsa d;

    dsa_start(&d);
    for (unsigned i = 0; i < 3000; i++) {
        uint64_t off = bases[g_rand_int_range(rnd, 0, 5)] +
                       g_rand_int_range(rnd, 0, 0x100);
        uint64_t val = (uint64_t)g_rand_int(rnd) << g_rand_int_range(rnd, 0,
                                                                     33);

        switch (g_rand_int_range(rnd, 0, 5)) {
        case 0:
            qtest_writeb(d.t->qts, REGS + off, val);
            break;
        case 1:
            qtest_writel(d.t->qts, REGS + (off & ~3u), val);
            break;
        case 2:
            qtest_writeq(d.t->qts, REGS + (off & ~7u), val);
            break;
        case 3:
            for (unsigned n = 0; n < 8; n++) {
                qtest_writeq(d.t->qts, PORTALS + 8 * n, val >> n);
            }
            break;
        default:
            qtest_readq(d.t->qts, REGS + (off & ~7u));
            qtest_clock_step(d.t->qts, 1000);
        }
    }
    g_rand_free(rnd);
    sva_test_end(d.t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("sva/dsa/identity", test_identity);
    qtest_add_func("sva/dsa/copy", test_copy);
    qtest_add_func("sva/dsa/page-request", test_page_request);
    qtest_add_func("sva/dsa/refused-page", test_refused_page);
    qtest_add_func("sva/dsa/abort", test_abort);
    qtest_add_func("sva/dsa/flr", test_flr);
    qtest_add_func("sva/dsa/halt", test_halt);
    qtest_add_func("sva/dsa/migration", test_migration);
    qtest_add_func("sva/dsa/migration-to-other-options",
                   test_migration_to_other_options);
    qtest_add_func("sva/dsa/corruption", test_corruption);
    qtest_add_func("sva/dsa/garbage", test_garbage);
    return g_test_run();
}

/*
 * sva-pci-testdev, the smallest device on the endpoint library
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "libsva-smmu.h"
#include "libsva-vtd.h"
#include "qobject/qdict.h"

#define DEVFN       0x28
#define RID         0x0028
#define BAR         0x28000000u
#define PASID       9
#define RING_VA     0x7f1000000000ull
#define BUF_VA      0x7f1000100000ull

/* Registers */
#define R_PASID     0x00
#define R_RING      0x08
#define R_TAIL      0x10
#define R_HEAD      0x18
#define R_ERROR     0x20

/* Values of R_ERROR */
#define E_INVALID_REQUEST 2

/* @ring, @buf: physical addresses; @pte: of the second page of the buffer */
typedef struct Testdev {
    SvaTest *t;
    uint64_t pgd;
    uint64_t ring;
    uint64_t buf;
    uint64_t pte;
    bool smmu;
} Testdev;

static uint64_t reg(Testdev *d, unsigned off)
{
    return qtest_readq(d->t->qts, BAR + off);
}

static void set_reg(Testdev *d, unsigned off, uint64_t val)
{
    qtest_writeq(d->t->qts, BAR + off, val);
    g_assert_cmphex(reg(d, off), ==, val);
}

/* The IOMMU treats it as it treats the accelerator next to it. */
static void iommu_start(Testdev *d)
{
    SvaTest *t = d->t;
    unsigned i;

    if (!d->smmu) {
        vtd_start(t);
        sva_put64(t, t->context_table + 32 * DEVFN, t->pasid_dir | 0x1d);
        return;
    }
    smmu_start(t);
    for (i = 64; i; i -= 8) {
        sva_put64(t, t->strtab + 64 * RID + i - 8,
                  sva_get64(t, smmu_ste_addr(t) + i - 8));
    }
    smmu_command(t, 0x03 | (uint64_t)RID << 32, 1);     /* CMD_CFGI_STE */
    smmu_sync(t);
}

static uint64_t map(Testdev *d, uint64_t va, uint64_t pa)
{
    return d->smmu ? smmu_map(d->t, d->pgd, va, pa, PAGE_USER_RW)
                   : vtd_map(d->t, d->pgd, va, pa, PTE_P | PTE_W | PTE_U);
}

/* As at boot: BARs, enables, PASID and ring. */
static void configure(Testdev *d)
{
    SvaTest *t = d->t;
    unsigned pri = sva_cfg_ext_cap(t, DEVFN, 0x13);

    sva_cfg_write(t, DEVFN, 0x10, 4, BAR);
    sva_cfg_write(t, DEVFN, 0x04, 2, 0x0006);
    sva_cfg_write(t, DEVFN, sva_cfg_ext_cap(t, DEVFN, 0x1b) + 6, 2, 1);
    sva_cfg_write(t, DEVFN, sva_cfg_ext_cap(t, DEVFN, 0x0f) + 6, 2, 0x8000);
    sva_cfg_write(t, DEVFN, pri + 12, 4, 8);
    sva_cfg_write(t, DEVFN, pri + 4, 2, 1);
    set_reg(d, R_PASID, PASID);
    set_reg(d, R_RING, RING_VA);
}

/* The first page of the buffer is there, the second one is not. */
static void testdev_start(Testdev *d)
{
    bool smmu = !g_str_equal(qtest_get_arch(), "x86_64");
    SvaTest *t = sva_board_start(smmu ? &sva_board_virt : &sva_board_q35, "",
                                 " -device sva-pci-testdev,id=dev,addr=5");

    *d = (Testdev) {
        .t = t,
        .smmu = smmu,
        .pgd = sva_alloc(t, 0x1000),
        .ring = sva_alloc(t, 0x1000),
        .buf = sva_alloc(t, 0x2000),
    };
    iommu_start(d);
    map(d, RING_VA, d->ring);
    map(d, BUF_VA, d->buf);
    d->pte = map(d, BUF_VA + 0x1000, d->buf + 0x1000);
    sva_put64(t, d->pte, 0);
    if (smmu) {
        smmu_bind(t, PASID, d->pgd, CD_S | CD_R | CD_A);
    } else {
        vtd_bind(t, PASID, d->pgd);
    }
    configure(d);
}

/* Descriptor @n: fill [@va, @va + @len) with @byte. */
static void submit(Testdev *d, unsigned n, uint64_t va, uint64_t len,
                   uint8_t byte)
{
    uint64_t at = d->ring + n % 64 * 32;

    sva_put64(d->t, at, va);
    sva_put64(d->t, at + 8, len);
    sva_put64(d->t, at + 16, byte);
    set_reg(d, R_TAIL, n + 1);
}

static bool prq_empty(Testdev *d)
{
    return d->smmu ? smmu_pri_empty(d->t) : vtd_prq_empty(d->t);
}

/* Answer the page request for the second page, which must be the next one. */
static void respond(Testdev *d, unsigned code)
{
    /* CMD_PRI_RESP has codes of its own: 2 success, 1 invalid. */
    static const uint8_t resp[] = { [0] = 2, [1] = 1 };
    SvaTest *t = d->t;
    uint64_t qw0, qw1;

    sva_wait_until(t, !prq_empty(d));
    if (d->smmu) {
        smmu_pri_pop(t, &qw0, &qw1);
        g_assert_cmphex(qw1 & ~0xfffull, ==, BUF_VA + 0x1000);
        smmu_command(t, 0x41 | 1 << 11 | PASID << 12 | (uint64_t)RID << 32,
                     (qw1 & 0x1ff) | resp[code] << 12);
    } else {
        vtd_prq_pop(t, &qw0, &qw1);
        g_assert_cmphex(qw1 & ~0xfffull, ==, BUF_VA + 0x1000);
        vtd_submit(t, 9 | 1 << 4 | code << 12 | RID << 16 |
                      (uint64_t)PASID << 32, qw1 & 0xffc);
        vtd_sync(t);
    }
}

static void assert_bytes(Testdev *d, uint64_t pa, uint64_t len, uint8_t byte)
{
    g_autofree uint8_t *data = g_malloc(len);

    qtest_memread(d->t->qts, pa, data, len);
    for (uint64_t i = 0; i < len; i++) {
        g_assert_cmphex(data[i], ==, byte);
    }
}

static void test_fill(void)
{
    Testdev d;

    testdev_start(&d);
    submit(&d, 0, BUF_VA + 0x10, 0x20, 0xab);
    sva_wait_until(d.t, reg(&d, R_HEAD) == 1);
    assert_bytes(&d, d.buf, 0x10, 0);
    assert_bytes(&d, d.buf + 0x10, 0x20, 0xab);
    assert_bytes(&d, d.buf + 0x30, 0x10, 0);
    g_assert_cmphex(reg(&d, R_ERROR), ==, 0);
    sva_test_end(d.t);
}

static void test_page_request(void)
{
    Testdev d;

    testdev_start(&d);
    submit(&d, 0, BUF_VA, 0x2000, 0xcd);
    sva_wait_until(d.t, !prq_empty(&d));
    assert_bytes(&d, d.buf, 0x1000, 0xcd);
    assert_bytes(&d, d.buf + 0x1000, 0x1000, 0);
    g_assert_cmphex(reg(&d, R_HEAD), ==, 0);
    map(&d, BUF_VA + 0x1000, d.buf + 0x1000);
    respond(&d, 0);
    sva_wait_until(d.t, reg(&d, R_HEAD) == 1);
    assert_bytes(&d, d.buf, 0x2000, 0xcd);
    sva_test_end(d.t);
}

static void test_invalid_request(void)
{
    Testdev d;

    testdev_start(&d);
    submit(&d, 0, BUF_VA, 0x2000, 0xcd);
    respond(&d, 1);
    sva_wait_until(d.t, reg(&d, R_ERROR) == E_INVALID_REQUEST);
    g_assert_cmphex(reg(&d, R_HEAD), ==, 0);
    assert_bytes(&d, d.buf + 0x1000, 0x1000, 0);
    sva_test_end(d.t);
}

/* What the ATC holds goes with an invalidation, and only then. */
static void test_invalidation(void)
{
    uint64_t moved;
    Testdev d;

    testdev_start(&d);
    moved = sva_alloc(d.t, 0x1000);
    submit(&d, 0, BUF_VA, 8, 1);
    sva_wait_until(d.t, reg(&d, R_HEAD) == 1);
    map(&d, BUF_VA, moved);
    submit(&d, 1, BUF_VA, 8, 2);
    sva_wait_until(d.t, reg(&d, R_HEAD) == 2);
    assert_bytes(&d, d.buf, 8, 2);
    if (d.smmu) {
        smmu_flush(d.t, PASID);
        /* CMD_ATC_INV of all addresses */
        smmu_command(d.t, 0x40 | 1 << 11 | PASID << 12 | (uint64_t)RID << 32,
                     0x34);
        smmu_sync(d.t);
    } else {
        vtd_pasid_flush(d.t, PASID);
        vtd_submit(d.t, 8 | RID << 16 | (uint64_t)PASID << 32,
                   0x7ffffffffffff000ull | 1 << 11);
        vtd_sync(d.t);
    }
    submit(&d, 2, BUF_VA, 8, 3);
    sva_wait_until(d.t, reg(&d, R_HEAD) == 3);
    assert_bytes(&d, d.buf, 8, 2);
    assert_bytes(&d, moved, 8, 3);
    sva_test_end(d.t);
}

/* FLR while it waits for a page, then all over again. */
static void test_flr(void)
{
    unsigned exp;
    Testdev d;

    testdev_start(&d);
    submit(&d, 0, BUF_VA + 0x1000, 8, 1);
    sva_wait_until(d.t, !prq_empty(&d));
    exp = sva_cfg_cap(d.t, DEVFN, 0x10);
    sva_cfg_write(d.t, DEVFN, exp + 8, 2, 0x8000);
    g_assert_cmphex(sva_cfg_read(d.t, DEVFN, 0x04, 2) & 6, ==, 0);
    configure(&d);
    g_assert_cmphex(reg(&d, R_TAIL), ==, 0);
    respond(&d, 0);
    map(&d, BUF_VA + 0x1000, d.buf + 0x1000);
    submit(&d, 0, BUF_VA + 0x1000, 8, 2);
    sva_wait_until(d.t, reg(&d, R_HEAD) == 1);
    assert_bytes(&d, d.buf + 0x1000, 8, 2);
    sva_test_end(d.t);
}

/* Its state is not saved: it must say so. */
static void test_no_migration(void)
{
    QDict *answer;
    Testdev d;

    testdev_start(&d);
    answer = qtest_qmp(d.t->qts, "{ 'execute': 'migrate', "
                       "'arguments': { 'uri': 'file:/dev/null' } }");
    g_assert_true(qdict_haskey(answer, "error"));
    qobject_unref(answer);
    sva_test_end(d.t);
}

/* A guest that knows nothing of it. */
static void test_garbage(void)
{
    GRand *rnd = g_rand_new_with_seed(1);
    Testdev d;

    testdev_start(&d);
    for (unsigned i = 0; i < 2000; i++) {
        unsigned off = g_rand_int_range(rnd, 0, 0x1000);
        uint64_t val = (uint64_t)g_rand_int(rnd) << g_rand_int_range(rnd, 0,
                                                                     33);

        switch (g_rand_int_range(rnd, 0, 4)) {
        case 0:
            qtest_writeb(d.t->qts, BAR + off, val);
            break;
        case 1:
            qtest_writel(d.t->qts, BAR + (off & ~3u), val);
            break;
        case 2:
            qtest_writeq(d.t->qts, BAR + off % 6 * 8, val);
            break;
        default:
            qtest_readq(d.t->qts, BAR + (off & ~7u));
            qtest_clock_step(d.t->qts, 1000);
        }
    }
    g_rand_free(rnd);
    sva_test_end(d.t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("sva/testdev/fill", test_fill);
    qtest_add_func("sva/testdev/page-request", test_page_request);
    qtest_add_func("sva/testdev/invalid-request", test_invalid_request);
    qtest_add_func("sva/testdev/invalidation", test_invalidation);
    qtest_add_func("sva/testdev/flr", test_flr);
    qtest_add_func("sva/testdev/no-migration", test_no_migration);
    qtest_add_func("sva/testdev/garbage", test_garbage);
    return g_test_run();
}

/*
 * sva-dsa behind sva-vtd: BARs, configuration space, page requests, FLR and
 * migration.  The operations are tests of the model (tests/unit/test-dsa-*).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "libsva-dsa.h"
#include "libsva-migrate.h"
#include "qobject/qdict.h"

/* Answer the page request for the second page, which must be the next one. */
static void respond(Dsa *d, unsigned code)
{
    uint64_t qw0, qw1;

    sva_wait_until(d->t, !vtd_prq_empty(d->t));
    vtd_prq_pop(d->t, &qw0, &qw1);
    g_assert_cmphex(qw0 >> 32 & 0xfffff, ==, DSA_PASID);
    g_assert_cmphex(qw1 & ~0xfffull, ==, DSA_DST_VA + 0x1000);
    dsa_respond(d, qw0, qw1, code);
}

static void test_identity(void)
{
    Dsa d;

    dsa_start(&d, DSA_ARGS);
    g_assert_cmphex(sva_cfg_read(d.t, DSA_DEVFN, 0x00, 4), ==, 0x0b258086);
    g_assert_cmphex(sva_cfg_read(d.t, DSA_DEVFN, 0x08, 4) >> 8, ==, 0x088000);
    g_assert_cmphex(dsa_reg(&d, R_VERSION), ==, 0x200);
    /* Nine vectors: the device and eight WQs. */
    g_assert_cmphex(sva_cfg_read(d.t, DSA_DEVFN,
                                 sva_cfg_cap(d.t, DSA_DEVFN, 0x11) + 2, 2) &
                    0x7ff, ==, 8);
    g_assert_cmphex(qtest_readq(d.t->qts, DSA_PORTALS), ==, 0);
    sva_test_end(d.t);
}

static void test_copy(void)
{
    Dsa d;

    dsa_start(&d, DSA_ARGS);
    dsa_submit(&d, 0, 0x1000);
    sva_wait_until(d.t, dsa_status(&d, 0));
    g_assert_cmphex(dsa_status(&d, 0), ==, 1);
    sva_assert_filled(d.t, d.dst, 0x1000, 1);
    g_assert_cmpuint(sva_qom(d.t, "dsa", "count-completed"), ==, 1);
    vtd_assert_no_fault(d.t);
    sva_test_end(d.t);
}

static void test_page_request(void)
{
    Dsa d;

    dsa_start(&d, DSA_ARGS);
    dsa_submit(&d, 0, 0x2000);
    sva_wait_until(d.t, !vtd_prq_empty(d.t));
    g_assert_cmphex(dsa_status(&d, 0), ==, 0);
    dsa_map(&d, DSA_DST_VA + 0x1000, d.dst + 0x1000);
    respond(&d, 0);
    sva_wait_until(d.t, dsa_status(&d, 0));
    g_assert_cmphex(dsa_status(&d, 0), ==, 1);
    sva_assert_filled(d.t, d.dst, 0x2000, 1);
    g_assert_cmpuint(sva_qom(d.t, "dsa", "count-page-reqs"), ==, 1);
    sva_test_end(d.t);
}

static void test_refused_page(void)
{
    Dsa d;

    dsa_start(&d, DSA_ARGS);
    dsa_submit(&d, 0, 0x2000);
    respond(&d, 1);
    sva_wait_until(d.t, dsa_status(&d, 0));
    g_assert_cmphex(dsa_status(&d, 0), ==, 0x84);
    g_assert_cmphex(sva_get64(d.t, d.cr) >> 32, ==, 0x1000);
    g_assert_cmphex(sva_get64(d.t, d.cr + 8), ==, DSA_DST_VA + 0x1000);
    sva_test_end(d.t);
}

static void test_abort(void)
{
    Dsa d;

    dsa_start(&d, DSA_ARGS);
    dsa_submit(&d, 0, 0x2000);
    sva_wait_until(d.t, !vtd_prq_empty(d.t));
    qtest_writel(d.t->qts, DSA_REGS + R_CMD, C_ABORT_ALL);
    qtest_clock_step(d.t->qts, 1000000);
    g_assert_cmphex(dsa_reg(&d, R_CMDSTS), ==, 0x80000000);
    respond(&d, 1);
    sva_wait_until(d.t, !dsa_reg(&d, R_CMDSTS));
    g_assert_cmphex(dsa_status(&d, 0), ==, 0);
    sva_test_end(d.t);
}

/* FLR while it waits for a page, then all over again. */
static void test_flr(void)
{
    Dsa d;

    dsa_start(&d, DSA_ARGS);
    dsa_submit(&d, 0, 0x2000);
    sva_wait_until(d.t, !vtd_prq_empty(d.t));
    dsa_flr(&d);
    g_assert_cmphex(sva_cfg_read(d.t, DSA_DEVFN, 0x04, 2) & 6, ==, 0);
    dsa_configure(&d);
    respond(&d, 0);
    dsa_map(&d, DSA_DST_VA + 0x1000, d.dst + 0x1000);
    g_assert_cmphex(dsa_status(&d, 0), ==, 0);
    dsa_submit(&d, 1, 0x2000);
    sva_wait_until(d.t, dsa_status(&d, 1));
    g_assert_cmphex(dsa_status(&d, 1), ==, 1);
    sva_assert_filled(d.t, d.dst, 0x2000, 1);
    sva_test_end(d.t);
}

static void test_halt(void)
{
    Dsa d;

    dsa_start(&d, DSA_ARGS);
    sva_cfg_write(d.t, DSA_DEVFN, 0x04, 2, 0x0002);
    g_assert_cmphex(dsa_reg(&d, R_GENSTS), ==, 3);
    g_assert_cmphex(dsa_reg(&d, R_SWERR), ==, 0x5101);
    sva_test_end(d.t);
}

static void test_migration(void)
{
    g_autofree char *args = sva_board_args(&sva_board_q35, "", DSA_ARGS);
    Dsa d;

    dsa_start(&d, DSA_ARGS);
    dsa_submit(&d, 0, 0x2000);
    dsa_submit(&d, 1, 0x1000);
    sva_wait_until(d.t, !vtd_prq_empty(d.t));
    g_assert_true(sva_test_move(d.t, args));
    g_assert_cmphex(dsa_status(&d, 0), ==, 0);
    dsa_map(&d, DSA_DST_VA + 0x1000, d.dst + 0x1000);
    respond(&d, 0);
    sva_wait_until(d.t, dsa_status(&d, 0));
    g_assert_cmphex(dsa_status(&d, 0), ==, 1);
    sva_assert_filled(d.t, d.dst, 0x2000, 1);
    g_assert_cmphex(dsa_status(&d, 1), ==, 1);
    dsa_submit(&d, 2, 0x2000);
    sva_wait_until(d.t, dsa_status(&d, 2));
    g_assert_cmphex(dsa_status(&d, 2), ==, 1);
    sva_test_end(d.t);
}

static void test_migration_to_other_options(void)
{
    g_autofree char *args = sva_board_args(&sva_board_q35, "",
                                           DSA_ARGS ",engines=2");
    Dsa d;

    dsa_start(&d, DSA_ARGS);
    g_assert_false(sva_test_move(d.t, args));
    sva_test_end(d.t);
}

static void test_corruption(void)
{
    Dsa d;

    dsa_start(&d, DSA_ARGS ",x-corrupt=on");
    dsa_submit(&d, 0, 0x1000);
    sva_wait_until(d.t, dsa_status(&d, 0));
    g_assert_cmphex(sva_get64(d.t, d.dst), ==, sva_get64(d.t, d.src) ^ 1);
    sva_test_end(d.t);
}

/* A guest that knows nothing of it. */
static void test_garbage(void)
{
    static const uint32_t bases[] = { 0, 0x400, 0x1000, 0x2000, 0xf000 };
    GRand *rnd = g_rand_new_with_seed(1);
    Dsa d;

    dsa_start(&d, DSA_ARGS);
    for (unsigned i = 0; i < 3000; i++) {
        uint64_t off = bases[g_rand_int_range(rnd, 0, 5)] +
                       g_rand_int_range(rnd, 0, 0x100);
        uint64_t val = (uint64_t)g_rand_int(rnd) << g_rand_int_range(rnd, 0,
                                                                     33);

        switch (g_rand_int_range(rnd, 0, 5)) {
        case 0:
            qtest_writeb(d.t->qts, DSA_REGS + off, val);
            break;
        case 1:
            qtest_writel(d.t->qts, DSA_REGS + (off & ~3u), val);
            break;
        case 2:
            qtest_writeq(d.t->qts, DSA_REGS + (off & ~7u), val);
            break;
        case 3:
            for (unsigned n = 0; n < 8; n++) {
                qtest_writeq(d.t->qts, DSA_PORTALS + 8 * n, val >> n);
            }
            break;
        default:
            qtest_readq(d.t->qts, DSA_REGS + (off & ~7u));
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

/*
 * sva-vtd: registers, global commands, invalidation queue
 *
 * Expected values are written out from VT-d 5.10 chapter 11.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "libsva-vtd.h"

static void assert_reset_values(SvaTest *t)
{
    g_assert_cmphex(vtd_read32(t, VTD_GCMD), ==, 0);
    g_assert_cmphex(vtd_read32(t, VTD_GSTS), ==, 0);
    g_assert_cmphex(vtd_read64(t, VTD_RTADDR), ==, 0);
    g_assert_cmphex(vtd_read32(t, VTD_FSTS), ==, 0);
    g_assert_cmphex(vtd_read32(t, VTD_FECTL), ==, 0x80000000);
    g_assert_cmphex(vtd_read32(t, VTD_FEDATA), ==, 0);
    g_assert_cmphex(vtd_read64(t, VTD_IQH), ==, 0);
    g_assert_cmphex(vtd_read64(t, VTD_IQT), ==, 0);
    g_assert_cmphex(vtd_read64(t, VTD_IQA), ==, 0);
    g_assert_cmphex(vtd_read32(t, VTD_ICS), ==, 0);
    g_assert_cmphex(vtd_read32(t, VTD_IECTL), ==, 0x80000000);
    g_assert_cmphex(vtd_read64(t, VTD_IQERCD), ==, 0);
    g_assert_cmphex(vtd_read64(t, VTD_IRTA), ==, 0);
    g_assert_cmphex(vtd_read64(t, VTD_PQH), ==, 0);
    g_assert_cmphex(vtd_read64(t, VTD_PQT), ==, 0);
    g_assert_cmphex(vtd_read64(t, VTD_PQA), ==, 0);
    g_assert_cmphex(vtd_read32(t, VTD_PRS), ==, 0);
    g_assert_cmphex(vtd_read32(t, VTD_PECTL), ==, 0x80000000);
    vtd_assert_no_fault(t);
}

static void test_reset_values(void)
{
    SvaTest *t = sva_test_start("", "");

    g_assert_cmphex(vtd_read32(t, VTD_VER), !=, 0);
    assert_reset_values(t);
    sva_test_end(t);
}

/* Linux' SVA needs all of these without any option given. */
static void test_capabilities(void)
{
    SvaTest *t = sva_test_start("", "");
    uint64_t cap = vtd_read64(t, VTD_CAP), ecap = vtd_read64(t, VTD_ECAP);

    g_assert_cmphex(cap & 0x7, ==, 6);              /* 16-bit domain ids */
    g_assert_cmphex(cap & 0x78, ==, 0);             /* AFL RWBF PLMR PHMR */
    g_assert_cmphex(cap & 1 << 7, ==, 0);           /* CM */
    g_assert_cmphex((cap >> 8) & 0x1f & 4, ==, 4);  /* SAGAW: 48 bits */
    g_assert_cmphex((cap >> 54) & 3, ==, 3);        /* DWD DRD */
    g_assert_cmphex((cap >> 56) & 1, ==, 1);        /* FS1GP */
    g_assert_cmphex((cap >> 60) & 1, ==, 1);        /* FS5LP */
    g_assert_cmphex(ecap & 0x1e, ==, 0x1e);         /* QI DT IR EIM */
    g_assert_cmphex((ecap >> 6) & 1, ==, 1);        /* PT */
    g_assert_cmphex((ecap >> 29) & 1, ==, 1);       /* PRS */
    g_assert_cmphex((ecap >> 35) & 0x1f, ==, 19);   /* PSS: 20 bits */
    g_assert_cmphex((ecap >> 40) & 1, ==, 1);       /* PASID */
    g_assert_cmphex((ecap >> 42) & 3, ==, 3);       /* PDS SMTS */
    g_assert_cmphex((ecap >> 46) & 7, ==, 7);       /* SSTS FSTS SMPWCS */
    /* Relics of revision 2 */
    g_assert_cmphex(ecap & 0x119000000ull, ==, 0);
    sva_test_end(t);
}

static void test_options(void)
{
    SvaTest *t = sva_test_start(",device-iotlb=off,caching-mode=on,"
                                "fault-records=2,first-level-5=off", "");
    uint64_t cap = vtd_read64(t, VTD_CAP), ecap = vtd_read64(t, VTD_ECAP);

    g_assert_cmphex(ecap & 0x20000004, ==, 0);      /* PRS DT */
    g_assert_cmphex(cap & 1 << 7, ==, 1 << 7);
    g_assert_cmphex((cap >> 40) & 0xff, ==, 1);
    g_assert_cmphex((cap >> 60) & 1, ==, 0);
    sva_test_end(t);

    t = sva_test_start(",scalable-mode=off", "");
    /* SMPWCS FSTS SSTS SMTS PASID PRS */
    g_assert_cmphex(vtd_read64(t, VTD_ECAP) & 0x1c90020000000ull, ==, 0);
    sva_test_end(t);
}

/* A guest may access any byte at any size; all that may happen is nothing. */
static void test_access_sizes(void)
{
    SvaTest *t = sva_test_start("", "");
    uint64_t values[] = { 0, UINT64_MAX, 0x5555555555555555ull };
    unsigned off, i;

    for (i = 0; i < ARRAY_SIZE(values); i++) {
        for (off = 0; off < 0x1000; off++) {
            uint64_t addr = VTD_BASE + off;

            qtest_writeb(t->qts, addr, values[i]);
            qtest_writew(t->qts, addr, values[i]);
            qtest_writel(t->qts, addr, values[i]);
            qtest_writeq(t->qts, addr, values[i]);
            qtest_readb(t->qts, addr);
            qtest_readw(t->qts, addr);
            qtest_readl(t->qts, addr);
            qtest_readq(t->qts, addr);
        }
    }
    sva_test_reset(t);
    assert_reset_values(t);
    sva_test_end(t);
}

/* Byte and word accesses are not architectural: no effect, read 0. */
static void test_small_accesses(void)
{
    SvaTest *t = sva_test_start("", "");

    vtd_write32(t, VTD_FEDATA, 0x1234);
    qtest_writeb(t->qts, VTD_BASE + VTD_FEDATA, 0xff);
    qtest_writew(t->qts, VTD_BASE + VTD_FEDATA, 0xffff);
    qtest_writel(t->qts, VTD_BASE + VTD_FEDATA + 1, 0xffffffff);
    g_assert_cmphex(vtd_read32(t, VTD_FEDATA), ==, 0x1234);
    g_assert_cmphex(qtest_readw(t->qts, VTD_BASE + VTD_FEDATA), ==, 0);
    sva_test_end(t);
}

/* Two 32-bit registers in one aligned 64-bit store. */
static void test_wide_store_to_fectl(void)
{
    SvaTest *t = sva_test_start("", "");

    vtd_write64(t, VTD_FECTL, 0x0000432100000000ull);
    g_assert_cmphex(vtd_read32(t, VTD_FECTL), ==, 0);
    g_assert_cmphex(vtd_read32(t, VTD_FEDATA), ==, 0x4321);
    g_assert_cmphex(vtd_read64(t, VTD_FECTL), ==, 0x0000432100000000ull);
    /* A 64-bit register by halves. */
    vtd_write32(t, VTD_IQA, 0x00112000);
    vtd_write32(t, VTD_IQA + 4, 0x1);
    g_assert_cmphex(vtd_read64(t, VTD_IQA), ==, 0x100112000ull);
    sva_test_end(t);
}

/* RTADDR takes effect at SRTP, other bits of GCMD keep their level. */
static void test_global_commands(void)
{
    SvaTest *t = sva_test_start("", "");

    vtd_set64(t, VTD_RTADDR, 0x1234000 | 0x400);
    g_assert_cmphex(sva_qom(t, "vtd", "rtaddr"), ==, 0);
    vtd_command(t, VTD_SRTP);
    g_assert_cmphex(sva_qom(t, "vtd", "rtaddr"), ==, 0x1234400);
    g_assert_cmphex(vtd_read32(t, VTD_GSTS), ==, 0x40000000);
    vtd_command(t, VTD_TE);
    g_assert_cmphex(vtd_read32(t, VTD_GSTS), ==, 0xc0000000);
    vtd_set64(t, VTD_RTADDR, 0x2345000 | 0x400);
    g_assert_cmphex(sva_qom(t, "vtd", "rtaddr"), ==, 0x1234400);
    vtd_set64(t, VTD_IRTA, 0x3456000 | 0x800 | 7);
    vtd_command(t, VTD_SIRTP);
    vtd_command(t, VTD_IRE);
    g_assert_cmphex(vtd_read32(t, VTD_GSTS), ==, 0xc3000000);
    vtd_command_off(t, VTD_TE);
    g_assert_cmphex(vtd_read32(t, VTD_GSTS), ==, 0x43000000);
    vtd_command_off(t, VTD_IRE);
    g_assert_cmphex(vtd_read32(t, VTD_GSTS), ==, 0x41000000);
    sva_test_end(t);
}

static void test_queue_wait(void)
{
    SvaTest *t = sva_test_start("", "");
    unsigned i;

    vtd_queue_start(t);
    /* More than once around the queue of 128 descriptors. */
    for (i = 0; i < 200; i++) {
        vtd_submit(t, 1 | 1 << 4, 0);
        vtd_sync(t);
    }
    g_assert_cmphex(sva_qom(t, "vtd", "count-desc-context-cache"), ==, 200);
    g_assert_cmphex(sva_qom(t, "vtd", "count-waits"), ==, 200);
    vtd_command_off(t, VTD_QIE);
    g_assert_cmphex(vtd_read64(t, VTD_IQH), ==, 0);
    sva_test_end(t);
}

/* Status and interrupt: IWC, IP while masked, sent when unmasked. */
static void test_queue_interrupt(void)
{
    SvaTest *t = sva_test_start("", "");

    vtd_queue_start(t);
    vtd_write32(t, VTD_IECTL + 8, 0xfee00000);
    g_assert_true(vtd_wait_done(t, 1 << 4));
    g_assert_cmphex(vtd_read32(t, VTD_ICS), ==, 1);
    g_assert_cmphex(vtd_read32(t, VTD_IECTL), ==, 0xc0000000);
    /* Status cleared while masked: nothing is sent later. */
    vtd_write32(t, VTD_ICS, 1);
    g_assert_cmphex(vtd_read32(t, VTD_IECTL), ==, 0x80000000);
    g_assert_cmphex(sva_qom(t, "vtd", "count-events-invalidation"), ==, 0);
    g_assert_true(vtd_wait_done(t, 1 << 4));
    vtd_write32(t, VTD_IECTL, 0);
    g_assert_cmphex(vtd_read32(t, VTD_IECTL), ==, 0);
    g_assert_cmphex(sva_qom(t, "vtd", "count-events-invalidation"), ==, 1);
    /* IWC is still set: not a new condition. */
    g_assert_true(vtd_wait_done(t, 1 << 4));
    g_assert_cmphex(sva_qom(t, "vtd", "count-events-invalidation"), ==, 1);
    vtd_write32(t, VTD_ICS, 1);
    g_assert_true(vtd_wait_done(t, 1 << 4));
    g_assert_cmphex(sva_qom(t, "vtd", "count-events-invalidation"), ==, 2);
    sva_test_end(t);
}

/* An invalid descriptor stops the queue at it until IQE is cleared. */
static void queue_error(uint64_t qw0, uint64_t qw1, unsigned iqei)
{
    SvaTest *t = sva_test_start("", "");
    uint64_t bad;

    vtd_queue_start(t);
    vtd_sync(t);
    bad = t->iq_tail;
    vtd_submit(t, qw0, qw1);
    g_assert_cmphex(vtd_read32(t, VTD_FSTS) & 0x10, ==, 0x10);
    g_assert_cmphex(vtd_read64(t, VTD_IQERCD) & 0xf, ==, iqei);
    g_assert_cmphex(vtd_read64(t, VTD_IQH), ==, bad);
    g_assert_cmphex(vtd_read32(t, VTD_FECTL), ==, 0xc0000000);
    g_assert_false(vtd_wait_done(t, 0));
    /* Software may replace the descriptor before it clears IQE. */
    sva_put64(t, t->iq + bad, 1 | 1 << 4);
    sva_put64(t, t->iq + bad + 8, 0);
    vtd_set64(t, VTD_IQT, t->iq_tail);
    g_assert_cmphex(vtd_read64(t, VTD_IQH), ==, bad);
    vtd_write32(t, VTD_FSTS, 0x10);
    g_assert_cmphex(vtd_read32(t, VTD_FSTS), ==, 0);
    g_assert_cmphex(sva_get64(t, t->wait_status), ==, t->wait_value);
    vtd_sync(t);
    sva_test_end(t);
}

static void test_queue_bad_type(void)
{
    queue_error(0xf, 0, 3);
}

static void test_queue_type_zero(void)
{
    queue_error(0, 0, 3);
}

static void test_queue_reserved_bits(void)
{
    queue_error(1 | 1 << 4, 1, 4);
}

static void test_queue_tail_beyond_end(void)
{
    SvaTest *t = sva_test_start("", "");

    vtd_queue_start(t);
    vtd_write64(t, VTD_IQT, 0x1020);
    g_assert_cmphex(vtd_read32(t, VTD_FSTS) & 0x10, ==, 0x10);
    g_assert_cmphex(vtd_read64(t, VTD_IQERCD) & 0xf, ==, 1);
    sva_test_end(t);
}

/* A queue where there is no memory. */
static void test_queue_unreadable(void)
{
    SvaTest *t = sva_test_start("", "");

    vtd_set64(t, VTD_IQA, 0x7f00000000ull | 1 << 11);
    vtd_command(t, VTD_QIE);
    vtd_write64(t, VTD_IQT, 0x20);
    g_assert_cmphex(vtd_read32(t, VTD_FSTS) & 0x10, ==, 0x10);
    g_assert_cmphex(vtd_read64(t, VTD_IQERCD) & 0xf, ==, 2);
    sva_test_end(t);
}

/* Tables and queues in the unit's own registers: refused, no recursion. */
static void test_queue_in_own_registers(void)
{
    SvaTest *t = sva_test_start("", "");

    vtd_set64(t, VTD_IQA, VTD_BASE | 1 << 11);
    vtd_command(t, VTD_QIE);
    vtd_write64(t, VTD_IQT, 0x20);
    g_assert_cmphex(vtd_read64(t, VTD_IQERCD) & 0xf, ==, 2);
    vtd_command_off(t, VTD_QIE);
    vtd_write32(t, VTD_FSTS, 0x10);

    /* A wait descriptor that would store to IQT. */
    vtd_queue_start(t);
    vtd_submit(t, 5 | 1 << 5 | 0x40ull << 32, VTD_BASE + VTD_IQT);
    g_assert_cmphex(vtd_read64(t, VTD_IQT), ==, 0x20);
    vtd_sync(t);
    sva_test_end(t);
}

/* 128-bit descriptors, as in legacy mode. */
static void test_queue_narrow(void)
{
    SvaTest *t = sva_test_start("", "");
    uint64_t iq = sva_alloc(t, 0x1000), status = sva_alloc(t, 8);

    vtd_set64(t, VTD_IQA, iq);
    vtd_command(t, VTD_QIE);
    sva_put64(t, iq, 2 | 1 << 4);
    sva_put64(t, iq + 16, 5 | 1 << 5 | 0xabcdull << 32);
    sva_put64(t, iq + 24, status);
    vtd_set64(t, VTD_IQT, 0x20);
    g_assert_cmphex(vtd_read64(t, VTD_IQH), ==, 0x20);
    g_assert_cmphex(sva_get64(t, status), ==, 0xabcd);
    /* Descriptors of scalable mode do not exist there. */
    sva_put64(t, iq + 32, 7 | 3 << 4);
    vtd_set64(t, VTD_IQT, 0x30);
    g_assert_cmphex(vtd_read32(t, VTD_FSTS) & 0x10, ==, 0x10);
    sva_test_end(t);
}

/* Without a queue: CCMD, and IOTLB at the offset that ECAP.IRO gives. */
static void test_register_invalidation(void)
{
    SvaTest *t = sva_test_start("", "");
    unsigned iro = ((vtd_read64(t, VTD_ECAP) >> 8) & 0x3ff) * 16;

    vtd_set64(t, VTD_RTADDR, sva_alloc(t, 0x1000));
    vtd_command(t, VTD_SRTP);
    vtd_write64(t, VTD_CCMD, 1ull << 63 | 1ull << 61);
    g_assert_cmphex(vtd_read64(t, VTD_CCMD) >> 63, ==, 0);
    g_assert_cmphex((vtd_read64(t, VTD_CCMD) >> 59) & 3, ==, 1);
    vtd_write64(t, iro + 8, 1ull << 63 | 1ull << 60);
    g_assert_cmphex(vtd_read64(t, iro + 8) >> 63, ==, 0);
    g_assert_cmphex((vtd_read64(t, iro + 8) >> 57) & 3, ==, 1);
    sva_test_end(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("sva/vtd/reset-values", test_reset_values);
    qtest_add_func("sva/vtd/capabilities", test_capabilities);
    qtest_add_func("sva/vtd/options", test_options);
    qtest_add_func("sva/vtd/access-sizes", test_access_sizes);
    qtest_add_func("sva/vtd/small-accesses", test_small_accesses);
    qtest_add_func("sva/vtd/wide-store", test_wide_store_to_fectl);
    qtest_add_func("sva/vtd/global-commands", test_global_commands);
    qtest_add_func("sva/vtd/queue/wait", test_queue_wait);
    qtest_add_func("sva/vtd/queue/interrupt", test_queue_interrupt);
    qtest_add_func("sva/vtd/queue/bad-type", test_queue_bad_type);
    qtest_add_func("sva/vtd/queue/type-zero", test_queue_type_zero);
    qtest_add_func("sva/vtd/queue/reserved-bits", test_queue_reserved_bits);
    qtest_add_func("sva/vtd/queue/tail-beyond-end",
                   test_queue_tail_beyond_end);
    qtest_add_func("sva/vtd/queue/unreadable", test_queue_unreadable);
    qtest_add_func("sva/vtd/queue/own-registers",
                   test_queue_in_own_registers);
    qtest_add_func("sva/vtd/queue/narrow", test_queue_narrow);
    qtest_add_func("sva/vtd/register-invalidation",
                   test_register_invalidation);
    return g_test_run();
}

/*
 * sva-vtd: nested translation of what a function reads and writes
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "libsva-process.h"

#define PASID   0x25
#define GIB     0x40000000ull
/* Where the second stage shows memory once more. */
#define ALIAS   0x80000000ull

/* PASID entry: nested, 4-level second stage; domain 1, PWSNP */
#define NESTED0 0xc9ull
#define NESTED1 0x800001ull

/*
 * The first stage of @p as it is, above a second stage that has memory in
 * place and at ALIAS, by pages of 1 GiB.
 */
static void nest(SvaTest *t, Process *p)
{
    uint64_t top = sva_alloc(t, 0x1000), table = sva_alloc(t, 0x1000);

    sva_put64(t, top, table | 3);
    sva_put64(t, table, 0x83);
    sva_put64(t, table + ALIAS / GIB * 8, 0x83);
    vtd_pasid_put(t, PASID, top | NESTED0, NESTED1, p->pgd);
    vtd_pasid_flush(t, PASID);
}

static void copy_and_check(SvaTest *t, Process *p)
{
    struct sva_completion done;

    process_copy(t, p, 0x3000);
    done = process_copy_done(t, p);
    g_assert_cmphex(done.status, ==, 0x01);
    sva_assert_filled(t, p->dst, 0x3000, 1);
    vtd_assert_no_fault(t);
}

static void test_untranslated(void)
{
    Process p;
    SvaTest *t = process_start(&p, PASID, SVA_MODE_UNTRANSLATED);

    nest(t, &p);
    /* Only the second stage knows this address. */
    vtd_map(t, p.pgd, DST_VA, p.dst + ALIAS, PTE_USER_RW);
    copy_and_check(t, &p);
    g_assert_cmphex(sva_get64(t, p.dst_pte), ==,
                    (p.dst + ALIAS) | PTE_USER_RW | PTE_A | PTE_D);
    sva_test_end(t);
}

static void test_ats(void)
{
    Process p;
    SvaTest *t = process_start(&p, PASID, SVA_MODE_ATS);

    nest(t, &p);
    vtd_map(t, p.pgd, DST_VA, p.dst + ALIAS, PTE_USER_RW);
    copy_and_check(t, &p);
    g_assert_cmphex(sva_qom(t, "vtd", "count-translated"), >, 0);
    sva_test_end(t);
}

static void test_result_beyond_the_host_width(void)
{
    Process p;
    SvaTest *t = process_start(&p, PASID, SVA_MODE_UNTRANSLATED);
    uint64_t lo, hi, data = 0;

    nest(t, &p);
    vtd_map(t, p.pgd, DST_VA, 1ull << 48, PTE_USER_RW);
    g_assert_cmphex(acc_probe(t, &p.ctx, SVA_PROBE_READ, DST_VA, &data), ==,
                    0x80000001);
    vtd_fault(t, 0, &lo, &hi);
    g_assert_cmphex(lo, ==, DST_VA);
    g_assert_cmphex(hi >> 32 & 0xff, ==, 0x72);
    sva_test_end(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("sva/vtd/nested/untranslated", test_untranslated);
    qtest_add_func("sva/vtd/nested/ats", test_ats);
    qtest_add_func("sva/vtd/nested/beyond",
                   test_result_beyond_the_host_width);
    return g_test_run();
}

/*
 * sva-vtd: interrupts of a function go through the remapping table
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "libsva-process.h"

#define PASID   0x25
#define INDEX   5

/* Present, vector 0x31, destination 0, SVT 1: the source has to be the SID */
#define IRTE_LO     0x0000000000310001ull
#define IRTE_HI     (1ull << 18)

typedef struct Machine {
    SvaTest *t;
    Process p;
    uint64_t table;
    unsigned jobs;
} Machine;

static void machine_start(Machine *m)
{
    SvaTest *t = process_start(&m->p, PASID, SVA_MODE_UNTRANSLATED);

    m->t = t;
    m->jobs = 0;
    m->table = sva_alloc(t, 0x1000);
    vtd_set64(t, VTD_IRTA, m->table | 7);       /* 256 entries */
    vtd_command(t, VTD_SIRTP);
    vtd_command(t, VTD_IRE);
    sva_cfg_write(t, SVA_TEST_DEVFN,
                  sva_cfg_cap(t, SVA_TEST_DEVFN, 0x11) + 2, 2, 0x8000);
    acc_set32(t, SVA_CTX(0, SVA_CTX_VECTOR), 1);
}

/* Let the function send a message; it does not hear what becomes of it. */
static void interrupt(Machine *m, uint32_t addr, uint32_t data)
{
    struct sva_desc desc = { .opcode = SVA_OP_NOP, .flags = SVA_DF_IRQ };
    uint64_t entry = ACC_BAR4 + 16;

    qtest_writel(m->t->qts, entry, addr);
    qtest_writel(m->t->qts, entry + 8, data);
    qtest_writel(m->t->qts, entry + 12, 0);
    acc_submit(m->t, &m->p.ctx, &desc);
    m->jobs++;
    sva_wait_until(m->t, sva_qom(m->t, "acc", "count-interrupts") == m->jobs);
}

static void set_entry(Machine *m, uint64_t lo, uint64_t hi)
{
    sva_put64(m->t, m->table + INDEX * 16, lo);
    sva_put64(m->t, m->table + INDEX * 16 + 8, hi);
    vtd_submit(m->t, 0x14 | (uint64_t)INDEX << 32, 0);
    vtd_sync(m->t);
}

static void assert_fault(Machine *m, unsigned reason, unsigned index)
{
    uint64_t lo, hi;
    unsigned n = vtd_read32(m->t, VTD_FSTS) >> 8 & 0xff;

    vtd_fault(m->t, n, &lo, &hi);
    g_assert_cmphex(lo, ==, (uint64_t)index << 48);
    g_assert_cmphex(hi, ==, 1ull << 63 | (uint64_t)reason << 32 |
                    SVA_TEST_RID);
    vtd_faults_clear(m->t);
}

static void test_remapping(void)
{
    uint32_t addr = 0xfee00010 | INDEX << 5;
    Machine m;

    machine_start(&m);
    interrupt(&m, addr, 0);
    assert_fault(&m, 0x22, INDEX);
    set_entry(&m, IRTE_LO, IRTE_HI | (SVA_TEST_RID ^ 1));
    interrupt(&m, addr, 0);
    assert_fault(&m, 0x26, INDEX);
    set_entry(&m, IRTE_LO | 1 << 15, IRTE_HI | SVA_TEST_RID);
    interrupt(&m, addr, 0);
    assert_fault(&m, 0x24, INDEX);
    g_assert_cmphex(sva_qom(m.t, "vtd", "count-interrupts-remapped"), ==, 0);
    set_entry(&m, IRTE_LO, IRTE_HI | SVA_TEST_RID);
    interrupt(&m, addr, 0);
    /* With subhandle */
    interrupt(&m, 0xfee00018 | 2 << 5, 3);
    vtd_assert_no_fault(m.t);
    g_assert_cmphex(sva_qom(m.t, "vtd", "count-interrupts-remapped"), ==, 2);
    interrupt(&m, 0xfee00018 | 2 << 5, 0x10003);
    assert_fault(&m, 0x20, INDEX);
    interrupt(&m, 0xfee00010 | 256 << 5, 0);
    assert_fault(&m, 0x21, 256);
    sva_test_end(m.t);
}

static void test_compatibility_format(void)
{
    uint64_t passed;
    Machine m;

    machine_start(&m);
    /* Timers of the board may have sent one before the guest began. */
    passed = sva_qom(m.t, "vtd", "count-interrupts-passed");
    interrupt(&m, 0xfee00000, 0x31);
    assert_fault(&m, 0x25, 0);
    vtd_command(m.t, VTD_CFI);
    interrupt(&m, 0xfee00000, 0x31);
    vtd_assert_no_fault(m.t);
    g_assert_cmphex(sva_qom(m.t, "vtd", "count-interrupts-passed"), ==,
                    passed + 1);
    g_assert_cmphex(sva_qom(m.t, "vtd", "count-interrupts-blocked"), ==, 1);
    sva_test_end(m.t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("sva/vtd/interrupts/remapping", test_remapping);
    qtest_add_func("sva/vtd/interrupts/compatibility",
                   test_compatibility_format);
    return g_test_run();
}

/*
 * sva-vtd: translation, faults, ATS and page requests, with sva-accel as the
 * function and page tables written by hand
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "libsva-process.h"

#define PASID   0x25

/* Fault record words: {T1,T2} 00 write, 10 read; 01 page request. */
#define FRCD_READ   (1ull << 62)
#define FRCD_WRITE  0ull
#define FRCD_HI(fr, type) \
    (1ull << 63 | (type) | (uint64_t)PASID << 40 | (uint64_t)(fr) << 32 | \
     1ull << 31 | SVA_TEST_RID)

static void assert_one_fault(SvaTest *t, uint64_t lo_want, uint64_t hi_want)
{
    uint64_t lo, hi;

    vtd_fault(t, 0, &lo, &hi);
    g_assert_cmphex(lo, ==, lo_want);
    g_assert_cmphex(hi, ==, hi_want);
    /* PPF, FRI 0; masked event is pending. */
    g_assert_cmphex(vtd_read32(t, VTD_FSTS), ==, 2);
    g_assert_cmphex(vtd_read32(t, VTD_FECTL), ==, 0xc0000000);
    g_assert_cmphex(sva_qom(t, "vtd", "count-faults-recorded"), ==, 1);
    vtd_faults_clear(t);
    g_assert_cmphex(vtd_read32(t, VTD_FECTL), ==, 0x80000000);
}

static void assert_success(SvaTest *t, Process *p, uint64_t bytes)
{
    struct sva_completion done = process_copy_done(t, p);

    g_assert_cmphex(done.status, ==, 0x01);
    g_assert_cmphex(done.bytes, ==, bytes);
    sva_assert_filled(t, p->dst, bytes, 1);
}

static void test_untranslated(void)
{
    Process p;
    SvaTest *t = process_start(&p, PASID, SVA_MODE_UNTRANSLATED);

    process_copy(t, &p, 0x3000);
    assert_success(t, &p, 0x3000);
    /* Read: A; write: A and D. */
    g_assert_cmphex(sva_get64(t, p.dst_pte), ==,
                    p.dst | PTE_USER_RW | PTE_A | PTE_D);
    g_assert_cmphex(sva_get64(t, p.dst_pte + 24), ==,
                    (p.dst + 0x3000) | PTE_USER_RW);
    vtd_assert_no_fault(t);
    sva_test_end(t);
}

static void test_not_present(void)
{
    Process p;
    SvaTest *t = process_start(&p, PASID, SVA_MODE_UNTRANSLATED);
    struct sva_completion done;

    sva_put64(t, p.dst_pte + 8, 0);
    process_copy(t, &p, 0x3000);
    done = process_copy_done(t, &p);
    g_assert_cmphex(done.status, ==, 0x24);
    g_assert_cmphex(done.fault_write, ==, 1);
    g_assert_cmphex(done.fault_addr, ==, DST_VA + 0x1000);
    g_assert_cmphex(done.bytes, ==, 0x1000);
    sva_assert_filled(t, p.dst, 0x1000, 1);
    assert_one_fault(t, DST_VA + 0x1000, FRCD_HI(0x71, FRCD_WRITE));
    sva_test_end(t);
}

static void test_read_only(void)
{
    Process p;
    SvaTest *t = process_start(&p, PASID, SVA_MODE_UNTRANSLATED);

    sva_put64(t, p.dst_pte, p.dst | PTE_USER_RO);
    process_copy(t, &p, 0x1000);
    g_assert_cmphex(process_copy_done(t, &p).status, ==, 0x24);
    assert_one_fault(t, DST_VA, FRCD_HI(0x85, FRCD_WRITE));
    sva_test_end(t);
}

static void test_supervisor_page(void)
{
    Process p;
    SvaTest *t = process_start(&p, PASID, SVA_MODE_UNTRANSLATED);
    uint64_t data = 0;

    sva_put64(t, p.dst_pte, p.dst | PTE_P | PTE_W);
    g_assert_cmphex(acc_probe(t, &p.ctx, SVA_PROBE_READ, DST_VA, &data), ==,
                    0x80000001);
    assert_one_fault(t, DST_VA, FRCD_HI(0x81, FRCD_READ));
    sva_test_end(t);
}

static void test_non_canonical(void)
{
    Process p;
    SvaTest *t = process_start(&p, PASID, SVA_MODE_UNTRANSLATED);
    uint64_t data = 0;

    g_assert_cmphex(acc_probe(t, &p.ctx, SVA_PROBE_READ, 0x0000800000000000ull,
                              &data), ==, 0x80000001);
    assert_one_fault(t, 0x0000800000000000ull, FRCD_HI(0x80, FRCD_READ));
    sva_test_end(t);
}

/* The three states: bound, quiesced with FPD, unbound. */
static void test_fpd(void)
{
    Process p;
    SvaTest *t = process_start(&p, PASID, SVA_MODE_UNTRANSLATED);
    uint64_t data = 0x1122334455667788ull;

    g_assert_cmphex(acc_probe(t, &p.ctx, SVA_PROBE_WRITE, DST_VA, &data), ==,
                    0x80000000);
    g_assert_cmphex(sva_get64(t, p.dst), ==, data);

    vtd_pasid_put(t, PASID, VTD_FPD, 0, 0);
    g_assert_cmphex(acc_probe(t, &p.ctx, SVA_PROBE_WRITE, DST_VA, &data), ==,
                    0x80000001);
    vtd_assert_no_fault(t);
    g_assert_cmphex(sva_qom(t, "vtd", "count-faults-silent"), ==, 1);

    vtd_pasid_put(t, PASID, 0, 0, 0);
    g_assert_cmphex(acc_probe(t, &p.ctx, SVA_PROBE_WRITE, DST_VA, &data), ==,
                    0x80000001);
    assert_one_fault(t, DST_VA, FRCD_HI(0x59, FRCD_WRITE));
    sva_test_end(t);
}

/* FPD of the directory entry counts, too. */
static void test_fpd_directory(void)
{
    Process p;
    SvaTest *t = process_start(&p, PASID, SVA_MODE_UNTRANSLATED);
    uint64_t data = 0;

    sva_put64(t, t->pasid_dir, VTD_FPD);
    vtd_pasid_flush(t, PASID);
    g_assert_cmphex(acc_probe(t, &p.ctx, SVA_PROBE_READ, DST_VA, &data), ==,
                    0x80000001);
    vtd_assert_no_fault(t);
    sva_put64(t, t->pasid_dir, 0);
    g_assert_cmphex(acc_probe(t, &p.ctx, SVA_PROBE_READ, DST_VA, &data), ==,
                    0x80000001);
    assert_one_fault(t, DST_VA, FRCD_HI(0x51, FRCD_READ));
    sva_test_end(t);
}

/* All records used: the next one is lost and PFO says so. */
static void test_fault_overflow(void)
{
    Process p;
    SvaTest *t = process_start(&p, PASID, SVA_MODE_UNTRANSLATED);
    unsigned i, count = ((vtd_read64(t, VTD_CAP) >> 40) & 0xff) + 1;
    uint64_t data = 0, lo, hi;

    vtd_pasid_put(t, PASID, 0, 0, 0);
    for (i = 0; i < count; i++) {
        g_assert_cmphex(vtd_read32(t, VTD_FSTS), ==, i ? 2 : 0);
        acc_probe(t, &p.ctx, SVA_PROBE_READ, DST_VA + i * 0x1000, &data);
        vtd_fault(t, i, &lo, &hi);
        g_assert_cmphex(lo, ==, DST_VA + i * 0x1000);
        g_assert_cmphex(hi, ==, FRCD_HI(0x59, FRCD_READ));
    }
    acc_probe(t, &p.ctx, SVA_PROBE_READ, SRC_VA, &data);
    g_assert_cmphex(vtd_read32(t, VTD_FSTS), ==, 3);
    vtd_fault(t, 0, &lo, &hi);
    g_assert_cmphex(lo, ==, DST_VA);
    g_assert_cmphex(sva_qom(t, "vtd", "count-faults-lost"), ==, 1);
    vtd_faults_clear(t);
    sva_test_end(t);
}

static void test_ats(void)
{
    Process p;
    SvaTest *t = process_start(&p, PASID, SVA_MODE_ATS);

    process_copy(t, &p, 0x1000);
    assert_success(t, &p, 0x1000);
    g_assert_cmphex(sva_qom(t, "vtd", "count-translations"), ==, 0);
    /* Once more: from the ATC, no matter what the tables say. */
    sva_put64(t, p.dst_pte, 0);
    process_copy(t, &p, 0x1000);
    assert_success(t, &p, 0x1000);
    /* The invalidation makes the change visible; no access is no fault. */
    vtd_pasid_flush(t, PASID);
    process_flush_atc(t, &p);
    g_assert_cmphex(sva_qom(t, "acc", "count-invalidations"), ==, 1);
    process_copy(t, &p, 0x1000);
    g_assert_cmphex(process_copy_done(t, &p).status, ==, 0x20);
    g_assert_cmphex(sva_qom(t, "acc", "count-ats-no-access"), ==, 1);
    vtd_assert_no_fault(t);
    sva_test_end(t);
}

/* Quiesced process: Success with R=W=0, nothing recorded. */
static void test_ats_quiesced(void)
{
    Process p;
    SvaTest *t = process_start(&p, PASID, SVA_MODE_ATS);
    uint64_t data = 0;

    g_assert_cmphex(acc_probe(t, &p.ctx, SVA_PROBE_ATS, DST_VA, &data), ==,
                    0x80000300);
    g_assert_cmphex(data, ==, p.dst);
    vtd_pasid_put(t, PASID, VTD_FPD, 0, 0);
    g_assert_cmphex(acc_probe(t, &p.ctx, SVA_PROBE_ATS, DST_VA, &data), ==,
                    0x80000000);
    g_assert_cmphex(data, ==, 0);
    vtd_assert_no_fault(t);
    sva_test_end(t);
}

static void test_ats_without_translation(void)
{
    Process p;
    SvaTest *t = process_start(&p, PASID, SVA_MODE_ATS);
    uint64_t data = 0;

    vtd_command_off(t, VTD_TE);
    g_assert_cmphex(acc_probe(t, &p.ctx, SVA_PROBE_ATS, DST_VA, &data), ==,
                    0x80000002);
    vtd_assert_no_fault(t);
    sva_test_end(t);
}

/* The next queue entry is a group of one, for @rw: 1 read, 2 write. */
static uint64_t expect_page_request(SvaTest *t, uint64_t va, uint64_t rw)
{
    uint64_t qw0, qw1;

    sva_wait_until(t, !vtd_prq_empty(t));
    g_assert_cmphex(vtd_read32(t, VTD_PRS), ==, 1);
    vtd_prq_pop(t, &qw0, &qw1);
    g_assert_cmphex(qw0, ==, 1 | 1 << 8 | SVA_TEST_RID << 16 |
                             (uint64_t)PASID << 32);
    g_assert_cmphex(qw1 & ~0xff8ull, ==, va | 1 << 2 | rw);
    return qw1;
}

static void test_page_request(void)
{
    Process p;
    SvaTest *t = process_start(&p, PASID, SVA_MODE_ATS_PRI);
    uint64_t qw1;

    sva_put64(t, p.dst_pte, 0);
    process_copy(t, &p, 0x1000);
    qw1 = expect_page_request(t, DST_VA, 2);
    g_assert_cmphex(sva_get64(t, p.rec), ==, 0);
    sva_put64(t, p.dst_pte, p.dst | PTE_USER_RW);
    process_respond(t, &p, qw1, 0);
    assert_success(t, &p, 0x1000);
    g_assert_cmphex(sva_qom(t, "vtd", "count-page-responses-success"), ==, 1);
    g_assert_true(vtd_prq_empty(t));
    vtd_assert_no_fault(t);
    sva_test_end(t);
}

static void page_request_failed(unsigned code, uint8_t status)
{
    Process p;
    SvaTest *t = process_start(&p, PASID, SVA_MODE_ATS_PRI);
    struct sva_completion done;

    sva_put64(t, p.dst_pte, 0);
    process_copy(t, &p, 0x1000);
    process_respond(t, &p, expect_page_request(t, DST_VA, 2), code);
    if (status == 0x22) {
        /* RF: the interface is off until software has seen it. */
        g_assert_cmphex(sva_cfg_read(t, SVA_TEST_DEVFN, t->cap_pri + 6, 2) & 1,
                        ==, 1);
    }
    done = process_copy_done(t, &p);
    g_assert_cmphex(done.status, ==, status);
    g_assert_cmphex(done.fault_addr, ==, DST_VA);
    g_assert_cmphex(done.fault_write, ==, 1);
    vtd_assert_no_fault(t);
    sva_test_end(t);
}

static void test_page_request_invalid(void)
{
    page_request_failed(1, 0x21);
}

static void test_page_request_failure(void)
{
    page_request_failed(0xf, 0x22);
}

/* A request for a dead PASID: the unit says Invalid Request, silently. */
static void test_page_request_dead_pasid(void)
{
    Process p;
    SvaTest *t = process_start(&p, PASID, SVA_MODE_ATS_PRI);

    vtd_pasid_put(t, PASID, VTD_FPD, 0, 0);
    g_assert_cmphex(acc_probe(t, &p.ctx, SVA_PROBE_PRG, DST_VA, NULL), ==,
                    0x80000011);
    g_assert_true(vtd_prq_empty(t));
    g_assert_cmphex(vtd_read32(t, VTD_PRS), ==, 0);
    g_assert_cmphex(sva_qom(t, "vtd", "count-page-requests-auto-not-present"),
                    ==, 1);
    g_assert_cmphex(sva_qom(t, "vtd", "count-faults-silent"), ==, 1);
    vtd_assert_no_fault(t);
    sva_test_end(t);
}

/* An entry added while PPR is set raises nothing; after it was cleared, it
 * does. */
static void test_page_request_event(void)
{
    Process p, q;
    SvaTest *t = process_start(&p, PASID, SVA_MODE_ATS_PRI);

    q = p;
    q.ctx.n = 1;
    vtd_write32(t, VTD_PECTL + 8, 0xfee00000);
    vtd_write32(t, VTD_PECTL, 0);
    acc_probe(t, &p.ctx, SVA_PROBE_PRG, DST_VA, NULL);
    g_assert_cmphex(vtd_read32(t, VTD_PRS), ==, 1);
    g_assert_cmphex(sva_qom(t, "vtd", "count-events-page"), ==, 1);
    acc_probe(t, &q.ctx, SVA_PROBE_PRG, SRC_VA, NULL);
    g_assert_cmphex(sva_qom(t, "vtd", "count-events-page"), ==, 1);
    g_assert_cmphex(vtd_read64(t, VTD_PQT), ==, 0x40);
    process_respond(t, &p, expect_page_request(t, DST_VA, 3), 0);

    /* Software clears PPR, then takes what is there; then one comes. */
    vtd_write32(t, VTD_PRS, 1);
    g_assert_cmphex(vtd_read32(t, VTD_PRS), ==, 0);
    acc_probe(t, &p.ctx, SVA_PROBE_PRG, DST_VA, NULL);
    g_assert_cmphex(sva_qom(t, "vtd", "count-events-page"), ==, 2);
    g_assert_cmphex(vtd_read32(t, VTD_PRS), ==, 1);
    sva_test_end(t);
}

/* No room: answered Success by the unit, PRO until software clears it. */
static void test_page_request_overflow(void)
{
    Process p;
    SvaTest *t = process_start(&p, PASID, SVA_MODE_ATS_PRI);

    /* Full: the tail is one entry in front of the head. */
    vtd_set64(t, VTD_PQH, 0x20);
    g_assert_cmphex(acc_probe(t, &p.ctx, SVA_PROBE_PRG, DST_VA, NULL), ==,
                    0x80000010);
    g_assert_cmphex(vtd_read32(t, VTD_PRS), ==, 2);
    g_assert_cmphex(vtd_read64(t, VTD_PQT), ==, 0);
    /* Room again, but PRO is still set. */
    vtd_set64(t, VTD_PQH, 0);
    g_assert_cmphex(acc_probe(t, &p.ctx, SVA_PROBE_PRG, DST_VA, NULL), ==,
                    0x80000010);
    vtd_write32(t, VTD_PRS, 2);
    acc_probe(t, &p.ctx, SVA_PROBE_PRG, DST_VA, NULL);
    expect_page_request(t, DST_VA, 3);
    sva_test_end(t);
}

/* Requests without PASID use PASID 0's entry, here pass-through. */
static void test_no_pasid(void)
{
    Process p;
    SvaTest *t = process_start(&p, PASID, SVA_MODE_UNTRANSLATED);
    AccContext bare = { .n = 1 };
    uint64_t data = 0x0123456789abcdefull;

    vtd_pasid_put(t, 0, 1 | 4 << 6, 1, 0);
    g_assert_cmphex(acc_probe(t, &bare, SVA_PROBE_WRITE, p.dst, &data), ==,
                    0x80000000);
    g_assert_cmphex(sva_get64(t, p.dst), ==, data);
    vtd_pasid_put(t, 0, 0, 0, 0);
    g_assert_cmphex(acc_probe(t, &bare, SVA_PROBE_WRITE, p.dst, &data), ==,
                    0x80000001);
    /* No PP, no PASID in the record. */
    assert_one_fault(t, p.dst & ~0xfffull,
                     1ull << 63 | 0x59ull << 32 | SVA_TEST_RID);
    sva_test_end(t);
}

/* Translation off: addresses are physical. */
static void test_translation_off(void)
{
    SvaTest *t = sva_test_start("", "");
    AccContext bare = { .n = 1 };
    uint64_t page = sva_alloc(t, 0x1000), data = 0xfeedface00112233ull;

    acc_start(t);
    g_assert_cmphex(acc_probe(t, &bare, SVA_PROBE_WRITE, page, &data), ==,
                    0x80000000);
    g_assert_cmphex(sva_get64(t, page), ==, data);
    sva_test_end(t);
}

/* DMA into registers, the function's own and the unit's, ends by itself. */
static void test_registers_as_target(void)
{
    Process p;
    SvaTest *t = process_start(&p, PASID, SVA_MODE_UNTRANSLATED);
    uint64_t data = 2;

    vtd_map(t, p.pgd, DST_VA, ACC_BAR0 + 0x1000, PTE_USER_RW);
    g_assert_cmphex(acc_probe(t, &p.ctx, SVA_PROBE_WRITE,
                              DST_VA + SVA_CTX_PROBE_CTRL, &data), ==,
                    0x80000001);
    vtd_map(t, p.pgd, DST_VA + 0x1000, VTD_BASE, PTE_USER_RW);
    data = 0x8000ull << 32;
    acc_probe(t, &p.ctx, SVA_PROBE_WRITE, DST_VA + 0x1000 + VTD_IQT, &data);
    vtd_read32(t, VTD_VER);
    sva_test_end(t);
}

/*
 * Interrupts are not translated: no fault, though there is no table for
 * requests without PASID.  Nothing but a 32-bit write is an interrupt; other
 * requests to the range are faults.
 */
static void test_interrupt_window(void)
{
    Process p;
    SvaTest *t = process_start(&p, PASID, SVA_MODE_UNTRANSLATED);
    AccContext bare = { .n = 1 };
    struct sva_desc desc = { .opcode = SVA_OP_NOP, .flags = SVA_DF_IRQ };
    uint64_t entry = ACC_BAR4 + 16, data = 0, lo, hi;

    sva_cfg_write(t, SVA_TEST_DEVFN,
                  sva_cfg_cap(t, SVA_TEST_DEVFN, 0x11) + 2, 2, 0x8000);
    qtest_writel(t->qts, entry, 0xfee00000);
    qtest_writel(t->qts, entry + 8, 0x31);
    qtest_writel(t->qts, entry + 12, 0);
    acc_set32(t, SVA_CTX(0, SVA_CTX_VECTOR), 1);
    acc_submit(t, &p.ctx, &desc);
    sva_wait_until(t, sva_qom(t, "acc", "count-interrupts") == 1);
    vtd_assert_no_fault(t);
    /* A read, and a write of eight bytes. */
    acc_probe(t, &bare, SVA_PROBE_READ, 0xfee00000, &data);
    vtd_fault(t, 0, &lo, &hi);
    g_assert_cmphex(hi, ==, 0xc000002900000000 | SVA_TEST_RID);
    acc_probe(t, &bare, SVA_PROBE_WRITE, 0xfee00000, &data);
    vtd_fault(t, 1, &lo, &hi);
    g_assert_cmphex(hi, ==, 0x8000002900000000 | SVA_TEST_RID);
    /* With a PASID it is an address like any other: there is no page. */
    g_assert_cmphex(acc_probe(t, &p.ctx, SVA_PROBE_READ, 0xfee00000, &data),
                    ==, 0x80000001);
    vtd_fault(t, 2, &lo, &hi);
    g_assert_cmphex(hi, ==, FRCD_HI(0x71, FRCD_READ));
    sva_test_end(t);
}

/* An interrupt need not come from MSI-X: any 32-bit write is one. */
static void test_interrupt_by_dma(void)
{
    Process p;
    SvaTest *t = process_start(&p, PASID, SVA_MODE_UNTRANSLATED);
    AccContext bare = { .n = 1 };
    struct sva_desc desc = {
        .opcode = SVA_OP_FILL, .flags = SVA_DF_COMPLETION, .src = 0x31,
        .dst = 0xfee00000, .size = 4, .completion = p.rec,
    };

    vtd_pasid_put(t, 0, 1 | 4 << 6, 1, 0);
    bare.ring = bare.ring_pa = sva_alloc(t, 0x1000);
    acc_enable(t, &bare);
    acc_submit(t, &bare, &desc);
    g_assert_cmphex(acc_completion(t, p.rec).status, ==, 0x01);
    vtd_assert_no_fault(t);
    sva_test_end(t);
}

/* As registers-as-target, by a job: no register access is in progress. */
static void test_job_into_own_registers(void)
{
    Process p;
    SvaTest *t = process_start(&p, PASID, SVA_MODE_UNTRANSLATED);

    vtd_map(t, p.pgd, DST_VA, ACC_BAR0 + 0x1000, PTE_USER_RW);
    process_copy(t, &p, 0x100);
    g_assert_cmphex(process_copy_done(t, &p).status, ==, 0x24);
    vtd_assert_no_fault(t);
    sva_test_end(t);
}

/* Registers are no page tables. */
static void test_tables_in_registers(void)
{
    Process p;
    SvaTest *t = process_start(&p, PASID, SVA_MODE_UNTRANSLATED);

    process_copy(t, &p, 0x1000);
    assert_success(t, &p, 0x1000);
    vtd_bind(t, PASID, VTD_BASE);
    acc_submit(t, &p.ctx, &(struct sva_desc) { .opcode = SVA_OP_NOP });
    sva_wait_until(t, vtd_read32(t, VTD_FSTS));
    assert_one_fault(t, RING_VA, FRCD_HI(0x73, FRCD_READ));
    sva_test_end(t);
}

/* A device that knows nothing of this: DMA by QEMU's address space. */
static void test_other_device(void)
{
    SvaTest *t = sva_test_start("", " -device edu,addr=5");
    uint64_t pgd = sva_alloc(t, 0x1000), page = sva_alloc(t, 0x1000);
    uint64_t bar = 0xe2000000, pte;

    vtd_start(t);
    sva_put64(t, t->context_table + 32 * 0x28, t->pasid_dir | 0x1d);
    pte = vtd_map(t, pgd, 0x200000, page, PTE_USER_RW);
    vtd_bind(t, 0, pgd);
    sva_cfg_write(t, 0x28, 0x10, 4, bar);
    sva_cfg_write(t, 0x28, 0x04, 2, 0x0006);
    sva_fill(t, page, 0x200, 3);
    /* Into its buffer, and out of it again elsewhere in the page. */
    qtest_writeq(t->qts, bar + 0x80, 0x200000);
    qtest_writeq(t->qts, bar + 0x88, 0x40000);
    qtest_writeq(t->qts, bar + 0x90, 0x200);
    qtest_writeq(t->qts, bar + 0x98, 1);
    qtest_clock_step(t->qts, 200000000);
    g_assert_cmphex(sva_get64(t, pte), ==, page | PTE_USER_RW | PTE_A);
    qtest_writeq(t->qts, bar + 0x80, 0x40000);
    qtest_writeq(t->qts, bar + 0x88, 0x200800);
    qtest_writeq(t->qts, bar + 0x98, 3);
    qtest_clock_step(t->qts, 200000000);
    sva_assert_filled(t, page + 0x800, 0x200, 3);
    g_assert_cmphex(sva_get64(t, pte), ==, page | PTE_USER_RW | PTE_A | PTE_D);
    vtd_assert_no_fault(t);
    sva_test_end(t);
}

/* A request, a held job and a fault are pending; after reset nothing is. */
static void test_reset_in_flight(void)
{
    Process p;
    SvaTest *t = process_start(&p, PASID, SVA_MODE_ATS_PRI);
    unsigned i;

    for (i = 0; i < 2; i++) {
        sva_put64(t, p.dst_pte, 0);
        vtd_pasid_flush(t, PASID);
        process_flush_atc(t, &p);
        process_copy(t, &p, 0x1000);
        sva_wait_until(t, !vtd_prq_empty(t));
        vtd_submit(t, 0xf, 0);
        g_assert_cmphex(vtd_read32(t, VTD_FSTS) & 0x10, ==, 0x10);

        sva_test_reset(t);
        g_assert_cmphex(vtd_read32(t, VTD_GSTS), ==, 0);
        g_assert_cmphex(vtd_read32(t, VTD_PRS), ==, 0);
        g_assert_cmphex(vtd_read64(t, VTD_PQT), ==, 0);
        vtd_assert_no_fault(t);
        process_setup(t, &p, PASID, SVA_MODE_ATS_PRI);
        process_copy(t, &p, 0x2000);
        assert_success(t, &p, 0x2000);
    }
    sva_test_end(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("sva/dma/untranslated", test_untranslated);
    qtest_add_func("sva/dma/not-present", test_not_present);
    qtest_add_func("sva/dma/read-only", test_read_only);
    qtest_add_func("sva/dma/supervisor-page", test_supervisor_page);
    qtest_add_func("sva/dma/non-canonical", test_non_canonical);
    qtest_add_func("sva/dma/fpd", test_fpd);
    qtest_add_func("sva/dma/fpd-directory", test_fpd_directory);
    qtest_add_func("sva/dma/fault-overflow", test_fault_overflow);
    qtest_add_func("sva/dma/no-pasid", test_no_pasid);
    qtest_add_func("sva/dma/translation-off", test_translation_off);
    qtest_add_func("sva/dma/registers-as-target", test_registers_as_target);
    qtest_add_func("sva/dma/job-into-own-registers",
                   test_job_into_own_registers);
    qtest_add_func("sva/dma/tables-in-registers", test_tables_in_registers);
    qtest_add_func("sva/dma/other-device", test_other_device);
    qtest_add_func("sva/dma/interrupt-window", test_interrupt_window);
    qtest_add_func("sva/dma/interrupt-by-dma", test_interrupt_by_dma);
    qtest_add_func("sva/ats/copy", test_ats);
    qtest_add_func("sva/ats/quiesced", test_ats_quiesced);
    qtest_add_func("sva/ats/translation-off", test_ats_without_translation);
    qtest_add_func("sva/pri/success", test_page_request);
    qtest_add_func("sva/pri/invalid", test_page_request_invalid);
    qtest_add_func("sva/pri/failure", test_page_request_failure);
    qtest_add_func("sva/pri/dead-pasid", test_page_request_dead_pasid);
    qtest_add_func("sva/pri/event", test_page_request_event);
    qtest_add_func("sva/pri/overflow", test_page_request_overflow);
    qtest_add_func("sva/reset-in-flight", test_reset_in_flight);
    return g_test_run();
}

/*
 * sva-accel against sva-vtd: atomic operations, and misbehaviour on command
 * as the IOMMU and the guest's memory see it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "libsva-process.h"

#define PASID       0x31
#define MS          1000000
#define EVERYTHING  (0x7ffffffffffff000ull | 1 << 11)

static void inject(SvaTest *t, const Process *p, uint32_t bits)
{
    acc_set32(t, SVA_CTX(p->ctx.n, SVA_CTX_INJECT), bits);
}

static struct sva_completion run(SvaTest *t, Process *p, struct sva_desc desc)
{
    desc.flags |= SVA_DF_COMPLETION;
    desc.completion = REC_VA;
    sva_put64(t, p->rec, 0);
    acc_submit(t, &p->ctx, &desc);
    return acc_completion(t, p->rec);
}

static void invalidate(SvaTest *t, const Process *p)
{
    vtd_submit(t, 8 | SVA_TEST_RID << 16 | (uint64_t)p->ctx.pasid << 32,
               EVERYTHING);
}

static void test_atomics(void)
{
    static const uint32_t modes[] = {
        SVA_MODE_UNTRANSLATED, SVA_MODE_ATS, SVA_MODE_ATS_PRI,
    };
    unsigned i;

    for (i = 0; i < ARRAY_SIZE(modes); i++) {
        Process p;
        SvaTest *t = process_start(&p, PASID, modes[i]);
        struct sva_desc desc = {
            .opcode = SVA_OP_FETCH_ADD, .src = 5, .dst = DST_VA + 8,
            .size = 8,
        };
        struct sva_completion done;

        sva_put64(t, p.dst + 8, UINT64_MAX);
        done = run(t, &p, desc);
        g_assert_cmphex(done.status, ==, 1);
        g_assert_cmphex(done.result, ==, UINT64_MAX);
        g_assert_cmphex(sva_get64(t, p.dst + 8), ==, 4);
        desc.opcode = SVA_OP_COMPARE_SWAP;
        desc.stride = 3;
        done = run(t, &p, desc);
        g_assert_cmphex(done.status, ==, 2);
        g_assert_cmphex(done.result, ==, 4);
        desc.stride = 4;
        done = run(t, &p, desc);
        g_assert_cmphex(done.status, ==, 1);
        g_assert_cmphex(sva_get64(t, p.dst + 8), ==, 5);
        /* Accessed and dirty, as a write leaves them. */
        g_assert_cmphex(sva_get64(t, p.dst_pte), ==,
                        p.dst | PTE_USER_RW | PTE_A | PTE_D);
        vtd_assert_no_fault(t);
        sva_test_end(t);
    }
}

static void test_atomics_need_to_write(void)
{
    Process p;
    SvaTest *t = process_start(&p, PASID, SVA_MODE_UNTRANSLATED);
    struct sva_desc desc = {
        .opcode = SVA_OP_FETCH_ADD, .src = 5, .dst = DST_VA, .size = 8,
    };
    uint64_t before = sva_get64(t, p.dst);

    sva_put64(t, p.dst_pte, p.dst | PTE_USER_RO);
    g_assert_cmphex(run(t, &p, desc).status, ==, 0x24);
    g_assert_cmphex(sva_get64(t, p.dst), ==, before);
    vtd_faults_clear(t);
    sva_test_end(t);
}

/* Without DMA remapping; neither there nor anywhere on a register. */
static void test_atomics_on_physical_addresses(void)
{
    SvaTest *t = sva_test_start("", "");
    uint64_t page = sva_alloc(t, 0x1000);
    Process p = {
        .rec = sva_alloc(t, 0x1000),
        .ctx = { .ring = sva_alloc(t, 0x1000) },
    };
    struct sva_desc desc = {
        .opcode = SVA_OP_FETCH_ADD, .flags = SVA_DF_COMPLETION, .src = 5,
        .dst = page, .size = 8, .completion = p.rec,
    };

    p.ctx.ring_pa = p.ctx.ring;
    acc_start(t);
    acc_enable(t, &p.ctx);
    acc_submit(t, &p.ctx, &desc);
    g_assert_cmphex(acc_completion(t, p.rec).status, ==, 1);
    g_assert_cmphex(sva_get64(t, page), ==, 5);
    sva_put64(t, p.rec, 0);
    desc.dst = VTD_BASE + VTD_CAP;
    acc_submit(t, &p.ctx, &desc);
    g_assert_cmphex(acc_completion(t, p.rec).status, ==, 0x24);
    sva_test_end(t);
}

static void test_crc32c(void)
{
    Process p;
    SvaTest *t = process_start(&p, PASID, SVA_MODE_ATS_PRI);
    struct sva_desc desc = {
        .opcode = SVA_OP_CRC32C, .dst = DST_VA + 1, .size = 9,
    };

    qtest_memwrite(t->qts, p.dst + 1, "123456789", 9);
    g_assert_cmphex(run(t, &p, desc).result, ==, 0xe3069283);
    sva_test_end(t);
}

/* The wait descriptor waits for the completion, and for nothing else. */
static void test_late_invalidation(void)
{
    Process p;
    SvaTest *t = process_start(&p, PASID, SVA_MODE_ATS_PRI);

    acc_set32(t, SVA_REG_INVAL_DELAY, 3);
    acc_set32(t, SVA_REG_INJECT, SVA_GINJECT_LATE_INVAL);
    invalidate(t, &p);
    g_assert_false(vtd_wait_done(t, 0));
    g_assert_cmphex(acc_read32(t, SVA_REG_INVAL_HELD), ==, 1);
    qtest_clock_step(t->qts, 3 * MS - 1);
    g_assert_cmphex(sva_get64(t, t->wait_status), ==, 0);
    qtest_clock_step(t->qts, 1);
    g_assert_cmphex(sva_get64(t, t->wait_status), ==, t->wait_value);
    acc_set32(t, SVA_REG_INJECT, SVA_GINJECT_KEEP_INVAL);
    invalidate(t, &p);
    g_assert_false(vtd_wait_done(t, 0));
    qtest_clock_step(t->qts, 10 * MS);
    g_assert_cmphex(sva_get64(t, t->wait_status), ==, 0);
    acc_set32(t, SVA_REG_INJECT, 0);
    g_assert_cmphex(sva_get64(t, t->wait_status), ==, t->wait_value);
    g_assert_cmphex(sva_qom(t, "acc", "count-inval-late"), ==, 2);
    sva_test_end(t);
}

/* After unmap and a completed invalidation the old page is written to. */
static void test_stale_translation(void)
{
    Process p;
    SvaTest *t = process_start(&p, PASID, SVA_MODE_ATS);

    process_copy(t, &p, 0x1000);
    g_assert_cmphex(process_copy_done(t, &p).status, ==, 1);
    acc_set32(t, SVA_REG_INJECT, SVA_GINJECT_STALE_ATC);
    sva_put64(t, p.dst_pte, 0);
    vtd_pasid_flush(t, PASID);
    process_flush_atc(t, &p);
    sva_fill(t, p.dst, 0x1000, 9);
    process_copy(t, &p, 0x1000);
    g_assert_cmphex(process_copy_done(t, &p).status, ==, 1);
    sva_assert_filled(t, p.dst, 0x1000, 1);
    g_assert_cmphex(sva_qom(t, "acc", "count-stale-hits"), >, 0);
    acc_set32(t, SVA_REG_INJECT, 0);
    process_copy(t, &p, 0x1000);
    g_assert_cmphex(process_copy_done(t, &p).status, ==, 0x20);
    sva_test_end(t);
}

/* Two pages of the destination are gone; groups of two. */
static SvaTest *fault_start(Process *p, uint32_t bits)
{
    SvaTest *t = process_start(p, PASID, SVA_MODE_ATS_PRI);

    sva_put64(t, p->dst_pte, 0);
    sva_put64(t, p->dst_pte + 8, 0);
    acc_set32(t, SVA_CTX(0, SVA_CTX_PRG_PAGES), 2);
    inject(t, p, bits);
    process_copy(t, p, 0x2000);
    return t;
}

/* PRGI in bits 11:3, Last 2, Write 1, Read 0. */
static void assert_request(SvaTest *t, uint32_t pasid, uint64_t qw1_want)
{
    uint64_t qw0, qw1;

    sva_wait_until(t, !vtd_prq_empty(t));
    vtd_prq_pop(t, &qw0, &qw1);
    g_assert_cmphex(qw0 >> 32 & 0xfffff, ==, pasid);
    g_assert_cmphex(qw1, ==, qw1_want);
}

static void make_present(SvaTest *t, Process *p, uint64_t prgi)
{
    sva_put64(t, p->dst_pte, p->dst | PTE_USER_RW);
    sva_put64(t, p->dst_pte + 8, (p->dst + 0x1000) | PTE_USER_RW);
    process_respond(t, p, prgi << 3, 0);
}

static void test_dropped_request(void)
{
    Process p;
    SvaTest *t = fault_start(&p, SVA_INJECT_PRG_DROP);

    sva_wait_until(t, sva_qom(t, "acc", "count-prg-unsent") == 2);
    g_assert_true(vtd_prq_empty(t));
    acc_write32(t, SVA_CTX(0, SVA_CTX_CMD), SVA_CMD_ABORT);
    qtest_clock_step(t->qts, MS);
    g_assert_cmphex(acc_read32(t, SVA_CTX(0, SVA_CTX_CMD_STATUS)), ==,
                    0x80000003);
    inject(t, &p, 0);
    assert_request(t, PASID, DST_VA | 2);
    assert_request(t, PASID, (DST_VA + 0x1000) | 6);
    make_present(t, &p, 0);
    sva_wait_until(t, acc_read32(t, SVA_CTX(0, SVA_CTX_CMD_STATUS)) == 3);
    sva_test_end(t);
}

static void test_duplicate_requests(void)
{
    Process p;
    SvaTest *t = fault_start(&p, SVA_INJECT_PRG_DUP);
    unsigned i;

    for (i = 0; i < 4; i++) {
        assert_request(t, PASID, i < 2 ? DST_VA | 2 : (DST_VA + 0x1000) | 6);
    }
    make_present(t, &p, 0);
    g_assert_cmphex(process_copy_done(t, &p).status, ==, 1);
    g_assert_cmphex(sva_cfg_read(t, SVA_TEST_DEVFN, t->cap_pri + 6, 2), ==,
                    0x8000);
    process_respond(t, &p, 0, 0);
    /* UPRGI */
    g_assert_cmphex(sva_cfg_read(t, SVA_TEST_DEVFN, t->cap_pri + 6, 2), ==,
                    0x8002);
    g_assert_cmphex(sva_qom(t, "acc", "count-prg-unexpected"), ==, 1);
    sva_test_end(t);
}

static void test_group_without_last(void)
{
    Process p;
    SvaTest *t = fault_start(&p, SVA_INJECT_PRG_NO_LAST);

    assert_request(t, PASID, DST_VA | 2);
    g_assert_true(vtd_prq_empty(t));
    inject(t, &p, 0);
    assert_request(t, PASID, (DST_VA + 0x1000) | 6);
    make_present(t, &p, 0);
    g_assert_cmphex(process_copy_done(t, &p).status, ==, 1);
    sva_test_end(t);
}

static void test_stop_marker(void)
{
    static const uint32_t bits[] = {
        SVA_INJECT_STOP_MARKER, SVA_INJECT_NO_WAIT,
    };
    unsigned i;

    for (i = 0; i < ARRAY_SIZE(bits); i++) {
        Process p;
        SvaTest *t = fault_start(&p, bits[i]);

        assert_request(t, PASID, DST_VA | 2);
        assert_request(t, PASID, (DST_VA + 0x1000) | 6);
        g_assert_cmphex(acc_command(t, &p.ctx, SVA_CMD_ABORT), ==, 0);
        if (bits[i] == SVA_INJECT_STOP_MARKER) {
            assert_request(t, PASID, 4);        /* Last, neither R nor W */
        }
        g_assert_true(vtd_prq_empty(t));
        g_assert_cmphex(sva_qom(t, "acc", "count-stop-markers"), ==, !i);
        /* The response that comes now is expected. */
        process_respond(t, &p, 0, 0);
        g_assert_cmphex(sva_qom(t, "acc", "count-prg-unexpected"), ==, 0);
        sva_test_end(t);
    }
}

/* Two processes with the same page tables: PRGI 0 of both is outstanding. */
static void test_shared_index(void)
{
    Process p, q;
    SvaTest *t = process_start(&p, PASID, SVA_MODE_ATS_PRI);

    q = p;
    q.ctx.n = 1;
    q.ctx.pasid = PASID + 1;
    q.ctx.ring = DST_VA + 0x3000;
    q.ctx.ring_pa = p.dst + 0x3000;
    vtd_bind(t, PASID + 1, p.pgd);
    acc_enable(t, &q.ctx);
    acc_set32(t, SVA_CTX(1, SVA_CTX_INJECT), SVA_INJECT_PRG_SHARE);
    sva_put64(t, p.dst_pte, 0);
    process_copy(t, &p, 0x1000);
    assert_request(t, PASID, DST_VA | 6);
    process_copy(t, &q, 0x1000);
    assert_request(t, PASID + 1, DST_VA | 6);
    g_assert_cmphex(sva_qom(t, "acc", "count-prg-shared"), ==, 1);
    make_present(t, &q, 0);
    g_assert_cmphex(process_copy_done(t, &q).status, ==, 1);
    g_assert_cmphex(acc_read32(t, SVA_CTX(0, SVA_CTX_RUNNING)), ==, 1);
    make_present(t, &p, 0);
    sva_wait_until(t, acc_read32(t, SVA_CTX(0, SVA_CTX_HEAD)) == 1);
    g_assert_cmphex(sva_qom(t, "acc", "count-prg-unexpected"), ==, 0);
    sva_test_end(t);
}

static void test_excess(void)
{
    Process p;
    SvaTest *t = process_start(&p, PASID, SVA_MODE_ATS_PRI);

    sva_cfg_write(t, SVA_TEST_DEVFN, t->cap_pri + 4, 2, 0);
    sva_put64(t, p.dst_pte, 0);
    inject(t, &p, SVA_INJECT_PRG_EXCESS);
    process_copy(t, &p, 0x1000);
    assert_request(t, PASID, DST_VA | 6);
    g_assert_cmphex(sva_qom(t, "acc", "count-prg-excess"), ==, 1);
    make_present(t, &p, 0);
    g_assert_cmphex(process_copy_done(t, &p).status, ==, 1);
    sva_test_end(t);
}

/* TLPs of a function whose PASID capability is off, and untrue addresses. */
static void test_forced_probes(void)
{
    Process p;
    SvaTest *t = process_start(&p, PASID, SVA_MODE_ATS_PRI);
    uint64_t data = 0;

    sva_cfg_write(t, SVA_TEST_DEVFN, t->cap_pasid + 6, 2, 0);
    g_assert_cmphex(acc_probe(t, &p.ctx, SVA_PROBE_READ, SRC_VA, &data), ==,
                    0x800000ff);
    g_assert_cmphex(acc_probe(t, &p.ctx, SVA_PROBE_FORCE | SVA_PROBE_READ,
                              SRC_VA, &data), ==, 0x80000000);
    g_assert_cmphex(data, ==, sva_get64(t, p.src));
    g_assert_cmphex(acc_probe(t, &p.ctx, SVA_PROBE_FORCE | SVA_PROBE_ATS,
                              DST_VA, &data), ==, 0x80000300);
    g_assert_cmphex(data, ==, p.dst);
    g_assert_cmphex(acc_probe(t, &p.ctx, SVA_PROBE_FORCE | SVA_PROBE_XREAD,
                              p.dst, &data), ==, 0x80000000);
    g_assert_cmphex(data, ==, sva_get64(t, p.dst));
    acc_probe(t, &p.ctx, SVA_PROBE_FORCE | SVA_PROBE_MARKER, 0, NULL);
    assert_request(t, PASID, 4);
    vtd_assert_no_fault(t);
    sva_test_end(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("sva/provoke/atomics", test_atomics);
    qtest_add_func("sva/provoke/atomics-need-to-write",
                   test_atomics_need_to_write);
    qtest_add_func("sva/provoke/atomics-physical",
                   test_atomics_on_physical_addresses);
    qtest_add_func("sva/provoke/crc32c", test_crc32c);
    qtest_add_func("sva/provoke/late-invalidation", test_late_invalidation);
    qtest_add_func("sva/provoke/stale-translation", test_stale_translation);
    qtest_add_func("sva/provoke/dropped-request", test_dropped_request);
    qtest_add_func("sva/provoke/duplicate-requests", test_duplicate_requests);
    qtest_add_func("sva/provoke/group-without-last", test_group_without_last);
    qtest_add_func("sva/provoke/stop-marker", test_stop_marker);
    qtest_add_func("sva/provoke/shared-index", test_shared_index);
    qtest_add_func("sva/provoke/excess", test_excess);
    qtest_add_func("sva/provoke/forced-probes", test_forced_probes);
    return g_test_run();
}

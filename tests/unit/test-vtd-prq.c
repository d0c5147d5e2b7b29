/*
 * VT-d: page requests: acceptance, queue, overflow, events, responses
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "vtd-fixture.h"

#define P(n) sva_pasid(n)
#define PPR 1u
#define PRO 2u
#define ENTRIES 128

static uint32_t prs(VtdBench *b)
{
    return vtd_read32(b, 0xdc);
}

static VtdBench *bound(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);

    vtd_bench_bind(b, 1);
    return b;
}

static void request(VtdBench *b, unsigned n)
{
    vtd_bench_page_request(b, P(1), n * 0x1000, n & 0x1ff, true);
}

static void test_request_is_queued_and_announced(void)
{
    VtdBench *b = bound();

    request(b, 5);
    g_assert_cmphex(vtd_read64(b, 0xc8), ==, 0x20);
    g_assert_cmphex(vtd_bench_prq(b, 0, 0), ==, 0x0000000101100101);
    g_assert_cmphex(vtd_bench_prq(b, 0, 1), ==, 0x000000000000502f);
    g_assert_cmphex(prs(b), ==, PPR);
    g_assert_cmpuint(vtd_bench_msis(b, BENCH_MSI_PAGE), ==, 1);
    g_assert_cmpuint(b->rsp_count, ==, 0);
    vtd_bench_free(b);
}

/* A group of two for @pasid, refused with @reason; 0: without a record. */
static void expect_refused(VtdBench *b, SvaPasid pasid, unsigned reason)
{
    uint64_t auto_invalid = vtd_count(b, SVA_VTD_CNT_PAGE_AUTO_INVALID);
    uint64_t tail = vtd_read64(b, 0xc8);
    unsigned n = b->rsp_count;
    /* As it is when there is no record. */
    uint64_t low = 0x1000, high = 1 << 28 | BENCH_RID;

    vtd_bench_page_request(b, pasid, 0x1000, 7, false);
    g_assert_cmpuint(b->rsp_count, ==, n);
    g_assert_cmphex(vtd_bench_fault(b, &low, &high), ==, reason);
    g_assert_cmphex(low, ==, 0x1000);
    g_assert_cmphex(high & 0xffff, ==, BENCH_RID);
    g_assert_cmphex(high >> 28 & 1, ==, 1);     /* T2: page request */
    g_assert_cmphex(high >> 62 & 1, ==, 0);
    vtd_bench_page_request(b, pasid, 0x1000, 7, true);
    g_assert_cmphex(vtd_bench_fault(b, NULL, NULL), ==, reason);
    g_assert_cmpuint(b->rsp_count, ==, n + 1);
    g_assert_cmpuint(b->rsps[n].code, ==, SVA_PRG_INVALID);
    g_assert_cmpuint(b->rsps[n].prgi, ==, 7);
    g_assert_cmpuint(b->rsps[n].rid, ==, BENCH_RID);
    g_assert_true(sva_pasid_equal(b->rsps[n].pasid, pasid));
    g_assert_cmphex(vtd_read64(b, 0xc8), ==, tail);
    g_assert_cmphex(prs(b), ==, 0);
    g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_PAGE_AUTO_INVALID), ==,
                     auto_invalid + 1);
}

/*
 * VT-d 5.10 section 6.5.3.1: the unit looks at the PASID itself.  Software
 * never hears of a request that has none.
 */
static void test_request_without_usable_pasid_is_refused(void)
{
    static const struct {
        uint64_t pde, qw0, qw1;
        unsigned reason;
        uint64_t not_present;
        uint64_t hole;
    } rows[] = {
        { .pde = 0,                   .reason = 0x51, .not_present = 1 },
        { .pde = BENCH_PASIDS | 0x5,  .reason = 0x52 },
        { .pde = 1, .hole = BENCH_DIR, .reason = 0x50 },
        { .pde = BENCH_PASIDS | 1,    .reason = 0x59, .not_present = 1 },
        { .pde = BENCH_PASIDS | 1, .qw0 = 0x40, .qw1 = BENCH_FIRST1,
          .reason = 0x59, .not_present = 1 },
        { .pde = BENCH_PASIDS | 1, .qw0 = 0x61, .qw1 = BENCH_FIRST1,
          .reason = 0x5a },
        { .pde = BENCH_PASIDS | 1, .qw0 = 0x1, .qw1 = BENCH_FIRST1,
          .reason = 0x5b },
        { .pde = BENCH_PASIDS | 1, .hole = BENCH_PASIDS, .reason = 0x58 },
    };
    VtdBench *b;
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        b = vtd_bench_scalable(NULL);
        fake_put64(b->f, BENCH_DIR, rows[i].pde);
        vtd_bench_pasid(b, 1, rows[i].qw0, rows[i].qw1, 0);
        if (rows[i].hole) {
            fake_env_hole(b->f, rows[i].hole, 0x1000);
        }
        g_test_message("%u", i);
        expect_refused(b, P(1), rows[i].reason);
        /* Without a PASID it is RID_PASID's, here 0. */
        vtd_bench_pasid(b, 0, rows[i].qw0, rows[i].qw1, 0);
        expect_refused(b, SVA_NO_PASID, rows[i].reason);
        g_assert_cmphex(vtd_read64(b, 0xc8), ==, 0);
        g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_PAGE_QUEUED), ==, 0);
        g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_PAGE_REFUSED), ==, 4);
        g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_PAGE_AUTO_INVALID), ==, 2);
        g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_PAGE_AUTO_NOT_PRESENT), ==,
                         2 * rows[i].not_present);
        vtd_bench_free(b);
    }
}

/* FPD counts in entries that are not present, too (finding 1 is about it). */
static void test_request_of_pasid_torn_down_is_silent_with_fpd(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);

    vtd_bench_pasid(b, 1, 0x2, 0, 0);
    expect_refused(b, P(1), 0);
    g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_FAULTS_SILENT), ==, 2);
    fake_put64(b->f, BENCH_DIR, 0x2);
    expect_refused(b, P(1), 0);
    g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_FAULTS_SILENT), ==, 4);
    g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_FAULTS_RECORDED), ==, 0);
    g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_PAGE_AUTO_NOT_PRESENT), ==, 2);
    vtd_bench_free(b);
}

/*
 * A cached entry is as good as one in memory.  Descriptor 7, PASID in
 * domain 1.
 */
static void test_cached_pasid_serves_until_it_is_invalidated(void)
{
    VtdBench *b = bound();

    vtd_bench_ats(b, P(1), 0x1000, SVA_READ);
    vtd_bench_pasid(b, 1, 0x2, 0, 0);
    request(b, 5);
    g_assert_cmphex(vtd_read64(b, 0xc8), ==, 0x20);
    g_assert_cmphex(prs(b), ==, PPR);
    vtd_write64(b, 0xc0, 0x20);
    vtd_write32(b, 0xdc, PPR);
    vtd_bench_submit(b, 0x0000000100010017, 0);
    expect_refused(b, P(1), 0);
    /* A request brings it into the cache as well. */
    vtd_bench_bind(b, 1);
    request(b, 6);
    vtd_bench_pasid(b, 1, 0, 0, 0);
    request(b, 7);
    g_assert_cmphex(vtd_read64(b, 0xc8), ==, 0x60);
    vtd_bench_free(b);
}

/* The unit answers those even when software has stopped taking requests. */
static void test_refusal_comes_before_overflow(void)
{
    VtdBench *b = bound();

    vtd_write64(b, 0xc0, 0x20);         /* full */
    request(b, 1);
    g_assert_cmphex(prs(b), ==, PRO);
    g_assert_cmpuint(b->rsps[0].code, ==, SVA_PRG_SUCCESS);
    vtd_bench_page_request(b, P(2), 0x1000, 7, true);
    g_assert_cmpuint(b->rsps[1].code, ==, SVA_PRG_INVALID);
    g_assert_cmphex(vtd_bench_fault(b, NULL, NULL), ==, 0x59);
    g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_PAGE_AUTO), ==, 2);
    g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_PAGE_AUTO_INVALID), ==, 1);
    vtd_bench_free(b);
}

static void test_function_that_may_not_ask_is_refused(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);

    vtd_bench_context(b, BENCH_DIR | 0xd, 0);
    expect_refused(b, P(1), 0x47);
    vtd_bench_submit(b, 0x11, 0);
    vtd_bench_context(b, BENCH_DIR | 0x15, 0);
    expect_refused(b, P(1), 0x45);
    vtd_bench_submit(b, 0x11, 0);
    vtd_bench_context(b, BENCH_DIR | 0x1d, 0);
    expect_refused(b, P(1 << 13), 0x46);
    vtd_bench_submit(b, 0x11, 0);
    vtd_bench_context(b, 0, 0);
    expect_refused(b, P(1), 0x41);
    fake_put64(b->f, BENCH_ROOT + 16, 0);
    expect_refused(b, P(1), 0x39);
    g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_PAGE_REFUSED), ==, 10);
    g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_PAGE_AUTO), ==, 5);
    vtd_bench_free(b);

    b = vtd_bench_legacy(NULL, BENCH_SECOND | 5, 0x702);
    expect_refused(b, P(1), 0x32);
    vtd_bench_free(b);

    b = vtd_bench_scalable(NULL);
    vtd_level(b, 1u << 31, false);
    expect_refused(b, P(1), 0);
    vtd_bench_free(b);
}

/* A context entry of legacy mode that software did not invalidate. */
static void test_stale_legacy_context_is_refused(void)
{
    VtdBench *b = vtd_bench_legacy(NULL, BENCH_SECOND | 5, 0x702);

    vtd_bench_translate(b, SVA_NO_PASID, 0x1000, SVA_READ);
    vtd_bench_fault(b, NULL, NULL);
    vtd_write64(b, 0x20, BENCH_ROOT | 0x400);
    vtd_command(b, 1u << 30);
    expect_refused(b, P(1), 0x32);
    vtd_bench_free(b);
}

static void test_refusal_is_silent_with_fpd(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);

    vtd_bench_context(b, BENCH_DIR | 0xf, 0);
    vtd_bench_page_request(b, P(1), 0x1000, 7, true);
    g_assert_cmphex(vtd_read32(b, 0x34), ==, 0);
    g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_FAULTS_SILENT), ==, 1);
    g_assert_cmpuint(b->rsp_count, ==, 1);
    vtd_bench_free(b);
}

/* One entry short of the size; then PRO, and hardware answers. */
static void test_overflow_answers_success_and_stays(void)
{
    VtdBench *b = bound();
    unsigned i;

    for (i = 0; i < ENTRIES - 1; i++) {
        request(b, i);
    }
    g_assert_cmphex(prs(b), ==, PPR);
    g_assert_cmphex(vtd_read64(b, 0xc8), ==, 0xfe0);
    vtd_bench_page_request(b, P(1), 0x1000, 200, false);
    g_assert_cmphex(prs(b), ==, PPR | PRO);
    g_assert_cmpuint(b->rsp_count, ==, 0);
    request(b, 201);
    g_assert_cmpuint(b->rsp_count, ==, 1);
    g_assert_cmpuint(b->rsps[0].code, ==, SVA_PRG_SUCCESS);
    g_assert_cmpuint(b->rsps[0].prgi, ==, 201);
    g_assert_cmphex(vtd_read64(b, 0xc8), ==, 0xfe0);
    g_assert_cmphex(vtd_bench_prq(b, ENTRIES - 1, 0), ==, 0);
    /* Room alone does not end it. */
    vtd_write64(b, 0xc0, 0xfe0);
    request(b, 202);
    g_assert_cmpuint(b->rsp_count, ==, 2);
    g_assert_cmphex(vtd_read64(b, 0xc8), ==, 0xfe0);
    vtd_write32(b, 0xdc, PRO);
    request(b, 203);
    g_assert_cmpuint(b->rsp_count, ==, 2);
    g_assert_cmphex(vtd_read64(b, 0xc8), ==, 0);
    g_assert_cmphex(vtd_bench_prq(b, ENTRIES - 1, 1), ==, 0xcb65f);
    g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_PAGE_OVERFLOW), ==, 3);
    g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_PAGE_AUTO), ==, 2);
    vtd_bench_free(b);
}

/* A page request thread that only ever looks when it is interrupted. */
typedef struct Drain {
    unsigned taken;
    uint64_t next;
    unsigned msis;
} Drain;

static void drain(VtdBench *b, Drain *d, bool refill, unsigned *sent)
{
    uint64_t head, tail, qw1;

    if (vtd_bench_msis(b, BENCH_MSI_PAGE) == d->msis) {
        return;
    }
    d->msis = vtd_bench_msis(b, BENCH_MSI_PAGE);
    vtd_write32(b, 0xdc, PPR);
    tail = vtd_read64(b, 0xc8);
    head = vtd_read64(b, 0xc0);
    if (refill) {
        request(b, (*sent)++);  /* behind the software's back */
    }
    for (; head != tail; head = (head + 32) & 0xfff) {
        qw1 = fake_get64(b->f, BENCH_PRQ + head + 8);
        g_assert_cmphex(qw1 >> 12, ==, d->next);
        d->next++;
        d->taken++;
    }
    vtd_write64(b, 0xc0, tail);
}

static void test_no_request_is_lost_while_software_drains(void)
{
    VtdBench *b = bound();
    Drain d = { 0 };
    unsigned round, i, sent = 0;

    for (round = 0; round < 200; round++) {
        for (i = 0; i < round % 5; i++) {
            request(b, sent++);
        }
        drain(b, &d, round % 3 == 0, &sent);
    }
    for (i = 0; i < 2; i++) {
        drain(b, &d, false, &sent);
    }
    g_assert_cmpuint(sent, >, 300);
    g_assert_cmpuint(d.taken, ==, sent);
    g_assert_cmphex(prs(b), ==, 0);
    vtd_bench_free(b);
}

/* The queue is filled between the reading of the tail and the end of it. */
static void test_refill_up_to_overflow_raises_an_event(void)
{
    VtdBench *b = bound();
    unsigned i, n;

    request(b, 0);
    vtd_write32(b, 0xdc, PPR);
    n = vtd_bench_msis(b, BENCH_MSI_PAGE);
    for (i = 0; i < ENTRIES; i++) {
        request(b, i);
    }
    g_assert_cmphex(prs(b), ==, PPR | PRO);
    g_assert_cmpuint(vtd_bench_msis(b, BENCH_MSI_PAGE), ==, n + 1);
    /* PPR cleared, PRO not: the next overflow is nothing new... */
    vtd_write32(b, 0xdc, PPR);
    request(b, i);
    g_assert_cmpuint(vtd_bench_msis(b, BENCH_MSI_PAGE), ==, n + 1);
    /* ...after both it is. */
    vtd_write32(b, 0xdc, PRO);
    request(b, i);
    g_assert_cmphex(prs(b), ==, PRO);
    g_assert_cmpuint(vtd_bench_msis(b, BENCH_MSI_PAGE), ==, n + 2);
    vtd_bench_free(b);
}

static void test_stop_marker_is_queued_and_never_answered(void)
{
    VtdBench *b = bound();
    SvaPageRequest marker = {
        .pasid = P(1), .rid = BENCH_RID, .prgi = 9, .last = true,
    };

    b->vtd.iommu.ops->page_request(&b->vtd.iommu, &marker);
    g_assert_cmphex(vtd_bench_prq(b, 0, 1), ==, 0x4c);
    g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_PAGE_STOP_MARKERS), ==, 1);
    vtd_write64(b, 0xc0, 0x40);         /* full */
    b->vtd.iommu.ops->page_request(&b->vtd.iommu, &marker);
    g_assert_cmphex(prs(b), ==, PPR | PRO);
    vtd_bench_context(b, 0, 0);
    vtd_bench_submit(b, 0x11, 0);
    b->vtd.iommu.ops->page_request(&b->vtd.iommu, &marker);
    g_assert_cmpuint(b->rsp_count, ==, 0);
    vtd_bench_free(b);
}

/* VT-d 5.10, note under Table 30: Invalid Request, no overflow. */
static void test_queue_that_is_not_memory_refuses(void)
{
    VtdBench *b = bound();

    fake_env_hole(b->f, BENCH_PRQ, 0x1000);
    expect_refused(b, P(1), 0);
    g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_PAGE_OVERFLOW), ==, 0);
    g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_PAGE_AUTO_NOT_PRESENT), ==, 0);
    fake_env_heal(b->f);
    request(b, 1);
    g_assert_cmphex(vtd_read64(b, 0xc8), ==, 0x20);
    vtd_bench_free(b);
}

static void test_queue_size_is_honoured(void)
{
    VtdBench *b = bound();
    unsigned i;

    vtd_write64(b, 0xd0, 0x1000000 | 2);
    for (i = 0; i < 4 * ENTRIES; i++) {
        request(b, i);
    }
    g_assert_cmphex(vtd_read64(b, 0xc8), ==, 0x3fe0);
    g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_PAGE_OVERFLOW), ==, 1);
    /* Pointers beyond the queue are cut, not followed. */
    vtd_write64(b, 0xd0, 0x1000000);
    vtd_write64(b, 0xc0, 0x7ffe0);
    vtd_write64(b, 0xc8, 0x7f000);
    vtd_write32(b, 0xdc, PRO);
    request(b, 1);
    g_assert_cmphex(vtd_read64(b, 0xc8), ==, 0x20);
    vtd_bench_free(b);
}

/* A stale translation must not make the function ask for ever. */
static void test_request_drops_the_translation_of_its_page(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);

    vtd_bench_bind(b, 1);
    vtd_bench_bind(b, 2);
    vtd_bench_map(b, 0x1000, 0xa000, true);
    vtd_bench_map(b, 0x2000, 0xb000, true);
    vtd_bench_ats(b, P(1), 0x1000, SVA_READ);
    vtd_bench_ats(b, P(1), 0x2000, SVA_READ);
    vtd_bench_ats(b, P(2), 0x1000, SVA_READ);
    vtd_bench_map(b, 0x1000, 0xc000, true);
    vtd_bench_map(b, 0x2000, 0xd000, true);
    vtd_bench_page_request(b, P(1), 0x1000, 1, true);
    g_assert_cmphex(vtd_bench_ats(b, P(1), 0x1000, SVA_READ).addr, ==,
                    0xc000);
    /* That page of that PASID and no other. */
    g_assert_cmphex(vtd_bench_ats(b, P(1), 0x2000, SVA_READ).addr, ==,
                    0xb000);
    g_assert_cmphex(vtd_bench_ats(b, P(2), 0x1000, SVA_READ).addr, ==,
                    0xa000);
    vtd_bench_free(b);
}

/* Second-stage entries have no PASID; the domain tells them apart. */
static void test_request_drops_the_page_of_its_domain(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);

    vtd_bench_pasid(b, 1, BENCH_SECOND | 0x89, 5, 0);
    vtd_bench_pasid(b, 2, BENCH_SECOND | 0x89, 6, 0);
    vtd_bench_map_second(b, 0x1000, 0xa000, true);
    vtd_bench_ats(b, P(1), 0x1000, SVA_READ);
    vtd_bench_ats(b, P(2), 0x1000, SVA_READ);
    vtd_bench_map_second(b, 0x1000, 0xc000, true);
    vtd_bench_page_request(b, P(1), 0x1000, 1, true);
    g_assert_cmphex(vtd_bench_ats(b, P(1), 0x1000, SVA_READ).addr, ==,
                    0xc000);
    g_assert_cmphex(vtd_bench_ats(b, P(2), 0x1000, SVA_READ).addr, ==,
                    0xa000);
    vtd_bench_free(b);
}

static void test_responses_reach_the_function(void)
{
    static const SvaPrgCode codes[] = {
        [0] = SVA_PRG_SUCCESS, [1] = SVA_PRG_INVALID, [2] = SVA_PRG_FAILURE,
        [7] = SVA_PRG_FAILURE, [15] = SVA_PRG_FAILURE,
    };
    static const unsigned raw[] = { 0, 1, 2, 7, 15 };
    VtdBench *b = vtd_bench_scalable(NULL);
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(raw); i++) {
        vtd_bench_submit(b, 0x0000000301100019 | raw[i] << 12,
                         (0x100 + i) << 3 | 4);
        g_assert_cmpuint(b->rsp_count, ==, i + 1);
        g_assert_cmpuint(b->rsps[i].code, ==, codes[raw[i]]);
        g_assert_cmphex(b->rsps[i].prgi, ==, 0x100 + i);
        g_assert_cmphex(b->rsps[i].rid, ==, BENCH_RID);
        g_assert_true(sva_pasid_equal(b->rsps[i].pasid, P(3)));
    }
    /* PP=0: the PASID field means nothing. */
    vtd_bench_submit(b, 0x0000000301100009, 0);
    g_assert_false(b->rsps[i].pasid.valid);
    g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_PAGE_SUCCESS), ==, 2);
    g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_PAGE_INVALID), ==, 1);
    g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_PAGE_FAILURE), ==, 3);
    vtd_bench_free(b);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CASE(fn) g_test_add_func("/vtd/prq/" #fn, test_##fn)
    CASE(request_is_queued_and_announced);
    CASE(request_without_usable_pasid_is_refused);
    CASE(request_of_pasid_torn_down_is_silent_with_fpd);
    CASE(cached_pasid_serves_until_it_is_invalidated);
    CASE(refusal_comes_before_overflow);
    CASE(function_that_may_not_ask_is_refused);
    CASE(stale_legacy_context_is_refused);
    CASE(refusal_is_silent_with_fpd);
    CASE(overflow_answers_success_and_stays);
    CASE(no_request_is_lost_while_software_drains);
    CASE(refill_up_to_overflow_raises_an_event);
    CASE(stop_marker_is_queued_and_never_answered);
    CASE(queue_that_is_not_memory_refuses);
    CASE(queue_size_is_honoured);
    CASE(request_drops_the_translation_of_its_page);
    CASE(request_drops_the_page_of_its_domain);
    CASE(responses_reach_the_function);
    return g_test_run();
}

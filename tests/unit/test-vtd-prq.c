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

static uint32_t prs(VtdFixture *f)
{
    return vtd_read32(f, 0xdc);
}

static VtdFixture *bound(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    vtd_bind(f, 1);
    return f;
}

static void request(VtdFixture *f, unsigned n)
{
    vtd_page_request(f, P(1), n * 0x1000, n & 0x1ff, true);
}

static void test_request_is_queued_and_announced(void)
{
    VtdFixture *f = bound();

    request(f, 5);
    g_assert_cmphex(vtd_read64(f, 0xc8), ==, 0x20);
    g_assert_cmphex(vtd_prq(f, 0, 0), ==, 0x0000000101100101);
    g_assert_cmphex(vtd_prq(f, 0, 1), ==, 0x000000000000502f);
    g_assert_cmphex(prs(f), ==, PPR);
    g_assert_cmpuint(vtd_msis(f, VTD_MSI_PAGE), ==, 1);
    g_assert_cmpuint(f->rsp_count, ==, 0);
    vtd_fixture_free(f);
}

/* A group of two for @pasid, refused with @reason; 0: without a record. */
static void expect_refused(VtdFixture *f, SvaPasid pasid, unsigned reason)
{
    uint64_t auto_invalid = vtd_count(f, SVA_VTD_CNT_PAGE_AUTO_INVALID);
    uint64_t tail = vtd_read64(f, 0xc8);
    unsigned n = f->rsp_count;
    /* As it is when there is no record. */
    uint64_t low = 0x1000, high = 1 << 28 | VTD_RID;

    vtd_page_request(f, pasid, 0x1000, 7, false);
    g_assert_cmpuint(f->rsp_count, ==, n);
    g_assert_cmphex(vtd_fault(f, &low, &high), ==, reason);
    g_assert_cmphex(low, ==, 0x1000);
    g_assert_cmphex(high & 0xffff, ==, VTD_RID);
    g_assert_cmphex(high >> 28 & 1, ==, 1);     /* T2: page request */
    g_assert_cmphex(high >> 62 & 1, ==, 0);
    vtd_page_request(f, pasid, 0x1000, 7, true);
    g_assert_cmphex(vtd_fault(f, NULL, NULL), ==, reason);
    g_assert_cmpuint(f->rsp_count, ==, n + 1);
    g_assert_cmpuint(f->rsps[n].code, ==, SVA_PRG_INVALID);
    g_assert_cmpuint(f->rsps[n].prgi, ==, 7);
    g_assert_cmpuint(f->rsps[n].rid, ==, VTD_RID);
    g_assert_true(sva_pasid_equal(f->rsps[n].pasid, pasid));
    g_assert_cmphex(vtd_read64(f, 0xc8), ==, tail);
    g_assert_cmphex(prs(f), ==, 0);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_PAGE_AUTO_INVALID), ==,
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
        { .pde = VTD_PASIDS | 0x5,  .reason = 0x52 },
        { .pde = 1, .hole = VTD_DIR, .reason = 0x50 },
        { .pde = VTD_PASIDS | 1,    .reason = 0x59, .not_present = 1 },
        { .pde = VTD_PASIDS | 1, .qw0 = 0x40, .qw1 = VTD_FIRST1,
          .reason = 0x59, .not_present = 1 },
        { .pde = VTD_PASIDS | 1, .qw0 = 0x61, .qw1 = VTD_FIRST1,
          .reason = 0x5a },
        { .pde = VTD_PASIDS | 1, .qw0 = 0x1, .qw1 = VTD_FIRST1,
          .reason = 0x5b },
        { .pde = VTD_PASIDS | 1, .hole = VTD_PASIDS, .reason = 0x58 },
    };
    VtdFixture *f;
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        f = vtd_fixture_scalable(NULL);
        fake_put64(f->env, VTD_DIR, rows[i].pde);
        vtd_pasid(f, 1, rows[i].qw0, rows[i].qw1, 0);
        if (rows[i].hole) {
            fake_env_hole(f->env, rows[i].hole, 0x1000);
        }
        g_test_message("%u", i);
        expect_refused(f, P(1), rows[i].reason);
        /* Without a PASID it is RID_PASID's, here 0. */
        vtd_pasid(f, 0, rows[i].qw0, rows[i].qw1, 0);
        expect_refused(f, SVA_NO_PASID, rows[i].reason);
        g_assert_cmphex(vtd_read64(f, 0xc8), ==, 0);
        g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_PAGE_QUEUED), ==, 0);
        g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_PAGE_REFUSED), ==, 4);
        g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_PAGE_AUTO_INVALID), ==, 2);
        g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_PAGE_AUTO_NOT_PRESENT), ==,
                         2 * rows[i].not_present);
        vtd_fixture_free(f);
    }
}

/* FPD counts in entries that are not present, too (finding 1 is about it). */
static void test_request_of_pasid_torn_down_is_silent_with_fpd(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    vtd_pasid(f, 1, 0x2, 0, 0);
    expect_refused(f, P(1), 0);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_FAULTS_SILENT), ==, 2);
    fake_put64(f->env, VTD_DIR, 0x2);
    expect_refused(f, P(1), 0);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_FAULTS_SILENT), ==, 4);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_FAULTS_RECORDED), ==, 0);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_PAGE_AUTO_NOT_PRESENT), ==, 2);
    vtd_fixture_free(f);
}

/*
 * A cached entry is as good as one in memory.  Descriptor 7, PASID in
 * domain 1.
 */
static void test_cached_pasid_serves_until_it_is_invalidated(void)
{
    VtdFixture *f = bound();

    vtd_ats(f, P(1), 0x1000, SVA_READ);
    vtd_pasid(f, 1, 0x2, 0, 0);
    request(f, 5);
    g_assert_cmphex(vtd_read64(f, 0xc8), ==, 0x20);
    g_assert_cmphex(prs(f), ==, PPR);
    vtd_write64(f, 0xc0, 0x20);
    vtd_write32(f, 0xdc, PPR);
    vtd_submit(f, 0x0000000100010017, 0);
    expect_refused(f, P(1), 0);
    /* A request brings it into the cache as well. */
    vtd_bind(f, 1);
    request(f, 6);
    vtd_pasid(f, 1, 0, 0, 0);
    request(f, 7);
    g_assert_cmphex(vtd_read64(f, 0xc8), ==, 0x60);
    vtd_fixture_free(f);
}

/* The unit answers those even when software has stopped taking requests. */
static void test_refusal_comes_before_overflow(void)
{
    VtdFixture *f = bound();

    vtd_write64(f, 0xc0, 0x20);         /* full */
    request(f, 1);
    g_assert_cmphex(prs(f), ==, PRO);
    g_assert_cmpuint(f->rsps[0].code, ==, SVA_PRG_SUCCESS);
    vtd_page_request(f, P(2), 0x1000, 7, true);
    g_assert_cmpuint(f->rsps[1].code, ==, SVA_PRG_INVALID);
    g_assert_cmphex(vtd_fault(f, NULL, NULL), ==, 0x59);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_PAGE_AUTO), ==, 2);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_PAGE_AUTO_INVALID), ==, 1);
    vtd_fixture_free(f);
}

static void test_function_that_may_not_ask_is_refused(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    vtd_context(f, VTD_DIR | 0xd, 0);
    expect_refused(f, P(1), 0x47);
    vtd_submit(f, 0x11, 0);
    vtd_context(f, VTD_DIR | 0x15, 0);
    expect_refused(f, P(1), 0x45);
    vtd_submit(f, 0x11, 0);
    vtd_context(f, VTD_DIR | 0x1d, 0);
    expect_refused(f, P(1 << 13), 0x46);
    vtd_submit(f, 0x11, 0);
    vtd_context(f, 0, 0);
    expect_refused(f, P(1), 0x41);
    fake_put64(f->env, VTD_ROOT + 16, 0);
    expect_refused(f, P(1), 0x39);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_PAGE_REFUSED), ==, 10);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_PAGE_AUTO), ==, 5);
    vtd_fixture_free(f);

    f = vtd_fixture_legacy(NULL, VTD_SECOND | 5, 0x702);
    expect_refused(f, P(1), 0x32);
    vtd_fixture_free(f);

    f = vtd_fixture_scalable(NULL);
    vtd_level(f, 1u << 31, false);
    expect_refused(f, P(1), 0);
    vtd_fixture_free(f);
}

/* A context entry of legacy mode that software did not invalidate. */
static void test_stale_legacy_context_is_refused(void)
{
    VtdFixture *f = vtd_fixture_legacy(NULL, VTD_SECOND | 5, 0x702);

    vtd_translate(f, SVA_NO_PASID, 0x1000, SVA_READ);
    vtd_fault(f, NULL, NULL);
    vtd_write64(f, 0x20, VTD_ROOT | 0x400);
    vtd_command(f, 1u << 30);
    expect_refused(f, P(1), 0x32);
    vtd_fixture_free(f);
}

static void test_refusal_is_silent_with_fpd(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    vtd_context(f, VTD_DIR | 0xf, 0);
    vtd_page_request(f, P(1), 0x1000, 7, true);
    g_assert_cmphex(vtd_read32(f, 0x34), ==, 0);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_FAULTS_SILENT), ==, 1);
    g_assert_cmpuint(f->rsp_count, ==, 1);
    vtd_fixture_free(f);
}

/* One entry short of the size; then PRO, and hardware answers. */
static void test_overflow_answers_success_and_stays(void)
{
    VtdFixture *f = bound();
    const SvaEvent *cleared;
    unsigned i;

    for (i = 0; i < ENTRIES - 1; i++) {
        request(f, i);
    }
    g_assert_cmphex(prs(f), ==, PPR);
    g_assert_cmphex(vtd_read64(f, 0xc8), ==, 0xfe0);
    vtd_page_request(f, P(1), 0x1000, 200, false);
    g_assert_cmphex(prs(f), ==, PPR | PRO);
    g_assert_cmpuint(f->rsp_count, ==, 0);
    request(f, 201);
    g_assert_cmpuint(f->rsp_count, ==, 1);
    g_assert_cmpuint(f->rsps[0].code, ==, SVA_PRG_SUCCESS);
    g_assert_cmpuint(f->rsps[0].prgi, ==, 201);
    g_assert_cmphex(vtd_read64(f, 0xc8), ==, 0xfe0);
    g_assert_cmphex(vtd_prq(f, ENTRIES - 1, 0), ==, 0);
    /* Room alone does not end it. */
    vtd_write64(f, 0xc0, 0xfe0);
    request(f, 202);
    g_assert_cmpuint(f->rsp_count, ==, 2);
    g_assert_cmphex(vtd_read64(f, 0xc8), ==, 0xfe0);
    fake_env_clear(f->env);
    vtd_write32(f, 0xdc, PPR);
    g_assert_cmpuint(fake_env_event_count(f->env, SVA_EV_PRQ_CLEARED), ==, 0);
    vtd_write32(f, 0xdc, PRO | PPR);
    cleared = fake_env_event(f->env, SVA_EV_PRQ_CLEARED, 0);
    g_assert_cmphex(cleared->queue.head, ==, 0xfe0);
    g_assert_cmphex(cleared->queue.tail, ==, 0xfe0);
    vtd_write32(f, 0xdc, PRO);          /* there is none */
    g_assert_cmpuint(fake_env_event_count(f->env, SVA_EV_PRQ_CLEARED), ==, 1);
    request(f, 203);
    g_assert_cmpuint(f->rsp_count, ==, 2);
    g_assert_cmphex(vtd_read64(f, 0xc8), ==, 0);
    g_assert_cmphex(vtd_prq(f, ENTRIES - 1, 1), ==, 0xcb65f);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_PAGE_OVERFLOW), ==, 3);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_PAGE_AUTO), ==, 2);
    vtd_fixture_free(f);
}

/* A page request thread that only ever looks when it is interrupted. */
typedef struct Drain {
    unsigned taken;
    uint64_t next;
    unsigned msis;
} Drain;

static void drain(VtdFixture *f, Drain *d, bool refill, unsigned *sent)
{
    uint64_t head, tail, qw1;

    if (vtd_msis(f, VTD_MSI_PAGE) == d->msis) {
        return;
    }
    d->msis = vtd_msis(f, VTD_MSI_PAGE);
    vtd_write32(f, 0xdc, PPR);
    tail = vtd_read64(f, 0xc8);
    head = vtd_read64(f, 0xc0);
    if (refill) {
        request(f, (*sent)++);  /* behind the software's back */
    }
    for (; head != tail; head = (head + 32) & 0xfff) {
        qw1 = fake_get64(f->env, VTD_PRQ + head + 8);
        g_assert_cmphex(qw1 >> 12, ==, d->next);
        d->next++;
        d->taken++;
    }
    vtd_write64(f, 0xc0, tail);
}

static void test_no_request_is_lost_while_software_drains(void)
{
    VtdFixture *f = bound();
    Drain d = { 0 };
    unsigned round, i, sent = 0;

    for (round = 0; round < 200; round++) {
        for (i = 0; i < round % 5; i++) {
            request(f, sent++);
        }
        drain(f, &d, round % 3 == 0, &sent);
    }
    for (i = 0; i < 2; i++) {
        drain(f, &d, false, &sent);
    }
    g_assert_cmpuint(sent, >, 300);
    g_assert_cmpuint(d.taken, ==, sent);
    g_assert_cmphex(prs(f), ==, 0);
    vtd_fixture_free(f);
}

/* The queue is filled between the reading of the tail and the end of it. */
static void test_refill_up_to_overflow_raises_an_event(void)
{
    VtdFixture *f = bound();
    unsigned i, n;

    request(f, 0);
    vtd_write32(f, 0xdc, PPR);
    n = vtd_msis(f, VTD_MSI_PAGE);
    for (i = 0; i < ENTRIES; i++) {
        request(f, i);
    }
    g_assert_cmphex(prs(f), ==, PPR | PRO);
    g_assert_cmpuint(vtd_msis(f, VTD_MSI_PAGE), ==, n + 1);
    /* PPR cleared, PRO not: the next overflow is nothing new... */
    vtd_write32(f, 0xdc, PPR);
    request(f, i);
    g_assert_cmpuint(vtd_msis(f, VTD_MSI_PAGE), ==, n + 1);
    /* ...after both it is. */
    vtd_write32(f, 0xdc, PRO);
    request(f, i);
    g_assert_cmphex(prs(f), ==, PRO);
    g_assert_cmpuint(vtd_msis(f, VTD_MSI_PAGE), ==, n + 2);
    vtd_fixture_free(f);
}

static void test_stop_marker_is_queued_and_never_answered(void)
{
    VtdFixture *f = bound();
    SvaPageRequest marker = {
        .pasid = P(1), .rid = VTD_RID, .prgi = 9, .last = true,
    };

    f->vtd.iommu.ops->page_request(&f->vtd.iommu, &marker);
    g_assert_cmphex(vtd_prq(f, 0, 1), ==, 0x4c);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_PAGE_STOP_MARKERS), ==, 1);
    vtd_write64(f, 0xc0, 0x40);         /* full */
    f->vtd.iommu.ops->page_request(&f->vtd.iommu, &marker);
    g_assert_cmphex(prs(f), ==, PPR | PRO);
    vtd_context(f, 0, 0);
    vtd_submit(f, 0x11, 0);
    f->vtd.iommu.ops->page_request(&f->vtd.iommu, &marker);
    g_assert_cmpuint(f->rsp_count, ==, 0);
    vtd_fixture_free(f);
}

/* PCIe r6 10.4.1.2.1: a Stop Marker has a PASID, this is a request. */
static void test_marker_without_pasid_is_a_request(void)
{
    VtdFixture *f = bound();
    SvaPageRequest req = {
        .pasid = SVA_NO_PASID, .rid = VTD_RID, .prgi = 9, .last = true,
    };

    vtd_bind(f, 0);                     /* RID_PASID */
    f->vtd.iommu.ops->page_request(&f->vtd.iommu, &req);
    g_assert_cmphex(vtd_prq(f, 0, 1), ==, 0x4c);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_PAGE_STOP_MARKERS), ==, 0);
    g_assert_cmpuint(f->rsp_count, ==, 0);
    vtd_write64(f, 0xc0, 0x40);         /* full */
    f->vtd.iommu.ops->page_request(&f->vtd.iommu, &req);
    g_assert_cmpuint(f->rsp_count, ==, 1);
    g_assert_cmphex(f->rsps[0].code, ==, SVA_PRG_SUCCESS);
    g_assert_cmpuint(f->rsps[0].prgi, ==, 9);
    g_assert_false(f->rsps[0].pasid.valid);
    vtd_fixture_free(f);
}

/* VT-d 5.10, note under Table 30: Invalid Request, no overflow. */
static void test_queue_that_is_not_memory_refuses(void)
{
    VtdFixture *f = bound();

    fake_env_hole(f->env, VTD_PRQ, 0x1000);
    expect_refused(f, P(1), 0);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_PAGE_OVERFLOW), ==, 0);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_PAGE_AUTO_NOT_PRESENT), ==, 0);
    fake_env_heal(f->env);
    request(f, 1);
    g_assert_cmphex(vtd_read64(f, 0xc8), ==, 0x20);
    vtd_fixture_free(f);
}

static void test_queue_size_is_honoured(void)
{
    VtdFixture *f = bound();
    unsigned i;

    vtd_write64(f, 0xd0, 0x1000000 | 2);
    for (i = 0; i < 4 * ENTRIES; i++) {
        request(f, i);
    }
    g_assert_cmphex(vtd_read64(f, 0xc8), ==, 0x3fe0);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_PAGE_OVERFLOW), ==, 1);
    /* Pointers beyond the queue are cut, not followed. */
    vtd_write64(f, 0xd0, 0x1000000);
    vtd_write64(f, 0xc0, 0x7ffe0);
    vtd_write64(f, 0xc8, 0x7f000);
    vtd_write32(f, 0xdc, PRO);
    request(f, 1);
    g_assert_cmphex(vtd_read64(f, 0xc8), ==, 0x20);
    vtd_fixture_free(f);
}

/* A stale translation must not make the function ask for ever. */
static void test_request_drops_the_translation_of_its_page(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    vtd_bind(f, 1);
    vtd_bind(f, 2);
    vtd_map(f, 0x1000, 0xa000, true);
    vtd_map(f, 0x2000, 0xb000, true);
    vtd_ats(f, P(1), 0x1000, SVA_READ);
    vtd_ats(f, P(1), 0x2000, SVA_READ);
    vtd_ats(f, P(2), 0x1000, SVA_READ);
    vtd_map(f, 0x1000, 0xc000, true);
    vtd_map(f, 0x2000, 0xd000, true);
    vtd_page_request(f, P(1), 0x1000, 1, true);
    g_assert_cmphex(vtd_ats(f, P(1), 0x1000, SVA_READ).map.addr, ==,
                    0xc000);
    /* That page of that PASID and no other. */
    g_assert_cmphex(vtd_ats(f, P(1), 0x2000, SVA_READ).map.addr, ==,
                    0xb000);
    g_assert_cmphex(vtd_ats(f, P(2), 0x1000, SVA_READ).map.addr, ==,
                    0xa000);
    vtd_fixture_free(f);
}

/* Second-stage entries have no PASID; the domain tells them apart. */
static void test_request_drops_the_page_of_its_domain(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    vtd_pasid(f, 1, VTD_SECOND | 0x89, 5, 0);
    vtd_pasid(f, 2, VTD_SECOND | 0x89, 6, 0);
    vtd_map_second(f, 0x1000, 0xa000, true);
    vtd_ats(f, P(1), 0x1000, SVA_READ);
    vtd_ats(f, P(2), 0x1000, SVA_READ);
    vtd_map_second(f, 0x1000, 0xc000, true);
    vtd_page_request(f, P(1), 0x1000, 1, true);
    g_assert_cmphex(vtd_ats(f, P(1), 0x1000, SVA_READ).map.addr, ==,
                    0xc000);
    g_assert_cmphex(vtd_ats(f, P(2), 0x1000, SVA_READ).map.addr, ==,
                    0xa000);
    vtd_fixture_free(f);
}

static void test_responses_reach_the_function(void)
{
    static const SvaPrgCode codes[] = {
        [0] = SVA_PRG_SUCCESS, [1] = SVA_PRG_INVALID, [2] = SVA_PRG_FAILURE,
        [7] = SVA_PRG_FAILURE, [15] = SVA_PRG_FAILURE,
    };
    static const unsigned raw[] = { 0, 1, 2, 7, 15 };
    VtdFixture *f = vtd_fixture_scalable(NULL);
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(raw); i++) {
        vtd_submit(f, 0x0000000301100019 | raw[i] << 12,
                   (0x100 + i) << 3 | 4);
        g_assert_cmpuint(f->rsp_count, ==, i + 1);
        g_assert_cmpuint(f->rsps[i].code, ==, codes[raw[i]]);
        g_assert_cmphex(f->rsps[i].prgi, ==, 0x100 + i);
        g_assert_cmphex(f->rsps[i].rid, ==, VTD_RID);
        g_assert_true(sva_pasid_equal(f->rsps[i].pasid, P(3)));
    }
    /* PP=0: the PASID field means nothing. */
    vtd_submit(f, 0x0000000301100009, 0);
    g_assert_false(f->rsps[i].pasid.valid);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_PAGE_SUCCESS), ==, 2);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_PAGE_INVALID), ==, 1);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_PAGE_FAILURE), ==, 3);
    vtd_fixture_free(f);
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
    CASE(marker_without_pasid_is_a_request);
    CASE(queue_that_is_not_memory_refuses);
    CASE(queue_size_is_honoured);
    CASE(request_drops_the_translation_of_its_page);
    CASE(request_drops_the_page_of_its_domain);
    CASE(responses_reach_the_function);
    return g_test_run();
}

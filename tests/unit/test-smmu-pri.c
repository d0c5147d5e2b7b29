/*
 * SMMUv3: page requests: acceptance, overflow, automatic responses
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "smmu-fixture.h"

#define ENTRIES  (1u << SMMU_PRIQ_LOG2)
#define PRIQ_ERR 0x8
#define P        sva_pasid(5)

static void request(SmmuBench *b, unsigned prgi, bool last)
{
    smmu_bench_page_request(b, P, 0x1000, SVA_READ, prgi, last);
}

static void marker(SmmuBench *b, SvaPasid pasid)
{
    smmu_bench_page_request(b, pasid, 0, SVA_NONE, 0, true);
}

static void fill(SmmuBench *b)
{
    unsigned i;

    for (i = 0; i < ENTRIES; i++) {
        request(b, i, false);
    }
}

static void expect_response(SmmuBench *b, unsigned n, unsigned prgi,
                            SvaPrgCode code, SvaPasid pasid)
{
    g_assert_cmpuint(b->rsp_count, ==, n + 1);
    g_assert_cmphex(b->rsps[n].rid, ==, SMMU_RID);
    g_assert_cmphex(b->rsps[n].prgi, ==, prgi);
    g_assert_cmphex(b->rsps[n].code, ==, code);
    g_assert_true(sva_pasid_equal(b->rsps[n].pasid, pasid));
}

/* Words of the STE of SMMU_RID: V, Config=0b100, and @qw1. */
static void set_ste(SmmuBench *b, uint64_t qw0, uint64_t qw1)
{
    fake_put64(b->f, SMMU_STRTAB + SMMU_RID * 64, qw0);
    fake_put64(b->f, SMMU_STRTAB + SMMU_RID * 64 + 8, qw1);
    smmu_bench_submit(b, 0x03 | (uint64_t)SMMU_RID << 32, 1);
}

/* No STE says that the function may: there is none. */
static void test_accepted(void)
{
    SmmuBench *b = smmu_bench_start(NULL);

    request(b, 1, false);
    request(b, 1, true);
    g_assert_cmphex(smmu_read32(b, 0x100c8), ==, 2);
    g_assert_cmphex(smmu_bench_pri(b, 0, 0), ==, 0x9000000500000110);
    g_assert_cmphex(smmu_bench_pri(b, 1, 0), ==, 0xd000000500000110);
    g_assert_cmphex(smmu_bench_pri(b, 1, 1), ==, 0x1001);
    g_assert_cmpuint(b->rsp_count, ==, 0);
    g_assert_cmphex(smmu_bench_event(b, NULL), ==, 0);
    g_assert_cmpuint(fake_env_event_count(b->f, SVA_EV_PRQ), ==, 2);
    g_assert_cmpuint(smmu_count(b, SVA_SMMU_CNT_PAGE_QUEUED), ==, 2);
    smmu_bench_free(b);
}

static void test_stop_marker(void)
{
    SmmuBench *b = smmu_bench_start(NULL);

    marker(b, P);
    g_assert_cmphex(smmu_bench_pri(b, 0, 0), ==, 0xc000000500000110);
    g_assert_cmpuint(smmu_count(b, SVA_SMMU_CNT_PAGE_STOP_MARKERS), ==, 1);
    marker(b, SVA_NO_PASID);            /* an ordinary request */
    g_assert_cmphex(smmu_bench_pri(b, 1, 0), ==, 0x4000000000000110);
    g_assert_cmpuint(smmu_count(b, SVA_SMMU_CNT_PAGE_STOP_MARKERS), ==, 1);
    smmu_bench_free(b);
}

/*
 * Off in one way or another: Failure, without PASID, to each request, be it
 * the last of its group or not (IHI 0070 G.b 8.2).
 */
static void expect_refusal(SmmuBench *b)
{
    unsigned n = b->rsp_count;

    request(b, 9, true);
    expect_response(b, n, 9, SVA_PRG_FAILURE, SVA_NO_PASID);
    request(b, 8, false);
    expect_response(b, n + 1, 8, SVA_PRG_FAILURE, SVA_NO_PASID);
    marker(b, P);
    g_assert_cmpuint(b->rsp_count, ==, n + 2);
    g_assert_cmphex(smmu_read32(b, 0x100c8), ==, 0);
    g_assert_cmpuint(smmu_count(b, SVA_SMMU_CNT_PAGE_REFUSED), >=, 3);
}

static void test_disabled(void)
{
    SvaSmmuConfig c = sva_smmu_default_config;
    SmmuBench *b = smmu_bench_start(NULL);

    smmu_write32(b, 0x20, 0x1d);        /* PRIQEN=0 */
    expect_refusal(b);
    smmu_write32(b, 0x20, 0x1e);        /* SMMUEN=0 */
    g_assert_cmphex(smmu_read32(b, 0x24), ==, 0x1e);
    expect_refusal(b);
    g_assert_cmpuint(fake_env_event_count(b->f, SVA_EV_PRQ_AUTO), ==, 4);
    smmu_bench_free(b);

    c.pri = false;
    b = smmu_bench_start(&c);
    expect_refusal(b);
    smmu_bench_free(b);
}

static void test_queue_that_is_not_memory(void)
{
    SmmuBench *b = smmu_bench_start(NULL);

    fake_env_read_only(b->f, SMMU_PRIQ, 0x1000);
    request(b, 1, true);
    expect_response(b, 0, 1, SVA_PRG_FAILURE, SVA_NO_PASID);
    g_assert_cmphex(smmu_bench_active(b), ==, PRIQ_ERR);
    request(b, 2, false);
    expect_response(b, 1, 2, SVA_PRG_FAILURE, SVA_NO_PASID);
    fake_env_heal(b->f);
    expect_refusal(b);                  /* the error stops it */
    g_assert_cmphex(smmu_bench_gerror(b), ==, PRIQ_ERR);
    request(b, 1, true);
    g_assert_cmphex(smmu_read32(b, 0x100c8), ==, 1);
    smmu_bench_free(b);
}

/* Nothing is written until the overflow is acknowledged. */
static void test_overflow(void)
{
    SmmuBench *b = smmu_bench_start(NULL);

    fill(b);
    g_assert_cmphex(smmu_read32(b, 0x100c8), ==, ENTRIES);
    smmu_bench_page_request(b, SVA_NO_PASID, 0x1000, SVA_READ, 3, false);
    g_assert_cmphex(smmu_read32(b, 0x100c8), ==, 0x80000000 | ENTRIES);
    g_assert_cmpuint(b->rsp_count, ==, 0);
    smmu_bench_page_request(b, SVA_NO_PASID, 0x1000, SVA_READ, 3, true);
    expect_response(b, 0, 3, SVA_PRG_SUCCESS, SVA_NO_PASID);
    marker(b, P);
    g_assert_cmpuint(b->rsp_count, ==, 1);
    g_assert_cmphex(smmu_read32(b, 0x100c8), ==, 0x80000000 | ENTRIES);
    /* There is room, but no acknowledgement. */
    smmu_write32(b, 0x100cc, ENTRIES);
    smmu_bench_page_request(b, SVA_NO_PASID, 0x1000, SVA_READ, 4, true);
    expect_response(b, 1, 4, SVA_PRG_SUCCESS, SVA_NO_PASID);
    smmu_write32(b, 0x100cc, 0x80000000 | ENTRIES);
    request(b, 5, true);
    g_assert_cmphex(smmu_read32(b, 0x100c8), ==, 0x80000000 | (ENTRIES + 1));
    g_assert_cmpuint(b->rsp_count, ==, 2);
    g_assert_cmpuint(smmu_count(b, SVA_SMMU_CNT_PAGE_OVERFLOW), ==, 4);
    smmu_bench_free(b);
}

/* With a PASID the STE says whether the response has it. */
static void test_overflow_and_pasid(void)
{
    SmmuBench *b = smmu_bench_start(NULL);

    fill(b);
    request(b, 1, true);                /* no valid STE */
    expect_response(b, 0, 1, SVA_PRG_FAILURE, SVA_NO_PASID);
    set_ste(b, 0x9, 0);
    request(b, 2, true);
    expect_response(b, 1, 2, SVA_PRG_SUCCESS, SVA_NO_PASID);
    set_ste(b, 0x9, 1 << 18);           /* PPAR */
    request(b, 3, true);
    expect_response(b, 2, 3, SVA_PRG_SUCCESS, P);
    /* Without a PASID it is not asked. */
    set_ste(b, 0, 0);
    smmu_bench_page_request(b, SVA_NO_PASID, 0x1000, SVA_READ, 4, true);
    expect_response(b, 3, 4, SVA_PRG_SUCCESS, SVA_NO_PASID);
    g_assert_cmphex(smmu_bench_event(b, NULL), ==, 0);
    smmu_bench_free(b);
}

static void take_all(SmmuBench *b)
{
    smmu_write32(b, 0x100cc, smmu_read32(b, 0x100c8));
}

static void test_interrupt_when_it_was_empty(void)
{
    SmmuBench *b = smmu_bench_start(NULL);

    request(b, 1, false);
    request(b, 1, true);
    g_assert_cmpuint(b->irqs[SVA_SMMU_IRQ_PRIQ], ==, 1);
    take_all(b);
    request(b, 1, true);
    g_assert_cmpuint(b->irqs[SVA_SMMU_IRQ_PRIQ], ==, 2);
    smmu_bench_free(b);
}

/* LO: for each last request, also one that overflow drops. */
static void test_interrupt_for_each_group(void)
{
    SmmuBench *b = smmu_bench_new(NULL);

    smmu_write32(b, 0xdc, 0x80000000);
    smmu_bench_enable(b);
    request(b, 1, false);
    g_assert_cmpuint(b->irqs[SVA_SMMU_IRQ_PRIQ], ==, 0);
    request(b, 1, true);
    request(b, 1, true);
    g_assert_cmpuint(b->irqs[SVA_SMMU_IRQ_PRIQ], ==, 2);
    fill(b);
    request(b, 1, true);
    g_assert_cmpuint(b->irqs[SVA_SMMU_IRQ_PRIQ], ==, 3);
    smmu_write32(b, 0x20, 0x1d);
    request(b, 1, true);                /* dropped for another reason */
    g_assert_cmpuint(b->irqs[SVA_SMMU_IRQ_PRIQ], ==, 3);
    smmu_bench_free(b);
}

static void test_message(void)
{
    SmmuBench *b = smmu_bench_new(NULL);

    smmu_write64(b, 0xd0, 0x70000);
    smmu_write32(b, 0xd8, 0x77);
    smmu_bench_enable(b);
    request(b, 1, true);
    g_assert_cmphex(fake_get32(b->f, 0x70000), ==, 0x77);
    fake_env_hole(b->f, 0x70000, 0x1000);
    b->no_messages = true;
    take_all(b);
    request(b, 1, true);
    /* MSI_PRIQ_ABT_ERR */
    g_assert_cmphex(smmu_bench_active(b), ==, 0x40);
    smmu_bench_free(b);
}

/* Software's answers, counted by kind; SMMUEN=0: none is sent. */
static void test_responses(void)
{
    SmmuBench *b = smmu_bench_start(NULL);
    uint64_t cmd = 0x5841 | (uint64_t)SMMU_RID << 32;

    smmu_bench_submit(b, cmd, 2 << 12 | 7);
    expect_response(b, 0, 7, SVA_PRG_SUCCESS, P);
    smmu_bench_submit(b, cmd, 1 << 12 | 7);
    smmu_bench_submit(b, cmd, 7);
    g_assert_cmpuint(smmu_count(b, SVA_SMMU_CNT_PAGE_SUCCESS), ==, 1);
    g_assert_cmpuint(smmu_count(b, SVA_SMMU_CNT_PAGE_INVALID), ==, 1);
    g_assert_cmpuint(smmu_count(b, SVA_SMMU_CNT_PAGE_FAILURE), ==, 1);
    g_assert_cmphex(fake_env_event(b->f, SVA_EV_PRG_RESPONSE, 0)->data0, ==,
                    7);
    smmu_bench_submit(b, cmd | 1ull << 48, 7);  /* no such stream */
    smmu_write32(b, 0x20, 0x1e);
    smmu_bench_submit(b, cmd, 7);
    smmu_write32(b, 0x20, 0xf);
    g_assert_true(smmu_bench_idle(b));
    g_assert_cmpuint(b->rsp_count, ==, 3);
    smmu_bench_free(b);
}

/*
 * SSIDSIZE=0: records have neither SSV nor what comes with it, stop markers
 * are requests, responses have no PASID (IHI 0070 G.b chapter 8, 4.5.2).
 */
static void test_without_substreams(void)
{
    SvaSmmuConfig c = sva_smmu_default_config;
    SmmuBench *b;

    c.ssid_bits = 0;
    b = smmu_bench_start(&c);
    smmu_bench_page_request(b, P, 0x1000, SVA_READ | SVA_EXEC | SVA_PRIV, 6,
                            true);
    g_assert_cmphex(smmu_bench_pri(b, 0, 0), ==, 0x5000000000000110);
    marker(b, P);
    g_assert_cmphex(smmu_bench_pri(b, 1, 0), ==, 0x4000000000000110);
    g_assert_cmpuint(smmu_count(b, SVA_SMMU_CNT_PAGE_STOP_MARKERS), ==, 0);
    smmu_bench_submit(b, 0x5841 | (uint64_t)SMMU_RID << 32, 2 << 12 | 6);
    expect_response(b, 0, 6, SVA_PRG_SUCCESS, SVA_NO_PASID);
    /* Overflow: as a request without PASID */
    fill(b);
    request(b, 7, true);
    expect_response(b, 1, 7, SVA_PRG_SUCCESS, SVA_NO_PASID);
    smmu_bench_free(b);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CASE(fn) g_test_add_func("/smmu/pri/" #fn, test_##fn)
    CASE(accepted);
    CASE(stop_marker);
    CASE(disabled);
    CASE(queue_that_is_not_memory);
    CASE(overflow);
    CASE(overflow_and_pasid);
    CASE(interrupt_when_it_was_empty);
    CASE(interrupt_for_each_group);
    CASE(message);
    CASE(responses);
    CASE(without_substreams);
    return g_test_run();
}

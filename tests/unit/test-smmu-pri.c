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

static void request(SmmuFixture *f, unsigned prgi, bool last)
{
    smmu_page_request(f, P, 0x1000, SVA_READ, prgi, last);
}

static void marker(SmmuFixture *f, SvaPasid pasid)
{
    smmu_page_request(f, pasid, 0, SVA_NONE, 0, true);
}

static void fill(SmmuFixture *f)
{
    unsigned i;

    for (i = 0; i < ENTRIES; i++) {
        request(f, i, false);
    }
}

static void expect_response(SmmuFixture *f, unsigned n, unsigned prgi,
                            SvaPrgCode code, SvaPasid pasid)
{
    g_assert_cmpuint(f->rsp_count, ==, n + 1);
    g_assert_cmphex(f->rsps[n].rid, ==, SMMU_RID);
    g_assert_cmphex(f->rsps[n].prgi, ==, prgi);
    g_assert_cmphex(f->rsps[n].code, ==, code);
    g_assert_true(sva_pasid_equal(f->rsps[n].pasid, pasid));
}

/* Words of the STE of SMMU_RID: V, Config=0b100, and @qw1. */
static void set_ste(SmmuFixture *f, uint64_t qw0, uint64_t qw1)
{
    fake_put64(f->env, SMMU_STRTAB + SMMU_RID * 64, qw0);
    fake_put64(f->env, SMMU_STRTAB + SMMU_RID * 64 + 8, qw1);
    smmu_submit(f, 0x03 | (uint64_t)SMMU_RID << 32, 1);
}

/* No STE says that the function may: there is none. */
static void test_accepted(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);

    request(f, 1, false);
    request(f, 1, true);
    g_assert_cmphex(smmu_read32(f, 0x100c8), ==, 2);
    g_assert_cmphex(smmu_pri(f, 0, 0), ==, 0x9000000500000110);
    g_assert_cmphex(smmu_pri(f, 1, 0), ==, 0xd000000500000110);
    g_assert_cmphex(smmu_pri(f, 1, 1), ==, 0x1001);
    g_assert_cmpuint(f->rsp_count, ==, 0);
    g_assert_cmphex(smmu_event(f, NULL), ==, 0);
    g_assert_cmpuint(fake_env_event_count(f->env, SVA_EV_PRQ), ==, 2);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_PAGE_QUEUED), ==, 2);
    smmu_fixture_free(f);
}

static void test_stop_marker(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);

    marker(f, P);
    g_assert_cmphex(smmu_pri(f, 0, 0), ==, 0xc000000500000110);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_PAGE_STOP_MARKERS), ==, 1);
    marker(f, SVA_NO_PASID);            /* an ordinary request */
    g_assert_cmphex(smmu_pri(f, 1, 0), ==, 0x4000000000000110);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_PAGE_STOP_MARKERS), ==, 1);
    smmu_fixture_free(f);
}

/*
 * Off in one way or another: Failure, without PASID, to each request, be it
 * the last of its group or not (IHI 0070 G.b 8.2).
 */
static void expect_refusal(SmmuFixture *f)
{
    unsigned n = f->rsp_count;

    request(f, 9, true);
    expect_response(f, n, 9, SVA_PRG_FAILURE, SVA_NO_PASID);
    request(f, 8, false);
    expect_response(f, n + 1, 8, SVA_PRG_FAILURE, SVA_NO_PASID);
    marker(f, P);
    g_assert_cmpuint(f->rsp_count, ==, n + 2);
    g_assert_cmphex(smmu_read32(f, 0x100c8), ==, 0);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_PAGE_REFUSED), >=, 3);
}

static void test_disabled(void)
{
    SvaSmmuConfig c = sva_smmu_default_config;
    SmmuFixture *f = smmu_fixture_start(NULL);

    smmu_write32(f, 0x20, 0x1d);        /* PRIQEN=0 */
    expect_refusal(f);
    smmu_write32(f, 0x20, 0x1e);        /* SMMUEN=0 */
    g_assert_cmphex(smmu_read32(f, 0x24), ==, 0x1e);
    expect_refusal(f);
    g_assert_cmpuint(fake_env_event_count(f->env, SVA_EV_PRQ_AUTO), ==, 4);
    smmu_fixture_free(f);

    c.pri = false;
    f = smmu_fixture_start(&c);
    expect_refusal(f);
    smmu_fixture_free(f);
}

static void test_queue_that_is_not_memory(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);

    fake_env_read_only(f->env, SMMU_PRIQ, 0x1000);
    request(f, 1, true);
    expect_response(f, 0, 1, SVA_PRG_FAILURE, SVA_NO_PASID);
    g_assert_cmphex(smmu_active(f), ==, PRIQ_ERR);
    request(f, 2, false);
    expect_response(f, 1, 2, SVA_PRG_FAILURE, SVA_NO_PASID);
    fake_env_heal(f->env);
    expect_refusal(f);                  /* the error stops it */
    g_assert_cmphex(smmu_gerror(f), ==, PRIQ_ERR);
    request(f, 1, true);
    g_assert_cmphex(smmu_read32(f, 0x100c8), ==, 1);
    smmu_fixture_free(f);
}

/* Nothing is written until the overflow is acknowledged. */
static void test_overflow(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);

    fill(f);
    g_assert_cmphex(smmu_read32(f, 0x100c8), ==, ENTRIES);
    smmu_page_request(f, SVA_NO_PASID, 0x1000, SVA_READ, 3, false);
    g_assert_cmphex(smmu_read32(f, 0x100c8), ==, 0x80000000 | ENTRIES);
    g_assert_cmpuint(f->rsp_count, ==, 0);
    smmu_page_request(f, SVA_NO_PASID, 0x1000, SVA_READ, 3, true);
    expect_response(f, 0, 3, SVA_PRG_SUCCESS, SVA_NO_PASID);
    marker(f, P);
    g_assert_cmpuint(f->rsp_count, ==, 1);
    g_assert_cmphex(smmu_read32(f, 0x100c8), ==, 0x80000000 | ENTRIES);
    /* There is room, but no acknowledgement. */
    smmu_write32(f, 0x100cc, ENTRIES);
    smmu_page_request(f, SVA_NO_PASID, 0x1000, SVA_READ, 4, true);
    expect_response(f, 1, 4, SVA_PRG_SUCCESS, SVA_NO_PASID);
    smmu_write32(f, 0x100cc, 0x80000000 | ENTRIES);
    request(f, 5, true);
    g_assert_cmphex(smmu_read32(f, 0x100c8), ==, 0x80000000 | (ENTRIES + 1));
    g_assert_cmpuint(f->rsp_count, ==, 2);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_PAGE_OVERFLOW), ==, 4);
    smmu_fixture_free(f);
}

/* With a PASID the STE says whether the response has it. */
static void test_overflow_and_pasid(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);

    fill(f);
    request(f, 1, true);                /* no valid STE */
    expect_response(f, 0, 1, SVA_PRG_FAILURE, SVA_NO_PASID);
    set_ste(f, 0x9, 0);
    request(f, 2, true);
    expect_response(f, 1, 2, SVA_PRG_SUCCESS, SVA_NO_PASID);
    set_ste(f, 0x9, 1 << 18);           /* PPAR */
    request(f, 3, true);
    expect_response(f, 2, 3, SVA_PRG_SUCCESS, P);
    /* Without a PASID it is not asked. */
    set_ste(f, 0, 0);
    smmu_page_request(f, SVA_NO_PASID, 0x1000, SVA_READ, 4, true);
    expect_response(f, 3, 4, SVA_PRG_SUCCESS, SVA_NO_PASID);
    g_assert_cmphex(smmu_event(f, NULL), ==, 0);
    smmu_fixture_free(f);
}

static void take_all(SmmuFixture *f)
{
    smmu_write32(f, 0x100cc, smmu_read32(f, 0x100c8));
}

static void test_interrupt_when_it_was_empty(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);

    request(f, 1, false);
    request(f, 1, true);
    g_assert_cmpuint(f->irqs[SVA_SMMU_IRQ_PRIQ], ==, 1);
    take_all(f);
    request(f, 1, true);
    g_assert_cmpuint(f->irqs[SVA_SMMU_IRQ_PRIQ], ==, 2);
    smmu_fixture_free(f);
}

/* LO: for each last request, also one that overflow drops. */
static void test_interrupt_for_each_group(void)
{
    SmmuFixture *f = smmu_fixture_new(NULL);

    smmu_write32(f, 0xdc, 0x80000000);
    smmu_enable(f);
    request(f, 1, false);
    g_assert_cmpuint(f->irqs[SVA_SMMU_IRQ_PRIQ], ==, 0);
    request(f, 1, true);
    request(f, 1, true);
    g_assert_cmpuint(f->irqs[SVA_SMMU_IRQ_PRIQ], ==, 2);
    fill(f);
    request(f, 1, true);
    g_assert_cmpuint(f->irqs[SVA_SMMU_IRQ_PRIQ], ==, 3);
    smmu_write32(f, 0x20, 0x1d);
    request(f, 1, true);                /* dropped for another reason */
    g_assert_cmpuint(f->irqs[SVA_SMMU_IRQ_PRIQ], ==, 3);
    smmu_fixture_free(f);
}

static void test_message(void)
{
    SmmuFixture *f = smmu_fixture_new(NULL);

    smmu_write64(f, 0xd0, 0x70000);
    smmu_write32(f, 0xd8, 0x77);
    smmu_enable(f);
    request(f, 1, true);
    g_assert_cmphex(fake_get32(f->env, 0x70000), ==, 0x77);
    fake_env_hole(f->env, 0x70000, 0x1000);
    f->no_messages = true;
    take_all(f);
    request(f, 1, true);
    /* MSI_PRIQ_ABT_ERR */
    g_assert_cmphex(smmu_active(f), ==, 0x40);
    smmu_fixture_free(f);
}

/* Software's answers, counted by kind; SMMUEN=0: none is sent. */
static void test_responses(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);
    uint64_t cmd = 0x5841 | (uint64_t)SMMU_RID << 32;

    smmu_submit(f, cmd, 2 << 12 | 7);
    expect_response(f, 0, 7, SVA_PRG_SUCCESS, P);
    smmu_submit(f, cmd, 1 << 12 | 7);
    smmu_submit(f, cmd, 7);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_PAGE_SUCCESS), ==, 1);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_PAGE_INVALID), ==, 1);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_PAGE_FAILURE), ==, 1);
    g_assert_cmphex(fake_env_event(f->env, SVA_EV_PRG_RESPONSE, 0)
                    ->response.prgi, ==, 7);
    smmu_submit(f, cmd | 1ull << 48, 7);  /* no such stream */
    smmu_write32(f, 0x20, 0x1e);
    smmu_submit(f, cmd, 7);
    smmu_write32(f, 0x20, 0xf);
    g_assert_true(smmu_idle(f));
    g_assert_cmpuint(f->rsp_count, ==, 3);
    smmu_fixture_free(f);
}

/*
 * SSIDSIZE=0: records have neither SSV nor what comes with it, stop markers
 * are requests, responses have no PASID (IHI 0070 G.b chapter 8, 4.5.2).
 */
static void test_without_substreams(void)
{
    SvaSmmuConfig c = sva_smmu_default_config;
    SmmuFixture *f;

    c.ssid_bits = 0;
    f = smmu_fixture_start(&c);
    smmu_page_request(f, P, 0x1000, SVA_READ | SVA_EXEC | SVA_PRIV, 6,
                      true);
    g_assert_cmphex(smmu_pri(f, 0, 0), ==, 0x5000000000000110);
    marker(f, P);
    g_assert_cmphex(smmu_pri(f, 1, 0), ==, 0x4000000000000110);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_PAGE_STOP_MARKERS), ==, 0);
    smmu_submit(f, 0x5841 | (uint64_t)SMMU_RID << 32, 2 << 12 | 6);
    expect_response(f, 0, 6, SVA_PRG_SUCCESS, SVA_NO_PASID);
    /* Overflow: as a request without PASID */
    fill(f);
    request(f, 7, true);
    expect_response(f, 1, 7, SVA_PRG_SUCCESS, SVA_NO_PASID);
    smmu_fixture_free(f);
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

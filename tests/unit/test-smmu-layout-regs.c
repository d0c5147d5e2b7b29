/*
 * SMMUv3: records and commands, bit by bit, against literal values
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/sva/smmuv3/fault.h"
#include "smmu-fixture.h"

/* -- event records -- */

#define ADDR  0xfedcba9876543210ull
#define IPA   0x0000123456789abcull
#define FETCH 0x000fedcba98765b8ull
#define HEAD  0x00001234abcde800ull     /* StreamID, SubstreamID, SSV */
#define ATTR  0x0000028e00000000ull     /* CLASS=IN S2 RnW InD PnU */

static const SvaSmmuFault fault_of = {
    .cls = SVA_SMMU_CLASS_IN, .s2 = true, .ttrnw = true, .ssid = 0x54321,
    .ipa = IPA, .fetch = FETCH,
};

static const SvaSmmuTransaction client_of = {
    .req = {
        .addr = ADDR, .pasid = { 0xabcde, true }, .rid = 0x1234,
        .access = SVA_READ,
    },
    .pnu = true, .ind = true,
};

static void expect_words(const SvaSmmuFault *fault,
                         const SvaSmmuTransaction *txn, bool stall,
                         uint64_t w0, uint64_t w1, uint64_t w2, uint64_t w3)
{
    uint64_t words[4];

    sva_smmu_event_encode(fault, txn, stall, 0x5a5b, words);
    g_assert_cmphex(words[0], ==, w0);
    g_assert_cmphex(words[1], ==, w1);
    g_assert_cmphex(words[2], ==, w2);
    g_assert_cmphex(words[3], ==, w3);
}

static void test_events(void)
{
    static const struct {
        uint8_t id;
        uint64_t w[4];
    } rows[] = {
        { 0x02, { HEAD, 0, 0, 0 } },
        { 0x03, { HEAD, 0, 0, FETCH } },
        { 0x04, { HEAD, 0, 0, 0 } },
        { 0x05, { HEAD, 0x80000001, ADDR & ~0xfffull, 0 } },
        { 0x06, { HEAD, 0, 0, 0 } },
        { 0x07, { HEAD, 0x800000000, ADDR, 0 } },
        { 0x08, { 0x0000123454321000, 0, 0, 0 } },
        { 0x09, { HEAD, 0, 0, FETCH } },
        { 0x0a, { HEAD, 0, 0, 0 } },
        { 0x0b, { HEAD, ATTR, ADDR, FETCH } },
        { 0x10, { HEAD, ATTR, ADDR, IPA & ~0xfffull } },
        { 0x11, { HEAD, ATTR, ADDR, IPA & ~0xfffull } },
        { 0x12, { HEAD, ATTR, ADDR, IPA & ~0xfffull } },
        { 0x13, { HEAD, ATTR, ADDR, IPA & ~0xfffull } },
    };
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        SvaSmmuFault fault = fault_of;

        fault.event = rows[i].id;
        expect_words(&fault, &client_of, false, rows[i].w[0] | rows[i].id,
                     rows[i].w[1], rows[i].w[2], rows[i].w[3]);
        /* Four of them can stall. */
        expect_words(&fault, &client_of, true, rows[i].w[0] | rows[i].id,
                     rows[i].w[1] | (rows[i].id >= 0x10 ? 0x80005a5b : 0),
                     rows[i].w[2], rows[i].w[3]);
    }
}

static void test_event_attributes(void)
{
    SvaSmmuFault fault = fault_of;
    SvaSmmuTransaction txn = client_of;

    fault.event = 0x10;
    txn.pnu = false;
    expect_words(&fault, &txn, false, HEAD | 0x10, 0x28c00000000, ADDR,
                 IPA & ~0xfffull);
    txn.ind = false;
    expect_words(&fault, &txn, false, HEAD | 0x10, 0x28800000000, ADDR,
                 IPA & ~0xfffull);
    fault.s2 = false;                   /* and no IPA */
    expect_words(&fault, &txn, false, HEAD | 0x10, 0x20800000000, ADDR,
                 0);
    fault.cls = SVA_SMMU_CLASS_TT;
    expect_words(&fault, &txn, false, HEAD | 0x10, 0x10800000000, ADDR,
                 0);
    fault.cls = SVA_SMMU_CLASS_CD;
    expect_words(&fault, &txn, false, HEAD | 0x10, 0x00800000000, ADDR,
                 0);
    /* A write is data, and so is what reads and writes. */
    txn = client_of;
    txn.req.access = SVA_WRITE;
    expect_words(&fault, &txn, false, HEAD | 0x10, 0x00200000000, ADDR,
                 0);
    txn.req.access = SMMU_RW;
    expect_words(&fault, &txn, false, HEAD | 0x10, 0x00200000000, ADDR,
                 0);
    /* TTRnW belongs to F_PERMISSION with CLASS=TT. */
    fault = fault_of;
    fault.event = 0x13;
    fault.cls = SVA_SMMU_CLASS_TT;
    expect_words(&fault, &client_of, false, HEAD | 0x13, 0x118e00000000,
                 ADDR, IPA & ~0xfffull);
    fault.ttrnw = false;
    expect_words(&fault, &client_of, false, HEAD | 0x13, 0x018e00000000,
                 ADDR, IPA & ~0xfffull);
}

static void test_event_without_substream(void)
{
    SvaSmmuFault fault = fault_of;
    SvaSmmuTransaction txn = client_of;

    txn.req.pasid = SVA_NO_PASID;
    fault.event = 0x10;
    expect_words(&fault, &txn, false, 0x0000123400000010, ATTR, ADDR,
                 IPA & ~0xfffull);
    txn.req.pasid = sva_pasid(0);    /* not the same as none */
    expect_words(&fault, &txn, false, 0x0000123400000810, ATTR, ADDR,
                 IPA & ~0xfffull);
}

static void test_translation_request_rights(void)
{
    SvaSmmuFault fault = { .event = 0x05 };
    SvaSmmuTransaction txn = client_of;

    txn.req.access = SVA_READ | SVA_WRITE | SVA_EXEC | SVA_PRIV;
    expect_words(&fault, &txn, false, HEAD | 0x05, 0xf0000001,
                 ADDR & ~0xfffull, 0);
}

/* -- page request records -- */

static void expect_pri(SvaPasid pasid, uint64_t addr, uint8_t access,
                       unsigned prgi, bool last, uint64_t w0, uint64_t w1)
{
    SmmuFixture *f = smmu_fixture_start(NULL);

    smmu_page_request(f, pasid, addr, access, prgi, last);
    g_assert_cmphex(smmu_pri(f, 0, 0), ==, w0);
    g_assert_cmphex(smmu_pri(f, 0, 1), ==, w1);
    smmu_fixture_free(f);
}

static void test_page_requests(void)
{
    const uint8_t all = SVA_READ | SVA_WRITE | SVA_EXEC | SVA_PRIV;
    SvaPasid p = sva_pasid(0xabcde);

    expect_pri(p, 0xfedcba9876543000, SVA_READ, 0x1ff, false,
               0x900abcde00000110, 0xfedcba98765431ff);
    expect_pri(p, 0x1000, SVA_WRITE, 0, false, 0xa00abcde00000110, 0x1000);
    expect_pri(p, 0x1000, SVA_EXEC, 0, false, 0x880abcde00000110, 0x1000);
    expect_pri(p, 0x1000, SVA_PRIV, 0, false, 0x840abcde00000110, 0x1000);
    expect_pri(p, 0x1000, 0, 1, true, 0xc00abcde00000110, 0x1001);
    expect_pri(sva_pasid(0), 0x1000, SVA_READ, 0, false, 0x9000000000000110,
               0x1000);
    /* Without PASID there is neither X nor Priv. */
    expect_pri(SVA_NO_PASID, 0x1000, all, 0x100, true, 0x7000000000000110,
               0x1100);
}

/* -- commands: the fields as functions and the fabric see them -- */

static const SvaAtcInvalidation *atc_inv(SmmuFixture *f, uint64_t qw0,
                                         uint64_t qw1)
{
    unsigned n = f->inv_count;

    smmu_submit(f, 0x40 | qw0, qw1);
    g_assert_cmpuint(f->inv_count, ==, n + 1);
    return &f->invs[n];
}

static void expect_inv(const SvaAtcInvalidation *inv, uint16_t rid,
                       uint64_t addr, uint64_t mask, SvaPasid pasid,
                       bool global)
{
    g_assert_cmphex(inv->rid, ==, rid);
    g_assert_cmphex(inv->addr, ==, addr);
    g_assert_cmphex(inv->mask, ==, mask);
    g_assert_true(sva_pasid_equal(inv->pasid, pasid));
    g_assert_true(inv->global == global);
}

static void test_atc_inv(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);

    expect_inv(atc_inv(f, 0x0000fedc00000000, 0x123456789abcd000), 0xfedc,
               0x123456789abcd000, 0xfff, SVA_NO_PASID, false);
    expect_inv(atc_inv(f, 0x00000001fffff800, 0xffffffffffff0004), 1,
               0xffffffffffff0000, 0xffff, sva_pasid(0xfffff), false);
    expect_inv(atc_inv(f, 0x0000000200001a00, 0), 2, 0, 0xfff,
               sva_pasid(1), true);
    /* The base is aligned down; 52 is everything; Global needs SSV. */
    expect_inv(atc_inv(f, 0x0000000200001800, 0x7fff0003), 2, 0x7fff0000,
               0x7fff, sva_pasid(1), false);
    expect_inv(atc_inv(f, 0x0000000200001800, 0x7ffff003), 2, 0x7fff8000,
               0x7fff, sva_pasid(1), false);
    expect_inv(atc_inv(f, 0x0000000200001200, 0xfffffffffffff034), 2, 0,
               UINT64_MAX, SVA_NO_PASID, false);
    smmu_fixture_free(f);
}

static void test_pri_resp(void)
{
    static const SvaPrgCode codes[] = {
        SVA_PRG_FAILURE, SVA_PRG_INVALID, SVA_PRG_SUCCESS,
    };
    SmmuFixture *f = smmu_fixture_start(NULL);
    unsigned i;

    for (i = 0; i < 3; i++) {
        smmu_submit(f, 0x00008001abcde841, i << 12 | 0x155);
        g_assert_cmpuint(f->rsp_count, ==, i + 1);
        g_assert_cmphex(f->rsps[i].rid, ==, 0x8001);
        g_assert_true(sva_pasid_equal(f->rsps[i].pasid,
                                      sva_pasid(0xabcde)));
        g_assert_cmphex(f->rsps[i].prgi, ==, 0x155);
        g_assert_cmphex(f->rsps[i].code, ==, codes[i]);
    }
    smmu_submit(f, 0x00008001abcde041, 0x20ff);
    g_assert_false(f->rsps[3].pasid.valid);
    g_assert_cmphex(f->rsps[3].prgi, ==, 0xff);
    smmu_fixture_free(f);
}

static void test_sync(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);

    smmu_submit(f, 0x12345678ffc01046, 0x60004);
    g_assert_cmphex(fake_get32(f->env, 0x60004), ==, 0x12345678);
    g_assert_cmpuint(f->irqs[SVA_SMMU_IRQ_CMD_SYNC], ==, 1);
    /* Address 0: the wired interrupt alone; bits 1:0 and 63:52 are not it. */
    smmu_submit(f, 0x1046, 0xfff0000000000003);
    g_assert_cmpuint(f->irqs[SVA_SMMU_IRQ_CMD_SYNC], ==, 2);
    g_assert_cmphex(fake_get32(f->env, 0), ==, 0);
    smmu_submit(f, 0x12345678ffc00046, 0x60008);  /* SIG_NONE */
    smmu_submit(f, 0x12345678ffc02046, 0x60008);  /* SIG_SEV */
    g_assert_cmphex(fake_get32(f->env, 0x60008), ==, 0);
    g_assert_cmpuint(f->irqs[SVA_SMMU_IRQ_CMD_SYNC], ==, 2);
    g_assert_true(smmu_idle(f));
    g_assert_cmphex(smmu_gerror(f), ==, 0);
    smmu_fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CASE(fn) g_test_add_func("/smmu/layout-regs/" #fn, test_##fn)
    CASE(events);
    CASE(event_attributes);
    CASE(event_without_substream);
    CASE(translation_request_rights);
    CASE(page_requests);
    CASE(atc_inv);
    CASE(pri_resp);
    CASE(sync);
    return g_test_run();
}

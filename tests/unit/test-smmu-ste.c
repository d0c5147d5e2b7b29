/*
 * SMMUv3: stream table, validity of its entries, substreams
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "smmu-tables.h"

#define NONE SVA_NO_PASID
#define P(n) sva_pasid(n)
#define R SVA_READ
#define W SVA_WRITE

#define VA 0x7f0012345000ull

/* -- validity -- */

typedef enum Unit {
    DEFAULT,
    NO_STALL,
    FORCED,
    NO_S1,
    NO_S2,
    NO_ATS,
    NO_HTTU,
    AF_ONLY,
    NO_16K,
    OAS44,
    OAS52,
    SSID4,
    NO_SSID,
} Unit;

static SvaSmmuConfig config_of(Unit unit)
{
    SvaSmmuConfig c = sva_smmu_default_config;

    c.stall_model = unit == NO_STALL ? 1 : unit == FORCED ? 2 : 0;
    c.stall_max = unit == NO_STALL ? 0 : c.stall_max;
    c.stage1 = unit != NO_S1;
    c.stage2 = unit != NO_S2;
    c.ats = c.pri = unit != NO_ATS;
    c.httu = unit == NO_HTTU ? 0 : unit == AF_ONLY ? 1 : 2;
    c.gran16k = unit != NO_16K;
    c.oas = unit == OAS44 ? 44 : unit == OAS52 ? 52 : 48;
    c.ssid_bits = unit == SSID4 ? 4
                  : unit == NO_SSID || unit == NO_S1 ? 0 : 16;
    return c;
}

/* @x1, @x2, @x3: differences to the words of smmu-tables.h */
typedef struct Case {
    const char *claim;
    Unit unit;
    bool bad;
    uint64_t qw0;
    uint64_t x1;
    uint64_t x2;
    uint64_t ttb;
} Case;

#define S1   SMMU_STE0
#define S2   SMMU_STE0_S2
#define BOTH SMMU_STE0_BOTH
#define NO_EATS 0x10000000ull           /* XOR: EATS=0 */
#define SPLIT   0x30000000ull           /* XOR: EATS=0b10 */
#define EATS11  0x20000000ull           /* XOR: EATS=0b11 */
#define STRW(n) ((n) << 30)
#define STALLD  0x08000000ull
#define CDMAX(n) (0xbull | SMMU_CDS | (n) << 59)
#define S2S     (1ull << 57)
#define T0SZ(n) ((25ull ^ (n)) << 32)
#define SL0(n)  ((1ull ^ (n)) << 38)
#define TG(n)   ((n) << 46)
#define PS(n)   ((5ull ^ (n)) << 48)

static const Case cases[] = {
    { "not-valid", DEFAULT, true, S1 & ~1ull, 0, 0, 0 },
    { "stage-1", DEFAULT, false, S1, 0, 0, 0 },
    { "stage-2", DEFAULT, false, S2, 0, 0, 0 },
    { "both-stages", DEFAULT, false, BOTH, 0, 0, 0 },
    { "bypass", DEFAULT, false, SMMU_STE0_NONE, 0, 0, 0 },
    { "stage-1-without-it", NO_S1, true, S1, 0, 0, 0 },
    { "stage-2-without-it", NO_S2, true, S2, 0, 0, 0 },
    { "both-stages-without-stage-2", NO_S2, true, BOTH, 0, 0, 0 },

    { "split-ats-of-stage-1", DEFAULT, true, S1, SPLIT, 0, 0 },
    { "split-ats-of-stage-2", DEFAULT, true, S2, SPLIT, 0, 0 },
    { "split-ats-of-both", DEFAULT, false, BOTH, SPLIT, 0, 0 },
    { "split-ats-with-s2s", DEFAULT, true, BOTH, SPLIT, S2S, 0 },
    { "full-ats-with-s2s", DEFAULT, true, BOTH, 0, S2S, 0 },
    { "s2s-without-ats", DEFAULT, false, BOTH, NO_EATS, S2S, 0 },
    { "s2s-and-eats-in-a-unit-without-ats", NO_ATS, false, BOTH, 0, S2S, 0 },
    { "eats-3-acts-as-0", DEFAULT, false, BOTH, EATS11, S2S, 0 },
    { "split-ats-of-bypass-is-ignored", DEFAULT, false, SMMU_STE0_NONE,
      SPLIT, 0, 0 },

    { "strw-1", DEFAULT, true, S1, STRW(1ull), 0, 0 },
    { "strw-3", DEFAULT, true, S1, STRW(3ull), 0, 0 },
    { "strw-2", DEFAULT, false, S1, STRW(2ull), 0, 0 },
    { "strw-is-not-used-with-stage-2", DEFAULT, false, BOTH, STRW(1ull), 0,
      0 },
    { "strw-is-not-used-without-hyp", NO_S2, false, S1, STRW(1ull), 0, 0 },

    { "s1stalld", DEFAULT, false, S1, STALLD, 0, 0 },
    { "s1stalld-without-stalls", NO_STALL, true, S1, STALLD, 0, 0 },
    { "s1stalld-with-forced-stalls", FORCED, true, S1, STALLD, 0, 0 },
    { "s2s-without-stalls", NO_STALL, true, BOTH, NO_EATS, S2S, 0 },
    { "no-s2s-with-forced-stalls", FORCED, true, S2, NO_EATS, 0, 0 },
    { "s2s-with-forced-stalls", FORCED, false, S2, NO_EATS, S2S, 0 },

    { "s1cdmax-of-ssidsize", SSID4, false, CDMAX(4ull), 0, 0, 0 },
    { "s1cdmax-above-ssidsize", SSID4, true, CDMAX(5ull), 0, 0, 0 },
    { "s1cdmax-without-substreams-is-ignored", NO_SSID, false, CDMAX(5ull),
      0, 0, 0 },
    { "two-level-cds-without-substreams", NO_SSID, false,
      CDMAX(5ull) | 0x20, 0, 0, 0 },
    { "s1contextptr-beyond-oas", OAS44, true, S1 | 1ull << 44, 0, 0, 0 },
    { "s1contextptr-within-oas", DEFAULT, false, S1 | 1ull << 44, 0, 0, 0 },
    { "s1contextptr-of-both-stages-is-for-stage-2", OAS44, false,
      BOTH | 1ull << 44, 0, 0, 0 },

    { "s2aa64", DEFAULT, true, S2, 0, 1ull << 51, 0 },
    { "s2endi", DEFAULT, true, S2, 0, 1ull << 52, 0 },
    { "s2ha", DEFAULT, false, S2, 0, 1ull << 56, 0 },
    { "s2ha-without-httu", NO_HTTU, true, S2, 0, 1ull << 56, 0 },
    { "s2ha-with-af-only", AF_ONLY, false, S2, 0, 1ull << 56, 0 },
    { "s2hd-with-af-only", AF_ONLY, true, S2, 0, 3ull << 55, 0 },
    { "s2hd-without-s2ha-is-off", DEFAULT, false, S2, 0, 1ull << 55, 0 },
    { "s2tg-3", DEFAULT, true, S2, 0, TG(3ull), 0 },
    { "s2tg-16k", DEFAULT, false, S2, 0, TG(2ull) | SL0(1ull), 0 },
    { "s2tg-16k-without-it", NO_16K, true, S2, 0, TG(2ull), 0 },
    { "s2tg-64k", DEFAULT, false, S2, 0, TG(1ull) | SL0(1ull), 0 },

    { "s2t0sz-40-is-too-small", DEFAULT, true, S2, 0, T0SZ(40ull) |
      SL0(0ull), 0 },
    { "s2t0sz-39", DEFAULT, false, S2, 0, T0SZ(39ull) | SL0(0ull), 0 },
    { "s2t0sz-beyond-ias", OAS44, true, S2, 0, T0SZ(19ull) | SL0(2ull), 0 },
    { "s2t0sz-of-ias", OAS44, false, S2, 0, T0SZ(20ull) | SL0(2ull), 0 },
    { "s2t0sz-15-of-4k", OAS52, true, S2, 0, T0SZ(15ull) | SL0(2ull), 0 },
    { "s2t0sz-12-of-64k", OAS52, false, S2, 0, T0SZ(12ull) | SL0(2ull) |
      TG(1ull), 0 },
    { "s2t0sz-11-of-64k", OAS52, true, S2, 0, T0SZ(11ull) | SL0(2ull) |
      TG(1ull), 0 },
    { "s2sl0-3-of-4k", DEFAULT, true, S2, 0, SL0(3ull), 0 },
    { "s2sl0-3-of-64k", DEFAULT, true, S2, 0, SL0(3ull) | TG(1ull), 0 },
    { "s2sl0-16-tables", DEFAULT, false, S2, 0, T0SZ(21ull), 0 },
    { "s2sl0-32-tables", DEFAULT, true, S2, 0, T0SZ(20ull), 0 },
    { "s2sl0-no-index", DEFAULT, true, S2, 0, SL0(2ull), 0 },
    { "s2sl0-one-bit-of-index", DEFAULT, false, S2, 0, SL0(2ull) |
      T0SZ(24ull), 0 },

    { "s2ttb-beyond-s2ps", DEFAULT, true, S2, 0, PS(1ull), 1ull << 36 },
    { "s2ttb-within-s2ps", DEFAULT, false, S2, 0, PS(2ull), 1ull << 36 },
    { "s2ttb-beyond-oas", OAS44, true, S2, 0, 0, 1ull << 44 },
    { "s2ttb-beyond-48-bits-of-4k", OAS52, true, S2, 0, PS(6ull),
      1ull << 48 },
    { "s2ttb-beyond-48-bits-of-64k", OAS52, false, S2, 0, PS(6ull) |
      TG(1ull) | SL0(1ull), 1ull << 48 },
    { "s2vmid-of-16-bits", DEFAULT, false, S2, 0, 0xffff, 0 },
    { "fields-of-stage-2-do-not-bind-stage-1", DEFAULT, false, S1, 0,
      0x0ffffffffff00000, 0xfffffffffff0 },
    { "fields-of-stage-1-do-not-bind-stage-2", NO_STALL, false,
      S2 | 0xfffffffffffc0ull | 31ull << 59, STALLD, 0, 0 },
};

static void test_case(const void *data)
{
    const Case *c = data;
    SvaSmmuConfig config = config_of(c->unit);
    SmmuFixture *f = smmu_fixture_start(&config);
    unsigned event;

    smmu_ste(f, SMMU_RID, c->qw0, SMMU_STE1 ^ c->x1, SMMU_STE2 ^ c->x2,
             SMMU_STE3 ^ c->ttb);
    smmu_translate(f, NONE, VA, R);
    event = smmu_event(f, NULL);
    if (c->bad) {
        g_assert_cmphex(event, ==, 0x04);
    } else {
        g_assert_cmphex(event, !=, 0x04);
        g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_STE_FETCHES), ==, 1);
        smmu_translate(f, NONE, VA, R);
        g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_STE_HITS), ==, 1);
    }
    smmu_fixture_free(f);
}

/* -- stream table -- */

static void expect_sid(SmmuFixture *f, uint16_t rid, unsigned event,
                       uint64_t fetch)
{
    SvaRequest req = { .rid = rid, .access = R };
    SvaTranslation out;
    uint64_t w[4] = { 0 };

    smmu_forget(f);
    f->smmu.iommu.ops->translate(&f->smmu.iommu, &req, &out);
    g_assert_cmpint(out.outcome, ==, event ? SVA_ABORT : SVA_OK);
    g_assert_cmphex(smmu_event(f, w), ==, event);
    if (event) {
        g_assert_cmphex(w[0], ==, event | (uint64_t)rid << 32);
        g_assert_cmphex(w[1], ==, 0);
        g_assert_cmphex(w[2], ==, 0);
        g_assert_cmphex(w[3], ==, fetch);
    }
}

/* A unit whose stream table is @base, @cfg; not in the queue's memory. */
static SmmuFixture *with_table(uint64_t base, uint32_t cfg)
{
    SmmuFixture *f = smmu_fixture_start(NULL);

    smmu_write32(f, 0x20, 0);
    smmu_write64(f, 0x80, base);
    smmu_write32(f, 0x88, cfg);
    smmu_write32(f, 0x20, 0x1d);
    return f;
}

static void test_linear_table(void)
{
    /* 2^6 entries; the base is aligned to 4 KiB */
    SmmuFixture *f = with_table(0x6000fc0, 6);

    fake_put64(f->env, 0x6000000 + 63 * 64, SMMU_STE0_NONE);
    expect_sid(f, 63, 0, 0);
    expect_sid(f, 62, 0x04, 0);
    expect_sid(f, 64, 0x02, 0);
    /* FetchAddr is the structure's (IHI 0070 G.b 7.3.4). */
    fake_env_hole(f->env, 0x6000010, 8);
    expect_sid(f, 0, 0x03, 0x6000000);
    smmu_fixture_free(f);
    /* LOG2SIZE is capped at SIDSIZE, but not for the alignment. */
    f = with_table(0x6000000, 0x3f);
    fake_put64(f->env, 0xffffull * 64, SMMU_STE0_NONE);
    expect_sid(f, 0xffff, 0, 0);
    smmu_fixture_free(f);
}

static void test_two_level_table(void)
{
    /* 2^16 entries, SPLIT=8: 256 descriptors, aligned to 2 KiB */
    SmmuFixture *f = with_table(0x60007c0, 1 << 16 | 8 << 6 | 16);
    unsigned span;

    /* Span 3: four entries, aligned to 256 bytes */
    fake_put64(f->env, 0x6000000 + 2 * 8, 0x70000c0 | 3);
    fake_put64(f->env, 0x7000000 + 3 * 64, SMMU_STE0_NONE);
    expect_sid(f, 0x203, 0, 0);
    expect_sid(f, 0x204, 0x02, 0);
    expect_sid(f, 0x300, 0x02, 0);              /* Span 0 */
    /* Span 9 is all of SPLIT=8, 10 is too much. */
    fake_put64(f->env, 0x6000000 + 4 * 8, 0x7010000 | 9);
    fake_put64(f->env, 0x7010000 + 255 * 64, SMMU_STE0_NONE);
    expect_sid(f, 0x4ff, 0, 0);
    for (span = 10; span < 32; span++) {
        fake_put64(f->env, 0x6000000 + 4 * 8, 0x7010000 | span);
        expect_sid(f, 0x4ff, 0x02, 0);
    }
    /* Neither table needs to be memory; nothing is beyond OAS. */
    fake_put64(f->env, 0x6000000 + 5 * 8, 1ull << 48 | 1);
    expect_sid(f, 0x500, 0x03, 1ull << 48);
    fake_env_hole(f->env, 0x6000000 + 4 * 8, 8);
    expect_sid(f, 0x400, 0x03, 0x6000020);
    smmu_fixture_free(f);
}

static void test_splits(void)
{
    static const struct {
        unsigned split, acts_as;
    } rows[] = { { 6, 6 }, { 8, 8 }, { 10, 10 }, { 7, 6 }, { 31, 6 } };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        SmmuFixture *f = with_table(0x6000000,
                                    1u << 16 | rows[i].split << 6 | 16);

        fake_put64(f->env, 0x6000000 + (0x1234u >> rows[i].acts_as) * 8,
                   0x7000000 | (rows[i].acts_as + 1));
        fake_put64(f->env, 0x7000000 +
                   (0x1234u & ((1u << rows[i].acts_as) - 1)) * 64,
                   SMMU_STE0_NONE);
        expect_sid(f, 0x1234, 0, 0);
        smmu_fixture_free(f);
    }
}

static void test_formats_2_and_3_are_linear(void)
{
    SmmuFixture *f = with_table(0x6000000, 2 << 16 | 6);

    fake_put64(f->env, 0x6000040, SMMU_STE0_NONE);
    expect_sid(f, 1, 0, 0);
    smmu_fixture_free(f);
}

static void test_bad_streams_may_be_silent(void)
{
    SmmuFixture *f = with_table(0x6000000, 6);

    smmu_write32(f, 0x20, 0);
    smmu_write32(f, 0x2c, 0);           /* RECINVSID=0 */
    smmu_write32(f, 0x20, 0x1d);
    smmu_expect_silent(f, NONE, VA, R, SVA_ABORT);
    smmu_fixture_free(f);
}

/* -- which substream is served by what -- */

typedef enum Served {
    CD0, CD1, PASS, SILENT, BAD_SSID, DISABLED,
} Served;

static void expect_served(uint64_t qw0, unsigned s1dss, SvaPasid pasid,
                          Served served)
{
    SmmuFixture *f = smmu_tables_start(NULL);
    uint64_t qw1 = (SMMU_STE1 & ~3ull) | s1dss;

    smmu_ste(f, SMMU_RID, qw0, qw1, 0, 0);
    /* CD 1 has tables of its own, with nothing in them. */
    smmu_cd(f, 1, SMMU_CD0(0x11), 0x3800000, 0);
    smmu_map(f, VA, 0xabc000, SMMU_PTE);
    switch (served) {
    case CD0:
        smmu_expect_ok(f, pasid, VA, R, 0xabc000);
        break;
    case CD1:
        smmu_expect_event(f, pasid, VA, R, SMMU_EVT0_P(0x10, pasid.id),
                          SMMU_EVT1_IN | SMMU_EVT1_READ, 0);
        break;
    case PASS:
        smmu_expect_ok(f, pasid, VA, R, VA);
        break;
    case SILENT:
        smmu_expect_silent(f, pasid, VA, R, SVA_ABORT);
        break;
    case BAD_SSID:
        /* SubstreamID is there, SSV is not. */
        smmu_expect_event(f, pasid, VA, R,
                          SMMU_EVT0(0x08) | (uint64_t)pasid.id << 12, 0, 0);
        break;
    case DISABLED:
        smmu_translate(f, pasid, VA, R);
        g_assert_cmphex(smmu_event(f, NULL), ==, 0x06);
        break;
    }
    smmu_fixture_free(f);
}

static void test_substreams(void)
{
    const uint64_t one_cd = 0xbull | SMMU_CDS;
    unsigned dss;

    for (dss = 0; dss < 4; dss++) {
        /* Config=0b000, and 0b011, whatever else is asked */
        expect_served(0x1, dss, NONE, SILENT);
        expect_served(0x7, dss, P(1), SILENT);
        expect_served(SMMU_STE0_NONE, dss, NONE, PASS);
        expect_served(SMMU_STE0_NONE, dss, P(0), BAD_SSID);
        expect_served(one_cd, dss, NONE, CD0);
        expect_served(one_cd, dss, P(0), BAD_SSID);
        expect_served(SMMU_STE0, dss, P(1), CD1);
        expect_served(SMMU_STE0, dss, P(256), BAD_SSID);
        expect_served(SMMU_STE0, dss, P(0), dss == 2 ? DISABLED : CD0);
    }
    expect_served(SMMU_STE0, 0, NONE, DISABLED);
    expect_served(SMMU_STE0, 1, NONE, PASS);
    expect_served(SMMU_STE0, 2, NONE, CD0);
    expect_served(SMMU_STE0, 3, NONE, DISABLED);
}

static void test_bypass_is_bounded(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);

    smmu_ste(f, SMMU_RID, SMMU_STE0_NONE, 0, 0, 0);
    smmu_expect_ok(f, NONE, 0xffffffffffff, R | W, 0xffffffffffff);
    smmu_expect_event(f, NONE, 1ull << 48, R, SMMU_EVT0(0x11),
                      SMMU_EVT1_IN | SMMU_EVT1_READ, 0);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_CD_FETCHES), ==, 0);
    smmu_fixture_free(f);
}

int main(int argc, char **argv)
{
    size_t i;

    g_test_init(&argc, &argv, NULL);
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/smmu-ste/valid/%s",
                                                cases[i].claim);

        g_test_add_data_func(path, &cases[i], test_case);
    }
#define T(name) g_test_add_func("/smmu-ste/" #name, test_##name)
    T(linear_table);
    T(two_level_table);
    T(splits);
    T(formats_2_and_3_are_linear);
    T(bad_streams_may_be_silent);
    T(substreams);
    T(bypass_is_bounded);
#undef T
    return g_test_run();
}

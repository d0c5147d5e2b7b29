/*
 * SMMUv3: tables of context descriptors, validity of these
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "smmu-tables.h"

#define NONE SVA_NO_PASID
#define P(n) sva_pasid(n)
#define R SVA_READ
#define VA 0x7f0012345000ull

/* -- validity -- */

typedef enum Unit {
    DEFAULT,
    NO_STALL,
    FORCED,
    NO_HTTU,
    AF_ONLY,
    ASID8,
    ONLY_4K,
    OAS44,
    OAS52,
} Unit;

static SvaSmmuConfig config_of(Unit unit)
{
    SvaSmmuConfig c = sva_smmu_default_config;

    c.stall_model = unit == NO_STALL ? 1 : unit == FORCED ? 2 : 0;
    c.stall_max = unit == NO_STALL ? 0 : c.stall_max;
    c.httu = unit == NO_HTTU ? 0 : unit == AF_ONLY ? 1 : 2;
    c.asid_bits = unit == ASID8 ? 8 : 16;
    c.gran16k = c.gran64k = unit != ONLY_4K;
    c.oas = unit == OAS44 ? 44 : unit == OAS52 ? 52 : 48;
    return c;
}

/* @x0: difference to SMMU_CD0; @ttb0, @ttb1: instead of those of the table */
typedef struct Case {
    const char *claim;
    Unit unit;
    bool bad;
    uint64_t x0;
    uint64_t ttb0;
    uint64_t ttb1;
    uint64_t x1;                /* to SMMU_STE1 */
} Case;

#define T0SZ(n) (16ull ^ (n))
#define TG0(n)  ((n) << 6)
#define EPD0    (1ull << 14)
#define T1(sz, tg) (1ull << 30 | (sz) << 16 | (tg) << 22) /* EPD1=0 */
#define IPS(n)  ((5ull ^ (n)) << 32)
#define HA      SMMU_CD0_HA
#define HD      SMMU_CD0_HD
#define S       SMMU_CD0_S
#define TTB     SMMU_TTB
#define STALLD  0x08000000ull
#define EL2     0x80000000ull

static const Case cases[] = {
    { "valid", DEFAULT, false, 0, TTB, 0, 0 },
    { "not-valid", DEFAULT, true, 1ull << 31, TTB, 0, 0 },
    { "aarch32", DEFAULT, true, 1ull << 41, TTB, 0, 0 },
    { "big-endian", DEFAULT, true, 1ull << 15, TTB, 0, 0 },
    { "big-endian-of-nothing", DEFAULT, false, 1ull << 15 | EPD0, TTB, 0,
      0 },
    { "stall", DEFAULT, false, S, TTB, 0, 0 },
    { "stall-where-ste-forbids", DEFAULT, true, S, TTB, 0, STALLD },
    { "no-stall-where-ste-forbids", DEFAULT, false, 0, TTB, 0, STALLD },
    { "stall-without-stalls", NO_STALL, true, S, TTB, 0, 0 },
    { "no-stall-with-forced-stalls", FORCED, true, 0, TTB, 0, 0 },
    { "stall-with-forced-stalls", FORCED, false, S, TTB, 0, 0 },
    { "no-abort", DEFAULT, false, SMMU_CD0_A, TTB, 0, 0 },
    { "ha-and-hd", DEFAULT, false, HA | HD, TTB, 0, 0 },
    { "hd-alone-is-off", DEFAULT, false, HD, TTB, 0, 0 },
    { "ha-without-httu", NO_HTTU, true, HA, TTB, 0, 0 },
    { "hd-without-httu", NO_HTTU, true, HD, TTB, 0, 0 },
    { "ha-with-af-only", AF_ONLY, false, HA, TTB, 0, 0 },
    { "hd-with-af-only", AF_ONLY, true, HA | HD, TTB, 0, 0 },
    { "asid-of-16-bits", DEFAULT, false, 0x0100000000000000, TTB, 0, 0 },
    { "asid-of-9-bits-in-a-unit-of-8", ASID8, true, 0x0100000000000000,
      TTB, 0, 0 },
    { "asid-of-9-bits-in-a-world-without", ASID8, false,
      0x0100000000000000, TTB, 0, EL2 },

    { "t0sz-15", DEFAULT, true, T0SZ(15ull), TTB, 0, 0 },
    { "t0sz-39", DEFAULT, false, T0SZ(39ull), TTB, 0, 0 },
    { "t0sz-40", DEFAULT, true, T0SZ(40ull), TTB, 0, 0 },
    { "t0sz-12-of-64k-without-vax", OAS52, true, T0SZ(12ull) | TG0(1ull),
      TTB, 0, 0 },
    { "t0sz-does-not-count-with-epd0", DEFAULT, false, T0SZ(0ull) | EPD0,
      TTB, 0, 0 },
    { "tg0-64k", DEFAULT, false, TG0(1ull), TTB, 0, 0 },
    { "tg0-16k", DEFAULT, false, TG0(2ull), TTB, 0, 0 },
    { "tg0-3", DEFAULT, true, TG0(3ull), TTB, 0, 0 },
    { "tg0-64k-without-it", ONLY_4K, true, TG0(1ull), TTB, 0, 0 },
    { "tg0-does-not-count-with-epd0", DEFAULT, false, TG0(3ull) | EPD0,
      TTB, 0, 0 },
    { "ttb0-beyond-ips", DEFAULT, true, IPS(1ull), 1ull << 36, 0, 0 },
    { "ttb0-within-ips", DEFAULT, false, IPS(2ull), 1ull << 36, 0, 0 },
    { "ttb0-beyond-oas", OAS44, true, 0, 1ull << 44, 0, 0 },
    { "ttb0-beyond-48-bits-of-4k", OAS52, true, IPS(6ull), 1ull << 48, 0,
      0 },
    { "ttb0-beyond-48-bits-of-64k", OAS52, false, IPS(6ull) | TG0(1ull),
      1ull << 48, 0, 0 },
    { "ttb0-does-not-count-with-epd0", OAS44, false, EPD0, 1ull << 44, 0,
      0 },

    { "t1sz-and-tg1", DEFAULT, false, T1(16ull, 2ull), TTB, TTB, 0 },
    { "t1sz-15", DEFAULT, true, T1(15ull, 2ull), TTB, TTB, 0 },
    { "t1sz-40", DEFAULT, true, T1(40ull, 2ull), TTB, TTB, 0 },
    { "tg1-0-is-reserved", DEFAULT, true, T1(16ull, 0ull), TTB, TTB, 0 },
    { "tg1-1-is-16k", ONLY_4K, true, T1(16ull, 1ull), TTB, TTB, 0 },
    { "tg1-2-is-4k", ONLY_4K, false, T1(16ull, 2ull), TTB, TTB, 0 },
    { "tg1-3-is-64k", ONLY_4K, true, T1(16ull, 3ull), TTB, TTB, 0 },
    { "ttb1-beyond-oas", OAS44, true, T1(16ull, 2ull), TTB, 1ull << 44, 0 },
    { "ttb1-does-not-count-with-epd1", OAS44, false, 0, TTB, 1ull << 44,
      0 },
    { "el2-has-no-upper-half", DEFAULT, false, T1(0ull, 0ull), TTB, 0,
      EL2 },
    { "el2-has-no-epd0", DEFAULT, true, EPD0 | TG0(3ull), TTB, 0, EL2 },
};

static void test_case(const void *data)
{
    const Case *c = data;
    SvaSmmuConfig config = config_of(c->unit);
    SmmuFixture *f = smmu_fixture_start(&config);

    smmu_ste(f, SMMU_RID, SMMU_STE0, SMMU_STE1 | c->x1, 0, 0);
    smmu_cd(f, 1, SMMU_CD0(0) ^ c->x0, c->ttb0, c->ttb1);
    if (c->bad) {
        smmu_expect_event(f, P(1), VA, R, SMMU_EVT0_P(0x0a, 1), 0, 0);
        smmu_expect_event(f, P(1), VA, R, SMMU_EVT0_P(0x0a, 1), 0, 0);
        g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_CD_HITS), ==, 0);
    } else {
        smmu_translate(f, P(1), VA, R);
        g_assert_cmphex(smmu_event(f, NULL), !=, 0x0a);
        smmu_translate(f, P(1), VA, R);
        g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_CD_HITS), ==, 1);
    }
    smmu_fixture_free(f);
}

/* -- tables -- */

static SmmuFixture *with_table(unsigned fmt, unsigned bits, uint64_t ptr)
{
    SvaSmmuConfig config = sva_smmu_default_config;
    SmmuFixture *f;

    config.ssid_bits = 20;
    f = smmu_fixture_start(&config);
    smmu_ste(f, SMMU_RID, 0xbull | fmt << 4 | ptr | (uint64_t)bits << 59,
             SMMU_STE1, 0, 0);
    f->next_table = SMMU_TABLES;
    smmu_map(f, VA, 0xabc000, SMMU_PTE);
    return f;
}

static void put_cd(SmmuFixture *f, uint64_t pa)
{
    fake_put64(f->env, pa, SMMU_CD0(1));
    fake_put64(f->env, pa + 8, SMMU_CD1);
}

static void expect_bad_ssid(SmmuFixture *f, uint32_t ssid)
{
    smmu_expect_event(f, P(ssid), VA, R, SMMU_EVT0(0x08) | ssid << 12, 0, 0);
}

static void test_linear_table(void)
{
    unsigned fmt;

    for (fmt = 0; fmt < 4; fmt += 3) {
        /* Pointer bits below the size of the table are ignored. */
        SmmuFixture *f = with_table(fmt, 8, SMMU_CDS | 0x3fc0);

        put_cd(f, SMMU_CDS + 255 * 64);
        smmu_expect_ok(f, P(255), VA, R, 0xabc000);
        expect_bad_ssid(f, 256);
        /* FetchAddr is the structure's (IHI 0070 G.b 7.3.10). */
        fake_env_hole(f->env, SMMU_CDS + 64 + 16, 8);
        smmu_expect_event(f, P(1), VA, R, SMMU_EVT0_P(0x09, 1), 0,
                          SMMU_CDS + 64);
        smmu_fixture_free(f);
    }
}

static void test_two_level_table_of_4k(void)
{
    /* 16 bits: 1024 descriptors, aligned to 8 KiB */
    SmmuFixture *f = with_table(1, 16, SMMU_CDS | 0x1fc0);

    fake_put64(f->env, SMMU_CDS + 1023 * 8, 0x2800001);
    put_cd(f, 0x2800000 + 62 * 64);
    smmu_expect_ok(f, P(0xfffe), VA, R, 0xabc000);
    expect_bad_ssid(f, 0x40);           /* V=0 */
    expect_bad_ssid(f, 0x10000);
    fake_put64(f->env, SMMU_CDS + 8, 1ull << 48 | 1);
    expect_bad_ssid(f, 0x41);           /* beyond OAS */
    fake_env_hole(f->env, SMMU_CDS + 8, 8);
    smmu_expect_event(f, P(0x40), VA, R, SMMU_EVT0_P(0x09, 0x40ull), 0,
                      SMMU_CDS + 8);
    smmu_fixture_free(f);
}

static void test_two_level_table_of_64k(void)
{
    SmmuFixture *f = with_table(2, 20, SMMU_CDS);

    /* L1CD[15:12] are ignored. */
    fake_put64(f->env, SMMU_CDS + 1023 * 8, 0x280f001);
    put_cd(f, 0x2800000 + 1023 * 64);
    smmu_expect_ok(f, P(0xfffff), VA, R, 0xabc000);
    expect_bad_ssid(f, 0x400);
    smmu_fixture_free(f);
}

static void test_small_two_level_tables(void)
{
    /* With so few bits there is one L1CD, and nothing but bits 5:0 counts. */
    SmmuFixture *f = with_table(1, 6, SMMU_CDS);

    fake_put64(f->env, SMMU_CDS, 0x2800001);
    put_cd(f, 0x2800000 + 63 * 64);
    smmu_expect_ok(f, P(63), VA, R, 0xabc000);
    expect_bad_ssid(f, 64);
    /* CD 0 by S1DSS: the record tells of substream 0. */
    fake_put64(f->env, SMMU_CDS, 0);
    smmu_forget(f);
    smmu_expect_event(f, NONE, VA, R, SMMU_EVT0(0x08), 0, 0);
    smmu_fixture_free(f);
}

static void test_one_cd(void)
{
    /* S1CDMax=0: S1Fmt means nothing */
    SmmuFixture *f = with_table(2, 0, SMMU_CDS | 0x40);

    put_cd(f, SMMU_CDS + 0x40);
    smmu_expect_ok(f, NONE, VA, R, 0xabc000);
    smmu_fixture_free(f);
}

int main(int argc, char **argv)
{
    size_t i;

    g_test_init(&argc, &argv, NULL);
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/smmu-cd/valid/%s",
                                                cases[i].claim);

        g_test_add_data_func(path, &cases[i], test_case);
    }
#define T(name) g_test_add_func("/smmu-cd/" #name, test_##name)
    T(linear_table);
    T(two_level_table_of_4k);
    T(two_level_table_of_64k);
    T(small_two_level_tables);
    T(one_cd);
#undef T
    return g_test_run();
}

/*
 * Checker, SMMUv3: mixes of words, and where entries are
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "checker-smmu.h"
#include "fake-env.h"
#include "../../hw/sva/observe/checker/smmu-locate.h"
#include "../../hw/sva/observe/checker/smmu-torn.h"

static const uint64_t regs[8] = CHECK_REGS;

#define STE0  0x400000000200000bull
#define QUIET 0x0010c205c0004000ull

typedef struct Row {
    const char *name;
    bool cd;
    uint64_t old[4];
    uint64_t now[4];
    bool torn;
    bool illegal;
} Row;

static const Row rows[] = {
    { "CD, all at once", true, { 0 }, CHECK_CD, true, false },
    { "CD, words but V", true, { 0 }, { 0, 0x3000000, 0, 0xff }, false,
      false },
    { "CD, V last", true, { 0, 0x3000000, 0, 0xff }, CHECK_CD, false, false },
    { "CD, V=0 and words", true, CHECK_CD, { 0 }, true, false },
    { "CD, V=0", true, CHECK_CD, { 0, 0x3000000, 0, 0xff }, false, false },
    { "CD, table and MAIR", true, CHECK_CD, { CHECK_CD0, 0x4000000 }, true,
      false },
    { "CD, table", true, CHECK_CD, { CHECK_CD0, 0x4000000, 0, 0xff }, false,
      false },
    { "CD, quiesced", true, CHECK_CD, { QUIET, 0x3000000, 0, 0xff }, false,
      false },
    /* TTB0=0 with the old word 0 is a table that was never meant. */
    { "CD, quiesced at once", true, CHECK_CD, { QUIET, 0, 0, 0xff }, true,
      false },
    { "CD, unused words", true, { QUIET, 0x3000000, 0, 0xff },
      { QUIET, 0, 0x5000, 0xff }, false, false },
    { "STE, all at once", false, { 0 }, { STE0, 0x2 }, true, false },
    { "STE, V last", false, { 0, 0x2 }, { STE0, 0x2 }, false, false },
    { "STE, from bypass", false, { 0x9, 0 }, { STE0, 0x2 }, true, false },
    { "STE, from abort, words", false, { 0x1 }, { 0x1, 0x2, 0x5 }, false,
      false },
    { "STE, from abort, Config", false, { 0x1, 0x2 }, { STE0, 0x2 }, false,
      false },
    /* EATS=0b01 with S2S=1 */
    { "STE, illegal mix", false,
      { 0xd, 0, CHECK_STE2 | 1ull << 57, CHECK_STE3 },
      { 0xd, 0x10000000, CHECK_STE2, CHECK_STE3 }, true, true },
};

static void test_torn(gconstpointer data)
{
    const Row *row = data;
    uint64_t old[SVA_CHECK_SMMU_WORDS] = { 0 };
    uint64_t now[SVA_CHECK_SMMU_WORDS] = { 0 };
    SvaCheckSmmuTorn torn = { .illegal = NULL };
    SvaCheckSmmuUnit u;

    sva_check_smmu_unit(regs, &u);
    memcpy(old, row->old, sizeof(row->old));
    memcpy(now, row->now, sizeof(row->now));
    g_assert_cmpint(sva_check_smmu_torn(&u, row->cd, NULL, old, now, &torn),
                    ==, row->torn);
    g_assert_cmpint(torn.illegal != NULL, ==, row->illegal);
    g_assert_false(sva_check_smmu_torn(&u, row->cd, NULL, now, now, &torn));
}

/* -- where entries are -- */

static void test_linear(void)
{
    FakeEnv *f = fake_env_new();
    SvaCheckSmmuSte ste = { .stage1 = true, .context = 0x2000000,
                            .cd_bits = 8 };
    SvaCheckSmmuUnit u;
    uint64_t pa;

    sva_check_smmu_unit(regs, &u);
    g_assert_true(sva_check_smmu_locate_ste(&f->env, &u, 0x110, &pa));
    g_assert_cmphex(pa, ==, 0x1004400);
    g_assert_false(sva_check_smmu_locate_ste(&f->env, &u, 0x10000, &pa));
    g_assert_true(sva_check_smmu_locate_cd(&f->env, &u, &ste, 255, &pa));
    g_assert_cmphex(pa, ==, 0x2003fc0);
    g_assert_false(sva_check_smmu_locate_cd(&f->env, &u, &ste, 256, &pa));
    ste.cd_bits = 0;
    g_assert_true(sva_check_smmu_locate_cd(&f->env, &u, &ste, 0, &pa));
    g_assert_cmphex(pa, ==, 0x2000000);
    ste.stage2 = true;
    g_assert_false(sva_check_smmu_locate_cd(&f->env, &u, &ste, 0, &pa));
    fake_env_free(f);
}

static void test_two_levels(void)
{
    FakeEnv *f = fake_env_new();
    SvaCheckSmmuSte ste = { .stage1 = true, .context = 0x2000000,
                            .cd_bits = 16, .s1fmt = 2 };
    /* FMT=1, SPLIT=8, LOG2SIZE=16 */
    uint64_t two[8] = CHECK_REGS;
    SvaCheckSmmuUnit u;
    uint64_t pa;

    two[1] = 0x10210;
    sva_check_smmu_unit(two, &u);
    fake_put64(f, 0x1000008, 0x7000009);        /* Span=9: 256 STEs */
    g_assert_true(sva_check_smmu_locate_ste(&f->env, &u, 0x1ff, &pa));
    g_assert_cmphex(pa, ==, 0x7003fc0);
    fake_put64(f, 0x1000008, 0x7000005);        /* 16 STEs */
    g_assert_true(sva_check_smmu_locate_ste(&f->env, &u, 0x10f, &pa));
    g_assert_false(sva_check_smmu_locate_ste(&f->env, &u, 0x110, &pa));
    fake_put64(f, 0x1000008, 0x700000a);        /* wider than SPLIT */
    g_assert_false(sva_check_smmu_locate_ste(&f->env, &u, 0x100, &pa));
    g_assert_false(sva_check_smmu_locate_ste(&f->env, &u, 0x200, &pa));

    fake_put64(f, 0x2000008, 0x8000001);
    g_assert_true(sva_check_smmu_locate_cd(&f->env, &u, &ste, 0x7ff, &pa));
    g_assert_cmphex(pa, ==, 0x800ffc0);
    g_assert_false(sva_check_smmu_locate_cd(&f->env, &u, &ste, 0x3ff, &pa));
    fake_put64(f, 0x2000008, 0x9000001);        /* 4 KiB: 64 CDs */
    ste.s1fmt = 1;
    g_assert_true(sva_check_smmu_locate_cd(&f->env, &u, &ste, 0x7f, &pa));
    g_assert_cmphex(pa, ==, 0x9000fc0);
    fake_env_free(f);
}

/* Whatever the registers say, nothing but reads happens. */
static void test_odd_registers(void)
{
    FakeEnv *f = fake_env_new();
    uint64_t odd[8] = CHECK_REGS;
    SvaCheckSmmuUnit u;
    uint64_t pa, cfg;

    fake_env_hole(f, 0, UINT64_MAX);
    for (cfg = 0; cfg < 0x40000; cfg += 0x3f) {
        odd[1] = cfg;
        odd[0] = ~0ull;
        sva_check_smmu_unit(odd, &u);
        sva_check_smmu_locate_ste(&f->env, &u, 0xffff, &pa);
    }
    fake_env_free(f);
}

int main(int argc, char **argv)
{
    unsigned i;

    g_test_init(&argc, &argv, NULL);
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strdup_printf("/checker-smmu/torn/%s",
                                                rows[i].name);

        g_test_add_data_func(path, &rows[i], test_torn);
    }
    g_test_add_func("/checker-smmu/linear", test_linear);
    g_test_add_func("/checker-smmu/two-levels", test_two_levels);
    g_test_add_func("/checker-smmu/odd-registers", test_odd_registers);
    return g_test_run();
}

/*
 * Checker, SMMUv3: legality and meaning of STEs and CDs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "checker-smmu.h"
#include "../../hw/sva/observe/checker/smmu-entry.h"

static const uint64_t regs[8] = CHECK_REGS;

static SvaCheckSmmuUnit unit(void)
{
    SvaCheckSmmuUnit u;

    sva_check_smmu_unit(regs, &u);
    return u;
}

static void test_unit(void)
{
    SvaCheckSmmuUnit u = unit();

    g_assert_true(u.s1p && u.s2p && u.hyp && u.ats && u.pri);
    g_assert_true(u.asid16 && u.vmid16 && u.cd2l && u.ril && u.fwb);
    g_assert_true(u.endian_le && !u.endian_be && u.enabled && u.atschk);
    g_assert_cmpuint(u.httu, ==, 2);
    g_assert_cmpuint(u.bbml, ==, 2);
    g_assert_cmpuint(u.stall, ==, SVA_CHECK_SMMU_STALL_CHOICE);
    g_assert_cmpuint(u.sid_bits, ==, 16);
    g_assert_cmpuint(u.ssid_bits, ==, 16);
    g_assert_cmpuint(u.oas, ==, 48);
    g_assert_cmphex(u.granules, ==, 0x15000);
    g_assert_cmphex(u.strtab, ==, 0x1000000);
}

/* -- STE -- */

typedef struct Row {
    const char *name;
    uint64_t words[4];
    bool legal;
} Row;

static const Row ste_rows[] = {
    { "stage 1", CHECK_STE, true },
    { "V=0", { 0, 0xc0000000 }, true },
    { "aborts", { 0x1, ~0ull, ~0ull, ~0ull }, true },
    { "bypass", { 0x9, 0x30000000 }, true },
    { "S1CDMax=17", { 0x880000000200000bull, 0x2 }, false },
    { "S1CDMax=16", { 0x800000000200000bull, 0x2 }, true },
    { "S1ContextPtr", { 0x400100000200000bull, 0x2 }, false },
    { "STRW=1", { 0x400000000200000bull, 0x40000002 }, false },
    { "STRW=2", { 0x400000000200000bull, 0x80000002 }, true },
    { "EATS=2", { 0x400000000200000bull, 0x20000002 }, false },
    { "EATS=2, nested", { 0x400000000200000full, 0x20000002, CHECK_STE2,
                          CHECK_STE3 }, true },
    { "EATS=2, S2S", { 0x400000000200000full, 0x20000002,
                       CHECK_STE2 | 1ull << 57, CHECK_STE3 }, false },
    { "EATS=1, S2S", { 0xd, 0x10000000, CHECK_STE2 | 1ull << 57,
                       CHECK_STE3 }, false },
    { "S2S", { 0xd, 0, CHECK_STE2 | 1ull << 57, CHECK_STE3 }, true },
    { "S2AA64=0", { 0xd, 0, CHECK_STE2 & ~(1ull << 51), CHECK_STE3 }, false },
    { "S2ENDI", { 0xd, 0, CHECK_STE2 | 1ull << 52, CHECK_STE3 }, false },
    { "S2TG=3", { 0xd, 0, CHECK_STE2 | 3ull << 46, CHECK_STE3 }, false },
    { "S2T0SZ=15", { 0xd, 0, 0x040d008f00000000ull, CHECK_STE3 }, false },
    { "S2T0SZ=16", { 0xd, 0, 0x040d009000000000ull, CHECK_STE3 }, true },
    { "S2SL0=3", { 0xd, 0, CHECK_STE2 | 3ull << 38, CHECK_STE3 }, false },
    { "S2SL0=0", { 0xd, 0, CHECK_STE2 & ~(3ull << 38), CHECK_STE3 }, false },
    { "S2TTB", { 0xd, 0, CHECK_STE2, 1ull << 48 }, false },
    { "S2HD", { 0xd, 0, CHECK_STE2 | 1ull << 55 | 1ull << 56, CHECK_STE3 },
      true },
};

static void test_ste(gconstpointer data)
{
    const Row *row = data;
    uint64_t words[SVA_CHECK_SMMU_WORDS] = { 0 };
    SvaCheckSmmuUnit u = unit();

    memcpy(words, row->words, sizeof(row->words));
    g_assert_cmpint(!sva_check_smmu_ste_illegal(&u, words), ==, row->legal);
}

/* Each capability that a legal entry needs. */
static void test_ste_caps(void)
{
    static const struct {
        size_t cap;
        uint64_t words[4];
    } rows[] = {
        { offsetof(SvaCheckSmmuUnit, s1p), CHECK_STE },
        { offsetof(SvaCheckSmmuUnit, s2p), { 0xd, 0, CHECK_STE2,
                                             CHECK_STE3 } },
        { offsetof(SvaCheckSmmuUnit, cd2l), { 0x400000000200002bull, 0x2 } },
        { offsetof(SvaCheckSmmuUnit, vmid16),
          { 0x400000000200000bull, 0x2, 0x100 } },
        { offsetof(SvaCheckSmmuUnit, httu),
          { 0xd, 0, CHECK_STE2 | 1ull << 56, CHECK_STE3 } },
    };
    uint64_t words[SVA_CHECK_SMMU_WORDS] = { 0 };
    SvaCheckSmmuUnit u = unit();
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        memcpy(words, rows[i].words, sizeof(rows[i].words));
        u = unit();
        g_assert_null(sva_check_smmu_ste_illegal(&u, words));
        *((uint8_t *)&u + rows[i].cap) = 0;
        g_assert_nonnull(sva_check_smmu_ste_illegal(&u, words));
    }
}

static void test_ste_stalls(void)
{
    uint64_t words[SVA_CHECK_SMMU_WORDS] = CHECK_STE;
    SvaCheckSmmuUnit u = unit();

    words[1] |= 1u << 27;
    g_assert_null(sva_check_smmu_ste_illegal(&u, words));
    u.stall = SVA_CHECK_SMMU_STALL_NEVER;
    g_assert_nonnull(sva_check_smmu_ste_illegal(&u, words));
}

static void test_ste_meaning(void)
{
    uint64_t words[SVA_CHECK_SMMU_WORDS] = CHECK_STE;
    SvaCheckSmmuUnit u = unit();
    SvaCheckSmmuSte ste;

    words[2] = CHECK_STE2 | 0x1234;
    sva_check_smmu_ste(&u, words, &ste);
    g_assert_true(ste.valid && ste.stage1 && !ste.stage2 && !ste.abort);
    g_assert_cmphex(ste.context, ==, 0x2000000);
    g_assert_cmpuint(ste.cd_bits, ==, 8);
    g_assert_cmpuint(ste.s1dss, ==, 2);
    g_assert_cmpuint(ste.eats, ==, 1);
    g_assert_true(ste.has_vmid);
    g_assert_cmphex(ste.vmid, ==, 0x1234);
    words[1] |= 2ull << 30;
    sva_check_smmu_ste(&u, words, &ste);
    g_assert_cmpuint(ste.world, ==, SVA_CHECK_SMMU_EL2);
    g_assert_false(ste.has_vmid);
    words[0] = 0xd;
    words[3] = CHECK_STE3;
    sva_check_smmu_ste(&u, words, &ste);
    g_assert_true(!ste.stage1 && ste.stage2);
    g_assert_cmpint(ste.s2.start, ==, 1);
    g_assert_cmpuint(ste.s2.granule, ==, 12);
    g_assert_cmpuint(ste.s2.tsz, ==, 25);
    g_assert_cmphex(ste.s2.base, ==, 0x4000000);
}

/* Which words count, and which fields the TLB keeps. */
static void test_ste_used(void)
{
    uint64_t words[SVA_CHECK_SMMU_WORDS] = CHECK_STE;
    uint64_t now[SVA_CHECK_SMMU_WORDS] = CHECK_STE;
    uint64_t used[SVA_CHECK_SMMU_WORDS];
    SvaCheckSmmuUnit u = unit();

    words[2] = CHECK_STE2 | 5;
    words[3] = CHECK_STE3;
    sva_check_smmu_ste_used(&u, words, used);
    g_assert_cmphex(used[0], ==, 0x400000000200000bull);
    g_assert_cmphex(used[1], ==, 0x10000002);
    g_assert_cmphex(used[2], ==, 5);
    g_assert_cmphex(used[3], ==, 0);
    memcpy(now, words, sizeof(now));
    now[3] ^= 0x1000;           /* S2TTB without stage 2 */
    now[1] ^= 0x1;              /* S1DSS */
    g_assert_null(sva_check_smmu_ste_tlb(&u, words, now));
    now[2] ^= 1;
    g_assert_cmpstr(sva_check_smmu_ste_tlb(&u, words, now)->name, ==,
                    "S2VMID");
    words[0] |= 4;
    now[0] |= 4;
    now[2] ^= 1;
    g_assert_cmpstr(sva_check_smmu_ste_tlb(&u, words, now)->name, ==,
                    "S2TTB");
    words[0] = 0;
    words[1] = ~0ull;
    sva_check_smmu_ste_used(&u, words, used);
    g_assert_cmphex(used[0] | used[1] | used[2] | used[3], ==, 0);
}

/* -- CD -- */

static const Row cd_rows[] = {
    { "plain", CHECK_CD, true },
    { "V=0", { 0x3f }, true },
    { "quiesced", { 0x0010c205c0004000ull }, true },
    { "AA64=0", { CHECK_CD0 & ~(1ull << 41), 0x3000000 }, false },
    { "ENDI", { CHECK_CD0 | 0x8000, 0x3000000 }, false },
    { "ENDI, no half", { 0x0010c205c000c000ull }, true },
    { "HD", { CHECK_CD0 | 3ull << 42, 0x3000000 }, true },
    { "TG0=3", { CHECK_CD0 | 0xc0, 0x3000000 }, false },
    { "T0SZ=15", { CHECK_CD0 ^ 0x1f, 0x3000000 }, false },
    { "T0SZ=39", { CHECK_CD0 ^ 0x37, 0x3000000 }, true },
    { "T0SZ=40", { CHECK_CD0 ^ 0x38, 0x3000000 }, false },
    { "TTB0", { CHECK_CD0, 1ull << 48 }, false },
    { "IPS=32, TTB0", { CHECK_CD0 & ~(7ull << 32), 1ull << 32 }, false },
    { "T1SZ=0, EPD1", { CHECK_CD0, 0x3000000 }, true },
    { "T1SZ=0", { CHECK_CD0 & ~(1ull << 30), 0x3000000 }, false },
    { "TG1=2", { (CHECK_CD0 & ~(1ull << 30)) | 16 << 16 | 2 << 22,
                 0x3000000, 0x3001000 }, true },
    { "TG1=0", { (CHECK_CD0 & ~(1ull << 30)) | 16 << 16,
                 0x3000000, 0x3001000 }, false },
};

static void test_cd(gconstpointer data)
{
    const Row *row = data;
    uint64_t words[SVA_CHECK_SMMU_WORDS] = { 0 };
    SvaCheckSmmuUnit u = unit();

    memcpy(words, row->words, sizeof(row->words));
    g_assert_cmpint(!sva_check_smmu_cd_illegal(&u, NULL, words), ==,
                    row->legal);
}

static void test_cd_caps(void)
{
    uint64_t words[SVA_CHECK_SMMU_WORDS] = CHECK_CD;
    SvaCheckSmmuSte ste = { .stalls_off = true };
    SvaCheckSmmuUnit u = unit();

    words[0] |= 1ull << 44;
    g_assert_null(sva_check_smmu_cd_illegal(&u, NULL, words));
    g_assert_nonnull(sva_check_smmu_cd_illegal(&u, &ste, words));
    u.stall = SVA_CHECK_SMMU_STALL_NEVER;
    g_assert_nonnull(sva_check_smmu_cd_illegal(&u, NULL, words));
    u.stall = SVA_CHECK_SMMU_STALL_ALWAYS;
    g_assert_null(sva_check_smmu_cd_illegal(&u, NULL, words));
    words[0] &= ~(1ull << 44);
    g_assert_nonnull(sva_check_smmu_cd_illegal(&u, NULL, words));

    u = unit();
    words[0] |= 0x0100000000000000ull;
    g_assert_null(sva_check_smmu_cd_illegal(&u, NULL, words));
    u.asid16 = false;
    g_assert_nonnull(sva_check_smmu_cd_illegal(&u, NULL, words));

    u = unit();
    words[0] = CHECK_CD0 & ~(1ull << 46);
    g_assert_null(sva_check_smmu_cd_illegal(&u, NULL, words));
    u.term_model = true;
    g_assert_nonnull(sva_check_smmu_cd_illegal(&u, NULL, words));
}

static void test_cd_meaning(void)
{
    uint64_t words[SVA_CHECK_SMMU_WORDS] = CHECK_CD;
    SvaCheckSmmuUnit u = unit();
    SvaCheckSmmuCd cd;

    sva_check_smmu_cd(&u, words, &cd);
    g_assert_true(cd.valid && cd.aset && cd.abort && cd.record && !cd.stall);
    g_assert_cmphex(cd.asid, ==, 0x10);
    g_assert_true(!cd.half[0].off && cd.half[1].off);
    g_assert_cmphex(cd.half[0].base, ==, 0x3000000);
    g_assert_cmpuint(cd.half[0].granule, ==, 12);
    g_assert_cmpint(cd.half[0].start, ==, 0);
    words[0] |= 2ull << 22;
    sva_check_smmu_cd(&u, words, &cd);
    g_assert_cmpuint(cd.half[1].granule, ==, 12);
}

static void test_start_level(void)
{
    g_assert_cmpint(sva_check_smmu_start_level(12, 16), ==, 0);
    g_assert_cmpint(sva_check_smmu_start_level(12, 25), ==, 1);
    g_assert_cmpint(sva_check_smmu_start_level(12, 39), ==, 2);
    g_assert_cmpint(sva_check_smmu_start_level(14, 16), ==, 0);
    g_assert_cmpint(sva_check_smmu_start_level(14, 17), ==, 1);
    g_assert_cmpint(sva_check_smmu_start_level(16, 16), ==, 1);
    g_assert_cmpint(sva_check_smmu_start_level(16, 12), ==, 1);
    g_assert_cmpint(sva_check_smmu_start_level(16, 22), ==, 2);
    g_assert_cmpint(sva_check_smmu_start_level(0, 16), ==, -1);
    g_assert_cmpint(sva_check_smmu_start_level(12, 63), ==, -1);
}

/* Linux' way to the quiesced CD: what each step changes. */
static void test_cd_used(void)
{
    uint64_t live[SVA_CHECK_SMMU_WORDS] = CHECK_CD;
    uint64_t quiet[SVA_CHECK_SMMU_WORDS] = { 0x0010c205c0004000ull, 0x3000000,
                                             0, 0xff };
    uint64_t done[SVA_CHECK_SMMU_WORDS] = { 0x0010c205c0004000ull, 0, 0,
                                            0xff };
    uint64_t a[SVA_CHECK_SMMU_WORDS], b[SVA_CHECK_SMMU_WORDS];

    g_assert_cmpstr(sva_check_smmu_cd_tlb(live, quiet)->name, ==, "EPD0");
    g_assert_null(sva_check_smmu_cd_tlb(quiet, done));
    g_assert_null(sva_check_smmu_cd_clash(live, quiet));
    sva_check_smmu_cd_used(quiet, a);
    sva_check_smmu_cd_used(done, b);
    g_assert_cmpmem(a, sizeof(a), b, sizeof(b));
    memcpy(quiet, live, sizeof(quiet));
    quiet[0] ^= CHECK_CD_R;
    g_assert_null(sva_check_smmu_cd_tlb(live, quiet));
    quiet[1] = 0x4000000;
    g_assert_cmpstr(sva_check_smmu_cd_clash(live, quiet)->name, ==, "TTB0");
}

static void add(const char *what, const Row *rows, unsigned n,
                GTestDataFunc fn)
{
    unsigned i;

    for (i = 0; i < n; i++) {
        g_autofree char *path = g_strdup_printf("/checker-smmu/%s/%s", what,
                                                rows[i].name);

        g_test_add_data_func(path, &rows[i], fn);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/checker-smmu/unit", test_unit);
    add("ste", ste_rows, G_N_ELEMENTS(ste_rows), test_ste);
    g_test_add_func("/checker-smmu/ste-caps", test_ste_caps);
    g_test_add_func("/checker-smmu/ste-stalls", test_ste_stalls);
    g_test_add_func("/checker-smmu/ste-meaning", test_ste_meaning);
    g_test_add_func("/checker-smmu/ste-used", test_ste_used);
    add("cd", cd_rows, G_N_ELEMENTS(cd_rows), test_cd);
    g_test_add_func("/checker-smmu/cd-caps", test_cd_caps);
    g_test_add_func("/checker-smmu/cd-meaning", test_cd_meaning);
    g_test_add_func("/checker-smmu/cd-used", test_cd_used);
    g_test_add_func("/checker-smmu/start-level", test_start_level);
    return g_test_run();
}

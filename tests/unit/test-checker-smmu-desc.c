/*
 * Checker, SMMUv3: VMSAv8-64 descriptors, and what their changes mean
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "checker-smmu.h"
#include "../../hw/sva/observe/checker/smmu-desc.h"

#define FAULT SVA_CHECK_SMMU_FAULT
#define TABLE SVA_CHECK_SMMU_TABLE
#define LEAF  SVA_CHECK_SMMU_LEAF

/* -- what it says -- */

static void test_kinds(void)
{
    static const struct {
        uint8_t granule, level;
        bool wide;
        uint64_t word;
        SvaCheckSmmuDescKind kind;
        uint64_t addr;
    } rows[] = {
        { 12, 3, false, 0x12345c43, LEAF, 0x12345000 },
        { 12, 3, false, 0x12345c41, FAULT, 0 },
        { 12, 3, false, 0x12345c42, FAULT, 0 },
        { 12, 2, false, 0x12345c43, TABLE, 0x12345000 },
        { 12, 2, false, 0x12345c41, LEAF, 0x12200000 },
        { 12, 1, false, 0x52345c41, LEAF, 0x40000000 },
        { 12, 0, false, 0x12345c41, FAULT, 0 },
        { 14, 3, false, 0x12345c43, LEAF, 0x12344000 },
        { 14, 2, false, 0x1fffffc41, LEAF, 0x1fe000000 },
        { 14, 1, false, 0x12345c41, FAULT, 0 },
        { 16, 3, false, 0x12345c43, LEAF, 0x12340000 },
        { 16, 3, true, 0x12345c43, LEAF, 0x5000012340000 },
        { 16, 2, false, 0xfff45c41, LEAF, 0xe0000000 },
        { 16, 1, false, 0x12345c41, FAULT, 0 },
        { 16, 1, true, 0x40012345c41ull, LEAF, 0x5040000000000ull },
        { 16, 2, true, 0x12345c43, TABLE, 0x5000012340000 },
    };
    SvaCheckSmmuDesc desc;
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        SvaCheckSmmuWalk walk = {
            .granule = rows[i].granule, .wide = rows[i].wide,
        };

        sva_check_smmu_desc(&walk, rows[i].level, rows[i].word, &desc);
        g_assert_cmpuint(desc.kind, ==, rows[i].kind);
        g_assert_cmphex(desc.addr, ==, rows[i].addr);
    }
}

static void test_rights(void)
{
    static const struct {
        bool stage2;
        uint64_t word;
        uint8_t rights;
    } rows[] = {
        { false, 0x403, 0x3c },                 /* kernel, RWX; user X */
        { false, 0x443, 0x1f },                 /* all but privileged X */
        { false, 0x4c3, 0x2d },                 /* read-only */
        { false, 0x483, 0x2c },
        { false, 0x60000000000443ull, 0x1b },   /* UXN, PXN */
        { true, 0x4c3, 0x3f },
        { true, 0x443, 0x2d },
        { true, 0x483, 0x36 },
        { true, 0x200000000004c3ull, 0x1f },    /* XN=1 */
        { true, 0x400000000004c3ull, 0x1b },    /* XN=2 */
        { true, 0x600000000004c3ull, 0x3b },    /* XN=3 */
    };
    SvaCheckSmmuDesc desc;
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        SvaCheckSmmuWalk walk = { .granule = 12, .stage2 = rows[i].stage2 };

        sva_check_smmu_desc(&walk, 3, rows[i].word, &desc);
        g_assert_cmphex(desc.rights, ==, rows[i].rights);
    }
}

/* -- changes -- */

#define PAGE CHECK_PTE(0x12345000)
#define RO   0x80ull
#define DBM  (1ull << 51)

#define SAME  SVA_CHECK_SMMU_SAME
#define MORE  SVA_CHECK_SMMU_MORE
#define OTHER SVA_CHECK_SMMU_OTHER

typedef struct Row {
    const char *name;
    uint8_t level;
    uint64_t before;
    uint64_t now;
    SvaCheckSmmuDiff diff;
} Row;

static const Row rows[] = {
    { "mapped", 3, 0, PAGE, MORE },
    { "swap entry changes", 3, 0x1230, 0x4560, SAME },
    { "unmapped", 3, PAGE, 0, OTHER },
    { "present bit only", 3, PAGE, PAGE & ~1ull, OTHER },
    { "another page", 3, PAGE, PAGE ^ 0x1000, OTHER },
    { "AF set", 3, PAGE & ~0x400ull, PAGE, SAME },
    { "AF cleared", 3, PAGE, PAGE & ~0x400ull, SAME },
    { "write added", 3, PAGE | RO, PAGE, MORE },
    { "write removed", 3, PAGE, PAGE | RO, OTHER },
    { "dirty", 3, PAGE | RO | DBM, PAGE | DBM, MORE },
    { "clean", 3, PAGE | DBM, PAGE | RO | DBM, OTHER },
    { "DBM removed, clean", 3, PAGE | RO | DBM, PAGE | RO, OTHER },
    { "DBM removed, dirty", 3, PAGE | DBM, PAGE, SAME },
    { "DBM added", 3, PAGE | RO, PAGE | RO | DBM, MORE },
    { "user removed", 3, PAGE, PAGE & ~0x40ull, OTHER },
    { "UXN", 3, PAGE, PAGE | 1ull << 54, OTHER },
    { "UXN removed", 3, PAGE | 1ull << 54, PAGE, MORE },
    { "nG", 3, PAGE, PAGE ^ 0x800, OTHER },
    { "memory type", 3, PAGE, PAGE ^ 0x4, OTHER },
    { "shareability", 3, PAGE, PAGE ^ 0x300, OTHER },
    { "software bits", 3, PAGE, PAGE ^ 0x0780000000000000ull, SAME },
    { "contiguous", 3, PAGE, PAGE ^ 1ull << 52, SAME },
    { "block becomes table", 2, 0x12200c41, 0x12345003, OTHER },
    { "table becomes block", 2, 0x12345003, 0x12200c41, OTHER },
    { "nT", 2, 0x12200c41, 0x12210c41, SAME },
    { "table", 1, 0, 0x12345003, MORE },
    { "table freed", 1, 0x12345003, 0, OTHER },
    { "another table", 1, 0x12345003, 0x12346003, OTHER },
    { "APTable", 1, 0x12345003, 0x2000000012345003ull, OTHER },
    { "table, ignored bits", 1, 0x12345003, 0x0580000012345ffbull, SAME },
};

static void test_diff(gconstpointer data)
{
    const Row *row = data;
    SvaCheckSmmuWalk walk = { .granule = 12, .bbml = 2 };

    g_assert_cmpint(sva_check_smmu_desc_diff(&walk, row->level, row->before,
                                             row->now), ==, row->diff);
}

static void test_stage2(void)
{
    SvaCheckSmmuWalk walk = { .granule = 12, .bbml = 2, .stage2 = true };
    uint64_t page = 0x123454ff;

    g_assert_cmpint(sva_check_smmu_desc_diff(&walk, 3, page, page & ~0x80ull),
                    ==, OTHER);
    g_assert_cmpint(sva_check_smmu_desc_diff(&walk, 3, page & ~0x80ull, page),
                    ==, MORE);
    g_assert_cmpint(sva_check_smmu_desc_diff(&walk, 3, page, page ^ 0x8),
                    ==, OTHER);
    g_assert_cmpint(sva_check_smmu_desc_diff(&walk, 3,
                                             (page & ~0x80ull) | DBM,
                                             page | DBM), ==, MORE);
    /* There is no nG. */
    g_assert_cmpint(sva_check_smmu_desc_diff(&walk, 3, page, page ^ 0x800),
                    ==, SAME);
}

/* Without BBML a change of size has to be broken first. */
static void test_bbml(void)
{
    SvaCheckSmmuWalk walk = { .granule = 12, .bbml = 0 };

    g_assert_cmpint(sva_check_smmu_desc_diff(&walk, 3, PAGE,
                                             PAGE ^ 1ull << 52), ==, OTHER);
}

static void test_shift(void)
{
    static const uint8_t shifts[3][4] = {
        { 39, 30, 21, 12 }, { 47, 36, 25, 14 }, { 55, 42, 29, 16 },
    };
    unsigned g, level;

    for (g = 0; g < 3; g++) {
        SvaCheckSmmuWalk walk = { .granule = 12 + 2 * g };

        for (level = 0; level < 4; level++) {
            g_assert_cmpuint(sva_check_smmu_desc_shift(&walk, level), ==,
                             shifts[g][level]);
        }
    }
}

int main(int argc, char **argv)
{
    unsigned i;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/checker-smmu/desc/kinds", test_kinds);
    g_test_add_func("/checker-smmu/desc/rights", test_rights);
    g_test_add_func("/checker-smmu/desc/stage2", test_stage2);
    g_test_add_func("/checker-smmu/desc/bbml", test_bbml);
    g_test_add_func("/checker-smmu/desc/shift", test_shift);
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strdup_printf("/checker-smmu/diff/%s",
                                                rows[i].name);

        g_test_add_data_func(path, &rows[i], test_diff);
    }
    return g_test_run();
}

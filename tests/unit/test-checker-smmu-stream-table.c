/*
 * Checker on the SMMUv3 model: a second-level stream table that is linked after
 * the unit has seen that there was none
 *
 * IHI 0070 G.b, 3.21.3: a descriptor may be kept whether it is valid or not,
 * and any change of it is followed by an invalidation; 4.3.1: CMD_CFGI_STE with
 * Leaf=1 need not reach it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "checker-smmu-fixture.h"
#include "smmu-tables.h"

#define L1TAB  0x1800000ull
#define L2TAB  0x1a00000ull
#define VA     0x400000ull
#define PAGE   0x12345000ull
#define SID    0x0000011000000000ull
#define L1STD  (L1TAB + 8)
#define STE    (L2TAB + (SMMU_RID & 0xff) * 64)

/* What software sends when it has linked the table. */
typedef struct Link {
    const char *name;
    uint64_t command[2];        /* 0: nothing */
    const char *rules;
    bool enough;
} Link;

static const Link links[] = {
    { "leaf", { SID | 0x03, 1 }, "inval-entry-missing", false },
    { "nothing", { 0, 0 }, "inval-entry-missing", false },
    { "other-span", { 0x0000020000000003, 0 }, "inval-entry-missing", false },
    { "all-levels", { SID | 0x03, 0 }, "", true },
    { "all-levels-beside", { 0x000001ff00000003, 0 }, "", true },
    { "range", { 0x0000010000000004, 7 }, "", true },
    { "all", { 0x04, 31 }, "", true },
};

/* Linear tables, then one of two levels: FMT=1, SPLIT=8, LOG2SIZE=16. */
static SmmuFixture *start(uint32_t seed)
{
    SvaSmmuConfig config = sva_smmu_default_config;
    SmmuFixture *f;

    config.adversary = seed;
    f = smmu_tables_start(&config);
    smmu_map(f, VA, PAGE, SMMU_PTE);
    smmu_write32(f, 0x20, 0);
    smmu_write64(f, 0x80, L1TAB);
    smmu_write32(f, 0x88, 0x10210);
    smmu_write32(f, 0x20, 0x1f);
    return f;
}

static bool reaches(SmmuFixture *f)
{
    SvaTranslation t = smmu_translate(f, sva_pasid(1), VA, SVA_READ);

    while (smmu_event(f, NULL)) {
        /* Linux takes them */
    }
    return t.outcome == SVA_OK && t.map.addr == PAGE;
}

static void cfgi_ste_leaf(CheckSmmu *t)
{
    check_smmu_command(t, SID | 0x03, 1);
}

/*
 * As arm_smmu_init_l2_strtab() of Linux and what follows: STEs that abort, the
 * descriptor, and then the STE itself, its last three words first.
 */
static void link_table(CheckSmmu *t, const Link *link)
{
    FakeEnv *env = t->f->env;
    unsigned i;

    for (i = 0; i < 256; i++) {
        fake_put64(env, L2TAB + 64 * i, 1);
    }
    fake_put64(env, L1STD, L2TAB | 9);
    if (link->command[0]) {
        check_smmu_command(t, link->command[0], link->command[1]);
    }
    fake_put64(env, STE + 8, SMMU_STE1);
    cfgi_ste_leaf(t);
    fake_put64(env, STE, SMMU_STE0);
    cfgi_ste_leaf(t);
}

static void test_link(gconstpointer data)
{
    const Link *link = data;
    g_autofree char *ids = NULL;
    CheckSmmu t;

    check_smmu_init(&t, start(0));
    g_assert_false(reaches(t.f));
    link_table(&t, link);
    g_assert_true(reaches(t.f));
    check_smmu_past_limit(&t);
    ids = check_smmu_broken(&t);
    g_assert_cmpstr(ids, ==, link->rules);
    check_smmu_finalize(&t);
}

/* Nobody has asked before: no copy can be left. */
static void test_not_read(void)
{
    g_autofree char *ids = NULL;
    CheckSmmu t;

    check_smmu_init(&t, start(0));
    link_table(&t, &links[0]);
    g_assert_true(reaches(t.f));
    check_smmu_past_limit(&t);
    ids = check_smmu_broken(&t);
    g_assert_cmpstr(ids, ==, "");
    check_smmu_finalize(&t);
}

/* Who is not told may go on as if there were no table. */
static void test_adversary(gconstpointer data)
{
    const Link *link = data;
    unsigned lost = 0, i, k;

    for (i = 1; i <= 100; i++) {
        CheckSmmu t;

        check_smmu_init(&t, start(i));
        for (k = 0; k < 8; k++) {
            reaches(t.f);
        }
        link_table(&t, link);
        for (k = 0; k < 8; k++) {
            lost += !reaches(t.f);
        }
        check_smmu_finalize(&t);
    }
    g_test_message("%u of 800 transactions lost", lost);
    g_assert_cmpuint(!lost, ==, link->enough);
}

int main(int argc, char **argv)
{
    unsigned i;

    g_test_init(&argc, &argv, NULL);
    for (i = 0; i < G_N_ELEMENTS(links); i++) {
        g_autofree char *path = g_strdup_printf(
            "/checker-smmu/stream-table/%s", links[i].name);
        g_autofree char *seeds = g_strconcat(path, "/adversary", NULL);

        g_test_add_data_func(path, &links[i], test_link);
        /* It forgets more than other commands name. */
        if (links[i].enough || links[i].command[1]) {
            g_test_add_data_func(seeds, &links[i], test_adversary);
        }
    }
    g_test_add_func("/checker-smmu/stream-table/not-read", test_not_read);
    return g_test_run();
}

/*
 * Checker on the SMMUv3 model: software that does all it owes, and software
 * that leaves one step out
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "checker-smmu-fixture.h"
#include "checker-smmu.h"
#include "smmu-tables.h"

#define SSID    1
#define ASID    0x11
#define TTB_A   0x3000000ull
#define TTB_B   0x3800000ull
#define VA      0x400000ull
#define PAGE    0x12345000ull
#define SID     0x0000011000000000ull

/* @f: that of @t */
typedef struct World {
    CheckSmmu t;
    SmmuFixture *f;
    unsigned skip;
    bool late;                  /* the function works all the time */
} World;

/* Steps that may be left out, or done wrong. */
typedef enum Step {
    NOTHING,
    WORDS_CFGI,                 /* before V=1 */
    VALID_CFGI,
    VALID_FIRST,                /* V=1 before the other words */
    PAGE_TLBI,
    PAGE_TLBI_SYNC,             /* no CMD_SYNC between TLBI and ATC_INV */
    PAGE_ATC,
    PAGE_SHORT,                 /* one page less */
    PAGE_ATC_FIRST,
    TABLE_LEAF,                 /* Leaf=1 although a table is gone */
    QUIET_CFGI,
    QUIET_TLBI,
    QUIET_TLBI_FIRST,           /* before the CFGI's CMD_SYNC */
    QUIET_ATC,
    UNBIND_CFGI,
    UNBIND_ATC,
    UNBIND_TLBI,
    NO_SYNC,                    /* at the end */
} Step;

static World *world_new(unsigned skip, uint32_t seed)
{
    SvaSmmuConfig config = sva_smmu_default_config;
    World *w = g_new0(World, 1);

    config.adversary = seed;
    w->skip = skip;
    w->f = smmu_fixture_start(&config);
    w->f->next_table = SMMU_TABLES;
    check_smmu_init(&w->t, w->f);
    return w;
}

static void world_free(World *w)
{
    check_smmu_finalize(&w->t);
    g_free(w);
}

/* -- software -- */

static bool does(const World *w, Step step)
{
    return w->skip != step;
}

static void cfgi_cd(World *w, Step step)
{
    if (does(w, step)) {
        check_smmu_command(&w->t, SID | SSID << 12 | 0x05, 1);
    }
}

static void tlbi_asid(World *w, Step step)
{
    if (does(w, step)) {
        check_smmu_command(&w->t, (uint64_t)ASID << 48 | 0x11, 0);
    }
}

static void atc_all(World *w, Step step)
{
    if (does(w, step)) {
        check_smmu_command(&w->t, SID | SSID << 12 | 0x840, 52);
    }
}

static uint64_t cd_word(unsigned n)
{
    return SMMU_CDS + SSID * 64 + n * 8;
}

static void use_pages(World *w);

static void bind_to(World *w, uint64_t ttb)
{
    FakeEnv *env = w->f->env;

    if (w->skip == VALID_FIRST) {
        fake_put64(env, cd_word(0), SMMU_CD0(ASID));
        cfgi_cd(w, NOTHING);
    }
    fake_put64(env, cd_word(1), ttb);
    fake_put64(env, cd_word(3), 0xff);
    cfgi_cd(w, WORDS_CFGI);
    if (w->late) {
        use_pages(w);           /* the unit has seen V=0 */
    }
    fake_put64(env, cd_word(0), SMMU_CD0(ASID));
    cfgi_cd(w, VALID_CFGI);
}

static uint64_t leaf_of(World *w, uint64_t ttb, unsigned n)
{
    return smmu_desc(w->f, ttb, 0, 3, VA + n * 0x1000);
}

static void map_pages(World *w, uint64_t ttb)
{
    unsigned i;

    for (i = 0; i < 4; i++) {
        fake_put64(w->f->env, leaf_of(w, ttb, i),
                   (PAGE + i * 0x1000) | SMMU_PTE);
    }
}

/* By the TLB and by the ATC. */
static void use_pages(World *w)
{
    unsigned i;

    for (i = 0; i < 4; i++) {
        smmu_translate(w->f, sva_pasid(SSID), VA + i * 0x1000, SVA_READ);
        smmu_ats(w->f, sva_pasid(SSID), VA + i * 0x1000, SVA_READ);
    }
}

static void atc_pages(World *w)
{
    /* 4 pages */
    check_smmu_command(&w->t, SID | SSID << 12 | 0x840, VA | 2);
}

/* Pages by range: (NUM + 1) of 4 KiB, SCALE=0, TTL=3. */
static void unmap_pages(World *w)
{
    unsigned i, num = w->skip == PAGE_SHORT ? 2 : 3;

    for (i = 0; i < 4; i++) {
        fake_put64(w->f->env, leaf_of(w, TTB_A, i), 0);
    }
    if (w->skip == PAGE_ATC_FIRST) {
        atc_pages(w);
    }
    if (does(w, PAGE_TLBI)) {
        smmu_put(w->f, (uint64_t)ASID << 48 | num << 12 | 0x12,
                 VA | 1 << 10 | 3 << 8 | 1);
        if (does(w, PAGE_TLBI_SYNC)) {
            check_smmu_sync(&w->t);
        }
    }
    if (does(w, PAGE_ATC) && does(w, PAGE_ATC_FIRST)) {
        atc_pages(w);
    }
}

/* The table of pages goes as well. */
static void unmap_table(World *w)
{
    fake_put64(w->f->env, smmu_desc(w->f, TTB_A, 0, 2, VA), 0);
    check_smmu_command(&w->t, (uint64_t)ASID << 48 | 3 << 12 | 0x12,
                       VA | 1 << 10 | (w->skip == TABLE_LEAF));
    atc_pages(w);
}

static void quiesce(World *w)
{
    FakeEnv *env = w->f->env;

    fake_put64(env, cd_word(0), (SMMU_CD0(ASID) & ~SMMU_CD0_R) | 0x4000);
    if (w->skip == QUIET_TLBI_FIRST) {
        check_smmu_command(&w->t, (uint64_t)ASID << 48 | 0x11, 0);
        use_pages(w);           /* by the CD that is cached still */
    }
    cfgi_cd(w, QUIET_CFGI);
    fake_put64(env, cd_word(1), 0);
    cfgi_cd(w, QUIET_CFGI);
    if (does(w, QUIET_TLBI_FIRST)) {
        tlbi_asid(w, QUIET_TLBI);
    }
    atc_all(w, QUIET_ATC);
}

static void free_tables(World *w)
{
    unsigned level, i;

    for (i = 0; i < 4; i++) {
        fake_put64(w->f->env, leaf_of(w, TTB_A, i), 0);
    }
    for (level = 3; level--;) {
        fake_put64(w->f->env, smmu_desc(w->f, TTB_A, 0, level, VA), 0);
    }
}

static void unbind(World *w)
{
    FakeEnv *env = w->f->env;

    fake_put64(env, cd_word(0), 0);
    cfgi_cd(w, UNBIND_CFGI);
    fake_put64(env, cd_word(3), 0);
    fake_put64(env, cd_word(1), 0);
    cfgi_cd(w, UNBIND_CFGI);
    atc_all(w, UNBIND_ATC);
    tlbi_asid(w, UNBIND_TLBI);
}

/* -- lives -- */

static void start_stream(World *w)
{
    FakeEnv *env = w->f->env;
    uint64_t pa = SMMU_STRTAB + SMMU_RID * 64ull;

    fake_put64(env, pa + 8, SMMU_STE1);
    check_smmu_command(&w->t, SID | 0x03, 1);
    fake_put64(env, pa, SMMU_STE0);
    check_smmu_command(&w->t, SID | 0x03, 1);
}

/* A process: pages come and go, it exits, is unbound, the next one comes. */
static void live(World *w)
{
    start_stream(w);
    bind_to(w, TTB_A);
    map_pages(w, TTB_A);
    use_pages(w);
    unmap_pages(w);
    check_smmu_past_limit(&w->t);
    map_pages(w, TTB_A);
    use_pages(w);
    unmap_table(w);
    check_smmu_past_limit(&w->t);
    map_pages(w, TTB_A);
    use_pages(w);
    quiesce(w);
    use_pages(w);
    free_tables(w);
    check_smmu_past_limit(&w->t);
    unbind(w);
    use_pages(w);
    check_smmu_past_limit(&w->t);
    map_pages(w, TTB_B);
    bind_to(w, TTB_B);
    use_pages(w);
    if (w->skip == NO_SYNC) {
        smmu_submit(w->f, (uint64_t)ASID << 48 | 0x11, 0);
    }
    check_smmu_past_limit(&w->t);
}

/* An unbind of a process that lives, and the next one has its ASID. */
static void live_unbind(World *w)
{
    start_stream(w);
    bind_to(w, TTB_A);
    map_pages(w, TTB_A);
    use_pages(w);
    unbind(w);
    map_pages(w, TTB_B);
    bind_to(w, TTB_B);
    use_pages(w);
    check_smmu_past_limit(&w->t);
}

static void live_late(World *w)
{
    w->late = true;
    live(w);
}

typedef struct Case {
    const char *name;
    Step skip;
    void (*live)(World *w);
    const char *rules;          /* that are broken */
} Case;

static const Case cases[] = {
    { "correct", NOTHING, live, "" },
    { "correct-unbind", NOTHING, live_unbind, "" },
    { "correct-late", NOTHING, live_late, "" },
    { "words-cfgi", WORDS_CFGI, live, "smmu-entry-torn" },
    { "valid-cfgi", VALID_CFGI, live_late, "inval-entry-missing" },
    { "valid-first", VALID_FIRST, live, "smmu-entry-torn" },
    { "page-tlbi", PAGE_TLBI, live, "inval-tlb-missing" },
    { "page-tlbi-sync", PAGE_TLBI_SYNC, live, "inval-wrong-order" },
    { "page-atc", PAGE_ATC, live, "inval-atc-missing" },
    { "page-short", PAGE_SHORT, live, "inval-range-missed" },
    { "page-atc-first", PAGE_ATC_FIRST, live, "inval-wrong-order" },
    { "table-leaf", TABLE_LEAF, live, "inval-leaf-only" },
    { "quiet-cfgi", QUIET_CFGI, live,
      "inval-entry-missing inval-walk-missing inval-tlb-missing "
      "smmu-entry-torn" },
    { "quiet-tlbi", QUIET_TLBI, live, "inval-tlb-missing inval-walk-missing" },
    { "quiet-tlbi-first", QUIET_TLBI_FIRST, live,
      "inval-wrong-order inval-walk-missing inval-tlb-missing" },
    { "quiet-atc", QUIET_ATC, live, "inval-atc-missing" },
    { "unbind-cfgi", UNBIND_CFGI, live, "inval-entry-missing" },
    { "unbind-atc", UNBIND_ATC, live_unbind, "inval-reused-early" },
    { "unbind-tlbi", UNBIND_TLBI, live_unbind, "smmu-asid-reused" },
    { "no-sync", NO_SYNC, live, "smmu-command-unsynced" },
};

static void test_case(gconstpointer data)
{
    const Case *t = data;
    World *w = world_new(t->skip, 0);
    g_autofree char *ids = NULL;

    t->live(w);
    ids = check_smmu_broken(&w->t);
    g_assert_cmpstr(ids, ==, t->rules);
    world_free(w);
}

/* The unit may take all liberties: who does all it owes is not accused. */
static void test_adversary(gconstpointer data)
{
    const Case *t = data;
    uint32_t seed;

    for (seed = 1; seed <= 40; seed++) {
        World *w = world_new(NOTHING, seed);
        g_autofree char *ids = NULL;

        t->live(w);
        ids = check_smmu_broken(&w->t);
        if (*ids) {
            g_test_message("seed %u", seed);
        }
        g_assert_cmpstr(ids, ==, "");
        world_free(w);
    }
}

int main(int argc, char **argv)
{
    unsigned i;

    g_test_init(&argc, &argv, NULL);
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/checker-smmu/model/%s",
                                                cases[i].name);

        g_test_add_data_func(path, &cases[i], test_case);
        if (cases[i].skip == NOTHING) {
            g_autofree char *seeds = g_strconcat(path, "/adversary", NULL);

            g_test_add_data_func(seeds, &cases[i], test_adversary);
        }
    }
    return g_test_run();
}

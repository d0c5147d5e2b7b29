/*
 * SMMUv3: each liberty of the adversary, seen by its effect
 *
 * A liberty is taken at moments that the seed chooses: a test looks for a seed
 * that shows the effect, and that no seed breaks what software is promised.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "smmu-tables.h"
#include "hw/sva/core/adversary.h"
#include "hw/sva/smmuv3/state.h"

#define P(n)   sva_pasid(n)
#define SEEDS  64

#define OLD    0x10000000ull
#define NEW    0x20000000ull
#define OTHER  0x3100000ull     /* another top table */

#define CFGI_CD(index) (0x05 | (uint64_t)SMMU_RID << 32 | \
                        (uint64_t)(index) << 12)
#define VMID2          (2ull << 32)
#define TLBI_ASID(asid) (0x11 | VMID2 | (uint64_t)(asid) << 48)
#define TLBI_VA(asid)  (0x12 | VMID2 | (uint64_t)(asid) << 48)

/* CD 1, ASID 11h, has pages 1 to 15 at OLD. */
static SmmuFixture *start(unsigned liberties, uint32_t seed)
{
    SvaSmmuConfig c = sva_smmu_default_config;
    SmmuFixture *f;
    uint64_t page;

    c.adversary = seed;
    c.adversary_only = liberties;
    f = smmu_tables_start(&c);
    smmu_ste(f, SMMU_RID, SMMU_STE0, SMMU_STE1, 2, 0);
    for (page = 0x1000; page < 0x10000; page += 0x1000) {
        smmu_map(f, page, OLD + page, SMMU_PTE);
    }
    return f;
}

static void sync_queue(SmmuFixture *f)
{
    smmu_submit(f, 0x46, 0);
    fake_env_advance(f->env, 400000);
    g_assert_true(smmu_idle(f));
}

static bool reaches(SmmuFixture *f, unsigned ssid, uint64_t addr, uint64_t pa)
{
    SvaTranslation t = smmu_translate(f, P(ssid), addr, SVA_READ);

    return t.outcome == SVA_OK && t.map.addr == pa;
}

#define ONLY(liberty) SVA_LIBERTY_BIT(SVA_LIBERTY_##liberty)

/* -- the liberties -- */

static bool speculates(uint32_t seed)
{
    SmmuFixture *f = start(ONLY(SPECULATE), seed);
    bool found;
    unsigned i;

    for (i = 0; i < 8; i++) {
        g_assert_true(reaches(f, 1, 0x3000, OLD + 0x3000));
        fake_env_advance(f->env, 400000);
    }
    /* What it did not find out nobody gets to know. */
    g_assert_cmpuint(smmu_event(f, NULL), ==, 0);
    smmu_map(f, 0x4000, 0, 0);
    found = reaches(f, 1, 0x4000, OLD + 0x4000);
    g_assert_cmpuint(smmu_event(f, NULL), ==, found ? 0 : 0x10);
    smmu_fixture_free(f);
    return found;
}

/* L1STDs 0 to 7 are in one line of 64 bytes. */
static unsigned other_buses_read(uint32_t seed)
{
    const uint64_t l1 = 0x1800000, l2 = 0x1a00000;
    SmmuFixture *f = start(ONLY(SPECULATE), seed);
    unsigned found = 0, i;
    const SvaEvent *e;

    fake_put64(f->env, l1 + 8, l2 | 9);
    fake_put64(f->env, l2 + (SMMU_RID & 0xff) * 64, SMMU_STE0);
    fake_put64(f->env, l2 + (SMMU_RID & 0xff) * 64 + 8, SMMU_STE1);
    smmu_write32(f, 0x20, 0);
    smmu_write64(f, 0x80, l1);
    smmu_write32(f, 0x88, 0x10210);
    smmu_write32(f, 0x20, 0x1f);
    smmu_forget(f);
    fake_env_clear(f->env);
    for (i = 0; i < 32; i++) {
        g_assert_true(reaches(f, 1, 0x3000, OLD + 0x3000));
        fake_env_advance(f->env, 400000);
    }
    for (i = fake_env_event_count(f->env, SVA_EV_ENTRY); i--;) {
        e = fake_env_event(f->env, SVA_EV_ENTRY, i);
        if (e->entry.type == SVA_ENTRY_SMMU_L1STD) {
            g_assert_cmphex(e->entry.pa, >=, l1);
            g_assert_cmphex(e->entry.pa, <, l1 + 64);
            found |= 1u << (e->entry.pa - l1) / 8;
        }
    }
    g_assert_cmpuint(smmu_event(f, NULL), ==, 0);
    smmu_fixture_free(f);
    return found & ~2u;
}

static void test_other_buses(void)
{
    unsigned found = 0;
    uint32_t seed;

    for (seed = 1; seed <= SEEDS; seed++) {
        found |= other_buses_read(seed);
    }
    g_assert_cmphex(found, ==, 0xfd);
}

/* The Access flag may be set in advance, dirty state may not. */
static void test_speculation_and_flags(void)
{
    const uint64_t clean = OLD | 0x8c3ull | 1ull << 51;
    unsigned accessed = 0;
    uint32_t seed;

    for (seed = 1; seed <= SEEDS; seed++) {
        SmmuFixture *f = start(ONLY(SPECULATE), seed);
        uint64_t pa = smmu_desc(f, SMMU_TTB, 0, 3, 0x4000), desc;
        unsigned i;

        smmu_cd(f, 1, SMMU_CD0(0x11) | SMMU_CD0_HA | SMMU_CD0_HD, SMMU_CD1,
                0);
        smmu_forget(f);
        fake_put64(f->env, pa, clean);
        for (i = 0; i < 8; i++) {
            smmu_translate(f, P(1), 0x3000, SMMU_RW);
            fake_env_advance(f->env, 400000);
        }
        desc = fake_get64(f->env, pa);
        g_assert_cmphex(desc & ~0x400ull, ==, clean);
        accessed += desc != clean;
        smmu_fixture_free(f);
    }
    g_assert_cmpuint(accessed, >, 0);
}

/* A CD that was read while it was not valid */
static bool is_early(uint32_t seed)
{
    SmmuFixture *f = start(ONLY(EARLY), seed);
    bool early;

    smmu_cd(f, 5, 0, 0, 0);
    g_assert_false(reaches(f, 5, 0x1000, OLD + 0x1000));
    g_assert_cmphex(smmu_event(f, NULL), ==, 0x0a);
    smmu_cd(f, 5, SMMU_CD0(0x15), SMMU_CD1, 0);
    early = !reaches(f, 5, 0x1000, OLD + 0x1000);
    /* C_BAD_CD, or what words of both lead to */
    g_assert_cmpint(smmu_event(f, NULL) != 0, ==, early);
    smmu_submit(f, CFGI_CD(5), 1);
    sync_queue(f);
    g_assert_true(reaches(f, 5, 0x1000, OLD + 0x1000));
    smmu_fixture_free(f);
    return early;
}

/* Some words of the CD before, some of that after */
static void test_words_of_two_cds(void)
{
    unsigned torn = 0;
    uint32_t seed;

    for (seed = 1; seed <= SEEDS; seed++) {
        SmmuFixture *f = start(ONLY(EARLY), seed);
        const SvaEvent *e;
        unsigned i;

        g_assert_true(reaches(f, 1, 0x1000, OLD + 0x1000));
        fake_put64(f->env, smmu_desc(f, OTHER, 0, 3, 0x2000),
                   NEW | 0x2000 | SMMU_PTE);
        smmu_cd(f, 1, SMMU_CD0(0x15), OTHER, 0);
        for (i = 0; i < 8; i++) {
            smmu_submit(f, 0x30, 0);
            fake_env_clear(f->env);
            reaches(f, 1, 0x2000, 0);
            if (fake_env_event_count(f->env, SVA_EV_FILL)) {
                e = fake_env_event(f->env, SVA_EV_FILL, 0);
                torn += (e->fill.map.addr >= NEW) != (e->fill.asid == 0x15);
            }
        }
        smmu_submit(f, CFGI_CD(1), 1);
        smmu_submit(f, 0x30, 0);
        sync_queue(f);
        fake_env_clear(f->env);
        g_assert_true(reaches(f, 1, 0x2000, NEW + 0x2000));
        e = fake_env_event(f->env, SVA_EV_FILL, 0);
        g_assert_cmphex(e->fill.asid, ==, 0x15);
        smmu_fixture_free(f);
    }
    g_assert_cmpuint(torn, >, 0);
}

/* It takes Leaf=0 to be rid of an L1CD. */
static void test_first_level_cd(void)
{
    unsigned kept = 0;
    uint32_t seed;

    for (seed = 1; seed <= SEEDS; seed++) {
        SmmuFixture *f = start(ONLY(EARLY), seed);
        uint64_t cds = SMMU_CDS + 0x4000;

        fake_put64(f->env, SMMU_CDS, 0);
        smmu_ste(f, SMMU_RID, SMMU_STE0 | 0x10, SMMU_STE1, 2, 0);
        smmu_forget(f);
        g_assert_false(reaches(f, 5, 0x1000, OLD + 0x1000));
        g_assert_cmphex(smmu_event(f, NULL), ==, 0x08);
        fake_put64(f->env, cds + 5 * 64, SMMU_CD0(0x15));
        fake_put64(f->env, cds + 5 * 64 + 8, SMMU_CD1);
        fake_put64(f->env, SMMU_CDS, cds | 1);
        smmu_submit(f, CFGI_CD(5), 1);
        sync_queue(f);
        if (!reaches(f, 5, 0x1000, OLD + 0x1000)) {
            g_assert_cmphex(smmu_event(f, NULL), ==, 0x08);
            kept++;
        }
        smmu_submit(f, CFGI_CD(5), 0);
        sync_queue(f);
        g_assert_true(reaches(f, 5, 0x1000, OLD + 0x1000));
        smmu_fixture_free(f);
    }
    g_assert_cmpuint(kept, >, 0);
}

static bool is_late(uint32_t seed)
{
    SmmuFixture *f = start(ONLY(LATE), seed);
    const SvaEvent *e;
    bool late;

    g_assert_true(reaches(f, 1, 0x1000, OLD + 0x1000));
    smmu_map(f, 0x1000, NEW + 0x1000, SMMU_PTE);
    smmu_submit(f, TLBI_VA(0x11), 0x1000 | 1);
    late = reaches(f, 1, 0x1000, OLD + 0x1000);
    sync_queue(f);
    /* Who follows the events is told when it was. */
    g_assert_cmpuint(fake_env_event_count(f->env, SVA_EV_INVALIDATED), ==, 1);
    e = fake_env_event(f->env, SVA_EV_INVALIDATED, 0);
    g_assert_cmphex(e->command.words[0], ==, TLBI_VA(0x11));
    g_assert_cmpuint(e->seq, <,
                     fake_env_event(f->env, SVA_EV_WAIT_DONE, 0)->seq);
    g_assert_true(reaches(f, 1, 0x1000, NEW + 0x1000));
    smmu_fixture_free(f);
    return late;
}

/* TLBI may overtake CFGI, and the TLB be filled in between. */
static void test_order_between_syncs(void)
{
    unsigned overtaken = 0, together;
    uint32_t seed;

    for (seed = 1; seed <= 4 * SEEDS; seed++) {
        for (together = 0; together < 2; together++) {
            SmmuFixture *f = start(ONLY(LATE) | ONLY(SPECULATE), seed);
            bool stale;

            g_assert_true(reaches(f, 1, 0x1000, OLD + 0x1000));
            fake_put64(f->env, smmu_desc(f, OTHER, 0, 3, 0x1000),
                       NEW | 0x1000 | SMMU_PTE);
            smmu_cd(f, 1, SMMU_CD0(0x11), OTHER, 0);
            smmu_put(f, CFGI_CD(1), 1);
            if (!together) {
                sync_queue(f);
            }
            smmu_submit(f, TLBI_ASID(0x11), 0);
            sync_queue(f);
            stale = reaches(f, 1, 0x1000, OLD + 0x1000);
            g_assert_true(together || !stale);
            overtaken += stale;
            smmu_fixture_free(f);
        }
    }
    g_assert_cmpuint(overtaken, >, 0);
}

static bool waits_long(uint32_t seed)
{
    SmmuFixture *f = start(ONLY(WAIT), seed);
    bool waits;

    smmu_sync_to(f, 0);
    waits = smmu_word(f, 0) != 1;
    smmu_sync_to(f, 1);
    g_assert_true(!waits || smmu_word(f, 1) != 2);
    fake_env_advance(f->env, 300001);
    g_assert_cmpuint(smmu_word(f, 0), ==, 1);
    fake_env_advance(f->env, 300001);
    g_assert_cmpuint(smmu_word(f, 1), ==, 2);
    g_assert_true(smmu_idle(f));
    smmu_fixture_free(f);
    return waits;
}

/* One that waits when the unit is saved begins anew where it is restored. */
static void test_waits_are_saved(void)
{
    SvaSmmuSaved *saved = g_new(SvaSmmuSaved, 1);
    unsigned waiting = 0;
    uint32_t seed;

    for (seed = 1; seed <= SEEDS; seed++) {
        SmmuFixture *f = start(ONLY(WAIT), seed);

        smmu_sync_to(f, 0);
        waiting += smmu_word(f, 0) != 1;
        sva_smmu_save(&f->smmu, saved);
        g_assert_null(sva_smmu_load(&f->smmu, saved));
        fake_env_advance(f->env, 400000);
        g_assert_cmpuint(smmu_word(f, 0), ==, 1);
        smmu_fixture_free(f);
    }
    g_assert_cmpuint(waiting, >, 0);
    g_free(saved);
}

static bool has_stale_rights(uint32_t seed)
{
    SmmuFixture *f = start(ONLY(STALE_RIGHTS), seed);
    SvaTranslation t;
    bool stale;

    smmu_map(f, 0x1000, OLD + 0x1000, SMMU_PTE_RO);
    g_assert_true(reaches(f, 1, 0x1000, OLD + 0x1000));
    smmu_map(f, 0x1000, OLD + 0x1000, SMMU_PTE);
    t = smmu_translate(f, P(1), 0x1000, SMMU_RW);
    stale = t.outcome != SVA_OK;
    g_assert_cmphex(smmu_event(f, NULL), ==, stale ? 0x13 : 0);
    smmu_submit(f, TLBI_VA(0x11), 0x1000 | 1);
    sync_queue(f);
    smmu_expect_ok(f, P(1), 0x1000, SMMU_RW, OLD + 0x1000);
    smmu_fixture_free(f);
    return stale;
}

/*
 * Translation requests get what there is, unless nobody would ask for the rest.
 */
static void test_stale_rights_of_translation_requests(void)
{
    unsigned lacking = 0;
    uint32_t seed;

    for (seed = 1; seed <= SEEDS; seed++) {
        SmmuFixture *f = start(ONLY(STALE_RIGHTS), seed);
        SvaAtsCompletion c;

        smmu_map(f, 0x1000, OLD + 0x1000, SMMU_PTE_RO);
        smmu_ats(f, P(1), 0x1000, SVA_READ);
        smmu_map(f, 0x1000, OLD + 0x1000, SMMU_PTE);
        c = smmu_ats(f, P(1), 0x1000, SMMU_RW);
        g_assert_cmpint(c.status, ==, SVA_ATS_SUCCESS);
        g_assert_cmphex(c.map.access & SVA_READ, ==, SVA_READ);
        lacking += !(c.map.access & SVA_WRITE);
        f->final = true;
        c = smmu_ats(f, P(1), 0x1000, SMMU_RW);
        g_assert_cmphex(c.map.access & SVA_WRITE, ==, SVA_WRITE);
        smmu_fixture_free(f);
    }
    g_assert_cmpuint(lacking, >, 0);
}

/* A clean page is no page that cannot be written. */
static void test_clean_is_no_missing_right(void)
{
    uint32_t seed;

    for (seed = 1; seed <= SEEDS; seed++) {
        SmmuFixture *f = start(ONLY(STALE_RIGHTS), seed);

        smmu_cd(f, 1, SMMU_CD0(0x11) | SMMU_CD0_HA | SMMU_CD0_HD, SMMU_CD1,
                0);
        smmu_forget(f);
        smmu_map(f, 0x1000, OLD + 0x1000, SMMU_PTE_RO | 1ull << 51);
        g_assert_true(reaches(f, 1, 0x1000, OLD + 0x1000));
        smmu_expect_ok(f, P(1), 0x1000, SMMU_RW, OLD + 0x1000);
        smmu_fixture_free(f);
    }
}

static bool drops(uint32_t seed)
{
    SmmuFixture *f = start(ONLY(DROP), seed);
    bool renewed = false;
    unsigned i;

    g_assert_true(reaches(f, 1, 0x1000, OLD + 0x1000));
    smmu_map(f, 0x1000, NEW + 0x1000, SMMU_PTE);
    for (i = 0; i < 64 && !renewed; i++) {
        fake_env_advance(f->env, 300001);
        renewed = reaches(f, 1, 0x1000, NEW + 0x1000);
    }
    smmu_fixture_free(f);
    return renewed;
}

static const struct {
    const char *name;
    bool (*shows)(uint32_t seed);
} liberties[] = {
    { "speculate", speculates },
    { "early", is_early },
    { "late", is_late },
    { "wait", waits_long },
    { "stale-rights", has_stale_rights },
    { "drop", drops },
};

/* Some seeds show it, and each does so every time. */
static void test_liberty(const void *opaque)
{
    bool (*shows)(uint32_t seed) = liberties[GPOINTER_TO_UINT(opaque)].shows;
    unsigned shown = 0;
    uint32_t seed;

    for (seed = 1; seed <= SEEDS; seed++) {
        bool first = shows(seed);

        g_assert_cmpint(shows(seed), ==, first);
        shown += first;
    }
    g_assert_cmpuint(shown, >, 0);
}

/* -- software that means no good -- */

static uint64_t any_word(GRand *rand)
{
    uint64_t word = (uint64_t)g_rand_int(rand) << 32 | g_rand_int(rand);

    /* Often one that leads to a table. */
    return g_rand_boolean(rand) ? word
                                : SMMU_TTB | (word & 0x1ff000) | SMMU_PTE;
}

static void hostile_step(SmmuFixture *f, GRand *rand)
{
    static const uint8_t opcodes[] = {
        0x03, 0x04, 0x05, 0x06, 0x10, 0x11, 0x12, 0x28, 0x2a, 0x30, 0x40,
        0x46,
    };
    uint64_t before = f->env->accesses;

    switch (g_rand_int_range(rand, 0, 5)) {
    case 0:
        smmu_submit(f, (any_word(rand) & ~0xffull) |
                       opcodes[g_rand_int_range(rand, 0,
                                                G_N_ELEMENTS(opcodes))],
                    any_word(rand));
        if (smmu_gerror(f)) {
            uint32_t rd = smmu_read32(f, 0x9c) & 0xff;

            fake_put64(f->env, SMMU_CMDQ + rd * 16, 0x46);
            smmu_kick(f);
        }
        break;
    case 1:
        fake_put64(f->env, SMMU_TTB + (any_word(rand) & 0x1fff8),
                   any_word(rand));
        break;
    case 2:
        smmu_cd(f, (unsigned)g_rand_int_range(rand, 0, 4),
                SMMU_CD0(0x11) ^ 1ull << g_rand_int_range(rand, 0, 64),
                any_word(rand), any_word(rand));
        break;
    default:
        smmu_translate(f, P((uint32_t)g_rand_int_range(rand, 0, 4)),
                       any_word(rand) >> 16, SMMU_RW);
        smmu_event(f, NULL);
        break;
    }
    g_assert_cmpuint(f->env->accesses - before, <, 20000);
    fake_env_advance(f->env, g_rand_int_range(rand, 0, 100000));
}

/* Whatever it does, no step takes long. */
static void test_hostile_software(void)
{
    uint32_t seed;
    unsigned i;

    for (seed = 1; seed <= SEEDS; seed++) {
        GRand *rand = g_rand_new_with_seed(seed);
        SmmuFixture *f = start(0, seed);

        f->complete = true;
        smmu_ste(f, SMMU_RID, seed % 2 ? SMMU_STE0 : SMMU_STE0_BOTH,
                 SMMU_STE1, SMMU_STE2, SMMU_STE3);
        for (i = 0; i < 300; i++) {
            hostile_step(f, rand);
        }
        g_rand_free(rand);
        smmu_fixture_free(f);
    }
}

int main(int argc, char **argv)
{
    unsigned i;

    g_test_init(&argc, &argv, NULL);
    for (i = 0; i < G_N_ELEMENTS(liberties); i++) {
        g_autofree char *path = g_strdup_printf("/smmu/adversary/%s",
                                                liberties[i].name);

        g_test_add_data_func(path, GUINT_TO_POINTER(i), test_liberty);
    }
    g_test_add_func("/smmu/adversary/speculate/flags",
                    test_speculation_and_flags);
    g_test_add_func("/smmu/adversary/speculate/other-buses",
                    test_other_buses);
    g_test_add_func("/smmu/adversary/early/words", test_words_of_two_cds);
    g_test_add_func("/smmu/adversary/early/l1cd", test_first_level_cd);
    g_test_add_func("/smmu/adversary/late/order", test_order_between_syncs);
    g_test_add_func("/smmu/adversary/wait/saved", test_waits_are_saved);
    g_test_add_func("/smmu/adversary/stale-rights/ats",
                    test_stale_rights_of_translation_requests);
    g_test_add_func("/smmu/adversary/hostile", test_hostile_software);
    g_test_add_func("/smmu/adversary/stale-rights/clean",
                    test_clean_is_no_missing_right);
    return g_test_run();
}

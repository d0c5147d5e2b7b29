/*
 * SMMUv3: what one register write makes the command queue do has a bound
 *
 * Commands that look at much are done in slices, one in the register write
 * and the others later.  The bound of a slice is stated here: 65,536 entries,
 * and what the last command looks at.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/sva/smmuv3/state.h"
#include "smmu-tables.h"

#define P1 sva_pasid(1)

#define SLICE   65536u
#define ENTRIES 32768u          /* of each cache */
#define PAGES   20000u          /* that the IOTLB holds, at least */
#define MANY    60u             /* commands */
#define STALLS  100u            /* with a record, and as many without */

/* An odd range of half of all addresses, where little is mapped */
#define RANGE0  (31ull << 12 | 30ull << 20)
#define RANGE1  (0x8000001000ull | 1 << 10)
#define NH_VA(asid)  (0x12 | (uint64_t)(asid) << 48 | RANGE0)
#define NH_VAA  (0x13 | RANGE0)
#define CFGI_ALL 0x04, 31
#define SID(n)  ((uint64_t)(n) << 32)

static SvaSmmuConfig config(void)
{
    SvaSmmuConfig c = sva_smmu_default_config;

    c.iotlb_entries = c.config_entries = ENTRIES;
    c.stall_max = STALLS;
    return c;
}

static SmmuFixture *start(void)
{
    SvaSmmuConfig c = config();

    return smmu_tables_start(&c);
}

/* PASID 1 has PAGES entries, and few others have one. */
static SmmuFixture *filled_with(const SvaSmmuConfig *c, uint64_t attrs)
{
    SmmuFixture *f = smmu_tables_start(c);
    unsigned i;

    for (i = 0; i < PAGES + 2000; i++) {
        smmu_map(f, (uint64_t)i << 12, 0x10000000, attrs);
        smmu_translate(f, P1, (uint64_t)i << 12, SVA_READ);
    }
    smmu_translate(f, SVA_NO_PASID, 0, SVA_READ);
    g_assert_cmpuint(sva_iotlb_count(f->smmu.iotlb), >=, PAGES);
    return f;
}

static SmmuFixture *filled(void)
{
    SvaSmmuConfig c = config();

    return filled_with(&c, SMMU_PTE);
}

static uint64_t looked(SmmuFixture *f)
{
    return smmu_count(f, SVA_SMMU_CNT_LOOKED_AT);
}

static void put_many(SmmuFixture *f, unsigned n, uint64_t qw0, uint64_t qw1)
{
    while (n--) {
        smmu_put(f, qw0, qw1);
    }
}

/* What the slices looked at, seen when a command is fetched. */
typedef struct Watch {
    SmmuFixture *f;
    uint64_t slices;
    uint64_t start;             /* what had been looked at before */
    uint64_t most;              /* in one slice */
} Watch;

static void note(Watch *w)
{
    uint64_t slices = smmu_count(w->f, SVA_SMMU_CNT_QUEUE_DEFERRED);

    if (slices != w->slices) {
        /* What ends a slice is looked at before the next one begins. */
        w->slices = slices;
        w->start = looked(w->f);
    }
}

static void watch(FakeEnv *f G_GNUC_UNUSED, FakeAccess kind, uint64_t pa,
                  void *opaque)
{
    Watch *w = opaque;

    if (kind == FAKE_READ && pa - SMMU_CMDQ < 0x1000) {
        w->most = MAX(w->most, looked(w->f) - w->start);
        note(w);
    }
}

/*
 * The command @qw0, @qw1 many times: no slice looks at more than SLICE and
 * @most, and all are done at last.
 */
static void expect_slices(SmmuFixture *f, uint64_t qw0, uint64_t qw1,
                          unsigned most, unsigned slices)
{
    Watch w = { .f = f, .start = looked(f) };

    put_many(f, MANY, qw0, qw1);
    smmu_put(f, 0x1046 | 1ull << 32, SMMU_SYNC);
    fake_env_set_hook(f->env, watch, &w);
    smmu_kick(f);
    g_assert_cmpuint(looked(f) - w.start, >=, SLICE - 16 * MANY);
    g_assert_cmpuint(looked(f) - w.start, <=, SLICE + most);
    g_assert_cmphex(smmu_word(f, 0), ==, 0);
    g_assert_false(smmu_idle(f));
    fake_env_advance(f->env, 1000);
    g_assert_cmpuint(w.most, <=, SLICE + most);
    g_assert_cmpuint(w.slices, >=, slices);
    g_assert_true(smmu_idle(f));
    g_assert_cmphex(smmu_word(f, 0), ==, 1);
    fake_env_set_hook(f->env, NULL, NULL);
}

/* A range of an ASID: its entries, and those of no ASID. */
static void test_range_of_an_asid(void)
{
    SmmuFixture *f = filled();

    expect_slices(f, NH_VA(0x11), RANGE1, ENTRIES,
                  MANY * PAGES / (SLICE + ENTRIES));
    smmu_fixture_free(f);
}

/* Entries that are global are of every ASID. */
static void test_range_of_global_entries(void)
{
    SvaSmmuConfig c = config();
    SmmuFixture *f = filled_with(&c, SMMU_PTE & ~0x800ull);

    expect_slices(f, NH_VA(0x33), RANGE1, ENTRIES,
                  MANY * PAGES / (SLICE + ENTRIES));
    smmu_fixture_free(f);
}

/* Of all ASIDs: those of the VMID, and its owners */
static void test_range_of_all_asids(void)
{
    SmmuFixture *f = filled();

    expect_slices(f, NH_VAA, RANGE1, 2 * ENTRIES,
                  MANY * PAGES / (SLICE + 2 * ENTRIES));
    smmu_fixture_free(f);
}

static void test_range_of_streams(void)
{
    SmmuFixture *f = start();
    unsigned i;

    /* Fill the cache of STEs: streams that only bypass. */
    for (i = 0; i < 0x10000; i++) {
        SvaRequest req = { .rid = i, .addr = 0x1000, .access = SVA_READ };
        SvaTranslation out;

        smmu_ste(f, i, SMMU_STE0_NONE, 0, 0, 0);
        f->smmu.iommu.ops->translate(&f->smmu.iommu, &req, &out);
        g_assert_cmpint(out.outcome, ==, SVA_OK);
    }
    /* Both caches, of which one is small. */
    expect_slices(f, 0x04 | SID(0x20000), 3, 2 * ENTRIES,
                  MANY * ENTRIES / (SLICE + 2 * ENTRIES));
    smmu_fixture_free(f);
}

/* CMD_STALL_TERM of a stream that shares its place with one that waits. */
static void test_stalls_of_others(void)
{
    SmmuFixture *f = start();
    unsigned i;

    smmu_cd(f, 1, SMMU_CD0(0x11) | SMMU_CD0_S, SMMU_CD1, 0);
    smmu_forget(f);
    for (i = 0; i < 2 * STALLS; i++) {
        g_assert_cmpint(smmu_patient(f, P1, 0x1000, SVA_READ,
                                     i).outcome, ==, SVA_STALL);
    }
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_STALLS_UNRECORDED), ==, STALLS);
    /* 0110h and 0011h have the same hash: (sid ^ sid >> 8) mod 256 */
    smmu_submit(f, 0x45 | SID(0x0011), 0);
    g_assert_cmpuint(f->end_count, ==, 0);
    smmu_submit(f, 0x45 | SID(SMMU_RID), 0);
    g_assert_cmpuint(f->end_count, ==, 2 * STALLS);
    g_assert_cmpuint(looked(f), >=, 4 * STALLS);
    g_assert_cmpuint(looked(f), <=, 4 * STALLS + 8);
    smmu_fixture_free(f);
}

/* One CMD_RESUME makes room for unrecorded stalls; they count. */
static void test_stalls_that_were_unrecorded(void)
{
    SmmuFixture *f = start();
    uint64_t before, w[4];
    unsigned i;

    smmu_cd(f, 1, SMMU_CD0(0x11) | SMMU_CD0_S, SMMU_CD1, 0);
    smmu_forget(f);
    for (i = 0; i < 2 * STALLS; i++) {
        smmu_patient(f, P1, 0x1000, SVA_READ, i);
    }
    g_assert_cmphex(smmu_event(f, w), ==, 0x10);
    f->deaf = true;             /* none of them waits any more */
    before = looked(f);
    smmu_submit(f, 0x44 | SID(SMMU_RID) | 1 << 12, w[1] & 0xffff);
    g_assert_cmpuint(f->end_count, ==, 1 + STALLS);
    g_assert_cmpuint(looked(f) - before, >=, STALLS);
    smmu_fixture_free(f);
}

/* Those that drop everything look at nothing. */
static void test_all_is_cheap(void)
{
    SmmuFixture *f = filled();
    uint64_t before = looked(f);

    smmu_submit(f, CFGI_ALL);
    smmu_submit(f, 0x30, 0);
    g_assert_cmpuint(looked(f) - before, <=, 2);
    g_assert_cmpuint(sva_iotlb_count(f->smmu.iotlb), ==, 0);
    smmu_fixture_free(f);
}

static void expect_no_slices(SmmuFixture *f, unsigned looks)
{
    uint64_t before = looked(f);
    unsigned i;

    for (i = 0; i < 200; i++) {
        smmu_put(f, 0x12 | 0x11ull << 48, (uint64_t)(i + 100) << 12);
    }
    smmu_put(f, 0x1046 | 1ull << 32, SMMU_SYNC);
    smmu_kick(f);
    g_assert_cmphex(smmu_word(f, 0), ==, 1);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_QUEUE_DEFERRED), ==, 0);
    g_assert_cmpuint(looked(f) - before, <=, 200 * looks);
    smmu_fixture_free(f);
}

/* As Linux sends them: a page each, and a sync. */
static void test_pages_take_no_slices(void)
{
    SvaSmmuConfig c = config();

    /* The walk caches have three levels of tables above. */
    expect_no_slices(filled_with(&c, SMMU_PTE), 5 + 3);
    c.walk_entries = 0;
    expect_no_slices(filled_with(&c, SMMU_PTE), 5);
}

/* A function may look at its whole cache for it. */
static void test_wide_atc_invalidations(void)
{
    SmmuFixture *f = start();

    f->complete = true;
    put_many(f, 200, 0x40 | SID(SMMU_RID), 52);
    smmu_kick(f);
    g_assert_cmpuint(f->inv_count, >=, SLICE / 1040);
    g_assert_cmpuint(f->inv_count, <=, SLICE / 1024 + 1);
    fake_env_advance(f->env, 1000);
    g_assert_cmpuint(f->inv_count, ==, 200);
    smmu_fixture_free(f);
}

static unsigned begin(SmmuFixture *f)
{
    put_many(f, MANY, NH_VA(0x11), RANGE1);
    smmu_put(f, 0x1046 | 1ull << 32, SMMU_SYNC);
    smmu_kick(f);
    return smmu_count(f, SVA_SMMU_CNT_CMD_TLBI);
}

static void test_disabled_queue_stays_where_it_is(void)
{
    SmmuFixture *f = filled();
    unsigned done = begin(f);

    g_assert_cmpuint(done, <, MANY);
    smmu_write32(f, 0x20, 0x15);
    fake_env_advance(f->env, 1000000);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_CMD_TLBI), ==, done);
    smmu_write32(f, 0x20, 0x1d);
    fake_env_advance(f->env, 1000);
    g_assert_cmphex(smmu_word(f, 0), ==, 1);
    smmu_fixture_free(f);
}

static void test_reset_ends_it(void)
{
    SmmuFixture *f = filled();
    unsigned done = begin(f);

    sva_smmu_reset(&f->smmu);
    fake_env_advance(f->env, 1000000);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_CMD_TLBI), ==, done);
    g_assert_cmphex(smmu_read32(f, 0x9c), ==, 0);
    smmu_fixture_free(f);
}

/* The unit that takes over has an empty TLB, and goes on by itself. */
static void test_saved_between_two_slices(void)
{
    SmmuFixture *f = filled();
    g_autofree SvaSmmuSaved *s = g_new0(SvaSmmuSaved, 1);

    g_assert_cmpuint(begin(f), <, MANY);
    sva_smmu_save(&f->smmu, s);
    g_assert_cmpstr(sva_smmu_load(&f->smmu, s), ==, NULL);
    g_assert_cmphex(smmu_word(f, 0), ==, 0);
    fake_env_advance(f->env, 1000);
    g_assert_cmphex(smmu_word(f, 0), ==, 1);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_CMD_TLBI), ==, MANY);
    smmu_fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define T(name) g_test_add_func("/smmu-slice/" #name, test_##name)
    T(range_of_an_asid);
    T(range_of_global_entries);
    T(range_of_all_asids);
    T(range_of_streams);
    T(stalls_of_others);
    T(stalls_that_were_unrecorded);
    T(all_is_cheap);
    T(pages_take_no_slices);
    T(wide_atc_invalidations);
    T(disabled_queue_stays_where_it_is);
    T(reset_ends_it);
    T(saved_between_two_slices);
#undef T
    return g_test_run();
}

/*
 * Unit test: the checker accuses the model where it differs from the oracle
 *
 * The models are right, so a sink between them and the checker makes them err:
 * for each rule one stream that breaks it and one that is legal and nearly the
 * same.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "oracle-checker.h"
#include "smmu-tables.h"
#include "vtd-fixture.h"

#define PASID sva_pasid(5)

/* Events of @kind are changed by @change, of entries those of @level. */
typedef struct Fault {
    const char *name;
    SvaEventKind kind;
    void (*change)(SvaEvent *event);
    bool lose;                  /* instead */
    uint8_t level;
    bool ats;
    uint8_t access;
    uint64_t addr;
    const char *rule;           /* NULL: it is legal */
} Fault;

static bool alter(SvaEvent *event, void *opaque)
{
    const Fault *fault = opaque;

    if (event->kind != fault->kind ||
        (event->kind == SVA_EV_ENTRY && event->entry.level != fault->level)) {
        return true;
    }
    if (fault->change) {
        fault->change(event);
    }
    return !fault->lose;
}

/* -- changes -- */

static void fill_elsewhere(SvaEvent *e)
{
    e->fill.map.addr ^= 0x1000;
}

static void fill_writable(SvaEvent *e)
{
    e->fill.map.access |= SVA_WRITE;
}

static void fill_smaller(SvaEvent *e)
{
    e->fill.map.mask = 0xfff;
}

static void fill_larger(SvaEvent *e)
{
    e->fill.map.mask = 0x1fffff;
}

static void xlate_elsewhere(SvaEvent *e)
{
    e->xlate.map.addr ^= 0x1000;
}

static void xlate_granted(SvaEvent *e)
{
    e->xlate.outcome = SVA_OK;
    e->xlate.map = (SvaMapping) { .addr = 0xa000, .mask = 0xfff,
                                  .access = SVA_RW };
}

static void xlate_refused(SvaEvent *e)
{
    e->xlate.outcome = SVA_ABORT;
}

static void xlate_smaller(SvaEvent *e)
{
    e->xlate.map.mask = 0xfff;
}

static void reason_of_pasid(SvaEvent *e)
{
    e->fault.reason = 0x5a;
}

static void reason_of_tables(SvaEvent *e)
{
    e->fault.reason = 0x72;
}

static void ats_writable(SvaEvent *e)
{
    e->ats.map.access |= SVA_WRITE;
}

static void ats_refused(SvaEvent *e)
{
    e->ats.status = SVA_ATS_CA;
}

static void ats_nothing(SvaEvent *e)
{
    e->ats.map.access = SVA_NONE;
}

static void no_flags(SvaEvent *e)
{
    e->entry.words[0] &= ~0x60ull;
}

/* -- VT-d -- */

/*
 * 1000h: writable; 2000h: read-only; 3000h: A and D are clear; 200000h: 2 MiB;
 * 5000h: nothing
 */
static VtdFixture *vtd_start(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    vtd_bind(f, 5);
    fake_put64(f->env, vtd_entry(f, VTD_FIRST, 4, 1, 0x1000), 0xa067);
    fake_put64(f->env, vtd_entry(f, VTD_FIRST, 4, 1, 0x2000), 0xb065);
    vtd_map(f, 0x3000, 0xc000, true);
    fake_put64(f->env, vtd_entry(f, VTD_FIRST, 4, 2, 0x200000), 0x4000e7);
    return f;
}

/* Registers are announced as translation is enabled again. */
static OracleChecker *vtd_listen(VtdFixture *f, bool paranoid)
{
    OracleChecker *o = oracle_checker_new(f->env, paranoid);

    vtd_level(f, 1u << 31, false);
    vtd_level(f, 1u << 31, true);
    return o;
}

static const Fault vtd_faults[] = {
    { "insertion elsewhere", SVA_EV_FILL, fill_elsewhere, .access = SVA_READ,
      .addr = 0x1000, .rule = "oracle-insertion" },
    { "insertion writable", SVA_EV_FILL, fill_writable, .access = SVA_READ,
      .addr = 0x2000, .rule = "oracle-insertion" },
    { "insertion larger", SVA_EV_FILL, fill_larger, .access = SVA_READ,
      .addr = 0x1000, .rule = "oracle-insertion" },
    { "insertion smaller", SVA_EV_FILL, fill_smaller, .access = SVA_READ,
      .addr = 0x201000 },
    { "answer elsewhere", SVA_EV_XLATE, xlate_elsewhere, .access = SVA_READ,
      .addr = 0x1000, .rule = "oracle-answer" },
    { "answer of nothing", SVA_EV_XLATE, xlate_granted, .access = SVA_READ,
      .addr = 0x5000, .rule = "oracle-answer" },
    { "answer to a write", SVA_EV_XLATE, xlate_granted, .access = SVA_WRITE,
      .addr = 0x2000, .rule = "oracle-answer" },
    { "refusal", SVA_EV_XLATE, xlate_refused, .access = SVA_READ,
      .addr = 0x1000, .rule = "oracle-answer" },
    { "answer smaller", SVA_EV_XLATE, xlate_smaller, .access = SVA_READ,
      .addr = 0x201000 },
    { "reason of another table", SVA_EV_FAULT, reason_of_pasid,
      .access = SVA_READ, .addr = 0x5000, .rule = "oracle-answer" },
    { "reason of the same tables", SVA_EV_FAULT, reason_of_tables,
      .access = SVA_READ, .addr = 0x5000 },
    { "ATS writable", SVA_EV_ATS, ats_writable, .ats = true,
      .access = SVA_RW, .addr = 0x2000, .rule = "oracle-answer" },
    { "ATS refused", SVA_EV_ATS, ats_refused, .ats = true,
      .access = SVA_READ, .addr = 0x1000, .rule = "oracle-answer" },
    { "ATS without rights", SVA_EV_ATS, ats_nothing, .ats = true,
      .access = SVA_READ, .addr = 0x1000, .rule = "oracle-answer" },
    { "ATS of nothing", SVA_EV_ATS, ats_nothing, .ats = true,
      .access = SVA_READ, .addr = 0x5000 },
    { "table skipped", SVA_EV_ENTRY, .lose = true, .level = 2,
      .access = SVA_READ, .addr = 0x1000, .rule = "oracle-skipped" },
    { "flag not set", SVA_EV_ENTRY, no_flags, .level = 1,
      .access = SVA_READ, .addr = 0x3000, .rule = "oracle-flags" },
    { "flag set", SVA_EV_ENTRY, .level = 1, .access = SVA_READ,
      .addr = 0x3000 },
};

static void test_vtd(gconstpointer data)
{
    const Fault *fault = data;
    VtdFixture *f = vtd_start();
    OracleChecker *o = vtd_listen(f, false);

    o->alter = alter;
    o->opaque = (void *)fault;
    if (fault->ats) {
        vtd_ats(f, PASID, fault->addr, fault->access);
    } else {
        vtd_translate(f, PASID, fault->addr, fault->access);
    }
    oracle_checker_expect(o, fault->rule);
    oracle_checker_free(o);
    vtd_fixture_free(f);
}

/* Tables that an earlier request read may be in a walk cache. */
static void test_table_cached(void)
{
    static const Fault lost = {
        .kind = SVA_EV_ENTRY, .lose = true, .level = 2,
    };
    VtdFixture *f = vtd_start();
    OracleChecker *o = vtd_listen(f, false);

    vtd_translate(f, PASID, 0x1000, SVA_READ);
    o->alter = alter;
    o->opaque = (void *)&lost;
    vtd_translate(f, PASID, 0x2000, SVA_READ);
    oracle_checker_expect(o, NULL);
    oracle_checker_free(o);
    vtd_fixture_free(f);
}

/* Configuration that an earlier request read is in a cache. */
static void refuse_by_cache(uint64_t entry, const char *rule)
{
    static const Fault wrong = {
        .kind = SVA_EV_XLATE, .change = xlate_refused,
    };
    VtdFixture *f = vtd_start();
    OracleChecker *o = vtd_listen(f, false);

    vtd_translate(f, PASID, 0x1000, SVA_READ);
    vtd_translate(f, PASID, 0x2000, SVA_READ);
    oracle_checker_expect(o, NULL);
    /* The upper tables, too: no invalidation of them can be on its way. */
    fake_env_advance(f->env, 2 * SVA_CHECK_LIMIT_DEFAULT + 1);
    o->alter = alter;
    o->opaque = (void *)&wrong;
    fake_put64(f->env, VTD_PASIDS + 5 * 64, entry);
    vtd_translate(f, PASID, 0x3000, SVA_READ);
    oracle_checker_expect(o, rule);
    oracle_checker_free(o);
    vtd_fixture_free(f);
}

static void test_configuration_cached(void)
{
    refuse_by_cache(VTD_FIRST0, "oracle-answer");
    /* The cache may have another entry: no verdict. */
    refuse_by_cache(0, NULL);
}

static void flip_leaf(FakeEnv *env, FakeAccess kind, uint64_t pa, void *opaque)
{
    VtdFixture *f = opaque;
    uint64_t leaf = vtd_entry(f, VTD_FIRST, 4, 1, 0x3000);

    if (kind == FAKE_CMPXCHG && pa == leaf) {
        fake_put64(env, leaf, 0xd027);
    }
}

/* The entry changes between the read and the update of its flags. */
static void test_racing(void)
{
    VtdFixture *f = vtd_start();
    OracleChecker *o = vtd_listen(f, false);
    SvaTranslation t;

    fake_env_set_hook(f->env, flip_leaf, f);
    t = vtd_translate(f, PASID, 0x3000, SVA_READ);
    g_assert_cmphex(t.map.addr, ==, 0xd000);
    oracle_checker_expect(o, NULL);
    oracle_checker_free(o);
    vtd_fixture_free(f);
}

/* -- uses of what is cached -- */

static void vtd_invalidate(VtdFixture *f, unsigned n)
{
    vtd_submit(f, 0x26 | 1ull << 16 | 5ull << 32, 0);   /* all of the PASID */
    vtd_wait(f, n, 0);
    g_assert_cmphex(vtd_status(f, n), ==, 2);
}

static void test_vtd_use(void)
{
    VtdFixture *f = vtd_start();
    OracleChecker *o = vtd_listen(f, true);
    uint64_t leaf = vtd_entry(f, VTD_FIRST, 4, 1, 0x1000);

    vtd_translate(f, PASID, 0x1000, SVA_READ);
    fake_put64(f->env, leaf, 0xd067);
    /* Software owes an invalidation. */
    g_assert_cmphex(vtd_translate(f, PASID, 0x1000, SVA_READ).map.addr, ==,
                    0xa000);
    oracle_checker_expect(o, NULL);
    vtd_invalidate(f, 1);
    vtd_translate(f, PASID, 0x1000, SVA_READ);
    vtd_translate(f, PASID, 0x1000, SVA_READ);
    oracle_checker_expect(o, NULL);
    fake_put64(f->env, leaf, 0xe067);
    vtd_invalidate(f, 2);
    oracle_checker_stale(o, 0xd000);
    vtd_translate(f, PASID, 0x1000, SVA_READ);
    oracle_checker_expect(o, "oracle-use");
    oracle_checker_free(o);
    vtd_fixture_free(f);
}

/*
 * Page tables have more words than are kept, and do not take the place of what
 * the unit has in its caches of configuration and does not read again.
 */
static void test_configuration_kept(void)
{
    static const Fault wrong = {
        .kind = SVA_EV_XLATE, .change = xlate_refused,
    };
    VtdFixture *f = vtd_start();
    OracleChecker *o = vtd_listen(f, false);
    unsigned i;

    for (i = 0; i < 64 * 512; i++) {
        uint64_t va = 0x40000000 + ((uint64_t)i << 12);

        vtd_map(f, va, 0x10000000, true);
        vtd_translate(f, PASID, va, SVA_READ);
    }
    fake_env_advance(f->env, 2 * SVA_CHECK_LIMIT_DEFAULT + 1);
    vtd_invalidate(f, 1);
    fake_env_advance(f->env, 2 * SVA_CHECK_LIMIT_DEFAULT + 1);
    o->alter = alter;
    o->opaque = (void *)&wrong;
    vtd_translate(f, PASID, 0x40000000, SVA_READ);
    oracle_checker_expect(o, "oracle-answer");
    oracle_checker_free(o);
    vtd_fixture_free(f);
}

/* A miss that changes no flags: what is inserted and what is answered. */
static void test_one_walk(void)
{
    VtdFixture *f = vtd_start();
    OracleChecker *o = vtd_listen(f, false);
    SvaCheckCounts before, after;

    vtd_translate(f, PASID, 0x1000, SVA_READ);
    vtd_invalidate(f, 1);
    sva_checker_counts(o->c, &before);
    vtd_translate(f, PASID, 0x1008, SVA_READ);
    sva_checker_counts(o->c, &after);
    g_assert_cmpuint(after.events - before.events, >, 2);
    g_assert_cmpuint(after.walks - before.walks, ==, 1);
    oracle_checker_expect(o, NULL);
    oracle_checker_free(o);
    vtd_fixture_free(f);
}

/* A write makes a page dirty that the unit has not made dirty. */
static void test_clean_inserted(void)
{
    static const Fault fault = {
        .kind = SVA_EV_ENTRY, .change = no_flags, .level = 1,
    };
    VtdFixture *f = vtd_start();
    OracleChecker *o = vtd_listen(f, false);

    o->alter = alter;
    o->opaque = (void *)&fault;
    vtd_translate(f, PASID, 0x3000, SVA_RW);
    g_assert_cmpstr(sva_checker_report(o->c, 0)->facts.rule->id, ==,
                    "oracle-insertion");
    g_assert_cmpstr(sva_checker_report(o->c, 1)->facts.rule->id, ==,
                    "oracle-flags");
    oracle_checker_free(o);
    vtd_fixture_free(f);
}

static void fill_for_user(SvaEvent *e)
{
    e->fill.priv = false;
}

/* A page of the kernel, asked for by who may have it. */
static void test_privileged(void)
{
    static const Fault fault = {
        .kind = SVA_EV_FILL, .change = fill_for_user,
    };
    VtdFixture *f = vtd_start();
    OracleChecker *o = vtd_listen(f, false);

    fake_put64(f->env, VTD_PASIDS + 5 * 64 + 16, VTD_FIRST2 | 1);
    fake_put64(f->env, vtd_entry(f, VTD_FIRST, 4, 1, 0x1000), 0xa063);
    fake_put64(f->env, vtd_entry(f, VTD_FIRST, 4, 1, 0x2000), 0xb063);
    g_assert_cmpint(vtd_translate(f, PASID, 0x1000,
                                  SVA_READ | SVA_PRIV).outcome, ==, SVA_OK);
    oracle_checker_expect(o, NULL);
    fake_env_advance(f->env, 2 * SVA_CHECK_LIMIT_DEFAULT + 1);
    o->alter = alter;
    o->opaque = (void *)&fault;
    vtd_translate(f, PASID, 0x2000, SVA_READ | SVA_PRIV);
    oracle_checker_expect(o, "oracle-insertion");
    oracle_checker_free(o);
    vtd_fixture_free(f);
}

/* Without paranoid nobody looks. */
static void test_use_unseen(void)
{
    VtdFixture *f = vtd_start();
    OracleChecker *o = vtd_listen(f, false);

    vtd_translate(f, PASID, 0x1000, SVA_READ);
    oracle_checker_stale(o, 0xd000);
    vtd_translate(f, PASID, 0x1000, SVA_READ);
    oracle_checker_expect(o, NULL);
    oracle_checker_free(o);
    vtd_fixture_free(f);
}

static void hit(FakeEnv *env, uint64_t pa)
{
    sva_emit(&env->env, .kind = SVA_EV_ATC_HIT, .rid = VTD_RID,
             .pasid = PASID, .addr = 0x1000, .access = SVA_READ,
             .atc_hit.pa = pa);
}

static void test_atc_use(void)
{
    VtdFixture *f = vtd_start();
    OracleChecker *o = vtd_listen(f, true);
    uint64_t leaf = vtd_entry(f, VTD_FIRST, 4, 1, 0x1000);

    vtd_ats(f, PASID, 0x1000, SVA_READ);
    hit(f->env, 0xa000);
    fake_put64(f->env, leaf, 0xd067);
    hit(f->env, 0xa000);        /* the device TLB is owed an invalidation */
    vtd_invalidate(f, 1);
    hit(f->env, 0xa000);        /* still */
    oracle_checker_expect(o, NULL);
    f->complete = true;
    vtd_submit(f, 0x08 | (uint64_t)VTD_RID << 16 | 5ull << 32,
               0x7ffffffffffff000ull | 0x800);
    vtd_wait(f, 2, 0);
    g_assert_cmphex(vtd_status(f, 2), ==, 2);
    hit(f->env, 0xa000);
    oracle_checker_expect(o, "oracle-use");
    oracle_checker_free(o);
    vtd_fixture_free(f);
}

/* -- SMMUv3 -- */

static OracleChecker *smmu_listen(SmmuFixture *f, bool paranoid)
{
    OracleChecker *o = oracle_checker_new(f->env, paranoid);
    uint32_t cr0 = smmu_read32(f, 0x20);

    smmu_write32(f, 0x20, cr0 & ~1u);
    smmu_write32(f, 0x20, cr0);
    return o;
}

static const Fault smmu_faults[] = {
    { "insertion elsewhere", SVA_EV_FILL, fill_elsewhere, .access = SVA_READ,
      .addr = 0x1000, .rule = "oracle-insertion" },
    { "insertion writable", SVA_EV_FILL, fill_writable, .access = SVA_READ,
      .addr = 0x2000, .rule = "oracle-insertion" },
    { "answer elsewhere", SVA_EV_XLATE, xlate_elsewhere, .access = SVA_READ,
      .addr = 0x1000, .rule = "oracle-answer" },
    { "answer of nothing", SVA_EV_XLATE, xlate_granted, .access = SVA_READ,
      .addr = 0x5000, .rule = "oracle-answer" },
    { "refusal", SVA_EV_XLATE, xlate_refused, .access = SVA_READ,
      .addr = 0x1000, .rule = "oracle-answer" },
    { "reason of another table", SVA_EV_FAULT, reason_of_pasid,
      .access = SVA_READ, .addr = 0x5000, .rule = "oracle-answer" },
    { "ATS writable", SVA_EV_ATS, ats_writable, .ats = true,
      .access = SVA_READ, .addr = 0x2000, .rule = "oracle-answer" },
    { "table skipped", SVA_EV_ENTRY, .lose = true, .level = 2,
      .access = SVA_READ, .addr = 0x1000, .rule = "oracle-skipped" },
    { "nothing", SVA_EV_RESET, .access = SVA_READ, .addr = 0x1000 },
    { "nothing for ATS", SVA_EV_RESET, .ats = true, .access = SVA_RW,
      .addr = 0x2000 },
};

static SmmuFixture *smmu_start(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);

    smmu_map(f, 0x1000, 0xa000, SMMU_PTE);
    smmu_map(f, 0x2000, 0xb000, SMMU_PTE_RO);
    return f;
}

static void test_smmu(gconstpointer data)
{
    const Fault *fault = data;
    SmmuFixture *f = smmu_start();
    OracleChecker *o = smmu_listen(f, false);

    o->alter = alter;
    o->opaque = (void *)fault;
    if (fault->ats) {
        smmu_ats(f, sva_pasid(1), fault->addr, fault->access);
    } else {
        smmu_translate(f, sva_pasid(1), fault->addr, fault->access);
    }
    oracle_checker_expect(o, fault->rule);
    oracle_checker_free(o);
    smmu_fixture_free(f);
}

static void test_smmu_use(void)
{
    SmmuFixture *f = smmu_start();
    OracleChecker *o = smmu_listen(f, true);

    smmu_translate(f, sva_pasid(1), 0x1000, SVA_READ);
    smmu_map(f, 0x1000, 0xd000, SMMU_PTE);
    smmu_translate(f, sva_pasid(1), 0x1000, SVA_READ);
    oracle_checker_expect(o, NULL);
    smmu_put(f, 0x11 | 0x11ull << 48, 0);       /* CMD_TLBI_NH_ASID */
    g_assert_true(smmu_sync(f));
    smmu_translate(f, sva_pasid(1), 0x1000, SVA_READ);
    smmu_translate(f, sva_pasid(1), 0x1000, SVA_READ);
    oracle_checker_expect(o, NULL);
    smmu_map(f, 0x1000, 0xe000, SMMU_PTE);
    smmu_put(f, 0x11 | 0x11ull << 48, 0);
    g_assert_true(smmu_sync(f));
    oracle_checker_stale(o, 0xd000);
    smmu_translate(f, sva_pasid(1), 0x1000, SVA_READ);
    oracle_checker_expect(o, "oracle-use");
    oracle_checker_free(o);
    smmu_fixture_free(f);
}

static void add(const char *arch, const Fault *faults, unsigned count,
                GTestDataFunc fn)
{
    for (unsigned i = 0; i < count; i++) {
        g_autofree char *name = g_strdup_printf("/checker/oracle/%s/%s", arch,
                                                faults[i].name);

        g_test_add_data_func(name, &faults[i], fn);
    }
}

int main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    add("vtd", vtd_faults, G_N_ELEMENTS(vtd_faults), test_vtd);
    add("smmu", smmu_faults, G_N_ELEMENTS(smmu_faults), test_smmu);
#define CASE(fn) g_test_add_func("/checker/oracle/" #fn, test_##fn)
    CASE(table_cached);
    CASE(configuration_cached);
    CASE(configuration_kept);
    CASE(one_walk);
    CASE(clean_inserted);
    CASE(privileged);
    CASE(racing);
    CASE(vtd_use);
    CASE(use_unseen);
    CASE(atc_use);
    CASE(smmu_use);
    return g_test_run();
}

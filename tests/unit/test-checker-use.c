/*
 * Unit test: the checker and translations that come from caches
 *
 * The models are right, so a sink between them and the checker makes them use
 * what they should have dropped.  Of each mistake there is one that is none:
 * something that is still owed, or waited for, may be what was used.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "oracle-checker.h"
#include "smmu-tables.h"
#include "vtd-fixture.h"

#define SEEDS 40
#define PASID sva_pasid(1)
#define VA    0x1000ull

/* Where the page is, and where the second stage has it. */
#define IPA   0xd1000ull
#define PA    0x7d1000ull
#define OTHER 0x8d1000ull

static void expect_doubt(const OracleChecker *o, SvaCheckDoubt doubt)
{
    SvaCheckCounts counts;

    sva_checker_counts(o->c, &counts);
    g_assert_cmpuint(counts.doubts[doubt], >, 0);
}

/* -- VT-d -- */

/* First-stage tables at 60000h, which the second stage has at A0000h. */
static void vtd_nest(VtdFixture *f)
{
    for (unsigned i = 0; i < 4; i++) {
        vtd_map_second(f, 0xa0000 + i * 0x1000, 0x60000 + i * 0x1000, true);
    }
    fake_put64(f->env, 0x60000, 0xa1007);
    fake_put64(f->env, 0x61000, 0xa2007);
    fake_put64(f->env, 0x62000, 0xa3007);
    fake_put64(f->env, 0x63008, IPA | 7);
    vtd_map_second(f, IPA, PA, true);
    vtd_pasid(f, 1, VTD_SECOND | 0xc9, 0x800001, 0xa0000);
}

static OracleChecker *vtd_listen(VtdFixture *f)
{
    OracleChecker *o = oracle_checker_new(f->env, true);

    f->complete = true;
    vtd_level(f, 1u << 31, false);
    vtd_level(f, 1u << 31, true);
    return o;
}

/* As a driver does: until the wait is complete. */
static void vtd_flush(VtdFixture *f, uint64_t low, uint64_t high)
{
    fake_put64(f->env, VTD_STATUS, 0);
    vtd_submit(f, low, high);
    vtd_wait(f, 0, 0);
    for (unsigned i = 0; i < 100 && !vtd_status(f, 0); i++) {
        fake_env_advance(f->env, 100000);
    }
    g_assert_cmphex(vtd_status(f, 0), ==, 2);
}

#define VTD_BY_PASID  (0x26 | 1ull << 16 | 1ull << 32)
#define VTD_BY_DOMAIN (0x22 | 1ull << 16)

static void vtd_use(VtdFixture *f, OracleChecker *o, uint64_t pa,
                    const char *rule)
{
    oracle_checker_stale(o, pa);
    vtd_translate(f, PASID, VA, SVA_READ);
    o->alter = NULL;
    oracle_checker_expect(o, rule);
}

/* Where the second stage has the table that maps VA, and what else there is. */
static void vtd_change(VtdFixture *f, unsigned what)
{
    switch (what) {
    case 0:                     /* leaf of the first stage */
        vtd_map_second(f, 0xd2000, OTHER, true);
        fake_put64(f->env, 0x63008, 0xd2007);
        break;
    case 1:                     /* leaf of the second */
        vtd_map_second(f, IPA, OTHER, true);
        break;
    default:                    /* leaf of the second, of a table */
        fake_put64(f->env, 0x73008, 0xd2007);
        vtd_map_second(f, 0xd2000, OTHER, true);
        vtd_map_second(f, 0xa3000, 0x73000, true);
        break;
    }
}

static void vtd_nested(unsigned what, uint32_t seed)
{
    SvaVtdConfig config = sva_vtd_default_config;
    VtdFixture *f;
    OracleChecker *o;

    config.adversary = seed;
    f = vtd_fixture_scalable(&config);

    vtd_nest(f);
    o = vtd_listen(f);
    g_assert_cmphex(vtd_translate(f, PASID, VA, SVA_READ).map.addr, ==, PA);
    vtd_change(f, what);
    /* Software owes an invalidation. */
    vtd_use(f, o, PA, NULL);
    expect_doubt(o, SVA_DOUBT_LEFT);
    if (what) {
        /* That of the second stage is by domain. */
        vtd_flush(f, VTD_BY_PASID, 0);
        vtd_use(f, o, PA, NULL);
    }
    vtd_flush(f, what ? VTD_BY_DOMAIN : VTD_BY_PASID, 0);
    g_assert_cmphex(vtd_translate(f, PASID, VA, SVA_READ).map.addr, ==, OTHER);
    vtd_use(f, o, OTHER, NULL);
    vtd_use(f, o, PA, "oracle-use");
    oracle_checker_free(o);
    vtd_fixture_free(f);
}

/* Seed 0: no liberties. */
static void test_vtd_nested(gconstpointer data)
{
    for (uint32_t seed = 0; seed <= SEEDS; seed++) {
        vtd_nested(GPOINTER_TO_UINT(data), seed);
    }
}

/* An adversary may take its time, but not more than the wait does. */
static void test_vtd_late(void)
{
    unsigned waiting = 0;

    for (uint32_t seed = 1; seed <= SEEDS; seed++) {
        SvaVtdConfig config = sva_vtd_default_config;
        VtdFixture *f;
        OracleChecker *o;

        config.adversary = seed;
        f = vtd_fixture_scalable(&config);
        vtd_bind(f, 1);
        vtd_map(f, VA, PA, true);
        o = vtd_listen(f);
        vtd_translate(f, PASID, VA, SVA_READ);
        vtd_map(f, VA, OTHER, true);
        vtd_submit(f, VTD_BY_PASID, 0);
        vtd_use(f, o, PA, NULL);
        vtd_wait(f, 0, 0);
        if (!vtd_status(f, 0)) {
            waiting++;
            vtd_use(f, o, PA, NULL);
            expect_doubt(o, SVA_DOUBT_WAIT);
        }
        vtd_flush(f, VTD_BY_PASID, 0);
        vtd_use(f, o, PA, "oracle-use");
        oracle_checker_free(o);
        vtd_fixture_free(f);
    }
    g_assert_cmpuint(waiting, >, 0);
}

/* Anything that no table ever said is a mistake at any time. */
static void test_vtd_nested_invented(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    OracleChecker *o;

    vtd_nest(f);
    o = vtd_listen(f);
    vtd_translate(f, PASID, VA, SVA_READ);
    vtd_use(f, o, PA, NULL);
    vtd_use(f, o, IPA, "oracle-use");
    oracle_checker_free(o);
    vtd_fixture_free(f);
}

static void hit(FakeEnv *env, uint64_t pa)
{
    sva_emit(&env->env, .kind = SVA_EV_ATC_HIT, .rid = VTD_RID,
             .pasid = PASID, .addr = VA, .access = SVA_READ,
             .atc_hit.pa = pa);
}

/* An ATC keeps what it was given until it is told. */
static void test_vtd_nested_atc(gconstpointer data)
{
    unsigned what = GPOINTER_TO_UINT(data);
    VtdFixture *f = vtd_fixture_scalable(NULL);
    OracleChecker *o;

    vtd_nest(f);
    o = vtd_listen(f);
    vtd_ats(f, PASID, VA, SVA_READ);
    hit(f->env, PA);
    vtd_change(f, what);
    vtd_flush(f, VTD_BY_DOMAIN, 0);
    hit(f->env, PA);
    oracle_checker_expect(o, NULL);
    vtd_flush(f, 0x08 | (uint64_t)VTD_RID << 16 | 1ull << 32,
              0x7ffffffffffff000ull | 0x800);
    hit(f->env, PA);
    oracle_checker_expect(o, "oracle-use");
    oracle_checker_free(o);
    vtd_fixture_free(f);
}

/*
 * Walk caches have upper tables of the second stage by the domain alone: who
 * walked them may have been somebody else.
 */
static void test_vtd_second_shared(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    uint64_t upper, word;
    OracleChecker *o;

    vtd_nest(f);
    vtd_pasid(f, 2, VTD_SECOND | 0x89, 0x800001, 0);
    vtd_map_second(f, 0xe0000, 0x9e0000, true);
    upper = vtd_entry(f, VTD_SECOND, 4, 2, IPA);
    o = vtd_listen(f);
    vtd_translate(f, sva_pasid(2), 0xe0000, SVA_READ);
    vtd_translate(f, PASID, VA, SVA_RW);
    word = fake_get64(f->env, upper);
    fake_put64(f->env, upper, word & ~2ull);
    oracle_checker_stale(o, PA);
    vtd_translate(f, PASID, VA, SVA_RW);
    oracle_checker_expect(o, NULL);
    o->alter = NULL;
    vtd_flush(f, VTD_BY_DOMAIN, 0);
    oracle_checker_stale(o, PA);
    vtd_translate(f, PASID, VA, SVA_RW);
    oracle_checker_expect(o, "oracle-use");
    oracle_checker_free(o);
    vtd_fixture_free(f);
}

/*
 * A table entry takes away the right to write.  Invalidating one page below it
 * ends copies of the entry, but not what was made of it for the other page.
 */
static void test_vtd_upper(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    uint64_t upper = vtd_entry(f, VTD_FIRST, 4, 2, VA), word;
    OracleChecker *o;

    vtd_bind(f, 1);
    vtd_map(f, VA, PA, true);
    vtd_map(f, VA + 0x1000, OTHER, true);
    o = vtd_listen(f);
    vtd_translate(f, PASID, VA, SVA_RW);
    vtd_translate(f, PASID, VA + 0x1000, SVA_RW);
    word = fake_get64(f->env, upper);
    fake_put64(f->env, upper, word & ~2ull);
    vtd_flush(f, 0x36 | 1ull << 16 | 1ull << 32, VA + 0x1000);
    oracle_checker_stale(o, PA);
    vtd_translate(f, PASID, VA, SVA_RW);
    oracle_checker_expect(o, NULL);
    o->alter = NULL;
    vtd_flush(f, 0x36 | 1ull << 16 | 1ull << 32, VA);
    oracle_checker_stale(o, PA);
    vtd_translate(f, PASID, VA, SVA_RW);
    oracle_checker_expect(o, "oracle-use");
    oracle_checker_free(o);
    vtd_fixture_free(f);
}

/* -- domain IDs with several users -- */

/* Other tables of the second stage. */
#define ROOT2 0x25000ull

/*
 * Two PASIDs with one domain ID and other tables: by the tags of its caches the
 * unit takes one for the other (6.2.2.1).  It is not the one to blame.
 */
static void test_vtd_domain_mixed(void)
{
    SvaVtdConfig config = sva_vtd_default_config;
    VtdFixture *f;
    OracleChecker *o;

    config.walk_entries = 64;
    f = vtd_fixture_scalable(&config);
    vtd_pasid(f, 1, VTD_SECOND | 0x89, 0x800001, 0);
    vtd_pasid(f, 2, ROOT2 | 0x89, 0x800001, 0);
    vtd_map_second(f, 0x200000, PA, true);
    vtd_map_second(f, 0x201000, PA, true);
    fake_put64(f->env, vtd_entry(f, ROOT2, 4, 1, 0x201000), OTHER | 3);
    fake_put64(f->env, vtd_entry(f, ROOT2, 4, 1, 0x202000), OTHER | 3);
    o = vtd_listen(f);
    vtd_translate(f, PASID, 0x200000, SVA_READ);
    g_assert_cmphex(vtd_translate(f, sva_pasid(2), 0x201000, SVA_READ).map.addr,
                    ==, PA);
    vtd_translate(f, sva_pasid(2), 0x201000, SVA_READ);
    oracle_checker_expect(o, NULL);
    expect_doubt(o, SVA_DOUBT_SHARED);
    /* When nothing is left of the one, the other is judged again. */
    vtd_pasid(f, 1, 0, 0, 0);
    vtd_flush(f, 0x07 | 1 << 16, 0);
    vtd_flush(f, VTD_BY_DOMAIN, 0);
    g_assert_cmphex(vtd_translate(f, sva_pasid(2), 0x201000, SVA_READ).map.addr,
                    ==, OTHER);
    oracle_checker_expect(o, NULL);
    oracle_checker_stale(o, PA);
    vtd_translate(f, sva_pasid(2), 0x201000, SVA_READ);
    oracle_checker_expect(o, "oracle-use");
    oracle_checker_free(o);
    vtd_fixture_free(f);
}

#define RID2 (VTD_RID + 1)

static void ask(VtdFixture *f, uint16_t rid, bool ats)
{
    SvaRequest req = {
        .addr = VA, .pasid = PASID, .rid = rid, .access = SVA_READ,
        .at = ats ? SVA_AT_TRANSLATION : SVA_AT_UNTRANSLATED,
    };
    SvaAtsCompletion completion;
    SvaTranslation translation;

    if (ats) {
        f->vtd.iommu.ops->ats_request(&f->vtd.iommu, &req, &completion);
    } else {
        f->vtd.iommu.ops->translate(&f->vtd.iommu, &req, &translation);
    }
}

/* Two functions have the PASID: one finds in the IOTLB what the other put. */
static VtdFixture *share(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    uint64_t own = VTD_CONTEXT + (VTD_RID & 127) * 32;

    for (unsigned i = 0; i < 4; i++) {
        fake_put64(f->env, own + 32 + 8 * i, fake_get64(f->env, own + 8 * i));
    }
    vtd_bind(f, 1);
    vtd_map(f, VA, PA, true);
    return f;
}

static void test_vtd_domain_shared(void)
{
    VtdFixture *f = share();
    OracleChecker *o = vtd_listen(f);

    ask(f, VTD_RID, false);
    ask(f, RID2, false);
    oracle_checker_expect(o, NULL);
    vtd_map(f, VA, OTHER, true);
    vtd_flush(f, VTD_BY_PASID, 0);
    oracle_checker_stale(o, PA);
    ask(f, RID2, false);
    oracle_checker_expect(o, "oracle-use");
    oracle_checker_free(o);
    vtd_fixture_free(f);
}

static void hit2(FakeEnv *env)
{
    sva_emit(&env->env, .kind = SVA_EV_ATC_HIT, .rid = RID2, .pasid = PASID,
             .addr = VA, .access = SVA_READ, .atc_hit.pa = PA);
}

/* Its ATC is its own. */
static void test_vtd_domain_shared_atc(void)
{
    VtdFixture *f = share();
    OracleChecker *o = vtd_listen(f);

    ask(f, VTD_RID, false);
    ask(f, RID2, true);
    vtd_map(f, VA, OTHER, true);
    vtd_flush(f, VTD_BY_PASID, 0);
    vtd_flush(f, 0x08 | (uint64_t)VTD_RID << 16 | 1ull << 32,
              0x7ffffffffffff000ull | 0x800);
    hit2(f->env);
    oracle_checker_expect(o, NULL);
    vtd_flush(f, 0x08 | (uint64_t)RID2 << 16 | 1ull << 32,
              0x7ffffffffffff000ull | 0x800);
    hit2(f->env);
    oracle_checker_expect(o, "oracle-use");
    oracle_checker_free(o);
    vtd_fixture_free(f);
}

/* -- SMMUv3 -- */

static SmmuFixture *smmu_nest(const SvaSmmuConfig *config)
{
    SmmuFixture *f = smmu_tables_start(config);

    smmu_ste(f, SMMU_RID, SMMU_STE0_BOTH, SMMU_STE1, SMMU_STE2 | 7, SMMU_STE3);
    smmu_map_s2_identity(f, SMMU_CDS, 0x1000);
    smmu_map_s2_identity(f, SMMU_TTB, 0x1000);
    smmu_map_s2_identity(f, SMMU_TABLES, 0x8000);
    smmu_map(f, VA, IPA, SMMU_PTE);
    smmu_map_s2(f, IPA, PA, SMMU_S2PTE);
    smmu_map_s2(f, 0xd2000, OTHER, SMMU_S2PTE);
    return f;
}

static OracleChecker *smmu_listen(SmmuFixture *f)
{
    OracleChecker *o = oracle_checker_new(f->env, true);
    uint32_t cr0 = smmu_read32(f, 0x20);

    smmu_write32(f, 0x20, cr0 & ~1u);
    smmu_write32(f, 0x20, cr0);
    return o;
}

static void smmu_flush(SmmuFixture *f, uint64_t low)
{
    smmu_put(f, low, 0);
    smmu_submit(f, 0x46, 0);
    for (unsigned i = 0; i < 100 && !smmu_idle(f); i++) {
        fake_env_advance(f->env, 100000);
    }
    g_assert_true(smmu_idle(f));
}

#define SMMU_BY_ASID (0x11 | 7ull << 32 | 0x11ull << 48)
#define SMMU_BY_VMID (0x28 | 7ull << 32)

static void smmu_use(SmmuFixture *f, OracleChecker *o, uint64_t pa,
                     const char *rule)
{
    oracle_checker_stale(o, pa);
    smmu_translate(f, PASID, VA, SVA_READ);
    o->alter = NULL;
    oracle_checker_expect(o, rule);
}

/* The table that maps VA is elsewhere, too. */
static void smmu_change(SmmuFixture *f, unsigned what)
{
    uint64_t table = smmu_desc(f, SMMU_TTB, 0, 3, VA) & ~0xfffull;

    switch (what) {
    case 0:
        smmu_map(f, VA, 0xd2000, SMMU_PTE);
        break;
    case 1:
        smmu_map_s2(f, IPA, OTHER, SMMU_S2PTE);
        break;
    default:
        fake_put64(f->env, 0x73000 + (VA >> 9), 0xd2000 | SMMU_PTE);
        smmu_map_s2(f, table, 0x73000, SMMU_S2PTE);
        break;
    }
}

static void smmu_nested(unsigned what, uint32_t seed)
{
    SvaSmmuConfig config = sva_smmu_default_config;
    SmmuFixture *f;
    OracleChecker *o;

    config.adversary = seed;
    f = smmu_nest(&config);
    o = smmu_listen(f);
    g_assert_cmphex(smmu_translate(f, PASID, VA, SVA_READ).map.addr, ==, PA);
    smmu_change(f, what);
    smmu_use(f, o, PA, NULL);
    if (what) {
        smmu_flush(f, SMMU_BY_ASID);
        smmu_use(f, o, PA, NULL);
    }
    smmu_flush(f, what ? SMMU_BY_VMID : SMMU_BY_ASID);
    g_assert_cmphex(smmu_translate(f, PASID, VA, SVA_READ).map.addr, ==,
                    OTHER);
    smmu_use(f, o, OTHER, NULL);
    smmu_use(f, o, PA, "oracle-use");
    oracle_checker_free(o);
    smmu_fixture_free(f);
}

static void test_smmu_nested(gconstpointer data)
{
    for (uint32_t seed = 0; seed <= SEEDS; seed++) {
        smmu_nested(GPOINTER_TO_UINT(data), seed);
    }
}

static void test_smmu_late(void)
{
    unsigned waiting = 0;

    for (uint32_t seed = 1; seed <= SEEDS; seed++) {
        SvaSmmuConfig config = sva_smmu_default_config;
        SmmuFixture *f;
        OracleChecker *o;

        config.adversary = seed;
        f = smmu_tables_start(&config);
        smmu_map(f, VA, PA, SMMU_PTE);
        o = smmu_listen(f);
        smmu_translate(f, PASID, VA, SVA_READ);
        smmu_map(f, VA, OTHER, SMMU_PTE);
        smmu_submit(f, 0x11 | 0x11ull << 48, 0);
        smmu_use(f, o, PA, NULL);
        smmu_submit(f, 0x46, 0);
        if (!smmu_idle(f)) {
            waiting++;
            smmu_use(f, o, PA, NULL);
        }
        smmu_flush(f, 0x11 | 0x11ull << 48);
        smmu_use(f, o, PA, "oracle-use");
        oracle_checker_free(o);
        smmu_fixture_free(f);
    }
    g_assert_cmpuint(waiting, >, 0);
}

/* Of split-stage ATS an ATC has what the first stage says. */
static void test_smmu_split(void)
{
    SmmuFixture *f = smmu_nest(NULL);
    OracleChecker *o = smmu_listen(f);
    SvaEvent hit = {
        .kind = SVA_EV_ATC_HIT, .rid = SMMU_RID, .pasid = PASID, .addr = VA,
        .access = SVA_READ, .atc_hit.pa = IPA,
    };

    smmu_ste(f, SMMU_RID, SMMU_STE0_BOTH, 0x20000002, SMMU_STE2 | 7,
             SMMU_STE3);
    smmu_write32(f, 0x20, smmu_read32(f, 0x20) | 0x10);
    f->complete = true;
    g_assert_cmphex(smmu_ats(f, PASID, VA, SVA_READ).map.addr, ==, IPA);
    smmu_change(f, 0);
    smmu_flush(f, SMMU_BY_ASID);
    sva_event_send(&f->env->env, hit);
    oracle_checker_expect(o, NULL);
    smmu_put(f, 0x1840 | (uint64_t)SMMU_RID << 32, 52);
    g_assert_true(smmu_sync(f));
    sva_event_send(&f->env->env, hit);
    oracle_checker_expect(o, "oracle-use");
    oracle_checker_free(o);
    smmu_fixture_free(f);
}

/* -- main -- */

static void add(const char *name, GTestDataFunc fn)
{
    static const char *const changes[] = { "first", "second", "table" };

    for (unsigned i = 0; i < G_N_ELEMENTS(changes); i++) {
        g_autofree char *path = g_strdup_printf("/checker/use/%s/%s", name,
                                                changes[i]);

        g_test_add_data_func(path, GUINT_TO_POINTER(i), fn);
    }
}

int main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    add("vtd-nested", test_vtd_nested);
    add("vtd-nested-atc", test_vtd_nested_atc);
    g_test_add_func("/checker/use/vtd-nested/invented",
                    test_vtd_nested_invented);
    g_test_add_func("/checker/use/vtd/upper", test_vtd_upper);
    g_test_add_func("/checker/use/vtd-nested/shared", test_vtd_second_shared);
    g_test_add_func("/checker/use/vtd/domain-mixed", test_vtd_domain_mixed);
    g_test_add_func("/checker/use/vtd/domain-shared", test_vtd_domain_shared);
    g_test_add_func("/checker/use/vtd/domain-shared/atc",
                    test_vtd_domain_shared_atc);
    add("smmu-nested", test_smmu_nested);
    g_test_add_func("/checker/use/smmu-nested/split", test_smmu_split);
    g_test_add_func("/checker/use/vtd/late", test_vtd_late);
    g_test_add_func("/checker/use/smmu/late", test_smmu_late);
    return g_test_run();
}

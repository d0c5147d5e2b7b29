/*
 * SMMUv3: what the caches know is told without asking the unit
 *
 * Each request of the fixture looks first, and compares (smmu-fixture.c).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "smmu-tables.h"

#define P1 sva_pasid(1)
#define VA 0x7123ull
#define PA 0x50000000ull

static bool knows(SmmuFixture *f, SvaPasid pasid, uint64_t addr,
                  uint8_t access, uint8_t at, SvaHit *out)
{
    SvaRequest req = {
        .addr = addr, .pasid = pasid, .rid = SMMU_RID, .access = access,
        .at = at, .may_stall = true,
    };

    return f->smmu.iommu.ops->peek(&f->smmu.iommu, &req, out);
}

static bool knows_page(SmmuFixture *f)
{
    SvaHit hit;
    bool known = knows(f, P1, VA, SVA_READ, SVA_AT_UNTRANSLATED, &hit);

    if (known) {
        g_assert_cmphex(hit.addr, ==, PA | 0x123);
        g_assert_cmpint(hit.kind, ==, SVA_HIT_PASID);
    }
    return known;
}

static bool knows_function(SmmuFixture *f, uint64_t addr, SvaHitKind kind)
{
    SvaHit hit;
    bool known = knows(f, SVA_NO_PASID, addr, SVA_WRITE, SVA_AT_TRANSLATED,
                       &hit);

    if (known) {
        g_assert_cmphex(hit.addr, ==, addr);
        g_assert_cmpint(hit.kind, ==, kind);
    }
    return known;
}

static void use(SmmuFixture *f)
{
    smmu_expect_ok(f, P1, VA, SVA_READ, PA | 0x123);
    smmu_expect_ok(f, P1, VA, SVA_READ, PA | 0x123);
    g_assert_cmpint(smmu_translated(f, 0x123456789, SVA_READ).outcome, ==,
                    SVA_OK);
}

static SmmuFixture *used(const SvaSmmuConfig *config)
{
    SmmuFixture *f = smmu_tables_start(config);

    f->env->env.bus = NULL;     /* nobody listens */
    smmu_map(f, VA & SVA_PAGE_MASK, PA, SMMU_PTE_RO);
    use(f);
    return f;
}

static void test_a_page_is_known_once_it_was_used(void)
{
    SmmuFixture *f = used(NULL);
    SvaHit hit;

    g_assert_true(knows_page(f));
    g_assert_false(knows(f, P1, VA, SVA_WRITE, SVA_AT_UNTRANSLATED, &hit));
    g_assert_false(knows(f, sva_pasid(2), VA, SVA_READ, SVA_AT_UNTRANSLATED,
                         &hit));
    smmu_submit(f, 0x11 | 0x11ull << 48, 0);
    g_assert_false(knows_page(f));
    smmu_fixture_free(f);
}

/* With all of the page that it is in, and with what else it may be used for. */
static void test_the_size_of_a_block_is_known(void)
{
    SmmuFixture *f = used(NULL);
    SvaHit hit;
    unsigned i;

    fake_put64(f->env, smmu_desc(f, SMMU_TTB, 0, 2, 0x40200000), 0x80000c41);
    for (i = 0; i < 3; i++) {
        smmu_expect_ok(f, P1, 0x40345678, SVA_READ, 0x80145678);
    }
    g_assert_true(knows(f, P1, 0x40345678, SVA_READ, SVA_AT_UNTRANSLATED,
                        &hit));
    g_assert_cmphex(hit.addr, ==, 0x80145678);
    g_assert_cmphex(hit.mask, ==, 0x1fffff);
    g_assert_cmpint(hit.access & SVA_RW, ==, SVA_RW);
    g_assert_true(knows(f, P1, VA, SVA_READ, SVA_AT_UNTRANSLATED, &hit));
    g_assert_cmphex(hit.mask, ==, 0xfff);
    g_assert_cmpint(hit.access & SVA_RW, ==, SVA_READ);
    smmu_fixture_free(f);
}

static void test_a_function_is_known_until_its_ste_is_invalidated(void)
{
    SmmuFixture *f = used(NULL);

    g_assert_true(knows_function(f, 0x1000, SVA_HIT_CONFIG));
    g_assert_true(knows_function(f, 0xfedcba987, SVA_HIT_CONFIG));
    g_assert_false(knows_function(f, 1ull << 52, SVA_HIT_CONFIG));
    smmu_submit(f, 0x03 | (uint64_t)SMMU_RID << 32, 1);
    g_assert_false(knows_function(f, 0x1000, SVA_HIT_CONFIG));
    smmu_fixture_free(f);
}

/* CR0.ATSCHK=0: they pass, whoever sends them. */
static void test_without_a_check_all_functions_are_known(void)
{
    SmmuFixture *f = used(NULL);

    smmu_submit(f, 0x04, 31);
    smmu_write32(f, 0x20, smmu_read32(f, 0x20) & ~0x10u);
    g_assert_true(knows_function(f, 0x1000, SVA_HIT_PASSED));
    g_assert_false(knows_function(f, 1ull << 52, SVA_HIT_PASSED));
    smmu_fixture_free(f);
}

static void test_nothing_is_known_while_it_is_disabled(void)
{
    SmmuFixture *f = used(NULL);

    smmu_write32(f, 0x20, smmu_read32(f, 0x20) & ~1u);
    g_assert_false(knows_page(f));
    g_assert_false(knows_function(f, 0x1000, SVA_HIT_CONFIG));
    smmu_fixture_free(f);
}

/* The hit may be what all have to hear of. */
static void test_a_hit_after_a_stall_is_not_known(void)
{
    SmmuFixture *f = used(NULL);

    f->smmu.heard = 1;
    g_assert_false(knows_page(f));
    f->smmu.heard = 0;
    g_assert_true(knows_page(f));
    smmu_fixture_free(f);
}

static void test_an_adversary_tells_nothing(void)
{
    SvaSmmuConfig config = sva_smmu_default_config;
    SmmuFixture *f;

    config.adversary = 1;
    f = smmu_tables_start(&config);
    g_assert_null(f->smmu.iommu.ops->peek);
    smmu_fixture_free(f);
}

static void test_hits_count_like_those_that_were_asked_for(void)
{
    static const SvaSmmuCounter counters[] = {
        SVA_SMMU_CNT_TRANSLATIONS, SVA_SMMU_CNT_STE_HITS,
        SVA_SMMU_CNT_CD_HITS, SVA_SMMU_CNT_IOTLB_HITS,
        SVA_SMMU_CNT_TRANSLATED,
    };
    SmmuFixture *f = used(NULL);
    uint64_t before[G_N_ELEMENTS(counters)], asked;

    for (unsigned i = 0; i < G_N_ELEMENTS(counters); i++) {
        before[i] = smmu_count(f, counters[i]);
    }
    smmu_translate(f, P1, VA, SVA_READ);
    smmu_translated(f, 0x1000, SVA_READ);
    f->smmu.iommu.hits[SVA_HIT_PASID]++;
    f->smmu.iommu.hits[SVA_HIT_CONFIG]++;
    for (unsigned i = 0; i < G_N_ELEMENTS(counters); i++) {
        asked = counters[i] == SVA_SMMU_CNT_STE_HITS ? 2 : 1;
        g_assert_cmpuint(smmu_count(f, counters[i]) - before[i], ==,
                         2 * asked);
    }
    smmu_fixture_free(f);
}

/* A page that only the uTLB has: the TLB holds less than was used since. */
static void test_what_was_looked_for_is_not_looked_for_again(void)
{
    SvaSmmuConfig config = sva_smmu_default_config;
    SvaRequest req = {
        .addr = VA, .pasid = P1, .rid = SMMU_RID, .access = SVA_READ,
        .at = SVA_AT_UNTRANSLATED,
    };
    SvaTranslation out;
    SmmuFixture *f;
    uint64_t misses;

    config.iotlb_entries = 16;
    f = used(&config);
    for (unsigned i = 1; i < 100; i++) {
        smmu_map(f, (VA & SVA_PAGE_MASK) + (i << 12), PA + (i << 12),
                 SMMU_PTE_RO);
        smmu_expect_ok(f, P1, VA + (i << 12), SVA_READ,
                       (PA | 0x123) + (i << 12));
    }
    g_assert_true(knows_page(f));
    misses = smmu_count(f, SVA_SMMU_CNT_IOTLB_MISSES);
    f->smmu.iommu.ops->translate(&f->smmu.iommu, &req, &out);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_IOTLB_MISSES), ==, misses);
    req.peeked = true;
    f->smmu.iommu.ops->translate(&f->smmu.iommu, &req, &out);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_IOTLB_MISSES), ==, misses + 1);
    g_assert_cmpint(out.outcome, ==, SVA_OK);
    g_assert_cmphex(out.map.addr, ==, PA | 0x123);
    smmu_fixture_free(f);
}

#define ADD(name) g_test_add_func("/smmu/peek/" #name, test_##name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(a_page_is_known_once_it_was_used);
    ADD(the_size_of_a_block_is_known);
    ADD(a_function_is_known_until_its_ste_is_invalidated);
    ADD(without_a_check_all_functions_are_known);
    ADD(nothing_is_known_while_it_is_disabled);
    ADD(a_hit_after_a_stall_is_not_known);
    ADD(an_adversary_tells_nothing);
    ADD(what_was_looked_for_is_not_looked_for_again);
    ADD(hits_count_like_those_that_were_asked_for);
    return g_test_run();
}

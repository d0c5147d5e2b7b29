/*
 * Unit test: VT-d with an adversary, requests that the IOTLB serves alone
 *
 * VT-d rev 5.10, 6.2.4.1, Table 17.  What the tables did not grant when the
 * IOTLB was filled is not granted by it either.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/sva/core/adversary.h"
#include "vtd-fixture.h"

#define SEEDS 64
#define P(n)  sva_pasid(n)
#define OLD   0x1000000ull

/* PASID 1: domain 1, first stage, pages 1 and 2 at OLD. */
static VtdFixture *start(uint32_t seed)
{
    SvaVtdConfig c = sva_vtd_default_config;
    VtdFixture *f;

    c.adversary = seed;
    c.adversary_only = SVA_LIBERTY_BIT(SVA_LIBERTY_ALONE);
    f = vtd_fixture_scalable(&c);
    vtd_bind(f, 1);
    vtd_map(f, 0x1000, OLD + 0x1000, true);
    vtd_map(f, 0x2000, OLD + 0x2000, true);
    return f;
}

static bool reaches(VtdFixture *f, uint64_t addr, uint64_t pa)
{
    SvaTranslation t = vtd_translate(f, P(1), addr, SVA_READ);

    return t.outcome == SVA_OK && t.map.addr == pa;
}

/* DTE=0: memory requests are served, translation requests are not (4.2.3). */
static void test_no_ats_alone(void)
{
    uint32_t seed;

    for (seed = 1; seed <= SEEDS; seed++) {
        VtdFixture *f = start(seed);

        vtd_context(f, VTD_DIR | 0x09, 0);
        g_assert_true(reaches(f, 0x1000, OLD + 0x1000));
        g_assert_cmpint(vtd_ats(f, P(1), 0x1000, SVA_READ).status, ==,
                        SVA_ATS_UR);
        vtd_fixture_free(f);
    }
}

/* RID_PASID is for requests without PASID only (Table 30, SCT.9). */
static void test_no_rid_pasid_alone(void)
{
    uint32_t seed;

    for (seed = 1; seed <= SEEDS; seed++) {
        VtdFixture *f = start(seed);

        vtd_context(f, VTD_DIR | 0x1d, 1);
        g_assert_cmpint(vtd_translate(f, SVA_NO_PASID, 0x1000,
                                      SVA_READ).outcome, ==, SVA_OK);
        g_assert_false(reaches(f, 0x1000, OLD + 0x1000));
        vtd_fixture_free(f);
    }
}

/* SRE=0 refuses privileged requests, whatever PGTT is (9.6). */
static void test_no_privileges_alone(void)
{
    uint32_t seed;

    for (seed = 1; seed <= SEEDS; seed++) {
        VtdFixture *f = start(seed);

        vtd_map_second(f, 0x1000, OLD + 0x1000, true);
        vtd_pasid(f, 1, VTD_SECOND | 0x89, 0x800001, 0);
        g_assert_true(reaches(f, 0x1000, OLD + 0x1000));
        g_assert_cmpint(vtd_translate(f, P(1), 0x1000,
                                      SVA_READ | SVA_PRIV).outcome, ==,
                        SVA_ABORT);
        vtd_fixture_free(f);
    }
}

/* What another function puts into the IOTLB is tagged with another SID. */
static void test_not_by_entries_of_others(void)
{
    uint32_t seed;

    for (seed = 1; seed <= SEEDS; seed++) {
        VtdFixture *f = start(seed);
        SvaRequest other = {
            .addr = 0x2000, .pasid = P(1), .rid = VTD_RID + 1,
            .access = SVA_READ,
        };
        SvaTranslation out;

        g_assert_true(reaches(f, 0x1000, OLD + 0x1000));
        vtd_submit(f, 0x31 | (uint64_t)VTD_RID << 32, 0);
        vtd_submit(f, 0x17 | 1 << 16 | 1ull << 32, 0);
        fake_put64(f->env, VTD_CONTEXT + ((VTD_RID + 1) & 0xff) * 32,
                   fake_get64(f->env, VTD_CONTEXT + (VTD_RID & 0xff) * 32));
        fake_put64(f->env, VTD_CONTEXT + (VTD_RID & 0xff) * 32, 0);
        f->vtd.iommu.ops->translate(&f->vtd.iommu, &other, &out);
        g_assert_cmpint(out.outcome, ==, SVA_OK);
        g_assert_false(reaches(f, 0x2000, OLD + 0x2000));
        vtd_fixture_free(f);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/vtd/adversary/alone/others",
                    test_not_by_entries_of_others);
    g_test_add_func("/vtd/adversary/alone/ats", test_no_ats_alone);
    g_test_add_func("/vtd/adversary/alone/privileges",
                    test_no_privileges_alone);
    g_test_add_func("/vtd/adversary/alone/rid-pasid", test_no_rid_pasid_alone);
    return g_test_run();
}

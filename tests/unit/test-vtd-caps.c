/*
 * VT-d: configuration and capabilities
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "documented.h"
#include "vtd-fixture.h"

#define P(n) sva_pasid(n)

static void test_capabilities_are_these_literals(void)
{
    VtdFixture *f = vtd_fixture_new(NULL);

    /*
     * CAP: ND 6, SAGAW 39|48, MGAW 47, ZLR, FRO 0x60, 2M|1G, PSI, NFR 7,
     * MAMV 18, DWD, DRD, FS1GP, FS5LP
     */
    g_assert_cmphex(vtd_read64(f, 0x08), ==, 0x11d2078c606f0606);
    /*
     * ECAP: C QI DT IR EIM PT SC, IRO 0x50, MHMV 15, NEST PRS SRS NWFS
     * EAFS, PSS 19, PASID PDS SMTS SSADS SSTS FSTS SMPWCS RPS
     */
    g_assert_cmphex(vtd_read64(f, 0x10), ==, 0x0003ed9ea4f050df);
    vtd_fixture_free(f);
}

static void test_capabilities_follow_the_configuration(void)
{
    SvaVtdConfig c = {
        .aw_bits = 57, .haw_bits = 46, .fault_records = 1,
        .iotlb_entries = 16, .config_entries = 16, .inval_timeout = 1,
        .caching_mode = true, .esrtps = true, .esirtps = true,
    };
    VtdFixture *f = vtd_fixture_new(&c);
    uint64_t ecap;

    /* Legacy unit: no FS1GP, FS5LP; SAGAW 39|48|57, CM, ESRTPS, ESIRTPS. */
    g_assert_cmphex(vtd_read64(f, 0x08), ==, 0xc0d2008c60780e86);
    g_assert_cmphex(vtd_read64(f, 0x10), ==, 0x0000000000005083);
    vtd_fixture_free(f);

    c = sva_vtd_default_config;
    c.pri = false;
    c.supervisor = false;
    c.second_ad = false;
    c.nested = false;
    c.first_level_5 = false;
    c.aw_bits = c.haw_bits = 39;
    c.pasid_bits = 8;
    f = vtd_fixture_new(&c);
    g_assert_cmphex(vtd_read64(f, 0x08), ==, 0x01d2078c60660206);
    g_assert_cmphex(vtd_read64(f, 0x10), ==, 0x0003c93e00f050df);
    vtd_fixture_free(f);

    /* No SMPWCS: no EAFS and SSADS either. */
    c = sva_vtd_default_config;
    f = vtd_fixture_new(&c);
    ecap = vtd_read64(f, 0x10);
    vtd_fixture_free(f);
    c.coherent_walks = false;
    f = vtd_fixture_new(&c);
    g_assert_cmphex(vtd_read64(f, 0x10), ==,
                    ecap & ~(1ull << 48 | 1ull << 45 | 1ull << 34));
    vtd_fixture_free(f);
}

/* The reason names the option that has to be another one. */
static void test_impossible_configurations_are_refused(void)
{
    const SvaVtdConfig *d = &sva_vtd_default_config;
    FakeEnv *f = fake_env_new();
    struct {
        SvaVtdConfig config;
        const char *option;
    } bad[20];
    unsigned i, n = 0;
    SvaVtd vtd;

    g_assert_null(sva_vtd_config_error(d));
#define BAD(field, value, text) \
    bad[n].config = *d, bad[n].config.field = value, bad[n++].option = text
    BAD(aw_bits, 40, "aw-bits");
    BAD(haw_bits, 35, "host address width");
    BAD(haw_bits, 53, "host address width");
    BAD(haw_bits, 49, "aw-bits");
    BAD(aw_bits, 39, "aw-bits");
    BAD(pasid_bits, 21, "pasid-bits");
    BAD(fault_records, 0, "fault-records");
    BAD(fault_records, 65, "fault-records");
    BAD(iotlb_entries, 0, "iotlb-size");
    BAD(iotlb_entries, (1u << 20) + 1, "iotlb-size");
    BAD(walk_entries, 15, "walk-cache");
    BAD(adversary_only, 1, "adversary=SEED");
    BAD(adversary_only, 256, "below 256");
    BAD(walk_entries, (1u << 20) + 1, "walk-cache");
    BAD(config_entries, 1u << 21, "caches");
    BAD(inval_timeout, 0, "inval-timeout");
    BAD(device_iotlb, false, "device-iotlb=on");
    BAD(scalable, false, "scalable-mode=on");
    BAD(pasid_bits, 0, "pasid-bits");
    BAD(intremap, false, "intremap=on");
#undef BAD
    for (i = 0; i < n; i++) {
        const char *error = sva_vtd_config_error(&bad[i].config);

        g_assert_nonnull(error);
        g_assert_nonnull(strstr(error, bad[i].option));
        g_assert_false(sva_vtd_init(&vtd, &f->env, &bad[i].config));
    }
    fake_env_free(f);
}

#define COVERAGE "specs/vtd-coverage.rst"

static void test_documented_capabilities(void)
{
    VtdFixture *f = vtd_fixture_new(NULL);

    g_assert_cmphex(vtd_read32(f, 0x00), ==, documented(COVERAGE, "VER"));
    g_assert_cmphex(vtd_read64(f, 0x08), ==, documented(COVERAGE, "CAP"));
    g_assert_cmphex(vtd_read64(f, 0x10), ==, documented(COVERAGE, "ECAP"));
    vtd_fixture_free(f);
}

/* 5-level second-stage tables in scalable mode; nested too. */
static void test_second_stage_of_57_bits(void)
{
    SvaVtdConfig c = sva_vtd_default_config;
    uint64_t va = 0x01a5000012345000;
    VtdFixture *f;

    c.aw_bits = 57;
    c.haw_bits = 52;
    f = vtd_fixture_scalable(&c);
    vtd_pasid(f, 1, VTD_SECOND | 0x8d, 5, 0);
    fake_put64(f->env, vtd_entry(f, VTD_SECOND, 5, 1, va), 0xabc003);
    g_assert_cmphex(vtd_translate(f, P(1), va, SVA_RW).map.addr, ==,
                    0xabc000);
    g_assert_cmpuint(vtd_translate(f, P(1), va | 1ull << 57,
                                   SVA_READ).outcome, ==, SVA_ABORT);
    g_assert_cmphex(vtd_fault(f, NULL, NULL), ==, 0x84);
    /* Nested: a first-stage table that only 57 bits reach. */
    vtd_pasid(f, 2, VTD_SECOND | 0xcd, 0x800006, va >> 13 << 13);
    g_assert_cmpuint(vtd_translate(f, P(2), 0x1000, SVA_READ).outcome,
                     ==, SVA_ABORT);
    g_assert_cmphex(vtd_fault(f, NULL, NULL), ==, 0x5a);
    vtd_pasid(f, 2, VTD_SECOND | 0xcd, 0x800006, 1ull << 51);
    fake_put64(f->env, vtd_entry(f, VTD_SECOND, 5, 1, 1ull << 51),
               0x60003);
    fake_put64(f->env, 0x60000, 0);
    g_assert_cmpuint(vtd_translate(f, P(2), 0x1000, SVA_READ).outcome,
                     ==, SVA_ABORT);
    g_assert_cmphex(vtd_fault(f, NULL, NULL), ==, 0x71);
    vtd_fixture_free(f);
}

/* The smallest IOTLB holds 16 entries, and gives the same answers. */
static void test_size_of_the_iotlb(void)
{
    SvaVtdConfig c = sva_vtd_default_config;
    uint64_t hits;
    VtdFixture *f;
    unsigned i;

    c.iotlb_entries = 16;
    f = vtd_fixture_scalable(&c);
    vtd_bind(f, 1);
    for (i = 0; i < 400; i++) {
        uint64_t va = (i % 200) * 0x1000ull;

        if (i < 200) {
            vtd_map(f, va, 0x10000000 + va, true);
        }
        g_assert_cmphex(vtd_translate(f, P(1), va, SVA_RW).map.addr, ==,
                        0x10000000 + va);
    }
    hits = vtd_count(f, SVA_VTD_CNT_IOTLB_HITS);
    g_assert_cmpuint(hits, <=, 16);
    vtd_translate(f, P(1), 199 * 0x1000, SVA_RW);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_IOTLB_HITS), ==, hits + 1);
    g_assert_cmpuint(sva_iotlb_count(f->vtd.iotlb), <=, 16);
    vtd_fixture_free(f);
}

/* More PASIDs than fit: each gets its own tables, whatever was replaced. */
static void test_size_of_the_pasid_cache(void)
{
    SvaVtdConfig c = sva_vtd_default_config;
    GRand *rand = g_rand_new_with_seed(1);
    VtdFixture *f;
    unsigned i;

    c.iotlb_entries = 16;
    f = vtd_fixture_scalable(&c);
    vtd_map(f, 0x1000, 0xa000, true);
    vtd_map_second(f, 0x1000, 0xb000, true);
    for (i = 0; i < 64; i += 2) {
        vtd_bind(f, i);
        vtd_pasid(f, i + 1, VTD_SECOND | 0x89, 2, 0);
    }
    for (i = 0; i < 3000; i++) {
        uint32_t pasid = g_rand_int_range(rand, 1, 64);

        g_assert_cmphex(vtd_translate(f, P(pasid), 0x1000,
                                      SVA_READ).map.addr, ==,
                        pasid % 2 ? 0xb000 : 0xa000);
    }
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_PASID_FETCHES), >, 1000);
    g_rand_free(rand);
    vtd_fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CASE(fn) g_test_add_func("/vtd/caps/" #fn, test_##fn)
    CASE(capabilities_are_these_literals);
    CASE(capabilities_follow_the_configuration);
    CASE(impossible_configurations_are_refused);
    CASE(documented_capabilities);
    CASE(second_stage_of_57_bits);
    CASE(size_of_the_iotlb);
    CASE(size_of_the_pasid_cache);
    return g_test_run();
}

/*
 * SMMUv3: ID registers, by literal value, and configurations
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "documented.h"
#include "smmu-fixture.h"

static void expect(const SvaSmmuConfig *c, unsigned off, uint32_t value)
{
    SmmuFixture *f = smmu_fixture_new(c);

    g_assert_cmphex(smmu_read32(f, off), ==, value);
    smmu_write32(f, off, ~value);
    g_assert_cmphex(smmu_read32(f, off), ==, value);
    g_assert_cmphex(smmu_read32(f, 0x10000 + off), ==, value);
    smmu_fixture_free(f);
}

static void test_default(void)
{
    expect(NULL, 0x00, 0x084d769b);
    expect(NULL, 0x04, 0x06739c10);
    expect(NULL, 0x08, 0);
    expect(NULL, 0x0c, 0x00001514);
    expect(NULL, 0x10, 0);
    expect(NULL, 0x14, 0x04000075);
    expect(NULL, 0x18, 0);
    expect(NULL, 0x1c, 0x00000002);
}

#define COVERAGE "specs/smmuv3-coverage.rst"

static void test_documented_values(void)
{
    expect(NULL, 0x00, documented(COVERAGE, "IDR0"));
    expect(NULL, 0x04, documented(COVERAGE, "IDR1"));
    expect(NULL, 0x0c, documented(COVERAGE, "IDR3"));
    expect(NULL, 0x14, documented(COVERAGE, "IDR5"));
    expect(NULL, 0x18, documented(COVERAGE, "IIDR"));
    expect(NULL, 0x1c, documented(COVERAGE, "AIDR"));
}

/* Each option alone: offset, and the bits that differ from the default. */
#define DIFFERS(member, value, off, bits) do {                      \
    SvaSmmuConfig c_ = sva_smmu_default_config;                     \
    SmmuFixture *a_ = smmu_fixture_new(NULL), *b_;                  \
    c_.member = value;                                              \
    b_ = smmu_fixture_new(&c_);                                     \
    g_assert_cmphex(smmu_read32(a_, off) ^ smmu_read32(b_, off),    \
                    ==, bits);                                      \
    smmu_fixture_free(a_);                                          \
    smmu_fixture_free(b_);                                          \
} while (0)

static void test_options(void)
{
    DIFFERS(stage2, false, 0x00, 0x40201);          /* S2P, VMID16, Hyp */
    DIFFERS(stage2, false, 0x0c, 0x110);            /* XNX, FWB */
    DIFFERS(httu, 0, 0x00, 0x80);
    DIFFERS(httu, 1, 0x00, 0xc0);
    DIFFERS(asid_bits, 8, 0x00, 0x1000);
    DIFFERS(msi, false, 0x00, 0x2000);
    DIFFERS(cohacc, false, 0x00, 0x10);
    DIFFERS(pri, false, 0x00, 0x10000);
    DIFFERS(pri, false, 0x04, 0x9800);              /* PRIQS */
    DIFFERS(stall_model, 2, 0x00, 2u << 24);
    DIFFERS(ssid_bits, 0, 0x00, 0x80000);           /* CD2L */
    DIFFERS(ssid_bits, 0, 0x04, 16 << 6);
    DIFFERS(ssid_bits, 4, 0x04, (16 ^ 4) << 6);
    DIFFERS(priq_bits, 0, 0x04, 19 << 11);
    DIFFERS(eventq_bits, 3, 0x04, (19 ^ 3) << 16);
    DIFFERS(cmdq_bits, 8, 0x04, (19 ^ 8) << 21);
    DIFFERS(ril, false, 0x0c, 0x400);
    DIFFERS(bbml, 1, 0x0c, 0x1800);
    DIFFERS(bbml, 0, 0x0c, 0x1000);
    DIFFERS(gran4k, false, 0x14, 0x10);
    DIFFERS(gran16k, false, 0x14, 0x20);
    DIFFERS(gran64k, false, 0x14, 0x40);
    DIFFERS(stall_max, 16, 0x14, 1040u << 16);
}

static void test_features_that_need_each_other(void)
{
    SvaSmmuConfig c = sva_smmu_default_config;

    c.stage1 = false;
    c.ssid_bits = 0;
    expect(&c, 0x00, 0x08457499);       /* neither S1P nor Hyp nor CD2L */
    expect(&c, 0x0c, 0x00001510);       /* no HAD */
    c = sva_smmu_default_config;
    c.ats = c.pri = false;
    expect(&c, 0x00, 0x084c729b);
    c = sva_smmu_default_config;
    c.stall_model = SVA_SMMU_STALL_NONE;
    c.stall_max = 0;
    expect(&c, 0x00, 0x094d769b);
    expect(&c, 0x14, 0x00000075);
}

static void test_output_address_size(void)
{
    static const uint8_t bits[] = { 32, 36, 40, 42, 44, 48, 52 };
    SvaSmmuConfig c = sva_smmu_default_config;
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(bits); i++) {
        c.oas = bits[i];
        expect(&c, 0x14, 0x04000070 | i);
    }
}

/* v3.2 needs range invalidation, FWB and BBML. */
static void test_architecture_version(void)
{
    SvaSmmuConfig c = sva_smmu_default_config;

    c.ril = false;
    expect(&c, 0x1c, 1);
    c = sva_smmu_default_config;
    c.bbml = 0;
    expect(&c, 0x1c, 1);
    c.bbml = 1;
    expect(&c, 0x1c, 2);
    c.stage2 = false;
    expect(&c, 0x1c, 1);
}

#define BAD(member, value, option) do {                             \
    SvaSmmuConfig c_ = sva_smmu_default_config;                     \
    SvaSmmu unit_;                                                  \
    const char *why_;                                               \
    c_.member = value;                                              \
    why_ = sva_smmu_config_error(&c_);                              \
    g_assert_nonnull(why_);                                         \
    g_assert_nonnull(strstr(why_, option));                         \
    g_assert_false(sva_smmu_init(&unit_, &f->env, &c_));            \
} while (0)

/* Each names the option that is to be changed. */
static void test_impossible_configurations(void)
{
    FakeEnv *f = fake_env_new();

    g_assert_null(sva_smmu_config_error(&sva_smmu_default_config));
    BAD(ssid_bits, 21, "ssid-bits");
    BAD(oas, 33, "oas");
    BAD(oas, 0, "oas");
    BAD(oas, 56, "oas");
    BAD(asid_bits, 12, "asid-bits");
    BAD(cmdq_bits, 20, "cmdq-bits");
    BAD(eventq_bits, 20, "eventq-bits");
    BAD(priq_bits, 20, "priq-bits");
    BAD(iotlb_entries, 15, "iotlb-size");
    BAD(iotlb_entries, (1u << 20) + 1, "iotlb-size");
    BAD(walk_entries, 15, "walk-cache");
    BAD(adversary_only, 1, "adversary=SEED");
    BAD(adversary_only, 256, "below 256");
    BAD(walk_entries, (1u << 20) + 1, "walk-cache");
    BAD(config_entries, 15, "config-cache-size");
    BAD(config_entries, (1u << 20) + 1, "config-cache-size");
    BAD(inval_timeout, 0, "inval-timeout");
    BAD(httu, 3, "httu");
    BAD(bbml, 3, "bbml");
    BAD(ats, false, "ats=on");          /* PRI needs it */
    BAD(stage1, false, "stage1=on");    /* SubstreamIDs do */
    BAD(stall_model, 3, "stall-model");
    BAD(stall_model, SVA_SMMU_STALL_NONE, "stall-max");
    BAD(stall_max, 0, "stall-max");
    BAD(stall_max, 4097, "stall-max");
    fake_env_free(f);
}

static void test_impossible_combinations(void)
{
    SvaSmmuConfig c = sva_smmu_default_config;

    c.stage1 = c.stage2 = false;
    c.ssid_bits = 0;
    g_assert_cmpstr(sva_smmu_config_error(&c), ==,
                    "stage1=on or stage2=on is needed");
    c = sva_smmu_default_config;
    c.gran4k = c.gran16k = c.gran64k = false;
    g_assert_nonnull(strstr(sva_smmu_config_error(&c), "gran4k=on"));
    c = sva_smmu_default_config;
    c.oas = 52;
    g_assert_null(sva_smmu_config_error(&c));
    c.gran64k = false;
    g_assert_nonnull(strstr(sva_smmu_config_error(&c), "gran64k=on"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CASE(fn) g_test_add_func("/smmu/ids/" #fn, test_##fn)
    CASE(default);
    CASE(documented_values);
    CASE(options);
    CASE(features_that_need_each_other);
    CASE(output_address_size);
    CASE(architecture_version);
    CASE(impossible_configurations);
    CASE(impossible_combinations);
    return g_test_run();
}

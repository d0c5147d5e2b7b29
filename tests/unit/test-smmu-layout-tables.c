/*
 * SMMUv3: where each field of an STE and of a CD lies
 *
 * A valid structure plus one literal from the field tables of IHI 0070 G.b;
 * what the decoder makes of it is compared field by field.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "smmu-tables.h"
#include "hw/sva/smmuv3/xlate.h"

/* -- STE -- */

static SvaSmmuSte ste(uint64_t qw0, uint64_t qw1, uint64_t qw2, uint64_t qw3)
{
    const uint64_t qw[4] = { qw0, qw1, qw2, qw3 };
    SmmuFixture *f = smmu_fixture_new(NULL);
    SvaSmmuSte out;
    SvaSmmuFault fault = sva_smmu_ste_decode(&f->smmu, qw, &out);

    g_assert_cmphex(fault.event, ==, 0);
    smmu_fixture_free(f);
    return out;
}

static void test_ste_words_0_and_1(void)
{
    SvaSmmuSte s = ste(0x1, 0, 0, 0);

    g_assert_true(s.abort);
    s = ste(0x9, 0, 0, 0);
    g_assert_false(s.abort || s.stage1 || s.stage2);
    s = ste(0xb, 0, 0, 0);
    g_assert_true(s.stage1 && !s.stage2);
    g_assert_cmphex(s.context, ==, 0);
    g_assert_cmpuint(s.cd_bits, ==, 0);
    s = ste(0xb | 0x0000ffffffffffc0, 0, 0, 0);
    g_assert_cmphex(s.context, ==, 0x0000ffffffffffc0);
    g_assert_cmpuint(s.cd_bits, ==, 0);
    g_assert_cmpuint(s.s1fmt, ==, 0);
    s = ste(0xb | 0x30, 0, 0, 0);
    g_assert_cmpuint(s.s1fmt, ==, 3);
    s = ste(0xb | 0x5000000000000000, 0, 0, 0);
    g_assert_cmpuint(s.cd_bits, ==, 10);
    s = ste(0xb, 0x3, 0, 0);
    g_assert_cmpuint(s.s1dss, ==, 3);
    s = ste(0xb, 0x00040000, 0, 0);
    g_assert_true(s.ppar);
    s = ste(0xb, 0x08000000, 0, 0);
    g_assert_true(s.stall_disabled);
    s = ste(0xb, 0x10000000, 0, 0);
    g_assert_cmpuint(s.eats, ==, 1);
    s = ste(0xb, 0x80000000, 0, 0);
    g_assert_cmpuint(s.world, ==, SVA_SMMU_WORLD_EL2);
    s = ste(0xb, 0x0003000000000000, 0, 0);
    g_assert_cmpuint(s.privcfg, ==, 3);
    g_assert_cmpuint(s.instcfg, ==, 0);
    s = ste(0xb, 0x000c000000000000, 0, 0);
    g_assert_cmpuint(s.instcfg, ==, 3);
    /* All that has no effect here: caching, CONT, DCP, DRE, MEV, software's */
    s = ste(0xb, 0x00003fff00fbfffc, 0, 0);
    g_assert_false(s.s1dss || s.ppar || s.stall_disabled || s.eats ||
                   s.world || s.privcfg || s.instcfg);
}

static void test_ste_words_2_and_3(void)
{
    const uint64_t base = 0x040d005900000000;   /* see smmu-tables.h */
    SvaSmmuSte s = ste(0xd, 0, base, 0);

    g_assert_true(s.stage2 && !s.stage1);
    g_assert_cmpuint(s.vmid, ==, 0);
    g_assert_cmpuint(s.s2.input_bits, ==, 39);
    g_assert_cmpuint(s.s2.start_level, ==, 1);
    g_assert_cmpuint(s.s2.granule, ==, 12);
    g_assert_cmpuint(s.s2.output_bits, ==, 48);
    g_assert_cmphex(s.s2.flags, ==, SVA_VMSA_STAGE2);
    g_assert_true(s.s2_record);
    g_assert_false(s.s2_stall);
    s = ste(0xd, 0, base | 0xffff, 0);
    g_assert_cmphex(s.vmid, ==, 0xffff);
    s = ste(0xd, 0, base ^ 0x0000000700000000, 0);      /* S2T0SZ=30 */
    g_assert_cmpuint(s.s2.input_bits, ==, 34);
    s = ste(0xd, 0, base ^ 0x0000800000000000, 0);      /* S2TG=0b10 */
    g_assert_cmpuint(s.s2.granule, ==, 14);
    g_assert_cmpuint(s.s2.start_level, ==, 2);
    s = ste(0xd, 0, base ^ 0x0000400000000000, 0);      /* 0b01 */
    g_assert_cmpuint(s.s2.granule, ==, 16);
    s = ste(0xd, 0, base ^ 0x0000004700000000, 0);      /* 30, S2SL0=0 */
    g_assert_cmpuint(s.s2.start_level, ==, 2);
    s = ste(0xd, 0, base ^ 0x0005000000000000, 0);      /* S2PS=0 */
    g_assert_cmpuint(s.s2.output_bits, ==, 32);
    s = ste(0xd, 0, base | 0x0020000000000000, 0);
    g_assert_cmphex(s.s2.flags, ==, SVA_VMSA_STAGE2 | SVA_VMSA_AFFD);
    s = ste(0xd, 0, base | 0x0040000000000000, 0);
    g_assert_cmphex(s.s2.flags, ==, SVA_VMSA_STAGE2 | SVA_VMSA_PTW);
    s = ste(0xd, 0, base | 0x0100000000000000, 0);
    g_assert_cmphex(s.s2.flags, ==, SVA_VMSA_STAGE2 | SVA_VMSA_HA);
    s = ste(0xd, 0, base | 0x0180000000000000, 0);
    g_assert_cmphex(s.s2.flags, ==,
                    SVA_VMSA_STAGE2 | SVA_VMSA_HA | SVA_VMSA_HD);
    s = ste(0xd, 0x02000000, base, 0);                  /* S2FWB */
    g_assert_cmphex(s.s2.flags, ==, SVA_VMSA_STAGE2 | SVA_VMSA_FWB);
    s = ste(0xd, 0, base | 0x0200000000000000, 0);
    g_assert_true(s.s2_stall);
    s = ste(0xd, 0, base ^ 0x0400000000000000, 0);
    g_assert_false(s.s2_record);
    s = ste(0xd, 0, base, 0x0000fffffffffff0);
    g_assert_cmphex(s.s2.base, ==, 0x0000fffffffffff0);
}

/* -- CD -- */

static SvaSmmuCd cd(uint64_t qw0, uint64_t qw1, uint64_t qw2)
{
    const uint64_t qw[3] = { qw0, qw1, qw2 };
    const SvaSmmuSte s = { .stage1 = true };
    SmmuFixture *f = smmu_fixture_new(NULL);
    SvaSmmuCd out;
    SvaSmmuFault fault = sva_smmu_cd_decode(&f->smmu, &s, qw, &out);

    g_assert_cmphex(fault.event, ==, 0);
    smmu_fixture_free(f);
    return out;
}

/* V, AA64, T0SZ=16, EPD1; V, AA64, T1SZ=16, TG1=0b10, EPD0 */
#define LOWER 0x00000200c0000010ull
#define UPPER 0x0000020080904000ull

static void test_cd_fields_of_both_halves(void)
{
    SvaSmmuCd c = cd(LOWER, 0, 0);

    g_assert_cmphex(c.asid, ==, 0);
    g_assert_false(c.aset || c.abort || c.record || c.stall);
    g_assert_false(c.half[0].disabled);
    g_assert_true(c.half[1].disabled);
    g_assert_cmpuint(c.half[0].pt.output_bits, ==, 32);
    g_assert_cmphex(c.half[0].pt.flags, ==, 0);
    c = cd(LOWER | 0xffff000000000000, 0, 0);
    g_assert_cmphex(c.asid, ==, 0xffff);
    c = cd(LOWER | 0x0000800000000000, 0, 0);
    g_assert_true(c.aset && !c.abort);
    c = cd(LOWER | 0x0000400000000000, 0, 0);
    g_assert_true(c.abort && !c.record);
    c = cd(LOWER | 0x0000200000000000, 0, 0);
    g_assert_true(c.record && !c.stall);
    c = cd(LOWER | 0x0000100000000000, 0, 0);
    g_assert_true(c.stall && !c.record);
    c = cd(LOWER | 0x0000000500000000, 0, 0);
    g_assert_cmpuint(c.half[0].pt.output_bits, ==, 48);
    c = cd(LOWER | 0x0000000800000000, 0, 0);
    g_assert_cmphex(c.half[0].pt.flags, ==, SVA_VMSA_AFFD);
    c = cd(LOWER | 0x0000001000000000, 0, 0);
    g_assert_cmphex(c.half[0].pt.flags, ==, SVA_VMSA_WXN);
    c = cd(LOWER | 0x0000010000000000, 0, 0);
    g_assert_cmphex(c.half[0].pt.flags, ==, SVA_VMSA_PAN);
    c = cd(LOWER | 0x0000080000000000, 0, 0);
    g_assert_cmphex(c.half[0].pt.flags, ==, SVA_VMSA_HA);
    c = cd(LOWER | 0x00000c0000000000, 0, 0);
    g_assert_cmphex(c.half[0].pt.flags, ==, SVA_VMSA_HA | SVA_VMSA_HD);
    /* UWXN, attributes of table walks, MPAM: no effect */
    c = cd(LOWER | 0x0000002000003f00, 0, 0);
    g_assert_cmphex(c.half[0].pt.flags, ==, 0);
}

static void test_cd_lower_half(void)
{
    SvaSmmuCd c = cd(LOWER ^ 0x37, 0, 0);               /* T0SZ=39 */

    g_assert_cmpuint(c.half[0].pt.input_bits, ==, 25);
    c = cd(LOWER | 0x40, 0, 0);
    g_assert_cmpuint(c.half[0].pt.granule, ==, 16);
    c = cd(LOWER | 0x80, 0, 0);
    g_assert_cmpuint(c.half[0].pt.granule, ==, 14);
    c = cd(LOWER | 0x4000, 0, 0);
    g_assert_true(c.half[0].disabled);
    c = cd(LOWER | 0x0000004000000000, 0, 0);
    g_assert_true(c.half[0].ignore_top && !c.half[1].ignore_top);
    c = cd(LOWER | 0x0000000500000000, 0x0000fffffffffff2, 0);
    g_assert_cmphex(c.half[0].pt.base, ==, 0x0000fffffffffff0);
    g_assert_cmphex(c.half[0].pt.flags, ==, SVA_VMSA_HAD);
    /* HWU, NSCFG0 */
    c = cd(LOWER | 0x0000000500000000, 0xf000fffffffffff1, 0);
    g_assert_cmphex(c.half[0].pt.flags, ==, 0);
}

static void test_cd_upper_half(void)
{
    SvaSmmuCd c = cd(UPPER, 0, 0);

    g_assert_true(c.half[0].disabled && !c.half[1].disabled);
    g_assert_cmpuint(c.half[1].pt.input_bits, ==, 48);
    g_assert_cmpuint(c.half[1].pt.granule, ==, 12);
    c = cd(UPPER ^ 0x370000, 0, 0);                     /* T1SZ=39 */
    g_assert_cmpuint(c.half[1].pt.input_bits, ==, 25);
    c = cd(UPPER ^ 0xc00000, 0, 0);                     /* TG1=0b01 */
    g_assert_cmpuint(c.half[1].pt.granule, ==, 14);
    c = cd(UPPER | 0x400000, 0, 0);                     /* TG1=0b11 */
    g_assert_cmpuint(c.half[1].pt.granule, ==, 16);
    c = cd(UPPER | 0x0000008000000000, 0, 0);
    g_assert_true(c.half[1].ignore_top && !c.half[0].ignore_top);
    c = cd(UPPER | 0x0000000500000000, 0, 0x0000fffffffffff2);
    g_assert_cmphex(c.half[1].pt.base, ==, 0x0000fffffffffff0);
    g_assert_cmphex(c.half[1].pt.flags, ==, SVA_VMSA_HAD);
    c = cd(UPPER | 0x0000000500000000, 0, 0xf000fffffffffff1);
    g_assert_cmphex(c.half[1].pt.flags, ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define T(name) g_test_add_func("/smmu-layout-tables/" #name, test_##name)
    T(ste_words_0_and_1);
    T(ste_words_2_and_3);
    T(cd_fields_of_both_halves);
    T(cd_lower_half);
    T(cd_upper_half);
#undef T
    return g_test_run();
}

/*
 * SMMUv3: registers: what can be written when, aliases, sizes
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "smmu-fixture.h"

#define SMMUEN   0x01
#define PRIQEN   0x02
#define EVENTQEN 0x04
#define CMDQEN   0x08

/* Bits of every word that stick in reset state, by the architecture. */
static const struct {
    unsigned off;
    uint32_t bits;
} writable[] = {
    { 0x28, 0x00000fff }, { 0x2c, 0x00000003 },
    { 0x68, 0xfffffffc }, { 0x6c, 0x0000ffff }, { 0x70, 0xffffffff },
    { 0x74, 0x0000003f },
    { 0x80, 0xffffffc0 }, { 0x84, 0x4000ffff }, { 0x88, 0x000307ff },
    { 0x90, 0xffffffff }, { 0x94, 0x4000ffff },
    { 0x98, 0x000fffff }, { 0x9c, 0x00000001 },    /* LOG2SIZE=0 */
    { 0xa0, 0xffffffff }, { 0xa4, 0x4000ffff },
    { 0xa8, 0x80000001 }, { 0xac, 0x800fffff },
    { 0xb0, 0xfffffffc }, { 0xb4, 0x0000ffff }, { 0xb8, 0xffffffff },
    { 0xbc, 0x0000003f },
    { 0xc0, 0xffffffff }, { 0xc4, 0x4000ffff },
    { 0xc8, 0x80000001 }, { 0xcc, 0x800fffff },
    { 0xd0, 0xfffffffc }, { 0xd4, 0x0000ffff }, { 0xd8, 0xffffffff },
    { 0xdc, 0x8000003f },
    { 0x20, 0x0000001f }, { 0x50, 0x00000007 }, { 0x64, 0x000000fd },
};

static uint32_t bits_of(unsigned off)
{
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(writable); i++) {
        if (writable[i].off == off) {
            return writable[i].bits;
        }
    }
    return 0;
}

/* With 48-bit addresses; a fresh unit for each, as some writes have effect. */
static void test_every_word(void)
{
    unsigned off;

    for (off = 0; off < 0x400; off += 4) {
        SmmuFixture *f = smmu_fixture_new(NULL);
        uint32_t reset = smmu_read32(f, off);

        if (off != 0x44) {
            smmu_write32(f, off, 0xffffffff);
            g_assert_cmphex(smmu_read32(f, off), ==, bits_of(off) | reset);
            smmu_write32(f, off, 0);
            g_assert_cmphex(smmu_read32(f, off), ==, reset);
        }
        smmu_fixture_free(f);
    }
}

/*
 * Pointers that the unit owns have no bits above the wrap bit (IHI 0070 G.b
 * 6.3.28), those of software take what is written.
 */
static void test_width_of_pointers(void)
{
    static const struct {
        unsigned base, own, soft;
    } queues[] = {
        { 0x90, 0x9c, 0x98 }, { 0xa0, 0xa8, 0xac }, { 0xc0, 0xc8, 0xcc },
    };
    SvaSmmuConfig c = sva_smmu_default_config;
    SmmuFixture *f = smmu_fixture_new(NULL);
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(queues); i++) {
        uint32_t flag = i ? 0x80000000 : 0;

        smmu_write64(f, queues[i].base, 0x30000 | 3);
        smmu_write32(f, queues[i].own, 0x800fffff);
        g_assert_cmphex(smmu_read32(f, queues[i].own), ==, flag | 0xf);
        smmu_write32(f, queues[i].soft, 0x800fffff);
        g_assert_cmphex(smmu_read32(f, queues[i].soft), ==, flag | 0xfffff);
        smmu_write64(f, queues[i].base, 0x30000 | 19);
        smmu_write32(f, queues[i].own, 0x800fffff);
        g_assert_cmphex(smmu_read32(f, queues[i].own), ==, flag | 0xfffff);
        /* A queue that becomes smaller later */
        smmu_write64(f, queues[i].base, 0x30000 | 4);
        g_assert_cmphex(smmu_read32(f, queues[i].own), ==, flag | 0x1f);
    }
    smmu_fixture_free(f);
    c.cmdq_bits = 2;            /* LOG2SIZE has effect up to that */
    f = smmu_fixture_new(&c);
    smmu_write64(f, 0x90, 0x30000 | 19);
    smmu_write32(f, 0x9c, 0xfffff);
    g_assert_cmphex(smmu_read32(f, 0x9c), ==, 0x7);
    smmu_fixture_free(f);
}

static void test_reset_values(void)
{
    SmmuFixture *f = smmu_fixture_new(NULL);
    unsigned off;

    for (off = 0x20; off < 0x400; off += 4) {
        g_assert_cmphex(smmu_read32(f, off), ==, off == 0x44 ? 0x1000 : 0);
    }
    smmu_enable(f);
    smmu_write32(f, 0x64, 0x10);
    sva_smmu_reset(&f->smmu);
    for (off = 0x20; off < 0x400; off += 4) {
        g_assert_cmphex(smmu_read32(f, off), ==, off == 0x44 ? 0x1000 : 0);
    }
    smmu_fixture_free(f);
}

/* Written with @cr0 and @irq enabled: does it stick? */
static bool sticks(unsigned off, uint32_t val, uint32_t cr0, uint32_t irq)
{
    SmmuFixture *f = smmu_fixture_new(NULL);
    bool stuck;

    smmu_write32(f, 0x20, cr0);
    smmu_write32(f, 0x50, irq);
    g_assert_cmphex(smmu_read32(f, 0x24), ==, cr0);
    g_assert_cmphex(smmu_read32(f, 0x54), ==, irq);
    smmu_write32(f, off, val);
    stuck = smmu_read32(f, off) == val;
    g_assert_true(stuck || smmu_read32(f, off) == 0);
    smmu_fixture_free(f);
    return stuck;
}

static void expect_guard(unsigned off, uint32_t val, uint32_t cr0,
                         uint32_t irq)
{
    unsigned i;

    for (i = 0; i < 5; i++) {
        g_assert_true(sticks(off, val, 1u << i, 0) == !(cr0 & 1u << i));
    }
    for (i = 0; i < 3; i++) {
        g_assert_true(sticks(off, val, 0, 1u << i) == !(irq & 1u << i));
    }
}

static void test_guards(void)
{
    expect_guard(0x28, 0xfc0, SMMUEN, 0);
    expect_guard(0x28, 0x03f, CMDQEN | EVENTQEN | PRIQEN, 0);
    expect_guard(0x2c, 0x3, SMMUEN, 0);
    expect_guard(0x80, 0x40, SMMUEN, 0);
    expect_guard(0x84, 0x40000001, SMMUEN, 0);
    expect_guard(0x88, 0x10, SMMUEN, 0);
    expect_guard(0x90, 0x21, CMDQEN, 0);
    expect_guard(0x94, 0x40000001, CMDQEN, 0);
    expect_guard(0x9c, 0x1, CMDQEN, 0);
    expect_guard(0xa0, 0x21, EVENTQEN, 0);
    expect_guard(0x100a8, 0x1, EVENTQEN, 0);
    expect_guard(0x100ac, 0x1, 0, 0);
    /* PRIQEN as written counts, though without SMMUEN it is without effect. */
    expect_guard(0xc0, 0x21, PRIQEN, 0);
    expect_guard(0x100c8, 0x1, PRIQEN, 0);
    expect_guard(0x100cc, 0x1, 0, 0);
    expect_guard(0x68, 0x4, 0, 1);
    expect_guard(0x70, 0x4, 0, 1);
    expect_guard(0x74, 0x4, 0, 1);
    expect_guard(0xb0, 0x4, 0, 4);
    expect_guard(0xb8, 0x4, 0, 4);
    expect_guard(0xbc, 0x4, 0, 4);
    expect_guard(0xd0, 0x4, 0, 2);
    expect_guard(0xd8, 0x4, 0, 2);
    expect_guard(0xdc, 0x80000000, 0, 2);
}

static void test_guarded_write_is_logged(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);

    smmu_write64(f, 0x80, 0x40);
    g_assert_cmphex(smmu_read64(f, 0x80), ==, SMMU_STRTAB);
    g_assert_cmpuint(fake_env_log_count(f->env), ==, 2);
    smmu_fixture_free(f);
}

static void test_global_bypass_update(void)
{
    SmmuFixture *f = smmu_fixture_new(NULL);

    smmu_write32(f, 0x44, 0x00100000);          /* ignored: no Update */
    g_assert_cmphex(smmu_read32(f, 0x44), ==, 0x1000);
    smmu_write32(f, 0x44, 0xffffffff);
    g_assert_cmphex(smmu_read32(f, 0x44), ==, 0x001f3f1f);
    smmu_write32(f, 0x44, 0x80000000);
    g_assert_cmphex(smmu_read32(f, 0x44), ==, 0);
    smmu_fixture_free(f);
}

static void test_page_1_shows_the_same(void)
{
    SmmuFixture *f = smmu_fixture_new(NULL);

    smmu_write32(f, 0xa0, 5);           /* LOG2SIZE */
    smmu_write32(f, 0xa8, 0x12);
    g_assert_cmphex(smmu_read32(f, 0x100a8), ==, 0x12);
    smmu_write32(f, 0x100cc, 0x34);
    g_assert_cmphex(smmu_read32(f, 0xcc), ==, 0x34);
    smmu_write64(f, 0x10080, 0x1000);
    g_assert_cmphex(smmu_read64(f, 0x80), ==, 0x1000);
    smmu_fixture_free(f);
}

static void test_sizes(void)
{
    SmmuFixture *f = smmu_fixture_new(NULL);

    smmu_write64(f, 0x90, 0x400012345678abc5);
    g_assert_cmphex(smmu_read64(f, 0x90), ==, 0x400012345678abc5);
    g_assert_cmphex(smmu_read32(f, 0x94), ==, 0x40001234);
    smmu_write32(f, 0x94, 0x5);
    g_assert_cmphex(smmu_read64(f, 0x90), ==, 0x55678abc5);
    smmu_write64(f, 0x98, 0x300000002);         /* two registers at once */
    g_assert_cmphex(smmu_read32(f, 0x98), ==, 2);
    g_assert_cmphex(smmu_read32(f, 0x9c), ==, 3);
    g_assert_cmpuint(fake_env_log_count(f->env), ==, 0);
    sva_smmu_mmio_write(&f->smmu, 0x90, 0, 1);
    sva_smmu_mmio_write(&f->smmu, 0x90, 0, 2);
    sva_smmu_mmio_write(&f->smmu, 0x92, 0, 4);
    sva_smmu_mmio_write(&f->smmu, 0x8c, 0, 8);
    sva_smmu_mmio_write(&f->smmu, 0x20000, 0, 4);
    sva_smmu_mmio_write(&f->smmu, UINT64_MAX & ~7ull, 0, 8);
    g_assert_cmphex(sva_smmu_mmio_read(&f->smmu, 0x91, 4), ==, 0);
    g_assert_cmphex(sva_smmu_mmio_read(&f->smmu, 0x20000, 8), ==, 0);
    g_assert_cmphex(smmu_read64(f, 0x90), ==, 0x55678abc5);
    g_assert_cmpuint(fake_env_log_count(f->env), ==, 8);
    smmu_fixture_free(f);
}

static void test_address_width(void)
{
    SvaSmmuConfig c = sva_smmu_default_config;
    SmmuFixture *f;

    c.oas = 36;
    f = smmu_fixture_new(&c);
    smmu_write64(f, 0x80, UINT64_MAX);
    g_assert_cmphex(smmu_read64(f, 0x80), ==, 0x4000000fffffffc0);
    smmu_write64(f, 0xa0, UINT64_MAX);
    g_assert_cmphex(smmu_read64(f, 0xa0), ==, 0x4000000fffffffff);
    smmu_write64(f, 0xb0, UINT64_MAX);
    g_assert_cmphex(smmu_read64(f, 0xb0), ==, 0x0000000ffffffffc);
    smmu_fixture_free(f);
}

/* Registers and bits of what is absent are zero. */
static void test_absent_features(void)
{
    SvaSmmuConfig c = sva_smmu_default_config;
    SmmuFixture *f;
    unsigned off;

    c.pri = c.ats = c.msi = c.stage2 = false;
    f = smmu_fixture_new(&c);
    for (off = 0xc0; off < 0xe0; off += 4) {
        smmu_write32(f, off, 0xffffffff);
        g_assert_cmphex(smmu_read32(f, off), ==, 0);
    }
    smmu_write64(f, 0x68, UINT64_MAX);
    g_assert_cmphex(smmu_read64(f, 0x68), ==, 0);
    smmu_write64(f, 0xb8, UINT64_MAX);
    g_assert_cmphex(smmu_read64(f, 0xb8), ==, 0);
    smmu_write32(f, 0x2c, 0xffffffff);
    g_assert_cmphex(smmu_read32(f, 0x2c), ==, 2);
    smmu_write32(f, 0x64, 0xffffffff);
    g_assert_cmphex(smmu_read32(f, 0x64), ==, 0x5);
    smmu_write32(f, 0x50, 0xffffffff);
    g_assert_cmphex(smmu_read32(f, 0x54), ==, 0x5);
    smmu_write32(f, 0x20, 0xffffffff);
    g_assert_cmphex(smmu_read32(f, 0x24), ==, 0x0d);
    smmu_fixture_free(f);

    c.ats = c.pri = true;               /* LO needs no messages */
    f = smmu_fixture_new(&c);
    smmu_write32(f, 0xdc, 0xffffffff);
    g_assert_cmphex(smmu_read32(f, 0xdc), ==, 0x80000000);
    smmu_fixture_free(f);
}

static void test_counters_have_names_of_their_own(void)
{
    unsigned i, j;

    for (i = 0; i < SVA_SMMU_CNT_COUNT; i++) {
        g_assert_cmpuint(strlen(sva_smmu_counter_name(i)), >, 0);
        for (j = 0; j < i; j++) {
            g_assert_cmpstr(sva_smmu_counter_name(i), !=,
                            sva_smmu_counter_name(j));
        }
    }
    g_assert_cmpstr(sva_smmu_counter_name(SVA_SMMU_CNT_COUNT), ==, "");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CASE(fn) g_test_add_func("/smmu/regs/" #fn, test_##fn)
    CASE(every_word);
    CASE(width_of_pointers);
    CASE(reset_values);
    CASE(guards);
    CASE(guarded_write_is_logged);
    CASE(global_bypass_update);
    CASE(page_1_shows_the_same);
    CASE(sizes);
    CASE(address_width);
    CASE(absent_features);
    CASE(counters_have_names_of_their_own);
    return g_test_run();
}

/*
 * Tests of VMSAv8-64: granules, levels, blocks, sizes of tables
 *
 * The numbers are those of the architecture's tables "translation granule",
 * not computed from anything.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "fake-env.h"
#include "hw/sva/core/pt-vmsa64.h"

#define TABLE 0x100000ull       /* start table */
#define NEXT  0x400000ull       /* the ones below, 1 MiB apart */

/* Levels at which stage 1 starts, by TxSZ from first to last. */
typedef struct Start {
    unsigned granule;
    unsigned first;
    unsigned last;
    unsigned level;
} Start;

static const Start starts[] = {
    { 12, 16, 24, 0 }, { 12, 25, 33, 1 }, { 12, 34, 39, 2 },
    { 14, 16, 16, 0 }, { 14, 17, 27, 1 }, { 14, 28, 38, 2 },
    { 14, 39, 39, 3 },
    { 16, 16, 21, 1 }, { 16, 22, 34, 2 }, { 16, 35, 39, 3 },
};

static void test_start_levels(void)
{
    size_t i;
    unsigned tsz;

    for (i = 0; i < G_N_ELEMENTS(starts); i++) {
        for (tsz = starts[i].first; tsz <= starts[i].last; tsz++) {
            g_assert_cmpuint(sva_vmsa_start_level(starts[i].granule,
                                                  64 - tsz),
                             ==, starts[i].level);
        }
    }
}

/*
 * One translation: descriptor @desc at level @leaf, reached by the indices
 * @index of the start level and those below.
 */
typedef struct Case {
    const char *claim;
    SvaVmsaTables tables;
    uint64_t va;
    unsigned leaf;
    unsigned index[4];
    uint64_t desc;
    SvaVmsaStatus status;
    uint64_t addr;
    uint64_t mask;
} Case;

#define T(granule_, bits, level, out, flags_) \
    { .base = TABLE, .granule = granule_, .input_bits = bits, \
      .start_level = level, .output_bits = out, .flags = flags_ }
#define S2   SVA_VMSA_STAGE2
#define PA52 SVA_VMSA_PA52
#define OK   SVA_VMSA_OK
#define INVALID SVA_VMSA_TRANSLATION
#define SIZE SVA_VMSA_ADDRESS_SIZE

static const Case cases[] = {
    { "4k-level-0", T(12, 48, 0, 48, 0), 0xfffffffff123, 3,
      { 511, 511, 511, 511 }, 0xaaaabbbbcc43, OK, 0xaaaabbbbc123, 0xfff },
    { "4k-level-1-39-bits", T(12, 39, 1, 48, 0), 0x4040601abc, 3,
      { 257, 3, 1 }, 0x70005c43, OK, 0x70005abc, 0xfff },
    { "4k-level-2-25-bits", T(12, 25, 2, 48, 0), 0x1e03abc, 3, { 15, 3 },
      0x70005c43, OK, 0x70005abc, 0xfff },
    { "4k-2m-block", T(12, 48, 0, 48, 0), 0x7f0000412abc, 2, { 254, 0, 2 },
      0x70000c41, OK, 0x70012abc, 0x1fffff },
    { "4k-2m-block-ignores-low-address-bits", T(12, 48, 0, 48, 0),
      0x7f0000412abc, 2, { 254, 0, 2 }, 0x701ffc41, OK, 0x70012abc,
      0x1fffff },
    { "4k-1g-block", T(12, 48, 0, 48, 0), 0x7f0050412abc, 1, { 254, 1 },
      0x4080000c41, OK, 0x4090412abc, 0x3fffffff },
    { "4k-512g-block-is-invalid", T(12, 48, 0, 48, 0), 0x7f0050412abc, 0,
      { 254 }, 0x8000000c41, INVALID, 0, 0 },
    { "4k-1g-block-beyond-40-bits", T(12, 48, 0, 40, 0), 0x7f0050412abc, 1,
      { 254, 1 }, 0x10080000c41, SIZE, 0, 0 },
    { "16k-level-0", T(14, 48, 0, 48, 0), 0xfffffffff123, 3,
      { 1, 2047, 2047, 2047 }, 0x70004c43, OK, 0x70007123, 0x3fff },
    { "16k-level-1-47-bits", T(14, 47, 1, 48, 0), 0x7f0000412abc, 3,
      { 2032, 0, 260 }, 0x70004c43, OK, 0x70006abc, 0x3fff },
    { "16k-level-3-25-bits", T(14, 25, 3, 48, 0), 0x1ffd123, 3, { 2047 },
      0x70004c43, OK, 0x70005123, 0x3fff },
    { "16k-32m-block", T(14, 47, 1, 48, 0), 0x7f0003412abc, 2, { 2032, 1 },
      0x72000c41, OK, 0x73412abc, 0x1ffffff },
    { "16k-64g-block-is-invalid", T(14, 47, 1, 48, 0), 0x7f0003412abc, 1,
      { 2032 }, 0x1000000c41, INVALID, 0, 0 },
    { "64k-level-1", T(16, 48, 1, 48, 0), 0xffffffff1234, 3,
      { 63, 8191, 8191 }, 0x70000c43, OK, 0x70001234, 0xffff },
    { "64k-level-2-42-bits", T(16, 42, 2, 48, 0), 0x3ffffff1234, 3,
      { 8191, 8191 }, 0x70000c43, OK, 0x70001234, 0xffff },
    { "64k-level-3-29-bits", T(16, 29, 3, 48, 0), 0x1fff1234, 3, { 8191 },
      0x70000c43, OK, 0x70001234, 0xffff },
    { "64k-512m-block", T(16, 48, 1, 48, 0), 0x7f0020001234, 2, { 31, 6145 },
      0x60000c41, OK, 0x60001234, 0x1fffffff },
    { "64k-4t-block-needs-52-bits", T(16, 48, 1, 48, 0), 0x7f0020001234, 1,
      { 31 }, 0x40000000c41, INVALID, 0, 0 },
    { "64k-4t-block-with-52-bits", T(16, 48, 1, 52, PA52), 0x7f0020001234,
      1, { 31 }, 0x40000005c41, OK, 0x5070020001234, 0x3ffffffffff },
    { "64k-bits-15-12-are-51-48", T(16, 48, 1, 52, PA52), 0xffffffff1234, 3,
      { 63, 8191, 8191 }, 0x7000fc43, OK, 0xf000070001234, 0xffff },
    { "64k-bits-15-12-beyond-48-bits", T(16, 48, 1, 48, PA52),
      0xffffffff1234, 3, { 63, 8191, 8191 }, 0x70001c43, SIZE, 0, 0 },
    { "64k-bits-15-12-are-ignored-without-52-bits", T(16, 48, 1, 48, 0),
      0xffffffff1234, 3, { 63, 8191, 8191 }, 0x7000fc43, OK, 0x70001234,
      0xffff },
    { "64k-52-bits-in", T(16, 52, 1, 52, PA52), 0xfffffffff1234, 3,
      { 1023, 8191, 8191 }, 0x70000c43, OK, 0x70001234, 0xffff },

    /* Stage 2: S2AP 0xc0; a table of up to 16 ones */
    { "4k-concatenated-16-at-level-1", T(12, 43, 1, 48, S2), 0x7ffc0001abc,
      3, { 8191, 0, 1 }, 0x700054c3, OK, 0x70005abc, 0xfff },
    { "4k-concatenated-2-at-level-2", T(12, 31, 2, 48, S2), 0x7fe01abc, 3,
      { 1023, 1 }, 0x700054c3, OK, 0x70005abc, 0xfff },
    { "16k-concatenated-2-at-level-1", T(14, 48, 1, 48, S2), 0xfff000004abc,
      3, { 4095, 0, 1 }, 0x700044c3, OK, 0x70004abc, 0x3fff },
    { "64k-concatenated-16-at-level-2", T(16, 46, 2, 48, S2),
      0x3fffffff1234, 3, { 131071, 8191 }, 0x700004c3, OK, 0x70001234,
      0xffff },
};

static void test_case(const void *data)
{
    const Case *c = data;
    FakeEnv *f = fake_env_new();
    bool s2 = c->tables.flags & SVA_VMSA_STAGE2;
    SvaPtQuery q = { .va = c->va, .want = SVA_READ };
    uint64_t table = TABLE, low = 3;
    SvaVmsaResult out;
    unsigned i, level;

    /* Address bits of a table below its size are ignored. */
    if (c->tables.granule == 14) {
        low |= 0x3000;
    } else if (c->tables.granule == 16 && !(c->tables.flags & PA52)) {
        low |= 0xf000;
    }
    for (level = c->tables.start_level, i = 0; level < c->leaf;
         level++, i++) {
        fake_put64(f, table + c->index[i] * 8ull,
                   (NEXT + i * 0x100000ull) | low);
        table = NEXT + i * 0x100000ull;
    }
    fake_put64(f, table + c->index[i] * 8ull, c->desc);
    sva_vmsa_walk(&f->env, s2 ? NULL : &c->tables, s2 ? &c->tables : NULL,
                  &q, &out);
    g_assert_cmpstr(sva_vmsa_status_name(out.status), ==,
                    sva_vmsa_status_name(c->status));
    g_assert_cmpuint(out.level, ==, c->leaf);
    g_assert_cmpint(out.second, ==, s2 && c->status != OK);
    if (c->status == OK) {
        g_assert_cmphex(out.map.addr, ==, c->addr);
        g_assert_cmphex(out.map.mask, ==, c->mask);
    }
    fake_env_free(f);
}

/* Low bits of the base are ignored, down to the size of the start table. */
static void check_base(const SvaVmsaTables *t, uint64_t low, uint64_t desc_pa)
{
    FakeEnv *f = fake_env_new();
    SvaVmsaTables copy = *t;
    SvaPtQuery q = { .want = SVA_READ };
    SvaVmsaResult out;

    copy.base |= low;
    fake_env_hole(f, 0, 0x10000000);
    sva_vmsa_walk(&f->env, &copy, NULL, &q, &out);
    g_assert_cmpint(out.status, ==, SVA_VMSA_ABORT);
    g_assert_cmphex(out.fetch, ==, desc_pa);
    fake_env_free(f);
}

static void test_base_is_aligned(void)
{
    static const SvaVmsaTables full = T(12, 48, 0, 48, 0);
    static const SvaVmsaTables small = T(12, 25, 2, 48, 0);
    static const SvaVmsaTables tiny = T(16, 30, 2, 48, 0);
    static const SvaVmsaTables tiny52 = T(16, 30, 2, 52, PA52);

    check_base(&full, 0xff0, TABLE);
    check_base(&small, 0xff0, TABLE + 0xf80);   /* 16 entries: 128 bytes */
    check_base(&tiny, 0xff0, TABLE + 0xff0);    /* 2 entries: 16 bytes */
    check_base(&tiny52, 0xff0, TABLE + 0xfc0);  /* at least 64 */
}

static void test_start_bits(void)
{
    static const SvaVmsaTables good = T(12, 43, 1, 48, S2);
    static const SvaVmsaTables none = T(12, 39, 0, 48, S2);

    g_assert_cmpint(sva_vmsa_start_bits(&good), ==, 13);
    g_assert_cmpint(sva_vmsa_start_bits(&none), ==, 0);
}

int main(int argc, char **argv)
{
    size_t i;

    g_test_init(&argc, &argv, NULL);
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/pt-vmsa64-size/%s",
                                                cases[i].claim);

        g_test_add_data_func(path, &cases[i], test_case);
    }
    g_test_add_func("/pt-vmsa64-size/start-levels", test_start_levels);
    g_test_add_func("/pt-vmsa64-size/base-is-aligned", test_base_is_aligned);
    g_test_add_func("/pt-vmsa64-size/start-bits", test_start_bits);
    return g_test_run();
}

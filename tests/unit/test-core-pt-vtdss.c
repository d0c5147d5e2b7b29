/*
 * Tests of the second-stage format: what each bit of an entry means
 *
 * What all formats have in common is in test-core-pt-formats.c.
 *
 * All words are literals from the field tables (VT-d 5.10 9.8): R 0x1,
 * W 0x2, X 0x4, PS 0x80, A 0x100, D 0x200, SNP 0x800.
 *
 * Address 0x40401abc uses entry 0 of the table of level 4 at 0x10000, entry 1
 * of level 3 at 0x11000, entry 2 of level 2 at 0x12000 and entry 1 of the
 * last level at 0x13000.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "fake-env.h"
#include "hw/sva/core/pt-vtdss.h"

#define VA 0x40401abcull

#define R  SVA_READ
#define W  SVA_WRITE

static const uint64_t entry_pa[4] = { 0x10000, 0x11008, 0x12010, 0x13008 };

static SvaPtConfig config(uint32_t flags)
{
    return (SvaPtConfig) {
        .fmt = &sva_pt_vtdss,
        .root = 0x10000,
        .levels = 4,
        .addr_bits = 39,
        .input_bits = 48,
        .flags = flags,
    };
}

typedef struct Case {
    const char *claim;
    uint64_t entries[4];
    uint32_t flags;
    uint8_t want;
    SvaPtStatus status;
    uint8_t level;
    uint8_t access;
    uint64_t addr;
    uint64_t mask;
    uint64_t after[4];          /* all 0: unchanged */
} Case;

#define UPPER 0x11003, 0x12003, 0x13003
#define PAGE  0x70005abc, 0xfff

#define BIG   SVA_PT_2M | SVA_PT_1G

static const Case cases[] = {
    { "read", { UPPER, 0x70005003 }, 0, R, SVA_PT_OK, 1, R | W, PAGE,
      { 0 } },
    { "write", { UPPER, 0x70005003 }, 0, W, SVA_PT_OK, 1, R | W, PAGE,
      { 0 } },
    { "rights-are-those-of-all-levels-together",
      { 0x11001, 0x12003, 0x13003, 0x70005003 }, 0, R, SVA_PT_OK, 1, R,
      PAGE, { 0 } },
    { "no-write-when-one-level-denies",
      { 0x11003, 0x12001, 0x13003, 0x70005003 }, 0, W, SVA_PT_NO_WRITE, 1,
      0, 0, 0, { 0 } },
    { "no-read-when-one-level-denies",
      { 0x11003, 0x12003, 0x13002, 0x70005003 }, 0, R, SVA_PT_NO_READ, 1,
      0, 0, 0, { 0 } },
    { "write-only-page-is-legal", { UPPER, 0x70005002 }, 0, W, SVA_PT_OK, 1,
      W, PAGE, { 0 } },
    { "write-only-page-is-not-readable", { UPPER, 0x70005002 }, 0, R,
      SVA_PT_NO_READ, 1, 0, 0, 0, { 0 } },
    { "atomic-access-needs-read-too", { UPPER, 0x70005002 }, 0, R | W,
      SVA_PT_NO_READ, 1, 0, 0, 0, { 0 } },
    { "neither-read-nor-write-is-not-present", { UPPER, 0x70005004 }, 0, R,
      SVA_PT_NOT_PRESENT, 1, 0, 0, 0, { 0 } },
    { "reserved-bits-do-not-count-when-not-present",
      { UPPER, 0xfffffffffffffffc }, 0, R, SVA_PT_NOT_PRESENT, 1, 0, 0, 0,
      { 0 } },
    /* VT-d 5.10 Table 30, SSS.2 */
    { "levels-that-share-no-right-are-not-present",
      { 0x11001, 0x12003, 0x13002, 0x70005003 }, 0, R, SVA_PT_NOT_PRESENT, 2,
      0, 0, 0, { 0 } },
    { "leaf-that-shares-no-right-is-not-present",
      { 0x11002, 0x12003, 0x13003, 0x70005001 }, 0, W, SVA_PT_NOT_PRESENT, 1,
      0, 0, 0, { 0 } },
    /* VT-d 5.10 section 3.14 with ZLR=1 */
    { "read-of-no-byte-of-a-write-only-page", { UPPER, 0x70005002 }, 0, 0,
      SVA_PT_OK, 1, W, PAGE, { 0 } },
    { "table-without-rights-is-not-present",
      { 0x11003, 0x12000, 0x13003, 0x70005003 }, 0, R, SVA_PT_NOT_PRESENT, 3,
      0, 0, 0, { 0 } },

    /* A and D exist only when enabled */
    { "accessed-and-dirty-are-ignored-when-off", { UPPER, 0x70005003 }, 0, W,
      SVA_PT_OK, 1, R | W, PAGE, { 0 } },

    /* sizes */
    { "2m-leaf", { 0x11003, 0x12003, 0x70200083, 0 }, BIG, W, SVA_PT_OK, 2,
      R | W, 0x70201abc, 0x1fffff, { 0 } },
    { "2m-leaf-without-the-capability", { 0x11003, 0x12003, 0x70200083, 0 },
      SVA_PT_1G, W, SVA_PT_RESERVED, 2, 0, 0, 0, { 0 } },
    { "2m-leaf-bit-12-is-reserved", { 0x11003, 0x12003, 0x70201083, 0 },
      BIG, W, SVA_PT_RESERVED, 2, 0, 0, 0, { 0 } },
    { "2m-leaf-bit-20-is-reserved", { 0x11003, 0x12003, 0x70300083, 0 },
      BIG, W, SVA_PT_RESERVED, 2, 0, 0, 0, { 0 } },
    { "1g-leaf", { 0x11003, 0x80000083, 0, 0 }, BIG, W, SVA_PT_OK, 3,
      R | W, 0x80401abc, 0x3fffffff, { 0 } },
    { "1g-leaf-without-the-capability", { 0x11003, 0x80000083, 0, 0 },
      SVA_PT_2M, W, SVA_PT_RESERVED, 3, 0, 0, 0, { 0 } },
    { "1g-leaf-bit-12-is-reserved", { 0x11003, 0x80001083, 0, 0 },
      BIG, W, SVA_PT_RESERVED, 3, 0, 0, 0, { 0 } },
    { "1g-leaf-bit-29-is-reserved", { 0x11003, 0xa0000083, 0, 0 },
      BIG, W, SVA_PT_RESERVED, 3, 0, 0, 0, { 0 } },
    { "page-size-is-reserved-at-level-4", { 0x11083, 0, 0, 0 },
      BIG, W, SVA_PT_RESERVED, 4, 0, 0, 0, { 0 } },

    /* other bits */
    { "memory-type-and-upper-bits-are-ignored",
      { 0xbff000000001107f, 0xbff000000001207f, 0xbff000000001307f,
        0xbff000007000547f }, 0, R, SVA_PT_OK, 1, R | W, PAGE, { 0 } },
    { "address-bit-39-is-reserved", { UPPER, 0x8070005003 }, 0, R,
      SVA_PT_RESERVED, 1, 0, 0, 0, { 0 } },
    { "snoop-is-reserved-without-snoop-control", { UPPER, 0x70005803 }, 0, R,
      SVA_PT_RESERVED, 1, 0, 0, 0, { 0 } },
    /* VT-d 5.10 section 9.8: SNP is for leaves, IW for RTADDR.SSIRWE */
    { "snoop-is-reserved-in-tables",
      { 0x11003, 0x12803, 0x13003, 0x70005003 }, SVA_PT_SNP, R,
      SVA_PT_RESERVED, 3, 0, 0, 0, { 0 } },
    { "bit-62-is-reserved-in-tables",
      { 0x4000000000011003, 0x12003, 0x13003, 0x70005003 }, 0, R,
      SVA_PT_RESERVED, 4, 0, 0, 0, { 0 } },
    { "bit-62-is-reserved-in-leaves", { UPPER, 0x4000000070005003 }, 0, R,
      SVA_PT_RESERVED, 1, 0, 0, 0, { 0 } },
};

static void test_case(const void *data)
{
    const Case *c = data;
    const uint64_t *after = c->after[0] ? c->after : c->entries;
    FakeEnv *f = fake_env_new();
    SvaPtConfig cfg = config(c->flags);
    SvaPtResult out;
    int i;

    for (i = 0; i < 4; i++) {
        fake_put64(f, entry_pa[i], c->entries[i]);
    }
    sva_pt_walk(&f->env, &cfg,
                &(SvaPtQuery) { .va = VA, .want = c->want },
                &out);
    g_assert_cmpstr(sva_pt_status_name(out.status), ==,
                    sva_pt_status_name(c->status));
    g_assert_cmpuint(out.level, ==, c->level);
    g_assert_cmphex(out.map.access, ==, c->access);
    g_assert_cmphex(out.map.addr, ==, c->addr);
    g_assert_cmphex(out.map.mask, ==, c->mask);
    g_assert_false(out.map.snoop);
    for (i = 0; i < 4; i++) {
        g_assert_cmphex(fake_get64(f, entry_pa[i]), ==, after[i]);
    }
    fake_env_free(f);
}

static void test_snoop_bit_is_reported(void)
{
    FakeEnv *f = fake_env_new();
    SvaPtConfig cfg = config(SVA_PT_SNP);
    SvaPtResult out;

    fake_put64(f, 0x10000, 0x11003);
    fake_put64(f, 0x11008, 0x12003);
    fake_put64(f, 0x12010, 0x13003);
    fake_put64(f, 0x13008, 0x70005803);
    sva_pt_walk(&f->env, &cfg, &(SvaPtQuery) { .va = VA, .want = R }, &out);
    g_assert_cmpint(out.status, ==, SVA_PT_OK);
    g_assert_true(out.map.snoop);
    g_assert_cmphex(out.map.addr, ==, 0x70005abc);
    g_assert_false(out.dirty);
    fake_env_free(f);
}

static void test_input_beyond_the_width_is_an_error(void)
{
    static const struct {
        uint64_t va;
        uint8_t bits;
        SvaPtStatus status;
    } rows[] = {
        { 0x0000007fffffffff, 39, SVA_PT_NOT_PRESENT },
        { 0x0000008000000000, 39, SVA_PT_ADDRESS_SIZE },
        { 0x0000ffffffffffff, 48, SVA_PT_NOT_PRESENT },
        { 0x0001000000000000, 48, SVA_PT_ADDRESS_SIZE },
        /* no sign extension */
        { 0xffff800000000000, 48, SVA_PT_ADDRESS_SIZE },
        { 0x01ffffffffffffff, 57, SVA_PT_NOT_PRESENT },
        { 0x0200000000000000, 57, SVA_PT_ADDRESS_SIZE },
        { 0x8000000000000000, 57, SVA_PT_ADDRESS_SIZE },
    };
    FakeEnv *f = fake_env_new();
    size_t i;

    for (i = 0; i < ARRAY_SIZE(rows); i++) {
        SvaPtConfig cfg = config(0);
        SvaPtResult out;

        cfg.input_bits = rows[i].bits;
        cfg.levels = (rows[i].bits - 12) / 9;
        sva_pt_walk(&f->env, &cfg,
                &(SvaPtQuery) { .va = rows[i].va, .want = R },
                &out);
        g_assert_cmpint(out.status, ==, rows[i].status);
    }
    fake_env_free(f);
}

static void test_three_levels_start_at_level_3(void)
{
    FakeEnv *f = fake_env_new();
    SvaPtConfig cfg = config(0);
    SvaPtResult out;

    cfg.root = 0x11000;
    cfg.levels = 3;
    cfg.input_bits = 39;
    fake_put64(f, 0x11008, 0x12003);
    fake_put64(f, 0x12010, 0x13003);
    fake_put64(f, 0x13008, 0x70005003);
    sva_pt_walk(&f->env, &cfg, &(SvaPtQuery) { .va = VA, .want = R }, &out);
    g_assert_cmpint(out.status, ==, SVA_PT_OK);
    g_assert_cmphex(out.map.addr, ==, 0x70005abc);
    g_assert_cmpuint(f->accesses, ==, 3);
    fake_env_free(f);
}

static void test_five_levels_start_at_level_5(void)
{
    FakeEnv *f = fake_env_new();
    SvaPtConfig cfg = config(0);
    SvaPtResult out;

    cfg.root = 0x20000;
    cfg.levels = 5;
    cfg.input_bits = 57;
    fake_put64(f, 0x20ff8, 0x10003);
    fake_put64(f, 0x10000, 0x11003);
    fake_put64(f, 0x11008, 0x12003);
    fake_put64(f, 0x12010, 0x13003);
    fake_put64(f, 0x13008, 0x70005003);
    sva_pt_walk(&f->env, &cfg,
                &(SvaPtQuery) { .va = 0x1ff000040401abc, .want = R },
                &out);
    g_assert_cmpint(out.status, ==, SVA_PT_OK);
    g_assert_cmphex(out.map.addr, ==, 0x70005abc);
    g_assert_cmpuint(f->accesses, ==, 5);
    fake_env_free(f);
}

int main(int argc, char **argv)
{
    size_t i;

    g_test_init(&argc, &argv, NULL);
    for (i = 0; i < ARRAY_SIZE(cases); i++) {
        g_autofree char *path = g_strdup_printf("/pt-vtdss/%s",
                                                cases[i].claim);

        g_test_add_data_func(path, &cases[i], test_case);
    }
    g_test_add_func("/pt-vtdss/snoop-bit-is-reported",
                    test_snoop_bit_is_reported);
    g_test_add_func("/pt-vtdss/input-beyond-the-width-is-an-error",
                    test_input_beyond_the_width_is_an_error);
    g_test_add_func("/pt-vtdss/three-levels-start-at-level-3",
                    test_three_levels_start_at_level_3);
    g_test_add_func("/pt-vtdss/five-levels-start-at-level-5",
                    test_five_levels_start_at_level_5);
    return g_test_run();
}

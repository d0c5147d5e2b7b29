/*
 * Tests of the first-stage format: what each bit of an entry means
 *
 * What all formats have in common is in test-core-pt-formats.c.
 *
 * All words are literals from the field tables (VT-d 5.10 9.7): P 0x1,
 * R/W 0x2, U/S 0x4, A 0x20, D 0x40, PS 0x80, EA 0x400, XD bit 63.
 *
 * Address 0x7f0000401abc uses entry 254 of the PML4 table at 0x10000, entry 0
 * of the PDP table at 0x11000, entry 2 of the page directory at 0x12000 and
 * entry 1 of the page table at 0x13000.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "fake-env.h"
#include "hw/sva/core/pt-x86.h"

#define VA 0x7f0000401abcull

#define R  SVA_READ
#define W  SVA_WRITE
#define X  SVA_EXEC
#define S  SVA_PRIV

#define AD  SVA_PT_AD
#define XD  0x8000000000000000ull

static const uint64_t entry_pa[4] = { 0x107f0, 0x11000, 0x12010, 0x13008 };

/* Four levels, 39-bit physical addresses. */
static SvaPtConfig config(uint32_t flags)
{
    return (SvaPtConfig) {
        .fmt = &sva_pt_x86,
        .root = 0x10000,
        .levels = 4,
        .addr_bits = 39,
        .flags = flags,
    };
}

static void map(FakeEnv *f, const uint64_t entries[4])
{
    int i;

    for (i = 0; i < 4; i++) {
        fake_put64(f, entry_pa[i], entries[i]);
    }
}

/*
 * One walk: @entries from PML4E to PTE, and what they must be afterwards in
 * @after (all 0: unchanged).
 */
typedef struct Case {
    const char *claim;
    uint64_t entries[4];
    uint32_t flags;
    uint8_t want;
    SvaPtStatus status;
    uint8_t level;
    uint8_t access;
    uint64_t after[4];
} Case;

#define UPPER 0x11007, 0x12007, 0x13007
#define USED  0x11027, 0x12027, 0x13027

static const Case cases[] = {
    /* A and D */
    { "write-may-be-cached-when-dirty-was-set-before",
      { UPPER, 0x70005047 }, AD, R, SVA_PT_OK, 1, R | W,
      { USED, 0x70005067 } },
    { "extended-accessed-is-set-along-when-enabled",
      { UPPER, 0x70005007 }, AD | SVA_PT_EAFE, R, SVA_PT_OK, 1, R,
      { 0x11427, 0x12427, 0x13427, 0x70005427 } },
    { "nothing-is-written-without-the-flag",
      { UPPER, 0x70005007 }, 0, W, SVA_PT_OK, 1, R | W, { 0 } },

    /* P */
    { "reserved-bits-do-not-count-when-not-present",
      { UPPER, 0xfffffffffffffffe }, AD, R, SVA_PT_NOT_PRESENT, 1, 0,
      { USED, 0xfffffffffffffffe } },

    /* U/S */
    { "user-read-of-supervisor-page", { UPPER, 0x70005003 },
      AD, R, SVA_PT_USER, 1, 0, { USED, 0x70005003 } },
    { "user-read-below-supervisor-table",
      { 0x11003, 0x12007, 0x13007, 0x70005007 },
      AD, R, SVA_PT_USER, 1, 0, { 0x11023, 0x12027, 0x13027, 0x70005007 } },
    { "supervisor-reads-supervisor-page", { UPPER, 0x70005003 },
      AD, R | S, SVA_PT_OK, 1, R, { USED, 0x70005023 } },
    { "supervisor-reads-user-page", { UPPER, 0x70005007 },
      AD, R | S, SVA_PT_OK, 1, R, { USED, 0x70005027 } },

    /* R/W, WPE */
    { "user-write-of-read-only-page-is-refused-when-dirty-too",
      { UPPER, 0x70005065 }, AD, W, SVA_PT_NO_WRITE, 1, 0,
      { USED, 0x70005065 } },
    { "user-write-below-read-only-table",
      { 0x11007, 0x12005, 0x13007, 0x70005007 },
      AD, W, SVA_PT_NO_WRITE, 1, 0,
      { 0x11027, 0x12025, 0x13027, 0x70005007 } },
    { "write-protection-of-user-does-not-depend-on-wpe",
      { UPPER, 0x70005005 }, AD | SVA_PT_WPE, W, SVA_PT_NO_WRITE, 1, 0,
      { USED, 0x70005005 } },
    { "supervisor-write-ignores-read-only-when-wpe-is-off",
      { UPPER, 0x70005005 }, AD, W | S, SVA_PT_OK, 1, R | W,
      { USED, 0x70005065 } },
    { "supervisor-write-honours-read-only-when-wpe-is-on",
      { UPPER, 0x70005005 }, AD | SVA_PT_WPE, W | S, SVA_PT_NO_WRITE, 1, 0,
      { USED, 0x70005005 } },

    /* Nothing executes: XD has no meaning, nor has a wish to */
    { "xd-is-ignored", { XD | 0x11007, 0x12007, 0x13007, XD | 0x70005007 },
      AD, R, SVA_PT_OK, 1, R,
      { XD | 0x11027, 0x12027, 0x13027, XD | 0x70005027 } },
    { "execute-is-ignored", { UPPER, XD | 0x70005007 },
      AD, R | X, SVA_PT_OK, 1, R, { USED, XD | 0x70005027 } },

    /* ignored and reserved bits */
    { "bits-62-to-52-global-and-cache-bits-are-ignored",
      { 0x7ff0000000011b1f, 0x7ff0000000012b1f, 0x7ff0000000013b1f,
        0x7ff0000070005b9f }, AD, R, SVA_PT_OK, 1, R,
      { 0x7ff0000000011b3f, 0x7ff0000000012b3f, 0x7ff0000000013b3f,
        0x7ff0000070005bbf } },
    { "address-bit-39-is-reserved-in-a-pml4e",
      { 0x8000011007, 0x12007, 0x13007, 0x70005007 },
      AD, R, SVA_PT_RESERVED, 4, 0, { 0 } },
    { "address-bit-51-is-reserved-in-a-pte",
      { UPPER, 0x8000070005007 }, AD, R, SVA_PT_RESERVED, 1, 0,
      { USED, 0x8000070005007 } },
    { "page-size-is-reserved-in-a-pml4e",
      { 0x11087, 0x12007, 0x13007, 0x70005007 },
      AD, R, SVA_PT_RESERVED, 4, 0, { 0 } },
};

static void test_case(const void *data)
{
    const Case *c = data;
    const uint64_t *after = c->after[0] ? c->after : c->entries;
    FakeEnv *f = fake_env_new();
    SvaPtConfig cfg = config(c->flags);
    SvaPtResult out;
    int i;

    map(f, c->entries);
    sva_pt_walk(&f->env, &cfg,
                &(SvaPtQuery) { .va = VA, .want = c->want },
                &out);
    g_assert_cmpstr(sva_pt_status_name(out.status), ==,
                    sva_pt_status_name(c->status));
    g_assert_cmpuint(out.level, ==, c->level);
    g_assert_cmphex(out.map.access, ==, c->access);
    if (c->status == SVA_PT_OK) {
        g_assert_cmphex(out.map.addr, ==, 0x70005abc);
        g_assert_cmphex(out.map.mask, ==, 0xfff);
        g_assert_cmpint(out.dirty, ==, (after[3] & 0x40) && c->flags & AD);
        g_assert_false(out.map.snoop);
    }
    for (i = 0; i < 4; i++) {
        g_assert_cmphex(fake_get64(f, entry_pa[i]), ==, after[i]);
    }
    fake_env_free(f);
}

typedef struct LeafCase {
    const char *claim;
    uint64_t pdpe;
    uint64_t pde;
    uint32_t flags;
    SvaPtStatus status;
    uint8_t level;
    uint64_t addr;
    uint64_t mask;
} LeafCase;

static const LeafCase leaf_cases[] = {
    { "2m-leaf-bit-12-is-pat", 0x12007, 0x70201087, AD, SVA_PT_OK, 2,
      0x70201abc, 0x1fffff },
    { "2m-leaf-bit-13-is-reserved", 0x12007, 0x70202087, AD,
      SVA_PT_RESERVED, 2, 0, 0 },
    { "2m-leaf-bit-20-is-reserved", 0x12007, 0x70300087, AD,
      SVA_PT_RESERVED, 2, 0, 0 },
    { "1g-leaf", 0x40000087, 0, AD | SVA_PT_1G, SVA_PT_OK, 3,
      0x40401abc, 0x3fffffff },
    { "1g-leaf-bit-12-is-pat", 0x40001087, 0, AD | SVA_PT_1G, SVA_PT_OK, 3,
      0x40401abc, 0x3fffffff },
    { "1g-leaf-bit-13-is-reserved", 0x40002087, 0, AD | SVA_PT_1G,
      SVA_PT_RESERVED, 3, 0, 0 },
    { "1g-leaf-bit-29-is-reserved", 0x60000087, 0, AD | SVA_PT_1G,
      SVA_PT_RESERVED, 3, 0, 0 },
    { "1g-leaf-is-reserved-without-the-capability", 0x40000087, 0, AD,
      SVA_PT_RESERVED, 3, 0, 0 },
};

static void test_leaf_case(const void *data)
{
    const LeafCase *c = data;
    FakeEnv *f = fake_env_new();
    SvaPtConfig cfg = config(c->flags);
    SvaPtResult out;

    map(f, (uint64_t[4]) { 0x11007, c->pdpe, c->pde, 0 });
    sva_pt_walk(&f->env, &cfg, &(SvaPtQuery) { .va = VA, .want = W }, &out);
    g_assert_cmpstr(sva_pt_status_name(out.status), ==,
                    sva_pt_status_name(c->status));
    g_assert_cmpuint(out.level, ==, c->level);
    if (c->status == SVA_PT_OK) {
        g_assert_cmphex(out.map.addr, ==, c->addr);
        g_assert_cmphex(out.map.mask, ==, c->mask);
        g_assert_cmphex(out.map.access, ==, R | W);
        g_assert_cmphex(fake_get64(f, c->level == 2 ? 0x12010 : 0x11000), ==,
                        (c->level == 2 ? c->pde : c->pdpe) | 0x60);
    }
    fake_env_free(f);
}

static void test_pte_bit_7_is_pat(void)
{
    FakeEnv *f = fake_env_new();
    SvaPtConfig cfg = config(AD);
    SvaPtResult out;

    map(f, (uint64_t[4]) { UPPER, 0x70005087 });
    sva_pt_walk(&f->env, &cfg, &(SvaPtQuery) { .va = VA, .want = R }, &out);
    g_assert_cmpint(out.status, ==, SVA_PT_OK);
    g_assert_cmphex(out.map.addr, ==, 0x70005abc);
    g_assert_cmphex(out.map.mask, ==, 0xfff);
    fake_env_free(f);
}

static void test_upper_address_bits_must_be_equal(void)
{
    static const struct {
        uint64_t va;
        uint8_t levels;
        bool canonical;
    } rows[] = {
        { 0x00007fffffffffff, 4, true },
        { 0x0000800000000000, 4, false },
        { 0xffff7fffffffffff, 4, false },
        { 0xffff800000000000, 4, true },
        { 0xffffffffffffffff, 4, true },
        { 0x0001000000000000, 4, false },
        { 0x7fff800000000000, 4, false },
        { 0x00ffffffffffffff, 5, true },
        { 0x0100000000000000, 5, false },
        { 0xfeffffffffffffff, 5, false },
        { 0xff00000000000000, 5, true },
        { 0x8000000000000000, 5, false },
    };
    FakeEnv *f = fake_env_new();
    size_t i;

    for (i = 0; i < ARRAY_SIZE(rows); i++) {
        SvaPtConfig cfg = config(AD);
        SvaPtResult out;

        cfg.levels = rows[i].levels;
        sva_pt_walk(&f->env, &cfg,
                &(SvaPtQuery) { .va = rows[i].va, .want = R },
                &out);
        g_assert_cmpint(out.status, ==, rows[i].canonical
                        ? SVA_PT_NOT_PRESENT : SVA_PT_NOT_CANONICAL);
        g_assert_cmpint(out.level, ==,
                        rows[i].canonical ? rows[i].levels : 0);
    }
    g_assert_cmpuint(f->accesses, ==, 5);
    fake_env_free(f);
}

/*
 * 0xff55aa5512345678 uses PML5E 0x155 (bits 56:48), PML4E 0x154, PDPE 0x154,
 * PDE 0x91, PTE 0x145.
 */
static void test_five_levels(void)
{
    FakeEnv *f = fake_env_new();
    SvaPtConfig cfg = config(AD);
    SvaPtResult out;

    cfg.levels = 5;
    cfg.addr_bits = 52;
    fake_put64(f, 0x10aa8, 0x11007);
    fake_put64(f, 0x11aa0, 0x12007);
    fake_put64(f, 0x12aa0, 0x13007);
    fake_put64(f, 0x13488, 0x14007);
    fake_put64(f, 0x14a28, 0xffffffffff007);
    sva_pt_walk(&f->env, &cfg,
                &(SvaPtQuery) { .va = 0xff55aa5512345678, .want = W },
                &out);
    g_assert_cmpstr(sva_pt_status_name(out.status), ==, "OK");
    g_assert_cmphex(out.map.addr, ==, 0xffffffffff678);
    g_assert_cmphex(fake_get64(f, 0x10aa8), ==, 0x11027);
    g_assert_cmphex(fake_get64(f, 0x11aa0), ==, 0x12027);
    g_assert_cmphex(fake_get64(f, 0x12aa0), ==, 0x13027);
    g_assert_cmphex(fake_get64(f, 0x13488), ==, 0x14027);
    g_assert_cmphex(fake_get64(f, 0x14a28), ==, 0xffffffffff067);

    /* PS of a PML5E is reserved. */
    fake_put64(f, 0x10aa8, 0x11087);
    sva_pt_walk(&f->env, &cfg,
                &(SvaPtQuery) { .va = 0xff55aa5512345678, .want = W },
                &out);
    g_assert_cmpint(out.status, ==, SVA_PT_RESERVED);
    g_assert_cmpint(out.level, ==, 5);
    fake_env_free(f);
}

int main(int argc, char **argv)
{
    size_t i;

    g_test_init(&argc, &argv, NULL);
    for (i = 0; i < ARRAY_SIZE(cases); i++) {
        g_autofree char *path = g_strdup_printf("/pt-x86/%s",
                                                cases[i].claim);

        g_test_add_data_func(path, &cases[i], test_case);
    }
    for (i = 0; i < ARRAY_SIZE(leaf_cases); i++) {
        g_autofree char *path = g_strdup_printf("/pt-x86/%s",
                                                leaf_cases[i].claim);

        g_test_add_data_func(path, &leaf_cases[i], test_leaf_case);
    }
    g_test_add_func("/pt-x86/pte-bit-7-is-pat", test_pte_bit_7_is_pat);
    g_test_add_func("/pt-x86/upper-address-bits-must-be-equal",
                    test_upper_address_bits_must_be_equal);
    g_test_add_func("/pt-x86/five-levels", test_five_levels);
    return g_test_run();
}

/*
 * Tests of VMSAv8-64: stage 2, and stage 1 over stage 2
 *
 * Stage 2: 4 KiB granule, 39 bits, from level 1 at 0x20000.  Stage 1 alike,
 * its tables at intermediate addresses 0x100000 to 0x102000, which are
 * 0x10100000 and so on in memory.  Address 0x40201abc uses descriptor 1 of
 * each level and results in 0x5abc, which is 0x30005abc.
 *
 * Stage-2 leaf: S2AP[0] 0x40 (read), S2AP[1] 0x80 (write), AF 0x400, DBM bit
 * 51, XN bits 54:53, MemAttr bits 5:2.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "fake-env.h"
#include "hw/sva/core/pt-vmsa64.h"

#define VA 0x40201abcull
#define S1_LEAF 0x10102008ull   /* where the leaf of stage 1 is */

#define R  SVA_READ
#define W  SVA_WRITE
#define X  SVA_EXEC
#define P  SVA_PRIV

#define DBM 0x0008000000000000ull
#define OK   SVA_VMSA_OK
#define PERM SVA_VMSA_PERMISSION

/* Stage-2 attributes: normal memory, AF, and rights */
#define S2_RW 0x4fcull
#define S2_R  0x47cull
#define S2_W  0x4bcull
#define S2_NO 0x43cull

typedef struct Nest {
    FakeEnv *f;
    SvaVmsaTables first;
    SvaVmsaTables second;
    SvaVmsaResult out;
} Nest;

static uint64_t s2_leaf_pa(uint64_t ipa)
{
    return 0x22000 + (ipa >> 21) * 0x1000 + (ipa >> 12 & 511) * 8;
}

static void s2_map(Nest *n, uint64_t ipa, uint64_t pa, uint64_t attrs)
{
    fake_put64(n->f, s2_leaf_pa(ipa), pa | attrs | 3);
}

static Nest *nest_new(void)
{
    Nest *n = g_new0(Nest, 1);
    uint64_t i;

    n->f = fake_env_new();
    n->second = (SvaVmsaTables) {
        .base = 0x20000,
        .flags = SVA_VMSA_STAGE2,
        .granule = 12,
        .input_bits = 39,
        .start_level = 1,
        .output_bits = 40,
    };
    n->first = n->second;
    n->first.base = 0x100000;
    n->first.flags = 0;
    fake_put64(n->f, 0x20000, 0x21003);
    for (i = 0; i < 8; i++) {
        fake_put64(n->f, 0x21000 + i * 8, (0x22000 + i * 0x1000) | 3);
    }
    for (i = 0; i < 3; i++) {
        s2_map(n, 0x100000 + i * 0x1000, 0x10100000 + i * 0x1000, S2_RW);
    }
    fake_put64(n->f, 0x10100008, 0x101003);
    fake_put64(n->f, 0x10101008, 0x102003);
    fake_put64(n->f, S1_LEAF, 0x5c43);
    s2_map(n, 0x5000, 0x30005000, S2_RW);
    return n;
}

static void nest_free(Nest *n)
{
    fake_env_free(n->f);
    g_free(n);
}

static SvaVmsaStatus both(Nest *n, uint8_t want, bool partial)
{
    SvaPtQuery q = { .va = VA, .want = want, .partial = partial };

    sva_vmsa_walk(&n->f->env, &n->first, &n->second, &q, &n->out);
    return n->out.status;
}

static SvaVmsaStatus second(Nest *n, uint64_t ipa, uint8_t want)
{
    SvaPtQuery q = { .va = ipa, .want = want };

    sva_vmsa_walk(&n->f->env, NULL, &n->second, &q, &n->out);
    return n->out.status;
}

/* -- stage 2 alone -- */

static void test_rights_of_stage2(void)
{
    static const struct {
        uint64_t attrs;
        uint8_t user, priv;
    } cases[] = {
        { S2_RW, R | W | X, R | W | X },
        { S2_R, R | X, R | X },
        { S2_W, W | X, W | X },
        { S2_NO, X, X },
        { S2_RW | 0x0020000000000000, R | W | X, R | W },   /* XN=01 */
        { S2_RW | 0x0040000000000000, R | W, R | W },       /* XN=10 */
        { S2_RW | 0x0060000000000000, R | W, R | W | X },   /* XN=11 */
        { S2_R | DBM, R | X, R | X },                       /* HD=0 */
    };
    static const uint8_t rights[] = { R, W, X };
    Nest *n = nest_new();
    size_t i, k;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        s2_map(n, 0x5000, 0x30005000, cases[i].attrs);
        for (k = 0; k < G_N_ELEMENTS(rights); k++) {
            uint8_t r = rights[k];

            g_assert_cmpint(second(n, 0x5abc, r), ==,
                            cases[i].user & r ? OK : PERM);
            g_assert_cmphex(cases[i].user & r ? n->out.map.access
                                              : n->out.missing,
                            ==, cases[i].user & r ? cases[i].user : r);
            g_assert_cmpint(second(n, 0x5abc, r | P), ==,
                            cases[i].priv & r ? OK : PERM);
        }
    }
    nest_free(n);
}

static void test_stage2_alone(void)
{
    Nest *n = nest_new();

    g_assert_cmpint(second(n, 0x5abc, R | W), ==, OK);
    g_assert_cmphex(n->out.map.addr, ==, 0x30005abc);
    g_assert_cmphex(n->out.map.mask, ==, 0xfff);
    g_assert_false(n->out.global);
    g_assert_cmpint(second(n, 0x6abc, R), ==, SVA_VMSA_TRANSLATION);
    g_assert_true(n->out.second);
    g_assert_false(n->out.table);
    g_assert_cmphex(n->out.ipa, ==, 0x6abc);
    g_assert_cmpint(second(n, 1ull << 39, R), ==, SVA_VMSA_TRANSLATION);
    g_assert_cmphex(n->out.ipa, ==, 1ull << 39);
    /* Not a hierarchical attribute: stage-2 tables have none. */
    fake_put64(n->f, 0x21000, 0x6000000000022003);
    g_assert_cmpint(second(n, 0x5abc, R | W), ==, OK);
    fake_env_hole(n->f, s2_leaf_pa(0x5000), 8);
    g_assert_cmpint(second(n, 0x5abc, R), ==, SVA_VMSA_ABORT);
    g_assert_true(n->out.second);
    g_assert_false(n->out.table);
    g_assert_cmphex(n->out.fetch, ==, 0x22028);
    nest_free(n);
}

static void test_updates_of_stage2(void)
{
    Nest *n = nest_new();
    uint64_t leaf = s2_leaf_pa(0x5000);

    fake_put64(n->f, leaf, DBM | 0x3000507f);   /* R, AF=0 */
    g_assert_cmpint(second(n, 0x5000, R), ==, SVA_VMSA_ACCESS_FLAG);
    n->second.flags |= SVA_VMSA_HA;
    g_assert_cmpint(second(n, 0x5000, W), ==, PERM);
    g_assert_cmphex(fake_get64(n->f, leaf), ==, DBM | 0x3000507f);
    g_assert_cmpint(second(n, 0x5000, R), ==, OK);
    g_assert_cmphex(fake_get64(n->f, leaf), ==, DBM | 0x3000547f);
    n->second.flags |= SVA_VMSA_HD;
    g_assert_cmpint(second(n, 0x5000, R), ==, OK);
    g_assert_cmphex(n->out.map.access, ==, R | X);
    g_assert_cmpint(second(n, 0x5000, W), ==, OK);
    g_assert_cmphex(n->out.map.access, ==, R | W | X);
    g_assert_cmphex(fake_get64(n->f, leaf), ==, DBM | 0x300054ff);
    nest_free(n);
}

/* -- both stages -- */

static void test_both_stages(void)
{
    Nest *n = nest_new();

    g_assert_cmpint(both(n, R | W, false), ==, OK);
    g_assert_cmphex(n->out.map.addr, ==, 0x30005abc);
    g_assert_cmphex(n->out.ipa, ==, 0x5abc);
    g_assert_cmphex(n->out.map.mask, ==, 0xfff);
    g_assert_cmphex(n->out.map.access, ==, R | W | X);
    g_assert_false(n->out.global);
    fake_put64(n->f, S1_LEAF, 0x5443);  /* nG=0 */
    g_assert_cmpint(both(n, R, false), ==, OK);
    g_assert_true(n->out.global);
    fake_put64(n->f, S1_LEAF, 0x5c43);
    /* A block of stage 1 over a page of stage 2, and the reverse. */
    fake_put64(n->f, 0x10101008, 0xc41);
    s2_map(n, 0x1000, 0x30001000, S2_RW);
    g_assert_cmpint(both(n, R, false), ==, OK);
    g_assert_cmphex(n->out.map.addr, ==, 0x30001abc);
    g_assert_cmphex(n->out.map.mask, ==, 0xfff);
    fake_put64(n->f, 0x10101008, 0x102003);
    fake_put64(n->f, 0x21000 + 8, 0x40000000 | 0x4fd);
    fake_put64(n->f, S1_LEAF, 0x205c43);
    g_assert_cmpint(both(n, R, false), ==, OK);
    g_assert_cmphex(n->out.map.addr, ==, 0x40005abc);
    g_assert_cmphex(n->out.map.mask, ==, 0xfff);
    nest_free(n);
}

static void expect(Nest *n, SvaVmsaStatus status, bool s2, bool table,
                   uint64_t ipa)
{
    g_assert_cmpstr(sva_vmsa_status_name(n->out.status), ==,
                    sva_vmsa_status_name(status));
    g_assert_cmpint(n->out.second, ==, s2);
    g_assert_cmpint(n->out.table, ==, table);
    g_assert_cmphex(n->out.ipa, ==, ipa);
}

static void test_faults_on_the_way(void)
{
    Nest *n = nest_new();

    /* A table of stage 1 that stage 2 does not map, or not for reading */
    s2_map(n, 0x101000, 0x10101000, S2_W);
    both(n, R, false);
    expect(n, PERM, true, true, 0x101008);
    g_assert_false(n->out.update);
    s2_map(n, 0x101000, 0, 0);
    both(n, R, false);
    expect(n, SVA_VMSA_ACCESS_FLAG, true, true, 0x101008);
    fake_put64(n->f, s2_leaf_pa(0x101000), 0);
    both(n, R, true);
    expect(n, SVA_VMSA_TRANSLATION, true, true, 0x101008);
    s2_map(n, 0x101000, 0x10000000000, S2_RW);
    both(n, R, false);
    expect(n, SVA_VMSA_ADDRESS_SIZE, true, true, 0x101008);
    fake_env_hole(n->f, s2_leaf_pa(0x101000), 8);
    both(n, R, false);
    expect(n, SVA_VMSA_ABORT, true, true, 0x101008);
    g_assert_cmphex(n->out.fetch, ==, 0x22808);
    fake_env_heal(n->f);
    /* Its own faults are those of stage 1. */
    s2_map(n, 0x101000, 0x10101000, S2_RW);
    fake_env_hole(n->f, 0x10101008, 8);
    both(n, R, false);
    expect(n, SVA_VMSA_ABORT, false, true, 0);
    g_assert_cmphex(n->out.fetch, ==, 0x10101008);
    fake_env_heal(n->f);
    fake_put64(n->f, S1_LEAF, 0x5cc3);
    both(n, W, false);
    expect(n, PERM, false, false, 0);
    /* The result */
    fake_put64(n->f, S1_LEAF, 0x6c43);
    both(n, R, false);
    expect(n, SVA_VMSA_TRANSLATION, true, false, 0x6abc);
    s2_map(n, 0x6000, 0x30006000, S2_R);
    both(n, W, false);
    expect(n, PERM, true, false, 0x6abc);
    g_assert_cmphex(n->out.missing, ==, W);
    nest_free(n);
}

static void test_updates_under_both_stages(void)
{
    Nest *n = nest_new();
    uint64_t table_leaf = s2_leaf_pa(0x102000);

    n->first.flags |= SVA_VMSA_HA | SVA_VMSA_HD;
    n->second.flags |= SVA_VMSA_HA | SVA_VMSA_HD;
    /* The table is writable for nobody: its Access flag cannot be set. */
    fake_put64(n->f, S1_LEAF, DBM | 0x58c3);
    s2_map(n, 0x102000, 0x10102000, S2_R);
    both(n, R, false);
    expect(n, PERM, true, true, 0x102008);
    g_assert_true(n->out.update);
    g_assert_cmphex(fake_get64(n->f, S1_LEAF), ==, DBM | 0x58c3);
    /* Clean: it becomes dirty by the update. */
    s2_map(n, 0x102000, 0x10102000, S2_R | DBM);
    g_assert_cmpint(both(n, R, false), ==, OK);
    g_assert_cmphex(fake_get64(n->f, table_leaf), ==,
                    DBM | 0x10102000 | S2_RW | 3);
    g_assert_cmphex(fake_get64(n->f, S1_LEAF), ==, DBM | 0x5cc3);
    g_assert_cmphex(n->out.map.access, ==, R | X);
    /* A write makes both leaves dirty. */
    s2_map(n, 0x5000, 0x30005000, S2_R | DBM);
    g_assert_cmpint(both(n, W, false), ==, OK);
    g_assert_cmphex(fake_get64(n->f, S1_LEAF), ==, DBM | 0x5c43);
    g_assert_cmphex(fake_get64(n->f, s2_leaf_pa(0x5000)), ==,
                    DBM | 0x30005000 | S2_RW | 3);
    nest_free(n);
}

static void test_partial_under_both_stages(void)
{
    Nest *n = nest_new();

    /* Rights are those of both. */
    s2_map(n, 0x5000, 0x30005000, S2_R | 0x0040000000000000);
    g_assert_cmpint(both(n, R | W, true), ==, OK);
    g_assert_cmphex(n->out.map.access, ==, R);
    /* Each grants something, but nothing that both do. */
    fake_put64(n->f, S1_LEAF, 0x0040000000005cc3);
    s2_map(n, 0x5000, 0x30005000, S2_W | 0x0040000000000000);
    both(n, R, true);
    expect(n, PERM, true, false, 0x5abc);
    /* Read-only in stage 1: nothing becomes dirty. */
    n->second.flags |= SVA_VMSA_HA | SVA_VMSA_HD;
    s2_map(n, 0x5000, 0x30005000, S2_R | DBM);
    g_assert_cmpint(both(n, R | W, true), ==, OK);
    g_assert_cmphex(n->out.map.access, ==, R);
    g_assert_cmphex(fake_get64(n->f, s2_leaf_pa(0x5000)), ==,
                    DBM | 0x30005000 | S2_R | 3);
    nest_free(n);
}

/* -- structures -- */

static void test_locate(void)
{
    Nest *n = nest_new();

    sva_vmsa_locate(&n->f->env, &n->second,
                    &(SvaPtQuery) { .va = 0x5040 }, &n->out);
    g_assert_cmpint(n->out.status, ==, OK);
    g_assert_cmphex(n->out.map.addr, ==, 0x30005040);
    s2_map(n, 0x5000, 0x30005000, S2_W);
    sva_vmsa_locate(&n->f->env, &n->second,
                    &(SvaPtQuery) { .va = 0x5040 }, &n->out);
    expect(n, PERM, true, false, 0x5040);
    nest_free(n);
}

/* MemAttr as of FWB=0 and FWB=1: which of the 16 values are Device? */
static void test_tables_in_device_memory(void)
{
    Nest *n = nest_new();
    unsigned attr, fwb;

    for (fwb = 0; fwb < 2; fwb++) {
        for (attr = 0; attr < 16; attr++) {
            bool device = fwb ? attr % 8 < 4 : attr < 4;

            n->second.flags = SVA_VMSA_STAGE2 | (fwb ? SVA_VMSA_FWB : 0);
            s2_map(n, 0x101000, 0x10101000, 0x4c0 | attr << 2);
            g_assert_cmpint(both(n, R, false), ==, OK);
            n->second.flags |= SVA_VMSA_PTW;
            g_assert_cmpint(both(n, R, false), ==, device ? PERM : OK);
            if (device) {
                expect(n, PERM, true, true, 0x101008);
                g_assert_false(n->out.update);
            }
            sva_vmsa_locate(&n->f->env, &n->second,
                            &(SvaPtQuery) { .va = 0x101040 }, &n->out);
            g_assert_cmpint(n->out.status, ==, device ? PERM : OK);
        }
    }
    /* Data may be there. */
    s2_map(n, 0x101000, 0x10101000, S2_RW);
    s2_map(n, 0x5000, 0x30005000, 0x4c0);
    g_assert_cmpint(both(n, R | W, false), ==, OK);
    nest_free(n);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pt-vmsa64-nested/rights-of-stage2",
                    test_rights_of_stage2);
    g_test_add_func("/pt-vmsa64-nested/stage2-alone", test_stage2_alone);
    g_test_add_func("/pt-vmsa64-nested/updates-of-stage2",
                    test_updates_of_stage2);
    g_test_add_func("/pt-vmsa64-nested/both-stages", test_both_stages);
    g_test_add_func("/pt-vmsa64-nested/faults-on-the-way",
                    test_faults_on_the_way);
    g_test_add_func("/pt-vmsa64-nested/updates-under-both-stages",
                    test_updates_under_both_stages);
    g_test_add_func("/pt-vmsa64-nested/partial-under-both-stages",
                    test_partial_under_both_stages);
    g_test_add_func("/pt-vmsa64-nested/locate", test_locate);
    g_test_add_func("/pt-vmsa64-nested/tables-in-device-memory",
                    test_tables_in_device_memory);
    return g_test_run();
}

/*
 * VT-d: entries are read in units of 128 bits
 *
 * A processor of the guest changes both quadwords of a unit by one store
 * before every access of the unit under test (VT-d 5.10 section 9: software
 * may do that to SSPTPTR and DID, section 5.1.4: to an IRTE).  Each of the
 * two values is sound, a mixture is not.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "vtd-fixture.h"

#define P(n) sva_pasid(n)

/* A second set of tables */
#define SECOND_B  0x26000ull
#define DIR_B     0x15000ull
#define PASIDS_B  0x16000ull

#define IRTES     0x80000ull    /* 256 of them */

/* Two values of one unit, taken in turn before each access. */
typedef struct Flip {
    uint64_t pa;
    uint64_t value[2][2];
    unsigned turn;
} Flip;

static void put_unit(FakeEnv *f, const Flip *flip)
{
    fake_put64(f, flip->pa, flip->value[flip->turn][0]);
    fake_put64(f, flip->pa + 8, flip->value[flip->turn][1]);
}

static void flip_unit(FakeEnv *f, FakeAccess kind, uint64_t pa, void *opaque)
{
    Flip *flip = opaque;

    (void)kind;
    (void)pa;
    flip->turn ^= 1;
    put_unit(f, flip);
}

/* The caches forget it all. */
static void forget(VtdFixture *f)
{
    vtd_submit(f, 0x11, 0);
    vtd_submit(f, 0x12, 0);
    if (f->entry == 32) {
        vtd_submit(f, 0x37, 0);
    }
}

/* Tables at VTD_SECOND with domain 1, at SECOND_B with domain 2 */
static void check_tables_and_domain(VtdFixture *f, SvaPasid pasid, Flip *flip)
{
    unsigned i, seen[2] = { 0, 0 };

    vtd_map_second(f, 0x1000, 0xa000, true);
    fake_put64(f->env, vtd_entry(f, SECOND_B, 4, 1, 0x1000), 0xb003);
    put_unit(f->env, flip);
    fake_env_set_hook(f->env, flip_unit, flip);
    for (i = 0; i < 16; i++) {
        SvaTranslation t;
        unsigned domain;

        forget(f);
        flip->turn ^= i % 3 == 0;       /* another phase */
        t = vtd_translate(f, pasid, 0x1000, SVA_READ);
        g_assert_cmpuint(t.outcome, ==, SVA_OK);
        g_assert_true(t.map.addr == 0xa000 || t.map.addr == 0xb000);
        domain = t.map.addr == 0xa000 ? 1 : 2;
        seen[domain - 1]++;
        /* It is in the IOTLB under the domain that belongs to its tables. */
        g_assert_cmpuint(sva_iotlb_count(f->vtd.iotlb), ==, 1);
        vtd_submit(f, 0x22 | domain << 16, 0);
        g_assert_cmpuint(sva_iotlb_count(f->vtd.iotlb), ==, 0);
    }
    g_assert_cmpuint(seen[0], >, 0);
    g_assert_cmpuint(seen[1], >, 0);
}

static void test_pasid_entry(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    Flip flip = {
        .pa = VTD_PASIDS + 64,
        .value = { { VTD_SECOND | 0x89, 1 }, { SECOND_B | 0x89, 2 } },
    };

    check_tables_and_domain(f, P(1), &flip);
    vtd_fixture_free(f);
}

static void test_legacy_context_entry(void)
{
    VtdFixture *f = vtd_fixture_legacy(NULL, 0, 0);
    Flip flip = {
        .pa = VTD_CONTEXT + (VTD_RID & 0xff) * 16,
        .value = { { VTD_SECOND | 1, 0x102 }, { SECOND_B | 1, 0x202 } },
    };

    check_tables_and_domain(f, SVA_NO_PASID, &flip);
    vtd_fixture_free(f);
}

/* PASID 1 by RID_PASID, with a directory of its own, or PASID 2 */
static void test_scalable_context_entry(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    Flip flip = {
        .pa = VTD_CONTEXT + (VTD_RID & 0xff) * 32,
        .value = { { VTD_DIR | 0x1d, 1 }, { DIR_B | 0x1d, 2 } },
    };

    fake_put64(f->env, DIR_B, PASIDS_B | 1);
    vtd_pasid(f, 1, VTD_SECOND | 0x89, 1, 0);
    fake_put64(f->env, PASIDS_B + 2 * 64, SECOND_B | 0x89);
    fake_put64(f->env, PASIDS_B + 2 * 64 + 8, 2);
    check_tables_and_domain(f, SVA_NO_PASID, &flip);
    vtd_fixture_free(f);
}

/* Vector 31h for VTD_RID, vector 32h for another function */
static void test_interrupt_remapping_entry(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    SvaVtdMessage in = { .addr = 0xfee00010 | 3 << 5 }, out;
    Flip flip = {
        .pa = IRTES + 3 * 16,
        .value = { { 0x0000050000310001, 1 << 18 | VTD_RID },
                   { 0x0000050000320001, 1 << 18 | 0x0220 } },
    };
    unsigned i, seen[2] = { 0, 0 };

    vtd_write64(f, 0xb8, IRTES | 7);
    vtd_command(f, 1u << 24);
    vtd_level(f, 1u << 25, true);
    put_unit(f->env, &flip);
    fake_env_set_hook(f->env, flip_unit, &flip);
    for (i = 0; i < 16; i++) {
        vtd_submit(f, 0x4, 0);
        flip.turn ^= i % 3 == 0;
        if (sva_vtd_interrupt(&f->vtd, VTD_RID, &in, &out)) {
            g_assert_cmphex(out.data & 0xff, ==, 0x31);
            seen[0]++;
        } else {
            g_assert_cmphex(vtd_fault(f, NULL, NULL), ==, 0x26);
            seen[1]++;
        }
    }
    g_assert_cmpuint(seen[0], >, 0);
    g_assert_cmpuint(seen[1], >, 0);
    vtd_fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/vtd/torn/pasid-entry", test_pasid_entry);
    g_test_add_func("/vtd/torn/legacy-context-entry",
                    test_legacy_context_entry);
    g_test_add_func("/vtd/torn/scalable-context-entry",
                    test_scalable_context_entry);
    g_test_add_func("/vtd/torn/interrupt-remapping-entry",
                    test_interrupt_remapping_entry);
    return g_test_run();
}

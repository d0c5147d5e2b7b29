/*
 * Tests of VMSAv8-64, stage 1: what each bit of a descriptor means
 *
 * What all formats have in common is in test-core-pt-formats.c.
 *
 * All words are literals from the architecture's descriptor formats: valid
 * page or table 0x3, block 0x1, AP[1] 0x40, AP[2] 0x80, AF 0x400, nG 0x800,
 * DBM bit 51, PXN bit 53, UXN bit 54; in tables PXNTable bit 59, UXNTable
 * bit 60, APTable bits 62:61.
 *
 * Address 0x7f0000401abc uses descriptor 254 of the level 0 table at
 * 0x10000, 0 of level 1 at 0x11000, 2 of level 2 at 0x12000, and 1 of level 3
 * at 0x13000.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "fake-env.h"
#include "hw/sva/core/pt-vmsa64.h"

#define VA 0x7f0000401abcull

#define R  SVA_READ
#define W  SVA_WRITE
#define X  SVA_EXEC
#define P  SVA_PRIV

#define HA  SVA_VMSA_HA
#define HD  SVA_VMSA_HD
#define HTTU (HA | HD)
#define WXN SVA_VMSA_WXN
#define PAN SVA_VMSA_PAN
#define ONE SVA_VMSA_ONE_EL

#define DBM 0x0008000000000000ull
#define PXN 0x0020000000000000ull
#define UXN 0x0040000000000000ull
#define PXNTABLE 0x0800000000000000ull
#define UXNTABLE 0x1000000000000000ull
#define APTABLE0 0x2000000000000000ull
#define APTABLE1 0x4000000000000000ull

#define OK     SVA_VMSA_OK
#define PERM   SVA_VMSA_PERMISSION

static const uint64_t desc_pa[4] = { 0x107f0, 0x11000, 0x12010, 0x13008 };

static SvaVmsaTables tables(uint32_t flags)
{
    return (SvaVmsaTables) {
        .base = 0x10000,
        .flags = flags,
        .granule = 12,
        .input_bits = 48,
        .start_level = 0,
        .output_bits = 44,
    };
}

/* One walk; @after: the leaf afterwards, 0: unchanged. */
typedef struct Case {
    const char *claim;
    uint64_t upper;             /* attributes of the level 2 table */
    uint64_t leaf;
    uint32_t flags;
    uint8_t want;
    SvaVmsaStatus status;
    uint8_t rights;             /* access granted, or rights missing */
    uint64_t after;
} Case;

static const Case cases[] = {
    /* AP[2:1] */
    { "ap-01-read-by-user", 0, 0x70005c43, 0, R, OK, R | W | X, 0 },
    { "ap-01-write-by-user", 0, 0x70005c43, 0, W, OK, R | W | X, 0 },
    { "ap-01-read-by-privileged-is-never-executable",
      0, 0x70005c43, 0, R | P, OK, R | W, 0 },
    { "ap-00-read-by-user", 0, 0x70005c03, 0, R, PERM, R, 0 },
    { "ap-00-write-by-user", 0, 0x70005c03, 0, W, PERM, W, 0 },
    { "ap-00-write-by-privileged", 0, 0x70005c03, 0, W | P, OK,
      R | W | X, 0 },
    { "ap-10-read-by-user", 0, 0x70005c83, 0, R, PERM, R, 0 },
    { "ap-10-read-by-privileged", 0, 0x70005c83, 0, R | P, OK, R | X, 0 },
    { "ap-10-write-by-privileged", 0, 0x70005c83, 0, W | P, PERM, W, 0 },
    { "ap-11-read-by-user", 0, 0x70005cc3, 0, R, OK, R | X, 0 },
    { "ap-11-write-by-user", 0, 0x70005cc3, 0, W, PERM, W, 0 },
    { "ap-11-atomic-by-user", 0, 0x70005cc3, 0, R | W, PERM, W, 0 },
    { "ap-11-read-by-privileged-is-executable", 0, 0x70005cc3, 0, R | P,
      OK, R | X, 0 },

    /* UXN, PXN, WXN */
    { "uxn-takes-execute-from-user", 0, UXN | 0x70005c43, 0, R, OK,
      R | W, 0 },
    { "execute-of-uxn", 0, UXN | 0x70005c43, 0, X, PERM, X, 0 },
    { "execute-does-not-need-read", 0, 0x70005c03, 0, X, OK, X, 0 },
    { "uxn-does-not-bind-privileged", 0, UXN | 0x70005c83, 0, X | P, OK,
      R | X, 0 },
    { "pxn-binds-privileged", 0, PXN | 0x70005c83, 0, X | P, PERM, X, 0 },
    { "pxn-does-not-bind-user", 0, PXN | 0x70005c43, 0, X, OK,
      R | W | X, 0 },
    { "what-user-may-write-privileged-does-not-execute",
      0, 0x70005c43, 0, X | P, PERM, X, 0 },
    { "wxn-user", 0, 0x70005c43, WXN, X, PERM, X, 0 },
    { "wxn-user-read-only", 0, 0x70005cc3, WXN, X, OK, R | X, 0 },
    { "wxn-privileged", 0, 0x70005c03, WXN, X | P, PERM, X, 0 },
    { "wxn-does-not-bind-user-that-may-not-write",
      0, 0x70005c03, WXN, X, OK, X, 0 },

    /* hierarchical permissions */
    { "aptable-0-takes-user-access", APTABLE0, 0x70005c43, 0, R, PERM, R, 0 },
    { "aptable-0-leaves-privileged", APTABLE0, 0x70005c43, 0, W | P, OK,
      R | W | X, 0 },
    { "aptable-1-takes-write-from-user", APTABLE1, 0x70005c43, 0, W, PERM,
      W, 0 },
    { "aptable-1-takes-write-from-privileged", APTABLE1, 0x70005c03, 0,
      W | P, PERM, W, 0 },
    { "aptable-1-leaves-read", APTABLE1, 0x70005c43, 0, R, OK, R | X, 0 },
    { "uxntable", UXNTABLE, 0x70005c43, 0, X, PERM, X, 0 },
    { "pxntable", PXNTABLE, 0x70005c03, 0, X | P, PERM, X, 0 },
    { "pxntable-does-not-bind-user", PXNTABLE, 0x70005c43, 0, X, OK,
      R | W | X, 0 },
    { "had-ignores-all-of-them",
      APTABLE0 | APTABLE1 | UXNTABLE | PXNTABLE, 0x70005c43,
      SVA_VMSA_HAD, W | X, OK, R | W | X, 0 },
    { "nstable-is-ignored", 0x8000000000000000, 0x70005c43, 0, R, OK,
      R | W | X, 0 },

    /* PAN */
    { "pan-read", 0, 0x70005c43, PAN, R | P, PERM, R, 0 },
    { "pan-write", 0, 0x70005c43, PAN, W | P, PERM, W, 0 },
    { "pan-read-only", 0, 0x70005cc3, PAN, R | P, PERM, R, 0 },
    { "pan-leaves-execute", 0, 0x70005cc3, PAN, X | P, OK, X, 0 },
    { "pan-leaves-privileged-pages", 0, 0x70005c03, PAN, W | P, OK,
      R | W | X, 0 },
    { "pan-goes-by-aptable", APTABLE0, 0x70005c43, PAN, W | P, OK,
      R | W | X, 0 },
    { "pan-leaves-user", 0, 0x70005c43, PAN, W, OK, R | W | X, 0 },

    /* a regime of one privilege */
    { "one-el-takes-ap-1-as-set", 0, 0x70005c03, ONE, W, OK, R | W | X, 0 },
    { "one-el-read-only", 0, 0x70005c83, ONE, W, PERM, W, 0 },
    { "one-el-xn-is-bit-54", 0, UXN | 0x70005c43, ONE, X, PERM, X, 0 },
    { "one-el-has-no-pxn", 0, PXN | 0x70005c43, ONE, X | P, OK,
      R | W | X, 0 },
    { "one-el-writable-is-executable", 0, 0x70005c43, ONE, X | P, OK,
      R | W | X, 0 },
    { "one-el-wxn", 0, 0x70005c43, ONE | WXN, X, PERM, X, 0 },
    { "one-el-ignores-aptable-0", APTABLE0, 0x70005c43, ONE, R, OK,
      R | W | X, 0 },
    { "one-el-has-no-pan", 0, 0x70005c43, ONE | PAN, R | P, OK,
      R | W | X, 0 },

    /* AF */
    { "af-clear", 0, 0x70005843, 0, R, SVA_VMSA_ACCESS_FLAG, 0, 0 },
    { "af-clear-comes-before-permission", 0, 0x70005803, 0, R,
      SVA_VMSA_ACCESS_FLAG, 0, 0 },
    { "affd", 0, 0x70005843, SVA_VMSA_AFFD, W, OK, R | W | X, 0 },
    { "ha-sets-af", 0, 0x70005843, HA, R, OK, R | W | X, 0x70005c43 },
    { "ha-leaves-af-of-what-it-refuses", 0, 0x70005803, HA, R, PERM, R, 0 },

    /* DBM */
    { "dbm-without-hd-is-read-only", 0, DBM | 0x70005cc3, HA, W, PERM,
      W, 0 },
    { "write-to-clean-makes-dirty", 0, DBM | 0x70005cc3, HTTU, W, OK,
      R | W | X, DBM | 0x70005c43 },
    { "write-to-clean-sets-af-too", 0, DBM | 0x700058c3, HTTU, W, OK,
      R | W | X, DBM | 0x70005c43 },
    { "read-leaves-clean-and-may-not-be-cached-for-write",
      0, DBM | 0x70005cc3, HTTU, R, OK, R | X, 0 },
    { "read-of-dirty-may-be-cached-for-write",
      0, DBM | 0x70005c43, HTTU, R, OK, R | W | X, 0 },
    { "read-only-without-dbm-stays", 0, 0x70005cc3, HTTU, W, PERM, W, 0 },
    { "aptable-1-is-not-overcome-by-dbm", APTABLE1, DBM | 0x70005cc3, HTTU,
      W, PERM, W, 0 },
    { "clean-counts-as-writable-for-wxn", 0, DBM | 0x70005cc3, HTTU | WXN,
      X, PERM, X, 0 },
    { "clean-counts-as-writable-for-privileged-execute",
      0, DBM | 0x70005cc3, HTTU, X | P, PERM, X, 0 },
    { "pan-does-not-make-dirty", 0, DBM | 0x70005cc3, HTTU | PAN, W | P,
      PERM, W, 0 },
    { "user-does-not-make-privileged-pages-dirty",
      0, DBM | 0x70005c83, HTTU, W, PERM, W, 0 },

    /* other bits */
    { "ignored-bits-of-a-page", 0, 0x07900000700053ff | 0xc43, 0, R, OK,
      R | X, 0 },
    { "invalid", 0, 0x70005c42, 0, R, SVA_VMSA_TRANSLATION, 0, 0 },
    { "block-at-level-3-is-invalid", 0, 0x70005c41, 0, R,
      SVA_VMSA_TRANSLATION, 0, 0 },
    { "output-beyond-44-bits", 0, 0x0000100070005c43, 0, R,
      SVA_VMSA_ADDRESS_SIZE, 0, 0 },
};

static void test_case(const void *data)
{
    const Case *c = data;
    FakeEnv *f = fake_env_new();
    SvaVmsaTables t = tables(c->flags);
    SvaPtQuery q = { .va = VA, .want = c->want };
    SvaVmsaResult out;

    fake_put64(f, desc_pa[0], 0x11003);
    fake_put64(f, desc_pa[1], 0x12003);
    fake_put64(f, desc_pa[2], 0x13003 | c->upper);
    fake_put64(f, desc_pa[3], c->leaf);
    sva_vmsa_walk(&f->env, &t, NULL, &q, &out);
    g_assert_cmpstr(sva_vmsa_status_name(out.status), ==,
                    sva_vmsa_status_name(c->status));
    g_assert_cmpuint(out.level, ==, 3);
    g_assert_false(out.second);
    g_assert_false(out.table);
    if (c->status == OK) {
        g_assert_cmphex(out.map.addr, ==, 0x70005abc);
        g_assert_cmphex(out.map.mask, ==, 0xfff);
        g_assert_cmphex(out.map.access, ==, c->rights);
        g_assert_cmpint(out.global, ==, !(c->leaf & 0x800));
    } else {
        g_assert_cmphex(out.missing, ==, c->rights);
        g_assert_cmphex(out.ipa, ==, 0);
    }
    g_assert_cmphex(fake_get64(f, desc_pa[3]), ==,
                    c->after ? c->after : c->leaf);
    fake_env_free(f);
}

/* -- requests that take what they can get -- */

static void check_partial(uint64_t leaf, uint32_t flags, uint8_t want,
                          int access, uint64_t after)
{
    FakeEnv *f = fake_env_new();
    SvaVmsaTables t = tables(flags);
    SvaPtQuery q = { .va = VA, .want = want, .partial = true };
    SvaVmsaResult out;
    int i;

    for (i = 0; i < 3; i++) {
        fake_put64(f, desc_pa[i], desc_pa[i + 1] / 0x1000 * 0x1000 | 3);
    }
    fake_put64(f, desc_pa[3], leaf);
    sva_vmsa_walk(&f->env, &t, NULL, &q, &out);
    if (access < 0) {
        g_assert_cmpint(out.status, ==, PERM);
    } else {
        g_assert_cmpint(out.status, ==, OK);
        g_assert_cmphex(out.map.access, ==, access);
    }
    g_assert_cmphex(fake_get64(f, desc_pa[3]), ==, after);
    fake_env_free(f);
}

static void test_partial(void)
{
    /* Write is left out where it is missing; what is there is told. */
    check_partial(0x70005cc3, 0, R | W, R | X, 0x70005cc3);
    check_partial(0x70005c43, 0, R, R | W | X, 0x70005c43);
    /* Nothing at all: AF is left alone. */
    check_partial(UXN | 0x70005803, HA, R | W, -1, UXN | 0x70005803);
    check_partial(0x70005cc3 | UXN, HA, W, R, 0x70005cc3 | UXN);
    /* Dirty state is set for those that ask to write. */
    check_partial(DBM | 0x700058c3, HTTU, R, R | X, DBM | 0x70005cc3);
    check_partial(DBM | 0x700058c3, HTTU, R | W, R | W | X,
                  DBM | 0x70005c43);
    /* Without hardware update a clear AF is no page. */
    check_partial(0x70005cc3, 0, R | W, R | X, 0x70005cc3);
}

/* -- levels above the last -- */

static void test_faults_by_level(void)
{
    FakeEnv *f = fake_env_new();
    SvaVmsaTables t = tables(0);
    SvaPtQuery q = { .va = VA, .want = R };
    SvaVmsaResult out;
    int i;

    for (i = 0; i < 4; i++) {
        /* Not valid */
        sva_vmsa_walk(&f->env, &t, NULL, &q, &out);
        g_assert_cmpint(out.status, ==, SVA_VMSA_TRANSLATION);
        g_assert_cmpuint(out.level, ==, i);
        /* A table, or a page, that is too far up */
        fake_put64(f, desc_pa[i], 0x0000100000000c43);
        sva_vmsa_walk(&f->env, &t, NULL, &q, &out);
        g_assert_cmpint(out.status, ==, SVA_VMSA_ADDRESS_SIZE);
        g_assert_cmpuint(out.level, ==, i);
        /* Not memory */
        fake_env_hole(f, desc_pa[i], 8);
        sva_vmsa_walk(&f->env, &t, NULL, &q, &out);
        g_assert_cmpint(out.status, ==, SVA_VMSA_ABORT);
        g_assert_cmpuint(out.level, ==, i);
        g_assert_cmphex(out.fetch, ==, desc_pa[i]);
        g_assert_true(out.table);
        g_assert_false(out.second);
        fake_env_heal(f);
        fake_put64(f, desc_pa[i], (0x11000 + i * 0x1000ull) | 3);
    }
    fake_env_free(f);
}

/* -- updates that meet others -- */

static void set_leaf(FakeEnv *f, uint64_t leaf)
{
    int i;

    for (i = 0; i < 3; i++) {
        fake_put64(f, desc_pa[i], desc_pa[i + 1] / 0x1000 * 0x1000 | 3);
    }
    fake_put64(f, desc_pa[3], leaf);
}

static void test_update_that_fails(void)
{
    FakeEnv *f = fake_env_new();
    SvaVmsaTables t = tables(HA);
    SvaPtQuery q = { .va = VA, .want = R };
    SvaVmsaResult out;

    set_leaf(f, 0x70005843);
    fake_env_read_only(f, 0x13000, 0x1000);
    sva_vmsa_walk(&f->env, &t, NULL, &q, &out);
    g_assert_cmpint(out.status, ==, SVA_VMSA_ABORT);
    g_assert_cmphex(out.fetch, ==, 0x13008);
    g_assert_true(out.table);
    fake_env_free(f);
}

typedef struct Race {
    uint64_t leaf;
    unsigned times;
} Race;

static void change_leaf(FakeEnv *f, FakeAccess kind, uint64_t pa,
                        void *opaque)
{
    Race *race = opaque;

    if (kind == FAKE_CMPXCHG && race->times) {
        race->times--;
        fake_put64(f, pa, race->leaf ^ (uint64_t)race->times << 55);
    }
}

static void test_leaf_that_never_rests_ends_the_walk(void)
{
    Race race = { .leaf = 0x70005843, .times = 1000 };
    FakeEnv *f = fake_env_new();
    SvaVmsaTables t = tables(HA);
    SvaPtQuery q = { .va = VA, .want = R };
    SvaVmsaResult out;

    set_leaf(f, 0x70005843);
    fake_env_set_hook(f, change_leaf, &race);
    sva_vmsa_walk(&f->env, &t, NULL, &q, &out);
    g_assert_cmpint(out.status, ==, SVA_VMSA_ABORT);
    g_assert_cmphex(out.fetch, ==, desc_pa[3]);
    g_assert_cmpuint(f->accesses, <=, 200);
    fake_env_free(f);
}

static void test_status_names(void)
{
    g_assert_cmpstr(sva_vmsa_status_name(SVA_VMSA_ABORT), ==, "ABORT");
    g_assert_cmpstr(sva_vmsa_status_name(SVA_VMSA_STATUSES), ==, "UNKNOWN");
}

int main(int argc, char **argv)
{
    size_t i;

    g_test_init(&argc, &argv, NULL);
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/pt-vmsa64/%s",
                                                cases[i].claim);

        g_test_add_data_func(path, &cases[i], test_case);
    }
    g_test_add_func("/pt-vmsa64/partial", test_partial);
    g_test_add_func("/pt-vmsa64/faults-by-level", test_faults_by_level);
    g_test_add_func("/pt-vmsa64/update-that-fails", test_update_that_fails);
    g_test_add_func("/pt-vmsa64/leaf-that-never-rests-ends-the-walk",
                    test_leaf_that_never_rests_ends_the_walk);
    g_test_add_func("/pt-vmsa64/status-names", test_status_names);
    return g_test_run();
}

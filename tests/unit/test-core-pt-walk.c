/*
 * Tests of the walk loop of VT-d: coherency, tables that change, partial grants
 *
 * The tables are first-stage tables; see test-core-pt-x86.c for the words.
 * What all formats have in common is in test-core-pt-formats.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "fake-env.h"
#include "hw/sva/core/pt-vtdss.h"
#include "hw/sva/core/pt-x86.h"

#define VA 0x7f0000401abcull

#define R  SVA_READ
#define W  SVA_WRITE
#define S  SVA_PRIV

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

static FakeEnv *mapped(uint64_t pte)
{
    FakeEnv *f = fake_env_new();

    fake_put64(f, 0x107f0, 0x11007);
    fake_put64(f, 0x11000, 0x12007);
    fake_put64(f, 0x12010, 0x13007);
    fake_put64(f, 0x13008, pte);
    return f;
}

static void test_update_is_a_fault_when_not_coherent(void)
{
    FakeEnv *f = mapped(0x70005007);
    SvaPtConfig cfg = config(SVA_PT_AD | SVA_PT_NON_COHERENT);
    SvaPtResult out;

    sva_pt_walk(&f->env, &cfg, &(SvaPtQuery) { .va = VA, .want = R }, &out);
    g_assert_cmpint(out.status, ==, SVA_PT_NOT_COHERENT);
    g_assert_cmpint(out.level, ==, 4);
    g_assert_cmphex(fake_get64(f, 0x107f0), ==, 0x11007);

    fake_put64(f, 0x107f0, 0x11027);
    fake_put64(f, 0x11000, 0x12027);
    fake_put64(f, 0x12010, 0x13027);
    fake_put64(f, 0x13008, 0x70005027);
    sva_pt_walk(&f->env, &cfg, &(SvaPtQuery) { .va = VA, .want = R }, &out);
    g_assert_cmpint(out.status, ==, SVA_PT_OK);
    g_assert_cmphex(out.map.access, ==, R);
    sva_pt_walk(&f->env, &cfg, &(SvaPtQuery) { .va = VA, .want = W }, &out);
    g_assert_cmpint(out.status, ==, SVA_PT_NOT_COHERENT);
    g_assert_cmpint(out.level, ==, 1);
    g_assert_cmpuint(f->writes, ==, 0);
    fake_env_free(f);
}

/* -- entries that change under the walk -- */

typedef struct Change {
    uint64_t pa;
    uint64_t values[2];         /* what a processor stores, in turn */
    unsigned times;
    unsigned done;
} Change;

static void change_before_exchange(FakeEnv *f, FakeAccess kind, uint64_t pa,
                                   void *opaque)
{
    Change *c = opaque;

    if (kind == FAKE_CMPXCHG && pa == c->pa && c->done < c->times) {
        fake_put64(f, pa, c->values[c->done++ % 2]);
    }
}

static void test_table_replaced_under_the_walk_is_used(void)
{
    FakeEnv *f = mapped(0x70005007);
    SvaPtConfig cfg = config(SVA_PT_AD);
    Change c = { .pa = 0x12010, .values = { 0x14007 }, .times = 1 };
    SvaPtResult out;

    fake_put64(f, 0x14008, 0x7000a007);
    fake_env_set_hook(f, change_before_exchange, &c);
    sva_pt_walk(&f->env, &cfg, &(SvaPtQuery) { .va = VA, .want = R }, &out);
    g_assert_cmpint(out.status, ==, SVA_PT_OK);
    g_assert_cmphex(out.map.addr, ==, 0x7000aabc);
    g_assert_cmphex(fake_get64(f, 0x13008), ==, 0x70005007);
    fake_env_free(f);
}

/* -- partial grants, for translation requests -- */

typedef struct Partial {
    const char *claim;
    uint64_t pte;
    uint32_t flags;
    uint8_t want;
    SvaPtStatus status;
    uint8_t access;
    uint64_t after;
} Partial;

static const Partial partials[] = {
    { "write-not-wanted-is-granted-on-dirty-page", 0x70005047, 0, R,
      SVA_PT_OK, R | W, 0x70005067 },
    { "user-gets-nothing-of-supervisor-page", 0x70005003, 0, R | W,
      SVA_PT_USER, 0, 0x70005003 },
    { "supervisor-write-follows-wpe", 0x70005001, SVA_PT_WPE, R | W | S,
      SVA_PT_OK, R, 0x70005021 },
    { "nothing-wanted-sets-accessed-only", 0x70005007, 0, 0,
      SVA_PT_OK, R, 0x70005027 },
};

static void test_partial(const void *data)
{
    const Partial *p = data;
    FakeEnv *f = mapped(p->pte);
    SvaPtConfig cfg = config(SVA_PT_AD | p->flags);
    SvaPtResult out;

    sva_pt_walk(&f->env, &cfg,
                &(SvaPtQuery) { .va = VA, .want = p->want, .partial = true },
                &out);
    g_assert_cmpstr(sva_pt_status_name(out.status), ==,
                    sva_pt_status_name(p->status));
    g_assert_cmphex(out.map.access, ==, p->access);
    g_assert_cmphex(fake_get64(f, 0x13008), ==, p->after);
    fake_env_free(f);
}

/* Write-only, clean, and only a read is wanted: nothing can be granted. */
static void test_clean_write_only_page_gives_a_reader_nothing(void)
{
    FakeEnv *f = fake_env_new();
    SvaPtConfig cfg = {
        .fmt = &sva_pt_vtdss, .root = 0x10000, .levels = 3,
        .addr_bits = 39, .input_bits = 39, .flags = SVA_PT_AD,
    };
    SvaPtResult out;

    fake_put64(f, 0x10000, 0x11003);
    fake_put64(f, 0x11000, 0x12003);
    fake_put64(f, 0x12008, 0x70005002);
    sva_pt_walk(&f->env, &cfg,
                &(SvaPtQuery) { .va = 0x1000, .want = R, .partial = true },
                &out);
    g_assert_cmpint(out.status, ==, SVA_PT_NO_READ);
    g_assert_cmphex(out.map.access, ==, 0);
    g_assert_cmphex(fake_get64(f, 0x12008), ==, 0x70005002);
    sva_pt_walk(&f->env, &cfg,
                &(SvaPtQuery) { .va = 0x1000, .want = R | W, .partial = true },
                &out);
    g_assert_cmpint(out.status, ==, SVA_PT_OK);
    g_assert_cmphex(out.map.access, ==, W);
    g_assert_cmphex(fake_get64(f, 0x12008), ==, 0x70005302);
    fake_env_free(f);
}

static void test_user_is_reported_before_other_rights(void)
{
    FakeEnv *f = mapped(0x8000000070005001);
    SvaPtConfig cfg = config(SVA_PT_AD | SVA_PT_WPE);
    SvaPtResult out;

    sva_pt_walk(&f->env, &cfg,
                &(SvaPtQuery) { .va = VA, .want = R | W },
                &out);
    g_assert_cmpint(out.status, ==, SVA_PT_USER);
    sva_pt_walk(&f->env, &cfg,
                &(SvaPtQuery) { .va = VA, .want = R | W | S },
                &out);
    g_assert_cmpint(out.status, ==, SVA_PT_NO_WRITE);
    fake_env_free(f);
}

static void test_tables_may_point_at_themselves(void)
{
    FakeEnv *f = fake_env_new();
    SvaPtConfig cfg = config(SVA_PT_AD);
    SvaPtResult out;

    /* Entry 0x1ff of a table that is every level at once. */
    fake_put64(f, 0x10ff8, 0x10007);
    sva_pt_walk(&f->env, &cfg,
                &(SvaPtQuery) { .va = 0xfffffffffffff123, .want = W },
                &out);
    g_assert_cmpint(out.status, ==, SVA_PT_OK);
    g_assert_cmphex(out.map.addr, ==, 0x10123);
    g_assert_cmphex(fake_get64(f, 0x10ff8), ==, 0x10067);
    g_assert_cmpuint(f->accesses, <=, 4 + 2);
    fake_env_free(f);
}

static void test_every_status_has_a_name(void)
{
    unsigned i;

    for (i = 0; i < SVA_PT_STATUSES; i++) {
        g_assert_cmpstr(sva_pt_status_name(i), !=, "UNKNOWN");
    }
    g_assert_cmpstr(sva_pt_status_name(SVA_PT_STATUSES), ==, "UNKNOWN");
}

int main(int argc, char **argv)
{
    size_t i;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pt-walk/update-is-a-fault-when-not-coherent",
                    test_update_is_a_fault_when_not_coherent);
    g_test_add_func("/pt-walk/table-replaced-under-the-walk-is-used",
                    test_table_replaced_under_the_walk_is_used);
    for (i = 0; i < ARRAY_SIZE(partials); i++) {
        g_autofree char *path = g_strdup_printf("/pt-walk/%s",
                                                partials[i].claim);

        g_test_add_data_func(path, &partials[i], test_partial);
    }
    g_test_add_func("/pt-walk/clean-write-only-page-gives-a-reader-nothing",
                    test_clean_write_only_page_gives_a_reader_nothing);
    g_test_add_func("/pt-walk/user-is-reported-before-other-rights",
                    test_user_is_reported_before_other_rights);
    g_test_add_func("/pt-walk/tables-may-point-at-themselves",
                    test_tables_may_point_at_themselves);
    g_test_add_func("/pt-walk/every-status-has-a-name",
                    test_every_status_has_a_name);
    return g_test_run();
}

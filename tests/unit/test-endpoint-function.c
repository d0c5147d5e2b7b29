/*
 * Tests of the function as a whole: enables, resets, the busy bracket
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "endpoint-fixture.h"

#define RW (SVA_READ | SVA_WRITE)
#define VA 0x10000ull

static void warm(EndpointFixture *f)
{
    endpoint_map(f, 0, VA, 8, RW);
    endpoint_start(f, 0, SVA_ACCESS_ATS, VA, true);
    g_assert_cmpint(endpoint_step(f, 0), ==, SVA_ACCESS_DONE);
    g_assert_nonnull(sva_atc_lookup(f->fn.atc, sva_pasid(1), VA));
}

static void test_changes_of_enables_flush_the_atc(void)
{
    static void (*const set[])(SvaFunction *, bool) = {
        sva_function_set_pasid, sva_function_set_ats,
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(set); i++) {
        EndpointFixture *f = endpoint_fixture_new();

        warm(f);
        set[i](&f->fn, true);           /* no change */
        g_assert_nonnull(sva_atc_lookup(f->fn.atc, sva_pasid(1), VA));
        set[i](&f->fn, false);
        g_assert_null(sva_atc_lookup(f->fn.atc, sva_pasid(1), VA));
        endpoint_fixture_free(f);
    }
}

static unsigned changes;

static void count_change(void *device G_GNUC_UNUSED)
{
    changes++;
}

static void no_reset(void *device G_GNUC_UNUSED)
{
}

static void test_a_device_hears_of_changed_enables(void)
{
    static const SvaFunctionOps ops = {
        .reset = no_reset, .changed = count_change,
    };
    static void (*const set[])(SvaFunction *, bool) = {
        sva_function_set_bus_master, sva_function_set_pasid,
        sva_function_set_ats,
    };
    EndpointFixture *f = endpoint_fixture_ops(&ops);

    changes = 0;
    for (unsigned i = 0; i < G_N_ELEMENTS(set); i++) {
        set[i](&f->fn, true);           /* no change */
        g_assert_cmpuint(changes, ==, i);
        set[i](&f->fn, false);
        g_assert_cmpuint(changes, ==, i + 1);
    }
    sva_function_set_pri(&f->fn, &(SvaPriControl) { .enable = true });
    g_assert_cmpuint(changes, ==, 3);
    sva_function_set_pri(&f->fn, &(SvaPriControl) { .enable = false });
    g_assert_cmpuint(changes, ==, 4);
    sva_function_reset(&f->fn);
    g_assert_cmpuint(changes, ==, 4);
    endpoint_fixture_free(f);
}

static void test_a_reset_disables_and_forgets_everything(void)
{
    EndpointFixture *f = endpoint_fixture_new();
    unsigned resets = f->resets;

    warm(f);
    endpoint_start(f, 1, SVA_ACCESS_ATS_PRI, VA, true);
    endpoint_assert_waits(f, 1, SVA_ACCESS_WAIT_RESPONSE);
    g_free(fake_port_take_log(f->p));
    sva_function_reset(&f->fn);
    endpoint_assert_log(f, "");
    g_assert_cmpuint(f->resets, ==, resets + 1);
    g_assert_cmphex(endpoint_wakes(f, 1), ==, 0);
    g_assert_false(f->fn.bus_master);
    g_assert_false(f->fn.pasid_enable);
    g_assert_false(f->fn.ats_enable);
    g_assert_false(f->fn.pri_enable);
    g_assert_cmphex(sva_function_pri_status(&f->fn), ==, SVA_PRI_STOPPED);
    g_assert_null(sva_atc_lookup(f->fn.atc, sva_pasid(1), VA));
    g_assert_cmpint(f->work[1].access.stage, ==, SVA_ACCESS_IDLE);
    /* What comes for those who are gone is for nobody. */
    fake_port_respond(f->p, sva_pasid(2), 0, SVA_PRG_SUCCESS);
    g_assert_cmpuint(f->counter[SVA_FN_PRG_UNEXPECTED], ==, 1);
    g_assert_cmphex(sva_function_pri_status(&f->fn), ==, SVA_PRI_STOPPED);
    endpoint_fixture_free(f);
}

static void reset_at_tlp(FakePort *p, const char *tlp, void *opaque)
{
    EndpointFixture *f = opaque;

    (void)tlp;
    p->hook = NULL;
    sva_function_reset(&f->fn);
}

static void test_a_reset_in_the_middle_is_put_off_to_the_end(void)
{
    EndpointFixture *f = endpoint_fixture_new();
    unsigned resets = f->resets;
    SvaMemRequest req = endpoint_request(f, 0, SVA_ACCESS_ATS_PRI, VA, true);

    endpoint_start(f, 1, SVA_ACCESS_ATS_PRI, VA, true);
    endpoint_assert_waits(f, 1, SVA_ACCESS_WAIT_RESPONSE);
    g_free(fake_port_take_log(f->p));
    f->work[0].pages = 4;
    req.end = VA + 4 * SVA_PAGE_SIZE;
    sva_mem_access_start(&f->work[0].access, &req);
    sva_function_begin(&f->fn);
    while (f->fn.prg.outstanding < 2) {
        g_assert_cmpint(sva_mem_access_step(&f->work[0].access), ==,
                        SVA_ACCESS_AGAIN);
    }
    f->p->hook = reset_at_tlp;
    f->p->hook_opaque = f;
    g_assert_cmpint(sva_mem_access_step(&f->work[0].access), ==,
                    SVA_ACCESS_AGAIN);
    /* One request of the group went out, and it will never be complete. */
    endpoint_assert_log(f, "at 1:10000 rw; pr 1:10000 w 1");
    g_assert_true(f->fn.reset_pending);
    g_assert_cmpuint(f->resets, ==, resets);
    g_assert_cmpint(sva_mem_access_step(&f->work[0].access), ==,
                    SVA_ACCESS_FAILED);
    sva_function_end(&f->fn);
    g_assert_false(f->fn.reset_pending);
    g_assert_cmpuint(f->resets, ==, resets + 1);
    g_assert_cmphex(sva_function_pri_status(&f->fn), ==, SVA_PRI_STOPPED);
    endpoint_assert_log(f, "");
    endpoint_fixture_free(f);
}

static void test_a_memory_request_may_reset_its_function(void)
{
    EndpointFixture *f = endpoint_fixture_new();

    endpoint_map(f, 0, VA, 8, RW);
    endpoint_start(f, 0, SVA_ACCESS_UNTRANSLATED, VA, true);
    f->p->hook = reset_at_tlp;
    f->p->hook_opaque = f;
    g_assert_cmpint(endpoint_step(f, 0), ==, SVA_ACCESS_DONE);
    g_assert_false(f->fn.bus_master);
    endpoint_assert_log(f, "uw 1:10000+8");
    endpoint_fixture_free(f);
}

static void test_without_bus_master_a_begun_group_is_over(void)
{
    EndpointFixture *f = endpoint_fixture_bad();

    f->bad.breakpoints = SVA_ACCESS_IN_GROUP;
    endpoint_start(f, 0, SVA_ACCESS_ATS_PRI, VA, true);
    endpoint_assert_waits(f, 0, SVA_ACCESS_WAIT_BREAKPOINT);
    sva_function_set_bus_master(&f->fn, false);
    g_assert_cmpuint(f->fn.prg.outstanding, ==, 0);
    g_assert_cmphex(endpoint_wakes(f, 0), ==, 1u << SVA_ACCESS_WAIT_RESPONSE);
    endpoint_assert_fails(f, 0, SVA_ACCESS_PRI_FAILURE);
    endpoint_fixture_free(f);
}

static void test_a_reset_of_the_device_leaves_groups_to_be_answered(void)
{
    EndpointFixture *f = endpoint_fixture_bad();
    SvaMemRequest req = endpoint_request(f, 0, SVA_ACCESS_ATS_PRI, VA, true);

    f->bad.withhold = true;
    f->work[0].pages = 2;
    req.end = VA + 2 * SVA_PAGE_SIZE;
    sva_mem_access_start(&f->work[0].access, &req);
    endpoint_assert_waits(f, 0, SVA_ACCESS_WAIT_RESPONSE);
    f->bad.withhold = false;
    f->bad.breakpoints = SVA_ACCESS_IN_GROUP;
    endpoint_start(f, 1, SVA_ACCESS_ATS_PRI, VA, true);
    endpoint_assert_waits(f, 1, SVA_ACCESS_WAIT_BREAKPOINT);
    g_free(fake_port_take_log(f->p));
    sva_function_quiesce(&f->fn);
    sva_function_clear(&f->fn);
    endpoint_assert_log(f, "pr 1:10000 w 0; pr 1:11000 w 0 L; "
                        "pr 2:10000 w 1 L");
    /* The function keeps its enables and its credits in use. */
    g_assert_true(f->fn.pri_enable);
    g_assert_cmpuint(sva_prg_credits(&f->fn.prg), ==, 5);
    fake_port_respond(f->p, sva_pasid(1), 0, SVA_PRG_SUCCESS);
    fake_port_respond(f->p, sva_pasid(2), 1, SVA_PRG_SUCCESS);
    g_assert_cmpuint(sva_prg_credits(&f->fn.prg), ==, 8);
    g_assert_cmphex(endpoint_wakes(f, 0) | endpoint_wakes(f, 1), ==, 0);
    g_assert_cmphex(sva_function_pri_status(&f->fn), ==, 0);
    endpoint_fixture_free(f);
}

#define ADD(name) g_test_add_func("/endpoint/function/" #name, test_##name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(changes_of_enables_flush_the_atc);
    ADD(a_device_hears_of_changed_enables);
    ADD(a_reset_disables_and_forgets_everything);
    ADD(a_reset_in_the_middle_is_put_off_to_the_end);
    ADD(a_memory_request_may_reset_its_function);
    ADD(without_bus_master_a_begun_group_is_over);
    ADD(a_reset_of_the_device_leaves_groups_to_be_answered);
    return g_test_run();
}

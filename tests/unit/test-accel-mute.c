/*
 * Tests of an accelerator that may not send any more, with a group of page
 * requests begun
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "accel-fixture.h"

#define RW (SVA_READ | SVA_WRITE)

/* Three of four page requests are sent, the last one is held. */
static AccelFixture *accel_in_group(void)
{
    AccelFixture *f = accel_fixture_new();

    accel_enable(f, 0, SVA_MODE_ATS_PRI);
    accel_write(f, 0, SVA_CTX_PRG_PAGES, 4);
    accel_write(f, 0, SVA_CTX_BREAK_MASK, SVA_BREAK_IN_PRG);
    accel_submit(f, 0, (struct sva_desc) {
        .opcode = SVA_OP_FILL, .flags = SVA_DF_BLOCK_ON_FAULT,
        .dst = 0x10000, .size = 0x4000,
    });
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_BREAK_AT), ==, SVA_BREAK_IN_PRG);
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_PAGE_REQS), ==, 3);
    accel_forget_log(f);
    return f;
}

static void accel_assert_nothing_is_due(AccelFixture *f)
{
    sva_function_set_pri(f->fn, &(SvaPriControl) { .enable = false });
    g_assert_cmphex(sva_function_pri_status(f->fn) & SVA_PRI_STOPPED, ==,
                    SVA_PRI_STOPPED);
}

static void test_bus_master_off_ends_a_group_without_its_last_request(void)
{
    AccelFixture *f = accel_in_group();

    sva_function_set_bus_master(f->fn, false);
    accel_write(f, 0, SVA_CTX_RELEASE, 1);
    accel_run(f);
    accel_assert_log(f, "");
    g_assert_cmpuint(accel_read(f, 0, SVA_CTX_RUNNING), ==, 0);
    accel_assert_nothing_is_due(f);
    accel_fixture_free(f);
}

static void test_pasid_off_ends_a_group_without_its_last_request(void)
{
    AccelFixture *f = accel_in_group();

    sva_function_set_pasid(f->fn, false);
    accel_write(f, 0, SVA_CTX_RELEASE, 1);
    accel_run(f);
    accel_assert_log(f, "");
    accel_assert_nothing_is_due(f);
    accel_fixture_free(f);
}

static void test_an_abort_without_bus_master_sends_nothing(void)
{
    AccelFixture *f = accel_in_group();

    sva_function_set_bus_master(f->fn, false);
    accel_write(f, 0, SVA_CTX_CMD, SVA_CMD_ABORT);
    accel_run(f);
    accel_assert_log(f, "");
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_CMD_STATUS), ==, SVA_CMD_ABORT);
    g_assert_cmpuint(accel_read(f, 0, SVA_CTX_STATE), ==, SVA_CTX_DISABLED);
    accel_fixture_free(f);
}

static void test_a_soft_reset_without_bus_master_sends_nothing(void)
{
    AccelFixture *f = accel_in_group();

    sva_function_set_bus_master(f->fn, false);
    sva_accel_write(f->a, SVA_REG_CTRL, SVA_CTRL_RESET, 4);
    accel_assert_log(f, "");
    accel_assert_nothing_is_due(f);
    accel_fixture_free(f);
}

static void reset_at_request(FakePort *p, const char *tlp, void *opaque)
{
    AccelFixture *f = opaque;

    (void)p;
    if (g_str_has_prefix(tlp, "pr ")) {
        sva_accel_reset(f->a);
    }
}

static void test_a_reset_within_a_group_is_the_end_of_it(void)
{
    AccelFixture *f = accel_fixture_new();

    accel_enable(f, 0, SVA_MODE_ATS_PRI);
    accel_write(f, 0, SVA_CTX_PRG_PAGES, 4);
    accel_put(f, 0, (struct sva_desc) {
        .opcode = SVA_OP_FILL, .flags = SVA_DF_BLOCK_ON_FAULT,
        .dst = 0x10000, .size = 0x4000,
    });
    accel_ring(f, 0);
    f->p->hook = reset_at_request;
    f->p->hook_opaque = f;
    accel_run(f);
    accel_assert_log(f, "at 1:100000 r; tr 201000100000+40; at 1:10000 rw; "
                     "pr 1:10000 w 0");
    accel_assert_nothing_is_due(f);
    accel_fixture_free(f);
}

static void test_a_complete_group_is_still_answered(void)
{
    AccelFixture *f = accel_in_group();

    accel_write(f, 0, SVA_CTX_RELEASE, 1);
    accel_run(f);
    sva_function_set_bus_master(f->fn, false);
    g_assert_cmpuint(accel_read(f, 0, SVA_CTX_RUNNING), ==, 1);
    sva_function_set_bus_master(f->fn, true);
    accel_map(f, 0, 0x10000, 0x4000, RW);
    accel_write(f, 0, SVA_CTX_BREAK_MASK, 0);
    fake_port_respond(f->p, sva_pasid(1), 0, SVA_PRG_SUCCESS);
    accel_run(f);
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_BYTES_WRITTEN), ==, 0x4000);
    accel_fixture_free(f);
}

#define ADD(name) g_test_add_func("/accel/mute/" #name, test_##name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(bus_master_off_ends_a_group_without_its_last_request);
    ADD(pasid_off_ends_a_group_without_its_last_request);
    ADD(an_abort_without_bus_master_sends_nothing);
    ADD(a_soft_reset_without_bus_master_sends_nothing);
    ADD(a_reset_within_a_group_is_the_end_of_it);
    ADD(a_complete_group_is_still_answered);
    return g_test_run();
}

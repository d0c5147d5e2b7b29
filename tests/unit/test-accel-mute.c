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
static Bench *bench_in_group(void)
{
    Bench *b = bench_new();

    bench_enable(b, 0, SVA_MODE_ATS_PRI);
    bench_write(b, 0, SVA_CTX_PRG_PAGES, 4);
    bench_write(b, 0, SVA_CTX_HOLD_MASK, SVA_HOLD_IN_PRG);
    bench_submit(b, 0, (struct sva_desc) {
        .opcode = SVA_OP_FILL, .flags = SVA_DF_BLOCK_ON_FAULT,
        .dst = 0x10000, .size = 0x4000,
    });
    g_assert_cmphex(bench_read(b, 0, SVA_CTX_HELD), ==, SVA_HOLD_IN_PRG);
    g_assert_cmpuint(bench_count(b, 0, SVA_CNT_PAGE_REQS), ==, 3);
    bench_forget_log(b);
    return b;
}

static void bench_assert_nothing_is_due(Bench *b)
{
    sva_accel_set_pri(b->a, &(SvaPriControl) { .enable = false });
    g_assert_cmphex(sva_accel_pri_status(b->a) & SVA_PRI_STOPPED, ==,
                    SVA_PRI_STOPPED);
}

static void test_bus_master_off_ends_a_group_without_its_last_request(void)
{
    Bench *b = bench_in_group();

    sva_accel_set_bus_master(b->a, false);
    bench_write(b, 0, SVA_CTX_RELEASE, 1);
    bench_run(b);
    bench_assert_log(b, "");
    g_assert_cmpuint(bench_read(b, 0, SVA_CTX_RUNNING), ==, 0);
    bench_assert_nothing_is_due(b);
    bench_free(b);
}

static void test_pasid_off_ends_a_group_without_its_last_request(void)
{
    Bench *b = bench_in_group();

    sva_accel_set_pasid(b->a, false);
    bench_write(b, 0, SVA_CTX_RELEASE, 1);
    bench_run(b);
    bench_assert_log(b, "");
    bench_assert_nothing_is_due(b);
    bench_free(b);
}

static void test_an_abort_without_bus_master_sends_nothing(void)
{
    Bench *b = bench_in_group();

    sva_accel_set_bus_master(b->a, false);
    bench_write(b, 0, SVA_CTX_CMD, SVA_CMD_ABORT);
    bench_run(b);
    bench_assert_log(b, "");
    g_assert_cmphex(bench_read(b, 0, SVA_CTX_CMD_STATUS), ==, SVA_CMD_ABORT);
    g_assert_cmpuint(bench_read(b, 0, SVA_CTX_STATE), ==, SVA_CTX_DISABLED);
    bench_free(b);
}

static void test_a_soft_reset_without_bus_master_sends_nothing(void)
{
    Bench *b = bench_in_group();

    sva_accel_set_bus_master(b->a, false);
    sva_accel_write(b->a, SVA_REG_CTRL, SVA_CTRL_RESET, 4);
    bench_assert_log(b, "");
    bench_assert_nothing_is_due(b);
    bench_free(b);
}

static void reset_at_request(FakePort *p, const char *tlp, void *opaque)
{
    Bench *b = opaque;

    (void)p;
    if (g_str_has_prefix(tlp, "pr ")) {
        sva_accel_reset(b->a);
    }
}

static void test_a_reset_within_a_group_is_the_end_of_it(void)
{
    Bench *b = bench_new();

    bench_enable(b, 0, SVA_MODE_ATS_PRI);
    bench_write(b, 0, SVA_CTX_PRG_PAGES, 4);
    bench_put(b, 0, (struct sva_desc) {
        .opcode = SVA_OP_FILL, .flags = SVA_DF_BLOCK_ON_FAULT,
        .dst = 0x10000, .size = 0x4000,
    });
    bench_ring(b, 0);
    b->p->hook = reset_at_request;
    b->p->hook_opaque = b;
    bench_run(b);
    bench_assert_log(b, "at 1:100000 r; tr 201000100000+40; at 1:10000 rw; "
                     "pr 1:10000 w 0");
    bench_assert_nothing_is_due(b);
    bench_free(b);
}

static void test_a_complete_group_is_still_answered(void)
{
    Bench *b = bench_in_group();

    bench_write(b, 0, SVA_CTX_RELEASE, 1);
    bench_run(b);
    sva_accel_set_bus_master(b->a, false);
    g_assert_cmpuint(bench_read(b, 0, SVA_CTX_RUNNING), ==, 1);
    sva_accel_set_bus_master(b->a, true);
    bench_map(b, 0, 0x10000, 0x4000, RW);
    bench_write(b, 0, SVA_CTX_HOLD_MASK, 0);
    fake_port_respond(b->p, sva_pasid(1), 0, SVA_PRG_SUCCESS);
    bench_run(b);
    g_assert_cmpuint(bench_count(b, 0, SVA_CNT_BYTES_WRITTEN), ==, 0x4000);
    bench_free(b);
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

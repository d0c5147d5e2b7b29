/*
 * Tests of probes that a function may not send
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "accel-fixture.h"

#define RW (SVA_READ | SVA_WRITE)

static void probe(AccelFixture *f, uint32_t pasid, uint64_t addr, uint32_t ctrl)
{
    accel_write(f, 3, SVA_CTX_PROBE_PASID, pasid);
    accel_write(f, 3, SVA_CTX_PROBE_ADDR, addr);
    accel_write(f, 3, SVA_CTX_PROBE_CTRL, ctrl);
}

static uint32_t status(AccelFixture *f)
{
    return accel_read(f, 3, SVA_CTX_PROBE_STATUS);
}

/* PASID, ATS and PRI off. */
static AccelFixture *fixture(void)
{
    AccelFixture *f = accel_fixture_new();

    sva_function_set_pasid(f->fn, false);
    sva_function_set_ats(f->fn, false);
    accel_fixture_set_pri(f, false, 0);
    return f;
}

static void test_what_exists_is_announced(void)
{
    AccelFixture *f = fixture();

    g_assert_cmphex(sva_accel_read(f->a, 0x028, 4), ==, 0x800000fe);
    accel_fixture_free(f);
}

static void test_forced_probes_need_no_capability(void)
{
    AccelFixture *f = fixture();

    fake_port_map(f->p, sva_pasid(5), 0x10000, 0x1000, RW);
    probe(f, 0x100005, 0x10008, 0x101);
    g_assert_cmphex(status(f), ==, 0x80000000);
    probe(f, 0x100006, 0x10008, 0x102);
    g_assert_cmphex(status(f), ==, 0x80000001);
    probe(f, 0x100005, 0x10008, 0x103);
    g_assert_cmphex(status(f), ==, 0x80000300);
    probe(f, 0x100005, 0x10008, 0x104);
    g_assert_cmphex(status(f), ==, 0);
    accel_assert_log(f, "ur 5:10008+8; uw 6:10008+8; at 5:10000 rw; "
                     "pr 5:10000 rw 0 L");
    fake_port_respond(f->p, sva_pasid(5), 0, SVA_PRG_INVALID);
    g_assert_cmphex(status(f), ==, 0x80000011);
    g_assert_cmpuint(sva_accel_counter(f->a, SVA_CNT_PRG_EXCESS), ==, 1);
    g_assert_cmpuint(sva_accel_counter(f->a, SVA_CNT_PROBES), ==, 4);
    /* The next one without FORCE is held back again. */
    probe(f, 0x100005, 0x10008, 0x4);
    g_assert_cmphex(status(f), ==, 0x800000ff);
    accel_fixture_free(f);
}

static void test_force_does_not_unlock_everything(void)
{
    static const uint32_t unknown[] = { 0x100, 0x108, 0x10f, 5, 6, 7 };
    AccelFixture *f = fixture();

    for (unsigned i = 0; i < G_N_ELEMENTS(unknown); i++) {
        probe(f, 0x100005, 0x10008, unknown[i]);
        g_assert_cmphex(status(f), ==, 0x800000ff);
    }
    accel_fixture_set_pri(f, true, 8);
    fake_port_respond(f->p, sva_pasid(5), 0, SVA_PRG_FAILURE);
    probe(f, 0x100005, 0x10008, 0x104);
    g_assert_cmphex(status(f), ==, 0x800000ff);
    sva_function_set_bus_master(f->fn, false);
    for (uint32_t kind = 1; kind < 8; kind++) {
        probe(f, 0x100005, 0x10008, 0x100 | kind);
        g_assert_cmphex(status(f), ==, 0x800000ff);
    }
    accel_assert_log(f, "");
    accel_fixture_free(f);
}

static void test_a_pasid_wider_than_the_device_can_be_forced(void)
{
    FakeEnv *f = fake_env_new();
    SvaAccelConfig config = {
        .contexts = 1, .pasid_bits = 8, .atc_entries = 4, .pri_capacity = 1,
    };
    SvaAccel *a = sva_accel_new(&f->env, &config);
    FakePort *p = fake_port_new(f, &sva_function_client_ops,
                                sva_accel_function(a));
    g_autofree char *log = NULL;

    sva_function_attach(sva_accel_function(a), &p->port);
    sva_function_set_bus_master(sva_accel_function(a), true);
    sva_function_set_pasid(sva_accel_function(a), true);
    sva_accel_write(a, 0x105c, 0x00100100, 4);
    sva_accel_write(a, 0x1058, 1, 4);
    g_assert_cmphex(sva_accel_read(a, 0x1070, 4), ==, 0x800000ff);
    sva_accel_write(a, 0x1058, 0x101, 4);
    g_assert_cmphex(sva_accel_read(a, 0x1070, 4), ==, 0x80000001);
    log = fake_port_take_log(p);
    g_assert_cmpstr(log, ==, "ur 256:0+8");
    sva_accel_free(a);
    fake_port_free(p);
    fake_env_free(f);
}

static void test_translated_requests_to_any_address(void)
{
    AccelFixture *f = fixture();

    fake_put64(f->env, 0x12340, 0x1122334455667788);
    probe(f, 0x100005, 0x12340, 0x105);
    g_assert_cmphex(status(f), ==, 0x80000000);
    g_assert_cmphex(accel_read64(f, 3, SVA_CTX_PROBE_DATA), ==,
                    0x1122334455667788);
    accel_write(f, 3, SVA_CTX_PROBE_DATA, 0x99);
    probe(f, 0x100005, 0x12348, 0x106);
    g_assert_cmphex(fake_get64(f->env, 0x12348), ==, 0x99);
    f->p->abort_translated = true;
    probe(f, 0x100005, 0x12348, 0x106);
    g_assert_cmphex(status(f), ==, 0x80000001);
    accel_assert_log(f, "tr 12340+8; tw 12348+8; tw 12348+8");
    g_assert_cmpuint(accel_count(f, 3, SVA_CNT_BYTES_READ), ==, 8);
    g_assert_cmpuint(accel_count(f, 3, SVA_CNT_BYTES_WRITTEN), ==, 8);
    g_assert_cmpuint(accel_count(f, 3, SVA_CNT_ABORTS), ==, 1);
    accel_fixture_free(f);
}

static void test_a_stop_marker_out_of_the_blue(void)
{
    AccelFixture *f = fixture();

    probe(f, 0x100005, 0x12340, 0x107);
    g_assert_cmphex(status(f), ==, 0x80000000);
    accel_assert_log(f, "pr 5:0 - 0 L");
    g_assert_cmpuint(sva_accel_counter(f->a, SVA_CNT_STOP_MARKERS), ==, 1);
    g_assert_cmpuint(sva_accel_counter(f->a, SVA_CNT_PAGE_REQS), ==, 0);
    accel_fixture_free(f);
}

#define ADD(name) g_test_add_func("/accel/probe/" #name, test_##name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(what_exists_is_announced);
    ADD(forced_probes_need_no_capability);
    ADD(force_does_not_unlock_everything);
    ADD(a_pasid_wider_than_the_device_can_be_forced);
    ADD(translated_requests_to_any_address);
    ADD(a_stop_marker_out_of_the_blue);
    return g_test_run();
}

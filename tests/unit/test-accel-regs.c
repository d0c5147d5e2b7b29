/*
 * Tests of the accelerator's registers
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "accel-fixture.h"

#define CPL SVA_DF_COMPLETION

static void test_global_registers_identify_the_device(void)
{
    AccelFixture *f = accel_fixture_new();

    g_assert_cmphex(sva_accel_read(f->a, 0x000, 4), ==, 0x43415653);
    g_assert_cmphex(sva_accel_read(f->a, 0x004, 4), ==, 0x00010002);
    g_assert_cmphex(sva_accel_read(f->a, 0x008, 4), ==, 0x00140004);
    g_assert_cmphex(sva_accel_read(f->a, 0x00c, 4), ==, 0x000001ff);
    g_assert_cmphex(sva_accel_read(f->a, 0x010, 4), ==, 0);
    g_assert_cmphex(sva_accel_read(f->a, 0x014, 4), ==, 0);
    g_assert_cmphex(sva_accel_read(f->a, 0x018, 4), ==, 3);
    g_assert_cmphex(sva_accel_read(f->a, 0x01c, 4), ==, 0xffffffff);
    g_assert_cmphex(sva_accel_read(f->a, 0x000, 8), ==, 0x0001000243415653);
    accel_fixture_free(f);
}

static void test_registers_reset_to_what_the_tables_say(void)
{
    AccelFixture *f = accel_fixture_new();

    for (unsigned reg = 0; reg < 0x100; reg += 4) {
        g_assert_cmphex(accel_read(f, 2, reg), ==, reg == 0x2c ? 1 : 0);
    }
    accel_fixture_free(f);
}

static void test_reserved_bits_read_as_zero(void)
{
    static const struct {
        unsigned reg;
        uint32_t mask;
    } regs[] = {
        { 0x00, 0x031fffff }, { 0x04, 0 }, { 0x08, 0xffffffc0 },
        { 0x0c, 0xffffffff }, { 0x10, 0xff }, { 0x14, 0x7ff }, { 0x18, 0 },
        { 0x1c, 0 }, { 0x28, 0xffffffff }, { 0x30, 0 }, { 0x34, 0 },
        { 0x38, 0 }, { 0x3c, 0 }, { 0x40, 0x3f }, { 0x44, 0 }, { 0x48, 0 },
        { 0x4c, 0x1ff }, { 0x50, 0xffffffff }, { 0x54, 0 },
        { 0x5c, 0x1fffff }, { 0x60, 0xffffffff }, { 0x64, 0xffffffff },
        { 0x68, 0xffffffff }, { 0x6c, 0xffffffff }, { 0x70, 0 },
        { 0x74, 0 }, { 0x78, 0 }, { 0x7c, 0 }, { 0x80, 0 }, { 0xfc, 0 },
    };
    AccelFixture *f = accel_fixture_new();

    for (unsigned i = 0; i < G_N_ELEMENTS(regs); i++) {
        sva_accel_write(f->a, 0x1200 + regs[i].reg, 0xffffffff, 4);
        g_assert_cmphex(sva_accel_read(f->a, 0x1200 + regs[i].reg, 4), ==,
                        regs[i].mask);
    }
    accel_fixture_free(f);
}

static void test_messages_follow_cause_and_mask(void)
{
    AccelFixture *f = accel_fixture_new();

    accel_enable(f, 0, SVA_MODE_UNTRANSLATED);
    sva_accel_doorbell_write(f->a, 0, 1000, 4);
    accel_write(f, 0, SVA_CTX_CMD, 9);
    g_assert_cmphex(sva_accel_read(f->a, 0x14, 4), ==, 3);
    accel_assert_log(f, "");
    sva_accel_write(f->a, 0x18, 2, 4);
    accel_assert_log(f, "irq 0");
    sva_accel_write(f->a, 0x18, 3, 4);
    accel_assert_log(f, "");
    sva_accel_write(f->a, 0x14, 1, 4);
    g_assert_cmphex(sva_accel_read(f->a, 0x14, 4), ==, 2);
    sva_accel_write(f->a, 0x18, 2, 4);
    accel_assert_log(f, "");
    accel_fixture_free(f);
}

static void test_wide_registers_are_two_halves(void)
{
    AccelFixture *f = accel_fixture_new();

    sva_accel_write(f->a, 0x1060, 0x1122334455667788, 8);
    g_assert_cmphex(sva_accel_read(f->a, 0x1060, 4), ==, 0x55667788);
    g_assert_cmphex(sva_accel_read(f->a, 0x1064, 4), ==, 0x11223344);
    sva_accel_write(f->a, 0x1064, 0xaabbccdd, 4);
    g_assert_cmphex(sva_accel_read(f->a, 0x1060, 8), ==, 0xaabbccdd55667788);
    accel_fixture_free(f);
}

static void test_prg_pages_out_of_range_are_ignored(void)
{
    AccelFixture *f = accel_fixture_new();

    accel_write(f, 0, SVA_CTX_PRG_PAGES, 32);
    accel_write(f, 0, SVA_CTX_PRG_PAGES, 1);
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_PRG_PAGES), ==, 1);
    accel_write(f, 0, SVA_CTX_PRG_PAGES, 32);
    accel_write(f, 0, SVA_CTX_PRG_PAGES, 33);
    accel_write(f, 0, SVA_CTX_PRG_PAGES, 0);
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_PRG_PAGES), ==, 32);
    g_assert_cmpuint(fake_env_log_count(f->env), ==, 2);
    accel_fixture_free(f);
}

static void test_odd_accesses_are_guest_errors(void)
{
    static const unsigned bad[][2] = {
        { 0, 1 }, { 0, 2 }, { 2, 4 }, { 4, 8 }, { 1, 4 }, { 0, 3 }, { 0, 0 },
    };
    AccelFixture *f = accel_fixture_new();

    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_assert_cmphex(sva_accel_read(f->a, bad[i][0], bad[i][1]), ==, 0);
        sva_accel_write(f->a, 0x18 + bad[i][0], 0, bad[i][1]);
        g_assert_cmphex(sva_accel_doorbell_read(f->a, bad[i][0],
                                                bad[i][1]), ==, 0);
        sva_accel_doorbell_write(f->a, bad[i][0], 1, bad[i][1]);
    }
    g_assert_cmphex(sva_accel_read(f->a, 0x18, 4), ==, 3);
    g_assert_cmpuint(fake_env_log_count(f->env), ==, 28);
    accel_fixture_free(f);
}

static void test_nothing_is_behind_the_last_context(void)
{
    static const uint64_t offsets[] = {
        0x40, 0x318, 0xffc, 0x1400, 0x7ffc, 0xfffffffffffffff8,
    };
    AccelFixture *f = accel_fixture_new();

    for (unsigned i = 0; i < G_N_ELEMENTS(offsets); i++) {
        sva_accel_write(f->a, offsets[i], ~0ull, 4);
        g_assert_cmphex(sva_accel_read(f->a, offsets[i], 8), ==, 0);
        sva_accel_doorbell_write(f->a, 0x4000 + offsets[i], 1, 4);
        g_assert_cmphex(sva_accel_doorbell_read(f->a, offsets[i], 8), ==, 0);
    }
    accel_fixture_free(f);
}

static void test_configuration_is_fixed_while_enabled(void)
{
    AccelFixture *f = accel_fixture_new();

    accel_enable(f, 0, SVA_MODE_ATS);
    sva_accel_write(f->a, 0x1000, 0, 4);
    sva_accel_write(f->a, 0x1008, 0, 8);
    sva_accel_write(f->a, 0x1010, 0, 4);
    g_assert_cmphex(sva_accel_read(f->a, 0x1000, 4), ==, 0x01100001);
    g_assert_cmphex(sva_accel_read(f->a, 0x1008, 8), ==, ACCEL_RING);
    g_assert_cmphex(sva_accel_read(f->a, 0x1010, 4), ==, 6);
    g_assert_cmpuint(fake_env_log_count(f->env), ==, 4);
    accel_fixture_free(f);
}

static void test_the_doorbell_page_shows_the_context(void)
{
    AccelFixture *f = accel_fixture_new();

    accel_enable(f, 2, SVA_MODE_UNTRANSLATED);
    accel_submit(f, 2, (struct sva_desc) { .flags = 0 });
    accel_put(f, 2, (struct sva_desc) { .opcode = SVA_OP_DELAY, .size = 9 });
    sva_accel_doorbell_write(f->a, 0x2000, 2, 8);
    /* Its upper half hit HEAD, which is read-only. */
    g_assert_cmpuint(fake_env_log_count(f->env), ==, 1);
    g_assert_cmpuint(accel_read(f, 2, SVA_CTX_RUNNING), ==, 1);
    accel_run(f);
    g_assert_cmphex(sva_accel_doorbell_read(f->a, 0x2000, 4), ==, 2);
    g_assert_cmphex(sva_accel_doorbell_read(f->a, 0x2004, 4), ==, 1);
    g_assert_cmphex(sva_accel_doorbell_read(f->a, 0x2008, 4), ==, 1);
    g_assert_cmphex(sva_accel_doorbell_read(f->a, 0x2000, 8), ==,
                    0x100000002);
    g_assert_cmphex(sva_accel_doorbell_read(f->a, 0x200c, 4), ==, 0);
    accel_fixture_free(f);
}

static void test_err_ctx_is_the_lowest_with_an_error(void)
{
    AccelFixture *f = accel_fixture_new();

    for (unsigned i = 1; i < 4; i += 2) {
        accel_enable(f, i, SVA_MODE_UNTRANSLATED);
        sva_accel_doorbell_write(f->a, i * 0x1000, 1000, 4);
    }
    g_assert_cmphex(sva_accel_read(f->a, 0x1c, 4), ==, 1);
    accel_write(f, 1, SVA_CTX_ERR_STATUS, SVA_ERRST_VALID);
    g_assert_cmphex(sva_accel_read(f->a, 0x1c, 4), ==, 3);
    accel_fixture_free(f);
}

static void test_counters_can_be_read_by_halves_and_names(void)
{
    AccelFixture *f = accel_fixture_new();

    accel_enable(f, 0, SVA_MODE_UNTRANSLATED);
    accel_submit(f, 0, (struct sva_desc) { .flags = CPL });
    g_assert_cmphex(sva_accel_read(f->a, 0x200, 8), ==, 1);
    g_assert_cmphex(sva_accel_read(f->a, 0x210, 4), ==, 64);
    g_assert_cmphex(sva_accel_read(f->a, 0x214, 4), ==, 0);
    g_assert_cmphex(sva_accel_read(f->a, 0x200 + 8 * 19, 8), ==, 1);
    g_assert_cmphex(accel_read64(f, 0, 0x80 + 8 * 3), ==, 32);
    g_assert_cmphex(accel_read64(f, 1, 0x80 + 8 * 3), ==, 0);
    g_assert_cmpstr(sva_accel_counter_name(19), ==, "doorbells");
    for (unsigned i = 0; i < SVA_CNT_MAX; i++) {
        g_assert_nonnull(sva_accel_counter_name(i));
    }
    accel_fixture_free(f);
}

#define ADD(name) g_test_add_func("/accel/regs/" #name, test_##name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(global_registers_identify_the_device);
    ADD(registers_reset_to_what_the_tables_say);
    ADD(reserved_bits_read_as_zero);
    ADD(messages_follow_cause_and_mask);
    ADD(wide_registers_are_two_halves);
    ADD(prg_pages_out_of_range_are_ignored);
    ADD(odd_accesses_are_guest_errors);
    ADD(nothing_is_behind_the_last_context);
    ADD(configuration_is_fixed_while_enabled);
    ADD(the_doorbell_page_shows_the_context);
    ADD(err_ctx_is_the_lowest_with_an_error);
    ADD(counters_can_be_read_by_halves_and_names);
    return g_test_run();
}

/*
 * Tests of the accelerator's atomic operations and of CRC32C
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "accel-fixture.h"
#include "hw/sva/endpoint/crc.h"

#define CPL SVA_DF_COMPLETION
#define BLOCK SVA_DF_BLOCK_ON_FAULT
#define RW (SVA_READ | SVA_WRITE)
#define DATA 0x10008ull

#define RECORD "uw 1:200008+18; uw 1:200000+8"

static const struct sva_desc add = {
    .opcode = 6, .flags = CPL | BLOCK, .src = 5, .dst = DATA, .size = 8,
};

static const struct sva_desc swap = {
    .opcode = 7, .flags = CPL, .src = 77, .dst = DATA, .size = 8,
    .stride = 0xfffffffffffffffe,
};

/* The word at DATA is -2. */
static AccelFixture *fixture(enum sva_mode mode, uint8_t access)
{
    AccelFixture *f = accel_fixture_new();

    accel_enable(f, 0, mode);
    accel_submit(f, 0, (struct sva_desc) { .flags = CPL });
    accel_forget_log(f);
    fake_put64(f->env, fake_port_pa(sva_pasid(1), DATA), -2);
    accel_map(f, 0, DATA, 8, access);
    return f;
}

static void assert_word(AccelFixture *f, uint64_t want)
{
    g_assert_cmphex(fake_get64(f->env, fake_port_pa(sva_pasid(1), DATA)), ==,
                    want);
}

static void test_fetch_add_wraps_and_tells_the_word_before(void)
{
    AccelFixture *f = fixture(SVA_MODE_UNTRANSLATED, RW);
    uint64_t read = accel_count(f, 0, SVA_CNT_BYTES_READ);

    accel_submit(f, 0, add);
    accel_assert_cpl(f, 0, 1, .status = 0x01, .bytes = 8,
                     .result = 0xfffffffffffffffe);
    assert_word(f, 3);
    accel_assert_log(f, "ur 1:100040+40; ux 1:10008+8; "
                     "uw 1:200028+18; uw 1:200020+8");
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_BYTES_READ) - read, ==, 72);
    accel_fixture_free(f);
}

static void test_compare_swap_stores_if_the_word_is_as_expected(void)
{
    AccelFixture *f = fixture(SVA_MODE_UNTRANSLATED, RW);

    accel_submit(f, 0, swap);
    accel_assert_cpl(f, 0, 1, .status = 0x01, .bytes = 8,
                     .result = 0xfffffffffffffffe);
    assert_word(f, 77);
    accel_submit(f, 0, swap);
    accel_assert_cpl(f, 0, 2, .status = 0x02, .bytes = 8, .result = 77);
    assert_word(f, 77);
    accel_fixture_free(f);
}

static void test_atomics_need_both_rights(void)
{
    static const enum sva_mode modes[] = {
        SVA_MODE_UNTRANSLATED, SVA_MODE_ATS,
    };
    static const uint8_t statuses[] = { 0x24, 0x20 };

    for (unsigned i = 0; i < 2; i++) {
        for (uint8_t access = SVA_READ; access <= SVA_WRITE; access++) {
            AccelFixture *f = fixture(modes[i], access);

            accel_submit(f, 0, add);
            accel_assert_cpl(f, 0, 1, .status = statuses[i],
                             .fault_write = 1, .fault_addr = 0x10008);
            assert_word(f, -2);
            accel_fixture_free(f);
        }
    }
}

static void test_atomics_ask_for_both_rights(void)
{
    AccelFixture *f = fixture(SVA_MODE_ATS_PRI, SVA_READ);

    f->p->prg_policy = FAKE_PRG_MAP;
    accel_submit(f, 0, add);
    accel_assert_log(f, "tr 201000100040+40; at 1:10000 rw; "
                     "pr 1:10000 rw 0 L; at 1:10000 rw; tx 201000010008+8; "
                     "tw 201000200028+18; tw 201000200020+8");
    assert_word(f, 3);
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_ATS_PARTIAL), ==, 1);
    /* Cached for reading only: not enough either. */
    accel_map(f, 0, 0x11000, 8, SVA_READ);
    accel_submit(f, 0, (struct sva_desc) {
        .opcode = SVA_OP_COPY, .src = 0x11000, .dst = DATA, .size = 8,
    });
    accel_forget_log(f);
    accel_submit(f, 0, (struct sva_desc) {
        .opcode = 7, .flags = BLOCK, .dst = 0x11000, .size = 8,
    });
    accel_assert_log(f, "tr 2010001000c0+40; at 1:11000 rw; "
                     "pr 1:11000 rw 1 L; at 1:11000 rw; tx 201000011000+8");
    accel_fixture_free(f);
}

static void test_an_atomic_that_is_aborted_changes_nothing(void)
{
    AccelFixture *f = fixture(SVA_MODE_ATS, RW);

    accel_write(f, 0, SVA_CTX_BREAK_MASK, SVA_BREAK_BEFORE_ACCESS);
    accel_submit(f, 0, add);
    f->p->abort_translated = true;
    accel_write(f, 0, SVA_CTX_RELEASE, 1);
    fake_env_advance(f->env, 0);
    assert_word(f, -2);
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_ABORTS), ==, 2);
    accel_fixture_free(f);
}

static void test_a_platform_without_atomics_aborts_them(void)
{
    AccelFixture *f = fixture(SVA_MODE_UNTRANSLATED, RW);
    SvaPortOps ops = *f->p->port.ops;

    ops.atomic = NULL;
    f->p->port.ops = &ops;
    accel_submit(f, 0, add);
    accel_assert_cpl(f, 0, 1, .status = 0x24, .fault_write = 1,
                     .fault_addr = 0x10008);
    accel_fixture_free(f);
}

static void race(FakeEnv *f, FakeAccess kind, uint64_t pa, void *opaque)
{
    unsigned *left = opaque;

    if (kind == FAKE_CMPXCHG && *left) {
        --*left;
        fake_put64(f, pa, fake_get64(f, pa) + 100);
    }
}

static void test_fetch_add_loses_no_update_of_a_processor(void)
{
    AccelFixture *f = fixture(SVA_MODE_UNTRANSLATED, RW);
    unsigned left = 3;

    fake_env_set_hook(f->env, race, &left);
    accel_submit(f, 0, add);
    accel_assert_cpl(f, 0, 1, .status = 0x01, .bytes = 8, .result = 298);
    assert_word(f, 303);
    accel_fixture_free(f);
}

static void test_fetch_add_gives_up_in_the_end(void)
{
    AccelFixture *f = fixture(SVA_MODE_UNTRANSLATED, RW);
    unsigned left = 1000;

    fake_env_set_hook(f->env, race, &left);
    accel_submit(f, 0, add);
    accel_assert_cpl(f, 0, 1, .status = 0x24, .fault_write = 1,
                     .fault_addr = 0x10008);
    accel_fixture_free(f);
}

static void test_bad_atomics(void)
{
    static const struct {
        uint64_t dst;
        uint64_t size;
        uint16_t flags;
        uint8_t status;
    } bad[] = {
        { DATA, 0, CPL, 0x12 }, { DATA, 4, CPL, 0x12 },
        { DATA, 16, CPL, 0x12 }, { DATA + 4, 8, CPL, 0x13 },
        { DATA, 8, CPL | SVA_DF_TOUCH_WRITE, 0x11 },
    };
    AccelFixture *f = fixture(SVA_MODE_UNTRANSLATED, RW);
    unsigned n = 1;

    for (uint8_t op = 6; op <= 7; op++) {
        for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
            accel_submit(f, 0, (struct sva_desc) {
                .opcode = op, .flags = bad[i].flags, .dst = bad[i].dst,
                .size = bad[i].size,
            });
            accel_assert_cpl(f, 0, n++, .status = bad[i].status);
        }
    }
    assert_word(f, -2);
    accel_fixture_free(f);
}

static void test_crc32c_has_its_check_value(void)
{
    static const uint8_t zero[32];
    const uint8_t *text = (const uint8_t *)"123456789";

    g_assert_cmphex(sva_crc32c(0, text, 9), ==, 0xe3069283);
    g_assert_cmphex(sva_crc32c(0, zero, 32), ==, 0x8a9136aa);
    g_assert_cmphex(sva_crc32c(sva_crc32c(0, text, 4), text + 4, 5), ==,
                    0xe3069283);
    g_assert_cmphex(sva_crc32c(7, text, 0), ==, 7);
}

static void test_crc32c_sums_a_range(void)
{
    AccelFixture *f = accel_fixture_new();
    uint8_t buf[9000];

    for (size_t i = 0; i < sizeof(buf); i++) {
        buf[i] = i * 7 + (i >> 8);
    }
    accel_enable(f, 0, SVA_MODE_UNTRANSLATED);
    accel_map(f, 0, 0x10000, 0x3000, SVA_READ);
    accel_fill(f, 0, 0x10800, buf, sizeof(buf));
    accel_submit(f, 0, (struct sva_desc) {
        .opcode = 8, .flags = CPL, .dst = 0x10800, .size = sizeof(buf),
    });
    accel_assert_cpl(f, 0, 0, .status = 0x01, .bytes = 9000,
                     .result = 0xf1048b64);
    accel_assert_log(f, "ur 1:100000+40; ur 1:10800+800; ur 1:11000+1000; "
                     "ur 1:12000+b28; " RECORD);
    accel_fixture_free(f);
}

static void test_crc32c_goes_on_from_a_seed(void)
{
    AccelFixture *f = fixture(SVA_MODE_UNTRANSLATED, SVA_READ);

    accel_fill(f, 0, DATA, "123456789", 9);
    accel_submit(f, 0, (struct sva_desc) {
        .opcode = 8, .flags = CPL, .src = 0xffffffffe3069283, .dst = DATA,
        .size = 9,
    });
    accel_assert_cpl(f, 0, 1, .status = 0x01, .bytes = 9,
                     .result = 0xa86c53f4);
    accel_fixture_free(f);
}

static void test_crc32c_tells_the_sum_before_a_failure(void)
{
    AccelFixture *f = accel_fixture_new();
    uint8_t buf[0x800];

    for (size_t i = 0; i < sizeof(buf); i++) {
        buf[i] = i * 7 + (i >> 8);
    }
    accel_enable(f, 0, SVA_MODE_UNTRANSLATED);
    accel_map(f, 0, 0x10000, 0x1000, SVA_READ);
    accel_fill(f, 0, 0x10800, buf, sizeof(buf));
    accel_submit(f, 0, (struct sva_desc) {
        .opcode = 8, .flags = CPL, .dst = 0x10800, .size = 0x1000,
    });
    accel_assert_cpl(f, 0, 0, .status = 0x24, .bytes = 0x800,
                     .fault_addr = 0x11000, .result = 0xffcc42fc);
    accel_submit(f, 0, (struct sva_desc) { .opcode = 8, .flags = CPL });
    accel_assert_cpl(f, 0, 1, .status = 0x12);
    accel_submit(f, 0, (struct sva_desc) {
        .opcode = 8, .flags = CPL, .dst = UINT64_MAX, .size = 2,
    });
    accel_assert_cpl(f, 0, 2, .status = 0x12);
    accel_fixture_free(f);
}

#define ADD(name) g_test_add_func("/accel/atomic/" #name, test_##name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(fetch_add_wraps_and_tells_the_word_before);
    ADD(compare_swap_stores_if_the_word_is_as_expected);
    ADD(atomics_need_both_rights);
    ADD(atomics_ask_for_both_rights);
    ADD(an_atomic_that_is_aborted_changes_nothing);
    ADD(a_platform_without_atomics_aborts_them);
    ADD(fetch_add_loses_no_update_of_a_processor);
    ADD(fetch_add_gives_up_in_the_end);
    ADD(bad_atomics);
    ADD(crc32c_has_its_check_value);
    ADD(crc32c_sums_a_range);
    ADD(crc32c_goes_on_from_a_seed);
    ADD(crc32c_tells_the_sum_before_a_failure);
    return g_test_run();
}

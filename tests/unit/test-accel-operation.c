/*
 * Tests of the accelerator's operations and descriptor checks
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "accel-fixture.h"
#include "hw/sva/accel/descriptor.h"

#define CPL SVA_DF_COMPLETION
#define RW (SVA_READ | SVA_WRITE)

static AccelFixture *untranslated(void)
{
    AccelFixture *f = accel_fixture_new();

    accel_enable(f, 0, SVA_MODE_UNTRANSLATED);
    return f;
}

static void pattern(uint8_t *buf, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        buf[i] = i * 7 + (i >> 8);
    }
}

static void test_nop_completes_with_success(void)
{
    AccelFixture *f = untranslated();

    accel_submit(f, 0, (struct sva_desc) { .flags = CPL, .id = 77 });
    accel_assert_cpl(f, 0, 0, .status = 0x01, .id = 77);
    accel_assert_log(f, "ur 1:100000+40; uw 1:200008+18; uw 1:200000+8");
    g_assert_cmpuint(accel_read(f, 0, SVA_CTX_HEAD), ==, 1);
    accel_fixture_free(f);
}

static void test_a_job_without_completion_flag_writes_nothing(void)
{
    AccelFixture *f = untranslated();

    accel_submit(f, 0, (struct sva_desc) { .id = 77 });
    accel_assert_log(f, "ur 1:100000+40");
    g_assert_cmpuint(accel_read(f, 0, SVA_CTX_HEAD), ==, 1);
    accel_fixture_free(f);
}

static void test_the_message_follows_the_record(void)
{
    AccelFixture *f = untranslated();

    accel_submit(f, 0, (struct sva_desc) { .flags = CPL | SVA_DF_IRQ });
    accel_assert_log(f, "ur 1:100000+40; uw 1:200008+18; uw 1:200000+8; "
                     "irq 1");
    g_assert_cmpuint(sva_accel_counter(f->a, SVA_CNT_INTERRUPTS), ==, 1);
    accel_fixture_free(f);
}

static void test_unaligned_copy_crosses_pages_on_both_sides(void)
{
    AccelFixture *f = untranslated();
    uint8_t src[9000], dst[9002];

    pattern(src, sizeof(src));
    memset(dst, 0xee, sizeof(dst));
    accel_map(f, 0, 0x10000, 0x4000, SVA_READ);
    accel_map(f, 0, 0x20000, 0x4000, RW);
    accel_fill(f, 0, 0x10123, src, sizeof(src));
    accel_fill(f, 0, 0x20700 - 1, dst, sizeof(dst));
    accel_submit(f, 0, (struct sva_desc) {
        .opcode = SVA_OP_COPY, .flags = CPL, .id = 3, .src = 0x10123,
        .dst = 0x20700, .size = 9000,
    });
    accel_assert_cpl(f, 0, 0, .status = 0x01, .id = 3, .bytes = 9000);
    accel_get(f, 0, 0x20700 - 1, dst, sizeof(dst));
    g_assert_cmpmem(dst + 1, 9000, src, 9000);
    g_assert_cmphex(dst[0], ==, 0xee);
    g_assert_cmphex(dst[9001], ==, 0xee);
    accel_assert_log(f, "ur 1:100000+40; "
                     "ur 1:10123+900; uw 1:20700+900; "
                     "ur 1:10a23+5dd; uw 1:21000+5dd; "
                     "ur 1:11000+a23; uw 1:215dd+a23; "
                     "ur 1:11a23+5dd; uw 1:22000+5dd; "
                     "ur 1:12000+44b; uw 1:225dd+44b; "
                     "uw 1:200008+18; uw 1:200000+8");
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_BYTES_READ), ==, 9064);
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_BYTES_WRITTEN), ==, 9032);
    accel_fixture_free(f);
}

static void test_copy_tells_where_reading_failed(void)
{
    AccelFixture *f = untranslated();

    accel_map(f, 0, 0x10000, 0x1000, SVA_READ);
    accel_map(f, 0, 0x20000, 0x4000, RW);
    accel_submit(f, 0, (struct sva_desc) {
        .opcode = SVA_OP_COPY, .flags = CPL, .id = 3, .src = 0x10800,
        .dst = 0x20400, .size = 0x2000,
    });
    accel_assert_cpl(f, 0, 0, .status = 0x24, .id = 3, .bytes = 0x800,
                     .fault_addr = 0x11000);
    accel_fixture_free(f);
}

static void test_copy_tells_where_writing_failed(void)
{
    AccelFixture *f = untranslated();

    accel_map(f, 0, 0x10000, 0x4000, SVA_READ);
    accel_map(f, 0, 0x20000, 0x1000, RW);
    accel_map(f, 0, 0x21000, 0x1000, SVA_READ);
    accel_submit(f, 0, (struct sva_desc) {
        .opcode = SVA_OP_COPY, .flags = CPL, .id = 3, .src = 0x10800,
        .dst = 0x20400, .size = 0x2000,
    });
    accel_assert_cpl(f, 0, 0, .status = 0x24, .fault_write = 1, .id = 3,
                     .bytes = 0xc00, .fault_addr = 0x21000);
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_ABORTS), ==, 1);
    accel_fixture_free(f);
}

static void test_fill_repeats_the_pattern_from_dst(void)
{
    AccelFixture *f = untranslated();
    uint8_t dst[15];
    static const uint8_t want[15] = {
        0, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88,
        0x11, 0x22, 0x33, 0x44, 0x55, 0,
    };

    accel_map(f, 0, 0x10000, 0x2000, RW);
    accel_submit(f, 0, (struct sva_desc) {
        .opcode = SVA_OP_FILL, .flags = CPL, .src = 0x8877665544332211,
        .dst = 0x10ffb, .size = 13,
    });
    accel_assert_cpl(f, 0, 0, .status = 0x01, .bytes = 13);
    accel_get(f, 0, 0x10ffa, dst, sizeof(dst));
    g_assert_cmpmem(dst, 15, want, 15);
    accel_fixture_free(f);
}

static void test_compare_of_equal_ranges_is_success(void)
{
    AccelFixture *f = untranslated();
    uint8_t buf[5000];

    pattern(buf, sizeof(buf));
    accel_map(f, 0, 0x10000, 0x4000, SVA_READ);
    accel_fill(f, 0, 0x10010, buf, sizeof(buf));
    accel_fill(f, 0, 0x12001, buf, sizeof(buf));
    accel_submit(f, 0, (struct sva_desc) {
        .opcode = SVA_OP_COMPARE, .flags = CPL, .src = 0x10010,
        .dst = 0x12001, .size = 5000,
    });
    accel_assert_cpl(f, 0, 0, .status = 0x01, .bytes = 5000);
    /* Three pieces of two reads; descriptor and record make three more. */
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_ACCESSES), ==, 9);
    accel_fixture_free(f);
}

static void test_compare_tells_the_first_difference(void)
{
    AccelFixture *f = untranslated();

    accel_map(f, 0, 0x10000, 0x4000, SVA_READ);
    accel_fill(f, 0, 0x13100, "x", 1);
    accel_fill(f, 0, 0x13200, "x", 1);
    accel_submit(f, 0, (struct sva_desc) {
        .opcode = SVA_OP_COMPARE, .flags = CPL, .src = 0x10000,
        .dst = 0x12000, .size = 0x2000,
    });
    accel_assert_cpl(f, 0, 0, .status = 0x02, .bytes = 0x1100,
                     .result = 0x1100);
    accel_fixture_free(f);
}

static void test_touch_writes_a_word_each_stride(void)
{
    AccelFixture *f = untranslated();
    uint64_t word;

    accel_map(f, 0, 0x10000, 0x3000, RW);
    accel_submit(f, 0, (struct sva_desc) {
        .opcode = SVA_OP_TOUCH, .flags = CPL | SVA_DF_TOUCH_WRITE,
        .src = 0xabcd, .dst = 0x10008, .size = 0x2000, .stride = 0xff8,
        .rounds = 2,
    });
    accel_assert_cpl(f, 0, 0, .status = 0x01, .bytes = 48);
    accel_assert_log(f, "ur 1:100000+40; "
                     "uw 1:10008+8; uw 1:11000+8; uw 1:11ff8+8; "
                     "uw 1:10008+8; uw 1:11000+8; uw 1:11ff8+8; "
                     "uw 1:200008+18; uw 1:200000+8");
    accel_get(f, 0, 0x11000, &word, 8);
    g_assert_cmphex(word, ==, 0xabcd);
    accel_fixture_free(f);
}

static void test_touch_reads_unless_told_to_write(void)
{
    AccelFixture *f = untranslated();

    accel_map(f, 0, 0x10000, 0x1000, SVA_READ);
    accel_submit(f, 0, (struct sva_desc) {
        .opcode = SVA_OP_TOUCH, .dst = 0x10000, .size = 16, .stride = 8,
        .rounds = 1,
    });
    accel_assert_log(f, "ur 1:100000+40; ur 1:10000+8; ur 1:10008+8");
    accel_fixture_free(f);
}

static void test_touch_waits_between_rounds(void)
{
    AccelFixture *f = untranslated();

    accel_map(f, 0, 0x10000, 0x1000, SVA_READ);
    accel_submit(f, 0, (struct sva_desc) {
        .opcode = SVA_OP_TOUCH, .dst = 0x10000, .size = 8, .stride = 8,
        .rounds = 3, .interval = 5,
    });
    accel_assert_log(f, "ur 1:100000+40; ur 1:10000+8");
    fake_env_advance(f->env, 4999);
    accel_assert_log(f, "");
    fake_env_advance(f->env, 1);
    accel_assert_log(f, "ur 1:10000+8");
    fake_env_advance(f->env, 5000);
    accel_assert_log(f, "ur 1:10000+8");
    g_assert_cmpuint(accel_read(f, 0, SVA_CTX_HEAD), ==, 1);
    accel_fixture_free(f);
}

static void test_touch_stops_at_the_first_failure(void)
{
    AccelFixture *f = untranslated();

    accel_map(f, 0, 0x10000, 0x1000, SVA_READ);
    accel_submit(f, 0, (struct sva_desc) {
        .opcode = SVA_OP_TOUCH, .flags = CPL, .dst = 0x10000,
        .size = 0x3000, .stride = 0x1000, .rounds = 1,
    });
    accel_assert_cpl(f, 0, 0, .status = 0x24, .bytes = 8,
                     .fault_addr = 0x11000, .result = 1);
    accel_fixture_free(f);
}

static void test_touch_that_keeps_going_counts_failures(void)
{
    AccelFixture *f = untranslated();

    accel_map(f, 0, 0x10000, 0x1000, RW);
    accel_map(f, 0, 0x12000, 0x1000, SVA_READ);
    accel_submit(f, 0, (struct sva_desc) {
        .opcode = SVA_OP_TOUCH,
        .flags = CPL | SVA_DF_TOUCH_WRITE | SVA_DF_KEEP_GOING,
        .dst = 0x10000, .size = 0x3000, .stride = 0x1000, .rounds = 2,
    });
    accel_assert_cpl(f, 0, 0, .status = 0x01, .fault_write = 1, .bytes = 16,
                     .fault_addr = 0x11000, .result = 4);
    accel_fixture_free(f);
}

static void test_delay_takes_its_time(void)
{
    AccelFixture *f = untranslated();

    accel_submit(f, 0, (struct sva_desc) {
        .opcode = SVA_OP_DELAY, .flags = CPL, .size = 1000,
    });
    fake_env_advance(f->env, 999);
    g_assert_cmphex(accel_cpl(f, 0, 0).status, ==, 0);
    fake_env_advance(f->env, 1);
    accel_assert_cpl(f, 0, 0, .status = 0x01);
    accel_fixture_free(f);
}

static void test_jobs_run_in_order(void)
{
    AccelFixture *f = untranslated();

    accel_put(f, 0, (struct sva_desc) {
        .opcode = SVA_OP_DELAY, .flags = CPL, .size = 10,
    });
    accel_put(f, 0, (struct sva_desc) { .flags = CPL });
    accel_ring(f, 0);
    accel_run(f);
    g_assert_cmphex(accel_cpl(f, 0, 1).status, ==, 0);
    fake_env_advance(f->env, 10);
    g_assert_cmphex(accel_cpl(f, 0, 1).status, ==, 1);
    accel_fixture_free(f);
}

typedef struct BadDesc {
    struct sva_desc desc;
    uint8_t status;
} BadDesc;

static void test_bad_descriptors_have_a_status_each(void)
{
    static const struct sva_desc touch = {
        .opcode = 4, .dst = 0x1000, .size = 64, .stride = 8, .rounds = 1,
    };
    BadDesc bad[] = {
        { { .opcode = 9 }, 0x10 },
        { { .opcode = 255 }, 0x10 },
        { { .opcode = 0, .flags = 0x20 }, 0x11 },
        { { .opcode = 0, .flags = 0x8000 }, 0x11 },
        { { .opcode = 1, .flags = 0x08, .size = 1 }, 0x11 },
        { { .opcode = 2, .flags = 0x10, .size = 1 }, 0x11 },
        { { .opcode = 0, .reserved0 = 1 }, 0x14 },
        { { .opcode = 0, .reserved1 = 1 }, 0x14 },
        { { .opcode = 1 }, 0x12 },
        { { .opcode = 2 }, 0x12 },
        { { .opcode = 3 }, 0x12 },
        { { .opcode = 1, .size = (1ull << 40) + 1 }, 0x12 },
        { { .opcode = 1, .size = 2, .src = UINT64_MAX }, 0x12 },
        { { .opcode = 1, .size = 2, .dst = UINT64_MAX }, 0x12 },
        { { .opcode = 5, .size = (1ull << 62) + 1 }, 0x12 },
        { touch, 0x12 }, { touch, 0x12 }, { touch, 0x12 },
        { touch, 0x13 }, { touch, 0x13 },
    };
    AccelFixture *f = untranslated();

    bad[15].desc.size = 60;
    bad[16].desc.stride = 0;
    bad[17].desc.stride = (1ull << 40) + 8;
    bad[18].desc.dst = 0x1004;
    bad[19].desc.stride = 12;
    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        bad[i].desc.flags |= CPL;
        bad[i].desc.id = i + 100;
        accel_submit(f, 0, bad[i].desc);
        accel_assert_cpl(f, 0, i, .status = bad[i].status, .id = i + 100);
    }
    g_assert_cmpuint(sva_accel_counter(f->a, SVA_CNT_BAD_DESCRIPTORS), ==, 20);
    g_assert_cmpuint(accel_read(f, 0, SVA_CTX_HEAD), ==, 20);
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_STATE), ==, 1);
    accel_fixture_free(f);
}

static void test_limits_of_a_descriptor_are_inclusive(void)
{
    static const struct sva_desc good[] = {
        { .opcode = 1, .size = 1ull << 40 },
        { .opcode = 1, .size = 1, .src = UINT64_MAX, .dst = UINT64_MAX },
        { .opcode = 2, .size = 1ull << 40, .dst = 0ull - (1ull << 40) },
        { .opcode = 4, .size = 8, .stride = 1ull << 40 },
        { .opcode = 5, .size = 1ull << 62 },
    };
    struct sva_desc raw, desc;

    for (unsigned i = 0; i < G_N_ELEMENTS(good); i++) {
        raw = good[i];
        raw.size = GUINT64_TO_LE(raw.size);
        raw.src = GUINT64_TO_LE(raw.src);
        raw.dst = GUINT64_TO_LE(raw.dst);
        raw.stride = GUINT64_TO_LE(raw.stride);
        g_assert_cmphex(sva_desc_decode(&raw, &desc), ==, 0x01);
        g_assert_cmphex(desc.size, ==, good[i].size);
    }
}

static void test_every_field_of_a_descriptor_is_little_endian(void)
{
    uint8_t raw[64];
    struct sva_desc desc;

    for (unsigned i = 0; i < sizeof(raw); i++) {
        raw[i] = i;
    }
    sva_desc_decode(raw, &desc);
    g_assert_cmphex(desc.opcode, ==, 0);
    g_assert_cmphex(desc.reserved0, ==, 1);
    g_assert_cmphex(desc.flags, ==, 0x0302);
    g_assert_cmphex(desc.id, ==, 0x07060504);
    g_assert_cmphex(desc.src, ==, 0x0f0e0d0c0b0a0908);
    g_assert_cmphex(desc.dst, ==, 0x1716151413121110);
    g_assert_cmphex(desc.size, ==, 0x1f1e1d1c1b1a1918);
    g_assert_cmphex(desc.completion, ==, 0x2726252423222120);
    g_assert_cmphex(desc.stride, ==, 0x2f2e2d2c2b2a2928);
    g_assert_cmphex(desc.rounds, ==, 0x3736353433323130);
    g_assert_cmphex(desc.interval, ==, 0x3b3a3938);
    g_assert_cmphex(desc.reserved1, ==, 0x3f3e3d3c);
}

static void test_the_last_byte_of_the_address_space_can_be_used(void)
{
    AccelFixture *f = untranslated();
    uint64_t word;

    accel_map(f, 0, 0xfffffffffffff000, 0x1000, RW);
    accel_submit(f, 0, (struct sva_desc) {
        .opcode = SVA_OP_FILL, .flags = CPL, .src = 0x1234,
        .dst = 0xfffffffffffffff8, .size = 8,
    });
    accel_assert_cpl(f, 0, 0, .status = 0x01, .bytes = 8);
    accel_get(f, 0, 0xfffffffffffffff8, &word, 8);
    g_assert_cmphex(word, ==, 0x1234);
    accel_fixture_free(f);
}

static void test_a_record_that_is_not_aligned_is_an_error(void)
{
    AccelFixture *f = untranslated();

    accel_submit(f, 0, (struct sva_desc) {
        .flags = CPL, .id = 9, .completion = 0x200010,
    });
    accel_assert_log(f, "ur 1:100000+40");
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_ERR_STATUS), ==, 0x80000013);
    g_assert_cmpuint(accel_read(f, 0, SVA_CTX_ERR_ID), ==, 9);
    g_assert_cmphex(accel_read64(f, 0, SVA_CTX_ERR_ADDR), ==, 0x200010);
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_CPL_LOST), ==, 1);
    accel_fixture_free(f);
}

static void test_a_lost_record_is_told_in_err_status(void)
{
    AccelFixture *f = untranslated();

    accel_map(f, 0, ACCEL_CPL, 0x1000, SVA_READ);
    sva_accel_write(f->a, SVA_REG_IRQ_MASK, 0, 4);
    accel_submit(f, 0, (struct sva_desc) {
        .flags = CPL | SVA_DF_IRQ, .id = 9,
    });
    accel_assert_log(f, "ur 1:100000+40; uw 1:200008+18; irq 0; irq 1");
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_ERR_STATUS), ==, 0x80000024);
    g_assert_cmpuint(accel_read(f, 0, SVA_CTX_ERR_ID), ==, 9);
    g_assert_cmphex(accel_read64(f, 0, SVA_CTX_ERR_ADDR), ==, 0x200000);
    g_assert_cmphex(sva_accel_read(f->a, SVA_REG_IRQ_CAUSE, 4), ==, 1);
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_CPL_LOST), ==, 1);
    g_assert_cmpuint(accel_read(f, 0, SVA_CTX_HEAD), ==, 1);
    accel_write(f, 0, SVA_CTX_ERR_STATUS, SVA_ERRST_VALID);
    g_assert_cmpuint(accel_read(f, 0, SVA_CTX_ERR_ID), ==, 0);
    accel_fixture_free(f);
}

#define ADD(name) g_test_add_func("/accel/operation/" #name, test_##name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(nop_completes_with_success);
    ADD(a_job_without_completion_flag_writes_nothing);
    ADD(the_message_follows_the_record);
    ADD(unaligned_copy_crosses_pages_on_both_sides);
    ADD(copy_tells_where_reading_failed);
    ADD(copy_tells_where_writing_failed);
    ADD(fill_repeats_the_pattern_from_dst);
    ADD(compare_of_equal_ranges_is_success);
    ADD(compare_tells_the_first_difference);
    ADD(touch_writes_a_word_each_stride);
    ADD(touch_reads_unless_told_to_write);
    ADD(touch_waits_between_rounds);
    ADD(touch_stops_at_the_first_failure);
    ADD(touch_that_keeps_going_counts_failures);
    ADD(delay_takes_its_time);
    ADD(jobs_run_in_order);
    ADD(bad_descriptors_have_a_status_each);
    ADD(limits_of_a_descriptor_are_inclusive);
    ADD(every_field_of_a_descriptor_is_little_endian);
    ADD(the_last_byte_of_the_address_space_can_be_used);
    ADD(a_record_that_is_not_aligned_is_an_error);
    ADD(a_lost_record_is_told_in_err_status);
    return g_test_run();
}

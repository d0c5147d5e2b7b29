/*
 * Tests of the accelerator's translation modes
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "accel-fixture.h"

#define CPL SVA_DF_COMPLETION
#define BLOCK SVA_DF_BLOCK_ON_FAULT
#define RW (SVA_READ | SVA_WRITE)

/* Translations of ring and records are in the ATC already. */
static AccelFixture *warm(enum sva_mode mode)
{
    AccelFixture *f = accel_fixture_new();

    accel_enable(f, 0, mode);
    accel_submit(f, 0, (struct sva_desc) { .flags = CPL });
    accel_assert_cpl(f, 0, 0, .status = 0x01);
    accel_forget_log(f);
    return f;
}

/* A read of one word at 0x10000 with PASID 1. */
static struct sva_desc read_word(uint16_t flags)
{
    return (struct sva_desc) {
        .opcode = SVA_OP_TOUCH, .flags = CPL | flags, .dst = 0x10000,
        .size = 8, .stride = 8, .rounds = 1,
    };
}

/* Ring and record of the second descriptor, as the log shows them. */
#define RING "tr 201000100040+40; "
#define RECORD "; tw 201000200028+18; tw 201000200020+8"

static void test_pa_of_the_fixture_is_what_the_log_shows(void)
{
    g_assert_cmphex(fake_port_pa(sva_pasid(1), 0x10000), ==, 0x201000010000);
    g_assert_cmphex(fake_port_pa(sva_pasid(1), ACCEL_RING + 64), ==,
                    0x201000100040);
}

static void test_ats_present_page_is_read_translated(void)
{
    AccelFixture *f = warm(SVA_MODE_ATS);

    accel_map(f, 0, 0x10000, 0x1000, RW);
    accel_submit(f, 0, read_word(0));
    accel_assert_cpl(f, 0, 1, .status = 0x01, .bytes = 8);
    accel_assert_log(f, RING "at 1:10000 r; tr 201000010000+8" RECORD);
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_XLATE_REQS), ==, 3);
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_ATS_GRANTED), ==, 3);
    accel_fixture_free(f);
}

static void test_ats_cold_start_translates_ring_and_record(void)
{
    AccelFixture *f = accel_fixture_new();

    accel_enable(f, 0, SVA_MODE_ATS);
    accel_submit(f, 0, (struct sva_desc) { .flags = CPL });
    accel_assert_log(f, "at 1:100000 r; tr 201000100000+40; "
                     "at 1:200000 rw; tw 201000200008+18; "
                     "tw 201000200000+8");
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_ATC_HITS), ==, 1);
    accel_fixture_free(f);
}

static void test_ats_absent_page_is_a_page_fault(void)
{
    AccelFixture *f = warm(SVA_MODE_ATS);

    accel_submit(f, 0, read_word(BLOCK));
    accel_assert_cpl(f, 0, 1, .status = 0x20, .fault_addr = 0x10000,
                     .result = 1);
    accel_assert_log(f, RING "at 1:10000 r" RECORD);
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_ATS_NO_ACCESS), ==, 1);
    accel_fixture_free(f);
}

/* The IOMMU is told whether a page request would follow. */
static void test_who_does_not_ask_says_so(void)
{
    static const struct {
        enum sva_mode mode;
        uint16_t flags;
        bool final;
    } cases[] = {
        { SVA_MODE_ATS, BLOCK, true },
        { SVA_MODE_ATS_PRI, 0, true },
        { SVA_MODE_ATS_PRI, BLOCK, false },
    };
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        AccelFixture *f = warm(cases[i].mode);
        unsigned before = f->p->final_requests;

        accel_map(f, 0, 0x10000, 0x1000, RW);
        accel_submit(f, 0, read_word(cases[i].flags));
        accel_assert_cpl(f, 0, 1, .status = 0x01, .bytes = 8);
        g_assert_cmpuint(f->p->final_requests - before, ==,
                         cases[i].final);
        accel_fixture_free(f);
    }
}

static void test_no_access_is_never_cached(void)
{
    AccelFixture *f = warm(SVA_MODE_ATS);

    accel_submit(f, 0, read_word(0));
    accel_forget_log(f);
    accel_map(f, 0, 0x10000, 0x1000, SVA_READ);
    accel_submit(f, 0, read_word(0));
    accel_assert_cpl(f, 0, 2, .status = 0x01, .bytes = 8);
    accel_fixture_free(f);
}

static void test_write_to_a_cached_read_only_page_asks_again(void)
{
    AccelFixture *f = warm(SVA_MODE_ATS);

    accel_map(f, 0, 0x10000, 0x1000, SVA_READ);
    accel_submit(f, 0, read_word(0));
    accel_forget_log(f);
    accel_submit(f, 0, read_word(SVA_DF_TOUCH_WRITE));
    accel_assert_cpl(f, 0, 2, .status = 0x20, .fault_write = 1,
                     .fault_addr = 0x10000, .result = 1);
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_ATS_PARTIAL), ==, 1);

    accel_map(f, 0, 0x10000, 0x1000, RW);
    accel_forget_log(f);
    accel_submit(f, 0, read_word(SVA_DF_TOUCH_WRITE));
    accel_assert_cpl(f, 0, 3, .status = 0x01, .bytes = 8);
    accel_assert_log(f, "tr 2010001000c0+40; at 1:10000 rw; "
                     "tw 201000010000+8; "
                     "tw 201000200068+18; tw 201000200060+8");
    accel_fixture_free(f);
}

static void test_translation_errors_do_not_become_page_requests(void)
{
    static const SvaAtsStatus bad[] = { SVA_ATS_UR, SVA_ATS_CA };

    for (unsigned i = 0; i < 2; i++) {
        AccelFixture *f = warm(SVA_MODE_ATS_PRI);

        f->p->ats_status = bad[i];
        accel_submit(f, 0, read_word(BLOCK));
        accel_assert_cpl(f, 0, 1, .status = 0x23, .fault_addr = 0x10000,
                         .result = 1);
        accel_assert_log(f, RING "at 1:10000 r" RECORD);
        g_assert_cmpuint(accel_count(f, 0, SVA_CNT_ATS_ERROR), ==, 1);
        accel_fixture_free(f);
    }
}

static void test_an_aborted_translated_request_is_told(void)
{
    AccelFixture *f = warm(SVA_MODE_ATS_PRI);

    accel_map(f, 0, 0x10000, 0x1000, RW);
    fake_env_hole(f->env, 0x201000010000, 0x1000);
    accel_submit(f, 0, read_word(BLOCK));
    accel_assert_cpl(f, 0, 1, .status = 0x24, .fault_addr = 0x10000,
                     .result = 1);
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_ABORTS), ==, 1);
    accel_fixture_free(f);
}

static void test_a_request_cut_short_tells_the_first_byte_missing(void)
{
    static const struct {
        uint8_t opcode;
        uint64_t bytes, fault_addr;
        uint8_t fault_write;
    } cases[] = {
        { SVA_OP_FILL, 100, 0x11064, 1 },
        { SVA_OP_COPY, 0, 0x10064, 0 },
        { SVA_OP_COMPARE, 0, 0x10064, 0 },
    };

    for (unsigned i = 0; i < 3; i++) {
        AccelFixture *f = warm(SVA_MODE_ATS);

        accel_map(f, 0, 0x10000, 0x2000, RW);
        accel_write(f, 0, SVA_CTX_BREAK_MASK,
                    SVA_BREAK_BEFORE_ACCESS | SVA_BREAK_BEFORE_CPL);
        f->p->partial = 100;
        accel_submit(f, 0, (struct sva_desc) {
            .opcode = cases[i].opcode, .flags = CPL, .src = 0x10000,
            .dst = 0x11000, .size = 0x800,
        });
        f->p->abort_translated = true;
        accel_write(f, 0, SVA_CTX_RELEASE, 0);
        accel_run(f);
        f->p->abort_translated = false;
        accel_write(f, 0, SVA_CTX_RELEASE, 0);
        accel_run(f);
        accel_assert_cpl(f, 0, 1, .status = 0x24,
                         .fault_write = cases[i].fault_write,
                         .bytes = cases[i].bytes,
                         .fault_addr = cases[i].fault_addr);
        accel_fixture_free(f);
    }
}

static void test_a_write_cut_short_counts_what_was_written(void)
{
    AccelFixture *f = warm(SVA_MODE_ATS);

    accel_map(f, 0, 0x10000, 0x2000, RW);
    accel_write(f, 0, SVA_CTX_BREAK_MASK,
                SVA_BREAK_BEFORE_ACCESS | SVA_BREAK_BEFORE_CPL);
    f->p->partial = 100;
    accel_submit(f, 0, (struct sva_desc) {
        .opcode = SVA_OP_COPY, .flags = CPL, .src = 0x10000,
        .dst = 0x11000, .size = 0x800,
    });
    for (unsigned i = 0; i < 3; i++) {
        f->p->abort_translated = i == 1;
        accel_write(f, 0, SVA_CTX_RELEASE, 0);
        accel_run(f);
    }
    accel_assert_cpl(f, 0, 1, .status = 0x24, .fault_write = 1, .bytes = 100,
                     .fault_addr = 0x11064);
    accel_fixture_free(f);
}

static void test_u_bit_makes_untranslated_requests(void)
{
    AccelFixture *f = warm(SVA_MODE_ATS);

    accel_map(f, 0, 0x10000, 0x1000, RW);
    f->p->untranslated_only = true;
    accel_submit(f, 0, read_word(0));
    accel_submit(f, 0, read_word(0));
    accel_assert_cpl(f, 0, 2, .status = 0x01, .bytes = 8);
    accel_assert_log(f, RING "at 1:10000 r; ur 1:10000+8" RECORD
                     "; tr 201000100080+40; ur 1:10000+8; "
                     "tw 201000200048+18; tw 201000200040+8");
    accel_fixture_free(f);
}

static void test_without_pasid_enable_requests_have_no_pasid(void)
{
    AccelFixture *f = accel_fixture_new();

    fake_port_map(f->p, SVA_NO_PASID, ACCEL_RING, 0x1000, RW);
    accel_write(f, 1, SVA_CTX_CFG, 0);
    accel_write(f, 1, SVA_CTX_RING_BASE, ACCEL_RING);
    accel_write(f, 1, SVA_CTX_CMD, SVA_CMD_ENABLE);
    sva_accel_doorbell_write(f->a, 0x1000, 1, 4);
    accel_run(f);
    accel_assert_log(f, "ur -:100000+40");
    accel_fixture_free(f);
}

static void test_untranslated_mode_never_uses_the_atc(void)
{
    AccelFixture *f = warm(SVA_MODE_UNTRANSLATED);

    accel_map(f, 0, 0x10000, 0x1000, SVA_READ);
    accel_submit(f, 0, read_word(0));
    accel_assert_log(f, "ur 1:100040+40; ur 1:10000+8; uw 1:200028+18; "
                     "uw 1:200020+8");
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_XLATE_REQS), ==, 0);
    accel_fixture_free(f);
}

static void test_invalidation_is_completed_at_once(void)
{
    AccelFixture *f = warm(SVA_MODE_ATS);

    accel_map(f, 0, 0x10000, 0x1000, RW);
    accel_submit(f, 0, read_word(0));
    accel_forget_log(f);
    fake_port_invalidate(f->p, &(SvaAtcInvalidation) {
        .addr = 0x10000, .mask = 0xfff, .pasid = sva_pasid(1), .itag = 42,
    });
    accel_assert_log(f, "ic 42");
    g_assert_cmpuint(sva_accel_counter(f->a, SVA_CNT_INVALIDATIONS), ==, 1);
    g_assert_cmpuint(sva_accel_counter(f->a, SVA_CNT_ATC_DROPPED), ==, 1);
    accel_submit(f, 0, read_word(0));
    accel_assert_log(f, "tr 201000100080+40; at 1:10000 r; "
                     "tr 201000010000+8; "
                     "tw 201000200048+18; tw 201000200040+8");
    accel_fixture_free(f);
}

static void invalidate_once(FakePort *p, const char *tlp, void *opaque)
{
    bool *done = opaque;

    if (!*done && g_str_equal(tlp, "at 1:10000 r")) {
        *done = true;
        fake_port_map(p, sva_pasid(1), 0x10000, 0x1000, SVA_NONE);
        fake_port_invalidate(p, &(SvaAtcInvalidation) {
            .addr = 0x10000, .mask = 0xfff, .pasid = sva_pasid(1),
            .itag = 1,
        });
    }
}

static void test_an_answer_overtaken_by_an_invalidation_is_not_used(void)
{
    AccelFixture *f = warm(SVA_MODE_ATS);
    bool done = false;

    accel_map(f, 0, 0x10000, 0x1000, RW);
    f->p->hook = invalidate_once;
    f->p->hook_opaque = &done;
    accel_submit(f, 0, read_word(0));
    accel_assert_cpl(f, 0, 1, .status = 0x20, .fault_addr = 0x10000,
                     .result = 1);
    accel_assert_log(f, RING "at 1:10000 r; ic 1; at 1:10000 r" RECORD);
    accel_fixture_free(f);
}

static void test_disabling_pasid_or_ats_empties_the_atc(void)
{
    AccelFixture *f = warm(SVA_MODE_ATS);

    sva_function_set_pasid(f->fn, true);
    sva_function_set_ats(f->fn, true);
    accel_submit(f, 0, (struct sva_desc) { .flags = CPL });
    accel_assert_log(f, "tr 201000100040+40" RECORD);
    sva_function_set_ats(f->fn, false);
    sva_function_set_ats(f->fn, true);
    accel_submit(f, 0, (struct sva_desc) { .id = 1 });
    accel_assert_log(f, "at 1:100000 r; tr 201000100080+40");
    sva_function_set_pasid(f->fn, false);
    sva_function_set_pasid(f->fn, true);
    accel_submit(f, 0, (struct sva_desc) { .id = 2 });
    accel_assert_log(f, "at 1:100000 r; tr 2010001000c0+40");
    accel_fixture_free(f);
}

static void test_a_function_that_may_not_send_sends_nothing(void)
{
    static void (*const off[])(SvaFunction *, bool) = {
        sva_function_set_bus_master, sva_function_set_pasid,
        sva_function_set_ats,
    };

    for (unsigned i = 0; i < 3; i++) {
        AccelFixture *f = warm(SVA_MODE_ATS_PRI);

        off[i](f->fn, false);
        accel_submit(f, 0, read_word(BLOCK));
        accel_assert_log(f, "");
        g_assert_cmphex(accel_read(f, 0, SVA_CTX_STATE), ==, 4);
        g_assert_cmphex(accel_read(f, 0, SVA_CTX_ERR_STATUS), ==, 0x80000023);
        accel_fixture_free(f);
    }
    for (unsigned i = 0; i < 2; i++) {
        AccelFixture *f = warm(SVA_MODE_UNTRANSLATED);

        off[i](f->fn, false);
        accel_submit(f, 0, read_word(BLOCK));
        accel_assert_log(f, "");
        g_assert_cmphex(accel_read(f, 0, SVA_CTX_ERR_STATUS), ==, 0x80000024);
        accel_fixture_free(f);
    }
}

static void test_a_ring_that_cannot_be_read_halts_the_context(void)
{
    AccelFixture *f = warm(SVA_MODE_UNTRANSLATED);

    accel_map(f, 0, ACCEL_RING, 0x1000, SVA_NONE);
    sva_accel_write(f->a, SVA_REG_IRQ_MASK, 0, 4);
    accel_submit(f, 0, (struct sva_desc) { .flags = CPL });
    accel_assert_log(f, "ur 1:100040+40; irq 0");
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_STATE), ==, 4);
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_ERR_STATUS), ==, 0x80000024);
    g_assert_cmphex(accel_read64(f, 0, SVA_CTX_ERR_ADDR), ==, 0x100040);
    g_assert_cmpuint(accel_read(f, 0, SVA_CTX_HEAD), ==, 1);
    g_assert_cmpuint(accel_read(f, 0, SVA_CTX_RUNNING), ==, 0);
    accel_write(f, 0, SVA_CTX_CMD, SVA_CMD_ABORT);
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_CMD_STATUS), ==, 3);
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_STATE), ==, 0);
    g_assert_cmpuint(accel_read(f, 0, SVA_CTX_HEAD), ==, 2);
    accel_fixture_free(f);
}

#define ADD(name) g_test_add_func("/accel/translate/" #name, test_##name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(pa_of_the_fixture_is_what_the_log_shows);
    ADD(ats_present_page_is_read_translated);
    ADD(ats_cold_start_translates_ring_and_record);
    ADD(ats_absent_page_is_a_page_fault);
    ADD(who_does_not_ask_says_so);
    ADD(no_access_is_never_cached);
    ADD(write_to_a_cached_read_only_page_asks_again);
    ADD(translation_errors_do_not_become_page_requests);
    ADD(an_aborted_translated_request_is_told);
    ADD(a_request_cut_short_tells_the_first_byte_missing);
    ADD(a_write_cut_short_counts_what_was_written);
    ADD(u_bit_makes_untranslated_requests);
    ADD(without_pasid_enable_requests_have_no_pasid);
    ADD(untranslated_mode_never_uses_the_atc);
    ADD(invalidation_is_completed_at_once);
    ADD(an_answer_overtaken_by_an_invalidation_is_not_used);
    ADD(disabling_pasid_or_ats_empties_the_atc);
    ADD(a_function_that_may_not_send_sends_nothing);
    ADD(a_ring_that_cannot_be_read_halts_the_context);
    return g_test_run();
}

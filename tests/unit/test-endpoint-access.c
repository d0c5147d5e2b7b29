/*
 * Tests of one memory access of a function
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "endpoint-fixture.h"

#define RW (SVA_READ | SVA_WRITE)
#define VA 0x10000ull

static void put_word(EndpointFixture *f, unsigned i, uint64_t va,
                     uint64_t word)
{
    word = GUINT64_TO_LE(word);
    fake_put(f->env, fake_port_pa(sva_pasid(i + 1), va), &word, 8);
}

static uint64_t word_of(const EndpointFixture *f, unsigned i)
{
    uint64_t word;

    memcpy(&word, f->work[i].data, sizeof(word));
    return GUINT64_FROM_LE(word);
}

static void test_an_untranslated_access_sends_one_request(void)
{
    EndpointFixture *f = endpoint_fixture_new();

    endpoint_map(f, 0, VA, 8, RW);
    put_word(f, 0, VA, 0x1122334455667788);
    endpoint_start(f, 0, SVA_ACCESS_UNTRANSLATED, VA, false);
    g_assert_cmpint(endpoint_step(f, 0), ==, SVA_ACCESS_DONE);
    g_assert_cmphex(word_of(f, 0), ==, 0x1122334455667788);
    endpoint_assert_log(f, "ur 1:10000+8");
    g_assert_cmpuint(f->work[0].counter[SVA_FN_REQUESTS], ==, 1);
    g_assert_cmpuint(f->work[0].counter[SVA_FN_BYTES_READ], ==, 8);
    g_assert_cmpuint(f->counter[SVA_FN_ATS_REQUESTS], ==, 0);
    endpoint_fixture_free(f);
}

static void test_a_miss_asks_the_iommu_and_a_hit_does_not(void)
{
    EndpointFixture *f = endpoint_fixture_new();

    endpoint_map(f, 0, VA, 8, RW);
    endpoint_start(f, 0, SVA_ACCESS_ATS, VA, true);
    g_assert_cmpint(endpoint_step(f, 0), ==, SVA_ACCESS_DONE);
    endpoint_assert_log(f, "at 1:10000 rw; tw 201000010000+8");
    endpoint_start(f, 0, SVA_ACCESS_ATS, VA + 0x10, false);
    g_assert_cmpint(endpoint_step(f, 0), ==, SVA_ACCESS_DONE);
    endpoint_assert_log(f, "tr 201000010010+8");
    g_assert_cmpuint(f->counter[SVA_FN_ATC_HITS], ==, 1);
    g_assert_cmpuint(f->counter[SVA_FN_ATS_GRANTED], ==, 1);
    endpoint_fixture_free(f);
}

/* Access @va; how many translation requests did that take? */
static uint64_t requests_for(EndpointFixture *f, uint64_t va)
{
    uint64_t before = f->counter[SVA_FN_ATS_REQUESTS];

    endpoint_start(f, 0, SVA_ACCESS_ATS, va, true);
    g_assert_cmpint(endpoint_step(f, 0), ==, SVA_ACCESS_DONE);
    g_assert_cmphex(f->work[0].access.pa, ==,
                    fake_port_pa(sva_pasid(1), va));
    return f->counter[SVA_FN_ATS_REQUESTS] - before;
}

static void test_a_completion_serves_all_of_its_range(void)
{
    EndpointFixture *f = endpoint_fixture_new();

    endpoint_map(f, 0, 0x200000, 0x400000, RW);
    f->p->ats_mask = 0x1fffff;
    g_assert_cmpuint(requests_for(f, 0x2abcd8), ==, 1);
    g_assert_cmpuint(requests_for(f, 0x200000), ==, 0);
    g_assert_cmpuint(requests_for(f, 0x3ffff8), ==, 0);
    g_assert_cmpuint(requests_for(f, 0x400000), ==, 1);
    /* One page of it: all of it has to be asked for again. */
    fake_port_invalidate(f->p, &(SvaAtcInvalidation) {
        .addr = 0x2ff000, .mask = 0xfff, .pasid = sva_pasid(1),
    });
    g_assert_cmpuint(requests_for(f, 0x200000), ==, 1);
    g_assert_cmpuint(requests_for(f, 0x400000), ==, 0);
    endpoint_fixture_free(f);
}

static void test_a_part_is_kept_of_what_is_too_large(void)
{
    EndpointFixture *f = endpoint_fixture_new();

    f->fn.config.atc_largest = 0x10000;
    endpoint_map(f, 0, 0x200000, 0x200000, RW);
    f->p->ats_mask = UINT64_MAX;
    g_assert_cmpuint(requests_for(f, 0x2abcd8), ==, 1);
    g_assert_cmpuint(requests_for(f, 0x2a0000), ==, 0);
    g_assert_cmpuint(requests_for(f, 0x2afff8), ==, 0);
    g_assert_cmpuint(requests_for(f, 0x2b0000), ==, 1);
    g_assert_cmpuint(requests_for(f, 0x29fff8), ==, 1);
    f->fn.config.atc_largest = 0;
    g_assert_cmpuint(requests_for(f, 0x300000), ==, 1);
    g_assert_cmpuint(requests_for(f, 0x301000), ==, 1);
    endpoint_fixture_free(f);
}

static void test_a_completion_of_no_size_serves_a_page(void)
{
    EndpointFixture *f = endpoint_fixture_new();

    endpoint_map(f, 0, VA, 0x4000, RW);
    f->p->ats_mask = 0x5fff;
    g_assert_cmpuint(requests_for(f, VA), ==, 1);
    g_assert_cmpuint(requests_for(f, VA + 0xff8), ==, 0);
    g_assert_cmpuint(requests_for(f, VA + 0x1000), ==, 1);
    endpoint_fixture_free(f);
}

static void test_a_translation_of_another_pasid_is_no_hit(void)
{
    EndpointFixture *f = endpoint_fixture_new();

    endpoint_map(f, 0, VA, 8, RW);
    endpoint_map(f, 1, VA, 8, RW);
    for (unsigned i = 0; i < 2; i++) {
        endpoint_start(f, i, SVA_ACCESS_ATS, VA, false);
        g_assert_cmpint(endpoint_step(f, i), ==, SVA_ACCESS_DONE);
    }
    endpoint_assert_log(f, "at 1:10000 r; tr 201000010000+8; "
                        "at 2:10000 r; tr 301000010000+8");
    endpoint_fixture_free(f);
}

static void test_a_page_for_untranslated_use_is_accessed_so(void)
{
    EndpointFixture *f = endpoint_fixture_new();

    f->p->untranslated_only = true;
    endpoint_map(f, 0, VA, 8, RW);
    endpoint_start(f, 0, SVA_ACCESS_ATS, VA, false);
    g_assert_cmpint(endpoint_step(f, 0), ==, SVA_ACCESS_DONE);
    endpoint_assert_log(f, "at 1:10000 r; ur 1:10000+8");
    endpoint_fixture_free(f);
}

static void test_without_pri_a_missing_page_is_a_page_fault(void)
{
    EndpointFixture *f = endpoint_fixture_new();

    endpoint_start(f, 0, SVA_ACCESS_ATS, VA + 8, true);
    endpoint_assert_fails(f, 0, SVA_ACCESS_PAGE_FAULT);
    g_assert_cmphex(f->work[0].access.fault_addr, ==, VA + 8);
    endpoint_assert_log(f, "at 1:10000 rw");
    endpoint_fixture_free(f);
}

static void test_an_access_that_must_not_block_is_a_page_fault(void)
{
    EndpointFixture *f = endpoint_fixture_new();
    SvaMemRequest req = endpoint_request(f, 0, SVA_ACCESS_ATS_PRI, VA, true);

    req.block = false;
    sva_mem_access_start(&f->work[0].access, &req);
    endpoint_assert_fails(f, 0, SVA_ACCESS_PAGE_FAULT);
    endpoint_assert_log(f, "at 1:10000 rw");
    endpoint_fixture_free(f);
}

static void test_a_page_request_brings_the_page(void)
{
    EndpointFixture *f = endpoint_fixture_new();

    endpoint_start(f, 0, SVA_ACCESS_ATS_PRI, VA, true);
    endpoint_assert_waits(f, 0, SVA_ACCESS_WAIT_RESPONSE);
    endpoint_assert_log(f, "at 1:10000 rw; pr 1:10000 w 0 L");
    /* Stepped before its time it goes on waiting. */
    endpoint_assert_waits(f, 0, SVA_ACCESS_WAIT_RESPONSE);
    endpoint_assert_log(f, "");
    endpoint_map(f, 0, VA, 8, RW);
    fake_port_respond(f->p, sva_pasid(1), 0, SVA_PRG_SUCCESS);
    g_assert_cmphex(endpoint_wakes(f, 0), ==, 1u << SVA_ACCESS_WAIT_RESPONSE);
    g_assert_cmpint(endpoint_step(f, 0), ==, SVA_ACCESS_DONE);
    endpoint_assert_log(f, "at 1:10000 rw; tw 201000010000+8");
    endpoint_fixture_free(f);
}

static void test_a_response_within_the_request_is_as_good(void)
{
    EndpointFixture *f = endpoint_fixture_new();

    f->p->prg_policy = FAKE_PRG_MAP;
    endpoint_start(f, 0, SVA_ACCESS_ATS_PRI, VA, true);
    g_assert_cmpint(endpoint_step(f, 0), ==, SVA_ACCESS_DONE);
    endpoint_assert_log(f, "at 1:10000 rw; pr 1:10000 w 0 L; at 1:10000 rw; "
                        "tw 201000010000+8");
    endpoint_fixture_free(f);
}

static void test_an_invalid_request_fails_the_access(void)
{
    EndpointFixture *f = endpoint_fixture_new();

    f->p->prg_policy = FAKE_PRG_INVALID;
    endpoint_start(f, 0, SVA_ACCESS_ATS_PRI, VA, true);
    endpoint_assert_fails(f, 0, SVA_ACCESS_INVALID_REQUEST);
    g_assert_cmpuint(f->work[0].counter[SVA_FN_PRG_INVALID], ==, 1);
    endpoint_fixture_free(f);
}

static void test_a_response_failure_is_the_end_of_all_page_requests(void)
{
    EndpointFixture *f = endpoint_fixture_new();

    endpoint_start(f, 0, SVA_ACCESS_ATS_PRI, VA, true);
    endpoint_assert_waits(f, 0, SVA_ACCESS_WAIT_RESPONSE);
    f->p->prg_policy = FAKE_PRG_FAILURE;
    endpoint_start(f, 1, SVA_ACCESS_ATS_PRI, VA, true);
    endpoint_assert_fails(f, 1, SVA_ACCESS_PRI_FAILURE);
    g_assert_cmphex(endpoint_wakes(f, 0), ==, 1u << SVA_ACCESS_WAIT_RESPONSE);
    endpoint_assert_fails(f, 0, SVA_ACCESS_PRI_FAILURE);
    g_assert_cmphex(sva_function_pri_status(&f->fn), ==, SVA_PRI_RF);
    endpoint_start(f, 0, SVA_ACCESS_ATS_PRI, VA, true);
    endpoint_assert_fails(f, 0, SVA_ACCESS_PRI_FAILURE);
    endpoint_fixture_free(f);
}

static void test_success_in_vain_comes_to_an_end(void)
{
    EndpointFixture *f = endpoint_fixture_new();

    f->p->prg_policy = FAKE_PRG_SUCCESS;
    endpoint_start(f, 0, SVA_ACCESS_ATS_PRI, VA, true);
    endpoint_assert_fails(f, 0, SVA_ACCESS_FAULT_LOOP);
    g_assert_cmpuint(f->counter[SVA_FN_PAGE_REQUESTS], ==,
                     SVA_ACCESS_RETRIES);
    endpoint_fixture_free(f);
}

static void test_pages_of_the_range_are_asked_for_in_advance(void)
{
    EndpointFixture *f = endpoint_fixture_new();
    SvaMemRequest req = endpoint_request(f, 0, SVA_ACCESS_ATS_PRI, VA, true);

    f->work[0].pages = 4;
    req.end = VA + 0x2001;
    sva_mem_access_start(&f->work[0].access, &req);
    endpoint_assert_waits(f, 0, SVA_ACCESS_WAIT_RESPONSE);
    endpoint_assert_log(f, "at 1:10000 rw; pr 1:10000 w 0; pr 1:11000 w 0; "
                        "pr 1:12000 w 0 L");
    /* An Invalid Request may mean any of them: ask for the first alone. */
    fake_port_respond(f->p, sva_pasid(1), 0, SVA_PRG_INVALID);
    endpoint_assert_waits(f, 0, SVA_ACCESS_WAIT_RESPONSE);
    endpoint_assert_log(f, "at 1:10000 rw; pr 1:10000 w 1 L");
    endpoint_fixture_free(f);
}

static void test_a_range_may_end_with_the_address_space(void)
{
    EndpointFixture *f = endpoint_fixture_new();
    SvaMemRequest req = endpoint_request(f, 0, SVA_ACCESS_ATS_PRI,
                                         0xffffffffffffe000, false);

    f->work[0].pages = 4;
    req.end = 0;
    sva_mem_access_start(&f->work[0].access, &req);
    endpoint_assert_waits(f, 0, SVA_ACCESS_WAIT_RESPONSE);
    endpoint_assert_log(f, "at 1:ffffffffffffe000 r; "
                        "pr 1:ffffffffffffe000 r 0; "
                        "pr 1:fffffffffffff000 r 0 L");
    endpoint_fixture_free(f);
}

static void test_a_stalled_request_is_sent_again(void)
{
    EndpointFixture *f = endpoint_fixture_new();

    f->p->stall = true;
    endpoint_start(f, 0, SVA_ACCESS_UNTRANSLATED, VA, true);
    endpoint_assert_waits(f, 0, SVA_ACCESS_WAIT_STALL);
    endpoint_assert_waits(f, 0, SVA_ACCESS_WAIT_STALL);
    endpoint_assert_log(f, "uw 1:10000+8");
    endpoint_map(f, 0, VA, 8, RW);
    g_assert_true(fake_port_resume(f->p, SVA_STALL_RETRY));
    g_assert_cmphex(endpoint_wakes(f, 0), ==, 1u << SVA_ACCESS_WAIT_STALL);
    g_assert_cmpint(endpoint_step(f, 0), ==, SVA_ACCESS_DONE);
    endpoint_assert_log(f, "uw 1:10000+8");
    g_assert_cmpuint(f->work[0].counter[SVA_FN_STALLS], ==, 1);
    endpoint_fixture_free(f);
}

static void test_a_stall_may_end_with_an_abort(void)
{
    EndpointFixture *f = endpoint_fixture_new();

    f->p->stall = true;
    endpoint_start(f, 0, SVA_ACCESS_UNTRANSLATED, VA, true);
    endpoint_assert_waits(f, 0, SVA_ACCESS_WAIT_STALL);
    g_assert_true(fake_port_resume(f->p, SVA_STALL_ABORT));
    endpoint_assert_fails(f, 0, SVA_ACCESS_ABORTED);
    g_assert_cmpuint(f->work[0].counter[SVA_FN_ABORTS], ==, 1);
    endpoint_fixture_free(f);
}

static void test_a_stall_may_end_with_zeros(void)
{
    EndpointFixture *f = endpoint_fixture_new();

    f->p->stall = true;
    memset(f->work[0].data, 0xa5, 16);
    endpoint_start(f, 0, SVA_ACCESS_UNTRANSLATED, VA, false);
    endpoint_assert_waits(f, 0, SVA_ACCESS_WAIT_STALL);
    g_assert_true(fake_port_resume(f->p, SVA_STALL_RAZ_WI));
    g_assert_cmpint(endpoint_step(f, 0), ==, SVA_ACCESS_DONE);
    g_assert_cmphex(word_of(f, 0), ==, 0);
    g_assert_cmphex(f->work[0].data[8], ==, 0xa5);
    endpoint_fixture_free(f);
}

static void test_a_stall_that_nobody_has_does_not_end(void)
{
    EndpointFixture *f = endpoint_fixture_new();
    SvaStallEnd end = { .action = SVA_STALL_RETRY };

    f->p->stall = true;
    endpoint_start(f, 1, SVA_ACCESS_UNTRANSLATED, VA, true);
    endpoint_assert_waits(f, 1, SVA_ACCESS_WAIT_STALL);
    end.cookie = g_array_index(f->p->stalled, uint32_t, 0);
    end.cookie ^= 1u << 10;
    g_assert_false(sva_mem_access_stall_end(&f->fn, &end));
    end.cookie = ENDPOINT_ACCESSES;
    g_assert_false(sva_mem_access_stall_end(&f->fn, &end));
    sva_function_reset(&f->fn);
    g_assert_false(fake_port_resume(f->p, SVA_STALL_RETRY));
    endpoint_fixture_free(f);
}

static void test_a_request_sent_again_has_another_cookie(void)
{
    EndpointFixture *f = endpoint_fixture_new();
    SvaStallEnd end = { .action = SVA_STALL_ABORT };

    f->p->stall = true;
    endpoint_start(f, 0, SVA_ACCESS_UNTRANSLATED, VA, true);
    endpoint_assert_waits(f, 0, SVA_ACCESS_WAIT_STALL);
    end.cookie = g_array_index(f->p->stalled, uint32_t, 0);
    g_assert_true(fake_port_resume(f->p, SVA_STALL_RETRY));
    endpoint_assert_waits(f, 0, SVA_ACCESS_WAIT_STALL);
    g_assert_false(sva_mem_access_stall_end(&f->fn, &end));
    g_assert_true(fake_port_resume(f->p, SVA_STALL_RAZ_WI));
    g_assert_cmpint(endpoint_step(f, 0), ==, SVA_ACCESS_DONE);
    endpoint_fixture_free(f);
}

static void test_the_word_before_an_atomic_goes_to_the_buffer(void)
{
    EndpointFixture *f = endpoint_fixture_new();
    SvaMemRequest req = endpoint_request(f, 0, SVA_ACCESS_ATS, VA, true);

    req.atomic = true;
    req.kind = SVA_ATOMIC_FETCH_ADD;
    req.operand = 5;
    endpoint_map(f, 0, VA, 8, RW);
    put_word(f, 0, VA, 37);
    for (uint64_t before = 37; before < 47; before += 5) {
        uint64_t old;

        sva_mem_access_start(&f->work[0].access, &req);
        g_assert_cmpint(endpoint_step(f, 0), ==, SVA_ACCESS_DONE);
        memcpy(&old, f->work[0].data, sizeof(old));
        g_assert_cmpuint(old, ==, before);
    }
    endpoint_assert_log(f, "at 1:10000 rw; tx 201000010000+8; "
                        "tx 201000010000+8");
    endpoint_fixture_free(f);
}

static void test_an_atomic_needs_both_rights(void)
{
    EndpointFixture *f = endpoint_fixture_new();
    SvaMemRequest req = endpoint_request(f, 0, SVA_ACCESS_ATS, VA, true);

    req.atomic = true;
    endpoint_map(f, 0, VA, 8, SVA_WRITE);
    sva_mem_access_start(&f->work[0].access, &req);
    endpoint_assert_fails(f, 0, SVA_ACCESS_PAGE_FAULT);
    g_assert_cmpuint(f->counter[SVA_FN_ATS_PARTIAL], ==, 1);
    endpoint_fixture_free(f);
}

static void test_what_was_done_of_an_aborted_access_is_told(void)
{
    EndpointFixture *f = endpoint_fixture_new();

    f->p->abort_translated = true;
    f->p->partial = 3;
    endpoint_map(f, 0, VA, 8, RW);
    endpoint_start(f, 0, SVA_ACCESS_ATS, VA, true);
    endpoint_assert_fails(f, 0, SVA_ACCESS_ABORTED);
    g_assert_cmpuint(f->work[0].access.done, ==, 3);
    g_assert_cmphex(f->work[0].access.fault_addr, ==, VA + 3);
    g_assert_cmpuint(f->counter[SVA_FN_BYTES_WRITTEN], ==, 3);
    endpoint_fixture_free(f);
}

static void test_no_more_is_done_than_was_wanted(void)
{
    EndpointFixture *f = endpoint_fixture_new();

    f->p->abort_translated = true;
    f->p->partial = 100;
    endpoint_map(f, 0, VA, 8, RW);
    endpoint_start(f, 0, SVA_ACCESS_ATS, VA, true);
    endpoint_assert_fails(f, 0, SVA_ACCESS_ABORTED);
    g_assert_cmpuint(f->work[0].access.done, ==, 8);
    g_assert_cmpuint(f->counter[SVA_FN_BYTES_WRITTEN], ==, 8);
    endpoint_fixture_free(f);
}

static void test_without_its_enables_it_sends_nothing(void)
{
    static const struct {
        bool bus_master, pasid, ats;
        SvaAccessMode mode;
        SvaAccessError error;
    } rows[] = {
        { false, true, true, SVA_ACCESS_UNTRANSLATED, SVA_ACCESS_ABORTED },
        { true, false, true, SVA_ACCESS_UNTRANSLATED, SVA_ACCESS_ABORTED },
        { false, true, true, SVA_ACCESS_ATS, SVA_ACCESS_ATS_ERROR },
        { true, false, true, SVA_ACCESS_ATS, SVA_ACCESS_ATS_ERROR },
        { true, true, false, SVA_ACCESS_ATS, SVA_ACCESS_ATS_ERROR },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        EndpointFixture *f = endpoint_fixture_new();

        endpoint_map(f, 0, VA, 8, RW);
        sva_function_set_bus_master(&f->fn, rows[i].bus_master);
        sva_function_set_pasid(&f->fn, rows[i].pasid);
        sva_function_set_ats(&f->fn, rows[i].ats);
        endpoint_start(f, 0, rows[i].mode, VA, true);
        endpoint_assert_fails(f, 0, rows[i].error);
        endpoint_assert_log(f, "");
        endpoint_fixture_free(f);
    }
}

static void test_a_translation_request_may_be_refused(void)
{
    EndpointFixture *f = endpoint_fixture_new();

    f->p->ats_status = SVA_ATS_UR;
    endpoint_start(f, 0, SVA_ACCESS_ATS_PRI, VA, true);
    endpoint_assert_fails(f, 0, SVA_ACCESS_ATS_ERROR);
    g_assert_cmpuint(f->counter[SVA_FN_ATS_ERROR], ==, 1);
    endpoint_fixture_free(f);
}

#define ADD(name) g_test_add_func("/endpoint/access/" #name, test_##name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(an_untranslated_access_sends_one_request);
    ADD(a_miss_asks_the_iommu_and_a_hit_does_not);
    ADD(a_completion_serves_all_of_its_range);
    ADD(a_part_is_kept_of_what_is_too_large);
    ADD(a_completion_of_no_size_serves_a_page);
    ADD(a_translation_of_another_pasid_is_no_hit);
    ADD(a_page_for_untranslated_use_is_accessed_so);
    ADD(without_pri_a_missing_page_is_a_page_fault);
    ADD(an_access_that_must_not_block_is_a_page_fault);
    ADD(a_page_request_brings_the_page);
    ADD(a_response_within_the_request_is_as_good);
    ADD(an_invalid_request_fails_the_access);
    ADD(a_response_failure_is_the_end_of_all_page_requests);
    ADD(success_in_vain_comes_to_an_end);
    ADD(pages_of_the_range_are_asked_for_in_advance);
    ADD(a_range_may_end_with_the_address_space);
    ADD(a_stalled_request_is_sent_again);
    ADD(a_stall_may_end_with_an_abort);
    ADD(a_stall_may_end_with_zeros);
    ADD(a_stall_that_nobody_has_does_not_end);
    ADD(a_request_sent_again_has_another_cookie);
    ADD(the_word_before_an_atomic_goes_to_the_buffer);
    ADD(an_atomic_needs_both_rights);
    ADD(what_was_done_of_an_aborted_access_is_told);
    ADD(no_more_is_done_than_was_wanted);
    ADD(without_its_enables_it_sends_nothing);
    ADD(a_translation_request_may_be_refused);
    return g_test_run();
}

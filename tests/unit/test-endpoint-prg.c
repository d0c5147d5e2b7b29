/*
 * Tests of page request group bookkeeping (PCIe r6 10.4)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/sva/endpoint/prg.h"

static int job_a, job_b;

static SvaPrgTable *table_with(uint32_t allocation)
{
    SvaPrgTable *t = g_new(SvaPrgTable, 1);

    sva_prg_init(t);
    sva_prg_set_allocation(t, allocation);
    return t;
}

static SvaPageResponse response(int prgi, SvaPasid pasid)
{
    return (SvaPageResponse) { .pasid = pasid, .prgi = (uint16_t)prgi };
}

static void test_nothing_may_be_sent_without_allocation(void)
{
    g_autofree SvaPrgTable *t = table_with(0);

    g_assert_cmpuint(sva_prg_credits(t), ==, 0);
    g_assert_cmpint(sva_prg_open(t, sva_pasid(1), 1, &job_a), ==, -1);
}

static void test_credits_are_page_requests_not_groups(void)
{
    g_autofree SvaPrgTable *t = table_with(8);
    SvaPageResponse rsp;
    void *owner;
    int g;

    g = sva_prg_open(t, sva_pasid(1), 5, &job_a);
    g_assert_cmpint(g, >=, 0);
    g_assert_cmpuint(sva_prg_credits(t), ==, 3);
    g_assert_cmpint(sva_prg_open(t, sva_pasid(1), 4, &job_b), ==, -1);
    g_assert_cmpint(sva_prg_open(t, sva_pasid(1), 3, &job_b), >=, 0);
    g_assert_cmpuint(sva_prg_credits(t), ==, 0);
    /* One response retires all requests of its group. */
    rsp = response(g, sva_pasid(1));
    g_assert_cmpint(sva_prg_close(t, &rsp, true, &owner), ==,
                    SVA_PRG_MATCHED);
    g_assert_true(owner == &job_a);
    g_assert_cmpuint(sva_prg_credits(t), ==, 5);
    g_assert_cmpuint(t->outstanding, ==, 3);
}

static void test_smaller_allocation_keeps_what_is_outstanding(void)
{
    g_autofree SvaPrgTable *t = table_with(8);

    g_assert_cmpint(sva_prg_open(t, sva_pasid(1), 6, &job_a), >=, 0);
    sva_prg_set_allocation(t, 4);
    g_assert_cmpuint(sva_prg_credits(t), ==, 0);
    g_assert_cmpuint(t->outstanding, ==, 6);
}

static void test_empty_group_is_refused(void)
{
    g_autofree SvaPrgTable *t = table_with(UINT32_MAX);

    g_assert_cmpint(sva_prg_open(t, sva_pasid(1), 0, &job_a), ==, -1);
    g_assert_cmpint(sva_prg_open(t, sva_pasid(1), 65536, &job_a), ==, -1);
    g_assert_cmpint(sva_prg_open(t, sva_pasid(1), 65535, &job_a), >=, 0);
    g_assert_cmpuint(t->outstanding, ==, 65535);
}

static void test_512_groups_have_512_indices(void)
{
    g_autofree SvaPrgTable *t = table_with(1000);
    bool seen[512] = { false };
    int i;

    for (i = 0; i < 512; i++) {
        int g = sva_prg_open(t, sva_pasid(1), 1, &job_a);

        g_assert_cmpint(g, >=, 0);
        g_assert_cmpint(g, <, 512);
        g_assert_false(seen[g]);
        seen[g] = true;
    }
    g_assert_cmpint(sva_prg_open(t, sva_pasid(1), 1, &job_a), ==, -1);
    g_assert_cmpuint(t->outstanding, ==, 512);
}

static void test_index_is_reused_last(void)
{
    g_autofree SvaPrgTable *t = table_with(1000);
    SvaPageResponse rsp;
    void *owner;
    int first, i;

    first = sva_prg_open(t, sva_pasid(1), 1, &job_a);
    rsp = response(first, sva_pasid(1));
    g_assert_cmpint(sva_prg_close(t, &rsp, true, &owner), ==,
                    SVA_PRG_MATCHED);
    for (i = 0; i < 511; i++) {
        g_assert_cmpint(sva_prg_open(t, sva_pasid(1), 1, &job_a), !=, first);
    }
    g_assert_cmpint(sva_prg_open(t, sva_pasid(1), 1, &job_a), ==, first);
}

static void test_indices_stay_unique_when_answered_out_of_order(void)
{
    g_autofree SvaPrgTable *t = table_with(1000);
    GRand *rand = g_rand_new_with_seed(3);
    bool busy[512] = { false };
    unsigned step;

    for (step = 0; step < 20000; step++) {
        int g = g_rand_int_range(rand, 0, 512);
        SvaPageResponse rsp = response(g, sva_pasid(1));
        void *owner;

        g_assert_cmpint(sva_prg_close(t, &rsp, true, &owner), ==,
                        busy[g] ? SVA_PRG_MATCHED : SVA_PRG_UNKNOWN);
        busy[g] = false;
        g = sva_prg_open(t, sva_pasid(1), 1, &job_a);
        if (g >= 0) {
            g_assert_false(busy[g]);
            busy[g] = true;
        }
    }
    g_rand_free(rand);
}

static void test_response_matches_once(void)
{
    g_autofree SvaPrgTable *t = table_with(8);
    SvaPageResponse rsp;
    void *owner;

    rsp = response(sva_prg_open(t, sva_pasid(1), 1, &job_a), sva_pasid(1));
    g_assert_cmpint(sva_prg_close(t, &rsp, true, &owner), ==,
                    SVA_PRG_MATCHED);
    owner = &job_b;
    g_assert_cmpint(sva_prg_close(t, &rsp, true, &owner), ==,
                    SVA_PRG_UNKNOWN);
    g_assert_null(owner);
    g_assert_cmpuint(t->outstanding, ==, 0);
}

static void test_response_of_another_pasid_does_not_match(void)
{
    g_autofree SvaPrgTable *t = table_with(8);
    int g = sva_prg_open(t, sva_pasid(0), 1, &job_a);
    SvaPageResponse other = response(g, sva_pasid(2));
    SvaPageResponse none = response(g, SVA_NO_PASID);
    void *owner;

    g_assert_cmpint(sva_prg_close(t, &other, true, &owner), ==,
                    SVA_PRG_UNKNOWN);
    /* PASID 0 is not "no PASID". */
    g_assert_cmpint(sva_prg_close(t, &none, true, &owner), ==,
                    SVA_PRG_UNKNOWN);
    g_assert_cmpuint(t->outstanding, ==, 1);
    g_assert_cmpint(sva_prg_close(t, &none, false, &owner), ==,
                    SVA_PRG_MATCHED);
}

static void test_index_beyond_nine_bits_matches_nothing(void)
{
    g_autofree SvaPrgTable *t = table_with(8);
    SvaPageResponse rsp = response(512, SVA_NO_PASID);
    void *owner;

    g_assert_cmpint(sva_prg_close(t, &rsp, false, &owner), ==,
                    SVA_PRG_UNKNOWN);
    rsp.prgi = 0xffff;
    g_assert_cmpint(sva_prg_close(t, &rsp, false, &owner), ==,
                    SVA_PRG_UNKNOWN);
}

static void test_abandoned_group_keeps_index_and_credit(void)
{
    g_autofree SvaPrgTable *t = table_with(3);
    int a = sva_prg_open(t, sva_pasid(1), 2, &job_a);
    int b = sva_prg_open(t, sva_pasid(2), 1, &job_b);
    SvaPageResponse rsp = response(a, sva_pasid(1));
    void *owner = &job_b;

    g_assert_cmpuint(sva_prg_abandon_owner(t, &job_a), ==, 1);
    g_assert_cmpuint(sva_prg_abandon_owner(t, &job_a), ==, 0);
    g_assert_cmpuint(sva_prg_credits(t), ==, 0);
    g_assert_cmpuint(sva_prg_outstanding(t, sva_pasid(1)), ==, 2);
    g_assert_cmpint(sva_prg_close(t, &rsp, true, &owner), ==, SVA_PRG_STALE);
    g_assert_null(owner);
    g_assert_cmpuint(sva_prg_credits(t), ==, 2);

    g_assert_cmpuint(sva_prg_abandon_owner(t, &job_b), ==, 1);
    rsp = response(b, sva_pasid(2));
    g_assert_cmpint(sva_prg_close(t, &rsp, true, &owner), ==, SVA_PRG_STALE);
}

static void test_outstanding_is_counted_by_pasid(void)
{
    g_autofree SvaPrgTable *t = table_with(10);

    g_assert_cmpint(sva_prg_open(t, sva_pasid(1), 2, &job_a), >=, 0);
    g_assert_cmpint(sva_prg_open(t, sva_pasid(1), 3, &job_a), >=, 0);
    g_assert_cmpint(sva_prg_open(t, SVA_NO_PASID, 1, &job_b), >=, 0);
    g_assert_cmpuint(sva_prg_outstanding(t, sva_pasid(1)), ==, 5);
    g_assert_cmpuint(sva_prg_outstanding(t, SVA_NO_PASID), ==, 1);
    g_assert_cmpuint(sva_prg_outstanding(t, sva_pasid(0)), ==, 0);
}

static void test_forgotten_groups_are_unknown(void)
{
    g_autofree SvaPrgTable *t = table_with(1000);
    SvaPageResponse rsp;
    void *owner;
    int i;

    for (i = 0; i < 512; i++) {
        rsp = response(sva_prg_open(t, sva_pasid(1), 1, &job_a),
                       sva_pasid(1));
    }
    sva_prg_forget_all(t);
    g_assert_cmpuint(t->outstanding, ==, 0);
    g_assert_cmpuint(sva_prg_credits(t), ==, 1000);
    g_assert_cmpint(sva_prg_close(t, &rsp, true, &owner), ==,
                    SVA_PRG_UNKNOWN);
    for (i = 0; i < 512; i++) {
        g_assert_cmpint(sva_prg_open(t, sva_pasid(1), 1, &job_a), >=, 0);
    }
}

/* Indices are given out in the same order, and only an owner is missing. */
static void test_table_is_restored(void)
{
    g_autofree SvaPrgTable *t = table_with(8), *u = table_with(0);
    g_autofree SvaPrgState *state = g_new(SvaPrgState, 1);
    SvaPageResponse rsp;
    void *owner;
    int a, b, c;

    a = sva_prg_open(t, sva_pasid(1), 1, &job_a);
    b = sva_prg_open(t, sva_pasid(2), 2, &job_b);
    c = sva_prg_open(t, SVA_NO_PASID, 3, &job_a);
    rsp = response(b, sva_pasid(2));
    sva_prg_close(t, &rsp, true, &owner);
    sva_prg_save(t, state);
    g_assert_true(sva_prg_restore(u, state));
    g_assert_cmpuint(sva_prg_credits(u), ==, 4);

    g_assert_false(sva_prg_adopt(u, SVA_PRGI_COUNT, sva_pasid(1), 1, &job_a));
    g_assert_false(sva_prg_adopt(u, a, sva_pasid(1), 2, &job_a));
    g_assert_false(sva_prg_adopt(u, a, SVA_NO_PASID, 1, &job_a));
    g_assert_false(sva_prg_adopt(u, b, SVA_NO_PASID, 0, &job_a));
    g_assert_true(sva_prg_adopt(u, a, sva_pasid(1), 1, &job_a));
    g_assert_false(sva_prg_adopt(u, a, sva_pasid(1), 1, &job_b));
    rsp = response(a, sva_pasid(1));
    g_assert_cmpint(sva_prg_close(u, &rsp, true, &owner), ==,
                    SVA_PRG_MATCHED);
    g_assert_true(owner == &job_a);
    rsp = response(c, SVA_NO_PASID);
    g_assert_cmpint(sva_prg_close(u, &rsp, true, &owner), ==, SVA_PRG_STALE);
    g_assert_cmpint(sva_prg_open(u, sva_pasid(1), 1, &job_a), ==, c + 1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/prg/nothing-may-be-sent-without-allocation",
                    test_nothing_may_be_sent_without_allocation);
    g_test_add_func("/prg/credits-are-page-requests-not-groups",
                    test_credits_are_page_requests_not_groups);
    g_test_add_func("/prg/smaller-allocation-keeps-what-is-outstanding",
                    test_smaller_allocation_keeps_what_is_outstanding);
    g_test_add_func("/prg/empty-group-is-refused",
                    test_empty_group_is_refused);
    g_test_add_func("/prg/512-groups-have-512-indices",
                    test_512_groups_have_512_indices);
    g_test_add_func("/prg/index-is-reused-last", test_index_is_reused_last);
    g_test_add_func("/prg/indices-stay-unique-when-answered-out-of-order",
                    test_indices_stay_unique_when_answered_out_of_order);
    g_test_add_func("/prg/response-matches-once", test_response_matches_once);
    g_test_add_func("/prg/response-of-another-pasid-does-not-match",
                    test_response_of_another_pasid_does_not_match);
    g_test_add_func("/prg/index-beyond-nine-bits-matches-nothing",
                    test_index_beyond_nine_bits_matches_nothing);
    g_test_add_func("/prg/abandoned-group-keeps-index-and-credit",
                    test_abandoned_group_keeps_index_and_credit);
    g_test_add_func("/prg/outstanding-is-counted-by-pasid",
                    test_outstanding_is_counted_by_pasid);
    g_test_add_func("/prg/forgotten-groups-are-unknown",
                    test_forgotten_groups_are_unknown);
    g_test_add_func("/prg/table-is-restored", test_table_is_restored);
    return g_test_run();
}

/*
 * Checker: obligations as they are told, from the change to the wait
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "checker-fixture.h"

static CheckFixture *heard(void)
{
    CheckFixture *f = check_new();

    sva_checker_listen(f->c, true);
    check_map(f);
    return f;
}

static void put_entry(CheckFixture *f, SvaPasid pasid, uint64_t word)
{
    fake_put64(f->env, check_entry_pa(pasid), word);
    fake_put64(f->env, check_entry_pa(pasid) + 8, DOMAIN);
}

static void unbind(CheckFixture *f)
{
    put_entry(f, PASID, 0);
}

static SvaCheckTold told(CheckFixture *f)
{
    SvaCheckTold told;

    g_assert_true(sva_checker_told(f->c, &told));
    /* What the caller emits is his own. */
    g_assert_true(told.obligation.owed == told.owed || !told.begin);
    return told;
}

static void no_more(CheckFixture *f)
{
    SvaCheckTold told;

    g_assert_false(sva_checker_told(f->c, &told));
}

/* -- begin and end -- */

static void test_a_legal_unbind(void)
{
    CheckFixture *f = heard();
    SvaCheckTold begin, end;

    check_access(f, RID, PASID, VA);
    check_ats(f, RID, PASID, VA + 0x1000);
    unbind(f);
    fake_env_advance(f->env, 20 * MS);
    begin = told(f);
    no_more(f);
    g_assert_true(begin.begin);
    g_assert_cmpuint(begin.obligation.id, ==, 1);
    g_assert_cmpint(begin.rid, ==, RID);
    g_assert_cmpuint(begin.pasid.id, ==, 5);
    g_assert_cmpuint(begin.obligation.type, ==, SVA_ENTRY_VTD_PASID);
    g_assert_cmphex(begin.obligation.pa, ==, check_entry_pa(PASID));
    g_assert_cmphex(begin.obligation.before[0], ==, TOP | P);
    g_assert_cmpuint(begin.obligation.before_count, ==, 2);
    g_assert_cmphex(begin.obligation.now[0], ==, 0);
    g_assert_cmpstr(begin.owed, ==, "entry, tlb, walk, atc");
    g_assert_cmpuint(begin.obligation.since, >, 0);

    check_inval_entry(f, PASID);
    check_inval_tlb(f, PASID);
    check_wait(f);
    no_more(f);                 /* the ATC has it still */
    fake_env_advance(f->env, 5 * MS);
    check_inval_atc(f, PASID, 0, UINT64_MAX);
    no_more(f);                 /* sent, not complete */
    check_wait(f);
    end = told(f);
    no_more(f);
    g_assert_false(end.begin);
    g_assert_cmpuint(end.obligation.id, ==, 1);
    g_assert_cmpint(end.rid, ==, RID);
    g_assert_cmpuint(end.pasid.id, ==, 5);
    g_assert_cmpint(end.obligation.end, ==, SVA_OBLIGATION_COMPLETE);
    g_assert_cmpuint(end.obligation.until, ==, (uint64_t)f->env->now);
    fake_env_advance(f->env, 300 * MS);
    no_more(f);
    check_reports(f, "");
    check_free(f);
}

/* It is told when it was seen, and what became of it: nothing. */
static void test_a_violation_stays_open(void)
{
    CheckFixture *f = heard();
    SvaCheckTold begin;

    check_access(f, RID, PASID, VA);
    unbind(f);
    fake_env_advance(f->env, 300 * MS);
    begin = told(f);
    g_assert_true(begin.begin);
    no_more(f);
    check_reports(f, "inval-entry-missing");
    g_assert_cmpuint(check_report(f)->facts.obligation, ==,
                     begin.obligation.id);
    g_assert_cmpint(check_report(f)->facts.since, ==,
                    (int64_t)begin.obligation.since);
    check_inval_all(f, PASID);
    fake_env_advance(f->env, 300 * MS);
    no_more(f);
    check_free(f);
}

/* What was used again too early may yet be invalidated. */
static void test_a_reuse_ends_late(void)
{
    CheckFixture *f = heard();
    SvaCheckTold begin, end;

    check_access(f, RID, PASID, VA);
    unbind(f);
    fake_env_advance(f->env, 20 * MS);
    put_entry(f, PASID, (TOP + 0x10000) | P);
    check_access(f, RID, PASID, VA);
    check_reports(f, "inval-reused-early");
    begin = told(f);
    g_assert_cmpuint(check_report(f)->facts.obligation, ==,
                     begin.obligation.id);
    check_inval_all(f, PASID);
    do {
        end = told(f);
    } while (end.begin || end.obligation.id != begin.obligation.id);
    check_free(f);
}

static void test_a_change_that_is_taken_back(void)
{
    CheckFixture *f = heard();

    check_access(f, RID, PASID, VA);
    fake_put64(f->env, check_pte_pa(0), 0);
    fake_env_advance(f->env, 20 * MS);
    g_assert_true(told(f).begin);
    fake_put64(f->env, check_pte_pa(0), DATA | P | W);
    fake_env_advance(f->env, 300 * MS);
    g_assert_cmpint(told(f).obligation.end, ==, SVA_OBLIGATION_WITHDRAWN);
    check_reports(f, "");
    check_free(f);
}

static void test_what_is_forgotten(void)
{
    CheckFixture *f = check_new_with(&(SvaCheckOptions) {
        .limit = SVA_CHECK_LIMIT_DEFAULT, .history = 64,
        .entries = SVA_CHECK_ENTRIES_MIN,
    });
    SvaCheckTold one;
    unsigned i;

    sva_checker_listen(f->c, true);
    check_map(f);
    check_access(f, RID, PASID, VA);
    fake_put64(f->env, check_pte_pa(0), 0);
    unbind(f);
    fake_env_advance(f->env, 20 * MS);
    g_assert_true(told(f).begin);
    g_assert_true(told(f).begin);
    no_more(f);
    for (i = 0; i < SVA_CHECK_ENTRIES_MIN; i++) {
        put_entry(f, sva_pasid(6 + i), TOP | P);
        check_access(f, RID, sva_pasid(6 + i), VA + 0x1000);
    }
    for (i = 0; i < 2; i++) {
        one = told(f);
        g_assert_false(one.begin);
        g_assert_cmpint(one.obligation.end, ==, SVA_OBLIGATION_FORGOTTEN);
    }
    check_free(f);
}

/* -- as few as possible -- */

static void test_neighbours_are_told_as_one(void)
{
    CheckFixture *f = heard();
    SvaCheckTold begin, end;
    unsigned i;

    for (i = 0; i < 16; i++) {
        check_access(f, RID, PASID, VA + i * 0x1000);
    }
    for (i = 0; i < 16; i++) {
        if (i != 9) {
            fake_put64(f->env, check_pte_pa(i), 0);
        }
    }
    fake_env_advance(f->env, 20 * MS);
    begin = told(f);
    g_assert_cmphex(begin.addr, ==, VA);
    g_assert_cmphex(begin.obligation.last, ==, VA + 0x8fff);
    g_assert_cmpuint(begin.obligation.entries, ==, 9);
    begin = told(f);
    g_assert_cmphex(begin.addr, ==, VA + 0xa000);
    g_assert_cmphex(begin.obligation.last, ==, VA + 0xffff);
    g_assert_cmpuint(begin.obligation.entries, ==, 6);
    no_more(f);

    check_inval_range(f, PASID, VA, VA + 0x7fff, true);
    check_wait(f);
    no_more(f);                 /* one of nine is left */
    check_inval_range(f, PASID, VA + 0x8000, VA + 0x8fff, true);
    check_wait(f);
    end = told(f);
    g_assert_cmpint(end.obligation.end, ==, SVA_OBLIGATION_COMPLETE);
    no_more(f);
    check_free(f);
}

static void test_neighbours_of_others_are_not(void)
{
    CheckFixture *f = heard();

    put_entry(f, sva_pasid(6), TOP | P);
    check_access(f, RID, PASID, VA);
    check_access(f, RID, sva_pasid(6), VA + 0x1000);
    fake_put64(f->env, check_pte_pa(0), 0);
    fake_put64(f->env, check_pte_pa(1), 0);
    fake_env_advance(f->env, 20 * MS);
    g_assert_cmphex(told(f).obligation.last, ==, VA + 0xfff);
    g_assert_cmphex(told(f).obligation.last, ==, VA + 0x1fff);
    no_more(f);
    check_free(f);
}

/* What was fetched is told, and does not grow any more. */
static void test_what_was_fetched_is_whole(void)
{
    CheckFixture *f = heard();

    check_access(f, RID, PASID, VA);
    check_access(f, RID, PASID, VA + 0x1000);
    fake_put64(f->env, check_pte_pa(0), 0);
    fake_env_advance(f->env, 20 * MS);
    g_assert_cmpuint(told(f).obligation.entries, ==, 1);
    fake_put64(f->env, check_pte_pa(1), 0);
    fake_env_advance(f->env, 20 * MS);
    g_assert_cmphex(told(f).addr, ==, VA + 0x1000);
    check_free(f);
}

/* A guest that changes without end, and nobody who fetches. */
static void test_it_is_bounded_and_loss_is_counted(void)
{
    CheckFixture *f = heard();
    SvaCheckTold one = { .rid = 0 };
    unsigned i, n = 0;

    for (i = 0; i < 2000; i++) {
        put_entry(f, PASID, i & 1 ? 0 : (TOP + 0x10000) | P);
        check_access(f, RID, PASID, VA);
        check_inval_entry(f, PASID);
    }
    while (sva_checker_told(f->c, &one)) {
        n++;
    }
    g_assert_cmpuint(n, <=, 256);
    g_assert_cmpuint(n, >, 100);
    g_assert_cmpuint(one.obligation.lost, >, 500);
    check_free(f);
}

/* However much is open, a wait looks at so much and no more. */
static void test_a_wait_is_bounded(void)
{
    CheckFixture *f = check_new_with(&(SvaCheckOptions) {
        .limit = 10000 * MS, .history = 64,
        .entries = SVA_CHECK_ENTRIES_DEFAULT,
    });
    uint64_t before;
    unsigned i;

    sva_checker_listen(f->c, true);
    check_map(f);
    for (i = 0; i < 20000; i++) {
        put_entry(f, sva_pasid(6 + i), TOP | P);
        check_access(f, RID, sva_pasid(6 + i), VA);
    }
    fake_put64(f->env, check_pte_pa(0), 0);
    fake_env_advance(f->env, 2000 * MS);
    g_assert_cmpuint(check_counts(f).open, >, 15000);
    before = check_counts(f).work;
    check_wait(f);
    g_assert_cmpuint(check_counts(f).work - before, <, 10000);
    check_free(f);
}

/* -- listening -- */

static void test_nobody_listens(void)
{
    CheckFixture *f = check_new();
    uint64_t before;

    check_map(f);
    check_access(f, RID, PASID, VA);
    unbind(f);
    fake_env_advance(f->env, 20 * MS);
    no_more(f);
    g_assert_cmpuint(check_counts(f).open, ==, 1);
    before = check_counts(f).work;
    check_wait(f);
    g_assert_cmpuint(check_counts(f).work, ==, before);
    sva_checker_listen(f->c, true);
    check_inval_all(f, PASID);  /* its begin was not told */
    fake_env_advance(f->env, 300 * MS);
    no_more(f);
    check_free(f);
}

static void count_call(void *opaque)
{
    ++*(unsigned *)opaque;
}

static void test_it_calls_when_there_is_something(void)
{
    CheckFixture *f = heard();
    unsigned calls = 0;

    sva_checker_set_told(f->c, count_call, &calls);
    check_access(f, RID, PASID, VA);
    fake_env_advance(f->env, 20 * MS);
    g_assert_cmpuint(calls, ==, 0);
    unbind(f);
    check_inval_entry(f, PASID);
    g_assert_cmpuint(calls, ==, 1);
    sva_checker_set_told(f->c, NULL, NULL);
    check_free(f);
}

/* What is owed is what is left, not all that could be. */
static void test_it_owes_what_is_left(void)
{
    CheckFixture *f = heard();

    check_access(f, RID, PASID, VA);
    fake_put64(f->env, check_pte_pa(0), 0);
    fake_env_advance(f->env, 20 * MS);
    g_assert_cmpstr(told(f).owed, ==, "tlb");
    check_free(f);
}

#define ADD(name) g_test_add_func("/checker/obligation/" #name, test_##name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(a_legal_unbind);
    ADD(a_violation_stays_open);
    ADD(a_reuse_ends_late);
    ADD(a_change_that_is_taken_back);
    ADD(what_is_forgotten);
    ADD(neighbours_are_told_as_one);
    ADD(neighbours_of_others_are_not);
    ADD(what_was_fetched_is_whole);
    ADD(it_is_bounded_and_loss_is_counted);
    ADD(a_wait_is_bounded);
    ADD(nobody_listens);
    ADD(it_calls_when_there_is_something);
    ADD(it_owes_what_is_left);
    return g_test_run();
}

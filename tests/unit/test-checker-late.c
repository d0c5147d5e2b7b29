/*
 * Checker: who is not late, as he waits, or as the host is busy
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "checker-fixture.h"

/* A function may take its time to answer, and other work stands behind it. */
static void test_a_wait_that_takes_long(void)
{
    CheckFixture *f = check_mapped();

    check_access(f, RID, PASID, VA);
    check_access(f, RID, PASID, VA + 0x1000);
    check_put_pte(f, 0, 0);
    check_inval_range(f, PASID, VA, PAGE_LAST(VA), false);
    check_wait_begin(f);
    check_put_pte(f, 1, 0);
    fake_env_advance(f->env, 5000 * MS);
    check_wait_end(f);
    check_inval_range(f, PASID, VA + 0x1000, PAGE_LAST(VA + 0x1000), false);
    check_wait(f);
    check_past_limit(f);
    check_reports(f, "");
    check_free(f);
}

/* That others wait now excuses only for so long. */
static void test_what_is_owed_after_a_wait(void)
{
    CheckFixture *f = check_mapped();

    check_access(f, RID, PASID, VA);
    check_put_pte(f, 0, 0);
    check_wait_begin(f);
    check_past_limit(f);
    check_reports(f, "");
    check_wait_end(f);
    check_past_limit(f);
    check_reports(f, "inval-tlb-missing");
    check_free(f);
}

static void test_a_wait_that_never_ends(void)
{
    CheckFixture *f = check_mapped();

    check_wait_begin(f);
    check_access(f, RID, PASID, VA);
    check_put_pte(f, 0, 0);
    fake_env_advance(f->env, 89000 * MS);
    check_reports(f, "");
    fake_env_advance(f->env, 2000 * MS);
    check_reports(f, "inval-tlb-missing");
    g_assert_cmpint(check_report(f)->facts.culprit, ==, SVA_CULPRIT_UNKNOWN);
    check_free(f);
}

/* After a time-out software waits again, for all of it. */
static void test_a_wait_that_was_given_up(void)
{
    CheckFixture *f = check_mapped();

    check_wait_begin(f);
    check_wait(f);
    check_access(f, RID, PASID, VA);
    check_put_pte(f, 0, 0);
    check_past_limit(f);
    check_reports(f, "inval-tlb-missing");
    g_assert_cmpint(check_report(f)->facts.culprit, ==, SVA_CULPRIT_KERNEL);
    check_free(f);
}

/* A tenth of the time. */
static int64_t ran_little(void *opaque, int64_t elapsed)
{
    int64_t *sum = opaque;

    *sum += elapsed;
    return elapsed / 10;
}

/* The host runs others: the guest can have done nothing. */
static void test_a_host_that_is_busy(void)
{
    int64_t sum = 0;
    CheckFixture *f = check_new_with(&(SvaCheckOptions) {
        .limit = SVA_CHECK_LIMIT_DEFAULT,
        .history = 64,
        .entries = SVA_CHECK_ENTRIES_DEFAULT,
        .ran = ran_little,
        .ran_opaque = &sum,
    });

    check_map(f);
    check_access(f, RID, PASID, VA);
    check_put_pte(f, 0, 0);
    fake_env_advance(f->env, 1900 * MS);
    check_reports(f, "");
    g_assert_cmpint(sum, >=, 1800 * MS);
    g_assert_cmpint(sum, <=, 1900 * MS);
    fake_env_advance(f->env, 500 * MS);
    check_reports(f, "inval-tlb-missing");
    check_free(f);
}

#define TEST(name) g_test_add_func("/checker/late/" #name, test_ ## name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    TEST(a_wait_that_takes_long);
    TEST(what_is_owed_after_a_wait);
    TEST(a_wait_that_never_ends);
    TEST(a_wait_that_was_given_up);
    TEST(a_host_that_is_busy);
    return g_test_run();
}

/*
 * Checker: what is owed after a change, for each rule a guest that breaks it
 * and one that nearly does
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "checker-fixture.h"

static void test_a_page_that_is_taken_away(void)
{
    CheckFixture *f = check_mapped();

    g_assert_true(check_access(f, RID, PASID, VA));
    check_put_pte(f, 0, 0);
    check_past_limit(f);
    check_reports(f, "inval-tlb-missing");
    g_assert_cmphex(check_report(f)->facts.addr, ==, VA);
    g_assert_cmphex(check_report(f)->facts.last, ==, PAGE_LAST(VA));
    g_assert_cmphex(check_report(f)->facts.before.words[0], ==, DATA | P | W);
    g_assert_cmphex(check_report(f)->facts.now.words[0], ==, 0);
    g_assert_cmphex(check_report(f)->facts.pa, ==, check_pte_pa(0));
    g_assert_cmpint(check_report(f)->facts.rid, ==, RID);
    g_assert_cmpint(check_report(f)->facts.pasid.id, ==, 5);
    g_assert_cmpstr(check_report(f)->owed, ==, "tlb");
    check_free(f);
}

static void test_a_page_that_is_invalidated(void)
{
    CheckFixture *f = check_mapped();

    check_access(f, RID, PASID, VA);
    check_put_pte(f, 0, 0);
    check_inval_range(f, PASID, VA, PAGE_LAST(VA), true);
    check_wait(f);
    check_past_limit(f);
    check_reports(f, "");
    check_free(f);
}

/* Flushing later is legal, within the limit. */
static void test_a_lazy_flush(void)
{
    CheckFixture *f = check_mapped();

    check_access(f, RID, PASID, VA);
    check_put_pte(f, 0, 0);
    fake_env_advance(f->env, 150 * MS);
    check_inval_tlb(f, PASID);
    check_wait(f);
    check_past_limit(f);
    check_reports(f, "");
    check_free(f);
}

static void test_rights_and_flags(void)
{
    CheckFixture *f = check_mapped();

    check_put_pte(f, 0, DATA | P);
    check_access(f, RID, PASID, VA);
    check_put_pte(f, 0, DATA | P | W);        /* more rights */
    check_past_limit(f);
    check_put_pte(f, 0, DATA | P | W | A);
    check_past_limit(f);
    check_put_pte(f, 1, 0);                   /* never read */
    check_past_limit(f);
    check_reports(f, "");
    check_access(f, RID, PASID, VA);
    check_put_pte(f, 0, DATA | P | A);
    check_past_limit(f);
    check_reports(f, "inval-tlb-missing");
    check_free(f);
}

/* What never stays is nothing that anybody could have relied on. */
static void test_a_change_that_is_taken_back(void)
{
    CheckFixture *f = check_mapped();

    check_access(f, RID, PASID, VA);
    check_put_pte(f, 0, 0);
    fake_env_advance(f->env, 50 * MS);
    g_assert_cmpuint(check_counts(f).open, ==, 1);
    check_put_pte(f, 0, DATA | P | W);
    check_past_limit(f);
    check_reports(f, "");
    g_assert_cmpuint(check_counts(f).open, ==, 0);
    check_free(f);
}

/* As long as a range is being changed nobody is late. */
static void test_a_range_that_takes_long(void)
{
    CheckFixture *f = check_mapped();
    unsigned i;

    for (i = 0; i < 16; i++) {
        check_access(f, RID, PASID, VA + i * 0x1000);
    }
    for (i = 0; i < 16; i++) {
        check_put_pte(f, i, 0);
        fake_env_advance(f->env, 50 * MS);
    }
    check_inval_range(f, PASID, VA, VA + 0xffff, true);
    check_wait(f);
    check_past_limit(f);
    check_reports(f, "");
    check_free(f);
}

static void test_a_range_that_ends_early(void)
{
    CheckFixture *f = check_mapped();
    unsigned i;

    for (i = 0; i < 3; i++) {
        check_access(f, RID, PASID, VA + i * 0x1000);
        check_put_pte(f, i, 0);
    }
    check_inval_range(f, PASID, VA, VA + 0x1fff, false);
    check_wait(f);
    check_past_limit(f);
    check_reports(f, "inval-range-missed");
    g_assert_cmphex(check_report(f)->facts.addr, ==, VA + 0x2000);
    g_assert_nonnull(strstr(check_report(f)->text,
                            "0x40002000-0x40002fff, invalidated was "
                            "0x40000000-0x40001fff"));
    check_free(f);
}

/* Two invalidations may share a large page. */
static void test_a_large_page_in_parts(void)
{
    CheckFixture *f = check_mapped();
    uint64_t pmd = MIDDLE + (VA >> 21 & 511) * 8;

    fake_put64(f->env, pmd, DATA | P | PAGE);
    check_access(f, RID, PASID, VA);
    fake_put64(f->env, pmd, 0);
    check_inval_range(f, PASID, VA, VA + 0xfffff, false);
    check_inval_range(f, PASID, VA + 0x100000, VA + 0x1fffff, false);
    check_wait(f);
    check_past_limit(f);
    check_reports(f, "");

    fake_put64(f->env, pmd, DATA | P | PAGE);
    check_access(f, RID, PASID, VA);
    fake_put64(f->env, pmd, 0);
    check_inval_range(f, PASID, VA, VA + 0xfffff, false);
    check_wait(f);
    check_past_limit(f);
    check_reports(f, "inval-range-missed");
    check_free(f);
}

static void test_a_table_and_leaves_only(void)
{
    CheckFixture *f = check_mapped();

    check_access(f, RID, PASID, VA);
    check_put_pte(f, 0, 0);
    fake_put64(f->env, MIDDLE + (VA >> 21 & 511) * 8, 0);
    check_inval_range(f, PASID, VA, PAGE_LAST(VA), true);
    check_wait(f);
    check_past_limit(f);
    check_reports(f, "inval-leaf-only");
    check_free(f);
}

/* One address below a table is enough for the entry that leads to it. */
static void test_a_table_and_one_address(void)
{
    CheckFixture *f = check_mapped();

    check_access(f, RID, PASID, VA);
    check_put_pte(f, 0, 0);
    fake_put64(f->env, MIDDLE + (VA >> 21 & 511) * 8, 0);
    check_inval_range(f, PASID, VA, PAGE_LAST(VA), false);
    check_wait(f);
    check_past_limit(f);
    check_reports(f, "");
    check_free(f);
}

/* The way down may be kept although nothing is mapped there. */
static void test_a_table_without_pages(void)
{
    CheckFixture *f = check_mapped();

    check_access(f, RID, PASID, VA);
    check_put_pte(f, 0, 0);
    check_inval_range(f, PASID, VA, PAGE_LAST(VA), true);
    check_wait(f);
    check_past_limit(f);
    check_put_pte(f, 3, 0);
    g_assert_false(check_access(f, RID, PASID, VA + 0x3000));
    fake_put64(f->env, MIDDLE + (VA >> 21 & 511) * 8, 0);
    check_past_limit(f);
    check_reports(f, "inval-walk-missing");
    check_free(f);
}

/* The same word under other registers may be kept where it was not. */
static void test_a_table_that_is_kept_now(void)
{
    CheckFixture *f = check_mapped();
    unsigned i;

    check_registers(f, CHECK_NO_WALK_CACHE);
    check_access(f, RID, PASID, VA);
    check_registers(f, 0);
    for (i = 0; i < 2; i++) {
        check_access(f, RID, PASID, VA + 0x1000);
    }
    check_put_pte(f, 0, 0);
    check_put_pte(f, 1, 0);
    fake_put64(f->env, MIDDLE + (VA >> 21 & 511) * 8, 0);
    check_inval_range(f, PASID, VA, PAGE_LAST(VA + 0x1000), true);
    check_wait(f);
    check_past_limit(f);
    check_reports(f, "inval-leaf-only");
    check_free(f);
}

/* A table is taken away; its pages stay as they were. */
static void test_pages_below_a_table(void)
{
    CheckFixture *f = check_mapped();

    check_access(f, RID, PASID, VA);
    check_access(f, RID, PASID, VA + 0x1000);
    fake_put64(f->env, MIDDLE + (VA >> 21 & 511) * 8, 0);
    check_inval_range(f, PASID, VA, PAGE_LAST(VA), false);
    check_wait(f);
    check_past_limit(f);
    check_reports(f, "inval-range-missed");
    g_assert_cmphex(check_report(f)->facts.addr, ==, VA + 0x1000);
    check_free(f);
}

static void test_an_atc(void)
{
    CheckFixture *f = check_mapped();

    check_ats(f, RID, PASID, VA);
    check_put_pte(f, 0, 0);
    check_inval_range(f, PASID, VA, PAGE_LAST(VA), false);
    check_wait(f);
    check_past_limit(f);
    check_reports(f, "inval-atc-missing");
    check_free(f);
}

static void test_an_atc_that_is_invalidated(void)
{
    CheckFixture *f = check_mapped();

    check_ats(f, RID, PASID, VA);
    check_put_pte(f, 0, 0);
    check_inval_range(f, PASID, VA, PAGE_LAST(VA), false);
    check_inval_atc(f, PASID, VA, PAGE_LAST(VA));
    check_wait(f);
    check_past_limit(f);
    check_reports(f, "");
    check_free(f);
}

static void test_an_atc_before_the_tlb(void)
{
    CheckFixture *f = check_mapped();

    check_ats(f, RID, PASID, VA);
    check_put_pte(f, 0, 0);
    check_inval_atc(f, PASID, VA, PAGE_LAST(VA));
    check_inval_range(f, PASID, VA, PAGE_LAST(VA), false);
    check_wait(f);
    check_past_limit(f);
    check_reports(f, "inval-wrong-order");
    check_free(f);
}

/* More than asked for, at any time, is nobody's mistake. */
static void test_an_atc_too_often(void)
{
    CheckFixture *f = check_mapped();

    check_ats(f, RID, PASID, VA);
    check_inval_atc(f, PASID, VA, PAGE_LAST(VA));
    check_wait(f);
    check_ats_cached(f, RID, PASID, VA);
    check_put_pte(f, 0, 0);
    check_inval_atc(f, PASID, VA, PAGE_LAST(VA));
    check_inval_range(f, PASID, VA, PAGE_LAST(VA), false);
    check_inval_atc(f, PASID, VA, PAGE_LAST(VA));
    check_wait(f);
    check_past_limit(f);
    check_reports(f, "");
    check_free(f);
}

static void test_no_wait(void)
{
    CheckFixture *f = check_mapped();

    check_access(f, RID, PASID, VA);
    check_put_pte(f, 0, 0);
    check_inval_range(f, PASID, VA, PAGE_LAST(VA), false);
    check_past_limit(f);
    check_reports(f, "inval-not-waited");
    check_free(f);
}

/* -- PASID entries -- */

static void test_an_entry(void)
{
    CheckFixture *f = check_mapped();

    check_ats(f, RID, PASID, VA);
    check_put_entry(f, 0);
    check_past_limit(f);
    check_reports(f, "inval-entry-missing");
    g_assert_cmphex(check_report(f)->facts.before.words[0], ==, TOP | P);
    g_assert_cmphex(check_report(f)->facts.before.words[1], ==, DOMAIN);
    check_free(f);
}

static void test_an_entry_that_is_invalidated(void)
{
    CheckFixture *f = check_mapped();

    check_ats(f, RID, PASID, VA);
    check_put_entry(f, QUIET);
    check_inval_all(f, PASID);
    check_past_limit(f);
    check_put_entry(f, 0);
    check_past_limit(f);
    check_reports(f, "");
    check_free(f);
}

static void test_an_entry_without_tlb(void)
{
    CheckFixture *f = check_mapped();

    check_ats(f, RID, PASID, VA);
    check_put_entry(f, 0);
    check_inval_entry(f, PASID);
    check_inval_atc(f, PASID, 0, UINT64_MAX);
    check_wait(f);
    check_past_limit(f);
    check_reports(f, "inval-tlb-missing");
    check_free(f);
}

static void test_an_entry_without_atc(void)
{
    CheckFixture *f = check_mapped();

    check_ats(f, RID, PASID, VA);
    check_put_entry(f, 0);
    check_inval_entry(f, PASID);
    check_inval_tlb(f, PASID);
    check_wait(f);
    check_past_limit(f);
    check_reports(f, "inval-atc-missing");
    check_free(f);
}

static void test_a_tlb_before_its_entry(void)
{
    CheckFixture *f = check_mapped();

    check_access(f, RID, PASID, VA);
    check_put_entry(f, 0);
    check_inval_tlb(f, PASID);
    check_inval_entry(f, PASID);
    check_wait(f);
    check_past_limit(f);
    check_reports(f, "inval-wrong-order");
    check_free(f);
}

/* Somebody else may flush in the meantime. */
static void test_a_tlb_in_between(void)
{
    CheckFixture *f = check_mapped();

    check_access(f, RID, PASID, VA);
    check_put_entry(f, 0);
    check_inval_tlb(f, PASID);
    check_wait(f);
    check_inval_all(f, PASID);
    check_past_limit(f);
    check_reports(f, "");
    check_free(f);
}

static void test_an_entry_of_another_domain(void)
{
    CheckFixture *f = check_mapped();

    check_access(f, RID, PASID, VA);
    check_put_entry(f, 0);
    check_inval(f, (SvaCheckInval) {
        .caches = SVA_DROP_PASID, .by_domain = true, .domain = DOMAIN + 1,
        .by_pasid = true, .pasid = PASID, .last = UINT64_MAX });
    check_inval_tlb(f, PASID);
    check_wait(f);
    check_past_limit(f);
    check_reports(f, "inval-entry-missing");
    check_free(f);
}

static void test_everything_at_once(void)
{
    CheckFixture *f = check_mapped();

    check_ats(f, RID, PASID, VA);
    check_put_entry(f, 0);
    check_inval(f, (SvaCheckInval) {
        .caches = SVA_DROP_CONFIG | SVA_DROP_PASID, .last = UINT64_MAX });
    check_inval(f, (SvaCheckInval) {
        .caches = SVA_DROP_TLB | SVA_DROP_WALK, .last = UINT64_MAX });
    check_inval(f, (SvaCheckInval) {
        .caches = SVA_DROP_ATC, .by_rid = true, .rid = RID,
        .last = UINT64_MAX });
    check_wait(f);
    check_past_limit(f);
    check_reports(f, "");
    check_free(f);
}

/*
 * The tables of an earlier bond are not gone from the checker's sight yet when
 * the next one has translations for the same addresses.
 */
static void test_tables_of_the_bond_before(void)
{
    CheckFixture *f = check_mapped();
    uint64_t top = TOP + 0x10000, index = VA >> 30 & 511;

    check_access(f, RID, PASID, VA);
    check_put_entry(f, 0);
    check_inval_all(f, PASID);
    fake_put64(f->env, top + index * 8, MIDDLE | P);
    check_put_entry(f, top | P);
    check_access(f, RID, PASID, VA);
    fake_put64(f->env, TOP + index * 8, 0);
    check_past_limit(f);
    check_reports(f, "");
    check_free(f);
}

#define TEST(name) g_test_add_func("/checker/inval/" #name, test_ ## name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    TEST(a_page_that_is_taken_away);
    TEST(a_page_that_is_invalidated);
    TEST(a_lazy_flush);
    TEST(rights_and_flags);
    TEST(a_change_that_is_taken_back);
    TEST(a_range_that_takes_long);
    TEST(a_range_that_ends_early);
    TEST(a_large_page_in_parts);
    TEST(a_table_and_leaves_only);
    TEST(a_table_and_one_address);
    TEST(a_table_without_pages);
    TEST(a_table_that_is_kept_now);
    TEST(pages_below_a_table);
    TEST(an_atc);
    TEST(an_atc_that_is_invalidated);
    TEST(an_atc_before_the_tlb);
    TEST(an_atc_too_often);
    TEST(no_wait);
    TEST(an_entry);
    TEST(an_entry_that_is_invalidated);
    TEST(an_entry_without_tlb);
    TEST(an_entry_without_atc);
    TEST(a_tlb_before_its_entry);
    TEST(a_tlb_in_between);
    TEST(an_entry_of_another_domain);
    TEST(everything_at_once);
    TEST(tables_of_the_bond_before);
    return g_test_run();
}

/*
 * Checker: use again of what is not invalidated yet, and what ends all caches
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "checker-fixture.h"

static void bind_other(CheckFixture *f)
{
    fake_put64(f->env, TOP + 0x10000 + (VA >> 30 & 511) * 8, MIDDLE | P);
    check_put_entry(f, (TOP + 0x10000) | P);
    check_access(f, RID, PASID, VA);
}

static void test_a_pasid_that_is_used_again_early(void)
{
    CheckFixture *f = check_mapped();

    check_access(f, RID, PASID, VA);
    check_put_entry(f, 0);
    check_inval_entry(f, PASID);
    check_wait(f);
    bind_other(f);
    check_reports(f, "inval-reused-early inval-tag-reused");
    check_free(f);
}

static void test_a_pasid_that_is_used_again(void)
{
    CheckFixture *f = check_mapped();

    check_ats(f, RID, PASID, VA);
    check_put_entry(f, 0);
    check_inval_all(f, PASID);
    bind_other(f);
    check_past_limit(f);
    check_reports(f, "");
    check_free(f);
}

/* From one table to another at once: that is a change like any other. */
static void test_a_pasid_that_changes_hands(void)
{
    CheckFixture *f = check_mapped();

    check_access(f, RID, PASID, VA);
    bind_other(f);
    check_reports(f, "");
    check_inval_all(f, PASID);
    check_past_limit(f);
    check_reports(f, "");
    check_free(f);
}

/* Addresses that a driver maps are its own; those of a process are not. */
static void test_an_address_that_is_used_again_early(void)
{
    static const SvaPasid none = { .valid = false };
    CheckFixture *f = check_mapped();

    fake_put64(f->env, check_entry_pa(none), TOP | P);
    fake_put64(f->env, check_entry_pa(none) + 8, DOMAIN);
    check_access(f, RID, none, VA);
    check_access(f, RID, PASID, VA + 0x1000);
    check_put_pte(f, 0, 0);
    check_put_pte(f, 1, 0);
    check_access(f, RID, none, VA);
    check_access(f, RID, PASID, VA + 0x1000);
    check_put_pte(f, 0, (DATA + 0x5000) | P);
    check_put_pte(f, 1, (DATA + 0x6000) | P);
    check_access(f, RID, PASID, VA + 0x1000);
    check_reports(f, "");
    check_access(f, RID, none, VA);
    check_reports(f, "inval-reused-early");
    check_free(f);
}

static void emit_function(CheckFixture *f, bool ats)
{
    check_emit(f, .kind = SVA_EV_FUNCTION, .rid = RID,
               .function = { .ats = ats });
}

static void test_ats_off_too_early(void)
{
    CheckFixture *f = check_mapped();

    emit_function(f, true);
    check_ats(f, RID, PASID, VA);
    check_put_entry(f, 0);
    check_inval_entry(f, PASID);
    check_inval_tlb(f, PASID);
    check_wait(f);
    emit_function(f, false);
    check_reports(f, "inval-ats-switched");
    check_free(f);
}

/* Off first is what the text wants; then there is nothing left in the ATC. */
static void test_ats_off_first(void)
{
    CheckFixture *f = check_mapped();

    emit_function(f, true);
    check_ats(f, RID, PASID, VA);
    emit_function(f, false);
    check_put_entry(f, 0);
    check_inval_entry(f, PASID);
    check_inval_tlb(f, PASID);
    check_wait(f);
    check_past_limit(f);
    check_reports(f, "");
    check_free(f);
}

static void test_translation_off(void)
{
    CheckFixture *f = check_mapped();

    check_access(f, RID, PASID, VA);
    check_put_pte(f, 0, 0);
    fake_env_advance(f->env, 50 * MS);
    check_emit(f, .kind = SVA_EV_REGS, .regs = { .count = 4 });
    check_past_limit(f);
    check_reports(f, "");
    check_emit(f, .kind = SVA_EV_REGS, .regs = { .words = { 1 }, .count = 4 });
    check_past_limit(f);
    check_reports(f, "inval-tlb-missing");
    check_free(f);
}

static void test_dropped_caches(void)
{
    CheckFixture *f = check_mapped();

    check_ats(f, RID, PASID, VA);
    check_emit(f, .kind = SVA_EV_DROP, .rid = RID, .drop.caches = 0x1f);
    check_put_entry(f, 0);
    check_put_pte(f, 0, 0);
    check_past_limit(f);
    check_reports(f, "");
    check_free(f);
}

static void test_repetitions_are_counted(void)
{
    CheckFixture *f = check_mapped();
    unsigned i;

    for (i = 0; i < 4; i++) {
        check_access(f, RID, PASID, VA + i * 0x1000);
        check_put_pte(f, i, 0);
    }
    check_past_limit(f);
    check_reports(f, "inval-tlb-missing");
    g_assert_cmpuint(check_report(f)->repeats, ==, 3);
    g_assert_cmpuint(check_counts(f).violations, ==, 4);
    check_free(f);
}

#define TEST(name) g_test_add_func("/checker/reuse/" #name, test_ ## name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    TEST(a_pasid_that_is_used_again_early);
    TEST(a_pasid_that_is_used_again);
    TEST(a_pasid_that_changes_hands);
    TEST(an_address_that_is_used_again_early);
    TEST(ats_off_too_early);
    TEST(ats_off_first);
    TEST(translation_off);
    TEST(dropped_caches);
    TEST(repetitions_are_counted);
    return g_test_run();
}

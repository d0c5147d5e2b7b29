/*
 * Checker: what it keeps, for how long, and how many steps an event costs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "checker-fixture.h"

#define MANY 100000u

static void put_entry(CheckFixture *f, SvaPasid pasid, uint64_t word)
{
    fake_put64(f->env, check_entry_pa(pasid), word);
    fake_put64(f->env, check_entry_pa(pasid) + 8, DOMAIN);
}

/* Far from tables and data; 16 bytes for each PASID. */
static CheckFixture *with_live_pasids(unsigned n)
{
    CheckFixture *f = check_new();
    unsigned i;

    check_map(f);
    for (i = 0; i < n; i++) {
        SvaPasid pasid = sva_pasid(0x80000 + i);

        put_entry(f, pasid, TOP | P);
        g_assert_true(check_access(f, RID, pasid, VA));
        check_ats(f, RID, pasid, VA);
    }
    return f;
}

typedef void StepFn(CheckFixture *f);

static void step_access(CheckFixture *f)
{
    check_access(f, RID, PASID, VA);
}

static void step_ats(CheckFixture *f)
{
    check_ats(f, RID, PASID, VA);
}

static void step_unbind(CheckFixture *f)
{
    put_entry(f, PASID, 0);
    check_inval_all(f, PASID);
    check_access(f, RID, PASID, VA);
    put_entry(f, PASID, TOP | P);
    check_access(f, RID, PASID, VA);
}

static void step_range(CheckFixture *f)
{
    check_inval_range(f, PASID, VA, VA + 0x1ffff, false);
    check_inval_atc(f, PASID, VA, VA + 0x1ffff);
    check_wait(f);
}

static void step_domain(CheckFixture *f)
{
    check_inval(f, (SvaCheckInval) {
        .caches = SVA_DROP_TLB | SVA_DROP_WALK, .by_domain = true,
        .domain = DOMAIN, .last = UINT64_MAX });
    check_wait(f);
}

static void step_everything(CheckFixture *f)
{
    check_inval(f, (SvaCheckInval) {
        .caches = 0x1f, .last = UINT64_MAX });
    check_wait(f);
}

static void step_function(CheckFixture *f)
{
    check_inval(f, (SvaCheckInval) {
        .caches = SVA_DROP_ATC | SVA_DROP_CONFIG | SVA_DROP_PASID,
        .by_rid = true, .rid = RID, .last = UINT64_MAX });
    check_wait(f);
}

static StepFn *const steps[] = {
    step_access, step_ats, step_range, step_unbind, step_access, step_domain,
    step_access, step_function, step_access, step_everything, step_access,
};

/* Not time, which tells little on a machine that others use, but steps. */
static void test_live_pasids_cost_nothing(void)
{
    CheckFixture *few = with_live_pasids(10);
    CheckFixture *many = with_live_pasids(MANY);
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(steps); i++) {
        uint64_t of_few = check_counts(few).work;
        uint64_t of_many = check_counts(many).work;

        steps[i](few);
        steps[i](many);
        of_few = check_counts(few).work - of_few;
        of_many = check_counts(many).work - of_many;
        g_assert_cmpuint(of_many, ==, of_few);
        g_assert_cmpuint(of_many, <, 200);
    }
    check_reports(many, "");
    check_free(few);
    check_free(many);
}

/* A tick looks at so many entries and no more. */
static void test_a_tick_is_bounded(void)
{
    CheckFixture *f = with_live_pasids(20000);
    uint64_t before;

    fake_env_advance(f->env, 10 * MS);
    before = check_counts(f).work;
    fake_env_advance(f->env, 10 * MS);
    g_assert_cmpuint(check_counts(f).work - before, <, 4096);
    check_free(f);
}

/* Nothing is kept of what is over. */
static void test_it_forgets_what_is_over(void)
{
    CheckFixture *f = with_live_pasids(1000);
    uint64_t alive = check_counts(f).entries;
    unsigned i;

    g_assert_cmpuint(alive, ==, 4000);
    for (i = 0; i < 1000; i++) {
        put_entry(f, sva_pasid(0x80000 + i), 0);
    }
    step_everything(f);
    check_inval(f, (SvaCheckInval) {
        .caches = SVA_DROP_ATC, .by_rid = true, .rid = RID,
        .last = UINT64_MAX });
    check_wait(f);
    fake_env_advance(f->env, 1000 * MS);
    g_assert_cmpuint(check_counts(f).entries, ==, 0);
    g_assert_cmpuint(check_counts(f).open, ==, 0);
    check_reports(f, "");
    check_free(f);
}

static void test_no_more_entries_than_allowed(void)
{
    CheckFixture *f = check_new_with(&(SvaCheckOptions) {
        .limit = SVA_CHECK_LIMIT_DEFAULT, .history = 8, .entries = 1024 });
    unsigned i;

    check_map(f);
    for (i = 0; i < 2000; i++) {
        SvaPasid pasid = sva_pasid(0x80000 + i);

        put_entry(f, pasid, TOP | P);
        check_access(f, RID, pasid, VA);
        g_assert_cmpuint(check_counts(f).entries, <=, 1024);
    }
    g_assert_cmpuint(check_counts(f).forgotten, >, 0);
    /* It works on. */
    check_access(f, RID, PASID, VA);
    fake_put64(f->env, check_pte_pa(0), 0);
    fake_env_advance(f->env, 300 * MS);
    g_assert_cmpuint(check_counts(f).violations, >, 0);
    check_free(f);
}

/* A guest that breaks a rule again and again fills no memory. */
static void test_obligations_do_not_pile_up(void)
{
    CheckFixture *f = check_new();
    unsigned i;

    check_map(f);
    for (i = 0; i < 1000; i++) {
        put_entry(f, PASID, i & 1 ? 0 : (TOP + 0x10000) | P);
        check_access(f, RID, PASID, VA);
    }
    g_assert_cmpuint(check_counts(f).open, <=, 8);
    for (i = 0; i < 10000; i++) {
        check_inval_range(f, PASID, VA, VA + 0xfff, false);
    }
    fake_env_advance(f->env, 300 * MS);
    g_assert_cmpuint(check_counts(f).open, ==, 0);
    check_free(f);
}

/* -- reports -- */

static void test_a_report_has_what_happened_last(void)
{
    CheckFixture *f = check_new();
    const SvaCheckReport *report;
    unsigned i, commands = 0;

    check_map(f);
    put_entry(f, sva_pasid(6), TOP | P);
    check_access(f, RID, PASID, VA);
    fake_put64(f->env, check_pte_pa(0), 0);
    for (i = 0; i < 5; i++) {
        check_access(f, RID, sva_pasid(6), VA + 0x1000);
    }
    check_inval_range(f, sva_pasid(6), VA, VA + 0xfff, false);
    check_wait(f);
    fake_env_advance(f->env, 300 * MS);
    check_reports(f, "inval-tlb-missing");
    report = check_report(f);
    g_assert_cmpuint(report->event_count, >, 0);
    for (i = 0; i < report->event_count; i++) {
        const SvaEvent *e = &report->events[i];

        g_assert_true(!i || e->seq > report->events[i - 1].seq);
        g_assert_true(!e->pasid.valid || e->pasid.id == PASID.id);
        commands += e->kind == SVA_EV_COMMAND;
    }
    g_assert_cmpuint(commands, ==, 2);
    g_assert_cmpint(report->facts.since, <, report->time);
    check_free(f);
}

/* Another instance that has heard nothing yet, as after migration. */
static void test_it_starts_afresh(void)
{
    CheckFixture *f = check_new();
    CheckFixture *other = check_new();

    check_map(f);
    check_access(f, RID, PASID, VA);
    fake_put64(f->env, check_pte_pa(0), 0);

    check_map(other);
    fake_put64(other->env, check_pte_pa(0), 0);
    fake_env_advance(other->env, 1000 * MS);
    check_access(other, RID, PASID, VA + 0x1000);
    put_entry(other, PASID, 0);
    check_inval_all(other, PASID);
    fake_env_advance(other->env, 1000 * MS);
    check_reports(other, "");
    check_free(f);
    check_free(other);
}

#define TEST(name) g_test_add_func("/checker/bounds/" #name, test_ ## name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    TEST(live_pasids_cost_nothing);
    TEST(a_tick_is_bounded);
    TEST(it_forgets_what_is_over);
    TEST(no_more_entries_than_allowed);
    TEST(obligations_do_not_pile_up);
    TEST(a_report_has_what_happened_last);
    TEST(it_starts_afresh);
    return g_test_run();
}

/*
 * CheckVtd: a VT-d unit with the checker at its events, for unit tests
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "checker-vtd-fixture.h"
#include "hw/sva/vtd/regs.h"

static const SvaCheckOptions options = {
    .limit = SVA_CHECK_LIMIT_DEFAULT,
    .history = SVA_CHECK_HISTORY_DEFAULT,
    .entries = SVA_CHECK_ENTRIES_DEFAULT,
};

static void hear(void *opaque, const SvaEvent *event)
{
    sva_checker_event(opaque, event);
}

static CheckVtd *attach(VtdFixture *f)
{
    CheckVtd *t = g_new0(CheckVtd, 1);

    t->f = f;
    t->c = sva_checker_new(&f->env->env, &options);
    t->sink = (SvaEventSink) { .fn = hear, .opaque = t->c };
    sva_event_bus_add(&f->env->bus, &t->sink);
    sva_vtd_regs_announce(&f->vtd);
    return t;
}

CheckVtd *check_vtd_new(const SvaVtdConfig *config)
{
    return attach(vtd_fixture_scalable(config));
}

CheckVtd *check_vtd_legacy(const SvaVtdConfig *config, uint64_t qw0,
                           uint64_t qw1)
{
    return attach(vtd_fixture_legacy(config, qw0, qw1));
}

void check_vtd_free(CheckVtd *t)
{
    sva_event_bus_remove(&t->f->env->bus, &t->sink);
    sva_checker_free(t->c);
    vtd_fixture_free(t->f);
    g_free(t);
}

void check_vtd_expect(CheckVtd *t, const char *rules)
{
    GString *got = g_string_new(NULL);
    const SvaCheckReport *r;

    while ((r = sva_checker_report(t->c, t->seen))) {
        g_string_append_printf(got, "%s%s", got->len ? " " : "",
                               r->facts.rule->id);
        g_test_message("%s: %s; owed: %s", r->facts.rule->id, r->text,
                       r->owed ? r->owed : "-");
        t->seen++;
    }
    g_assert_cmpstr(got->str, ==, rules);
    g_string_free(got, TRUE);
}

void check_vtd_expect_later(CheckVtd *t, const char *rules)
{
    unsigned i;

    for (i = 0; i < 20; i++) {
        fake_env_advance(t->f->env, SVA_CHECK_LIMIT_DEFAULT / 10);
    }
    check_vtd_expect(t, rules);
}

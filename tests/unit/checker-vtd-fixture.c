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
    .paranoid = true,
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

void check_vtd_traffic(CheckVtd *t)
{
    t->traffic = traffic_new(&t->f->vtd.iommu, t->c);
}

void check_vtd_free(CheckVtd *t)
{
    traffic_free(t->traffic);
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
        g_test_message("%s: %s Owed: %s", r->facts.rule->id, r->text,
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

void check_vtd_submit(CheckVtd *t, const char *steps)
{
    static const struct {
        char letter;
        uint64_t words[2];
    } rows[] = {
        { 'C', { 0x11000000031 } },             /* context, device 0110 */
        { 'c', { 0x11800000031 } },             /* context, device 0118 */
        { 'G', { 0x11 } },                      /* context, global */
        { 'P', { 0x100010017 } },               /* PASID-cache, PASID 1 */
        { 'p', { 0x200010017 } },               /* PASID-cache, PASID 2 */
        { 'q', { 0x10007 } },                   /* PASID-cache, domain 1 */
        { 'Q', { 0x20007 } },                   /* PASID-cache, domain 2 */
        { 'I', { 0x100010026 } },               /* P_IOTLB, PASID 1 */
        { 'i', { 0x200010026 } },               /* P_IOTLB, PASID 2 */
        { 'S', { 0x10022 } },                   /* IOTLB, domain 1 */
        { 's', { 0x20022 } },                   /* IOTLB, domain 2 */
        { 'a', { 0x100010036, 0x1000 } },       /* P_IOTLB, page 1000 */
        { 'h', { 0x100010036, 0x1040 } },       /* the same with IH */
        { 'b', { 0x100010036, 0x2000 } },       /* P_IOTLB, page 2000 */
        { 'm', { 0x100010036, 0x200009 } },     /* P_IOTLB, 2 MiB at 200000 */
        { 'n', { 0x100010036, 0x200008 } },     /* the lower half of it */
        { 'o', { 0x100010036, 0x300008 } },     /* the upper half of it */
        { 'e', { 0x10032, 0x1000 } },           /* IOTLB, page 1000 */
        { 'k', { 0x10032, 0x1040 } },           /* the same with IH */
        { 'v', { 0x10032, 0x201000 } },         /* IOTLB, page 201000 */
        { 'w', { 0x10032, 0x201040 } },         /* the same with IH */
        { 'l', { 0x10032, 0xd1000 } },          /* IOTLB, page d1000 */
        { 'd', { 0x101100008, 0x1000 } },       /* P dev-TLB, page 1000 */
        { 'f', { 0x101100008, 0x2000 } },       /* P dev-TLB, page 2000 */
        { 'j', { 0x101100008, 0x2ff800 } },     /* P dev-TLB, 2 MiB at 200000 */
        { 'D', { 0x101100008, 0x7ffffffffffff800 } },   /* all of PASID 1 */
        { 'E', { 0x201100008, 0x7ffffffffffff800 } },   /* all of PASID 2 */
        { 'F', { 0x11000000003, 0x7ffffffffffff001 } }, /* without PASID */
        { 'x', { 0x11000000003, 0x1000 } },     /* the same, page 1000 */
        { 'z', { 0x10017 } },                   /* PASID-cache, PASID 0 */
        { 'y', { 0x20017 } },                   /* PASID-cache, domain 2 */
        { 'u', { 0x20026 } },                   /* P_IOTLB, the same */
        { 'r', { 0x10036, 0x1000 } },           /* P_IOTLB, PASID 0 */
        { 'R', { 0x10026 } },                   /* P_IOTLB, all of PASID 0 */
    };
    unsigned i;

    for (; *steps; steps++) {
        traffic_go(t->traffic);
        if (*steps == 'W') {
            vtd_wait(t->f, 0, 0);
            continue;
        }
        for (i = 0; rows[i].letter != *steps; i++) {
            g_assert_cmpuint(i, <, G_N_ELEMENTS(rows) - 1);
        }
        vtd_submit(t->f, rows[i].words[0], rows[i].words[1]);
    }
    traffic_go(t->traffic);
}

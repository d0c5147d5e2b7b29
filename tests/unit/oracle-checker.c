/*
 * A checker that compares a model with the oracle, and does nothing else
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "oracle-checker.h"
#include "hw/sva/observe/checker/rules-oracle.h"
#include "hw/sva/observe/checker/topics.h"

const SvaCheckTopic *const oracle_checker_topics[] = {
    &sva_check_topic_oracle, NULL
};

static void on_event(void *opaque, const SvaEvent *event)
{
    OracleChecker *o = opaque;
    SvaEvent copy = *event;

    if (!o->alter || o->alter(&copy, o->opaque)) {
        sva_checker_event(o->c, &copy);
    }
}

OracleChecker *oracle_checker_new(FakeEnv *f, bool paranoid)
{
    OracleChecker *o = g_new0(OracleChecker, 1);
    SvaCheckOptions options = {
        .limit = SVA_CHECK_LIMIT_DEFAULT, .history = 64,
        .entries = SVA_CHECK_ENTRIES_DEFAULT, .paranoid = paranoid,
    };

    o->f = f;
    o->c = sva_checker_new(&f->env, &options);
    sva_checker_set_parts(o->c, sva_check_archs, oracle_checker_topics);
    o->sink = (SvaEventSink) { .fn = on_event, .opaque = o };
    sva_event_bus_add(&f->bus, &o->sink);
    return o;
}

void oracle_checker_free(OracleChecker *o)
{
    sva_event_bus_remove(&o->f->bus, &o->sink);
    sva_checker_free(o->c);
    g_free(o);
}

static bool as_hit(SvaEvent *event, void *opaque)
{
    if (event->kind == SVA_EV_XLATE) {
        event->xlate.outcome = SVA_OK;
        event->xlate.map = (SvaMapping) {
            .addr = *(uint64_t *)opaque, .mask = 0xfff, .access = SVA_RW,
            .cached = true,
        };
    }
    return event->kind != SVA_EV_ENTRY && event->kind != SVA_EV_FILL &&
           event->kind != SVA_EV_FAULT && event->kind != SVA_EV_FAULT_SILENT;
}

void oracle_checker_stale(OracleChecker *o, uint64_t pa)
{
    o->alter = as_hit;
    o->opaque = &o->stale_pa;
    o->stale_pa = pa;
}

/* The @n-th report that accuses the model. */
static const SvaCheckReport *accusation(OracleChecker *o, unsigned n)
{
    const SvaCheckReport *r;

    for (unsigned i = 0; (r = sva_checker_report(o->c, i)); i++) {
        if (r->facts.culprit == SVA_CULPRIT_MODEL && !n--) {
            return r;
        }
    }
    return NULL;
}

void oracle_checker_expect(OracleChecker *o, const char *rule)
{
    const SvaCheckReport *r = accusation(o, 0);

    if (r && !rule) {
        g_test_message("%s: %s", r->facts.rule->id, r->text);
    }
    g_assert_cmpstr(r ? r->facts.rule->id : NULL, ==, rule);
    g_assert_null(accusation(o, 1));
}

void oracle_checker_request(OracleChecker *o, SvaIommu *iommu,
                            const SvaRequest *req)
{
    SvaTranslation memory;
    SvaAtsCompletion ats;

    if (req->at == SVA_AT_TRANSLATION) {
        iommu->ops->ats_request(iommu, req, &ats);
    } else {
        iommu->ops->translate(iommu, req, &memory);
    }
    oracle_checker_expect(o, NULL);
}

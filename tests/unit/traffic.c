/*
 * Traffic: a function that does not stop
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/sva/observe/checker/topics.h"
#include "oracle-checker.h"
#include "traffic.h"

static TrafficUse *find(Traffic *t, const SvaEvent *e, uint8_t at)
{
    for (unsigned i = 0; i < t->count; i++) {
        const SvaRequest *req = &t->uses[i].req;

        if (req->at == at && req->rid == e->rid && req->addr == e->addr &&
            req->access == e->access && sva_pasid_equal(req->pasid, e->pasid)) {
            return &t->uses[i];
        }
    }
    return NULL;
}

static void remember(Traffic *t, const SvaEvent *e, uint8_t at)
{
    TrafficUse *use = find(t, e, at);

    if (!use && !t->going && t->count < TRAFFIC_USES) {
        use = &t->uses[t->count++];
        use->req = (SvaRequest) {
            .rid = e->rid, .pasid = e->pasid, .addr = e->addr,
            .access = e->access, .at = at,
        };
    }
    if (use && at == SVA_AT_TRANSLATION) {
        use->held = e->ats.status == SVA_ATS_SUCCESS &&
                    e->ats.map.access & SVA_RW;
        use->map = e->ats.map;
    }
}

/* More than is named: it may. */
static void drop(Traffic *t)
{
    for (unsigned i = 0; i < t->count; i++) {
        t->uses[i].held = false;
    }
}

/* Of device-TLBs: the types 3 and 8 of VT-d, CMD_ATC_INV of SMMUv3 */
static bool is_for_atc(const SvaEvent *e)
{
    uint32_t type = e->command.type;

    return type == 0x03 || type == 0x08 || type == 0x40;
}

static void hear(void *opaque, const SvaEvent *e)
{
    Traffic *t = opaque;

    switch (e->kind) {
    case SVA_EV_XLATE:
        remember(t, e, SVA_AT_UNTRANSLATED);
        break;
    case SVA_EV_ATS:
        remember(t, e, SVA_AT_TRANSLATION);
        break;
    case SVA_EV_COMMAND:
        if (is_for_atc(e)) {
            drop(t);
        }
        break;
    case SVA_EV_DROP:
    case SVA_EV_FUNCTION:
    case SVA_EV_RESET:
        drop(t);
        break;
    default:
        break;
    }
}

Traffic *traffic_new(SvaIommu *iommu, SvaChecker *c)
{
    Traffic *t = g_new0(Traffic, 1);

    sva_checker_set_parts(c, sva_check_archs, oracle_checker_topics);
    t->iommu = iommu;
    t->sink = (SvaEventSink) { .fn = hear, .opaque = t };
    sva_event_bus_add(iommu->env->bus, &t->sink);
    return t;
}

void traffic_free(Traffic *t)
{
    if (t) {
        sva_event_bus_remove(t->iommu->env->bus, &t->sink);
        g_free(t);
    }
}

static void use_atc(Traffic *t, const TrafficUse *use)
{
    const SvaRequest *req = &use->req;

    if (use->held) {
        sva_emit(t->iommu->env, .kind = SVA_EV_ATC_HIT, .rid = req->rid,
                 .pasid = req->pasid, .addr = req->addr,
                 .access = req->access & use->map.access,
                 .atc_hit.pa = use->map.addr);
    }
}

void traffic_go(Traffic *t)
{
    const SvaIommuOps *ops = t ? t->iommu->ops : NULL;
    SvaAtsCompletion completion;
    SvaTranslation translation;

    if (!t || t->going) {
        return;
    }
    t->going = true;
    for (unsigned i = 0; i < t->count; i++) {
        use_atc(t, &t->uses[i]);
        if (t->uses[i].req.at == SVA_AT_TRANSLATION) {
            ops->ats_request(t->iommu, &t->uses[i].req, &completion);
        } else {
            ops->translate(t->iommu, &t->uses[i].req, &translation);
        }
    }
    t->going = false;
}

void traffic_expect(const SvaChecker *c)
{
    const SvaCheckReport *r;

    for (unsigned i = 0; (r = sva_checker_report(c, i)); i++) {
        if (r->facts.culprit == SVA_CULPRIT_MODEL) {
            g_test_message("%s: %s", r->facts.rule->id, r->text);
            g_test_fail();
        }
    }
}

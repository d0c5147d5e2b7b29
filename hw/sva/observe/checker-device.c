/*
 * sva-checker: a checker of the guest's side of the contract, as a device
 *
 * It hears the events of all models of the machine, in the threads in which
 * they happen, and tells the other sinks what it finds right after the event
 * that shows it; the main loop prints it.  Like sva-events it stays on the bus
 * until QEMU ends.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/atomic.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/error-report.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qom/object.h"
#include "migration/vmstate.h"
#include "hw/sva/compat.h"
#include "hw/sva/event.h"
#include "../pci/env-qemu.h"
#include "../pci/guest-time.h"
#include "checker/checker.h"
#include "checker-report.h"

#define TYPE_SVA_CHECKER "sva-checker"
OBJECT_DECLARE_SIMPLE_TYPE(SvaCheckerDevice, SVA_CHECKER)

#define NS_IN_MS    1000000ll
#define LIMIT_MAX   (1000u * 3600)
#define HISTORY_MAX (1u << 24)
#define ENTRIES_MAX (1u << 26)

typedef enum CheckerPolicy {
    POLICY_REPORT,
    POLICY_STOP,
    POLICY_ABORT,
} CheckerPolicy;

/*
 * @lock:    of @checker; nothing but memory is touched under it
 * @news:    there is something to emit
 * @emitted: reports that were; under the lock of the bus
 * @printed: reports that were
 */
struct SvaCheckerDevice {
    DeviceState parent_obj;

    char *policy_name;
    uint32_t limit;             /* virtual ms */
    uint32_t history;
    uint32_t entries;
    bool paranoid;

    CheckerPolicy policy;
    SvaGuestTime time;
    SvaEnvDevice env;
    SvaPciLock lock;
    SvaChecker *checker;
    SvaEventSink sink;
    QEMUBH *bh;
    bool news;
    unsigned emitted;
    unsigned printed;
    int64_t ticked;             /* when it was saved */
    Notifier shutdown;
};

/* -- any thread -- */

/* By another sink?  Under the lock of the bus. */
static bool checker_is_heard(const SvaCheckerDevice *s)
{
    return s->env.env.bus->sinks != &s->sink || s->sink.next;
}

static void checker_sink(void *opaque, const SvaEvent *event)
{
    SvaCheckerDevice *s = opaque;

    sva_pci_lock_take(&s->lock);
    sva_checker_listen(s->checker, checker_is_heard(s));
    sva_checker_event(s->checker, event);
    sva_pci_lock_drop(&s->lock);
}

/* Under the lock, and perhaps those of a model. */
static void checker_notify(void *opaque)
{
    SvaCheckerDevice *s = opaque;

    if (s->policy == POLICY_STOP) {
        sva_env_machine_stop();
    }
    qatomic_set(&s->news, true);
    qemu_bh_schedule(s->bh);
}

static void checker_told(void *opaque)
{
    SvaCheckerDevice *s = opaque;

    qatomic_set(&s->news, true);
}

/* The next report, or NULL.  It stays, and only its repetitions change. */
static const SvaCheckReport *checker_next(SvaCheckerDevice *s, unsigned *next)
{
    const SvaCheckReport *report;

    sva_pci_lock_take(&s->lock);
    report = sva_checker_report(s->checker, *next);
    *next += report != NULL;
    sva_pci_lock_drop(&s->lock);
    return report;
}

static void checker_emit(SvaCheckerDevice *s, const SvaCheckReport *report)
{
    const SvaCheckCase *facts = &report->facts;
    SvaViolation violation = {
        .number = report->number,
        .rule = facts->rule->id,
        .culprit = sva_check_culprit_name(facts->culprit),
        .text = report->text,
        .owed = facts->owed ? facts->owed : "",
        .event = report->seq,
        .obligation = facts->obligation,
        .since = facts->since,
        .pa = facts->pa,
        .before_count = facts->before.count,
        .now_count = facts->now.count,
        .has_rid = facts->has_rid,
    };

    memcpy(violation.before, facts->before.words, sizeof(violation.before));
    memcpy(violation.now, facts->now.words, sizeof(violation.now));
    sva_emit(&s->env.env, .kind = SVA_EV_VIOLATION, .rid = facts->rid,
             .pasid = facts->pasid, .addr = facts->addr,
             .violation = &violation);
}

static bool checker_take(SvaCheckerDevice *s, SvaCheckTold *told)
{
    bool any;

    sva_pci_lock_take(&s->lock);
    any = sva_checker_told(s->checker, told);
    sva_pci_lock_drop(&s->lock);
    return any;
}

static void checker_emit_obligations(SvaCheckerDevice *s)
{
    SvaCheckTold told;

    while (checker_take(s, &told)) {
        sva_emit(&s->env.env,
                 .kind = told.begin ? SVA_EV_OBLIGATION
                                    : SVA_EV_OBLIGATION_DONE,
                 .rid = told.rid, .pasid = told.pasid, .addr = told.addr,
                 .obligation = &told.obligation);
    }
}

/* An obligation is told before the report that it was not met. */
static void checker_emit_news(void *opaque)
{
    SvaCheckerDevice *s = opaque;
    const SvaCheckReport *report;

    if (likely(!qatomic_read(&s->news))) {
        return;
    }
    qatomic_set(&s->news, false);
    checker_emit_obligations(s);
    while ((report = checker_next(s, &s->emitted))) {
        checker_emit(s, report);
    }
}

/* What a tick found is not the consequence of an event. */
static void checker_fired(Object *owner)
{
    sva_event_bus_after(SVA_CHECKER(owner)->env.env.bus);
}

/* -- main loop -- */

static void checker_print(void *opaque)
{
    SvaCheckerDevice *s = opaque;
    const SvaCheckReport *report;
    bool any = false;

    while ((report = checker_next(s, &s->printed))) {
        g_autofree char *line = sva_checker_report_line(report);

        warn_report("%s: %s", TYPE_SVA_CHECKER, line);
        any = true;
    }
    if (any && s->policy == POLICY_ABORT) {
        error_report("%s: policy=abort", TYPE_SVA_CHECKER);
        exit(1);
    }
}

/* What was found last; nothing is ended again. */
static void checker_shutdown(Notifier *notifier, void *data)
{
    SvaCheckerDevice *s = container_of(notifier, SvaCheckerDevice, shutdown);

    s->policy = POLICY_REPORT;
    checker_print(s);
}

/* -- what the host can read -- */

static char *checker_get_violations(Object *obj, Error **errp)
{
    SvaCheckerDevice *s = SVA_CHECKER(obj);
    GString *json;

    if (!s->checker) {
        return g_strdup("[]");
    }
    sva_pci_lock_take(&s->lock);
    json = sva_checker_reports_json(s->checker);
    sva_pci_lock_drop(&s->lock);
    return g_string_free(json, false);
}

static const struct {
    const char *name;
    size_t offset;
} counts[] = {
    { "count-events", offsetof(SvaCheckCounts, events) },
    { "count-violations", offsetof(SvaCheckCounts, violations) },
    { "count-entries", offsetof(SvaCheckCounts, entries) },
    { "count-forgotten", offsetof(SvaCheckCounts, forgotten) },
    { "count-obligations", offsetof(SvaCheckCounts, obligations) },
    { "count-open", offsetof(SvaCheckCounts, open) },
    { "count-unjudged-wait",
      offsetof(SvaCheckCounts, doubts[SVA_DOUBT_WAIT]) },
    { "count-unjudged-left",
      offsetof(SvaCheckCounts, doubts[SVA_DOUBT_LEFT]) },
    { "count-unjudged-shared",
      offsetof(SvaCheckCounts, doubts[SVA_DOUBT_SHARED]) },
    { "count-unjudged-unknown",
      offsetof(SvaCheckCounts, doubts[SVA_DOUBT_UNKNOWN]) },
};

static void checker_get_count(Object *obj, Visitor *v, const char *name,
                              void *opaque, Error **errp)
{
    SvaCheckerDevice *s = SVA_CHECKER(obj);
    SvaCheckCounts all = { 0 };

    if (s->checker) {
        sva_pci_lock_take(&s->lock);
        sva_checker_counts(s->checker, &all);
        sva_pci_lock_drop(&s->lock);
    }
    visit_type_uint64(v, name, (uint64_t *)((char *)&all +
                                            GPOINTER_TO_SIZE(opaque)), errp);
}

/* -- device -- */

static bool checker_check_policy(SvaCheckerDevice *s, Error **errp)
{
    static const char *const names[] = {
        [POLICY_REPORT] = "report", [POLICY_STOP] = "stop",
        [POLICY_ABORT] = "abort",
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        if (!strcmp(s->policy_name, names[i])) {
            s->policy = i;
            return true;
        }
    }
    error_setg(errp, TYPE_SVA_CHECKER ": policy is '%s', must be report, stop "
               "or abort", s->policy_name);
    return false;
}

static void checker_init(Object *obj)
{
    SVA_CHECKER(obj)->policy_name = g_strdup("report");
}

static bool checker_check_range(const char *name, uint32_t value,
                                uint32_t min, uint32_t max, Error **errp)
{
    if (value < min || value > max) {
        error_setg(errp, TYPE_SVA_CHECKER ": property '%s' must be %" PRIu32
                   " to %" PRIu32, name, min, max);
        return false;
    }
    return true;
}

static bool checker_check(SvaCheckerDevice *s, Error **errp)
{
    return checker_check_policy(s, errp) &&
           checker_check_range("limit", s->limit, 1, LIMIT_MAX, errp) &&
           checker_check_range("history", s->history, 1, HISTORY_MAX,
                               errp) &&
           checker_check_range("entries", s->entries, SVA_CHECK_ENTRIES_MIN,
                               ENTRIES_MAX, errp);
}

static int64_t checker_ran(void *opaque, int64_t elapsed)
{
    return sva_guest_time(opaque, elapsed);
}

static void checker_begin(SvaCheckerDevice *s)
{
    SvaCheckOptions options = {
        .limit = s->limit * NS_IN_MS,
        .history = s->history,
        .entries = s->entries,
        .paranoid = s->paranoid,
        .ran = checker_ran,
        .ran_opaque = &s->time,
    };

    s->checker = sva_checker_new(&s->env.env, &options);
    sva_checker_set_notify(s->checker, checker_notify, s);
    sva_checker_set_told(s->checker, checker_told, s);
    s->emitted = s->printed = 0;
    s->news = false;
}

static void checker_realize(DeviceState *dev, Error **errp)
{
    SvaCheckerDevice *s = SVA_CHECKER(dev);

    if (!checker_check(s, errp)) {
        return;
    }
    sva_pci_lock_init(&s->lock);
    sva_env_device_init(&s->env, OBJECT(s), &s->lock);
    s->env.fired = checker_fired;
    s->bh = qemu_bh_new(checker_print, s);
    checker_begin(s);
    s->shutdown.notify = checker_shutdown;
    qemu_register_shutdown_notifier(&s->shutdown);
    s->sink = (SvaEventSink) {
        .fn = checker_sink, .after = checker_emit_news, .opaque = s,
        .no_hits = !s->paranoid,
    };
    sva_event_bus_add(s->env.env.bus, &s->sink);
}

static const Property checker_properties[] = {
    DEFINE_PROP_STRING("policy", SvaCheckerDevice, policy_name),
    DEFINE_PROP_UINT32("limit", SvaCheckerDevice, limit,
                       SVA_CHECK_LIMIT_DEFAULT / NS_IN_MS),
    DEFINE_PROP_UINT32("history", SvaCheckerDevice, history,
                       SVA_CHECK_HISTORY_DEFAULT),
    DEFINE_PROP_UINT32("entries", SvaCheckerDevice, entries,
                       SVA_CHECK_ENTRIES_DEFAULT),
    DEFINE_PROP_BOOL("paranoid", SvaCheckerDevice, paranoid, false),
};

/*
 * After migration it begins afresh.  So it does after a snapshot; but if that
 * is one of a replay, it has to tick when it did, or else QEMU waits in vain
 * for a timer that is in its log.
 */
static int checker_pre_save(void *opaque)
{
    SvaCheckerDevice *s = opaque;

    s->ticked = sva_checker_ticked(s->checker);
    return 0;
}

static int checker_post_load(void *opaque, int version_id)
{
    SvaCheckerDevice *s = opaque;

    sva_pci_lock_take(&s->lock);
    sva_checker_free(s->checker);
    checker_begin(s);
    sva_checker_tick_from(s->checker, s->ticked);
    sva_pci_lock_drop(&s->lock);
    return 0;
}

static const VMStateDescription vmstate_checker = {
    .name = TYPE_SVA_CHECKER,
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = sva_env_machine_replays,
    .pre_save = checker_pre_save,
    .post_load = checker_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_INT64(ticked, SvaCheckerDevice),
        VMSTATE_END_OF_LIST()
    }
};

static void checker_class_init(ObjectClass *klass, SVA_CLASS_CONST void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->realize = checker_realize;
    dc->hotpluggable = false;
    dc->vmsd = &vmstate_checker;
    dc->desc = "Checker of what a guest owes its IOMMU";
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    device_class_set_props(dc, checker_properties);
    object_class_property_add_str(klass, "violations",
                                  checker_get_violations, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(counts); i++) {
        object_class_property_add(klass, counts[i].name, "uint64",
                                  checker_get_count, NULL, NULL,
                                  GSIZE_TO_POINTER(counts[i].offset));
    }
}

static const TypeInfo checker_types[] = {
    {
        .name = TYPE_SVA_CHECKER,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(SvaCheckerDevice),
        .instance_init = checker_init,
        .class_init = checker_class_init,
    },
};

DEFINE_TYPES(checker_types)

/*
 * What a rule reports
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "internal.h"
#include "violation.h"

/* Rules times functions times PASIDs; a guest may provoke any number. */
#define MAX_REPORTS 1024

typedef struct Key {
    const SvaCheckRule *rule;
    uint32_t rid;
    uint32_t pasid;
} Key;

static guint key_hash(gconstpointer p)
{
    const Key *key = p;

    return g_direct_hash(key->rule) ^ key->rid << 8 ^ key->pasid * 31;
}

static gboolean key_equal(gconstpointer a, gconstpointer b)
{
    const Key *x = a;
    const Key *y = b;

    return x->rule == y->rule && x->rid == y->rid && x->pasid == y->pasid;
}

static Key key_of(const SvaCheckCase *facts)
{
    return (Key) {
        .rule = facts->rule,
        .rid = facts->has_rid ? facts->rid : UINT32_MAX,
        .pasid = facts->pasid.valid ? facts->pasid.id : UINT32_MAX,
    };
}

static void report_free(gpointer p)
{
    SvaCheckReport *report = p;

    g_free(report->owed);
    g_free(report->text);
    g_free(report->events);
    g_free(report);
}

SvaCheckCulprit sva_check_culprit_of_late(const SvaChecker *c)
{
    return sva_check_log_waiting(&c->log, INT64_MIN) ? SVA_CULPRIT_UNKNOWN
                                                     : SVA_CULPRIT_KERNEL;
}

void sva_check_reports_init(SvaChecker *c)
{
    c->reports = g_ptr_array_new_with_free_func(report_free);
    c->known = g_hash_table_new_full(key_hash, key_equal, g_free, NULL);
}

void sva_check_reports_free(SvaChecker *c)
{
    g_hash_table_destroy(c->known);
    g_ptr_array_free(c->reports, true);
}

static void take_events(SvaChecker *c, SvaCheckReport *report)
{
    SvaEvent events[SVA_CHECK_LAST_EVENTS];
    const SvaCheckCase *facts = &report->facts;

    report->event_count =
        sva_check_history_last(&c->history, facts->has_rid, facts->rid,
                               facts->pasid, events, SVA_CHECK_LAST_EVENTS);
    report->events = g_new(SvaEvent, report->event_count + 1);
    memcpy(report->events, events, report->event_count * sizeof(*events));
}

static void G_GNUC_PRINTF(4, 0)
report_new(SvaChecker *c, const SvaCheckCase *facts, const Key *key,
           const char *fmt, va_list ap)
{
    SvaCheckReport *report = g_new0(SvaCheckReport, 1);
    Key *copy = g_new(Key, 1);

    report->facts = *facts;
    report->owed = g_strdup(facts->owed);
    report->facts.owed = report->owed;
    report->facts.since = facts->since ? facts->since : c->now;
    report->text = g_strdup_vprintf(fmt, ap);
    report->seq = c->seq;
    report->time = c->now;
    take_events(c, report);
    g_ptr_array_add(c->reports, report);
    report->number = c->reports->len;
    *copy = *key;
    g_hash_table_insert(c->known, copy, report);
}

void sva_check_violation(SvaChecker *c, const SvaCheckCase *facts,
                         const char *fmt, ...)
{
    Key key = key_of(facts);
    SvaCheckReport *known = g_hash_table_lookup(c->known, &key);
    va_list ap;

    c->counts.violations++;
    if (known) {
        known->repeats++;
    } else if (c->reports->len < MAX_REPORTS) {
        va_start(ap, fmt);
        report_new(c, facts, &key, fmt, ap);
        va_end(ap);
        if (c->notify) {
            c->notify(c->notify_opaque);
        }
    }
}

const char *sva_check_culprit_name(SvaCheckCulprit culprit)
{
    switch (culprit) {
    case SVA_CULPRIT_KERNEL:
        return "kernel";
    case SVA_CULPRIT_MODEL:
        return "model";
    default:
        return "unknown";
    }
}

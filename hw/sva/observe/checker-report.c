/*
 * A report of the checker as text
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "checker-report.h"
#include "checker/query.h"
#include "event-json.h"
#include "text.h"

/* An event is far smaller. */
#define EVENT_MAX 1024

static const char *report_source(const SvaChecker *c,
                                 const SvaCheckReport *report)
{
    const char *source = report->facts.rule->source[sva_check_arch_id(c)];

    return source ? source : "";
}

char *sva_checker_report_line(const SvaCheckReport *report)
{
    const SvaCheckCase *facts = &report->facts;
    char rid[16] = "-", pasid[16] = "-";

    if (facts->has_rid) {
        snprintf(rid, sizeof(rid), "0x%04x", facts->rid);
    }
    if (facts->pasid.valid) {
        snprintf(pasid, sizeof(pasid), "0x%x", facts->pasid.id);
    }
    return g_strdup_printf("violation %" PRIu64 " %s %s rid %s pasid %s: "
                           "%s%s%s", report->number, facts->rule->id,
                           sva_check_culprit_name(facts->culprit), rid, pasid,
                           report->text, facts->owed ? " Owed: " : "",
                           facts->owed ? facts->owed : "");
}

/* -- JSON -- */

static void add_text(GString *json, const char *name, const char *text)
{
    g_string_append_printf(json, ",\"%s\":\"", name);
    for (const char *p = text; *p; p++) {
        unsigned char byte = *p;

        if (byte == '"' || byte == '\\') {
            g_string_append_printf(json, "\\%c", byte);
        } else if (byte < 0x20 || byte > 0x7e) {
            g_string_append_printf(json, "\\u%04x", byte);
        } else {
            g_string_append_c(json, byte);
        }
    }
    g_string_append_c(json, '"');
}

static void add_hex(GString *json, const char *name, uint64_t value)
{
    g_string_append_printf(json, ",\"%s\":\"0x%" PRIx64 "\"", name, value);
}

static void add_words(GString *json, const char *name,
                      const SvaCheckEntry *entry)
{
    g_string_append_printf(json, ",\"%s\":[", name);
    for (unsigned i = 0; i < MIN(entry->count, SVA_EVENT_WORDS); i++) {
        g_string_append_printf(json, "%s\"0x%" PRIx64 "\"", i ? "," : "",
                               entry->words[i]);
    }
    g_string_append_c(json, ']');
}

static void add_events(GString *json, const SvaCheckReport *report)
{
    char buf[EVENT_MAX];
    bool first = true;

    g_string_append(json, ",\"events\":[");
    for (unsigned i = 0; i < report->event_count; i++) {
        SvaText text = sva_text(buf, sizeof(buf));
        size_t len;

        sva_event_json(&text, &report->events[i]);
        len = sva_text_len(&text);
        if (len && buf[len - 1] == '\n') {
            len--;
        }
        if (len) {
            g_string_append(json, first ? "" : ",");
            g_string_append_len(json, buf, len);
            first = false;
        }
    }
    g_string_append_c(json, ']');
}

static void add_place(GString *json, const SvaCheckCase *facts)
{
    if (facts->has_rid) {
        g_string_append_printf(json, ",\"rid\":%u", facts->rid);
    } else {
        g_string_append(json, ",\"rid\":null");
    }
    if (facts->pasid.valid) {
        g_string_append_printf(json, ",\"pasid\":%" PRIu32, facts->pasid.id);
    } else {
        g_string_append(json, ",\"pasid\":null");
    }
    add_hex(json, "addr", facts->addr);
    add_hex(json, "last", facts->last);
    add_hex(json, "pa", facts->pa);
}

static void add_report(GString *json, const SvaChecker *c,
                       const SvaCheckReport *report)
{
    const SvaCheckCase *facts = &report->facts;

    g_string_append_printf(json, "{\"number\":%" PRIu64, report->number);
    add_text(json, "rule", facts->rule->id);
    add_text(json, "sentence", facts->rule->sentence);
    add_text(json, "source", report_source(c, report));
    add_text(json, "culprit", sva_check_culprit_name(facts->culprit));
    add_text(json, "text", report->text);
    add_place(json, facts);
    add_words(json, "before", &facts->before);
    add_words(json, "now", &facts->now);
    add_text(json, "owed", facts->owed ? facts->owed : "");
    g_string_append_printf(json, ",\"since\":%" PRId64 ",\"time\":%" PRId64
                           ",\"seq\":%" PRIu64 ",\"repeats\":%" PRIu64,
                           facts->since, report->time, report->seq,
                           report->repeats);
    add_events(json, report);
    g_string_append_c(json, '}');
}

GString *sva_checker_reports_json(const SvaChecker *c)
{
    GString *json = g_string_new("[");
    const SvaCheckReport *report;

    for (unsigned i = 0; (report = sva_checker_report(c, i)); i++) {
        g_string_append(json, i ? ",\n" : "");
        add_report(json, c, report);
    }
    return g_string_append_c(json, ']');
}

/*
 * Events in the trace event format: tracks, begins and ends
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include <string.h>
#include "hw/sva/observe/event-perfetto.h"
#include "observe-samples.h"

typedef struct Trace {
    SvaPerfetto perfetto;
    GString *text;
} Trace;

static void add(Trace *trace, const char *buf, const SvaText *t)
{
    g_assert_cmpuint(sva_text_len(t), >, 0);
    g_string_append_len(trace->text, buf, sva_text_len(t));
}

static Trace *trace_new(void)
{
    Trace *trace = g_new(Trace, 1);
    char buf[SVA_EVENT_PERFETTO_MAX];
    SvaText t = sva_text(buf, sizeof(buf));

    trace->text = g_string_new("");
    sva_event_perfetto_format(&trace->perfetto, &t);
    add(trace, buf, &t);
    return trace;
}

/* Whatever was said, "]" makes it one JSON value. */
static void trace_free(Trace *trace)
{
    g_string_append_c(trace->text, ']');
    g_assert_true(observe_is_json(trace->text->str, trace->text->len));
    g_string_free(trace->text, true);
    g_free(trace);
}

/* What @e adds, without the names of tracks. */
static const char *show(Trace *trace, SvaEvent e)
{
    char buf[SVA_EVENT_PERFETTO_MAX];
    SvaText t = sva_text(buf, sizeof(buf));
    size_t from = trace->text->len;
    const char *text;

    sva_event_perfetto(&trace->perfetto, &t, &e);
    add(trace, buf, &t);
    text = trace->text->str + from;
    g_assert_true(g_str_has_prefix(text, ",\n{"));
    while (strstr(text, "},{\"name\":\"")) {
        text = strstr(text, "},{\"name\":\"") + 2;
    }
    return text[0] == ',' ? text + 2 : text;
}

static void assert_begins(const char *text, const char *want)
{
    if (!g_str_has_prefix(text, want)) {
        g_error("%s does not begin with %s", text, want);
    }
}

#define FUNCTION .rid = 0x20, .pasid = { 5, true }, .time = 1234567
#define AT ",\"ts\":1234.567,\"pid\":65568,\"tid\":7,\"args\":{\"seq\":"
#define AT_CONTEXT ",\"ts\":1234.567,\"pid\":2,\"tid\":3,\"args\":{\"seq\":"
#define AT_COMMANDS ",\"ts\":1234.567,\"pid\":1,\"tid\":1,\"args\":{\"seq\":"
#define ASYNC(name, phase, id)                                          \
    "{\"name\":\"" name "\",\"cat\":\"" name "\",\"ph\":\"" phase "\"," \
    "\"id2\":{\"local\":\"" id "\"}"
#define INSTANT(name, category)                                         \
    "{\"name\":\"" name "\",\"cat\":\"" category "\",\"ph\":\"i\",\"s\":\"t\""

static void test_whole_line(void)
{
    Trace *trace = trace_new();

    g_assert_cmpstr(trace->text->str, ==,
                    "[{\"name\":\"process_labels\",\"ph\":\"M\",\"pid\":1,"
                    "\"tid\":1,\"args\":{\"labels\":\"sva-events v1\"}}");
    g_string_truncate(trace->text, 1);
    g_string_append(trace->text, "{}");
    show(trace, (SvaEvent) { .kind = SVA_EV_STALL_END, FUNCTION, .seq = 9,
                             .stall = { .tag = 6 } });
    g_assert_cmpstr(trace->text->str, ==,
        "[{},\n"
        "{\"name\":\"process_name\",\"ph\":\"M\",\"pid\":65568,\"tid\":7,"
        "\"args\":{\"name\":\"function 00:04.0\"}},"
        "{\"name\":\"thread_name\",\"ph\":\"M\",\"pid\":65568,\"tid\":7,"
        "\"args\":{\"name\":\"PASID 5\"}},"
        "{\"name\":\"stall\",\"cat\":\"stall\",\"ph\":\"e\","
        "\"id2\":{\"local\":\"0x6\"},\"ts\":1234.567,\"pid\":65568,\"tid\":7,"
        "\"args\":{\"seq\":9,\"time\":1234567,\"kind\":\"STALL_END\","
        "\"rid\":32,\"stall\":{\"tag\":\"0x6\",\"action\":\"RETRY\"}}}");
    trace_free(trace);
}

static const SvaViolation violation = { .number = 3, .has_rid = true };
/* Told later than it was. */
static const SvaObligation obligation = {
    .id = 9, .since = 1000001, .until = 1000002,
};

static void test_functions(void)
{
    Trace *trace = trace_new();

    assert_begins(show(trace, (SvaEvent) { .kind = SVA_EV_XLATE, FUNCTION }),
                  INSTANT("XLATE", "translation") AT);
    assert_begins(show(trace, (SvaEvent) { .kind = SVA_EV_ATS, FUNCTION }),
                  INSTANT("ATS", "translation") AT);
    assert_begins(show(trace, (SvaEvent) { .kind = SVA_EV_FAULT, FUNCTION,
                                           .fault.reason = 0x71 }),
                  INSTANT("FAULT 0x71", "fault") AT);
    assert_begins(show(trace, (SvaEvent) { .kind = SVA_EV_FAULT_SILENT,
                                           FUNCTION, .fault.reason = 0x59 }),
                  INSTANT("FAULT_SILENT 0x59", "fault") AT);
    assert_begins(show(trace, (SvaEvent) { .kind = SVA_EV_ATC_INV, FUNCTION,
                                           .atc_inv.itag = 9 }),
                  ASYNC("ATC invalidation", "b", "0x9") AT);
    /* The completion names no PASID. */
    assert_begins(show(trace, (SvaEvent) { .kind = SVA_EV_ATC_INV_DONE,
                                           .rid = 0x20, .atc_inv.itag = 9 }),
                  ASYNC("ATC invalidation", "e", "0x9")
                  ",\"ts\":0.000,\"pid\":65568,\"tid\":1,");
    assert_begins(show(trace, (SvaEvent) { .kind = SVA_EV_STALL, FUNCTION,
                                           .stall.tag = 6 }),
                  ASYNC("stall", "b", "0x6") AT);
    assert_begins(show(trace, (SvaEvent) { .kind = SVA_EV_ENTRY, FUNCTION,
                                           .entry.level = 3 }),
                  INSTANT("ENTRY 0x3", "table") AT);
    assert_begins(show(trace, (SvaEvent) { .kind = SVA_EV_FILL, FUNCTION }),
                  INSTANT("FILL", "cache") AT);
    assert_begins(show(trace, (SvaEvent) { .kind = SVA_EV_DROP, FUNCTION,
                                           .drop.caches = SVA_DROP_ATC }),
                  INSTANT("DROP", "cache") AT);
    assert_begins(show(trace, (SvaEvent) { .kind = SVA_EV_FUNCTION,
                                           FUNCTION }),
                  INSTANT("FUNCTION", "configuration") AT);
    assert_begins(show(trace, (SvaEvent) { .kind = SVA_EV_ATC_HIT,
                                           FUNCTION }),
                  INSTANT("ATC_HIT", "translation") AT);
    assert_begins(show(trace, (SvaEvent) { .kind = SVA_EV_VIOLATION, FUNCTION,
                                           .violation = &violation }),
                  INSTANT("VIOLATION 0x3", "violation") AT);
    assert_begins(show(trace, (SvaEvent) { .kind = SVA_EV_OBLIGATION, FUNCTION,
                                           .obligation = &obligation }),
                  ASYNC("obligation", "b", "0x9")
                  ",\"ts\":1000.001,\"pid\":65568,\"tid\":7,");
    assert_begins(show(trace, (SvaEvent) { .kind = SVA_EV_OBLIGATION_DONE,
                                           FUNCTION,
                                           .obligation = &obligation }),
                  ASYNC("obligation", "e", "0x9")
                  ",\"ts\":1000.002,\"pid\":65568,\"tid\":7,");
    trace_free(trace);
}

static void test_contexts(void)
{
    Trace *trace = trace_new();

    assert_begins(show(trace, (SvaEvent) { .kind = SVA_EV_JOB_START, FUNCTION,
                                           .job = { 1, 2, 3, 0 } }),
                  "{\"name\":\"job 0x3\",\"cat\":\"job\",\"ph\":\"B\""
                  AT_CONTEXT);
    assert_begins(show(trace, (SvaEvent) { .kind = SVA_EV_JOB_DONE, FUNCTION,
                                           .job = { 1, 2, 3, 1 } }),
                  "{\"name\":\"job 0x3\",\"cat\":\"job\",\"ph\":\"E\""
                  AT_CONTEXT);
    assert_begins(show(trace, (SvaEvent) { .kind = SVA_EV_CTX_STATE, FUNCTION,
                                           .context = { 2, 4 } }),
                  INSTANT("CTX_STATE 0x4", "context") AT_CONTEXT);
    assert_begins(show(trace, (SvaEvent) { .kind = SVA_EV_BREAKPOINT, FUNCTION,
                                           .breakpoint = { 2, 8 } }),
                  INSTANT("BREAKPOINT 0x8", "context") AT_CONTEXT);
    g_assert_nonnull(strstr(trace->text->str, "\"device contexts\""));
    g_assert_nonnull(strstr(trace->text->str, "\"context 2\""));
    trace_free(trace);
}

static void test_unit(void)
{
    Trace *trace = trace_new();

    assert_begins(show(trace, (SvaEvent) { .kind = SVA_EV_COMMAND, FUNCTION,
                                           .command.type = 5 }),
                  INSTANT("COMMAND 0x5", "command") AT_COMMANDS);
    assert_begins(show(trace, (SvaEvent) { .kind = SVA_EV_INVALIDATED,
                                           FUNCTION, .command.type = 6 }),
                  INSTANT("INVALIDATED 0x6", "command") AT_COMMANDS);
    assert_begins(show(trace, (SvaEvent) { .kind = SVA_EV_COMMAND_ERROR,
                                           FUNCTION, .command.type = 5 }),
                  INSTANT("COMMAND_ERROR 0x5", "command") AT_COMMANDS);
    assert_begins(show(trace, (SvaEvent) { .kind = SVA_EV_WAIT_DONE,
                                           FUNCTION }),
                  INSTANT("WAIT_DONE", "command") AT_COMMANDS);
    assert_begins(show(trace, (SvaEvent) { .kind = SVA_EV_RESET }),
                  INSTANT("RESET", "reset")
                  ",\"ts\":0.000,\"pid\":1,\"tid\":2,");
    assert_begins(show(trace, (SvaEvent) { .kind = SVA_EV_REGS }),
                  INSTANT("REGS", "configuration")
                  ",\"ts\":0.000,\"pid\":1,\"tid\":2,");
    assert_begins(show(trace, (SvaEvent) { .kind = SVA_EV_DROP,
                                           .drop.caches = SVA_DROP_TLB }),
                  INSTANT("DROP", "cache")
                  ",\"ts\":0.000,\"pid\":1,\"tid\":2,");
    g_assert_nonnull(strstr(trace->text->str, "\"IOMMU\""));
    g_assert_nonnull(strstr(trace->text->str, "\"commands\""));
    g_assert_nonnull(strstr(trace->text->str, "\"resets\""));
    trace_free(trace);
}

static SvaEvent page_request(uint16_t prgi)
{
    return (SvaEvent) { .kind = SVA_EV_PRQ, FUNCTION, .access = SVA_READ,
                        .prq.prgi = prgi };
}

static SvaEvent answer(SvaEventKind kind, uint16_t prgi)
{
    return (SvaEvent) { .kind = kind, FUNCTION, .response.prgi = prgi };
}

#define GROUP(phase, id) ASYNC("page request group", phase, id) AT

static void test_page_request_groups(void)
{
    Trace *trace = trace_new();
    SvaEvent marker = page_request(5);

    /* Two of one group, another in between; then the first anew. */
    assert_begins(show(trace, page_request(3)), GROUP("b", "0x3"));
    assert_begins(show(trace, page_request(4)), GROUP("b", "0x4"));
    assert_begins(show(trace, page_request(3)), GROUP("n", "0x3"));
    assert_begins(show(trace, answer(SVA_EV_PRG_RESPONSE, 3)),
                  GROUP("e", "0x3"));
    assert_begins(show(trace, page_request(3)), GROUP("b", "0x3"));
    /* The unit answers a group that is open, and one that never was. */
    assert_begins(show(trace, answer(SVA_EV_PRQ_AUTO, 4)), GROUP("e", "0x4"));
    assert_begins(show(trace, answer(SVA_EV_PRQ_AUTO, 4)),
                  INSTANT("PRQ_AUTO", "page request group") AT);
    /* A Stop Marker opens nothing. */
    marker.access = SVA_NONE;
    assert_begins(show(trace, marker),
                  INSTANT("PRQ", "page request group") AT);
    assert_begins(show(trace, page_request(5)), GROUP("b", "0x5"));
    trace_free(trace);
}

/* More tracks and groups than are remembered: named again, never mixed up. */
static void test_many(void)
{
    Trace *trace = trace_new();
    unsigned i;

    for (i = 0; i < 4 * SVA_PERFETTO_GROUPS; i++) {
        SvaEvent e = page_request(i % SVA_PRGI_COUNT);

        e.rid = i / SVA_PRGI_COUNT;
        e.pasid.id = i;
        assert_begins(show(trace, e), "{\"name\":\"page request group\","
                      "\"cat\":\"page request group\",\"ph\":\"b\"");
    }
    trace_free(trace);
}

static unsigned count(const Trace *trace, const char *what)
{
    const char *at = trace->text->str;
    unsigned n = 0;

    for (; (at = strstr(at, what)); at++) {
        n++;
    }
    return n;
}

static void test_names_once(void)
{
    Trace *trace = trace_new();
    SvaEvent e = { .kind = SVA_EV_XLATE, FUNCTION };

    show(trace, e);
    show(trace, e);
    g_assert_cmpuint(count(trace, "thread_name"), ==, 1);
    e.pasid = SVA_NO_PASID;
    show(trace, e);
    g_assert_cmpuint(count(trace, "thread_name"), ==, 2);
    g_assert_cmpuint(count(trace, "\"no PASID\""), ==, 1);
    /* A reader that may not have seen it is told again. */
    sva_event_perfetto_forget(&trace->perfetto);
    show(trace, e);
    g_assert_cmpuint(count(trace, "thread_name"), ==, 3);
    trace_free(trace);
}

static void test_longest(void)
{
    unsigned kind;

    for (kind = 0; kind < SVA_EV_KINDS; kind++) {
        Trace *trace = trace_new();

        show(trace, observe_longest(kind));
        trace_free(trace);
    }
}

static void test_lost(void)
{
    Trace *trace = trace_new();
    char buf[SVA_EVENT_PERFETTO_MAX];
    SvaText t = sva_text(buf, sizeof(buf));

    sva_event_perfetto_lost(&t, 1234567, 12);
    add(trace, buf, &t);
    g_assert_nonnull(strstr(trace->text->str,
        ",\n" INSTANT("LOST", "loss") ",\"ts\":1234.567,\"pid\":1,\"tid\":2,"
        "\"args\":{\"kind\":\"LOST\",\"time\":1234567,\"count\":12}}"));
    trace_free(trace);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/observe/perfetto/whole-line", test_whole_line);
    g_test_add_func("/observe/perfetto/functions", test_functions);
    g_test_add_func("/observe/perfetto/contexts", test_contexts);
    g_test_add_func("/observe/perfetto/unit", test_unit);
    g_test_add_func("/observe/perfetto/page-request-groups",
                    test_page_request_groups);
    g_test_add_func("/observe/perfetto/many", test_many);
    g_test_add_func("/observe/perfetto/names-once", test_names_once);
    g_test_add_func("/observe/perfetto/longest", test_longest);
    g_test_add_func("/observe/perfetto/lost", test_lost);
    return g_test_run();
}

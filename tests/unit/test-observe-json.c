/*
 * Events as JSON objects: each kind against its text
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include <string.h>
#include "hw/sva/observe/event-json.h"
#include "observe-samples.h"

typedef struct Sample {
    SvaEvent event;
    const char *line;
} Sample;

#define REQUEST                                                         \
    .seq = 7, .time = 1234567, .rid = 0x20, .pasid = { 5, true },       \
    .addr = 0x7f1000000123, .access = SVA_READ | SVA_WRITE
#define HEAD(kind) "{\"seq\":7,\"time\":1234567,\"kind\":\"" kind "\""
#define RID ",\"rid\":32"
#define PASID ",\"pasid\":5"
#define ADDR ",\"addr\":\"0x7f1000000123\""
#define ACCESS ",\"access\":\"rw\""

#define MAPPING { .addr = 0x1234123, .mask = 0xfff, .cached = true,     \
                  .access = SVA_READ | SVA_WRITE | SVA_EXEC | SVA_PRIV, \
                  .block = 21, .snoop = true }
#define MAPPING_TEXT                                                    \
    "{\"addr\":\"0x1234123\",\"mask\":\"0xfff\",\"access\":\"rwxp\","   \
    "\"block\":21,\"snoop\":true,\"cached\":true}"

static const SvaViolation violation = {
    .number = 1, .rule = "inval-tlb-missing", .culprit = "kernel",
    .text = "The entry has changed.", .owed = "P_IOTLB", .event = 6,
    .obligation = 4, .since = 1234000, .pa = 0x1234000,
    .before = { 1 }, .before_count = 1, .now = { 0, 2 }, .now_count = 2,
    .has_rid = true,
};

static const SvaObligation obligation = {
    .id = 4, .last = 0x7f1000000fff, .type = SVA_ENTRY_VTD_FIRST, .entries = 1,
    .pa = 0x1234000, .before = { 0x1234003 }, .before_count = 1,
    .now = { 0 }, .now_count = 1, .owed = "P_IOTLB", .since = 1234000,
    .until = 1234500, .end = SVA_OBLIGATION_COMPLETE,
};

static const Sample samples[] = {
    [SVA_EV_XLATE] = {
        { REQUEST, .xlate = { MAPPING, SVA_OK } },
        HEAD("XLATE") RID PASID ADDR ACCESS
        ",\"xlate\":{\"map\":" MAPPING_TEXT ",\"outcome\":\"OK\"}}" },
    [SVA_EV_ATS] = {
        { REQUEST, .ats = { MAPPING, true, SVA_ATS_SUCCESS } },
        HEAD("ATS") RID PASID ADDR ACCESS
        ",\"ats\":{\"map\":" MAPPING_TEXT ",\"untranslated_only\":true,"
        "\"status\":\"SUCCESS\"}}" },
    [SVA_EV_FAULT] = {
        { REQUEST, .fault = { { 0x7f1000000000, 0xc000000000000020 }, 0x71 } },
        HEAD("FAULT") RID PASID ADDR ACCESS
        ",\"fault\":{\"record\":[\"0x7f1000000000\","
        "\"0xc000000000000020\"],\"reason\":113}}" },
    [SVA_EV_FAULT_SILENT] = {
        { REQUEST, .fault = { { 1, 2 }, 0x71 } },
        HEAD("FAULT_SILENT") RID PASID ADDR ACCESS
        ",\"fault\":{\"reason\":113}}" },
    [SVA_EV_PRQ] = {
        { REQUEST, .prq = { { 0x501, 0x7f1000000007 }, 3 } },
        HEAD("PRQ") RID PASID ADDR ACCESS
        ",\"prq\":{\"entry\":[\"0x501\",\"0x7f1000000007\"],\"prgi\":3}}" },
    [SVA_EV_PRQ_AUTO] = {
        { REQUEST, .response = { SVA_PRG_INVALID, 0x59, 3 } },
        HEAD("PRQ_AUTO") RID PASID ADDR
        ",\"response\":{\"code\":\"INVALID\",\"reason\":89,\"prgi\":3}}" },
    [SVA_EV_PRG_RESPONSE] = {
        { REQUEST, .response = { SVA_PRG_FAILURE, 1, 3 } },
        HEAD("PRG_RESPONSE") RID PASID
        ",\"response\":{\"code\":\"FAILURE\",\"prgi\":3}}" },
    [SVA_EV_PRQ_CLEARED] = {
        { REQUEST, .queue = { 64, 96 } },
        HEAD("PRQ_CLEARED") ",\"queue\":{\"head\":64,\"tail\":96}}" },
    [SVA_EV_COMMAND] = {
        { REQUEST, .command = { { 0x25, 0x2000 }, 5, 1 } },
        HEAD("COMMAND")
        ",\"command\":{\"words\":[\"0x25\",\"0x2000\"],\"type\":5}}" },
    [SVA_EV_INVALIDATED] = {
        { REQUEST, .command = { { 0x1d, 0x2000 }, 13, 1 } },
        HEAD("INVALIDATED")
        ",\"command\":{\"words\":[\"0x1d\",\"0x2000\"],\"type\":13}}" },
    [SVA_EV_COMMAND_ERROR] = {
        { REQUEST, .command = { { 0x2f, 0x2000 }, 15, 3 } },
        HEAD("COMMAND_ERROR")
        ",\"command\":{\"words\":[\"0x2f\",\"0x2000\"],\"type\":15,"
        "\"code\":3}}" },
    [SVA_EV_WAIT_DONE] = {
        { REQUEST, .wait = { 0x100000025 } },
        HEAD("WAIT_DONE") ADDR ",\"wait\":{\"word\":\"0x100000025\"}}" },
    [SVA_EV_ATC_INV] = {
        { REQUEST, .atc_inv = { UINT64_MAX, 9, false } },
        HEAD("ATC_INV") RID PASID ADDR
        ",\"atc_inv\":{\"mask\":\"0xffffffffffffffff\",\"global\":false,"
        "\"itag\":9}}" },
    [SVA_EV_ATC_INV_DONE] = {
        { REQUEST, .atc_inv = { 1, 9, true } },
        HEAD("ATC_INV_DONE") RID ",\"atc_inv\":{\"itag\":9}}" },
    [SVA_EV_JOB_START] = {
        { REQUEST, .job = { 0x77000001, 2, 1, 3 } },
        HEAD("JOB_START") RID PASID
        ",\"job\":{\"id\":\"0x77000001\",\"context\":2,\"opcode\":1}}" },
    [SVA_EV_JOB_DONE] = {
        { REQUEST, .job = { 0x77000001, 2, 1, 36 } },
        HEAD("JOB_DONE") RID PASID ADDR
        ",\"job\":{\"id\":\"0x77000001\",\"context\":2,\"opcode\":1,"
        "\"status\":36}}" },
    [SVA_EV_CTX_STATE] = {
        { REQUEST, .context = { 2, 1 } },
        HEAD("CTX_STATE") RID PASID ",\"context\":{\"index\":2,\"state\":1}}" },
    [SVA_EV_BREAKPOINT] = {
        { REQUEST, .breakpoint = { 2, 4 } },
        HEAD("BREAKPOINT") RID PASID ADDR
        ",\"breakpoint\":{\"context\":2,\"point\":4}}" },
    [SVA_EV_STALL] = {
        { REQUEST, .stall = { 6, 0x10, SVA_STALL_ABORT } },
        HEAD("STALL") RID PASID ADDR ACCESS
        ",\"stall\":{\"tag\":\"0x6\",\"reason\":16}}" },
    [SVA_EV_STALL_END] = {
        { REQUEST, .stall = { 6, 1, SVA_STALL_RETRY } },
        HEAD("STALL_END") RID
        ",\"stall\":{\"tag\":\"0x6\",\"action\":\"RETRY\"}}" },
    [SVA_EV_ENTRY] = {
        { REQUEST, .entry = { 0x2040, { 0x3001, 5, 0, 0x10 },
                              SVA_ENTRY_VTD_CONTEXT, 0, 0, 4 } },
        HEAD("ENTRY") RID PASID ADDR
        ",\"entry\":{\"type\":\"VTD_CONTEXT\",\"level\":0,\"shift\":0,"
        "\"pa\":\"0x2040\","
        "\"words\":[\"0x3001\",\"0x5\",\"0x0\",\"0x10\"]}}" },
    [SVA_EV_FILL] = {
        { REQUEST, .fill = { MAPPING, 5, 3, 1, 0 } },
        HEAD("FILL") RID PASID ADDR
        ",\"fill\":{\"map\":" MAPPING_TEXT ",\"asid\":5,\"domain\":3,"
        "\"kind\":1,\"priv\":0}}" },
    [SVA_EV_DROP] = {
        { REQUEST, .drop = { SVA_DROP_CONFIG | SVA_DROP_PASID |
                             SVA_DROP_TLB } },
        HEAD("DROP") RID
        ",\"drop\":{\"caches\":[\"CONFIG\",\"PASID\",\"TLB\"]}}" },
    [SVA_EV_REGS] = {
        { REQUEST, .regs = { { 0x1400, 0x10, 0x20, 0x80000000, 39 },
                             SVA_REGS_VTD, SVA_REGS_VTD_WORDS } },
        HEAD("REGS")
        ",\"regs\":{\"arch\":\"VTD\",\"words\":[\"0x1400\",\"0x10\","
        "\"0x20\",\"0x80000000\",\"0x27\",\"0x0\"]}}" },
    [SVA_EV_FUNCTION] = {
        { REQUEST, .function = { true, false } },
        HEAD("FUNCTION") RID ",\"function\":{\"ats\":true,\"pri\":false}}" },
    [SVA_EV_ATC_HIT] = {
        { REQUEST, .atc_hit = { 0x1234123, false } },
        HEAD("ATC_HIT") RID PASID ADDR ACCESS
        ",\"atc_hit\":{\"pa\":\"0x1234123\",\"stale\":false}}" },
    [SVA_EV_VIOLATION] = {
        { REQUEST, .violation = &violation },
        HEAD("VIOLATION") RID PASID ADDR
        ",\"violation\":{\"number\":1,\"rule\":\"inval-tlb-missing\","
        "\"culprit\":\"kernel\",\"text\":\"The entry has changed.\","
        "\"owed\":\"P_IOTLB\",\"event\":6,\"obligation\":4,\"since\":1234000,"
        "\"pa\":\"0x1234000\",\"before\":[\"0x1\"],"
        "\"now\":[\"0x0\",\"0x2\"]}}" },
    [SVA_EV_OBLIGATION] = {
        { REQUEST, .obligation = &obligation },
        HEAD("OBLIGATION") RID PASID ADDR
        ",\"obligation\":{\"id\":4,\"last\":\"0x7f1000000fff\","
        "\"type\":\"VTD_FIRST\",\"entries\":1,\"pa\":\"0x1234000\","
        "\"before\":[\"0x1234003\"],\"now\":[\"0x0\"],"
        "\"owed\":\"P_IOTLB\",\"since\":1234000,\"lost\":0}}" },
    [SVA_EV_OBLIGATION_DONE] = {
        { REQUEST, .obligation = &obligation },
        HEAD("OBLIGATION_DONE") RID PASID
        ",\"obligation\":{\"id\":4,\"end\":\"COMPLETE\","
        "\"until\":1234500,\"lost\":0}}" },
    [SVA_EV_RESET] = { { REQUEST }, HEAD("RESET") "}" },
};

/* The line of @e, which must be a JSON object; freed by the caller. */
static char *line_of(const SvaEvent *e)
{
    char buf[SVA_EVENT_JSON_MAX];
    SvaText t = sva_text(buf, sizeof(buf));

    sva_event_json(&t, e);
    g_assert_cmpuint(sva_text_len(&t), >, 0);
    g_assert_true(observe_is_json(buf, sva_text_len(&t)));
    return g_strndup(buf, sva_text_len(&t));
}

/* @text is in docs/specs/event-stream.rst, as a whole line. */
static void assert_documented(const char *text)
{
    g_autofree char *path = g_build_filename(SVA_DOCS_DIR, "specs",
                                             "event-stream.rst", NULL);
    g_autofree char *line = g_strdup_printf("    %s\n", text);
    g_autofree char *document = NULL;

    g_assert_true(g_file_get_contents(path, &document, NULL, NULL));
    if (!strstr(document, line)) {
        g_error("%s has no line %s", path, text);
    }
}

static void test_each_kind(void)
{
    unsigned kind;

    g_assert_cmpuint(G_N_ELEMENTS(samples), ==, SVA_EV_KINDS);
    for (kind = 0; kind < SVA_EV_KINDS; kind++) {
        SvaEvent e = samples[kind].event;
        g_autofree char *line = NULL;

        e.kind = kind;
        line = line_of(&e);
        g_assert_cmpstr(line, ==, samples[kind].line);
        assert_documented(line);
    }
}

/* Whatever is in it, a text neither ends too early nor adds a member. */
static void test_texts(void)
{
    SvaViolation v = violation;
    SvaEvent e = { .kind = SVA_EV_VIOLATION, .violation = &v };
    g_autofree char *line = NULL;

    v.text = "a\"b\\c\nd\x7f\xe4";
    v.owed = NULL;
    v.has_rid = false;
    line = line_of(&e);
    g_assert_nonnull(strstr(line, "\"text\":\"a?b?c?d??\",\"owed\":\"\","));
    g_assert_null(strstr(line, "\"rid\""));
}

/* Every number has its longest text, and the buffer holds it. */
static void test_longest(void)
{
    unsigned kind;

    for (kind = 0; kind < SVA_EV_KINDS; kind++) {
        SvaEvent e = observe_longest(kind);
        g_autofree char *line = line_of(&e);

        g_assert_nonnull(strstr(line, "\"seq\":18446744073709551615,"
                                      "\"time\":9223372036854775807,"));
    }
}

/* One byte less than the text needs, and there is none. */
static void test_never_cut(void)
{
    char buf[SVA_EVENT_JSON_MAX];
    size_t len = strlen(samples[SVA_EV_FAULT].line), size;
    SvaEvent e = samples[SVA_EV_FAULT].event;

    e.kind = SVA_EV_FAULT;
    for (size = 0; size <= len; size++) {
        SvaText t = sva_text(buf, size);

        memset(buf, '#', sizeof(buf));
        sva_event_json(&t, &e);
        g_assert_cmpuint(sva_text_len(&t), ==, size < len ? 0 : len);
        g_assert_cmpint(buf[size], ==, '#');
    }
}

static void assert_member(SvaEvent e, const char *text)
{
    g_autofree char *line = line_of(&e);

    if (!strstr(line, text)) {
        g_error("%s is not in %s", text, line);
    }
}

static void test_names(void)
{
    SvaEvent e = { .kind = SVA_EV_XLATE };

    assert_member(e, "\"pasid\":null,\"addr\":\"0x0\",\"access\":\"\",");
    e.pasid.valid = true;
    assert_member(e, "\"pasid\":0,");
    e.access = SVA_EXEC;
    assert_member(e, "\"access\":\"x\",\"xlate\"");
    e.xlate.outcome = SVA_ABORT;
    assert_member(e, "\"outcome\":\"ABORT\"");
    e.xlate.outcome = SVA_RAZ_WI;
    assert_member(e, "\"outcome\":\"RAZ_WI\"");
    e.xlate.outcome = SVA_STALL;
    assert_member(e, "\"outcome\":\"STALL\"");
    e = (SvaEvent) { .kind = SVA_EV_ATS, .ats.status = SVA_ATS_UR };
    assert_member(e, "\"status\":\"UR\"");
    e.ats.status = SVA_ATS_CA;
    assert_member(e, "\"status\":\"CA\"");
    e = (SvaEvent) { .kind = SVA_EV_PRG_RESPONSE };
    assert_member(e, "\"code\":\"SUCCESS\"");
    e = (SvaEvent) { .kind = SVA_EV_STALL_END };
    e.stall.action = SVA_STALL_ABORT;
    assert_member(e, "\"action\":\"ABORT\"");
    e.stall.action = SVA_STALL_RAZ_WI;
    assert_member(e, "\"action\":\"RAZ_WI\"");
    e = (SvaEvent) { .kind = SVA_EV_DROP };
    assert_member(e, "{\"caches\":[]}");
    e.drop.caches = SVA_DROP_WALK | SVA_DROP_ATC;
    assert_member(e, "{\"caches\":[\"WALK\",\"ATC\"]}");
    e = (SvaEvent) { .kind = SVA_EV_REGS, .regs.arch = SVA_REGS_SMMUV3 };
    assert_member(e, "{\"arch\":\"SMMUV3\",\"words\":[]}");
}

static void test_what_no_model_says(void)
{
    SvaEvent e = { .kind = SVA_EV_PRG_RESPONSE };

    e.response.code = 7;
    assert_member(e, "\"code\":\"UNKNOWN\"");
    e.response.code = 1u << 31;
    assert_member(e, "\"code\":\"UNKNOWN\"");
    e = (SvaEvent) { .kind = SVA_EV_ENTRY, .entry.type = SVA_ENTRY_TYPES };
    e.entry.count = UINT8_MAX;
    assert_member(e, "{\"type\":\"UNKNOWN\",\"level\":0,\"shift\":0,"
                  "\"pa\":\"0x0\","
                  "\"words\":[\"0x0\",\"0x0\",\"0x0\",\"0x0\",\"0x0\","
                  "\"0x0\",\"0x0\",\"0x0\"]}");
    e.kind = SVA_EV_RESET + 1;
    assert_member(e, "\"kind\":\"UNKNOWN\"}");
    e.time = -1;
    assert_member(e, "\"time\":0,");
}

static void test_lines_of_the_stream(void)
{
    char buf[SVA_EVENT_JSON_MAX];
    SvaText t = sva_text(buf, sizeof(buf));
    g_autofree char *format = NULL, *lost = NULL;

    sva_event_json_format(&t);
    format = g_strndup(buf, sva_text_len(&t));
    g_assert_cmpstr(format, ==,
                    "{\"kind\":\"FORMAT\",\"name\":\"sva-events\",\"v\":1}");
    assert_documented(format);
    t = sva_text(buf, sizeof(buf));
    sva_event_json_lost(&t, 1234567, 12);
    lost = g_strndup(buf, sva_text_len(&t));
    g_assert_cmpstr(lost, ==,
                    "{\"kind\":\"LOST\",\"time\":1234567,\"count\":12}");
    assert_documented(lost);
}

static void test_the_check_of_syntax(void)
{
    static const char *const wrong[] = {
        "", "{", "{}}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{\"a\":01}",
        "{a:1}", "[1 2]", "[1,]", "\"a", "\"\n\"", "nul", "1.", "-1",
    };
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_assert_false(observe_is_json(wrong[i], strlen(wrong[i])));
    }
    g_assert_true(observe_is_json("{\"a\":[1.050,{}],\"b\":null}", 25));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/observe/json/each-kind", test_each_kind);
    g_test_add_func("/observe/json/texts", test_texts);
    g_test_add_func("/observe/json/longest", test_longest);
    g_test_add_func("/observe/json/never-cut", test_never_cut);
    g_test_add_func("/observe/json/names", test_names);
    g_test_add_func("/observe/json/what-no-model-says",
                    test_what_no_model_says);
    g_test_add_func("/observe/json/lines-of-the-stream",
                    test_lines_of_the_stream);
    g_test_add_func("/observe/json/the-check-of-syntax",
                    test_the_check_of_syntax);
    return g_test_run();
}

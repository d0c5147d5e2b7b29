/*
 * Tests of the reports of the checker as text
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "fake-env.h"
#include "hw/sva/observe/checker-report.h"

static const SvaCheckRule rule = {
    .id = "some-rule", .sentence = "It \"must\" hold.",
    .source = { "VT-d rev 5.10, 6.5.3.3" },
};

static SvaChecker *checker_new(FakeEnv *f)
{
    SvaCheckOptions options = {
        .limit = SVA_CHECK_LIMIT_DEFAULT, .history = 16,
        .entries = SVA_CHECK_ENTRIES_DEFAULT,
    };

    return sva_checker_new(&f->env, &options);
}

static void test_a_line_says_it_all(void)
{
    FakeEnv *f = fake_env_new();
    SvaChecker *c = checker_new(f);
    g_autofree char *line = NULL;

    sva_check_violation(c, &(SvaCheckCase) {
        .rule = &rule, .culprit = SVA_CULPRIT_KERNEL, .has_rid = true,
        .rid = 0x10, .pasid = sva_pasid(0xfffff), .owed = "CFGI_CD",
    }, "Word %d changed.", 3);
    line = sva_checker_report_line(sva_checker_report(c, 0));
    g_assert_cmpstr(line, ==, "violation 1 some-rule kernel rid 0x0010 pasid "
                    "0xfffff: Word 3 changed. Owed: CFGI_CD");
    sva_checker_free(c);
    fake_env_free(f);
}

static void test_a_line_may_say_little(void)
{
    FakeEnv *f = fake_env_new();
    SvaChecker *c = checker_new(f);
    g_autofree char *line = NULL;

    sva_check_violation(c, &(SvaCheckCase) {
        .rule = &rule, .culprit = SVA_CULPRIT_UNKNOWN,
    }, "It is.");
    line = sva_checker_report_line(sva_checker_report(c, 0));
    g_assert_cmpstr(line, ==, "violation 1 some-rule unknown rid - pasid -: "
                    "It is.");
    sva_checker_free(c);
    fake_env_free(f);
}

static void test_json_has_every_report(void)
{
    FakeEnv *f = fake_env_new();
    SvaChecker *c = checker_new(f);
    GString *json = sva_checker_reports_json(c);

    g_assert_cmpstr(json->str, ==, "[]");
    g_string_free(json, true);
    sva_checker_event(c, &(SvaEvent) {
        .kind = SVA_EV_RESET, .rid = 0x10, .seq = 7, .time = 5,
    });
    sva_check_violation(c, &(SvaCheckCase) {
        .rule = &rule, .culprit = SVA_CULPRIT_MODEL, .has_rid = true,
        .rid = 0x10, .addr = 0x1000, .last = 0x1fff, .pa = 0x8000, .since = 3,
        .before = { .words = { 1, 2 }, .count = 2 },
        .now = { .words = { 3 }, .count = 1 },
    }, "A\\B\n");
    sva_check_violation(c, &(SvaCheckCase) { .rule = &rule }, "Two.");
    json = sva_checker_reports_json(c);
    g_assert_true(g_str_has_prefix(json->str,
        "[{\"number\":1,\"rule\":\"some-rule\","
        "\"sentence\":\"It \\\"must\\\" hold.\","
        "\"source\":\"VT-d rev 5.10, 6.5.3.3\","
        "\"culprit\":\"model\",\"text\":\"A\\\\B\\u000a\",\"rid\":16,"
        "\"pasid\":null,\"addr\":\"0x1000\",\"last\":\"0x1fff\","
        "\"pa\":\"0x8000\",\"before\":[\"0x1\",\"0x2\"],\"now\":[\"0x3\"],"
        "\"owed\":\"\",\"since\":3,\"time\":5,\"seq\":7,\"repeats\":0,"
        "\"events\":[{"));
    g_assert_nonnull(strstr(json->str, "},\n{\"number\":2,"));
    g_assert_nonnull(strstr(json->str, "\"rid\":null"));
    g_assert_true(g_str_has_suffix(json->str, "}]"));
    g_string_free(json, true);
    sva_checker_free(c);
    fake_env_free(f);
}

#define ADD(name) g_test_add_func("/checker/report/" #name, test_##name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(a_line_says_it_all);
    ADD(a_line_may_say_little);
    ADD(json_has_every_report);
    return g_test_run();
}

/*
 * Checker: the rules of its topics against docs/system/sva-checker.rst
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include <string.h>
#include "hw/sva/observe/checker/topics.h"

static char *document(void)
{
    g_autofree char *file = g_build_filename(SVA_DOCS_DIR, "system",
                                             "sva-checker.rst", NULL);
    char *text = NULL;

    g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
    return text;
}

/* Lines do not count. */
static char *joined(const char *text)
{
    g_autoptr(GRegex) blank = g_regex_new("\\s+", 0, 0, NULL);

    return g_regex_replace_literal(blank, text, -1, 0, " ", 0, NULL);
}

static char *source_of(const SvaCheckRule *rule)
{
    const char *vtd = rule->source[SVA_REGS_VTD];
    const char *smmu = rule->source[SVA_REGS_SMMUV3];

    if (!vtd || !smmu || g_str_equal(vtd, smmu)) {
        return g_strdup(vtd ? vtd : smmu);
    }
    return g_strdup_printf("%s; %s", vtd, smmu);
}

static void assert_documented(const char *text, const SvaCheckRule *rule)
{
    g_autofree char *source = source_of(rule);
    g_autofree char *row = g_strdup_printf("``%s`` %s (%s)", rule->id,
                                           rule->sentence, source);

    if (!strstr(text, row)) {
        g_error("docs/system/sva-checker.rst lacks:\n\n``%s``\n    %s (%s)\n",
                rule->id, rule->sentence, source);
    }
}

static void test_each_rule_is_documented(void)
{
    g_autofree char *raw = document();
    g_autofree char *text = joined(raw);
    unsigned i, k;

    for (i = 0; sva_check_topics[i]; i++) {
        for (k = 0; k < sva_check_topics[i]->count; k++) {
            assert_documented(text, &sva_check_topics[i]->rules[k]);
        }
    }
}

static bool is_rule(const char *id)
{
    unsigned i, k;

    for (i = 0; sva_check_topics[i]; i++) {
        for (k = 0; k < sva_check_topics[i]->count; k++) {
            if (g_str_equal(sva_check_topics[i]->rules[k].id, id)) {
                return true;
            }
        }
    }
    return false;
}

/* What is documented exists. */
static void test_each_row_is_a_rule(void)
{
    g_autofree char *text = document();
    g_autoptr(GRegex) regex = g_regex_new("^``([a-z0-9-]+)``$",
                                          G_REGEX_MULTILINE, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    unsigned rows = 0;

    g_regex_match(regex, text, 0, &match);
    for (; g_match_info_matches(match); g_match_info_next(match, NULL)) {
        g_autofree char *id = g_match_info_fetch(match, 1);

        if (!is_rule(id)) {
            g_error("docs/system/sva-checker.rst: no such rule: %s", id);
        }
        rows++;
    }
    g_assert_cmpuint(rows, >, 0);
}

/* A name stands for one rule, and every rule for something. */
static void test_rules_are_whole(void)
{
    g_autoptr(GHashTable) ids = g_hash_table_new(g_str_hash, g_str_equal);
    unsigned i, k;

    for (i = 0; sva_check_topics[i]; i++) {
        g_assert_nonnull(sva_check_topics[i]->name);
        for (k = 0; k < sva_check_topics[i]->count; k++) {
            const SvaCheckRule *rule = &sva_check_topics[i]->rules[k];

            g_assert_true(g_hash_table_add(ids, (gpointer)rule->id));
            g_assert_true(g_str_has_suffix(rule->sentence, "."));
            g_assert_true(rule->source[SVA_REGS_VTD] ||
                          rule->source[SVA_REGS_SMMUV3]);
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/checker/rules/documented", test_each_rule_is_documented);
    g_test_add_func("/checker/rules/rows", test_each_row_is_a_rule);
    g_test_add_func("/checker/rules/whole", test_rules_are_whole);
    return g_test_run();
}

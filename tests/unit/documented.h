/*
 * Values of registers as the documents have them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_UNIT_DOCUMENTED_H
#define TESTS_UNIT_DOCUMENTED_H

#include <glib.h>

/* Of the row @name in a table of docs/@path; it must be there. */
static inline uint64_t documented(const char *path, const char *name)
{
    g_autofree char *file = g_build_filename(SVA_DOCS_DIR, path, NULL);
    g_autofree char *pattern = g_strdup_printf("^%s +([0-9a-f]+) ", name);
    g_autoptr(GRegex) regex = g_regex_new(pattern, G_REGEX_MULTILINE, 0,
                                          NULL);
    g_autoptr(GMatchInfo) match = NULL;
    g_autofree char *text = NULL;
    g_autofree char *value = NULL;

    g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
    g_assert_true(g_regex_match(regex, text, 0, &match));
    value = g_match_info_fetch(match, 1);
    return g_ascii_strtoull(value, NULL, 16);
}

#endif

/*
 * Summary of what caches of translations hold
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/sva/cache-summary.h"

struct SvaCacheSummary {
    GArray *keys;               /* uint64_t: requester ID and tag */
};

SvaCacheSummary *sva_cache_summary_new(void)
{
    SvaCacheSummary *summary = g_new0(SvaCacheSummary, 1);

    summary->keys = g_array_new(false, false, sizeof(uint64_t));
    return summary;
}

void sva_cache_summary_add(SvaCacheSummary *summary, uint16_t rid,
                           uint32_t tag)
{
    uint64_t key = (uint64_t)rid << 32 | tag;

    g_array_append_val(summary->keys, key);
}

static gint compare(gconstpointer a, gconstpointer b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

/* Equal keys become one word, with their number if it is @counted. */
static char *text_of(SvaCacheSummary *summary, bool counted)
{
    GArray *keys = summary->keys;
    GString *text = g_string_new(NULL);
    unsigned i, n;

    g_array_sort(keys, compare);
    for (i = 0; i < keys->len; i += n) {
        uint64_t key = g_array_index(keys, uint64_t, i);

        n = 1;
        while (i + n < keys->len &&
               g_array_index(keys, uint64_t, i + n) == key) {
            n++;
        }
        g_string_append(text, i ? " " : "");
        if (counted) {
            g_string_append_printf(text, "%u:%u", (uint32_t)key, n);
        } else {
            g_string_append_printf(text, "0x%04x.%u", (unsigned)(key >> 32),
                                   (uint32_t)key);
        }
    }
    g_array_free(keys, true);
    g_free(summary);
    return g_string_free(text, false);
}

char *sva_cache_summary_translations(SvaCacheSummary *summary)
{
    return text_of(summary, true);
}

char *sva_cache_summary_configs(SvaCacheSummary *summary)
{
    return text_of(summary, false);
}

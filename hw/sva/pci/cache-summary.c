/*
 * Evidence: what caches hold, counted by PASID or ASID
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/sva/iommu-stats.h"

struct SvaHoldings {
    GArray *keys;               /* uint64_t: requester ID and tag */
};

SvaHoldings *sva_holdings_new(void)
{
    SvaHoldings *held = g_new0(SvaHoldings, 1);

    held->keys = g_array_new(false, false, sizeof(uint64_t));
    return held;
}

void sva_holdings_add(SvaHoldings *held, uint16_t rid, uint32_t tag)
{
    uint64_t key = (uint64_t)rid << 32 | tag;

    g_array_append_val(held->keys, key);
}

static gint compare(gconstpointer a, gconstpointer b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

/* Equal ones become one word, with their number if it is @counted. */
static char *text_of(SvaHoldings *held, bool counted)
{
    GString *text = g_string_new(NULL);
    unsigned i, n;

    g_array_sort(held->keys, compare);
    for (i = 0; i < held->keys->len; i += n) {
        uint64_t key = g_array_index(held->keys, uint64_t, i);

        n = 1;
        while (i + n < held->keys->len &&
               g_array_index(held->keys, uint64_t, i + n) == key) {
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
    g_array_free(held->keys, true);
    g_free(held);
    return g_string_free(text, false);
}

char *sva_holdings_translations(SvaHoldings *held)
{
    return text_of(held, true);
}

char *sva_holdings_configs(SvaHoldings *held)
{
    return text_of(held, false);
}

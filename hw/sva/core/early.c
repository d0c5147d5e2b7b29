/*
 * Early reads: words of table entries as they were read before
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "early.h"

/* All pieces, or each by a choice of its own. */
static void take_pieces(SvaAdversary *adv, const SvaEarly *early,
                        uint64_t *words, unsigned count, unsigned piece)
{
    bool all = sva_adversary_chance(adv->rand, 4);
    unsigned i;

    for (i = 0; i < count; i += piece) {
        if (all || sva_adversary_chance(adv->rand, 2)) {
            memcpy(&words[i], &early->words[i], piece * sizeof(*words));
        }
    }
}

void sva_early_mix(SvaConfigCache *cache, SvaAdversary *adv, uint64_t key,
                   uint64_t *words, unsigned count, unsigned piece)
{
    const SvaEarly *early = sva_config_cache_lookup(cache, key);
    SvaEarly now = { { 0 } };
    bool keep = !early || sva_adversary_chance(adv->rand, 2);

    memcpy(now.words, words, count * sizeof(*words));
    if (early && sva_adversary_takes(adv, SVA_LIBERTY_EARLY)) {
        take_pieces(adv, early, words, count, piece);
    }
    if (keep && adv->rates[SVA_LIBERTY_EARLY]) {
        sva_config_cache_insert(cache, key, &now);
    }
}

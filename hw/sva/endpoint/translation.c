/*
 * Translations that a function asks for
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "adversary.h"
#include "request.h"
#include "translation.h"

/* The order of the range that is kept of a completion for @mask + 1 bytes. */
static uint8_t translation_order(const SvaFunction *fn, uint64_t mask)
{
    uint64_t largest = MAX(fn->config.atc_largest, SVA_PAGE_SIZE) - 1;

    mask = MIN(mask, largest) >> SVA_PAGE_SHIFT;
    return mask & (mask + 1) ? 0 : __builtin_ctzll(mask + 1);
}

static SvaTranslationAnswer translation_request(
    SvaFunction *fn, void *owner, const SvaTranslationWanted *wanted,
    SvaAtcEntry *out)
{
    uint64_t generation = sva_atc_generation(fn->atc);
    uint8_t access = wanted->write ? SVA_READ | SVA_WRITE : SVA_READ;
    SvaAtsCompletion cpl;

    sva_request_translation(fn, owner, wanted->pasid, wanted->page, access,
                            wanted->rights, wanted->final, &cpl);
    if (cpl.status != SVA_ATS_SUCCESS) {
        return SVA_ANSWER_ERROR;
    }
    if (generation != sva_atc_generation(fn->atc)) {
        return SVA_ANSWER_STALE;
    }
    *out = (SvaAtcEntry) {
        .page = wanted->page,
        .pa = cpl.map.addr & SVA_PAGE_MASK,
        .pasid = wanted->pasid,
        .access = cpl.map.access & (SVA_READ | SVA_WRITE),
        .order = translation_order(fn, cpl.map.mask),
        .untranslated_only = cpl.untranslated_only,
    };
    if (out->access) {
        sva_atc_insert(fn->atc, out);
    }
    return SVA_ANSWER_GOOD;
}

/* Nobody waits for what comes of it. */
static void translation_prefetch(SvaFunction *fn,
                                 const SvaTranslationWanted *needed)
{
    SvaTranslationWanted wanted = *needed;
    SvaAtcEntry entry;

    wanted.page = sva_adversary_neighbour(fn, needed->page);
    translation_request(fn, NULL, &wanted, &entry);
}

SvaTranslationAnswer sva_translation_ask(SvaFunction *fn, void *owner,
                                         const SvaTranslationWanted *wanted,
                                         SvaAtcEntry *out)
{
    SvaTranslationAnswer answer = translation_request(fn, owner, wanted, out);

    if (answer == SVA_ANSWER_GOOD && sva_adversary_prefetches(fn)) {
        translation_prefetch(fn, wanted);
    }
    return answer;
}

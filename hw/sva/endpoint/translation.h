/*
 * Translations that a function asks for and keeps in its ATC
 *
 * PCIe r6 10.2.2 "Translation Requests", 10.2.3 "Translation Completion".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_ENDPOINT_TRANSLATION_H
#define HW_SVA_ENDPOINT_TRANSLATION_H

#include "function.h"

typedef enum SvaTranslationAnswer {
    SVA_ANSWER_ERROR,           /* UR or CA */
    SVA_ANSWER_STALE,           /* invalidated on its way: ask again */
    SVA_ANSWER_GOOD,            /* in the ATC, if there are rights at all */
} SvaTranslationAnswer;

/*
 * @write:  ask for both rights, else for that to read
 * @rights: those that count as granted
 * @final:  no page request follows if they are not
 */
typedef struct SvaTranslationWanted {
    uint64_t page;
    SvaPasid pasid;
    uint8_t rights;
    bool write;
    bool final;
} SvaTranslationWanted;

/* @out has a meaning with SVA_ANSWER_GOOD only. */
SvaTranslationAnswer sva_translation_ask(SvaFunction *fn, void *owner,
                                         const SvaTranslationWanted *wanted,
                                         SvaAtcEntry *out);

#endif

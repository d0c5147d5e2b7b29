/*
 * Fuzz: the answers of the VT-d unit beside those of the oracle
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_FUZZ_VTD_COMPARE_H
#define TESTS_FUZZ_VTD_COMPARE_H

#include "vtd-world.h"

/* No cache may have what memory does not have any more; @req: untranslated. */
void vtd_compare(VtdWorld *w, const SvaRequest *req);
/* The same for a translation request for what @req asks. */
void vtd_compare_ats(VtdWorld *w, const SvaRequest *req);

#endif

/*
 * Oracle of the VT-d fuzz harness: what a request may get, by the tables as
 * they are in memory now, without any cache
 *
 * Written apart from hw/sva/vtd, from the specification; literals instead of
 * the model's headers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_FUZZ_VTD_ORACLE_H
#define TESTS_FUZZ_VTD_ORACLE_H

#include "vtd-fixture.h"

/*
 * @granted: the tables give the address @addr and the rights asked for
 * @fpd:     faults of this lookup are not to be recorded
 */
typedef struct OracleAnswer {
    bool granted;
    uint64_t addr;
    bool fpd;
} OracleAnswer;

/* An untranslated request with root table @rtaddr (as latched). */
void oracle_translate(VtdFixture *f, uint64_t rtaddr, const SvaRequest *req,
                      OracleAnswer *out);

#endif

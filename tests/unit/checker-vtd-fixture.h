/*
 * CheckVtd: a VT-d unit with the checker at its events, for unit tests
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_UNIT_CHECKER_VTD_FIXTURE_H
#define TESTS_UNIT_CHECKER_VTD_FIXTURE_H

#include "hw/sva/observe/checker/checker.h"
#include "traffic.h"
#include "vtd-fixture.h"

typedef struct CheckVtd {
    VtdFixture *f;
    SvaChecker *c;
    SvaEventSink sink;
    Traffic *traffic;           /* NULL: none */
    unsigned seen;              /* reports that a test has looked at */
} CheckVtd;

/* As vtd_fixture_scalable() and vtd_fixture_legacy(). */
CheckVtd *check_vtd_new(const SvaVtdConfig *config);
CheckVtd *check_vtd_legacy(const SvaVtdConfig *config, uint64_t qw0,
                           uint64_t qw1);
void check_vtd_free(CheckVtd *t);
/* Do not stop between steps, whatever is taken away.  To be called first. */
void check_vtd_traffic(CheckVtd *t);

/*
 * Descriptors, by a letter each (checker-vtd-fixture.c), for domain 1 and
 * PASID 1; capitals are for all of something, W waits.
 */
void check_vtd_submit(CheckVtd *t, const char *steps);

/*
 * The new reports are of these rules, "" for none, in this order with blanks
 * between.
 */
void check_vtd_expect(CheckVtd *t, const char *rules);
/* Let more than the limit pass, then the same. */
void check_vtd_expect_later(CheckVtd *t, const char *rules);

#endif

/*
 * Checker, VT-d: what a change of a table entry amounts to
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_CHECKER_VTD_COMPARE_H
#define HW_SVA_OBSERVE_CHECKER_VTD_COMPARE_H

#include "vtd-entry.h"

/*
 * What becomes of a cached copy of @old now that memory says @now: nothing is
 * owed for more rights, and for what no cache holds (6.5.3.3, 6.5.3.5).
 */
SvaCheckChange sva_check_vtd_compare(const SvaCheckVtdUnit *unit,
                                     SvaEntryType type, unsigned level,
                                     const uint64_t *old, const uint64_t *now);

/*
 * Do caches keep the entry?  With CM=1 they may keep what led to a fault, too;
 * no cache of ours does, and that is not judged.
 */
bool sva_check_vtd_remembered(const SvaCheckVtdUnit *unit, SvaEntryType type,
                              const uint64_t *words);

#endif

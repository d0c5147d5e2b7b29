/*
 * Checker, VT-d: what may be in a present entry
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_CHECKER_VTD_LEGAL_H
#define HW_SVA_OBSERVE_CHECKER_VTD_LEGAL_H

#include "vtd-entry.h"

/*
 * NULL, or why the unit refuses the present entry @words of a table above the
 * page tables: one that is torn, or that software got wrong.
 */
const char *sva_check_vtd_illegal(const SvaCheckVtdUnit *unit,
                                  SvaEntryType type, const uint64_t *words);

#endif

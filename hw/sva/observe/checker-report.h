/*
 * A report of the checker as text
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_CHECKER_REPORT_H
#define HW_SVA_OBSERVE_CHECKER_REPORT_H

#include "checker/checker.h"

/*
 * "violation NUMBER RULE CULPRIT rid RID pasid PASID: TEXT Owed: OWED", which
 * scripts read.  To be freed by the caller.
 */
char *sva_checker_report_line(const SvaCheckReport *report);

/* All reports that are kept, as a JSON array (docs/system/sva-checker.rst). */
GString *sva_checker_reports_json(const SvaChecker *c);

#endif

/*
 * Does what the IOMMU announced differ from what the oracle says?
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_CHECKER_ORACLE_DIFFER_H
#define HW_SVA_OBSERVE_CHECKER_ORACLE_DIFFER_H

#include "hw/sva/event.h"
#include "../oracle/oracle.h"

/* Room for a difference in words, for people. */
#define SVA_CHECK_DIFFER_TEXT 160

/*
 * Of SVA_EV_FILL, SVA_EV_XLATE and SVA_EV_ATS: true, and why, if it is not what
 * @want says.  The range may be smaller.  @reason: of the fault that was
 * announced for it, 0: none was.
 */
bool sva_check_fill_differs(const SvaEvent *event, const SvaOracleAnswer *want,
                            char text[SVA_CHECK_DIFFER_TEXT]);
bool sva_check_xlate_differs(const SvaEvent *event, SvaRegsArch arch,
                             unsigned reason, const SvaOracleAnswer *want,
                             char text[SVA_CHECK_DIFFER_TEXT]);
bool sva_check_ats_differs(const SvaEvent *event, const SvaOracleAnswer *want,
                           char text[SVA_CHECK_DIFFER_TEXT]);
/*
 * A translation in use, rights @access to @addr: true if @want refuses that or
 * leads elsewhere.  What has gained rights since does not differ.
 */
bool sva_check_use_differs(uint64_t addr, uint8_t access,
                           const SvaOracleAnswer *want,
                           char text[SVA_CHECK_DIFFER_TEXT]);

#endif

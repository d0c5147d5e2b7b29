/*
 * Second-stage page tables of VT-d, 3 to 5 levels; also those of legacy mode
 *
 *   level 5 SS-PML5E  level 4 SS-PML4E  level 3 SS-PDPE  level 2 SS-PDE
 *   level 1 SS-PTE
 *
 * VT-d 5.10 section 3.7 and section 9.8.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_CORE_PT_VTDSS_H
#define HW_SVA_CORE_PT_VTDSS_H

#include "pt-walk.h"

extern const SvaPtFormat sva_pt_vtdss;

#endif

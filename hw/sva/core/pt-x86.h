/*
 * First-stage page tables: the format of x86-64, 4 and 5 levels
 *
 *   level 5 PML5E   level 4 PML4E   level 3 PDPE   level 2 PDE   level 1 PTE
 *
 * VT-d 5.10 section 3.6 and section 9.7.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_CORE_PT_X86_H
#define HW_SVA_CORE_PT_X86_H

#include "pt-walk.h"

extern const SvaPtFormat sva_pt_x86;

#endif

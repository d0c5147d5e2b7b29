/*
 * Nested page-table walk: a first stage whose addresses, those of its tables
 * and those it results in, are translated by a second stage
 *
 * VT-d 5.10 section 3.8.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_CORE_PT_NESTED_H
#define HW_SVA_CORE_PT_NESTED_H

#include "pt-walk.h"

/*
 * As sva_pt_walk(), of both stages: the rights are those that both grant, the
 * size is the smaller one.  A first-stage entry is read only if the second
 * stage grants SVA_READ of it, and its accessed and dirty bits are set only
 * if that grants SVA_WRITE.
 *
 * @query->views is of both stages.  The first one's holds addresses of tables
 * as the first stage has them, which the second stage's helps to find.
 *
 * The first stage keeps its accessed and dirty bits when the second stage
 * then refuses the result.
 */
void sva_pt_walk_nested(SvaEnv *env, const SvaPtConfig *first,
                        const SvaPtConfig *second, const SvaPtQuery *query,
                        SvaPtResult *out);

#endif

/*
 * sva-dsa: descriptors that a command is about
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_DSA_ABORT_H
#define HW_SVA_DSA_ABORT_H

#include "model.h"

/* Give up what @filter says, in queues and slots. */
void sva_dsa_abort(SvaDsa *dsa, const DsaFilter *filter);

/* Is any of it still there? */
bool sva_dsa_busy_with(const SvaDsa *dsa, const DsaFilter *filter);

#endif

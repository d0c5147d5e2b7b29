/*
 * sva-dsa: slots that can go on, and when they do
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_DSA_RUN_QUEUE_H
#define HW_SVA_DSA_RUN_QUEUE_H

#include "model.h"

/* The next slice begins after @delay ns. */
void sva_dsa_arm(SvaDsa *dsa, int64_t delay);

/* The slot may be able to go on. */
void sva_dsa_wake(DsaSlot *slot);

/* The next one whose turn it is, or NULL. */
DsaSlot *sva_dsa_next_slot(SvaDsa *dsa);

#endif

/*
 * sva-dsa: how the completion of a descriptor is told
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_DSA_COMPLETION_H
#define HW_SVA_DSA_COMPLETION_H

#include "model.h"

/*
 * The descriptor of @slot has ended with DsaSlot.status: make its record and
 * decide how it is told.  The phase becomes the first of those that are needed,
 * or DSA_SLOT_TOLD.
 */
void sva_dsa_completion_begin(DsaSlot *slot);

/* false: waits.  The phase is DSA_SLOT_TOLD when all is told. */
bool sva_dsa_completion_step(DsaSlot *slot);

static inline bool dsa_status_good(uint8_t status)
{
    return status == DSA_ST_SUCCESS || status == DSA_ST_FALSE ||
           status == DSA_ST_BATCH_FAILED;
}

#endif

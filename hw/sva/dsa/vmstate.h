/*
 * sva-dsa: the saved state in a migration stream
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_DSA_VMSTATE_H
#define HW_SVA_DSA_VMSTATE_H

#include "migration/vmstate.h"
#include "state.h"

/* Of a SvaDsaSaved. */
extern const VMStateDescription sva_dsa_vmstate;

#endif

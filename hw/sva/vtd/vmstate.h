/*
 * sva-vtd: how its state is written to a stream
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_VTD_VMSTATE_H
#define HW_SVA_VTD_VMSTATE_H

#include "migration/vmstate.h"
#include "state.h"

/* Of a SvaVtdSaved. */
extern const VMStateDescription sva_vtd_vmstate;

#endif

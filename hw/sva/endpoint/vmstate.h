/*
 * Saved state of functions in a migration stream
 *
 * For the VMStateDescription of a device whose state holds the structs of
 * state.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_ENDPOINT_VMSTATE_H
#define HW_SVA_ENDPOINT_VMSTATE_H

#include "migration/vmstate.h"
#include "state.h"

extern const VMStateDescription sva_vmstate_page_group;
extern const VMStateDescription sva_vmstate_late_inval;

#define VMSTATE_SVA_PAGE_GROUP(_field, _state)                          \
    VMSTATE_STRUCT(_field, _state, 1, sva_vmstate_page_group,           \
                   SvaPageGroupSaved)

/* Of a SvaFunctionSaved: what comes late, and the table of groups. */
#define VMSTATE_SVA_LATE_INVALS(_field, _state)                         \
    VMSTATE_UINT32(_field.late_count, _state),                          \
    VMSTATE_STRUCT_ARRAY(_field.late, _state, SVA_INVALS_MAX, 1,        \
                         sva_vmstate_late_inval, SvaLateInvalSaved)

#define VMSTATE_SVA_PRG(_field, _state)                                 \
    VMSTATE_UINT32(_field.prg.allocation, _state),                      \
    VMSTATE_UINT32(_field.prg.free_count, _state),                      \
    VMSTATE_UINT16_ARRAY(_field.prg.free, _state, SVA_PRGI_COUNT),      \
    VMSTATE_UINT16_ARRAY(_field.prg.requests, _state, SVA_PRGI_COUNT),  \
    VMSTATE_UINT32_ARRAY(_field.prg.pasid, _state, SVA_PRGI_COUNT)

#endif

/*
 * Saved state of functions in a migration stream
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "vmstate.h"

const VMStateDescription sva_vmstate_page_group = {
    .name = "sva-function/page-group",
    .version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64(first, SvaPageGroupSaved),
        VMSTATE_UINT64(step, SvaPageGroupSaved),
        VMSTATE_UINT32(pasid, SvaPageGroupSaved),
        VMSTATE_UINT32(withheld, SvaPageGroupSaved),
        VMSTATE_UINT16(prgi, SvaPageGroupSaved),
        VMSTATE_UINT16(count, SvaPageGroupSaved),
        VMSTATE_UINT16(sent, SvaPageGroupSaved),
        VMSTATE_UINT8(access, SvaPageGroupSaved),
        VMSTATE_UINT8(flags, SvaPageGroupSaved),
        VMSTATE_END_OF_LIST()
    },
};

const VMStateDescription sva_vmstate_late_inval = {
    .name = "sva-function/invalidation",
    .version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64(left, SvaLateInvalSaved),
        VMSTATE_UINT32(itag, SvaLateInvalSaved),
        VMSTATE_UINT32(withheld, SvaLateInvalSaved),
        VMSTATE_END_OF_LIST()
    },
};

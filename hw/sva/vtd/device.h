/*
 * sva-vtd: the QOM device around the VT-d model
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_VTD_DEVICE_H
#define HW_SVA_VTD_DEVICE_H

#include "hw/i386/intel_iommu.h"
#include "../pci/iommu-device.h"
#include "state.h"
#include "vtd.h"

#define TYPE_SVA_VTD "sva-vtd"
OBJECT_DECLARE_SIMPLE_TYPE(SvaVtdState, SVA_VTD)

/*
 * Of the parent's state only what the machine and the parent's interrupt
 * remapping method read is in use: the properties intremap, eim, device-iotlb,
 * pt, aw-bits and caching-mode, and intr_*.
 *
 * @config: own properties; realize adds the parent's
 * @vtd:    valid when realized
 */
struct SvaVtdState {
    IntelIOMMUState parent_obj;

    SvaIommuDevice device;
    SvaVtdConfig config;
    OnOffAuto pri;
    SvaVtd vtd;
};

/* q35.c: is this machine one it can work on?  Sets @errp if not. */
bool sva_vtd_q35_check(Error **errp);
/* What the machine type sets this property of the stock device to, or NULL. */
const char *sva_vtd_q35_default(const char *property);
extern const SvaPciMsiWindow sva_vtd_q35_window;
/* Put registers, address spaces and interrupts in their places. */
void sva_vtd_q35_connect(SvaVtdState *s);

#endif

/*
 * sva-smmuv3: the QOM device around the SMMUv3 model
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_SMMUV3_DEVICE_H
#define HW_SVA_SMMUV3_DEVICE_H

#include "hw/sva/compat.h"
#include "../pci/iommu-device.h"
#include "smmuv3.h"
#include "state.h"

#define TYPE_SVA_SMMUV3 "sva-smmuv3"
OBJECT_DECLARE_SIMPLE_TYPE(SvaSmmuState, SVA_SMMUV3)

/*
 * @device: what all IOMMUs have; realized: its fabric has an IOMMU
 * @config: properties; its oas is 0 until realize if it was left open
 * @pri:    page requests; auto: if there is ATS
 * @describe_stall: functions that can wait are said to (dma-can-stall)
 * @irq_later: set of lines that @irq_bh is to pulse
 * @describe_slots: and those that may be plugged into empty ports later
 * @smmu:   valid when realized
 */
struct SvaSmmuState {
    DeviceState parent_obj;

    SvaIommuDevice device;
    SvaSmmuConfig config;
    OnOffAuto pri;
    OnOffAuto describe_stall;
    bool describe_slots;
    SvaSmmu smmu;
    qemu_irq irq[SVA_SMMU_IRQ_COUNT];
    QEMUBH *irq_bh;
    unsigned irq_later;
    Notifier machine_done;
};

/* virt.c: is this machine one it can work on?  Sets @errp if not. */
bool sva_smmu_virt_check(Error **errp);
/* Width of the physical addresses that the machine's processors use. */
unsigned sva_smmu_virt_pa_bits(void);
/* Put registers, address spaces, interrupts and tree nodes in their places. */
void sva_smmu_virt_connect(SvaSmmuState *s);

#endif

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
 * @config: properties; oas is 0 until realize if it was not set
 * @pri:    page requests; auto: as ATS
 * @describe_stall: put dma-can-stall in the nodes of functions that can stall
 * @describe_slots: and in those of empty ports, for functions plugged later
 * @smmu:   valid when realized
 * @irq_later: lines that @irq_bh is to pulse, as bits
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

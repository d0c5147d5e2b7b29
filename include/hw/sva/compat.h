/*
 * Differences between the QEMU versions this tree can be grafted into
 *
 * The only header that may look at the version.  Include it after
 * qemu/osdep.h instead of the headers that it wraps.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_COMPAT_H
#define HW_SVA_COMPAT_H

#define SVA_QEMU_AT_LEAST(major, minor)         \
    (QEMU_VERSION_MAJOR > (major) ||            \
     (QEMU_VERSION_MAJOR == (major) && QEMU_VERSION_MINOR >= (minor)))

/* exec/ became system/ in 10.1. */
#if SVA_QEMU_AT_LEAST(10, 1)
#include "system/address-spaces.h"
#include "system/memory.h"
#else
#include "exec/address-spaces.h"
#include "exec/memory.h"
#endif

/* Instruction counting has a header of its own since 10.1. */
#if SVA_QEMU_AT_LEAST(10, 1)
#include "exec/icount.h"
#else
#include "system/cpu-timers.h"
#endif

/* Device headers move below hw/core/ in 11.0. */
#if SVA_QEMU_AT_LEAST(11, 0)
#include "hw/core/boards.h"
#include "hw/core/qdev-properties-system.h"
#include "hw/core/qdev-properties.h"
#include "hw/core/sysbus.h"
#else
#include "hw/boards.h"
#include "hw/qdev-properties-system.h"
#include "hw/qdev-properties.h"
#include "hw/sysbus.h"
#endif

#include "hw/pci/pci_device.h"
#include "hw/pci/pci_bus.h"

/* What class_init() and TypeInfo.interfaces take is const since 10.1. */
#if SVA_QEMU_AT_LEAST(10, 1)
#define SVA_CLASS_CONST const
#else
#define SVA_CLASS_CONST
#endif

/* A device's end of a character device was called a back end before 10.2. */
#if !SVA_QEMU_AT_LEAST(10, 2)
#define CharFrontend CharBackend
#endif

/* PCIIOMMUOps has ATS, PRI and device-IOTLB notifiers since 10.2. */
#define SVA_HAVE_PCI_ATS SVA_QEMU_AT_LEAST(10, 2)

/* The virt board tells iommu=smmuv3 from an SMMU of each bus since 10.2. */
#define SVA_HAVE_SMMU_PER_BUS SVA_QEMU_AT_LEAST(10, 2)

/*
 * Threads without the BQL may access @mr.  QEMU 10.0 has no such regions and
 * takes the BQL, so that there a guest can make an iothread and the main thread
 * wait for each other.
 */
static inline void sva_region_without_bql(MemoryRegion *mr)
{
#if SVA_QEMU_AT_LEAST(10, 1)
    memory_region_enable_lockless_io(mr);
#endif
    /* Functions write here from within registers of the region's owner. */
    mr->disable_reentrancy_guard = true;
}

/* May @dev send memory requests now? */
static inline bool sva_pci_is_master(PCIDevice *dev)
{
#if SVA_HAVE_PCI_ATS
    return dev->is_master;
#else
    return pci_get_word(dev->config + PCI_COMMAND) & PCI_COMMAND_MASTER;
#endif
}

#endif

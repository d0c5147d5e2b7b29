/*
 * QEMU's public PCI IOMMU operations, served by an IOMMU of ours
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_PCI_PCI_IOMMU_OPS_H
#define HW_SVA_PCI_PCI_IOMMU_OPS_H

#include "hw/pci/pci.h"

extern const PCIIOMMUOps sva_pci_iommu_ops;     /* opaque: SvaPciFabric */

#endif

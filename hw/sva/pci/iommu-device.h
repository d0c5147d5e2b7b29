/*
 * QOM interface of the IOMMUs that speak SvaIommu
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_PCI_IOMMU_DEVICE_H
#define HW_SVA_PCI_IOMMU_DEVICE_H

#include "qom/object.h"
#include "hw/sva/iommu.h"
#include "iommu-stats.h"

#define TYPE_SVA_IOMMU "sva-iommu"

typedef struct SvaIommuClass SvaIommuClass;
DECLARE_CLASS_CHECKERS(SvaIommuClass, SVA_IOMMU, TYPE_SVA_IOMMU)

struct SvaIommuClass {
    InterfaceClass parent_class;
    /* Its @fabric is a SvaPciFabric, see hw/sva/pci/fabric.h. */
    SvaIommu *(*get)(Object *obj);
    const SvaIommuStats *stats;
};

/* NULL unless @obj is such an IOMMU and realized. */
static inline SvaIommu *sva_iommu_from_object(Object *obj)
{
    if (!obj || !object_dynamic_cast(obj, TYPE_SVA_IOMMU)) {
        return NULL;
    }
    return SVA_IOMMU_GET_CLASS(obj)->get(obj);
}

#endif

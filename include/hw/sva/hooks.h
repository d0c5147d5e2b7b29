/*
 * Calls that the graft inserts into QEMU's own files
 *
 * Nothing here depends on what is configured, so that a tree with the graft
 * links whatever its devices are.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_HOOKS_H
#define HW_SVA_HOOKS_H

#include "qemu/bswap.h"
#include "qom/object.h"

/* 1, which ends the search: a host bridge whose functions have an IOMMU. */
static inline int sva_iort_has_iommu(Object *obj, void *opaque)
{
    return object_dynamic_cast(obj, "pci-host-bridge") &&
           !object_property_get_bool(obj, "bypass-iommu", NULL);
}

/*
 * @table ends with the ATS attribute of an IORT root complex node: say that
 * ATS is supported if the SMMU is ours and has it, and is not bypassed by all
 * (Arm DEN 0049 E.b 3.1.1.5, "ATS Attribute", bit 0).  The node is one for all
 * host bridges.
 */
static inline void sva_iort_ats(GArray *table)
{
    Object *smmu = object_resolve_path_type("", "sva-smmuv3", NULL);
    uint8_t *attribute;

    if (smmu && object_property_get_bool(smmu, "ats", NULL) &&
        object_child_foreach_recursive(object_get_root(), sva_iort_has_iommu,
                                       NULL)) {
        attribute = (uint8_t *)table->data + table->len - 4;
        stl_le_p(attribute, ldl_le_p(attribute) | 1);
    }
}

#endif

/*
 * Evidence: counters and registers of an IOMMU as QOM properties
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qapi/visitor.h"
#include "hw/sva/iommu-qom.h"

static const SvaEvidence *evidence_of(Object *obj)
{
    return SVA_IOMMU_GET_CLASS(obj)->evidence;
}

static void get_counter(Object *obj, Visitor *v, const char *name,
                        void *opaque, Error **errp)
{
    uint64_t val = evidence_of(obj)->counters(obj)[GPOINTER_TO_UINT(opaque)];

    visit_type_uint64(v, name, &val, errp);
}

static void get_register(Object *obj, Visitor *v, const char *name,
                         void *opaque, Error **errp)
{
    const SvaEvidenceRegister *reg =
        &evidence_of(obj)->registers[GPOINTER_TO_UINT(opaque)];
    SvaIommu *iommu = sva_iommu_from_object(obj);
    uint64_t val = iommu ? iommu->ops->mmio_read(iommu, reg->offset,
                                                 reg->size) : 0;

    visit_type_uint64(v, name, &val, errp);
}

void sva_evidence_add(ObjectClass *klass, const SvaEvidence *evidence)
{
    unsigned i;

    SVA_IOMMU_CLASS(klass)->evidence = evidence;
    for (i = 0; i < evidence->counter_count; i++) {
        g_autofree char *name = g_strconcat("count-",
                                            evidence->counter_name(i), NULL);

        object_class_property_add(klass, name, "uint64", get_counter, NULL,
                                  NULL, GUINT_TO_POINTER(i));
    }
    for (i = 0; i < evidence->register_count; i++) {
        object_class_property_add(klass, evidence->registers[i].name,
                                  "uint64", get_register, NULL, NULL,
                                  GUINT_TO_POINTER(i));
    }
}

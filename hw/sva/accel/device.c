/*
 * sva-accel: the PCI function
 *
 * What QEMU has to know of the accelerator beside what every function with
 * PASID, ATS and PRI needs (SvaPciFunction): IDs, BARs, properties.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "../endpoint/pci-function.h"
#include "qapi/visitor.h"
#include "qemu/host-utils.h"
#include "qemu/module.h"
#include "accel.h"
#include "vmstate.h"

#define TYPE_SVA_ACCEL "sva-accel"
OBJECT_DECLARE_SIMPLE_TYPE(SvaAccelDevice, SVA_ACCEL)

struct SvaAccelDevice {
    SvaPciFunction parent_obj;

    uint32_t contexts;
};

/* -- BARs -- */

static uint64_t regs_read(void *accel, hwaddr offset, unsigned size)
{
    return sva_accel_read(accel, offset, size);
}

static void regs_write(void *accel, hwaddr offset, uint64_t value,
                       unsigned size)
{
    sva_accel_write(accel, offset, value, size);
}

static uint64_t doorbells_read(void *accel, hwaddr offset, unsigned size)
{
    return sva_accel_doorbell_read(accel, offset, size);
}

static void doorbells_write(void *accel, hwaddr offset, uint64_t value,
                            unsigned size)
{
    sva_accel_doorbell_write(accel, offset, value, size);
}

static const MemoryRegionOps regs_ops =
    SVA_PCI_BAR_OPS(regs_read, regs_write);
static const MemoryRegionOps doorbells_ops =
    SVA_PCI_BAR_OPS(doorbells_read, doorbells_write);

static void accel_add_bars(SvaPciFunction *f)
{
    uint64_t contexts = SVA_ACCEL(f)->contexts;

    sva_pci_function_add_bar(f, SVA_ACCEL_BAR_REGS, "sva-accel-regs",
                             &regs_ops,
                             pow2ceil(SVA_CTX_BASE +
                                      contexts * SVA_CTX_STRIDE));
    sva_pci_function_add_bar(f, SVA_ACCEL_BAR_DOORBELL,
                             "sva-accel-doorbells", &doorbells_ops,
                             pow2ceil(contexts * SVA_DB_STRIDE));
}

static bool accel_check(SvaPciFunction *f, Error **errp)
{
    SvaAccelDevice *s = SVA_ACCEL(f);

    if (!f->vectors) {
        f->vectors = s->contexts + 1;
    }
    return sva_pci_function_check_range(f, "contexts", s->contexts, 1,
                                        SVA_ACCEL_CONTEXTS_MAX, errp);
}

/* -- the model -- */

static SvaFunction *accel_create(SvaPciFunction *f)
{
    SvaAccelConfig config = {
        .contexts = SVA_ACCEL(f)->contexts,
        .pasid_bits = f->pasid_bits,
        .atc_entries = f->config.atc_entries,
        .atc_largest = f->config.atc_largest,
        .pri_capacity = f->config.pri_capacity,
        .adversary = f->config.adversary,
    };

    return sva_accel_function(sva_accel_new(f->port->env, &config));
}

static void accel_destroy(void *accel)
{
    sva_accel_free(accel);
}

static void *accel_saved_new(const void *accel)
{
    return sva_accel_saved_new(accel);
}

static void accel_save(void *accel, void *saved)
{
    sva_accel_save(accel, saved);
}

static const char *accel_load(void *accel, const void *saved)
{
    return sva_accel_load(accel, saved);
}

static const VMStateDescription accel_vmstate =
    SVA_PCI_FUNCTION_VMSTATE(TYPE_SVA_ACCEL, sva_accel_vmstate);

/* -- what the host can read -- */

static void accel_get_counter(Object *obj, Visitor *v, const char *name,
                              void *opaque, Error **errp)
{
    SvaFunction *fn = SVA_PCI_FUNCTION(obj)->fn;
    uint64_t value = fn ? sva_accel_counter(fn->device,
                                            GPOINTER_TO_UINT(opaque)) : 0;

    visit_type_uint64(v, name, &value, errp);
}

static void accel_instance_init(Object *obj)
{
    for (unsigned i = 0; i < SVA_CNT_MAX; i++) {
        g_autofree char *name = g_strdup_printf("count-%s",
                                                sva_accel_counter_name(i));

        object_property_add(obj, name, "uint64", accel_get_counter, NULL,
                            NULL, GUINT_TO_POINTER(i));
    }
}

/* -- type -- */

static const Property accel_properties[] = {
    DEFINE_PROP_UINT32("contexts", SvaAccelDevice, contexts, 64),
};

static void accel_class_init(ObjectClass *klass, SVA_CLASS_CONST void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);
    SvaPciFunctionClass *fk = SVA_PCI_FUNCTION_CLASS(klass);

    fk->msix_bar = SVA_ACCEL_BAR_MSIX;
    fk->check = accel_check;
    fk->create = accel_create;
    fk->destroy = accel_destroy;
    fk->add_bars = accel_add_bars;
    fk->saved_new = accel_saved_new;
    fk->save = accel_save;
    fk->load = accel_load;
    k->vendor_id = SVA_ACCEL_VENDOR_ID;
    k->device_id = SVA_ACCEL_DEVICE_ID;
    k->class_id = SVA_ACCEL_CLASS;
    k->revision = 1;
    dc->vmsd = &accel_vmstate;
    dc->desc = "Accelerator for Shared Virtual Addressing";
    device_class_set_props(dc, accel_properties);
}

static const TypeInfo accel_types[] = {
    {
        .name = TYPE_SVA_ACCEL,
        .parent = TYPE_SVA_PCI_FUNCTION,
        .instance_size = sizeof(SvaAccelDevice),
        .instance_init = accel_instance_init,
        .class_init = accel_class_init,
    },
};

DEFINE_TYPES(accel_types)

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
#include "hw/sva/cache-summary.h"
#include "qapi/visitor.h"
#include "qemu/host-utils.h"
#include "qemu/module.h"
#include "accel.h"
#include "../endpoint/atc.h"
#include "vmstate.h"

#define TYPE_SVA_ACCEL "sva-accel"
OBJECT_DECLARE_SIMPLE_TYPE(SvaAccelDevice, SVA_ACCEL)

struct SvaAccelDevice {
    SvaPciFunction parent_obj;

    uint32_t contexts;
    uint32_t atc_entries;
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
                                        SVA_ACCEL_CONTEXTS_MAX, errp) &&
           sva_pci_function_check_range(f, "atc-entries", s->atc_entries,
                                        SVA_ACCEL_ATC_MIN, SVA_ACCEL_ATC_MAX,
                                        errp);
}

/* -- the model -- */

static void *model_create(SvaPciFunction *f)
{
    SvaAccelDevice *s = SVA_ACCEL(f);
    SvaAccelConfig config = {
        .contexts = s->contexts,
        .pasid_bits = f->pasid_bits,
        .atc_entries = s->atc_entries,
        .pri_capacity = f->pri_capacity,
    };
    SvaAccel *accel = sva_accel_new(f->port->env, &config);

    sva_accel_attach(accel, f->port);
    return accel;
}

static void model_destroy(void *accel)
{
    sva_accel_free(accel);
}

static void model_reset(void *accel)
{
    sva_accel_reset(accel);
}

static void model_set_bus_master(void *accel, bool enable)
{
    sva_accel_set_bus_master(accel, enable);
}

static void model_set_pasid(void *accel, bool enable)
{
    sva_accel_set_pasid(accel, enable);
}

static void model_set_ats(void *accel, bool enable)
{
    sva_accel_set_ats(accel, enable);
}

static void model_set_pri(void *accel, bool enable, bool reset,
                          uint32_t allocation)
{
    SvaPriControl control = {
        .enable = enable, .reset = reset, .allocation = allocation,
    };

    sva_accel_set_pri(accel, &control);
}

static void model_clear_pri_status(void *accel, uint16_t bits)
{
    sva_accel_clear_pri_status(accel, bits);
}

static uint16_t model_pri_status(const void *accel)
{
    return sva_accel_pri_status(accel);
}

static void *model_saved_new(const void *accel)
{
    return sva_accel_saved_new(accel);
}

static void model_save(void *accel, void *saved)
{
    sva_accel_save(accel, saved);
}

static const char *model_load(void *accel, const void *saved)
{
    return sva_accel_load(accel, saved);
}

static const SvaPciModelOps accel_model_ops = {
    .port = &sva_accel_client_ops,
    .create = model_create,
    .destroy = model_destroy,
    .reset = model_reset,
    .set_bus_master = model_set_bus_master,
    .set_pasid = model_set_pasid,
    .set_ats = model_set_ats,
    .set_pri = model_set_pri,
    .clear_pri_status = model_clear_pri_status,
    .pri_status = model_pri_status,
    .saved_new = model_saved_new,
    .save = model_save,
    .load = model_load,
};

static const VMStateDescription accel_vmstate =
    SVA_PCI_FUNCTION_VMSTATE(TYPE_SVA_ACCEL, sva_accel_vmstate);

/* -- what the host can read -- */

static void accel_get_counter(Object *obj, Visitor *v, const char *name,
                              void *opaque, Error **errp)
{
    SvaAccel *accel = SVA_PCI_FUNCTION(obj)->model;
    uint64_t value = accel ? sva_accel_counter(accel,
                                               GPOINTER_TO_UINT(opaque))
                           : 0;

    visit_type_uint64(v, name, &value, errp);
}

static void add_translation(const SvaAtcEntry *entry, void *opaque)
{
    if (entry->pasid.valid) {
        sva_cache_summary_add(opaque, 0, entry->pasid.id);
    }
}

static char *accel_get_translations(Object *obj, Error **errp)
{
    SvaAccel *accel = SVA_PCI_FUNCTION(obj)->model;
    SvaCacheSummary *summary = sva_cache_summary_new();

    if (accel) {
        sva_atc_visit(sva_accel_function(accel)->atc, add_translation,
                      summary);
    }
    return sva_cache_summary_translations(summary);
}

static void accel_instance_init(Object *obj)
{
    object_property_add_str(obj, "cached-translations",
                            accel_get_translations, NULL);
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
    DEFINE_PROP_UINT32("atc-entries", SvaAccelDevice, atc_entries, 4096),
};

static void accel_class_init(ObjectClass *klass, SVA_CLASS_CONST void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);
    SvaPciFunctionClass *fk = SVA_PCI_FUNCTION_CLASS(klass);

    fk->model = &accel_model_ops;
    fk->msix_bar = SVA_ACCEL_BAR_MSIX;
    fk->check = accel_check;
    fk->add_bars = accel_add_bars;
    k->vendor_id = SVA_ACCEL_VENDOR_ID;
    k->device_id = SVA_ACCEL_DEVICE_ID;
    k->class_id = SVA_ACCEL_CLASS;
    k->revision = 1;
    dc->vmsd = &accel_vmstate;
    dc->desc = "Accelerator for Shared Virtual Addressing";
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
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

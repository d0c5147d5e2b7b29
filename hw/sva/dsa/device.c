/*
 * sva-dsa: the PCI function
 *
 * What QEMU has to know of the accelerator beside what every function with
 * PASID, ATS and PRI needs (SvaPciFunction): IDs, BARs, properties, and the
 * portals (SvaPortalClass).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "../endpoint/pci-function.h"
#include "hw/sva/direct-store.h"
#include "qapi/visitor.h"
#include "qemu/host-utils.h"
#include "qemu/module.h"
#include "dsa.h"
#include "state.h"
#include "vmstate.h"

#define TYPE_SVA_DSA "sva-dsa"
OBJECT_DECLARE_SIMPLE_TYPE(SvaDsaDevice, SVA_DSA)

#define DSA_BAR_REGS 0
#define DSA_BAR_PORTALS 2
#define DSA_BAR_MSIX 4

/* @line: of the portal write in pieces; @merged: bytes of it, in order */
struct SvaDsaDevice {
    SvaPciFunction parent_obj;

    SvaDsaConfig config;
    bool merge_writes;
    uint64_t line;
    unsigned merged;
    uint8_t desc[SVA_PORTAL_BYTES];
};

/* -- BARs -- */

static uint64_t regs_read(void *dsa, hwaddr offset, unsigned size)
{
    return sva_dsa_read(dsa, offset, size);
}

static void regs_write(void *dsa, hwaddr offset, uint64_t value,
                       unsigned size)
{
    sva_dsa_write(dsa, offset, value, size);
}

/* 9.3: all bytes are 0. */
static uint64_t portals_read(void *opaque, hwaddr offset, unsigned size)
{
    return 0;
}

/*
 * Writes that are no 64-byte writes are ignored (9.3); with "x-merge-writes"
 * eight of them, in the order of their addresses, are one posted write.
 */
static void portals_write(void *opaque, hwaddr offset, uint64_t value,
                          unsigned size)
{
    SvaDsaDevice *s = opaque;
    unsigned at = offset % SVA_PORTAL_BYTES;

    if (!s->merge_writes || size != sizeof(value)) {
        return;
    }
    if (at == 0) {
        s->line = offset;
        s->merged = 0;
    }
    if (s->merged != at || offset - at != s->line) {
        return;
    }
    stq_le_p(s->desc + at, value);
    s->merged += sizeof(value);
    if (s->merged == SVA_PORTAL_BYTES) {
        sva_dsa_submit(SVA_PCI_FUNCTION(s)->fn->device, s->line, s->desc,
                       false);
    }
}

static const MemoryRegionOps regs_ops =
    SVA_PCI_BAR_OPS(regs_read, regs_write);
static const MemoryRegionOps portals_ops =
    SVA_PCI_BAR_OPS(portals_read, portals_write);

static void dsa_add_bars(SvaPciFunction *f)
{
    SvaDsaDevice *s = SVA_DSA(f);

    sva_pci_function_add_bar(f, DSA_BAR_REGS, "sva-dsa-regs", &regs_ops,
                             DSA_BAR0_SIZE);
    sva_pci_function_add_bar_of(f, DSA_BAR_PORTALS, "sva-dsa-portals",
                                &portals_ops, s,
                                pow2ceil(sva_dsa_portals_size(
                                             s->config.wqs)));
}

/* The dummy portal in BAR0 is one that is never enabled (9.2.21). */
static bool dsa_portal_write(Object *obj, MemoryRegion *region,
                             uint64_t offset, const uint8_t *data,
                             SvaPortalWrite kind)
{
    SvaPciFunction *f = SVA_PCI_FUNCTION(obj);

    return region == &f->bars[DSA_BAR_PORTALS] &&
           sva_dsa_submit(f->fn->device, offset, data,
                          kind == SVA_PORTAL_DEFERRABLE);
}

/* -- the model -- */

static bool dsa_check(SvaPciFunction *f, Error **errp)
{
    SvaDsaConfig *c = &SVA_DSA(f)->config;

    if (!sva_pci_function_check_range(f, "wqs", c->wqs, 1, DSA_WQS_MAX,
                                      errp) ||
        !sva_pci_function_check_range(f, "groups", c->groups, 1,
                                      DSA_GROUPS_MAX, errp) ||
        !sva_pci_function_check_range(f, "engines", c->engines, 1,
                                      DSA_ENGINES_MAX, errp) ||
        !sva_pci_function_check_range(f, "wq-size", c->wq_size, 1,
                                      DSA_WQ_SIZE_MAX, errp) ||
        !sva_pci_function_check_range(f, "max-transfer-shift", c->xfer_shift,
                                      12, DSA_XFER_SHIFT_MAX, errp) ||
        !sva_pci_function_check_range(f, "max-batch-shift", c->batch_shift,
                                      1, DSA_BATCH_SHIFT_MAX, errp)) {
        return false;
    }
    if (!f->vectors) {
        f->vectors = c->wqs + 1;
    }
    return sva_pci_function_check_range(f, "vectors", f->vectors, 1,
                                        DSA_VECTORS_MAX, errp) &&
           (SVA_DSA(f)->merge_writes || sva_direct_stores(errp));
}

static SvaFunction *dsa_create(SvaPciFunction *f)
{
    SvaDsaDevice *s = SVA_DSA(f);

    s->config.vectors = f->vectors;
    s->config.function = f->config;
    return sva_dsa_function(sva_dsa_new(f->port->env, &s->config));
}

static void dsa_destroy(void *dsa)
{
    sva_dsa_free(dsa);
}

static void *dsa_saved_new(const void *dsa)
{
    return sva_dsa_saved_new(dsa);
}

static void dsa_save(void *dsa, void *saved)
{
    sva_dsa_save(dsa, saved);
}

static const char *dsa_load(void *dsa, const void *saved)
{
    return sva_dsa_load(dsa, saved);
}

static const VMStateDescription dsa_vmstate =
    SVA_PCI_FUNCTION_VMSTATE(TYPE_SVA_DSA, sva_dsa_vmstate);

/* -- what the host can read -- */

static void dsa_get_counter(Object *obj, Visitor *v, const char *name,
                            void *opaque, Error **errp)
{
    SvaFunction *fn = SVA_PCI_FUNCTION(obj)->fn;
    uint64_t value = fn ? sva_dsa_counter(fn->device,
                                          GPOINTER_TO_UINT(opaque)) : 0;

    visit_type_uint64(v, name, &value, errp);
}

static void dsa_instance_init(Object *obj)
{
    for (unsigned i = 0; i < DSA_COUNTERS; i++) {
        g_autofree char *name = g_strdup_printf("count-%s",
                                                sva_dsa_counter_name(i));

        object_property_add(obj, name, "uint64", dsa_get_counter, NULL, NULL,
                            GUINT_TO_POINTER(i));
    }
}

/* -- type -- */

static const Property dsa_properties[] = {
    DEFINE_PROP_UINT32("wqs", SvaDsaDevice, config.wqs, 8),
    DEFINE_PROP_UINT32("groups", SvaDsaDevice, config.groups, 4),
    DEFINE_PROP_UINT32("engines", SvaDsaDevice, config.engines, 4),
    DEFINE_PROP_UINT32("wq-size", SvaDsaDevice, config.wq_size, 128),
    DEFINE_PROP_UINT32("max-transfer-shift", SvaDsaDevice, config.xfer_shift,
                       DSA_XFER_SHIFT_MAX),
    DEFINE_PROP_UINT32("max-batch-shift", SvaDsaDevice, config.batch_shift,
                       10),
    DEFINE_PROP_BOOL("int-handles", SvaDsaDevice, config.int_handles, false),
    DEFINE_PROP_BOOL("x-corrupt", SvaDsaDevice, config.corrupt, false),
    DEFINE_PROP_BOOL("x-merge-writes", SvaDsaDevice, merge_writes, false),
};

static void dsa_class_init(ObjectClass *klass, SVA_CLASS_CONST void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);
    SvaPciFunctionClass *fk = SVA_PCI_FUNCTION_CLASS(klass);

    SVA_PORTAL_CLASS(klass)->write = dsa_portal_write;
    fk->msix_bar = DSA_BAR_MSIX;
    fk->check = dsa_check;
    fk->create = dsa_create;
    fk->destroy = dsa_destroy;
    fk->add_bars = dsa_add_bars;
    fk->saved_new = dsa_saved_new;
    fk->save = dsa_save;
    fk->load = dsa_load;
    k->vendor_id = PCI_VENDOR_ID_INTEL;
    k->device_id = 0x0b25;
    k->class_id = PCI_CLASS_SYSTEM_OTHER;
    dc->vmsd = &dsa_vmstate;
    dc->desc = "Intel Data Streaming Accelerator";
    device_class_set_props(dc, dsa_properties);
}

static const TypeInfo dsa_types[] = {
    {
        .name = TYPE_SVA_DSA,
        .parent = TYPE_SVA_PCI_FUNCTION,
        .instance_size = sizeof(SvaDsaDevice),
        .instance_init = dsa_instance_init,
        .class_init = dsa_class_init,
        .interfaces = (SVA_CLASS_CONST InterfaceInfo[]) {
            { TYPE_SVA_PORTAL },
            { }
        },
    },
};

DEFINE_TYPES(dsa_types)

/*
 * sva-accel: the PCI function
 *
 * The only file of the accelerator that knows QEMU: configuration space, BARs
 * and properties.  All behaviour is in the environment-free files.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/sva/compat.h"
#include "hw/pci/msix.h"
#include "hw/sva/endpoint-pci.h"
#include "hw/sva/evidence.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/error-report.h"
#include "qemu/host-utils.h"
#include "qemu/module.h"
#include "accel.h"
#include "atc.h"
#include "vmstate.h"

#define TYPE_SVA_ACCEL "sva-accel"
OBJECT_DECLARE_SIMPLE_TYPE(SvaAccelDevice, SVA_ACCEL)

#define VECTORS_MAX 2048
#define EXP_CAP_OFFSET 0x80

struct SvaAccelDevice {
    PCIDevice parent_obj;

    SvaAccel *accel;
    SvaPort *port;
    MemoryRegion regs;
    MemoryRegion doorbells;
    SvaAccelSaved *saved;       /* during migration only */
    uint16_t ats_cap;           /* 0: there is none */
    uint16_t pri_cap;
    uint16_t pasid_cap;

    SvaAccelConfig config;
    uint32_t vectors;
    bool ats;
    OnOffAuto pri;              /* auto until it is realized */
};

static uint64_t regs_read(void *opaque, hwaddr offset, unsigned size)
{
    SvaAccelDevice *s = opaque;

    return sva_accel_read(s->accel, offset, size);
}

static void regs_write(void *opaque, hwaddr offset, uint64_t value,
                       unsigned size)
{
    SvaAccelDevice *s = opaque;

    sva_accel_write(s->accel, offset, value, size);
}

static uint64_t doorbells_read(void *opaque, hwaddr offset, unsigned size)
{
    SvaAccelDevice *s = opaque;

    return sva_accel_doorbell_read(s->accel, offset, size);
}

static void doorbells_write(void *opaque, hwaddr offset, uint64_t value,
                            unsigned size)
{
    SvaAccelDevice *s = opaque;

    sva_accel_doorbell_write(s->accel, offset, value, size);
}

/* Every access comes through as it is: wrong ones are the model's business. */
#define ANY_ACCESS { \
        .min_access_size = 1, .max_access_size = 8, .unaligned = true, \
    }

static const MemoryRegionOps regs_ops = {
    .read = regs_read,
    .write = regs_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = ANY_ACCESS,
    .impl = ANY_ACCESS,
};

static const MemoryRegionOps doorbells_ops = {
    .read = doorbells_read,
    .write = doorbells_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = ANY_ACCESS,
    .impl = ANY_ACCESS,
};

static uint16_t add_ats_cap(SvaAccelDevice *s, uint16_t offset)
{
    PCIDevice *dev = PCI_DEVICE(s);

    pcie_ats_init(dev, offset, true);
    /* All five bits of the smallest translation unit, and Enable. */
    pci_set_word(dev->wmask + offset + PCI_ATS_CTRL, 0x801f);
    s->ats_cap = offset;
    return offset + 0x10;
}

static uint16_t add_pri_cap(SvaAccelDevice *s, uint16_t offset)
{
    PCIDevice *dev = PCI_DEVICE(s);

    pcie_add_capability(dev, PCI_EXT_CAP_ID_PRI, 1, offset,
                        PCI_EXT_CAP_PRI_SIZEOF);
    pci_set_long(dev->config + offset + PCI_PRI_MAX_REQ,
                 s->config.pri_capacity);
    pci_set_word(dev->wmask + offset + PCI_PRI_CTRL,
                 PCI_PRI_CTRL_ENABLE | PCI_PRI_CTRL_RESET);
    pci_set_word(dev->w1cmask + offset + PCI_PRI_STATUS,
                 PCI_PRI_STATUS_RF | PCI_PRI_STATUS_UPRGI);
    /* Not the same in every saved state. */
    pci_set_word(dev->cmask + offset + PCI_PRI_STATUS,
                 (uint16_t)~PCI_PRI_STATUS_STOPPED);
    pci_set_long(dev->wmask + offset + PCI_PRI_ALLOC_REQ, 0xffffffff);
    s->pri_cap = offset;
    return offset + 0x10;
}

static uint16_t add_pasid_cap(SvaAccelDevice *s, uint16_t offset)
{
    PCIDevice *dev = PCI_DEVICE(s);

    pcie_add_capability(dev, PCI_EXT_CAP_ID_PASID, 1, offset,
                        PCI_EXT_CAP_PASID_SIZEOF);
    pci_set_word(dev->config + offset + PCI_PASID_CAP,
                 s->config.pasid_bits << 8);
    pci_set_word(dev->wmask + offset + PCI_PASID_CTRL, PCI_PASID_CTRL_ENABLE);
    s->pasid_cap = offset;
    return offset + 0x10;
}

static uint8_t *cap_word(SvaAccelDevice *s, uint16_t cap, unsigned reg)
{
    return PCI_DEVICE(s)->config + cap + reg;
}

/* The status of page requests lives in the model, its PASID bit here. */
static uint16_t refresh_pri_status(SvaAccelDevice *s)
{
    uint16_t status;

    if (!s->pri_cap) {
        return 0;
    }
    status = sva_accel_pri_status(s->accel) | PCI_PRI_STATUS_PASID;
    pci_set_word(cap_word(s, s->pri_cap, PCI_PRI_STATUS), status);
    return status;
}

/* Tell the model what configuration space says; Reset reads as 0. */
static void sync_pri(SvaAccelDevice *s)
{
    uint8_t *reg = cap_word(s, s->pri_cap, PCI_PRI_CTRL);
    uint16_t ctrl = pci_get_word(reg);
    SvaPriControl control = {
        .enable = ctrl & PCI_PRI_CTRL_ENABLE,
        .reset = ctrl & PCI_PRI_CTRL_RESET,
        .allocation = pci_get_long(cap_word(s, s->pri_cap,
                                            PCI_PRI_ALLOC_REQ)),
    };

    sva_accel_set_pri(s->accel, &control);
    pci_set_word(reg, ctrl & ~PCI_PRI_CTRL_RESET);
}

static void sync_config(SvaAccelDevice *s)
{
    uint8_t *config = PCI_DEVICE(s)->config;

    sva_accel_set_bus_master(s->accel, pci_get_word(config + PCI_COMMAND) &
                                       PCI_COMMAND_MASTER);
    sva_accel_set_pasid(s->accel,
                        pci_get_word(cap_word(s, s->pasid_cap,
                                              PCI_PASID_CTRL)) &
                        PCI_PASID_CTRL_ENABLE);
    if (s->ats_cap) {
        sva_accel_set_ats(s->accel,
                          pci_get_word(cap_word(s, s->ats_cap,
                                                PCI_ATS_CTRL)) &
                          PCI_ATS_CTRL_ENABLE);
    }
    if (s->pri_cap) {
        sync_pri(s);
    }
}

static uint32_t accel_config_read(PCIDevice *dev, uint32_t addr, int len)
{
    refresh_pri_status(SVA_ACCEL(dev));
    return pci_default_read_config(dev, addr, len);
}

static void accel_config_write(PCIDevice *dev, uint32_t addr, uint32_t val,
                               int len)
{
    SvaAccelDevice *s = SVA_ACCEL(dev);
    uint16_t status = refresh_pri_status(s);
    uint32_t allocation = 0;
    bool pri_enabled = false;

    if (s->pri_cap) {
        allocation = pci_get_long(cap_word(s, s->pri_cap, PCI_PRI_ALLOC_REQ));
        pri_enabled = pci_get_word(cap_word(s, s->pri_cap, PCI_PRI_CTRL)) &
                      PCI_PRI_CTRL_ENABLE;
    }
    pci_default_write_config(dev, addr, val, len);
    if (s->pri_cap) {
        status &= ~pci_get_word(cap_word(s, s->pri_cap, PCI_PRI_STATUS));
        sva_accel_clear_pri_status(s->accel, status);
    }
    if (pri_enabled) {
        /* Not writable while enabled. */
        pci_set_long(cap_word(s, s->pri_cap, PCI_PRI_ALLOC_REQ), allocation);
    }
    pcie_cap_flr_write_config(dev, addr, val, len);
    sync_config(s);
}

/* QEMU resets the header and MSI-X; the extended capabilities are ours. */
static void accel_reset(DeviceState *qdev)
{
    SvaAccelDevice *s = SVA_ACCEL(qdev);

    pci_set_word(cap_word(s, s->pasid_cap, PCI_PASID_CTRL), 0);
    if (s->ats_cap) {
        pci_set_word(cap_word(s, s->ats_cap, PCI_ATS_CTRL), 0);
    }
    if (s->pri_cap) {
        pci_set_word(cap_word(s, s->pri_cap, PCI_PRI_CTRL), 0);
        pci_set_long(cap_word(s, s->pri_cap, PCI_PRI_ALLOC_REQ), 0);
    }
    sva_accel_reset(s->accel);
    sva_port_pci_reset(s->port);
    refresh_pri_status(s);
}

static bool check_range(const char *name, uint32_t value, uint32_t min,
                        uint32_t max, Error **errp)
{
    if (value >= min && value <= max) {
        return true;
    }
    error_setg(errp, "sva-accel: property '%s' must be %" PRIu32 " to %"
               PRIu32, name, min, max);
    return false;
}

static bool check_properties(SvaAccelDevice *s, Error **errp)
{
    if (!check_range("contexts", s->config.contexts, 1,
                     SVA_ACCEL_CONTEXTS_MAX, errp) ||
        !check_range("pasid-bits", s->config.pasid_bits, 1, SVA_PASID_BITS,
                     errp) ||
        !check_range("atc-entries", s->config.atc_entries, SVA_ACCEL_ATC_MIN,
                     SVA_ACCEL_ATC_MAX, errp) ||
        !check_range("pri-capacity", s->config.pri_capacity, 1,
                     SVA_ACCEL_PRI_MAX, errp)) {
        return false;
    }
    if (!s->vectors) {
        s->vectors = s->config.contexts + 1;
    }
    if (!check_range("vectors", s->vectors, 1, VECTORS_MAX, errp)) {
        return false;
    }
    if (s->pri == ON_OFF_AUTO_AUTO) {
        s->pri = s->ats ? ON_OFF_AUTO_ON : ON_OFF_AUTO_OFF;
    }
    if (s->pri == ON_OFF_AUTO_ON && !s->ats) {
        error_setg(errp, "sva-accel: 'pri=on' needs 'ats=on'");
        return false;
    }
    if (!pci_bus_is_express(pci_get_bus(PCI_DEVICE(s)))) {
        error_setg(errp, "sva-accel: needs a PCI Express bus");
        return false;
    }
    return true;
}

static void add_bars(SvaAccelDevice *s)
{
    PCIDevice *dev = PCI_DEVICE(s);
    uint64_t contexts = s->config.contexts;

    memory_region_init_io(&s->regs, OBJECT(s), &regs_ops, s,
                          "sva-accel-regs",
                          pow2ceil(SVA_CTX_BASE + contexts * SVA_CTX_STRIDE));
    memory_region_init_io(&s->doorbells, OBJECT(s), &doorbells_ops, s,
                          "sva-accel-doorbells",
                          pow2ceil(contexts * SVA_DB_STRIDE));
    pci_register_bar(dev, SVA_ACCEL_BAR_REGS, PCI_BASE_ADDRESS_SPACE_MEMORY,
                     &s->regs);
    pci_register_bar(dev, SVA_ACCEL_BAR_DOORBELL,
                     PCI_BASE_ADDRESS_SPACE_MEMORY, &s->doorbells);
}

static bool add_capabilities(SvaAccelDevice *s, Error **errp)
{
    PCIDevice *dev = PCI_DEVICE(s);
    uint16_t offset = PCI_CONFIG_SPACE_SIZE;

    if (pcie_endpoint_cap_init(dev, EXP_CAP_OFFSET) < 0) {
        error_setg(errp, "sva-accel: no PCI Express capability");
        return false;
    }
    pcie_cap_flr_init(dev);
    if (s->ats) {
        offset = add_ats_cap(s, offset);
    }
    if (s->pri == ON_OFF_AUTO_ON) {
        offset = add_pri_cap(s, offset);
    }
    add_pasid_cap(s, offset);
    return true;
}

/*
 * A memory request of its own may have unplugged it, by way of the port's
 * slot registers, and is still in progress.  After a reset it sends nothing
 * more; it is freed with the object, which timers and memory regions hold.
 */
static void accel_exit(PCIDevice *dev)
{
    SvaAccelDevice *s = SVA_ACCEL(dev);

    msix_uninit_exclusive_bar(dev);
    sva_accel_reset(s->accel);
    sva_port_pci_detach(s->port);
}

static void accel_instance_finalize(Object *obj)
{
    SvaAccelDevice *s = SVA_ACCEL(obj);

    sva_accel_free(s->accel);
    sva_port_pci_free(s->port);
    g_free(s->saved);
}

static void accel_realize(PCIDevice *dev, Error **errp)
{
    ERRP_GUARD();
    SvaAccelDevice *s = SVA_ACCEL(dev);

    if (!check_properties(s, errp) || !add_capabilities(s, errp)) {
        return;
    }
    if (msix_init_exclusive_bar(dev, s->vectors, SVA_ACCEL_BAR_MSIX,
                                errp) < 0) {
        error_append_hint(errp, "sva-accel needs a machine with message "
                          "signalled interrupts: on arm64 gic-version=3 of "
                          "virt-6.2 or later.\n");
        return;
    }
    for (unsigned i = 0; i < s->vectors; i++) {
        msix_vector_use(dev, i);
    }
    add_bars(s);
    s->port = sva_port_pci_new(dev);
    s->accel = sva_accel_new(s->port->env, &s->config);
    sva_accel_attach(s->accel, s->port);
    sva_port_pci_attach(s->port, &sva_accel_client_ops, s->accel);
}

static void accel_get_counter(Object *obj, Visitor *v, const char *name,
                              void *opaque, Error **errp)
{
    SvaAccelDevice *s = SVA_ACCEL(obj);
    uint64_t value = s->accel ? sva_accel_counter(s->accel,
                                                  GPOINTER_TO_UINT(opaque))
                              : 0;

    visit_type_uint64(v, name, &value, errp);
}

static void add_translation(const SvaAtcEntry *entry, void *opaque)
{
    if (entry->pasid.valid) {
        sva_holdings_add(opaque, 0, entry->pasid.id);
    }
}

static char *accel_get_translations(Object *obj, Error **errp)
{
    SvaAccelDevice *s = SVA_ACCEL(obj);
    SvaHoldings *held = sva_holdings_new();

    if (s->accel) {
        sva_atc_visit(sva_accel_atc(s->accel), add_translation, held);
    }
    return sva_holdings_translations(held);
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

static const Property accel_properties[] = {
    DEFINE_PROP_UINT32("contexts", SvaAccelDevice, config.contexts, 64),
    DEFINE_PROP_UINT32("pasid-bits", SvaAccelDevice, config.pasid_bits, 20),
    DEFINE_PROP_UINT32("atc-entries", SvaAccelDevice, config.atc_entries,
                       4096),
    DEFINE_PROP_UINT32("pri-capacity", SvaAccelDevice, config.pri_capacity,
                       64),
    DEFINE_PROP_UINT32("vectors", SvaAccelDevice, vectors, 0),
    DEFINE_PROP_BOOL("ats", SvaAccelDevice, ats, true),
    DEFINE_PROP_ON_OFF_AUTO("pri", SvaAccelDevice, pri, ON_OFF_AUTO_AUTO),
};

/* -- saving and restoring, see vmstate.c -- */

static int accel_pre_save(void *opaque)
{
    SvaAccelDevice *s = opaque;

    refresh_pri_status(s);
    s->saved = sva_accel_saved_new(s->accel);
    sva_accel_save(s->accel, s->saved);
    return 0;
}

static int accel_post_save(void *opaque)
{
    SvaAccelDevice *s = opaque;

    g_clear_pointer(&s->saved, g_free);
    return 0;
}

static int accel_pre_load(void *opaque)
{
    SvaAccelDevice *s = opaque;

    g_free(s->saved);           /* of a stream that ended early */
    s->saved = sva_accel_saved_new(s->accel);
    return 0;
}

static int accel_post_load(void *opaque, int version)
{
    SvaAccelDevice *s = opaque;
    const char *problem = sva_accel_load(s->accel, s->saved);

    g_clear_pointer(&s->saved, g_free);
    if (problem) {
        error_report("sva-accel: %s", problem);
        return -EINVAL;
    }
    sync_config(s);
    refresh_pri_status(s);
    return 0;
}

static const VMStateDescription accel_vmstate = {
    .name = TYPE_SVA_ACCEL,
    .version_id = 1,
    .minimum_version_id = 1,
    .pre_save = accel_pre_save,
    .post_save = accel_post_save,
    .pre_load = accel_pre_load,
    .post_load = accel_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_PCI_DEVICE(parent_obj, SvaAccelDevice),
        VMSTATE_MSIX(parent_obj, SvaAccelDevice),
        VMSTATE_STRUCT_POINTER(saved, SvaAccelDevice, sva_accel_vmstate,
                               SvaAccelSaved),
        VMSTATE_END_OF_LIST()
    },
};

static void accel_class_init(ObjectClass *klass, SVA_CLASS_CONST void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);

    k->realize = accel_realize;
    k->exit = accel_exit;
    k->config_read = accel_config_read;
    k->config_write = accel_config_write;
    k->vendor_id = SVA_ACCEL_VENDOR_ID;
    k->device_id = SVA_ACCEL_DEVICE_ID;
    k->class_id = SVA_ACCEL_CLASS;
    k->revision = 1;
    dc->vmsd = &accel_vmstate;
    dc->desc = "Accelerator for Shared Virtual Addressing";
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    device_class_set_props(dc, accel_properties);
    device_class_set_legacy_reset(dc, accel_reset);
}

static const TypeInfo accel_type_info = {
    .name = TYPE_SVA_ACCEL,
    .parent = TYPE_PCI_DEVICE,
    .instance_size = sizeof(SvaAccelDevice),
    .instance_init = accel_instance_init,
    .instance_finalize = accel_instance_finalize,
    .class_init = accel_class_init,
    .interfaces = (SVA_CLASS_CONST InterfaceInfo[]) {
        { INTERFACE_PCIE_DEVICE },
        { }
    },
};

static void accel_register_types(void)
{
    type_register_static(&accel_type_info);
}

type_init(accel_register_types)

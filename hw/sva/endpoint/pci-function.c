/*
 * SvaPciFunction: QOM type of a PCIe function with PASID, ATS and PRI
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "pci-function.h"
#include "hw/sva/cache-summary.h"
#include "inval.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/error-report.h"
#include "qemu/host-utils.h"
#include "qemu/module.h"
#include "qemu/units.h"

#define VECTORS_MAX 2048
#define LATE_MAX_MS 60000
#define EXP_CAP_OFFSET 0x80

/* -- capabilities -- */

static uint16_t add_ats_cap(SvaPciFunction *f, uint16_t offset)
{
    PCIDevice *dev = PCI_DEVICE(f);

    pcie_ats_init(dev, offset, true);
    /* All five bits of the smallest translation unit, and Enable. */
    pci_set_word(dev->wmask + offset + PCI_ATS_CTRL, 0x801f);
    f->ats_cap = offset;
    return offset + 0x10;
}

static uint16_t add_pri_cap(SvaPciFunction *f, uint16_t offset)
{
    PCIDevice *dev = PCI_DEVICE(f);

    pcie_add_capability(dev, PCI_EXT_CAP_ID_PRI, 1, offset,
                        PCI_EXT_CAP_PRI_SIZEOF);
    pci_set_long(dev->config + offset + PCI_PRI_MAX_REQ,
                 f->config.pri_capacity);
    pci_set_word(dev->wmask + offset + PCI_PRI_CTRL,
                 PCI_PRI_CTRL_ENABLE | PCI_PRI_CTRL_RESET);
    pci_set_word(dev->w1cmask + offset + PCI_PRI_STATUS,
                 PCI_PRI_STATUS_RF | PCI_PRI_STATUS_UPRGI);
    /* Not the same in every saved state. */
    pci_set_word(dev->cmask + offset + PCI_PRI_STATUS,
                 (uint16_t)~PCI_PRI_STATUS_STOPPED);
    pci_set_long(dev->wmask + offset + PCI_PRI_ALLOC_REQ, 0xffffffff);
    f->pri_cap = offset;
    return offset + 0x10;
}

static uint16_t add_pasid_cap(SvaPciFunction *f, uint16_t offset)
{
    PCIDevice *dev = PCI_DEVICE(f);

    pcie_add_capability(dev, PCI_EXT_CAP_ID_PASID, 1, offset,
                        PCI_EXT_CAP_PASID_SIZEOF);
    pci_set_word(dev->config + offset + PCI_PASID_CAP, f->pasid_bits << 8);
    pci_set_word(dev->wmask + offset + PCI_PASID_CTRL, PCI_PASID_CTRL_ENABLE);
    f->pasid_cap = offset;
    return offset + 0x10;
}

static bool add_capabilities(SvaPciFunction *f, Error **errp)
{
    PCIDevice *dev = PCI_DEVICE(f);
    uint16_t offset = PCI_CONFIG_SPACE_SIZE;

    if (pcie_endpoint_cap_init(dev, EXP_CAP_OFFSET) < 0) {
        error_setg(errp, "%s: no PCI Express capability",
                   object_get_typename(OBJECT(f)));
        return false;
    }
    pcie_cap_flr_init(dev);
    if (f->ats) {
        offset = add_ats_cap(f, offset);
    }
    if (f->pri == ON_OFF_AUTO_ON) {
        offset = add_pri_cap(f, offset);
    }
    add_pasid_cap(f, offset);
    return true;
}

/* -- configuration space and the function -- */

static uint8_t *cap_reg(SvaPciFunction *f, uint16_t cap, unsigned reg)
{
    return PCI_DEVICE(f)->config + cap + reg;
}

/* The status of page requests lives in SvaFunction, its PASID bit here. */
static uint16_t refresh_pri_status(SvaPciFunction *f)
{
    uint16_t status;

    if (!f->pri_cap) {
        return 0;
    }
    status = sva_function_pri_status(f->fn) | PCI_PRI_STATUS_PASID;
    pci_set_word(cap_reg(f, f->pri_cap, PCI_PRI_STATUS), status);
    return status;
}

/* Tell the function what configuration space says; Reset reads as 0. */
static void sync_pri(SvaPciFunction *f)
{
    uint8_t *reg = cap_reg(f, f->pri_cap, PCI_PRI_CTRL);
    uint16_t ctrl = pci_get_word(reg);
    SvaPriControl control = {
        .enable = ctrl & PCI_PRI_CTRL_ENABLE,
        .reset = ctrl & PCI_PRI_CTRL_RESET,
        .allocation = pci_get_long(cap_reg(f, f->pri_cap,
                                           PCI_PRI_ALLOC_REQ)),
    };

    sva_function_set_pri(f->fn, &control);
    pci_set_word(reg, ctrl & ~PCI_PRI_CTRL_RESET);
}

static void sync_config(SvaPciFunction *f)
{
    uint16_t command = pci_get_word(PCI_DEVICE(f)->config + PCI_COMMAND);
    uint16_t pasid = pci_get_word(cap_reg(f, f->pasid_cap, PCI_PASID_CTRL));

    sva_function_set_bus_master(f->fn, command & PCI_COMMAND_MASTER);
    sva_function_set_pasid(f->fn, pasid & PCI_PASID_CTRL_ENABLE);
    if (f->ats_cap) {
        uint16_t ats = pci_get_word(cap_reg(f, f->ats_cap, PCI_ATS_CTRL));

        sva_function_set_ats(f->fn, ats & PCI_ATS_CTRL_ENABLE);
    }
    if (f->pri_cap) {
        sync_pri(f);
    }
}

static uint32_t function_config_read(PCIDevice *dev, uint32_t addr, int len)
{
    refresh_pri_status(SVA_PCI_FUNCTION(dev));
    return pci_default_read_config(dev, addr, len);
}

static void function_config_write(PCIDevice *dev, uint32_t addr, uint32_t val,
                                  int len)
{
    SvaPciFunction *f = SVA_PCI_FUNCTION(dev);
    uint16_t status = refresh_pri_status(f);
    uint32_t allocation = 0;
    bool pri_enabled = false;

    if (f->pri_cap) {
        allocation = pci_get_long(cap_reg(f, f->pri_cap, PCI_PRI_ALLOC_REQ));
        pri_enabled = pci_get_word(cap_reg(f, f->pri_cap, PCI_PRI_CTRL)) &
                      PCI_PRI_CTRL_ENABLE;
    }
    pci_default_write_config(dev, addr, val, len);
    if (f->pri_cap) {
        status &= ~pci_get_word(cap_reg(f, f->pri_cap, PCI_PRI_STATUS));
        sva_function_clear_pri_status(f->fn, status);
    }
    if (pri_enabled) {
        /* Not writable while enabled. */
        pci_set_long(cap_reg(f, f->pri_cap, PCI_PRI_ALLOC_REQ), allocation);
    }
    pcie_cap_flr_write_config(dev, addr, val, len);
    sync_config(f);
}

/* QEMU resets the header and MSI-X, but not the extended capabilities. */
static void function_reset(DeviceState *qdev)
{
    SvaPciFunction *f = SVA_PCI_FUNCTION(qdev);

    pci_set_word(cap_reg(f, f->pasid_cap, PCI_PASID_CTRL), 0);
    if (f->ats_cap) {
        pci_set_word(cap_reg(f, f->ats_cap, PCI_ATS_CTRL), 0);
    }
    if (f->pri_cap) {
        pci_set_word(cap_reg(f, f->pri_cap, PCI_PRI_CTRL), 0);
        pci_set_long(cap_reg(f, f->pri_cap, PCI_PRI_ALLOC_REQ), 0);
    }
    sva_function_reset(f->fn);
    sva_port_pci_reset(f->port);
    refresh_pri_status(f);
}

/* -- realize and unplug -- */

bool sva_pci_function_check_range(SvaPciFunction *f, const char *name,
                                  uint32_t value, uint32_t min, uint32_t max,
                                  Error **errp)
{
    if (value >= min && value <= max) {
        return true;
    }
    error_setg(errp, "%s: property '%s' must be %" PRIu32 " to %" PRIu32,
               object_get_typename(OBJECT(f)), name, min, max);
    return false;
}

static bool check_largest(SvaPciFunction *f, Error **errp)
{
    uint64_t largest = f->config.atc_largest;

    if (largest < SVA_PAGE_SIZE || !is_power_of_2(largest)) {
        error_setg(errp, "%s: property 'atc-largest' must be a power of two "
                   "from 4K on", object_get_typename(OBJECT(f)));
        return false;
    }
    return true;
}

static bool check_properties(SvaPciFunction *f, Error **errp)
{
    SvaPciFunctionClass *k = SVA_PCI_FUNCTION_GET_CLASS(f);
    const char *type = object_get_typename(OBJECT(f));

    if (k->check && !k->check(f, errp)) {
        return false;
    }
    if (!f->vectors) {
        f->vectors = 1;
    }
    if (!sva_pci_function_check_range(f, "pasid-bits", f->pasid_bits, 1,
                                      SVA_PASID_BITS, errp) ||
        !sva_pci_function_check_range(f, "atc-entries",
                                      f->config.atc_entries,
                                      SVA_ATC_ENTRIES_MIN,
                                      SVA_ATC_ENTRIES_MAX, errp) ||
        !check_largest(f, errp) ||
        !sva_pci_function_check_range(f, "pri-capacity",
                                      f->config.pri_capacity, 1,
                                      SVA_PRGI_COUNT, errp) ||
        !sva_pci_function_check_range(f, "vectors", f->vectors, 1,
                                      VECTORS_MAX, errp)) {
        return false;
    }
    if (f->pri == ON_OFF_AUTO_AUTO) {
        f->pri = f->ats ? ON_OFF_AUTO_ON : ON_OFF_AUTO_OFF;
    }
    if (f->pri == ON_OFF_AUTO_ON && !f->ats) {
        error_setg(errp, "%s: 'pri=on' needs 'ats=on'", type);
        return false;
    }
    if (!pci_bus_is_express(pci_get_bus(PCI_DEVICE(f)))) {
        error_setg(errp, "%s: needs a PCI Express bus", type);
        return false;
    }
    return true;
}

static bool add_vectors(SvaPciFunction *f, Error **errp)
{
    ERRP_GUARD();
    PCIDevice *dev = PCI_DEVICE(f);

    if (msix_init_exclusive_bar(dev, f->vectors,
                                SVA_PCI_FUNCTION_GET_CLASS(f)->msix_bar,
                                errp) < 0) {
        error_append_hint(errp, "%s needs a machine with message "
                          "signalled interrupts: on arm64 gic-version=3 of "
                          "virt-6.2 or later.\n",
                          object_get_typename(OBJECT(f)));
        return false;
    }
    for (unsigned i = 0; i < f->vectors; i++) {
        msix_vector_use(dev, i);
    }
    return true;
}

void sva_pci_function_add_bar_of(SvaPciFunction *f, unsigned number,
                                 const char *name, const MemoryRegionOps *ops,
                                 void *opaque, uint64_t size)
{
    memory_region_init_io(&f->bars[number], OBJECT(f), ops, opaque, name,
                          size);
    pci_register_bar(PCI_DEVICE(f), number, PCI_BASE_ADDRESS_SPACE_MEMORY,
                     &f->bars[number]);
}

void sva_pci_function_add_bar(SvaPciFunction *f, unsigned number,
                              const char *name, const MemoryRegionOps *ops,
                              uint64_t size)
{
    sva_pci_function_add_bar_of(f, number, name, ops, f->fn->device, size);
}

static void function_realize(PCIDevice *dev, Error **errp)
{
    SvaPciFunction *f = SVA_PCI_FUNCTION(dev);
    SvaPciFunctionClass *k = SVA_PCI_FUNCTION_GET_CLASS(f);

    if (!check_properties(f, errp) || !add_capabilities(f, errp) ||
        !add_vectors(f, errp)) {
        return;
    }
    f->port = sva_port_pci_new(dev);
    f->fn = k->create(f);
    sva_function_attach(f->fn, f->port);
    k->add_bars(f);
    sva_port_pci_attach(f->port, &sva_function_client_ops, f->fn);
}

/*
 * A memory request of its own may have unplugged it, by way of the port's
 * slot registers, and is still in progress.  After a reset it sends nothing
 * more; it is freed with the object, which timers and memory regions hold.
 */
static void function_exit(PCIDevice *dev)
{
    SvaPciFunction *f = SVA_PCI_FUNCTION(dev);

    msix_uninit_exclusive_bar(dev);
    sva_function_reset(f->fn);
    sva_port_pci_detach(f->port);
}

static void function_instance_finalize(Object *obj)
{
    SvaPciFunction *f = SVA_PCI_FUNCTION(obj);

    if (f->fn) {
        SVA_PCI_FUNCTION_GET_CLASS(f)->destroy(f->fn->device);
    }
    sva_port_pci_free(f->port);
    g_free(f->saved);
}

/* -- saving and restoring -- */

int sva_pci_function_pre_save(void *opaque)
{
    SvaPciFunction *f = opaque;
    SvaPciFunctionClass *k = SVA_PCI_FUNCTION_GET_CLASS(f);

    refresh_pri_status(f);
    f->saved = k->saved_new(f->fn->device);
    k->save(f->fn->device, f->saved);
    return 0;
}

int sva_pci_function_post_save(void *opaque)
{
    SvaPciFunction *f = opaque;

    g_clear_pointer(&f->saved, g_free);
    return 0;
}

int sva_pci_function_pre_load(void *opaque)
{
    SvaPciFunction *f = opaque;

    g_free(f->saved);           /* of a stream that ended early */
    f->saved = SVA_PCI_FUNCTION_GET_CLASS(f)->saved_new(f->fn->device);
    return 0;
}

int sva_pci_function_post_load(void *opaque, int version)
{
    SvaPciFunction *f = opaque;
    SvaPciFunctionClass *k = SVA_PCI_FUNCTION_GET_CLASS(f);
    const char *problem = k->load(f->fn->device, f->saved);

    g_clear_pointer(&f->saved, g_free);
    if (problem) {
        error_report("%s: %s", object_get_typename(OBJECT(f)), problem);
        return -EINVAL;
    }
    sync_config(f);
    refresh_pri_status(f);
    return 0;
}

/* -- what the host can read -- */

static void add_translation(const SvaAtcEntry *entry, void *opaque)
{
    if (entry->pasid.valid) {
        sva_cache_summary_add(opaque, 0, entry->pasid.id);
    }
}

static char *function_get_translations(Object *obj, Error **errp)
{
    SvaPciFunction *f = SVA_PCI_FUNCTION(obj);
    SvaCacheSummary *summary = sva_cache_summary_new();

    if (f->fn) {
        sva_atc_visit(f->fn->atc, add_translation, summary);
    }
    return sva_cache_summary_translations(summary);
}

/* -- what the host can do -- */

static void function_set_late(Object *obj, Visitor *v, const char *name,
                              void *opaque, Error **errp)
{
    SvaPciFunction *f = SVA_PCI_FUNCTION(obj);
    uint32_t ms;

    if (!visit_type_uint32(v, name, &ms, errp)) {
        return;
    }
    if (ms > LATE_MAX_MS) {
        error_setg(errp, "%s is at most %u ms", name, LATE_MAX_MS);
    } else if (!f->fn) {
        error_setg(errp, "%s is for a device that is realized", name);
    } else {
        sva_inval_next_late(f->fn, ms);
    }
}

/* -- type -- */

static const Property function_properties[] = {
    DEFINE_PROP_UINT32("pasid-bits", SvaPciFunction, pasid_bits, 20),
    DEFINE_PROP_UINT32("atc-entries", SvaPciFunction, config.atc_entries,
                       4096),
    DEFINE_PROP_SIZE("atc-largest", SvaPciFunction, config.atc_largest,
                     1 * GiB),
    DEFINE_PROP_UINT32("pri-capacity", SvaPciFunction, config.pri_capacity,
                       64),
    DEFINE_PROP_UINT32("adversary", SvaPciFunction, config.adversary, 0),
    DEFINE_PROP_UINT32("vectors", SvaPciFunction, vectors, 0),
    DEFINE_PROP_BOOL("ats", SvaPciFunction, ats, true),
    DEFINE_PROP_ON_OFF_AUTO("pri", SvaPciFunction, pri, ON_OFF_AUTO_AUTO),
};

/* Of a device that has none of its own. */
static const VMStateDescription function_vmstate = {
    .name = TYPE_SVA_PCI_FUNCTION,
    .unmigratable = 1,
};

static void function_class_init(ObjectClass *klass, SVA_CLASS_CONST void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);

    k->realize = function_realize;
    k->exit = function_exit;
    k->config_read = function_config_read;
    k->config_write = function_config_write;
    dc->vmsd = &function_vmstate;
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    device_class_set_props(dc, function_properties);
    device_class_set_legacy_reset(dc, function_reset);
    object_class_property_add_str(klass, "cached-translations",
                                  function_get_translations, NULL);
    object_class_property_add(klass, "late-completion", "uint32", NULL,
                              function_set_late, NULL, NULL);
}

static const TypeInfo function_types[] = {
    {
        .name = TYPE_SVA_PCI_FUNCTION,
        .parent = TYPE_PCI_DEVICE,
        .abstract = true,
        .instance_size = sizeof(SvaPciFunction),
        .instance_finalize = function_instance_finalize,
        .class_size = sizeof(SvaPciFunctionClass),
        .class_init = function_class_init,
        .interfaces = (SVA_CLASS_CONST InterfaceInfo[]) {
            { INTERFACE_PCIE_DEVICE },
            { }
        },
    },
};

DEFINE_TYPES(function_types)

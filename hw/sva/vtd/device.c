/*
 * sva-vtd: VT-d unit with PASID, ATS and page requests
 *
 * A subclass of QEMU's intel-iommu for the sake of the machine, which knows
 * that type: it finds its place and its DMAR table by it.  Realize, reset,
 * registers and state are our own.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "qapi/error.h"
#include "qapi/util.h"
#include "qapi/visitor.h"
#include "migration/vmstate.h"
#include "system/kvm.h"
#include "target/i386/kvm/kvm_i386.h"
#include "../pci/iommu-device.h"
#include "device.h"

/* auto: what SVA needs, as far as the other options allow it. */
static bool device_resolve_eim(SvaVtdState *s, Error **errp)
{
    IntelIOMMUState *parent = INTEL_IOMMU_DEVICE(s);
    bool intremap = x86_iommu_ir_supported(X86_IOMMU_DEVICE(s));
    bool possible = !kvm_irqchip_is_split() || kvm_enable_x2apic();

    if (parent->intr_eim == ON_OFF_AUTO_AUTO) {
        parent->intr_eim = intremap && possible ? ON_OFF_AUTO_ON
                                                : ON_OFF_AUTO_OFF;
    }
    if (parent->intr_eim == ON_OFF_AUTO_ON && !intremap) {
        error_setg(errp, "eim=on needs interrupt remapping; "
                   "use intremap=on too");
        return false;
    }
    if (parent->intr_eim == ON_OFF_AUTO_ON && !possible) {
        error_setg(errp, "KVM on this host cannot deliver x2APIC "
                   "interrupts; use eim=off");
        return false;
    }
    return true;
}

/*
 * Machine types up to pc-q35-9.1 have 39 bits for the stock device's sake, and
 * there is no telling that from an option.  Linux takes no unit in scalable
 * mode whose stages have no width in common, and first-stage tables have 48
 * bits at least.
 */
static bool device_resolve_width(SvaVtdState *s, Error **errp)
{
    IntelIOMMUState *parent = INTEL_IOMMU_DEVICE(s);
    const char *machine = sva_vtd_q35_default("aw-bits");

    if (parent->aw_bits != 39 || !s->config.scalable) {
        return true;
    }
    if (!machine || strcmp(machine, "39")) {
        error_setg(errp, "sva-vtd: with aw-bits=39 scalable mode has no width "
                   "that first-stage tables have, too; use aw-bits=48, or "
                   "scalable-mode=off");
        return false;
    }
    parent->aw_bits = sva_vtd_default_config.aw_bits;
    return true;
}

/* Is it what the machine type sets, for the sake of the stock device? */
static bool device_is_machine_default(const char *name, bool value)
{
    const char *machine = sva_vtd_q35_default(name);
    bool set;

    return machine && qapi_bool_parse(name, machine, &set, NULL) &&
           set == value;
}

/* What the stock device has, and would only be mistaken for ours. */
static bool device_check_foreign(SvaVtdState *s, Error **errp)
{
    static const struct {
        const char *name;
        bool usual;
        const char *advice;
    } options[] = {
        { "x-scalable-mode", false, "use scalable-mode, on by default" },
        { "x-flts", false, "first-stage tables are always there" },
        { "x-pasid-mode", false, "use pasid-bits, 20 by default" },
        { "snoop-control", false, "leave it out" },
        { "dma-drain", true, "leave it out" },
        { "dma-translation", true, "use the stock intel-iommu for a unit "
          "that only remaps interrupts" },
        { "fs1gp", true, "leave it out" },
        { "stale-tm", false, "leave it out" },
    };
    unsigned i;

    for (i = 0; i < ARRAY_SIZE(options); i++) {
        if (object_property_find(OBJECT(s), options[i].name) &&
            object_property_get_bool(OBJECT(s), options[i].name, NULL) !=
            options[i].usual &&
            !device_is_machine_default(options[i].name, !options[i].usual)) {
            error_setg(errp, "sva-vtd does not have %s=%s; %s",
                       options[i].name, options[i].usual ? "off" : "on",
                       options[i].advice);
            return false;
        }
    }
    return true;
}

/* Own and inherited options make the model's configuration. */
static bool device_config(SvaVtdState *s, SvaVtdConfig *config, Error **errp)
{
    IntelIOMMUState *parent = INTEL_IOMMU_DEVICE(s);
    X86IOMMUState *x86 = X86_IOMMU_DEVICE(s);
    const char *problem;

    if (!device_resolve_eim(s, errp) || !device_resolve_width(s, errp)) {
        return false;
    }
    *config = s->config;
    config->aw_bits = parent->aw_bits;
    /* What QEMU's DMAR table announces, as far as processors can have it. */
    config->haw_bits = MIN(parent->aw_bits, 52);
    config->caching_mode = parent->caching_mode;
    config->device_iotlb = x86->dt_supported;
    config->pt = x86->pt_supported;
    config->intremap = x86_iommu_ir_supported(x86);
    config->eim = parent->intr_eim == ON_OFF_AUTO_ON;
    if (!config->scalable) {
        config->pasid_bits = 0;
        config->first_level_5 = false;
        config->supervisor = false;
        config->second_ad = false;
        config->nested = false;
    }
    config->pri = s->pri == ON_OFF_AUTO_AUTO
                  ? config->device_iotlb && config->pasid_bits
                  : s->pri == ON_OFF_AUTO_ON;
    problem = sva_vtd_config_error(config);
    if (problem) {
        error_setg(errp, "sva-vtd: %s", problem);
        return false;
    }
    return true;
}

static void device_realize(DeviceState *dev, Error **errp)
{
    SvaVtdState *s = SVA_VTD(dev);
    SvaVtdConfig config;

    if (!sva_vtd_q35_check(errp) || !device_check_foreign(s, errp) ||
        !device_config(s, &config, errp)) {
        return;
    }
    if (!sva_vtd_init(&s->vtd, sva_vtd_q35_env(s), &config)) {
        error_setg(errp, "sva-vtd: this configuration cannot be built");
        return;
    }
    s->config = config;
    sva_vtd_q35_connect(s);
    s->ready = true;
}

/*
 * In the last phase, as the stock device: functions have stopped their DMA
 * in the phases before.
 */
static void device_reset_exit(Object *obj, ResetType type)
{
    SvaVtdState *s = SVA_VTD(obj);

    if (s->ready) {
        sva_pci_lock(&s->fabric);
        sva_vtd_reset(&s->vtd);
        sva_pci_post_reset(&s->fabric);
        sva_pci_unlock(&s->fabric);
    }
}

static SvaIommu *device_get_iommu(Object *obj)
{
    SvaVtdState *s = SVA_VTD(obj);

    return s->ready ? &s->vtd.iommu : NULL;
}

/* Registers that the host can read as properties. */
static const SvaIommuStatsRegister device_registers[] = {
    { "cap", SVA_VTD_REG_CAP, 8 },
    { "ecap", SVA_VTD_REG_ECAP, 8 },
    { "gsts", SVA_VTD_REG_GSTS, 4 },
    { "fsts", SVA_VTD_REG_FSTS, 4 },
    { "iqh", SVA_VTD_REG_IQH, 8 },
    { "iqt", SVA_VTD_REG_IQT, 8 },
    { "iqa", SVA_VTD_REG_IQA, 8 },
    { "irta", SVA_VTD_REG_IRTA, 8 },
    { "pqh", SVA_VTD_REG_PQH, 8 },
    { "pqt", SVA_VTD_REG_PQT, 8 },
    { "pqa", SVA_VTD_REG_PQA, 8 },
    { "prs", SVA_VTD_REG_PRS, 4 },
};

static const uint64_t *device_counters(Object *obj)
{
    return SVA_VTD(obj)->vtd.counters;
}

static const char *device_counter_name(unsigned counter)
{
    return sva_vtd_counter_name(counter);
}

static const SvaIommuStats device_stats = {
    .counter_count = SVA_VTD_CNT_COUNT,
    .counter_name = device_counter_name,
    .counters = device_counters,
    .registers = device_registers,
    .register_count = ARRAY_SIZE(device_registers),
};

/* The root table in use, which is not always what RTADDR reads as. */
static void device_get_rtaddr(Object *obj, Visitor *v, const char *name,
                              void *opaque, Error **errp)
{
    SvaVtdState *s = SVA_VTD(obj);
    uint64_t val = s->ready ? sva_vtd_rtaddr(&s->vtd) : 0;

    visit_type_uint64(v, name, &val, errp);
}

static void device_instance_init(Object *obj)
{
    SvaVtdState *s = SVA_VTD(obj);

    s->config = sva_vtd_default_config;
    X86_IOMMU_DEVICE(obj)->dt_supported = true;
}

/* Their defaults are those of the model, see device_instance_init(). */
#define CONFIG_BOOL(name, field)                                        \
    DEFINE_PROP(name, SvaVtdState, config.field, qdev_prop_bool, bool)
#define CONFIG_NUMBER(name, field, width)                               \
    DEFINE_PROP_UNSIGNED_NODEFAULT(name, SvaVtdState, config.field,     \
                                   qdev_prop_uint##width, uint##width##_t)

static const Property device_properties[] = {
    CONFIG_BOOL("scalable-mode", scalable),
    CONFIG_NUMBER("pasid-bits", pasid_bits, 8),
    DEFINE_PROP_ON_OFF_AUTO("pri", SvaVtdState, pri, ON_OFF_AUTO_AUTO),
    CONFIG_BOOL("first-level-5", first_level_5),
    CONFIG_BOOL("nested", nested),
    CONFIG_NUMBER("fault-records", fault_records, 8),
    CONFIG_NUMBER("iotlb-size", iotlb_entries, 32),
    CONFIG_NUMBER("inval-timeout", inval_timeout, 32),
    CONFIG_BOOL("esrtps", esrtps),
    CONFIG_BOOL("esirtps", esirtps),
};

/* -- saving and restoring, see state.h -- */

static const VMStateDescription device_vmstate_invalidation = {
    .name = TYPE_SVA_VTD "/invalidation",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64(generation, SvaOutstandingEntry),
        VMSTATE_INT64(deadline, SvaOutstandingEntry),
        VMSTATE_UINT32(itag, SvaOutstandingEntry),
        VMSTATE_UINT16(rid, SvaOutstandingEntry),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription device_vmstate_wait = {
    .name = TYPE_SVA_VTD "/wait",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64(generation, SvaVtdWait),
        VMSTATE_UINT64(addr, SvaVtdWait),
        VMSTATE_UINT64(raw, SvaVtdWait),
        VMSTATE_UINT32(data, SvaVtdWait),
        VMSTATE_BOOL(status_write, SvaVtdWait),
        VMSTATE_BOOL(interrupt, SvaVtdWait),
        VMSTATE_BOOL(fence, SvaVtdWait),
        VMSTATE_BOOL(page_drain, SvaVtdWait),
        VMSTATE_END_OF_LIST()
    },
};

/* Before the arrays are read into the room that there is. */
static bool device_counts_fit(void *opaque, int version)
{
    SvaVtdSaved *saved = opaque;

    return saved->atc.table.count <= SVA_ATC_INVAL_MAX &&
           saved->wait_count <= SVA_VTD_WAITS;
}

static const VMStateDescription device_vmstate_saved = {
    .name = TYPE_SVA_VTD "/state",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(version, SvaVtdSaved),
        VMSTATE_UINT32_ARRAY(regs, SvaVtdSaved, SVA_VTD_REG_BYTES / 4),
        VMSTATE_UINT64(root, SvaVtdSaved),
        VMSTATE_UINT64(irta, SvaVtdSaved),
        VMSTATE_UINT32(irta_entries, SvaVtdSaved),
        VMSTATE_UINT64(iq_base, SvaVtdSaved),
        VMSTATE_UINT8(iq_size_log2, SvaVtdSaved),
        VMSTATE_UINT8(iq_entry_log2, SvaVtdSaved),
        VMSTATE_BOOL(iq_stopping, SvaVtdSaved),
        VMSTATE_UINT8(fault_next, SvaVtdSaved),
        VMSTATE_UINT64(atc.table.next_generation, SvaVtdSaved),
        VMSTATE_UINT32(atc.table.itag_base, SvaVtdSaved),
        VMSTATE_UINT32(atc.table.count, SvaVtdSaved),
        VMSTATE_UINT32(wait_count, SvaVtdSaved),
        VMSTATE_VALIDATE("sva-vtd: too many pending", device_counts_fit),
        VMSTATE_STRUCT_VARRAY_UINT32(atc.open, SvaVtdSaved, atc.table.count, 1,
                                     device_vmstate_invalidation,
                                     SvaOutstandingEntry),
        VMSTATE_STRUCT_VARRAY_UINT32(waits, SvaVtdSaved, wait_count, 1,
                                     device_vmstate_wait, SvaVtdWait),
        VMSTATE_END_OF_LIST()
    },
};

static int device_pre_save(void *opaque)
{
    SvaVtdState *s = opaque;

    s->saved = g_new0(SvaVtdSaved, 1);
    sva_pci_lock(&s->fabric);
    sva_vtd_save(&s->vtd, s->saved);
    sva_pci_unlock(&s->fabric);
    return 0;
}

static int device_post_save(void *opaque)
{
    SvaVtdState *s = opaque;

    g_clear_pointer(&s->saved, g_free);
    return 0;
}

static int device_pre_load(void *opaque)
{
    SvaVtdState *s = opaque;

    g_free(s->saved);           /* of a stream that ended early */
    s->saved = g_new0(SvaVtdSaved, 1);
    return 0;
}

static int device_post_load(void *opaque, int version)
{
    SvaVtdState *s = opaque;
    const char *problem;

    sva_pci_lock(&s->fabric);
    problem = sva_vtd_load(&s->vtd, s->saved);
    sva_pci_unlock(&s->fabric);
    g_clear_pointer(&s->saved, g_free);
    if (problem) {
        error_report("sva-vtd: %s", problem);
        return -EINVAL;
    }
    return 0;
}

static const VMStateDescription device_vmstate = {
    .name = TYPE_SVA_VTD,
    .version_id = 1,
    .minimum_version_id = 1,
    .priority = MIG_PRI_IOMMU,
    .pre_save = device_pre_save,
    .post_save = device_post_save,
    .pre_load = device_pre_load,
    .post_load = device_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_STRUCT_POINTER(saved, SvaVtdState, device_vmstate_saved,
                               SvaVtdSaved),
        VMSTATE_END_OF_LIST()
    },
};

static void device_class_init(ObjectClass *klass, SVA_CLASS_CONST void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->desc = "VT-d IOMMU for Shared Virtual Addressing (PASID, ATS, PRI)";
    dc->vmsd = &device_vmstate;
    device_class_set_props(dc, device_properties);
    RESETTABLE_CLASS(klass)->phases.exit = device_reset_exit;
    X86_IOMMU_DEVICE_CLASS(klass)->realize = device_realize;
    SVA_IOMMU_CLASS(klass)->get = device_get_iommu;
    sva_iommu_stats_add(klass, &device_stats);
    object_class_property_add(klass, "rtaddr", "uint64", device_get_rtaddr,
                              NULL, NULL, NULL);
}

static const TypeInfo device_types[] = {
    {
        .name = TYPE_SVA_VTD,
        .parent = TYPE_INTEL_IOMMU_DEVICE,
        .instance_size = sizeof(SvaVtdState),
        .instance_init = device_instance_init,
        .class_init = device_class_init,
        .interfaces = (SVA_CLASS_CONST InterfaceInfo[]) {
            { TYPE_SVA_IOMMU },
            { }
        },
    },
};

DEFINE_TYPES(device_types)

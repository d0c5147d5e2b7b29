/*
 * sva-vtd: VT-d unit with PASID, ATS and page requests
 *
 * A subclass of QEMU's intel-iommu, because the machine looks for that type to
 * place the unit and to build the DMAR table.  Realize, reset, registers and
 * state are our own.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/util.h"
#include "qapi/visitor.h"
#include "system/kvm.h"
#include "target/i386/kvm/kvm_i386.h"
#include "../pci/iommu-call.h"
#include "device.h"
#include "vmstate.h"

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
 * Machine types up to pc-q35-9.1 set 39 bits for the stock device, which looks
 * the same as if the user had.  Linux refuses a unit in scalable mode whose
 * stages have no width in common, and first-stage tables have at least 48 bits.
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

/* Does the machine type set it, for the stock device? */
static bool device_is_machine_default(const char *name, bool value)
{
    const char *machine = sva_vtd_q35_default(name);
    bool set;

    return machine && qapi_bool_parse(name, machine, &set, NULL) &&
           set == value;
}

/* Refuse options of the stock device that mean nothing here. */
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
        config->coherent_walks = false;
        config->first_level_5 = false;
        config->supervisor = false;
        config->second_ad = false;
        config->nested = false;
    }
    config->pri = sva_iommu_is_on(s->pri, config->device_iotlb &&
                                          config->pasid_bits);
    return sva_iommu_device_check(OBJECT(s), sva_vtd_config_error(config),
                                  errp);
}

static void device_realize(DeviceState *dev, Error **errp)
{
    SvaVtdState *s = SVA_VTD(dev);
    SvaVtdConfig config;

    if (!sva_vtd_q35_check(errp) || !device_check_foreign(s, errp) ||
        !device_config(s, &config, errp)) {
        return;
    }
    s->config = config;
    if (sva_iommu_device_create(OBJECT(s), &sva_vtd_q35_window, errp)) {
        sva_vtd_q35_connect(s);
    }
}

/* Registers that the host can read as properties. */
static const SvaIommuStatsRegister device_registers[] = {
    { "cap", A_VTD_CAP, 8 },
    { "ecap", A_VTD_ECAP, 8 },
    { "gsts", A_VTD_GSTS, 4 },
    { "fsts", A_VTD_FSTS, 4 },
    { "iqh", A_VTD_IQH, 8 },
    { "iqt", A_VTD_IQT, 8 },
    { "iqa", A_VTD_IQA, 8 },
    { "irta", A_VTD_IRTA, 8 },
    { "pqh", A_VTD_PQH, 8 },
    { "pqt", A_VTD_PQT, 8 },
    { "pqa", A_VTD_PQA, 8 },
    { "prs", A_VTD_PRS, 4 },
};

static uint64_t device_counter(Object *obj, unsigned counter)
{
    return sva_vtd_counter(&SVA_VTD(obj)->vtd, counter);
}

static const char *device_counter_name(unsigned counter)
{
    return sva_vtd_counter_name(counter);
}

/* The root table in use, which is not always what RTADDR reads as. */
static void device_get_rtaddr(Object *obj, Visitor *v, const char *name,
                              void *opaque, Error **errp)
{
    SvaVtdState *s = SVA_VTD(obj);
    SvaPciFabric *fabric = &s->device.fabric;
    uint64_t val = 0;

    if (fabric->iommu) {
        sva_pci_lock(fabric);
        val = sva_vtd_rtaddr(&s->vtd);
        sva_pci_unlock(fabric);
    }
    visit_type_uint64(v, name, &val, errp);
}

static void device_instance_init(Object *obj)
{
    SvaVtdState *s = SVA_VTD(obj);

    s->config = sva_vtd_default_config;
    X86_IOMMU_DEVICE(obj)->dt_supported = true;
}

static const Property device_properties[] = {
    SVA_IOMMU_BOOL("scalable-mode", SvaVtdState, scalable),
    SVA_IOMMU_NUMBER("pasid-bits", SvaVtdState, pasid_bits, 8),
    DEFINE_PROP_ON_OFF_AUTO("pri", SvaVtdState, pri, ON_OFF_AUTO_AUTO),
    SVA_IOMMU_BOOL("coherent-walks", SvaVtdState, coherent_walks),
    SVA_IOMMU_BOOL("first-level-5", SvaVtdState, first_level_5),
    SVA_IOMMU_BOOL("nested", SvaVtdState, nested),
    SVA_IOMMU_NUMBER("fault-records", SvaVtdState, fault_records, 8),
    SVA_IOMMU_NUMBER("iotlb-size", SvaVtdState, iotlb_entries, 32),
    SVA_IOMMU_NUMBER("walk-cache", SvaVtdState, walk_entries, 32),
    SVA_IOMMU_NUMBER("inval-timeout", SvaVtdState, inval_timeout, 32),
    SVA_IOMMU_NUMBER("adversary", SvaVtdState, adversary, 32),
    SVA_IOMMU_NUMBER("adversary-only", SvaVtdState, adversary_only, 32),
    SVA_IOMMU_BOOL("esrtps", SvaVtdState, esrtps),
    SVA_IOMMU_BOOL("esirtps", SvaVtdState, esirtps),
};

static const VMStateDescription device_vmstate =
    SVA_IOMMU_DEVICE_VMSTATE(TYPE_SVA_VTD, SvaVtdState, sva_vtd_vmstate);

/* -- the model in the device, see iommu-device.h -- */

static SvaIommuDevice *device_of(Object *obj)
{
    return &SVA_VTD(obj)->device;
}

static bool device_create(Object *obj, SvaEnv *env)
{
    SvaVtdState *s = SVA_VTD(obj);

    return sva_vtd_init(&s->vtd, env, &s->config);
}

static void device_reset(Object *obj)
{
    sva_vtd_reset(&SVA_VTD(obj)->vtd);
}

static void device_save(Object *obj, void *saved)
{
    sva_vtd_save(&SVA_VTD(obj)->vtd, saved);
}

static const char *device_load(Object *obj, const void *saved)
{
    return sva_vtd_load(&SVA_VTD(obj)->vtd, saved);
}

static const SvaIommuDeviceOps device_ops = {
    .device = device_of,
    .create = device_create,
    .reset = device_reset,
    .saved_size = sizeof(SvaVtdSaved),
    .save = device_save,
    .load = device_load,
    .stats = {
        .counter_count = SVA_VTD_CNT_COUNT,
        .counter_name = device_counter_name,
        .counter = device_counter,
        .registers = device_registers,
        .register_count = ARRAY_SIZE(device_registers),
    },
};

static void device_class_init(ObjectClass *klass, SVA_CLASS_CONST void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->desc = "VT-d IOMMU for Shared Virtual Addressing (PASID, ATS, PRI)";
    dc->vmsd = &device_vmstate;
    device_class_set_props(dc, device_properties);
    X86_IOMMU_DEVICE_CLASS(klass)->realize = device_realize;
    sva_iommu_device_class_init(klass, &device_ops);
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

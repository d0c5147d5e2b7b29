/*
 * sva-smmuv3: SMMUv3 with SubstreamIDs, ATS, page requests and stalls
 *
 * A device without a bus, created on the command line; virt.c places it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "qapi/error.h"
#include "system/reset.h"
#include "device.h"
#include "vmstate.h"

/* The smallest width that covers what the processors can address. */
static uint8_t device_default_oas(unsigned pa_bits)
{
    static const uint8_t widths[] = { 44, 48, 52 };

    for (unsigned i = 0; i < ARRAY_SIZE(widths); i++) {
        if (widths[i] >= pa_bits) {
            return widths[i];
        }
    }
    return 52;
}

/* Properties make the model's configuration. */
static bool device_config(SvaSmmuState *s, SvaSmmuConfig *config,
                          Error **errp)
{
    unsigned pa_bits = sva_smmu_virt_pa_bits();

    *config = s->config;
    if (!config->oas) {
        config->oas = device_default_oas(pa_bits);
    }
    if (config->stall_model == SVA_SMMU_STALL_NONE) {
        config->stall_max = 0;
    }
    config->pri = sva_iommu_is_on(s->pri, config->ats);
    if (!sva_iommu_device_check(OBJECT(s), sva_smmu_config_error(config),
                                errp)) {
        return false;
    }
    if (s->describe_stall == ON_OFF_AUTO_ON &&
        config->stall_model == SVA_SMMU_STALL_NONE) {
        error_setg(errp, "dma-can-stall=on needs an SMMU that can stall; "
                   "leave out stall-model=1");
        return false;
    }
    if (s->describe_slots && (s->describe_stall == ON_OFF_AUTO_OFF ||
                              config->stall_model == SVA_SMMU_STALL_NONE)) {
        error_setg(errp, "stalling-slots=on needs dma-can-stall=on; "
                   "leave out dma-can-stall=off and stall-model=1");
        return false;
    }
    if (s->describe_stall == ON_OFF_AUTO_AUTO) {
        s->describe_stall = config->stall_model == SVA_SMMU_STALL_NONE
                            ? ON_OFF_AUTO_OFF : ON_OFF_AUTO_ON;
    }
    if (config->stall_model == SVA_SMMU_STALL_FORCED) {
        warn_report("sva-smmuv3: stall-model=2 is not allowed for PCI (IHI "
                    "0070 G.b section 6.3.1); use it to test software that "
                    "meets it");
    }
    if (config->oas < pa_bits) {
        warn_report("sva-smmuv3: oas=%u is less than the %u bits that the "
                    "processors address; Linux will not share address "
                    "spaces (use oas=%u, or another -cpu)", config->oas,
                    pa_bits, device_default_oas(pa_bits));
    }
    return true;
}

static void device_realize(DeviceState *dev, Error **errp)
{
    SvaSmmuState *s = SVA_SMMUV3(dev);
    SvaSmmuConfig config;

    if (!sva_smmu_virt_check(errp) || !device_config(s, &config, errp)) {
        return;
    }
    s->config = config;
    if (sva_iommu_device_create(OBJECT(s), NULL, errp)) {
        sva_smmu_virt_connect(s);
        qemu_register_resettable(OBJECT(s));
    }
}

/* Registers that the host can read as properties. */
static const SvaIommuStatsRegister device_registers[] = {
    { "idr0", A_SMMU_IDR0, 4 },
    { "idr1", A_SMMU_IDR1, 4 },
    { "idr3", A_SMMU_IDR3, 4 },
    { "idr5", A_SMMU_IDR5, 4 },
    { "cr0", A_SMMU_CR0, 4 },
    { "gerror", A_SMMU_GERROR, 4 },
    { "gerrorn", A_SMMU_GERRORN, 4 },
    { "strtab-base", A_SMMU_STRTAB_BASE, 8 },
    { "strtab-base-cfg", A_SMMU_STRTAB_BASE_CFG, 4 },
    { "cmdq-base", A_SMMU_CMDQ_BASE, 8 },
    { "cmdq-prod", A_SMMU_CMDQ_PROD, 4 },
    { "cmdq-cons", A_SMMU_CMDQ_CONS, 4 },
    { "eventq-base", A_SMMU_EVENTQ_BASE, 8 },
    { "eventq-prod", A_SMMU_EVENTQ_PROD, 4 },
    { "eventq-cons", A_SMMU_EVENTQ_CONS, 4 },
    { "priq-base", A_SMMU_PRIQ_BASE, 8 },
    { "priq-prod", A_SMMU_PRIQ_PROD, 4 },
    { "priq-cons", A_SMMU_PRIQ_CONS, 4 },
};

static uint64_t device_counter(Object *obj, unsigned counter)
{
    return sva_smmu_counter(&SVA_SMMUV3(obj)->smmu, counter);
}

static const char *device_counter_name(unsigned counter)
{
    return sva_smmu_counter_name(counter);
}

static void device_instance_init(Object *obj)
{
    SvaSmmuState *s = SVA_SMMUV3(obj);

    s->config = sva_smmu_default_config;
    s->config.oas = 0;
}

static const Property device_properties[] = {
    SVA_IOMMU_NUMBER("ssid-bits", SvaSmmuState, ssid_bits, 8),
    SVA_IOMMU_NUMBER("stall-model", SvaSmmuState, stall_model, 8),
    SVA_IOMMU_NUMBER("stall-max", SvaSmmuState, stall_max, 16),
    DEFINE_PROP_ON_OFF_AUTO("dma-can-stall", SvaSmmuState, describe_stall,
                            ON_OFF_AUTO_AUTO),
    DEFINE_PROP_BOOL("stalling-slots", SvaSmmuState, describe_slots, false),
    SVA_IOMMU_BOOL("ats", SvaSmmuState, ats),
    DEFINE_PROP_ON_OFF_AUTO("pri", SvaSmmuState, pri, ON_OFF_AUTO_AUTO),
    SVA_IOMMU_BOOL("stage1", SvaSmmuState, stage1),
    SVA_IOMMU_BOOL("stage2", SvaSmmuState, stage2),
    SVA_IOMMU_BOOL("gran4k", SvaSmmuState, gran4k),
    SVA_IOMMU_BOOL("gran16k", SvaSmmuState, gran16k),
    SVA_IOMMU_BOOL("gran64k", SvaSmmuState, gran64k),
    SVA_IOMMU_NUMBER("httu", SvaSmmuState, httu, 8),
    SVA_IOMMU_NUMBER("oas", SvaSmmuState, oas, 8),
    SVA_IOMMU_NUMBER("asid-bits", SvaSmmuState, asid_bits, 8),
    SVA_IOMMU_BOOL("ril", SvaSmmuState, ril),
    SVA_IOMMU_NUMBER("bbml", SvaSmmuState, bbml, 8),
    SVA_IOMMU_BOOL("msi", SvaSmmuState, msi),
    SVA_IOMMU_BOOL("cohacc", SvaSmmuState, cohacc),
    SVA_IOMMU_NUMBER("cmdq-bits", SvaSmmuState, cmdq_bits, 8),
    SVA_IOMMU_NUMBER("eventq-bits", SvaSmmuState, eventq_bits, 8),
    SVA_IOMMU_NUMBER("priq-bits", SvaSmmuState, priq_bits, 8),
    SVA_IOMMU_NUMBER("iotlb-size", SvaSmmuState, iotlb_entries, 32),
    SVA_IOMMU_NUMBER("walk-cache", SvaSmmuState, walk_entries, 32),
    SVA_IOMMU_NUMBER("config-cache-size", SvaSmmuState, config_entries, 32),
    SVA_IOMMU_NUMBER("inval-timeout", SvaSmmuState, inval_timeout, 32),
    SVA_IOMMU_NUMBER("adversary", SvaSmmuState, adversary, 32),
    SVA_IOMMU_NUMBER("adversary-only", SvaSmmuState, adversary_only, 32),
};

static const VMStateDescription device_vmstate =
    SVA_IOMMU_DEVICE_VMSTATE(TYPE_SVA_SMMUV3, SvaSmmuState, sva_smmu_vmstate);

/* -- the model in the device, see iommu-device.h -- */

static SvaIommuDevice *device_of(Object *obj)
{
    return &SVA_SMMUV3(obj)->device;
}

static bool device_create(Object *obj, SvaEnv *env)
{
    SvaSmmuState *s = SVA_SMMUV3(obj);

    return sva_smmu_init(&s->smmu, env, &s->config);
}

static void device_reset(Object *obj)
{
    sva_smmu_reset(&SVA_SMMUV3(obj)->smmu);
}

static void device_save(Object *obj, void *saved)
{
    sva_smmu_save(&SVA_SMMUV3(obj)->smmu, saved);
}

static const char *device_load(Object *obj, const void *saved)
{
    return sva_smmu_load(&SVA_SMMUV3(obj)->smmu, saved);
}

static const SvaIommuDeviceOps device_ops = {
    .device = device_of,
    .create = device_create,
    .reset = device_reset,
    .saved_size = sizeof(SvaSmmuSaved),
    .save = device_save,
    .load = device_load,
    .stats = {
        .counter_count = SVA_SMMU_CNT_COUNT,
        .counter_name = device_counter_name,
        .counter = device_counter,
        .registers = device_registers,
        .register_count = ARRAY_SIZE(device_registers),
    },
};

static void device_class_init(ObjectClass *klass, SVA_CLASS_CONST void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->desc = "SMMUv3 for Shared Virtual Addressing (SubstreamIDs, ATS, "
               "PRI, stall)";
    dc->realize = device_realize;
    dc->vmsd = &device_vmstate;
    dc->hotpluggable = false;
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    device_class_set_props(dc, device_properties);
    sva_iommu_device_class_init(klass, &device_ops);
}

static const TypeInfo device_types[] = {
    {
        .name = TYPE_SVA_SMMUV3,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(SvaSmmuState),
        .instance_init = device_instance_init,
        .class_init = device_class_init,
        .interfaces = (SVA_CLASS_CONST InterfaceInfo[]) {
            { TYPE_SVA_IOMMU },
            { }
        },
    },
};

DEFINE_TYPES(device_types)

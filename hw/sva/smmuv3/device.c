/*
 * sva-smmuv3: SMMUv3 with SubstreamIDs, ATS, page requests and stalls
 *
 * A device without a bus, given on the command line; virt.c finds its place.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "qapi/error.h"
#include "system/reset.h"
#include "../pci/iommu-device.h"
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
    const char *problem;

    *config = s->config;
    if (!config->oas) {
        config->oas = device_default_oas(pa_bits);
    }
    if (config->stall_model == SVA_SMMU_STALL_NONE) {
        config->stall_max = 0;
    }
    config->pri = s->pri == ON_OFF_AUTO_AUTO ? config->ats
                                             : s->pri == ON_OFF_AUTO_ON;
    problem = sva_smmu_config_error(config);
    if (problem) {
        error_setg(errp, "sva-smmuv3: %s", problem);
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
    SvaEnv *env;

    if (!sva_smmu_virt_check(errp) || !device_config(s, &config, errp)) {
        return;
    }
    env = sva_pci_fabric_init(&s->fabric, OBJECT(s), NULL);
    if (!sva_smmu_init(&s->smmu, env, &config)) {
        error_setg(errp, "sva-smmuv3: this configuration cannot be built");
        return;
    }
    s->config = config;
    sva_smmu_virt_connect(s);
    qemu_register_resettable(OBJECT(s));
    s->ready = true;
}

/* In the last phase: functions have stopped their DMA in those before. */
static void device_reset_exit(Object *obj, ResetType type)
{
    SvaSmmuState *s = SVA_SMMUV3(obj);

    if (s->ready) {
        sva_pci_lock(&s->fabric);
        sva_smmu_reset(&s->smmu);
        sva_pci_post_reset(&s->fabric);
        sva_pci_unlock(&s->fabric);
    }
}

static SvaIommu *device_get_iommu(Object *obj)
{
    SvaSmmuState *s = SVA_SMMUV3(obj);

    return s->ready ? &s->smmu.iommu : NULL;
}

/* Registers that the host can read as properties. */
static const SvaIommuStatsRegister device_registers[] = {
    { "idr0", SVA_SMMU_REG_IDR0, 4 },
    { "idr1", SVA_SMMU_REG_IDR1, 4 },
    { "idr3", SVA_SMMU_REG_IDR3, 4 },
    { "idr5", SVA_SMMU_REG_IDR5, 4 },
    { "cr0", SVA_SMMU_REG_CR0, 4 },
    { "gerror", SVA_SMMU_REG_GERROR, 4 },
    { "gerrorn", SVA_SMMU_REG_GERRORN, 4 },
    { "strtab-base", SVA_SMMU_REG_STRTAB_BASE, 8 },
    { "strtab-base-cfg", SVA_SMMU_REG_STRTAB_CFG, 4 },
    { "cmdq-base", SVA_SMMU_REG_CMDQ_BASE, 8 },
    { "cmdq-prod", SVA_SMMU_REG_CMDQ_PROD, 4 },
    { "cmdq-cons", SVA_SMMU_REG_CMDQ_CONS, 4 },
    { "eventq-base", SVA_SMMU_REG_EVENTQ_BASE, 8 },
    { "eventq-prod", SVA_SMMU_REG_EVENTQ_PROD, 4 },
    { "eventq-cons", SVA_SMMU_REG_EVENTQ_CONS, 4 },
    { "priq-base", SVA_SMMU_REG_PRIQ_BASE, 8 },
    { "priq-prod", SVA_SMMU_REG_PRIQ_PROD, 4 },
    { "priq-cons", SVA_SMMU_REG_PRIQ_CONS, 4 },
};

static const uint64_t *device_counters(Object *obj)
{
    return SVA_SMMUV3(obj)->smmu.counters;
}

static const char *device_counter_name(unsigned counter)
{
    return sva_smmu_counter_name(counter);
}

static const SvaIommuStats device_stats = {
    .counter_count = SVA_SMMU_CNT_COUNT,
    .counter_name = device_counter_name,
    .counters = device_counters,
    .registers = device_registers,
    .register_count = ARRAY_SIZE(device_registers),
};

static void device_instance_init(Object *obj)
{
    SvaSmmuState *s = SVA_SMMUV3(obj);

    s->config = sva_smmu_default_config;
    s->config.oas = 0;
}

/* Their defaults are those of the model, see device_instance_init(). */
#define CONFIG_BOOL(name, field)                                        \
    DEFINE_PROP(name, SvaSmmuState, config.field, qdev_prop_bool, bool)
#define CONFIG_NUMBER(name, field, width)                               \
    DEFINE_PROP_UNSIGNED_NODEFAULT(name, SvaSmmuState, config.field,    \
                                   qdev_prop_uint##width, uint##width##_t)

static const Property device_properties[] = {
    CONFIG_NUMBER("ssid-bits", ssid_bits, 8),
    CONFIG_NUMBER("stall-model", stall_model, 8),
    CONFIG_NUMBER("stall-max", stall_max, 16),
    DEFINE_PROP_ON_OFF_AUTO("dma-can-stall", SvaSmmuState, describe_stall,
                            ON_OFF_AUTO_AUTO),
    DEFINE_PROP_BOOL("stalling-slots", SvaSmmuState, describe_slots, false),
    CONFIG_BOOL("ats", ats),
    DEFINE_PROP_ON_OFF_AUTO("pri", SvaSmmuState, pri, ON_OFF_AUTO_AUTO),
    CONFIG_BOOL("stage1", stage1),
    CONFIG_BOOL("stage2", stage2),
    CONFIG_BOOL("gran4k", gran4k),
    CONFIG_BOOL("gran16k", gran16k),
    CONFIG_BOOL("gran64k", gran64k),
    CONFIG_NUMBER("httu", httu, 8),
    CONFIG_NUMBER("oas", oas, 8),
    CONFIG_NUMBER("asid-bits", asid_bits, 8),
    CONFIG_BOOL("ril", ril),
    CONFIG_NUMBER("bbml", bbml, 8),
    CONFIG_BOOL("msi", msi),
    CONFIG_NUMBER("cmdq-bits", cmdq_bits, 8),
    CONFIG_NUMBER("eventq-bits", eventq_bits, 8),
    CONFIG_NUMBER("priq-bits", priq_bits, 8),
    CONFIG_NUMBER("iotlb-size", iotlb_entries, 32),
    CONFIG_NUMBER("config-cache-size", config_entries, 32),
    CONFIG_NUMBER("inval-timeout", inval_timeout, 32),
};

/* -- saving and restoring, see state.h -- */

static int device_pre_save(void *opaque)
{
    SvaSmmuState *s = opaque;

    s->saved = g_new0(SvaSmmuSaved, 1);
    sva_pci_lock(&s->fabric);
    sva_smmu_save(&s->smmu, s->saved);
    sva_pci_unlock(&s->fabric);
    return 0;
}

static int device_post_save(void *opaque)
{
    SvaSmmuState *s = opaque;

    g_clear_pointer(&s->saved, g_free);
    return 0;
}

static int device_pre_load(void *opaque)
{
    SvaSmmuState *s = opaque;

    g_free(s->saved);           /* of a stream that ended early */
    s->saved = g_new0(SvaSmmuSaved, 1);
    return 0;
}

static int device_post_load(void *opaque, int version)
{
    SvaSmmuState *s = opaque;
    const char *problem;

    sva_pci_lock(&s->fabric);
    problem = sva_smmu_load(&s->smmu, s->saved);
    sva_pci_unlock(&s->fabric);
    g_clear_pointer(&s->saved, g_free);
    if (problem) {
        error_report("sva-smmuv3: %s", problem);
        return -EINVAL;
    }
    return 0;
}

static const VMStateDescription device_vmstate = {
    .name = TYPE_SVA_SMMUV3,
    .version_id = 1,
    .minimum_version_id = 1,
    .priority = MIG_PRI_IOMMU,
    .pre_save = device_pre_save,
    .post_save = device_post_save,
    .pre_load = device_pre_load,
    .post_load = device_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_STRUCT_POINTER(saved, SvaSmmuState, sva_smmu_vmstate,
                               SvaSmmuSaved),
        VMSTATE_END_OF_LIST()
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
    RESETTABLE_CLASS(klass)->phases.exit = device_reset_exit;
    SVA_IOMMU_CLASS(klass)->get = device_get_iommu;
    sva_iommu_stats_add(klass, &device_stats);
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

/*
 * What sva-vtd and sva-smmuv3 do alike as devices of QEMU
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "qapi/error.h"
#include "iommu-call.h"
#include "iommu-device.h"
#include "pci-iommu-ops.h"
#include "post.h"

static const SvaIommuDeviceOps *ops_of(Object *obj)
{
    return SVA_IOMMU_GET_CLASS(obj)->ops;
}

/* -- realize -- */

bool sva_iommu_device_check(Object *obj, const char *problem, Error **errp)
{
    if (problem) {
        error_setg(errp, "%s: %s", object_get_typename(obj), problem);
    }
    return !problem;
}

bool sva_iommu_device_create(Object *obj, const SvaPciMsiWindow *window,
                             Error **errp)
{
    SvaPciFabric *fabric = &sva_iommu_device(obj)->fabric;
    SvaEnv *env = sva_pci_fabric_init(fabric, obj, window);

    return sva_iommu_device_check(obj, ops_of(obj)->create(obj, env)
                                       ? NULL
                                       : "this configuration cannot be built",
                                  errp);
}

void sva_iommu_device_connect(Object *obj, SvaIommu *iommu, PCIBus *bus,
                              hwaddr base, uint64_t size)
{
    SvaPciFabric *fabric = &sva_iommu_device(obj)->fabric;

    sva_pci_fabric_attach(fabric, iommu);
    sva_pci_map_registers(fabric, object_get_typename(obj), base, size);
    pci_setup_iommu(bus, &sva_pci_iommu_ops, fabric);
}

/* -- reset -- */

/* In the last phase: functions have stopped their DMA in those before. */
static void reset_exit(Object *obj, ResetType type)
{
    SvaPciFabric *fabric = &sva_iommu_device(obj)->fabric;

    if (fabric->iommu) {
        sva_pci_lock(fabric);
        ops_of(obj)->reset(obj);
        sva_pci_post_reset(fabric);
        sva_pci_unlock(fabric);
    }
}

/* -- migration -- */

int sva_iommu_device_pre_save(void *opaque)
{
    SvaIommuDevice *device = sva_iommu_device(opaque);

    device->saved = g_malloc0(ops_of(opaque)->saved_size);
    sva_pci_lock(&device->fabric);
    ops_of(opaque)->save(opaque, device->saved);
    sva_pci_unlock(&device->fabric);
    return 0;
}

int sva_iommu_device_post_save(void *opaque)
{
    g_clear_pointer(&sva_iommu_device(opaque)->saved, g_free);
    return 0;
}

int sva_iommu_device_pre_load(void *opaque)
{
    SvaIommuDevice *device = sva_iommu_device(opaque);

    g_free(device->saved);      /* of a stream that ended early */
    device->saved = g_malloc0(ops_of(opaque)->saved_size);
    return 0;
}

int sva_iommu_device_post_load(void *opaque, int version)
{
    SvaIommuDevice *device = sva_iommu_device(opaque);
    const char *problem;

    sva_pci_lock(&device->fabric);
    problem = ops_of(opaque)->load(opaque, device->saved);
    sva_pci_unlock(&device->fabric);
    g_clear_pointer(&device->saved, g_free);
    if (problem) {
        error_report("%s: %s", object_get_typename(opaque), problem);
        return -EINVAL;
    }
    return 0;
}

/* -- class -- */

void sva_iommu_device_class_init(ObjectClass *klass,
                                 const SvaIommuDeviceOps *ops)
{
    SVA_IOMMU_CLASS(klass)->ops = ops;
    RESETTABLE_CLASS(klass)->phases.exit = reset_exit;
    sva_iommu_stats_add(klass, &ops->stats);
}

static const TypeInfo iommu_types[] = {
    {
        .name = TYPE_SVA_IOMMU,
        .parent = TYPE_INTERFACE,
        .class_size = sizeof(SvaIommuClass),
    },
};

DEFINE_TYPES(iommu_types)

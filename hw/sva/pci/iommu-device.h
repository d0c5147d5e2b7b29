/*
 * What sva-vtd and sva-smmuv3 do alike as devices of QEMU
 *
 * Reset, migration, statistics, registers and the place on the PCI bus.  The
 * boards want the two to have different parents, so that this is an interface
 * and a state to embed, not an abstract class.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_PCI_IOMMU_DEVICE_H
#define HW_SVA_PCI_IOMMU_DEVICE_H

#include "hw/sva/compat.h"
#include "hw/sva/iommu.h"
#include "migration/vmstate.h"
#include "qom/object.h"
#include "fabric.h"
#include "iommu-stats.h"

#define TYPE_SVA_IOMMU "sva-iommu"

typedef struct SvaIommuClass SvaIommuClass;
DECLARE_CLASS_CHECKERS(SvaIommuClass, SVA_IOMMU, TYPE_SVA_IOMMU)

/*
 * @fabric: its @iommu is NULL until the device is realized
 * @saved:  state on its way into or out of a stream, else NULL
 */
typedef struct SvaIommuDevice {
    SvaPciFabric fabric;
    void *saved;
} SvaIommuDevice;

/*
 * What is different.  @reset, @save and @load run under the fabric's lock.
 *
 * @device: the state that @obj embeds
 * @create: make the model that the properties ask for; false: it cannot be made
 * @save, @load: the state of the model, @saved_size bytes; @load returns NULL,
 *          or why it cannot be taken
 */
typedef struct SvaIommuDeviceOps {
    SvaIommuDevice *(*device)(Object *obj);
    bool (*create)(Object *obj, SvaEnv *env);
    void (*reset)(Object *obj);
    size_t saved_size;
    void (*save)(Object *obj, void *saved);
    const char *(*load)(Object *obj, const void *saved);
    SvaIommuStats stats;
} SvaIommuDeviceOps;

struct SvaIommuClass {
    InterfaceClass parent_class;
    const SvaIommuDeviceOps *ops;
};

static inline SvaIommuDevice *sva_iommu_device(Object *obj)
{
    return SVA_IOMMU_GET_CLASS(obj)->ops->device(obj);
}

/* What is alike in the class: reset and statistics. */
void sva_iommu_device_class_init(ObjectClass *klass,
                                 const SvaIommuDeviceOps *ops);

/* -- realize -- */

/* Are the properties right?  If not, @problem says what is wrong. */
bool sva_iommu_device_check(Object *obj, const char *problem, Error **errp);
/* Make the fabric, with or without @window, and the model. */
bool sva_iommu_device_create(Object *obj, const SvaPciMsiWindow *window,
                             Error **errp);
/* @iommu serves @bus; its registers are @size bytes at @base. */
void sva_iommu_device_connect(Object *obj, SvaIommu *iommu, PCIBus *bus,
                              hwaddr base, uint64_t size);

/* -- properties -- */

/* Fields of the model's configuration @config, which has their defaults. */
#define SVA_IOMMU_BOOL(_name, _state, _field)                           \
    DEFINE_PROP(_name, _state, config._field, qdev_prop_bool, bool)
#define SVA_IOMMU_NUMBER(_name, _state, _field, _width)                 \
    DEFINE_PROP_UNSIGNED_NODEFAULT(_name, _state, config._field,        \
                                   qdev_prop_uint##_width,              \
                                   uint##_width##_t)

static inline bool sva_iommu_is_on(OnOffAuto value, bool if_auto)
{
    return value == ON_OFF_AUTO_AUTO ? if_auto : value == ON_OFF_AUTO_ON;
}

/* -- migration -- */

int sva_iommu_device_pre_save(void *opaque);
int sva_iommu_device_post_save(void *opaque);
int sva_iommu_device_pre_load(void *opaque);
int sva_iommu_device_post_load(void *opaque, int version);

/*
 * VMStateDescription of device @_name, with the SvaIommuDevice @device in its
 * @_state: the model's state, as @_vmsd describes it.  It exists only on its
 * way into or out of the stream.
 */
#define SVA_IOMMU_DEVICE_VMSTATE(_name, _state, _vmsd) {                \
    .name = (_name),                                                    \
    .version_id = 1,                                                    \
    .minimum_version_id = 1,                                            \
    .priority = MIG_PRI_IOMMU,                                          \
    .pre_save = sva_iommu_device_pre_save,                              \
    .post_save = sva_iommu_device_post_save,                            \
    .pre_load = sva_iommu_device_pre_load,                              \
    .post_load = sva_iommu_device_post_load,                            \
    .fields = (const VMStateField[]) {                                  \
        {                                                               \
            .name = "saved",                                            \
            .vmsd = &(_vmsd),                                           \
            .size = sizeof(void *),                                     \
            .flags = VMS_STRUCT | VMS_POINTER,                          \
            .offset = offsetof(_state, device.saved),                   \
        },                                                              \
        VMSTATE_END_OF_LIST()                                           \
    },                                                                  \
}

#endif

/*
 * The DMA address spaces of the functions behind an IOMMU
 *
 * A space is an object, which owns its memory regions: as long as a memory map
 * has one of them in it, the space stays.  When its bus is unplugged the space
 * leaves the table and translates nothing any more.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/pci/pci_bridge.h"
#include "hw/pci/pcie.h"
#include "hw/sva/event.h"
#include "iommu-call.h"
#include "listener.h"
#include "space.h"
#include "space-regions.h"

SvaPciFabric *sva_pci_space_fabric(Object *obj)
{
    Object *space = obj ? object_dynamic_cast(obj, TYPE_SVA_PCI_SPACE) : NULL;

    return space ? SVA_PCI_SPACE(space)->fabric : NULL;
}

static guint space_hash(gconstpointer v)
{
    const SvaPciSpace *space = v;

    return g_direct_hash(space->bus) ^ space->devfn ^ (guint)space->rid << 8;
}

static gboolean space_equal(gconstpointer a, gconstpointer b)
{
    const SvaPciSpace *x = a, *y = b;

    return x->bus == y->bus && x->devfn == y->devfn && x->rid == y->rid;
}

static void space_set_bus(SvaPciSpace *space, PCIBus *bus)
{
    space->bus = bus;
    if (bus && pci_bus_is_root(bus)) {
        space->bus_number = pci_bus_num(bus);
    } else if (bus) {
        space->bridge = PCI_DEVICE(object_ref(OBJECT(bus->parent_dev)));
    }
}

static SvaPciSpace *space_get(SvaPciFabric *fabric, const SvaPciSpace *key)
{
    SvaPciSpace *space = g_hash_table_lookup(fabric->spaces, key);
    g_autofree char *name = NULL;

    if (space) {
        return space;
    }
    space = SVA_PCI_SPACE(object_new(TYPE_SVA_PCI_SPACE));
    space->fabric = fabric;
    space_set_bus(space, key->bus);
    space->devfn = key->devfn;
    space->rid = key->rid;
    name = key->bus ? g_strdup_printf("sva-%02x.%x", PCI_SLOT(key->devfn),
                                      PCI_FUNC(key->devfn))
                    : g_strdup_printf("sva-rid-%04x", key->rid);
    sva_pci_space_regions_init(space, name);
    address_space_init(&space->as, &space->root, name);
    g_hash_table_add(fabric->spaces, space);
    return space;
}

SvaPciSpace *sva_pci_space(SvaPciFabric *fabric, PCIBus *bus, int devfn)
{
    SvaPciSpace key = { .bus = bus, .devfn = devfn };

    return space_get(fabric, &key);
}

AddressSpace *sva_pci_platform_space(SvaPciFabric *fabric, uint16_t rid)
{
    SvaPciSpace key = { .rid = rid };

    return &space_get(fabric, &key)->as;
}

SvaPciSpace *sva_pci_space_find(const SvaPciFabric *fabric,
                                uint16_t rid)
{
    GHashTableIter iter;
    gpointer key;

    g_hash_table_iter_init(&iter, fabric->spaces);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        SvaPciSpace *space = key;

        if (space->bus && space->bus->devices[space->devfn] &&
            sva_pci_space_rid(space) == rid) {
            return space;
        }
    }
    return NULL;
}

GPtrArray *sva_pci_spaces_with_copies(const SvaPciFabric *fabric)
{
    GPtrArray *spaces = g_ptr_array_new_with_free_func(object_unref);
    GHashTableIter iter;
    gpointer key;

    g_hash_table_iter_init(&iter, fabric->spaces);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        SvaPciSpace *space = key;

        if (space->dma.iommu_notify_flags & IOMMU_NOTIFIER_UNMAP) {
            g_ptr_array_add(spaces, object_ref(OBJECT(space)));
        }
    }
    return spaces;
}

/* -- events -- */

static bool is_enabled(PCIDevice *dev, uint16_t id, unsigned reg,
                       uint16_t bit)
{
    uint16_t cap = pci_is_express(dev) ? pcie_find_capability(dev, id) : 0;

    return cap && pci_get_word(dev->config + cap + reg) & bit;
}

bool sva_pci_ats_enabled(PCIDevice *dev)
{
    return is_enabled(dev, PCI_EXT_CAP_ID_ATS, PCI_ATS_CTRL,
                      PCI_ATS_CTRL_ENABLE);
}

void sva_pci_space_announce(SvaPciSpace *space)
{
    PCIDevice *dev = space->bus ? space->bus->devices[space->devfn] : NULL;
    bool ats = dev && sva_pci_ats_enabled(dev);
    bool pri = dev && is_enabled(dev, PCI_EXT_CAP_ID_PRI, PCI_PRI_CTRL,
                                 PCI_PRI_CTRL_ENABLE);

    if (ats != space->ats || pri != space->pri) {
        space->ats = ats;
        space->pri = pri;
        sva_emit(&space->fabric->env.env, .kind = SVA_EV_FUNCTION,
                 .rid = sva_pci_space_rid(space),
                 .function = { .ats = ats, .pri = pri });
    }
}

/* -- unplug -- */

static gboolean space_leave(gpointer key, gpointer value, gpointer opaque)
{
    SvaPciSpace *space = key;
    PCIBus *bus = opaque;

    if (space->bus != bus) {
        return false;
    }
    sva_pci_lock(space->fabric);
    qatomic_set(&space->gone, true);
    sva_pci_unlock(space->fabric);
    sva_pci_unlisten_all(space);
    address_space_destroy(&space->as);
    sva_pci_space_regions_remove(space);
    object_unref(OBJECT(space));
    return true;
}

static void device_gone(DeviceListener *listener, DeviceState *dev)
{
    SvaPciFabric *fabric = container_of(listener, SvaPciFabric, unplugs);
    SvaPciSpace key = { .rid = 0 }, *space;
    PCIDevice *pci =
        (PCIDevice *)object_dynamic_cast(OBJECT(dev), TYPE_PCI_DEVICE);

    if (!pci) {
        return;
    }
    /* With its PASID disabled a function cannot unregister its listeners. */
    key.bus = pci_get_bus(pci);
    key.devfn = pci->devfn;
    space = g_hash_table_lookup(fabric->spaces, &key);
    if (space) {
        sva_pci_unlisten_all(space);
    }
    if (IS_PCI_BRIDGE(pci)) {
        g_hash_table_foreach_remove(fabric->spaces, space_leave,
                                    pci_bridge_get_sec_bus(PCI_BRIDGE(pci)));
    }
}

void sva_pci_spaces_init(SvaPciFabric *fabric)
{
    fabric->spaces = g_hash_table_new(space_hash, space_equal);
    fabric->unplugs.unrealize = device_gone;
    device_listener_register(&fabric->unplugs);
}

static void space_instance_init(Object *obj)
{
    QLIST_INIT(&SVA_PCI_SPACE(obj)->listeners);
}

static void space_instance_finalize(Object *obj)
{
    object_unref(OBJECT(SVA_PCI_SPACE(obj)->bridge));
}

static const TypeInfo space_types[] = {
    {
        .name = TYPE_SVA_PCI_SPACE,
        .parent = TYPE_OBJECT,
        .instance_size = sizeof(SvaPciSpace),
        .instance_init = space_instance_init,
        .instance_finalize = space_instance_finalize,
    },
};

DEFINE_TYPES(space_types)

/*
 * SvaPciSpace: the DMA address space of a function behind an IOMMU
 *
 * An object of its own, which owns the memory regions: whoever still reads a
 * map of memory with one of them in it keeps the space.  A space whose bus is
 * gone is in no table any more and translates nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "hw/pci/pci_bridge.h"
#include "iommu-call.h"
#include "listener.h"
#include "space.h"

#define TYPE_SVA_IOMMU_MEMORY_REGION "sva-iommu-memory-region"

SvaPciFabric *sva_pci_space_fabric(Object *obj)
{
    Object *space = obj ? object_dynamic_cast(obj, TYPE_SVA_PCI_SPACE) : NULL;

    return space ? SVA_PCI_SPACE(space)->fabric : NULL;
}

uint16_t sva_pci_space_rid(const SvaPciSpace *space)
{
    return space->bus ? PCI_BUILD_BDF(pci_bus_num(space->bus), space->devfn)
                      : space->rid;
}

IOMMUAccessFlags sva_pci_perm(uint8_t access)
{
    return (access & SVA_READ ? IOMMU_RO : 0) |
           (access & SVA_WRITE ? IOMMU_WO : 0);
}

void sva_pci_entry_set(IOMMUTLBEntry *entry, uint64_t iova, uint64_t pa,
                       uint64_t mask)
{
    entry->iova = iova & ~mask;
    entry->translated_addr = pa & ~mask;
    entry->addr_mask = mask;
}

SvaRequest sva_pci_space_request(const SvaPciSpace *space, uint64_t addr,
                                 uint8_t access)
{
    return (SvaRequest) {
        .addr = addr,
        .pasid = SVA_NO_PASID,
        .rid = sva_pci_space_rid(space),
        .access = access,
        .at = SVA_AT_UNTRANSLATED,
    };
}

/* An iothread may be here while the main thread unplugs the bus. */
static void request_translation(SvaPciSpace *space, uint64_t addr,
                                uint8_t access, SvaTranslation *t)
{
    SvaPciFabric *fabric = space->fabric;
    SvaRequest req;

    sva_pci_lock_any(fabric);
    if (likely(!space->gone)) {
        req = sva_pci_space_request(space, addr, access);
        fabric->iommu->ops->translate(fabric->iommu, &req, t);
    }
    sva_pci_unlock_any(fabric);
}

static IOMMUTLBEntry space_translate(IOMMUMemoryRegion *mr, hwaddr addr,
                                     IOMMUAccessFlags flag, int iommu_idx)
{
    SvaPciSpace *space = container_of(mr, SvaPciSpace, dma);
    IOMMUTLBEntry entry = { .target_as = &address_space_memory };
    uint8_t access = (flag & IOMMU_RO ? SVA_READ : 0) |
                     (flag & IOMMU_WO ? SVA_WRITE : 0);
    SvaTranslation t = { .outcome = SVA_ABORT };

    sva_pci_entry_set(&entry, addr, addr, SVA_PAGE_SIZE - 1);
    if (!access) {
        return entry;           /* a question, not a request */
    }
    request_translation(space, addr, access, &t);
    if (t.outcome == SVA_OK) {
        sva_pci_entry_set(&entry, addr, t.addr, t.mask);
        entry.perm = sva_pci_perm(t.access);
    } else if (t.outcome == SVA_RAZ_WI) {
        /* Some look at the address alone: one where no memory is. */
        entry.target_as = &space->fabric->raz_wi;
        entry.translated_addr |= 1ull << 63;
        entry.perm = sva_pci_perm(access);
    }
    return entry;
}

/*
 * The models announce no new translations, so nobody may rely on being told of
 * them.  Who keeps copies is told when to forget them all.
 */
static int space_notify_flag_changed(IOMMUMemoryRegion *mr,
                                     IOMMUNotifierFlag old,
                                     IOMMUNotifierFlag new, Error **errp)
{
    SvaPciSpace *space = container_of(mr, SvaPciSpace, dma);
    SvaIommu *iommu = space->fabric->iommu;

    if (new & IOMMU_NOTIFIER_MAP) {
        error_setg(errp, "this IOMMU cannot report changed mappings; use the "
                   "stock intel-iommu for device assignment, or a device "
                   "with ATS (ats=on)");
        return -ENOTSUP;
    }
    iommu->fabric.copies += !!(new & IOMMU_NOTIFIER_UNMAP);
    iommu->fabric.copies -= !!(old & IOMMU_NOTIFIER_UNMAP);
    return 0;
}

static void iommu_memory_region_class_init(ObjectClass *klass,
                                           SVA_CLASS_CONST void *data)
{
    IOMMUMemoryRegionClass *imrc = IOMMU_MEMORY_REGION_CLASS(klass);

    imrc->translate = space_translate;
    imrc->notify_flag_changed = space_notify_flag_changed;
}

/* No interrupt request, and no memory either: the IOMMU reports it. */
static MemTxResult window_refuse(SvaPciSpace *space, hwaddr addr,
                                 uint8_t access)
{
    SvaTranslation t;

    request_translation(space, space->fabric->window->base + addr, access,
                        &t);
    return MEMTX_ERROR;
}

static MemTxResult window_read(void *opaque, hwaddr addr, uint64_t *data,
                               unsigned size, MemTxAttrs attrs)
{
    *data = UINT64_MAX;
    return window_refuse(opaque, addr, SVA_READ);
}

static MemTxResult window_write(void *opaque, hwaddr addr, uint64_t data,
                                unsigned size, MemTxAttrs attrs)
{
    SvaPciSpace *space = opaque;
    SvaPciFabric *fabric = space->fabric;
    const SvaPciMsiWindow *window = fabric->window;
    uint16_t rid;
    bool gone;

    if (size != sizeof(uint32_t) || addr & 3) {
        return window_refuse(space, addr, SVA_WRITE);
    }
    sva_pci_lock(fabric);
    gone = space->gone;
    rid = gone ? 0 : sva_pci_space_rid(space);
    sva_pci_unlock(fabric);
    return !gone && window->write(fabric->owner, rid, window->base + addr,
                                  data) ? MEMTX_OK : MEMTX_ERROR;
}

static const MemoryRegionOps window_ops = {
    .read_with_attrs = window_read,
    .write_with_attrs = window_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
    .impl = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
};

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

static void space_init_regions(SvaPciSpace *space, const char *name)
{
    const SvaPciMsiWindow *window = space->fabric->window;
    g_autofree char *dma_name = g_strconcat(name, "-dma", NULL);
    g_autofree char *window_name = g_strconcat(name, "-msi", NULL);

    memory_region_init(&space->root, OBJECT(space), name, UINT64_MAX);
    memory_region_init_iommu(&space->dma, sizeof(space->dma),
                             TYPE_SVA_IOMMU_MEMORY_REGION, OBJECT(space),
                             dma_name, UINT64_MAX);
    memory_region_add_subregion_overlap(&space->root, 0,
                                        MEMORY_REGION(&space->dma), 0);
    if (window) {
        memory_region_init_io(&space->window, OBJECT(space), &window_ops,
                              space, window_name, window->size);
        sva_region_without_bql(&space->window);
        memory_region_add_subregion_overlap(&space->root, window->base,
                                            &space->window, 1);
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
    space->bus = key->bus;
    space->devfn = key->devfn;
    space->rid = key->rid;
    name = key->bus ? g_strdup_printf("sva-%02x.%x", PCI_SLOT(key->devfn),
                                      PCI_FUNC(key->devfn))
                    : g_strdup_printf("sva-rid-%04x", key->rid);
    space_init_regions(space, name);
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

/* -- unplug: nothing is known any more of what is gone -- */

static gboolean space_leave(gpointer key, gpointer value, gpointer opaque)
{
    SvaPciSpace *space = key;
    PCIBus *bus = opaque;

    if (space->bus != bus) {
        return false;
    }
    sva_pci_lock(space->fabric);
    space->gone = true;
    space->bus = NULL;
    sva_pci_unlock(space->fabric);
    sva_pci_unlisten_all(space);
    address_space_destroy(&space->as);
    memory_region_del_subregion(&space->root, MEMORY_REGION(&space->dma));
    if (space->fabric->window) {
        memory_region_del_subregion(&space->root, &space->window);
    }
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
    /* QEMU lets a function unregister no listener while its PASID is off. */
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

static const TypeInfo space_types[] = {
    {
        .name = TYPE_SVA_PCI_SPACE,
        .parent = TYPE_OBJECT,
        .instance_size = sizeof(SvaPciSpace),
        .instance_init = space_instance_init,
    }, {
        .name = TYPE_SVA_IOMMU_MEMORY_REGION,
        .parent = TYPE_IOMMU_MEMORY_REGION,
        .class_init = iommu_memory_region_class_init,
    },
};

DEFINE_TYPES(space_types)

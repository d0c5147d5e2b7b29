/*
 * The memory regions of a DMA address space: translated memory, and the window
 * of interrupt requests in it
 *
 * QEMU's own DMA functions come this way; they carry no PASID.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "iommu-call.h"
#include "space-regions.h"

#define TYPE_SVA_IOMMU_MEMORY_REGION "sva-iommu-memory-region"

/*
 * Is there a cache that has the answer?  In any thread; what makes the RAM that
 * it leads to stay is that QEMU asks in a read section of RCU.
 */
static bool find_hit(SvaPciSpace *space, uint64_t addr, uint8_t access,
                     SvaHit *hit)
{
    SvaPciFabric *fabric = space->fabric;
    SvaRequest req = sva_pci_space_request(space, addr, access);

    if (unlikely(qatomic_read(&space->gone) ||
                 !sva_pci_iommu_peek(fabric, &req, hit))) {
        return false;
    }
    sva_pci_hits_add(&fabric->hits, hit->kind);
    return true;
}

/*
 * An iothread may be here while the main thread unplugs the bus.
 *
 * @peeked: as in SvaRequest
 */
static void request_translation(SvaPciSpace *space, uint64_t addr,
                                uint8_t access, bool peeked,
                                SvaTranslation *t)
{
    SvaPciFabric *fabric = space->fabric;
    SvaRequest req;

    sva_pci_lock(fabric);
    if (likely(!space->gone)) {
        req = sva_pci_space_request(space, addr, access);
        req.peeked = peeked && fabric->iommu->ops->peek;
        fabric->iommu->ops->translate(fabric->iommu, &req, t);
    }
    sva_pci_unlock(fabric);
}

static IOMMUTLBEntry space_translate(IOMMUMemoryRegion *mr, hwaddr addr,
                                     IOMMUAccessFlags flag, int iommu_idx)
{
    SvaPciSpace *space = container_of(mr, SvaPciSpace, dma);
    IOMMUTLBEntry entry = { .target_as = &address_space_memory };
    uint8_t access = (flag & IOMMU_RO ? SVA_READ : 0) |
                     (flag & IOMMU_WO ? SVA_WRITE : 0);
    SvaTranslation t = { .outcome = SVA_ABORT };
    SvaHit hit;

    sva_pci_entry_set(&entry, addr, addr, SVA_PAGE_SIZE - 1);
    if (!access) {
        return entry;           /* a query, not an access */
    }
    if (likely(find_hit(space, addr, access, &hit))) {
        sva_pci_entry_set(&entry, addr, hit.addr, hit.mask);
        entry.perm = sva_pci_perm(hit.access);
        return entry;
    }
    request_translation(space, addr, access, true, &t);
    if (t.outcome == SVA_OK) {
        sva_pci_entry_set(&entry, addr, t.map.addr, t.map.mask);
        entry.perm = sva_pci_perm(t.map.access);
    } else if (t.outcome == SVA_RAZ_WI) {
        /* Some callers use the address only: give one that is not memory. */
        entry.target_as = &space->fabric->raz_wi;
        entry.translated_addr |= 1ull << 63;
        entry.perm = sva_pci_perm(access);
    }
    return entry;
}

/*
 * The models do not report new translations, so refuse notifiers that rely on
 * that.  Those that keep copies are notified when to drop all of them.
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

/* Not an interrupt request, and no memory either: the IOMMU reports a fault. */
static MemTxResult window_refuse(SvaPciSpace *space, hwaddr addr,
                                 uint8_t access)
{
    SvaTranslation t;

    request_translation(space, space->fabric->window->base + addr, access,
                        false, &t);
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

void sva_pci_space_regions_init(SvaPciSpace *space, const char *name)
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

void sva_pci_space_regions_remove(SvaPciSpace *space)
{
    memory_region_del_subregion(&space->root, MEMORY_REGION(&space->dma));
    if (space->fabric->window) {
        memory_region_del_subregion(&space->root, &space->window);
    }
}

static const TypeInfo region_types[] = {
    {
        .name = TYPE_SVA_IOMMU_MEMORY_REGION,
        .parent = TYPE_IOMMU_MEMORY_REGION,
        .class_init = iommu_memory_region_class_init,
    },
};

DEFINE_TYPES(region_types)

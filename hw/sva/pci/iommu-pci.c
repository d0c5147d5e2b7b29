/*
 * DMA address spaces of the functions behind a SvaIommu, and QEMU's public
 * PCI IOMMU operations
 *
 * Any endpoint model that uses pci_dma_*() or QEMU's ATS/PRI calls works
 * behind our IOMMUs through this file; what those calls cannot say goes
 * through SvaPort.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/main-loop.h"
#include "qapi/error.h"
#include "hw/sva/iommu-qom.h"
#include "fabric.h"

#define TYPE_SVA_IOMMU_MEMORY_REGION "sva-iommu-memory-region"

uint16_t sva_pci_space_rid(const SvaPciSpace *space)
{
    return space->bus ? PCI_BUILD_BDF(pci_bus_num(space->bus), space->devfn)
                      : space->rid;
}

static SvaRequest space_request(const SvaPciSpace *space, uint64_t addr,
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

/* Rights as QEMU writes them down. */
static IOMMUAccessFlags access_to_perm(uint8_t access)
{
    return (access & SVA_READ ? IOMMU_RO : 0) |
           (access & SVA_WRITE ? IOMMU_WO : 0);
}

static void entry_set(IOMMUTLBEntry *entry, uint64_t iova, uint64_t pa,
                      uint64_t mask)
{
    entry->iova = iova & ~mask;
    entry->translated_addr = pa & ~mask;
    entry->addr_mask = mask;
}

/*
 * Without the BQL nobody may hear of events: listeners are not prepared for
 * it.  Faults are recorded as ever.
 */
static void space_request_translation(SvaPciFabric *fabric,
                                      const SvaRequest *req,
                                      SvaTranslation *t)
{
    SvaEventBus *bus;

    sva_pci_lock(fabric);
    bus = fabric->env.env.bus;
    if (unlikely(!bql_locked())) {
        fabric->env.env.bus = NULL;
    }
    fabric->iommu->ops->translate(fabric->iommu, req, t);
    fabric->env.env.bus = bus;
    sva_pci_unlock(fabric);
}

static IOMMUTLBEntry space_translate(IOMMUMemoryRegion *mr, hwaddr addr,
                                     IOMMUAccessFlags flag, int iommu_idx)
{
    SvaPciSpace *space = container_of(mr, SvaPciSpace, dma);
    IOMMUTLBEntry entry = { .target_as = &address_space_memory };
    SvaRequest req = space_request(space, addr,
                                   (flag & IOMMU_RO ? SVA_READ : 0) |
                                   (flag & IOMMU_WO ? SVA_WRITE : 0));
    SvaTranslation t = { .outcome = SVA_ABORT };

    entry_set(&entry, addr, addr, SVA_PAGE_SIZE - 1);
    if (!req.access) {
        return entry;           /* a question, not a request */
    }
    space_request_translation(space->fabric, &req, &t);
    if (t.outcome == SVA_OK) {
        entry_set(&entry, addr, t.addr, t.mask);
        entry.perm = access_to_perm(t.access);
    } else if (t.outcome == SVA_RAZ_WI) {
        entry.target_as = &space->fabric->nowhere;
        entry.perm = access_to_perm(req.access);
    }
    return entry;
}

static uint64_t nowhere_read(void *opaque, hwaddr addr, unsigned size)
{
    return 0;
}

static void nowhere_write(void *opaque, hwaddr addr, uint64_t data,
                          unsigned size)
{
}

static const MemoryRegionOps nowhere_ops = {
    .read = nowhere_read,
    .write = nowhere_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
    .impl = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
};

/*
 * The models announce no changes of translations but those sent to the
 * function's own ATC, so nobody may rely on being told of others.
 */
static int space_notify_flag_changed(IOMMUMemoryRegion *mr,
                                     IOMMUNotifierFlag old,
                                     IOMMUNotifierFlag new, Error **errp)
{
    if (new & ~IOMMU_NOTIFIER_DEVIOTLB_UNMAP) {
        error_setg(errp, "this IOMMU cannot report changed mappings; use the "
                   "stock intel-iommu for device assignment, or a device "
                   "with ATS (ats=on)");
        return -ENOTSUP;
    }
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
    SvaRequest req = space_request(space, space->fabric->window->base + addr,
                                   access);
    SvaTranslation t;

    space_request_translation(space->fabric, &req, &t);
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
    const SvaPciMsiWindow *window = space->fabric->window;

    if (size != sizeof(uint32_t) || addr & 3) {
        return window_refuse(space, addr, SVA_WRITE);
    }
    return window->write(space->fabric->owner, sva_pci_space_rid(space),
                         window->base + addr, data)
           ? MEMTX_OK : MEMTX_ERROR;
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

static void space_add_window(SvaPciSpace *space, const char *name)
{
    const SvaPciMsiWindow *window = space->fabric->window;
    g_autofree char *window_name = g_strconcat(name, "-msi", NULL);

    memory_region_init_io(&space->window, space->fabric->owner, &window_ops,
                          space, window_name, window->size);
    /*
     * Functions send interrupts from within register writes of the IOMMU,
     * which owns this region; its handler never comes back to a device.
     */
    space->window.disable_reentrancy_guard = true;
    memory_region_add_subregion_overlap(&space->root, window->base,
                                        &space->window, 1);
}

static SvaPciSpace *space_get(SvaPciFabric *fabric, const SvaPciSpace *key)
{
    SvaPciSpace *space = g_hash_table_lookup(fabric->spaces, key);
    g_autofree char *name = NULL, *dma_name = NULL;

    if (space) {
        return space;
    }
    space = g_new0(SvaPciSpace, 1);
    space->fabric = fabric;
    space->bus = key->bus;
    space->devfn = key->devfn;
    space->rid = key->rid;
    QLIST_INIT(&space->listeners);
    name = key->bus ? g_strdup_printf("sva-%02x.%x", PCI_SLOT(key->devfn),
                                      PCI_FUNC(key->devfn))
                    : g_strdup_printf("sva-rid-%04x", key->rid);
    dma_name = g_strconcat(name, "-dma", NULL);
    memory_region_init(&space->root, fabric->owner, name, UINT64_MAX);
    memory_region_init_iommu(&space->dma, sizeof(space->dma),
                             TYPE_SVA_IOMMU_MEMORY_REGION, fabric->owner,
                             dma_name, UINT64_MAX);
    memory_region_add_subregion_overlap(&space->root, 0,
                                        MEMORY_REGION(&space->dma), 0);
    if (fabric->window) {
        space_add_window(space, name);
    }
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

SvaEnv *sva_pci_fabric_init(SvaPciFabric *fabric, Object *owner,
                            const SvaPciMsiWindow *window)
{
    fabric->owner = owner;
    fabric->window = window;
    fabric->spaces = g_hash_table_new(space_hash, space_equal);
    qemu_rec_mutex_init(&fabric->lock);
    memory_region_init_io(&fabric->nowhere_mr, owner, &nowhere_ops, NULL,
                          "sva-nowhere", UINT64_MAX);
    fabric->nowhere_mr.disable_reentrancy_guard = true;
    address_space_init(&fabric->nowhere, &fabric->nowhere_mr, "sva-nowhere");
    sva_env_device_init(&fabric->env, owner, &fabric->lock);
    return &fabric->env.env;
}

void sva_pci_fabric_attach(SvaPciFabric *fabric, SvaIommu *iommu)
{
    fabric->iommu = iommu;
    iommu->fabric = fabric;
    iommu->fabric_ops = &sva_pci_fabric_ops;
}

static uint64_t fabric_reg_read(void *opaque, hwaddr addr, unsigned size)
{
    SvaPciFabric *fabric = opaque;
    uint64_t val;

    sva_pci_lock(fabric);
    val = fabric->iommu->ops->mmio_read(fabric->iommu, addr, size);
    sva_pci_unlock(fabric);
    return val;
}

static void fabric_reg_write(void *opaque, hwaddr addr, uint64_t val,
                             unsigned size)
{
    SvaPciFabric *fabric = opaque;

    sva_pci_lock(fabric);
    fabric->iommu->ops->mmio_write(fabric->iommu, addr, val, size);
    sva_pci_unlock(fabric);
}

/* The model says what becomes of sizes and offsets that are not allowed. */
static const MemoryRegionOps fabric_reg_ops = {
    .read = fabric_reg_read,
    .write = fabric_reg_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
    .impl = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
};

void sva_pci_map_registers(SvaPciFabric *fabric, const char *name,
                           hwaddr base, uint64_t size)
{
    memory_region_init_io(&fabric->regs, fabric->owner, &fabric_reg_ops,
                          fabric, name, size);
    memory_region_add_subregion(get_system_memory(), base, &fabric->regs);
}

static AddressSpace *ops_get_address_space(PCIBus *bus, void *opaque,
                                           int devfn)
{
    return &sva_pci_space(opaque, bus, devfn)->as;
}

#if SVA_HAVE_PCI_ATS
static void ops_get_iotlb_info(void *opaque, uint8_t *addr_width,
                               uint32_t *min_page_size)
{
    *addr_width = 57;           /* five levels of first-stage tables */
    *min_page_size = SVA_PAGE_SIZE;
}

static void ops_init_iotlb_notifier(PCIBus *bus, void *opaque, int devfn,
                                    IOMMUNotifier *n, IOMMUNotify fn,
                                    void *user_opaque)
{
    n->opaque = user_opaque;
    iommu_notifier_init(n, fn, IOMMU_NOTIFIER_DEVIOTLB_EVENTS, 0, HWADDR_MAX,
                        0);
}

static void ops_register_iotlb_notifier(PCIBus *bus, void *opaque, int devfn,
                                        uint32_t pasid, IOMMUNotifier *n)
{
    sva_pci_listen_iotlb(sva_pci_space(opaque, bus, devfn), pasid, n);
}

static void ops_unregister_iotlb_notifier(PCIBus *bus, void *opaque,
                                          int devfn, uint32_t pasid,
                                          IOMMUNotifier *n)
{
    sva_pci_unlisten_iotlb(sva_pci_space(opaque, bus, devfn), n);
}

static void ops_pri_register_notifier(PCIBus *bus, void *opaque, int devfn,
                                      uint32_t pasid, IOMMUPRINotifier *n)
{
    sva_pci_listen_pri(sva_pci_space(opaque, bus, devfn), pasid, n);
}

static void ops_pri_unregister_notifier(PCIBus *bus, void *opaque, int devfn,
                                        uint32_t pasid)
{
    sva_pci_listen_pri(sva_pci_space(opaque, bus, devfn), pasid, NULL);
}

static IOMMUTLBEntry ats_entry(const SvaRequest *req,
                               const SvaAtsCompletion *c)
{
    IOMMUTLBEntry entry = {
        .target_as = &address_space_memory,
        .pasid = req->pasid.valid ? req->pasid.id : PCI_NO_PASID,
    };

    entry_set(&entry, req->addr, req->addr, SVA_PAGE_SIZE - 1);
    if (c->status == SVA_ATS_SUCCESS &&
        (c->access & (SVA_READ | SVA_WRITE))) {
        entry_set(&entry, req->addr, c->addr, c->mask);
        entry.perm = access_to_perm(c->access) |
                     (c->access & SVA_EXEC ? IOMMU_EXEC : 0) |
                     (c->access & SVA_PRIV ? IOMMU_PRIV : 0) |
                     (c->untranslated_only ? IOMMU_UNTRANSLATED_ONLY : 0);
    }
    return entry;
}

static ssize_t ops_ats_request(PCIBus *bus, void *opaque, int devfn,
                               uint32_t pasid, bool priv_req, bool exec_req,
                               hwaddr addr, size_t length, bool no_write,
                               IOMMUTLBEntry *result, size_t result_length,
                               uint32_t *err_count)
{
    SvaPciFabric *fabric = opaque;
    SvaRequest req = space_request(
        sva_pci_space(fabric, bus, devfn), addr,
        SVA_READ | (no_write ? 0 : SVA_WRITE) | (exec_req ? SVA_EXEC : 0) |
        (priv_req ? SVA_PRIV : 0));
    hwaddr last = addr + length - 1;
    SvaAtsCompletion c;
    size_t n = 0;

    req.pasid = sva_pasid_from_pci(pasid);
    req.at = SVA_AT_TRANSLATION;
    *err_count = 0;
    if (!length || last < addr) {
        return 0;
    }
    for (;;) {
        if (n == result_length) {
            return -ENOMEM;
        }
        sva_pci_lock(fabric);
        fabric->iommu->ops->ats_request(fabric->iommu, &req, &c);
        sva_pci_unlock(fabric);
        if (c.status != SVA_ATS_SUCCESS ||
            (c.access & req.access) != req.access) {
            (*err_count)++;
        }
        result[n] = ats_entry(&req, &c);
        req.addr = result[n].iova + result[n].addr_mask;
        n++;
        if (req.addr >= last) {
            return n;
        }
        req.addr++;
    }
}

static int ops_pri_request_page(PCIBus *bus, void *opaque, int devfn,
                                uint32_t pasid, bool priv_req, bool exec_req,
                                hwaddr addr, bool lpig, uint16_t prgi,
                                bool is_read, bool is_write)
{
    SvaPciFabric *fabric = opaque;
    SvaPageRequest req = {
        .addr = addr & SVA_PAGE_MASK,
        .pasid = sva_pasid_from_pci(pasid),
        .rid = sva_pci_space_rid(sva_pci_space(fabric, bus, devfn)),
        .prgi = prgi,
        .access = (is_read ? SVA_READ : 0) | (is_write ? SVA_WRITE : 0) |
                  (exec_req ? SVA_EXEC : 0) | (priv_req ? SVA_PRIV : 0),
        .last = lpig,
    };

    if (prgi >= SVA_PRGI_COUNT) {
        return -EINVAL;
    }
    sva_pci_lock(fabric);
    fabric->iommu->ops->page_request(fabric->iommu, &req);
    sva_pci_unlock(fabric);
    return 0;
}
#endif

const PCIIOMMUOps sva_pci_iommu_ops = {
    .get_address_space = ops_get_address_space,
#if SVA_HAVE_PCI_ATS
    .get_iotlb_info = ops_get_iotlb_info,
    .init_iotlb_notifier = ops_init_iotlb_notifier,
    .register_iotlb_notifier = ops_register_iotlb_notifier,
    .unregister_iotlb_notifier = ops_unregister_iotlb_notifier,
    .ats_request_translation = ops_ats_request,
    .pri_register_notifier = ops_pri_register_notifier,
    .pri_unregister_notifier = ops_pri_unregister_notifier,
    .pri_request_page = ops_pri_request_page,
#endif
};

static const TypeInfo iommu_types[] = {
    {
        .name = TYPE_SVA_IOMMU,
        .parent = TYPE_INTERFACE,
        .class_size = sizeof(SvaIommuClass),
    }, {
        .name = TYPE_SVA_IOMMU_MEMORY_REGION,
        .parent = TYPE_IOMMU_MEMORY_REGION,
        .class_init = iommu_memory_region_class_init,
    },
};

DEFINE_TYPES(iommu_types)

/*
 * The PCI side of an IOMMU: its registers, and QEMU's public PCI IOMMU
 * operations
 *
 * Any endpoint model that uses pci_dma_*() or QEMU's ATS/PRI calls works
 * behind our IOMMUs through this file; what those calls cannot say goes
 * through SvaPort.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "fabric.h"

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

SvaEnv *sva_pci_fabric_init(SvaPciFabric *fabric, Object *owner,
                            const SvaPciMsiWindow *window)
{
    fabric->owner = owner;
    fabric->window = window;
    sva_pci_spaces_init(fabric);
    sva_pci_post_init(fabric);
    qemu_rec_mutex_init(&fabric->lock);
    memory_region_init_io(&fabric->nowhere_mr, owner, &nowhere_ops, NULL,
                          "sva-nowhere", UINT64_MAX);
    sva_region_without_bql(&fabric->nowhere_mr);
    address_space_init(&fabric->nowhere, &fabric->nowhere_mr, "sva-nowhere");
    sva_env_device_init(&fabric->env, owner, &fabric->lock);
    fabric->bus = fabric->env.env.bus;
    return &fabric->env.env;
}

void sva_pci_fabric_attach(SvaPciFabric *fabric, SvaIommu *iommu)
{
    fabric->iommu = iommu;
    iommu->fabric.opaque = fabric;
    iommu->fabric.ops = &sva_pci_fabric_ops;
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
    if (unlikely(fabric->iommu->fabric.copies)) {
        /* It may have been anything, also what no wait will follow. */
        sva_pci_post_forget(fabric, 0);
    }
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

    sva_pci_entry_set(&entry, req->addr, req->addr, SVA_PAGE_SIZE - 1);
    if (c->status == SVA_ATS_SUCCESS &&
        (c->access & (SVA_READ | SVA_WRITE))) {
        sva_pci_entry_set(&entry, req->addr, c->addr, c->mask);
        entry.perm = sva_pci_perm(c->access) |
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
    SvaRequest req = sva_pci_space_request(
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

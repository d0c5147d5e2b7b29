/*
 * QEMU's public PCI IOMMU operations, served by an IOMMU of ours
 *
 * Any endpoint model that uses pci_dma_*() or QEMU's ATS/PRI calls works
 * behind our IOMMUs through this file; what those calls cannot say goes
 * through SvaPort.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/sva/event.h"
#include "iommu-call.h"
#include "listener.h"
#include "pci-iommu-ops.h"
#include "space.h"

static AddressSpace *ops_get_address_space(PCIBus *bus, void *opaque,
                                           int devfn)
{
    return &sva_pci_space(opaque, bus, devfn)->as;
}

#if SVA_HAVE_PCI_ATS
static void announce(SvaPciSpace *space)
{
    if (unlikely(sva_event_bus_listens(space->fabric->env.env.bus))) {
        sva_pci_lock(space->fabric);
        sva_pci_space_announce(space);
        sva_pci_unlock(space->fabric);
    }
}

static SvaPasid pasid_from_pci(uint32_t pasid)
{
    return pasid == PCI_NO_PASID ? SVA_NO_PASID : sva_pasid(pasid);
}

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
        (c->map.access & (SVA_READ | SVA_WRITE))) {
        sva_pci_entry_set(&entry, req->addr, c->map.addr, c->map.mask);
        entry.perm = sva_pci_perm(c->map.access) |
                     (c->map.access & SVA_EXEC ? IOMMU_EXEC : 0) |
                     (c->map.access & SVA_PRIV ? IOMMU_PRIV : 0) |
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

    announce(sva_pci_space(fabric, bus, devfn));
    req.pasid = pasid_from_pci(pasid);
    req.at = SVA_AT_TRANSLATION;
    *err_count = 0;
    if (!length || last < addr) {
        return 0;
    }
    for (;;) {
        if (n == result_length) {
            return -ENOMEM;
        }
        sva_pci_iommu_ats_request(fabric, &req, &c);
        if (c.status != SVA_ATS_SUCCESS ||
            (c.map.access & req.access) != req.access) {
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
        .pasid = pasid_from_pci(pasid),
        .rid = sva_pci_space_rid(sva_pci_space(fabric, bus, devfn)),
        .prgi = prgi,
        .access = (is_read ? SVA_READ : 0) | (is_write ? SVA_WRITE : 0) |
                  (exec_req ? SVA_EXEC : 0) | (priv_req ? SVA_PRIV : 0),
        .last = lpig,
    };

    if (prgi >= SVA_PRGI_COUNT) {
        return -EINVAL;
    }
    announce(sva_pci_space(fabric, bus, devfn));
    sva_pci_iommu_page_request(fabric, &req);
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

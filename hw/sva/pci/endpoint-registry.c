/*
 * From requester ID to function: messages that the IOMMU sends down
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/pci/pcie.h"
#include "fabric.h"

/*
 * Every port of the machine: few, and an IOMMU may be created after them, so
 * that which one they belong to is only known at run time.
 */
static QLIST_HEAD(, SvaPciPort) ports = QLIST_HEAD_INITIALIZER(ports);

void sva_pci_port_add(SvaPciPort *port)
{
    QLIST_INSERT_HEAD(&ports, port, next);
}

void sva_pci_port_remove(SvaPciPort *port)
{
    QLIST_REMOVE(port, next);
}

void sva_pci_foreach_stalling(SvaPciFabric *fabric,
                              void (*fn)(PCIDevice *dev, void *opaque),
                              void *opaque)
{
    SvaPciPort *port;

    QLIST_FOREACH(port, &ports, next) {
        if (port->port.client_ops->stall_end &&
            sva_pci_port_fabric(port) == fabric) {
            fn(port->dev, opaque);
        }
    }
}

static SvaPciPort *port_find(const SvaPciFabric *fabric, uint16_t rid)
{
    SvaPciPort *port;

    QLIST_FOREACH(port, &ports, next) {
        if (pci_requester_id(port->dev) == rid &&
            sva_pci_port_fabric(port) == fabric) {
            return port;
        }
    }
    return NULL;
}

static SvaPciSpace *space_find(const SvaPciFabric *fabric, uint16_t rid)
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

static bool ats_enabled(PCIDevice *dev)
{
    uint16_t cap = pci_is_express(dev)
                   ? pcie_find_capability(dev, PCI_EXT_CAP_ID_ATS) : 0;

    return cap && (pci_get_word(dev->config + cap + PCI_ATS_CTRL) &
                   PCI_ATS_CTRL_ENABLE);
}

static SvaPciListener *listener_find(SvaPciSpace *space, uint32_t pasid)
{
    SvaPciListener *l;

    QLIST_FOREACH(l, &space->listeners, next) {
        if (l->pasid == pasid) {
            return l;
        }
    }
    return NULL;
}

/* How many there are is the host's doing: one per PASID a model listens to. */
static SvaPciListener *listener_get(SvaPciSpace *space, uint32_t pasid)
{
    SvaPciListener *l = listener_find(space, pasid);

    if (!l) {
        l = g_new0(SvaPciListener, 1);
        l->pasid = pasid;
        QLIST_INIT(&l->iotlb);
        QLIST_INSERT_HEAD(&space->listeners, l, next);
    }
    return l;
}

static void listener_put(SvaPciListener *l)
{
    bool used = !QLIST_EMPTY(&l->iotlb);

#if SVA_HAVE_PCI_ATS
    used |= l->pri != NULL;
#endif
    if (!used) {
        QLIST_REMOVE(l, next);
        g_free(l);
    }
}

void sva_pci_unlisten_iotlb(SvaPciSpace *space, IOMMUNotifier *n)
{
    SvaPciListener *l, *next_l;
    IOMMUNotifier *at, *next_n;

    QLIST_FOREACH_SAFE(l, &space->listeners, next, next_l) {
        QLIST_FOREACH_SAFE(at, &l->iotlb, node, next_n) {
            if (at == n) {
                QLIST_REMOVE(n, node);
                listener_put(l);
                return;
            }
        }
    }
}

/*
 * QEMU lets nobody unregister a notifier of a PASID while the function's
 * PASID enable is off, so it may be here already.
 */
void sva_pci_listen_iotlb(SvaPciSpace *space, uint32_t pasid,
                          IOMMUNotifier *n)
{
    sva_pci_unlisten_iotlb(space, n);
    QLIST_INSERT_HEAD(&listener_get(space, pasid)->iotlb, n, node);
}

#if SVA_HAVE_PCI_ATS
void sva_pci_listen_pri(SvaPciSpace *space, uint32_t pasid,
                        IOMMUPRINotifier *n)
{
    SvaPciListener *l = listener_get(space, pasid);

    l->pri = n;
    listener_put(l);
}

static void listener_respond(SvaPciSpace *space, const SvaPageResponse *rsp)
{
    static const IOMMUPRIResponseCode codes[] = {
        [SVA_PRG_SUCCESS] = IOMMU_PRI_RESP_SUCCESS,
        [SVA_PRG_INVALID] = IOMMU_PRI_RESP_INVALID_REQUEST,
        [SVA_PRG_FAILURE] = IOMMU_PRI_RESP_FAILURE,
    };
    SvaPciListener *l = listener_find(space, rsp->pasid.valid
                                             ? rsp->pasid.id : PCI_NO_PASID);
    IOMMUPRIResponse response = {
        .response_code = codes[sva_prg_code(rsp->code)],
        .prgi = rsp->prgi,
    };

    if (l && l->pri) {
        l->pri->notify(l->pri, &response);
    }
}
#else
static void listener_respond(SvaPciSpace *space, const SvaPageResponse *rsp)
{
}
#endif

static bool listener_wants(const SvaPciListener *l,
                           const SvaAtcInvalidation *inv)
{
    if (l->pasid == PCI_NO_PASID) {
        return !inv->pasid.valid;
    }
    return inv->pasid.valid && (inv->global || l->pasid == inv->pasid.id);
}

/* Models that use QEMU's notifiers have flushed when the call returns. */
static void space_invalidate(SvaPciSpace *space,
                             const SvaAtcInvalidation *inv)
{
    IOMMUTLBEvent event = {
        .type = IOMMU_NOTIFIER_DEVIOTLB_UNMAP,
        .entry = {
            .target_as = &address_space_memory,
            .iova = inv->addr & ~inv->mask,
            .addr_mask = inv->mask,
            .perm = IOMMU_NONE,
        },
    };
    SvaPciListener *l, *next_l;
    IOMMUNotifier *n, *next_n;

#if SVA_HAVE_PCI_ATS
    event.entry.pasid = inv->pasid.valid ? inv->pasid.id : PCI_NO_PASID;
#endif
    QLIST_FOREACH_SAFE(l, &space->listeners, next, next_l) {
        if (!listener_wants(l, inv)) {
            continue;
        }
        QLIST_FOREACH_SAFE(n, &l->iotlb, node, next_n) {
            memory_region_notify_iommu_one(n, &event);
        }
    }
    if (!inv->pasid.valid) {
        memory_region_notify_iommu(&space->dma, 0, event);
    }
}

static bool fabric_atc_invalidate(void *opaque, const SvaAtcInvalidation *inv)
{
    SvaPciFabric *fabric = opaque;
    SvaPciPort *port = port_find(fabric, inv->rid);
    SvaPciSpace *space;

    if (port) {
        if (!ats_enabled(port->dev)) {
            return false;
        }
        port->port.client_ops->invalidate(port->port.client, inv);
        return true;
    }
    space = space_find(fabric, inv->rid);
    if (!space || !ats_enabled(space->bus->devices[space->devfn])) {
        return false;
    }
    space_invalidate(space, inv);
    fabric->iommu->ops->inval_done(fabric->iommu, inv->rid, inv->ticket);
    return true;
}

static void fabric_page_response(void *opaque, const SvaPageResponse *rsp)
{
    SvaPciFabric *fabric = opaque;
    SvaPciPort *port = port_find(fabric, rsp->rid);
    SvaPciSpace *space;

    if (port) {
        port->port.client_ops->page_response(port->port.client, rsp);
        return;
    }
    space = space_find(fabric, rsp->rid);
    if (space) {
        listener_respond(space, rsp);
    }
}

static bool fabric_stall_end(void *opaque, const SvaStallEnd *end)
{
    SvaPciPort *port = port_find(opaque, end->rid);

    return port && port->port.client_ops->stall_end &&
           port->port.client_ops->stall_end(port->port.client, end);
}

const SvaFabricOps sva_pci_fabric_ops = {
    .atc_invalidate = fabric_atc_invalidate,
    .page_response = fabric_page_response,
    .stall_end = fabric_stall_end,
};

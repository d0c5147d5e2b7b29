/*
 * The ports of the machine, and messages of an IOMMU to its functions
 *
 * A SvaPort gets them at once, see SvaPortClientOps for what it may do with
 * them; who uses QEMU's public calls gets them later, see post.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/pci/pci_bridge.h"
#include "hw/pci/pci_bus.h"
#include "ports.h"
#include "post.h"
#include "space.h"

/*
 * All ports of the machine.  They are few, and an IOMMU may be created after
 * them, so the IOMMU of a port is looked up at run time.
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

void sva_pci_port_find_rid(SvaPciPort *port)
{
    const PCIReqIDCache *cache = &port->dev->requester_id_cache;
    PCIBus *bus = pci_get_bus(port->dev);

    port->aliased = cache->type != PCI_REQ_ID_BDF || cache->dev != port->dev;
    port->bridge = pci_bus_is_root(bus) ? NULL : pci_bridge_get_device(bus);
    port->fixed_rid = pci_requester_id(port->dev);
}

/* The owner of its DMA address space tells: PCI has no call for it. */
SvaPciFabric *sva_pci_port_fabric(SvaPciPort *port)
{
    if (unlikely(!port->resolved && !port->gone)) {
        AddressSpace *as = pci_device_iommu_address_space(port->dev);

        port->fabric = sva_pci_space_fabric(memory_region_owner(as->root));
        port->resolved = true;
    }
    return port->fabric;
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
        if (sva_pci_port_rid(port) == rid &&
            sva_pci_port_fabric(port) == fabric) {
            return port;
        }
    }
    return NULL;
}

/* The port may answer at once, and that bring the next request. */
static void deliver_invalidation(SvaPciFabric *fabric, SvaPciPort *port,
                                 const SvaAtcInvalidation *inv)
{
    bool within = fabric->delivering;

    fabric->delivering = true;
    port->port.client_ops->invalidate(port->port.client, inv);
    fabric->delivering = within;
}

static bool fabric_atc_invalidate(void *opaque, const SvaAtcInvalidation *inv)
{
    SvaPciFabric *fabric = opaque;
    SvaPciPort *port = port_find(fabric, inv->rid);
    SvaPciSpace *space;

    if (port) {
        if (!sva_pci_ats_enabled(port->dev)) {
            return false;
        }
        deliver_invalidation(fabric, port, inv);
        return true;
    }
    space = sva_pci_space_find(fabric, inv->rid);
    if (!space) {
        return false;
    }
    sva_pci_space_announce(space);
    if (!sva_pci_ats_enabled(space->bus->devices[space->devfn])) {
        return false;
    }
    sva_pci_post_invalidation(fabric, inv);
    return true;
}

static void fabric_page_response(void *opaque, const SvaPageResponse *rsp)
{
    SvaPciFabric *fabric = opaque;
    SvaPciPort *port = port_find(fabric, rsp->rid);

    if (port) {
        port->port.client_ops->page_response(port->port.client, rsp);
    } else if (sva_pci_space_find(fabric, rsp->rid)) {
        sva_pci_post_response(fabric, rsp);
    }
}

static void fabric_drop_copies(void *opaque, uint32_t itag)
{
    sva_pci_post_drop_copies(opaque, itag);
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
    .drop_copies = fabric_drop_copies,
    .stall_end = fabric_stall_end,
};

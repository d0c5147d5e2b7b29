/*
 * The ports of the machine, and messages of an IOMMU to its functions
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_PCI_PORTS_H
#define HW_SVA_PCI_PORTS_H

#include "hw/sva/endpoint.h"
#include "fabric.h"

/*
 * A SvaPort of a PCIDevice; @fabric is valid if @resolved, @gone: unplugged.
 * It is freed with the device object, when no request is in progress.
 *
 * @bridge: whose secondary bus it is on; NULL: @fixed_rid is its requester ID
 * @aliased: nor that, as its requests take another's requester ID
 */
typedef struct SvaPciPort {
    SvaPort port;
    SvaEnvDevice env;
    PCIDevice *dev;
    PCIDevice *bridge;
    uint16_t fixed_rid;
    bool aliased;
    SvaPciFabric *fabric;           /* NULL: there is no IOMMU of ours */
    bool resolved;
    bool gone;
    QLIST_ENTRY(SvaPciPort) next;
} SvaPciPort;

void sva_pci_port_add(SvaPciPort *port);
void sva_pci_port_remove(SvaPciPort *port);
/*
 * The same as pci_requester_id(), which looks for the bus, and checks the types
 * of what it finds, each time.
 */
void sva_pci_port_find_rid(SvaPciPort *port);
static inline uint16_t sva_pci_port_rid(const SvaPciPort *port)
{
    if (unlikely(port->aliased)) {
        return pci_requester_id(port->dev);
    }
    return port->bridge
           ? PCI_BUILD_BDF(port->bridge->config[PCI_SECONDARY_BUS],
                           port->dev->devfn) : port->fixed_rid;
}

/* The fabric that @port is part of, or NULL. */
SvaPciFabric *sva_pci_port_fabric(SvaPciPort *port);
/* Functions that can wait for the end of a stall. */
void sva_pci_foreach_stalling(SvaPciFabric *fabric,
                              void (*fn)(PCIDevice *dev, void *opaque),
                              void *opaque);

/* Messages to functions, by requester ID. */
extern const SvaFabricOps sva_pci_fabric_ops;

#endif

/*
 * SvaPort of a PCIDevice, and the event bus of the running machine
 *
 * The only header through which a QEMU device model reaches hw/sva/pci/.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_ENDPOINT_PCI_H
#define HW_SVA_ENDPOINT_PCI_H

#include "hw/pci/pci_device.h"
#include "hw/sva/endpoint.h"

/*
 * The port of @dev, with the environment for the model of the function.  The
 * IOMMU behind the port is looked up at the first request and again after each
 * reset, since an IOMMU may come later on the command line.
 *
 * Requests with PASID, translation requests and page requests need an IOMMU of
 * ours; without one they are answered as a platform without the feature does:
 * abort, UR, no response.
 */
SvaPort *sva_port_pci_new(PCIDevice *dev);
/* From here on @ops with @client receive what the platform sends. */
void sva_port_pci_attach(SvaPort *port, const SvaPortClientOps *ops,
                         void *client);
/*
 * The function is unplugged: no message reaches it, and what it sends is
 * dropped.  A request of its own may have unplugged it, so port and model stay
 * until the device object is finalized.  Callers of the model hold a reference
 * to it.
 */
void sva_port_pci_detach(SvaPort *port);
/* When the device object is finalized. */
void sva_port_pci_free(SvaPort *port);

/* To be called from the device's reset. */
void sva_port_pci_reset(SvaPort *port);

/* Where the events of all models of the machine go. */
SvaEventBus *sva_env_machine_bus(void);

#endif

/*
 * SvaPort of a PCIDevice, and the environment of the running machine
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
 * The port of @dev; @ops and @client receive what the platform sends.  Which
 * IOMMU is behind the port is found out at the first request and again after
 * each reset, since an IOMMU may come later on the command line.
 *
 * Requires sva-vtd or another SvaIommu for requests with PASID, translation
 * requests and page requests; without one these are answered as a platform
 * without the feature does: abort, UR, no response.
 */
SvaPort *sva_port_pci_new(PCIDevice *dev, const SvaPortClientOps *ops,
                          void *client);
/*
 * Nothing reaches the function from here on.  A request of its own may have
 * unplugged it, so that the memory goes when that is over.
 */
void sva_port_pci_free(SvaPort *port);

/* To be called from the device's reset. */
void sva_port_pci_reset(SvaPort *port);

/* The environment of the machine: system memory, virtual clock, event bus. */
SvaEnv *sva_env_machine(void);

#endif

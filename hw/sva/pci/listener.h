/*
 * Listeners: device models that hear of invalidations and page responses by
 * QEMU's public calls
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_PCI_LISTENER_H
#define HW_SVA_PCI_LISTENER_H

#include "space.h"

void sva_pci_listen_iotlb(SvaPciSpace *space, uint32_t pasid,
                          IOMMUNotifier *n);
void sva_pci_unlisten_iotlb(SvaPciSpace *space, IOMMUNotifier *n);
void sva_pci_unlisten_all(SvaPciSpace *space);
#if SVA_HAVE_PCI_ATS
/* @n: NULL to unlisten. */
void sva_pci_listen_pri(SvaPciSpace *space, uint32_t pasid,
                        IOMMUPRINotifier *n);
#endif

/* Call who listens.  The caller holds a reference to @space, and no lock. */
void sva_pci_listener_invalidate(SvaPciSpace *space,
                                 const SvaAtcInvalidation *inv);
void sva_pci_listener_respond(SvaPciSpace *space, const SvaPageResponse *rsp);
/* Those of @event's kind of the DMA region itself, for [iova, iova + mask]. */
void sva_pci_listener_unmap(SvaPciSpace *space, IOMMUTLBEvent event);

#endif

/*
 * Listeners: device models that receive invalidations and page responses by
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

/* Notify the listeners.  The caller holds a reference to @space, no lock. */
void sva_pci_listener_invalidate(SvaPciSpace *space,
                                 const SvaAtcInvalidation *inv);
void sva_pci_listener_respond(SvaPciSpace *space, const SvaPageResponse *rsp);
/* Notify those of the DMA region that want @event, of [iova, iova + mask]. */
void sva_pci_listener_unmap(SvaPciSpace *space, IOMMUTLBEvent event);

#endif

/*
 * Post: messages on their way to device models that use QEMU's public calls
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_PCI_POST_H
#define HW_SVA_PCI_POST_H

#include "fabric.h"

void sva_pci_post_init(SvaPciFabric *fabric);
void sva_pci_post_reset(SvaPciFabric *fabric);
void sva_pci_post_invalidation(SvaPciFabric *fabric,
                               const SvaAtcInvalidation *inv);
void sva_pci_post_response(SvaPciFabric *fabric, const SvaPageResponse *rsp);
/* To all that keep copies; @itag may be 0. */
void sva_pci_post_drop_copies(SvaPciFabric *fabric, uint32_t itag);

#endif

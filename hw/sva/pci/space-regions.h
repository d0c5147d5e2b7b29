/*
 * The memory regions of a DMA address space
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_PCI_SPACE_REGIONS_H
#define HW_SVA_PCI_SPACE_REGIONS_H

#include "space.h"

/* @space->root becomes the root, @name its name. */
void sva_pci_space_regions_init(SvaPciSpace *space, const char *name);
/* From then on the space translates nothing. */
void sva_pci_space_regions_remove(SvaPciSpace *space);

#endif

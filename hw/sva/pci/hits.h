/*
 * Hits that threads without the BQL have made, see SvaIommuOps.peek()
 *
 * A counter that several threads write to costs more than the hit.  So a
 * thread has a line of its own, and alone writes it; those for whom none was
 * left share the first one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_PCI_HITS_H
#define HW_SVA_PCI_HITS_H

#include "hw/sva/iommu.h"

#define SVA_PCI_HIT_LINES 16u
#define SVA_PCI_HIT_LINE  64

typedef struct SvaPciHitLine {
    uint64_t count[SVA_HIT_KINDS];
} QEMU_ALIGNED(SVA_PCI_HIT_LINE) SvaPciHitLine;

/* @taken: of those counted; with the BQL */
typedef struct SvaPciHits {
    SvaPciHitLine line[SVA_PCI_HIT_LINES];
    uint64_t taken[SVA_PCI_HIT_LINES][SVA_HIT_KINDS];
} SvaPciHits;

/* In any thread. */
void sva_pci_hits_add(SvaPciHits *hits, SvaHitKind kind);
/* Add what was counted to @sums, each hit once.  With the BQL. */
void sva_pci_hits_take(SvaPciHits *hits, uint64_t sums[SVA_HIT_KINDS]);

#endif

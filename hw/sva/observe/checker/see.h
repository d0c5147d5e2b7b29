/*
 * Contents of entries that are seen: read by the IOMMU, or by the checker
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_CHECKER_SEE_H
#define HW_SVA_OBSERVE_CHECKER_SEE_H

#include "internal.h"

/* The IOMMU has read it now, at @pa. */
void sva_check_slot_read(SvaChecker *c, SvaCheckSlot *slot, uint64_t pa,
                         const SvaCheckEntry *entry);

/*
 * The same of a page-table entry at @addr.  What is present, and no page or
 * block, may be kept by walk caches.  Returns the node, NULL if nothing is
 * present.
 */
SvaCheckNode *sva_check_node_read(SvaChecker *c, SvaCheckSpace *space,
                                  uint64_t addr, uint64_t pa,
                                  const SvaCheckEntry *entry);

/* Read memory again and compare. */
void sva_check_slot_look(SvaChecker *c, SvaCheckSlot *slot);
void sva_check_node_look(SvaChecker *c, SvaCheckNode *node);

/* Memory has another content than was read. */
bool sva_check_node_differs(SvaChecker *c, const SvaCheckNode *node);

/* What is at the place of an old content now. */
bool sva_check_debt_look(SvaChecker *c, const SvaCheckDebt *debt,
                         SvaCheckEntry *now);

#endif

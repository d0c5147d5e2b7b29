/*
 * A function whose requests have no PASID, behind the IOMMU of either board:
 * its page tables
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_QTEST_LIBSVA_PLAIN_H
#define TESTS_QTEST_LIBSVA_PLAIN_H

#include "libsva.h"

/* @pgd: the tables; @devfn: on bus 0 */
typedef struct Plain {
    SvaTest *t;
    unsigned devfn;
    uint64_t pgd;
} Plain;

bool plain_on_q35(void);
const SvaBoard *plain_board(void);
/* QOM id of the IOMMU. */
const char *plain_iommu(void);

Plain plain_new(SvaTest *t, unsigned devfn);
/* Map one page; its entry's address. */
uint64_t plain_map(Plain *p, uint64_t iova, uint64_t pa);
/* Start the IOMMU with these tables for the function. */
void plain_start(Plain *p);
/*
 * What was mapped has changed.  Returns when the IOMMU has said that it uses
 * the old translations no more.
 */
void plain_flush(Plain *p);

#endif

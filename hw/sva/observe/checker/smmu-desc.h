/*
 * Checker, SMMUv3: VMSAv8-64 descriptors of stage 1 and stage 2
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_CHECKER_SMMU_DESC_H
#define HW_SVA_OBSERVE_CHECKER_SMMU_DESC_H

#include <stdbool.h>
#include <stdint.h>

/* The tables that a descriptor is in. */
typedef struct SvaCheckSmmuWalk {
    uint8_t granule;            /* log2: 12, 14, 16 */
    uint8_t bbml;               /* IDR3.BBML */
    bool stage2;
    bool wide;                  /* 52-bit addresses */
} SvaCheckSmmuWalk;

typedef enum SvaCheckSmmuDescKind {
    SVA_CHECK_SMMU_FAULT,       /* invalid, or reserved at this level */
    SVA_CHECK_SMMU_TABLE,
    SVA_CHECK_SMMU_LEAF,        /* block or page */
} SvaCheckSmmuDescKind;

/* Rights in SvaCheckSmmuDesc: unprivileged, privileged; stage 2 has R, W. */
#define SVA_CHECK_SMMU_UR 0x01
#define SVA_CHECK_SMMU_UW 0x02
#define SVA_CHECK_SMMU_UX 0x04
#define SVA_CHECK_SMMU_PR 0x08
#define SVA_CHECK_SMMU_PW 0x10
#define SVA_CHECK_SMMU_PX 0x20

/*
 * @addr:   output address, or that of the next table
 * @attrs:  memory attributes, shareability; of a table: what it limits
 * @rights: what accesses may do.  @clean: no write before AP[2] is cleared,
 *          which hardware does (DBM) if the entry that leads here allows it
 */
typedef struct SvaCheckSmmuDesc {
    uint64_t addr;
    uint64_t attrs;
    uint8_t kind;
    uint8_t rights;
    bool af;
    bool clean;
    bool ng;
    bool contiguous;
} SvaCheckSmmuDesc;

void sva_check_smmu_desc(const SvaCheckSmmuWalk *walk, unsigned level,
                         uint64_t word, SvaCheckSmmuDesc *out);

/* Bytes that one descriptor of @level maps, log2. */
unsigned sva_check_smmu_desc_shift(const SvaCheckSmmuWalk *walk,
                                   unsigned level);

typedef enum SvaCheckSmmuDiff {
    SVA_CHECK_SMMU_SAME,        /* nothing that any cache holds */
    SVA_CHECK_SMMU_MORE,        /* only rights were added: owes nothing */
    SVA_CHECK_SMMU_OTHER,
} SvaCheckSmmuDiff;

/*
 * What a change of a descriptor at @level means to caches that hold @before.
 * Arm DDI 0487, "TLB maintenance requirements"; IHI 0070 G.b, 3.13, 3.21.1.
 */
SvaCheckSmmuDiff sva_check_smmu_desc_diff(const SvaCheckSmmuWalk *walk,
                                          unsigned level, uint64_t before,
                                          uint64_t now);

#endif

/*
 * Page-table walk: VMSAv8-64, one or two stages
 *
 * Granules of 4, 16 and 64 KiB, any start level, concatenated tables of stage
 * 2, blocks, hierarchical permissions, hardware update of the Access flag and
 * of dirty state.  Levels are numbered as the architecture does: 3 is that of
 * pages, smaller numbers are nearer to the root.
 *
 * Not here: 52-bit addresses in tables of 4 and 16 KiB (LPA2), 128-bit
 * descriptors, permission indirection and overlays.  The Contiguous bit and
 * nT are hints that are not used.
 *
 * Arm DDI 0487, "The AArch64 Virtual Memory System Architecture".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_CORE_PT_VMSA64_H
#define HW_SVA_CORE_PT_VMSA64_H

#include "hw/sva/event.h"
#include "pt-query.h"

/* Outcome of a walk: the faults of the architecture. */
typedef enum SvaVmsaStatus {
    SVA_VMSA_OK,
    SVA_VMSA_TRANSLATION,       /* Translation fault */
    SVA_VMSA_ADDRESS_SIZE,      /* Address size fault */
    SVA_VMSA_ACCESS_FLAG,       /* Access flag fault */
    SVA_VMSA_PERMISSION,        /* Permission fault */
    SVA_VMSA_ABORT,             /* external abort on a descriptor */
    SVA_VMSA_STATUSES
} SvaVmsaStatus;

/* Flags of SvaVmsaTables.flags */
#define SVA_VMSA_STAGE2  0x001  /* format and rules of stage 2 */
#define SVA_VMSA_PA52    0x002  /* 64 KiB granule: 52-bit addresses */
#define SVA_VMSA_HA      0x004  /* set the Access flag */
#define SVA_VMSA_HD      0x008  /* and dirty state; only with HA */
#define SVA_VMSA_AFFD    0x010  /* AF=0 is no fault, without HA */
#define SVA_VMSA_HAD     0x020  /* stage 1: no hierarchical permissions */
#define SVA_VMSA_WXN     0x040  /* stage 1: writable is not executable */
#define SVA_VMSA_PAN     0x080  /* stage 1: Privileged Access Never */
#define SVA_VMSA_ONE_EL  0x100  /* stage 1: regime without unprivileged */
#define SVA_VMSA_FWB     0x200  /* stage 2: MemAttr as with S2FWB=1 */
#define SVA_VMSA_PTW     0x400  /* stage 2: no tables in Device memory */

/*
 * Decoded root of a set of tables.  The owner has checked that it can be.
 *
 * @base:        address of the start table; a physical one, or an
 *               intermediate one where there is a second stage.  Bits below
 *               the size of the table are ignored.
 * @granule:     log2: 12, 14, 16
 * @input_bits:  64 - TxSZ: width of input addresses
 * @start_level: 0..3; with @input_bits it gives an index of at least one bit
 *               and at most four more than a full table has
 * @output_bits: effective output size, 32..52
 * @flags:       SVA_VMSA_... bits
 */
typedef struct SvaVmsaTables {
    uint64_t base;
    uint32_t flags;
    uint8_t granule;
    uint8_t input_bits;
    uint8_t start_level;
    uint8_t output_bits;
} SvaVmsaTables;

/*
 * Result of a walk.  Unless @status is SVA_VMSA_OK, @map means nothing.
 *
 * @map:     translation of the address asked for, all bits; the range is the
 *           smaller one of two stages, @map.block that of a page or block of
 *           stage 1 that stage 2 cuts into pieces.  @map.access: rights for
 *           the privilege asked for that may be cached; SVA_WRITE is there
 *           only if no dirty state has to be set for it.
 * @ipa:     two stages: what stage 1 resulted in; a fault of stage 2: the
 *           address it did not translate
 * @fetch:   SVA_VMSA_ABORT: physical address of the descriptor
 * @missing: SVA_VMSA_PERMISSION: rights that were wanted and are not there
 * @level:   level of the last descriptor used
 * @global:  stage 1: the leaf has nG=0
 * @second:  the fault is one of stage 2
 * @table:   it met a descriptor of stage 1 on its way through stage 2 or, if
 *           not @second, on its own
 * @update:  of these: SVA_VMSA_PERMISSION when it was to be written
 */
typedef struct SvaVmsaResult {
    SvaMapping map;
    uint64_t ipa;
    uint64_t fetch;
    uint8_t missing;
    uint8_t level;
    bool global;
    bool second;
    bool table;
    bool update;
    SvaVmsaStatus status;
} SvaVmsaResult;

/* Level at which a stage-1 walk of @input_bits starts. */
unsigned sva_vmsa_start_level(unsigned granule, unsigned input_bits);
/*
 * Sizes of what table descriptors of levels 0 to @below - 1 cover, as
 * SvaTlbScope.orders
 */
uint64_t sva_vmsa_table_orders(unsigned granule, unsigned below);
/* Width of the index into the start table; <= 0 or large: impossible. */
int sva_vmsa_start_bits(const SvaVmsaTables *tables);

/*
 * Translate @query->va.  @first NULL: by stage 2 alone; @second NULL: by
 * stage 1 alone.  SVA_PRIV in @query->want: for a privileged access.
 *
 * The input address is a Translation fault if it has bits at or above
 * @input_bits; to cut a sign extension off is the caller's business.
 *
 * SVA_READ, SVA_WRITE and SVA_EXEC are independent of each other: who fetches
 * an instruction wants SVA_EXEC alone.
 *
 * A right that is missing is a Permission fault.  With @query->partial it is
 * left out of @out->map.access, and a Permission fault if no useful right is
 * left.  If that is so after stage 1, stage 2 is not asked.
 *
 * An AF that is clear and a leaf that is clean are updated if the access is
 * granted by that stage; dirty state if SVA_WRITE is wanted.  Stage 1 is
 * updated before stage 2 is asked for the result.  A descriptor that changes
 * under the walk restarts it, a bounded number of times.  Each that is read, or
 * updated, is announced (SVA_EV_ENTRY).
 *
 * With @query->views tables are those that the walk caches remember, if they
 * do; descriptors above them are not read.
 */
void sva_vmsa_walk(SvaEnv *env, const SvaVmsaTables *first,
                   const SvaVmsaTables *second, const SvaPtQuery *query,
                   SvaVmsaResult *out);

/*
 * Translate the address of a structure, @query->va, by stage 2, to read it;
 * of other members its walk cache, and who asks, count.
 */
void sva_vmsa_locate(SvaEnv *env, const SvaVmsaTables *second,
                     const SvaPtQuery *query, SvaVmsaResult *out);

/* Short upper-case name, never NULL. */
const char *sva_vmsa_status_name(SvaVmsaStatus status);

#endif

/*
 * sva-dsa: the operations, as sequences of transfers
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_DSA_OPERATION_H
#define HW_SVA_DSA_OPERATION_H

#include "descriptor.h"
#include "transfer.h"

/*
 * @begin: before the first transfer.  Optional.
 * @next:  at first, and when a transfer is done: begin the next one.  0, or
 *         the status that the operation ends with.
 * @fault: a transfer has failed: put the progress right.  Optional.
 * @possible: is the state that was loaded one that the others can go on with?
 * @fill_record: the 16 bytes that are of the operation.  Optional.
 * @last:  address of the last byte of what it writes
 */
typedef struct DsaOp {
    void (*begin)(DsaSlot *slot);
    uint8_t (*next)(DsaSlot *slot);
    void (*fault)(DsaSlot *slot);
    bool (*possible)(const DsaSlot *slot);
    void (*fill_record)(const DsaSlot *slot, uint8_t *to);
    uint64_t (*last)(const DsaSlot *slot);
} DsaOp;

/* For @opcode of a descriptor that was checked; not Batch. */
const DsaOp *sva_dsa_op(unsigned opcode);

extern const DsaOp sva_dsa_op_memmove;
extern const DsaOp sva_dsa_op_fill;
extern const DsaOp sva_dsa_op_dualcast;
extern const DsaOp sva_dsa_op_crc;
extern const DsaOp sva_dsa_op_cache_flush;
extern const DsaOp sva_dsa_op_fetch;
extern const DsaOp sva_dsa_op_update_window;
extern const DsaOp sva_dsa_op_compare;
extern const DsaOp sva_dsa_op_compare_pattern;
extern const DsaOp sva_dsa_op_create_delta;
extern const DsaOp sva_dsa_op_apply_delta;
extern const DsaOp sva_dsa_op_dif;

static inline uint32_t dsa_left_in_page(uint64_t addr)
{
    return SVA_PAGE_SIZE - (uint32_t)(addr & ~SVA_PAGE_MASK);
}

/* Source bytes that are not done. */
static inline uint32_t dsa_op_left(const DsaSlot *slot)
{
    return slot->desc.size - slot->op.pos;
}

#endif

/*
 * sva-dsa: the operations; those that move no data
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "operation.h"

static uint8_t noop_next(DsaSlot *slot G_GNUC_UNUSED)
{
    return DSA_ST_SUCCESS;
}

static bool noop_possible(const DsaSlot *slot G_GNUC_UNUSED)
{
    return false;
}

static const DsaOp noop = {
    .next = noop_next,
    .possible = noop_possible,
};

/*
 * Drain has waited already (8.3.3).  Part n: readback n of the descriptor is
 * done, or not wanted.
 */
static uint8_t drain_next(DsaSlot *slot)
{
    const DsaDesc *desc = &slot->desc;

    while (slot->op.part < 2) {
        unsigned n = slot->op.part++;

        if (desc->flags & (n ? DSA_FLAG_READBACK2 : DSA_FLAG_READBACK1)) {
            sva_dsa_read_mem(slot, n ? desc->dst : desc->src,
                             DSA_BUF_DATA(0), 1,
                             n ? DSA_OPERAND_SRC2 : DSA_OPERAND_SRC);
            sva_dsa_transfer_blocks(slot);
            return 0;
        }
    }
    return DSA_ST_SUCCESS;
}

static bool drain_possible(const DsaSlot *slot)
{
    return slot->op.part <= 2;
}

static const DsaOp drain = {
    .next = drain_next,
    .possible = drain_possible,
};

const DsaOp *sva_dsa_op(unsigned opcode)
{
    static const DsaOp *const ops[DSA_OPS] = {
        [DSA_OP_NOOP] = &noop,
        [DSA_OP_DRAIN] = &drain,
        [DSA_OP_MEMMOVE] = &sva_dsa_op_memmove,
        [DSA_OP_FILL] = &sva_dsa_op_fill,
        [DSA_OP_COMPARE] = &sva_dsa_op_compare,
        [DSA_OP_COMPARE_PATTERN] = &sva_dsa_op_compare_pattern,
        [DSA_OP_CREATE_DELTA] = &sva_dsa_op_create_delta,
        [DSA_OP_APPLY_DELTA] = &sva_dsa_op_apply_delta,
        [DSA_OP_DUALCAST] = &sva_dsa_op_dualcast,
        [DSA_OP_FETCH] = &sva_dsa_op_fetch,
        [DSA_OP_UPDATE_WINDOW] = &sva_dsa_op_update_window,
        [DSA_OP_DOMAIN_COPY] = &sva_dsa_op_memmove,
        [DSA_OP_DOMAIN_FILL] = &sva_dsa_op_fill,
        [DSA_OP_DOMAIN_COMPARE] = &sva_dsa_op_compare,
        [DSA_OP_DOMAIN_PATTERN] = &sva_dsa_op_compare_pattern,
        [DSA_OP_CRC] = &sva_dsa_op_crc,
        [DSA_OP_COPY_CRC] = &sva_dsa_op_crc,
        [DSA_OP_DIF_CHECK] = &sva_dsa_op_dif,
        [DSA_OP_DIF_INSERT] = &sva_dsa_op_dif,
        [DSA_OP_DIF_STRIP] = &sva_dsa_op_dif,
        [DSA_OP_DIF_UPDATE] = &sva_dsa_op_dif,
        [DSA_OP_DIX_GENERATE] = &sva_dsa_op_dif,
        [DSA_OP_CACHE_FLUSH] = &sva_dsa_op_cache_flush,
    };

    return ops[opcode];
}

/*
 * sva-dsa: operations that copy, fill, sum up or translate (8.3.4, 8.3.5,
 * 8.3.10 to 8.3.13, 8.3.26)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "../endpoint/crc.h"
#include "operation.h"

static uint64_t last_of_dst(const DsaSlot *slot)
{
    return slot->desc.dst + slot->desc.size - 1;
}

static bool within_size(const DsaSlot *slot)
{
    return slot->op.part <= 2 && slot->op.pos <= slot->desc.size &&
           slot->op.step <= dsa_op_left(slot) &&
           slot->op.step <= SVA_PAGE_SIZE;
}

/* Longest piece at @src and @dst that is in one page of each. */
static uint32_t piece(const DsaSlot *slot, uint64_t src, uint64_t dst)
{
    return MIN(dsa_op_left(slot),
               MIN(dsa_left_in_page(src), dsa_left_in_page(dst)));
}

/* -- Memory Move -- */

/* As above, but what ends at @src and @dst. */
static uint32_t piece_before(const DsaSlot *slot, uint64_t src, uint64_t dst)
{
    return MIN(dsa_op_left(slot),
               MIN(SVA_PAGE_SIZE - dsa_left_in_page(src - 1) + 1,
                   SVA_PAGE_SIZE - dsa_left_in_page(dst - 1) + 1));
}

/* Backwards if the destination begins within the source. */
static void memmove_begin(DsaSlot *slot)
{
    const DsaDesc *desc = &slot->desc;

    slot->op.reverse = desc->dst - desc->src < desc->size &&
                       desc->dst != desc->src;
    slot->op.result = slot->op.reverse;
}

/* Offset of the piece from the beginning of both buffers. */
static uint64_t memmove_offset(const DsaSlot *slot)
{
    return slot->op.reverse ? dsa_op_left(slot) - slot->op.step
                            : slot->op.pos;
}

/* The next piece, which is none when all is done. */
static uint32_t memmove_piece(const DsaSlot *slot)
{
    const DsaDesc *desc = &slot->desc;
    const DsaOpState *op = &slot->op;

    return op->reverse
           ? piece_before(slot, desc->src + dsa_op_left(slot),
                          desc->dst + dsa_op_left(slot))
           : piece(slot, desc->src + op->pos, desc->dst + op->pos);
}

/* Forwards as far as one translation of each goes. */
static uint32_t memmove_reach(const DsaSlot *slot)
{
    const DsaDesc *desc = &slot->desc;
    uint64_t most = sva_direct_most(slot->dsa->budget, desc->src, desc->dst);

    return slot->op.reverse
           ? slot->op.step
           : MAX(slot->op.step, (uint32_t)MIN(dsa_op_left(slot), most));
}

static bool memmove_in_place(DsaSlot *slot)
{
    uint64_t offset = memmove_offset(slot);
    uint32_t len = memmove_reach(slot);
    SvaDirect src, dst;

    if (!sva_dsa_find_mem(slot, slot->desc.src + offset, len,
                          DSA_OPERAND_SRC, false, &src) ||
        !sva_dsa_find_mem(slot, slot->desc.dst + offset, len,
                          DSA_OPERAND_DST, true, &dst)) {
        return false;
    }
    sva_direct_pair(&src, &dst);
    memmove(dst.ram.host, src.ram.host, dst.ram.len);
    sva_dsa_made_mem(slot, &src);
    sva_dsa_made_mem(slot, &dst);
    slot->op.pos += dst.ram.len;
    return true;
}

/* Part 0: a piece begins; 1: it was read; 2: it was written. */
static uint8_t memmove_next(DsaSlot *slot)
{
    const DsaDesc *desc = &slot->desc;
    DsaOpState *op = &slot->op;

    if (op->part == 1) {
        op->part = 2;
        sva_dsa_write_mem(slot, desc->dst + memmove_offset(slot),
                          DSA_BUF_DATA(0), op->step, DSA_OPERAND_DST);
        return 0;
    }
    op->pos += op->part == 2 ? op->step : 0;
    op->part = 1;
    do {
        op->step = memmove_piece(slot);
    } while (op->step && memmove_in_place(slot));
    if (!op->step) {
        return DSA_ST_SUCCESS;
    }
    sva_dsa_read_mem(slot, desc->src + memmove_offset(slot), DSA_BUF_DATA(0),
                     op->step, DSA_OPERAND_SRC);
    return 0;
}

const DsaOp sva_dsa_op_memmove = {
    .begin = memmove_begin,
    .next = memmove_next,
    .possible = within_size,
    .last = last_of_dst,
};

/* -- Fill -- */

/* The pattern, begun where the piece begins. */
static void fill_bytes(const DsaSlot *slot, uint8_t *to)
{
    const DsaDesc *desc = &slot->desc;
    unsigned size = desc->flags & DSA_FLAG_FILL16 ? 16 : 8;

    for (uint32_t i = 0; i < slot->op.step; i++) {
        unsigned n = (slot->op.pos + i) % size;

        to[i] = dsa_desc8(desc, n < 8 ? 16 + n : 32 + n);
    }
}

static bool fill_in_place(DsaSlot *slot)
{
    DsaOpState *op = &slot->op;
    SvaDirect dst;

    if (!sva_dsa_find_mem(slot, slot->desc.dst + op->pos, op->step,
                          DSA_OPERAND_DST, true, &dst)) {
        return false;
    }
    fill_bytes(slot, dst.ram.host);
    sva_dsa_made_mem(slot, &dst);
    op->pos += op->step;
    return true;
}

static uint8_t fill_next(DsaSlot *slot)
{
    const DsaDesc *desc = &slot->desc;
    DsaOpState *op = &slot->op;

    op->pos += op->step;
    do {
        op->step = MIN(dsa_op_left(slot),
                       dsa_left_in_page(desc->dst + op->pos));
    } while (op->step && fill_in_place(slot));
    if (!op->step) {
        return DSA_ST_SUCCESS;
    }
    fill_bytes(slot, slot->buf + DSA_BUF_DATA(0));
    sva_dsa_write_mem(slot, desc->dst + op->pos, DSA_BUF_DATA(0), op->step,
                      DSA_OPERAND_DST);
    return 0;
}

const DsaOp sva_dsa_op_fill = {
    .next = fill_next,
    .possible = within_size,
    .last = last_of_dst,
};

/* -- Memory Copy with Dualcast -- */

/* Part 0: a piece begins; 1: it was read; 2: written once; 3: twice. */
static uint8_t dualcast_next(DsaSlot *slot)
{
    const DsaDesc *desc = &slot->desc;
    DsaOpState *op = &slot->op;

    if (op->part == 1 || op->part == 2) {
        bool first = op->part == 1;

        op->part++;
        sva_dsa_write_mem(slot, op->pos + (first ? desc->dst
                                                 : dsa_desc64(desc, 40)),
                          DSA_BUF_DATA(0), op->step,
                          first ? DSA_OPERAND_DST : DSA_OPERAND_DST2);
        return 0;
    }
    op->pos += op->part == 3 ? op->step : 0;
    op->part = 1;
    op->step = piece(slot, desc->src + op->pos, desc->dst + op->pos);
    if (!op->step) {
        return DSA_ST_SUCCESS;
    }
    sva_dsa_read_mem(slot, desc->src + op->pos, DSA_BUF_DATA(0), op->step,
                     DSA_OPERAND_SRC);
    return 0;
}

static bool dualcast_possible(const DsaSlot *slot)
{
    return slot->op.part <= 3 && slot->op.pos <= slot->desc.size &&
           slot->op.step <= dsa_op_left(slot) &&
           slot->op.step <= SVA_PAGE_SIZE;
}

static uint64_t dualcast_last(const DsaSlot *slot)
{
    return dsa_desc64(&slot->desc, 40) + slot->desc.size - 1;
}

const DsaOp sva_dsa_op_dualcast = {
    .next = dualcast_next,
    .possible = dualcast_possible,
    .last = dualcast_last,
};

/* -- CRC Generation, and with a copy (Appendix A) -- */

/* In the order of the bits in which remainders are computed. */
static uint64_t reverse(uint64_t value, unsigned bits)
{
    uint64_t to = 0;

    for (unsigned i = 0; i < bits; i++) {
        to |= (value >> i & 1) << (bits - 1 - i);
    }
    return to;
}

/* Of a seed the remainder to begin with, of a remainder the CRC. */
static uint64_t crc_convert(const DsaDesc *desc, uint64_t value)
{
    unsigned bits = desc->flags & DSA_FLAG_CRC64 ? 64 : 32;

    if (desc->flags & DSA_FLAG_CRC_PLAIN) {
        return reverse(value, bits);
    }
    return bits == 64 ? ~value : (uint32_t)~value;
}

static void crc_begin(DsaSlot *slot)
{
    const DsaDesc *desc = &slot->desc;

    slot->op.crc = crc_convert(desc, desc->flags & DSA_FLAG_CRC64
                                     ? dsa_desc64(desc, 40)
                                     : dsa_desc32(desc, 40));
}

static void crc_add(DsaSlot *slot)
{
    const DsaDesc *desc = &slot->desc;
    uint8_t *data = slot->buf + DSA_BUF_DATA(0);
    uint8_t *sum = data;

    if (desc->flags & DSA_FLAG_DATA_PLAIN) {
        sum = slot->buf + DSA_BUF_DATA(1);
        for (uint32_t i = 0; i < slot->op.step; i++) {
            sum[i] = (uint8_t)reverse(data[i], 8);
        }
    }
    slot->op.crc = desc->flags & DSA_FLAG_CRC64
                   ? sva_crc64_remainder(slot->op.crc, sum, slot->op.step)
                   : sva_crc32c_remainder((uint32_t)slot->op.crc, sum,
                                          slot->op.step);
}

/* The seed; false: it is in the descriptor. */
static bool crc_read_seed(DsaSlot *slot)
{
    const DsaDesc *desc = &slot->desc;

    if (!(desc->flags & DSA_FLAG_READ_SEED)) {
        return false;
    }
    sva_dsa_read_mem(slot, dsa_desc64(desc, 48), DSA_BUF_DATA(1),
                     desc->flags & DSA_FLAG_CRC64 ? 8 : 4, DSA_OPERAND_SRC2);
    slot->op.part = 3;
    return true;
}

static void crc_take_seed(DsaSlot *slot)
{
    const uint8_t *seed = slot->buf + DSA_BUF_DATA(1);

    slot->op.crc = crc_convert(&slot->desc,
                               slot->desc.flags & DSA_FLAG_CRC64
                               ? dsa_get64(seed) : dsa_get32(seed));
}

static uint8_t crc_piece(DsaSlot *slot)
{
    const DsaDesc *desc = &slot->desc;
    DsaOpState *op = &slot->op;
    uint64_t src = desc->src + op->pos;

    op->part = 1;
    op->step = piece(slot, src, desc->op == DSA_OP_COPY_CRC
                                ? desc->dst + op->pos : src);
    if (!op->step) {
        return DSA_ST_SUCCESS;
    }
    sva_dsa_read_mem(slot, src, DSA_BUF_DATA(0), op->step, DSA_OPERAND_SRC);
    return 0;
}

/*
 * Part 0: nothing was done; 1: a piece was read; 2: it was written; 3: the
 * seed was read.  The sum covers what was written.
 */
static uint8_t crc_next(DsaSlot *slot)
{
    const DsaDesc *desc = &slot->desc;
    DsaOpState *op = &slot->op;

    if (op->part == 0 && crc_read_seed(slot)) {
        return 0;
    }
    if (op->part == 1 && desc->op == DSA_OP_COPY_CRC) {
        op->part = 2;
        sva_dsa_write_mem(slot, desc->dst + op->pos, DSA_BUF_DATA(0),
                          op->step, DSA_OPERAND_DST);
        return 0;
    }
    if (op->part == 1 || op->part == 2) {
        crc_add(slot);
        op->pos += op->step;
    } else if (op->part == 3) {
        crc_take_seed(slot);
    }
    return crc_piece(slot);
}

static void crc_record(const DsaSlot *slot, uint8_t *to)
{
    dsa_put64(to, crc_convert(&slot->desc, slot->op.crc));
}

const DsaOp sva_dsa_op_crc = {
    .begin = crc_begin,
    .next = crc_next,
    .possible = dualcast_possible,
    .fill_record = crc_record,
    .last = last_of_dst,
};

/* -- Cache Flush: caches are coherent, but addresses are translated -- */

static uint8_t flush_next(DsaSlot *slot)
{
    const DsaDesc *desc = &slot->desc;
    DsaOpState *op = &slot->op;

    op->pos += op->step;
    op->step = MIN(dsa_op_left(slot), dsa_left_in_page(desc->dst + op->pos));
    if (!op->step) {
        return DSA_ST_SUCCESS;
    }
    sva_dsa_read_mem(slot, desc->dst + op->pos, DSA_BUF_DATA(0), 1,
                     DSA_OPERAND_DST);
    return 0;
}

const DsaOp sva_dsa_op_cache_flush = {
    .next = flush_next,
    .possible = within_size,
    .last = last_of_dst,
};

/* -- Translation Fetch (8.3.11): a byte of each page that is asked for -- */

static uint8_t fetch_next(DsaSlot *slot)
{
    const DsaDesc *desc = &slot->desc;
    DsaOpState *op = &slot->op;
    uint32_t stride = desc->flags & DSA_FLAG_STRIDE ? dsa_desc32(desc, 48)
                                                    : SVA_PAGE_SIZE;

    if (op->part && stride >= dsa_op_left(slot)) {
        return DSA_ST_SUCCESS;
    }
    op->pos += op->part ? stride : 0;
    op->part = 1;
    sva_dsa_read_mem(slot, desc->src + op->pos, DSA_BUF_DATA(0), 1,
                     DSA_OPERAND_SRC);
    return 0;
}

static bool fetch_possible(const DsaSlot *slot)
{
    return slot->op.part == 1 && slot->op.pos < slot->desc.size;
}

const DsaOp sva_dsa_op_fetch = {
    .next = fetch_next,
    .possible = fetch_possible,
};

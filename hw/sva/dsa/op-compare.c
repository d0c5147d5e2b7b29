/*
 * sva-dsa: operations that compare, and delta records (8.3.6 to 8.3.9)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "../endpoint/compare.h"
#include "operation.h"

/* 8.3.6, Table 8-17: bit @result of @expected. */
static uint8_t checked(const DsaSlot *slot, unsigned expected)
{
    return slot->desc.flags & DSA_FLAG_CHECK_RESULT &&
           !(expected >> slot->op.result & 1) ? DSA_ST_FALSE
                                              : DSA_ST_SUCCESS;
}

/* Expected Result as the mask that Create Delta Record has. */
static uint8_t compare_end(DsaSlot *slot, bool different)
{
    slot->op.result = different;
    return checked(slot, dsa_desc8(&slot->desc, 40) & 1 ? 2 : 1);
}

static bool compare_possible(const DsaSlot *slot)
{
    return slot->op.part <= 2 && slot->op.pos <= slot->desc.size &&
           slot->op.step <= dsa_op_left(slot) &&
           slot->op.step <= SVA_PAGE_SIZE;
}

/* Longest piece in one page of each source; 0: there is none. */
static uint32_t piece(const DsaSlot *slot)
{
    const DsaDesc *desc = &slot->desc;
    const DsaOpState *op = &slot->op;

    return MIN(dsa_op_left(slot),
               MIN(dsa_left_in_page(desc->src + op->pos),
                   dsa_left_in_page(desc->dst + op->pos)));
}

/* The next piece of both sources; false: there is none. */
static bool compare_piece(DsaSlot *slot)
{
    const DsaDesc *desc = &slot->desc;
    DsaOpState *op = &slot->op;

    op->part = 1;
    op->step = piece(slot);
    if (op->step) {
        sva_dsa_read_mem(slot, desc->src + op->pos, DSA_BUF_DATA(0),
                         op->step, DSA_OPERAND_SRC);
    }
    return op->step;
}

static void compare_read_second(DsaSlot *slot)
{
    slot->op.part = 2;
    sva_dsa_read_mem(slot, slot->desc.dst + slot->op.pos, DSA_BUF_DATA(1),
                     slot->op.step, DSA_OPERAND_SRC2);
}

/* @same: bytes of the piece that do not differ */
static bool compare_in_place(DsaSlot *slot, uint32_t *same)
{
    const DsaDesc *desc = &slot->desc;
    DsaOpState *op = &slot->op;
    SvaDirect src, other;

    if (!sva_dsa_find_mem(slot, desc->src + op->pos, op->step,
                          DSA_OPERAND_SRC, false, &src) ||
        !sva_dsa_find_mem(slot, desc->dst + op->pos, op->step,
                          DSA_OPERAND_SRC2, false, &other)) {
        return false;
    }
    *same = sva_first_difference(src.ram.host, other.ram.host, op->step);
    sva_dsa_made_mem(slot, &src);
    sva_dsa_made_mem(slot, &other);
    return true;
}

/* As many pieces as can be compared in place; true: and one differs. */
static bool compare_pieces_in_place(DsaSlot *slot)
{
    DsaOpState *op = &slot->op;
    uint32_t same;

    while ((op->step = piece(slot)) && compare_in_place(slot, &same)) {
        op->pos += same;
        if (same < op->step) {
            return true;
        }
    }
    return false;
}

/* Part 0: a piece begins; 1: the first one was read; 2: both were. */
static uint8_t compare_next(DsaSlot *slot)
{
    DsaOpState *op = &slot->op;

    if (op->part == 1) {
        compare_read_second(slot);
        return 0;
    }
    if (op->part == 2) {
        uint32_t same = sva_first_difference(slot->buf + DSA_BUF_DATA(0),
                                             slot->buf + DSA_BUF_DATA(1),
                                             op->step);

        op->pos += same;
        if (same < op->step) {
            return compare_end(slot, true);
        }
    }
    if (compare_pieces_in_place(slot)) {
        return compare_end(slot, true);
    }
    return compare_piece(slot) ? 0 : compare_end(slot, false);
}

const DsaOp sva_dsa_op_compare = {
    .next = compare_next,
    .possible = compare_possible,
};

/* -- Compare Pattern -- */

static uint8_t pattern_next(DsaSlot *slot)
{
    const DsaDesc *desc = &slot->desc;
    const uint8_t *data = slot->buf + DSA_BUF_DATA(0);
    DsaOpState *op = &slot->op;

    for (uint32_t i = 0; i < op->step; i++) {
        if (data[i] != dsa_desc8(desc, 24 + op->pos % 8)) {
            return compare_end(slot, true);
        }
        op->pos++;
    }
    op->step = MIN(dsa_op_left(slot), dsa_left_in_page(desc->src + op->pos));
    if (!op->step) {
        return compare_end(slot, false);
    }
    sva_dsa_read_mem(slot, desc->src + op->pos, DSA_BUF_DATA(0), op->step,
                     DSA_OPERAND_SRC);
    return 0;
}

const DsaOp sva_dsa_op_compare_pattern = {
    .next = pattern_next,
    .possible = compare_possible,
};

/* -- Create Delta Record -- */

static void put_delta(uint8_t *to, uint32_t pos, const uint8_t *data)
{
    dsa_put16(to, (uint16_t)(pos / 8));
    memcpy(to + 2, data, 8);
}

/*
 * Deltas of the piece in work, as many as the record has room for; op->pos
 * is the first word of those that have none.
 */
static bool create_deltas(DsaSlot *slot)
{
    const uint8_t *a = slot->buf + DSA_BUF_DATA(0);
    const uint8_t *b = slot->buf + DSA_BUF_DATA(1);
    uint32_t room = (dsa_desc32(&slot->desc, 48) - slot->op.out) /
                    DSA_DELTA_BYTES;
    DsaOpState *op = &slot->op;

    op->count = 0;
    for (uint32_t i = 0; i < op->step; i += 8) {
        if (memcmp(a + i, b + i, 8)) {
            if (op->count == room) {
                op->result = 2;
                op->step = i;
                break;
            }
            put_delta(slot->buf + DSA_BUF_DELTAS +
                      op->count++ * DSA_DELTA_BYTES, op->pos + i, b + i);
        }
    }
    if (!op->count) {
        return false;
    }
    op->part = 3;
    sva_dsa_write_mem(slot, dsa_desc64(&slot->desc, 40) + op->out,
                      DSA_BUF_DELTAS, op->count * DSA_DELTA_BYTES,
                      DSA_OPERAND_DST);
    return true;
}

static void create_wrote(DsaSlot *slot)
{
    DsaOpState *op = &slot->op;

    op->out += op->count * DSA_DELTA_BYTES;
    op->count = 0;
}

/*
 * Part 0: a piece begins; 1: the first source was read; 2: both were; 3: its
 * deltas were written.
 */
static uint8_t create_next(DsaSlot *slot)
{
    DsaOpState *op = &slot->op;

    if (op->part == 1) {
        compare_read_second(slot);
        return 0;
    }
    if (op->part == 2 && create_deltas(slot)) {
        return 0;
    }
    if (op->part == 3) {
        create_wrote(slot);
    }
    op->pos += op->step;
    op->step = 0;
    if (op->result != 2) {
        if (compare_piece(slot)) {
            return 0;
        }
        op->result = op->out > 0;
    }
    return checked(slot, dsa_desc8(&slot->desc, 56));
}

/* What was written of the deltas counts, and the words before the first one
 * that was not. */
static void create_fault(DsaSlot *slot)
{
    DsaOpState *op = &slot->op;

    if (op->part == 3) {
        uint32_t whole = slot->xfer.done / DSA_DELTA_BYTES;
        const uint8_t *delta = slot->buf + DSA_BUF_DELTAS +
                               whole * DSA_DELTA_BYTES;

        op->out += whole * DSA_DELTA_BYTES;
        op->pos = dsa_get16(delta) * 8u;
    }
    op->result = op->out > 0;
}

static bool create_possible(const DsaSlot *slot)
{
    const DsaOpState *op = &slot->op;

    return op->part <= 3 && op->pos <= slot->desc.size &&
           op->step <= dsa_op_left(slot) && op->step <= SVA_PAGE_SIZE &&
           !(op->pos % 8) && !(op->step % 8) && op->result <= 2 &&
           op->out <= dsa_desc32(&slot->desc, 48) &&
           op->count <= DSA_BUF_DELTAS_SIZE / DSA_DELTA_BYTES &&
           (op->part != 3 ||
            slot->xfer.len == op->count * DSA_DELTA_BYTES);
}

static void create_record(const DsaSlot *slot, uint8_t *to)
{
    dsa_put32(to, slot->op.out);
}

static uint64_t create_last(const DsaSlot *slot)
{
    return dsa_desc64(&slot->desc, 40) + MAX(slot->op.out, 1u) - 1;
}

const DsaOp sva_dsa_op_create_delta = {
    .next = create_next,
    .fault = create_fault,
    .possible = create_possible,
    .fill_record = create_record,
    .last = create_last,
};

/* -- Apply Delta Record; op->pos counts bytes of the record -- */

static uint32_t apply_left(const DsaSlot *slot)
{
    return dsa_desc32(&slot->desc, 40) - slot->op.pos;
}

/* op->out: the offset of the last delta and 1, in words; 0 at first. */
static uint8_t apply_delta(DsaSlot *slot)
{
    DsaOpState *op = &slot->op;
    uint8_t *delta = slot->buf + DSA_BUF_DELTAS + op->step;
    uint32_t word = dsa_get16(delta);

    if (word < op->out) {
        return DSA_ST_DELTA_ORDER;
    }
    if (word * 8 >= slot->desc.size) {
        return DSA_ST_DELTA_RANGE;
    }
    op->part = 2;
    sva_dsa_write_mem(slot, slot->desc.dst + word * 8,
                      (uint32_t)(DSA_BUF_DELTAS + op->step + 2), 8,
                      DSA_OPERAND_DST);
    return 0;
}

static void apply_applied(DsaSlot *slot)
{
    DsaOpState *op = &slot->op;

    op->out = dsa_get16(slot->buf + DSA_BUF_DELTAS + op->step) + 1u;
    op->step += DSA_DELTA_BYTES;
    op->pos += DSA_DELTA_BYTES;
}

/*
 * Part 0: deltas are to be read; 1: op->count bytes of them were; 2: the one
 * at op->step was written.  What is left behind the last whole one is ignored.
 */
static uint8_t apply_next(DsaSlot *slot)
{
    DsaOpState *op = &slot->op;

    if (op->part == 2) {
        apply_applied(slot);
    }
    if (op->part && op->step < op->count) {
        return apply_delta(slot);
    }
    op->part = 1;
    op->step = 0;
    op->count = MIN(apply_left(slot), DSA_BUF_DELTAS_SIZE);
    op->count -= op->count % DSA_DELTA_BYTES;
    if (!op->count) {
        return DSA_ST_SUCCESS;
    }
    sva_dsa_read_mem(slot, slot->desc.src + op->pos, DSA_BUF_DELTAS,
                     op->count, DSA_OPERAND_SRC);
    return 0;
}

static bool apply_possible(const DsaSlot *slot)
{
    const DsaOpState *op = &slot->op;

    return op->part <= 2 && op->pos <= dsa_desc32(&slot->desc, 40) &&
           op->count <= DSA_BUF_DELTAS_SIZE && op->step <= op->count &&
           !(op->count % DSA_DELTA_BYTES) && !(op->step % DSA_DELTA_BYTES) &&
           op->count - op->step <= apply_left(slot) &&
           (op->part != 2 || op->step < op->count);
}

static uint64_t apply_last(const DsaSlot *slot)
{
    return slot->desc.dst + slot->desc.size - 1;
}

const DsaOp sva_dsa_op_apply_delta = {
    .next = apply_next,
    .possible = apply_possible,
    .last = apply_last,
};

/*
 * sva-dsa: operations on Data Integrity Fields (8.3.14 to 8.3.18, Appendix B)
 *
 * A block is read with its DIF, checked, and written with another one, or
 * without; each operation leaves out some of that.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "../endpoint/crc.h"
#include "operation.h"

typedef struct Dif {
    uint16_t guard;
    uint16_t app;
    uint32_t ref;
} Dif;

/* Tags are big endian (Appendix B). */
static Dif dif_get(const uint8_t *from)
{
    return (Dif) {
        .guard = GUINT16_SWAP_LE_BE(dsa_get16(from)),
        .app = GUINT16_SWAP_LE_BE(dsa_get16(from + 2)),
        .ref = GUINT32_SWAP_LE_BE(dsa_get32(from + 4)),
    };
}

static void dif_put(uint8_t *to, const Dif *dif)
{
    dsa_put16(to, GUINT16_SWAP_LE_BE(dif->guard));
    dsa_put16(to + 2, GUINT16_SWAP_LE_BE(dif->app));
    dsa_put32(to + 4, GUINT32_SWAP_LE_BE(dif->ref));
}

/* -- which operation has what -- */

static bool has_source_dif(const DsaDesc *desc)
{
    return desc->op != DSA_OP_DIF_INSERT && desc->op != DSA_OP_DIX_GENERATE;
}

static bool writes_data(const DsaDesc *desc)
{
    return desc->op != DSA_OP_DIF_CHECK && desc->op != DSA_OP_DIX_GENERATE;
}

static bool writes_dif(const DsaDesc *desc)
{
    return desc->op != DSA_OP_DIF_CHECK && desc->op != DSA_OP_DIF_STRIP;
}

/* Bytes of a block that are read, and that are written. */
static uint32_t bytes_in(const DsaDesc *desc)
{
    return sva_dsa_dif_block(desc) +
           (has_source_dif(desc) ? DSA_DIF_BYTES : 0);
}

static uint32_t bytes_out(const DsaDesc *desc)
{
    return (writes_data(desc) ? sva_dsa_dif_block(desc) : 0) +
           (writes_dif(desc) ? DSA_DIF_BYTES : 0);
}

/* Seeds of source and destination: at 48 and at 56. */
static unsigned seed_at(unsigned side)
{
    return side ? 56 : 48;
}

static uint16_t app_mask(const DsaDesc *desc, unsigned side)
{
    return dsa_desc16(desc, seed_at(side) + 4);
}

static uint8_t src_flags(const DsaDesc *desc)
{
    return dsa_desc8(desc, 40);
}

static uint8_t dst_flags(const DsaDesc *desc)
{
    return dsa_desc8(desc, 41);
}

/* -- a block -- */

static void dif_begin(DsaSlot *slot)
{
    const DsaDesc *desc = &slot->desc;

    for (unsigned side = 0; side < 2; side++) {
        slot->op.tag[side].ref = dsa_desc32(desc, seed_at(side));
        slot->op.tag[side].app = dsa_desc16(desc, seed_at(side) + 6);
    }
}

static uint16_t block_guard(const DsaSlot *slot)
{
    uint8_t flags = dsa_desc8(&slot->desc, 42);
    uint16_t seed = flags & DSA_DIF_INVERT_SEED ? 0xffff : 0;
    uint16_t crc = sva_crc16_t10(seed, slot->buf + DSA_BUF_DATA(0),
                                 sva_dsa_dif_block(&slot->desc));

    return flags & DSA_DIF_INVERT_RESULT ? (uint16_t)~crc : crc;
}

/* 8.3.17.4: F Detect takes a block from the checks. */
static bool f_detected(uint8_t flags, const Dif *dif)
{
    bool app = dif->app == 0xffff;
    bool ref = dif->ref == 0xffffffff;

    return (flags & DSA_DIF_SRC_F_ALL && app && ref &&
            dif->guard == 0xffff) ||
           (flags & DSA_DIF_SRC_F_APP && app) ||
           (flags & DSA_DIF_SRC_F_APP_REF && app && ref);
}

/* DIF Status of the block in the buffer. */
static uint8_t block_errors(const DsaSlot *slot, const Dif *dif,
                            uint16_t guard)
{
    const DsaDesc *desc = &slot->desc;
    uint8_t flags = src_flags(desc);
    uint16_t mask = app_mask(desc, 0);
    uint8_t errors = 0;

    if (flags & DSA_DIF_SRC_F_ALL && flags & DSA_DIF_SRC_F_ERROR &&
        dif->app == 0xffff && dif->ref == 0xffffffff &&
        dif->guard == 0xffff) {
        return DSA_DIF_ERR_F;
    }
    if (f_detected(flags, dif)) {
        return 0;
    }
    if (!(flags & DSA_DIF_SRC_GUARD_IGNORE) && dif->guard != guard) {
        errors |= DSA_DIF_ERR_GUARD;
    }
    if ((dif->app ^ slot->op.tag[0].app) & (uint16_t)~mask) {
        errors |= DSA_DIF_ERR_APP;
    }
    if (!(flags & DSA_DIF_SRC_REF_IGNORE) &&
        dif->ref != slot->op.tag[0].ref) {
        errors |= DSA_DIF_ERR_REF;
    }
    return errors;
}

/* 8.3.17.3: what is passed through is that of the source, if there is one. */
static void put_dif(DsaSlot *slot, uint8_t *to, const Dif *source,
                    uint16_t guard)
{
    const DsaDesc *desc = &slot->desc;
    uint8_t pass = has_source_dif(desc) ? dst_flags(desc) : 0;
    Dif dif = {
        .guard = pass & DSA_DIF_DST_GUARD_PASS ? source->guard : guard,
        .app = pass & DSA_DIF_DST_APP_PASS ? source->app
               : slot->op.tag[1].app & (uint16_t)~app_mask(desc, 1),
        .ref = pass & DSA_DIF_DST_REF_PASS ? source->ref
               : slot->op.tag[1].ref,
    };

    dif_put(to, &dif);
}

static void advance_tags(DsaSlot *slot)
{
    const DsaDesc *desc = &slot->desc;
    const uint8_t flags[2] = { src_flags(desc), dst_flags(desc) };

    for (unsigned side = 0; side < 2; side++) {
        /* The flags of both sides have the same bits. */
        slot->op.tag[side].ref += !(flags[side] & DSA_DIF_SRC_REF_FIXED);
        slot->op.tag[side].app += !!(flags[side] & DSA_DIF_SRC_APP_COUNTS);
    }
}

/* Check the block that was read and begin to write; false: an error. */
static bool block_read(DsaSlot *slot)
{
    const DsaDesc *desc = &slot->desc;
    DsaOpState *op = &slot->op;
    uint32_t block = sva_dsa_dif_block(desc);
    uint8_t *data = slot->buf + DSA_BUF_DATA(0);
    uint8_t *out = slot->buf + DSA_BUF_DATA(1);
    uint16_t guard = block_guard(slot);
    Dif source = dif_get(data + block);

    op->part = 2;
    if (has_source_dif(desc)) {
        op->result = block_errors(slot, &source, guard);
    }
    if (op->result) {
        return false;
    }
    if (writes_data(desc)) {
        memcpy(out, data, block);
        out += block;
    }
    if (writes_dif(desc)) {
        put_dif(slot, out, &source, guard);
    }
    return true;
}

/* Part 0: a block begins; 1: it was read; 2: it was written, if it is. */
static uint8_t dif_next(DsaSlot *slot)
{
    const DsaDesc *desc = &slot->desc;
    DsaOpState *op = &slot->op;

    if (op->part == 1) {
        if (!block_read(slot)) {
            return DSA_ST_DIF_ERROR;
        }
        if (bytes_out(desc)) {
            sva_dsa_write_mem(slot, desc->dst + (uint64_t)
                              (op->pos / bytes_in(desc)) * bytes_out(desc),
                              DSA_BUF_DATA(1), bytes_out(desc),
                              DSA_OPERAND_DST);
            return 0;
        }
    }
    if (op->part == 2) {
        op->pos += bytes_in(desc);
        advance_tags(slot);
    }
    op->part = 1;
    if (!dsa_op_left(slot)) {
        return DSA_ST_SUCCESS;
    }
    sva_dsa_read_mem(slot, desc->src + op->pos, DSA_BUF_DATA(0),
                     bytes_in(desc), DSA_OPERAND_SRC);
    return 0;
}

static bool dif_possible(const DsaSlot *slot)
{
    return slot->op.part <= 2 && slot->op.pos <= slot->desc.size &&
           !(slot->op.pos % bytes_in(&slot->desc)) &&
           (slot->op.part != 2 || dsa_op_left(slot));
}

static void put_tags(const DsaSlot *slot, unsigned side, uint8_t *to)
{
    dsa_put32(to, slot->op.tag[side].ref);
    dsa_put16(to + 4, app_mask(&slot->desc, side));
    dsa_put16(to + 6, slot->op.tag[side].app);
}

static void dif_record(const DsaSlot *slot, uint8_t *to)
{
    if (has_source_dif(&slot->desc)) {
        put_tags(slot, 0, to);
    }
    if (writes_dif(&slot->desc)) {
        put_tags(slot, 1, to + 8);
    }
}

static uint64_t dif_last(const DsaSlot *slot)
{
    const DsaDesc *desc = &slot->desc;

    return desc->dst + (uint64_t)(desc->size / bytes_in(desc)) *
                       bytes_out(desc) - 1;
}

const DsaOp sva_dsa_op_dif = {
    .begin = dif_begin,
    .next = dif_next,
    .possible = dif_possible,
    .fill_record = dif_record,
    .last = dif_last,
};

/*
 * sva-accel: decoding and checking of descriptors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include <glib.h>
#include "descriptor.h"

#define USES_SRC (1u << 0)
#define USES_DST (1u << 1)
#define COMMON_FLAGS (SVA_DF_BLOCK_ON_FAULT | SVA_DF_COMPLETION | SVA_DF_IRQ)

typedef struct OpcodeInfo {
    uint16_t flags;             /* allowed */
    uint8_t ranges;             /* of size bytes each */
} OpcodeInfo;

static const OpcodeInfo opcodes[SVA_OP_MAX] = {
    [SVA_OP_NOP]     = { COMMON_FLAGS, 0 },
    [SVA_OP_COPY]    = { COMMON_FLAGS, USES_SRC | USES_DST },
    [SVA_OP_FILL]    = { COMMON_FLAGS, USES_DST },
    [SVA_OP_COMPARE] = { COMMON_FLAGS, USES_SRC | USES_DST },
    [SVA_OP_TOUCH]   = { SVA_DF_ALL, USES_DST },
    [SVA_OP_DELAY]   = { COMMON_FLAGS, 0 },
    [SVA_OP_FETCH_ADD] = { COMMON_FLAGS, USES_DST },
    [SVA_OP_COMPARE_SWAP] = { COMMON_FLAGS, USES_DST },
    [SVA_OP_CRC32C]  = { COMMON_FLAGS, USES_DST },
};

/* The last byte may be the last one of the address space. */
static bool range_wraps(uint64_t addr, uint64_t size)
{
    return addr + (size - 1) < addr;
}

static bool bad_size(const struct sva_desc *desc, uint8_t ranges)
{
    if (desc->opcode == SVA_OP_DELAY) {
        return desc->size > SVA_DELAY_MAX;
    }
    if (sva_op_is_atomic(desc->opcode)) {
        return desc->size != sizeof(uint64_t);
    }
    if (!ranges) {
        return false;
    }
    if (desc->size == 0 || desc->size > SVA_DESC_SIZE_MAX) {
        return true;
    }
    if (desc->opcode == SVA_OP_TOUCH &&
        (desc->size % 8 || desc->stride == 0 ||
         desc->stride > SVA_DESC_SIZE_MAX)) {
        return true;
    }
    return ((ranges & USES_SRC) && range_wraps(desc->src, desc->size)) ||
           ((ranges & USES_DST) && range_wraps(desc->dst, desc->size));
}

static bool bad_align(const struct sva_desc *desc)
{
    if (desc->opcode == SVA_OP_TOUCH &&
        (desc->dst % 8 || desc->stride % 8)) {
        return true;
    }
    if (sva_op_is_atomic(desc->opcode) && desc->dst % 8) {
        return true;
    }
    return (desc->flags & SVA_DF_COMPLETION) &&
           desc->completion % sizeof(struct sva_completion);
}

static enum sva_status desc_check(const struct sva_desc *desc)
{
    const OpcodeInfo *info;

    if (desc->opcode >= SVA_OP_MAX) {
        return SVA_ST_BAD_OPCODE;
    }
    info = &opcodes[desc->opcode];
    if (desc->flags & ~info->flags) {
        return SVA_ST_BAD_FLAGS;
    }
    if (desc->reserved0 || desc->reserved1) {
        return SVA_ST_BAD_RESERVED;
    }
    if (bad_size(desc, info->ranges)) {
        return SVA_ST_BAD_SIZE;
    }
    return bad_align(desc) ? SVA_ST_BAD_ALIGN : SVA_ST_SUCCESS;
}

enum sva_status sva_desc_decode(const void *raw, struct sva_desc *desc)
{
    memcpy(desc, raw, sizeof(*desc));
    desc->flags = GUINT16_FROM_LE(desc->flags);
    desc->id = GUINT32_FROM_LE(desc->id);
    desc->src = GUINT64_FROM_LE(desc->src);
    desc->dst = GUINT64_FROM_LE(desc->dst);
    desc->size = GUINT64_FROM_LE(desc->size);
    desc->completion = GUINT64_FROM_LE(desc->completion);
    desc->stride = GUINT64_FROM_LE(desc->stride);
    desc->rounds = GUINT64_FROM_LE(desc->rounds);
    desc->interval = GUINT32_FROM_LE(desc->interval);
    desc->reserved1 = GUINT32_FROM_LE(desc->reserved1);
    return desc_check(desc);
}

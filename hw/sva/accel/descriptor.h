/*
 * sva-accel: descriptors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_ACCEL_DESCRIPTOR_H
#define HW_SVA_ACCEL_DESCRIPTOR_H

#include <stdbool.h>
#include "hw/sva/accel-abi.h"

/* Longest delay, 2^62 ns: added to any time it still fits 64 bits. */
#define SVA_DELAY_MAX (1ull << 62)

static inline bool sva_op_is_atomic(uint8_t opcode)
{
    return opcode == SVA_OP_FETCH_ADD || opcode == SVA_OP_COMPARE_SWAP;
}

/*
 * Decode the raw descriptor @raw into @desc (host order) and check it;
 * SVA_ST_SUCCESS if it is good.  @desc is filled in any case, so that a bad
 * descriptor can be completed.
 */
enum sva_status sva_desc_decode(const void *raw, struct sva_desc *desc);

#endif

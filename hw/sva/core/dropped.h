/*
 * What an invalidation of a cache did, what it took, and how much of that is
 * done at a time
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_CORE_DROPPED_H
#define HW_SVA_CORE_DROPPED_H

#include "hw/sva/types.h"

/*
 * @count:  entries that went
 * @looked: entries and places for entries that were looked at.  This is what
 *          the call cost; who runs invalidations for a guest bounds their sum
 *          in one slice.
 */
typedef struct SvaDropped {
    unsigned count;
    unsigned looked;
} SvaDropped;

/*
 * A slice of a queue of commands, in entries that are looked at; a command is
 * worth some by itself.  One that looks at more than is left of it ends it.
 */
#define SVA_SLICE             65536u
#define SVA_SLICE_PER_COMMAND 16u
#define SVA_SLICE_ATC_MAX     1024u

/*
 * What the message of an ATC invalidation is worth: a function looks for each
 * page of size - 1 @mask, or at all that it holds.
 */
static inline unsigned sva_slice_atc(uint64_t mask)
{
    return (unsigned)MIN(mask >> SVA_PAGE_SHIFT, SVA_SLICE_ATC_MAX);
}

#endif

/*
 * What an invalidation of a cache did, and what it took
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_CORE_DROPPED_H
#define HW_SVA_CORE_DROPPED_H

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

#endif

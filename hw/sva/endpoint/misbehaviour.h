/*
 * Misbehaviour on command, as decisions that the library asks for
 *
 * A device that can be told to break the rules fills a table of these; the
 * library asks before it acts.  They decide only: they neither count, nor
 * change a state, nor send.  Each member is optional; without it, and without
 * a table, the function keeps the rules.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_ENDPOINT_MISBEHAVIOUR_H
#define HW_SVA_ENDPOINT_MISBEHAVIOUR_H

#include <stdbool.h>
#include <stdint.h>

/* Points of an access at which it can be made to stop; a set of bits. */
typedef enum SvaAccessPoint {
    SVA_ACCESS_BEFORE_TRANSLATION = 1 << 0,
    SVA_ACCESS_BEFORE_REQUEST     = 1 << 1,  /* translated, not sent */
    SVA_ACCESS_BEFORE_GROUP       = 1 << 2,  /* of page requests */
    SVA_ACCESS_IN_GROUP           = 1 << 3,  /* before its last request */
    SVA_ACCESS_AFTER_RESPONSE     = 1 << 4,  /* not acted upon */
} SvaAccessPoint;

#define SVA_ACCESS_POINTS 0x1fu

/* When an invalidate request is completed. */
typedef enum SvaInvalTiming {
    SVA_INVAL_NOW,
    SVA_INVAL_LATE,             /* after a delay */
    SVA_INVAL_WITHHELD,         /* when sva_inval_complete() says so */
} SvaInvalTiming;

/*
 * @owner: of the access or of the group
 * @device: as given to sva_function_init()
 */
typedef struct SvaMisbehaviour {
    /* Breakpoint: shall the access stop at @point?  Once for each. */
    bool (*breakpoint)(void *owner, SvaAccessPoint point);
    /* Shall a page request, the last one of its group or not, be withheld? */
    bool (*withhold)(void *owner, bool last);
    /* Shall each page request be sent twice? */
    bool (*duplicate)(void *owner);
    /* Shall page requests be sent beyond credits, allocation and enable? */
    bool (*exceed)(void *owner);
    /* Shall a group take the index of one of another PASID? */
    bool (*share_index)(void *owner);
    /* Shall an invalidate request leave the ATC as it is? */
    bool (*keep_stale)(void *device);
    /* @delay: in ns, for SVA_INVAL_LATE; 0 before the call */
    SvaInvalTiming (*inval_timing)(void *device, int64_t *delay);
} SvaMisbehaviour;

#endif

/*
 * SvaFabric: messages from an IOMMU to functions
 *
 * The PCI side implements it (hw/sva/pci/), or a test.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_FABRIC_H
#define HW_SVA_FABRIC_H

#include "hw/sva/types.h"

typedef struct SvaFabricOps {
    /*
     * Deliver an invalidate request.  false: there is no such function, or
     * its ATS is disabled; the request is then over.
     */
    bool (*atc_invalidate)(void *fabric, const SvaAtcInvalidation *inv);
    /* Deliver a PRG response; dropped silently if there is no such function. */
    void (*page_response)(void *fabric, const SvaPageResponse *rsp);
    /*
     * Have all that keep copies of translations without ATS drop them;
     * inval_done() with SVA_RID_COPIES and @itag says that they have.  @itag 0:
     * nobody waits for it.
     */
    void (*drop_copies)(void *fabric, uint32_t itag);
    /*
     * End a stall.  false: no function waits for that.  Requests are sent again
     * later, never from within this call.
     */
    bool (*stall_end)(void *fabric, const SvaStallEnd *end);
} SvaFabricOps;

/* In place of a function's, for requests by SvaFabricOps.drop_copies(). */
#define SVA_RID_COPIES 0xffff

/*
 * @ops:    NULL: nobody can be reached
 * @opaque: handed to @ops
 * @copies: how many keep copies of untranslated requests' translations without
 *          ATS, such as a device that another process implements.  While there
 *          are any, a wait for invalidations waits for drop_copies() as well.
 */
typedef struct SvaFabric {
    const SvaFabricOps *ops;
    void *opaque;
    unsigned copies;
} SvaFabric;

#endif

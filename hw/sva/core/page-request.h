/*
 * Page requests: what becomes of them, and the answers that functions get
 *
 * Whether a request is queued, refused or has no room is the unit's business;
 * the rest is the same for all of them.
 *
 * PCIe r6 10.4 "Page Request Services".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_CORE_PAGE_REQUEST_H
#define HW_SVA_CORE_PAGE_REQUEST_H

#include "agent.h"

/*
 * The last message of a function about a PASID, which has no answer: L=1,
 * R=W=0, and a PASID (PCIe r6 10.4.1.2.1; IHI 0070 G.b, chapter 8).
 */
static inline bool sva_page_is_stop_marker(const SvaPageRequest *req)
{
    return req->pasid.valid && req->last &&
           !(req->access & SVA_RW);
}

/* @req is in the queue, as an entry that begins with @words. */
void sva_page_queued(const SvaAgent *agent, const SvaPageRequest *req,
                     const uint64_t words[2]);

/*
 * Answer the group of @req on behalf of software.  @pasid: that of the
 * answer; @reason: code of the fault that made the unit do so, or 0.  false:
 * a Stop Marker, it has no answer.
 */
bool sva_page_auto_response(const SvaAgent *agent, const SvaPageRequest *req,
                            SvaPasid pasid, SvaPrgCode code, unsigned reason);

/* Software answers a group. */
void sva_page_response(const SvaAgent *agent, const SvaPageResponse *rsp);

#endif

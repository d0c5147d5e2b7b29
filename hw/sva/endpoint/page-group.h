/*
 * A page request group of a function, from its index to its response
 *
 * Groups wait in a queue for credits and indices (prg.h); the first one stays
 * there until it has sent its requests.
 *
 * PCIe r6 10.4.1 "Page Request Message", 6.20.1 "Managing PASID usage".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_ENDPOINT_PAGE_GROUP_H
#define HW_SVA_ENDPOINT_PAGE_GROUP_H

#include "function.h"

#define SVA_PAGE_GROUP_MAX 32

typedef struct SvaPageGroup SvaPageGroup;

/* The response has come, or none will come (SVA_PRG_FAILURE). */
typedef void SvaPageGroupFn(SvaPageGroup *group, SvaPrgCode code);

/*
 * @single: one request of its own, outside of an access: keeps the rules,
 *          and no other group takes its index
 * @forced: sent by command, allowed or not
 * @shared: has the index of another group, and no credits
 * @first:  address of request 0
 * @step:   from request to request
 *
 * The device, or access.c, sets pasid, access, first, step and forced before
 * the group is opened; all else is written by the library.
 */
struct SvaPageGroup {
    SvaFunction *fn;
    void *owner;
    SvaPageGroupFn *answered;
    GList link;                 /* in SvaFunction.credit_queue */
    bool queued;
    bool single;
    bool forced;
    bool open;                  /* index and credits are in use */
    bool shared;
    uint8_t access;
    uint16_t prgi;
    uint16_t count;             /* at most SVA_PAGE_GROUP_MAX */
    uint16_t sent;
    uint32_t withheld;          /* bit n: request n was not sent */
    uint64_t first;
    uint64_t step;
    SvaPasid pasid;
};

/* @owner: of the device, for counters and decisions */
void sva_page_group_init(SvaPageGroup *group, SvaFunction *fn, void *owner,
                         SvaPageGroupFn *answered);
void sva_page_group_reset(SvaPageGroup *group);

/* May it be sent now, credits left aside? */
bool sva_page_group_allowed(const SvaPageGroup *group);

/* Is it its turn?  A group that needs no credit does not queue for one. */
bool sva_page_group_may_open(const SvaPageGroup *group);

/*
 * Open it with @wanted requests, or with fewer when credits are short; false
 * if there are none, or no index.
 */
bool sva_page_group_open(SvaPageGroup *group, unsigned wanted);

/* Send the next request; the last one ends the group. */
void sva_page_group_send(SvaPageGroup *group);

/* Send what was withheld; the response may come from within. */
void sva_page_group_send_withheld(SvaPageGroup *group);

/*
 * Complete a group whose owner has given up: without its last request it is
 * never answered, and its credits are lost.
 */
void sva_page_group_end(SvaPageGroup *group);

/*
 * Stop waiting for the response: with a Stop Marker (6.20.1), or against the
 * rules.  Index and credits stay in use until it comes.  An incomplete group
 * gives them back, since it is never answered.
 */
void sva_page_group_leave(SvaPageGroup *group);

/* Remove an incomplete group from the table: it is never answered. */
void sva_page_group_close(SvaPageGroup *group);

/* Close the group and call its answered(). */
void sva_page_group_answered(SvaPageGroup *group, SvaPrgCode code);

/* The queue for credits. */
void sva_page_group_enqueue(SvaPageGroup *group);
void sva_page_group_dequeue(SvaPageGroup *group);

/*
 * Credits may have come back: wake the first one in the queue, which an
 * adversary chooses.
 */
void sva_page_groups_kick(SvaFunction *fn);

/* Nothing can be sent any more: wake all that wait, so that they fail. */
void sva_page_groups_wake_all(SvaFunction *fn);

#endif

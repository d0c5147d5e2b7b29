/*
 * Page request groups of one function: indices and credits
 *
 * Keeps the rules that a function must keep: no more page requests
 * outstanding than software allocated, no group index reused before its
 * response came, one response per group.  Sending is the owner's business.
 *
 * PCIe r6 10.4 "Page Request Services": 10.4.1 "Page Request Message",
 * 10.4.2 "Page Request Group Response", 10.5.2 (extended capability).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_ENDPOINT_PRG_H
#define HW_SVA_ENDPOINT_PRG_H

#include "hw/sva/types.h"

/* What is known of an index. */
typedef struct SvaPrgSlot {
    void *owner;                /* NULL: stale, the answer is of no use */
    SvaPasid pasid;
    uint16_t requests;          /* credits that the group holds; 0: free */
} SvaPrgSlot;

/*
 * State of a function; private but for @allocation and @outstanding, which
 * may be read.
 *
 * @allocation:  Outstanding Page Request Allocation
 * @outstanding: page requests (not groups) not answered yet
 */
typedef struct SvaPrgTable {
    uint32_t allocation;
    uint32_t outstanding;
    uint16_t free_first;
    uint16_t free_count;
    uint16_t free_ring[SVA_PRGI_COUNT];
    SvaPrgSlot groups[SVA_PRGI_COUNT];
} SvaPrgTable;

/*
 * What is saved of a table: everything but the owners.
 *
 * @free:     indices that are free, the next one first
 * @requests: by index; 0: free
 * @pasid:    by index; SVA_PASID_BITS bits, and the next one if there is one
 */
typedef struct SvaPrgState {
    uint32_t allocation;
    uint32_t free_count;
    uint16_t free[SVA_PRGI_COUNT];
    uint16_t requests[SVA_PRGI_COUNT];
    uint32_t pasid[SVA_PRGI_COUNT];
} SvaPrgState;

/* What sva_prg_close() found. */
typedef enum SvaPrgMatch {
    SVA_PRG_MATCHED,            /* the group is closed; owner was set */
    SVA_PRG_STALE,              /* closed, but abandoned before */
    SVA_PRG_UNKNOWN,            /* matches nothing outstanding: UPRGI */
} SvaPrgMatch;

/* No group outstanding, allocation 0. */
void sva_prg_init(SvaPrgTable *table);

/* Set the allocation; credits in use stay in use. */
void sva_prg_set_allocation(SvaPrgTable *table, uint32_t allocation);

/* Page requests that may be sent now. */
uint32_t sva_prg_credits(const SvaPrgTable *table);

/*
 * Open a group of @requests page requests, 1..UINT16_MAX, for @owner (not
 * NULL).  Returns its index, or -1 if credits or indices do not suffice.
 * Indices are taken in turn, so that one is reused as late as possible.
 */
int sva_prg_open(SvaPrgTable *table, SvaPasid pasid, unsigned requests,
                 void *owner);

/* As above, without regard to credits: against the rules. */
int sva_prg_open_beyond(SvaPrgTable *table, SvaPasid pasid,
                        unsigned requests, void *owner);

/*
 * A response arrived.  With @with_pasid (PRG Response PASID Required) its
 * PASID has to match too.  Returns the credits unless SVA_PRG_UNKNOWN.
 * @owner is set in any case, to NULL unless SVA_PRG_MATCHED.
 */
SvaPrgMatch sva_prg_close(SvaPrgTable *table, const SvaPageResponse *rsp,
                          bool with_pasid, void **owner);

/*
 * Stop waiting for the groups of @owner (stop with Stop Marker): they keep
 * index and credits until answered, but the answer goes nowhere.  Returns how
 * many groups.
 */
unsigned sva_prg_abandon_owner(SvaPrgTable *table, const void *owner);

/* Page requests of @pasid not answered yet, abandoned ones included. */
unsigned sva_prg_outstanding(const SvaPrgTable *table, SvaPasid pasid);

/*
 * Save, and restore without owners: until adopted a group is abandoned.
 * Both return false if that cannot be; the table is initialized then, or the
 * group stays as it is.
 */
void sva_prg_save(const SvaPrgTable *table, SvaPrgState *out);
bool sva_prg_restore(SvaPrgTable *table, const SvaPrgState *in);
bool sva_prg_adopt(SvaPrgTable *table, unsigned prgi, SvaPasid pasid,
                   unsigned requests, void *owner);

/* Forget all groups (PRI reset, FLR, Response Failure); allocation stays. */
void sva_prg_forget_all(SvaPrgTable *table);

#endif

/*
 * Saved state of a function, its page request groups and its accesses
 *
 * Flat and without pointers; times are what is left of them.  Left out are
 * the ATC and whatever was translated with it, and what follows from other
 * members, so that it cannot contradict them.  Who changes the meaning of a
 * member changes the version of the devices that save it.
 *
 * What comes from a stream is checked like what comes from a guest: members
 * that the library relies on have to be possible.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_ENDPOINT_STATE_H
#define HW_SVA_ENDPOINT_STATE_H

#include "access.h"

/* Longest time that is left of anything, 2^62 ns. */
#define SVA_TIME_LEFT_MAX (1ull << 62)

/* SvaPageGroupSaved.flags */
#define SVA_SAVED_OPEN          (1u << 0)
#define SVA_SAVED_SHARED        (1u << 1)
#define SVA_SAVED_FORCED        (1u << 2)
#define SVA_SAVED_GROUP_FLAGS   0x7u

/* SvaFunctionSaved.flags */
#define SVA_SAVED_BUS_MASTER    (1u << 0)
#define SVA_SAVED_PASID         (1u << 1)
#define SVA_SAVED_ATS           (1u << 2)
#define SVA_SAVED_PRI           (1u << 3)
#define SVA_SAVED_PRI_RF        (1u << 4)
#define SVA_SAVED_PRI_UPRGI     (1u << 5)
#define SVA_SAVED_FLAGS         0x3fu

/* @pasid: SVA_PASID_BITS bits, and the next one if there is one */
typedef struct SvaPageGroupSaved {
    uint64_t first;
    uint64_t step;
    uint32_t pasid;
    uint32_t withheld;
    uint16_t prgi;
    uint16_t count;
    uint16_t sent;
    uint8_t access;
    uint8_t flags;
} SvaPageGroupSaved;

/* An invalidate request; @left has no meaning if it is withheld. */
typedef struct SvaLateInvalSaved {
    uint64_t left;
    uint32_t itag;
    uint32_t withheld;
} SvaLateInvalSaved;

/* @waiting: accesses that wait for a credit, in their order */
typedef struct SvaFunctionSaved {
    uint32_t flags;
    uint32_t stall_seq;
    uint32_t late_count;
    SvaLateInvalSaved late[SVA_INVALS_MAX];
    SvaPrgState prg;
    uint32_t waiting_count;
    uint16_t waiting[SVA_FUNCTION_ACCESSES_MAX];
} SvaFunctionSaved;

void sva_page_group_save(const SvaPageGroup *group, SvaPageGroupSaved *out);
bool sva_page_group_load(SvaPageGroup *group, const SvaPageGroupSaved *in);

/* Not to be called from within a call of the device. */
void sva_function_save(const SvaFunction *fn, SvaFunctionSaved *out);

/*
 * Load in this order, after a reset: the function, then all groups and
 * accesses, then what ties them together.  Nothing is sent.  NULL, or why @in
 * cannot be taken; reset the function then.
 *
 * @may_withhold: SVA_INVAL_WITHHELD is possible with the device's registers
 */
const char *sva_function_load(SvaFunction *fn, const SvaFunctionSaved *in,
                              bool may_withhold);
const char *sva_function_load_groups(SvaFunction *fn,
                                     const SvaFunctionSaved *in);
const char *sva_function_load_waiting(SvaFunction *fn,
                                      const SvaFunctionSaved *in);

#endif

/*
 * What a rule reports
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_CHECKER_VIOLATION_H
#define HW_SVA_OBSERVE_CHECKER_VIOLATION_H

#include "rule.h"

typedef enum SvaCheckCulprit {
    SVA_CULPRIT_KERNEL,
    SVA_CULPRIT_MODEL,
    SVA_CULPRIT_UNKNOWN,
} SvaCheckCulprit;

/*
 * The facts; all but @rule may be left out.
 *
 * @has_rid: @rid counts; without it the report is about no function
 * @addr:    input address that it is about; @last: last one of a range, or 0
 * @pa:      of the table entry
 * @before:  its words, count 0: none; @now: the same
 * @owed:    what software had to do, a list for people
 * @obligation: that was not met, 0: none that was told
 * @since:   virtual time at which the cause was first seen, 0: now
 */
typedef struct SvaCheckCase {
    const SvaCheckRule *rule;
    SvaCheckCulprit culprit;
    bool has_rid;
    uint16_t rid;
    SvaPasid pasid;
    uint64_t addr;
    uint64_t last;
    uint64_t pa;
    SvaCheckEntry before;
    SvaCheckEntry now;
    const char *owed;
    uint64_t obligation;
    int64_t since;
} SvaCheckCase;

/* Of the kernel, about a PASID of a function, or the function without one. */
static inline SvaCheckCase sva_check_case(const SvaCheckRule *rule,
                                          uint16_t rid, SvaPasid pasid)
{
    return (SvaCheckCase) {
        .rule = rule, .culprit = SVA_CULPRIT_KERNEL,
        .has_rid = true, .rid = rid, .pasid = pasid,
    };
}

/*
 * Report a broken rule, with an explanation in plain words: one sentence or
 * two, ASCII, with numbers as 0x...  Repetitions (rule, function and PASID the
 * same) are counted only.  The checker adds what happened last to the function
 * and PASID.  To be called from hooks of a topic, thus under the lock.
 */
void G_GNUC_PRINTF(3, 4)
sva_check_violation(SvaChecker *c, const SvaCheckCase *facts,
                    const char *fmt, ...);

/*
 * Who is to blame for what was not done in time: nobody can tell if a wait is
 * not complete for so long that it does not excuse any more.
 */
SvaCheckCulprit sva_check_culprit_of_late(const SvaChecker *c);

void sva_check_reports_init(SvaChecker *c);
void sva_check_reports_free(SvaChecker *c);

const char *sva_check_culprit_name(SvaCheckCulprit culprit);

#endif

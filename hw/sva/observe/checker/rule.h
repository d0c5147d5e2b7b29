/*
 * Rules of the checker, and topics that have them
 *
 * A topic is a file, rules-TOPIC.c, with a table of rules and a state of its
 * own.  It hears of events after the shadow has taken them, under the checker's
 * lock, and reports with sva_check_violation().  topics.c lists all topics.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_CHECKER_RULE_H
#define HW_SVA_OBSERVE_CHECKER_RULE_H

#include "arch.h"

typedef struct SvaChecker SvaChecker;

/*
 * @id:       lower case with hyphens, for ever: tools and documents use it
 * @sentence: what must hold; ends with a full stop
 * @source:   document and section, for each SvaRegsArch; NULL: not a rule there
 */
typedef struct SvaCheckRule {
    const char *id;
    const char *sentence;
    const char *source[SVA_REGS_ARCHS];
} SvaCheckRule;

/*
 * What the entry of a PASID of a function did, and does.
 *
 * @target: what it is bound to (SvaCheckArch.target); kept while it is not
 * @tables: a number of their own for the tables there, so that others that
 *          were made in the same place have another; kept as well; 0: none yet
 * @since:  sequence number of the event at which this was seen
 * @clock:  of sva_check_clock() then
 */
typedef struct SvaCheckBond {
    SvaCheckBind state;
    uint64_t target;
    uint64_t tables;
    uint64_t since;
    int64_t time;
    int64_t clock;
} SvaCheckBond;

/*
 * All but the first three members may be 0.
 *
 * @state_size: bytes of state, zeroed; SVA_EV_RESET does not touch them
 * @start:      once, before the first event
 * @stop:       free what @state refers to
 * @event:      after the shadow has taken it
 * @jobs:       @event hears of SVA_EV_JOB_START and SVA_EV_JOB_DONE, too, of
 *              which a function that copies pages makes two for each
 * @bond:       the bond of a PASID has changed; before @event
 * @tick:       now and then on the virtual clock
 */
typedef struct SvaCheckTopic {
    const char *name;
    const SvaCheckRule *rules;
    size_t count;
    size_t state_size;
    bool jobs;
    void (*start)(SvaChecker *c, void *state);
    void (*stop)(SvaChecker *c, void *state);
    void (*event)(SvaChecker *c, void *state, const SvaEvent *event);
    void (*bond)(SvaChecker *c, void *state, uint16_t rid, SvaPasid pasid,
                 const SvaCheckBond *old, const SvaCheckBond *now);
    void (*tick)(SvaChecker *c, void *state);
} SvaCheckTopic;

#endif

/*
 * Conditions in which the SMMUv3 makes an event, for unit tests
 *
 * A condition changes one thing in a world that is otherwise in order: a
 * stream with both stages' tables, a CD, a page.  It also says what a record
 * of it has to tell.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_UNIT_SMMU_EVENT_WORLD_H
#define TESTS_UNIT_SMMU_EVENT_WORLD_H

#include "smmu-tables.h"

typedef enum EventKind {
    EVK_READ,
    EVK_WRITE,
    EVK_ATOMIC,                 /* reads and writes */
    EVK_FETCH,                  /* privileged read of an instruction */
    EVK_TREQ,                   /* ATS translation request */
    EVK_TRANSLATED_READ,
    EVK_TRANSLATED_WRITE,
    EVK_PAGE,                   /* page request */
    EVK_COUNT
} EventKind;

/* CLASS */
#define EVC_CD 0
#define EVC_TT 1
#define EVC_IN 2

typedef struct EventCondition EventCondition;

/*
 * @ste, @cd:  words that are put into memory last, the CD at @index
 * @eats:      STE.EATS for ATS; the others meet a stream without it
 * @cr0:       CR0 at the time of the request
 * @pasid, @addr: of the request; @intermediate: address of a translated one
 *
 * What a record and an answer have to tell:
 *
 * @cls, @s2, @ttrnw, @ipa, @fetch, @ssid: fields of the record
 * @rnw:       an atomic access is told as a read
 * @pnu, @ind: overridden to be 1
 * @granted:   rights of the answer to a translation request
 * @always:    A, R, S, S2R and S2S have no part in it
 * @fixed:     they are part of the condition
 */
typedef struct EventWorld {
    SmmuFixture *f;
    const EventCondition *cond;
    EventKind kind;
    uint64_t ste[4];
    uint64_t cd[3];
    uint32_t index;
    unsigned eats;
    uint32_t cr0;
    SvaPasid pasid;
    uint64_t addr;
    uint64_t intermediate;

    uint64_t ipa;
    uint64_t fetch;
    uint32_t ssid;
    uint8_t cls;
    uint8_t granted;
    bool s2;
    bool ttrnw;
    bool rnw;
    bool pnu;
    bool ind;
    bool always;
    bool fixed;
} EventWorld;

/*
 * @number: of the event
 * @set:    makes the condition, of the variety that @a and @b name
 * @kinds:  1 << EventKind of each kind of request that can meet it, and
 *          EVC_NO_SUBSTREAMS: of a unit with SSIDSIZE=0
 */
struct EventCondition {
    uint8_t number;
    const char *what;
    void (*set)(EventWorld *w);
    uint64_t a;
    uint64_t b;
    unsigned kinds;
};

#define EVK_ALL           ((1u << EVK_COUNT) - 1)
#define EVC_NO_SUBSTREAMS (1u << 16)

extern const EventCondition smmu_event_conditions[];
extern const unsigned smmu_event_condition_count;

/* The world with the condition, for a request of @kind. */
void smmu_event_world_init(EventWorld *w, const EventCondition *cond,
                           EventKind kind);

#endif

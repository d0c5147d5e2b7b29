/*
 * Ways to provoke the conditions of Table 30 (VT-d 5.10 section 7.1.3)
 *
 * A world is a set of tables in which the request of the scene succeeds; the
 * steps of a provocation then break one thing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_UNIT_VTD_PROVOKE_H
#define TESTS_UNIT_VTD_PROVOKE_H

#include "vtd-fixture.h"

typedef enum World {
    LEGACY,                     /* TT=01 */
    LEGACY_PASS,                /* TT=10 */
    FIRST,
    SECOND,
    SECOND_AD,                  /* SSADE */
    NESTED,                     /* second stage of 39 bits */
    NESTED_AD,
    PASS,
    WORLDS
} World;

/*
 * @fpd:   bit 1 for the entry: context, PASID directory, PASID table
 * @addr:  of the request
 * @pasid: of requests that have one
 */
typedef struct Scene {
    VtdFixture *f;
    World world;
    uint64_t fpd[3];
    uint64_t addr;
    uint32_t pasid;
} Scene;

typedef struct Step {
    void (*fn)(Scene *s, uint64_t a, uint64_t b);
    uint64_t a;
    uint64_t b;
} Step;

/*
 * @code:   row of table30[]
 * @kinds:  requests to send; NULL: all that the row has an answer for, but
 *          XP, and X where it is not provoked
 * @access: R read, W write, A atomic, X read and execute, P privileged read;
 *          NULL: the first three
 * @seen:   entries with FPD that are met on the way, 0..3
 * @grants: rights of the page, for answers by effective rights
 */
typedef struct Provocation {
    const char *code;
    const char *what;
    World world;
    unsigned seen;
    const char *kinds;
    const char *access;
    uint8_t grants;
    void (*config)(SvaVtdConfig *c);
    Step steps[3];
} Provocation;

extern const Provocation provocations[];
extern const unsigned provocation_count;

/* @position: whose FPD is set: 0 nobody's, 1..3 as Scene.fpd. */
void scene_build(Scene *s, World world, void (*config)(SvaVtdConfig *c),
                 unsigned position);
void scene_provoke(Scene *s, const Provocation *p);

#endif

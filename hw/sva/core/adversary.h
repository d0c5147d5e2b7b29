/*
 * Adversary of an IOMMU: which liberty is taken when, and what to translate in
 * advance
 *
 * An architecture permits much that real units rarely do.  With a seed the
 * units do it, at moments that a generator chooses.  Everything that the
 * architecture demands is kept: software that does what it owes notices
 * nothing.  docs/system/adversary.rst says for each liberty what permits it.
 *
 * A seed also decides which liberties are taken, and how often each is, so that
 * seeds differ in character.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_CORE_ADVERSARY_H
#define HW_SVA_CORE_ADVERSARY_H

#include "hw/sva/adversary.h"
#include "hw/sva/env.h"
#include "hw/sva/types.h"

/* Bit numbers of the option adversary-only. */
typedef enum SvaLiberty {
    SVA_LIBERTY_SPECULATE,      /* walk in advance */
    SVA_LIBERTY_EARLY,          /* use pieces of tables that were read before */
    SVA_LIBERTY_LATE,           /* carry out invalidations later */
    SVA_LIBERTY_WAIT,           /* complete waits later */
    SVA_LIBERTY_ALONE,          /* serve from the IOTLB alone */
    SVA_LIBERTY_STALE_RIGHTS,   /* answer with rights that are too few */
    SVA_LIBERTY_SPLIT,          /* cache pieces of large pages */
    SVA_LIBERTY_DROP,           /* drop caches for no reason */
    SVA_LIBERTIES
} SvaLiberty;

#define SVA_LIBERTY_BIT(liberty) (1u << (liberty))

#define SVA_ADVERSARY_RECENT 32
#define SVA_ADVERSARY_US     1000

/* Translate what @req asks for, as if it were asked for; no fault is known. */
typedef void SvaSpeculateFn(void *opaque, const SvaRequest *req);

/*
 * @rates:     one in that many times; 0: never
 * @recent:    requests that were made, to translate them and others like them
 * @active:    ticks of the timer until it rests
 * @timer:     the owner's, which calls sva_adversary_tick() then
 */
typedef struct SvaAdversary {
    GRand *rand;
    SvaEnv *env;
    SvaTimer *timer;
    SvaSpeculateFn *speculate;
    void *opaque;
    uint8_t rates[SVA_LIBERTIES];
    SvaRequest recent[SVA_ADVERSARY_RECENT];
    unsigned recent_count;
    unsigned active;
} SvaAdversary;

/* What is wrong with these options, as a sentence; NULL if nothing is. */
const char *sva_adversary_error(uint32_t seed, uint32_t only);

/*
 * @seed: not 0.  @only: SVA_LIBERTY_BIT of those that may be taken, which are
 * all taken then; 0: those that the seed chooses.
 */
void sva_adversary_init(SvaAdversary *adv, SvaEnv *env, uint32_t seed,
                        uint32_t only);
void sva_adversary_finalize(SvaAdversary *adv);
/* Forget what was asked for, and rest. */
void sva_adversary_reset(SvaAdversary *adv);

/* Is it taken now? */
bool sva_adversary_takes(SvaAdversary *adv, SvaLiberty liberty);
/* ns until something is done that may be late; 0: at once. */
int64_t sva_adversary_delay(SvaAdversary *adv);

/* This was asked for: something happens from now on. */
void sva_adversary_asked(SvaAdversary *adv, const SvaRequest *req);
/* Start the timer, if it rests: something happens. */
void sva_adversary_wake(SvaAdversary *adv);
/* The timer has fired: is there more to come? */
bool sva_adversary_tick(SvaAdversary *adv);
/* Perhaps translate a few addresses in advance. */
void sva_adversary_speculate(SvaAdversary *adv);

#endif

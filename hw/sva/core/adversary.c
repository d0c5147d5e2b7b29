/*
 * Adversary of an IOMMU: which liberty is taken when, and what to translate in
 * advance
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "adversary.h"

#define MOST_AT_ONCE   4
#define MAX_DELAY      (300 * SVA_ADVERSARY_US)
#define MAX_TICK       (300 * SVA_ADVERSARY_US)
#define ACTIVE_TICKS   16

/* Smallest and largest rate of each, as powers of two. */
static const struct {
    uint8_t often;
    uint8_t seldom;
} ranges[SVA_LIBERTIES] = {
    [SVA_LIBERTY_SPECULATE]    = { 0, 3 },
    [SVA_LIBERTY_EARLY]        = { 0, 2 },
    [SVA_LIBERTY_LATE]         = { 0, 2 },
    [SVA_LIBERTY_WAIT]         = { 1, 4 },
    [SVA_LIBERTY_ALONE]        = { 0, 2 },
    [SVA_LIBERTY_STALE_RIGHTS] = { 0, 3 },
    [SVA_LIBERTY_SPLIT]        = { 0, 3 },
    [SVA_LIBERTY_DROP]         = { 5, 7 },
};

static bool chance(SvaAdversary *adv, unsigned n)
{
    return sva_adversary_chance(adv->rand, n);
}

static unsigned below(SvaAdversary *adv, unsigned n)
{
    return sva_adversary_below(adv->rand, n);
}

const char *sva_adversary_error(uint32_t seed, uint32_t only)
{
    if (only >> SVA_LIBERTIES) {
        return "adversary-only must be a set of bits below 256";
    }
    if (only && !seed) {
        return "adversary-only needs adversary=SEED";
    }
    return NULL;
}

void sva_adversary_init(SvaAdversary *adv, SvaEnv *env, uint32_t seed,
                        uint32_t only)
{
    unsigned i;

    memset(adv, 0, sizeof(*adv));
    adv->env = env;
    adv->rand = sva_adversary_new(seed);
    for (i = 0; i < SVA_LIBERTIES; i++) {
        unsigned shift = ranges[i].often +
                         below(adv, ranges[i].seldom - ranges[i].often + 1u);
        bool taken = !chance(adv, 8);

        if (only ? only >> i & 1 : taken) {
            adv->rates[i] = (uint8_t)(1u << shift);
        }
    }
}

void sva_adversary_finalize(SvaAdversary *adv)
{
    g_rand_free(adv->rand);
}

void sva_adversary_reset(SvaAdversary *adv)
{
    adv->recent_count = 0;
    adv->active = 0;
    adv->env->ops->timer_cancel(adv->timer);
}

bool sva_adversary_takes(SvaAdversary *adv, SvaLiberty liberty)
{
    return adv->rates[liberty] && chance(adv, adv->rates[liberty]);
}

int64_t sva_adversary_delay(SvaAdversary *adv)
{
    return sva_adversary_takes(adv, SVA_LIBERTY_WAIT)
           ? 1 + (int64_t)below(adv, MAX_DELAY) : 0;
}

/* -- time -- */

static void start_timer(SvaAdversary *adv)
{
    const SvaEnvOps *ops = adv->env->ops;

    ops->timer_at(adv->timer, ops->now(adv->env) + SVA_ADVERSARY_US +
                              (int64_t)below(adv, MAX_TICK));
}

void sva_adversary_wake(SvaAdversary *adv)
{
    bool rests = !adv->active;

    adv->active = ACTIVE_TICKS;
    if (rests) {
        start_timer(adv);
    }
}

bool sva_adversary_tick(SvaAdversary *adv)
{
    if (!adv->active || !--adv->active) {
        return false;
    }
    start_timer(adv);
    return true;
}

/* -- speculation -- */

void sva_adversary_asked(SvaAdversary *adv, const SvaRequest *req)
{
    unsigned slot = adv->recent_count < SVA_ADVERSARY_RECENT
                    ? adv->recent_count++ : below(adv, SVA_ADVERSARY_RECENT);

    adv->recent[slot] = *req;
    sva_adversary_wake(adv);
}

/* Pages and tables near by, of the kernel's half, and of somebody else. */
static void vary(SvaAdversary *adv, SvaRequest *req)
{
    uint64_t steps = 1 + below(adv, 4);
    uint64_t step;

    switch (below(adv, 9)) {
    case 0:
        step = steps << SVA_PAGE_SHIFT;
        break;
    case 1:
        step = steps << 21;
        break;
    case 2:
        step = steps << 30;
        break;
    case 3:
        /* x86-64: half of the tables at the top are the kernel's. */
        req->addr = 0xffff800000000000 | (uint64_t)below(adv, 256) << 39 |
                    (uint64_t)below(adv, 8) << 30 |
                    (uint64_t)below(adv, 1u << 18) << SVA_PAGE_SHIFT;
        return;
    case 4:
        req->pasid = sva_pasid(req->pasid.id + (uint32_t)steps);
        return;
    case 5:
        req->rid ^= 1u << below(adv, 5);
        return;
    case 6:
        /* SMMUv3: descriptors of 8 buses are in one line of 64 bytes. */
        req->rid = (uint16_t)((req->rid & ~0x700u) | below(adv, 8) << 8);
        return;
    default:
        return;                 /* as it was */
    }
    req->addr += chance(adv, 2) ? step : -step;
}

void sva_adversary_speculate(SvaAdversary *adv)
{
    unsigned n;

    if (!adv->recent_count ||
        !sva_adversary_takes(adv, SVA_LIBERTY_SPECULATE)) {
        return;
    }
    for (n = 1 + below(adv, MOST_AT_ONCE); n; n--) {
        SvaRequest req = adv->recent[below(adv, adv->recent_count)];

        req.at = SVA_AT_UNTRANSLATED;
        req.access = SVA_READ | (req.access & SVA_PRIV);
        req.may_stall = false;
        vary(adv, &req);
        adv->speculate(adv->opaque, &req);
    }
}

/*
 * How many seeds of an adversary a unit test tries
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_UNIT_SEEDS_H
#define TESTS_UNIT_SEEDS_H

#include <glib.h>

#define SEEDS_QUICK    40
#define SEEDS_THOROUGH 1000

/* By SVA_TIER in the environment, as ./scripts/sva test --tier sets it */
static inline uint32_t seeds_of_tier(void)
{
    return g_strcmp0(g_getenv("SVA_TIER"), "thorough") ? SEEDS_QUICK
                                                       : SEEDS_THOROUGH;
}

#endif

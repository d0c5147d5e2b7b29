/*
 * Adversary: what the architecture permits and hardware rarely does
 *
 * A model that is given a seed takes liberties at moments that a generator
 * chooses, so that a run can be repeated as far as the guest repeats itself.
 * What an architecture demands is kept.  A generator is no part of the saved
 * state: each side of a migration has its own.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_ADVERSARY_H
#define HW_SVA_ADVERSARY_H

#include <glib.h>

/* NULL, which means off, if @seed is 0; g_clear_pointer(.., g_rand_free). */
static inline GRand *sva_adversary_new(uint32_t seed)
{
    return seed ? g_rand_new_with_seed(seed) : NULL;
}

/* Once in @n times, and never when off: one branch then. */
static inline bool sva_adversary_chance(GRand *adversary, unsigned n)
{
    return G_UNLIKELY(adversary) && !g_rand_int_range(adversary, 0, (int)n);
}

/* 0 to @n - 1; not when off. */
static inline unsigned sva_adversary_below(GRand *adversary, unsigned n)
{
    return (unsigned)g_rand_int_range(adversary, 0, (int)n);
}

#endif

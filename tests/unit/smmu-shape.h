/*
 * How page tables of VMSAv8-64 are laid out, for tests that make them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_UNIT_SMMU_SHAPE_H
#define TESTS_UNIT_SMMU_SHAPE_H

#include <stdint.h>

/* @granule, @input: log2; @start: level of the table at @root */
typedef struct Shape {
    uint64_t root;
    unsigned granule;
    unsigned input;
    unsigned start;
} Shape;

static inline unsigned shift_of(const Shape *s, unsigned level)
{
    return s->granule + (3 - level) * (s->granule - 3);
}

static inline unsigned index_of(const Shape *s, unsigned level, uint64_t addr)
{
    unsigned top = level == s->start ? s->input
                                     : shift_of(s, level) + s->granule - 3;

    return (addr & ((1ull << top) - 1)) >> shift_of(s, level);
}

static inline unsigned tg0_of(unsigned granule)
{
    return granule == 12 ? 0 : granule == 16 ? 1 : 2;
}

static inline unsigned tg1_of(unsigned granule)
{
    return granule == 12 ? 2 : granule == 16 ? 3 : 1;
}

#endif

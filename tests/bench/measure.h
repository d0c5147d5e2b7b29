/*
 * Measuring what a call costs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_BENCH_MEASURE_H
#define TESTS_BENCH_MEASURE_H

#include <stdlib.h>
#include <time.h>

#define MEASURE_ROUNDS 5
#define MEASURE_WARM   2000u

/* Processor time: other work of the machine does not count. */
static inline double now_ns(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return ts.tv_sec * 1e9 + ts.tv_nsec;
}

static inline int measure_compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

/* Nanoseconds of one call of @fn, median of rounds of @repeat calls. */
static inline double measure(void *state, void (*fn)(void *state, unsigned i),
                             unsigned repeat)
{
    double ns[MEASURE_ROUNDS];
    unsigned round, i;

    for (i = 0; i < MEASURE_WARM; i++) {
        fn(state, i);
    }
    for (round = 0; round < MEASURE_ROUNDS; round++) {
        double start = now_ns();

        for (i = 0; i < repeat; i++) {
            fn(state, i);
        }
        ns[round] = (now_ns() - start) / repeat;
    }
    qsort(ns, MEASURE_ROUNDS, sizeof(ns[0]), measure_compare);
    return ns[MEASURE_ROUNDS / 2];
}

#endif

/*
 * Measuring what a call costs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_BENCH_MEASURE_H
#define TESTS_BENCH_MEASURE_H

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MEASURE_ROUNDS 5
#define MEASURE_WARM   2000u
#define MEASURE_COUNTED 4096u   /* calls at most */

/*
 * The program counts instead: each figure is taken once, with few calls, which
 * are in between measure_count_begin() and measure_count_end().  Valgrind's
 * callgrind can be told to dump what was executed there; the program prints
 * the name of the figure and the number of calls, in the same order.
 */
static bool measure_counts;

/* Of two functions with the same text the compiler would make one. */
static G_GNUC_NO_INLINE G_GNUC_UNUSED void measure_count_begin(void)
{
    __asm__ volatile("/* begin */" ::: "memory");
}

static G_GNUC_NO_INLINE G_GNUC_UNUSED void measure_count_end(void)
{
    __asm__ volatile("/* end */" ::: "memory");
}

/* Takes the word "count" off the end of the arguments. */
static inline void measure_option(int *argc, char **argv)
{
    if (*argc > 1 && !strcmp(argv[*argc - 1], "count")) {
        measure_counts = true;
        argv[--*argc] = NULL;
        g_random_set_seed(1);   /* hashes are the same each time */
    }
}

/* Processor time: other work of the machine does not count. */
static inline double now_ns(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return ts.tv_sec * 1e9 + ts.tv_nsec;
}

static inline unsigned measure_calls(unsigned wanted)
{
    return measure_counts ? MIN(wanted, MEASURE_COUNTED) : wanted;
}

/* Of a row, figure @what is measured by so many calls from now on. */
static inline double measure_begin(unsigned row, const char *what,
                                   unsigned calls)
{
    double start = now_ns();

    if (measure_counts) {
        printf("%u;%s;%u\n", row, what, calls);
        measure_count_begin();
    }
    return start;
}

/* Nanoseconds of a call. */
static inline double measure_end(double start, unsigned calls)
{
    if (measure_counts) {
        measure_count_end();
    }
    return (now_ns() - start) / calls;
}

static inline int measure_compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

typedef void MeasureFn(void *state, unsigned i);

/*
 * A figure: column @what of row @row.
 *
 * @fn:     called with 0, 1, 2...
 * @repeat: calls in a round
 * @warm:   calls before that, if these are more than usual
 */
typedef struct Measure {
    unsigned row;
    const char *what;
    MeasureFn *fn;
    void *state;
    unsigned repeat, warm;
} Measure;

static inline double measure_round(const Measure *m)
{
    unsigned calls = measure_calls(m->repeat), i;
    double start = measure_begin(m->row, m->what, calls);

    for (i = 0; i < calls; i++) {
        m->fn(m->state, i);
    }
    return measure_end(start, calls);
}

/* Nanoseconds of a call, median of rounds. */
static inline double measure(const Measure *m)
{
    unsigned rounds = measure_counts ? 1 : MEASURE_ROUNDS;
    double ns[MEASURE_ROUNDS];
    unsigned round, i;

    for (i = 0; i < MAX(m->warm, MEASURE_WARM); i++) {
        m->fn(m->state, i);
    }
    for (round = 0; round < rounds; round++) {
        ns[round] = measure_round(m);
    }
    qsort(ns, rounds, sizeof(ns[0]), measure_compare);
    return ns[rounds / 2];
}

#endif

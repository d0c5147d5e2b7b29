/*
 * Print how fast the time stamp counter of this machine counts, in kHz
 *
 * The median of some tries: between reading a clock and the counter the
 * processor may be taken away.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <x86intrin.h>

#define TRIES 5

static uint64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static uint64_t measure_khz(void)
{
    const struct timespec pause = { .tv_nsec = 50000000 };
    uint64_t begin = now_ns(), first = __rdtsc(), end, last;

    nanosleep(&pause, NULL);
    end = now_ns();
    last = __rdtsc();
    return (last - first) * 1000000 / (end - begin);
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

int main(void)
{
    uint64_t khz[TRIES];

    for (int i = 0; i < TRIES; i++) {
        khz[i] = measure_khz();
    }
    qsort(khz, TRIES, sizeof(khz[0]), compare);
    printf("%llu\n", (unsigned long long)khz[TRIES / 2]);
    return 0;
}

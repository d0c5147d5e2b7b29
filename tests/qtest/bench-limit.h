/*
 * What `sva bench` copies, and what the host can do of that
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_QTEST_BENCH_LIMIT_H
#define TESTS_QTEST_BENCH_LIMIT_H

/* What is copied: from anywhere in a pool to anywhere in its other half. */
typedef struct BenchPages {
    GRand *rand;
    uint32_t size;
    uint32_t half;              /* of the pool, in pages */
} BenchPages;

/* @rand is to be freed. */
BenchPages bench_pages_begin(uint32_t size);
/* Offsets in the pool. */
void bench_pages_next(BenchPages *p, uint64_t *src, uint64_t *dst);

/*
 * Processor time of memcpy() for each 4 KiB, of so many of them, in pages of
 * @size.
 */
double bench_limit(uint64_t copied, uint32_t size);

#endif

/*
 * What `sva bench` copies, and what the host can do of that
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include <sys/mman.h>
#include <time.h>
#include "bench-limit.h"
#include "bench-unit.h"

BenchPages bench_pages_begin(uint32_t size)
{
    return (BenchPages) {
        .rand = g_rand_new_with_seed(1), .size = size,
        .half = BENCH_POOL_SIZE / 2 / size,
    };
}

void bench_pages_next(BenchPages *p, uint64_t *src, uint64_t *dst)
{
    *src = (uint64_t)g_rand_int_range(p->rand, 0, p->half) * p->size;
    *dst = (p->half + (uint64_t)g_rand_int_range(p->rand, 0, p->half)) *
           p->size;
}

/* Memory as QEMU has it for a guest: in huge pages, if the host has them. */
static uint8_t *limit_pool(void)
{
    size_t size = BENCH_POOL_SIZE + (size_t)BENCH_HUGE_PAGE;
    uint8_t *pool = mmap(NULL, size, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    g_assert(pool != MAP_FAILED);
    pool = (uint8_t *)(((uintptr_t)pool + BENCH_HUGE_PAGE - 1) &
                       ~(uintptr_t)(BENCH_HUGE_PAGE - 1));
    madvise(pool, BENCH_POOL_SIZE, MADV_HUGEPAGE);
    memset(pool, 0x5a, BENCH_POOL_SIZE);
    return pool;
}

static double own_processor_ns(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return ts.tv_sec * 1e9 + ts.tv_nsec;
}

double bench_limit(uint64_t copied, uint32_t size)
{
    static uint8_t *pool;
    BenchPages pages = bench_pages_begin(size);
    uint64_t count = copied / (size >> 12), src, dst, i;
    double start;

    if (!pool) {
        pool = limit_pool();
    }
    start = own_processor_ns();
    for (i = 0; i < count; i++) {
        bench_pages_next(&pages, &src, &dst);
        memcpy(pool + dst, pool + src, size);
    }
    start = own_processor_ns() - start;
    g_rand_free(pages.rand);
    return start / copied;
}

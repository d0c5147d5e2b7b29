/*
 * What `sva bench` measures: page tables of four levels, for 4 GiB from the
 * start of RAM
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "bench-unit.h"

#define TABLES_4GIB     2048u       /* of the last level */

uint64_t bench_alloc(Bench *b, size_t bytes)
{
    uint64_t addr = b->next_table;

    b->next_table += (bytes + 0xfff) & ~(size_t)0xfff;
    g_assert_cmphex(b->next_table, <=, b->ram + BENCH_POOL);
    return addr;
}

void bench_write(Bench *b, uint64_t addr, const uint64_t *words, size_t count)
{
    g_autofree uint64_t *raw = g_new(uint64_t, count);
    size_t i;

    for (i = 0; i < count; i++) {
        raw[i] = cpu_to_le64(words[i]);
    }
    qtest_bufwrite(b->t->qts, addr, raw, count * sizeof(*raw));
}

static uint64_t last_table(Bench *b, uint64_t va)
{
    return b->ram + BENCH_PGD + 0x6000 + ((va - b->ram) >> 21) * 0x1000;
}

/* @step: 0 or one page, from page to page */
static void map_range(Bench *b, uint64_t va, uint64_t pa, uint64_t pages,
                      uint64_t step)
{
    uint64_t entries[512];
    unsigned i;

    for (; pages; pages -= 512) {
        for (i = 0; i < 512; i++, pa += step) {
            entries[i] = pa | b->unit->leaf;
        }
        bench_write(b, last_table(b, va), entries, 512);
        va += 512 * 0x1000;
    }
}

/* In the level above those: entries of pages, not of tables. */
static void map_huge(Bench *b)
{
    uint64_t entries[BENCH_POOL_SIZE / BENCH_HUGE_PAGE];
    uint64_t first = b->ram + BENCH_PGD + 0x2000 +
                     (uint64_t)BENCH_HUGE / BENCH_HUGE_PAGE * 8;
    unsigned i;

    for (i = 0; i < ARRAY_SIZE(entries); i++) {
        entries[i] = (b->ram + BENCH_POOL + (uint64_t)i * BENCH_HUGE_PAGE) |
                     b->unit->huge;
    }
    bench_write(b, first, entries, ARRAY_SIZE(entries));
}

void bench_make_tables(Bench *b, unsigned aliases)
{
    uint64_t pgd = b->ram + BENCH_PGD, entries[TABLES_4GIB];
    unsigned i;

    for (i = 0; i < TABLES_4GIB; i++) {
        entries[i] = last_table(b, b->ram + i * 0x200000ull) | b->unit->table;
    }
    bench_write(b, pgd + 0x2000, entries, TABLES_4GIB);
    for (i = 0; i < 4; i++) {
        entries[i] = (pgd + 0x2000 + i * 0x1000) | b->unit->table;
    }
    bench_write(b, pgd + 0x1000 + (b->ram >> 30) * 8, entries, 4);
    entries[0] = (pgd + 0x1000) | b->unit->table;
    bench_write(b, pgd, entries, 1);
    map_huge(b);
    map_range(b, b->ram, b->ram, 0x20000, 0x1000);
    map_range(b, b->ram + BENCH_ALIAS, b->ram + BENCH_POOL, aliases, 0);
}

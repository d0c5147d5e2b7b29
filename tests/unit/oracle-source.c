/*
 * The memory of a FakeEnv as an SvaOracleSource
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "oracle-source.h"

static bool is_accessible(FakeEnv *f, uint64_t pa, bool write)
{
    for (unsigned i = 0; i < f->ranges->len; i++) {
        const FakeRange *r = &g_array_index(f->ranges, FakeRange, i);

        if (r->first <= pa + 7 && pa <= r->last && (write || !r->read_only)) {
            return false;
        }
    }
    return true;
}

static SvaOracleRead memory_read(const SvaOracleSource *source, uint64_t pa,
                                 uint64_t *word)
{
    FakeEnv *f = ((const OracleMemory *)source)->f;

    if (!is_accessible(f, pa, false)) {
        return SVA_ORACLE_NO_MEMORY;
    }
    *word = fake_get64(f, pa);
    return SVA_ORACLE_READ;
}

static bool memory_writable(const SvaOracleSource *source, uint64_t pa)
{
    return is_accessible(((const OracleMemory *)source)->f, pa, true);
}

OracleMemory oracle_memory(FakeEnv *f)
{
    return (OracleMemory) {
        .source = { .read = memory_read, .writable = memory_writable },
        .f = f,
    };
}

void oracle_memory_update(FakeEnv *f, const SvaOracleAnswer *answer)
{
    for (unsigned i = 0; i < answer->update_count; i++) {
        const SvaOracleUpdate *u = &answer->updates[i];

        g_assert_cmphex(fake_get64(f, u->pa), ==, u->before);
        fake_put64(f, u->pa, u->after);
    }
}

void oracle_tables_put(OracleTables *t, uint64_t pa, uint64_t word)
{
    fake_put64(t->f, pa, word);
    g_assert_cmpuint(t->count, <, ORACLE_WORDS);
    t->pa[t->count++] = pa;
}

static uint64_t pick(OracleTables *t)
{
    return t->pa[g_rand_int(t->rand) % t->count];
}

void oracle_tables_mutate(OracleTables *t)
{
    for (unsigned n = g_rand_int(t->rand) % 4; n; n--) {
        uint64_t pa = pick(t);

        fake_put64(t->f, pa, fake_get64(t->f, pa) ^
                             1ull << g_rand_int(t->rand) % 64);
    }
    switch (g_rand_int(t->rand) % 12) {
    case 0:
        fake_env_hole(t->f, pick(t) & ~15ull, 16);
        break;
    case 1:
        fake_env_read_only(t->f, pick(t) & ~15ull, 16);
        break;
    default:
        break;
    }
}

void oracle_tables_freeze(OracleTables *t)
{
    for (unsigned i = 0; i < t->count; i++) {
        t->before[i] = fake_get64(t->f, t->pa[i]);
    }
}

void oracle_tables_check(const OracleTables *t, const SvaOracleAnswer *answer)
{
    for (unsigned i = 0; i < t->count; i++) {
        uint64_t word = t->before[i];

        for (unsigned n = 0; n < answer->update_count; n++) {
            if (answer->updates[n].pa == t->pa[i]) {
                g_assert_cmphex(answer->updates[n].before, ==, word);
                word = answer->updates[n].after;
            }
        }
        g_assert_cmphex(fake_get64(t->f, t->pa[i]), ==, word);
    }
}

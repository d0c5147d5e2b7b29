/*
 * The memory of a FakeEnv as an SvaOracleSource
 *
 * With its holes and its read-only ranges, as a model meets them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_UNIT_ORACLE_SOURCE_H
#define TESTS_UNIT_ORACLE_SOURCE_H

#include "fake-env.h"
#include "hw/sva/observe/oracle/oracle.h"

typedef struct OracleMemory {
    SvaOracleSource source;
    FakeEnv *f;
} OracleMemory;

OracleMemory oracle_memory(FakeEnv *f);
/* Do what the oracle says that hardware has to do. */
void oracle_memory_update(FakeEnv *f, const SvaOracleAnswer *answer);

/* -- random tables, for tests that compare a model with the oracle -- */

#define ORACLE_WORDS 256

/* Words of tables, and what they were before the model walked. */
typedef struct OracleTables {
    FakeEnv *f;
    GRand *rand;
    uint64_t pa[ORACLE_WORDS];
    uint64_t before[ORACLE_WORDS];
    unsigned count;
} OracleTables;

void oracle_tables_put(OracleTables *t, uint64_t pa, uint64_t word);
/* Up to three bits are not as they were; sometimes a word cannot be read. */
void oracle_tables_mutate(OracleTables *t);
/* From here on the model may walk. */
void oracle_tables_freeze(OracleTables *t);
/* It has changed what @answer says, and nothing else. */
void oracle_tables_check(const OracleTables *t, const SvaOracleAnswer *answer);

#endif

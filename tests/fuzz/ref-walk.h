/*
 * Reference page-table walk: slow, and written apart from the model's
 *
 * It only reads.  First the entries on the path are collected, then they are
 * judged by the rules of VT-d 5.10 sections 3.6 and 3.7; what a walk may
 * change in memory is part of the result.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_FUZZ_REF_WALK_H
#define TESTS_FUZZ_REF_WALK_H

#include "fake-env.h"
#include "hw/sva/core/pt-walk.h"

typedef struct RefEntry {
    uint64_t addr;
    uint64_t pa;                /* the same, but for nested walks */
    uint64_t value;
    uint64_t set;               /* bits that the walk sets */
} RefEntry;

typedef struct RefResult {
    SvaPtStatus status;
    uint64_t addr;
    uint64_t mask;
    uint8_t access;
    uint8_t rights;             /* whatever the dirty bit is */
    bool dirty;
    unsigned entries;
    RefEntry entry[SVA_PT_MAX_LEVELS];
} RefResult;

/* Is there memory to read, or write, for a model of @f's environment? */
bool ref_accessible(FakeEnv *f, uint64_t pa, unsigned len, bool write);

/* As sva_pt_walk(); @first: first-stage format, else second-stage. */
void ref_walk(FakeEnv *f, const SvaPtConfig *cfg, bool first, uint64_t va,
              uint8_t want, bool partial, RefResult *out);

/*
 * First stage on top of a second one, for memory requests: is the request
 * granted, and which address does it get?
 */
bool ref_walk_nested(FakeEnv *f, const SvaPtConfig *first,
                     const SvaPtConfig *second, uint64_t va, uint8_t want,
                     uint64_t *addr);

#endif

/*
 * Fixture of the endpoint library's tests: the smallest device on a FakePort
 *
 * It has no registers and no queue: a test starts and steps its accesses.
 * Access n is PASID n + 1 by default; it has one group of its own besides.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_UNIT_ENDPOINT_FIXTURE_H
#define TESTS_UNIT_ENDPOINT_FIXTURE_H

#include "fake-port.h"
#include "hw/sva/endpoint/access.h"
#include "hw/sva/endpoint/inval.h"
#include "hw/sva/endpoint/request.h"
#include "hw/sva/endpoint/state.h"

#define ENDPOINT_ACCESSES 3

typedef struct EndpointFixture EndpointFixture;

/* What the device keeps for an access. */
typedef struct EndpointWork {
    EndpointFixture *f;
    SvaMemAccess access;
    SvaPageGroup single;
    int answer;                 /* SvaPrgCode of @single, or -1 */
    unsigned wakes;             /* bit n: woken for SvaAccessWait n */
    unsigned pages;             /* page requests a group */
    uint8_t data[SVA_PAGE_SIZE];
    uint64_t counter[SVA_FN_COUNTERS];
} EndpointWork;

/* Decisions; used with endpoint_fixture_bad() only. */
typedef struct EndpointBad {
    unsigned breakpoints;       /* SvaAccessPoint */
    bool withhold;
    bool withhold_last;
    bool duplicate;
    bool exceed;
    bool share_index;
    bool keep_stale;
    SvaInvalTiming timing;
    int64_t delay;
} EndpointBad;

struct EndpointFixture {
    FakeEnv *env;
    FakePort *p;
    SvaFunction fn;
    EndpointWork work[ENDPOINT_ACCESSES];
    EndpointBad bad;
    uint32_t adversary;
    unsigned resets;
    uint64_t counter[SVA_FN_COUNTERS];
};

/* Bus master, PASID, ATS and PRI (allocation 8 of 16) are enabled. */
EndpointFixture *endpoint_fixture_new(void);
/* The same, with a table of decisions. */
EndpointFixture *endpoint_fixture_bad(void);
/* One that takes liberties. */
EndpointFixture *endpoint_fixture_adversary(uint32_t seed);
/* With other operations of a device; no member may be needed but reset. */
EndpointFixture *endpoint_fixture_ops(const SvaFunctionOps *ops);
void endpoint_fixture_free(EndpointFixture *f);

void endpoint_set_pri(EndpointFixture *f, bool enable, uint32_t allocation);

/* An access of 8 bytes at @va, blocking on faults, with breakpoints. */
SvaMemRequest endpoint_request(EndpointFixture *f, unsigned i,
                               SvaAccessMode mode, uint64_t va, bool write);
void endpoint_start(EndpointFixture *f, unsigned i, SvaAccessMode mode,
                    uint64_t va, bool write);
/* Step until there is another result than SVA_ACCESS_AGAIN. */
SvaAccessResult endpoint_step(EndpointFixture *f, unsigned i);

void endpoint_map(EndpointFixture *f, unsigned i, uint64_t va, uint64_t len,
                  uint8_t access);

/* What the device was woken for, a bit of each SvaAccessWait; forgets it. */
unsigned endpoint_wakes(EndpointFixture *f, unsigned i);

/*
 * Another function takes over from the one there is, on the same port; the
 * requests of accesses in flight are started anew, as a device does.
 */
const char *endpoint_move(EndpointFixture *f);

#define endpoint_assert_log(f, text)                                     \
    do {                                                                 \
        g_autofree char *log_ = fake_port_take_log((f)->p);              \
                                                                         \
        g_assert_cmpstr(log_, ==, text);                                 \
    } while (0)

/* It waits, and for that. */
#define endpoint_assert_waits(f, i, what)                                \
    do {                                                                 \
        g_assert_cmpint(endpoint_step(f, i), ==, SVA_ACCESS_WAITS);      \
        g_assert_cmpint((f)->work[i].access.wait, ==, what);             \
    } while (0)

#define endpoint_assert_fails(f, i, what)                                \
    do {                                                                 \
        g_assert_cmpint(endpoint_step(f, i), ==, SVA_ACCESS_FAILED);     \
        g_assert_cmpint((f)->work[i].access.error, ==, what);            \
    } while (0)

#endif

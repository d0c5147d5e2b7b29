/*
 * FakeEnv: an SvaEnv for unit tests
 *
 * Guest memory is sparse and zero; it comes into being when written.  Reads
 * and writes may be made to fail by address (holes, read-only ranges) or by
 * count.  The clock stands still until the test advances it.  MSIs, log lines
 * and events are recorded.
 *
 *     FakeEnv *f = fake_env_new();
 *     fake_put64(f, 0x1000, 0x2003);
 *     model(&f->env);
 *     g_assert_cmphex(fake_get64(f, 0x1000), ==, 0x2023);
 *     fake_env_free(f);
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_UNIT_FAKE_ENV_H
#define TESTS_UNIT_FAKE_ENV_H

#include "hw/sva/env.h"
#include "hw/sva/event.h"

#define FAKE_CACHE_SIZE 4096

typedef enum FakeAccess {
    FAKE_READ,
    FAKE_WRITE,
    FAKE_CMPXCHG,
} FakeAccess;

typedef struct FakeMsi {
    uint64_t addr;
    uint32_t data;
    int64_t time;
} FakeMsi;

typedef struct FakeEnv FakeEnv;

/* Called before an access of the model; may change memory. */
typedef void FakeHookFn(FakeEnv *f, FakeAccess kind, uint64_t pa,
                        void *opaque);

typedef struct FakeRange {
    uint64_t first;
    uint64_t last;
    bool read_only;
} FakeRange;

/* @env is for the models; the rest is for this file and, read-only, tests. */
struct FakeEnv {
    SvaEnv env;
    SvaEventBus bus;
    SvaEventSink recorder;
    GHashTable *blocks;         /* number -> FAKE_BLOCK bytes */
    struct {
        uint64_t block;
        uint8_t *data;
    } cache[FAKE_CACHE_SIZE];
    GArray *ranges;             /* FakeRange */
    GArray *msis;               /* FakeMsi */
    GArray *events;             /* SvaEvent */
    GPtrArray *guest_errors;    /* text */
    GPtrArray *timers;
    int64_t now;
    uint64_t timer_seq;
    uint64_t accesses;          /* of the model, successful or not */
    uint64_t writes;            /* of them: writes and exchanges */
    uint64_t fail_at;           /* number of the access to fail; 0: none */
    FakeHookFn *hook;
    void *hook_opaque;
};

FakeEnv *fake_env_new(void);

/* Fails the test if the model has leaked a timer. */
void fake_env_free(FakeEnv *f);

/* -- memory, as the test sees it: never fails, is not counted -- */

/* Memory that is one piece for the host: some pages. */
#define FAKE_BLOCK 0x4000u

/* The byte at @pa; those after it up to the end of its block follow. */
uint8_t *fake_host(FakeEnv *f, uint64_t pa);
void fake_put(FakeEnv *f, uint64_t pa, const void *buf, size_t len);
void fake_get(FakeEnv *f, uint64_t pa, void *buf, size_t len);
void fake_put64(FakeEnv *f, uint64_t pa, uint64_t val);
void fake_put32(FakeEnv *f, uint64_t pa, uint32_t val);
uint64_t fake_get64(FakeEnv *f, uint64_t pa);
uint32_t fake_get32(FakeEnv *f, uint64_t pa);

/* -- failures -- */

/* There is no memory in [@pa, @pa + @len). */
void fake_env_hole(FakeEnv *f, uint64_t pa, uint64_t len);
/* Writes and exchanges fail there. */
void fake_env_read_only(FakeEnv *f, uint64_t pa, uint64_t len);
/* Undo both. */
void fake_env_heal(FakeEnv *f);
/* Fail the @n-th access from now on, once; 1 is the next, 0 is none. */
void fake_env_fail_nth(FakeEnv *f, uint64_t n);
/* Call @hook before each access of the model. */
void fake_env_set_hook(FakeEnv *f, FakeHookFn *hook, void *opaque);

/* -- time -- */

/* Advance the clock by @ns; timers that are due fire in order of time. */
void fake_env_advance(FakeEnv *f, int64_t ns);

/* -- records -- */

/* The @i-th MSI since the last clear; fails the test if there is none. */
const FakeMsi *fake_env_msi(FakeEnv *f, unsigned i);
/* The last mistake of the guest that was logged, or "". */
const char *fake_env_last_log(FakeEnv *f);
unsigned fake_env_log_count(FakeEnv *f);
/* The @i-th event of @kind; fails the test if there is none. */
const SvaEvent *fake_env_event(FakeEnv *f, SvaEventKind kind, unsigned i);
unsigned fake_env_event_count(FakeEnv *f, SvaEventKind kind);
/* Forget MSIs, log lines and events. */
void fake_env_clear(FakeEnv *f);

#endif

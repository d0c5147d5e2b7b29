/*
 * Bench of the sva-accel unit tests: an accelerator on a FakePort
 *
 * Context n is PASID n + 1, has its ring at ACCEL_RING and its completion
 * records at ACCEL_CPL, both mapped.  Data pages are up to the test.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_UNIT_ACCEL_BENCH_H
#define TESTS_UNIT_ACCEL_BENCH_H

#include "fake-port.h"
#include "hw/sva/accel/state.h"

#define ACCEL_CONTEXTS 4
#define ACCEL_RING 0x100000ull  /* 64 descriptors */
#define ACCEL_CPL 0x200000ull   /* record i at + 32 * i */

typedef struct Bench {
    FakeEnv *f;
    FakePort *p;
    SvaAccel *a;
    uint32_t tail[ACCEL_CONTEXTS];
} Bench;

/* Bus master, PASID, ATS and PRI (allocation 32) are enabled. */
Bench *bench_new(void);
void bench_free(Bench *b);
void bench_set_pri(Bench *b, bool enable, uint32_t allocation);

/*
 * Another device takes over from the one there is, on the same port; its
 * clock says something else, and nothing of the state may change.
 */
void bench_move(Bench *b);
/* To be freed by the caller. */
SvaAccelSaved *bench_save(Bench *b);

uint32_t bench_read(Bench *b, unsigned ctx, unsigned reg);
uint64_t bench_read64(Bench *b, unsigned ctx, unsigned reg);
void bench_write(Bench *b, unsigned ctx, unsigned reg, uint64_t value);
uint64_t bench_count(Bench *b, unsigned ctx, enum sva_counter which);

/* Configure context @ctx for @mode, enable it and forget the log. */
void bench_enable(Bench *b, unsigned ctx, enum sva_mode mode);

/* Put a descriptor into the ring; its record is cleared before. */
void bench_put(Bench *b, unsigned ctx, struct sva_desc desc);
void bench_ring(Bench *b, unsigned ctx);
/* Put, ring the doorbell, and let what can be done now be done. */
void bench_submit(Bench *b, unsigned ctx, struct sva_desc desc);
void bench_run(Bench *b);

/* Completion record of the @i-th descriptor put. */
struct sva_completion bench_cpl(Bench *b, unsigned ctx, unsigned i);

void bench_map(Bench *b, unsigned ctx, uint64_t va, uint64_t len,
               uint8_t access);
void bench_fill(Bench *b, unsigned ctx, uint64_t va, const void *data,
                size_t len);
void bench_get(Bench *b, unsigned ctx, uint64_t va, void *data, size_t len);

/* Compare the record as a whole. */
#define bench_assert_cpl(b, ctx, i, ...)                                 \
    do {                                                                 \
        struct sva_completion want_ = { __VA_ARGS__ };                   \
        struct sva_completion have_ = bench_cpl(b, ctx, i);              \
                                                                         \
        g_assert_cmphex(have_.status, ==, want_.status);                 \
        g_assert_cmpuint(have_.fault_write, ==, want_.fault_write);      \
        g_assert_cmpuint(have_.reserved0, ==, 0);                        \
        g_assert_cmpuint(have_.id, ==, want_.id);                        \
        g_assert_cmphex(have_.bytes, ==, want_.bytes);                   \
        g_assert_cmphex(have_.fault_addr, ==, want_.fault_addr);         \
        g_assert_cmphex(have_.result, ==, want_.result);                 \
    } while (0)

#define bench_assert_log(b, text)                                        \
    do {                                                                 \
        g_autofree char *log_ = fake_port_take_log((b)->p);              \
                                                                         \
        g_assert_cmpstr(log_, ==, text);                                 \
    } while (0)

void bench_forget_log(Bench *b);

#endif

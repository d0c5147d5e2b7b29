/*
 * Fixture of the sva-accel unit tests: an accelerator on a FakePort
 *
 * Context n is PASID n + 1, has its ring at ACCEL_RING and its completion
 * records at ACCEL_CPL, both mapped.  Data pages are up to the test.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_UNIT_ACCEL_FIXTURE_H
#define TESTS_UNIT_ACCEL_FIXTURE_H

#include "fake-port.h"
#include "hw/sva/accel/state.h"

#define ACCEL_CONTEXTS 4
#define ACCEL_RING 0x100000ull  /* 64 descriptors */
#define ACCEL_CPL 0x200000ull   /* record i at + 32 * i */

typedef struct AccelFixture {
    FakeEnv *env;
    FakePort *p;
    SvaAccel *a;
    SvaFunction *fn;            /* of the accelerator */
    uint32_t tail[ACCEL_CONTEXTS];
    uint32_t adversary;         /* of accelerators to come */
} AccelFixture;

/* Bus master, PASID, ATS and PRI (allocation 32) are enabled. */
AccelFixture *accel_fixture_new(void);
AccelFixture *accel_fixture_adversary(uint32_t seed);
void accel_fixture_free(AccelFixture *f);
void accel_fixture_set_pri(AccelFixture *f, bool enable, uint32_t allocation);

/*
 * Another device takes over from the one there is, on the same port; its
 * clock says something else, and nothing of the state may change.
 */
void accel_move(AccelFixture *f);
/* To be freed by the caller. */
SvaAccelSaved *accel_save(AccelFixture *f);

uint32_t accel_read(AccelFixture *f, unsigned ctx, unsigned reg);
uint64_t accel_read64(AccelFixture *f, unsigned ctx, unsigned reg);
void accel_write(AccelFixture *f, unsigned ctx, unsigned reg, uint64_t value);
uint64_t accel_count(AccelFixture *f, unsigned ctx, enum sva_counter which);

/* Configure context @ctx for @mode, enable it and forget the log. */
void accel_enable(AccelFixture *f, unsigned ctx, enum sva_mode mode);

/* Put a descriptor into the ring; its record is cleared before. */
void accel_put(AccelFixture *f, unsigned ctx, struct sva_desc desc);
void accel_ring(AccelFixture *f, unsigned ctx);
/* Put, ring the doorbell, and let what can be done now be done. */
void accel_submit(AccelFixture *f, unsigned ctx, struct sva_desc desc);
void accel_run(AccelFixture *f);

/* Completion record of the @i-th descriptor put. */
struct sva_completion accel_cpl(AccelFixture *f, unsigned ctx, unsigned i);

void accel_map(AccelFixture *f, unsigned ctx, uint64_t va, uint64_t len,
               uint8_t access);
void accel_fill(AccelFixture *f, unsigned ctx, uint64_t va, const void *data,
                size_t len);
void accel_get(AccelFixture *f, unsigned ctx, uint64_t va, void *data,
               size_t len);

/* Compare the record as a whole. */
#define accel_assert_cpl(f, ctx, i, ...)                                 \
    do {                                                                 \
        struct sva_completion want_ = { __VA_ARGS__ };                   \
        struct sva_completion have_ = accel_cpl(f, ctx, i);              \
                                                                         \
        g_assert_cmphex(have_.status, ==, want_.status);                 \
        g_assert_cmpuint(have_.fault_write, ==, want_.fault_write);      \
        g_assert_cmpuint(have_.reserved0, ==, 0);                        \
        g_assert_cmpuint(have_.id, ==, want_.id);                        \
        g_assert_cmphex(have_.bytes, ==, want_.bytes);                   \
        g_assert_cmphex(have_.fault_addr, ==, want_.fault_addr);         \
        g_assert_cmphex(have_.result, ==, want_.result);                 \
    } while (0)

#define accel_assert_log(f, text)                                        \
    do {                                                                 \
        g_autofree char *log_ = fake_port_take_log((f)->p);              \
                                                                         \
        g_assert_cmpstr(log_, ==, text);                                 \
    } while (0)

void accel_forget_log(AccelFixture *f);

#endif

/*
 * A guest that knows the devices well and treats them badly
 *
 * Its memory is a pool of pages, each of which has a role: tables of all
 * kinds, queues, rings, data.  What it does is drawn from a sequence that its
 * seed determines: first the set-up of sane software, then registers, tables,
 * descriptors and configuration space with a taste for values that mean
 * something.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_FUZZ_DEVICE_GUEST_H
#define TESTS_FUZZ_DEVICE_GUEST_H

#include "machine.h"

/* Where things are in a q35 machine with 64 MiB and the devices at 00:04.0 */
#define RAM_END     0x4000000ull
#define VTD         0xfed90000ull
#define ECAM        0xb0000000ull
#define ACCEL_CFG   (ECAM + (4 << 15))
#define BAR0        0xe0000000ull
#define BAR2        0xe0100000ull
#define BAR4        0xe0800000ull
#define INTERRUPTS  0xfee00000ull

#define POOL        0x1000000ull
#define POOL_PAGES  64
#define VA          0x7f1000000000ull   /* of the pool */
#define CONTEXTS    4

/* Pages of the pool */
enum {
    ROOT, CONTEXT, CONTEXT_HI, DIRECTORY, PASIDS,
    FIRST, FIRST_3, FIRST_2, FIRST_1,
    SECOND, SECOND_3, SECOND_2, SECOND_1,
    QUEUE, PRQ, STATUS, IRTES, RECORDS,
    RING,                               /* one for each context */
    DATA = RING + CONTEXTS,
    DATA_PAGES = 8,
};

typedef struct Guest {
    Machine *m;
    uint64_t state;                     /* of the random sequence */
    uint32_t iq_tail;
    uint32_t tail[CONTEXTS];
    uint64_t base[CONTEXTS];            /* of the pool, as it sees it */
    uint32_t step;
    /* as read after the last batch */
    uint64_t iqh;
    uint64_t fsts;
    uint64_t pqh;
    uint64_t pqt;
    uint64_t request[2];                /* page request at PQH */
    uint64_t context[CONTEXTS];         /* STATE */
} Guest;

void guest_init(Guest *g, Machine *m, uint64_t seed);
/* Set up tables, queues and the accelerator as software does. */
void guest_setup(Guest *g);
/* Parts of it, for when they are broken. */
void guest_setup_tables(Guest *g);
void guest_setup_vtd(Guest *g);
void guest_setup_function(Guest *g);
/* Context @n: mode and PASID follow from @kind; starts afresh. */
void guest_setup_context(Guest *g, unsigned n, unsigned kind);
/* Look at what the devices have to say. */
bool guest_look(Guest *g);

/* One step that concerns the VT-d unit, or the accelerator. */
void guest_vtd_step(Guest *g);
void guest_accel_step(Guest *g);

/*
 * Reset the machine; then everything must be as on the first day.  NULL, or
 * what is not.
 */
const char *guest_check(Guest *g);

/* -- for the steps -- */

static inline uint64_t page(unsigned n)
{
    return POOL + n * 0x1000ull;
}

/* Whether the process or the VT-d unit see it as such is another matter. */
uint64_t guest_rnd(Guest *g);
/* 0 to @n - 1 */
unsigned guest_below(Guest *g, unsigned n);
/* A word that may mean something. */
uint64_t guest_word(Guest *g);
/* Somewhere to point at: memory, registers, nothing at all. */
uint64_t guest_place(Guest *g);
/* An address that a process would use, mostly. */
uint64_t guest_va(Guest *g, uint64_t base);

void guest_put64(Guest *g, uint64_t addr, uint64_t val);
void guest_vtd32(Guest *g, unsigned off, uint32_t val);
void guest_vtd64(Guest *g, unsigned off, uint64_t val);
void guest_accel32(Guest *g, unsigned off, uint32_t val);
void guest_accel64(Guest *g, unsigned off, uint64_t val);
/* A descriptor at the tail, and the tail. */
void guest_submit(Guest *g, uint64_t qw0, uint64_t qw1);

#define guest_pick(g, array) ((array)[guest_below(g, G_N_ELEMENTS(array))])

#endif

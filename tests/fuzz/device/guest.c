/*
 * A guest that knows the devices well: values, set-up, checks
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "guest.h"
#include "hw/sva/accel-abi.h"

/* Extended capabilities of the accelerator with its usual options. */
#define ATS_CAP   0x100
#define PRI_CAP   0x110
#define PASID_CAP 0x120

const Board *board;

void guest_init(Guest *g, Machine *m, uint64_t seed)
{
    *g = (Guest) { .m = m, .state = (seed + 1) * 0x9e3779b97f4a7c15ull };
}

uint64_t guest_rnd(Guest *g)
{
    g->state ^= g->state << 13;
    g->state ^= g->state >> 7;
    g->state ^= g->state << 17;
    return g->state * 0x2545f4914f6cdd1dull;
}

unsigned guest_below(Guest *g, unsigned n)
{
    return (guest_rnd(g) >> 32) % n;
}

static uint64_t odd_place(Guest *g)
{
    const uint64_t odd[] = {
        BAR0 + 0x1000, BAR0 + 0x1020, BAR0 + 0x1058, BAR2, BAR2 + 0x1000,
        BAR4, BAR4 + 0x800, ACCEL_CFG, ACCEL_CFG + PRI_CAP, INTERRUPTS,
        board->ram_end, board->ram_end - 8, 0xfffff000, 0x7f00000000,
        1ull << 46, 1ull << 52, ~0ull, 0,
    };
    unsigned n = 0;

    while (board->odd[n] != ~0ull) {
        n++;
    }
    return guest_below(g, 2) ? board->odd[guest_below(g, n)]
                             : guest_pick(g, odd);
}

uint64_t guest_place(Guest *g)
{
    return guest_below(g, 3)
           ? page(guest_below(g, POOL_PAGES)) + (guest_rnd(g) & 0xff8)
           : odd_place(g);
}

uint64_t guest_va(Guest *g, uint64_t base)
{
    uint64_t data = base + (DATA << 12) + (guest_rnd(g) & 0x7fff);

    switch (guest_below(g, 8)) {
    case 0:
        return guest_place(g);
    case 1:
        return base + (guest_rnd(g) & 0x7ffff);
    case 2:
        return guest_rnd(g);
    default:
        return data & ~7ull;
    }
}

uint64_t guest_word(Guest *g)
{
    switch (guest_below(g, 8)) {
    case 0:
        return guest_rnd(g);
    case 1:
        return guest_rnd(g) & guest_rnd(g) & guest_rnd(g);
    case 2:
        return 1ull << guest_below(g, 64);
    case 3:
        return guest_rnd(g) & 0xff;
    case 4:
        return guest_below(g, 2) ? 0 : ~0ull;
    case 5:
        return guest_va(g, VA);
    default:
        return guest_place(g) | (guest_rnd(g) & 0xfff);
    }
}

void guest_put64(Guest *g, uint64_t addr, uint64_t val)
{
    machine_write(g->m, addr, val, 8);
}

void guest_unit32(Guest *g, unsigned off, uint32_t val)
{
    machine_write(g->m, board->unit + off, val, 4);
}

void guest_unit64(Guest *g, unsigned off, uint64_t val)
{
    machine_write(g->m, board->unit + off, val, 8);
}

void guest_accel32(Guest *g, unsigned off, uint32_t val)
{
    machine_write(g->m, BAR0 + off, val, 4);
}

void guest_accel64(Guest *g, unsigned off, uint64_t val)
{
    machine_write(g->m, BAR0 + off, val, 8);
}

void guest_setup_function(Guest *g)
{
    machine_write(g->m, ACCEL_CFG + 0x10, BAR0, 4);
    machine_write(g->m, ACCEL_CFG + 0x18, BAR2, 4);
    machine_write(g->m, ACCEL_CFG + 0x20, BAR4, 4);
    machine_write(g->m, ACCEL_CFG + 0x04, 6, 2);
    machine_write(g->m, ACCEL_CFG + PASID_CAP + 6, 1, 2);
    machine_write(g->m, ACCEL_CFG + ATS_CAP + 6, 0x8000, 2);
    machine_write(g->m, ACCEL_CFG + PRI_CAP + 12, 16, 4);
    machine_write(g->m, ACCEL_CFG + PRI_CAP + 4, 1, 2);
}

/* PASID 0 stands for none. */
void guest_setup_context(Guest *g, unsigned n, unsigned kind)
{
    unsigned pasid = kind % CONTEXTS, mode = kind / CONTEXTS % 3;

    g->tail[n] = 0;
    g->base[n] = board->bare & 1 << pasid ? POOL : VA;
    guest_accel32(g, SVA_CTX(n, SVA_CTX_INJECT), 0);
    guest_accel32(g, SVA_CTX(n, SVA_CTX_BREAK_MASK), 0);
    guest_accel32(g, SVA_CTX(n, SVA_CTX_RELEASE), 0);
    guest_accel32(g, SVA_CTX(n, SVA_CTX_CMD), SVA_CMD_ABORT);
    machine_step(g->m, 20000);
    guest_accel32(g, SVA_CTX(n, SVA_CTX_CFG),
                  (pasid ? SVA_CFG_PASID_EN | pasid : 0) |
                  mode << SVA_CFG_MODE_SHIFT);
    guest_accel64(g, SVA_CTX(n, SVA_CTX_RING_BASE),
                  g->base[n] + ((RING + n) << 12));
    guest_accel32(g, SVA_CTX(n, SVA_CTX_RING_SIZE), 6);
    guest_accel32(g, SVA_CTX(n, SVA_CTX_CMD), SVA_CMD_ENABLE);
}

/* What firmware does: configuration space in memory. */
static void setup_ecam(Guest *g)
{
    if (board->ecam_off) {
        machine_outl(g->m, 0xcf8, 0x80000060);
        machine_outl(g->m, 0xcfc, board->ecam | 1);
    }
}

void guest_setup(Guest *g)
{
    machine_zero(g->m, POOL, POOL_PAGES << 12);
    setup_ecam(g);
    board->setup_tables(g);
    board->setup_unit(g);
    guest_setup_function(g);
    for (unsigned i = 0; i < CONTEXTS; i++) {
        guest_setup_context(g, i, i + CONTEXTS * i);
    }
}

/* PASID 1 of the third context sees one table 256 times, full of pages. */
static void setup_wide_tables(Guest *g)
{
    unsigned first = VA >> 21 & 511;

    for (unsigned i = 0; i < 256; i++) {
        guest_put64(g, page(FIRST_2) + 8 * ((first + i) & 511),
                    page(FIRST_1) | board->table);
    }
    for (unsigned i = POOL_PAGES; i < 512; i++) {
        guest_put64(g, page(FIRST_1) + 8 * i, page(DATA) | board->leaf);
    }
}

void guest_fill_and_flush(Guest *g)
{
    unsigned n = 2;

    board->setup_tables(g);
    setup_wide_tables(g);
    board->setup_unit(g);
    guest_setup_function(g);
    guest_setup_context(g, n, 1);
    guest_put64(g, page(RING + n), SVA_OP_TOUCH);
    guest_put64(g, page(RING + n) + 0x08, 0);
    guest_put64(g, page(RING + n) + 0x10, VA);
    guest_put64(g, page(RING + n) + 0x18, 256ull << 21);
    guest_put64(g, page(RING + n) + 0x28, 0x1000);      /* stride */
    guest_put64(g, page(RING + n) + 0x30, 1);           /* rounds */
    g->tail[n] = 1;
    machine_write(g->m, BAR2 + n * SVA_DB_STRIDE, 1, 4);
    for (unsigned i = 0; i < 200; i++) {
        machine_step(g->m, 50000);
    }
    board->flood(g);
}

bool guest_look(Guest *g)
{
    board->look(g, false);
    for (unsigned i = 0; i < CONTEXTS; i++) {
        machine_read(g->m, BAR2 + i * SVA_DB_STRIDE + SVA_DB_STATE,
                     &g->context[i], 4);
    }
    if (!machine_sync(g->m)) {
        return false;
    }
    board->look(g, true);
    return machine_sync(g->m);
}

/* NULL, or that it is not. */
static const char *check_value(Guest *g, uint64_t addr, unsigned size,
                               uint64_t want)
{
    static char text[80];
    uint64_t have;

    machine_read(g->m, addr, &have, size);
    if (!machine_sync(g->m)) {
        return machine_end(g->m);
    }
    g_snprintf(text, sizeof(text), "0x%" G_GINT64_MODIFIER "x reads as 0x%"
               G_GINT64_MODIFIER "x after a reset", addr, have);
    return have == want ? NULL : text;
}

/* Registers after a reset, and the identity of the function. */
static const char *check_registers(Guest *g)
{
    static const RegisterValue function[] = {
        { 0, 4, 0x53561234 },
        { ATS_CAP, 4, 0x0f | 1 << 16 | PRI_CAP << 20 },
        { ATS_CAP + 6, 2, 0 }, { PRI_CAP + 4, 2, 0 }, { PASID_CAP + 6, 2, 0 },
    };
    const char *wrong = NULL;
    const RegisterValue *r;

    setup_ecam(g);
    for (r = board->registers; r->size && !wrong; r++) {
        wrong = check_value(g, board->unit + r->offset, r->size, r->value);
    }
    for (r = function; r < function + G_N_ELEMENTS(function) && !wrong; r++) {
        wrong = check_value(g, ACCEL_CFG + r->offset, r->size, r->value);
    }
    return wrong;
}

/* One copy by each context, each in a mode of its own. */
static const char *check_copies(Guest *g)
{
    uint64_t have[CONTEXTS] = { 0 }, status[CONTEXTS] = { 0 };
    unsigned i, tries;

    guest_setup(g);
    for (i = 0; i < CONTEXTS; i++) {
        uint64_t at = page(RING + i), base = g->base[i];

        guest_put64(g, page(DATA) + i * 8, 0x1111111111111111ull * (i + 1));
        guest_put64(g, at, SVA_OP_COPY | SVA_DF_COMPLETION << 16);
        guest_put64(g, at + 0x08, base + (DATA << 12) + i * 8);
        guest_put64(g, at + 0x10, base + ((DATA + 1) << 12) + i * 8);
        guest_put64(g, at + 0x18, 8);
        guest_put64(g, at + 0x20, base + (RECORDS << 12) + i * 32);
        machine_write(g->m, BAR2 + i * SVA_DB_STRIDE, 1, 4);
    }
    for (tries = 0; tries < 100; tries++) {
        machine_step(g->m, 20000);
        for (i = 0; i < CONTEXTS; i++) {
            machine_read(g->m, page(RECORDS) + i * 32, &status[i], 1);
            machine_read(g->m, page(DATA + 1) + i * 8, &have[i], 8);
        }
        if (!machine_sync(g->m)) {
            return machine_end(g->m);
        }
        if (status[0] && status[1] && status[2] && status[3]) {
            break;
        }
    }
    for (i = 0; i < CONTEXTS; i++) {
        if (status[i] != SVA_ST_SUCCESS ||
            have[i] != 0x1111111111111111ull * (i + 1)) {
            return "after a reset and a sane set-up a copy failed";
        }
    }
    return NULL;
}

const char *guest_check(Guest *g)
{
    const char *wrong;

    if (!machine_reset(g->m)) {
        return machine_end(g->m);
    }
    wrong = check_registers(g);
    return wrong ? wrong : check_copies(g);
}

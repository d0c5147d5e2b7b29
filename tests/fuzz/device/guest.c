/*
 * A guest that knows the devices well: values, set-up, checks
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "guest.h"
#include "hw/sva/accel-abi.h"

#define IQ_BYTES 0x1000u

/* Extended capabilities of the accelerator with its usual options. */
#define ATS_CAP   0x100
#define PRI_CAP   0x110
#define PASID_CAP 0x120

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

uint64_t guest_place(Guest *g)
{
    static const uint64_t odd[] = {
        VTD, VTD + 0x18, VTD + 0x88, VTD + 0xc0, VTD + 0x220, VTD + 0xff8,
        BAR0 + 0x1000, BAR0 + 0x1020, BAR0 + 0x1058, BAR2, BAR2 + 0x1000,
        BAR4, BAR4 + 0x800, ACCEL_CFG, ACCEL_CFG + PRI_CAP, INTERRUPTS,
        INTERRUPTS + 0x1018, INTERRUPTS + 0xffffc, 0xfec00000, 0xfed00000,
        RAM_END, RAM_END - 8, 0xfffff000, 0x7f00000000, 1ull << 46,
        1ull << 52, ~0ull, 0, 0xa0000, 0xfffc0000,
    };

    return guest_below(g, 3)
           ? page(guest_below(g, POOL_PAGES)) + (guest_rnd(g) & 0xff8)
           : guest_pick(g, odd);
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

void guest_vtd32(Guest *g, unsigned off, uint32_t val)
{
    machine_write(g->m, VTD + off, val, 4);
}

void guest_vtd64(Guest *g, unsigned off, uint64_t val)
{
    machine_write(g->m, VTD + off, val, 8);
}

void guest_accel32(Guest *g, unsigned off, uint32_t val)
{
    machine_write(g->m, BAR0 + off, val, 4);
}

void guest_accel64(Guest *g, unsigned off, uint64_t val)
{
    machine_write(g->m, BAR0 + off, val, 8);
}

void guest_submit(Guest *g, uint64_t qw0, uint64_t qw1)
{
    uint64_t at = page(QUEUE) + g->iq_tail;

    guest_put64(g, at, qw0);
    guest_put64(g, at + 8, qw1);
    guest_put64(g, at + 16, 0);
    guest_put64(g, at + 24, 0);
    g->iq_tail = (g->iq_tail + 32) % IQ_BYTES;
    guest_vtd64(g, 0x88, g->iq_tail);
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

/* Second-stage tables that map the pool to itself. */
static void setup_second(Guest *g)
{
    guest_put64(g, page(SECOND), page(SECOND_3) | 7);
    guest_put64(g, page(SECOND_3), page(SECOND_2) | 7);
    guest_put64(g, page(SECOND_2) + 8 * (POOL >> 21), page(SECOND_1) | 7);
    for (unsigned i = 0; i < POOL_PAGES; i++) {
        guest_put64(g, page(SECOND_1) + 8 * i, page(i) | 7);
    }
}

static void setup_first(Guest *g)
{
    guest_put64(g, page(FIRST) + 8 * (VA >> 39 & 511), page(FIRST_3) | 7);
    guest_put64(g, page(FIRST_3) + 8 * (VA >> 30 & 511), page(FIRST_2) | 7);
    guest_put64(g, page(FIRST_2) + 8 * (VA >> 21 & 511), page(FIRST_1) | 7);
    for (unsigned i = 0; i < POOL_PAGES; i++) {
        guest_put64(g, page(FIRST_1) + 8 * i, page(i) | 7);
    }
}

/* PASID 0: second stage, 1: first stage, 2: nested, 3: pass-through */
static void setup_pasids(Guest *g)
{
    static const uint64_t kinds[][3] = {
        { 0x81, 1, 0 },
        { 0x41, 0x800001, 0x20 },
        { 0xc1, 0x800002, 0x20 },
        { 0x101, 3, 0 },
    };

    guest_put64(g, page(ROOT), page(CONTEXT) | 1);
    guest_put64(g, page(ROOT) + 8, page(CONTEXT_HI) | 1);
    guest_put64(g, page(CONTEXT) + 32 * 0x20, page(DIRECTORY) | 0x1d);
    guest_put64(g, page(DIRECTORY), page(PASIDS) | 1);
    for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++) {
        uint64_t at = page(PASIDS) + i * 64, second = i == 0 || i == 2;

        guest_put64(g, at + 8, kinds[i][1]);
        guest_put64(g, at + 16,
                    kinds[i][2] | (kinds[i][2] ? page(FIRST) : 0));
        guest_put64(g, at,
                    kinds[i][0] | (second ? page(SECOND) | 2 << 2 : 0));
    }
}

void guest_setup_tables(Guest *g)
{
    setup_second(g);
    setup_first(g);
    setup_pasids(g);
}

void guest_setup_vtd(Guest *g)
{
    g->iq_tail = 0;
    guest_vtd32(g, 0x18, 0);
    guest_vtd32(g, 0x34, 0x71);                         /* FSTS */
    guest_vtd64(g, 0x88, 0);                            /* IQT */
    guest_vtd64(g, 0x90, page(QUEUE) | 1 << 11);        /* IQA */
    guest_vtd32(g, 0x18, 0x04000000);                   /* QIE */
    guest_vtd64(g, 0xd0, page(PRQ));                    /* PQA */
    for (unsigned source = 0; source < 3; source++) {
        unsigned off = source == 0 ? 0x38 : source == 1 ? 0xa0 : 0xe0;

        guest_vtd32(g, off + 4, 0x41 + source);
        guest_vtd32(g, off + 8, INTERRUPTS);
        guest_vtd32(g, off, 0);
    }
    guest_vtd64(g, 0x20, page(ROOT) | 0x400);           /* RTADDR */
    guest_vtd32(g, 0x18, 0x44000000);                   /* SRTP */
    guest_submit(g, 0x11, 0);
    guest_submit(g, 0x37, 0);
    guest_submit(g, 0x12, 0);
    guest_vtd32(g, 0x18, 0x84000000);                   /* TE */
}

/* Without PASID, with first-stage, nested and pass-through translation */
void guest_setup_context(Guest *g, unsigned n, unsigned kind)
{
    unsigned pasid = kind % CONTEXTS, mode = kind / CONTEXTS % 3;

    g->tail[n] = 0;
    g->base[n] = pasid == 1 || pasid == 2 ? VA : POOL;
    guest_accel32(g, SVA_CTX(n, SVA_CTX_INJECT), 0);
    guest_accel32(g, SVA_CTX(n, SVA_CTX_HOLD_MASK), 0);
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

void guest_setup(Guest *g)
{
    machine_zero(g->m, POOL, POOL_PAGES << 12);
    /* What firmware does: configuration space in memory. */
    machine_outl(g->m, 0xcf8, 0x80000060);
    machine_outl(g->m, 0xcfc, ECAM | 1);
    guest_setup_tables(g);
    guest_setup_vtd(g);
    guest_setup_function(g);
    for (unsigned i = 0; i < CONTEXTS; i++) {
        guest_setup_context(g, i, i + CONTEXTS * i);
    }
}

bool guest_look(Guest *g)
{
    machine_read(g->m, VTD + 0x34, &g->fsts, 4);
    machine_read(g->m, VTD + 0x80, &g->iqh, 8);
    machine_read(g->m, VTD + 0xc0, &g->pqh, 8);
    machine_read(g->m, VTD + 0xc8, &g->pqt, 8);
    for (unsigned i = 0; i < CONTEXTS; i++) {
        machine_read(g->m, BAR2 + i * SVA_DB_STRIDE + SVA_DB_STATE,
                     &g->context[i], 4);
    }
    if (!machine_sync(g->m)) {
        return false;
    }
    machine_read(g->m, page(PRQ) + (g->pqh & 0xfe0), &g->request[0], 8);
    machine_read(g->m, page(PRQ) + (g->pqh & 0xfe0) + 8, &g->request[1], 8);
    return machine_sync(g->m);
}

/* Registers after a reset, and the identity of the function. */
static const char *check_registers(Guest *g)
{
    static const struct {
        uint64_t addr;
        uint64_t want;
        unsigned size;
    } rows[] = {
        { VTD + 0x18, 0, 4 }, { VTD + 0x1c, 0, 4 }, { VTD + 0x20, 0, 8 },
        { VTD + 0x34, 0, 4 }, { VTD + 0x38, 0x80000000, 4 },
        { VTD + 0x80, 0, 8 }, { VTD + 0x88, 0, 8 }, { VTD + 0x90, 0, 8 },
        { VTD + 0xa0, 0x80000000, 4 }, { VTD + 0xb0, 0, 8 },
        { VTD + 0xb8, 0, 8 }, { VTD + 0xd0, 0, 8 }, { VTD + 0xdc, 0, 4 },
        { VTD + 0xe0, 0x80000000, 4 },
        { ACCEL_CFG, 0x53561234, 4 },
        { ACCEL_CFG + ATS_CAP, 0x0f | 1 << 16 | PRI_CAP << 20, 4 },
        { ACCEL_CFG + ATS_CAP + 6, 0, 2 }, { ACCEL_CFG + PRI_CAP + 4, 0, 2 },
        { ACCEL_CFG + PASID_CAP + 6, 0, 2 },
    };
    uint64_t have[G_N_ELEMENTS(rows)];

    machine_outl(g->m, 0xcf8, 0x80000060);
    machine_outl(g->m, 0xcfc, ECAM | 1);
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        machine_read(g->m, rows[i].addr, &have[i], rows[i].size);
    }
    if (!machine_sync(g->m)) {
        return machine_end(g->m);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (have[i] != rows[i].want) {
            static char text[80];

            g_snprintf(text, sizeof(text), "0x%" G_GINT64_MODIFIER
                       "x reads as 0x%" G_GINT64_MODIFIER "x after a reset",
                       rows[i].addr, have[i]);
            return text;
        }
    }
    return NULL;
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

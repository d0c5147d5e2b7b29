/*
 * A guest that knows the devices well: values, set-up, checks
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "guest.h"
#include "hw/sva/accel-abi.h"

/* Capabilities of a function with its usual options. */
#define EXP_CAP   0x80
#define ATS_CAP   0x100
#define PRI_CAP   0x110
#define PASID_CAP 0x120

const Board *board;
const Company *company;

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

static uint64_t one_of(Guest *g, const uint64_t *places)
{
    unsigned n = 0;

    while (places[n] != ~0ull) {
        n++;
    }
    return places[guest_below(g, n)];
}

static uint64_t odd_place(Guest *g)
{
    const uint64_t odd[] = {
        BAR0 + 0x1000, BAR0 + 0x1020, BAR0 + 0x1058, BAR2, BAR2 + 0x1000,
        BAR4, BAR4 + 0x800, ACCEL_CFG, ACCEL_CFG + PRI_CAP, INTERRUPTS,
        board->ram_end, board->ram_end - 8, 0xfffff000, 0x7f00000000,
        1ull << 46, 1ull << 52, ~0ull, 0,
    };

    if (company && company->odd && guest_below(g, 2)) {
        return board->bars + one_of(g, company->odd);
    }
    return guest_below(g, 2) ? one_of(g, board->odd) : guest_pick(g, odd);
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

uint16_t guest_requester(Guest *g)
{
    return company && company->rid && guest_below(g, 4) ? company->rid
                                                        : ACCEL_RID;
}

void guest_enable_function(Guest *g, uint64_t cfg, const uint64_t bars[3])
{
    for (unsigned i = 0; i < 3; i++) {
        machine_write(g->m, cfg + 0x10 + 8 * i, bars[i], 4);
    }
    machine_write(g->m, cfg + 0x04, 6, 2);
    machine_write(g->m, cfg + PASID_CAP + 6, 1, 2);
    machine_write(g->m, cfg + ATS_CAP + 6, 0x8000, 2);
    machine_write(g->m, cfg + PRI_CAP + 12, 16, 4);
    machine_write(g->m, cfg + PRI_CAP + 4, 1, 2);
}

void guest_reset_function(Guest *g, uint64_t cfg)
{
    machine_write(g->m, cfg + EXP_CAP + 8, 0x8000, 2);
}

void guest_setup_function(Guest *g)
{
    const uint64_t bars[] = { BAR0, BAR2, BAR4 };

    guest_enable_function(g, ACCEL_CFG, bars);
}

/* Everything from the command register to the last capability. */
void guest_configure(Guest *g, uint64_t cfg)
{
    static const uint16_t known[] = {
        0x04, 0x05, 0x06, 0x10, 0x18, 0x20, 0x3c, 0x88, 0x89, 0x8a,
        0x106, 0x107, 0x114, 0x115, 0x116, 0x11c, 0x126, 0x127,
    };
    unsigned off = guest_below(g, 4) ? guest_pick(g, known)
                                     : guest_below(g, 0x140);

    machine_write(g->m, cfg + off, guest_word(g), 1 << guest_below(g, 3));
    machine_read(g->m, cfg + off, NULL, 1 << guest_below(g, 3));
}

/* Its control is in the first capability. */
void guest_vector(Guest *g, uint64_t cfg, uint64_t table)
{
    const uint64_t targets[] = {
        INTERRUPTS, INTERRUPTS | 0x10, INTERRUPTS | 0x18, board->odd[2],
        BAR0 + 0x10, BAR2, BAR4, POOL,
    };
    uint64_t at = table + 16 * guest_below(g, 66);

    machine_write(g->m, at, guest_pick(g, targets), 8);
    machine_write(g->m, at + 8, guest_word(g), 4);
    machine_write(g->m, at + 12, guest_below(g, 4) == 0, 4);
    /* MSI-X Enable */
    machine_write(g->m, cfg + 0x42, 0x8000, 2);
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
    if (company && company->look) {
        company->look(g);
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

const char *guest_check_values(Guest *g, uint64_t base,
                               const RegisterValue *values)
{
    const char *wrong = NULL;

    for (; values->size && !wrong; values++) {
        wrong = check_value(g, base + values->offset, values->size,
                            values->value);
    }
    return wrong;
}

/* Registers after a reset, and the identity of the function. */
static const char *check_registers(Guest *g)
{
    static const RegisterValue function[] = {
        { 0, 4, 0x53561234 },
        { ATS_CAP, 4, 0x0f | 1 << 16 | PRI_CAP << 20 },
        { ATS_CAP + 6, 2, 0 }, { PRI_CAP + 4, 2, 0 }, { PASID_CAP + 6, 2, 0 },
        { 0 }
    };
    const char *wrong;

    setup_ecam(g);
    wrong = guest_check_values(g, board->unit, board->registers);
    return wrong ? wrong : guest_check_values(g, ACCEL_CFG, function);
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

/* Nobody else writes to it, the accelerator and the unit have come to rest. */
static const char *check_company_reset(Guest *g)
{
    setup_ecam(g);
    guest_reset_function(g, ACCEL_CFG);
    machine_step(g->m, 100000);
    return company->check_reset(g);
}

const char *guest_check(Guest *g)
{
    const char *wrong = company && company->check_reset
                        ? check_company_reset(g) : NULL;

    if (wrong) {
        return wrong;
    }
    if (!machine_reset(g->m)) {
        return machine_end(g->m);
    }
    wrong = check_registers(g);
    wrong = wrong ? wrong : check_copies(g);
    return wrong || !company || !company->check ? wrong : company->check(g);
}

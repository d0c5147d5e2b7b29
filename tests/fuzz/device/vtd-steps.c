/*
 * The VT-d unit on q35: set-up, and what the guest does to it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "guest.h"

#define IQ_BYTES 0x1000u
#define VTD      0xfed90000u

/* -- set-up -- */

static void submit(Guest *g, uint64_t qw0, uint64_t qw1)
{
    uint64_t at = page(QUEUE) + g->queue;

    guest_put64(g, at, qw0);
    guest_put64(g, at + 8, qw1);
    guest_put64(g, at + 16, 0);
    guest_put64(g, at + 24, 0);
    g->queue = (g->queue + 32) % IQ_BYTES;
    guest_unit64(g, 0x88, g->queue);
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
    guest_put64(g, page(CONTEXT) + 32 * ACCEL_RID, page(DIRECTORY) | 0x1d);
    if (company && company->rid) {
        guest_put64(g, page(CONTEXT) + 32 * company->rid,
                    page(DIRECTORY) | 0x1d);
    }
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

static void setup_tables(Guest *g)
{
    setup_second(g);
    setup_first(g);
    setup_pasids(g);
}

static void setup_unit(Guest *g)
{
    g->queue = 0;
    guest_unit32(g, 0x18, 0);
    guest_unit32(g, 0x34, 0x71);                         /* FSTS */
    guest_unit64(g, 0x88, 0);                            /* IQT */
    guest_unit64(g, 0x90, page(QUEUE) | 1 << 11);        /* IQA */
    guest_unit32(g, 0x18, 0x04000000);                   /* QIE */
    guest_unit64(g, 0xd0, page(PRQ));                    /* PQA */
    for (unsigned source = 0; source < 3; source++) {
        unsigned off = source == 0 ? 0x38 : source == 1 ? 0xa0 : 0xe0;

        guest_unit32(g, off + 4, 0x41 + source);
        guest_unit32(g, off + 8, INTERRUPTS);
        guest_unit32(g, off, 0);
    }
    guest_unit64(g, 0x20, page(ROOT) | 0x400);           /* RTADDR */
    guest_unit32(g, 0x18, 0x44000000);                   /* SRTP */
    submit(g, 0x11, 0);
    submit(g, 0x37, 0);
    submit(g, 0x12, 0);
    guest_unit32(g, 0x18, 0x84000000);                   /* TE */
}

/* -- steps -- */

static const uint16_t registers[] = {
    0x000, 0x008, 0x010, 0x018, 0x01c, 0x020, 0x028, 0x034, 0x038, 0x03c,
    0x040, 0x044, 0x058, 0x064, 0x080, 0x088, 0x090, 0x09c, 0x0a0, 0x0a4,
    0x0a8, 0x0ac, 0x0b0, 0x0b8, 0x0c0, 0x0c8, 0x0d0, 0x0dc, 0x0e0, 0x0e4,
    0x0e8, 0x0ec, 0x220, 0x228, 0x22c, 0x500, 0x508, 0x50c, 0xff8,
};

static unsigned any_register(Guest *g)
{
    return guest_below(g, 8) ? guest_pick(g, registers)
                             : guest_below(g, 0x1000);
}

static void write_register(Guest *g)
{
    unsigned size = guest_below(g, 8) ? 4 << guest_below(g, 2)
                                      : 1 << guest_below(g, 4);

    machine_write(g->m, board->unit + any_register(g), guest_word(g), size);
}

static void read_register(Guest *g)
{
    machine_read(g->m, board->unit + any_register(g), NULL,
                 1 << guest_below(g, 4));
}

/* Level bits come and go, one-shot commands as well. */
static void command(Guest *g)
{
    static const uint32_t bits[] = {
        0x80000000, 0x40000000, 0x04000000, 0x02000000, 0x01000000,
        0x00800000, 0x08000000, 0x20000000,
    };
    uint32_t value = guest_below(g, 4) ? 0x84000000 : 0;

    guest_unit32(g, 0x18, value ^ guest_pick(g, bits));
    if (guest_below(g, 4)) {
        guest_unit32(g, 0x18, 0x84000000);
    }
}

static uint64_t context_entry(Guest *g)
{
    return page(CONTEXT) + 32 * guest_requester(g) + 8 * guest_below(g, 4);
}

/* Tables above the page tables; sane again now and then. */
static void poke_entry(Guest *g)
{
    uint64_t pasid = page(PASIDS) + 64 * guest_below(g, CONTEXTS);
    uint64_t where;

    switch (guest_below(g, 6)) {
    case 0:
        where = page(ROOT) + 8 * guest_below(g, 4);
        break;
    case 1:
        where = context_entry(g);
        break;
    case 2:
        where = page(DIRECTORY) + 8 * guest_below(g, 4);
        break;
    default:
        where = pasid + 8 * guest_below(g, 8);
        break;
    }
    guest_put64(g, where, guest_word(g));
}

/* A PASID entry that is almost right. */
static void poke_pasid(Guest *g)
{
    static const unsigned tables[] = { FIRST, SECOND, FIRST_1, PASIDS, ROOT };
    uint64_t at = page(PASIDS) + 64 * guest_below(g, CONTEXTS);
    uint64_t kind = (uint64_t)(1 + guest_below(g, 4)) << 6;
    uint64_t aw = (uint64_t)guest_below(g, 4) << 2;

    guest_put64(g, at, 1 | guest_below(g, 2) << 1 | aw | kind |
                       page(guest_pick(g, tables)));
    guest_put64(g, at + 8, 0x800000 | guest_below(g, 4));
    guest_put64(g, at + 16, page(guest_pick(g, tables)) |
                            (guest_rnd(g) & 0xfff & guest_rnd(g)));
}

/* An entry of page tables, of either stage and any level. */
static void poke_table(Guest *g)
{
    static const unsigned slots[] = { VA >> 39 & 511, VA >> 30 & 511,
                                      VA >> 21 & 511, 0 };
    static const uint64_t flags[] = {
        0, 1, 3, 5, 7, 0x27, 0x67, 0x87, 0xe7, 0x407, 0x807, 0x607,
        1ull << 63 | 7, 1ull << 62 | 7, 0x17, 0x1f,
    };
    bool second = guest_below(g, 3) == 0;
    unsigned level = guest_below(g, 4);
    unsigned slot = level == 3 ? guest_below(g, POOL_PAGES)
                    : second ? (level == 2 ? POOL >> 21 : 0) : slots[level];
    uint64_t at = page((second ? SECOND : FIRST) + level) + 8 * slot;

    if (guest_below(g, 4) == 0) {
        guest_put64(g, at, guest_word(g));
    } else if (level == 3) {
        guest_put64(g, at, page(slot) | guest_pick(g, flags));
    } else {
        /* The next table, the same one, or one of another kind. */
        guest_put64(g, at, page((second ? SECOND : FIRST) + level +
                                guest_below(g, 3)) | guest_pick(g, flags));
    }
}

/* A descriptor of one of the types, well-formed more often than not. */
static void descriptor(Guest *g)
{
    uint64_t type = 1 + guest_below(g, 9), g2 = guest_below(g, 4);
    uint64_t pasid = guest_below(g, CONTEXTS), did = guest_below(g, 4);
    uint64_t qw0 = type | g2 << 4 | did << 16 | pasid << 32, qw1 = 0;
    uint64_t rid = guest_requester(g);

    switch (type) {
    case 2:
    case 6:
        qw1 = (guest_va(g, VA) & ~0xfffull) | guest_below(g, 20) |
              (uint64_t)guest_below(g, 2) << 6;
        break;
    case 3:
        qw0 = 3 | rid << 32;
        qw1 = guest_below(g, 2) ? 0x7ffffffffffff800ull : guest_va(g, VA);
        break;
    case 4:
        qw0 = 4 | guest_below(g, 2) << 4 |
              (uint64_t)guest_below(g, 16) << 27 |
              (uint64_t)guest_below(g, 4) << 32;
        break;
    case 5:
        qw0 = 5 | guest_below(g, 16) << 4 | 0x1234ull << 32;
        qw1 = guest_below(g, 3) ? page(STATUS) : guest_place(g) & ~3ull;
        break;
    case 8:
        qw0 = 8 | rid << 16 | pasid << 32;
        qw1 = guest_below(g, 2) ? 0x7ffffffffffff800ull
                                : guest_va(g, VA) & ~0x7feull;
        break;
    case 9:
        qw0 = 9 | 1 << 4 | guest_pick(g, ((const uint64_t[]) {
            0, 1, 15, 2 })) << 12 | rid << 16 | pasid << 32;
        qw1 = guest_below(g, 16) << 3;
        break;
    default:
        break;
    }
    if (guest_below(g, 12) == 0) {
        qw0 ^= 1ull << guest_below(g, 64);
    }
    if (guest_below(g, 12) == 0) {
        qw1 ^= guest_word(g);
    }
    submit(g, qw0, qw1);
}

/* Over the descriptor that stopped the queue, as software does. */
static void repair(Guest *g)
{
    if (g->vtd.fsts & 0x70) {
        guest_put64(g, page(QUEUE) + (g->vtd.iqh & 0xfe0), 0x11);
        guest_put64(g, page(QUEUE) + (g->vtd.iqh & 0xfe0) + 8, 0);
        guest_unit32(g, 0x34, 0x71);
        for (unsigned i = 0; i < 8; i++) {
            guest_unit32(g, 0x22c + 16 * i, 0x80000000);
        }
    }
    guest_unit32(g, 0x9c, 1);
    guest_unit32(g, 0xdc, 3);
}

static void respond_with(Guest *g, uint64_t code)
{
    uint64_t pasid = g->vtd.request[0] >> 32 & 0xfffff;

    submit(g, 9 | 1 << 4 | code << 12 | (g->vtd.request[0] & 0xffff0000) |
              pasid << 32, g->vtd.request[1] & 0xff8);
    g->vtd.pqh = (g->vtd.pqh + 32) & 0xfe0;
    guest_unit64(g, 0xc0, g->vtd.pqh);
}

/* Answer the page request at the head, truly or not. */
static void respond(Guest *g)
{
    static const uint64_t codes[] = { 0, 0, 0, 1, 1, 15, 7 };

    if (g->vtd.pqh == g->vtd.pqt) {
        return;
    }
    if (guest_below(g, 4) == 0) {
        guest_put64(g, page(FIRST_1) + 8 * guest_below(g, POOL_PAGES),
                    page(guest_below(g, POOL_PAGES)) | 7);
    }
    respond_with(g, guest_pick(g, codes));
}

/* Queues of other sizes in other places. */
static void move_queue(Guest *g)
{
    static const unsigned offsets[] = { 0x90, 0xd0, 0xb8, 0x20 };
    unsigned off = guest_pick(g, offsets);
    uint64_t home = off == 0x90 ? page(QUEUE) | 1 << 11
                    : off == 0xd0 ? page(PRQ)
                    : off == 0xb8 ? page(IRTES) | 7 : page(ROOT) | 0x400;

    guest_unit64(g, off, guest_below(g, 2)
                        ? home : guest_place(g) | (guest_rnd(g) & 0xc07));
    guest_unit32(g, 0x18, 0x84000000 ^ (off == 0x90 ? 0x04000000 :
                                       off == 0xb8 ? 0x01000000 :
                                                     0x40000000));
    guest_unit64(g, 0x90, page(QUEUE) | 1 << 11);
    g->queue = off == 0x90 ? 0 : g->queue;
    guest_unit32(g, 0x18, 0x84000000);
}

/* Tails and heads at a whim; large steps run over much garbage. */
static void move_pointer(Guest *g)
{
    static const unsigned offsets[] = { 0x88, 0xc0, 0xc8 };

    guest_unit64(g, guest_pick(g, offsets), guest_below(g, 2)
                   ? guest_rnd(g) & 0xfe0 : guest_word(g));
}

/* Where the events of the unit go. */
static void message(Guest *g)
{
    static const unsigned controls[] = { 0x38, 0xa0, 0xe0 };
    unsigned off = guest_pick(g, controls);
    uint64_t to = guest_below(g, 2) ? INTERRUPTS | (guest_rnd(g) & 0xfffff)
                                    : guest_place(g);

    guest_unit32(g, off + 4, guest_rnd(g));
    guest_unit32(g, off + 8, to);
    guest_unit32(g, off + 12, guest_below(g, 4) ? 0 : to >> 32);
    guest_unit32(g, off, guest_below(g, 4) ? 0 : 0x80000000);
}

static void interrupt_entry(Guest *g)
{
    uint64_t at = page(IRTES) + 16 * guest_below(g, 8);

    guest_put64(g, at, guest_below(g, 2) ? 0x00000041002d0001ull
                                         : guest_word(g));
    guest_put64(g, at + 8, guest_below(g, 2) ? 0x40020 : guest_word(g));
}

static void heal(Guest *g)
{
    setup_tables(g);
    setup_unit(g);
}

static void take_step(Guest *g)
{
    static void (*const steps[])(Guest *) = {
        write_register, write_register, write_register, read_register,
        command, poke_entry, poke_entry, poke_pasid, poke_pasid, poke_table,
        poke_table, poke_table, descriptor, descriptor, descriptor,
        descriptor, descriptor, repair, repair, respond, respond, respond,
        move_queue, move_pointer, message, interrupt_entry, heal, heal,
    };

    guest_pick(g, steps)(g);
}

/* A PASID table of its own, whose entry 0 is pass-through. */
static void setup_requester(Guest *g, uint16_t rid)
{
    guest_put64(g, page(PASS_PASIDS) + 8, 5);
    guest_put64(g, page(PASS_PASIDS), 0x101);
    guest_put64(g, page(PASS_DIRECTORY), page(PASS_PASIDS) | 1);
    guest_put64(g, page(ROOT) + 16 * (rid >> 8), page(CONTEXT) | 1);
    guest_put64(g, page(CONTEXT) + 32 * (rid & 0x7f),
                page(PASS_DIRECTORY) | 0x1d);
}

static void withdraw(Guest *g, uint16_t rid)
{
    guest_put64(g, page(CONTEXT) + 32 * (rid & 0x7f), 0);
    submit(g, 0x11, 0);
    submit(g, 0x37, 0);
    submit(g, 0x12, 0);
}

static void invalidate(Guest *g, uint16_t rid)
{
    submit(g, 3 | (uint64_t)rid << 32, 0x7ffffffffffff800ull);
}

/* Huge ranges beside what is cached, and domains without entries. */
static void flood(Guest *g)
{
    static uint64_t words[FLOOD_COUNT][4];

    for (unsigned i = 0; i < FLOOD_COUNT; i++) {
        words[i][0] = i % 3 ? 6 | 3 << 4 | 1 << 16 | 1ull << 32
                            : 2 | 2 << 4 | 257 << 16;
        words[i][1] = i % 3 ? 0x7full << 56 | 50 : 0;
    }
    machine_write_words(g->m, FLOOD, words[0], 4 * FLOOD_COUNT);
    guest_unit32(g, 0x18, 0x80000000);                   /* QIE off */
    guest_unit64(g, 0x88, 0);
    guest_unit64(g, 0x90, FLOOD | 1 << 11 | 4);
    guest_unit32(g, 0x18, 0x84000000);
    g->queue = 32 * (FLOOD_COUNT - 1);
    machine_time_begin(g->m);
    machine_write(g->m, VTD + 0x88, g->queue, 8);
    machine_time_end(g->m);
}

static void look(Guest *g, bool again)
{
    uint64_t at = page(PRQ) + (g->vtd.pqh & 0xfe0);

    if (again) {
        machine_read(g->m, at, &g->vtd.request[0], 8);
        machine_read(g->m, at + 8, &g->vtd.request[1], 8);
        return;
    }
    machine_read(g->m, VTD + 0x34, &g->vtd.fsts, 4);
    machine_read(g->m, VTD + 0x80, &g->vtd.iqh, 8);
    machine_read(g->m, VTD + 0xc0, &g->vtd.pqh, 8);
    machine_read(g->m, VTD + 0xc8, &g->vtd.pqt, 8);
}

static void serve(Guest *g)
{
    unsigned left = IQ_BYTES / 32;

    setup_first(g);
    do {
        look(g, false);
        machine_sync(g->m);
        look(g, true);
        machine_sync(g->m);
        if (g->vtd.pqh == g->vtd.pqt) {
            break;
        }
        respond_with(g, 0);
    } while (--left);
}

/* BARs are larger than 33 contexts take. */
static const char *const q35_options[] = {
    "-machine", "q35", "-device", "sva-vtd",
    "-device", "sva-accel,addr=4,contexts=33", NULL
};

static const uint64_t odd[] = {
    VTD, VTD + 0x18, VTD + 0x88, VTD + 0xc0, VTD + 0x220, VTD + 0xff8,
    0xfee01018, 0xfeeffffc, 0xfec00000, 0xfed00000, 0xa0000, 0xfffc0000,
    ~0ull
};

static const RegisterValue after_reset[] = {
    { 0x18, 4, 0 }, { 0x1c, 4, 0 }, { 0x20, 8, 0 }, { 0x34, 4, 0 },
    { 0x38, 4, 0x80000000 }, { 0x80, 8, 0 }, { 0x88, 8, 0 }, { 0x90, 8, 0 },
    { 0xa0, 4, 0x80000000 }, { 0xb0, 8, 0 }, { 0xb8, 8, 0 }, { 0xd0, 8, 0 },
    { 0xdc, 4, 0 }, { 0xe0, 4, 0x80000000 }, { 0 }
};

const Board board_vtd = {
    .name = "vtd",
    .options = q35_options,
    .ram_end = 0x4000000,
    .pool = 0x1000000,
    .ecam = 0xb0000000,
    .ecam_off = true,
    .bars = 0xe0000000,
    .interrupts = 0xfee00000,
    .unit = VTD,
    .odd = odd,
    .registers = after_reset,
    .table = 7,
    .leaf = 7,
    .bare = 1 << 0 | 1 << 3,
    .setup_tables = setup_tables,
    .setup_unit = setup_unit,
    .look = look,
    .step = take_step,
    .window = 0xfee00000,
    .setup_requester = setup_requester,
    .withdraw = withdraw,
    .invalidate = invalidate,
    .serve = serve,
    .flood = flood,
};

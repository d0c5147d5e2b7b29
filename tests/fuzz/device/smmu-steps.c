/*
 * The SMMUv3 on virt: set-up, and what the guest does to it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "guest.h"

#define SMMU        0x09050000u
#define SID         0x20ull
#define CMDQ_LOG2   8
#define EVENTQ_LOG2 7
#define PRIQ_LOG2   8
#define EVENTS      CONTEXT             /* its page of the pool */
#define ALL_ON      0x1fu               /* CR0 */

/* Page descriptors of either stage, and tables */
#define PAGE_1  0xf43ull                /* AF, nG, user, read and write */
#define PAGE_2  0x7ffull                /* AF, read and write */
#define TABLE   3ull

/* -- set-up -- */

static void submit(Guest *g, uint64_t qw0, uint64_t qw1)
{
    uint64_t at = page(QUEUE) + 16 * (g->queue & ((1 << CMDQ_LOG2) - 1));

    guest_put64(g, at, qw0);
    guest_put64(g, at + 8, qw1);
    g->queue = (g->queue + 1) & ((2 << CMDQ_LOG2) - 1);
    guest_unit32(g, 0x98, g->queue);
}

/* 39 bits from level 1: the pool at its own place. */
static void setup_second(Guest *g)
{
    guest_put64(g, page(SECOND) + 8 * (POOL >> 30), page(SECOND_2) | TABLE);
    guest_put64(g, page(SECOND_2) + 8 * (POOL >> 21 & 511),
                page(SECOND_1) | TABLE);
    for (unsigned i = 0; i < POOL_PAGES; i++) {
        guest_put64(g, page(SECOND_1) + 8 * i, page(i) | PAGE_2);
    }
}

static void setup_first(Guest *g)
{
    guest_put64(g, page(FIRST) + 8 * (VA >> 39 & 511), page(FIRST_3) | TABLE);
    guest_put64(g, page(FIRST_3) + 8 * (VA >> 30 & 511),
                page(FIRST_2) | TABLE);
    guest_put64(g, page(FIRST_2) + 8 * (VA >> 21 & 511),
                page(FIRST_1) | TABLE);
    for (unsigned i = 0; i < POOL_PAGES; i++) {
        guest_put64(g, page(FIRST_1) + 8 * i, page(i) | PAGE_1);
    }
}

static uint64_t ste(void)
{
    return page(ROOT) + 64 * SID;
}

static uint64_t cd(unsigned ssid)
{
    return page(PASIDS) + 64 * ssid;
}

/*
 * V, both stages, 64 descriptors; S1DSS=01 (no substream: stage 2 only),
 * EATS=01; VMID 1, 39 bits from level 1, AArch64, S2R.
 */
static void setup_ste(Guest *g)
{
    guest_put64(g, ste() + 8, 1 | 1 << 28);
    guest_put64(g, ste() + 16, 1 | 25ull << 32 | 1ull << 38 | 5ull << 48 |
                               1ull << 51 | 1ull << 58);
    guest_put64(g, ste() + 24, page(SECOND));
    guest_put64(g, ste(), 1 | 7 << 1 | 6ull << 59 | page(PASIDS));
}

/* T0SZ=16, EPD1, V, 44 bits, AArch64, R, A, ASID; all but one stall. */
static void setup_cd(Guest *g, unsigned ssid)
{
    uint64_t stall = ssid != 2 ? 1ull << 44 : 0;

    guest_put64(g, cd(ssid) + 8, page(FIRST));
    guest_put64(g, cd(ssid), 16 | 1u << 30 | 1ull << 31 | 4ull << 32 |
                             1ull << 41 | stall | 3ull << 45 |
                             (uint64_t)(ssid + 1) << 48);
}

static void setup_tables(Guest *g)
{
    setup_second(g);
    setup_first(g);
    setup_ste(g);
    for (unsigned i = 0; i < CONTEXTS; i++) {
        setup_cd(g, i);
    }
}

static void setup_unit(Guest *g)
{
    guest_unit32(g, 0x20, 0);                           /* CR0 */
    guest_unit32(g, 0x50, 0);                           /* IRQ_CTRL */
    guest_unit64(g, 0x80, page(ROOT));                  /* STRTAB */
    guest_unit32(g, 0x88, 6);
    guest_unit64(g, 0x90, page(QUEUE) | CMDQ_LOG2);
    guest_unit32(g, 0x98, 0);
    guest_unit32(g, 0x9c, 0);
    guest_unit64(g, 0xa0, page(EVENTS) | EVENTQ_LOG2);
    guest_unit32(g, 0x100a8, 0);
    guest_unit32(g, 0x100ac, 0);
    guest_unit64(g, 0xc0, page(PRQ) | PRIQ_LOG2);
    guest_unit32(g, 0x100c8, 0);
    guest_unit32(g, 0x100cc, 0);
    g->queue = 0;
    /* Errors that are known from the last look. */
    guest_unit32(g, 0x64, g->smmu.gerror);
    guest_unit32(g, 0x50, 7);
    guest_unit32(g, 0x20, ALL_ON & ~1u);
    submit(g, 0x04, 31);                                /* CFGI_ALL */
    submit(g, 0x30, 0);                                 /* TLBI_NSNH_ALL */
    submit(g, 0x46, 0);
    guest_unit32(g, 0x20, ALL_ON);
}

/* All shared interrupts, to the first processor. */
static void setup_unit_and_gic(Guest *g)
{
    const uint64_t dist = 0x08000000, cpu = 0x08010000;

    for (unsigned i = 1; i < 8; i++) {
        machine_write(g->m, dist + 0x100 + 4 * i, 0xffffffff, 4);
    }
    for (unsigned i = 8; i < 64; i++) {
        machine_write(g->m, dist + 0x800 + 4 * i, 0x01010101, 4);
    }
    machine_write(g->m, dist, 1, 4);
    machine_write(g->m, cpu + 4, 0xff, 4);
    machine_write(g->m, cpu, 1, 4);
    setup_unit(g);
}

/* -- steps -- */

static const uint32_t registers[] = {
    0x00, 0x04, 0x20, 0x24, 0x28, 0x2c, 0x40, 0x44, 0x48, 0x50, 0x54, 0x60,
    0x64, 0x68, 0x70, 0x74, 0x80, 0x88, 0x90, 0x98, 0x9c, 0xa0, 0xa8, 0xac,
    0xb0, 0xb8, 0xbc, 0xc0, 0xc8, 0xcc, 0xd0, 0xd8, 0xdc, 0x100a8, 0x100ac,
    0x100c8, 0x100cc,
};

static unsigned any_register(Guest *g)
{
    return guest_below(g, 8) ? guest_pick(g, registers)
                             : guest_below(g, 0x20000);
}

static void write_register(Guest *g)
{
    unsigned size = guest_below(g, 8) ? 4 << guest_below(g, 2)
                                      : 1 << guest_below(g, 4);

    machine_write(g->m, SMMU + any_register(g), guest_word(g), size);
}

static void read_register(Guest *g)
{
    machine_read(g->m, SMMU + any_register(g), NULL, 1 << guest_below(g, 4));
}

/* Bits of CR0 come and go. */
static void control(Guest *g)
{
    guest_unit32(g, 0x20, ALL_ON ^ 1u << guest_below(g, 5));
    if (guest_below(g, 4)) {
        guest_unit32(g, 0x20, ALL_ON);
    }
}

static void poke_ste(Guest *g)
{
    uint64_t at = ste() + 8 * guest_below(g, 4);

    switch (guest_below(g, 4)) {
    case 0:
        guest_put64(g, at, guest_word(g));
        break;
    case 1:
        /* All configurations, descriptors in a list or on two levels. */
        guest_put64(g, ste(), 1 | guest_below(g, 8) << 1 |
                              (uint64_t)guest_below(g, 4) << 4 |
                              (uint64_t)guest_below(g, 21) << 59 |
                              page(guest_below(g, 2) ? PASIDS : DIRECTORY));
        guest_put64(g, page(DIRECTORY), page(PASIDS) | 1);
        break;
    case 2:
        guest_put64(g, ste() + 8, guest_below(g, 4) |
                                  (uint64_t)guest_below(g, 16) << 27 |
                                  (guest_rnd(g) & 0xfull << 48));
        break;
    default:
        setup_ste(g);
        break;
    }
}

/* A descriptor that is almost right. */
static void poke_cd(Guest *g)
{
    static const unsigned tables[] = { FIRST, SECOND, FIRST_1, PASIDS };
    unsigned ssid = guest_below(g, CONTEXTS);
    uint64_t at = cd(ssid);

    switch (guest_below(g, 4)) {
    case 0:
        guest_put64(g, at + 8 * guest_below(g, 8), guest_word(g));
        break;
    case 1:
        setup_cd(g, ssid);
        guest_put64(g, at + 8, page(guest_pick(g, tables)));
        break;
    case 2:
        guest_put64(g, at, guest_below(g, 40) | guest_below(g, 4) << 6 |
                           1u << 30 | 1ull << 31 |
                           (uint64_t)guest_below(g, 8) << 32 | 1ull << 41 |
                           (guest_rnd(g) & 0x7full << 42) |
                           (uint64_t)(ssid + 1) << 48);
        break;
    default:
        setup_cd(g, ssid);
        break;
    }
}

/* An entry of page tables, of either stage and any level. */
static void poke_table(Guest *g)
{
    static const uint64_t flags[] = {
        0, 0, 0, 0, 0, 0, 1, 3, 0x403, 0x443, 0x4c3, 0x743, 0xf43, 0xfc3,
        0x7ff, 0x47f,
        0x43f, 1ull << 51 | 0xfc3, 1ull << 54 | 0xf43, 1ull << 52 | 0xf43,
        7ull << 59 | 3,
    };
    static const unsigned slots[] = { VA >> 39 & 511, VA >> 30 & 511,
                                      VA >> 21 & 511 };
    bool second = guest_below(g, 3) == 0;
    unsigned level = guest_below(g, 4);
    unsigned slot = level == 3 ? guest_below(g, POOL_PAGES)
                    : !second ? slots[level]
                    : level == 2 ? POOL >> 21 & 511 : POOL >> 30;
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

/* A page of data goes, and everybody is told. */
static void unmap(Guest *g)
{
    for (unsigned n = guest_below(g, 4); n; n--) {
        guest_put64(g, page(FIRST_1) +
                       8 * (DATA + guest_below(g, DATA_PAGES)), 0);
    }
    submit(g, 0x30, 0);
    submit(g, 0x40 | SID << 32, 52);
    submit(g, 0x46, 0);
}

/* CMD_SYNC with a message, to memory more often than not. */
static void sync_command(Guest *g)
{
    submit(g, 0x46 | guest_below(g, 3) << 12 | 0x1234ull << 32,
           guest_below(g, 3) ? page(STATUS) : guest_place(g) & ~3ull);
}

/* One of those that there are, well-formed more often than not. */
static void command(Guest *g)
{
    static const uint8_t opcodes[] = {
        0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x10, 0x11, 0x12, 0x13, 0x18,
        0x20, 0x21, 0x22, 0x28, 0x2a, 0x30, 0x40, 0x40, 0x40, 0x41, 0x44,
        0x45, 0x46, 0x46, 0x46,
    };
    uint64_t op = guest_pick(g, opcodes), ssid = guest_below(g, CONTEXTS);
    uint64_t qw0 = op | guest_below(g, 2) << 11 | ssid << 12, qw1;

    if (op >= 0x10 && op <= 0x30) {
        /* NUM, SCALE; VMID, ASID; Leaf, TTL, TG, address */
        qw0 = op | (uint64_t)guest_below(g, 32) << 12 |
              (uint64_t)guest_below(g, 32) << 20 |
              (uint64_t)guest_below(g, 3) << 32 | (ssid + 1) << 48;
        qw1 = guest_below(g, 2) | guest_below(g, 16) << 8 |
              (guest_va(g, VA) & ~0xfffull);
    } else {
        qw0 |= (guest_below(g, 8) ? SID : guest_rnd(g) >> 32) << 32;
        qw1 = guest_below(g, 2) ? guest_below(g, 53)
                                : guest_va(g, VA) & ~0x7c0ull;
    }
    if (guest_below(g, 12) == 0) {
        qw0 ^= 1ull << guest_below(g, 64);
    }
    if (op == 0x46) {
        sync_command(g);
    } else {
        submit(g, qw0, qw1);
    }
}

/* Over the command that stopped the queue, as software does. */
static void repair(Guest *g)
{
    if ((g->smmu.gerror ^ g->smmu.gerrorn) & 1) {
        uint64_t at = page(QUEUE) + 16 * (g->smmu.cmdq_cons &
                                          ((1 << CMDQ_LOG2) - 1));

        guest_put64(g, at, 0x46);
        guest_put64(g, at + 8, 0);
    }
    guest_unit32(g, 0x64, g->smmu.gerror);
}

/* Answer the page request at the head, truly or not. */
static void respond(Guest *g)
{
    uint64_t *q = g->smmu.priq;

    if (q[0] == q[1]) {
        return;
    }
    if (guest_below(g, 4) == 0) {
        setup_first(g);
    }
    submit(g, 0x41 | guest_below(g, 8) / 7 * 0x80 | 1 << 11 |
              (g->smmu.request[0] >> 32 & 0xfffff) << 12 |
              (g->smmu.request[0] & 0xffff) << 32,
           (g->smmu.request[1] & 0x1ff) |
           (uint64_t)guest_below(g, 4) << 12);
    q[1] = (q[1] + 1) & ((2 << PRIQ_LOG2) - 1);
    guest_unit32(g, 0x100cc, q[1] | (q[0] & 0x80000000u));
}

/* The event at the head, and the answer if it stalls: also twice, or never. */
static void resume(Guest *g)
{
    uint64_t *q = g->smmu.eventq, *e = g->smmu.event;

    if (q[0] == q[1]) {
        return;
    }
    for (unsigned n = guest_below(g, 3); e[1] >> 31 & 1 && n; n--) {
        if (guest_below(g, 4) == 0) {
            setup_first(g);
        }
        submit(g, 0x44 | (uint64_t)guest_below(g, 4) << 12 |
                  (e[0] & ~0ull << 32), e[1] & 0xffff);
    }
    q[1] = (q[1] + 1) & ((2 << EVENTQ_LOG2) - 1);
    guest_unit32(g, 0x100ac, q[1] | (q[0] & 0x80000000u));
}

/* Queues and the stream table of other sizes in other places. */
static void move_queue(Guest *g)
{
    static const unsigned offsets[] = { 0x80, 0x90, 0xa0, 0xc0 };

    guest_unit32(g, 0x20, guest_below(g, 2) ? 0 : guest_below(g, 32));
    guest_unit64(g, guest_pick(g, offsets),
                 guest_place(g) | guest_below(g, 32));
    if (guest_below(g, 2)) {
        guest_unit32(g, 0x88, guest_rnd(g) & 0x107df);
    }
    guest_unit32(g, 0x20, ALL_ON);
    if (guest_below(g, 2)) {
        guest_unit32(g, 0x98, guest_rnd(g));
    }
    if (guest_below(g, 4)) {
        setup_unit(g);
    }
}

/* Pointers at a whim; large steps run over much garbage. */
static void move_pointer(Guest *g)
{
    static const unsigned offsets[] = {
        0x98, 0x98, 0x100ac, 0x100cc, 0x100a8, 0x100c8,
    };

    guest_unit32(g, guest_pick(g, offsets), guest_below(g, 2)
                 ? guest_rnd(g) & 0x1ff : guest_word(g));
}

/* Where the events of the unit go. */
static void message(Guest *g)
{
    static const unsigned sources[] = { 0x68, 0xb0, 0xd0 };
    unsigned off = guest_pick(g, sources);

    guest_unit32(g, 0x50, 0);
    guest_unit64(g, off, guest_below(g, 4) ? guest_place(g) : 0);
    guest_unit32(g, off + 8, guest_rnd(g));
    guest_unit32(g, 0x50, guest_below(g, 4) ? 7 : guest_below(g, 8));
}

static void heal(Guest *g)
{
    setup_tables(g);
    setup_unit(g);
}

static void take_step(Guest *g)
{
    static void (*const steps[])(Guest *) = {
        write_register, write_register, read_register, control, poke_ste,
        poke_cd, poke_cd, poke_table, poke_table, poke_table, poke_table,
        unmap, unmap, unmap, command, command, command, command, command,
        sync_command, repair, repair, repair, respond, respond, resume,
        resume, resume, resume, move_queue, move_pointer, message, heal, heal,
        heal, heal,
    };

    guest_pick(g, steps)(g);
}

/* Its STE bypasses the tables, if the stream table is that large. */
static void setup_requester(Guest *g, uint16_t rid)
{
    if (rid < 64) {
        guest_put64(g, page(ROOT) + 64ull * rid, 1 | 4 << 1);
    }
}

static void withdraw(Guest *g, uint16_t rid)
{
    if (rid < 64) {
        guest_put64(g, page(ROOT) + 64ull * rid, 0);
        submit(g, 0x03 | (uint64_t)rid << 32, 1);       /* CFGI_STE */
    }
}

static void invalidate(Guest *g, uint16_t rid)
{
    submit(g, 0x40 | (uint64_t)rid << 32, 52);
}

/* TLBI_NH_VA of huge ranges beside what is cached, and TLBI_NH_ASID. */
static void flood(Guest *g)
{
    static uint64_t words[FLOOD_COUNT][2];

    for (unsigned i = 0; i < FLOOD_COUNT; i++) {
        words[i][0] = 1ull << 32 |
                      (i % 3 ? 0x12 | 31u << 12 | 31ull << 20 | 2ull << 48
                             : 0x11 | 7ull << 48);
        words[i][1] = i % 3 ? (VA + (1ull << 40) + 0x1000) | 1 << 10 : 0;
    }
    machine_write_words(g->m, FLOOD, words[0], 2 * FLOOD_COUNT);
    guest_unit32(g, 0x20, ALL_ON & ~8u);                /* CMDQEN */
    guest_unit64(g, 0x90, FLOOD | 11);
    guest_unit32(g, 0x98, 0);
    guest_unit32(g, 0x9c, 0);
    guest_unit32(g, 0x20, ALL_ON);
    g->queue = FLOOD_COUNT - 1;
    machine_time_begin(g->m);
    machine_write(g->m, SMMU + 0x98, g->queue, 4);
    machine_time_end(g->m);
}

static void look(Guest *g, bool again)
{
    SmmuNews *s = &g->smmu;
    uint64_t event = page(EVENTS) + 32 * (s->eventq[1] &
                                          ((1 << EVENTQ_LOG2) - 1));
    uint64_t request = page(PRQ) + 16 * (s->priq[1] &
                                         ((1 << PRIQ_LOG2) - 1));

    if (again) {
        for (unsigned i = 0; i < 2; i++) {
            machine_read(g->m, event + 8 * i, &s->event[i], 8);
            machine_read(g->m, request + 8 * i, &s->request[i], 8);
        }
        return;
    }
    machine_read(g->m, SMMU + 0x60, &s->gerror, 4);
    machine_read(g->m, SMMU + 0x64, &s->gerrorn, 4);
    machine_read(g->m, SMMU + 0x9c, &s->cmdq_cons, 4);
    machine_read(g->m, SMMU + 0x100a8, &s->eventq[0], 4);
    machine_read(g->m, SMMU + 0x100ac, &s->eventq[1], 4);
    machine_read(g->m, SMMU + 0x100c8, &s->priq[0], 4);
    machine_read(g->m, SMMU + 0x100cc, &s->priq[1], 4);
}

/* BARs are larger than 33 contexts take; few stalls have a record. */
#define VIRT_OPTIONS(gic)                                               \
    "-machine", "virt,gic-version=" gic ",highmem=off",                 \
    "-cpu", "cortex-a57", "-device", "sva-smmuv3,stall-max=2",          \
    "-device", "sva-accel,addr=4,contexts=33", NULL

static const char *const gicv2_options[] = { VIRT_OPTIONS("2") };
static const char *const gicv3_options[] = { VIRT_OPTIONS("3") };

static const uint64_t odd[] = {
    SMMU, SMMU + 0x20, SMMU + 0x98, SMMU + 0x44, SMMU + 0x64, SMMU + 0x100ac,
    SMMU + 0x100cc, SMMU + 0x10000, 0x08000000, 0x08080000, 0x080a0000,
    0x08090000, 0x09010000, 0x0f800000, ~0ull
};

static const RegisterValue after_reset[] = {
    { 0x20, 4, 0 }, { 0x24, 4, 0 }, { 0x28, 4, 0 }, { 0x2c, 4, 0 },
    { 0x44, 4, 0x1000 }, { 0x50, 4, 0 }, { 0x60, 4, 0 }, { 0x64, 4, 0 },
    { 0x80, 8, 0 }, { 0x88, 4, 0 }, { 0x90, 8, 0 }, { 0x98, 8, 0 },
    { 0xa0, 8, 0 }, { 0xc0, 8, 0 }, { 0x100a8, 8, 0 }, { 0x100c8, 8, 0 },
    { 0 }
};

#define BOARD_COMMON                                    \
    .ram_end = 0x44000000,                              \
    .pool = 0x41000000,                                 \
    .ecam = 0x3f000000,                                 \
    .bars = 0x20000000,                                 \
    .unit = SMMU,                                       \
    .odd = odd,                                         \
    .registers = after_reset,                           \
    .table = TABLE,                                     \
    .leaf = PAGE_1,                                     \
    .bare = 1 << 0,                                     \
    .setup_tables = setup_tables,                       \
    .look = look,                                       \
    .step = take_step,                                  \
    .setup_requester = setup_requester,                 \
    .withdraw = withdraw,                               \
    .invalidate = invalidate,                           \
    .flood = flood

const Board board_smmu = {
    BOARD_COMMON,
    .name = "smmuv3",
    .options = gicv3_options,
    .interrupts = 0x08090040,           /* ITS */
    .setup_unit = setup_unit,
};

const Board board_smmu_gicv2 = {
    BOARD_COMMON,
    .name = "smmuv3 with GICv2",
    .options = gicv2_options,
    .interrupts = 0x08020040,           /* v2m */
    .setup_unit = setup_unit_and_gic,
};

/*
 * What the guest does to sva-dsa
 *
 * WQ 0 to 3 are dedicated, each with the PASID of its number, 0 stands for
 * none.  A shared WQ is configured, but takes no posted writes, and qtest has
 * no others.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "dsa-descriptor.h"
#include "hw/sva/dsa/spec.h"

#define DSA_RID         0x28u
#define DSA_CFG         (board->ecam + (DSA_RID << 12))

/* From the BARs of the board on */
#define REGS            0x00c00000u
#define PORTALS         0x00d00000u
#define VECTORS         0x00e00000u

#define WQS             8u
#define SHARED_WQ       CONTEXTS
#define WQ_SIZE         16u
#define READ_BUFFERS    96u             /* 9.2.4 */
#define PORTAL(wq)      ((wq) * 0x4000u)

static void enable_function(Guest *g)
{
    const uint64_t bars[] = { board->bars + REGS, board->bars + PORTALS,
                              board->bars + VECTORS };

    guest_enable_function(g, DSA_CFG, bars);
}

static void set32(Guest *g, unsigned off, uint32_t val)
{
    machine_write(g->m, board->bars + REGS + off, val, 4);
}

static void set64(Guest *g, unsigned off, uint64_t val)
{
    machine_write(g->m, board->bars + REGS + off, val, 8);
}

static void get(Guest *g, unsigned off, uint64_t *val, unsigned size)
{
    machine_read(g->m, board->bars + REGS + off, val, size);
}

/* -- set-up -- */

/* A command is begun in the next slice. */
static void command(Guest *g, DsaCommand code, uint32_t operand)
{
    set32(g, DSA_CMD, (uint32_t)code << DSA_CMD_CODE_SHIFT | operand);
    machine_step(g->m, 2000);
}

static void setup_wq(Guest *g, unsigned n)
{
    unsigned pasid = n < CONTEXTS ? n : 0;
    uint64_t at = DSA_WQCFG + n * 64;

    set64(g, at, WQ_SIZE | (uint64_t)WQ_SIZE << DSA_WQ0_THRESHOLD_SHIFT);
    set64(g, at + 8, (n == SHARED_WQ ? 0 : DSA_WQ1_DEDICATED) |
                     (n == 0 ? 0 : DSA_WQ1_PASID_EN) |
                     (uint64_t)pasid << DSA_WQ1_PASID_SHIFT |
                     DSA_WQ1_BLOCK_ON_FAULT | 1 << DSA_WQ1_PRIORITY_SHIFT |
                     21ull << DSA_WQ1_XFER_SHIFT |
                     10ull << DSA_WQ1_BATCH_SHIFT);
}

/* Each has two WQs and two engines; the second one has the shared WQ too. */
static void setup_groups(Guest *g)
{
    for (unsigned i = 0; i < 2; i++) {
        uint64_t at = DSA_GRPCFG + i * 64;

        set64(g, at, (3 << 2 * i) | (i ? 1 << SHARED_WQ : 0));
        set64(g, at + 8 * DSA_GRP_ENGINES, 3 << 2 * i);
    }
}

static void setup_log(Guest *g, unsigned pasid)
{
    set64(g, DSA_EVLCFG, (dsa_base(pasid) + (DSA_LOG << 12)) |
                         (pasid ? DSA_EVLCFG_PASID_EN : 0));
    set64(g, DSA_EVLCFG + 8, (uint64_t)pasid << DSA_EVLCFG_PASID_SHIFT |
                             0x1000 / DSA_EVENT_BYTES);
}

/* Windows to some PASID for some PASID; half of them can be changed. */
static void setup_domains(Guest *g)
{
    for (unsigned i = 0; i < CONTEXTS; i++) {
        uint64_t at = DSA_IDPT + i * 32, pasid = 1 + guest_below(g, 3);
        bool offset = guest_below(g, 2);

        set64(g, at, 0);
        set64(g, at + 8, dsa_base(pasid) + (DATA << 12));
        set64(g, at + 16, DATA_PAGES << 12);
        set64(g, at, DSA_IDPT_USABLE | (i & 1 ? DSA_IDPT_UPDATE : 0) |
                     (1ull + guest_below(g, 3)) << DSA_IDPT_SUBMITTER_SHIFT |
                     DSA_IDPT_READ | DSA_IDPT_WRITE | DSA_IDPT_WINDOW |
                     (offset ? DSA_IDPT_OFFSET_MODE : 0) |
                     pasid << DSA_IDPT_ACCESS_SHIFT);
    }
}

/* A handle for each PASID; they follow on each other. */
static void setup_handles(Guest *g)
{
    for (unsigned i = 0; i < CONTEXTS; i++) {
        set32(g, DSA_MSIXPERM + 8 * (i + 1), i == 0 ? 0 :
              i << DSA_MSIXPERM_PASID_SHIFT | DSA_MSIXPERM_PASID_EN);
        command(g, DSA_CMD_REQUEST_HANDLE, i + 1);
        if (i == 0) {
            get(g, DSA_CMDSTS, &g->dsa.handle, 4);
        }
    }
    machine_sync(g->m);
    g->dsa.handle = g->dsa.handle >> DSA_CMDSTS_RESULT_SHIFT & 0xffff;
}

/* After a reset. @log: with the event log, of that PASID */
static void setup_with(Guest *g, bool log, unsigned pasid)
{
    enable_function(g);
    setup_log(g, pasid);
    set32(g, DSA_GENCTRL, DSA_GENCTRL_SWERR_INT | DSA_GENCTRL_HALT_INT |
                          DSA_GENCTRL_EVL_INT);
    set32(g, DSA_GENCFG, READ_BUFFERS | DSA_GENCFG_USER_INT |
                         (log ? DSA_GENCFG_EVL : 0));
    setup_handles(g);
    setup_domains(g);
    setup_groups(g);
    for (unsigned i = 0; i <= SHARED_WQ; i++) {
        setup_wq(g, i);
    }
    command(g, DSA_CMD_ENABLE_DEVICE, 0);
    for (unsigned i = 0; i <= SHARED_WQ; i++) {
        command(g, DSA_CMD_ENABLE_WQ, i);
    }
    g->dsa.gensts = DSA_ENABLED;
}

static void function_reset(Guest *g)
{
    guest_reset_function(g, DSA_CFG);
}

static void setup(Guest *g)
{
    setup_with(g, guest_below(g, 2), guest_below(g, CONTEXTS));
}

static void setup_afresh(Guest *g)
{
    if (guest_below(g, 4)) {
        function_reset(g);
    } else {
        command(g, DSA_CMD_RESET_DEVICE, 0);
    }
    setup(g);
}

/* -- steps: registers -- */

static unsigned any_register(Guest *g)
{
    static const unsigned known[] = {
        DSA_GENCFG, DSA_GENCTRL, DSA_INTCAUSE, DSA_CMD, DSA_SWERR, DSA_EVLCFG,
        DSA_EVLCFG + 8, DSA_EVLSTS, DSA_EVLSTS,
    };

    switch (guest_below(g, 8)) {
    case 0:
        return guest_below(g, DSA_BAR0_SIZE);
    case 1:
        return DSA_WQCFG + guest_below(g, WQS + 1) * 64 + guest_below(g, 64);
    case 2:
        return DSA_GRPCFG + guest_below(g, 5) * 64 + guest_below(g, 64);
    case 3:
        return DSA_MSIXPERM + guest_below(g, 10) * 8;
    case 4:
        return DSA_IDPT + guest_below(g, 6) * 32 + guest_below(g, 32);
    default:
        return guest_pick(g, known);
    }
}

static void write_register(Guest *g)
{
    unsigned off = any_register(g);
    unsigned size = guest_below(g, 8) ? 4 << guest_below(g, 2)
                                      : 1 << guest_below(g, 4);

    machine_write(g->m, board->bars + REGS +
                        (guest_below(g, 8) ? off & -size : off),
                  guest_word(g), size);
}

static void read_register(Guest *g)
{
    get(g, any_register(g), NULL, 1 << guest_below(g, 4));
}

/* With the operands that the commands have, and others. */
static void any_command(Guest *g)
{
    static const uint32_t operands[] = {
        0, 1, 2, 3, 4, 9, 0xf, 0x1f, DSA_CMD_TABLE_IMS | 1, 0xfffff,
    };

    set32(g, DSA_CMD,
          (uint32_t)guest_below(g, DSA_CMDS + 1) << DSA_CMD_CODE_SHIFT |
          (guest_below(g, 2) ? DSA_CMD_INT : 0) | guest_pick(g, operands));
    if (guest_below(g, 2)) {
        machine_step(g->m, 2000);
    }
}

/* WQs come and go; their configuration as well, while they are gone. */
static void wq_again(Guest *g)
{
    unsigned n = guest_below(g, WQS);

    command(g, guest_below(g, 2) ? DSA_CMD_DISABLE_WQ : DSA_CMD_RESET_WQ,
            1 << n);
    setup_wq(g, n);
    if (guest_below(g, 2)) {
        set64(g, DSA_WQCFG + n * 64 + 8 * (1 + guest_below(g, 7)),
              guest_word(g));
    }
    set64(g, DSA_WQCFG + n * 64 + 16,
          (g->dsa.handle + n % CONTEXTS) | DSA_WQ2_INT_ENABLE |
          (uint64_t)guest_below(g, 4) << DSA_WQ2_LIMIT_SHIFT);
    command(g, DSA_CMD_ENABLE_WQ, n);
}

/* The log somewhere else; it is read-only while the device works. */
static void move_log(Guest *g)
{
    function_reset(g);
    setup_log(g, guest_below(g, CONTEXTS));
    if (guest_below(g, 2)) {
        set64(g, DSA_EVLCFG, guest_place(g));
    }
    if (guest_below(g, 2)) {
        set64(g, DSA_EVLCFG + 8, 64 << guest_below(g, 12));
    }
    setup(g);
}

/* Software has read its events, or says that it has. */
static void read_log(Guest *g)
{
    set32(g, DSA_EVLSTS, guest_below(g, 4)
          ? (uint32_t)(g->dsa.evlsts >> DSA_EVLSTS_TAIL_SHIFT & 0xffff)
          : guest_below(g, 64));
    set64(g, DSA_SWERR, DSA_ERR_VALID | DSA_ERR_OVERFLOW);
    set32(g, DSA_INTCAUSE, UINT32_MAX);
}

/* -- steps: work -- */

static void submit(Guest *g, unsigned wq, const uint64_t *words)
{
    machine_write_words(g->m, board->bars + PORTALS + PORTAL(wq) +
                              guest_below(g, 2) * 0x1000 +
                              guest_below(g, 64) * DSA_DESC_BYTES, words, 8);
}

static void heal(Guest *g)
{
    if (g->dsa.gensts != DSA_ENABLED && guest_below(g, 4)) {
        setup_afresh(g);
    }
}

/* The PASID of another WQ is as wrong as any. */
static unsigned any_pasid(Guest *g, unsigned wq)
{
    return guest_below(g, 16) ? wq : guest_below(g, CONTEXTS);
}

static void descriptor(Guest *g)
{
    unsigned wq = guest_below(g, CONTEXTS);
    uint64_t words[8];

    heal(g);
    dsa_descriptor(g, any_pasid(g, wq), words);
    submit(g, wq, words);
}

static void list(Guest *g)
{
    dsa_list(g, guest_below(g, CONTEXTS));
    descriptor(g);
}

/* Writes that are no descriptor, or not in their order, or nowhere. */
static void wild_write(Guest *g)
{
    for (unsigned i = guest_below(g, 16); i; i--) {
        machine_write(g->m, board->bars + PORTALS +
                            guest_below(g, PORTAL(WQS)), guest_word(g),
                      1 << guest_below(g, 4));
    }
    machine_read(g->m, board->bars + PORTALS + guest_below(g, PORTAL(WQS)),
                 NULL, 8);
}

/*
 * Hours of work: a submission, or a step in time, does some of it.  PASID 3 has
 * all memory.
 */
static void much_work(Guest *g)
{
    uint64_t words[8];

    function_reset(g);
    setup(g);
    dsa_large_list(g, 3);
    machine_time_begin(g->m);
    for (unsigned wq = 0; wq < CONTEXTS; wq++) {
        for (unsigned i = 0; i < WQ_SIZE; i++) {
            dsa_large_descriptor(g, wq, words);
            submit(g, wq, words);
        }
    }
    machine_step(g->m, 1000);
    any_command(g);
    machine_time_end(g->m);
}

static void serve(Guest *g)
{
    board->serve(g);
}

/* -- steps: the function -- */

static void configure(Guest *g)
{
    guest_configure(g, DSA_CFG);
    if (guest_below(g, 2)) {
        setup_afresh(g);
    }
}

/* Bus mastering, PASID, ATS and PRI, for a while. */
static void switch_off(Guest *g)
{
    static const uint16_t enables[] = { 0x04, 0x05, 0x106, 0x107, 0x114,
                                        0x126 };

    machine_write(g->m, DSA_CFG + guest_pick(g, enables), guest_below(g, 3),
                  1);
    if (guest_below(g, 2)) {
        machine_step(g->m, 20000);
        setup_afresh(g);
    }
}

static void vectors(Guest *g)
{
    guest_vector(g, DSA_CFG, board->bars + VECTORS);
}

static void spend_time(Guest *g)
{
    static const int64_t times[] = {
        1, 1000, 2000, 3000, 20000, 20000, 50000, 200000,
    };

    machine_step(g->m, guest_pick(g, times));
}

static void take_step(Guest *g)
{
    static void (*const steps[])(Guest *) = {
        descriptor, descriptor, descriptor, descriptor, descriptor,
        descriptor, descriptor, descriptor, descriptor, descriptor, list,
        list, list, wild_write, write_register, write_register,
        read_register, any_command, any_command, wq_again, move_log,
        read_log, read_log, serve, configure, switch_off, vectors, setup_afresh,
        function_reset, spend_time, spend_time, spend_time, spend_time,
        spend_time,
    };

    if (guest_below(g, 1000) == 0) {
        much_work(g);
    } else {
        guest_pick(g, steps)(g);
    }
}

static void look(Guest *g)
{
    get(g, DSA_GENSTS, &g->dsa.gensts, 4);
    get(g, DSA_CMDSTS, &g->dsa.cmdsts, 4);
    get(g, DSA_EVLSTS, &g->dsa.evlsts, 8);
}

/* -- after a reset -- */

static const char *check_registers(Guest *g)
{
    static const RegisterValue function[] = {
        { 0, 4, 0x0b258086 }, { 0x04, 2, 0 }, { 0x106, 2, 0 },
        { 0x114, 2, 0 }, { 0x126, 2, 0 }, { 0 }
    };
    static const RegisterValue registers[] = {
        { DSA_VERSION, 4, DSA_VERSION_2_0 }, { DSA_GENCFG, 4, READ_BUFFERS },
        { DSA_GENCTRL, 4, 0 }, { DSA_GENSTS, 4, 0 }, { DSA_INTCAUSE, 4, 0 },
        { DSA_CMDSTS, 4, 0 }, { DSA_SWERR, 8, 0 }, { DSA_SWERR + 8, 8, 0 },
        { DSA_EVLCFG, 8, 0 }, { DSA_EVLCFG + 8, 8, 0 }, { DSA_EVLSTS, 8, 0 },
        { DSA_MSIXPERM + 8, 4, 0 }, { DSA_GRPCFG, 8, 0 },
        { DSA_GRPCFG + 8 * DSA_GRP_ENGINES, 8, 0 }, { DSA_WQCFG, 8, 0 },
        { DSA_WQCFG + 8, 8, 0 }, { DSA_WQCFG + 16, 8, 0 },
        { DSA_WQCFG + 24, 8, 0 }, { DSA_IDPT, 8, 0 }, { DSA_IDPT + 8, 8, 0 },
        { 0 }
    };
    const char *wrong = guest_check_values(g, DSA_CFG, function);

    if (wrong) {
        return wrong;
    }
    enable_function(g);
    return guest_check_values(g, board->bars + REGS, registers);
}

static const char *check_function_reset(Guest *g)
{
    function_reset(g);
    return check_registers(g);
}

/* Each WQ moves 64 bytes; then nothing is left that the device waits for. */
static void submit_moves(Guest *g)
{
    for (unsigned i = 0; i < CONTEXTS; i++) {
        uint64_t base = dsa_base(i);
        const uint64_t words[8] = {
            (uint64_t)DSA_OP_MEMMOVE << 56 |
            (uint64_t)(DSA_FLAG_CR_VALID | DSA_FLAG_CR_REQUEST) << 32,
            base + (DSA_RECORDS << 12) + i * DSA_RECORD_BYTES,
            base + (DATA << 12) + i * 64, base + ((DATA + 1) << 12) + i * 64,
            64,
        };

        for (unsigned w = 0; w < 8; w++) {
            guest_put64(g, page(DATA) + i * 64 + w * 8,
                        0x0101010101010101ull * (8 * i + w + 1));
        }
        machine_write_words(g->m, board->bars + PORTALS + PORTAL(i), words, 8);
    }
}

static bool moved(Guest *g)
{
    uint64_t have[CONTEXTS][2] = { 0 }, status[CONTEXTS] = { 0 };
    bool ok = true;

    for (unsigned i = 0; i < CONTEXTS; i++) {
        machine_read(g->m, page(DSA_RECORDS) + i * DSA_RECORD_BYTES,
                     &status[i], 1);
        machine_read(g->m, page(DATA + 1) + i * 64, &have[i][0], 8);
        machine_read(g->m, page(DATA + 1) + i * 64 + 56, &have[i][1], 8);
    }
    machine_sync(g->m);
    for (unsigned i = 0; i < CONTEXTS; i++) {
        ok &= status[i] == DSA_ST_SUCCESS &&
              have[i][0] == 0x0101010101010101ull * (8 * i + 1) &&
              have[i][1] == 0x0101010101010101ull * (8 * i + 8);
    }
    return ok;
}

static const char *check(Guest *g)
{
    static const RegisterValue disabled[] = {
        { DSA_CMDSTS, 4, 0 }, { DSA_GENSTS, 4, DSA_DISABLED },
        { DSA_SWERR, 8, 0 }, { 0 }
    };
    const char *wrong = check_registers(g);
    bool ok = false;

    if (wrong) {
        return wrong;
    }
    setup_with(g, false, 0);
    submit_moves(g);
    for (unsigned tries = 0; tries < 100 && !ok; tries++) {
        machine_step(g->m, 20000);
        ok = moved(g);
    }
    if (!machine_sync(g->m)) {
        return machine_end(g->m);
    }
    if (!ok) {
        return "after a reset and a sane set-up a move failed";
    }
    command(g, DSA_CMD_DISABLE_DEVICE, 0);
    return guest_check_values(g, board->bars + REGS, disabled);
}

static const char *const options[] = {
    "-device", "sva-dsa,addr=5,int-handles=on,x-merge-writes=on", NULL
};

static const uint64_t odd[] = {
    REGS + DSA_CMD, REGS + DSA_SWERR, REGS + DSA_EVLSTS, REGS + DSA_MSIXPERM,
    REGS + DSA_GRPCFG, REGS + DSA_WQCFG, REGS + DSA_IDPT, REGS + DSA_DUMMY,
    PORTALS, PORTALS + PORTAL(1) + 0x1000, PORTALS + PORTAL(SHARED_WQ),
    VECTORS, VECTORS + 0x10, ~0ull
};

const Company company_dsa = {
    .options = options,
    .rid = DSA_RID,
    .odd = odd,
    .setup = setup,
    .look = look,
    .step = take_step,
    .check_reset = check_function_reset,
    .check = check,
};

/*
 * Fuzz: sva-dsa, with descriptors, commands and states that no guest and no
 * device would write
 *
 * Whatever guest and platform do, it survives, comes to an end, moves to
 * another device without a change, and works after a reset.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "dsa-fixture.h"
#include "fuzz.h"

#define DATA  0x200000ull
#define PAGES 8
#define LIST  0x400000ull

enum {
    OP_DESC, OP_PUT, OP_SUBMIT, OP_RAW, OP_REG, OP_COMMAND, OP_MAP,
    OP_POLICY, OP_RESPOND, OP_INVALIDATE, OP_STALL, OP_RESUME, OP_ENABLES,
    OP_TIME, OP_RESET, OP_SETUP, OP_MOVE, OP_MUTATE, OP_LOAD, OP_HOOK,
};

const char *const fuzz_ops[] = {
    "DESC", "PUT", "SUBMIT", "RAW", "REG", "COMMAND", "MAP",
    "POLICY", "RESPOND", "INVALIDATE", "STALL", "RESUME", "ENABLES",
    "TIME", "RESET", "SETUP", "MOVE", "MUTATE", "LOAD", "HOOK", NULL
};

typedef struct World {
    DsaFixture *f;
    DsaRaw desc;                /* the next one to be submitted */
    uint8_t *state;             /* to be changed and loaded */
} World;

static void set_enables(World *w, uint8_t bits)
{
    SvaFunction *fn = w->f->fn;

    sva_function_set_bus_master(fn, bits & 1);
    sva_function_set_pasid(fn, bits & 2);
    sva_function_set_ats(fn, bits & 4);
    sva_function_set_pri(fn, &(SvaPriControl) {
        .enable = bits & 8, .reset = bits & 0x10, .allocation = bits >> 5,
    });
    sva_function_clear_pri_status(fn, bits >> 6);
}

/* @how: 1: the event log, 2: without PRI, 4: user interrupts */
static void setup(World *w, uint8_t how)
{
    DsaFixture *f = w->f;

    set_enables(w, how & 2 ? 0x27 : 0x2f);
    dsa_write64(f, DSA_EVLCFG, 0x10000);
    dsa_write64(f, DSA_EVLCFG + 8, 64);
    dsa_write32(f, DSA_GENCTRL, 7);
    dsa_write32(f, DSA_GENCFG, 96 | (how & 1 ? DSA_GENCFG_EVL : 0) |
                               (how & 4 ? DSA_GENCFG_USER_INT : 0));
    dsa_write32(f, DSA_MSIXPERM + 8, 5 << 12 | DSA_MSIXPERM_PASID_EN);
    for (unsigned i = 0; i < 2; i++) {
        dsa_write64(f, DSA_IDPT + i * 32 + 8, i ? DATA : 0);
        dsa_write64(f, DSA_IDPT + i * 32 + 16, i ? 0x4000 : 0);
        dsa_write64(f, DSA_IDPT + i * 32, 0x500300005003 | (i ? 0x1800000000 :
                                                                0));
    }
    dsa_config_wq(f, 0, 8, true);
    dsa_config_wq(f, 1, 8, false);
    dsa_config_group(f, 0, 3, 1);
    dsa_command(f, DSA_CMD_ENABLE_DEVICE, 0);
    dsa_command(f, DSA_CMD_ENABLE_WQ, 0);
    dsa_command(f, DSA_CMD_ENABLE_WQ, 1);
}

static void restart(World *w, uint8_t how)
{
    sva_dsa_reset(w->f->d);
    setup(w, how);
}

static uint64_t make_address(FuzzInput *in)
{
    uint8_t b = fuzz_u8(in);

    return b == 0xff ? fuzz_u64(in)
                     : DATA + b % PAGES * 0x1000ull + (b >> 3) * 8;
}

/* A descriptor that is nearly always a good one. */
static void op_desc(World *w, FuzzInput *in)
{
    static const uint8_t ops[] = {
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15,
        0x17, 0x20, 3, 4, 0x0a, 0x21, 0x23, 0x24, 0x25, 0x26,
    };
    static const uint32_t sizes[] = {
        0, 1, 2, 8, 40, 520, 528, 1040, 1024, 0x1000, 0x1008, 0x2010, 0x3000,
        0x80000, 0x200000, UINT32_MAX,
    };
    uint8_t op = fuzz_pick(in, ops);
    uint32_t flags = DSA_DONE | fuzz_u16(in);
    bool domain = op >= DSA_OP_UPDATE_WINDOW;
    uint64_t a = make_address(in), b = make_address(in);
    uint8_t more;

    w->f->records = fuzz_u8(in) & 0x7f;
    w->desc = dsa_desc(w->f, op, flags, op == DSA_OP_BATCH ? LIST : a, b,
                       fuzz_pick(in, sizes));
    more = fuzz_u8(in);
    if (more & 1) {
        dsa_put64(w->desc.b + 40, make_address(in));
    }
    if (more & 2) {
        dsa_put64(w->desc.b + 48, more & 4 ? fuzz_u64(in) : 0x1000);
    }
    if (more & 8) {
        w->desc.b[fuzz_u8(in) & 63] = fuzz_u8(in);
    }
    if (more & 0x10) {
        dsa_put16(w->desc.b + 36, 1);
    }
    if (domain) {
        dsa_put32(w->desc.b + 4, dsa_get32(w->desc.b + 4) | more >> 5 << 16);
        dsa_put32(w->desc.b + 60, fuzz_u32(in) & 0x30003);
    }
}

/* A register at work is as good as any. */
static void op_reg(World *w, FuzzInput *in)
{
    static const uint32_t bases[] = {
        0, 0x80, DSA_MSIXPERM, DSA_GRPCFG, DSA_WQCFG, DSA_WQCFG + 64,
        DSA_EVLSTS, DSA_DUMMY, DSA_IDPT,
    };
    uint64_t offset = fuzz_pick(in, bases) + fuzz_u8(in);
    unsigned size = 1u << (fuzz_u8(in) & 3);

    sva_dsa_write(w->f->d, offset, fuzz_u64(in), size);
    sva_dsa_read(w->f->d, offset, size);
}

static void hook(FakePort *p, const char *tlp G_GNUC_UNUSED, void *opaque)
{
    World *w = opaque;

    p->hook = NULL;
    if (w->f->fn->busy) {
        dsa_write32(w->f, DSA_GENCTRL, 7);
        g_assert_false(dsa_submit(w->f, 0, &w->desc));
        g_assert_cmphex(dsa_read32(w->f, DSA_VERSION), ==, 0);
    }
    sva_dsa_reset(w->f->d);
}

static void op_invalidate(World *w, FuzzInput *in)
{
    uint8_t what = fuzz_u8(in);

    fake_port_invalidate(w->f->p, &(SvaAtcInvalidation) {
        .addr = what & 8 ? DATA + what % PAGES * 0x1000 : 0,
        .mask = what & 8 ? 0xfff : UINT64_MAX,
        .pasid = what & 0x10 ? SVA_NO_PASID : DSA_PASID,
        .itag = what >> 5,
    });
}

static void op_mutate(World *w, FuzzInput *in)
{
    size_t size = sva_dsa_saved_size(w->f->d);
    uint32_t at = fuzz_u32(in);

    if (!w->state) {
        w->state = (uint8_t *)dsa_save(w->f);
    }
    w->state[(at & 0x80000000 ? size - 1 - at % 0x20000 : at) % size] ^=
        fuzz_u8(in);
}

/* Taken or refused; the number of slots is no part of the stream. */
static void op_load(World *w)
{
    if (w->state) {
        SvaDsaSaved *in = (SvaDsaSaved *)w->state;

        in->slots = w->f->config.engines * 12;
        sva_dsa_load(w->f->d, in);
        g_clear_pointer(&w->state, g_free);
    }
}

static void step_platform(World *w, FuzzInput *in, uint8_t op)
{
    static const int64_t times[] = { 0, 1, 1000, 3000, 20000, 1000000 };
    FakePort *p = w->f->p;
    uint8_t v = fuzz_u8(in);

    switch (op) {
    case OP_MAP:
        fake_port_map(p, DSA_PASID, (v & 0x80 ? LIST : DATA) +
                      v % PAGES * 0x1000, 0x1000, v >> 3 & 3);
        break;
    case OP_POLICY:
        p->prg_policy = (v & 15) % (FAKE_PRG_FAILURE + 1);
        p->ats_status = v & 0x10 ? SVA_ATS_UR : SVA_ATS_SUCCESS;
        p->untranslated_only = v & 0x20;
        p->abort_translated = v & 0x40;
        break;
    case OP_RESPOND:
        fake_port_respond(p, DSA_PASID, v & 7, v >> 4);
        break;
    case OP_STALL:
        p->stall = v & 1;
        break;
    case OP_RESUME:
        if (p->stalled->len) {
            fake_port_resume(p, v % 3);
        }
        break;
    case OP_TIME:
        fake_env_advance(w->f->env, times[v % G_N_ELEMENTS(times)]);
        break;
    case OP_SETUP:
        restart(w, v);
        break;
    case OP_ENABLES:
        set_enables(w, v);
        break;
    default:
        break;
    }
}

static void step_state(World *w, FuzzInput *in, uint8_t op)
{
    switch (op) {
    case OP_RESET:
        sva_dsa_reset(w->f->d);
        break;
    case OP_MOVE:
        dsa_move(w->f);
        break;
    case OP_MUTATE:
        op_mutate(w, in);
        break;
    case OP_LOAD:
        op_load(w);
        break;
    case OP_HOOK:
        w->f->p->hook = hook;
        w->f->p->hook_opaque = w;
        break;
    default:
        step_platform(w, in, op);
    }
}

static void step(World *w, FuzzInput *in, uint8_t op)
{
    switch (op) {
    case OP_DESC:
        op_desc(w, in);
        break;
    case OP_PUT:
        dsa_put(w->f, LIST + fuzz_u8(in) % 8 * 64, w->desc.b, 64);
        break;
    case OP_SUBMIT:
        dsa_submit(w->f, fuzz_u8(in) & 1, &w->desc);
        break;
    case OP_RAW: {
        uint64_t offset = fuzz_u32(in);

        sva_dsa_submit(w->f->d, offset, w->desc.b, fuzz_u8(in) & 1);
        break;
    }
    case OP_REG:
        op_reg(w, in);
        break;
    case OP_COMMAND: {
        uint32_t code = fuzz_u8(in) & 31;

        dsa_write32(w->f, DSA_CMD, code << 20 | fuzz_u16(in) |
                                   DSA_CMD_INT);
        break;
    }
    case OP_INVALIDATE:
        op_invalidate(w, in);
        break;
    default:
        step_state(w, in, op);
    }
}

/* As on the first day. */
static void check_works(World *w)
{
    DsaFixture *f = w->f;
    uint8_t byte = 0;

    f->p->hook = NULL;
    f->p->stall = false;
    f->p->untranslated_only = false;
    f->p->abort_translated = false;
    f->p->ats_status = SVA_ATS_SUCCESS;
    f->records = 0;
    restart(w, 0);
    dsa_map(f, DATA, 0x1000);
    dsa_map(f, DSA_CR, 0x1000);
    w->desc = dsa_desc(f, DSA_OP_FILL, DSA_DONE, 0x5a, DATA, 8);
    g_assert_cmphex(dsa_execute(f, &w->desc)[0], ==, DSA_ST_SUCCESS);
    dsa_get(f, DATA, &byte, 1);
    g_assert_cmphex(byte, ==, 0x5a);
    g_assert_cmphex(dsa_command(f, DSA_CMD_DISABLE_DEVICE, 0), ==, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FuzzInput in = { .data = data, .left = size };
    World w = { .f = dsa_fixture_raw() };

    fake_port_map(w.f->p, SVA_NO_PASID, 0x10000, 0x1000, DSA_RW);
    setup(&w, 0);
    for (unsigned n = 0; in.left && n < FUZZ_MAX_OPS; n++) {
        step(&w, &in, fuzz_u8(&in) & FUZZ_OP_MASK);
    }
    check_works(&w);
    g_free(w.state);
    dsa_fixture_free(w.f);
    return 0;
}

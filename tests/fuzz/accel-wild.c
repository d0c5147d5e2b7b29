/*
 * Fuzz: the accelerator with all its misbehaviour, and with states to load
 * that no device has saved
 *
 * The harness "accel" sees to it that the device keeps the rules; here it is
 * told to break them.  What must hold is that it survives, comes to an end,
 * and after a reset works as on the first day.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "accel-fixture.h"
#include "fuzz.h"

#define RW        (SVA_READ | SVA_WRITE)
#define DATA      0x10000ull
#define PAGES     16
#define STATE_MAX (sizeof(SvaAccelSaved) + \
                   ACCEL_CONTEXTS * sizeof(SvaCtxSaved))

enum {
    OP_SETUP, OP_DESC, OP_BELL, OP_REG, OP_CONTEXT_REG, OP_COMMAND,
    OP_INJECT, OP_MISBEHAVE, OP_BREAK, OP_RELEASE, OP_PROBE, OP_MAP,
    OP_POLICY, OP_RESPOND, OP_INVALIDATE, OP_STALL, OP_RESUME, OP_PRI,
    OP_ENABLES, OP_TIME, OP_RESET, OP_MOVE, OP_MUTATE, OP_LOAD,
};

const char *const fuzz_ops[] = {
    "SETUP", "DESC", "BELL", "REG", "CONTEXT_REG", "COMMAND",
    "INJECT", "MISBEHAVE", "BREAK", "RELEASE", "PROBE", "MAP",
    "POLICY", "RESPOND", "INVALIDATE", "STALL", "RESUME", "PRI",
    "ENABLES", "TIME", "RESET", "MOVE", "MUTATE", "LOAD", NULL
};

static unsigned make_context(FuzzInput *in)
{
    return fuzz_u8(in) % ACCEL_CONTEXTS;
}

static uint64_t make_address(FuzzInput *in)
{
    uint8_t b = fuzz_u8(in);

    return b == 0xff ? fuzz_u64(in)
                     : DATA + (b & 15) * 0x1000ull + (b >> 4) * 8;
}

static void enable_function(AccelFixture *f, bool master, bool pasid, bool ats)
{
    sva_function_set_bus_master(f->fn, master);
    sva_function_set_pasid(f->fn, pasid);
    sva_function_set_ats(f->fn, ats);
}

/* As accel_enable(), but it need not work. */
static void op_setup(AccelFixture *f, FuzzInput *in)
{
    unsigned ctx = make_context(in);
    uint8_t how = fuzz_u8(in);

    accel_map(f, ctx, ACCEL_RING, 4096, RW);
    accel_map(f, ctx, ACCEL_CPL, 4096, RW);
    accel_write(f, ctx, SVA_CTX_CFG, (ctx + 1) | SVA_CFG_PASID_EN |
                                     (how & 3u) << SVA_CFG_MODE_SHIFT);
    accel_write(f, ctx, SVA_CTX_RING_BASE, ACCEL_RING);
    accel_write(f, ctx, SVA_CTX_RING_SIZE, 6);
    accel_write(f, ctx, SVA_CTX_PRG_PAGES, 1 + (how >> 2) % 32);
    accel_write(f, ctx, SVA_CTX_CMD, SVA_CMD_ENABLE);
    f->tail[ctx] = 0;
}

static void op_descriptor(AccelFixture *f, FuzzInput *in)
{
    static const uint64_t sizes[] = {
        8, 0x40, 0x1000, 0x2800, 0x8000, 0, 1ull << 40, ~0ull,
    };
    unsigned ctx = make_context(in);
    uint8_t op = fuzz_u8(in), flags = fuzz_u8(in);
    struct sva_desc d = {
        .opcode = op & 15, .flags = flags & 0x3f,
        .stride = 8ull << (op >> 4), .rounds = flags >> 6,
        .src = make_address(in), .dst = make_address(in),
        .size = fuzz_pick(in, sizes), .interval = op >> 6,
    };

    accel_put(f, ctx, d);
}

static void op_register(AccelFixture *f, FuzzInput *in)
{
    uint16_t off = fuzz_u16(in);
    uint8_t how = fuzz_u8(in);
    uint64_t val = fuzz_u64(in);
    unsigned size = 1u << (how & 3);

    if (how & 0x80) {
        sva_accel_doorbell_write(f->a, off, val, size);
        sva_accel_doorbell_read(f->a, off, size);
    } else {
        sva_accel_write(f->a, off & 0x1fff, val, size);
        sva_accel_read(f->a, off & 0x1fff, size);
    }
}

static void op_probe(AccelFixture *f, FuzzInput *in)
{
    unsigned ctx = make_context(in);
    uint8_t kind = fuzz_u8(in);

    accel_write(f, ctx, SVA_CTX_PROBE_PASID, kind & 0x40 ? fuzz_u32(in)
                : SVA_CFG_PASID_EN | (ctx + 1));
    accel_write(f, ctx, SVA_CTX_PROBE_ADDR, make_address(in));
    accel_write(f, ctx, SVA_CTX_PROBE_CTRL,
                (kind & 15) | (kind & 0x80 ? SVA_PROBE_FORCE : 0));
}

static void op_respond(AccelFixture *f, FuzzInput *in)
{
    uint8_t who = fuzz_u8(in);
    unsigned prgi = who & 0x80 ? fuzz_u16(in) : who >> 2 & 15;

    fake_port_respond(f->p, sva_pasid(1 + (who & 3)), prgi, fuzz_u8(in));
}

static void op_invalidate(AccelFixture *f, FuzzInput *in)
{
    uint8_t who = fuzz_u8(in);

    fake_port_invalidate(f->p, &(SvaAtcInvalidation) {
        .pasid = who & 0x40 ? SVA_NO_PASID : sva_pasid(1 + (who & 3)),
        .global = who & 0x80, .itag = who >> 2 & 15,
        .mask = who & 0x20 ? 0xfff : UINT64_MAX,
        .addr = who & 0x20 ? DATA + (fuzz_u8(in) & 15) * 0x1000ull : 0,
    });
}

/* A byte of the state, of its contexts more often than not. */
static void mutate(SvaAccelSaved *s, FuzzInput *in)
{
    uint8_t where = fuzz_u8(in);
    unsigned ctx = where & 3;
    size_t head = offsetof(SvaAccelSaved, ctx);
    size_t at = fuzz_u16(in);

    if (where & 0x80) {
        at %= head;
    } else {
        at = head + ctx * sizeof(SvaCtxSaved) +
             at % offsetof(SvaCtxSaved, data);
    }
    ((uint8_t *)s)[at] = fuzz_u8(in);
}

static void load(AccelFixture *f, const SvaAccelSaved *s)
{
    const char *why = sva_accel_load(f->a, s);

    if (!why) {
        g_autofree SvaAccelSaved *again = accel_save(f);

        /* What was taken is a state like any other. */
        g_assert_cmpstr(sva_accel_load(f->a, again), ==, NULL);
        return;
    }
    g_assert_cmpuint(strlen(why), >, 0);
    enable_function(f, true, true, true);
    accel_fixture_set_pri(f, true, 8);
}

static void op_mutate(AccelFixture *f, FuzzInput *in)
{
    g_autofree SvaAccelSaved *s = accel_save(f);
    unsigned changes = fuzz_u8(in) % 8;

    while (changes--) {
        mutate(s, in);
    }
    load(f, s);
}

/* Bytes of the input, with what has to be right set right now and then. */
static void op_load(AccelFixture *f, FuzzInput *in)
{
    g_autofree SvaAccelSaved *s = accel_save(f);
    uint32_t options[3];
    uint8_t fill = fuzz_u8(in);
    size_t at = fuzz_u16(in) % STATE_MAX, n = fuzz_u16(in);

    memcpy(options, s->options, sizeof(options));
    for (n = MIN(n, STATE_MAX - at); n; n--, at++) {
        ((uint8_t *)s)[at] = in->left ? fuzz_u8(in) : fill;
    }
    if (fill & 1) {
        s->version = SVA_ACCEL_STATE_VERSION;
        s->contexts = ACCEL_CONTEXTS;
        memcpy(s->options, options, sizeof(options));
    }
    load(f, s);
}

static void step_context(AccelFixture *f, FuzzInput *in, uint8_t op)
{
    static const struct {
        uint8_t op;
        uint8_t reg;
    } plain[] = {
        { OP_COMMAND, SVA_CTX_CMD }, { OP_BREAK, SVA_CTX_BREAK_MASK },
        { OP_RELEASE, SVA_CTX_RELEASE },
    };
    unsigned ctx;

    for (unsigned i = 0; i < G_N_ELEMENTS(plain); i++) {
        if (op == plain[i].op) {
            ctx = make_context(in);
            accel_write(f, ctx, plain[i].reg, fuzz_u8(in));
        }
    }
    switch (op) {
    case OP_SETUP:
        op_setup(f, in);
        break;
    case OP_DESC:
        op_descriptor(f, in);
        break;
    case OP_BELL:
        accel_ring(f, make_context(in));
        break;
    case OP_CONTEXT_REG:
        ctx = make_context(in);
        accel_write(f, ctx, fuzz_u8(in) & 0xfc, fuzz_u32(in));
        break;
    case OP_INJECT:
        ctx = make_context(in);
        accel_write(f, ctx, SVA_CTX_STOP_DELAY, 0);
        accel_write(f, ctx, SVA_CTX_INJECT, fuzz_u16(in));
        break;
    case OP_PROBE:
        op_probe(f, in);
        break;
    default:
        break;
    }
}

static void step_function(AccelFixture *f, FuzzInput *in, uint8_t op)
{
    uint8_t v;

    switch (op) {
    case OP_REG:
        op_register(f, in);
        break;
    case OP_MISBEHAVE:
        v = fuzz_u8(in);
        sva_accel_write(f->a, SVA_REG_INVAL_DELAY, v >> 3 & 1, 4);
        sva_accel_write(f->a, SVA_REG_INJECT, v & 7, 4);
        break;
    case OP_PRI:
        v = fuzz_u8(in);
        sva_function_set_pri(f->fn, &(SvaPriControl) {
            .enable = v & 1, .reset = v & 2, .allocation = v >> 2,
        });
        sva_function_clear_pri_status(f->fn, v >> 6);
        break;
    case OP_ENABLES:
        v = fuzz_u8(in);
        enable_function(f, v & 1, v & 2, v & 4);
        break;
    case OP_RESET:
        if (fuzz_u8(in) & 1) {
            sva_accel_reset(f->a);
            enable_function(f, true, true, true);
            accel_fixture_set_pri(f, true, 8);
        } else {
            sva_accel_write(f->a, SVA_REG_CTRL, SVA_CTRL_RESET, 4);
        }
        break;
    case OP_MOVE:
        accel_move(f);
        break;
    case OP_MUTATE:
        op_mutate(f, in);
        break;
    case OP_LOAD:
        op_load(f, in);
        break;
    default:
        break;
    }
}

static void step_platform(AccelFixture *f, FuzzInput *in, uint8_t op)
{
    static const int64_t times[] = { 0, 1, 1000, 3000, 20000, 50000 };
    uint8_t v;

    switch (op) {
    case OP_MAP:
        v = fuzz_u8(in);
        accel_map(f, v & 3, DATA + (fuzz_u8(in) % PAGES) * 0x1000ull,
                  (1 + (v >> 4)) * 0x1000ull, v >> 2 & 3);
        break;
    case OP_POLICY:
        v = fuzz_u8(in);
        f->p->prg_policy = (v & 15) % (FAKE_PRG_FAILURE + 1);
        f->p->ats_status = v & 0x10 ? SVA_ATS_UR : v & 0x20 ? SVA_ATS_CA
                                                 : SVA_ATS_SUCCESS;
        f->p->untranslated_only = v & 0x40;
        f->p->abort_translated = v & 0x80;
        break;
    case OP_RESPOND:
        op_respond(f, in);
        break;
    case OP_INVALIDATE:
        op_invalidate(f, in);
        break;
    case OP_STALL:
        f->p->stall = fuzz_u8(in) & 1;
        break;
    case OP_RESUME:
        if (f->p->stalled->len) {
            fake_port_resume(f->p, fuzz_u8(in) % 3);
        }
        break;
    case OP_TIME:
        fake_env_advance(f->env, fuzz_pick(in, times));
        break;
    default:
        break;
    }
}

/* After a reset nothing goes on, and a copy works. */
static void check(AccelFixture *f)
{
    static const uint8_t text[] = "after a reset";
    uint8_t have[sizeof(text)] = { 0 };

    f->p->prg_policy = FAKE_PRG_SILENT;
    f->p->ats_status = SVA_ATS_SUCCESS;
    f->p->untranslated_only = f->p->abort_translated = f->p->stall = false;
    f->p->page_requests = 0;
    sva_accel_reset(f->a);
    accel_forget_log(f);
    fake_env_advance(f->env, 100000000);
    accel_assert_log(f, "");
    enable_function(f, true, true, true);
    accel_fixture_set_pri(f, true, 8);
    accel_enable(f, 0, SVA_MODE_ATS);
    accel_map(f, 0, DATA, 0x2000, RW);
    accel_fill(f, 0, DATA, text, sizeof(text));
    accel_submit(f, 0, (struct sva_desc) {
        .opcode = SVA_OP_COPY, .flags = SVA_DF_COMPLETION, .id = 7,
        .src = DATA, .dst = DATA + 0x1000, .size = sizeof(text),
    });
    fake_env_advance(f->env, 100000);
    accel_assert_cpl(f, 0, 0, .status = SVA_ST_SUCCESS, .id = 7,
                     .bytes = sizeof(text));
    accel_get(f, 0, DATA + 0x1000, have, sizeof(have));
    g_assert_cmpmem(have, sizeof(have), text, sizeof(text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FuzzInput in = { data, size };
    AccelFixture *f = accel_fixture_new();

    for (unsigned i = 0; in.left && i < FUZZ_MAX_OPS; i++) {
        uint8_t op = fuzz_u8(&in) & FUZZ_OP_MASK;

        step_context(f, &in, op);
        step_function(f, &in, op);
        step_platform(f, &in, op);
        accel_forget_log(f);
        fake_env_clear(f->env);
    }
    check(f);
    accel_fixture_free(f);
    return 0;
}

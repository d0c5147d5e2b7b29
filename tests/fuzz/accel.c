/*
 * Fuzz: the whole accelerator, its registers, rings and port
 *
 * Numbers of an input name contexts, pages and registers.  What is checked is
 * in accel-port.h; at the end every context must come to a stop.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "accel-port.h"

enum {
    OP_REG, OP_CONTEXT_REG, OP_SETUP, OP_COMMAND, OP_DESC, OP_BELL, OP_PATCH,
    OP_MAP, OP_POLICY, OP_RESPOND, OP_INVALIDATE, OP_TIME, OP_BREAK,
    OP_RELEASE, OP_INJECT, OP_PROBE, OP_PRI, OP_ENABLES, OP_FLR, OP_RESET,
    OP_HOOK, OP_READ, OP_LIMIT, OP_GROUP_SIZE, OP_CLEAR, OP_PORT,
    OP_MISBEHAVE,
};

const char *const fuzz_ops[] = {
    "REG", "CONTEXT_REG", "SETUP", "COMMAND", "DESC", "BELL", "PATCH",
    "MAP", "POLICY", "RESPOND", "INVALIDATE", "TIME", "BREAK",
    "RELEASE", "INJECT", "PROBE", "PRI", "ENABLES", "FLR", "RESET",
    "HOOK", "READ", "LIMIT", "GROUP_SIZE", "CLEAR", "PORT",
    "MISBEHAVE", NULL
};

static unsigned make_context(FuzzInput *in)
{
    return fuzz_u8(in) % ACCEL_CONTEXTS;
}

/* Page in the low nibble, place in it in the high one. */
static uint64_t make_address(FuzzInput *in)
{
    static const uint16_t offsets[] = {
        0, 0, 0, 0, 8, 0x20, 0x40, 0x800, 0xff8, 0xfe0, 0xfff, 1, 0x7f0,
        0xfc0, 0x10, 0xff0,
    };
    uint8_t b = fuzz_u8(in);

    return accel_page_va(b & 15) + offsets[b >> 4];
}

static uint64_t make_size(FuzzInput *in)
{
    static const uint64_t sizes[] = {
        8, 1, 64, 0x1000, 0x1008, 0x2000, 0x4000, 0, 7, 1ull << 40,
        (1ull << 40) + 8, ~0ull,
    };
    uint8_t b = fuzz_u8(in);

    return b & 0x80 ? b & 0x7f : sizes[b % G_N_ELEMENTS(sizes)];
}

/* Misbehaviour that breaks the very rules checked here stays off. */
static void keep_the_rules(AccelWorld *w)
{
    uint32_t harmless = SVA_INJECT_IGNORE_STOP | SVA_INJECT_LATE_STOP;

    for (unsigned i = 0; i < ACCEL_CONTEXTS; i++) {
        uint64_t at = SVA_CTX(i, SVA_CTX_INJECT);
        uint32_t inject = sva_accel_read(w->a, at, 4);

        if (inject & ~harmless) {
            sva_accel_write(w->a, at, inject & harmless, 4);
        }
    }
}

static void write_context(AccelWorld *w, unsigned ctx, unsigned reg,
                          uint64_t val, unsigned size)
{
    if (reg == SVA_CTX_PROBE_CTRL) {
        val &= SVA_PROBE_KIND;  /* without FORCE */
    }
    w->probing = reg == SVA_CTX_PROBE_CTRL;
    sva_accel_write(w->a, SVA_CTX(ctx, reg), val, size);
    keep_the_rules(w);
    w->probing = false;
}

/* Bring a context into a mode, in the space of its choice, and enable it. */
static void op_setup(AccelWorld *w, FuzzInput *in)
{
    unsigned ctx = make_context(in);
    uint8_t b = fuzz_u8(in);
    uint32_t pasid = b & 3;
    uint32_t cfg = pasid | (pasid ? SVA_CFG_PASID_EN : 0) |
                   (uint32_t)(b >> 2 & 3) << SVA_CFG_MODE_SHIFT;

    write_context(w, ctx, SVA_CTX_CFG, cfg, 4);
    write_context(w, ctx, SVA_CTX_RING_BASE, accel_page_va(ctx), 8);
    write_context(w, ctx, SVA_CTX_RING_SIZE, b >> 4 & 7, 4);
    write_context(w, ctx, SVA_CTX_VECTOR, ctx, 4);
    write_context(w, ctx, SVA_CTX_CMD, SVA_CMD_ENABLE, 4);
}

static uint64_t slot_pa(AccelWorld *w, unsigned ctx, uint32_t n)
{
    const PortJob *job = &w->jobs[ctx];

    return job->entries
           ? accel_pa(job->pasid, job->ring + n % job->entries * 64ull) : 0;
}

static void op_descriptor(AccelWorld *w, FuzzInput *in)
{
    unsigned ctx = make_context(in);
    uint8_t op = fuzz_u8(in), flags = fuzz_u8(in);
    struct sva_desc d = { .opcode = (op & 7) | (flags & 0x80 ? 8 : 0) };
    uint64_t pa = slot_pa(w, ctx, w->put[ctx]);

    d.flags = GUINT16_TO_LE(flags & 0x3f);
    d.id = GUINT32_TO_LE(w->put[ctx] << 8 | ctx);
    d.src = GUINT64_TO_LE(make_address(in));
    d.dst = GUINT64_TO_LE(make_address(in));
    d.size = GUINT64_TO_LE(make_size(in));
    d.completion = GUINT64_TO_LE(accel_page_va(4 + ctx) +
                                 (w->put[ctx] % 128) * 32);
    d.stride = GUINT64_TO_LE(op & 8 ? 0x1000 : 8);
    d.rounds = GUINT64_TO_LE(op >> 4 & 3);
    d.interval = GUINT32_TO_LE(op >> 6);
    if (pa) {
        fake_put(w->f, pa, &d, sizeof(d));
        w->put[ctx]++;
    }
}

static void op_patch(AccelWorld *w, FuzzInput *in)
{
    unsigned ctx = make_context(in);
    uint64_t pa = slot_pa(w, ctx, fuzz_u8(in));
    unsigned word = fuzz_u8(in) % 8;
    uint64_t val = fuzz_u64(in);

    if (pa) {
        fake_put64(w->f, pa + word * 8, val);
    }
}

static void op_bell(AccelWorld *w, FuzzInput *in)
{
    unsigned ctx = make_context(in);
    uint8_t b = fuzz_u8(in);
    uint32_t tail = b & 0x80 ? fuzz_u32(in) : w->put[ctx] + (b & 0x7f);

    sva_accel_doorbell_write(w->a, ctx * SVA_DB_STRIDE, tail, 4);
}

static void op_map(AccelWorld *w, FuzzInput *in)
{
    uint8_t b = fuzz_u8(in), what = fuzz_u8(in);
    unsigned first = what & 15, n = (what >> 4) + 1;

    for (unsigned i = first; i < MIN(first + n, ACCEL_PAGES); i++) {
        w->rights[b & 3][i] = b >> 2 & 3;
    }
}

static void op_respond(AccelWorld *w, FuzzInput *in)
{
    uint8_t which = fuzz_u8(in), code = fuzz_u8(in);
    int prgi = accel_waiting_group(w, which & 0x0f);

    if (which & 0x80) {
        accel_respond(w, accel_pasid(which & 3), fuzz_u16(in) & 0x3ff, code);
    } else if (prgi >= 0) {
        accel_respond(w, which & 0x40 ? SVA_NO_PASID
                                      : w->groups[prgi].pasid, prgi, code);
    }
}

static void op_invalidate(AccelWorld *w, FuzzInput *in)
{
    uint8_t b = fuzz_u8(in), order = fuzz_u8(in) % 53;
    SvaAtcInvalidation inv = {
        .pasid = accel_pasid(b & 3), .global = b & 4,
        .mask = order == 52 ? UINT64_MAX : (0x1000ull << order) - 1,
    };

    inv.addr = make_address(in) & ~inv.mask;
    accel_invalidate(w, &inv);
}

/* Slices follow each other at 1 us: a long time is long for us as well. */
static void op_time(AccelWorld *w, FuzzInput *in)
{
    static const int64_t times[] = { 0, 1, 1000, 3000, 20000, 50000 };

    fake_env_advance(w->f, fuzz_pick(in, times));
}

static void op_probe(AccelWorld *w, FuzzInput *in)
{
    unsigned ctx = make_context(in);
    uint8_t b = fuzz_u8(in);

    write_context(w, ctx, SVA_CTX_PROBE_PASID, b >> 4 & 3 ?
                  SVA_CFG_PASID_EN | (b >> 4 & 3) : b & 0x80 ? 0x1fffff : 0,
                  4);
    write_context(w, ctx, SVA_CTX_PROBE_ADDR, make_address(in), 8);
    write_context(w, ctx, SVA_CTX_PROBE_CTRL, b & 15, 4);
}

static void op_pri(AccelWorld *w, FuzzInput *in)
{
    uint8_t b = fuzz_u8(in);

    accel_set_pri(w, &(SvaPriControl) {
        .enable = b & 1, .reset = b & 2, .allocation = b >> 2 & 15,
    });
}

static void op_clear(AccelWorld *w, FuzzInput *in)
{
    uint8_t b = fuzz_u8(in);

    sva_accel_write(w->a, SVA_REG_IRQ_CAUSE, b & 3, 4);
    sva_accel_write(w->a, SVA_REG_IRQ_MASK, b >> 2 & 3, 4);
    sva_function_clear_pri_status(w->fn, b >> 4 & 3);
    w->rf &= !(b >> 4 & SVA_PRI_RF);
}

static void op_register(AccelWorld *w, FuzzInput *in)
{
    uint16_t off = fuzz_u16(in);
    uint8_t b = fuzz_u8(in);
    uint64_t val = fuzz_u64(in);
    unsigned size = 1u << (b & 3);

    if ((off & 0xfc) == SVA_CTX_PROBE_CTRL) {
        val &= SVA_PROBE_KIND;
    }
    w->probing = true;          /* it may be that register */
    if (b & 0x80) {
        sva_accel_doorbell_write(w->a, off, val, size);
    } else {
        sva_accel_write(w->a, off & 0x1fff, val, size);
    }
    keep_the_rules(w);
    w->probing = false;
}

static void op_read(AccelWorld *w, FuzzInput *in)
{
    uint16_t off = fuzz_u16(in);
    uint8_t b = fuzz_u8(in);

    sva_accel_read(w->a, off & 0x1fff, 1u << (b & 3));
    sva_accel_doorbell_read(w->a, off, 1u << (b & 3));
}

static void op_port(AccelWorld *w, FuzzInput *in)
{
    uint8_t b = fuzz_u8(in);

    w->ats_status = b & 1 ? SVA_ATS_UR : b & 2 ? SVA_ATS_CA
                                               : SVA_ATS_SUCCESS;
    w->untranslated_only = b & 4;
    w->abort_translated = b & 8;
}

static void step_context(AccelWorld *w, FuzzInput *in, uint8_t op)
{
    static const struct {
        uint8_t op;
        uint8_t reg;
    } plain[] = {
        { OP_COMMAND, SVA_CTX_CMD }, { OP_BREAK, SVA_CTX_BREAK_MASK },
        { OP_RELEASE, SVA_CTX_RELEASE }, { OP_INJECT, SVA_CTX_INJECT },
        { OP_LIMIT, SVA_CTX_BW_LIMIT }, { OP_GROUP_SIZE, SVA_CTX_PRG_PAGES },
    };
    unsigned ctx;

    for (unsigned i = 0; i < G_N_ELEMENTS(plain); i++) {
        if (op == plain[i].op) {
            ctx = make_context(in);
            write_context(w, ctx, plain[i].reg, fuzz_u8(in), 4);
        }
    }
    switch (op) {
    case OP_CONTEXT_REG:
        ctx = make_context(in);
        write_context(w, ctx, fuzz_u8(in) & 0xfc, fuzz_u32(in), 4);
        break;
    case OP_SETUP:
        op_setup(w, in);
        break;
    case OP_DESC:
        op_descriptor(w, in);
        break;
    case OP_BELL:
        op_bell(w, in);
        break;
    case OP_PATCH:
        op_patch(w, in);
        break;
    case OP_PROBE:
        op_probe(w, in);
        break;
    default:
        break;
    }
}

static void step_platform(AccelWorld *w, FuzzInput *in, uint8_t op)
{
    uint8_t b;

    switch (op) {
    case OP_MAP:
        op_map(w, in);
        break;
    case OP_POLICY:
        w->policy = fuzz_u8(in) % PORT_POLICIES;
        break;
    case OP_PORT:
        op_port(w, in);
        break;
    case OP_RESPOND:
        op_respond(w, in);
        break;
    case OP_INVALIDATE:
        op_invalidate(w, in);
        break;
    case OP_TIME:
        op_time(w, in);
        break;
    case OP_PRI:
        op_pri(w, in);
        break;
    case OP_ENABLES:
        b = fuzz_u8(in);
        accel_set_enables(w, b & 1, b & 2, b & 4);
        break;
    case OP_HOOK:
        w->hook = fuzz_u8(in) % HOOKS;
        w->hook_in = 1 + fuzz_u8(in) % 8;
        break;
    default:
        break;
    }
}

static void step_function(AccelWorld *w, FuzzInput *in, uint8_t op)
{
    switch (op) {
    case OP_REG:
        op_register(w, in);
        break;
    case OP_READ:
        op_read(w, in);
        break;
    case OP_FLR:
        accel_flr(w);
        break;
    case OP_RESET:
        sva_accel_write(w->a, SVA_REG_CTRL, SVA_CTRL_RESET, 4);
        break;
    case OP_CLEAR:
        op_clear(w, in);
        break;
    case OP_MISBEHAVE:
        sva_accel_write(w->a, SVA_REG_INVAL_DELAY, fuzz_u8(in) & 1, 4);
        sva_accel_write(w->a, SVA_REG_INJECT, fuzz_u8(in), 4);
        break;
    default:
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const unsigned atc_entries[] = { 16, 4, 64 };
    FuzzInput in = { data, size };
    AccelWorld *w = accel_world_new(fuzz_pick(&in, atc_entries));

    for (unsigned i = 0; in.left && i < FUZZ_MAX_OPS; i++) {
        uint8_t op = fuzz_u8(&in) & FUZZ_OP_MASK;

        step_context(w, &in, op);
        step_platform(w, &in, op);
        step_function(w, &in, op);
        accel_set_inject(w, sva_accel_read(w->a, SVA_REG_INJECT, 4));
        fake_env_clear(w->f);
    }
    accel_world_free(w);
    return 0;
}

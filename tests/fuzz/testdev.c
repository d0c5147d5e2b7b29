/*
 * Fuzz: sva-pci-testdev, the smallest device on the endpoint library
 *
 * Whatever guest and platform do, it survives, comes to an end, and works
 * after a reset.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "fake-port.h"
#include "fuzz.h"
#include "hw/sva/testdev/testdev.h"

#define RW    (SVA_READ | SVA_WRITE)
#define PASID sva_pasid(5)
#define RING  0x100000ull
#define DATA  0x200000ull
#define PAGES 8

enum {
    OP_DESC, OP_TAIL, OP_REG, OP_MAP, OP_POLICY, OP_RESPOND, OP_INVALIDATE,
    OP_STALL, OP_RESUME, OP_ENABLES, OP_TIME, OP_RESET, OP_HOOK,
};

const char *const fuzz_ops[] = {
    "DESC", "TAIL", "REG", "MAP", "POLICY", "RESPOND", "INVALIDATE",
    "STALL", "RESUME", "ENABLES", "TIME", "RESET", "HOOK", NULL
};

typedef struct World {
    FakeEnv *env;
    FakePort *p;
    SvaTestdev *t;
    uint64_t tail;
} World;

static void set_enables(World *w, uint8_t bits)
{
    sva_function_set_bus_master(&w->t->fn, bits & 1);
    sva_function_set_pasid(&w->t->fn, bits & 2);
    sva_function_set_ats(&w->t->fn, bits & 4);
    sva_function_set_pri(&w->t->fn, &(SvaPriControl) {
        .enable = bits & 8, .reset = bits & 0x10, .allocation = bits >> 5,
    });
    sva_function_clear_pri_status(&w->t->fn, bits >> 6);
}

static void restart(World *w)
{
    sva_function_reset(&w->t->fn);
    set_enables(w, 0x2f);
    sva_testdev_write(w->t, SVA_TESTDEV_PASID, 5, 8);
    sva_testdev_write(w->t, SVA_TESTDEV_RING, RING, 8);
    w->tail = 0;
}

static void put(World *w, uint64_t slot, uint64_t addr, uint64_t len,
                uint8_t byte)
{
    uint64_t desc[4] = {
        GUINT64_TO_LE(addr), GUINT64_TO_LE(len), GUINT64_TO_LE(byte),
    };

    fake_put(w->env, fake_port_pa(PASID, RING) +
                     slot % SVA_TESTDEV_RING_SIZE * sizeof(desc),
             desc, sizeof(desc));
}

static void op_desc(World *w, FuzzInput *in)
{
    static const uint64_t lens[] = {
        0, 1, 8, 0x1000, 0x2800, 0x8000, 1ull << 40, UINT64_MAX,
    };
    uint8_t where = fuzz_u8(in);
    uint64_t addr = where == 0xff ? fuzz_u64(in)
                    : DATA + where % PAGES * 0x1000 + (where >> 3) * 8;

    put(w, w->tail++, addr, fuzz_pick(in, lens), fuzz_u8(in));
}

static void op_reg(World *w, FuzzInput *in)
{
    uint8_t off = fuzz_u8(in);
    unsigned size = 1u << (fuzz_u8(in) & 3);

    sva_testdev_write(w->t, off, fuzz_u64(in), size);
    sva_testdev_read(w->t, off, size);
}

/* Within a request of the device, which keeps its registers to itself. */
static void hook(FakePort *p, const char *tlp G_GNUC_UNUSED, void *opaque)
{
    World *w = opaque;
    uint64_t tail = w->t->reg[SVA_TESTDEV_TAIL / 8];

    p->hook = NULL;
    if (w->t->fn.busy) {
        sva_testdev_write(w->t, SVA_TESTDEV_TAIL, ~tail, 8);
        g_assert_cmphex(w->t->reg[SVA_TESTDEV_TAIL / 8], ==, tail);
    }
    restart(w);
}

static void op_invalidate(World *w, FuzzInput *in)
{
    uint8_t what = fuzz_u8(in);

    fake_port_invalidate(w->p, &(SvaAtcInvalidation) {
        .addr = what & 8 ? DATA + what % PAGES * 0x1000 : 0,
        .mask = what & 8 ? 0xfff : UINT64_MAX,
        .pasid = what & 0x10 ? SVA_NO_PASID : PASID,
        .global = what & 0x20,
        .itag = what >> 6,
    });
}

static void step_platform(World *w, FuzzInput *in, uint8_t op)
{
    static const int64_t times[] = { 0, 1, 1000, 3000, 20000, 50000 };
    uint8_t v = fuzz_u8(in);

    switch (op) {
    case OP_MAP:
        fake_port_map(w->p, PASID, DATA + v % PAGES * 0x1000, 0x1000,
                      v >> 3 & 3);
        break;
    case OP_POLICY:
        w->p->prg_policy = (v & 15) % (FAKE_PRG_FAILURE + 1);
        w->p->ats_status = v & 0x10 ? SVA_ATS_UR : SVA_ATS_SUCCESS;
        w->p->untranslated_only = v & 0x20;
        w->p->abort_translated = v & 0x40;
        break;
    case OP_RESPOND:
        fake_port_respond(w->p, PASID, v & 7, v >> 4);
        break;
    case OP_STALL:
        w->p->stall = v & 1;
        break;
    case OP_RESUME:
        if (w->p->stalled->len) {
            fake_port_resume(w->p, v % 3);
        }
        break;
    case OP_TIME:
        fake_env_advance(w->env, times[v % G_N_ELEMENTS(times)]);
        break;
    default:
        break;
    }
}

static void step_guest(World *w, FuzzInput *in, uint8_t op)
{
    switch (op) {
    case OP_DESC:
        op_desc(w, in);
        break;
    case OP_TAIL:
        sva_testdev_write(w->t, SVA_TESTDEV_TAIL, w->tail, 8);
        break;
    case OP_REG:
        op_reg(w, in);
        break;
    case OP_INVALIDATE:
        op_invalidate(w, in);
        break;
    case OP_ENABLES:
        set_enables(w, fuzz_u8(in));
        break;
    case OP_RESET:
        restart(w);
        break;
    case OP_HOOK:
        w->p->hook = hook;
        w->p->hook_opaque = w;
        break;
    default:
        step_platform(w, in, op);
    }
}

/* As on the first day. */
static void check_works(World *w)
{
    uint8_t byte = 0;

    w->p->hook = NULL;
    w->p->stall = false;
    w->p->untranslated_only = false;
    w->p->abort_translated = false;
    w->p->ats_status = SVA_ATS_SUCCESS;
    restart(w);
    fake_port_map(w->p, PASID, DATA, 0x1000, RW);
    put(w, 0, DATA, 8, 0x5a);
    sva_testdev_write(w->t, SVA_TESTDEV_TAIL, 1, 8);
    fake_env_advance(w->env, 1000000);
    g_assert_cmpuint(sva_testdev_read(w->t, SVA_TESTDEV_HEAD, 8), ==, 1);
    g_assert_cmpuint(sva_testdev_read(w->t, SVA_TESTDEV_ERROR, 8), ==, 0);
    fake_get(w->env, fake_port_pa(PASID, DATA + 7), &byte, 1);
    g_assert_cmphex(byte, ==, 0x5a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const SvaFunctionConfig config = {
        .atc_entries = 16, .pri_capacity = 8,
    };
    FuzzInput in = { .data = data, .left = size };
    World w = { .env = fake_env_new() };

    w.t = sva_testdev_new(&w.env->env, &config);
    w.p = fake_port_new(w.env, &sva_function_client_ops, &w.t->fn);
    sva_function_attach(&w.t->fn, &w.p->port);
    fake_port_map(w.p, PASID, RING, 0x1000, RW);
    restart(&w);
    for (unsigned n = 0; in.left && n < FUZZ_MAX_OPS; n++) {
        step_guest(&w, &in, fuzz_u8(&in) & FUZZ_OP_MASK);
    }
    check_works(&w);
    sva_testdev_free(w.t);
    fake_port_free(w.p);
    fake_env_free(w.env);
    return 0;
}

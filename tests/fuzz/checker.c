/*
 * Fuzz: the checker hears whatever events come, and memory is whatever it is
 *
 * It survives, keeps no more entries than it may, does a bounded number of
 * steps for one event, and when all caches have been dropped nothing is owed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include <string.h>
#include "fake-env.h"
#include "fuzz.h"
#include "hw/sva/observe/checker/checker.h"
#include "hw/sva/observe/checker/query.h"

#define ENTRIES 1024
#define BASE    0x100000ull
#define RIDS    4
#define PASIDS  8

/* Steps for an event and for a tick: searches end after some thousands. */
#define MAX_STEPS 20000000ull

enum {
    OP_ARCH, OP_RAW, OP_CONFIG, OP_TABLE, OP_FILL, OP_XLATE, OP_ATS, OP_FAULT,
    OP_COMMAND, OP_WAIT_DONE, OP_MEMORY, OP_TIME, OP_DROP, OP_FUNCTION,
    OP_MANY, OP_REGS, OP_PRQ, OP_RESPONSE, OP_STALL, OP_USE,
};

const char *const fuzz_ops[] = {
    "ARCH", "RAW", "CONFIG", "TABLE", "FILL", "XLATE", "ATS", "FAULT",
    "COMMAND", "WAIT_DONE", "MEMORY", "TIME", "DROP", "FUNCTION",
    "MANY", "REGS", "PRQ", "RESPONSE", "STALL", "USE", NULL
};

/* @tame: the unit says that it is no adversary */
typedef struct World {
    FakeEnv *env;
    SvaChecker *c;
    SvaEventSink sink;
    uint8_t arch;
    bool tame;
    unsigned many;
} World;

static void sink(void *opaque, const SvaEvent *event)
{
    World *w = opaque;
    SvaCheckCounts before, after;

    sva_checker_counts(w->c, &before);
    sva_checker_event(w->c, event);
    sva_checker_counts(w->c, &after);
    g_assert_cmpuint(after.entries, <=, ENTRIES);
    g_assert_cmpuint(after.work - before.work, <, MAX_STEPS);
}

#define emit(w, ...) sva_emit(&(w)->env->env, __VA_ARGS__)

/* -- things that exist -- */

static uint16_t some_rid(uint8_t v)
{
    return 0x100 + v % RIDS;
}

static SvaPasid some_pasid(uint8_t v)
{
    return v % PASIDS ? sva_pasid(v % PASIDS) : SVA_NO_PASID;
}

static uint64_t some_addr(uint8_t v)
{
    return 0x40000000ull + (v & 0x1f) * 0x1000ull + (v >> 5) * 0x200000ull;
}

static uint64_t some_pa(uint8_t v)
{
    return BASE + v * 8ull;
}

static SvaEvent request(FuzzInput *in, SvaEventKind kind)
{
    uint8_t who = fuzz_u8(in);
    uint8_t addr = fuzz_u8(in);

    return (SvaEvent) {
        .kind = kind, .rid = some_rid(who), .pasid = some_pasid(who >> 3),
        .addr = some_addr(addr), .access = SVA_READ | (who >> 7) * SVA_WRITE,
    };
}

/* -- operations -- */

static void regs(World *w, FuzzInput *in, bool any)
{
    SvaEvent e = { .kind = SVA_EV_REGS };
    unsigned i;

    e.regs.arch = w->arch;
    e.regs.count = SVA_EVENT_WORDS;
    for (i = 0; i < SVA_EVENT_WORDS; i++) {
        e.regs.words[i] = any ? fuzz_u64(in) : UINT64_MAX >> 1;
    }
    if (w->tame) {
        e.regs.words[w->arch == SVA_REGS_VTD ? SVA_REGS_VTD_ADVERSARY
                                             : SVA_REGS_SMMU_ADVERSARY] = 0;
    }
    sva_event_send(&w->env->env, e);
}

/* Models send nothing else in a bool. */
static void make_bools(SvaEvent *e)
{
    switch (e->kind) {
    case SVA_EV_FUNCTION:
        e->function.ats = e->access & 1;
        e->function.pri = e->access & 2;
        break;
    case SVA_EV_XLATE:
        e->xlate.map.snoop = e->xlate.map.cached = false;
        break;
    case SVA_EV_ATS:
        e->ats.map.snoop = e->ats.map.cached = e->access & 1;
        e->ats.untranslated_only = false;
        break;
    case SVA_EV_FILL:
        e->fill.map.snoop = e->fill.map.cached = false;
        break;
    case SVA_EV_ATC_INV:
        e->atc_inv.global = e->access & 1;
        break;
    case SVA_EV_ATC_HIT:
        e->atc_hit.stale = false;
        break;
    default:
        break;
    }
}

static void raw(World *w, FuzzInput *in)
{
    SvaEvent e;
    uint8_t *bytes = (uint8_t *)&e;
    size_t i;

    for (i = 0; i < sizeof(e); i++) {
        bytes[i] = fuzz_u8(in);
    }
    e.kind = bytes[0] % (SVA_EV_KINDS + 2);
    e.pasid.valid = bytes[1] & 1;
    make_bools(&e);
    if (e.kind != SVA_EV_VIOLATION) {
        sva_event_send(&w->env->env, e);
    }
}

static void config(World *w, FuzzInput *in)
{
    static const SvaEntryType types[2][4] = {
        { SVA_ENTRY_VTD_ROOT, SVA_ENTRY_VTD_CONTEXT,
          SVA_ENTRY_VTD_PASID_DIR, SVA_ENTRY_VTD_PASID },
        { SVA_ENTRY_SMMU_L1STD, SVA_ENTRY_SMMU_STE, SVA_ENTRY_SMMU_L1CD,
          SVA_ENTRY_SMMU_CD },
    };
    static const uint8_t counts[4] = { 1, 4, 1, 8 };
    SvaEvent e = request(in, SVA_EV_ENTRY);
    uint8_t which = fuzz_u8(in) & 3;
    unsigned i;

    e.entry.type = types[w->arch][which];
    e.entry.count = counts[which];
    e.entry.pa = some_pa(fuzz_u8(in) & 0xf8);
    if (which < 2) {
        e.pasid = SVA_NO_PASID;
    }
    for (i = 0; i < e.entry.count; i++) {
        e.entry.words[i] = fake_get64(w->env, e.entry.pa + i * 8);
    }
    sva_event_send(&w->env->env, e);
}

static void table(World *w, FuzzInput *in)
{
    static const SvaEntryType types[2][2] = {
        { SVA_ENTRY_VTD_FIRST, SVA_ENTRY_VTD_SECOND },
        { SVA_ENTRY_SMMU_STAGE1, SVA_ENTRY_SMMU_STAGE2 },
    };
    SvaEvent e = request(in, SVA_EV_ENTRY);
    uint8_t how = fuzz_u8(in);
    unsigned level = how >> 1 & 3;

    e.entry.type = types[w->arch][how & 1];
    e.entry.level = w->arch ? 3 - level : 1 + level;
    e.entry.shift = 12 + 9 * level;
    e.entry.count = 1;
    e.entry.pa = some_pa(fuzz_u8(in));
    e.entry.words[0] = fake_get64(w->env, e.entry.pa);
    sva_event_send(&w->env->env, e);
}

static void fill(World *w, FuzzInput *in)
{
    SvaEvent e = request(in, SVA_EV_FILL);
    uint8_t tag = fuzz_u8(in);

    e.fill.asid = tag & 7;
    e.fill.domain = tag >> 3 & 3;
    e.fill.kind = tag >> 5;
    e.fill.map = (SvaMapping) { .mask = 0xfff, .access = SVA_RW };
    sva_event_send(&w->env->env, e);
}

static void answer(World *w, FuzzInput *in, SvaEventKind kind)
{
    SvaEvent e = request(in, kind);

    if (kind == SVA_EV_ATS) {
        e.ats = (SvaAtsCompletion) {
            .map = { .mask = 0xfff, .access = SVA_RW },
        };
    }
    sva_event_send(&w->env->env, e);
}

/* What a cache had: the TLB, for either kind of request, or the ATC. */
static void use(World *w, FuzzInput *in)
{
    static const SvaEventKind kinds[] = {
        SVA_EV_XLATE, SVA_EV_ATS, SVA_EV_ATC_HIT,
    };
    SvaEvent e = request(in, fuzz_pick(in, kinds));
    uint64_t pa = some_pa(fuzz_u8(in)) & ~0xfffull;
    SvaMapping map = {
        .addr = pa, .mask = 0xfff, .access = SVA_RW, .cached = true,
    };

    if (e.kind == SVA_EV_XLATE) {
        e.xlate.map = map;
    } else if (e.kind == SVA_EV_ATS) {
        e.ats.map = map;
    } else {
        e.atc_hit.pa = pa;
    }
    sva_event_send(&w->env->env, e);
}

/* By any number of bits, so that what is legal is met. */
static void command(World *w, FuzzInput *in)
{
    static const uint8_t types[2][8] = {
        { 1, 2, 3, 5, 6, 7, 8, 9 },
        { 0x03, 0x04, 0x05, 0x11, 0x12, 0x30, 0x40, 0x46 },
    };
    uint64_t words[2];

    words[0] = (fuzz_u64(in) & ~0xffull) | types[w->arch][fuzz_u8(in) & 7];
    words[1] = fuzz_u64(in);
    emit(w, .kind = SVA_EV_COMMAND,
         .command = { .words = { words[0], words[1] },
                      .type = words[0] & 0xff });
}

static void memory(World *w, FuzzInput *in)
{
    static const uint64_t values[] = {
        0, 1, 3, 0x100001, 0x100003, 0x101083, 0x200003, 0x200023, 2,
        0x100000100023ull, 0x80000000ull, UINT64_MAX,
    };
    uint8_t at = fuzz_u8(in);

    fake_put64(w->env, some_pa(at), fuzz_pick(in, values));
}

/* More than may be kept. */
static void many(World *w, FuzzInput *in)
{
    SvaEvent e = request(in, SVA_EV_ENTRY);
    unsigned i;

    e.entry.type = w->arch ? SVA_ENTRY_SMMU_CD : SVA_ENTRY_VTD_PASID;
    e.entry.count = SVA_EVENT_WORDS;
    memset(e.entry.words, fuzz_u8(in), sizeof(e.entry.words));
    for (i = 0; i < 2 * ENTRIES; i++) {
        e.pasid = sva_pasid(i);
        e.entry.pa = BASE + i * 64ull;
        sva_event_send(&w->env->env, e);
    }
}

static void step_other(World *w, FuzzInput *in, uint8_t op)
{
    static const int64_t times[] = {
        1000, 10000000, 50000000, 300000000, 1000000000,
    };

    switch (op) {
    case OP_TIME:
        fake_env_advance(w->env, fuzz_pick(in, times));
        break;
    case OP_DROP:
        emit(w, .kind = SVA_EV_DROP, .rid = some_rid(fuzz_u8(in)),
             .drop.caches = fuzz_u8(in));
        break;
    case OP_FUNCTION:
        emit(w, .kind = SVA_EV_FUNCTION, .rid = some_rid(fuzz_u8(in)),
             .function = { .ats = fuzz_u8(in) & 1 });
        break;
    case OP_MANY:
        if (w->many++ < 2) {
            many(w, in);
        }
        break;
    case OP_REGS:
        regs(w, in, true);
        break;
    case OP_PRQ:
        answer(w, in, SVA_EV_PRQ);
        break;
    case OP_RESPONSE:
        answer(w, in, SVA_EV_PRG_RESPONSE);
        break;
    case OP_STALL:
        answer(w, in, SVA_EV_STALL);
        break;
    case OP_USE:
        use(w, in);
        break;
    default:
        break;
    }
}

static void step(World *w, FuzzInput *in, uint8_t op)
{
    switch (op) {
    case OP_RAW:
        raw(w, in);
        break;
    case OP_CONFIG:
        config(w, in);
        break;
    case OP_TABLE:
        table(w, in);
        break;
    case OP_FILL:
        fill(w, in);
        break;
    case OP_XLATE:
        answer(w, in, SVA_EV_XLATE);
        break;
    case OP_ATS:
        answer(w, in, SVA_EV_ATS);
        break;
    case OP_FAULT:
        answer(w, in, SVA_EV_FAULT);
        break;
    case OP_COMMAND:
        command(w, in);
        break;
    case OP_WAIT_DONE:
        emit(w, .kind = SVA_EV_WAIT_DONE, .wait.word = 0);
        break;
    case OP_MEMORY:
        memory(w, in);
        break;
    default:
        step_other(w, in, op);
    }
}

/* -- ends -- */

static void check_nothing_is_owed(World *w)
{
    unsigned rid, pasid, addr;

    for (rid = 0; rid < RIDS; rid++) {
        emit(w, .kind = SVA_EV_DROP, .rid = some_rid(rid),
             .drop.caches = 0x1f);
    }
    for (rid = 0; rid < RIDS; rid++) {
        for (pasid = 0; pasid < PASIDS; pasid++) {
            for (addr = 0; addr < 0x100; addr += 0x21) {
                g_assert_false(sva_check_arch(w->c) &&
                               sva_check_owes_at(w->c, some_rid(rid),
                                                 some_pasid(pasid),
                                                 some_addr(addr)));
            }
        }
    }
}

static World *world_new(FuzzInput *in)
{
    World *w = g_new0(World, 1);
    uint8_t kind;

    kind = fuzz_u8(in);
    w->arch = kind & 1;
    w->tame = kind & 2;
    w->env = fake_env_new();
    sva_event_bus_remove(w->env->env.bus, &w->env->recorder);
    w->c = sva_checker_new(&w->env->env, &(SvaCheckOptions) {
        .limit = SVA_CHECK_LIMIT_DEFAULT, .history = 64, .entries = ENTRIES,
        .paranoid = true,
    });
    w->sink = (SvaEventSink) { .fn = sink, .opaque = w };
    sva_event_bus_add(w->env->env.bus, &w->sink);
    regs(w, in, false);
    return w;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FuzzInput in = { data, size };
    World *w = world_new(&in);
    unsigned n;

    for (n = 0; n < FUZZ_MAX_OPS && in.left; n++) {
        step(w, &in, fuzz_u8(&in) & FUZZ_OP_MASK);
    }
    check_nothing_is_owed(w);
    sva_event_bus_remove(w->env->env.bus, &w->sink);
    sva_checker_free(w->c);
    fake_env_free(w->env);
    g_free(w);
    return 0;
}

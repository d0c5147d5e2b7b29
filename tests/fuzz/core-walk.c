/*
 * Fuzz: page-table walks against the oracle
 *
 * Both must agree in status, address, size and rights, and on what is
 * different in memory afterwards, to the bit.  With an entry that changes
 * under the walk only the bounds are checked.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "fuzz.h"
#include "oracle-source.h"
#include "hw/sva/core/pt-vtdss.h"
#include "hw/sva/core/pt-x86.h"
#include "hw/sva/observe/oracle/vtd-tables.h"

#define TABLES 8
#define TABLE_PA(n) (0x10000ull + (n) * 0x1000)

enum {
    OP_CONFIG, OP_ENTRY, OP_RAW, OP_WALK, OP_HOLE, OP_READ_ONLY, OP_HEAL,
    OP_RACE, OP_FLIP,
};

const char *const fuzz_ops[] = {
    "CONFIG", "ENTRY", "RAW", "WALK", "HOLE", "READ_ONLY", "HEAL", "RACE",
    "FLIP", NULL
};

typedef struct World {
    FakeEnv *f;
    SvaPtConfig cfg;
    bool first;
    uint64_t race_pa;
    uint64_t race_bits;
    unsigned race_every;        /* 0: no race */
    unsigned accesses;
} World;

/* Indices 0 to 3 of every level, both halves, and what is not legal. */
static uint64_t make_va(FuzzInput *in)
{
    uint8_t a = fuzz_u8(in), b = fuzz_u8(in);
    uint64_t va = (a & 3ull) << 12 | (a >> 2 & 3ull) << 21 |
                  (a >> 4 & 3ull) << 30 | (a >> 6 & 3ull) << 39 |
                  (b & 3ull) << 48 | (b >> 2 & 1 ? 0xabc : 0);

    switch (b >> 3 & 7) {
    case 5:
        return va | 0xffff800000000000;
    case 6:
        return va | 0xff00000000000000;
    case 7:
        return va ^ 1ull << (b >> 6 | 0x3c);
    default:
        return va;
    }
}

static void op_config(World *w, FuzzInput *in)
{
    static const uint8_t widths[] = { 52, 46, 39, 36, 32 };
    static const uint8_t inputs[] = { 39, 48, 57, 32 };
    uint8_t kind = fuzz_u8(in);
    unsigned levels = kind >> 1 & 3;

    w->first = !(kind & 1);
    w->cfg.fmt = w->first ? &sva_pt_x86 : &sva_pt_vtdss;
    w->cfg.levels = w->first ? 4 + levels % 2 : 3 + levels % 3;
    w->cfg.root = TABLE_PA(kind >> 3 & 7);
    w->cfg.flags = fuzz_u16(in) & 0x1ff;
    w->cfg.addr_bits = fuzz_pick(in, widths);
    w->cfg.input_bits = fuzz_pick(in, inputs);
}

/* An entry that points to a table or to a page, with a few odd bits. */
static void op_entry(World *w, FuzzInput *in)
{
    uint8_t where = fuzz_u8(in), what = fuzz_u8(in), bit = fuzz_u8(in);
    uint16_t flags = fuzz_u16(in);
    uint64_t entry = flags & 0xfff;

    if (what & 0x80) {
        entry |= (uint64_t)(what & 0x7f) << 21;
    } else {
        entry |= TABLE_PA(what % TABLES);
    }
    entry |= flags & 0x1000 ? 1ull << 63 : 0;
    if (bit & 0x40) {
        entry ^= 1ull << (bit & 0x3f);
    }
    fake_put64(w->f, TABLE_PA(where % TABLES) + (where >> 3 & 3) * 8, entry);
}

static void op_raw(World *w, FuzzInput *in)
{
    uint8_t where = fuzz_u8(in);

    fake_put64(w->f, TABLE_PA(where % TABLES) + (where >> 3) * 8,
               fuzz_u64(in));
}

static void op_flip(World *w, FuzzInput *in)
{
    uint8_t where = fuzz_u8(in);
    uint64_t pa = TABLE_PA(where % TABLES) + (where >> 3 & 3) * 8;

    fake_put64(w->f, pa, fake_get64(w->f, pa) ^ 1ull << (fuzz_u8(in) & 63));
}

static void op_race(World *w, FuzzInput *in)
{
    uint8_t where = fuzz_u8(in);

    w->race_pa = TABLE_PA(where % TABLES) + (where >> 3 & 3) * 8;
    w->race_bits = 1ull << (fuzz_u8(in) & 63);
    w->race_every = 1 + fuzz_u8(in) % 4;
}

static void race(FakeEnv *f, FakeAccess kind, uint64_t pa, void *opaque)
{
    World *w = opaque;

    (void)kind;
    (void)pa;
    w->accesses++;
    if (w->race_every && w->accesses % w->race_every == 0) {
        fake_put64(f, w->race_pa, fake_get64(f, w->race_pa) ^ w->race_bits);
    }
}

/* Reasons of Table 30: of the first stage, of the second one */
static SvaPtStatus status_of(unsigned reason)
{
    switch (reason) {
    case 0:
        return SVA_PT_OK;
    case 0x80:
        return SVA_PT_NOT_CANONICAL;
    case 0x84:
        return SVA_PT_ADDRESS_SIZE;
    case 0x73: case 0x7b:
        return SVA_PT_READ_ERROR_ROOT;
    case 0x70: case 0x78:
        return SVA_PT_READ_ERROR;
    case 0x71: case 0x79:
        return SVA_PT_NOT_PRESENT;
    case 0x72: case 0x7a:
        return SVA_PT_RESERVED;
    case 0x81:
        return SVA_PT_USER;
    case 0x85:
        return SVA_PT_NO_WRITE;
    case 0x86:
        return SVA_PT_NO_READ;
    case 0x90: case 0x7c:
        return SVA_PT_NOT_COHERENT;
    case 0x91: case 0x7d:
        return SVA_PT_UPDATE_FAILED;
    default:
        g_assert_not_reached();
    }
}

static OracleVtdTables tables_of(const World *w)
{
    uint32_t flags = w->cfg.flags;

    return (OracleVtdTables) {
        .root = w->cfg.root, .levels = w->cfg.levels,
        .width = w->cfg.input_bits, .haw = w->cfg.addr_bits,
        .first = w->first,
        .ad = flags & SVA_PT_AD, .ea = flags & SVA_PT_EAFE,
        .snooped = !(flags & SVA_PT_NON_COHERENT),
        .wpe = flags & SVA_PT_WPE, .snp = flags & SVA_PT_SNP,
        .page_2m = flags & SVA_PT_2M, .page_1g = flags & SVA_PT_1G,
    };
}

static void check_memory(World *w, uint64_t *before,
                         const SvaOracleAnswer *answer)
{
    for (unsigned i = 0; i < answer->update_count; i++) {
        const SvaOracleUpdate *u = &answer->updates[i];

        before[(u->pa - TABLE_PA(0)) / 8] = u->after;
    }
    for (unsigned t = 0; t < TABLES; t++) {
        uint64_t now[512];

        fake_get(w->f, TABLE_PA(t), now, sizeof(now));
        for (unsigned i = 0; i < 512; i++) {
            g_assert_cmphex(GUINT64_FROM_LE(now[i]), ==,
                            before[t * 512 + i]);
        }
    }
}

static void check_result(const SvaPtResult *out, unsigned reason,
                         const OracleVtdLeaf *leaf)
{
    g_assert_cmpstr(sva_pt_status_name(out->status), ==,
                    sva_pt_status_name(status_of(reason)));
    if (reason) {
        g_assert_cmphex(out->map.access, ==, SVA_NONE);
        return;
    }
    g_assert_cmphex(out->map.access, ==, leaf->cacheable);
    g_assert_cmphex(out->rights, ==, leaf->rights);
    g_assert_cmphex(out->map.addr, ==, leaf->addr);
    g_assert_cmphex(out->map.mask, ==, leaf->mask);
    g_assert_cmpint(out->map.snoop, ==, leaf->snoop);
    g_assert_cmpint(out->dirty, ==, leaf->dirty);
}

static void op_walk(World *w, FuzzInput *in)
{
    uint64_t va = make_va(in);
    uint8_t want = fuzz_u8(in);
    bool partial = want & 0x80;
    uint64_t *before = g_new(uint64_t, TABLES * 512);
    OracleMemory memory = oracle_memory(w->f);
    OracleVtdTables tables = tables_of(w);
    SvaOracleAnswer answer = { .outcome = SVA_ORACLE_GRANTED };
    OracleVtdLeaf leaf = { .addr = 0 };
    SvaPtResult out;
    unsigned reason;

    want &= SVA_READ | SVA_WRITE | SVA_PRIV;
    fake_get(w->f, TABLE_PA(0), before, TABLES * 4096);
    for (unsigned i = 0; i < TABLES * 512; i++) {
        before[i] = GUINT64_FROM_LE(before[i]);
    }
    reason = oracle_vtd_walk(&memory.source, &tables, va, want, partial,
                             &answer, &leaf);
    w->accesses = 0;
    sva_pt_walk(&w->f->env, &w->cfg,
                &(SvaPtQuery) { .va = va, .want = want, .partial = partial },
                &out);
    /* A read and an exchange for each level, and so many attempts. */
    g_assert_cmpuint(w->accesses, <=, 2 * SVA_PT_MAX_LEVELS * 16);
    if (!w->race_every) {
        check_result(&out, reason, &leaf);
        check_memory(w, before, &answer);
    }
    w->race_every = 0;
    g_free(before);
}

static void step(World *w, FuzzInput *in)
{
    uint8_t where;

    switch (fuzz_u8(in) & FUZZ_OP_MASK) {
    case OP_CONFIG:
        op_config(w, in);
        break;
    case OP_ENTRY:
        op_entry(w, in);
        break;
    case OP_RAW:
        op_raw(w, in);
        break;
    case OP_WALK:
        op_walk(w, in);
        break;
    case OP_HOLE:
        where = fuzz_u8(in);
        fake_env_hole(w->f, TABLE_PA(where % TABLES), 0x1000);
        break;
    case OP_READ_ONLY:
        where = fuzz_u8(in);
        fake_env_read_only(w->f, TABLE_PA(where % TABLES), 0x1000);
        break;
    case OP_HEAL:
        fake_env_heal(w->f);
        break;
    case OP_RACE:
        op_race(w, in);
        break;
    case OP_FLIP:
        op_flip(w, in);
        break;
    default:
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FuzzInput in = { data, size };
    World w = {
        .f = fake_env_new(),
        .cfg = { .fmt = &sva_pt_x86, .root = TABLE_PA(0), .levels = 4,
                 .addr_bits = 52, .input_bits = 48, .flags = SVA_PT_AD },
        .first = true,
    };

    fake_env_set_hook(w.f, race, &w);
    for (unsigned i = 0; in.left && i < FUZZ_MAX_OPS; i++) {
        step(&w, &in);
    }
    fake_env_free(w.f);
    return 0;
}

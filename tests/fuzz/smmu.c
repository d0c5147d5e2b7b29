/*
 * Fuzz: the whole SMMUv3 unit, its registers, queues and tables
 *
 * Numbers of an input name registers, tables and addresses of the fixture.
 * What is checked is in smmu-world.h; and, after a flush of every cache:
 *  - a memory request gets what the oracle says;
 *  - a translation that comes from a cache is the one that was put there, and
 *    holds for all of the range that it says;
 *  - a translation request is granted what memory requests are, and nothing
 *    else, at the same address;
 *  - a page that is changed is seen after the invalidation of no more than
 *    that page.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "oracle-source.h"
#include "smmu-world.h"

enum {
    OP_REG, OP_RAW_REG, OP_READ, OP_PUT, OP_STE, OP_CD, OP_PTE, OP_CMD,
    OP_RAW_CMD, OP_KICK, OP_XLATE, OP_ATS, OP_TRANSLATED, OP_PRQ, OP_DONE,
    OP_MODE, OP_TIME, OP_HOLE, OP_READ_ONLY, OP_HEAL, OP_FAIL, OP_RESET,
    OP_CHECK, OP_ACK, OP_REMAP, OP_MIGRATE,
};

const char *const fuzz_ops[] = {
    "REG", "RAW_REG", "READ", "PUT", "STE", "CD", "PTE", "CMD",
    "RAW_CMD", "KICK", "XLATE", "ATS", "TRANSLATED", "PRQ", "DONE",
    "MODE", "TIME", "HOLE", "READ_ONLY", "HEAL", "FAIL", "RESET",
    "CHECK", "ACK", "REMAP", "MIGRATE", NULL
};

static const uint16_t registers[] = {
    0x20, 0x28, 0x2c, 0x44, 0x50, 0x64, 0x68, 0x80, 0x88, 0x90, 0x98, 0x9c,
    0xa0, 0xa8, 0xac, 0xb0, 0xc0, 0xc8, 0xcc, 0xd0, 0xdc,
};

static const uint64_t places[] = {
    SMMU_STRTAB + SMMU_RID * 64, SMMU_CDS, SMMU_CDS + 64, SMMU_TTB,
    SMMU_S2TTB, SMMU_TABLES, SMMU_TABLES + 0x1000, SMMU_TABLES + 0x2000,
    SMMU_CMDQ, SMMU_EVENTQ, SMMU_PRIQ, 0x7ffffff000,
};

/* What both stages and both halves have in common */
static const uint64_t addresses[] = {
    0x1000, 0x2000, 0x200000, 0x40000000, 0x4000000000, 0x7fffffffff000,
    0xffffff8000001000, SMMU_TTB, SMMU_TABLES, 0xfffffffffffff000,
};

#define REMAP_TABLES 0x5800000ull

static SvaPasid make_pasid(FuzzInput *in)
{
    static const uint32_t ssids[] = { 0, 1, 2, 3, 64, 255, 256, 0xfffff };
    uint8_t b = fuzz_u8(in);

    return b & 0x80 ? SVA_NO_PASID
                    : sva_pasid(ssids[b % G_N_ELEMENTS(ssids)]);
}

static uint64_t flip(FuzzInput *in)
{
    uint8_t b = fuzz_u8(in);

    return b & 0x40 ? 1ull << (b & 63) : 0;
}

/* Small numbers, single bits, places with low bits, or anything. */
static uint64_t make_value(FuzzInput *in)
{
    uint8_t b = fuzz_u8(in);

    switch (b >> 6) {
    case 0:
        return b;
    case 1:
        return 1ull << (b & 63);
    case 2:
        return places[b % G_N_ELEMENTS(places)] | fuzz_u16(in);
    default:
        return fuzz_u64(in);
    }
}

/* -- what software writes -- */

static void op_register(SmmuWorld *w, FuzzInput *in)
{
    unsigned off = fuzz_pick(in, registers);
    uint64_t val = make_value(in);

    if (off % 8 || val <= UINT32_MAX) {
        smmu_write32(w->f, off, (uint32_t)val);
    } else {
        smmu_write64(w->f, off, val);
    }
}

static void op_raw_register(SmmuWorld *w, FuzzInput *in)
{
    uint16_t off = fuzz_u16(in);
    unsigned size = 1u << (fuzz_u8(in) & 3);

    sva_smmu_mmio_write(&w->f->smmu, (off & 0xff) | (off & 0x8000) << 1,
                        fuzz_u64(in), size);
}

static void op_ste(SmmuWorld *w, FuzzInput *in)
{
    static const uint64_t words[][2] = {
        { SMMU_STE0, SMMU_STE1 }, { SMMU_STE0_BOTH, SMMU_STE1 },
        { SMMU_STE0_S2, SMMU_STE1 }, { SMMU_STE0_NONE, 0 }, { 1, 0 },
        { SMMU_STE0 | 0x10, SMMU_STE1 }, { SMMU_STE0, 0x10000001 },
        { SMMU_STE0_BOTH, 0x20000002 }, { SMMU_STE0, 0x90000002 },
        { 0xb | SMMU_CDS, 0x10000000 }, { SMMU_STE0_BOTH, 0x20000001 },
    };
    uint64_t qw[4] = { 0, 0, SMMU_STE2 | 7, SMMU_STE3 };
    const uint64_t *e = words[fuzz_u8(in) % G_N_ELEMENTS(words)];
    uint64_t bit = flip(in);
    uint8_t word = fuzz_u8(in);

    qw[0] = e[0];
    qw[1] = e[1];
    qw[2] |= word & 0x40 ? 3ull << 55 : 0;      /* S2HA, S2HD */
    qw[2] |= word & 0x80 ? 1ull << 57 : 0;      /* S2S */
    qw[word & 3] ^= bit;
    smmu_ste(w->f, SMMU_RID, qw[0], qw[1], qw[2], qw[3]);
}

static void op_cd(SmmuWorld *w, FuzzInput *in)
{
    static const uint64_t words[] = {
        SMMU_CD0(0x10), SMMU_CD0(0x11), SMMU_CD0(0x11) | 3ull << 42,
        SMMU_CD0(0x11) | SMMU_CD0_S, 0, 0x0011c205c0004000,
        (SMMU_CD0(0x10) & ~0x40000000ull) | 25ull << 16 | 2ull << 22,
        SMMU_CD0(0x10) & ~(SMMU_CD0_A | SMMU_CD0_R),
        (SMMU_CD0(0x10) & ~0x3full) | 25 | 1ull << 38,
        SMMU_CD0(0x10) | 1ull << 36 | 1ull << 40,
    };
    unsigned index = fuzz_u8(in) & 3;
    uint64_t cd0 = fuzz_pick(in, words);
    uint64_t bit = flip(in);
    uint8_t word = fuzz_u8(in) % 3;

    smmu_cd(w->f, index, cd0 ^ (word == 0 ? bit : 0),
            SMMU_CD1 ^ (word == 1 ? bit : 0),
            SMMU_TTB ^ (word == 2 ? bit : 0));
}

static void op_pte(SmmuWorld *w, FuzzInput *in)
{
    static const uint64_t pages[] = {
        0x600000, 0x800000, 0x40000000, 0x40200000, SMMU_CDS, SMMU_TTB,
        SMMU_TABLES, 0x7fc0000000, 0,
    };
    uint8_t where = fuzz_u8(in);
    uint64_t addr = fuzz_pick(in, addresses);
    uint64_t desc = fuzz_pick(in, pages);
    uint16_t attrs = fuzz_u16(in);
    bool s2 = where & 0x80;
    unsigned start = s2 || where & 0x40 ? 1 : 0;
    uint64_t pa;

    /* Tables are made on the way; there must be an end to that. */
    if (w->f->next_table > SMMU_TABLES + 0x80000) {
        return;
    }
    pa = smmu_desc(w->f, s2 ? SMMU_S2TTB : SMMU_TTB, start,
                   MAX(where & 3, start), addr);
    desc |= (attrs & 0xfff) | (uint64_t)(attrs >> 12) << 51;
    fake_put64(w->f->env, pa, desc ^ flip(in));
    if (where & 0x20) {
        /* What walks and fetches need of stage 2 */
        smmu_map_s2_identity(w->f, SMMU_CDS, 0x1000);
        smmu_map_s2_identity(w->f, SMMU_TTB, 0x1000);
        smmu_map_s2_identity(w->f, SMMU_TABLES, 0x8000);
    }
}

static void op_command(SmmuWorld *w, FuzzInput *in)
{
    static const uint8_t opcodes[] = {
        0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x10, 0x11, 0x12, 0x13, 0x20,
        0x21, 0x22, 0x23, 0x28, 0x2a, 0x30, 0x40, 0x41, 0x44, 0x45, 0x46,
    };
    uint64_t op = fuzz_pick(in, opcodes), low = op, high = 0;
    uint8_t a = fuzz_u8(in), c = fuzz_u8(in);
    uint64_t addr = addresses[c % G_N_ELEMENTS(addresses)] & ~0xfffull;

    if (op < 0x10 || op == 0x40 || op == 0x41 || op == 0x44 || op == 0x45) {
        low |= (uint64_t)(a & 0x80 ? 0x200 : SMMU_RID) << 32;
        low |= (uint64_t)(a & 3) << 12 | (a & 4 ? 0x800 : 0);
        high = op == 0x40 ? addr | (c >> 4) : c & 0x1f;
    } else if (op < 0x40) {
        low |= 7ull << 32 | (a & 1 ? 0x11ull : 0x10ull) << 48;
        low |= (uint64_t)(a >> 3 & 7) << 12 | (uint64_t)(a >> 6) << 20;
        high = addr | (a & 4 ? 1 << 10 : 0) | (c >> 6) << 8;
    } else {
        low |= (uint64_t)(a & 3) << 12;
        high = a & 0x80 ? places[c % G_N_ELEMENTS(places)] : 0;
    }
    smmu_put(w->f, low ^ flip(in), high);
    if (!(a & 0x40)) {
        smmu_kick(w->f);
    }
}

static void op_acknowledge(SmmuWorld *w)
{
    smmu_gerror(w->f);
    smmu_write32(w->f, 0xac, smmu_read32(w->f, 0xa8));
    smmu_write32(w->f, 0xcc, smmu_read32(w->f, 0xc8));
}

/* -- requests -- */

static SvaRequest make_request(FuzzInput *in, uint8_t at)
{
    SvaRequest req = { .pasid = make_pasid(in), .at = at };
    uint8_t b = fuzz_u8(in);

    req.rid = b & 0x80 ? 0x200 : SMMU_RID;
    req.access = b & 0xf;
    req.addr = fuzz_pick(in, addresses) + (b & 0x20 ? 0x234 : 0);
    req.may_stall = b & 0x40;
    return req;
}

static void op_translate(SmmuWorld *w, FuzzInput *in)
{
    SvaRequest req = make_request(in, SVA_AT_UNTRANSLATED);
    SvaTranslation out = smmu_world_translate(w, &req, req.may_stall);

    if (out.outcome == SVA_OK) {
        g_assert_cmphex(out.map.mask & (out.map.mask + 1), ==, 0);
        g_assert_cmphex((out.map.addr ^ req.addr) & 0xfff, ==, 0);
        g_assert_cmphex(out.map.addr >> w->f->smmu.config.oas, ==, 0);
        g_assert_cmphex(req.access & SMMU_RW & ~out.map.access, ==, 0);
    }
}

static SvaAtsCompletion ask(SmmuWorld *w, const SvaRequest *req)
{
    SvaRequest ats = *req;
    SvaAtsCompletion out;

    ats.at = SVA_AT_TRANSLATION;
    w->f->smmu.iommu.ops->ats_request(&w->f->smmu.iommu, &ats, &out);
    if (out.status != SVA_ATS_SUCCESS) {
        g_assert_cmphex(out.map.access, ==, SVA_NONE);
    }
    g_assert_cmphex(out.map.access & (SVA_EXEC | SVA_PRIV) & ~req->access,
                    ==, 0);
    return out;
}

static void op_page_request(SmmuWorld *w, FuzzInput *in)
{
    SvaPageRequest req = { .pasid = make_pasid(in) };
    uint8_t b = fuzz_u8(in);

    req.rid = b & 0x80 ? 0x200 : SMMU_RID;
    req.access = b & 0xf;
    req.last = b & 0x10;
    req.prgi = fuzz_u8(in);
    req.addr = fuzz_pick(in, addresses) & SVA_PAGE_MASK;
    w->f->smmu.iommu.ops->page_request(&w->f->smmu.iommu, &req);
}

/* -- properties -- */

/* Where a translated request with an address from ATS goes. */
static uint64_t final_addr(SmmuWorld *w, uint64_t addr, uint8_t access)
{
    SvaRequest req = {
        .rid = SMMU_RID, .addr = addr, .access = access,
        .at = SVA_AT_TRANSLATED,
    };
    SvaTranslation out;

    w->f->smmu.iommu.ops->check_translated(&w->f->smmu.iommu, &req, &out);
    g_assert_cmpint(out.outcome, ==, SVA_OK);
    return out.map.addr;
}

/* By the tables in memory, without any cache. */
static SvaTranslation translate_as_oracle(SmmuWorld *w, const SvaRequest *req)
{
    SmmuFixture *f = w->f;
    OracleMemory memory = oracle_memory(f->env);
    uint64_t regs[SVA_ORACLE_REGS] = {
        smmu_read64(f, 0x80), smmu_read32(f, 0x88),
        smmu_read32(f, 0x00) | (uint64_t)smmu_read32(f, 0x04) << 32,
        smmu_read32(f, 0x0c) | (uint64_t)smmu_read32(f, 0x14) << 32,
        smmu_read32(f, 0x24), smmu_read32(f, 0x2c),
    };
    SvaOracleAnswer want;
    SvaTranslation got;

    sva_oracle_smmu(regs, &memory.source, req, &want);
    g_assert_cmpint(want.outcome, !=, SVA_ORACLE_UNKNOWN);
    got = smmu_world_translate(w, req, false);
    if (f->smmu.adversary && w->exchanged) {
        return got;             /* it may have walked before it answered */
    }
    g_assert_cmpint(got.outcome, ==,
                    want.outcome == SVA_ORACLE_GRANTED ? SVA_OK
                    : want.raz_wi ? SVA_RAZ_WI : SVA_ABORT);
    if (got.outcome == SVA_OK) {
        g_assert_cmphex(got.map.addr, ==, want.map.addr);
        g_assert_cmphex(got.map.mask & ~want.map.mask, ==, 0);
        g_assert_cmphex(got.map.access, ==, want.map.access);
    }
    return got;
}

static void compare(SmmuWorld *w, const SvaRequest *req)
{
    SvaTranslation first = translate_as_oracle(w, req), again, other;
    SvaRequest far = *req, final = *req;
    SvaAtsCompletion ats;

    again = smmu_world_translate(w, req, false);
    if (w->exchanged) {
        return;                 /* tables may be among what they map */
    }
    g_assert_cmpint(again.outcome, ==, first.outcome);
    g_assert_cmphex(again.map.addr, ==, first.map.addr);
    g_assert_cmphex(again.map.mask, ==, first.map.mask);
    final.final = true;         /* no right is missing for now */
    ats = ask(w, &final);
    if (ats.status == SVA_ATS_SUCCESS && !w->exchanged) {
        g_assert_cmpint((ats.map.access & req->access & SMMU_RW) != 0, ==,
                        first.outcome == SVA_OK);
    }
    if (first.outcome != SVA_OK || !smmu_world_flush(w)) {
        return;
    }
    if (ats.map.access) {
        g_assert_cmphex(final_addr(w, ats.map.addr, req->access & SMMU_RW), ==,
                        first.map.addr);
    }
    far.addr ^= first.map.mask & ~0xfffull;
    other = smmu_world_translate(w, &far, false);
    if (!w->exchanged) {
        g_assert_cmpint(other.outcome, ==, SVA_OK);
        g_assert_cmphex(other.map.addr, ==,
                        first.map.addr ^ (first.map.mask & ~0xfffull));
    }
}

static void op_check(SmmuWorld *w, FuzzInput *in)
{
    uint8_t b = fuzz_u8(in);
    unsigned i;

    if (!smmu_world_is_alone(w, b & 0x20 ? 0 : b & 3)) {
        return;
    }
    for (i = 0; i < 2 * G_N_ELEMENTS(addresses); i++) {
        SvaRequest req = {
            .rid = SMMU_RID, .addr = addresses[i / 2] + 0x10,
            .pasid = b & 0x20 ? SVA_NO_PASID : sva_pasid(b & 3),
            .access = i & 1 ? SVA_WRITE : SVA_READ,
        };

        req.access |= b & 0x80 ? SVA_PRIV : 0;
        if (!smmu_world_flush(w)) {
            return;
        }
        compare(w, &req);
    }
}

/* The narrow invalidations that cover one page */
static void drop_page(SmmuWorld *w, bool nested, uint8_t how, uint64_t va)
{
    static const uint64_t commands[] = { 0x12, 0x13, 0x11, 0x10, 0x28 };
    uint64_t low = commands[how % 5] | 7ull << 32 | 0x11ull << 48;

    if (nested) {
        smmu_submit(w->f, 0x2a | 7ull << 32, 0x10000);
        low = (how & 1 ? 0x10 : 0x28) | 7ull << 32;
    }
    if (how & 0x80 && (low & 0xff) < 0x14) {
        /* NUM=2, TG of 4 KiB: from one page before it */
        smmu_submit(w->f, low | 2 << 12, (va - 0x1000) | 1 << 10);
    } else {
        smmu_submit(w->f, low, va);
    }
}

/* Empty tables, which nothing else has written to */
static void begin_tables(SmmuWorld *w)
{
    static const uint8_t zeros[0x1000];
    unsigned i;

    w->f->next_table = REMAP_TABLES;
    for (i = 0; i < 16; i++) {
        fake_put(w->f->env, REMAP_TABLES + i * 0x1000, zeros, sizeof(zeros));
    }
    fake_put(w->f->env, SMMU_TTB, zeros, sizeof(zeros));
    fake_put(w->f->env, SMMU_S2TTB, zeros, sizeof(zeros));
    smmu_map_s2_identity(w->f, SMMU_CDS, 0x1000);
    smmu_map_s2_identity(w->f, SMMU_TTB, 0x1000);
    smmu_map_s2_identity(w->f, REMAP_TABLES, 0x10000);
}

/*
 * Change a page that is in the TLB, and invalidate no more than that: what is
 * in memory must be seen.
 */
static void op_remap(SmmuWorld *w, FuzzInput *in)
{
    uint8_t how = fuzz_u8(in);
    bool nested = how & 0x40;
    SvaRequest req = {
        .rid = SMMU_RID, .pasid = sva_pasid(1), .addr = 0x7f0000045000,
        .access = SVA_READ,
    };
    const SvaSmmuConfig *c = &w->f->smmu.config;
    uint64_t next_table = w->f->next_table;
    unsigned i;

    if (!c->stage1 || !c->stage2 || !c->ssid_bits || c->cmdq_bits < 8 ||
        c->stall_model == SVA_SMMU_STALL_FORCED) {
        return;
    }
    fake_env_heal(w->f->env);
    fake_env_fail_nth(w->f->env, 0);
    smmu_write32(w->f, 0x20, 0);
    smmu_enable(w->f);
    smmu_ste(w->f, SMMU_RID, nested ? SMMU_STE0_BOTH : SMMU_STE0, SMMU_STE1,
             SMMU_STE2 | 7, SMMU_STE3);
    smmu_cd(w->f, 1, SMMU_CD0(0x11), SMMU_CD1, 0);
    if (!smmu_world_is_alone(w, 1)) {
        return;
    }
    begin_tables(w);
    for (i = 0; i < 2; i++) {
        uint64_t pa = i ? 0x800000 : 0x600000;

        smmu_map(w->f, req.addr, nested ? 0x10000 : pa, SMMU_PTE);
        smmu_map_s2(w->f, 0x10000, pa, SMMU_S2PTE);
        if (i) {
            drop_page(w, nested, how, req.addr);
        }
        if (!(i ? smmu_world_sync(w) : smmu_world_flush(w))) {
            /* A CMD_SYNC waits for functions, or was told that one is late. */
            g_assert_true(w->f->smmu.adversary);
            g_assert_true(w->invals->len || smmu_gerror(w->f));
            break;
        }
        g_assert_cmphex(smmu_world_translate(w, &req, false).map.addr, ==, pa);
    }
    w->f->next_table = next_table;
}

/* -- steps -- */

static void step_registers(SmmuWorld *w, FuzzInput *in, uint8_t op)
{
    uint8_t b;

    switch (op) {
    case OP_REG:
        op_register(w, in);
        break;
    case OP_RAW_REG:
        op_raw_register(w, in);
        break;
    case OP_READ:
        b = fuzz_u8(in);
        sva_smmu_mmio_read(&w->f->smmu, fuzz_u32(in) & 0x1ffff,
                           1u << (b & 3));
        break;
    case OP_CMD:
        op_command(w, in);
        break;
    case OP_RAW_CMD:
        smmu_put(w->f, fuzz_u64(in), make_value(in));
        break;
    case OP_KICK:
        smmu_kick(w->f);
        break;
    case OP_ACK:
        op_acknowledge(w);
        break;
    case OP_RESET:
        smmu_world_reset(w);
        break;
    default:
        break;
    }
}

static void step_memory(SmmuWorld *w, FuzzInput *in, uint8_t op)
{
    uint64_t pa;

    switch (op) {
    case OP_PUT:
        pa = fuzz_pick(in, places) + fuzz_u8(in) * 8;
        fake_put64(w->f->env, pa, make_value(in));
        break;
    case OP_STE:
        op_ste(w, in);
        break;
    case OP_CD:
        op_cd(w, in);
        break;
    case OP_PTE:
        op_pte(w, in);
        break;
    case OP_HOLE:
        fake_env_hole(w->f->env, fuzz_pick(in, places), 0x1000);
        break;
    case OP_READ_ONLY:
        fake_env_read_only(w->f->env, fuzz_pick(in, places), 0x1000);
        break;
    case OP_HEAL:
        fake_env_heal(w->f->env);
        break;
    case OP_FAIL:
        fake_env_fail_nth(w->f->env, fuzz_u8(in));
        break;
    default:
        break;
    }
}

static void step_requests(SmmuWorld *w, FuzzInput *in, uint8_t op)
{
    static const int64_t times[] = { 1, 1000000, 45000000000, 90000000000 };
    SvaTranslation out;
    SvaRequest req;

    switch (op) {
    case OP_XLATE:
        op_translate(w, in);
        break;
    case OP_ATS:
        req = make_request(in, SVA_AT_TRANSLATION);
        ask(w, &req);
        break;
    case OP_TRANSLATED:
        req = make_request(in, SVA_AT_TRANSLATED);
        w->f->smmu.iommu.ops->check_translated(&w->f->smmu.iommu, &req, &out);
        break;
    case OP_PRQ:
        op_page_request(w, in);
        break;
    case OP_DONE:
        smmu_world_complete(w, fuzz_u8(in));
        break;
    case OP_MODE:
        w->mode = fuzz_u8(in) % SMMU_FABRIC_MODES;
        break;
    case OP_TIME:
        smmu_world_advance(w, fuzz_pick(in, times));
        break;
    case OP_CHECK:
        op_check(w, in);
        break;
    case OP_REMAP:
        op_remap(w, in);
        break;
    case OP_MIGRATE:
        smmu_world_migrate(w, in);
        break;
    default:
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FuzzInput in = { data, size };
    SmmuWorld *w = smmu_world_new(&in);
    unsigned i;

    for (i = 0; in.left && i < FUZZ_MAX_OPS; i++) {
        uint8_t op = fuzz_u8(&in) & FUZZ_OP_MASK;

        step_registers(w, &in, op);
        step_memory(w, &in, op);
        step_requests(w, &in, op);
    }
    smmu_world_free(w);
    return 0;
}

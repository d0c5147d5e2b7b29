/*
 * Unit test: the SMMUv3 oracle, by literal tables
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "oracle-source.h"

#define RID 0x0110

/* S2P, S1P, AArch64, HTTU=2, Hyp, ATS, ASID16, VMID16, CD2L, two levels */
#define IDR0 0x080c168bull
/* 16 bits of StreamIDs, 16 of SubstreamIDs, ATTR_PERMS_OVR */
#define IDR1 0x04000410ull
/* OAS 48 bits, all granules */
#define IDR5 0x75ull

#define READ  SVA_READ
#define WRITE SVA_WRITE

#define STE  0x1004400ull
#define CD   0x2000140ull       /* of SSID 5 */
#define CD0  0x0010620580000010ull  /* V, AA64, A, R, 48 bits, EPD1 below */
#define EPD1 0x40000000ull

typedef struct Word {
    uint64_t pa;
    uint64_t word;
} Word;

/* SSID 5: 4 KiB, 48 bits, a page at 1000h that anybody may use */
static const Word base[] = {
    { STE, 0x400000000200000bull }, { STE + 8, 0x10000002 },
    { STE + 16, 0x040d005900000000ull }, { STE + 24, 0x4000000 },
    { CD, CD0 | EPD1 }, { CD + 8, 0x3000000 },
    { 0x3000000, 0x3001003 }, { 0x3001000, 0x3002003 },
    { 0x3002000, 0x3003003 }, { 0x3003008, 0x7654321c43 },
    { 0 },
};

typedef struct Case {
    const char *name;
    Word change[5];             /* on top */
    uint64_t addr;
    uint8_t access;
    bool no_pasid;
    bool ats;
    uint64_t idr3;
    uint16_t event;             /* 0: granted */
    uint64_t pa;
    uint64_t mask;
    uint8_t rights;
} Case;

static void put(FakeEnv *f, const Word *words, unsigned count)
{
    for (unsigned i = 0; i < count && words[i].pa; i++) {
        fake_put64(f, words[i].pa, words[i].word);
    }
}

static void ask(FakeEnv *f, const Case *c, SvaOracleAnswer *out)
{
    uint64_t regs[SVA_ORACLE_REGS] = {
        0x1000000, 16, IDR0 | IDR1 << 32, c->idr3 | IDR5 << 32, 0x11, 0,
    };
    SvaRequest req = {
        .addr = c->addr, .access = c->access, .rid = RID,
        .pasid = c->no_pasid ? SVA_NO_PASID : sva_pasid(5),
        .at = c->ats ? SVA_AT_TRANSLATION : SVA_AT_UNTRANSLATED,
    };
    OracleMemory memory = oracle_memory(f);

    sva_oracle_smmu(regs, &memory.source, &req, out);
}

#define HA   0x0000080000000000ull
#define HD   0x0000040000000000ull
#define PAN  0x0000010000000000ull
#define TBI0 0x0000004000000000ull
#define DBM  0x0008000000000000ull
#define BOTH 0x400000000200000full
#define S2   0xdull

static const Case cases[] = {
    { "read", .addr = 0x1234, .access = READ, .pa = 0x7654321234,
      .mask = 0xfff, .rights = SVA_RWX },
    { "write", .addr = 0x1234, .access = WRITE, .pa = 0x7654321234,
      .mask = 0xfff, .rights = SVA_RWX },
    { "absent", .addr = 0x2000, .access = READ, .event = 0x10 },
    { "range", .addr = 0x0001000000001000, .access = READ, .event = 0x10 },
    { "EPD1", .addr = 0xffff000000001000, .access = READ, .event = 0x10 },
    { "TBI0", { { CD, CD0 | EPD1 | TBI0 } }, .addr = 0xab00000000001234,
      .access = READ, .pa = 0x7654321234, .mask = 0xfff, .rights = SVA_RWX },
    { "no TBI0", .addr = 0xab00000000001234, .access = READ, .event = 0x10 },
    { "E0PD0", { { CD + 8, 0x3000004 } }, .idr3 = 0x2000, .addr = 0x1000,
      .access = READ, .event = 0x10 },
    { "E0PD0, privileged", { { CD + 8, 0x3000004 } }, .idr3 = 0x2000,
      .addr = 0x1000, .access = READ | SVA_PRIV, .pa = 0x7654321000,
      .mask = 0xfff, .rights = SVA_RW },
    { "E0PD0 without E0PD", { { CD + 8, 0x3000004 } }, .addr = 0x1000,
      .access = READ, .pa = 0x7654321000, .mask = 0xfff, .rights = SVA_RWX },
    { "read-only", { { 0x3003008, 0x5cc3 } }, .addr = 0x1000,
      .access = WRITE, .event = 0x13 },
    { "not for EL0", { { 0x3003008, 0x5c03 } }, .addr = 0x1000,
      .access = READ, .event = 0x13 },
    { "APTable", { { 0x3001000, 0x4000000003002003 } }, .addr = 0x1000,
      .access = WRITE, .event = 0x13 },
    { "HAD", { { 0x3001000, 0x4000000003002003 }, { CD + 8, 0x3000002 } },
      .addr = 0x1000, .access = WRITE, .pa = 0x7654321000, .mask = 0xfff,
      .rights = SVA_RWX },
    { "PAN", { { CD, CD0 | EPD1 | PAN } }, .addr = 0x1000,
      .access = READ | SVA_PRIV, .event = 0x13 },
    { "AF=0", { { 0x3003008, 0x5843 } }, .addr = 0x1000, .access = READ,
      .event = 0x12 },
    { "AFFD", { { 0x3003008, 0x5843 }, { CD, CD0 | EPD1 | 0x800000000 } },
      .addr = 0x1000, .access = READ, .pa = 0x5000, .mask = 0xfff,
      .rights = SVA_RWX },
    { "IPS", { { 0x3003008, 0x0001000000000c43 },
      { CD, (CD0 & ~0x700000000ull) | EPD1 | 0x400000000 } },
      .addr = 0x1000, .access = READ, .pa = 0, .mask = 0xfff,
      .rights = SVA_RWX },
    { "beyond IPS", { { 0x3003008, 0x0000100000000c43 },
      { CD, (CD0 & ~0x700000000ull) | EPD1 | 0x400000000 } },
      .addr = 0x1000, .access = READ, .event = 0x11 },
    { "2 MiB", { { 0x3002000, 0x40000c41 } }, .addr = 0x1234,
      .access = READ, .pa = 0x40001234, .mask = 0x1fffff, .rights = SVA_RWX },
    { "clean", { { 0x3003008, DBM | 0x5cc3 }, { CD, CD0 | EPD1 | HA | HD } },
      .addr = 0x1000, .access = READ, .pa = 0x5000, .mask = 0xfff,
      .rights = READ | SVA_EXEC },
    { "clean, no HD", { { 0x3003008, DBM | 0x5cc3 }, { CD, CD0 | EPD1 | HA } },
      .addr = 0x1000, .access = WRITE, .event = 0x13 },
    /* TG0: 64 KiB; TG0: 16 KiB, T0SZ=17 */
    { "64 KiB", { { CD, CD0 | EPD1 | 0x40 }, { 0x3000000, 0x3010003 },
      { 0x3010000, 0x3020003 }, { 0x3020008, 0x70c43 } }, .addr = 0x11234,
      .access = READ, .pa = 0x71234, .mask = 0xffff, .rights = SVA_RWX },
    { "16 KiB, 47 bits", { { CD, CD0 | EPD1 | 0x81 }, { 0x3000000, 0x3010003 },
      { 0x3010000, 0x3020003 }, { 0x3020008, 0x70c43 } }, .addr = 0x5234,
      .access = READ, .pa = 0x71234, .mask = 0x3fff, .rights = SVA_RWX },
    { "16 KiB, 36 bits", { { CD, CD0 | EPD1 | 0x8c },
      { 0x3000000, 0x3010003 }, { 0x3010008, 0x70c43 } }, .addr = 0x5234,
      .access = READ, .pa = 0x71234, .mask = 0x3fff, .rights = SVA_RWX },
    { "STE.V=0", { { STE, 0x400000000200000a } }, .addr = 0x1000,
      .access = READ, .event = 0x04 },
    { "S1CDMax", { { STE, 0x100000000200000b } }, .addr = 0x1000,
      .access = READ, .event = 0x08 },
    { "S1DSS=0", { { STE + 8, 0x10000000 } }, .addr = 0x1000,
      .access = READ, .no_pasid = true, .event = 0x06 },
    { "S1DSS=1", { { STE + 8, 0x10000001 } }, .addr = 0x123456,
      .access = READ, .no_pasid = true, .pa = 0x123456,
      .mask = 0xffffffffffff, .rights = SVA_RWX },
    { "CD.V=0", { { CD, 0 } }, .addr = 0x1000, .access = READ,
      .event = 0x0a },
    { "EATS=0", { { STE + 8, 2 } }, .addr = 0x1000, .access = READ,
      .ats = true, .event = 0x05 },
    { "ATS", .addr = 0x1000, .access = READ, .ats = true,
      .pa = 0x7654321000, .mask = 0xfff, .rights = SVA_RW },
    { "ATS, execute", .addr = 0x1000, .access = READ | SVA_EXEC, .ats = true,
      .pa = 0x7654321000, .mask = 0xfff, .rights = SVA_RWX },
    /* Stage 2: 39 bits from level 1, a block of 1 GiB */
    { "stage 2", { { STE, S2 }, { 0x4000000, 0x4fd } }, .addr = 0x123456,
      .access = WRITE, .no_pasid = true, .pa = 0x123456,
      .mask = 0x3fffffff, .rights = SVA_RWX },
    { "stage 2, range", { { STE, S2 } }, .addr = 0x8000000000,
      .access = READ, .no_pasid = true, .event = 0x10 },
    { "nested", { { STE, BOTH }, { 0x4000000, 0x4fd },
      { 0x3003008, 0x5c43 } }, .addr = 0x1010, .access = READ, .pa = 0x5010,
      .mask = 0xfff, .rights = SVA_RWX },
    { "nested, CD", { { STE, BOTH } }, .addr = 0x1010, .access = READ,
      .event = 0x10 },
    { "nested, table in device memory", { { STE, BOTH },
      { STE + 16, 0x044d005900000000 }, { 0x4000000, 0x4c1 } },
      .addr = 0x1010, .access = READ, .event = 0x13 },
};

static void test_case(gconstpointer data)
{
    const Case *c = data;
    FakeEnv *f = fake_env_new();
    SvaOracleAnswer out;

    put(f, base, G_N_ELEMENTS(base));
    put(f, c->change, G_N_ELEMENTS(c->change));
    ask(f, c, &out);
    g_assert_cmpint(out.outcome, ==, c->event ? SVA_ORACLE_REFUSED
                                              : SVA_ORACLE_GRANTED);
    g_assert_cmphex(out.reason, ==, c->event);
    if (!c->event) {
        g_assert_cmphex(out.map.addr, ==, c->pa);
        g_assert_cmphex(out.map.mask, ==, c->mask);
        g_assert_cmphex(out.map.access, ==, c->rights);
    }
    fake_env_free(f);
}

/* Dirty state takes a write; the access flag any access. */
static void test_updates(void)
{
    static const Word clean[] = {
        { CD, CD0 | EPD1 | HA | HD }, { 0x3003008, DBM | 0x58c3 },
    };
    Case c = { .addr = 0x1000, .access = READ };
    FakeEnv *f = fake_env_new();
    SvaOracleAnswer out;

    put(f, base, G_N_ELEMENTS(base));
    put(f, clean, G_N_ELEMENTS(clean));
    ask(f, &c, &out);
    g_assert_cmpuint(out.update_count, ==, 1);
    oracle_memory_update(f, &out);
    g_assert_cmphex(fake_get64(f, 0x3003008), ==, DBM | 0x5cc3);
    g_assert_false(out.dirty);
    c.access = WRITE;
    ask(f, &c, &out);
    oracle_memory_update(f, &out);
    g_assert_cmphex(fake_get64(f, 0x3003008), ==, DBM | 0x5c43);
    g_assert_true(out.dirty);
    fake_env_free(f);
}

/* CD.A, R and S say how a fault ends. */
static void test_faults(void)
{
    static const struct {
        uint64_t ars;
        bool raz_wi, silent, stall;
    } rows[] = {
        { 0, true, true, false },
        { 0x0000200000000000, true, false, false },
        { 0x0000400000000000, false, true, false },
        { 0x0000600000000000, false, false, false },
        { 0x0000500000000000, false, false, true },
    };
    Case c = { .addr = 0x2000, .access = READ };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        FakeEnv *f = fake_env_new();
        SvaOracleAnswer out;

        put(f, base, G_N_ELEMENTS(base));
        fake_put64(f, CD, (CD0 & ~0x700000000000ull) | EPD1 | rows[i].ars);
        ask(f, &c, &out);
        g_assert_cmphex(out.reason, ==, 0x10);
        g_assert_cmpint(out.raz_wi, ==, rows[i].raz_wi);
        g_assert_cmpint(out.silent, ==, rows[i].silent);
        g_assert_cmpint(out.stall, ==, rows[i].stall);
        fake_env_free(f);
    }
}

/* Config=0b0xx: aborted, and nobody hears of it. */
static void test_abort(void)
{
    Case c = { .addr = 0x1000, .access = READ };
    FakeEnv *f = fake_env_new();
    SvaOracleAnswer out;

    put(f, base, G_N_ELEMENTS(base));
    fake_put64(f, STE, 1);
    ask(f, &c, &out);
    g_assert_cmpint(out.outcome, ==, SVA_ORACLE_REFUSED);
    g_assert_cmphex(out.reason, ==, 0);
    g_assert_true(out.silent);
    g_assert_false(out.raz_wi);
    c.ats = true;
    ask(f, &c, &out);
    g_assert_cmpint(out.status, ==, SVA_ATS_UR);
    fake_env_free(f);
}

int main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *name = g_strdup_printf("/oracle/smmu/case/%s",
                                                cases[i].name);

        g_test_add_data_func(name, &cases[i], test_case);
    }
    g_test_add_func("/oracle/smmu/updates", test_updates);
    g_test_add_func("/oracle/smmu/faults", test_faults);
    g_test_add_func("/oracle/smmu/abort", test_abort);
    return g_test_run();
}

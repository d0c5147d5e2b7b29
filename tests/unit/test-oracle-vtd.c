/*
 * Unit test: the VT-d oracle, by literal tables
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "oracle-source.h"

#define RID 0x0110

/* CAP: SAGAW 39, 48, 57 bits, MGAW 57, ZLR, 2 MiB, 1 GiB, FS1GP, FS5LP */
#define CAP  0x1100000c00780e00ull
/* ECAP: DT, PT, SC, NEST, PRS, SRS, EAFS, PSS 20, PASID, SMTS, SSADS, ... */
#define ECAP 0x0003e99ea40000c4ull
#define TES  0x80000000ull

#define READ  SVA_READ
#define WRITE SVA_WRITE

typedef struct Word {
    uint64_t pa;
    uint64_t word;
} Word;

/* Scalable mode, PASID 5: first stage, 4 levels at 20000h, a page at 1000h */
static const Word base[] = {
    { 0x10010, 0x11001 }, { 0x11200, 0x1300d }, { 0x11208, 0 },
    { 0x13000, 0x14001 },
    { 0x14140, 0x41 }, { 0x14148, 0x800001 }, { 0x14150, 0x20000 },
    { 0x20000, 0x21027 }, { 0x21000, 0x22027 }, { 0x22000, 0x23027 },
    { 0x23008, 0x7654321067 },
    { 0 },
};

typedef struct Case {
    const char *name;
    Word change[4];             /* on top */
    uint64_t rtaddr;            /* 0: scalable */
    uint64_t addr;
    uint8_t access;
    bool no_pasid;
    bool ats;
    uint16_t reason;            /* 0: granted */
    uint64_t pa;
    uint64_t mask;
    uint8_t rights;             /* of the answer */
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
        c->rtaddr ? c->rtaddr : 0x10400, CAP, ECAP, TES, 46,
    };
    SvaRequest req = {
        .addr = c->addr, .access = c->access, .rid = RID,
        .pasid = c->no_pasid ? SVA_NO_PASID : sva_pasid(5),
        .at = c->ats ? SVA_AT_TRANSLATION : SVA_AT_UNTRANSLATED,
    };
    OracleMemory memory = oracle_memory(f);

    sva_oracle_vtd(regs, &memory.source, &req, out);
}

static const Case cases[] = {
    { "read", .addr = 0x1234, .access = READ,
      .pa = 0x7654321234, .mask = 0xfff, .rights = SVA_RW },
    { "write", .addr = 0x1234, .access = WRITE,
      .pa = 0x7654321234, .mask = 0xfff, .rights = SVA_RW },
    { "absent", .addr = 0x2000, .access = READ, .reason = 0x71 },
    { "canonical", .addr = 0x0000800000001000, .access = READ,
      .reason = 0x80 },
    { "read-only", { { 0x23008, 0x65 } }, .addr = 0x1000, .access = WRITE,
      .reason = 0x85 },
    { "table read-only", { { 0x21000, 0x22025 } }, .addr = 0x1000,
      .access = WRITE, .reason = 0x85 },
    { "supervisor page", { { 0x23008, 0x63 } }, .addr = 0x1000,
      .access = READ, .reason = 0x81 },
    { "SRE=0", .addr = 0x1000, .access = READ | SVA_PRIV, .reason = 0x5d },
    { "SRE=1", { { 0x14150, 0x20001 }, { 0x23008, 0x5061 } }, .addr = 0x1008,
      .access = WRITE | SVA_PRIV, .pa = 0x5008, .mask = 0xfff,
      .rights = SVA_RW },
    { "WPE=1", { { 0x14150, 0x20011 }, { 0x23008, 0x5061 } }, .addr = 0x1008,
      .access = WRITE | SVA_PRIV, .reason = 0x85 },
    { "execute", .addr = 0x1000, .access = READ | SVA_EXEC, .reason = 0x5c },
    { "2 MiB", { { 0x22000, 0x400000e7 } }, .addr = 0x1000, .access = READ,
      .pa = 0x40001000, .mask = 0x1fffff, .rights = SVA_RW },
    { "2 MiB, bit 13", { { 0x22000, 0x400020e7 } }, .addr = 0x1000,
      .access = READ, .reason = 0x72 },
    { "above HAW", { { 0x23008, 0x0000400000000067 } }, .addr = 0x1000,
      .access = READ, .reason = 0x72 },
    { "5 levels", { { 0x14150, 0x1f004 }, { 0x1f018, 0x20027 } },
      .addr = 0x0003000000001000, .access = READ, .pa = 0x7654321000,
      .mask = 0xfff, .rights = SVA_RW },
    { "no dirty flag", { { 0x23008, 0x5027 } }, .addr = 0x1000,
      .access = READ, .pa = 0x5000, .mask = 0xfff, .rights = READ },
    { "walk not snooped", { { 0x14148, 1 }, { 0x23008, 0x5027 } },
      .addr = 0x1000, .access = WRITE, .reason = 0x90 },
    { "interrupt range", { { 0x23008, 0xfee00067 } }, .addr = 0x1000,
      .access = READ, .reason = 0x87 },
    { "PASID absent", { { 0x14140, 0x40 } }, .addr = 0x1000, .access = READ,
      .reason = 0x59 },
    { "PGTT", { { 0x14140, 0x1 } }, .addr = 0x1000, .access = READ,
      .reason = 0x5b },
    { "qw5", { { 0x14168, 0x1 } }, .addr = 0x1000, .access = READ,
      .reason = 0x5a },
    { "PASIDE=0", { { 0x11200, 0x13005 } }, .addr = 0x1000, .access = READ,
      .reason = 0x45 },
    { "RID_PASID", { { 0x11208, 5 } }, .addr = 0x1000, .access = READ,
      .reason = 0x48 },
    { "RID_PASID serves", { { 0x11208, 5 } }, .addr = 0x1000,
      .access = READ, .no_pasid = true, .pa = 0x7654321000, .mask = 0xfff,
      .rights = SVA_RW },
    { "reserved mode", .rtaddr = 0x10800, .addr = 0x1000, .access = READ,
      .reason = 0x30 },
    { "NW", .addr = 0x1000, .access = READ, .ats = true, .pa = 0x7654321000,
      .mask = 0xfff, .rights = READ },
    { "DTE=0", { { 0x11200, 0x13009 } }, .addr = 0x1000, .access = READ,
      .ats = true, .reason = 0x44 },
    /* Second stage, 39 bits, at 30000h */
    { "second stage", { { 0x14140, 0x30085 }, { 0x30000, 0x31003 },
      { 0x31000, 0x32003 }, { 0x32008, 0x6001 } }, .addr = 0x1010,
      .access = READ, .pa = 0x6010, .mask = 0xfff, .rights = READ },
    { "second stage, width", { { 0x14140, 0x30085 } }, .addr = 0x8000000000,
      .access = READ, .reason = 0x84 },
    { "R and W on no level", { { 0x14140, 0x30085 }, { 0x30000, 0x31001 },
      { 0x31000, 0x32002 }, { 0x32008, 0x6003 } }, .addr = 0x1010,
      .access = READ, .reason = 0x79 },
    { "nested, width", { { 0x14140, 0x300c5 }, { 0x30000, 0x83 },
      { 0x23008, 0x8000005067 } }, .addr = 0x1000, .access = READ,
      .reason = 0x74 },
    { "nested, page", { { 0x14140, 0x300c5 }, { 0x30000, 0x83 },
      { 0x23008, 0x5067 } }, .addr = 0x1020, .access = WRITE, .pa = 0x5020,
      .mask = 0xfff, .rights = SVA_RW },
    { "nested, no table", { { 0x14140, 0x300c5 } }, .addr = 0x1000,
      .access = READ, .reason = 0x75 },
    { "pass-through", { { 0x14140, 0x101 } }, .addr = 0x123456789,
      .access = WRITE, .pa = 0x123456789, .mask = 0xffffffff,
      .rights = SVA_RW },
    { "pass-through, HAW", { { 0x14140, 0x101 } }, .addr = 1ull << 46,
      .access = WRITE, .reason = 0x83 },
    /* Legacy mode: root at 40000h */
    { "legacy", { { 0x40010, 0x41001 }, { 0x41100, 0x30001 },
      { 0x41108, 0x101 }, { 0x30000, 0x83 } }, .rtaddr = 0x40000,
      .addr = 0x1234, .access = READ, .no_pasid = true, .pa = 0x1234,
      .mask = 0x3fffffff, .rights = SVA_RW },
    { "legacy, absent", { { 0x40010, 0x41001 }, { 0x41100, 0x30001 },
      { 0x41108, 0x101 } }, .rtaddr = 0x40000, .addr = 0x1234,
      .access = WRITE, .no_pasid = true, .reason = 0x05 },
    { "legacy, PASID", .rtaddr = 0x40000, .addr = 0x1234, .access = READ,
      .reason = 0x31 },
};

static void test_case(gconstpointer data)
{
    const Case *c = data;
    FakeEnv *f = fake_env_new();
    SvaOracleAnswer out;

    put(f, base, G_N_ELEMENTS(base));
    put(f, c->change, G_N_ELEMENTS(c->change));
    ask(f, c, &out);
    g_assert_cmpint(out.outcome, ==, c->reason ? SVA_ORACLE_REFUSED
                                               : SVA_ORACLE_GRANTED);
    g_assert_cmphex(out.reason, ==, c->reason);
    if (!c->reason) {
        g_assert_cmphex(out.map.addr, ==, c->pa);
        g_assert_cmphex(out.map.mask, >=, c->mask);
        g_assert_cmphex(out.map.access, ==, c->rights);
    }
    if (out.walked) {
        g_assert_cmphex(out.map.mask, ==, c->mask);
    }
    fake_env_free(f);
}

/* Flags that the walk has to set, and no others. */
static void test_updates(void)
{
    static const Word clean[] = {
        { 0x20000, 0x21007 }, { 0x21000, 0x22027 }, { 0x22000, 0x23007 },
        { 0x23008, 0x5007 },
    };
    Case c = { .addr = 0x1000, .access = WRITE };
    FakeEnv *f = fake_env_new();
    SvaOracleAnswer out;

    put(f, base, G_N_ELEMENTS(base));
    put(f, clean, G_N_ELEMENTS(clean));
    ask(f, &c, &out);
    g_assert_cmpuint(out.update_count, ==, 3);
    oracle_memory_update(f, &out);
    g_assert_cmphex(fake_get64(f, 0x20000), ==, 0x21027);
    g_assert_cmphex(fake_get64(f, 0x22000), ==, 0x23027);
    g_assert_cmphex(fake_get64(f, 0x23008), ==, 0x5067);
    g_assert_true(out.dirty);
    ask(f, &c, &out);
    g_assert_cmpuint(out.update_count, ==, 0);
    fake_env_free(f);
}

static SvaOracleRead read_few(const SvaOracleSource *source, uint64_t pa,
                              uint64_t *word)
{
    (void)source;
    for (unsigned i = 0; i < G_N_ELEMENTS(base); i++) {
        if (base[i].pa == pa && pa != 0x22000) {
            *word = base[i].word;
            return SVA_ORACLE_READ;
        }
    }
    return pa == 0x22000 ? SVA_ORACLE_NOT_READ : SVA_ORACLE_READ;
}

/* A table that nobody has read is named. */
static void test_unknown(void)
{
    uint64_t regs[SVA_ORACLE_REGS] = { 0x10400, CAP, ECAP, TES, 46 };
    SvaOracleSource source = { .read = read_few };
    SvaRequest req = {
        .addr = 0x1000, .access = READ, .rid = RID, .pasid = sva_pasid(5),
    };
    SvaOracleAnswer out;

    sva_oracle_vtd(regs, &source, &req, &out);
    g_assert_cmpint(out.outcome, ==, SVA_ORACLE_UNKNOWN);
    g_assert_cmphex(out.word, ==, 0x22000);
}

/* Where interrupts go there is an answer, but no page. */
static void test_interrupts(void)
{
    Case c = { .addr = 0xfee01000, .access = SVA_RW, .no_pasid = true,
               .ats = true };
    FakeEnv *f = fake_env_new();
    SvaOracleAnswer out;

    put(f, base, G_N_ELEMENTS(base));
    fake_put64(f, 0x14000, 0x101);      /* RID_PASID 0: pass-through */
    ask(f, &c, &out);
    g_assert_cmpint(out.outcome, ==, SVA_ORACLE_GRANTED);
    g_assert_true(out.untranslated_only);
    g_assert_cmphex(out.map.access, ==, WRITE);
    c.ats = false;
    ask(f, &c, &out);
    g_assert_cmphex(out.reason, ==, 0x29);
    c.access = 0;
    ask(f, &c, &out);
    g_assert_cmphex(out.reason, ==, 0);
    g_assert_true(out.raz_wi);
    fake_env_free(f);
}

/* FPD of any entry on the way counts, whether it is present or not. */
static void test_fpd(void)
{
    static const Word fpds[] = {
        { 0x11200, 0x1300f }, { 0x13000, 0x14003 }, { 0x14140, 0x2 },
    };
    Case c = { .addr = 0x2000, .access = READ };
    SvaOracleAnswer out;

    for (unsigned i = 0; i < G_N_ELEMENTS(fpds); i++) {
        FakeEnv *f = fake_env_new();

        put(f, base, G_N_ELEMENTS(base));
        ask(f, &c, &out);
        g_assert_false(out.fpd);
        put(f, &fpds[i], 1);
        ask(f, &c, &out);
        g_assert_true(out.fpd);
        fake_env_free(f);
    }
}

int main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *name = g_strdup_printf("/oracle/vtd/case/%s",
                                                cases[i].name);

        g_test_add_data_func(name, &cases[i], test_case);
    }
    g_test_add_func("/oracle/vtd/updates", test_updates);
    g_test_add_func("/oracle/vtd/unknown", test_unknown);
    g_test_add_func("/oracle/vtd/interrupts", test_interrupts);
    g_test_add_func("/oracle/vtd/fpd", test_fpd);
    return g_test_run();
}

/*
 * Checker, SMMUv3: what each change of an entry owes
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "checker-smmu.h"
#include "../../hw/sva/observe/checker/arch.h"

static const uint64_t regs[8] = CHECK_REGS;

#define L1STD SVA_ENTRY_SMMU_L1STD
#define STE   SVA_ENTRY_SMMU_STE
#define L1CD  SVA_ENTRY_SMMU_L1CD
#define CD    SVA_ENTRY_SMMU_CD
#define S1    SVA_ENTRY_SMMU_STAGE1
#define S2    SVA_ENTRY_SMMU_STAGE2

#define STE0  0x400000000200000bull
#define BOTH  (STE0 | 0x4)
#define QUIET 0x0010c205c0004000ull

/*
 * @owed: CONFIG, PASID, TLB, WALK, ATC as letters, in order, each with its
 * scope: entry, range, PASID, function
 */
typedef struct Row {
    const char *name;
    SvaEntryType type;
    uint8_t level;
    uint64_t before[4];
    uint64_t now[4];
    SvaCheckChange change;
    const char *owed;
} Row;

static const Row rows[] = {
    { "L1STD linked", L1STD, 0, { 0 }, { 0x100006 }, SVA_CHANGE, "Ce" },
    { "L1STD, ignored bits", L1STD, 0, { 0x20 }, { 0x40 }, SVA_CHANGE_NONE,
      "" },
    { "L1STD cut", L1STD, 0, { 0x100006 }, { 0 }, SVA_CHANGE, "Ce" },

    { "STE, V=0 written", STE, 0, { 0 }, { 0, 0x2 }, SVA_CHANGE_NONE, "" },
    { "STE valid", STE, 0, { 0, 0x2 }, { STE0, 0x2 }, SVA_CHANGE, "Ce" },
    { "STE invalid", STE, 0, { STE0, 2 }, { 0, 2 }, SVA_CHANGE, "Ce" },
    { "STE aborts", STE, 0, { STE0, 2 }, { 1 }, SVA_CHANGE, "Ce" },
    { "STE, unused word", STE, 0, { STE0, 2 }, { STE0, 2, 0, 0x1000 },
      SVA_CHANGE_NONE, "" },
    { "STE, S1DSS", STE, 0, { STE0, 2 }, { STE0, 1 }, SVA_CHANGE, "CeAp" },
    { "STE, CD table", STE, 0, { STE0, 2 }, { STE0 ^ 0x1000000, 2 },
      SVA_CHANGE, "CeAf" },
    { "STE, stage 1 off", STE, 0, { STE0, 2 }, { 9 }, SVA_CHANGE, "CeAf" },
    { "STE, EATS", STE, 0, { STE0, 2 }, { STE0, 0x10000002 }, SVA_CHANGE,
      "Ce" },
    { "STE, VMID", STE, 0, { STE0, 2, 1 }, { STE0, 2, 2 }, SVA_CHANGE,
      "CeTfAf" },
    { "STE, S2TTB", STE, 0, { BOTH, 2, CHECK_STE2, 0x1000 },
      { BOTH, 2, CHECK_STE2, 0x2000 }, SVA_CHANGE, "CeTfAf" },
    { "STE, S2R", STE, 0, { BOTH, 2, CHECK_STE2, 0x1000 },
      { BOTH, 2, CHECK_STE2 ^ 1ull << 58, 0x1000 }, SVA_CHANGE, "Ce" },

    { "L1CD linked", L1CD, 0, { 0 }, { 0x100001 }, SVA_CHANGE, "Pe" },
    { "L1CD cut", L1CD, 0, { 0x100001 }, { 0x100000 }, SVA_CHANGE, "Pe" },

    { "CD valid", CD, 0, { 0, 0x3000000 }, { CHECK_CD0, 0x3000000 },
      SVA_CHANGE, "Pe" },
    { "CD, V=0 written", CD, 0, { 0 }, { 0, 0x3000000 }, SVA_CHANGE_NONE,
      "" },
    { "CD unbound", CD, 0, { CHECK_CD0, 0x3000000 }, { 0, 0x3000000 },
      SVA_CHANGE, "PeAp" },
    { "CD quiesced", CD, 0, { CHECK_CD0, 0x3000000 }, { QUIET, 0x3000000 },
      SVA_CHANGE, "PeTpAp" },
    { "CD quiesced, TTB0 cleared", CD, 0, { QUIET, 0x3000000 }, { QUIET },
      SVA_CHANGE_NONE, "" },
    { "CD unbound after that", CD, 0, { QUIET }, { 0 }, SVA_CHANGE, "PeAp" },
    { "CD, R and S", CD, 0, { CHECK_CD0, 0x3000000 },
      { CHECK_CD0 ^ 3ull << 44, 0x3000000 }, SVA_CHANGE, "Pe" },
    { "CD, TTB0", CD, 0, { CHECK_CD0, 0x3000000 }, { CHECK_CD0, 0x4000000 },
      SVA_CHANGE, "PeTpAp" },
    { "CD, MAIR", CD, 0, { CHECK_CD0, 0, 0, 0xff }, { CHECK_CD0 },
      SVA_CHANGE, "PeTpAp" },
    { "CD, ASID", CD, 0, { CHECK_CD0, 0x3000000 },
      { CHECK_CD0 ^ 1ull << 48, 0x4000000 }, SVA_CHANGE, "PeAp" },

    { "page unmapped", S1, 3, { CHECK_PTE(0x1000) }, { 0 }, SVA_CHANGE,
      "TrAr" },
    { "page mapped", S1, 3, { 0 }, { CHECK_PTE(0x1000) }, SVA_CHANGE_UPGRADE,
      "" },
    { "AF", S1, 3, { CHECK_PTE(0x1000) }, { CHECK_PTE(0x1000) & ~0x400ull },
      SVA_CHANGE_NONE, "" },
    { "table freed", S1, 2, { 0x1003 }, { 0 }, SVA_CHANGE, "WrTrAr" },
    { "block split", S1, 2, { 0x200c41 }, { 0x1003 }, SVA_CHANGE, "TrAr" },
    { "stage 2 page", S2, 3, { 0x14ff }, { 0 }, SVA_CHANGE, "TrAr" },
    { "stage 2 table", S2, 2, { 0x1003 }, { 0 }, SVA_CHANGE, "WrTrAr" },
};

static SvaCheckEntry entry_of(const Row *row, const uint64_t *words)
{
    SvaCheckEntry entry = {
        .type = row->type,
        .level = row->level,
        .shift = row->level ? 12 + 9 * (3 - row->level) : 0,
        .count = row->level ? 1 : 8,
    };

    memcpy(entry.words, words, sizeof(row->before));
    return entry;
}

static char cache_letter(uint8_t cache)
{
    return cache == SVA_DROP_CONFIG ? 'C' : cache == SVA_DROP_PASID ? 'P'
           : cache == SVA_DROP_TLB ? 'T' : cache == SVA_DROP_WALK ? 'W' : 'A';
}

static void test_owed(gconstpointer data)
{
    static const char scopes[] = "erpf";
    const Row *row = data;
    SvaCheckEntry old = entry_of(row, row->before);
    SvaCheckEntry now = entry_of(row, row->now);
    SvaCheckOwed owed[SVA_CHECK_OWED];
    g_autoptr(GString) text = g_string_new(NULL);
    unsigned n, i;

    g_assert_cmpint(sva_check_smmu.compare(regs, &old, &now), ==,
                    row->change);
    n = sva_check_smmu.owed(regs, &old, &now, owed);
    for (i = 0; i < n; i++) {
        g_string_append_c(text, cache_letter(owed[i].cache));
        g_string_append_c(text, scopes[owed[i].scope]);
        g_assert_true(g_str_has_prefix(owed[i].what, "CMD_"));
    }
    g_assert_cmpstr(text->str, ==, row->owed);
    /* Nothing is owed without a change. */
    g_assert_cmpuint(sva_check_smmu.owed(regs, &old, &old, owed), ==, 0);
}

/* -- what an entry says -- */

static void test_bind(void)
{
    SvaCheckEntry cd = { .type = CD, .count = 8, .words = CHECK_CD };

    g_assert_cmpint(sva_check_smmu.bind(regs, &cd), ==, SVA_BIND_BOUND);
    g_assert_cmphex(sva_check_smmu.target(regs, &cd), ==, 0x3000000);
    g_assert_true(sva_check_smmu.present(regs, &cd));
    cd.words[0] |= CHECK_CD_EPD0;
    g_assert_cmpint(sva_check_smmu.bind(regs, &cd), ==, SVA_BIND_QUIESCED);
    g_assert_cmphex(sva_check_smmu.target(regs, &cd), ==, UINT64_MAX);
    cd.words[0] &= ~(1ull << 30);       /* the other half goes on */
    cd.words[2] = 0x5000000;
    g_assert_cmpint(sva_check_smmu.bind(regs, &cd), ==, SVA_BIND_BOUND);
    g_assert_cmphex(sva_check_smmu.target(regs, &cd), ==, 0x5000000);
    cd.words[0] &= ~CHECK_CD_V;
    g_assert_cmpint(sva_check_smmu.bind(regs, &cd), ==, SVA_BIND_UNBOUND);
    g_assert_false(sva_check_smmu.present(regs, &cd));
    cd = (SvaCheckEntry) { .type = L1CD, .count = 1, .words = { 0x80000001 } };
    g_assert_cmpint(sva_check_smmu.bind(regs, &cd), ==, SVA_BIND_UNKNOWN);
    cd.type = L1STD;
    g_assert_cmpint(sva_check_smmu.bind(regs, &cd), ==, SVA_BIND_UNKNOWN);
}

/* Requests without SubstreamID: S1DSS, or S1CDMax=0. */
static void test_rid_pasid(void)
{
    static const struct {
        uint64_t words[2];
        int32_t expected;
    } stes[] = {
        { CHECK_STE, 0 },
        { { 0x400000000200000bull, 0x10000001 }, -1 },      /* bypass */
        { { 0x400000000200000bull, 0x10000000 }, -1 },      /* abort */
        { { 0x000000000200000bull, 0x10000000 }, 0 },       /* one CD */
        { { 0x400000000200000dull, 0x10000002 }, -1 },      /* stage 2 */
        { { 0x4000000002000009ull, 0x10000002 }, -1 },      /* no stage */
    };
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(stes); i++) {
        SvaCheckEntry ste = { .type = STE, .count = 4 };

        memcpy(ste.words, stes[i].words, sizeof(stes[i].words));
        g_assert_cmpint(sva_check_smmu.rid_pasid(regs, &ste), ==,
                        stes[i].expected);
    }
    g_assert_cmpint(sva_check_smmu.context, ==, STE);
}

static void test_meaning(void)
{
    static const struct {
        SvaEntryType type;
        uint8_t level, shift;
        uint64_t word;
        bool present, leaf;
        uint64_t target;
        uint8_t cached;
    } list[] = {
        { L1STD, 0, 0, 0x100006, true, false, 0x100000, SVA_DROP_CONFIG },
        { L1STD, 0, 0, 0x100000, false, false, UINT64_MAX, SVA_DROP_CONFIG },
        { STE, 0, 0, STE0, true, false, 0x2000000, SVA_DROP_CONFIG },
        { STE, 0, 0, 0x9, true, false, UINT64_MAX, SVA_DROP_CONFIG },
        { STE, 0, 0, 0x1, false, false, UINT64_MAX, SVA_DROP_CONFIG },
        { L1CD, 0, 0, 0x100001, true, false, 0x100000, SVA_DROP_PASID },
        { S1, 3, 12, 0x1c43, true, true, 0x1000, 0 },
        { S1, 2, 21, 0x1003, true, false, 0x1000, SVA_DROP_WALK },
        { S1, 2, 21, 0x200c41, true, true, 0x200000, 0 },
        { S1, 2, 25, 0x6000c41, true, true, 0x6000000, 0 },
        { S1, 2, 29, 0x60000c41, true, true, 0x60000000, 0 },
        { S1, 3, 12, 0x1c42, false, false, UINT64_MAX, 0 },
        { S2, 1, 30, 0x1003, true, false, 0x1000, SVA_DROP_WALK },
    };
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(list); i++) {
        SvaCheckEntry e = {
            .type = list[i].type, .level = list[i].level,
            .shift = list[i].shift, .count = 1, .words = { list[i].word },
        };

        g_assert_cmpint(sva_check_smmu.present(regs, &e), ==,
                        list[i].present);
        g_assert_cmpint(sva_check_smmu.leaf(regs, &e), ==, list[i].leaf);
        g_assert_cmphex(sva_check_smmu.target(regs, &e), ==, list[i].target);
        g_assert_cmphex(sva_check_smmu.cached(regs, &e), ==, list[i].cached);
    }
}

/* Whatever a level and a span are said to be, there is an answer. */
static void test_odd(void)
{
    SvaCheckEntry a = { .type = S1, .count = 1, .words = { ~0ull } };
    SvaCheckEntry b = a;
    SvaCheckOwed owed[SVA_CHECK_OWED];
    unsigned level, shift;

    for (level = 0; level < 256; level++) {
        for (shift = 0; shift < 256; shift += 5) {
            a.level = b.level = level;
            a.shift = b.shift = shift;
            b.words[0] = 0xc43;
            sva_check_smmu.target(regs, &a);
            sva_check_smmu.owed(regs, &a, &b, owed);
            sva_check_smmu.cached(regs, &a);
        }
    }
}

/*
 * Literal words: G.b 5.4 (T0SZ 5:0, TG0 7:6, EPD0 14); sizes of first tables
 * by DDI 0487, D8.2.
 */
static void test_first_table(void)
{
    static const struct {
        uint64_t bits;
        unsigned count;
        uint8_t level;
        uint8_t shift;
    } cds[] = {
        { 16, 512, 0, 39 },
        { 25, 512, 1, 30 },
        { 31, 8, 1, 30 },
        { 16 | 1 << 6, 64, 1, 42 },         /* 64 KiB */
        { 16 | 2 << 6, 2, 0, 47 },          /* 16 KiB */
        { 16 | 1 << 14, 0, 0, 0 },                /* EPD0 */
        { 16 | 3 << 6, 0, 0, 0 },
    };
    SvaCheckEntry ste = { .type = STE, .count = 8, .words = { 0xb } };
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(cds); i++) {
        SvaCheckEntry out = { 0 }, cd = { .type = CD, .count = 8,
            .words = { (CHECK_CD0 & ~0x40ffull) | cds[i].bits, 0x3000000 } };

        g_test_message("row %u", i);
        g_assert_cmpuint(sva_check_smmu.first(regs, &cd, &ste, &out), ==,
                         cds[i].count);
        g_assert_cmpuint(out.level, ==, cds[i].level);
        g_assert_cmpuint(out.shift, ==, cds[i].shift);
        g_assert_cmpuint(sva_check_smmu.first(regs, &cd, NULL, &out), ==, 0);
        g_assert_cmpuint(sva_check_smmu.first(regs, &ste, &ste, &out), ==, 0);
    }
}

int main(int argc, char **argv)
{
    unsigned i;

    g_test_init(&argc, &argv, NULL);
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strdup_printf("/checker-smmu/owed/%s",
                                                rows[i].name);

        g_test_add_data_func(path, &rows[i], test_owed);
    }
    g_test_add_func("/checker-smmu/bind", test_bind);
    g_test_add_func("/checker-smmu/rid-pasid", test_rid_pasid);
    g_test_add_func("/checker-smmu/first-table", test_first_table);
    g_test_add_func("/checker-smmu/meaning", test_meaning);
    g_test_add_func("/checker-smmu/odd", test_odd);
    return g_test_run();
}

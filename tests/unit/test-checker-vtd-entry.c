/*
 * Checker, VT-d: what a change of a table entry amounts to
 *
 * Entries are literals from the field tables of VT-d rev 5.10, chapter 9.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "checker-vtd.h"
#include "hw/sva/observe/checker/vtd-compare.h"
#include "hw/sva/observe/checker/vtd-legal.h"

#define NONE    SVA_CHANGE_NONE
#define MORE    SVA_CHANGE_UPGRADE
#define CHANGED SVA_CHANGE

/* What differs from check_vtd_regs(). */
typedef enum Unit { PLAIN, LEGACY, CM, MTS, NO_SSADS } Unit;

static SvaCheckVtdUnit make_unit(Unit which)
{
    uint64_t regs[SVA_EVENT_WORDS];
    SvaCheckVtdUnit unit;

    check_vtd_regs(regs);
    switch (which) {
    case LEGACY:
        regs[0] = 0x10000;
        break;
    case CM:
        regs[1] |= CHECK_VTD_CAP_CM;
        break;
    case MTS:
        regs[2] |= CHECK_VTD_MTS;
        break;
    case NO_SSADS:
        regs[2] &= ~CHECK_VTD_SSADS;
        break;
    default:
        break;
    }
    sva_check_vtd_unit(regs, &unit);
    return unit;
}

typedef struct Row {
    const char *what;
    Unit unit;
    SvaEntryType type;
    unsigned level;
    uint64_t old[8];
    uint64_t now[8];
    SvaCheckChange expected;
} Row;

static const Row config_rows[] = {
    { "root: gone", PLAIN, SVA_ENTRY_VTD_ROOT, 0,
      { 0x11001 }, { 0 }, CHANGED },
    { "root: other table", PLAIN, SVA_ENTRY_VTD_ROOT, 0,
      { 0x11001 }, { 0x12001 }, CHANGED },
    { "root: new", PLAIN, SVA_ENTRY_VTD_ROOT, 0, { 0 }, { 0x11001 }, MORE },
    { "root: new, CM", CM, SVA_ENTRY_VTD_ROOT, 0, { 0 }, { 0x11001 }, MORE },
    { "context: PRE", PLAIN, SVA_ENTRY_VTD_CONTEXT, 0,
      { 0x1300d }, { 0x1301d }, CHANGED },
    { "context: RID_PASID", PLAIN, SVA_ENTRY_VTD_CONTEXT, 0,
      { 0x1301d }, { 0x1301d, 5 }, CHANGED },
    { "context: same", PLAIN, SVA_ENTRY_VTD_CONTEXT, 0,
      { 0x1301d, 5 }, { 0x1301d, 5 }, NONE },
    { "context: reserved bit goes", PLAIN, SVA_ENTRY_VTD_CONTEXT, 0,
      { 0x1303d }, { 0x1301d }, MORE },
    { "legacy context: AVAIL", LEGACY, SVA_ENTRY_VTD_CONTEXT, 0,
      { 0x21001, 0x102 }, { 0x21001, 0x17a }, NONE },
    { "legacy context: DID", LEGACY, SVA_ENTRY_VTD_CONTEXT, 0,
      { 0x21001, 0x102 }, { 0x21001, 0x202 }, CHANGED },
    { "legacy context: pointer of pass-through", LEGACY,
      SVA_ENTRY_VTD_CONTEXT, 0, { 0x21009, 0x102 }, { 0x9, 0x102 }, NONE },
    { "legacy context: TT", LEGACY, SVA_ENTRY_VTD_CONTEXT, 0,
      { 0x21001, 0x102 }, { 0x21005, 0x102 }, CHANGED },
    { "directory: other table", PLAIN, SVA_ENTRY_VTD_PASID_DIR, 0,
      { 0x14001 }, { 0x15001 }, CHANGED },
    { "directory: new", PLAIN, SVA_ENTRY_VTD_PASID_DIR, 0,
      { 0 }, { 0x15001 }, MORE },
    { "PASID: gone", PLAIN, SVA_ENTRY_VTD_PASID, 0,
      { 0x41, 0x800001, 0x20000 }, { 0x40, 0x800001, 0x20000 }, CHANGED },
    { "PASID: new", PLAIN, SVA_ENTRY_VTD_PASID, 0,
      { 0x40, 0x800001, 0x20000 }, { 0x41, 0x800001, 0x20000 }, MORE },
    { "PASID: new, CM", CM, SVA_ENTRY_VTD_PASID, 0,
      { 0 }, { 0x41, 0x800001, 0x20000 }, MORE },
    { "PASID: FPD of an absent entry", PLAIN, SVA_ENTRY_VTD_PASID, 0,
      { 0 }, { 2 }, MORE },
    { "PASID: first-stage table", PLAIN, SVA_ENTRY_VTD_PASID, 0,
      { 0x41, 0x800001, 0x20000 }, { 0x41, 0x800001, 0x30000 }, CHANGED },
    { "PASID: DID", PLAIN, SVA_ENTRY_VTD_PASID, 0,
      { 0x41, 0x800001, 0x20000 }, { 0x41, 0x800002, 0x20000 }, CHANGED },
    { "PASID: second-stage fields of a first stage", PLAIN,
      SVA_ENTRY_VTD_PASID, 0, { 0x41, 0x800001, 0x20000 },
      { 0x2124d, 0x800001, 0x20000 }, NONE },
    { "PASID: bits 134:133", PLAIN, SVA_ENTRY_VTD_PASID, 0,
      { 0x41, 0x800001, 0x20000 }, { 0x41, 0x800001, 0x20060 }, NONE },
    { "PASID: first-stage fields of a second stage", PLAIN,
      SVA_ENTRY_VTD_PASID, 0, { 0x21089, 0x800001 },
      { 0x21089, 0x800001, 0x20090 }, NONE },
    { "PASID: SRE counts always", PLAIN, SVA_ENTRY_VTD_PASID, 0,
      { 0x21089, 0x800001 }, { 0x21089, 0x800001, 1 }, CHANGED },
    { "PASID: SSADE", PLAIN, SVA_ENTRY_VTD_PASID, 0,
      { 0x21089, 0x800001 }, { 0x21289, 0x800001 }, CHANGED },
    { "PASID: reserved word 7", PLAIN, SVA_ENTRY_VTD_PASID, 0,
      { 0x41, 0x800001, 0x20000 },
      { 0x41, 0x800001, 0x20000, 0, 0, 0, 0, 1 }, CHANGED },
};

#define FIRST  SVA_ENTRY_VTD_FIRST
#define SECOND SVA_ENTRY_VTD_SECOND

static const Row table_rows[] = {
    { "gone", PLAIN, FIRST, 1, { 0x5067 }, { 0 }, CHANGED },
    { "P only", PLAIN, FIRST, 1, { 0x5067 }, { 0x5066 }, CHANGED },
    { "new", PLAIN, FIRST, 1, { 0 }, { 0x5067 }, MORE },
    { "new, CM", CM, FIRST, 1, { 0 }, { 0x5067 }, MORE },
    { "other page", PLAIN, FIRST, 1, { 0x5067 }, { 0x6067 }, CHANGED },
    { "R/W set", PLAIN, FIRST, 1, { 0x5065 }, { 0x5067 }, MORE },
    { "R/W cleared", PLAIN, FIRST, 1, { 0x5067 }, { 0x5065 }, CHANGED },
    { "U/S set", PLAIN, FIRST, 1, { 0x5063 }, { 0x5067 }, MORE },
    { "U/S cleared", PLAIN, FIRST, 1, { 0x5067 }, { 0x5063 }, CHANGED },
    { "R/W set, U/S cleared", PLAIN, FIRST, 1, { 0x5065 }, { 0x5063 },
      CHANGED },
    { "R/W set in another page", PLAIN, FIRST, 1, { 0x5065 }, { 0x6067 },
      CHANGED },
    { "A set", PLAIN, FIRST, 1, { 0x5007 }, { 0x5027 }, NONE },
    { "A cleared", PLAIN, FIRST, 1, { 0x5027 }, { 0x5007 }, NONE },
    { "EA", PLAIN, FIRST, 1, { 0x5027 }, { 0x5427 }, NONE },
    { "D set", PLAIN, FIRST, 1, { 0x5027 }, { 0x5067 }, NONE },
    { "D cleared", PLAIN, FIRST, 1, { 0x5067 }, { 0x5027 }, CHANGED },
    { "bit 6 of a table", PLAIN, FIRST, 2, { 0x5067 }, { 0x5027 }, NONE },
    { "G, 9, 11, 62:52, 63", PLAIN, FIRST, 1, { 0x5067 },
      { 0xfff0000000005b67 }, NONE },
    { "PWT, PCD, PAT", PLAIN, FIRST, 1, { 0x5067 }, { 0x50ff }, NONE },
    { "PWT with memory types", MTS, FIRST, 1, { 0x5067 }, { 0x506f },
      CHANGED },
    { "PAT with memory types", MTS, FIRST, 1, { 0x5067 }, { 0x50e7 },
      CHANGED },
    { "PAT of 2 MiB", PLAIN, FIRST, 2, { 0x2000e7 }, { 0x2010e7 }, NONE },
    { "PAT of 2 MiB with memory types", MTS, FIRST, 2, { 0x2000e7 },
      { 0x2010e7 }, CHANGED },
    { "page becomes a table", PLAIN, FIRST, 2, { 0x2000e7 }, { 0x200067 },
      CHANGED },
    { "other table", PLAIN, FIRST, 3, { 0x5067 }, { 0x6067 }, CHANGED },
    { "table gone", PLAIN, FIRST, 5, { 0x5067 }, { 0 }, CHANGED },

    { "gone", PLAIN, SECOND, 1, { 0x5003 }, { 0x5000 }, CHANGED },
    { "new", PLAIN, SECOND, 1, { 0x5000 }, { 0x5003 }, MORE },
    { "new, CM", CM, SECOND, 1, { 0x5000 }, { 0x5003 }, MORE },
    { "other page", PLAIN, SECOND, 1, { 0x5003 }, { 0x6003 }, CHANGED },
    { "W set", PLAIN, SECOND, 1, { 0x5001 }, { 0x5003 }, MORE },
    { "W set, CM", CM, SECOND, 1, { 0x5001 }, { 0x5003 }, CHANGED },
    { "R set", PLAIN, SECOND, 1, { 0x5002 }, { 0x5003 }, CHANGED },
    { "W cleared", PLAIN, SECOND, 1, { 0x5003 }, { 0x5001 }, CHANGED },
    { "A", PLAIN, SECOND, 1, { 0x5103 }, { 0x5003 }, NONE },
    { "D set", PLAIN, SECOND, 1, { 0x5103 }, { 0x5303 }, NONE },
    { "D cleared", PLAIN, SECOND, 1, { 0x5303 }, { 0x5103 }, CHANGED },
    { "D without SSADS", NO_SSADS, SECOND, 1, { 0x5303 }, { 0x5103 }, NONE },
    { "SNP", PLAIN, SECOND, 1, { 0x5003 }, { 0x5803 }, CHANGED },
    { "SNP of 2 MiB", PLAIN, SECOND, 2, { 0x200083 }, { 0x200883 }, CHANGED },
    { "EMT", PLAIN, SECOND, 1, { 0x5003 }, { 0x507b }, NONE },
    { "EMT with memory types", MTS, SECOND, 1, { 0x5003 }, { 0x500b },
      CHANGED },
    { "10, 60:52, 61, 63", PLAIN, SECOND, 1, { 0x5003 },
      { 0xbff0000000005403 }, NONE },
};

static void check_rows(const Row *rows, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        SvaCheckVtdUnit unit = make_unit(rows[i].unit);
        SvaCheckChange got = sva_check_vtd_compare(&unit, rows[i].type,
                                                   rows[i].level, rows[i].old,
                                                   rows[i].now);

        if (got != rows[i].expected) {
            g_test_message("row %zu, type %u: %s", i, rows[i].type,
                           rows[i].what);
        }
        g_assert_cmpuint(got, ==, rows[i].expected);
    }
}

static void test_config(void)
{
    check_rows(config_rows, G_N_ELEMENTS(config_rows));
}

static void test_tables(void)
{
    check_rows(table_rows, G_N_ELEMENTS(table_rows));
}

/* -- legal entries -- */

typedef struct Legal {
    Unit unit;
    SvaEntryType type;
    uint64_t words[8];
    const char *reason;
} Legal;

#define RESERVED "a reserved bit is set"

static const Legal legal_rows[] = {
    { PLAIN, SVA_ENTRY_VTD_ROOT, { 0x11001 }, NULL },
    { PLAIN, SVA_ENTRY_VTD_ROOT, { 0x11003 }, RESERVED },
    { PLAIN, SVA_ENTRY_VTD_ROOT, { 0x1000000011001 }, RESERVED },
    { LEGACY, SVA_ENTRY_VTD_ROOT, { 0x11001, 1 }, RESERVED },
    { PLAIN, SVA_ENTRY_VTD_CONTEXT, { 0x13e1d }, NULL },
    { PLAIN, SVA_ENTRY_VTD_CONTEXT, { 0x13e3d }, RESERVED },
    { PLAIN, SVA_ENTRY_VTD_CONTEXT, { 0x13e1d, 1 << 20 }, RESERVED },
    { PLAIN, SVA_ENTRY_VTD_CONTEXT, { 0x13e1d, 0, 0, 1 }, RESERVED },
    { PLAIN, SVA_ENTRY_VTD_CONTEXT, { 0x13e19 }, "PRE is set without DTE" },
    { PLAIN, SVA_ENTRY_VTD_CONTEXT, { 0x1301d, 0x1fff }, NULL },
    { PLAIN, SVA_ENTRY_VTD_CONTEXT, { 0x1301d, 0x2000 },
      "RID_PASID is beyond the PASID directory" },
    { LEGACY, SVA_ENTRY_VTD_CONTEXT, { 0x21001, 0x17a }, NULL },
    { LEGACY, SVA_ENTRY_VTD_CONTEXT, { 0x21011, 0x102 }, RESERVED },
    { LEGACY, SVA_ENTRY_VTD_CONTEXT, { 0x21001, 0x182 }, RESERVED },
    { LEGACY, SVA_ENTRY_VTD_CONTEXT, { 0x2100d, 0x102 }, "TT is not valid" },
    { LEGACY, SVA_ENTRY_VTD_CONTEXT, { 0x21001, 0x103 },
      "AW is not supported" },
    { PLAIN, SVA_ENTRY_VTD_PASID_DIR, { 0x14003 }, NULL },
    { PLAIN, SVA_ENTRY_VTD_PASID_DIR, { 0x14005 }, RESERVED },
    { PLAIN, SVA_ENTRY_VTD_PASID, { 0x41, 0x1800001, 0x200f5 }, NULL },
    { PLAIN, SVA_ENTRY_VTD_PASID, { 0x61, 0x800001, 0x20000 }, RESERVED },
    { PLAIN, SVA_ENTRY_VTD_PASID, { 0x441, 0x800001, 0x20000 }, RESERVED },
    { PLAIN, SVA_ENTRY_VTD_PASID, { 0x41, 0x810001, 0x20000 }, RESERVED },
    { PLAIN, SVA_ENTRY_VTD_PASID, { 0x41, 0x8800001, 0x20000 }, RESERVED },
    { PLAIN, SVA_ENTRY_VTD_PASID, { 0x41, 0x2800001, 0x20000 }, RESERVED },
    { MTS, SVA_ENTRY_VTD_PASID, { 0x41, 0x6060606002800001, 0x20000 },
      NULL },
    { PLAIN, SVA_ENTRY_VTD_PASID, { 0x41, 0x800001, 0x20002 }, RESERVED },
    { PLAIN, SVA_ENTRY_VTD_PASID, { 0x41, 0x800001, 0x20100 }, RESERVED },
    { PLAIN, SVA_ENTRY_VTD_PASID, { 0x41, 1, 0x1000000020000 }, RESERVED },
    { PLAIN, SVA_ENTRY_VTD_PASID, { 0x41, 1, 0x20000, 1 }, RESERVED },
    { PLAIN, SVA_ENTRY_VTD_PASID, { 0x41, 1, 0x20000, 0, 1 }, RESERVED },
    { PLAIN, SVA_ENTRY_VTD_PASID, { 0x01, 1, 0x20000 },
      "PGTT is not valid" },
    { PLAIN, SVA_ENTRY_VTD_PASID, { 0x141, 1, 0x20000 },
      "PGTT is not valid" },
    { PLAIN, SVA_ENTRY_VTD_PASID, { 0x101, 1 }, NULL },
    { PLAIN, SVA_ENTRY_VTD_PASID, { 0x21085, 1 }, NULL },
    { PLAIN, SVA_ENTRY_VTD_PASID, { 0x2108d, 1 }, "AW is not supported" },
    { PLAIN, SVA_ENTRY_VTD_PASID, { 0x41, 1, 0x20008 },
      "FSPM is not valid" },
    { NO_SSADS, SVA_ENTRY_VTD_PASID, { 0x21289, 1 }, RESERVED },
};

static void test_legal(void)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(legal_rows); i++) {
        const Legal *row = &legal_rows[i];
        SvaCheckVtdUnit unit = make_unit(row->unit);

        g_test_message("row %zu", i);
        g_assert_cmpstr(sva_check_vtd_illegal(&unit, row->type, row->words),
                        ==, row->reason);
    }
}

/* -- through the table of functions -- */

static SvaCheckEntry entry_of(SvaEntryType type, unsigned level, uint64_t w0,
                              uint64_t w1, uint64_t w2)
{
    return (SvaCheckEntry) {
        .words = { w0, w1, w2 }, .type = type, .level = level,
    };
}

static void test_bind(void)
{
    static const struct {
        uint64_t word;
        SvaCheckBind state;
    } rows[] = {
        { 0x41, SVA_BIND_BOUND },
        { 0x43, SVA_BIND_BOUND },
        { 0x40, SVA_BIND_UNBOUND },
        { 0, SVA_BIND_UNBOUND },
        { 2, SVA_BIND_QUIESCED },
        { 0x42, SVA_BIND_QUIESCED },
    };
    uint64_t regs[SVA_EVENT_WORDS];
    unsigned i;

    check_vtd_regs(regs);
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        SvaCheckEntry e = entry_of(SVA_ENTRY_VTD_PASID, 0, rows[i].word,
                                   0x800001, 0x20000);

        g_assert_cmpuint(sva_check_vtd.bind(regs, &e), ==, rows[i].state);
        e.type = SVA_ENTRY_VTD_CONTEXT;
        g_assert_cmpuint(sva_check_vtd.bind(regs, &e), ==, SVA_BIND_UNKNOWN);
        regs[0] = 0x10000;
        g_assert_cmpuint(sva_check_vtd.bind(regs, &e), ==, rows[i].state);
        regs[0] = 0x10400;
    }
}

static void test_domain(void)
{
    SvaCheckEntry e = entry_of(SVA_ENTRY_VTD_PASID, 0, 0x41, 0x81234,
                               0x20000);
    uint64_t regs[SVA_EVENT_WORDS];

    check_vtd_regs(regs);
    g_assert_true(sva_check_vtd.enabled(regs));
    g_assert_cmpint(sva_check_vtd.domain(regs, &e), ==, 0x1234);
    e.words[0] = 0x40;
    g_assert_cmpint(sva_check_vtd.domain(regs, &e), ==, -1);
    e = entry_of(SVA_ENTRY_VTD_CONTEXT, 0, 0x1301d, 0x123402, 0);
    g_assert_cmpint(sva_check_vtd.domain(regs, &e), ==, -1);
    regs[0] = 0x10000;
    regs[3] = 0;
    g_assert_cmpint(sva_check_vtd.domain(regs, &e), ==, 0x1234);
    g_assert_false(sva_check_vtd.enabled(regs));
}

/* RID_PASID counts in scalable mode, if ECAP.RPS is set (9.4). */
static void test_rid_pasid(void)
{
    SvaCheckEntry e = entry_of(SVA_ENTRY_VTD_CONTEXT, 0, 0x1301d, 0xabcde, 0);
    uint64_t regs[SVA_EVENT_WORDS];

    check_vtd_regs(regs);
    g_assert_cmpint(sva_check_vtd.context, ==, SVA_ENTRY_VTD_CONTEXT);
    g_assert_cmpint(sva_check_vtd.rid_pasid(regs, &e), ==, 0xabcde);
    regs[2] &= ~(1ull << 49);
    g_assert_cmpint(sva_check_vtd.rid_pasid(regs, &e), ==, 0);
    regs[0] = 0x10000;
    g_assert_cmpint(sva_check_vtd.rid_pasid(regs, &e), ==, -1);
}

static void test_target(void)
{
    static const struct {
        SvaEntryType type;
        unsigned level;
        uint64_t words[3];
        uint64_t target;
        unsigned cached;
        bool leaf;
    } rows[] = {
        { SVA_ENTRY_VTD_ROOT, 0, { 0x11001 }, 0x11000, SVA_DROP_CONFIG, 0 },
        { SVA_ENTRY_VTD_ROOT, 0, { 0x11000 }, UINT64_MAX, 0, 0 },
        { SVA_ENTRY_VTD_CONTEXT, 0, { 0x13e1d }, 0x13000, SVA_DROP_CONFIG,
          0 },
        { SVA_ENTRY_VTD_PASID_DIR, 0, { 0x14003 }, 0x14000, SVA_DROP_PASID,
          0 },
        { SVA_ENTRY_VTD_PASID, 0, { 0x41, 1, 0x200f5 }, 0x20000,
          SVA_DROP_PASID, 0 },
        { SVA_ENTRY_VTD_PASID, 0, { 0x21089, 1, 0x200f5 }, 0x21000,
          SVA_DROP_PASID, 0 },
        { SVA_ENTRY_VTD_PASID, 0, { 0x210c9, 1, 0x20000 }, 0x20000,
          SVA_DROP_PASID, 0 },
        { SVA_ENTRY_VTD_PASID, 0, { 0x21109, 1 }, UINT64_MAX,
          SVA_DROP_PASID, 0 },
        { SVA_ENTRY_VTD_FIRST, 4, { 0x8000000000005067 }, 0x5000,
          SVA_DROP_WALK, 0 },
        { SVA_ENTRY_VTD_FIRST, 2, { 0x2010e7 }, 0x200000, 0, 1 },
        { SVA_ENTRY_VTD_FIRST, 3, { 0x400000e7 }, 0x40000000, 0, 1 },
        { SVA_ENTRY_VTD_FIRST, 1, { 0x50e7 }, 0x5000, 0, 1 },
        { SVA_ENTRY_VTD_SECOND, 1, { 0x5001 }, 0x5000, 0, 1 },
        { SVA_ENTRY_VTD_SECOND, 3, { 0x5003 }, 0x5000, SVA_DROP_WALK, 0 },
        { SVA_ENTRY_VTD_SECOND, 1, { 0x5000 }, UINT64_MAX, 0, 1 },
    };
    uint64_t regs[SVA_EVENT_WORDS];
    unsigned i;

    check_vtd_regs(regs);
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        SvaCheckEntry e = entry_of(rows[i].type, rows[i].level,
                                   rows[i].words[0], rows[i].words[1],
                                   rows[i].words[2]);

        g_test_message("row %u", i);
        g_assert_cmphex(sva_check_vtd.target(regs, &e), ==, rows[i].target);
        g_assert_cmphex(sva_check_vtd.cached(regs, &e), ==, rows[i].cached);
        g_assert_cmpuint(sva_check_vtd.present(regs, &e), ==,
                         rows[i].target != UINT64_MAX ||
                         rows[i].words[0] & 0x100);
        if (rows[i].level) {
            g_assert_cmpuint(sva_check_vtd.leaf(regs, &e), ==, rows[i].leaf);
        }
    }
}

/* Literal words: rev 5.10, 9.6 (PGTT 8:6, FSPM 131:130) and 3.6. */
static void test_first_table(void)
{
    static const struct {
        SvaEntryType type;
        uint64_t words[3];
        unsigned count;
        uint8_t level;
        uint8_t shift;
    } rows[] = {
        { SVA_ENTRY_VTD_PASID, { 0x041, 5, 0x7000 }, 256, 4, 39 },
        { SVA_ENTRY_VTD_PASID, { 0x041, 5, 0x7004 }, 256, 5, 48 },
        { SVA_ENTRY_VTD_PASID, { 0x041, 5, 0x7008 }, 0, 0, 0 },
        { SVA_ENTRY_VTD_PASID, { 0x6089, 5, 0 }, 0, 0, 0 },
        { SVA_ENTRY_VTD_PASID, { 0x60c9, 5, 0x7000 }, 0, 0, 0 },
        { SVA_ENTRY_VTD_PASID, { 0x101, 5, 0 }, 0, 0, 0 },
        { SVA_ENTRY_VTD_CONTEXT, { 0x041, 5, 0x7000 }, 0, 0, 0 },
    };
    uint64_t regs[SVA_EVENT_WORDS];
    unsigned i;

    check_vtd_regs(regs);
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        SvaCheckEntry out = { 0 }, e = entry_of(rows[i].type, 0,
            rows[i].words[0], rows[i].words[1], rows[i].words[2]);

        g_test_message("row %u", i);
        g_assert_cmpuint(sva_check_vtd.first(regs, &e, NULL, &out), ==,
                         rows[i].count);
        g_assert_cmpuint(out.level, ==, rows[i].level);
        g_assert_cmpuint(out.shift, ==, rows[i].shift);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/checker/vtd/entry/config", test_config);
    g_test_add_func("/checker/vtd/entry/tables", test_tables);
    g_test_add_func("/checker/vtd/entry/legal", test_legal);
    g_test_add_func("/checker/vtd/entry/bind", test_bind);
    g_test_add_func("/checker/vtd/entry/domain", test_domain);
    g_test_add_func("/checker/vtd/entry/rid-pasid", test_rid_pasid);
    g_test_add_func("/checker/vtd/entry/target", test_target);
    g_test_add_func("/checker/vtd/entry/first-table", test_first_table);
    return g_test_run();
}

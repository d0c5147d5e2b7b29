/*
 * Checker, VT-d: what software owes after a change
 *
 * The rows are Table 28 of VT-d rev 5.10, written down again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "checker-vtd.h"
#include "hw/sva/observe/checker/vtd-owed.h"

typedef struct Row {
    const char *what;
    uint64_t rtaddr;
    SvaEntryType type;
    unsigned level;
    uint64_t old[3];
    uint64_t now[3];
    /* type << 4 | granularity of the descriptors; 0: no more */
    uint8_t steps[SVA_CHECK_VTD_STEPS];
    const char *owed;           /* caches and scopes, in order */
} Row;

#define GLOBAL     1
#define DOMAIN     2
#define DEVICE     3
#define PASID      4
#define PAGE       5
#define PASID_PAGE 6

static const Row rows[] = {
    { "scalable root", 0x10400, SVA_ENTRY_VTD_ROOT, 0, { 0x11001 }, { 0 },
      { 0x10 | GLOBAL, 0x70 | GLOBAL, 0x20 | GLOBAL, 0x30 | PAGE },
      "CONFIG-entry PASID-function WALK-function TLB-function ATC-function" },
    { "scalable context", 0x10400, SVA_ENTRY_VTD_CONTEXT, 0, { 0x1301d },
      { 0 },
      { 0x10 | DEVICE, 0x70 | DOMAIN, 0x20 | DOMAIN, 0x30 | PAGE },
      "CONFIG-entry PASID-function WALK-function TLB-function ATC-function" },
    { "scalable context, PRE", 0x10400, SVA_ENTRY_VTD_CONTEXT, 0,
      { 0x1300d }, { 0x1301d }, { 0x10 | DEVICE }, "CONFIG-entry" },
    { "PASID directory", 0x10400, SVA_ENTRY_VTD_PASID_DIR, 0, { 0x14001 },
      { 0x15001 }, { 0x70 | PASID, 0x20 | DOMAIN, 0x30 | PAGE },
      "PASID-pasid WALK-pasid TLB-pasid ATC-pasid" },
    { "PASID, first stage gone", 0x10400, SVA_ENTRY_VTD_PASID, 0,
      { 0x41, 1, 0x20000 }, { 0x40, 1, 0x20000 },
      { 0x70 | PASID, 0x60 | PASID, 0x80 | PASID_PAGE },
      "PASID-entry WALK-pasid TLB-pasid ATC-pasid" },
    { "PASID, pass-through gone", 0x10400, SVA_ENTRY_VTD_PASID, 0,
      { 0x101, 1 }, { 0 },
      { 0x70 | PASID, 0x60 | PASID, 0x80 | PASID_PAGE },
      "PASID-entry TLB-pasid ATC-pasid" },
    { "PASID, second stage gone", 0x10400, SVA_ENTRY_VTD_PASID, 0,
      { 0x21089, 1 }, { 0 },
      { 0x70 | PASID, 0x20 | DOMAIN, 0x80 | PASID_PAGE },
      "PASID-entry WALK-pasid TLB-pasid ATC-pasid" },
    { "PASID, nested gone", 0x10400, SVA_ENTRY_VTD_PASID, 0,
      { 0x210c9, 1, 0x20000 }, { 2 },
      { 0x70 | PASID, 0x20 | DOMAIN, 0x80 | PASID_PAGE },
      "PASID-entry WALK-pasid TLB-pasid ATC-pasid" },
    { "PASID, SSADE set", 0x10400, SVA_ENTRY_VTD_PASID, 0,
      { 0x21089, 1 }, { 0x21289, 1 },
      { 0x70 | PASID, 0x20 | DOMAIN, 0x80 | PASID_PAGE },
      "PASID-entry WALK-pasid TLB-pasid ATC-pasid" },
    { "PASID, SSADE cleared", 0x10400, SVA_ENTRY_VTD_PASID, 0,
      { 0x21289, 1 }, { 0x21089, 1 },
      { 0x70 | PASID, 0x60 | PASID, 0x80 | PASID_PAGE },
      "PASID-entry TLB-pasid ATC-pasid" },
    { "PASID, other field", 0x10400, SVA_ENTRY_VTD_PASID, 0,
      { 0x41, 1, 0x20000 }, { 0x41, 1, 0x20001 },
      { 0x70 | PASID, 0x60 | PASID, 0x80 | PASID_PAGE },
      "PASID-entry WALK-pasid TLB-pasid ATC-pasid" },
    { "first-stage page", 0x10400, SVA_ENTRY_VTD_FIRST, 1, { 0x5067 }, { 0 },
      { 0x60 | PASID_PAGE, 0x80 | PASID_PAGE }, "TLB-range ATC-range" },
    { "first-stage table", 0x10400, SVA_ENTRY_VTD_FIRST, 2, { 0x5067 },
      { 0 }, { 0x60 | PASID_PAGE, 0x80 | PASID_PAGE },
      "WALK-range TLB-range ATC-range" },
    { "second-stage page", 0x10400, SVA_ENTRY_VTD_SECOND, 1, { 0x5003 },
      { 0 }, { 0x20 | PAGE, 0x80 | PASID_PAGE }, "TLB-range ATC-range" },
    { "second-stage table", 0x10400, SVA_ENTRY_VTD_SECOND, 2, { 0x5003 },
      { 0 }, { 0x20 | PAGE, 0x80 | PASID_PAGE },
      "WALK-range TLB-range ATC-range" },
    { "legacy root", 0x10000, SVA_ENTRY_VTD_ROOT, 0, { 0x11001 }, { 0 },
      { 0x10 | GLOBAL, 0x20 | GLOBAL, 0x30 | PAGE },
      "CONFIG-entry WALK-function TLB-function ATC-function" },
    { "legacy context", 0x10000, SVA_ENTRY_VTD_CONTEXT, 0,
      { 0x21001, 0x102 }, { 0, 0x102 },
      { 0x10 | DEVICE, 0x20 | DOMAIN, 0x30 | PAGE },
      "CONFIG-entry WALK-function TLB-function ATC-function" },
};

static SvaCheckEntry entry_of(const Row *row, const uint64_t *words)
{
    return (SvaCheckEntry) {
        .words = { words[0], words[1], words[2] }, .type = row->type,
        .level = row->level,
    };
}

static const char *cache_name(uint8_t cache)
{
    return cache == SVA_DROP_CONFIG ? "CONFIG"
           : cache == SVA_DROP_PASID ? "PASID"
           : cache == SVA_DROP_TLB ? "TLB"
           : cache == SVA_DROP_WALK ? "WALK"
           : cache == SVA_DROP_ATC ? "ATC" : "?";
}

static char *owed_words(const uint64_t *regs, const SvaCheckEntry *old,
                        const SvaCheckEntry *now)
{
    static const char *const scopes[] = {
        [SVA_SCOPE_ENTRY] = "entry", [SVA_SCOPE_RANGE] = "range",
        [SVA_SCOPE_PASID] = "pasid", [SVA_SCOPE_FUNCTION] = "function",
    };
    SvaCheckOwed owed[SVA_CHECK_OWED];
    unsigned n = sva_check_vtd.owed(regs, old, now, owed), i;
    GString *s = g_string_new(NULL);

    g_assert_cmpuint(n, <=, SVA_CHECK_OWED);
    for (i = 0; i < n; i++) {
        g_assert_nonnull(owed[i].what);
        g_string_append_printf(s, "%s%s-%s", i ? " " : "",
                               cache_name(owed[i].cache),
                               scopes[owed[i].scope]);
    }
    return g_string_free(s, FALSE);
}

static void test_rows(void)
{
    unsigned i, j;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        const Row *row = &rows[i];
        SvaCheckEntry old = entry_of(row, row->old);
        SvaCheckEntry now = entry_of(row, row->now);
        uint64_t regs[SVA_EVENT_WORDS];
        const SvaCheckVtdStep *step;
        SvaCheckVtdUnit unit;
        char *owed;

        g_test_message("row: %s", row->what);
        check_vtd_regs(regs);
        regs[0] = row->rtaddr;
        sva_check_vtd_unit(regs, &unit);
        step = sva_check_vtd_duties[sva_check_vtd_duty(&unit, &old, &now)];
        for (j = 0; j < SVA_CHECK_VTD_STEPS; j++) {
            g_assert_cmphex(step[j].type << 4 | step[j].gran, ==,
                            row->steps[j]);
        }
        owed = owed_words(regs, &old, &now);
        g_assert_cmpstr(owed, ==, row->owed);
        g_free(owed);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/checker/vtd/owed/table28", test_rows);
    return g_test_run();
}

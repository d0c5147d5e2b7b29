/*
 * Checker, VT-d: descriptors, and what they reach
 *
 * Literals from the figures of VT-d rev 5.10, 6.5.2; what is reached is Tables
 * 23 and 24.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "checker-vtd.h"
#include "hw/sva/observe/checker/vtd-command.h"
#include "hw/sva/observe/checker/arch.h"

#define ALL UINT64_MAX
/* kinds: first and nested; second and pass-through */
#define FS  0x9
#define SS  0x6

typedef struct Row {
    uint64_t words[2];
    uint64_t rtaddr;
    SvaCheckInval invals[3];    /* caches 0: no more */
} Row;

#define CONFIG SVA_DROP_CONFIG
#define PC     SVA_DROP_PASID
#define TLB    SVA_DROP_TLB
#define WALK   SVA_DROP_WALK
#define ATC    SVA_DROP_ATC

static const Row rows[] = {
    /* context-cache: global, domain, device, device with FM=3 */
    { { 0x11 }, 0x10400, { { .caches = CONFIG, .last = ALL } } },
    { { 0x70021 }, 0x10400, { { .caches = CONFIG, .last = ALL } } },
    { { 0x70021 }, 0x10000, { { .caches = CONFIG, .last = ALL,
                                .by_domain = true, .domain = 7,
                                .leaf = true } } },
    { { 0x11000070031 }, 0x10400, { { .caches = CONFIG, .last = ALL,
                                      .by_rid = true, .rid = 0x110,
                                      .leaf = true } } },
    { { 0x3011000000031 }, 0x10400, { { .caches = CONFIG, .last = ALL,
                                        .by_rid = true, .rid = 0x110,
                                        .rid_mask = 7, .leaf = true } } },
    { { 0x1011000000031 }, 0x10400, { { .caches = CONFIG, .last = ALL,
                                        .by_rid = true, .rid = 0x110,
                                        .rid_mask = 4, .leaf = true } } },
    { { 0x01 }, 0x10400, { { 0 } } },
    /* IOTLB: global, domain, page with AM=9, and with IH */
    { { 0x12 }, 0x10400, { { .caches = TLB | WALK, .last = ALL } } },
    { { 0x70022 }, 0x10400, { { .caches = TLB | WALK, .last = ALL,
                                .by_domain = true, .domain = 7 } } },
    { { 0x70032, 0x12345009 }, 0x10400, {
        { .caches = TLB | WALK, .addr = 0x12200000, .last = 0x123fffff,
          .by_domain = true, .domain = 7, .kinds = SS },
        { .caches = TLB | WALK, .last = ALL,
          .by_domain = true, .domain = 7, .kinds = FS } } },
    { { 0x70032, 0x12345040 }, 0x10400, {
        { .caches = TLB, .addr = 0x12345000, .last = 0x12345fff,
          .by_domain = true, .domain = 7, .kinds = SS, .leaf = true },
        { .caches = TLB | WALK, .last = ALL,
          .by_domain = true, .domain = 7, .kinds = FS } } },
    { { 0x02 }, 0x10400, { { 0 } } },
    /* device-TLB: a page, 8 KiB, 16 KiB, everything */
    { { 0x11000000003, 0x7000 }, 0x10400, {
        { .caches = ATC, .addr = 0x7000, .last = 0x7fff,
          .by_rid = true, .rid = 0x110, .by_pasid = true } } },
    { { 0x11000000003, 0x6001 }, 0x10400, {
        { .caches = ATC, .addr = 0x6000, .last = 0x7fff,
          .by_rid = true, .rid = 0x110, .by_pasid = true } } },
    { { 0x11000000003, 0x5001 }, 0x10400, {
        { .caches = ATC, .addr = 0x4000, .last = 0x7fff,
          .by_rid = true, .rid = 0x110, .by_pasid = true } } },
    { { 0x11000000003, 0x7ffffffffffff001 }, 0x10400, {
        { .caches = ATC, .last = ALL,
          .by_rid = true, .rid = 0x110, .by_pasid = true } } },
    { { 0x11000000003, 0x3fffffffffffe001 }, 0x10400, {
        { .caches = ATC, .addr = 0x3fffffffffffe000,
          .last = 0x3fffffffffffffff,
          .by_rid = true, .rid = 0x110, .by_pasid = true } } },
    { { 0x11000000003, 0x3ffffffffffff001 }, 0x10400, {
        { .caches = ATC, .last = 0x7fffffffffffffff,
          .by_rid = true, .rid = 0x110, .by_pasid = true } } },
    /* interrupt entries, waits, responses reach nothing of this */
    { { 0x14 }, 0x10400, { { 0 } } },
    { { 0x200000025, 0x50000 }, 0x10400, { { 0 } } },
    { { 0x501100019, 0x8 }, 0x10400, { { 0 } } },
    /* PASID-based IOTLB: PASID, page, page with IH, any AM */
    { { 0x500070026 }, 0x10400, {
        { .caches = TLB | WALK, .last = ALL, .by_domain = true, .domain = 7,
          .by_asid = true, .kinds = FS },
        { .caches = TLB, .last = ALL, .by_domain = true, .domain = 7,
          .by_asid = true, .kinds = SS } } },
    { { 0x500070036, 0x7000 }, 0x10400, {
        { .caches = TLB | WALK, .addr = 0x7000, .last = 0x7fff,
          .by_domain = true, .domain = 7, .by_asid = true, .kinds = FS } } },
    { { 0x500070036, 0x7042 }, 0x10400, {
        { .caches = TLB, .addr = 0x4000, .last = 0x7fff, .leaf = true,
          .by_domain = true, .domain = 7, .by_asid = true, .kinds = FS } } },
    { { 0x500070036, 0xffff800000000023 }, 0x10400, {
        { .caches = TLB | WALK, .addr = 0xffff800000000000, .last = ALL,
          .by_domain = true, .domain = 7, .by_asid = true, .kinds = FS } } },
    { { 0x500070036, 0x7034 }, 0x10400, {
        { .caches = TLB | WALK, .last = ALL,
          .by_domain = true, .domain = 7, .by_asid = true, .kinds = FS } } },
    { { 0x500070036, 0x703f }, 0x10400, {
        { .caches = TLB | WALK, .last = ALL,
          .by_domain = true, .domain = 7, .by_asid = true, .kinds = FS } } },
    { { 0x500070016 }, 0x10400, { { 0 } } },
    /* PASID-cache: domain, PASID, reserved, global */
    { { 0x70007 }, 0x10400, { { .caches = PC, .last = ALL,
                                .by_domain = true, .domain = 7 } } },
    { { 0x500070017 }, 0x10400, { { .caches = PC, .last = ALL,
                                    .by_domain = true, .domain = 7,
                                    .by_pasid = true } } },
    { { 0x500070027 }, 0x10400, { { 0 } } },
    { { 0x37 }, 0x10400, { { .caches = PC, .last = ALL } } },
    /* PASID-based device-TLB: 8 KiB, everything, global */
    { { 0x501100008, 0x6800 }, 0x10400, {
        { .caches = ATC, .addr = 0x6000, .last = 0x7fff,
          .by_rid = true, .rid = 0x110, .by_pasid = true } } },
    { { 0x501100008, 0x7ffffffffffff800 }, 0x10400, {
        { .caches = ATC, .last = ALL,
          .by_rid = true, .rid = 0x110, .by_pasid = true } } },
    { { 0x501100008, 0x7ffffffffffff801 }, 0x10400, {
        { .caches = ATC, .last = ALL,
          .by_rid = true, .rid = 0x110 } } },
    /* no types */
    { { 0 }, 0x10400, { { 0 } } },
    { { 0x20c }, 0x10400, { { 0 } } },
};

static void check_inval(const SvaCheckInval *got, const SvaCheckInval *want,
                        uint32_t pasid)
{
    g_assert_cmphex(got->caches, ==, want->caches);
    g_assert_cmphex(got->addr, ==, want->addr);
    g_assert_cmphex(got->last, ==, want->last);
    g_assert_cmphex(got->kinds, ==, want->kinds);
    g_assert_cmpuint(got->by_rid, ==, want->by_rid);
    g_assert_cmpuint(got->by_pasid, ==, want->by_pasid);
    g_assert_cmpuint(got->by_domain, ==, want->by_domain);
    g_assert_cmpuint(got->by_asid, ==, want->by_asid);
    g_assert_cmpuint(got->leaf, ==, want->leaf);
    if (want->by_rid) {
        g_assert_cmphex(got->rid, ==, want->rid);
        g_assert_cmphex(got->rid_mask, ==, want->rid_mask);
    }
    if (want->by_domain) {
        g_assert_cmphex(got->domain, ==, want->domain);
    }
    if (want->by_asid) {
        g_assert_cmphex(got->asid, ==, pasid);
    }
    if (want->by_pasid) {
        g_assert_cmphex(got->pasid.id, ==, pasid);
        g_assert_cmpuint(got->pasid.valid, ==, pasid != 0);
    }
}

static void test_invals(void)
{
    unsigned i, j;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        SvaEvent ev = {
            .kind = SVA_EV_COMMAND,
            .command.words = { rows[i].words[0], rows[i].words[1] },
        };
        uint64_t regs[SVA_EVENT_WORDS];
        SvaCheckCommand cmd;

        g_test_message("row %u: 0x%" PRIx64, i, rows[i].words[0]);
        check_vtd_regs(regs);
        regs[0] = rows[i].rtaddr;
        sva_check_vtd.command(regs, &ev, &cmd);
        for (j = 0; j < 3 && rows[i].invals[j].caches; j++) {
            g_assert_cmpuint(cmd.count, >, j);
            check_inval(&cmd.invals[j], &rows[i].invals[j],
                        (rows[i].words[0] & 0xf) > 5 ? 5 : 0);
        }
        g_assert_cmpuint(cmd.count, ==, j);
        g_assert_cmpuint(cmd.wait, ==, rows[i].words[0] == 0x200000025);
    }
}

/* A domain ID has 4 bits only: the others are ignored. */
static void test_narrow_domain(void)
{
    uint64_t regs[SVA_EVENT_WORDS], words[2] = { 0x50ff70026 };
    SvaCheckVtdUnit unit;
    SvaCheckVtdCmd cmd;

    check_vtd_regs(regs);
    regs[1] &= ~7ull;
    sva_check_vtd_unit(regs, &unit);
    g_assert_true(sva_check_vtd_cmd(&unit, words, &cmd));
    g_assert_cmphex(cmd.domain, ==, 7);
}

static void test_wait(void)
{
    uint64_t regs[SVA_EVENT_WORDS];
    uint64_t words[2] = { 0x12345678000000f5, 0xffff000000050007 };
    SvaCheckVtdUnit unit;
    SvaCheckVtdCmd cmd;

    check_vtd_regs(regs);
    sva_check_vtd_unit(regs, &unit);
    g_assert_true(sva_check_vtd_cmd(&unit, words, &cmd));
    g_assert_cmpuint(cmd.type, ==, SVA_CHECK_VTD_CMD_WAIT);
    g_assert_true(cmd.interrupt && cmd.status_write && cmd.fence &&
                  cmd.page_drain);
    g_assert_cmphex(cmd.status_data, ==, 0x12345678);
    g_assert_cmphex(cmd.status_addr, ==, 0x50004);
    words[0] = 0x5;
    g_assert_true(sva_check_vtd_cmd(&unit, words, &cmd));
    g_assert_false(cmd.interrupt || cmd.status_write || cmd.fence ||
                   cmd.page_drain);
}

static void test_response(void)
{
    uint64_t regs[SVA_EVENT_WORDS];
    uint64_t words[2] = { 0x0abcde0110f019, 0xff8 };
    SvaCheckVtdUnit unit;
    SvaCheckVtdCmd cmd;

    check_vtd_regs(regs);
    sva_check_vtd_unit(regs, &unit);
    g_assert_true(sva_check_vtd_cmd(&unit, words, &cmd));
    g_assert_cmpuint(cmd.type, ==, SVA_CHECK_VTD_CMD_RESPONSE);
    g_assert_cmphex(cmd.code, ==, 0xf);
    g_assert_cmphex(cmd.prgi, ==, 0x1ff);
    g_assert_cmphex(cmd.rid, ==, 0x0110);
    g_assert_true(cmd.pasid.valid);
    g_assert_cmphex(cmd.pasid.id, ==, 0xabcde);
    words[0] = 0x0110f009;
    g_assert_true(sva_check_vtd_cmd(&unit, words, &cmd));
    g_assert_false(cmd.pasid.valid);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/checker/vtd/command/invals", test_invals);
    g_test_add_func("/checker/vtd/command/narrow-domain", test_narrow_domain);
    g_test_add_func("/checker/vtd/command/wait", test_wait);
    g_test_add_func("/checker/vtd/command/response", test_response);
    return g_test_run();
}

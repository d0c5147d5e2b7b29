/*
 * Checker, SMMUv3: commands, their legality and what they reach
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "checker-smmu.h"
#include "../../hw/sva/observe/checker/smmu-command.h"
#include "../../hw/sva/observe/checker/arch.h"

static const uint64_t regs[8] = CHECK_REGS;

/* -- legality -- */

typedef struct Row {
    const char *name;
    uint64_t words[2];
    bool legal;
} Row;

static const Row legal_rows[] = {
    { "reserved 0", { 0x00 }, false },
    { "reserved", { 0x14 }, false },
    { "prefetch", { 0x01 }, true },
    { "CFGI_STE", { 0x03 }, true },
    { "CFGI_VMS_PIDM", { 0x07 }, false },
    { "SSec", { 0x403 }, false },
    { "EL3", { 0x18 }, false },
    { "secure", { 0x50 }, false },
    { "NSNH_ALL", { 0x30 }, true },
    { "VA, no range", { 0x12, 0x1000 }, true },
    { "VA, TG, nothing", { 0x12, 0x1400 }, false },
    { "VA, TG, NUM", { 0x1012, 0x1400 }, true },
    { "VA, TG, SCALE", { 0x100012, 0x1400 }, true },
    { "VA, TG, TTL", { 0x12, 0x1700 }, true },
    { "VA, 16 KiB, TTL=1", { 0x12, 0x4900 }, false },
    { "VA, 16 KiB, TTL=2", { 0x12, 0x4a00 }, true },
    { "ATC_INV, all", { 0x40, 52 }, true },
    { "ATC_INV, 53", { 0x40, 53 }, false },
    { "PRI_RESP", { 0x41, 0x2000 }, true },
    { "PRI_RESP, Resp=3", { 0x41, 0x3000 }, false },
    { "RESUME", { 0x44 }, true },
    { "STALL_TERM", { 0x45 }, true },
    { "SYNC", { 0x2046 }, true },
    { "SYNC, CS=3", { 0x3046 }, false },
    { "DPTI", { 0x70 }, false },
};

static void test_legal(gconstpointer data)
{
    const Row *row = data;
    SvaCheckSmmuCommand cmd;
    SvaCheckSmmuUnit u;

    sva_check_smmu_unit(regs, &u);
    g_assert_cmpint(!sva_check_smmu_command(&u, row->words, &cmd), ==,
                    row->legal);
}

/* Which opcodes there are with each capability. */
static void test_caps(void)
{
    static const struct {
        size_t cap;
        uint8_t value;
        uint8_t gone[8];
    } rows[] = {
        { offsetof(SvaCheckSmmuUnit, s1p), 0,
          { 0x05, 0x06, 0x10, 0x11, 0x12, 0x13 } },
        { offsetof(SvaCheckSmmuUnit, s2p), 0, { 0x28, 0x2a } },
        { offsetof(SvaCheckSmmuUnit, hyp), 0, { 0x20, 0x21, 0x22, 0x23 } },
        { offsetof(SvaCheckSmmuUnit, ats), 0, { 0x40 } },
        { offsetof(SvaCheckSmmuUnit, pri), 0, { 0x41 } },
        { offsetof(SvaCheckSmmuUnit, stall), SVA_CHECK_SMMU_STALL_NEVER,
          { 0x44, 0x45 } },
    };
    SvaCheckSmmuCommand cmd;
    SvaCheckSmmuUnit u;
    unsigned i, k;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        for (k = 0; k < 8 && rows[i].gone[k]; k++) {
            uint64_t words[2] = { rows[i].gone[k] };

            sva_check_smmu_unit(regs, &u);
            g_assert_null(sva_check_smmu_command(&u, words, &cmd));
            *((uint8_t *)&u + rows[i].cap) = rows[i].value;
            g_assert_nonnull(sva_check_smmu_command(&u, words, &cmd));
        }
    }
}

/* -- what they reach -- */

/* The last of @count. */
static SvaCheckInval inval_of(uint64_t qw0, uint64_t qw1, unsigned count)
{
    SvaEvent event = {
        .kind = SVA_EV_COMMAND, .command.words = { qw0, qw1 },
        .command.type = qw0 & 0xff,
    };
    SvaCheckCommand cmd;

    sva_check_smmu.command(regs, &event, &cmd);
    g_assert_cmpuint(cmd.count, ==, count);
    g_assert_false(cmd.wait);
    return cmd.invals[count - 1];
}

static SvaCheckInval inval(uint64_t qw0, uint64_t qw1)
{
    return inval_of(qw0, qw1, 1);
}

static void test_cfgi(void)
{
    SvaCheckInval i = inval(0x0000011000000003ull, 1);

    g_assert_cmphex(i.caches, ==, SVA_DROP_CONFIG | SVA_DROP_PASID);
    g_assert_true(i.by_rid && i.leaf && !i.by_pasid);
    g_assert_cmphex(i.rid, ==, 0x110);
    g_assert_cmphex(i.rid_mask, ==, 0);
    g_assert_false(inval(0x0000011000000003ull, 0).leaf);

    i = inval(0x0000011300000004ull, 2);        /* 8 streams */
    g_assert_cmphex(i.rid, ==, 0x110);
    g_assert_cmphex(i.rid_mask, ==, 7);
    g_assert_false(i.leaf);
    i = inval(0x04, 31);
    g_assert_cmphex(i.rid_mask, ==, 0xffff);
    g_assert_cmphex(i.caches, ==, SVA_DROP_CONFIG | SVA_DROP_PASID);

    i = inval(0x0000011000023005ull, 1);
    g_assert_cmphex(i.caches, ==, SVA_DROP_PASID);
    g_assert_true(i.by_pasid && i.leaf);
    g_assert_cmphex(i.pasid.id, ==, 0x23);
    i = inval(0x0000011000000006ull, 0);
    g_assert_cmphex(i.caches, ==, SVA_DROP_PASID);
    g_assert_false(i.by_pasid || i.leaf);
}

/* Kinds: 0 stage 1, 1 stage 2, 2 combined, 3 EL2 */
static void test_tlbi(void)
{
    SvaCheckInval i = inval(0x0010000500000011ull, 0);

    g_assert_cmphex(i.caches, ==, SVA_DROP_TLB | SVA_DROP_WALK);
    g_assert_true(i.by_asid && i.by_domain);
    g_assert_cmphex(i.asid, ==, 0x10);
    g_assert_cmphex(i.domain, ==, 5);
    g_assert_cmphex(i.kinds, ==, 0x5);
    g_assert_cmphex(i.addr, ==, 0);
    g_assert_cmphex(i.last, ==, UINT64_MAX);

    /* ASID 0x10 and, for global entries, 1 << 16 without and with ASET */
    i = inval_of(0x0010000000000012ull, 0xffff800012345001ull, 3);
    g_assert_cmphex(i.caches, ==, SVA_DROP_TLB);
    g_assert_true(i.leaf && i.by_asid);
    g_assert_cmphex(i.asid, ==, 0x30000);
    g_assert_cmphex(i.addr, ==, 0xffff800012345000ull);
    g_assert_cmphex(i.last, ==, 0xffff800012345000ull);
    g_assert_false(inval(0x13, 0).by_asid);

    /* 3 * 2^4 pages of 4 KiB */
    i = inval_of(0x0010000000402012ull, 0x400400, 3);
    g_assert_cmphex(i.addr, ==, 0x400000);
    g_assert_cmphex(i.last, ==, 0x42ffff);
    /* 32 * 2^31 pages of 64 KiB: no wrap */
    i = inval_of(0x0010000001f1f012ull, 0xffffffffffff0c00ull, 3);
    g_assert_cmphex(i.last, ==, UINT64_MAX);

    i = inval(0x50000002aull, 0x7000000000001001ull);
    g_assert_cmphex(i.kinds, ==, 0x2);
    g_assert_cmphex(i.addr, ==, 0x1000);
    g_assert_true(i.by_domain && i.leaf);
    i = inval(0x500000028ull, 0);
    g_assert_cmphex(i.kinds, ==, 0x7);
    g_assert_true(i.by_domain);
    i = inval(0x30, 0);
    g_assert_cmphex(i.kinds, ==, 0x7);
    g_assert_false(i.by_domain || i.by_asid);
    i = inval(0x0010000000000021ull, 0);
    g_assert_cmphex(i.kinds, ==, 0x8);
    g_assert_false(i.by_asid);          /* E2H=0 */
}

static void test_atc(void)
{
    SvaCheckInval i = inval(0x0000011000023840ull, 0x12345003ull);

    g_assert_cmphex(i.caches, ==, SVA_DROP_ATC);
    g_assert_true(i.by_rid && i.by_pasid && i.pasid.valid);
    g_assert_cmphex(i.rid, ==, 0x110);
    g_assert_cmphex(i.pasid.id, ==, 0x23);
    g_assert_cmphex(i.addr, ==, 0x12340000);
    g_assert_cmphex(i.last, ==, 0x12347fff);

    i = inval(0x0000011000023a40ull, 52);       /* G */
    g_assert_false(i.by_pasid);
    g_assert_cmphex(i.addr, ==, 0);
    g_assert_cmphex(i.last, ==, UINT64_MAX);
    i = inval(0x0000011000000040ull, 52);
    g_assert_true(i.by_pasid && !i.pasid.valid);
}

static void test_others(void)
{
    static const uint64_t none[][2] = {
        { 0x01 }, { 0x41, 0x2000 }, { 0x44 }, { 0x45 }, { 0x00 },
        { 0x0001000000000003ull }, { 0x0001000000000040ull, 52 },
    };
    SvaEvent event = { .kind = SVA_EV_COMMAND };
    SvaCheckCommand cmd;
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(none); i++) {
        memcpy(event.command.words, none[i], sizeof(none[i]));
        sva_check_smmu.command(regs, &event, &cmd);
        g_assert_cmpuint(cmd.count, ==, 0);
        g_assert_false(cmd.wait);
    }
    event.command.words[0] = 0x46;
    sva_check_smmu.command(regs, &event, &cmd);
    g_assert_true(cmd.wait);
}

int main(int argc, char **argv)
{
    unsigned i;

    g_test_init(&argc, &argv, NULL);
    for (i = 0; i < G_N_ELEMENTS(legal_rows); i++) {
        g_autofree char *path = g_strdup_printf("/checker-smmu/legal/%s",
                                                legal_rows[i].name);

        g_test_add_data_func(path, &legal_rows[i], test_legal);
    }
    g_test_add_func("/checker-smmu/command/caps", test_caps);
    g_test_add_func("/checker-smmu/command/cfgi", test_cfgi);
    g_test_add_func("/checker-smmu/command/tlbi", test_tlbi);
    g_test_add_func("/checker-smmu/command/atc", test_atc);
    g_test_add_func("/checker-smmu/command/others", test_others);
    return g_test_run();
}

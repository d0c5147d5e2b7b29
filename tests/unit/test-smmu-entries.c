/*
 * SMMUv3: the entries that the unit reads, what it caches and drops, and the
 * registers in force, as events
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "event-log.h"
#include "smmu-tables.h"

#define NONE SVA_NO_PASID
#define P(n) sva_pasid(n)

#define VA 0x7f0012345000ull

#define STE                                                             \
    "ENTRY SMMU_STE 0110/- @1004400: 400000000200000b 10000002 0 0\n"
#define CD                                                              \
    "ENTRY SMMU_CD 0110/1 @2000040: 11e205c0000010 3000000 0\n"

static void test_all_levels_of_a_request(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);

    smmu_map(f, VA, 0xabc000, SMMU_PTE);
    smmu_translate(f, P(1), VA | 0x10, SVA_READ);
    event_log_expect(f->env, STE CD
        "ENTRY SMMU_STAGE1 0110/1 7f0012345010 L0 S39 @30007f0: 5000003\n"
        "ENTRY SMMU_STAGE1 0110/1 7f0012345010 L1 S30 @5000000: 5001003\n"
        "ENTRY SMMU_STAGE1 0110/1 7f0012345010 L2 S21 @5001488: 5002003\n"
        "ENTRY SMMU_STAGE1 0110/1 7f0012345010 L3 S12 @5002a28: abcc43\n"
        "FILL 0110/1 7f0012345010 -> abc010/fff rwx asid 11 domain 0 kind 0 "
        "priv 0\n"
        "XLATE 0110/1 7f0012345010 -> abc010/fff rwx\n");
    smmu_translate(f, P(1), VA | 0x20, SVA_READ);
    event_log_expect(f->env,
        "XLATE 0110/1 7f0012345020 -> abc020/fff rwx\n");
    smmu_fixture_free(f);
}

static void test_entries_that_are_not_valid(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);

    smmu_cd(f, 1, 0, 0, 0);
    smmu_translate(f, P(1), VA, SVA_READ);
    event_log_expect(f->env, STE
        "ENTRY SMMU_CD 0110/1 @2000040: 0 0 0\n"
        "FAULT 0110/1 7f0012345000\n"
        "XLATE 0110/1 7f0012345000 -> 0/fff ---\n");
    smmu_ste(f, SMMU_RID, 0, 0, 0, 0);
    smmu_forget(f);
    fake_env_clear(f->env);
    smmu_translate(f, P(1), VA, SVA_READ);
    event_log_expect(f->env,
        "ENTRY SMMU_STE 0110/- @1004400: 0 0 0 0\n"
        "FAULT 0110/1 7f0012345000\n"
        "XLATE 0110/1 7f0012345000 -> 0/fff ---\n");
    smmu_fixture_free(f);
}

/* Access flag and dirty state: the word that the unit leaves behind. */
static void test_updates(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);

    smmu_cd(f, 1, SMMU_CD0(0x11) | SMMU_CD0_HA | SMMU_CD0_HD, SMMU_CD1, 0);
    /* DBM, read-only, AF=0 */
    smmu_map(f, VA, 0xabc000, 0x00080000000008c3);
    smmu_translate(f, P(1), VA, SVA_WRITE);
    fake_env_event(f->env, SVA_EV_XLATE, 0);
    g_array_remove_range(f->env->events, 0, 5);
    event_log_expect(f->env,
        "ENTRY SMMU_STAGE1 0110/1 7f0012345000 L3 S12 @5002a28: "
        "8000000abc8c3\n"
        "ENTRY SMMU_STAGE1 0110/1 7f0012345000 L3 S12 @5002a28: "
        "8000000abcc43\n"
        "FILL 0110/1 7f0012345000 -> abc000/fff rwx asid 11 domain 0 kind 0 "
        "priv 0\n"
        "XLATE 0110/1 7f0012345000 -> abc000/fff rwx\n");
    smmu_fixture_free(f);
}

/* The upper half: the address is the whole one; CD 0 without SubstreamID. */
static void test_upper_half(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);

    /* T1SZ=16, TG1=4 KiB, EPD0 */
    smmu_cd(f, 0, 0x0010e20580904010, 0, SMMU_TTB);
    smmu_map(f, 0xff0012345000, 0xabc000, SMMU_PTE ^ 0x800);
    smmu_translate(f, NONE, 0xffffff0012345000, SVA_READ);
    event_log_expect(f->env, STE
        "ENTRY SMMU_CD 0110/0 @2000000: 10e20580904010 0 3000000\n"
        "ENTRY SMMU_STAGE1 0110/- ffffff0012345000 L0 S39 @3000ff0: 5000003\n"
        "ENTRY SMMU_STAGE1 0110/- ffffff0012345000 L1 S30 @5000000: 5001003\n"
        "ENTRY SMMU_STAGE1 0110/- ffffff0012345000 L2 S21 @5001488: 5002003\n"
        "ENTRY SMMU_STAGE1 0110/- ffffff0012345000 L3 S12 @5002a28: abc443\n"
        /* global, ASET */
        "FILL 0110/- ffffff0012345000 -> abc000/fff rwx asid 30000 domain 0 "
        "kind 0 priv 0\n"
        "XLATE 0110/- ffffff0012345000 -> abc000/fff rwx\n");
    smmu_fixture_free(f);
}

/* CDs and tables of stage 1 are found through stage 2. */
static void test_both_stages(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);

    smmu_ste(f, SMMU_RID, SMMU_STE0_BOTH, SMMU_STE1, SMMU_STE2 | 7, SMMU_STE3);
    /* A block of 1 GiB: intermediate and physical addresses are the same. */
    fake_put64(f->env, SMMU_S2TTB, 0x4fd);
    smmu_translate(f, P(1), VA, SVA_READ);
#define S2(addr) "ENTRY SMMU_STAGE2 0110/1 " addr " L1 S30 @4000000: 4fd\n"
    event_log_expect(f->env,
        "ENTRY SMMU_STE 0110/- @1004400: 400000000200000f 10000002 "
        "40d005900000007 4000000\n"
        S2("2000040") CD S2("30007f0")
        "ENTRY SMMU_STAGE1 0110/1 7f0012345000 L0 S39 @30007f0: 0\n"
        "FAULT 0110/1 7f0012345000\n"
        "XLATE 0110/1 7f0012345000 -> 0/fff ---\n");
    smmu_fixture_free(f);
}

/* Two-level stream table and two-level CD table */
static void test_two_level_tables(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);

    smmu_write32(f, 0x20, 0);
    smmu_write32(f, 0x88, SMMU_STRTAB_LOG2 | 1 << 16 | 6 << 6);
    smmu_write32(f, 0x20, 0x1f);
    fake_put64(f->env, SMMU_STRTAB + 4 * 8, 0x1100007);
    fake_put64(f->env, 0x1100000 + 0x10 * 64,
               SMMU_STE0 | 0x10);       /* S1Fmt: 4 KiB */
    fake_put64(f->env, 0x1100008 + 0x10 * 64, SMMU_STE1);
    fake_put64(f->env, SMMU_CDS, 0x2100001);
    fake_env_clear(f->env);
    smmu_translate(f, P(1), VA, SVA_READ);
    event_log_expect(f->env,
        "ENTRY SMMU_L1STD 0110/- @1000020: 1100007\n"
        "ENTRY SMMU_STE 0110/- @1100400: 400000000200001b 10000002 0 0\n"
        "ENTRY SMMU_L1CD 0110/1 @2000000: 2100001\n"
        "ENTRY SMMU_CD 0110/1 @2100040: 0 0 0\n"
        "FAULT 0110/1 7f0012345000\n"
        "XLATE 0110/1 7f0012345000 -> 0/fff ---\n");
    smmu_fixture_free(f);
}

static char *regs_line(SmmuFixture *f, uint32_t cr0, uint32_t gbpa)
{
    uint64_t idr0 = smmu_read32(f, 0x0) | (uint64_t)smmu_read32(f, 0x4) << 32;
    uint64_t idr3 = smmu_read32(f, 0xc) | (uint64_t)smmu_read32(f, 0x14) << 32;

    return g_strdup_printf("REGS 1: 1000000 10 %" PRIx64 " %" PRIx64 " %x 2 "
                           "%x 0\n", idr0, idr3, cr0, gbpa);
}

static void test_registers_and_drops(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);
    g_autofree char *off = regs_line(f, 0, 0x1000);
    g_autofree char *abort = regs_line(f, 0, 0x101000);
    g_autofree char *on = regs_line(f, 0x1f, 0x101000);
    const SvaEvent *e;

    smmu_write32(f, 0x20, 0);
    event_log_expect(f->env, off);
    smmu_write32(f, 0x44, 0x80101000);
    event_log_expect(f->env, abort);
    smmu_write32(f, 0x20, 0x1f);
    event_log_expect(f->env, on);
    smmu_write32(f, 0x20, 0x1f);
    event_log_expect(f->env, "");
    sva_smmu_reset(&f->smmu);
    e = fake_env_event(f->env, SVA_EV_DROP, 0);
    g_assert_cmphex(e->drop.caches, ==, 0xf);
    e = fake_env_event(f->env, SVA_EV_REGS, 0);
    g_assert_cmphex(e->regs.words[0], ==, 0);
    g_assert_cmphex(e->regs.words[4], ==, 0);
    g_assert_cmphex(e->regs.count, ==, 8);
    smmu_fixture_free(f);
}

static void test_commands_that_are_refused(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);

    smmu_submit(f, 0xfe, 0x123);
    event_log_expect(f->env, "COMMAND_ERROR fe 123 code 1\n");
    smmu_fixture_free(f);
    f = smmu_fixture_start(NULL);
    fake_env_hole(f->env, SMMU_CMDQ, 0x1000);
    smmu_submit(f, 0x46, 0);
    event_log_expect(f->env, "COMMAND_ERROR 0 0 code 2\n");
    smmu_fixture_free(f);
    /* A CMD_SYNC behind an ATS invalidation that is never completed */
    f = smmu_fixture_start(NULL);
    smmu_invalidate(f);
    smmu_sync(f);
    fake_env_clear(f->env);
    fake_env_advance(f->env, 100000000000);
    event_log_expect(f->env, "COMMAND_ERROR 46 0 code 3\n");
    smmu_fixture_free(f);
}

static void signal_hook(FakeEnv *env, FakeAccess kind, uint64_t pa,
                        void *opaque)
{
    unsigned *seen = opaque;

    if (kind == FAKE_WRITE && pa == SMMU_SYNC) {
        *seen = fake_env_event_count(env, SVA_EV_WAIT_DONE);
    }
}

/* Software must not see the signal before the event is out. */
static void test_sync_before_its_signal(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);
    unsigned seen = 0;

    f->no_messages = true;
    fake_env_set_hook(f->env, signal_hook, &seen);
    smmu_sync_to(f, 0);
    g_assert_cmpuint(smmu_word(f, 0), ==, 1);
    g_assert_cmpuint(seen, ==, 1);
    smmu_fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CASE(fn) g_test_add_func("/smmu/entries/" #fn, test_##fn)
    CASE(all_levels_of_a_request);
    CASE(entries_that_are_not_valid);
    CASE(updates);
    CASE(upper_half);
    CASE(both_stages);
    CASE(two_level_tables);
    CASE(registers_and_drops);
    CASE(commands_that_are_refused);
    CASE(sync_before_its_signal);
    return g_test_run();
}

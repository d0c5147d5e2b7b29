/*
 * Stream table, context descriptors and page tables for tests of the SMMUv3
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "smmu-tables.h"

SmmuFixture *smmu_tables_start(const SvaSmmuConfig *config)
{
    SmmuFixture *f = smmu_fixture_start(config);

    f->next_table = SMMU_TABLES;
    smmu_ste(f, SMMU_RID, SMMU_STE0, SMMU_STE1, 0, 0);
    smmu_cd(f, 0, SMMU_CD0(0x10), SMMU_CD1, 0);
    smmu_cd(f, 1, SMMU_CD0(0x11), SMMU_CD1, 0);
    return f;
}

void smmu_ste(SmmuFixture *f, uint32_t sid, uint64_t qw0, uint64_t qw1,
              uint64_t qw2, uint64_t qw3)
{
    uint64_t pa = SMMU_STRTAB + sid * 64ull;

    fake_put64(f->env, pa, qw0);
    fake_put64(f->env, pa + 8, qw1);
    fake_put64(f->env, pa + 16, qw2);
    fake_put64(f->env, pa + 24, qw3);
}

void smmu_cd(SmmuFixture *f, uint32_t index, uint64_t qw0, uint64_t qw1,
             uint64_t qw2)
{
    uint64_t pa = SMMU_CDS + index * 64ull;

    fake_put64(f->env, pa, qw0);
    fake_put64(f->env, pa + 8, qw1);
    fake_put64(f->env, pa + 16, qw2);
}

uint64_t smmu_desc(SmmuFixture *f, uint64_t root, unsigned start,
                   unsigned level, uint64_t va)
{
    uint64_t table = root, pa;
    unsigned at;

    for (at = start;; at++) {
        pa = table + (va >> (39 - 9 * at) & 511) * 8;
        if (at == level) {
            return pa;
        }
        if (!fake_get64(f->env, pa)) {
            fake_put64(f->env, pa, f->next_table | 3);
            f->next_table += 0x1000;
        }
        table = fake_get64(f->env, pa) & 0x0000fffffffff000;
    }
}

void smmu_map(SmmuFixture *f, uint64_t va, uint64_t pa, uint64_t attrs)
{
    fake_put64(f->env, smmu_desc(f, SMMU_TTB, 0, 3, va), pa | attrs);
}

void smmu_map_s2(SmmuFixture *f, uint64_t ipa, uint64_t pa, uint64_t attrs)
{
    fake_put64(f->env, smmu_desc(f, SMMU_S2TTB, 1, 3, ipa), pa | attrs);
}

void smmu_map_s2_identity(SmmuFixture *f, uint64_t addr, uint64_t len)
{
    uint64_t end = addr + len;

    for (; addr < end; addr += 0x1000) {
        smmu_map_s2(f, addr, addr, SMMU_S2PTE);
    }
}

void smmu_forget(SmmuFixture *f)
{
    smmu_put(f, 0x04, 31);
    smmu_put(f, 0x30, 0);
    if (f->smmu.config.stage1 && f->smmu.config.stage2) {
        smmu_put(f, 0x20, 0);
    }
    g_assert_true(smmu_sync(f));
}

void smmu_expect_ok(SmmuFixture *f, SvaPasid pasid, uint64_t addr,
                    uint8_t access, uint64_t pa)
{
    SvaTranslation t = smmu_translate(f, pasid, addr, access);

    g_assert_cmphex(smmu_event(f, NULL), ==, 0);
    g_assert_cmpint(t.outcome, ==, SVA_OK);
    g_assert_cmphex(t.map.addr, ==, pa);
    g_assert_cmphex(t.map.access & access & SMMU_RW, ==, access & SMMU_RW);
}

void smmu_expect_event(SmmuFixture *f, SvaPasid pasid, uint64_t addr,
                       uint8_t access, uint64_t qw0, uint64_t qw1,
                       uint64_t qw3)
{
    SvaTranslation t = smmu_translate(f, pasid, addr, access);
    uint64_t w[4] = { 0 };

    g_assert_cmpint(t.outcome, ==, SVA_ABORT);
    g_assert_cmphex(smmu_event(f, w), ==, qw0 & 0xff);
    g_assert_cmphex(w[0], ==, qw0);
    g_assert_cmphex(w[1], ==, qw1);
    /* Only records with a CLASS have the address. */
    g_assert_cmphex(w[2], ==, (qw0 & 0xff) >= 0x0b ? addr : 0);
    g_assert_cmphex(w[3], ==, qw3);
    g_assert_cmphex(smmu_event(f, NULL), ==, 0);
}

void smmu_expect_silent(SmmuFixture *f, SvaPasid pasid, uint64_t addr,
                        uint8_t access, SvaOutcome outcome)
{
    SvaTranslation t = smmu_translate(f, pasid, addr, access);

    g_assert_cmpint(t.outcome, ==, outcome);
    g_assert_cmphex(smmu_event(f, NULL), ==, 0);
}

void smmu_expect_ats(SmmuFixture *f, SvaPasid pasid, uint64_t addr,
                     uint8_t access, SvaAtsStatus status, uint8_t granted,
                     uint64_t pa)
{
    SvaAtsCompletion a = smmu_ats(f, pasid, addr, access);

    g_assert_cmpint(a.status, ==, status);
    g_assert_cmphex(a.map.access, ==, granted);
    if (granted & (SVA_READ | SVA_WRITE)) {
        g_assert_cmphex(a.map.addr, ==, pa);
        g_assert_cmphex(a.map.mask, >=, 0xfff);
    }
    g_assert_false(a.map.snoop);
    g_assert_false(a.untranslated_only);
}

/*
 * Checker: for whom the unit has read what it reads
 *
 * What a unit looks up of its own accord ends with no event, so that the next
 * request, of another PASID, may follow the entries of its tables.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "checker-fixture.h"

#define OTHER     sva_pasid(6)
#define OTHER_TOP (TOP + 0x10000)

static uint64_t top_pa(uint64_t table)
{
    return table + (VA >> 30 & 511) * 8;
}

/* OTHER -> OTHER_TOP -> a table, where nothing is mapped if it is empty. */
static CheckFixture *two_processes(uint64_t table)
{
    CheckFixture *f = check_mapped();

    fake_put64(f->env, check_entry_pa(OTHER), OTHER_TOP | P);
    fake_put64(f->env, check_entry_pa(OTHER) + 8, DOMAIN);
    fake_put64(f->env, top_pa(OTHER_TOP), table | P);
    return f;
}

static void other_exits(CheckFixture *f)
{
    fake_put64(f->env, check_entry_pa(OTHER), 0);
    check_inval_all(f, OTHER);
    fake_put64(f->env, top_pa(OTHER_TOP), 0);
    check_past_limit(f);
}

/* Here the tables of the next PASID follow, for the same address. */
static void test_tables_of_another_pasid(void)
{
    CheckFixture *f = two_processes(MIDDLE);

    check_ats(f, RID, PASID, VA);
    check_look_up(f, RID, OTHER, VA);
    check_look_up_tables(f, RID, PASID, VA);
    check_ats_cached(f, RID, PASID, VA);

    other_exits(f);
    check_reports(f, "");
    check_put_pte(f, 0, 0);
    check_inval_range(f, PASID, VA, PAGE_LAST(VA), true);
    check_wait(f);
    check_past_limit(f);
    check_reports(f, "inval-atc-missing");
    check_free(f);
}

/* Nothing is mapped there; the next request is answered by the IOTLB. */
static CheckFixture *found_nothing(void)
{
    CheckFixture *f = two_processes(OTHER_TOP + 0x1000);

    check_ats(f, RID, PASID, VA);
    check_look_up(f, RID, OTHER, VA);
    check_ats_cached(f, RID, PASID, VA);
    return f;
}

static void test_nothing_found(void)
{
    CheckFixture *f = found_nothing();

    check_ats(f, RID, PASID, VA + 0x1000);
    other_exits(f);
    check_reports(f, "");
    check_free(f);
}

/* As above, and a table goes that a translation was made of. */
static void test_nothing_found_and_a_table_gone(void)
{
    CheckFixture *f = found_nothing();

    fake_put64(f->env, top_pa(TOP), 0);
    check_inval_tlb(f, PASID);
    check_wait(f);
    other_exits(f);
    check_reports(f, "inval-atc-missing");
    g_assert_cmphex(check_report(f)->facts.pa, ==, top_pa(TOP));
    g_assert_cmpint(check_report(f)->facts.pasid.id, ==, 5);
    check_free(f);
}

/* Walk caches may keep what led nowhere, for the PASID that it was read for. */
static void test_nothing_found_and_kept(void)
{
    CheckFixture *f = two_processes(MIDDLE);

    check_access(f, RID, OTHER, VA);
    check_inval_tlb(f, OTHER);
    check_wait(f);
    fake_put64(f->env, check_pte_pa(0), 0);
    check_look_up(f, RID, OTHER, VA);
    check_ats_cached(f, RID, PASID, VA);
    fake_put64(f->env, top_pa(OTHER_TOP), 0);
    check_past_limit(f);
    check_reports(f, "inval-walk-missing");
    g_assert_cmphex(check_report(f)->facts.pa, ==, top_pa(OTHER_TOP));
    g_assert_cmpint(check_report(f)->facts.pasid.id, ==, 6);
    check_free(f);
}

/* It is RID_PASID's, and the next request finds no more than the root. */
static void test_an_entry_and_a_root(void)
{
    CheckFixture *f = check_mapped();
    uint64_t pa = check_entry_pa(SVA_NO_PASID);

    fake_put64(f->env, pa, OTHER_TOP | P);
    check_access(f, RID, PASID, VA);
    check_emit(f, .kind = SVA_EV_ENTRY, .rid = RID, .pasid = sva_pasid(0),
               .entry = { .type = SVA_ENTRY_VTD_PASID, .pa = pa, .count = 2,
                          .words = { OTHER_TOP | P } });
    check_emit(f, .kind = SVA_EV_ENTRY, .rid = RID, .entry = {
        .type = SVA_ENTRY_VTD_ROOT, .pa = pa - 16, .count = 2 });
    check_emit(f, .kind = SVA_EV_FAULT, .rid = RID, .pasid = PASID,
               .addr = VA);
    check_look_up_tables(f, RID, PASID, VA + 0x1000);
    check_reports(f, "");
    check_free(f);
}

#define TEST(name) g_test_add_func("/checker/walk/" #name, test_ ## name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    TEST(tables_of_another_pasid);
    TEST(nothing_found);
    TEST(nothing_found_and_a_table_gone);
    TEST(nothing_found_and_kept);
    TEST(an_entry_and_a_root);
    return g_test_run();
}

/*
 * Checker, VT-d: what is owed after a change, on the real model
 *
 * Each change with all of Table 28, and with each step left out, too narrow,
 * or in the wrong place.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "checker-vtd-fixture.h"

#define P(n) sva_pasid(n)

typedef struct Row {
    const char *steps;
    const char *rules;
} Row;

typedef struct Change {
    const char *name;
    /* Fill the caches, and change something. */
    void (*prepare)(CheckVtd *t);
    const Row *rows;
    size_t count;
} Change;

static void use(CheckVtd *t, uint32_t pasid, uint64_t addr)
{
    vtd_translate(t->f, P(pasid), addr, SVA_RW);
    vtd_ats(t->f, P(pasid), addr, SVA_RW);
}

static void map_and_use(CheckVtd *t)
{
    vtd_bind(t->f, 1);
    vtd_map(t->f, 0x1000, 0xa000, true);
    vtd_map(t->f, 0x2000, 0xb000, true);
    use(t, 1, 0x1000);
    use(t, 1, 0x2000);
}

static uint64_t entry(CheckVtd *t, unsigned level, uint64_t va)
{
    return vtd_entry(t->f, VTD_FIRST, 4, level, va);
}

/* -- first stage, page -- */

static void page_gone(CheckVtd *t)
{
    map_and_use(t);
    fake_put64(t->f->env, entry(t, 1, 0x1000), 0);
}

static const Row page_rows[] = {
    { "adW", "" },
    { "IDW", "" },
    { "SDW", "" },
    { "hdW", "" },
    { "Wad", "inval-not-waited" },
    { "aWdW", "" },
    { "", "inval-tlb-missing" },
    { "W", "inval-tlb-missing" },
    { "iEW", "inval-tlb-missing" },
    { "sdW", "inval-tlb-missing" },
    { "dW", "inval-tlb-missing" },
    { "aW", "inval-atc-missing" },
    { "aEW", "inval-atc-missing" },
    { "bdW", "inval-range-missed" },
    { "afW", "inval-range-missed" },
    { "daW", "inval-wrong-order" },
};

static void page_read_only(CheckVtd *t)
{
    map_and_use(t);
    fake_put64(t->f->env, entry(t, 1, 0x1000), 0xa065);
}

static void page_upgraded(CheckVtd *t)
{
    vtd_bind(t->f, 1);
    vtd_map(t->f, 0x1000, 0xa000, false);
    vtd_translate(t->f, P(1), 0x1000, SVA_READ);
    fake_put64(t->f->env, entry(t, 1, 0x1000), 0xa067);
}

static void page_aged(CheckVtd *t)
{
    map_and_use(t);
    fake_put64(t->f->env, entry(t, 1, 0x1000), 0xa047);
}

static void page_new(CheckVtd *t)
{
    map_and_use(t);
    vtd_translate(t->f, P(1), 0x3000, SVA_READ);
    vtd_map(t->f, 0x3000, 0xc000, true);
}

static const Row free_rows[] = { { "", "" } };

/* -- first stage, 2 MiB -- */

static void huge_gone(CheckVtd *t)
{
    vtd_bind(t->f, 1);
    fake_put64(t->f->env, entry(t, 2, 0x200000), 0x4000e7);
    vtd_translate(t->f, P(1), 0x234000, SVA_RW);
    fake_put64(t->f->env, entry(t, 2, 0x200000), 0);
}

static const Row huge_rows[] = {
    { "mW", "" },
    { "noW", "" },
    { "nW", "inval-range-missed" },
    { "", "inval-tlb-missing" },
};

/* -- first stage, table -- */

static void table_gone(CheckVtd *t)
{
    map_and_use(t);
    fake_put64(t->f->env, entry(t, 2, 0x1000), 0);
}

static const Row table_rows[] = {
    { "IDW", "" },
    { "abdfW", "" },
    { "bhdfW", "" },            /* any address below it is enough */
    { "hdW", "inval-leaf-only" },
    { "W", "inval-walk-missing" },
    { "abdW", "inval-range-missed" },
    { "abW", "inval-atc-missing" },
};

/* Page by page, and then the table. */
static void table_freed(CheckVtd *t)
{
    map_and_use(t);
    fake_put64(t->f->env, entry(t, 1, 0x1000), 0);
    fake_put64(t->f->env, entry(t, 1, 0x2000), 0);
    fake_put64(t->f->env, entry(t, 2, 0x1000), 0);
}

static const Row freed_rows[] = {
    { "IDW", "" },
    { "abdfW", "" },
    { "dfabW", "inval-wrong-order" },
};

/* -- PASID entry -- */

static void pasid_gone(CheckVtd *t)
{
    map_and_use(t);
    vtd_pasid(t->f, 1, 0, 0, 0);
}

static const Row pasid_rows[] = {
    { "PIDW", "" },
    { "PWIWDW", "" },
    { "qSDW", "" },
    { "IDW", "inval-entry-missing" },
    { "pIDW", "inval-entry-missing" },
    { "QIDW", "inval-entry-missing" },
    { "PDW", "inval-walk-missing" },
    { "PiDW", "inval-walk-missing" },
    { "PIW", "inval-atc-missing" },
    { "PIEW", "inval-atc-missing" },
    { "PIFW", "inval-atc-missing" },
    { "IPDW", "inval-wrong-order" },
    { "PDIW", "inval-wrong-order" },
    { "PID", "inval-not-waited" },
};

static void pasid_quiesced(CheckVtd *t)
{
    map_and_use(t);
    vtd_pasid(t->f, 1, 2, 0, 0);
}

static void pasid_moved(CheckVtd *t)
{
    map_and_use(t);
    vtd_pasid(t->f, 1, VTD_FIRST0, VTD_FIRST1, 0x23000);
}

/* -- PASID entry, second stage in domain 1 -- */

static void second_gone(CheckVtd *t)
{
    vtd_pasid(t->f, 1, VTD_SECOND | 0x89, 0x800001, 0);
    vtd_map_second(t->f, 0x1000, 0xa000, true);
    use(t, 1, 0x1000);
    vtd_pasid(t->f, 1, 0, 0, 0);
}

static const Row second_rows[] = {
    { "PSDW", "" },
    { "SDW", "inval-entry-missing" },
    { "PDW", "inval-walk-missing" },
    { "PIDW", "inval-walk-missing" },   /* P_IOTLB leaves SS-PSC */
    { "PSW", "inval-atc-missing" },
};

/* -- PASID entry, pass-through -- */

static void pass_gone(CheckVtd *t)
{
    vtd_pasid(t->f, 1, 0x109, 0x800001, 0);
    use(t, 1, 0x1000);
    vtd_pasid(t->f, 1, 0, 0, 0);
}

static const Row pass_rows[] = {
    { "PIDW", "" },
    { "PSDW", "" },
    { "IDW", "inval-entry-missing" },
    { "PDW", "inval-tlb-missing" },
    { "PadW", "inval-tlb-missing" },    /* there are no pages */
    { "PiDW", "inval-tlb-missing" },
    { "PIW", "inval-atc-missing" },
    { "PIdW", "inval-atc-missing" },
    { "IPDW", "inval-wrong-order" },
};

static void rid_pass_gone(CheckVtd *t)
{
    vtd_pasid(t->f, 0, 0x109, 0x800001, 0);
    vtd_translate(t->f, SVA_NO_PASID, 0x1000, SVA_RW);
    vtd_ats(t->f, SVA_NO_PASID, 0x1000, SVA_RW);
    vtd_pasid(t->f, 0, VTD_SECOND | 0x89, 0x800001, 0);
}

static const Row rid_pass_rows[] = {
    { "zRFW", "" },
    { "zSFW", "" },
    { "zFW", "inval-tlb-missing" },
    { "zRW", "inval-atc-missing" },
};

/* -- second-stage tables -- */

static void second_page_gone(CheckVtd *t)
{
    vtd_pasid(t->f, 1, VTD_SECOND | 0x89, 0x800001, 0);
    vtd_map_second(t->f, 0x1000, 0xa000, true);
    use(t, 1, 0x1000);
    fake_put64(t->f->env, vtd_entry(t->f, VTD_SECOND, 4, 1, 0x1000), 0);
}

static const Row second_page_rows[] = {
    { "edW", "" },
    { "kdW", "" },
    { "SDW", "" },
    { "adW", "inval-tlb-missing" },     /* not for the second stage */
    { "dW", "inval-tlb-missing" },
};

static void second_table_gone(CheckVtd *t)
{
    second_page_gone(t);
    fake_put64(t->f->env, vtd_entry(t->f, VTD_SECOND, 4, 2, 0x1000), 0);
}

static const Row second_table_rows[] = {
    { "edW", "" },
    { "kdW", "inval-leaf-only" },
};

/* -- nested: the second stage under a first one -- */

static void nested_use(CheckVtd *t)
{
    unsigned i;

    for (i = 0; i < 4; i++) {
        vtd_map_second(t->f, 0xa0000 + i * 0x1000, 0x60000 + i * 0x1000, true);
    }
    fake_put64(t->f->env, 0x60000, 0xa1007);
    fake_put64(t->f->env, 0x61000, 0xa2007);
    fake_put64(t->f->env, 0x62000, 0xa3007);
    fake_put64(t->f->env, 0x63008, 0x201007);
    vtd_map_second(t->f, 0x201000, 0x7d1000, true);
    vtd_pasid(t->f, 1, VTD_SECOND | 0xc9, 0x800001, 0xa0000);
    use(t, 1, 0x1000);
}

static void nested_page_gone(CheckVtd *t)
{
    nested_use(t);
    fake_put64(t->f->env, vtd_entry(t->f, VTD_SECOND, 4, 1, 0x201000), 0);
}

/* By page: all translations of the domain go (Table 23). */
static const Row nested_page_rows[] = {
    { "edW", "" },
    { "SDW", "" },
    { "SdW", "" },
    { "SW", "inval-atc-missing" },
    { "IDW", "inval-tlb-missing" },
    { "dSW", "inval-wrong-order" },
    { "dSdW", "" },
};

static void nested_table_gone(CheckVtd *t)
{
    nested_use(t);
    fake_put64(t->f->env, vtd_entry(t->f, VTD_SECOND, 4, 2, 0x201000), 0);
}

static const Row nested_table_rows[] = {
    { "SDW", "" },
    { "vDW", "" },
    { "eDW", "inval-range-missed" },    /* of another table */
    { "wDW", "inval-leaf-only" },
};

/* -- context entry -- */

static void context_gone(CheckVtd *t)
{
    map_and_use(t);
    vtd_context(t->f, 0, 0);
}

static const Row context_rows[] = {
    { "CqSDW", "" },
    { "GqSDW", "" },
    { "cqSDW", "inval-entry-missing" },
    { "qSDW", "inval-entry-missing" },
};

static void context_pre(CheckVtd *t)
{
    map_and_use(t);
    vtd_context(t->f, VTD_DIR | 0xd | 7 << 9, 0);
}

static const Row context_pre_rows[] = {
    { "CW", "" },
    { "", "inval-entry-missing" },
};

/* -- requests without PASID: RID_PASID is 0 -- */

static void rid_use(CheckVtd *t)
{
    vtd_pasid(t->f, 0, VTD_FIRST0, VTD_FIRST1, VTD_FIRST2);
    vtd_map(t->f, 0x1000, 0xa000, true);
    vtd_translate(t->f, SVA_NO_PASID, 0x1000, SVA_RW);
    vtd_ats(t->f, SVA_NO_PASID, 0x1000, SVA_RW);
}

static void rid_page_gone(CheckVtd *t)
{
    rid_use(t);
    fake_put64(t->f->env, entry(t, 1, 0x1000), 0);
}

static const Row rid_page_rows[] = {
    { "rxW", "" },
    { "RFW", "" },
    { "rW", "inval-atc-missing" },
    { "rdW", "inval-atc-missing" },
    { "axW", "inval-tlb-missing" },
    { "xrW", "inval-wrong-order" },
};

static void rid_pasid_gone(CheckVtd *t)
{
    rid_use(t);
    vtd_pasid(t->f, 0, 0, 0, 0);
}

static const Row rid_pasid_rows[] = {
    { "zRFW", "" },
    { "RFW", "inval-entry-missing" },
    { "zFW", "inval-walk-missing" },
    { "zRW", "inval-atc-missing" },
    { "zRDW", "inval-atc-missing" },
};

#define ROWS(rows) rows, G_N_ELEMENTS(rows)

static const Change changes[] = {
    { "page-gone", page_gone, ROWS(page_rows) },
    { "page-read-only", page_read_only, ROWS(page_rows) },
    { "page-upgraded", page_upgraded, ROWS(free_rows) },
    { "page-aged", page_aged, ROWS(free_rows) },
    { "page-new", page_new, ROWS(free_rows) },
    { "huge-gone", huge_gone, ROWS(huge_rows) },
    { "table-gone", table_gone, ROWS(table_rows) },
    { "table-freed", table_freed, ROWS(freed_rows) },
    { "pasid-gone", pasid_gone, ROWS(pasid_rows) },
    { "pasid-quiesced", pasid_quiesced, ROWS(pasid_rows) },
    { "pasid-moved", pasid_moved, ROWS(pasid_rows) },
    { "second-gone", second_gone, ROWS(second_rows) },
    { "pass-gone", pass_gone, ROWS(pass_rows) },
    { "rid-pass-gone", rid_pass_gone, ROWS(rid_pass_rows) },
    { "second-page-gone", second_page_gone, ROWS(second_page_rows) },
    { "second-table-gone", second_table_gone, ROWS(second_table_rows) },
    { "nested-page-gone", nested_page_gone, ROWS(nested_page_rows) },
    { "nested-table-gone", nested_table_gone, ROWS(nested_table_rows) },
    { "rid-page-gone", rid_page_gone, ROWS(rid_page_rows) },
    { "rid-pasid-gone", rid_pasid_gone, ROWS(rid_pasid_rows) },
    { "context-gone", context_gone, ROWS(context_rows) },
    { "context-pre", context_pre, ROWS(context_pre_rows) },
};

static void test_change(gconstpointer opaque)
{
    const Change *change = opaque;
    size_t i;

    for (i = 0; i < change->count; i++) {
        CheckVtd *t = check_vtd_new(NULL);

        t->f->complete = true;
        change->prepare(t);
        check_vtd_expect(t, "");
        g_test_message("%s, steps %s", change->name, change->rows[i].steps);
        check_vtd_submit(t, change->rows[i].steps);
        check_vtd_expect_later(t, change->rows[i].rules);
        check_vtd_free(t);
    }
}

/*
 * What is enough stays enough whatever liberties the unit takes: with each of
 * these seeds, and with pauses in which it speculates.
 */
#define SEEDS 40

static void test_change_adversary(gconstpointer opaque)
{
    const Change *change = opaque;
    SvaVtdConfig config = sva_vtd_default_config;
    size_t i;

    for (config.adversary = 1; config.adversary <= SEEDS; config.adversary++) {
        for (i = 0; i < change->count; i++) {
            CheckVtd *t;

            if (*change->rows[i].rules) {
                continue;
            }
            t = check_vtd_new(&config);
            t->f->complete = true;
            change->prepare(t);
            fake_env_advance(t->f->env, 1000000);
            g_test_message("%s, seed %u, steps %s", change->name,
                           config.adversary, change->rows[i].steps);
            check_vtd_submit(t, change->rows[i].steps);
            check_vtd_expect_later(t, "");
            check_vtd_free(t);
        }
    }
}

/* The unit looks up a page that nobody has asked for. */
static void speculate(CheckVtd *t, uint64_t addr)
{
    uint64_t pa = entry(t, 1, addr);

    sva_emit(&t->f->env->env, .kind = SVA_EV_ENTRY, .rid = VTD_RID,
             .pasid = P(1), .addr = addr,
             .entry = {
                 .pa = pa, .words = { fake_get64(t->f->env, pa) },
                 .type = SVA_ENTRY_VTD_FIRST, .level = 1, .shift = 12,
                 .count = 1,
             });
}

/*
 * What was read before the invalidation is not put into the IOTLB by the next
 * request, for another page.
 */
static void test_speculation(void)
{
    CheckVtd *t = check_vtd_new(NULL);

    t->f->complete = true;
    map_and_use(t);
    vtd_map(t->f, 0x3000, 0xc000, true);
    vtd_map(t->f, 0x4000, 0xd000, true);
    speculate(t, 0x1000);
    use(t, 1, 0x3000);
    speculate(t, 0x1000);
    fake_put64(t->f->env, entry(t, 1, 0x1000), 0);
    check_vtd_submit(t, "adW");
    use(t, 1, 0x4000);
    check_vtd_expect_later(t, "");
    check_vtd_free(t);
}

int main(int argc, char **argv)
{
    size_t i;

    g_test_init(&argc, &argv, NULL);
    for (i = 0; i < G_N_ELEMENTS(changes); i++) {
        char *name = g_strconcat("/checker/vtd/inval/", changes[i].name, NULL);

        g_test_add_data_func(name, &changes[i], test_change);
        g_free(name);
        name = g_strconcat("/checker/vtd/inval/adversary/", changes[i].name,
                           NULL);
        g_test_add_data_func(name, &changes[i], test_change_adversary);
        g_free(name);
    }
    g_test_add_func("/checker/vtd/inval/speculation", test_speculation);
    return g_test_run();
}

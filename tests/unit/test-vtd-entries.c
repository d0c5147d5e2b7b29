/*
 * VT-d: the entries that the unit reads, what it caches and drops, and the
 * registers in force, as events
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "event-log.h"
#include "vtd-fixture.h"

#define P(n) sva_pasid(n)

/* Tables of a request of PASID 1, as vtd_fixture_scalable() has them. */
#define ROOT    "ENTRY VTD_ROOT 0110/- @10010: 11001\n"
#define CONTEXT "ENTRY VTD_CONTEXT 0110/- @11200: 13e1d 0 0 0\n"
#define DIR     "ENTRY VTD_PASID_DIR 0110/1 @13000: 14001\n"
#define PASID                                                           \
    "ENTRY VTD_PASID 0110/1 @14040: 41 800001 20000 0 0 0 0 0\n"

static VtdFixture *without_walk_caches(void)
{
    SvaVtdConfig c = sva_vtd_default_config;

    c.walk_entries = 0;
    return vtd_fixture_scalable(&c);
}

/* A read, then a translation request to write: @upper is read again for it. */
static void expect_all_levels(VtdFixture *f, const char *upper)
{
    g_autofree char *again = NULL;

    vtd_bind(f, 1);
    vtd_map(f, 0x1000, 0xa000, true);
    vtd_translate(f, P(1), 0x1234, SVA_READ);
    event_log_expect(f->env, ROOT CONTEXT DIR PASID
        "ENTRY VTD_FIRST 0110/1 1234 L4 S39 @20000: 400007\n"
        "ENTRY VTD_FIRST 0110/1 1234 L4 S39 @20000: 400027\n"
        "ENTRY VTD_FIRST 0110/1 1234 L3 S30 @400000: 401007\n"
        "ENTRY VTD_FIRST 0110/1 1234 L3 S30 @400000: 401027\n"
        "ENTRY VTD_FIRST 0110/1 1234 L2 S21 @401000: 402007\n"
        "ENTRY VTD_FIRST 0110/1 1234 L2 S21 @401000: 402027\n"
        "ENTRY VTD_FIRST 0110/1 1234 L1 S12 @402008: a007\n"
        "ENTRY VTD_FIRST 0110/1 1234 L1 S12 @402008: a027\n"
        "FILL 0110/1 1234 -> a234/fff r-- asid 1 domain 1 kind 0 priv 0\n"
        "XLATE 0110/1 1234 -> a234/fff r--\n");
    /* What caches have is not read again, and accessed bits are set. */
    vtd_translate(f, P(1), 0x1234, SVA_READ);
    vtd_ats(f, P(1), 0x1000, SVA_RW);
    again = g_strconcat(
        "XLATE 0110/1 1234 -> a234/fff r--\n", upper,
        "ENTRY VTD_FIRST 0110/1 1000 L1 S12 @402008: a027\n"
        "ENTRY VTD_FIRST 0110/1 1000 L1 S12 @402008: a067\n"
        "FILL 0110/1 1000 -> a000/fff rw- asid 1 domain 1 kind 0 priv 0\n"
        "ATS 0110/1 1000 -> a000/fff rw-\n", NULL);
    event_log_expect(f->env, again);
    vtd_fixture_free(f);
}

static void test_all_levels_of_a_request(void)
{
    expect_all_levels(vtd_fixture_scalable(NULL), "");
    expect_all_levels(without_walk_caches(),
        "ENTRY VTD_FIRST 0110/1 1000 L4 S39 @20000: 400027\n"
        "ENTRY VTD_FIRST 0110/1 1000 L3 S30 @400000: 401027\n"
        "ENTRY VTD_FIRST 0110/1 1000 L2 S21 @401000: 402027\n");
}

static void test_entries_that_are_not_present(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    vtd_translate(f, P(1), 0x1000, SVA_READ);
    event_log_expect(f->env, ROOT CONTEXT DIR
        "ENTRY VTD_PASID 0110/1 @14040: 0 0 0 0 0 0 0 0\n"
        "FAULT 0110/1 1000\n"
        "XLATE 0110/1 1000 -> 0/fff ---\n");
    vtd_bind(f, 1);
    vtd_translate(f, P(1), 0x1000, SVA_READ);
    event_log_expect(f->env, DIR PASID
        "ENTRY VTD_FIRST 0110/1 1000 L4 S39 @20000: 0\n"
        "FAULT 0110/1 1000\n"
        "XLATE 0110/1 1000 -> 0/fff ---\n");
    vtd_context(f, 0, 0);
    vtd_submit(f, 0x11, 0);
    fake_env_clear(f->env);
    vtd_page_request(f, P(1), 0x5000, 3, true);
    event_log_expect(f->env, ROOT
        "ENTRY VTD_CONTEXT 0110/- @11200: 0 0 0 0\n"
        "FAULT 0110/1 5000\n"
        "PRQ_AUTO 0110/1 5000\n");
    vtd_fixture_free(f);
}

/* The half of the root entry that serves the function. */
static void test_upper_half_of_the_root_entry(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    SvaRequest req = { .rid = 0x0180, .addr = 0x1000, .access = SVA_READ };
    SvaTranslation out;

    f->vtd.iommu.ops->translate(&f->vtd.iommu, &req, &out);
    event_log_expect(f->env,
        "ENTRY VTD_ROOT 0180/- @10018: 12001\n"
        "ENTRY VTD_CONTEXT 0180/- @12000: 0 0 0 0\n"
        "FAULT 0180/- 1000\n"
        "XLATE 0180/- 1000 -> 0/fff ---\n");
    vtd_fixture_free(f);
}

static void test_legacy_mode(void)
{
    VtdFixture *f = vtd_fixture_legacy(NULL, VTD_SECOND | 1, 0x102);

    vtd_map_second(f, 0x1000, 0xa000, true);
    vtd_translate(f, SVA_NO_PASID, 0x1010, SVA_WRITE);
    event_log_expect(f->env,
        "ENTRY VTD_ROOT 0110/- @10010: 11001 0\n"
        "ENTRY VTD_CONTEXT 0110/- @11100: 21001 102\n"
        "ENTRY VTD_SECOND 0110/- 1010 L4 S39 @21000: 400007\n"
        "ENTRY VTD_SECOND 0110/- 1010 L3 S30 @400000: 401007\n"
        "ENTRY VTD_SECOND 0110/- 1010 L2 S21 @401000: 402007\n"
        "ENTRY VTD_SECOND 0110/- 1010 L1 S12 @402008: a003\n"
        "FILL 0110/- 1010 -> a010/fff rw- asid 0 domain 1 kind 1 priv 0\n"
        "XLATE 0110/- 1010 -> a010/fff rw-\n");
    vtd_fixture_free(f);
}

/* Requests without PASID use RID_PASID, here 0. */
static void test_rid_pasid(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    vtd_bind(f, 0);
    fake_put64(f->env, VTD_FIRST, 0);
    vtd_translate(f, SVA_NO_PASID, 0x1000, SVA_READ);
    event_log_expect(f->env, ROOT CONTEXT
        "ENTRY VTD_PASID_DIR 0110/0 @13000: 14001\n"
        "ENTRY VTD_PASID 0110/0 @14000: 41 800001 20000 0 0 0 0 0\n"
        "ENTRY VTD_FIRST 0110/- 1000 L4 S39 @20000: 0\n"
        "FAULT 0110/- 1000\n"
        "XLATE 0110/- 1000 -> 0/fff ---\n");
    vtd_fixture_free(f);
}

/* Tables of the first stage are found through the second. */
static void expect_nested(VtdFixture *f, bool walk_caches)
{
    g_autofree char *events = NULL;

    vtd_pasid(f, 1, VTD_SECOND | 0xc9, 0x800001, 0xa0000);
    /* A 1 GiB page: guest physical and physical addresses are the same. */
    fake_put64(f->env, vtd_entry(f, VTD_SECOND, 4, 3, 0), 0x83);
    fake_put64(f->env, 0xa0000, 0xa1027);
    fake_put64(f->env, 0xa1000, 0x400000a7);
    vtd_translate(f, P(1), 0x1000, SVA_READ);
#define TOP(addr) "ENTRY VTD_SECOND 0110/1 " addr " L4 S39 @21000: 400007\n"
#define SECOND(addr) "ENTRY VTD_SECOND 0110/1 " addr " L3 S30 @400000: 83\n"
    events = g_strconcat(ROOT CONTEXT DIR
        "ENTRY VTD_PASID 0110/1 @14040: 210c9 800001 a0000 0 0 0 0 0\n"
        TOP("a0000") SECOND("a0000")
        "ENTRY VTD_FIRST 0110/1 1000 L4 S39 @a0000: a1027\n"
        , walk_caches ? "" : TOP("a1000"), SECOND("a1000")
        "ENTRY VTD_FIRST 0110/1 1000 L3 S30 @a1000: 400000a7\n"
        , walk_caches ? "" : TOP("40001000"),
        "ENTRY VTD_SECOND 0110/1 40001000 L3 S30 @400008: 0\n"
        "FAULT 0110/1 1000\n"
        "XLATE 0110/1 1000 -> 0/fff ---\n", NULL);
    event_log_expect(f->env, events);
    vtd_fixture_free(f);
}

static void test_nested(void)
{
    expect_nested(vtd_fixture_scalable(NULL), true);
    expect_nested(without_walk_caches(), false);
}

/* An entry that cannot be read is no entry. */
static void test_no_memory(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    fake_env_hole(f->env, VTD_CONTEXT, 0x1000);
    vtd_translate(f, P(1), 0x1000, SVA_READ);
    event_log_expect(f->env, ROOT
        "FAULT 0110/1 1000\n"
        "XLATE 0110/1 1000 -> 0/fff ---\n");
    vtd_fixture_free(f);
}

static VtdFixture *with_esrtps(SvaVtdConfig *config, bool esrtps)
{
    config->esrtps = esrtps;
    return vtd_fixture_scalable(config);
}

#define CAP_TO_GSTS(gsts, rtaddr)                                       \
    g_strdup_printf("REGS 0: %s %" PRIx64 " %" PRIx64 " %s %x 0\n", rtaddr, \
                    f->vtd.cap, f->vtd.ecap, gsts, f->vtd.config.haw_bits)

static void test_registers_and_drops(void)
{
    SvaVtdConfig config = sva_vtd_default_config;
    VtdFixture *f = with_esrtps(&config, true);
    g_autofree char *set = CAP_TO_GSTS("c4000000", "23400");
    g_autofree char *off = CAP_TO_GSTS("44000000", "23400");
    g_autofree char *on = CAP_TO_GSTS("c4000000", "23400");
    g_autofree char *reset = CAP_TO_GSTS("0", "0");
    g_autofree char *all = NULL;

    /* ESRTPS; a write of RTADDR alone has no effect. */
    vtd_write64(f, 0x20, 0x23400);
    event_log_expect(f->env, "");
    vtd_command(f, 1u << 30);
    all = g_strconcat(set, "DROP f\n", NULL);
    event_log_expect(f->env, all);
    vtd_level(f, 1u << 31, false);
    g_free(all);
    all = g_strconcat(off, "DROP f\n", NULL);
    event_log_expect(f->env, all);
    vtd_level(f, 1u << 31, true);
    event_log_expect(f->env, on);
    sva_vtd_reset(&f->vtd);
    g_free(all);
    all = g_strconcat("DROP f\nRESET\n", reset, NULL);
    event_log_expect(f->env, all);
    vtd_fixture_free(f);
}

static void test_root_table_without_esrtps(void)
{
    SvaVtdConfig config = sva_vtd_default_config;
    VtdFixture *f = with_esrtps(&config, false);

    vtd_command(f, 1u << 30);
    g_assert_cmpuint(fake_env_event_count(f->env, SVA_EV_REGS), ==, 1);
    g_assert_cmpuint(fake_env_event_count(f->env, SVA_EV_DROP), ==, 0);
    vtd_fixture_free(f);
}

/* As the descriptors that ask for the same; then software may see the end. */
static void test_invalidation_by_register(void)
{
    VtdFixture *f = vtd_fixture_legacy(NULL, VTD_SECOND | 1, 0x102);

    vtd_level(f, 1u << 26, false);
    fake_env_clear(f->env);
    /* Device 0110h of domain 5, function mask 3 */
    vtd_write64(f, 0x28, 0xe000000301100005);
    event_log_expect(f->env,
        "COMMAND 3011000050031 0\n"
        "WAIT_DONE 0 0\n");
    /* 4 pages of domain 5, leaves only; drain bits do not show. */
    vtd_write64(f, 0x500, 0x7f0000004042);
    vtd_write64(f, 0x508, 0xb003000500000000);
    event_log_expect(f->env,
        "COMMAND 50032 7f0000004042\n"
        "WAIT_DONE 0 0\n");
    vtd_write64(f, 0x508, 0x9000000000000000);
    event_log_expect(f->env, "COMMAND 12 0\nWAIT_DONE 0 0\n");
    /* Refused: the queue is on. */
    vtd_level(f, 1u << 26, true);
    vtd_write64(f, 0x508, 0x9000000000000000);
    event_log_expect(f->env, "");
    vtd_fixture_free(f);
}

static void test_descriptors_that_are_refused(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    vtd_submit(f, 0xf, 0x123);
    event_log_expect(f->env, "COMMAND_ERROR f 123 code 3\n");
    vtd_fixture_free(f);
    f = vtd_fixture_scalable(NULL);
    vtd_write64(f, 0x88, 0x10);
    event_log_expect(f->env, "COMMAND_ERROR 0 0 code 6\n");
    vtd_fixture_free(f);
}

static void status_hook(FakeEnv *env, FakeAccess kind, uint64_t pa,
                        void *opaque)
{
    unsigned *seen = opaque;

    if (kind == FAKE_WRITE && pa == VTD_STATUS) {
        *seen = fake_env_event_count(env, SVA_EV_WAIT_DONE);
    }
}

/* Software must not see the status before the event is out. */
static void test_wait_before_its_status(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    unsigned seen = 0;

    fake_env_set_hook(f->env, status_hook, &seen);
    vtd_wait(f, 0, 0);
    g_assert_cmpuint(vtd_status(f, 0), ==, 2);
    g_assert_cmpuint(seen, ==, 1);
    vtd_fixture_free(f);
}

static void test_invalidations_of_atcs(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    /* PASID 1, global */
    vtd_submit(f, 0x0000000101100008, 0x7ffffffffffff801);
    event_log_expect(f->env,
        "COMMAND 101100008 7ffffffffffff801\n"
        "ATC_INV 0110/1 0/ffffffffffffffff global\n");
    f->absent = true;
    vtd_submit(f, 0x0000000101100008, 0x1000);
    event_log_expect(f->env,
        "COMMAND 101100008 1000\n"
        "ATC_INV 0110/1 1000/fff\n"
        "ATC_INV_DONE\n");
    vtd_fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CASE(fn) g_test_add_func("/vtd/entries/" #fn, test_##fn)
    CASE(all_levels_of_a_request);
    CASE(entries_that_are_not_present);
    CASE(upper_half_of_the_root_entry);
    CASE(legacy_mode);
    CASE(rid_pasid);
    CASE(nested);
    CASE(no_memory);
    CASE(registers_and_drops);
    CASE(root_table_without_esrtps);
    CASE(invalidation_by_register);
    CASE(descriptors_that_are_refused);
    CASE(wait_before_its_status);
    CASE(invalidations_of_atcs);
    return g_test_run();
}

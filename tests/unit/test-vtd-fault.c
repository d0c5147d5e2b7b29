/*
 * VT-d: fault records, FPD, event interrupts
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "vtd-fixture.h"

#define P(n) sva_pasid(n)

static void fault_at(VtdFixture *f, uint64_t addr)
{
    SvaTranslation t = vtd_translate(f, P(1), addr, SVA_READ);

    g_assert_cmpuint(t.outcome, ==, SVA_ABORT);
}

/* -- records -- */

static void test_records_are_filled_in_turn_and_wrap(void)
{
    SvaVtdConfig c = sva_vtd_default_config;
    unsigned i;
    VtdFixture *f;
    uint64_t low;

    c.fault_records = 3;
    f = vtd_fixture_scalable(&c);
    for (i = 0; i < 7; i++) {
        fault_at(f, 0x1000 * i);
        g_assert_cmphex(vtd_read32(f, 0x34), ==, 0x2 | (i % 3) << 8);
        g_assert_cmphex(vtd_read64(f, 0x600 + i % 3 * 16), ==, 0x1000 * i);
        g_assert_cmphex(vtd_fault(f, &low, NULL), ==, 0x59);
        g_assert_cmphex(low, ==, 0x1000 * i);
        /* PPF is no bit of its own: it goes with the last F. */
        g_assert_cmphex(vtd_read32(f, 0x34) & 0xff, ==, 0);
    }
    vtd_fixture_free(f);
}

static void test_fri_names_the_first_record_of_a_burst(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    fault_at(f, 0x1000);
    vtd_fault(f, NULL, NULL);
    fault_at(f, 0x2000);
    fault_at(f, 0x3000);
    fault_at(f, 0x4000);
    g_assert_cmphex(vtd_read32(f, 0x34), ==, 0x102);
    /* Taken in any order; PPF stays until the last. */
    vtd_write32(f, 0x600 + 2 * 16 + 12, 1u << 31);
    vtd_write32(f, 0x600 + 1 * 16 + 12, 1u << 31);
    g_assert_cmphex(vtd_read32(f, 0x34), ==, 0x102);
    vtd_write64(f, 0x600 + 3 * 16 + 8, 1ull << 63);
    g_assert_cmphex(vtd_read32(f, 0x34) & 2, ==, 0);
    vtd_fixture_free(f);
}

static void test_record_stays_readable_and_read_only(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    fault_at(f, 0x123456000);
    vtd_write64(f, 0x600, 0);
    vtd_write32(f, 0x608, UINT32_MAX);
    vtd_write32(f, 0x60c, 0x7fffffff);
    g_assert_cmphex(vtd_read64(f, 0x600), ==, 0x123456000);
    g_assert_cmphex(vtd_read64(f, 0x608), ==, 0xc000015980000110);
    vtd_write32(f, 0x60c, 0x80000000);
    g_assert_cmphex(vtd_read64(f, 0x608), ==, 0x4000015980000110);
    vtd_fixture_free(f);
}

static void test_overflow_drops_until_software_clears_it(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    unsigned i;

    for (i = 0; i < 8; i++) {
        fault_at(f, 0x1000 * i);
    }
    g_assert_cmphex(vtd_read32(f, 0x34), ==, 0x2);
    fault_at(f, 0x8000);
    g_assert_cmphex(vtd_read32(f, 0x34), ==, 0x3);
    /* Room does not help as long as PFO is set. */
    for (i = 0; i < 8; i++) {
        g_assert_cmphex(vtd_fault(f, NULL, NULL), ==, 0x59);
    }
    fault_at(f, 0x9000);
    g_assert_cmphex(vtd_fault(f, NULL, NULL), ==, 0);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_FAULTS_LOST), ==, 2);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_FAULTS_RECORDED), ==, 8);
    vtd_write32(f, 0x34, 1);
    fault_at(f, 0xa000);
    g_assert_cmphex(vtd_read64(f, 0x600), ==, 0xa000);
    vtd_fixture_free(f);
}

#define TE  (1u << 31)
#define IRE (1u << 25)

/* As long as either kind of remapping is on they go on in turn. */
static void test_records_start_at_the_first_when_all_is_disabled(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    fault_at(f, 0x1000);
    vtd_fault(f, NULL, NULL);
    vtd_command(f, 1u << 24);
    vtd_level(f, IRE, true);
    vtd_level(f, TE, false);
    vtd_level(f, TE, true);
    fault_at(f, 0x2000);
    g_assert_cmphex(vtd_read64(f, 0x610), ==, 0x2000);
    vtd_fault(f, NULL, NULL);
    vtd_level(f, IRE, false);
    vtd_level(f, TE, false);
    vtd_level(f, TE, true);
    fault_at(f, 0x3000);
    g_assert_cmphex(vtd_read64(f, 0x600), ==, 0x3000);
    g_assert_cmphex(vtd_read32(f, 0x34), ==, 0x2);
    vtd_fixture_free(f);
}

/* -- FPD -- */

static void expect_silence(VtdFixture *f)
{
    uint64_t silent = vtd_count(f, SVA_VTD_CNT_FAULTS_SILENT);

    fake_env_clear(f->env);
    fault_at(f, 0x1000);
    g_assert_cmphex(vtd_read32(f, 0x34), ==, 0);
    g_assert_cmpuint(vtd_msis(f, VTD_MSI_FAULT), ==, 0);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_FAULTS_SILENT), ==, silent + 1);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_FAULTS_RECORDED), ==, 0);
    g_assert_cmpuint(fake_env_event_count(f->env, SVA_EV_FAULT_SILENT), ==, 1);
    g_assert_cmpuint(fake_env_event_count(f->env, SVA_EV_FAULT), ==, 0);
}

/* How Linux quiets a dead process: the whole entry is zero but for FPD. */
static void test_pasid_entry_not_present_with_fpd_is_silent(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    vtd_pasid(f, 1, 0x2, 0, 0);
    expect_silence(f);
    g_assert_cmphex(fake_env_event(f->env, SVA_EV_FAULT_SILENT, 0)
                    ->fault.reason, ==, 0x59);
    vtd_fixture_free(f);
}

static void test_pasid_entry_not_present_without_fpd_is_recorded(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    vtd_pasid(f, 1, 0, 0, 0);
    fault_at(f, 0x1000);
    g_assert_cmphex(vtd_fault(f, NULL, NULL), ==, 0x59);
    g_assert_cmpuint(vtd_msis(f, VTD_MSI_FAULT), ==, 1);
    vtd_fixture_free(f);
}

static void test_present_pasid_entry_with_fpd_is_silent(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    vtd_pasid(f, 1, VTD_FIRST0 | 2, VTD_FIRST1, VTD_FIRST2);
    expect_silence(f);
    expect_silence(f);       /* from the cache */
    g_assert_cmphex(fake_env_event(f->env, SVA_EV_FAULT_SILENT, 0)
                    ->fault.reason, ==, 0x71);
    vtd_fixture_free(f);
}

static void test_directory_entry_with_fpd_is_silent(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    fake_put64(f->env, VTD_DIR, 0x2);
    expect_silence(f);
    g_assert_cmphex(fake_env_event(f->env, SVA_EV_FAULT_SILENT, 0)
                    ->fault.reason, ==, 0x51);
    fake_put64(f->env, VTD_DIR, VTD_PASIDS | 3);
    expect_silence(f);
    g_assert_cmphex(fake_env_event(f->env, SVA_EV_FAULT_SILENT, 0)
                    ->fault.reason, ==, 0x59);
    vtd_fixture_free(f);
}

static void test_context_entry_with_fpd_is_silent(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    vtd_context(f, 0x2, 0);
    expect_silence(f);
    g_assert_cmphex(fake_env_event(f->env, SVA_EV_FAULT_SILENT, 0)
                    ->fault.reason, ==, 0x41);
    vtd_context(f, VTD_DIR | 0x1f | 7 << 9, 0);
    expect_silence(f);
    g_assert_cmphex(fake_env_event(f->env, SVA_EV_FAULT_SILENT, 0)
                    ->fault.reason, ==, 0x59);
    vtd_fixture_free(f);
}

static void test_legacy_context_entry_with_fpd_is_silent(void)
{
    VtdFixture *f = vtd_fixture_legacy(NULL, 0x2, 0);

    vtd_translate(f, SVA_NO_PASID, 0x1000, SVA_READ);
    g_assert_cmphex(vtd_read32(f, 0x34), ==, 0);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_FAULTS_SILENT), ==, 1);
    vtd_fixture_free(f);
}

/* What is before the entry with FPD is not qualified by it. */
static void test_fpd_cannot_silence_root_faults(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    vtd_pasid(f, 1, 0x2, 0, 0);
    fake_put64(f->env, VTD_ROOT + 16, 0);
    fault_at(f, 0x1000);
    g_assert_cmphex(vtd_fault(f, NULL, NULL), ==, 0x39);
    vtd_fixture_free(f);
}

/* FPD changes what software sees, never what the device gets. */
static void test_fpd_does_not_change_the_answer(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    SvaAtsCompletion loud, silent;

    /* Bit 5 is reserved: CA, which is recorded. */
    vtd_pasid(f, 1, 0x61, VTD_FIRST1, VTD_FIRST2);
    loud = vtd_ats(f, P(1), 0x1000, SVA_RW);
    vtd_pasid(f, 1, 0x63, VTD_FIRST1, VTD_FIRST2);
    silent = vtd_ats(f, P(1), 0x1000, SVA_RW);
    g_assert_cmpuint(silent.status, ==, loud.status);
    g_assert_cmpuint(silent.map.access, ==, loud.map.access);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_FAULTS_RECORDED), ==, 1);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_FAULTS_SILENT), ==, 1);
    vtd_fixture_free(f);
}

/* -- event interrupts: the same table for three sources -- */

typedef struct Source {
    unsigned control;
    uint32_t data;
    void (*raise)(VtdFixture *f);
    void (*clear)(VtdFixture *f);
} Source;

static void raise_fault(VtdFixture *f)
{
    fault_at(f, 0x1000);
}

static void clear_fault(VtdFixture *f)
{
    while (vtd_fault(f, NULL, NULL)) {
        ;
    }
}

static void raise_inval(VtdFixture *f)
{
    vtd_submit(f, 0x15, 0);       /* wait with IF */
}

static void clear_inval(VtdFixture *f)
{
    vtd_write32(f, 0x9c, 1);
}

static void raise_page(VtdFixture *f)
{
    vtd_bind(f, 1);
    vtd_page_request(f, P(1), 0x1000, 0, true);
}

static void clear_page(VtdFixture *f)
{
    vtd_write32(f, 0xdc, 3);
}

static const Source sources[] = {
    { 0x38, VTD_MSI_FAULT, raise_fault, clear_fault },
    { 0xa0, VTD_MSI_INVAL, raise_inval, clear_inval },
    { 0xe0, VTD_MSI_PAGE, raise_page, clear_page },
};

/* With each of them in turn, nothing sent yet. */
static void with_each_source(void (*check)(VtdFixture *f, const Source *s))
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(sources); i++) {
        fake_env_clear(f->env);
        check(f, &sources[i]);
    }
    vtd_fixture_free(f);
}

static void sent_once(VtdFixture *f, const Source *s)
{
    s->raise(f);
    g_assert_cmpuint(vtd_msis(f, s->data), ==, 1);
    g_assert_cmphex(fake_env_msi(f->env, 0)->addr, ==, 0xfee00000);
    g_assert_cmphex(vtd_read32(f, s->control), ==, 0);
    s->raise(f);
    g_assert_cmpuint(vtd_msis(f, s->data), ==, 1);
    s->clear(f);
    s->raise(f);
    g_assert_cmpuint(vtd_msis(f, s->data), ==, 2);
    g_assert_cmpuint(f->env->msis->len, ==, 2);
    s->clear(f);
}

static void test_event_is_sent_once_for_a_new_condition(void)
{
    with_each_source(sent_once);
}

static void pending_until_unmasked(VtdFixture *f, const Source *s)
{
    vtd_write32(f, s->control, 1u << 31);
    s->raise(f);
    g_assert_cmphex(vtd_read32(f, s->control), ==, 0xc0000000);
    g_assert_cmpuint(f->env->msis->len, ==, 0);
    vtd_write32(f, s->control, 0);
    g_assert_cmphex(vtd_read32(f, s->control), ==, 0);
    g_assert_cmpuint(vtd_msis(f, s->data), ==, 1);
    /* Nothing is left to send. */
    vtd_write32(f, s->control, 1u << 31);
    vtd_write32(f, s->control, 0);
    g_assert_cmpuint(f->env->msis->len, ==, 1);
    s->clear(f);
}

static void test_masked_event_is_pending_until_unmasked(void)
{
    with_each_source(pending_until_unmasked);
}

static void gone_with_its_status(VtdFixture *f, const Source *s)
{
    vtd_write32(f, s->control, 1u << 31);
    s->raise(f);
    s->clear(f);
    g_assert_cmphex(vtd_read32(f, s->control), ==, 0x80000000);
    vtd_write32(f, s->control, 0);
    g_assert_cmpuint(f->env->msis->len, ==, 0);
}

static void test_masked_event_goes_with_its_status(void)
{
    with_each_source(gone_with_its_status);
}

static void test_upper_address_is_used(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    vtd_write32(f, 0x44, 0x12345600);
    fault_at(f, 0x1000);
    g_assert_cmphex(fake_env_msi(f->env, 0)->addr, ==, 0x12345600fee00000);
    vtd_fixture_free(f);
}

/* Memory, the unit's own IQT, and what an upper address cannot heal */
static void lost_elsewhere(VtdFixture *f, const Source *s)
{
    static const uint64_t elsewhere[] = {
        0x50000, 0xfed90088, 0xfedffffc, 0xfef00000, 0xfee0000000000000,
    };
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(elsewhere); i++) {
        fake_env_clear(f->env);
        vtd_write64(f, s->control + 8, elsewhere[i]);
        s->raise(f);
        g_assert_cmpuint(f->env->msis->len, ==, 0);
        g_assert_cmpuint(fake_env_log_count(f->env), ==, 1);
        g_assert_cmphex(vtd_read32(f, s->control), ==, 0);
        s->clear(f);
    }
    vtd_write64(f, s->control + 8, 0xfeeffffc);
    s->raise(f);
    g_assert_cmphex(fake_env_msi(f->env, 0)->addr, ==, 0xfeeffffc);
    s->clear(f);
}

static void test_event_to_another_address_is_lost(void)
{
    with_each_source(lost_elsewhere);
}

static void test_queue_error_and_fault_share_an_event(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    fault_at(f, 0x1000);
    vtd_submit(f, 0xf, 0);
    g_assert_cmphex(vtd_read32(f, 0x34), ==, 0x12);
    g_assert_cmpuint(vtd_msis(f, VTD_MSI_FAULT), ==, 1);
    clear_fault(f);
    fault_at(f, 0x2000);
    g_assert_cmpuint(vtd_msis(f, VTD_MSI_FAULT), ==, 1);
    clear_fault(f);
    vtd_write32(f, 0x34, 0x10);         /* the bad descriptor is still there */
    g_assert_cmphex(vtd_read32(f, 0x34) & 0xff, ==, 0x10);
    g_assert_cmpuint(vtd_msis(f, VTD_MSI_FAULT), ==, 2);
    vtd_fixture_free(f);
}

static void overflow(VtdFixture *f)
{
    unsigned i;

    for (i = 0; i < 9; i++) {
        fault_at(f, 0x1000 * i);
    }
    for (i = 0; i < 8; i++) {
        vtd_fault(f, NULL, NULL);
    }
    g_assert_cmphex(vtd_read32(f, 0x34) & 0xff, ==, 0x1);
}

/* PFO is no condition, but a status that is set already. */
static void test_no_new_event_while_an_overflow_is_pending(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    overflow(f);
    g_assert_cmpuint(vtd_msis(f, VTD_MSI_FAULT), ==, 1);
    vtd_submit(f, 0xf, 0);
    g_assert_cmphex(vtd_read32(f, 0x34) & 0xff, ==, 0x11);
    g_assert_cmpuint(vtd_msis(f, VTD_MSI_FAULT), ==, 1);
    vtd_fixture_free(f);
}

static void test_masked_event_stays_with_the_overflow(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    vtd_write32(f, 0x38, 1u << 31);
    overflow(f);
    g_assert_cmphex(vtd_read32(f, 0x38), ==, 0xc0000000);
    vtd_write32(f, 0x34, 1);
    g_assert_cmphex(vtd_read32(f, 0x38), ==, 0x80000000);
    g_assert_cmpuint(f->env->msis->len, ==, 0);
    vtd_fixture_free(f);
}

/* All of FSTS taken back while masked: there is nothing left to send. */
static void test_masked_queue_error_goes_with_its_status(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    vtd_write32(f, 0x38, 1u << 31);
    vtd_submit(f, 0xf, 0);
    g_assert_cmphex(vtd_read32(f, 0x38), ==, 0xc0000000);
    fake_put64(f->env, VTD_QUEUE, 0x45);
    vtd_write32(f, 0x34, 0x10);
    g_assert_cmphex(vtd_read32(f, 0x38), ==, 0x80000000);
    vtd_write32(f, 0x38, 0);
    g_assert_cmpuint(f->env->msis->len, ==, 0);
    vtd_fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CASE(name, fn) g_test_add_func("/vtd/fault/" name, fn)
    CASE("records-are-filled-in-turn-and-wrap",
         test_records_are_filled_in_turn_and_wrap);
    CASE("fri-names-the-first-record-of-a-burst",
         test_fri_names_the_first_record_of_a_burst);
    CASE("record-stays-readable-and-read-only",
         test_record_stays_readable_and_read_only);
    CASE("overflow-drops-until-software-clears-it",
         test_overflow_drops_until_software_clears_it);
    CASE("records-start-at-the-first-when-all-is-disabled",
         test_records_start_at_the_first_when_all_is_disabled);
    CASE("no-new-event-while-an-overflow-is-pending",
         test_no_new_event_while_an_overflow_is_pending);
    CASE("masked-event-stays-with-the-overflow",
         test_masked_event_stays_with_the_overflow);
    CASE("pasid-entry-not-present-with-fpd-is-silent",
         test_pasid_entry_not_present_with_fpd_is_silent);
    CASE("pasid-entry-not-present-without-fpd-is-recorded",
         test_pasid_entry_not_present_without_fpd_is_recorded);
    CASE("present-pasid-entry-with-fpd-is-silent",
         test_present_pasid_entry_with_fpd_is_silent);
    CASE("directory-entry-with-fpd-is-silent",
         test_directory_entry_with_fpd_is_silent);
    CASE("context-entry-with-fpd-is-silent",
         test_context_entry_with_fpd_is_silent);
    CASE("legacy-context-entry-with-fpd-is-silent",
         test_legacy_context_entry_with_fpd_is_silent);
    CASE("fpd-cannot-silence-root-faults",
         test_fpd_cannot_silence_root_faults);
    CASE("fpd-does-not-change-the-answer",
         test_fpd_does_not_change_the_answer);
    CASE("event-is-sent-once-for-a-new-condition",
         test_event_is_sent_once_for_a_new_condition);
    CASE("masked-event-is-pending-until-unmasked",
         test_masked_event_is_pending_until_unmasked);
    CASE("masked-event-goes-with-its-status",
         test_masked_event_goes_with_its_status);
    CASE("upper-address-is-used", test_upper_address_is_used);
    CASE("event-to-another-address-is-lost",
         test_event_to_another_address_is_lost);
    CASE("queue-error-and-fault-share-an-event",
         test_queue_error_and_fault_share_an_event);
    CASE("masked-queue-error-goes-with-its-status",
         test_masked_queue_error_goes_with_its_status);
    return g_test_run();
}

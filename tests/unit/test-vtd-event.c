/*
 * VT-d: what the unit announces and counts, and the table of fault reasons
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/sva/vtd/fault.h"
#include "vtd-fixture.h"
#include "vtd-table30.h"

#define P(n) sva_pasid(n)

static void expect_map(const SvaMapping *map, const SvaMapping *want)
{
    g_assert_cmphex(map->addr, ==, want->addr);
    g_assert_cmphex(map->mask, ==, want->mask);
    g_assert_cmphex(map->access, ==, want->access);
    g_assert_cmpuint(map->cached, ==, want->cached);
}

static void expect_request(const SvaEvent *e, const SvaEvent *want)
{
    switch (e->kind) {
    case SVA_EV_XLATE:
        expect_map(&e->xlate.map, &want->xlate.map);
        g_assert_cmpuint(e->xlate.outcome, ==, want->xlate.outcome);
        break;
    case SVA_EV_ATS:
        expect_map(&e->ats.map, &want->ats.map);
        g_assert_cmpuint(e->ats.status, ==, want->ats.status);
        break;
    case SVA_EV_FAULT:
    case SVA_EV_FAULT_SILENT:
        g_assert_cmphex(e->fault.reason, ==, want->fault.reason);
        g_assert_cmphex(e->fault.record[0], ==, want->fault.record[0]);
        g_assert_cmphex(e->fault.record[1], ==, want->fault.record[1]);
        break;
    case SVA_EV_PRQ:
        g_assert_cmpuint(e->prq.prgi, ==, want->prq.prgi);
        g_assert_cmphex(e->prq.entry[0], ==, want->prq.entry[0]);
        g_assert_cmphex(e->prq.entry[1], ==, want->prq.entry[1]);
        break;
    default:
        break;
    }
}

static void expect_message(const SvaEvent *e, const SvaEvent *want)
{
    switch (e->kind) {
    case SVA_EV_PRQ_AUTO:
    case SVA_EV_PRG_RESPONSE:
        g_assert_cmpuint(e->response.code, ==, want->response.code);
        g_assert_cmphex(e->response.reason, ==, want->response.reason);
        g_assert_cmpuint(e->response.prgi, ==, want->response.prgi);
        break;
    case SVA_EV_COMMAND:
        g_assert_cmpuint(e->command.type, ==, want->command.type);
        g_assert_cmphex(e->command.words[0], ==, want->command.words[0]);
        g_assert_cmphex(e->command.words[1], ==, want->command.words[1]);
        break;
    case SVA_EV_WAIT_DONE:
        g_assert_cmphex(e->wait.word, ==, want->wait.word);
        break;
    case SVA_EV_ATC_INV:
    case SVA_EV_ATC_INV_DONE:
        g_assert_cmphex(e->atc_inv.mask, ==, want->atc_inv.mask);
        g_assert_cmphex(e->atc_inv.itag, ==, want->atc_inv.itag);
        break;
    default:
        break;
    }
}

/* The whole event but for @seq and @time. */
static void expect(VtdFixture *f, SvaEvent want)
{
    const SvaEvent *e = fake_env_event(f->env, want.kind, 0);

    g_assert_cmpuint(fake_env_event_count(f->env, want.kind), ==, 1);
    g_assert_cmphex(e->addr, ==, want.addr);
    g_assert_true(sva_pasid_equal(e->pasid, want.pasid));
    g_assert_cmphex(e->rid, ==, want.rid);
    g_assert_cmphex(e->access, ==, want.access);
    expect_request(e, &want);
    expect_message(e, &want);
}

#define EXPECT(f, ...) expect(f, (SvaEvent) { __VA_ARGS__ })

static void test_requests_are_announced(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    vtd_bind(f, 1);
    vtd_map(f, 0x1000, 0xa000, true);
    vtd_translate(f, P(1), 0x1234, SVA_READ);
    /* A read does not set D, so the right to write is not cached yet. */
    EXPECT(f, .kind = SVA_EV_XLATE, .rid = VTD_RID, .pasid = P(1),
           .addr = 0x1234, .access = SVA_READ,
           .xlate = { .map = { 0xa234, 0xfff, SVA_READ, 0, false, false } });
    vtd_ats(f, P(1), 0x1000, SVA_RW);
    EXPECT(f, .kind = SVA_EV_ATS, .rid = VTD_RID, .pasid = P(1),
           .addr = 0x1000, .access = SVA_RW,
           .ats = { .map = { 0xa000, 0xfff, SVA_RW, 0, false, false } });
    vtd_page_request(f, P(1), 0x5000, 3, true);
    EXPECT(f, .kind = SVA_EV_PRQ, .rid = VTD_RID, .pasid = P(1),
           .addr = 0x5000, .access = SVA_RW,
           .prq = { { 0x0000000101100101, 0x501f }, 3 });
    vtd_context(f, 0, 0);
    vtd_submit(f, 0x11, 0);
    vtd_page_request(f, P(1), 0x5000, 3, true);
    EXPECT(f, .kind = SVA_EV_PRQ_AUTO, .rid = VTD_RID, .pasid = P(1),
           .addr = 0x5000, .response = { SVA_PRG_INVALID, 0x41, 3 });
    vtd_fixture_free(f);
}

static void expect_source(VtdFixture *f, SvaEventKind kind, unsigned n,
                          uint8_t granted, bool cached)
{
    const SvaEvent *e = fake_env_event(f->env, kind, n);
    const SvaMapping *map = kind == SVA_EV_ATS ? &e->ats.map : &e->xlate.map;

    g_assert_cmphex(map->access, ==, granted);
    g_assert_cmpuint(map->cached, ==, cached);
}

/* Who follows the events knows what was handed out, and from where. */
static void test_events_name_the_source(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    vtd_bind(f, 1);
    vtd_map(f, 0x1000, 0xa000, false);
    vtd_ats(f, P(1), 0x1000, SVA_RW);
    vtd_translate(f, P(1), 0x1000, SVA_READ);
    vtd_translate(f, P(1), 0x1000, SVA_READ);
    vtd_submit(f, 0x12, 0);
    vtd_translate(f, P(1), 0x1000, SVA_READ);
    vtd_ats(f, P(1), 0x2000, SVA_READ);
    expect_source(f, SVA_EV_ATS, 0, SVA_READ, false);
    expect_source(f, SVA_EV_XLATE, 0, SVA_READ, true);
    expect_source(f, SVA_EV_XLATE, 1, SVA_READ, true);
    expect_source(f, SVA_EV_XLATE, 2, SVA_READ, false);
    expect_source(f, SVA_EV_ATS, 1, SVA_NONE, false);
    vtd_fixture_free(f);
}

static void test_faults_are_announced(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    vtd_translate(f, P(1), 0x1234, SVA_WRITE);
    EXPECT(f, .kind = SVA_EV_FAULT, .rid = VTD_RID, .pasid = P(1),
           .addr = 0x1234, .access = SVA_WRITE,
           .fault = { { 0x1000, 0x8000015980000110 }, 0x59 });
    EXPECT(f, .kind = SVA_EV_XLATE, .rid = VTD_RID, .pasid = P(1),
           .addr = 0x1234, .access = SVA_WRITE,
           .xlate = { .map.mask = 0xfff, .outcome = SVA_ABORT });
    vtd_pasid(f, 1, 2, 0, 0);
    vtd_translate(f, P(1), 0x1234, SVA_WRITE);
    EXPECT(f, .kind = SVA_EV_FAULT_SILENT, .rid = VTD_RID, .pasid = P(1),
           .addr = 0x1234, .access = SVA_WRITE, .fault.reason = 0x59);
    vtd_fixture_free(f);
}

static void test_commands_are_announced_before_their_effects(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    const SvaEvent *command, *effect;

    vtd_submit(f, 0x0000000101100008, 0x200ff800);
    EXPECT(f, .kind = SVA_EV_COMMAND,
           .command = {
               .words = { 0x0000000101100008, 0x200ff800 }, .type = 8,
           });
    EXPECT(f, .kind = SVA_EV_ATC_INV, .rid = VTD_RID, .pasid = P(1),
           .addr = 0x20000000,
           .atc_inv = { .mask = 0x1fffff, .itag = f->invs[0].itag });
    vtd_complete(f, 0);
    EXPECT(f, .kind = SVA_EV_ATC_INV_DONE, .rid = VTD_RID,
           .atc_inv.itag = f->invs[0].itag);

    fake_env_clear(f->env);
    vtd_submit(f, 0x12345678000000a5, VTD_STATUS);
    EXPECT(f, .kind = SVA_EV_WAIT_DONE, .addr = VTD_STATUS,
           .wait.word = 0x12345678000000a5);
    command = fake_env_event(f->env, SVA_EV_COMMAND, 0);
    effect = fake_env_event(f->env, SVA_EV_WAIT_DONE, 0);
    g_assert_cmpuint(command->seq, <, effect->seq);

    vtd_submit(f, 0x0000000101101019, 0x18);
    EXPECT(f, .kind = SVA_EV_PRG_RESPONSE, .rid = VTD_RID, .pasid = P(1),
           .response = { SVA_PRG_INVALID, 0, 3 });
    sva_vtd_reset(&f->vtd);
    EXPECT(f, .kind = SVA_EV_RESET);
    vtd_fixture_free(f);
}

/* A descriptor that waits for room is announced and counted once. */
static void test_descriptor_without_room_counts_once(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    unsigned i;

    vtd_submit(f, 0x3 | (uint64_t)VTD_RID << 32, 0);
    for (i = 0; i < SVA_VTD_WAITS; i++) {
        vtd_wait(f, 0, 0);
    }
    fake_env_clear(f->env);
    vtd_wait(f, 1, 0);
    vtd_kick(f);
    g_assert_cmpuint(fake_env_event_count(f->env, SVA_EV_COMMAND), ==, 0);
    vtd_complete(f, 0);
    g_assert_cmpuint(fake_env_event_count(f->env, SVA_EV_COMMAND), ==, 1);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_DESC_WAIT), ==,
                     SVA_VTD_WAITS + 1);
    vtd_fixture_free(f);
}

static void test_counters_of_requests_and_caches(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    unsigned i;

    vtd_bind(f, 1);
    vtd_map(f, 0x1000, 0xa000, true);
    for (i = 0; i < 3; i++) {
        vtd_translate(f, P(1), 0x1000, SVA_READ);
    }
    vtd_translate(f, P(1), 0x2000, SVA_READ);
    vtd_translated(f, 0x1000);
    vtd_translated(f, 0xfee00000);
    vtd_ats(f, P(1), 0x2000, SVA_READ);
    vtd_submit(f, 0x12, 0);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_TRANSLATIONS), ==, 4);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_ABORTED_UNTRANSLATED), ==, 1);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_IOTLB_HITS), ==, 2);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_IOTLB_MISSES), ==, 3);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_IOTLB_DROPPED), ==, 1);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_CONTEXT_FETCHES), ==, 1);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_CONTEXT_HITS), ==, 6);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_PASID_FETCHES), ==, 1);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_PASID_HITS), ==, 4);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_TRANSLATED), ==, 1);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_ABORTED_TRANSLATED), ==, 1);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_ATS_REQUESTS), ==, 1);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_ATS_NO_ACCESS), ==, 1);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_DESC_IOTLB), ==, 1);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_EVENTS_FAULT), ==, 1);
    /* Over a reset, too. */
    sva_vtd_reset(&f->vtd);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_TRANSLATIONS), ==, 4);
    vtd_fixture_free(f);
}

static void test_counters_of_descriptors(void)
{
    static const struct {
        uint64_t qw0;
        SvaVtdCounter counter;
    } rows[] = {
        { 0x11, SVA_VTD_CNT_DESC_CONTEXT },
        { 0x12, SVA_VTD_CNT_DESC_IOTLB },
        { 0x03, SVA_VTD_CNT_DESC_DEVTLB },
        { 0x04, SVA_VTD_CNT_DESC_IEC },
        { 0x45, SVA_VTD_CNT_DESC_WAIT },
        { 0x26, SVA_VTD_CNT_DESC_PIOTLB },
        { 0x37, SVA_VTD_CNT_DESC_PC },
        { 0x08, SVA_VTD_CNT_DESC_PDEVTLB },
        { 0x09, SVA_VTD_CNT_DESC_PGRESP },
    };
    VtdFixture *f = vtd_fixture_scalable(NULL);
    unsigned i, j;

    f->complete = true;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        vtd_submit(f, rows[i].qw0, 0);
        for (j = 0; j < G_N_ELEMENTS(rows); j++) {
            g_assert_cmpuint(vtd_count(f, rows[j].counter), ==, j <= i);
        }
    }
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_ATC_INVALIDATIONS), ==, 2);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_WAITS), ==, 1);
    vtd_submit(f, 0xf, 0);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_QUEUE_ERRORS), ==, 1);
    vtd_fixture_free(f);
}

static void test_counters_of_late_and_unexpected_completions(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    vtd_submit(f, 0x3 | (uint64_t)VTD_RID << 32, 0);
    fake_env_advance(f->env, 100000000000);
    vtd_complete(f, 0);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_ATC_TIMEOUTS), ==, 1);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_ATC_UNEXPECTED), ==, 1);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_ATC_COMPLETIONS), ==, 0);
    vtd_submit(f, 0x15, 0);
    vtd_write32(f, 0x34, 0x60);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_EVENTS_INVALIDATION), ==, 1);
    vtd_bind(f, 1);
    vtd_page_request(f, P(1), 0x1000, 0, true);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_EVENTS_PAGE), ==, 1);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_PAGE_REQUESTS), ==, 1);
    vtd_fixture_free(f);
}

/* The word of @row for request @n, see vtd-table30.h. */
static char *word_of(const Table30Row *row, unsigned n)
{
    g_auto(GStrv) words = g_strsplit(row->answers, " ", -1);

    return g_strdup(words[n]);
}

/* What a translation request is answered, and whether FPD silences it. */
static void test_reasons_have_their_class(void)
{
    static const char *const answers[] = {
        [SVA_FAULT_FUNCTION] = "UR", [SVA_FAULT_ERROR] = "CA",
        [SVA_FAULT_UPDATE] = "Z!", [SVA_FAULT_PAGE] = "Z",
    };
    unsigned i, n, checked = 0;

    for (i = 0; i < G_N_ELEMENTS(table30); i++) {
        const Table30Row *row = &table30[i];
        SvaFault f = sva_vtd_fault(row->reason);

        if (sva_fault_is_none(f)) {
            continue;           /* a reason that the unit does not have */
        }
        g_assert_cmphex(f.reason, ==, row->reason);
        g_assert_cmpint(f.qualified, ==, row->qualified == 'Y');
        for (n = 2; n < 4; n++) {
            g_autofree char *word = word_of(row, n);

            if (strcmp(word, "-")) {
                g_test_message("%s", row->code);
                g_assert_cmpstr(strcmp(word, "EFF") ? word : "Z", ==,
                                answers[f.cls]);
                checked++;
            }
        }
    }
    g_assert_cmpuint(checked, >, 100);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CASE(fn) g_test_add_func("/vtd/event/" #fn, test_##fn)
    CASE(requests_are_announced);
    CASE(events_name_the_source);
    CASE(faults_are_announced);
    CASE(commands_are_announced_before_their_effects);
    CASE(descriptor_without_room_counts_once);
    CASE(counters_of_requests_and_caches);
    CASE(counters_of_descriptors);
    CASE(counters_of_late_and_unexpected_completions);
    CASE(reasons_have_their_class);
    return g_test_run();
}

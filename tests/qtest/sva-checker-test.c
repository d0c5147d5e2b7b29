/*
 * sva-checker: the checker of the guest's side, in a machine
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qobject/qdict.h"
#include "qobject/qjson.h"
#include "qobject/qlist.h"
#include "libsva-migrate.h"
#include "libsva-process.h"

#define PASID 0x25
#define MS    1000000ll

static const SvaBoard *board(void)
{
    return g_str_equal(qtest_get_arch(), "aarch64") ? &sva_board_virt
                                                    : &sva_board_q35;
}

static SvaTest *start(Process *p, const char *options)
{
    g_autofree char *more =
        g_strdup_printf(" -device sva-checker,id=checker0%s", options);
    SvaTest *t = sva_board_start(board(), "", more);

    process_setup(t, p, PASID, SVA_MODE_ATS);
    return t;
}

static void copy(SvaTest *t, Process *p)
{
    process_copy(t, p, 0x1000);
    g_assert_cmphex(process_copy_done(t, p).status, ==, 1);
}

/* As software does when a page table has changed. */
static void flush(SvaTest *t, Process *p)
{
    if (t->board == &sva_board_virt) {
        smmu_flush(t, PASID);
    } else {
        vtd_pasid_flush(t, PASID);
    }
    process_flush_atc(t, p);
}

/* A list, to be freed by the caller. */
static QList *violations(SvaTest *t)
{
    QDict *answer = qtest_qmp(t->qts, "{ 'execute': 'qom-get', 'arguments': "
                              "{ 'path': '/machine/peripheral/checker0', "
                              "'property': 'violations' } }");
    QList *list = qobject_to(QList, qobject_from_json(
        qdict_get_str(answer, "return"), &error_abort));

    g_assert_nonnull(list);
    qobject_unref(answer);
    return list;
}

static void assert_none(SvaTest *t)
{
    QList *list = violations(t);
    g_autoptr(GString) json = qobject_to_json(QOBJECT(list));

    g_assert_cmpstr(json->str, ==, "[]");
    g_assert_cmpuint(sva_qom(t, "checker0", "count-violations"), ==, 0);
    qobject_unref(list);
}

/* -- tests -- */

static void assert_page_is_named(SvaTest *t, const Process *p)
{
    QList *list = violations(t);
    const QDict *report = qobject_to(QDict, qlist_peek(list));
    g_autofree char *pa = g_strdup_printf("0x%" PRIx64, p->dst_pte);

    g_assert_nonnull(report);
    g_assert_cmpstr(qdict_get_str(report, "rule"), ==, "inval-tlb-missing");
    g_assert_cmpstr(qdict_get_str(report, "culprit"), ==, "kernel");
    g_assert_cmpint(qdict_get_int(report, "rid"), ==, SVA_TEST_RID);
    g_assert_cmpint(qdict_get_int(report, "pasid"), ==, PASID);
    g_assert_cmpstr(qdict_get_str(report, "pa"), ==, pa);
    g_assert_cmpstr(qdict_get_str(report, "addr"), ==, "0x7f1000200000");
    g_assert_false(qlist_empty(qdict_get_qlist((QDict *)report, "events")));
    qobject_unref(list);
}

static void test_a_page_that_is_taken_away(void)
{
    Process p;
    SvaTest *t = start(&p, "");

    copy(t, &p);
    g_assert_cmpuint(sva_qom(t, "checker0", "count-entries"), >, 0);
    sva_put64(t, p.dst_pte, 0);
    qtest_clock_step(t->qts, 100 * MS);
    assert_none(t);
    qtest_clock_step(t->qts, 300 * MS);
    g_assert_cmpuint(sva_qom(t, "checker0", "count-violations"), >, 0);
    assert_page_is_named(t, &p);
    sva_test_end(t);
}

static void test_a_page_that_is_invalidated(void)
{
    Process p;
    SvaTest *t = start(&p, "");

    copy(t, &p);
    sva_put64(t, p.dst_pte, 0);
    qtest_clock_step(t->qts, 100 * MS);
    g_assert_cmpuint(sva_qom(t, "checker0", "count-open"), >, 0);
    flush(t, &p);
    qtest_clock_step(t->qts, 500 * MS);
    assert_none(t);
    g_assert_cmpuint(sva_qom(t, "checker0", "count-open"), ==, 0);
    sva_test_end(t);
}

static void test_another_limit(void)
{
    Process p;
    SvaTest *t = start(&p, ",limit=1000");

    copy(t, &p);
    sva_put64(t, p.dst_pte, 0);
    qtest_clock_step(t->qts, 900 * MS);
    assert_none(t);
    qtest_clock_step(t->qts, 300 * MS);
    g_assert_cmpuint(sva_qom(t, "checker0", "count-violations"), >, 0);
    sva_test_end(t);
}

static void test_a_reset_ends_it(void)
{
    Process p;
    SvaTest *t = start(&p, "");

    copy(t, &p);
    sva_put64(t, p.dst_pte, 0);
    sva_test_reset(t);
    qtest_clock_step(t->qts, 500 * MS);
    assert_none(t);
    sva_test_end(t);
}

static void test_it_stops_the_machine(void)
{
    Process p;
    SvaTest *t = start(&p, ",policy=stop");
    QDict *status;

    copy(t, &p);
    sva_put64(t, p.dst_pte, 0);
    qtest_clock_step(t->qts, 400 * MS);
    qtest_qmp_eventwait(t->qts, "STOP");
    status = qtest_qmp(t->qts, "{ 'execute': 'query-status' }");
    g_assert_cmpstr(qdict_get_str(qdict_get_qdict(status, "return"),
                                  "status"), ==, "debug");
    qobject_unref(status);
    g_assert_cmpuint(sva_qom(t, "checker0", "count-violations"), >, 0);
    sva_test_end(t);
}

static void test_it_ends_the_machine(void)
{
    Process p;
    SvaTest *t = start(&p, ",policy=abort");

    copy(t, &p);
    sva_put64(t, p.dst_pte, 0);
    qtest_set_expected_status(t->qts, 1);
    qtest_clock_step(t->qts, 400 * MS);
    qtest_wait_qemu(t->qts);
    sva_test_end(t);
}

/* Other readers of events hear of it, after the event that showed it. */
static void test_it_is_in_the_stream(void)
{
    g_autofree char *path = NULL, *options = NULL, *text = NULL;
    int fd = g_file_open_tmp("sva-checker-XXXXXX", &path, NULL);
    const char *line, *owed;
    Process p;
    SvaTest *t;

    g_assert_cmpint(fd, >=, 0);
    close(fd);
    options = sva_events_options(path);
    t = start(&p, options);
    copy(t, &p);
    sva_put64(t, p.dst_pte, 0);
    qtest_clock_step(t->qts, 400 * MS);
    g_assert_cmpuint(sva_qom(t, "checker0", "count-violations"), >, 0);
    sva_test_end(t);
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    line = strstr(text, "\"kind\":\"VIOLATION\",\"rid\":32,\"pasid\":37,");
    g_assert_nonnull(line);
    g_assert_nonnull(strstr(line, "\"violation\":{\"number\":1,\"rule\":"
                                  "\"inval-tlb-missing\""));
    g_assert_nonnull(strstr(line, "\"obligation\":1,"));
    /* What was owed is told before that, and has no end. */
    owed = strstr(text, "\"kind\":\"OBLIGATION\",\"rid\":32,\"pasid\":37,");
    g_assert_nonnull(owed);
    g_assert_true(owed < line);
    g_assert_nonnull(strstr(owed, "\"obligation\":{\"id\":1,"));
    g_assert_null(strstr(text, "\"kind\":\"OBLIGATION_DONE\""));
    unlink(path);
}

/* What the source owed is not known to the destination, which judges anew. */
static void test_it_starts_afresh_after_migration(void)
{
    g_autofree char *args =
        sva_board_args(board(), "", " -device sva-checker,id=checker0");
    Process p;
    SvaTest *t = start(&p, "");

    copy(t, &p);
    sva_put64(t, p.dst_pte, 0);
    g_assert_true(sva_test_move(t, args));
    qtest_clock_step(t->qts, 500 * MS);
    assert_none(t);
    p.dst_pte = process_map(t, &p, DST_VA, p.dst);
    copy(t, &p);
    sva_put64(t, p.dst_pte, 0);
    qtest_clock_step(t->qts, 500 * MS);
    assert_page_is_named(t, &p);
    sva_test_end(t);
}

/* -- command line -- */

static void assert_refused(const char *options, const char *message)
{
    g_autofree char *line = g_strdup_printf(
        "%s -M none -display none -nodefaults -device sva-checker,%s",
        g_getenv("QTEST_QEMU_BINARY"), options);
    g_autofree char *errors = NULL;
    g_autoptr(GError) err = NULL;
    int status;

    g_assert_true(g_spawn_command_line_sync(line, NULL, &errors, &status,
                                            &err));
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), ==, 1);
    if (!strstr(errors, message)) {
        g_error("%s: %s", options, errors);
    }
}

static void test_wrong_properties(void)
{
    assert_refused("policy=ignore", "sva-checker: policy is 'ignore', must be "
                   "report, stop or abort");
    assert_refused("limit=0", "'limit' must be 1 to 3600000");
    assert_refused("history=0", "'history' must be 1 to 16777216");
    assert_refused("entries=1023", "'entries' must be 1024 to 67108864");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("sva/checker/page-taken-away",
                   test_a_page_that_is_taken_away);
    qtest_add_func("sva/checker/page-invalidated",
                   test_a_page_that_is_invalidated);
    qtest_add_func("sva/checker/limit", test_another_limit);
    qtest_add_func("sva/checker/reset", test_a_reset_ends_it);
    qtest_add_func("sva/checker/stop", test_it_stops_the_machine);
    qtest_add_func("sva/checker/abort", test_it_ends_the_machine);
    qtest_add_func("sva/checker/stream", test_it_is_in_the_stream);
    qtest_add_func("sva/checker/migration",
                   test_it_starts_afresh_after_migration);
    qtest_add_func("sva/checker/properties", test_wrong_properties);
    return g_test_run();
}

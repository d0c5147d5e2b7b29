/*
 * sva-vtd: its state goes to another QEMU process
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qobject/qdict.h"
#include "libsva-vtd.h"

#define TRIES 1000

static QTestState *start_machine(const char *options)
{
    const char *more = g_getenv("QTEST_QEMU_ARGS");

    return qtest_initf("%s -M q35 -m 64M -nodefaults -device sva-vtd,id=vtd%s",
                       more ? more : "", options);
}

/* Wait until "query-migrate" says that it has come to an end. */
static bool migration_completed(QTestState *qts)
{
    unsigned i;

    for (i = 0; i < TRIES; i++) {
        QDict *answer = qtest_qmp_assert_success_ref(
            qts, "{ 'execute': 'query-migrate' }");
        const char *status = qdict_get_try_str(answer, "status");
        bool done = !g_strcmp0(status, "completed");
        bool failed = !g_strcmp0(status, "failed");

        qobject_unref(answer);
        if (done || failed) {
            return done;
        }
        g_usleep(10000);
    }
    return false;
}

/* Into a file, and from there into a machine with @options. */
static bool move_machine(SvaTest *t, const char *options)
{
    g_autofree char *path = NULL, *uri = NULL, *incoming = NULL;
    int fd = g_file_open_tmp("sva-migrate-XXXXXX", &path, NULL);
    bool completed;

    g_assert_cmpint(fd, >=, 0);
    close(fd);
    uri = g_strconcat("file:", path, NULL);
    incoming = g_strconcat(options, " -incoming defer", NULL);
    qtest_qmp_assert_success(t->qts, "{ 'execute': 'migrate', "
                             "'arguments': { 'uri': %s } }", uri);
    g_assert_true(migration_completed(t->qts));
    qtest_quit(t->qts);

    t->qts = start_machine(incoming);
    /* So that a failure can be seen. */
    qtest_qmp_assert_success(t->qts, "{ 'execute': 'migrate-incoming', "
                             "'arguments': { 'uri': %s, "
                             "'exit-on-error': false } }", uri);
    completed = migration_completed(t->qts);
    unlink(path);
    return completed;
}

static SvaTest *start(void)
{
    SvaTest *t = g_new0(SvaTest, 1);

    t->qts = start_machine("");
    t->next_page = 0x01000000;
    vtd_queue_start(t);
    vtd_sync(t);
    return t;
}

static void end(SvaTest *t)
{
    qtest_quit(t->qts);
    g_free(t);
}

static void test_registers_and_queue_survive(void)
{
    SvaTest *t = start();
    uint32_t values[0x1000 / 4];
    unsigned i;

    vtd_set64(t, VTD_RTADDR, 0x1234000 | 0x400);
    vtd_command(t, VTD_SRTP);
    vtd_set64(t, VTD_RTADDR, 0x5678000);
    vtd_set64(t, VTD_IRTA, 0x2345000 | 7);
    vtd_command(t, VTD_SIRTP);
    vtd_command(t, VTD_IRE);
    vtd_command(t, VTD_TE);
    vtd_write32(t, VTD_FEDATA, 0x77);
    for (i = 0; i < ARRAY_SIZE(values); i++) {
        values[i] = vtd_read32(t, i * 4);
    }
    g_assert_true(move_machine(t, ""));
    for (i = 0; i < ARRAY_SIZE(values); i++) {
        g_assert_cmphex(vtd_read32(t, i * 4), ==, values[i]);
    }
    g_assert_cmphex(sva_qom(t, "vtd", "rtaddr"), ==, 0x1234400);
    /* The queue goes on where it was. */
    vtd_sync(t);
    vtd_command_off(t, VTD_TE);
    vtd_sync(t);
    end(t);
}

static void test_unit_with_other_options_is_refused(void)
{
    SvaTest *t = start();

    g_assert_false(move_machine(t, ",fault-records=1"));
    end(t);
}

/* The accelerator cannot be saved yet, and says so. */
static void test_accelerator_blocks(void)
{
    SvaTest *t = sva_test_start("", "");
    QDict *answer = qtest_qmp(t->qts, "{ 'execute': 'migrate', "
                              "'arguments': { 'uri': 'file:/dev/null' } }");

    g_assert_true(qdict_haskey(answer, "error"));
    qobject_unref(answer);
    sva_test_end(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("sva/vtd/migrate/registers-and-queue",
                   test_registers_and_queue_survive);
    qtest_add_func("sva/vtd/migrate/other-options",
                   test_unit_with_other_options_is_refused);
    qtest_add_func("sva/vtd/migrate/accelerator",
                   test_accelerator_blocks);
    return g_test_run();
}

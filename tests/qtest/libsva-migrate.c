/*
 * Moving a test machine to another QEMU process
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qobject/qdict.h"
#include "libsva-migrate.h"

#define TRIES 1000

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

bool sva_test_move(SvaTest *t, const char *args)
{
    g_autofree char *path = NULL, *uri = NULL;
    int fd = g_file_open_tmp("sva-migrate-XXXXXX", &path, NULL);
    bool completed;

    g_assert_cmpint(fd, >=, 0);
    close(fd);
    uri = g_strconcat("file:", path, NULL);
    qtest_qmp_assert_success(t->qts, "{ 'execute': 'migrate', "
                             "'arguments': { 'uri': %s } }", uri);
    g_assert_true(migration_completed(t->qts));
    qtest_quit(t->qts);

    t->qts = qtest_initf("%s -incoming defer", args);
    /* So that a failure can be seen. */
    qtest_qmp_assert_success(t->qts, "{ 'execute': 'migrate-incoming', "
                             "'arguments': { 'uri': %s, "
                             "'exit-on-error': false } }", uri);
    completed = migration_completed(t->qts);
    unlink(path);
    return completed;
}

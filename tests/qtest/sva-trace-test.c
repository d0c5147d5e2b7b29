/*
 * Trace events that are enabled and disabled while the machine runs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "libsva-vtd.h"

#define TRIES 100

static void set_event(SvaTest *t, const char *name, bool enable)
{
    qtest_qmp_assert_success(t->qts, "{ 'execute': 'trace-event-set-state', "
                             "'arguments': { 'name': %s, 'enable': %i } }",
                             name, enable);
}

static unsigned count_lines(const char *path, const char *name)
{
    g_autofree char *text = NULL;
    const char *at;
    unsigned n = 0;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    for (at = text; (at = strstr(at, name)); at++) {
        n++;
    }
    return n;
}

static void test_while_it_runs(void)
{
    g_autofree char *path = NULL, *options = NULL;
    int fd = g_file_open_tmp("sva-trace-XXXXXX", &path, NULL);
    unsigned i, before;
    SvaTest *t;

    g_assert_cmpint(fd, >=, 0);
    close(fd);
    /* Traces go to the log; none is enabled yet. */
    options = g_strdup_printf(" -D %s -d 'trace:none*'", path);
    t = sva_test_start("", options);
    vtd_queue_start(t);
    vtd_sync(t);
    g_assert_cmpuint(count_lines(path, "sva_"), ==, 0);

    set_event(t, "sva_command", true);
    for (i = 0; i < TRIES && !count_lines(path, "sva_command "); i++) {
        g_usleep(50000);
        vtd_sync(t);
    }
    g_assert_cmpuint(count_lines(path, "sva_command "), >, 0);
    g_assert_cmpuint(count_lines(path, "sva_wait_done "), ==, 0);

    set_event(t, "sva_command", false);
    before = count_lines(path, "sva_command ");
    vtd_sync(t);
    g_assert_cmpuint(count_lines(path, "sva_command "), ==, before);
    sva_test_end(t);
    unlink(path);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("sva/trace/while-it-runs", test_while_it_runs);
    return g_test_run();
}

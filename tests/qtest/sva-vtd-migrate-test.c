/*
 * sva-vtd: its state goes to another QEMU process
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "libsva-migrate.h"
#include "libsva-vtd.h"

static char *machine(const char *options)
{
    const char *more = g_getenv("QTEST_QEMU_ARGS");

    return g_strdup_printf("%s -M q35 -m 64M -nodefaults "
                           "-device sva-vtd,id=vtd%s",
                           more ? more : "", options);
}

/* Into a machine with @options. */
static bool move_machine(SvaTest *t, const char *options)
{
    g_autofree char *args = machine(options);

    return sva_test_move(t, args);
}

static SvaTest *start(void)
{
    SvaTest *t = g_new0(SvaTest, 1);
    g_autofree char *args = machine("");

    t->qts = qtest_init(args);
    t->board = &sva_board_q35;
    t->next_page = t->board->ram;
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

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("sva/vtd/migrate/registers-and-queue",
                   test_registers_and_queue_survive);
    qtest_add_func("sva/vtd/migrate/other-options",
                   test_unit_with_other_options_is_refused);
    return g_test_run();
}

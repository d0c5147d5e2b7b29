/*
 * sva-vtd: when a function goes on that was answered by a register write
 *
 * At the end of the write if it can; not while the machine is stopped, and not
 * within a DMA of a function, which may be itself.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "libsva-process.h"

#define PASID       0x25
#define REGS_VA     0x7f1000300000ull
#define QUEUE_VA    0x7f1000400000ull
#define OTHER_REC   0x800           /* in the page of the first one */

/* A copy into a page that is not there, then there: it waits for its answer. */
static uint64_t wait_for_page(SvaTest *t, Process *p)
{
    uint64_t qw0, qw1;

    sva_put64(t, p->dst_pte, 0);
    process_copy(t, p, 0x1000);
    sva_wait_until(t, !vtd_prq_empty(t));
    vtd_prq_pop(t, &qw0, &qw1);
    sva_put64(t, p->dst_pte, p->dst | PTE_USER_RW);
    return qw1;
}

static void test_stopped_machine(void)
{
    Process p;
    SvaTest *t = process_start(&p, PASID, SVA_MODE_ATS_PRI);
    uint64_t qw1 = wait_for_page(t, &p);

    qtest_qmp_assert_success(t->qts, "{'execute': 'stop'}");
    process_respond(t, &p, qw1, 0);
    g_assert_cmphex(sva_qom(t, "vtd", "count-page-responses-success"), ==, 1);
    sva_assert_filled(t, p.dst, 0x1000, 2);
    g_assert_cmphex(sva_get64(t, p.rec), ==, 0);
    qtest_qmp_assert_success(t->qts, "{'execute': 'cont'}");
    g_assert_cmphex(process_copy_done(t, &p).status, ==, SVA_ST_SUCCESS);
    sva_assert_filled(t, p.dst, 0x1000, 1);
    sva_test_end(t);
}

/* Jobs that have ended, in order, by the contexts of the function. */
static void assert_order(const char *path, int first, int second)
{
    g_autofree char *text = NULL, *a = NULL, *b = NULL;
    const char *end;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    a = g_strdup_printf("\"context\":%d,\"opcode\":", first);
    b = g_strdup_printf("\"context\":%d,\"opcode\":", second);
    end = strstr(text, "\"JOB_DONE\"");
    g_assert_nonnull(end);
    g_assert_true(g_strstr_len(end, strcspn(end, "\n"), a));
    end = strstr(end + 1, "\"JOB_DONE\"");
    g_assert_nonnull(end);
    g_assert_true(g_strstr_len(end, strcspn(end, "\n"), b));
}

/* A job of another context writes the tail of the queue with the answer. */
static void answer_by_dma(SvaTest *t, Process *p, uint64_t qw1)
{
    AccContext writer = {
        .n = 1, .pasid = PASID, .pasid_en = true,
        .mode = SVA_MODE_UNTRANSLATED, .ring = QUEUE_VA,
        .ring_pa = sva_alloc(t, 0x1000),
    };
    struct sva_desc desc = {
        .opcode = SVA_OP_FILL, .flags = SVA_DF_COMPLETION,
        .dst = REGS_VA + VTD_IQT, .size = 8,
        .completion = REC_VA + OTHER_REC,
    };

    process_map(t, p, REGS_VA, VTD_BASE);
    process_map(t, p, QUEUE_VA, writer.ring_pa);
    acc_enable(t, &writer);
    vtd_queue_put(t, 9 | 1 << 4 | SVA_TEST_RID << 16 | (uint64_t)PASID << 32,
                  qw1 & 0xffc);
    desc.src = t->iq_tail;
    acc_submit(t, &writer, &desc);
    acc_completion(t, p->rec + OTHER_REC);
}

static void test_answered_by_dma(void)
{
    g_autofree char *folder = g_dir_make_tmp("sva-due-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "events", NULL);
    g_autofree char *more = sva_events_options(path);
    SvaTest *t = sva_board_start(&sva_board_q35, "", more);
    Process p;

    process_setup(t, &p, PASID, SVA_MODE_ATS_PRI);
    answer_by_dma(t, &p, wait_for_page(t, &p));
    g_assert_cmphex(process_copy_done(t, &p).status, ==, SVA_ST_SUCCESS);
    sva_assert_filled(t, p.dst, 0x1000, 1);
    sva_test_end(t);
    assert_order(path, 1, 0);
    unlink(path);
    rmdir(folder);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("sva/due/stopped-machine", test_stopped_machine);
    qtest_add_func("sva/due/answered-by-dma", test_answered_by_dma);
    return g_test_run();
}

/*
 * SMMUv3: tables, queues and messages where there is no memory, jobs that
 * write to registers, and stalls that are ended in every order
 *
 * What is at such an address is no memory that a structure can be in: the
 * answer is that of an address that cannot be read or written, registers keep
 * their values, and both devices work on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "libsva-process.h"

#define PASID       5u
#define PROBE_ABORT 0x80000001u

#define EVT_STE_FETCH   0x03
#define EVT_CD_FETCH    0x09
#define EVT_WALK_EABT   0x0b
#define EVT_ACCESS      0x12

#define QUEUES (SMMU_CMDQEN | SMMU_EVENTQEN | SMMU_PRIQEN | SMMU_ATSCHK)
#define ALL_ON (QUEUES | SMMU_SMMUEN)

/* Aligned to 64 KiB, which is more than any of the structures takes. */
static const uint64_t places[] = {
    0,                          /* flash memory */
    0x08000000,                 /* GICv3: distributor */
    0x08090000,                 /* ITS: where messages go */
    0x080a0000,                 /* redistributors */
    SMMU_BASE, SMMU_BASE + 0x10000,
    0x0f800000,                 /* nothing */
    ACC_BAR0, ACC_BAR2, ACC_BAR4,
    0x3f020000,                 /* configuration space of the function */
    0x7f00000000ull,            /* nothing, above */
};

static SvaTest *start(Process *p, uint32_t mode)
{
    return process_start_on(&sva_board_virt, p, PASID, mode);
}

static void flush_everything(SvaTest *t)
{
    smmu_command(t, 0x04, 31);          /* CMD_CFGI_ALL */
    smmu_command(t, 0x30, 0);           /* CMD_TLBI_NSNH_ALL */
    smmu_sync(t);
}

static void assert_quiet(SvaTest *t)
{
    g_assert_true(smmu_event_empty(t));
    g_assert_cmphex(smmu_read32(t, SMMU_GERROR), ==,
                    smmu_read32(t, SMMU_GERRORN));
}

/* A copy, by caches that are empty. */
static void assert_works(SvaTest *t, Process *p)
{
    assert_quiet(t);
    flush_everything(t);
    process_flush_atc(t, p);
    process_copy(t, p, 0x1000);
    g_assert_cmphex(process_copy_done(t, p).status, ==, SVA_ST_SUCCESS);
    sva_assert_filled(t, p->dst, 0x1000, 1);
    assert_quiet(t);
}

static void assert_works_after_reset(SvaTest *t)
{
    Process p;

    sva_test_reset(t);
    process_setup(t, &p, PASID, SVA_MODE_UNTRANSLATED);
    assert_works(t, &p);
}

/* An access, and the only event that it makes. */
static SmmuEvent probe_event(SvaTest *t, const Process *p)
{
    SmmuEvent e;

    g_assert_cmphex(acc_probe(t, &p->ctx, SVA_PROBE_READ, SRC_VA, NULL), ==,
                    PROBE_ABORT);
    e = smmu_event_pop(t);
    assert_quiet(t);
    return e;
}

/* -- tables -- */

/*
 * @pointer: where the word is that points at the table; @bits: its others
 * @index:   of the entry that is read, in bytes
 */
typedef struct Table {
    const char *name;
    uint64_t (*pointer)(SvaTest *t, const Process *p);
    uint64_t bits;
    unsigned event;
    unsigned index;
} Table;

static uint64_t ste_word0(SvaTest *t, const Process *p)
{
    return smmu_ste_addr(t);
}

static uint64_t cd_ttb0(SvaTest *t, const Process *p)
{
    return smmu_cd_addr(t, PASID) + 8;
}

static uint64_t level0(SvaTest *t, const Process *p)
{
    return p->pgd + 8 * (SRC_VA >> 39 & 511);
}

static uint64_t level2(SvaTest *t, const Process *p)
{
    uint64_t table = sva_get64(t, level0(t, p)) & PAGE_ADDR;

    table = sva_get64(t, table + 8 * (SRC_VA >> 30 & 511)) & PAGE_ADDR;
    return table + 8 * (SRC_VA >> 21 & 511);
}

static const Table tables[] = {
    { "context descriptors", ste_word0, 1 | 5 << 1 | 8ull << 59,
      EVT_CD_FETCH, 64 * PASID },
    { "level 0", cd_ttb0, 0, EVT_WALK_EABT, 8 * (SRC_VA >> 39 & 511) },
    { "level 1", level0, 3, EVT_WALK_EABT, 8 * (SRC_VA >> 30 & 511) },
    { "level 3", level2, 3, EVT_WALK_EABT, 8 * (SRC_VA >> 12 & 511) },
};

static void try_table(SvaTest *t, Process *p, const Table *table,
                      uint64_t where)
{
    uint64_t at = table->pointer(t, p), was = sva_get64(t, at);
    SmmuEvent e;

    g_test_message("%s at 0x%" PRIx64, table->name, where);
    sva_put64(t, at, where | table->bits);
    flush_everything(t);
    e = probe_event(t, p);
    g_assert_cmphex(e.w[0] & 0xff, ==, table->event);
    g_assert_cmphex(e.w[3], ==, where + table->index);
    sva_put64(t, at, was);
    flush_everything(t);
}

static void test_tables(void)
{
    Process p;
    SvaTest *t = start(&p, SVA_MODE_UNTRANSLATED);
    unsigned i, j;

    for (i = 0; i < ARRAY_SIZE(tables); i++) {
        for (j = 0; j < ARRAY_SIZE(places); j++) {
            try_table(t, &p, &tables[i], places[j]);
        }
        assert_works(t, &p);
    }
    sva_test_end(t);
}

static void test_stream_table(void)
{
    Process p;
    SvaTest *t = start(&p, SVA_MODE_UNTRANSLATED);
    SmmuEvent e;

    for (unsigned i = 0; i < ARRAY_SIZE(places); i++) {
        smmu_cr0(t, QUEUES);
        smmu_set64(t, SMMU_STRTAB_BASE, places[i]);
        smmu_cr0(t, ALL_ON);
        flush_everything(t);
        e = probe_event(t, &p);
        g_assert_cmphex(e.w[0] & 0xff, ==, EVT_STE_FETCH);
        g_assert_cmphex(e.w[3], ==,
                        (places[i] & ~0x3fffull) + 64 * SVA_TEST_RID);
    }
    smmu_cr0(t, QUEUES);
    smmu_set64(t, SMMU_STRTAB_BASE, t->strtab);
    smmu_cr0(t, ALL_ON);
    assert_works(t, &p);
    sva_test_end(t);
}

/* Every entry is the table again, and at last a page without access flag. */
static void test_a_table_that_points_at_itself(void)
{
    Process p;
    SvaTest *t = start(&p, SVA_MODE_UNTRANSLATED);
    uint64_t circle = sva_alloc(t, 0x1000);

    for (unsigned i = 0; i < 512; i++) {
        sva_put64(t, circle + 8 * i, circle | 3);
    }
    sva_put64(t, smmu_cd_addr(t, PASID) + 8, circle);
    flush_everything(t);
    g_assert_cmphex(probe_event(t, &p).w[0] & 0xff, ==, EVT_ACCESS);
    sva_put64(t, smmu_cd_addr(t, PASID) + 8, p.pgd);
    assert_works(t, &p);
    sva_test_end(t);
}

/* -- queues -- */

static void move_queue(SvaTest *t, unsigned base, uint64_t to, unsigned prod,
                       unsigned cons)
{
    smmu_cr0(t, 0);
    smmu_set64(t, base, to);
    smmu_set32(t, prod, 0);
    smmu_write32(t, cons, 0);
    /* CMDQ_CONS.ERR may stay. */
    g_assert_cmphex(smmu_read32(t, cons) & 0xffffff, ==, 0);
    smmu_cr0(t, ALL_ON);
}

/* The error @bit, and nothing else; it is acknowledged. */
static void take_gerror(SvaTest *t, uint32_t bit)
{
    uint32_t error = smmu_read32(t, SMMU_GERROR);

    g_assert_cmphex(error ^ smmu_read32(t, SMMU_GERRORN), ==, bit);
    smmu_write32(t, SMMU_GERRORN, error);
}

static void test_command_queue(void)
{
    Process p;
    SvaTest *t = start(&p, SVA_MODE_UNTRANSLATED);

    for (unsigned i = 0; i < ARRAY_SIZE(places); i++) {
        move_queue(t, SMMU_CMDQ_BASE, places[i] | 8, SMMU_CMDQ_PROD,
                   SMMU_CMDQ_CONS);
        smmu_write32(t, SMMU_CMDQ_PROD, 0x100);
        /* RD stays, CERROR_ABT */
        g_assert_cmphex(smmu_read32(t, SMMU_CMDQ_CONS), ==, 2 << 24);
        smmu_cr0(t, 0);
        take_gerror(t, 1);
    }
    move_queue(t, SMMU_CMDQ_BASE, t->cmdq | 8, SMMU_CMDQ_PROD,
               SMMU_CMDQ_CONS);
    t->cmdq_prod = 0;
    assert_works(t, &p);
    sva_test_end(t);
}

static void test_event_queue(void)
{
    Process p;
    SvaTest *t = start(&p, SVA_MODE_UNTRANSLATED);

    for (unsigned i = 0; i < ARRAY_SIZE(places); i++) {
        move_queue(t, SMMU_EVENTQ_BASE, places[i] | 5, SMMU_EVENTQ_PROD,
                   SMMU_EVENTQ_CONS);
        g_assert_cmphex(acc_probe(t, &p.ctx, SVA_PROBE_READ, 0x1000, NULL),
                        ==, PROBE_ABORT);
        take_gerror(t, 1 << 2);         /* EVENTQ_ABT_ERR */
        g_assert_cmphex(smmu_read32(t, SMMU_EVENTQ_PROD), ==, 0);
    }
    move_queue(t, SMMU_EVENTQ_BASE, t->eventq | 5, SMMU_EVENTQ_PROD,
               SMMU_EVENTQ_CONS);
    assert_works(t, &p);
    sva_test_end(t);
}

static void test_page_request_queue(void)
{
    Process p;
    SvaTest *t = start(&p, SVA_MODE_ATS_PRI);

    for (unsigned i = 0; i < ARRAY_SIZE(places); i++) {
        move_queue(t, SMMU_PRIQ_BASE, places[i] | 5, SMMU_PRIQ_PROD,
                   SMMU_PRIQ_CONS);
        acc_probe(t, &p.ctx, SVA_PROBE_PRG, DST_VA + 0x100000, NULL);
        take_gerror(t, 1 << 3);         /* PRIQ_ABT_ERR */
        g_assert_cmphex(smmu_read32(t, SMMU_PRIQ_PROD), ==, 0);
        /* Answered with Response Failure, which is to be cleared. */
        g_assert_cmphex(sva_cfg_read(t, SVA_TEST_DEVFN, t->cap_pri + 6, 2) &
                        1, ==, 1);
        sva_cfg_write(t, SVA_TEST_DEVFN, t->cap_pri + 6, 2, 1);
    }
    move_queue(t, SMMU_PRIQ_BASE, t->priq | 5, SMMU_PRIQ_PROD,
               SMMU_PRIQ_CONS);
    assert_works(t, &p);
    sva_test_end(t);
}

/* Events become commands, and stream table entries. */
static void test_queues_and_tables_in_one_place(void)
{
    Process p;
    SvaTest *t = start(&p, SVA_MODE_UNTRANSLATED);
    unsigned i;

    smmu_cr0(t, 0);
    smmu_set64(t, SMMU_CMDQ_BASE, t->strtab | 8);
    smmu_set64(t, SMMU_EVENTQ_BASE, t->strtab | 5);
    smmu_set64(t, SMMU_PRIQ_BASE, t->strtab | 5);
    smmu_cr0(t, ALL_ON);
    for (i = 0; i < 100; i++) {
        acc_probe(t, &p.ctx, SVA_PROBE_READ, SRC_VA + i * 0x1000, NULL);
        acc_probe(t, &p.ctx, SVA_PROBE_PRG, SRC_VA, NULL);
        smmu_write32(t, SMMU_CMDQ_PROD, i * 7 & 0x1ff);
        smmu_write32(t, SMMU_EVENTQ_CONS, i & 0x3f);
        smmu_write32(t, SMMU_GERRORN, smmu_read32(t, SMMU_GERROR));
    }
    assert_works_after_reset(t);
    sva_test_end(t);
}

/* -- messages -- */

static const struct Message {
    uint64_t addr;
    uint32_t data;
} messages[] = {
    { SMMU_BASE + SMMU_CR0, 0 },
    { SMMU_BASE + SMMU_CMDQ_PROD, 0 },
    { SMMU_BASE + SMMU_CMDQ_PROD, 0x1fff },
    { SMMU_BASE + SMMU_GERRORN, 0x7f },
    { SMMU_BASE + SMMU_EVENTQ_CONS, 0x3f },
    { ACC_BAR0 + 0x1058, SVA_PROBE_WRITE },
    { ACC_BAR0 + 0x1020, SVA_CMD_ABORT },
    { ACC_BAR0 + SVA_REG_CTRL, SVA_CTRL_RESET },
    { ACC_BAR2, 1000 },
    { ACC_BAR4 + 16, 0x1234 },
    { 0x08000000, 0x37 },               /* GICD_CTLR */
    { 0x08090040, 5 },                  /* GITS_TRANSLATER */
};

/* @n CMD_SYNCs with a message each in the queue of 2^@log2, all at once. */
static void sync_storm(SvaTest *t, const struct Message *m, unsigned log2,
                       unsigned n)
{
    uint64_t queue = (sva_alloc(t, 0x40000) + 0x1ffff) & ~0x1ffffull;
    uint64_t done = sva_qom(t, "smmu", "count-waits");
    g_autofree uint64_t *words = g_new(uint64_t, 2 * n);

    for (unsigned i = 0; i < n; i++) {
        words[2 * i] = GUINT64_TO_LE(0x1046 | (uint64_t)m->data << 32);
        words[2 * i + 1] = GUINT64_TO_LE(m->addr);
    }
    qtest_memwrite(t->qts, queue, words, 16 * n);
    move_queue(t, SMMU_CMDQ_BASE, queue | log2, SMMU_CMDQ_PROD,
               SMMU_CMDQ_CONS);
    smmu_write32(t, SMMU_CMDQ_PROD, n);
    for (unsigned i = 0; i < 20; i++) {
        qtest_clock_step(t->qts, 100000);
    }
    g_assert_cmpuint(sva_qom(t, "smmu", "count-waits"), >, done);
}

static void test_messages(void)
{
    Process p;
    SvaTest *t = start(&p, SVA_MODE_UNTRANSLATED);

    for (unsigned i = 0; i < ARRAY_SIZE(messages); i++) {
        g_test_message("message to 0x%" PRIx64, messages[i].addr);
        sync_storm(t, &messages[i], 12, 4096);
        assert_works_after_reset(t);
    }
    sva_test_end(t);
}

/* Events whose messages go where the next event comes from. */
static void test_messages_of_events(void)
{
    Process p;
    SvaTest *t = start(&p, SVA_MODE_UNTRANSLATED);

    for (unsigned i = 0; i < ARRAY_SIZE(messages); i++) {
        static const unsigned sources[] = { 0x68, 0xb0, 0xd0 };

        for (unsigned j = 0; j < ARRAY_SIZE(sources); j++) {
            smmu_set64(t, sources[j], messages[i].addr);
            smmu_set32(t, sources[j] + 8, messages[i].data);
        }
        smmu_set32(t, SMMU_IRQ_CTRL, 7);
        acc_set64(t, SVA_CTX(0, SVA_CTX_PROBE_ADDR), 0x1000);
        for (unsigned j = 0; j < 40; j++) {
            acc_write32(t, SVA_CTX(0, SVA_CTX_PROBE_CTRL), SVA_PROBE_READ);
            smmu_submit(t, 0xff, 0);
        }
        sva_test_reset(t);
        process_setup(t, &p, PASID, SVA_MODE_UNTRANSLATED);
        assert_works(t, &p);
    }
    sva_test_end(t);
}

/* -- jobs -- */

static bool is_own(uint64_t where)
{
    return where == ACC_BAR0 || where == ACC_BAR2 || where == ACC_BAR4;
}

/* A copy from or to @where, with ones if @ones. */
static void try_job(SvaTest *t, Process *p, uint64_t where, bool to,
                    bool ones)
{
    g_test_message("%s 0x%" PRIx64, to ? "to" : "from", where);
    if (ones) {
        qtest_memset(t->qts, p->src, 0xff, 0x1000);
    }
    process_map(t, p, to ? DST_VA : SRC_VA, where);
    flush_everything(t);
    process_copy(t, p, 0x1000);
    for (unsigned i = 0; i < 10; i++) {
        qtest_clock_step(t->qts, 100000);
    }
    if (is_own(where)) {
        g_assert_cmphex(sva_get64(t, p->rec) & 0xff, ==,
                        SVA_ST_ACCESS_ABORTED);
    }
    sva_test_reset(t);
    process_setup(t, p, PASID, SVA_MODE_UNTRANSLATED);
    assert_works(t, p);
}

/*
 * Own registers are out of reach; those of others are written, also if that
 * turns off the SMMU, moves the function's BARs or resets it.
 */
static void test_jobs_on_registers(void)
{
    Process p;
    SvaTest *t = start(&p, SVA_MODE_UNTRANSLATED);

    for (unsigned i = 0; i < ARRAY_SIZE(places); i++) {
        try_job(t, &p, places[i], false, false);
        try_job(t, &p, places[i], true, false);
        try_job(t, &p, places[i], true, true);
    }
    sva_test_end(t);
}

/* -- stalls -- */

#define CONTEXTS  200
#define STALL_MAX 4

/* Each context has a copy that stalls; STALL_MAX of them have a record. */
static SvaTest *start_stalled(Process *p)
{
    SvaTest *t = sva_board_start(&sva_board_virt, ",stall-max=4",
                                 ",contexts=200");

    process_setup(t, p, PASID, SVA_MODE_UNTRANSLATED);
    sva_put64(t, p->dst_pte, 0);
    for (unsigned n = 0; n < CONTEXTS; n++) {
        p->ctx.n = n;
        if (n) {
            acc_enable(t, &p->ctx);
        }
        process_copy(t, p, 0x1000);
    }
    p->ctx.n = 0;
    sva_wait_until(t, sva_qom(t, "smmu", "count-stalls") >= CONTEXTS);
    g_assert_cmpuint(sva_qom(t, "smmu", "count-stalls-recorded"), ==,
                     STALL_MAX);
    return t;
}

static void stop_by_flr(SvaTest *t, Process *p)
{
    unsigned express = sva_cfg_cap(t, SVA_TEST_DEVFN, 0x10);

    sva_cfg_write(t, SVA_TEST_DEVFN, express + 8, 2, 0x8000);
}

static void stop_by_disable(SvaTest *t, Process *p)
{
    smmu_cr0(t, QUEUES);
}

static void stop_by_event_queue(SvaTest *t, Process *p)
{
    smmu_cr0(t, ALL_ON & ~SMMU_EVENTQEN);
}

static void stop_by_abort(SvaTest *t, Process *p)
{
    for (unsigned n = 0; n < CONTEXTS; n++) {
        acc_write32(t, SVA_CTX(n, SVA_CTX_CMD), SVA_CMD_ABORT);
    }
}

/* CMD_STALL_TERM */
static void stop_by_term(SvaTest *t, Process *p)
{
    smmu_command(t, 0x45 | (uint64_t)SVA_TEST_RID << 32, 0);
}

static void stop_by_resume(SvaTest *t, Process *p)
{
    for (unsigned i = 0; i < STALL_MAX && !smmu_event_empty(t); i++) {
        smmu_resume(t, smmu_event_pop(t).w[1], 1 + i % 2);
    }
}

static void stop_by_bus_master(SvaTest *t, Process *p)
{
    sva_cfg_write(t, SVA_TEST_DEVFN, 0x04, 2, 0x0002);
}

static void (*const stops[])(SvaTest *t, Process *p) = {
    stop_by_flr, stop_by_disable, stop_by_event_queue, stop_by_abort,
    stop_by_term, stop_by_resume, stop_by_bus_master,
};

/* One after the other, with and without time in between. */
static void test_stalls_end_in_any_order(void)
{
    unsigned i, j;

    for (i = 0; i < ARRAY_SIZE(stops); i++) {
        for (j = 0; j < ARRAY_SIZE(stops); j++) {
            Process p;
            SvaTest *t = start_stalled(&p);

            g_test_message("%u, %u", i, j);
            stops[i](t, &p);
            if (i & 1) {
                qtest_clock_step(t->qts, 1000000);
            }
            stops[j](t, &p);
            qtest_clock_step(t->qts, 1000000);
            assert_works_after_reset(t);
            sva_test_end(t);
        }
    }
}

/* All of them end when their page is there, recorded or not. */
static void test_all_unrecorded_stalls_get_their_turn(void)
{
    Process p;
    SvaTest *t = start_stalled(&p);
    unsigned resumed = 0;

    sva_put64(t, p.dst_pte, p.dst | PAGE_USER_RW);
    while (!smmu_event_empty(t)) {
        smmu_resume(t, smmu_event_pop(t).w[1], 1);
        qtest_clock_step(t->qts, 1000000);
        g_assert_cmpuint(++resumed, <=, CONTEXTS);
    }
    for (unsigned n = 0; n < CONTEXTS; n++) {
        sva_wait_until(t, acc_read32(t, SVA_CTX(n, SVA_CTX_HEAD)) == 1);
    }
    g_assert_cmphex(sva_get64(t, p.rec) & 0xff, ==, SVA_ST_SUCCESS);
    assert_works(t, &p);
    sva_test_end(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("sva/smmuv3-hostile/tables", test_tables);
    qtest_add_func("sva/smmuv3-hostile/stream-table", test_stream_table);
    qtest_add_func("sva/smmuv3-hostile/circle",
                   test_a_table_that_points_at_itself);
    qtest_add_func("sva/smmuv3-hostile/command-queue", test_command_queue);
    qtest_add_func("sva/smmuv3-hostile/event-queue", test_event_queue);
    qtest_add_func("sva/smmuv3-hostile/page-request-queue",
                   test_page_request_queue);
    qtest_add_func("sva/smmuv3-hostile/one-place",
                   test_queues_and_tables_in_one_place);
    qtest_add_func("sva/smmuv3-hostile/messages", test_messages);
    qtest_add_func("sva/smmuv3-hostile/messages-of-events",
                   test_messages_of_events);
    qtest_add_func("sva/smmuv3-hostile/jobs", test_jobs_on_registers);
    qtest_add_func("sva/smmuv3-hostile/stalls-end",
                   test_stalls_end_in_any_order);
    qtest_add_func("sva/smmuv3-hostile/stalls-unrecorded",
                   test_all_unrecorded_stalls_get_their_turn);
    return g_test_run();
}

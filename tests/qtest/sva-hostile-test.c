/*
 * Tables, queues, rings, records and messages where there is no memory:
 * registers of the device itself, of the other one, and nothing at all
 *
 * Whatever is at such an address, it is no memory that a structure can be in:
 * the answer is that of an address that cannot be read or written, registers
 * keep their values, and both devices work on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "libsva-process.h"

#define PASID   5
#define SSPT_AW (2 << 2)


/* Page aligned */
static const uint64_t places[] = {
    VTD_BASE,                   /* registers of the unit */
    ACC_BAR0, ACC_BAR0 + 0x1000, ACC_BAR2, ACC_BAR4,
    0xb0020000,                 /* configuration space of the function */
    0xfec00000,                 /* I/O APIC */
    0xfee00000,                 /* interrupts */
    0x7f00000000ull,            /* nothing */
    0xf00000000000ull,          /* nothing, at the end of 48 bits */
};

/* Requests without PASID reach physical memory. */
static void pass_through(SvaTest *t)
{
    vtd_pasid_put(t, 0, 1 | 4 << 6, 1, 0);
}

/* A copy, by caches that are empty. */
static void assert_works(SvaTest *t, Process *p)
{
    vtd_assert_no_fault(t);
    process_flush_atc(t, p);
    vtd_pasid_flush(t, PASID);
    process_copy(t, p, 0x1000);
    g_assert_cmphex(process_copy_done(t, p).status, ==, 1);
    sva_assert_filled(t, p->dst, 0x1000, 1);
    vtd_assert_no_fault(t);
}

/* The only fault there is. */
static unsigned take_fault(SvaTest *t, uint64_t *addr)
{
    uint32_t status = vtd_read32(t, VTD_FSTS);
    uint64_t hi;

    g_assert_cmphex(status & 2, ==, 2);                 /* PPF */
    vtd_fault(t, status >> 8 & 0xff, addr, &hi);        /* FRI */
    g_assert_cmphex(hi >> 63, ==, 1);
    vtd_faults_clear(t);
    return hi >> 32 & 0xff;
}

/* -- tables -- */

typedef struct Table {
    const char *name;
    unsigned reason;            /* of an entry that cannot be read */
    bool second;                /* the process has second-stage tables */
    /* Where the word is that points at the table, and its other bits. */
    uint64_t (*pointer)(SvaTest *t, const Process *p);
    uint64_t bits;
} Table;

static uint64_t context_pointer(SvaTest *t, const Process *p)
{
    return t->root;
}

static uint64_t directory_pointer(SvaTest *t, const Process *p)
{
    return t->context_table + 32 * SVA_TEST_DEVFN;
}

static uint64_t pasids_pointer(SvaTest *t, const Process *p)
{
    return t->pasid_dir;
}

static uint64_t entry_word0(SvaTest *t, const Process *p)
{
    return vtd_pasid_entry(t, PASID);
}

static uint64_t entry_word2(SvaTest *t, const Process *p)
{
    return vtd_pasid_entry(t, PASID) + 16;
}

static uint64_t first_level4(SvaTest *t, const Process *p)
{
    return p->pgd + 8 * (SRC_VA >> 39 & 511);
}

static uint64_t first_level2(SvaTest *t, const Process *p)
{
    uint64_t table = sva_get64(t, first_level4(t, p)) & PTE_ADDR;

    table = sva_get64(t, table + 8 * (SRC_VA >> 30 & 511)) & PTE_ADDR;
    return table + 8 * (SRC_VA >> 21 & 511);
}

static const Table tables[] = {
    { "context table", 0x40, false, context_pointer, 1 },
    { "PASID directory", 0x50, false, directory_pointer, 0x1d },
    { "PASID table", 0x58, false, pasids_pointer, 1 },
    { "first-stage root", 0x73, false, entry_word2, 1 << 5 },
    { "first-stage level 3", 0x70, false, first_level4, 7 },
    { "first-stage level 1", 0x70, false, first_level2, 7 },
    { "second-stage root", 0x7b, true, entry_word0, 1 | 2 << 6 | SSPT_AW },
};

static void flush_everything(SvaTest *t)
{
    vtd_submit(t, 1 | 1 << 4, 0);
    vtd_submit(t, 7 | 3 << 4, 0);
    vtd_submit(t, 2 | 1 << 4, 0);
    vtd_sync(t);
}

static void try_table(SvaTest *t, Process *p, const Table *table,
                      uint64_t place)
{
    uint64_t at = table->pointer(t, p), was = sva_get64(t, at), addr;

    g_test_message("%s at 0x%" PRIx64, table->name, place);
    sva_put64(t, at, place | table->bits);
    flush_everything(t);
    g_assert_cmphex(acc_probe(t, &p->ctx, SVA_PROBE_READ, SRC_VA, NULL), ==,
                    0x80000001);
    g_assert_cmphex(take_fault(t, &addr), ==, table->reason);
    g_assert_cmphex(addr, ==, SRC_VA);
    sva_put64(t, at, was);
    flush_everything(t);
}

static void test_tables(void)
{
    Process p;
    SvaTest *t = process_start(&p, PASID, SVA_MODE_UNTRANSLATED);
    unsigned i, j;

    for (i = 0; i < ARRAY_SIZE(tables); i++) {
        for (j = 0; j < ARRAY_SIZE(places); j++) {
            try_table(t, &p, &tables[i], places[j]);
        }
        assert_works(t, &p);
    }
    sva_test_end(t);
}

static void test_root_table(void)
{
    Process p;
    SvaTest *t = process_start(&p, PASID, SVA_MODE_UNTRANSLATED);
    uint64_t addr;

    for (unsigned i = 0; i < ARRAY_SIZE(places); i++) {
        vtd_set64(t, VTD_RTADDR, places[i] | 0x400);
        vtd_command(t, VTD_SRTP);
        flush_everything(t);
        acc_probe(t, &p.ctx, SVA_PROBE_READ, SRC_VA, NULL);
        g_assert_cmphex(take_fault(t, &addr), ==, 0x38);
    }
    vtd_set64(t, VTD_RTADDR, t->root | 0x400);
    vtd_command(t, VTD_SRTP);
    flush_everything(t);
    assert_works(t, &p);
    sva_test_end(t);
}

/* -- queues -- */

static void test_invalidation_queue(void)
{
    Process p;
    SvaTest *t = process_start(&p, PASID, SVA_MODE_UNTRANSLATED);
    uint64_t home = t->iq | 1 << 11;

    for (unsigned i = 0; i < ARRAY_SIZE(places); i++) {
        vtd_command_off(t, VTD_QIE);
        vtd_set64(t, VTD_IQT, 0);
        vtd_set64(t, VTD_IQA, places[i] | 1 << 11 | 7);
        vtd_command(t, VTD_QIE);
        vtd_write64(t, VTD_IQT, 0x7ffe0);
        g_assert_cmphex(vtd_read32(t, VTD_FSTS) & 0x10, ==, 0x10);
        g_assert_cmphex(vtd_read64(t, VTD_IQERCD) & 0xf, ==, 2);
        g_assert_cmphex(vtd_read64(t, VTD_IQH), ==, 0);
        vtd_command_off(t, VTD_QIE);
        vtd_write32(t, VTD_FSTS, 0x10);
        vtd_set64(t, VTD_IQT, 0);
        vtd_set64(t, VTD_IQA, home);
        vtd_command(t, VTD_QIE);
        t->iq_tail = 0;
        vtd_sync(t);
    }
    assert_works(t, &p);
    sva_test_end(t);
}

/* A status that cannot be written is lost; the queue goes on. */
static void test_wait_status(void)
{
    Process p;
    SvaTest *t = process_start(&p, PASID, SVA_MODE_UNTRANSLATED);
    uint32_t gsts = vtd_read32(t, VTD_GSTS);

    for (unsigned i = 0; i < ARRAY_SIZE(places); i++) {
        vtd_submit(t, 5 | 1 << 5 | 0x1ull << 32, places[i] + 0x18);
        vtd_sync(t);
    }
    g_assert_cmphex(vtd_read32(t, VTD_GSTS), ==, gsts);
    g_assert_cmphex(acc_read32(t, SVA_CTX(0, SVA_CTX_STATE)), ==,
                    SVA_CTX_ENABLED);
    assert_works(t, &p);
    sva_test_end(t);
}

/* The unit answers Invalid Request (VT-d 5.10, note under Table 30). */
static void test_page_request_queue(void)
{
    Process p;
    SvaTest *t = process_start(&p, PASID, SVA_MODE_ATS_PRI);

    for (unsigned i = 0; i < ARRAY_SIZE(places); i++) {
        vtd_set64(t, VTD_PQA, places[i]);
        acc_probe(t, &p.ctx, SVA_PROBE_PRG, DST_VA + 0x100000, NULL);
        g_assert_cmphex(vtd_read32(t, VTD_PRS), ==, 0);
        g_assert_cmphex(vtd_read64(t, VTD_PQT), ==, 0);
        g_assert_cmphex(acc_read32(t, SVA_CTX(0, SVA_CTX_PROBE_STATUS)), ==,
                        0x80000011);
    }
    vtd_set64(t, VTD_PQA, t->prq);
    assert_works(t, &p);
    sva_test_end(t);
}

static void test_interrupt_table(void)
{
    Process p;
    SvaTest *t = process_start(&p, PASID, SVA_MODE_UNTRANSLATED);
    AccContext bare = { .n = 1 };
    struct sva_desc desc = {
        .opcode = SVA_OP_FILL, .flags = SVA_DF_COMPLETION,
        .dst = 0xfee00010, .size = 4,
    };
    uint64_t rec = sva_alloc(t, 0x1000), addr;

    pass_through(t);
    bare.ring = bare.ring_pa = sva_alloc(t, 0x1000);
    desc.completion = rec;
    acc_enable(t, &bare);
    for (unsigned i = 0; i < ARRAY_SIZE(places); i++) {
        vtd_set64(t, VTD_IRTA, places[i] | 0xf);
        vtd_command(t, VTD_SIRTP);
        vtd_submit(t, 4, 0);
        vtd_sync(t);
        vtd_command(t, VTD_IRE);
        sva_put64(t, rec, 0);
        acc_submit(t, &bare, &desc);
        acc_completion(t, rec);
        g_assert_cmphex(take_fault(t, &addr), ==, 0x23);
        vtd_command_off(t, VTD_IRE);
    }
    assert_works(t, &p);
    sva_test_end(t);
}

/* -- the accelerator -- */

/* Rings and records, by addresses that are physical. */
static void test_rings_and_records(void)
{
    Process p;
    SvaTest *t = process_start(&p, PASID, SVA_MODE_UNTRANSLATED);
    uint64_t ring = sva_alloc(t, 0x1000);
    unsigned i;

    pass_through(t);
    for (i = 0; i < ARRAY_SIZE(places); i++) {
        AccContext bare = { .n = 1, .ring = places[i], .ring_pa = ring };

        acc_enable(t, &bare);
        qtest_writel(t->qts, ACC_BAR2 + SVA_DB_STRIDE, 64);
        qtest_clock_step(t->qts, 1000000);
        acc_command(t, &bare, SVA_CMD_ABORT);
        qtest_clock_step(t->qts, 1000000);
        acc_write32(t, SVA_CTX(1, SVA_CTX_ERR_STATUS), 0x80000000);
        g_assert_cmphex(acc_read32(t, SVA_CTX(1, SVA_CTX_STATE)), ==,
                        SVA_CTX_DISABLED);

        bare.ring = ring;
        acc_enable(t, &bare);
        acc_submit(t, &bare, &(struct sva_desc) {
            .opcode = SVA_OP_NOP, .flags = SVA_DF_COMPLETION,
            .completion = places[i] + 0x20,
        });
        sva_wait_until(t, acc_read32(t, SVA_CTX(1, SVA_CTX_HEAD)) == 1);
        acc_command(t, &bare, SVA_CMD_ABORT);
        vtd_faults_clear(t);
    }
    /* Commands of context 0, and its doorbell: out of its own reach. */
    for (i = 0; i < 2; i++) {
        AccContext bare = { .n = 1, .ring = ring, .ring_pa = ring };

        acc_enable(t, &bare);
        sva_put64(t, p.rec, 0);
        acc_submit(t, &bare, &(struct sva_desc) {
            .opcode = SVA_OP_FILL, .flags = SVA_DF_COMPLETION, .size = 4,
            .src = i ? 1000 : SVA_CMD_ABORT,
            .dst = i ? ACC_BAR2 : ACC_BAR0 + 0x1020, .completion = p.rec,
        });
        g_assert_cmphex(acc_completion(t, p.rec).status, ==, 0x24);
        acc_command(t, &bare, SVA_CMD_ABORT);
    }
    g_assert_cmphex(acc_read32(t, SVA_CTX(0, SVA_CTX_STATE)), ==,
                    SVA_CTX_ENABLED);
    sva_test_end(t);
}

static void set_vector(SvaTest *t, unsigned n, uint64_t addr, uint32_t data)
{
    uint64_t entry = ACC_BAR4 + 16 * n;

    qtest_writeq(t->qts, entry, addr);
    qtest_writel(t->qts, entry + 8, data);
    qtest_writel(t->qts, entry + 12, 0);
}

/* Messages to the sender's doorbell, commands, vectors; to the unit's queue. */
static void test_messages_to_registers(void)
{
    static const struct {
        uint64_t addr;
        uint32_t data;
    } targets[] = {
        { ACC_BAR2, 1000 }, { ACC_BAR0 + 0x1020, SVA_CMD_ABORT },
        { ACC_BAR0 + SVA_REG_CTRL, SVA_CTRL_RESET },
        { ACC_BAR0 + 0x1058, SVA_PROBE_WRITE }, { ACC_BAR4 + 16, 0x1234 },
        { VTD_BASE + VTD_IQT, 0x7ffe0 }, { VTD_BASE + 0x22c, 1u << 31 },
    };
    Process p;
    SvaTest *t = process_start(&p, PASID, SVA_MODE_UNTRANSLATED);
    struct sva_desc desc = { .opcode = SVA_OP_NOP, .flags = SVA_DF_IRQ };
    uint32_t head;

    pass_through(t);
    sva_cfg_write(t, SVA_TEST_DEVFN,
                  sva_cfg_cap(t, SVA_TEST_DEVFN, 0x11) + 2, 2, 0x8000);
    acc_set32(t, SVA_CTX(0, SVA_CTX_VECTOR), 1);
    for (unsigned i = 0; i < ARRAY_SIZE(targets); i++) {
        head = acc_read32(t, SVA_CTX(0, SVA_CTX_HEAD));
        set_vector(t, 1, targets[i].addr, targets[i].data);
        acc_submit(t, &p.ctx, &desc);
        sva_wait_until(t, acc_read32(t, SVA_CTX(0, SVA_CTX_HEAD)) ==
                          head + 1);
        g_assert_cmphex(acc_read32(t, SVA_CTX(0, SVA_CTX_STATE)), ==,
                        SVA_CTX_ENABLED);
        g_assert_cmphex(acc_read32(t, SVA_CTX(0, SVA_CTX_TAIL)), ==,
                        p.ctx.tail);
        /* IQT has gone; so has what it led to. */
        vtd_write64(t, VTD_IQT, t->iq_tail);
        vtd_write32(t, VTD_FSTS, 0x70);
    }
    sva_test_end(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("sva/hostile/tables", test_tables);
    qtest_add_func("sva/hostile/root-table", test_root_table);
    qtest_add_func("sva/hostile/invalidation-queue",
                   test_invalidation_queue);
    qtest_add_func("sva/hostile/wait-status", test_wait_status);
    qtest_add_func("sva/hostile/page-request-queue",
                   test_page_request_queue);
    qtest_add_func("sva/hostile/interrupt-table", test_interrupt_table);
    qtest_add_func("sva/hostile/rings-and-records", test_rings_and_records);
    qtest_add_func("sva/hostile/messages", test_messages_to_registers);
    return g_test_run();
}

/*
 * sva-accel: configuration space, registers, rings, operations, reset
 *
 * Without DMA remapping: addresses are physical, contexts have no PASID.
 * Expected values are those of docs/specs/sva-accel.rst and of the PCIe
 * specification, written out.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "libsva-accel.h"

/* A context whose ring, record and buffers are physical memory. */
typedef struct Bare {
    AccContext ctx;
    uint64_t rec;
    uint64_t src;
    uint64_t dst;
} Bare;

#define BUF_BYTES 0x4000

static SvaTest *bare_start(Bare *b)
{
    SvaTest *t = sva_test_start("", "");

    acc_start(t);
    *b = (Bare) {
        .rec = sva_alloc(t, 0x1000),
        .src = sva_alloc(t, BUF_BYTES),
        .dst = sva_alloc(t, BUF_BYTES),
    };
    b->ctx.ring = b->ctx.ring_pa = sva_alloc(t, 0x1000);
    sva_fill(t, b->src, BUF_BYTES, 7);
    acc_enable(t, &b->ctx);
    return t;
}

static struct sva_desc bare_desc(const Bare *b, uint8_t opcode, uint64_t size)
{
    return (struct sva_desc) {
        .opcode = opcode,
        .flags = SVA_DF_COMPLETION,
        .id = 0x77000000 + opcode,
        .src = b->src,
        .dst = b->dst,
        .size = size,
        .completion = b->rec,
    };
}

static struct sva_completion bare_run(SvaTest *t, Bare *b,
                                      const struct sva_desc *desc)
{
    struct sva_completion done;

    sva_put64(t, b->rec, 0);
    acc_submit(t, &b->ctx, desc);
    done = acc_completion(t, b->rec);
    g_assert_cmphex(done.id, ==, desc->id);
    sva_wait_until(t, acc_read32(t, SVA_CTX(0, SVA_CTX_HEAD)) == b->ctx.tail);
    return done;
}

static uint32_t cfg(SvaTest *t, unsigned off, unsigned size)
{
    return sva_cfg_read(t, SVA_TEST_DEVFN, off, size);
}

static void test_config_header(void)
{
    SvaTest *t = sva_test_start("", "");
    static const uint32_t sizes[] = { 0xffff8000, 0, 0xfffc0000, 0 };
    unsigned i;

    g_assert_cmphex(cfg(t, 0x00, 4), ==, 0x53561234);
    g_assert_cmphex(cfg(t, 0x08, 4), ==, 0x12000001);
    for (i = 0; i < 6; i++) {
        sva_cfg_write(t, SVA_TEST_DEVFN, 0x10 + 4 * i, 4, 0xffffffff);
        /* 32-bit memory, not prefetchable: the low four bits are 0. */
        g_assert_cmphex(cfg(t, 0x10 + 4 * i, 4) & 0xf, ==, 0);
        if (i < ARRAY_SIZE(sizes)) {
            g_assert_cmphex(cfg(t, 0x10 + 4 * i, 4), ==, sizes[i]);
        }
    }
    sva_test_end(t);
}

static void test_capabilities(void)
{
    SvaTest *t = sva_test_start("", "");
    unsigned at = sva_cfg_cap(t, SVA_TEST_DEVFN, 0x10);

    g_assert_cmphex(at, !=, 0);
    g_assert_cmphex((cfg(t, at + 2, 2) >> 4) & 0xf, ==, 9); /* RC endpoint */
    g_assert_cmphex(cfg(t, at + 0x04, 4) >> 28 & 1, ==, 1); /* FLR */
    g_assert_cmphex(cfg(t, at + 0x24, 4) >> 21 & 1, ==, 1); /* prefixes */

    at = sva_cfg_cap(t, SVA_TEST_DEVFN, 0x11);              /* MSI-X */
    g_assert_cmphex(cfg(t, at + 2, 2) & 0x7ff, ==, 64);
    g_assert_cmphex(cfg(t, at + 4, 4) & 7, ==, 4);
    g_assert_cmphex(cfg(t, at + 8, 4) & 7, ==, 4);

    at = sva_cfg_ext_cap(t, SVA_TEST_DEVFN, 0x1b);          /* PASID */
    g_assert_cmphex(cfg(t, at, 4) >> 16 & 0xf, ==, 1);
    g_assert_cmphex(cfg(t, at + 4, 2), ==, 20 << 8);
    g_assert_cmphex(cfg(t, at + 6, 2), ==, 0);

    at = sva_cfg_ext_cap(t, SVA_TEST_DEVFN, 0x0f);          /* ATS */
    g_assert_cmphex(cfg(t, at + 4, 2), ==, 1 << 5);
    g_assert_cmphex(cfg(t, at + 6, 2), ==, 0);
    sva_cfg_write(t, SVA_TEST_DEVFN, at + 6, 2, 0x1f);
    g_assert_cmphex(cfg(t, at + 6, 2), ==, 0x1f);

    at = sva_cfg_ext_cap(t, SVA_TEST_DEVFN, 0x13);          /* PRI */
    g_assert_cmphex(cfg(t, at + 4, 2), ==, 0);
    g_assert_cmphex(cfg(t, at + 6, 2), ==, 0x8100);         /* PRPR Stopped */
    g_assert_cmphex(cfg(t, at + 8, 4), ==, 64);
    g_assert_cmphex(cfg(t, at + 12, 4), ==, 0);
    sva_test_end(t);
}

static void test_pri_allocation(void)
{
    SvaTest *t = sva_test_start("", "");
    unsigned at = sva_cfg_ext_cap(t, SVA_TEST_DEVFN, 0x13);

    sva_cfg_write(t, SVA_TEST_DEVFN, at + 12, 4, 20);
    g_assert_cmphex(cfg(t, at + 12, 4), ==, 20);
    sva_cfg_write(t, SVA_TEST_DEVFN, at + 4, 2, 1);
    g_assert_cmphex(cfg(t, at + 6, 2) & 0x100, ==, 0);      /* not Stopped */
    sva_cfg_write(t, SVA_TEST_DEVFN, at + 12, 4, 10);
    g_assert_cmphex(cfg(t, at + 12, 4), ==, 20);
    sva_cfg_write(t, SVA_TEST_DEVFN, at + 4, 2, 0);
    g_assert_cmphex(cfg(t, at + 6, 2) & 0x100, ==, 0x100);
    sva_test_end(t);
}

static void test_options(void)
{
    SvaTest *t = sva_test_start("", ",contexts=4,vectors=2,pasid-bits=5,"
                                "pri=off,ats=off");
    unsigned at;

    g_assert_cmphex(sva_cfg_ext_cap(t, SVA_TEST_DEVFN, 0x13), ==, 0);
    g_assert_cmphex(sva_cfg_ext_cap(t, SVA_TEST_DEVFN, 0x0f), ==, 0);
    at = sva_cfg_ext_cap(t, SVA_TEST_DEVFN, 0x1b);
    g_assert_cmphex(cfg(t, at + 4, 2), ==, 5 << 8);
    at = sva_cfg_cap(t, SVA_TEST_DEVFN, 0x11);
    g_assert_cmphex(cfg(t, at + 2, 2) & 0x7ff, ==, 1);
    acc_map_bars(t);
    g_assert_cmphex(acc_read32(t, SVA_REG_CAP), ==, 5 << 16 | 4);
    sva_test_end(t);
}

static void test_global_registers(void)
{
    SvaTest *t = sva_test_start("", "");

    acc_map_bars(t);
    g_assert_cmphex(acc_read32(t, 0x000), ==, 0x43415653);
    g_assert_cmphex(acc_read32(t, 0x004), ==, 0x00010002);
    g_assert_cmphex(acc_read32(t, 0x008), ==, 20 << 16 | 64);
    g_assert_cmphex(acc_read32(t, 0x00c), ==, 0x1ff);
    g_assert_cmphex(acc_read32(t, 0x010), ==, 0);
    g_assert_cmphex(acc_read32(t, 0x014), ==, 0);
    g_assert_cmphex(acc_read32(t, 0x018), ==, 3);
    g_assert_cmphex(acc_read32(t, 0x01c), ==, 0xffffffff);
    /* Bytes and words do nothing and read 0. */
    qtest_writeb(t->qts, ACC_BAR0 + 0x018, 0);
    g_assert_cmphex(acc_read32(t, 0x018), ==, 3);
    g_assert_cmphex(qtest_readw(t->qts, ACC_BAR0), ==, 0);
    sva_test_end(t);
}

/* A guest may access any byte at any size. */
static void test_access_sizes(void)
{
    SvaTest *t = sva_test_start("", "");
    unsigned off;

    acc_start(t);
    for (off = 0; off < 0x1180; off++) {
        qtest_writeb(t->qts, ACC_BAR0 + off, 0xff);
        qtest_writew(t->qts, ACC_BAR0 + off, 0xffff);
        qtest_writel(t->qts, ACC_BAR0 + off, 0xffffffff);
        qtest_writeq(t->qts, ACC_BAR0 + off, 0x0000000300000001ull);
        qtest_readl(t->qts, ACC_BAR0 + off);
        qtest_readq(t->qts, ACC_BAR0 + off);
    }
    for (off = 0; off < 0x40; off++) {
        qtest_writeq(t->qts, ACC_BAR2 + off, UINT64_MAX);
        qtest_writeb(t->qts, ACC_BAR2 + off, 1);
        qtest_readq(t->qts, ACC_BAR2 + off);
    }
    acc_write32(t, SVA_REG_CTRL, SVA_CTRL_RESET);
    g_assert_cmphex(acc_read32(t, 0x018), ==, 3);
    sva_test_end(t);
}

/* What is not enabled in configuration space cannot be used. */
static void test_enable_refused(void)
{
    SvaTest *t = sva_test_start("", "");
    static const struct {
        uint32_t cfg;
        uint32_t result;
    } rows[] = {
        { 1 << 20 | 5, 4 },             /* NO_PASID */
        { 1 << 24, 5 },                 /* NO_ATS */
        { 2 << 24, 5 },
        { 3 << 24, 3 },                 /* BAD_CONFIG */
    };
    AccContext c = { .n = 2 };
    unsigned i;

    acc_map_bars(t);
    for (i = 0; i < ARRAY_SIZE(rows); i++) {
        acc_set32(t, SVA_CTX(2, SVA_CTX_CFG), rows[i].cfg);
        g_assert_cmphex(acc_command(t, &c, SVA_CMD_ENABLE), ==,
                        rows[i].result);
    }
    acc_enable_caps(t, 0);
    acc_set32(t, SVA_CTX(2, SVA_CTX_CFG), 2 << 24);
    g_assert_cmphex(acc_command(t, &c, SVA_CMD_ENABLE), ==, 6); /* NO_PRI */
    g_assert_cmphex(acc_command(t, &c, SVA_CMD_DRAIN), ==, 2);  /* state */
    g_assert_cmphex(acc_command(t, &c, 9), ==, 1);
    sva_test_end(t);
}

static void test_ring_wrap(void)
{
    Bare b;
    SvaTest *t = bare_start(&b);
    struct sva_desc desc = bare_desc(&b, SVA_OP_NOP, 0);
    unsigned i;

    for (i = 0; i < 150; i++) {
        desc.id = i;
        g_assert_cmphex(bare_run(t, &b, &desc).status, ==, 1);
    }
    g_assert_cmphex(acc_read32(t, SVA_CTX(0, SVA_CTX_HEAD)), ==, 150);
    g_assert_cmphex(qtest_readl(t->qts, ACC_BAR2 + 4), ==, 150);
    g_assert_cmphex(sva_qom(t, "acc", "count-jobs"), ==, 150);
    sva_test_end(t);
}

static void test_operations(void)
{
    Bare b;
    SvaTest *t = bare_start(&b);
    struct sva_desc desc = bare_desc(&b, SVA_OP_COPY, 0x2345);
    struct sva_completion done = bare_run(t, &b, &desc);

    g_assert_cmphex(done.status, ==, 1);
    g_assert_cmphex(done.bytes, ==, 0x2345);
    sva_assert_filled(t, b.dst, 0x2340, 7);
    sva_assert_zero(t, b.dst + 0x2348, BUF_BYTES - 0x2348);

    desc = bare_desc(&b, SVA_OP_COMPARE, 0x3000);
    done = bare_run(t, &b, &desc);
    g_assert_cmphex(done.status, ==, 2);
    g_assert_cmphex(done.result, ==, 0x2345);
    desc.size = 0x2345;
    g_assert_cmphex(bare_run(t, &b, &desc).status, ==, 1);

    desc = bare_desc(&b, SVA_OP_FILL, 0x1003);
    desc.src = 0x0807060504030201ull;
    g_assert_cmphex(bare_run(t, &b, &desc).status, ==, 1);
    g_assert_cmphex(sva_get64(t, b.dst + 0xff8), ==, 0x0807060504030201ull);
    g_assert_cmphex(sva_get64(t, b.dst + 0x1000) & 0xffffff, ==, 0x030201);

    desc = bare_desc(&b, SVA_OP_TOUCH, 0x4000);
    desc.src = 0xabcdef;
    desc.stride = 0x1000;
    desc.rounds = 2;
    desc.flags |= SVA_DF_TOUCH_WRITE;
    done = bare_run(t, &b, &desc);
    g_assert_cmphex(done.status, ==, 1);
    g_assert_cmphex(done.bytes, ==, 2 * 4 * 8);
    g_assert_cmphex(sva_get64(t, b.dst + 0x3000), ==, 0xabcdef);
    sva_test_end(t);
}

/* Virtual time only. */
static void test_delay(void)
{
    Bare b;
    SvaTest *t = bare_start(&b);
    struct sva_desc desc = bare_desc(&b, SVA_OP_DELAY, 1000000);

    sva_put64(t, b.rec, 0);
    acc_submit(t, &b.ctx, &desc);
    g_usleep(20000);
    g_assert_cmphex(sva_get64(t, b.rec), ==, 0);
    qtest_clock_step(t->qts, 999999);
    g_usleep(20000);
    g_assert_cmphex(sva_get64(t, b.rec), ==, 0);
    qtest_clock_step(t->qts, 1);
    g_assert_cmphex(acc_completion(t, b.rec).status, ==, 1);
    sva_test_end(t);
}

static void test_bad_descriptors(void)
{
    Bare b;
    SvaTest *t = bare_start(&b);
    struct sva_desc good = bare_desc(&b, SVA_OP_TOUCH, 64);
    struct sva_desc bad[5];
    unsigned i;

    good.stride = 8;
    good.rounds = 1;
    g_assert_cmphex(bare_run(t, &b, &good).status, ==, 1);
    for (i = 0; i < ARRAY_SIZE(bad); i++) {
        bad[i] = good;
    }
    bad[0].opcode = 9;
    bad[1].flags |= 1 << 5;
    bad[2].size = 0;
    bad[3].stride = 12;
    bad[4].size = UINT64_MAX & ~7ull;
    g_assert_cmphex(bare_run(t, &b, &bad[0]).status, ==, 0x10);
    g_assert_cmphex(bare_run(t, &b, &bad[1]).status, ==, 0x11);
    g_assert_cmphex(bare_run(t, &b, &bad[2]).status, ==, 0x12);
    g_assert_cmphex(bare_run(t, &b, &bad[3]).status, ==, 0x13);
    g_assert_cmphex(bare_run(t, &b, &bad[4]).status, ==, 0x12);
    g_assert_cmphex(sva_qom(t, "acc", "count-bad-descriptors"), ==, 5);
    g_assert_cmphex(bare_run(t, &b, &good).status, ==, 1);
    sva_test_end(t);
}

static void test_bad_tail(void)
{
    Bare b;
    SvaTest *t = bare_start(&b);
    struct sva_desc desc = bare_desc(&b, SVA_OP_NOP, 0);

    qtest_writel(t->qts, ACC_BAR2, 65);
    g_assert_cmphex(acc_read32(t, SVA_CTX(0, SVA_CTX_ERR_STATUS)), ==,
                    0x80000015);
    g_assert_cmphex(acc_read64(t, SVA_CTX(0, SVA_CTX_ERR_ADDR)), ==, 65);
    g_assert_cmphex(acc_read32(t, SVA_REG_IRQ_CAUSE) & 1, ==, 1);
    g_assert_cmphex(acc_read32(t, SVA_REG_ERR_CTX), ==, 0);
    qtest_writel(t->qts, ACC_BAR2, 0xffffffff);
    g_assert_cmphex(acc_read32(t, SVA_CTX(0, SVA_CTX_ERR_STATUS)) >> 30, ==,
                    3);
    acc_write32(t, SVA_CTX(0, SVA_CTX_ERR_STATUS), 0x80000000);
    g_assert_cmphex(acc_read32(t, SVA_CTX(0, SVA_CTX_ERR_STATUS)), ==, 0);
    g_assert_cmphex(bare_run(t, &b, &desc).status, ==, 1);
    sva_test_end(t);
}

/* MSI-X messages are memory writes: here into memory that can be read. */
static void test_interrupt(void)
{
    Bare b;
    SvaTest *t = bare_start(&b);
    struct sva_desc desc = bare_desc(&b, SVA_OP_NOP, 0);
    uint64_t target = sva_alloc(t, 0x1000), entry = ACC_BAR4 + 3 * 16;
    unsigned at = sva_cfg_cap(t, SVA_TEST_DEVFN, 0x11);

    sva_cfg_write(t, SVA_TEST_DEVFN, at + 2, 2, 0x8000);
    qtest_writel(t->qts, entry, target);
    qtest_writel(t->qts, entry + 4, target >> 32);
    qtest_writel(t->qts, entry + 8, 0x4711);
    qtest_writel(t->qts, entry + 12, 0);
    acc_set32(t, SVA_CTX(0, SVA_CTX_VECTOR), 3);
    desc.flags |= SVA_DF_IRQ;
    g_assert_cmphex(bare_run(t, &b, &desc).status, ==, 1);
    sva_wait_until(t, sva_get64(t, target) == 0x4711);
    g_assert_cmphex(sva_qom(t, "acc", "count-interrupts"), ==, 1);
    sva_test_end(t);
}

static void test_breakpoint_and_abort(void)
{
    Bare b;
    SvaTest *t = bare_start(&b);
    struct sva_desc desc = bare_desc(&b, SVA_OP_COPY, 0x1000);

    acc_set32(t, SVA_CTX(0, SVA_CTX_BREAK_MASK), SVA_BREAK_BEFORE_ACCESS);
    sva_put64(t, b.rec, 0);
    acc_submit(t, &b.ctx, &desc);
    sva_wait_until(t, acc_read32(t, SVA_CTX(0, SVA_CTX_BREAK_AT)) == 2);
    g_assert_cmphex(acc_read32(t, SVA_CTX(0, SVA_CTX_RUNNING)), ==, 1);
    sva_assert_zero(t, b.dst, 0x1000);
    /* Read, then write. */
    acc_write32(t, SVA_CTX(0, SVA_CTX_RELEASE), 1);
    sva_wait_until(t, acc_read32(t, SVA_CTX(0, SVA_CTX_BREAK_AT)) == 2);
    sva_assert_zero(t, b.dst, 0x1000);
    g_assert_cmphex(acc_command(t, &b.ctx, SVA_CMD_ABORT), ==, 0);
    g_assert_cmphex(acc_completion(t, b.rec).status, ==, 0x30);
    sva_assert_zero(t, b.dst, 0x1000);
    g_assert_cmphex(acc_read32(t, SVA_CTX(0, SVA_CTX_STATE)), ==, 0);
    g_assert_cmphex(acc_read32(t, SVA_CTX(0, SVA_CTX_RUNNING)), ==, 0);
    sva_test_end(t);
}

/* Bus master off: the function sends nothing. */
static void test_no_bus_master(void)
{
    Bare b;
    SvaTest *t = bare_start(&b);
    uint64_t data = 0x55;

    sva_cfg_write(t, SVA_TEST_DEVFN, 0x04, 2, 0x0002);
    g_assert_cmphex(acc_probe(t, &b.ctx, SVA_PROBE_WRITE, b.dst, &data), ==,
                    0x800000ff);
    sva_assert_zero(t, b.dst, 8);
    sva_test_end(t);
}

static void test_flr(void)
{
    Bare b;
    SvaTest *t = bare_start(&b);
    struct sva_desc desc = bare_desc(&b, SVA_OP_TOUCH, 0x1000);
    unsigned at = sva_cfg_cap(t, SVA_TEST_DEVFN, 0x10);

    desc.stride = 8;            /* rounds 0: without end */
    acc_submit(t, &b.ctx, &desc);
    sva_wait_until(t, acc_read64(t, SVA_REG_COUNTERS + 8) > 100);
    sva_cfg_write(t, SVA_TEST_DEVFN, at + 8, 2, 0x8000);
    g_assert_cmphex(cfg(t, 0x04, 2) & 6, ==, 0);
    g_assert_cmphex(cfg(t, t->cap_pasid + 6, 2), ==, 0);
    g_assert_cmphex(cfg(t, t->cap_ats + 6, 2), ==, 0);
    g_assert_cmphex(cfg(t, t->cap_pri + 4, 2), ==, 0);
    g_assert_cmphex(cfg(t, t->cap_pri + 6, 2), ==, 0x8100);
    g_assert_cmphex(cfg(t, t->cap_pri + 12, 4), ==, 0);
    acc_start(t);
    g_assert_cmphex(acc_read32(t, SVA_CTX(0, SVA_CTX_STATE)), ==, 0);
    g_assert_cmphex(acc_read32(t, SVA_CTX(0, SVA_CTX_RUNNING)), ==, 0);
    g_assert_cmphex(acc_read64(t, SVA_REG_COUNTERS + 8), ==, 0);
    acc_enable(t, &b.ctx);
    desc = bare_desc(&b, SVA_OP_COPY, 0x1000);
    g_assert_cmphex(bare_run(t, &b, &desc).status, ==, 1);
    sva_test_end(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("sva/accel/config-header", test_config_header);
    qtest_add_func("sva/accel/capabilities", test_capabilities);
    qtest_add_func("sva/accel/pri-allocation", test_pri_allocation);
    qtest_add_func("sva/accel/options", test_options);
    qtest_add_func("sva/accel/global-registers", test_global_registers);
    qtest_add_func("sva/accel/access-sizes", test_access_sizes);
    qtest_add_func("sva/accel/enable-refused", test_enable_refused);
    qtest_add_func("sva/accel/ring-wrap", test_ring_wrap);
    qtest_add_func("sva/accel/operations", test_operations);
    qtest_add_func("sva/accel/delay", test_delay);
    qtest_add_func("sva/accel/bad-descriptors", test_bad_descriptors);
    qtest_add_func("sva/accel/bad-tail", test_bad_tail);
    qtest_add_func("sva/accel/interrupt", test_interrupt);
    qtest_add_func("sva/accel/breakpoint-and-abort", test_breakpoint_and_abort);
    qtest_add_func("sva/accel/no-bus-master", test_no_bus_master);
    qtest_add_func("sva/accel/flr", test_flr);
    return g_test_run();
}

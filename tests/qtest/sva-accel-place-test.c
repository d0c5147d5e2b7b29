/*
 * sva-accel in different places: many contexts, several in one machine,
 * behind a root port, unplugged
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qobject/qdict.h"
#include "libsva-process.h"

#define PASID           0x31
#define PORT_DEVFN      0x30            /* device 6 of bus 0 */
#define BUS1            (1 << 8)        /* behind the root port, function 0 */

/* A machine with sva-vtd, "acc" at 0:4.0, and "far" behind a root port. */
#define ROOT_PORT \
    " -global ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off" \
    " -device pcie-root-port,id=rp,chassis=1,addr=6"

/* An accelerator with its BARs in a window of 16 MiB, bus and devfn. */
typedef struct Place {
    SvaTest *t;
    unsigned devfn;
    uint32_t bar;
} Place;

static uint32_t place_read(const Place *p, unsigned off)
{
    return qtest_readl(p->t->qts, p->bar + off);
}

static void place_write(const Place *p, unsigned off, uint32_t val)
{
    qtest_writel(p->t->qts, p->bar + off, val);
}

static void place_set(const Place *p, unsigned off, unsigned size,
                      uint32_t val)
{
    sva_cfg_write(p->t, p->devfn, off, size, val);
    g_assert_cmphex(sva_cfg_read(p->t, p->devfn, off, size), ==, val);
}

static Place place_start(SvaTest *t, unsigned devfn, uint32_t bar)
{
    Place p = { .t = t, .devfn = devfn, .bar = bar };
    unsigned at;

    place_set(&p, 0x10, 4, bar);
    place_set(&p, 0x18, 4, bar + 0x400000);
    place_set(&p, 0x20, 4, bar + 0x800000);
    place_set(&p, 0x04, 2, 0x0006);
    place_set(&p, sva_cfg_ext_cap(t, devfn, 0x1b) + 6, 2, 0x0001);
    place_set(&p, sva_cfg_ext_cap(t, devfn, 0x0f) + 6, 2, 0x8000);
    at = sva_cfg_ext_cap(t, devfn, 0x13);
    place_set(&p, at + 12, 4, 32);
    place_set(&p, at + 4, 2, 0x0001);
    g_assert_cmphex(place_read(&p, 0), ==, 0x43415653);
    return p;
}

/* Context @n works for @process, whose ring it takes. */
static void place_enable(const Place *p, unsigned n, const Process *process)
{
    const AccContext *c = &process->ctx;

    place_write(p, SVA_CTX(n, SVA_CTX_CFG),
                c->pasid | (c->pasid_en ? SVA_CFG_PASID_EN : 0) |
                c->mode << SVA_CFG_MODE_SHIFT);
    place_write(p, SVA_CTX(n, SVA_CTX_RING_BASE), c->ring);
    place_write(p, SVA_CTX(n, SVA_CTX_RING_BASE) + 4, c->ring >> 32);
    place_write(p, SVA_CTX(n, SVA_CTX_RING_SIZE), 6);
    place_write(p, SVA_CTX(n, SVA_CTX_CMD), SVA_CMD_ENABLE);
    g_assert_cmphex(place_read(p, SVA_CTX(n, SVA_CTX_CMD_STATUS)), ==, 1);
}

/* Descriptor 0 of the ring: @opcode over @size bytes from SRC to DST. */
static void place_submit(const Place *p, unsigned n, const Process *process,
                         const struct sva_desc *d)
{
    uint64_t at = process->ctx.ring_pa;

    sva_put64(p->t, process->rec, 0);
    sva_put64(p->t, at, d->opcode | (uint64_t)d->flags << 16);
    sva_put64(p->t, at + 0x08, d->src);
    sva_put64(p->t, at + 0x10, d->dst);
    sva_put64(p->t, at + 0x18, d->size);
    sva_put64(p->t, at + 0x20, d->completion);
    sva_put64(p->t, at + 0x28, d->stride);
    qtest_writel(p->t->qts, p->bar + 0x400000 + n * SVA_DB_STRIDE, 1);
}

static struct sva_desc copy_desc(void)
{
    return (struct sva_desc) {
        .opcode = SVA_OP_COPY,
        .flags = SVA_DF_COMPLETION | SVA_DF_BLOCK_ON_FAULT,
        .src = SRC_VA, .dst = DST_VA, .size = 0x2000, .completion = REC_VA,
    };
}

static void assert_copied(SvaTest *t, const Process *process)
{
    struct sva_completion done = acc_completion(t, process->rec);

    g_assert_cmphex(done.status, ==, 1);
    g_assert_cmphex(done.bytes, ==, 0x2000);
    sva_assert_filled(t, process->dst, 0x2000, 1);
    sva_fill(t, process->dst, 0x2000, 2);
}

/* The context entry of another function is the same as the test function's. */
static void place_context(SvaTest *t, unsigned devfn)
{
    uint64_t slot = t->root + 16 * (devfn >> 8);
    uint64_t table = sva_get64(t, slot);
    uint64_t entry = sva_get64(t, t->context_table + 32 * SVA_TEST_DEVFN);

    if (!table) {
        table = sva_alloc(t, 0x1000) | 1;
        sva_put64(t, slot, table);
    }
    sva_put64(t, (table & PTE_ADDR) + 32 * (devfn & 0x7f), entry);
    vtd_submit(t, 1 | 1 << 4, 0);
    vtd_submit(t, 7 | 3 << 4, 0);
    vtd_submit(t, 2 | 1 << 4, 0);
    vtd_sync(t);
}

static void test_1024_contexts(void)
{
    SvaTest *t = sva_test_start("", ",contexts=1024");
    Place p = place_start(t, SVA_TEST_DEVFN, 0xe0000000);
    Process process = {
        .rec = sva_alloc(t, 0x1000), .src = sva_alloc(t, 0x2000),
        .dst = sva_alloc(t, 0x2000),
    };
    struct sva_desc desc = copy_desc();
    unsigned at = sva_cfg_cap(t, SVA_TEST_DEVFN, 0x11);

    g_assert_cmphex(sva_cfg_read(t, SVA_TEST_DEVFN, at + 2, 2) & 0x7ff, ==,
                    1024);
    g_assert_cmphex(place_read(&p, SVA_REG_CAP), ==, 20 << 16 | 1024);
    process.ctx.ring = process.ctx.ring_pa = sva_alloc(t, 0x1000);
    sva_fill(t, process.src, 0x2000, 1);
    desc.src = process.src;
    desc.dst = process.dst;
    desc.completion = process.rec;
    place_enable(&p, 1023, &process);
    place_submit(&p, 1023, &process, &desc);
    assert_copied(t, &process);
    g_assert_cmphex(place_read(&p, SVA_CTX(1023, SVA_CTX_HEAD)), ==, 1);
    g_assert_cmphex(place_read(&p, SVA_CTX(1022, SVA_CTX_HEAD)), ==, 0);
    g_assert_cmphex(place_read(&p, SVA_CTX(1024, SVA_CTX_PRG_PAGES)), ==, 0);
    sva_test_end(t);
}

/* One process, two functions: each translates and is flushed on its own. */
static void test_two_in_one_machine(void)
{
    SvaTest *t = sva_test_start("", " -device sva-accel,id=two,addr=5");
    Process process;
    struct sva_desc desc = copy_desc();
    Place two;

    process_setup(t, &process, PASID, SVA_MODE_ATS_PRI);
    place_context(t, 0x28);
    two = place_start(t, 0x28, 0xe8000000);
    place_enable(&two, 0, &process);
    place_submit(&two, 0, &process, &desc);
    assert_copied(t, &process);
    process_copy(t, &process, 0x2000);
    assert_copied(t, &process);
    g_assert_cmphex(sva_qom(t, "acc", "count-jobs"), ==, 1);
    g_assert_cmphex(sva_qom(t, "two", "count-jobs"), ==, 1);
    vtd_submit(t, 8 | 0x28 << 16 | (uint64_t)PASID << 32,
               0x7ffffffffffff000ull | 1 << 11);
    vtd_sync(t);
    g_assert_cmphex(sva_qom(t, "two", "count-invalidations"), ==, 1);
    g_assert_cmphex(sva_qom(t, "acc", "count-invalidations"), ==, 0);
    sva_test_end(t);
}

/* Bus 1 with its memory window behind the root port. */
static Place port_start(SvaTest *t)
{
    sva_cfg_write(t, PORT_DEVFN, 0x18, 4, 0x00010100);
    sva_cfg_write(t, PORT_DEVFN, 0x20, 4, 0xe8f0e800);
    sva_cfg_write(t, PORT_DEVFN, 0x04, 2, 0x0006);
    return place_start(t, BUS1, 0xe8000000);
}

static void test_behind_a_root_port(void)
{
    SvaTest *t = sva_test_start(ROOT_PORT,
                                " -device sva-accel,id=far,bus=rp");
    Process process;
    struct sva_desc desc = copy_desc();
    uint64_t qw0, qw1;
    unsigned at;
    Place far;

    process_setup(t, &process, PASID, SVA_MODE_ATS_PRI);
    place_context(t, BUS1);
    far = port_start(t);
    at = sva_cfg_cap(t, BUS1, 0x10);
    /* Endpoint, FLR, prefixes; no ACS: it has one function. */
    g_assert_cmphex((sva_cfg_read(t, BUS1, at + 2, 2) >> 4) & 0xf, ==, 0);
    g_assert_cmphex(sva_cfg_read(t, BUS1, at + 0x04, 4) >> 28 & 1, ==, 1);
    g_assert_cmphex(sva_cfg_read(t, BUS1, at + 0x24, 4) >> 21 & 1, ==, 1);
    g_assert_cmphex(sva_cfg_ext_cap(t, BUS1, 0x0d), ==, 0);
    /* It faults a page in under its own requester ID. */
    sva_put64(t, process.dst_pte, 0);
    place_enable(&far, 0, &process);
    place_submit(&far, 0, &process, &desc);
    sva_wait_until(t, !vtd_prq_empty(t));
    vtd_prq_pop(t, &qw0, &qw1);
    g_assert_cmphex(qw0 >> 16 & 0xffff, ==, BUS1);
    g_assert_cmphex(qw1, ==, DST_VA | 6);
    sva_put64(t, process.dst_pte, process.dst | PTE_USER_RW);
    vtd_submit(t, 9 | 1 << 4 | BUS1 << 16 | (uint64_t)PASID << 32,
               qw1 & 0xffc);
    vtd_sync(t);
    assert_copied(t, &process);
    sva_test_end(t);
}

/* A job in each kind of wait, a probe, and a completion withheld. */
static void everything_in_flight(const Place *far, Process *process)
{
    struct sva_desc desc = copy_desc();
    SvaTest *t = far->t;

    sva_put64(t, process->dst_pte, 0);
    place_enable(far, 0, process);              /* waits for a response */
    place_submit(far, 0, process, &desc);
    place_enable(far, 1, process);              /* held */
    place_write(far, SVA_CTX(1, SVA_CTX_BREAK_MASK), SVA_BREAK_BEFORE_XLATE);
    place_submit(far, 1, process, &desc);
    sva_wait_until(t, place_read(far, SVA_CTX(1, SVA_CTX_BREAK_AT)));
    sva_wait_until(t, !vtd_prq_empty(t));
    place_write(far, SVA_CTX(3, SVA_CTX_PROBE_PASID),
                PASID | SVA_CFG_PASID_EN);
    place_write(far, SVA_CTX(3, SVA_CTX_PROBE_ADDR), 0x1000);
    place_write(far, SVA_CTX(3, SVA_CTX_PROBE_CTRL), SVA_PROBE_PRG);
    desc = (struct sva_desc) {
        .opcode = SVA_OP_TOUCH, .dst = SRC_VA, .size = 0x1000, .stride = 8,
    };
    place_enable(far, 2, process);              /* works without end */
    place_submit(far, 2, process, &desc);
    sva_wait_until(t, sva_qom(t, "far", "count-accesses") > 1000);
    place_write(far, SVA_REG_INJECT, SVA_GINJECT_KEEP_INVAL);
    vtd_submit(t, 8 | BUS1 << 16 | (uint64_t)PASID << 32,
               0x7ffffffffffff000ull | 1 << 11);
    g_assert_cmphex(place_read(far, SVA_REG_INVAL_HELD), ==, 1);
}

/* A machine in which that is so, behind a root port; @iommu as ever. */
static SvaTest *start_in_flight(const char *iommu, Process *process,
                                Place *far)
{
    g_autofree char *options = g_strconcat(iommu, ROOT_PORT, NULL);
    SvaTest *t = sva_test_start(options,
                                " -device sva-accel,id=far,bus=rp");

    process_setup(t, process, PASID, SVA_MODE_ATS_PRI);
    place_context(t, BUS1);
    *far = port_start(t);
    everything_in_flight(far, process);
    return t;
}

/* Nobody completes the invalidation: ITE, then the queue goes on. */
static void assert_times_out(SvaTest *t)
{
    g_assert_false(vtd_wait_done(t, 0));
    qtest_clock_step(t->qts, 60000000);
    g_assert_cmphex(vtd_read32(t, VTD_FSTS) & 0x70, ==, 0x40);
    vtd_write32(t, VTD_FSTS, 0x40);
    vtd_sync(t);
}

/* Responses to nobody do no harm. */
static void respond_to_nobody(SvaTest *t)
{
    uint64_t qw0, qw1;

    vtd_prq_pop(t, &qw0, &qw1);
    vtd_submit(t, 9 | 1 << 4 | BUS1 << 16 | (uint64_t)PASID << 32,
               qw1 & 0xffc);
    vtd_sync(t);
}

static void assert_copies_again(const Place *far, Process *process)
{
    struct sva_desc desc = copy_desc();

    sva_put64(far->t, process->dst_pte, process->dst | PTE_USER_RW);
    place_enable(far, 0, process);
    place_submit(far, 0, process, &desc);
    assert_copied(far->t, process);
}

static unsigned slot_control(SvaTest *t)
{
    return sva_cfg_cap(t, PORT_DEVFN, 0x10) + 0x18;
}

static void wait_deleted(SvaTest *t)
{
    qtest_qmp_eventwait(t->qts, "DEVICE_DELETED");
    g_assert_cmphex(sva_cfg_read(t, BUS1, 0, 4), ==, 0xffffffff);
}

/* The slot loses its power under the feet of the driver. */
static void test_surprise_removal(void)
{
    Process process;
    Place far;
    SvaTest *t = start_in_flight(",inval-timeout=50", &process, &far);

    sva_cfg_write(t, PORT_DEVFN, slot_control(t), 2, 0x0400 | 0x0300);
    wait_deleted(t);
    assert_times_out(t);
    respond_to_nobody(t);
    sva_put64(t, process.dst_pte, process.dst | PTE_USER_RW);
    process_copy(t, &process, 0x2000);
    assert_copied(t, &process);
    sva_test_end(t);
}

/* It forgets all of it, and what comes afterwards finds nobody. */
static void test_flr_with_everything_in_flight(void)
{
    Process process;
    Place far;
    SvaTest *t = start_in_flight(",inval-timeout=50", &process, &far);
    unsigned pri = sva_cfg_ext_cap(t, BUS1, 0x13);

    sva_cfg_write(t, BUS1, sva_cfg_cap(t, BUS1, 0x10) + 8, 2, 0x8000);
    g_assert_cmphex(sva_cfg_read(t, BUS1, pri + 6, 2), ==, 0x8100);
    assert_times_out(t);
    respond_to_nobody(t);
    g_assert_cmphex(sva_cfg_read(t, BUS1, pri + 6, 2), ==, 0x8100);
    g_assert_cmphex(sva_qom(t, "far", "count-accesses"), ==, 0);
    far = port_start(t);
    g_assert_cmphex(place_read(&far, SVA_REG_INJECT), ==, 0);
    assert_copies_again(&far, &process);
    sva_test_end(t);
}

/* And the host may ask for it, and plug another one in. */
static void test_unplug_and_plug(void)
{
    Process process;
    Place far;
    SvaTest *t = start_in_flight("", &process, &far);

    qtest_qmp_assert_success(t->qts, "{ 'execute': 'device_del', "
                             "'arguments': { 'id': 'far' } }");
    sva_cfg_write(t, PORT_DEVFN, slot_control(t), 2, 0x0400 | 0x0300);
    wait_deleted(t);
    qtest_qmp_assert_success(t->qts, "{ 'execute': 'device_add', "
                             "'arguments': { 'driver': 'sva-accel', "
                             "'id': 'far', 'bus': 'rp' } }");
    sva_cfg_write(t, PORT_DEVFN, slot_control(t), 2, 0x0100);
    far = port_start(t);
    g_assert_cmphex(sva_qom(t, "far", "count-jobs"), ==, 0);
    assert_copies_again(&far, &process);
    sva_test_end(t);
}

/* Its own write turns off the slot; the function goes in the middle of it. */
static void test_unplugs_itself(void)
{
    SvaTest *t = sva_test_start(ROOT_PORT,
                                " -device sva-accel,id=far,bus=rp");
    Process process = {
        .rec = sva_alloc(t, 0x1000), .src = sva_alloc(t, 0x1000),
    };
    struct sva_desc desc = copy_desc();
    Place far = port_start(t);

    process.ctx.ring = process.ctx.ring_pa = sva_alloc(t, 0x1000);
    sva_put64(t, process.src, 0x0400 | 0x0300);
    desc.src = process.src;
    desc.dst = 0xb0000000 + (PORT_DEVFN << 12) + slot_control(t);
    desc.size = 2;
    desc.completion = process.rec;
    place_enable(&far, 0, &process);
    place_submit(&far, 0, &process, &desc);
    qtest_clock_step(t->qts, 1000000);
    wait_deleted(t);
    qtest_clock_step(t->qts, 1000000);
    g_assert_cmphex(sva_get64(t, process.rec), ==, 0);
    sva_test_end(t);
}

static void test_pri_follows_ats(void)
{
    static const struct {
        const char *options;
        unsigned ats, pri;
    } rows[] = {
        { "", 1, 1 }, { ",ats=off", 0, 0 }, { ",pri=off", 1, 0 },
        { ",ats=on,pri=on", 1, 1 }, { ",pri=auto", 1, 1 },
    };
    unsigned i;

    for (i = 0; i < ARRAY_SIZE(rows); i++) {
        SvaTest *t = sva_test_start("", rows[i].options);

        g_assert_cmphex(!!sva_cfg_ext_cap(t, SVA_TEST_DEVFN, 0x0f), ==,
                        rows[i].ats);
        g_assert_cmphex(!!sva_cfg_ext_cap(t, SVA_TEST_DEVFN, 0x13), ==,
                        rows[i].pri);
        sva_test_end(t);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("sva/accel-place/1024-contexts", test_1024_contexts);
    qtest_add_func("sva/accel-place/two", test_two_in_one_machine);
    qtest_add_func("sva/accel-place/root-port", test_behind_a_root_port);
    qtest_add_func("sva/accel-place/surprise-removal", test_surprise_removal);
    qtest_add_func("sva/accel-place/flr", test_flr_with_everything_in_flight);
    qtest_add_func("sva/accel-place/unplug", test_unplug_and_plug);
    qtest_add_func("sva/accel-place/unplugs-itself", test_unplugs_itself);
    qtest_add_func("sva/accel-place/pri-follows-ats", test_pri_follows_ats);
    return g_test_run();
}

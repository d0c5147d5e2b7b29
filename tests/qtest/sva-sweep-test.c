/*
 * Every offset of every register page, at every size, with values that have
 * been trouble: whatever comes of it is the same each time, what is read-only
 * stays, and after a reset everything works
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "libsva-process.h"

#define PASID 5

static const uint64_t patterns[] = {
    0, UINT64_MAX, 0x5555555555555555ull, 0xaaaaaaaaaaaaaaaaull,
};

/* Offsets from @base that are swept; the last range of a list is empty. */
typedef struct Range {
    uint64_t base;
    unsigned first;
    unsigned last;
} Range;

/* All of what the specification defines, and the ends of the page. */
static const Range vtd_ranges[] = {
    { VTD_BASE, 0x000, 0x110 },
    { VTD_BASE, 0x21c, 0x2a4 },
    { VTD_BASE, 0x4fc, 0x514 },
    { VTD_BASE, 0xff0, 0x1000 },
    { 0 }
};

/* Of page 1, what is not reserved there is all of its first 256 bytes. */
static const Range smmu_ranges[] = {
    { SMMU_BASE, 0x00000, 0x00110 },
    { SMMU_BASE, 0x00dfc, 0x00e08 },
    { SMMU_BASE, 0x00fcc, 0x01004 },
    { SMMU_BASE, 0x0fff8, 0x10008 },
    { SMMU_BASE, 0x10080, 0x100e0 },
    { SMMU_BASE, 0x1fff8, 0x20000 },
    { 0 }
};

static const Range accel_ranges[] = {
    { ACC_BAR0, 0x000, 0x048 },
    { ACC_BAR0, 0x1f8, 0x208 },
    { ACC_BAR0, 0xffc, 0x1108 },
    { ACC_BAR0, 0x4f00, 0x5008 },
    { ACC_BAR2, 0x0000, 0x0010 },
    { ACC_BAR2, 0x1000, 0x1010 },
    { ACC_BAR4, 0x0000, 0x0020 },
    { ACC_BAR4, 0x0800, 0x0808 },
    { 0 }
};

/*
 * A board and its IOMMU.
 *
 * @fixed:        addresses of words of the IOMMU that never change, up to 0
 * @unmask:       let it send interrupts
 * @fault:        make it record a fault of the process and stop its queue
 * @assert_reset: its registers are as after a reset
 */
typedef struct Place {
    const SvaBoard *board;
    const Range *ranges;
    const uint64_t *fixed;
    void (*unmask)(SvaTest *t);
    void (*fault)(SvaTest *t, Process *p);
    void (*assert_reset)(SvaTest *t);
    void (*assert_no_fault)(SvaTest *t);
} Place;

static const Place *place;

/* What no access may change, by address; 32 bits each. */
typedef struct Constants {
    uint64_t addr[24];
    uint32_t value[24];
    unsigned count;
} Constants;

static void constant_add(SvaTest *t, Constants *c, uint64_t addr)
{
    g_assert_cmpuint(c->count, <, ARRAY_SIZE(c->addr));
    c->addr[c->count] = addr;
    c->value[c->count++] = qtest_readl(t->qts, addr);
}

static void constants_check(SvaTest *t, const Constants *c)
{
    for (unsigned i = 0; i < c->count; i++) {
        g_assert_cmphex(qtest_readl(t->qts, c->addr[i]), ==, c->value[i]);
    }
}

static void store(SvaTest *t, uint64_t addr, uint64_t val, unsigned size)
{
    switch (size) {
    case 1:
        qtest_writeb(t->qts, addr, val);
        break;
    case 2:
        qtest_writew(t->qts, addr, val);
        break;
    case 4:
        qtest_writel(t->qts, addr, val);
        break;
    default:
        qtest_writeq(t->qts, addr, val);
        break;
    }
}

static uint64_t load(SvaTest *t, uint64_t addr, unsigned size)
{
    return size == 1 ? qtest_readb(t->qts, addr)
           : size == 2 ? qtest_readw(t->qts, addr)
           : size == 4 ? qtest_readl(t->qts, addr)
           : qtest_readq(t->qts, addr);
}

static uint64_t mix(uint64_t sum, uint64_t val)
{
    return (sum ^ val) * 0x100000001b3ull;
}

/* A store, and what it did, as a step of a sum. */
static uint64_t try_one(SvaTest *t, uint64_t sum, uint64_t addr, uint64_t val,
                        unsigned size)
{
    store(t, addr, val, size);
    return mix(sum, load(t, addr, size));
}

static uint64_t sweep_range(SvaTest *t, const Range *r, uint64_t sum,
                            const Constants *c)
{
    unsigned off, size, i;

    for (off = r->first; off < r->last; off++) {
        for (size = 1; size <= 8 && off + size <= r->last; size *= 2) {
            for (i = 0; i < ARRAY_SIZE(patterns); i++) {
                sum = try_one(t, sum, r->base + off, patterns[i], size);
                if (patterns[i] == UINT64_MAX) {
                    constants_check(t, c);
                }
            }
        }
        if (off % 4 == 0 && off + 4 <= r->last) {
            for (i = 0; i < 32; i++) {
                sum = try_one(t, sum, r->base + off, 1u << i, 4);
            }
        }
    }
    return sum;
}

static uint64_t sweep(SvaTest *t, const Range *ranges, const Constants *c)
{
    uint64_t sum = 0xcbf29ce484222325ull;

    for (; ranges->last; ranges++) {
        sum = sweep_range(t, ranges, sum, c);
        constants_check(t, c);
    }
    return sum;
}

/* -- VT-d -- */

static const uint64_t vtd_fixed[] = {
    VTD_BASE, VTD_BASE + 0x08, VTD_BASE + 0x0c, VTD_BASE + 0x10,
    VTD_BASE + 0x14, 0,
};

static void vtd_unmask(SvaTest *t)
{
    static const unsigned controls[] = { VTD_FECTL, VTD_IECTL, VTD_PECTL };

    for (unsigned i = 0; i < ARRAY_SIZE(controls); i++) {
        vtd_write32(t, controls[i] + 8, 0xfee00000);
        vtd_write32(t, controls[i], 0);
    }
}

static void vtd_make_fault(SvaTest *t, Process *p)
{
    vtd_pasid_put(t, PASID, 0, 0, 0);
    g_assert_cmphex(acc_probe(t, &p->ctx, SVA_PROBE_READ, SRC_VA, NULL), ==,
                    0x80000001);
    vtd_submit(t, 0xf, 0);
    g_assert_cmphex(vtd_read32(t, VTD_FSTS) & 0x12, ==, 0x12);
}

static void vtd_assert_reset(SvaTest *t)
{
    g_assert_cmphex(vtd_read32(t, VTD_GSTS), ==, 0);
    g_assert_cmphex(vtd_read32(t, VTD_FSTS), ==, 0);
    g_assert_cmphex(vtd_read32(t, VTD_FECTL), ==, 0x80000000);
    g_assert_cmphex(vtd_read64(t, VTD_IQA), ==, 0);
    g_assert_cmphex(vtd_read64(t, VTD_IRTA), ==, 0);
}

static const Place on_q35 = {
    .board = &sva_board_q35,
    .ranges = vtd_ranges,
    .fixed = vtd_fixed,
    .unmask = vtd_unmask,
    .fault = vtd_make_fault,
    .assert_reset = vtd_assert_reset,
    .assert_no_fault = vtd_assert_no_fault,
};

/* -- SMMUv3 -- */

/* IDR0..IDR5, IIDR, AIDR, STATUSR, AGBPA */
static const uint64_t smmu_fixed[] = {
    SMMU_BASE, SMMU_BASE + 0x04, SMMU_BASE + 0x08, SMMU_BASE + 0x0c,
    SMMU_BASE + 0x10, SMMU_BASE + 0x14, SMMU_BASE + 0x18, SMMU_BASE + 0x1c,
    SMMU_BASE + 0x40, SMMU_BASE + 0x48, 0,
};

static void smmu_unmask(SvaTest *t)
{
    smmu_set32(t, SMMU_IRQ_CTRL, 7);
    g_assert_cmphex(smmu_read32(t, SMMU_IRQ_CTRL + 4), ==, 7);
}

static void smmu_make_fault(SvaTest *t, Process *p)
{
    smmu_cd_put(t, PASID, 0, 0);
    g_assert_cmphex(acc_probe(t, &p->ctx, SVA_PROBE_READ, SRC_VA, NULL), ==,
                    0x80000001);
    g_assert_false(smmu_event_empty(t));
    smmu_submit(t, 0xff, 0);
    g_assert_cmphex(smmu_read32(t, SMMU_GERROR), ==, 1);
    g_assert_cmphex(smmu_read32(t, SMMU_CMDQ_CONS) >> 24, ==, 1);
}

static void smmu_assert_reset(SvaTest *t)
{
    static const unsigned zero[] = {
        SMMU_CR0, SMMU_CR0ACK, SMMU_CR1, SMMU_CR2, SMMU_IRQ_CTRL,
        SMMU_GERROR, SMMU_GERRORN, SMMU_STRTAB_BASE, SMMU_STRTAB_CFG,
        SMMU_CMDQ_BASE, SMMU_CMDQ_PROD, SMMU_CMDQ_CONS, SMMU_EVENTQ_BASE,
        SMMU_EVENTQ_PROD, SMMU_EVENTQ_CONS, SMMU_PRIQ_BASE, SMMU_PRIQ_PROD,
        SMMU_PRIQ_CONS,
    };

    for (unsigned i = 0; i < ARRAY_SIZE(zero); i++) {
        g_assert_cmphex(smmu_read32(t, zero[i]), ==, 0);
    }
}

static void smmu_assert_no_fault(SvaTest *t)
{
    g_assert_true(smmu_event_empty(t));
    g_assert_cmphex(smmu_read32(t, SMMU_GERROR), ==, 0);
}

static const Place on_virt = {
    .board = &sva_board_virt,
    .ranges = smmu_ranges,
    .fixed = smmu_fixed,
    .unmask = smmu_unmask,
    .fault = smmu_make_fault,
    .assert_reset = smmu_assert_reset,
    .assert_no_fault = smmu_assert_no_fault,
};

/* -- states to begin with -- */

static SvaTest *start_reset(void)
{
    SvaTest *t = sva_board_start(place->board, "", "");

    acc_map_bars(t);
    return t;
}

/* Queues on, events unmasked, a process bound, a context at work. */
static SvaTest *start_enabled(void)
{
    Process p;
    SvaTest *t = process_start_on(place->board, &p, PASID,
                                  SVA_MODE_ATS_PRI);

    place->unmask(t);
    acc_set32(t, SVA_CTX(0, SVA_CTX_BREAK_MASK), SVA_BREAK_BEFORE_ACCESS);
    process_copy(t, &p, 0x1000);
    sva_wait_until(t, acc_read32(t, SVA_CTX(0, SVA_CTX_BREAK_AT)));
    return t;
}

/* A fault is recorded, the queue has stopped, a context has an error. */
static SvaTest *start_faulted(void)
{
    Process p;
    SvaTest *t = process_start_on(place->board, &p, PASID,
                                  SVA_MODE_UNTRANSLATED);

    place->fault(t, &p);
    qtest_writel(t->qts, ACC_BAR2, 1000);
    g_assert_cmphex(acc_read32(t, SVA_CTX(0, SVA_CTX_ERR_STATUS)) >> 31, ==,
                    1);
    return t;
}

/* A write of the accelerator is stalled, and nobody answers. */
static SvaTest *start_stalled(void)
{
    Process p;
    SvaTest *t = process_start_on(place->board, &p, PASID,
                                  SVA_MODE_UNTRANSLATED);

    sva_put64(t, p.dst_pte, 0);
    process_copy(t, &p, 0x1000);
    sva_wait_until(t, !smmu_event_empty(t));
    g_assert_cmphex(sva_qom(t, "smmu", "count-stalls-recorded"), ==, 1);
    return t;
}

/* -- what must still be so afterwards -- */

static void assert_works(SvaTest *t)
{
    Process p;

    sva_test_reset(t);
    place->assert_reset(t);
    process_setup(t, &p, PASID, SVA_MODE_ATS_PRI);
    process_copy(t, &p, 0x4000);
    g_assert_cmphex(process_copy_done(t, &p).status, ==, 1);
    sva_assert_filled(t, p.dst, 0x4000, 1);
    place->assert_no_fault(t);
}

static void iommu_constants(SvaTest *t, Constants *c)
{
    for (const uint64_t *addr = place->fixed; *addr; addr++) {
        constant_add(t, c, *addr);
    }
}

static void accel_constants(SvaTest *t, Constants *c)
{
    static const unsigned offsets[] = {
        SVA_REG_MAGIC, SVA_REG_VERSION, SVA_REG_CAP, SVA_REG_OPS,
        SVA_REG_CTX_INJECTS, SVA_REG_INJECTS, SVA_REG_PROBES,
    };

    for (unsigned i = 0; i < ARRAY_SIZE(offsets); i++) {
        constant_add(t, c, ACC_BAR0 + offsets[i]);
    }
}

/* Twice, on two machines that @start has brought into the same state. */
static void sweep_twice(SvaTest *(*start)(void), const Range *ranges)
{
    uint64_t sums[2];

    for (unsigned i = 0; i < ARRAY_SIZE(sums); i++) {
        SvaTest *t = start();
        Constants c = { 0 };

        iommu_constants(t, &c);
        accel_constants(t, &c);
        sums[i] = sweep(t, ranges, &c);
        assert_works(t);
        sva_test_end(t);
    }
    g_assert_cmphex(sums[0], ==, sums[1]);
}

typedef SvaTest *StartFn(void);

static void test_iommu(const void *start)
{
    sweep_twice(*(StartFn *const *)start, place->ranges);
}

static void test_accel(const void *start)
{
    sweep_twice(*(StartFn *const *)start, accel_ranges);
}

/*
 * Configuration space: identity and capability lists stay.  The BARs are in
 * the way of all that is written to them, so registers are not looked at.
 */
static void test_config(const void *start)
{
    static const unsigned fixed[] = {
        0x000, 0x008, 0x02c, 0x040, 0x044, 0x080, 0x084, 0x100, 0x104,
        0x110, 0x118, 0x120, 0x124,
    };
    /* MSI-X control, ATS and PASID control: upper or lower half of these. */
    static const uint32_t masks[ARRAY_SIZE(fixed)] = {
        [3] = 0x07ffffff, [8] = 0xffff, [12] = 0xffff,
    };
    SvaTest *t = (*(StartFn *const *)start)();
    uint32_t before[ARRAY_SIZE(fixed)];
    unsigned off, size, i;

    for (i = 0; i < ARRAY_SIZE(fixed); i++) {
        before[i] = sva_cfg_read(t, SVA_TEST_DEVFN, fixed[i], 4);
    }
    for (off = 0; off < 0x140; off++) {
        for (size = 1; size <= 4; size *= 2) {
            for (i = 0; i < ARRAY_SIZE(patterns); i++) {
                sva_cfg_write(t, SVA_TEST_DEVFN, off, size, patterns[i]);
                sva_cfg_read(t, SVA_TEST_DEVFN, off, size);
            }
        }
    }
    for (i = 0; i < ARRAY_SIZE(fixed); i++) {
        uint32_t mask = masks[i] ? masks[i] : UINT32_MAX;

        g_assert_cmphex(sva_cfg_read(t, SVA_TEST_DEVFN, fixed[i], 4) & mask,
                        ==, before[i] & mask);
    }
    assert_works(t);
    sva_test_end(t);
}

int main(int argc, char **argv)
{
    static StartFn *const reset = start_reset;
    static StartFn *const enabled = start_enabled;
    static StartFn *const faulted = start_faulted;
    static StartFn *const stalled = start_stalled;

    g_test_init(&argc, &argv, NULL);
    place = g_str_equal(qtest_get_arch(), "aarch64") ? &on_virt : &on_q35;
    qtest_add_data_func("sva/sweep/iommu/reset", &reset, test_iommu);
    qtest_add_data_func("sva/sweep/iommu/enabled", &enabled, test_iommu);
    qtest_add_data_func("sva/sweep/iommu/faulted", &faulted, test_iommu);
    qtest_add_data_func("sva/sweep/accel/reset", &reset, test_accel);
    qtest_add_data_func("sva/sweep/accel/enabled", &enabled, test_accel);
    qtest_add_data_func("sva/sweep/accel/faulted", &faulted, test_accel);
    qtest_add_data_func("sva/sweep/config/reset", &reset, test_config);
    qtest_add_data_func("sva/sweep/config/enabled", &enabled, test_config);
    if (place == &on_virt) {
        qtest_add_data_func("sva/sweep/iommu/stalled", &stalled, test_iommu);
        qtest_add_data_func("sva/sweep/accel/stalled", &stalled, test_accel);
        qtest_add_data_func("sva/sweep/config/stalled", &stalled,
                            test_config);
    }
    return g_test_run();
}

/*
 * Test machine: start, memory, configuration space
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qobject/qdict.h"
#include "qobject/qnum.h"
#include "libsva.h"

#define PCIEXBAR        0x80000060u         /* 0:0.0 register 0x60 by 0xcf8 */

const SvaBoard sva_board_q35 = {
    .machine = "q35",
    .iommu = "sva-vtd,id=vtd",
    .accel = "sva-accel,id=acc,addr=4",
    .ram = 0x01000000,
    .ram_end = 0x10000000,
    .ecam = 0xb0000000,
    .ecam_off = true,
};

const SvaBoard sva_board_virt = {
    .machine = "virt,gic-version=3,highmem=off -cpu cortex-a57",
    .iommu = "sva-smmuv3,id=smmu",
    .accel = "sva-accel,id=acc,addr=4",
    .ram = 0x41000000,
    .ram_end = 0x50000000,
    .ecam = 0x3f000000,
};

/* What firmware does: configuration space in memory. */
static void ecam_enable(SvaTest *t)
{
    if (t->board->ecam_off) {
        qtest_outl(t->qts, 0xcf8, PCIEXBAR);
        qtest_outl(t->qts, 0xcfc, t->board->ecam | 1);
    }
    g_assert_cmphex(sva_cfg_read(t, SVA_TEST_DEVFN, 0, 4), ==, 0x53561234);
}

char *sva_board_args(const SvaBoard *board, const char *iommu,
                     const char *accel)
{
    const char *more = g_getenv("QTEST_QEMU_ARGS");

    return g_strdup_printf("%s -M %s -m 256M -nodefaults "
                           "-device %s%s -device %s%s", more ? more : "",
                           board->machine, board->iommu, iommu, board->accel,
                           accel);
}

char *sva_test_args(const char *iommu, const char *accel)
{
    return sva_board_args(&sva_board_q35, iommu, accel);
}

static SvaTest *start(const SvaBoard *board, const char *args)
{
    SvaTest *t = g_new0(SvaTest, 1);

    t->qts = qtest_init(args);
    t->board = board;
    t->next_page = board->ram;
    ecam_enable(t);
    return t;
}

SvaTest *sva_board_start(const SvaBoard *board, const char *iommu,
                         const char *accel)
{
    g_autofree char *args = sva_board_args(board, iommu, accel);

    return start(board, args);
}

SvaTest *sva_board_start_with(const SvaBoard *board, const char *iommu,
                              const char *accel, const char *memory)
{
    const char *more = g_getenv("QTEST_QEMU_ARGS");
    g_autofree char *args =
        g_strdup_printf("%s -M %s -m %s -nodefaults %s%s -device %s%s",
                        more ? more : "", board->machine, memory,
                        iommu ? "-device " : "", iommu ? iommu : "",
                        board->accel, accel);

    return start(board, args);
}

SvaTest *sva_test_start(const char *iommu, const char *accel)
{
    return sva_board_start(&sva_board_q35, iommu, accel);
}

void sva_test_reset(SvaTest *t)
{
    qtest_system_reset(t->qts);
    ecam_enable(t);
}

void sva_test_end(SvaTest *t)
{
    qtest_quit(t->qts);
    g_free(t);
}

char *sva_events_options(const char *path)
{
    return g_strdup_printf(" -chardev file,id=ev,path=%s "
                           "-device sva-events,chardev=ev", path);
}

uint64_t sva_alloc(SvaTest *t, size_t bytes)
{
    uint64_t addr = t->next_page;

    t->next_page += (bytes + 0xfff) & ~(size_t)0xfff;
    g_assert_cmphex(t->next_page, <=, t->board->ram_end);
    qtest_memset(t->qts, addr, 0, t->next_page - addr);
    return addr;
}

void sva_put64(SvaTest *t, uint64_t addr, uint64_t val)
{
    qtest_writeq(t->qts, addr, val);
    g_assert_cmphex(qtest_readq(t->qts, addr), ==, val);
}

uint64_t sva_get64(SvaTest *t, uint64_t addr)
{
    return qtest_readq(t->qts, addr);
}

static uint64_t *pattern(size_t bytes, uint64_t seed)
{
    uint64_t *words = g_malloc(bytes);
    size_t i;

    for (i = 0; i < bytes / 8; i++) {
        words[i] = (seed << 32 | i) * 0x9e3779b97f4a7c15ull;
    }
    return words;
}

void sva_fill(SvaTest *t, uint64_t addr, size_t bytes, uint64_t seed)
{
    g_autofree uint64_t *words = pattern(bytes, seed);

    qtest_memwrite(t->qts, addr, words, bytes);
    sva_assert_filled(t, addr, bytes, seed);
}

void sva_assert_filled(SvaTest *t, uint64_t addr, size_t bytes, uint64_t seed)
{
    g_autofree uint64_t *want = pattern(bytes, seed);
    g_autofree uint8_t *have = g_malloc(bytes);

    qtest_memread(t->qts, addr, have, bytes);
    g_assert_cmpmem(have, bytes, want, bytes);
}

void sva_assert_zero(SvaTest *t, uint64_t addr, size_t bytes)
{
    g_autofree uint8_t *want = g_malloc0(bytes);
    g_autofree uint8_t *have = g_malloc(bytes);

    qtest_memread(t->qts, addr, have, bytes);
    g_assert_cmpmem(have, bytes, want, bytes);
}

uint64_t sva_qom(SvaTest *t, const char *id, const char *property)
{
    g_autofree char *path = g_strconcat("/machine/peripheral/", id, NULL);
    QDict *answer = qtest_qmp(t->qts, "{ 'execute': 'qom-get', 'arguments': "
                              "{ 'path': %s, 'property': %s } }",
                              path, property);
    QNum *number = qobject_to(QNum, qdict_get(answer, "return"));
    uint64_t val;

    if (!number) {
        g_error("no number: %s of %s", property, path);
    }
    val = qnum_get_uint(number);
    qobject_unref(answer);
    return val;
}

static uint64_t cfg_addr(SvaTest *t, unsigned devfn, unsigned off)
{
    return t->board->ecam + (devfn << 12) + off;
}

uint32_t sva_cfg_read(SvaTest *t, unsigned devfn, unsigned off, unsigned size)
{
    uint64_t addr = cfg_addr(t, devfn, off);

    return size == 4 ? qtest_readl(t->qts, addr)
           : size == 2 ? qtest_readw(t->qts, addr)
           : qtest_readb(t->qts, addr);
}

void sva_cfg_write(SvaTest *t, unsigned devfn, unsigned off, unsigned size,
                   uint32_t val)
{
    uint64_t addr = cfg_addr(t, devfn, off);

    if (size == 4) {
        qtest_writel(t->qts, addr, val);
    } else if (size == 2) {
        qtest_writew(t->qts, addr, val);
    } else {
        qtest_writeb(t->qts, addr, val);
    }
}

unsigned sva_cfg_cap(SvaTest *t, unsigned devfn, uint8_t id)
{
    unsigned at = sva_cfg_read(t, devfn, 0x34, 1), steps;

    for (steps = 0; at && steps < 48; steps++) {
        if (sva_cfg_read(t, devfn, at, 1) == id) {
            return at;
        }
        at = sva_cfg_read(t, devfn, at + 1, 1);
    }
    return 0;
}

unsigned sva_cfg_ext_cap(SvaTest *t, unsigned devfn, uint16_t id)
{
    unsigned at = 0x100, steps;
    uint32_t header;

    for (steps = 0; at && steps < 64; steps++) {
        header = sva_cfg_read(t, devfn, at, 4);
        if ((header & 0xffff) == id) {
            return at;
        }
        at = header >> 20;
    }
    return 0;
}

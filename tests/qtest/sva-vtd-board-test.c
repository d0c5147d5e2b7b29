/*
 * sva-vtd on the q35 board: what the DMAR table says, and whether it is true
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "libqos/fw_cfg.h"
#include "libsva-process.h"

#define TABLES_MAX  0x20000
#define DMAR_UNITS  48          /* offset of the first structure */
#define DRHD_SCOPES 16

/* Scope types */
#define PCI_ENDPOINT 1
#define PCI_BRIDGE   2
#define IOAPIC       3

typedef struct Dmar {
    uint8_t bytes[TABLES_MAX];
    const uint8_t *table;
} Dmar;

static uint32_t little(const uint8_t *bytes, unsigned n)
{
    return n ? bytes[0] | little(bytes + 1, n - 1) << 8 : 0;
}

/* The DMAR table as firmware gets it. */
static Dmar *dmar_read(SvaTest *t)
{
    Dmar *d = g_new0(Dmar, 1);
    QFWCFG *fw_cfg = pc_fw_cfg_init(t->qts);
    size_t size = qfw_cfg_get_file(fw_cfg, "etc/acpi/tables", d->bytes,
                                   sizeof(d->bytes));
    size_t at;

    pc_fw_cfg_uninit(fw_cfg);
    g_assert_cmpuint(size, <=, sizeof(d->bytes));
    for (at = 0; at + DMAR_UNITS < size && !d->table; at++) {
        if (!memcmp(d->bytes + at, "DMAR", 4)) {
            d->table = d->bytes + at;
        }
    }
    g_assert_nonnull(d->table);
    return d;
}

/* Scopes of this type in the unit's structure, which is the first one. */
static unsigned dmar_scopes(const Dmar *d, unsigned type, unsigned devfn)
{
    const uint8_t *unit = d->table + DMAR_UNITS;
    unsigned size = little(unit + 2, 2), at, n = 0;

    g_assert_cmpuint(little(unit, 2), ==, 0);           /* DRHD */
    g_assert_cmphex(unit[4], ==, 0);                    /* not "all" */
    g_assert_cmphex(little(unit + 8, 4), ==, VTD_BASE);
    for (at = DRHD_SCOPES; at < size; at += unit[at + 1]) {
        g_assert_cmpuint(unit[at + 1], >=, 8);
        n += unit[at] == type &&
             (type == IOAPIC || (unit[at + 6] == devfn >> 3 &&
                                 unit[at + 7] == (devfn & 7)));
    }
    return n;
}

/* One copy without PASID, by physical addresses, while translation is on. */
static void copy_physical(SvaTest *t, uint64_t src, uint64_t dst,
                          uint64_t record)
{
    struct sva_desc desc = {
        .opcode = SVA_OP_COPY, .flags = SVA_DF_COMPLETION, .id = 0x1d,
        .src = src, .dst = dst, .size = 0x1000, .completion = record,
    };
    AccContext ctx = { .mode = SVA_MODE_UNTRANSLATED };

    ctx.ring = ctx.ring_pa = sva_alloc(t, 0x1000);
    acc_map_bars(t);
    acc_enable(t, &ctx);
    vtd_start(t);
    acc_submit(t, &ctx, &desc);
}

static void test_function_is_listed_and_translated(void)
{
    SvaTest *t = sva_test_start("", "");
    uint64_t page = sva_alloc(t, 0x1000);
    Dmar *d = dmar_read(t);

    g_assert_cmpuint(dmar_scopes(d, IOAPIC, 0), ==, 1);
    g_assert_cmpuint(dmar_scopes(d, PCI_ENDPOINT, SVA_TEST_DEVFN), ==, 1);
    copy_physical(t, page, page, page);
    sva_wait_until(t, sva_qom(t, "vtd", "count-faults-recorded"));
    g_free(d);
    sva_test_end(t);
}

static void test_bypassing_function_is_neither(void)
{
    SvaBoard board = sva_board_q35;
    uint64_t src, dst, record;
    unsigned devfn;
    SvaTest *t;
    Dmar *d;

    board.machine = "q35,default-bus-bypass-iommu=on";
    t = sva_board_start(&board, "", "");
    d = dmar_read(t);
    g_assert_cmpuint(dmar_scopes(d, IOAPIC, 0), ==, 1);
    for (devfn = 0; devfn < 256; devfn++) {
        g_assert_cmpuint(dmar_scopes(d, PCI_ENDPOINT, devfn), ==, 0);
        g_assert_cmpuint(dmar_scopes(d, PCI_BRIDGE, devfn), ==, 0);
    }
    src = sva_alloc(t, 0x1000);
    dst = sva_alloc(t, 0x1000);
    record = sva_alloc(t, 0x1000);
    sva_fill(t, src, 0x1000, 1);
    copy_physical(t, src, dst, record);
    g_assert_cmphex(acc_completion(t, record).status, ==, 0x01);
    sva_assert_filled(t, dst, 0x1000, 1);
    vtd_assert_no_fault(t);
    g_assert_cmpuint(sva_qom(t, "vtd", "count-translations"), ==, 0);
    g_free(d);
    sva_test_end(t);
}

/* ECAP.EIM, IRTA.EIME, and the upper half of event addresses */
static void test_eim(void)
{
    unsigned eim;

    for (eim = 0; eim < 2; eim++) {
        SvaTest *t = sva_test_start(eim ? "" : ",eim=off", "");

        g_assert_cmphex(vtd_read64(t, VTD_ECAP) >> 4 & 1, ==, eim);
        vtd_write64(t, VTD_IRTA, 0x1000 | 1 << 11);
        g_assert_cmphex(vtd_read64(t, VTD_IRTA), ==, 0x1000 | eim << 11);
        vtd_write32(t, VTD_FEUADDR, 0x100);
        g_assert_cmphex(vtd_read32(t, VTD_FEUADDR), ==, eim << 8);
        sva_test_end(t);
    }
}

/* SAGAW in bits 12:8: 48 bits, whatever the machine type has (39). */
static void test_width_on_an_old_machine_type(void)
{
    static const struct {
        const char *options;
        unsigned sagaw;
    } rows[] = {
        { "", 6 }, { ",aw-bits=57", 0xe }, { ",scalable-mode=off", 2 },
    };
    SvaBoard board = sva_board_q35;
    unsigned i;

    board.machine = "pc-q35-9.1";
    for (i = 0; i < ARRAY_SIZE(rows); i++) {
        SvaTest *t = sva_board_start(&board, rows[i].options, "");

        g_test_message("%s", rows[i].options);
        g_assert_cmphex(vtd_read64(t, VTD_CAP) >> 8 & 0x1f, ==,
                        rows[i].sagaw);
        sva_test_end(t);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("sva/vtd/board/function-is-listed-and-translated",
                   test_function_is_listed_and_translated);
    qtest_add_func("sva/vtd/board/bypassing-function-is-neither",
                   test_bypassing_function_is_neither);
    qtest_add_func("sva/vtd/board/eim", test_eim);
    qtest_add_func("sva/vtd/board/width-on-an-old-machine-type",
                   test_width_on_an_old_machine_type);
    return g_test_run();
}

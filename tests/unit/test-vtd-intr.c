/*
 * VT-d: interrupt remapping
 *
 * The table is at 0x80000 and has 256 entries.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "vtd-fixture.h"

#define TABLE 0x80000ull
#define EIME  0x800ull
#define IRE   (1u << 25)
#define SIRTP (1u << 24)
#define CFI   (1u << 23)

/* Present, vector 0x31, destination 5 (xAPIC: bits 47:40), no source check */
#define IRTE0 0x0000050000310001ull

static void put(VtdFixture *f, unsigned index, uint64_t low, uint64_t high)
{
    fake_put64(f->env, TABLE + index * 16, low);
    fake_put64(f->env, TABLE + index * 16 + 8, high);
}

static void set_table(VtdFixture *f, uint64_t irta)
{
    vtd_write64(f, 0xb8, irta);
    vtd_command(f, SIRTP);
}

static VtdFixture *remapping(const SvaVtdConfig *config, uint64_t flags)
{
    VtdFixture *f = vtd_fixture_scalable(config);

    set_table(f, TABLE | flags | 7);
    vtd_level(f, IRE, true);
    return f;
}

/* Address of the remappable format: index without subhandle. */
static uint64_t format(unsigned index)
{
    return 0xfee00010 | (index & 0x7fff) << 5 | (index >> 15) << 2;
}

static bool send(VtdFixture *f, uint16_t rid, uint64_t addr, uint32_t data,
                 SvaVtdMessage *out)
{
    SvaVtdMessage in = { .addr = addr, .data = data };

    return sva_vtd_interrupt(&f->vtd, rid, &in, out);
}

static void expect(VtdFixture *f, uint64_t addr, uint32_t data,
                   uint64_t out_addr, uint32_t out_data)
{
    SvaVtdMessage out;

    g_assert_true(send(f, VTD_RID, addr, data, &out));
    g_assert_cmphex(out.addr, ==, out_addr);
    g_assert_cmphex(out.data, ==, out_data);
    g_assert_cmphex(vtd_fault(f, NULL, NULL), ==, 0);
}

/* @index: as recorded */
static void expect_fault(VtdFixture *f, uint64_t addr, uint32_t data,
                         unsigned reason, unsigned index)
{
    SvaVtdMessage out;
    uint64_t low, high;

    g_assert_false(send(f, VTD_RID, addr, data, &out));
    g_assert_cmphex(vtd_fault(f, &low, &high), ==, reason);
    g_assert_cmphex(low, ==, (uint64_t)index << 48);
    g_assert_cmphex(high, ==, 1ull << 63 | (uint64_t)reason << 32 |
                    VTD_RID);
}

static void test_everything_passes_while_disabled(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    expect(f, 0xfee01004, 0x4031, 0xfee01004, 0x4031);
    expect(f, format(3), 0x1234, format(3), 0x1234);
    set_table(f, TABLE | EIME | 7);
    expect(f, format(3), 0x1234, format(3), 0x1234);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_INTR_PASSED), ==, 3);
    vtd_fixture_free(f);
}

static void test_compatibility_format(void)
{
    VtdFixture *f = remapping(NULL, 0);

    expect_fault(f, 0xfee01004, 0x4031, 0x25, 0);
    vtd_level(f, CFI, true);
    expect(f, 0xfee01004, 0x4031, 0xfee01004, 0x4031);
    /* Never in x2APIC mode. */
    set_table(f, TABLE | EIME | 7);
    expect_fault(f, 0xfee01004, 0x4031, 0x25, 0);
    vtd_level(f, CFI, false);
    expect_fault(f, 0xfee01004, 0x4031, 0x25, 0);
    vtd_fixture_free(f);
}

static void test_fields_of_the_entry(void)
{
    VtdFixture *f = remapping(NULL, 0);

    put(f, 0, IRTE0, 0);
    put(f, 1, IRTE0 | 0x4, 0);                  /* DM */
    put(f, 2, IRTE0 | 0x8, 0);                  /* RH */
    put(f, 3, IRTE0 | 0x10, 0);                 /* TM */
    put(f, 4, IRTE0 | 1 << 5, 0);               /* DLM lowest priority */
    put(f, 5, 0x0000ff0000ff0001 | 0xfec, 0);   /* all of them, AVAIL */
    expect(f, format(0), 0, 0xfee05000, 0x4031);
    expect(f, format(1), 0, 0xfee05004, 0x4031);
    expect(f, format(2), 0, 0xfee05008, 0x4031);
    expect(f, format(3), 0, 0xfee05000, 0xc031);
    expect(f, format(4), 0, 0xfee05000, 0x4131);
    expect(f, format(5), 0, 0xfeeff00c, 0x47ff);
    /* What the I/O APIC writes with it is of no account. */
    expect(f, format(0), 0xa0ff, 0xfee05000, 0x4031);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_INTR_REMAPPED), ==, 7);
    vtd_fixture_free(f);
}

static void test_destination_of_x2apic(void)
{
    VtdFixture *f = remapping(NULL, EIME);

    put(f, 0, 0x1234567800310001, 0);
    put(f, 1, 0x0000000500310001, 0);
    expect(f, format(0), 0, 0x12345600fee78000, 0x4031);
    expect(f, format(1), 0, 0xfee05000, 0x4031);
    vtd_fixture_free(f);
}

static void test_index_of_the_request(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    set_table(f, 0x1000000 | 0xf);              /* 65536 entries */
    vtd_level(f, IRE, true);
    fake_put64(f->env, 0x1000000 + 0x0123 * 16, IRTE0);
    fake_put64(f->env, 0x1000000 + 0x8001 * 16, IRTE0 | 0x4);
    fake_put64(f->env, 0x1000000 + 0xffff * 16, IRTE0 | 0x8);
    expect(f, 0xfee02470, 0, 0xfee05000, 0x4031);
    expect(f, 0xfee00034, 0, 0xfee05004, 0x4031);
    expect(f, 0xfeeffff4, 0, 0xfee05008, 0x4031);
    /* SHV: plus subhandle */
    expect(f, 0xfee02418, 0x3, 0xfee05000, 0x4031);
    expect(f, 0xfee00018, 0x8001, 0xfee05004, 0x4031);
    /* Beyond the last: the carry is not dropped. */
    expect_fault(f, 0xfeeffffc, 0x1, 0x21, 0);
    expect_fault(f, 0xfeeffffc, 0xffff, 0x21, 0xfffe);
    vtd_fixture_free(f);
}

/* A table that reaches beyond the host address width */
static void test_entry_beyond_the_address_width(void)
{
    SvaVtdConfig c = sva_vtd_default_config;
    VtdFixture *f;

    c.haw_bits = 46;
    f = vtd_fixture_scalable(&c);
    set_table(f, (1ull << 46) - 0x1000 + 0xf);
    vtd_level(f, IRE, true);
    fake_put64(f->env, (1ull << 46) - 16, IRTE0);
    fake_put64(f->env, 1ull << 46, IRTE0);
    expect(f, format(255), 0, 0xfee05000, 0x4031);
    expect_fault(f, format(256), 0, 0x21, 256);
    vtd_fixture_free(f);
}

static void test_reasons(void)
{
    static const uint64_t reserved[][2] = {
        { 0x1000, 0 }, { 0x4000, 0 }, { 0x8000, 0 }, { 1 << 24, 0 },
        { 1ull << 31, 0 }, { 1ull << 32, 0 }, { 1ull << 39, 0 },
        { 1ull << 48, 0 }, { 1ull << 63, 0 }, { 0, 1 << 20 },
        { 0, 1ull << 63 },
    };
    VtdFixture *f = remapping(NULL, 0);
    unsigned i;

    expect_fault(f, format(7) | 8, 0x10000, 0x20, 7);
    expect_fault(f, format(7) | 8, 0x80000001, 0x20, 8);
    expect_fault(f, format(256), 0, 0x21, 256);
    expect_fault(f, format(0xffff), 0, 0x21, 0xffff);
    expect_fault(f, format(255), 0, 0x22, 255);
    for (i = 0; i < G_N_ELEMENTS(reserved); i++) {
        put(f, i, IRTE0 | reserved[i][0], reserved[i][1]);
        expect_fault(f, format(i), 0, 0x24, i);
        /* Not if it is not present. */
        put(f, i, (IRTE0 | reserved[i][0]) & ~1ull, reserved[i][1]);
        expect_fault(f, format(i), 0, 0x22, i);
    }
    /* Whose it is counts before what it is; type 3 is nobody's. */
    put(f, 20, IRTE0 | 0x1000, 1 << 18 | (VTD_RID ^ 1));
    expect_fault(f, format(20), 0, 0x26, 20);
    put(f, 21, IRTE0 | 0x1000, 1 << 18 | VTD_RID);
    expect_fault(f, format(21), 0, 0x24, 21);
    put(f, 22, IRTE0, 3 << 18 | VTD_RID);
    expect_fault(f, format(22), 0, 0x26, 22);
    fake_env_hole(f->env, TABLE + 0x18, 8);
    put(f, 1, IRTE0, 0);
    expect_fault(f, format(1), 0, 0x23, 1);
    fake_env_hole(f->env, TABLE + 0x20, 8);
    expect_fault(f, format(2), 0, 0x23, 2);
    /* The destination fields of x2APIC are whole. */
    set_table(f, TABLE | EIME | 7);
    put(f, 6, IRTE0 | 0xffff00ff00000000, 0);
    expect(f, format(6), 0, 0xffff0500feeff000, 0x4031);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_INTR_BLOCKED), ==,
                     10 + 2 * G_N_ELEMENTS(reserved));
    vtd_fixture_free(f);
}

static void test_fault_processing_disable(void)
{
    static const struct {
        uint64_t low, high;
    } rows[] = {
        { 0x2, 0 },                                     /* 22h */
        { IRTE0 | 0x1002, 0 },                          /* 24h */
        { IRTE0 | 2, 1ull << 18 | (VTD_RID ^ 1) },    /* 26h */
    };
    VtdFixture *f = remapping(NULL, 0);
    SvaVtdMessage out;
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        put(f, i, rows[i].low, rows[i].high);
        g_assert_false(send(f, VTD_RID, format(i), 0, &out));
    }
    g_assert_cmphex(vtd_read32(f, 0x34), ==, 0);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_FAULTS_SILENT), ==, 3);
    vtd_fixture_free(f);
}

static void test_source_validation(void)
{
    /* @high: SVT 19:18, SQ 17:16, SID */
    static const struct {
        uint32_t high;
        uint16_t rid;
        bool pass;
    } rows[] = {
        { 0x00000 | 0x1234, 0x0110, true },     /* none */
        { 0x40000 | 0x0110, 0x0110, true },
        { 0x40000 | 0x0110, 0x0111, false },
        { 0x40000 | 0x0110, 0x0210, false },
        { 0x50000 | 0x0110, 0x0114, true },     /* but bit 2 */
        { 0x50000 | 0x0110, 0x0112, false },
        { 0x50000 | 0x0110, 0x0111, false },
        { 0x60000 | 0x0110, 0x0116, true },     /* but bits 2:1 */
        { 0x60000 | 0x0110, 0x0111, false },
        { 0x70000 | 0x0110, 0x0117, true },     /* but the function */
        { 0x70000 | 0x0110, 0x0118, false },
        { 0x80000 | 0x0305, 0x0300, true },     /* bus 3 to 5 */
        { 0x80000 | 0x0305, 0x05ff, true },
        { 0x80000 | 0x0305, 0x0410, true },
        { 0x80000 | 0x0305, 0x02ff, false },
        { 0x80000 | 0x0305, 0x0600, false },
        { 0x80000 | 0x0503, 0x0400, false },    /* first above last */
    };
    VtdFixture *f = remapping(NULL, 0);
    SvaVtdMessage out;
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        put(f, i, IRTE0, rows[i].high);
        g_test_message("%u", i);
        g_assert_cmpint(send(f, rows[i].rid, format(i), 0, &out), ==,
                        rows[i].pass);
        /* From the cache too. */
        g_assert_cmpint(send(f, rows[i].rid, format(i), 0, &out), ==,
                        rows[i].pass);
        g_assert_cmphex(vtd_fault(f, NULL, NULL), ==,
                        rows[i].pass ? 0 : 0x26);
        g_assert_cmphex(vtd_fault(f, NULL, NULL), ==,
                        rows[i].pass ? 0 : 0x26);
    }
    vtd_fixture_free(f);
}

/* Is what is cached for these indices still used?  Bit n: index n. */
static unsigned stale(VtdFixture *f)
{
    SvaVtdMessage out;
    unsigned i, bits = 0;

    for (i = 0; i < 16; i++) {
        g_assert_true(send(f, VTD_RID, format(i), 0, &out));
        bits |= (out.data == 0x4031) << i;
    }
    return bits;
}

static void test_interrupt_entry_cache(void)
{
    static const struct {
        uint64_t desc;
        unsigned stale;
    } rows[] = {
        { 0x04, 0x0000 },                               /* all */
        { 0x14 | 5ull << 32, 0xffdf },
        { 0x14 | 2ull << 27 | 5ull << 32, 0xff0f },     /* 4 to 7 */
        { 0x14 | 3ull << 27 | 8ull << 32, 0x00ff },
        { 0x14 | 15ull << 27, 0x0000 },
        { 0x14 | 4ull << 27 | 16ull << 32, 0xffff },
        { 0x12, 0xffff },                               /* IOTLB */
    };
    unsigned i, n;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        VtdFixture *f = remapping(NULL, 0);

        for (n = 0; n < 16; n++) {
            put(f, n, IRTE0, 0);
        }
        g_assert_cmphex(stale(f), ==, 0xffff);
        for (n = 0; n < 16; n++) {
            put(f, n, IRTE0 + 0x10000, 0);
        }
        g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_INTR_FETCHES), ==, 16);
        g_assert_cmphex(stale(f), ==, 0xffff);
        vtd_submit(f, rows[i].desc, 0);
        g_test_message("%u", i);
        g_assert_cmphex(stale(f), ==, rows[i].stale);
        g_assert_cmpuint(f->iec_count, ==, (rows[i].desc & 0xf) == 4);
        vtd_fixture_free(f);
    }
}

/* What is not present is looked up again each time. */
static void test_only_valid_entries_are_cached(void)
{
    VtdFixture *f = remapping(NULL, 0);

    expect_fault(f, format(1), 0, 0x22, 1);
    put(f, 1, IRTE0 | 0x1000, 0);
    expect_fault(f, format(1), 0, 0x24, 1);
    put(f, 1, IRTE0, 0);
    expect(f, format(1), 0, 0xfee05000, 0x4031);
    vtd_fixture_free(f);
}

static void test_new_table(void)
{
    SvaVtdConfig c = sva_vtd_default_config;
    VtdFixture *f = remapping(&c, 0);

    /* Software has to invalidate, unless CAP.ESIRTPS says otherwise. */
    put(f, 1, IRTE0, 0);
    expect(f, format(1), 0, 0xfee05000, 0x4031);
    set_table(f, 0x90000 | 7);
    expect(f, format(1), 0, 0xfee05000, 0x4031);
    vtd_submit(f, 0x04, 0);
    expect_fault(f, format(1), 0, 0x22, 1);
    /* Nothing cached is beyond the end of a smaller table. */
    set_table(f, TABLE | 7);
    put(f, 2, IRTE0, 0);
    expect(f, format(2), 0, 0xfee05000, 0x4031);
    set_table(f, TABLE);
    expect_fault(f, format(2), 0, 0x21, 2);
    vtd_fixture_free(f);

    c.esirtps = true;
    f = remapping(&c, 0);
    put(f, 1, IRTE0, 0);
    expect(f, format(1), 0, 0xfee05000, 0x4031);
    set_table(f, 0x90000 | 7);
    expect_fault(f, format(1), 0, 0x22, 1);
    vtd_fixture_free(f);
}

static void test_reset_forgets(void)
{
    VtdFixture *f = remapping(NULL, 0);

    put(f, 1, IRTE0, 0);
    expect(f, format(1), 0, 0xfee05000, 0x4031);
    sva_vtd_reset(&f->vtd);
    expect(f, format(1), 0x77, format(1), 0x77);
    put(f, 1, 0, 0);
    set_table(f, TABLE | 7);
    vtd_level(f, IRE, true);
    expect_fault(f, format(1), 0, 0x22, 1);
    vtd_fixture_free(f);
}

static void test_fault_event(void)
{
    VtdFixture *f = remapping(NULL, 0);
    SvaVtdMessage out;

    fake_env_clear(f->env);
    g_assert_false(send(f, VTD_RID, format(3), 0, &out));
    g_assert_cmpuint(vtd_msis(f, VTD_MSI_FAULT), ==, 1);
    g_assert_cmpuint(vtd_fault(f, NULL, NULL), ==, 0x22);
    /* Independent of DMA remapping. */
    vtd_level(f, 1u << 31, false);
    expect_fault(f, format(3), 0, 0x22, 3);
    vtd_fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CASE(fn) g_test_add_func("/vtd/intr/" #fn, test_##fn)
    CASE(everything_passes_while_disabled);
    CASE(compatibility_format);
    CASE(fields_of_the_entry);
    CASE(destination_of_x2apic);
    CASE(index_of_the_request);
    CASE(entry_beyond_the_address_width);
    CASE(reasons);
    CASE(fault_processing_disable);
    CASE(source_validation);
    CASE(interrupt_entry_cache);
    CASE(only_valid_entries_are_cached);
    CASE(new_table);
    CASE(reset_forgets);
    CASE(fault_event);
    return g_test_run();
}

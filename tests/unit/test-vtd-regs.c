/*
 * VT-d: register map, commands, register-based invalidation
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "vtd-fixture.h"

#define P(n) sva_pasid(n)

/* The map of the default configuration; what is not here is reserved. */
static const struct Reg {
    unsigned off;
    unsigned size;
    uint64_t reset;
    uint64_t rw;
} map[] = {
    { 0x000, 4, 0x40, 0 },
    { 0x008, 8, 0, 0 },
    { 0x010, 8, 0, 0 },
    { 0x018, 4, 0, 0 },
    { 0x01c, 4, 0, 0 },
    { 0x020, 8, 0, 0x0000fffffffffc00 },
    { 0x028, 8, 0, 0x60000003ffffffff },
    { 0x034, 4, 0, 0 },
    { 0x038, 4, 0x80000000, 0x80000000 },
    { 0x03c, 4, 0, 0x0000ffff },
    { 0x040, 4, 0, 0xfffffffc },
    { 0x044, 4, 0, 0xffffffff },
    { 0x080, 8, 0, 0 },
    { 0x088, 8, 0, 0x000000000007fff0 },
    { 0x090, 8, 0, 0x0000fffffffff807 },
    { 0x09c, 4, 0, 0 },
    { 0x0a0, 4, 0x80000000, 0x80000000 },
    { 0x0a4, 4, 0, 0x0000ffff },
    { 0x0a8, 4, 0, 0xfffffffc },
    { 0x0ac, 4, 0, 0xffffffff },
    { 0x0b0, 8, 0, 0 },
    { 0x0b8, 8, 0, 0x0000fffffffff80f },
    { 0x0c0, 8, 0, 0x000000000007ffe0 },
    { 0x0c8, 8, 0, 0x000000000007ffe0 },
    { 0x0d0, 8, 0, 0x0000fffffffff007 },
    { 0x0dc, 4, 0, 0 },
    { 0x0e0, 4, 0x80000000, 0x80000000 },
    { 0x0e4, 4, 0, 0x0000ffff },
    { 0x0e8, 4, 0, 0xfffffffc },
    { 0x0ec, 4, 0, 0xffffffff },
    { 0x500, 8, 0, 0 },
    { 0x508, 8, 0, 0x3003ffff00000000 },
};

static const struct Reg *reg_of(unsigned dword)
{
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(map); i++) {
        if (dword >= map[i].off && dword < map[i].off + map[i].size) {
            return &map[i];
        }
    }
    return NULL;
}

static uint32_t half_of(const struct Reg *reg, uint64_t val, unsigned dword)
{
    return dword == reg->off ? val : val >> 32;
}

static bool is_capability(unsigned dword)
{
    return dword >= 0x08 && dword < 0x18;
}

static void test_every_dword_has_its_reset_value(void)
{
    VtdFixture *f = vtd_fixture_new(NULL);
    const struct Reg *reg;
    unsigned off;

    for (off = 0; off < 0x1000; off += 4) {
        reg = reg_of(off);
        if (!is_capability(off)) {
            g_assert_cmphex(vtd_read32(f, off), ==,
                            reg ? half_of(reg, reg->reset, off) : 0);
        }
    }
    vtd_fixture_free(f);
}

/* Ones and zeros to every dword, with commands and actions left out. */
static void test_every_dword_has_its_write_mask(void)
{
    VtdFixture *f = vtd_fixture_new(NULL);
    const struct Reg *reg;
    uint32_t before, rw;
    unsigned off;

    for (off = 0; off < 0x1000; off += 4) {
        if (off == 0x18 || off == 0x2c || off == 0x50c) {
            continue;
        }
        reg = reg_of(off);
        before = vtd_read32(f, off);
        rw = reg ? half_of(reg, reg->rw, off) : 0;
        vtd_write32(f, off, UINT32_MAX);
        g_assert_cmphex(vtd_read32(f, off), ==, before | rw);
        vtd_write32(f, off, 0);
        g_assert_cmphex(vtd_read32(f, off), ==, before & ~rw);
    }
    vtd_fixture_free(f);
}

static void test_reset_restores_every_dword(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    VtdFixture *fresh = vtd_fixture_new(NULL);
    unsigned off;

    vtd_translate(f, P(1), 0x1000, SVA_READ);
    sva_vtd_reset(&f->vtd);
    for (off = 0; off < 0x1000; off += 4) {
        g_assert_cmphex(vtd_read32(f, off), ==, vtd_read32(fresh, off));
    }
    g_assert_cmphex(sva_vtd_rtaddr(&f->vtd), ==, 0);
    vtd_fixture_free(fresh);
    vtd_fixture_free(f);
}

static void test_quadword_is_two_dwords(void)
{
    VtdFixture *f = vtd_fixture_new(NULL);

    vtd_write64(f, 0x20, 0x123456789000);
    g_assert_cmphex(vtd_read32(f, 0x20), ==, 0x56789000);
    g_assert_cmphex(vtd_read32(f, 0x24), ==, 0x1234);
    vtd_write32(f, 0x24, 0x4321);
    g_assert_cmphex(vtd_read64(f, 0x20), ==, 0x432156789000);
    /* Two 32-bit registers in one access. */
    vtd_write64(f, 0x38, 0x0000123400000000);
    g_assert_cmphex(vtd_read64(f, 0x38), ==, 0x0000123400000000);
    vtd_fixture_free(f);
}

static void test_odd_accesses_do_nothing(void)
{
    VtdFixture *f = vtd_fixture_new(NULL);
    static const struct {
        uint64_t off;
        unsigned size;
    } odd[] = {
        { 0x20, 1 }, { 0x20, 2 }, { 0x22, 4 }, { 0x24, 8 }, { 0xffc, 8 },
        { 0x1000, 4 }, { UINT64_MAX - 3, 4 }, { UINT64_MAX - 7, 8 },
        { 0x20, 0 }, { 0x20, 16 },
    };
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(odd); i++) {
        sva_vtd_mmio_write(&f->vtd, odd[i].off, UINT64_MAX, odd[i].size);
        g_assert_cmphex(sva_vtd_mmio_read(&f->vtd, odd[i].off, odd[i].size),
                        ==, 0);
    }
    g_assert_cmphex(vtd_read64(f, 0x20), ==, 0);
    g_assert_cmpuint(fake_env_log_count(f->env), >=, i);
    vtd_fixture_free(f);
}

static void test_address_bits_end_at_the_host_address_width(void)
{
    SvaVtdConfig c = sva_vtd_default_config;
    VtdFixture *f;

    c.haw_bits = 40;
    f = vtd_fixture_new(&c);
    vtd_write64(f, 0x20, UINT64_MAX);
    g_assert_cmphex(vtd_read64(f, 0x20), ==, 0x000000fffffffc00);
    vtd_write64(f, 0xd0, UINT64_MAX);
    g_assert_cmphex(vtd_read64(f, 0xd0), ==, 0x000000fffffff007);
    vtd_fixture_free(f);
}

static void test_registers_of_absent_features_are_reserved(void)
{
    static const unsigned offs[] = {
        0x44, 0xac, 0xb8, 0xbc, 0xc0, 0xc8, 0xd0, 0xdc, 0xe0, 0xe4, 0xe8,
        0xec,
    };
    SvaVtdConfig c = sva_vtd_default_config;
    unsigned i;
    VtdFixture *f;

    c.pri = c.intremap = c.eim = c.scalable = false;
    f = vtd_fixture_new(&c);
    for (i = 0; i < G_N_ELEMENTS(offs); i++) {
        vtd_write32(f, offs[i], UINT32_MAX);
        g_assert_cmphex(vtd_read32(f, offs[i]), ==, 0);
    }
    vtd_fixture_free(f);

    /* No x2APIC: no upper addresses, no EIME. */
    c = sva_vtd_default_config;
    c.eim = false;
    f = vtd_fixture_new(&c);
    vtd_write64(f, 0xb8, UINT64_MAX);
    g_assert_cmphex(vtd_read64(f, 0xb8), ==, 0x0000fffffffff00f);
    vtd_write32(f, 0xec, UINT32_MAX);
    g_assert_cmphex(vtd_read32(f, 0xec), ==, 0);
    vtd_fixture_free(f);

    /* DW is there without scalable mode as well. */
    c.pri = c.scalable = false;
    f = vtd_fixture_new(&c);
    vtd_write64(f, 0x90, UINT64_MAX);
    g_assert_cmphex(vtd_read64(f, 0x90), ==, 0x0000fffffffff807);
    vtd_fixture_free(f);
}

static void test_level_bits_do_not_touch_each_other(void)
{
    VtdFixture *f = vtd_fixture_new(NULL);

    vtd_level(f, 1u << 26, true);
    g_assert_cmphex(vtd_read32(f, 0x1c), ==, 0x04000000);
    vtd_command(f, 1u << 30);
    g_assert_cmphex(vtd_read32(f, 0x1c), ==, 0x44000000);
    vtd_level(f, 1u << 31, true);
    g_assert_cmphex(vtd_read32(f, 0x1c), ==, 0xc4000000);
    vtd_command(f, 1u << 24);
    vtd_level(f, 1u << 25, true);
    vtd_level(f, 1u << 23, true);
    g_assert_cmphex(vtd_read32(f, 0x1c), ==, 0xc7800000);
    vtd_level(f, 1u << 31, false);
    g_assert_cmphex(vtd_read32(f, 0x1c), ==, 0x47800000);
    vtd_level(f, 1u << 26, false);
    vtd_level(f, 1u << 25, false);
    vtd_level(f, 1u << 23, false);
    /* The one-shot status bits stay. */
    g_assert_cmphex(vtd_read32(f, 0x1c), ==, 0x41000000);
    vtd_fixture_free(f);
}

static void test_enabling_without_tables_is_a_guest_error(void)
{
    VtdFixture *f = vtd_fixture_new(NULL);

    vtd_level(f, 1u << 31, true);
    vtd_level(f, 1u << 25, true);
    g_assert_cmpuint(fake_env_log_count(f->env), ==, 2);
    vtd_level(f, 1u << 31, false);
    vtd_level(f, 1u << 25, false);
    vtd_command(f, 1u << 30);
    vtd_command(f, 1u << 24);
    vtd_level(f, 1u << 31, true);
    vtd_level(f, 1u << 25, true);
    g_assert_cmpuint(fake_env_log_count(f->env), ==, 2);
    vtd_fixture_free(f);
}

static void test_unsupported_commands_change_nothing(void)
{
    SvaVtdConfig c = sva_vtd_default_config;
    VtdFixture *f;

    c.intremap = c.eim = false;
    f = vtd_fixture_new(&c);
    vtd_write32(f, 0x18, 1u << 29 | 1u << 28 | 1u << 27);
    g_assert_cmphex(vtd_read32(f, 0x1c), ==, 0);
    vtd_write32(f, 0x18, 1u << 25 | 1u << 24 | 1u << 23);
    g_assert_cmphex(vtd_read32(f, 0x1c), ==, 0);
    g_assert_cmpuint(f->intremap_count, ==, 0);
    vtd_fixture_free(f);
}

static void test_root_table_is_taken_by_the_command_only(void)
{
    VtdFixture *f = vtd_fixture_new(NULL);

    vtd_write64(f, 0x20, 0x5400);
    g_assert_cmphex(sva_vtd_rtaddr(&f->vtd), ==, 0);
    vtd_command(f, 1u << 30);
    g_assert_cmphex(sva_vtd_rtaddr(&f->vtd), ==, 0x5400);
    vtd_write64(f, 0x20, 0x7000);
    g_assert_cmphex(sva_vtd_rtaddr(&f->vtd), ==, 0x5400);
    vtd_fixture_free(f);
}

static void test_owner_hears_of_interrupt_remapping(void)
{
    VtdFixture *f = vtd_fixture_new(NULL);

    vtd_write64(f, 0xb8, 0x123456000 | 0x800 | 0x7);
    g_assert_cmpuint(f->intremap_count, ==, 0);
    vtd_command(f, 1u << 24);
    g_assert_cmphex(f->intremap.root, ==, 0x123456000);
    g_assert_cmpuint(f->intremap.entries, ==, 256);
    g_assert_true(f->intremap.eime);
    g_assert_false(f->intremap.enabled);
    vtd_level(f, 1u << 25, true);
    g_assert_true(f->intremap.enabled);
    g_assert_false(f->intremap.compat);
    vtd_level(f, 1u << 23, true);
    g_assert_true(f->intremap.compat);
    vtd_write64(f, 0xb8, 0xf);
    vtd_command(f, 1u << 24);
    g_assert_cmpuint(f->intremap.entries, ==, 65536);
    sva_vtd_reset(&f->vtd);
    g_assert_false(f->intremap.enabled);
    /* ESIRTPS=0: no word of the entry cache. */
    g_assert_cmpuint(f->iec_count, ==, 0);
    vtd_fixture_free(f);
}

static void test_reset_drops_caches(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    vtd_bind(f, 1);
    vtd_map(f, 0x1000, 0xa000, true);
    vtd_translate(f, P(1), 0x1000, SVA_READ);
    vtd_pasid(f, 1, 0, 0, 0);
    sva_vtd_reset(&f->vtd);
    vtd_write64(f, 0x20, VTD_ROOT | 0x400);
    vtd_command(f, 1u << 30);
    vtd_level(f, 1u << 31, true);
    g_assert_cmpuint(vtd_translate(f, P(1), 0x1000, SVA_READ).outcome,
                     ==, SVA_ABORT);
    vtd_fixture_free(f);
}

static void test_sirtp_drops_the_entry_cache_with_esirtps_only(void)
{
    SvaVtdConfig c = sva_vtd_default_config;
    VtdFixture *f;

    c.esirtps = true;
    f = vtd_fixture_new(&c);
    vtd_command(f, 1u << 24);
    g_assert_cmpuint(f->iec_count, ==, 1);
    g_assert_true(f->iec_global);
    /* The end of interrupt remapping too, but not its begin. */
    vtd_level(f, 1u << 25, true);
    g_assert_cmpuint(f->iec_count, ==, 1);
    vtd_level(f, 1u << 25, false);
    g_assert_cmpuint(f->iec_count, ==, 2);
    vtd_fixture_free(f);
}

/* -- invalidation by register -- */

static VtdFixture *legacy_with_page(void)
{
    VtdFixture *f = vtd_fixture_legacy(NULL, VTD_SECOND | 1, 0x702);

    vtd_level(f, 1u << 26, false);
    vtd_map_second(f, 0x1000, 0xa000, true);
    vtd_map_second(f, 0x200000, 0xb000, true);
    vtd_translate(f, SVA_NO_PASID, 0x1000, SVA_READ);
    vtd_translate(f, SVA_NO_PASID, 0x200000, SVA_READ);
    vtd_map_second(f, 0x1000, 0xc000, true);
    vtd_map_second(f, 0x200000, 0xd000, true);
    return f;
}

static uint64_t page_at(VtdFixture *f, uint64_t addr)
{
    return vtd_translate(f, SVA_NO_PASID, addr, SVA_READ).map.addr;
}

static void test_iotlb_register_invalidates_what_it_says(void)
{
    VtdFixture *f = legacy_with_page();

    g_assert_cmphex(page_at(f, 0x1000), ==, 0xa000);
    vtd_write64(f, 0x500, 0x1000);
    g_assert_cmphex(vtd_read64(f, 0x500), ==, 0);
    vtd_write64(f, 0x508, 0xb003000700000000);      /* page, DR, DW, DID 7 */
    g_assert_cmphex(vtd_read64(f, 0x508), ==, 0x3603000700000000);
    g_assert_cmphex(page_at(f, 0x1000), ==, 0xc000);
    g_assert_cmphex(page_at(f, 0x200000), ==, 0xb000);
    vtd_write64(f, 0x508, 0xa000000800000000);      /* another domain */
    g_assert_cmphex(page_at(f, 0x200000), ==, 0xb000);
    vtd_write64(f, 0x508, 0xa000000700000000);
    g_assert_cmphex(vtd_read64(f, 0x508), ==, 0x2400000700000000);
    g_assert_cmphex(page_at(f, 0x200000), ==, 0xd000);
    vtd_write64(f, 0x508, 0x9000000000000000);
    g_assert_cmphex(vtd_read64(f, 0x508), ==, 0x1200000000000000);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_REG_INVALIDATIONS), ==, 4);
    vtd_fixture_free(f);
}

static void test_iotlb_register_honours_the_address_mask(void)
{
    VtdFixture *f = legacy_with_page();

    vtd_write64(f, 0x500, 0x3000 | 1);          /* 0x2000 to 0x3fff */
    vtd_write64(f, 0x508, 0xb000000700000000);
    g_assert_cmphex(page_at(f, 0x1000), ==, 0xa000);
    vtd_write64(f, 0x500, 0x3000 | 2);          /* 0 to 0x3fff */
    vtd_write64(f, 0x508, 0xb000000700000000);
    g_assert_cmphex(page_at(f, 0x1000), ==, 0xc000);
    g_assert_cmphex(page_at(f, 0x200000), ==, 0xb000);
    vtd_write64(f, 0x500, 0x40000000 | 18);
    vtd_write64(f, 0x508, 0xb000000700000000);
    g_assert_cmphex(vtd_read64(f, 0x508), ==, 0x3600000700000000);
    g_assert_cmphex(page_at(f, 0x200000), ==, 0xb000);
    /* Beyond MAMV it is ignored, and IAIG says so. */
    vtd_write64(f, 0x500, 19);
    vtd_write64(f, 0x508, 0xb000000700000000);
    g_assert_cmphex(vtd_read64(f, 0x508), ==, 0x3000000700000000);
    g_assert_cmphex(page_at(f, 0x200000), ==, 0xb000);
    vtd_fixture_free(f);
}

static void test_context_register_invalidates_what_it_says(void)
{
    VtdFixture *f = legacy_with_page();
    uint64_t pa = VTD_CONTEXT + (VTD_RID & 0xff) * 16;

    fake_put64(f->env, pa, 0);
    g_assert_cmphex(page_at(f, 0x1000), ==, 0xa000);
    /* Another device, another domain: the entry stays. */
    vtd_write64(f, 0x28, 0xe000000001110007);
    g_assert_cmphex(vtd_read64(f, 0x28), ==, 0x7800000001110007);
    vtd_write64(f, 0x28, 0xc000000000000008);
    g_assert_cmphex(vtd_read64(f, 0x28), ==, 0x5000000000000008);
    g_assert_cmphex(page_at(f, 0x1000), ==, 0xa000);
    /* Function mask 3: all functions of the device. */
    vtd_write64(f, 0x28, 0xe000000301170000);
    vtd_translate(f, SVA_NO_PASID, 0x1000, SVA_READ);
    g_assert_cmphex(vtd_fault(f, NULL, NULL), ==, 0x02);
    fake_put64(f->env, pa, VTD_SECOND | 1);
    vtd_translate(f, SVA_NO_PASID, 0x1000, SVA_READ);
    fake_put64(f->env, pa, 0);
    vtd_write64(f, 0x28, 0xc000000000000007);
    vtd_translate(f, SVA_NO_PASID, 0x1000, SVA_READ);
    g_assert_cmphex(vtd_fault(f, NULL, NULL), ==, 0x02);
    vtd_write64(f, 0x28, 0xa000000000000000);
    g_assert_cmphex(vtd_read64(f, 0x28), ==, 0x2800000000000000);
    vtd_fixture_free(f);
}

/* Software polls for the bit: it must go, but nothing was done. */
static void test_invalidation_registers_are_dead_with_the_queue_on(void)
{
    VtdFixture *f = legacy_with_page();

    vtd_level(f, 1u << 26, true);
    vtd_write64(f, 0x508, 0x9000000000000000);
    g_assert_cmphex(vtd_read64(f, 0x508), ==, 0x1000000000000000);
    vtd_write64(f, 0x28, 0xa000000000000000);
    g_assert_cmphex(vtd_read64(f, 0x28), ==, 0x2000000000000000);
    g_assert_cmphex(page_at(f, 0x1000), ==, 0xa000);
    vtd_fixture_free(f);
}

static void test_srtp_drops_caches_with_esrtps_only(void)
{
    SvaVtdConfig c = sva_vtd_default_config;
    unsigned i;
    VtdFixture *f;

    for (i = 0; i < 2; i++) {
        c.esrtps = i;
        f = vtd_fixture_scalable(&c);
        vtd_bind(f, 1);
        vtd_map(f, 0x1000, 0xa000, true);
        vtd_translate(f, P(1), 0x1000, SVA_READ);
        vtd_map(f, 0x1000, 0xb000, true);
        vtd_command(f, 1u << 30);
        g_assert_cmphex(vtd_translate(f, P(1), 0x1000, SVA_READ).map.addr,
                        ==, i ? 0xb000 : 0xa000);
        vtd_pasid(f, 1, 0, 0, 0);
        vtd_command(f, 1u << 30);
        vtd_translate(f, P(1), 0x1000, SVA_READ);
        g_assert_cmphex(vtd_fault(f, NULL, NULL), ==, i ? 0x59 : 0);
        vtd_context(f, 0, 0);
        vtd_command(f, 1u << 30);
        vtd_translate(f, P(1), 0x1000, SVA_READ);
        g_assert_cmphex(vtd_fault(f, NULL, NULL), ==, i ? 0x41 : 0);
        vtd_fixture_free(f);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CASE(name, fn) g_test_add_func("/vtd/regs/" name, fn)
    CASE("every-dword-has-its-reset-value",
         test_every_dword_has_its_reset_value);
    CASE("every-dword-has-its-write-mask",
         test_every_dword_has_its_write_mask);
    CASE("reset-restores-every-dword", test_reset_restores_every_dword);
    CASE("quadword-is-two-dwords", test_quadword_is_two_dwords);
    CASE("odd-accesses-do-nothing", test_odd_accesses_do_nothing);
    CASE("address-bits-end-at-the-host-address-width",
         test_address_bits_end_at_the_host_address_width);
    CASE("registers-of-absent-features-are-reserved",
         test_registers_of_absent_features_are_reserved);
    CASE("level-bits-do-not-touch-each-other",
         test_level_bits_do_not_touch_each_other);
    CASE("enabling-without-tables-is-a-guest-error",
         test_enabling_without_tables_is_a_guest_error);
    CASE("unsupported-commands-change-nothing",
         test_unsupported_commands_change_nothing);
    CASE("root-table-is-taken-by-the-command-only",
         test_root_table_is_taken_by_the_command_only);
    CASE("owner-hears-of-interrupt-remapping",
         test_owner_hears_of_interrupt_remapping);
    CASE("reset-drops-caches", test_reset_drops_caches);
    CASE("sirtp-drops-the-entry-cache-with-esirtps-only",
         test_sirtp_drops_the_entry_cache_with_esirtps_only);
    CASE("iotlb-register-invalidates-what-it-says",
         test_iotlb_register_invalidates_what_it_says);
    CASE("iotlb-register-honours-the-address-mask",
         test_iotlb_register_honours_the_address_mask);
    CASE("context-register-invalidates-what-it-says",
         test_context_register_invalidates_what_it_says);
    CASE("invalidation-registers-are-dead-with-the-queue-on",
         test_invalidation_registers_are_dead_with_the_queue_on);
    CASE("srtp-drops-caches-with-esrtps-only",
         test_srtp_drops_caches_with_esrtps_only);
    return g_test_run();
}

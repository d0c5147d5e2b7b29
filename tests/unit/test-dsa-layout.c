/*
 * Registers, descriptors and records of sva-dsa, against literal values of the
 * Intel DSA Architecture Specification
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "dsa-fixture.h"

/* 9.2, with the default sizes of the fixture. */
static void test_capabilities(void)
{
    static const struct {
        unsigned offset;
        uint64_t value;
    } regs[] = {
        { 0x00, 0x200 },
        /*
         * Fault, overlap, cache, CMDCAP, domains, stride; readbacks, fill 16,
         * CRC 64, fault info, event log of 64 bytes, batch error; 2^31, 2^10,
         * config
         */
        { 0x10, 0x000000008000bfd7 | 31ull << 16 | 10ull << 21 },
        { 0x20, 0x00ff000001080080 },
        { 0x30, 0x0000000000076004 },
        { 0x38, 0x0000000000040804 },
        { 0x40, 0x0000007b00bf07ff },
        { 0x48, 0 }, { 0x50, 0 }, { 0x58, 0 },
        { 0x60, 0x0000000400200010 },
        { 0x68, 0x900000 }, { 0x100, 0x03004001 },
        { 0x80, 0x60 }, { 0x88, 0 }, { 0x90, 0 }, { 0x98, 0 },
        { 0xa8, 0 }, { 0xb0, 0x1ffe },
        { 0xc0, 0 }, { 0xe0, 0 }, { 0xe8, 0 }, { 0xf0, 0 },
        { 0x180, 0 },
        /* Read Buffers Allowed and OPCFG have values at first. */
        { 0x1000 + 40, 0x6000000 },
        { 0x2000 + 32, 0x0000007b00bf07ff },
        { 0x2000 + 40, 0 },
    };
    DsaFixture *f = dsa_fixture_raw();

    for (unsigned i = 0; i < G_N_ELEMENTS(regs); i++) {
        g_assert_cmphex(dsa_read64(f, regs[i].offset), ==, regs[i].value);
    }
    dsa_fixture_free(f);
}

/* What software can set while the device is Disabled. */
static void test_writable_bits(void)
{
    static const struct {
        unsigned offset;
        uint64_t mask;
    } regs[] = {
        { 0x00, 0 }, { 0x10, 0 }, { 0x40, 0 }, { 0x60, 0 },
        { 0x80, 0x30ff }, { 0x88, 0x7 }, { 0x90, 0 }, { 0x98, 0 },
        { 0xb0, 0 }, { 0xc8, 0 },
        { 0xe0, 0xfffffffffffff003 }, { 0xe8, 0xfffffffff },
        { 0xf0, 0xffff },
        { 0x400, 0xfffff00c }, { 0x400 + 8 * 8, 0xfffff00c },
        { 0x400 + 9 * 8, 0 },
        { 0x1000, UINT64_MAX }, { 0x1020, UINT64_MAX },
        { 0x1028, 0x330ff0ffbf }, { 0x1030, 0 }, { 0x10c0, UINT64_MAX },
        { 0x1100, 0 },
        { 0x2000, 0x0000ffff0000ffff }, { 0x2008, 0x000001ff3fffffff },
        { 0x2010, 0x0001ffff0000ffff }, { 0x2018, 0 },
        { 0x2020, UINT64_MAX }, { 0x2038, UINT64_MAX },
        { 0x21c0, 0x0000ffff0000ffff }, { 0x2200, 0 },
        { 0x9000, 0xfffff01ffffff00f },
        { 0x97e8, UINT64_MAX }, { 0x97f0, UINT64_MAX }, { 0x97f8, 0 },
        { 0x9800, 0 },
        { 0xf000, 0 },
    };
    DsaFixture *f = dsa_fixture_raw();

    for (unsigned i = 0; i < G_N_ELEMENTS(regs); i++) {
        unsigned offset = regs[i].offset;
        uint64_t before;

        dsa_write64(f, offset, 0);
        before = dsa_read64(f, offset);
        dsa_write64(f, offset, UINT64_MAX);
        g_assert_cmphex(dsa_read64(f, offset) ^ before, ==, regs[i].mask);
        dsa_write64(f, offset, 0);
    }
    dsa_fixture_free(f);
}

static void test_accesses_of_all_sizes(void)
{
    DsaFixture *f = dsa_fixture_raw();

    dsa_write64(f, 0xe8, 0x0000000412340080);
    g_assert_cmphex(sva_dsa_read(f->d, 0xe8, 2), ==, 0x80);
    g_assert_cmphex(sva_dsa_read(f->d, 0xe9, 1), ==, 0);
    g_assert_cmphex(sva_dsa_read(f->d, 0xea, 2), ==, 0x1234);
    g_assert_cmphex(sva_dsa_read(f->d, 0xec, 4), ==, 4);
    sva_dsa_write(f->d, 0xe9, 0x7, 1);
    g_assert_cmphex(dsa_read64(f, 0xe8), ==, 0x0000000412340780);
    g_assert_cmpuint(fake_env_log_count(f->env), ==, 0);
    g_assert_cmphex(sva_dsa_read(f->d, 0xe9, 2), ==, 0);
    g_assert_cmphex(sva_dsa_read(f->d, 0xe8, 3), ==, 0);
    sva_dsa_write(f->d, 0xe4, 1, 8);
    g_assert_cmpuint(fake_env_log_count(f->env), ==, 3);
    g_assert_cmphex(sva_dsa_read(f->d, UINT64_MAX - 7, 8), ==, 0);
    sva_dsa_write(f->d, UINT64_MAX - 7, 1, 8);
    dsa_fixture_free(f);
}

/* Table 9-4, Table 9-7. */
static void test_what_is_locked(void)
{
    DsaFixture *f = dsa_fixture_new();
    uint64_t control = dsa_read64(f, 0x2008);

    dsa_write32(f, 0x80, 1);
    dsa_write64(f, 0xe0, 0x5000);
    dsa_write64(f, 0x1000, 0);
    dsa_write64(f, 0x2000, 0x0000000300000001);
    dsa_write64(f, 0x2008, 0);
    dsa_write64(f, 0x2020, 0);
    dsa_write64(f, 0x2010, 0x0001000200000001);
    g_assert_cmphex(dsa_read32(f, 0x80), ==, 0x60);
    g_assert_cmphex(dsa_read64(f, 0xe0), ==, 0);
    g_assert_cmphex(dsa_read64(f, 0x1000), ==, 3);
    g_assert_cmphex(dsa_read64(f, 0x2000), ==, 0x0000000300000008);
    g_assert_cmphex(dsa_read64(f, 0x2008), ==, control);
    g_assert_cmphex(dsa_read64(f, 0x2020), ==, 0x0000007b00bf07ff);
    g_assert_cmphex(dsa_read64(f, 0x2010), ==, 0x0001000200000000);
    /* The limit is locked while the interrupt is enabled. */
    dsa_write64(f, 0x2010, 0x0001000500000000);
    g_assert_cmphex(dsa_read64(f, 0x2010), ==, 0x0001000200000000);
    dsa_fixture_free(f);
}

/* 9.2.12: the code at bit 20, 9.2.13: the result at bit 8. */
static void test_command_words(void)
{
    DsaFixture *f = dsa_fixture_raw();

    dsa_write32(f, 0xa0, 0x80600003);
    g_assert_cmphex(dsa_read32(f, 0xa8), ==, 0x80000000);
    dsa_run(f);
    g_assert_cmphex(dsa_read32(f, 0xa8), ==, 0x20);
    g_assert_cmphex(dsa_read32(f, 0x98), ==, 2);
    dsa_assert_log(f, "irq 0");
    dsa_write32(f, 0x98, 2);
    g_assert_cmphex(dsa_read32(f, 0x98), ==, 0);
    dsa_fixture_free(f);
}

static void test_numbers(void)
{
    static const struct {
        uint64_t ours, theirs;
    } numbers[] = {
        { DSA_CMD_RELEASE_HANDLE, 14 }, { DSA_CMD_RESET_WQ, 10 },
        { DSA_FLAG_FENCE, 0x1 }, { DSA_FLAG_BLOCK_ON_FAULT, 0x2 },
        { DSA_FLAG_CR_VALID, 0x4 }, { DSA_FLAG_CR_REQUEST, 0x8 },
        { DSA_FLAG_INT_REQUEST, 0x10 }, { DSA_FLAG_CHECK_RESULT, 0x80 },
        { DSA_FLAG_CACHE1, 0x100 }, { DSA_FLAG_TC1, 0x200 },
        { DSA_FLAG_TC2, 0x400 }, { DSA_FLAG_TC3, 0x800 },
        { DSA_FLAG_CR_TC, 0x1000 }, { DSA_FLAG_STRICT, 0x2000 },
        { DSA_FLAG_READBACK, 0x4000 }, { DSA_FLAG_READ_SEED, 0x10000 },
        { DSA_FLAG_CRC_PLAIN, 0x20000 }, { DSA_FLAG_DATA_PLAIN, 0x40000 },
        { DSA_FLAG_CRC64, 0x80000 }, { DSA_FLAG_FILL16, 0x40000 },
        { DSA_OP_DUALCAST, 9 }, { DSA_OP_CRC, 0x10 },
        { DSA_OP_DIF_UPDATE, 0x15 }, { DSA_OP_CACHE_FLUSH, 0x20 },
        { DSA_ST_CR_FAULT, 0x1a }, { DSA_ST_CR_ALIGN, 0x1b },
        { DSA_ST_BAD_HANDLE, 0x19 }, { DSA_ST_TRANSLATION, 0x22 },
        { DSA_SE_CONFIG, 0x51 }, { DSA_CE_WQ_PRS, 0x2e },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(numbers); i++) {
        g_assert_cmphex(numbers[i].ours, ==, numbers[i].theirs);
    }
}

/* 8.1: a descriptor by its bytes, 8.2: its record. */
static void test_descriptor_bytes(void)
{
    static const uint8_t desc[64] = {
        5, 0, 0, 0, 0x0c, 0, 0, 0x03,
        0x20, 0, 0x10, 0, 0, 0, 0, 0,
        0, 0, 0x20, 0, 0, 0, 0, 0,
        0, 0, 0x30, 0, 0, 0, 0, 0,
        4, 0, 0, 0,
    };
    uint8_t record[32];
    uint32_t word = 0;
    DsaFixture *f = dsa_fixture_new();

    dsa_map(f, DSA_SRC, 0x1000);
    dsa_put(f, DSA_SRC, "\x11\x22\x33\x44", 4);
    g_assert_true(sva_dsa_submit(f->d, 0, desc, false));
    dsa_run(f);
    dsa_assert_log(f, "at 5:200000 r; tr 601000200000+4; "
                   "at 5:300000 rw; at 5:100000 rw; "
                   "tw 601000100028+18; tw 601000100020+8");
    dsa_get(f, 0x100020, record, 32);
    /* A page fault on a write to operand 3. */
    g_assert_cmphex(record[0], ==, 0x83);
    g_assert_cmphex(record[1], ==, 0);
    g_assert_cmphex(record[2], ==, 3 << 1);
    g_assert_cmphex(dsa_get32(record + 4), ==, 0);
    g_assert_cmphex(dsa_get64(record + 8), ==, 0x300000);
    dsa_map(f, DSA_DST, 0x1000);
    g_assert_true(sva_dsa_submit(f->d, 0xfc0, desc, false));
    dsa_run(f);
    dsa_get(f, 0x100020, record, 32);
    g_assert_cmphex(dsa_get64(record), ==, 1);
    dsa_get(f, DSA_DST, &word, 4);
    g_assert_cmphex(word, ==, 0x44332211);
    dsa_fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define T(name) g_test_add_func("/dsa/layout/" #name, test_##name)
    T(capabilities);
    T(writable_bits);
    T(accesses_of_all_sizes);
    T(what_is_locked);
    T(command_words);
    T(numbers);
    T(descriptor_bytes);
    return g_test_run();
}

/*
 * Tests of sva-dsa: operations that copy, fill or sum up
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "dsa-fixture.h"
#include "hw/sva/endpoint/crc.h"

#define SIZE 0x2345u
#define BOF DSA_FLAG_BLOCK_ON_FAULT

static void assert_same(DsaFixture *f, uint64_t a, uint64_t b, size_t len)
{
    g_autofree uint8_t *x = g_malloc(len), *y = g_malloc(len);

    dsa_get(f, a, x, len);
    dsa_get(f, b, y, len);
    g_assert_cmpmem(x, len, y, len);
}

static void assert_untouched(DsaFixture *f, uint64_t va)
{
    uint8_t byte;

    dsa_get(f, va, &byte, 1);
    g_assert_cmphex(byte, ==, 0);
}

static void assert_done(const uint8_t *record)
{
    g_assert_cmphex(dsa_get64(record), ==, DSA_ST_SUCCESS);
    g_assert_cmphex(dsa_get64(record + 8), ==, 0);
}

static DsaFixture *with_memory(void)
{
    DsaFixture *f = dsa_fixture_new();

    dsa_map(f, DSA_SRC, 0x10000);
    dsa_map(f, DSA_DST, 0x10000);
    dsa_pattern(f, DSA_SRC, 0x4000, 0x5a);
    return f;
}

static void test_noop(void)
{
    DsaFixture *f = dsa_fixture_new();
    DsaRaw desc = dsa_desc(f, DSA_OP_NOOP, DSA_DONE, 0, 0, 0);

    assert_done(dsa_execute(f, &desc));
    desc = dsa_desc(f, DSA_OP_NOOP, DSA_FLAG_CR_VALID, 0, 0, 0);
    g_free(fake_port_take_log(f->p));
    dsa_execute(f, &desc);
    dsa_assert_log(f, "");
    desc = dsa_desc(f, DSA_OP_NOOP, 0, 0, 0, 0);
    g_assert_true(dsa_submit(f, 0, &desc));
    dsa_run(f);
    dsa_assert_log(f, "");
    dsa_fixture_free(f);
}

static void test_memmove(void)
{
    DsaFixture *f = with_memory();
    DsaRaw desc = dsa_desc(f, DSA_OP_MEMMOVE, DSA_DONE, DSA_SRC + 0x123,
                           DSA_DST + 0xabc, SIZE);

    assert_done(dsa_execute(f, &desc));
    assert_same(f, DSA_SRC + 0x123, DSA_DST + 0xabc, SIZE);
    assert_untouched(f, DSA_DST + 0xabb);
    assert_untouched(f, DSA_DST + 0xabc + SIZE);
    dsa_fixture_free(f);
}

/* As if the source were copied to temporary space first. */
static void test_memmove_of_overlapping_buffers(void)
{
    static const int distances[] = { -0x1800, -0x1000, -1, 1, 0x801, 0x1000 };

    for (unsigned i = 0; i < G_N_ELEMENTS(distances); i++) {
        DsaFixture *f = with_memory();
        uint64_t src = DSA_SRC + 0x2000, dst = src + distances[i];
        DsaRaw desc = dsa_desc(f, DSA_OP_MEMMOVE, DSA_DONE, src, dst, SIZE);

        dsa_pattern(f, src, SIZE, 0x77);
        dsa_pattern(f, DSA_DST, SIZE, 0x77);
        g_assert_cmphex(dsa_execute(f, &desc)[0], ==, DSA_ST_SUCCESS);
        assert_same(f, dst, DSA_DST, SIZE);
        dsa_fixture_free(f);
    }
}

static void test_a_fault_tells_how_far_it_came(void)
{
    DsaFixture *f = with_memory();
    DsaRaw desc = dsa_desc(f, DSA_OP_MEMMOVE, DSA_DONE, DSA_SRC, DSA_DST,
                           SIZE);
    const uint8_t *record;

    fake_port_map(f->p, DSA_PASID, DSA_DST + 0x1000, 0x1000, SVA_READ);
    record = dsa_execute(f, &desc);
    g_assert_cmphex(record[0], ==, DSA_ST_PAGE_FAULT | DSA_ST_WRITE);
    g_assert_cmphex(record[1], ==, 0);
    g_assert_cmphex(record[2], ==, DSA_OPERAND_DST << 1);
    g_assert_cmphex(dsa_get32(record + 4), ==, 0x1000);
    g_assert_cmphex(dsa_get64(record + 8), ==, DSA_DST + 0x1000);
    /* Backwards: the end is done. */
    desc = dsa_desc(f, DSA_OP_MEMMOVE, DSA_DONE, DSA_DST + 0x1000,
                    DSA_DST + 0x1800, 0x3000);
    record = dsa_execute(f, &desc);
    g_assert_cmphex(record[0], ==, DSA_ST_PAGE_FAULT | DSA_ST_WRITE);
    g_assert_cmphex(record[1], ==, 1);
    g_assert_cmphex(dsa_get32(record + 4), ==, 0x2800);
    dsa_fixture_free(f);
}

static void test_block_on_fault_gets_the_page(void)
{
    DsaFixture *f = with_memory();
    DsaRaw desc = dsa_desc(f, DSA_OP_MEMMOVE, DSA_DONE | BOF, DSA_SRC,
                           0x500ff0, 0x20);

    f->p->prg_policy = FAKE_PRG_MAP;
    assert_done(dsa_execute(f, &desc));
    dsa_assert_log(f, "at 5:200000 r; tr 601000200000+10; "
                   "at 5:500000 rw; pr 5:500000 w 0 L; at 5:500000 rw; "
                   "tw 601000500ff0+10; tr 601000200010+10; "
                   "at 5:501000 rw; pr 5:501000 w 1 L; at 5:501000 rw; "
                   "tw 601000501000+10; at 5:100000 rw; "
                   "tw 601000100008+18; tw 601000100000+8");
    assert_same(f, DSA_SRC, 0x500ff0, 0x20);
    dsa_fixture_free(f);
}

static void test_a_page_that_is_refused(void)
{
    static const struct {
        FakePrgPolicy policy;
        uint8_t status;
    } cases[] = {
        { FAKE_PRG_INVALID, DSA_ST_PAGE_REFUSED | DSA_ST_WRITE },
        { FAKE_PRG_SUCCESS, DSA_ST_PAGE_REFUSED | DSA_ST_WRITE },
        { FAKE_PRG_FAILURE, DSA_ST_TRANSLATION },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        DsaFixture *f = with_memory();
        DsaRaw desc = dsa_desc(f, DSA_OP_FILL, DSA_DONE | BOF, 1, 0x500000,
                               8);

        f->p->prg_policy = cases[i].policy;
        g_assert_cmphex(dsa_execute(f, &desc)[0], ==, cases[i].status);
        dsa_fixture_free(f);
    }
}

/* Without ATS nobody tells of a fault but the memory request itself. */
static void test_a_wq_without_ats(void)
{
    DsaFixture *f = dsa_fixture_raw();
    DsaRaw desc;

    dsa_config_wq(f, 0, 8, true);
    dsa_config_group(f, 0, 1, 1);
    dsa_command(f, DSA_CMD_ENABLE_DEVICE, 0);
    dsa_write32(f, DSA_WQCFG + 8, 0x10000515);
    g_assert_cmphex(dsa_command(f, DSA_CMD_ENABLE_WQ, 0), ==, 0);
    desc = dsa_desc(f, DSA_OP_MEMMOVE, DSA_DONE, DSA_SRC, DSA_DST, 8);
    g_assert_cmphex(dsa_execute(f, &desc)[0], ==, DSA_ST_READ_ERROR);
    dsa_map(f, DSA_SRC, 8);
    g_assert_cmphex(dsa_execute(f, &desc)[0], ==, DSA_ST_WRITE_ERROR);
    g_free(fake_port_take_log(f->p));
    dsa_map(f, DSA_DST, 8);
    g_assert_cmphex(dsa_execute(f, &desc)[0], ==, DSA_ST_SUCCESS);
    dsa_assert_log(f, "ur 5:200000+8; uw 5:300000+8; uw 5:100008+18; "
                   "uw 5:100000+8");
    dsa_fixture_free(f);
}

static void test_fill(void)
{
    DsaFixture *f = with_memory();
    DsaRaw desc = dsa_desc(f, DSA_OP_FILL, DSA_DONE, 0x1122334455667788,
                           DSA_DST + 0xffd, 0x1007);
    uint8_t bytes[8];

    assert_done(dsa_execute(f, &desc));
    dsa_get(f, DSA_DST + 0xffd, bytes, 8);
    g_assert_cmphex(dsa_get64(bytes), ==, 0x1122334455667788);
    dsa_get(f, DSA_DST + 0xffd + 0x1000, bytes, 8);
    g_assert_cmphex(dsa_get64(bytes), ==, 0x0022334455667788);
    desc = dsa_desc(f, DSA_OP_FILL, DSA_DONE | DSA_FLAG_FILL16, 1,
                    DSA_DST + 0x5000, 24);
    dsa_put64(desc.b + 40, 2);
    assert_done(dsa_execute(f, &desc));
    dsa_get(f, DSA_DST + 0x5008, bytes, 8);
    g_assert_cmphex(dsa_get64(bytes), ==, 2);
    dsa_get(f, DSA_DST + 0x5010, bytes, 8);
    g_assert_cmphex(dsa_get64(bytes), ==, 1);
    dsa_fixture_free(f);
}

static void test_dualcast(void)
{
    DsaFixture *f = with_memory();
    DsaRaw desc = dsa_desc(f, DSA_OP_DUALCAST, DSA_DONE, DSA_SRC + 5,
                           DSA_DST + 0x80, SIZE);
    const uint8_t *record;

    dsa_put64(desc.b + 40, DSA_DST + 0x8080);
    assert_done(dsa_execute(f, &desc));
    assert_same(f, DSA_SRC + 5, DSA_DST + 0x80, SIZE);
    assert_same(f, DSA_SRC + 5, DSA_DST + 0x8080, SIZE);
    fake_port_map(f->p, DSA_PASID, DSA_DST + 0x9000, 0x1000, SVA_NONE);
    fake_port_invalidate(f->p, &(SvaAtcInvalidation) {
        .mask = UINT64_MAX, .pasid = DSA_PASID, .itag = 1,
    });
    record = dsa_execute(f, &desc);
    g_assert_cmphex(record[0], ==, DSA_ST_PAGE_FAULT | DSA_ST_WRITE);
    g_assert_cmphex(record[2], ==, DSA_OPERAND_DST2 << 1);
    g_assert_cmphex(dsa_get64(record + 8), ==, DSA_DST + 0x9000);
    dsa_fixture_free(f);
}

/* -- CRC; "123456789" has the check values -- */

#define CRC_SRC (DSA_SRC + 0xffc)

static uint64_t crc_of(DsaFixture *f, unsigned op, uint32_t flags,
                       uint64_t seed, uint32_t size)
{
    DsaRaw desc = dsa_desc(f, op, DSA_DONE | flags, CRC_SRC,
                           op == DSA_OP_COPY_CRC ? DSA_DST + 0xff7 : 0, size);
    const uint8_t *record;

    dsa_put64(desc.b + 40, seed);
    record = dsa_execute(f, &desc);
    g_assert_cmphex(record[0], ==, DSA_ST_SUCCESS);
    return dsa_get64(record + 16);
}

static void test_crc(void)
{
    DsaFixture *f = with_memory();

    dsa_put(f, CRC_SRC, "123456789", 9);
    g_assert_cmphex(crc_of(f, DSA_OP_CRC, 0, 0, 9), ==, 0xe3069283);
    g_assert_cmphex(crc_of(f, DSA_OP_COPY_CRC, 0, 0, 9), ==, 0xe3069283);
    assert_same(f, CRC_SRC, DSA_DST + 0xff7, 9);
    g_assert_cmphex(crc_of(f, DSA_OP_CRC, DSA_FLAG_CRC64, 0, 9), ==,
                    0xae8b14860a799888);
    /* The rest from a seed. */
    g_assert_cmphex(crc_of(f, DSA_OP_CRC, 0,
                           sva_crc32c(0, (const uint8_t *)"12", 2), 1), ==,
                    sva_crc32c(0, (const uint8_t *)"121", 3));
    dsa_fixture_free(f);
}

/*
 * CRC-32C of the Rocksoft model without inversion and reflection: of "1" it
 * is 0x31 times x^32 modulo 0x11edc6f41.
 */
static void test_crc_without_reflection(void)
{
    DsaFixture *f = with_memory();
    uint32_t flags = DSA_FLAG_CRC_PLAIN | DSA_FLAG_DATA_PLAIN;
    uint64_t rest = 0x31ull << 32;

    dsa_put(f, CRC_SRC, "123456789", 9);
    for (unsigned bit = 37; bit >= 32; bit--) {
        rest ^= rest >> bit & 1 ? 0x11edc6f41ull << (bit - 32) : 0;
    }
    g_assert_cmphex(crc_of(f, DSA_OP_CRC, flags, 0, 1), ==, rest);
    /* The digits with their bits turned round. */
    dsa_put(f, CRC_SRC, "\x8c\x4c\xcc\x2c\xac\x6c\xec\x1c\x9c", 9);
    g_assert_cmphex(crc_of(f, DSA_OP_CRC, DSA_FLAG_DATA_PLAIN, 0, 9), ==,
                    0xe3069283);
    dsa_fixture_free(f);
}

static void test_crc_reads_its_seed(void)
{
    DsaFixture *f = with_memory();
    DsaRaw desc = dsa_desc(f, DSA_OP_CRC, DSA_DONE | DSA_FLAG_READ_SEED,
                           DSA_SRC, 0, 3);
    uint8_t seed[4];

    dsa_put(f, DSA_SRC, "789", 3);
    dsa_put32(seed, sva_crc32c(0, (const uint8_t *)"123456", 6));
    dsa_put(f, DSA_DST + 8, seed, 4);
    dsa_put64(desc.b + 48, DSA_DST + 8);
    g_assert_cmphex(dsa_get64(dsa_execute(f, &desc) + 16), ==, 0xe3069283);
    dsa_put64(desc.b + 48, 0x500000);
    g_assert_cmphex(dsa_execute(f, &desc)[0], ==, DSA_ST_PAGE_FAULT);
    g_assert_cmphex(dsa_record(f, &desc)[2], ==, DSA_OPERAND_SRC2 << 1);
    dsa_fixture_free(f);
}

/* 8.3.12: the sum so far is the seed of what is left. */
static void test_crc_goes_on_after_a_fault(void)
{
    DsaFixture *f = with_memory();
    DsaRaw desc = dsa_desc(f, DSA_OP_CRC, DSA_DONE, DSA_SRC, 0, 0x3000);
    g_autofree uint8_t *data = g_malloc(0x3000);
    const uint8_t *record;
    uint64_t sum;

    dsa_get(f, DSA_SRC, data, 0x3000);
    fake_port_map(f->p, DSA_PASID, DSA_SRC + 0x2000, 0x1000, SVA_NONE);
    record = dsa_execute(f, &desc);
    g_assert_cmphex(record[0], ==, DSA_ST_PAGE_FAULT);
    g_assert_cmphex(dsa_get32(record + 4), ==, 0x2000);
    sum = dsa_get64(record + 16);
    dsa_map(f, DSA_SRC + 0x2000, 0x1000);
    desc = dsa_desc(f, DSA_OP_CRC, DSA_DONE, DSA_SRC + 0x2000, 0, 0x1000);
    dsa_put64(desc.b + 40, sum);
    g_assert_cmphex(dsa_get64(dsa_execute(f, &desc) + 16), ==,
                    sva_crc32c(0, data, 0x3000));
    dsa_fixture_free(f);
}

static void test_cache_flush_translates(void)
{
    DsaFixture *f = with_memory();
    DsaRaw desc = dsa_desc(f, DSA_OP_CACHE_FLUSH, DSA_DONE, 0,
                           DSA_DST + 0xff0, 0x1020);

    assert_done(dsa_execute(f, &desc));
    fake_port_map(f->p, DSA_PASID, DSA_DST + 0x11000, 0x1000, SVA_NONE);
    desc = dsa_desc(f, DSA_OP_CACHE_FLUSH, DSA_DONE, 0, DSA_DST + 0x10000, 8);
    g_assert_cmphex(dsa_execute(f, &desc)[0], ==, DSA_ST_PAGE_FAULT);
    dsa_fixture_free(f);
}

/* 3.9: the last byte is read, once all is written. */
static void test_destination_readback(void)
{
    DsaFixture *f = with_memory();
    DsaRaw desc = dsa_desc(f, DSA_OP_FILL, DSA_DONE | DSA_FLAG_READBACK, 1,
                           DSA_DST, 8);

    assert_done(dsa_execute(f, &desc));
    dsa_assert_log(f, "at 5:300000 rw; tw 601000300000+8; "
                   "tr 601000300007+1; at 5:100000 rw; "
                   "tw 601000100008+18; tw 601000100000+8");
    dsa_fixture_free(f);
}

static DsaFixture *with_corruption(void)
{
    DsaFixture *f = dsa_fixture_raw();

    f->config.corrupt = true;
    dsa_remake(f);
    dsa_enable(f);
    dsa_map(f, DSA_SRC, 0x1000);
    dsa_map(f, DSA_DST, 0x2000);
    return f;
}

/* Every result, in memory or in the record, is wrong by one bit. */
static void test_corruption_on_command(void)
{
    static const struct {
        uint8_t op;
        uint64_t src, dst;
        uint8_t first, second;  /* bytes of destinations, else all 0 */
        uint8_t result;
        uint64_t value;
    } rows[] = {
        { DSA_OP_NOOP, 0, 0, 0, 0, 0, 0 },
        { DSA_OP_CACHE_FLUSH, 0, DSA_DST, 0, 0, 0, 0 },
        { DSA_OP_MEMMOVE, DSA_SRC, DSA_DST, 1, 0, 0, 0 },
        { DSA_OP_FILL, 0, DSA_DST, 1, 0, 0, 0 },
        { DSA_OP_DUALCAST, DSA_SRC, DSA_DST, 1, 1, 0, 0 },
        { DSA_OP_COMPARE, DSA_SRC, DSA_DST, 0, 0, 1, 0 },
        { DSA_OP_COMPARE_PATTERN, DSA_SRC, 0, 0, 0, 1, 0 },
        { DSA_OP_CREATE_DELTA, DSA_SRC, DSA_DST, 0, 0, 0, 1 },
        { DSA_OP_CRC, DSA_SRC, 0, 0, 0, 0, 0x8c28b28b },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        uint8_t op = rows[i].op;
        DsaFixture *f = with_corruption();
        DsaRaw desc = dsa_desc(f, op, DSA_DONE, rows[i].src, rows[i].dst,
                               op == DSA_OP_NOOP ? 0 : 8);
        uint8_t first, second;
        const uint8_t *record;

        if (op == DSA_OP_DUALCAST || op == DSA_OP_CREATE_DELTA) {
            dsa_put64(desc.b + 40, DSA_DST + 0x1000);
        }
        if (op == DSA_OP_CREATE_DELTA) {
            dsa_put32(desc.b + 48, 80);
        }
        record = dsa_execute(f, &desc);
        g_assert_cmphex(record[0], ==, DSA_ST_SUCCESS);
        g_assert_cmphex(record[1], ==, rows[i].result);
        g_assert_cmphex(dsa_get64(record + 16), ==, rows[i].value);
        dsa_get(f, DSA_DST, &first, 1);
        dsa_get(f, DSA_DST + 0x1000, &second, 1);
        g_assert_cmphex(first, ==, rows[i].first);
        g_assert_cmphex(second, ==, rows[i].second);
        dsa_fixture_free(f);
    }
}

/* 2^31 bytes: what is done in a while is bounded. */
static void test_a_long_copy_leaves_the_processors_their_turns(void)
{
    DsaFixture *f = dsa_fixture_raw();
    DsaRaw desc;
    g_autofree char *log = NULL;

    dsa_config_wq(f, 0, 8, true);
    dsa_config_group(f, 0, 1, 1);
    dsa_command(f, DSA_CMD_ENABLE_DEVICE, 0);
    dsa_write32(f, DSA_WQCFG + 12, 10u << 5 | 31);
    g_assert_cmphex(dsa_command(f, DSA_CMD_ENABLE_WQ, 0), ==, 0);
    g_free(fake_port_take_log(f->p));
    dsa_map(f, 0x10000000, 0x400000);
    desc = dsa_desc(f, DSA_OP_FILL, DSA_DONE, 1, 0x10000000, 0x80000000);
    g_assert_true(dsa_submit(f, 0, &desc));
    fake_env_advance(f->env, 999);
    log = fake_port_take_log(f->p);
    g_assert_cmpuint(strlen(log), <, 256 * 24);
    g_assert_cmphex(dsa_command(f, DSA_CMD_ABORT_ALL, 0), ==, 0);
    dsa_fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define T(name) g_test_add_func("/dsa/copy/" #name, test_##name)
    T(noop);
    T(memmove);
    T(memmove_of_overlapping_buffers);
    T(a_fault_tells_how_far_it_came);
    T(block_on_fault_gets_the_page);
    T(a_page_that_is_refused);
    T(a_wq_without_ats);
    T(fill);
    T(dualcast);
    T(crc);
    T(crc_without_reflection);
    T(crc_reads_its_seed);
    T(crc_goes_on_after_a_fault);
    T(cache_flush_translates);
    T(destination_readback);
    T(corruption_on_command);
    T(a_long_copy_leaves_the_processors_their_turns);
    return g_test_run();
}

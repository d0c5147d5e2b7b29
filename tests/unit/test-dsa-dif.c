/*
 * Tests of sva-dsa: operations on Data Integrity Fields
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "dsa-fixture.h"
#include "hw/sva/endpoint/crc.h"

#define REF 0x11223344u
#define APP 0x5566u
#define BLOCKS 3u

static const uint32_t sizes[] = { 512, 520, 4096, 4104 };

static DsaFixture *with_memory(void)
{
    DsaFixture *f = dsa_fixture_new();

    dsa_map(f, DSA_SRC, 0x8000);
    dsa_map(f, DSA_DST, 0x8000);
    dsa_pattern(f, DSA_SRC, 0x8000, 0x33);
    return f;
}

/* Seeds at @at: reference tag, mask and seed of the application tag. */
static void put_seed(DsaRaw *desc, unsigned at, uint32_t ref, uint16_t mask,
                     uint16_t app)
{
    dsa_put32(desc->b + at, ref);
    dsa_put16(desc->b + at + 4, mask);
    dsa_put16(desc->b + at + 6, app);
}

static DsaRaw insert(DsaFixture *f, unsigned size, uint8_t flags)
{
    DsaRaw desc = dsa_desc(f, DSA_OP_DIF_INSERT, DSA_DONE, DSA_SRC + 3,
                           DSA_DST + 0x7f, BLOCKS * sizes[size & 3]);

    desc.b[41] = flags;
    desc.b[42] = (uint8_t)size;
    put_seed(&desc, 56, REF, 0x00f0, APP);
    return desc;
}

static DsaRaw check(DsaFixture *f, unsigned op, unsigned size, uint8_t flags)
{
    DsaRaw desc = dsa_desc(f, op, DSA_DONE, DSA_DST + 0x7f,
                           op == DSA_OP_DIF_CHECK ? 0 : DSA_SRC,
                           BLOCKS * (sizes[size & 3] + 8));

    desc.b[40] = flags;
    desc.b[42] = (uint8_t)size;
    put_seed(&desc, 48, REF, 0x00f0, APP);
    return desc;
}

static uint64_t dif_at(unsigned size, unsigned block)
{
    return DSA_DST + 0x7f + (block + 1) * (sizes[size] + 8) - 8;
}

static void assert_status(const uint8_t *record, uint8_t status,
                          uint8_t dif_status, uint32_t bytes)
{
    g_assert_cmphex(record[0], ==, status);
    g_assert_cmphex(record[1], ==, dif_status);
    g_assert_cmphex(dsa_get32(record + 4), ==, bytes);
}

static void assert_tags(const uint8_t *tags, uint32_t ref, uint16_t app)
{
    g_assert_cmphex(dsa_get32(tags), ==, ref);
    g_assert_cmphex(dsa_get16(tags + 4), ==, 0x00f0);
    g_assert_cmphex(dsa_get16(tags + 6), ==, app);
}

/* Appendix B: guard, application tag, reference tag, all big endian. */
static void test_insert(void)
{
    for (unsigned size = 0; size < 4; size++) {
        DsaFixture *f = with_memory();
        DsaRaw desc = insert(f, size, 0);
        uint8_t block[4104], out[4112];

        assert_status(dsa_execute(f, &desc), DSA_ST_SUCCESS, 0, 0);
        assert_tags(dsa_record(f, &desc) + 24, REF + BLOCKS, APP);
        for (unsigned i = 0; i < BLOCKS; i++) {
            uint16_t guard;

            dsa_get(f, DSA_SRC + 3 + i * sizes[size], block, sizes[size]);
            dsa_get(f, DSA_DST + 0x7f + i * (sizes[size] + 8), out,
                    sizes[size] + 8);
            guard = sva_crc16_t10(0, block, sizes[size]);
            g_assert_cmpmem(block, sizes[size], out, sizes[size]);
            g_assert_cmphex(out[sizes[size]], ==, guard >> 8);
            g_assert_cmphex(out[sizes[size] + 1], ==, guard & 0xff);
            g_assert_cmphex(out[sizes[size] + 2], ==, 0x55);
            g_assert_cmphex(out[sizes[size] + 3], ==, 0x06);
            g_assert_cmphex(out[sizes[size] + 4], ==, 0x11);
            g_assert_cmphex(out[sizes[size] + 7], ==, 0x44 + i);
        }
        dsa_fixture_free(f);
    }
}

/* The types of tags are the other way round to each other (8.3.17.3). */
static void test_tags_may_count_or_not(void)
{
    DsaFixture *f = with_memory();
    DsaRaw desc = insert(f, 0, DSA_DIF_DST_REF_FIXED |
                               DSA_DIF_DST_APP_COUNTS);
    uint8_t dif[8];

    dsa_execute(f, &desc);
    assert_tags(dsa_record(f, &desc) + 24, REF, APP + BLOCKS);
    dsa_get(f, dif_at(0, 2), dif, 8);
    g_assert_cmphex(dif[3], ==, 0x08);
    g_assert_cmphex(dif[7], ==, 0x44);
    dsa_fixture_free(f);
}

static void test_seed_and_result_of_the_guard(void)
{
    DsaFixture *f = with_memory();
    DsaRaw desc = insert(f, DSA_DIF_INVERT_SEED | DSA_DIF_INVERT_RESULT, 0);
    uint8_t block[512], dif[8];
    uint16_t guard;

    dsa_execute(f, &desc);
    dsa_get(f, DSA_SRC + 3, block, 512);
    guard = (uint16_t)~sva_crc16_t10(0xffff, block, 512);
    dsa_get(f, dif_at(0, 0), dif, 8);
    g_assert_cmphex(dif[0] << 8 | dif[1], ==, guard);
    dsa_fixture_free(f);
}

static void test_check(void)
{
    for (unsigned size = 0; size < 4; size++) {
        DsaFixture *f = with_memory();
        DsaRaw desc = insert(f, size, 0);

        dsa_execute(f, &desc);
        desc = check(f, DSA_OP_DIF_CHECK, size, 0);
        assert_status(dsa_execute(f, &desc), DSA_ST_SUCCESS, 0, 0);
        assert_tags(dsa_record(f, &desc) + 16, REF + BLOCKS, APP);
        g_assert_cmphex(dsa_get64(dsa_record(f, &desc) + 24), ==, 0);
        dsa_fixture_free(f);
    }
}

static void test_what_is_wrong_is_told(void)
{
    static const struct {
        unsigned byte;
        uint8_t ignore;
        uint8_t status;
    } cases[] = {
        { 1, DSA_DIF_SRC_GUARD_IGNORE, DSA_DIF_ERR_GUARD },
        { 2, 0, DSA_DIF_ERR_APP },
        { 3, 0, DSA_DIF_ERR_APP },
        { 7, DSA_DIF_SRC_REF_IGNORE, DSA_DIF_ERR_REF },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        DsaFixture *f = with_memory();
        DsaRaw desc = insert(f, 0, 0);
        uint8_t dif[8];

        dsa_execute(f, &desc);
        dsa_get(f, dif_at(0, 1), dif, 8);
        dif[cases[i].byte] ^= 1;
        dsa_put(f, dif_at(0, 1), dif, 8);
        desc = check(f, DSA_OP_DIF_CHECK, 0, 0);
        assert_status(dsa_execute(f, &desc), DSA_ST_DIF_ERROR,
                      cases[i].status, 520);
        desc = check(f, DSA_OP_DIF_CHECK, 0, cases[i].ignore);
        put_seed(&desc, 48, REF, 0xffff, 0);
        assert_status(dsa_execute(f, &desc), DSA_ST_SUCCESS, 0, 0);
        dsa_fixture_free(f);
    }
}

/* The bits that the mask takes away are not looked at. */
static void test_a_mask_hides_bits(void)
{
    DsaFixture *f = with_memory();
    DsaRaw desc = insert(f, 0, 0);
    uint8_t dif[8];

    dsa_execute(f, &desc);
    dsa_get(f, dif_at(0, 0), dif, 8);
    dif[3] ^= 0x90;
    dsa_put(f, dif_at(0, 0), dif, 8);
    desc = check(f, DSA_OP_DIF_CHECK, 0, 0);
    assert_status(dsa_execute(f, &desc), DSA_ST_SUCCESS, 0, 0);
    dsa_fixture_free(f);
}

static void test_f_detect(void)
{
    static const struct {
        uint8_t flags;
        uint8_t guard;
        uint8_t app;
        uint8_t ref;
        uint8_t status;
    } cases[] = {
        { 0, 0xff, 0xff, 0xff, 7 },
        { DSA_DIF_SRC_F_ALL, 0xff, 0xff, 0xff, 0 },
        { DSA_DIF_SRC_F_ALL, 0, 0xff, 0xff, 7 },
        { DSA_DIF_SRC_F_APP_REF, 0, 0xff, 0xff, 0 },
        { DSA_DIF_SRC_F_APP_REF, 0, 0xff, 0, 7 },
        { DSA_DIF_SRC_F_APP, 0, 0xff, 0, 0 },
        { DSA_DIF_SRC_F_APP, 0, 0, 0xff, 7 },
        { DSA_DIF_SRC_F_ALL | DSA_DIF_SRC_F_ERROR, 0xff, 0xff, 0xff, 8 },
        { DSA_DIF_SRC_F_ERROR, 0xff, 0xff, 0xff, 7 },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        DsaFixture *f = with_memory();
        DsaRaw desc = insert(f, 0, 0);
        uint8_t dif[8];

        dsa_execute(f, &desc);
        memset(dif, cases[i].guard, 2);
        memset(dif + 2, cases[i].app, 2);
        memset(dif + 4, cases[i].ref, 4);
        dsa_put(f, dif_at(0, 0), dif, 8);
        desc = check(f, DSA_OP_DIF_CHECK, 0, cases[i].flags);
        assert_status(dsa_execute(f, &desc),
                      cases[i].status ? DSA_ST_DIF_ERROR : DSA_ST_SUCCESS,
                      cases[i].status, 0);
        dsa_fixture_free(f);
    }
}

static void test_strip(void)
{
    for (unsigned size = 0; size < 4; size++) {
        DsaFixture *f = with_memory();
        DsaRaw desc = insert(f, size, 0);
        g_autofree uint8_t *before = g_malloc(BLOCKS * sizes[size]);
        g_autofree uint8_t *after = g_malloc(BLOCKS * sizes[size]);

        dsa_get(f, DSA_SRC + 3, before, BLOCKS * sizes[size]);
        dsa_execute(f, &desc);
        desc = check(f, DSA_OP_DIF_STRIP, size, 0);
        assert_status(dsa_execute(f, &desc), DSA_ST_SUCCESS, 0, 0);
        dsa_get(f, DSA_SRC, after, BLOCKS * sizes[size]);
        g_assert_cmpmem(before, BLOCKS * sizes[size], after,
                        BLOCKS * sizes[size]);
        dsa_fixture_free(f);
    }
}

static void test_update(void)
{
    DsaFixture *f = with_memory();
    DsaRaw desc = insert(f, 0, 0);
    uint8_t old[8], dif[8];

    dsa_execute(f, &desc);
    desc = check(f, DSA_OP_DIF_UPDATE, 0, 0);
    put_seed(&desc, 56, 0xaabbccdd, 0, 0x1234);
    assert_status(dsa_execute(f, &desc), DSA_ST_SUCCESS, 0, 0);
    assert_tags(dsa_record(f, &desc) + 16, REF + BLOCKS, APP);
    g_assert_cmphex(dsa_get32(dsa_record(f, &desc) + 24), ==,
                    0xaabbccdd + BLOCKS);
    dsa_get(f, dif_at(0, 1), old, 8);
    dsa_get(f, DSA_SRC + 2 * 520 - 8, dif, 8);
    g_assert_cmpmem(dif, 2, old, 2);
    g_assert_cmphex(dif[2], ==, 0x12);
    g_assert_cmphex(dif[7], ==, 0xde);
    desc.b[41] = DSA_DIF_DST_REF_PASS | DSA_DIF_DST_APP_PASS |
                 DSA_DIF_DST_GUARD_PASS;
    dsa_execute(f, &desc);
    dsa_get(f, DSA_SRC + 2 * 520 - 8, dif, 8);
    g_assert_cmpmem(dif, 8, old, 8);
    dsa_fixture_free(f);
}

static void test_dix_generate(void)
{
    DsaFixture *f = with_memory();
    DsaRaw desc = insert(f, 0, 0);
    uint8_t with[8], alone[8];

    dsa_execute(f, &desc);
    dsa_get(f, dif_at(0, 2), with, 8);
    dsa_put32(desc.b + 4, DSA_DONE | (uint32_t)DSA_OP_DIX_GENERATE << 24);
    dsa_put64(desc.b + 24, DSA_DST + 0x4000);
    assert_status(dsa_execute(f, &desc), DSA_ST_SUCCESS, 0, 0);
    dsa_get(f, DSA_DST + 0x4010, alone, 8);
    g_assert_cmpmem(with, 8, alone, 8);
    dsa_fixture_free(f);
}

/* 8.3.15: whole blocks, and the tags to go on with. */
static void test_a_fault_in_a_block(void)
{
    DsaFixture *f = with_memory();
    DsaRaw desc = insert(f, 2, 0);
    const uint8_t *record;

    fake_port_map(f->p, DSA_PASID, DSA_DST + 0x2000, 0x1000, SVA_READ);
    record = dsa_execute(f, &desc);
    assert_status(record, DSA_ST_PAGE_FAULT | DSA_ST_WRITE, 0, 0x1000);
    g_assert_cmphex(dsa_get64(record + 8), ==, DSA_DST + 0x2000);
    assert_tags(record + 24, REF + 1, APP);
    dsa_fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define T(name) g_test_add_func("/dsa/dif/" #name, test_##name)
    T(insert);
    T(tags_may_count_or_not);
    T(seed_and_result_of_the_guard);
    T(check);
    T(what_is_wrong_is_told);
    T(a_mask_hides_bits);
    T(f_detect);
    T(strip);
    T(update);
    T(dix_generate);
    T(a_fault_in_a_block);
    return g_test_run();
}

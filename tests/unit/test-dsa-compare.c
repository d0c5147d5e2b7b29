/*
 * Tests of sva-dsa: operations that compare, delta records
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "dsa-fixture.h"

#define RECORD 0x400000ull
#define SIZE 0x2000u
#define CHECK DSA_FLAG_CHECK_RESULT

static DsaFixture *with_memory(void)
{
    DsaFixture *f = dsa_fixture_new();

    dsa_map(f, DSA_SRC, 0x4000);
    dsa_map(f, DSA_DST, 0x4000);
    dsa_map(f, RECORD, 0x4000);
    dsa_pattern(f, DSA_SRC, SIZE, 0x5a);
    dsa_pattern(f, DSA_DST, SIZE, 0x5a);
    return f;
}

static void differ(DsaFixture *f, uint64_t va)
{
    dsa_put(f, va, "\xee", 1);
}

/* -- Compare, Compare Pattern -- */

typedef struct Compared {
    uint8_t status;
    uint8_t result;
    uint32_t bytes;
} Compared;

static Compared compared(const uint8_t *record)
{
    return (Compared) { record[0], record[1], dsa_get32(record + 4) };
}

static void assert_compared(const uint8_t *record, uint8_t status,
                            uint8_t result, uint32_t bytes)
{
    Compared c = compared(record);

    g_assert_cmphex(c.status, ==, status);
    g_assert_cmphex(c.result, ==, result);
    g_assert_cmphex(c.bytes, ==, bytes);
}

static void test_compare(void)
{
    DsaFixture *f = with_memory();
    DsaRaw desc = dsa_desc(f, DSA_OP_COMPARE, DSA_DONE, DSA_SRC + 3,
                           DSA_DST + 3, SIZE - 3);

    assert_compared(dsa_execute(f, &desc), DSA_ST_SUCCESS, 0, 0);
    differ(f, DSA_DST + 0x1805);
    assert_compared(dsa_execute(f, &desc), DSA_ST_SUCCESS, 1, 0x1802);
    differ(f, DSA_DST + 3);
    assert_compared(dsa_execute(f, &desc), DSA_ST_SUCCESS, 1, 0);
    dsa_fixture_free(f);
}

/* Table 8-17 */
static void test_a_result_can_be_expected(void)
{
    DsaFixture *f = with_memory();
    DsaRaw desc = dsa_desc(f, DSA_OP_COMPARE, DSA_DONE | CHECK, DSA_SRC,
                           DSA_DST, 8);

    assert_compared(dsa_execute(f, &desc), DSA_ST_SUCCESS, 0, 0);
    desc.b[40] = 1;
    assert_compared(dsa_execute(f, &desc), DSA_ST_FALSE, 0, 0);
    differ(f, DSA_DST);
    assert_compared(dsa_execute(f, &desc), DSA_ST_SUCCESS, 1, 0);
    desc.b[40] = 0xfe;
    assert_compared(dsa_execute(f, &desc), DSA_ST_FALSE, 1, 0);
    dsa_fixture_free(f);
}

static void test_a_difference_comes_before_a_fault(void)
{
    DsaFixture *f = with_memory();
    DsaRaw desc = dsa_desc(f, DSA_OP_COMPARE, DSA_DONE, DSA_SRC, DSA_DST,
                           SIZE);

    fake_port_map(f->p, DSA_PASID, DSA_DST + 0x1000, 0x1000, SVA_NONE);
    assert_compared(dsa_execute(f, &desc), DSA_ST_PAGE_FAULT, 0, 0x1000);
    g_assert_cmphex(dsa_record(f, &desc)[2], ==, DSA_OPERAND_SRC2 << 1);
    differ(f, DSA_SRC + 0xfff);
    assert_compared(dsa_execute(f, &desc), DSA_ST_SUCCESS, 1, 0xfff);
    dsa_fixture_free(f);
}

static void test_compare_pattern(void)
{
    DsaFixture *f = with_memory();
    DsaRaw desc = dsa_desc(f, DSA_OP_FILL, DSA_DONE, 0x8877665544332211,
                           DSA_DST + 5, SIZE);

    dsa_execute(f, &desc);
    desc = dsa_desc(f, DSA_OP_COMPARE_PATTERN, DSA_DONE, DSA_DST + 5,
                    0x8877665544332211, SIZE - 3);
    assert_compared(dsa_execute(f, &desc), DSA_ST_SUCCESS, 0, 0);
    differ(f, DSA_DST + 0x1234);
    assert_compared(dsa_execute(f, &desc), DSA_ST_SUCCESS, 1, 0x122f);
    dsa_put32(desc.b + 4, DSA_DONE | CHECK | DSA_OP_COMPARE_PATTERN << 24);
    assert_compared(dsa_execute(f, &desc), DSA_ST_FALSE, 1, 0x122f);
    dsa_fixture_free(f);
}

/* -- delta records -- */

static DsaRaw create(DsaFixture *f, uint32_t flags, uint32_t most)
{
    DsaRaw desc = dsa_desc(f, DSA_OP_CREATE_DELTA, DSA_DONE | flags, DSA_SRC,
                           DSA_DST, SIZE);

    dsa_put64(desc.b + 40, RECORD);
    dsa_put32(desc.b + 48, most);
    return desc;
}

static DsaRaw apply(DsaFixture *f, uint32_t record)
{
    DsaRaw desc = dsa_desc(f, DSA_OP_APPLY_DELTA, DSA_DONE, RECORD, DSA_SRC,
                           SIZE);

    dsa_put32(desc.b + 40, record);
    return desc;
}

static uint32_t record_size(const uint8_t *record)
{
    return dsa_get32(record + 16);
}

static void test_a_delta_of_nothing(void)
{
    DsaFixture *f = with_memory();
    DsaRaw desc = create(f, 0, 80);

    assert_compared(dsa_execute(f, &desc), DSA_ST_SUCCESS, 0, 0);
    g_assert_cmpuint(record_size(dsa_record(f, &desc)), ==, 0);
    dsa_fixture_free(f);
}

static void test_a_delta_is_made_and_applied(void)
{
    static const uint32_t where[] = { 0, 0x17, 0x18, 0xfff, 0x1000, 0x1ffd };
    DsaFixture *f = with_memory();
    DsaRaw desc = create(f, 0, 0x1000);
    g_autofree uint8_t *src = g_malloc(SIZE), *dst = g_malloc(SIZE);
    uint8_t deltas[20];

    for (unsigned i = 0; i < G_N_ELEMENTS(where); i++) {
        differ(f, DSA_DST + where[i]);
    }
    assert_compared(dsa_execute(f, &desc), DSA_ST_SUCCESS, 1, 0);
    g_assert_cmpuint(record_size(dsa_record(f, &desc)), ==, 60);
    dsa_get(f, RECORD, deltas, 20);
    g_assert_cmphex(dsa_get16(deltas), ==, 0);
    g_assert_cmphex(deltas[2], ==, 0xee);
    g_assert_cmphex(dsa_get16(deltas + 10), ==, 2);
    g_assert_cmphex(deltas[19], ==, 0xee);
    desc = apply(f, 60);
    g_assert_cmphex(dsa_get64(dsa_execute(f, &desc)), ==, DSA_ST_SUCCESS);
    dsa_get(f, DSA_SRC, src, SIZE);
    dsa_get(f, DSA_DST, dst, SIZE);
    g_assert_cmpmem(src, SIZE, dst, SIZE);
    dsa_fixture_free(f);
}

static void test_a_delta_that_has_no_room(void)
{
    DsaFixture *f = with_memory();
    DsaRaw desc = create(f, 0, 85);

    dsa_pattern(f, DSA_DST, SIZE, 0);
    assert_compared(dsa_execute(f, &desc), DSA_ST_SUCCESS, 2, 64);
    g_assert_cmpuint(record_size(dsa_record(f, &desc)), ==, 80);
    desc = create(f, CHECK, 80);
    desc.b[56] = 3;
    assert_compared(dsa_execute(f, &desc), DSA_ST_FALSE, 2, 64);
    desc.b[56] = 4;
    assert_compared(dsa_execute(f, &desc), DSA_ST_SUCCESS, 2, 64);
    dsa_fixture_free(f);
}

/* All words of a page differ: 5120 bytes, the last of which are refused. */
static void test_a_fault_of_the_record_loses_no_delta(void)
{
    DsaFixture *f = with_memory();
    DsaRaw desc = create(f, 0, 0x4000);
    const uint8_t *record;

    dsa_pattern(f, DSA_DST, SIZE, 0);
    fake_port_map(f->p, DSA_PASID, RECORD + 0x1000, 0x1000, SVA_READ);
    record = dsa_execute(f, &desc);
    /* 409 whole deltas are in the first page. */
    assert_compared(record, DSA_ST_PAGE_FAULT | DSA_ST_WRITE, 1, 409 * 8);
    g_assert_cmpuint(record_size(record), ==, 4090);
    g_assert_cmphex(record[2], ==, DSA_OPERAND_DST << 1);
    dsa_fixture_free(f);
}

static void test_deltas_have_an_order_and_a_range(void)
{
    DsaFixture *f = with_memory();
    uint8_t deltas[30] = { 0 };
    DsaRaw desc = apply(f, 30);

    dsa_put16(deltas, 3);
    dsa_put16(deltas + 10, 7);
    dsa_put16(deltas + 20, 7);
    dsa_put(f, RECORD, deltas, 30);
    assert_compared(dsa_execute(f, &desc), DSA_ST_DELTA_ORDER, 0, 20);
    dsa_put16(deltas + 20, SIZE / 8);
    dsa_put(f, RECORD, deltas, 30);
    assert_compared(dsa_execute(f, &desc), DSA_ST_DELTA_RANGE, 0, 20);
    dsa_put16(deltas + 20, SIZE / 8 - 1);
    dsa_put(f, RECORD, deltas, 30);
    assert_compared(dsa_execute(f, &desc), DSA_ST_SUCCESS, 0, 0);
    dsa_fixture_free(f);
}

static void test_an_unapplied_delta_can_be_applied_later(void)
{
    DsaFixture *f = with_memory();
    uint8_t deltas[20] = { 0 };
    DsaRaw desc = apply(f, 20);

    dsa_put16(deltas + 10, 0x200);
    dsa_put(f, RECORD, deltas, 20);
    fake_port_map(f->p, DSA_PASID, DSA_SRC + 0x1000, 0x1000, SVA_READ);
    assert_compared(dsa_execute(f, &desc),
                    DSA_ST_PAGE_FAULT | DSA_ST_WRITE, 0, 10);
    g_assert_cmphex(dsa_get64(dsa_record(f, &desc) + 8), ==,
                    DSA_SRC + 0x1000);
    dsa_fixture_free(f);
}

/* Longer than the buffer for them, and with a rest that is no delta. */
static void test_a_long_record(void)
{
    DsaFixture *f = with_memory();
    g_autofree uint8_t *deltas = g_malloc0(10245);
    uint8_t byte;
    DsaRaw desc;

    for (unsigned i = 0; i < 1024; i++) {
        dsa_put16(deltas + 10 * i, (uint16_t)i);
        deltas[10 * i + 2] = (uint8_t)i;
    }
    dsa_put(f, RECORD, deltas, 10245);
    desc = apply(f, 10245);
    assert_compared(dsa_execute(f, &desc), DSA_ST_SUCCESS, 0, 0);
    dsa_get(f, DSA_SRC + 1023 * 8, &byte, 1);
    g_assert_cmphex(byte, ==, 0xff);
    dsa_fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define T(name) g_test_add_func("/dsa/compare/" #name, test_##name)
    T(compare);
    T(a_result_can_be_expected);
    T(a_difference_comes_before_a_fault);
    T(compare_pattern);
    T(a_delta_of_nothing);
    T(a_delta_is_made_and_applied);
    T(a_delta_that_has_no_room);
    T(a_fault_of_the_record_loses_no_delta);
    T(deltas_have_an_order_and_a_range);
    T(an_unapplied_delta_can_be_applied_later);
    T(a_long_record);
    return g_test_run();
}

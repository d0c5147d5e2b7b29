/*
 * Tests of sva-dsa: other address spaces, and Translation Fetch
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "dsa-fixture.h"

#define OWNER sva_pasid(8)
#define BASE 0x700000ull
#define OUT 0x800000ull
#define ENTRY(n) (DSA_IDPT + (n) * 32)
/* Usable, of PASID 5 as submitter and 8 as owner; rights are read, write. */
#define SASS (0x0000800000000000ull | 5 << 12 | 1)
#define RW 0x300000000ull
#define WINDOW 0x800000000ull
#define OFFSETS 0x1000000000ull

static void put_owner(DsaFixture *f, uint64_t va, uint64_t value)
{
    fake_put64(f->env, fake_port_pa(OWNER, va), value);
}

static uint64_t get_owner(DsaFixture *f, uint64_t va)
{
    return fake_get64(f->env, fake_port_pa(OWNER, va));
}

/* An entry is written bottom up: what it says is locked once it is usable. */
static void put_entry(DsaFixture *f, unsigned n, uint64_t control,
                      uint64_t base, uint64_t size)
{
    dsa_write64(f, ENTRY(n), 0);
    dsa_write64(f, ENTRY(n) + 8, base);
    dsa_write64(f, ENTRY(n) + 16, size);
    dsa_write64(f, ENTRY(n), control);
    g_assert_cmphex(dsa_read64(f, ENTRY(n)), ==, control);
}

static DsaFixture *with_owner(void)
{
    DsaFixture *f = dsa_fixture_new();

    fake_port_map(f->p, OWNER, BASE, 0x1000, DSA_RW);
    dsa_map(f, DSA_SRC, 0x1000);
    dsa_map(f, DSA_DST, 0x1000);
    put_owner(f, BASE + 0x10, 0x1122334455667788);
    put_entry(f, 3, SASS | RW, 0, 0);
    return f;
}

static DsaRaw with_handles(DsaFixture *f, unsigned op, uint32_t flags,
                           uint64_t src, uint64_t dst, uint32_t size,
                           uint64_t handles)
{
    DsaRaw desc = dsa_desc(f, op, DSA_DONE | flags, src, dst, size);

    dsa_put32(desc.b + 60, (uint32_t)handles);
    return desc;
}

/* Of the source, of the destination. */
#define SRC_HANDLE(n) ((uint32_t)(n))
#define DST_HANDLE(n) ((uint32_t)(n) << 16)

static void test_copy_from_another_space(void)
{
    DsaFixture *f = with_owner();
    DsaRaw desc = with_handles(f, DSA_OP_DOMAIN_COPY, DSA_FLAG_ALT_SRC,
                               BASE + 0x10, DSA_DST, 8, SRC_HANDLE(3));
    uint64_t word;

    g_assert_cmphex(dsa_get64(dsa_execute(f, &desc)), ==, DSA_ST_SUCCESS);
    dsa_assert_log(f, "at 8:700000 r; tr 901000700010+8; "
                   "at 5:300000 rw; tw 601000300000+8; at 5:100000 rw; "
                   "tw 601000100008+18; tw 601000100000+8");
    dsa_get(f, DSA_DST, &word, 8);
    g_assert_cmphex(GUINT64_FROM_LE(word), ==, 0x1122334455667788);
    dsa_fixture_free(f);
}

static void test_fill_and_compare_another_space(void)
{
    DsaFixture *f = with_owner();
    DsaRaw desc = with_handles(f, DSA_OP_DOMAIN_FILL, DSA_FLAG_ALT_DST, 0x77,
                               BASE + 0x20, 16, DST_HANDLE(3));

    g_assert_cmphex(dsa_execute(f, &desc)[0], ==, DSA_ST_SUCCESS);
    g_assert_cmphex(get_owner(f, BASE + 0x28), ==, 0x77);
    desc = with_handles(f, DSA_OP_DOMAIN_PATTERN, DSA_FLAG_ALT_SRC,
                        BASE + 0x20, 0x77, 16, SRC_HANDLE(3));
    g_assert_cmphex(dsa_execute(f, &desc)[1], ==, 0);
    desc = with_handles(f, DSA_OP_DOMAIN_COMPARE, DSA_FLAG_ALT_DST, DSA_SRC,
                        BASE + 0x18, 16, DST_HANDLE(3));
    g_assert_cmphex(dsa_execute(f, &desc)[1], ==, 1);
    g_assert_cmphex(dsa_get32(dsa_record(f, &desc) + 4), ==, 8);
    dsa_fixture_free(f);
}

static void test_what_an_entry_forbids(void)
{
    static const struct {
        uint64_t control, base, size;
        uint64_t addr;
        uint8_t status;
    } cases[] = {
        { SASS | RW, 0, 0, BASE, DSA_ST_SUCCESS },
        { (SASS | RW) & ~1ull, 0, 0, BASE, DSA_ST_DOMAIN_HANDLE },
        { SASS | RW | 4, 0, 0, BASE, DSA_ST_DOMAIN_HANDLE },
        { (SASS | RW) ^ 1 << 12, 0, 0, BASE, DSA_ST_DOMAIN_HANDLE },
        { SASS | RW | OFFSETS, 0, 0, BASE, DSA_ST_DOMAIN_HANDLE },
        { SASS | RW, BASE, 0, BASE, DSA_ST_DOMAIN_HANDLE },
        { SASS | RW | WINDOW, BASE, 0, BASE, DSA_ST_DOMAIN_HANDLE },
        { SASS | RW | WINDOW, -8ull, 9, BASE, DSA_ST_DOMAIN_HANDLE },
        { SASS, 0, 0, BASE, DSA_ST_DOMAIN_RIGHTS },
        { SASS | 0x200000000, 0, 0, BASE, DSA_ST_DOMAIN_RIGHTS },
        { SASS | RW | WINDOW, BASE, 8, BASE, DSA_ST_SUCCESS },
        { SASS | RW | WINDOW, BASE, 7, BASE, DSA_ST_DOMAIN_RANGE },
        { SASS | RW | WINDOW, BASE + 1, 8, BASE, DSA_ST_DOMAIN_RANGE },
        { SASS | RW | WINDOW, BASE, 8, BASE + 8, DSA_ST_DOMAIN_RANGE },
        { SASS | RW | WINDOW | OFFSETS, BASE, 16, 8, DSA_ST_SUCCESS },
        { SASS | RW | WINDOW | OFFSETS, BASE, 16, 9, DSA_ST_DOMAIN_RANGE },
        { SASS | RW | WINDOW | OFFSETS, BASE, 16, BASE,
          DSA_ST_DOMAIN_RANGE },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        DsaFixture *f = with_owner();
        DsaRaw desc = with_handles(f, DSA_OP_DOMAIN_COPY, DSA_FLAG_ALT_SRC,
                                   cases[i].addr, DSA_DST, 8, SRC_HANDLE(7));
        const uint8_t *record;

        put_entry(f, 7, cases[i].control, cases[i].base, cases[i].size);
        record = dsa_execute(f, &desc);
        g_assert_cmphex(record[0], ==, cases[i].status);
        g_assert_cmphex(dsa_get16(record + 16), ==,
                        cases[i].status == DSA_ST_SUCCESS ? 0 : 7);
        dsa_fixture_free(f);
    }
}

static void test_bad_descriptors(void)
{
    static const struct {
        uint8_t op;
        uint32_t flags;
        uint32_t handles;
        uint8_t status;
    } cases[] = {
        { DSA_OP_DOMAIN_COPY, 0, 0, DSA_ST_BAD_FLAGS },
        { DSA_OP_DOMAIN_COMPARE, 0, 0, DSA_ST_BAD_FLAGS },
        { DSA_OP_DOMAIN_FILL, 0, 0, DSA_ST_BAD_FLAGS },
        { DSA_OP_DOMAIN_FILL, DSA_FLAG_ALT_SRC, 0, DSA_ST_BAD_FLAGS },
        { DSA_OP_DOMAIN_PATTERN, DSA_FLAG_ALT_DST, 0, DSA_ST_BAD_FLAGS },
        { DSA_OP_DOMAIN_COPY, DSA_FLAG_ALT_SRC, DST_HANDLE(3),
          DSA_ST_RESERVED },
        { DSA_OP_DOMAIN_COPY, DSA_FLAG_ALT_DST, SRC_HANDLE(3),
          DSA_ST_RESERVED },
        { DSA_OP_DOMAIN_COPY, DSA_FLAG_ALT_DST, DST_HANDLE(64),
          DSA_ST_DOMAIN_HANDLE },
        { DSA_OP_DOMAIN_COPY, DSA_FLAG_ALT_SRC, SRC_HANDLE(0xffff),
          DSA_ST_DOMAIN_HANDLE },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        DsaFixture *f = with_owner();
        DsaRaw desc = with_handles(f, cases[i].op, cases[i].flags, BASE, BASE,
                                   8, cases[i].handles);

        g_assert_cmphex(dsa_execute(f, &desc)[0], ==, cases[i].status);
        dsa_fixture_free(f);
    }
}

/* 3.14.4: an offset tells nothing of the owner's addresses. */
static void test_faults_name_the_handle(void)
{
    DsaFixture *f = with_owner();
    DsaRaw desc;
    const uint8_t *record;

    put_entry(f, 9, SASS | RW | WINDOW | OFFSETS, OUT, 0x1000);
    desc = with_handles(f, DSA_OP_DOMAIN_COPY, DSA_FLAG_ALT_DST, DSA_SRC,
                        0x10, 8, DST_HANDLE(9));
    record = dsa_execute(f, &desc);
    g_assert_cmphex(record[0], ==, DSA_ST_PAGE_FAULT | DSA_ST_WRITE);
    g_assert_cmphex(record[2], ==, DSA_OPERAND_DST << 1 | 1);
    g_assert_cmphex(dsa_get64(record + 8), ==, 0);
    g_assert_cmphex(dsa_get16(record + 16), ==, 9);
    desc = with_handles(f, DSA_OP_DOMAIN_COPY, DSA_FLAG_ALT_DST, DSA_SRC,
                        OUT, 8, DST_HANDLE(3));
    record = dsa_execute(f, &desc);
    g_assert_cmphex(record[2], ==, DSA_OPERAND_DST << 1);
    g_assert_cmphex(dsa_get64(record + 8), ==, OUT);
    g_assert_cmphex(dsa_get16(record + 16), ==, 3);
    dsa_fixture_free(f);
}

/* Table 9-10 */
static void test_entries_are_locked(void)
{
    DsaFixture *f = with_owner();

    dsa_write64(f, ENTRY(3), 3);
    g_assert_cmphex(dsa_read64(f, ENTRY(3)), ==, SASS | RW | 2);
    dsa_write64(f, ENTRY(3) + 8, 1);
    g_assert_cmphex(dsa_read64(f, ENTRY(3) + 8), ==, 0);
    dsa_write64(f, ENTRY(3), 2);
    g_assert_cmphex(dsa_read64(f, ENTRY(3)), ==, ((SASS | RW) & ~1ull) | 2);
    /* Not usable, but to be updated: the submitter can be changed. */
    dsa_write64(f, ENTRY(3), UINT64_MAX & ~3ull);
    g_assert_cmphex(dsa_read64(f, ENTRY(3)), ==,
                    ((SASS | RW) & ~0xfffff001ull) | 0xfffff000);
    dsa_write64(f, ENTRY(3), 0);
    g_assert_cmphex(dsa_read64(f, ENTRY(3)), ==, 0);
    dsa_fixture_free(f);
}

/* -- Update Window: PASID 5 is the owner -- */

static DsaRaw update(DsaFixture *f, uint32_t flags, uint64_t base,
                     uint64_t size, uint8_t window, uint16_t handle)
{
    DsaRaw desc = dsa_desc(f, DSA_OP_UPDATE_WINDOW, DSA_DONE | flags, base,
                           size, 0);

    desc.b[61] = window;
    dsa_put16(desc.b + 62, handle);
    return desc;
}

#define OWNED (0x0000500000000002ull | 5 << 12)

static void test_update_window(void)
{
    DsaFixture *f = with_owner();
    DsaRaw desc = update(f, 0, 0x1000, 0x2000, 0xd, 4);

    g_assert_cmphex(dsa_execute(f, &desc)[0], ==, DSA_ST_WINDOW_HANDLE);
    put_entry(f, 4, OWNED, 0, 0);
    g_assert_cmphex(dsa_execute(f, &desc)[0], ==, DSA_ST_SUCCESS);
    g_assert_cmphex(dsa_read64(f, ENTRY(4)), ==, OWNED | 0x1900000000);
    g_assert_cmphex(dsa_read64(f, ENTRY(4) + 8), ==, 0x1000);
    g_assert_cmphex(dsa_read64(f, ENTRY(4) + 16), ==, 0x2000);
    put_entry(f, 5, 0x0000600000000002ull, 0, 0);
    desc = update(f, 0, 0, 0, 3, 5);
    g_assert_cmphex(dsa_execute(f, &desc)[0], ==, DSA_ST_WINDOW_HANDLE);
    desc = update(f, 0, 0, 0, 3, 64);
    g_assert_cmphex(dsa_execute(f, &desc)[0], ==, DSA_ST_WINDOW_HANDLE);
    dsa_fixture_free(f);
}

/* 3.14.5: what began before may still use the old window. */
static void test_an_update_waits_for_users(void)
{
    DsaFixture *f = with_owner();
    DsaRaw job, first, second;

    put_entry(f, 4, OWNED | 1 | RW, 0, 0);
    job = with_handles(f, DSA_OP_DOMAIN_COPY, DSA_FLAG_ALT_DST |
                       DSA_FLAG_BLOCK_ON_FAULT, DSA_SRC, OUT, 8,
                       DST_HANDLE(4));
    first = update(f, DSA_FLAG_NO_DRAIN, 0, 0, 1, 4);
    second = update(f, 0, 0, 0, 0, 4);
    g_assert_true(dsa_submit(f, 0, &job));
    dsa_run(f);
    g_assert_true(dsa_submit(f, 1, &first));
    g_assert_true(dsa_submit(f, 1, &second));
    dsa_run(f);
    g_assert_cmphex(dsa_status(f, &first), ==, DSA_ST_SUCCESS);
    g_assert_cmphex(dsa_status(f, &second), ==, 0);
    g_assert_cmphex(dsa_read64(f, ENTRY(4)), ==, OWNED | 1);
    dsa_move(f);
    dsa_map(f, OUT, 0x1000);
    fake_port_respond(f->p, DSA_PASID, 0, SVA_PRG_SUCCESS);
    dsa_run(f);
    g_assert_cmphex(dsa_status(f, &job), ==, DSA_ST_SUCCESS);
    g_assert_cmphex(dsa_status(f, &second), ==, DSA_ST_SUCCESS);
    dsa_fixture_free(f);
}

static void test_a_space_moves(void)
{
    DsaFixture *f = with_owner();
    DsaRaw desc;

    put_entry(f, 9, SASS | RW | WINDOW | OFFSETS, OUT, 0x1000);
    desc = with_handles(f, DSA_OP_DOMAIN_COPY, DSA_FLAG_ALT_SRC |
                        DSA_FLAG_ALT_DST | DSA_FLAG_BLOCK_ON_FAULT,
                        BASE + 0x10, 0x18, 8, SRC_HANDLE(3) | DST_HANDLE(9));
    g_assert_true(dsa_submit(f, 0, &desc));
    dsa_run(f);
    dsa_move(f);
    fake_port_map(f->p, OWNER, OUT, 0x1000, DSA_RW);
    fake_port_respond(f->p, OWNER, 0, SVA_PRG_SUCCESS);
    dsa_run(f);
    g_assert_cmphex(dsa_status(f, &desc), ==, DSA_ST_SUCCESS);
    g_assert_cmphex(get_owner(f, OUT + 0x18), ==, 0x1122334455667788);
    dsa_fixture_free(f);
}

/* -- Translation Fetch (8.3.11) -- */

static void test_translations_are_fetched(void)
{
    DsaFixture *f = with_owner();
    DsaRaw desc = dsa_desc(f, DSA_OP_FETCH, DSA_DONE, DSA_SRC + 8, 0, 0x1001);

    dsa_map(f, DSA_SRC + 0x1000, 0x4000);
    g_assert_cmphex(dsa_execute(f, &desc)[0], ==, DSA_ST_SUCCESS);
    dsa_assert_log(f, "at 5:200000 r; tr 601000200008+1; "
                   "at 5:201000 r; tr 601000201008+1; at 5:100000 rw; "
                   "tw 601000100008+18; tw 601000100000+8");
    desc = dsa_desc(f, DSA_OP_FETCH, DSA_DONE | DSA_FLAG_STRIDE, DSA_SRC, 0,
                    0x4000);
    dsa_put32(desc.b + 48, 0x2000);
    g_assert_cmphex(dsa_execute(f, &desc)[0], ==, DSA_ST_SUCCESS);
    dsa_assert_log(f, "tr 601000200000+1; at 5:202000 r; "
                   "tr 601000202000+1; tw 601000100028+18; "
                   "tw 601000100020+8");
    dsa_put32(desc.b + 48, 0x800);
    g_assert_cmphex(dsa_execute(f, &desc)[0], ==, DSA_ST_BAD_ALIGN);
    dsa_put32(desc.b + 48, 0x3000);
    g_assert_cmphex(dsa_execute(f, &desc)[0], ==, DSA_ST_BAD_ALIGN);
    dsa_fixture_free(f);
}

static void test_a_fault_of_a_fetch(void)
{
    DsaFixture *f = with_owner();
    DsaRaw desc = dsa_desc(f, DSA_OP_FETCH, DSA_DONE, DSA_SRC, 0, 0x2000);

    g_assert_cmphex(dsa_execute(f, &desc)[0], ==, DSA_ST_PAGE_FAULT);
    g_assert_cmphex(dsa_get64(dsa_record(f, &desc) + 8), ==,
                    DSA_SRC + 0x1000);
    dsa_fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define T(name) g_test_add_func("/dsa/domain/" #name, test_##name)
    T(copy_from_another_space);
    T(fill_and_compare_another_space);
    T(what_an_entry_forbids);
    T(bad_descriptors);
    T(faults_name_the_handle);
    T(entries_are_locked);
    T(update_window);
    T(an_update_waits_for_users);
    T(a_space_moves);
    T(translations_are_fetched);
    T(a_fault_of_a_fetch);
    return g_test_run();
}

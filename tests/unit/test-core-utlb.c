/*
 * Tests of the micro-TLB
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/sva/core/utlb.h"

#define REQUESTER 0x8000000000000020ull

static SvaUtlbKey key(uint32_t tag, uint64_t addr)
{
    return (SvaUtlbKey) {
        .requester = REQUESTER | (uint64_t)tag << 16, .addr = addr, .tag = tag,
    };
}

static void put(SvaUtlb *utlb, uint32_t tag, uint64_t addr,
                uint64_t to)
{
    SvaUtlbKey k = key(tag, addr);
    SvaUtlbEntry entry = {
        .map = { .addr = to, .mask = 0xfff, .access = 1 },
    };

    sva_utlb_put(utlb, &k, &entry);
}

/* Where @addr goes, or 0. */
static uint64_t get(const SvaUtlb *utlb, uint32_t tag, uint64_t addr)
{
    SvaUtlbKey k = key(tag, addr);
    SvaUtlbEntry entry = { .map.addr = 0 };

    return sva_utlb_get(utlb, &k, &entry) ? entry.map.addr : 0;
}

static void test_entry_comes_back_whole(void)
{
    static const SvaUtlbEntry entries[] = {
        { { 0x000fffff12345678, 0xfff, 7, 0, false, true }, 0xfff, true },
        { { 0x0000000012345678, 0x1fffff, 1, 0, true, true }, 0, false },
        { { 0x0000000012345678, 0x3fffffff, 2, 0, false, true }, 0x801, true },
        { { 0x0000000012345678, UINT64_MAX >> 1, 4, 0, true, true }, 1, false },
        { { 0x0000000012345678, UINT64_MAX, 3, 0, false, true }, 2, true },
    };
    SvaUtlbKey k = key(1, 0x7f0000401678);
    SvaUtlb utlb;
    size_t i;

    sva_utlb_init(&utlb, 64);
    for (i = 0; i < ARRAY_SIZE(entries); i++) {
        SvaUtlbEntry out = { 0 };

        g_assert_cmpint(sva_utlb_get(&utlb, &k, &out), ==, i != 0);
        sva_utlb_put(&utlb, &k, &entries[i]);
        g_assert_true(sva_utlb_get(&utlb, &k, &out));
        g_assert_cmphex(out.map.addr, ==, entries[i].map.addr);
        g_assert_cmphex(out.map.mask, ==, entries[i].map.mask);
        g_assert_cmphex(out.map.access, ==, entries[i].map.access);
        g_assert_cmpint(out.map.snoop, ==, entries[i].map.snoop);
        g_assert_true(out.map.cached);
        g_assert_cmpint(out.flag, ==, entries[i].flag);
        g_assert_cmphex(out.tag, ==, entries[i].tag);
    }
    sva_utlb_free(&utlb);
}

static void test_offset_in_the_page_is_that_of_the_request(void)
{
    SvaUtlb utlb;
    uint64_t page;

    sva_utlb_init(&utlb, 16);
    put(&utlb, 1, 0x1234, 0x9234);
    g_assert_cmphex(get(&utlb, 1, 0x1000), ==, 0x9000);
    g_assert_cmphex(get(&utlb, 1, 0x1fff), ==, 0x9fff);
    /* More pages than there are places. */
    for (page = 2; page < 1000; page++) {
        g_assert_cmphex(get(&utlb, 1, page << 12), ==, 0);
    }
    g_assert_cmphex(get(&utlb, 1, 0x8000000000001000), ==, 0);
    sva_utlb_free(&utlb);
}

/* An invalidation of either tag drops it, and of no other. */
static void test_entry_of_two_tags(void)
{
    static const struct {
        uint32_t invalidate;
        bool gone;
    } rows[] = {
        { 1, true }, { 7, true }, { 0x1007, true }, { 0, false },
        { 2, false }, { 8, false },
    };
    SvaUtlbKey k = key(1, 0x1000);
    SvaUtlbEntry entry = {
        .map = { .addr = 0x9000, .mask = 0xfff, .access = 1 },
        .tag = 7,
    };
    SvaUtlb utlb;
    size_t i;

    sva_utlb_init(&utlb, 64);
    for (i = 0; i < ARRAY_SIZE(rows); i++) {
        sva_utlb_put(&utlb, &k, &entry);
        sva_utlb_invalidate_tag(&utlb, rows[i].invalidate);
        g_assert_true((get(&utlb, 1, 0x1000) == 0) == rows[i].gone);
    }
    sva_utlb_free(&utlb);
}

static SvaUtlbEntry ask(const SvaUtlb *utlb, SvaPasid pasid,
                          uint8_t at, uint8_t access)
{
    SvaRequest req = {
        .addr = 0x1000, .rid = 0x20, .pasid = pasid, .at = at,
        .access = access,
    };
    SvaUtlbEntry out = { 0 };

    return sva_utlb_lookup(utlb, &req, &out) ? out : (SvaUtlbEntry) { 0 };
}

/* What one request was told is for requests that are like it. */
static void test_requests(void)
{
    SvaRequest req = {
        .addr = 0x1000, .rid = 0x20, .pasid = SVA_NO_PASID,
        .access = SVA_READ,
    };
    SvaUtlbEntry entry = {
        .map = {
            .addr = 0x9000, .mask = 0xfff, .access = SVA_READ | SVA_EXEC,
        },
    };
    SvaPasid none = SVA_NO_PASID;
    SvaUtlb utlb;

    sva_utlb_init(&utlb, 64);
    req.access = SVA_READ | SVA_EXEC;
    sva_utlb_insert(&utlb, &req, &entry);
    g_assert_cmphex(ask(&utlb, none, 0, SVA_READ).map.addr, ==, 0);
    req.access = SVA_READ | SVA_PRIV;
    sva_utlb_insert(&utlb, &req, &entry);
    g_assert_cmphex(ask(&utlb, none, 0, SVA_READ).map.addr, ==, 0);
    req.access = SVA_READ;
    sva_utlb_insert(&utlb, &req, &entry);
    g_assert_cmphex(ask(&utlb, none, 0, SVA_READ).map.addr, ==, 0x9000);
    g_assert_cmphex(ask(&utlb, none, 0, SVA_WRITE).map.addr, ==, 0);
    g_assert_cmphex(ask(&utlb, none, 0, SVA_READ | SVA_EXEC).map.addr, ==, 0);
    g_assert_cmphex(ask(&utlb, none, 0, SVA_READ | SVA_PRIV).map.addr, ==, 0);
    g_assert_cmphex(ask(&utlb, none, SVA_AT_TRANSLATION, SVA_READ).map.addr,
                    ==, 0);
    g_assert_cmphex(ask(&utlb, sva_pasid(0), 0, SVA_READ).map.addr, ==, 0);
    g_assert_cmphex(ask(&utlb, sva_pasid(1), 0, SVA_READ).map.addr, ==, 0);
    sva_utlb_free(&utlb);
}

static void test_requester_matters(void)
{
    SvaUtlbKey other = { .requester = REQUESTER, .addr = 0x1000, .tag = 1 };
    SvaUtlbEntry out;
    SvaUtlb utlb;

    sva_utlb_init(&utlb, 64);
    put(&utlb, 1, 0x1000, 0x9000);
    g_assert_false(sva_utlb_get(&utlb, &other, &out));
    sva_utlb_free(&utlb);
}

static void test_a_tag_is_invalidated_alone(void)
{
    SvaUtlb utlb;

    sva_utlb_init(&utlb, 64);
    put(&utlb, 1, 0x1000, 0x9000);
    put(&utlb, 2, 0x1000, 0xa000);
    sva_utlb_invalidate_tag(&utlb, 1);
    g_assert_cmphex(get(&utlb, 1, 0x1000), ==, 0);
    g_assert_cmphex(get(&utlb, 2, 0x1000), ==, 0xa000);
    put(&utlb, 1, 0x1000, 0xb000);
    g_assert_cmphex(get(&utlb, 1, 0x1000), ==, 0xb000);
    /* Numbers that share their low bits share a generation. */
    sva_utlb_invalidate_tag(&utlb, 2 + SVA_UTLB_TAGS);
    g_assert_cmphex(get(&utlb, 2, 0x1000), ==, 0);
    sva_utlb_free(&utlb);
}

/* One more of either number must not look like the other. */
static void test_invalid_stays_invalid(void)
{
    SvaUtlb utlb;

    sva_utlb_init(&utlb, 64);
    put(&utlb, 1, 0x1000, 0x9000);
    sva_utlb_invalidate_all(&utlb);
    g_assert_cmphex(get(&utlb, 1, 0x1000), ==, 0);
    put(&utlb, 1, 0x1000, 0x9000);
    sva_utlb_invalidate_tag(&utlb, 1);
    sva_utlb_invalidate_all(&utlb);
    g_assert_cmphex(get(&utlb, 1, 0x1000), ==, 0);
    put(&utlb, 1, 0x1000, 0x9000);
    sva_utlb_reset(&utlb);
    g_assert_cmphex(get(&utlb, 1, 0x1000), ==, 0);
    sva_utlb_free(&utlb);
}

static unsigned held(const SvaUtlb *utlb, unsigned count)
{
    unsigned i, n = 0;

    for (i = 0; i < count; i++) {
        n += get(utlb, i, 0x1000) != 0;
    }
    return n;
}

static void test_it_grows_with_use_up_to_its_bound(void)
{
    SvaUtlb utlb;
    unsigned round, i;

    sva_utlb_init(&utlb, 4096);
    g_assert_cmpuint(utlb.table->sets, ==, 64);
    for (round = 0; round < 40; round++) {
        for (i = 0; i < 2000; i++) {
            if (!get(&utlb, i, 0x1000)) {
                put(&utlb, i, 0x1000, 0x9000);
            }
        }
    }
    g_assert_cmpuint(utlb.table->sets, >, 512);
    g_assert_cmpuint(held(&utlb, 2000), >, 1600);
    for (i = 0; i < 1000000; i++) {
        put(&utlb, i, 0x1000, 0x9000);
    }
    g_assert_cmpuint(utlb.table->sets, ==, 2048);
    sva_utlb_reset(&utlb);
    g_assert_cmpuint(utlb.table->sets, ==, 64);
    g_assert_cmpuint(held(&utlb, 2000), ==, 0);
    sva_utlb_free(&utlb);
}

static void test_few_entries_need_no_more_sets(void)
{
    SvaUtlb utlb;
    unsigned i;

    sva_utlb_init(&utlb, 1u << 20);
    for (i = 0; i < 100000; i++) {
        sva_utlb_invalidate_all(&utlb);
        put(&utlb, i % 16, 0x1000, 0x9000);
    }
    g_assert_cmpuint(utlb.table->sets, ==, 64);
    sva_utlb_free(&utlb);
    sva_utlb_init(&utlb, 0);
    g_assert_cmpuint(utlb.table->sets, ==, 8);
    sva_utlb_free(&utlb);
}

static void test_who_looks_while_it_changes_finds_nothing(void)
{
    SvaRequest req = {
        .addr = 0x5678, .pasid = sva_pasid(1), .rid = 0x20, .access = 1,
    };
    SvaUtlbEntry entry = { .map = { .addr = 0x9000, .mask = 0xfff,
                                    .access = 1 } };
    SvaUtlb utlb;

    sva_utlb_init(&utlb, 64);
    sva_utlb_insert(&utlb, &req, &entry);
    g_assert_true(sva_utlb_peek(&utlb, &req, &entry));
    sva_utlb_change_begin(&utlb);
    g_assert_false(sva_utlb_peek(&utlb, &req, &entry));
    sva_utlb_change_end(&utlb);
    g_assert_true(sva_utlb_peek(&utlb, &req, &entry));
    sva_utlb_invalidate_tag(&utlb, 1);
    g_assert_false(sva_utlb_peek(&utlb, &req, &entry));
    g_assert_cmpuint(utlb.sequence % 2, ==, 0);
    sva_utlb_free(&utlb);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CASE(fn) g_test_add_func("/utlb/" #fn, test_##fn)
    CASE(entry_comes_back_whole);
    CASE(offset_in_the_page_is_that_of_the_request);
    CASE(requester_matters);
    CASE(entry_of_two_tags);
    CASE(requests);
    CASE(a_tag_is_invalidated_alone);
    CASE(invalid_stays_invalid);
    CASE(it_grows_with_use_up_to_its_bound);
    CASE(few_entries_need_no_more_sets);
    CASE(who_looks_while_it_changes_finds_nothing);
    return g_test_run();
}

/*
 * Tests of the front cache
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/sva/core/utlb.h"

#define WHO 0x8000000000000020ull

static SvaFrontKey key(uint32_t group, uint64_t addr)
{
    return (SvaFrontKey) {
        .who = WHO | (uint64_t)group << 16, .addr = addr, .group = group,
    };
}

static void put(SvaFrontCache *front, uint32_t group, uint64_t addr,
                uint64_t to)
{
    SvaFrontKey k = key(group, addr);
    SvaFrontAnswer answer = { .addr = to, .mask = 0xfff, .access = 1 };

    sva_front_put(front, &k, &answer);
}

/* Where @addr goes, or 0. */
static uint64_t get(const SvaFrontCache *front, uint32_t group, uint64_t addr)
{
    SvaFrontKey k = key(group, addr);
    SvaFrontAnswer answer = { .addr = 0 };

    return sva_front_get(front, &k, &answer) ? answer.addr : 0;
}

static void test_answer_comes_back_whole(void)
{
    static const SvaFrontAnswer answers[] = {
        { 0x000fffff12345678, 0xfff, 7, true, 0xfff },
        { 0x0000000012345678, 0x1fffff, 1, false, 0 },
        { 0x0000000012345678, 0x3fffffff, 2, true, 0x801 },
        { 0x0000000012345678, UINT64_MAX >> 1, 4, false, 1 },
        { 0x0000000012345678, UINT64_MAX, 3, true, 2 },
    };
    SvaFrontKey k = key(1, 0x7f0000401678);
    SvaFrontCache front;
    size_t i;

    sva_front_init(&front, 64);
    for (i = 0; i < ARRAY_SIZE(answers); i++) {
        SvaFrontAnswer out = { 0 };

        g_assert_cmpint(sva_front_get(&front, &k, &out), ==, i != 0);
        sva_front_put(&front, &k, &answers[i]);
        g_assert_true(sva_front_get(&front, &k, &out));
        g_assert_cmphex(out.addr, ==, answers[i].addr);
        g_assert_cmphex(out.mask, ==, answers[i].mask);
        g_assert_cmphex(out.access, ==, answers[i].access);
        g_assert_cmpint(out.flag, ==, answers[i].flag);
        g_assert_cmphex(out.group, ==, answers[i].group);
    }
    sva_front_free(&front);
}

static void test_offset_in_the_page_is_that_of_the_request(void)
{
    SvaFrontCache front;
    uint64_t page;

    sva_front_init(&front, 16);
    put(&front, 1, 0x1234, 0x9234);
    g_assert_cmphex(get(&front, 1, 0x1000), ==, 0x9000);
    g_assert_cmphex(get(&front, 1, 0x1fff), ==, 0x9fff);
    /* More pages than there are places. */
    for (page = 2; page < 1000; page++) {
        g_assert_cmphex(get(&front, 1, page << 12), ==, 0);
    }
    g_assert_cmphex(get(&front, 1, 0x8000000000001000), ==, 0);
    sva_front_free(&front);
}

/* Either group takes it along, and no other. */
static void test_answer_of_two_groups(void)
{
    static const struct {
        uint32_t forget;
        bool gone;
    } rows[] = {
        { 1, true }, { 7, true }, { 0x1007, true }, { 0, false },
        { 2, false }, { 8, false },
    };
    SvaFrontKey k = key(1, 0x1000);
    SvaFrontAnswer answer = {
        .addr = 0x9000, .mask = 0xfff, .access = 1, .group = 7,
    };
    SvaFrontCache front;
    size_t i;

    sva_front_init(&front, 64);
    for (i = 0; i < ARRAY_SIZE(rows); i++) {
        sva_front_put(&front, &k, &answer);
        sva_front_forget_group(&front, rows[i].forget);
        g_assert_true((get(&front, 1, 0x1000) == 0) == rows[i].gone);
    }
    sva_front_free(&front);
}

static SvaFrontAnswer ask(const SvaFrontCache *front, SvaPasid pasid,
                          uint8_t at, uint8_t access)
{
    SvaRequest req = {
        .addr = 0x1000, .rid = 0x20, .pasid = pasid, .at = at,
        .access = access,
    };
    SvaFrontAnswer out = { 0 };

    return sva_front_known(front, &req, &out) ? out : (SvaFrontAnswer) { 0 };
}

/* What one request was told is for requests that are like it. */
static void test_requests(void)
{
    SvaRequest req = {
        .addr = 0x1000, .rid = 0x20, .pasid = SVA_NO_PASID,
        .access = SVA_READ,
    };
    SvaFrontAnswer answer = {
        .addr = 0x9000, .mask = 0xfff, .access = SVA_READ | SVA_EXEC,
    };
    SvaPasid none = SVA_NO_PASID;
    SvaFrontCache front;

    sva_front_init(&front, 64);
    req.access = SVA_READ | SVA_EXEC;
    sva_front_remember(&front, &req, &answer);
    g_assert_cmphex(ask(&front, none, 0, SVA_READ).addr, ==, 0);
    req.access = SVA_READ | SVA_PRIV;
    sva_front_remember(&front, &req, &answer);
    g_assert_cmphex(ask(&front, none, 0, SVA_READ).addr, ==, 0);
    req.access = SVA_READ;
    sva_front_remember(&front, &req, &answer);
    g_assert_cmphex(ask(&front, none, 0, SVA_READ).addr, ==, 0x9000);
    g_assert_cmphex(ask(&front, none, 0, SVA_WRITE).addr, ==, 0);
    g_assert_cmphex(ask(&front, none, 0, SVA_READ | SVA_EXEC).addr, ==, 0);
    g_assert_cmphex(ask(&front, none, 0, SVA_READ | SVA_PRIV).addr, ==, 0);
    g_assert_cmphex(ask(&front, none, SVA_AT_TRANSLATION, SVA_READ).addr,
                    ==, 0);
    g_assert_cmphex(ask(&front, sva_pasid(0), 0, SVA_READ).addr, ==, 0);
    g_assert_cmphex(ask(&front, sva_pasid(1), 0, SVA_READ).addr, ==, 0);
    sva_front_free(&front);
}

static void test_who_asks_matters(void)
{
    SvaFrontKey other = { .who = WHO, .addr = 0x1000, .group = 1 };
    SvaFrontAnswer out;
    SvaFrontCache front;

    sva_front_init(&front, 64);
    put(&front, 1, 0x1000, 0x9000);
    g_assert_false(sva_front_get(&front, &other, &out));
    sva_front_free(&front);
}

static void test_a_group_is_forgotten_alone(void)
{
    SvaFrontCache front;

    sva_front_init(&front, 64);
    put(&front, 1, 0x1000, 0x9000);
    put(&front, 2, 0x1000, 0xa000);
    sva_front_forget_group(&front, 1);
    g_assert_cmphex(get(&front, 1, 0x1000), ==, 0);
    g_assert_cmphex(get(&front, 2, 0x1000), ==, 0xa000);
    put(&front, 1, 0x1000, 0xb000);
    g_assert_cmphex(get(&front, 1, 0x1000), ==, 0xb000);
    /* Numbers that share their low bits share what is forgotten. */
    sva_front_forget_group(&front, 2 + SVA_FRONT_GROUPS);
    g_assert_cmphex(get(&front, 2, 0x1000), ==, 0);
    sva_front_free(&front);
}

/* One more of either number must not look like the other. */
static void test_forgotten_stays_forgotten(void)
{
    SvaFrontCache front;

    sva_front_init(&front, 64);
    put(&front, 1, 0x1000, 0x9000);
    sva_front_forget_all(&front);
    g_assert_cmphex(get(&front, 1, 0x1000), ==, 0);
    put(&front, 1, 0x1000, 0x9000);
    sva_front_forget_group(&front, 1);
    sva_front_forget_all(&front);
    g_assert_cmphex(get(&front, 1, 0x1000), ==, 0);
    put(&front, 1, 0x1000, 0x9000);
    sva_front_reset(&front);
    g_assert_cmphex(get(&front, 1, 0x1000), ==, 0);
    sva_front_free(&front);
}

static unsigned known(const SvaFrontCache *front, unsigned count)
{
    unsigned i, n = 0;

    for (i = 0; i < count; i++) {
        n += get(front, i, 0x1000) != 0;
    }
    return n;
}

static void test_it_grows_with_use_up_to_its_bound(void)
{
    SvaFrontCache front;
    unsigned round, i;

    sva_front_init(&front, 4096);
    g_assert_cmpuint(front.lines, ==, 64);
    for (round = 0; round < 40; round++) {
        for (i = 0; i < 2000; i++) {
            if (!get(&front, i, 0x1000)) {
                put(&front, i, 0x1000, 0x9000);
            }
        }
    }
    g_assert_cmpuint(front.lines, >, 512);
    g_assert_cmpuint(known(&front, 2000), >, 1600);
    for (i = 0; i < 1000000; i++) {
        put(&front, i, 0x1000, 0x9000);
    }
    g_assert_cmpuint(front.lines, ==, 2048);
    sva_front_reset(&front);
    g_assert_cmpuint(front.lines, ==, 64);
    g_assert_cmpuint(known(&front, 2000), ==, 0);
    sva_front_free(&front);
}

static void test_few_answers_need_no_more_room(void)
{
    SvaFrontCache front;
    unsigned i;

    sva_front_init(&front, 1u << 20);
    for (i = 0; i < 100000; i++) {
        sva_front_forget_all(&front);
        put(&front, i % 16, 0x1000, 0x9000);
    }
    g_assert_cmpuint(front.lines, ==, 64);
    sva_front_free(&front);
    sva_front_init(&front, 0);
    g_assert_cmpuint(front.lines, ==, 8);
    sva_front_free(&front);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CASE(fn) g_test_add_func("/front-cache/" #fn, test_##fn)
    CASE(answer_comes_back_whole);
    CASE(offset_in_the_page_is_that_of_the_request);
    CASE(who_asks_matters);
    CASE(answer_of_two_groups);
    CASE(requests);
    CASE(a_group_is_forgotten_alone);
    CASE(forgotten_stays_forgotten);
    CASE(it_grows_with_use_up_to_its_bound);
    CASE(few_answers_need_no_more_room);
    return g_test_run();
}

/*
 * Tests of the liberties of a function: taken, and still within the rules
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "endpoint-fixture.h"

#define RW (SVA_READ | SVA_WRITE)
#define VA 0x40010000ull
#define MS 1000000ll
#define SEEDS 64
/* More than any invalidate request or pause of an access takes. */
#define LATEST (4 * MS)

static void access_one(EndpointFixture *f, uint64_t va)
{
    endpoint_start(f, 0, SVA_ACCESS_ATS, va, true);
    g_assert_cmpint(endpoint_step(f, 0), ==, SVA_ACCESS_DONE);
}

static void forget_log(EndpointFixture *f)
{
    g_free(fake_port_take_log(f->p));
}

static const SvaAtcEntry *held(EndpointFixture *f, uint64_t va)
{
    return sva_atc_lookup(f->fn.atc, sva_pasid(1), va);
}

static void test_nothing_is_replaced(void)
{
    EndpointFixture *f = endpoint_fixture_adversary(1);

    endpoint_map(f, 0, VA, 1000 * SVA_PAGE_SIZE, RW);
    for (unsigned i = 0; i < 1000; i++) {
        access_one(f, VA + i * SVA_PAGE_SIZE);
    }
    for (unsigned i = 0; i < 1000; i++) {
        const SvaAtcEntry *entry = held(f, VA + i * SVA_PAGE_SIZE);

        g_assert_nonnull(entry);
        g_assert_cmphex(entry->pa, ==,
                        fake_port_pa(sva_pasid(1), VA + i * SVA_PAGE_SIZE));
    }
    endpoint_fixture_free(f);
}

static void test_a_cache_grows_no_further_than_the_largest_one(void)
{
    SvaAtc *atc = sva_atc_new(SVA_ATC_ENTRIES_MAX);
    unsigned pages = 0;

    sva_atc_never_replace(atc);
    for (unsigned i = 0; i < 8; i++) {
        /* All of one set. */
        sva_atc_insert(atc, &(SvaAtcEntry) {
            .page = (uint64_t)i * SVA_ATC_ENTRIES_MAX << SVA_PAGE_SHIFT,
            .access = RW,
        });
    }
    for (unsigned i = 0; i < 8; i++) {
        pages += sva_atc_lookup(atc, SVA_NO_PASID, (uint64_t)i *
                                SVA_ATC_ENTRIES_MAX << SVA_PAGE_SHIFT) != NULL;
    }
    g_assert_cmpuint(pages, ==, 4);
    sva_atc_free(atc);
}

static void test_neighbours_are_translated_in_advance(void)
{
    unsigned others = 0;

    for (uint32_t seed = 1; seed <= SEEDS; seed++) {
        EndpointFixture *f = endpoint_fixture_adversary(seed);

        endpoint_map(f, 0, VA - 0x8000, 0x11000, RW);
        access_one(f, VA);
        for (uint64_t va = VA - 0x8000; va < VA + 0x9000; va += 0x1000) {
            bool near = va >= VA - 0x4000 && va <= VA + 0x4000;

            g_assert_true(near || !held(f, va));
            others += va != VA && held(f, va);
        }
        /* What is counted for the access is what it needed. */
        g_assert_cmpuint(f->work[0].counter[SVA_FN_ATS_REQUESTS], ==, 1);
        endpoint_fixture_free(f);
    }
    g_assert_cmpuint(others, >, 0);
}

static void check_neighbour(FakePort *p G_GNUC_UNUSED, const char *tlp,
                            void *opaque)
{
    uint64_t *page = opaque;

    if (g_str_has_prefix(tlp, "at 1:")) {
        g_assert_cmphex((g_ascii_strtoull(tlp + 5, NULL, 16) ^ *page) >> 30,
                        ==, 0);
    }
}

static void test_the_ends_of_the_address_space_have_no_neighbours(void)
{
    uint64_t ends[] = { 0, 0x7ffffffff000, 0xfffffffffffff000 };

    for (uint32_t seed = 1; seed <= SEEDS; seed++) {
        EndpointFixture *f = endpoint_fixture_adversary(seed);

        f->p->hook = check_neighbour;
        for (unsigned i = 0; i < G_N_ELEMENTS(ends); i++) {
            f->p->hook_opaque = &ends[i];
            endpoint_map(f, 0, ends[i], 8, RW);
            access_one(f, ends[i]);
        }
        endpoint_fixture_free(f);
    }
}

/* Returns whether it was carried out at once. */
static bool invalidate(EndpointFixture *f, uint64_t va, uint32_t itag)
{
    g_autofree char *log = NULL;

    forget_log(f);
    fake_port_invalidate(f->p, &(SvaAtcInvalidation) {
        .addr = va, .mask = 0xfff, .pasid = sva_pasid(1), .itag = itag,
    });
    log = fake_port_take_log(f->p);
    return *log;
}

static void test_a_translation_is_used_until_the_completion(void)
{
    unsigned late = 0;

    for (uint32_t seed = 1; seed <= SEEDS; seed++) {
        EndpointFixture *f = endpoint_fixture_adversary(seed);

        endpoint_map(f, 0, VA, 8, RW);
        access_one(f, VA);
        endpoint_map(f, 0, VA, 8, SVA_NONE);
        if (!invalidate(f, VA, 7)) {
            late++;
            g_assert_nonnull(held(f, VA));
            access_one(f, VA);
            endpoint_assert_log(f, "tw 201040010000+8");
            fake_env_advance(f->env, LATEST);
            endpoint_assert_log(f, "ic 7");
        }
        g_assert_null(held(f, VA));
        g_assert_cmpuint(f->counter[SVA_FN_INVALIDATIONS], ==, 1);
        g_assert_cmpuint(f->counter[SVA_FN_ATC_DROPPED], ==, 1);
        g_assert_cmpuint(f->counter[SVA_FN_ATC_STALE_HITS], ==, 0);
        endpoint_start(f, 0, SVA_ACCESS_ATS, VA, true);
        endpoint_assert_fails(f, 0, SVA_ACCESS_PAGE_FAULT);
        endpoint_fixture_free(f);
    }
    g_assert_cmpuint(late, >, SEEDS / 2);
    g_assert_cmpuint(late, <, SEEDS);
}

typedef struct Completions {
    EndpointFixture *f;
    unsigned n;
    bool turned;
    uint32_t last;
} Completions;

/* Whoever sees a completion may give the page to somebody else. */
static void check_completion(FakePort *p G_GNUC_UNUSED, const char *tlp,
                             void *opaque)
{
    Completions *c = opaque;
    uint32_t itag;

    if (g_str_has_prefix(tlp, "ic ")) {
        itag = (uint32_t)atoi(tlp + 3);
        g_assert_null(held(c->f, VA + itag * SVA_PAGE_SIZE));
        c->turned |= itag < c->last;
        c->last = itag;
        c->n++;
    }
}

static void test_completions_come_in_any_order(void)
{
    unsigned turned = 0;

    for (uint32_t seed = 1; seed <= SEEDS; seed++) {
        EndpointFixture *f = endpoint_fixture_adversary(seed);
        Completions c = { .f = f };

        endpoint_map(f, 0, VA, 40 * SVA_PAGE_SIZE, RW);
        for (unsigned i = 0; i < 40; i++) {
            access_one(f, VA + i * SVA_PAGE_SIZE);
        }
        f->p->hook = check_completion;
        f->p->hook_opaque = &c;
        for (unsigned i = 0; i < 40; i++) {
            invalidate(f, VA + i * SVA_PAGE_SIZE, i);
        }
        fake_env_advance(f->env, LATEST);
        g_assert_cmpuint(c.n, ==, 40);
        turned += c.turned;
        endpoint_fixture_free(f);
    }
    g_assert_cmpuint(turned, >, SEEDS / 2);
}

static void test_a_reset_by_a_register_completes_what_is_late(void)
{
    for (uint32_t seed = 1; seed <= SEEDS; seed++) {
        EndpointFixture *f = endpoint_fixture_adversary(seed);

        if (!invalidate(f, VA, 3)) {
            sva_function_quiesce(&f->fn);
            endpoint_assert_log(f, "ic 3");
        }
        sva_function_clear(&f->fn);
        fake_env_advance(f->env, LATEST);
        endpoint_assert_log(f, "");
        endpoint_fixture_free(f);
    }
}

static void test_late_completions_move(void)
{
    for (uint32_t seed = 1; seed <= SEEDS; seed++) {
        EndpointFixture *f = endpoint_fixture_adversary(seed);

        endpoint_map(f, 0, VA, 8, RW);
        access_one(f, VA);
        if (!invalidate(f, VA, 3)) {
            g_assert_cmpstr(endpoint_move(f), ==, NULL);
            g_assert_null(held(f, VA));
            fake_env_advance(f->env, LATEST);
            endpoint_assert_log(f, "ic 3");
        }
        endpoint_fixture_free(f);
    }
}

/* -- page requests -- */

static void ask(EndpointFixture *f, unsigned i, unsigned pages)
{
    SvaMemRequest req = endpoint_request(f, i, SVA_ACCESS_ATS_PRI, VA, true);

    req.end = VA + pages * SVA_PAGE_SIZE;
    sva_mem_access_start(&f->work[i].access, &req);
}

typedef struct Requests {
    unsigned n;
    unsigned most;
    bool turned;
    uint64_t last_page;
} Requests;

static void check_request(FakePort *p G_GNUC_UNUSED, const char *tlp,
                          void *opaque)
{
    Requests *r = opaque;
    uint64_t page;

    if (!g_str_has_prefix(tlp, "pr 1:")) {
        return;
    }
    page = g_ascii_strtoull(tlp + 5, NULL, 16);
    g_assert_cmphex(page, >=, VA);
    g_assert_cmphex(page, <, VA + 6 * SVA_PAGE_SIZE);
    r->turned |= r->n && page < r->last_page;
    r->last_page = page;
    r->n++;
    if (g_str_has_suffix(tlp, " L")) {
        r->most = MAX(r->most, r->n);
        r->n = 0;
    }
}

/* Until it ends, however often it is paused. */
static SvaAccessResult finish(EndpointFixture *f, unsigned i)
{
    SvaAccessResult result;

    for (unsigned n = 0; n < 20; n++) {
        result = endpoint_step(f, i);
        if (result != SVA_ACCESS_WAITS) {
            break;
        }
        endpoint_wakes(f, i);
        fake_env_advance(f->env, LATEST);
        g_assert_cmphex(endpoint_wakes(f, i), ==,
                        1u << f->work[i].access.wait);
    }
    return result;
}

static void test_groups_have_several_pages_in_any_order(void)
{
    Requests all = { 0 };
    unsigned turned = 0;

    for (uint32_t seed = 1; seed <= SEEDS; seed++) {
        EndpointFixture *f = endpoint_fixture_adversary(seed);

        all.turned = false;
        f->p->hook = check_request;
        f->p->hook_opaque = &all;
        f->p->prg_policy = FAKE_PRG_MAP;
        ask(f, 0, 6);
        g_assert_cmpint(finish(f, 0), ==, SVA_ACCESS_DONE);
        turned += all.turned;
        g_assert_cmpuint(all.n, ==, 0);
        g_assert_cmpuint(sva_prg_credits(&f->fn.prg), ==, 8);
        endpoint_fixture_free(f);
    }
    g_assert_cmpuint(all.most, ==, 6);
    g_assert_cmpuint(turned, >, 0);
}

/* A device that is told to leave a group open leaves what it was told. */
static void test_groups_without_an_end_keep_their_size(void)
{
    for (uint32_t seed = 1; seed <= SEEDS; seed++) {
        EndpointFixture *f = endpoint_fixture_adversary(seed);

        f->bad.withhold_last = true;
        f->work[0].pages = 6;
        ask(f, 0, 6);
        for (unsigned i = 0; i < 4; i++) {
            g_assert_cmpint(endpoint_step(f, 0), ==, SVA_ACCESS_WAITS);
            fake_env_advance(f->env, LATEST);
        }
        g_assert_cmpuint(f->work[0].counter[SVA_FN_PAGE_REQUESTS], ==, 5);
        endpoint_fixture_free(f);
    }
}

static void test_a_page_is_asked_for_again_after_success(void)
{
    unsigned again = 0;

    for (uint32_t seed = 1; seed <= SEEDS; seed++) {
        EndpointFixture *f = endpoint_fixture_adversary(seed);
        uint64_t requests;

        f->p->prg_policy = FAKE_PRG_MAP;
        ask(f, 0, 1);
        g_assert_cmpint(finish(f, 0), ==, SVA_ACCESS_DONE);
        requests = f->work[0].counter[SVA_FN_PAGE_REQUESTS];
        g_assert_cmpuint(requests, >=, 1);
        g_assert_cmpuint(requests, <=, 2);
        again += requests == 2;
        endpoint_fixture_free(f);
    }
    g_assert_cmpuint(again, >, 0);
    g_assert_cmpuint(again, <, SEEDS / 2);
}

static void test_a_page_is_not_asked_for_again_when_that_is_forbidden(void)
{
    for (uint32_t seed = 1; seed <= SEEDS; seed++) {
        EndpointFixture *f = endpoint_fixture_adversary(seed);

        ask(f, 0, 1);
        endpoint_step(f, 0);
        fake_env_advance(f->env, LATEST);
        endpoint_assert_waits(f, 0, SVA_ACCESS_WAIT_RESPONSE);
        endpoint_map(f, 0, VA, 8, RW);
        fake_port_respond(f->p, sva_pasid(1), 0, SVA_PRG_SUCCESS);
        sva_function_set_pri(&f->fn, &(SvaPriControl) { .allocation = 8 });
        g_assert_cmpint(endpoint_step(f, 0), ==, SVA_ACCESS_DONE);
        endpoint_fixture_free(f);
    }
}

static void note_group(FakePort *p G_GNUC_UNUSED, const char *tlp,
                       void *opaque)
{
    GString *order = opaque;

    if (g_str_has_prefix(tlp, "pr ") && g_str_has_suffix(tlp, " L")) {
        g_string_append_c(order, tlp[3]);
    }
}

/* Three accesses begin in turn; all that are woken go on. */
static char *order_of_groups(uint32_t seed)
{
    EndpointFixture *f = endpoint_fixture_adversary(seed);
    GString *order = g_string_new("");

    f->p->hook = note_group;
    f->p->hook_opaque = order;
    for (unsigned i = 0; i < ENDPOINT_ACCESSES; i++) {
        ask(f, i, 1);
        endpoint_step(f, i);
    }
    for (unsigned n = 0; n < 8; n++) {
        fake_env_advance(f->env, LATEST);
        for (unsigned i = 0; i < ENDPOINT_ACCESSES; i++) {
            if (endpoint_wakes(f, i)) {
                endpoint_step(f, i);
            }
        }
    }
    g_assert_cmpuint(order->len, ==, ENDPOINT_ACCESSES);
    endpoint_fixture_free(f);
    return g_string_free(order, false);
}

static void test_groups_come_in_any_order(void)
{
    g_autoptr(GHashTable) orders = g_hash_table_new_full(g_str_hash,
                                                         g_str_equal, g_free,
                                                         NULL);

    for (uint32_t seed = 1; seed <= SEEDS; seed++) {
        g_hash_table_add(orders, order_of_groups(seed));
    }
    g_assert_cmpuint(g_hash_table_size(orders), >=, 4);
}

static void test_a_seed_repeats_itself(void)
{
    for (uint32_t seed = 1; seed <= 8; seed++) {
        g_autofree char *one = order_of_groups(seed);
        g_autofree char *two = order_of_groups(seed);

        g_assert_cmpstr(one, ==, two);
    }
}

/* A response that has come, or a group that is held back. */
static void test_what_is_paused_moves(void)
{
    unsigned held_back = 0, unheard = 0;

    for (uint32_t seed = 1; seed <= SEEDS; seed++) {
        EndpointFixture *f = endpoint_fixture_adversary(seed);
        SvaMemAccess *access = &f->work[0].access;

        ask(f, 0, 1);
        g_assert_cmpint(endpoint_step(f, 0), ==, SVA_ACCESS_WAITS);
        if (access->wait == SVA_ACCESS_WAIT_CREDIT) {
            held_back++;
        } else {
            endpoint_map(f, 0, VA, 8, RW);
            fake_port_respond(f->p, sva_pasid(1), 0, SVA_PRG_SUCCESS);
            unheard += !endpoint_wakes(f, 0);
        }
        endpoint_wakes(f, 0);
        g_assert_cmpstr(endpoint_move(f), ==, NULL);
        f->p->prg_policy = FAKE_PRG_MAP;
        fake_env_advance(f->env, 0);
        g_assert_cmphex(endpoint_wakes(f, 0), !=, 0);
        g_assert_cmpint(finish(f, 0), ==, SVA_ACCESS_DONE);
        endpoint_fixture_free(f);
    }
    g_assert_cmpuint(held_back, >, 0);
    g_assert_cmpuint(unheard, >, 0);
}

static void test_a_reset_ends_all_pauses(void)
{
    for (uint32_t seed = 1; seed <= SEEDS; seed++) {
        EndpointFixture *f = endpoint_fixture_adversary(seed);

        ask(f, 0, 1);
        endpoint_step(f, 0);
        sva_function_reset(&f->fn);
        g_assert_false(f->fn.pausing);
        endpoint_wakes(f, 0);
        fake_env_advance(f->env, LATEST);
        g_assert_cmphex(endpoint_wakes(f, 0), ==, 0);
        endpoint_fixture_free(f);
    }
}

#define ADD(name) g_test_add_func("/endpoint/adversary/" #name, test_##name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(nothing_is_replaced);
    ADD(a_cache_grows_no_further_than_the_largest_one);
    ADD(neighbours_are_translated_in_advance);
    ADD(the_ends_of_the_address_space_have_no_neighbours);
    ADD(a_translation_is_used_until_the_completion);
    ADD(completions_come_in_any_order);
    ADD(a_reset_by_a_register_completes_what_is_late);
    ADD(late_completions_move);
    ADD(groups_have_several_pages_in_any_order);
    ADD(groups_without_an_end_keep_their_size);
    ADD(a_page_is_asked_for_again_after_success);
    ADD(a_page_is_not_asked_for_again_when_that_is_forbidden);
    ADD(groups_come_in_any_order);
    ADD(a_seed_repeats_itself);
    ADD(what_is_paused_moves);
    ADD(a_reset_ends_all_pauses);
    return g_test_run();
}

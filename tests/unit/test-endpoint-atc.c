/*
 * Tests of the accelerator's address translation cache
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include <glib.h>
#include "hw/sva/endpoint/atc.h"

static void put(SvaAtc *atc, SvaPasid pasid, uint64_t page)
{
    sva_atc_insert(atc, &(SvaAtcEntry) {
        .page = page, .pa = page + 0x100000000, .pasid = pasid,
        .access = SVA_READ,
    });
}

/* 2^(12 + @order) bytes, of which @page is one page. */
static void put_range(SvaAtc *atc, SvaPasid pasid, uint64_t page,
                      uint8_t order)
{
    sva_atc_insert(atc, &(SvaAtcEntry) {
        .page = page, .pa = page + (1ull << 40), .pasid = pasid,
        .access = SVA_READ, .order = order,
    });
}

static bool has(SvaAtc *atc, SvaPasid pasid, uint64_t page)
{
    return sva_atc_lookup(atc, pasid, page) != NULL;
}

static unsigned drop(SvaAtc *atc, SvaPasid pasid, uint64_t addr,
                     uint64_t mask)
{
    return sva_atc_invalidate(atc, &(SvaAtcInvalidation) {
        .addr = addr, .mask = mask, .pasid = pasid,
    });
}

static void test_a_page_is_found_by_any_address_in_it(void)
{
    SvaAtc *atc = sva_atc_new(16);
    const SvaAtcEntry *entry;

    put(atc, sva_pasid(5), 0x7000);
    entry = sva_atc_lookup(atc, sva_pasid(5), 0x7fff);
    g_assert_nonnull(entry);
    g_assert_cmphex(entry->page, ==, 0x7000);
    g_assert_cmphex(entry->pa, ==, 0x100007000);
    g_assert_cmphex(entry->access, ==, 1);
    sva_atc_flush(atc);
    put(atc, sva_pasid(5), 0x7123);
    g_assert_cmphex(sva_atc_lookup(atc, sva_pasid(5), 0x7fff)->page, ==,
                    0x7000);
    g_assert_null(sva_atc_lookup(atc, sva_pasid(5), 0x8000));
    g_assert_null(sva_atc_lookup(atc, sva_pasid(5), 0x6fff));
    sva_atc_free(atc);
}

static void test_no_pasid_is_not_pasid_0(void)
{
    SvaAtc *atc = sva_atc_new(16);

    put(atc, SVA_NO_PASID, 0x1000);
    g_assert_false(has(atc, sva_pasid(0), 0x1000));
    put(atc, sva_pasid(0), 0x1000);
    g_assert_cmpuint(drop(atc, SVA_NO_PASID, 0x1000, 0xfff), ==, 1);
    g_assert_true(has(atc, sva_pasid(0), 0x1000));
    g_assert_false(has(atc, SVA_NO_PASID, 0x1000));
    sva_atc_free(atc);
}

static void test_inserting_again_replaces_the_rights(void)
{
    SvaAtc *atc = sva_atc_new(16);
    SvaAtcEntry entry = {
        .page = 0x1000, .pa = 0x5000, .pasid = sva_pasid(1),
        .access = SVA_READ | SVA_WRITE,
    };

    put(atc, sva_pasid(1), 0x1000);
    sva_atc_insert(atc, &entry);
    g_assert_cmphex(sva_atc_lookup(atc, sva_pasid(1), 0x1000)->access, ==, 3);
    g_assert_cmpuint(sva_atc_flush(atc), ==, 1);
    sva_atc_free(atc);
}

static void test_it_holds_as_many_neighbours_as_it_has_entries(void)
{
    SvaAtc *atc = sva_atc_new(64);

    for (unsigned i = 0; i < 65; i++) {
        put(atc, sva_pasid(1), i * 0x1000ull);
    }
    g_assert_cmpuint(sva_atc_flush(atc), ==, 64);
    sva_atc_free(atc);
}

static void test_a_page_invalidation_drops_that_page_only(void)
{
    SvaAtc *atc = sva_atc_new(16);

    put(atc, sva_pasid(1), 0x1000);
    put(atc, sva_pasid(1), 0x2000);
    put(atc, sva_pasid(2), 0x1000);
    g_assert_cmpuint(drop(atc, sva_pasid(1), 0x1000, 0xfff), ==, 1);
    g_assert_false(has(atc, sva_pasid(1), 0x1000));
    g_assert_true(has(atc, sva_pasid(1), 0x2000));
    g_assert_true(has(atc, sva_pasid(2), 0x1000));
    sva_atc_free(atc);
}

static void test_a_range_is_naturally_aligned(void)
{
    SvaAtc *atc = sva_atc_new(4096);

    put(atc, sva_pasid(1), 0x1ff000);
    put(atc, sva_pasid(1), 0x200000);
    put(atc, sva_pasid(1), 0x3ff000);
    put(atc, sva_pasid(1), 0x400000);
    g_assert_cmpuint(drop(atc, sva_pasid(1), 0x234000, 0x1fffff), ==, 2);
    g_assert_true(has(atc, sva_pasid(1), 0x1ff000));
    g_assert_true(has(atc, sva_pasid(1), 0x400000));
    sva_atc_free(atc);
}

static void test_the_whole_address_space_ends_at_the_top(void)
{
    SvaAtc *atc = sva_atc_new(16);

    put(atc, sva_pasid(1), 0);
    put(atc, sva_pasid(1), 0xfffffffffffff000);
    put(atc, sva_pasid(2), 0);
    g_assert_cmpuint(drop(atc, sva_pasid(1), 0, UINT64_MAX), ==, 2);
    g_assert_true(has(atc, sva_pasid(2), 0));
    g_assert_false(has(atc, sva_pasid(1), 0));
    g_assert_false(has(atc, sva_pasid(1), 0xfffffffffffff000));
    sva_atc_free(atc);
}

static void test_a_large_range_equals_the_sum_of_its_pages(void)
{
    SvaAtc *atc = sva_atc_new(16);

    /* More pages than sets: swept, not looked up. */
    put(atc, sva_pasid(1), 0x40000000);
    put(atc, sva_pasid(1), 0x7ffff000);
    put(atc, sva_pasid(1), 0x80000000);
    put(atc, SVA_NO_PASID, 0x40000000);
    g_assert_cmpuint(drop(atc, sva_pasid(1), 0x40000000, 0x3fffffff), ==, 2);
    g_assert_true(has(atc, sva_pasid(1), 0x80000000));
    g_assert_true(has(atc, SVA_NO_PASID, 0x40000000));
    sva_atc_free(atc);
}

static void test_global_drops_every_pasid_but_not_what_has_none(void)
{
    SvaAtc *atc = sva_atc_new(16);

    put(atc, sva_pasid(1), 0x1000);
    put(atc, sva_pasid(2), 0x1000);
    put(atc, SVA_NO_PASID, 0x1000);
    g_assert_cmpuint(sva_atc_invalidate(atc, &(SvaAtcInvalidation) {
        .addr = 0x1000, .mask = 0xfff, .pasid = sva_pasid(7), .global = true,
    }), ==, 2);
    g_assert_true(has(atc, SVA_NO_PASID, 0x1000));
    sva_atc_free(atc);
}

static void test_invalidation_and_flush_begin_a_generation(void)
{
    SvaAtc *atc = sva_atc_new(16);
    uint64_t generation = sva_atc_generation(atc);

    put(atc, sva_pasid(1), 0x1000);
    g_assert_cmpuint(sva_atc_generation(atc), ==, generation);
    drop(atc, sva_pasid(9), 0x5000, 0xfff);
    g_assert_cmpuint(sva_atc_generation(atc), !=, generation);
    generation = sva_atc_generation(atc);
    sva_atc_flush(atc);
    g_assert_cmpuint(sva_atc_generation(atc), !=, generation);
    sva_atc_free(atc);
}

static void test_an_entry_has_any_size(void)
{
    static const uint8_t orders[] = { 0, 1, 4, 9, 13, 18, 27, 51 };
    SvaAtc *atc = sva_atc_new(64);

    for (unsigned i = 0; i < G_N_ELEMENTS(orders); i++) {
        SvaPasid pasid = sva_pasid(i);
        uint64_t size = 0x1000ull << orders[i];
        uint64_t first = size == 1ull << 63 ? 0 : size * 3;
        const SvaAtcEntry *entry;

        /* Any page of the range may have been asked for. */
        put_range(atc, pasid, first + size / 2 / 0x1000 * 0x1000, orders[i]);
        entry = sva_atc_lookup(atc, pasid, first + size - 1);
        g_assert_nonnull(entry);
        g_assert_cmphex(entry->page, ==, first);
        g_assert_cmphex(sva_atc_entry_mask(entry), ==, size - 1);
        g_assert_true(has(atc, pasid, first));
        g_assert_false(has(atc, pasid, first - 1));
        g_assert_false(has(atc, pasid, first + size));
        g_assert_cmpuint(drop(atc, pasid, first, 0xfff), ==, 1);
        g_assert_false(has(atc, pasid, first + size - 1));
    }
    sva_atc_free(atc);
}

static void test_an_entry_can_be_the_whole_address_space(void)
{
    SvaAtc *atc = sva_atc_new(16);

    put_range(atc, sva_pasid(1), 0x7000, 52);
    g_assert_true(has(atc, sva_pasid(1), 0));
    g_assert_true(has(atc, sva_pasid(1), UINT64_MAX));
    g_assert_cmpuint(drop(atc, sva_pasid(1), 0xfffffffffffff000, 0xfff), ==,
                     1);
    g_assert_false(has(atc, sva_pasid(1), 0));
    sva_atc_free(atc);
}

static void test_an_address_in_a_large_range_keeps_its_offset(void)
{
    SvaAtc *atc = sva_atc_new(16);
    const SvaAtcEntry *entry;

    put_range(atc, sva_pasid(1), 0x40235000, 9);
    entry = sva_atc_lookup(atc, sva_pasid(1), 0x403fedcb);
    g_assert_nonnull(entry);
    g_assert_cmphex(sva_atc_entry_pa(entry, 0x403fedcb), ==, 0x100403fedcb);
    g_assert_cmphex(sva_atc_entry_pa(entry, 0x40200000), ==, 0x10040200000);
    sva_atc_free(atc);
}

static void test_an_entry_hit_in_part_goes_as_a_whole(void)
{
    SvaAtc *atc = sva_atc_new(64);

    put_range(atc, sva_pasid(1), 0x40000000, 18);
    put_range(atc, sva_pasid(1), 0x80200000, 9);
    put(atc, sva_pasid(1), 0x80000000);
    put_range(atc, sva_pasid(2), 0x40000000, 18);
    /* One page of the first, then the end of the second and what follows. */
    g_assert_cmpuint(drop(atc, sva_pasid(1), 0x5bcde000, 0xfff), ==, 1);
    g_assert_false(has(atc, sva_pasid(1), 0x40000000));
    g_assert_false(has(atc, sva_pasid(1), 0x7fffffff));
    g_assert_true(has(atc, sva_pasid(2), 0x40000000));
    g_assert_cmpuint(drop(atc, sva_pasid(1), 0x803ff000, 0x1fff), ==, 1);
    g_assert_false(has(atc, sva_pasid(1), 0x80200000));
    g_assert_true(has(atc, sva_pasid(1), 0x80000000));
    sva_atc_free(atc);
}

/* By a sweep, and as a global one. */
static void test_a_sweep_takes_parts_for_the_whole_too(void)
{
    SvaAtc *atc = sva_atc_new(4);

    put(atc, sva_pasid(1), 0x1000);
    put_range(atc, sva_pasid(1), 0x40000000, 18);
    g_assert_cmpuint(drop(atc, sva_pasid(1), 0x60000000, 0xffffff), ==, 1);
    g_assert_true(has(atc, sva_pasid(1), 0x1000));
    put_range(atc, sva_pasid(1), 0x40000000, 18);
    put_range(atc, SVA_NO_PASID, 0x40000000, 18);
    g_assert_cmpuint(sva_atc_invalidate(atc, &(SvaAtcInvalidation) {
        .addr = 0x50000000, .mask = 0xfff, .global = true,
    }), ==, 1);
    g_assert_true(has(atc, SVA_NO_PASID, 0x40000000));
    sva_atc_free(atc);
}

/* A page table may take the place of a large page, or the reverse. */
static void test_an_insertion_replaces_entries_of_other_sizes(void)
{
    SvaAtc *atc = sva_atc_new(64);

    put(atc, sva_pasid(1), 0x201000);
    put(atc, sva_pasid(1), 0x202000);
    put_range(atc, sva_pasid(1), 0x202000, 9);
    g_assert_cmpuint(sva_atc_lookup(atc, sva_pasid(1), 0x202000)->order, ==,
                     9);
    put(atc, sva_pasid(1), 0x203000);
    g_assert_cmpuint(sva_atc_lookup(atc, sva_pasid(1), 0x203000)->order, ==,
                     0);
    g_assert_false(has(atc, sva_pasid(1), 0x204000));
    g_assert_cmpuint(sva_atc_flush(atc), ==, 2);
    g_assert_false(has(atc, sva_pasid(1), 0x203000));
    sva_atc_free(atc);
}

static void test_growing_keeps_entries_of_all_sizes(void)
{
    SvaAtc *atc = sva_atc_new(4);

    sva_atc_never_replace(atc);
    for (unsigned i = 0; i < 64; i++) {
        put(atc, sva_pasid(1), i * 0x1000ull);
        put_range(atc, sva_pasid(1), (i + 1) * 0x200000ull, 9);
    }
    for (unsigned i = 0; i < 64; i++) {
        g_assert_true(has(atc, sva_pasid(1), i * 0x1000ull));
        g_assert_true(has(atc, sva_pasid(1), (i + 1) * 0x200000ull + 5));
    }
    g_assert_cmpuint(sva_atc_flush(atc), ==, 128);
    sva_atc_free(atc);
}

#define ADD(name) g_test_add_func("/endpoint/atc/" #name, test_##name)

static void tell(const SvaAtcEntry *entry, void *opaque)
{
    uint64_t *sum = opaque;

    sum[entry->pasid.valid ? entry->pasid.id : 0] += entry->page;
}

static void test_every_entry_that_counts_is_visited_once(void)
{
    SvaAtc *atc = sva_atc_new(64);
    uint64_t sum[3] = { 0 };

    sva_atc_visit(atc, tell, sum);
    put(atc, sva_pasid(1), 0x1000);
    put(atc, sva_pasid(1), 0x2000);
    put(atc, sva_pasid(1), 0x4000);
    put(atc, sva_pasid(2), 0x1000);
    put(atc, sva_pasid(2), 0x8000);
    put(atc, SVA_NO_PASID, 0x10000);
    drop(atc, sva_pasid(1), 0x2000, 0xfff);
    /* The device said that this one was gone. */
    sva_atc_mark_stale(atc, &(SvaAtcInvalidation) {
        .addr = 0x8000, .mask = 0xfff, .pasid = sva_pasid(2),
    });
    sva_atc_visit(atc, tell, sum);
    g_assert_cmphex(sum[0], ==, 0x10000);
    g_assert_cmphex(sum[1], ==, 0x5000);
    g_assert_cmphex(sum[2], ==, 0x1000);
    sva_atc_free(atc);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(a_page_is_found_by_any_address_in_it);
    ADD(no_pasid_is_not_pasid_0);
    ADD(inserting_again_replaces_the_rights);
    ADD(it_holds_as_many_neighbours_as_it_has_entries);
    ADD(a_page_invalidation_drops_that_page_only);
    ADD(a_range_is_naturally_aligned);
    ADD(the_whole_address_space_ends_at_the_top);
    ADD(a_large_range_equals_the_sum_of_its_pages);
    ADD(global_drops_every_pasid_but_not_what_has_none);
    ADD(invalidation_and_flush_begin_a_generation);
    ADD(every_entry_that_counts_is_visited_once);
    ADD(an_entry_has_any_size);
    ADD(an_entry_can_be_the_whole_address_space);
    ADD(an_address_in_a_large_range_keeps_its_offset);
    ADD(an_entry_hit_in_part_goes_as_a_whole);
    ADD(a_sweep_takes_parts_for_the_whole_too);
    ADD(an_insertion_replaces_entries_of_other_sizes);
    ADD(growing_keeps_entries_of_all_sizes);
    return g_test_run();
}

/*
 * Tests of the configuration cache
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/sva/core/config-cache.h"

typedef struct Value {
    uint64_t a;
    uint32_t b;
    uint8_t c[7];
} Value;

static void put(SvaConfigCache *cache, uint64_t key, uint64_t a)
{
    Value v = { .a = a, .b = 5, .c = { 1, 2, 3 } };

    sva_config_cache_insert(cache, key, &v);
}

static uint64_t get(SvaConfigCache *cache, uint64_t key)
{
    const Value *v = sva_config_cache_lookup(cache, key);

    return v ? v->a : UINT64_MAX;
}

static void test_value_is_copied(void)
{
    SvaConfigCache *cache = sva_config_cache_new(64, sizeof(Value));
    Value v = { .a = 1, .b = 2, .c = { 3, 4, 5, 6, 7, 8, 9 } };
    const Value *hit;

    sva_config_cache_insert(cache, 0x18000001, &v);
    v.a = 9;
    hit = sva_config_cache_lookup(cache, 0x18000001);
    g_assert_nonnull(hit);
    g_assert_cmpuint(hit->a, ==, 1);
    g_assert_cmpuint(hit->b, ==, 2);
    g_assert_cmpuint(hit->c[6], ==, 9);
    g_assert_cmpuint((uintptr_t)hit % 16, ==, 0);
    sva_config_cache_free(cache);
}

static void test_keys_are_distinct_also_zero(void)
{
    SvaConfigCache *cache = sva_config_cache_new(64, sizeof(Value));

    g_assert_null(sva_config_cache_lookup(cache, 0));
    g_assert_null(sva_config_cache_lookup(cache, UINT64_MAX));
    put(cache, 0, 10);
    put(cache, UINT64_MAX, 11);
    put(cache, 1ull << 32, 12);
    g_assert_cmpuint(get(cache, 0), ==, 10);
    g_assert_cmpuint(get(cache, UINT64_MAX), ==, 11);
    g_assert_cmpuint(get(cache, 1ull << 32), ==, 12);
    g_assert_cmpuint(sva_config_cache_count(cache), ==, 3);
    sva_config_cache_free(cache);
}

static void test_same_key_is_replaced(void)
{
    SvaConfigCache *cache = sva_config_cache_new(64, sizeof(Value));

    put(cache, 5, 1);
    put(cache, 5, 2);
    g_assert_cmpuint(get(cache, 5), ==, 2);
    g_assert_cmpuint(sva_config_cache_count(cache), ==, 1);
    sva_config_cache_free(cache);
}

static void test_dropped_key_is_gone(void)
{
    SvaConfigCache *cache = sva_config_cache_new(64, sizeof(Value));

    put(cache, 5, 1);
    put(cache, 6, 2);
    g_assert_true(sva_config_cache_drop_key(cache, 5));
    g_assert_false(sva_config_cache_drop_key(cache, 5));
    g_assert_null(sva_config_cache_lookup(cache, 5));
    g_assert_cmpuint(get(cache, 6), ==, 2);
    g_assert_cmpuint(sva_config_cache_count(cache), ==, 1);
    sva_config_cache_free(cache);
}

static bool is_domain(uint64_t key, const void *value, void *opaque)
{
    const Value *v = value;

    g_assert_cmpuint(v->a, ==, key + 1);
    return key % 4 == *(uint64_t *)opaque;
}

static void test_matching_values_are_dropped(void)
{
    SvaConfigCache *cache = sva_config_cache_new(256, sizeof(Value));
    uint64_t domain = 3, key;
    unsigned before, in_domain = 0;

    for (key = 0; key < 100; key++) {
        put(cache, key, key + 1);
    }
    before = sva_config_cache_count(cache);
    for (key = 3; key < 100; key += 4) {
        in_domain += sva_config_cache_lookup(cache, key) != NULL;
    }
    g_assert_cmpuint(sva_config_cache_drop(cache, is_domain, &domain).count, ==,
                     in_domain);
    g_assert_cmpuint(sva_config_cache_count(cache), ==, before - in_domain);
    for (key = 3; key < 100; key += 4) {
        g_assert_null(sva_config_cache_lookup(cache, key));
    }
    g_assert_cmpuint(get(cache, 4), ==, 5);
    g_assert_cmpuint(sva_config_cache_drop(cache, is_domain, &domain).count,
                     ==, 0);
    sva_config_cache_free(cache);
}

static void test_number_of_values_is_bounded(void)
{
    SvaConfigCache *cache = sva_config_cache_new(64, sizeof(Value));
    uint64_t key;
    unsigned hits = 0;

    for (key = 0; key < 100000; key++) {
        put(cache, key, key);
        g_assert_cmpuint(get(cache, key), ==, key);
    }
    g_assert_cmpuint(sva_config_cache_count(cache), ==, 64);
    for (key = 0; key < 100000; key++) {
        hits += get(cache, key) == key;
    }
    g_assert_cmpuint(hits, ==, 64);
    /* The newest of them: 16 keys on 16 sets of four places. */
    for (key = 100000 - 16; key < 100000; key++) {
        g_assert_cmpuint(get(cache, key), ==, key);
    }
    sva_config_cache_free(cache);
}

static void test_reset_drops_everything(void)
{
    SvaConfigCache *cache = sva_config_cache_new(64, sizeof(Value));

    put(cache, 5, 1);
    sva_config_cache_reset(cache);
    g_assert_null(sva_config_cache_lookup(cache, 5));
    g_assert_cmpuint(sva_config_cache_count(cache), ==, 0);
    sva_config_cache_free(cache);
    sva_config_cache_free(NULL);
}

static bool match_count(uint64_t key, const void *value, void *opaque)
{
    unsigned *left = opaque;

    g_assert_cmphex(key & 0xfffff, ==, 5);
    g_assert_nonnull(value);
    return *left && (*left)--;
}

static void test_group_is_dropped_alone(void)
{
    SvaConfigCache *cache = sva_config_cache_new(64, sizeof(Value));
    unsigned left = 1;

    put(cache, 0x000005, 1);
    put(cache, 0x100005, 2);
    put(cache, 0x200005, 3);
    put(cache, 0x000006, 4);
    put(cache, 0x000015, 5);
    g_assert_cmpuint(sva_config_cache_drop_group(cache, 5, match_count,
                                                 &left).count, ==, 1);
    g_assert_cmpuint(sva_config_cache_count(cache), ==, 4);
    left = 9;
    g_assert_cmpuint(sva_config_cache_drop_group(cache, 5, match_count,
                                                 &left).count, ==, 2);
    g_assert_cmpuint(get(cache, 6), ==, 4);
    g_assert_cmpuint(get(cache, 0x15), ==, 5);
    g_assert_cmpuint(sva_config_cache_drop_group(cache, 5, match_count,
                                                 &left).count, ==, 0);
    sva_config_cache_free(cache);
}

/* It doubles more than once on the way, and loses nothing by that. */
static void test_growing_keeps_every_value(void)
{
    SvaConfigCache *cache = sva_config_cache_new(1u << 16, sizeof(Value));
    unsigned i, hits = 0, left = 20000;

    for (i = 0; i < 20000; i++) {
        put(cache, i, i);
    }
    for (i = 0; i < 20000; i++) {
        uint64_t value = get(cache, i);

        hits += value != UINT64_MAX;
        g_assert_true(value == i || value == UINT64_MAX);
    }
    g_assert_cmpuint(hits, ==, sva_config_cache_count(cache));
    g_assert_cmpuint(hits, >, 18000);
    /* The groups have come along. */
    if (get(cache, 5) != UINT64_MAX) {
        hits--;
        g_assert_cmpuint(sva_config_cache_drop_group(cache, 5, match_count,
                                                     &left).count, ==, 1);
    }
    g_assert_cmpuint(hits, ==, sva_config_cache_count(cache));
    sva_config_cache_free(cache);
}

static void tell(uint64_t key, const void *value, void *opaque)
{
    const Value *v = value;
    uint64_t *sum = opaque;

    sum[0] += key;
    sum[1] += v->a;
}

static void test_every_value_is_visited_once(void)
{
    SvaConfigCache *cache = sva_config_cache_new(4096, sizeof(Value));
    uint64_t sum[2] = { 0 }, i;

    sva_config_cache_visit(cache, tell, sum);
    g_assert_cmpuint(sum[0] + sum[1], ==, 0);
    for (i = 1; i <= 1500; i++) {   /* it grows */
        put(cache, i, 2 * i);
    }
    sva_config_cache_drop_key(cache, 500);
    sva_config_cache_visit(cache, tell, sum);
    g_assert_cmpuint(sum[0], ==, 1125250);
    g_assert_cmpuint(sum[1], ==, 2250500);
    sva_config_cache_free(cache);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/config-cache/value-is-copied", test_value_is_copied);
    g_test_add_func("/config-cache/keys-are-distinct-also-zero",
                    test_keys_are_distinct_also_zero);
    g_test_add_func("/config-cache/same-key-is-replaced",
                    test_same_key_is_replaced);
    g_test_add_func("/config-cache/dropped-key-is-gone",
                    test_dropped_key_is_gone);
    g_test_add_func("/config-cache/matching-values-are-dropped",
                    test_matching_values_are_dropped);
    g_test_add_func("/config-cache/number-of-values-is-bounded",
                    test_number_of_values_is_bounded);
    g_test_add_func("/config-cache/group-is-dropped-alone",
                    test_group_is_dropped_alone);
    g_test_add_func("/config-cache/growing-keeps-every-value",
                    test_growing_keeps_every_value);
    g_test_add_func("/config-cache/reset-drops-everything",
                    test_reset_drops_everything);
    g_test_add_func("/config-cache/every-value-is-visited-once",
                    test_every_value_is_visited_once);
    return g_test_run();
}

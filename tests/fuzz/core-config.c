/*
 * Fuzz: configuration cache against a hash table
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "core-config.h"
#include "hw/sva/core/config-cache.h"

typedef struct Value {
    uint64_t key;
    uint32_t serial;
    char pad[13];
} Value;

struct FuzzConfig {
    SvaConfigCache *cache;
    GHashTable *table;          /* key -> Value, never forgets */
    uint32_t serial;
};

FuzzConfig *fuzz_config_new(void)
{
    FuzzConfig *c = g_new0(FuzzConfig, 1);

    c->cache = sva_config_cache_new(16, sizeof(Value));
    c->table = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL,
                                     g_free);
    return c;
}

void fuzz_config_free(FuzzConfig *c)
{
    sva_config_cache_free(c->cache);
    g_hash_table_destroy(c->table);
    g_free(c);
}

static bool check_key(FuzzConfig *c, uint64_t key)
{
    const Value *got = sva_config_cache_lookup(c->cache, key);
    const Value *want = g_hash_table_lookup(c->table, &key);

    if (got) {
        g_assert_nonnull(want);
        g_assert_cmphex(got->key, ==, key);
        g_assert_cmpuint(got->serial, ==, want->serial);
    }
    return got;
}

static void insert(FuzzConfig *c, uint64_t key)
{
    Value *value = g_new0(Value, 1);

    value->key = key;
    value->serial = ++c->serial;
    sva_config_cache_insert(c->cache, key, value);
    g_hash_table_replace(c->table, &value->key, value);
    g_assert_true(check_key(c, key));
}

static bool match_mask(uint64_t key, const void *value, void *opaque)
{
    const uint64_t *pattern = opaque;

    g_assert_cmphex(((const Value *)value)->key, ==, key);
    return (key & pattern[0]) == pattern[1];
}

static gboolean match_entry(gpointer key, gpointer value, gpointer opaque)
{
    return match_mask(*(uint64_t *)key, value, opaque);
}

void fuzz_config_step(FuzzConfig *c, FuzzInput *in)
{
    uint8_t what = fuzz_u8(in), b = fuzz_u8(in);
    uint64_t key = (b & 0xfull) | (uint64_t)(b >> 4) << (what >> 4) * 4;
    unsigned before = sva_config_cache_count(c->cache);
    uint64_t pattern[2] = { 3, b & 3 };
    SvaDropped done;
    bool had;

    switch (what & 7) {
    case 0:
        check_key(c, key);
        break;
    case 1:
        had = check_key(c, key);
        g_assert_cmpint(sva_config_cache_drop_key(c->cache, key), ==, had);
        g_assert_cmpuint(sva_config_cache_count(c->cache), ==, before - had);
        g_hash_table_remove(c->table, &key);
        break;
    case 2:
        done = sva_config_cache_drop(c->cache, match_mask, pattern);
        g_assert_cmpuint(done.count, ==,
                         before - sva_config_cache_count(c->cache));
        g_hash_table_foreach_remove(c->table, match_entry, pattern);
        break;
    case 3:
        sva_config_cache_reset(c->cache);
        g_assert_cmpuint(sva_config_cache_count(c->cache), ==, 0);
        g_hash_table_remove_all(c->table);
        break;
    default:
        insert(c, key);
        break;
    }
    g_assert_cmpuint(sva_config_cache_count(c->cache), <=,
                     g_hash_table_size(c->table));
}

/*
 * Configuration cache: set-associative, flat arrays
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "config-cache.h"

#define WAYS        4
#define VALUE_ALIGN 16
#define MIN_ENTRIES 16u
#define MAX_ENTRIES (1u << 20)
#define MAX_VALUE   4096

typedef struct SvaConfigSet {
    uint64_t keys[WAYS];
    uint8_t used;               /* bit n: way n holds a value */
    uint8_t victim;             /* way to replace next */
} SvaConfigSet;

struct SvaConfigCache {
    SvaConfigSet *sets;
    uint8_t *values;            /* WAYS values for each set */
    size_t value_size;
    size_t stride;              /* value_size, aligned */
    uint32_t sets_count;
    uint32_t set_shift;         /* 64 - log2(sets_count) */
    uint32_t count;
};

static inline uint32_t key_set(const SvaConfigCache *cache, uint64_t key)
{
    /* Every bit of the key reaches the upper bits of the product. */
    return (uint32_t)(key * 0x9e3779b97f4a7c15ull >> cache->set_shift);
}

static inline void *value_at(const SvaConfigCache *cache, uint32_t set,
                             unsigned way)
{
    return cache->values + ((size_t)set * WAYS + way) * cache->stride;
}

/* The way that holds @key, or -1. */
static inline int find(const SvaConfigSet *set, uint64_t key)
{
    int way;

    for (way = 0; way < WAYS; way++) {
        if (set->keys[way] == key && set->used & 1u << way) {
            return way;
        }
    }
    return -1;
}

SvaConfigCache *sva_config_cache_new(unsigned entries, size_t value_size)
{
    SvaConfigCache *cache = g_new0(SvaConfigCache, 1);
    size_t size = MIN_ENTRIES;

    while (size < entries && size < MAX_ENTRIES) {
        size *= 2;
    }
    cache->value_size = CLAMP(value_size, 1, MAX_VALUE);
    cache->stride = (cache->value_size + VALUE_ALIGN - 1) / VALUE_ALIGN *
                    VALUE_ALIGN;
    cache->sets_count = size / WAYS;
    cache->set_shift = 64 - __builtin_ctz(cache->sets_count);
    cache->sets = g_new0(SvaConfigSet, size / WAYS);
    cache->values = g_malloc0_n(size, cache->stride);
    return cache;
}

void sva_config_cache_free(SvaConfigCache *cache)
{
    if (cache) {
        g_free(cache->sets);
        g_free(cache->values);
        g_free(cache);
    }
}

void sva_config_cache_reset(SvaConfigCache *cache)
{
    uint32_t set;

    for (set = 0; set < cache->sets_count; set++) {
        cache->sets[set].used = 0;
    }
    cache->count = 0;
}

const void *sva_config_cache_lookup(const SvaConfigCache *cache, uint64_t key)
{
    uint32_t set = key_set(cache, key);
    int way = find(&cache->sets[set], key);

    return way < 0 ? NULL : value_at(cache, set, (unsigned)way);
}

/* A way for @key: its own, a free one, or the oldest. */
static unsigned place(SvaConfigCache *cache, SvaConfigSet *set, uint64_t key)
{
    int found = find(set, key);
    unsigned way;

    if (found >= 0) {
        return (unsigned)found;
    }
    for (way = 0; way < WAYS; way++) {
        if (!(set->used & 1u << way)) {
            cache->count++;
            return way;
        }
    }
    way = set->victim;
    set->victim = (way + 1) % WAYS;
    return way;
}

const void *sva_config_cache_insert(SvaConfigCache *cache, uint64_t key,
                                    const void *value)
{
    uint32_t index = key_set(cache, key);
    SvaConfigSet *set = &cache->sets[index];
    unsigned way = place(cache, set, key);

    set->keys[way] = key;
    set->used |= 1u << way;
    return memcpy(value_at(cache, index, way), value, cache->value_size);
}

bool sva_config_cache_drop_key(SvaConfigCache *cache, uint64_t key)
{
    SvaConfigSet *set = &cache->sets[key_set(cache, key)];
    int way = find(set, key);

    if (way < 0) {
        return false;
    }
    set->used &= ~(1u << way);
    cache->count--;
    return true;
}

unsigned sva_config_cache_drop(SvaConfigCache *cache, SvaConfigMatchFn *match,
                               void *opaque)
{
    unsigned dropped = 0;
    uint32_t index;
    unsigned way;

    for (index = 0; index < cache->sets_count && cache->count; index++) {
        SvaConfigSet *set = &cache->sets[index];

        for (way = 0; way < WAYS; way++) {
            if (set->used & 1u << way &&
                match(set->keys[way], value_at(cache, index, way), opaque)) {
                set->used &= ~(1u << way);
                cache->count--;
                dropped++;
            }
        }
    }
    return dropped;
}

unsigned sva_config_cache_count(const SvaConfigCache *cache)
{
    return cache->count;
}

/*
 * Configuration cache: set-associative, flat arrays that grow with use
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "chains.h"
#include "config-cache.h"

#define WAYS        4
#define VALUE_ALIGN 16
#define MIN_ENTRIES 16u
#define MAX_ENTRIES (1u << 20)
#define FIRST_SIZE  1024u       /* it grows from here */
#define MAX_VALUE   4096

typedef struct SvaConfigSet {
    uint64_t keys[WAYS];
    uint8_t used;               /* bit n: way n holds a value */
    uint8_t victim;             /* way to replace next */
} SvaConfigSet;

struct SvaConfigCache {
    SvaConfigSet *sets;
    uint8_t *values;            /* WAYS values for each set */
    SvaChainLink *links;
    SvaChains groups;
    size_t value_size;
    size_t stride;              /* value_size, aligned */
    uint32_t sets_count;
    uint32_t set_shift;         /* 64 - log2(sets_count) */
    uint32_t count;
    uint32_t most;              /* size that it grows to */
    uint64_t changes;
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

static void alloc_sets(SvaConfigCache *cache, uint32_t size)
{
    cache->sets_count = size / WAYS;
    cache->set_shift = 64 - (uint32_t)__builtin_ctz(cache->sets_count);
    cache->sets = g_new0(SvaConfigSet, cache->sets_count);
    cache->values = g_malloc0_n(size, cache->stride);
    cache->count = 0;
    cache->changes++;
    cache->links = g_new(SvaChainLink, size);
    sva_chains_init(&cache->groups, size, cache->links, sizeof(SvaChainLink));
}

static void free_sets(SvaConfigCache *cache)
{
    g_free(cache->sets);
    g_free(cache->values);
    g_free(cache->links);
    sva_chains_free(&cache->groups);
}

SvaConfigCache *sva_config_cache_new(unsigned entries, size_t value_size)
{
    SvaConfigCache *cache = g_new0(SvaConfigCache, 1);

    cache->most = MIN_ENTRIES;
    while (cache->most < entries && cache->most < MAX_ENTRIES) {
        cache->most *= 2;
    }
    cache->value_size = CLAMP(value_size, 1, MAX_VALUE);
    cache->stride = (cache->value_size + VALUE_ALIGN - 1) / VALUE_ALIGN *
                    VALUE_ALIGN;
    alloc_sets(cache, MIN(cache->most, FIRST_SIZE));
    return cache;
}

void sva_config_cache_free(SvaConfigCache *cache)
{
    if (cache) {
        free_sets(cache);
        g_free(cache);
    }
}

void sva_config_cache_reset(SvaConfigCache *cache)
{
    free_sets(cache);
    alloc_sets(cache, MIN(cache->most, FIRST_SIZE));
}

const void *sva_config_cache_lookup(const SvaConfigCache *cache, uint64_t key)
{
    uint32_t set = key_set(cache, key);
    int way = find(&cache->sets[set], key);

    return way < 0 ? NULL : value_at(cache, set, (unsigned)way);
}

static inline uint32_t group_of(uint64_t key)
{
    return key & SVA_CONFIG_GROUP_MAX;
}

static void put(SvaConfigCache *cache, uint32_t index, unsigned way,
                uint64_t key, const void *value)
{
    SvaConfigSet *set = &cache->sets[index];

    set->keys[way] = key;
    set->used |= 1u << way;
    cache->count++;
    cache->changes++;
    sva_chain_add(&cache->groups, group_of(key), index * WAYS + way);
    memcpy(value_at(cache, index, way), value, cache->value_size);
}

static void drop(SvaConfigCache *cache, uint32_t i)
{
    SvaConfigSet *set = &cache->sets[i / WAYS];

    set->used &= ~(1u << i % WAYS);
    cache->count--;
    cache->changes++;
    sva_chain_remove(&cache->groups, group_of(set->keys[i % WAYS]), i);
}

static inline int free_way(const SvaConfigSet *set)
{
    int way;

    for (way = 0; way < WAYS; way++) {
        if (!(set->used & 1u << way)) {
            return way;
        }
    }
    return -1;
}

/* Twice the size: what a set holds goes to two of them. */
static void grow(SvaConfigCache *cache)
{
    SvaConfigCache old = *cache;
    uint32_t index, to;
    unsigned way;

    alloc_sets(cache, old.sets_count * WAYS * 2);
    for (index = 0; index < old.sets_count; index++) {
        for (way = 0; way < WAYS; way++) {
            const SvaConfigSet *set = &old.sets[index];

            if (set->used & 1u << way) {
                to = key_set(cache, set->keys[way]);
                put(cache, to, (unsigned)free_way(&cache->sets[to]),
                    set->keys[way], value_at(&old, index, way));
            }
        }
    }
    free_sets(&old);
}

/* Room for @key in its set, if need be by dropping the oldest there. */
static unsigned make_room(SvaConfigCache *cache, uint64_t key)
{
    uint32_t size = cache->sets_count * WAYS;
    uint32_t index = key_set(cache, key);
    SvaConfigSet *set = &cache->sets[index];
    int way = free_way(set);

    if (way >= 0) {
        return (unsigned)way;
    }
    if (size < cache->most && cache->count >= size / 2) {
        grow(cache);
        index = key_set(cache, key);
        set = &cache->sets[index];
        way = free_way(set);
        if (way >= 0) {
            return (unsigned)way;
        }
    }
    way = set->victim;
    set->victim = (uint8_t)((way + 1) % WAYS);
    drop(cache, index * WAYS + (unsigned)way);
    return (unsigned)way;
}

const void *sva_config_cache_insert(SvaConfigCache *cache, uint64_t key,
                                    const void *value)
{
    uint32_t index = key_set(cache, key);
    int found = find(&cache->sets[index], key);
    unsigned way;

    if (found >= 0) {
        cache->changes++;
        return memcpy(value_at(cache, index, (unsigned)found), value,
                      cache->value_size);
    }
    way = make_room(cache, key);
    index = key_set(cache, key);
    put(cache, index, way, key, value);
    return value_at(cache, index, way);
}

bool sva_config_cache_drop_key(SvaConfigCache *cache, uint64_t key)
{
    uint32_t index = key_set(cache, key);
    int way = find(&cache->sets[index], key);

    if (way < 0) {
        return false;
    }
    drop(cache, index * WAYS + (unsigned)way);
    return true;
}

/* Drop element @i if it is used and @match selects it. */
static void drop_if(SvaConfigCache *cache, uint32_t i,
                    SvaConfigMatchFn *match, void *opaque, SvaDropped *done)
{
    const SvaConfigSet *set = &cache->sets[i / WAYS];
    unsigned way = i % WAYS;

    if (set->used & 1u << way &&
        match(set->keys[way], value_at(cache, i / WAYS, way), opaque)) {
        drop(cache, i);
        done->count++;
    }
}

SvaDropped sva_config_cache_drop(SvaConfigCache *cache,
                                 SvaConfigMatchFn *match, void *opaque)
{
    SvaDropped done = { 0 };
    uint32_t i;

    for (i = 0; i < cache->sets_count * WAYS && cache->count; i++) {
        drop_if(cache, i, match, opaque, &done);
    }
    done.looked = i;
    return done;
}

SvaDropped sva_config_cache_drop_group(SvaConfigCache *cache, uint32_t group,
                                       SvaConfigMatchFn *match, void *opaque)
{
    const SvaChainHead *chain = sva_chain(&cache->groups, group);
    SvaDropped done = { .looked = chain->count };
    uint32_t i, next;

    for (i = chain->first; i != SVA_CHAIN_END; i = next) {
        next = sva_chain_link(&cache->groups, i)->next;
        if (group_of(cache->sets[i / WAYS].keys[i % WAYS]) == group) {
            drop_if(cache, i, match, opaque, &done);
        }
    }
    return done;
}

void sva_config_cache_visit(const SvaConfigCache *cache,
                            SvaConfigVisitFn *visit, void *opaque)
{
    uint32_t i;
    unsigned way;

    for (i = 0; i < cache->sets_count; i++) {
        for (way = 0; way < WAYS; way++) {
            if (cache->sets[i].used & 1u << way) {
                visit(cache->sets[i].keys[way], value_at(cache, i, way),
                      opaque);
            }
        }
    }
}

uint64_t sva_config_cache_changes(const SvaConfigCache *cache)
{
    return cache->changes;
}

unsigned sva_config_cache_count(const SvaConfigCache *cache)
{
    return cache->count;
}

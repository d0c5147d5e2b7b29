/*
 * Configuration cache: decoded table entries by a 64-bit key
 *
 * Serves as context cache and as PASID cache.  The key is the owner's (for
 * example requester ID and PASID packed), the value is a fixed-size struct
 * that is copied in and out by address.  Lookup takes constant time and
 * allocates nothing.  An insertion into a full set replaces its oldest entry,
 * or doubles a cache that is half full and has not reached its size yet, which
 * happens ten times at most until the next reset.
 *
 * VT-d rev 5.10, 6.2.2 "Context-cache", 6.2.3 "PASID-cache".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_CORE_CONFIG_CACHE_H
#define HW_SVA_CORE_CONFIG_CACHE_H

#include "dropped.h"
#include "hw/sva/types.h"

typedef struct SvaConfigCache SvaConfigCache;

/* Should the entry be dropped? */
typedef bool SvaConfigMatchFn(uint64_t key, const void *value, void *opaque);

/* Values whose keys agree in these bits are a group. */
#define SVA_CONFIG_GROUP_MAX 0xfffffu

/*
 * A cache for up to @entries values (rounded up to a power of two,
 * 16..2^20) of @value_size bytes, 1..4096.  It is small at first.
 */
SvaConfigCache *sva_config_cache_new(unsigned entries, size_t value_size);
void sva_config_cache_free(SvaConfigCache *cache);

/* Drop everything, and be small again. */
void sva_config_cache_reset(SvaConfigCache *cache);

/*
 * The value of @key or NULL.  It is aligned for any type and valid until the
 * next insertion or drop.
 */
const void *sva_config_cache_lookup(const SvaConfigCache *cache, uint64_t key);

/* Copy @value in, replacing the value of the same key; returns the copy. */
const void *sva_config_cache_insert(SvaConfigCache *cache, uint64_t key,
                                    const void *value);

/* Drop one key; was it there? */
bool sva_config_cache_drop_key(SvaConfigCache *cache, uint64_t key);

/* Drop what @match selects in one pass. */
SvaDropped sva_config_cache_drop(SvaConfigCache *cache,
                                 SvaConfigMatchFn *match, void *opaque);

/*
 * The same for the values of one group, 0..SVA_CONFIG_GROUP_MAX; looks at
 * these alone, and at those of groups with the same hash.
 */
SvaDropped sva_config_cache_drop_group(SvaConfigCache *cache, uint32_t group,
                                       SvaConfigMatchFn *match, void *opaque);

/* Called for each value that is held; it may not change the cache. */
typedef void SvaConfigVisitFn(uint64_t key, const void *value, void *opaque);

/* One pass over the cache. */
void sva_config_cache_visit(const SvaConfigCache *cache,
                            SvaConfigVisitFn *visit, void *opaque);

/*
 * Counts insertions, and what was dropped: while it stays the same what was
 * looked up is valid.
 */
uint64_t sva_config_cache_changes(const SvaConfigCache *cache);

/* Number of values held. */
unsigned sva_config_cache_count(const SvaConfigCache *cache);

#endif

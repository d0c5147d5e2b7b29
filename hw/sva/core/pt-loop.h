/*
 * Page-table walk: the loop, for the formats of VT-d
 *
 * A format answers small questions about one entry (SvaPtEntries) and holds no
 * loop; this is the loop and knows no bit of any format.  It is for the files
 * of the formats alone: each makes a function of it, in which its own answers
 * are inlined, so that an entry takes no call.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_CORE_PT_LOOP_H
#define HW_SVA_CORE_PT_LOOP_H

#include "pt-walk.h"
#include "walk-cache.h"

/*
 * What the entries of a path grant, ANDed over its levels.
 */
#define SVA_PT_ATTR_READ  0x1
#define SVA_PT_ATTR_WRITE 0x2
#define SVA_PT_ATTR_USER  0x4   /* user requests may pass */
#define SVA_PT_ATTR_ALL   0x7

typedef struct SvaPtEntries {
    SvaEntryType type;
    /* SVA_PT_OK, or why @va cannot be an input address. */
    SvaPtStatus (*check_input)(const SvaPtConfig *cfg, uint64_t va);
    bool (*is_present)(uint64_t entry);
    /* Of a present entry: does it map a page?  @level > 1. */
    bool (*is_leaf)(uint64_t entry);
    /* Bits that must be 0 in a present entry. */
    uint64_t (*reserved)(const SvaPtConfig *cfg, uint8_t level, bool leaf);
    /* SVA_PT_ATTR_... of one present entry. */
    uint8_t (*attributes)(const SvaPtConfig *cfg, uint64_t entry);
    /* SvaAccess rights of a path with attributes @attr. */
    uint8_t (*rights)(const SvaPtConfig *cfg, uint8_t attr, bool priv);
    /*
     * Accessed bits that a table or leaf entry needs, dirty bit of a leaf;
     * 0 where the configuration keeps none.
     */
    uint64_t (*accessed_bits)(const SvaPtConfig *cfg);
    uint64_t (*dirty_bit)(const SvaPtConfig *cfg);
    /* Does this leaf force snooping? */
    bool (*is_snooped)(uint64_t entry);
} SvaPtEntries;

#define INDEX_BITS 9
#define INDEX_MASK ((1u << INDEX_BITS) - 1)

/* Processors change entries rarely; this often in a row is no accident. */
#define MAX_ATTEMPTS 16

typedef enum Step {
    STEP_DESCEND,               /* entry is in use, go on */
    STEP_DONE,                  /* the result is final */
    STEP_RESTART,               /* an entry changed */
} Step;

typedef struct Walk {
    const SvaPtEntries *fmt;
    SvaEnv *env;
    const SvaPtConfig *cfg;
    const SvaPtQuery *query;
    SvaPtResult *out;
    const SvaWalkView *view;    /* NULL: no walk cache */
    uint64_t va;
    uint64_t table;             /* table that is read next */
    uint64_t entry_addr;        /* as the table above has it */
    uint64_t entry_pa;
    uint64_t entry;
    uint64_t accessed;          /* bits that an entry in use has to have */
    uint8_t level;
    uint8_t first_level;        /* where it began */
    uint8_t attr;               /* SVA_PT_ATTR_... so far */
    uint8_t want;
    bool partial;
} Walk;

static inline QEMU_ALWAYS_INLINE Step fail(Walk *w, SvaPtStatus status)
{
    w->out->status = status;
    w->out->level = w->level;
    return STEP_DONE;
}

static inline QEMU_ALWAYS_INLINE unsigned level_shift(unsigned level)
{
    return SVA_PAGE_SHIFT + INDEX_BITS * (level - 1);
}

/* Size - 1 of what one entry of @level covers. */
static inline QEMU_ALWAYS_INLINE uint64_t level_mask(unsigned level)
{
    return (1ull << level_shift(level)) - 1;
}

/* The current entry was read, or changed. */
static inline QEMU_ALWAYS_INLINE void announce(const Walk *w)
{
    sva_emit(w->env, .kind = SVA_EV_ENTRY, .rid = w->query->rid,
             .pasid = w->query->pasid, .addr = w->va,
             .entry = {
                 .pa = w->entry_pa, .words = { w->entry }, .count = 1,
                 .type = w->fmt->type, .level = w->level,
                 .shift = level_shift(w->level),
             });
}

/* Address bits of an entry, down to the size that @low masks. */
static inline QEMU_ALWAYS_INLINE uint64_t
output_addr(const Walk *w, uint64_t low)
{
    return w->entry & ((1ull << w->cfg->addr_bits) - 1) & ~low;
}

/* Find the current entry, to read it or to update it. */
static inline QEMU_ALWAYS_INLINE SvaPtStatus locate(Walk *w, bool write)
{
    SvaPtHook *hook = w->cfg->hook;
    SvaPtStatus status;
    uint64_t pa = 0;

    if (G_LIKELY(!hook)) {
        w->entry_pa = w->entry_addr;
        return SVA_PT_OK;
    }
    status = hook->locate(hook, w->entry_addr, write, &pa);
    w->entry_pa = pa;
    return status == SVA_PT_NEST_READ && w->level == w->cfg->levels
           ? SVA_PT_NEST_ROOT : status;
}

/* Set bits in the current entry, unless they are set. */
static inline QEMU_ALWAYS_INLINE Step update(Walk *w, uint64_t bits)
{
    uint64_t expect = w->entry;
    SvaPtStatus status;
    bool swapped;

    if (G_LIKELY(!(bits & ~w->entry))) {
        return STEP_DESCEND;
    }
    if (w->cfg->flags & SVA_PT_NON_COHERENT) {
        return fail(w, SVA_PT_NOT_COHERENT);
    }
    status = locate(w, true);
    if (status != SVA_PT_OK) {
        return fail(w, status);
    }
    if (!w->env->ops->cmpxchg64(w->env, w->entry_pa, &expect,
                                w->entry | bits, &swapped)) {
        return fail(w, SVA_PT_UPDATE_FAILED);
    }
    if (!swapped) {
        return STEP_RESTART;
    }
    w->entry |= bits;
    announce(w);
    return STEP_DESCEND;
}

/* Why a request that wants @want cannot be served with @rights. */
static inline QEMU_ALWAYS_INLINE SvaPtStatus
missing_status(const Walk *w, uint8_t rights)
{
    uint8_t missing = w->want & ~rights;

    if (!(w->attr & SVA_PT_ATTR_USER) && !(w->want & SVA_PRIV)) {
        return SVA_PT_USER;
    }
    return missing & SVA_WRITE ? SVA_PT_NO_WRITE : SVA_PT_NO_READ;
}

/* A page that cannot be written after all must not become dirty. */
static inline QEMU_ALWAYS_INLINE bool
may_set_dirty(const Walk *w, uint64_t addr)
{
    SvaPtHook *hook = w->cfg->hook;

    return G_LIKELY(!hook) ||
           hook->grants(hook, addr, w->partial ? SVA_WRITE
                                               : w->want & SVA_RW);
}

static inline QEMU_ALWAYS_INLINE Step finish(Walk *w)
{
    const SvaPtConfig *cfg = w->cfg;
    uint64_t dirty = w->fmt->dirty_bit(cfg);
    uint8_t rights = w->fmt->rights(cfg, w->attr, w->want & SVA_PRIV);
    bool sets_dirty = w->want & rights & SVA_WRITE;
    uint8_t access = rights;
    uint64_t low = level_mask(w->level);
    uint64_t addr = output_addr(w, low) | (w->va & low);
    Step step;

    if (dirty & ~w->entry) {
        sets_dirty = sets_dirty && may_set_dirty(w, addr);
        /* A later write would have to set it: needs another walk. */
        access &= sets_dirty ? SVA_RW : ~SVA_WRITE;
    }
    if (w->partial ? !access : !rights || w->want & SVA_RW & ~rights) {
        return fail(w, missing_status(w, rights));
    }
    step = update(w, w->accessed | (sets_dirty ? dirty : 0));
    if (step != STEP_DESCEND) {
        return step;
    }
    *w->out = (SvaPtResult) {
        .map = {
            .addr = addr,
            .mask = low,
            .access = access,
            .snoop = w->fmt->is_snooped(w->entry),
        },
        .rights = rights,
        .level = w->level,
        .dirty = dirty & w->entry,
        .status = SVA_PT_OK,
    };
    return STEP_DONE;
}

/*
 * Remember the table that the entry above points to.  It is one that may be
 * read, by the second stage too (VT-d 5.10 section 6.2.5).
 */
static inline QEMU_ALWAYS_INLINE void keep_table(const Walk *w)
{
    sva_walk_cache_insert(w->view, w->va, level_mask(w->level + 1),
                          w->table | w->attr);
}

/* Go on where a walk cache says, with what it says. */
static inline QEMU_ALWAYS_INLINE void begin_cached(Walk *w)
{
    const SvaTlbEntry *hit = sva_walk_cache_lookup(w->view, w->va);
    uint8_t level;

    for (level = 2; hit && level <= w->cfg->levels; level++) {
        if (hit->map.mask == level_mask(level)) {
            w->level = level - 1;
            w->table = hit->table & SVA_PAGE_MASK;
            w->attr = hit->table & SVA_PT_ATTR_ALL;
            return;
        }
    }
}

static inline QEMU_ALWAYS_INLINE void begin(Walk *w)
{
    w->table = w->cfg->root;
    w->attr = SVA_PT_ATTR_ALL;
    w->level = w->cfg->levels;
    if (w->view) {
        begin_cached(w);
    }
    w->first_level = w->level;
}

static inline QEMU_ALWAYS_INLINE Step walk_level(Walk *w)
{
    const SvaPtConfig *cfg = w->cfg;
    SvaPtStatus status;
    uint64_t entry;
    bool leaf;
    Step step;

    w->entry_addr = w->table + sizeof(uint64_t) *
                    (w->va >> level_shift(w->level) & INDEX_MASK);
    status = locate(w, false);
    if (G_UNLIKELY(status != SVA_PT_OK)) {
        return fail(w, status);
    }
    if (w->view && w->level < w->first_level) {
        keep_table(w);
    }
    if (!sva_env_read64(w->env, w->entry_pa, &entry)) {
        return fail(w, w->level == cfg->levels ? SVA_PT_READ_ERROR_ROOT
                                               : SVA_PT_READ_ERROR);
    }
    w->entry = entry;
    announce(w);
    if (!w->fmt->is_present(w->entry)) {
        return fail(w, SVA_PT_NOT_PRESENT);
    }
    leaf = w->level == 1 || w->fmt->is_leaf(w->entry);
    if (w->entry & w->fmt->reserved(cfg, w->level, leaf)) {
        return fail(w, SVA_PT_RESERVED);
    }
    w->attr &= w->fmt->attributes(cfg, w->entry);
    if (!(w->attr & (SVA_PT_ATTR_READ | SVA_PT_ATTR_WRITE))) {
        /* As good as none, by VT-d 5.10 Table 30, SSS.2. */
        return fail(w, SVA_PT_NOT_PRESENT);
    }
    if (leaf) {
        return finish(w);
    }
    step = update(w, w->accessed);
    w->table = output_addr(w, SVA_PAGE_SIZE - 1);
    return step;
}

/* Is the result final? */
static inline QEMU_ALWAYS_INLINE bool walk_once(Walk *w)
{
    Step step = STEP_DESCEND;

    for (begin(w); w->level > 0; w->level--) {
        step = walk_level(w);
        if (step != STEP_DESCEND) {
            break;
        }
    }
    return step == STEP_DONE;
}

static inline QEMU_ALWAYS_INLINE void
sva_pt_loop(const SvaPtEntries *fmt, SvaEnv *env, const SvaPtConfig *cfg,
            const SvaPtQuery *query, SvaPtResult *out)
{
    Walk w = {
        .fmt = fmt,
        .env = env,
        .cfg = cfg,
        .query = query,
        .out = out,
        .view = query->views,
        .va = query->va,
        .accessed = fmt->accessed_bits(cfg),
        .want = query->want,
        .partial = query->partial,
    };
    unsigned attempt;

    *out = (SvaPtResult) { .status = fmt->check_input(cfg, query->va) };
    if (out->status != SVA_PT_OK) {
        return;
    }
    for (attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
        if (walk_once(&w)) {
            return;
        }
    }
    fail(&w, SVA_PT_UPDATE_FAILED);
}

#endif

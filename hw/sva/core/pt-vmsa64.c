/*
 * Page-table walk: VMSAv8-64, one or two stages
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "pt-vmsa64.h"
#include "walk-cache.h"

/* Processors change descriptors rarely; this often in a row is no accident. */
#define MAX_ATTEMPTS 16

#define LAST_LEVEL   3

/* Descriptors of all kinds */
#define DESC_VALID   (1ull << 0)
#define DESC_TABLE   (1ull << 1)        /* at level 3: page */
#define DESC_ADDR    0x0000fffffffff000ull
/* Tables, stage 1: hierarchical permissions */
#define TABLE_PXN    (1ull << 59)
#define TABLE_UXN    (1ull << 60)
#define TABLE_AP0    (1ull << 61)       /* no unprivileged access */
#define TABLE_AP1    (1ull << 62)       /* no write */
#define TABLE_ATTRS  (TABLE_PXN | TABLE_UXN | TABLE_AP0 | TABLE_AP1)
/* Leaves */
#define LEAF_AP1     (1ull << 6)        /* unprivileged access */
#define LEAF_AP2     (1ull << 7)        /* read-only */
#define LEAF_S2_R    (1ull << 6)
#define LEAF_S2_W    (1ull << 7)
#define LEAF_AF      (1ull << 10)
#define LEAF_NG      (1ull << 11)
#define LEAF_DBM     (1ull << 51)
#define LEAF_PXN     (1ull << 53)
#define LEAF_UXN     (1ull << 54)
#define LEAF_XN_SHIFT 53                /* stage 2: XN[1:0] */
#define LEAF_MEMATTR_SHIFT 2            /* stage 2: MemAttr[3:0] */

typedef enum Step {
    STEP_DESCEND,
    STEP_DONE,                  /* the result is final */
    STEP_RESTART,               /* a descriptor changed */
} Step;

/* A walk through the tables of one stage. */
typedef struct Walk {
    SvaEnv *env;
    const SvaVmsaTables *tables;
    const SvaVmsaTables *second;        /* translates their addresses */
    const SvaPtQuery *query;
    SvaVmsaResult *out;
    const SvaWalkView *view;            /* NULL: no walk cache */
    const SvaWalkView *second_view;
    uint64_t addr;
    uint64_t table;
    uint64_t desc_addr;
    uint64_t desc_pa;
    uint64_t desc;
    uint64_t table_attrs;       /* TABLE_..., of all tables passed */
    uint8_t level;
    uint8_t first_level;        /* where it began */
    uint8_t want;
    uint8_t useful;             /* SvaPtQuery.useful */
    bool partial;
    bool structure;             /* stage 2: @addr is that of a structure */
} Walk;

static void run(Walk *w);

static inline bool has(const Walk *w, uint32_t flag)
{
    return w->tables->flags & flag;
}

static Step fail(Walk *w, SvaVmsaStatus status)
{
    *w->out = (SvaVmsaResult) {
        .status = status,
        .level = w->level,
        .second = has(w, SVA_VMSA_STAGE2),
        .ipa = has(w, SVA_VMSA_STAGE2) ? w->addr : 0,
    };
    return STEP_DONE;
}

static Step fail_permission(Walk *w, uint8_t missing)
{
    fail(w, SVA_VMSA_PERMISSION);
    w->out->missing = missing;
    return STEP_DONE;
}

static Step fail_abort(Walk *w)
{
    fail(w, SVA_VMSA_ABORT);
    w->out->fetch = w->desc_pa;
    w->out->table = !has(w, SVA_VMSA_STAGE2);
    return STEP_DONE;
}

/* -- geometry -- */

static inline unsigned level_shift(unsigned granule, unsigned level)
{
    return granule + (LAST_LEVEL - level) * (granule - 3);
}

unsigned sva_vmsa_start_level(unsigned granule, unsigned input_bits)
{
    unsigned stride = granule - 3;

    return 4 - (input_bits - granule + stride - 1) / stride;
}

uint64_t sva_vmsa_table_orders(unsigned granule, unsigned below)
{
    uint64_t orders = 0;
    unsigned level;

    for (level = 0; level < MIN(below, LAST_LEVEL); level++) {
        orders |= 1ull << (level_shift(granule, level) - SVA_PAGE_SHIFT);
    }
    return orders;
}

int sva_vmsa_start_bits(const SvaVmsaTables *t)
{
    return t->input_bits - (int)level_shift(t->granule, t->start_level);
}

static uint64_t start_table(const SvaVmsaTables *t)
{
    uint64_t size = 8ull << sva_vmsa_start_bits(t);

    /* 52-bit output addresses take bits 5:2 of the PEs' base registers. */
    return t->base & ~(MAX(size, t->flags & SVA_VMSA_PA52 ? 64 : 8) - 1);
}

static bool may_be_block(const Walk *w)
{
    switch (w->tables->granule) {
    case 12:
        return w->level == 1 || w->level == 2;
    case 14:
        return w->level == 2;
    default:
        return w->level == 2 || (w->level == 1 && has(w, SVA_VMSA_PA52));
    }
}

/*
 * Output address of the descriptor, down to the size that @low masks.
 * Unverified (U7): bits 15:12 in tables of 64 KiB are ignored where addresses
 * have 48 bits at most.
 */
static uint64_t output_addr(const Walk *w, uint64_t low)
{
    uint64_t addr = w->desc & DESC_ADDR & ~low;

    if (has(w, SVA_VMSA_PA52)) {
        addr |= (w->desc >> 12 & 0xf) << 48;
    }
    return addr;
}

/* -- access to descriptors -- */

/* The current one was read, or changed. */
static inline void announce(const Walk *w)
{
    bool second = has(w, SVA_VMSA_STAGE2);

    sva_emit(w->env, .kind = SVA_EV_ENTRY, .rid = w->query->rid,
             .pasid = w->query->pasid,
             .addr = second ? w->addr : w->addr | w->query->upper,
             .entry = {
                 .pa = w->desc_pa, .words = { w->desc }, .count = 1,
                 .type = second ? SVA_ENTRY_SMMU_STAGE2
                                : SVA_ENTRY_SMMU_STAGE1,
                 .level = w->level,
                 .shift = level_shift(w->tables->granule, w->level),
             });
}

static void begin_second(Walk *s, const Walk *w, uint64_t ipa, uint8_t want)
{
    *s = (Walk) {
        .env = w->env,
        .tables = w->second,
        .view = w->second_view,
        .query = w->query,
        .out = w->out,
        .addr = ipa,
        .want = want,
    };
}

/* Find the current descriptor, to read it or to update it. */
static bool locate(Walk *w, bool update)
{
    Walk s;

    w->desc_pa = w->desc_addr;
    if (G_LIKELY(!w->second)) {
        return true;
    }
    begin_second(&s, w, w->desc_addr,
                 SVA_PRIV | (update ? SVA_WRITE : SVA_READ));
    s.structure = true;
    run(&s);
    if (w->out->status != SVA_VMSA_OK) {
        w->out->table = true;
        w->out->update = update;
        return false;
    }
    w->desc_pa = w->out->map.addr;
    return true;
}

/* Replace the current descriptor, if it is not as it should be. */
static Step update(Walk *w, uint64_t desired)
{
    uint64_t expect = w->desc;
    bool swapped;

    if (G_LIKELY(desired == w->desc)) {
        return STEP_DESCEND;
    }
    if (!locate(w, true)) {
        return STEP_DONE;
    }
    if (!w->env->ops->cmpxchg64(w->env, w->desc_pa, &expect, desired,
                                &swapped)) {
        return fail_abort(w);
    }
    if (!swapped) {
        return STEP_RESTART;
    }
    w->desc = desired;
    announce(w);
    return STEP_DESCEND;
}

/* -- permissions -- */

/* Read-only for no other reason than that nobody has written yet? */
static bool is_clean(const Walk *w)
{
    bool read_only = has(w, SVA_VMSA_STAGE2) ? !(w->desc & LEAF_S2_W)
                                             : !!(w->desc & LEAF_AP2);

    return has(w, SVA_VMSA_HD) && w->desc & LEAF_DBM && read_only;
}

/* A clean page counts as writable. */
static uint8_t stage1_rights(const Walk *w)
{
    bool one_el = has(w, SVA_VMSA_ONE_EL);
    bool priv = w->want & SVA_PRIV || one_el;
    bool write = (!(w->desc & LEAF_AP2) || is_clean(w)) &&
                 !(w->table_attrs & TABLE_AP1);
    bool unpriv = w->desc & LEAF_AP1 && !(w->table_attrs & TABLE_AP0);
    bool read = priv || unpriv;
    bool no_exec = priv && !one_el
        ? w->desc & LEAF_PXN || w->table_attrs & TABLE_PXN ||
          (unpriv && write)
        : w->desc & LEAF_UXN || w->table_attrs & TABLE_UXN;
    uint8_t rights;

    write &= read;
    no_exec |= has(w, SVA_VMSA_WXN) && write;
    rights = no_exec ? 0 : SVA_EXEC;
    if (priv && !one_el && unpriv && has(w, SVA_VMSA_PAN)) {
        return rights;
    }
    return rights | (read ? SVA_READ : 0) | (write ? SVA_WRITE : 0);
}

static uint8_t stage2_rights(const Walk *w)
{
    /* XN[1:0]: all, unprivileged only, nobody, privileged only. */
    static const bool may_exec[2][4] = {
        { true, true, false, false },
        { true, false, false, true },
    };
    unsigned xn = w->desc >> LEAF_XN_SHIFT & 3;

    return (w->desc & LEAF_S2_R ? SVA_READ : 0) |
           (w->desc & LEAF_S2_W || is_clean(w) ? SVA_WRITE : 0) |
           (may_exec[!!(w->want & SVA_PRIV)][xn] ? SVA_EXEC : 0);
}

static bool is_device_memory(const Walk *w)
{
    unsigned attr = w->desc >> LEAF_MEMATTR_SHIFT & 0xf;

    return !(attr & (has(w, SVA_VMSA_FWB) ? 0x4 : 0xc));
}

/* The leaf as it has to be after the access. */
static uint64_t used_leaf(const Walk *w, bool sets_dirty)
{
    uint64_t desc = w->desc;

    if (has(w, SVA_VMSA_HA)) {
        desc |= LEAF_AF;
    }
    if (sets_dirty && is_clean(w)) {
        desc = has(w, SVA_VMSA_STAGE2) ? desc | LEAF_S2_W : desc & ~LEAF_AP2;
    }
    return desc;
}

static Step finish(Walk *w)
{
    uint64_t low = (1ull << level_shift(w->tables->granule, w->level)) - 1;
    uint8_t rights, access;
    bool sets_dirty;
    Step step;

    if (!(w->desc & LEAF_AF) && !has(w, SVA_VMSA_HA | SVA_VMSA_AFFD)) {
        return fail(w, SVA_VMSA_ACCESS_FLAG);
    }
    if (w->structure && has(w, SVA_VMSA_PTW) && is_device_memory(w)) {
        return fail_permission(w, w->want & SVA_RWX);
    }
    rights = has(w, SVA_VMSA_STAGE2) ? stage2_rights(w) : stage1_rights(w);
    sets_dirty = w->want & rights & SVA_WRITE;
    access = rights;
    if (is_clean(w) && !sets_dirty) {
        access &= ~SVA_WRITE;   /* it takes another walk to set it dirty */
    }
    if (w->partial ? !(access & w->useful)
                   : w->want & SVA_RWX & ~rights) {
        return fail_permission(w, w->want & SVA_RWX & ~rights);
    }
    step = update(w, used_leaf(w, sets_dirty));
    if (step != STEP_DESCEND) {
        return step;
    }
    *w->out = (SvaVmsaResult) {
        .map = {
            .addr = output_addr(w, low) | (w->addr & low),
            .mask = low,
            .access = access,
        },
        .level = w->level,
        .global = !(w->desc & LEAF_NG) && !has(w, SVA_VMSA_STAGE2),
        .status = SVA_VMSA_OK,
    };
    return STEP_DONE;
}

/* -- the loop -- */

/* Remember the table that the descriptor above points to. */
static void keep_table(const Walk *w)
{
    unsigned shift = level_shift(w->tables->granule, w->level - 1);

    sva_walk_cache_insert(w->view, w->addr, (1ull << shift) - 1,
                          w->table | w->table_attrs);
}

/* Go on where a walk cache says, with what it says. */
static void begin_cached(Walk *w)
{
    const SvaTlbEntry *hit = sva_walk_cache_lookup(w->view, w->addr);
    uint8_t level;

    for (level = w->level; hit && level < LAST_LEVEL; level++) {
        unsigned shift = level_shift(w->tables->granule, level);

        if (hit->map.mask == (1ull << shift) - 1) {
            w->level = level + 1;
            w->table = hit->table & ~TABLE_ATTRS;
            w->table_attrs = hit->table & TABLE_ATTRS;
            return;
        }
    }
}

static void begin(Walk *w)
{
    w->table = start_table(w->tables);
    w->table_attrs = 0;
    w->level = w->tables->start_level;
    if (w->view) {
        begin_cached(w);
    }
    w->first_level = w->level;
}

static Step walk_level(Walk *w)
{
    unsigned granule = w->tables->granule;
    unsigned bits = w->level == w->tables->start_level
                    ? (unsigned)sva_vmsa_start_bits(w->tables) : granule - 3;
    uint64_t index = w->addr >> level_shift(granule, w->level) &
                     ((1ull << bits) - 1);
    bool table_bit;

    w->desc_addr = w->table + index * 8;
    if (!locate(w, false)) {
        return STEP_DONE;
    }
    if (w->view && w->level > w->first_level) {
        keep_table(w);
    }
    if (!sva_env_read64(w->env, w->desc_pa, &w->desc)) {
        return fail_abort(w);
    }
    announce(w);
    table_bit = w->desc & DESC_TABLE;
    if (!(w->desc & DESC_VALID) ||
        (!table_bit && (w->level == LAST_LEVEL || !may_be_block(w)))) {
        return fail(w, SVA_VMSA_TRANSLATION);
    }
    w->table = output_addr(w, (1ull << granule) - 1);
    if (w->table >> w->tables->output_bits) {
        return fail(w, SVA_VMSA_ADDRESS_SIZE);
    }
    if (w->level == LAST_LEVEL || !table_bit) {
        return finish(w);
    }
    if (!has(w, SVA_VMSA_HAD)) {
        w->table_attrs |= w->desc & TABLE_ATTRS;
    }
    return STEP_DESCEND;
}

/* Is the result final? */
static bool walk_once(Walk *w)
{
    Step step;

    begin(w);
    do {
        step = walk_level(w);
    } while (step == STEP_DESCEND && w->level++ < LAST_LEVEL);
    return step == STEP_DONE;
}

static void run(Walk *w)
{
    unsigned attempt;

    w->level = w->tables->start_level;
    if (w->addr >> w->tables->input_bits) {
        fail(w, SVA_VMSA_TRANSLATION);
        return;
    }
    for (attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
        if (walk_once(w)) {
            return;
        }
    }
    fail_abort(w);
}

/* What stage 1 resulted in goes through stage 2. */
static void combine(const Walk *w)
{
    SvaVmsaResult *out = w->out;
    SvaMapping one = out->map;
    bool global = out->global;
    uint8_t want = w->want;
    Walk s;

    if (w->partial) {
        want &= one.access | SVA_PRIV;
    }
    begin_second(&s, w, one.addr, want);
    s.partial = w->partial;
    s.useful = w->useful & one.access;
    run(&s);
    if (out->status != SVA_VMSA_OK) {
        return;
    }
    out->ipa = one.addr;
    out->global = global;
    if (one.mask > out->map.mask) {
        /* Stage 2 cuts the block into pieces: DDI 0487, "splintered". */
        out->map.block = (uint8_t)__builtin_ctzll(one.mask + 1);
    }
    out->map.mask = MIN(out->map.mask, one.mask);
    out->map.access &= one.access;
}

void sva_vmsa_walk(SvaEnv *env, const SvaVmsaTables *first,
                   const SvaVmsaTables *second, const SvaPtQuery *query,
                   SvaVmsaResult *out)
{
    Walk w = {
        .env = env,
        .tables = first ? first : second,
        .second = first ? second : NULL,
        .view = query->views,
        .second_view = query->views && first ? &query->views[1] : NULL,
        .query = query,
        .out = out,
        .addr = query->va,
        .want = query->want,
        .useful = query->useful ? query->useful : SVA_RWX,
        .partial = query->partial,
    };

    run(&w);
    if (w.second && out->status == SVA_VMSA_OK) {
        combine(&w);
    }
}

void sva_vmsa_locate(SvaEnv *env, const SvaVmsaTables *second,
                     const SvaPtQuery *query, SvaVmsaResult *out)
{
    Walk w = {
        .env = env,
        .tables = second,
        .query = query,
        .view = query->views,
        .out = out,
        .addr = query->va,
        .want = SVA_READ | SVA_PRIV,
        .structure = true,
    };

    run(&w);
}

const char *sva_vmsa_status_name(SvaVmsaStatus status)
{
    static const char *const names[SVA_VMSA_STATUSES] = {
        [SVA_VMSA_OK] = "OK",
        [SVA_VMSA_TRANSLATION] = "TRANSLATION",
        [SVA_VMSA_ADDRESS_SIZE] = "ADDRESS_SIZE",
        [SVA_VMSA_ACCESS_FLAG] = "ACCESS_FLAG",
        [SVA_VMSA_PERMISSION] = "PERMISSION",
        [SVA_VMSA_ABORT] = "ABORT",
    };

    return (size_t)status < SVA_VMSA_STATUSES ? names[status] : "UNKNOWN";
}

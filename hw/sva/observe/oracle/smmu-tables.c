/*
 * Oracle: page tables of VMSAv8-64
 *
 * Arm DDI 0487, "The AArch64 Virtual Memory System Architecture"; IHI 0070
 * G.b, 3.13 (flags that hardware sets), 7.3 (order of faults), STE.S2PTW.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "smmu-tables.h"
#include "words.h"

#define ONE(n) (1ull << (n))

#define VALID  ONE(0)
#define TABLE  ONE(1)           /* at level 3: a page */
#define AF     ONE(10)
#define DBM    ONE(51)
#define AP_EL0 ONE(6)           /* stage 1: unprivileged, too */
#define AP_RO  ONE(7)
#define S2_R   ONE(6)
#define S2_W   ONE(7)

typedef struct Walk {
    const SvaOracleSource *source;
    SvaOracleAnswer *out;
    const OracleVmsa *t;
    OracleVmsaQuery q;
    uint64_t limits;            /* table descriptors on the way, ORed */
    bool structure;             /* stage 2: of a table or a structure */
    OracleVmsaLeaf *leaf;
} Walk;

typedef struct Desc {
    uint64_t addr;              /* as the table above has it */
    uint64_t pa;
    uint64_t word;
    unsigned level;
} Desc;

static unsigned walk(Walk *w);

static unsigned lowest_bit(const OracleVmsa *t, unsigned level)
{
    return t->granule + (3 - level) * (t->granule - 3);
}

unsigned oracle_vmsa_start(unsigned granule, unsigned input)
{
    unsigned level = 3, top = granule + granule - 3;

    while (top < input) {
        top += granule - 3;
        level--;
    }
    return level;
}

int oracle_vmsa_first_bits(const OracleVmsa *t)
{
    return t->input - (int)lowest_bit(t, t->start);
}

static unsigned fault(const Walk *w, unsigned event)
{
    w->leaf->second = w->t->two;
    w->leaf->table = event == ORACLE_WALK_EABT && !w->t->two;
    return event;
}

static bool may_be_block(const OracleVmsa *t, unsigned level)
{
    return level == 2 ||
           (level == 1 && (t->granule == 12 || (t->granule == 16 && t->wide)));
}

static uint64_t address(const OracleVmsa *t, uint64_t word, unsigned low)
{
    uint64_t addr = word & oracle_ones(47, low);

    return t->wide ? addr | oracle_field(word, 15, 12) << 48 : addr;
}

/* -- where descriptors are -- */

static Walk through_stage2(const Walk *w, uint64_t addr, uint8_t want)
{
    oracle_note_ipa(w->out, addr);
    return (Walk) {
        .source = w->source, .out = w->out, .t = w->t->under, .leaf = w->leaf,
        .q = { .addr = addr, .want = want },
    };
}

static unsigned find(const Walk *w, Desc *d, bool update)
{
    unsigned event;
    Walk s;

    d->pa = d->addr;
    if (!w->t->under) {
        return 0;
    }
    s = through_stage2(w, d->addr, SVA_PRIV | (update ? SVA_WRITE : SVA_READ));
    s.structure = true;
    event = walk(&s);
    w->leaf->table = true;
    d->pa = w->leaf->addr;
    return event;
}

static unsigned change(const Walk *w, Desc *d, uint64_t after)
{
    uint64_t before = d->word;
    unsigned event;

    if (after == before) {
        return 0;
    }
    event = find(w, d, true);
    if (event) {
        return event;
    }
    d->word = after;
    return oracle_change(w->source, w->out, d->pa, before, after)
           ? 0 : fault(w, ORACLE_WALK_EABT);
}

/* -- permissions -- */

static bool is_read_only(const Walk *w, uint64_t word)
{
    return w->t->two ? !(word & S2_W) : !!(word & AP_RO);
}

/* A page that nobody has written yet, and that hardware makes dirty. */
static bool is_clean(const Walk *w, uint64_t word)
{
    return w->t->ha && w->t->hd && word & DBM && is_read_only(w, word);
}

/* Bits of table descriptors: 59 PXN, 60 UXN, 61 not for EL0, 62 no writes */
static uint8_t stage1_rights(const Walk *w, uint64_t word)
{
    bool privileged = w->t->one_el || w->q.want & SVA_PRIV;
    bool el0 = word & AP_EL0 && !oracle_bit(w->limits, 61);
    bool writable = (!(word & AP_RO) || is_clean(w, word)) &&
                    !oracle_bit(w->limits, 62);
    bool pxn = oracle_bit(word, 53) || oracle_bit(w->limits, 59);
    bool uxn = oracle_bit(word, 54) || oracle_bit(w->limits, 60);
    bool data = privileged || el0, execute;

    if (!privileged) {
        execute = !uxn && !(w->t->wxn && el0 && writable);
    } else if (w->t->one_el) {
        execute = !uxn && !(w->t->wxn && writable);
    } else {
        /* What EL0 can write is never executable above it. */
        execute = !pxn && !(el0 && writable) && !(w->t->wxn && writable);
        data = !(w->t->pan && el0);
    }
    return (data ? SVA_READ : 0) | (data && writable ? SVA_WRITE : 0) |
           (execute ? SVA_EXEC : 0);
}

static uint8_t stage2_rights(const Walk *w, uint64_t word)
{
    unsigned xn = oracle_field(word, 54, 53);
    bool privileged = w->q.want & SVA_PRIV;
    bool execute = xn == 0 || (xn == 1 && !privileged) ||
                   (xn == 3 && privileged);

    return (word & S2_R ? SVA_READ : 0) |
           (word & S2_W || is_clean(w, word) ? SVA_WRITE : 0) |
           (execute ? SVA_EXEC : 0);
}

static bool is_device_memory(const Walk *w, uint64_t word)
{
    unsigned attr = oracle_field(word, 5, 2);

    return w->t->fwb ? !(attr & 4) : !(attr & 12);
}

/* -- leaves -- */

static unsigned check_leaf(const Walk *w, uint64_t word)
{
    if (!(word & AF) && !w->t->ha && !w->t->affd) {
        return fault(w, ORACLE_ACCESS);
    }
    if (w->structure && w->t->ptw && is_device_memory(w, word)) {
        return fault(w, ORACLE_PERMISSION);
    }
    return 0;
}

static unsigned use_leaf(const Walk *w, Desc *d)
{
    unsigned shift = lowest_bit(w->t, d->level);
    uint64_t word = d->word, low = oracle_ones(shift - 1, 0);
    uint8_t have = w->t->two ? stage2_rights(w, word) : stage1_rights(w, word);
    bool clean = is_clean(w, word);
    bool writes = w->q.want & have & SVA_WRITE;
    uint8_t cacheable = clean && !writes ? have & ~SVA_WRITE : have;
    unsigned event = check_leaf(w, word);

    if (event) {
        return event;
    }
    if (w->q.partial ? !(cacheable & w->q.useful)
                     : w->q.want & SVA_RWX & ~have) {
        return fault(w, ORACLE_PERMISSION);
    }
    word |= w->t->ha ? AF : 0;
    if (clean && writes) {
        word = w->t->two ? word | S2_W : word & ~AP_RO;
    }
    event = change(w, d, word);
    if (event) {
        return event;
    }
    *w->leaf = (OracleVmsaLeaf) {
        .addr = address(w->t, word, shift) | (w->q.addr & low),
        .mask = low, .rights = have, .cacheable = cacheable,
        .dirty = word & DBM && !is_read_only(w, word),
    };
    return 0;
}

/* -- levels -- */

static unsigned read_desc(const Walk *w, Desc *d)
{
    unsigned event = find(w, d, false);
    bool table;

    if (event) {
        return event;
    }
    if (oracle_word(w->source, w->out, d->pa, &d->word)) {
        return fault(w, ORACLE_WALK_EABT);
    }
    table = d->word & TABLE;
    if (!(d->word & VALID) ||
        (!table && (d->level == 3 || !may_be_block(w->t, d->level)))) {
        return fault(w, ORACLE_TRANSLATION);
    }
    return address(w->t, d->word, w->t->granule) & oracle_ones(63, w->t->output)
           ? fault(w, ORACLE_ADDR_SIZE) : 0;
}

/* The first table is aligned to its size. */
static uint64_t first_table(const OracleVmsa *t)
{
    int low = oracle_vmsa_first_bits(t) + 3;

    return t->base & oracle_ones(63, t->wide ? MAX(low, 6) : low);
}

static unsigned walk(Walk *w)
{
    Desc d = { .level = w->t->start };
    unsigned top = w->t->input - 1, event;
    uint64_t table = first_table(w->t);

    if (w->q.addr & oracle_ones(63, w->t->input)) {
        return fault(w, ORACLE_TRANSLATION);
    }
    for (;;) {
        unsigned low = lowest_bit(w->t, d.level);

        d.addr = table + 8 * oracle_field(w->q.addr, top, low);
        event = read_desc(w, &d);
        if (event) {
            return event;
        }
        if (d.level == 3 || !(d.word & TABLE)) {
            return use_leaf(w, &d);
        }
        w->limits |= w->t->hierarchy ? d.word & oracle_ones(62, 59) : 0;
        table = address(w->t, d.word, w->t->granule);
        top = low - 1;
        d.level++;
    }
}

/* The result of stage 1 goes through stage 2. */
static unsigned combine(const Walk *w)
{
    OracleVmsaLeaf one = *w->leaf;
    uint8_t want = w->q.want, keep = one.cacheable | SVA_PRIV;
    Walk s = through_stage2(w, one.addr, w->q.partial ? want & keep : want);
    unsigned event;

    s.q.partial = w->q.partial;
    s.q.useful = w->q.useful & one.cacheable;
    event = walk(&s);
    if (event) {
        return event;
    }
    w->leaf->ipa = one.addr;
    w->leaf->mask = MIN(w->leaf->mask, one.mask);
    w->leaf->rights &= one.rights;
    w->leaf->cacheable &= one.cacheable;
    w->leaf->dirty = one.dirty;
    return 0;
}

unsigned oracle_vmsa_walk(const SvaOracleSource *source, const OracleVmsa *t,
                          const OracleVmsaQuery *query, SvaOracleAnswer *out,
                          OracleVmsaLeaf *leaf)
{
    Walk w = {
        .source = source, .out = out, .t = t, .q = *query, .leaf = leaf,
    };
    unsigned event;

    *leaf = (OracleVmsaLeaf) { .mask = 0 };
    event = walk(&w);
    return event || !t->under ? event : combine(&w);
}

unsigned oracle_vmsa_structure(const SvaOracleSource *source,
                               const OracleVmsa *stage2, uint64_t ipa,
                               SvaOracleAnswer *out, OracleVmsaLeaf *leaf)
{
    Walk w = {
        .source = source, .out = out, .t = stage2, .structure = true,
        .q = { .addr = ipa, .want = SVA_READ | SVA_PRIV }, .leaf = leaf,
    };

    *leaf = (OracleVmsaLeaf) { .mask = 0 };
    oracle_note_ipa(out, ipa);
    return walk(&w);
}

/*
 * Oracle: page tables of VT-d
 *
 * VT-d rev 5.10, 3.6 (first stage), 3.7 (second stage), 3.8 (nested), 9.7 and
 * 9.8 (entries), Table 30 (reasons).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "vtd-tables.h"
#include "words.h"

#define ONE(n) (1ull << (n))

typedef struct Walk {
    const SvaOracleSource *source;
    SvaOracleAnswer *out;
    const OracleVtdTables *t;
    uint64_t addr;
    uint64_t common;            /* bits that all entries on the way have */
    uint8_t want;
    bool partial;
} Walk;

/* An entry in use. */
typedef struct Entry {
    uint64_t addr;              /* as the table above has it */
    uint64_t pa;
    uint64_t word;
    unsigned level;
    bool leaf;
} Entry;

typedef enum Why {
    TOP, LOWER, ABSENT, ABSENT_WRITE, RESERVED, NOT_SNOOPED, NOT_UPDATED,
    INPUT, NO_USER, NO_WRITE, NO_READ, WHYS
} Why;

static unsigned because(const OracleVtdTables *t, Why why)
{
    static const uint8_t legacy[WHYS] = {
        0x03, 0x07, 0x06, 0x05, 0x0c, 0, 0, 0x04, 0, 0x05, 0x06,
    };
    static const uint8_t first[WHYS] = {
        0x73, 0x70, 0x71, 0x71, 0x72, 0x90, 0x91, 0x80, 0x81, 0x85, 0x86,
    };
    static const uint8_t second[WHYS] = {
        0x7b, 0x78, 0x79, 0x79, 0x7a, 0x7c, 0x7d, 0x84, 0, 0x85, 0x86,
    };

    return t->first ? first[why] : t->legacy ? legacy[why] : second[why];
}

static unsigned walk(Walk *w, OracleVtdLeaf *leaf);

static unsigned absent(const Walk *w)
{
    return because(w->t, w->want & SVA_WRITE ? ABSENT_WRITE : ABSENT);
}

static bool input_fits(const Walk *w)
{
    unsigned sign = w->t->levels == 5 ? 56 : 47;
    uint64_t upper = oracle_field(w->addr, 63, sign);

    if (w->t->first) {
        return !upper || upper == oracle_ones(63 - sign, 0);
    }
    return !(w->addr & oracle_ones(63, w->t->width));
}

/* Bits that a present entry must not have. */
static uint64_t reserved(const OracleVtdTables *t, const Entry *e)
{
    uint64_t above = oracle_ones(51, t->haw);
    bool large[6] = { [2] = t->first || t->page_2m, [3] = t->page_1g };

    if (!t->first) {
        above |= ONE(62) | (e->leaf && t->snp ? 0 : ONE(11));
    }
    if (!e->leaf || e->level == 1) {
        return above;
    }
    if (!large[e->level]) {
        return above | ONE(7);
    }
    return above | oracle_ones(9 * e->level + 2, t->first ? 13 : 12);
}

static uint8_t rights(const Walk *w)
{
    bool write = w->common & ONE(1);

    if (!w->t->first) {
        return (w->common & ONE(0) ? SVA_READ : 0) | (write ? SVA_WRITE : 0);
    }
    if (w->want & SVA_PRIV) {
        return SVA_READ | (write || !w->t->wpe ? SVA_WRITE : 0);
    }
    if (!(w->common & ONE(2))) {
        return SVA_NONE;
    }
    return SVA_READ | (write ? SVA_WRITE : 0);
}

static Walk through_second(const Walk *w, uint64_t addr, uint8_t want)
{
    oracle_note_ipa(w->out, addr);
    return (Walk) {
        .source = w->source, .out = w->out, .t = w->t->second, .addr = addr,
        .common = UINT64_MAX, .want = want,
    };
}

/*
 * Where an entry is.  To read first-stage tables takes R; with flags in the
 * second stage R and W (3.8.1).
 */
static unsigned find(const Walk *w, Entry *e, bool update)
{
    OracleVtdLeaf leaf;
    unsigned reason;
    Walk s;

    e->pa = e->addr;
    if (!w->t->second) {
        return 0;
    }
    s = through_second(w, e->addr, update ? SVA_RW : SVA_READ);
    reason = walk(&s, &leaf);
    switch (reason) {
    case 0:
        e->pa = leaf.addr;
        if (!w->t->second->ad || leaf.rights & SVA_WRITE) {
            return 0;
        }
        break;
    case 0x79:
    case 0x85:
    case 0x86:
        break;
    case 0x84:
        return 0x74;
    default:
        return reason;
    }
    return update ? 0x77 : e->level == w->t->levels ? 0x75 : 0x76;
}

/* Set flags in an entry. */
static unsigned flag(const Walk *w, Entry *e, uint64_t flags)
{
    uint64_t before = e->word;
    unsigned reason;

    if (!(flags & ~before)) {
        return 0;
    }
    if (!w->t->snooped) {
        return because(w->t, NOT_SNOOPED);
    }
    reason = find(w, e, true);
    if (reason) {
        return reason;
    }
    e->word |= flags;
    return oracle_change(w->source, w->out, e->pa, before, e->word)
           ? 0 : because(w->t, NOT_UPDATED);
}

static uint64_t accessed(const OracleVtdTables *t)
{
    if (!t->ad) {
        return 0;
    }
    return t->first ? ONE(5) | (t->ea ? ONE(10) : 0) : ONE(8);
}

static uint64_t dirty(const OracleVtdTables *t)
{
    return !t->ad ? 0 : t->first ? ONE(6) : ONE(9);
}

/* No page becomes dirty for a write that the second stage does not let pass. */
static bool second_lets_write(const Walk *w, uint64_t addr)
{
    OracleVtdLeaf leaf;
    Walk s;

    if (!w->t->second) {
        return true;
    }
    s = through_second(w, addr, SVA_NONE);
    return !walk(&s, &leaf) &&
           !((w->partial ? SVA_WRITE : w->want & SVA_RW) & ~leaf.rights);
}

static unsigned refuse(const Walk *w, uint8_t missing)
{
    if (w->t->first && !(w->want & SVA_PRIV) && !(w->common & ONE(2))) {
        return because(w->t, NO_USER);
    }
    return because(w->t, missing & SVA_WRITE ? NO_WRITE : NO_READ);
}

static unsigned use_leaf(const Walk *w, Entry *e, OracleVtdLeaf *leaf)
{
    uint64_t mask = oracle_ones(9 * e->level + 2, 0);
    uint64_t d = dirty(w->t);
    uint8_t have = rights(w), missing = w->want & SVA_RW & ~have;
    bool writes = w->want & have & SVA_WRITE;
    unsigned reason;

    *leaf = (OracleVtdLeaf) {
        .addr = (e->word & oracle_ones(w->t->haw - 1, 12) & ~mask) |
                (w->addr & mask),
        .mask = mask, .rights = have, .cacheable = have,
        .snoop = !w->t->first && e->word & ONE(11),
    };
    if (d & ~e->word) {
        writes = writes && second_lets_write(w, leaf->addr);
        leaf->cacheable &= writes ? SVA_RW : SVA_READ;
    }
    if (w->partial ? !leaf->cacheable : !have || missing) {
        return refuse(w, missing);
    }
    reason = flag(w, e, accessed(w->t) | (writes ? d : 0));
    leaf->dirty = e->word & d;
    return reason;
}

/* Read the next entry and see whether it can be used. */
static unsigned next(Walk *w, uint64_t table, unsigned level, Entry *e)
{
    unsigned reason;

    *e = (Entry) {
        .addr = table + 8 * oracle_field(w->addr, 9 * level + 11,
                                         9 * level + 3),
        .level = level,
    };
    reason = find(w, e, false);
    if (reason) {
        return reason;
    }
    if (oracle_word(w->source, w->out, e->pa, &e->word)) {
        return because(w->t, level == w->t->levels ? TOP : LOWER);
    }
    if (!(e->word & (w->t->first ? ONE(0) : ONE(0) | ONE(1)))) {
        return absent(w);
    }
    e->leaf = level == 1 || e->word & ONE(7);
    if (e->word & reserved(w->t, e)) {
        return because(w->t, RESERVED);
    }
    w->common &= e->word;
    return w->t->first || w->common & (ONE(0) | ONE(1)) ? 0 : absent(w);
}

static unsigned walk(Walk *w, OracleVtdLeaf *leaf)
{
    uint64_t table = w->t->root;
    unsigned level = w->t->levels, reason;
    Entry e;

    if (!input_fits(w)) {
        return because(w->t, INPUT);
    }
    for (;;) {
        reason = next(w, table, level--, &e);
        if (reason) {
            return reason;
        }
        if (e.leaf) {
            return use_leaf(w, &e, leaf);
        }
        reason = flag(w, &e, accessed(w->t));
        if (reason) {
            return reason;
        }
        table = e.word & oracle_ones(w->t->haw - 1, 12);
    }
}

/* The result of the first stage goes through the second one. */
static unsigned combine(const Walk *w, OracleVtdLeaf *leaf)
{
    uint8_t want = w->want & SVA_RW & (w->partial ? leaf->cacheable : SVA_RW);
    Walk s = through_second(w, leaf->addr, want);
    OracleVtdLeaf two;
    unsigned reason;

    s.partial = w->partial;
    reason = walk(&s, &two);
    if (reason) {
        return reason == 0x84 ? 0x74 : reason;
    }
    leaf->addr = two.addr;
    leaf->mask = MIN(leaf->mask, two.mask);
    leaf->rights &= two.rights;
    leaf->cacheable &= two.cacheable;
    leaf->snoop = two.snoop;
    if (w->partial && !leaf->cacheable) {
        return w->want & SVA_WRITE ? 0x85 : 0x86;
    }
    return 0;
}

unsigned oracle_vtd_walk(const SvaOracleSource *source,
                         const OracleVtdTables *tables, uint64_t addr,
                         uint8_t want, bool partial, SvaOracleAnswer *out,
                         OracleVtdLeaf *leaf)
{
    Walk w = {
        .source = source, .out = out, .t = tables, .addr = addr,
        .common = UINT64_MAX, .want = want, .partial = partial,
    };
    unsigned reason = walk(&w, leaf);

    return reason || !tables->second ? reason : combine(&w, leaf);
}

/*
 * Reference page-table walk
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "ref-walk.h"

#define BIT(n) (1ull << (n))
#define RW (SVA_READ | SVA_WRITE)

typedef struct Ref {
    FakeEnv *f;
    const SvaPtConfig *cfg;
    const SvaPtConfig *second;  /* nested: of the addresses of tables */
    bool first;
    uint64_t va;
    uint8_t want;
    bool partial;
    RefResult *out;
} Ref;

/* Bits @from to @to, both included. */
static uint64_t bits(unsigned from, unsigned to)
{
    uint64_t set = 0;

    for (unsigned i = from; i <= to; i++) {
        set |= BIT(i);
    }
    return set;
}

bool ref_accessible(FakeEnv *f, uint64_t pa, unsigned len, bool write)
{
    for (unsigned i = 0; i < f->ranges->len; i++) {
        const FakeRange *r = &g_array_index(f->ranges, FakeRange, i);

        if (r->first <= pa + len - 1 && pa <= r->last &&
            (write || !r->read_only)) {
            return false;
        }
    }
    return true;
}

static bool input_is_legal(const Ref *r, SvaPtStatus *status)
{
    unsigned top = r->cfg->levels == 5 ? 56 : 47;

    if (r->first) {
        *status = SVA_PT_NOT_CANONICAL;
        for (unsigned i = top; i < 64; i++) {
            if ((r->va >> i & 1) != (r->va >> top & 1)) {
                return false;
            }
        }
        return true;
    }
    *status = SVA_PT_ADDRESS_SIZE;
    for (unsigned i = r->cfg->input_bits; i < 64; i++) {
        if (r->va & BIT(i)) {
            return false;
        }
    }
    return true;
}

static bool is_present(const Ref *r, uint64_t entry)
{
    return r->first ? entry & BIT(0) : entry & bits(0, 1);
}

/* Bits that a present entry of @level must not have. */
static uint64_t reserved(const Ref *r, unsigned level, bool leaf)
{
    uint64_t set = r->cfg->addr_bits < 52 ? bits(r->cfg->addr_bits, 51) : 0;
    bool large[6] = {
        [2] = r->first || r->cfg->flags & SVA_PT_2M,
        [3] = r->cfg->flags & SVA_PT_1G,
    };

    if (!r->first) {
        set |= BIT(62) | (leaf && r->cfg->flags & SVA_PT_SNP ? 0 : BIT(11));
    }
    if (leaf && level > 1 && !large[level]) {
        return set | BIT(7);
    }
    if (leaf && level == 2) {
        set |= bits(r->first ? 13 : 12, 20);
    }
    if (leaf && level == 3) {
        set |= bits(r->first ? 13 : 12, 29);
    }
    return set;
}

/* Rights by all entries read, for the privilege asked for. */
static uint8_t rights(const Ref *r, bool *user)
{
    bool all_w = true, all_r = true, all_us = true;
    bool priv = r->want & SVA_PRIV;
    uint8_t access;

    for (unsigned i = 0; i < r->out->entries; i++) {
        uint64_t e = r->out->entry[i].value;

        all_r &= r->first || (e & BIT(0));
        all_w &= !!(e & BIT(1));
        all_us &= !r->first || (e & BIT(2));
    }
    *user = all_us;
    if (!r->first) {
        return (all_r ? SVA_READ : 0) | (all_w ? SVA_WRITE : 0);
    }
    if (!priv) {
        return all_us ? SVA_READ | (all_w ? SVA_WRITE : 0) : 0;
    }
    access = SVA_READ;
    if (all_w || !(r->cfg->flags & SVA_PT_WPE)) {
        access |= SVA_WRITE;
    }
    return access;
}

/* Physical address of a table entry that is read, or written. */
static bool locate(const Ref *r, uint64_t addr, bool write, uint64_t *pa)
{
    RefResult out;

    *pa = addr;
    if (!r->second) {
        return true;
    }
    ref_walk(r->f, r->second, false, addr,
             write ? SVA_READ | SVA_WRITE : SVA_READ, false, &out);
    *pa = out.addr;
    return out.status == SVA_PT_OK &&
           (out.rights & SVA_WRITE || !(r->second->flags & SVA_PT_AD));
}

/* Can the bits in RefEntry.set be set?  Else why not. */
static SvaPtStatus update_status(const Ref *r, RefEntry *e)
{
    SvaPtStatus status = SVA_PT_OK;
    uint64_t pa;

    e->set &= ~e->value;
    if (!e->set) {
        return SVA_PT_OK;
    }
    if (r->cfg->flags & SVA_PT_NON_COHERENT) {
        status = SVA_PT_NOT_COHERENT;
    } else if (!locate(r, e->addr, true, &pa) ||
               !ref_accessible(r->f, pa, 8, true)) {
        status = SVA_PT_UPDATE_FAILED;
    }
    if (status != SVA_PT_OK) {
        e->set = 0;
    }
    return status;
}

static uint64_t accessed(const Ref *r)
{
    if (!(r->cfg->flags & SVA_PT_AD)) {
        return 0;
    }
    if (!r->first) {
        return BIT(8);
    }
    return BIT(5) | (r->cfg->flags & SVA_PT_EAFE ? BIT(10) : 0);
}

static SvaPtStatus judge_leaf(const Ref *r, unsigned level)
{
    RefResult *out = r->out;
    RefEntry *e = &out->entry[out->entries - 1];
    uint64_t d = !(r->cfg->flags & SVA_PT_AD) ? 0 : r->first ? BIT(6) : BIT(9);
    bool user;
    uint8_t have = rights(r, &user);
    uint8_t missing = r->want & RW & ~have;
    bool writes = r->want & have & SVA_WRITE;
    uint8_t cacheable = have;
    SvaPtStatus status;

    if (d && !(e->value & d) && !writes) {
        cacheable &= ~SVA_WRITE;
    }
    if (r->partial ? !cacheable : missing || !have) {
        return !user && !(r->want & SVA_PRIV) ? SVA_PT_USER
               : missing & SVA_WRITE ? SVA_PT_NO_WRITE : SVA_PT_NO_READ;
    }
    e->set = accessed(r) | (writes ? d : 0);
    status = update_status(r, e);
    if (status != SVA_PT_OK) {
        return status;
    }
    out->access = cacheable;
    out->rights = have;
    out->dirty = (e->value | e->set) & d;
    out->mask = bits(0, 9 * level + 2);
    out->addr = (e->value & bits(12, r->cfg->addr_bits - 1) & ~out->mask) |
                (r->va & out->mask);
    return SVA_PT_OK;
}

static SvaPtStatus judge(const Ref *r)
{
    RefResult *out = r->out;
    uint64_t table = r->cfg->root;
    SvaPtStatus status;

    for (unsigned level = r->cfg->levels; level; level--) {
        RefEntry *e = &out->entry[out->entries];
        bool leaf, user;

        e->addr = table + (r->va >> (9 * level + 3) & 511) * 8;
        if (!locate(r, e->addr, false, &e->pa) ||
            !ref_accessible(r->f, e->pa, 8, false)) {
            return level == r->cfg->levels ? SVA_PT_READ_ERROR_ROOT
                                           : SVA_PT_READ_ERROR;
        }
        e->value = fake_get64(r->f, e->pa);
        if (!is_present(r, e->value)) {
            return SVA_PT_NOT_PRESENT;
        }
        leaf = level == 1 || e->value & BIT(7);
        if (e->value & reserved(r, level, leaf)) {
            return SVA_PT_RESERVED;
        }
        out->entries++;
        if (!r->first && !rights(r, &user)) {
            return SVA_PT_NOT_PRESENT;
        }
        if (leaf) {
            return judge_leaf(r, level);
        }
        e->set = accessed(r);
        status = update_status(r, e);
        if (status != SVA_PT_OK) {
            return status;
        }
        table = e->value & bits(12, r->cfg->addr_bits - 1);
    }
    g_assert_not_reached();
}

void ref_walk(FakeEnv *f, const SvaPtConfig *cfg, bool first, uint64_t va,
              uint8_t want, bool partial, RefResult *out)
{
    Ref r = {
        .f = f, .cfg = cfg, .first = first, .va = va, .want = want,
        .partial = partial, .out = out,
    };

    memset(out, 0, sizeof(*out));
    if (input_is_legal(&r, &out->status)) {
        out->status = judge(&r);
    }
}

bool ref_walk_nested(FakeEnv *f, const SvaPtConfig *first,
                     const SvaPtConfig *second, uint64_t va, uint8_t want,
                     uint64_t *addr)
{
    RefResult out;
    Ref r = {
        .f = f, .cfg = first, .second = second, .first = true, .va = va,
        .want = want, .out = &out,
    };

    memset(&out, 0, sizeof(out));
    if (!input_is_legal(&r, &out.status) || judge(&r) != SVA_PT_OK) {
        return false;
    }
    ref_walk(f, second, false, out.addr, want & RW, false, &out);
    *addr = out.addr;
    return out.status == SVA_PT_OK;
}

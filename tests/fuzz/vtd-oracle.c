/*
 * Oracle of the VT-d fuzz harness
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "ref-walk.h"
#include "vtd-oracle.h"

#define ADDR_MASK 0x000ffffffffff000ull

typedef struct Oracle {
    VtdFixture *f;
    const SvaVtdConfig *c;
    const SvaRequest *req;
    OracleAnswer *out;
} Oracle;

static bool word(Oracle *o, uint64_t pa, uint64_t *val)
{
    if (!ref_accessible(o->f->env, pa, 8, false)) {
        return false;
    }
    *val = fake_get64(o->f->env, pa);
    return true;
}

/* Any of @reserved, or an address that the platform does not have. */
static bool is_bad(const Oracle *o, uint64_t val, uint64_t reserved)
{
    return val & reserved || val >> o->c->haw_bits;
}

static bool in_interrupt_range(uint64_t addr)
{
    return addr >> 20 == 0xfee;
}

static bool by_walk(Oracle *o, SvaPtConfig *pt, bool first)
{
    uint8_t want = o->req->access & ~SVA_EXEC;
    RefResult ref;

    if (!first || !o->req->pasid.valid) {
        want &= SVA_READ | SVA_WRITE;
    }
    pt->addr_bits = o->c->haw_bits;
    ref_walk(o->f->env, pt, first, o->req->addr, want, false, &ref);
    o->out->addr = ref.addr;
    return ref.status == SVA_PT_OK && !in_interrupt_range(ref.addr);
}

static bool by_nested_walk(Oracle *o, SvaPtConfig *pt,
                           const SvaPtConfig *second)
{
    uint8_t want = o->req->access & ~SVA_EXEC;

    if (!o->req->pasid.valid) {
        want &= SVA_READ | SVA_WRITE;
    }
    pt->addr_bits = o->c->haw_bits;
    return ref_walk_nested(o->f->env, pt, second, o->req->addr, want,
                           &o->out->addr) &&
           !in_interrupt_range(o->out->addr);
}

static bool by_identity(Oracle *o, unsigned bits)
{
    o->out->addr = o->req->addr;
    return !(o->req->addr >> bits) && !in_interrupt_range(o->req->addr);
}

/* Second stage: @aw as in the AW field. */
static SvaPtConfig second_tables(const Oracle *o, uint64_t root, unsigned aw,
                                 uint32_t flags)
{
    return (SvaPtConfig) {
        .root = root & ADDR_MASK, .levels = aw + 2, .input_bits = 30 + 9 * aw,
        .addr_bits = o->c->haw_bits,
        .flags = flags | SVA_PT_2M | SVA_PT_1G | SVA_PT_SNP,
    };
}

static bool second_stage(Oracle *o, uint64_t root, unsigned aw, uint32_t flags)
{
    SvaPtConfig pt = second_tables(o, root, aw, flags);

    return by_walk(o, &pt, false);
}

static bool is_width(const Oracle *o, unsigned aw)
{
    return aw >= 1 && aw <= 3 && 30 + 9 * aw <= o->c->aw_bits;
}

/* @second: NULL, or what the first stage is nested on. */
static bool by_first(Oracle *o, const uint64_t *qw, const SvaPtConfig *second)
{
    bool five = (qw[2] >> 2 & 3) == 1;
    SvaPtConfig pt = {
        .root = qw[2] & ADDR_MASK, .levels = five ? 5 : 4,
        .flags = SVA_PT_AD | SVA_PT_2M | SVA_PT_1G |
                 (qw[1] >> 23 & 1 ? 0 : SVA_PT_NON_COHERENT) |
                 (qw[2] >> 4 & 1 ? SVA_PT_WPE : 0) |
                 (qw[2] >> 7 & 1 ? SVA_PT_EAFE : 0),
    };

    if (qw[2] >> 3 & 1 || (five && !o->c->first_level_5)) {
        return false;
    }
    if (second && pt.root >> second->input_bits) {
        return false;
    }
    return second ? by_nested_walk(o, &pt, second) : by_walk(o, &pt, true);
}

static bool is_nesting(const Oracle *o)
{
    return vtd_read64(o->f, 0x10) >> 26 & 1;
}

static bool by_pasid_entry(Oracle *o, const uint64_t *qw)
{
    unsigned kind = qw[0] >> 6 & 7, aw = qw[0] >> 2 & 7;
    bool ssade = qw[0] >> 9 & 1;
    uint32_t flags = 0;
    SvaPtConfig second;

    if (is_bad(o, qw[0], 0xc20) || qw[1] & 0xfffffffffe7f0000 ||
        is_bad(o, qw[2], 0xf02) || (qw[2] & 1 && !o->c->supervisor) ||
        (ssade && !o->c->second_ad)) {
        return false;
    }
    for (unsigned i = 3; i < 8; i++) {
        if (qw[i]) {
            return false;
        }
    }
    if (o->req->pasid.valid &&
        (o->req->access & SVA_EXEC ||
         (o->req->access & SVA_PRIV && !(qw[2] & 1)))) {
        return false;
    }
    if (kind == 1) {
        return by_first(o, qw, NULL);
    }
    if (kind == 4) {
        return o->c->pt && by_identity(o, o->c->haw_bits);
    }
    if ((kind != 2 && !(kind == 3 && is_nesting(o))) || !is_width(o, aw)) {
        return false;
    }
    if (ssade) {
        flags = SVA_PT_AD | (qw[1] >> 23 & 1 ? 0 : SVA_PT_NON_COHERENT);
    }
    if (kind == 2) {
        return second_stage(o, qw[0], aw, flags);
    }
    second = second_tables(o, qw[0], aw, flags);
    return by_first(o, qw, &second);
}

static bool by_pasid(Oracle *o, uint64_t dir, uint32_t pasid)
{
    uint64_t pde, pa, qw[8];

    if (!word(o, (dir & ADDR_MASK) + (pasid >> 6) * 8, &pde)) {
        return false;
    }
    o->out->fpd |= pde >> 1 & 1;
    if (!(pde & 1) || is_bad(o, pde, 0xffc)) {
        return false;
    }
    pa = (pde & ADDR_MASK) + (pasid & 63) * 64;
    for (unsigned i = 0; i < 8; i++) {
        if (!word(o, pa + i * 8, &qw[i])) {
            return false;
        }
    }
    o->out->fpd |= qw[0] >> 1 & 1;
    return qw[0] & 1 && by_pasid_entry(o, qw);
}

static bool by_scalable(Oracle *o, uint64_t root)
{
    unsigned bus = o->req->rid >> 8, devfn = o->req->rid & 0xff;
    uint64_t entry, pa, qw[4];
    uint32_t pasid, rid_pasid, limit;

    if (!o->c->scalable ||
        !word(o, root + bus * 16 + (devfn >= 128 ? 8 : 0), &entry) ||
        !(entry & 1) || is_bad(o, entry, 0xffe)) {
        return false;
    }
    pa = (entry & ADDR_MASK) + devfn % 128 * 32;
    for (unsigned i = 0; i < 4; i++) {
        if (!word(o, pa + i * 8, &qw[i])) {
            return false;
        }
    }
    o->out->fpd |= qw[0] >> 1 & 1;
    if (!(qw[0] & 1) || is_bad(o, qw[0], 0x1e0) || qw[1] >> 20 || qw[2] ||
        qw[3] || (qw[0] >> 2 & 1 && !o->c->device_iotlb) ||
        (qw[0] >> 3 & 1 && !o->c->pasid_bits) ||
        (qw[0] >> 4 & 1 && !o->c->pri)) {
        return false;
    }
    rid_pasid = qw[1] & 0xfffff;
    limit = 1u << ((qw[0] >> 9 & 7) + 13);
    if (rid_pasid >= limit || (qw[0] >> 2 & 5) == 4) {
        return false;           /* or PRE without DTE */
    }
    pasid = o->req->pasid.valid ? o->req->pasid.id : rid_pasid;
    if (o->req->pasid.valid &&
        (!(qw[0] >> 3 & 1) || pasid >= limit || pasid == rid_pasid ||
         pasid >> o->c->pasid_bits)) {
        return false;
    }
    return by_pasid(o, qw[0], pasid);
}

static bool by_legacy(Oracle *o, uint64_t root)
{
    uint64_t pa = root + (o->req->rid >> 8) * 16, low, high;
    unsigned tt;

    if (o->req->pasid.valid) {
        return false;
    }
    if (!word(o, pa, &low) || !word(o, pa + 8, &high) || !(low & 1) ||
        is_bad(o, low, 0xffe) || high) {
        return false;
    }
    pa = (low & ADDR_MASK) + (o->req->rid & 0xff) * 16;
    if (!word(o, pa, &low) || !word(o, pa + 8, &high)) {
        return false;
    }
    o->out->fpd |= low >> 1 & 1;
    tt = low >> 2 & 3;
    if (!(low & 1) || is_bad(o, low, 0xff0) || high & 0xffffffffff000080 ||
        tt == 3 || !is_width(o, high & 7) ||
        (tt == 1 && !o->c->device_iotlb) || (tt == 2 && !o->c->pt)) {
        return false;
    }
    return tt == 2 ? by_identity(o, o->c->haw_bits)
                   : second_stage(o, low, high & 7, 0);
}

void oracle_translate(VtdFixture *f, uint64_t rtaddr, const SvaRequest *req,
                      OracleAnswer *out)
{
    Oracle o = { .f = f, .c = &f->vtd.config, .req = req, .out = out };
    uint64_t root = rtaddr & ADDR_MASK;

    *out = (OracleAnswer) { .granted = false };
    if (!req->pasid.valid && in_interrupt_range(req->addr)) {
        return;
    }
    switch (rtaddr >> 10 & 3) {
    case 0:
        out->granted = by_legacy(&o, root);
        break;
    case 1:
        out->granted = by_scalable(&o, root);
        break;
    default:
        break;
    }
}

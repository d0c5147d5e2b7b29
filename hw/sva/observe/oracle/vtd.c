/*
 * Oracle: VT-d, from a request to its answer
 *
 * VT-d rev 5.10, 3.4, 4.2.3, 9.1 to 9.6, Table 30.  Of several conditions the
 * first one in the order of that table counts.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "vtd-tables.h"
#include "words.h"

typedef struct Unit {
    const SvaOracleSource *source;
    const SvaRequest *req;
    SvaOracleAnswer *out;
    uint64_t rtaddr;
    uint64_t cap;
    uint64_t ecap;
    unsigned haw;
    bool enabled;
    bool interrupts;            /* remapping of interrupts is on */
} Unit;

/* What the tables of functions and PASIDs say of the request. */
typedef struct Path {
    OracleVtdTables pages;
    OracleVtdTables second;
    bool identity;
    bool snoop;
    bool legacy;
} Path;

static bool is_translation(const Unit *u)
{
    return u->req->at == SVA_AT_TRANSLATION;
}

static bool has_pasid(const Unit *u)
{
    return u->req->pasid.valid;
}

static bool is_interrupt_page(uint64_t addr)
{
    return oracle_field(addr, 63, 20) == 0xfee;
}

static bool overlaps_interrupts(uint64_t addr, uint64_t mask)
{
    return (addr & ~mask) <= 0xfeefffff && (addr | mask) >= 0xfee00000;
}

static uint64_t pointer(const Unit *u, uint64_t word)
{
    return word & oracle_ones(u->haw - 1, 12);
}

static uint64_t above(const Unit *u)
{
    return oracle_ones(63, u->haw);
}

static bool read_words(const Unit *u, uint64_t pa, unsigned count, uint64_t *qw)
{
    return oracle_words(u->source, u->out, pa, count, qw);
}

/* -- second stage: of legacy mode, too -- */

/* @aw: as in entries; false: not in CAP.SAGAW. */
static bool second_stage(const Unit *u, unsigned aw, uint64_t root,
                         OracleVtdTables *t)
{
    if (aw < 1 || aw > 3 || !oracle_bit(u->cap, 8 + aw)) {
        return false;
    }
    *t = (OracleVtdTables) {
        .root = pointer(u, root),
        .levels = aw + 2,
        .width = MIN(30 + 9 * aw, oracle_field(u->cap, 21, 16) + 1),
        .haw = u->haw,
        .snp = oracle_bit(u->ecap, 7),
        .page_2m = oracle_bit(u->cap, 34),
        .page_1g = oracle_bit(u->cap, 35),
    };
    return true;
}

/* -- legacy mode -- */

static unsigned legacy_context(const Unit *u, const uint64_t *qw, Path *path)
{
    unsigned tt = oracle_field(qw[0], 3, 2);
    bool dt = oracle_bit(u->ecap, 2), pt = oracle_bit(u->ecap, 6);

    if (qw[0] & (oracle_ones(11, 4) | above(u)) ||
        qw[1] & (oracle_ones(63, 24) | oracle_ones(7, 7))) {
        return 0x0b;
    }
    if (tt == 3 || (tt == 1 && !dt) || (tt == 2 && !pt) ||
        !second_stage(u, oracle_field(qw[1], 2, 0), qw[0], &path->pages)) {
        return 0x03;
    }
    path->pages.legacy = true;
    path->identity = tt == 2;
    return is_translation(u) && tt != 1 ? 0x0d : 0;
}

static unsigned legacy(const Unit *u, Path *path)
{
    uint64_t pa = pointer(u, u->rtaddr) + 16 * (u->req->rid >> 8), qw[2];

    path->legacy = true;
    if (has_pasid(u)) {
        return 0x31;
    }
    if (!read_words(u, pa, 2, qw)) {
        return 0x08;
    }
    if (!oracle_bit(qw[0], 0)) {
        return 0x01;
    }
    if (qw[0] & (oracle_ones(11, 1) | above(u)) || qw[1]) {
        return 0x0a;
    }
    if (!read_words(u, pointer(u, qw[0]) + 16 * (u->req->rid & 255), 2, qw)) {
        return 0x09;
    }
    u->out->fpd |= oracle_bit(qw[0], 1);
    return oracle_bit(qw[0], 0) ? legacy_context(u, qw, path) : 0x02;
}

/* -- scalable mode: the function -- */

/* 42h: bits without meaning, and fields whose capability is missing */
static bool context_is_reserved(const Unit *u, const uint64_t *qw)
{
    uint64_t bad = oracle_ones(8, 5) | above(u) |
                   (oracle_bit(u->ecap, 2) ? 0 : oracle_ones(2, 2)) |
                   (oracle_bit(u->ecap, 40) ? 0 : oracle_ones(3, 3)) |
                   (oracle_bit(u->ecap, 29) ? 0 : oracle_ones(4, 4));

    return qw[0] & bad || qw[1] & oracle_ones(63, 20) || qw[2] || qw[3];
}

/* 45h to 48h, 89h: may it have this PASID? */
static unsigned check_pasid(const Unit *u, const uint64_t *qw)
{
    uint64_t pasid = u->req->pasid.id;  /* shifted by up to 32 */

    if (!oracle_bit(qw[0], 3)) {
        return 0x45;
    }
    if (pasid >> (oracle_field(qw[0], 11, 9) + 13)) {
        return 0x46;
    }
    if (pasid == oracle_field(qw[1], 19, 0)) {
        return 0x48;
    }
    return pasid >> (oracle_field(u->ecap, 39, 35) + 1) ? 0x89 : 0;
}

/* @dir, @pasid: where to go on. */
static unsigned scalable_context(const Unit *u, const uint64_t *qw,
                                 uint64_t *dir, uint32_t *pasid)
{
    bool dte = oracle_bit(qw[0], 2), pre = oracle_bit(qw[0], 4);

    if (context_is_reserved(u, qw)) {
        return 0x42;
    }
    *pasid = oracle_field(qw[1], 19, 0);
    *dir = pointer(u, qw[0]);
    if ((pre && !dte) || *pasid >> (oracle_field(qw[0], 11, 9) + 13)) {
        return 0x43;
    }
    if (is_translation(u) && !dte) {
        return 0x44;
    }
    if (!has_pasid(u)) {
        return 0;
    }
    *pasid = u->req->pasid.id;
    return check_pasid(u, qw);
}

static unsigned function(const Unit *u, uint64_t *dir, uint32_t *pasid)
{
    unsigned bus = u->req->rid >> 8, devfn = u->req->rid & 255;
    uint64_t half, qw[4];

    if (!oracle_bit(u->ecap, 43)) {
        return 0x30;
    }
    /* The halves are entries of their own. */
    if (!read_words(u, pointer(u, u->rtaddr) + 16 * bus + 8 * (devfn >> 7), 1,
                    &half)) {
        return 0x38;
    }
    if (!oracle_bit(half, 0)) {
        return 0x39;
    }
    if (half & (oracle_ones(11, 1) | above(u))) {
        return 0x3a;
    }
    if (!read_words(u, pointer(u, half) + 32 * (devfn & 127), 4, qw)) {
        return 0x40;
    }
    u->out->fpd |= oracle_bit(qw[0], 1);
    return oracle_bit(qw[0], 0) ? scalable_context(u, qw, dir, pasid) : 0x41;
}

/* -- scalable mode: the PASID -- */

/* 5Ah: whatever PGTT is */
static bool pasid_is_reserved(const Unit *u, const uint64_t *qw)
{
    uint64_t bad0 = oracle_ones(5, 5) | oracle_ones(11, 10) | above(u) |
                    (oracle_bit(u->ecap, 45) ? 0 : oracle_ones(9, 9));
    uint64_t bad1 = oracle_ones(22, 16) | oracle_ones(63, 25) |
                    (oracle_bit(u->ecap, 48) ? 0 : oracle_ones(23, 23)) |
                    (oracle_bit(u->ecap, 7) ? 0 : oracle_ones(24, 24));
    uint64_t bad2 = oracle_ones(1, 1) | oracle_ones(11, 8) | above(u) |
                    (oracle_bit(u->ecap, 31) ? 0 : oracle_ones(0, 0)) |
                    (oracle_bit(u->ecap, 34) ? 0 : oracle_ones(7, 7));

    return qw[0] & bad0 || qw[1] & bad1 || qw[2] & bad2 ||
           qw[3] || qw[4] || qw[5] || qw[6] || qw[7];
}

static bool pasid_first(const Unit *u, const uint64_t *qw, OracleVtdTables *t)
{
    unsigned mode = oracle_field(qw[2], 3, 2);

    *t = (OracleVtdTables) {
        .root = pointer(u, qw[2]), .levels = 4 + mode, .haw = u->haw,
        .first = true, .ad = true,
        .ea = oracle_bit(qw[2], 7),
        .snooped = oracle_bit(qw[1], 23),
        .wpe = oracle_bit(qw[2], 4),
        .page_1g = oracle_bit(u->cap, 56),
    };
    return oracle_bit(u->ecap, 47) &&
           (mode == 0 || (mode == 1 && oracle_bit(u->cap, 60)));
}

static bool pasid_second(const Unit *u, const uint64_t *qw, OracleVtdTables *t)
{
    if (!oracle_bit(u->ecap, 46) ||
        !second_stage(u, oracle_field(qw[0], 4, 2), qw[0], t)) {
        return false;
    }
    t->ad = oracle_bit(qw[0], 9);
    t->snooped = oracle_bit(qw[1], 23);
    return true;
}

static bool pasid_nested(const Unit *u, const uint64_t *qw, Path *path)
{
    if (!oracle_bit(u->ecap, 26) || !pasid_second(u, qw, &path->second) ||
        !pasid_first(u, qw, &path->pages)) {
        return false;
    }
    path->pages.second = &path->second;
    return !(path->pages.root & oracle_ones(63, path->second.width));
}

static bool pasid_type(const Unit *u, const uint64_t *qw, Path *path)
{
    switch (oracle_field(qw[0], 8, 6)) {
    case 1:
        return pasid_first(u, qw, &path->pages);
    case 2:
        return pasid_second(u, qw, &path->pages);
    case 3:
        return pasid_nested(u, qw, path);
    case 4:
        path->identity = true;
        return oracle_bit(u->ecap, 6);
    default:
        return false;
    }
}

static unsigned pasid_entry(const Unit *u, const uint64_t *qw, Path *path)
{
    if (pasid_is_reserved(u, qw)) {
        return 0x5a;
    }
    if (!pasid_type(u, qw, path)) {
        return 0x5b;
    }
    path->snoop = oracle_bit(qw[1], 24);
    if (!has_pasid(u)) {
        return 0;               /* of users, and for data: ECAP.RPRIVS=0 */
    }
    if (u->req->access & SVA_EXEC) {
        return 0x5c;
    }
    return u->req->access & SVA_PRIV && !oracle_bit(qw[2], 0) ? 0x5d : 0;
}

static unsigned scalable(const Unit *u, Path *path)
{
    uint64_t dir, pde, qw[8];
    uint32_t pasid;
    unsigned reason = function(u, &dir, &pasid);

    if (reason) {
        return reason;
    }
    if (!read_words(u, dir + 8 * (pasid >> 6), 1, &pde)) {
        return 0x50;
    }
    u->out->fpd |= oracle_bit(pde, 1);
    if (!oracle_bit(pde, 0)) {
        return 0x51;
    }
    if (pde & (oracle_ones(11, 2) | above(u))) {
        return 0x52;
    }
    if (!read_words(u, pointer(u, pde) + 64 * (pasid & 63), 8, qw)) {
        return 0x58;
    }
    u->out->fpd |= oracle_bit(qw[0], 1);
    return oracle_bit(qw[0], 0) ? pasid_entry(u, qw, path) : 0x59;
}

/* -- the address -- */

static unsigned identity(const Unit *u, const Path *path)
{
    if (u->req->addr & above(u)) {
        return path->legacy ? 0x04 : 0x83;
    }
    u->out->tables = (SvaMapping) {
        .addr = u->req->addr, .mask = oracle_ones(u->haw - 1, 0),
        .access = SVA_RW,
    };
    u->out->rights = SVA_RW;
    return 0;
}

static unsigned by_tables(const Unit *u, const Path *path)
{
    uint8_t want = u->req->access & SVA_RW;
    OracleVtdLeaf leaf;
    unsigned reason;

    if (path->pages.first &&
        (has_pasid(u) || u->req->access & SVA_ORACLE_ANY)) {
        want |= u->req->access & SVA_PRIV;
    }
    u->out->nested = path->pages.second;
    u->out->priv = want & SVA_PRIV;
    reason = oracle_vtd_walk(u->source, &path->pages, u->req->addr, want,
                             is_translation(u), u->out, &leaf);
    if (reason) {
        return reason;
    }
    u->out->walked = true;
    u->out->tables = (SvaMapping) {
        .addr = leaf.addr, .mask = leaf.mask, .access = leaf.cacheable,
        .snoop = leaf.snoop,
    };
    u->out->rights = leaf.rights;
    u->out->dirty = leaf.dirty;
    return 0;
}

/*
 * Nothing gets into the interrupt range by translation: 3.15, LGN.4, SGN.8.
 * That table has no fault for translation requests by pass-through.
 */
static unsigned check_output(const Unit *u, const Path *path)
{
    SvaMapping *map = &u->out->map;
    bool inside = is_interrupt_page(map->addr);
    bool touches = overlaps_interrupts(map->addr, map->mask);

    if (is_translation(u) && path->identity) {
        map->access = inside ? SVA_NONE : map->access;
    } else if (is_translation(u) ? touches : inside) {
        return path->legacy ? 0x0e : 0x87;
    }
    while (map->mask > 0xfff &&
           (overlaps_interrupts(map->addr, map->mask) ||
            (!has_pasid(u) && overlaps_interrupts(u->req->addr, map->mask)))) {
        map->mask >>= 1;
    }
    return 0;
}

static unsigned find_path(const Unit *u, Path *path)
{
    switch (oracle_field(u->rtaddr, 11, 10)) {
    case 0:
        return legacy(u, path);
    case 1:
        return scalable(u, path);
    default:
        return 0x30;
    }
}

static uint8_t echoed_privilege(const Unit *u)
{
    return has_pasid(u) ? u->req->access & SVA_PRIV : SVA_NONE;
}

/* S.1 and S.2: where interrupts go no page tables are asked. */
static void answer_interrupt(const Unit *u)
{
    bool write = u->req->access & SVA_WRITE;

    u->out->untranslated_only = write;
    u->out->map = (SvaMapping) {
        .addr = u->req->addr, .mask = 0xfff, .access = write ? SVA_WRITE : 0,
    };
}

static unsigned translate(const Unit *u)
{
    Path path = { .identity = false };
    unsigned reason = find_path(u, &path);

    if (reason) {
        return reason;
    }
    if (!has_pasid(u) && is_interrupt_page(u->req->addr)) {
        answer_interrupt(u);
        return 0;
    }
    reason = path.identity ? identity(u, &path) : by_tables(u, &path);
    if (reason) {
        return reason;
    }
    u->out->map = u->out->tables;
    u->out->map.snoop |= path.snoop;
    reason = check_output(u, &path);
    if (is_translation(u)) {
        /* With NW no W: 4.2.3. */
        u->out->map.access &= SVA_READ | (u->req->access & SVA_WRITE);
        u->out->map.access |= echoed_privilege(u);
    }
    return reason;
}

/* Untranslated requests without PASID that are no interrupts: 3.15 */
static unsigned into_interrupts(const Unit *u)
{
    u->out->raz_wi = !u->req->access;
    return u->req->access && (u->enabled || u->interrupts) ? 0x29 : 0;
}

static bool decide(const Unit *u)
{
    bool interrupt = !has_pasid(u) && !is_translation(u) &&
                     is_interrupt_page(u->req->addr);

    if (interrupt) {
        u->out->reason = into_interrupts(u);
        return false;
    }
    if (!u->enabled) {
        u->out->map = (SvaMapping) {
            .addr = u->req->addr, .mask = UINT64_MAX, .access = SVA_RW,
        };
        u->out->status = SVA_ATS_UR;
        return !is_translation(u);
    }
    u->out->reason = translate(u);
    return !u->out->reason;
}

/* The columns of translation requests in Table 30 */
static SvaAtsStatus status_of(unsigned reason)
{
    switch (reason) {
    case 0x01: case 0x02: case 0x0d: case 0x31: case 0x39: case 0x41:
    case 0x44: case 0x45: case 0x46: case 0x48: case 0x89:
        return SVA_ATS_UR;
    case 0x03: case 0x07: case 0x08: case 0x09: case 0x0a: case 0x0b:
    case 0x0c: case 0x0e: case 0x30: case 0x38: case 0x3a: case 0x40:
    case 0x42: case 0x43: case 0x50: case 0x52: case 0x58: case 0x5a:
    case 0x5b: case 0x78: case 0x7a: case 0x7b: case 0x7c: case 0x7d:
    case 0x87:
        return SVA_ATS_CA;
    default:
        return SVA_ATS_SUCCESS;
    }
}

void sva_oracle_vtd(const uint64_t regs[SVA_ORACLE_REGS],
                    const SvaOracleSource *source, const SvaRequest *req,
                    SvaOracleAnswer *out)
{
    Unit u = {
        .source = source, .req = req, .out = out,
        .rtaddr = regs[SVA_ORACLE_VTD_RTADDR],
        .cap = regs[SVA_ORACLE_VTD_CAP],
        .ecap = regs[SVA_ORACLE_VTD_ECAP],
        .haw = regs[SVA_ORACLE_VTD_HAW],
        .enabled = oracle_bit(regs[SVA_ORACLE_VTD_GSTS], 31),
        .interrupts = oracle_bit(regs[SVA_ORACLE_VTD_GSTS], 25),
    };

    if (u.haw < 32 || u.haw > 52) {
        u.haw = MIN(52, oracle_field(u.cap, 21, 16) + 1);
    }
    oracle_begin(out);
    if (decide(&u) || oracle_is_unknown(out)) {
        return;
    }
    out->outcome = SVA_ORACLE_REFUSED;
    if (out->reason) {
        out->status = status_of(out->reason);
    }
    out->map = (SvaMapping) { .access = echoed_privilege(&u) };
}

SvaOracleStage sva_oracle_vtd_stage(unsigned reason)
{
    switch (reason) {
    case 0x29: case 0x30: case 0x31:
        return SVA_ORACLE_STAGE_UNIT;
    case 0x01: case 0x02: case 0x08: case 0x09: case 0x0a: case 0x0b:
    case 0x0d: case 0x38: case 0x39: case 0x3a: case 0x40: case 0x41:
    case 0x42: case 0x43: case 0x44: case 0x45: case 0x46: case 0x48:
    case 0x89:
        return SVA_ORACLE_STAGE_FUNCTION;
    case 0x50: case 0x51: case 0x52: case 0x58: case 0x59: case 0x5a:
    case 0x5b: case 0x5c: case 0x5d:
        return SVA_ORACLE_STAGE_PASID;
    case 0x03: case 0x04: case 0x07: case 0x0c:
    case 0x70: case 0x71: case 0x72: case 0x73: case 0x74: case 0x75:
    case 0x76: case 0x77: case 0x78: case 0x79: case 0x7a: case 0x7b:
    case 0x7c: case 0x7d: case 0x80: case 0x83: case 0x84: case 0x90:
    case 0x91:
        return SVA_ORACLE_STAGE_TABLES;
    case 0x05: case 0x06: case 0x81: case 0x85: case 0x86:
        return SVA_ORACLE_STAGE_RIGHTS;
    case 0x0e: case 0x87:
        return SVA_ORACLE_STAGE_OUTPUT;
    default:
        return SVA_ORACLE_STAGE_NONE;
    }
}

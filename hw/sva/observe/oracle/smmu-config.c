/*
 * Oracle: SMMUv3 stream table entries and context descriptors
 *
 * IHI 0070 G.b, 3.3 (look-up), 5.2 (STE), 5.4 (CD), 6.3 (registers).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "smmu-config.h"
#include "words.h"

static bool beyond(const OracleSmmu *u, uint64_t addr)
{
    return addr & oracle_ones(63, u->oas);
}

/* Structures are in memory that the unit can address. */
static bool read_words(const OracleSmmu *u, uint64_t pa, unsigned count,
                       uint64_t *qw)
{
    return !beyond(u, pa) && oracle_words(u->source, u->out, pa, count, qw);
}

/* Tables are aligned to their size, 2^@log2 bytes. */
static uint64_t aligned(uint64_t addr, unsigned log2)
{
    return log2 > 63 ? 0 : addr & oracle_ones(63, log2);
}

/* log2 of granules by number: TG0, S2TG; 0: there is none. */
static unsigned granule(const OracleSmmu *u, unsigned tg)
{
    static const uint8_t log2[4] = { 12, 16, 14, 0 };
    static const uint8_t idr5_bit[4] = { 4, 6, 5, 31 };

    return tg < 3 && oracle_bit(u->idr5, idr5_bit[tg]) ? log2[tg] : 0;
}

static unsigned output_size(const OracleSmmu *u, unsigned ps, unsigned log2)
{
    static const uint8_t bits[8] = { 32, 36, 40, 42, 44, 48, 52, 56 };

    return MIN(MIN(bits[ps], u->oas), log2 == 16 ? 52 : 48);
}

/* IDR0.HTTU: 0 none, 1 access flag, 2 and dirty state */
static bool can_update(const OracleSmmu *u, bool ha, bool hd)
{
    unsigned httu = oracle_field(u->idr0, 7, 6);

    return httu >= 2 || (httu == 1 && !hd) || (!ha && !hd);
}

static unsigned stall_model(const OracleSmmu *u)
{
    return oracle_field(u->idr0, 25, 24);
}

/* -- STE -- */

static unsigned locate_ste(const OracleSmmu *u, uint64_t *pa)
{
    unsigned size = oracle_field(u->strtab_cfg, 5, 0);
    unsigned split = oracle_field(u->strtab_cfg, 10, 6), span;
    uint64_t base = u->strtab & oracle_ones(51, 6), desc;
    uint64_t sid = u->req->rid, low;    /* shifted by up to 63 */

    if (sid >> MIN(size, oracle_field(u->idr1, 5, 0))) {
        return ORACLE_BAD_STREAMID;
    }
    if (oracle_field(u->strtab_cfg, 17, 16) != 1) {
        *pa = aligned(base, size + 6) + 64ull * sid;
        return 0;
    }
    split = split == 8 || split == 10 ? split : 6;
    base = aligned(base, size > split + 3 ? size - split + 3 : 6);
    if (!read_words(u, base + 8 * (sid >> split), 1, &desc)) {
        return ORACLE_STE_FETCH;
    }
    span = oracle_field(desc, 4, 0);
    low = sid & oracle_ones(split - 1, 0);
    if (!span || span > 11 || span > split + 1 || low >> (span - 1)) {
        return ORACLE_BAD_STREAMID;
    }
    *pa = aligned(desc & oracle_ones(51, 6), span + 5) + 64 * low;
    return 0;
}

static bool stage1_is_legal(const OracleSmmu *u, OracleSte *ste)
{
    unsigned ssid_bits = oracle_field(u->idr1, 10, 6);
    unsigned fmt = oracle_field(ste->qw[0], 5, 4);
    uint64_t context = ste->qw[0] & oracle_ones(51, 6);

    ste->cd_bits = ssid_bits ? oracle_field(ste->qw[0], 63, 59) : 0;
    if (!oracle_bit(u->idr0, 1) || ste->cd_bits > ssid_bits ||
        (oracle_bit(ste->qw[1], 27) && stall_model(u))) {
        return false;
    }
    if ((fmt == 1 || fmt == 2) && ste->cd_bits && !oracle_bit(u->idr0, 19)) {
        return false;
    }
    return ste->s2 || !beyond(u, context);
}

/* S2T0SZ, S2SL0 and the granule have to fit each other. */
static bool stage2_size(const OracleSmmu *u, uint64_t qw2, OracleVmsa *t)
{
    unsigned t0sz = oracle_field(qw2, 37, 32), sl0 = oracle_field(qw2, 39, 38);
    unsigned least = MAX(t->granule == 16 ? 12 : 16, 64 - u->oas);
    int bits;

    if (t0sz > 39 || t0sz < least || sl0 == 3) {
        return false;
    }
    t->input = 64 - t0sz;
    t->start = (t->granule == 12 ? 2 : 3) - sl0;
    bits = oracle_vmsa_first_bits(t);
    /* Up to 16 tables may follow each other. */
    return bits >= 1 && bits <= t->granule + 1;
}

static bool stage2_stalls(const OracleSmmu *u, uint64_t qw2)
{
    bool s2s = oracle_bit(qw2, 57);

    return stall_model(u) == 0 || s2s == (stall_model(u) == 2);
}

static bool stage2_is_legal(const OracleSmmu *u, OracleSte *ste)
{
    uint64_t qw1 = ste->qw[1], qw2 = ste->qw[2];
    bool ha = oracle_bit(qw2, 56), hd = oracle_bit(qw2, 55);
    OracleVmsa *t = &ste->stage2;

    *t = (OracleVmsa) {
        .two = true, .base = ste->qw[3] & oracle_ones(51, 4),
        .granule = granule(u, oracle_field(qw2, 47, 46)),
        .ha = ha, .hd = hd, .affd = oracle_bit(qw2, 53),
        .ptw = oracle_bit(qw2, 54), .fwb = oracle_bit(qw1, 25),
    };
    if (!oracle_bit(u->idr0, 0) || !stage2_stalls(u, qw2) ||
        !oracle_bit(qw2, 51) || oracle_bit(qw2, 52) ||
        !can_update(u, ha, hd) || !t->granule || !stage2_size(u, qw2, t)) {
        return false;
    }
    t->wide = t->granule == 16 && u->oas == 52;
    t->output = output_size(u, oracle_field(qw2, 50, 48), t->granule);
    return !(t->base & oracle_ones(63, t->output));
}

/* STRW; it is not looked at where stage 2 is on or EL2 does not exist. */
static bool world_is_legal(const OracleSmmu *u, OracleSte *ste)
{
    unsigned strw = oracle_field(ste->qw[1], 31, 30);

    if (!oracle_bit(u->idr0, 9) || !ste->s1 || ste->s2) {
        return true;
    }
    ste->e2h = strw == 2 && oracle_bit(u->cr2, 0);
    ste->el2 = strw == 2 && !ste->e2h;
    return !(strw & 1);
}

static bool vmid_is_legal(const OracleSmmu *u, const OracleSte *ste)
{
    return !oracle_bit(u->idr0, 0) || ste->el2 || ste->e2h ||
           !(ste->s1 || ste->s2) || oracle_bit(u->idr0, 18) ||
           !oracle_field(ste->qw[2], 15, 8);
}

static bool ats_is_legal(const OracleSmmu *u, OracleSte *ste)
{
    unsigned eats = oracle_field(ste->qw[1], 29, 28);
    bool s2s = oracle_bit(ste->qw[2], 57);

    if (!oracle_bit(u->idr0, 10) || !(ste->s1 || ste->s2)) {
        return true;
    }
    ste->eats = eats == 3 ? 0 : eats;
    return eats == 1 ? !(ste->s2 && s2s)
           : eats == 2 ? ste->s1 && ste->s2 && !s2s : true;
}

unsigned oracle_smmu_ste(const OracleSmmu *u, OracleSte *ste)
{
    uint64_t pa = 0;
    unsigned event = locate_ste(u, &pa), config;

    if (event) {
        return event;
    }
    *ste = (OracleSte) { .eats = 0 };
    if (!read_words(u, pa, 4, ste->qw)) {
        return ORACLE_STE_FETCH;
    }
    config = oracle_field(ste->qw[0], 3, 1);
    if (!oracle_bit(ste->qw[0], 0)) {
        return ORACLE_BAD_STE;
    }
    ste->aborts = !(config & 4);
    if (ste->aborts) {
        return 0;
    }
    ste->s1 = config & 1;
    ste->s2 = config & 2;
    return (!ste->s1 || stage1_is_legal(u, ste)) &&
           (!ste->s2 || stage2_is_legal(u, ste)) &&
           world_is_legal(u, ste) && vmid_is_legal(u, ste) &&
           ats_is_legal(u, ste) ? 0 : ORACLE_BAD_STE;
}

/* -- CD -- */

/* The words of a structure, whose address goes through stage 2. */
static unsigned fetch(const OracleSmmu *u, const OracleSte *ste, uint64_t addr,
                      unsigned count, uint64_t *qw, OracleVmsaLeaf *leaf)
{
    unsigned event;

    leaf->addr = addr;
    if (ste->s2) {
        event = oracle_vmsa_structure(u->source, &ste->stage2, addr, u->out,
                                      leaf);
        if (event) {
            return event;
        }
    }
    return read_words(u, leaf->addr, count, qw) ? 0 : ORACLE_CD_FETCH;
}

static unsigned locate_cd(const OracleSmmu *u, const OracleSte *ste,
                          uint32_t index, uint64_t *addr, OracleVmsaLeaf *leaf)
{
    unsigned fmt = oracle_field(ste->qw[0], 5, 4), bits, event;
    uint64_t base = ste->qw[0] & oracle_ones(51, 6), desc;

    if (!ste->cd_bits || fmt == 0 || fmt == 3) {
        *addr = aligned(base, ste->cd_bits + 6) + 64ull * index;
        return 0;
    }
    bits = fmt == 1 ? 6 : 10;   /* below one of the first level */
    base = aligned(base, ste->cd_bits > bits + 3 ? ste->cd_bits - bits + 3 : 6);
    event = fetch(u, ste, base + 8 * (index >> bits), 1, &desc, leaf);
    if (event) {
        return event;
    }
    if (!oracle_bit(desc, 0) ||
        (!ste->s2 && beyond(u, desc & oracle_ones(51, 12)))) {
        return ORACLE_BAD_SUBSTREAMID;
    }
    *addr = aligned(desc & oracle_ones(51, 12), bits + 6) +
            64 * (index & oracle_ones(bits - 1, 0));
    return 0;
}

/* One half: of TTB0, or of TTB1. */
static bool half_is_legal(const OracleSmmu *u, const OracleSte *ste,
                          OracleCd *cd, unsigned x)
{
    static const uint8_t tg1[4] = { 3, 2, 0, 1 };
    uint64_t qw0 = cd->qw[0], base = cd->qw[1 + x];
    unsigned shift = 16 * x, txsz = oracle_field(qw0, 5 + shift, shift);
    unsigned tg = oracle_field(qw0, 7 + shift, 6 + shift);
    OracleVmsa *t = &cd->half[x];

    cd->disabled[x] = ste->el2 ? x == 1 : oracle_bit(qw0, 14 + shift);
    if (cd->disabled[x]) {
        return true;
    }
    *t = (OracleVmsa) {
        .under = ste->s2 ? &ste->stage2 : NULL,
        .base = base & oracle_ones(51, 4),
        .granule = granule(u, x ? tg1[tg] : tg),
        .ha = oracle_bit(qw0, 43), .hd = oracle_bit(qw0, 42),
        .affd = oracle_bit(qw0, 35), .wxn = oracle_bit(qw0, 36),
        .pan = oracle_bit(qw0, 40), .hierarchy = !oracle_bit(base, 1),
        .one_el = ste->el2,
    };
    if (!t->granule || txsz < 16 || txsz > 39) {
        return false;
    }
    t->input = 64 - txsz;
    t->start = oracle_vmsa_start(t->granule, t->input);
    t->wide = t->granule == 16 && u->oas == 52;
    t->output = output_size(u, oracle_field(qw0, 34, 32), t->granule);
    return !(t->base & oracle_ones(63, t->output));
}

static bool cd_stalls(const OracleSmmu *u, const OracleSte *ste, bool s)
{
    switch (stall_model(u)) {
    case 0:
        return !(s && oracle_bit(ste->qw[1], 27));
    case 1:
        return !s;
    default:
        return s;
    }
}

static bool cd_is_legal(const OracleSmmu *u, const OracleSte *ste, OracleCd *cd)
{
    uint64_t qw0 = cd->qw[0];
    bool asid_fits = ste->el2 || oracle_bit(u->idr0, 12) ||
                     !oracle_field(qw0, 63, 56);

    return oracle_bit(qw0, 31) && oracle_bit(qw0, 41) && asid_fits &&
           cd_stalls(u, ste, oracle_bit(qw0, 44)) &&
           can_update(u, oracle_bit(qw0, 43), oracle_bit(qw0, 42)) &&
           half_is_legal(u, ste, cd, 0) && half_is_legal(u, ste, cd, 1) &&
           (!oracle_bit(qw0, 15) || (cd->disabled[0] && cd->disabled[1]));
}

unsigned oracle_smmu_cd(const OracleSmmu *u, const OracleSte *ste,
                        uint32_t index, OracleCd *cd, OracleVmsaLeaf *leaf)
{
    uint64_t addr = 0;
    unsigned event;

    *leaf = (OracleVmsaLeaf) { .mask = 0 };
    *cd = (OracleCd) { .disabled = { false } };
    event = locate_cd(u, ste, index, &addr, leaf);
    if (!event) {
        event = fetch(u, ste, addr, 3, cd->qw, leaf);
    }
    if (event) {
        return event;
    }
    return cd_is_legal(u, ste, cd) ? 0 : ORACLE_BAD_CD;
}

/*
 * Oracle: SMMUv3, from a request to its answer
 *
 * IHI 0070 G.b, 3.4 (input addresses), 3.9 (ATS), 3.12 (faults), 5.2 and 5.5,
 * 13.1 and 13.7 (overrides, permissions in ATS).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "smmu-config.h"
#include "words.h"

/* STE and CD of the request; @cd is not used with @bypass. */
typedef struct Path {
    OracleSte ste;
    OracleCd cd;
    OracleVmsaLeaf leaf;
    bool bypass;                /* stage 1 is */
    bool governed;              /* CD.{A,R,S}, STE.{S2R,S2S} decide */
} Path;

static bool is_translation(const OracleSmmu *u)
{
    return u->req->at == SVA_AT_TRANSLATION;
}

static bool has_pasid(const OracleSmmu *u)
{
    return u->req->pasid.valid;
}

/* PRIVCFG and INSTCFG: 2 clears, 3 sets, else it is as the request says. */
static bool overridden(unsigned cfg, bool incoming)
{
    return cfg == 3 || (cfg != 2 && incoming);
}

static unsigned instcfg(const Path *p)
{
    return oracle_field(p->ste.qw[1], 51, 50);
}

static bool is_privileged(const OracleSmmu *u, const Path *p)
{
    return overridden(oracle_field(p->ste.qw[1], 49, 48),
                      has_pasid(u) && u->req->access & SVA_PRIV);
}

/* Reads only can be of instructions. */
static bool is_instruction(const OracleSmmu *u, const Path *p)
{
    return !(u->req->access & SVA_WRITE) &&
           overridden(instcfg(p), has_pasid(u) && u->req->access & SVA_EXEC);
}

/* -- which CD -- */

static unsigned find_cd(const OracleSmmu *u, Path *p)
{
    unsigned dss = oracle_field(p->ste.qw[1], 1, 0), event;
    uint32_t ssid = u->req->pasid.id;

    u->out->nested = p->ste.s1 && p->ste.s2;
    if (!p->ste.s1 || !p->ste.cd_bits) {
        p->bypass = !p->ste.s1;
        if (has_pasid(u)) {
            return ORACLE_BAD_SUBSTREAMID;
        }
    } else if (has_pasid(u)) {
        if (ssid >> p->ste.cd_bits) {
            return ORACLE_BAD_SUBSTREAMID;
        }
        if (!ssid && dss == 2) {
            return ORACLE_STREAM_DISABLED;
        }
    } else if (dss == 1) {
        p->bypass = true;
    } else if (dss != 2) {
        return ORACLE_STREAM_DISABLED;
    }
    if (p->bypass) {
        return 0;
    }
    event = oracle_smmu_cd(u, &p->ste, ssid, &p->cd, &p->leaf);
    p->governed = event >= ORACLE_TRANSLATION;      /* of stage 2 */
    return event;
}

/* -- the address -- */

/* What the tables are asked for. */
static OracleVmsaQuery query_of(const OracleSmmu *u, const Path *p)
{
    OracleVmsaQuery q = {
        .addr = u->req->addr, .want = u->req->access & SVA_RW,
        .useful = SVA_RWX,
    };
    bool privileged;

    if (is_translation(u)) {
        q.partial = true;
        q.useful = SVA_WRITE | (instcfg(p) == 3 ? SVA_EXEC : SVA_READ);
        if (instcfg(p) == 3) {
            q.want = (q.want & SVA_WRITE) | SVA_EXEC;
        }
    } else if (u->req->access & SVA_ORACLE_ANY) {
        q.want = SVA_NONE;
    } else if (is_instruction(u, p)) {
        q.want = SVA_EXEC;
    }
    privileged = u->req->access & SVA_ORACLE_ANY
                 ? u->req->access & SVA_PRIV : is_privileged(u, p);
    if (privileged && (p->bypass || !p->ste.el2)) {
        q.want |= SVA_PRIV;
    }
    return q;
}

/* Tables of stage 1 for the address, which is cut to their input size. */
static const OracleVmsa *half_of(const OracleSmmu *u, const Path *p,
                                 OracleVmsaQuery *q)
{
    bool upper = oracle_bit(q->addr, 55);
    const OracleVmsa *t = &p->cd.half[upper];
    bool tbi = oracle_bit(p->cd.qw[0], upper ? 39 : 38);
    bool e0pd = oracle_bit(p->cd.qw[upper ? 2 : 1], 2) &&
                oracle_bit(u->idr3, 13) && !(q->want & SVA_PRIV) &&
                !p->ste.el2;
    uint64_t sign;

    if (p->cd.disabled[upper] || e0pd) {
        return NULL;
    }
    sign = oracle_ones(tbi ? 55 : 63, t->input);
    if ((q->addr & sign) != (upper ? sign : 0)) {
        return NULL;
    }
    q->addr &= oracle_ones(t->input - 1, 0);
    return t;
}

static unsigned by_tables(const OracleSmmu *u, Path *p)
{
    OracleVmsaQuery q = query_of(u, p);
    const OracleVmsa *t = p->bypass ? &p->ste.stage2 : half_of(u, p, &q);
    unsigned event;

    p->governed = true;
    p->leaf = (OracleVmsaLeaf) { .mask = 0 };
    u->out->priv = q.want & SVA_PRIV;
    if (!t) {
        return ORACLE_TRANSLATION;
    }
    event = oracle_vmsa_walk(u->source, t, &q, u->out, &p->leaf);
    if (event) {
        return event;
    }
    u->out->walked = true;
    u->out->dirty = p->leaf.dirty;
    u->out->rights = p->leaf.rights;
    u->out->tables = u->out->map = (SvaMapping) {
        .addr = p->leaf.addr, .mask = p->leaf.mask,
        .access = p->leaf.cacheable,
    };
    return 0;
}

static unsigned translate(const OracleSmmu *u, Path *p)
{
    bool too_wide = u->req->addr & oracle_ones(63, u->oas);

    if (p->bypass && too_wide) {
        return ORACLE_ADDR_SIZE;        /* nothing governs it */
    }
    if (!p->bypass || p->ste.s2) {
        return by_tables(u, p);
    }
    u->out->rights = SVA_RWX;
    u->out->map = (SvaMapping) {
        .addr = u->req->addr, .mask = oracle_ones(u->oas - 1, 0),
        .access = SVA_RWX,
    };
    return 0;
}

/* -- memory requests -- */

static void refuse(const OracleSmmu *u, const Path *p, unsigned event)
{
    SvaOracleAnswer *out = u->out;
    bool abort = true, record = true, stall = false;

    if (p->governed && event >= ORACLE_TRANSLATION) {
        if (p->leaf.second) {
            record = oracle_bit(p->ste.qw[2], 58);
            stall = oracle_bit(p->ste.qw[2], 57);
        } else {
            abort = oracle_bit(p->cd.qw[0], 46);
            record = oracle_bit(p->cd.qw[0], 45);
            stall = oracle_bit(p->cd.qw[0], 44);
        }
    }
    out->stall = stall;
    out->raz_wi = !abort && !stall;
    out->silent = !record && !stall;
}

static unsigned memory_request(const OracleSmmu *u)
{
    Path p = { .bypass = false };
    unsigned event = oracle_smmu_ste(u, &p.ste);

    if (event) {
        return event;
    }
    if (p.ste.aborts) {
        u->out->outcome = SVA_ORACLE_REFUSED;
        u->out->silent = true;
        return 0;
    }
    p.bypass = u->req->at == SVA_AT_TRANSLATED;
    event = p.bypass ? 0 : find_cd(u, &p);
    if (!event) {
        event = translate(u, &p);
    }
    if (event) {
        refuse(u, &p, event);
    } else if (is_instruction(u, &p)) {
        u->out->map.access |= SVA_READ;
    }
    return event;
}

/* -- translation requests: neither stalled nor reported -- */

/* The requester reads what it executes: 13.7. */
static uint8_t granted(const Path *p, uint8_t access)
{
    unsigned kind = instcfg(p);
    bool readable = access & (kind == 3 ? SVA_EXEC : SVA_READ);
    bool executable = readable && (kind == 2 || access & SVA_EXEC);

    return (access & SVA_WRITE) | (readable ? SVA_READ : 0) |
           (executable ? SVA_EXEC : 0);
}

static void answer(const OracleSmmu *u, const Path *p, bool split)
{
    SvaMapping *map = &u->out->map;
    bool asks_exec = has_pasid(u) && u->req->access & SVA_EXEC;

    if (p->bypass && !p->ste.s2) {
        map->access = SVA_RW;   /* and without Priv */
        return;
    }
    if (split) {
        map->addr = p->bypass ? u->req->addr : p->leaf.ipa;
    }
    map->access = granted(p, map->access) &
                  (SVA_RW | (asks_exec ? SVA_EXEC : 0));
    map->access |= has_pasid(u) ? u->req->access & SVA_PRIV : 0;
}

static unsigned translation_request(const OracleSmmu *u)
{
    Path p = { .bypass = false };
    unsigned event = oracle_smmu_ste(u, &p.ste);
    bool split = p.ste.eats == 2;

    if (event) {
        return event;
    }
    if (p.ste.aborts) {
        u->out->outcome = SVA_ORACLE_REFUSED;
        u->out->silent = true;
        u->out->status = SVA_ATS_UR;
        return 0;
    }
    if (!p.ste.eats || (split && !oracle_bit(u->cr0, 4))) {
        return ORACLE_BAD_ATS_TREQ;
    }
    event = find_cd(u, &p);
    if (!event) {
        event = translate(u, &p);
    }
    if (!event) {
        answer(u, &p, split);
    }
    return event;
}

static SvaAtsStatus status_of(unsigned event)
{
    switch (event) {
    case ORACLE_BAD_ATS_TREQ:
        return SVA_ATS_UR;
    case ORACLE_TRANSLATION:
    case ORACLE_ADDR_SIZE:
    case ORACLE_ACCESS:
    case ORACLE_PERMISSION:
        return SVA_ATS_SUCCESS; /* R=W=0 */
    default:
        return SVA_ATS_CA;
    }
}

static void refuse_ats(const OracleSmmu *u)
{
    uint8_t priv = has_pasid(u) ? u->req->access & SVA_PRIV : 0;

    /* IDR0.ATSRECERR=0: no other event than this. */
    u->out->silent |= u->out->reason != ORACLE_BAD_ATS_TREQ;
    if (u->out->reason) {
        u->out->status = status_of(u->out->reason);
    }
    u->out->map = (SvaMapping) {
        .access = u->out->status == SVA_ATS_SUCCESS ? priv : 0,
    };
}

/* SMMUEN=0; what SMMU_GBPA says is not known here. */
static unsigned disabled(const OracleSmmu *u)
{
    u->out->map = (SvaMapping) {
        .addr = u->req->addr, .mask = UINT64_MAX, .access = SVA_RWX,
    };
    return is_translation(u) ? ORACLE_BAD_ATS_TREQ : 0;
}

void sva_oracle_smmu(const uint64_t regs[SVA_ORACLE_REGS],
                     const SvaOracleSource *source, const SvaRequest *req,
                     SvaOracleAnswer *out)
{
    static const uint8_t oas[8] = { 32, 36, 40, 42, 44, 48, 52, 52 };
    OracleSmmu u = {
        .source = source, .req = req, .out = out,
        .strtab = regs[SVA_ORACLE_SMMU_STRTAB_BASE],
        .strtab_cfg = regs[SVA_ORACLE_SMMU_STRTAB_BASE_CFG],
        .idr0 = regs[SVA_ORACLE_SMMU_IDR0_1],
        .idr1 = regs[SVA_ORACLE_SMMU_IDR0_1] >> 32,
        .idr3 = regs[SVA_ORACLE_SMMU_IDR3_5],
        .idr5 = regs[SVA_ORACLE_SMMU_IDR3_5] >> 32,
        .cr0 = regs[SVA_ORACLE_SMMU_CR0_1],
        .cr2 = regs[SVA_ORACLE_SMMU_CR2],
    };

    u.oas = oas[u.idr5 & 7];
    oracle_begin(out);
    out->reason = !oracle_bit(u.cr0, 0) ? disabled(&u)
                  : is_translation(&u) ? translation_request(&u)
                  : memory_request(&u);
    if (oracle_is_unknown(out)) {
        return;
    }
    if (out->reason) {
        out->outcome = SVA_ORACLE_REFUSED;
    }
    if (out->outcome == SVA_ORACLE_REFUSED && is_translation(&u)) {
        refuse_ats(&u);
    }
}

SvaOracleStage sva_oracle_smmu_stage(unsigned reason)
{
    switch (reason) {
    case ORACLE_BAD_STREAMID:
    case ORACLE_STE_FETCH:
    case ORACLE_BAD_STE:
    case ORACLE_BAD_ATS_TREQ:
        return SVA_ORACLE_STAGE_FUNCTION;
    case ORACLE_STREAM_DISABLED:
    case ORACLE_BAD_SUBSTREAMID:
    case ORACLE_CD_FETCH:
    case ORACLE_BAD_CD:
        return SVA_ORACLE_STAGE_PASID;
    case ORACLE_WALK_EABT:
    case ORACLE_TRANSLATION:
    case ORACLE_ADDR_SIZE:
    case ORACLE_ACCESS:
        return SVA_ORACLE_STAGE_TABLES;
    case ORACLE_PERMISSION:
        return SVA_ORACLE_STAGE_RIGHTS;
    default:
        return SVA_ORACLE_STAGE_NONE;
    }
}

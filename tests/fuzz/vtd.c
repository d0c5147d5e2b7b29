/*
 * Fuzz: the whole VT-d unit, its registers, queues and tables
 *
 * Numbers of an input name registers, tables and addresses of the fixture.
 * What is checked is in vtd-world.h; and after a flush of every cache the
 * unit must agree with the oracle, request by request.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "vtd-compare.h"
#include "vtd-world.h"

enum {
    OP_GCMD, OP_REG, OP_RAW_REG, OP_READ, OP_PUT, OP_CONTEXT, OP_PASID,
    OP_PTE, OP_DESC, OP_RAW_DESC, OP_KICK, OP_XLATE, OP_ATS, OP_TRANSLATED,
    OP_PRQ, OP_DONE, OP_MODE, OP_TIME, OP_HOLE, OP_READ_ONLY, OP_HEAL,
    OP_FAIL, OP_RACE, OP_RESET, OP_CHECK, OP_ACK,
    OP_REMAP, OP_MIGRATE, OP_INTERRUPT,
};

const char *const fuzz_ops[] = {
    "GCMD", "REG", "RAW_REG", "READ", "PUT", "CONTEXT", "PASID",
    "PTE", "DESC", "RAW_DESC", "KICK", "XLATE", "ATS", "TRANSLATED",
    "PRQ", "DONE", "MODE", "TIME", "HOLE", "READ_ONLY", "HEAL",
    "FAIL", "RACE", "RESET", "CHECK", "ACK",
    "REMAP", "MIGRATE", "INTERRUPT", NULL
};

static const uint16_t registers[] = {
    0x18, 0x20, 0x28, 0x2c, 0x34, 0x38, 0x3c, 0x40, 0x44, 0x88, 0x90, 0x9c,
    0xa0, 0xa4, 0xa8, 0xb0, 0xb8, 0xc0, 0xc8, 0xd0, 0xdc, 0xe0, 0xe4, 0xe8,
    0x500, 0x508, 0x50c, 0x608, 0x60c, 0x618, 0x08, 0x1c, 0x80,
};

static const uint64_t places[] = {
    VTD_ROOT, VTD_CONTEXT, VTD_CONTEXT_HI, VTD_DIR, VTD_PASIDS,
    VTD_FIRST, VTD_SECOND, VTD_QUEUE, VTD_PRQ, VTD_STATUS,
    VTD_TABLES, VTD_TABLES + 0x1000, VTD_TABLES + 0x2000,
    VTD_TABLES + 0x3000, 0xfee00000, 0x7ffffff000,
};

static const uint64_t addresses[] = {
    0x1000, 0x2000, 0x200000, 0x40000000, 0x8000000000, 0xfee00000,
    0xffff800000001000, 0x1000000001000, 0x7fffffffff000, 0x3000,
};

static const uint32_t pasids[] = { 0, 1, 2, 3, 63, 64, SVA_PASID_MAX };

/* Small numbers, single bits, places with low bits, or anything. */
static uint64_t make_value(FuzzInput *in)
{
    uint8_t b = fuzz_u8(in);

    switch (b >> 6) {
    case 0:
        return b;
    case 1:
        return 1ull << (b & 63);
    case 2:
        return places[b % G_N_ELEMENTS(places)] | fuzz_u16(in);
    default:
        return fuzz_u64(in);
    }
}

static SvaPasid make_pasid(FuzzInput *in)
{
    uint8_t b = fuzz_u8(in);

    return b & 0x80 ? SVA_NO_PASID
                    : sva_pasid(pasids[b % G_N_ELEMENTS(pasids)]);
}

static uint16_t make_rid(uint8_t b)
{
    return b & 0x40 ? 0x01ff : b & 0x80 ? 0x0200 : VTD_RID;
}

static uint64_t flip(FuzzInput *in)
{
    uint8_t b = fuzz_u8(in);

    return b & 0x40 ? 1ull << (b & 63) : 0;
}

static void op_register(VtdWorld *w, FuzzInput *in)
{
    unsigned off = fuzz_pick(in, registers);
    uint64_t val = make_value(in);

    if (off % 8 || val <= UINT32_MAX) {
        vtd_write32(w->f, off, val);
    } else {
        vtd_write64(w->f, off, val);
    }
}

static void op_raw_register(VtdWorld *w, FuzzInput *in)
{
    uint16_t off = fuzz_u16(in);
    unsigned size = 1u << (fuzz_u8(in) & 3);

    sva_vtd_mmio_write(&w->f->vtd, off & 0x1fff, fuzz_u64(in), size);
}

static void op_context(VtdWorld *w, FuzzInput *in)
{
    static const uint64_t words[] = {
        VTD_DIR | 0x1d | 7 << 9, 0, VTD_DIR | 0x19, VTD_DIR | 0x0f,
        VTD_DIR | 0x05 | 7 << 9, VTD_SECOND | 5, VTD_SECOND | 9,
        VTD_SECOND | 1,
    };
    uint8_t what = fuzz_u8(in);
    uint64_t low = words[what & 7] ^ flip(in);
    uint64_t high = what & 4 ? 0x100 | what >> 3 : what >> 3;

    /* Both layouts have the entry of this function, at different places. */
    vtd_context(w->f, low, high);
    fake_put64(w->f->env, VTD_CONTEXT + (VTD_RID & 0xff) * 16, low);
    fake_put64(w->f->env, VTD_CONTEXT + (VTD_RID & 0xff) * 16 + 8, high);
}

static void op_pasid(VtdWorld *w, FuzzInput *in)
{
    static const uint64_t entries[][3] = {
        { VTD_FIRST0, VTD_FIRST1, VTD_FIRST2 },
        { 0, 0, 0 },
        { 2, 0, 0 },
        { VTD_FIRST0, VTD_FIRST1, VTD_FIRST | 0x24 },
        { VTD_FIRST0, VTD_FIRST1, VTD_FIRST | 0x73 },
        { VTD_SECOND | 0x89, 2, 0 },
        { VTD_SECOND | 0x285, 0x800002, 0 },
        { 0x101, 3, 0 },
        { 0xc1, 1, VTD_FIRST },
        { VTD_FIRST0, 2, VTD_FIRST | 0x80 },
        { VTD_SECOND | 0xc9, 0x800004, VTD_FIRST },
        { VTD_SECOND | 0x2c9, 0x800005, VTD_FIRST | 0x10 },
    };
    uint32_t pasid = pasids[fuzz_u8(in) % 5];
    const uint64_t *e = entries[fuzz_u8(in) % G_N_ELEMENTS(entries)];
    uint64_t bit = flip(in);
    uint8_t word = fuzz_u8(in) % 3;
    uint64_t domain = w->f->vtd.adversary ? (pasid & 7) * 16 : 0;

    vtd_pasid(w->f, pasid, e[0] ^ (word == 0 ? bit : 0),
              (e[1] + domain) ^ (word == 1 ? bit : 0),
              e[2] ^ (word == 2 ? bit : 0));
}

static void op_pte(VtdWorld *w, FuzzInput *in)
{
    static const uint64_t pages[] = {
        0x600000, 0x800000, 0x40000000, 0x40200000, 0xfee00000, 0xfec00000,
        VTD_TABLES, 0x7fc0000000, 0,
    };
    uint8_t where = fuzz_u8(in);
    uint64_t va = fuzz_pick(in, addresses);
    uint64_t entry = fuzz_pick(in, pages);
    unsigned levels = 3 + (where >> 2) % 3, level = 1 + (where & 3);
    uint16_t flags = fuzz_u16(in);
    uint64_t pa;

    /* Tables are made on the way; there must be an end to that. */
    if (w->f->next_table > VTD_TABLES + 0x100000) {
        return;
    }
    pa = vtd_entry(w->f, where & 0x80 ? VTD_SECOND : VTD_FIRST,
                   levels, MIN(level, levels), va);
    entry |= (flags & 0xfff) | (flags & 0x8000 ? 1ull << 63 : 0);
    fake_put64(w->f->env, pa, entry ^ flip(in));
}

static void op_descriptor(VtdWorld *w, FuzzInput *in)
{
    static const uint8_t types[] = {
        0x11, 0x21, 0x31, 0x12, 0x22, 0x32, 0x03, 0x04, 0x14, 0x25, 0x35,
        0x65, 0xa5, 0x26, 0x36, 0x07, 0x17, 0x37, 0x08, 0x09, 0x19, 0x45,
    };
    uint64_t type = fuzz_pick(in, types), low = type, high = 0;
    uint8_t a = fuzz_u8(in), c = fuzz_u8(in);

    switch (type & 0xf) {
    case 3:
        low |= (uint64_t)make_rid(a) << 32;
        high = addresses[c % G_N_ELEMENTS(addresses)] | (c >> 7);
        break;
    case 5:
        low |= (uint64_t)c << 32;
        high = a & 0x80 ? places[a % G_N_ELEMENTS(places)]
                        : VTD_STATUS + (a & 63) * 4ull;
        break;
    case 8:
        low |= (uint64_t)make_rid(a) << 16 | (uint64_t)(a & 3) << 32;
        high = addresses[c % G_N_ELEMENTS(addresses)] |
               (c & 0x80 ? 0x800 : 0) | (c & 0x40 ? 1 : 0);
        break;
    case 9:
        low |= (uint64_t)make_rid(a) << 16 | (uint64_t)(a & 3) << 32 |
               (uint64_t)(c & 0xf) << 12;
        high = (c >> 4) << 3;
        break;
    default:
        low |= (uint64_t)(a & 7) << 16 | (uint64_t)(a >> 4 & 3) << 32;
        high = (type & 0xf) == 2 || (type & 0xf) == 6
               ? addresses[c % G_N_ELEMENTS(addresses)] | c >> 4 : 0;
        break;
    }
    vtd_put(w->f, low ^ flip(in), high);
    if (a & 8) {
        vtd_kick(w->f);
    }
}

static SvaRequest make_request(FuzzInput *in, uint8_t at)
{
    SvaRequest req = { .pasid = make_pasid(in), .at = at };
    uint8_t b = fuzz_u8(in);

    req.rid = make_rid(b);
    req.access = b & 0xf;
    req.addr = fuzz_pick(in, addresses) + (b & 0x20 ? 0x234 : 0);
    return req;
}

static void op_translate(VtdWorld *w, FuzzInput *in)
{
    SvaRequest req = make_request(in, SVA_AT_UNTRANSLATED);
    SvaIommu *iommu = &w->f->vtd.iommu;
    SvaTranslation out;

    iommu->ops->translate(iommu, &req, &out);
    if (out.outcome == SVA_OK) {
        g_assert_cmphex(out.map.mask & (out.map.mask + 1), ==, 0);
        g_assert_cmphex((out.map.addr ^ req.addr) & 0xfff, ==, 0);
        g_assert_cmphex(req.access & (SVA_READ | SVA_WRITE) & ~out.map.access,
                        ==, 0);
    }
}

static void op_ats(VtdWorld *w, FuzzInput *in)
{
    SvaRequest req = make_request(in, SVA_AT_TRANSLATION);
    SvaIommu *iommu = &w->f->vtd.iommu;
    SvaAtsCompletion out;

    iommu->ops->ats_request(iommu, &req, &out);
    if (out.status != SVA_ATS_SUCCESS) {
        g_assert_cmphex(out.map.access, ==, SVA_NONE);
    }
}

static void op_page_request(VtdWorld *w, FuzzInput *in)
{
    SvaPageRequest req = { .pasid = make_pasid(in) };
    uint8_t b = fuzz_u8(in);

    req.rid = make_rid(b);
    req.access = b & 0xf;
    req.last = b & 0x10;
    req.prgi = fuzz_u8(in) | (b & 0x20 ? 0x100 : 0);
    req.addr = fuzz_pick(in, addresses) & SVA_PAGE_MASK;
    vtd_world_page_request(w, &req);
}

static void op_check(VtdWorld *w, FuzzInput *in)
{
    uint8_t b = fuzz_u8(in);
    SvaPasid pasid = b & 0x20 ? SVA_NO_PASID : sva_pasid(pasids[b % 7]);
    bool done = vtd_world_is_alone(w, pasid) && vtd_world_flush(w);

    w->race_in = 0;
    fake_env_fail_nth(w->f->env, 0);
    /*
     * One PASID only: two that share a domain and do not have the same
     * tables may get each other's translations.
     */
    for (unsigned i = 0; done && i < 2 * G_N_ELEMENTS(addresses); i++) {
        SvaRequest req = {
            .rid = VTD_RID, .addr = addresses[i / 2] + 0x10,
            .pasid = pasid,
            .access = i & 1 ? SVA_WRITE : SVA_READ,
        };

        req.access |= b & 0x80 ? SVA_PRIV : b & 0x40 ? SVA_EXEC : 0;
        /* What A/D updates changed may be a table entry in a cache. */
        if (w->exchanged && !vtd_world_flush(w)) {
            return;
        }
        vtd_compare(w, &req);
        if (w->exchanged && !vtd_world_flush(w)) {
            return;
        }
        vtd_compare_ats(w, &req);
    }
}

/* The narrow invalidations that cover one page; @order: address mask. */
static void drop_page(VtdWorld *w, bool second, uint8_t how, uint64_t va)
{
    static const uint64_t first[] = { 0x36, 0x26, 0x32, 0x22, 0x12 };
    uint64_t low = second ? first[2 + how % 3] : first[how % 5];
    unsigned order = how >> 4 & 7;

    low |= (second ? 2ull : 1ull) << 16;
    if ((low & 0xf) == 6) {
        low |= 1ull << 32;
    }
    vtd_submit(w->f, low, low & 0x10 && low & 0x20
               ? (va & ~((0x1000ull << order) - 1)) | order : 0);
}

/*
 * Change a page that is in the caches, and invalidate no more than that: what
 * is in memory must be seen.
 */
static void op_remap(VtdWorld *w, FuzzInput *in)
{
    uint8_t how = fuzz_u8(in), b = fuzz_u8(in);
    bool second = b & 1;
    SvaRequest req = {
        .rid = VTD_RID, .pasid = sva_pasid(1),
        .addr = addresses[(b >> 1 & 7)], .access = SVA_READ,
    };
    unsigned race_in;
    SvaTranslation out;
    uint64_t pa;

    if (!w->f->vtd.config.scalable || !w->f->vtd.config.pasid_bits ||
        w->f->next_table > VTD_TABLES + 0x100000) {
        return;
    }
    vtd_context(w->f, VTD_DIR | 0x09, 0);
    vtd_pasid(w->f, 1, second ? VTD_SECOND | 0x89 : VTD_FIRST0,
              second ? 2 : VTD_FIRST1, VTD_FIRST2);
    pa = vtd_entry(w->f, second ? VTD_SECOND : VTD_FIRST, 4,
                   1 + (b >> 4 & 1), req.addr);
    if (pa < VTD_FIRST || !vtd_world_is_alone(w, req.pasid) ||
        !vtd_world_flush(w)) {
        return;                 /* it would be one of the other tables */
    }
    race_in = w->race_in;
    fake_put64(w->f->env, pa, 0x600000 | (b & 0x10 ? 0x87 : 0x07));
    w->f->vtd.iommu.ops->translate(&w->f->vtd.iommu, &req, &out);
    fake_put64(w->f->env, pa, b & 0x20 ? 0x800000 | (b & 0x10 ? 0x87 : 0x07)
                                     : 0);
    drop_page(w, second, how, req.addr);
    if (race_in && !w->race_in) {
        return;                 /* something else changed, too */
    }
    w->race_in = 0;
    fake_env_fail_nth(w->f->env, 0);
    if (vtd_world_wait(w) && vtd_read64(w->f, 0x80) == w->f->tail) {
        w->exchanged = false;
        vtd_compare(w, &req);
    }
}

static void op_time(VtdWorld *w, FuzzInput *in)
{
    static const int64_t times[] = {
        1, 1000, 1000000, 1000000000, 45000000000, 90000000000, 0,
    };

    vtd_world_advance(w, fuzz_pick(in, times));
}

static void op_done(VtdWorld *w, FuzzInput *in)
{
    SvaIommu *iommu = &w->f->vtd.iommu;
    uint8_t b = fuzz_u8(in);

    if (b & 0x80) {
        /* Nobody was given this number, or nobody any more. */
        iommu->ops->inval_done(iommu, make_rid(b), b & 0x3f);
    } else {
        vtd_world_complete(w, b);
    }
}

static void op_acknowledge(VtdWorld *w)
{
    vtd_fault(w->f, NULL, NULL);
    vtd_write32(w->f, 0x34, 0x71);
    vtd_write32(w->f, 0x9c, 1);
    vtd_write32(w->f, 0xdc, 3);
    vtd_write64(w->f, 0xc0, vtd_read64(w->f, 0xc8));
}

static void step_registers(VtdWorld *w, FuzzInput *in, uint8_t op)
{
    uint8_t b;

    switch (op) {
    case OP_GCMD:
        b = fuzz_u8(in);
        vtd_level(w->f, 1u << (b & 31), b & 0x80);
        break;
    case OP_REG:
        op_register(w, in);
        break;
    case OP_RAW_REG:
        op_raw_register(w, in);
        break;
    case OP_READ:
        b = fuzz_u8(in);
        sva_vtd_mmio_read(&w->f->vtd, fuzz_u16(in) & 0x1fff, 1u << (b & 3));
        break;
    case OP_DESC:
        op_descriptor(w, in);
        break;
    case OP_RAW_DESC:
        vtd_put(w->f, fuzz_u64(in), make_value(in));
        break;
    case OP_KICK:
        vtd_kick(w->f);
        break;
    case OP_ACK:
        op_acknowledge(w);
        break;
    case OP_RESET:
        vtd_world_reset(w);
        break;
    default:
        break;
    }
}

static void step_memory(VtdWorld *w, FuzzInput *in, uint8_t op)
{
    uint64_t pa;

    switch (op) {
    case OP_PUT:
        pa = fuzz_pick(in, places) + fuzz_u8(in) * 8;
        fake_put64(w->f->env, pa, make_value(in));
        break;
    case OP_CONTEXT:
        op_context(w, in);
        break;
    case OP_PASID:
        op_pasid(w, in);
        break;
    case OP_PTE:
        op_pte(w, in);
        break;
    case OP_HOLE:
        fake_env_hole(w->f->env, fuzz_pick(in, places), 0x1000);
        break;
    case OP_READ_ONLY:
        fake_env_read_only(w->f->env, fuzz_pick(in, places), 0x1000);
        break;
    case OP_HEAL:
        fake_env_heal(w->f->env);
        break;
    case OP_FAIL:
        fake_env_fail_nth(w->f->env, fuzz_u8(in));
        break;
    case OP_RACE:
        w->race_pa = fuzz_pick(in, places) + fuzz_u8(in) % 64 * 8;
        w->race_bits = 1ull << (fuzz_u8(in) & 63);
        w->race_in = fuzz_u8(in) % 16;
        break;
    default:
        break;
    }
}

static void step_requests(VtdWorld *w, FuzzInput *in, uint8_t op)
{
    SvaTranslation out;
    SvaRequest req;

    switch (op) {
    case OP_XLATE:
        op_translate(w, in);
        break;
    case OP_ATS:
        op_ats(w, in);
        break;
    case OP_TRANSLATED:
        req = make_request(in, SVA_AT_TRANSLATED);
        w->f->vtd.iommu.ops->check_translated(&w->f->vtd.iommu, &req, &out);
        break;
    case OP_PRQ:
        op_page_request(w, in);
        break;
    case OP_DONE:
        op_done(w, in);
        break;
    case OP_MODE:
        w->mode = fuzz_u8(in) % FABRIC_MODES;
        break;
    case OP_TIME:
        op_time(w, in);
        break;
    case OP_CHECK:
        op_check(w, in);
        break;
    case OP_REMAP:
        op_remap(w, in);
        break;
    case OP_MIGRATE:
        vtd_world_migrate(w, in);
        break;
    case OP_INTERRUPT:
        vtd_world_interrupt(w, in);
        break;
    default:
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FuzzInput in = { data, size };
    VtdWorld *w = vtd_world_new(&in);

    for (unsigned i = 0; in.left && i < FUZZ_MAX_OPS; i++) {
        uint8_t op = fuzz_u8(&in) & FUZZ_OP_MASK;

        step_registers(w, &in, op);
        step_memory(w, &in, op);
        step_requests(w, &in, op);
        vtd_world_settle(w);
    }
    vtd_world_free(w);
    return 0;
}

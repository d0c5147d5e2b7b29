/*
 * Fuzz: outstanding invalidations, page request groups, rings and ATS ranges,
 * each against the most naive model of it; the configuration cache is in
 * core-config.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "core-config.h"
#include "fuzz.h"
#include "hw/sva/core/ats.h"
#include "hw/sva/core/outstanding.h"
#include "hw/sva/endpoint/prg.h"
#include "hw/sva/vtd/ring.h"

#define REQUESTS 8
#define MARKS 4

enum {
    OP_OPEN, OP_CLOSE, OP_MARK, OP_EXPIRE, OP_RESET,
    OP_ALLOCATE, OP_GROUP, OP_RESPOND, OP_ABANDON, OP_FORGET,
    OP_RING, OP_RANGE, OP_CONFIG,
};

const char *const fuzz_ops[] = {
    "OPEN", "CLOSE", "MARK", "EXPIRE", "RESET",
    "ALLOCATE", "GROUP", "RESPOND", "ABANDON", "FORGET",
    "RING", "RANGE", "CONFIG", NULL
};

typedef struct Open {
    uint32_t itag;
    uint16_t rid;
    int64_t deadline;
    uint64_t marks;             /* generations taken after it was opened */
} Open;

typedef struct Group {
    bool open;
    SvaPasid pasid;
    unsigned requests;
    void *owner;
} Group;

typedef struct World {
    SvaOutstanding *invals;
    GArray *open;               /* Open, oldest first */
    uint64_t generations[MARKS];
    unsigned marks;
    int64_t now;
    SvaPrgTable prg;
    Group groups[SVA_PRGI_COUNT];
    uint32_t allocation;
    uint32_t outstanding;
    FuzzConfig *config;
} World;

static Open *open_at(World *w, unsigned i)
{
    return &g_array_index(w->open, Open, i);
}

static void check_outstanding(World *w)
{
    g_assert_cmpuint(sva_outstanding_count(w->invals), ==, w->open->len);
    g_assert_cmpint(sva_outstanding_deadline(w->invals), ==,
                    w->open->len ? open_at(w, 0)->deadline : INT64_MAX);
    for (unsigned m = 0; m < w->marks; m++) {
        bool done = true;

        for (unsigned i = 0; i < w->open->len; i++) {
            done &= !(open_at(w, i)->marks & 1u << m);
        }
        g_assert_cmpint(sva_outstanding_done(w->invals,
                                             w->generations[m]), ==, done);
    }
}

static void op_open(World *w, FuzzInput *in)
{
    Open t = { .rid = fuzz_u8(in) & 3 };

    w->now += fuzz_u8(in);
    t.deadline = w->now + 100;
    t.itag = sva_outstanding_open(w->invals, t.rid, t.deadline);
    if (w->open->len == REQUESTS) {
        g_assert_cmpuint(t.itag, ==, SVA_NO_ITAG);
        return;
    }
    g_assert_cmpuint(t.itag, !=, SVA_NO_ITAG);
    for (unsigned i = 0; i < w->open->len; i++) {
        g_assert_cmpuint(open_at(w, i)->itag, !=, t.itag);
    }
    g_array_append_val(w->open, t);
}

static void op_close(World *w, FuzzInput *in)
{
    uint8_t which = fuzz_u8(in);
    uint16_t rid = fuzz_u8(in) & 3;
    uint32_t itag = which & 0x80 ? fuzz_u32(in)
                      : which < w->open->len ? open_at(w, which)->itag
                      : which;

    for (unsigned i = 0; i < w->open->len; i++) {
        if (open_at(w, i)->itag == itag && open_at(w, i)->rid == rid) {
            g_assert_true(sva_outstanding_close(w->invals, itag, rid));
            g_array_remove_index(w->open, i);
            g_assert_false(sva_outstanding_close(w->invals, itag, rid));
            return;
        }
    }
    g_assert_false(sva_outstanding_close(w->invals, itag, rid));
}

static void op_mark(World *w)
{
    if (w->marks == MARKS) {
        return;
    }
    w->generations[w->marks] = sva_outstanding_generation(w->invals);
    for (unsigned i = 0; i < w->open->len; i++) {
        open_at(w, i)->marks |= 1u << w->marks;
    }
    w->marks++;
}

static void op_expire(World *w, FuzzInput *in)
{
    uint16_t rid = 0;
    uint32_t itag;

    w->now += fuzz_u8(in);
    while ((itag = sva_outstanding_expire(w->invals, w->now, &rid))) {
        g_assert_cmpuint(w->open->len, >, 0);
        g_assert_cmpuint(itag, ==, open_at(w, 0)->itag);
        g_assert_cmpuint(rid, ==, open_at(w, 0)->rid);
        g_assert_cmpint(open_at(w, 0)->deadline, <=, w->now);
        g_array_remove_index(w->open, 0);
    }
    g_assert_true(!w->open->len || open_at(w, 0)->deadline > w->now);
}

static SvaPasid make_pasid(uint8_t b)
{
    return b & 3 ? sva_pasid(b & 3) : SVA_NO_PASID;
}

static uint32_t credits(const World *w)
{
    return w->allocation > w->outstanding ? w->allocation - w->outstanding
                                          : 0;
}

static void op_group(World *w, FuzzInput *in)
{
    uint8_t b = fuzz_u8(in);
    unsigned requests = b >> 2;
    void *owner = &w->groups[b & 7];
    int prgi = sva_prg_open(&w->prg, make_pasid(b), requests, owner);

    if (!requests || requests > credits(w)) {
        g_assert_cmpint(prgi, ==, -1);
        return;
    }
    if (prgi < 0) {
        for (unsigned i = 0; i < SVA_PRGI_COUNT; i++) {
            g_assert_true(w->groups[i].open);
        }
        return;
    }
    g_assert_cmpint(prgi, <, SVA_PRGI_COUNT);
    g_assert_false(w->groups[prgi].open);
    w->groups[prgi] = (Group) {
        .open = true, .pasid = make_pasid(b), .requests = requests,
        .owner = owner,
    };
    w->outstanding += requests;
}

static void op_respond(World *w, FuzzInput *in)
{
    uint8_t b = fuzz_u8(in);
    SvaPageResponse rsp = {
        .pasid = make_pasid(b), .prgi = fuzz_u16(in) & 0x3ff,
    };
    bool with_pasid = b & 4;
    Group *g = &w->groups[rsp.prgi % SVA_PRGI_COUNT];
    SvaPrgMatch match, want = SVA_PRG_MATCHED;
    void *owner = w;

    if (rsp.prgi >= SVA_PRGI_COUNT || !g->open ||
        (with_pasid && !sva_pasid_equal(g->pasid, rsp.pasid))) {
        want = SVA_PRG_UNKNOWN;
    } else if (!g->owner) {
        want = SVA_PRG_STALE;
    }
    match = sva_prg_close(&w->prg, &rsp, with_pasid, &owner);
    g_assert_cmpint(match, ==, want);
    g_assert_true(owner == (want == SVA_PRG_MATCHED ? g->owner : NULL));
    if (want != SVA_PRG_UNKNOWN) {
        w->outstanding -= g->requests;
        *g = (Group) { .open = false };
    }
}

static void op_abandon(World *w, FuzzInput *in)
{
    void *owner = &w->groups[fuzz_u8(in) & 7];
    unsigned n = 0;

    for (unsigned i = 0; i < SVA_PRGI_COUNT; i++) {
        Group *g = &w->groups[i];

        if (g->open && g->owner == owner) {
            g->owner = NULL;
            n++;
        }
    }
    g_assert_cmpuint(sva_prg_abandon_owner(&w->prg, owner), ==, n);
}

static void check_groups(World *w)
{
    uint32_t of[4] = { 0 };

    g_assert_cmpuint(w->prg.outstanding, ==, w->outstanding);
    g_assert_cmpuint(sva_prg_credits(&w->prg), ==, credits(w));
    for (unsigned i = 0; i < SVA_PRGI_COUNT; i++) {
        of[w->groups[i].pasid.id] += w->groups[i].requests;
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(of); i++) {
        g_assert_cmpuint(sva_prg_outstanding(&w->prg, make_pasid(i)), ==,
                         of[i]);
    }
}

/* Walk the ring by hand, entry by entry. */
static void op_ring(FuzzInput *in)
{
    uint8_t b = fuzz_u8(in);
    SvaRing ring = {
        .base = fuzz_u64(in), .size_log2 = 6 + (b & 7),
        .entry_log2 = b & 8 ? 5 : 4,
    };
    uint32_t bytes = 1u << ring.size_log2, entry = 1u << ring.entry_log2;
    uint32_t head = fuzz_u16(in) % (bytes / entry) * entry;
    uint32_t tail = fuzz_u16(in) % (bytes / entry) * entry;
    uint64_t any = fuzz_u64(in);
    uint32_t used = 0, at;

    g_assert_true(sva_ring_offset_valid(&ring, head));
    g_assert_cmpint(sva_ring_offset_valid(&ring, any), ==,
                    any < bytes && any % entry == 0);
    for (at = head; at != tail; used++) {
        at = at + entry == bytes ? 0 : at + entry;
    }
    g_assert_cmpint(sva_ring_empty(head, tail), ==, used == 0);
    g_assert_cmpint(sva_ring_full(&ring, head, tail), ==,
                    used == bytes / entry - 1);
    g_assert_cmphex(sva_ring_addr(&ring, head), ==, ring.base + head);
}

/* The definition of PCIe ATS, bit by bit. */
static void op_range(FuzzInput *in)
{
    uint8_t s = fuzz_u8(in) & 1;
    uint64_t addr = fuzz_u64(in), mask = 0xfff;
    SvaAtsRange range = sva_ats_decode_range(addr, s);

    if (s) {
        unsigned bit = 12;

        while (bit < 63 && addr >> bit & 1) {
            bit++;
        }
        mask = bit == 63 ? UINT64_MAX : (2ull << bit) - 1;
    }
    g_assert_cmphex(range.mask, ==, mask);
    g_assert_cmphex(range.addr, ==, addr & ~mask);
}

static void step(World *w, FuzzInput *in)
{
    switch (fuzz_u8(in) & FUZZ_OP_MASK) {
    case OP_OPEN:
        op_open(w, in);
        break;
    case OP_CLOSE:
        op_close(w, in);
        break;
    case OP_MARK:
        op_mark(w);
        break;
    case OP_EXPIRE:
        op_expire(w, in);
        break;
    case OP_RESET:
        sva_outstanding_reset(w->invals);
        g_array_set_size(w->open, 0);
        break;
    case OP_ALLOCATE:
        w->allocation = fuzz_u16(in);
        sva_prg_set_allocation(&w->prg, w->allocation);
        break;
    case OP_GROUP:
        op_group(w, in);
        break;
    case OP_RESPOND:
        op_respond(w, in);
        break;
    case OP_ABANDON:
        op_abandon(w, in);
        break;
    case OP_FORGET:
        sva_prg_forget_all(&w->prg);
        memset(w->groups, 0, sizeof(w->groups));
        w->outstanding = 0;
        break;
    case OP_RING:
        op_ring(in);
        break;
    case OP_RANGE:
        op_range(in);
        break;
    case OP_CONFIG:
        fuzz_config_step(w->config, in);
        break;
    default:
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FuzzInput in = { data, size };
    World w = {
        .invals = sva_outstanding_new(REQUESTS),
        .open = g_array_new(FALSE, FALSE, sizeof(Open)),
        .config = fuzz_config_new(),
    };

    sva_prg_init(&w.prg);
    for (unsigned i = 0; in.left && i < FUZZ_MAX_OPS; i++) {
        step(&w, &in);
        check_outstanding(&w);
    }
    check_groups(&w);
    sva_outstanding_free(w.invals);
    g_array_free(w.open, TRUE);
    fuzz_config_free(w.config);
    return 0;
}

/*
 * Descriptors of sva-dsa: nearly right, so that the wrong part is looked at
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>
#include "dsa-descriptor.h"
#include "hw/sva/dsa/spec.h"

/* Lists are in a page of their own; records as well. */
#define LIST_ENTRIES    (0x1000 / DSA_DESC_BYTES)
#define RECORD_ENTRIES  (0x1000 / DSA_RECORD_BYTES)

#define ALT_FLAGS (DSA_FLAG_ALT_SRC | DSA_FLAG_ALT_DST)
#define LARGE_SIZE      0x200000u

/* @base: of the pool, as its PASID sees it */
typedef struct Draft {
    Guest *g;
    uint64_t base;
    uint64_t *words;
} Draft;

/* @more: what is special; @flags: those of the operation itself */
typedef struct Operation {
    uint8_t op;
    uint32_t flags;
    void (*more)(const Draft *d);
} Operation;

static bool has_flag(const Draft *d, uint32_t flag)
{
    return d->words[0] >> 32 & flag;
}

static unsigned op_of(const Draft *d)
{
    return d->words[0] >> 56;
}

static void set_size(const Draft *d, uint32_t size)
{
    d->words[4] = (d->words[4] & ~0xffffffffull) | size;
}

/* An address of the data. */
static uint64_t data(const Draft *d)
{
    return d->base + ((DATA + guest_below(d->g, DATA_PAGES)) << 12);
}

static void no_data(const Draft *d)
{
    d->words[2] = d->words[3] = 0;
    set_size(d, 0);
}

static void batch(const Draft *d)
{
    static const uint32_t counts[] = { 2, 3, 8, 16, 64, 65, 1024, 1, 0 };

    d->words[2] = d->base + (DSA_LIST << 12) +
                  guest_below(d->g, 8) * (uint64_t)DSA_DESC_BYTES;
    d->words[3] = 0;
    set_size(d, guest_pick(d->g, counts));
}

static void drain(const Draft *d)
{
    d->words[2] = has_flag(d, DSA_FLAG_READBACK1) ? d->words[2] : 0;
    d->words[3] = has_flag(d, DSA_FLAG_READBACK2) ? d->words[3] : 0;
    set_size(d, 0);
}

/* The pattern at the end, or the result that is expected. */
static void fill(const Draft *d)
{
    d->words[2] = guest_rnd(d->g);
    d->words[5] = has_flag(d, DSA_FLAG_FILL16) ? guest_rnd(d->g) : 0;
}

static void compare(const Draft *d)
{
    d->words[5] = guest_below(d->g, 2);
}

static void create_delta(const Draft *d)
{
    d->words[2] &= ~7ull;
    d->words[3] &= ~7ull;
    set_size(d, (uint32_t)d->words[4] & ~7u);
    d->words[5] = data(d);
    d->words[6] = DSA_DELTA_RECORD_MIN << guest_below(d->g, 8);
}

static void apply_delta(const Draft *d)
{
    d->words[3] &= ~7ull;
    set_size(d, (uint32_t)d->words[4] & ~7u);
    d->words[5] = DSA_DELTA_BYTES * (1 + guest_below(d->g, 500));
}

static void dualcast(const Draft *d)
{
    d->words[5] = data(d) | (d->words[3] & 0xfff);
}

static void crc(const Draft *d)
{
    if (op_of(d) == DSA_OP_CRC) {
        d->words[3] = 0;
    }
    if (has_flag(d, DSA_FLAG_READ_SEED)) {
        d->words[6] = data(d) + 8 * guest_below(d->g, 512);
    } else {
        d->words[5] = (uint32_t)guest_rnd(d->g);
    }
}

/* Blocks of one of four sizes, with their protection or without it. */
static void dif(const Draft *d)
{
    static const uint16_t blocks[] = { 512, 520, 4096, 4104 };
    unsigned which = guest_below(d->g, G_N_ELEMENTS(blocks));
    unsigned op = op_of(d);
    bool check = op == DSA_OP_DIF_CHECK || op == DSA_OP_DIF_STRIP;
    bool insert = op == DSA_OP_DIF_INSERT || op == DSA_OP_DIX_GENERATE;

    set_size(d, (blocks[which] + (insert ? 0 : DSA_DIF_BYTES)) *
                guest_below(d->g, 20));
    d->words[5] = (insert ? 0 : guest_rnd(d->g) & 0xff) |
                  (check ? 0 : guest_rnd(d->g) & 0xf8) << 8 | which << 16;
    d->words[6] = insert ? 0 : guest_rnd(d->g);
    d->words[7] = check ? 0 : guest_rnd(d->g);
}

static void fetch(const Draft *d)
{
    d->words[3] = 0;
    d->words[6] = has_flag(d, DSA_FLAG_STRIDE)
                  ? 0x1000 << guest_below(d->g, 4) : 0;
}

static void cache_flush(const Draft *d)
{
    d->words[2] = 0;
}

/* An entry in the table of permissions. */
static uint64_t handle(const Draft *d)
{
    return guest_below(d->g, 5);
}

/* Byte 61: attributes, mostly with a window; 62: the entry. */
static void window(const Draft *d)
{
    uint64_t bits = guest_below(d->g, 32);

    bits |= guest_below(d->g, 4) ? DSA_WINDOW_ENABLE : 0;
    d->words[7] = bits << 40 | handle(d) << 48;
    d->words[3] = 0x1000ull << guest_below(d->g, 8);
    set_size(d, 0);
}

/* Bytes 60 and 62: entries for what is elsewhere, which is something. */
static void domain(const Draft *d)
{
    unsigned op = op_of(d);

    if (!has_flag(d, ALT_FLAGS)) {
        d->words[0] |= (uint64_t)(op == DSA_OP_DOMAIN_PATTERN
                                  ? DSA_FLAG_ALT_SRC : DSA_FLAG_ALT_DST) << 32;
    }
    d->words[7] = (has_flag(d, DSA_FLAG_ALT_SRC) ? handle(d) << 32 : 0) |
                  (has_flag(d, DSA_FLAG_ALT_DST) ? handle(d) << 48 : 0);
    if (op == DSA_OP_DOMAIN_FILL) {
        fill(d);
    }
}

#define CRC_FLAGS (DSA_FLAG_READ_SEED | DSA_FLAG_CRC_PLAIN | \
                   DSA_FLAG_DATA_PLAIN | DSA_FLAG_CRC64)
#define DRAIN_FLAGS (DSA_FLAG_READBACK1 | DSA_FLAG_READBACK2 | \
                     DSA_FLAG_NO_READBACK_A | DSA_FLAG_NO_READBACK_B)
#define WRITE_FLAGS (DSA_FLAG_READBACK | DSA_FLAG_STRICT)

static const Operation operations[] = {
    { DSA_OP_NOOP, 0, no_data },
    { DSA_OP_BATCH, DSA_FLAG_BATCH_ERROR, batch },
    { DSA_OP_BATCH, 0, batch },
    { DSA_OP_DRAIN, DRAIN_FLAGS, drain },
    { DSA_OP_MEMMOVE, WRITE_FLAGS, NULL },
    { DSA_OP_MEMMOVE, 0, NULL },
    { DSA_OP_MEMMOVE, 0, NULL },
    { DSA_OP_FILL, DSA_FLAG_FILL16, fill },
    { DSA_OP_COMPARE, DSA_FLAG_CHECK_RESULT, compare },
    { DSA_OP_COMPARE_PATTERN, DSA_FLAG_CHECK_RESULT, compare },
    { DSA_OP_CREATE_DELTA, DSA_FLAG_CHECK_RESULT | WRITE_FLAGS, create_delta },
    { DSA_OP_APPLY_DELTA, WRITE_FLAGS, apply_delta },
    { DSA_OP_DUALCAST, WRITE_FLAGS, dualcast },
    { DSA_OP_FETCH, DSA_FLAG_STRIDE, fetch },
    { DSA_OP_CRC, CRC_FLAGS, crc },
    { DSA_OP_COPY_CRC, CRC_FLAGS, crc },
    { DSA_OP_DIF_CHECK, 0, dif },
    { DSA_OP_DIF_INSERT, WRITE_FLAGS, dif },
    { DSA_OP_DIF_STRIP, WRITE_FLAGS, dif },
    { DSA_OP_DIF_UPDATE, WRITE_FLAGS, dif },
    { DSA_OP_DIX_GENERATE, WRITE_FLAGS, dif },
    { DSA_OP_CACHE_FLUSH, WRITE_FLAGS, cache_flush },
    { DSA_OP_UPDATE_WINDOW, DSA_FLAG_NO_DRAIN, window },
    { DSA_OP_DOMAIN_COPY, ALT_FLAGS, domain },
    { DSA_OP_DOMAIN_FILL, DSA_FLAG_ALT_DST | DSA_FLAG_FILL16, domain },
    { DSA_OP_DOMAIN_COMPARE, ALT_FLAGS, domain },
    { DSA_OP_DOMAIN_PATTERN, DSA_FLAG_ALT_SRC, domain },
};

/* Completion by a record, and an interrupt now and then. */
static uint64_t common_flags(Guest *g)
{
    return DSA_FLAG_CR_VALID | DSA_FLAG_CR_REQUEST |
           (guest_below(g, 4) ? DSA_FLAG_BLOCK_ON_FAULT : 0) |
           (guest_below(g, 8) ? 0 : DSA_FLAG_INT_REQUEST) |
           (guest_below(g, 24) ? 0 : DSA_FLAG_FENCE);
}

static uint32_t any_size(Guest *g)
{
    static const uint32_t sizes[] = {
        8, 64, 1, 63, 0x1000, 0x1008, 0x1ff0, 0x4000, 0x8000, 0x80000,
        0x200000, 0x200001, 0x7fffffff, 0, UINT32_MAX,
    };

    return sizes[guest_below(g, guest_below(g, 4) ? 9
                                                  : G_N_ELEMENTS(sizes))];
}

uint64_t dsa_base(unsigned pasid)
{
    return board->bare & 1 << pasid ? POOL : VA;
}

static void make(Guest *g, const Operation *o, unsigned pasid,
                 uint64_t *words)
{
    Draft d = { .g = g, .base = dsa_base(pasid), .words = words };
    uint64_t flags = common_flags(g);

    /* These operations have no Block On Fault. */
    if (o->more == no_data || o->more == batch || o->more == drain ||
        o->more == window) {
        flags &= ~(uint64_t)DSA_FLAG_BLOCK_ON_FAULT;
    }
    words[0] = (uint64_t)o->op << 56 |
               (flags | (guest_rnd(g) & o->flags)) << 32 | pasid;
    words[1] = d.base + (DSA_RECORDS << 12) +
               g->record++ % RECORD_ENTRIES * DSA_RECORD_BYTES;
    words[2] = guest_va(g, d.base);
    words[3] = guest_va(g, d.base);
    words[4] = any_size(g) |
               (flags & DSA_FLAG_INT_REQUEST ? (g->dsa.handle + pasid) << 32
                                             : 0);
    if (o->more) {
        o->more(&d);
    }
}

void dsa_descriptor(Guest *g, unsigned pasid, uint64_t words[8])
{
    memset(words, 0, DSA_DESC_BYTES);
    make(g, &guest_pick(g, operations), pasid, words);
    switch (guest_below(g, 24)) {
    case 0:
        words[guest_below(g, 8)] = guest_word(g);
        break;
    case 1:
    case 2:
        words[guest_below(g, 8)] ^= 1ull << guest_below(g, 64);
        break;
    case 3:
        words[0] = (words[0] & ~0ull >> 8) | guest_rnd(g) << 56;
        break;
    default:
        break;
    }
}

void dsa_list(Guest *g, unsigned pasid)
{
    unsigned first = guest_below(g, 8);
    uint64_t words[8];

    for (unsigned i = 1 + guest_below(g, 8); i; i--) {
        dsa_descriptor(g, pasid, words);
        machine_write_words(g->m, page(DSA_LIST) + (first + i) % LIST_ENTRIES *
                                                   DSA_DESC_BYTES, words, 8);
    }
}

/* From and to memory that lasts for that long. */
static void make_large(Guest *g, const Operation *o, unsigned pasid,
                       uint64_t words[8])
{
    const Draft d = { .words = words };

    memset(words, 0, DSA_DESC_BYTES);
    make(g, o, pasid, words);
    words[2] = words[2] ? dsa_base(pasid) : 0;
    words[3] = words[3] ? dsa_base(pasid) + LARGE_SIZE : 0;
    set_size(&d, LARGE_SIZE);
}

void dsa_large_list(Guest *g, unsigned pasid)
{
    static const Operation large[] = {
        { DSA_OP_MEMMOVE, 0, NULL }, { DSA_OP_COMPARE, 0, NULL },
        { DSA_OP_FETCH, 0, fetch }, { DSA_OP_COPY_CRC, 0, crc },
    };
    uint64_t words[8];

    for (unsigned i = 0; i < LIST_ENTRIES; i++) {
        make_large(g, &guest_pick(g, large), pasid, words);
        machine_write_words(g->m, page(DSA_LIST) + i * DSA_DESC_BYTES, words,
                            8);
    }
}

void dsa_large_descriptor(Guest *g, unsigned pasid, uint64_t words[8])
{
    static const Operation o = { DSA_OP_BATCH, 0, batch };
    const Draft d = { .base = dsa_base(pasid), .words = words };

    memset(words, 0, DSA_DESC_BYTES);
    make(g, &o, pasid, words);
    words[2] = d.base + (DSA_LIST << 12);
    set_size(&d, LIST_ENTRIES);
}

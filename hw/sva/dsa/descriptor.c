/*
 * sva-dsa: decoding and checking of descriptors
 *
 * Sections 5.4 "Descriptor Checks" and 5.5 "Descriptor Reserved Field
 * Checking": Table 5-3 is below as a table.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "descriptor.h"
#include "irq.h"
#include "queue.h"

/* Bytes @a to @b of a descriptor, as bits. */
#define BYTES(a, b) (UINT64_MAX >> (63 - (b) + (a)) << (a))

#define CR_FLAGS (DSA_FLAG_CR_VALID | DSA_FLAG_CR_REQUEST | DSA_FLAG_CR_TC)
#define COMMON (CR_FLAGS | DSA_FLAG_INT_REQUEST | DSA_FLAG_FENCE)
#define BOF DSA_FLAG_BLOCK_ON_FAULT
#define CHECK DSA_FLAG_CHECK_RESULT
#define WRITES (DSA_FLAG_CACHE1 | DSA_FLAG_READBACK | DSA_FLAG_STRICT)
#define TC1 DSA_FLAG_TC1
#define TC2 DSA_FLAG_TC2
#define TC3 DSA_FLAG_TC3
#define NEEDS_CR (DSA_FLAG_CR_VALID | DSA_FLAG_CR_REQUEST)
#define CRC_FLAGS (DSA_FLAG_READ_SEED | DSA_FLAG_CRC_PLAIN | \
                   DSA_FLAG_DATA_PLAIN | DSA_FLAG_CRC64)
#define ALT (DSA_FLAG_ALT_SRC | DSA_FLAG_ALT_DST)
#define DRAIN_FLAGS (DSA_FLAG_READBACK1 | DSA_FLAG_READBACK2 | \
                     DSA_FLAG_NO_READBACK_A | DSA_FLAG_NO_READBACK_B)

typedef uint8_t CheckFn(const DsaSlot *slot);

/*
 * @flags:    allowed
 * @required: flags that must be set
 * @reserved: bytes that must be 0
 * @sized:    Transfer Size is checked
 * @check:    the rest; 0 or a status
 */
typedef struct OpInfo {
    uint32_t flags;
    uint32_t required;
    uint64_t reserved;
    bool sized;
    CheckFn *check;
} OpInfo;

/* -- what is special about one operation -- */

static bool overlap(uint64_t a, uint64_t a_len, uint64_t b, uint64_t b_len)
{
    return a - b < b_len || b - a < a_len;
}

static uint8_t check_batch(const DsaSlot *slot)
{
    const DsaDesc *desc = &slot->desc;
    uint64_t cfg = slot->dsa->wq[slot->wq].cfg[1];

    if (desc->size < 2 ||
        desc->size > 1u << (cfg >> DSA_WQ1_BATCH_SHIFT & 0xf)) {
        return DSA_ST_BAD_COUNT;
    }
    return desc->src % DSA_DESC_BYTES ? DSA_ST_LIST_ALIGN : 0;
}

static uint8_t check_drain(const DsaSlot *slot)
{
    const DsaDesc *desc = &slot->desc;

    return (!(desc->flags & DSA_FLAG_READBACK1) && desc->src) ||
           (!(desc->flags & DSA_FLAG_READBACK2) && desc->dst)
           ? DSA_ST_RESERVED : 0;
}

static uint8_t check_fill(const DsaSlot *slot)
{
    const DsaDesc *desc = &slot->desc;

    return !(desc->flags & DSA_FLAG_FILL16) && dsa_desc64(desc, 40)
           ? DSA_ST_RESERVED : 0;
}

static uint32_t max_transfer(const DsaSlot *slot)
{
    return 1u << (slot->dsa->wq[slot->wq].cfg[1] >> DSA_WQ1_XFER_SHIFT &
                  0x1f);
}

static uint8_t check_create_delta(const DsaSlot *slot)
{
    const DsaDesc *desc = &slot->desc;
    uint64_t record = dsa_desc64(desc, 40);
    uint32_t most = dsa_desc32(desc, 48);

    if (desc->size > DSA_DELTA_XFER_MAX) {
        return DSA_ST_BAD_SIZE;
    }
    if (desc->src % 8 || desc->dst % 8 || desc->size % 8) {
        return DSA_ST_BAD_ALIGN;
    }
    if (most < DSA_DELTA_RECORD_MIN || most > max_transfer(slot)) {
        return DSA_ST_BAD_FIELD;
    }
    return overlap(record, most, desc->src, desc->size) ||
           overlap(record, most, desc->dst, desc->size)
           ? DSA_ST_OVERLAP : 0;
}

static uint8_t check_apply_delta(const DsaSlot *slot)
{
    const DsaDesc *desc = &slot->desc;
    uint32_t record = dsa_desc32(desc, 40);

    if (desc->size > DSA_DELTA_XFER_MAX) {
        return DSA_ST_BAD_SIZE;
    }
    if (desc->dst % 8 || desc->size % 8) {
        return DSA_ST_BAD_ALIGN;
    }
    if (record < DSA_DELTA_BYTES || record > max_transfer(slot)) {
        return DSA_ST_BAD_FIELD;
    }
    return overlap(desc->src, record, desc->dst, desc->size)
           ? DSA_ST_OVERLAP : 0;
}

static uint8_t check_dualcast(const DsaSlot *slot)
{
    const DsaDesc *desc = &slot->desc;
    uint64_t dst2 = dsa_desc64(desc, 40);

    if ((desc->dst ^ dst2) & ~SVA_PAGE_MASK) {
        return DSA_ST_DUALCAST;
    }
    return overlap(desc->src, desc->size, desc->dst, desc->size) ||
           overlap(desc->src, desc->size, dst2, desc->size) ||
           overlap(desc->dst, desc->size, dst2, desc->size)
           ? DSA_ST_OVERLAP : 0;
}

static uint8_t check_crc(const DsaSlot *slot)
{
    const DsaDesc *desc = &slot->desc;
    bool wide = desc->flags & DSA_FLAG_CRC64;
    uint64_t addr = dsa_desc64(desc, 48);

    if (!(desc->flags & DSA_FLAG_READ_SEED)) {
        return addr || (!wide && dsa_desc32(desc, 44))
               ? DSA_ST_RESERVED : 0;
    }
    if (dsa_desc64(desc, 40)) {
        return DSA_ST_RESERVED;
    }
    return addr % (wide ? 8 : 4) ? DSA_ST_BAD_ALIGN : 0;
}

static uint8_t check_copy_crc(const DsaSlot *slot)
{
    const DsaDesc *desc = &slot->desc;
    uint8_t status = check_crc(slot);

    return status ? status
           : overlap(desc->src, desc->size, desc->dst, desc->size)
           ? DSA_ST_OVERLAP : 0;
}

uint32_t sva_dsa_dif_block(const DsaDesc *desc)
{
    static const uint16_t blocks[] = { 512, 520, 4096, 4104 };

    return blocks[dsa_desc8(desc, 42) & 3];
}

/* What is read and what is written for each block. */
static uint8_t check_dif(const DsaSlot *slot)
{
    const DsaDesc *desc = &slot->desc;
    uint32_t data = sva_dsa_dif_block(desc);
    uint32_t both = data + DSA_DIF_BYTES;
    bool dix = desc->op == DSA_OP_DIX_GENERATE;
    bool insert = desc->op == DSA_OP_DIF_INSERT || dix;
    uint32_t in = insert ? data : both;
    uint32_t out = desc->op == DSA_OP_DIF_CHECK ? 0
                   : dix ? DSA_DIF_BYTES
                   : desc->op == DSA_OP_DIF_STRIP ? data : both;

    if (dsa_desc8(desc, 42) & 0xf0 ||
        (desc->op != DSA_OP_DIF_CHECK && desc->op != DSA_OP_DIF_STRIP &&
         dsa_desc8(desc, 41) & 7)) {
        return DSA_ST_RESERVED;
    }
    if (desc->size % in) {
        return DSA_ST_BAD_SIZE;
    }
    if (dix && desc->dst % DSA_DIF_BYTES) {
        return DSA_ST_BAD_ALIGN;
    }
    return out && overlap(desc->src, desc->size, desc->dst,
                          (uint64_t)(desc->size / in) * out)
           ? DSA_ST_OVERLAP : 0;
}

/* Region Size, and the stride if there is one. */
static uint8_t check_fetch(const DsaSlot *slot)
{
    const DsaDesc *desc = &slot->desc;
    uint32_t stride = dsa_desc32(desc, 48);

    if (!slot->dsa->fn.ats_enable ||
        slot->dsa->wq[slot->wq].cfg[1] & DSA_WQ1_ATS_DISABLE) {
        return DSA_ST_BAD_OPCODE;
    }
    if (!desc->size || desc->src + (desc->size - 1) < desc->src) {
        return DSA_ST_BAD_SIZE;
    }
    if (!(desc->flags & DSA_FLAG_STRIDE)) {
        return stride ? DSA_ST_RESERVED : 0;
    }
    return stride < SVA_PAGE_SIZE || stride & (stride - 1)
           ? DSA_ST_BAD_ALIGN : 0;
}

/* 8.3.27, Table 5-4: without a window there are no attributes of it. */
static uint8_t check_window(const DsaSlot *slot)
{
    const DsaDesc *desc = &slot->desc;
    uint8_t window = dsa_desc8(desc, 61);

    if (window & 0xf0) {
        return DSA_ST_RESERVED;
    }
    if (!(window & DSA_WINDOW_ENABLE)) {
        return window & DSA_WINDOW_OFFSET_MODE ? DSA_ST_WINDOW_FIELDS
               : desc->src || desc->dst ? DSA_ST_RESERVED : 0;
    }
    return !desc->dst || (desc->src && desc->dst > -desc->src)
           ? DSA_ST_WINDOW_FIELDS : 0;
}

/* Handles that are not used are reserved. */
static uint8_t check_handles(const DsaSlot *slot)
{
    const DsaDesc *desc = &slot->desc;

    return (!(desc->flags & DSA_FLAG_ALT_SRC) && dsa_desc16(desc, 60)) ||
           (!(desc->flags & DSA_FLAG_ALT_DST) && dsa_desc16(desc, 62))
           ? DSA_ST_RESERVED : 0;
}

static uint8_t check_domain_fill(const DsaSlot *slot)
{
    uint8_t status = check_handles(slot);

    return status ? status : check_fill(slot);
}

/* -- Table 5-3 and Table 5-5 -- */

static const OpInfo ops[DSA_OPS] = {
    [DSA_OP_NOOP] = {
        COMMON, 0, BYTES(16, 35) | BYTES(38, 63), false, NULL,
    },
    [DSA_OP_BATCH] = {
        COMMON | TC1 | DSA_FLAG_BATCH_ERROR, 0,
        BYTES(24, 31) | BYTES(38, 63), false, check_batch,
    },
    [DSA_OP_DRAIN] = {
        COMMON | TC1 | TC2 | DRAIN_FLAGS, 0,
        BYTES(32, 35) | BYTES(38, 63), false, check_drain,
    },
    [DSA_OP_MEMMOVE] = {
        COMMON | BOF | WRITES | TC1 | TC2, 0, BYTES(38, 63), true, NULL,
    },
    [DSA_OP_FILL] = {
        COMMON | BOF | WRITES | TC2 | DSA_FLAG_FILL16, 0,
        BYTES(38, 39) | BYTES(48, 63), true, check_fill,
    },
    [DSA_OP_COMPARE] = {
        COMMON | BOF | CHECK | TC1 | TC2, NEEDS_CR,
        BYTES(38, 39) | BYTES(41, 63), true, NULL,
    },
    [DSA_OP_COMPARE_PATTERN] = {
        COMMON | BOF | CHECK | TC1, NEEDS_CR,
        BYTES(38, 39) | BYTES(41, 63), true, NULL,
    },
    [DSA_OP_CREATE_DELTA] = {
        COMMON | BOF | CHECK | WRITES | TC1 | TC2 | TC3, NEEDS_CR,
        BYTES(38, 39) | BYTES(52, 55) | BYTES(57, 63), true,
        check_create_delta,
    },
    [DSA_OP_APPLY_DELTA] = {
        COMMON | BOF | WRITES | TC1 | TC2, 0,
        BYTES(38, 39) | BYTES(44, 63), true, check_apply_delta,
    },
    [DSA_OP_DUALCAST] = {
        COMMON | BOF | WRITES | TC1 | TC2 | TC3, 0,
        BYTES(38, 39) | BYTES(48, 63), true, check_dualcast,
    },
    [DSA_OP_CRC] = {
        COMMON | BOF | TC1 | TC3 | CRC_FLAGS, NEEDS_CR,
        BYTES(24, 31) | BYTES(38, 39) | BYTES(56, 63), true, check_crc,
    },
    [DSA_OP_COPY_CRC] = {
        COMMON | BOF | WRITES | TC1 | TC2 | TC3 | CRC_FLAGS, NEEDS_CR,
        BYTES(38, 39) | BYTES(56, 63), true, check_copy_crc,
    },
    [DSA_OP_DIF_CHECK] = {
        COMMON | BOF | TC1, NEEDS_CR,
        BYTES(24, 31) | BYTES(38, 39) | BYTES(41, 41) | BYTES(43, 47) |
        BYTES(56, 63), true, check_dif,
    },
    [DSA_OP_DIF_INSERT] = {
        COMMON | BOF | WRITES | TC1 | TC2, 0,
        BYTES(38, 40) | BYTES(43, 55), true, check_dif,
    },
    [DSA_OP_DIF_STRIP] = {
        COMMON | BOF | WRITES | TC1 | TC2, 0,
        BYTES(38, 39) | BYTES(41, 41) | BYTES(43, 47) | BYTES(56, 63), true,
        check_dif,
    },
    [DSA_OP_DIF_UPDATE] = {
        COMMON | BOF | WRITES | TC1 | TC2, 0,
        BYTES(38, 39) | BYTES(43, 47), true, check_dif,
    },
    [DSA_OP_DIX_GENERATE] = {
        COMMON | BOF | WRITES | TC1 | TC2, NEEDS_CR,
        BYTES(38, 40) | BYTES(43, 55), true, check_dif,
    },
    [DSA_OP_FETCH] = {
        COMMON | BOF | DSA_FLAG_STRIDE, 0,
        BYTES(24, 31) | BYTES(38, 47) | BYTES(52, 63), false, check_fetch,
    },
    [DSA_OP_UPDATE_WINDOW] = {
        COMMON | DSA_FLAG_NO_DRAIN, 0, BYTES(32, 35) | BYTES(38, 60), false,
        check_window,
    },
    [DSA_OP_DOMAIN_COPY] = {
        COMMON | BOF | WRITES | TC1 | TC2 | ALT, 0, BYTES(38, 59), true,
        check_handles,
    },
    [DSA_OP_DOMAIN_FILL] = {
        COMMON | BOF | WRITES | TC2 | DSA_FLAG_FILL16 | DSA_FLAG_ALT_DST,
        DSA_FLAG_ALT_DST, BYTES(38, 39) | BYTES(48, 61), true,
        check_domain_fill,
    },
    [DSA_OP_DOMAIN_COMPARE] = {
        COMMON | BOF | CHECK | TC1 | TC2 | ALT, NEEDS_CR,
        BYTES(38, 39) | BYTES(41, 59), true, check_handles,
    },
    [DSA_OP_DOMAIN_PATTERN] = {
        COMMON | BOF | CHECK | TC1 | DSA_FLAG_ALT_SRC,
        NEEDS_CR | DSA_FLAG_ALT_SRC,
        BYTES(38, 39) | BYTES(41, 59) | BYTES(62, 63), true, check_handles,
    },
    [DSA_OP_CACHE_FLUSH] = {
        COMMON | BOF | DSA_FLAG_READBACK | DSA_FLAG_STRICT | TC2, 0,
        BYTES(16, 23) | BYTES(38, 63), true, NULL,
    },
};

void sva_dsa_opcap(uint64_t words[4])
{
    memset(words, 0, 4 * sizeof(words[0]));
    for (unsigned i = 0; i < DSA_OPS; i++) {
        if (ops[i].flags) {
            words[i / 64] |= 1ull << i % 64;
        }
    }
}

bool sva_dsa_desc_has_result(const DsaDesc *desc)
{
    return ops[desc->op].required & DSA_FLAG_CR_VALID;
}

void sva_dsa_desc_decode(DsaSlot *slot)
{
    const uint8_t *raw = slot->raw;
    uint64_t control = dsa_get64(raw);

    slot->desc = (DsaDesc) {
        .raw = raw,
        .word = (uint32_t)control,
        .flags = control >> 32 & 0xffffff,
        .op = control >> 56,
        .cr = dsa_get64(raw + 8),
        .src = dsa_get64(raw + 16),
        .dst = dsa_get64(raw + 24),
        .size = dsa_get32(raw + 32),
        .handle = dsa_get16(raw + 36),
    };
}

/* -- checks that all operations share -- */

static bool opcode_ok(const DsaSlot *slot)
{
    unsigned op = slot->desc.op;
    const DsaWq *wq = &slot->dsa->wq[slot->wq];

    if (op >= DSA_OPS || !ops[op].flags ||
        !(wq->cfg[DSA_WQ_OPCFG + op / 64] >> op % 64 & 1)) {
        return false;
    }
    return !slot->in_batch || (op != DSA_OP_BATCH && op != DSA_OP_DRAIN &&
                               op != DSA_OP_UPDATE_WINDOW);
}

/* Table 5-4: flags that other things make reserved. */
static uint32_t flags_reserved(const DsaSlot *slot)
{
    const SvaDsa *dsa = slot->dsa;
    const DsaDesc *desc = &slot->desc;
    uint32_t reserved = 0;

    if (!slot->in_batch) {
        reserved |= DSA_FLAG_FENCE;
    }
    if (!(dsa->wq[slot->wq].cfg[1] & DSA_WQ1_BLOCK_ON_FAULT)) {
        reserved |= DSA_FLAG_BLOCK_ON_FAULT;
    }
    if (!(desc->flags & DSA_FLAG_CR_VALID)) {
        reserved |= DSA_FLAG_CR_REQUEST | DSA_FLAG_CR_TC;
    }
    if (!(dsa->gencfg & DSA_GENCFG_USER_INT) && slot->pasid.valid &&
        !slot->priv) {
        reserved |= DSA_FLAG_INT_REQUEST;
    }
    if (desc->op == DSA_OP_DRAIN) {
        reserved |= desc->flags & DSA_FLAG_READBACK1 ? 0 : DSA_FLAG_TC1;
        reserved |= desc->flags & DSA_FLAG_READBACK2 ? 0 : DSA_FLAG_TC2;
    }
    return reserved;
}

static uint32_t flags_missing(const DsaDesc *desc)
{
    uint32_t notify = DSA_FLAG_CR_REQUEST | DSA_FLAG_INT_REQUEST;

    if (desc->op == DSA_OP_DRAIN && !(desc->flags & notify)) {
        return notify;
    }
    /* Table 5-5: one of them. */
    if ((desc->op == DSA_OP_DOMAIN_COPY ||
         desc->op == DSA_OP_DOMAIN_COMPARE) && !(desc->flags & ALT)) {
        return ALT;
    }
    return ops[desc->op].required & ~desc->flags;
}

static bool bytes_reserved(const DsaSlot *slot)
{
    const DsaDesc *desc = &slot->desc;
    uint64_t reserved = ops[desc->op].reserved;

    for (unsigned i = 0; i < DSA_DESC_BYTES; i++) {
        if (reserved >> i & 1 && desc->raw[i]) {
            return true;
        }
    }
    return desc->word & DSA_WORD_RESERVED ||
           (!(desc->flags & DSA_FLAG_CR_VALID) && desc->cr) ||
           (!(desc->flags & DSA_FLAG_INT_REQUEST) && desc->handle);
}

uint8_t sva_dsa_desc_form(DsaSlot *slot)
{
    const DsaDesc *desc = &slot->desc;
    const OpInfo *info;

    if (desc->flags & DSA_FLAG_CR_VALID && desc->cr % DSA_RECORD_BYTES) {
        return DSA_ST_CR_ALIGN;
    }
    if (!opcode_ok(slot)) {
        return DSA_ST_BAD_OPCODE;
    }
    /* The function has no Privileged Mode Enable. */
    if (slot->priv) {
        return DSA_ST_PRIV;
    }
    info = &ops[desc->op];
    slot->bad_flags = (desc->flags & (~info->flags | flags_reserved(slot))) |
                      flags_missing(desc);
    if (slot->bad_flags) {
        return DSA_ST_BAD_FLAGS;
    }
    if (bytes_reserved(slot)) {
        return DSA_ST_RESERVED;
    }
    if (info->sized && (!desc->size || desc->size > max_transfer(slot))) {
        return DSA_ST_BAD_SIZE;
    }
    return info->check ? info->check(slot) : 0;
}

uint8_t sva_dsa_desc_check(DsaSlot *slot)
{
    const DsaDesc *desc = &slot->desc;
    uint8_t status = sva_dsa_desc_form(slot);

    if (!status && desc->flags & DSA_FLAG_INT_REQUEST &&
        !sva_dsa_irq_handle_ok(slot, desc->handle)) {
        return DSA_ST_BAD_HANDLE;
    }
    return status;
}

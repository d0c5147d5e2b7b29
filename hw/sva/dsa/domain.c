/*
 * sva-dsa: other address spaces, by the Inter-Domain Permissions Table
 *
 * Sections 3.14 "Inter-Domain Operations", 5.6, 8.3.27, 9.2.29.  Entries are
 * of type 0: one submitter.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "domain.h"
#include "operation.h"

/* -- the table -- */

void sva_dsa_domain_write(SvaDsa *dsa, unsigned index, unsigned word,
                          uint64_t value, uint64_t mask)
{
    uint64_t *entry = dsa->idpt[index];
    bool usable = entry[0] & DSA_IDPT_USABLE;
    bool locked = usable || entry[0] & DSA_IDPT_UPDATE;
    uint64_t writable = locked ? 0 : UINT64_MAX;

    if (word == 0) {
        writable = DSA_IDPT_USABLE | DSA_IDPT_UPDATE |
                   (usable ? 0 : DSA_IDPT_SUBMITTER) |
                   (locked ? 0 : ~(DSA_IDPT_RESERVED | DSA_IDPT_SUBMITTER));
    } else if (word == 3) {
        writable = 0;           /* reserved with type 0 */
    }
    mask &= writable;
    entry[word] = (entry[word] & ~mask) | (value & mask);
}

static uint32_t submitter(const uint64_t *entry)
{
    return (entry[0] & DSA_IDPT_SUBMITTER) >> DSA_IDPT_SUBMITTER_SHIFT;
}

static uint32_t access_pasid(const uint64_t *entry)
{
    return (uint32_t)(entry[0] >> DSA_IDPT_ACCESS_SHIFT);
}

/* Reserved fields are 0, the window does not wrap. */
static bool entry_good(const uint64_t *entry)
{
    if (entry[0] & DSA_IDPT_TYPE) {
        return false;
    }
    if (!(entry[0] & DSA_IDPT_WINDOW)) {
        return !(entry[0] & DSA_IDPT_OFFSET_MODE) && !entry[1] && !entry[2];
    }
    return entry[2] && (!entry[1] || entry[2] <= -entry[1]);
}

/* -- a descriptor that uses it (5.6) -- */

/* Is [@addr, @addr + @size) within the window? */
static bool in_window(const uint64_t *entry, uint64_t addr, uint32_t size)
{
    uint64_t at = entry[0] & DSA_IDPT_OFFSET_MODE ? addr : addr - entry[1];

    return !(entry[0] & DSA_IDPT_WINDOW) ||
           (at < entry[2] && size <= entry[2] - at);
}

static uint8_t use_entry(DsaSlot *slot, unsigned side, uint64_t right)
{
    const DsaDesc *desc = &slot->desc;
    uint16_t handle = dsa_desc16(desc, side ? 62 : 60);
    uint64_t addr = side ? desc->dst : desc->src;
    const uint64_t *entry;

    slot->fault_handle = handle;
    if (handle >= DSA_IDPT_ENTRIES) {
        return DSA_ST_DOMAIN_HANDLE;
    }
    entry = slot->dsa->idpt[handle];
    if (!(entry[0] & DSA_IDPT_USABLE) || !entry_good(entry) ||
        submitter(entry) != slot->pasid.id) {
        return DSA_ST_DOMAIN_HANDLE;
    }
    if (!(entry[0] & right)) {
        return DSA_ST_DOMAIN_RIGHTS;
    }
    if (!in_window(entry, addr, desc->size)) {
        return DSA_ST_DOMAIN_RANGE;
    }
    slot->domain[side] = (DsaDomain) {
        .pasid = sva_pasid(access_pasid(entry)),
        .handle = handle,
        .masked = entry[0] & DSA_IDPT_OFFSET_MODE,
        .shift = entry[0] & DSA_IDPT_OFFSET_MODE ? entry[1] : 0,
    };
    slot->fault_handle = 0;
    return 0;
}

static uint8_t check_update(DsaSlot *slot)
{
    uint16_t handle = dsa_desc16(&slot->desc, 62);
    const uint64_t *entry;

    slot->fault_handle = handle;
    if (handle >= DSA_IDPT_ENTRIES) {
        return DSA_ST_WINDOW_HANDLE;
    }
    entry = slot->dsa->idpt[handle];
    if (!(entry[0] & DSA_IDPT_UPDATE) || entry[0] & DSA_IDPT_TYPE ||
        access_pasid(entry) != slot->pasid.id) {
        return DSA_ST_WINDOW_HANDLE;
    }
    slot->fault_handle = 0;
    return 0;
}

/* Both sides of a comparison are read. */
static uint8_t check_sides(DsaSlot *slot)
{
    const DsaDesc *desc = &slot->desc;
    bool writes = desc->op == DSA_OP_DOMAIN_COPY ||
                  desc->op == DSA_OP_DOMAIN_FILL;
    uint8_t status = 0;

    if (desc->flags & DSA_FLAG_ALT_SRC) {
        status = use_entry(slot, 0, DSA_IDPT_READ);
    }
    if (!status && desc->flags & DSA_FLAG_ALT_DST) {
        status = use_entry(slot, 1, writes ? DSA_IDPT_WRITE : DSA_IDPT_READ);
    }
    return status;
}

uint8_t sva_dsa_domain_check(DsaSlot *slot)
{
    unsigned op = slot->desc.op;

    if (op < DSA_OP_UPDATE_WINDOW) {
        return 0;
    }
    if (!slot->pasid.valid) {
        return DSA_ST_NO_PASID;
    }
    return op == DSA_OP_UPDATE_WINDOW ? check_update(slot)
                                      : check_sides(slot);
}

bool sva_dsa_domain_used(const DsaSlot *slot, uint16_t handle)
{
    for (unsigned side = 0; side < 2; side++) {
        if (slot->domain[side].pasid.valid &&
            slot->domain[side].handle == handle) {
            return true;
        }
    }
    return false;
}

/* -- Update Window (8.3.27): at once, then the drain -- */

static void update_begin(DsaSlot *slot)
{
    const DsaDesc *desc = &slot->desc;
    uint64_t *entry = slot->dsa->idpt[dsa_desc16(desc, 62)];
    uint8_t window = dsa_desc8(desc, 61);

    entry[0] = (entry[0] & ~DSA_IDPT_ATTRIBUTES) |
               (window & DSA_WINDOW_READ ? DSA_IDPT_READ : 0) |
               (window & DSA_WINDOW_WRITE ? DSA_IDPT_WRITE : 0) |
               (window & DSA_WINDOW_ENABLE ? DSA_IDPT_WINDOW : 0) |
               (window & DSA_WINDOW_OFFSET_MODE ? DSA_IDPT_OFFSET_MODE : 0);
    entry[1] = desc->src;
    entry[2] = desc->dst;
    slot->op.crc = slot->dsa->seq;
}

static uint8_t update_next(DsaSlot *slot G_GNUC_UNUSED)
{
    return DSA_ST_SUCCESS;
}

static bool update_possible(const DsaSlot *slot G_GNUC_UNUSED)
{
    return false;
}

const DsaOp sva_dsa_op_update_window = {
    .begin = update_begin,
    .next = update_next,
    .possible = update_possible,
};

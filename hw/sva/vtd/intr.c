/*
 * VT-d unit: interrupt remapping
 *
 * VT-d rev 5.10, "Interrupt Remapping": "Interrupt Requests in
 * Compatibility Format", "Interrupt Requests in Remappable Format",
 * "Interrupt Remapping Table Entry", "Interrupt Remapping Fault Conditions".
 * Posted interrupts are not offered (CAP.PI=0).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "tlb.h"
#include "xlate.h"

static uint32_t request_index(const SvaVtdMessage *in)
{
    uint32_t index = FIELD_EX64(in->addr, VTD_INTR_ADDR, HANDLE) |
                     FIELD_EX64(in->addr, VTD_INTR_ADDR, HANDLE_15) << 15;

    if (in->addr & R_VTD_INTR_ADDR_SHV_MASK) {
        index += FIELD_EX32(in->data, VTD_INTR_DATA, SUBHANDLE);
    }
    return index;
}

/* Without subhandle the data is ignored. */
static bool has_reserved_bits(const SvaVtdMessage *in)
{
    return in->addr & R_VTD_INTR_ADDR_SHV_MASK &&
           in->data & ~R_VTD_INTR_DATA_SUBHANDLE_MASK;
}

static SvaVtdMessage make_message(uint64_t low, bool eime)
{
    uint32_t dst = FIELD_EX64(low, VTD_IRTE0, DST);
    uint32_t id = eime ? dst : dst >> 8 & 0xff;
    SvaVtdMessage msg = {
        .addr = SVA_VTD_INTR_FIRST | (uint64_t)(id & ~0xffu) << 32 |
                (low & (R_VTD_IRTE0_DM_MASK | R_VTD_IRTE0_RH_MASK)),
        .data = R_VTD_MSG_DATA_ASSERT_MASK,
    };

    msg.addr = FIELD_DP64(msg.addr, VTD_MSG_ADDR, ID, id & 0xff);
    msg.data = FIELD_DP32(msg.data, VTD_MSG_DATA, V,
                          FIELD_EX64(low, VTD_IRTE0, V));
    msg.data = FIELD_DP32(msg.data, VTD_MSG_DATA, DLM,
                          FIELD_EX64(low, VTD_IRTE0, DLM));
    msg.data = FIELD_DP32(msg.data, VTD_MSG_DATA, LEVEL,
                          FIELD_EX64(low, VTD_IRTE0, TM));
    return msg;
}

static void decode(const uint64_t *qw, bool eime, SvaVtdIrte *out)
{
    uint64_t reserved = SVA_VTD_IRTE0_RSVD |
                        (eime ? 0 : SVA_VTD_IRTE0_RSVD_XAPIC);

    out->present = qw[0] & R_VTD_IRTE0_P_MASK;
    out->sound = !(qw[0] & reserved) && !(qw[1] & SVA_VTD_IRTE1_RSVD);
    out->fpd = qw[0] & R_VTD_IRTE0_FPD_MASK;
    out->sid = FIELD_EX64(qw[1], VTD_IRTE1, SID);
    out->sq = FIELD_EX64(qw[1], VTD_IRTE1, SQ);
    out->svt = FIELD_EX64(qw[1], VTD_IRTE1, SVT);
    out->message = make_message(qw[0], eime);
}

static SvaFault get_entry(SvaVtd *vtd, uint32_t index, SvaVtdIrte *out)
{
    const SvaVtdIrte *cached = sva_config_cache_lookup(vtd->irtes, index);
    uint64_t pa = vtd->intremap.root + (uint64_t)index * SVA_VTD_IRTE_BYTES;
    uint64_t qw[2];

    if (index >= vtd->intremap.entries || pa & sva_vtd_above_haw(vtd)) {
        return sva_vtd_fault(SVA_VTD_FR_IR_INDEX);
    }
    if (cached) {
        *out = *cached;
        return SVA_NO_FAULT;
    }
    sva_vtd_count(vtd, SVA_VTD_CNT_INTR_FETCHES);
    if (!sva_vtd_read_entry(vtd, pa, qw, 2)) {
        return sva_vtd_fault(SVA_VTD_FR_IR_ACCESS);
    }
    decode(qw, vtd->intremap.eime, out);
    if (out->present && out->sound) {
        sva_config_cache_insert(vtd->irtes, index, out);
    }
    return SVA_NO_FAULT;
}

static bool may_use(const SvaVtdIrte *irte, uint16_t rid)
{
    switch (irte->svt) {
    case SVA_VTD_SVT_SID:
        return !((rid ^ irte->sid) & sva_vtd_rid_mask(irte->sq));
    case SVA_VTD_SVT_BUS:
        /* First bus in the upper byte, last bus in the lower one. */
        return rid >> 8 >= irte->sid >> 8 && rid >> 8 <= (irte->sid & 0xff);
    default:                    /* 11b is reserved and matches nothing */
        return irte->svt == SVA_VTD_SVT_NONE;
    }
}

/* On a fault @index and @irte->fpd are set as far as they are known. */
static SvaFault remap(SvaVtd *vtd, uint16_t rid, const SvaVtdMessage *in,
                      uint32_t *index, SvaVtdIrte *irte)
{
    SvaFault fault;

    memset(irte, 0, sizeof(*irte));
    if (!(in->addr & R_VTD_INTR_ADDR_REMAPPABLE_MASK)) {
        *index = 0;
        return sva_vtd_fault(SVA_VTD_FR_IR_COMPAT);
    }
    *index = request_index(in);
    if (has_reserved_bits(in)) {
        return sva_vtd_fault(SVA_VTD_FR_IR_REQUEST);
    }
    fault = get_entry(vtd, *index, irte);
    if (!sva_fault_is_none(fault)) {
        return fault;
    }
    if (!irte->present) {
        return sva_vtd_fault(SVA_VTD_FR_IR_P);
    }
    /* The source is checked before the format (VT-d rev 5.10, 5.1.4). */
    if (!may_use(irte, rid)) {
        return sva_vtd_fault(SVA_VTD_FR_IR_SOURCE);
    }
    return irte->sound ? SVA_NO_FAULT : sva_vtd_fault(SVA_VTD_FR_IR_RSVD);
}

bool sva_vtd_interrupt(SvaVtd *vtd, uint16_t rid, const SvaVtdMessage *in,
                       SvaVtdMessage *out)
{
    const SvaVtdIntremap *ir = &vtd->intremap;
    SvaVtdFaultReport report = {
        .req = { .rid = rid, .access = SVA_WRITE },
    };
    SvaVtdIrte irte;
    uint32_t index;

    if (!ir->enabled || (!(in->addr & R_VTD_INTR_ADDR_REMAPPABLE_MASK) &&
                         ir->compat && !ir->eime)) {
        sva_vtd_count(vtd, SVA_VTD_CNT_INTR_PASSED);
        *out = *in;
        return true;
    }
    report.fault = remap(vtd, rid, in, &index, &irte);
    if (sva_fault_is_none(report.fault)) {
        sva_vtd_count(vtd, SVA_VTD_CNT_INTR_REMAPPED);
        *out = irte.message;
        return true;
    }
    report.fpd = irte.fpd;
    report.req.addr = FIELD_DP64(0, VTD_FRCD0, INTR_INDEX, index);
    sva_vtd_count(vtd, SVA_VTD_CNT_INTR_BLOCKED);
    sva_vtd_fault_report(vtd, &report);
    return false;
}

typedef struct IrteScope {
    uint32_t index;
    uint32_t ignored;           /* bits of the index */
} IrteScope;

static bool match_irte(uint64_t key, const void *value, void *opaque)
{
    const IrteScope *scope = opaque;

    (void)value;
    return !((key ^ scope->index) & ~(uint64_t)scope->ignored);
}

unsigned sva_vtd_drop_irtes(SvaVtd *vtd, bool global, uint32_t index,
                            uint32_t mask)
{
    IrteScope scope = { index, (1u << MIN(mask, 31)) - 1 };

    if (global) {
        sva_config_cache_reset(vtd->irtes);
        return 0;
    }
    return sva_config_cache_drop(vtd->irtes, match_irte, &scope).looked;
}

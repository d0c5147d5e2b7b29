/*
 * VT-d unit: saving and restoring
 *
 * The stream is checked like guest input: values that no unit can have saved
 * are refused.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "inv.h"
#include "regs.h"
#include "state.h"

#define INTREMAP_STATUS (R_VTD_GCMD_IRE_MASK | R_VTD_GCMD_SIRTP_MASK | \
                         R_VTD_GCMD_CFI_MASK)
#define STATUS          (R_VTD_GCMD_TE_MASK | R_VTD_GCMD_SRTP_MASK | \
                         R_VTD_GCMD_QIE_MASK)

void sva_vtd_save(const SvaVtd *vtd, SvaVtdSaved *out)
{
    unsigned i;

    memset(out, 0, sizeof(*out));
    out->version = SVA_VTD_STATE_VERSION;
    memcpy(out->regs, vtd->regs, sizeof(out->regs));
    out->root = vtd->root;
    out->irta = vtd->intremap.root |
                (vtd->intremap.eime ? R_VTD_IRTA_EIME_MASK : 0);
    out->irta_entries = vtd->intremap.entries;
    out->iq_base = vtd->iq.base;
    out->iq_size_log2 = vtd->iq.size_log2;
    out->iq_entry_log2 = vtd->iq.entry_log2;
    out->iq_stopping = vtd->iq_stopping;
    out->fault_next = vtd->fault_next;
    sva_atc_inval_save(&vtd->atc, &out->atc);
    out->wait_count = vtd->wait_count;
    for (i = 0; i < vtd->wait_count; i++) {
        out->waits[i] = vtd->waits[(vtd->wait_first + i) % SVA_VTD_WAITS];
    }
}

static uint32_t saved32(const SvaVtdSaved *in, unsigned off)
{
    return in->regs[off / 4];
}

static uint64_t saved64(const SvaVtdSaved *in, unsigned off)
{
    return saved32(in, off) | (uint64_t)saved32(in, off + 4) << 32;
}

static const char *registers_error(const SvaVtd *vtd, const SvaVtdSaved *in)
{
    uint32_t status = STATUS | (vtd->config.intremap ? INTREMAP_STATUS : 0);
    unsigned i;

    if (in->version != SVA_VTD_STATE_VERSION) {
        return "the state is of another version";
    }
    if (saved64(in, A_VTD_CAP) != vtd->cap ||
        saved64(in, A_VTD_ECAP) != vtd->ecap) {
        return "the state is of a unit with other options";
    }
    if (saved32(in, A_VTD_GSTS) & ~status) {
        return "impossible status";
    }
    for (i = 0; i < G_N_ELEMENTS(in->regs); i++) {
        if (in->regs[i] && !vtd->reg_row[i]) {
            return "a register that does not exist has a value";
        }
    }
    if (in->root & (sva_vtd_above_haw(vtd) |
                    ~(SVA_VTD_ADDR | R_VTD_RTADDR_TTM_MASK)) ||
        in->irta & (sva_vtd_above_haw(vtd) |
                    ~(SVA_VTD_ADDR | R_VTD_IRTA_EIME_MASK)) ||
        in->irta_entries & (in->irta_entries - 1) ||
        in->irta_entries > 2u << R_VTD_IRTA_S_MASK ||
        in->fault_next >= vtd->config.fault_records) {
        return "impossible tables";
    }
    return NULL;
}

static const char *queue_error(const SvaVtd *vtd, const SvaVtdSaved *in)
{
    SvaRing ring = { in->iq_base, in->iq_size_log2, in->iq_entry_log2 };
    uint64_t generation = 0;
    unsigned i;

    if (in->iq_size_log2 < SVA_PAGE_SHIFT ||
        in->iq_size_log2 > SVA_PAGE_SHIFT + R_VTD_IQA_QS_MASK ||
        in->iq_entry_log2 < 4 || in->iq_entry_log2 > 5 ||
        in->iq_base & (sva_vtd_above_haw(vtd) | ~SVA_VTD_ADDR) ||
        !sva_ring_offset_valid(&ring, saved64(in, A_VTD_IQH)) ||
        (in->iq_stopping && !in->wait_count)) {
        return "impossible invalidation queue";
    }
    if (in->wait_count > SVA_VTD_WAITS) {
        return "impossible number of wait descriptors";
    }
    for (i = 0; i < in->wait_count; i++) {
        if (in->waits[i].generation < generation ||
            in->waits[i].generation > in->atc.table.next_generation) {
            return "impossible wait descriptor";
        }
        generation = in->waits[i].generation;
    }
    return NULL;
}

static void take_queue(SvaVtd *vtd, const SvaVtdSaved *in)
{
    unsigned i;

    vtd->iq = (SvaRing) {
        .base = in->iq_base,
        .size_log2 = in->iq_size_log2,
        .entry_log2 = in->iq_entry_log2,
    };
    vtd->iq_stopping = in->iq_stopping;
    vtd->wait_count = in->wait_count;
    for (i = 0; i < in->wait_count; i++) {
        vtd->waits[i] = in->waits[i];
        vtd->fences += in->waits[i].fence;
    }
}

static void take_tables(SvaVtd *vtd, const SvaVtdSaved *in)
{
    const SvaVtdHostOps *ops = vtd->host_ops;

    vtd->root = in->root;
    vtd->intremap = (SvaVtdIntremap) {
        .root = in->irta & SVA_VTD_ADDR,
        .entries = in->irta_entries,
        .enabled = saved32(in, A_VTD_GSTS) & R_VTD_GCMD_IRE_MASK,
        .eime = in->irta & R_VTD_IRTA_EIME_MASK,
        .compat = saved32(in, A_VTD_GSTS) & R_VTD_GCMD_CFI_MASK,
    };
    if (ops && ops->intremap_changed) {
        ops->intremap_changed(vtd->host, &vtd->intremap);
    }
}

const char *sva_vtd_load(SvaVtd *vtd, const SvaVtdSaved *in)
{
    const char *error = registers_error(vtd, in);

    sva_vtd_reset(vtd);
    if (!error) {
        error = queue_error(vtd, in);
    }
    if (!error && !sva_atc_inval_restore(&vtd->atc, &in->atc)) {
        error = "impossible outstanding invalidations";
    }
    if (error) {
        return error;
    }
    memcpy(vtd->regs, in->regs, sizeof(vtd->regs));
    vtd->fault_next = in->fault_next;
    take_queue(vtd, in);
    take_tables(vtd, in);
    sva_vtd_regs_announce(vtd);
    /* The unit may have been saved between two slices of a long queue. */
    sva_vtd_queue_defer(vtd);
    return NULL;
}

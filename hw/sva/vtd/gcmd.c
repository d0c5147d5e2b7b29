/*
 * VT-d unit: global commands
 *
 * VT-d rev 5.10, "Global Command Register" and "Global Status Register".
 * A write carries the new value of all level bits; one-shot bits act when they
 * are 1.  The specification does not define several changes in one write; they
 * are carried out in the order of the code below.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "inv.h"
#include "regs.h"
#include "tlb.h"

void sva_vtd_regs_announce(SvaVtd *vtd)
{
    sva_emit(vtd->iommu.env, .kind = SVA_EV_REGS,
             .regs = {
                 .arch = SVA_REGS_VTD, .count = SVA_REGS_VTD_WORDS,
                 .words = {
                     [SVA_REGS_VTD_RTADDR] = vtd->root,
                     [SVA_REGS_VTD_CAP] = vtd->cap,
                     [SVA_REGS_VTD_ECAP] = vtd->ecap,
                     [SVA_REGS_VTD_GSTS] = sva_vtd_reg32(vtd, A_VTD_GSTS),
                     [SVA_REGS_VTD_HAW] = vtd->config.haw_bits,
                     [SVA_REGS_VTD_ADVERSARY] = vtd->config.adversary,
                 },
             });
}

static void set_root_table(SvaVtd *vtd)
{
    vtd->root = sva_vtd_reg64(vtd, A_VTD_RTADDR);
    sva_vtd_set_status(vtd, R_VTD_GCMD_SRTP_MASK, true);
    sva_vtd_regs_announce(vtd);
    if (vtd->config.esrtps) {
        sva_vtd_drop_all(vtd);
    }
}

/* VT-d rev 5.10, 7.2.1 */
static void restart_fault_records(SvaVtd *vtd)
{
    if (!sva_vtd_gsts(vtd, R_VTD_GCMD_TE_MASK | R_VTD_GCMD_IRE_MASK)) {
        vtd->fault_next = 0;
    }
}

static void publish_intremap(SvaVtd *vtd)
{
    if (vtd->host_ops && vtd->host_ops->intremap_changed) {
        vtd->host_ops->intremap_changed(vtd->host, &vtd->intremap);
    }
}

/* CAP.ESIRTPS: also when interrupt remapping is disabled (11.4.4.1). */
static void drop_irtes_by_esirtps(SvaVtd *vtd)
{
    if (!vtd->config.esirtps) {
        return;
    }
    sva_vtd_drop_irtes(vtd, true, 0, 0);
    if (vtd->host_ops && vtd->host_ops->iec_invalidate) {
        vtd->host_ops->iec_invalidate(vtd->host, true, 0, 0);
    }
}

static void set_interrupt_table(SvaVtd *vtd)
{
    uint64_t irta = sva_vtd_reg64(vtd, A_VTD_IRTA);

    vtd->intremap.root = irta & SVA_VTD_ADDR;
    vtd->intremap.entries = 2u << FIELD_EX64(irta, VTD_IRTA, S);
    vtd->intremap.eime = irta & R_VTD_IRTA_EIME_MASK;
    sva_vtd_set_status(vtd, R_VTD_GCMD_SIRTP_MASK, true);
    publish_intremap(vtd);
    drop_irtes_by_esirtps(vtd);
}

static void enable_translation(SvaVtd *vtd, bool on)
{
    if (on && !sva_vtd_gsts(vtd, R_VTD_GCMD_SRTP_MASK)) {
        sva_guest_error(vtd->iommu.env,
                        "vtd: translation enabled without root table");
    }
    sva_vtd_set_status(vtd, R_VTD_GCMD_TE_MASK, on);
    sva_vtd_regs_announce(vtd);
    if (!on && vtd->ecap & R_VTD_ECAP_SMTS_MASK) {
        sva_vtd_drop_all(vtd);      /* VT-d rev 5.10, 11.4.4.1 */
    }
    restart_fault_records(vtd);
}

static void enable_queue(SvaVtd *vtd, bool on)
{
    if (on) {
        sva_vtd_set_status(vtd, R_VTD_GCMD_QIE_MASK, true);
        sva_vtd_queue_enable(vtd);
    } else {
        /* QIES is cleared when the pending waits are done. */
        sva_vtd_wait_stop(vtd);
    }
}

static void enable_intremap(SvaVtd *vtd, bool on)
{
    if (on && !sva_vtd_gsts(vtd, R_VTD_GCMD_SIRTP_MASK)) {
        sva_guest_error(vtd->iommu.env,
                        "vtd: interrupt remapping enabled without table");
    }
    sva_vtd_set_status(vtd, R_VTD_GCMD_IRE_MASK, on);
    vtd->intremap.enabled = on;
    publish_intremap(vtd);
    if (!on) {
        drop_irtes_by_esirtps(vtd);
    }
    restart_fault_records(vtd);
}

static void set_compatibility(SvaVtd *vtd, bool on)
{
    sva_vtd_set_status(vtd, R_VTD_GCMD_CFI_MASK, on);
    vtd->intremap.compat = on;
    publish_intremap(vtd);
}

void sva_vtd_global_command(SvaVtd *vtd)
{
    uint32_t val = sva_vtd_reg32(vtd, A_VTD_GCMD);
    uint32_t changed = val ^ sva_vtd_reg32(vtd, A_VTD_GSTS);

    if (!vtd->config.intremap) {
        val &= ~R_VTD_GCMD_SIRTP_MASK;
        changed &= ~(R_VTD_GCMD_IRE_MASK | R_VTD_GCMD_CFI_MASK);
    }
    if (vtd->iq_stopping) {
        changed ^= R_VTD_GCMD_QIE_MASK;    /* GSTS still shows it enabled */
    }
    /* Ignored: WBF (RWBF=0), SFL and EAFL (AFL=0). */
    if (val & R_VTD_GCMD_SRTP_MASK) {
        set_root_table(vtd);
    }
    if (val & R_VTD_GCMD_SIRTP_MASK) {
        set_interrupt_table(vtd);
    }
    if (changed & R_VTD_GCMD_QIE_MASK) {
        enable_queue(vtd, val & R_VTD_GCMD_QIE_MASK);
    }
    if (changed & R_VTD_GCMD_TE_MASK) {
        enable_translation(vtd, val & R_VTD_GCMD_TE_MASK);
    }
    if (changed & R_VTD_GCMD_IRE_MASK) {
        enable_intremap(vtd, val & R_VTD_GCMD_IRE_MASK);
    }
    if (changed & R_VTD_GCMD_CFI_MASK) {
        set_compatibility(vtd, val & R_VTD_GCMD_CFI_MASK);
    }
}

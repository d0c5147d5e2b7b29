/*
 * VT-d unit: global commands
 *
 * Intel VT-d 5.10, "Global Command Register" and "Global Status Register".
 * A write carries the wanted value of all level bits; one-shot bits act when
 * they are 1.  Several changes in one write are not defined; they are carried
 * out in the order of the code below.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "internal.h"

static void set_root_table(SvaVtd *vtd)
{
    vtd->root = sva_vtd_reg64(vtd, SVA_VTD_REG_RTADDR);
    if (vtd->config.esrtps) {
        sva_vtd_drop_all(vtd);
    }
    sva_vtd_set_status(vtd, SVA_VTD_GCMD_SRTP, true);
}

/* VT-d 5.10 section 7.2.1 */
static void restart_fault_records(SvaVtd *vtd)
{
    if (!sva_vtd_gsts(vtd, SVA_VTD_GCMD_TE | SVA_VTD_GCMD_IRE)) {
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
    uint64_t irta = sva_vtd_reg64(vtd, SVA_VTD_REG_IRTA);

    vtd->intremap.root = irta & SVA_VTD_ADDR;
    vtd->intremap.entries = 2u << (irta & SVA_VTD_IRTA_S);
    vtd->intremap.eime = irta & SVA_VTD_IRTA_EIME;
    sva_vtd_set_status(vtd, SVA_VTD_GCMD_SIRTP, true);
    publish_intremap(vtd);
    drop_irtes_by_esirtps(vtd);
}

static void enable_translation(SvaVtd *vtd, bool on)
{
    if (on && !sva_vtd_gsts(vtd, SVA_VTD_GCMD_SRTP)) {
        sva_guest_error(vtd->iommu.env,
                        "vtd: translation enabled without root table");
    }
    sva_vtd_set_status(vtd, SVA_VTD_GCMD_TE, on);
    if (!on && vtd->ecap & SVA_VTD_ECAP_SMTS) {
        sva_vtd_drop_all(vtd);      /* VT-d 5.10 section 11.4.4.1 */
    }
    restart_fault_records(vtd);
}

static void enable_queue(SvaVtd *vtd, bool on)
{
    if (on) {
        sva_vtd_set_status(vtd, SVA_VTD_GCMD_QIE, true);
        sva_vtd_queue_enable(vtd);
    } else {
        /* The status follows when what was fetched is finished. */
        sva_vtd_wait_stop(vtd);
    }
}

static void enable_intremap(SvaVtd *vtd, bool on)
{
    if (on && !sva_vtd_gsts(vtd, SVA_VTD_GCMD_SIRTP)) {
        sva_guest_error(vtd->iommu.env,
                        "vtd: interrupt remapping enabled without table");
    }
    sva_vtd_set_status(vtd, SVA_VTD_GCMD_IRE, on);
    vtd->intremap.enabled = on;
    publish_intremap(vtd);
    if (!on) {
        drop_irtes_by_esirtps(vtd);
    }
    restart_fault_records(vtd);
}

static void set_compatibility(SvaVtd *vtd, bool on)
{
    sva_vtd_set_status(vtd, SVA_VTD_GCMD_CFI, on);
    vtd->intremap.compat = on;
    publish_intremap(vtd);
}

void sva_vtd_global_command(SvaVtd *vtd)
{
    uint32_t val = sva_vtd_reg32(vtd, SVA_VTD_REG_GCMD);
    uint32_t changed = val ^ sva_vtd_reg32(vtd, SVA_VTD_REG_GSTS);

    if (!vtd->config.intremap) {
        val &= ~SVA_VTD_GCMD_SIRTP;
        changed &= ~(SVA_VTD_GCMD_IRE | SVA_VTD_GCMD_CFI);
    }
    if (vtd->iq_stopping) {
        changed ^= SVA_VTD_GCMD_QIE;    /* GSTS still shows it enabled */
    }
    /* Ignored: WBF (RWBF=0), SFL and EAFL (AFL=0). */
    if (val & SVA_VTD_GCMD_SRTP) {
        set_root_table(vtd);
    }
    if (val & SVA_VTD_GCMD_SIRTP) {
        set_interrupt_table(vtd);
    }
    if (changed & SVA_VTD_GCMD_QIE) {
        enable_queue(vtd, val & SVA_VTD_GCMD_QIE);
    }
    if (changed & SVA_VTD_GCMD_TE) {
        enable_translation(vtd, val & SVA_VTD_GCMD_TE);
    }
    if (changed & SVA_VTD_GCMD_IRE) {
        enable_intremap(vtd, val & SVA_VTD_GCMD_IRE);
    }
    if (changed & SVA_VTD_GCMD_CFI) {
        set_compatibility(vtd, val & SVA_VTD_GCMD_CFI);
    }
}

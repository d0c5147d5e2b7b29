/*
 * Second-stage page tables of VT-d
 *
 * VT-d 5.10 section 3.7 (access rights, accessed and dirty flags) and section
 * 9.8 (fields).  Bits 63 and 61:52 are ignored, as are X (no execute control)
 * and, without memory types, EMT and IPAT.  An entry with R=W=0 is not present.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "pt-loop.h"
#include "pt-vtdss.h"

#define SS_R        (1ull << 0)
#define SS_W        (1ull << 1)
#define SS_PS       (1ull << 7)
#define SS_A        (1ull << 8)
#define SS_D        (1ull << 9)
#define SS_SNP      (1ull << 11)
#define SS_IW       (1ull << 62)                /* RTADDR.SSIRWE, which is 0 */

#define SS_RSVD_2M  0x00000000001ff000ull       /* 20:12 */
#define SS_RSVD_1G  0x000000003ffff000ull       /* 29:12 */
#define SS_ADDR     0x000fffffffffffffull       /* 51:0 */

static SvaPtStatus vtdss_check_input(const SvaPtConfig *cfg, uint64_t va)
{
    if (cfg->input_bits < 64 && va >> cfg->input_bits) {
        return SVA_PT_ADDRESS_SIZE;
    }
    return SVA_PT_OK;
}

static bool vtdss_is_present(uint64_t entry)
{
    return entry & (SS_R | SS_W);
}

static bool vtdss_is_leaf(uint64_t entry)
{
    return entry & SS_PS;
}

static uint64_t vtdss_reserved(const SvaPtConfig *cfg, uint8_t level,
                               bool leaf)
{
    uint64_t mask = SS_IW | (SS_ADDR & ~((1ull << cfg->addr_bits) - 1));

    if (!leaf) {
        return mask | SS_SNP;
    }
    if (!(cfg->flags & SVA_PT_SNP)) {
        mask |= SS_SNP;
    }
    switch (level) {
    case 1:
        /* PS is no field of the last level. */
        return mask;
    case 2:
        return mask | (cfg->flags & SVA_PT_2M ? SS_RSVD_2M : SS_PS);
    case 3:
        return mask | (cfg->flags & SVA_PT_1G ? SS_RSVD_1G : SS_PS);
    default:
        return mask | SS_PS;
    }
}

static uint8_t vtdss_attributes(const SvaPtConfig *cfg, uint64_t entry)
{
    (void)cfg;
    return SVA_PT_ATTR_USER |
           (entry & SS_R ? SVA_PT_ATTR_READ : 0) |
           (entry & SS_W ? SVA_PT_ATTR_WRITE : 0);
}

static uint8_t vtdss_rights(const SvaPtConfig *cfg, uint8_t attr, bool priv)
{
    (void)cfg;
    (void)priv;
    return (attr & SVA_PT_ATTR_READ ? SVA_READ : 0) |
           (attr & SVA_PT_ATTR_WRITE ? SVA_WRITE : 0);
}

static uint64_t vtdss_accessed_bits(const SvaPtConfig *cfg)
{
    return cfg->flags & SVA_PT_AD ? SS_A : 0;
}

static uint64_t vtdss_dirty_bit(const SvaPtConfig *cfg)
{
    return cfg->flags & SVA_PT_AD ? SS_D : 0;
}

static bool vtdss_is_snooped(uint64_t entry)
{
    return entry & SS_SNP;
}

static const SvaPtEntries entries = {
    .type = SVA_ENTRY_VTD_SECOND,
    .check_input = vtdss_check_input,
    .is_present = vtdss_is_present,
    .is_leaf = vtdss_is_leaf,
    .reserved = vtdss_reserved,
    .attributes = vtdss_attributes,
    .rights = vtdss_rights,
    .accessed_bits = vtdss_accessed_bits,
    .dirty_bit = vtdss_dirty_bit,
    .is_snooped = vtdss_is_snooped,
};

static void vtdss_walk(SvaEnv *env, const SvaPtConfig *cfg,
                       const SvaPtQuery *query, SvaPtResult *out)
{
    sva_pt_loop(&entries, env, cfg, query, out);
}

const SvaPtFormat sva_pt_vtdss = { .name = "vtdss", .walk = vtdss_walk };

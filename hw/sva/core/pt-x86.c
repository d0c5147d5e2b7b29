/*
 * First-stage page tables: the format of x86-64, 4 and 5 levels
 *
 * VT-d 5.10 section 3.6.1 (access rights), section 3.6.2 (accessed and dirty
 * flags), section 9.7 (fields).  Bits 63:52 are ignored, and so is G; bit 12 of
 * a large leaf is PAT.  Nothing executes, so that XD has no meaning; protection
 * keys, SMEP and SMAP do not exist here.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "pt-loop.h"
#include "pt-x86.h"

#define PTE_P       (1ull << 0)
#define PTE_RW      (1ull << 1)
#define PTE_US      (1ull << 2)
#define PTE_A       (1ull << 5)
#define PTE_D       (1ull << 6)
#define PTE_PS      (1ull << 7)
#define PTE_EA      (1ull << 10)

#define PTE_RSVD_2M 0x00000000001fe000ull       /* 20:13 */
#define PTE_RSVD_1G 0x000000003fffe000ull       /* 29:13 */
#define PTE_ADDR    0x000fffffffffffffull       /* 51:0 */

static SvaPtStatus x86_check_input(const SvaPtConfig *cfg, uint64_t va)
{
    /* Bits 63:47 have to be equal with four levels, 63:56 with five. */
    uint64_t upper = va >> (cfg->levels == 5 ? 56 : 47);
    uint64_t ones = UINT64_MAX >> (cfg->levels == 5 ? 56 : 47);

    return upper == 0 || upper == ones ? SVA_PT_OK : SVA_PT_NOT_CANONICAL;
}

static bool x86_is_present(uint64_t entry)
{
    return entry & PTE_P;
}

static bool x86_is_leaf(uint64_t entry)
{
    return entry & PTE_PS;
}

static uint64_t x86_reserved(const SvaPtConfig *cfg, uint8_t level, bool leaf)
{
    uint64_t mask = PTE_ADDR & ~((1ull << cfg->addr_bits) - 1);

    if (!leaf || level == 1) {
        return mask;
    }
    switch (level) {
    case 2:
        return mask | PTE_RSVD_2M;
    case 3:
        return mask | (cfg->flags & SVA_PT_1G ? PTE_RSVD_1G : PTE_PS);
    default:
        return mask | PTE_PS;
    }
}

static uint8_t x86_attributes(const SvaPtConfig *cfg, uint64_t entry)
{
    (void)cfg;
    return SVA_PT_ATTR_READ |
           (entry & PTE_RW ? SVA_PT_ATTR_WRITE : 0) |
           (entry & PTE_US ? SVA_PT_ATTR_USER : 0);
}

static uint8_t x86_rights(const SvaPtConfig *cfg, uint8_t attr, bool priv)
{
    bool user_page = attr & SVA_PT_ATTR_USER;
    bool write = attr & SVA_PT_ATTR_WRITE;

    if (!priv && !user_page) {
        return SVA_NONE;
    }
    if (priv && !(cfg->flags & SVA_PT_WPE)) {
        write = true;
    }
    return SVA_READ | (write ? SVA_WRITE : 0);
}

static uint64_t x86_accessed_bits(const SvaPtConfig *cfg)
{
    if (!(cfg->flags & SVA_PT_AD)) {
        return 0;
    }
    return PTE_A | (cfg->flags & SVA_PT_EAFE ? PTE_EA : 0);
}

static uint64_t x86_dirty_bit(const SvaPtConfig *cfg)
{
    return cfg->flags & SVA_PT_AD ? PTE_D : 0;
}

static bool x86_is_snooped(uint64_t entry)
{
    (void)entry;
    return false;
}

static const SvaPtEntries entries = {
    .type = SVA_ENTRY_VTD_FIRST,
    .check_input = x86_check_input,
    .is_present = x86_is_present,
    .is_leaf = x86_is_leaf,
    .reserved = x86_reserved,
    .attributes = x86_attributes,
    .rights = x86_rights,
    .accessed_bits = x86_accessed_bits,
    .dirty_bit = x86_dirty_bit,
    .is_snooped = x86_is_snooped,
};

static void x86_walk(SvaEnv *env, const SvaPtConfig *cfg,
                     const SvaPtQuery *query, SvaPtResult *out)
{
    sva_pt_loop(&entries, env, cfg, query, out);
}

const SvaPtFormat sva_pt_x86 = { .name = "x86", .walk = x86_walk };

/*
 * Checker, SMMUv3: VMSAv8-64 descriptors of stage 1 and stage 2
 *
 * Arm DDI 0487, "VMSAv8-64 descriptor formats"; IHI 0070 G.b, 3.13 "Translation
 * tables and Access flag/Dirty state", 3.21.1.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "smmu-desc.h"
#include "smmu-field.h"

/* Attributes that are kept as they are: of a leaf, and of a table. */
#define S1_ATTRS 0x000400000000033cull  /* GP, SH, NS, AttrIndx */
#define S2_ATTRS 0x000000000000033cull  /* SH, MemAttr */
#define TABLE_ATTRS 0xf800000000000000ull   /* NS, AP, XN, PXN of tables */

unsigned sva_check_smmu_desc_shift(const SvaCheckSmmuWalk *walk,
                                   unsigned level)
{
    return walk->granule + (3 - MIN(level, 3u)) * (walk->granule - 3);
}

/* Has @level blocks?  4 KiB: levels 1, 2; 16 KiB: 2; 64 KiB: 2, wide 1. */
static bool has_blocks(const SvaCheckSmmuWalk *walk, unsigned level)
{
    return level == 2 ||
           (level == 1 && (walk->granule == 12 ||
                           (walk->granule == 16 && walk->wide)));
}

static uint8_t kind_of(const SvaCheckSmmuWalk *walk, unsigned level,
                       uint64_t word)
{
    if (!(word & 1)) {
        return SVA_CHECK_SMMU_FAULT;
    }
    if (level >= 3) {
        return word & 2 ? SVA_CHECK_SMMU_LEAF : SVA_CHECK_SMMU_FAULT;
    }
    if (word & 2) {
        return SVA_CHECK_SMMU_TABLE;
    }
    return has_blocks(walk, level) ? SVA_CHECK_SMMU_LEAF
                                   : SVA_CHECK_SMMU_FAULT;
}

/* @shift: of what is at the address */
static uint64_t address(const SvaCheckSmmuWalk *walk, unsigned shift,
                        uint64_t word)
{
    uint64_t addr = sva_check_bits(word, 0, 48) >> shift << shift;

    if (walk->wide && walk->granule == 16) {
        addr |= sva_check_bits(word, 12, 4) << 48;
    }
    return addr;
}

static uint8_t stage1_rights(uint64_t word)
{
    bool user = word & 0x40, writable = !(word & 0x80);
    uint8_t rights = SVA_CHECK_SMMU_PR;

    if (writable) {
        rights |= SVA_CHECK_SMMU_PW | (user ? SVA_CHECK_SMMU_UW : 0);
    }
    if (user) {
        rights |= SVA_CHECK_SMMU_UR;
    }
    if (!(word & 1ull << 54)) {
        rights |= SVA_CHECK_SMMU_UX;
    }
    /* What EL0 can write is not executed at EL1. */
    if (!(word & 1ull << 53) && !(user && writable)) {
        rights |= SVA_CHECK_SMMU_PX;
    }
    return rights;
}

/* XN[1:0]: 0b00 all, 0b01 unprivileged, 0b10 none, 0b11 privileged */
static uint8_t stage2_rights(uint64_t word)
{
    static const uint8_t exec[4] = {
        SVA_CHECK_SMMU_UX | SVA_CHECK_SMMU_PX, SVA_CHECK_SMMU_UX,
        0, SVA_CHECK_SMMU_PX,
    };
    uint8_t rights = exec[sva_check_bits(word, 53, 2)];

    if (word & 0x40) {
        rights |= SVA_CHECK_SMMU_UR | SVA_CHECK_SMMU_PR;
    }
    if (word & 0x80) {
        rights |= SVA_CHECK_SMMU_UW | SVA_CHECK_SMMU_PW;
    }
    return rights;
}

static void take_leaf(const SvaCheckSmmuWalk *walk, uint64_t word,
                      SvaCheckSmmuDesc *out)
{
    bool read_only = walk->stage2 ? !(word & 0x80) : word & 0x80;

    out->attrs = word & (walk->stage2 ? S2_ATTRS : S1_ATTRS);
    out->rights = walk->stage2 ? stage2_rights(word) : stage1_rights(word);
    out->af = word & 0x400;
    out->ng = !walk->stage2 && word & 0x800;
    out->contiguous = word & 1ull << 52;
    out->clean = word & 1ull << 51 && read_only;
}

void sva_check_smmu_desc(const SvaCheckSmmuWalk *walk, unsigned level,
                         uint64_t word, SvaCheckSmmuDesc *out)
{
    *out = (SvaCheckSmmuDesc) { .kind = kind_of(walk, level, word) };
    if (out->kind == SVA_CHECK_SMMU_TABLE) {
        out->addr = address(walk, walk->granule, word);
        out->attrs = walk->stage2 ? 0 : word & TABLE_ATTRS;
    } else if (out->kind == SVA_CHECK_SMMU_LEAF) {
        out->addr = address(walk, sva_check_smmu_desc_shift(walk, level),
                            word);
        take_leaf(walk, word, out);
    }
}

/*
 * Dirty state that hardware may set takes nothing away from a cache that holds
 * the clean state: the next write finds it set.
 */
static SvaCheckSmmuDiff diff_leaves(const SvaCheckSmmuWalk *walk,
                                    const SvaCheckSmmuDesc *old,
                                    const SvaCheckSmmuDesc *new)
{
    uint8_t lost = old->rights & ~new->rights;
    uint8_t got = new->rights & ~old->rights;
    /* A cache that knows DBM would go on to set dirty state. */
    bool pinned = old->clean && !new->clean &&
                  !(new->rights & SVA_CHECK_SMMU_PW);

    if (got & SVA_CHECK_SMMU_UW) {
        lost &= ~SVA_CHECK_SMMU_PX;     /* the right that took it away */
    }
    if (old->addr != new->addr || old->attrs != new->attrs ||
        old->ng != new->ng || lost || pinned ||
        (old->contiguous != new->contiguous && !walk->bbml)) {
        return SVA_CHECK_SMMU_OTHER;
    }
    return got || old->clean != new->clean ? SVA_CHECK_SMMU_MORE
                                           : SVA_CHECK_SMMU_SAME;
}

SvaCheckSmmuDiff sva_check_smmu_desc_diff(const SvaCheckSmmuWalk *walk,
                                          unsigned level, uint64_t before,
                                          uint64_t now)
{
    SvaCheckSmmuDesc old, new;

    sva_check_smmu_desc(walk, level, before, &old);
    sva_check_smmu_desc(walk, level, now, &new);
    if (old.kind == SVA_CHECK_SMMU_FAULT) {
        /* A fault is in no cache. */
        return new.kind == old.kind ? SVA_CHECK_SMMU_SAME
                                    : SVA_CHECK_SMMU_MORE;
    }
    if (old.kind != new.kind) {
        return SVA_CHECK_SMMU_OTHER;
    }
    if (old.kind == SVA_CHECK_SMMU_TABLE) {
        return old.addr == new.addr && old.attrs == new.attrs
               ? SVA_CHECK_SMMU_SAME : SVA_CHECK_SMMU_OTHER;
    }
    return diff_leaves(walk, &old, &new);
}

/*
 * Conditions in which the SMMUv3 makes an event, for unit tests
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "smmu-event-world.h"

#define R SVA_READ
#define W SVA_WRITE

#define VA   0x7f0012345678ull
#define IPA  0x10000ull
#define PA   0xabc000ull
#define TOP  (1ull << 48)               /* one more than OAS has */
#define NO_PASID UINT64_MAX
#define STRTAB2 0x6000000ull
#define STE_PA (SMMU_STRTAB + SMMU_RID * 64ull)
#define CD_PA  (SMMU_CDS + 64ull)

#define S2_INVALID 0ull
#define S2_NO_AF   (SMMU_S2PTE & ~0x400ull)
#define S2_WO      0x4bfull             /* S2AP=0b10 */
#define S2_DEVICE  0x4c3ull             /* MemAttr=0b0000 */
#define S2_FAR     (1ull << 32 | SMMU_S2PTE)

/* -- the world that is in order -- */

/* Privileged code does not run from what all may write. */
static uint64_t leaf_for(EventKind kind)
{
    return kind == EVK_FETCH ? SMMU_PTE_RO : SMMU_PTE;
}

static void map_all(EventWorld *w)
{
    SmmuFixture *f = w->f;

    smmu_map(f, VA & ~0xfffull, IPA, leaf_for(w->kind));
    smmu_map_s2(f, IPA, PA, SMMU_S2PTE);
    smmu_map_s2_identity(f, SMMU_CDS, 0x1000);
    smmu_map_s2_identity(f, SMMU_TTB, 0x1000);
    smmu_map_s2_identity(f, SMMU_TABLES, 0x40000);
}

void smmu_event_world_init(EventWorld *w, const EventCondition *cond,
                           EventKind kind)
{
    SvaSmmuConfig c = sva_smmu_default_config;

    if (cond->kinds & EVC_NO_SUBSTREAMS) {
        c.ssid_bits = 0;
    }
    *w = (EventWorld) {
        .f = smmu_tables_start(&c),
        .cond = cond,
        .kind = kind,
        .ste = { SMMU_STE0, SMMU_STE1 & ~0x30000000ull, SMMU_STE2 | 7,
                 SMMU_STE3 },
        .cd = { SMMU_CD0(0x11), SMMU_CD1, 0 },
        .index = 1,
        .eats = 1,
        .cr0 = 0x1f,
        .pasid = sva_pasid(1),
        .addr = VA,
        .intermediate = IPA,
        .cls = EVC_IN,
    };
    map_all(w);
    cond->set(w);
}

static void both_stages(EventWorld *w)
{
    w->ste[0] = SMMU_STE0_BOTH;
}

/* -- stream table, STE -- */

/* STRTAB_BASE_CFG @a, first descriptor for the stream @b */
static void set_stream_table(EventWorld *w)
{
    smmu_write32(w->f, 0x20, 0);
    smmu_write64(w->f, 0x80, STRTAB2);
    smmu_write32(w->f, 0x88, w->cond->a);
    smmu_write32(w->f, 0x20, 0x1f);
    fake_put64(w->f->env, STRTAB2 + 8, w->cond->b);
}

/* The L1STD is read where there is no memory, or points there. */
static void set_stream_table_gone(EventWorld *w)
{
    set_stream_table(w);
    if (w->cond->b) {
        w->fetch = (w->cond->b & ~0x1full) + (SMMU_RID & 0xff) * 64;
    } else {
        w->fetch = STRTAB2 + 8;
        fake_env_hole(w->f->env, w->fetch, 8);
    }
}

static void set_ste_gone(EventWorld *w)
{
    w->fetch = STE_PA;
    fake_env_hole(w->f->env, STE_PA + w->cond->a, 8);
}

/* Word @a of the STE is @b. */
static void set_ste_word(EventWorld *w)
{
    w->ste[w->cond->a] = w->cond->b;
}

/* -- ATS that is refused -- */

/* Config of @a, EATS @b */
static void set_ats(EventWorld *w)
{
    w->ste[0] = (w->ste[0] & ~0xeull) | w->cond->a << 1;
    /* What is told is what was asked, whatever the STE makes of it. */
    w->ste[1] |= 3ull << 48 | 3ull << 50;
    w->eats = w->cond->b;
}

static void set_ats_without_check(EventWorld *w)
{
    both_stages(w);
    w->eats = 2;
    w->cr0 = 0xf;
}

static void set_smmu_off(EventWorld *w)
{
    w->cr0 = 0x1e;
}

/* -- substreams -- */

/* Word 0 of the STE is @a; SubstreamID @b */
static void set_substream(EventWorld *w)
{
    w->ste[0] = w->cond->a;
    w->pasid = sva_pasid(w->cond->b);
    w->ssid = w->cond->b;
}

/* S1DSS @a; SubstreamID @b, or none */
static void set_default_substream(EventWorld *w)
{
    w->ste[1] = (w->ste[1] & ~3ull) | w->cond->a;
    w->pasid = w->cond->b == NO_PASID ? SVA_NO_PASID
                                      : sva_pasid(w->cond->b);
}

/* A table of two levels, whose first descriptor is @a; SubstreamID @b */
static void set_l1cd(EventWorld *w)
{
    w->ste[0] = SMMU_STE0 | 0x10;       /* and S1DSS=0b10 */
    w->index = 8;               /* out of the way */
    if (w->cond->b == NO_PASID) {
        w->pasid = SVA_NO_PASID;
    } else {
        w->ssid = w->cond->b;
    }
    fake_put64(w->f->env, SMMU_CDS, w->cond->a);
}

/* -- CD -- */

static void set_l1cd_gone(EventWorld *w)
{
    w->ste[0] |= 0x10;
    w->fetch = SMMU_CDS;
    fake_env_hole(w->f->env, SMMU_CDS, 8);
}

/* Of a stream with the Config of @a */
static void set_cd_gone(EventWorld *w)
{
    w->ste[0] |= w->cond->a;
    w->fetch = CD_PA;
    fake_env_hole(w->f->env, CD_PA + 8, 8);
}

/* Bits @a of word 0 flip; the STE has bits @b of word 1. */
static void set_cd_bits(EventWorld *w)
{
    w->cd[0] ^= w->cond->a;
    w->ste[1] |= w->cond->b;
    w->fixed = w->cond->b;
}

/* Word 1 of the CD is @a; IPS is 48 bits. */
static void set_cd_table(EventWorld *w)
{
    w->cd[1] = w->cond->a;
}

/* -- stage 1 -- */

static void set_address(EventWorld *w)
{
    w->addr = w->cond->a;
}

/* The descriptor of level @a is @b. */
static void set_descriptor(EventWorld *w)
{
    fake_put64(w->f->env, smmu_desc(w->f, SMMU_TTB, 0, w->cond->a, VA),
               w->cond->b);
}

/* The same, with TBI0 and a byte at the top, or with overrides. */
static void set_invalid_with_tag(EventWorld *w)
{
    set_descriptor(w);
    w->cd[0] |= 1ull << 38;
    w->addr |= 0xab00000000000000;
}

static void set_invalid_with_overrides(EventWorld *w)
{
    set_descriptor(w);
    w->ste[1] |= 3ull << 48 | 3ull << 50;
    w->pnu = w->ind = true;
}

/* IPS of 32 bits; the descriptor of level @a is @b. */
static void set_small_output(EventWorld *w)
{
    set_descriptor(w);
    w->cd[0] &= ~(7ull << 32);
}

/* Config @a, S1DSS @b: stage 1 is skipped, and the address is too large. */
static void set_skipped(EventWorld *w)
{
    w->ste[0] = (w->ste[0] & ~0xeull) | w->cond->a << 1;
    w->ste[1] = (w->ste[1] & ~3ull) | w->cond->b;
    w->pasid = SVA_NO_PASID;
    w->addr = w->intermediate = TOP | 0x10;
    w->always = true;
}

/* The leaf is @a; what a translation request may have of it is @b. */
static void set_leaf(EventWorld *w)
{
    smmu_map(w->f, VA & ~0xfffull, IPA, w->cond->a);
    w->granted = w->cond->b;
}

/* -- stage 2, of what CLASS @a says -- */

static uint64_t stage2_page(const EventWorld *w)
{
    return w->cond->a == EVC_CD ? SMMU_CDS
           : w->cond->a == EVC_TT ? SMMU_TTB : IPA;
}

/* Attributes of the leaf of stage 2 are @b; 0: there is none. */
static void set_stage2(EventWorld *w)
{
    both_stages(w);
    w->s2 = true;
    w->cls = w->cond->a;
    w->ipa = stage2_page(w);
    /* Descriptors of stage 1 are read. */
    w->ttrnw = w->cls == EVC_TT;
    smmu_map_s2(w->f, w->ipa, !w->cond->b ? 0 : w->cls == EVC_IN ? PA : w->ipa,
                w->cond->b);
}

static void set_stage2_size(EventWorld *w)
{
    set_stage2(w);
    w->ste[2] &= ~(7ull << 48);         /* S2PS: 32 bits */
}

static void set_stage2_device(EventWorld *w)
{
    set_stage2(w);
    w->ste[2] |= 1ull << 54;            /* S2PTW */
}

/* Stage 1 results in more bits than S2T0SZ has. */
static void set_stage2_range(EventWorld *w)
{
    both_stages(w);
    w->s2 = true;
    w->ipa = w->intermediate = 1ull << 39;
    smmu_map(w->f, VA & ~0xfffull, w->ipa, leaf_for(w->kind));
}

/* Rights @b of the page at stage 2; S2AP of the other kind is missing. */
static void set_stage2_rights(EventWorld *w)
{
    set_stage2(w);
    w->granted = w->cond->b & 0x40 ? R : W;
    w->rnw = w->cond->b & 0x80;         /* what is missing is reading */
}

/* HTTU of stage 1 where stage 2 does not permit it */
static void set_update_refused(EventWorld *w)
{
    uint64_t desc = smmu_desc(w->f, SMMU_TTB, 0, 3, VA);

    both_stages(w);
    w->s2 = true;
    w->cls = EVC_TT;
    w->ipa = desc & ~0xfffull;
    w->cd[0] |= SMMU_CD0_HA;
    fake_put64(w->f->env, desc, IPA | (SMMU_PTE & ~0x400ull));
    smmu_map_s2(w->f, w->ipa, w->ipa, SMMU_S2PTE_RO);
}

/* -- external aborts of walks -- */

static void set_walk_gone(EventWorld *w)
{
    w->cls = EVC_TT;
    w->fetch = smmu_desc(w->f, SMMU_TTB, 0, w->cond->a, VA);
    fake_env_hole(w->f->env, w->fetch, 8);
}

static void set_update_gone(EventWorld *w)
{
    w->cls = EVC_TT;
    w->fetch = smmu_desc(w->f, SMMU_TTB, 0, 3, VA);
    w->cd[0] |= SMMU_CD0_HA;
    fake_put64(w->f->env, w->fetch, IPA | (SMMU_PTE & ~0x400ull));
    fake_env_read_only(w->f->env, w->fetch, 8);
}

static void set_stage2_gone(EventWorld *w)
{
    both_stages(w);
    w->s2 = true;
    w->cls = w->cond->a;
    w->fetch = smmu_desc(w->f, SMMU_S2TTB, 1, 3, stage2_page(w));
    fake_env_hole(w->f->env, w->fetch, 8);
}

/* -- all of them -- */

#define BIT(kind) (1u << EVK_##kind)
#define RW        (BIT(READ) | BIT(WRITE))
#define ANY       (RW | BIT(ATOMIC) | BIT(FETCH))
#define TREQ      BIT(TREQ)
#define TRANSL    (BIT(TRANSLATED_READ) | BIT(TRANSLATED_WRITE))
#define PAGE      BIT(PAGE)
#define STREAM    (ANY | TREQ | TRANSL | PAGE)
#define LEVEL_2   (1u << 16 | 8u << 6 | 16u)    /* SPLIT=8 */

const EventCondition smmu_event_conditions[] = {
    { 0x02, "SID beyond LOG2SIZE", set_stream_table, 8, 0, STREAM },
    { 0x02, "Span 0", set_stream_table, LEVEL_2, STRTAB2, STREAM },
    { 0x02, "Span 12", set_stream_table, LEVEL_2, STRTAB2 | 12, STREAM },
    { 0x02, "Span 31", set_stream_table, LEVEL_2, STRTAB2 | 31, STREAM },
    { 0x02, "Span above SPLIT+1", set_stream_table, LEVEL_2, STRTAB2 | 10,
      STREAM },
    { 0x02, "SID beyond Span", set_stream_table, LEVEL_2, STRTAB2 | 5,
      STREAM },
    { 0x03, "STE unreadable", set_ste_gone, 0, 0, STREAM },
    { 0x03, "its fourth word", set_ste_gone, 24, 0, STREAM },
    { 0x03, "L1STD unreadable", set_stream_table_gone, LEVEL_2, 0, STREAM },
    { 0x03, "STE beyond OAS", set_stream_table_gone, LEVEL_2, TOP | 9,
      STREAM },
    { 0x04, "STE.V=0", set_ste_word, 0, SMMU_STE0 & ~1ull, STREAM },
    { 0x04, "S1CDMax above SSIDSIZE", set_ste_word, 0,
      SMMU_STE0 ^ (8ull ^ 17ull) << 59, STREAM },
    { 0x04, "S1ContextPtr beyond OAS", set_ste_word, 0, SMMU_STE0 | TOP,
      STREAM },
    { 0x05, "EATS=0b00", set_ats, 5, 0, TREQ },
    { 0x05, "EATS=0b11 without DPT", set_ats, 5, 3, TREQ },
    { 0x05, "Config=0b100", set_ats, 4, 1, TREQ },
    { 0x05, "EATS=0b10, ATSCHK=0", set_ats_without_check, 0, 0, TREQ },
    { 0x05, "SMMUEN=0", set_smmu_off, 0, 0, TREQ },
    { 0x06, "no SubstreamID, S1DSS=0b00", set_default_substream, 0, NO_PASID,
      RW | TREQ },
    { 0x06, "no SubstreamID, S1DSS=0b11", set_default_substream, 3, NO_PASID,
      RW | TREQ },
    { 0x06, "SubstreamID 0, S1DSS=0b10", set_default_substream, 2, 0,
      ANY | TREQ },
    { 0x07, "EATS=0b00", set_ats, 5, 0, TRANSL },
    { 0x07, "EATS=0b11 without DPT", set_ats, 5, 3, TRANSL },
    { 0x07, "Config=0b100", set_ats, 4, 1, TRANSL },
    { 0x07, "SMMUEN=0", set_smmu_off, 0, 0, TRANSL },
    { 0x08, "Config=0b100", set_substream, SMMU_STE0_NONE, 1, ANY },
    { 0x08, "Config=0b110", set_substream, SMMU_STE0_S2, 1, ANY | TREQ },
    { 0x08, "S1CDMax=0", set_substream, SMMU_STE0 & ~(31ull << 59), 1,
      ANY | TREQ },
    { 0x08, "2^S1CDMax", set_substream, SMMU_STE0, 0x100, ANY | TREQ },
    { 0x08, "SSIDSIZE=0", set_substream, SMMU_STE0, 1,
      ANY | TREQ | EVC_NO_SUBSTREAMS },
    { 0x08, "L1CD.V=0", set_l1cd, SMMU_CDS, 1, ANY | TREQ },
    { 0x08, "L1CD.V=0, no SubstreamID", set_l1cd, SMMU_CDS, NO_PASID,
      RW | TREQ },
    { 0x08, "L2Ptr beyond OAS", set_l1cd, TOP | 1, 1, ANY | TREQ },
    { 0x09, "CD unreadable", set_cd_gone, 0, 0, ANY | TREQ },
    { 0x09, "CD unreadable, both stages", set_cd_gone, 4, 0, ANY | TREQ },
    { 0x09, "L1CD unreadable", set_l1cd_gone, 0, 0, ANY | TREQ },
    { 0x0a, "CD.V=0", set_cd_bits, 1ull << 31, 0, ANY | TREQ },
    { 0x0a, "AA64=0", set_cd_bits, 1ull << 41, 0, ANY | TREQ },
    { 0x0a, "T0SZ=40", set_cd_bits, 16 ^ 40, 0, ANY | TREQ },
    { 0x0a, "TTB0 beyond IPS", set_cd_table, TOP, 0, ANY | TREQ },
    { 0x0a, "S=1, S1STALLD=1", set_cd_bits, SMMU_CD0_S, 1ull << 27,
      ANY | TREQ },
    { 0x0b, "stage 1, level 0", set_walk_gone, 0, 0, ANY | TREQ },
    { 0x0b, "stage 1, level 3", set_walk_gone, 3, 0, ANY | TREQ },
    { 0x0b, "stage 1, update", set_update_gone, 0, 0, RW | TREQ },
    { 0x0b, "stage 2 of the page", set_stage2_gone, EVC_IN, 0,
      ANY | TREQ | TRANSL },
    { 0x0b, "stage 2 of the walk", set_stage2_gone, EVC_TT, 0, ANY | TREQ },
    { 0x0b, "stage 2 of the CD", set_stage2_gone, EVC_CD, 0, ANY | TREQ },
    { 0x10, "beyond T0SZ", set_address, TOP, 0, ANY | TREQ },
    { 0x10, "the half of EPD1", set_address, ~0ull << 40, 0, ANY | TREQ },
    { 0x10, "EPD0", set_cd_bits, 1ull << 14, 0, ANY | TREQ },
    { 0x10, "invalid, level 0", set_descriptor, 0, 0, ANY | TREQ },
    { 0x10, "block, level 0", set_descriptor, 0, 0x401, ANY | TREQ },
    { 0x10, "invalid, level 1", set_descriptor, 1, 2, ANY | TREQ },
    { 0x10, "invalid, level 2", set_descriptor, 2, 0, ANY | TREQ },
    { 0x10, "invalid, level 3", set_descriptor, 3, 0, ANY | TREQ },
    { 0x10, "block, level 3", set_descriptor, 3, 0xc41, ANY | TREQ },
    { 0x10, "with TBI0", set_invalid_with_tag, 3, 0, ANY | TREQ },
    { 0x10, "with PRIVCFG, INSTCFG", set_invalid_with_overrides, 3, 0,
      ANY | TREQ },
    { 0x10, "stage 2 of the page", set_stage2, EVC_IN, S2_INVALID,
      ANY | TREQ | TRANSL },
    { 0x10, "beyond S2T0SZ", set_stage2_range, 0, 0, ANY | TREQ | TRANSL },
    { 0x10, "stage 2 of the walk", set_stage2, EVC_TT, S2_INVALID,
      ANY | TREQ },
    { 0x10, "stage 2 of the CD", set_stage2, EVC_CD, S2_INVALID, ANY | TREQ },
    { 0x11, "IPS, page", set_small_output, 3, 1ull << 32 | SMMU_PTE,
      ANY | TREQ },
    { 0x11, "IPS, table", set_small_output, 2, 1ull << 32 | 3, ANY | TREQ },
    { 0x11, "Config=0b100", set_skipped, 4, 0, RW | BIT(ATOMIC) },
    { 0x11, "Config=0b110", set_skipped, 6, 0, RW | BIT(ATOMIC) | TREQ },
    { 0x11, "S1DSS=0b01", set_skipped, 5, 1, RW | BIT(ATOMIC) | TREQ },
    { 0x11, "beyond IAS, split stages", set_skipped, 7, 0, TRANSL },
    { 0x11, "S2PS, page", set_stage2_size, EVC_IN, S2_FAR,
      ANY | TREQ | TRANSL },
    { 0x11, "S2PS, walk", set_stage2_size, EVC_TT, S2_FAR, ANY | TREQ },
    { 0x11, "S2PS, CD", set_stage2_size, EVC_CD, S2_FAR, ANY | TREQ },
    { 0x12, "AF=0", set_leaf, SMMU_PTE & ~0x400ull, 0, ANY | TREQ },
    { 0x12, "stage 2 of the page", set_stage2, EVC_IN, S2_NO_AF,
      ANY | TREQ | TRANSL },
    { 0x12, "stage 2 of the walk", set_stage2, EVC_TT, S2_NO_AF, ANY | TREQ },
    { 0x12, "stage 2 of the CD", set_stage2, EVC_CD, S2_NO_AF, ANY | TREQ },
    { 0x13, "read-only", set_leaf, SMMU_PTE_RO, R,
      BIT(WRITE) | BIT(ATOMIC) | TREQ },
    { 0x13, "privileged", set_leaf, 0xc03, 0, RW | BIT(ATOMIC) | TREQ },
    { 0x13, "no execution", set_leaf, SMMU_PTE_RO | 1ull << 53, 0,
      BIT(FETCH) },
    { 0x13, "stage 2, read-only", set_stage2_rights, EVC_IN, SMMU_S2PTE_RO,
      BIT(WRITE) | BIT(ATOMIC) | TREQ | BIT(TRANSLATED_WRITE) },
    { 0x13, "stage 2, write-only", set_stage2_rights, EVC_IN, S2_WO,
      BIT(READ) | BIT(ATOMIC) | TREQ | BIT(TRANSLATED_READ) },
    { 0x13, "stage 2, no execution", set_stage2, EVC_IN,
      SMMU_S2PTE | 2ull << 53, BIT(FETCH) },
    { 0x13, "walk, write-only", set_stage2, EVC_TT, S2_WO, ANY | TREQ },
    { 0x13, "walk, Device with S2PTW", set_stage2_device, EVC_TT, S2_DEVICE,
      ANY | TREQ },
    { 0x13, "update of a read-only page", set_update_refused, 0, 0,
      RW | BIT(ATOMIC) | TREQ },
    { 0x13, "CD, write-only", set_stage2, EVC_CD, S2_WO, ANY | TREQ },
    { 0x13, "CD, Device with S2PTW", set_stage2_device, EVC_CD, S2_DEVICE,
      ANY | TREQ },
};

const unsigned smmu_event_condition_count =
    G_N_ELEMENTS(smmu_event_conditions);
